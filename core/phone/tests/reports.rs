//! Figures of reports: by hand, and against a model that counts them in the plainest way.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use jiff::Timestamp;
use jiff::tz::TimeZone;
use phone::apps::attendant::{InputKind, Outcome};
use phone::apps::queue::{Activity, Routing};
use phone::id::{AttendantId, CallId, QueueId, ResourceAccountId, TenantId, UserId};
use phone::numbers::schedule::time_zone;
use phone::record::path::hops;
use phone::record::segment::{
    AttendantPass, Input, Offer, OfferResult, Onward, OnwardBy, OnwardTo, Pass, QueuePass, QueueResult, Segment,
};
use phone::record::{CallRecord, CallResult, Direction, EndedBy};
use phone::reports::agent::AgentFigures;
use phone::reports::attendant::AttendantFigures;
use phone::reports::interval::{Interval, parts};
use phone::reports::query::{Answer, Cell, Names, NotKnown, Passed, Query};
use phone::reports::queue::QueueFigures;
use proptest::prelude::*;
use uuid::Uuid;

const BOB: UserId = UserId(Uuid::from_u128(2));

fn at(secs: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + secs).unwrap()
}

fn caller(result: QueueResult, wait_secs: i64, target_secs: Option<u32>) -> Segment {
    let mut pass = QueuePass::new(QueueId(Uuid::from_u128(1)), "Sales".to_owned(), target_secs);
    pass.result = result;
    if result == QueueResult::Answered {
        pass.agent = Some(BOB);
        pass.talked_until = Some(at(wait_secs + 60));
    }
    Segment { ended_at: Some(at(wait_secs)), ..Segment::new(None, at(0), Pass::Queue(pass)) }
}

fn figures(callers: &[Segment], short_secs: u64) -> QueueFigures {
    let mut figures = QueueFigures::default();
    callers.iter().for_each(|caller| figures.count(caller, true, short_secs * 1_000, at(0)));
    figures
}

/// Specification 4.1: the target rises to 40 s before the last caller, and scores nobody again.
#[test]
fn the_four_service_levels_are_those_of_a_fixture_that_was_reckoned_by_hand() {
    let (low, high) = (Some(20), Some(40));
    let figures = figures(
        &[
            caller(QueueResult::Answered, 10, low),
            caller(QueueResult::Answered, 30, low),
            caller(QueueResult::Abandoned, 5, low),
            caller(QueueResult::Abandoned, 40, low),
            caller(QueueResult::TimedOut, 60, low),
            caller(QueueResult::Overflowed, 0, low),
            caller(QueueResult::Answered, 30, high),
        ],
        0,
    );
    let levels = figures.service_levels();
    assert_eq!((figures.offered.total(), figures.overflowed), (6, 1), "who overflows was not taken");
    assert_eq!((figures.sl_answered, figures.sl_abandoned, figures.sl_target), (2, 1, high));
    assert_eq!(levels.handled, Some(2.0 / 3.0));
    assert_eq!(levels.no_abandon, Some(2.0 / 5.0));
    assert_eq!(levels.positive_abandon, Some(3.0 / 6.0));
    assert_eq!(levels.negative_abandon, Some(2.0 / 6.0));
    assert_eq!(figures.mean_answer_secs(), Some(70.0 / 3.0));
    assert_eq!(figures.mean_handle_secs(), Some(60.0));
}

#[test]
fn without_a_target_or_a_caller_nothing_is_reckoned() {
    let figures = figures(&[caller(QueueResult::Answered, 10, None)], 0);
    let levels = figures.service_levels();
    assert_eq!((levels.handled, levels.no_abandon, levels.positive_abandon, levels.negative_abandon), NONE);
    assert_eq!((figures.abandon_rate(), QueueFigures::default().abandon_rate()), (Some(0.0), None));
}

const NONE: (Option<f64>, Option<f64>, Option<f64>, Option<f64>) = (None, None, None, None);

