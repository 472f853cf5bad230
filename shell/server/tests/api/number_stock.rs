//! The stock: loaded by who runs the server, searched and ordered by organizations, one of which gets a number.

use phone::access::BuiltIn;
use reqwest::Method;
use serde_json::{Value, json};
use store::Scope;

use super::world::{Reply, TOKEN, World, send, world};

const FIRST: &str = "+12065550100";

#[tokio::test]
async fn numbers_are_found_reserved_ordered_and_given_back() {
    let world = world().await;
    load(&world).await;
    let found = search(&world, json!({ "country": "US", "kind": "user", "area": "206", "pattern": "*010?" })).await;
    assert_eq!(found.len(), 10);
    let seattle =
        json!({ "number": FIRST, "kind": "user", "country": "US", "city": "Seattle", "region": "US-WA", "sms": true });
    assert_eq!(found[0], seattle);
    let vanity = search(&world, json!({ "country": "US", "kind": "user", "pattern": "JOB" })).await;
    assert_eq!(vanity, Vec::<Value>::new());
    assert_eq!(search(&world, json!({ "country": "GB", "kind": "user" })).await, Vec::<Value>::new());

    let kept = post(&world, TOKEN, "demo", "number-reservations", json!({ "numbers": [FIRST, "+12065550101"] })).await;
    assert_eq!(kept.status.as_u16(), 201, "{}", kept.text);
    let path = format!("/tenants/demo/number-reservations/{}", kept.body["id"].as_str().unwrap());
    assert_eq!(world.read(&path).await, kept.body);
    assert_eq!(search(&world, json!({ "country": "US", "kind": "user", "pattern": "*010?" })).await.len(), 8);
    let longer = world.post(&format!("{path}/extend")).await;
    assert_eq!((longer.status.as_u16(), &longer.body["extended"]), (200, &json!(true)), "{}", longer.text);
    let again = world.post(&format!("{path}/extend")).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (409, &json!("reservation.extended")));

    let order = json!({ "reservation": kept.body["id"] });
    let ordered = post(&world, TOKEN, "demo", "number-orders", order).await;
    assert_eq!(ordered.status.as_u16(), 200, "{}", ordered.text);
    assert_eq!([&ordered.body["state"], &ordered.body["kind"]], ["succeeded", "number_order"]);
    let number = world.read(&format!("/tenants/demo/numbers/{FIRST}")).await;
    assert_eq!((&number["source"], &number["state"]), (&json!("calling_plan"), &json!("unassigned")));
    assert!(number["trunk"].is_string() && number["acquired_at"].is_string());
    assert_eq!(
        [&number["country"], &number["city"], &number["region"], &number["sms"]],
        [&seattle["country"], &seattle["city"], &seattle["region"], &seattle["sms"]]
    );
    let moved = world.patch(&format!("/tenants/demo/numbers/{FIRST}"), None, &json!({ "city": "Paris" })).await;
    assert_eq!((moved.status.as_u16(), &moved.body["code"]), (409, &json!("number.origin_fixed")));
    let stock = world.read("/number-stock").await["items"][0].clone();
    assert_eq!([&stock["total"], &stock["free"], &stock["sold"]], [100, 98, 2]);

    assert_eq!(world.delete(&format!("/tenants/demo/numbers/{FIRST}"), None).await.status.as_u16(), 204);
    let stock = world.read("/number-stock").await["items"][0].clone();
    assert_eq!([&stock["free"], &stock["sold"], &stock["quarantined"]], [98, 1, 1]);
    let resting = order_numbers(&world, TOKEN, "demo", &[FIRST]).await;
    assert_eq!((resting.status.as_u16(), &resting.body["code"]), (409, &json!("number.out_of_stock")));
}

