//! Who takes calls to numbers that are assigned to nobody.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::super::client::{Client, ClientError};
use super::super::nouns::{Shown, find};
use super::super::print::Column;

#[derive(Debug, Subcommand)]
pub enum UnassignedNumbersCommand {
    /// List treatments in their order.
    List,
    /// Show a treatment.
    Show {
        /// Name or id.
        entry: String,
    },
    /// Say who takes calls to numbers that a pattern matches and that are assigned to nobody.
    Create {
        name: String,
        /// A regular expression, such as '^\+1425555\d{4}$'.
        #[arg(long)]
        pattern: String,
        #[arg(long)]
        description: Option<String>,
        /// Its place, from 1; behind all others if none is given.
        #[arg(long)]
        priority: Option<u32>,
        #[command(flatten)]
        target: Target,
    },
    /// Change a treatment; what is not given stays.
    Change {
        /// Name or id.
        entry: String,
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        pattern: Option<String>,
        #[arg(long)]
        description: Option<String>,
        #[arg(long)]
        priority: Option<u32>,
        #[command(flatten)]
        target: Target,
    },
    /// Delete a treatment.
    Delete {
        /// Name or id.
        entry: String,
    },
    /// Try which treatment takes calls to numbers.
    Test {
        #[arg(required = true, allow_hyphen_values = true)]
        numbers: Vec<String>,
    },
}

/// Who takes the calls.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct Target {
    /// What is said before the call ends.
    #[arg(long)]
    say: Option<String>,
    /// Id of an audio file that is played before the call ends.
    #[arg(long)]
    audio_file: Option<String>,
    /// Name or id of a resource account.
    #[arg(long)]
    account: Option<String>,
    /// Extension or id of a person.
    #[arg(long)]
    user: Option<String>,
}

const ENTRY: &[Column] = &[
    ("Priority", "/priority"),
    ("Name", "/name"),
    ("Pattern", "/pattern"),
    ("Target", "/target/type"),
    ("Description", "/description"),
    ("Id", "/id"),
];
const TESTED: &[Column] = &[("Number", "/number"), ("By", "/by")];

pub(in crate::cli) async fn carry_out(
    client: &Client,
    tenant: &str,
    command: &UnassignedNumbersCommand,
) -> Result<Shown, ClientError> {
    let entries = format!("{tenant}/unassigned-numbers");
    let find_entry = async |name: &str| find(client, &entries, "treatment of unassigned numbers", name).await;
    match command {
        UnassignedNumbersCommand::List => Ok(Shown::Items(ENTRY, client.list(&entries, &[], usize::MAX).await?)),
        UnassignedNumbersCommand::Show { entry } => {
            Ok(Shown::Object(ENTRY, client.get(&find_entry(entry).await?).await?, &[]))
        }
        UnassignedNumbersCommand::Create { name, pattern, description, priority, target } => {
            let body = json!({
                "name": name, "pattern": pattern, "description": description, "priority": priority,
                "target": target.read(client, tenant).await?,
            });
            Ok(Shown::Object(ENTRY, client.write(Method::POST, &entries, &body).await?, &[]))
        }
        UnassignedNumbersCommand::Change { entry, name, pattern, description, priority, target } => {
            let path = find_entry(entry).await?;
            let given = [("name", name), ("pattern", pattern), ("description", description)];
            let given = given.into_iter().filter_map(|(field, text)| Some((field.to_owned(), json!(text.as_ref()?))));
            let mut body: Map<_, _> = given.collect();
            body.extend(priority.map(|priority| ("priority".to_owned(), json!(priority))));
            body.extend(target.read(client, tenant).await?.map(|target| ("target".to_owned(), target)));
            Ok(Shown::Object(ENTRY, client.write(Method::PATCH, &path, &Value::Object(body)).await?, &[]))
        }
        UnassignedNumbersCommand::Delete { entry } => {
            client.delete(&find_entry(entry).await?).await?;
            Ok(Shown::Words(format!("{entry} was deleted.")))
        }
        UnassignedNumbersCommand::Test { numbers } => {
            let tested = client.write(Method::POST, &format!("{entries}/test"), &json!({ "numbers": numbers })).await?;
            Ok(Shown::Items(TESTED, tested["items"].as_array().cloned().unwrap_or_default()))
        }
    }
}

impl Target {
    /// As the API takes it, if one was given.
    async fn read(&self, client: &Client, tenant: &str) -> Result<Option<Value>, ClientError> {
        if let Some(text) = &self.say {
            return Ok(Some(json!({ "type": "announcement", "prompt": { "type": "text", "text": text } })));
        }
        if let Some(id) = &self.audio_file {
            return Ok(Some(json!({ "type": "announcement", "prompt": { "type": "audio_file", "id": id } })));
        }
        if let Some(name) = &self.account {
            let path = find(client, &format!("{tenant}/resource-accounts"), "resource account", name).await?;
            return Ok(Some(json!({ "type": "resource_account", "id": path.rsplit('/').next() })));
        }
        let Some(extension) = &self.user else { return Ok(None) };
        let user = client.get(&format!("{tenant}/users/{extension}")).await?;
        Ok(Some(json!({ "type": "user", "id": user["id"] })))
    }
}
