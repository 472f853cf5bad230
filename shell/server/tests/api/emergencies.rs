//! Calls for help are told to who must know.

use jiff::Timestamp;
use phone::id::CallId;
use phone::numbers::E164;
use phone::record::emergency::CalledForHelp;
use store::Actor;
use uuid::Uuid;

use super::world::world;

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
}
