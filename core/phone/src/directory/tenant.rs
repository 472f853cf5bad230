//! One tenant as of one moment, with the indexes that routing needs.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::Arc;

use super::ResourceAccount;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};

use super::change::TenantChange;
use super::outbound::Routing;
use crate::apps::attendant::scope::Eligible;
use crate::apps::attendant::search::{Listed, Listing};
use crate::apps::attendant::{Attendant, NameSuffix, Passage, Surroundings};
use crate::apps::mailbox::{self, Mailbox, Personal, SystemWords, Terms, Via, visit};
use crate::apps::prompt::Playable;
use crate::apps::queue::Staffed;
use crate::apps::queue::roster::{Members, full_roster, may_serve, roster};
use crate::apps::{attendant, queue};
use crate::id::{AttendantId, QueueId, ResourceAccountId, ScheduleId, SharedMailboxId, TrunkId, UserId};
use crate::limits::AGENTS_MAX;
use crate::numbers::country::{self, Country};
use crate::numbers::e164::split_extension;
use crate::numbers::operator::Lent;
use crate::numbers::routing::translation::translate;
use crate::numbers::schedule::{Schedule, time_zone};
use crate::numbers::trunk::settings::{Rules, TrunkAuth, TrunkSettings};
use crate::numbers::{Assignee, CountryProfile, E164, Number, Trunk};
use crate::people::User;
use crate::people::notice::Notice;
use crate::people::tenant::Profile;
use crate::policies::calling::{BusyOnBusy, SwitchOrUser, Voicemail};
use crate::policies::{CallingPolicies, Holder};

/// An ordered map that shares what did not change with the map that it was made from, so that a snapshot with one change
/// costs as much as the change.
pub type Shared<K, V> = RedBlackTreeMapSync<K, V>;

/// What a tenant is made from.
#[derive(Clone, Debug)]
pub struct TenantParts {
    pub profile: Profile,
    pub users: BTreeMap<UserId, Arc<User>>,
    pub numbers: BTreeMap<E164, Number>,
    pub trunks: BTreeMap<TrunkId, Arc<Trunk>>,
    /// Outbound trunks in order of preference.
    pub outbound_trunks: Vec<TrunkId>,
    /// Those of the trunks that operators lend.
    pub lent: BTreeMap<TrunkId, Lent>,
    pub resource_accounts: BTreeMap<ResourceAccountId, ResourceAccount>,
    pub attendants: BTreeMap<AttendantId, Arc<attendant::Settings>>,
    pub queues: BTreeMap<QueueId, Arc<queue::Settings>>,
    pub schedules: BTreeMap<ScheduleId, Arc<Schedule>>,
    /// Who is in the groups that apps and policies name.
    pub groups: Members,
    pub mailboxes: BTreeMap<SharedMailboxId, Arc<mailbox::Settings>>,
    /// Of those who set something; all others have what [`Personal::new`] says.
    pub personal_mailboxes: BTreeMap<UserId, Arc<Personal>>,
    /// What people may do with calls. The members of groups that it names are in `groups`.
    pub calling: Arc<CallingPolicies>,
    /// What decides about calls outside. The members of groups that it names are in `groups`.
    pub routing: Arc<Routing>,
    /// Numbers that reach emergency services or test that, beside those of the tenant's country.
    pub emergency_numbers: Vec<String>,
    /// What holds in the tenant's country; none is what the program says of it.
    pub country_profile: Option<Arc<CountryProfile>>,
}

