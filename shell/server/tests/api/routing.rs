//! What calls outside are routed by: made, changed, used, tested, and refused with what is wrong and where.

use std::sync::{Arc, Mutex};

use phone::id::TrunkId;
use serde_json::{Value, json};
use switch::input::Command;
use switch::output::Answer;
use switch::view;
use uuid::Uuid;

use super::world::{Reply, World, quiet, world, world_with};

const ROUTES: &str = "/tenants/demo/voice-routes";
const PLANS: &str = "/tenants/demo/dial-plans";
const RULES: &str = "/tenants/demo/translation-rules";
const USAGES: &str = "/tenants/demo/pstn-usages";
const POLICIES: &str = "/tenants/demo/voice-routing-policies";
const TRUNKS: &str = "/tenants/demo/trunks";

#[tokio::test]
async fn a_dialled_number_finds_its_way_by_plan_policy_route_and_trunk() {
    let world = world().await;
    made(&world, USAGES, json!({ "name": "Local" })).await;
    made(&world, USAGES, json!({ "name": "World" })).await;
    let second = json!({ "name": "second", "host": "sip.carrier.example" });
    made(&world, TRUNKS, second).await;
    let rule = json!({ "name": "No plus", "pattern": r"^\+(\d+)$", "translation": "$1" });
    made(&world, RULES, rule).await;
    let changed = json!({ "settings": { "outbound_called_rules": ["no PLUS"] } });
    let second = world.id_of("trunks", "second").await;
    let reply = world.patch(&format!("{TRUNKS}/{second}"), None, &changed).await;
    assert_eq!(reply.status.as_u16(), 200, "{}", reply.text);
    let local = json!({ "name": "Washington", "pattern": r"^\+1(206|425)\d{7}$", "pstn_usages": ["local"],
        "trunks": ["SECOND", "demo-carrier"] });
    let local = made(&world, ROUTES, local).await;
    assert_eq!((&local["pstn_usages"], &local["priority"]), (&json!(["Local"]), &json!(1)), "as the usage is written");
    assert_eq!(local["trunks"][0]["name"], "second");
    let everywhere = json!({ "name": "Everywhere", "pattern": r"^\+\d+$", "pstn_usages": ["World"],
        "trunks": ["demo-carrier"], "caller_id": "+14255550100" });
    made(&world, ROUTES, everywhere).await;
    let policy = made(&world, POLICIES, json!({ "name": "Office", "pstn_usages": ["Local", "World"] })).await;
    assert_eq!((&policy["pstn_usages"], &policy["fallthrough"]), (&json!(["Local", "World"]), &json!(false)));
    given(&world, "voice_routing", "Office", json!({ "users": ["101"] })).await;
    let rules = json!([{ "name": "Desk", "pattern": r"^7(\d{3})$", "translation": "+12065550$1" }]);
    made(&world, PLANS, json!({ "name": "Seattle", "rules": rules })).await;
    made(&world, "/tenants/demo/policies/dial_plan", json!({ "name": "P", "settings": { "dial_plan": "seattle" } }))
        .await;
    given(&world, "dial_plan", "P", json!({ "users": ["101"] })).await;

    let told = tested(&world, json!({ "user": "101", "dialled": "7123" })).await;
    assert_eq!((&told["outcome"], &told["dial_plan"]), (&json!("outside"), &json!("Seattle")), "{told}");
    assert_eq!(told["normalization"]["result"], "+12065550123");
    assert_eq!(told["normalization"]["rule"], "Desk");
    assert_eq!(
        told["usages"],
        json!([{ "usage": "Local", "state": "decides" }, { "usage": "World", "state": "not_looked_at" }])
    );
    let tried: Vec<_> = told["attempts"].as_array().unwrap().iter().map(|it| (&it["trunk"], &it["called"])).collect();
    let (second, carrier) = (json!("second"), json!("demo-carrier"));
    assert_eq!(tried, [(&second, &json!("12065550123")), (&carrier, &json!("+12065550123"))]);
    assert_eq!(told["attempts"][0]["called_rule"], "No plus");
    assert_eq!(told["attempts"][0]["calling"], "+14255550101");
    let routing = told["policies"].as_array().unwrap().iter().find(|it| it["type"] == "voice_routing").unwrap();
    assert_eq!((&routing["name"], &routing["source"]), (&json!("Office"), &json!("direct")));

    let abroad = tested(&world, json!({ "user": "101", "dialled": "011 44 20 7946 0000" })).await;
    assert_eq!(abroad["attempts"][0]["called"], "+442079460000", "{abroad}");
    assert_eq!(abroad["attempts"][0]["calling"], "+14255550100", "as the route wants");
    assert_eq!(abroad["routes"].as_array().unwrap().len(), 2);
    let bob = tested(&world, json!({ "user": "102", "dialled": "+442079460000" })).await;
    let tried: Vec<_> = bob["attempts"].as_array().unwrap().iter().map(|it| &it["trunk"]).collect();
    assert_eq!((tried, &bob["usages"]), (vec![&carrier, &second], &json!([])), "without a policy as ever");
    let inside = tested(&world, json!({ "user": "101", "dialled": "102" })).await;
    assert_eq!((&inside["outcome"], &inside["reaches"]), (&json!("inside"), &json!("Bob Brown")));
    let help = tested(&world, json!({ "user": "104", "dialled": "911" })).await;
    assert_eq!((&help["outcome"], &help["attempts"][0]["called"]), (&json!("emergency"), &json!("911")));
    let dan = tested(&world, json!({ "user": "104", "dialled": "+12065550100" })).await;
    assert_eq!(dan["refusal"]["code"], "not_licensed", "{dan}");
    assert_eq!(dan["refusal"]["fix"], "trunkline license assign --plan MCOEV 104");

    let night = json!({ "settings": { "maintenance_from": "2026-12-24T00:00:00Z", "maintenance_until": "2026-12-24T06:00:00Z" } });
    let id = world.id_of("trunks", "second").await;
    assert_eq!(world.patch(&format!("{TRUNKS}/{id}"), None, &night).await.status.as_u16(), 200);
    let told = tested(&world, json!({ "user": "101", "dialled": "7123", "at": "2026-12-24T05:00:00Z" })).await;
    assert_eq!((&told["skipped"][0]["trunk"], &told["attempts"][0]["trunk"]), (&second, &carrier), "{told}");
    assert!(told["skipped"][0]["reason"].as_str().unwrap().contains("2026-12-24T06:00:00Z"));
}

