//! Operators: consented to by organizations, giving them numbers through their own interface, kept apart.

use std::sync::LazyLock;

use phone::access::BuiltIn;
use phone::id::TrunkId;
use phone::numbers::E164;
use reqwest::Method;
use serde_json::{Value, json};
use store::Scope;

use super::snapshot::agree;
use super::world::{Reply, TOKEN, World, send, world};

const CHECKED_IN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi-operator.json");
const NUMBER: &str = "+12065550142";

/// Made once, which takes as long as some requests.
pub(super) static DESCRIPTION: LazyLock<Value> =
    LazyLock::new(|| serde_json::to_value(server::operator_api::description()).unwrap());

#[test]
fn the_description_is_checked_in_for_operators_too() {
    let now = serde_json::to_string_pretty(&server::operator_api::description()).unwrap() + "\n";
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(CHECKED_IN, &now).unwrap();
    }
    let checked_in = std::fs::read_to_string(CHECKED_IN).unwrap_or_default();
    assert!(
        now == checked_in,
        "the interface of operators changed: run this test with UPDATE_OPENAPI=1 and commit openapi-operator.json"
    );
}

#[tokio::test]
async fn an_organization_consents_and_gets_numbers_that_its_calls_use() {
    let world = world().await;
    let operator = Joined::new(&world, "Acme").await;
    // Nobody uses its trunks yet, so the switch asks none of them; one that is nobody's can't be tried.
    let local = json!({ "name": "Local", "host": "127.0.0.1", "sources": ["198.51.100.79"] });
    let local = operator.send(Method::POST, "/trunks", Some(&local)).await.body;
    let tested = operator.send(Method::POST, &format!("/trunks/{}/test", id(&local)), None).await;
    let steps: Vec<_> =
        tested.body["steps"].as_array().unwrap().iter().map(|it| (&it["step"], &it["passed"])).collect();
    assert_eq!(steps, [(&json!("address"), &json!(true)), (&json!("options"), &json!(false))], "{}", tested.text);
    assert!(tested.body["steps"][1]["detail"].as_str().unwrap().contains("no organization uses it yet"));
    let unknown = format!("/trunks/{}/test", uuid::Uuid::nil());
    assert_eq!(operator.send(Method::POST, &unknown, None).await.status.as_u16(), 404);
    let consented = operator.consent(&world, "demo", json!({})).await;
    assert_eq!(consented.status.as_u16(), 201, "{}", consented.text);
    assert_eq!([&consented.body["status"], &consented.body["relationship_status"]], ["active", "new"]);
    let again = operator.consent(&world, "demo", json!({})).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (409, &json!("consent.exists")));

    let seen = operator.read("/consents?status=active").await["items"][0].clone();
    assert_eq!((&seen["tenant"], &seen["company_name"]), (&json!(world.tenant.to_string()), &json!("Example")));
    let signed = operator.patch(&world, json!({ "relationship_status": "agreement_signed" })).await;
    assert_eq!(signed.body["relationship_status"], "agreement_signed", "{}", signed.text);

    let order = operator.upload("demo", &[NUMBER, "+12065550143", "+442079460000", "x", NUMBER]).await;
    assert_eq!([&order["state"], &order["done"], &order["failed"]], [&json!("partly_failed"), &json!(2), &json!(3)]);
    let codes: Vec<_> = order["errors"].as_array().unwrap().iter().map(|error| &error["code"]).collect();
    assert_eq!(codes, ["number.country_not_consented", "number.invalid", "number.duplicate"]);
    let number = world.read(&format!("/tenants/demo/numbers/{NUMBER}")).await;
    assert_eq!((&number["source"], &number["operator"]), (&json!("operator"), &json!(operator.id)));
    assert_eq!((&number["may_change_location"], &number["state"]), (&json!(true), &json!("unassigned")));
    let listed = world.read(&format!("/tenants/demo/numbers?operator={}", operator.id)).await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);

    // Its trunk carries the number's calls, in and out, and no other person's.
    let assigned = json!({ "type": "user", "id": "101" });
    let path = format!("/tenants/demo/numbers/{NUMBER}/assign");
    assert_eq!(world.post_json(&path, &assigned).await.status.as_u16(), 200);
    let (trunk, held) = (TrunkId(operator.trunk.parse().unwrap()), E164::parse(NUMBER).unwrap());
    world
        .switch_has(move |tenant| {
            let is_given = tenant.numbers.get(&held).is_some_and(|number| number.trunk == Some(trunk));
            let reaches = tenant.inbound(trunk, NUMBER, "+12125551234").decision.is_ok();
            is_given && reaches && !tenant.outbound_trunks.contains(&trunk)
        })
        .await;
    agree(&world, "an operator's number was assigned").await;
    let directory = world.store.load_directory().await.unwrap();
    let found = directory.trunk_for("198.51.100.77:5060".parse().unwrap(), NUMBER);
    assert_eq!(found, Some((world.tenant, trunk)));
    assert_eq!(operator.read("/tenants/demo/numbers").await["items"][0]["assigned_to"], "user");
}

