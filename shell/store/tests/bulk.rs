//! Many rows at once: as few statements as few rows take, and each change told of by itself.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use phone::id::{GroupId, TenantId, UserId};
use phone::numbers::import::Change;
use phone::numbers::{Assignee, E164, Number, NumberKind};
use phone::people::User;
use phone::people::license::{PartNumber, Refusal, Subscription};
use serde_json::json;
use store::{Actor, EventFilter, Expected, LicenseChange, NumberFilter, Paging, Store, Tx, UserChange, WriteError};
use uuid::Uuid;

use crate::people::{add_tenant, at, some_user};
use crate::place::Place;

/// More rows than one statement takes.
const N: u32 = 1_100;

on_both_databases![
    people_are_made_and_changed_in_few_statements,
    licenses_are_given_and_taken_in_few_statements,
    numbers_are_made_and_changed_in_few_statements,
    an_extension_that_somebody_else_has_is_taken_also_among_many,
    news_of_seats_are_what_changes_their_number,
];

async fn people_are_made_and_changed_in_few_statements(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let people = add_people(&store, tenant).await;
    let begun = store.n_statements_of_writers();
    let mut tx = begin(&store).await;
    let extensions: BTreeSet<&str> = people.iter().map(|user| user.extension.as_str()).collect();
    let there = tx.users_with_extensions(tenant, &extensions).await.unwrap();
    assert_eq!(there["1007"].value.ha1, people[7].ha1);
    let changes = there.into_values().map(|before| {
        let after = User {
            office: Some("Boston".to_owned()),
            enabled: before.value.extension != "1007",
            ..before.value.clone()
        };
        UserChange { before: Some(before), after }
    });
    let mut changes: Vec<UserChange> = changes.collect();
    let fresh = some_user("900", "Dan Diaz");
    changes.push(UserChange { before: None, after: fresh.clone() });
    tx.save_users(tenant, &changes).await.unwrap();
    tx.commit().await.unwrap();
    let n_statements = store.n_statements_of_writers() - begun;
    assert!(n_statements <= 16, "{n_statements} statements for {N} people");

    let changed = store.user(tenant, people[7].id).await.unwrap().unwrap();
    assert_eq!((changed.version, changed.value.office.as_deref()), (2, Some("Boston")));
    assert_eq!((changed.created_at, changed.updated_at), (at(0), at(9)));
    assert!(!changed.value.enabled);
    assert_eq!(store.user(tenant, fresh.id).await.unwrap().unwrap().version, 1);
    let told = told(&store, tenant, &people[7].id.to_string()).await;
    assert_eq!(told.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["create", "update"]);
    assert_eq!((&told[1].1["office"], &told[1].2["office"]), (&json!(null), &json!("Boston")));
}

async fn licenses_are_given_and_taken_in_few_statements(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let people = add_people(&store, tenant).await;
    let (one, two) = (plans(&["MCOEV"]), plans(&["MCOMEETADV", "MCOPSTN1"]));
    let change = |before: &BTreeSet<PartNumber>, after: &BTreeSet<PartNumber>| -> Vec<LicenseChange> {
        let change = |user: &User| LicenseChange { user: user.id, before: before.clone(), after: after.clone() };
        people.iter().map(change).collect()
    };
    let group = GroupId(Uuid::now_v7());
    let mut tx = begin(&store).await;
    tx.save_group(tenant, &some_group(group), Expected::Absent).await.unwrap();
    tx.replace_licenses(tenant, &change(&plans(&[]), &one)).await.unwrap();
    tx.commit().await.unwrap();

    let begun = store.n_statements_of_writers();
    let mut tx = begin(&store).await;
    tx.replace_licenses(tenant, &change(&one, &two)).await.unwrap();
    let refusal = Refusal::NoSeats { plan: PartNumber("MCOEV".to_owned()), bought: 0 };
    let failed: BTreeMap<UserId, _> = people.iter().map(|user| (user.id, [(group, refusal.clone())].into())).collect();
    tx.save_license_failures(tenant, &failed).await.unwrap();
    let ids: Vec<UserId> = people.iter().map(|user| user.id).collect();
    assert_eq!(tx.licensees(tenant, &ids[..500]).await.unwrap()[&ids[1]].held, two);
    tx.commit().await.unwrap();
    let n_statements = store.n_statements_of_writers() - begun;
    assert!(n_statements <= 20, "{n_statements} statements for {N} people");

    let seats = store.seats(tenant).await.unwrap();
    let assigned = |plan: &str| seats.get(&PartNumber(plan.to_owned())).map(|seats| seats.assigned);
    assert_eq!([assigned("MCOEV"), assigned("MCOMEETADV"), assigned("MCOPSTN1")], [None, Some(N), Some(N)]);
    assert_eq!(store.failures_of_group(tenant, group).await.unwrap().len(), N as usize);
    let told = told(&store, tenant, &ids[3].to_string()).await;
    let last = told.last().unwrap();
    assert_eq!(last.1, json!({ "licenses": ["MCOEV"] }));
    assert_eq!(last.2, json!({ "licenses": ["MCOMEETADV", "MCOPSTN1"] }));

    let mut tx = begin(&store).await;
    tx.save_license_failures(tenant, &[(ids[0], BTreeMap::new())].into()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.failures_of_group(tenant, group).await.unwrap().len(), N as usize - 1);
}

