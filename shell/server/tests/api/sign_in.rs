//! People sign in: with a password, with a second factor, and for as long as they should.

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use phone::access::totp::code_at;
use phone::id::AccountId;
use reqwest::{Method, header};
use serde_json::{Value, json};

use super::browser::Browser;
use super::world::{PASSWORD, World, send, world};

const OWN: &str = "four words of mine";
const ADMIN: &str = "admin@demo.test";

#[tokio::test]
async fn the_administrator_of_the_demo_signs_in_and_out() {
    let world = world().await;
    let mut browser = Browser::signed_in(&world, "Admin@Demo.test", PASSWORD).await;
    assert!(browser.set_cookie.starts_with("trunkline="), "{}", browser.set_cookie);
    assert!(
        browser.set_cookie.ends_with("; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict"),
        "{}",
        browser.set_cookie
    );
    let me = browser.get("/me").await;
    assert_eq!(
        (&me.body["kind"], &me.body["email"], &me.body["tenant"]),
        (&json!("account"), &json!(ADMIN), &json!(null))
    );
    assert_eq!((&me.body["state"], &me.body["factors"]["totp"]), (&json!("signed_in"), &json!(false)));
    assert!(me.body["permissions"].as_array().unwrap().contains(&json!("accounts.write")));
    assert_eq!(browser.get("/tenants/demo/users").await.status, StatusCode::OK);
    let made = browser.post("/tenants/demo/groups", &json!({ "name": "Paris" })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let audit = world.read("/tenants/demo/audit?noun=group").await;
    assert_eq!(audit["items"][0]["actor"], format!("platform:account:{ADMIN}"));
    let by = &audit["items"][0]["by"];
    assert_eq!((&by["kind"], &by["name"], &by["belongs_to"]), (&json!("account"), &json!(ADMIN), &json!("platform")));
    assert_eq!(by["shown"], format!("{} <{ADMIN}>, an account of the server", me.body["name"].as_str().unwrap()));

    let held = browser.cookie.clone();
    assert_eq!(browser.send(Method::POST, "/sign-out", None).await.status, StatusCode::NO_CONTENT);
    assert!(browser.set_cookie.starts_with("trunkline=; Path=/; Max-Age=0"), "{}", browser.set_cookie);
    browser.cookie = held;
    assert_eq!(browser.get("/me").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn nobody_learns_whether_there_is_such_an_account() {
    let world = world().await;
    let answers = async |email: &str, password: &str| {
        let reply = Browser::new(&world).sign_in(email, password).await;
        (reply.status.as_u16(), reply.text)
    };
    let wrong = answers(ADMIN, "wrong").await;
    assert_eq!(wrong.0, 401);
    assert_eq!(answers("nobody@demo.test", PASSWORD).await, wrong);
    let body = json!({ "email": "ann@demo.test", "name": "Ann", "roles": [{ "role": "viewer" }] });
    world.post_json("/tenants/demo/accounts", &body).await;
    assert_eq!(answers("ann@demo.test", "").await, wrong, "invited, without a password");
    Browser::invited(&world, "bob@demo.test", "viewer", OWN).await;
    let disabled = world.patch("/tenants/demo/accounts/bob@demo.test", None, &json!({ "enabled": false })).await;
    assert_eq!((disabled.status, &disabled.body["state"]), (StatusCode::OK, &json!("disabled")), "{}", disabled.text);
    assert_eq!(answers("bob@demo.test", OWN).await, wrong, "disabled");
    let elsewhere = json!({ "email": ADMIN, "password": PASSWORD, "tenant": "demo" });
    let reply = Browser::new(&world).post("/sign-in", &elsewhere).await;
    assert_eq!((reply.status.as_u16(), reply.text), wrong, "it is no account of the organization");
}

#[tokio::test]
async fn whoever_guesses_waits_and_others_do_not() {
    let world = world().await;
    Browser::invited(&world, "ann@demo.test", "viewer", OWN).await;
    let mut browser = Browser::new(&world);
    for _ in 0..6 {
        assert_eq!(browser.sign_in("ann@demo.test", "wrong").await.status, StatusCode::UNAUTHORIZED);
    }
    let request = world.request(Method::POST, "/sign-in").json(&json!({ "email": "ANN@demo.test", "password": OWN }));
    let response = request.send().await.unwrap();
    assert_eq!(response.status().as_u16(), 429, "the right password is not looked at");
    let retry_after: u64 = response.headers()[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=2).contains(&retry_after), "{retry_after}");
    let body: Value = response.json().await.unwrap();
    assert_eq!((&body["code"], &body["retry_after_seconds"]), (&json!("too_many_attempts"), &json!(retry_after)));
    Browser::signed_in(&world, ADMIN, PASSWORD).await;
    // An account that is not there waits as well.
    for _ in 0..6 {
        browser.sign_in("nobody@demo.test", "wrong").await;
    }
    assert_eq!(browser.sign_in("nobody@demo.test", "wrong").await.status.as_u16(), 429);
}

#[tokio::test]
async fn another_sites_page_changes_nothing() {
    let world = world().await;
    let mut browser = Browser::signed_in(&world, ADMIN, PASSWORD).await;
    let csrf = browser.csrf.take();
    let group = json!({ "name": "Paris" });
    let refused = browser.post("/tenants/demo/groups", &group).await;
    assert_eq!((refused.status, &refused.body["code"]), (StatusCode::FORBIDDEN, &json!("csrf")), "{}", refused.text);
    browser.csrf = Some("another".to_owned());
    assert_eq!(browser.post("/tenants/demo/groups", &group).await.body["code"], "csrf");
    assert_eq!(browser.get("/tenants/demo/groups").await.status, StatusCode::OK, "reading needs none");
    browser.csrf.clone_from(&csrf);
    let ask = |origin: &str| {
        let request = world.request(Method::POST, "/tenants/demo/groups").json(&group).header(header::ORIGIN, origin);
        let request = request.header(header::COOKIE, browser.cookie.as_deref().unwrap());
        send(request.header("X-CSRF-Token", csrf.as_deref().unwrap()))
    };
    for origin in ["https://evil.test", "null"] {
        assert_eq!(ask(origin).await.body["code"], "foreign_origin", "{origin}");
    }
    let own = world.base.trim_end_matches("/api/v1");
    let made = ask(own).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let request = world.request(Method::POST, "/sign-in").header(header::ORIGIN, "https://evil.test");
    let reply = send(request.json(&json!({ "email": ADMIN, "password": PASSWORD }))).await;
    assert_eq!(reply.body["code"], "foreign_origin", "nobody is signed in as somebody else");
}

#[tokio::test]
async fn an_invitation_is_taken_up_once_with_a_password_that_is_one() {
    let world = world().await;
    let body = json!({ "email": "ann@demo.test", "name": "Ann", "roles": [{ "role": "user_administrator" }] });
    let made = world.post_json("/tenants/demo/accounts", &body).await;
    assert_eq!((made.status, &made.body["state"]), (StatusCode::CREATED, &json!("invited")), "{}", made.text);
    let link = &made.body["invitation"]["link"];
    let mut browser = Browser::new(&world);
    for (password, code) in
        [("short", "password.too_short"), ("aaaaaaaaaaaaa", "password.common"), ("ann@demo.test", "password.own")]
    {
        let refused = browser.accept(link, password).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!(code)), "{}", refused.text);
    }
    assert_eq!(browser.accept(&json!("x#wrong"), OWN).await.body["code"], "invitation.over");
    assert_eq!(browser.accept(link, OWN).await.status, StatusCode::OK);
    assert_eq!(browser.get("/me").await.body["tenant"]["slug"], "demo");
    assert_eq!(Browser::new(&world).accept(link, OWN).await.body["code"], "invitation.over");
    let shown = world.read("/tenants/demo/accounts/ann@demo.test").await;
    assert_eq!((&shown["state"], &shown["invited_until"]), (&json!("active"), &json!(null)));

    // Inviting again takes the password away and ends what it opened.
    let again = world.post("/tenants/demo/accounts/ann@demo.test/invite").await;
    assert_eq!(browser.get("/me").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.sign_in("ann@demo.test", OWN).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.accept(&again.body["link"], "four other words").await.status, StatusCode::OK);
    let audit = world.read("/tenants/demo/audit?noun=account").await.to_string();
    let secrets = [link, &again.body["link"]].map(|link| link.as_str().unwrap().rsplit('#').next().unwrap().to_owned());
    assert!(!audit.contains(OWN) && secrets.iter().all(|secret| !audit.contains(secret)), "{audit}");
}

