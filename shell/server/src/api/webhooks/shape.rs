//! A webhook, as the API writes it.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use phone::id::WebhookId;
use phone::webhook::Webhook as PhoneWebhook;
use serde::{Deserialize, Serialize};
use store::{Delivery, Hook, Stored};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::body::{Versioned, set};
use crate::secret::Secret;

/// An address that is told of what happens.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Webhook {
    pub id: Uuid,
    pub name: String,
    pub url: String,
    /// Kinds of events, such as `number.assigned`, `number.*` or `*`.
    pub events: BTreeSet<String>,
    /// Whether it is told anything. One that failed for five days, or answered 410, is not.
    pub enabled: bool,
    /// The newest event that it was told of.
    pub last_event: i64,
    /// Tries that failed since the last one that went well.
    pub failed_tries: u32,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub failing_since: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_try_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A webhook with what its messages are signed with, which is shown this once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WebhookWithSecret {
    #[serde(flatten)]
    pub webhook: Webhook,
    /// `whsec_` and the key in Base64. The header `webhook-signature` is `v1,` and the HMAC-SHA-256, in Base64, of
    /// `webhook-id`, `webhook-timestamp` and the body, with a dot between them.
    pub secret: String,
}

/// A webhook to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Inventory", "url": "https://inventory.example/hooks", "events": ["number.*"] }))]
pub struct NewWebhook {
    pub name: String,
    /// By https, at a public address, unless who runs the server allows others.
    pub url: String,
    pub events: BTreeSet<String>,
}

/// What is to change. What is absent stays. A change lets it be tried at once.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "enabled": true }))]
pub struct WebhookChange {
    pub name: Option<String>,
    pub url: Option<String>,
    pub events: Option<BTreeSet<String>>,
    pub enabled: Option<bool>,
}

/// A try to tell a webhook of an event.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WebhookDelivery {
    pub event: i64,
    #[serde(rename = "type")]
    pub kind: String,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Whether the receiver took it.
    pub delivered: bool,
    /// What it answered; null if it did not.
    pub status: Option<u16>,
    pub error: Option<String>,
    pub duration_ms: u64,
}

impl Webhook {
    pub fn of(stored: &Stored<Hook>) -> Self {
        let Hook { webhook, told, health, owner: _ } = stored.value.clone();
        Self {
            id: webhook.id.0,
            name: webhook.name,
            url: webhook.url,
            events: webhook.events,
            enabled: webhook.enabled,
            last_event: told,
            failed_tries: health.n_failed,
            failing_since: health.failing_since,
            next_try_at: health.next_at,
            created_at: stored.created_at,
            updated_at: stored.updated_at,
        }
    }

    pub fn versioned(stored: &Stored<Hook>) -> Versioned<Self> {
        Versioned { value: Self::of(stored), version: stored.version }
    }
}

impl WebhookWithSecret {
    pub fn of((stored, secret): &(Stored<Hook>, Secret)) -> Self {
        let secret = format!("whsec_{}", STANDARD.encode(secret.expose()));
        Self { webhook: Webhook::of(stored), secret }
    }
}

impl NewWebhook {
    pub fn read(self) -> PhoneWebhook {
        let Self { name, url, events } = self;
        PhoneWebhook { id: WebhookId(Uuid::now_v7()), name: name.trim().to_owned(), url, events, enabled: true }
    }
}

impl WebhookChange {
    pub fn apply(self, webhook: &mut PhoneWebhook) {
        set(self.name.map(|name| name.trim().to_owned()), &mut webhook.name);
        set(self.url, &mut webhook.url);
        set(self.events, &mut webhook.events);
        set(self.enabled, &mut webhook.enabled);
    }
}

impl From<Delivery> for WebhookDelivery {
    fn from(delivery: Delivery) -> Self {
        let Delivery { event, kind, at, status, error, millis } = delivery;
        let code = status.and_then(|status| StatusCode::from_u16(status).ok());
        let delivered = code.is_some_and(|code| code.is_success());
        Self { event, kind, at, delivered, status, error, duration_ms: millis }
    }
}
