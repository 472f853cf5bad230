//! Calls, queues, phones, records: what happens now and what happened.

use std::time::Duration;

use jiff::Timestamp;
use phone::apps::Priority;
use phone::apps::queue::alert::{Alert, AlertKind};
use phone::apps::queue::{AgentStatus, AgentView, WaitingCaller};
use phone::id::{CallId, QueueId};
use phone::record::{CallRecord, CallResult, Direction, EndedBy};
use serde_json::{Value, json};
use server::admin::queue_alerts::letter;
use store::{Actor, EventFilter, Paging};
use switch::input::Command;
use switch::output::{Answer, Change};
use switch::view;
use uuid::Uuid;

use super::browser::Browser;
use super::world::{TOKEN, World, quiet, send, world, world_with};

#[tokio::test]
async fn live_calls_are_listed_shown_and_ended() {
    let world = world_with(Box::new(|command| match command {
        Command::ListCalls { tenant } => Answer::Calls(vec![some_call(*tenant)]),
        Command::HangUp { call, .. } if *call != call_id() => Answer::NotFound,
        other => quiet(other),
    }))
    .await;
    let calls = world.read("/tenants/demo/calls").await;
    let call = &calls["items"][0];
    assert_eq!(
        (&call["from"], &call["state"], &call["at"]),
        (&json!("+14155550123"), &json!("queue"), &json!("Sales"))
    );
    assert_eq!(call["started_at"], "2025-06-15T15:06:40Z");
    assert_eq!(world.read("/tenants/demo/calls?state=talking").await["items"], json!([]));
    let id = call["id"].as_str().unwrap();
    assert_eq!(world.read(&format!("/tenants/demo/calls/{id}")).await["id"], id);
    assert_eq!(world.post(&format!("/tenants/demo/calls/{id}/hangup")).await.status.as_u16(), 204);
    let delete = world.request(reqwest::Method::DELETE, &format!("/tenants/demo/calls/{id}")).bearer_auth(TOKEN);
    assert_eq!(send(delete).await.status.as_u16(), 204);
    let other = Uuid::now_v7();
    assert_eq!(world.post(&format!("/tenants/demo/calls/{other}/hangup")).await.status.as_u16(), 404);
    let hangups = world.commands.lock().unwrap().iter().filter(|command| command.starts_with("HangUp")).count();
    assert_eq!(hangups, 3);
}

#[tokio::test]
async fn a_queue_shows_who_waits_and_who_takes_calls() {
    let world = world_with(Box::new(|command| match command {
        Command::ListCalls { tenant } => Answer::Calls(vec![some_call(*tenant)]),
        Command::ShowQueue { queue, .. } => Answer::Queue(some_queue(*queue)),
        other => quiet(other),
    }))
    .await;
    let sales = world.id_of("call-queues", "Sales").await;
    let live = world.read(&format!("/tenants/demo/call-queues/{sales}/live")).await;
    let waiting = &live["waiting"][0];
    assert_eq!((&waiting["from"], &waiting["waited_seconds"]), (&json!("+14155550123"), &json!(12)));
    assert_eq!((&waiting["position"], &waiting["priority"]), (&json!(1), &json!(3)));
    let agent = &live["agents"][0];
    assert_eq!((&agent["opted_in"], &agent["status"]), (&json!(true), &json!("ringing")));
    assert_eq!(live["alerts"], json!(["waiting"]));
}

#[tokio::test]
async fn an_agent_opts_out_and_in_and_it_is_remembered() {
    let world = world().await;
    let sales = world.id_of("call-queues", "Sales").await;
    let agent = format!("/tenants/demo/call-queues/{sales}/agents/102");
    assert_eq!(world.post(&format!("{agent}/opt-out")).await.status.as_u16(), 204);
    let kept = world.store.opt_outs().await.unwrap();
    assert_eq!(kept.iter().map(|out| out.queue.to_string()).collect::<Vec<_>>(), [sales]);
    assert_eq!(world.post(&format!("{agent}/opt-in")).await.status.as_u16(), 204);
    assert!(world.store.opt_outs().await.unwrap().is_empty());
    let audit = world.read("/tenants/demo/audit?noun=queue_agent").await;
    let actions: Vec<_> = audit["items"].as_array().unwrap().iter().map(|event| &event["action"]).collect();
    assert_eq!(actions, ["opt_in", "opt_out"]);
    assert_eq!(audit["items"][0]["actor"], "token:demo");
}

