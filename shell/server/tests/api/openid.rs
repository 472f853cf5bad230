//! Signing in elsewhere: against an issuer on a port of its own, with keys of its own, that can also misbehave.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use reqwest::{Method, header};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::browser::Browser;
use super::world::{PASSWORD, Reply, World, send, world};

const SECRET: &str = "a secret with / and +";
const CLIENT: &str = "phone";

/// What the issuer knows and how it misbehaves.
struct Issuer {
    base: String,
    key: rcgen::KeyPair,
    /// What it was asked at the authorization endpoint, newest last.
    asked: Mutex<Vec<Value>>,
    /// Put over the claims of each token.
    claims: Mutex<Value>,
    /// How tokens are signed.
    signing: Mutex<Signing>,
    kid: Mutex<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Signing {
    Well,
    /// `alg: none`, without a signature.
    NotAtAll,
    /// With the public key as a shared secret.
    ByPublicKey,
    /// With another key.
    ByStranger,
}

#[tokio::test]
async fn who_has_an_account_signs_in_with_the_provider_and_is_known_again_by_its_name() {
    let (world, issuer) = with_provider(json!({})).await;
    account(&world, "ann@demo.test").await;
    let signed_in = flow(&world, &issuer).await;
    assert_eq!(signed_in.status.as_u16(), 303, "{}", signed_in.text);
    assert_eq!(signed_in.location, "/");
    let me = me(&world, &signed_in).await;
    assert_eq!((&me["email"], &me["tenant"]["slug"]), (&json!("ann@demo.test"), &json!("demo")));
    let asked = issuer.asked.lock().unwrap()[0].clone();
    assert_eq!(asked["scope"], "openid email profile");
    assert_eq!((&asked["code_challenge_method"], &asked["response_type"]), (&json!("S256"), &json!("code")));
    assert_eq!(asked["redirect_uri"], format!("{}/sign-in/openid/callback", world.base));
    // The address may change there: the provider's own name for somebody does not.
    issuer.say(json!({ "email": "ann.baker@demo.test", "email_verified": false }));
    let again = flow(&world, &issuer).await;
    assert_eq!(super::openid::me(&world, &again).await["id"], me["id"]);
    let shown = world.read("/tenants/demo/accounts/ann@demo.test").await;
    assert_eq!((&shown["openid"], &shown["state"]), (&json!(true), &json!("active")));
    // Somebody else who comes to have the address there does not come to have the account here.
    issuer.say(json!({ "sub": "another", "email": "ann@demo.test", "email_verified": true }));
    assert_eq!(flow(&world, &issuer).await.body["code"], "openid.no_account");
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let (world, issuer) = with_provider(json!({})).await;
    account(&world, "ann@demo.test").await;
    let now = Timestamp::now().as_second();
    for (claims, signing, code) in [
        (json!({ "nonce": "another" }), Signing::Well, "openid.token_refused"),
        (json!({ "aud": "another" }), Signing::Well, "openid.token_refused"),
        (json!({ "aud": [CLIENT, "another"] }), Signing::Well, "openid.token_refused"),
        (json!({ "iss": "https://evil.test" }), Signing::Well, "openid.token_refused"),
        (json!({ "exp": now - 120 }), Signing::Well, "openid.token_refused"),
        (json!({ "iat": now + 600 }), Signing::Well, "openid.token_refused"),
        (json!({ "email_verified": false }), Signing::Well, "openid.email_unverified"),
        (json!({ "email_verified": "true" }), Signing::Well, "openid.email_unverified"),
        (json!({ "email": "nobody@demo.test" }), Signing::Well, "openid.no_account"),
        (json!({}), Signing::NotAtAll, "openid.token_unsigned"),
        (json!({}), Signing::ByPublicKey, "openid.token_unsigned"),
        (json!({}), Signing::ByStranger, "openid.token_unsigned"),
    ] {
        issuer.say(claims.clone());
        *issuer.signing.lock().unwrap() = signing;
        let refused = flow(&world, &issuer).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (401, &json!(code)), "{claims}: {}", refused.text);
        assert!(refused.cookies.iter().all(|cookie| !cookie.starts_with("trunkline=")), "{:?}", refused.cookies);
    }
    issuer.say(json!({}));
    *issuer.signing.lock().unwrap() = Signing::Well;
    assert_eq!(flow(&world, &issuer).await.status.as_u16(), 303);
    world.patch("/tenants/demo/accounts/ann@demo.test", None, &json!({ "enabled": false })).await;
    assert_eq!(flow(&world, &issuer).await.body["code"], "openid.no_account");
}

