//! Payments against a provider that speaks Stripe's protocol and is none: told once, twice, in any order, or by somebody
//! else.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};
use server::admin::credits::payments::Recharger;
use server::payments::signature::{self, Forged};
use server::payments::{STRIPE_URL, Stripe};
use server::secret::Secret;

use super::world::{Reply, TOKEN, World, send, world, world_paid_by};

const CREDITS: &str = "/tenants/demo/credits";
const KEY: &str = "sk_test_of_nobody";
const SECRET: &str = "whsec_of_nobody";

#[tokio::test]
async fn a_page_is_paid_and_booked_once_whatever_is_told() {
    let fake = Fake::start().await;
    let world = world_paid_by(fake.stripe()).await;
    let asked = ask(&world, json!({ "kind": "card", "amount": "20.00", "keep_card": true })).await;
    assert_eq!((asked.status.as_u16(), &asked.body["state"]), (201, &json!("pending")), "{}", asked.text);
    assert!(asked.body["url"].as_str().unwrap().starts_with("https://pay.example/cs_"));
    let (key, form) = fake.asked().remove(0);
    let id = asked.body["id"].as_str().unwrap();
    assert_eq!((key.as_str(), form["mode"].as_str()), (id, "payment"));
    assert_eq!(form["line_items[0][price_data][unit_amount]"], "2000");
    assert_eq!(form["payment_intent_data[setup_future_usage]"], "off_session");
    assert_eq!(world.read(CREDITS).await["balance"], "25.00", "nothing is booked before it is paid");

    // One try on the page fails, another is made: the page is not over.
    let failed = json!({ "id": "pi_1", "metadata": { "payment": id }, "last_payment_error": { "message": "no" } });
    assert_eq!(tell(&world, "payment_intent.payment_failed", &failed).await, 200);
    assert_eq!(state(&world).await, "pending");
    let session = json!({
        "id": "cs_1", "metadata": { "payment": id }, "payment_status": "paid", "amount_total": 2000, "currency": "usd",
        "payment_intent": "pi_1",
    });
    // The intent is told before the page, which comes twice, and is said to have expired afterwards.
    let intent = json!({ "id": "pi_1", "metadata": { "payment": id }, "amount_received": 2000, "currency": "usd" });
    for (kind, object) in [
        ("payment_intent.succeeded", &intent),
        ("checkout.session.completed", &session),
        ("checkout.session.completed", &session),
        ("checkout.session.expired", &session),
    ] {
        assert_eq!(tell(&world, kind, object).await, 200, "{kind}");
        assert_eq!(world.read(CREDITS).await["balance"], "45.00", "{kind}");
    }
    assert_eq!(state(&world).await, "succeeded");
    let credits = world.read(CREDITS).await;
    assert_eq!(credits["settings"]["has_card"], true);
    let entries = world.read(&format!("{CREDITS}/entries?kind=purchase")).await;
    assert_eq!(entries["items"].as_array().unwrap().len(), 1);
    let lots = world.read(&format!("{CREDITS}/lots")).await;
    assert_eq!(lots["items"][1]["source"], "card");
}

