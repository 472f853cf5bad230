//! Policies: made, changed, given, and which holds for whom and why.

use phone::id::UserId;
use serde_json::{Value, json};

use super::world::{Reply, World, world};

const CALLING: &str = "/tenants/demo/policies/calling";

#[tokio::test]
async fn every_type_is_listed_with_what_its_settings_take() {
    let world = world().await;
    let types = world.read("/tenants/demo/policies").await;
    let types = types["items"].as_array().unwrap().clone();
    assert_eq!(types.len(), 18);
    let park = types.iter().find(|it| it["type"] == "call_park").unwrap();
    assert_eq!(park["assignable_to"], json!(["group", "user"]));
    assert_eq!(park["settings"][3]["name"], "park_timeout_seconds");
    assert_eq!(park["settings"][3]["takes"], "a whole number from 30 to 7200");
    assert_eq!(park["settings"][3]["first"], 300);
    assert_eq!(park["settings"][3]["followed"], false, "nobody can park a call yet");
    let calling = types.iter().find(|it| it["type"] == "calling").unwrap();
    assert_eq!(
        (&calling["settings"][0]["name"], &calling["settings"][0]["followed"]),
        (&json!("allow_private_calling"), &json!(true))
    );
    let unknown = world.get("/tenants/demo/policies/colour").await;
    assert_eq!((unknown.status.as_u16(), &unknown.body["code"]), (404, &json!("not_found")));
    assert!(unknown.body["fix"].as_str().unwrap().contains("caller_id"), "{}", unknown.text);
}

#[tokio::test]
async fn the_organizations_own_policy_is_changed_reset_and_never_deleted() {
    let world = world().await;
    let global = format!("{CALLING}/global");
    let first = world.get(&global).await;
    assert_eq!((first.etag.as_deref(), &first.body["is_global"]), (Some("\"0\""), &json!(true)));
    let body = json!({ "settings": { "allow_delegation": false } });
    let changed = world.patch(&global, Some("\"0\""), &body).await;
    assert_eq!((changed.status.as_u16(), changed.etag.as_deref()), (200, Some("\"1\"")), "{}", changed.text);
    assert_eq!(world.patch(&global, Some("\"0\""), &body).await.status.as_u16(), 412);
    let listed = world.read(CALLING).await;
    assert_eq!(listed["items"][0]["settings"]["allow_delegation"], false);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let reset = world.post(&format!("{global}/reset")).await;
    assert_eq!((reset.status.as_u16(), &reset.body["settings"]), (200, &first.body["settings"]), "{}", reset.text);

    let refused = world.delete(&global, None).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("policy.global_stays")));
    let renamed = world.patch(&global, None, &json!({ "name": "Ours" })).await;
    assert_eq!(renamed.body["errors"][0]["code"], "policy.name_reserved", "{}", renamed.text);
    let given = assign(&world, &global, json!({ "users": ["101"] })).await;
    assert_eq!((given.status.as_u16(), &given.body["code"]), (422, &json!("policy.global_not_assigned")));
    let audit = world.read("/tenants/demo/audit?noun=policy").await;
    assert_eq!(audit["items"][1]["after"]["settings"]["allow_delegation"], false);
    assert_eq!(audit["items"][1]["object"], "calling/global");
}

#[tokio::test]
async fn calls_obey_what_a_policy_says_of_voicemail_as_it_is_changed_and_given() {
    let world = world().await;
    let bob: UserId = UserId(world.id_of("users", "Bob Brown").await.parse().unwrap());
    let takes = |tenant: &phone::directory::Tenant| tenant.voicemail_of(bob).is_some();
    let global = format!("{CALLING}/global");
    world.patch(&global, None, &json!({ "settings": { "allow_voicemail": "always_disabled" } })).await;
    world.switch_has(|tenant| !takes(tenant)).await;
    let asked = json!({ "to": "102", "from": "101", "assume": { "people": "no_answer" } });
    let told = world.post_json("/tenants/demo/explain", &asked).await;
    assert_eq!(told.body["end"]["type"], "refused", "{}", told.text);
    assert!(told.text.contains("the calling policy Global keeps calls of Bob Brown out of voicemail"), "{}", told.text);
    let desk = make(&world, "Front desk", json!({ "allow_voicemail": "user_override" })).await;
    let path = format!("{CALLING}/{}", desk["id"].as_str().unwrap());
    assert_eq!(assign(&world, &path, json!({ "users": ["102"] })).await.status.as_u16(), 204);
    world.switch_has(takes).await;
    world.patch(&path, None, &json!({ "settings": { "allow_voicemail": "always_disabled" } })).await;
    world.switch_has(|tenant| !takes(tenant)).await;
    world.post(&format!("{global}/reset")).await;
    let removed = world.post_json(&format!("{path}/unassign"), &json!({ "users": ["102"] })).await;
    assert_eq!(removed.status.as_u16(), 200, "{}", removed.text);
    world.switch_has(takes).await;
}

