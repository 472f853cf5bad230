//! Packages of policies: made, given with a preview, taken, and remembered.

use phone::id::UserId;
use serde_json::{Value, json};

use super::world::{Reply, World, world};

const PACKAGES: &str = "/tenants/demo/policy-packages";

#[tokio::test]
async fn packages_come_with_the_program_and_their_policies_are_made_when_somebody_is_given_them() {
    let world = world().await;
    let listed = world.read(PACKAGES).await;
    let ids: Vec<&str> = listed["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    let expected = [
        "education_student",
        "education_teacher",
        "frontline_manager",
        "frontline_worker",
        "healthcare_worker",
        "office_worker",
        "public_safety",
    ];
    assert_eq!(ids, expected);
    let student = world.read(&format!("{PACKAGES}/student")).await;
    assert_eq!((&student["id"], &student["built_in"]), (&json!("education_student"), &json!(true)));
    let dial_out = of_type(&student["policies"], "dial_out");
    assert_eq!((&dial_out["policy"], &dial_out["settings"]), (&Value::Null, &json!({ "user": "none" })));

    let tried = give(&world, "education_student", true, json!({ "users": ["101"] })).await;
    assert_eq!((tried.status.as_u16(), &tried.body["dry_run"]), (200, &json!(true)), "{}", tried.text);
    assert_eq!(
        (&tried.body["people"], &tried.body["changes"], &tried.body["stays"]),
        (&json!(1), &json!(2), &json!(0))
    );
    let change = of_type(&tried.body["items"], "dial_out");
    assert_eq!(
        (&change["from"]["name"], &change["to"]["name"]),
        (&json!("Global"), &json!("Student")),
        "{}",
        tried.text
    );
    assert_eq!((&change["outcome"], &change["extension"]), (&json!("changes"), &json!("101")));
    let untouched = world.get("/tenants/demo/policies/dial_out/Student").await;
    assert_eq!(untouched.status.as_u16(), 404, "nothing is left of what was tried: {}", untouched.text);
    assert_eq!(holds(&world, "101", "dial_out").await, "Global");

    let given = give(&world, "education_student", false, json!({ "users": ["101"] })).await;
    assert_eq!((given.status.as_u16(), &given.body["changes"]), (200, &json!(2)), "{}", given.text);
    assert_eq!(holds(&world, "101", "dial_out").await, "Student");
    assert_eq!(holds(&world, "101", "calling").await, "Student");
    let again = give(&world, "education_student", false, json!({ "users": ["101"] })).await;
    assert_eq!((&again.body["changes"], &again.body["same"], &again.body["items"]), (&json!(0), &json!(2), &json!([])));

    // Its policies are the organization's now, and whoever has the package has what is changed of them.
    let changed = json!({ "settings": { "user": "domestic" } });
    let changed = world.patch("/tenants/demo/policies/dial_out/Student", None, &changed).await;
    assert_eq!(changed.status.as_u16(), 200, "{}", changed.text);
    let alice = UserId(world.id_of("users", "Alice Adams").await.parse().unwrap());
    world
        .switch_has(|tenant| {
            let holder = phone::policies::Holder::person(alice);
            tenant.held(holder).dial_out.user == phone::policies::dial_out::UserDialOut::Domestic
        })
        .await;
    let refused = world.delete(&format!("{PACKAGES}/education_student"), None).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("policy_package.built_in")));
    let refused = world.patch(&format!("{PACKAGES}/student"), None, &json!({ "name": "Ours" })).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("policy_package.built_in")));
}

