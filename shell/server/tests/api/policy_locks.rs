//! Locks: what no policy of an organization may exceed, by whom, and what that does to calls.

use axum::http::StatusCode;
use phone::access::BuiltIn;
use phone::id::UserId;
use reqwest::Method;
use serde_json::{Value, json};
use store::Scope;

use super::resellers::reseller;
use super::world::{Reply, World, send, world};

const LOCKS: &str = "/tenants/demo/policy-locks";
const CALLING: &str = "/tenants/demo/policies/calling";
/// An administrator of the demo organization.
const OWN: &str = "token-of-the-organization";

#[tokio::test]
async fn what_is_locked_above_is_refused_below_and_holds_whatever_policies_say() {
    let world = world().await;
    world.add_token(OWN, Scope::Tenant(world.tenant), BuiltIn::Administrator).await;
    let body = json!({ "name": "Front desk", "settings": { "allow_voicemail": "always_enabled" } });
    assert_eq!(world.post_json(CALLING, &body).await.status.as_u16(), 201);
    let given = json!({ "users": ["102"] });
    assert_eq!(world.post_json(&format!("{CALLING}/Front%20desk/assign"), &given).await.status.as_u16(), 204);
    let bob = UserId(world.id_of("users", "Bob Brown").await.parse().unwrap());
    let takes = |tenant: &phone::directory::Tenant| tenant.voicemail_of(bob).is_some();
    world.switch_has(takes).await;

    let lock = json!({ "type": "calling", "setting": "allow_voicemail", "values": ["always_disabled"],
        "reason": "voicemail is not in the contract" });
    let made = world.post_json(LOCKS, &lock).await;
    assert_eq!((made.status.as_u16(), &made.body["level"]), (201, &json!("platform")), "{}", made.text);
    let says =
        "who runs the server lets allow_voicemail be \"always_disabled\" only (voicemail is not in the contract)";
    assert_eq!(made.body["says"], says);
    world.switch_has(|tenant| !takes(tenant)).await;

    // The effective policy says so, and what the policy itself says is still there.
    let held = of_bob(&world).await;
    assert_eq!(held["settings"]["allow_voicemail"], "always_disabled");
    let told = json!([{ "setting": "allow_voicemail", "says": "always_enabled", "holds": "always_disabled",
        "level": "platform", "reason": says }]);
    assert_eq!(held["locked"], told);
    let policy = world.read(&format!("{CALLING}/Front%20desk")).await;
    assert_eq!(policy["settings"]["allow_voicemail"], "always_enabled");

    // Nobody of the organization gets round it.
    let wanted = json!({ "settings": { "allow_voicemail": "user_override" } });
    for (method, path, body) in [
        (Method::PATCH, format!("{CALLING}/global"), wanted.clone()),
        (Method::PATCH, format!("{CALLING}/Front%20desk"), wanted.clone()),
        (Method::POST, CALLING.to_owned(), json!({ "name": "New", "settings": wanted["settings"] })),
    ] {
        let refused = ask(&world, OWN, method, &path, Some(&body)).await;
        assert_eq!(
            (refused.status, &refused.body["code"]),
            (StatusCode::CONFLICT, &json!("policy.setting_locked")),
            "{}",
            refused.text
        );
        assert!(refused.body["fix"].as_str().unwrap().contains("ask who runs the server"), "{}", refused.text);
        assert!(refused.body["detail"].as_str().unwrap().contains("not in the contract"), "{}", refused.text);
    }
    let path = format!("{LOCKS}/{}", made.body["id"].as_str().unwrap());
    for (method, body) in [(Method::PATCH, Some(json!({ "reason": "x" }))), (Method::DELETE, None)] {
        let refused = ask(&world, OWN, method, &path, body.as_ref()).await;
        assert_eq!(
            (refused.status, &refused.body["code"]),
            (StatusCode::CONFLICT, &json!("policy_lock.from_above")),
            "{}",
            refused.text
        );
    }
    // Other settings change as ever, and what is copied or reset is within the lock.
    let other = json!({ "settings": { "allow_delegation": false } });
    assert_eq!(ask(&world, OWN, Method::PATCH, &format!("{CALLING}/Front%20desk"), Some(&other)).await.status, 200);
    let copy = ask(&world, OWN, Method::POST, CALLING, Some(&json!({ "name": "Copy" }))).await;
    assert_eq!(
        (copy.status.as_u16(), &copy.body["settings"]["allow_voicemail"]),
        (201, &json!("always_disabled")),
        "{}",
        copy.text
    );
    let reset = ask(&world, OWN, Method::POST, &format!("{CALLING}/Front%20desk/reset"), None).await;
    assert_eq!(
        (reset.status.as_u16(), &reset.body["settings"]["allow_voicemail"]),
        (200, &json!("always_disabled")),
        "{}",
        reset.text
    );

    assert_eq!(
        world
            .patch(
                &format!("{CALLING}/Front%20desk"),
                None,
                &json!({ "settings": { "allow_voicemail": "always_enabled" } })
            )
            .await
            .status,
        409,
        "who runs the server undoes the lock first"
    );
    assert_eq!(world.delete(&path, None).await.status.as_u16(), 204);
    assert_eq!(
        world
            .patch(
                &format!("{CALLING}/Front%20desk"),
                None,
                &json!({ "settings": { "allow_voicemail": "always_enabled" } })
            )
            .await
            .status,
        200
    );
    world.switch_has(takes).await;
    assert_eq!(of_bob(&world).await.get("locked"), None);
}

