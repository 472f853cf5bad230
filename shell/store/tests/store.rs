//! The store on real databases: from empty, opened again, kept apart by tenant.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::path::Path;

use phone::access::{Assignment, BuiltIn, CustomRole, Permissions, RoleRef};
use phone::apps::queue::{self, Routing};
use phone::id::{CallId, GroupId, OrderId, QueueId, RoleId, TenantId, TrunkId, UserId};
use phone::numbers::number::{Block, NumberSource, NumberState, Origin};
use phone::numbers::trunk::{SrtpMode, Trunk, TrunkCredentials, TrunkTransport};
use phone::numbers::{Assignee, E164, Number, NumberKind};
use phone::order::{LineFault, Order, OrderKind, Outcome};
use phone::people::license::{PartNumber, Refusal};
use phone::people::user::Ha1;
use phone::people::{Group, Presence, User};
use phone::record::{CallRecord, CallResult, Direction, EndedBy};
use store::{
    Actor, EventFilter, Expected, LineState, NewApiToken, NumberFilter, NumbersOf, Open, OptOut, OrderLine, Paging,
    RecordFilter, RecordSort, RequestKey, Scope, Store, StoreError, TokenHash, UserFilter, UserSort, WriteError,
};
use uuid::Uuid;

use crate::people::{add_tenant, add_user, at, some_user};
use crate::place::Place;

const SECRET: &str = "correct horse battery staple";

on_both_databases![
    an_empty_file_becomes_a_database_and_opens_again,
    a_dropped_change_leaves_neither_row_nor_event,
    each_change_tells_who_made_it_and_what_it_was_before,
    a_stale_write_is_refused_and_names_the_version,
    an_extension_or_a_number_is_held_once,
    another_tenants_objects_are_not_there,
    a_number_is_read_back_as_it_stands,
    an_order_is_read_back_with_its_lines_and_only_in_its_tenant,
    records_replayed_are_kept_once,
    a_deleted_tenant_takes_all_of_its_own_and_late_records_of_it_hold_up_nobody,
    records_are_found_by_what_happened,
    pages_join_to_the_whole_list,
    users_are_sorted_and_searched,
    members_of_small_and_of_big_groups_are_listed_alike,
    the_directory_brings_secrets_that_the_file_does_not_show,
    another_key_file_is_noticed,
    opt_outs_and_presence_survive,
    a_token_opens_until_it_expires_or_is_revoked,
    a_role_that_only_an_expired_key_has_can_be_deleted,
    writers_wait_for_each_other_and_none_fails,
];

async fn an_empty_file_becomes_a_database_and_opens_again(place: Place) {
    let store = place.open().await;
    assert!(store.is_empty().await.unwrap());
    assert!(store.load_directory().await.unwrap().tenants().is_empty());
    let tenant = add_tenant(&store, "demo").await;
    store.close().await.unwrap();

    let store = place.open().await;
    assert_eq!(store.tenant_by_slug("demo").await.unwrap().unwrap().value.profile.id, tenant);
    assert!(!store.is_empty().await.unwrap());
}

#[tokio::test]
async fn what_was_committed_survives_a_process_that_never_closed() {
    let dir = tempfile::tempdir().unwrap();
    let killed = open(dir.path()).await;
    let tenant = add_tenant(&killed, "demo").await;
    let user = add_user(&killed, tenant, "101", "Alice Adams").await;
    let mut half_done = killed.begin(Actor::System, at(9)).await.unwrap();
    half_done.save_user(tenant, &some_user("102", "Bob Brown"), Expected::Absent).await.unwrap();
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }

    let store = open(copy.path()).await;
    let users = users(&store, tenant).await;
    assert_eq!(users.iter().map(|user| user.id).collect::<Vec<_>>(), [user]);
    drop(half_done);
}

async fn a_dropped_change_leaves_neither_row_nor_event(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let before = store.last_event().await.unwrap();
    let mut tx = store.begin(Actor::System, at(1)).await.unwrap();
    tx.save_user(tenant, &some_user("101", "Alice Adams"), Expected::Absent).await.unwrap();
    drop(tx);
    assert_eq!(store.last_event().await.unwrap(), before);
    assert!(users(&store, tenant).await.is_empty());
}

