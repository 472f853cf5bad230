//! Numbers: added, given, taken, blocked, given back, and what the switch makes of it.

use jiff::{SignedDuration, Timestamp};
use phone::access::BuiltIn;
use phone::numbers::E164;
use serde_json::{Value, json};
use store::Scope;

use super::world::{Reply, World, send, world};
use server::admin::numbers::free_held_numbers;

const OWN: &str = "+12065550142";

#[tokio::test]
async fn numbers_of_an_own_carrier_have_extensions_and_others_none() {
    let world = world().await;
    let upload = json!({ "numbers": ["+1 206 555 0177;ext=012", "+12065550177;ext=13"], "kind": "user" });
    let added = world.post_json("/tenants/demo/numbers", &upload).await;
    assert_eq!((added.status.as_u16(), &added.body["added"]), (201, &json!(2)), "{}", added.text);
    let path = "/tenants/demo/numbers/+12065550177;ext=012";
    assert_eq!(world.read(path).await["number"], "+12065550177;ext=012");
    assert_eq!(world.get("/tenants/demo/numbers/+12065550177").await.status.as_u16(), 404);
    let assigned = world.post_json(&format!("{path}/assign"), &json!({ "type": "user", "id": "101" })).await;
    assert_eq!((assigned.status.as_u16(), &assigned.body["category"]), (200, &json!("alternate")), "{}", assigned.text);
    world
        .switch_has(|tenant| {
            let trunk = tenant.outbound_trunks[0];
            let held = |called: &str| tenant.held_number(trunk, called).map(|number| number.assignee.is_some());
            let of_tel = (held("+12065550177;ext=012"), held("2065550177;ext=012"));
            of_tel == (Some(true), Some(true))
                && held("+12065550177;ext=13") == Some(false)
                && held("+12065550177").is_none()
        })
        .await;
    assert_eq!(world.read("/tenants/demo/users/101").await["numbers"], json!(["+12065550177;ext=012", "+14255550101"]));
    let codes = async |body: Value| {
        let refused = world.post_json("/tenants/demo/numbers", &body).await;
        assert_eq!(refused.status.as_u16(), 422, "{}", refused.text);
        refused.body["code"].clone()
    };
    let of_plan = json!({ "numbers": ["+12065550178;ext=1"], "kind": "user", "source": "calling_plan" });
    assert_eq!(codes(of_plan).await, "number.extension_not_direct");
    let long = json!({ "numbers": ["+12065550178;ext=1234567890123456"], "kind": "user" });
    assert_eq!(codes(long).await, "numbers.refused");
    let again = json!({ "numbers": ["+12065550177;ext=13"], "kind": "user" });
    assert_eq!(codes(again).await, "numbers.refused");
}