#[tokio::test]
async fn members_of_a_group_that_has_a_policy_obey_it_as_they_come_and_go() {
    let world = world().await;
    let bob: UserId = UserId(world.id_of("users", "Bob Brown").await.parse().unwrap());
    let takes = |tenant: &phone::directory::Tenant| tenant.voicemail_of(bob).is_some();
    let desk = make(&world, "Front desk", json!({ "allow_voicemail": "always_disabled" })).await;
    let path = format!("{CALLING}/{}", desk["id"].as_str().unwrap());
    let group = world.post_json("/tenants/demo/groups", &json!({ "name": "Repairs" })).await.body;
    let group = group["id"].as_str().unwrap();
    assert_eq!(assign(&world, &path, json!({ "groups": [{ "group": group }] })).await.status.as_u16(), 204);
    let people = json!({ "users": ["102"] });
    world.post_json(&format!("/tenants/demo/groups/{group}/members/add"), &people).await;
    world.switch_has(|tenant| !takes(tenant)).await;
    world.post_json(&format!("/tenants/demo/groups/{group}/members/remove"), &people).await;
    world.switch_has(takes).await;
}

#[tokio::test]
async fn a_new_policy_is_a_copy_of_the_organizations_own_as_it_was_then() {
    let world = world().await;
    let global = format!("{CALLING}/global");
    world.patch(&global, None, &json!({ "settings": { "allow_delegation": false } })).await;
    let desk = make(&world, "Front desk", json!({ "allow_voicemail": "always_disabled" })).await;
    world.post(&format!("{global}/reset")).await;
    let shown = world.read(&format!("{CALLING}/front%20DESK")).await;
    assert_eq!(shown["id"], desk["id"], "found by its name, whatever its capital letters");
    assert_eq!(shown["settings"]["allow_delegation"], false);
    assert_eq!(shown["settings"]["allow_voicemail"], "always_disabled");

    let same = world.post_json(CALLING, &json!({ "name": "FRONT DESK" })).await;
    assert_eq!((same.status.as_u16(), &same.body["code"]), (409, &json!("name_taken")), "{}", same.text);
    let other_type = world.post_json("/tenants/demo/policies/caller_id", &json!({ "name": "Front desk" })).await;
    assert_eq!(other_type.status.as_u16(), 201, "{}", other_type.text);
    let wrong = json!({ "name": "x", "settings": { "colour": 1, "allow_voicemail": "never" } });
    let wrong = world.post_json(CALLING, &wrong).await;
    let codes: Vec<_> = wrong.body["errors"].as_array().unwrap().iter().map(|it| it["field"].clone()).collect();
    assert_eq!(
        (wrong.status.as_u16(), codes),
        (422, vec![json!("settings.allow_voicemail"), json!("settings.colour")])
    );
    assert!(wrong.body["fix"].as_str().unwrap().contains("trunkline policy types calling"));
}

#[tokio::test]
async fn the_most_specific_assignment_holds_and_says_why() {
    let world = world().await;
    for name in ["Direct", "Sales", "Support", "Line"] {
        let body = json!({ "name": name, "settings": { "company_name": name } });
        let made = world.post_json("/tenants/demo/policies/caller_id", &body).await;
        assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    }
    for group in ["Sales", "Support"] {
        world.post_json("/tenants/demo/groups", &json!({ "name": group })).await;
        let path = format!("/tenants/demo/groups/{group}/members/add");
        world.post_json(&path, &json!({ "users": ["101"] })).await;
    }
    let to = |policy: &str| format!("/tenants/demo/policies/caller_id/{policy}");
    assert_eq!(held(&world, "").await.0, ["Global"]);
    assign(&world, &to("Sales"), json!({ "groups": [{ "group": "Sales" }] })).await;
    assign(&world, &to("Support"), json!({ "groups": [{ "group": "Support", "rank": 1 }] })).await;
    assert_eq!(held(&world, "").await.0, ["Support", "Sales", "Global"]);
    assign(&world, &to("Direct"), json!({ "users": ["101"] })).await;
    assign(&world, &to("Line"), json!({ "numbers": ["+14255550101"] })).await;
    let (order, shown) = held(&world, "").await;
    assert_eq!(order, ["Direct", "Support", "Sales", "Global"]);
    assert_eq!((&shown["source"], &shown["settings"]["company_name"]), (&json!("direct"), &json!("Direct")));
    assert_eq!(shown["others"][0]["reason"], "it is assigned to the group Support, rank 1");
    let (order, shown) = held(&world, "?number=%2B14255550101").await;
    assert_eq!(order, ["Line", "Direct", "Support", "Sales", "Global"]);
    assert_eq!(shown["reason"], "it is assigned to +14255550101");

    let taken = world.post_json(&format!("{}/unassign", to("Direct")), &json!({ "users": ["101", "102"] })).await;
    assert_eq!(taken.body["unassigned"], 1, "{}", taken.text);
    let told = world.read("/tenants/demo/audit?noun=policy").await["items"][0]["before"]["holders"].clone();
    assert_eq!(told["users"].as_array().map(Vec::len), Some(1), "who had it, and nobody else: {told}");
    world.post_json(&format!("{}/unassign", to("Support")), &json!({ "groups": [{ "group": "Support" }] })).await;
    assert_eq!(held(&world, "").await.0, ["Sales", "Global"]);
    let left = world.read(&format!("{}/assignments", to("Sales"))).await;
    assert_eq!((&left["items"][0]["holder"], &left["items"][0]["rank"]), (&json!("group"), &json!(1)), "no gaps");
    world.post_json("/tenants/demo/groups/Sales/members/remove", &json!({ "users": ["101"] })).await;
    assert_eq!(held(&world, "").await.0, ["Global"]);
}