async fn each_change_tells_who_made_it_and_what_it_was_before(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let mut queue = some_queue("Sales");
    save_queue(&store, tenant, &queue, Expected::Absent).await.unwrap();
    queue.timeout_secs = 90;
    save_queue(&store, tenant, &queue, Expected::Version(1)).await.unwrap();

    let filter = EventFilter { noun: Some("call_queue".to_owned()), ..EventFilter::default() };
    let events = store.events(tenant, &filter, &newest_first()).await.unwrap().items;
    let changes: Vec<_> = events.iter().map(|event| (event.action.as_str(), event.actor.as_str())).collect();
    assert_eq!(changes, [("update", "token:ann"), ("create", "token:ann")]);
    let newest = events.first().unwrap();
    assert_eq!(newest.before.as_ref().unwrap().pointer("/timeout_secs").unwrap(), 60);
    assert_eq!(newest.after.as_ref().unwrap().pointer("/timeout_secs").unwrap(), 90);
    assert_eq!(newest.at, at(5));

    let after_first = store.events_after(tenant, events.get(1).unwrap().id, 10).await.unwrap();
    assert_eq!(after_first.iter().map(|event| event.id).collect::<Vec<_>>(), [newest.id]);
}

async fn a_stale_write_is_refused_and_names_the_version(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let queue = some_queue("Sales");
    assert_eq!(save_queue(&store, tenant, &queue, Expected::Absent).await.unwrap(), 1);
    assert_eq!(save_queue(&store, tenant, &queue, Expected::Version(1)).await.unwrap(), 2);
    let stale = save_queue(&store, tenant, &queue, Expected::Version(1)).await;
    assert!(matches!(stale, Err(WriteError::Stale { current: 2 })), "{stale:?}");
    let again = save_queue(&store, tenant, &queue, Expected::Absent).await;
    assert!(matches!(again, Err(WriteError::Taken { field: "id" })), "{again:?}");
    let gone = save_queue(&store, tenant, &some_queue("Support"), Expected::Version(1)).await;
    assert!(matches!(gone, Err(WriteError::NotFound)), "{gone:?}");
    assert_eq!(save_queue(&store, tenant, &queue, Expected::Any).await.unwrap(), 3);

    let mut tx = store.begin(Actor::System, at(6)).await.unwrap();
    let stale = tx.delete_document::<queue::Settings>(tenant, queue.id.0, Expected::Version(1)).await;
    assert!(matches!(stale, Err(WriteError::Stale { current: 3 })), "{stale:?}");
    tx.delete_document::<queue::Settings>(tenant, queue.id.0, Expected::Version(3)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(store.document::<queue::Settings>(tenant, queue.id.0).await.unwrap().is_none());
}

async fn an_extension_or_a_number_is_held_once(place: Place) {
    let store = place.open().await;
    let (one, two) = (add_tenant(&store, "one").await, add_tenant(&store, "two").await);
    add_user(&store, one, "101", "Alice Adams").await;
    add_user(&store, two, "101", "Anna Amsel").await;
    let mut tx = store.begin(Actor::System, at(1)).await.unwrap();
    let same = tx.save_user(one, &some_user("101", "Bob Brown"), Expected::Absent).await;
    assert!(matches!(same, Err(WriteError::Taken { field: "extension" })), "{same:?}");
    drop(tx);

    let number = some_number("+14255550101", None);
    let mut tx = store.begin(Actor::System, at(1)).await.unwrap();
    tx.save_number(one, &number, Expected::Absent).await.unwrap();
    let same = tx.save_number(two, &number, Expected::Absent).await;
    assert!(matches!(same, Err(WriteError::Taken { field: "number" })), "{same:?}");
}

async fn another_tenants_objects_are_not_there(place: Place) {
    let store = place.open().await;
    let (mine, other) = (add_tenant(&store, "mine").await, add_tenant(&store, "other").await);
    let user = add_user(&store, mine, "101", "Alice Adams").await;
    let queue = some_queue("Sales");
    save_queue(&store, mine, &queue, Expected::Absent).await.unwrap();
    let trunk = some_trunk();
    let record = some_record(mine, 1);
    let number = some_number("+14255550101", Some(Assignee::User(user)));
    let mut tx = store.begin(Actor::System, at(1)).await.unwrap();
    tx.save_trunk(mine, &trunk, 0, Expected::Absent).await.unwrap();
    tx.save_number(mine, &number, Expected::Absent).await.unwrap();
    tx.commit().await.unwrap();
    store.insert_call_records(std::slice::from_ref(&record)).await.unwrap();

    assert!(store.user(mine, user).await.unwrap().is_some());
    assert!(store.user(other, user).await.unwrap().is_none());
    assert!(store.user_by_extension(other, "101").await.unwrap().is_none());
    assert!(store.document::<queue::Settings>(other, queue.id.0).await.unwrap().is_none());
    assert!(store.trunk(other, trunk.id).await.unwrap().is_none());
    assert!(store.number(other, number.number).await.unwrap().is_none());
    assert!(store.call_record(other, record.id).await.unwrap().is_none());
    let all = paging(100);
    assert!(users(&store, other).await.is_empty());
    assert!(store.documents::<queue::Settings>(other, &all).await.unwrap().items.is_empty());
    assert!(store.trunks(other, &all).await.unwrap().items.is_empty());
    assert!(store.numbers(other, &NumberFilter::default(), &all).await.unwrap().items.is_empty());
    assert!(records(&store, other, &RecordFilter::default()).await.is_empty());
    let theirs = store.events(other, &EventFilter::default(), &all).await.unwrap().items;
    assert_eq!(theirs.iter().map(|event| event.noun.as_str()).collect::<Vec<_>>(), ["tenant"]);

    let mut tx = store.begin(Actor::System, at(2)).await.unwrap();
    let stolen = tx.save_document(other, &queue, Expected::Version(1)).await;
    assert!(matches!(stolen, Err(WriteError::NotFound)), "{stolen:?}");
    let stolen = tx.delete_document::<queue::Settings>(other, queue.id.0, Expected::Any).await;
    assert!(matches!(stolen, Err(WriteError::NotFound)), "{stolen:?}");
    let stolen = tx.set_presence(other, user, Presence::Busy).await;
    assert!(matches!(stolen, Err(WriteError::NotFound)), "{stolen:?}");
    let stolen = tx.save_document(other, &queue, Expected::Any).await;
    assert!(matches!(stolen, Err(WriteError::Taken { field: "id" })), "{stolen:?}");
}

async fn a_number_is_read_back_as_it_stands(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let user = add_user(&store, tenant, "101", "Alice Adams").await;
    let free = some_number("+14255550101", None);
    let held = Number {
        held_until: Some(at(500)),
        source: NumberSource::CallingPlan,
        assigned_at: Some(at(400)),
        origin: Origin { city: Some("Seattle".to_owned()), region: Some("US-WA".to_owned()), sms: true, country: None },
        ..some_number("+14255550102", Some(Assignee::User(user)))
    };
    let numbers = [
        Number { block: Some(Block::Forever), ..free.clone() },
        held.clone(),
        Number { block: Some(Block::Until(at(600))), ..some_number("+14255550103", None) },
    ];
    let mut tx = store.begin(Actor::System, at(1)).await.unwrap();
    for number in &numbers {
        tx.save_number(tenant, number, Expected::Absent).await.unwrap();
    }
    tx.commit().await.unwrap();
    let read = store.numbers(tenant, &NumberFilter::default(), &paging(10)).await.unwrap().items;
    assert_eq!(read.into_iter().map(|number| number.value).collect::<Vec<_>>(), numbers);
    let in_state = async |state: NumberState, source: NumbersOf| {
        let filter = NumberFilter { state: Some((state, at(600))), source: Some(source), ..NumberFilter::default() };
        let found = store.numbers(tenant, &filter, &paging(10)).await.unwrap().items;
        found.into_iter().map(|number| number.value).collect::<Vec<_>>()
    };
    let [forever, held_too, until] = numbers;
    assert_eq!(in_state(NumberState::Blocked, NumbersOf::DirectRouting).await, [forever]);
    assert_eq!(in_state(NumberState::Held, NumbersOf::CallingPlan).await, [held_too]);
    assert_eq!(
        in_state(NumberState::Unassigned, NumbersOf::DirectRouting).await,
        [until],
        "a block that is over is none"
    );
    assert_eq!(in_state(NumberState::Assigned, NumbersOf::CallingPlan).await, []);
    assert_eq!(store.numbers_held_until(at(499)).await.unwrap(), []);
    assert_eq!(store.numbers_held_until(at(500)).await.unwrap(), [(tenant, held.number)]);

    let other = add_tenant(&store, "other").await;
    let mut tx = store.begin(Actor::System, at(2)).await.unwrap();
    let stolen = tx.delete_number(other, free.number, Expected::Any).await;
    assert!(matches!(stolen, Err(WriteError::NotFound)), "{stolen:?}");
    let stolen = tx.save_licenses(other, user, &[PartNumber("MCOEV".to_owned())].into()).await;
    assert!(matches!(stolen, Err(WriteError::NotFound)), "{stolen:?}");
    assert_eq!(tx.people_with_numbers(other).await.unwrap(), [].into());
    assert_eq!(tx.people_with_numbers(tenant).await.unwrap(), [user].into());
}

async fn an_order_is_read_back_with_its_lines_and_only_in_its_tenant(place: Place) {
    let store = place.open().await;
    let (tenant, other) = (add_tenant(&store, "one").await, add_tenant(&store, "two").await);
    let fault = LineFault { column: Some("kind".to_owned()), code: "c".into(), message: "m".into(), fix: "f".into() };
    let line = |line, outcome| OrderLine { line, wish: Some(serde_json::json!({ "line": line })), outcome };
    let lines = [
        line(2, Some(Outcome::Done(Some(serde_json::json!([1]))))),
        line(3, Some(Outcome::Failed(fault))),
        line(4, None),
        line(7, Some(Outcome::Done(None))),
    ];
    let id = OrderId(Uuid::now_v7());
    let order = Order::new(id, OrderKind::NumberImport, "token:ann".to_owned(), at(1), 4);
    let key = RequestKey { key: "monday".to_owned(), digest: vec![1, 2] };
    let mut tx = store.begin(Actor::System, at(1)).await.unwrap();
    tx.create_order(tenant, &order, Some(&key), &lines).await.unwrap();
    assert_eq!(tx.order_of_request(tenant, "monday").await.unwrap(), Some((order.clone(), key.clone())));
    assert_eq!(tx.order_of_request(other, "monday").await.unwrap(), None);
    assert_eq!(tx.waiting_lines(id, 10).await.unwrap(), [lines[2].clone()]);
    assert_eq!(tx.done_lines(id).await.unwrap(), [lines[0].clone(), lines[3].clone()]);
    tx.commit().await.unwrap();

    let mut tx = store.begin(Actor::System, at(1)).await.unwrap();
    let same = Order { id: OrderId(Uuid::now_v7()), ..order.clone() };
    let taken = tx.create_order(tenant, &same, Some(&key), &[]).await;
    assert!(matches!(taken, Err(WriteError::Taken { .. })), "{taken:?}");
    drop(tx);

    assert_eq!(store.order(tenant, id).await.unwrap(), Some(order.clone()));
    assert_eq!(store.order(other, id).await.unwrap(), None);
    assert_eq!(store.orders(other, &OrderKind::ALL, &paging(10)).await.unwrap().items, []);
    assert_eq!(store.open_orders().await.unwrap(), [(tenant, order.clone())]);
    assert_eq!(store.order_lines(id, None, &paging(10)).await.unwrap().items, lines);
    let failed = store.order_lines(id, Some(LineState::Failed), &paging(10)).await.unwrap().items;
    assert_eq!(failed, [lines[1].clone()]);

    let ended = order.after(at(9), lines.iter().filter_map(|line| line.outcome.as_ref()));
    let ended = ended.after(at(9), [&Outcome::Done(None)]);
    let mut tx = store.begin(Actor::System, at(9)).await.unwrap();
    let stolen = tx.save_order(other, &ended).await;
    assert!(matches!(stolen, Err(WriteError::NotFound)), "{stolen:?}");
    tx.save_order(tenant, &ended).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.open_orders().await.unwrap(), []);
    assert_eq!(store.order(tenant, id).await.unwrap(), Some(ended));

    let mut tx = store.begin(Actor::System, at(10)).await.unwrap();
    tx.delete_tenant(tenant, Expected::Any).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.order_lines(id, None, &paging(10)).await.unwrap().items, []);
}

