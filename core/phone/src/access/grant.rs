//! Grants: what somebody may do, and to which objects. Specification of calling, 4.8.

use std::collections::BTreeSet;
use std::fmt;

use super::permission::{Action, Area, Permission, Permissions};
use super::role::{BuiltIn, RoleRef};
use crate::id::{AttendantId, GroupId, QueueId, SiteId};
use crate::numbers::number::tags;
use crate::numbers::{Country, E164, Number};
use crate::rule::Broken;

/// What a site has: itself, numbers, and people with their licenses and messages.
const AREAS_OF_SITE: [Area; 5] = [Area::Licenses, Area::Numbers, Area::Sites, Area::Users, Area::Voicemail];

/// What a number has of which nothing is known.
static NO_TAGS: BTreeSet<String> = BTreeSet::new();

/// The part of an organization that a grant is good for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// All of it.
    Tenant,
    /// One auto attendant.
    AutoAttendant(AttendantId),
    /// One call queue.
    CallQueue(QueueId),
    /// Numbers of one country: ISO 3166 alpha-2.
    Country(String),
    /// One group of people.
    Group(GroupId),
    /// Numbers from the first to the last, which have the same length.
    NumberRange {
        /// The first number.
        first: E164,
        /// The last number.
        last: E164,
    },
    /// One site: itself, who works there, and the numbers that are kept for it.
    Site(SiteId),
    /// Numbers that have a tag, by what the tag is found by.
    Tag(String),
}

/// What is acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object<'a> {
    /// A list, something new, or an object of a kind that no narrow scope is for.
    Any,
    /// An auto attendant.
    AutoAttendant(AttendantId),
    /// A call queue.
    CallQueue(QueueId),
    /// A group.
    Group(GroupId),
    /// A number, the site that it is kept for, and its tags.
    Number {
        /// The number.
        number: E164,
        /// Its site.
        site: Option<SiteId>,
        /// Its tags.
        tags: &'a BTreeSet<String>,
    },
    /// A site.
    Site(SiteId),
    /// A person who works at this site, or at none.
    User {
        /// The person's site.
        site: Option<SiteId>,
    },
}

/// A role that somebody was given, and for which part.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assignment {
    /// The role.
    pub role: RoleRef,
    /// The part of the organization.
    pub scope: Scope,
}

/// Permissions over a part of an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What may be done.
    pub permissions: Permissions,
    /// To what.
    pub scope: Scope,
}

/// All that somebody may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants(pub Vec<Grant>);

/// A permission that somebody has not got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Missing {
    /// What is needed.
    pub permission: Permission,
    /// Whether it is there, but not for this object.
    pub elsewhere: bool,
}

/// Somebody wants to give what they have not got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("you can't give {permission}, which you have not got for all that it would be given for")]
pub struct MoreThanOwn {
    /// What they have not got, or not as wide.
    pub permission: Permission,
}

/// What is no country, or no tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{written} is no {what}")]
pub struct BadScope {
    what: &'static str,
    written: String,
}

/// A range of numbers that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a range goes from its first number to a last one of the same length that is not before it")]
pub struct BadRange;

impl Scope {
    /// A range of numbers.
    pub fn numbers(first: E164, last: E164) -> Result<Self, BadRange> {
        first.distance_to(last).map(|_| Self::NumberRange { first, last }).ok_or(BadRange)
    }

    /// Numbers of a country.
    pub fn country(written: &str) -> Result<Self, BadScope> {
        let known = Country::parse(written).filter(|country| country.calling_code().is_some());
        known.map(|country| Self::Country(country.code())).ok_or_else(|| bad("country with telephone numbers", written))
    }

    /// Numbers that have a tag.
    pub fn tag(written: &str) -> Result<Self, BadScope> {
        let read = tags::read([written]).map_err(|_| bad("tag", written))?;
        read.first().map(|tag| Self::Tag(tags::key(tag))).ok_or_else(|| bad("tag", written))
    }

    /// Whether it is for this object.
    pub fn covers(&self, object: Object<'_>) -> bool {
        match self {
            Self::Tenant => true,
            Self::AutoAttendant(id) => object == Object::AutoAttendant(*id),
            Self::CallQueue(id) => object == Object::CallQueue(*id),
            Self::Group(id) => object == Object::Group(*id),
            Self::Country(_) | Self::NumberRange { .. } | Self::Tag(_) => match object {
                Object::Number { number, tags, .. } => self.covers_number(number, tags),
                Object::Any
                | Object::AutoAttendant(_)
                | Object::CallQueue(_)
                | Object::Group(_)
                | Object::Site(_)
                | Object::User { .. } => false,
            },
            Self::Site(own) => match object {
                Object::Site(site) => site == *own,
                Object::Number { site, .. } | Object::User { site } => site == Some(*own),
                Object::Any | Object::AutoAttendant(_) | Object::CallQueue(_) | Object::Group(_) => false,
            },
        }
    }

    fn covers_number(&self, number: E164, of: &BTreeSet<String>) -> bool {
        match self {
            Self::Country(code) => Country::of(number).is_some_and(|country| Some(country) == Country::parse(code)),
            Self::NumberRange { first, last } => holds(*first, *last, number),
            Self::Tag(tag) => of.iter().any(|own| tags::key(own) == *tag),
            Self::Tenant => true,
            Self::AutoAttendant(_) | Self::CallQueue(_) | Self::Group(_) | Self::Site(_) => false,
        }
    }