#[tokio::test]
async fn a_dial_plan_is_tried_rule_by_rule() {
    let world = world().await;
    let seeded = made(&world, PLANS, json!({ "name": "First" })).await;
    assert_eq!(seeded["rules"][0]["translation"], "+$1", "a new one puts a + before eleven digits");
    let rules = json!([
        { "name": "Operator", "pattern": "^0$", "translation": "+14255550100" },
        { "name": "Site", "pattern": "6222(\\d{4})", "translation": "425555$1" },
    ]);
    let plan = made(&world, PLANS, json!({ "name": "Second", "rules": rules })).await;
    assert!(plan["warnings"][0].as_str().unwrap().contains("Site"), "it is not anchored: {plan}");
    let test = json!({ "dialled": ["0", "62220199", "+1 425 555 0100", "x"] });
    let reply = world.post_json(&format!("{PLANS}/second/test"), &test).await;
    assert_eq!(reply.status.as_u16(), 200, "{}", reply.text);
    let results: Vec<_> = reply.body["items"].as_array().unwrap().iter().map(|it| it["result"].clone()).collect();
    assert_eq!(results, [json!("+14255550100"), json!("+14255550199"), json!("+14255550100"), Value::Null]);
    let site = &reply.body["items"][1];
    assert_eq!((&site["rule"], &site["by_country"]), (&json!("Site"), &json!(true)));
    let tried: Vec<_> = site["tried"].as_array().unwrap().iter().map(|it| (&it["rule"], &it["on"])).collect();
    assert_eq!(tried[1], (&json!("Site"), &json!("62220199")));
    assert_eq!(tried[2], (&json!("Operator"), &json!("4255550199")), "looked at once more");
    let german = json!({ "dialled": ["030 12345678"], "country": "DE" });
    let german = world.post_json(&format!("{PLANS}/second/test"), &german).await;
    assert_eq!(german.body["items"][0]["result"], "+493012345678");
    for (test, field) in [
        (json!({ "dialled": [] }), "dialled"),
        (json!({ "dialled": vec!["1"; 101] }), "dialled"),
        (json!({ "dialled": ["1"], "country": "XX" }), "country"),
    ] {
        let refused = world.post_json(&format!("{PLANS}/second/test"), &test).await;
        assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["field"]), (422, &json!(field)));
    }
    let rule = json!({ "name": "France", "pattern": r"^\+33(\d{9})$", "translation": "0$1" });
    made(&world, RULES, rule).await;
    let numbers = json!({ "numbers": ["+33142685300", "+14255550100"] });
    let reply = world.post_json(&format!("{RULES}/france/test"), &numbers).await;
    assert_eq!(reply.body["items"][0]["result"], "0142685300", "{}", reply.text);
    assert_eq!(reply.body["items"][1], json!({ "number": "+14255550100", "matches": false, "result": "+14255550100" }));
}

