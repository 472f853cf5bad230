//! One tenant as of one moment, with the indexes that routing needs.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::Arc;

use super::ResourceAccount;
use crate::apps::{attendant, queue};
use crate::id::{AttendantId, QueueId, ResourceAccountId, ScheduleId, TrunkId, UserId};
use crate::numbers::country::{self, Country};
use crate::numbers::emergency::emergency_numbers;
use crate::numbers::schedule::Schedule;
use crate::numbers::{Assignee, E164, Number, Trunk};
use crate::people::User;
use crate::people::tenant::Profile;

/// What a tenant consists of.
#[derive(Clone, Debug)]
pub struct TenantParts {
    pub profile: Profile,
    pub users: BTreeMap<UserId, Arc<User>>,
    pub numbers: BTreeMap<E164, Number>,
    pub trunks: BTreeMap<TrunkId, Arc<Trunk>>,
    /// Outbound trunks in order of preference.
    pub outbound_trunks: Vec<TrunkId>,
    pub resource_accounts: BTreeMap<ResourceAccountId, ResourceAccount>,
    pub attendants: BTreeMap<AttendantId, Arc<attendant::Settings>>,
    pub queues: BTreeMap<QueueId, Arc<queue::Settings>>,
    pub schedules: BTreeMap<ScheduleId, Arc<Schedule>>,
    /// Numbers that reach emergency services or test that, beside those of the tenant's country.
    pub emergency_numbers: Vec<String>,
}

/// One tenant, complete. Its parts can be read like fields; a change makes a new tenant.
#[derive(Clone, Debug)]
pub struct Tenant {
    parts: TenantParts,
    country: Option<Country>,
    by_extension: BTreeMap<Box<str>, Arc<User>>,
    /// The number that a person's calls show: the lowest of those assigned.
    number_of_user: BTreeMap<UserId, E164>,
    emergency: BTreeSet<Box<str>>,
}

impl Deref for Tenant {
    type Target = TenantParts;

    fn deref(&self) -> &TenantParts {
        &self.parts
    }
}

impl Tenant {
    /// Makes the indexes.
    pub fn new(parts: TenantParts) -> Self {
        let by_extension = parts.users.values().map(|user| (user.extension.as_str().into(), user.clone())).collect();
        let assigned = parts.numbers.values().rev().filter_map(|number| match number.assignee? {
            Assignee::User(user) => Some((user, number.number)),
            Assignee::ResourceAccount(_) => None,
        });
        let of_country = emergency_numbers(&parts.profile.country).iter().copied();
        let emergency = of_country.chain(parts.emergency_numbers.iter().map(String::as_str)).map(Into::into).collect();
        Self {
            country: Country::parse(&parts.profile.country),
            by_extension,
            number_of_user: assigned.collect(),
            emergency,
            parts,
        }
    }

    /// The person with this SIP user name.
    pub fn user_by_extension(&self, extension: &str) -> Option<&Arc<User>> {
        self.by_extension.get(extension)
    }

    /// The number assigned to a person, which their calls show; the lowest if there are several.
    pub fn number_of_user(&self, user: UserId) -> Option<E164> {
        self.number_of_user.get(&user).copied()
    }

    /// Whether these digits reach emergency services, or test that.
    pub fn is_emergency(&self, dialled: &str) -> bool {
        self.emergency.contains(dialled)
    }

    /// A caller's number as the tenant's country writes it, in E.164 where that can be told.
    pub fn caller_number(&self, user_part: &str) -> Option<E164> {
        match self.country {
            Some(country) => country.read_presented(user_part).ok(),
            None => country::read_bare(user_part).ok(),
        }
    }

    /// A number that a person dials, in E.164.
    pub(super) fn read_dialled(&self, dialled: &str) -> Option<E164> {
        match self.country {
            Some(country) => country.read(dialled).ok(),
            None => country::read_bare(dialled).ok().filter(|_| dialled.starts_with('+')),
        }
    }

    /// The number of this tenant that a carrier means by `called`: exactly as held, with or without `+`, or in the
    /// national form of the trunk's country.
    pub(super) fn held_number(&self, trunk: TrunkId, called: &str) -> Option<&Number> {
        if let Some(number) = self.held_exactly(called) {
            return Some(number);
        }
        let of_trunk = self.trunks.get(&trunk).and_then(|trunk| Country::parse(trunk.country.as_deref()?));
        let number = of_trunk.or(self.country)?.read_presented(called).ok()?;
        self.numbers.get(&number)
    }

    /// Most carriers send E.164, which needs no numbering plan.
    fn held_exactly(&self, called: &str) -> Option<&Number> {
        let bare = called.strip_prefix('+').unwrap_or(called);
        self.numbers.get(&E164::from_digits(bare).ok()?)
    }
}
