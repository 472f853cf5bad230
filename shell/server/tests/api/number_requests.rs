//! What organizations ask operators for: numbers, and to bring numbers from other carriers.

use reqwest::Method;
use serde_json::{Value, json};

use super::operators::Joined;
use super::world::{Reply, World, world};

const FIRST: &str = "+12065550101";

#[tokio::test]
async fn an_operator_quotes_and_gives_what_it_is_asked_for() {
    let world = world().await;
    let operator = Joined::new(&world, "Acme").await;
    let early = ask(&world, &operator, json!({})).await;
    assert_eq!((early.status.as_u16(), &early.body["code"]), (422, &json!("consent.missing")), "{}", early.text);
    operator.consent(&world, "demo", json!({})).await;
    for (more, status, code) in [
        (json!({ "country": "DE" }), 422, "number.country_not_consented"),
        (json!({ "quantity": 0 }), 422, "number_request.quantity_out_of_range"),
        (json!({ "quantity": 1001 }), 422, "number_request.quantity_out_of_range"),
        (json!({ "area": "x".repeat(300) }), 422, "text.too_long"),
    ] {
        let refused = ask(&world, &operator, more).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (status, &json!(code)), "{}", refused.text);
    }
    let asked = ask(&world, &operator, json!({})).await;
    assert_eq!((asked.status.as_u16(), &asked.body["state"]), (201, &json!("requested")), "{}", asked.text);
    let path = format!("/tenants/demo/number-requests/{}", id(&asked.body));
    let theirs = format!("/number-requests/{}", id(&asked.body));
    let seen = operator.read("/number-requests?state=requested").await["items"][0].clone();
    assert_eq!((&seen["tenant"], &seen["quantity"]), (&json!(world.tenant.to_string()), &json!(2)));

    let early = world.post(&format!("{path}/accept")).await;
    assert_eq!((early.status.as_u16(), &early.body["code"]), (409, &json!("number_request.not_allowed")));
    for (more, code) in [
        (json!({ "setup_micros": -1 }), "number_request.amount_negative"),
        (json!({ "currency": "usd" }), "currency.malformed"),
        (json!({ "valid_until": "2001-01-01T00:00:00Z" }), "number_request.valid_until_past"),
    ] {
        let refused = operator.send(Method::POST, &format!("{theirs}/quote"), Some(&quote(more))).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!(code)), "{}", refused.text);
    }
    let quoted = operator.send(Method::POST, &format!("{theirs}/quote"), Some(&quote(json!({})))).await;
    assert_eq!((quoted.status.as_u16(), &quoted.body["state"]), (200, &json!("quoted")), "{}", quoted.text);
    let items = |numbers: &[&str]| operator.items(numbers);
    let unaccepted = operator.send(Method::POST, &format!("{theirs}/fulfil"), Some(&items(&[FIRST]))).await;
    assert_eq!((unaccepted.status.as_u16(), &unaccepted.body["code"]), (409, &json!("number_request.not_allowed")));
    assert_eq!(world.read(&path).await["quote"]["monthly_micros"], 12_500_000);
    let accepted = world.post(&format!("{path}/accept")).await;
    assert_eq!((accepted.status.as_u16(), &accepted.body["state"]), (200, &json!("accepted")), "{}", accepted.text);

    let three = items(&[FIRST, "+12065550102", "+12065550103"]);
    let three = operator.send(Method::POST, &format!("{theirs}/fulfil"), Some(&three)).await;
    assert_eq!(three.body["code"], "number_request.too_many");
    let london = operator.send(Method::POST, &format!("{theirs}/fulfil"), Some(&items(&["+442079460000"]))).await;
    assert_eq!((london.status.as_u16(), &london.body["code"]), (422, &json!("number.country_mismatch")));
    let half = operator.send(Method::POST, &format!("{theirs}/fulfil"), Some(&items(&[FIRST, "+14255550101"]))).await;
    assert_eq!(half.status.as_u16(), 200, "{}", half.text);
    assert_eq!((&half.body["request"]["state"], &half.body["request"]["given"]), (&json!("accepted"), &json!(1)));
    assert_eq!(half.body["order"]["errors"][0]["code"], "number.duplicate", "it is one of theirs already");
    let again = format!("/orders/{}/retry", id(&half.body["order"]));
    let again = operator.send(Method::POST, &again, None).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (422, &json!("order.not_retryable")), "{}", again.text);
    let rest = operator.send(Method::POST, &format!("{theirs}/fulfil"), Some(&items(&["+12065550102"]))).await;
    assert_eq!(rest.body["request"]["state"], "fulfilled", "{}", rest.text);
    let number = world.read(&format!("/tenants/demo/numbers/{FIRST}")).await;
    assert_eq!((&number["source"], &number["operator"]), (&json!("operator"), &json!(operator.id)));
    let timeline = world.read(&format!("{path}/timeline")).await;
    let what: Vec<_> = timeline["items"].as_array().unwrap().iter().map(|it| it["what"].as_str().unwrap()).collect();
    assert_eq!(what, ["requested", "quoted", "accepted", "fulfilled", "fulfilled"]);
    assert_eq!(world.post(&format!("{path}/cancel")).await.status.as_u16(), 409);

    // Another one is turned down with a reason.
    let asked = ask(&world, &operator, json!({})).await.body;
    let theirs = format!("/number-requests/{}/reject", id(&asked));
    let wordless = operator.send(Method::POST, &theirs, Some(&json!({ "reason": " " }))).await;
    assert_eq!((wordless.status.as_u16(), &wordless.body["code"]), (422, &json!("number_request.reason_missing")));
    operator.send(Method::POST, &theirs, Some(&json!({ "reason": "none are left" }))).await;
    let seen = world.read(&format!("/tenants/demo/number-requests/{}", id(&asked))).await;
    assert_eq!((&seen["state"], &seen["reason"]), (&json!("rejected"), &json!("none are left")));
}