#[tokio::test]
async fn a_call_over_an_operators_trunk_reaches_its_own_numbers_only_unless_told_otherwise() {
    let world = world().await;
    let operator = Joined::new(&world, "Acme").await;
    operator.consent(&world, "demo", json!({})).await;
    operator.upload("demo", &[NUMBER]).await;
    let assigned = json!({ "type": "user", "id": "101" });
    world.post_json(&format!("/tenants/demo/numbers/{NUMBER}/assign"), &assigned).await;
    let trunk = TrunkId(operator.trunk.parse().unwrap());
    let other = "+14255550101";
    let reaches = |tenant: &phone::directory::Tenant, number: &str| {
        tenant.inbound(trunk, number, "+12125551234").decision.is_ok()
    };
    world.switch_has(|tenant| reaches(tenant, NUMBER) && !reaches(tenant, other)).await;
    let path = format!("/tenants/demo/operators/{}/consent", operator.id);
    let ticked = world.patch(&path, None, &json!({ "operator_may_reach_all_numbers": true })).await;
    assert_eq!(ticked.body["operator_may_reach_all_numbers"], true, "{}", ticked.text);
    world.switch_has(|tenant| reaches(tenant, NUMBER) && reaches(tenant, other)).await;
    agree(&world, "an operator may reach all numbers").await;

    // What an operator changes is read again of those who consented, and of nobody else.
    let acme = json!({ "slug": "acme", "name": "A", "sip_domain": "acme.test", "time_zone": "UTC", "country": "US" });
    assert_eq!(world.post_json("/tenants", &acme).await.status.as_u16(), 201);
    agree(&world, "another organization was made").await;
    let before = world.store.load_directory().await.unwrap();
    let known = world.store.last_event().await.unwrap();
    let trunk = operator.read(&format!("/trunks/{}", operator.trunk)).await;
    let mut changed = trunk.clone();
    for field in ["id", "has_credentials", "created_at", "updated_at"] {
        changed.as_object_mut().unwrap().remove(field);
    }
    changed["enabled"] = json!(false);
    let put = operator.send(Method::PUT, &format!("/trunks/{}", operator.trunk), Some(&changed)).await;
    assert_eq!(put.status.as_u16(), 200, "{}", put.text);
    let (after, touched) = world.store.update_directory(&before, known).await.unwrap();
    let phone::directory::change::Touched::Tenants(touched) = touched else { panic!("everything was read") };
    assert_eq!(touched.into_keys().collect::<Vec<_>>(), [world.tenant]);
    assert!(after == world.store.load_directory().await.unwrap());
}