async fn numbers_are_made_and_changed_in_few_statements(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let alice = some_user("101", "Alice Adams");
    let numbers: Vec<Number> = (0..N).map(|n| Number::new(number(n), NumberKind::User)).collect();
    let new: Vec<Change> = numbers.iter().map(|number| Change { before: None, after: tagged(number, "old") }).collect();
    let begun = store.n_statements_of_writers();
    let mut tx = begin(&store).await;
    tx.save_user(tenant, &alice, Expected::Absent).await.unwrap();
    tx.save_number_changes(tenant, &new.iter().collect::<Vec<_>>()).await.unwrap();
    tx.commit().await.unwrap();
    let assigned = new.iter().map(|change| {
        let after = Number { assignee: Some(Assignee::User(alice.id)), ..tagged(&change.after, "new") };
        Change { before: Some(change.after.clone()), after }
    });
    let assigned: Vec<Change> = assigned.collect();
    let mut tx = begin(&store).await;
    // Changed twice in one go: the second is told as what became of the first.
    let back = Change { before: Some(assigned[5].after.clone()), after: new[5].after.clone() };
    tx.save_number_changes(tenant, &assigned.iter().chain([&back]).collect::<Vec<_>>()).await.unwrap();
    tx.commit().await.unwrap();
    let n_statements = store.n_statements_of_writers() - begun;
    assert!(n_statements <= 40, "{n_statements} statements for {N} numbers, twice");

    let there = store.number(tenant, number(4)).await.unwrap().unwrap();
    assert_eq!((&there.value, there.version), (&assigned[4].after, 2));
    let there = store.number(tenant, number(5)).await.unwrap().unwrap();
    assert_eq!((&there.value, there.version), (&new[5].after, 3));
    let told = told(&store, tenant, &number(5).to_string()).await;
    assert_eq!(told.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["create", "update", "update"]);
    assert_eq!(told[2].1["assignee"], told[1].2["assignee"]);
    let with = |tag: &str| NumberFilter { tag: Some(tag.to_owned()), ..NumberFilter::default() };
    let old = store.numbers(tenant, &with("old"), &all()).await.unwrap();
    let new = store.numbers(tenant, &with("new"), &all()).await.unwrap();
    assert_eq!((old.items.len(), new.items.len()), (1, N as usize - 1));

    let mut tx = begin(&store).await;
    let gone = Number::new(number(N + 1), NumberKind::User);
    let gone = Change { before: Some(gone.clone()), after: tagged(&gone, "new") };
    let refused = tx.save_number_changes(tenant, &[&gone]).await;
    assert!(matches!(refused, Err(WriteError::NotFound)), "{refused:?}");
}

