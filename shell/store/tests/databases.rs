//! What must be the same on both databases though they differ, and what a server that comes and goes does to us.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use phone::people::User;
use sea_orm::{ConnectionTrait as _, Database, DbBackend, Statement};
use store::{Actor, EventFilter, Expected, Open, OpenError, Paging, Store, UserFilter, UserSort, WriteError};

use crate::people::{add_tenant, add_user, at, some_user};
use crate::place::Place;

on_both_databases![
    people_are_in_the_order_of_small_letters_and_their_pages_join,
    parts_of_names_are_found_in_any_case_and_taken_literally,
    events_get_their_ids_in_the_order_in_which_they_are_seen,
    two_processes_write_one_after_the_other,
    ids_of_many_events_at_once_are_told,
];

/// Languages sort these otherwise than bytes do.
const NAMES: [&str; 9] = ["Zoe", "adam", "Ärmel", "a-b", "ab", "A b", "_x", "élan", "100%"];

async fn people_are_in_the_order_of_small_letters_and_their_pages_join(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    for (n, name) in NAMES.iter().enumerate() {
        add_user(&store, tenant, &format!("{}", 100 + n), name).await;
    }
    let mut sorted = NAMES;
    sorted.sort_unstable_by_key(|name| name.to_lowercase());
    for descending in [false, true] {
        let mut seen = Vec::new();
        let mut paging = Paging { limit: 2, after: None, descending };
        loop {
            let page = store.users(tenant, &UserFilter::default(), UserSort::DisplayName, &paging).await.unwrap();
            seen.extend(page.items.into_iter().map(|user| user.value.display_name));
            match page.next {
                Some(next) => paging.after = Some(next),
                None => break,
            }
        }
        if descending {
            sorted.reverse();
        }
        assert_eq!(seen, sorted);
    }
}

async fn parts_of_names_are_found_in_any_case_and_taken_literally(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    for (n, name) in NAMES.iter().enumerate() {
        add_user(&store, tenant, &format!("{}", 100 + n), name).await;
    }
    for (part, wanted) in [
        ("AD", &["adam"][..]),
        ("zO", &["Zoe"]),
        ("%", &["100%"]),
        ("_", &["_x"]),
        ("\\", &[]),
        ("'", &[]),
        ("b", &["a-b", "ab", "A b"]),
        // No database of ours knows these.
        ("Ä", &["Ärmel"]),
        ("ä", &["Ärmel"]),
        ("ÉL", &["élan"]),
    ] {
        let filter = UserFilter { display_name: Some(part.to_owned()), ..UserFilter::default() };
        let paging = Paging { limit: 100, after: None, descending: false };
        let found = store.users(tenant, &filter, UserSort::Extension, &paging).await.unwrap().items;
        let found: Vec<_> = found.iter().map(|user| user.value.display_name.as_str()).collect();
        assert_eq!(found, wanted, "{part}");
    }
}

/// A reader that resumes after the last id that it saw must not miss what a slower writer commits later.
async fn events_get_their_ids_in_the_order_in_which_they_are_seen(place: Place) {
    const N_WRITERS: usize = 8;
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let others: Vec<Store> = [place.open().await, place.open().await].into();
    let start = store.last_event().await.unwrap();
    let writers: Vec<_> = (0..N_WRITERS)
        .map(|n| {
            let store = others.get(n % others.len()).unwrap().clone();
            tokio::spawn(async move {
                for m in 0..4 {
                    add_user(&store, tenant, &format!("{}", 1_000 + 10 * n + m), "Somebody").await;
                }
            })
        })
        .collect();
    let mut seen = Vec::new();
    let mut last = start;
    loop {
        let are_done = writers.iter().all(tokio::task::JoinHandle::is_finished);
        let events = store.events_after(tenant, last, 3).await.unwrap();
        if are_done && events.is_empty() {
            break;
        }
        for event in events {
            last = event.id;
            seen.push(event.object);
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(seen.len(), N_WRITERS * 4, "none is missed");
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), N_WRITERS * 4, "each once");
}

/// Both decide on what they read: without turns, both would read version 1 and the second would undo the first.
async fn two_processes_write_one_after_the_other(place: Place) {
    let (one, two) = (place.open().await, place.open().await);
    let tenant = add_tenant(&one, "demo").await;
    let user = add_user(&one, tenant, "101", "Alice Adams").await;
    let change = |store: Store, name: &'static str| async move {
        let mut tx = store.begin(Actor::System, at(1)).await.unwrap();
        let read = tx.user(tenant, user).await.unwrap().unwrap();
        let changed = User { display_name: name.to_owned(), ..read.value };
        tx.save_user(tenant, &changed, Expected::Version(1)).await.map(drop)?;
        tx.commit().await.unwrap();
        Ok::<(), WriteError>(())
    };
    let (first, second) = tokio::join!(change(one.clone(), "Anna"), change(two, "Berta"));
    let n_refused =
        [&first, &second].iter().filter(|done| matches!(done, Err(WriteError::Stale { current: 2 }))).count();
    assert_eq!(n_refused, 1, "{first:?} {second:?}");
    assert_eq!(one.user(tenant, user).await.unwrap().unwrap().version, 2);
}

