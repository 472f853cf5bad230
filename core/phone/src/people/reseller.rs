//! Resellers: who runs some of a server's organizations for who runs the server.

use serde::{Deserialize, Serialize};

use super::tenant::State;
use crate::id::ResellerId;

/// A reseller. Specification of numbers, 5.3.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reseller {
    /// Its id.
    pub id: ResellerId,
    /// Short name in paths and commands.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Nobody of a suspended reseller may do anything; its organizations go on.
    #[serde(default)]
    pub state: State,
}