#[tokio::test]
async fn nobody_else_tells_of_payments() {
    let fake = Fake::start().await;
    let world = world_paid_by(fake.stripe()).await;
    let asked = ask(&world, json!({ "kind": "card", "amount": "20.00" })).await;
    let id = asked.body["id"].as_str().unwrap();
    let object = json!({
        "metadata": { "payment": id }, "payment_status": "paid", "amount_total": 2000, "currency": "usd",
    });
    let body = event("checkout.session.completed", &object);
    let now = Timestamp::now();
    let long_ago = now - SignedDuration::from_mins(6);
    let right = signature::sign(SECRET.as_bytes(), body.as_bytes(), now);
    for (header, body) in [
        (String::new(), body.clone()),
        ("t=1".to_owned(), body.clone()),
        (right.replace("v1=", "v0="), body.clone()),
        (signature::sign(b"another", body.as_bytes(), now), body.clone()),
        (signature::sign(SECRET.as_bytes(), body.as_bytes(), long_ago), body.clone()),
        (right.clone(), body.replace("2000", "9999")),
        (signature::sign(SECRET.as_bytes(), b"none", now), "none".to_owned()),
    ] {
        assert_eq!(told(&world, &header, body.clone()).await, 400, "{header}");
    }
    assert_eq!(world.read(CREDITS).await["balance"], "25.00");
    // Two signatures, while a secret is replaced; and one of a payment that nobody made.
    let both = format!("{right},v1={}", "00".repeat(32));
    assert_eq!(told(&world, &both, body).await, 200);
    assert_eq!(world.read(CREDITS).await["balance"], "45.00");
    let strange = json!({ "metadata": { "payment": uuid::Uuid::now_v7() }, "amount_received": 1, "currency": "usd" });
    assert_eq!(tell(&world, "payment_intent.succeeded", &strange).await, 200);
    // Another currency than was asked for is looked at by people.
    let asked = ask(&world, json!({ "kind": "card", "amount": "20.00" })).await;
    let euros = json!({ "metadata": { "payment": asked.body["id"] }, "amount_received": 2000, "currency": "eur" });
    assert_eq!(tell(&world, "payment_intent.succeeded", &euros).await, 200);
    assert_eq!(
        (world.read(CREDITS).await["balance"].clone(), state(&world).await.as_str()),
        (json!("45.00"), "failed")
    );
    assert_eq!(signature::verify(b"", "", b"", now), Err(Forged::Missing));
}

#[tokio::test]
async fn a_balance_recharges_itself_and_rests_when_the_card_is_declined() {
    let fake = Fake::start().await;
    let world = world_paid_by(fake.stripe()).await;
    let recharge = json!({ "enabled": true, "trigger": "30.00", "amount": "40.00", "monthly_cap": "100.00" });
    let change = async |body: Value| {
        let request = world.request(Method::PATCH, CREDITS).bearer_auth(TOKEN).json(&body);
        send(request).await
    };
    let refused = change(json!({ "auto_recharge": recharge })).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("payment.no_card")), "{}", refused.text);
    let asked = ask(&world, json!({ "kind": "card", "amount": "1.00", "keep_card": true })).await;
    let session = json!({
        "metadata": { "payment": asked.body["id"] }, "payment_status": "paid", "amount_total": 100, "currency": "usd",
        "payment_intent": "pi_9",
    });
    tell(&world, "checkout.session.completed", &session).await;
    let crooked = json!({ "enabled": true, "trigger": "50.00", "amount": "40.00", "monthly_cap": "100.00" });
    assert_eq!(change(json!({ "auto_recharge": crooked })).await.body["code"], "payment.recharge_malformed");
    assert_eq!(change(json!({ "auto_recharge": recharge })).await.status.as_u16(), 200);
    let later = change(json!({ "mode": "postpaid", "credit_limit": "10.00" })).await;
    assert_eq!(later.body["code"], "payment.auto_recharge_still_on", "{}", later.text);

    // 26.00 are below 30.00; one recharge brings it above, and another look brings nothing.
    let recharger = Recharger { store: world.store.clone(), stripe: Arc::new(fake.stripe()) };
    let now = Timestamp::now();
    assert!(recharger.look(now).await.unwrap());
    assert_eq!(world.read(CREDITS).await["balance"], "66.00");
    assert!(!recharger.look(now).await.unwrap());
    // The webhook that tells the same again books nothing.
    let id = world.read(&format!("{CREDITS}/payments")).await["items"][0]["id"].clone();
    let intent = json!({ "id": "pi_x", "metadata": { "payment": id }, "amount_received": 4000, "currency": "usd" });
    tell(&world, "payment_intent.succeeded", &intent).await;
    assert_eq!(world.read(CREDITS).await["balance"], "66.00");

    // Declined: again after 15 minutes, 2 hours and a day, and then not any more.
    adjust(&world, "-60.00").await;
    fake.decline(true);
    let minutes = |minutes: i64| now + SignedDuration::from_mins(minutes);
    for (at, is_tried) in [(1, true), (2, false), (16, true), (100, false), (137, true), (1_500, false), (1_578, true)]
    {
        assert_eq!(recharger.look(minutes(at)).await.unwrap(), is_tried, "after {at} minutes");
    }
    assert!(!recharger.look(minutes(9_000)).await.unwrap());
    let told = world.read("/tenants/demo/audit?limit=1000").await.to_string();
    assert!(told.contains("recharge_failed"), "{told}");
    assert_eq!(world.read(CREDITS).await["balance"], "6.00");
    // A payment that succeeds begins anew; the cap of a month holds.
    fake.decline(false);
}

