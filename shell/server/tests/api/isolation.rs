//! Nothing of one organization is read or changed from another: each operation of the description, with real objects.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use jiff::Timestamp;
use phone::access::BuiltIn;
use phone::id::{CallId, QueueId};
use phone::record::{CallRecord, CallResult, Direction, EndedBy};
use reqwest::Method;
use serde_json::{Value, json};
use switch::input::Command;
use switch::output::Answer;
use uuid::Uuid;

use super::browser::Browser;
use super::contract::{described_operations, with_fitting_body};
use super::resellers::reseller;
use super::world::{TOKEN, World, quiet, send, world_with};

/// Segments before a parameter that names nothing of an organization.
const NOBODYS: [&str; 9] = [
    "budgets",
    "effective-policies",
    "fraud-rules",
    "licenses",
    "number-quotas",
    "operators",
    "policies",
    "price",
    "versions",
];

/// With a key of another organization every object is not there, whether it is asked for in the organization that has it
/// or as one of the key's own.
#[tokio::test]
async fn nothing_of_one_organization_is_reached_from_another() {
    let world = world_with(Box::new(knows_nobody)).await;
    let objects = objects(&world).await;
    let intruder = world.token_of_other_tenant(BuiltIn::Administrator).await;
    intrude(&world, &objects, intruder).await;
}

/// With a key of another reseller nothing of an organization is there, be it the server's or a reseller's, nor anything of
/// the other reseller; and what concerns the server is closed.
#[tokio::test]
async fn nothing_of_one_reseller_is_reached_from_another() {
    let world = world_with(Box::new(knows_nobody)).await;
    let objects = objects(&world).await;
    let intruder = reseller(&world, "north").await;
    reseller(&world, "south").await;
    // The intruder has an organization of its own, as a tenant's key has.
    world.token_of_other_tenant(BuiltIn::Administrator).await;
    for (tenant, of) in [("other", "north"), ("demo", "south")] {
        let moved = world.patch(&format!("/tenants/{tenant}"), None, &json!({ "reseller": of })).await;
        assert_eq!(moved.status, StatusCode::OK, "{}", moved.text);
    }
    intrude(&world, &objects, &intruder).await;
    let own = account_of_reseller(&world, "north").await;
    let foreign = account_of_reseller(&world, "south").await;
    let (mut n_of_resellers, mut n_of_server) = (0, 0);
    for (method, described, path) in described_operations() {
        let is_own = ["/tenants/{tenant}", "/me", "/sign-"].iter().any(|it| described.starts_with(it));
        // Whoever may ask at all sees what is theirs in these lists, and the words that there are.
        let is_list = method == Method::GET
            && ["/tenants", "/resellers", "/permissions", "/license-plans", "/country-profiles"]
                .contains(&described.as_str());
        let makes_own = method == Method::POST && described == "/tenants";
        if (is_own && !described.starts_with("/sign-in-policy")) || is_list || makes_own || described == "/policies" {
            continue;
        }
        let is_of_reseller = described.starts_with("/resellers/{reseller}");
        let named = |of: &str, objects: &BTreeMap<String, String>| match is_of_reseller {
            true => format!(
                "/resellers/{of}{}",
                self::named(described.trim_start_matches("/resellers/{reseller}"), objects)
            ),
            // Whether there is such a thing is not told either: its name is one.
            false => path.replace("/penalties/x", "/penalties/192.0.2.7").replace("/x", &format!("/{}", Uuid::nil())),
        };
        let request = world.request(method.clone(), &named("south", &foreign)).bearer_auth(&intruder);
        let reply = send(with_fitting_body(request, &method, &path)).await;
        if is_of_reseller {
            n_of_resellers += 1;
            assert_eq!(reply.status, StatusCode::NOT_FOUND, "{method} {described}: {}", reply.text);
            if described.matches('{').count() < 2 {
                continue;
            }
            // As one of the own, an object of another reseller is not there either.
            let request = world.request(method.clone(), &named("north", &foreign)).bearer_auth(&intruder);
            let reply = send(with_fitting_body(request, &method, &path)).await;
            assert_eq!(reply.status, StatusCode::NOT_FOUND, "{method} {described}: {}", reply.text);
        } else {
            n_of_server += 1;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{method} {described}: {}", reply.text);
        }
    }
    assert!(15 <= n_of_resellers && 30 <= n_of_server, "{n_of_resellers} and {n_of_server} were tried");
    let request = world.request(Method::GET, &format!("/resellers/north/accounts/{}", own["accounts"]));
    assert_eq!(send(request.bearer_auth(&intruder)).await.status, StatusCode::OK, "the own ones are there");
    for list in ["/tenants", "/resellers"] {
        let text = send(world.request(Method::GET, list).bearer_auth(&intruder)).await.text;
        assert!(text.contains("north") || text.contains("other"), "{text}");
        assert!(!text.contains("south") && !text.contains("demo"), "{text}");
    }
}

