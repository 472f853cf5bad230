//! What an event is called outside: a noun and what happened to it. Specification of numbers, 5.5.

use serde_json::Value;

use crate::id::OperatorId;

/// One line of the event table.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    pub noun: &'a str,
    pub object: &'a str,
    pub action: &'a str,
    pub before: Option<&'a Value>,
    pub after: Option<&'a Value>,
}

/// Nouns of events that operators may be told of.
pub const OF_OPERATORS: [&str; 5] = ["number", "number_request", "operator_consent", "port_order", "port_out"];

impl Told<'_> {
    /// What it is called, such as `number.assigned`.
    pub fn kind(&self) -> String {
        match self.noun {
            "number" => format!("number.{}", self.of_number()),
            "operator_consent" => format!("consent.{}", self.of_consent()),
            "port_order" => format!("port.{}", self.of_state()),
            "number_request" | "order" | "port_out" => format!("{}.{}", self.noun, self.of_state()),
            noun => format!("{noun}.{}", past(self.action)),
        }
    }

    /// Whether it is an operator's business: its consents, what is asked of it, and numbers that it gave.
    pub fn concerns(&self, operator: OperatorId) -> bool {
        let id = operator.to_string();
        let is = |pointer: &str| {
            [self.after, self.before]
                .into_iter()
                .flatten()
                .any(|value| value.pointer(pointer) == Some(&Value::from(id.as_str())))
        };
        match self.noun {
            "operator_consent" => self.object == id,
            "number" => is("/source/operator/id"),
            "number_request" => is("/operator"),
            "port_order" => {
                let is_handed_in = |value: &Value| value["submitted"].as_u64().is_some_and(|n_times| 0 < n_times);
                is("/details/operator") && self.after.is_some_and(is_handed_in)
            }
            "port_out" => is("/requested_by/id"),
            _ => false,
        }
    }

    fn of_number(&self) -> &str {
        let (Some(before), Some(after)) = (self.before, self.after) else {
            return match self.action {
                "create" => "added",
                "delete" => "released",
                other => other,
            };
        };
        let changes = |field: &str| before[field] != after[field];
        match (before["assignee"].is_null(), after["assignee"].is_null()) {
            (_, false) if changes("assignee") => "assigned",
            (false, true) => "unassigned",
            _ if changes("block") && after["block"].is_null() => "unblocked",
            _ if changes("block") => "blocked",
            _ => "updated",
        }
    }

    fn of_consent(&self) -> &str {
        match (self.action, self.after) {
            ("create", _) => "created",
            (_, Some(after)) if after["status"] == "removed" => "removed",
            // One that was removed and is given again.
            _ if self.before.is_some_and(|before| before["status"] == "removed") => "created",
            _ => "updated",
        }
    }

    fn of_state(&self) -> &str {
        match (self.before, self.after) {
            (Some(before), Some(after)) if before["state"] != after["state"] => "state_changed",
            _ => past(self.action),
        }
    }
}

fn past(action: &str) -> &str {
    match action {
        "claim" => "claimed",
        "clear" => "cleared",
        "raise" => "raised",
        "create" => "created",
        "finish" => "finished",
        "handle" => "handled",
        "release" => "released",
        "remind" => "reminded",
        "reopen" => "reopened",
        "update" => "updated",
        "delete" => "deleted",
        "publish" | "force_publish" => "published",
        "revert" => "reverted",
        other => other,
    }
}
