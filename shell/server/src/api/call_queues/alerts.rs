//! Thresholds of a queue, as the API writes them.

use phone::apps::queue::alert::{self, AlertKind as PhoneKind, Alerts};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What somebody is told of: as events `queue_alert.raised` and `queue_alert.cleared`, and by mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueueAlerts {
    /// So many callers wait, 1 to 10,000.
    #[serde(default)]
    pub waiting: Option<u32>,
    /// A caller has waited for so many seconds.
    #[serde(default)]
    pub longest_wait_seconds: Option<u32>,
    /// Fewer than this share, in percent, of the callers of the last half hour were answered in time; told from ten
    /// callers on. Who gave up in time is not counted.
    #[serde(default)]
    pub service_level_percent: Option<u8>,
    /// No agent has been there for so many seconds.
    #[serde(default)]
    pub no_agent_seconds: Option<u32>,
    /// What was reached is over when it was not so for this time, so that a figure that goes up and down is told once.
    #[serde(default = "calm")]
    pub calm_seconds: u32,
    /// Addresses that get a mail, at most 20.
    #[serde(default)]
    pub mails: Vec<String>,
}

/// Which threshold is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    NoAgent,
    ServiceLevel,
    Wait,
    Waiting,
}

impl From<QueueAlerts> for Alerts {
    fn from(alerts: QueueAlerts) -> Self {
        Self {
            waiting_min: alerts.waiting,
            wait_secs: alerts.longest_wait_seconds,
            service_level_percent: alerts.service_level_percent,
            no_agent_secs: alerts.no_agent_seconds,
            calm_secs: alerts.calm_seconds,
            mails: alerts.mails,
        }
    }
}

impl From<&Alerts> for QueueAlerts {
    fn from(alerts: &Alerts) -> Self {
        Self {
            waiting: alerts.waiting_min,
            longest_wait_seconds: alerts.wait_secs,
            service_level_percent: alerts.service_level_percent,
            no_agent_seconds: alerts.no_agent_secs,
            calm_seconds: alerts.calm_secs,
            mails: alerts.mails.clone(),
        }
    }
}

impl From<PhoneKind> for AlertKind {
    fn from(kind: PhoneKind) -> Self {
        match kind {
            PhoneKind::NoAgent => Self::NoAgent,
            PhoneKind::ServiceLevel => Self::ServiceLevel,
            PhoneKind::Wait => Self::Wait,
            PhoneKind::Waiting => Self::Waiting,
        }
    }
}

fn calm() -> u32 {
    alert::CALM_SECS
}
