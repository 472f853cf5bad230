//! Credits: what comes in, what is booked once, who may do what, and what calls would cost.

use jiff::Timestamp;
use phone::access::BuiltIn;
use phone::id::{CallId, TenantId, UserId};
use phone::money::charge::{Charge, PaidLeg, Segment};
use phone::money::deck::Direction;
use phone::money::funding::Source;
use phone::money::ledger::Book;
use phone::money::pool::{Bucket, Period, PoolKey};
use phone::money::{Currency, Micros};
use reqwest::Method;
use serde_json::{Value, json};
use store::Scope;
use uuid::Uuid;

use super::world::{Reply, TOKEN, World, send, world};

const CREDITS: &str = "/tenants/demo/credits";

#[tokio::test]
async fn the_demo_has_25_dollars_and_a_deck() {
    let world = world().await;
    let credits = world.read(CREDITS).await;
    assert_eq!([&credits["balance"], &credits["currency"], &credits["state"]], ["25.00", "USD", "active"]);
    assert_eq!(credits["settings"]["outbound_deck"], "demo");
    let steps = world.read("/tenants/demo/setup").await;
    let seventh = steps["items"][6].clone();
    assert_eq!(seventh["state"], "done", "{seventh}");
    let pools = world.read(&format!("{CREDITS}/pools")).await;
    assert_eq!([&pools["items"][0]["plan"], &pools["items"][0]["bucket"]], ["MCOPSTN1", "domestic"]);
    assert_eq!(pools["items"][0]["granted_seconds"], 3 * 3_000 * 60);
}

#[tokio::test]
async fn credit_comes_in_once_however_often_it_is_sent() {
    let world = world().await;
    let top_up = json!({ "amount": "10.00", "currency": "USD", "source": "bank_transfer", "note": "invoice 7" });
    let first = post(&world, TOKEN, "top-up", Some("key-1"), &top_up).await;
    assert_eq!((first.status.as_u16(), &first.body["balance_after"]), (201, &json!("35.00")), "{}", first.text);
    let again = post(&world, TOKEN, "top-up", Some("key-1"), &top_up).await;
    assert_eq!((again.status.as_u16(), &again.body["seq"]), (201, &first.body["seq"]));
    let other = json!({ "amount": "11.00", "currency": "USD" });
    let reused = post(&world, TOKEN, "top-up", Some("key-1"), &other).await;
    assert_eq!((reused.status.as_u16(), &reused.body["code"]), (409, &json!("idempotency_key_reused")));
    assert_eq!(world.read(CREDITS).await["balance"], "35.00");
    for (body, code) in [
        (json!({ "amount": "10", "currency": "EUR" }), "credits.wrong_currency"),
        (json!({ "amount": "-1", "currency": "USD" }), "credits.not_positive"),
        (json!({ "amount": "0.00", "currency": "USD" }), "credits.not_positive"),
        (json!({ "amount": "1000000000", "currency": "USD" }), "credits.too_large"),
        (json!({ "amount": "1" }), "credits.top_up_malformed"),
        (json!({ "amount": "1.0000001", "currency": "USD" }), "amount_malformed"),
        (json!({ "amount": 1.5, "currency": "USD" }), "amount_malformed"),
        (json!({ "amount": "1e3", "currency": "USD" }), "amount_malformed"),
        (json!({ "amount": "1000000000.01", "currency": "USD" }), "amount_malformed"),
        (json!({ "amount": "1", "currency": "dollars" }), "currency_malformed"),
        (json!({ "amount": "1", "colour": "red" }), "malformed_body"),
        (json!({ "voucher": "AAAA-BBBB-CCCC-DDDD" }), "voucher.unknown"),
    ] {
        let refused = post(&world, TOKEN, "top-up", None, &body).await;
        assert_eq!(refused.body["code"], code, "{body}: {}", refused.text);
    }
    // What is wrong is named by its place.
    for (amount, field) in [(json!("ten"), "auto_recharge.monthly_cap"), (json!(10), "auto_recharge.monthly_cap")] {
        let recharge = json!({ "enabled": true, "trigger": "1.00", "amount": "5.00", "monthly_cap": amount });
        let refused = world.patch(CREDITS, None, &json!({ "auto_recharge": recharge })).await;
        let error = &refused.body["errors"][0];
        assert_eq!(
            (refused.status.as_u16(), &error["field"], &error["code"]),
            (422, &json!(field), &json!("amount_malformed"))
        );
    }
    let taken = post(&world, TOKEN, "adjust", Some("a"), &json!({ "amount": "-5.00", "reason": "twice" })).await;
    assert_eq!((taken.status.as_u16(), &taken.body["balance_after"]), (201, &json!("30.00")), "{}", taken.text);
    let once = post(&world, TOKEN, "adjust", Some("a"), &json!({ "amount": "-5.00", "reason": "twice" })).await;
    assert_eq!(once.body["seq"], taken.body["seq"], "{}", once.text);
    let too_much = post(&world, TOKEN, "adjust", None, &json!({ "amount": "-31", "reason": "all" })).await;
    assert_eq!((too_much.status.as_u16(), &too_much.body["code"]), (409, &json!("credits.below_zero")));

    let entries = world.read(&format!("{CREDITS}/entries")).await;
    let kinds: Vec<_> = entries["items"].as_array().unwrap().iter().map(|entry| entry["kind"].clone()).collect();
    assert_eq!(kinds, ["adjustment", "purchase", "grant"]);
    let page = world.read(&format!("{CREDITS}/entries?limit=2")).await;
    let next = page["next_cursor"].as_str().unwrap();
    let last = world.read(&format!("{CREDITS}/entries?limit=2&cursor={next}")).await;
    assert_eq!((last["items"][0]["seq"].as_u64(), last["items"].as_array().unwrap().len()), (Some(1), 1));
    let lots = world.read(&format!("{CREDITS}/lots")).await;
    let left: Vec<_> = lots["items"].as_array().unwrap().iter().map(|lot| lot["remaining"].clone()).collect();
    assert_eq!(left, ["20.00", "10.00"]);
    prove(&world).await;
}

