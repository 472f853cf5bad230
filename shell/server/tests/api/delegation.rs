//! People who change the apps that name them, as far as their policy lets them.

use axum::http::StatusCode;
use reqwest::Method;
use serde_json::{Value, json};

use super::browser::Browser;
use super::world::{World, world};

const POLICIES: &str = "/tenants/demo/policies/voice_applications";
const CAROL: &str = "carol@demo.test";
const PASSWORD: &str = "a long enough password";

#[tokio::test]
async fn who_is_named_and_has_a_right_changes_just_that() {
    let world = world().await;
    let sales = queue(&world, "Sales").await;
    let mut carol = carol(&world).await;
    grant(&world, json!({ "allow_queue_overflow_routing_change": true })).await;
    // Either half alone gives nothing.
    assert_eq!(carol.get(&sales).await.status, StatusCode::FORBIDDEN);
    authorize(&world, &sales).await;
    let list = carol.get("/tenants/demo/call-queues").await;
    let names: Vec<&Value> = list.body["items"].as_array().unwrap().iter().map(|queue| &queue["name"]).collect();
    assert_eq!(names, ["Sales"], "{}", list.text);
    let settings = carol.get(&sales).await.body;

    let changed = with(&settings, "overflow_threshold", json!(7));
    let reply = carol.send(Method::PUT, &sales, Some(&changed)).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    for (field, value, code) in [
        ("routing", json!("serial"), "delegation.missing_right"),
        ("agents", json!([]), "delegation.missing_right"),
        ("name", json!("Mine"), "delegation.beyond"),
        ("authorized", json!({}), "delegation.beyond"),
    ] {
        let refused = carol.send(Method::PUT, &sales, Some(&with(&changed, field, value))).await;
        assert_eq!((refused.status, &refused.body["code"]), (StatusCode::FORBIDDEN, &json!(code)), "{field}");
    }
    let support = queue(&world, "Support").await;
    for (method, path) in [
        (Method::GET, support.clone()),
        (Method::PUT, support),
        (Method::DELETE, sales.clone()),
        (Method::POST, format!("{sales}/agents/102/opt-out")),
        (Method::GET, "/tenants/demo/users".to_owned()),
    ] {
        let body = (method == Method::PUT).then_some(&changed);
        let refused = carol.send(method.clone(), &path, body).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {path}: {}", refused.text);
    }
    let audit = world.read("/tenants/demo/audit?noun=call_queue").await;
    assert_eq!(audit["items"][0]["actor"], format!("account:{CAROL}"));
    assert_eq!(audit["items"][0]["by"]["belongs_to"], "tenant");
    assert!(audit["items"][0]["by"]["shown"].as_str().unwrap().ends_with(&format!("<{CAROL}>, an account")));

    grant(&world, json!({ "allow_queue_overflow_routing_change": false })).await;
    assert_eq!(carol.get(&sales).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn who_is_named_drafts_publishes_and_goes_back_as_far_as_the_rights_go() {
    let world = world().await;
    let sales = queue(&world, "Sales").await;
    let mut carol = carol(&world).await;
    grant(&world, json!({ "allow_queue_overflow_routing_change": true })).await;
    authorize(&world, &sales).await;
    let settings = carol.get(&sales).await.body;
    let draft = format!("{sales}/draft");
    let beyond = carol.send(Method::PUT, &draft, Some(&with(&settings, "routing", json!("serial")))).await;
    assert_eq!((beyond.status, &beyond.body["code"]), (StatusCode::FORBIDDEN, &json!("delegation.missing_right")));
    let saved = carol.send(Method::PUT, &draft, Some(&with(&settings, "overflow_threshold", json!(9)))).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
    assert_eq!(carol.get(&draft).await.body["settings"]["overflow_threshold"], 9);
    let published = carol.post(&format!("{draft}/publish"), &json!({})).await;
    assert_eq!((published.status, &published.body["overflow_threshold"]), (StatusCode::OK, &json!(9)));
    let versions = carol.get(&format!("{sales}/versions")).await;
    let newest = versions.body["items"][0]["version"].as_u64().unwrap();
    let reverted = carol.post(&format!("{sales}/versions/{}/revert", newest - 1), &json!({})).await;
    assert_eq!(reverted.status, StatusCode::OK, "{}", reverted.text);
    // What an administrator changed beside it is not undone by who may not change that.
    let settings = silent(world.read(&sales).await);
    let reply = world.put(&sales, None, &with(&settings, "wrap_up_seconds", json!(7))).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    let refused = carol.post(&format!("{sales}/versions/{}/revert", newest - 1), &json!({})).await;
    assert_eq!((refused.status, &refused.body["code"]), (StatusCode::FORBIDDEN, &json!("delegation.beyond")));
}

#[tokio::test]
async fn figures_are_seen_as_far_as_the_policy_shows_them() {
    let world = world().await;
    let sales = queue(&world, "Sales").await;
    let mut carol = carol(&world).await;
    let live = "/tenants/demo/reports/live";
    let names = |reply: &Value, list: &str| -> Vec<Value> {
        let name = if list == "queues" { "queue_name" } else { "attendant_name" };
        reply[list].as_array().unwrap().iter().map(|one| one[name].clone()).collect()
    };
    assert_eq!(names(&carol.get(live).await.body, "queues"), Vec::<Value>::new());
    // Rights to see alone are enough, where the app names the person.
    grant(&world, json!({ "real_time_call_queue_metrics": "authorized_only" })).await;
    assert_eq!(names(&carol.get(live).await.body, "queues"), Vec::<Value>::new());
    authorize(&world, &sales).await;
    let seen = carol.get(live).await.body;
    assert_eq!((names(&seen, "queues"), names(&seen, "attendants")), (vec![json!("Sales")], vec![]));
    grant(&world, json!({ "real_time_auto_attendant_metrics": "all" })).await;
    assert_eq!(names(&carol.get(live).await.body, "attendants"), [json!("Main menu")]);
    // Those of the past are another right, and those of agents a third one.
    let past = "/tenants/demo/reports/agents?agent=102";
    assert_eq!(carol.get(past).await.body["items"], json!([]));
    grant(&world, json!({ "historical_agent_metrics": "authorized_only" })).await;
    assert_eq!(carol.get(past).await.status, StatusCode::OK);
}

#[tokio::test]
async fn agents_opt_themselves_and_who_may_opts_others() {
    let world = world().await;
    let sales = queue(&world, "Sales").await;
    let mut carol = carol(&world).await;
    let opt_out = |agent: &str| format!("{sales}/agents/{agent}/opt-out");
    assert_eq!(carol.post(&opt_out("103"), &json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(carol.post(&opt_out("102"), &json!({})).await.status, StatusCode::FORBIDDEN);
    authorize(&world, &sales).await;
    grant(&world, json!({ "allow_queue_agent_opt_change": true })).await;
    assert_eq!(carol.post(&opt_out("102"), &json!({})).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn hours_of_an_attendant_are_changed_by_who_may_in_all_that_use_them() {
    let world = world().await;
    let menu = format!("/tenants/demo/auto-attendants/{}", world.id_of("auto-attendants", "Main menu").await);
    let hours = json!({ "name": "Evenings", "rule": { "type": "fixed", "ranges": [] } });
    let made = world.post_json("/tenants/demo/schedules", &hours).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let schedule = format!("/tenants/demo/schedules/{}", made.body["id"].as_str().unwrap());
    let mut carol = carol(&world).await;
    grant(&world, json!({ "allow_business_hours_change": true })).await;
    authorize(&world, &menu).await;
    assert_eq!(carol.get(&schedule).await.status, StatusCode::FORBIDDEN, "no attendant of hers uses it");
    let closed = json!({ "name": "Closed", "menu": { "options": [{ "key": "automatic", "action": { "type": "disconnect" } }] } });
    let settings = silent(world.read(&menu).await);
    let evening = json!([{ "type": "after_hours", "schedule": made.body["id"], "enabled": true, "flow": closed }]);
    let used = world.put(&menu, None, &with(&settings, "associations", evening)).await;
    assert_eq!(used.status, StatusCode::OK, "{}", used.text);
    let changed = carol.send(Method::PUT, &schedule, Some(&with(&hours, "name", json!("Nights")))).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    // Sound is for who may change a greeting.
    let upload = "/tenants/demo/audio-files?file_name=a.wav";
    assert_eq!(carol.post(upload, &json!({})).await.status, StatusCode::FORBIDDEN);
    grant(&world, json!({ "allow_after_hours_greeting_change": true })).await;
    assert_eq!(carol.post(upload, &json!({})).await.status, StatusCode::UNPROCESSABLE_ENTITY, "this is no sound");
}

async fn queue(world: &World, name: &str) -> String {
    format!("/tenants/demo/call-queues/{}", world.id_of("call-queues", name).await)
}

/// Carol in her browser, who has no role.
async fn carol(world: &World) -> Browser<'_> {
    let person = world.read("/tenants/demo/users/103").await["id"].clone();
    let account = json!({ "email": CAROL, "name": "Carol Chen", "person": person, "roles": [] });
    let made = world.post_json("/tenants/demo/accounts", &account).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let mut browser = Browser::new(world);
    let reply = browser.accept(&made.body["invitation"]["link"], PASSWORD).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    browser
}

/// Names Carol in an app.
async fn authorize(world: &World, app: &str) {
    let person = world.read("/tenants/demo/users/103").await["id"].clone();
    let settings = silent(world.read(app).await);
    let reply = world.put(app, None, &with(&settings, "authorized", json!({ "users": [person] }))).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
}

/// Gives Carol a policy with these settings and what she had before.
async fn grant(world: &World, settings: Value) {
    if world.get(&format!("{POLICIES}/Desk")).await.status == StatusCode::NOT_FOUND {
        let made = world.post_json(POLICIES, &json!({ "name": "Desk" })).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let given = world.post_json(&format!("{POLICIES}/Desk/assign"), &json!({ "users": ["103"] })).await;
        assert!(given.status.is_success(), "{}", given.text);
    }
    let changed = world.patch(&format!("{POLICIES}/Desk"), None, &json!({ "settings": settings })).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
}

/// An app without texts, which no program speaks here.
pub fn silent(mut settings: Value) -> Value {
    fn clear(value: &mut Value) {
        if value["type"] == "text" {
            *value = Value::Null;
        }
        match value {
            Value::Array(items) => items.iter_mut().for_each(clear),
            Value::Object(fields) => fields.values_mut().for_each(clear),
            _ => {}
        }
    }
    if let Some(options) = settings.pointer_mut("/default_flow/menu/options").and_then(Value::as_array_mut) {
        options.retain(|option| option["action"]["type"] != "announcement");
    }
    if settings["timeout"].is_object() {
        settings["timeout"] = json!({ "action": { "type": "disconnect" } });
    }
    clear(&mut settings);
    settings
}

fn with(settings: &Value, field: &str, value: Value) -> Value {
    let mut settings = settings.clone();
    settings[field] = value;
    settings
}