#[tokio::test]
async fn what_the_switch_refuses_is_not_remembered() {
    let world = world_with(Box::new(|command| match command {
        Command::OptOut { .. } => {
            Answer::Refused { code: "opt_out_not_allowed", detail: "this queue does not allow it".to_owned() }
        }
        other => quiet(other),
    }))
    .await;
    let sales = world.id_of("call-queues", "Sales").await;
    let reply = world.post(&format!("/tenants/demo/call-queues/{sales}/agents/102/opt-out")).await;
    assert_eq!((reply.status.as_u16(), &reply.body["code"]), (409, &json!("opt_out_not_allowed")));
    assert!(world.store.opt_outs().await.unwrap().is_empty());
}

#[tokio::test]
async fn presence_is_told_to_the_switch_and_survives() {
    let world = world().await;
    let reply = world.put("/tenants/demo/users/102/presence", None, &json!({ "presence": "do_not_disturb" })).await;
    assert_eq!(reply.status.as_u16(), 204, "{}", reply.text);
    assert_eq!(world.read("/tenants/demo/users/102").await["presence"], "do_not_disturb");
    let told = world.commands.lock().unwrap().iter().any(|command| command.contains("DoNotDisturb"));
    assert!(told);
    let reply = world.put("/tenants/demo/users/102/presence", None, &json!({ "presence": "asleep" })).await;
    assert_eq!((reply.status.as_u16(), &reply.body["code"]), (400, &json!("malformed_body")));
}

#[tokio::test]
async fn people_are_shown_with_numbers_and_registered_phones() {
    let world = world_with(Box::new(|command| match command {
        Command::ListRegistrations { .. } => Answer::Registrations(Vec::new()),
        other => quiet(other),
    }))
    .await;
    let users = world.read("/tenants/demo/users").await;
    let shown: Vec<_> =
        users["items"].as_array().unwrap().iter().map(|user| (&user["extension"], &user["numbers"])).collect();
    assert_eq!(shown.len(), 4);
    assert_eq!(shown[0], (&json!("101"), &json!(["+14255550101"])));
    assert_eq!(shown[3], (&json!("104"), &json!([])));
    assert_eq!(world.read("/tenants/demo/users?sort=-extension&limit=1").await["items"][0]["display_name"], "Dan Diaz");
    assert_eq!(world.read("/tenants/demo/users?display_name=Bro").await["items"][0]["extension"], "102");
}

