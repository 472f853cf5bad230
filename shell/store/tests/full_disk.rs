//! A disk that is full for a while, and then is not.
#![allow(clippy::unwrap_used, reason = "tests")]

use sea_orm::ConnectionTrait as _;
use store::internals::writer;
use store::{Actor, Expected};

use crate::people::{add_tenant, add_user, at, some_user};
use crate::place::Place;

/// A full disk ends a change, and the next one fails before the disk has room: then the library is of another opinion
/// than SQLite about what is open.
#[tokio::test]
async fn what_is_changed_after_a_full_disk_is_seen_by_others() {
    let place = Place::sqlite();
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    for how in ["ROLLBACK", "ABORT"] {
        let full = format!("CREATE TRIGGER full BEFORE INSERT ON users BEGIN SELECT RAISE({how}, 'full'); END");
        writer(&store).execute_unprepared(&full).await.unwrap();
        let mut tx = store.begin(Actor::System, at(0)).await.unwrap();
        tx.save_user(tenant, &some_user("100", "Ann"), Expected::Absent).await.unwrap_err();
        drop(tx);
        writer(&store).execute_unprepared("DROP TRIGGER full").await.unwrap();
    }
    let user = add_user(&store, tenant, "100", "Ann").await;
    assert!(store.user(tenant, user).await.unwrap().is_some(), "the change is seen by who reads");
}
