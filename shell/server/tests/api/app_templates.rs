//! Templates that attendants and queues are made from.

use reqwest::Method;
use serde_json::{Value, json};

use super::world::{Reply, TOKEN, World, send, world};

const TEMPLATES: &str = "/tenants/demo/app-templates";

#[tokio::test]
async fn a_queue_is_saved_as_a_template_and_made_again_with_its_schedule() {
    let world = world().await;
    let monday = json!([{ "start": "09:00:00", "end": "17:00:00" }]);
    let rule = json!({ "type": "weekly", "monday": monday, "complement": true });
    let schedule = world.post_json("/tenants/demo/schedules", &json!({ "name": "Mondays", "rule": rule })).await.body;
    let hang_up = json!({ "prompt": null, "action": { "type": "disconnect" } });
    let closure = json!({ "type": "after_hours", "schedule": schedule["id"], "exception": hang_up });
    let queue = json!({
        "name": "Mondays only", "language": "en-US", "agents": [], "wrap_up_seconds": 7, "hours": { "closures": [closure] },
    });
    let queue = world.post_json("/tenants/demo/call-queues", &queue).await.body;
    let wanted = json!({ "name": "Branch", "description": "One day a week", "call_queue": queue["id"] });
    let saved = world.post_json(TEMPLATES, &wanted).await;
    assert_eq!(saved.status.as_u16(), 201, "{}", saved.text);
    assert_eq!((&saved.body["type"], &saved.body["schedules"]), (&json!("call_queue"), &json!(["Mondays"])));
    assert_eq!(world.post_json(TEMPLATES, &wanted).await.body["errors"][0]["code"], "name_taken");

    // What it was saved from may go.
    for path in [format!("call-queues/{}", word(&queue["id"])), format!("schedules/{}", word(&schedule["id"]))] {
        assert_eq!(delete(&world, &format!("/tenants/demo/{path}")).await.status.as_u16(), 204);
    }
    let agent = world.read("/tenants/demo/users/102").await["id"].clone();
    let made = world.post_json(&format!("{TEMPLATES}/Branch/use"), &json!({ "name": "Lyon", "agents": [agent] })).await;
    assert_eq!((made.status.as_u16(), &made.body["schedules"]), (200, &json!(["Mondays"])), "{}", made.text);
    let lyon = world.read(&format!("/tenants/demo/call-queues/{}", word(&made.body["id"]))).await;
    let (wrap_up, again) = (&lyon["wrap_up_seconds"], &lyon["hours"]["closures"][0]["schedule"]);
    assert_eq!((wrap_up, &lyon["agents"], lyon["name"].as_str()), (&json!(7), &json!([agent]), Some("Lyon")));
    assert_eq!(*again, json!(world.id_of("schedules", "Mondays").await));

    // What is refused leaves nothing behind.
    let taken = world.post_json(&format!("{TEMPLATES}/Branch/use"), &json!({ "name": "lyon" })).await;
    assert_eq!(
        (taken.status.as_u16(), &taken.body["errors"][0]["code"]),
        (422, &json!("name_taken")),
        "{}",
        taken.text
    );
    assert_eq!(world.read("/tenants/demo/schedules").await["items"].as_array().unwrap().len(), 1);
    assert_eq!(delete(&world, &format!("{TEMPLATES}/Branch")).await.status.as_u16(), 204);
    assert_eq!(delete(&world, &format!("{TEMPLATES}/Branch")).await.status.as_u16(), 404);
}

#[tokio::test]
async fn templates_come_with_the_program_and_stay() {
    let world = world().await;
    let list = world.read(TEMPLATES).await;
    let names: Vec<_> = list["items"].as_array().unwrap().iter().map(|one| word(&one["name"])).collect();
    assert_eq!(names, ["Reception", "Announcement", "Help desk", "Sales line", "Ring all"]);
    let reception = world.read(&format!("{TEMPLATES}/reception")).await;
    assert_eq!((&reception["built_in"], &reception["schedules"]), (&json!(true), &json!(["Outside office hours"])));
    assert_eq!(reception["auto_attendant"]["default_flow"]["menu"]["directory_search"], "both");
    let made = world.post_json(&format!("{TEMPLATES}/Ring all/use"), &json!({ "name": "Everybody" })).await;
    assert_eq!((made.status.as_u16(), &made.body["type"]), (200, &json!("call_queue")), "{}", made.text);
    let kept = delete(&world, &format!("{TEMPLATES}/Ring all")).await;
    assert_eq!((kept.status.as_u16(), &kept.body["code"]), (409, &json!("app_template.built_in")), "{}", kept.text);
    let id = world.id_of("call-queues", "Everybody").await;
    let both = json!({ "name": "Both", "auto_attendant": id, "call_queue": id });
    for (wanted, code) in [(both, "app_template.one_of_both"), (json!({ "name": "None" }), "app_template.one_of_both")]
    {
        assert_eq!(world.post_json(TEMPLATES, &wanted).await.body["errors"][0]["code"], code);
    }
    let taken = world.post_json(TEMPLATES, &json!({ "name": "ring all", "call_queue": id })).await;
    assert_eq!((taken.status.as_u16(), &taken.body["code"]), (409, &json!("name_taken")), "{}", taken.text);
}

async fn delete(world: &World, path: &str) -> Reply {
    send(world.request(Method::DELETE, path).bearer_auth(TOKEN)).await
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap()
}
