//! A browser becomes a phone of who is signed in, and in the demo of anybody.

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use phone::access::phone_credentials::{Holder, Key, UserName};
use serde_json::json;

use super::browser::Browser;
use super::world::{PASSWORD, world};

const OWN: &str = "four words of mine";
const ADMIN: &str = "admin@demo.test";

#[tokio::test]
async fn the_demo_s_administrator_may_be_anybody_s_phone_and_somebody_outside() {
    let world = world().await;
    let mut browser = Browser::signed_in(&world, ADMIN, PASSWORD).await;
    let shown = browser.get("/me/phone").await;
    assert_eq!(shown.body, json!({ "person": null, "tenant": null, "plays_anybody": true }), "{}", shown.text);
    let own = browser.post("/me/phone/credentials", &json!({})).await;
    assert_eq!((own.status, &own.body["code"]), (StatusCode::CONFLICT, &json!("account.no_person")), "{}", own.text);

    let bob = browser.post("/me/phone/credentials", &json!({ "tenant": "demo", "user": "102" })).await;
    assert_eq!(bob.status, StatusCode::OK, "{}", bob.text);
    assert_eq!((&bob.body["person"]["extension"], &bob.body["registers"]), (&json!("102"), &json!(true)));
    assert_eq!((&bob.body["sip_domain"], &bob.body["websocket"]), (&json!("demo.test"), &json!("/ws/sip")));
    let name = UserName::read(bob.body["user_name"].as_str().unwrap()).unwrap();
    assert_eq!(name.holder, Holder::Person("102".to_owned()));
    let left = name.expires_at.duration_since(Timestamp::now());
    assert!(SignedDuration::from_hours(7) < left && left <= SignedDuration::from_hours(8), "{left:?}");
    assert_eq!(bob.body["relay"]["urls"], json!(["turn:relay.example.com"]));
    assert_eq!(bob.body["relay"]["user_name"], json!(format!("{}:{name}", name.expires_at.as_second())));
    let secret = server::secret::ha1("102", "demo.test", &server::secret::Secret::new(PASSWORD.to_owned()));
    assert_eq!(
        bob.body["password"],
        name.password(&Key([3; 32]), world.tenant, Some(&secret)),
        "what the switch asks for"
    );

    let outside = browser.post("/me/phone/credentials", &json!({ "tenant": "demo", "outside": true })).await;
    assert_eq!(
        (&outside.body["person"], &outside.body["registers"]),
        (&json!(null), &json!(false)),
        "{}",
        outside.text
    );
    for (wish, status) in [
        (json!({ "tenant": "demo", "user": "999" }), StatusCode::NOT_FOUND),
        (json!({ "tenant": "elsewhere", "user": "102" }), StatusCode::NOT_FOUND),
        (json!({ "user": "102" }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "tenant": "demo", "user": "102", "outside": true }), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let reply = browser.post("/me/phone/credentials", &wish).await;
        assert_eq!(reply.status, status, "{wish}: {}", reply.text);
    }
}

#[tokio::test]
async fn others_are_their_own_person_s_phone_and_nobody_else_s() {
    let world = world().await;
    let mut viewer = Browser::invited(&world, "ann@demo.test", "viewer", OWN).await;
    let shown = viewer.get("/me/phone").await;
    assert_eq!(shown.body["plays_anybody"], json!(false), "{}", shown.text);
    let wish = json!({ "tenant": "demo", "user": "102" });
    let refused = viewer.post("/me/phone/credentials", &wish).await;
    assert_eq!(
        (refused.status, &refused.body["code"]),
        (StatusCode::FORBIDDEN, &json!("forbidden")),
        "{}",
        refused.text
    );

    let bob = world.read("/tenants/demo/users/102").await;
    let body = json!({ "email": "bob@demo.test", "name": "Bob", "roles": [{ "role": "viewer" }], "person": bob["id"] });
    let made = world.post_json("/tenants/demo/accounts", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let mut browser = Browser::new(&world);
    browser.accept(&made.body["invitation"]["link"], OWN).await;
    let shown = browser.get("/me/phone").await;
    assert_eq!((&shown.body["person"]["extension"], &shown.body["tenant"]), (&json!("102"), &json!("demo")));
    let phone = browser.post("/me/phone/credentials", &json!({})).await;
    assert_eq!(phone.body["person"]["display_name"], json!("Bob Brown"), "{}", phone.text);
    assert_eq!(browser.post("/me/phone/credentials", &wish).await.status, StatusCode::FORBIDDEN);

    world.patch("/tenants/demo/users/102", None, &json!({ "enabled": false })).await;
    world.switch_has(|tenant| tenant.user_by_extension("102").is_some_and(|bob| !bob.enabled)).await;
    let gone = browser.post("/me/phone/credentials", &json!({})).await;
    assert_eq!(gone.status, StatusCode::UNAUTHORIZED, "{}", gone.text);
    let mut admin = Browser::signed_in(&world, ADMIN, PASSWORD).await;
    let refused = admin.post("/me/phone/credentials", &wish).await;
    assert_eq!(refused.body["code"], json!("user.disabled"), "{}", refused.text);
}
