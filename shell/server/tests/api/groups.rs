//! Groups: who is in them, what they give, what they can't give, and that big ones take their time beside.

use serde_json::{Value, json};

use super::world::{Reply, World, world};

const GROUPS: &str = "/tenants/demo/groups";

#[tokio::test]
async fn joining_gives_and_leaving_takes_what_nobody_else_gives() {
    let world = world().await;
    let made = world.post_json(GROUPS, &json!({ "name": "Callers", "description": "who calls outside" })).await;
    assert_eq!((made.status.as_u16(), &made.body["state"]), (201, &json!("assigned")), "{}", made.text);
    license(&world, "Callers", &["MCOEV", "MCOMEETADV"]).await;
    seats(&world, "MCOMEETADV", 5).await;
    let joined = act(&world, "Callers/members/add", json!({ "users": ["101", "104"] })).await;
    assert_eq!((&joined.body["members"], &joined.body["state"]), (&json!(2), &json!("assigned")), "{}", joined.text);
    world.switch_has(|tenant| tenant.user_by_extension("104").unwrap().voice_enabled).await;
    assert_eq!(held(&world, "104").await, ["MCOEV", "MCOMEETADV"]);
    assert_eq!(held(&world, "101").await, ["MCOEV", "MCOMEETADV", "MCOPSTN1"]);
    let sources = world.read("/tenants/demo/users/101/licenses").await;
    let sources: Vec<_> =
        sources["items"].as_array().unwrap().iter().map(|it| (&it["plan"], &it["source"], &it["group"])).collect();
    assert_eq!(sources.len(), 4);
    assert!(sources.contains(&(&json!("MCOEV"), &json!("direct"), &json!(null))));
    assert!(sources.contains(&(&json!("MCOEV"), &json!("group"), &json!("Callers"))));
    let members = world.read(&format!("{GROUPS}/Callers/members")).await;
    assert_eq!(members["items"][1]["display_name"], "Dan Diaz");

    act(&world, "callers/members/remove", json!({ "users": ["101", "104"] })).await;
    assert_eq!(held(&world, "104").await, [""; 0]);
    assert_eq!(held(&world, "101").await, ["MCOEV", "MCOPSTN1"], "what was given directly stays");
    world.switch_has(|tenant| !tenant.user_by_extension("104").unwrap().voice_enabled).await;
}

#[tokio::test]
async fn a_direct_license_that_ends_does_not_take_what_a_group_gives() {
    let world = world().await;
    world.post_json(GROUPS, &json!({ "name": "Callers" })).await;
    license(&world, "Callers", &["MCOEV"]).await;
    act(&world, "Callers/members/add", json!({ "users": ["103"] })).await;
    let body = json!({ "users": ["103"], "plans": ["MCOEV", "MCOPSTN1"] });
    let ended = world.post_json("/tenants/demo/licenses/unassign", &body).await;
    assert_eq!(ended.body["users"][0]["licenses"], json!(["MCOEV"]), "{}", ended.text);
    let warnings = ended.body["warnings"].as_array().unwrap();
    assert!(warnings[0].as_str().unwrap().contains("+14255550103 reaches nobody"), "{}", ended.text);
    assert_eq!(warnings[1..], [json!("Carol Chen: MCOEV stays, a group gives it")]);
    unlicense(&world, "Callers", &["MCOEV"]).await;
    assert_eq!(held(&world, "103").await, [""; 0]);
}

#[tokio::test]
async fn one_plan_that_fails_stops_the_others_until_the_cause_is_gone() {
    let world = world().await;
    seats(&world, "MCOMEETADV", 1).await;
    world.post_json(GROUPS, &json!({ "name": "Hosts" })).await;
    license(&world, "Hosts", &["MCOMEETADV", "MCOEV"]).await;
    act(&world, "Hosts/members/add", json!({ "users": ["102"] })).await;
    let second = act(&world, "Hosts/members/add", json!({ "users": ["104"] })).await;
    assert_eq!((&second.body["state"], &second.body["failed"]), (&json!("errors"), &json!(1)), "{}", second.text);
    assert_eq!(held(&world, "104").await, [""; 0], "the phone system could be given, but not alone");
    let errors = world.read(&format!("{GROUPS}/Hosts/licenses/errors")).await;
    let error = &errors["items"][0];
    assert_eq!((&error["code"], &error["display_name"]), (&json!("license.no_seats"), &json!("Dan Diaz")));
    assert!(error["fix"].as_str().unwrap().contains("buy more seats"));
    let of_dan = world.read("/tenants/demo/users/104/licenses").await;
    assert!(of_dan["items"].as_array().unwrap().iter().all(|it| it["state"] == "error"));

    act(&world, "Hosts/members/remove", json!({ "users": ["102"] })).await;
    until(&world, "Hosts", |group| group["state"] == "assigned").await;
    assert_eq!(held(&world, "104").await, ["MCOEV", "MCOMEETADV"], "the seat goes to who waits for it");
    act(&world, "Hosts/members/add", json!({ "users": ["102"] })).await;
    assert_eq!(seats(&world, "MCOMEETADV", 2).await["assigned"], 2, "who waited has the new one");
    until(&world, "Hosts", |group| group["state"] == "assigned").await;
    assert_eq!(world.post(&format!("{GROUPS}/Hosts/licenses/reprocess")).await.body["state"], "assigned");
}

