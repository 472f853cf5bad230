//! Drafts that are tested before they are published, versions, and going back.

use reqwest::Method;
use serde_json::{Value, json};

use super::world::{World, send, world};

const TESTS: &str = "/tenants/demo/flow-tests";

#[tokio::test]
async fn a_starter_set_is_green_and_keeps_what_somebody_wrote() {
    let (world, _, app) = main_menu().await;
    let own =
        json!({ "app": app, "name": "Sales", "at": "2026-03-02T15:00:00Z", "keys": "1", "expect": "queue:Sales" });
    let made = world.post_json(TESTS, &own).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    assert_eq!(made.body["generated"], false);
    let generate = format!("{TESTS}/generate");
    let written = world.post_json(&generate, &json!({ "app": app })).await;
    assert_eq!(written.status.as_u16(), 200, "{}", written.text);
    let n_written = written.body["items"].as_array().unwrap().len();
    assert!(8 <= n_written, "{}", written.text);
    let again = world.post_json(&generate, &json!({ "app": app })).await;
    assert_eq!(again.body["items"].as_array().unwrap().len(), n_written);
    let all = world.read(&format!("{TESTS}?app={}&limit=1000", app["id"].as_str().unwrap())).await;
    assert_eq!(all["items"].as_array().unwrap().len(), n_written + 1, "no test is there twice");
    let ran = run(&world, json!({ "app": app })).await;
    assert_eq!((&ran["failed"], &ran["total"]), (&json!(0), &json!(n_written + 1)), "{ran:#}");
    // What is read can be written: the assumptions of a full queue, too.
    let full = all["items"].as_array().unwrap().iter().find(|test| test["assume"]["waiting"] == "10000").unwrap();
    let path = format!("{TESTS}/{}", full["id"].as_str().unwrap());
    let kept = world.put(&path, None, full).await;
    assert_eq!((kept.status.as_u16(), &kept.body["generated"]), (200, &json!(false)), "{}", kept.text);
    assert_eq!(world.delete(&path, Some("\"1\"")).await.status.as_u16(), 412);
    assert_eq!(world.delete(&path, Some("\"2\"")).await.status.as_u16(), 204);
    assert_eq!(world.get(&path).await.status.as_u16(), 404);
}

#[tokio::test]
async fn a_draft_on_which_a_test_fails_is_published_only_by_force_and_the_audit_says_so() {
    let (world, path, app) = main_menu().await;
    let own =
        json!({ "app": app, "name": "Sales", "at": "2026-03-02T15:00:00Z", "keys": "1", "expect": "queue:Sales" });
    assert_eq!(world.post_json(TESTS, &own).await.status.as_u16(), 201);
    let published = world.read(&path).await;
    let draft = format!("{path}/draft");
    assert_eq!(world.get(&draft).await.status.as_u16(), 404);
    let mut settings = published.clone();
    let options = settings["default_flow"]["menu"]["options"].as_array_mut().unwrap();
    options.retain(|option| option["key"] != "1");
    let saved = world.put(&draft, None, &settings).await;
    assert_eq!((saved.status.as_u16(), saved.etag.as_deref()), (200, Some("\"1\"")), "{}", saved.text);
    assert_eq!(saved.body["differences"], json!(["default_flow.menu.options"]));
    assert_eq!(saved.body["problems"], json!([]));
    assert_eq!(world.read(&path).await, published, "calls do not meet it yet");
    let on_draft = run(&world, json!({ "app": app, "draft": true })).await;
    assert_eq!((&on_draft["failed"], &on_draft["results"][0]["name"]), (&json!(1), &json!("Sales")));
    assert_eq!(run(&world, json!({ "app": app })).await["failed"], 0);

    let publish = format!("{draft}/publish");
    let refused = world.post(&publish).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("flow_tests_failed")));
    assert_eq!(refused.body["detail"], "tests of this flow fail on the draft: Sales");
    assert!(refused.body["fix"].as_str().unwrap().contains("force"));
    let forced = world.post_json(&publish, &json!({ "force": true })).await;
    assert_eq!((forced.status.as_u16(), forced.etag.as_deref()), (200, Some("\"2\"")), "{}", forced.text);
    assert_eq!(world.read(&path).await, settings);
    assert_eq!(world.get(&draft).await.status.as_u16(), 404);
    let audit = world.read("/tenants/demo/audit?noun=auto_attendant").await;
    let events = audit["items"].as_array().unwrap();
    let told = events.iter().find(|event| event["action"] == "override_tests").unwrap();
    assert_eq!(told["after"], json!({ "failed_tests": ["Sales"] }));
    assert!(events.iter().any(|event| event["action"] == "force_publish"));
}

