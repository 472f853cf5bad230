//! Supervisors: who may let whom into which call, and what is known of it afterwards.

use jiff::Timestamp;
use phone::apps::supervision::{End, Mode, ModeFrom, Session};
use phone::id::{CallId, QueueId, TenantId, UserId};
use reqwest::Method;
use serde_json::{Value, json};
use store::Actor;
use switch::input::Command;
use switch::output::Answer;
use switch::view;
use uuid::Uuid;

use super::world::{Reply, World, quiet, send, world, world_with};

#[tokio::test]
async fn a_supervisor_is_let_into_a_call_and_the_audit_tells_who_did_it() {
    let world = world_with(Box::new(talks(Vec::new()))).await;
    let path = format!("/tenants/demo/calls/{}/supervise", call_id());
    let asked = json!({ "supervisor": "101", "mode": "whisper" });
    let reply = world.post_json(&path, &asked).await;
    assert_eq!(reply.status.as_u16(), 200, "{}", reply.text);
    assert_eq!(reply.body["supervision"]["mode"], "whisper");
    let told =
        world.commands.lock().unwrap().iter().any(|told| told.starts_with("Supervise") && told.contains("Whisper"));
    assert!(told);
    let alice = world.read("/tenants/demo/users/101").await["id"].clone();
    let audit = world.read("/tenants/demo/audit?noun=supervision").await;
    let event = &audit["items"][0];
    assert_eq!((&event["action"], &event["object"]), (&json!("ask"), &json!(call_id().to_string())));
    assert_eq!(event["after"], json!({ "supervisor": alice, "agent": null, "mode": "whisper" }));
    assert_eq!(event["actor"], "token:demo");

    for (body, status, code) in [
        (json!({ "supervisor": "999", "mode": "listen" }), 404, "not_found"),
        (json!({ "supervisor": "101", "mode": "shout" }), 400, "malformed_body"),
        (json!({ "supervisor": "101", "mode": "listen", "agent": "999" }), 404, "not_found"),
    ] {
        let reply = world.post_json(&path, &body).await;
        assert_eq!(reply.status.as_u16(), status, "{}", reply.text);
        let _ = code;
    }
    let elsewhere = format!("/tenants/demo/calls/{}/supervise", Uuid::now_v7());
    assert_eq!(world.post_json(&elsewhere, &asked).await.status.as_u16(), 404);
}

#[tokio::test]
async fn what_the_switch_refuses_is_a_conflict_with_its_reason() {
    let world = world_with(Box::new(|command| match command {
        Command::Supervise { .. } => {
            Answer::Refused { code: "supervision.taken", detail: "another supervisor is in this call".to_owned() }
        }
        other => quiet(other),
    }))
    .await;
    let path = format!("/tenants/demo/calls/{}/supervise", call_id());
    let reply = world.post_json(&path, &json!({ "supervisor": "101", "mode": "listen" })).await;
    assert_eq!((reply.status.as_u16(), &reply.body["code"]), (409, &json!("supervision.taken")));
    assert_eq!(world.read("/tenants/demo/audit?noun=supervision").await["items"], json!([]));
}

/// Who sees everything does not hear everything: listening and being heard are permissions of their own, for an
/// organization or for one queue.
#[tokio::test]
async fn listening_and_being_heard_are_permissions_of_their_own() {
    let queues = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let known = queues.clone();
    let world = world_with(Box::new(move |command| talks(known.lock().unwrap().clone())(command))).await;
    let sales = world.id_of("call-queues", "Sales").await;
    let support = world.id_of("call-queues", "Support").await;
    let role = async |name: &str, permissions: &[&str]| {
        let made = world.post_json("/tenants/demo/roles", &json!({ "name": name, "permissions": permissions })).await;
        made.body["id"].clone()
    };
    let key = async |role: Value| {
        let made = world.post_json("/tenants/demo/api-keys", &json!({ "name": "k", "roles": [role] })).await;
        assert_eq!(made.status.as_u16(), 201, "{}", made.text);
        made.body["token"].as_str().unwrap().to_owned()
    };
    let reads = ["calls.read", "users.read"];
    let listens = role("Listens", &[&reads[..], &["call_supervision.act"]].concat()).await;
    let speaks = role("Speaks", &[&reads[..], &["call_supervision.act", "call_supervision.write"]].concat()).await;
    let viewer = key(json!({ "role": "viewer" })).await;
    let operator = key(json!({ "role": "operator" })).await;
    let listener = key(json!({ "role": listens })).await;
    let speaker = key(json!({ "role": speaks })).await;
    let of_sales = key(json!({ "role": speaks, "scope": { "type": "call_queue", "id": sales } })).await;
    let ask = async |token: &str, mode: &str| {
        let path = format!("/tenants/demo/calls/{}/supervise", call_id());
        ask(&world, token, &path, mode).await.status.as_u16()
    };
    for (token, listen, barge) in
        [(&viewer, 403, 403), (&operator, 403, 403), (&listener, 200, 403), (&speaker, 200, 200)]
    {
        assert_eq!((ask(token, "listen").await, ask(token, "barge").await), (listen, barge));
    }
    assert_eq!(ask(&of_sales, "listen").await, 403, "the call is of no queue");
    *queues.lock().unwrap() = vec![QueueId(support.parse().unwrap())];
    assert_eq!(ask(&of_sales, "take_over").await, 403);
    *queues.lock().unwrap() = vec![QueueId(sales.parse().unwrap())];
    assert_eq!(ask(&of_sales, "take_over").await, 200);
}