async fn records_replayed_are_kept_once(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let mut batch: Vec<_> = (0..1_200).map(|n| some_record(tenant, n)).collect();
    assert_eq!(store.insert_call_records(&batch).await.unwrap(), 1_200);
    assert_eq!(store.insert_call_records(&batch).await.unwrap(), 0);
    batch.push(some_record(tenant, 1_200));
    assert_eq!(store.insert_call_records(&batch).await.unwrap(), 1);
    assert_eq!(store.insert_call_records(&[]).await.unwrap(), 0);
    let first = batch.first().unwrap();
    assert_eq!(store.call_record(tenant, first.id).await.unwrap().as_ref(), Some(first));
}

async fn a_deleted_tenant_takes_all_of_its_own_and_late_records_of_it_hold_up_nobody(place: Place) {
    let store = place.open().await;
    let (gone, other) = (add_tenant(&store, "gone").await, add_tenant(&store, "other").await);
    for tenant in [gone, other] {
        let user = add_user(&store, tenant, "101", "Alice Adams").await;
        let plans = [PartNumber("MCOEV".to_owned())].into();
        let group = Group { id: GroupId(Uuid::now_v7()), name: "Callers".to_owned(), description: None };
        let mut tx = store.begin(Actor::System, at(1)).await.unwrap();
        tx.save_direct_licenses(tenant, user, &plans).await.unwrap();
        tx.save_licenses(tenant, user, &plans).await.unwrap();
        tx.save_group(tenant, &group, Expected::Absent).await.unwrap();
        tx.save_group_plans(tenant, group.id, &plans).await.unwrap();
        tx.join_group(tenant, group.id, &[user].into()).await.unwrap();
        tx.queue_members(tenant, group.id).await.unwrap();
        tx.commit().await.unwrap();
    }
    store.insert_call_records(&[some_record(gone, 1)]).await.unwrap();
    let before = store.last_event().await.unwrap();
    let mut tx = store.begin(Actor::System, at(2)).await.unwrap();
    assert_eq!(tx.contents(gone).await.unwrap().n_users, 1);
    tx.delete_tenant(gone, Expected::Any).await.unwrap();
    tx.commit().await.unwrap();

    assert!(store.tenant(gone).await.unwrap().is_none());
    assert!(before < store.last_event().await.unwrap(), "who keeps a copy hears of it");
    assert_eq!(store.tenants_with_backlog().await.unwrap(), [other].into());
    assert_eq!(users(&store, other).await.len(), 1);
    let late = [some_record(gone, 2), some_record(other, 3)];
    assert_eq!(store.insert_call_records(&late).await.unwrap(), 1);
    assert!(store.call_record(other, late[1].id).await.unwrap().is_some());
}

