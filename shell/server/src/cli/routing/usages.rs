//! PSTN usages.

use clap::Subcommand;
use reqwest::Method;
use serde_json::{Value, json};

use super::super::client::{Client, ClientError};
use super::super::nouns::{Shown, find};
use super::super::print::Column;

#[derive(Debug, Subcommand)]
pub enum UsageCommand {
    /// List PSTN usages.
    List,
    /// Make a PSTN usage; its name stays.
    Create {
        name: String,
        #[arg(long)]
        description: Option<String>,
    },
    /// Describe a PSTN usage.
    Describe {
        /// Name or id.
        usage: String,
        /// An empty text clears.
        description: String,
    },
    /// Delete a PSTN usage that no route and no policy names.
    Delete {
        /// Name or id.
        usage: String,
    },
}

const USAGE: &[Column] = &[("Name", "/name"), ("Description", "/description"), ("Id", "/id")];

pub(in crate::cli) async fn carry_out(
    client: &Client,
    tenant: &str,
    command: &UsageCommand,
) -> Result<Shown, ClientError> {
    let usages = format!("{tenant}/pstn-usages");
    match command {
        UsageCommand::List => Ok(Shown::Items(USAGE, client.list(&usages, &[], usize::MAX).await?)),
        UsageCommand::Create { name, description } => {
            let body = json!({ "name": name, "description": description });
            Ok(Shown::Object(USAGE, client.write(Method::POST, &usages, &body).await?, &[]))
        }
        UsageCommand::Describe { usage, description } => {
            let path = find(client, &usages, "usage", usage).await?;
            let description = if description.is_empty() { Value::Null } else { json!(description) };
            let body = json!({ "description": description });
            Ok(Shown::Object(USAGE, client.write(Method::PATCH, &path, &body).await?, &[]))
        }
        UsageCommand::Delete { usage } => {
            client.delete(&find(client, &usages, "usage", usage).await?).await?;
            Ok(Shown::Words(format!("{usage} was deleted.")))
        }
    }
}
