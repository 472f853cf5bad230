//! A day of a large organization in a report: how long the database takes to add it up.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use phone::apps::attendant::{InputKind, Outcome};
use phone::apps::queue::Routing;
use phone::id::{AttendantId, CallId, QueueId, TenantId, UserId};
use phone::record::segment::{AttendantPass, Input, OfferResult, Pass, QueuePass, QueueResult, Segment};
use phone::record::{CallRecord, CallResult, Direction, EndedBy};
use store::{Actor, Expected, Open, Store};
use uuid::Uuid;

use crate::licensing::tenant;

const N_QUEUES: u64 = 40;
const N_AGENTS: u64 = 400;
const AT_ONCE: u64 = 2_000;
/// A person who asks waits so long without wondering.
const SECS_MAX: f64 = 5.0;

/// Reports a day with so many segments: half of them of an attendant, half of queues.
pub fn print(n_segments: usize) -> bool {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads");
    runtime.block_on(report(u64::try_from(n_segments / 2).unwrap_or(0)))
}

async fn report(n_calls: u64) -> bool {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let url = format!("sqlite://{}", directory.path().join("trunkline.db").display());
    let store = Store::open(&Open { url, key_file: directory.path().join("key") }).await.expect("a database");
    let row = tenant("big");
    let id = row.profile.id;
    let mut tx = store.begin(Actor::System, Timestamp::now()).await.expect("a change");
    tx.save_tenant(&row, Expected::Absent).await.expect("an organization");
    tx.commit().await.expect("an organization");
    let begin: Timestamp = "2026-03-02T05:00:00Z".parse().expect("a time");
    let begun = Instant::now();
    for first in (0..n_calls).step_by(usize::try_from(AT_ONCE).unwrap_or(1)) {
        let records: Vec<_> = (first..(first + AT_ONCE).min(n_calls)).map(|n| record(id, begin, n, n_calls)).collect();
        store.insert_facts(&records, &[]).await.expect("room for facts");
    }
    println!("{n_calls} calls were written in {:.1} s", begun.elapsed().as_secs_f64());
    let span = (begin, begin + SignedDuration::from_hours(24));
    let mut passed = true;
    let mut shown = |what: &str, n_rows: usize, begun: Instant| {
        let secs = begun.elapsed().as_secs_f64();
        passed &= secs < SECS_MAX;
        println!("{what}: {secs:.2} s for {n_rows} slots  {}", if secs < SECS_MAX { "ok" } else { "not passed" });
    };
    let begun = Instant::now();
    let slots = store.queue_slots(id, None, span, 0).await.expect("figures");
    shown("all queues of a day", slots.len(), begun);
    let begun = Instant::now();
    let slots = store.queue_slots(id, Some(queue(1)), span, 0).await.expect("figures");
    shown("one queue of a day", slots.len(), begun);
    let begun = Instant::now();
    let slots = store.attendant_slots(id, None, span).await.expect("figures");
    shown("the attendant of a day", slots.len(), begun);
    let begun = Instant::now();
    let slots = store.offer_slots(id, (None, None), span).await.expect("figures");
    shown("all agents of a day", slots.len(), begun);
    store.close().await.expect("the database closes");
    passed
}

fn queue(n: u64) -> QueueId {
    QueueId(Uuid::from_u64_pair(1, n))
}

fn record(tenant: TenantId, begin: Timestamp, n: u64, n_calls: u64) -> CallRecord {
    let day_ms = 86_400_000 / i64::try_from(n_calls).unwrap_or(1).max(1);
    let began = begin + SignedDuration::from_millis(i64::try_from(n).unwrap_or(0) * day_ms);
    let after = |secs: i64| began + SignedDuration::from_secs(secs);
    let menu = AttendantPass {
        id: AttendantId(Uuid::from_u64_pair(2, 1)),
        name: "Main menu".to_owned(),
        flow: "Open".to_owned(),
        result: Some(Outcome::TransferredToCq),
        inputs: vec![Input { at: after(3), kind: InputKind::Key('1') }],
    };
    let mut menu = Segment::new(None, began, Pass::Attendant(menu));
    menu.ended_at = Some(after(3));
    let (agent, is_answered) = (UserId(Uuid::from_u64_pair(3, n % N_AGENTS)), !n.is_multiple_of(9));
    let mut pass = QueuePass::new(queue(n % N_QUEUES), "Sales".to_owned(), Some(20));
    pass.offer(after(3), agent, Routing::LongestIdle, 1);
    pass.end_offer(after(13), agent, if is_answered { OfferResult::Answered } else { OfferResult::Cancelled });
    pass.result = if is_answered { QueueResult::Answered } else { QueueResult::Abandoned };
    pass.agent = is_answered.then_some(agent);
    pass.talked_until = is_answered.then(|| after(100));
    let mut waiting = Segment::new(Some(0), after(3), Pass::Queue(pass));
    waiting.ended_at = Some(after(13));
    CallRecord {
        id: CallId(Uuid::from_u64_pair(4, n)),
        tenant,
        direction: Direction::Inbound,
        from: "+14155550123".to_owned(),
        from_name: None,
        to: "+14255550100".to_owned(),
        started_at: began,
        answered_at: is_answered.then(|| after(13)),
        ended_at: after(100),
        talk_seconds: 87,
        result: CallResult::Answered,
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
        segments: vec![menu, waiting],
    }
}