#[tokio::test]
async fn own_numbers_are_added_assigned_and_reach_the_person_at_once() {
    let world = world().await;
    let range = json!({ "first": "+1 206 555 0140", "last": "+1 206 555 0149" });
    let added = upload(&world, json!([range, "442079460000"]), "user").await;
    assert_eq!((added.status.as_u16(), &added.body), (201, &json!({ "added": 11 })), "{}", added.text);
    let fresh = world.read(&format!("/tenants/demo/numbers/{OWN}")).await;
    assert_eq!((&fresh["state"], &fresh["source"]), (&json!("unassigned"), &json!("direct_routing")));

    let assigned = assign_to_user(&world, OWN, "102").await;
    assert_eq!((assigned.status.as_u16(), &assigned.body["state"]), (200, &json!("assigned")), "{}", assigned.text);
    assert_eq!(assigned.body["assignee"]["display_name"], "Bob Brown");
    let number = E164::parse(OWN).unwrap();
    let is_bobs =
        |tenant: &phone::directory::Tenant| tenant.numbers.get(&number).is_some_and(|number| number.assignee.is_some());
    world.switch_has(is_bobs).await;
    assert!(fresh["assigned_at"].is_null() && assigned.body["assigned_at"].is_string(), "{}", assigned.text);
    let taken = act(&world, OWN, "unassign", json!({})).await;
    assert_eq!((taken.status.as_u16(), &taken.body["state"]), (200, &json!("unassigned")), "{}", taken.text);
    world.switch_has(|tenant| !is_bobs(tenant)).await;
    let path = format!("/tenants/demo/numbers/{OWN}");
    let said = world.patch(&path, None, &json!({ "country": "US", "city": "Seattle", "region": "US-WA" })).await;
    assert_eq!([&said.body["city"], &said.body["assigned_at"]], [&json!("Seattle"), &Value::Null], "{}", said.text);
    let wrong = world.patch(&path, None, &json!({ "region": "CA-BC" })).await;
    assert_eq!((wrong.status.as_u16(), &wrong.body["code"]), (422, &json!("number.region_malformed")));
    for (query, n) in [("state=blocked", 0), ("state=unassigned", 11), ("state=unassigned&source=operator", 0)] {
        let found = world.read(&format!("/tenants/demo/numbers?limit=1000&{query}")).await;
        assert_eq!(found["items"].as_array().unwrap().len(), n, "{query}");
    }
    let found = world.read("/tenants/demo/numbers?digits=206555014&assigned=false&limit=1000").await;
    assert_eq!(found["items"].as_array().unwrap().len(), 10);
}

#[tokio::test]
async fn an_upload_adds_all_or_nothing_and_names_what_is_wrong() {
    let world = world().await;
    let wrong = upload(&world, json!(["+12065550199", "tel:+1", { "first": "+3", "last": "+2" }]), "user").await;
    assert_eq!((wrong.status.as_u16(), &wrong.body["code"]), (422, &json!("numbers.refused")));
    assert_eq!(codes(&wrong), [("numbers[1]", "number.invalid"), ("numbers[2]", "number.range_backwards")]);
    let held = upload(&world, json!(["+12065550199", "+14255550101"]), "user").await;
    assert_eq!(codes(&held), [("numbers", "number.duplicate")]);

    let other = world.token_of_other_tenant(BuiltIn::Administrator).await;
    let body = json!({ "numbers": ["+14255550101", "+12065550199"], "kind": "user" });
    let post = world.request(reqwest::Method::POST, "/tenants/other/numbers").bearer_auth(other).json(&body);
    let theirs = send(post).await;
    assert_eq!(codes(&theirs), [("numbers", "number.owned_by_another_tenant")]);
    assert!(!theirs.text.contains("demo") && !theirs.text.contains("Alice"), "{}", theirs.text);
    assert_eq!(world.get("/tenants/demo/numbers/+12065550199").await.status.as_u16(), 404);
}

#[tokio::test]
async fn each_rule_of_assigning_is_a_code_with_a_fix() {
    let world = world().await;
    upload(&world, json!([OWN]), "user").await;
    let table = [
        (OWN, "104", 422, "number.lacks_license"),
        ("+14255550101", "102", 409, "number.already_assigned"),
        ("+14255550110", "102", 409, "number.already_assigned"),
        ("+19995550100", "102", 404, "not_found"),
        (OWN, "999", 404, "not_found"),
    ];
    for (number, user, status, code) in table {
        let refused = assign_to_user(&world, number, user).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (status, &json!(code)), "{}", refused.text);
        assert!(status == 404 || refused.body["fix"].is_string(), "{}", refused.text);
    }
    let owner = assign_to_user(&world, "+14255550101", "102").await;
    assert!(owner.body["detail"].as_str().unwrap().contains("Alice Adams"), "{}", owner.text);
    let menu = world.id_of("resource-accounts", "Main menu").await;
    let to_service = json!({ "type": "resource_account", "id": menu });
    let refused = act(&world, OWN, "assign", to_service).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!("number.capability_missing")));
    let free = world.read(&format!("/tenants/demo/numbers/{OWN}")).await;
    assert_eq!(free["assignee"], Value::Null);
}