#[tokio::test]
async fn an_own_package_is_made_of_policies_that_are_there() {
    let world = world().await;
    policy(&world, "calling", "Night", json!({ "allow_delegation": false })).await;
    let body =
        json!({ "name": "Night shift", "policies": { "calling": "night", "dial_out": "DialoutCPCandPSTNDomestic" } });
    let made = world.post_json(PACKAGES, &body).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    assert_eq!(of_type(&made.body["policies"], "calling")["name"], "Night");
    assert_eq!(of_type(&made.body["policies"], "dial_out")["name"], "DialoutCPCandPSTNDomestic");
    for (body, status, code, field) in [
        (json!({ "name": "night SHIFT", "policies": { "calling": "Night" } }), 422, "name_taken", "name"),
        (json!({ "name": "Student", "policies": { "calling": "Night" } }), 422, "name_taken", "name"),
        (json!({ "name": "Other", "policies": {} }), 422, "policy_package.empty", "policies"),
        (
            json!({ "name": "Other", "policies": { "calling": "Day" } }),
            422,
            "policy.reference_missing",
            "policies.calling",
        ),
        (json!({ "name": "Other", "policies": { "colour": "Day" } }), 422, "policy.type_unknown", "policies.colour"),
        (json!({ "name": "Other", "policies": { "calling": "global" } }), 422, "policy.global_not_assigned", ""),
        (json!({ "name": "Other", "policies": { "network_roaming": "x" } }), 422, "policy.not_for_holder", ""),
    ] {
        let refused = world.post_json(PACKAGES, &body).await;
        assert_eq!(refused.status.as_u16(), status, "{body}: {}", refused.text);
        match field {
            "" => assert_eq!(refused.body["code"], code, "{}", refused.text),
            field => {
                let error = &refused.body["errors"][0];
                assert_eq!((&error["code"], &error["field"]), (&json!(code), &json!(field)), "{}", refused.text);
            }
        }
    }
    let path = format!("{PACKAGES}/Night%20shift");
    let kept = world.delete("/tenants/demo/policies/calling/Night", None).await;
    assert_eq!((kept.status.as_u16(), &kept.body["code"]), (409, &json!("policy.in_package")), "{}", kept.text);
    assert!(kept.body["detail"].as_str().unwrap().contains("Night shift"));
    let stale = world.patch(&path, Some("\"9\""), &json!({ "description": "x" })).await;
    assert_eq!(stale.status.as_u16(), 412, "{}", stale.text);
    let changed =
        json!({ "description": "Who works at night", "policies": { "dial_out": "dialoutcpcandpstndisabled" } });
    let changed = world.patch(&path, Some("\"1\""), &changed).await;
    assert_eq!((changed.status.as_u16(), changed.etag.as_deref()), (200, Some("\"2\"")), "{}", changed.text);
    assert_eq!(changed.body["policies"].as_array().unwrap().len(), 1);
    give(&world, "Night%20shift", false, json!({ "users": ["102"] })).await;
    let refused = world.delete(&path, None).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.body["code"]),
        (409, &json!("policy_package.in_use")),
        "{}",
        refused.text
    );
    let taken = world.post_json(&format!("{path}/unassign"), &json!({ "users": ["102"] })).await;
    assert_eq!(taken.body, json!({ "unassigned": 1, "types": { "dial_out": 1 } }));
    assert_eq!(world.delete(&path, None).await.status.as_u16(), 204);
    assert_eq!(world.delete("/tenants/demo/policies/calling/Night", None).await.status.as_u16(), 204);
    assert_eq!(world.get(&path).await.status.as_u16(), 404);
}

