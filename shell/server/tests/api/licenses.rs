//! Licenses: seats, rules, many people at once, and what the switch makes of it.

use jiff::{SignedDuration, Timestamp};
use phone::access::BuiltIn;
use serde_json::{Value, json};
use server::admin::license_notices::look;
use store::Scope;

use super::world::{Reply, World, send, world};
use crate::voicemail::mail::Postman;

const NOTICES: &str = "/tenants/demo/licenses/notices";

#[tokio::test]
async fn the_demo_has_the_seats_that_it_says() {
    let world = world().await;
    assert_eq!(seats(&world, "MCOEV").await, (10, 3, 7));
    assert_eq!(seats(&world, "MCOPSTN1").await, (10, 3, 7));
    assert_eq!(seats(&world, "MCOEV_VIRTUALUSER").await, (5, 3, 2));
    let plans = world.read("/license-plans").await;
    assert!(plans["items"].as_array().unwrap().iter().any(|plan| plan["id"] == "MCOPSTN2"));
}

#[tokio::test]
async fn a_license_lets_a_person_call_and_its_end_stops_that_within_a_second() {
    let world = world().await;
    assert_eq!(world.read("/tenants/demo/users/104").await["voice_enabled"], false);
    let given = assign(&world, &["104"], &["MCOEV"], &[]).await;
    assert_eq!(given.status.as_u16(), 200, "{}", given.text);
    assert_eq!((&given.body["users"][0]["licenses"], &given.body["warnings"]), (&json!(["MCOEV"]), &json!([])));
    world.switch_has(|tenant| tenant.user_by_extension("104").unwrap().voice_enabled).await;
    let dan = world.read("/tenants/demo/users/104").await;
    assert_eq!((&dan["voice_enabled"], &dan["licenses"]), (&json!(true), &json!(["MCOEV"])));
    assert_eq!(seats(&world, "MCOEV").await, (10, 4, 6));

    let taken = unassign(&world, &["104"], &["MCOEV"]).await;
    assert_eq!(taken.body["users"][0]["licenses"], json!([]), "{}", taken.text);
    world.switch_has(|tenant| !tenant.user_by_extension("104").unwrap().voice_enabled).await;
    assert_eq!(seats(&world, "MCOEV").await, (10, 3, 7));
    let audit = world.read("/tenants/demo/audit?noun=license&limit=1").await;
    assert_eq!(audit["items"][0]["before"], json!({ "licenses": ["MCOEV"] }));
    assert_eq!(audit["items"][0]["after"], json!({ "licenses": [] }));
}

#[tokio::test]
async fn who_is_named_twice_has_one_seat_and_too_many_are_sent_to_a_group() {
    let world = world().await;
    let dan = world.read("/tenants/demo/users/104").await["id"].as_str().unwrap().to_owned();
    let given = assign(&world, &["104", dan.as_str(), "104"], &["MCOEV"], &[]).await;
    assert_eq!((given.status.as_u16(), given.body["users"].as_array().unwrap().len()), (200, 1), "{}", given.text);
    assert_eq!(seats(&world, "MCOEV").await, (10, 4, 6));
    let many: Vec<String> = (0..1_001).map(|n| (10_000 + n).to_string()).collect();
    let many = assign(&world, &many.iter().map(String::as_str).collect::<Vec<_>>(), &["MCOEV"], &[]).await;
    assert_eq!((many.status.as_u16(), &many.body["code"]), (422, &json!("licenses.too_many_people")), "{}", many.text);
    assert!(many.body["fix"].as_str().unwrap().contains("let a group give the plan"), "{}", many.text);
}

