//! Webhooks: what programs are told of what happens.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::client::{Client, ClientError};
use super::nouns::{Shown, find};
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum WebhookCommand {
    /// List webhooks.
    List,
    /// Show a webhook and how its last tries went.
    Show(Named),
    /// Make a webhook; its secret is shown this once.
    Create {
        name: String,
        /// By https, at a public address, unless who runs the server allows others.
        #[arg(long, value_name = "URL")]
        to: String,
        /// Kinds of events, such as number.assigned, number.* or *; more than once for more.
        #[arg(long = "event", required = true)]
        events: Vec<String>,
    },
    /// Change a webhook; what is not given stays. It is tried at once.
    Change {
        #[command(flatten)]
        webhook: Named,
        #[arg(long)]
        name: Option<String>,
        #[arg(long, value_name = "URL")]
        to: Option<String>,
        /// All that it is told of; more than once for more.
        #[arg(long = "event")]
        events: Vec<String>,
        /// Whether it is told anything.
        #[arg(long)]
        enabled: Option<bool>,
    },
    /// Give a webhook another secret, which is shown this once.
    RotateSecret(Named),
    /// Send a webhook a message to try its receiver.
    Test(Named),
    /// List what was sent to a webhook, the newest first.
    Deliveries(Named),
    /// Delete a webhook.
    Delete(Named),
}

#[derive(Debug, Args)]
pub struct Named {
    /// Name or id.
    webhook: String,
}

const LIST: &[Column] = &[
    ("Name", "/name"),
    ("Enabled", "/enabled"),
    ("Address", "/url"),
    ("Events", "/events"),
    ("Failed tries", "/failed_tries"),
    ("Id", "/id"),
];
const ONE: &[Column] = &[
    ("Name", "/name"),
    ("Enabled", "/enabled"),
    ("Address", "/url"),
    ("Events", "/events"),
    ("Failed tries", "/failed_tries"),
    ("Failing since", "/failing_since"),
    ("Next try", "/next_try_at"),
    ("Last event", "/last_event"),
    ("Id", "/id"),
];
const WITH_SECRET: &[Column] = &[
    ("Name", "/name"),
    ("Address", "/url"),
    ("Events", "/events"),
    ("Id", "/id"),
    ("Secret, shown this once", "/secret"),
];
const DELIVERY: &[Column] = &[
    ("At", "/at"),
    ("Type", "/type"),
    ("Event", "/event"),
    ("Delivered", "/delivered"),
    ("Status", "/status"),
    ("Took ms", "/duration_ms"),
    ("Error", "/error"),
];

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &WebhookCommand) -> Result<Shown, ClientError> {
    let webhooks = format!("{tenant}/webhooks");
    let path = async |named: &Named| find(client, &webhooks, "webhook", &named.webhook).await;
    match command {
        WebhookCommand::List => Ok(Shown::Items(LIST, client.list(&webhooks, &[], usize::MAX).await?)),
        WebhookCommand::Show(named) => Ok(Shown::Object(ONE, client.get(&path(named).await?).await?, &[])),
        WebhookCommand::Create { name, to, events } => {
            let body = json!({ "name": name, "url": to, "events": events });
            Ok(Shown::Object(WITH_SECRET, client.write(Method::POST, &webhooks, &body).await?, &[]))
        }
        WebhookCommand::Change { webhook, name, to, events, enabled } => {
            let mut body = Map::new();
            for (field, text) in [("name", name), ("url", to)] {
                if let Some(text) = text {
                    body.insert(field.to_owned(), json!(text));
                }
            }
            if !events.is_empty() {
                body.insert("events".to_owned(), json!(events));
            }
            if let Some(enabled) = enabled {
                body.insert("enabled".to_owned(), json!(enabled));
            }
            let changed = client.write(Method::PATCH, &path(webhook).await?, &Value::Object(body)).await?;
            Ok(Shown::Object(ONE, changed, &[]))
        }
        WebhookCommand::RotateSecret(named) => {
            let rotated = client.post(&format!("{}/rotate-secret", path(named).await?)).await?;
            Ok(Shown::Object(WITH_SECRET, rotated, &[]))
        }
        WebhookCommand::Test(named) => {
            client.post(&format!("{}/test", path(named).await?)).await?;
            Ok(Shown::Words(format!("A message is on its way: see `webhook deliveries {}`.", named.webhook)))
        }
        WebhookCommand::Deliveries(named) => {
            let path = format!("{}/deliveries", path(named).await?);
            Ok(Shown::Items(DELIVERY, client.list(&path, &[], usize::MAX).await?))
        }
        WebhookCommand::Delete(named) => {
            client.delete(&path(named).await?).await?;
            Ok(Shown::Words(format!("{} was deleted.", named.webhook)))
        }
    }
}