#[tokio::test]
async fn the_preview_says_for_each_person_what_changes_and_what_stays_and_why() {
    let world = world().await;
    desk(&world).await;
    policy(&world, "calling", "Own", json!({})).await;
    assign(&world, "calling", "Own", json!({ "users": ["101"] })).await;
    group(&world, "Sales", &["101", "102", "103"]).await;
    group(&world, "Early", &["103"]).await;
    policy(&world, "calling", "Early", json!({})).await;
    assign(&world, "calling", "Early", json!({ "groups": [{ "group": "Early" }] })).await;

    // People: what they have themselves is replaced, or kept if that is asked for.
    let tried = give(&world, "Desk", true, json!({ "users": ["101", "102"] })).await;
    let (alice, bob) = (&tried.body["items"][0], &tried.body["items"][1]);
    assert_eq!(
        (&alice["from"]["name"], &alice["to"]["name"], &alice["outcome"]),
        (&json!("Own"), &json!("Desk"), &json!("changes"))
    );
    assert_eq!(alice["reason"], "Own was assigned to the person: the package is in its place");
    assert_eq!((&bob["from"]["name"], &bob["outcome"]), (&json!("Global"), &json!("changes")));
    let tried = give(&world, "Desk", true, json!({ "users": ["101", "102"], "keep_direct": true })).await;
    let alice = &tried.body["items"][0];
    assert_eq!(
        (&alice["from"]["name"], &alice["to"]["name"], &alice["outcome"]),
        (&json!("Own"), &json!("Own"), &json!("kept"))
    );
    assert_eq!(alice["reason"], "Own stays: it is assigned to the person, which is to be kept");
    assert_eq!((&tried.body["changes"], &tried.body["stays"]), (&json!(1), &json!(1)));

    // A group: what people have themselves goes before it, and so does a group with a lower rank.
    let tried = give(&world, "Desk", true, json!({ "groups": [{ "group": "Sales" }] })).await;
    let told: Vec<_> = tried.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (&it["extension"], &it["to"]["name"], &it["outcome"]))
        .collect();
    let (own, desk, early) = (json!("Own"), json!("Desk"), json!("Early"));
    let (hidden, changes) = (json!("hidden"), json!("changes"));
    let (a, b, c) = (json!("101"), json!("102"), json!("103"));
    assert_eq!(told, [(&a, &own, &hidden), (&b, &desk, &changes), (&c, &early, &hidden)], "{}", tried.text);
    let words = "Early stays: it is assigned to the group Early, rank 1, which goes before what the package gives";
    assert_eq!(tried.body["items"][2]["reason"], words);
    let first = give(&world, "Desk", true, json!({ "groups": [{ "group": "Sales", "rank": 1 }] })).await;
    assert_eq!(first.body["items"][2]["to"]["name"], "Desk", "{}", first.text);

    // What was told comes true.
    let given = give(&world, "Desk", false, json!({ "groups": [{ "group": "Sales", "rank": 1 }] })).await;
    assert_eq!(given.body["items"], first.body["items"]);
    for item in given.body["items"].as_array().unwrap() {
        let extension = item["extension"].as_str().unwrap();
        assert_eq!(json!(holds(&world, extension, "calling").await), item["to"]["name"], "{extension}");
    }
    let kept = give(&world, "Desk", false, json!({ "users": ["101"], "keep_direct": true })).await;
    assert_eq!(kept.body["stays"], 1, "{}", kept.text);
    assert_eq!(holds(&world, "101", "calling").await, "Own");
}

#[tokio::test]
async fn an_assignment_remembers_the_package_and_only_that_is_taken_with_it() {
    let world = world().await;
    desk(&world).await;
    policy(&world, "calling", "Own", json!({})).await;
    assign(&world, "calling", "Own", json!({ "users": ["102"] })).await;
    group(&world, "Sales", &["103"]).await;
    give(&world, "Desk", false, json!({ "users": ["101", "102"], "groups": [{ "group": "Sales" }] })).await;
    let id = world.read(&format!("{PACKAGES}/Desk")).await["id"].clone();
    let holders = world.read("/tenants/demo/policies/calling/Desk/assignments").await;
    let sources: Vec<_> =
        holders["items"].as_array().unwrap().iter().map(|it| (&it["source"], &it["package"])).collect();
    assert_eq!(sources, [(&json!("package"), &id); 3], "{holders}");
    let of_package = world.read(&format!("{PACKAGES}/Desk/assignments?limit=2")).await;
    assert_eq!(of_package["items"].as_array().unwrap().len(), 2);
    assert_eq!(of_package["items"][0]["type"], "calling");
    assert!(of_package["next_cursor"].is_string());

    // The audit tells what each had before.
    let audit = world.read("/tenants/demo/audit?noun=policy_package").await;
    let told = &audit["items"][0];
    let bob = world.id_of("users", "Bob Brown").await;
    assert_eq!((&told["action"], &told["object"]), (&json!("assign"), &id), "{told}");
    let before = told["before"]["direct"]["calling"].as_object().unwrap().values().next().unwrap();
    assert_eq!(before, &json!([bob]), "{told}");
    let after = told["after"]["direct"]["calling"].as_object().unwrap().values().next().unwrap();
    assert_eq!(after.as_array().unwrap().len(), 2, "{told}");

    // What Bob is given otherwise since then is not the package's.
    assign(&world, "calling", "Own", json!({ "users": ["102"] })).await;
    let body = json!({ "users": ["101", "102"], "groups": [{ "group": "Sales" }] });
    let taken = world.post_json(&format!("{PACKAGES}/Desk/unassign"), &body).await;
    assert_eq!(taken.body, json!({ "unassigned": 2, "types": { "calling": 2 } }), "{}", taken.text);
    let held = [
        holds(&world, "101", "calling").await,
        holds(&world, "102", "calling").await,
        holds(&world, "103", "calling").await,
    ];
    assert_eq!(held, ["Global", "Own", "Global"]);
    let audit = world.read("/tenants/demo/audit?noun=policy_package").await;
    assert_eq!(audit["items"][0]["action"], "unassign");
}