#[tokio::test]
async fn records_are_searched_paged_and_reported() {
    let world = world().await;
    let records: Vec<_> = (0..5).map(|n| some_record(&world, n)).collect();
    world.store.insert_call_records(&records).await.unwrap();
    let answered = world.read("/tenants/demo/call-records?result=answered").await;
    assert_eq!(answered["items"].as_array().unwrap().len(), 3);
    let record = &answered["items"][0];
    assert_eq!((&record["talk_seconds"], &record["result"]), (&json!(9), &json!("answered")));
    assert_eq!((&record["answered_by"], &record["to"]), (&json!("102"), &json!("+14255550100")));
    let id = record["id"].as_str().unwrap();
    assert_eq!(world.read(&format!("/tenants/demo/call-records/{id}")).await["id"], id);
    let span = "/tenants/demo/call-records?since=2025-06-15T15:06:41Z&until=2025-06-15T15:06:43Z";
    assert_eq!(world.read(span).await["items"].as_array().unwrap().len(), 2);

    let mut seen = Vec::new();
    let mut path = "/tenants/demo/reports/calls?limit=2".to_owned();
    loop {
        let page = world.read(&path).await;
        seen.extend(page["items"].as_array().unwrap().iter().map(|row| row["from"].clone()));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/tenants/demo/reports/calls?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    let newest_first: Vec<Value> = (0..5).rev().map(|n| json!(format!("+1415555000{n}"))).collect();
    assert_eq!(seen, newest_first);
    let cursor = world.read("/tenants/demo/call-records?limit=1").await["next_cursor"].as_str().unwrap().to_owned();
    let other_order = world.get(&format!("/tenants/demo/call-records?sort=talk_seconds&cursor={cursor}")).await;
    assert_eq!(other_order.body["code"], "malformed_cursor");
}

#[tokio::test]
async fn events_are_streamed_and_resumed_without_a_gap() {
    let world = world().await;
    let mut stream = follow(&world, None).await;
    let sales = world.id_of("call-queues", "Sales").await;
    world.post(&format!("/tenants/demo/call-queues/{sales}/agents/102/opt-out")).await;
    // The table is looked at after a live change at the latest.
    world.changes.send(Change::Call { tenant: world.tenant, call: call_id() }).unwrap();
    let text = read_until(&mut stream, "event: change").await;
    let last_id = text.lines().find_map(|line| line.strip_prefix("id: ")).unwrap().to_owned();
    drop(stream);

    world.post(&format!("/tenants/demo/call-queues/{sales}/agents/103/opt-out")).await;
    world.post(&format!("/tenants/demo/call-queues/{sales}/agents/103/opt-in")).await;
    let mut stream = follow(&world, Some(&last_id)).await;
    let text = read_until(&mut stream, "opt_in").await;
    assert_eq!(text.matches("event: change").count(), 2, "{text}");
    assert!(!text.contains(&format!("id: {last_id}\n")), "{text}");
}

#[tokio::test]
async fn the_stream_is_silent_about_other_tenants() {
    let world = world().await;
    let mut stream = follow(&world, None).await;
    let other = phone::id::TenantId(Uuid::now_v7());
    world.changes.send(Change::Call { tenant: other, call: call_id() }).unwrap();
    world.changes.send(Change::Queue { tenant: world.tenant, queue: QueueId(Uuid::nil()) }).unwrap();
    let text = read_until(&mut stream, "call_queue").await;
    assert!(!text.contains("event: call\n"), "{text}");
}

#[tokio::test]
async fn who_is_signed_out_hears_no_more() {
    let world = world().await;
    let ann = Browser::invited(&world, "ann@demo.test", "administrator", "four words of mine").await;
    let request = world.request(reqwest::Method::GET, "/tenants/demo/events");
    let request = request.header(reqwest::header::COOKIE, ann.cookie.as_deref().unwrap());
    let mut stream = request.send().await.unwrap();
    assert_eq!(stream.status().as_u16(), 200);
    assert_eq!(world.post("/tenants/demo/accounts/ann@demo.test/sessions/end").await.body["n_ended"], 1);
    let ended = async {
        let mut text = String::new();
        while let Some(chunk) = stream.chunk().await.unwrap() {
            text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        text
    };
    let text = tokio::time::timeout(Duration::from_secs(20), ended).await.expect("the stream ends");
    assert!(!text.contains("event: change"), "{text}");
}

#[tokio::test]
async fn health_counts_and_warns() {
    let world = world().await;
    let health = world.read("/health").await;
    assert_eq!((&health["status"], &health["calls"]), (&json!("ok"), &json!(0)));
    assert_eq!(health["call_records"], json!({ "held": 0, "waiting": 0, "stored": 0, "lost": 0 }));
}

async fn follow(world: &World, last_id: Option<&str>) -> reqwest::Response {
    let mut request = world.request(reqwest::Method::GET, "/tenants/demo/events").bearer_auth(TOKEN);
    if let Some(id) = last_id {
        request = request.header("Last-Event-ID", id);
    }
    request.send().await.unwrap()
}

async fn read_until(stream: &mut reqwest::Response, wanted: &str) -> String {
    let mut text = String::new();
    while !text.contains(wanted) || !text.ends_with("\n\n") {
        let chunk = tokio::time::timeout(Duration::from_secs(20), stream.chunk()).await.expect("an event in time");
        text.push_str(std::str::from_utf8(&chunk.unwrap().unwrap()).unwrap());
    }
    text
}

fn call_id() -> CallId {
    CallId(Uuid::from_u64_pair(7, 7))
}

fn at(secs: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + secs).unwrap()
}

fn some_call(tenant: phone::id::TenantId) -> view::Call {
    view::Call {
        id: call_id(),
        tenant,
        from: "+14155550123".to_owned(),
        from_name: None,
        to: "+14255550100".to_owned(),
        started_at: at(0),
        answered_at: None,
        state: "queue",
        at: Some("Sales".to_owned()),
        answered_by: None,
        queue: None,
        supervision: None,
        legs: Vec::new(),
        is_kept: false,
    }
}

fn some_queue(queue: QueueId) -> view::Queue {
    let agent = phone::id::UserId(Uuid::nil());
    let waiting = WaitingCaller {
        call: call_id(),
        queue,
        position: 1,
        priority: Priority::NORMAL,
        waited: Duration::from_secs(12),
        offered_to: vec![agent],
    };
    let agent = AgentView {
        agent,
        opted_in: true,
        status: AgentStatus::Ringing,
        since: Duration::from_secs(3),
        pause: None,
        n_calls: 0,
        is_free: false,
    };
    view::Queue { waiting: vec![waiting], agents: vec![agent], n_callbacks: 1, alerts: vec![AlertKind::Waiting] }
}

fn some_record(world: &World, n: i64) -> CallRecord {
    let answered = n % 2 == 0;
    CallRecord {
        id: CallId(Uuid::now_v7()),
        tenant: world.tenant,
        direction: Direction::Inbound,
        from: format!("+1415555000{n}"),
        from_name: None,
        to: "+14255550100".to_owned(),
        started_at: at(n),
        answered_at: answered.then(|| at(n + 1)),
        ended_at: at(n + 10),
        talk_seconds: if answered { 9 } else { 0 },
        result: if answered { CallResult::Answered } else { CallResult::Abandoned },
        status: None,
        reason: None,
        answered_by: answered.then(|| "102".to_owned()),
        answered_by_user: None,
        ended_by: EndedBy::Caller,
        legs: Vec::new(),
        path: Vec::new(),
        cause: None,
        decisions: Vec::new(),
        signature: None,
        attempts: Vec::new(),
        segments: Vec::new(),
    }
}

#[tokio::test]
async fn a_threshold_of_a_queue_is_an_event_and_a_letter() {
    let world = world().await;
    let queue = QueueId(Uuid::from_u128(7));
    let raised = Alert {
        queue,
        name: "Sales".to_owned(),
        kind: AlertKind::Waiting,
        is_raised: true,
        figure: 6,
        threshold: 5,
        mails: vec!["desk@demo.test".to_owned()],
    };
    let mut tx = world.store.begin(Actor::System, Timestamp::now()).await.unwrap();
    tx.note_queue_alert(world.tenant, &raised).await.unwrap();
    tx.note_queue_alert(world.tenant, &raised.clone().over()).await.unwrap();
    tx.commit().await.unwrap();
    let filter = EventFilter { noun: Some("queue_alert".to_owned()), ..Default::default() };
    let paging = Paging { limit: 10, after: None, descending: false };
    let events = world.store.events(world.tenant, &filter, &paging).await.unwrap().items;
    let told: Vec<_> = events.iter().map(|event| (event.action.as_str(), event.object.clone())).collect();
    assert_eq!(told, [("raise", queue.to_string()), ("clear", queue.to_string())]);
    let letters: Vec<_> = events.iter().filter_map(|event| letter("demo", event)).collect();
    assert_eq!(letters[0].0.subject, "6 callers wait in Sales, 5 or more");
    assert_eq!(letters[1].0.subject, "fewer than 5 callers wait in Sales again");
    assert_eq!(letters[0].1, ["desk@demo.test"]);
}