#[tokio::test]
async fn a_group_that_gives_licenses_stays_and_strangers_do_not_join() {
    let world = world().await;
    world.post_json(GROUPS, &json!({ "name": "Callers" })).await;
    let twice = world.post_json(GROUPS, &json!({ "name": "CALLERS" })).await;
    assert_eq!(twice.body["errors"][0]["code"], "name_taken", "{}", twice.text);
    license(&world, "Callers", &["MCOEV"]).await;
    let refused = world.delete(&format!("{GROUPS}/Callers"), None).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("group.licensed")));
    let strangers = act(&world, "Callers/members/add", json!({ "users": ["104", "999"] })).await;
    assert_eq!((strangers.status.as_u16(), &strangers.body["errors"][0]["field"]), (422, &json!("users[1]")));
    assert_eq!(license(&world, "Callers", &["MCOEV_VIRTUALUSER"]).await.body["code"], "license.holder_not_allowed");
    unlicense(&world, "Callers", &["MCOEV"]).await;
    act(&world, "Callers/members/add", json!({ "users": ["104"] })).await;
    assert_eq!(world.delete(&format!("{GROUPS}/Callers"), None).await.status.as_u16(), 204);
    assert_eq!(world.read(GROUPS).await["items"], json!([]));
    let gone = world.delete("/tenants/demo/users/104", None).await;
    assert_eq!(gone.status.as_u16(), 204, "{}", gone.text);
}

#[tokio::test]
async fn a_big_group_is_worked_on_in_chunks_beside_other_writers() {
    let world = world().await;
    let people: Vec<String> = (1_000..1_250).map(|extension: u32| extension.to_string()).collect();
    world.add_people(&people).await;
    seats(&world, "MCOEV", 1_000).await;
    world.post_json(GROUPS, &json!({ "name": "All" })).await;
    let joined = act(&world, "All/members/add", json!({ "users": people })).await;
    assert_eq!(joined.body["state"], "assigned", "it gives nothing yet");
    let licensed = license(&world, "All", &["MCOEV"]).await;
    assert_eq!(licensed.body["members"], 250);
    assert!(licensed.body["waiting"].as_u64().unwrap() <= 50, "{}", licensed.text);
    let other = world.patch("/tenants/demo/users/104", None, &json!({ "office": "Boston" })).await;
    assert_eq!(other.status.as_u16(), 200);
    let done = until(&world, "All", |group| group["state"] == "assigned").await;
    assert_eq!((&done["waiting"], &done["failed"]), (&json!(0), &json!(0)));
    assert_eq!(held(&world, "1249").await, ["MCOEV"]);
}

#[tokio::test]
async fn giving_licenses_takes_fewer_statements_than_there_are_people() {
    let world = world().await;
    let people: Vec<String> = (1_000..1_200).map(|extension: u32| extension.to_string()).collect();
    world.add_people(&people).await;
    seats(&world, "MCOEV", 1_000).await;
    world.post_json(GROUPS, &json!({ "name": "All" })).await;
    act(&world, "All/members/add", json!({ "users": people })).await;
    let begun = world.store.n_statements_of_writers();
    let licensed = license(&world, "All", &["MCOEV"]).await;
    let n_statements = world.store.n_statements_of_writers() - begun;
    assert_eq!(licensed.body["state"], "assigned", "{}", licensed.text);
    assert!(n_statements < 200, "{n_statements} statements");
    let audit = world.read("/tenants/demo/audit?noun=license&actor=system&limit=1000").await;
    let given = json!({ "licenses": ["MCOEV"] });
    let told = audit["items"].as_array().unwrap().iter().filter(|it| it["after"] == given);
    let people: std::collections::BTreeSet<&str> = told.map(|it| it["object"].as_str().unwrap()).collect();
    assert_eq!(people.len(), 200, "each person's change is told");
}

async fn act(world: &World, what: &str, body: Value) -> Reply {
    world.post_json(&format!("{GROUPS}/{what}"), &body).await
}

async fn license(world: &World, group: &str, plans: &[&str]) -> Reply {
    act(world, &format!("{group}/licenses/assign"), json!({ "plans": plans })).await
}

async fn unlicense(world: &World, group: &str, plans: &[&str]) -> Reply {
    act(world, &format!("{group}/licenses/unassign"), json!({ "plans": plans })).await
}

async fn seats(world: &World, plan: &str, seats: u32) -> Value {
    let reply = world.put(&format!("/tenants/demo/licenses/{plan}"), None, &json!({ "seats": seats })).await;
    assert_eq!(reply.status.as_u16(), 200, "{}", reply.text);
    reply.body
}

async fn held(world: &World, extension: &str) -> Vec<String> {
    let licenses = world.read(&format!("/tenants/demo/users/{extension}")).await["licenses"].clone();
    licenses.as_array().unwrap().iter().map(|plan| plan.as_str().unwrap().to_owned()).collect()
}

/// Asks, after each change that the switch hears of, until a group is as it should be.
async fn until(world: &World, group: &str, fits: impl Fn(&Value) -> bool) -> Value {
    let mut changes = world.installed.clone();
    let asking = async {
        loop {
            let shown = world.read(&format!("{GROUPS}/{group}")).await;
            if fits(&shown) {
                return shown;
            }
            changes.changed().await.unwrap();
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), asking).await.expect("the group's work ends")
}