#[tokio::test]
async fn a_blocked_number_goes_to_nobody_and_an_assigned_one_is_not_given_back() {
    let world = world().await;
    let alice = "+14255550101";
    let in_use = world.delete(&format!("/tenants/demo/numbers/{alice}"), None).await;
    assert_eq!((in_use.status.as_u16(), &in_use.body["code"]), (409, &json!("number.in_use")));
    let taken = act(&world, alice, "unassign", json!({ "block_days": 30 })).await;
    assert_eq!((&taken.body["state"], taken.body["blocked_until"].is_string()), (&json!("blocked"), true));
    let refused = assign_to_user(&world, alice, "102").await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("number.assignment_blocked")));
    let twice = act(&world, alice, "block", json!({ "days": 3 })).await;
    assert_eq!((twice.status.as_u16(), &twice.body["code"]), (409, &json!("number.block_exists")));
    assert_eq!(act(&world, alice, "unblock", json!({})).await.body["state"], "unassigned");
    let days = act(&world, alice, "block", json!({ "days": 366 })).await;
    assert_eq!((days.status.as_u16(), &days.body["code"]), (422, &json!("number.days_out_of_range")));
    let forever = act(&world, alice, "block", json!({})).await;
    assert_eq!((&forever.body["state"], &forever.body["blocked_forever"]), (&json!("blocked"), &json!(true)));

    assert_eq!(world.delete(&format!("/tenants/demo/numbers/{alice}"), None).await.status.as_u16(), 204);
    assert_eq!(world.get(&format!("/tenants/demo/numbers/{alice}")).await.status.as_u16(), 404);
    world.switch_has(|tenant| !tenant.numbers.contains_key(&E164::parse(alice).unwrap())).await;
    let history = world.read(&format!("/tenants/demo/numbers/{alice}/history")).await;
    let actions: Vec<_> = history["items"].as_array().unwrap().iter().map(|event| &event["action"]).collect();
    assert_eq!(actions, ["delete", "update", "update", "update", "create"]);
}

#[tokio::test]
async fn a_number_waits_thirty_days_for_a_license_and_is_free_then() {
    let world = world().await;
    let (alice, bob) = ("+14255550101", "+14255550102");
    let plan = json!({ "users": ["101", "102"], "plans": ["MCOPSTN1"] });
    let taken = world.post_json("/tenants/demo/licenses/unassign", &plan).await;
    assert_eq!(taken.status.as_u16(), 200, "{}", taken.text);
    let kept = world.read(&format!("/tenants/demo/numbers/{alice}")).await;
    assert_eq!((&kept["state"], &kept["assignee"]["display_name"]), (&json!("held"), &json!("Alice Adams")));
    let number = E164::parse(alice).unwrap();
    let tenant = world.switch_has(|tenant| tenant.numbers[&number].held_until.is_some()).await;
    let trunk = *tenant.trunks.keys().next().unwrap();
    let refused = tenant.inbound(trunk, alice, "+12125551234");
    assert_eq!(refused.decision, Err(phone::directory::Refusal::NotLicensed), "{:?}", refused.reasons);

    let again = json!({ "users": ["102"], "plans": ["MCOPSTN1"] });
    world.post_json("/tenants/demo/licenses/assign", &again).await;
    let now = Timestamp::now();
    assert_eq!(free_held_numbers(&world.store, now + SignedDuration::from_hours(29 * 24)).await.unwrap(), 0);
    assert_eq!(free_held_numbers(&world.store, now + SignedDuration::from_hours(31 * 24)).await.unwrap(), 1);
    assert_eq!(world.read(&format!("/tenants/demo/numbers/{alice}")).await["state"], "unassigned");
    assert_eq!(world.read(&format!("/tenants/demo/numbers/{bob}")).await["state"], "assigned");
}

