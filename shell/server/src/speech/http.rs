//! A server with OpenAI's speech API: `POST {url}/audio/speech` with a text, answered by a WAV file.

use std::time::Duration;

use reqwest::Client;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{SpeechError, WAV_BYTES_MAX};
use crate::error::chain;
use crate::secret::Secret;

/// Whoever saves a greeting waits for it; a text of five minutes takes a good server less.
const PATIENCE: Duration = Duration::from_secs(25);

/// Where texts are spoken.
#[derive(Clone, Debug)]
pub struct VoiceServer {
    /// Without a slash at its end, such as `https://api.openai.com/v1`.
    pub url: String,
    pub key: Option<Secret>,
    pub model: String,
    pub voice: String,
    pub client: Client,
}

impl VoiceServer {
    /// Speaks a text; the answer is a WAV file.
    pub async fn speak(&self, text: &str) -> Result<Vec<u8>, SpeechError> {
        let body = json!({ "model": self.model, "voice": self.voice, "input": text, "response_format": "wav" });
        let mut request = self.client.post(format!("{}/audio/speech", self.url)).json(&body).timeout(PATIENCE);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key.expose());
        }
        let failed = |detail: String| SpeechError::Failed { program: "the voice server".to_owned(), detail };
        let response = request.send().await.map_err(|error| failed(chain(&error)))?;
        let status = response.status();
        if !status.is_success() {
            return Err(failed(format!("it answered {status}")));
        }
        let is_too_long = |length: usize| WAV_BYTES_MAX < u64::try_from(length).unwrap_or(u64::MAX);
        let mut response = response;
        let mut wav = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|error| failed(chain(&error)))? {
            wav.extend_from_slice(&part);
            if is_too_long(wav.len()) {
                return Err(failed("it sends too much".to_owned()));
            }
        }
        whole(&mut wav).ok_or_else(|| failed("it sent no WAV file".to_owned()))?;
        Ok(wav)
    }

    /// Names the voice in names of files: what another voice said is another prompt.
    pub fn name(&self) -> String {
        let mut hash = Sha256::new();
        for part in [&self.url, &self.model, &self.voice] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Writes the length into the header of a file that was sent while it was made; none if it is no WAV file.
fn whole(wav: &mut [u8]) -> Option<()> {
    if wav.get(..4)? != b"RIFF" || wav.get(8..12)? != b"WAVE" {
        return None;
    }
    let length = u32::try_from(wav.len()).ok()?;
    wav.get_mut(4..8)?.copy_from_slice(&length.checked_sub(8)?.to_le_bytes());
    let mut at = 12_usize;
    loop {
        let size = u32::from_le_bytes(wav.get(at.checked_add(4)?..at.checked_add(8)?)?.try_into().ok()?);
        let begin = at.checked_add(8)?;
        if wav.get(at..at.checked_add(4)?)? == b"data" {
            let there = length.checked_sub(u32::try_from(begin).ok()?)?;
            // Whole samples of 16 bits.
            let size = size.min(there) & !1;
            wav.get_mut(at.checked_add(4)?..begin)?.copy_from_slice(&size.to_le_bytes());
            return Some(());
        }
        at = begin.checked_add(usize::try_from(size).ok()?)?.checked_add(usize::try_from(size % 2).ok()?)?;
    }
}
