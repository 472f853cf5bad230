//! Roles that somebody is given, and for which part of an organization.

use phone::access::grant::BadScope;
use phone::access::{Assignment, BuiltIn, RoleRef, Scope};
use phone::id::{AttendantId, GroupId, QueueId, RoleId, SiteId};
use phone::numbers::E164;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::admin::Refused;

/// A role that somebody has.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleGrant {
    /// The name of a role that every organization has, or the id of one of its own.
    pub role: String,
    /// For which part of the organization; all of it if nothing is said.
    #[serde(default)]
    pub scope: GrantScope,
}

/// A part of an organization.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum GrantScope {
    AutoAttendant {
        id: Uuid,
    },
    CallQueue {
        id: Uuid,
    },
    /// Numbers of one country: ISO 3166 alpha-2.
    Country {
        country: String,
    },
    Group {
        id: Uuid,
    },
    NumberRange {
        first: String,
        last: String,
    },
    /// The site, who works there, and the numbers that are kept for it.
    Site {
        id: Uuid,
    },
    /// Numbers that have a tag, in whatever capital letters.
    Tag {
        tag: String,
    },
    /// All of it.
    #[default]
    Tenant,
}

/// Reads the roles of a request.
pub fn read(wanted: &[RoleGrant]) -> Result<Vec<Assignment>, Refused> {
    wanted.iter().enumerate().map(|(n, grant)| grant.read(n)).collect()
}

/// As the API shows them.
pub fn shown(assignments: &[Assignment]) -> Vec<RoleGrant> {
    assignments.iter().map(RoleGrant::from).collect()
}

impl RoleGrant {
    fn read(&self, n: usize) -> Result<Assignment, Refused> {
        let unknown = || Refused::field(format!("roles[{n}].role"), "role.unknown", "there is no such role");
        let role = match BuiltIn::find(&self.role) {
            Some(role) => RoleRef::BuiltIn(role),
            None => RoleRef::Custom(RoleId(self.role.parse().map_err(|_| unknown())?)),
        };
        let malformed =
            |error: BadScope| Refused::field(format!("roles[{n}].scope"), "scope.malformed", error.to_string());
        let scope = match &self.scope {
            GrantScope::AutoAttendant { id } => Scope::AutoAttendant(AttendantId(*id)),
            GrantScope::CallQueue { id } => Scope::CallQueue(QueueId(*id)),
            GrantScope::Country { country } => Scope::country(country).map_err(malformed)?,
            GrantScope::Group { id } => Scope::Group(GroupId(*id)),
            GrantScope::NumberRange { first, last } => {
                let refused =
                    |words: String| Refused::field(format!("roles[{n}].scope"), "number_range.malformed", words);
                let number = |text: &str| E164::parse(text).map_err(|error| refused(error.to_string()));
                Scope::numbers(number(first)?, number(last)?).map_err(|error| refused(error.to_string()))?
            }
            GrantScope::Site { id } => Scope::Site(SiteId(*id)),
            GrantScope::Tag { tag } => Scope::tag(tag).map_err(malformed)?,
            GrantScope::Tenant => Scope::Tenant,
        };
        Ok(Assignment { role, scope })
    }
}

impl From<&Assignment> for RoleGrant {
    fn from(assignment: &Assignment) -> Self {
        let role = match assignment.role {
            RoleRef::BuiltIn(role) => role.as_str().to_owned(),
            RoleRef::Custom(id) => id.to_string(),
        };
        let scope = match &assignment.scope {
            Scope::AutoAttendant(id) => GrantScope::AutoAttendant { id: id.0 },
            Scope::CallQueue(id) => GrantScope::CallQueue { id: id.0 },
            Scope::Country(country) => GrantScope::Country { country: country.clone() },
            Scope::Group(id) => GrantScope::Group { id: id.0 },
            Scope::NumberRange { first, last } => {
                GrantScope::NumberRange { first: first.to_string(), last: last.to_string() }
            }
            Scope::Site(id) => GrantScope::Site { id: id.0 },
            Scope::Tag(tag) => GrantScope::Tag { tag: tag.clone() },
            Scope::Tenant => GrantScope::Tenant,
        };
        Self { role, scope }
    }
}