#[tokio::test]
async fn a_held_number_is_back_when_licenses_are_enforced_no_more() {
    let world = world().await;
    let plans = json!({ "users": ["101"], "plans": ["MCOEV", "MCOPSTN1"] });
    world.post_json("/tenants/demo/licenses/unassign", &plans).await;
    let state = async || world.read("/tenants/demo/numbers/+14255550101").await["state"].clone();
    assert_eq!(state().await, "held");
    world.patch("/tenants/demo", None, &json!({ "license_enforcement": "off" })).await;
    assert_eq!(state().await, "assigned");
    world.patch("/tenants/demo", None, &json!({ "license_enforcement": "block" })).await;
    assert_eq!(state().await, "held");
    assert_eq!(world.read("/tenants/demo/numbers/+14255550102").await["state"], "assigned");
}

#[tokio::test]
async fn a_swap_of_plans_keeps_the_number() {
    let world = world().await;
    let swap = json!({ "users": ["101"], "plans": ["MCOTEAMS_ESSENTIALS"], "replaces": ["MCOEV", "MCOPSTN1"] });
    world.put("/tenants/demo/licenses/MCOTEAMS_ESSENTIALS", None, &json!({ "seats": 1 })).await;
    let swapped = world.post_json("/tenants/demo/licenses/assign", &swap).await;
    assert_eq!(swapped.status.as_u16(), 200, "{}", swapped.text);
    let number = world.read("/tenants/demo/numbers/+14255550101").await;
    assert_eq!((&number["state"], &number["held_until"]), (&json!("assigned"), &Value::Null));
}

#[tokio::test]
async fn numbers_of_the_platforms_carriers_come_from_who_runs_the_server() {
    let world = world().await;
    world.add_token("customer", Scope::Tenant(world.tenant), BuiltIn::Administrator).await;
    let body = json!({ "numbers": [OWN], "kind": "user", "source": "calling_plan" });
    let post = || world.request(reqwest::Method::POST, "/tenants/demo/numbers").json(&body);
    assert_eq!(send(post().bearer_auth("customer")).await.status.as_u16(), 403);
    assert_eq!(world.post_json("/tenants/demo/numbers", &body).await.status.as_u16(), 201);
    world.patch("/tenants/demo/users/102", None, &json!({ "country": "DE" })).await;
    let primary = json!({ "type": "user", "id": "102", "category": "primary" });
    let refused = act(&world, OWN, "assign", primary).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!("number.country_mismatch")));
    let alternate = assign_to_user(&world, OWN, "102").await;
    assert_eq!(alternate.body["category"], "alternate", "{}", alternate.text);
}

#[tokio::test]
async fn what_a_number_is_for_changes_as_long_as_nobody_has_it() {
    let world = world().await;
    upload(&world, json!([OWN]), "user").await;
    let path = format!("/tenants/demo/numbers/{OWN}");
    let change = async |kind: &str| world.patch(&path, None, &json!({ "kind": kind })).await;
    let service = change("service_toll").await;
    assert_eq!((service.status.as_u16(), &service.body["kind"]), (200, &json!("service_toll")), "{}", service.text);
    let menu = world.id_of("resource-accounts", "Main menu").await;
    let assigned = act(&world, OWN, "assign", json!({ "type": "resource_account", "id": menu })).await;
    assert_eq!(assigned.status.as_u16(), 200, "{}", assigned.text);
    for (kind, status, code) in [("user", 409, "number.in_use"), ("service_toll_free", 422, "number.kind_fixed")] {
        let refused = change(kind).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (status, &json!(code)), "{}", refused.text);
        assert!(refused.body["fix"].is_string());
    }
    // One of the platform's is within the quota of what it becomes.
    let plan = json!({ "numbers": ["+12065550198", "+12065550199"], "kind": "user", "source": "calling_plan" });
    world.post_json("/tenants/demo/numbers", &plan).await;
    world.put("/tenants/demo/number-quotas/service_toll", None, &json!({ "limit": 1 })).await;
    let change = async |number: &str| {
        world.patch(&format!("/tenants/demo/numbers/{number}"), None, &json!({ "kind": "service_toll" })).await
    };
    let first = change("+12065550198").await;
    assert_eq!(first.body["kind"], "service_toll", "{}", first.text);
    let refused = change("+12065550199").await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("quota_exceeded")), "{}", refused.text);
    world.put("/tenants/demo/number-quotas/service_toll", None, &json!({ "limit": 0 })).await;
    assert_eq!(change("+12065550199").await.body["kind"], "service_toll");
}