#[tokio::test]
async fn what_is_no_pattern_is_refused_with_the_place_of_the_fault() {
    let world = world().await;
    let rule =
        |pattern: &str, translation: &str| json!({ "name": "r", "pattern": pattern, "translation": translation });
    for (pattern, translation, field, words) in [
        ("^(\\d{4}$", "+$1", "pattern", "unclosed group, at character 2"),
        ("^\\+1(?=206)", "", "pattern", "look-around"),
        ("^(\\d)\\1", "", "pattern", "backreferences are not supported, at character 6"),
        ("^\u{200b}1", "", "pattern", "U+200B"),
        ("(\\d{1000}){1000}", "", "pattern", "memory"),
        ("^(\\d)$", "+$2", "translation", "no group 2: it has 1, at character 2"),
        ("^1$", "sip:x", "translation", "'s' can't be in a number"),
        ("^1$", "+1\r\nVia: x", "translation", "at character 3"),
    ] {
        let refused = world.post_json(RULES, &rule(pattern, translation)).await;
        let fault = &refused.body["errors"][0];
        assert_eq!((refused.status.as_u16(), &fault["field"]), (422, &json!(field)), "{pattern}: {}", refused.text);
        assert!(fault["message"].as_str().unwrap().contains(words), "{pattern}: {fault}");
        assert!(refused.body["fix"].as_str().unwrap().contains("without look-around"), "{}", refused.text);
    }
    let rules: Vec<Value> =
        (0..501).map(|index| json!({ "name": format!("r{index}"), "pattern": "1", "translation": "2" })).collect();
    let many = world.post_json(PLANS, &json!({ "name": "Many", "rules": rules })).await;
    assert_eq!(many.body["errors"][0]["code"], "dial_plan.too_many_rules");
    let rules =
        json!([{ "name": "a", "pattern": "1", "translation": "" }, { "name": "A", "pattern": "(", "translation": "" }]);
    let wrong = world.post_json(PLANS, &json!({ "name": "x".repeat(50), "rules": rules })).await;
    let faults: Vec<_> = wrong.body["errors"].as_array().unwrap().iter().map(|it| &it["field"]).collect();
    assert_eq!(faults, [&json!("name"), &json!("rules[1].pattern"), &json!("rules[1].name")]);
    let route = json!({ "name": "r", "priority": 0, "pstn_usages": ["None"] });
    assert_eq!(world.post_json(ROUTES, &route).await.body["errors"][0]["code"], "pstn_usage.unknown");
    for (route, code) in [
        (json!({ "name": "r", "priority": 0 }), "priority.out_of_range"),
        (json!({ "name": "r", "trunks": ["nowhere"] }), "trunk.unknown"),
        (json!({ "name": "r", "trunks": ["demo-carrier", "Demo-Carrier"] }), "voice_route.duplicate"),
        (json!({ "name": "r", "caller_id": "+4930123456" }), "voice_route.caller_id_foreign"),
        (json!({ "name": "r", "caller_id": "123" }), "number.not_e164"),
        (json!({ "name": " " }), "name.empty"),
        (json!({ "name": "r", "pattern": "[" }), "pattern.malformed"),
    ] {
        let refused = world.post_json(ROUTES, &route).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.body["errors"][0]["code"]),
            (422, &json!(code)),
            "{}",
            refused.text
        );
    }
    assert_eq!(world.read(ROUTES).await["items"], json!([]));
}

