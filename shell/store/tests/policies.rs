//! Policies and who is given them, on both databases.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use jiff::Timestamp;
use phone::id::{GroupId, PolicyId, SiteId, TenantId, UserId};
use phone::numbers::{E164, Number, NumberKind};
use phone::people::{Group, Site};
use phone::policies::effective::{Assigned, Rank};
use phone::policies::fixed::fixed;
use phone::policies::types::HolderKind;
use phone::policies::{Policy, PolicyType, Settings};
use store::{Actor, Expected, Origin, Paging, PolicyKey, Store, Tx, WriteError};
use uuid::Uuid;

use crate::people::{add_tenant, add_user};
use crate::place::Place;

on_both_databases![
    the_organizations_own_policy_has_no_row_until_it_is_changed,
    a_policy_is_found_by_name_and_only_in_its_tenant,
    an_assignment_takes_the_place_of_another_and_ends_with_its_holder,
    groups_have_places_without_gaps,
    a_package_is_remembered_until_something_else_is_assigned,
    what_many_are_assigned_is_what_each_is_assigned,
    a_policy_of_the_program_gets_its_row_once,
];

async fn the_organizations_own_policy_has_no_row_until_it_is_changed(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let own = store.policy(tenant, PolicyType::CallPark, &PolicyKey::Global).await.unwrap().unwrap();
    assert_eq!((own.version, &own.value), (0, &Policy::global(PolicyType::CallPark)));
    let mut tx = begin(&store).await;
    assert_eq!(tx.n_policies(tenant, PolicyType::CallPark).await.unwrap(), 0);
    let stale = tx.save_policy(tenant, &own.value, Expected::Version(3)).await;
    assert!(matches!(stale, Err(WriteError::NotFound)), "{stale:?}");
    assert_eq!(tx.save_policy(tenant, &own.value, Expected::Version(0)).await.unwrap(), 1);
    assert_eq!(tx.save_policy(tenant, &own.value, Expected::Any).await.unwrap(), 2);
    tx.commit().await.unwrap();
    let globals = store.global_policies(tenant).await.unwrap();
    assert_eq!(globals.keys().copied().collect::<Vec<_>>(), [PolicyType::CallPark]);
    let page = store.policies(tenant, PolicyType::CallPark, &paging(10)).await.unwrap();
    assert_eq!(page.items.len(), 1);
}

async fn a_policy_is_found_by_name_and_only_in_its_tenant(place: Place) {
    let store = place.open().await;
    let (mine, other) = (add_tenant(&store, "mine").await, add_tenant(&store, "other").await);
    let mut tx = begin(&store).await;
    for name in ["Ärzte", "Bar"] {
        tx.save_policy(mine, &some_policy(name), Expected::Absent).await.unwrap();
    }
    tx.commit().await.unwrap();
    let find = async |tenant, name: &str| {
        store.policy(tenant, PolicyType::Calling, &PolicyKey::Name(name.to_owned())).await.unwrap()
    };
    let found = find(mine, "äRZTE").await.unwrap();
    assert!(find(other, "Ärzte").await.is_none());
    let id = found.value.id.unwrap();
    assert!(store.policy(other, PolicyType::Calling, &PolicyKey::Id(id)).await.unwrap().is_none());
    assert!(store.policy(mine, PolicyType::CallPark, &PolicyKey::Id(id)).await.unwrap().is_none());
    let page = store.policies(mine, PolicyType::Calling, &paging(10)).await.unwrap();
    let names: Vec<_> = page.items.iter().map(|policy| policy.value.name.as_str()).collect();
    assert_eq!(names.first(), Some(&"Global"));
    assert_eq!(names.len(), 3);
    let mut tx = begin(&store).await;
    let same = tx.save_policy(mine, &some_policy("BAR"), Expected::Absent).await;
    assert!(matches!(same, Err(WriteError::Taken { field: "name" })), "{same:?}");
}