#[tokio::test]
async fn what_a_policy_keeps_for_emergency_services_is_neither_given_nor_given_back() {
    let world = world().await;
    let of_plan = json!({ "numbers": ["+12065550143"], "kind": "user", "source": "calling_plan" });
    assert_eq!(world.post_json("/tenants/demo/numbers", &of_plan).await.status.as_u16(), 201);
    upload(&world, json!([OWN, "+442079460000"]), "user").await;
    let menu = world.id_of("resource-accounts", "Main menu").await;
    let policy = json!({ "name": "Lobby", "settings": { "resource_account": menu, "emergency_numbers": [OWN] } });
    let made = world.post_json("/tenants/demo/policies/shared_calling", &policy).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    for (number, code) in [
        ("+12065550143", "policy.callback_invalid"),
        ("+442079460000", "policy.callback_invalid"),
        ("+14255550101", "policy.callback_assigned"),
        (OWN, "policy.callback_kept"),
        ("+12065550999", "policy.reference_missing"),
    ] {
        let settings = json!({ "resource_account": menu, "emergency_numbers": [number] });
        let other = json!({ "name": "Other", "settings": settings });
        let refused = world.post_json("/tenants/demo/policies/shared_calling", &other).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!(code)), "{}", refused.text);
        assert_eq!(codes(&refused), [("settings.emergency_numbers[0]", code)]);
    }
    let path = format!("/tenants/demo/numbers/{OWN}");
    let many = json!({ "numbers": [OWN] });
    for refused in [
        assign_to_user(&world, OWN, "102").await,
        world.delete(&path, None).await,
        world.patch(&path, None, &json!({ "kind": "service_toll" })).await,
    ] {
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("number.in_use_by_policy")));
        assert!(refused.text.contains("Lobby") && refused.body["fix"].is_string(), "{}", refused.text);
    }
    let refused = world.post_json("/tenants/demo/numbers/release", &many).await;
    assert_eq!((refused.status.as_u16(), codes(&refused)), (422, vec![("numbers", "number.in_use_by_policy")]));
    let none = json!({ "settings": { "emergency_numbers": [] } });
    let free = world.patch("/tenants/demo/policies/shared_calling/Lobby", None, &none).await;
    assert_eq!(free.status.as_u16(), 200, "{}", free.text);
    assert_eq!(world.delete(&path, None).await.status.as_u16(), 204);
}