#[tokio::test]
async fn every_version_is_kept_and_can_be_gone_back_to() {
    let (world, path, _) = main_menu().await;
    let first = world.read(&path).await;
    let mut second = first.clone();
    second["wait_seconds"] = json!(9);
    assert_eq!(world.put(&path, None, &second).await.status.as_u16(), 200);
    let mut third = second.clone();
    third["operator"] = Value::Null;
    third["default_flow"]["menu"]["options"] = json!([{ "key": "1", "action": { "type": "disconnect" } }]);
    assert_eq!(world.put(&format!("{path}/draft"), None, &third).await.status.as_u16(), 200);
    let published = world.post(&format!("{path}/draft/publish")).await;
    assert_eq!(published.status.as_u16(), 200, "{}", published.text);

    let versions = world.read(&format!("{path}/versions")).await;
    let told: Vec<_> = versions["items"].as_array().unwrap().iter().map(|it| (&it["version"], &it["action"])).collect();
    assert_eq!(json!(told), json!([[3, "publish"], [2, "update"], [1, "create"]]), "{versions:#}");
    assert_eq!(versions["items"][1]["differences"], json!(["wait_seconds"]));
    let page = world.read(&format!("{path}/versions?limit=2")).await;
    let next = world.read(&format!("{path}/versions?cursor={}", page["next_cursor"].as_str().unwrap())).await;
    assert_eq!(next["items"][0]["version"], 1);
    assert_eq!(world.read(&format!("{path}/versions/2")).await["settings"], second);
    let reverted = world.post(&format!("{path}/versions/1/revert")).await;
    assert_eq!((reverted.status.as_u16(), reverted.etag.as_deref()), (200, Some("\"4\"")), "{}", reverted.text);
    assert_eq!(world.read(&path).await, first);
    for unknown in ["0", "99", "x"] {
        let reply = world.post(&format!("{path}/versions/{unknown}/revert")).await;
        assert_eq!(reply.status.as_u16(), 404, "{unknown}");
    }
    let request = world.request(Method::POST, &format!("{path}/versions/2/revert")).header("If-Match", "\"1\"");
    let stale = send(request.bearer_auth(super::world::TOKEN)).await;
    assert_eq!(stale.status.as_u16(), 412);
}

#[tokio::test]
async fn a_draft_that_breaks_a_rule_or_is_outdated_is_not_published() {
    let (world, path, _) = main_menu().await;
    let published = world.read(&path).await;
    let draft = format!("{path}/draft");
    let mut broken = published.clone();
    broken["time_zone"] = json!("Mars/Olympus");
    let saved = world.put(&draft, None, &broken).await;
    assert_eq!((saved.status.as_u16(), &saved.body["problems"][0]["code"]), (200, &json!("time_zone.unknown")));
    assert_eq!(world.post(&format!("{draft}/publish")).await.status.as_u16(), 422);
    let mut fine = published.clone();
    fine["wait_seconds"] = json!(7);
    assert_eq!(world.put(&draft, Some("\"9\""), &fine).await.status.as_u16(), 412);
    assert_eq!(world.put(&draft, Some("\"1\""), &fine).await.status.as_u16(), 200);
    assert_eq!(world.put(&path, None, &published).await.status.as_u16(), 200);
    let outdated = world.post(&format!("{draft}/publish")).await;
    assert_eq!(
        (outdated.status.as_u16(), &outdated.body["code"]),
        (409, &json!("draft.outdated")),
        "{}",
        outdated.text
    );
    assert_eq!(world.delete(&draft, None).await.status.as_u16(), 204);
    assert_eq!(world.delete(&draft, None).await.status.as_u16(), 404);
}

