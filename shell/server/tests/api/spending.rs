//! Budgets, rules against fraud, invoices, and reports of what was spent.

use jiff::{SignedDuration, Timestamp};
use phone::access::BuiltIn;
use phone::id::{CallId, UserId};
use phone::money::Micros;
use phone::money::charge::{Charge, PaidLeg, Segment};
use phone::money::deck::{Direction, Kind};
use phone::money::funding::Source;
use phone::money::pool::{Bucket, Period, PoolKey};
use phone::money::scope::Scope as SpentFor;
use reqwest::Method;
use serde_json::{Value, json};
use server::admin::credits::account::Decks;
use server::admin::credits::watch::{Watch, letter};
use store::{EventFilter, Paging, Scope};
use uuid::Uuid;

use super::world::{Reply, TOKEN, World, send, world};

const CREDITS: &str = "/tenants/demo/credits";

#[tokio::test]
async fn a_budget_is_made_spent_told_of_and_deleted() {
    let world = world().await;
    for (body, code) in [
        (json!({ "scope": "team:Sales", "limit": "1", "every": "month" }), "credits.scope_malformed"),
        (json!({ "scope": "everybody", "limit": "0", "every": "month" }), "credits.not_positive"),
        (json!({ "scope": "everybody", "limit": "1", "every": "week" }), "malformed_body"),
    ] {
        let refused = put(&world, TOKEN, "budgets/Sales", &body).await;
        let field = &refused.body["errors"][0]["code"];
        assert!(refused.body["code"] == code || field == code, "{body}: {}", refused.text);
    }
    let sales = json!({ "scope": "department:Sales", "limit": "1.00", "every": "month" });
    let own = "token-of-who-pays".to_owned();
    world.add_token(&own, Scope::Tenant(world.tenant), BuiltIn::BillingAdministrator).await;
    let made = put(&world, &own, "budgets/Sales", &sales).await;
    assert_eq!((made.status.as_u16(), &made.body["left"]), (200, &json!("1.00")), "{}", made.text);
    assert_eq!(made.body["by_seller"], false);
    let cap = json!({ "scope": "everybody", "limit": "20.00", "every": "day", "until": "2099-01-01T00:00:00Z" });
    assert_eq!(put(&world, TOKEN, "budgets/New here", &cap).await.body["by_seller"], true);
    let refused = put(&world, &own, "budgets/New here", &cap).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("credits.platform_only")));

    world.store.insert_told(&[], &[], &[charge(&world, 1, 300, 850_000)]).await.unwrap();
    let budgets = world.read(&format!("{CREDITS}/budgets")).await;
    let told: Vec<_> = budgets["items"].as_array().unwrap().iter().map(|it| (&it["name"], &it["spent"])).collect();
    assert_eq!(told, [(&json!("New here"), &json!("0.85")), (&json!("Sales"), &json!("0.85"))]);
    let credits = world.read(CREDITS).await;
    assert_eq!(credits["warnings"][0]["code"], "credits.budget_nearly_used", "{credits}");
    let setup = world.get("/tenants/demo/setup").await.text;
    assert!(setup.contains("0.85 of the budget Sales of 1.00 a month are spent"), "{setup}");
    // A level is told once.
    world.store.insert_told(&[], &[], &[charge(&world, 2, 60, 10_000), charge(&world, 3, 60, 200_000)]).await.unwrap();
    let reached: Vec<_> =
        wallet_events(&world, "budget_reached").await.iter().map(|it| it["percent"].clone()).collect();
    assert_eq!(reached, [json!(80), json!(100)]);

    let gone = delete(&world, &own, "budgets/Sales").await;
    assert_eq!(gone.status.as_u16(), 204, "{}", gone.text);
    assert_eq!(delete(&world, &own, "budgets/Sales").await.status.as_u16(), 404);
    assert_eq!(delete(&world, &own, "budgets/New%20here").await.status.as_u16(), 409);
}