#[tokio::test]
async fn a_voucher_is_redeemed_once() {
    let world = world().await;
    let made = world.post_json("/credit-vouchers", &json!({ "amount": "20.00", "currency": "USD", "count": 2 })).await;
    let code = made.body["items"][0]["code"].as_str().unwrap().to_owned();
    let listed = world.read("/credit-vouchers").await;
    assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["code"]), (2, &Value::Null));
    let redeemed = post(&world, TOKEN, "top-up", None, &json!({ "voucher": code })).await;
    assert_eq!(
        (redeemed.status.as_u16(), &redeemed.body["balance_after"]),
        (201, &json!("45.00")),
        "{}",
        redeemed.text
    );
    // Written otherwise, and sent again: the same movement.
    let again = json!({ "voucher": code.to_lowercase().replace('-', " ") });
    assert_eq!(post(&world, TOKEN, "top-up", None, &again).await.body["seq"], redeemed.body["seq"]);
    let other = world.token_of_other_tenant(BuiltIn::Administrator).await;
    let request = world.request(Method::POST, "/tenants/other/credits/top-up").bearer_auth(other);
    let taken = send(request.json(&json!({ "voucher": code }))).await;
    assert_eq!((taken.status.as_u16(), &taken.body["code"]), (409, &json!("voucher.redeemed")), "{}", taken.text);
    assert_eq!(world.read(CREDITS).await["balance"], "45.00");
}

