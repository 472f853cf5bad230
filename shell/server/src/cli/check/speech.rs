//! What makes words of what callers say.

use std::time::Duration;

use super::{Finding, external_program};
use crate::error::chain;
use crate::recognition::http::Server;

const PATIENCE: Duration = Duration::from_secs(5);

/// The speech server if one is named, and otherwise the program beside ours.
pub fn speech(server: Option<&Server>) -> Finding {
    let Some(server) = server else {
        let loss = "what callers say in menus is not understood, unless --speech-url names a server";
        return external_program("pocketsphinx_batch", "pocketsphinx pocketsphinx-en-us", loss);
    };
    let asked = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let asked = asked.map(|runtime| runtime.block_on(ask(server)));
    let wrong = |error: String, remedy: &str| Finding::Error {
        what: format!("speech server {}: {error}", server.url),
        remedy: remedy.to_owned(),
    };
    match asked {
        Ok(Ok(status)) if status.is_success() => Finding::Ok(format!("speech server {} answers", server.url)),
        Ok(Ok(status)) if status.as_u16() == 401 || status.as_u16() == 403 => {
            wrong(format!("it answered {status}"), "mend TRUNKLINE_SPEECH_KEY")
        }
        // Small servers have no list of models, and say so.
        Ok(Ok(status)) if status.is_client_error() => {
            Finding::Ok(format!("speech server {} answers ({status} to the list of models)", server.url))
        }
        Ok(Ok(status)) => wrong(format!("it answered {status}"), "ask who runs it"),
        Ok(Err(error)) => wrong(chain(&error), "start it, or mend --speech-url"),
        Err(error) => wrong(error.to_string(), "try again"),
    }
}

/// The list of models is what costs nothing to ask for.
async fn ask(server: &Server) -> reqwest::Result<reqwest::StatusCode> {
    let mut request = server.client.get(format!("{}/models", server.url)).timeout(PATIENCE);
    if let Some(key) = &server.key {
        request = request.bearer_auth(key.expose());
    }
    Ok(request.send().await?.status())
}
