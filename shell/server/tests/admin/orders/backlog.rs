use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use phone::id::{OrderId, TenantId};
use phone::order::{Order, OrderKind, OrderState};
use serde_json::json;
use store::{Actor, OrderLine, Store};
use store::{NumberFilter, Open, Paging};
use uuid::Uuid;

use server::admin::orders::answer;
use server::admin::orders::backlog::*;
use server::admin::reconciler::Nudge;
use server::demo;
use server::passwords::{Cost, Passwords};

#[tokio::test]
async fn an_order_goes_on_after_a_crash_and_no_line_is_done_twice() {
    let dir = tempfile::tempdir().unwrap();
    let killed = backlog(dir.path()).await;
    demo::seed(&killed.store, demo::Secrets::default(), &Passwords::new(Cost::CHEAPEST), Timestamp::now())
        .await
        .unwrap();
    let (tenant, order) = some_order(&killed.store, 1_200).await;
    killed.round(&mut BTreeMap::new()).await.unwrap();
    let half = killed.store.order(tenant, order).await.unwrap().unwrap();
    assert_eq!((half.state, half.n_done), (OrderState::Running, 500));
    // A part that did not come to its end.
    let mut tx = killed.store.begin(Actor::System, Timestamp::now()).await.unwrap();
    let mut lines = tx.waiting_lines(order, 3).await.unwrap();
    answer(&mut tx, tenant, &half, &mut lines, Timestamp::now()).await.unwrap();
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }

    let again = backlog(copy.path()).await;
    while again.round(&mut BTreeMap::new()).await.unwrap() > 0 {}
    let whole = again.store.order(tenant, order).await.unwrap().unwrap();
    assert_eq!((whole.state, whole.n_done, whole.n_failed), (OrderState::Succeeded, 1_200, 0));
    assert_eq!(n_numbers(&again.store, tenant).await, 1_200);
    drop(tx);
}

#[tokio::test]
async fn an_order_that_can_not_be_carried_out_ends_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let backlog = backlog(dir.path()).await;
    demo::seed(&backlog.store, demo::Secrets::default(), &Passwords::new(Cost::CHEAPEST), Timestamp::now())
        .await
        .unwrap();
    let (tenant, order) = some_order(&backlog.store, 700).await;
    let mut tries = BTreeMap::from([(order, TRIES_MAX)]);
    backlog.round(&mut tries).await.unwrap();
    assert_eq!(tries, BTreeMap::new());
    while backlog.round(&mut tries).await.unwrap() > 0 {}
    let ended = backlog.store.order(tenant, order).await.unwrap().unwrap();
    assert_eq!((ended.state, ended.n_done, ended.n_failed), (OrderState::PartlyFailed, 200, 500));
}

async fn backlog(dir: &Path) -> Backlog {
    let url = format!("sqlite://{}", dir.join("trunkline.db").display());
    let store = Store::open(&Open { url, key_file: dir.join("secrets.key") }).await.unwrap();
    Backlog { store, changed: Nudge::default() }
}

async fn some_order(store: &Store, n_lines: u32) -> (TenantId, OrderId) {
    let tenant = store.tenant_by_slug("demo").await.unwrap().unwrap().value.profile.id;
    let id = OrderId(Uuid::now_v7());
    let order = Order::new(id, OrderKind::NumberImport, "token:ann".to_owned(), Timestamp::now(), n_lines);
    let wish = |n: u32| json!({ "number": format!("+1206777{n:04}"), "kind": "user" });
    let lines: Vec<_> = (0..n_lines).map(|n| OrderLine { line: n + 2, wish: Some(wish(n)), outcome: None }).collect();
    let mut tx = store.begin(Actor::System, Timestamp::now()).await.unwrap();
    tx.create_order(tenant, &order, None, &lines).await.unwrap();
    tx.commit().await.unwrap();
    (tenant, id)
}

async fn n_numbers(store: &Store, tenant: TenantId) -> usize {
    let filter = NumberFilter { digits: Some("1206777".to_owned()), ..NumberFilter::default() };
    let paging = Paging { limit: 10_000, after: None, descending: false };
    store.numbers(tenant, &filter, &paging).await.unwrap().items.len()
}
