//! Prompts in the voice of a server, where one is named. While it is away texts are spoken by the programs of this
//! machine, and again by the server as soon as it answers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use media::prompt::Prompt;
use phone::id::PromptKey;
use tokio::sync::Semaphore;

use super::{PromptError, Prompts, decode};
use crate::error::chain;
use crate::speech::http::VoiceServer;

/// So many texts at once: small servers speak one after the other.
const TURNS: usize = 4;
/// A server that failed is left alone for so long.
const REST: Duration = Duration::from_secs(30);

/// A server that speaks, and what it has yet to speak.
pub(super) struct Voice {
    server: VoiceServer,
    turns: Semaphore,
    /// Until then it is not asked.
    rests_until: Mutex<Option<Instant>>,
    /// Texts that are played in another voice, with their languages.
    outdated: Mutex<BTreeMap<PromptKey, (String, String)>>,
}

impl Voice {
    pub(super) fn new(server: VoiceServer) -> Self {
        Self { server, turns: Semaphore::new(TURNS), rests_until: Mutex::default(), outdated: Mutex::default() }
    }

    pub(super) fn name(&self) -> String {
        self.server.name()
    }

    pub(super) fn note_outdated(&self, key: PromptKey, language: &str, text: &str) {
        self.outdated().insert(key, (language.to_owned(), text.to_owned()));
    }

    /// The text in the server's voice; none, with a warning, if it can't now.
    pub(super) async fn speak(&self, text: &str) -> Option<Prompt> {
        // Nobody closes the semaphore, so that a turn always comes.
        let _turn = self.turns.acquire().await;
        if self.rests() {
            return None;
        }
        match self.try_to_speak(text).await {
            Ok(prompt) => {
                *self.rests_until() = None;
                Some(prompt)
            }
            Err(error) => {
                *self.rests_until() = Some(Instant::now() + REST);
                tracing::warn!(
                    error = chain(&error),
                    url = self.server.url.as_str(),
                    "the voice server does not speak: texts are spoken by programs of this machine until it does"
                );
                None
            }
        }
    }

    async fn try_to_speak(&self, text: &str) -> Result<Prompt, PromptError> {
        decode::render_speech(self.server.speak(text).await?).await
    }

    fn rests(&self) -> bool {
        self.rests_until().is_some_and(|until| Instant::now() < until)
    }

    fn rests_until(&self) -> MutexGuard<'_, Option<Instant>> {
        self.rests_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn outdated(&self) -> MutexGuard<'_, BTreeMap<PromptKey, (String, String)>> {
        // A map stays whole whoever panicked while holding it.
        self.outdated.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Prompts {
    /// Speaks again what was spoken in another voice, if the server speaks now. The next library has it.
    pub async fn renew_voices(&self) {
        let Some(voice) = &self.voice else { return };
        let waiting: Vec<_> = voice.outdated().keys().copied().collect();
        let mut n_new = 0_usize;
        for key in waiting {
            let Some((_, text)) = voice.outdated().get(&key).cloned() else { continue };
            let Some(prompt) = voice.speak(&text).await else { break };
            match self.keep_at(&self.voiced_path(key, voice), key, prompt).await {
                Ok(_) => {
                    voice.outdated().remove(&key);
                    n_new += 1;
                }
                Err(error) => {
                    tracing::warn!(error = chain(&error), "a prompt can't be kept");
                    break;
                }
            }
        }
        if 0 < n_new {
            tracing::info!(n_new, "prompts are spoken by the voice server now");
            self.has_more();
        }
    }

    /// What administrators should know: texts that callers hear in another voice than was set.
    pub fn voice_alarm(&self) -> Option<String> {
        let voice = self.voice.as_ref()?;
        let n_outdated = voice.outdated().len();
        let has_failed = voice.rests_until().is_some();
        (has_failed && 0 < n_outdated).then(|| {
            format!(
                "the voice server {} does not speak: {n_outdated} prompts have the voice of this machine",
                voice.server.url
            )
        })
    }

    pub(super) fn voiced_path(&self, key: PromptKey, voice: &Voice) -> std::path::PathBuf {
        self.dir.join(format!("{key}.{}.prompt", voice.name()))
    }

    /// A text as it was rendered before, in the voice that is set or in another one until that is there.
    pub(super) async fn kept_text(&self, key: PromptKey, language: &str, text: &str) -> Option<Arc<Prompt>> {
        let Some(voice) = &self.voice else { return self.kept(key).await };
        if let Some(prompt) = self.shelf.get(key) {
            return Some(prompt);
        }
        if let Some(prompt) = self.read(&self.voiced_path(key, voice), key).await {
            return Some(prompt);
        }
        let other = self.kept(key).await?;
        voice.note_outdated(key, language, text);
        Some(other)
    }
}