#[tokio::test]
async fn routes_keep_an_order_and_each_move_is_in_the_audit() {
    let world = world().await;
    for (name, priority) in [("a", None), ("b", None), ("c", Some(1)), ("d", Some(10))] {
        made(&world, ROUTES, json!({ "name": name, "priority": priority })).await;
    }
    let order = async || {
        let list = world.read(ROUTES).await;
        let items = list["items"].as_array().unwrap().clone();
        items.iter().map(|it| format!("{}{}", it["name"].as_str().unwrap(), it["priority"])).collect::<Vec<_>>()
    };
    assert_eq!(order().await, ["c1", "a2", "b3", "d10"]);
    let reply = world.patch(&format!("{ROUTES}/D"), Some("\"1\""), &json!({ "priority": 2 })).await;
    assert_eq!(reply.status.as_u16(), 200, "{}", reply.text);
    assert_eq!(order().await, ["c1", "d2", "a3", "b4"]);
    let moved = world.read("/tenants/demo/audit?noun=voice_route").await["items"].as_array().unwrap().len();
    assert_eq!(moved, 4 + 2 + 3, "made, moved for c, moved with d");
    let page = world.read(&format!("{ROUTES}?limit=2")).await;
    let next = page["next_cursor"].as_str().unwrap();
    let rest = world.read(&format!("{ROUTES}?limit=2&cursor={next}")).await;
    assert_eq!(rest["items"][0]["name"], "a");
    assert_eq!(
        world.patch(&format!("{ROUTES}/d"), Some("\"1\""), &json!({ "priority": 9 })).await.status.as_u16(),
        412
    );
    assert_eq!(world.delete(&format!("{ROUTES}/d"), Some("\"2\"")).await.status.as_u16(), 204);
    let taken = world.post_json(ROUTES, &json!({ "name": "A" })).await;
    assert_eq!((taken.status.as_u16(), &taken.body["code"]), (409, &json!("name_taken")));
}

