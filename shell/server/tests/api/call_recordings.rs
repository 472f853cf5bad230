//! Recordings of calls: who sees, hears and deletes which, and how queues say that there are any.

use jiff::{SignedDuration, Timestamp};
use phone::apps::recording::{Envelope, Kept};
use phone::id::{CallId, QueueId, RecordingId, UserId};
use reqwest::Method;
use serde_json::{Value, json};
use server::recordings::files::Files;
use server::recordings::keeper;
use store::Actor;
use uuid::Uuid;

use super::world::{World, send, world};

const RECORDINGS: &str = "/tenants/demo/call-recordings";

/// A recording of a call of the demo's first queue.
pub async fn recording(world: &World) -> RecordingId {
    let queues = world.read("/tenants/demo/call-queues").await;
    keep(world, queues["items"][0]["id"].as_str().unwrap(), Timestamp::now()).await.id
}

#[tokio::test]
async fn recordings_are_listed_heard_and_deleted_and_the_audit_knows_it() {
    let world = world().await;
    let (sales, support) = (world.id_of("call-queues", "Sales").await, world.id_of("call-queues", "Support").await);
    let older = keep(&world, &sales, Timestamp::now() - SignedDuration::from_hours(2)).await;
    let newer = keep(&world, &support, Timestamp::now()).await;
    let ids = async |query: &str| {
        let list = world.read(&format!("{RECORDINGS}{query}")).await;
        list["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (old, new) = (older.id.to_string(), newer.id.to_string());
    assert_eq!(ids("").await, [new.clone(), old.clone()]);
    assert_eq!(ids(&format!("?queue={sales}")).await, [old.clone()]);
    assert_eq!(ids(&format!("?call={}", newer.call)).await, [new.clone()]);
    assert_eq!(ids("?agent=102").await, [new.clone(), old.clone()]);
    assert_eq!(ids("?agent=101").await, Vec::<String>::new());
    let page = world.read(&format!("{RECORDINGS}?limit=1")).await;
    assert_eq!(ids(&format!("?limit=1&cursor={}", page["next_cursor"].as_str().unwrap())).await, [old.clone()]);

    let shown = world.read(&format!("{RECORDINGS}/{old}")).await;
    assert_eq!((&shown["queue_name"], &shown["agent_name"]), (&json!("Sales"), &json!("Bob Brown")));
    assert_eq!((&shown["duration_seconds"], &shown["from"]), (&json!(61), &json!("+14155550001")));

    let path = format!("{RECORDINGS}/{old}/audio");
    let gone = world.get(&path).await;
    assert_eq!((gone.status.as_u16(), &gone.body["code"]), (404, &json!("audio_gone")));
    let sound = files(&world).sound(world.tenant, older.id);
    std::fs::create_dir_all(sound.parent().unwrap()).unwrap();
    std::fs::write(&sound, b"RIFF").unwrap();
    let heard = world.get(&path).await;
    assert_eq!((heard.status.as_u16(), heard.content_type.as_str(), heard.text.as_str()), (200, "audio/wav", "RIFF"));

    assert_eq!(world.delete(&format!("{RECORDINGS}/{old}"), None).await.status.as_u16(), 204);
    assert_eq!(world.get(&format!("{RECORDINGS}/{old}")).await.status.as_u16(), 404);
    assert!(!sound.exists(), "the sound goes with the row");
    let audit = world.read("/tenants/demo/audit?noun=call_recording").await;
    let told: Vec<_> = audit["items"].as_array().unwrap().iter().map(|event| event["action"].clone()).collect();
    assert_eq!(told, ["delete", "hear", "hear", "create", "create"]);
    assert_eq!(audit["items"][1]["actor"], audit["items"][0]["actor"]);
}

#[tokio::test]
async fn to_see_to_hear_and_to_delete_are_three_permissions_for_all_or_one_queue() {
    let world = world().await;
    let (sales, support) = (world.id_of("call-queues", "Sales").await, world.id_of("call-queues", "Support").await);
    let ours = keep(&world, &sales, Timestamp::now()).await.id;
    let theirs = keep(&world, &support, Timestamp::now()).await.id;
    let key = async |name: &str, permissions: &[&str], scope: Value| {
        let role = json!({ "name": name, "permissions": permissions });
        let role = world.post_json("/tenants/demo/roles", &role).await.body["id"].clone();
        let made = json!({ "name": name, "roles": [{ "role": role, "scope": scope }] });
        let made = world.post_json("/tenants/demo/api-keys", &made).await;
        assert_eq!(made.status.as_u16(), 201, "{}", made.text);
        made.body["token"].as_str().unwrap().to_owned()
    };
    let all = json!({ "type": "tenant" });
    let viewer = json!({ "name": "v", "roles": [{ "role": "viewer" }] });
    let viewer = world.post_json("/tenants/demo/api-keys", &viewer).await.body["token"].as_str().unwrap().to_owned();
    let sees = key("Sees", &["call_recordings.read"], all.clone()).await;
    let hears = key("Hears", &["call_recordings.read", "call_recordings.act"], all.clone()).await;
    let of_sales = ["call_recordings.read", "call_recordings.act", "call_recordings.write"];
    let of_sales = key("Sales", &of_sales, json!({ "type": "call_queue", "id": sales })).await;
    let ask = async |token: &str, method: Method, path: String| {
        send(world.request(method, &path).bearer_auth(token)).await.status.as_u16()
    };
    let list = RECORDINGS.to_owned();
    let audio = |id: RecordingId| format!("{RECORDINGS}/{id}/audio");
    assert_eq!(ask(&viewer, Method::GET, list.clone()).await, 403, "who sees all does not hear all");
    assert_eq!(ask(&sees, Method::GET, list.clone()).await, 200);
    assert_eq!(ask(&sees, Method::GET, audio(ours)).await, 403);
    // The sound is not there, but would be heard.
    assert_eq!(ask(&hears, Method::GET, audio(ours)).await, 404);
    assert_eq!(ask(&hears, Method::DELETE, format!("{RECORDINGS}/{ours}")).await, 403);
    let reply = send(world.request(Method::GET, RECORDINGS).bearer_auth(&of_sales)).await;
    let seen: Vec<_> = reply.body["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
    assert_eq!(seen, [json!(ours)]);
    assert_eq!(ask(&of_sales, Method::GET, format!("{RECORDINGS}/{theirs}")).await, 403);
    assert_eq!(ask(&of_sales, Method::GET, audio(theirs)).await, 403);
    assert_eq!(ask(&of_sales, Method::DELETE, format!("{RECORDINGS}/{theirs}")).await, 403);
    assert_eq!(ask(&of_sales, Method::DELETE, format!("{RECORDINGS}/{ours}")).await, 204);
}

#[tokio::test]
async fn recordings_go_when_their_time_is_over() {
    let world = world().await;
    let sales = world.id_of("call-queues", "Sales").await;
    let old = keep(&world, &sales, Timestamp::now() - SignedDuration::from_hours(24 * 91)).await;
    let new = keep(&world, &sales, Timestamp::now() - SignedDuration::from_hours(24 * 89)).await;
    let files = files(&world);
    let sound = files.sound(world.tenant, old.id);
    std::fs::create_dir_all(sound.parent().unwrap()).unwrap();
    std::fs::write(&sound, b"RIFF").unwrap();
    assert_eq!(keeper::delete_expired(&world.store, &files, Timestamp::now()).await.unwrap(), 1);
    assert!(!sound.exists());
    let list = world.read(RECORDINGS).await;
    assert_eq!((list["items"].as_array().unwrap().len(), &list["items"][0]["id"]), (1, &json!(new.id)));
}

#[tokio::test]
async fn a_queue_says_how_its_calls_are_recorded() {
    let world = world().await;
    let (path, mut queue) = silent_queue(&world).await;
    assert_eq!(queue["recording"], Value::Null);
    queue["recording"] = json!({ "required": true });
    let changed = world.put(&path, None, &queue).await;
    let whole = json!({ "required": true, "announcement": null, "failure_announcement": null, "retention_days": 90 });
    assert_eq!(changed.body["recording"], whole, "{}", changed.text);
    queue["recording"] = json!({ "retention_days": 0 });
    let refused = world.put(&path, None, &queue).await;
    assert_eq!(refused.status.as_u16(), 422);
    assert_eq!(refused.body["errors"][0]["code"], "recording.retention_out_of_range");
}

/// A queue that says nothing, since nothing speaks in tests.
pub async fn silent_queue(world: &World) -> (String, Value) {
    let bob = world.read("/tenants/demo/users/102").await["id"].clone();
    let queue = json!({ "name": "Repairs", "language": "en-US", "agents": [bob] });
    let made = world.post_json("/tenants/demo/call-queues", &queue).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    (format!("/tenants/demo/call-queues/{}", made.body["id"].as_str().unwrap()), made.body)
}

/// A recording of a minute of this queue, answered by Bob.
async fn keep(world: &World, queue: &str, at: Timestamp) -> Kept {
    let bob = world.read("/tenants/demo/users/102").await["id"].as_str().unwrap().parse().map(UserId).unwrap();
    let envelope = Envelope {
        id: RecordingId(Uuid::now_v7()),
        tenant: world.tenant,
        call: CallId(Uuid::now_v7()),
        queue: QueueId(queue.parse().unwrap()),
        agent: Some(bob),
        from: "+14155550001".to_owned(),
        to: "+14255550110".to_owned(),
        at: at.round(jiff::Unit::Millisecond).unwrap(),
        retention_days: 90,
    };
    let kept = envelope.kept(60_500, 3_872_044);
    let mut tx = world.store.begin(Actor::System, Timestamp::now()).await.unwrap();
    tx.keep_recording(world.tenant, &kept).await.unwrap();
    // The same again changes nothing.
    tx.keep_recording(world.tenant, &kept).await.unwrap();
    tx.commit().await.unwrap();
    kept
}

fn files(world: &World) -> Files {
    Files::open(world.recordings()).unwrap()
}
