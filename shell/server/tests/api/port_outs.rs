//! Numbers that other carriers ask for: proved by a PIN, answered by the organization, gone or kept.

use jiff::{SignedDuration, Timestamp};
use phone::access::BuiltIn;
use phone::numbers::E164;
use reqwest::Method;
use serde_json::{Value, json};
use store::Scope;

use super::snapshot::agree;
use super::world::{Reply, World, send, world};
use server::admin::port_outs::{expire, remind};

const ALICE: &str = "+14255550101";
const MENU: &str = "+14255550100";
const PIN: &str = "4711081542";

#[tokio::test]
async fn numbers_leave_when_the_organization_lets_them() {
    let world = world().await;
    let early = ask(&world, json!({})).await;
    assert_eq!((early.status.as_u16(), &early.body["code"]), (409, &json!("porting_pin.not_set")), "{}", early.text);
    set_pin(&world).await;
    let alternate = json!({ "numbers": ["+12065550150"], "kind": "user" });
    world.post_json("/tenants/demo/numbers", &alternate).await;
    let assign = json!({ "type": "user", "id": "101" });
    assert_eq!(world.post_json("/tenants/demo/numbers/+12065550150/assign", &assign).await.status.as_u16(), 200);

    let asked = ask(&world, json!({})).await;
    assert_eq!((asked.status.as_u16(), &asked.body["state"]), (201, &json!("pending")), "{}", asked.text);
    assert_eq!(asked.body["tenant"], json!(world.tenant.to_string()));
    assert!(!asked.text.contains(PIN));
    let path = format!("/tenants/demo/port-outs/{}", id(&asked.body));
    assert_eq!(world.read(&format!("/tenants/demo/numbers/{ALICE}")).await["port_out"], asked.body["id"]);
    let again = ask(&world, json!({})).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (409, &json!("number.port_in_progress")));

    // Calls go on; the number is given to nobody else and is not given back.
    world.switch_has(|tenant| tenant.numbers.get(&e164(ALICE)).is_some_and(|number| number.port_out.is_some())).await;
    world.switch_has(|tenant| reaches(tenant, ALICE)).await;
    assert_eq!(
        world.post_json(&format!("/tenants/demo/numbers/{MENU}/unassign"), &json!({})).await.status.as_u16(),
        200
    );
    let account = world.read("/tenants/demo/resource-accounts").await["items"][0]["id"].clone();
    let assign = json!({ "type": "resource_account", "id": account });
    let given = world.post_json(&format!("/tenants/demo/numbers/{MENU}/assign"), &assign).await;
    assert_eq!(
        (given.status.as_u16(), &given.body["code"]),
        (409, &json!("number.port_in_progress")),
        "{}",
        given.text
    );
    let released = world.delete(&format!("/tenants/demo/numbers/{MENU}"), None).await;
    assert_eq!((released.status.as_u16(), &released.body["code"]), (409, &json!("number.port_in_progress")));

    let ported = report(&world, &asked.body, json!({ "state": "ported" })).await;
    assert_eq!((ported.status.as_u16(), &ported.body["code"]), (409, &json!("port_out.nothing_left")));
    let kept = json!({ "numbers": [MENU], "reason": "other" });
    let noteless = world.post_json(&format!("{path}/reject"), &kept).await;
    assert_eq!((noteless.status.as_u16(), &noteless.body["code"]), (422, &json!("port_out.note_missing")));
    let kept = json!({ "numbers": [MENU], "reason": "number_not_on_account", "note": "it is the menu's" });
    assert_eq!(world.post_json(&format!("{path}/reject"), &kept).await.status.as_u16(), 200);
    let stale = world.request(Method::POST, &format!("{path}/authorize")).header("If-Match", "\"1\"");
    assert_eq!(send(stale.bearer_auth(super::world::TOKEN)).await.status.as_u16(), 412);
    let authorized = world.post(&format!("{path}/authorize")).await;
    assert_eq!(
        (authorized.status.as_u16(), &authorized.body["state"]),
        (200, &json!("authorized")),
        "{}",
        authorized.text
    );
    assert_eq!(authorized.body["numbers_by_state"], json!({ "authorized": 1, "rejected": 1 }));
    assert_eq!(world.read(&format!("/tenants/demo/numbers/{MENU}")).await["port_out"], Value::Null, "it stays");

    let ported = report(&world, &asked.body, json!({ "state": "ported" })).await;
    assert_eq!((ported.status.as_u16(), &ported.body["state"]), (200, &json!("ported")), "{}", ported.text);
    world.switch_has(|tenant| !reaches(tenant, ALICE)).await;
    agree(&world, "a number left").await;
    assert_eq!(world.get(&format!("/tenants/demo/numbers/{ALICE}")).await.status.as_u16(), 404);
    let history = world.read(&format!("/tenants/demo/numbers/{ALICE}/history")).await;
    let did: Vec<&str> = history["items"].as_array().unwrap().iter().map(|it| it["action"].as_str().unwrap()).collect();
    assert_eq!(did[..3], ["ported_out", "update", "update"], "bound, unassigned, gone");
    assert_eq!(history["items"][1]["after"]["assignee"], Value::Null);
    assert_eq!(world.read("/tenants/demo/numbers/+12065550150").await["category"], "primary", "in its place");
    let numbers = world.read(&format!("{path}/numbers?state=rejected")).await;
    assert_eq!(numbers["items"][0]["reason"], "number_not_on_account");
    let timeline = world.read(&format!("{path}/timeline?number=%2B14255550101")).await;
    let what: Vec<_> = timeline["items"].as_array().unwrap().iter().map(|it| it["what"].as_str().unwrap()).collect();
    assert_eq!(what, ["requested", "authorized", "ported"]);
    let late = report(&world, &asked.body, json!({ "state": "cancelled" })).await;
    assert_eq!(late.status.as_u16(), 409);
}

