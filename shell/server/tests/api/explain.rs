//! What would become of a call: told from the demo organization, with the setting behind each step.

use serde_json::{Value, json};

use super::world::{World, world};

const EXPLAIN: &str = "/tenants/demo/explain";

#[tokio::test]
async fn a_call_is_told_step_by_step_with_the_setting_that_decided() {
    let world = world().await;
    let told = explain(&world, json!({ "from": "+12065550100", "to": "+14255550100", "keys": "1" })).await;
    assert_eq!((&told["end"]["type"], &told["end"]["user"]), (&json!("person"), &json!("102")), "{told:#}");
    assert_eq!(told["end"]["app"]["name"], "Sales");
    assert_eq!(told["end"]["words"], "Bob Brown talks with the caller, for the queue Sales");
    let steps = told["steps"].as_array().unwrap();
    let key = steps.iter().find(|step| step["type"] == "key").unwrap();
    assert_eq!(key["words"], "key 1 of Main menu is the queue Sales");
    assert_eq!(key["setting"]["noun"], "auto_attendant");
    assert_eq!(key["setting"]["field"], "default_flow.menu.options[1]");
    assert_eq!(told["assumed"], json!({}));
}

#[tokio::test]
async fn what_is_taken_for_granted_decides_and_is_said() {
    let world = world().await;
    let assume = json!({ "waiting.Sales": "50", "user.101": "no_answer", "agents": "busy" });
    let full = explain(&world, json!({ "to": "queue:Sales", "assume": assume })).await;
    assert_eq!(full["assumed"], assume);
    let leave = full["steps"].as_array().unwrap().iter().find(|step| step["type"] == "leave").unwrap();
    assert_eq!(leave["words"], "Sales is full: 50 wait, at most 50");
    assert_eq!(leave["setting"]["field"], "overflow_threshold");
    let inside = explain(&world, json!({ "from": "102", "to": "101", "assume": { "people": "busy" } })).await;
    let words = "the caller leaves a message in the voicemail of Alice Adams";
    assert_eq!((&inside["end"]["type"], &inside["end"]["words"]), (&json!("message"), &json!(words)));
    let unlicensed = explain(&world, json!({ "from": "user:104", "to": "+12065550100" })).await;
    assert_eq!((&unlicensed["end"]["type"], &unlicensed["end"]["code"]), (&json!("refused"), &json!("not_licensed")));
}

#[tokio::test]
async fn what_cannot_be_read_is_named() {
    let world = world().await;
    for (body, field, code) in [
        (json!({ "to": "queue:Nowhere" }), "to", "explain.target_unknown"),
        (json!({ "to": "101", "from": "nobody" }), "from", "explain.caller_unknown"),
        (json!({ "to": "101", "keys": "x" }), "keys", "explain.keys_malformed"),
        (json!({ "to": "101", "assume": { "weather": "fine" } }), "assume.weather", "explain.assumption_unknown"),
        (json!({ "to": "101", "assume": { "agents": "asleep" } }), "assume.agents", "explain.assumption_malformed"),
    ] {
        let refused = world.post_json(EXPLAIN, &body).await;
        assert_eq!(refused.status.as_u16(), 422, "{}", refused.text);
        let fault = &refused.body["errors"][0];
        assert_eq!((&fault["field"], &fault["code"]), (&json!(field), &json!(code)));
    }
}

#[tokio::test]
async fn a_draft_is_told_of_before_calls_meet_it() {
    let world = world().await;
    let path = format!("/tenants/demo/call-queues/{}", world.id_of("call-queues", "Sales").await);
    let mut settings = world.read(&path).await;
    let app = json!({ "type": "call_queue", "id": settings["id"] });
    settings["timeout"]["prompt"] = Value::Null;
    settings["overflow_threshold"] = json!(0);
    let on_draft = json!({ "to": "queue:Sales", "draft_of": app });
    assert_eq!(world.post_json(EXPLAIN, &on_draft).await.status.as_u16(), 404);
    let saved = world.put(&format!("{path}/draft"), None, &settings).await;
    assert_eq!(saved.status.as_u16(), 200, "{}", saved.text);
    assert_eq!(explain(&world, on_draft).await["end"]["type"], "hung_up");
    assert_eq!(explain(&world, json!({ "to": "queue:Sales" })).await["end"]["type"], "person");
}

async fn explain(world: &World, body: Value) -> Value {
    let reply = world.post_json(EXPLAIN, &body).await;
    assert_eq!(reply.status.as_u16(), 200, "{}", reply.text);
    reply.body
}
