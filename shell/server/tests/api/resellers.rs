//! Resellers: they make and run their own organizations, and nothing else is there for them.

use axum::http::StatusCode;
use reqwest::Method;
use serde_json::{Value, json};

use super::browser::Browser;
use super::world::{PASSWORD, Reply, World, send, world};

const OWN: &str = "four words of mine";

#[tokio::test]
async fn a_reseller_makes_runs_and_suspends_its_own_organizations() {
    let world = world().await;
    let north = reseller(&world, "north").await;
    let made = ask(&world, &north, Method::POST, "/tenants", Some(&acme())).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.body["reseller"], world.read("/resellers/north").await["id"]);
    let person = json!({ "display_name": "Ada", "extension": "10" });
    let person = ask(&world, &north, Method::POST, "/tenants/acme/users", Some(&person)).await;
    assert_eq!(person.status, StatusCode::CREATED, "{}", person.text);
    let audit = world.read("/tenants/acme/audit?noun=user").await;
    assert_eq!(audit["items"][0]["actor"], "reseller:north:token:north");
    for change in [json!({ "state": "suspended" }), json!({ "license_enforcement": "off" }), json!({ "slug": "acme2" })]
    {
        let changed = ask(
            &world,
            &north,
            Method::PATCH,
            made.body["id"].as_str().map(|id| format!("/tenants/{id}")).unwrap().as_str(),
            Some(&change),
        )
        .await;
        assert_eq!(changed.status, StatusCode::OK, "{change}: {}", changed.text);
    }
    let listed = ask(&world, &north, Method::GET, "/tenants", None).await;
    let slugs: Vec<_> = listed.body["items"].as_array().unwrap().iter().map(|tenant| &tenant["slug"]).collect();
    assert_eq!(slugs, ["acme2"]);
    // What concerns the server is not a reseller's to decide.
    for change in [json!({ "is_default": true }), json!({ "reseller": null })] {
        let refused = ask(&world, &north, Method::PATCH, "/tenants/acme2", Some(&change)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{change}: {}", refused.text);
    }
    let mut default = acme();
    default["slug"] = json!("third");
    default["sip_domain"] = json!("third.test");
    default["is_default"] = json!(true);
    assert_eq!(ask(&world, &north, Method::POST, "/tenants", Some(&default)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        ask(&world, &north, Method::DELETE, "/tenants/acme2?confirm=acme2", None).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn who_runs_the_server_moves_organizations_between_resellers() {
    let world = world().await;
    let (north, south) = (reseller(&world, "north").await, reseller(&world, "south").await);
    let status = async |token: &str| ask(&world, token, Method::GET, "/tenants/demo/users", None).await.status.as_u16();
    assert_eq!((status(&north).await, status(&south).await), (404, 404));
    for (to, expected) in [(json!("north"), (200, 404)), (json!("south"), (404, 200)), (json!(null), (404, 404))] {
        let moved = world.patch("/tenants/demo", None, &json!({ "reseller": to })).await;
        assert_eq!(moved.status, StatusCode::OK, "{}", moved.text);
        assert_eq!((status(&north).await, status(&south).await), expected, "{to}");
    }
    let unknown = world.patch("/tenants/demo", None, &json!({ "reseller": "west" })).await;
    assert_eq!((unknown.status.as_u16(), &unknown.body["errors"][0]["code"]), (422, &json!("reseller.unknown")));
}

#[tokio::test]
async fn people_of_a_reseller_sign_in_and_do_what_their_roles_say() {
    let world = world().await;
    reseller(&world, "north").await;
    world.patch("/tenants/demo", None, &json!({ "reseller": "north" })).await;
    let body = json!({ "email": "nora@north.test", "name": "Nora", "roles": [{ "role": "viewer" }] });
    let made = world.post_json("/resellers/north/accounts", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let mut nora = Browser::new(&world);
    nora.accept(&made.body["invitation"]["link"], OWN).await;
    let me = nora.get("/me").await;
    assert_eq!((&me.body["reseller"]["slug"], &me.body["tenant"]), (&json!("north"), &json!(null)));
    assert_eq!(nora.get("/tenants/demo/users").await.status, StatusCode::OK);
    assert_eq!(nora.post("/tenants/demo/groups", &json!({ "name": "Paris" })).await.status, StatusCode::FORBIDDEN);
    assert_eq!(nora.get("/resellers").await.body["items"].as_array().unwrap().len(), 1);
    let promoted = json!({ "roles": [{ "role": "administrator" }] });
    let promoted = world.patch("/resellers/north/accounts/nora@north.test", None, &promoted).await;
    assert_eq!(promoted.status, StatusCode::OK, "{}", promoted.text);
    assert_eq!(nora.post("/tenants/demo/groups", &json!({ "name": "Paris" })).await.status, StatusCode::CREATED);
    let audit = world.read("/tenants/demo/audit?noun=group").await;
    assert_eq!(audit["items"][0]["actor"], "reseller:north:account:nora@north.test");
    let shown = audit["items"][0]["by"]["shown"].as_str().unwrap();
    assert!(
        shown.ends_with("<nora@north.test>, an account of the reseller north") && !shown.starts_with('<'),
        "{shown}"
    );
    // A reseller's administrator decides about its people, with no more than they have.
    let another = json!({ "email": "nick@north.test", "name": "Nick", "roles": [{ "role": "operator" }] });
    assert_eq!(nora.post("/resellers/north/accounts", &another).await.status, StatusCode::CREATED);
    let sign_in = json!({ "email": "nora@north.test", "password": OWN, "tenant": "north" });
    assert_eq!(Browser::new(&world).post("/sign-in", &sign_in).await.status, StatusCode::OK);
}

#[tokio::test]
async fn nobody_of_a_suspended_reseller_may_do_anything_and_its_organizations_go_on() {
    let world = world().await;
    let north = reseller(&world, "north").await;
    world.patch("/tenants/demo", None, &json!({ "reseller": "north" })).await;
    let body = json!({ "email": "nora@north.test", "name": "Nora", "roles": [{ "role": "viewer" }] });
    let made = world.post_json("/resellers/north/accounts", &body).await;
    let mut nora = Browser::new(&world);
    nora.accept(&made.body["invitation"]["link"], OWN).await;
    let suspended = world.patch("/resellers/north", None, &json!({ "state": "suspended" })).await;
    assert_eq!((suspended.status, &suspended.body["state"]), (StatusCode::OK, &json!("suspended")));
    assert_eq!(ask(&world, &north, Method::GET, "/tenants", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&world, &north, Method::GET, "/me", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(nora.get("/me").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(nora.sign_in("nora@north.test", OWN).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.read("/tenants/demo").await["state"], "active");
    let full = world.delete("/resellers/north", None).await;
    assert_eq!((full.status.as_u16(), &full.body["code"]), (409, &json!("reseller.in_use")));
    world.patch("/tenants/demo", None, &json!({ "reseller": null })).await;
    assert_eq!(world.delete("/resellers/north", None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.get("/resellers/north").await.status, StatusCode::NOT_FOUND);
    // The server's own go on as before.
    Browser::signed_in(&world, "admin@demo.test", PASSWORD).await;
}

#[tokio::test]
async fn a_reseller_is_made_by_who_runs_the_server_alone() {
    let world = world().await;
    let north = reseller(&world, "north").await;
    for (body, code) in [
        (json!({ "slug": "north", "name": "Again" }), "slug.taken"),
        (json!({ "slug": "demo", "name": "An organization's" }), "slug.taken"),
        (json!({ "slug": "N o", "name": "No" }), "invalid_settings"),
        (json!({ "slug": "east", "name": " " }), "invalid_settings"),
    ] {
        assert_eq!(world.post_json("/resellers", &body).await.body["code"], code, "{body}");
    }
    // Nor is an organization made that is taken for a reseller where people sign in.
    let mut same = acme();
    same["slug"] = json!("north");
    assert_eq!(ask(&world, &north, Method::POST, "/tenants", Some(&same)).await.body["code"], "slug.taken");
    world.add_token("boss", store::Scope::Tenant(world.tenant), phone::access::BuiltIn::Administrator).await;
    for token in [north.as_str(), "boss"] {
        let body = json!({ "slug": "east", "name": "East" });
        assert_eq!(ask(&world, token, Method::POST, "/resellers", Some(&body)).await.status, StatusCode::FORBIDDEN);
    }
    let own = ask(&world, &north, Method::PATCH, "/resellers/north", Some(&json!({ "name": "N" }))).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN);
    assert_eq!(ask(&world, "boss", Method::GET, "/resellers/north", None).await.status, StatusCode::NOT_FOUND);
    let custom = json!({ "name": "k", "roles": [{ "role": "viewer", "scope": { "type": "number_range", "first": "+1425", "last": "+1425" } }] });
    let refused = ask(&world, &north, Method::POST, "/resellers/north/api-keys", Some(&custom)).await;
    assert_eq!(refused.status.as_u16(), 422, "{}", refused.text);
}

/// Makes a reseller; what its key is.
pub(super) async fn reseller(world: &World, slug: &str) -> String {
    let made = world.post_json("/resellers", &json!({ "slug": slug, "name": slug })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let body = json!({ "name": slug, "roles": [{ "role": "administrator" }] });
    let key = world.post_json(&format!("/resellers/{slug}/api-keys"), &body).await;
    assert_eq!(key.status, StatusCode::CREATED, "{}", key.text);
    key.body["token"].as_str().unwrap().to_owned()
}

async fn ask(world: &World, token: &str, method: Method, path: &str, body: Option<&Value>) -> Reply {
    let request = world.request(method, path).bearer_auth(token);
    send(match body {
        Some(body) => request.json(body),
        None => request,
    })
    .await
}

fn acme() -> Value {
    json!({
        "slug": "acme", "name": "Acme", "sip_domain": "acme.test", "time_zone": "Europe/Berlin", "country": "DE",
    })
}