#[test]
fn who_hangs_up_at_once_is_in_no_abandon_rate() {
    let callers = [
        caller(QueueResult::Abandoned, 2, None),
        caller(QueueResult::Abandoned, 5, None),
        caller(QueueResult::Answered, 1, None),
    ];
    assert_eq!(figures(&callers, 0).abandon_rate(), Some(2.0 / 3.0));
    assert_eq!(figures(&callers, 5).abandon_rate(), Some(1.0 / 2.0), "five seconds are not less than five");
}

#[test]
fn a_way_through_an_attendant_is_counted_by_what_the_caller_did() {
    let input = |kind| Input { at: at(1), kind };
    let pass = |result, inputs: Vec<Input>| {
        let id = AttendantId(Uuid::from_u128(9));
        Pass::Attendant(AttendantPass { id, name: "Main".to_owned(), flow: "Open".to_owned(), result, inputs })
    };
    let segment = |result, inputs, onward: Option<(OnwardTo, OnwardBy)>| Segment {
        ended_at: Some(at(10)),
        onward: onward.map(|(to, by)| Onward { to, by }),
        ..Segment::new(None, at(0), pass(Some(result), inputs))
    };
    let mut figures = AttendantFigures::default();
    let chosen = vec![input(InputKind::Invalid('7')), input(InputKind::Key('1'))];
    let queue = Some((OnwardTo::Queue, OnwardBy::Caller));
    figures.count(&segment(Outcome::TransferredToCq, chosen, queue), true, true, at(0));
    figures.count(&segment(Outcome::UserTerminated, vec![input(InputKind::Silence)], None), false, true, at(0));
    let sent = Some((OnwardTo::Operator, OnwardBy::System));
    figures.count(&segment(Outcome::TransferredToOperator, Vec::new(), sent), true, false, at(0));
    figures.count(&segment(Outcome::TerminatedNoOperator, Vec::new(), None), true, true, at(0));
    assert_eq!((figures.calls.total(), figures.callers.total(), figures.callers.inside), (4, 3, 1));
    assert_eq!((figures.n_chosen('1'), figures.n_chosen('7'), figures.actions), (1, 0, 2));
    assert_eq!((figures.chosen.get(&OnwardTo::Queue), figures.sent.get(&OnwardTo::Operator)), (Some(&1), Some(&1)));
    assert_eq!((figures.abandoned, figures.disconnected), (1, 1));
    assert_eq!((figures.mean_secs(), figures.mean_actions()), (Some(10.0), Some(0.5)));
}

#[test]
fn an_agent_s_time_gives_the_occupancy() {
    let mut figures = AgentFigures::default();
    figures.count_offer(OfferResult::Answered, 90_000);
    figures.count_offer(OfferResult::NoAnswer, 0);
    figures.count_time(Activity::InQueueCall, 90_000);
    figures.count_time(Activity::WrapUp, 10_000);
    figures.count_time(Activity::Available, 100_000);
    figures.count_time(Activity::Away, 500_000);
    figures.count_time(Activity::OptedOut, 500_000);
    figures.count_time(Activity::Offline, 900_000);
    assert_eq!(figures.occupancy(), Some(0.5));
    assert_eq!((figures.mean_handle_secs(), figures.logged_in_ms()), (Some(100.0), 1_200_000));
    assert_eq!((figures.offered, figures.answered, figures.no_answer), (2, 1, 1));
}