/// What can be read of a tenant.
#[derive(Clone, Debug, PartialEq)]
pub struct Contents {
    pub profile: Profile,
    pub users: Shared<UserId, Arc<User>>,
    pub numbers: Shared<E164, Number>,
    pub resource_accounts: Shared<ResourceAccountId, ResourceAccount>,
    pub trunks: BTreeMap<TrunkId, Arc<Trunk>>,
    /// Outbound trunks in order of preference.
    pub outbound_trunks: Vec<TrunkId>,
    /// Those of the trunks that operators lend.
    pub lent: BTreeMap<TrunkId, Lent>,
    pub attendants: BTreeMap<AttendantId, Arc<attendant::Settings>>,
    pub queues: BTreeMap<QueueId, Arc<queue::Settings>>,
    pub schedules: BTreeMap<ScheduleId, Arc<Schedule>>,
    /// Who is in the groups that apps and policies name.
    pub groups: Members,
    pub mailboxes: BTreeMap<SharedMailboxId, Arc<mailbox::Settings>>,
    /// Of those who set something; all others have what [`Personal::new`] says.
    pub personal_mailboxes: BTreeMap<UserId, Arc<Personal>>,
    /// What people may do with calls. The members of groups that it names are in `groups`.
    pub calling: Arc<CallingPolicies>,
    /// What decides about calls outside. The members of groups that it names are in `groups`.
    pub routing: Arc<Routing>,
}

/// One tenant, complete. Its contents can be read like fields; a change makes a new tenant.
#[derive(Clone, Debug, PartialEq)]
pub struct Tenant {
    contents: Contents,
    country: Option<Country>,
    by_extension: Shared<Box<str>, Arc<User>>,
    /// The numbers that the calls of each person and service may show, the one that they do first.
    claims: RedBlackTreeSetSync<Claim>,
    /// Who can be found by name or extension.
    pub(super) listing: Listing,
    emergency: BTreeSet<Box<str>>,
    country_profile: Arc<CountryProfile>,
    surroundings: BTreeMap<AttendantId, Arc<Surroundings>>,
    rosters: Arc<Rosters>,
}

/// The agents of each queue in their order.
type Rosters = BTreeMap<QueueId, Arc<[UserId]>>;

/// A number that somebody's calls may show; they show the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Claim {
    of: Assignee,
    /// [`Number::shown_rank`], of a person
    rank: u8,
    number: E164,
}

impl Deref for Tenant {
    type Target = Contents;

    fn deref(&self) -> &Contents {
        &self.contents
    }
}

impl Tenant {
    /// Makes the indexes.
    pub fn new(parts: TenantParts) -> Self {
        let TenantParts { profile, users, numbers, resource_accounts, emergency_numbers: own, .. } = parts;
        let country_profile = parts.country_profile.unwrap_or_else(|| CountryProfile::built_in(&profile.country));
        let emergency =
            country_profile.emergency_numbers.iter().chain(&own).map(|number| number.as_str().into()).collect();
        let mut tenant = Self {
            country: Country::parse(&profile.country),
            by_extension: users.values().map(|user| (user.extension.as_str().into(), user.clone())).collect(),
            claims: numbers.values().filter_map(claim).collect(),
            listing: listing(&users, &numbers),
            emergency,
            country_profile,
            surroundings: BTreeMap::new(),
            rosters: Arc::default(),
            contents: Contents {
                profile,
                users: users.into_iter().collect(),
                numbers: numbers.into_iter().collect(),
                resource_accounts: resource_accounts.into_iter().collect(),
                trunks: parts.trunks,
                outbound_trunks: parts.outbound_trunks,
                lent: parts.lent,
                attendants: parts.attendants,
                queues: parts.queues,
                schedules: parts.schedules,
                groups: parts.groups,
                mailboxes: parts.mailboxes,
                personal_mailboxes: parts.personal_mailboxes,
                calling: parts.calling,
                routing: parts.routing,
            },
        };
        tenant.surroundings = surroundings(&tenant.contents, &tenant.listing);
        tenant.rosters = Arc::new(rosters(&tenant.contents));
        tenant
    }

    /// What holds in its country.
    pub fn country_profile(&self) -> &CountryProfile {
        &self.country_profile
    }