#[tokio::test]
async fn a_package_is_given_to_all_or_to_none_and_not_to_groups_with_what_they_are_never_given() {
    let world = world().await;
    desk(&world).await;
    let refused = give(&world, "Desk", false, json!({ "users": ["101", "999"] })).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.body["errors"][0]["field"]),
        (422, &json!("users[1]")),
        "{}",
        refused.text
    );
    assert_eq!(holds(&world, "101", "calling").await, "Global");
    policy(&world, "voice_applications", "Lead", json!({})).await;
    let lead = json!({ "name": "Lead", "policies": { "calling": "Desk", "voice_applications": "Lead" } });
    assert_eq!(world.post_json(PACKAGES, &lead).await.status.as_u16(), 201);
    group(&world, "Sales", &["102"]).await;
    let refused = give(&world, "Lead", true, json!({ "groups": [{ "group": "Sales" }] })).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.body["code"]),
        (422, &json!("policy_package.not_for_groups")),
        "{}",
        refused.text
    );
    assert!(refused.body["detail"].as_str().unwrap().contains("voice_applications"));
    let many: Vec<String> = (0..5_001).map(|index| index.to_string()).collect();
    let refused = give(&world, "Desk", false, json!({ "users": many })).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!("too_many_items")));
    assert_eq!(give(&world, "nobody", true, json!({})).await.status.as_u16(), 404);
}

#[tokio::test]
async fn a_thousand_people_are_given_a_package_at_once_and_seen_page_by_page() {
    let world = world().await;
    desk(&world).await;
    let people: Vec<String> = (2_000..3_000).map(|extension| extension.to_string()).collect();
    world.add_people(&people).await;
    let given = give(&world, "Desk", false, json!({ "users": people })).await;
    assert_eq!((&given.body["people"], &given.body["changes"]), (&json!(1_000), &json!(1_000)), "{}", given.text);
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world.read(&format!("/tenants/demo/effective-policies/calling?limit=400{cursor}")).await;
        seen.extend(page["items"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 1_004);
    let by_package = seen.iter().filter(|it| it["name"] == "Desk" && it["source"] == "direct").count();
    assert_eq!(by_package, 1_000);
    group(&world, "Sales", &["101", "2000"]).await;
    let of_group = world.read("/tenants/demo/effective-policies/calling?group=sales").await;
    let of_group: Vec<_> =
        of_group["items"].as_array().unwrap().iter().map(|it| (&it["extension"], &it["name"])).collect();
    assert_eq!(of_group, [(&json!("101"), &json!("Global")), (&json!("2000"), &json!("Desk"))]);
}

#[tokio::test]
async fn policies_of_single_people_give_way_to_those_of_their_groups() {
    let world = world().await;
    for name in ["Same", "Other"] {
        policy(&world, "calling", name, json!({})).await;
    }
    group(&world, "Sales", &["101", "102", "103"]).await;
    assign(&world, "calling", "Same", json!({ "users": ["101"], "groups": [{ "group": "Sales" }] })).await;
    assign(&world, "calling", "Other", json!({ "users": ["102", "104"] })).await;
    const PATH: &str = "/tenants/demo/effective-policies/calling/follow-groups";
    let body = json!({ "groups": ["Sales"], "users": ["104"] });
    for is_tried in [true, false] {
        let done = world.post_json(&format!("{PATH}?dry_run={is_tried}"), &body).await;
        assert_eq!((&done.body["taken"], &done.body["stay"]), (&json!(1), &json!(2)), "{}", done.text);
        let told: Vec<_> = done.body["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (&it["extension"], &it["taken"], &it["to"]["name"]))
            .collect();
        let (same, global) = (json!("Same"), json!("Global"));
        assert_eq!(
            told,
            [
                (&json!("101"), &json!(true), &same),
                (&json!("102"), &json!(false), &same),
                (&json!("104"), &json!(false), &global)
            ]
        );
        let held = world.read("/tenants/demo/users/101/policies").await;
        assert_eq!(of_type(&held["items"], "calling")["source"], if is_tried { "direct" } else { "group" });
    }
    let all = json!({ "groups": ["Sales"], "also_where_it_changes": true });
    let done = world.post_json(PATH, &all).await;
    assert_eq!((&done.body["taken"], &done.body["items"][0]["extension"]), (&json!(1), &json!("102")), "{}", done.text);
    assert_eq!(holds(&world, "102", "calling").await, "Same");
    assert_eq!(holds(&world, "104", "calling").await, "Other", "nobody asked for Dan");
    let refused = world.post_json("/tenants/demo/effective-policies/voice_applications/follow-groups", &all).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.body["code"]),
        (422, &json!("policy.not_for_holder")),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn everybody_who_has_a_policy_gets_another_so_that_it_can_go() {
    let world = world().await;
    for name in ["Old", "New"] {
        policy(&world, "caller_id", name, json!({})).await;
    }
    group(&world, "Sales", &["103"]).await;
    let holders = json!({ "users": ["101", "102"], "numbers": ["+14255550101"], "groups": [{ "group": "Sales" }] });
    assign(&world, "caller_id", "Old", holders).await;
    let moved =
        async |to: &str| world.post_json("/tenants/demo/policies/caller_id/Old/move", &json!({ "to": to })).await;
    for (to, code) in
        [("Old", "policy.same"), ("global", "policy.global_not_assigned"), ("Nobody", "policy.reference_missing")]
    {
        let refused = moved(to).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!(code)), "{}", refused.text);
    }
    assert_eq!(moved("New").await.body, json!({ "moved": 4 }));
    assert_eq!(
        world.read("/tenants/demo/policies/caller_id/New/assignments").await["items"].as_array().unwrap().len(),
        4
    );
    assert_eq!(holds(&world, "103", "caller_id").await, "New");
    let audit = world.read("/tenants/demo/audit?noun=policy").await;
    let told = &audit["items"][0];
    assert_eq!(
        (&told["action"], &told["before"]["name"], &told["after"]["name"]),
        (&json!("move"), &json!("Old"), &json!("New")),
        "{told}"
    );
    assert_eq!(world.delete("/tenants/demo/policies/caller_id/Old", None).await.status.as_u16(), 204);
    assert_eq!(moved("New").await.status.as_u16(), 404);
}