#[tokio::test]
async fn many_numbers_are_taken_and_given_again_and_given_back_all_or_none() {
    let world = world().await;
    somebody_with_own(&world).await;
    let range = json!({ "first": "+14255550101", "last": "+14255550103" });
    let tried =
        world.post_json("/tenants/demo/numbers/unassign", &json!({ "numbers": [range], "dry_run": true })).await;
    assert_eq!((tried.status.as_u16(), &tried.body["done"]), (200, &json!(3)), "{}", tried.text);
    let state = async |number: &str| world.read(&format!("/tenants/demo/numbers/{number}")).await["state"].clone();
    assert_eq!(state("+14255550101").await, "assigned");

    // As long as anybody has one of them, none is given back.
    let refused =
        world.post_json("/tenants/demo/numbers/release", &json!({ "numbers": [range, OWN, "+14255550199"] })).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!("numbers.refused")));
    assert_eq!(codes(&refused).len(), 5, "{}", refused.text);

    world.patch("/tenants/demo", None, &json!({ "number_block": { "type": "days", "days": 7 } })).await;
    let taken =
        world.post_json("/tenants/demo/numbers/unassign", &json!({ "numbers": [range, OWN, "+14255550199"] })).await;
    let taken = world.finished(&taken.body).await;
    assert_eq!(
        (&taken["kind"], &taken["done"], &taken["failed"]),
        (&json!("number_unassign"), &json!(4), &json!(1)),
        "{taken}"
    );
    assert_eq!(taken["errors"][0]["code"], "number.not_found");
    assert_eq!(state("+14255550101").await, "blocked");
    world.delete("/tenants/demo/users/777", None).await;
    let undo = world.post(&format!("/tenants/demo/orders/{}/undo", taken["id"].as_str().unwrap())).await;
    let undone = world.finished(&undo.body).await;
    assert_eq!((&undone["done"], &undone["failed"]), (&json!(3), &json!(1)), "{undone}");
    assert_eq!(undone["errors"][0]["code"], "number.assignee_unknown", "who had it is gone");
    assert_eq!((state("+14255550101").await, state(OWN).await), (json!("assigned"), json!("blocked")));

    let given_back = world.post_json("/tenants/demo/numbers/release", &json!({ "numbers": [OWN] })).await;
    let given_back = world.finished(&given_back.body).await;
    assert_eq!((&given_back["kind"], &given_back["state"]), (&json!("number_release"), &json!("succeeded")));
    assert_eq!(world.get(&format!("/tenants/demo/numbers/{OWN}")).await.status.as_u16(), 404);
    let undo = world.post(&format!("/tenants/demo/orders/{}/undo", given_back["id"].as_str().unwrap())).await;
    let undone = world.finished(&undo.body).await;
    assert_eq!((&undone["done"], &undone["failed"]), (&json!(1), &json!(0)), "{undone}");
    assert_eq!(state(OWN).await, "blocked", "it is as it was when it was given back, with nobody to have it");
    let why = results(&world, &undone).await[0]["unassigned_because"]["code"].clone();
    assert_eq!(why, "number.assignee_gone");
    let again = world.post(&format!("/tenants/demo/orders/{}/undo", given_back["id"].as_str().unwrap())).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (409, &json!("order.undone")));
}

#[tokio::test]
async fn many_numbers_that_were_given_back_by_mistake_come_back_to_who_had_them() {
    let world = world().await;
    let range = json!({ "numbers": [{ "first": "+12065550140", "last": "+12065550142" }] });
    let added = json!({ "numbers": ["+12065550140", "+12065550141", "+12065550142"], "kind": "user" });
    assert_eq!(world.post_json("/tenants/demo/numbers", &added).await.status.as_u16(), 201);
    for (number, who) in [("+12065550140", "101"), ("+12065550141", "102"), ("+12065550142", "103")] {
        assert_eq!(assign_to_user(&world, number, who).await.status.as_u16(), 200);
    }
    let taken = world.post_json("/tenants/demo/numbers/unassign", &range).await;
    world.finished(&taken.body).await;
    let given_back = world.finished(&world.post_json("/tenants/demo/numbers/release", &range).await.body).await;
    assert_eq!(given_back["done"], 3, "{given_back}");
    // One of them is there anew: what somebody did since stays.
    let added = world.post_json("/tenants/demo/numbers", &json!({ "numbers": ["+12065550141"], "kind": "user" })).await;
    assert!(added.status.is_success(), "{}", added.text);
    let undo = world.post(&format!("/tenants/demo/orders/{}/undo", given_back["id"].as_str().unwrap())).await;
    let undone = world.finished(&undo.body).await;
    assert_eq!((&undone["done"], &undone["failed"]), (&json!(2), &json!(1)), "{undone}");
    assert_eq!(undone["errors"][0]["code"], "number.not_released");
    for (number, who) in [("+12065550140", "Alice Adams"), ("+12065550142", "Carol Chen")] {
        let back = world.read(&format!("/tenants/demo/numbers/{number}")).await;
        assert_eq!((&back["state"], &back["assignee"]["display_name"]), (&json!("assigned"), &json!(who)), "{back}");
    }
    let results = results(&world, &undone).await;
    assert_eq!((&results[0]["assigned"], &results[0]["unassigned_because"]), (&json!(true), &Value::Null));
}