#[tokio::test]
async fn an_account_of_an_organization_does_there_what_its_roles_say_and_nothing_elsewhere() {
    let world = world().await;
    world.token_of_other_tenant(phone::access::BuiltIn::Viewer).await;
    let mut ann = Browser::invited(&world, "ann@demo.test", "user_administrator", OWN).await;
    for (path, status) in [
        ("/tenants/demo/users", 200),
        ("/tenants/demo/trunks", 403),
        ("/tenants/demo/accounts", 403),
        ("/tenants/other/users", 404),
        ("/tenants/other", 404),
        ("/accounts", 403),
        ("/sign-in-policy", 403),
        ("/audit", 403),
    ] {
        let reply = ann.get(path).await;
        assert_eq!(reply.status.as_u16(), status, "{path}: {}", reply.text);
    }
    let slugs = ann.get("/tenants").await.body["items"].clone();
    assert_eq!((slugs.as_array().unwrap().len(), &slugs[0]["slug"]), (1, &json!("demo")));
}

#[tokio::test]
async fn a_second_factor_is_set_up_asked_for_and_good_once() {
    let world = world().await;
    let mut ann = Browser::invited(&world, "ann@demo.test", "administrator", OWN).await;
    assert_eq!(ann.post("/me/totp", &json!({})).await.status, StatusCode::FORBIDDEN, "it asks for the password");
    let begun = ann.post("/me/totp", &json!({ "password": OWN })).await;
    assert!(begun.body["uri"].as_str().unwrap().starts_with("otpauth://totp/Trunkline:ann@demo.test?secret="));
    assert_eq!(ann.post("/me/totp/confirm", &json!({ "code": "000000x" })).await.body["code"], "second_factor.wrong");
    let before = ann.cookie.clone();
    let shown = code(&world, &mut ann, 0).await;
    let confirmed = ann.post("/me/totp/confirm", &json!({ "code": shown })).await;
    assert_eq!(confirmed.status, StatusCode::OK, "{}", confirmed.text);
    assert_ne!(ann.cookie, before, "the session goes on under another name");
    let codes = confirmed.body["recovery_codes"].as_array().unwrap().clone();
    assert_eq!(codes.len(), 10);
    assert_eq!(ann.get("/me").await.body["factors"]["recovery_codes_left"], 10);

    let mut elsewhere = Browser::new(&world);
    let half = elsewhere.sign_in("ann@demo.test", OWN).await;
    assert_eq!((half.status, &half.body["state"]), (StatusCode::OK, &json!("second_factor_needed")));
    for path in ["/tenants/demo/users", "/me/sessions"] {
        let refused = elsewhere.get(path).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (401, &json!("second_factor_needed")), "{path}");
    }
    let half = elsewhere.cookie.clone();
    let next = code(&world, &mut ann, 30).await;
    let proven = elsewhere.post("/sign-in/second-factor", &json!({ "code": next })).await;
    assert_eq!((proven.status, &proven.body["state"]), (StatusCode::OK, &json!("signed_in")), "{}", proven.text);
    assert_ne!(elsewhere.cookie, half);
    assert_eq!(elsewhere.get("/tenants/demo/users").await.status, StatusCode::OK);
    elsewhere.cookie = half;
    assert_eq!(elsewhere.get("/me").await.status, StatusCode::UNAUTHORIZED, "what was held before is worth nothing");

    elsewhere.sign_in("ann@demo.test", OWN).await;
    let replayed = elsewhere.post("/sign-in/second-factor", &json!({ "code": next })).await;
    assert_eq!(replayed.body["code"], "second_factor.wrong", "a code is good once");
    let recovery = json!({ "code": codes[3].as_str().unwrap().to_uppercase().replace('-', " ") });
    assert_eq!(elsewhere.post("/sign-in/second-factor", &recovery).await.status, StatusCode::OK);
    assert_eq!(elsewhere.get("/me").await.body["factors"]["recovery_codes_left"], 9);
    elsewhere.sign_in("ann@demo.test", OWN).await;
    assert_eq!(elsewhere.post("/sign-in/second-factor", &recovery).await.body["code"], "second_factor.wrong");

    assert_eq!(world.post("/tenants/demo/accounts/ann@demo.test/reset-second-factor").await.status.as_u16(), 204);
    assert_eq!(ann.get("/me").await.status, StatusCode::UNAUTHORIZED, "signed out everywhere");
    assert_eq!(ann.sign_in("ann@demo.test", OWN).await.body["state"], "signed_in");
    let audit = world.read("/tenants/demo/audit?noun=account").await.to_string();
    assert!(!codes.iter().any(|code| audit.contains(code.as_str().unwrap())));
}

