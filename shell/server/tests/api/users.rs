//! People: made, changed, refused, deleted, and known to the switch.

use reqwest::Method;
use serde_json::json;

use super::world::{TOKEN, World, send, world};

#[tokio::test]
async fn a_person_is_made_and_may_call_at_once() {
    let world = world().await;
    let body = json!({ "display_name": "Erin Evans", "extension": "105", "department": "Sales" });
    let made = world.post_json("/tenants/demo/users", &body).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    assert_eq!((made.etag.as_deref(), &made.body["ring_seconds"]), (Some("\"1\""), &json!(20)));
    let password = made.body["password"].as_str().unwrap().to_owned();
    assert!(24 <= password.len());

    let tenant = world.switch_has(|tenant| tenant.user_by_extension("105").is_some()).await;
    let erin = tenant.user_by_extension("105").unwrap();
    let secret = server::secret::Secret::new(password.clone());
    assert!(erin.ha1 == server::secret::ha1("105", "demo.test", &secret));
    let shown = world.get("/tenants/demo/users/105").await;
    assert!(!shown.text.contains(&password));
    assert_eq!(shown.body["department"], "Sales");
}

#[tokio::test]
async fn what_is_wrong_with_a_person_is_told_field_by_field() {
    let world = world().await;
    let body =
        json!({ "display_name": " ", "extension": "911", "email": "nobody", "country": "us", "ring_seconds": 2 });
    let refused = world.post_json("/tenants/demo/users", &body).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!("invalid_settings")));
    let errors: Vec<_> = refused.body["errors"].as_array().unwrap().iter().map(|error| &error["code"]).collect();
    let expected =
        ["name.empty", "email.malformed", "user.ring_out_of_range", "extension.emergency", "country.unknown"];
    assert_eq!(errors, expected);

    let taken = world.post_json("/tenants/demo/users", &json!({ "display_name": "Eve", "extension": "101" })).await;
    assert_eq!((taken.status.as_u16(), &taken.body["code"]), (409, &json!("extension.taken")));
    assert!(taken.body["detail"].as_str().unwrap().contains("Alice Adams"), "{}", taken.text);
    let weak = json!({ "display_name": "Eve", "extension": "105", "password": "secret" });
    assert_eq!(world.post_json("/tenants/demo/users", &weak).await.body["code"], "password.length");
    assert_eq!(world.read("/tenants/demo/users").await["items"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn only_what_is_named_changes_and_two_writers_do_not_lose_each_other() {
    let world = world().await;
    let path = "/tenants/demo/users/104";
    let before = world.get(path).await;
    let change = json!({ "office": null, "ring_seconds": 40, "enabled": false });
    let changed = world.patch(path, before.etag.as_deref(), &change).await;
    assert_eq!(changed.status.as_u16(), 200, "{}", changed.text);
    let mut expected = before.body.clone();
    expected["office"] = json!(null);
    expected["ring_seconds"] = json!(40);
    expected["enabled"] = json!(false);
    assert_eq!((changed.etag.as_deref(), &changed.body), (Some("\"2\""), &expected));

    let stale = world.patch(path, before.etag.as_deref(), &json!({ "department": "Sales" })).await;
    assert_eq!((stale.status.as_u16(), &stale.body["code"]), (412, &json!("stale")));
    assert_eq!(world.read(path).await, expected);
    let typo = world.patch(path, None, &json!({ "ofice": "Boston" })).await;
    assert_eq!((typo.status.as_u16(), &typo.body["code"]), (400, &json!("malformed_body")));

    let audit = world.read("/tenants/demo/audit?noun=user&limit=1").await;
    let event = &audit["items"][0];
    assert_eq!((&event["action"], &event["actor"]), (&json!("update"), &json!("token:demo")));
    assert_eq!((&event["before"]["ring_secs"], &event["after"]["ring_secs"]), (&json!(20), &json!(40)));
}

#[tokio::test]
async fn a_new_extension_needs_a_password_and_a_new_password_ends_the_old_one() {
    let world = world().await;
    let refused = world.patch("/tenants/demo/users/104", None, &json!({ "extension": "204" })).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!("password.needed")));
    let change = json!({ "extension": "204", "password": "a-longer-password" });
    assert_eq!(world.patch("/tenants/demo/users/104", None, &change).await.status.as_u16(), 200);
    assert_eq!(world.get("/tenants/demo/users/104").await.status.as_u16(), 404);
    let ha1 =
        |password: &str| server::secret::ha1("204", "demo.test", &server::secret::Secret::new(password.to_owned()));
    world
        .switch_has(|tenant| tenant.user_by_extension("204").is_some_and(|dan| dan.ha1 == ha1("a-longer-password")))
        .await;

    let reset = world.post("/tenants/demo/users/204/reset-password").await;
    let password = reset.body["password"].as_str().unwrap();
    world.switch_has(|tenant| tenant.user_by_extension("204").is_some_and(|dan| dan.ha1 == ha1(password))).await;
}

