//! Prompts: sound rendered once from a text or a file, kept on the disk by what it was rendered from.
//!
//! Rendering takes a child process and some tenths of a second, so it happens when settings are saved. Calls play what
//! is in the [`PromptLibrary`], which shares the same sound among all of them.

mod decode;
mod names;
pub mod shelf;
mod system;
mod voice;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use media::audio_file::FILE_BYTES_MAX;
use media::prompt::Prompt;
use media::sdp::Codec;
use phone::Directory;
use phone::apps::attendant::{self, Action, CallFlow};
use phone::apps::prompt::Prompt as Configured;
use phone::id::PromptKey;
use sha2::{Digest as _, Sha256};
use switch::input::PromptLibrary;

use self::shelf::Shelf;
use self::voice::Voice;
use crate::error::chain;
use crate::speech::http::VoiceServer;
use crate::speech::{Speech, SpeechError};

/// What a caller hears instead of a prompt that could not be rendered.
const SILENCE_SECS: usize = 1;
const SILENCE_RATE: u32 = 8_000;

/// All rendered prompts, in memory and on the disk.
pub struct Prompts {
    dir: PathBuf,
    speech: Speech,
    voice: Option<Voice>,
    shelf: Shelf,
    generation: AtomicU64,
    missing_names: Mutex<BTreeSet<names::Name>>,
}

/// Why a prompt was not rendered.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    #[error(transparent)]
    Speech(#[from] SpeechError),
    #[error("{what}")]
    Undecodable { what: String, needs_ffmpeg: bool },
    #[error("an audio file has at most {} MB", FILE_BYTES_MAX / 1_000_000)]
    TooLarge,
    #[error("this audio file is not on the server any more")]
    Gone,
    #[error("could not keep the prompt in {}", path.display())]
    Disk { path: PathBuf, source: std::io::Error },
    #[error("the renderer stopped")]
    Stopped(#[from] tokio::task::JoinError),
}

impl PromptError {
    /// The code of what the caller can mend; none if it is the server's fault.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Speech(SpeechError::EngineMissing { .. }) => Some("speech_engine_missing"),
            Self::Speech(SpeechError::TextLength) => Some("prompt.text_length"),
            Self::Speech(SpeechError::Failed { .. }) => Some("speech_failed"),
            Self::Undecodable { .. } => Some("audio.undecodable"),
            Self::TooLarge => Some("audio.too_large"),
            Self::Gone => Some("audio.gone"),
            Self::Speech(SpeechError::NotRun { .. }) | Self::Disk { .. } | Self::Stopped(_) => None,
        }
    }

    /// What to do about it.
    pub fn fix(&self) -> Option<String> {
        match self {
            Self::Speech(SpeechError::EngineMissing { package, .. }) => {
                Some(format!("install it on the server: apt install {package}"))
            }
            Self::Undecodable { needs_ffmpeg: true, .. } => Some(
                "save the file as WAV, MP3 or Ogg/Opus, or install ffmpeg on the server: apt install ffmpeg".to_owned(),
            ),
            Self::TooLarge => Some("save the file as MP3 or Ogg/Opus".to_owned()),
            Self::Gone => Some("upload the file again".to_owned()),
            Self::Speech(_) | Self::Undecodable { .. } | Self::Disk { .. } | Self::Stopped(_) => None,
        }
    }
}

impl Prompts {
    /// Keeps prompts in `dir`, which is made if it is not there. They have the voice of the server, if there is one.
    pub fn open(dir: PathBuf, server: Option<VoiceServer>) -> Result<Self, PromptError> {
        std::fs::create_dir_all(&dir).map_err(|source| PromptError::Disk { path: dir.clone(), source })?;
        let speech = Speech::find(dir.clone());
        Ok(Self::with_speech(dir, speech).in_voice_of(server))
    }

    /// The same in the voice of a server.
    pub fn in_voice_of(self, server: Option<VoiceServer>) -> Self {
        Self { voice: server.map(Voice::new), ..self }
    }

    pub fn with_speech(dir: PathBuf, speech: Speech) -> Self {
        Self {
            dir,
            speech,
            voice: None,
            shelf: Shelf::default(),
            generation: AtomicU64::new(0),
            missing_names: Mutex::default(),
        }
    }