/// Each type, with whatever its policies are assigned to: site, number, person, groups by rank, and the organization's own.
#[tokio::test]
async fn every_type_holds_by_its_most_specific_assignment() {
    let world = world().await;
    let types = world.read("/tenants/demo/policies").await["items"].as_array().unwrap().clone();
    world.post_json("/tenants/demo/sites", &json!({ "name": "Lyon" })).await;
    for group in ["First", "Second"] {
        world.post_json("/tenants/demo/groups", &json!({ "name": group })).await;
        let path = format!("/tenants/demo/groups/{group}/members/add");
        world.post_json(&path, &json!({ "users": ["101"] })).await;
    }
    for kind in &types {
        let word = kind["type"].as_str().unwrap();
        let takes = |holder: &str| kind["assignable_to"].as_array().unwrap().contains(&json!(holder));
        let mut expected = Vec::new();
        for (name, holder, holders) in [
            ("Of the site", "site", json!({ "sites": ["Lyon"] })),
            ("Of the number", "number", json!({ "numbers": ["+14255550101"] })),
            ("Own", "user", json!({ "users": ["101"] })),
            ("Of the first", "group", json!({ "groups": [{ "group": "First", "rank": 1 }] })),
            ("Of the second", "group", json!({ "groups": [{ "group": "Second", "rank": 2 }] })),
        ] {
            let made = world.post_json(&format!("/tenants/demo/policies/{word}"), &json!({ "name": name })).await;
            assert_eq!(made.status.as_u16(), 201, "{word}: {}", made.text);
            let path = format!("/tenants/demo/policies/{word}/{}", made.body["id"].as_str().unwrap());
            let given = assign(&world, &path, holders).await;
            if takes(holder) {
                assert_eq!(given.status.as_u16(), 204, "{word} {holder}: {}", given.text);
                expected.push(name);
            } else {
                let code = &given.body["code"];
                assert_eq!((given.status.as_u16(), code), (422, &json!("policy.not_for_holder")), "{word} {holder}");
            }
        }
        expected.push("Global");
        let query = "?site=Lyon&number=%2B14255550101";
        while let Some(winner) = expected.first().copied() {
            let all = world.read(&format!("/tenants/demo/users/101/policies{query}")).await;
            let held = all["items"].as_array().unwrap().iter().find(|it| it["type"] == word).unwrap();
            let others = held["others"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap());
            let order: Vec<&str> = std::iter::once(held["name"].as_str().unwrap()).chain(others).collect();
            assert_eq!(order, expected, "{word}");
            assert!(!held["reason"].as_str().unwrap().is_empty());
            if winner == "Global" {
                break;
            }
            let holders = match held["source"].as_str().unwrap() {
                "site" => json!({ "sites": ["Lyon"] }),
                "number" => json!({ "numbers": ["+14255550101"] }),
                "direct" => json!({ "users": ["101"] }),
                _ => json!({ "groups": [{ "group": held["group"] }] }),
            };
            let path = format!("/tenants/demo/policies/{word}/{}/unassign", held["policy"].as_str().unwrap());
            assert_eq!(world.post_json(&path, &holders).await.body["unassigned"], 1, "{word} {winner}");
            expected.remove(0);
        }
    }
}

