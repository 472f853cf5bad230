//! A snapshot made from the one before is the same as one made from everything.
#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use phone::Directory;
use phone::apps::queue;
use phone::directory::change::{Apps, Change, TenantChange, Touched, TouchedTenant};
use phone::directory::{Tenant, TenantParts};
use phone::id::{CallingProfileId, GroupId, OperatorId, QueueId, TenantId, TrunkId, UserId};
use phone::numbers::number::NumberSource;
use phone::numbers::operator::{Lent, OfOperator, Reach};
use phone::numbers::trunk::{SrtpMode, TrunkTransport};
use phone::numbers::{Assignee, E164, Number, NumberKind, Trunk};
use phone::people::tenant::Profile;
use phone::people::{Presence, User};
use proptest::collection::btree_set;
use proptest::prelude::*;
use uuid::Uuid;

use crate::organization::nothing_but;

const N_TENANTS: u128 = 3;
const N_USERS: u128 = 6;
const N_NUMBERS: u64 = 6;
const N_OPERATORS: u128 = 2;
const N_GROUPS: u128 = 3;
const QUEUE: QueueId = QueueId(Uuid::from_u128(0x90));

/// One thing that becomes of a tenant.
#[derive(Clone, Debug)]
enum Step {
    User { id: u128, extension: u128, enabled: bool, voice_enabled: bool },
    NoUser(u128),
    Number { last: u64, of: Option<u128>, is_held: bool, given_by: Option<u128> },
    NoNumber(u64),
    Trunk { port: u16, enabled: bool },
    Lent { port: u16, is_lent: bool, reach: Reach },
    NoTrunks,
    Queue { agents: BTreeSet<u128>, groups: BTreeSet<u128>, order: Vec<u128> },
    Group { id: u128, members: Option<BTreeSet<u128>> },
    Again,
    Gone,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..N_USERS, 0..N_USERS, any::<bool>(), any::<bool>()).prop_map(|(id, extension, enabled, voice_enabled)| {
            Step::User { id, extension, enabled, voice_enabled }
        }),
        2 => (0..N_USERS).prop_map(Step::NoUser),
        6 => (0..N_NUMBERS, proptest::option::of(0..N_USERS), any::<bool>(), proptest::option::of(0..N_OPERATORS))
            .prop_map(|(last, of, is_held, given_by)| Step::Number { last, of, is_held, given_by }),
        2 => (0..N_NUMBERS).prop_map(Step::NoNumber),
        1 => (5060..5063_u16, any::<bool>()).prop_map(|(port, enabled)| Step::Trunk { port, enabled }),
        2 => (5060..5063_u16, any::<bool>(), prop_oneof![Just(Reach::OwnNumbers), Just(Reach::AllNumbers)])
            .prop_map(|(port, is_lent, reach)| Step::Lent { port, is_lent, reach }),
        1 => Just(Step::NoTrunks),
        2 => (btree_set(0..N_USERS, 0..3), btree_set(0..N_GROUPS, 0..3), proptest::collection::vec(0..N_USERS, 0..3))
            .prop_map(|(agents, groups, order)| Step::Queue { agents, groups, order }),
        2 => (0..N_GROUPS, proptest::option::of(btree_set(0..N_USERS, 0..4)))
            .prop_map(|(id, members)| Step::Group { id, members }),
        1 => Just(Step::Again),
        1 => Just(Step::Gone),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_changed_snapshot_is_like_a_new_one(
        changes in proptest::collection::vec(
            proptest::collection::vec((0..N_TENANTS, proptest::collection::vec(step(), 0..6)), 0..3),
            0..8,
        )
    ) {
        let mut model: BTreeMap<TenantId, TenantParts> = BTreeMap::new();
        let mut directory = Directory::default();
        for change in changes {
            let mut told = BTreeMap::new();
            for (tenant, steps) in change {
                let id = TenantId(Uuid::from_u128(tenant));
                told.insert(id, apply(&mut model, id, &steps, told.get(&id)));
            }
            let default = model.keys().next().copied();
            let (after, touched) = directory.with(told.clone(), default);
            for (id, change) in &told {
                let Touched::Tenants(tenants) = &touched else { panic!("all tenants are named") };
                let before = directory.tenant(*id).map(|tenant| tenant.roster(QUEUE));
                let is_restaffed = before != after.tenant(*id).map(|tenant| tenant.roster(QUEUE));
                match (&tenants[id], change.touches()) {
                    (TouchedTenant::Parts { apps: true, users }, TouchedTenant::Parts { apps: false, users: told }) => {
                        prop_assert!(is_restaffed && *users == told);
                    }
                    (found, told) => prop_assert_eq!(found, &told),
                }
                if let TouchedTenant::Parts { apps: false, .. } = &tenants[id] {
                    prop_assert!(!is_restaffed, "nobody is told of other agents");
                }
            }
            let anew = Directory::new(model.values().map(|parts| Arc::new(Tenant::new(parts.clone()))), default);
            prop_assert!(after == anew, "{after:#?}\n{anew:#?}");
            for (id, parts) in &model {
                prop_assert_eq!(after.tenant(*id).unwrap().roster(QUEUE), agents(parts));
                for user in 0..N_USERS {
                    let user = user_id(user);
                    prop_assert_eq!(after.tenant(*id).unwrap().number_of_user(user), shown_number(parts, user));
                }
            }
            for (source, number) in (5060..5063_u16).flat_map(|port| (0..N_NUMBERS).map(move |last| (port, e164(last)))) {
                let found = after.trunk_for(format!("127.0.0.1:{source}").parse().unwrap(), &number.to_string());
                let here = |parts: &&TenantParts| ways(parts, source).next().is_some();
                let called = |parts: &&TenantParts| parts.numbers.get(&number).is_some_and(|number| {
                    ways(parts, source).any(|trunk| parts.lent.get(&trunk).is_none_or(|lent| lent.reaches(number)))
                });
                let expected: Vec<TenantId> = match model.values().filter(called).count() {
                    0 => model.values().filter(here).map(|parts| parts.profile.id).collect(),
                    _ => model.values().filter(called).map(|parts| parts.profile.id).collect(),
                };
                match found {
                    Some((tenant, trunk)) => {
                        prop_assert!(expected.contains(&tenant), "{number} from {source}: {found:?}, not {expected:?}");
                        prop_assert!(ways(&model[&tenant], source).any(|way| way == trunk));
                    }
                    None => prop_assert!(expected.is_empty(), "{number} from {source} is lost"),
                }
            }
            directory = after;
        }
    }
}