#[tokio::test]
async fn what_is_used_stays_and_the_refusal_names_by_whom() {
    let world = world().await;
    made(&world, USAGES, json!({ "name": "Local" })).await;
    made(&world, ROUTES, json!({ "name": "Here", "pstn_usages": ["Local"], "trunks": ["demo-carrier"] })).await;
    made(&world, POLICIES, json!({ "name": "Office", "pstn_usages": ["Local"] })).await;
    let numbers = json!([{ "emergency_dial_string": "911", "pstn_usage": "Local" }]);
    let body = json!({ "name": "Help", "settings": { "emergency_numbers": numbers } });
    made(&world, "/tenants/demo/policies/emergency_call_routing", body).await;
    let refused = world.delete(&format!("{USAGES}/local"), None).await;
    let detail =
        "Local is used by the route Here, the voice_routing policy Office, the emergency_call_routing policy Help";
    assert_in_use(&refused, "pstn_usage.in_use", detail);
    let carrier = world.id_of("trunks", "demo-carrier").await;
    let spare =
        made(&world, TRUNKS, json!({ "name": "spare", "host": "x.example", "settings": { "proxy_trunk": carrier } }))
            .await;
    let refused = world.delete(&format!("{TRUNKS}/{carrier}"), None).await;
    assert_eq!(refused.body["code"], "trunk.in_use", "{}", refused.text);

    made(&world, PLANS, json!({ "name": "Seattle" })).await;
    let global = json!({ "settings": { "dial_plan": "Seattle" } });
    assert_eq!(world.patch("/tenants/demo/policies/dial_plan/global", None, &global).await.status.as_u16(), 200);
    let refused = world.delete(&format!("{PLANS}/Seattle"), None).await;
    assert_in_use(&refused, "dial_plan.in_use", "Seattle is used by the dial_plan policy Global");
    world.post("/tenants/demo/policies/dial_plan/global/reset").await;
    assert_eq!(world.delete(&format!("{PLANS}/Seattle"), None).await.status.as_u16(), 204);

    let rule = made(&world, RULES, json!({ "name": "Cut", "pattern": r"^\+", "translation": "" })).await;
    let path = format!("{TRUNKS}/{}", spare["id"].as_str().unwrap());
    let change = json!({ "settings": { "inbound_calling_rules": [rule["id"]], "proxy_trunk": null } });
    assert_eq!(world.patch(&path, None, &change).await.status.as_u16(), 200);
    let refused = world.delete(&format!("{RULES}/cut"), None).await;
    assert_in_use(&refused, "translation_rule.in_use", "Cut is used by inbound_calling_rules of the trunk spare");
    made(&world, USAGES, json!({ "name": "Empty" })).await;
    let nowhere = json!([{ "emergency_dial_string": "912", "pstn_usage": "Empty" }]);
    let body = json!({ "name": "Nowhere", "settings": { "emergency_numbers": nowhere } });
    let refused = world.post_json("/tenants/demo/policies/emergency_call_routing", &body).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!("policy.usage_without_route")));
    assert!(refused.body["fix"].as_str().unwrap().contains("route create"), "{}", refused.text);
    for (kind, settings) in [
        ("voice_routing", json!({ "pstn_usages": ["Nowhere"] })),
        ("dial_plan", json!({ "dial_plan": "Nowhere" })),
        ("dial_plan", json!({ "dial_plan": uuid::Uuid::nil() })),
        (
            "emergency_call_routing",
            json!({ "emergency_numbers": [{ "emergency_dial_string": "9", "pstn_usage": "No" }] }),
        ),
    ] {
        let body = json!({ "name": "X", "settings": settings });
        let refused = world.post_json(&format!("/tenants/demo/policies/{kind}"), &body).await;
        let code = &refused.body["errors"][0]["code"];
        assert_eq!((refused.status.as_u16(), code), (422, &json!("policy.reference_missing")), "{}", refused.text);
    }
}

