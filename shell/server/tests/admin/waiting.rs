//! How far groups are with their licenses, as somebody sees it who looks again and again while others join.

use std::collections::BTreeSet;

use jiff::Timestamp;
use phone::id::{GroupId, TenantId, UserId};
use phone::people::license::PartNumber;
use phone::people::{Group, User};
use server::admin::waiting::Waiting;
use server::demo;
use server::passwords::{Cost, Passwords};
use store::{Actor, Expected, GroupProgress, Open, Store, UserChange};
use uuid::Uuid;

const N_AT_ONCE: usize = 40;

#[tokio::test]
async fn who_has_a_license_is_counted_forward_only_while_others_join() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", dir.path().join("trunkline.db").display());
    let store = Store::open(&Open { url, key_file: dir.path().join("secrets.key") }).await.unwrap();
    demo::seed(&store, demo::Secrets::default(), &Passwords::new(Cost::CHEAPEST), Timestamp::now()).await.unwrap();
    let tenant = store.tenant_by_slug("demo").await.unwrap().unwrap().value.profile.id;
    let (group, people) = group_that_gives(&store, tenant).await;
    let (waiting, mut done) = (Waiting::default(), 0);
    let mut look = async || {
        let progress = waiting.of(&store, tenant, &[group]).await.unwrap()[&group];
        let GroupProgress { n_members, n_waiting, n_failed, .. } = progress;
        let now_done = n_members - n_waiting - n_failed;
        assert!(done <= now_done, "{progress:?} after {done} were done");
        done = now_done;
        progress
    };
    for (n, some) in people.chunks(N_AT_ONCE).enumerate() {
        let mut tx = store.begin(Actor::System, Timestamp::now()).await.unwrap();
        let some: BTreeSet<UserId> = some.iter().copied().collect();
        tx.join_group(tenant, group, &some).await.unwrap();
        tx.queue_people(tenant, &some).await.unwrap();
        tx.commit().await.unwrap();
        let joined = look().await;
        let n_taken = (n * 30) as u64;
        assert_eq!((joined.n_members, joined.n_waiting), (((n + 1) * N_AT_ONCE) as u64, joined.n_members - n_taken));
        take(&store, tenant, 30).await;
        let worked = look().await;
        assert!(worked.n_waiting <= joined.n_waiting && joined.n_waiting - 30 <= worked.n_waiting, "{worked:?}");
    }
    take(&store, tenant, u64::MAX).await;
    let done = look().await;
    assert_eq!((done.n_members, done.n_waiting), (people.len() as u64, 0), "the end is told at once");

    let mut tx = store.begin(Actor::System, Timestamp::now()).await.unwrap();
    tx.queue_members(tenant, group).await.unwrap();
    tx.commit().await.unwrap();
    let again = waiting.of(&store, tenant, &[group]).await.unwrap()[&group];
    assert_eq!(again.n_waiting, people.len() as u64, "who tries again for all begins again");
}

async fn take(store: &Store, tenant: TenantId, limit: u64) {
    let mut tx = store.begin(Actor::System, Timestamp::now()).await.unwrap();
    tx.take_backlog(tenant, limit.min(i64::MAX as u64)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn group_that_gives(store: &Store, tenant: TenantId) -> (GroupId, Vec<UserId>) {
    let mut tx = store.begin(Actor::System, Timestamp::now()).await.unwrap();
    let like = tx.user_by_extension(tenant, "104").await.unwrap().unwrap().value;
    let person = |n: usize| User { id: UserId(Uuid::now_v7()), extension: format!("{}", 20_000 + n), ..like.clone() };
    let people: Vec<User> = (0..5 * N_AT_ONCE).map(person).collect();
    let new: Vec<UserChange> = people.iter().map(|it| UserChange { before: None, after: it.clone() }).collect();
    tx.save_users(tenant, &new).await.unwrap();
    let group = Group { id: GroupId(Uuid::now_v7()), name: "Everybody".to_owned(), description: None };
    tx.save_group(tenant, &group, Expected::Absent).await.unwrap();
    tx.save_group_plans(tenant, group.id, &[PartNumber("MCOEV".to_owned())].into()).await.unwrap();
    tx.commit().await.unwrap();
    (group.id, people.iter().map(|person| person.id).collect())
}
