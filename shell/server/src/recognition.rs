//! Words out of sound: what callers say in menus, and what they leave in mailboxes.
//!
//! Two engines stand behind one interface: any server that speaks OpenAI's transcription API, and `pocketsphinx` beside
//! the program, which knows only the phrases that it is given. Each utterance is a process or a request of its own, with
//! a limit on time; a caller whose words nobody makes out goes on by keys.

pub mod http;
pub mod sphinx;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use phone::apps::attendant::voice::Hearing;
use tokio::sync::Semaphore;

use self::http::Server;
use self::sphinx::Sphinx;
use crate::error::chain;

/// A caller waits in silence meanwhile.
const UTTERANCE_PATIENCE: Duration = Duration::from_secs(4);
/// Nobody waits for what a message says.
const MESSAGE_PATIENCE: Duration = Duration::from_secs(120);
/// What is sure of an answer that does not say how sure it is.
const UNTOLD: u16 = 900;

/// What can make words of sound here. Cheap to clone.
#[derive(Clone)]
pub struct Recognition {
    server: Option<Arc<Server>>,
    sphinx: Option<Arc<Sphinx>>,
    /// As many at once as there are processors: more would only take turns.
    turns: Arc<Semaphore>,
}

/// What somebody said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    pub samples: Vec<i16>,
    pub rate: u32,
}

/// Why there are no words.
#[derive(Debug, thiserror::Error)]
pub enum Unrecognized {
    #[error("no program and no server makes words of speech: install pocketsphinx, or set --speech-url")]
    NotSetUp,
    #[error("{what} could not be run or reached")]
    NotReached { what: String, source: std::io::Error },
    #[error("the speech server could not be asked")]
    NotAsked(#[from] reqwest::Error),
    #[error("{what} failed: {detail}")]
    Failed { what: String, detail: String },
    #[error("it took longer than {} seconds", after.as_secs())]
    TooSlow { after: Duration },
}

impl Recognition {
    /// Uses the server, if there is one, and otherwise the program. `scratch` must be a directory that can be written.
    pub fn new(server: Option<Server>, scratch: PathBuf) -> Self {
        Self::with(server, Sphinx::find(scratch))
    }

    /// Uses these and no others.
    pub fn with(server: Option<Server>, sphinx: Option<Sphinx>) -> Self {
        let n_turns = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let turns = Arc::new(Semaphore::new(n_turns));
        Self { server: server.map(Arc::new), sphinx: sphinx.map(Arc::new), turns }
    }

    /// Which of the phrases was said, or what else a server made of it.
    pub async fn hear(&self, sound: Sound, language: &str, phrases: &[String]) -> Hearing {
        let heard = tokio::time::timeout(UTTERANCE_PATIENCE, self.try_to_hear(sound, language, phrases)).await;
        match heard.unwrap_or(Err(Unrecognized::TooSlow { after: UTTERANCE_PATIENCE })) {
            Ok(hearing) => hearing,
            Err(error) => {
                tracing::warn!(error = chain(&error), "what a caller said is not made out; the call goes on by keys");
                Hearing::Unavailable
            }
        }
    }

    /// What a message says; only a server knows more than a few phrases.
    pub async fn transcribe(&self, wav: Vec<u8>, language: &str) -> Result<String, Unrecognized> {
        let Some(server) = &self.server else { return Err(Unrecognized::NotSetUp) };
        let asked = server.transcribe(wav, language, &[]);
        let answered = tokio::time::timeout(MESSAGE_PATIENCE, asked).await;
        answered.unwrap_or(Err(Unrecognized::TooSlow { after: MESSAGE_PATIENCE }))
    }

    /// Whether messages can be written down.
    pub fn transcribes(&self) -> bool {
        self.server.is_some()
    }

    async fn try_to_hear(&self, sound: Sound, language: &str, phrases: &[String]) -> Result<Hearing, Unrecognized> {
        // Nobody closes the semaphore, so that a turn always comes.
        let _turn = self.turns.acquire().await;
        if let Some(server) = &self.server {
            let text = server.transcribe(wav_of(&sound), language, phrases).await?;
            let is_empty = text.trim().is_empty();
            return Ok(if is_empty { Hearing::Nothing } else { Hearing::Heard { text, confidence: UNTOLD } });
        }
        match &self.sphinx {
            Some(sphinx) if language.to_lowercase().starts_with("en") => sphinx.hear(&sound, phrases).await,
            Some(_) | None => Err(Unrecognized::NotSetUp),
        }
    }
}

/// A WAV file of it.
pub fn wav_of(sound: &Sound) -> Vec<u8> {
    let n_samples = sound.samples.len() as u64;
    let bytes = sound.samples.iter().flat_map(|sample| sample.to_le_bytes());
    crate::voicemail::wav::header(sound.rate, n_samples).into_iter().chain(bytes).collect()
}