#[test]
fn intervals_begin_as_the_clocks_on_the_wall_say() {
    let instant = |text: &str| -> Timestamp { text.parse().unwrap() };
    for (zone, interval, given, begin) in [
        ("UTC", Interval::Quarter, "2026-03-01T10:14:59Z", "2026-03-01T10:00:00Z"),
        ("Asia/Kolkata", Interval::Hour, "2026-03-01T10:14:59Z", "2026-03-01T09:30:00Z"),
        ("Asia/Kathmandu", Interval::Hour, "2026-03-01T10:14:59Z", "2026-03-01T09:15:00Z"),
        ("Asia/Kathmandu", Interval::HalfHour, "2026-03-01T10:14:59Z", "2026-03-01T09:45:00Z"),
        ("Europe/Berlin", Interval::Day, "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z"),
        ("Europe/Berlin", Interval::Day, "2026-03-29T22:00:00Z", "2026-03-29T22:00:00Z"),
    ] {
        assert_eq!(interval.begin(&time_zone(zone).unwrap(), instant(given)), instant(begin), "{zone} {interval:?}");
    }
    let berlin = time_zone("Europe/Berlin").unwrap();
    // A day of 23 hours.
    assert_eq!(Interval::Day.end(&berlin, instant("2026-03-28T23:00:00Z")), instant("2026-03-29T22:00:00Z"));
    let of_zone = |zone: &str| Interval::of_zone(&time_zone(zone).unwrap(), at(0));
    assert_eq!(of_zone("America/New_York"), Interval::Hour);
    assert_eq!(of_zone("Asia/Kolkata"), Interval::HalfHour);
    assert_eq!(of_zone("Asia/Kathmandu"), Interval::Quarter);
}

#[test]
fn a_time_is_shared_out_to_the_intervals_that_it_touches() {
    let instant = |text: &str| -> Timestamp { text.parse().unwrap() };
    let mut seen = Vec::new();
    let span = (instant("2026-03-01T10:50:00Z"), instant("2026-03-01T12:00:30Z"));
    parts(Interval::Hour, &TimeZone::UTC, span, |begin, ms| seen.push((begin.to_string(), ms / 1_000)));
    let seen: Vec<(&str, u64)> = seen.iter().map(|(begin, secs)| (begin.as_str(), *secs)).collect();
    assert_eq!(seen, [("2026-03-01T10:00:00Z", 600), ("2026-03-01T11:00:00Z", 3_600), ("2026-03-01T12:00:00Z", 30)]);
}

#[test]
fn the_way_of_a_call_is_told_with_its_reasons() {
    let menu = AttendantPass {
        id: AttendantId(Uuid::from_u128(9)),
        name: "Main menu".to_owned(),
        flow: "Open".to_owned(),
        result: Some(Outcome::TransferredToCq),
        inputs: vec![Input { at: at(3), kind: InputKind::Key('1') }],
    };
    let attendant = Segment {
        ended_at: Some(at(3)),
        onward: Some(Onward { to: OnwardTo::Queue, by: OnwardBy::Caller }),
        ..Segment::new(None, at(0), Pass::Attendant(menu))
    };
    let mut queue = caller(QueueResult::Answered, 25, Some(20));
    queue.started_at = at(3);
    let offer = |agent, (from, to), result| Offer {
        agent,
        method: Routing::Serial,
        started_at: at(from),
        ended_at: Some(at(to)),
        result,
    };
    if let Some(pass) = queue.queue_pass_mut() {
        pass.offers.push(offer(UserId(Uuid::from_u128(3)), (3, 23), OfferResult::NoAnswer));
        pass.offers.push(offer(BOB, (23, 25), OfferResult::Answered));
        pass.n_offers = 2;
    }
    let hops = hops(&record(vec![attendant, queue]), &|user| (user == BOB).then(|| "Bob Brown".to_owned()));
    let told: Vec<String> =
        hops.iter().map(|hop| format!("{} | {} | {}", hop.place, hop.events.join("; "), hop.reason)).collect();
    assert_eq!(
        told,
        [
            "Call from +14155550123 |  | +14255550100 was called",
            "Attendant Main menu | the flow Open applied; after 3 s the caller chose 1 | the caller's choice led to a queue",
            "Queue Sales | after 0 s the phones of an agent who is not here any more rang for 20 s without an answer; \
             after 20 s the phones of Bob Brown rang for 2 s and were answered | Bob Brown answered after 22 s",
            "End | 102 talked with the caller for 60 s | the caller ended the call",
        ]
    );
}

