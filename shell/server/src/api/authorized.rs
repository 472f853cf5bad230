//! Who may change an attendant or a queue without a role.

use phone::apps::delegation;
use phone::id::{GroupId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// People who may change this as far as their voice applications policy lets them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Authorized {
    pub users: Vec<Uuid>,
    /// Groups whose members may, for as long as they are members.
    pub groups: Vec<Uuid>,
}

impl From<Authorized> for delegation::Authorized {
    fn from(authorized: Authorized) -> Self {
        Self {
            users: authorized.users.into_iter().map(UserId).collect(),
            groups: authorized.groups.into_iter().map(GroupId).collect(),
        }
    }
}

impl From<&delegation::Authorized> for Authorized {
    fn from(authorized: &delegation::Authorized) -> Self {
        Self {
            users: authorized.users.iter().map(|user| user.0).collect(),
            groups: authorized.groups.iter().map(|group| group.0).collect(),
        }
    }
}