/// A package of one calling policy.
async fn desk(world: &World) {
    policy(world, "calling", "Desk", json!({ "allow_delegation": false })).await;
    let made = world.post_json(PACKAGES, &json!({ "name": "Desk", "policies": { "calling": "Desk" } })).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
}

async fn policy(world: &World, kind: &str, name: &str, settings: Value) {
    let body = json!({ "name": name, "settings": settings });
    let made = world.post_json(&format!("/tenants/demo/policies/{kind}"), &body).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
}

async fn assign(world: &World, kind: &str, policy: &str, holders: Value) {
    let given = world.post_json(&format!("/tenants/demo/policies/{kind}/{policy}/assign"), &holders).await;
    assert_eq!(given.status.as_u16(), 204, "{}", given.text);
}

async fn group(world: &World, name: &str, people: &[&str]) {
    let made = world.post_json("/tenants/demo/groups", &json!({ "name": name })).await;
    assert!(made.status.is_success(), "{}", made.text);
    let path = format!("/tenants/demo/groups/{name}/members/add");
    let joined = world.post_json(&path, &json!({ "users": people })).await;
    assert!(joined.status.is_success(), "{}", joined.text);
}

async fn give(world: &World, package: &str, is_tried: bool, holders: Value) -> Reply {
    world.post_json(&format!("{PACKAGES}/{package}/assign?dry_run={is_tried}"), &holders).await
}

async fn holds(world: &World, extension: &str, kind: &str) -> String {
    let held = world.read(&format!("/tenants/demo/users/{extension}/policies")).await;
    of_type(&held["items"], kind)["name"].as_str().unwrap().to_owned()
}

fn of_type<'a>(items: &'a Value, kind: &str) -> &'a Value {
    items.as_array().unwrap().iter().find(|it| it["type"] == kind).unwrap()
}