    /// The tenant after a change. Costs as much as the change, not as the tenant.
    pub fn with(&self, change: TenantChange) -> Self {
        let mut tenant = self.clone();
        let TenantChange { users, numbers, resource_accounts, groups, apps, routing } = change;
        let mut is_listing_new = false;
        let mut are_rosters_new = apps.is_some() || !groups.is_empty();
        for (id, user) in users {
            are_rosters_new |= place_among_agents(self.users.get(&id)) != place_among_agents(user.as_ref());
            is_listing_new |= tenant.put_user(id, user);
        }
        for (number, after) in numbers {
            is_listing_new |= tenant.put_number(number, after);
        }
        for (id, account) in resource_accounts {
            match account {
                Some(account) => tenant.contents.resource_accounts.insert_mut(id, account),
                None => drop(tenant.contents.resource_accounts.remove_mut(&id)),
            }
        }
        if let Some(routing) = routing {
            tenant.contents.routing = routing;
        }
        let are_apps_new = apps.is_some();
        if let Some(apps) = apps {
            let contents = tenant.contents;
            tenant.contents = Contents {
                trunks: apps.trunks,
                outbound_trunks: apps.outbound_trunks,
                lent: apps.lent,
                attendants: apps.attendants,
                queues: apps.queues,
                schedules: apps.schedules,
                groups: apps.groups,
                mailboxes: apps.mailboxes,
                personal_mailboxes: apps.personal_mailboxes,
                calling: apps.calling,
                ..contents
            };
        }
        let are_scopes_new = {
            let mut named = tenant.contents.attendants.values().flat_map(|settings| settings.dial_scope.groups());
            named.any(|group| groups.contains_key(&group))
        };
        for (id, members) in groups {
            match members {
                Some(members) => drop(tenant.contents.groups.insert(id, members)),
                None => drop(tenant.contents.groups.remove(&id)),
            }
        }
        if are_rosters_new {
            let rosters = rosters(&tenant.contents);
            if rosters != *tenant.rosters {
                tenant.rosters = Arc::new(rosters);
            }
        }
        if are_apps_new || is_listing_new || are_scopes_new {
            tenant.surroundings = surroundings(&tenant.contents, &tenant.listing);
        }
        tenant
    }

    /// Whether somebody can be found who could not before, or the reverse.
    fn put_user(&mut self, id: UserId, after: Option<Arc<User>>) -> bool {
        let before = self.contents.users.get(&id).cloned();
        if let Some(before) = &before
            && after.as_ref().is_none_or(|after| after.extension != before.extension)
            // Two people may have exchanged their extensions, and the other one was here already.
            && self.by_extension.get(before.extension.as_str()).is_some_and(|holder| holder.id == id)
        {
            self.by_extension.remove_mut(before.extension.as_str());
        }
        let listed_before = before.as_deref().and_then(listed);
        let listed_after = after.as_deref().and_then(listed);
        let is_listing_new = listed_before != listed_after;
        if is_listing_new {
            if let Some(gone) = &listed_before {
                self.listing.remove_mut(gone);
            }
            if let Some(new) = listed_after {
                self.listing.insert_mut(new);
            }
        }
        match after {
            Some(user) => {
                self.by_extension.insert_mut(user.extension.as_str().into(), user.clone());
                self.contents.users.insert_mut(id, user);
            }
            None => {
                self.contents.users.remove_mut(&id);
                self.forget(Holder::person(id));
                for members in self.contents.groups.values_mut().filter(|members| members.contains(&id)) {
                    Arc::make_mut(members).remove(&id);
                }
            }
        }
        is_listing_new
    }

