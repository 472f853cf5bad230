//! What a webhook is told: which object, and what happened to it. It says nothing of how the object is, which may have
//! changed since: who needs to know asks the API, with a key of its own.

use serde_json::{Value, json};
use store::{Event, Hook, Owner};

/// A message.
pub struct Message {
    /// The same for each try.
    pub id: String,
    pub body: String,
}

pub fn of(hook: &Hook, event: &Event, kind: &str) -> Message {
    // Who did it is the organization's own business.
    let actor = match hook.owner {
        Owner::Operator(_) => Value::Null,
        Owner::Tenant(_) => Value::from(event.actor.as_str()),
    };
    let body = json!({
        "id": event.id, "type": kind, "at": event.at.to_string(), "tenant": event.tenant, "object": event.object,
        "actor": actor,
    });
    Message { id: format!("{}.{}", hook.webhook.id, event.id), body: body.to_string() }
}