async fn results(world: &World, order: &Value) -> Vec<Value> {
    let lines = world.read(&format!("/tenants/demo/orders/{}/lines", order["id"].as_str().unwrap())).await;
    lines["items"].as_array().unwrap().iter().map(|line| line["result"].clone()).collect()
}

#[tokio::test]
async fn a_number_that_is_taken_rests_as_the_organization_says_unless_the_request_does() {
    let world = world().await;
    let wrong = world.patch("/tenants/demo", None, &json!({ "number_block": { "type": "days", "days": 366 } })).await;
    assert_eq!((wrong.status.as_u16(), &wrong.body["errors"][0]["code"]), (422, &json!("number.days_out_of_range")));
    let set = world.patch("/tenants/demo", None, &json!({ "number_block": { "type": "forever" } })).await;
    assert_eq!(set.body["number_block"], json!({ "type": "forever" }), "{}", set.text);
    let alice = act(&world, "+14255550101", "unassign", json!({})).await;
    assert_eq!(alice.body["blocked_forever"], true, "{}", alice.text);
    let bob = act(&world, "+14255550102", "unassign", json!({ "block_days": 0 })).await;
    assert_eq!(bob.body["state"], "unassigned", "{}", bob.text);
    somebody_with_own(&world).await;
    assert!(world.delete("/tenants/demo/users/777", None).await.status.is_success());
    assert_eq!(world.read(&format!("/tenants/demo/numbers/{OWN}")).await["blocked_forever"], true);
    world.patch("/tenants/demo", None, &json!({ "number_block": null })).await;
    assert_eq!(world.read("/tenants/demo").await["number_block"], Value::Null);
}

#[tokio::test]
async fn who_takes_a_license_is_told_of_numbers_that_reach_nobody_and_may_try_it_first() {
    let world = world().await;
    let take = async |dry_run: bool| {
        let body = json!({ "users": ["101"], "plans": ["MCOPSTN1"], "dry_run": dry_run });
        world.post_json("/tenants/demo/licenses/unassign", &body).await
    };
    for (dry_run, after) in [(true, "assigned"), (false, "held")] {
        let told = take(dry_run).await;
        assert_eq!(
            (told.status.as_u16(), &told.body["users"][0]["licenses"]),
            (200, &json!(["MCOEV"])),
            "{}",
            told.text
        );
        assert!(told.body["warnings"][0].as_str().unwrap().contains("+14255550101"), "{}", told.text);
        assert_eq!(world.read("/tenants/demo/numbers/+14255550101").await["state"], after);
    }
    let again = take(false).await;
    assert_eq!(again.body["warnings"], json!([]), "it is kept already: {}", again.text);
}

/// A person whom nothing names, with a number.
async fn somebody_with_own(world: &World) {
    world.add_people(&["777".to_owned()]).await;
    world.post_json("/tenants/demo/licenses/assign", &json!({ "users": ["777"], "plans": ["MCOEV"] })).await;
    upload(world, json!([OWN]), "user").await;
    let assigned = assign_to_user(world, OWN, "777").await;
    assert_eq!(assigned.status.as_u16(), 200, "{}", assigned.text);
}

async fn upload(world: &World, numbers: Value, kind: &str) -> Reply {
    world.post_json("/tenants/demo/numbers", &json!({ "numbers": numbers, "kind": kind })).await
}

async fn assign_to_user(world: &World, number: &str, user: &str) -> Reply {
    act(world, number, "assign", json!({ "type": "user", "id": user })).await
}

async fn act(world: &World, number: &str, verb: &str, body: Value) -> Reply {
    world.post_json(&format!("/tenants/demo/numbers/{number}/{verb}"), &body).await
}

fn codes(reply: &Reply) -> Vec<(&str, &str)> {
    let errors = reply.body["errors"].as_array().unwrap();
    errors.iter().map(|error| (error["field"].as_str().unwrap(), error["code"].as_str().unwrap())).collect()
}
