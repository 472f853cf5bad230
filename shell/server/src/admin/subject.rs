//! What a request is about. A path names a person or a number; for who has roles for one site or one tag only, it matters
//! which those belong to, and that is in the database.

use phone::access::{self, Action, Area, Object};
use phone::id::TenantId;
use phone::numbers::E164;

use super::{Caller, Permission, Refused};

/// What a request is about: the area of its operation, and the object that its path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub area: Area,
    pub subject: Subject,
}

/// The object that a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// One that the path says all of.
    Named(Object<'static>),
    Number(E164),
    /// By id or name.
    Site(String),
    /// By id or extension.
    User(String),
}

impl Asked {
    pub(super) fn of(&self, permission: Permission) -> access::Permission {
        let action = match permission {
            Permission::Configure => Action::Write,
            Permission::Operate => Action::Act,
            Permission::View => Action::Read,
        };
        access::Permission { area: self.area, action }
    }
}

impl Subject {
    /// As far as the path says.
    pub(super) fn as_named(&self) -> Object<'static> {
        match self {
            Self::Named(object) => *object,
            Self::Number(number) => Object::bare_number(*number),
            Self::Site(_) => Object::Any,
            Self::User(_) => Object::User { site: None },
        }
    }
}

impl Caller {
    /// Whether this may be done to the object of an organization that the request is about. One that is not there is of
    /// no site and has no tags.
    pub(super) async fn check_subject(&self, tenant: TenantId, permission: access::Permission) -> Result<(), Refused> {
        let may = |object: Object<'_>| Ok(self.grants.may(permission, object)?);
        if !self.grants.depend_on_what_is_kept() {
            return may(self.asked.subject.as_named());
        }
        let access = self.access(tenant);
        match &self.asked.subject {
            Subject::Named(object) => may(*object),
            Subject::Number(number) => match self.store().number(tenant, *number).await? {
                Some(found) => may(Object::of_number(&found.value)),
                None => may(Object::bare_number(*number)),
            },
            Subject::Site(name) => {
                let found = there(access.site(name).await)?;
                may(found.map_or(Object::Any, |found| Object::Site(found.value.id)))
            }
            Subject::User(name) => {
                let found = there(access.user(name).await)?;
                may(Object::User { site: found.and_then(|found| found.value.site) })
            }
        }
    }
}

/// None for what is not there.
fn there<T>(found: Result<T, Refused>) -> Result<Option<T>, Refused> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Refused::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