#[tokio::test]
async fn a_queue_has_drafts_versions_and_tests_and_takes_them_with_it() {
    let world = world().await;
    let bob = world.read("/tenants/demo/users/102").await["id"].clone();
    let queue = json!({ "name": "Repairs", "language": "en-US", "agents": [bob] });
    let made = world.post_json("/tenants/demo/call-queues", &queue).await;
    let path = format!("/tenants/demo/call-queues/{}", made.body["id"].as_str().unwrap());
    let app = json!({ "type": "call_queue", "id": made.body["id"] });
    let written = world.post_json(&format!("{TESTS}/generate"), &json!({ "app": app })).await;
    assert_eq!(written.body["items"].as_array().unwrap().len(), 5, "{}", written.text);
    let mut settings = made.body.clone();
    settings["overflow_threshold"] = json!(0);
    assert_eq!(world.put(&format!("{path}/draft"), None, &settings).await.status.as_u16(), 200);
    let refused = world.post(&format!("{path}/draft/publish")).await;
    assert_eq!(refused.body["detail"], "tests of this flow fail on the draft: an agent answers");
    assert_eq!(world.post(&format!("{path}/versions/1/revert")).await.status.as_u16(), 200);
    assert_eq!(world.delete(&path, None).await.status.as_u16(), 204);
    assert_eq!(world.read(TESTS).await["items"], json!([]));
    let unknown = world.post_json(&format!("{TESTS}/generate"), &json!({ "app": app })).await;
    assert_eq!((unknown.status.as_u16(), &unknown.body["code"]), (422, &json!("graph.missing_target")));
}

#[tokio::test]
async fn hours_are_set_by_hand_and_names_are_searched() {
    let (world, path, _) = main_menu().await;
    let mut settings = world.read(&path).await;
    assert_eq!((&settings["hours_override"], &settings["user_name_extension"]), (&Value::Null, &json!("none")));
    settings["hours_override"] = json!({ "state": "closed", "until": "2099-01-01T00:00:00Z" });
    settings["user_name_extension"] = json!("office");
    settings["default_flow"]["menu"]["directory_search"] = json!("both");
    let changed = world.put(&path, None, &settings).await;
    assert_eq!((changed.status.as_u16(), &changed.body), (200, &settings), "{}", changed.text);
    // Carol Chen, and nobody else.
    let wanted = json!({ "to": "attendant:Front", "keys": "22765#" });
    let told = world.post_json("/tenants/demo/explain", &wanted).await;
    assert_eq!(told.body["end"]["user"], "103", "{}", told.text);
    assert!(told.text.contains("Front is set to be closed until 2099"), "{}", told.text);
}