#[tokio::test]
async fn an_answer_fits_the_browser_that_asked_or_is_refused() {
    let (world, issuer) = with_provider(json!({})).await;
    account(&world, "ann@demo.test").await;
    let begun = begin(&world, "demo").await;
    let cookie = &begun.cookies[0];
    assert!(cookie.starts_with("trunkline-openid=") && cookie.ends_with("; HttpOnly; SameSite=Lax"), "{cookie}");
    let back = issuer.authorize(&begun.location).await;
    for (state, cookie) in [
        (Some("another"), Some(held(cookie))),
        (None, None),
        (None, Some(held(&begin(&world, "demo").await.cookies[0]))),
        // As long ago as nobody takes to sign in.
        (None, Some(held(cookie).replace(&Timestamp::now().as_second().to_string()[..6], "170000"))),
    ] {
        let path = match state {
            Some(state) => back.replace(&between(&back, "state=", "&"), state),
            None => back.clone(),
        };
        let refused = come_back(&world, &path, cookie.as_deref()).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.body["code"]),
            (401, &json!("openid.other_flow")),
            "{}",
            refused.text
        );
    }
    let declined = come_back(&world, "/sign-in/openid/callback?error=access_denied", Some(&held(cookie))).await;
    assert_eq!(declined.body["code"], "openid.declined");
    let mixed = come_back(&world, &format!("{back}&iss=https%3A%2F%2Fevil.test"), Some(&held(cookie))).await;
    assert_eq!(mixed.body["code"], "openid.other_flow", "another provider's answer is not shown to this one");
    let done = come_back(&world, &back, Some(&held(cookie))).await;
    assert_eq!(done.status.as_u16(), 303, "{}", done.text);
    assert!(done.cookies.iter().any(|cookie| cookie.starts_with("trunkline-openid=; ")), "{:?}", done.cookies);
    // A code is redeemed once, and with the verifier of the browser that asked.
    assert_eq!(come_back(&world, &back, Some(&held(cookie))).await.body["code"], "openid.provider_refused");
}

#[tokio::test]
async fn who_is_new_gets_an_account_with_the_roles_of_their_groups_which_are_followed() {
    let making = json!({
        "creates_accounts": true, "default_role": "viewer", "groups_claim": "groups",
        "group_roles": [{ "group": "telephony", "role": "telephony_administrator" }],
    });
    let (world, issuer) = with_provider(making).await;
    let roles = async || {
        let signed_in = flow(&world, &issuer).await;
        assert_eq!(signed_in.status.as_u16(), 303, "{}", signed_in.text);
        let me = me(&world, &signed_in).await;
        let roles = me["roles"].as_array().unwrap().iter().map(|role| role["role"].as_str().unwrap().to_owned());
        (me["name"].as_str().unwrap().to_owned(), roles.collect::<Vec<_>>())
    };
    issuer.say(json!({ "groups": ["telephony"] }));
    assert_eq!(roles().await, ("Ann Archer".to_owned(), vec!["telephony_administrator".to_owned()]));
    issuer.say(json!({ "groups": [] }));
    assert_eq!(roles().await.1, ["viewer"]);
    let audit = world.read("/tenants/demo/audit?noun=account").await.to_string();
    assert!(audit.contains("link_openid") && !audit.contains(SECRET), "{audit}");
    // An account that was here before keeps the roles that it was given here.
    account(&world, "bob@demo.test").await;
    issuer.say(json!({ "sub": "bob", "email": "bob@demo.test", "groups": ["telephony"] }));
    assert_eq!(roles().await.1, ["operator"]);
}

#[tokio::test]
async fn a_role_that_was_deleted_gives_nothing() {
    let (world, issuer) = with_provider(json!({})).await;
    let desk = json!({ "name": "Desk", "permissions": ["users.read"] });
    let role = world.post_json("/tenants/demo/roles", &desk).await.body["id"].as_str().unwrap().to_owned();
    let making = json!({ "issuer": issuer.base, "client_id": CLIENT, "creates_accounts": true, "default_role": role });
    let set = world.put("/tenants/demo/openid-provider", None, &making).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.text);
    let deleted = world.delete(&format!("/tenants/demo/roles/{role}"), None).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT, "{}", deleted.text);
    let refused = flow(&world, &issuer).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.body["code"]),
        (401, &json!("openid.no_account")),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn who_was_known_by_another_provider_before_is_known_by_a_verified_address_again() {
    let (world, issuer) = with_provider(json!({})).await;
    account(&world, "ann@demo.test").await;
    let id = world.read("/tenants/demo/accounts/ann@demo.test").await["id"].as_str().unwrap().parse().unwrap();
    let mut tx = world.store.begin(store::Actor::System, Timestamp::now()).await.unwrap();
    tx.link_openid(phone::id::AccountId(id), "https://before.test", "another", false).await.unwrap();
    tx.commit().await.unwrap();
    let signed_in = flow(&world, &issuer).await;
    assert_eq!(signed_in.status.as_u16(), 303, "{}", signed_in.text);
    assert_eq!(me(&world, &signed_in).await["email"], "ann@demo.test");
}

