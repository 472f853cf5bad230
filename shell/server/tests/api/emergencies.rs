//! Calls for help are told to who must know.

use std::sync::Arc;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use phone::apps::queue::Fact;
use phone::id::CallId;
use phone::numbers::E164;
use phone::record::emergency::CalledForHelp;
use serde_json::json;
use server::admin::desk_mailing::DeskMailing;
use server::node::Memory;
use store::Actor;
use tokio::sync::broadcast;
use uuid::Uuid;

use super::world::world;
use crate::voicemail::mail::Postman;

#[tokio::test]
async fn a_call_for_help_is_in_the_audit_with_all_that_a_desk_needs() {
    let world = world().await;
    let call = CalledForHelp {
        call: CallId(Uuid::from_u128(7)),
        at: "2026-03-02T15:00:00Z".parse().unwrap(),
        caller: "102".to_owned(),
        caller_name: Some("Bob Brown".to_owned()),
        dialled: "9911".to_owned(),
        number: "911".to_owned(),
        callback: E164::parse("+14255550102").ok(),
        location: Some("100 Main Street".to_owned()),
        trunks: vec!["demo-carrier".to_owned()],
        notified: vec!["desk@demo.test".to_owned()],
    };
    let mut tx = world.store.begin(Actor::System, Timestamp::now()).await.unwrap();
    tx.note_emergency(world.tenant, &call).await.unwrap();
    tx.commit().await.unwrap();
    let audit = world.read("/tenants/demo/audit?noun=emergency_call").await;
    let event = &audit["items"][0];
    assert_eq!((&event["action"], &event["object"]), (&"create".into(), &call.call.to_string().into()));
    assert_eq!(event["after"]["location"], "100 Main Street");
    assert_eq!(event["after"]["callback"], "+14255550102");
    // Whoever begins anew is told of those of the last hour.
    let since = async |secs: i64| {
        let at = Timestamp::now() - jiff::SignedDuration::from_secs(secs);
        world.store.emergencies_since(at).await.unwrap()
    };
    assert_eq!(since(3_600).await, [(world.tenant, call)]);
    assert!(since(-60).await.is_empty());
}

#[tokio::test]
async fn the_security_desk_is_mailed_at_once_each_once() {
    let world = world().await;
    let postman = Postman::start().await;
    world.patch("/tenants/demo/users/101", None, &json!({ "email": "alice@demo.test" })).await;
    let directory = Arc::new(ArcSwap::from_pointee(world.store.load_directory().await.unwrap()));
    let (tell, told) = broadcast::channel(4);
    let mailing = tokio::spawn(DeskMailing { directory, post: postman.post() }.run(told));
    let call = CalledForHelp {
        call: CallId(Uuid::from_u128(7)),
        at: "2026-03-02T15:00:00Z".parse().unwrap(),
        caller: "102".to_owned(),
        caller_name: Some("Bob Brown".to_owned()),
        dialled: "9911".to_owned(),
        number: "911".to_owned(),
        callback: E164::parse("+14255550102").ok(),
        location: Some("100 Main Street".to_owned()),
        trunks: vec!["demo-carrier".to_owned()],
        // A group that has no address, a person by extension and by address, and somebody elsewhere.
        notified: ["Reception", "101", "ALICE@demo.test", "desk@guards.example"].map(str::to_owned).to_vec(),
    };
    let fact = Fact::CalledForHelp(Box::new(call));
    assert!(tell.send(Memory { tenant: world.tenant, fact }).is_ok());
    // What was told is mailed before the end is heard of.
    drop(tell);
    mailing.await.unwrap();
    let letters = postman.letters.lock().unwrap().clone();
    assert_eq!(letters.len(), 2, "{letters:?}");
    for (letter, to) in letters.iter().zip(["ALICE@demo.test", "desk@guards.example"]) {
        assert!(letter.contains(&format!("To: {to}")), "{letter}");
        for words in ["Emergency call: Bob Brown (102) called 911", "100 Main Street", "+14255550102", "demo-carrier"] {
            assert!(letter.contains(words), "{words} in {letter}");
        }
    }
}