#[tokio::test]
async fn a_policy_that_somebody_has_is_not_deleted_and_names_them() {
    let world = world().await;
    make(&world, "Front desk", json!({})).await;
    let path = format!("{CALLING}/Front%20desk");
    assign(&world, &path, json!({ "users": ["101", "102"] })).await;
    let refused = world.delete(&path, None).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("policy.in_use")), "{}", refused.text);
    assert!(refused.body["detail"].as_str().unwrap().contains("Alice Adams"), "{}", refused.text);
    let stays = assign(&world, &path, json!({ "users": ["103", "999"] })).await;
    assert_eq!((stays.status.as_u16(), &stays.body["errors"][0]["field"]), (422, &json!("users[1]")), "{}", stays.text);
    let holders = world.read(&format!("{path}/assignments?limit=1")).await;
    let next = holders["next_cursor"].as_str().unwrap();
    let rest = world.read(&format!("{path}/assignments?limit=1&cursor={next}")).await;
    let names = [&holders["items"][0]["extension"], &rest["items"][0]["extension"]];
    assert_eq!(names, [&json!("101"), &json!("102")], "all or none: Carol did not get it");
    assert_eq!(rest["next_cursor"], Value::Null);
    assert_eq!(rest["items"][0]["assigned_by"], "token:demo");

    make(&world, "Other", json!({})).await;
    assign(&world, &format!("{CALLING}/Other"), json!({ "users": ["101", "102"] })).await;
    assert_eq!(world.delete(&path, Some("\"1\"")).await.status.as_u16(), 204, "one of a type at a time");
    assert_eq!(world.get(&path).await.status.as_u16(), 404);
}

#[tokio::test]
async fn a_policy_ends_with_who_has_it_but_a_group_that_gives_one_stays() {
    let world = world().await;
    make(&world, "Front desk", json!({})).await;
    let path = format!("{CALLING}/Front%20desk");
    world.post_json("/tenants/demo/groups", &json!({ "name": "Desk" })).await;
    assign(&world, &path, json!({ "users": ["104"], "groups": [{ "group": "Desk" }] })).await;
    assert_eq!(world.delete("/tenants/demo/users/104", None).await.status.as_u16(), 204);
    let holders = world.read(&format!("{path}/assignments")).await;
    assert_eq!(holders["items"].as_array().unwrap().len(), 1);
    let refused = world.delete("/tenants/demo/groups/Desk", None).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("group.has_policies")));
    world.post_json(&format!("{path}/unassign"), &json!({ "groups": [{ "group": "Desk" }] })).await;
    assert_eq!(world.delete("/tenants/demo/groups/Desk", None).await.status.as_u16(), 204);
    assert_eq!(world.delete(&path, None).await.status.as_u16(), 204);
}

#[tokio::test]
async fn what_a_policy_names_must_be_there() {
    let world = world().await;
    let nobody = uuid::Uuid::from_u128(1);
    let caller_id = "/tenants/demo/policies/caller_id/global";
    let settings = json!({ "settings": { "calling_id_substitute": "resource", "resource_account": nobody } });
    let missing = world.patch(caller_id, None, &settings).await;
    assert_eq!(missing.body["errors"][0]["code"], "policy.reference_missing", "{}", missing.text);
    let hold = world
        .patch("/tenants/demo/policies/call_hold/global", None, &json!({ "settings": { "audio_file": nobody } }))
        .await;
    assert_eq!(hold.body["errors"][0]["code"], "policy.reference_missing", "{}", hold.text);
    let wrong = assign(&world, "/tenants/demo/policies/network_roaming/global", json!({ "users": ["101"] })).await;
    assert_eq!(wrong.status.as_u16(), 422, "{}", wrong.text);
    make(&world, "Some", json!({})).await;
    let wrong = assign(&world, &format!("{CALLING}/Some"), json!({ "numbers": ["+14255550101"] })).await;
    assert_eq!((wrong.status.as_u16(), &wrong.body["code"]), (422, &json!("policy.not_for_holder")), "{}", wrong.text);
}

async fn make(world: &World, name: &str, settings: Value) -> Value {
    let made = world.post_json(CALLING, &json!({ "name": name, "settings": settings })).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    made.body
}

async fn assign(world: &World, policy: &str, holders: Value) -> Reply {
    world.post_json(&format!("{policy}/assign"), &holders).await
}

/// The names of the caller ID policies that hold or would hold for Alice, in order, and the first one.
async fn held(world: &World, query: &str) -> (Vec<String>, Value) {
    let all = world.read(&format!("/tenants/demo/users/101/policies{query}")).await;
    let shown = all["items"].as_array().unwrap().iter().find(|it| it["type"] == "caller_id").unwrap().clone();
    let names = std::iter::once(&shown["name"]).chain(shown["others"].as_array().unwrap().iter().map(|it| &it["name"]));
    (names.map(|name| name.as_str().unwrap().to_owned()).collect(), shown)
}
