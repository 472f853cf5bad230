//! What operators say of calls, and how their calls do.

use jiff::{SignedDuration, Timestamp};
use phone::id::{CallId, TrunkId};
use phone::record::{CallRecord, CallResult, Direction, EndedBy, LegRecord};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::operators::Joined;
use super::world::{World, world};

#[tokio::test]
async fn an_operator_says_how_long_calls_were_and_what_they_cost() {
    let world = world().await;
    let operator = Joined::new(&world, "Acme").await;
    let other = Joined::new(&world, "Bell").await;
    for operator in [&operator, &other] {
        operator.consent(&world, "demo", json!({})).await;
    }
    let record = record(&world, &operator, Some(60), 200);
    world.store.insert_call_records(std::slice::from_ref(&record)).await.unwrap();
    let call = record.id.to_string();
    let stranger = Uuid::now_v7().to_string();
    let durations = json!({ "items": [
        { "call": call, "duration_seconds": 59 }, { "call": stranger, "duration_seconds": 1 },
        { "call": call, "duration_seconds": 61, "answered_at": "2030-01-31T15:00:00Z" },
    ] });
    for _ in 0..2 {
        let kept = operator.send(Method::POST, "/call-durations", Some(&durations)).await;
        assert_eq!((kept.status.as_u16(), &kept.body["kept"]), (200, &json!(1)), "{}", kept.text);
        assert_eq!(
            (&kept.body["errors"][0]["index"], &kept.body["errors"][0]["code"]),
            (&json!(1), &json!("call.unknown"))
        );
    }
    let prices = json!({ "items": [{ "call": call, "price_micros": 12_000, "currency": "USD" }] });
    assert_eq!(operator.send(Method::POST, "/rated-calls", Some(&prices)).await.body["kept"], 1);
    let wrong = json!({ "items": [{ "call": call, "price_micros": 12_000, "currency": "usd" }] });
    let wrong = operator.send(Method::POST, "/rated-calls", Some(&wrong)).await;
    assert_eq!((&wrong.body["kept"], &wrong.body["errors"][0]["code"]), (&json!(0), &json!("currency.malformed")));
    let foreign = other.send(Method::POST, "/rated-calls", Some(&prices)).await;
    assert_eq!(foreign.body["errors"][0]["code"], "call.unknown", "it did not carry the call: {}", foreign.text);
    let expected = json!({
        "operator": operator.id, "duration_seconds": 61, "answered_at": "2030-01-31T15:00:00Z", "price_micros": 12_000,
        "currency": "USD",
    });
    assert_eq!(world.read(&format!("/tenants/demo/call-records/{call}")).await["operator"], expected);
    assert_eq!(world.read("/tenants/demo/call-records").await["items"][0]["operator"], expected);
    let none = operator.send(Method::POST, "/call-durations", Some(&json!({ "items": [] }))).await;
    assert_eq!((none.status.as_u16(), &none.body["code"]), (422, &json!("calls.too_many_items")));
}

#[tokio::test]
async fn an_operator_sees_how_its_calls_do() {
    let world = world().await;
    let operator = Joined::new(&world, "Acme").await;
    let other = Joined::new(&world, "Bell").await;
    let records = [
        record(&world, &operator, Some(60), 200),
        record(&world, &operator, Some(4), 200),
        record(&world, &operator, None, 486),
        record(&world, &operator, None, 503),
        record(&world, &other, Some(60), 200),
    ];
    world.store.insert_call_records(&records).await.unwrap();
    assert_eq!(operator.read("/metrics").await["items"], json!([]), "nothing of who did not consent");
    for operator in [&operator, &other] {
        operator.consent(&world, "demo", json!({})).await;
    }
    let until = Timestamp::now() + SignedDuration::from_secs(60);
    let metrics = operator.read(&format!("/metrics?until={until}")).await;
    let all: Vec<&Value> = metrics["items"].as_array().unwrap().iter().collect();
    let [bucket] = all[..] else { panic!("{metrics}") };
    assert_eq!([&bucket["calls"], &bucket["answered"], &bucket["short_calls"]], [4, 2, 1]);
    assert_eq!([&bucket["asr"], &bucket["ner"]], [0.5, 0.75]);
    assert_eq!([&bucket["acd_seconds"], &bucket["pdd_ms"]], [32.0, 2_000.0]);
    assert!(bucket["mos"].is_null());
    let wide = operator.send(Method::GET, "/metrics?since=2030-01-01T00:00:00Z&until=2030-01-02T00:00:01Z", None).await;
    assert_eq!((wide.status.as_u16(), &wide.body["code"]), (422, &json!("metrics.window")));
}

/// A call that went out over the operator's trunk, rang after two seconds, and was answered for so many seconds.
fn record(world: &World, operator: &Joined, talk_seconds: Option<i64>, status: u16) -> CallRecord {
    let began = Timestamp::now() - SignedDuration::from_secs(100);
    // All of them in one step of five minutes.
    let began = Timestamp::from_second(began.as_second() - began.as_second().rem_euclid(300)).unwrap();
    let rang = began + SignedDuration::from_secs(2);
    let ended = rang + SignedDuration::from_secs(talk_seconds.unwrap_or(0));
    let answered_at = talk_seconds.map(|_| rang);
    CallRecord {
        id: CallId(Uuid::now_v7()),
        tenant: world.tenant,
        direction: Direction::Outbound,
        from: "+14255550101".to_owned(),
        from_name: None,
        to: "+12065550199".to_owned(),
        started_at: began,
        answered_at,
        ended_at: ended,
        talk_seconds: CallRecord::talk_seconds(answered_at, ended),
        result: if talk_seconds.is_some() { CallResult::Answered } else { CallResult::of_status(status) },
        status: Some(status),
        reason: None,
        answered_by: None,
        answered_by_user: None,
        ended_by: EndedBy::Caller,
        legs: vec![LegRecord {
            inbound: false,
            party: "+12065550199".to_owned(),
            user: None,
            trunk: Some(TrunkId(operator.trunk.parse().unwrap())),
            sip_call_id: "x".to_owned(),
            started_at: began,
            ringing_at: Some(rang),
            answered_at,
            ended_at: ended,
            status: Some(status),
            codec: None,
            encrypted: false,
            quality: None,
        }],
        path: Vec::new(),
        cause: None,
        decisions: Vec::new(),
        signature: None,
        attempts: Vec::new(),
        segments: Vec::new(),
    }
}