async fn an_assignment_takes_the_place_of_another_and_ends_with_its_holder(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let (alice, bob) =
        (add_user(&store, tenant, "101", "Alice Adams").await, add_user(&store, tenant, "102", "Bob Brown").await);
    let line = E164::parse("+14255550101").unwrap();
    let (one, two) = (some_policy("One"), some_policy("Two"));
    let mut tx = begin(&store).await;
    tx.save_number(tenant, &Number::new(line, NumberKind::User), Expected::Absent).await.unwrap();
    for policy in [&one, &two] {
        tx.save_policy(tenant, policy, Expected::Absent).await.unwrap();
        tx.assign_policy_to_people(tenant, policy, &[alice, bob].into()).await.unwrap();
        assert_eq!(tx.assign_policy_to_numbers(tenant, policy, &[line].into()).await.unwrap(), []);
    }
    let unknown = E164::parse("+14255550199").unwrap();
    assert_eq!(tx.assign_policy_to_numbers(tenant, &one, &[line, unknown].into()).await.unwrap(), [unknown]);
    tx.commit().await.unwrap();
    let (one, two) = (one.id.unwrap(), two.id.unwrap());
    assert_eq!(store.n_policy_holders(tenant, one).await.unwrap(), 0);
    let held = assigned(&store, tenant, alice, Some(line)).await;
    assert_eq!((held.direct, held.number), (Some(two), Some((line, two))));
    assert_eq!(assigned(&store, tenant, alice, None).await.number, None);
    let numbers = store.policy_holders(tenant, two, Some(HolderKind::Number), &paging(10)).await.unwrap().items;
    assert_eq!(numbers.iter().map(|holder| holder.name.as_str()).collect::<Vec<_>>(), ["+14255550101"]);
    let mut tx = begin(&store).await;
    tx.delete_user(tenant, alice, Expected::Any).await.unwrap();
    tx.commit().await.unwrap();
    let people = store.policy_holders(tenant, two, Some(HolderKind::User), &paging(10)).await.unwrap().items;
    assert_eq!(people.iter().map(|holder| holder.id.clone()).collect::<Vec<_>>(), [bob.to_string()]);
}

async fn groups_have_places_without_gaps(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let alice = add_user(&store, tenant, "101", "Alice Adams").await;
    let policy = some_policy("One");
    let mut tx = begin(&store).await;
    tx.save_policy(tenant, &policy, Expected::Absent).await.unwrap();
    let mut ranked = Vec::new();
    for name in ["a", "b", "c"] {
        let group = Group { id: GroupId(Uuid::now_v7()), name: name.to_owned(), description: None };
        tx.save_group(tenant, &group, Expected::Absent).await.unwrap();
        tx.join_group(tenant, group.id, &[alice].into()).await.unwrap();
        ranked.insert(0, group.id);
        tx.assign_policy_to_group(tenant, &policy, group.id, &ranked).await.unwrap();
    }
    assert_eq!(tx.ranked_groups(tenant, PolicyType::Calling).await.unwrap(), ranked);
    let second: BTreeSet<GroupId> = [ranked[1]].into();
    assert_eq!(
        tx.unassign_policy(tenant, &policy, &BTreeSet::new(), &second, &BTreeSet::new(), &BTreeSet::new())
            .await
            .unwrap(),
        1
    );
    tx.commit().await.unwrap();
    let mut places = assigned(&store, tenant, alice, None).await.groups;
    places.sort_by_key(|(_, rank, _)| *rank);
    let places: Vec<_> = places.into_iter().map(|(group, rank, _)| (group, rank)).collect();
    assert_eq!(places, [(ranked[0], Rank(1)), (ranked[2], Rank(2))]);
}

async fn a_package_is_remembered_until_something_else_is_assigned(place: Place) {
    let store = place.open().await;
    let (tenant, other) = (add_tenant(&store, "demo").await, add_tenant(&store, "other").await);
    let alice = add_user(&store, tenant, "101", "Alice Adams").await;
    let bob = add_user(&store, tenant, "102", "Bob Brown").await;
    let (one, two) = (some_policy("One"), some_policy("Two"));
    let origin = Origin::Package("desk".to_owned());
    let mut tx = begin(&store).await;
    for policy in [&one, &two] {
        tx.save_policy(tenant, policy, Expected::Absent).await.unwrap();
    }
    tx.assign_policy_to_people(tenant, &two, &[bob].into()).await.unwrap();
    tx.assign_policy_to_people_by(tenant, &one, &[alice, bob].into(), &origin).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.n_package_holders(tenant, "desk").await.unwrap(), 2);
    assert_eq!(store.n_package_holders(other, "desk").await.unwrap(), 0);
    let holders = store.package_holders(tenant, "desk", &paging(10)).await.unwrap().items;
    let mut told: Vec<_> = holders.iter().map(|(kind, holder)| (*kind, holder.name.as_str(), &holder.origin)).collect();
    // Bob's row is older: he had another policy.
    told.sort_by_key(|(_, name, _)| *name);
    let calling = PolicyType::Calling;
    assert_eq!(told, [(calling, "Alice Adams", &origin), (calling, "Bob Brown", &origin)]);
    let mut tx = begin(&store).await;
    tx.assign_policy_to_people(tenant, &one, &[bob].into()).await.unwrap();
    let direct = tx.direct_policies(tenant, &[alice, bob].into(), &[calling]).await.unwrap();
    assert_eq!(direct, [(calling, [(one.id.unwrap(), [alice, bob].into())].into())].into());
    let everybody = [alice, bob].into();
    assert!(tx.unassign_package(other, "desk", &everybody, &BTreeSet::new()).await.unwrap().is_empty());
    let taken = tx.unassign_package(tenant, "desk", &everybody, &BTreeSet::new()).await.unwrap();
    assert_eq!(taken, [(calling, 1)].into(), "the same policy, given by itself since, stays");
    tx.commit().await.unwrap();
    assert_eq!(assigned(&store, tenant, alice, None).await.direct, None);
    assert_eq!(assigned(&store, tenant, bob, None).await.direct, one.id);
    let left = store.policy_holders(tenant, one.id.unwrap(), None, &paging(10)).await.unwrap().items;
    assert_eq!(left.iter().map(|holder| &holder.origin).collect::<Vec<_>>(), [&Origin::Single]);
}