#[tokio::test]
async fn holidays_come_each_year_or_from_a_calendar() {
    let world = world().await;
    let weekday = json!({ "type": "weekday", "month": 11, "weekday": "thursday", "nth": 4 });
    let days = json!([
        { "name": "Thanksgiving", "on": weekday, "start": "00:00:00", "end": "00:00:00" },
        { "name": "Easter Monday", "on": { "type": "easter", "days": 1 }, "start": "00:00:00", "end": "00:00:00" },
    ]);
    let schedule = json!({ "name": "Holidays", "rule": { "type": "yearly", "days": days } });
    let made = world.post_json("/tenants/demo/schedules", &schedule).await;
    assert_eq!((made.status.as_u16(), &made.body["rule"]), (201, &schedule["rule"]), "{}", made.text);
    let hang_up = json!({ "key": "automatic", "action": { "type": "disconnect" } });
    let closed = json!({ "name": "Closed", "menu": { "options": [hang_up] } });
    let holiday = json!({ "type": "holiday", "schedule": made.body["id"], "enabled": true, "flow": closed });
    let mut front = json!({ "name": "Holiday line", "language": "en-US", "time_zone": "America/New_York" });
    front["default_flow"] =
        json!({ "name": "Open", "menu": { "options": [{ "key": "1", "action": { "type": "disconnect" } }] } });
    front["associations"] = json!([holiday]);
    let front = world.post_json("/tenants/demo/auto-attendants", &front).await;
    assert_eq!(front.status.as_u16(), 201, "{}", front.text);
    for (at, flow) in [("2027-11-25T17:00:00Z", "holiday flow Closed"), ("2027-11-24T17:00:00Z", "default flow Open")] {
        let told = world.post_json("/tenants/demo/explain", &json!({ "to": "attendant:Holiday line", "at": at })).await;
        assert!(told.text.contains(flow), "{at}: {}", told.text);
    }

    let calendar = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Party\nDTSTART;VALUE=DATE:20270710\nEND:VEVENT\n\
        BEGIN:VEVENT\nSUMMARY:Lunch\nDTSTART:20270101T120000\nRRULE:FREQ=DAILY\nEND:VEVENT\nEND:VCALENDAR\n";
    let import = async |text: &'static str| {
        let request = world.request(Method::POST, "/tenants/demo/schedules/import").query(&[("name", "Closed days")]);
        send(request.bearer_auth(super::world::TOKEN).header("Content-Type", "text/calendar").body(text)).await
    };
    let first = import(calendar).await;
    assert_eq!((first.status.as_u16(), &first.body["skipped"]), (200, &json!(["Lunch"])), "{}", first.text);
    let range = json!({ "start": "2027-07-10T00:00:00", "end": "2027-07-11T00:00:00" });
    assert_eq!(first.body["rule"], json!({ "type": "fixed", "ranges": [range] }));
    let again = import("BEGIN:VCALENDAR\nEND:VCALENDAR\n").await;
    assert_eq!((&again.body["id"], &again.body["rule"]["ranges"]), (&first.body["id"], &json!([])));
    let refused = import("name,start\n").await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!("schedule.calendar_malformed")));
}

#[tokio::test]
async fn an_expectation_that_cannot_be_is_refused() {
    let (world, _, app) = main_menu().await;
    for expect in ["", "queue:Nowhere", "user:999", "attendant:Main menu", "the sea"] {
        let test = json!({ "app": app, "name": "T", "at": "2026-03-02T15:00:00Z", "expect": expect });
        let refused = world.post_json(TESTS, &test).await;
        let fault = &refused.body["errors"][0];
        assert_eq!((refused.status.as_u16(), &fault["code"]), (422, &json!("flow_test.expectation_unknown")));
    }
}

/// An attendant without texts, which could not be rendered here: its path, and as an app.
async fn main_menu() -> (World, String, Value) {
    let world = world().await;
    let queue = json!({ "type": "call_queue", "id": world.id_of("call-queues", "Sales").await });
    let operator = json!({ "type": "user", "id": world.read("/tenants/demo/users/101").await["id"] });
    let to = |key: &str, action: Value| json!({ "key": key, "action": action });
    let transfer = json!({ "type": "transfer", "target": queue });
    let options =
        json!([to("1", transfer), to("0", json!({ "type": "operator" })), to("9", json!({ "type": "disconnect" }))]);
    let flow = json!({ "name": "Open", "menu": { "options": options } });
    let attendant = json!({
        "name": "Front", "language": "en-US", "time_zone": "Europe/Berlin", "operator": operator, "default_flow": flow,
    });
    let made = world.post_json("/tenants/demo/auto-attendants", &attendant).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    let path = format!("/tenants/demo/auto-attendants/{}", made.body["id"].as_str().unwrap());
    let app = json!({ "type": "auto_attendant", "id": made.body["id"] });
    (world, path, app)
}

async fn run(world: &World, body: Value) -> Value {
    let reply = world.post_json(&format!("{TESTS}/run"), &body).await;
    assert_eq!(reply.status.as_u16(), 200, "{}", reply.text);
    reply.body
}
