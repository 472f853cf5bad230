//! Callers of a queue who are to be called back.

use jiff::Timestamp;
use phone::apps::queue::callback::{Kept, State as PhoneState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A caller who gave up the line and keeps the place.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Callback {
    /// That of the call in which it was asked for.
    pub id: Uuid,
    pub number: String,
    /// 1 very high to 5 very low.
    pub priority: u8,
    pub state: CallbackState,
    #[schema(value_type = String, format = DateTime)]
    pub asked_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    pub attempts: u32,
    /// When the caller is called again at the earliest; null if that may be now.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_attempt_at: Option<Timestamp>,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallbackState {
    Cancelled,
    Expired,
    /// The caller was not reached in any attempt.
    Failed,
    /// Caller and agent talked.
    Reached,
    Waiting,
}

impl From<&Kept> for Callback {
    fn from(kept: &Kept) -> Self {
        Self {
            id: kept.id.0,
            number: kept.number.to_string(),
            priority: kept.priority.value(),
            state: match kept.state {
                PhoneState::Cancelled => CallbackState::Cancelled,
                PhoneState::Expired => CallbackState::Expired,
                PhoneState::Failed => CallbackState::Failed,
                PhoneState::Reached => CallbackState::Reached,
                PhoneState::Waiting => CallbackState::Waiting,
            },
            asked_at: kept.asked_at,
            expires_at: kept.expires_at,
            attempts: kept.n_attempts,
            next_attempt_at: kept.next_at,
        }
    }
}