    /// The prompt of a text, rendered if nobody did before.
    pub async fn text(&self, language: &str, text: &str) -> Result<(PromptKey, Arc<Prompt>), PromptError> {
        let key = key_of_text(language, text);
        if let Some(prompt) = self.kept_text(key, language, text).await {
            return Ok((key, prompt));
        }
        self.speech.check_length(text)?;
        if let Some(voice) = &self.voice {
            match voice.speak(text).await {
                Some(prompt) => return Ok((key, self.keep_at(&self.voiced_path(key, voice), key, prompt).await?)),
                None => voice.note_outdated(key, language, text),
            }
        }
        let wav = self.speech.speak(language, text).await?;
        let prompt = decode::render_speech(wav).await?;
        Ok((key, self.keep(key, prompt).await?))
    }

    /// Renders an uploaded file.
    pub async fn add_file(&self, bytes: Vec<u8>) -> Result<(PromptKey, Arc<Prompt>), PromptError> {
        if FILE_BYTES_MAX < bytes.len() {
            return Err(PromptError::TooLarge);
        }
        let key = key_of_file(&bytes);
        if let Some(prompt) = self.kept(key).await {
            return Ok((key, prompt));
        }
        let prompt = decode::render(bytes, &self.dir).await?;
        Ok((key, self.keep(key, prompt).await?))
    }

    /// Renders what somebody recorded by phone, as loud as other prompts.
    pub async fn add_recording(&self, wav: Vec<u8>) -> Result<(PromptKey, Arc<Prompt>), PromptError> {
        let key = key_of_file(&wav);
        let prompt = decode::render_speech(wav).await?;
        Ok((key, self.keep(key, prompt).await?))
    }

    /// The prompt of a file that was uploaded.
    pub async fn file(&self, key: PromptKey) -> Result<Arc<Prompt>, PromptError> {
        self.kept(key).await.ok_or(PromptError::Gone)
    }

    /// Everything that the settings name. What can't be rendered is silence, with a warning: calls go on.
    pub async fn library(&self, directory: &Directory) -> PromptLibrary {
        let wanted = wanted(directory);
        let configured = wanted.values().map(|wanted| self.wanted_prompt(wanted));
        let configured = futures_util::future::join_all(configured).await;
        let library = PromptLibrary {
            configured: wanted.keys().copied().zip(configured).collect(),
            system: self.system(directory).await,
            announcements: self.announcements(directory).await,
            hold_music: self.hold_music().await,
            names: self.names(directory).await,
        };
        self.shelf.keep_only(&library);
        library
    }

    /// Grows when a library made again would have more in it.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    fn missing_names(&self) -> MutexGuard<'_, BTreeSet<names::Name>> {
        // A set stays whole whoever panicked while holding it.
        self.missing_names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A library made from now on has more in it.
    pub fn has_more(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    async fn wanted_prompt(&self, wanted: &Wanted<'_>) -> Arc<Prompt> {
        let rendered = match &*wanted.prompt {
            Configured::Text { text, .. } => self.text(wanted.language, text).await.map(|(_, prompt)| prompt),
            Configured::AudioFile { key, .. } => self.file(*key).await,
        };
        rendered.unwrap_or_else(|error| {
            tracing::warn!(app = wanted.app, error = chain(&error), "a prompt can't be rendered, callers hear silence");
            silence()
        })
    }

    async fn kept(&self, key: PromptKey) -> Option<Arc<Prompt>> {
        if let Some(prompt) = self.shelf.get(key) {
            return Some(prompt);
        }
        self.read(&self.path(key), key).await
    }

    async fn read(&self, path: &Path, key: PromptKey) -> Option<Arc<Prompt>> {
        let bytes = tokio::fs::read(path).await.ok()?;
        // A file of another version is rendered again.
        let prompt = Arc::new(decode::from_bytes(&bytes)?);
        self.shelf.put(key, prompt.clone());
        Some(prompt)
    }

    async fn keep(&self, key: PromptKey, prompt: Prompt) -> Result<Arc<Prompt>, PromptError> {
        self.keep_at(&self.path(key), key, prompt).await
    }

    async fn keep_at(&self, path: &Path, key: PromptKey, prompt: Prompt) -> Result<Arc<Prompt>, PromptError> {
        let disk = |source| PromptError::Disk { path: path.to_owned(), source };
        write_whole(path, &prompt.to_bytes()).await.map_err(disk)?;
        let prompt = Arc::new(prompt);
        self.shelf.put(key, prompt.clone());
        Ok(prompt)
    }

    pub fn path(&self, key: PromptKey) -> PathBuf {
        self.dir.join(file_name(key))
    }
}

/// A message, ready to be played to one leg; none if it can't be read.
pub async fn of_message(wav: Vec<u8>, codec: Codec) -> Option<Prompt> {
    decode::render_message(wav, codec).await
}

/// How the file of a prompt is called.
pub fn file_name(key: PromptKey) -> String {
    format!("{key}.prompt")
}

/// Names what is rendered from a text in a language: the same text has the same name everywhere.
pub fn key_of_text(language: &str, text: &str) -> PromptKey {
    key_of(&[b"text", language.to_ascii_lowercase().as_bytes(), text.as_bytes()])
}

/// Names what is rendered from a file.
pub fn key_of_file(bytes: &[u8]) -> PromptKey {
    key_of(&[b"file", bytes])
}

fn key_of(parts: &[&[u8]]) -> PromptKey {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    let hash: [u8; 32] = hash.finalize().into();
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..] = hash;
    PromptKey(uuid::Builder::from_custom_bytes([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]).into_uuid())
}