    /// Whether somebody can be found by it who could not before, or the reverse.
    fn put_number(&mut self, number: E164, after: Option<Number>) -> bool {
        let before = self.contents.numbers.get(&number).and_then(claim);
        let now = after.as_ref().and_then(claim);
        if let Some(claim) = before {
            self.claims.remove_mut(&claim);
            if let Assignee::User(user) = claim.of {
                self.listing.remove_number_mut(number, user);
            }
        }
        if let Some(claim) = now {
            self.claims.insert_mut(claim);
            if let Assignee::User(user) = claim.of {
                self.listing.insert_number_mut(number, user);
            }
        }
        match after {
            Some(after) => self.contents.numbers.insert_mut(number, after),
            None => {
                self.contents.numbers.remove_mut(&number);
                self.forget(Holder { number: Some(number), ..Holder::default() });
            }
        }
        before.map(|claim| claim.of) != now.map(|claim| claim.of)
    }

    /// Policies that were given to who is no more are given to nobody.
    fn forget(&mut self, gone: Holder) {
        self.contents.calling = self.contents.calling.without(gone);
        if self.contents.routing.policies.knows(gone) {
            Arc::make_mut(&mut self.contents.routing).policies.forget(gone);
        }
    }

    /// The person with this SIP user name.
    pub fn user_by_extension(&self, extension: &str) -> Option<&Arc<User>> {
        self.by_extension.get(extension)
    }

    /// The number that a person's calls show.
    pub fn number_of_user(&self, user: UserId) -> Option<E164> {
        self.number_of(Assignee::User(user))
    }

    /// The number that the calls of a person or service show.
    pub fn number_of(&self, of: Assignee) -> Option<E164> {
        let from = Claim { of, rank: 0, number: E164::MIN };
        let first = self.claims.range(from..).next()?;
        (first.of == of).then_some(first.number)
    }

    /// The agents of a queue in the order in which they are asked. Specification of voice apps, 1.14.
    pub fn roster(&self, queue: QueueId) -> &[UserId] {
        self.rosters.get(&queue).map_or(&[], |roster| roster)
    }

    /// Who is told when a supervisor joins a call, of a queue or of none. Specification of voice apps, 3.12.
    pub fn supervision_notice(&self, queue: Option<QueueId>) -> Notice {
        let of_queue = queue.and_then(|queue| self.queues.get(&queue)?.supervision_notice);
        of_queue.unwrap_or(self.profile.supervision_notice)
    }

    /// All queues with their agents.
    pub fn staffed_queues(&self) -> BTreeMap<QueueId, Staffed> {
        let staffed = |(id, settings): (&QueueId, &Arc<queue::Settings>)| {
            let agents = self.rosters.get(id).cloned().unwrap_or_else(|| [].into());
            (*id, Staffed { settings: settings.clone(), agents })
        };
        self.queues.iter().map(staffed).collect()
    }

    /// Whether queues have more agents than they can ask: those beyond get no calls.
    pub fn is_overstaffed(&self, settings: &queue::Settings) -> bool {
        let n_named = settings.groups.iter().filter_map(|group| self.groups.get(group)).map(|group| group.len());
        let may_be = AGENTS_MAX < n_named.sum::<usize>().saturating_add(settings.agents.len());
        may_be && AGENTS_MAX < full_roster(settings, &self.groups, |user| self.person(user)).len()
    }