#[tokio::test]
async fn numbers_are_taken_back_by_the_rules_and_failed_lines_are_tried_again() {
    let world = world().await;
    let operator = Joined::new(&world, "Acme").await;
    operator.consent(&world, "demo", json!({})).await;
    operator.upload("demo", &[NUMBER]).await;
    world.post_json(&format!("/tenants/demo/numbers/{NUMBER}/assign"), &json!({ "type": "user", "id": "101" })).await;
    let items = json!({ "items": [{ "number": NUMBER, "ticket_ref": "T-1" }] });
    let release = operator.order("demo", "release", &items).await;
    assert_eq!(release["errors"][0]["code"], "number.in_use", "{release}");
    let unassign = operator.order("demo", "unassign", &items).await;
    assert_eq!(unassign["errors"][0]["code"], "consent.unassign_not_permitted", "{unassign}");
    let path = format!("/tenants/demo/operators/{}/consent", operator.id);
    let refused = world.delete(&path, None).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("operator.has_numbers")));

    let permitted = world.patch(&path, None, &json!({ "operator_may_unassign": true })).await;
    assert_eq!(permitted.status.as_u16(), 200, "{}", permitted.text);
    let again = operator.send(Method::POST, &format!("/orders/{}/retry", id(&unassign)), None).await;
    assert_eq!(again.status.as_u16(), 202, "{}", again.text);
    let again = operator.finished(&again.body).await;
    assert_eq!((&again["state"], &again["kind"]), (&json!("succeeded"), &json!("operator_unassign")));
    let nothing = operator.send(Method::POST, &format!("/orders/{}/retry", id(&again)), None).await;
    assert_eq!((nothing.status.as_u16(), &nothing.body["code"]), (409, &json!("order.nothing_failed")));
    let update = json!({ "items": [{ "number": NUMBER, "tenant_may_update_location": false, "sms": true }] });
    assert_eq!(operator.order("demo", "update", &update).await["state"], "succeeded");
    let number = world.read(&format!("/tenants/demo/numbers/{NUMBER}")).await;
    assert_eq!(
        [&number["may_change_location"], &number["sms"], &number["country"]],
        [&json!(false), &json!(true), &json!("US")]
    );
    assert_eq!(operator.order("demo", "release", &items).await["state"], "succeeded");
    assert_eq!(world.get(&format!("/tenants/demo/numbers/{NUMBER}")).await.status.as_u16(), 404);
    let history = world.read(&format!("/tenants/demo/numbers/{NUMBER}/history")).await;
    assert_eq!(history["items"][0]["actor"], format!("operator:{}", operator.id));

    assert_eq!(world.delete(&path, None).await.status.as_u16(), 204);
    assert_eq!(operator.send(Method::GET, "/tenants/demo/numbers", None).await.status.as_u16(), 404);
    agree(&world, "the consent was removed").await;
    assert_eq!(operator.consent(&world, "demo", json!({})).await.status.as_u16(), 201);
}

#[tokio::test]
async fn the_same_upload_with_the_same_key_is_one_order() {
    let world = world().await;
    let operator = Joined::new(&world, "Acme").await;
    operator.consent(&world, "demo", json!({})).await;
    let body = operator.items(&[NUMBER]);
    let post = async |body: &Value| {
        let request = operator.request(Method::POST, "/tenants/demo/numbers/upload").header("Idempotency-Key", "a");
        send(request.json(body)).await
    };
    let first = post(&body).await;
    assert_eq!(first.status.as_u16(), 202, "{}", first.text);
    assert_eq!(id(&post(&body).await.body), id(&first.body));
    let other = post(&operator.items(&["+12065550143"])).await;
    assert_eq!((other.status.as_u16(), &other.body["code"]), (422, &json!("idempotency_key.reused")));
    let nothing = operator.send(Method::POST, "/tenants/demo/numbers/upload", Some(&json!({ "items": [] }))).await;
    assert_eq!((nothing.status.as_u16(), &nothing.body["code"]), (422, &json!("number.too_many_items")));
}