#[tokio::test]
async fn an_operator_brings_numbers_from_another_carrier() {
    let world = world().await;
    let operator = Joined::new(&world, "Acme").await;
    let mut body = super::port_orders::order();
    body["operator"] = json!(operator.id);
    body["account_pin"] = json!("4711");
    let draft = world.post_json("/tenants/demo/port-orders", &body).await.body;
    assert_eq!(draft["faults"][0]["code"], "port_order.operator_refuses", "{draft}");
    operator.consent(&world, "demo", json!({})).await;
    let path = format!("/port-requests/{}", id(&draft));
    assert_eq!(operator.send(Method::GET, &path, None).await.status.as_u16(), 404, "a draft is nobody's business");
    assert_eq!(operator.read("/port-requests").await["items"], json!([]));
    super::port_orders::sign_and_submit(&world, &format!("/tenants/demo/port-orders/{}", id(&draft))).await;
    let listed = operator.read("/port-requests?state=processing").await["items"][0].clone();
    assert_eq!((&listed["tenant"], &listed["n_numbers"]), (&json!(world.tenant.to_string()), &json!(2)));
    assert_eq!(operator.read(&format!("{path}/account-pin")).await["account_pin"], "4711");
    assert_eq!(operator.read(&format!("{path}/numbers?limit=1")).await["items"][0]["number"], FIRST);
    let report = async |body: Value| operator.send(Method::POST, &format!("{path}/status"), Some(&body)).await;
    for body in [
        json!({ "state": "contacting_carrier" }),
        json!({ "state": "transfer_approved", "transfer_at": "2100-01-01T00:00:00Z" }),
        json!({ "state": "transfer_pending" }),
    ] {
        let moved = report(body).await;
        assert_eq!(moved.status.as_u16(), 200, "{}", moved.text);
    }
    let profileless = report(json!({ "state": "completed" })).await;
    assert_eq!((profileless.status.as_u16(), &profileless.body["code"]), (422, &json!("calling_profile.unknown")));
    let done = report(json!({ "state": "completed", "calling_profile": operator.profile })).await;
    assert_eq!((done.status.as_u16(), &done.body["state"]), (200, &json!("completed")), "{}", done.text);
    let number = world.read(&format!("/tenants/demo/numbers/{FIRST}")).await;
    assert_eq!((&number["source"], &number["operator"]), (&json!("operator"), &json!(operator.id)), "{number}");
    let history = world.read(&format!("/tenants/demo/numbers/{FIRST}/history")).await;
    assert_eq!(history["items"][0]["actor"], format!("operator:{}", operator.id));
}

#[tokio::test]
async fn without_consent_an_operator_sees_nothing_of_what_it_was_asked_for() {
    let world = world().await;
    let operator = Joined::new(&world, "Acme").await;
    operator.consent(&world, "demo", json!({})).await;
    let asked = ask(&world, &operator, json!({})).await.body;
    let coming = hand_in(&world, &operator).await;
    let paths = [format!("/number-requests/{}", id(&asked)), format!("/port-requests/{}/account-pin", id(&coming))];
    for path in &paths {
        assert_eq!(operator.send(Method::GET, path, None).await.status.as_u16(), 200, "{path}");
    }
    for path in ["/number-requests", "/port-requests"] {
        assert_eq!(operator.read(path).await["items"].as_array().unwrap().len(), 1, "{path}");
    }
    let consent = format!("/tenants/demo/operators/{}/consent", operator.id);
    assert_eq!(world.delete(&consent, None).await.status.as_u16(), 204);
    for path in ["/number-requests", "/port-requests"] {
        assert_eq!(operator.read(path).await["items"], json!([]), "{path}");
    }
    for path in &paths {
        assert_eq!(operator.send(Method::GET, path, None).await.status.as_u16(), 404, "{path}");
    }
}

/// Asks the operator for two numbers.
pub async fn ask(world: &World, operator: &Joined, more: Value) -> Reply {
    let mut body =
        json!({ "operator": operator.id, "country": "US", "kind": "user", "area": "Seattle", "quantity": 2 });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.post_json("/tenants/demo/number-requests", &body).await
}

/// An order that the operator is to carry out.
pub async fn hand_in(world: &World, operator: &Joined) -> Value {
    let mut body = super::port_orders::order();
    body["operator"] = json!(operator.id);
    let draft = world.post_json("/tenants/demo/port-orders", &body).await.body;
    super::port_orders::sign_and_submit(world, &format!("/tenants/demo/port-orders/{}", id(&draft))).await;
    draft
}

fn quote(more: Value) -> Value {
    let mut body = json!({ "setup_micros": 0, "monthly_micros": 12_500_000, "currency": "USD" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}