    /// Whether the same people are agents of the same queues as in another snapshot.
    pub(super) fn has_rosters_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.rosters, &other.rosters) || self.rosters == other.rosters
    }

    /// Lets a caller into an attendant; none if it does not exist.
    pub fn attendant(&self, id: AttendantId, passage: Passage) -> Option<Attendant> {
        let settings = self.attendants.get(&id)?.clone();
        let surroundings = self.surroundings.get(&id)?.clone();
        Some(Attendant::new(settings, surroundings, passage))
    }

    /// What a caller who comes from an app meets in a shared mailbox; none if it does not exist.
    pub fn shared_mailbox(
        &self,
        id: SharedMailboxId,
        words: SystemWords,
        via: Option<Via>,
        at: Timestamp,
    ) -> Option<Terms> {
        let settings = self.mailboxes.get(&id)?;
        let zone = time_zone(&self.profile.time_zone).unwrap_or(TimeZone::UTC);
        let schedule = settings.after_hours.as_ref().and_then(|one| self.schedules.get(&one.schedule));
        let is_after_hours = schedule.is_some_and(|schedule| schedule.is_in_effect(at, &zone));
        Some(settings.terms(settings.greeting_for(via, is_after_hours), words))
    }

    /// What the calling policy of a person says of voicemail, and its name.
    pub fn voicemail_policy(&self, user: UserId) -> (&str, Voicemail) {
        let (name, calling) = self.calling.of(Holder::person(user), &self.groups);
        (name, calling.allow_voicemail)
    }

    /// What the calling policy of a person decides of voicemail whatever the person wants, in one sentence; none if it
    /// leaves that to the person.
    pub fn why_voicemail(&self, user: UserId) -> Option<String> {
        let person = &self.users.get(&user)?.display_name;
        match self.voicemail_policy(user) {
            (policy, Voicemail::AlwaysDisabled) => {
                Some(format!("the calling policy {policy} keeps calls of {person} out of voicemail"))
            }
            (policy, Voicemail::AlwaysEnabled) => {
                Some(format!("the calling policy {policy} sends calls that {person} does not take to voicemail"))
            }
            (_, Voicemail::UserOverride) => None,
        }
    }

    /// What a caller gets while a person is in a call. Specification of calling, 2.12.
    pub fn busy_on_busy(&self, user: UserId) -> BusyOnBusy {
        self.calling.of(Holder::person(user), &self.groups).1.busy_on_busy_enabled_type
    }

    /// What who waits while a person holds hears; none is nothing. Specification of calling, 2.9.
    pub fn music_on_hold(&self, user: UserId) -> Option<Playable> {
        let holder = Holder::person(user);
        match self.calling.of(holder, &self.groups).1.music_on_hold_enabled_type {
            SwitchOrUser::Enabled | SwitchOrUser::UserOverride => {
                let file = self.routing.policies.call_hold.of(holder, &self.groups).1.audio_file;
                Some(file.map_or(Playable::HoldMusic, Playable::Configured))
            }
            SwitchOrUser::Disabled => None,
        }
    }

    /// How long a person's phones ring before somebody else takes the call, in seconds.
    pub fn ring_secs(&self, user: UserId) -> Option<u32> {
        let wanted = self.users.get(&user)?.ring_secs;
        Some(self.voicemail_policy(user).1.ring_secs(wanted))
    }

    /// What a caller meets in a person's mailbox; none if the person is not there, is disabled or has it off, or the
    /// calling policy switches it off. Specification of calling, 1.3 (11).
    pub fn voicemail_of(&self, user: UserId) -> Option<Terms> {
        let person = self.users.get(&user).filter(|person| person.enabled)?;
        let own = self.personal_mailboxes.get(&user);
        let personal = own.map_or_else(|| Personal::new(user), |own| Personal::clone(own));
        let (name, language) = (person.display_name.clone(), self.profile.language.clone());
        let is_there = self.voicemail_policy(user).1.allows(personal.enabled);
        let policy = self.routing.policies.voicemail.of(Holder::person(user), &self.groups).1;
        is_there.then(|| personal.terms(name, language, policy))
    }

    /// How somebody comes to the messages of a mailbox; none for who has nothing to do with it.
    pub fn visit(&self, mailbox: Mailbox, listener: UserId, origin: visit::Origin) -> Option<visit::Access> {
        match mailbox {
            Mailbox::Person(owner) => {
                let person = self.users.get(&owner).filter(|person| person.enabled && owner == listener)?;
                Some(visit::Access {
                    mailbox,
                    name: person.display_name.clone(),
                    language: self.profile.language.clone(),
                    listener,
                    origin,
                    may_manage: true,
                })
            }
            Mailbox::Shared(id) => {
                let access = self.mailboxes.get(&id)?.access(listener, &self.groups)?;
                Some(visit::Access { origin, ..access })
            }
        }
    }

    /// The shared mailbox with this extension.
    pub fn mailbox_by_extension(&self, extension: &str) -> Option<&Arc<mailbox::Settings>> {
        self.mailboxes.values().find(|settings| settings.extension.as_deref() == Some(extension))
    }

    /// A person's name as callers hear it, with what tells apart people of one name.
    pub fn spoken_name(&self, user: UserId, suffix: NameSuffix) -> Option<String> {
        let user = self.users.get(&user)?;
        let more = match suffix {
            NameSuffix::Department => user.department.as_deref(),
            NameSuffix::None => None,
            NameSuffix::Office => user.office.as_deref(),
        };
        Some(match more.filter(|more| !more.trim().is_empty()) {
            Some(more) => format!("{}, {more}", user.display_name),
            None => user.display_name.clone(),
        })
    }

    /// Whether callers may find a person by name or extension, unless an attendant's scope keeps the person out.
    pub fn is_listed(&self, user: UserId) -> bool {
        self.users.get(&user).is_some_and(|user| listed(user).is_some())
    }

    /// People whom callers may search for.
    pub fn listed(&self) -> impl Iterator<Item = UserId> + '_ {
        self.listing.people()
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
    pub fn held_number(&self, trunk: TrunkId, called: &str) -> Option<&Number> {
        let translated = self.translated_by(trunk, called, |settings| &settings.inbound_called_rules);
        let called = translated.as_deref().unwrap_or(called);
        if let Some((number, extension)) = split_extension(called)
            && let Some(number) = self.presented(trunk, number)
            && let Some(held) = number.with_extension(extension).ok().and_then(|number| self.numbers.get(&number))
        {
            return Some(held);
        }
        self.held_exactly(called).or_else(|| self.numbers.get(&self.presented(trunk, called)?))
    }

    /// A number as a carrier presents it on a trunk, whoever has it.
    fn presented(&self, trunk: TrunkId, called: &str) -> Option<E164> {
        let of_trunk = self.trunks.get(&trunk).and_then(|trunk| Country::parse(trunk.country.as_deref()?));
        of_trunk.or(self.country)?.read_presented(called).ok()
    }

    /// A number that came in on a trunk as it is meant: in E.164 where that can be told, else as it is.
    pub fn called_on(&self, trunk: TrunkId, called: &str) -> String {
        let translated = self.translated_by(trunk, called, |settings| &settings.inbound_called_rules);
        let called = translated.as_deref().unwrap_or(called);
        let of_trunk = self.trunks.get(&trunk).and_then(|trunk| Country::parse(trunk.country.as_deref()?));
        let read = of_trunk.or(self.country).and_then(|country| country.read_presented(called).ok());
        read.map_or_else(|| called.to_owned(), |number| number.to_string())
    }

    /// What the rules of a trunk make of a number that came in on it; none if it has none, or none matches.
    fn translated_by(&self, trunk: TrunkId, number: &str, rules: impl Fn(&TrunkSettings) -> &Rules) -> Option<String> {
        let rules = rules(&self.trunks.get(&trunk)?.settings);
        let translators = rules.iter().filter_map(|rule| self.routing.book.translators.get(rule));
        translate(number, translators).filter(|it| it.by.is_some()).map(|it| it.number)
    }

    /// A caller's number as a carrier writes it, by the rules of its trunk and the tenant's country: in E.164 where that can
    /// be told, else as it is.
    pub fn caller_on(&self, trunk: TrunkId, user_part: &str) -> String {
        let translated = self.translated_by(trunk, user_part, |settings| &settings.inbound_calling_rules);
        let written = translated.as_deref().unwrap_or(user_part);
        self.caller_number(written).map_or_else(|| written.to_owned(), |number| number.to_string())
    }

    /// The trunk that proves itself by digest under this user name.
    pub fn trunk_by_user(&self, user: &str) -> Option<&Arc<Trunk>> {
        let is_meant = |trunk: &&Arc<Trunk>| {
            let lets_in = trunk.enabled || trunk.settings.accept_inbound_when_disabled;
            lets_in
                && trunk.settings.auth == TrunkAuth::Digest
                && trunk.credentials.as_ref().is_some_and(|known| known.user == user)
        };
        self.trunks.values().find(is_meant)
    }

    /// Whether a call that came in on `trunk` may be for a number: over an operator's trunk it must be the operator's,
    /// unless the organization lets it reach all.
    pub(super) fn lets_in(&self, trunk: TrunkId, number: &Number) -> bool {
        self.lent.get(&trunk).is_none_or(|lent| lent.reaches(number))
    }

    /// Most carriers send E.164, which needs no numbering plan.
    fn held_exactly(&self, called: &str) -> Option<&Number> {
        let bare = called.strip_prefix('+').unwrap_or(called);
        self.numbers.get(&E164::from_digits(bare).ok()?)
    }
}