    /// Whether everything that `other` is for, this is for as well.
    pub fn contains(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Tenant, _) => true,
            (Self::NumberRange { first, last }, Self::NumberRange { first: from, last: to }) => {
                holds(*first, *last, *from) && holds(*first, *last, *to)
            }
            (
                Self::AutoAttendant(_)
                | Self::CallQueue(_)
                | Self::Country(_)
                | Self::Group(_)
                | Self::NumberRange { .. }
                | Self::Site(_)
                | Self::Tag(_),
                Self::Tenant
                | Self::AutoAttendant(_)
                | Self::CallQueue(_)
                | Self::Country(_)
                | Self::Group(_)
                | Self::NumberRange { .. }
                | Self::Site(_)
                | Self::Tag(_),
            ) => self == other,
        }
    }

    /// Whether it means anything in an area: what has objects of its kind, or is about them.
    pub fn is_about(&self, area: Area) -> bool {
        match self {
            Self::Tenant => true,
            Self::AutoAttendant(_) => area == Area::AutoAttendants,
            Self::CallQueue(_) => {
                matches!(area, Area::CallQueues | Area::CallRecordings | Area::CallSupervision)
            }
            Self::Group(_) => area == Area::Groups,
            Self::Country(_) | Self::NumberRange { .. } | Self::Tag(_) => area == Area::Numbers,
            Self::Site(_) => AREAS_OF_SITE.contains(&area),
        }
    }
}

impl<'a> Object<'a> {
    /// A number that is there.
    pub fn of_number(number: &'a Number) -> Self {
        Self::Number { number: number.number, site: number.site, tags: &number.tags }
    }

    /// A number of which nothing is known, or that is not there.
    pub fn bare_number(number: E164) -> Self {
        Self::Number { number, site: None, tags: &NO_TAGS }
    }
}

impl Grant {
    /// Whether it allows this.
    pub fn allows(&self, permission: Permission, object: Object<'_>) -> bool {
        self.scope.is_about(permission.area) && self.permissions.contains(&permission) && self.scope.covers(object)
    }
}

impl Grants {
    /// Whether this may be done to this object. The one place where that is decided.
    pub fn may(&self, permission: Permission, object: Object<'_>) -> Result<(), Missing> {
        if self.0.iter().any(|grant| grant.allows(permission, object)) {
            return Ok(());
        }
        Err(Missing { permission, elsewhere: !self.scopes(permission).is_empty() })
    }

    /// Whether anything depends on what is kept of the object that is acted on: its site, or its tags.
    pub fn depend_on_what_is_kept(&self) -> bool {
        self.0.iter().any(|grant| matches!(grant.scope, Scope::Site(_) | Scope::Tag(_)))
    }

    /// The parts for which somebody has a permission; what a list may show.
    pub fn scopes(&self, permission: Permission) -> Vec<Scope> {
        let about = |grant: &&Grant| grant.permissions.contains(&permission) && grant.scope.is_about(permission.area);
        self.0.iter().filter(about).map(|grant| grant.scope.clone()).collect()
    }

    /// Whether somebody with these grants may give this one: nobody gives more than they have.
    pub fn may_give(&self, given: &Grant) -> Result<(), MoreThanOwn> {
        let has = |permission: &&Permission| {
            let covers = |own: &Grant| own.permissions.contains(permission) && own.scope.contains(&given.scope);
            !self.0.iter().any(covers)
        };
        given.permissions.iter().find(has).map_or(Ok(()), |permission| Err(MoreThanOwn { permission: *permission }))
    }

    /// Whether somebody with these grants may decide about somebody with those.
    pub fn may_govern(&self, others: &Self) -> Result<(), MoreThanOwn> {
        others.0.iter().try_for_each(|grant| self.may_give(grant))
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this needs the permission {}", self.permission)?;
        f.write_str(if self.elsewhere { ", which you have for other objects only" } else { ", which you have not got" })
    }
}

impl Broken for Missing {
    fn code(&self) -> &'static str {
        "forbidden"
    }

    fn fix(&self) -> String {
        let has = |role: &BuiltIn| role.permissions().contains(&self.permission);
        let roles: Vec<&str> = BuiltIn::ALL.iter().filter(|role| has(role)).map(|role| role.as_str()).collect();
        let giver = Permission { area: Area::ApiKeys, action: Action::Write };
        format!("ask somebody who has {giver}, such as an administrator, for one of the roles {}", roles.join(", "))
    }

    fn is_conflict(&self) -> bool {
        false
    }
}

impl Broken for MoreThanOwn {
    fn code(&self) -> &'static str {
        "more_than_own"
    }

    fn fix(&self) -> String {
        "give a smaller role or a narrower scope, or let somebody do it who has that permission".to_owned()
    }

    fn is_conflict(&self) -> bool {
        false
    }
}

fn holds(first: E164, last: E164, number: E164) -> bool {
    first.distance_to(number).is_some() && number.distance_to(last).is_some()
}

fn bad(what: &'static str, written: &str) -> BadScope {
    BadScope { what, written: written.chars().take(60).collect() }
}
