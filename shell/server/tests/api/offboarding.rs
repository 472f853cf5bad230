//! Who leaves: previewed, carried out as a whole, and nothing leads to them afterwards.

use phone::access::BuiltIn;
use reqwest::Method;
use serde_json::{Value, json};
use store::Scope;

use super::browser::Browser;
use super::world::{send, world};

const ALICE: &str = "/tenants/demo/users/101";

#[tokio::test]
async fn a_dry_run_says_what_is_held_and_what_keeps_it() {
    let world = world().await;
    let before = world.read(ALICE).await;
    let preview = world.post_json(&format!("{ALICE}/offboard"), &json!({ "dry_run": true })).await;
    assert_eq!((preview.status.as_u16(), &preview.body["done"]), (200, &json!(false)), "{}", preview.text);
    let fate = json!({ "type": "hold", "days": 30 });
    assert_eq!(preview.body["numbers"], json!([{ "number": "+14255550101", "category": "primary", "fate": fate }]));
    assert!(!preview.body["licenses"].as_array().unwrap().is_empty());
    assert_eq!(world.read(ALICE).await, before, "nothing was done");
    let number = world.read("/tenants/demo/numbers/+14255550101").await;
    assert_eq!(number["state"], "assigned");
}

#[tokio::test]
async fn who_leaves_is_gone_from_everywhere_and_the_number_rings_the_successor() {
    let world = world().await;
    let group = world.post_json("/tenants/demo/groups", &json!({ "name": "Callers" })).await.body;
    let members = format!("/tenants/demo/groups/{}/members", group["id"].as_str().unwrap());
    world.post_json(&format!("{members}/add"), &json!({ "users": ["102"] })).await;
    let bob = world.read("/tenants/demo/users/102").await;
    let sales = format!("/tenants/demo/call-queues/{}", world.id_of("call-queues", "Sales").await);
    let mut settings = world.read(&sales).await;
    let target = json!({ "type": "user", "id": bob["id"] });
    settings["timeout"] = json!({ "prompt": null, "action": { "type": "forward", "target": target } });
    assert_eq!(world.put(&sales, None, &settings).await.status.as_u16(), 200);

    let offboard = async |body: Value| world.post_json("/tenants/demo/users/102/offboard", &body).await;
    let alone = offboard(json!({})).await;
    assert_eq!(
        (alone.status.as_u16(), &alone.body["code"]),
        (409, &json!("offboard.successor_needed")),
        "{}",
        alone.text
    );
    let preview = offboard(json!({ "dry_run": true })).await;
    assert_eq!(preview.body["problem"]["code"], "offboard.successor_needed");
    assert_eq!(
        (&preview.body["groups"], &preview.body["agent_of"]),
        (&json!(["Callers"]), &json!(["Sales", "Support"]))
    );
    let himself = offboard(json!({ "successor": "102" })).await;
    assert_eq!((himself.status.as_u16(), &himself.body["code"]), (422, &json!("offboard.successor_unfit")));
    assert_eq!(world.read("/tenants/demo/users/102").await, bob, "all of it or nothing");

    let to = json!([{ "number": "+14255550102", "fate": { "type": "user", "id": "103" } }]);
    let done = offboard(json!({ "successor": "103", "numbers": to })).await;
    assert_eq!((done.status.as_u16(), &done.body["done"]), (200, &json!(true)), "{}", done.text);
    let who = phone::id::UserId(bob["id"].as_str().unwrap().parse().unwrap());
    world.switch_has(|tenant| tenant.number_of_user(who).is_none() && !tenant.users[&who].enabled).await;
    let after = world.read("/tenants/demo/users/102").await;
    assert_eq!((&after["enabled"], &after["licenses"], &after["numbers"]), (&json!(false), &json!([]), &json!([])));
    assert_eq!(world.read(&members).await["items"], json!([]));
    let carol = world.read("/tenants/demo/users/103").await;
    let settings = world.read(&sales).await;
    assert_eq!(settings["timeout"]["action"]["target"]["id"], carol["id"]);
    assert!(
        !settings["agents"].as_array().unwrap().iter().any(|agent| agent["id"] == bob["id"] || *agent == bob["id"])
    );
    let number = world.read("/tenants/demo/numbers/+14255550102").await;
    assert_eq!(number["assignee"]["id"], carol["id"]);
    assert_eq!(number["category"], "alternate");
    assert_eq!(world.delete("/tenants/demo/users/102", None).await.status.as_u16(), 204, "nothing names him");
}

#[tokio::test]
async fn numbers_are_held_or_given_back() {
    let world = world().await;
    let numbers = json!({ "numbers": ["+12065550150"], "kind": "user" });
    world.post_json("/tenants/demo/numbers", &numbers).await;
    let assign = json!({ "type": "user", "id": "103" });
    assert_eq!(world.post_json("/tenants/demo/numbers/+12065550150/assign", &assign).await.status.as_u16(), 200);
    let wrong = json!({ "numbers": [{ "number": "+14255550101", "fate": { "type": "release" } }], "successor": "101" });
    let refused = world.post_json("/tenants/demo/users/103/offboard", &wrong).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!("offboard.not_held")));
    let body = json!({
        "successor": "101", "other_numbers": { "type": "hold", "days": 90 },
        "numbers": [{ "number": "+12065550150", "fate": { "type": "release" } }]
    });
    let done = world.post_json("/tenants/demo/users/103/offboard", &body).await;
    assert_eq!(done.status.as_u16(), 200, "{}", done.text);
    assert_eq!(world.get("/tenants/demo/numbers/+12065550150").await.status.as_u16(), 404);
    let held = world.read("/tenants/demo/numbers/+14255550103").await;
    assert_eq!((&held["state"], held["blocked_until"].is_string()), (&json!("blocked"), true), "{held}");
    let event = world.read("/tenants/demo/audit?noun=user&limit=1").await;
    assert!(!event.to_string().contains("ha1"), "{event}");
}