#[tokio::test]
async fn a_transfer_is_booked_by_who_sees_it_and_once() {
    let world = world().await;
    let refused = ask(&world, json!({ "kind": "card", "amount": "20.00" })).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("payment.no_provider")));
    for (amount, code) in [("0.99", "payment.amount_out_of_range"), ("1.001", "payment.too_fine")] {
        let refused = ask(&world, json!({ "kind": "bank_transfer", "amount": amount })).await;
        assert_eq!(refused.body["code"], code, "{}", refused.text);
    }
    let asked = ask(&world, json!({ "kind": "bank_transfer", "amount": "50.00" })).await;
    assert!(asked.body["reference"].as_str().unwrap().starts_with("TL-"), "{}", asked.text);
    let confirm = format!("{CREDITS}/payments/{}/confirm", asked.body["id"].as_str().unwrap());
    for _ in 0..2 {
        let booked = world.post_json(&confirm, &json!({ "amount": "49.00" })).await;
        assert_eq!((booked.status.as_u16(), &booked.body["state"]), (200, &json!("succeeded")), "{}", booked.text);
        assert_eq!(world.read(CREDITS).await["balance"], "74.00");
    }
    assert_eq!(STRIPE_URL, "https://api.stripe.com");
}

#[tokio::test]
async fn what_goes_back_is_booked_once_whatever_is_told() {
    let fake = Fake::start().await;
    let world = world_paid_by(fake.stripe()).await;
    let billing = json!({ "seller": { "name": "Telephone" }, "buyer": { "name": "Demo" } });
    let change = world.request(Method::PATCH, CREDITS).bearer_auth(TOKEN).json(&json!({ "billing": billing }));
    assert_eq!(send(change).await.status.as_u16(), 200);
    let asked = ask(&world, json!({ "kind": "card", "amount": "20.00" })).await;
    let id = asked.body["id"].as_str().unwrap();
    let balance = async || world.read(CREDITS).await["balance"].as_str().unwrap().to_owned();
    // It went back before anybody heard that it was paid, and again.
    let refunded = |coins: i64| {
        json!({
            "id": "ch_1", "payment_intent": "pi_1", "metadata": { "payment": id }, "amount_refunded": coins, "currency": "usd",
        })
    };
    let paid = json!({ "id": "pi_1", "metadata": { "payment": id }, "amount_received": 2000, "currency": "usd" });
    for (kind, object, wanted) in [
        ("charge.refunded", &refunded(500), "25.00"),
        ("payment_intent.succeeded", &paid, "40.00"),
        ("charge.refunded", &refunded(500), "40.00"),
        ("charge.refunded", &refunded(800), "37.00"),
        ("charge.refunded", &refunded(500), "37.00"),
    ] {
        assert_eq!((tell(&world, kind, object).await, balance().await.as_str()), (200, wanted), "{kind} {object}");
    }
    // A dispute names nothing of ours: the provider is asked. More than is left of the payment is not taken.
    fake.made_for(id);
    let dispute = |amount: i64, currency: &str| {
        json!({
            "id": "dp_1", "payment_intent": "pi_1", "amount": amount, "currency": currency,
        })
    };
    for (kind, object, wanted) in [
        ("charge.dispute.funds_withdrawn", dispute(2000, "eur"), "37.00"),
        ("charge.dispute.funds_withdrawn", dispute(2000, "usd"), "25.00"),
        ("charge.dispute.funds_withdrawn", dispute(2000, "usd"), "25.00"),
        ("charge.dispute.funds_reinstated", dispute(2000, "usd"), "37.00"),
        ("charge.dispute.funds_withdrawn", dispute(2000, "usd"), "37.00"),
    ] {
        assert_eq!((tell(&world, kind, &object).await, balance().await.as_str()), (200, wanted), "{kind} {object}");
    }
    let body = event("charge.refunded", &refunded(2000));
    let forged = signature::sign(b"another", body.as_bytes(), Timestamp::now());
    assert_eq!((told(&world, &forged, body).await, balance().await.as_str()), (400, "37.00"));

    // The rest is given back from here. Who used it already owes it.
    adjust(&world, "-30.00").await;
    let refund = format!("{CREDITS}/payments/{id}/refund");
    let too_much = world.post_json(&refund, &json!({ "amount": "12.01" })).await;
    assert_eq!((too_much.status.as_u16(), &too_much.body["code"]), (409, &json!("payment.not_so_much")));
    let given = world.post_json(&refund, &json!({ "amount": "2.00" })).await;
    assert_eq!((given.status.as_u16(), &given.body["refunded"]), (200, &json!("10.00")), "{}", given.text);
    let (key, form) = fake.asked().pop().unwrap();
    assert_eq!((key, form["amount"].as_str()), (format!("{id}:8000000"), "200"));
    assert_eq!(tell(&world, "charge.refunded", &refunded(1000)).await, 200);
    assert_eq!(balance().await, "5.00");
    assert!(world.post_json(&refund, &json!({})).await.status.is_success());
    let credits = world.read(CREDITS).await;
    assert_eq!(
        (&credits["balance"], &credits["owed"], &credits["state"]),
        (&json!("-5.00"), &json!("5.00"), &json!("empty"))
    );
    assert_eq!(world.post_json(&refund, &json!({})).await.body["code"], "payment.not_so_much");
    let shown = world.read(&format!("{CREDITS}/payments")).await;
    assert_eq!((&shown["items"][0]["refunded"], &shown["items"][0]["charged_back"]), (&json!("20.00"), &Value::Null));
    let reversals = world.read(&format!("{CREDITS}/entries?kind=reversal")).await;
    let amounts: Vec<_> = reversals["items"].as_array().unwrap().iter().map(|entry| entry["amount"].clone()).collect();
    assert_eq!(amounts, ["-10.00", "-2.00", "12.00", "-12.00", "-3.00", "-5.00"]);

    // One of them does not arrive: told again, or by its other name, it is credit again once, and can go back again.
    let failed = json!({
        "id": "re_1", "payment_intent": "pi_1", "amount": 1000, "currency": "usd", "status": "failed",
    });
    for (kind, object, wanted) in [
        ("refund.updated", json!({ "id": "re_1", "amount": 1000, "currency": "usd", "status": "pending" }), "-5.00"),
        ("refund.failed", failed.clone(), "5.00"),
        ("charge.refund.updated", failed, "5.00"),
    ] {
        assert_eq!((tell(&world, kind, &object).await, balance().await.as_str()), (200, wanted), "{kind} {object}");
    }
    let fail = format!("{CREDITS}/payments/{id}/refund-failed");
    let nameless = world.post_json(&fail, &json!({})).await;
    assert_eq!((nameless.status.as_u16(), &nameless.body["code"]), (422, &json!("payment.refund_not_named")));
    let known = world.post_json(&fail, &json!({ "refund": "re_1" })).await;
    assert_eq!((known.status.as_u16(), &known.body["refunded"]), (200, &json!("10.00")), "{}", known.text);
    assert_eq!(balance().await, "5.00");
    let too_much = world.post_json(&fail, &json!({ "refund": "re_2", "amount": "10.01" })).await;
    assert_eq!((too_much.status.as_u16(), &too_much.body["code"]), (409, &json!("payment.not_given_back")));
    let given = world.post_json(&refund, &json!({})).await;
    assert_eq!((given.status.as_u16(), &given.body["refunded"]), (200, &json!("20.00")), "{}", given.text);
    assert_eq!(balance().await, "-5.00");

    // What went back has credit notes, whoever took it.
    let invoices = world.read(&format!("{CREDITS}/invoices")).await;
    let notes = invoices["items"].as_array().unwrap();
    assert_eq!(
        notes.iter().map(|note| note["gross"].clone()).collect::<Vec<_>>(),
        ["10.00", "10.00", "2.00", "12.00", "3.00", "5.00"]
    );
    assert!(notes.iter().all(|note| note["kind"] == "credit_note" && note["payment"] == id));
    let path = format!("{CREDITS}/invoices/{}/ubl", notes[0]["id"].as_str().unwrap());
    let file = send(world.request(Method::GET, &path).bearer_auth(TOKEN)).await;
    assert!(file.text.contains("<cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>"), "{}", file.text);
}