#[tokio::test]
async fn an_operator_finds_nothing_of_another_and_nothing_without_consent() {
    let world = world().await;
    let (one, other) = (Joined::new(&world, "Acme").await, Joined::new(&world, "Bell").await);
    one.consent(&world, "demo", json!({})).await;
    let order = one.upload("demo", &[NUMBER]).await;
    super::port_outs::set_pin(&world).await;
    let mut leaving = super::port_outs::body();
    leaving["numbers"] = json!([NUMBER]);
    let foreign = other.send(Method::POST, "/port-outs", Some(&leaving)).await;
    assert_eq!(
        (foreign.status.as_u16(), &foreign.body["code"]),
        (422, &json!("port_out.not_held")),
        "{}",
        foreign.text
    );
    let leaving = one.send(Method::POST, "/port-outs", Some(&leaving)).await;
    assert_eq!(leaving.status.as_u16(), 201, "{}", leaving.text);
    let asked = super::number_requests::ask(&world, &one, json!({})).await;
    let coming = super::number_requests::hand_in(&world, &one).await;
    let hook = one.send(Method::POST, "/webhooks", Some(&super::webhooks::nowhere())).await;
    for (method, described) in operations() {
        let path = described
            .replace("/consents/{tenant}", &format!("/consents/{}", world.tenant))
            .replace("{tenant}", "demo")
            .replace("/port-outs/{request}", &format!("/port-outs/{}", id(&leaving.body)))
            .replace("/number-requests/{request}", &format!("/number-requests/{}", id(&asked.body)))
            .replace("/webhooks/{webhook}", &format!("/webhooks/{}", id(&hook.body)))
            .replace("/port-requests/{request}", &format!("/port-requests/{}", id(&coming)))
            .replace("{order}", id(&order))
            .replace("{trunk}", &one.trunk)
            .replace("{profile}", &one.profile);
        let is_of_one = path != described;
        let body = example_of(&method, &described);
        let reply = other.send(method.clone(), &path, body.as_ref()).await;
        if is_of_one {
            assert_eq!(reply.status.as_u16(), 404, "{method} {path}: {}", reply.text);
        } else {
            assert!(!reply.text.contains(&one.trunk) && !reply.text.contains(NUMBER), "{method} {path}");
        }
    }
    let stolen = json!({ "name": "Mine", "trunks": [one.trunk] });
    let refused = other.send(Method::POST, "/calling-profiles", Some(&stolen)).await;
    assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["code"]), (422, &json!("graph.missing_target")));
    let trunk = json!({ "name": "Mine", "host": "sip.bell.example", "sources": ["198.51.100.77"] });
    let refused = other.send(Method::POST, "/trunks", Some(&trunk)).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("trunk.source_taken")));
    // A token of one API is none of the other.
    assert_eq!(send(world.request(Method::GET, "/tenants").bearer_auth(&one.token)).await.status.as_u16(), 401);
    let foreign = send(at(&world, Method::GET, "/consents").bearer_auth(TOKEN)).await;
    assert_eq!(foreign.status.as_u16(), 401);
}

#[tokio::test]
async fn credentials_are_needed_rotated_and_revoked() {
    let world = world().await;
    let operator = Joined::new(&world, "Acme").await;
    for (method, described) in operations().into_iter().filter(|(_, path)| path != "/token") {
        for token in ["", "wrong"] {
            let reply = send(at(&world, method.clone(), &described).bearer_auth(token)).await;
            assert_eq!((reply.status.as_u16(), &reply.body["code"]), (401, &json!("unauthorized")), "{described}");
        }
    }
    let clients = format!("/operators/{}/clients", operator.id);
    let new = world.post_json(&clients, &json!({ "name": "new" })).await.body;
    let (client, secret) = (new["client_id"].as_str().unwrap(), new["client_secret"].as_str().unwrap());
    let basic = at(&world, Method::POST, "/token").basic_auth(client, Some(secret));
    let basic = send(form_of(basic, &[("grant_type", "client_credentials")])).await;
    assert_eq!((basic.status.as_u16(), &basic.body["expires_in"]), (200, &json!(3_600)), "{}", basic.text);
    let token = basic.body["access_token"].as_str().unwrap();
    assert_eq!(send(at(&world, Method::GET, "/consents").bearer_auth(token)).await.status.as_u16(), 200);
    for (form, status, error) in [
        (vec![("grant_type", "password")], 400, "unsupported_grant_type"),
        (vec![("grant", "client_credentials")], 400, "invalid_request"),
        (vec![("grant_type", "client_credentials")], 401, "invalid_client"),
        (
            vec![("grant_type", "client_credentials"), ("client_id", client), ("client_secret", "guess")],
            401,
            "invalid_client",
        ),
    ] {
        let reply = send(form_of(at(&world, Method::POST, "/token"), &form)).await;
        assert_eq!((reply.status.as_u16(), &reply.body["error"]), (status, &json!(error)), "{form:?}");
    }
    let listed = world.read(&clients).await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    assert!(!listed.to_string().contains(secret));
    assert_eq!(world.delete(&format!("{clients}/{client}"), None).await.status.as_u16(), 204);
    assert_eq!(send(at(&world, Method::GET, "/consents").bearer_auth(token)).await.status.as_u16(), 401);
    assert_eq!(operator.send(Method::GET, "/consents", None).await.status.as_u16(), 200);
}