#[tokio::test]
async fn what_was_given_back_by_mistake_is_taken_back_for_who_had_it() {
    let world = world().await;
    load(&world).await;
    assert_eq!(order_numbers(&world, TOKEN, "demo", &[FIRST]).await.status.as_u16(), 200);
    let path = format!("/tenants/demo/numbers/{FIRST}");
    let restore = async |body: Value| world.post_json(&format!("{path}/restore"), &body).await;
    let held = restore(json!({})).await;
    assert_eq!((held.status.as_u16(), &held.body["code"]), (409, &json!("number.not_released")), "{}", held.text);
    let to = json!({ "type": "user", "id": "102", "category": "private" });
    assert_eq!(world.post_json(&format!("{path}/assign"), &to).await.status.as_u16(), 200);
    world.patch(&path, None, &json!({ "tags": ["Desk"] })).await;
    let stranger = world.token_of_other_tenant(BuiltIn::Administrator).await;
    for to in ["last", "nobody"] {
        assert_eq!(world.post(&format!("{path}/unassign")).await.status.as_u16(), 200);
        assert_eq!(world.delete(&path, None).await.status.as_u16(), 204);
        let theirs = world.request(Method::POST, &format!("/tenants/other/numbers/{FIRST}/restore"));
        assert_eq!(send(theirs.bearer_auth(stranger)).await.status.as_u16(), 404);
        let back = restore(json!({ "unassigned": to == "nobody" })).await;
        assert_eq!((back.status.as_u16(), &back.body["tags"]), (200, &json!(["Desk"])), "{}", back.text);
        let name = back.body["assignee"]["display_name"].as_str();
        assert_eq!(name, (to == "last").then_some("Bob Brown"), "{}", back.text);
        assert_eq!(back.body["category"].as_str(), (to == "last").then_some("private"));
        let stock = world.read("/number-stock").await["items"][0].clone();
        assert_eq!([&stock["sold"], &stock["quarantined"]], [1, 0]);
        let history = world.read(&format!("{path}/history")).await;
        assert_eq!(history["items"][0]["action"], "restore");
    }
}

#[tokio::test]
async fn of_two_organizations_that_order_the_same_number_one_gets_it() {
    let world = world().await;
    load(&world).await;
    let other = world.token_of_other_tenant(BuiltIn::Administrator).await;
    let (ours, theirs) = tokio::join!(
        order_numbers(&world, TOKEN, "demo", &[FIRST, "+12065550101"]),
        order_numbers(&world, other, "other", &["+12065550102", FIRST]),
    );
    let mut statuses = [ours.status.as_u16(), theirs.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{} {}", ours.text, theirs.text);
    let stock = world.read("/number-stock").await["items"][0].clone();
    assert_eq!([&stock["sold"], &stock["free"]], [2, 98]);

    let reserved = post(&world, TOKEN, "demo", "number-reservations", json!({ "numbers": ["+12065550150"] })).await;
    assert_eq!(reserved.status.as_u16(), 201, "{}", reserved.text);
    let late = post(&world, other, "other", "number-reservations", json!({ "numbers": ["+12065550150"] })).await;
    assert_eq!((late.status.as_u16(), &late.body["code"]), (409, &json!("number.out_of_stock")));
    let body = json!({ "numbers": ["+12065550150", "+12065550151"], "partial": true });
    let rest = post(&world, other, "other", "number-orders", body).await;
    assert_eq!((rest.status.as_u16(), &rest.body["state"]), (200, &json!("partly_failed")), "{}", rest.text);
    assert_eq!(rest.body["errors"][0]["code"], "number.out_of_stock");
    let retry = format!("orders/{}/retry", rest.body["id"].as_str().unwrap());
    let again = post(&world, other, "other", &retry, json!({})).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (422, &json!("order.not_retryable")), "quotas hold");
    let path = format!("/tenants/other/number-reservations/{}", reserved.body["id"].as_str().unwrap());
    assert_eq!(send(world.request(Method::DELETE, &path).bearer_auth(other)).await.status.as_u16(), 404);
    let path = path.replace("other", "demo");
    assert_eq!(world.delete(&path, None).await.status.as_u16(), 204);
    assert_eq!(order_numbers(&world, other, "other", &["+12065550150"]).await.status.as_u16(), 200);
}