/// The file is there whole or not at all, whatever stops us.
async fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let part = path.with_extension(format!("{}.part", uuid::Uuid::new_v4()));
    tokio::fs::write(&part, bytes).await?;
    tokio::fs::rename(&part, path).await
}

fn silence() -> Arc<Prompt> {
    static SILENCE: LazyLock<Arc<Prompt>> = LazyLock::new(|| {
        let n_samples = SILENCE_SECS * usize::try_from(SILENCE_RATE).unwrap_or(0);
        Arc::new(Prompt::render(&vec![0; n_samples], SILENCE_RATE))
    });
    SILENCE.clone()
}

/// A prompt that settings name.
struct Wanted<'a> {
    app: &'a str,
    language: &'a str,
    prompt: Cow<'a, Configured>,
}

fn wanted(directory: &Directory) -> BTreeMap<PromptKey, Wanted<'_>> {
    let mut wanted = BTreeMap::new();
    for tenant in directory.tenants().values() {
        let attendants = tenant
            .attendants
            .values()
            .map(|settings| (settings.name.as_str(), settings.language.as_str(), prompts_of_attendant(settings)));
        let queues = tenant
            .queues
            .values()
            .map(|settings| (settings.name.as_str(), settings.language.as_str(), settings.prompts().collect()));
        let mailboxes = tenant
            .mailboxes
            .values()
            .map(|settings| (settings.name.as_str(), settings.language.as_str(), settings.prompts().collect()));
        let language = tenant.profile.language.as_str();
        let personal =
            tenant.personal_mailboxes.values().map(|own| ("voicemail", language, own.greeting.iter().collect()));
        let unassigned = [("unassigned numbers", language, tenant.routing.treatments.prompts().collect())];
        for (app, language, prompts) in attendants.chain(queues).chain(mailboxes).chain(personal).chain(unassigned) {
            for prompt in prompts {
                wanted.insert(prompt.key(), Wanted { app, language, prompt: Cow::Borrowed(prompt) });
            }
        }
        for key in tenant.routing.policies.audio_files() {
            let prompt = Cow::Owned(Configured::AudioFile { key, file_name: String::new() });
            wanted.entry(key).or_insert(Wanted { app: "a policy", language, prompt });
        }
    }
    wanted
}

fn prompts_of_attendant(settings: &attendant::Settings) -> Vec<&Configured> {
    let flows = std::iter::once(&settings.default_flow)
        .chain(settings.associations.iter().map(|association| &association.flow));
    flows.flat_map(prompts_of_flow).collect()
}

fn prompts_of_flow(flow: &CallFlow) -> impl Iterator<Item = &Configured> {
    let announcements = flow.menu.options.iter().filter_map(|option| match &option.action {
        Action::Announcement { prompt } => Some(prompt),
        Action::Disconnect | Action::Operator | Action::SearchDirectory { .. } | Action::Transfer { .. } => None,
    });
    let phrases = flow.menu.options.iter().flat_map(|option| &option.phrases);
    flow.greeting.iter().chain(&flow.menu.prompt).chain(announcements).chain(phrases)
}