#[tokio::test]
async fn a_bank_transfer_is_sent_back_by_hand_and_booked_here() {
    let world = world().await;
    let asked = ask(&world, json!({ "kind": "bank_transfer", "amount": "50.00" })).await;
    let payment = format!("{CREDITS}/payments/{}", asked.body["id"].as_str().unwrap());
    let early = world.post_json(&format!("{payment}/refund"), &json!({})).await;
    assert_eq!(early.body["code"], "payment.not_so_much", "{}", early.text);
    world.post_json(&format!("{payment}/confirm"), &json!({ "amount": "49.00" })).await;
    let given = world.post_json(&format!("{payment}/refund"), &json!({ "amount": "9.00" })).await;
    assert_eq!(given.body["refunded"], "9.00", "{}", given.text);
    assert_eq!(world.read(CREDITS).await["balance"], "65.00");
    // The bank sends a part of it again.
    let fail = format!("{payment}/refund-failed");
    let again = world.post_json(&fail, &json!({ "amount": "4.00" })).await;
    assert_eq!((again.status.as_u16(), &again.body["refunded"]), (200, &json!("5.00")), "{}", again.text);
    assert_eq!(world.read(CREDITS).await["balance"], "69.00");
    let away = world.post_json(&format!("{payment}/refund"), &json!({ "amount": "4.00" })).await;
    assert_eq!(away.body["refunded"], "9.00", "{}", away.text);
    let lots = world.read(&format!("{CREDITS}/lots")).await;
    // Both times it was taken from what the payment had brought; what came again is a lot of its own.
    let lot = |index: usize| (lots["items"][index]["amount"].clone(), lots["items"][index]["remaining"].clone());
    assert_eq!([lot(1), lot(2)], [(json!("49.00"), json!("36.00")), (json!("4.00"), json!("4.00"))]);
}

