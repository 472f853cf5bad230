//! What somebody is told of a queue.

use clap::Args;
use serde_json::{Value, json};

/// Thresholds whose crossing is told; 0 takes one away.
#[derive(Debug, Args)]
pub struct Alerts {
    /// Tell when so many callers wait.
    #[arg(long, value_name = "CALLERS")]
    alert_waiting: Option<u32>,
    /// Tell when a caller has waited for so many seconds.
    #[arg(long, value_name = "SECONDS")]
    alert_wait: Option<u32>,
    /// Tell when fewer than this share of the callers of the last half hour were answered in time.
    #[arg(long, value_name = "PERCENT")]
    alert_service_level: Option<u8>,
    /// Tell when no agent has been there for so many seconds.
    #[arg(long, value_name = "SECONDS")]
    alert_no_agent: Option<u32>,
    /// Tell that it is over when it was not so for so many seconds.
    #[arg(long, value_name = "SECONDS")]
    alert_calm: Option<u32>,
    /// An address that gets a mail; once for each. An empty one mails nobody.
    #[arg(long = "alert-mail", value_name = "ADDRESS")]
    alert_mails: Vec<String>,
}

impl Alerts {
    pub(super) fn put_into(&self, body: &mut Value) {
        let threshold = |value: Option<u32>| value.map(|value| if value == 0 { Value::Null } else { json!(value) });
        let mails: Vec<&String> = self.alert_mails.iter().filter(|mail| !mail.is_empty()).collect();
        let given = [
            ("waiting", threshold(self.alert_waiting)),
            ("longest_wait_seconds", threshold(self.alert_wait)),
            ("service_level_percent", threshold(self.alert_service_level.map(u32::from))),
            ("no_agent_seconds", threshold(self.alert_no_agent)),
            ("calm_seconds", self.alert_calm.map(|secs| json!(secs))),
            ("mails", (!self.alert_mails.is_empty()).then(|| json!(mails))),
        ];
        for (field, value) in given.into_iter().filter_map(|(field, value)| Some((field, value?))) {
            if body["alerts"].is_null() {
                body["alerts"] = json!({});
            }
            body["alerts"][field] = value;
        }
    }
}
