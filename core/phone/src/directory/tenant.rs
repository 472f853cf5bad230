//! One tenant as of one moment, with the indexes that routing needs.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::Arc;

use super::ResourceAccount;
use jiff::tz::TimeZone;

use crate::apps::attendant::search::Listed;
use crate::apps::attendant::{Attendant, Passage, Surroundings};
use crate::apps::{attendant, queue};
use crate::id::{AttendantId, QueueId, ResourceAccountId, ScheduleId, TrunkId, UserId};
use crate::numbers::country::{self, Country};
use crate::numbers::emergency::emergency_numbers;
use crate::numbers::schedule::{Schedule, time_zone};
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
    /// The number that a person's calls show: the lowest of those assigned, one that is only held if there is no other.
    number_of_user: BTreeMap<UserId, E164>,
    emergency: BTreeSet<Box<str>>,
    surroundings: BTreeMap<AttendantId, Arc<Surroundings>>,
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
        let held = parts.numbers.values().filter(|number| number.held_until.is_some());
        let at_hand = parts.numbers.values().rev().filter(|number| number.held_until.is_none());
        let assigned = held.chain(at_hand).filter_map(|number| match number.assignee? {
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
            surroundings: surroundings(&parts),
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

    /// Lets a caller into an attendant; none if it does not exist.
    pub fn attendant(&self, id: AttendantId, passage: Passage) -> Option<Attendant> {
        let settings = self.attendants.get(&id)?.clone();
        let surroundings = self.surroundings.get(&id)?.clone();
        Some(Attendant::new(settings, surroundings, passage))
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

fn surroundings(parts: &TenantParts) -> BTreeMap<AttendantId, Arc<Surroundings>> {
    let may_be_listed = parts.users.values().filter(|user| user.enabled && user.voice_enabled);
    let mut listed: Vec<_> = may_be_listed
        .map(|user| Listed { extension: user.extension.clone(), user: user.id, name: user.display_name.clone() })
        .collect();
    listed.sort_unstable();
    let listed: Arc<[Listed]> = listed.into();
    let around = |settings: &attendant::Settings| Surroundings {
        zone: time_zone(&settings.time_zone).or_else(|| time_zone(&parts.profile.time_zone)).unwrap_or(TimeZone::UTC),
        schedules: settings
            .associations
            .iter()
            .filter_map(|association| parts.schedules.get(&association.schedule).cloned())
            .collect(),
        listed: listed.clone(),
    };
    parts.attendants.iter().map(|(id, settings)| (*id, Arc::new(around(settings)))).collect()
}
