//! A queue as it stands.

use phone::apps::queue::AgentStatus as PhoneStatus;
use phone::directory::Tenant;
use phone::id::UserId;
use serde::{Deserialize, Serialize};
use switch::view;
use utoipa::ToSchema;
use uuid::Uuid;

use super::alerts::AlertKind;

/// Who waits and who takes calls, now.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct QueueLive {
    pub waiting: Vec<WaitingCaller>,
    pub agents: Vec<QueueAgent>,
    /// Those who are to be called back; they stand in line as well.
    pub callbacks: u64,
    /// Thresholds that are reached and not over.
    #[serde(default)]
    pub alerts: Vec<AlertKind>,
}

/// A caller who waits.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WaitingCaller {
    pub call: Uuid,
    pub from: Option<String>,
    pub from_name: Option<String>,
    /// 1 is next.
    pub position: u64,
    /// 1 very high to 5 very low.
    pub priority: u8,
    pub waited_seconds: u64,
    /// Whose phones ring for this caller.
    pub offered_to: Vec<Uuid>,
}

/// An agent of the queue.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct QueueAgent {
    pub id: Uuid,
    pub extension: Option<String>,
    pub display_name: Option<String>,
    pub opted_in: bool,
    pub status: AgentStatus,
    /// How long in this status.
    pub status_seconds: u64,
    /// Why the agent pauses, if so.
    pub pause_reason: Option<String>,
    /// Calls of queues that the agent talks in.
    #[serde(default)]
    pub calls: u64,
    /// Whether a caller would be offered to the agent now.
    #[serde(default)]
    pub free: bool,
}

/// What an agent does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgentStatus {
    Away,
    Idle,
    InOtherCall,
    OptedOut,
    Paused,
    Ringing,
    Talking,
    Unreachable,
    WrapUp,
}

impl QueueLive {
    pub(super) fn new(tenant: Option<&Tenant>, queue: &view::Queue, calls: &[view::Call]) -> Self {
        let waiting = queue.waiting.iter().map(|waiting| {
            let call = calls.iter().find(|call| call.id == waiting.call);
            WaitingCaller {
                call: waiting.call.0,
                from: call.map(|call| call.from.clone()),
                from_name: call.and_then(|call| call.from_name.clone()),
                position: u64::try_from(waiting.position).unwrap_or(u64::MAX),
                priority: waiting.priority.value(),
                waited_seconds: waiting.waited.as_secs(),
                offered_to: waiting.offered_to.iter().map(|agent| agent.0).collect(),
            }
        });
        let user = |id: UserId| tenant.and_then(|tenant| tenant.users.get(&id));
        let agents = queue.agents.iter().map(|agent| QueueAgent {
            id: agent.agent.0,
            extension: user(agent.agent).map(|user| user.extension.clone()),
            display_name: user(agent.agent).map(|user| user.display_name.clone()),
            opted_in: agent.opted_in,
            status: agent.status.into(),
            status_seconds: agent.since.as_secs(),
            pause_reason: agent.pause.as_deref().map(str::to_owned),
            calls: u64::try_from(agent.n_calls).unwrap_or(u64::MAX),
            free: agent.is_free,
        });
        let callbacks = u64::try_from(queue.n_callbacks).unwrap_or(u64::MAX);
        let alerts = queue.alerts.iter().copied().map(AlertKind::from).collect();
        Self { waiting: waiting.collect(), agents: agents.collect(), callbacks, alerts }
    }
}

impl From<PhoneStatus> for AgentStatus {
    fn from(status: PhoneStatus) -> Self {
        match status {
            PhoneStatus::Away => Self::Away,
            PhoneStatus::Idle => Self::Idle,
            PhoneStatus::InOtherCall => Self::InOtherCall,
            PhoneStatus::OptedOut => Self::OptedOut,
            PhoneStatus::Paused => Self::Paused,
            PhoneStatus::Ringing => Self::Ringing,
            PhoneStatus::Talking => Self::Talking,
            PhoneStatus::Unreachable => Self::Unreachable,
            PhoneStatus::WrapUp => Self::WrapUp,
        }
    }
}
