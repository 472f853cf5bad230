//! Policies and who is given them, on both databases.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use jiff::Timestamp;
use phone::id::{GroupId, PolicyId, TenantId, UserId};
use phone::numbers::{E164, Number, NumberKind};
use phone::people::Group;
use phone::policies::effective::{Assigned, Rank};
use phone::policies::types::HolderKind;
use phone::policies::{Policy, PolicyType, Settings};
use store::{Actor, Expected, Paging, PolicyKey, Store, Tx, WriteError};
use uuid::Uuid;

use crate::people::{add_tenant, add_user};
use crate::place::Place;

on_both_databases![
    the_organizations_own_policy_has_no_row_until_it_is_changed,
    a_policy_is_found_by_name_and_only_in_its_tenant,
    an_assignment_takes_the_place_of_another_and_ends_with_its_holder,
    groups_have_places_without_gaps,
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

async fn begin(store: &Store) -> Tx {
    store.begin(Actor::System, Timestamp::UNIX_EPOCH).await.unwrap()
}

async fn assigned(store: &Store, tenant: TenantId, user: UserId, number: Option<E164>) -> Assigned {
    let mut all = store.policies_assigned(tenant, user, number, None).await.unwrap();
    all.remove(&PolicyType::Calling).unwrap_or_default()
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