/// The trunks of a tenant that calls from there come in on.
fn ways(parts: &TenantParts, port: u16) -> impl Iterator<Item = TrunkId> + '_ {
    let is_here = move |trunk: &&Arc<Trunk>| trunk.enabled && trunk.sources.iter().any(|source| source.port() == port);
    parts.trunks.values().filter(is_here).map(|trunk| trunk.id)
}

/// Who is to be asked first, then who is named, then the members of groups.
fn agents(parts: &TenantParts) -> Vec<UserId> {
    let Some(settings) = parts.queues.get(&QUEUE) else { return Vec::new() };
    let members = settings.groups.iter().flat_map(|group| {
        let mut people: Vec<UserId> = parts.groups.get(group).map_or(Vec::new(), |it| it.iter().copied().collect());
        people.sort_by_key(|id| parts.users.get(id).map(|user| user.extension.clone()));
        people
    });
    let serves = |id: &UserId| parts.users.get(id).is_some_and(|user| user.enabled && user.voice_enabled);
    let all: Vec<UserId> = settings.agents.iter().copied().chain(members).filter(serves).collect();
    let mut found = Vec::new();
    for agent in settings.order.iter().filter(|id| all.contains(id)).chain(&all) {
        if !found.contains(agent) {
            found.push(*agent);
        }
    }
    found
}

/// The number of a person of the best rank, the lowest of those.
fn shown_number(parts: &TenantParts, user: UserId) -> Option<E164> {
    let of_user = parts.numbers.values().filter(|number| number.assignee == Some(Assignee::User(user)));
    let ranked = of_user.filter_map(|number| Some((number.shown_rank(user)?, number.number)));
    ranked.min().map(|(_, number)| number)
}