async fn records_are_found_by_what_happened(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let batch: Vec<_> = (0..10).map(|n| some_record(tenant, n)).collect();
    store.insert_call_records(&batch).await.unwrap();
    let n_found = async |filter: RecordFilter| records(&store, tenant, &filter).await.len();
    assert_eq!(n_found(RecordFilter { from: Some("+14155550003".to_owned()), ..RecordFilter::default() }).await, 1);
    assert_eq!(n_found(RecordFilter { to: Some("+14255550100".to_owned()), ..RecordFilter::default() }).await, 10);
    assert_eq!(n_found(RecordFilter { result: Some(CallResult::Answered), ..RecordFilter::default() }).await, 5);
    assert_eq!(n_found(RecordFilter { result: Some(CallResult::NoAnswer), ..RecordFilter::default() }).await, 0);
    assert_eq!(n_found(RecordFilter { direction: Some(Direction::Outbound), ..RecordFilter::default() }).await, 0);
    let span = RecordFilter { since: Some(at(102)), until: Some(at(105)), ..RecordFilter::default() };
    assert_eq!(n_found(span).await, 3);
}

async fn pages_join_to_the_whole_list(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    // Many records of the same second: the cursor must tell them apart.
    let batch: Vec<_> = (0..25).map(|n| CallRecord { started_at: at(n / 10), ..some_record(tenant, n) }).collect();
    store.insert_call_records(&batch).await.unwrap();
    for descending in [false, true] {
        let mut seen = Vec::new();
        let mut paging = Paging { limit: 4, after: None, descending };
        loop {
            let page =
                store.call_records(tenant, &RecordFilter::default(), RecordSort::StartedAt, &paging).await.unwrap();
            seen.extend(page.items.iter().map(|record| (record.started_at, record.id)));
            match page.next {
                Some(next) => paging.after = Some(next),
                None => break,
            }
        }
        let mut all: Vec<_> = batch.iter().map(|record| (record.started_at, record.id)).collect();
        all.sort();
        if descending {
            all.reverse();
        }
        assert_eq!(seen, all);
    }
}