/// An account of a reseller, and where it is signed in.
async fn account_of_reseller(world: &World, slug: &str) -> BTreeMap<String, String> {
    let invited = json!({ "email": format!("ann@{slug}.test"), "name": "Ann", "roles": [{ "role": "viewer" }] });
    let account = world.post_json(&format!("/resellers/{slug}/accounts"), &invited).await;
    let mut browser = Browser::new(world);
    browser.accept(&account.body["invitation"]["link"], "four words of mine").await;
    let session = browser.get("/me").await.body["session"].as_str().unwrap().to_owned();
    let keys = world.read(&format!("/resellers/{slug}/api-keys")).await;
    let named = [("accounts", &account.body["id"]), ("api-keys", &keys["items"][0]["id"])];
    let named = named.map(|(noun, id)| (noun.to_owned(), id.as_str().unwrap().to_owned()));
    named.into_iter().chain([("sessions".to_owned(), session)]).collect()
}

/// Tries each operation of an organization with the real objects of the demo: in its place, and as one of the own.
async fn intrude(world: &World, objects: &BTreeMap<String, String>, intruder: &str) {
    let before = state(world).await;
    world.commands.lock().unwrap().clear();
    let mut n_tried = 0;
    for (method, described, path) in described_operations() {
        let Some(own) = described.strip_prefix("/tenants/{tenant}") else { continue };
        let named = named(own, objects);
        let foreign = format!("/tenants/demo{named}");
        let request = world.request(method.clone(), &foreign).bearer_auth(intruder);
        let reply = send(with_fitting_body(request, &method, &path)).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{method} {foreign}: {}", reply.text);

        let names_something = own.split('/').zip(own.split('/').skip(1));
        let names_something =
            names_something.filter(|(before, part)| part.starts_with('{') && !NOBODYS.contains(before)).count();
        if names_something == 0 || own.ends_with("/events") {
            continue;
        }
        n_tried += 1;
        let claimed = format!("/tenants/other{named}");
        let request = world.request(method.clone(), &claimed).bearer_auth(intruder);
        let reply = send(with_fitting_body(request, &method, &path)).await;
        let is_gone = reply.status == StatusCode::NOT_FOUND;
        // A body may be looked at before the object: then its faults are told, which are no secret of anybody.
        let is_faulty = method != Method::GET && reply.status.is_client_error();
        assert!(is_gone || is_faulty, "{method} {claimed}: {} {}", reply.status, reply.text);
    }
    assert!(40 <= n_tried, "{n_tried} operations name an object");
    let demo = world.tenant.to_string();
    let commands = world.commands.lock().unwrap().clone();
    assert!(commands.iter().all(|command| !command.contains(&demo)), "the switch was told: {commands:?}");
    let after = state(world).await;
    for (path, text) in &before {
        assert_eq!(after.get(path), Some(text), "{path} changed");
    }
}

