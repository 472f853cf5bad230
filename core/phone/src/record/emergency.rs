//! A call for help, as the security desk and the audit are told. Specification of numbers, 1.6 and 2.8.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::CallId;
use crate::numbers::E164;

/// Somebody called for help.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalledForHelp {
    pub call: CallId,
    pub at: Timestamp,
    /// The caller's extension and name.
    pub caller: String,
    pub caller_name: Option<String>,
    /// What was dialled, and the emergency number that it stands for.
    pub dialled: String,
    pub number: String,
    /// The number that emergency services see and call back.
    pub callback: Option<E164>,
    /// Where the caller is, in words.
    pub location: Option<String>,
    /// The trunks that are tried, in order, by their names then.
    pub trunks: Vec<String>,
    /// People, groups and addresses that the emergency policy names.
    pub notified: Vec<String>,
}

impl CalledForHelp {
    /// What the security desk is told by mail: a subject, and the text.
    pub fn letter(&self) -> (String, String) {
        let who = match &self.caller_name {
            Some(name) => format!("{name} ({})", self.caller),
            None => self.caller.clone(),
        };
        let subject = format!("Emergency call: {who} called {}", self.number);
        let callback = self.callback.map_or_else(|| "none".to_owned(), |number| number.to_string());
        let location = self.location.as_deref().unwrap_or("not known");
        let trunks = self.trunks.join(", ");
        let text = format!(
            "{who} called {} (dialled: {}) at {}.\n\nLocation: {location}\nNumber to call back: {callback}\nTrunks: {trunks}\nCall: {}\n",
            self.number, self.dialled, self.at, self.call,
        );
        (subject, text)
    }
}