#[tokio::test]
async fn where_a_second_factor_is_asked_of_everybody_it_is_set_up_first() {
    let world = world().await;
    let mut ann = Browser::invited(&world, "ann@demo.test", "administrator", OWN).await;
    let policy = world.get("/tenants/demo/sign-in-policy").await;
    assert_eq!(policy.body["second_factor_required"], false);
    let asked = json!({ "second_factor_required": true });
    let set = world.put("/tenants/demo/sign-in-policy", policy.etag.as_deref(), &asked).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.text);
    assert_eq!(world.put("/tenants/demo/sign-in-policy", Some("\"7\""), &asked).await.status.as_u16(), 412);
    let half = ann.sign_in("ann@demo.test", OWN).await;
    assert_eq!(half.body["state"], "second_factor_setup_needed");
    let refused = ann.get("/tenants/demo/users").await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (401, &json!("second_factor_setup_needed")));
    assert_eq!(ann.get("/me").await.body["factors"]["second_factor_required"], true);
    assert_eq!(
        ann.post("/me/password", &json!({ "current": OWN, "new": "four other words" })).await.status.as_u16(),
        401
    );
    ann.post("/me/totp", &json!({})).await;
    let code = code(&world, &mut ann, 0).await;
    assert_eq!(ann.post("/me/totp/confirm", &json!({ "code": code })).await.status, StatusCode::OK);
    assert_eq!(ann.get("/tenants/demo/users").await.status, StatusCode::OK);
    let kept = ann.post("/me/totp/remove", &json!({ "password": OWN })).await;
    assert_eq!((kept.status.as_u16(), &kept.body["code"]), (409, &json!("second_factor.required")));
    Browser::signed_in(&world, ADMIN, PASSWORD).await;
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one_or_all() {
    let world = world().await;
    let mut first = Browser::invited(&world, "ann@demo.test", "viewer", OWN).await;
    let mut second = Browser::signed_in(&world, "ann@demo.test", OWN).await;
    let mut third = Browser::signed_in(&world, "ann@demo.test", OWN).await;
    let own = first.get("/me").await.body["session"].clone();
    let listed = first.get("/me/sessions").await.body["items"].clone();
    let sessions = listed.as_array().unwrap();
    assert_eq!(sessions.len(), 3);
    for session in sessions {
        assert_eq!((&session["device"], &session["address"]), (&json!("Browser/1.0"), &json!("127.0.0.1")));
        assert_eq!(session["current"], session["id"] == own);
    }
    let third_id = third.get("/me").await.body["session"].as_str().unwrap().to_owned();
    assert_eq!(first.send(Method::DELETE, &format!("/me/sessions/{third_id}"), None).await.status.as_u16(), 204);
    assert_eq!(third.get("/me").await.status, StatusCode::UNAUTHORIZED);
    let wrong = first.post("/me/password", &json!({ "current": "wrong", "new": "four other words" })).await;
    assert_eq!((wrong.status, &wrong.body["code"]), (StatusCode::FORBIDDEN, &json!("password.wrong")));
    let changed = first.post("/me/password", &json!({ "current": OWN, "new": "four other words" })).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.text);
    assert_eq!((first.get("/me").await.status, second.get("/me").await.status.as_u16()), (StatusCode::OK, 401));
    assert_eq!(second.sign_in("ann@demo.test", OWN).await.status, StatusCode::UNAUTHORIZED);
    second.sign_in("ann@demo.test", "four other words").await;
    assert_eq!(first.post("/me/sessions/end-others", &json!({})).await.body["n_ended"], 1);
    let ended = world.post("/tenants/demo/accounts/ann@demo.test/sessions/end").await;
    assert_eq!(ended.body["n_ended"], 1);
    assert_eq!(first.get("/me").await.status, StatusCode::UNAUTHORIZED);
    // Nobody ends a session of somebody else as one of their own.
    let mut admin = Browser::signed_in(&world, ADMIN, PASSWORD).await;
    second.sign_in("ann@demo.test", "four other words").await;
    let foreign = second.get("/me").await.body["session"].as_str().unwrap().to_owned();
    assert_eq!(admin.send(Method::DELETE, &format!("/me/sessions/{foreign}"), None).await.status.as_u16(), 404);
}