#[tokio::test]
async fn the_stock_is_for_who_runs_the_server_and_no_number_is_there_twice() {
    let world = world().await;
    load(&world).await;
    world.add_token("tenant-admin", Scope::Tenant(world.tenant), BuiltIn::Administrator).await;
    for method in [Method::GET, Method::POST] {
        let request = world.request(method, "/number-stock").bearer_auth("tenant-admin").json(&block("+12065550200"));
        assert_eq!(send(request).await.status.as_u16(), 403);
    }
    for (first, code) in [(FIRST, "number.duplicate"), ("+14255550101", "number.duplicate")] {
        let twice = world.post_json("/number-stock", &block(first)).await;
        assert_eq!((twice.status.as_u16(), &twice.body["errors"][0]["code"]), (422, &json!(code)), "{}", twice.text);
    }
    let stranger = world.post_json("/number-stock", &block("+442079460000")).await;
    assert_eq!((stranger.status.as_u16(), &stranger.body["code"]), (422, &json!("number.country_mismatch")));
    let own = world.post_json("/tenants/demo/numbers", &json!({ "numbers": [FIRST], "kind": "user" })).await;
    assert_eq!((own.status.as_u16(), &own.body["errors"][0]["code"]), (422, &json!("number.in_stock")), "{}", own.text);
    let import = world.request(Method::POST, "/tenants/demo/numbers/import?dry_run=true").bearer_auth(TOKEN);
    let import = send(import.body(format!("number\n{FIRST}\n"))).await;
    assert_eq!(import.body["errors"][0]["code"], "number.in_stock", "{}", import.text);
}

#[tokio::test]
async fn a_quota_says_what_is_left_and_why() {
    let world = world().await;
    load(&world).await;
    let quotas = world.read("/tenants/demo/number-quotas").await;
    let people = quotas["items"].as_array().unwrap().iter().find(|quota| quota["kind"] == "user").unwrap().clone();
    assert_eq!(people["limit"], 21, "{people}");
    assert_eq!(people["formula"], "1.1 × 10 calling plans, rounded up, + 10 + 0 pay-as-you-go plans = 21");
    let used = people["used"].as_u64().unwrap();
    let set = world.put("/tenants/demo/number-quotas/user", None, &json!({ "limit": used + 2 })).await;
    assert_eq!((set.status.as_u16(), &set.body["left"]), (200, &json!(2)), "{}", set.text);
    let kept = post(&world, TOKEN, "demo", "number-reservations", json!({ "numbers": [FIRST, "+12065550101"] })).await;
    assert_eq!(kept.status.as_u16(), 201, "{}", kept.text);
    let refused = order_numbers(&world, TOKEN, "demo", &["+12065550102"]).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("quota_exceeded")), "{}", refused.text);
    assert!(refused.body["detail"].as_str().unwrap().starts_with("0 more"), "{}", refused.text);
    // What is reserved counts already.
    assert_eq!(order_numbers(&world, TOKEN, "demo", &[FIRST]).await.status.as_u16(), 200);
    let unlimited = world.put("/tenants/demo/number-quotas/user", None, &json!({ "limit": 0 })).await;
    assert_eq!((&unlimited.body["limit"], &unlimited.body["left"]), (&Value::Null, &Value::Null));
    assert_eq!(order_numbers(&world, TOKEN, "demo", &["+12065550102"]).await.status.as_u16(), 200);
    world.add_token("tenant-admin", Scope::Tenant(world.tenant), BuiltIn::Administrator).await;
    let request = world.request(Method::PUT, "/tenants/demo/number-quotas/user").bearer_auth("tenant-admin");
    assert_eq!(send(request.json(&json!({ "limit": 0 }))).await.status.as_u16(), 403);
}