#[tokio::test]
async fn lists_of_one_organization_name_nothing_of_another() {
    let world = world_with(Box::new(knows_nobody)).await;
    let objects = objects(&world).await;
    let intruder = world.token_of_other_tenant(BuiltIn::Administrator).await;
    for (_, described, _) in described_operations().into_iter().filter(|(method, ..)| *method == Method::GET) {
        let Some(own) = described.strip_prefix("/tenants/{tenant}") else { continue };
        if own.contains('{') || own.ends_with("/events") {
            continue;
        }
        let reply = send(world.request(Method::GET, &format!("/tenants/other{own}")).bearer_auth(intruder)).await;
        // There is none where nobody set one.
        let is_answer =
            reply.status.is_success() || (own == "/openid-provider" && reply.status == StatusCode::NOT_FOUND);
        assert!(is_answer || reply.status == StatusCode::SERVICE_UNAVAILABLE, "{own}: {}", reply.text);
        for (kind, id) in &objects {
            let is_named = !NOBODYS.contains(&kind.as_str()) && reply.text.contains(id.as_str());
            assert!(!is_named, "{own} names {kind} of another organization");
        }
    }
}

/// A switch in which no call, queue or agent is there.
fn knows_nobody(command: &Command) -> Answer {
    match command {
        Command::HangUp { .. }
        | Command::OptIn { .. }
        | Command::OptOut { .. }
        | Command::SetPresence { .. }
        | Command::Supervise { .. } => Answer::NotFound,
        other => quiet(other),
    }
}

/// A path with real objects in place of its parameters.
fn named(own: &str, objects: &BTreeMap<String, String>) -> String {
    let mut before = "";
    let mut parts = Vec::new();
    for part in own.split('/') {
        if part.starts_with('{') {
            let real = objects.get(before);
            parts.push(real.unwrap_or_else(|| panic!("make a real object for {before}/{part}")).as_str());
        } else {
            parts.push(part);
        }
        before = part;
    }
    parts.join("/")
}

/// A test of the first queue, which has a draft as well.
async fn flow_test(world: &World) -> String {
    let queues = world.read("/tenants/demo/call-queues").await;
    let queue = &queues["items"][0];
    let app = json!({ "type": "call_queue", "id": queue["id"] });
    let test = json!({ "app": app, "name": "T", "at": "2026-03-02T15:00:00Z", "expect": "refused" });
    let made = world.post_json("/tenants/demo/flow-tests", &test).await;
    assert!(made.status.is_success(), "{}", made.text);
    made.body["id"].as_str().unwrap().to_owned()
}