#[tokio::test]
async fn an_organization_does_not_give_itself_credit() {
    let world = world().await;
    let billing = "token-of-who-pays".to_owned();
    world.add_token(&billing, Scope::Tenant(world.tenant), BuiltIn::BillingAdministrator).await;
    for (path, body) in [
        ("top-up", json!({ "amount": "10.00", "currency": "USD" })),
        ("adjust", json!({ "amount": "10.00", "reason": "why not" })),
    ] {
        let refused = post(&world, &billing, path, None, &body).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (403, &json!("credits.platform_only")));
    }
    let change = async |token: &str, body: Value| {
        send(world.request(Method::PATCH, CREDITS).bearer_auth(token).json(&body)).await
    };
    for body in [json!({ "enabled": false }), json!({ "credit_limit": "100" }), json!({ "outbound_deck": null })] {
        let refused = change(&billing, body.clone()).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (403, &json!("credits.platform_only")), "{body}");
    }
    let own = change(&billing, json!({ "low_balance": "30.00", "person_limit": "5.00" })).await;
    assert_eq!((own.status.as_u16(), &own.body["state"]), (200, &json!("low")), "{}", own.text);
    let changed = change(TOKEN, json!({ "frozen": true, "person_limit": null })).await;
    assert_eq!([&changed.body["state"], &changed.body["settings"]["person_limit"]], [&json!("frozen"), &Value::Null]);
    for (body, code) in [
        (json!({ "outbound_deck": "nobody's" }), "rate_deck.unknown"),
        (json!({ "outbound_deck": "demo-toll-free" }), "rate_deck.does_not_fit"),
        (json!({ "currency": "EUR" }), "credits.currency_in_use"),
        (json!({ "credit_limit": "-1" }), "credits.negative"),
        (json!({ "on_exhaustion": { "action": "finish_call" } }), "credits.exhaustion_malformed"),
    ] {
        let refused = change(TOKEN, body.clone()).await;
        let field = &refused.body["errors"][0]["code"];
        assert!(refused.body["code"] == code || field == code, "{body}: {}", refused.text);
    }
}

#[tokio::test]
async fn a_deck_is_imported_searched_compared_and_kept_while_it_is_used() {
    let world = world().await;
    let import = async |query: &[(&str, &str)], file: &str| {
        let request = world.request(Method::POST, "/rate-decks/import").query(query).bearer_auth(TOKEN);
        send(request.header("Content-Type", "text/csv").body(file.to_owned())).await
    };
    let named = [("name", "retail"), ("currency", "USD")];
    let faulty = import(&named, "prefix,price\n1,0.01\n1,0.02\n44,-1\n").await;
    assert_eq!((faulty.status.as_u16(), &faulty.body["code"]), (422, &json!("rate_deck.faulty")), "{}", faulty.text);
    assert_eq!(faulty.body["errors"][0]["field"], "line 4, price");
    let dry = import(&[("name", "retail"), ("currency", "USD"), ("dry_run", "true")], "prefix,price\n1,0.01\n").await;
    assert_eq!((dry.status.as_u16(), &dry.body["deck"]["version"]), (200, &json!(1)), "{}", dry.text);
    let first = import(&named, "prefix,price,destination\n1,0.01,North America\n44,0.02,UK\n").await;
    assert_eq!((first.status.as_u16(), &first.body["deck"]["rates"]), (201, &json!(2)), "{}", first.text);
    let second = import(&named, "prefix;price;destination\n1;0,015;North America\n49;0,03;Germany\n").await;
    assert_eq!((second.status.as_u16(), &second.body["deck"]["version"]), (201, &json!(2)), "{}", second.text);

    let found = world.read("/rate-decks/retail/rates?number=%2B12065550123").await;
    assert_eq!([&found["items"][0]["prefix"], &found["items"][0]["per_minute"]], ["1", "0.015"]);
    let since = first.body["deck"]["id"].as_str().unwrap();
    let told = world.read(&format!("/rate-decks/retail/difference?since={since}")).await;
    let kinds: Vec<_> = told["items"].as_array().unwrap().iter().map(|it| it["type"].clone()).collect();
    assert_eq!(kinds, ["changed", "removed", "added"]);
    let exported = world.get("/rate-decks/retail/export").await.text;
    assert_eq!(import(&[("name", "copy"), ("currency", "USD")], &exported).await.body["deck"]["rates"], 2);

    let used = world.request(Method::PATCH, CREDITS).bearer_auth(TOKEN).json(&json!({ "outbound_deck": "retail" }));
    assert_eq!(send(used).await.status.as_u16(), 200);
    let kept = world.delete("/rate-decks/retail", None).await;
    assert_eq!((kept.status.as_u16(), &kept.body["code"]), (409, &json!("rate_deck.in_use")));
    // The first version is over: nobody pays by it.
    assert_eq!(world.delete(&format!("/rate-decks/{since}"), None).await.status.as_u16(), 204);
    assert_eq!(world.delete("/rate-decks/copy", None).await.status.as_u16(), 204);
}