fn rosters(contents: &Contents) -> Rosters {
    let roster = |settings: &Arc<queue::Settings>| roster(settings, &contents.groups, |user| contents.person(user));
    contents.queues.iter().map(|(id, settings)| (*id, roster(settings))).collect()
}

/// What of a person decides whether and where they are among the agents of a queue.
fn place_among_agents(user: Option<&Arc<User>>) -> Option<(bool, &str)> {
    user.map(|user| (may_serve(user), user.extension.as_str()))
}

impl Contents {
    fn person(&self, user: UserId) -> Option<&User> {
        self.users.get(&user).map(Arc::as_ref)
    }
}

/// Whose calls may show a number; none if it is nobody's.
fn claim(number: &Number) -> Option<Claim> {
    let of = number.assignee?;
    let rank = match of {
        Assignee::User(user) => number.shown_rank(user)?,
        Assignee::ResourceAccount(_) => 0,
    };
    Some(Claim { of, rank, number: number.number })
}

/// Who can be found by name, extension or direct number.
fn listing(users: &BTreeMap<UserId, Arc<User>>, numbers: &BTreeMap<E164, Number>) -> Listing {
    let mut listing: Listing = users.values().filter_map(|user| listed(user)).collect();
    for claim in numbers.values().filter_map(claim) {
        if let Assignee::User(user) = claim.of {
            listing.insert_number_mut(claim.number, user);
        }
    }
    listing
}