/// One object of the demo organization for each noun, by the segment of a path that it follows.
async fn objects(world: &World) -> BTreeMap<String, String> {
    let made = async |noun: &str, body: Value| {
        let reply = world.post_json(&format!("/tenants/demo/{noun}"), &body).await;
        assert!(reply.status.is_success(), "{noun}: {}", reply.text);
        reply.body["id"].as_str().unwrap().to_owned()
    };
    let first = async |noun: &str| {
        let list = world.read(&format!("/tenants/demo/{noun}")).await;
        list["items"][0]["id"].as_str().unwrap().to_owned()
    };
    let loaded = json!({
        "carrier": "C", "country": "US", "city": "Seattle", "kind": "user",
        "numbers": [{ "first": "+12065550100", "last": "+12065550109" }],
    });
    let stock = world.post_json("/number-stock", &loaded).await;
    assert!(stock.status.is_success(), "{}", stock.text);
    let import = world.request(Method::POST, "/tenants/demo/numbers/import").query(&[("dry_run", "true")]);
    let import = import.bearer_auth(TOKEN).header("Content-Type", "text/csv").body("number\n+12065550142\n");
    let order = send(import).await.body["id"].as_str().unwrap().to_owned();
    let record = record(world);
    world.store.insert_call_records(std::slice::from_ref(&record)).await.unwrap();
    super::port_outs::set_pin(world).await;
    let port_out = world.post_json("/port-outs", &super::port_outs::body()).await;
    let port_out = port_out.body["id"].as_str().unwrap().to_owned();
    let port_order = made("port-orders", super::port_orders::order()).await;
    let document = super::port_orders::attached(world, &port_order).await;
    let user = first("users").await;
    let invited = json!({ "email": "ann@demo.test", "name": "Ann", "roles": [{ "role": "viewer" }] });
    let account = world.post_json("/tenants/demo/accounts", &invited).await;
    let mut browser = Browser::new(world);
    browser.accept(&account.body["invitation"]["link"], "four words of mine").await;
    let session = browser.get("/me").await.body["session"].as_str().unwrap().to_owned();
    let rule = json!({ "name": "Plus", "pattern": r"^(\d+)$", "translation": "+$1" });
    BTreeMap::from(
        [
            ("accounts", account.body["id"].as_str().unwrap().to_owned()),
            ("agents", user.clone()),
            ("api-keys", made("api-keys", json!({ "name": "k", "roles": [{ "role": "viewer" }] })).await),
            (
                "app-templates",
                made("app-templates", json!({ "name": "Lyon", "call_queue": first("call-queues").await })).await,
            ),
            // No file can be uploaded where no sound can be rendered.
            ("audio-files", Uuid::now_v7().to_string()),
            ("auto-attendants", first("auto-attendants").await),
            ("budgets", "Sales".to_owned()),
            ("call-blocks", made("call-blocks", json!({ "name": "Lyon", "pattern": "^anonymous$" })).await),
            ("call-queues", first("call-queues").await),
            ("call-recordings", super::call_recordings::recording(world).await.to_string()),
            ("call-records", record.id.to_string()),
            ("callbacks", callback(world).await),
            ("calls", Uuid::now_v7().to_string()),
            ("civic-addresses", made("civic-addresses", super::civic_addresses::boston()).await),
            ("dial-plans", made("dial-plans", json!({ "name": "Lyon" })).await),
            ("documents", document),
            ("flow-tests", flow_test(world).await),
            ("effective-policies", "calling".to_owned()),
            ("fraud-rules", "Premium".to_owned()),
            ("groups", made("groups", json!({ "name": "Paris" })).await),
            // Nothing was spent that could be invoiced.
            ("invoices", Uuid::now_v7().to_string()),
            ("licenses", "MCOEV".to_owned()),
            ("number-orders", order.clone()),
            ("number-quotas", "user".to_owned()),
            ("number-requests", number_request(world).await),
            ("number-reservations", made("number-reservations", json!({ "numbers": ["+12065550100"] })).await),
            ("mails", super::voicemail::mail(world).await.to_string()),
            ("numbers", "+14255550101".to_owned()),
            ("operators", Uuid::now_v7().to_string()),
            ("orders", order),
            ("payments", payment(world).await),
            ("policies", "calling".to_owned()),
            (
                "policy-locks",
                made("policy-locks", json!({ "type": "calling", "setting": "copilot", "values": ["disabled"] })).await,
            ),
            ("policy-packages", package(world).await),
            ("port-orders", port_order),
            ("port-outs", port_out),
            ("price", "+4930123456".to_owned()),
            ("pstn-usages", made("pstn-usages", json!({ "name": "Lyon" })).await),
            ("resource-accounts", first("resource-accounts").await),
            ("roles", made("roles", json!({ "name": "Desk", "permissions": ["users.read"] })).await),
            ("schedules", made("schedules", json!({ "name": "H", "rule": { "type": "fixed", "ranges": [] } })).await),
            ("sessions", session),
            ("shared-mailboxes", first("shared-mailboxes").await),
            ("sites", made("sites", json!({ "name": "Lyon" })).await),
            ("translation-rules", made("translation-rules", rule).await),
            ("trunks", first("trunks").await),
            ("unassigned-numbers", made("unassigned-numbers", super::call_screening::to_user(&user)).await),
            ("users", user),
            ("versions", "1".to_owned()),
            ("voice-routes", made("voice-routes", json!({ "name": "Lyon" })).await),
            ("voice-routing-policies", made("voice-routing-policies", json!({ "name": "Lyon" })).await),
            ("voicemail", super::voicemail::message(world).await.to_string()),
            ("webhooks", made("webhooks", super::webhooks::nowhere()).await),
            ("{type}", made("policies/calling", json!({ "name": "Front desk" })).await),
        ]
        .map(|(noun, id)| (noun.to_owned(), id)),
    )
}