#[tokio::test]
async fn a_wrong_pin_is_counted_and_then_none_is_looked_at() {
    let world = world().await;
    for (pin, code) in [("123", "porting_pin.malformed"), ("1234567890", "porting_pin.guessable")] {
        let refused = world.put("/tenants/demo/porting-pin", None, &json!({ "pin": pin })).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!(code)));
    }
    set_pin(&world).await;
    for n_wrong in 1..=5 {
        let wrong = ask(&world, json!({ "pin": "0815081508" })).await;
        assert_eq!((wrong.status.as_u16(), &wrong.body["code"]), (422, &json!("porting_pin.wrong")), "{}", wrong.text);
        assert_eq!(world.read("/tenants/demo/porting-pin").await["wrong_tries"], n_wrong);
    }
    let locked = ask(&world, json!({})).await;
    assert_eq!((locked.status.as_u16(), &locked.body["code"]), (409, &json!("porting_pin.locked")), "{}", locked.text);
    assert_eq!(world.read(&format!("/tenants/demo/numbers/{ALICE}")).await["port_out"], Value::Null);
    let audit = world.read("/tenants/demo/audit?noun=porting_pin").await;
    assert_eq!(audit["items"][0]["action"], "wrong");
    assert!(!audit.to_string().contains(PIN) && !audit.to_string().contains("0815"), "{audit}");
    set_pin(&world).await;
    assert_eq!(ask(&world, json!({})).await.status.as_u16(), 201, "another PIN begins anew");
    assert!(!world.read("/tenants/demo/porting-pin").await.to_string().contains(PIN));
}

