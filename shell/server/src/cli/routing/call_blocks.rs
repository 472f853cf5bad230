//! Callers from outside who are not let in.

use clap::Subcommand;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::super::client::{Client, ClientError};
use super::super::nouns::{Shown, find};
use super::super::print::Column;

#[derive(Debug, Subcommand)]
pub enum CallBlockCommand {
    /// List call blocks.
    List,
    /// Show a call block.
    Show {
        /// Name or id.
        block: String,
    },
    /// Refuse callers whose number a pattern matches, let them in whatever other blocks say, or redirect them.
    Create {
        name: String,
        /// A regular expression, such as '^\+1900' or '^anonymous$'.
        #[arg(long)]
        pattern: String,
        #[arg(long)]
        description: Option<String>,
        /// Let these callers in, whatever other blocks say.
        #[arg(long, conflicts_with = "redirect_to")]
        exempt: bool,
        /// Name or id of the resource account that takes their calls.
        #[arg(long)]
        redirect_to: Option<String>,
    },
    /// Change a call block; what is not given stays.
    Change {
        /// Name or id.
        block: String,
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        pattern: Option<String>,
        #[arg(long)]
        description: Option<String>,
        #[arg(long)]
        enabled: Option<bool>,
    },
    /// Delete a call block.
    Delete {
        /// Name or id.
        block: String,
    },
    /// Try which callers are let in.
    Test {
        #[arg(required = true, allow_hyphen_values = true)]
        numbers: Vec<String>,
    },
}

const BLOCK: &[Column] = &[
    ("Name", "/name"),
    ("Pattern", "/pattern"),
    ("Action", "/action"),
    ("Enabled", "/enabled"),
    ("Goes to", "/resource_account"),
    ("Description", "/description"),
    ("Id", "/id"),
];
const TESTED: &[Column] =
    &[("Caller", "/number"), ("Let in", "/let_in"), ("By", "/by"), ("Goes to", "/resource_account")];

pub(in crate::cli) async fn carry_out(
    client: &Client,
    tenant: &str,
    command: &CallBlockCommand,
) -> Result<Shown, ClientError> {
    let blocks = format!("{tenant}/call-blocks");
    let find_block = async |name: &str| find(client, &blocks, "call block", name).await;
    match command {
        CallBlockCommand::List => Ok(Shown::Items(BLOCK, client.list(&blocks, &[], usize::MAX).await?)),
        CallBlockCommand::Show { block } => Ok(Shown::Object(BLOCK, client.get(&find_block(block).await?).await?, &[])),
        CallBlockCommand::Create { name, pattern, description, exempt, redirect_to } => {
            let account = match redirect_to {
                Some(name) => {
                    let path = find(client, &format!("{tenant}/resource-accounts"), "resource account", name).await?;
                    path.rsplit('/').next().map(str::to_owned)
                }
                None => None,
            };
            let action = match (exempt, &account) {
                (true, _) => "exempt",
                (false, Some(_)) => "redirect",
                (false, None) => "block",
            };
            let body = json!({
                "name": name, "pattern": pattern, "description": description, "action": action, "resource_account": account
            });
            Ok(Shown::Object(BLOCK, client.write(Method::POST, &blocks, &body).await?, &[]))
        }
        CallBlockCommand::Change { block, name, pattern, description, enabled } => {
            let path = find_block(block).await?;
            let given = [("name", name), ("pattern", pattern), ("description", description)];
            let given = given.into_iter().filter_map(|(field, text)| Some((field.to_owned(), json!(text.as_ref()?))));
            let mut body: Map<_, _> = given.collect();
            body.extend(enabled.map(|enabled| ("enabled".to_owned(), json!(enabled))));
            Ok(Shown::Object(BLOCK, client.write(Method::PATCH, &path, &Value::Object(body)).await?, &[]))
        }
        CallBlockCommand::Delete { block } => {
            client.delete(&find_block(block).await?).await?;
            Ok(Shown::Words(format!("{block} was deleted.")))
        }
        CallBlockCommand::Test { numbers } => {
            let tested = client.write(Method::POST, &format!("{blocks}/test"), &json!({ "numbers": numbers })).await?;
            Ok(Shown::Items(TESTED, tested["items"].as_array().cloned().unwrap_or_default()))
        }
    }
}