#[tokio::test]
async fn a_second_factor_is_asked_for_here_unless_it_was_shown_there() {
    let (world, issuer) = with_provider(json!({})).await;
    account(&world, "ann@demo.test").await;
    world.put("/tenants/demo/sign-in-policy", None, &json!({ "second_factor_required": true })).await;
    let half = flow(&world, &issuer).await;
    assert_eq!(me(&world, &half).await["state"], "second_factor_setup_needed");
    issuer.say(json!({ "amr": ["pwd", "mfa"] }));
    let whole = flow(&world, &issuer).await;
    assert_eq!(me(&world, &whole).await["state"], "signed_in");
}

/// A browser that was left open must not become a password that lasts.
#[tokio::test]
async fn who_has_no_password_sets_one_only_soon_after_signing_in() {
    let (world, issuer) = with_provider(json!({})).await;
    account(&world, "ann@demo.test").await;
    let signed_in = flow(&world, &issuer).await;
    let id = me(&world, &signed_in).await["id"].as_str().unwrap().parse().unwrap();
    let long_ago = Timestamp::now() - jiff::SignedDuration::from_mins(11);
    let mut tx = world.store.begin(store::Actor::System, long_ago).await.unwrap();
    let session = store::NewSession {
        account: phone::id::AccountId(id),
        hash: store::TokenHash::of("left-open"),
        stage: phone::access::session::Stage::Open,
        address: "127.0.0.1",
        device: "Browser/1.0",
    };
    tx.begin_session(session).await.unwrap();
    tx.commit().await.unwrap();
    let mut browser = Browser::new(&world);
    browser.cookie = Some("trunkline=left-open".to_owned());
    assert_eq!(browser.get("/me").await.status.as_u16(), 200);
    let password = json!({ "new": "four words of mine" });
    for (path, body) in [("/me/password", &password), ("/me/totp", &json!({}))] {
        let refused = browser.post(path, body).await;
        let said = (refused.status.as_u16(), &refused.body["code"], refused.body["fix"].is_string());
        assert_eq!(said, (403, &json!("sign_in.not_recent"), true), "{path}: {}", refused.text);
    }
    let fresh = signed_in.cookies.iter().find(|cookie| cookie.starts_with("trunkline=")).unwrap();
    browser.cookie = Some(held(fresh));
    browser.csrf = None;
    browser.get("/me").await;
    let set = browser.post("/me/password", &password).await;
    assert_eq!(set.status.as_u16(), 204, "{}", set.text);
    Browser::signed_in(&world, "ann@demo.test", "four words of mine").await;
}

#[tokio::test]
async fn new_keys_of_the_provider_are_asked_for_but_not_for_each_token() {
    let (world, issuer) = with_provider(json!({})).await;
    account(&world, "ann@demo.test").await;
    assert_eq!(flow(&world, &issuer).await.status.as_u16(), 303);
    *issuer.kid.lock().unwrap() = "another".to_owned();
    // The keys were asked for a moment ago: an unknown name is no reason to ask again at once.
    assert_eq!(flow(&world, &issuer).await.body["code"], "openid.token_unsigned");
}