#[tokio::test]
async fn what_nobody_answers_stays() {
    let world = world().await;
    set_pin(&world).await;
    let asked = ask(&world, json!({})).await.body;
    let now = Timestamp::now();
    assert_eq!(expire(&world.store, now).await.unwrap(), 0);
    assert_eq!(remind(&world.store, now).await.unwrap(), 0);
    let day_before = now + SignedDuration::from_hours(4 * 24 + 1);
    assert_eq!(remind(&world.store, day_before).await.unwrap(), 1);
    assert_eq!(remind(&world.store, day_before).await.unwrap(), 0, "once");
    let reminder = world.read("/tenants/demo/audit?noun=port_out").await["items"][0].clone();
    assert_eq!((&reminder["action"], &reminder["actor"]), (&json!("remind"), &json!("system")));
    assert_eq!(expire(&world.store, now + SignedDuration::from_hours(5 * 24 + 1)).await.unwrap(), 1);
    let numbers = world.read(&format!("/tenants/demo/port-outs/{}/numbers?limit=1", id(&asked))).await;
    assert_eq!((&numbers["items"][0]["number"], &numbers["items"][0]["reason"]), (&json!(MENU), &json!("no_answer")));
    let next = numbers["next_cursor"].as_str().unwrap();
    let rest = world.read(&format!("/tenants/demo/port-outs/{}/numbers?limit=1&cursor={next}", id(&asked))).await;
    assert_eq!((&rest["items"][0]["number"], &rest["next_cursor"]), (&json!(ALICE), &Value::Null));
    assert_eq!(world.read(&format!("/tenants/demo/numbers/{ALICE}")).await["port_out"], Value::Null);
    assert_eq!(ask(&world, json!({})).await.status.as_u16(), 201, "it may be asked for again");
}

#[tokio::test]
async fn only_numbers_that_are_held_by_one_organization_are_asked_for() {
    let world = world().await;
    set_pin(&world).await;
    let acme = json!({ "slug": "acme", "name": "A", "sip_domain": "acme.test", "time_zone": "UTC", "country": "US" });
    assert_eq!(world.post_json("/tenants", &acme).await.status.as_u16(), 201);
    let numbers = json!({ "numbers": ["+12065550177"], "kind": "user" });
    assert_eq!(world.post_json("/tenants/acme/numbers", &numbers).await.status.as_u16(), 201);
    for (numbers, code) in [
        (json!([]), "port_out.count_out_of_range"),
        (json!(["+12065550199"]), "port_out.not_held"),
        (json!([ALICE, "+12065550177"]), "port_out.several_owners"),
        (json!([ALICE, ALICE]), "number.duplicate"),
    ] {
        let refused = ask(&world, json!({ "numbers": numbers })).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!(code)), "{}", refused.text);
    }
    world.add_token("tenant-admin", Scope::Tenant(world.tenant), BuiltIn::Administrator).await;
    for (method, path) in [(Method::GET, "/port-outs"), (Method::POST, "/port-outs")] {
        let request = world.request(method, path).bearer_auth("tenant-admin").json(&body());
        assert_eq!(send(request).await.status.as_u16(), 403);
    }
    let asked = ask(&world, json!({})).await.body;
    assert_eq!(world.read("/port-outs?state=pending").await["items"][0]["id"], asked["id"]);
    assert_eq!(world.get(&format!("/tenants/acme/port-outs/{}", id(&asked))).await.status.as_u16(), 404);
    let cancelled = report(&world, &asked, json!({ "state": "cancelled", "numbers": [MENU] })).await;
    assert_eq!(cancelled.body["state"], "pending", "{}", cancelled.text);
    assert_eq!(report(&world, &asked, json!({ "state": "cancelled" })).await.body["state"], "cancelled");
    assert_eq!(world.read(&format!("/tenants/demo/numbers/{ALICE}")).await["state"], "assigned");
}

pub fn body() -> Value {
    json!({ "numbers": [ALICE, MENU], "pin": PIN, "gaining_carrier": "New Telecom", "reference": "N-1" })
}

pub async fn set_pin(world: &World) {
    let set = world.put("/tenants/demo/porting-pin", None, &json!({ "pin": PIN })).await;
    assert_eq!((set.status.as_u16(), &set.body["is_set"]), (200, &json!(true)), "{}", set.text);
}

async fn ask(world: &World, more: Value) -> Reply {
    let mut body = body();
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.post_json("/port-outs", &body).await
}

async fn report(world: &World, asked: &Value, body: Value) -> Reply {
    world.post_json(&format!("/port-outs/{}/status", id(asked)), &body).await
}

fn reaches(tenant: &phone::directory::Tenant, number: &str) -> bool {
    let trunk = *tenant.trunks.keys().next().unwrap();
    tenant.inbound(trunk, number, "+12125551234").decision.is_ok()
}

fn e164(number: &str) -> E164 {
    E164::parse(number).unwrap()
}

fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}