async fn ids_of_many_events_at_once_are_told(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let mut tx = store.begin(Actor::System, at(1)).await.unwrap();
    for extension in ["101", "102", "103"] {
        let user = User { department: Some("Sales".to_owned()), ..some_user(extension, "Somebody") };
        tx.save_user(tenant, &user, Expected::Absent).await.unwrap();
    }
    // One statement for the events of all three.
    assert_eq!(tx.rename_department(tenant, "Sales", "Care").await.unwrap(), 3);
    let told = tx.commit().await.unwrap();
    assert_eq!(told, store.last_event().await.unwrap());
    let all = Paging { limit: 100, after: None, descending: true };
    assert_eq!(store.events(tenant, &EventFilter::default(), &all).await.unwrap().items.first().unwrap().id, told);
}

#[tokio::test]
async fn every_text_of_postgres_is_sorted_as_bytes() {
    let place = Place::empty_postgres();
    place.open().await.close().await.unwrap();
    let db = Database::connect(place.url()).await.unwrap();
    let query = "SELECT table_name || '.' || column_name AS name FROM information_schema.columns \
                 WHERE table_schema = 'public' AND data_type IN ('character varying', 'text') \
                 AND collation_name IS DISTINCT FROM 'C' AND table_name <> 'seaql_migrations'";
    let others = db.query_all_raw(Statement::from_string(DbBackend::Postgres, query)).await.unwrap();
    let others: Vec<String> = others.iter().map(|row| row.try_get("", "name").unwrap()).collect();
    assert_eq!(others, Vec::<String>::new());
    let query = "SELECT 'b' < 'B' AS is_other FROM pg_database WHERE datname = current_database()";
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, query)).await.unwrap().unwrap();
    assert!(row.try_get::<bool>("", "is_other").unwrap(), "the database of this test sorts as bytes by itself");
}

#[tokio::test]
async fn two_processes_may_start_at_once_on_an_empty_database() {
    let place = Place::empty_postgres();
    let (one, two) = tokio::join!(place.open(), place.open());
    assert!(one.is_empty().await.unwrap() && two.is_empty().await.unwrap());
}

#[tokio::test]
async fn a_server_that_was_restarted_is_found_again_and_half_a_change_is_none() {
    let place = Place::postgres();
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let mut tx = store.begin(Actor::System, at(1)).await.unwrap();
    tx.save_user(tenant, &some_user("101", "Alice Adams"), Expected::Absent).await.unwrap();
    place.database.as_ref().unwrap().disconnect_all();
    let lost = tx.commit().await.unwrap_err();
    assert!(lost.is_passing(), "{lost:?}");

    let paging = Paging { limit: 100, after: None, descending: false };
    let users = store.users(tenant, &UserFilter::default(), UserSort::Extension, &paging).await.unwrap();
    assert!(users.items.is_empty());
    add_user(&store, tenant, "101", "Alice Adams").await;
    store.ping().await.unwrap();
}

#[tokio::test]
async fn what_is_away_says_so_and_what_can_not_be_used_says_why() {
    let place = Place::postgres();
    let store = place.open().await;
    let database = place.database.as_ref().unwrap();
    database.allow_connections(false);
    database.disconnect_all();
    let away = store.ping().await.unwrap_err();
    assert!(away.is_passing(), "{away:?}");
    let away = store.begin(Actor::System, at(1)).await.err().unwrap();
    assert!(away.is_passing(), "{away:?}");
    database.allow_connections(true);
    store.ping().await.unwrap();

    let key_file = place.directory.path().join("other.key");
    let url = place.url().replace("user=trunkline", "user=nobody&password=hidden");
    let refused = Store::open(&Open { url, key_file: key_file.clone() }).await.err().unwrap();
    assert!(matches!(refused, OpenError::Database { .. }), "{refused:?}");
    assert!(!format!("{refused} {refused:?}").contains("hidden"));

    let db = Database::connect(place.url()).await.unwrap();
    // Roles are of the whole server, which other tests share: it may be there.
    let _ = db.execute_unprepared("CREATE ROLE reader LOGIN").await;
    db.execute_unprepared("REVOKE CREATE ON SCHEMA public FROM PUBLIC").await.unwrap();
    let url = place.url().replace("user=trunkline", "user=reader");
    let refused = Store::open(&Open { url, key_file }).await.err().unwrap();
    assert!(matches!(&refused, OpenError::Unfit { fix, .. } if fix.contains("GRANT")), "{refused:?}");
}