async fn ask(world: &World, body: Value) -> Reply {
    world.post_json(&format!("{CREDITS}/payments"), &body).await
}

async fn adjust(world: &World, amount: &str) {
    let taken = json!({ "amount": amount, "reason": "spent" });
    assert!(world.post_json(&format!("{CREDITS}/adjust"), &taken).await.status.is_success());
}

/// The state of the newest payment.
async fn state(world: &World) -> String {
    let list = world.read(&format!("{CREDITS}/payments")).await;
    list["items"][0]["state"].as_str().unwrap().to_owned()
}

fn event(kind: &str, object: &Value) -> String {
    json!({ "id": "evt_1", "type": kind, "data": { "object": object } }).to_string()
}

async fn tell(world: &World, kind: &str, object: &Value) -> u16 {
    let body = event(kind, object);
    let header = signature::sign(SECRET.as_bytes(), body.as_bytes(), Timestamp::now());
    told(world, &header, body).await
}

async fn told(world: &World, header: &str, body: String) -> u16 {
    let request = world.request(Method::POST, "/payments/stripe").header("Stripe-Signature", header);
    send(request.header("Content-Type", "application/json").body(body)).await.status.as_u16()
}

/// What stands in for the provider.
#[derive(Clone)]
struct Fake {
    url: String,
    state: Arc<Mutex<Asked>>,
}