async fn users_are_sorted_and_searched(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    for (extension, name) in [("103", "Alice Adams"), ("101", "Carol Chen"), ("102", "Bob Brown")] {
        add_user(&store, tenant, extension, name).await;
    }
    let by_name = store.users(tenant, &UserFilter::default(), UserSort::DisplayName, &paging(2)).await.unwrap();
    let names: Vec<_> = by_name.items.iter().map(|user| user.value.display_name.as_str()).collect();
    assert_eq!(names, ["Alice Adams", "Bob Brown"]);
    let rest = Paging { after: by_name.next, ..paging(2) };
    let rest = store.users(tenant, &UserFilter::default(), UserSort::DisplayName, &rest).await.unwrap();
    assert_eq!(rest.items.len(), 1);
    assert!(rest.next.is_none());
    let part = UserFilter { display_name: Some("Brow".to_owned()), ..UserFilter::default() };
    let found = store.users(tenant, &part, UserSort::Extension, &paging(10)).await.unwrap();
    assert_eq!(found.items.first().unwrap().value.extension, "102");
    assert_eq!(found.items.len(), 1);
    add_user(&store, tenant, "104", "BJÖRN berg").await;
    let part = UserFilter { display_name: Some("björn".to_owned()), ..UserFilter::default() };
    let found = store.users(tenant, &part, UserSort::Extension, &paging(10)).await.unwrap();
    assert_eq!(found.items.len(), 1, "capital letters of any language");
    let by_name = store.users(tenant, &UserFilter::default(), UserSort::DisplayName, &paging(10)).await.unwrap();
    let names: Vec<_> = by_name.items.iter().map(|user| user.value.display_name.as_str()).collect();
    assert_eq!(names, ["Alice Adams", "BJÖRN berg", "Bob Brown", "Carol Chen"]);
}