#[tokio::test]
async fn what_a_call_costs_and_who_pays_is_told_before() {
    let world = world().await;
    let price = async |query: &str| world.read(&format!("{CREDITS}/price/{query}")).await;
    let plan = price("+12065550123?from=101").await;
    assert_eq!([&plan["allowed"], &plan["per_minute"]], [&json!(true), &json!("0.02")]);
    assert_eq!(plan["paid_by"], json!(["pool", "credits"]));
    let abroad = price("+4930123456?from=101").await;
    assert_eq!([&abroad["destination"], &abroad["paid_by"][0]], ["Germany", "credits"]);
    let far = price("+37612345?from=101").await;
    assert_eq!([&far["destination"], &far["per_minute"]], ["Rest of the world", "0.10"]);

    let explain = async |from: &str, to: &str| {
        let reply = world.post_json("/tenants/demo/explain", &json!({ "from": from, "to": to })).await;
        assert_eq!(reply.status.as_u16(), 200, "{}", reply.text);
        reply.body
    };
    let told = explain("101", "+4930123456").await;
    assert_eq!(told["cost"]["words"], "Germany costs 0.03 USD a minute; it is paid by credits");
    assert_eq!(explain("+12065550100", "+14255550100").await["cost"], Value::Null);
    let toll_free = explain("+12065550100", "+18005550199").await;
    assert_eq!([&toll_free["cost"]["destination"], &toll_free["cost"]["allowed"]], [&json!("Toll-free"), &json!(true)]);
    let adjusted = post(&world, TOKEN, "adjust", None, &json!({ "amount": "-25.00", "reason": "spent" })).await;
    assert_eq!(adjusted.body["balance_after"], "0.00", "{}", adjusted.text);
    let refused = explain("+12065550100", "+18005550199").await;
    assert_eq!([&refused["end"]["type"], &refused["end"]["code"]], ["refused", "credits.no_credit"]);
    assert_eq!(explain("101", "933").await["cost"], Value::Null);
    assert_eq!(world.read(CREDITS).await["state"], "empty");
    let steps = world.get("/tenants/demo/setup").await.text;
    assert!(steps.contains("nothing is left"), "{steps}");
}

