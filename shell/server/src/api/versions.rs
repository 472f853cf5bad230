//! What drafts and versions of attendants and queues have in common.

use jiff::Timestamp;
use phone::difference::places;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::AppVersion as StoredVersion;
use utoipa::ToSchema;

use super::problem::FieldError;
use crate::admin::drafts::RedTests;
use crate::admin::refused::Fault;

/// How a draft is published.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishDraft {
    /// Although tests of the flow fail on it. The audit says so.
    #[serde(default)]
    pub force: bool,
}

/// What was published at some time.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AppVersion {
    /// From 1.
    pub version: u64,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub actor: String,
    /// create, update, publish, force_publish (over tests that failed) or revert.
    pub action: String,
    /// Where it differs from the version before.
    pub differences: Vec<String>,
}

impl PublishDraft {
    pub fn red_tests(self) -> RedTests {
        if self.force { RedTests::Override } else { RedTests::Refuse }
    }
}

impl AppVersion {
    /// `shape` writes settings as the API does; what it can't read is compared as it was kept.
    pub fn of(version: StoredVersion, shape: impl Fn(&Value) -> Option<Value>) -> Self {
        let StoredVersion { number, event } = version;
        let shown = |kept: &Value| shape(kept).unwrap_or_else(|| kept.clone());
        let differences = match (&event.before, &event.after) {
            (Some(before), Some(after)) => places(&shown(before), &shown(after)),
            (None, _) | (_, None) => Vec::new(),
        };
        Self { version: number, at: event.at, actor: event.actor, action: event.action, differences }
    }
}

/// Problems as the API lists them.
pub fn problems(found: Vec<phone::problem::Problem>) -> Vec<FieldError> {
    let error = |problem| {
        let Fault { field, code, message } = Fault::from(problem);
        FieldError { field, code, message }
    };
    found.into_iter().map(error).collect()
}

/// Where settings differ, as the API writes them.
pub fn differences<T: Serialize>(before: &T, after: &T) -> Vec<String> {
    let value = |settings: &T| serde_json::to_value(settings).unwrap_or(Value::Null);
    places(&value(before), &value(after))
}
