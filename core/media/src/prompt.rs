//! A prompt: sound rendered once, kept ready in every codec, shared by every call that plays it.

/// Rendered sound.
#[derive(Debug)]
pub struct Prompt {}