#[tokio::test]
async fn what_calls_cost_is_booked_once_and_told() {
    let world = world().await;
    let told = |secs, amount, finished| charge(&world, 1, secs, amount, finished);
    let told = [told(0, 30_000, false), told(60, 30_000, false), told(150, 90_000, true)];
    world.store.insert_told(&[], &[], &told[..2]).await.unwrap();
    assert_eq!(world.read(CREDITS).await["balance"], "24.97");
    // The same again, the last twice, and one that is late.
    world.store.insert_told(&[], &[], &told).await.unwrap();
    world.store.insert_told(&[], &[], &[told[2].clone(), told[0].clone()]).await.unwrap();
    assert_eq!(world.read(CREDITS).await["balance"], "24.91");
    let charges = world.read(&format!("{CREDITS}/charges")).await;
    let only = &charges["items"][0];
    assert_eq!([&only["amount"], &only["seconds"], &only["finished"]], [&json!("0.09"), &json!(150), &json!(true)]);
    assert_eq!(only["segments"][0]["source"], "credits");
    let entries = world.read(&format!("{CREDITS}/entries?kind=charge")).await;
    let amounts: Vec<_> = entries["items"].as_array().unwrap().iter().map(|entry| entry["amount"].clone()).collect();
    assert_eq!(amounts, ["-0.06", "-0.03"]);
    assert!(world.read(&format!("{CREDITS}/charges?user=101")).await["items"].as_array().unwrap().is_empty());
    let usage = world.read(&format!("{CREDITS}/usage?by=destination")).await;
    let line = &usage["items"][0];
    assert_eq!([&line["key"], &line["amount"], &line["calls"]], [&json!("Germany"), &json!("0.09"), &json!(1)]);
    for by in ["person", "number", "direction"] {
        assert_eq!(world.read(&format!("{CREDITS}/usage?by={by}")).await["items"][0]["seconds"], 150);
    }
    // One whose organization is gone holds up nobody.
    let stranger = Charge { tenant: TenantId(Uuid::now_v7()), ..charge(&world, 2, 60, 1, true) };
    world.store.insert_told(&[], &[], &[stranger, charge(&world, 3, 60, 10_000, true)]).await.unwrap();
    assert_eq!(world.read(CREDITS).await["balance"], "24.90");
    prove(&world).await;
}

#[tokio::test]
async fn minutes_of_a_plan_are_counted_once() {
    let world = world().await;
    let pool = PoolKey {
        plan: "MCOPSTN1".to_owned(),
        group: "US".to_owned(),
        bucket: Bucket::Domestic,
        period: Period::of(Timestamp::now(), &jiff::tz::TimeZone::get("America/New_York").unwrap()),
        holder: None,
    };
    let mut told = charge(&world, 1, 100, 0, true);
    told.segments[0] = Segment { source: Source::Pool { pool }, billed_secs: 120, ..told.segments[0].clone() };
    for _ in 0..2 {
        world.store.insert_told(&[], &[], std::slice::from_ref(&told)).await.unwrap();
    }
    let pools = world.read(&format!("{CREDITS}/pools")).await;
    assert_eq!(pools["items"][0]["used_seconds"], 120, "{pools}");
    assert_eq!(world.read(CREDITS).await["balance"], "25.00");
}

/// Replays the whole ledger and compares it with what is shown.
async fn prove(world: &World) {
    let entries = world.store.ledger_after(world.tenant, 0, 10_000).await.unwrap();
    let book = Book::replay(&entries).unwrap();
    assert_eq!(book.sum(), Micros::ZERO);
    assert_eq!(world.read(CREDITS).await["balance"], book.balance().to_string());
}

fn charge(world: &World, call: u128, secs: u32, amount: i64, finished: bool) -> Charge {
    let segment = Segment {
        no: 1,
        source: Source::Credits,
        from_secs: 0,
        to_secs: secs,
        billed_secs: secs.div_ceil(60) * 60,
        amount: Micros(amount),
    };
    Charge {
        id: PaidLeg { call: CallId(Uuid::from_u128(call)), leg: 1 },
        tenant: world.tenant,
        direction: Direction::Outbound,
        user: Some(UserId(Uuid::from_u128(9))),
        from: "+14255550101".to_owned(),
        to: "+4930123456".to_owned(),
        destination: Some("Germany".to_owned()),
        country: Some("DE".to_owned()),
        currency: Currency::USD,
        deck: None,
        prefix: Some("49".to_owned()),
        kind: None,
        per_minute: None,
        connection_fee: None,
        answered_at: Timestamp::now(),
        secs,
        segments: vec![segment],
        scopes: Vec::new(),
        cost: Some(Micros(1)),
        reseller: None,
        finished,
        ahead: None,
    }
}

async fn post(world: &World, token: &str, path: &str, key: Option<&str>, body: &Value) -> Reply {
    let request = world.request(Method::POST, &format!("{CREDITS}/{path}")).bearer_auth(token).json(body);
    send(match key {
        Some(key) => request.header("Idempotency-Key", key),
        None => request,
    })
    .await
}