/// How callers find a person; none if they must not.
fn listed(user: &User) -> Option<Listed> {
    let may_be_listed = user.enabled && user.voice_enabled && !user.hidden;
    may_be_listed.then(|| Listed {
        extension: user.extension.clone(),
        user: user.id,
        name: user.display_name.clone(),
        nicknames: user.aliases.nicknames.clone(),
        more_extensions: user.aliases.extensions().map(str::to_owned).collect(),
    })
}

fn surroundings(contents: &Contents, listing: &Listing) -> BTreeMap<AttendantId, Arc<Surroundings>> {
    let of_tenant = time_zone(&contents.profile.time_zone);
    let around = |settings: &attendant::Settings| Surroundings {
        zone: time_zone(&settings.time_zone).or_else(|| of_tenant.clone()).unwrap_or(TimeZone::UTC),
        schedules: settings
            .associations
            .iter()
            .filter_map(|association| contents.schedules.get(&association.schedule).cloned())
            .collect(),
        listed: listing.within(Eligible::new(&settings.dial_scope, &contents.groups)),
        // Whether they may be called is part of who is listed, so that this is made again when that changes.
        fallback_operator: contents.profile.fallback_operator.filter(|id| contents.person(*id).is_some_and(may_serve)),
    };
    contents.attendants.iter().map(|(id, settings)| (*id, Arc::new(around(settings)))).collect()
}
