//! Attendants and queues of another product's export.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::world::world;

const IMPORT: &str = "/tenants/demo/auto-attendants/import";

#[tokio::test]
async fn apps_that_lead_to_each_other_are_made_and_made_once() {
    let world = world().await;
    let export = export(world.read("/tenants/demo/users/102").await["email"].as_str().unwrap());
    let tried = world.post_json(&format!("{IMPORT}?dry_run=true"), &export).await;
    assert_eq!((tried.status, states(&tried.body)), (StatusCode::OK, vec![json!("planned"); 4]), "{}", tried.text);
    assert_eq!(world.read("/tenants/demo/schedules").await["items"], json!([]));
    let note = tried.body["notes"].as_array().unwrap().iter().find(|note| note["field"] == "TimeoutThreshold").unwrap();
    assert!(note["words"].as_str().unwrap().contains("45"), "{note}");

    let made = world.post_json(IMPORT, &export).await;
    assert_eq!(states(&made.body), vec![json!("made"); 4], "{}", made.text);
    let id = |name: &str| {
        let items = made.body["items"].as_array().unwrap().iter();
        items.clone().find(|item| item["name"] == name && item["type"] != "resource_account").unwrap()["id"].clone()
    };
    let queue = world.read(&format!("/tenants/demo/call-queues/{}", id("Orders").as_str().unwrap())).await;
    assert_eq!(queue["timeout"]["action"]["target"]["id"], id("Front"));
    assert_eq!(
        (&queue["timeout_seconds"], &queue["agents"][0]),
        (&json!(47), &world.read("/tenants/demo/users/102").await["id"])
    );
    let front = world.read(&format!("/tenants/demo/auto-attendants/{}", id("Front").as_str().unwrap())).await;
    assert_eq!(front["default_flow"]["menu"]["options"][0]["action"]["target"]["id"], id("Orders"));
    assert_eq!(front["associations"][0]["schedule"], id("Hours"));
    let accounts = world.read("/tenants/demo/resource-accounts").await;
    let line = accounts["items"].as_array().unwrap().iter().find(|one| one["display_name"] == "Front line").unwrap();
    assert_eq!(line["app"]["id"], id("Front"));

    let again = world.post_json(IMPORT, &export).await;
    assert_eq!((again.status, &again.body["items"]), (StatusCode::OK, &json!([])), "{}", again.text);
    let present = again.body["notes"].as_array().unwrap().iter().filter(|note| note["type"] == "present").count();
    assert_eq!(present, 4);
}

#[tokio::test]
async fn what_breaks_a_rule_is_told_and_the_rest_is_made() {
    let world = world().await;
    let mut export = export("bob@nowhere.example");
    export["CallQueues"][0]["AgentAlertTime"] = json!(900);
    let made = world.post_json(IMPORT, &export).await;
    let items = made.body["items"].as_array().unwrap();
    let queue = items.iter().find(|item| item["type"] == "call_queue").unwrap();
    assert_eq!(queue["state"], "failed");
    assert!(queue["why"].as_str().unwrap().contains("agent_alert_secs"), "{queue}");
    let front = items.iter().find(|item| item["type"] == "auto_attendant").unwrap();
    assert_eq!(front["state"], "made_in_part", "its option leads to no queue: {}", made.text);
    let no_export = world.post_json(IMPORT, &json!({})).await;
    assert_eq!(
        (no_export.status, &no_export.body["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("app_import.malformed"))
    );
}

fn states(report: &Value) -> Vec<Value> {
    report["items"].as_array().unwrap().iter().map(|item| item["state"].clone()).collect()
}

/// Without texts, which would have to be rendered.
fn export(email: &str) -> Value {
    let (front, orders) = ("11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222");
    let (hours, line) = ("33333333-0000-0000-0000-000000000001", "44444444-0000-0000-0000-000000000001");
    let bob = "55555555-0000-0000-0000-000000000001";
    json!({
        "AutoAttendants": [{
            "Identity": front, "Name": "Front", "LanguageId": "en-US", "TimeZoneId": "Eastern Standard Time",
            "ApplicationInstances": [line],
            "DefaultCallFlow": { "Name": "Day", "Menu": { "MenuOptions": [
                { "DtmfResponse": 1, "Action": 2, "CallTarget": { "Id": orders, "Type": 6 } }
            ] } },
            "CallFlows": [{ "Id": "c", "Name": "Night", "Menu": { "MenuOptions": [{ "DtmfResponse": 100, "Action": 1 }] } }],
            "CallHandlingAssociations": [{ "Type": 0, "ScheduleId": hours, "CallFlowId": "c", "Enabled": true }]
        }],
        "CallQueues": [{
            "Identity": orders, "Name": "Orders", "RoutingMethod": "Serial", "Users": [bob], "UseDefaultMusicOnHold": true,
            "TimeoutThreshold": 47, "TimeoutAction": "Forward", "TimeoutActionTarget": { "Id": front, "Type": 6 }
        }],
        "Schedules": [{ "Id": hours, "Name": "Hours", "WeeklyRecurrentSchedule": {
            "ComplementEnabled": true, "MondayHours": [{ "Start": "09:00:00", "End": "17:00:00" }]
        } }],
        "ApplicationInstances": [{ "ObjectId": line, "DisplayName": "Front line", "ApplicationId": "x" }],
        "Users": [{ "Identity": bob, "UserPrincipalName": email }]
    })
}
