//! Callers who are to be called back: listed, cancelled, told of, and known again after a restart.

use jiff::{SignedDuration, Timestamp};
use phone::apps::Priority;
use phone::apps::queue::callback::{Kept, State};
use phone::id::{CallId, QueueId};
use phone::numbers::E164;
use serde_json::json;
use store::Actor;
use uuid::Uuid;

use super::world::world;

#[tokio::test]
async fn requests_are_listed_cancelled_told_of_and_kept() {
    let world = world().await;
    let sales = world.id_of("call-queues", "Sales").await;
    let first = kept(QueueId(sales.parse().unwrap()));
    let keep = async |callback: &Kept| {
        let mut tx = world.store.begin(Actor::System, Timestamp::now()).await.unwrap();
        tx.keep_callback(world.tenant, callback).await.unwrap();
        tx.commit().await.unwrap();
    };
    keep(&first).await;
    let again = Kept { n_attempts: 1, next_at: Some(Timestamp::now()), ..first.clone() };
    keep(&again).await;
    let failed = Kept { id: CallId(Uuid::now_v7()), state: State::Failed, n_attempts: 2, ..first.clone() };
    keep(&failed).await;
    assert_eq!(world.store.waiting_callbacks().await.unwrap(), [(world.tenant, again)]);

    let path = format!("/tenants/demo/call-queues/{sales}/callbacks");
    let list = world.read(&path).await;
    let states: Vec<_> = list["items"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
    assert_eq!(states.len(), 2);
    let waiting = list["items"].as_array().unwrap().iter().find(|one| one["state"] == "waiting").unwrap();
    assert_eq!((&waiting["number"], &waiting["attempts"]), (&json!("+14252000100"), &json!(1)));
    let page = world.read(&format!("{path}?limit=1")).await;
    let next = world.read(&format!("{path}?limit=1&cursor={}", page["next_cursor"].as_str().unwrap())).await;
    assert_eq!(next["items"].as_array().unwrap().len(), 1);

    let audit = world.read("/tenants/demo/audit?noun=callback").await;
    let actions: Vec<_> = audit["items"].as_array().unwrap().iter().map(|event| &event["action"]).collect();
    assert_eq!(actions, ["fail", "retry", "request"]);
    let cancelled = world.delete(&format!("{path}/{}", first.id), None).await;
    assert_eq!(cancelled.status.as_u16(), 204, "{}", cancelled.text);
    let told = world.commands.lock().unwrap().iter().any(|command| command.starts_with("CancelCallback"));
    assert!(told);
}

/// A request of a moment ago.
pub(super) fn kept(queue: QueueId) -> Kept {
    let asked_at = Timestamp::now().round(jiff::Unit::Millisecond).unwrap();
    Kept {
        id: CallId(Uuid::now_v7()),
        queue,
        number: E164::parse("+14252000100").unwrap(),
        shown: None,
        priority: Priority::NORMAL,
        arrived_at: asked_at,
        asked_at,
        expires_at: asked_at + SignedDuration::from_hours(2),
        n_attempts: 0,
        next_at: None,
        state: State::Waiting,
    }
}