#[tokio::test]
async fn who_leaves_is_signed_out_at_once() {
    let world = world().await;
    for (n, leave) in ["disable", "offboard", "remove"].into_iter().enumerate() {
        let extension = format!("60{n}");
        let body = json!({ "display_name": "Zoe", "extension": extension });
        let person = world.post_json("/tenants/demo/users", &body).await.body["id"].clone();
        let email = format!("zoe{n}@demo.test");
        let body = json!({ "email": email, "name": "Zoe", "person": person, "roles": [{ "role": "viewer" }] });
        let made = world.post_json("/tenants/demo/accounts", &body).await;
        let mut zoe = Browser::new(&world);
        zoe.accept(&made.body["invitation"]["link"], OWN).await;
        assert_eq!(zoe.get("/tenants/demo/users").await.status, StatusCode::OK);
        let path = format!("/tenants/demo/users/{extension}");
        let left = match leave {
            "disable" => world.patch(&path, None, &json!({ "enabled": false })).await,
            "offboard" => world.post_json(&format!("{path}/offboard"), &json!({})).await,
            _ => world.delete(&path, None).await,
        };
        assert!(left.status.is_success(), "{leave}: {}", left.text);
        assert_eq!(zoe.get("/tenants/demo/users").await.status, StatusCode::UNAUTHORIZED, "{leave}");
        assert_eq!(zoe.sign_in(&email, OWN).await.status, StatusCode::UNAUTHORIZED, "{leave}");
        if leave == "disable" {
            world.patch(&path, None, &json!({ "enabled": true })).await;
            assert_eq!(zoe.get("/me").await.status, StatusCode::UNAUTHORIZED, "it does not come back to life");
        }
    }
    let shown = world.get("/tenants/demo/accounts/zoe2@demo.test").await;
    assert_eq!(shown.status, StatusCode::NOT_FOUND, "the account went with the person");
}