async fn members_of_small_and_of_big_groups_are_listed_alike(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let (small, big) = (GroupId(Uuid::now_v7()), GroupId(Uuid::now_v7()));
    let mut tx = store.begin(Actor::System, at(1)).await.unwrap();
    for (id, name) in [(small, "Small"), (big, "Big")] {
        tx.save_group(tenant, &Group { id, name: name.to_owned(), description: None }, Expected::Absent).await.unwrap();
    }
    let mut people = Vec::new();
    for n in 0..1_010 {
        let user = some_user(&format!("{}", 1_000 + (n * 7) % 1_010), &format!("Phone {n}"));
        tx.save_user(tenant, &user, Expected::Absent).await.unwrap();
        people.push((user.extension, user.id));
    }
    people.sort();
    let ids = |part: &[(String, UserId)]| part.iter().map(|(_, id)| *id).collect();
    tx.join_group(tenant, big, &ids(&people[5..])).await.unwrap();
    tx.join_group(tenant, small, &ids(&people[..500])).await.unwrap();
    tx.commit().await.unwrap();
    for (group, members) in [(small, &people[..500]), (big, &people[5..])] {
        for descending in [false, true] {
            let mut wanted: Vec<UserId> = members.iter().map(|(_, id)| *id).collect();
            if descending {
                wanted.reverse();
            }
            let mut seen = Vec::new();
            let mut paging = Paging { limit: 99, after: None, descending };
            loop {
                let page = store.group_members(tenant, group, &paging).await.unwrap();
                seen.extend(page.items.iter().map(|member| member.id));
                match page.next {
                    Some(next) => paging.after = Some(next),
                    None => break,
                }
            }
            assert_eq!(seen, wanted);
        }
    }
    let progress = async || {
        let progress = store.progress_of_groups(tenant, &[small, big]).await.unwrap();
        [small, big].map(|group| (progress[&group].n_members, progress[&group].n_waiting, progress[&group].n_failed))
    };
    assert_eq!(progress().await, [(500, 0, 0), (1_005, 0, 0)]);
    let no_seats = || BTreeMap::from([(small, Refusal::NoSeats { plan: PartNumber("MCOEV".to_owned()), bought: 0 })]);
    let failed = [people[0].1, people[1].1].map(|user| (user, no_seats()));
    let mut tx = store.begin(Actor::System, at(2)).await.unwrap();
    tx.save_license_failures(tenant, &failed.into()).await.unwrap();
    tx.queue_people(tenant, &[people[0].1, people[400].1].into()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(progress().await, [(500, 2, 1), (1_005, 1, 0)], "who is tried again waits, and is in one part only");
}

async fn the_directory_brings_secrets_that_the_file_does_not_show(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let ha1 = Ha1 { md5: *b"0123456789abcdef", sha256: *b"fedcba9876543210fedcba9876543210" };
    let user = User { ha1: ha1.clone(), ..some_user("101", "Alice Adams") };
    let credentials = TrunkCredentials { realm: None, user: "us".to_owned(), password: SECRET.to_owned() };
    let trunk = Trunk { credentials: Some(credentials.clone()), ..some_trunk() };
    let spare = Trunk { id: TrunkId(Uuid::now_v7()), name: "spare".to_owned(), ..some_trunk() };
    let mut tx = store.begin(Actor::System, at(1)).await.unwrap();
    tx.save_user(tenant, &user, Expected::Absent).await.unwrap();
    tx.save_trunk(tenant, &spare, 7, Expected::Absent).await.unwrap();
    tx.save_trunk(tenant, &trunk, 1, Expected::Absent).await.unwrap();
    tx.set_presence(tenant, user.id, Presence::DoNotDisturb).await.unwrap();
    tx.commit().await.unwrap();

    let directory = store.load_directory().await.unwrap();
    let loaded = directory.tenant_of_domain("demo.test").unwrap();
    let alice = loaded.user_by_extension("101").unwrap();
    assert_eq!((&alice.ha1, alice.presence), (&ha1, Presence::DoNotDisturb));
    assert_eq!(loaded.trunks.get(&trunk.id).unwrap().credentials.as_ref(), Some(&credentials));
    assert_eq!(loaded.outbound_trunks, [trunk.id, spare.id]);

    let shown = format!(
        "{:?} {:?} {:?}",
        store.user(tenant, user.id).await.unwrap(),
        store.trunk(tenant, trunk.id).await.unwrap(),
        store.events(tenant, &EventFilter::default(), &paging(100)).await.unwrap(),
    );
    assert!(!shown.contains(SECRET));
    store.close().await.unwrap();
    for file in std::fs::read_dir(place.directory.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in [SECRET.as_bytes(), &ha1.md5, &ha1.sha256] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret));
        }
    }
}