#[tokio::test]
async fn a_rule_is_tried_on_calls_of_the_past_before_it_stops_any() {
    let world = world().await;
    let calls = (1..=5).map(|call| Charge { kind: Some(Kind::Premium), ..charge(&world, call, 60, 500_000) });
    world.store.insert_told(&[], &[], &calls.collect::<Vec<_>>()).await.unwrap();
    let rule = json!({
        "calls": { "kinds": ["premium"] },
        "velocity": { "per": "person", "seconds": 3600, "calls_max": 3 },
    });
    let tried = world.post_json(&format!("{CREDITS}/fraud-trial"), &rule).await;
    let told = [&tried.body["calls"], &tried.body["refused"], &tried.body["saved"]];
    assert_eq!(told, [&json!(5), &json!(2), &json!("1.00")], "{}", tried.text);
    assert_eq!(tried.body["examples"][0]["why"], "3 such calls in 3600 seconds are at most 3");
    assert!(world.read(&format!("{CREDITS}/fraud-rules")).await["items"].as_array().unwrap().is_empty());
    for (body, code) in [
        (json!({ "enabled": true }), "credits.rule_matches_all"),
        (json!({ "calls": { "kinds": ["landline"] } }), "rate.kind_unknown"),
        (json!({ "calls": { "prefixes": ["00"], "countries": ["Germany"] } }), "rate.country_malformed"),
        (json!({ "calls": { "prefixes": ["abc"] } }), "rate.prefix_malformed"),
    ] {
        let refused = put(&world, TOKEN, "fraud-rules/r", &body).await;
        let field = &refused.body["errors"][0]["code"];
        assert!(refused.body["code"] == code || field == code, "{body}: {}", refused.text);
    }

    let germany = |enabled| json!({ "enabled": enabled, "calls": { "prefixes": ["+49"] } });
    let explain = async || {
        let reply = world.post_json("/tenants/demo/explain", &json!({ "from": "101", "to": "+4930123456" })).await;
        reply.body["cost"].clone()
    };
    assert_eq!(put(&world, TOKEN, "fraud-rules/No Germany", &germany(false)).await.status.as_u16(), 200);
    assert_eq!(explain().await["allowed"], true);
    assert_eq!(put(&world, TOKEN, "fraud-rules/No Germany", &germany(true)).await.status.as_u16(), 200);
    let cost = explain().await;
    assert_eq!([&cost["allowed"], &cost["code"]], [&json!(false), &json!("credits.fraud_rule")]);
    let words = "the rule No Germany stops it, because calls to +49… are stopped";
    assert!(cost["words"].as_str().unwrap().ends_with(words), "{cost}");
    // Taken back, it is as it was.
    assert_eq!(delete(&world, TOKEN, "fraud-rules/No%20Germany").await.status.as_u16(), 204);
    assert_eq!(explain().await["allowed"], true);
}

#[tokio::test]
async fn a_month_is_invoiced_once_and_is_a_file_for_people_and_for_programs() {
    let world = world().await;
    let october: Timestamp = "2025-10-10T12:00:00Z".parse().unwrap();
    let mut paid = charge(&world, 1, 60, 1_005_000);
    paid.answered_at = october;
    let mut owed = Charge { id: PaidLeg { leg: 2, ..paid.id }, ..paid.clone() };
    owed.segments[0] = Segment { source: Source::Postpaid, amount: Micros(2_000_000), ..owed.segments[0].clone() };
    owed.destination = Some("R&D <Lab>".to_owned());
    world.store.insert_told(&[], &[], &[paid, owed]).await.unwrap();
    let time = json!({ "from": "2025-10-01T00:00:00Z", "until": "2025-11-01T00:00:00Z" });
    let issue = async || world.post_json(&format!("{CREDITS}/invoices"), &time).await;
    assert_eq!(issue().await.body["code"], "invoice.no_parties");
    let billing = json!({ "billing": {
        "seller": { "name": "Télé (Inc.)", "country": "FR", "tax_id": "FR123" },
        "buyer": { "name": "Demo Inc." },
        "taxes": [{ "name": "VAT", "percent": "19" }],
    } });
    let set = send(world.request(Method::PATCH, CREDITS).bearer_auth(TOKEN).json(&billing)).await;
    assert_eq!(set.status.as_u16(), 200, "{}", set.text);
    let invoice = issue().await;
    let told = ["sum", "paid_from_credit", "net", "gross"].map(|field| invoice.body[field].clone());
    assert_eq!(told, ["3.01", "1.01", "2.00", "2.38"], "{}", invoice.text);
    assert_eq!(invoice.body["number"], "2025-000001");
    assert_eq!(issue().await.body["code"], "invoice.taken");
    let future = json!({ "from": "2025-11-01T00:00:00Z", "until": "2099-11-01T00:00:00Z" });
    let refused = world.post_json(&format!("{CREDITS}/invoices"), &future).await;
    assert_eq!(refused.body["code"], "invoice.not_over");

    let path = format!("{CREDITS}/invoices/{}", invoice.body["id"].as_str().unwrap());
    let pdf = world.get(&format!("{path}/pdf")).await.text;
    assert!(pdf.starts_with("%PDF-1.4\n") && pdf.ends_with("%%EOF\n"), "{pdf}");
    assert!(pdf.contains("(T\\351l\\351 \\(Inc.\\))") && pdf.contains("(2.38)"), "{pdf}");
    // Each object begins where the table says.
    let table = pdf.rfind("startxref\n").map(|at| pdf[at + 10..].lines().next().unwrap().parse::<usize>().unwrap());
    let table = &pdf[table.unwrap()..];
    for (number, line) in (1..).zip(table.lines().skip(3).take_while(|line| line.ends_with("n "))) {
        let place: usize = line[..10].parse().unwrap();
        assert!(pdf[place..].starts_with(&format!("{number} 0 obj\n")), "object {number}");
    }
    let ubl = world.get(&format!("{path}/ubl")).await.text;
    for part in [
        "<cbc:ID>2025-000001</cbc:ID>",
        "<cbc:PayableAmount currencyID=\"USD\">2.38</cbc:PayableAmount>",
        "<cbc:AllowanceTotalAmount currencyID=\"USD\">1.01</cbc:AllowanceTotalAmount>",
        "<cbc:Name>Calls to R&amp;D &lt;Lab&gt;</cbc:Name>",
        "<cbc:Percent>19</cbc:Percent>",
    ] {
        assert!(ubl.contains(part), "{part} is not in {ubl}");
    }
    assert_eq!(ubl.matches('<').count(), ubl.matches('>').count());
    let own = "token-of-who-pays".to_owned();
    world.add_token(&own, Scope::Tenant(world.tenant), BuiltIn::BillingAdministrator).await;
    let request = world.request(Method::POST, &format!("{CREDITS}/invoices")).bearer_auth(&own).json(&time);
    assert_eq!(send(request).await.body["code"], "credits.platform_only");
}