#[tokio::test]
async fn who_runs_the_server_decides_which_operators_there_are() {
    let world = world().await;
    world.add_token("tenant-admin", Scope::Tenant(world.tenant), BuiltIn::Administrator).await;
    let as_tenant = |method, path: &str, body: Value| {
        let request = world.request(method, path).bearer_auth("tenant-admin").json(&body);
        async move { send(request).await }
    };
    let new = json!({ "name": "Acme", "offerings": [{ "kind": "calling", "countries": ["US"] }] });
    assert_eq!(as_tenant(Method::POST, "/operators", new.clone()).await.status.as_u16(), 403);
    let made = world.post_json("/operators", &new).await;
    assert_eq!((made.status.as_u16(), &made.body["state"]), (201, &json!("draft")), "{}", made.text);
    assert_eq!(world.post_json("/operators", &new).await.status.as_u16(), 409);
    let path = format!("/operators/{}", id(&made.body));
    let jumped = world.patch(&path, None, &json!({ "state": "launched" })).await;
    assert_eq!((jumped.status.as_u16(), &jumped.body["code"]), (409, &json!("operator.transition")));
    assert_eq!(world.patch(&path, Some("\"7\""), &json!({ "name": "B" })).await.status.as_u16(), 412);
    assert_eq!(world.patch(&path, Some("\"1\""), &json!({ "state": "testing" })).await.status.as_u16(), 200);
    assert_eq!(as_tenant(Method::GET, "/tenants/demo/operators", json!(null)).await.body["items"], json!([]));
    let consent = format!("/tenants/demo{path}/consent");
    let early = as_tenant(Method::POST, &consent, terms()).await;
    assert_eq!((early.status.as_u16(), &early.body["code"]), (409, &json!("operator.not_open")), "{}", early.text);
    world.patch(&path, None, &json!({ "state": "launched" })).await;
    let listed = as_tenant(Method::GET, "/tenants/demo/operators", json!(null)).await;
    assert_eq!((&listed.body["items"][0]["name"], &listed.body["items"][0]["consent"]), (&json!("Acme"), &Value::Null));
    let mut wide = terms();
    wide["countries"] = json!(["US", "DE"]);
    let wide = as_tenant(Method::POST, &consent, wide).await;
    assert_eq!((wide.status.as_u16(), &wide.body["code"]), (422, &json!("operator.country_not_offered")));
    assert_eq!(as_tenant(Method::POST, &consent, terms()).await.status.as_u16(), 201);
    let kept = world.delete(&path, None).await;
    assert_eq!((kept.status.as_u16(), &kept.body["code"]), (409, &json!("operator.has_consents")));
    assert_eq!(as_tenant(Method::DELETE, &consent, json!(null)).await.status.as_u16(), 204);
    assert_eq!(world.delete(&path, None).await.status.as_u16(), 204);
}

/// An operator with credentials, a trunk and a calling profile.
pub struct Joined {
    base: String,
    pub id: String,
    token: String,
    pub trunk: String,
    pub profile: String,
}

impl Joined {
    pub async fn new(world: &World, name: &str) -> Self {
        let new = json!({ "name": name, "offerings": [{ "kind": "calling", "countries": ["US", "CA"] }] });
        let made = world.post_json("/operators", &new).await;
        let operator = id(&made.body).to_owned();
        let path = format!("/operators/{operator}");
        for state in ["testing", "launched"] {
            assert_eq!(world.patch(&path, None, &json!({ "state": state })).await.status.as_u16(), 200);
        }
        let client = world.post_json(&format!("{path}/clients"), &json!({ "name": "main" })).await.body;
        let text = |field: &str| client[field].as_str().unwrap().to_owned();
        let (client, secret) = (text("client_id"), text("client_secret"));
        let form = [("grant_type", "client_credentials"), ("client_id", &client), ("client_secret", &secret)];
        let token = send(form_of(at(world, Method::POST, "/token"), &form)).await;
        let token = token.body["access_token"].as_str().unwrap().to_owned();
        let mut joined =
            Self { base: world.base.clone(), id: operator, token, trunk: String::new(), profile: String::new() };
        let source = if name == "Acme" { "198.51.100.77" } else { "198.51.100.78" };
        let trunk = json!({ "name": "North", "host": "sip.acme.example", "sources": [source] });
        let trunk = joined.send(Method::POST, "/trunks", Some(&trunk)).await;
        assert_eq!(trunk.status.as_u16(), 201, "{}", trunk.text);
        joined.trunk = id(&trunk.body).to_owned();
        let profile = json!({ "name": "Standard", "trunks": [joined.trunk] });
        let profile = joined.send(Method::POST, "/calling-profiles", Some(&profile)).await;
        assert_eq!(profile.status.as_u16(), 201, "{}", profile.text);
        joined.profile = id(&profile.body).to_owned();
        joined
    }