#[tokio::test]
async fn who_may_not_change_numbers_can_only_hold_those_of_who_leaves() {
    let world = world().await;
    world.add_token("people", Scope::Tenant(world.tenant), BuiltIn::UserAdministrator).await;
    let offboard = async |fate: Value| {
        let body = json!({ "successor": "101", "other_numbers": fate });
        let request = world.request(Method::POST, "/tenants/demo/users/103/offboard");
        send(request.bearer_auth("people").json(&body)).await
    };
    for fate in [json!({ "type": "release" }), json!({ "type": "user", "id": "101" })] {
        let refused = offboard(fate).await;
        assert_eq!(refused.status.as_u16(), 403, "{}", refused.text);
        assert!(refused.text.contains("numbers.write"), "{}", refused.text);
    }
    assert_eq!(world.read("/tenants/demo/numbers/+14255550103").await["state"], "assigned", "nothing was done");
    let held = offboard(json!({ "type": "hold", "days": 30 })).await;
    assert_eq!(held.status.as_u16(), 200, "{}", held.text);
}

#[tokio::test]
async fn a_successor_needs_the_permission_to_change_what_leads_to_them() {
    let world = world().await;
    let role = json!({ "name": "People only", "permissions": ["users.read", "users.write"] });
    let role = world.post_json("/tenants/demo/roles", &role).await;
    assert_eq!(role.status.as_u16(), 201, "{}", role.text);
    let key = json!({ "name": "hr", "roles": [{ "role": role.body["id"] }] });
    let key = world.post_json("/tenants/demo/api-keys", &key).await;
    assert_eq!(key.status.as_u16(), 201, "{}", key.text);
    let token = key.body["token"].as_str().unwrap();
    let bob = world.read("/tenants/demo/users/102").await["id"].clone();
    let sales = format!("/tenants/demo/call-queues/{}", world.id_of("call-queues", "Sales").await);
    let mut settings = world.read(&sales).await;
    let target = json!({ "type": "user", "id": bob });
    settings["timeout"] = json!({ "prompt": null, "action": { "type": "forward", "target": target } });
    assert_eq!(world.put(&sales, None, &settings).await.status.as_u16(), 200);
    let offboard = async |user: &str| {
        let request = world.request(Method::POST, &format!("/tenants/demo/users/{user}/offboard"));
        send(request.bearer_auth(token).json(&json!({ "successor": "103" }))).await
    };
    let refused = offboard("102").await;
    assert_eq!(refused.status.as_u16(), 403, "{}", refused.text);
    assert!(refused.text.contains("call_queues.write"), "{}", refused.text);
    // Alice is the operator of the main menu.
    let refused = offboard("101").await;
    assert_eq!(refused.status.as_u16(), 403, "{}", refused.text);
    assert!(refused.text.contains("auto_attendants.write"), "{}", refused.text);
    assert_eq!(world.read("/tenants/demo/users/101").await["enabled"], true, "nothing was done");
}

/// Who may change people, and nothing else, decides about nobody's account who may do more.
#[tokio::test]
async fn nobody_signs_out_who_may_do_more() {
    let world = world().await;
    let role = json!({ "name": "Desk", "permissions": ["users.read", "users.write"] });
    let role = world.post_json("/tenants/demo/roles", &role).await.body["id"].as_str().unwrap().to_owned();
    let key = json!({ "name": "desk", "roles": [{ "role": role }] });
    let made = world.post_json("/tenants/demo/api-keys", &key).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    let token = made.body["token"].as_str().unwrap().to_owned();
    let desk = async |method: Method, path: &str, body: Value| {
        send(world.request(method, &format!("/tenants/demo/users/{path}")).bearer_auth(&token).json(&body)).await
    };
    let person = world.read(ALICE).await["id"].as_str().unwrap().to_owned();
    let mut browser = Browser::invited(&world, "boss@demo.test", "administrator", "four words of mine").await;
    let boss = world.patch("/tenants/demo/accounts/boss@demo.test", None, &json!({ "person": person })).await;
    assert_eq!(boss.status.as_u16(), 200, "{}", boss.text);
    for (method, path, body) in [
        (Method::PATCH, "101", json!({ "enabled": false })),
        (Method::POST, "101/offboard", json!({})),
        (Method::DELETE, "101", json!({})),
    ] {
        let refused = desk(method.clone(), path, body).await;
        let said = (refused.status.as_u16(), &refused.body["code"], refused.body["fix"].is_string());
        assert_eq!(said, (403, &json!("more_than_own"), true), "{method} {path}: {}", refused.text);
    }
    let dry = desk(Method::POST, "101/offboard", json!({ "dry_run": true })).await;
    assert_eq!(dry.body["problem"]["code"], "more_than_own", "{}", dry.text);
    assert_eq!(browser.get("/me").await.status.as_u16(), 200, "still signed in");
    assert_eq!(desk(Method::PATCH, "101", json!({ "department": "Care" })).await.status.as_u16(), 200);
    assert_eq!(desk(Method::PATCH, "103", json!({ "enabled": false })).await.status.as_u16(), 200, "who has none");
    let off = world.patch(ALICE, None, &json!({ "enabled": false })).await;
    assert_eq!(off.status.as_u16(), 200, "{}", off.text);
    assert_eq!(browser.get("/me").await.status.as_u16(), 401);
    let on = desk(Method::PATCH, "101", json!({ "enabled": true })).await;
    assert_eq!(on.body["code"], "more_than_own", "nor does anybody let in again whom somebody kept out");
}
