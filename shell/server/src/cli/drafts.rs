//! Drafts and versions of attendants and queues.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::print::Column;

/// What is done with a draft. `S` is what its app may have.
#[derive(Debug, Subcommand)]
pub enum DraftCommand<S: Args> {
    /// Show the draft: where it differs, and what keeps it from being published.
    Show {
        /// Name or id.
        name: String,
    },
    /// Save a draft: what is not given is as in the draft before, or as it is published.
    Save {
        /// Name or id.
        name: String,
        #[command(flatten)]
        settings: S,
    },
    /// Forget the draft.
    Discard {
        /// Name or id.
        name: String,
    },
    /// Let calls meet the draft, if all flow tests pass on it.
    Publish {
        /// Name or id.
        name: String,
        /// Although tests fail; the audit says so.
        #[arg(long)]
        force: bool,
    },
}

const DRAFT: &[Column] = &[
    ("Name", "/settings/name"),
    ("Made from version", "/base_version"),
    ("Differs at", "/differences"),
    ("Problems", "/problems"),
];
const PROBLEM: &[Column] = &[("Field", "/field"), ("Code", "/code"), ("What", "/message")];
const PROBLEMS: &[(&str, &str, &[Column])] = &[("Problems", "/problems", PROBLEM)];
const PUBLISHED: &[Column] = &[("Name", "/name"), ("Id", "/id")];
const VERSION: &[Column] =
    &[("Version", "/version"), ("At", "/at"), ("Who", "/actor"), ("Did", "/action"), ("Differs at", "/differences")];

/// Does something with a draft. `find` tells the path of an app, and `put` changes its settings as was asked.
pub(super) async fn carry_out<S: Args>(
    client: &Client,
    command: &DraftCommand<S>,
    find: impl AsyncFn(&str) -> Result<String, ClientError>,
    put: impl AsyncFn(&S, &mut Value) -> Result<(), ClientError>,
) -> Result<Shown, ClientError> {
    match command {
        DraftCommand::Show { name } => {
            let draft = client.get(&format!("{}/draft", find(name).await?)).await?;
            Ok(Shown::Object(DRAFT, draft, PROBLEMS))
        }
        DraftCommand::Save { name, settings } => {
            let path = find(name).await?;
            let at = format!("{path}/draft");
            let (mut body, version) = match client.get_with_version(&at).await {
                Ok((draft, version)) => (draft["settings"].clone(), version),
                // Nobody made a draft yet.
                Err(ClientError::Refused { problem }) if problem.status == 404 => {
                    (client.get(&path).await?, "*".to_owned())
                }
                Err(error) => return Err(error),
            };
            put(settings, &mut body).await?;
            Ok(Shown::Object(DRAFT, client.write_version(Method::PUT, &at, &version, &body).await?, PROBLEMS))
        }
        DraftCommand::Discard { name } => {
            client.delete(&format!("{}/draft", find(name).await?)).await?;
            Ok(Shown::Words(format!("The draft of {name} is forgotten.")))
        }
        DraftCommand::Publish { name, force } => {
            let at = format!("{}/draft/publish", find(name).await?);
            Ok(Shown::Object(PUBLISHED, client.write(Method::POST, &at, &json!({ "force": force })).await?, &[]))
        }
    }
}

/// Lists what was published of the app at this path.
pub(super) async fn versions(client: &Client, path: &str) -> Result<Shown, ClientError> {
    Ok(Shown::Items(VERSION, client.list(&format!("{path}/versions"), &[], usize::MAX).await?))
}

/// Publishes a version of the app at this path again.
pub(super) async fn revert(client: &Client, path: &str, version: u64) -> Result<Shown, ClientError> {
    let reverted = client.post(&format!("{path}/versions/{version}/revert")).await?;
    Ok(Shown::Object(PUBLISHED, reverted, &[]))
}