async fn another_key_file_is_noticed(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    add_user(&store, tenant, "101", "Alice Adams").await;
    store.close().await.unwrap();
    std::fs::remove_file(place.directory.path().join("secrets.key")).unwrap();
    let store = place.open().await;
    let loaded = store.load_directory().await;
    assert!(matches!(loaded, Err(StoreError::Sealed { what: "user", .. })), "{loaded:?}");
}

async fn opt_outs_and_presence_survive(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let agent = add_user(&store, tenant, "102", "Bob Brown").await;
    let out = OptOut { tenant, queue: QueueId(Uuid::now_v7()), agent };
    let mut tx = store.begin(Actor::System, at(1)).await.unwrap();
    tx.opt_out(out).await.unwrap();
    tx.opt_out(out).await.unwrap();
    tx.set_presence(tenant, agent, Presence::Away).await.unwrap();
    tx.set_presence(tenant, agent, Presence::Busy).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await.unwrap();

    let store = place.open().await;
    assert_eq!(store.opt_outs().await.unwrap(), [out]);
    assert_eq!(store.user(tenant, agent).await.unwrap().unwrap().value.presence, Presence::Busy);
    let mut tx = store.begin(Actor::System, at(2)).await.unwrap();
    tx.opt_in(out).await.unwrap();
    tx.opt_in(out).await.unwrap();
    tx.commit().await.unwrap();
    assert!(store.opt_outs().await.unwrap().is_empty());
    let filter = EventFilter { noun: Some("queue_agent".to_owned()), ..EventFilter::default() };
    let events = store.events(tenant, &filter, &paging(10)).await.unwrap().items;
    assert_eq!(events.iter().map(|event| event.action.as_str()).collect::<Vec<_>>(), ["opt_out", "opt_in"]);
}

async fn a_token_opens_until_it_expires_or_is_revoked(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let mut tx = store.begin(Actor::System, at(1)).await.unwrap();
    let operator = Assignment { role: RoleRef::BuiltIn(BuiltIn::Operator), scope: phone::access::Scope::Tenant };
    let new = NewApiToken {
        name: "ann",
        scope: Scope::Tenant(tenant),
        assignments: &[operator],
        hash: TokenHash::of(SECRET),
        expires_at: Some(at(100)),
    };
    let token = tx.create_api_token(new).await.unwrap();
    tx.commit().await.unwrap();
    let hash = TokenHash::of(SECRET);
    assert_eq!(store.api_token(&hash, at(99)).await.unwrap().as_ref(), Some(&token));
    assert_eq!(store.api_token(&hash, at(100)).await.unwrap(), None);
    assert_eq!(store.api_token(&TokenHash::of("another"), at(99)).await.unwrap(), None);

    let mut tx = store.begin(Actor::System, at(2)).await.unwrap();
    assert!(matches!(tx.revoke_api_token(Scope::Platform, token.id).await, Err(WriteError::NotFound)));
    tx.revoke_api_token(token.scope, token.id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.api_token(&hash, at(99)).await.unwrap(), None);
}

async fn a_role_that_only_an_expired_key_has_can_be_deleted(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let id = RoleId(Uuid::now_v7());
    let role = CustomRole { id, name: "Desk".to_owned(), description: None, permissions: Permissions::new() };
    let held = Assignment { role: RoleRef::Custom(id), scope: phone::access::Scope::Tenant };
    let new = NewApiToken {
        name: "ann",
        scope: Scope::Tenant(tenant),
        assignments: &[held],
        hash: TokenHash::of(SECRET),
        expires_at: Some(at(100)),
    };
    let mut tx = store.begin(Actor::System, at(99)).await.unwrap();
    tx.save_role(tenant, &role, Expected::Absent).await.unwrap();
    tx.create_api_token(new).await.unwrap();
    assert_eq!(tx.n_holders(id).await.unwrap(), 1);
    tx.commit().await.unwrap();

    let mut tx = store.begin(Actor::System, at(100)).await.unwrap();
    assert_eq!(tx.n_holders(id).await.unwrap(), 0);
    tx.delete_role(tenant, id, Expected::Any).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.role(tenant, id).await.unwrap(), None);
}