#[tokio::test]
async fn a_session_is_in_the_audit_from_begin_to_end() {
    let world = world().await;
    let at = |secs: i64| Timestamp::from_second(1_750_000_000 + secs).unwrap();
    let (supervisor, agent) = (UserId(Uuid::now_v7()), UserId(Uuid::now_v7()));
    let session = Session {
        call: call_id(),
        supervisor,
        agent: Some(agent),
        queue: None,
        from: at(0),
        until: at(60),
        modes: vec![ModeFrom { mode: Mode::Listen, at: at(0) }, ModeFrom { mode: Mode::Barge, at: at(20) }],
        end: End::SupervisorLeft,
    };
    let mut tx = world.store.begin(Actor::System, Timestamp::now()).await.unwrap();
    tx.note_supervised(world.tenant, &session).await.unwrap();
    tx.commit().await.unwrap();
    let event = &world.read("/tenants/demo/audit?noun=supervision").await["items"][0];
    assert_eq!(event["action"], "end");
    let told = &event["after"];
    assert_eq!((&told["supervisor"], &told["agent"]), (&json!(supervisor), &json!(agent)));
    assert_eq!((&told["from"], &told["until"]), (&json!("2025-06-15T15:06:40Z"), &json!("2025-06-15T15:07:40Z")));
    assert_eq!((&told["modes"][1]["mode"], &told["end"]), (&json!("barge"), &json!("supervisor_left")));
}

#[tokio::test]
async fn organizations_and_queues_say_who_is_told() {
    let world = world().await;
    let tenant = world.read("/tenants/demo").await;
    assert_eq!(tenant["supervision_notice"], json!({ "told": "nobody", "sign": "tone" }));
    let both = json!({ "told": "both", "sign": "announcement" });
    let changed = world.patch("/tenants/demo", None, &json!({ "supervision_notice": both })).await;
    assert_eq!(changed.body["supervision_notice"], both, "{}", changed.text);
    let (path, mut queue) = super::call_recordings::silent_queue(&world).await;
    assert_eq!(queue["supervision_notice"], Value::Null);
    queue["supervision_notice"] = json!({ "told": "agent" });
    let request = world.request(Method::PUT, &path).bearer_auth(super::world::TOKEN).json(&queue);
    let changed = send(request).await;
    assert_eq!(changed.body["supervision_notice"], json!({ "told": "agent", "sign": "tone" }), "{}", changed.text);
}

async fn ask(world: &World, token: &str, path: &str, mode: &str) -> Reply {
    let body = json!({ "supervisor": "101", "mode": mode });
    send(world.request(Method::POST, path).bearer_auth(token).json(&body)).await
}

/// A switch with one call, in which an agent of the queue talks, if there is one.
fn talks(queue: Vec<QueueId>) -> impl FnMut(&Command) -> Answer {
    let mut supervision = None;
    move |command| match command {
        Command::ListCalls { tenant } => Answer::Calls(vec![view::Call {
            supervision: supervision.clone(),
            ..call(*tenant, queue.first().copied())
        }]),
        Command::Supervise { call, .. } if *call != call_id() => Answer::NotFound,
        Command::Supervise { supervisor, agent, mode, .. } => {
            supervision = Some(view::Supervision {
                supervisor: *supervisor,
                agent: *agent,
                mode: *mode,
                joined: false,
                since: Timestamp::UNIX_EPOCH,
            });
            Answer::Done
        }
        other => quiet(other),
    }
}

fn call_id() -> CallId {
    CallId(Uuid::from_u64_pair(9, 9))
}

fn call(tenant: TenantId, queue: Option<QueueId>) -> view::Call {
    view::Call {
        id: call_id(),
        tenant,
        from: "+14155550123".to_owned(),
        from_name: None,
        to: "+14255550110".to_owned(),
        started_at: Timestamp::UNIX_EPOCH,
        answered_at: None,
        state: "talking",
        at: None,
        answered_by: None,
        queue,
        supervision: None,
        legs: Vec::new(),
        is_kept: false,
    }
}
