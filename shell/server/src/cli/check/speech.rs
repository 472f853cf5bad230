//! What makes words of what callers say, and what speaks to them.

use std::time::Duration;

use super::{Finding, external_program};
use crate::error::chain;
use crate::recognition::http::Server;
use crate::secret::Secret;
use crate::speech::http::VoiceServer;

const PATIENCE: Duration = Duration::from_secs(5);

/// The speech server if one is named, and otherwise the program beside ours.
pub fn speech(server: Option<&Server>) -> Finding {
    let Some(server) = server else {
        let loss = "what callers say in menus is not understood, unless --speech-url names a server";
        return external_program("pocketsphinx_batch", "pocketsphinx pocketsphinx-en-us", loss);
    };
    let asked = Asked { what: "speech", url: &server.url, key: server.key.as_ref(), client: &server.client };
    asked.finding()
}

/// The voice server, if one is named.
pub fn voice(server: Option<&VoiceServer>) -> Option<Finding> {
    let server = server?;
    let asked = Asked { what: "voice", url: &server.url, key: server.key.as_ref(), client: &server.client };
    Some(asked.finding())
}

/// A server with OpenAI's API.
struct Asked<'a> {
    /// As the settings call it.
    what: &'static str,
    url: &'a str,
    key: Option<&'a Secret>,
    client: &'a reqwest::Client,
}

impl Asked<'_> {
    fn finding(&self) -> Finding {
        let Self { what, url, .. } = self;
        let asked = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let asked = asked.map(|runtime| runtime.block_on(ask(self)));
        let wrong =
            |error: String, remedy: String| Finding::Error { what: format!("{what} server {url}: {error}"), remedy };
        match asked {
            Ok(Ok(status)) if status.is_success() => Finding::Ok(format!("{what} server {url} answers")),
            Ok(Ok(status)) if status.as_u16() == 401 || status.as_u16() == 403 => {
                let key = format!("mend TRUNKLINE_{}_KEY", what.to_uppercase());
                wrong(format!("it answered {status}"), key)
            }
            // Small servers have no list of models, and say so.
            Ok(Ok(status)) if status.is_client_error() => {
                Finding::Ok(format!("{what} server {url} answers ({status} to the list of models)"))
            }
            Ok(Ok(status)) => wrong(format!("it answered {status}"), "ask who runs it".to_owned()),
            Ok(Err(error)) => wrong(chain(&error), format!("start it, or mend --{what}-url")),
            Err(error) => wrong(error.to_string(), "try again".to_owned()),
        }
    }
}

/// The list of models is what costs nothing to ask for.
async fn ask(server: &Asked<'_>) -> reqwest::Result<reqwest::StatusCode> {
    let mut request = server.client.get(format!("{}/models", server.url)).timeout(PATIENCE);
    if let Some(key) = server.key {
        request = request.bearer_auth(key.expose());
    }
    Ok(request.send().await?.status())
}
