//! Figures that the database adds up are those that are counted one call after the other.
#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::{SignedDuration, Timestamp};
use phone::apps::attendant::{InputKind, Outcome};
use phone::apps::queue::{Activity, After, Does, News, Routing};
use phone::id::{AttendantId, CallId, FactId, QueueId, TenantId, UserId};
use phone::record::agent::AgentFact;
use phone::record::segment::{
    AttendantPass, Input, OfferResult, Onward, OnwardBy, OnwardTo, Pass, QueuePass, QueueResult, Segment,
};
use phone::record::{CallRecord, CallResult, Direction, EndedBy};
use phone::reports::tally::Tally;
use uuid::Uuid;

use crate::people::{add_tenant, at};
use crate::place::Place;

on_both_databases![
    what_the_database_adds_up_is_what_counting_gives,
    facts_are_kept_once_and_go_with_their_organization,
    what_agents_did_is_told_from_the_last_turn_before_the_time,
];

const N_CALLS: u64 = 300;
const SALES: QueueId = QueueId(Uuid::from_u128(1));
const SUPPORT: QueueId = QueueId(Uuid::from_u128(2));
const MENU: AttendantId = AttendantId(Uuid::from_u128(3));

async fn what_the_database_adds_up_is_what_counting_gives(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let other = add_tenant(&store, "other").await;
    let records: Vec<CallRecord> = (0..N_CALLS).map(|n| record(tenant, n)).collect();
    store.insert_facts(&records, &[]).await.unwrap();
    store.insert_facts(&records, &[]).await.unwrap();
    let foreign: Vec<CallRecord> = (N_CALLS..N_CALLS + 20).map(|n| record(other, n)).collect();
    store.insert_facts(&foreign, &[]).await.unwrap();

    let span = (at(0), at(1_000_000));
    let mut counted = Tally::default();
    for record in &records {
        counted.count_call(&record.segments, record.direction == Direction::Inbound, 10_000, record.ended_at);
    }
    assert_eq!(store.queue_slots(tenant, None, span, 10_000).await.unwrap(), counted.queues);
    assert_eq!(store.attendant_slots(tenant, None, span).await.unwrap(), counted.attendants);
    assert_eq!(store.offer_slots(tenant, (None, None), span).await.unwrap(), counted.agents);
    counted.queues.retain(|(_, queue), _| *queue == SALES);
    assert_eq!(store.queue_slots(tenant, Some(SALES), span, 10_000).await.unwrap(), counted.queues);
    assert!(1 < counted.queues.len(), "in several slots");
    let nothing = store.queue_slots(tenant, None, (at(-100), at(0)), 0).await.unwrap();
    assert!(nothing.is_empty());
}

async fn facts_are_kept_once_and_go_with_their_organization(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let gone = TenantId(Uuid::now_v7());
    let does = |tenant, n, secs, activity, after| AgentFact {
        id: FactId(Uuid::from_u128(n)),
        tenant,
        agent: UserId(Uuid::from_u128(9)),
        at: at(secs),
        news: News::Does { does: Does { activity, queue: None }, after },
    };
    let wrapped = Some(After { did: Does { activity: Activity::WrapUp, queue: Some(SALES) }, lasted_ms: 7_000 });
    let facts = [
        does(tenant, 1, 0, Activity::Available, None),
        does(tenant, 2, 30, Activity::Available, wrapped),
        does(gone, 3, 40, Activity::Away, None),
    ];
    let records = [record(tenant, 0), record(gone, 1)];
    for _ in 0..2 {
        store.insert_facts(&records, &facts).await.unwrap();
    }
    let slots = store.queue_slots(tenant, None, (at(0), at(1_000)), 0).await.unwrap();
    assert_eq!(slots.values().map(|figures| figures.wrap_up_ms).sum::<u64>(), 7_000);
    assert_eq!(store.agent_turns(tenant, None, (at(0), at(100))).await.unwrap().len(), 2);
    assert!(store.agent_turns(gone, None, (at(0), at(100))).await.unwrap().is_empty());
}