#[tokio::test]
async fn each_level_has_its_own_locks_and_none_goes_beyond_those_above() {
    let world = world().await;
    let north = reseller(&world, "north").await;
    let moved = world.patch("/tenants/demo", None, &json!({ "reseller": "north" })).await;
    assert_eq!(moved.status.as_u16(), 200, "{}", moved.text);
    world.add_token(OWN, Scope::Tenant(world.tenant), BuiltIn::Administrator).await;
    let timeout =
        |min: u32, max: u32| json!({ "type": "call_park", "setting": "park_timeout_seconds", "min": min, "max": max });
    let made = ask(&world, &north, Method::POST, LOCKS, Some(&timeout(60, 600))).await;
    assert_eq!((made.status.as_u16(), &made.body["level"]), (201, &json!("reseller")), "{}", made.text);
    let again = ask(&world, &north, Method::POST, LOCKS, Some(&timeout(60, 600))).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (409, &json!("policy_lock.exists")), "{}", again.text);
    let beyond = ask(&world, OWN, Method::POST, LOCKS, Some(&timeout(30, 600))).await;
    assert_eq!(
        (beyond.status.as_u16(), &beyond.body["code"]),
        (409, &json!("policy.setting_locked")),
        "{}",
        beyond.text
    );
    assert!(beyond.body["fix"].as_str().unwrap().contains("the reseller"), "{}", beyond.text);
    let within = ask(&world, OWN, Method::POST, LOCKS, Some(&timeout(60, 120))).await;
    assert_eq!((within.status.as_u16(), &within.body["level"]), (201, &json!("organization")), "{}", within.text);
    let held = of(&world, "101", "call_park").await;
    assert_eq!(
        (&held["settings"]["park_timeout_seconds"], &held["locked"][0]["level"]),
        (&json!(120), &json!("organization"))
    );

    // Who is above changes what is below, and the organization its own.
    let within = format!("{LOCKS}/{}", within.body["id"].as_str().unwrap());
    let wider = json!({ "min": 60, "max": 200 });
    let changed = ask(&world, &north, Method::PATCH, &within, Some(&wider)).await;
    assert_eq!((changed.status.as_u16(), &changed.body["max"]), (200, &json!(200)), "{}", changed.text);
    let stale = world.request(Method::DELETE, &within).bearer_auth(OWN).header("If-Match", "\"1\"");
    assert_eq!(send(stale).await.status.as_u16(), 412);
    assert_eq!(ask(&world, OWN, Method::DELETE, &within, None).await.status.as_u16(), 204);
    assert_eq!(of(&world, "101", "call_park").await["settings"]["park_timeout_seconds"], 300, "within the reseller's");
    let audit = world.read("/tenants/demo/audit?noun=policy_lock").await;
    let told: Vec<_> = audit["items"].as_array().unwrap().iter().map(|it| &it["action"]).collect();
    assert_eq!(told, ["delete", "update", "create", "create"]);
    assert_eq!(audit["items"][1]["before"]["bounds"], json!({ "range": { "min": 60, "max": 120 } }));
}