/// A package of the demo organization.
async fn package(world: &World) -> String {
    let desk = json!({ "name": "Lyon", "settings": { "user": "none" } });
    let desk = world.post_json("/tenants/demo/policies/dial_out", &desk).await;
    let package = json!({ "name": "Lyon", "policies": { "dial_out": desk.body["id"] } });
    let package = world.post_json("/tenants/demo/policy-packages", &package).await;
    assert!(package.status.is_success(), "{}", package.text);
    package.body["id"].as_str().unwrap().to_owned()
}

/// A bank transfer that the demo organization is asked for.
async fn payment(world: &World) -> String {
    let asked = json!({ "kind": "bank_transfer", "amount": "50.00" });
    let asked = world.post_json("/tenants/demo/credits/payments", &asked).await;
    assert!(asked.status.is_success(), "{}", asked.text);
    asked.body["id"].as_str().unwrap().to_owned()
}

/// Somebody whom the first queue is to call back.
async fn callback(world: &World) -> String {
    let list = world.read("/tenants/demo/call-queues").await;
    let queue = list["items"][0]["id"].as_str().unwrap().parse().map(QueueId).unwrap();
    let kept = super::callbacks::kept(queue);
    let mut tx = world.store.begin(store::Actor::System, Timestamp::now()).await.unwrap();
    tx.keep_callback(world.tenant, &kept).await.unwrap();
    tx.commit().await.unwrap();
    kept.id.to_string()
}

/// What the demo organization asks an operator for.
async fn number_request(world: &World) -> String {
    let operator = super::operators::Joined::new(world, "Acme").await;
    let consented = operator.consent(world, "demo", json!({})).await;
    assert!(consented.status.is_success(), "{}", consented.text);
    let asked = super::number_requests::ask(world, &operator, json!({})).await;
    asked.body["id"].as_str().unwrap().to_owned()
}

/// All that the demo organization shows to who runs the server, by path.
async fn state(world: &World) -> BTreeMap<String, String> {
    let mut state = BTreeMap::new();
    for (method, described, _) in described_operations() {
        let Some(own) = described.strip_prefix("/tenants/{tenant}") else { continue };
        // Live figures say what time it is.
        let changes_by_itself = own.ends_with("/events") || own == "/reports/live";
        if method == Method::GET && !own.contains('{') && !changes_by_itself {
            let path = format!("/tenants/demo{own}");
            state.insert(path.clone(), world.get(&path).await.text);
        }
    }
    assert!(state.contains_key("/tenants/demo/audit"));
    state
}

fn record(world: &World) -> CallRecord {
    let now = Timestamp::now();
    CallRecord {
        id: CallId(Uuid::now_v7()),
        tenant: world.tenant,
        direction: Direction::Inbound,
        from: "+14155550001".to_owned(),
        from_name: None,
        to: "+14255550100".to_owned(),
        started_at: now,
        answered_at: None,
        ended_at: now,
        talk_seconds: 0,
        result: CallResult::Abandoned,
        status: None,
        reason: None,
        answered_by: None,
        answered_by_user: None,
        ended_by: EndedBy::Caller,
        legs: Vec::new(),
        path: Vec::new(),
        cause: None,
        decisions: Vec::new(),
        signature: None,
        attempts: Vec::new(),
        segments: Vec::new(),
    }
}