/// Changes the model, and tells the change. A change that was told for the tenant already is taken over.
fn apply(model: &mut BTreeMap<TenantId, TenantParts>, id: TenantId, steps: &[Step], told: Option<&Change>) -> Change {
    let mut is_whole = !model.contains_key(&id) || matches!(told, Some(Change::Whole(_) | Change::Gone));
    let mut change = match told {
        Some(Change::Parts(change)) => change.clone(),
        Some(Change::Gone | Change::Whole(_)) | None => TenantChange::default(),
    };
    let mut parts = model.remove(&id).unwrap_or_else(|| bare(id));
    for step in steps {
        match step {
            // Nobody comes back under the id of who is gone.
            Step::User { id, .. } if change.users.get(&user_id(*id)) == Some(&None) => {}
            Step::User { id, extension, enabled, voice_enabled } => {
                // Extensions are unique: who had the wanted one gets the one that becomes free.
                let before = parts.users.get(&user_id(*id)).map(|user| user.extension.clone());
                let wanted = extension.to_string();
                let holder = parts.users.values().find(|other| other.extension == wanted && other.id != user_id(*id));
                if let Some(holder) = holder.cloned() {
                    let is_free = |one: &String| parts.users.values().all(|user| user.extension != *one);
                    let freed = before.or_else(|| (900..).map(|one: u32| one.to_string()).find(is_free)).unwrap();
                    put(&mut parts, &mut change, User { extension: freed, ..(*holder).clone() });
                }
                put(&mut parts, &mut change, person(*id, &wanted, *enabled, *voice_enabled));
            }
            Step::NoUser(id) => {
                parts.users.remove(&user_id(*id));
                change.users.insert(user_id(*id), None);
                let left = |members: &mut Arc<BTreeSet<UserId>>| _ = Arc::make_mut(members).remove(&user_id(*id));
                parts.groups.values_mut().for_each(left);
                change.groups.values_mut().flatten().for_each(left);
                if let Some(told) = &mut change.apps {
                    told.groups = parts.groups.clone();
                }
            }
            Step::Number { last, of, is_held, given_by } => {
                let assignee = of.map(|user| Assignee::User(user_id(user)));
                let held_until = is_held.then_some(Timestamp::UNIX_EPOCH);
                let source = given_by.map_or(NumberSource::DirectRouting, |operator| {
                    let profile = CallingProfileId(Uuid::from_u128(operator));
                    NumberSource::Operator(OfOperator { id: operator_id(operator), profile, may_change_location: true })
                });
                let number = Number { assignee, held_until, source, ..Number::new(e164(*last), NumberKind::User) };
                parts.numbers.insert(number.number, number.clone());
                change.numbers.insert(number.number, Some(number));
            }
            Step::NoNumber(last) => {
                parts.numbers.remove(&e164(*last));
                change.numbers.insert(e164(*last), None);
            }
            Step::Trunk { port, enabled } => {
                let trunk = trunk(*port, *enabled);
                parts.outbound_trunks = vec![trunk.id];
                parts.trunks.insert(trunk.id, Arc::new(trunk));
                change.apps = Some(apps(&parts));
            }
            Step::Lent { port, is_lent, reach } => {
                // A trunk of an operator is the same to everybody: whether it is enabled, too.
                let id = TrunkId(Uuid::from_u128(u128::from(*port)));
                let trunk = Trunk { id, ..trunk(*port, *port != 5062) };
                let lent = Lent { operator: operator_id(u128::from(*port) % N_OPERATORS), reach: *reach };
                if *is_lent {
                    parts.trunks.insert(id, Arc::new(trunk));
                    parts.lent.insert(id, lent);
                } else {
                    parts.trunks.remove(&id);
                    parts.lent.remove(&id);
                }
                change.apps = Some(apps(&parts));
            }
            Step::NoTrunks => {
                parts.outbound_trunks.clear();
                parts.trunks.clear();
                parts.lent.clear();
                change.apps = Some(apps(&parts));
            }
            Step::Queue { agents, groups, order } => {
                let settings = queue::Settings {
                    agents: agents.iter().map(|id| user_id(*id)).collect(),
                    groups: groups.iter().map(|id| group_id(*id)).collect(),
                    order: order.iter().map(|id| user_id(*id)).collect(),
                    ..queue::Settings::new(QUEUE, "Sales", "en-US")
                };
                parts.queues.insert(QUEUE, Arc::new(settings));
                change.apps = Some(apps(&parts));
            }
            Step::Group { id, members } => {
                let members = members.as_ref().map(|members| Arc::new(members.iter().map(|id| user_id(*id)).collect()));
                match members.clone() {
                    Some(members) => drop(parts.groups.insert(group_id(*id), members)),
                    None => drop(parts.groups.remove(&group_id(*id))),
                }
                change.groups.insert(group_id(*id), members);
            }
            Step::Again => is_whole = true,
            Step::Gone => return Change::Gone,
        }
    }
    model.insert(id, parts.clone());
    if is_whole { Change::Whole(Box::new(parts)) } else { Change::Parts(change) }
}