async fn an_extension_that_somebody_else_has_is_taken_also_among_many(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let people = add_people(&store, tenant).await;
    let mut tx = begin(&store).await;
    let new = ["800", "1003"].map(|extension| UserChange { before: None, after: some_user(extension, "Bob Brown") });
    let refused = tx.save_users(tenant, &new).await;
    assert!(matches!(refused, Err(WriteError::Taken { field: "extension" })), "{refused:?}");
    drop(tx);
    let mut tx = begin(&store).await;
    let before = tx.users_with_extensions(tenant, &["1004"].into()).await.unwrap().remove("1004").unwrap();
    let after = User { extension: "1003".to_owned(), ..before.value.clone() };
    let refused = tx.save_users(tenant, &[UserChange { before: Some(before), after }]).await;
    assert!(matches!(refused, Err(WriteError::Taken { field: "extension" })), "{refused:?}");
    drop(tx);
    assert_eq!(store.user(tenant, people[3].id).await.unwrap().unwrap().value.extension, "1003");
}

async fn news_of_seats_are_what_changes_their_number(place: Place) {
    let store = place.open().await;
    let (tenant, other) = (add_tenant(&store, "demo").await, add_tenant(&store, "other").await);
    let alice = some_user("101", "Alice Adams");
    let mut tx = begin(&store).await;
    tx.save_user(tenant, &alice, Expected::Absent).await.unwrap();
    let mut known = tx.commit().await.unwrap();

    let mut tx = begin(&store).await;
    tx.save_user(tenant, &some_user("102", "Bob Brown"), Expected::Absent).await.unwrap();
    tx.save_subscription(other, &PartNumber("MCOEV".to_owned()), &Subscription::open(3), Expected::Absent)
        .await
        .unwrap();
    assert!(!tx.has_news_of_seats(tenant, known).await.unwrap(), "neither people nor others' seats");
    tx.save_licenses(tenant, alice.id, &plans(&["MCOEV"])).await.unwrap();
    assert!(tx.has_news_of_seats(tenant, known).await.unwrap());
    known = tx.commit().await.unwrap();

    let mut tx = begin(&store).await;
    assert!(!tx.has_news_of_seats(tenant, known).await.unwrap());
    tx.delete_user(tenant, alice.id, Expected::Any).await.unwrap();
    assert!(tx.has_news_of_seats(tenant, known).await.unwrap(), "a seat is free");
}

async fn begin(store: &Store) -> Tx {
    store.begin(Actor::System, at(9)).await.unwrap()
}

async fn add_people(store: &Store, tenant: TenantId) -> Vec<User> {
    let people: Vec<User> = (0..N).map(|n| some_user(&(1_000 + n).to_string(), "Alice Adams")).collect();
    let new: Vec<UserChange> = people.iter().map(|user| UserChange { before: None, after: user.clone() }).collect();
    let mut tx = store.begin(Actor::System, at(0)).await.unwrap();
    tx.save_users(tenant, &new).await.unwrap();
    tx.commit().await.unwrap();
    people
}

/// What was told of an object: the action, before and after.
async fn told(store: &Store, tenant: TenantId, object: &str) -> Vec<(String, serde_json::Value, serde_json::Value)> {
    let filter = EventFilter { object: Some(object.to_owned()), ..EventFilter::default() };
    let events = store.events(tenant, &filter, &all()).await.unwrap().items;
    events.into_iter().map(|it| (it.action, it.before.unwrap_or_default(), it.after.unwrap_or_default())).collect()
}

fn all() -> Paging {
    Paging { limit: 10_000, after: None, descending: false }
}

fn plans(names: &[&str]) -> BTreeSet<PartNumber> {
    names.iter().map(|name| PartNumber((*name).to_owned())).collect()
}

fn number(n: u32) -> E164 {
    E164::parse(&format!("+1206777{n:04}")).unwrap()
}

fn tagged(number: &Number, tag: &str) -> Number {
    Number { tags: [tag.to_owned()].into(), ..number.clone() }
}

fn some_group(id: GroupId) -> phone::people::Group {
    phone::people::Group { id, name: "All".to_owned(), description: None }
}
