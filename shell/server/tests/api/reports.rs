//! Figures over time and live, and the way of one call.

use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use phone::apps::attendant::{InputKind, Outcome};
use phone::apps::queue::{Activity, AgentStatus, AgentView, Does, News, Routing};
use phone::id::{AttendantId, CallId, FactId, QueueId, UserId};
use phone::record::agent::AgentFact;
use phone::record::segment::{
    AttendantPass, Input, OfferResult, Onward, OnwardBy, OnwardTo, Pass, QueuePass, QueueResult, Segment,
};
use phone::record::{CallRecord, CallResult, Direction, EndedBy};
use reqwest::Method;
use serde_json::{Value, json};
use server::spool::frame::Entry;
use switch::input::Command;
use switch::output::{Answer, Change};
use switch::view;
use uuid::Uuid;

use super::browser::Browser;
use super::world::{TOKEN, World, quiet, send, world, world_with};

#[tokio::test]
async fn queues_attendants_and_agents_are_reported_by_intervals() {
    let world = world().await;
    let people = People::of(&world).await;
    // Eleven o'clock in New York.
    let eleven: Timestamp = "2026-03-02T16:00:00Z".parse().unwrap();
    let after = |secs: i64| eleven + SignedDuration::from_secs(secs);
    let records = [
        call(&world, after(60), &people, QueueResult::Answered, 10),
        call(&world, after(120), &people, QueueResult::Answered, 30),
        call(&world, after(180), &people, QueueResult::Abandoned, 3),
        call(&world, after(3_700), &people, QueueResult::TimedOut, 60),
    ];
    let does = |n: u128, secs, activity| AgentFact {
        id: FactId(Uuid::from_u128(n)),
        tenant: world.tenant,
        agent: people.bob,
        at: after(secs),
        news: News::Does { does: Does { activity, queue: None }, after: None },
    };
    let facts = [does(1, -600, Activity::Available), does(2, 900, Activity::Away), does(3, 1_800, Activity::Offline)];
    world.store.insert_facts(&records, &facts).await.unwrap();

    let span = "since=2026-03-02T05:00:00Z&until=2026-03-03T05:00:00Z";
    let day = world.read(&format!("/tenants/demo/reports/queues?{span}")).await;
    let [row] = day["items"].as_array().unwrap().as_slice() else { panic!("{day:#}") };
    assert_eq!((&row["start"], &row["queue_name"]), (&json!("2026-03-02T05:00:00Z"), &json!("Sales")));
    assert_eq!((&row["tot_offered_calls"], &row["tot_answered_calls"]), (&json!(4), &json!(2)));
    assert_eq!((&row["avg_speed_answer"], &row["avg_talk_time"]), (&json!(20.0), &json!(60.0)));
    assert_eq!((&row["abandon_rate"], &row["sl_target"]), (&json!(0.25), &json!(20)));
    assert_eq!((&row["sl_met_handled"], &row["sl_met_no_abandon"]), (&json!(0.5), &json!(0.333)));
    assert_eq!((&row["sl_met_positive_abandon"], &row["sl_met_negative_abandon"]), (&json!(0.5), &json!(0.25)));
    let short = world.read(&format!("/tenants/demo/reports/queues?{span}&short_abandon_seconds=5")).await;
    assert_eq!(short["items"][0]["abandon_rate"], json!(0.0));

    let mut starts = Vec::new();
    let mut path = format!("/tenants/demo/reports/queues?{span}&interval=60&limit=1");
    loop {
        let page = world.read(&path).await;
        starts.extend(page["items"].as_array().unwrap().iter().map(|row| row["start"].clone()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/tenants/demo/reports/queues?{span}&interval=60&limit=1&cursor={cursor}");
    }
    assert_eq!(starts, ["2026-03-02T16:00:00Z", "2026-03-02T17:00:00Z"]);

    let menus = world.read(&format!("/tenants/demo/reports/attendants?{span}")).await;
    let menu = &menus["items"][0];
    assert_eq!(
        (&menu["tot_calls"], &menu["tot_callers_ext"], &menu["tot_app_calls"]),
        (&json!(4), &json!(4), &json!(4))
    );
    assert_eq!((&menu["inputs"], &menu["avg_caller_actions"]), (&json!({ "1": 4 }), &json!(1.0)));

    let agents = world.read(&format!("/tenants/demo/reports/agents?{span}&agent=102")).await;
    let bob = &agents["items"][0];
    assert_eq!(
        (&bob["extension"], &bob["tot_calls_offered"], &bob["tot_calls_answered"]),
        (&json!("102"), &json!(4), &json!(2))
    );
    assert_eq!((&bob["available_seconds"], &bob["paused_seconds"]), (&json!(1_500), &json!(900)));
    assert_eq!((&bob["talk_seconds"], &bob["logged_in_seconds"]), (&json!(120), &json!(2_400)));

    let file = world.get(&format!("/tenants/demo/reports/queues/export?{span}&interval=15")).await;
    assert_eq!((file.status, file.content_type.as_str()), (StatusCode::OK, "text/csv; charset=utf-8"));
    let lines: Vec<&str> = file.text.lines().collect();
    assert!(lines[0].starts_with("start,queue,queue_name,abandon_rate,"), "{}", lines[0]);
    assert_eq!(lines.len(), 3, "{}", file.text);
}

#[tokio::test]
async fn what_no_report_can_be_made_of_is_refused_with_its_code() {
    let world = world().await;
    for (query, code) in [
        ("interval=7", "unknown_interval"),
        ("time_zone=Mars/Olympus", "unknown_time_zone"),
        ("since=2026-03-03T05:00:00Z&until=2026-03-02T05:00:00Z", "empty_time"),
        ("short_abandon_seconds=9999", "short_abandon_out_of_range"),
        ("limit=0", "limit_out_of_range"),
        ("colour=red", "malformed_query"),
    ] {
        let reply = world.get(&format!("/tenants/demo/reports/queues?{query}")).await;
        assert_eq!((reply.status, &reply.body["code"]), (StatusCode::BAD_REQUEST, &json!(code)), "{query}");
    }
    assert_eq!(world.get("/tenants/demo/reports/live?interval=1440").await.body["code"], "unknown_interval");
}

#[tokio::test]
async fn who_has_one_queue_sees_that_one_and_an_agent_sees_himself() {
    let world = world().await;
    let people = People::of(&world).await;
    let at: Timestamp = "2026-03-02T16:00:00Z".parse().unwrap();
    world.store.insert_facts(&[call(&world, at, &people, QueueResult::Answered, 10)], &[]).await.unwrap();
    let span = "since=2026-03-02T05:00:00Z&until=2026-03-03T05:00:00Z";
    let rows = |body: &Value| body["items"].as_array().map(Vec::len);
    let support = world.id_of("call-queues", "Support").await;
    for (queue, n_rows) in [(people.sales.0.to_string(), 1), (support, 0)] {
        let roles = json!([{ "role": "operator", "scope": { "type": "call_queue", "id": queue } }]);
        let key = world.post_json("/tenants/demo/api-keys", &json!({ "name": "holder", "roles": roles })).await;
        let token = key.body["token"].as_str().unwrap().to_owned();
        let ask = async |what: &str| {
            let path = format!("/tenants/demo/reports/{what}?{span}");
            send(world.request(Method::GET, &path).bearer_auth(&token)).await
        };
        assert_eq!(rows(&ask("queues").await.body), Some(n_rows));
        assert_eq!((rows(&ask("attendants").await.body), rows(&ask("agents").await.body)), (Some(0), Some(0)));
        let live = send(world.request(Method::GET, "/tenants/demo/reports/live").bearer_auth(&token)).await;
        assert_eq!(live.body["queues"].as_array().unwrap().len(), 1, "only the own one: {}", live.text);
    }
    let person = world.read("/tenants/demo/users/102").await["id"].clone();
    let roles = json!([{ "role": "security_desk" }]);
    let body = json!({ "email": "bob@demo.test", "name": "Bob", "person": person, "roles": roles });
    let invited = world.post_json("/tenants/demo/accounts", &body).await;
    let mut browser = Browser::new(&world);
    browser.accept(&invited.body["invitation"]["link"], "four words of mine").await;
    let own = browser.get(&format!("/tenants/demo/reports/agents?{span}")).await;
    assert_eq!((own.status, rows(&own.body)), (StatusCode::OK, Some(1)), "{}", own.text);
    assert_eq!(own.body["items"][0]["extension"], "102");
    let others = browser.get(&format!("/tenants/demo/reports/agents?{span}&agent={}", Uuid::nil())).await;
    assert_eq!(rows(&others.body), Some(0));
    assert_eq!(rows(&browser.get(&format!("/tenants/demo/reports/queues?{span}")).await.body), Some(0));
}

#[tokio::test]
async fn live_figures_join_what_was_before_a_restart_what_ended_since_and_what_goes_on() {
    let live: Arc<Mutex<view::Board>> = Arc::default();
    let script = live.clone();
    let world = world_with(Box::new(move |command| match command {
        Command::ShowBoard { .. } => Answer::Board(script.lock().unwrap().clone()),
        other => quiet(other),
    }))
    .await;
    let people = People::of(&world).await;
    let path = format!("/tenants/demo/reports/live?time_zone={}", where_it_is_noon());
    // Two hours ago a process took this call; it was in the database when that process was killed.
    let before = Timestamp::now() - SignedDuration::from_hours(2);
    world.store.insert_facts(&[call(&world, before, &people, QueueResult::Abandoned, 5)], &[]).await.unwrap();
    let sales = async || {
        let figures = world.read(&path).await;
        let queues = figures["queues"].as_array().unwrap().clone();
        queues.into_iter().find(|queue| queue["queue_name"] == "Sales").unwrap()
    };
    let queue = sales().await;
    assert_eq!(
        (&queue["total"]["tot_offered_calls"], &queue["summary"]["tot_abandoned_calls"]),
        (&json!(1), &json!(1))
    );
    assert_eq!((&queue["current"]["tot_offered_calls"], &queue["calls_waiting"]), (&json!(0), &json!(0)));

    let ended = call(&world, Timestamp::now(), &people, QueueResult::Answered, 1);
    let mut waiting = call(&world, Timestamp::now(), &people, QueueResult::Waiting, 0);
    waiting.segments.iter_mut().skip(1).for_each(|segment| segment.ended_at = None);
    let board_call =
        |record: &CallRecord| view::BoardCall { id: record.id, is_outside: true, segments: record.segments.clone() };
    let agent = AgentView {
        agent: people.bob,
        opted_in: true,
        status: AgentStatus::Talking,
        since: std::time::Duration::from_secs(3),
        pause: None,
        n_calls: 1,
        is_free: false,
    };
    let queue = view::Queue { waiting: Vec::new(), agents: vec![agent], n_callbacks: 2, alerts: Vec::new() };
    // What ended since the start is counted with its record, and not again from the database.
    *live.lock().unwrap() = view::Board { calls: vec![board_call(&waiting)], queues: [(people.sales, queue)].into() };
    world.notes.note(&Entry::Record(Box::new(ended.clone())));
    world.store.insert_facts(&[ended], &[]).await.unwrap();
    until_fresh().await;
    let queue = sales().await;
    assert_eq!((&queue["total"]["tot_offered_calls"], &queue["total"]["tot_answered_calls"]), (&json!(3), &json!(1)));
    assert_eq!((&queue["current"]["tot_offered_calls"], &queue["callbacks_waiting"]), (&json!(2), &json!(2)));
    let bob = &queue["agents"][0];
    assert_eq!(
        (&bob["extension"], &bob["status"], &bob["tot_calls_answered"]),
        (&json!("102"), &json!("talking"), &json!(1))
    );
}

#[tokio::test]
async fn live_figures_are_followed() {
    let world = world().await;
    let request = world.request(Method::GET, "/tenants/demo/reports/live/events").bearer_auth(TOKEN);
    let mut response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let mut event = async || {
        let mut text = String::new();
        while !text.ends_with("\n\n") {
            text.push_str(&String::from_utf8_lossy(&response.chunk().await.unwrap().expect("the stream goes on")));
        }
        text
    };
    let first = event().await;
    assert!(first.starts_with("event: figures\ndata: {") && first.contains("\"queue_name\":\"Sales\""), "{first}");
    let queue = QueueId(world.id_of("call-queues", "Sales").await.parse().unwrap());
    world.changes.send(Change::Queue { tenant: world.tenant, queue }).unwrap();
    assert!(event().await.starts_with("event: figures\n"));
}

#[tokio::test]
async fn the_way_of_a_call_is_shown_in_words() {
    let world = world().await;
    let people = People::of(&world).await;
    let at: Timestamp = "2026-03-02T16:00:00Z".parse().unwrap();
    let record = call(&world, at, &people, QueueResult::Answered, 10);
    world.store.insert_facts(std::slice::from_ref(&record), &[]).await.unwrap();
    let hops = world.read(&format!("/tenants/demo/call-records/{}/path", record.id)).await;
    let places: Vec<&Value> = hops["items"].as_array().unwrap().iter().map(|hop| &hop["place"]).collect();
    assert_eq!(places, ["Call from +14155550123", "Attendant Main menu", "Queue Sales", "End"]);
    assert_eq!(hops["items"][2]["reason"], "Bob Brown answered after 10 s");
    let missing = world.get(&format!("/tenants/demo/call-records/{}/path", Uuid::nil())).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_calls_of_a_queue_are_seen_and_marked_by_its_agents() {
    let world = world().await;
    let people = People::of(&world).await;
    let at: Timestamp = "2026-03-02T16:00:00Z".parse().unwrap();
    let missed = call(&world, at, &people, QueueResult::TimedOut, 60);
    let answered = call(&world, at + SignedDuration::from_secs(90), &people, QueueResult::Answered, 5);
    world.store.insert_facts(&[missed.clone(), answered], &[]).await.unwrap();
    let calls = format!("/tenants/demo/call-queues/{}/calls", people.sales);
    let all = world.read(&calls).await;
    let results: Vec<&Value> = all["items"].as_array().unwrap().iter().map(|call| &call["result"]).collect();
    assert_eq!(results, ["answered", "timed_out"], "the latest first");
    assert_eq!((&all["items"][0]["agent_name"], &all["items"][0]["talk_seconds"]), (&json!("Bob Brown"), &json!(60)));
    let only = async || world.read(&format!("{calls}?kind=missed")).await["items"].as_array().unwrap().clone();
    let [open] = only().await.try_into().unwrap();
    assert_eq!((&open["from"], &open["handled_by"]), (&json!("+14155550123"), &Value::Null));

    let person = world.read("/tenants/demo/users/102").await["id"].clone();
    let dan = world.read("/tenants/demo/users/104").await["id"].clone();
    let browser = async |name: &str, person: &Value| {
        let roles = json!([{ "role": "security_desk" }]);
        let body = json!({ "email": name, "name": name, "person": person, "roles": roles });
        let invited = world.post_json("/tenants/demo/accounts", &body).await;
        let mut browser = Browser::new(&world);
        browser.accept(&invited.body["invitation"]["link"], "four words of mine").await;
        browser
    };
    let mut stranger = browser("dan@demo.test", &dan).await;
    assert_eq!(stranger.get(&calls).await.status, StatusCode::FORBIDDEN, "Dan is no agent");
    let mut agent = browser("bob@demo.test", &person).await;
    assert_eq!(agent.get(&calls).await.status, StatusCode::OK);
    let handled = agent.post(&format!("{calls}/{}/handle", missed.id), &json!({})).await;
    assert_eq!(handled.status, StatusCode::NO_CONTENT, "{}", handled.text);
    assert_eq!(world.post(&format!("{calls}/{}/handle", missed.id)).await.status, StatusCode::NO_CONTENT);
    let [shown] = only().await.try_into().unwrap();
    assert_eq!(shown["handled_by"], "account:bob@demo.test", "who was first stays");
    let audit = world.read("/tenants/demo/audit?noun=queue_call").await;
    assert_eq!(audit["items"].as_array().unwrap().len(), 1);
    assert_eq!(world.post(&format!("{calls}/{}/reopen", missed.id)).await.status, StatusCode::NO_CONTENT);
    let [shown] = only().await.try_into().unwrap();
    assert_eq!(shown["handled_by"], Value::Null);
    let missing = world.post(&format!("{calls}/{}/handle", Uuid::nil())).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn facts_are_kept_for_as_long_as_was_said() {
    let world = world().await;
    let people = People::of(&world).await;
    let path = "/tenants/demo/reports/retention";
    assert_eq!(world.read(path).await["days"], 400);
    let now = Timestamp::now();
    let days_ago = |n: i64| now - SignedDuration::from_hours(24 * n);
    let records: Vec<_> = [10, 50, 51].map(|n| call(&world, days_ago(n), &people, QueueResult::Abandoned, 5)).into();
    world.store.insert_facts(&records, &[]).await.unwrap();
    let wrong = world.put(path, None, &json!({ "days": 3 })).await;
    assert_eq!((wrong.status.as_u16(), &wrong.body["code"]), (422, &json!("report.days_out_of_range")));
    assert_eq!(world.put(path, None, &json!({ "days": 30 })).await.body["days"], 30);
    server::admin::report_retention::forget_once(&world.store, now).await.unwrap();
    let left = world.read(&format!("/tenants/demo/call-queues/{}/calls", people.sales)).await;
    assert_eq!(left["items"].as_array().unwrap().len(), 1);
    let audit = world.read("/tenants/demo/audit?noun=report_retention").await;
    let actions: Vec<&Value> = audit["items"].as_array().unwrap().iter().map(|event| &event["action"]).collect();
    assert_eq!(actions, ["forget", "forget", "update"]);
}

#[tokio::test]
async fn dashboards_ask_by_the_names_of_their_dictionary() {
    let world = world().await;
    let people = People::of(&world).await;
    let at: Timestamp = "2026-03-02T16:00:00Z".parse().unwrap();
    let records = [
        call(&world, at, &people, QueueResult::Answered, 10),
        call(&world, at, &people, QueueResult::Answered, 30),
        call(&world, at + SignedDuration::from_hours(48), &people, QueueResult::TimedOut, 60),
    ];
    world.store.insert_facts(&records, &[]).await.unwrap();
    let query = json!({
        "Filters": [
            { "DataModelName": "Date", "Value": "2026-03-02", "Operand": 0 },
            { "DataModelName": "CallQueueId", "Value": "", "Operand": 1 },
        ],
        "Dimensions": ["Date", "CallQueueIdentity", "CallQueueCallResult"],
        "Measurements": ["TotalCallCount", "AvgCallQueueDurationSeconds"],
        "Parameters": { "UserAgent": "Power BI Desktop" },
    });
    let answer = world.post_json("/tenants/demo/reports/query", &query).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.body["rows"], json!([["2026-03-02", "Sales", "transferred_to_agent", 2.0, 20.0]]));
    assert_eq!(answer.body["columns"][3], "TotalCallCount");
    let wrong = world.post_json("/tenants/demo/reports/query", &json!({ "Dimensions": ["Colour"] })).await;
    assert_eq!((wrong.status.as_u16(), &wrong.body["code"]), (400, &json!("not_in_dictionary")));
}

struct People {
    bob: UserId,
    sales: QueueId,
    menu: AttendantId,
}

impl People {
    async fn of(world: &World) -> Self {
        let bob = world.read("/tenants/demo/users/102").await["id"].as_str().unwrap().parse().unwrap();
        let sales = world.id_of("call-queues", "Sales").await.parse().unwrap();
        let menu = world.id_of("auto-attendants", "Main menu").await.parse().unwrap();
        Self { bob: UserId(bob), sales: QueueId(sales), menu: AttendantId(menu) }
    }
}

/// A caller who chose 1 in the menu, and then waited so long for Bob.
fn call(world: &World, begin: Timestamp, people: &People, result: QueueResult, waited: i64) -> CallRecord {
    let after = |secs: i64| begin + SignedDuration::from_secs(secs);
    let mut menu = Segment::new(
        None,
        begin,
        Pass::Attendant(AttendantPass {
            id: people.menu,
            name: "Main menu".to_owned(),
            flow: "Open".to_owned(),
            result: Some(Outcome::TransferredToCq),
            inputs: vec![Input { at: begin, kind: InputKind::Key('1') }],
        }),
    );
    menu.ended_at = Some(begin);
    menu.onward = Some(Onward { to: OnwardTo::Queue, by: OnwardBy::Caller });
    let mut pass = QueuePass::new(people.sales, "Sales".to_owned(), Some(20));
    pass.result = result;
    pass.offer(begin, people.bob, Routing::LongestIdle, 10);
    if result == QueueResult::Answered {
        pass.end_offer(after(waited), people.bob, OfferResult::Answered);
        pass.agent = Some(people.bob);
        pass.talked_until = Some(after(waited + 60));
    } else {
        pass.end_offer(after(waited), people.bob, OfferResult::Cancelled);
    }
    let mut queue = Segment::new(Some(0), begin, Pass::Queue(pass));
    queue.ended_at = Some(after(waited));
    let answered = result == QueueResult::Answered;
    CallRecord {
        id: CallId(Uuid::now_v7()),
        tenant: world.tenant,
        direction: Direction::Inbound,
        from: "+14155550123".to_owned(),
        from_name: None,
        to: "+14255550100".to_owned(),
        started_at: begin,
        answered_at: answered.then(|| after(waited)),
        ended_at: after(waited + 60),
        talk_seconds: if answered { 60 } else { 0 },
        result: if answered { CallResult::Answered } else { CallResult::Abandoned },
        status: None,
        reason: None,
        answered_by: answered.then(|| "102".to_owned()),
        answered_by_user: answered.then_some(people.bob),
        ended_by: EndedBy::Caller,
        legs: Vec::new(),
        path: Vec::new(),
        cause: None,
        decisions: Vec::new(),
        signature: None,
        attempts: Vec::new(),
        segments: vec![menu, queue],
    }
}

/// A time zone in which today began twelve hours ago, so that some hours before now are today.
fn where_it_is_noon() -> String {
    let hour = Timestamp::now().as_second().rem_euclid(86_400) / 3_600;
    match 12 - hour {
        ahead @ 1.. => format!("Etc/GMT-{ahead}"),
        0 => "Etc/GMT".to_owned(),
        behind => format!("Etc/GMT%2B{}", -behind),
    }
}

/// Figures that were told are told again for half a second.
async fn until_fresh() {
    let told = std::time::Instant::now();
    while told.elapsed() < std::time::Duration::from_millis(600) {
        tokio::task::yield_now().await;
    }
}