fn put(parts: &mut TenantParts, change: &mut TenantChange, user: User) {
    let user = Arc::new(user);
    parts.users.insert(user.id, user.clone());
    change.users.insert(user.id, Some(user));
}

fn apps(parts: &TenantParts) -> Apps {
    Apps {
        trunks: parts.trunks.clone(),
        outbound_trunks: parts.outbound_trunks.clone(),
        lent: parts.lent.clone(),
        queues: parts.queues.clone(),
        groups: parts.groups.clone(),
        ..Apps::default()
    }
}

#[test]
fn what_did_not_change_is_shared() {
    let mut parts = bare(TenantId(Uuid::from_u128(1)));
    parts.users = (0..1_000).map(|id| (user_id(id), Arc::new(person(id, &id.to_string(), true, true)))).collect();
    let before = Tenant::new(parts);
    let user = Arc::new(User { display_name: "New".to_owned(), ..person(7, "7", true, true) });
    let change = TenantChange { users: [(user.id, Some(user))].into(), ..TenantChange::default() };
    assert_eq!(
        Change::Parts(change.clone()).touches(),
        TouchedTenant::Parts { apps: false, users: [user_id(7)].into() }
    );
    let after = before.with(change);
    let n_shared = before.users.iter().filter(|(id, user)| Arc::ptr_eq(user, &after.users[id])).count();
    assert_eq!(n_shared, 999);
    assert_eq!(before.users[&user_id(7)].display_name, "Person 7");
    assert_eq!(after.user_by_extension("7").unwrap().display_name, "New");
}

fn group_id(id: u128) -> GroupId {
    GroupId(Uuid::from_u128(0x80 + id))
}

fn bare(id: TenantId) -> TenantParts {
    nothing_but(Profile {
        id,
        slug: format!("t{}", id.0.as_u128()),
        name: "Acme".to_owned(),
        sip_domain: format!("t{}.test", id.0.as_u128()),
        time_zone: "UTC".to_owned(),
        country: "US".to_owned(),
        language: "en-US".to_owned(),
        state: Default::default(),
        supervision_notice: Default::default(),
        number_pause: None,
        number_mails: Default::default(),
        fallback_operator: None,
    })
}

fn person(id: u128, extension: &str, enabled: bool, voice_enabled: bool) -> User {
    User {
        id: user_id(id),
        display_name: format!("Person {id}"),
        extension: extension.to_owned(),
        email: None,
        department: None,
        office: None,
        aliases: Default::default(),
        country: None,
        presence: Presence::Available,
        voice_enabled,
        hidden: false,
        ring_secs: 30,
        enabled,
        site: None,
        ha1: Default::default(),
    }
}

fn operator_id(id: u128) -> OperatorId {
    OperatorId(Uuid::from_u128(id))
}

fn user_id(id: u128) -> UserId {
    UserId(Uuid::from_u128(id))
}

fn e164(last: u64) -> E164 {
    E164::parse(&format!("+142555501{last:02}")).unwrap()
}

fn trunk(port: u16, enabled: bool) -> Trunk {
    Trunk {
        id: TrunkId(Uuid::from_u128(1)),
        name: "carrier".to_owned(),
        host: "127.0.0.1".to_owned(),
        port: Some(port),
        transport: TrunkTransport::Udp,
        sources: vec![format!("127.0.0.1:{port}").parse().unwrap()],
        credentials: None,
        country: None,
        srtp: SrtpMode::Off,
        codecs: Vec::new(),
        n_calls_max: None,
        no_answer_secs: 5,
        enabled,
        description: None,
        settings: Default::default(),
    }
}
