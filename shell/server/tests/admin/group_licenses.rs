use std::path::Path;

use jiff::Timestamp;
use phone::id::{GroupId, TenantId, UserId};
use phone::people::license::{PartNumber, Refusal, Subscription};
use phone::people::{Group, User};
use phone::rule::Broken as _;
use store::{Actor, Expected, Open, Store, UserChange};
use uuid::Uuid;

use server::admin::group_licenses::*;
use server::admin::reconciler::Nudge;
use server::demo;
use server::passwords::{Cost, Passwords};

#[test]
fn who_waits_for_a_seat_is_found_by_the_code_of_the_refusal() {
    let refusal = Refusal::NoSeats { plan: PartNumber("MCOEV".to_owned()), bought: 0 };
    assert_eq!(refusal.code(), NO_SEATS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn licenses_of_a_group_are_told_to_the_last_after_a_crash_in_their_middle() {
    let dir = tempfile::tempdir().unwrap();
    let killed = open(dir.path()).await;
    demo::seed(&killed, demo::Secrets::default(), &Passwords::new(Cost::CHEAPEST), Timestamp::now()).await.unwrap();
    let tenant = killed.tenant_by_slug("demo").await.unwrap().unwrap().value.profile.id;
    let had = killed.seats(tenant).await.unwrap()[&plan()].assigned;
    let people = licensed_group(&killed, tenant).await;
    let working = tokio::spawn(work(killed.clone(), Nudge::default(), Nudge::default()));
    let copy = tempfile::tempdir().unwrap();
    while n_licensed(&killed, tenant, &people).await == 0 {
        tokio::task::yield_now().await;
    }
    // As the disk is when the process is killed; nothing is written while it is copied.
    let held = killed.begin(Actor::System, Timestamp::now()).await.unwrap();
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    working.abort();
    drop(held);

    let again = open(copy.path()).await;
    let half = n_licensed(&again, tenant, &people).await;
    assert!(0 < half && half < N_PEOPLE, "the crash was in the middle: {half}");
    let working = tokio::spawn(work(again.clone(), Nudge::default(), Nudge::default()));
    while !again.tenants_with_backlog().await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    working.abort();
    assert_eq!(n_licensed(&again, tenant, &people).await, N_PEOPLE);
    assert_eq!(again.seats(tenant).await.unwrap()[&plan()].assigned as usize, had as usize + N_PEOPLE);
}

const N_PEOPLE: usize = 3_000;

fn plan() -> PartNumber {
    PartNumber("MCOEV".to_owned())
}

async fn open(dir: &Path) -> Store {
    let url = format!("sqlite://{}", dir.join("trunkline.db").display());
    Store::open(&Open { url, key_file: dir.join("secrets.key") }).await.unwrap()
}

/// People of a group that gives a plan, none of whom has it yet.
async fn licensed_group(store: &Store, tenant: TenantId) -> Vec<UserId> {
    let mut tx = store.begin(Actor::System, Timestamp::now()).await.unwrap();
    let seats = tx.subscription(tenant, &plan()).await.unwrap().unwrap().seats;
    tx.save_subscription(tenant, &plan(), &Subscription::open(seats + N_PEOPLE as u32), Expected::Any).await.unwrap();
    let like = tx.user_by_extension(tenant, "104").await.unwrap().unwrap().value;
    let person = |n: usize| User { id: UserId(Uuid::now_v7()), extension: format!("{}", 20_000 + n), ..like.clone() };
    let people: Vec<User> = (0..N_PEOPLE).map(person).collect();
    let new: Vec<UserChange> = people.iter().map(|it| UserChange { before: None, after: it.clone() }).collect();
    tx.save_users(tenant, &new).await.unwrap();
    let group = Group { id: GroupId(Uuid::now_v7()), name: "Everybody".to_owned(), description: None };
    tx.save_group(tenant, &group, Expected::Absent).await.unwrap();
    let ids: Vec<UserId> = people.iter().map(|person| person.id).collect();
    tx.join_group(tenant, group.id, &ids.iter().copied().collect()).await.unwrap();
    tx.save_group_plans(tenant, group.id, &[plan()].into()).await.unwrap();
    tx.queue_members(tenant, group.id).await.unwrap();
    tx.commit().await.unwrap();
    ids
}

async fn n_licensed(store: &Store, tenant: TenantId, people: &[UserId]) -> usize {
    let held = store.licenses(tenant, people.iter().copied()).await.unwrap();
    held.values().filter(|plans| plans.contains(&plan())).count()
}