#[tokio::test]
async fn a_provider_is_set_by_who_may_do_everything_and_its_secret_is_never_shown() {
    let (world, issuer) = with_provider(json!({})).await;
    let shown = world.get("/tenants/demo/openid-provider").await;
    assert_eq!((&shown.body["has_client_secret"], &shown.body["client_id"]), (&json!(true), &json!(CLIENT)));
    assert!(!shown.text.contains(SECRET));
    assert!(!world.get("/tenants/demo/audit").await.text.contains(SECRET));
    let set = async |change: Value| {
        let mut body = json!({ "issuer": issuer.base, "client_id": CLIENT });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        world.put("/tenants/demo/openid-provider", None, &body).await
    };
    assert_eq!(set(json!({})).await.body["has_client_secret"], true, "it stays");
    let elsewhere = set(json!({ "issuer": "https://elsewhere.test" })).await;
    assert_eq!(elsewhere.body["code"], "client_secret.needed", "no other issuer is told the secret");
    assert_eq!(set(json!({ "client_secret": null })).await.body["has_client_secret"], false);
    for (change, code) in [
        (json!({ "issuer": "http://id.test" }), "issuer.malformed"),
        (json!({ "creates_accounts": true }), "default_role.needed"),
        (json!({ "creates_accounts": true, "default_role": "emperor" }), "role.unknown"),
        (json!({ "group_roles": [{ "group": "g", "role": "viewer" }] }), "groups_claim.needed"),
    ] {
        assert_eq!(set(change.clone()).await.body["code"], code, "{change}");
    }
    let permissions = json!({ "name": "Desk", "permissions": ["accounts.write", "accounts.read"] });
    let role = world.post_json("/tenants/demo/roles", &permissions).await.body["id"].clone();
    let mut desk = Browser::invited(&world, "desk@demo.test", role.as_str().unwrap(), "four words of mine").await;
    let body = json!({ "issuer": issuer.base, "client_id": "mine" });
    let refused = desk.send(Method::PUT, "/tenants/demo/openid-provider", Some(&body)).await;
    assert_eq!(refused.body["code"], "more_than_own", "who says where people sign in could be anybody");
    // Each place has its own: the server has none.
    assert_eq!(begin(&world, "").await.status.as_u16(), 404);
    assert_eq!(world.delete("/tenants/demo/openid-provider", None).await.status.as_u16(), 204);
    assert_eq!(begin(&world, "demo").await.status.as_u16(), 404);
    Browser::signed_in(&world, "admin@demo.test", PASSWORD).await;
}

/// A world whose demo organization signs in with an issuer.
async fn with_provider(change: Value) -> (World, Arc<Issuer>) {
    let world = world().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = Arc::new(Issuer {
        base: format!("http://{}", listener.local_addr().unwrap()),
        key: rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap(),
        asked: Mutex::default(),
        claims: Mutex::new(json!({})),
        signing: Mutex::new(Signing::Well),
        kid: Mutex::new("first".to_owned()),
    });
    let routes = Router::new()
        .route("/.well-known/openid-configuration", get(configuration))
        .route("/authorize", get(authorize))
        .route("/token", post(token))
        .route("/keys", get(keys))
        .with_state(issuer.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let mut body = json!({ "issuer": issuer.base, "client_id": CLIENT, "client_secret": SECRET });
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let set = world.put("/tenants/demo/openid-provider", None, &body).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.text);
    (world, issuer)
}

async fn configuration(State(issuer): State<Arc<Issuer>>) -> Json<Value> {
    let base = &issuer.base;
    Json(json!({
        "issuer": base, "authorization_endpoint": format!("{base}/authorize"), "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/keys"), "id_token_signing_alg_values_supported": ["ES256"],
    }))
}

async fn authorize(
    State(issuer): State<Arc<Issuer>>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> impl IntoResponse {
    let asked = json!(asked);
    let mut all = issuer.asked.lock().unwrap();
    all.push(asked.clone());
    let text = |name: &str| asked[name].as_str().unwrap().to_owned();
    let location = format!("{}?code={}&state={}", text("redirect_uri"), all.len() - 1, text("state"));
    (StatusCode::SEE_OTHER, [(header::LOCATION.as_str(), location)])
}

async fn token(State(issuer): State<Arc<Issuer>>, headers: HeaderMap, form: Bytes) -> Result<Json<Value>, StatusCode> {
    let given: BTreeMap<String, String> = serde_urlencoded::from_bytes(&form).unwrap();
    let text = |name: &str| given.get(name).cloned().unwrap_or_default();
    let credentials = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    // RFC 6749 2.3.1: escaped as in a form before they are joined.
    let expected = base64::engine::general_purpose::STANDARD.encode(format!("{CLIENT}:a+secret+with+%2F+and+%2B"));
    let n: usize = text("code").parse().map_err(|_| StatusCode::BAD_REQUEST)?;
    let asked = issuer.asked.lock().unwrap().get(n).cloned().unwrap_or_default();
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(text("code_verifier")));
    let is_fine = text("grant_type") == "authorization_code"
        && credentials == format!("Basic {expected}")
        && asked["redirect_uri"] == text("redirect_uri").as_str()
        && asked["code_challenge"] == challenge.as_str();
    if !is_fine {
        return Err(StatusCode::BAD_REQUEST);
    }
    // Used up.
    issuer.asked.lock().unwrap()[n]["code_challenge"] = json!(null);
    Ok(Json(json!({ "token_type": "Bearer", "access_token": "x", "id_token": issuer.id_token(&asked) })))
}

