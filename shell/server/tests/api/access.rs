//! Roles and keys: who may do what, and nobody gives more than they have.

use axum::http::StatusCode;
use phone::access::BuiltIn;
use reqwest::Method;
use serde_json::{Value, json};
use store::Scope;

use super::world::{Reply, World, send, world};

#[tokio::test]
async fn a_key_does_what_its_role_says_until_it_is_revoked() {
    let world = world().await;
    let made =
        world.post_json("/tenants/demo/api-keys", &json!({ "name": "Board", "roles": [{ "role": "viewer" }] })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let (token, id) = (text(&made.body["token"]), text(&made.body["id"]));
    assert_eq!(as_holder(&world, &token, Method::GET, "/tenants/demo/users", None).await.status, StatusCode::OK);
    let refused = as_holder(&world, &token, Method::DELETE, "/tenants/demo/users/101", None).await;
    assert_eq!((refused.status, &refused.body["code"]), (StatusCode::FORBIDDEN, &json!("forbidden")));
    assert!(refused.body["detail"].as_str().unwrap().contains("users.write"), "{}", refused.text);
    assert!(refused.body["fix"].as_str().unwrap().contains("user_administrator"), "{}", refused.text);
    let shown = world.get(&format!("/tenants/demo/api-keys/{id}")).await;
    assert!(!shown.text.contains(&token));
    // When it was used is written beside the request.
    let used = async { while world.read(&format!("/tenants/demo/api-keys/{id}")).await["last_used_at"].is_null() {} };
    tokio::time::timeout(std::time::Duration::from_secs(20), used).await.expect("its use is written");
    let audit = world.read("/tenants/demo/audit?noun=api_key").await;
    assert_eq!(audit["items"][0]["after"]["roles"], json!([{ "role": "viewer", "scope": { "type": "tenant" } }]));
    assert!(!audit.to_string().contains(&token));

    assert_eq!(world.delete(&format!("/tenants/demo/api-keys/{id}"), None).await.status, StatusCode::NO_CONTENT);
    let gone = as_holder(&world, &token, Method::GET, "/tenants/demo/users", None).await;
    assert_eq!(gone.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.get(&format!("/tenants/demo/api-keys/{id}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn keys_that_can_not_be_are_refused_each_with_its_code() {
    let world = world().await;
    let queue = world.id_of("call-queues", "Sales").await;
    let roles = |roles: Value| json!({ "name": "x", "roles": roles });
    let missing = "00000000-0000-0000-0000-000000000001";
    for (body, code) in [
        (json!({ "name": " ", "roles": [{ "role": "viewer" }] }), "name.empty"),
        (
            json!({ "name": "x", "roles": [{ "role": "viewer" }], "expires_at": "2001-01-01T00:00:00Z" }),
            "expires_at.past",
        ),
        (roles(json!([])), "roles.empty"),
        (roles(json!([{ "role": "emperor" }])), "role.unknown"),
        (roles(json!([{ "role": missing }])), "role.unknown"),
        (
            roles(json!([{ "role": "viewer", "scope": { "type": "call_queue", "id": missing } }])),
            "scope.missing_object",
        ),
        (
            roles(json!([{ "role": "security_desk", "scope": { "type": "call_queue", "id": queue } }])),
            "scope.without_effect",
        ),
        (
            roles(json!([{ "role": "viewer", "scope": { "type": "number_range", "first": "+12", "last": "+11" } }])),
            "number_range.malformed",
        ),
        (roles(json!([{ "role": "viewer", "scope": { "type": "country", "country": "XX" } }])), "scope.malformed"),
        (roles(json!([{ "role": "viewer", "scope": { "type": "tag", "tag": "a|b" } }])), "scope.malformed"),
    ] {
        let reply = world.post_json("/tenants/demo/api-keys", &body).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {}", reply.text);
        assert_eq!(reply.body["code"], code, "{body}");
    }
    let narrow = roles(json!([{ "role": "viewer", "scope": { "type": "call_queue", "id": queue } }]));
    let reply = world.post_json("/api-keys", &narrow).await;
    assert_eq!(reply.body["code"], "scope.not_on_platform");
}

#[tokio::test]
async fn a_key_for_a_range_of_numbers_sees_and_changes_those_and_nothing_else() {
    let world = world().await;
    let scope = json!({ "type": "number_range", "first": "+14255550101", "last": "+14255550102" });
    let token = key(&world, json!([{ "role": "telephony_administrator", "scope": scope }])).await;
    let list = as_holder(&world, &token, Method::GET, "/tenants/demo/numbers", None).await;
    let numbers: Vec<_> = list.body["items"].as_array().unwrap().iter().map(|number| text(&number["number"])).collect();
    assert_eq!(numbers, ["+14255550101", "+14255550102"]);
    let unassign = "/tenants/demo/numbers/+14255550101/unassign";
    assert_eq!(as_holder(&world, &token, Method::POST, unassign, None).await.status, StatusCode::OK);
    for (method, path) in [
        (Method::GET, "/tenants/demo/numbers/+14255550103"),
        (Method::POST, "/tenants/demo/numbers/+14255550103/unassign"),
        (Method::GET, "/tenants/demo/numbers/export"),
        (Method::GET, "/tenants/demo/users"),
        (Method::GET, "/tenants/demo/call-queues"),
        (Method::GET, "/tenants/demo/audit"),
    ] {
        let reply = as_holder(&world, &token, method.clone(), path, None).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{method} {path}: {}", reply.text);
    }
}

#[tokio::test]
async fn a_key_for_a_tag_or_a_country_sees_and_changes_those_numbers_and_keeps_them_its_own() {
    let world = world().await;
    let numbers = json!({ "numbers": ["+14165550140", "+33142685300"], "kind": "user" });
    assert_eq!(world.post_json("/tenants/demo/numbers", &numbers).await.status, StatusCode::CREATED);
    world.patch("/tenants/demo/numbers/+14255550102", None, &json!({ "tags": ["Paris"] })).await;
    let role = |scope: Value| json!([{ "role": "telephony_administrator", "scope": scope }]);
    let tagged = key(&world, role(json!({ "type": "tag", "tag": "PARIS" }))).await;
    let of_canada = key(&world, role(json!({ "type": "country", "country": "CA" }))).await;
    for (token, number) in [(&tagged, "+14255550102"), (&of_canada, "+14165550140")] {
        let list = as_holder(&world, token, Method::GET, "/tenants/demo/numbers", None).await;
        let seen: Vec<_> = list.body["items"].as_array().unwrap().iter().map(|it| text(&it["number"])).collect();
        assert_eq!(seen, [number], "{}", list.text);
        let path = format!("/tenants/demo/numbers/{number}");
        assert_eq!(as_holder(&world, token, Method::GET, &path, None).await.status, StatusCode::OK);
        let other = as_holder(&world, token, Method::GET, "/tenants/demo/numbers/+33142685300", None).await;
        assert_eq!(other.status, StatusCode::FORBIDDEN, "{}", other.text);
    }
    let path = "/tenants/demo/numbers/+14255550102";
    let kept = as_holder(&world, &tagged, Method::PATCH, path, Some(&json!({ "tags": ["paris", "Desk"] }))).await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.text);
    let lost = as_holder(&world, &tagged, Method::PATCH, path, Some(&json!({ "tags": ["Desk"] }))).await;
    assert_eq!(lost.status, StatusCode::FORBIDDEN, "nobody takes a number out of their own part: {}", lost.text);
}

#[tokio::test]
async fn a_key_for_one_queue_or_group_sees_that_one() {
    let world = world().await;
    let sales = world.id_of("call-queues", "Sales").await;
    let support = world.id_of("call-queues", "Support").await;
    let group = world.post_json("/tenants/demo/groups", &json!({ "name": "Paris" })).await.body["id"].clone();
    world.post_json("/tenants/demo/groups", &json!({ "name": "Rome" })).await;
    let token = key(
        &world,
        json!([
            { "role": "operator", "scope": { "type": "call_queue", "id": sales } },
            { "role": "user_administrator", "scope": { "type": "group", "id": group } },
        ]),
    )
    .await;
    let names = async |noun: &str| {
        let list = as_holder(&world, &token, Method::GET, &format!("/tenants/demo/{noun}"), None).await;
        list.body["items"].as_array().unwrap().iter().map(|item| text(&item["name"])).collect::<Vec<_>>()
    };
    assert_eq!(names("call-queues").await, ["Sales"]);
    assert_eq!(names("groups").await, ["Paris"]);
    let opt_out = |queue: &str| format!("/tenants/demo/call-queues/{queue}/agents/102/opt-out");
    let own = as_holder(&world, &token, Method::POST, &opt_out(&sales), None).await;
    assert!(own.status.is_success(), "{}", own.text);
    assert_eq!(as_holder(&world, &token, Method::POST, &opt_out(&support), None).await.status, StatusCode::FORBIDDEN);
    let settings = world.read(&format!("/tenants/demo/call-queues/{sales}")).await;
    let path = format!("/tenants/demo/call-queues/{sales}");
    assert_eq!(as_holder(&world, &token, Method::PUT, &path, Some(&settings)).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn roles_of_an_organization_are_made_changed_and_deleted_when_nobody_has_them() {
    let world = world().await;
    let made = world.post_json("/tenants/demo/roles", &json!({ "name": "Desk", "permissions": ["users.read"] })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let id = text(&made.body["id"]);
    let path = format!("/tenants/demo/roles/{id}");
    let token = key(&world, json!([{ "role": id }])).await;
    let status =
        async |noun: &str| as_holder(&world, &token, Method::GET, &format!("/tenants/demo/{noun}"), None).await.status;
    assert_eq!((status("users").await, status("trunks").await), (StatusCode::OK, StatusCode::FORBIDDEN));
    let stale = world.patch(&path, Some("\"7\""), &json!({ "permissions": ["trunks.read"] })).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let changed = world.patch(&path, made.etag.as_deref(), &json!({ "permissions": ["trunks.read"] })).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    assert_eq!((status("users").await, status("trunks").await), (StatusCode::FORBIDDEN, StatusCode::OK));
    let held = world.delete(&path, None).await;
    assert_eq!((held.status, &held.body["code"]), (StatusCode::CONFLICT, &json!("role.in_use")));
    let keys = world.read("/tenants/demo/api-keys").await;
    let key = keys["items"].as_array().unwrap().iter().find(|key| key["roles"][0]["role"] == id.as_str()).unwrap();
    world.delete(&format!("/tenants/demo/api-keys/{}", text(&key["id"])), None).await;
    assert_eq!(world.delete(&path, None).await.status, StatusCode::NO_CONTENT);
    let audit = world.read("/tenants/demo/audit?noun=role").await;
    let actions: Vec<_> = audit["items"].as_array().unwrap().iter().map(|event| text(&event["action"])).collect();
    assert_eq!(actions, ["delete", "update", "create"]);
    assert_eq!(audit["items"][1]["before"]["permissions"], json!(["users.read"]));

    for (body, code) in [
        (json!({ "name": "viewer", "permissions": [] }), "invalid_settings"),
        (json!({ "name": "x", "permissions": ["users.fly"] }), "permission.unknown"),
    ] {
        assert_eq!(world.post_json("/tenants/demo/roles", &body).await.body["code"], code);
    }
    let built_in = world.patch("/tenants/demo/roles/viewer", None, &json!({ "permissions": [] })).await;
    assert_eq!(built_in.body["code"], "role.built_in");
}

/// Keys and roles are the ways to more rights: none gives more than one has.
#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    let world = world().await;
    let permissions = ["api_keys.write", "api_keys.read", "roles.write", "users.read", "numbers.read"];
    let role = world.post_json("/tenants/demo/roles", &json!({ "name": "Keys", "permissions": permissions })).await;
    let token = key(&world, json!([{ "role": role.body["id"] }])).await;
    let ask = async |method: Method, path: &str, body: Value| {
        let path = format!("/tenants/demo{path}");
        let reply = as_holder(&world, &token, method, &path, Some(&body)).await;
        (reply.status.as_u16(), text(&reply.body["code"]))
    };
    let roles = |roles: Value| json!({ "name": "x", "roles": roles });
    let more = (403, "more_than_own".to_owned());
    assert_eq!(ask(Method::POST, "/api-keys", roles(json!([{ "role": "administrator" }]))).await, more);
    assert_eq!(ask(Method::POST, "/api-keys", roles(json!([{ "role": role.body["id"] }]))).await.0, 201);
    assert_eq!(ask(Method::POST, "/roles", json!({ "name": "More", "permissions": ["users.write"] })).await, more);
    assert_eq!(ask(Method::POST, "/roles", json!({ "name": "Less", "permissions": ["users.read"] })).await.0, 201);
    let own = format!("/roles/{}", text(&role.body["id"]));
    assert_eq!(ask(Method::PATCH, &own, json!({ "permissions": ["users.write"] })).await, more);
    world.add_token("boss", Scope::Tenant(world.tenant), BuiltIn::Administrator).await;
    let keys = world.read("/tenants/demo/api-keys").await;
    let boss = keys["items"].as_array().unwrap().iter().find(|key| key["roles"][0]["role"] == "administrator").unwrap();
    assert_eq!(ask(Method::DELETE, &format!("/api-keys/{}", text(&boss["id"])), Value::Null).await, more);
    let platform =
        as_holder(&world, "boss", Method::POST, "/api-keys", Some(&roles(json!([{ "role": "viewer" }])))).await;
    assert_eq!(platform.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn who_runs_the_server_sees_what_concerns_it() {
    let world = world().await;
    let made = world.post_json("/api-keys", &json!({ "name": "Watch", "roles": [{ "role": "viewer" }] })).await;
    let token = text(&made.body["token"]);
    let audit = as_holder(&world, &token, Method::GET, "/audit", None).await;
    let seen: Vec<_> = audit.body["items"].as_array().unwrap().iter().map(|event| text(&event["noun"])).collect();
    assert!(seen.contains(&"api_key".to_owned()) && seen.contains(&"tenant".to_owned()), "{seen:?}");
    world.add_token("boss", Scope::Tenant(world.tenant), BuiltIn::Administrator).await;
    for path in ["/audit", "/api-keys"] {
        let reply = as_holder(&world, "boss", Method::GET, path, None).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn a_key_for_one_site_sees_and_changes_who_and_what_is_there() {
    let world = world().await;
    for name in ["Boston", "Paris"] {
        world.post_json("/tenants/demo/sites", &json!({ "name": name })).await;
    }
    let boston = world.id_of("sites", "Boston").await;
    for (path, site) in [("users/101", "Boston"), ("users/102", "Paris"), ("numbers/+14255550101", "Boston")] {
        let moved = world.patch(&format!("/tenants/demo/{path}"), None, &json!({ "site": site })).await;
        assert_eq!(moved.status, StatusCode::OK, "{}", moved.text);
    }
    let scope = json!({ "type": "site", "id": boston });
    let roles = ["user_administrator", "telephony_administrator"].map(|role| json!({ "role": role, "scope": scope }));
    let token = key(&world, json!(roles)).await;
    let asked = async |method: Method, path: &str, body: Option<&Value>| {
        as_holder(&world, &token, method, &format!("/tenants/demo/{path}"), body).await
    };
    for (list, field, seen) in
        [("users", "extension", "101"), ("numbers", "number", "+14255550101"), ("sites", "name", "Boston")]
    {
        let reply = asked(Method::GET, list, None).await;
        let items = reply.body["items"].as_array().unwrap().iter().map(|item| text(&item[field]));
        assert_eq!(items.collect::<Vec<_>>(), [seen], "{list}: {}", reply.text);
    }
    let office = json!({ "office": "12" });
    let own = asked(Method::PATCH, "users/101", Some(&office)).await;
    assert_eq!(own.status, StatusCode::OK, "{}", own.text);
    let new = |site: Value| json!({ "display_name": "Erin Evans", "extension": "105", "site": site });
    assert_eq!(asked(Method::POST, "users", Some(&new(json!("Boston")))).await.status, StatusCode::CREATED);
    assert_eq!(asked(Method::GET, "sites/Boston", None).await.status, StatusCode::OK);
    let away = json!({ "site": "Paris" });
    let nowhere = json!({ "site": null });
    let elsewhere = new(json!("Paris"));
    let of_none = new(Value::Null);
    for (method, path, body) in [
        (Method::GET, "users/102", None),
        (Method::GET, "users/103", None),
        (Method::GET, "users/nobody", None),
        (Method::GET, "users/102/licenses", None),
        (Method::GET, "sites/Paris", None),
        (Method::GET, "numbers/+14255550102", None),
        (Method::GET, "groups", None),
        (Method::PATCH, "users/102", Some(&office)),
        (Method::PATCH, "users/101", Some(&away)),
        (Method::PATCH, "users/101", Some(&nowhere)),
        (Method::PATCH, "numbers/+14255550101", Some(&away)),
        (Method::POST, "numbers/+14255550102/unassign", None),
        (Method::POST, "users", Some(&elsewhere)),
        (Method::POST, "users", Some(&of_none)),
    ] {
        let reply = asked(method.clone(), path, body).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{method} {path}: {}", reply.text);
    }
}

async fn key(world: &World, roles: Value) -> String {
    let made = world.post_json("/tenants/demo/api-keys", &json!({ "name": "holder", "roles": roles })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    text(&made.body["token"])
}

async fn as_holder(world: &World, token: &str, method: Method, path: &str, body: Option<&Value>) -> Reply {
    let request = world.request(method, path).bearer_auth(token);
    send(match body {
        Some(body) => request.json(body),
        None => request,
    })
    .await
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
