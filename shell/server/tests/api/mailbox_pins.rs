//! PINs of mailboxes, what people set of their own mailbox, and extensions of shared ones.

use axum::http::StatusCode;
use phone::id::UserId;
use reqwest::Method;
use serde_json::{Value, json};

use super::browser::Browser;
use super::world::world;

const OWN: &str = "/tenants/demo/users/102/voicemail";

#[tokio::test]
async fn a_pin_is_set_shown_as_set_and_removed() {
    let world = world().await;
    let team = format!("/tenants/demo/shared-mailboxes/{}", world.id_of("shared-mailboxes", "Front desk").await);
    for mailbox in [OWN, &team] {
        let path = format!("{mailbox}/pin");
        assert_eq!(world.read(&path).await["is_set"], false);
        for (pin, code) in [("123", "mailbox_pin.malformed"), ("1234", "mailbox_pin.guessable")] {
            let refused = world.put(&path, None, &json!({ "pin": pin })).await;
            assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!(code)), "{}", refused.text);
        }
        let set = world.put(&path, None, &json!({ "pin": "4711" })).await;
        assert_eq!((set.status, &set.body["is_set"]), (StatusCode::OK, &json!(true)), "{}", set.text);
        assert!(!set.text.contains("4711"));
        let audit = world.read("/tenants/demo/audit?noun=mailbox_pin").await;
        assert_eq!(audit["items"][0]["action"], "set");
        assert!(!audit.to_string().contains("4711"));
        assert_eq!(world.delete(&path, None).await.status, StatusCode::NO_CONTENT);
        assert_eq!(world.read(&path).await["is_set"], false);
    }
}

#[tokio::test]
async fn a_person_sets_the_own_mailbox_without_a_permission_and_nobody_elses() {
    let world = world().await;
    let bob = world.read("/tenants/demo/users/102").await["id"].clone();
    let invited =
        json!({ "email": "bob@demo.test", "name": "Bob", "roles": [{ "role": "security_desk" }], "person": bob });
    let account = world.post_json("/tenants/demo/accounts", &invited).await;
    let mut browser = Browser::new(&world);
    browser.accept(&account.body["invitation"]["link"].clone(), "four words of mine").await;
    let mut put = async |path: &str, body: Value| browser.send(Method::PUT, path, Some(&body)).await;
    let (pin, off) = (json!({ "pin": "4711" }), json!({ "enabled": false, "email": false }));
    for (user, expected) in [("102", StatusCode::OK), ("101", StatusCode::FORBIDDEN), ("999", StatusCode::FORBIDDEN)] {
        let path = format!("/tenants/demo/users/{user}/voicemail");
        let set = put(&format!("{path}/pin"), pin.clone()).await;
        assert_eq!(set.status, expected, "{user}: {}", set.text);
        assert_eq!(put(&path, off.clone()).await.status, expected, "{user}");
    }
    assert_eq!(browser.get(OWN).await.body["enabled"], false);
    let bob = UserId(bob.as_str().unwrap().parse().unwrap());
    world.switch_has(|tenant| tenant.voicemail_of(bob).is_none()).await;
}

#[tokio::test]
async fn an_extension_is_a_persons_or_a_mailboxs() {
    let world = world().await;
    let path = format!("/tenants/demo/shared-mailboxes/{}", world.id_of("shared-mailboxes", "Front desk").await);
    let with = async |extension: &str| {
        let mut body = world.read(&path).await;
        body["extension"] = extension.into();
        world.put(&path, None, &body).await
    };
    for (extension, code) in
        [("101", "extension.taken"), ("911", "extension.emergency"), ("12a", "extension.malformed")]
    {
        let refused = with(extension).await;
        assert_eq!(refused.body["errors"][0]["code"], code, "{}", refused.text);
    }
    assert_eq!(with("700").await.status, StatusCode::OK);
    let taken = world.post_json("/tenants/demo/users", &json!({ "display_name": "Eve", "extension": "700" })).await;
    assert_eq!(
        (taken.status, &taken.body["code"]),
        (StatusCode::CONFLICT, &json!("extension.taken")),
        "{}",
        taken.text
    );
    world.switch_has(|tenant| tenant.mailbox_by_extension("700").is_some()).await;
    for (from, end) in [("101", "visit"), ("104", "message")] {
        let told = world.post_json("/tenants/demo/explain", &json!({ "from": from, "to": "700" })).await;
        assert_eq!(told.body["end"]["type"], end, "{}", told.text);
    }
    let own = world.post_json("/tenants/demo/explain", &json!({ "from": "102", "to": "*97" })).await;
    assert_eq!(own.body["end"]["words"], "the caller hears the messages in the voicemail of Bob Brown", "{}", own.text);
}
