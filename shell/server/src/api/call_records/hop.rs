//! One hop of a call, as the API writes it.

use jiff::Timestamp;
use phone::record::path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a call was, and why it went on.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Hop {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub place: String,
    /// What happened there, in order.
    pub events: Vec<String>,
    /// Why the call went on.
    pub reason: String,
}

impl From<path::Hop> for Hop {
    fn from(hop: path::Hop) -> Self {
        let path::Hop { at, place, events, reason } = hop;
        Self { at, place, events, reason }
    }
}