#[tokio::test]
async fn nobody_takes_over_an_account_that_may_do_more() {
    let world = world().await;
    let permissions = ["accounts.write", "accounts.read", "users.read"];
    let role = world.post_json("/tenants/demo/roles", &json!({ "name": "Desk", "permissions": permissions })).await;
    let role = role.body["id"].as_str().unwrap().to_owned();
    Browser::invited(&world, "boss@demo.test", "administrator", OWN).await;
    let mut desk = Browser::invited(&world, "desk@demo.test", &role, OWN).await;
    let boss = "/tenants/demo/accounts/boss@demo.test";
    for (method, path, body) in [
        (Method::POST, format!("{boss}/invite"), None),
        (Method::POST, format!("{boss}/reset-second-factor"), None),
        (Method::POST, format!("{boss}/sessions/end"), None),
        (Method::PATCH, boss.to_owned(), Some(json!({ "email": "desk2@demo.test" }))),
        (Method::DELETE, boss.to_owned(), None),
        (
            Method::POST,
            "/tenants/demo/accounts".to_owned(),
            Some(json!({ "email": "x@demo.test", "name": "X", "roles": [{ "role": "administrator" }] })),
        ),
    ] {
        let refused = desk.send(method, &path, body.as_ref()).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (403, &json!("more_than_own")), "{path}");
    }
    let own = "/tenants/demo/accounts/desk@demo.test";
    for body in [json!({ "enabled": false }), json!({ "roles": [{ "role": role, "scope": { "type": "tenant" } }] })] {
        let reply = desk.send(Method::PATCH, own, Some(&body)).await;
        let is_same = body["roles"].is_array();
        assert_eq!(reply.status.as_u16(), if is_same { 200 } else { 409 }, "{}", reply.text);
    }
    assert_eq!(desk.send(Method::DELETE, own, None).await.body["code"], "account.own");
    let held = world.delete(&format!("/tenants/demo/roles/{role}"), None).await;
    assert_eq!(held.body["code"], "role.in_use");
}

