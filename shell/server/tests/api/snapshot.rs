//! What the switch has after each change is what a restart would read.

use reqwest::Method;
use serde_json::{Value, json};

use super::world::{TOKEN, World, world};

#[tokio::test]
async fn after_each_change_the_switch_has_what_a_restart_would_read() {
    let world = world().await;
    let changes: &[(Method, &str, Value)] = &[
        (Method::POST, "/tenants/demo/users", json!({ "display_name": "Eve Eden", "extension": "105" })),
        (Method::POST, "/tenants/demo/licenses/assign", json!({ "users": ["105"], "plans": ["MCOEV"] })),
        (
            Method::PATCH,
            "/tenants/demo/users/105",
            json!({ "display_name": "Eve Field", "extension": "106", "password": "a-long-password-of-eve" }),
        ),
        (Method::POST, "/tenants/demo/numbers", json!({ "numbers": ["+14255550160", "+14255550161"], "kind": "user" })),
        (Method::POST, "/tenants/demo/numbers/+14255550160/assign", json!({ "type": "user", "id": "106" })),
        (Method::POST, "/tenants/demo/licenses/unassign", json!({ "users": ["106"], "plans": ["MCOEV"] })),
        (Method::POST, "/tenants/demo/numbers/+14255550161/block", json!({})),
        (Method::POST, "/tenants/demo/numbers/+14255550160/unassign", json!({})),
        (Method::DELETE, "/tenants/demo/numbers/+14255550160", Value::Null),
        (Method::PUT, "/tenants/demo/users/102/presence", json!({ "presence": "busy" })),
        (Method::POST, "/tenants/demo/resource-accounts", json!({ "display_name": "Helpdesk" })),
        (Method::DELETE, "/tenants/demo/resource-accounts/{made}", Value::Null),
        (
            Method::POST,
            "/tenants/demo/trunks",
            json!({ "name": "second", "host": "192.0.2.9", "sources": ["192.0.2.9"] }),
        ),
        (Method::PATCH, "/tenants/demo/trunks/{made}", json!({ "enabled": false })),
        (Method::DELETE, "/tenants/demo/trunks/{made}", Value::Null),
        (Method::PATCH, "/tenants/demo", json!({ "license_enforcement": "off" })),
        (Method::PATCH, "/tenants/demo/users/104", json!({ "enabled": false })),
        (Method::DELETE, "/tenants/demo/users/106", Value::Null),
        (
            Method::POST,
            "/tenants",
            json!({
                "slug": "acme", "name": "Acme", "sip_domain": "acme.test", "time_zone": "UTC", "country": "DE",
            }),
        ),
        (Method::POST, "/tenants/demo/groups", json!({ "name": "Repairs" })),
        (
            Method::POST,
            "/tenants/demo/call-queues",
            json!({ "name": "Repairs", "language": "en-US", "groups": ["{made}"] }),
        ),
        (Method::POST, "/tenants/demo/groups/Repairs/members/add", json!({ "users": ["101", "102", "104"] })),
        (Method::POST, "/tenants/demo/licenses/assign", json!({ "users": ["104"], "plans": ["MCOEV"] })),
        (
            Method::PATCH,
            "/tenants/demo/users/104",
            json!({ "enabled": true, "extension": "100", "password": "a-long-password-of-dan" }),
        ),
        (Method::POST, "/tenants/demo/groups/Repairs/members/remove", json!({ "users": ["101"] })),
        (Method::POST, "/tenants/demo/groups", json!({ "name": "Board" })),
        (
            Method::POST,
            "/tenants/demo/auto-attendants",
            json!({
                "name": "Names", "language": "en-US", "time_zone": "UTC", "exclusion_scope": { "groups": ["{made}"] },
                "default_flow": { "name": "Default", "menu": { "options": [], "directory_search": "by_name" } },
            }),
        ),
        (Method::POST, "/tenants/demo/groups/Board/members/add", json!({ "users": ["102"] })),
        (Method::DELETE, "/tenants/demo/users/100", Value::Null),
        (Method::POST, "/tenants/acme/users", json!({ "display_name": "Ada", "extension": "10" })),
        (Method::DELETE, "/tenants/acme/users/10", Value::Null),
        (Method::DELETE, "/tenants/acme", Value::Null),
    ];
    // The id of what was made last.
    let mut made = String::new();
    for (method, path, body) in changes {
        let path = path.replace("{made}", &made);
        let mut request = world.request(method.clone(), &path).bearer_auth(TOKEN);
        if !body.is_null() {
            let body = body.to_string().replace("{made}", &made);
            request = request.header("content-type", "application/json").body(body);
        }
        let reply = super::world::send(request).await;
        assert!(reply.status.is_success(), "{method} {path}: {} {}", reply.status, reply.body);
        if reply.status.as_u16() == 201 {
            made = reply.body["id"].as_str().unwrap_or_default().to_owned();
        }
        agree(&world, &format!("{method} {path}")).await;
    }
}

/// Waits until the switch has what the database says; fails with where they differ.
pub async fn agree(world: &World, after: &str) {
    let read = world.store.load_directory().await.unwrap();
    let mut installed = world.installed.clone();
    let agreed = installed.wait_for(|all| all.last().is_some_and(|newest| **newest == read));
    if tokio::time::timeout(std::time::Duration::from_secs(10), agreed).await.is_err() {
        let newest = world.installed.borrow().last().cloned();
        panic!("after {after} the switch has {newest:#?}\nand not {read:#?}");
    }
}