    pub async fn consent(&self, world: &World, tenant: &str, more: Value) -> Reply {
        let mut body = terms();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.post_json(&format!("/tenants/{tenant}/operators/{}/consent", self.id), &body).await
    }

    pub async fn patch(&self, world: &World, body: Value) -> Reply {
        self.send(Method::PATCH, &format!("/consents/{}", world.tenant), Some(&body)).await
    }

    pub fn items(&self, numbers: &[&str]) -> Value {
        let item = |number: &&str| json!({ "number": number, "kind": "user", "calling_profile": self.profile });
        json!({ "items": numbers.iter().map(item).collect::<Vec<_>>() })
    }

    pub async fn upload(&self, tenant: &str, numbers: &[&str]) -> Value {
        self.order(tenant, "upload", &self.items(numbers)).await
    }

    pub async fn order(&self, tenant: &str, action: &str, body: &Value) -> Value {
        let placed = self.send(Method::POST, &format!("/tenants/{tenant}/numbers/{action}"), Some(body)).await;
        assert!([200, 202].contains(&placed.status.as_u16()), "{}", placed.text);
        self.finished(&placed.body).await
    }

    pub async fn finished(&self, order: &Value) -> Value {
        loop {
            let order = self.read(&format!("/orders/{}", id(order))).await;
            if order["finished_at"].is_string() {
                return order;
            }
        }
    }

    pub async fn read(&self, path: &str) -> Value {
        let reply = self.send(Method::GET, path, None).await;
        assert_eq!(reply.status.as_u16(), 200, "{path}: {}", reply.text);
        reply.body
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let base = self.base.replace("/api/v1", "/operator/v1");
        reqwest::Client::new().request(method, format!("{base}{path}")).bearer_auth(&self.token)
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Reply {
        let request = self.request(method, path);
        send(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }
}

fn terms() -> Value {
    json!({ "countries": ["US"], "company_name": "Example",
        "contacts": [{ "full_name": "Ann", "email": "ann@example.org", "phone": null }] })
}

fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}

fn at(world: &World, method: Method, path: &str) -> reqwest::RequestBuilder {
    let base = world.base.replace("/api/v1", "/operator/v1");
    reqwest::Client::new().request(method, format!("{base}{path}"))
}

fn form_of(request: reqwest::RequestBuilder, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
    let form = serde_urlencoded::to_string(fields).unwrap();
    request.header("Content-Type", "application/x-www-form-urlencoded").body(form)
}

/// Every operation of the interface, its path as it is described.
fn operations() -> Vec<(Method, String)> {
    let mut operations = Vec::new();
    for (path, methods) in DESCRIPTION["paths"].as_object().unwrap() {
        let path = path.strip_prefix("/operator/v1").unwrap();
        for method in methods.as_object().unwrap().keys() {
            operations.push((method.to_uppercase().parse().unwrap(), path.to_owned()));
        }
    }
    assert!(15 <= operations.len());
    operations
}

/// The example of an operation's body.
fn example_of(method: &Method, path: &str) -> Option<Value> {
    let operation = &DESCRIPTION["paths"][format!("/operator/v1{path}")][method.as_str().to_lowercase()];
    let schema = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str()?;
    DESCRIPTION.pointer(schema.strip_prefix('#')?)?.get("example").cloned()
}