#[tokio::test]
async fn what_was_spent_is_added_up_exported_and_rated_again() {
    let world = world().await;
    let mut tagged = charge(&world, 1, 90, 60_000);
    tagged.scopes.push(SpentFor::Tag("front".to_owned()));
    let other = Charge { scopes: Vec::new(), cost: None, ..charge(&world, 2, 30, 30_000) };
    world.store.insert_told(&[], &[], &[tagged, other]).await.unwrap();
    let usage = async |by: &str| world.read(&format!("{CREDITS}/usage?by={by}")).await["items"].clone();
    let by_department = usage("department").await;
    assert_eq!([&by_department[0]["key"], &by_department[0]["amount"]], [&json!("Sales"), &json!("0.06")]);
    assert_eq!([&by_department[1]["key"], &by_department[1]["amount"]], [&Value::Null, &json!("0.03")]);
    assert_eq!(by_department[0]["margin"], "0.05");
    assert_eq!(usage("tag").await[0]["key"], "front");
    let destinations = usage("destination").await;
    assert_eq!([&destinations[0]["cost"], &destinations[0]["margin"]], [&json!("0.01"), &json!("0.08")]);
    let own = "token-of-who-pays".to_owned();
    world.add_token(&own, Scope::Tenant(world.tenant), BuiltIn::BillingAdministrator).await;
    let read = async |path: &str| {
        let request = world.request(Method::GET, &format!("{CREDITS}/{path}")).bearer_auth(&own);
        send(request).await
    };
    let shown = read("usage?by=destination").await;
    assert_eq!(shown.body["items"][0]["margin"], Value::Null, "what carriers take is not the organization's business");

    let file = world.get(&format!("{CREDITS}/charges/export")).await.text;
    let mut lines = file.lines();
    assert!(lines.next().unwrap().starts_with("UsageId,CallId,ConferenceId,UserLocation,ObjectId,UPN,DisplayName"));
    assert_eq!(lines.clone().count(), 2);
    assert!(lines.clone().any(|line| line.contains("credits 0-90 0.06") && line.ends_with(",front,Sales,,0.01,0.05")));
    assert!(lines.all(|line| line.contains("user_out,User,International,Germany,+4930123456")), "{file}");
    assert!(!read("charges/export").await.text.contains(",0.01,0.05"));

    let before = world.read(CREDITS).await;
    let import = world.request(Method::POST, "/rate-decks/import").query(&[("name", "new"), ("currency", "USD")]);
    let import = import.bearer_auth(TOKEN).header("Content-Type", "text/csv").body("prefix,price\n49,0.05\n");
    assert_eq!(send(import).await.status.as_u16(), 201);
    let rerated = world.post_json(&format!("{CREDITS}/rerate"), &json!({ "deck": "new" })).await;
    let told = [&rerated.body["before"], &rerated.body["after"], &rerated.body["difference"]];
    assert_eq!(told, [&json!("0.09"), &json!("0.15"), &json!("0.06")], "{}", rerated.text);
    assert_eq!(world.read(CREDITS).await["balance"], before["balance"]);
    let request = world.request(Method::POST, &format!("{CREDITS}/rerate")).bearer_auth(&own);
    assert_eq!(send(request.json(&json!({ "deck": "new" }))).await.status.as_u16(), 403);
}

