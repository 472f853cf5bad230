//! Attendants, queues, schedules, audio files: changed, refused, and known to the switch.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::world::{TOKEN, World, send, world};

#[tokio::test]
async fn the_demo_organization_is_there() {
    let world = world().await;
    let numbers = world.read("/tenants/demo/numbers").await;
    let assigned: Vec<_> = numbers["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|number| (number["number"].as_str().unwrap(), number["assignee"]["display_name"].as_str().unwrap()))
        .collect();
    let expected = [
        ("+14255550100", "Main menu"),
        ("+14255550101", "Alice Adams"),
        ("+14255550102", "Bob Brown"),
        ("+14255550103", "Carol Chen"),
        ("+14255550110", "Sales"),
        ("+14255550120", "Support"),
        ("+18005550199", "Main menu"),
    ];
    assert_eq!(assigned, expected);
    let trunk = &world.read("/tenants/demo/trunks").await["items"][0];
    assert_eq!((&trunk["name"], &trunk["sources"]), (&json!("demo-carrier"), &json!(["127.0.0.1:5090"])));
    let menu = &world.read("/tenants/demo/auto-attendants").await["items"][0]["default_flow"]["menu"];
    let keys: Vec<_> =
        menu["options"].as_array().unwrap().iter().map(|option| option["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["0", "1", "2", "3", "4", "5", "9"]);
    let sales = &world.read("/tenants/demo/call-queues").await["items"][0];
    assert_eq!((&sales["routing"], &sales["agent_alert_seconds"]), (&json!("longest_idle"), &json!(20)));
    let setup = world.read("/tenants/demo/setup").await;
    let states: Vec<_> =
        setup["items"].as_array().unwrap().iter().map(|step| step["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["done", "done", "done", "done", "done", "done", "done"]);
}

#[tokio::test]
async fn a_changed_queue_reaches_the_switch_within_a_second() {
    let world = world().await;
    let path = queue_path(&world).await;
    let before = world.get(&path).await;
    let mut queue = before.body.clone();
    queue["timeout_seconds"] = json!(120);
    queue["timeout"] = hang_up();
    let mut installed = world.installed.clone();
    let reply = world.put(&path, before.etag.as_deref(), &queue).await;
    assert_eq!(reply.status.as_u16(), 200, "{}", reply.text);
    assert_eq!((reply.etag.as_deref(), &reply.body), (Some("\"2\""), &queue));
    let newest = tokio::time::timeout(Duration::from_secs(1), installed.wait_for(|all| !all.is_empty())).await;
    let newest = newest.expect("within a second").unwrap().last().unwrap().clone();
    let tenant = newest.tenant(world.tenant).unwrap();
    let queues: Vec<_> = tenant.queues.values().map(|queue| (queue.name.as_str(), queue.timeout_secs)).collect();
    assert!(queues.contains(&("Sales", 120)), "{queues:?}");
}

#[tokio::test]
async fn a_stale_change_is_refused() {
    let world = world().await;
    let path = queue_path(&world).await;
    let mut queue = world.read(&path).await;
    queue["timeout"] = hang_up();
    assert_eq!(world.put(&path, Some("\"1\""), &queue).await.status.as_u16(), 200);
    let stale = world.put(&path, Some("\"1\""), &queue).await;
    assert_eq!((stale.status.as_u16(), &stale.body["code"]), (412, &json!("stale")));
    assert!(stale.body["fix"].as_str().unwrap().contains("\"2\""));
    assert_eq!(world.put(&path, Some("1"), &queue).await.body["code"], "malformed_if_match");
    assert_eq!(world.put(&path, Some("*"), &queue).await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_text_needs_a_speech_program_and_the_answer_says_which() {
    let world = world().await;
    let path = queue_path(&world).await;
    let mut queue = world.read(&path).await;
    queue["greeting"] = json!({ "type": "text", "text": "A new greeting." });
    let reply = world.put(&path, None, &queue).await;
    assert_eq!((reply.status.as_u16(), &reply.body["code"]), (422, &json!("speech_engine_missing")));
    assert_eq!(reply.body["fix"], "install it on the server: apt install flite");
    assert_eq!(world.get(&path).await.etag.as_deref(), Some("\"1\""));
}

#[tokio::test]
async fn what_points_nowhere_is_refused_field_by_field() {
    let world = world().await;
    let path = queue_path(&world).await;
    let mut queue = world.read(&path).await;
    let nobody = "00000000-0000-0000-0000-000000000000";
    queue["agents"] = json!([nobody]);
    queue["timeout"] =
        json!({ "prompt": null, "action": { "type": "forward", "target": { "type": "user", "id": nobody } } });
    let reply = world.put(&path, None, &queue).await;
    assert_eq!(reply.status.as_u16(), 422, "{}", reply.text);
    let fields: Vec<_> =
        reply.body["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["agents[0]", "timeout.action.target"]);
    let unknown = world.put(&path, None, &json!({ "name": "Sales", "colour": "red" })).await;
    assert_eq!((unknown.status.as_u16(), &unknown.body["code"]), (400, &json!("malformed_body")));
}

#[tokio::test]
async fn an_attendant_is_read_and_written_back_the_same() {
    let world = world().await;
    let path = format!("/tenants/demo/auto-attendants/{}", world.id_of("auto-attendants", "Main menu").await);
    let mut attendant = world.read(&path).await;
    attendant["default_flow"]["greeting"] = Value::Null;
    attendant["default_flow"]["menu"]["prompt"] = Value::Null;
    let options = attendant["default_flow"]["menu"]["options"].as_array_mut().unwrap();
    options.retain(|option| option["action"]["type"] != "announcement");
    let reply = world.put(&path, Some("\"1\""), &attendant).await;
    assert_eq!((reply.status.as_u16(), &reply.body), (200, &attendant), "{}", reply.text);
    assert_eq!(world.read(&path).await, attendant);

    let twice = attendant["default_flow"]["menu"]["options"][0].clone();
    attendant["default_flow"]["menu"]["options"].as_array_mut().unwrap().push(twice);
    let reply = world.put(&path, None, &attendant).await;
    assert_eq!((reply.status.as_u16(), &reply.body["errors"][0]["code"]), (422, &json!("menu.duplicate_key")));
}

#[tokio::test]
async fn schedules_are_made_used_and_deleted() {
    let world = world().await;
    let hours = json!([{ "start": "09:00:00", "end": "17:00:00" }]);
    let rule = json!({ "type": "weekly", "monday": hours, "complement": true });
    let made = post_schedule(&world, &json!({ "name": "Office hours", "rule": rule })).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    let id = made.body["id"].as_str().unwrap();
    let path = format!("/tenants/demo/schedules/{id}");
    let read = world.read(&path).await;
    assert_eq!((&read["rule"]["monday"], &read["rule"]["complement"]), (&hours, &json!(true)));
    assert_eq!(read["rule"]["tuesday"], json!([]));
    let empty = post_schedule(&world, &json!({ "name": "Never", "rule": { "type": "weekly" } })).await;
    assert_eq!((empty.status.as_u16(), &empty.body["errors"][0]["code"]), (422, &json!("schedule.empty_weekly")));
    let other_kind = json!({ "name": "Office hours", "rule": { "type": "fixed", "ranges": [] } });
    let changed = world.put(&path, None, &other_kind).await;
    assert_eq!(changed.body["errors"][0]["code"], "schedule.type_immutable", "{}", changed.text);
    let delete = || send(world.request(Method::DELETE, &path).bearer_auth(TOKEN));
    assert_eq!(delete().await.status.as_u16(), 204);
    assert_eq!(delete().await.status.as_u16(), 404);
}

#[tokio::test]
async fn an_audio_file_is_rendered_and_kept_once() {
    let world = world().await;
    let wav = tone_wav();
    let first = upload(&world, "hello.wav", wav.clone()).await;
    assert_eq!(first.status.as_u16(), 201, "{}", first.text);
    assert_eq!(first.body["duration_ms"], 500);
    let again = upload(&world, "other name.wav", wav).await;
    assert_eq!(again.body["id"], first.body["id"]);
    let list = world.read("/tenants/demo/audio-files").await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);

    let path = queue_path(&world).await;
    let mut queue = world.read(&path).await;
    queue["timeout"] = hang_up();
    queue["music"] = json!({ "type": "audio_file", "id": first.body["id"] });
    let reply = world.put(&path, None, &queue).await;
    assert_eq!(reply.status.as_u16(), 200, "{}", reply.text);
    assert_eq!(reply.body["music"]["file_name"], "hello.wav");
    queue["music"]["id"] = json!("00000000-0000-0000-0000-000000000000");
    assert_eq!(world.put(&path, None, &queue).await.body["errors"][0]["code"], "graph.missing_target");
}

#[tokio::test]
async fn exceptions_have_a_prompt_for_each_kind_of_action() {
    let world = world().await;
    let sound = upload(&world, "hello.wav", tone_wav()).await.body["id"].clone();
    let sound = json!({ "type": "audio_file", "id": sound, "file_name": "hello.wav" });
    let path = queue_path(&world).await;
    let mut queue = world.read(&path).await;
    queue["timeout"] = hang_up();
    queue["overflow"] = json!({
        "prompt": null, "prompts": { "disconnect": sound, "redirect_phone": sound },
        "action": { "type": "disconnect" }, "override_priority": true, "skippable": true,
    });
    let saved = world.put(&path, None, &queue).await;
    assert_eq!(saved.status.as_u16(), 200, "{}", saved.text);
    let shown = &saved.body["overflow"];
    assert_eq!((&shown["prompts"]["disconnect"], &shown["prompts"]["redirect_phone"]), (&sound, &sound));
    assert_eq!((&shown["override_priority"], &shown["skippable"]), (&json!(true), &json!(true)));
    assert_eq!(world.put(&path, None, &saved.body).await.body, saved.body, "what is shown can be saved");

    let mailbox = json!({ "type": "shared_mailbox", "id": world.id_of("shared-mailboxes", "Front desk").await });
    queue["overflow"]["action"] = json!({ "type": "forward", "target": mailbox });
    let silent = world.put(&path, None, &queue).await;
    let told = &silent.body["errors"][0];
    assert_eq!((&told["code"], &told["field"]), (&json!("exc.sharedvm_greeting_required"), &json!("overflow.prompt")));
    queue["overflow"]["prompts"]["shared_voicemail"] = sound;
    assert_eq!(world.put(&path, None, &queue).await.status.as_u16(), 200);
}

#[tokio::test]
async fn order_announcements_and_callbacks_of_a_queue_are_kept_as_they_are_said() {
    let world = world().await;
    let sound = upload(&world, "hello.wav", tone_wav()).await.body["id"].clone();
    let sound = json!({ "type": "audio_file", "id": sound, "file_name": "hello.wav" });
    let path = queue_path(&world).await;
    let mut queue = world.read(&path).await;
    queue["timeout"] = hang_up();
    assert_eq!(
        (&queue["announcements"], &queue["callback"], &queue["no_free_agent"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    queue["age_step_seconds"] = json!(60);
    queue["agent_capacity"] = json!(3);
    queue["alerts"] = json!({
        "waiting": 5, "longest_wait_seconds": 60, "service_level_percent": null, "no_agent_seconds": 30,
        "calm_seconds": 90, "mails": ["desk@demo.test"],
    });
    queue["keep_wait_credit"] = json!(true);
    queue["timeout_policy"] = json!("finish_current_alert");
    queue["offer_during_greeting"] = json!(true);
    queue["ranks"] = json!([{ "agent": queue["agents"][0], "rank": 2 }]);
    queue["announcements"] =
        json!({ "every_seconds": 30, "position": true, "estimated_wait": true, "comfort": [sound] });
    queue["callback"] = json!({
        "key": "1", "after_wait_seconds": 10, "waiting_min": null, "waiting_per_agent_min": 2, "offer": sound,
        "expires_seconds": 3600, "attempts_max": 3, "gap_seconds": 60,
    });
    queue["no_free_agent"] = json!({ "after_seconds": 20, "exception": hang_up() });
    queue["timeout_seconds"] = json!(300);
    let saved = world.put(&path, None, &queue).await;
    assert_eq!((saved.status.as_u16(), &saved.body), (200, &queue), "{}", saved.text);
    assert_eq!(world.read(&path).await, queue);
    for (field, value, told) in [
        ("/age_step_seconds", json!(0), "cq.age_step_out_of_range"),
        ("/ranks/0/rank", json!(10), "cq.rank_out_of_range"),
        ("/agent_capacity", json!(11), "cq.capacity_out_of_range"),
        ("/alerts/waiting", json!(0), "cq.alert_threshold_out_of_range"),
        ("/alerts/mails/0", json!("desk"), "email.malformed"),
        ("/announcements/every_seconds", json!(1), "cq.announcement_period"),
        ("/callback/key", json!("x"), "menu.key_unknown"),
        ("/callback/attempts_max", json!(0), "callback.attempts_out_of_range"),
    ] {
        let mut broken = queue.clone();
        *broken.pointer_mut(field).unwrap() = value;
        let refused = world.put(&path, None, &broken).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.body["errors"][0]["code"]),
            (422, &json!(told)),
            "{}",
            refused.text
        );
    }
    let mut never = queue.clone();
    (never["callback"]["after_wait_seconds"], never["callback"]["waiting_per_agent_min"]) = (Value::Null, Value::Null);
    assert_eq!(world.put(&path, None, &never).await.body["errors"][0]["code"], "callback.no_condition");
}

#[tokio::test]
async fn hours_of_a_queue_are_kept_and_hold_their_schedules() {
    let world = world().await;
    let monday = json!([{ "start": "09:00:00", "end": "17:00:00" }]);
    let rule = json!({ "type": "weekly", "monday": monday, "complement": true });
    let schedule = post_schedule(&world, &json!({ "name": "Office hours", "rule": rule })).await;
    assert_eq!(schedule.status.as_u16(), 201, "{}", schedule.text);
    let path = queue_path(&world).await;
    let mut queue = world.read(&path).await;
    queue["timeout"] = hang_up();
    assert_eq!(queue["hours"], Value::Null);
    let mut to_agent = hang_up();
    to_agent["action"] = json!({ "type": "forward", "target": { "type": "user", "id": queue["agents"][0] } });
    queue["hours"] = json!({
        "time_zone": "Europe/Paris", "hours_override": { "state": "closed", "until": "2030-01-01T00:00:00Z" },
        "closures": [{ "type": "after_hours", "schedule": schedule.body["id"], "enabled": true, "exception": to_agent }],
    });
    let saved = world.put(&path, None, &queue).await;
    assert_eq!((saved.status.as_u16(), &saved.body), (200, &queue), "{}", saved.text);
    let delete = format!("/tenants/demo/schedules/{}", schedule.body["id"].as_str().unwrap());
    let kept = send(world.request(Method::DELETE, &delete).bearer_auth(TOKEN)).await;
    assert_eq!((kept.status.as_u16(), &kept.body["code"]), (409, &json!("schedule.in_use")), "{}", kept.text);
    queue["hours"]["closures"][0]["exception"]["action"]["target"]["id"] = json!(uuid::Uuid::nil());
    let refused = world.put(&path, None, &queue).await.body["errors"][0].clone();
    assert_eq!(refused["field"], json!("hours.closures[0].exception.action.target"), "{refused}");
    queue["hours"] = Value::Null;
    assert_eq!(world.put(&path, None, &queue).await.status.as_u16(), 200);
    let gone = send(world.request(Method::DELETE, &delete).bearer_auth(TOKEN)).await;
    assert_eq!(gone.status.as_u16(), 204, "{}", gone.text);
}

#[tokio::test]
async fn what_is_no_sound_is_refused_in_words() {
    let world = world().await;
    let text = upload(&world, "notes.txt", b"these are not the sounds you are looking for".to_vec()).await;
    assert_eq!((text.status.as_u16(), &text.body["code"]), (422, &json!("audio.undecodable")), "{}", text.text);
    let big = upload(&world, "big.wav", vec![0; 5_000_001]).await;
    assert_eq!((big.status.as_u16(), &big.body["code"]), (422, &json!("audio.too_large")));
}

async fn queue_path(world: &World) -> String {
    format!("/tenants/demo/call-queues/{}", world.id_of("call-queues", "Sales").await)
}

async fn post_schedule(world: &World, body: &Value) -> super::world::Reply {
    send(world.request(Method::POST, "/tenants/demo/schedules").bearer_auth(TOKEN).json(body)).await
}

async fn upload(world: &World, name: &str, bytes: Vec<u8>) -> super::world::Reply {
    let request = world.request(Method::POST, "/tenants/demo/audio-files").bearer_auth(TOKEN);
    send(request.query(&[("file_name", name)]).body(bytes)).await
}

/// No speech program is installed in this world, so that no prompt can be saved.
fn hang_up() -> Value {
    json!({ "prompt": null, "action": { "type": "disconnect" }, "override_priority": false, "skippable": false })
}

/// Half a second of 440 Hz.
fn tone_wav() -> Vec<u8> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
    for n in 0..8_000_u16 {
        let angle = f32::from(n) * 440.0 * std::f32::consts::TAU / 16_000.0;
        writer.write_sample((angle.sin() * 8_000.0) as i16).unwrap();
    }
    writer.finalize().unwrap();
    bytes.into_inner()
}
