//! A server with OpenAI's transcription API: `POST {url}/audio/transcriptions` with a file, answered by its text.

use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;

use super::Unrecognized;
use crate::secret::Secret;

/// More than any message says.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// What stands between the parts of a request; random, so that no sound has it in it.
const BOUNDARY_PREFIX: &str = "trunkline-";

/// Where words are made of sound.
#[derive(Clone, Debug)]
pub struct Server {
    /// Without a slash at its end, such as `https://api.openai.com/v1`.
    pub url: String,
    pub key: Option<Secret>,
    pub model: String,
    pub client: Client,
}

#[derive(Deserialize)]
struct Answer {
    text: String,
}

impl Server {
    /// What was said. `phrases` are a hint.
    pub async fn transcribe(&self, wav: Vec<u8>, language: &str, phrases: &[String]) -> Result<String, Unrecognized> {
        let boundary = format!("{BOUNDARY_PREFIX}{}", uuid::Uuid::new_v4().simple());
        let language = language.split(['-', '_']).next().unwrap_or(language).to_lowercase();
        let hint = phrases.join(", ");
        let mut fields = vec![("model", self.model.as_str()), ("response_format", "json"), ("language", &language)];
        if !hint.is_empty() {
            fields.push(("prompt", &hint));
        }
        let body = multipart(&boundary, &fields, &wav);
        let mut request = self.client.post(format!("{}/audio/transcriptions", self.url));
        request = request.header(CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}")).body(body);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key.expose());
        }
        let response = request.send().await?;
        let status = response.status();
        let bytes = response.bytes().await?;
        let failed = |detail| Unrecognized::Failed { what: "the speech server".to_owned(), detail };
        if !status.is_success() {
            return Err(failed(format!("it answered {status}")));
        }
        if bytes.len() > ANSWER_BYTES_MAX {
            return Err(failed("its answer is too long".to_owned()));
        }
        let answer: Answer = serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string()))?;
        Ok(answer.text.trim().to_owned())
    }
}

/// RFC 7578
fn multipart(boundary: &str, fields: &[(&str, &str)], wav: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(wav.len() + 1_024);
    for (name, value) in fields {
        let part = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let disposition = "Content-Disposition: form-data; name=\"file\"; filename=\"speech.wav\"";
    body.extend_from_slice(format!("--{boundary}\r\n{disposition}\r\nContent-Type: audio/wav\r\n\r\n").as_bytes());
    body.extend_from_slice(wav);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    body
}
