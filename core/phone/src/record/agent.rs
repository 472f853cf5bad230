//! What agents do beside the calls of queues: facts that reports are made of. Specification of voice apps, 4.4.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::apps::queue::News;
use crate::id::{FactId, TenantId, UserId};

/// Something new of an agent. What an agent does lasts until the next fact that says what they do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentFact {
    pub id: FactId,
    pub tenant: TenantId,
    pub agent: UserId,
    pub at: Timestamp,
    #[serde(flatten)]
    pub news: News,
}
