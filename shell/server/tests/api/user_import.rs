//! People from a file: what a dry run says is what the order does, and the same again changes nothing.

use reqwest::Method;
use serde_json::json;

use super::world::{Reply, TOKEN, World, send, world};

const FILE: &str = "extension,display_name,department,groups\r\n\
                    105,Erin Evans,Sales,Callers\r\n\
                    104,,Workshop,\r\n\
                    911,Wrong,,\r\n\
                    106,,,\r\n\
                    107,Gina,,Nobodies\r\n";

#[tokio::test]
async fn a_file_of_people_is_tried_carried_out_and_given_back() {
    let world = world().await;
    world.post_json("/tenants/demo/groups", &json!({ "name": "Callers" })).await;
    world.post_json("/tenants/demo/groups/Callers/licenses/assign", &json!({ "plans": ["MCOEV"] })).await;
    let dry = import(&world, "?dry_run=true").await;
    assert_eq!((dry.status.as_u16(), &dry.body["state"]), (200, &json!("partly_failed")), "{}", dry.text);
    assert_eq!([&dry.body["total"], &dry.body["done"], &dry.body["failed"]], [5, 2, 3]);
    let errors: Vec<_> = dry.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["line"].as_u64().unwrap(), it["column"].as_str().unwrap(), it["code"].as_str().unwrap()))
        .collect();
    let expected =
        [(4, "extension", "extension.emergency"), (5, "display_name", "name.empty"), (6, "groups", "group.unknown")];
    assert_eq!(errors, expected);
    assert_eq!(world.get("/tenants/demo/users/105").await.status.as_u16(), 404);

    let done = world.finished(&import(&world, "").await.body).await;
    assert_eq!([&done["done"], &done["failed"]], [2, 3], "{done}");
    let erin = world.read("/tenants/demo/users/105").await;
    assert_eq!((&erin["licenses"], &erin["department"]), (&json!(["MCOEV"]), &json!("Sales")));
    let dan = world.read("/tenants/demo/users/104").await;
    assert_eq!((&dan["display_name"], &dan["department"]), (&json!("Dan Diaz"), &json!("Workshop")));
    assert_eq!(dan["office"], "New York", "a column that is not there clears nothing");

    let file = world.get("/tenants/demo/users/export").await.text;
    assert!(file.contains("105,Erin Evans,,Sales,,,,Callers"), "{file}");
    let again = send(post(&world, "").body(file)).await;
    let again = world.finished(&again.body).await;
    assert_eq!((&again["state"], &again["done"]), (&json!("succeeded"), &json!(5)));
    let lines = world.read(&format!("/tenants/demo/orders/{}/lines", again["id"].as_str().unwrap())).await;
    assert!(lines["items"].as_array().unwrap().iter().all(|line| line["result"].is_null()), "{lines}");
}

async fn import(world: &World, query: &str) -> Reply {
    send(post(world, query).body(FILE)).await
}

fn post(world: &World, query: &str) -> reqwest::RequestBuilder {
    let path = format!("/tenants/demo/users/import{query}");
    world.request(Method::POST, &path).bearer_auth(TOKEN).header("Content-Type", "text/csv")
}
