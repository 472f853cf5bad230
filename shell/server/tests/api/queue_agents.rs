//! Pauses of agents, and calls with the number of a queue.

use axum::http::StatusCode;
use serde_json::json;

use super::delegation::silent;
use super::world::world;

#[tokio::test]
async fn a_pause_has_a_reason_and_is_remembered_until_it_is_over() {
    let world = world().await;
    let pause = "/tenants/demo/call-queues/agents/102/pause";
    for reason in ["", "   ", &"x".repeat(65)] {
        let refused = world.put(pause, None, &json!({ "reason": reason })).await;
        assert_eq!(
            (refused.status, &refused.body["code"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("pause.reason_length"))
        );
    }
    let reply = world.put(pause, None, &json!({ "reason": " Lunch " })).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.text);
    let remembered = world.store.pauses().await.unwrap();
    assert_eq!(remembered.iter().map(|(.., reason)| reason.as_str()).collect::<Vec<_>>(), ["Lunch"]);
    // What a person says of their presence does not end it.
    let said = world.put("/tenants/demo/users/102/presence", None, &json!({ "presence": "busy" })).await;
    assert_eq!((said.status, world.store.pauses().await.unwrap().len()), (StatusCode::NO_CONTENT, 1));
    assert_eq!(world.delete(pause, None).await.status, StatusCode::NO_CONTENT);
    assert!(world.store.pauses().await.unwrap().is_empty());
    assert_eq!(world.read("/tenants/demo/users/102").await["presence"], "busy");
    let audit = world.read("/tenants/demo/audit?noun=queue_agent").await;
    let told: Vec<_> = audit["items"].as_array().unwrap().iter().map(|event| event["action"].clone()).collect();
    assert_eq!(told, [json!("resume"), json!("pause")]);
    let done = world.post("/tenants/demo/call-queues/agents/102/end-wrap-up").await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.text);
}

#[tokio::test]
async fn only_agents_call_with_a_number_that_the_queue_has() {
    let world = world().await;
    let sales = format!("/tenants/demo/call-queues/{}", world.id_of("call-queues", "Sales").await);
    let call = |agent: &str| json!({ "agent": agent, "to": "+12065550100" });
    let out = format!("{sales}/calls-out");
    let none = world.post_json(&out, &call("102")).await;
    assert_eq!((none.status, &none.body["code"]), (StatusCode::CONFLICT, &json!("queue.no_caller_id")));
    let accounts = world.read("/tenants/demo/resource-accounts").await;
    let with_number = accounts["items"].as_array().unwrap().iter().find(|one| one["numbers"] != json!([])).unwrap();
    let mut settings = silent(world.read(&sales).await);
    settings["caller_ids"] = json!([with_number["id"]]);
    let changed = world.put(&sales, None, &settings).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    assert_eq!(changed.body["caller_ids"], json!([with_number["id"]]));
    let reply = world.post_json(&out, &call("102")).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.text);
    let other = world.post_json(&out, &call("101")).await;
    assert_eq!((other.status, &other.body["code"]), (StatusCode::CONFLICT, &json!("queue.not_an_agent")));
    let wrong = json!({ "agent": "102", "to": "+12065550100", "number": "+12065550199" });
    let wrong = world.post_json(&out, &wrong).await;
    assert_eq!((wrong.status, &wrong.body["code"]), (StatusCode::CONFLICT, &json!("queue.no_caller_id")));
    settings["caller_ids"] = json!(["00000000-0000-0000-0000-00000000dead"]);
    let gone = world.put(&sales, None, &settings).await;
    assert_eq!(gone.body["errors"][0]["field"], "caller_ids[0]", "{}", gone.text);
}