#[tokio::test]
async fn a_trunk_has_settings_by_name_and_a_place_that_an_administrator_sees() {
    let world = world().await;
    let takes = world.read(&format!("{TRUNKS}/settings")).await;
    let takes = takes["items"].as_array().unwrap().clone();
    assert_eq!(takes.len(), 43);
    assert!(takes.iter().all(|it| !it["about"].as_str().unwrap().is_empty()));
    let second = made(&world, TRUNKS, json!({ "name": "second", "host": "x.example", "description": "spare" })).await;
    assert_eq!((&second["priority"], &second["description"]), (&json!(2), &json!("spare")));
    assert_eq!(second["settings"]["failover_response_codes"], json!([408, 503, 504]));
    let path = format!("{TRUNKS}/{}", second["id"].as_str().unwrap());
    let first = world.patch(&path, None, &json!({ "priority": 1 })).await;
    assert_eq!((first.status.as_u16(), &first.body["priority"]), (200, &json!(1)), "{}", first.text);
    let carrier = world.id_of("trunks", "demo-carrier").await;
    assert_eq!(world.read(&format!("{TRUNKS}/{carrier}")).await["priority"], 2);
    world
        .switch_has(|tenant| {
            let names: Vec<_> = tenant.outbound_trunks.iter().map(|id| tenant.trunks[id].name.as_str()).collect();
            names == ["second", "demo-carrier"]
        })
        .await;
    let audit = world.read("/tenants/demo/audit?noun=trunk").await;
    let moved: Vec<_> = audit["items"].as_array().unwrap().iter().take(2).map(|it| &it["after"]["priority"]).collect();
    assert_eq!(moved, [&json!(1), &json!(2)]);
    for (settings, field, code) in [
        (json!({ "media_bypass": "yes" }), "settings.media_bypass", "trunk.setting_malformed"),
        (json!({ "bypass": true }), "settings.bypass", "trunk.setting_unknown"),
        (json!({ "bypass_mode": "always" }), "settings.bypass_mode", "trunk.settings_conflict"),
        (json!({ "media_bypass": true, "ip_version": "ipv6" }), "settings.ip_version", "trunk.settings_conflict"),
        (json!({ "profile": "strict" }), "settings.profile", "trunk.settings_conflict"),
        (json!({ "auth": "digest" }), "settings.auth", "trunk.settings_conflict"),
        (json!({ "register_expires_seconds": 600 }), "settings.register_expires_seconds", "trunk.settings_conflict"),
        (json!({ "register_expires_seconds": 5 }), "settings.register_expires_seconds", "trunk.setting_malformed"),
        (json!({ "location_based_routing": true }), "settings.location_based_routing", "trunk.settings_conflict"),
        (
            json!({ "failover_response_codes": [503, 503] }),
            "settings.failover_response_codes",
            "trunk.settings_conflict",
        ),
        (json!({ "failover_response_codes": [200] }), "settings.failover_response_codes", "trunk.setting_malformed"),
        (
            json!({ "maintenance_from": "2026-12-24T00:00:00Z" }),
            "settings.maintenance_until",
            "trunk.settings_conflict",
        ),
        (json!({ "site": uuid::Uuid::nil() }), "settings.site", "trunk.reference_missing"),
        (
            json!({ "outbound_called_rules": [uuid::Uuid::nil()] }),
            "settings.outbound_called_rules[0]",
            "trunk.reference_missing",
        ),
    ] {
        let refused = world.patch(&path, None, &json!({ "settings": settings })).await;
        let fault = &refused.body["errors"][0];
        assert_eq!((&fault["field"], &fault["code"]), (&json!(field), &json!(code)), "{}", refused.text);
        assert_eq!(refused.status.as_u16(), 422);
    }
    let last = json!({ "settings": { "failover_response_codes": [500], "dtmf": "info" } });
    world.patch(&path, None, &last).await;
    let back = world.patch(&path, None, &json!({ "settings": { "failover_response_codes": null } })).await;
    assert_eq!(back.body["settings"]["failover_response_codes"], json!([408, 503, 504]), "{}", back.text);
    assert_eq!(back.body["settings"]["dtmf"], "info");
}

#[tokio::test]
async fn a_site_gives_policies_to_phones_there_and_stays_while_it_does() {
    let world = world().await;
    made(&world, "/tenants/demo/sites", json!({ "name": "Boston" })).await;
    let policies = "/tenants/demo/policies/emergency_calling";
    made(&world, policies, json!({ "name": "Desk" })).await;
    made(&world, policies, json!({ "name": "Own" })).await;
    given(&world, "emergency_calling", "Own", json!({ "users": ["101"] })).await;
    given(&world, "emergency_calling", "Desk", json!({ "sites": ["boston"] })).await;
    let holds = async |query: &str| {
        let held = world.read(&format!("/tenants/demo/users/101/policies{query}")).await;
        let items = held["items"].as_array().unwrap().clone();
        items.into_iter().find(|it| it["type"] == "emergency_calling").unwrap()
    };
    assert_eq!(holds("").await["name"], "Own");
    let there = holds("?site=Boston").await;
    assert_eq!(
        (&there["name"], &there["source"], &there["others"][0]["name"]),
        (&json!("Desk"), &json!("site"), &json!("Own"))
    );
    world.patch("/tenants/demo/users/101", None, &json!({ "site": "Boston" })).await;
    assert_eq!(holds("").await["name"], "Desk", "where the person works");
    world.patch("/tenants/demo/users/101", None, &json!({ "site": null })).await;
    let refused = world.delete("/tenants/demo/sites/Boston", None).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.body["code"]),
        (409, &json!("site.has_policies")),
        "{}",
        refused.text
    );
    let list = world.read(&format!("{policies}/Desk/assignments")).await;
    assert_eq!((&list["items"][0]["holder"], &list["items"][0]["name"]), (&json!("site"), &json!("Boston")));
    let not_for = world.post_json("/tenants/demo/policies/calling", &json!({ "name": "C" })).await;
    assert_eq!(not_for.status.as_u16(), 201);
    let path = "/tenants/demo/policies/calling/C/assign";
    let refused = world.post_json(path, &json!({ "sites": ["Boston"] })).await;
    assert_eq!(refused.body["code"], "policy.not_for_holder");
    let standing = json!({ "name": "there", "host": "x.example", "settings": { "site": "Boston" } });
    let standing = made(&world, TRUNKS, standing).await["id"].as_str().unwrap().to_owned();
    let taken = world.post_json(&format!("{policies}/Desk/unassign"), &json!({ "sites": ["Boston"] })).await;
    assert_eq!(taken.body["unassigned"], 1, "{}", taken.text);
    let refused = world.delete("/tenants/demo/sites/Boston", None).await;
    assert_in_use(&refused, "site.in_use", "Boston is used by the trunk there");
    assert_eq!(world.delete(&format!("{TRUNKS}/{standing}"), None).await.status.as_u16(), 204);
    assert_eq!(world.delete("/tenants/demo/sites/Boston", None).await.status.as_u16(), 204);
}