async fn writers_wait_for_each_other_and_none_fails(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let writers: Vec<_> = (0..20)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let _ = store.tenant(tenant).await.unwrap();
                add_user(&store, tenant, &format!("{}", 200 + n), "Somebody").await;
                store.insert_call_records(&[some_record(tenant, n)]).await.unwrap();
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(users(&store, tenant).await.len(), 20);
    assert_eq!(records(&store, tenant, &RecordFilter::default()).await.len(), 20);
}

async fn open(dir: &Path) -> Store {
    let url = format!("sqlite://{}", dir.join("trunkline.db").display());
    Store::open(&Open { url, key_file: dir.join("secrets.key") }).await.unwrap()
}

fn paging(limit: u64) -> Paging {
    Paging { limit, after: None, descending: false }
}

fn newest_first() -> Paging {
    Paging { descending: true, ..paging(100) }
}

async fn users(store: &Store, tenant: TenantId) -> Vec<User> {
    let page = store.users(tenant, &UserFilter::default(), UserSort::Extension, &paging(100)).await.unwrap();
    page.items.into_iter().map(|user| user.value).collect()
}

async fn records(store: &Store, tenant: TenantId, filter: &RecordFilter) -> Vec<CallRecord> {
    store.call_records(tenant, filter, RecordSort::StartedAt, &paging(1_000)).await.unwrap().items
}

async fn save_queue(
    store: &Store,
    tenant: TenantId,
    queue: &queue::Settings,
    expected: Expected,
) -> Result<i64, WriteError> {
    let mut tx = store.begin(Actor::Token("ann".to_owned()), at(5)).await.unwrap();
    let version = tx.save_document(tenant, queue, expected).await?;
    tx.commit().await.unwrap();
    Ok(version)
}

fn some_number(number: &str, assignee: Option<Assignee>) -> Number {
    Number { assignee, ..Number::new(E164::parse(number).unwrap(), NumberKind::User) }
}

fn some_trunk() -> Trunk {
    Trunk {
        id: TrunkId(Uuid::now_v7()),
        name: "carrier".to_owned(),
        host: "127.0.0.1".to_owned(),
        port: Some(5090),
        transport: TrunkTransport::Udp,
        sources: vec!["127.0.0.1:5090".parse().unwrap()],
        credentials: None,
        country: None,
        srtp: SrtpMode::Off,
        codecs: vec!["PCMU".to_owned()],
        n_calls_max: None,
        no_answer_secs: 5,
        enabled: true,
        description: None,
        settings: Default::default(),
    }
}

fn some_queue(name: &str) -> queue::Settings {
    queue::Settings {
        agents: Vec::new(),
        routing: Routing::LongestIdle,
        agent_alert_secs: 20,
        timeout_secs: 60,
        ..queue::Settings::new(QueueId(Uuid::now_v7()), name, "en-US")
    }
}

fn some_record(tenant: TenantId, n: i64) -> CallRecord {
    let answered = n % 2 == 0;
    CallRecord {
        id: CallId(Uuid::from_u64_pair(tenant.0.as_u64_pair().1, n.unsigned_abs())),
        tenant,
        direction: Direction::Inbound,
        from: format!("+1415555{n:04}"),
        from_name: None,
        to: "+14255550100".to_owned(),
        started_at: at(100 + n),
        answered_at: answered.then(|| at(101 + n)),
        ended_at: at(110 + n),
        talk_seconds: if answered { 9 } else { 0 },
        result: if answered { CallResult::Answered } else { CallResult::Abandoned },
        status: None,
        reason: None,
        answered_by: None,
        answered_by_user: None,
        ended_by: EndedBy::Caller,
        legs: Vec::new(),
        path: Vec::new(),
        cause: None,
        decisions: Vec::new(),
        signature: None,
        attempts: Vec::new(),
        segments: Vec::new(),
    }
}

#[tokio::test]
async fn an_empty_database_of_postgres_opens_again() {
    an_empty_file_becomes_a_database_and_opens_again(Place::empty_postgres()).await;
}
