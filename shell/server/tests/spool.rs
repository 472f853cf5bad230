mod frame;
mod writer;

use std::path::Path;
use std::time::Duration;

use phone::people::tenant::Profile;
use store::Store;
use store::{Actor, Expected, Open, Paging, RecordFilter, RecordSort, TenantRow};

use crate::api::own_postgres::OwnPostgres;
use crate::spool::writer::some_record;
use server::spool::*;

const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn records_reach_the_database_and_leave_the_spool() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let spool_dir = dir.path().join("spool");
    let (spool, intake, status) = Spool::start(&spool_dir, store.clone()).unwrap();
    for n in 0..1_500 {
        intake.push(Box::new(some_record(n)));
    }
    spool.close(PATIENCE).await;
    let figures = status.figures();
    assert_eq!((figures.held, figures.waiting, figures.stored, figures.lost), (0, 0, 1_500, 0));
    assert_eq!(n_records(&store).await, 1_500);
    assert_eq!(std::fs::read_dir(&spool_dir).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_process_left_is_kept_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let spool_dir = dir.path().join("spool");
    std::fs::create_dir(&spool_dir).unwrap();
    let mut bytes = Vec::new();
    for n in 0..10 {
        server::spool::frame::write(&some_record(n), &mut bytes).unwrap();
    }
    // The process was killed while it wrote the last one; the first is in the database already.
    bytes.truncate(bytes.len() - 20);
    std::fs::write(spool_dir.join("records-000000000007.spool"), bytes).unwrap();
    store.insert_call_records(&[some_record(0)]).await.unwrap();

    let (spool, intake, status) = Spool::start(&spool_dir, store.clone()).unwrap();
    intake.push(Box::new(some_record(100)));
    spool.close(PATIENCE).await;
    assert_eq!(n_records(&store).await, 10);
    assert_eq!(status.figures().stored, 9, "one was there before");
    assert_eq!(std::fs::read_dir(&spool_dir).unwrap().count(), 0);
}

/// A database server that is away keeps nobody from calling, and what was called is known when it is back.
#[tokio::test(flavor = "multi_thread")]
async fn records_wait_in_the_spool_while_postgresql_is_away() {
    let dir = tempfile::tempdir().unwrap();
    let server = OwnPostgres::start(None);
    let store = open_at(server.url("127.0.0.1", ""), dir.path()).await;
    let spool_dir = dir.path().join("spool");
    let (spool, intake, status) = Spool::start(&spool_dir, store.clone()).unwrap();
    (0..10).for_each(|n| intake.push(Box::new(some_record(n))));
    until(|| status.figures().stored == 10).await;
    server.stop();
    (10..110).for_each(|n| intake.push(Box::new(some_record(n))));
    until(|| status.figures().waiting == 100 && status.figures().alarm.is_some()).await;
    let bytes: u64 = std::fs::read_dir(&spool_dir).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
    assert!(0 < bytes, "what waits is on the disk");
    server.start_again();
    until(|| status.figures().stored == 110).await;
    spool.close(PATIENCE).await;
    let figures = status.figures();
    assert_eq!((figures.held, figures.waiting, figures.lost, figures.alarm), (0, 0, 0, None));
    assert_eq!(n_records(&store).await, 110, "each once");
    assert_eq!(std::fs::read_dir(&spool_dir).unwrap().count(), 0);
}

/// Looks until it is so.
async fn until(is_so: impl Fn() -> bool) {
    let looking = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(3 * PATIENCE, looking).await.expect("it comes to be so");
}

async fn n_records(store: &Store) -> usize {
    let mut paging = Paging { limit: 1_000, after: None, descending: false };
    let mut n = 0;
    loop {
        let tenant = some_record(0).tenant;
        let page = store.call_records(tenant, &RecordFilter::default(), RecordSort::StartedAt, &paging).await.unwrap();
        n += page.items.len();
        match page.next {
            Some(next) => paging.after = Some(next),
            None => return n,
        }
    }
}

async fn open(dir: &Path) -> Store {
    open_at(format!("sqlite://{}", dir.join("trunkline.db").display()), dir).await
}

async fn open_at(url: String, dir: &Path) -> Store {
    let store = Store::open(&Open { url, key_file: dir.join("secrets.key") }).await.unwrap();
    let profile = Profile {
        id: some_record(0).tenant,
        slug: "demo".to_owned(),
        name: "Demo".to_owned(),
        sip_domain: "demo.test".to_owned(),
        time_zone: "UTC".to_owned(),
        country: "US".to_owned(),
        language: "en-US".to_owned(),
        state: Default::default(),
        supervision_notice: Default::default(),
        number_pause: None,
        number_mails: Default::default(),
        fallback_operator: None,
    };
    let row = TenantRow {
        profile,
        is_default: true,
        emergency_numbers: Vec::new(),
        license_enforcement: Default::default(),
        reseller: None,
    };
    let mut tx = store.begin(Actor::System, some_record(0).started_at).await.unwrap();
    tx.save_tenant(&row, Expected::Absent).await.unwrap();
    tx.commit().await.unwrap();
    store
}