#[tokio::test]
async fn a_rule_that_one_of_many_breaks_stops_all_and_is_named_by_line() {
    let world = world().await;
    let alone = assign(&world, &["104"], &["MCOPSTN1"], &[]).await;
    assert_eq!((alone.status.as_u16(), &alone.body["code"]), (422, &json!("license.dependency_missing")));
    assert!(alone.body["fix"].as_str().unwrap().contains("the phone system"), "{}", alone.text);

    let many = assign(&world, &["101", "104", "999", "103"], &["MCOPSTN2"], &["MCOPSTN1"]).await;
    assert_eq!((many.status.as_u16(), &many.body["code"]), (422, &json!("licenses.refused")));
    let errors: Vec<_> = many.body["errors"].as_array().unwrap().iter().map(|it| (&it["field"], &it["code"])).collect();
    let (second, third) = (json!("users[1]"), json!("users[2]"));
    let seats_first = [
        (&json!("users[0]"), &json!("license.no_seats")),
        (&second, &json!("license.dependency_missing")),
        (&third, &json!("not_found")),
        (&json!("users[3]"), &json!("license.no_seats")),
    ];
    assert_eq!(errors, seats_first);
    assert_eq!(seats(&world, "MCOPSTN1").await, (10, 3, 7));
}

#[tokio::test]
async fn a_swap_is_one_change_and_the_last_seat_is_given_once() {
    let world = world().await;
    assert_eq!(set_seats(&world, "MCOPSTN2", 2).await.status.as_u16(), 200);
    let swapped = assign(&world, &["101", "102"], &["MCOPSTN2"], &["MCOPSTN1"]).await;
    assert_eq!(swapped.body["users"][1]["licenses"], json!(["MCOEV", "MCOPSTN2"]), "{}", swapped.text);
    let third = assign(&world, &["103"], &["MCOPSTN2"], &["MCOPSTN1"]).await;
    assert_eq!((third.status.as_u16(), &third.body["code"]), (409, &json!("license.no_seats")));
    assert_eq!(world.read("/tenants/demo/users/103").await["licenses"], json!(["MCOEV", "MCOPSTN1"]));
    let fewer = set_seats(&world, "MCOPSTN2", 1).await;
    assert_eq!((fewer.status.as_u16(), &fewer.body["code"]), (409, &json!("license.seats_in_use")));
    assert_eq!(seats(&world, "MCOPSTN2").await, (2, 2, 0));
}

#[tokio::test]
async fn where_licenses_only_warn_everybody_calls_and_too_many_are_told() {
    let world = world().await;
    let lax = world.patch("/tenants/demo", None, &json!({ "license_enforcement": "warn" })).await;
    assert_eq!((lax.status.as_u16(), &lax.body["license_enforcement"]), (200, &json!("warn")), "{}", lax.text);
    world.switch_has(|tenant| tenant.user_by_extension("104").unwrap().voice_enabled).await;
    let over = assign(&world, &["104"], &["MCOEV", "MCOPSTN6"], &[]).await;
    assert_eq!(over.body["warnings"], json!(["Dan Diaz: all 0 seats of MCOPSTN6 are taken"]), "{}", over.text);
    assert_eq!(seats(&world, "MCOPSTN6").await, (0, 1, 0));
}

#[tokio::test]
async fn seats_and_enforcement_are_set_by_who_runs_the_server() {
    let world = world().await;
    world.add_token("customer", Scope::Tenant(world.tenant), BuiltIn::Administrator).await;
    let put = world.request(reqwest::Method::PUT, "/tenants/demo/licenses/MCOEV").json(&json!({ "seats": 99 }));
    assert_eq!(send(put.bearer_auth("customer")).await.status.as_u16(), 403);
    let patch = world.request(reqwest::Method::PATCH, "/tenants/demo").json(&json!({ "license_enforcement": "off" }));
    assert_eq!(send(patch.bearer_auth("customer")).await.status.as_u16(), 403);
    assert_eq!(seats(&world, "MCOEV").await, (10, 3, 7));
    assert_eq!(set_seats(&world, "MCOEV7", 1).await.status.as_u16(), 404);
}

