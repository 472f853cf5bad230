//! How the terminal writes where callers go, and how it changes an attendant or a queue whole.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Client, ClientError};
use super::nouns::find;

/// Where callers can be sent, for help texts.
pub const TARGETS: &str = "queue:NAME, attendant:NAME, account:NAME, user:EXTENSION, voicemail:EXTENSION, mailbox:NAME or number:+14155550123";

/// A target as the API takes it.
pub async fn target(client: &Client, tenant: &str, words: &str) -> Result<Value, ClientError> {
    let unknown = || ClientError::Malformed { what: "target", text: words.to_owned(), expected: TARGETS };
    let (kind, name) = words.split_once(':').ok_or_else(unknown)?;
    let id_of = async |list: &str, what| -> Result<Value, ClientError> {
        let path = find(client, &format!("{tenant}/{list}"), what, name).await?;
        Ok(json!(path.rsplit('/').next()))
    };
    let person = async || -> Result<Value, ClientError> {
        Ok(client.get(&format!("{tenant}/users/{name}")).await?["id"].clone())
    };
    match kind {
        "queue" => Ok(json!({ "type": "call_queue", "id": id_of("call-queues", "queue").await? })),
        "attendant" => Ok(json!({ "type": "auto_attendant", "id": id_of("auto-attendants", "attendant").await? })),
        "account" => {
            Ok(json!({ "type": "resource_account", "id": id_of("resource-accounts", "resource account").await? }))
        }
        "user" => Ok(json!({ "type": "user", "id": person().await? })),
        "voicemail" => Ok(json!({ "type": "voicemail", "id": person().await? })),
        "mailbox" => Ok(json!({ "type": "shared_mailbox", "id": id_of("shared-mailboxes", "shared mailbox").await? })),
        "number" => Ok(json!({ "type": "external", "number": name })),
        _ => Err(unknown()),
    }
}

/// The id of a schedule, from its name or id.
pub async fn schedule(client: &Client, tenant: &str, name: &str) -> Result<Value, ClientError> {
    let path = find(client, &format!("{tenant}/schedules"), "schedule", name).await?;
    Ok(json!(path.rsplit('/').next()))
}

/// A text that is spoken, or nothing if it is empty.
pub fn prompt(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { json!({ "type": "text", "text": text }) }
}

/// Changes what is there, unless somebody else changed it meanwhile.
pub async fn change(
    client: &Client,
    path: &str,
    change: impl AsyncFnOnce(&mut Value) -> Result<(), ClientError>,
) -> Result<Value, ClientError> {
    let (mut value, version) = client.get_with_version(path).await?;
    change(&mut value).await?;
    client.write_version(Method::PUT, path, &version, &value).await
}

/// Gives another name, if there is one.
pub fn rename(settings: &mut Value, name: Option<&String>) {
    if let Some(name) = name {
        settings["name"] = json!(name);
    }
}

/// Settings from a file, or from standard input for `-`.
pub fn settings(file: &Path) -> Result<Value, ClientError> {
    let unreadable = |source| ClientError::Unreadable { path: file.to_owned(), source };
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map_err(unreadable)?;
    } else {
        text = std::fs::read_to_string(file).map_err(unreadable)?;
    }
    serde_json::from_str(&text).map_err(|error| unreadable(error.into()))
}

/// Where whole settings come from.
#[derive(Clone, Debug, clap::Args)]
pub struct File {
    /// JSON as `export` writes it; `-` reads standard input.
    #[arg(long)]
    pub file: Option<PathBuf>,
}