#[derive(Default)]
struct Asked {
    forms: Vec<(String, BTreeMap<String, String>)>,
    declines: bool,
    /// The payment that its intents were made for.
    payment: Option<String>,
}

type Shared = State<Arc<Mutex<Asked>>>;

impl Fake {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(Asked::default()));
        let router = Router::new()
            .route("/v1/checkout/sessions", post(page))
            .route("/v1/payment_intents", post(charge))
            .route("/v1/payment_intents/{intent}", get(intent))
            .route("/v1/refunds", post(refund))
            .with_state(state.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, state }
    }

    fn stripe(&self) -> Stripe {
        Stripe::new(&self.url, Secret::new(KEY.to_owned()), Secret::new(SECRET.to_owned()))
    }

    fn asked(&self) -> Vec<(String, BTreeMap<String, String>)> {
        self.state.lock().unwrap().forms.clone()
    }

    fn made_for(&self, payment: &str) {
        self.state.lock().unwrap().payment = Some(payment.to_owned());
    }

    fn decline(&self, declines: bool) {
        self.state.lock().unwrap().declines = declines;
    }
}

async fn page(State(state): Shared, headers: HeaderMap, body: Bytes) -> Json<Value> {
    let form: BTreeMap<String, String> = serde_urlencoded::from_bytes(&body).unwrap();
    assert_eq!(headers["authorization"], format!("Bearer {KEY}"));
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    let mut asked = state.lock().unwrap();
    asked.forms.push((key, form));
    let id = format!("cs_{}", asked.forms.len());
    Json(json!({ "id": id, "url": format!("https://pay.example/{id}") }))
}

async fn charge(State(state): Shared, body: Bytes) -> (StatusCode, Json<Value>) {
    let form: BTreeMap<String, String> = serde_urlencoded::from_bytes(&body).unwrap();
    assert_eq!([&form["customer"], &form["payment_method"]], ["cus_1", "pm_1"]);
    if state.lock().unwrap().declines {
        let error = json!({ "message": "Your card was declined.", "payment_intent": { "id": "pi_y" } });
        return (StatusCode::PAYMENT_REQUIRED, Json(json!({ "error": error })));
    }
    let amount: i64 = form["amount"].parse().unwrap();
    let made = json!({ "id": "pi_x", "status": "succeeded", "amount_received": amount, "currency": form["currency"] });
    (StatusCode::OK, Json(made))
}

async fn intent(State(state): Shared, Path(intent): Path<String>) -> Json<Value> {
    let payment = state.lock().unwrap().payment.clone();
    Json(json!({ "id": intent, "customer": "cus_1", "payment_method": "pm_1", "metadata": { "payment": payment } }))
}

async fn refund(State(state): Shared, headers: HeaderMap, body: Bytes) -> Json<Value> {
    let form: BTreeMap<String, String> = serde_urlencoded::from_bytes(&body).unwrap();
    assert_eq!(form["payment_intent"], "pi_1");
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    state.lock().unwrap().forms.push((key, form));
    Json(json!({ "id": "re_1", "status": "succeeded" }))
}