#[tokio::test]
async fn a_person_whom_a_queue_names_stays_and_one_who_leaves_frees_the_number() {
    let world = world().await;
    let used = world.delete("/tenants/demo/users/103", None).await;
    assert_eq!((used.status.as_u16(), &used.body["code"]), (409, &json!("user.in_use")));
    let detail = used.body["detail"].as_str().unwrap();
    assert!(detail.contains("the call queue Sales") && detail.contains("the call queue Support"), "{detail}");
    assert_eq!(world.get("/tenants/demo/users/103").await.status.as_u16(), 200);

    for queue in ["Sales", "Support"] {
        without_agent(&world, queue, "103").await;
    }
    assert_eq!(world.delete("/tenants/demo/users/103", Some("\"7\"")).await.status.as_u16(), 412);
    assert_eq!(world.delete("/tenants/demo/users/103", Some("\"1\"")).await.status.as_u16(), 204);
    assert_eq!(world.delete("/tenants/demo/users/103", None).await.status.as_u16(), 404);
    assert_eq!(world.read("/tenants/demo/numbers/+14255550103").await["assignee"], json!(null));
    world.switch_has(|tenant| tenant.user_by_extension("103").is_none()).await;
}

#[tokio::test]
async fn who_is_hidden_is_found_by_no_caller_and_reached_by_who_knows_the_extension() {
    let world = world().await;
    let user = |tenant: &phone::directory::Tenant| tenant.user_by_extension("101").unwrap().id;
    let hidden = world.patch("/tenants/demo/users/101", None, &json!({ "hidden": true })).await;
    assert_eq!((hidden.status.as_u16(), &hidden.body["hidden"]), (200, &json!(true)), "{}", hidden.text);
    let now = world.switch_has(|tenant| !tenant.is_listed(user(tenant))).await;
    assert!(now.listed().all(|listed| listed != user(&now)));
    assert_eq!(world.read("/tenants/demo/users?extension=101").await["items"][0]["hidden"], true);
    assert_eq!(world.read("/tenants/demo/users?extension=102").await["items"][0]["hidden"], false);
    world.patch("/tenants/demo/users/101", None, &json!({ "hidden": false })).await;
    world.switch_has(|tenant| tenant.is_listed(user(tenant))).await;
}

#[tokio::test]
async fn people_are_found_by_department_and_part_of_a_name() {
    let world = world().await;
    let found = async |query: &str| {
        let list = world.read(&format!("/tenants/demo/users?{query}")).await;
        let items = list["items"].as_array().unwrap().clone();
        items.iter().map(|user| user["extension"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("department=Sales").await, ["102", "103"]);
    assert_eq!(found("department=sales").await, [""; 0]);
    assert_eq!(found("display_name=dams&enabled=true").await, ["101"]);
    assert_eq!(found("enabled=false").await, [""; 0]);
}

/// Takes an agent out of a queue; its prompt too, since no speech program is installed in this world.
async fn without_agent(world: &World, queue: &str, extension: &str) {
    let agent = world.read(&format!("/tenants/demo/users/{extension}")).await["id"].clone();
    let path = format!("/tenants/demo/call-queues/{}", world.id_of("call-queues", queue).await);
    let mut settings = world.read(&path).await;
    settings["agents"].as_array_mut().unwrap().retain(|id| *id != agent);
    settings["timeout"] = json!({ "prompt": null, "action": { "type": "disconnect" } });
    let reply = world.put(&path, None, &settings).await;
    assert_eq!(reply.status.as_u16(), 200, "{}", reply.text);
}

#[tokio::test]
async fn a_nul_character_is_refused_wherever_it_stands() {
    let world = world().await;
    let refused = |reply: &super::world::Reply| {
        assert_eq!((reply.status.as_u16(), &reply.body["code"]), (400, &json!("nul_character")), "{}", reply.text);
    };
    let body = json!({ "display_name": "A\0lice", "extension": "150" });
    refused(&world.post_json("/tenants/demo/users", &body).await);
    refused(&world.patch("/tenants/demo/users/101", None, &json!({ "display_name": "\0" })).await);
    refused(&world.get("/tenants/demo/users?search=a%00").await);
    refused(&world.get("/tenants/demo/users/%00").await);
    let csv = world.request(Method::POST, "/tenants/demo/users/import").bearer_auth(TOKEN);
    refused(&send(csv.header("content-type", "text/csv").body("extension,display_name\n150,A\0lice\n")).await);
    let base = world.base.replace("/api/v1", "/operator/v1");
    let form = reqwest::Client::new().post(format!("{base}/token")).body("grant_type=client%00credentials");
    let form = form.header("content-type", "application/x-www-form-urlencoded");
    refused(&send(form).await);
    let scim = world.base.replace("/api/v1", "/scim/v2");
    let group = reqwest::Client::new().post(format!("{scim}/tenants/demo/Groups")).bearer_auth(TOKEN);
    let group = send(group.json(&json!({ "displayName": "\0" }))).await;
    assert_eq!((group.status.as_u16(), &group.body["scimType"]), (400, &json!("invalidSyntax")), "{}", group.text);
    assert_eq!(world.get("/tenants/demo/users/150").await.status.as_u16(), 404);
    // A backslash before it is the backslash's own.
    let words = json!({ "display_name": "A\\u0000", "extension": "151" });
    assert_eq!(world.post_json("/tenants/demo/users", &words).await.status.as_u16(), 201);
}
