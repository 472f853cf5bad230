//! Callers from outside who are not let in, and who takes calls to numbers that are assigned to nobody.

use serde_json::{Value, json};

use super::world::world;

const BLOCKS: &str = "/tenants/demo/call-blocks";
const UNASSIGNED: &str = "/tenants/demo/unassigned-numbers";

/// A treatment that lets a person take the calls.
pub fn to_user(user: &str) -> Value {
    json!({ "name": "Lyon", "pattern": r"^\+3344", "target": { "type": "user", "id": user } })
}

#[tokio::test]
async fn callers_are_blocked_exempt_and_redirected_from_the_next_call_on() {
    let world = world().await;
    let made = world.post_json(BLOCKS, &json!({ "name": "Robots", "pattern": r"^\+1900" })).await;
    assert_eq!((made.status.as_u16(), &made.body["action"]), (201, &json!("block")), "{}", made.text);
    let account = world.read("/tenants/demo/resource-accounts").await["items"][0]["id"].clone();
    let hidden =
        json!({ "name": "Hidden", "pattern": "^anonymous$", "action": "redirect", "resource_account": account });
    assert_eq!(world.post_json(BLOCKS, &hidden).await.status.as_u16(), 201);
    let friend = json!({ "name": "Friend", "pattern": r"^\+19005550123$", "action": "exempt" });
    assert_eq!(world.post_json(BLOCKS, &friend).await.status.as_u16(), 201);
    let numbers = json!({ "numbers": ["+1 (900) 555-0100", "+19005550123", "anonymous", "+12065550100"] });
    let tested = world.post_json(&format!("{BLOCKS}/test"), &numbers).await.body;
    let told: Vec<_> =
        tested["items"].as_array().unwrap().iter().map(|it| (it["let_in"].clone(), it["by"].clone())).collect();
    let expected = [(false, json!("Robots")), (true, json!("Friend")), (false, json!("Hidden")), (true, Value::Null)];
    assert_eq!(told, expected.map(|(let_in, by)| (json!(let_in), by)));
    let tenant = world.switch_has(|tenant| tenant.routing.screen.find("anonymous").is_some()).await;
    assert_eq!(
        tenant.routing.screen.find("+19005550100").map(|found| found.name.to_owned()),
        Some("Robots".to_owned())
    );
    let explained = json!({ "from": "+19005550100", "to": "+14255550101" });
    let explained = world.post_json("/tenants/demo/explain", &explained).await.body;
    assert_eq!(explained["end"]["code"], "caller_blocked", "{explained:#}");
    let words = "calls from +19005550100 are blocked by the pattern Robots";
    assert!(explained["steps"].as_array().unwrap().iter().any(|step| step["words"] == words), "{explained:#}");

    let path = format!("{BLOCKS}/Hidden");
    let changed = world.patch(&path, None, &json!({ "action": "block" })).await;
    assert_eq!((&changed.body["action"], &changed.body["resource_account"]), (&json!("block"), &Value::Null));
    assert_eq!(world.patch(&path, None, &json!({ "enabled": false })).await.status.as_u16(), 200);
    assert_eq!(world.delete(&path, None).await.status.as_u16(), 204);
    for (body, field, code) in [
        (json!({ "name": "x", "pattern": "(" }), "pattern", "pattern.malformed"),
        (
            json!({ "name": "x", "pattern": "1", "action": "redirect" }),
            "resource_account",
            "call_block.account_missing",
        ),
        (
            json!({ "name": "x", "pattern": "1", "resource_account": account }),
            "resource_account",
            "call_block.account_unused",
        ),
        (
            json!({ "name": "x", "pattern": "1", "action": "redirect", "resource_account": made.body["id"] }),
            "resource_account",
            "graph.missing_target",
        ),
    ] {
        let refused = world.post_json(BLOCKS, &body).await;
        assert_eq!(refused.status.as_u16(), 422, "{}", refused.text);
        let fault = &refused.body["errors"][0];
        assert_eq!((&fault["field"], &fault["code"]), (&json!(field), &json!(code)));
    }
    let again = world.post_json(BLOCKS, &json!({ "name": "robots", "pattern": "1" })).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (409, &json!("name_taken")));
}

#[tokio::test]
async fn unassigned_numbers_are_taken_in_order_by_who_is_named() {
    let world = world().await;
    let bob = world.read("/tenants/demo/users/102").await["id"].as_str().unwrap().to_owned();
    let first = world.post_json(UNASSIGNED, &to_user(&bob)).await;
    assert_eq!((first.status.as_u16(), &first.body["priority"]), (201, &json!(1)), "{}", first.text);
    let account = world.read("/tenants/demo/resource-accounts").await["items"][0]["id"].clone();
    let target = json!({ "type": "resource_account", "id": account });
    let second = json!({ "name": "Paris", "pattern": r"^\+33", "priority": 1, "target": target });
    assert_eq!(world.post_json(UNASSIGNED, &second).await.body["priority"], 1);
    let list = world.read(UNASSIGNED).await;
    let names: Vec<_> = list["items"].as_array().unwrap().iter().map(|it| (&it["name"], &it["priority"])).collect();
    assert_eq!(names, [(&json!("Paris"), &json!(1)), (&json!("Lyon"), &json!(2))]);
    assert_eq!(world.patch(&format!("{UNASSIGNED}/Lyon"), None, &json!({ "priority": 1 })).await.status.as_u16(), 200);
    let numbers = json!({ "numbers": ["+33445566778", "+33142685300", "+4930123456"] });
    let tested = world.post_json(&format!("{UNASSIGNED}/test"), &numbers).await.body;
    let by: Vec<_> = tested["items"].as_array().unwrap().iter().map(|it| it["by"].clone()).collect();
    assert_eq!(by, [json!("Lyon"), json!("Paris"), Value::Null]);
    let explained = json!({ "from": "101", "to": "+33445566778" });
    let explained = world.post_json("/tenants/demo/explain", &explained).await.body;
    assert_eq!((&explained["end"]["type"], &explained["end"]["user"]), (&json!("person"), &json!("102")));
    let nobody = json!({ "name": "x", "pattern": "1", "target": { "type": "user", "id": account } });
    let refused = world.post_json(UNASSIGNED, &nobody).await;
    assert_eq!(refused.body["errors"][0]["code"], "graph.missing_target", "{}", refused.text);
    assert_eq!(world.delete(&format!("{UNASSIGNED}/Lyon"), None).await.status.as_u16(), 204);
}
