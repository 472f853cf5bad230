//! Organizations: made, suspended, kept apart, deleted.

use phone::access::BuiltIn;
use serde_json::{Value, json};
use store::Scope;

use super::world::{Reply, World, send, world};

#[tokio::test]
async fn an_organization_is_made_with_all_that_it_needs() {
    let world = world().await;
    let made = create(&world, &acme()).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    assert_eq!((&made.body["state"], &made.body["is_default"]), (&json!("active"), &json!(false)));
    assert_eq!(made.body["emergency_numbers"], json!(["112", "110", "115"]));
    assert_eq!(made.body["license_enforcement"], "warn");
    let shown = world.read("/tenants/acme").await;
    assert_eq!(shown, made.body);
    let person = world.post_json("/tenants/acme/users", &json!({ "display_name": "Ada", "extension": "10" })).await;
    assert_eq!(person.status.as_u16(), 201, "{}", person.text);
    installed(&world, "acme", |tenant| tenant.user_by_extension("10").is_some() && tenant.is_emergency("110")).await;
}

#[tokio::test]
async fn names_and_domains_are_unique_and_every_field_is_checked() {
    let world = world().await;
    let refused = |change: Value| {
        let mut body = acme();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let world = &world;
        async move { create(world, &body).await }
    };
    let taken = refused(json!({ "slug": "demo" })).await;
    assert_eq!((taken.status.as_u16(), &taken.body["code"]), (409, &json!("slug.taken")));
    let taken = refused(json!({ "sip_domain": "DEMO.test" })).await;
    assert_eq!((taken.status.as_u16(), &taken.body["code"]), (409, &json!("sip_domain.taken")));
    let wrong =
        refused(json!({ "slug": "A b", "country": "de", "time_zone": "Mars", "emergency_numbers": ["x"] })).await;
    let codes: Vec<_> = wrong.body["errors"].as_array().unwrap().iter().map(|error| &error["code"]).collect();
    assert_eq!(codes, ["slug.malformed", "time_zone.unknown", "country.unknown", "emergency.malformed"]);
    assert_eq!(world.read("/tenants").await["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_suspended_organization_is_refused_by_the_switch_and_comes_back() {
    let world = world().await;
    let is =
        |state: phone::people::tenant::State| move |tenant: &phone::directory::Tenant| tenant.profile.state == state;
    let reply = world.patch("/tenants/demo", None, &json!({ "state": "suspended" })).await;
    assert_eq!((reply.status.as_u16(), &reply.body["state"]), (200, &json!("suspended")));
    world.switch_has(is(phone::people::tenant::State::Suspended)).await;
    world.patch("/tenants/demo", None, &json!({ "state": "active" })).await;
    world.switch_has(is(phone::people::tenant::State::Active)).await;
}

#[tokio::test]
async fn what_phones_and_people_rely_on_does_not_change_under_them() {
    let world = world().await;
    let domain = world.patch("/tenants/demo", None, &json!({ "sip_domain": "new.test" })).await;
    assert_eq!((domain.status.as_u16(), &domain.body["code"]), (409, &json!("sip_domain.in_use")));
    let emergency = world.patch("/tenants/demo", None, &json!({ "emergency_numbers": ["104"] })).await;
    assert_eq!((emergency.status.as_u16(), &emergency.body["code"]), (409, &json!("extension.emergency")));
    assert!(emergency.body["detail"].as_str().unwrap().contains("Dan Diaz"));

    let mut body = acme();
    body["is_default"] = json!(true);
    let other = create(&world, &body).await;
    assert_eq!(other.body["is_default"], true);
    assert_eq!(world.read("/tenants/demo").await["is_default"], false);
}

#[tokio::test]
async fn what_an_organization_may_do_is_decided_by_who_runs_the_server() {
    let world = world().await;
    world.add_token("customer", Scope::Tenant(world.tenant), BuiltIn::Administrator).await;
    let as_customer = |method, path: &str, body: Value| {
        let request = world.request(method, path).bearer_auth("customer").json(&body);
        async move { send(request).await.status.as_u16() }
    };
    assert_eq!(as_customer(reqwest::Method::POST, "/tenants", acme()).await, 403);
    assert_eq!(as_customer(reqwest::Method::PATCH, "/tenants/demo", json!({ "state": "active" })).await, 403);
    assert_eq!(as_customer(reqwest::Method::PATCH, "/tenants/demo", json!({ "time_zone": "UTC" })).await, 200);
    assert_eq!(as_customer(reqwest::Method::DELETE, "/tenants/demo?confirm=demo", json!(null)).await, 403);
    world.add_token("watcher", Scope::Platform, BuiltIn::Operator).await;
    let post = world.request(reqwest::Method::POST, "/tenants").bearer_auth("watcher").json(&acme());
    assert_eq!(send(post).await.status.as_u16(), 403);
}

#[tokio::test]
async fn only_a_repeated_name_takes_all_that_an_organization_has() {
    let world = world().await;
    create(&world, &acme()).await;
    assert_eq!(world.delete("/tenants/acme", Some("\"7\"")).await.status.as_u16(), 412);
    assert_eq!(world.delete("/tenants/acme", None).await.status.as_u16(), 204);

    let full = world.delete("/tenants/demo", None).await;
    assert_eq!((full.status.as_u16(), &full.body["code"]), (409, &json!("tenant.not_empty")));
    assert!(full.body["detail"].as_str().unwrap().contains("4 people, 7 numbers, 1 trunks"), "{}", full.text);
    assert_eq!(world.delete("/tenants/demo?confirm=acme", None).await.body["code"], "tenant.other_name");
    assert_eq!(world.delete("/tenants/demo?confirm=demo", None).await.status.as_u16(), 204);
    assert_eq!(world.get("/tenants/demo").await.status.as_u16(), 404);
    assert_eq!(world.read("/tenants").await["items"], json!([]));
    let mut installs = world.installed.clone();
    let gone = installs.wait_for(|all| all.last().is_some_and(|newest| newest.tenants().is_empty()));
    tokio::time::timeout(std::time::Duration::from_secs(20), gone).await.unwrap().unwrap();
    let again = create(&world, &acme()).await;
    assert_eq!((again.status.as_u16(), &again.body["is_default"]), (201, &json!(true)), "{}", again.text);
}

fn acme() -> Value {
    json!({
        "slug": "acme", "name": "Acme", "sip_domain": "acme.test", "time_zone": "Europe/Berlin", "country": "DE",
        "language": "de-DE", "emergency_numbers": ["115", "112"],
    })
}

async fn create(world: &World, body: &Value) -> Reply {
    world.post_json("/tenants", body).await
}

/// Waits until the switch has an organization that fits.
async fn installed(world: &World, slug: &str, fits: impl Fn(&phone::directory::Tenant) -> bool) {
    let mut installs = world.installed.clone();
    let found = installs.wait_for(|all| {
        let newest = all.last().into_iter().flat_map(|newest| newest.tenants().values());
        newest.into_iter().any(|tenant| tenant.profile.slug == slug && fits(tenant))
    });
    tokio::time::timeout(std::time::Duration::from_secs(20), found).await.unwrap().unwrap();
}