#[tokio::test]
async fn an_order_that_is_sent_again_is_the_same_order() {
    let world = world().await;
    load(&world).await;
    let send_it = async |numbers: &[&str]| {
        let request = world.request(Method::POST, "/tenants/demo/number-orders").bearer_auth(TOKEN);
        send(request.header("Idempotency-Key", "a").json(&json!({ "numbers": numbers }))).await
    };
    let first = send_it(&[FIRST]).await;
    assert_eq!(first.status.as_u16(), 200, "{}", first.text);
    assert_eq!(send_it(&[FIRST]).await.body["id"], first.body["id"]);
    let other = send_it(&["+12065550101"]).await;
    assert_eq!((other.status.as_u16(), &other.body["code"]), (422, &json!("idempotency_key.reused")));
}

#[tokio::test]
async fn an_organization_that_goes_leaves_its_numbers_to_the_stock() {
    let world = world().await;
    load(&world).await;
    assert_eq!(order_numbers(&world, TOKEN, "demo", &[FIRST]).await.status.as_u16(), 200);
    let kept = post(&world, TOKEN, "demo", "number-reservations", json!({ "numbers": ["+12065550101"] })).await;
    assert_eq!(kept.status.as_u16(), 201, "{}", kept.text);
    assert_eq!(world.delete("/tenants/demo?confirm=demo", None).await.status.as_u16(), 204);
    let stock = world.read("/number-stock").await["items"][0].clone();
    assert_eq!([&stock["free"], &stock["sold"], &stock["quarantined"]], [99, 0, 1]);
}

async fn load(world: &World) {
    let added = world.post_json("/number-stock", &block(FIRST)).await;
    assert_eq!((added.status.as_u16(), &added.body["free"]), (201, &json!(100)), "{}", added.text);
}

fn block(first: &str) -> Value {
    let last = format!("{}99", &first[..first.len() - 2]);
    json!({ "carrier": "demo-carrier", "country": "US", "city": "Seattle", "region": "US-WA", "sms": true,
        "kind": "user", "numbers": [{ "first": first, "last": last }] })
}

async fn search(world: &World, wanted: Value) -> Vec<Value> {
    let found = post(world, TOKEN, "demo", "numbers/search", wanted).await;
    assert_eq!(found.status.as_u16(), 200, "{}", found.text);
    found.body["items"].as_array().unwrap().clone()
}

async fn order_numbers(world: &World, token: &str, tenant: &str, numbers: &[&str]) -> Reply {
    post(world, token, tenant, "number-orders", json!({ "numbers": numbers })).await
}

async fn post(world: &World, token: &str, tenant: &str, noun: &str, body: Value) -> Reply {
    let path = format!("/tenants/{tenant}/{noun}");
    send(world.request(Method::POST, &path).bearer_auth(token).json(&body)).await
}

/// Calls to a toll-free number are paid by who is called: without anything to pay with there is none.
#[tokio::test]
async fn a_toll_free_number_needs_something_to_pay_its_calls_with() {
    let world = world().await;
    let stock = json!({
        "carrier": "demo-carrier", "country": "US", "kind": "service_toll_free", "numbers": ["+18005550150", "+18005550151"]
    });
    assert_eq!(world.post_json("/number-stock", &stock).await.status.as_u16(), 201);
    let freeze = async |frozen: bool| world.patch("/tenants/demo/credits", None, &json!({ "frozen": frozen })).await;
    let frozen = freeze(true).await;
    assert_eq!(frozen.status.as_u16(), 200, "{}", frozen.text);
    for list in ["number-reservations", "number-orders"] {
        let refused = post(&world, TOKEN, "demo", list, json!({ "numbers": ["+18005550150"] })).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("number.funding_required")));
        assert!(refused.body["fix"].is_string(), "{}", refused.text);
    }
    freeze(false).await;
    let ordered = post(&world, TOKEN, "demo", "number-orders", json!({ "numbers": ["+18005550150"] })).await;
    assert_eq!(ordered.body["state"], "succeeded", "{}", ordered.text);
    // Where calls are not paid for at all, nothing has to be there.
    world.patch("/tenants/demo/credits", None, &json!({ "enabled": false, "frozen": true })).await;
    let free = post(&world, TOKEN, "demo", "number-orders", json!({ "numbers": ["+18005550151"] })).await;
    assert_eq!(free.body["state"], "succeeded", "{}", free.text);
}
