//! Webhooks: told once of each event, in order, signed; tried again, given up, and never into the own network.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use super::operators::Joined;
use super::world::{World, world};
use server::net::outward::Reach;
use server::webhooks::Teller;
use server::webhooks::post::sign;

const NUMBER: &str = "/tenants/demo/numbers/+14255550101";

#[tokio::test]
async fn what_happens_is_told_in_order_and_signed() {
    let world = world().await;
    let receiver = Receiver::start(&[]).await;
    let made = receiver.webhook(&world, json!(["number.*"])).await;
    let key = STANDARD.decode(made["secret"].as_str().unwrap().strip_prefix("whsec_").unwrap()).unwrap();
    for action in ["unassign", "block"] {
        assert_eq!(world.post_json(&format!("{NUMBER}/{action}"), &json!({})).await.status.as_u16(), 200);
    }
    let site = world.post_json("/tenants/demo/sites", &json!({ "name": "Lyon" })).await;
    assert_eq!(site.status.as_u16(), 201, "what it did not ask for");
    let mut teller = Teller::new(world.store.clone(), Reach::Everywhere);
    tell(&world, &mut teller, 0).await;
    tell(&world, &mut teller, 0).await;
    let told = receiver.told();
    let kinds: Vec<&str> = told.iter().map(|(_, body)| body["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["number.unassigned", "number.blocked"], "once each, in order");
    for (headers, body) in &told {
        assert_eq!((&body["tenant"], &body["object"]), (&json!(world.tenant.to_string()), &json!("+14255550101")));
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        let (id, at) = (header("webhook-id"), header("webhook-timestamp").parse().unwrap());
        assert_eq!(header("webhook-signature"), sign(&key, &id, at, &body.to_string()));
    }
    assert_ne!(told[0].0["webhook-id"], told[1].0["webhook-id"]);
    let path = format!("/tenants/demo/webhooks/{}", id(&made));
    let deliveries = world.read(&format!("{path}/deliveries")).await;
    assert_eq!(deliveries["items"].as_array().unwrap().len(), 2);
    assert_eq!((&deliveries["items"][0]["delivered"], &deliveries["items"][0]["status"]), (&json!(true), &json!(200)));
    assert!(!world.read(&path).await.to_string().contains("secret"), "it is shown once");

    // A test comes whatever was asked for; another secret signs from then on.
    let rotated = world.post(&format!("{path}/rotate-secret")).await.body;
    assert_ne!(rotated["secret"], made["secret"]);
    assert_eq!(world.post(&format!("{path}/test")).await.status.as_u16(), 202);
    tell(&world, &mut teller, 0).await;
    let told = receiver.told();
    assert_eq!((told.len(), &told[2].1["type"]), (3, &json!("webhook.test")));
    let key = STANDARD.decode(rotated["secret"].as_str().unwrap().strip_prefix("whsec_").unwrap()).unwrap();
    let (headers, body) = &told[2];
    let header = |name: &str| headers[name].to_str().unwrap();
    let signature = sign(&key, header("webhook-id"), header("webhook-timestamp").parse().unwrap(), &body.to_string());
    assert_eq!(header("webhook-signature"), signature);
    let audit = world.read("/tenants/demo/audit?noun=webhook").await.to_string();
    assert!(!audit.contains(rotated["secret"].as_str().unwrap()));
}

#[tokio::test]
async fn what_a_receiver_does_not_take_is_tried_again_and_nothing_overtakes_it() {
    let world = world().await;
    let receiver = Receiver::start(&[500, 503]).await;
    let made = receiver.webhook(&world, json!(["number.*"])).await;
    let path = format!("/tenants/demo/webhooks/{}", id(&made));
    for action in ["unassign", "block"] {
        world.post_json(&format!("{NUMBER}/{action}"), &json!({})).await;
    }
    let mut teller = Teller::new(world.store.clone(), Reach::Everywhere);
    tell(&world, &mut teller, 0).await;
    let failing = world.read(&path).await;
    assert_eq!((&failing["failed_tries"], failing["next_try_at"].is_string()), (&json!(1), true), "{failing}");
    tell(&world, &mut teller, 5).await;
    assert_eq!(receiver.told().len(), 1, "not before its time");
    // Another process goes on where this one was.
    let mut teller = Teller::new(world.store.clone(), Reach::Everywhere);
    tell(&world, &mut teller, 15).await;
    tell(&world, &mut teller, 60).await;
    let kinds: Vec<Value> = receiver.told().iter().map(|(_, body)| body["type"].clone()).collect();
    assert_eq!(kinds, ["number.unassigned", "number.unassigned", "number.unassigned", "number.blocked"]);
    let ids: Vec<_> = receiver.told().iter().map(|(headers, _)| headers["webhook-id"].clone()).collect();
    assert!(ids[0] == ids[2] && ids[2] != ids[3], "a try is known by the same id");
    assert_eq!(world.read(&path).await["failed_tries"], 0);
    let statuses: Vec<Value> = world.read(&format!("{path}/deliveries")).await["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|delivery| delivery["status"].clone())
        .collect();
    assert_eq!(statuses, [200, 200, 503, 500]);
}

#[tokio::test]
async fn what_one_turn_is_too_short_for_is_told_without_anything_new() {
    let world = world().await;
    let receiver = Receiver::start(&[]).await;
    let made = receiver.webhook(&world, json!(["number.*"])).await;
    for _ in 0..101 {
        assert_eq!(world.post(&format!("/tenants/demo/webhooks/{}/test", id(&made))).await.status.as_u16(), 202);
    }
    let mut teller = Teller::new(world.store.clone(), Reach::Everywhere);
    assert!(tell(&world, &mut teller, 0).await, "a turn is not for all of them");
    while tell(&world, &mut teller, 0).await {}
    assert_eq!(receiver.told().len(), 101);
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_given_up_and_can_be_taken_up_again() {
    let world = world().await;
    let receiver = Receiver::start(&[410]).await;
    let made = receiver.webhook(&world, json!(["number.*"])).await;
    let path = format!("/tenants/demo/webhooks/{}", id(&made));
    world.post_json(&format!("{NUMBER}/unassign"), &json!({})).await;
    let mut teller = Teller::new(world.store.clone(), Reach::Everywhere);
    tell(&world, &mut teller, 0).await;
    assert_eq!(world.read(&path).await["enabled"], false);
    assert_eq!(world.read("/tenants/demo/audit?noun=webhook").await["items"][0]["action"], "disabled");
    tell(&world, &mut teller, 3_600).await;
    assert_eq!(receiver.told().len(), 1, "nothing is sent to it");
    let tested = world.post(&format!("{path}/test")).await;
    assert_eq!((tested.status.as_u16(), &tested.body["code"]), (409, &json!("webhook.disabled")), "{}", tested.text);
    assert_eq!(world.patch(&path, None, &json!({ "enabled": true })).await.status.as_u16(), 200);
    tell(&world, &mut teller, 3_600).await;
    assert!(receiver.told().len() > 1 && receiver.told()[1].1["type"] == "number.unassigned", "it misses nothing");

    // One that is only unreachable is given up after days.
    let dead = json!({ "name": "Dead", "url": "http://127.0.0.1:1/", "events": ["number.*"] });
    let dead = world.post_json("/tenants/demo/webhooks", &dead).await.body;
    world.post_json(&format!("{NUMBER}/block"), &json!({})).await;
    let dead = format!("/tenants/demo/webhooks/{}", id(&dead));
    for hours in (0..=(5 * 24 + 12)).step_by(6) {
        tell(&world, &mut teller, 3_600 * hours).await;
    }
    let given_up = world.read(&dead).await;
    assert_eq!(given_up["enabled"], false, "{given_up}");
    assert!(given_up["failed_tries"].as_u64().unwrap() > 20, "{given_up}");
}

#[tokio::test]
async fn nothing_is_sent_into_the_own_network() {
    let world = world().await;
    let receiver = Receiver::start(&[]).await;
    let made = receiver.webhook(&world, json!(["*"])).await;
    let path = format!("/tenants/demo/webhooks/{}", id(&made));
    let mut teller = Teller::new(world.store.clone(), Reach::Public);
    world.post_json(&format!("{NUMBER}/unassign"), &json!({})).await;
    for url in [receiver.url.clone(), receiver.url.replace("http://", "https://")] {
        assert_eq!(world.patch(&path, None, &json!({ "url": url })).await.status.as_u16(), 200);
        tell(&world, &mut teller, 0).await;
        let delivery = world.read(&format!("{path}/deliveries?limit=1")).await["items"][0].clone();
        assert_eq!((&delivery["delivered"], &delivery["status"]), (&json!(false), &Value::Null), "{delivery}");
    }
    assert_eq!(receiver.told().len(), 0);
    for (field, value, code) in [
        ("url", json!("ftp://example.org"), "url.malformed"),
        ("events", json!([]), "webhook.events_out_of_range"),
        ("events", json!(["Number"]), "webhook.event_malformed"),
        ("name", json!(" "), "name_empty"),
    ] {
        let refused = world.patch(&path, None, &json!({ field: value })).await;
        assert_eq!(refused.status.as_u16(), 422, "{}", refused.text);
        let found = refused.body["errors"][0]["code"].as_str().unwrap();
        assert!(found == code || field == "name", "{field}: {found}");
    }
    for _ in 1..20 {
        receiver.webhook(&world, json!(["*"])).await;
    }
    let one_more = json!({ "name": "x", "url": receiver.url, "events": ["*"] });
    let one_more = world.post_json("/tenants/demo/webhooks", &one_more).await;
    assert_eq!((one_more.status.as_u16(), &one_more.body["code"]), (409, &json!("webhook.too_many")));
}

#[tokio::test]
async fn an_operator_is_told_of_consents_and_its_numbers_and_of_nothing_else() {
    let world = world().await;
    let operator = Joined::new(&world, "Acme").await;
    let receiver = Receiver::start(&[]).await;
    let wanted = json!({ "name": "Main", "url": receiver.url, "events": ["*"] });
    let made = operator.send(Method::POST, "/webhooks", Some(&wanted)).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    operator.consent(&world, "demo", json!({})).await;
    operator.patch(&world, json!({ "relationship_status": "agreement_signed" })).await;
    let number = "+12065550142";
    operator.upload("demo", &[number]).await;
    world.post_json(&format!("/tenants/demo/numbers/{number}/assign"), &json!({ "type": "user", "id": "101" })).await;
    world.post_json(&format!("{NUMBER}/unassign"), &json!({})).await;
    super::number_requests::ask(&world, &operator, json!({})).await;
    assert_eq!(
        operator.send(Method::POST, &format!("/webhooks/{}/test", id(&made.body)), None).await.status.as_u16(),
        202
    );
    let mut teller = Teller::new(world.store.clone(), Reach::Everywhere);
    tell(&world, &mut teller, 0).await;
    let told = receiver.told();
    let kinds: Vec<&str> = told.iter().map(|(_, body)| body["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "consent.created",
            "consent.updated",
            "number.added",
            "number.assigned",
            "number_request.created",
            "webhook.test"
        ]
    );
    assert!(told.iter().all(|(_, body)| body["actor"].is_null()), "who did it is the organization's own business");
    let deliveries = operator.read(&format!("/webhooks/{}/deliveries", id(&made.body))).await;
    assert_eq!(deliveries["items"].as_array().unwrap().len(), 6);
    let gone = operator.send(Method::DELETE, &format!("/webhooks/{}", id(&made.body)), None).await;
    assert_eq!(gone.status.as_u16(), 204);
}

/// A webhook that nobody listens to.
pub fn nowhere() -> Value {
    json!({ "name": "Nowhere", "url": "https://hooks.example/", "events": ["number.*"] })
}

/// One round of all webhooks, as if it were some seconds later. Whether there is more to tell.
async fn tell(world: &World, teller: &mut Teller, seconds: i64) -> bool {
    let now = Timestamp::now() + SignedDuration::from_secs(seconds);
    teller.round(world.store.due_webhooks(now).await.unwrap(), now).await
}

type Told = Vec<(HeaderMap, Value)>;

/// Somebody who is told, and answers what it is told to; 200 if nothing.
struct Receiver {
    url: String,
    told: Arc<Mutex<Told>>,
}

impl Receiver {
    async fn start(answers: &[u16]) -> Self {
        let told: Arc<Mutex<Told>> = Arc::default();
        let answers: Arc<Mutex<VecDeque<u16>>> = Arc::new(Mutex::new(answers.iter().copied().collect()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let take = |State((told, answers)): State<(Arc<Mutex<Told>>, Arc<Mutex<VecDeque<u16>>>)>,
                    headers: HeaderMap,
                    body: Bytes| async move {
            told.lock().unwrap().push((headers, serde_json::from_slice(&body).unwrap()));
            let answer = answers.lock().unwrap().pop_front().unwrap_or(200);
            StatusCode::from_u16(answer).unwrap()
        };
        let router = axum::Router::new().route("/hook", post(take)).with_state((told.clone(), answers));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, told }
    }

    fn told(&self) -> Told {
        self.told.lock().unwrap().clone()
    }

    async fn webhook(&self, world: &World, events: Value) -> Value {
        let wanted = json!({ "name": "Inventory", "url": self.url, "events": events });
        let made = world.post_json("/tenants/demo/webhooks", &wanted).await;
        assert_eq!(made.status.as_u16(), 201, "{}", made.text);
        made.body
    }
}

fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}
