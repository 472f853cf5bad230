//! Resource accounts: made within the allowance, changed, deleted with their numbers freed.

use phone::directory::App;
use phone::id::QueueId;
use serde_json::json;
use uuid::Uuid;

use super::world::{World, world};

const ACCOUNTS: &str = "/tenants/demo/resource-accounts";

#[tokio::test]
async fn a_service_gets_a_number_and_loses_it_when_it_is_deleted() {
    let world = world().await;
    let sales = world.id_of("call-queues", "Sales").await;
    let body = json!({ "display_name": "Hotline", "app": { "type": "call_queue", "id": sales }, "priority": 1 });
    let made = world.post_json(ACCOUNTS, &body).await;
    assert_eq!((made.status.as_u16(), &made.body["warnings"]), (201, &json!([])), "{}", made.text);
    let id = made.body["id"].as_str().unwrap().to_owned();
    let app = App::Queue(QueueId(sales.parse().unwrap()));
    world.switch_has(|tenant| tenant.resource_accounts.values().any(|account| account.app == Some(app))).await;

    let number = json!({ "numbers": ["+14255550130"], "kind": "service_toll" });
    assert_eq!(world.post_json("/tenants/demo/numbers", &number).await.status.as_u16(), 201);
    let assign = json!({ "type": "resource_account", "id": id });
    let assigned = world.post_json("/tenants/demo/numbers/+14255550130/assign", &assign).await;
    assert_eq!(assigned.status.as_u16(), 200, "{}", assigned.text);
    world
        .switch_has(|tenant| {
            tenant.numbers.values().any(|it| it.number.to_string() == "+14255550130" && it.assignee.is_some())
        })
        .await;
    let path = format!("{ACCOUNTS}/{id}");
    assert_eq!(world.read(&path).await["numbers"], json!(["+14255550130"]));

    let changed = world.patch(&path, Some("\"1\""), &json!({ "app": null, "display_name": "Helpline" })).await;
    assert_eq!((changed.status.as_u16(), &changed.body["app"]), (200, &json!(null)), "{}", changed.text);
    assert_eq!((&changed.body["display_name"], &changed.body["priority"]), (&json!("Helpline"), &json!(1)));
    assert_eq!(world.delete(&path, Some("\"1\"")).await.status.as_u16(), 412);
    assert_eq!(world.delete(&path, Some("\"2\"")).await.status.as_u16(), 204);
    assert_eq!(world.get(&path).await.status.as_u16(), 404);
    assert_eq!(world.read("/tenants/demo/numbers/+14255550130").await["assignee"], json!(null));
}

#[tokio::test]
async fn names_apps_and_the_allowance_are_checked() {
    let world = world().await;
    let refused = async |body| {
        let reply = world.post_json(ACCOUNTS, &body).await;
        let errors = reply.body["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(refused(json!({ "display_name": "sales" })).await, ["name_taken"]);
    let nowhere = json!({ "display_name": "New", "app": { "type": "call_queue", "id": Uuid::nil() } });
    assert_eq!(refused(nowhere).await, ["graph.missing_target"]);
    assert_eq!(refused(json!({ "display_name": "New", "priority": 6 })).await, ["priority.out_of_range"]);

    for name in ["Fourth", "Fifth"] {
        assert_eq!(create(&world, name).await, (201, json!(null)));
    }
    assert_eq!(create(&world, "Sixth").await, (409, json!("license.no_seats")));
    world.patch("/tenants/demo", None, &json!({ "license_enforcement": "warn" })).await;
    let over = world.post_json(ACCOUNTS, &json!({ "display_name": "Sixth" })).await;
    assert_eq!(over.body["warnings"], json!(["the organization may have 5 resource accounts, and has them"]));
}

#[tokio::test]
async fn what_a_queue_leads_to_stays_unless_it_is_told_to_go() {
    let world = world().await;
    create(&world, "Overflow").await;
    let id = world.id_of("resource-accounts", "Overflow").await;
    world.switch_has(|tenant| tenant.resource_accounts.size() == 4).await;
    let sales = world.id_of("call-queues", "Sales").await;
    let app = json!({ "app": { "type": "call_queue", "id": sales } });
    world.patch(&format!("{ACCOUNTS}/{id}"), None, &app).await;
    world.switch_has(|tenant| tenant.resource_accounts.values().all(|account| account.app.is_some())).await;
    let support = format!("/tenants/demo/call-queues/{}", world.id_of("call-queues", "Support").await);
    let mut settings = world.read(&support).await;
    let target = json!({ "type": "resource_account", "id": id, "priority": 3 });
    settings["timeout"] = json!({ "prompt": null, "action": { "type": "forward", "target": target } });
    let saved = world.put(&support, None, &settings).await;
    assert_eq!(saved.status.as_u16(), 200, "{}", saved.text);

    let used = world.delete(&format!("{ACCOUNTS}/{id}"), None).await;
    assert_eq!((used.status.as_u16(), &used.body["code"]), (409, &json!("resource_account.in_use")));
    assert!(used.body["detail"].as_str().unwrap().contains("the call queue Support"), "{}", used.text);
    let gone = world.delete(&format!("{ACCOUNTS}/{id}?even_if_used=true"), None).await;
    assert_eq!(gone.status.as_u16(), 204, "{}", gone.text);
}

async fn create(world: &World, name: &str) -> (u16, serde_json::Value) {
    let reply = world.post_json(ACCOUNTS, &json!({ "display_name": name })).await;
    (reply.status.as_u16(), reply.body["code"].clone())
}