async fn keys(State(issuer): State<Arc<Issuer>>) -> Json<Value> {
    let point = issuer.key.public_key_raw();
    let part = |from: usize| URL_SAFE_NO_PAD.encode(&point[from..from + 32]);
    let key = json!({ "kty": "EC", "crv": "P-256", "kid": "first", "use": "sig", "x": part(1), "y": part(33) });
    // Keys that nobody here knows are no reason to take none.
    Json(json!({ "keys": [{ "kty": "quantum", "kid": "later" }, key] }))
}

impl Issuer {
    fn say(&self, claims: Value) {
        *self.claims.lock().unwrap() = claims;
    }

    fn id_token(&self, asked: &Value) -> String {
        let now = Timestamp::now().as_second();
        let mut claims = json!({
            "iss": self.base, "aud": CLIENT, "sub": "ann", "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            "email": "ann@demo.test", "email_verified": true, "name": "Ann Archer",
        });
        claims.as_object_mut().unwrap().extend(self.claims.lock().unwrap().as_object().unwrap().clone());
        let kid = self.kid.lock().unwrap().clone();
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = |algorithm: &str| format!("{}.{}", part(&json!({ "alg": algorithm, "kid": kid })), part(&claims));
        let signed = |key: &rcgen::KeyPair| {
            let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key.serialize_der()).unwrap();
            let message = message("ES256");
            let signature = key.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
            format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
        };
        let signing = *self.signing.lock().unwrap();
        match signing {
            Signing::Well => signed(&self.key),
            Signing::NotAtAll => format!("{}.", message("none")),
            Signing::ByPublicKey => {
                let message = message("HS256");
                let secret = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, self.key.public_key_raw());
                let tag = aws_lc_rs::hmac::sign(&secret, message.as_bytes());
                format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag))
            }
            Signing::ByStranger => signed(&rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap()),
        }
    }

    /// Signs in here; the path of the server that the browser is sent back to.
    async fn authorize(&self, location: &str) -> String {
        assert!(location.starts_with(&format!("{}/authorize?", self.base)), "{location}");
        let back = follow(location, None).await.location;
        back.split("/api/v1").nth(1).unwrap().to_owned()
    }
}

/// An answer with what a browser does with it.
struct Page {
    status: StatusCode,
    location: String,
    cookies: Vec<String>,
    body: Value,
    text: String,
}

/// All of it: to the issuer and back.
async fn flow(world: &World, issuer: &Issuer) -> Page {
    let begun = begin(world, "demo").await;
    assert_eq!(begun.status.as_u16(), 303, "{}", begun.text);
    let back = issuer.authorize(&begun.location).await;
    come_back(world, &back, Some(&held(&begun.cookies[0]))).await
}

async fn begin(world: &World, tenant: &str) -> Page {
    let query = if tenant.is_empty() { String::new() } else { format!("?tenant={tenant}") };
    follow(&format!("{}/sign-in/openid{query}", world.base), None).await
}

async fn come_back(world: &World, path: &str, cookie: Option<&str>) -> Page {
    follow(&format!("{}{path}", world.base), cookie).await
}

async fn follow(url: &str, cookie: Option<&str>) -> Page {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let request = client.get(url);
    let response = match cookie {
        Some(cookie) => request.header(header::COOKIE, cookie),
        None => request,
    };
    let response = response.send().await.unwrap();
    let all = |name: header::HeaderName| {
        let values = response.headers().get_all(name).iter();
        values.map(|value| value.to_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (location, cookies) = (all(header::LOCATION).pop().unwrap_or_default(), all(header::SET_COOKIE));
    let status = StatusCode::from_u16(response.status().as_u16()).unwrap();
    let text = response.text().await.unwrap();
    Page { status, location, cookies, body: serde_json::from_str(&text).unwrap_or_default(), text }
}

/// What a browser sends of a cookie that was set.
fn held(cookie: &str) -> String {
    cookie.split(';').next().unwrap().to_owned()
}

fn between(text: &str, from: &str, to: &str) -> String {
    text.split(from).nth(1).unwrap().split(to).next().unwrap().to_owned()
}

async fn me(world: &World, page: &Page) -> Value {
    let session = page.cookies.iter().find(|cookie| cookie.starts_with("trunkline=")).unwrap();
    let reply: Reply = send(world.request(Method::GET, "/me").header(header::COOKIE, held(session))).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    reply.body
}

/// An account of the demo organization without a password.
async fn account(world: &World, email: &str) {
    let body = json!({ "email": email, "name": email, "roles": [{ "role": "operator" }] });
    let made = world.post_json("/tenants/demo/accounts", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
}
