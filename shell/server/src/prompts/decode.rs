//! From the bytes of a file to a rendered prompt.

use std::path::Path;

use media::audio_file::{self, Pcm, Unreadable};
use media::loudness;
use media::prompt::Prompt;
use media::sdp::Codec;
use tokio::process::Command;

use super::PromptError;
use crate::speech::{find_program, run_limited};

const FFMPEG_SECS_MAX: u64 = 30;
/// More than we read: a file cut here is refused as too large, not played in part.
const CONVERTED_BYTES_MAX: &str = "6000000";
/// Containers of sound. Play lists are none: they would open other files of the server.
const FORMATS: &str = "aac,ac3,aiff,amr,asf,au,avi,caf,flac,gsm,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,ogg,wav,w64";

/// Decodes and renders, outside the threads that serve requests.
pub(super) async fn render(bytes: Vec<u8>, scratch: &Path) -> Result<Prompt, PromptError> {
    let (bytes, decoded) = tokio::task::spawn_blocking(move || {
        let prompt = native(&bytes);
        (bytes, prompt)
    })
    .await?;
    match decoded {
        Err(Unreadable::UnknownFormat) => {
            let ogg = through_ffmpeg(&bytes, scratch).await?;
            tokio::task::spawn_blocking(move || native(&ogg)).await?.map_err(undecodable)
        }
        other => other.map_err(undecodable),
    }
}

/// Renders what a speech program wrote. It may be longer than any file that people upload.
pub(super) async fn render_speech(wav: Vec<u8>) -> Result<Prompt, PromptError> {
    tokio::task::spawn_blocking(move || {
        let what = |error: &dyn std::fmt::Display| format!("the speech program wrote no sound: {error}");
        let unreadable = |error: hound::Error| PromptError::Undecodable { what: what(&error), needs_ffmpeg: false };
        let mut reader = hound::WavReader::new(wav.as_slice()).map_err(unreadable)?;
        let rate = reader.spec().sample_rate;
        let samples = reader.samples::<i16>().collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
        let mut pcm = Pcm { samples, rate };
        let silent = |loudness::Silent| PromptError::Undecodable { what: what(&"it is silent"), needs_ffmpeg: false };
        loudness::normalise(&mut pcm).map_err(silent)?;
        Ok(Prompt::render(&pcm.samples, pcm.rate))
    })
    .await?
}

/// Makes a message ready for one leg, as loud as prompts are; none if there is no sound in the file.
pub(super) async fn render_message(wav: Vec<u8>, codec: Codec) -> Option<Prompt> {
    let rendered = tokio::task::spawn_blocking(move || {
        let mut reader = hound::WavReader::new(wav.as_slice()).ok()?;
        let rate = reader.spec().sample_rate;
        let samples = reader.samples::<i16>().collect::<Result<Vec<_>, _>>().ok()?;
        let mut pcm = Pcm { samples, rate };
        // Who said nothing is heard saying nothing.
        let _ = loudness::normalise(&mut pcm);
        Some(Prompt::render_for(codec, &pcm.samples, pcm.rate))
    });
    rendered.await.ok().flatten()
}

/// A prompt as it was kept; none if it was kept by another version.
pub(super) fn from_bytes(bytes: &[u8]) -> Option<Prompt> {
    Prompt::from_bytes(bytes).ok()
}

fn native(bytes: &[u8]) -> Result<Prompt, Unreadable> {
    let pcm = audio_file::decode_prompt(bytes)?;
    Ok(Prompt::render(&pcm.samples, pcm.rate))
}

fn undecodable(error: Unreadable) -> PromptError {
    PromptError::Undecodable { what: error.to_string(), needs_ffmpeg: false }
}

/// Converts what we can't read ourselves. The program sees files only, by their full names: no network, no lists.
async fn through_ffmpeg(bytes: &[u8], scratch: &Path) -> Result<Vec<u8>, PromptError> {
    let Some(ffmpeg) = find_program("ffmpeg") else {
        let what = "this is no WAV, MP3 or Ogg/Opus file".to_owned();
        return Err(PromptError::Undecodable { what, needs_ffmpeg: true });
    };
    let name = uuid::Uuid::new_v4();
    let (input, output) = (scratch.join(format!("{name}.in")), scratch.join(format!("{name}.ogg")));
    let disk = |source| PromptError::Disk { path: scratch.to_owned(), source };
    tokio::fs::write(&input, bytes).await.map_err(disk)?;
    let mut command = Command::new(ffmpeg);
    command.args(["-nostdin", "-v", "error", "-protocol_whitelist", "file", "-format_whitelist", FORMATS, "-i"]);
    command.arg(&input).args(["-vn", "-ac", "1", "-c:a", "libopus", "-b:a", "48k"]);
    command.args(["-fs", CONVERTED_BYTES_MAX, "-f", "ogg"]).arg(&output);
    let ran = run_limited(&mut command, FFMPEG_SECS_MAX).await;
    let converted = tokio::fs::read(&output).await;
    for file in [&input, &output] {
        let _ = tokio::fs::remove_file(file).await;
    }
    match (ran.map_err(disk)?, converted) {
        ((true, _), Ok(ogg)) => Ok(ogg),
        ((_, words), _) => {
            tracing::debug!(words, "ffmpeg could not convert an audio file");
            let what = "no program on this server can read this audio file".to_owned();
            Err(PromptError::Undecodable { what, needs_ffmpeg: false })
        }
    }
}