#[test]
fn what_a_call_did_is_the_same_after_being_kept() {
    let mut open = caller(QueueResult::Waiting, 1, Some(20));
    open.ended_at = None;
    let mailbox = phone::record::segment::MailboxPass {
        id: None,
        name: "Bob".to_owned(),
        result: "delivered".to_owned(),
        seconds: 12,
    };
    let record = record(vec![open, Segment::new(Some(0), at(2), Pass::Mailbox(mailbox))]);
    let text = serde_json::to_string(&record).unwrap();
    assert_eq!(serde_json::from_str::<CallRecord>(&text).unwrap(), record, "{text}");
    let plain = serde_json::to_string(&self::record(Vec::new())).unwrap();
    assert!(!plain.contains("segments"), "calls that pass no app say nothing of apps");
}

fn record(segments: Vec<Segment>) -> CallRecord {
    CallRecord {
        id: CallId(Uuid::from_u128(5)),
        tenant: TenantId(Uuid::from_u128(6)),
        direction: Direction::Inbound,
        from: "+14155550123".to_owned(),
        from_name: None,
        to: "+14255550100".to_owned(),
        started_at: at(0),
        answered_at: Some(at(25)),
        ended_at: at(85),
        talk_seconds: 60,
        result: CallResult::Answered,
        status: None,
        reason: None,
        answered_by: Some("102".to_owned()),
        answered_by_user: Some(BOB),
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

fn some_result() -> impl Strategy<Value = QueueResult> {
    prop_oneof![
        Just(QueueResult::Abandoned),
        Just(QueueResult::Answered),
        Just(QueueResult::Callback),
        Just(QueueResult::Closed),
        Just(QueueResult::Disconnected),
        Just(QueueResult::Failed),
        Just(QueueResult::NoAgents),
        Just(QueueResult::Overflowed),
        Just(QueueResult::TimedOut),
        Just(QueueResult::Waiting),
    ]
}

proptest! {
    /// Figures are what counting one caller after the other by the words of the specification gives, and those of two
    /// halves are those of the whole.
    #[test]
    fn figures_are_what_plain_counting_gives(
        callers in prop::collection::vec((some_result(), 0i64..100, prop::option::of(0u32..60)), 0..60),
        cut in 0usize..60,
        short in 0u64..20,
    ) {
        use QueueResult::{Abandoned, Answered, Closed, Overflowed};
        let segments: Vec<_> = callers.iter().map(|(result, wait, target)| caller(*result, *wait, *target)).collect();
        let figures = figures(&segments, short);
        let count = |is: &dyn Fn(&(QueueResult, i64, Option<u32>)) -> bool| {
            u64::try_from(callers.iter().filter(|it| is(it)).count()).unwrap()
        };
        let in_time = |wait: i64, target: Option<u32>| target.is_some_and(|target| wait <= i64::from(target));
        prop_assert_eq!(figures.offered.total(), count(&|it| it.0 != Overflowed && it.0 != Closed));
        prop_assert_eq!(figures.closed, count(&|it| it.0 == Closed));
        prop_assert_eq!(figures.overflowed, count(&|it| it.0 == Overflowed));
        prop_assert_eq!(figures.sl_answered, count(&|it| it.0 == Answered && in_time(it.1, it.2)));
        prop_assert_eq!(figures.sl_abandoned, count(&|it| it.0 == Abandoned && in_time(it.1, it.2)));
        prop_assert_eq!(figures.scored, count(&|it| it.0 != Overflowed && it.0 != Closed && it.2.is_some()));
        prop_assert_eq!(figures.short_abandoned, count(&|it| it.0 == Abandoned && it.1 < i64::try_from(short).unwrap()));
        let (n_answered, n_all) = (count(&|it| it.0 == Answered), figures.offered.total());
        let parts = figures.answered + figures.abandoned + figures.timed_out + figures.no_agents + figures.asked_back
            + figures.failed + count(&|it| it.0 == QueueResult::Waiting);
        prop_assert_eq!(parts, n_all, "each caller came to something, or still waits");
        prop_assert_eq!(figures.talk_ms, 60_000 * n_answered);
        let levels = figures.service_levels();
        for level in [levels.handled, levels.no_abandon, levels.positive_abandon, levels.negative_abandon] {
            prop_assert!(level.is_none_or(|level| (0.0..=1.0).contains(&level)));
        }
        let cut = cut.min(segments.len());
        let mut halves = self::figures(&segments[..cut], short);
        halves.add(&self::figures(&segments[cut..], short));
        prop_assert_eq!(halves, figures);
    }
}

struct Nobody;

impl Names for Nobody {
    fn person(&self, id: UserId) -> Option<String> {
        (id == BOB).then(|| "bob@demo.test".to_owned())
    }

    fn account(&self, _: ResourceAccountId) -> Option<String> {
        None
    }
}

fn asked(query: serde_json::Value, records: &[CallRecord]) -> Vec<Vec<Cell>> {
    let query = Query::read(&serde_json::from_value(query).unwrap()).unwrap();
    let mut answer = Answer::default();
    for record in records {
        for index in 0..record.segments.len().max(1) {
            answer.take(&query, &Passed { record, index }, &Nobody);
        }
    }
    assert!(!answer.is_cut());
    answer.rows(&query)
}

#[test]
fn the_data_dictionary_is_asked_by_its_names_and_operands() {
    let mut second = record(vec![caller(QueueResult::TimedOut, 60, None)]);
    second.id = CallId(Uuid::from_u128(7));
    second.direction = Direction::Internal;
    let records = [record(vec![caller(QueueResult::Answered, 20, None)]), second];
    let text = |text: &str| Cell::Text(text.to_owned());
    let by_result = serde_json::json!({
        "Filters": [{ "DataModelName": "HasCQ", "Value": "true", "Operand": 0 }],
        "Dimensions": ["CallQueueCallResult", { "DataModelName": "SecondUPN" }],
        "Measurements": ["TotalCallCount", "AvgCallQueueDurationSeconds"],
        "Parameters": { "UserAgent": "Power BI Desktop" },
    });
    assert_eq!(
        asked(by_result, &records),
        [
            vec![text("timed_out"), text("bob@demo.test"), Cell::Number(1.0), Cell::Number(60.0)],
            vec![text("transferred_to_agent"), text("bob@demo.test"), Cell::Number(1.0), Cell::Number(20.0)],
        ]
    );
    for (dimension, value, operand, n) in [
        ("CallQueueDurationSeconds", "20", 0, 1.0),
        ("CallQueueDurationSeconds", "20", 1, 1.0),
        ("FirstUPN", "1415", 2, 2.0),
        ("FirstUPN", "+1415", 3, 2.0),
        ("CallQueueDurationSeconds", "9", 4, 2.0),
        ("CallQueueDurationSeconds", "60", 5, 1.0),
        ("CallQueueDurationSeconds", "60", 6, 1.0),
        ("Date", "2025-06-15", 7, 2.0),
        ("PSTNCallType", "EXT", 8, 1.0),
        ("PSTNCallType", "in", 9, 1.0),
    ] {
        let query = serde_json::json!({
            "Filters": [{ "DataModelName": dimension, "Value": value, "Operand": operand }],
            "Measurements": ["TotalCallCount"],
        });
        let seen = asked(query, &records);
        assert_eq!(seen, [vec![Cell::Number(n)]], "{dimension} {operand} {value}");
    }
    let unknown = serde_json::from_value(serde_json::json!({ "Dimensions": ["Colour"] })).unwrap();
    assert_eq!(Query::read(&unknown), Err(NotKnown::Dimension("Colour".to_owned())));
    let unknown = serde_json::json!({ "Filters": [{ "DataModelName": "Date", "Value": "x", "Operand": 10 }] });
    assert_eq!(Query::read(&serde_json::from_value(unknown).unwrap()), Err(NotKnown::Operand(10)));
}
