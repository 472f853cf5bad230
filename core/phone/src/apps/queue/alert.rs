//! Thresholds of a queue that somebody is told of: when one is reached, and when that is over. Specification of voice
//! apps, 4.1.

use serde::{Deserialize, Serialize};

use crate::id::QueueId;

/// What somebody is told of, and who gets a mail. Programs are told in any case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alerts {
    /// So many callers wait.
    pub waiting_min: Option<u32>,
    /// A caller has waited for so long.
    pub wait_secs: Option<u32>,
    /// Of the callers of the last half hour fewer than this share, in percent, were answered in time.
    pub service_level_percent: Option<u8>,
    /// No agent has been there for so long.
    pub no_agent_secs: Option<u32>,
    /// What was reached is over when it was not so for this time.
    pub calm_secs: u32,
    pub mails: Vec<String>,
}

/// How long an alert stands that is not so any more, unless the queue says otherwise.
pub const CALM_SECS: u32 = 60;

/// Which threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    NoAgent,
    ServiceLevel,
    Wait,
    Waiting,
}

/// A threshold was reached, or that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    pub queue: QueueId,
    /// Of the queue.
    pub name: String,
    pub kind: AlertKind,
    pub is_raised: bool,
    /// What it is now: callers, seconds or percent.
    pub figure: u64,
    pub threshold: u64,
    /// Who gets a mail.
    pub mails: Vec<String>,
}

impl AlertKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::NoAgent, Self::ServiceLevel, Self::Wait, Self::Waiting];
}

impl Alerts {
    /// The threshold of a kind, if it is watched.
    pub fn threshold(&self, kind: AlertKind) -> Option<u64> {
        match kind {
            AlertKind::NoAgent => self.no_agent_secs.map(u64::from),
            AlertKind::ServiceLevel => self.service_level_percent.map(u64::from),
            AlertKind::Wait => self.wait_secs.map(u64::from),
            AlertKind::Waiting => self.waiting_min.map(u64::from),
        }
    }
}

impl Alert {
    /// The same, which is over.
    pub fn over(self) -> Self {
        Self { is_raised: false, ..self }
    }

    /// What happened, in one sentence without a full stop.
    pub fn words(&self) -> String {
        let Self { name, figure, threshold, .. } = self;
        match (self.kind, self.is_raised) {
            (AlertKind::NoAgent, true) => format!("{name} has had no agent for {figure} seconds"),
            (AlertKind::NoAgent, false) => format!("{name} has an agent again"),
            (AlertKind::ServiceLevel, true) => {
                format!("{name} answers {figure} percent of its callers in time, less than {threshold}")
            }
            (AlertKind::ServiceLevel, false) => {
                format!("{name} answers {threshold} percent of its callers in time again")
            }
            (AlertKind::Wait, true) => format!("a caller has waited {figure} seconds in {name}, {threshold} or more"),
            (AlertKind::Wait, false) => format!("nobody waits {threshold} seconds in {name} any more"),
            (AlertKind::Waiting, true) => format!("{figure} callers wait in {name}, {threshold} or more"),
            (AlertKind::Waiting, false) => format!("fewer than {threshold} callers wait in {name} again"),
        }
    }
}