#[tokio::test]
async fn each_rule_of_an_account_is_a_code() {
    let world = world().await;
    let made = |change: Value| {
        let mut body = json!({ "email": "ann@demo.test", "name": "Ann", "roles": [{ "role": "viewer" }] });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let world = &world;
        async move { world.post_json("/tenants/demo/accounts", &body).await }
    };
    assert_eq!(made(json!({})).await.status, StatusCode::CREATED);
    let nobody = "00000000-0000-0000-0000-000000000001";
    for (change, code) in [
        (json!({ "email": "ANN@demo.test" }), "account.email_taken"),
        (json!({ "email": "ann" }), "email.malformed"),
        (json!({ "email": "b@demo.test", "name": " " }), "name.malformed"),
        (json!({ "email": "b@demo.test", "person": nobody }), "person.unknown"),
        (json!({ "email": "b@demo.test", "roles": [] }), "roles.empty"),
    ] {
        assert_eq!(made(change.clone()).await.body["code"], code, "{change}");
    }
    // The server has accounts of its own, which nobody of an organization hears of.
    let body = json!({ "email": "ann@demo.test", "name": "Ann", "roles": [{ "role": "viewer" }] });
    let same = world.post_json("/accounts", &body).await;
    assert_eq!(same.status, StatusCode::CREATED, "{}", same.text);
    let mut browser = Browser::new(&world);
    browser.accept(&same.body["invitation"]["link"], OWN).await;
    assert_eq!(browser.sign_in("ann@demo.test", OWN).await.status, StatusCode::UNAUTHORIZED, "which one is not clear");
    let listed = world.read("/accounts").await;
    let emails: Vec<_> = listed["items"].as_array().unwrap().iter().map(|account| &account["email"]).collect();
    assert_eq!(emails, [ADMIN, "ann@demo.test"]);
}

#[tokio::test]
async fn the_audit_tells_of_sign_ins_and_of_those_that_failed() {
    let world = world().await;
    let mut ann = Browser::invited(&world, "ann@demo.test", "viewer", OWN).await;
    ann.sign_in("ann@demo.test", "wrong words").await;
    let failed = async {
        loop {
            let audit = world.read("/tenants/demo/audit?noun=account").await;
            let found =
                audit["items"].as_array().unwrap().iter().find(|event| event["action"] == "sign_in_failed").cloned();
            if let Some(found) = found {
                break found;
            }
        }
    };
    // It is written beside the request.
    let failed = tokio::time::timeout(std::time::Duration::from_secs(20), failed).await.expect("it is told");
    assert_eq!(failed["after"], json!({ "address": "127.0.0.1", "because": "wrong_password" }));
    let audit = world.read("/tenants/demo/audit?noun=account").await;
    let actions: Vec<_> = audit["items"].as_array().unwrap().iter().map(|event| &event["action"]).collect();
    assert_eq!(actions, ["sign_in_failed", "sign_in", "accept_invitation", "invite", "create"]);
    assert!(!audit.to_string().contains("wrong words"));
}

/// What the app of the browser's holder shows some seconds from now.
async fn code(world: &World, browser: &mut Browser<'_>, secs: i64) -> String {
    let id = browser.get("/me").await.body["id"].as_str().unwrap().parse().unwrap();
    let secret = world.store.credentials(AccountId(id)).await.unwrap().unwrap().totp.unwrap().secret;
    code_at(&secret, Timestamp::now().checked_add(SignedDuration::from_secs(secs)).unwrap())
}