#[tokio::test]
async fn a_lock_that_says_nothing_is_refused_with_what_is_wrong() {
    let world = world().await;
    for (body, code, field) in [
        (json!({ "type": "colour", "setting": "x", "values": [1] }), "policy.type_unknown", "type"),
        (json!({ "type": "calling", "setting": "x", "values": [1] }), "policy.setting_unknown", "setting"),
        (json!({ "type": "calling", "setting": "copilot" }), "policy_lock.bounds", "values"),
        (
            json!({ "type": "calling", "setting": "copilot", "values": ["disabled"], "min": 1, "max": 2 }),
            "policy_lock.bounds",
            "values",
        ),
        (json!({ "type": "calling", "setting": "copilot", "min": 1 }), "policy_lock.bounds", "values"),
        (json!({ "type": "calling", "setting": "copilot", "values": ["always"] }), "policy_lock.bounds", "bounds"),
        (json!({ "type": "calling", "setting": "copilot", "min": 1, "max": 2 }), "policy_lock.bounds", "bounds"),
    ] {
        let refused = world.post_json(LOCKS, &body).await;
        assert_eq!(refused.status.as_u16(), 422, "{body}: {}", refused.text);
        let error = &refused.body["errors"][0];
        assert_eq!((&error["code"], &error["field"]), (&json!(code), &json!(field)), "{body}: {}", refused.text);
    }
    assert_eq!(world.read(LOCKS).await["items"], json!([]));
    assert_eq!(world.get(&format!("{LOCKS}/x")).await.status.as_u16(), 404);
}

#[tokio::test]
async fn calls_outside_are_bound_by_a_lock_where_nobody_ever_changed_a_policy() {
    let world = world().await;
    let lock = json!({ "type": "dial_out", "setting": "user", "values": ["domestic", "none"] });
    assert_eq!(world.post_json(LOCKS, &lock).await.status.as_u16(), 201);
    world
        .switch_has(|tenant| {
            let held = tenant.held(phone::policies::Holder::default());
            held.dial_out.user == phone::policies::dial_out::UserDialOut::Domestic
        })
        .await;
    let asked = json!({ "from": "101", "to": "+442079460000" });
    let told = world.post_json("/tenants/demo/explain", &asked).await;
    assert_eq!(told.body["end"]["type"], "refused", "{}", told.text);
    assert!(told.text.contains("domestic_only") || told.text.contains("within it only"), "{}", told.text);
}

async fn of_bob(world: &World) -> Value {
    of(world, "102", "calling").await
}

async fn of(world: &World, extension: &str, kind: &str) -> Value {
    let held = world.read(&format!("/tenants/demo/users/{extension}/policies")).await;
    held["items"].as_array().unwrap().iter().find(|it| it["type"] == kind).unwrap().clone()
}

async fn ask(world: &World, token: &str, method: Method, path: &str, body: Option<&Value>) -> Reply {
    let request = world.request(method, path).bearer_auth(token);
    send(match body {
        Some(body) => request.json(body),
        None => request,
    })
    .await
}
