//! License plans: made, changed and deleted by who runs the server, bought until a day, and licenses as a file.

use jiff::{Timestamp, ToSpan as _};
use phone::access::BuiltIn;
use reqwest::Method;
use serde_json::{Value, json};
use server::admin::group_licenses::end_what_is_over;
use store::Scope;

use super::world::{send, world};

const SEATS: &str = "/tenants/demo/licenses/MCOEV";

#[tokio::test]
async fn plans_are_made_priced_and_deleted_by_who_runs_the_server_while_nobody_has_any() {
    let world = world().await;
    let new = json!({
        "id": "ACME_PHONE", "name": "Acme Phone", "kind": "paid", "unlocks": ["phone_system", "calling_plan"],
        "price": { "amount": "8.00", "currency": "USD" }, "term": "annual"
    });
    world.add_token("customer", Scope::Tenant(world.tenant), BuiltIn::Administrator).await;
    let request = world.request(Method::POST, "/license-plans").json(&new);
    assert_eq!(send(request.bearer_auth("customer")).await.status.as_u16(), 403);
    let made = world.post_json("/license-plans", &new).await;
    assert_eq!((made.status.as_u16(), &made.body["built_in"]), (201, &json!(false)), "{}", made.text);
    let bought = world.put("/tenants/demo/licenses/ACME_PHONE", None, &json!({ "seats": 5 })).await;
    assert_eq!(bought.body["monthly_price"], json!({ "amount": "40.00", "currency": "USD" }), "{}", bought.text);
    assert_eq!((&bought.body["term"], &bought.body["renewal"]), (&json!("annual"), &json!("renews")));
    let given = json!({ "users": ["104"], "plans": ["ACME_PHONE"] });
    let given = world.post_json("/tenants/demo/licenses/assign", &given).await;
    assert_eq!(given.status.as_u16(), 200, "{}", given.text);
    world.switch_has(|tenant| tenant.user_by_extension("104").unwrap().voice_enabled).await;

    let refused = |reply: super::world::Reply| (reply.status.as_u16(), reply.body["code"].clone());
    let path = "/license-plans/ACME_PHONE";
    assert_eq!(refused(world.post_json("/license-plans", &new).await), (409, json!("license_plan.taken")));
    let less = world.patch(path, None, &json!({ "unlocks": [] })).await;
    assert_eq!(refused(less), (409, json!("license_plan.grant_in_use")));
    assert_eq!(refused(world.delete(path, None).await), (409, json!("license_plan.in_use")));
    assert_eq!(refused(world.delete("/license-plans/MCOEV", None).await), (409, json!("license_plan.built_in")));
    let withdrawn = world.patch(path, None, &json!({ "offered": false, "price": null })).await;
    assert_eq!((&withdrawn.body["offered"], &withdrawn.body["price"]), (&json!(false), &Value::Null));
    let more = world.put("/tenants/demo/licenses/ACME_PHONE", None, &json!({ "seats": 6 })).await;
    assert_eq!(refused(more), (409, json!("license_plan.withdrawn")));
    let faulty = json!({ "id": "no spaces", "name": "", "kind": "trial", "price": new["price"] });
    let faulty = world.post_json("/license-plans", &faulty).await;
    let codes: Vec<&Value> = faulty.body["errors"].as_array().unwrap().iter().map(|error| &error["code"]).collect();
    assert_eq!(codes.len(), 4, "{}", faulty.text);

    let taken = json!({ "users": ["104"], "plans": ["ACME_PHONE"] });
    world.post_json("/tenants/demo/licenses/unassign", &taken).await;
    world.put("/tenants/demo/licenses/ACME_PHONE", None, &json!({ "seats": 0 })).await;
    assert_eq!(world.delete(path, None).await.status.as_u16(), 204);
    assert_eq!(world.get(path).await.status.as_u16(), 404);
}

#[tokio::test]
async fn a_plan_of_the_program_is_changed_by_who_read_it_last() {
    let world = world().await;
    let path = "/license-plans/MCOEV";
    let price = json!({ "price": { "amount": "8", "currency": "EUR" } });
    assert_eq!(world.patch(path, Some("\"0\""), &price).await.status.as_u16(), 200);
    let stale = world.patch(path, Some("\"0\""), &price).await;
    assert!([409, 412].contains(&stale.status.as_u16()), "{}", stale.text);
    let listed = world.read("/license-plans").await;
    let priced = listed["items"].as_array().unwrap().iter().find(|plan| plan["id"] == "MCOEV").unwrap();
    assert_eq!((&priced["price"]["amount"], &priced["name"]), (&json!("8.00"), &json!("Phone System")));
}

#[tokio::test]
async fn licenses_end_with_their_time_and_are_there_again_when_it_is_bought_again() {
    let world = world().await;
    let soon = Timestamp::now() + 1.hour();
    let bought = world.put(SEATS, None, &json!({ "seats": 10, "ends_at": soon, "renewal": "ends" })).await;
    assert_eq!((bought.status.as_u16(), &bought.body["over"]), (200, &json!(false)), "{}", bought.text);
    assert_eq!(end_what_is_over(&world.store, soon - 1.second()).await.unwrap(), 0);
    assert_eq!(end_what_is_over(&world.store, soon).await.unwrap(), 1);
    assert!(!world.store.tenants_with_backlog().await.unwrap().is_empty());

    let past = Timestamp::now() - 1.hour();
    let over = world.put(SEATS, None, &json!({ "seats": 10, "ends_at": past })).await;
    assert_eq!((&over.body["over"], &over.body["assigned"]), (&json!(true), &json!(0)), "{}", over.text);
    world.switch_has(|tenant| !tenant.user_by_extension("101").unwrap().voice_enabled).await;
    let kept = world.read("/tenants/demo/numbers/+14255550101").await;
    assert!(kept["held_until"].is_string(), "{kept}");
    let dan = json!({ "users": ["104"], "plans": ["MCOEV"] });
    let refused = world.post_json("/tenants/demo/licenses/assign", &dan).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("license.over")), "{}", refused.text);

    let again = world.put(SEATS, None, &json!({ "seats": 10 })).await;
    assert_eq!((&again.body["over"], &again.body["assigned"]), (&json!(false), &json!(3)), "{}", again.text);
    world.switch_has(|tenant| tenant.user_by_extension("101").unwrap().voice_enabled).await;
    assert_eq!(world.read("/tenants/demo/numbers/+14255550101").await["held_until"], Value::Null);
}

#[tokio::test]
async fn licenses_are_given_as_a_file_with_the_columns_that_administrators_know() {
    let world = world().await;
    world.patch("/tenants/demo/users/102", None, &json!({ "email": null, "country": "CA" })).await;
    let file = world.get("/tenants/demo/licenses/export").await.text;
    let lines: Vec<&str> = file.lines().collect();
    assert_eq!(
        lines[..3],
        ["UPN,AddSkus,RemoveSkus,UsageLocation", "alice@demo.test,MCOEV;MCOPSTN1,,US", "102,MCOEV;MCOPSTN1,,CA",]
    );
    assert_eq!(lines.last(), Some(&"dan@demo.test,,,US"));
}
