//! Resource accounts.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::client::{Client, ClientError};
use super::nouns::{Shown, find};
use super::print::Column;
use super::users::{CHECK, READINESS};

#[derive(Debug, Subcommand)]
pub enum ResourceAccountCommand {
    /// List resource accounts.
    List,
    /// Show a resource account.
    Show {
        /// Name or id.
        account: String,
    },
    /// Make a resource account.
    Create {
        name: String,
        #[command(flatten)]
        app: App,
        /// 1 very high to 5 very low.
        #[arg(long)]
        priority: Option<u8>,
    },
    /// Change a resource account; what is not given stays.
    Change {
        /// Name or id.
        account: String,
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        app: App,
        /// Let nobody answer.
        #[arg(long, conflicts_with_all = ["attendant", "queue"])]
        no_app: bool,
        /// 1 very high to 5 very low.
        #[arg(long)]
        priority: Option<u8>,
    },
    /// Show whether the service can be called, and what is missing.
    Readiness {
        /// Name or id.
        account: String,
    },
    /// Delete a resource account; its numbers are free first.
    Delete {
        /// Name or id.
        account: String,
        /// Also where attendants or queues lead to it; they lead nowhere from then on.
        #[arg(long)]
        even_if_used: bool,
    },
}

/// Who answers.
#[derive(Debug, Args)]
pub struct App {
    /// Name or id of an auto attendant.
    #[arg(long, conflicts_with = "queue")]
    attendant: Option<String>,
    /// Name or id of a call queue.
    #[arg(long)]
    queue: Option<String>,
}

const ACCOUNT: &[Column] = &[
    ("Name", "/display_name"),
    ("Numbers", "/numbers"),
    ("Answers", "/app/type"),
    ("Priority", "/priority"),
    ("Id", "/id"),
];

pub(super) async fn carry_out(
    client: &Client,
    tenant: &str,
    command: &ResourceAccountCommand,
) -> Result<Shown, ClientError> {
    let accounts = format!("{tenant}/resource-accounts");
    let find_account = async |name: &str| find(client, &accounts, "resource account", name).await;
    match command {
        ResourceAccountCommand::List => Ok(Shown::Items(ACCOUNT, client.list(&accounts, &[], usize::MAX).await?)),
        ResourceAccountCommand::Show { account } => {
            let path = find_account(account).await?;
            Ok(Shown::Object(ACCOUNT, client.get(&path).await?, &[]))
        }
        ResourceAccountCommand::Create { name, app, priority } => {
            let body = body(Some(name), app.read(client, tenant).await?, *priority);
            let made = client.write(Method::POST, &accounts, &body).await?;
            for warning in made["warnings"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                eprintln!("warning: {warning}");
            }
            Ok(Shown::Object(ACCOUNT, made, &[]))
        }
        ResourceAccountCommand::Change { account, name, app, no_app, priority } => {
            let app = if *no_app { Some(Value::Null) } else { app.read(client, tenant).await? };
            let path = find_account(account).await?;
            let changed = client.write(Method::PATCH, &path, &body(name.as_ref(), app, *priority)).await?;
            Ok(Shown::Object(ACCOUNT, changed, &[]))
        }
        ResourceAccountCommand::Readiness { account } => {
            let path = format!("{}/voice-readiness", find_account(account).await?);
            Ok(Shown::Object(READINESS, client.get(&path).await?, &[("What it takes", "/checks", CHECK)]))
        }
        ResourceAccountCommand::Delete { account, even_if_used } => {
            let path = find_account(account).await?;
            client.delete_with(&path, &[("even_if_used", even_if_used.to_string())]).await?;
            Ok(Shown::Words(format!("{account} was deleted.")))
        }
    }
}

impl App {
    /// As the API takes it, if one was given.
    async fn read(&self, client: &Client, tenant: &str) -> Result<Option<Value>, ClientError> {
        let (kind, path) = match (&self.attendant, &self.queue) {
            (Some(name), _) => {
                let attendants = format!("{tenant}/auto-attendants");
                ("auto_attendant", find(client, &attendants, "attendant", name).await?)
            }
            (None, Some(name)) => ("call_queue", find(client, &format!("{tenant}/call-queues"), "queue", name).await?),
            (None, None) => return Ok(None),
        };
        Ok(Some(json!({ "type": kind, "id": path.rsplit('/').next() })))
    }
}

fn body(name: Option<&String>, app: Option<Value>, priority: Option<u8>) -> Value {
    let mut body = Map::new();
    if let Some(name) = name {
        body.insert("display_name".to_owned(), json!(name));
    }
    if let Some(app) = app {
        body.insert("app".to_owned(), app);
    }
    if let Some(priority) = priority {
        body.insert("priority".to_owned(), json!(priority));
    }
    Value::Object(body)
}