fn assert_in_use(reply: &Reply, code: &str, detail: &str) {
    assert_eq!((reply.status.as_u16(), &reply.body["code"]), (409, &json!(code)), "{}", reply.text);
    assert_eq!(reply.body["detail"], detail);
    assert!(!reply.body["fix"].as_str().unwrap().is_empty());
}

async fn made(world: &World, list: &str, body: Value) -> Value {
    let reply = world.post_json(list, &body).await;
    assert_eq!(reply.status.as_u16(), 201, "{list}: {}", reply.text);
    reply.body
}

async fn given(world: &World, kind: &str, policy: &str, holders: Value) {
    let reply = world.post_json(&format!("/tenants/demo/policies/{kind}/{policy}/assign"), &holders).await;
    assert_eq!(reply.status.as_u16(), 204, "{}", reply.text);
}

async fn tested(world: &World, test: Value) -> Value {
    let reply = world.post_json(&format!("{ROUTES}/test"), &test).await;
    assert_eq!(reply.status.as_u16(), 200, "{}", reply.text);
    reply.body
}

#[tokio::test]
async fn how_trunks_do_is_told_by_name_and_what_is_down_is_explained_last() {
    let trunk = Arc::new(Mutex::new(None));
    let known = trunk.clone();
    let world = world_with(Box::new(move |command| match command {
        Command::ListTrunks { .. } => {
            let id = known.lock().unwrap().unwrap_or_default();
            Answer::Trunks(vec![view::Trunk {
                id: TrunkId(id),
                state: view::TrunkState::Demoted,
                since: "2026-03-02T15:00:00Z".parse().unwrap(),
                heard_at: None,
                registered: None,
                rests_until: None,
                is_tried_last: true,
                n_calls: 3,
                n_calls_max: Some(10),
            }])
        }
        other => quiet(other),
    }))
    .await;
    *trunk.lock().unwrap() = Some(world.id_of("trunks", "demo-carrier").await.parse::<Uuid>().unwrap());
    let health = world.read(&format!("{TRUNKS}/health")).await;
    let one = &health["items"][0];
    assert_eq!(
        (&one["name"], &one["state"], &one["tried_last"]),
        (&json!("demo-carrier"), &json!("demoted"), &json!(true))
    );
    made(&world, TRUNKS, json!({ "name": "second", "host": "127.0.0.1", "port": 5094 })).await;
    let explain = |at: Value, assume: Value| json!({ "from": "101", "to": "+12065550100", "at": at, "assume": assume });
    let first = async |body: Value| {
        let told = world.post_json("/tenants/demo/explain", &body).await;
        told.body["end"]["attempts"][0]["trunk"].as_str().unwrap().to_owned()
    };
    assert_eq!(first(explain(Value::Null, json!({}))).await, "second", "as it is now");
    assert_eq!(first(explain(json!("2030-01-01T00:00:00Z"), json!({}))).await, "demo-carrier", "nobody knows then");
    assert_eq!(first(explain(Value::Null, json!({ "trunk.demo-carrier": "up" }))).await, "demo-carrier");
}
