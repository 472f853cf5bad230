//! Text to speech by programs of the system, each text in a process of its own with limits on time and size.

pub mod http;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::Semaphore;

/// Five thousand characters take flite about two seconds and espeak-ng less; a program that hangs is stopped.
const SPEAK_SECS_MAX: u64 = 30;
/// Half an hour of 16 kHz sound; five thousand characters are about six minutes.
const WAV_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// As `phone` allows for a prompt.
pub const TEXT_CHARS_MAX: usize = 5_000;

/// The speech programs that are installed.
#[derive(Debug)]
pub struct Speech {
    flite: Option<PathBuf>,
    espeak: Option<PathBuf>,
    scratch: PathBuf,
    /// As many at once as there are processors: more would only take turns.
    turns: Semaphore,
}

/// Why a text was not spoken.
#[derive(Debug, thiserror::Error)]
pub enum SpeechError {
    #[error("no program on this server speaks {language}")]
    EngineMissing { language: String, package: &'static str },
    #[error("a text to be spoken has 1 to {TEXT_CHARS_MAX} characters")]
    TextLength,
    #[error("{program} could not speak this text")]
    Failed { program: String, detail: String },
    #[error("could not run {program}")]
    NotRun { program: String, source: std::io::Error },
}

impl Speech {
    /// Looks for the programs in `PATH`; `scratch` must be a directory that can be written.
    pub fn find(scratch: PathBuf) -> Self {
        Self::with(find_program("flite"), find_program("espeak-ng"), scratch)
    }

    /// Uses these programs and no others.
    pub fn with(flite: Option<PathBuf>, espeak: Option<PathBuf>, scratch: PathBuf) -> Self {
        let n_turns = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { flite, espeak, scratch, turns: Semaphore::new(n_turns) }
    }

    /// Speaks a text; the answer is a WAV file.
    pub async fn speak(&self, language: &str, text: &str) -> Result<Vec<u8>, SpeechError> {
        self.check_length(text)?;
        // Nobody closes the semaphore, so that a turn always comes.
        let _turn = self.turns.acquire().await;
        let wav = self.scratch.join(format!("speech-{}.wav", uuid::Uuid::new_v4()));
        let result = self.speak_to(language, text, &wav).await;
        let _ = tokio::fs::remove_file(&wav).await;
        result
    }

    /// Whether a text can be spoken at all.
    pub fn check_length(&self, text: &str) -> Result<(), SpeechError> {
        match text.trim().is_empty() || TEXT_CHARS_MAX < text.chars().count() {
            true => Err(SpeechError::TextLength),
            false => Ok(()),
        }
    }

    async fn speak_to(&self, language: &str, text: &str, wav: &Path) -> Result<Vec<u8>, SpeechError> {
        let english = primary(language).eq_ignore_ascii_case("en");
        match (&self.flite, &self.espeak) {
            (Some(flite), _) if english => {
                match run(flite, &["-voice", "slt", "-t", text, "-o"], wav).await {
                    // Some builds bring the voice kal only.
                    Err(SpeechError::Failed { .. }) => run(flite, &["-voice", "kal", "-t", text, "-o"], wav).await,
                    other => other,
                }
            }
            (_, Some(espeak)) => {
                let voice = if english { language } else { primary(language) };
                // The text comes last and after `--`, so that one that begins with a dash is no option.
                run_with_text(espeak, &["-v", &voice.to_lowercase(), "-w"], wav, text).await
            }
            (Some(_) | None, None) => Err(SpeechError::EngineMissing {
                language: language.to_owned(),
                package: if english { "flite" } else { "espeak-ng" },
            }),
        }
    }
}

/// Looks a program up in `PATH`.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file())
}

/// Runs a program that writes `output` and waits for it, but not for ever.
pub async fn run_limited(command: &mut Command, secs_max: u64) -> std::io::Result<(bool, String)> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    match tokio::time::timeout(Duration::from_secs(secs_max), command.output()).await {
        Ok(output) => {
            let output = output?;
            let words = String::from_utf8_lossy(&output.stderr);
            Ok((output.status.success(), words.trim().chars().take(200).collect()))
        }
        Err(_) => Ok((false, format!("it took longer than {secs_max} seconds"))),
    }
}

async fn run(program: &Path, arguments: &[&str], wav: &Path) -> Result<Vec<u8>, SpeechError> {
    let mut command = Command::new(program);
    command.args(arguments).arg(wav);
    finish(program, command, wav).await
}

async fn run_with_text(program: &Path, arguments: &[&str], wav: &Path, text: &str) -> Result<Vec<u8>, SpeechError> {
    let mut command = Command::new(program);
    command.args(arguments).arg(wav).arg("--").arg(text);
    finish(program, command, wav).await
}

async fn finish(program: &Path, mut command: Command, wav: &Path) -> Result<Vec<u8>, SpeechError> {
    let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let not_run = |source| SpeechError::NotRun { program: name.clone(), source };
    let failed = |detail| SpeechError::Failed { program: name.clone(), detail };
    let (success, words) = run_limited(&mut command, SPEAK_SECS_MAX).await.map_err(not_run)?;
    if !success {
        return Err(failed(words));
    }
    let size = tokio::fs::metadata(wav).await.map_or(0, |file| file.len());
    if !(1..=WAV_BYTES_MAX).contains(&size) {
        return Err(failed(format!("it wrote {size} bytes")));
    }
    tokio::fs::read(wav).await.map_err(not_run)
}

/// `en` of `en-US`.
fn primary(language: &str) -> &str {
    language.split(['-', '_']).next().unwrap_or(language)
}