async fn what_agents_did_is_told_from_the_last_turn_before_the_time(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let queue = SALES;
    let (ann, bob) = (UserId(Uuid::from_u128(8)), UserId(Uuid::from_u128(9)));
    let fact = |n, agent, secs, news| AgentFact { id: FactId(Uuid::from_u128(n)), tenant, agent, at: at(secs), news };
    let does = |activity| News::Does { does: Does { activity, queue: None }, after: None };
    let facts = [
        fact(1, ann, 0, does(Activity::Offline)),
        fact(2, ann, 10, does(Activity::Available)),
        fact(3, ann, 10, does(Activity::Away)),
        fact(4, ann, 15, News::OptedOut { queue }),
        fact(5, ann, 30, does(Activity::Available)),
        fact(6, bob, 20, does(Activity::Available)),
        fact(7, ann, 60, does(Activity::Offline)),
    ];
    store.insert_facts(&[], &facts).await.unwrap();
    let turns = store.agent_turns(tenant, None, (at(20), at(60))).await.unwrap();
    let seen: Vec<_> = turns.iter().map(|turn| (turn.agent, turn.at, turn.activity)).collect();
    let turn = |agent, secs, activity| (agent, at(secs), activity);
    assert_eq!(
        seen,
        [
            turn(ann, 10, Activity::Available),
            turn(ann, 10, Activity::Away),
            turn(ann, 30, Activity::Available),
            turn(bob, 20, Activity::Available)
        ]
    );
    assert_eq!(store.agent_turns(tenant, Some(bob), (at(0), at(60))).await.unwrap().len(), 1);
}

/// Calls of all kinds, one every minute.
fn record(tenant: TenantId, n: u64) -> CallRecord {
    let begin = at(i64::try_from(n).unwrap() * 61);
    let after = |secs: u64| begin + SignedDuration::from_secs(i64::try_from(secs).unwrap());
    let mut menu = Segment::new(None, begin, Pass::Attendant(menu(n, after(2))));
    menu.ended_at = Some(after(3 + n % 5));
    if let Pass::Attendant(pass) = &menu.pass
        && pass.result == Some(Outcome::TransferredToCq)
    {
        let by = if n.is_multiple_of(2) { OnwardBy::Caller } else { OnwardBy::System };
        menu.onward = Some(Onward { to: OnwardTo::Queue, by });
    }
    let segments = if n.is_multiple_of(4) { vec![menu] } else { vec![menu, waiting(n, after(10))] };
    CallRecord {
        id: CallId(Uuid::from_u64_pair(u64::from(tenant.0.as_bytes()[15]), n)),
        tenant,
        direction: if n.is_multiple_of(3) { Direction::Internal } else { Direction::Inbound },
        from: "+14155550123".to_owned(),
        from_name: None,
        to: "+14255550100".to_owned(),
        started_at: begin,
        answered_at: None,
        ended_at: after(500),
        talk_seconds: 0,
        result: CallResult::Abandoned,
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
        segments,
    }
}

fn menu(n: u64, at: Timestamp) -> AttendantPass {
    const RESULTS: [Option<Outcome>; 4] =
        [Some(Outcome::UserTerminated), Some(Outcome::TransferredToCq), Some(Outcome::TerminatedNoOperator), None];
    let kinds = [InputKind::Key('1'), InputKind::Silence, InputKind::Invalid('9'), InputKind::Key('#')];
    let inputs = kinds.into_iter().take(usize::try_from(n % 5).unwrap()).map(|kind| Input { at, kind }).collect();
    let result = RESULTS[usize::try_from(n % 4).unwrap()];
    AttendantPass { id: MENU, name: "Menu".to_owned(), flow: "Open".to_owned(), result, inputs }
}

fn waiting(n: u64, begin: Timestamp) -> Segment {
    const RESULTS: [QueueResult; 9] = [
        QueueResult::Abandoned,
        QueueResult::Answered,
        QueueResult::Callback,
        QueueResult::Closed,
        QueueResult::Disconnected,
        QueueResult::Failed,
        QueueResult::NoAgents,
        QueueResult::Overflowed,
        QueueResult::TimedOut,
    ];
    let after = |secs: u64| begin + SignedDuration::from_secs(i64::try_from(secs).unwrap());
    let queue = if n.is_multiple_of(2) { SALES } else { SUPPORT };
    let target = [None, Some(20), Some(30)][usize::try_from(n % 3).unwrap()];
    let mut pass = QueuePass::new(queue, "A queue".to_owned(), target);
    pass.result = RESULTS[usize::try_from(n / 2 % 8).unwrap()];
    let (waited, agent) = (5 + n % 40, UserId(Uuid::from_u64_pair(7, n % 3)));
    let results = [OfferResult::NoAnswer, OfferResult::Declined, OfferResult::TakenElsewhere];
    for (number, result) in (0..n % 4).zip(results) {
        pass.offer(after(number), agent, Routing::Serial, 10);
        pass.end_offer(after(number + 1), agent, result);
    }
    if pass.result == QueueResult::Answered {
        pass.offer(after(waited - 1), agent, Routing::Serial, 10);
        pass.end_offer(after(waited), agent, OfferResult::Answered);
        pass.agent = Some(agent);
        pass.talked_until = Some(after(waited + n));
    }
    Segment { ended_at: Some(after(waited)), ..Segment::new(Some(0), begin, Pass::Queue(pass)) }
}