#[tokio::test]
async fn who_is_deleted_gives_the_seat_back() {
    let world = world().await;
    assign(&world, &["104"], &["MCOEV"], &[]).await;
    assert_eq!(world.delete("/tenants/demo/users/104", None).await.status.as_u16(), 204);
    assert_eq!(seats(&world, "MCOEV").await, (10, 3, 7));
}

#[tokio::test]
async fn what_is_short_or_ends_is_told_once_and_mailed_to_who_wants_it() {
    let world = world().await;
    let postman = Postman::start().await;
    let look = async || {
        let directory = world.store.load_directory().await.unwrap();
        look(&world.store, &directory, Some(&postman.post()), Timestamp::now()).await.unwrap()
    };
    look().await;
    let wrong = world.put(NOTICES, None, &json!({ "mails": ["nobody"] })).await;
    assert_eq!((wrong.status.as_u16(), &wrong.body["errors"][0]["code"]), (422, &json!("email.malformed")));
    let wanted = world.put(NOTICES, None, &json!({ "mails": ["it@demo.test"] })).await;
    assert_eq!((wanted.status.as_u16(), &wanted.body["mails"]), (200, &json!(["it@demo.test"])), "{}", wanted.text);

    set_seats(&world, "MCOEV", 3).await;
    let soon = Timestamp::now().checked_add(SignedDuration::from_hours(24 * 5)).unwrap().to_string();
    let ending = json!({ "seats": 10, "ends_at": soon, "renewal": "ends" });
    world.put("/tenants/demo/licenses/MCOPSTN1", None, &ending).await;
    let shown = world.read(NOTICES).await["notices"].clone();
    let codes: Vec<_> = shown.as_array().unwrap().iter().map(|it| (&it["code"], &it["plan"])).collect();
    let (short, ends) = (json!("license.seats_short"), json!("license.ending"));
    assert!(codes.contains(&(&short, &json!("MCOEV"))) && codes.contains(&(&ends, &json!("MCOPSTN1"))), "{shown}");
    assert_eq!(look().await, 2);
    let letters = std::mem::take(&mut *postman.letters.lock().unwrap());
    assert_eq!(letters.len(), 2, "{letters:?}");
    assert!(letters.iter().all(|letter| letter.contains("To: it@demo.test")), "{letters:?}");
    assert!(letters.iter().any(|letter| letter.contains("all 3 seats of MCOEV are given")), "{letters:?}");
    let audit = world.read("/tenants/demo/audit?noun=subscription&limit=2").await;
    let actions: Vec<_> = audit["items"].as_array().unwrap().iter().map(|it| it["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["ending", "seats_short"]);
    assert_eq!(look().await, 0, "each is told once");

    set_seats(&world, "MCOEV", 10).await;
    assert_eq!(look().await, 0, "what is over is no news");
    set_seats(&world, "MCOEV", 3).await;
    assert_eq!(look().await, 1, "and it is when it comes again");
}

async fn assign(world: &World, users: &[&str], plans: &[&str], replaces: &[&str]) -> Reply {
    let body = json!({ "users": users, "plans": plans, "replaces": replaces });
    world.post_json("/tenants/demo/licenses/assign", &body).await
}

async fn unassign(world: &World, users: &[&str], plans: &[&str]) -> Reply {
    world.post_json("/tenants/demo/licenses/unassign", &json!({ "users": users, "plans": plans })).await
}

async fn set_seats(world: &World, plan: &str, seats: u32) -> Reply {
    world.put(&format!("/tenants/demo/licenses/{plan}"), None, &json!({ "seats": seats })).await
}

/// Bought, given, left.
async fn seats(world: &World, plan: &str) -> (u64, u64, u64) {
    let list = world.read("/tenants/demo/licenses").await;
    let found = list["items"].as_array().unwrap().iter().find(|license| license["id"] == plan).cloned();
    let license = found.unwrap_or(Value::Null);
    let number = |field: &str| license[field].as_u64().unwrap_or(0);
    (number("seats"), number("assigned"), number("available"))
}