#[tokio::test]
async fn minutes_that_come_near_their_end_are_told_once_and_mailed_in_words() {
    let world = world().await;
    let now = Timestamp::now();
    let pool = PoolKey {
        plan: "MCOPSTN1".to_owned(),
        group: "US".to_owned(),
        bucket: Bucket::Domestic,
        period: Period::of(now, &jiff::tz::TimeZone::get("America/New_York").unwrap()),
        holder: None,
    };
    // The demo has three times 3,000 minutes.
    let used = 3 * 3_000 * 60 / 100 * 82;
    let mut told = charge(&world, 1, 100, 0);
    told.segments[0] = Segment { source: Source::Pool { pool }, billed_secs: used, ..told.segments[0].clone() };
    world.store.insert_told(&[], &[], &[told]).await.unwrap();
    let watch = Watch {
        store: world.store.clone(),
        directory: std::sync::Arc::new(arc_swap::ArcSwap::from_pointee(world.store.load_directory().await.unwrap())),
        decks: Decks::default(),
        mail: None,
        recharger: None,
        nudge: Default::default(),
    };
    for _ in 0..2 {
        watch.look_at_pools(Timestamp::UNIX_EPOCH, now).await.unwrap();
    }
    let reached = wallet_events(&world, "pool_reached").await;
    assert_eq!((reached.len(), &reached[0]["percent"], &reached[0]["plan"]), (1, &json!(80), &json!("MCOPSTN1")));
    let credits = world.read(CREDITS).await;
    assert_eq!(credits["warnings"][0]["code"], "credits.pool_nearly_used", "{credits}");
    let filter = EventFilter { noun: Some("wallet".to_owned()), ..Default::default() };
    let paging = Paging { limit: 1, after: None, descending: true };
    let event = world.store.events(world.tenant, &filter, &paging).await.unwrap().items.remove(0);
    let mail = letter("demo", &event).unwrap();
    assert!(mail.subject.starts_with("80 percent of the domestic minutes of MCOPSTN1 are used"), "{}", mail.subject);
    let change = async |body: Value| send(world.request(Method::PATCH, CREDITS).bearer_auth(TOKEN).json(&body)).await;
    assert_eq!(change(json!({ "mails": ["billing@demo.test"] })).await.status.as_u16(), 200);
    let refused = change(json!({ "mails": ["nobody"] })).await;
    assert_eq!(refused.body["errors"][0]["code"], "credits.mails_malformed", "{}", refused.text);
}

/// What is told of the wallet under a word, the oldest first.
async fn wallet_events(world: &World, action: &str) -> Vec<Value> {
    let filter = EventFilter { noun: Some("wallet".to_owned()), ..Default::default() };
    let paging = Paging { limit: 100, after: None, descending: false };
    let events = world.store.events(world.tenant, &filter, &paging).await.unwrap().items;
    events.into_iter().filter(|event| event.action == action).filter_map(|event| event.after).collect()
}

async fn put(world: &World, token: &str, path: &str, body: &Value) -> Reply {
    send(world.request(Method::PUT, &format!("{CREDITS}/{path}")).bearer_auth(token).json(body)).await
}

async fn delete(world: &World, token: &str, path: &str) -> Reply {
    send(world.request(Method::DELETE, &format!("{CREDITS}/{path}")).bearer_auth(token)).await
}

/// A call of somebody in sales to Germany, a minute ago for each of its number.
fn charge(world: &World, call: u8, secs: u32, amount: i64) -> Charge {
    let segment = Segment {
        no: 1,
        source: Source::Credits,
        from_secs: 0,
        to_secs: secs,
        billed_secs: secs.div_ceil(60) * 60,
        amount: Micros(amount),
    };
    Charge {
        id: PaidLeg { call: CallId(Uuid::from_u128(call.into())), leg: 1 },
        tenant: world.tenant,
        direction: Direction::Outbound,
        user: Some(UserId(Uuid::from_u128(9))),
        from: "+14255550101".to_owned(),
        to: "+4930123456".to_owned(),
        destination: Some("Germany".to_owned()),
        country: Some("DE".to_owned()),
        currency: phone::money::Currency::USD,
        deck: None,
        prefix: Some("49".to_owned()),
        kind: None,
        per_minute: None,
        connection_fee: None,
        answered_at: Timestamp::now() - SignedDuration::from_secs(10 - i64::from(call)),
        secs,
        segments: vec![segment],
        scopes: vec![SpentFor::Department("Sales".to_owned())],
        cost: Some(Micros(10_000)),
        reseller: None,
        finished: true,
        ahead: None,
    }
}