async fn what_many_are_assigned_is_what_each_is_assigned(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let mut people = Vec::new();
    for extension in ["101", "102", "103", "104"] {
        people.push(add_user(&store, tenant, extension, extension).await);
    }
    let id = SiteId(Uuid::now_v7());
    let site = Site { id, name: "Lyon".to_owned(), country: None, time_zone: None, emergency_location: None };
    let (own, of_group, of_site) = (some_policy("Own"), some_policy("Group"), emergency_policy("Site"));
    let mut tx = begin(&store).await;
    tx.save_site(tenant, &site, Expected::Absent).await.unwrap();
    for policy in [&own, &of_group, &of_site] {
        tx.save_policy(tenant, policy, Expected::Absent).await.unwrap();
    }
    let mut ranked = Vec::new();
    for (name, members) in [("a", &people[..2]), ("b", &people[1..3])] {
        let group = Group { id: GroupId(Uuid::now_v7()), name: name.to_owned(), description: None };
        tx.save_group(tenant, &group, Expected::Absent).await.unwrap();
        tx.join_group(tenant, group.id, &members.iter().copied().collect()).await.unwrap();
        ranked.push(group.id);
        tx.assign_policy_to_group(tenant, &of_group, group.id, &ranked).await.unwrap();
    }
    tx.assign_policy_to_people(tenant, &own, &[people[0], people[3]].into()).await.unwrap();
    tx.assign_policy_to_sites(tenant, &of_site, &[site.id].into()).await.unwrap();
    tx.commit().await.unwrap();
    let places: Vec<_> =
        people.iter().enumerate().map(|(index, person)| (*person, (index % 2 == 1).then_some(site.id))).collect();
    let kinds = [PolicyType::Calling, PolicyType::EmergencyCalling];
    let mut many = store.policies_assigned_to(tenant, &places, &kinds).await.unwrap();
    assert_eq!(many.len(), 4);
    for (person, site) in places {
        let mut each = store.policies_assigned(tenant, person, None, site).await.unwrap();
        let mut of_many = many.remove(&person).unwrap();
        for kind in kinds {
            let (mut one, mut other) =
                (each.remove(&kind).unwrap_or_default(), of_many.remove(&kind).unwrap_or_default());
            one.groups.sort_by_key(|(group, ..)| *group);
            other.groups.sort_by_key(|(group, ..)| *group);
            assert_eq!(one, other, "{kind:?}");
        }
    }
}

async fn a_policy_of_the_program_gets_its_row_once(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let policy = fixed(tenant, PolicyType::DialOut).remove(0);
    let find = async || {
        let key = PolicyKey::Name(policy.name.clone());
        store.policy(tenant, PolicyType::DialOut, &key).await.unwrap().unwrap()
    };
    assert_eq!((find().await.version, find().await.value), (0, policy.clone()));
    let mut tx = begin(&store).await;
    for _ in 0..2 {
        tx.keep_fixed_policy(tenant, &policy).await.unwrap();
    }
    assert_eq!(tx.n_policies(tenant, PolicyType::DialOut).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!((find().await.version, find().await.value), (1, policy.clone()));
    let page = store.policies(tenant, PolicyType::DialOut, &paging(100)).await.unwrap();
    assert_eq!(page.items.len(), 13, "Global and twelve");
    let named = store
        .policies_by_id(tenant, &[policy.id.unwrap(), fixed(tenant, PolicyType::DialOut)[3].id.unwrap()])
        .await
        .unwrap();
    assert_eq!(named.len(), 2, "with a row and without");
}

async fn begin(store: &Store) -> Tx {
    store.begin(Actor::System, Timestamp::UNIX_EPOCH).await.unwrap()
}

async fn assigned(store: &Store, tenant: TenantId, user: UserId, number: Option<E164>) -> Assigned {
    let mut all = store.policies_assigned(tenant, user, number, None).await.unwrap();
    all.remove(&PolicyType::Calling).unwrap_or_default()
}

fn emergency_policy(name: &str) -> Policy {
    Policy { settings: Settings::factory(PolicyType::EmergencyCalling), ..some_policy(name) }
}

fn some_policy(name: &str) -> Policy {
    Policy {
        id: Some(PolicyId(Uuid::now_v7())),
        name: name.to_owned(),
        description: None,
        settings: Settings::factory(PolicyType::Calling),
    }
}

fn paging(limit: u64) -> Paging {
    Paging { limit, after: None, descending: false }
}
