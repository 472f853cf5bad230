//! What holds for every operation.

use std::sync::LazyLock;

use axum::http::StatusCode;
use phone::access::BuiltIn;
use reqwest::Method;
use serde_json::Value;
use store::Scope;

use super::world::{PASSWORD, TOKEN, send, world};

const CHECKED_IN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

/// Made once, which takes as long as some requests.
static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(server::api::description()).unwrap());

#[test]
fn the_description_is_the_one_checked_in() {
    let now = serde_json::to_string_pretty(&server::api::description()).unwrap() + "\n";
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(CHECKED_IN, &now).unwrap();
    }
    let checked_in = std::fs::read_to_string(CHECKED_IN).unwrap_or_default();
    assert!(
        now == checked_in,
        "the API changed: run this test with UPDATE_OPENAPI=1 and commit shell/server/openapi.json"
    );
}

#[test]
fn what_the_descriptions_refer_to_is_in_them() {
    for description in [&*DESCRIPTION, &super::operators::DESCRIPTION] {
        let mut n_references = 0;
        let mut waiting = vec![description];
        while let Some(value) = waiting.pop() {
            if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
                n_references += 1;
                let place = reference.strip_prefix('#').unwrap();
                assert!(description.pointer(place).is_some(), "{reference} is nowhere");
            }
            match value {
                Value::Array(items) => waiting.extend(items),
                Value::Object(members) => waiting.extend(members.values()),
                _ => {}
            }
        }
        assert!(100 <= n_references, "{n_references} references were found");
    }
}

/// The database may be away whatever is asked.
#[test]
fn every_operation_may_answer_that_it_can_not_now() {
    for description in [&*DESCRIPTION, &super::operators::DESCRIPTION] {
        for (path, methods) in description["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let answer = &operation["responses"]["503"]["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(answer, "#/components/schemas/Problem", "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn the_description_is_served_to_everybody() {
    let world = world().await;
    let reply = send(world.request(Method::GET, "/openapi.json")).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.body["openapi"].as_str().unwrap().split('.').next(), Some("3"));
}

#[tokio::test]
async fn no_operation_answers_without_credentials() {
    let world = world().await;
    let operations = operations();
    assert!(30 <= operations.len());
    for (method, path) in operations.into_iter().filter(|(_, path)| !FOR_EVERYBODY.contains(&path.as_str())) {
        for token in [None, Some("wrong"), Some("")] {
            let request = world.request(method.clone(), &path).body("{}").header("content-type", "application/json");
            let request = match token {
                Some(token) => request.bearer_auth(token),
                None => request,
            };
            let reply = send(request).await;
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{method} {path} with {token:?}");
            assert_eq!(reply.content_type, "application/problem+json");
            assert_eq!((&reply.body["code"], &reply.body["status"]), (&"unauthorized".into(), &401.into()));
        }
    }
    assert!(world.commands.lock().unwrap().is_empty());
}

#[tokio::test]
async fn another_tenants_token_finds_nothing_here() {
    let world = world().await;
    let token = world.token_of_other_tenant(BuiltIn::Administrator).await;
    for (method, path) in operations().into_iter().filter(|(_, path)| path.starts_with("/tenants/demo")) {
        let request = world.request(method.clone(), &path).bearer_auth(token);
        // Bodies are read before the use case begins: give one that is well-formed.
        let reply = send(with_fitting_body(request, &method, &path)).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{method} {path}: {}", reply.text);
    }
    assert!(world.commands.lock().unwrap().is_empty());
    let reply = send(world.request(Method::GET, "/tenants").bearer_auth(token)).await;
    let slugs: Vec<_> = reply.body["items"].as_array().unwrap().iter().map(|tenant| &tenant["slug"]).collect();
    assert_eq!(slugs, ["other"]);
    let reply = send(world.request(Method::GET, "/health").bearer_auth(token)).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_viewer_changes_nothing() {
    let world = world().await;
    world.add_token("viewer", Scope::Tenant(world.tenant), BuiltIn::Viewer).await;
    for (method, path) in operations().into_iter().filter(|(_, path)| path.starts_with("/tenants/demo")) {
        let is_read = method == Method::GET;
        if is_read {
            continue;
        }
        let request = world.request(method.clone(), &path).bearer_auth("viewer");
        let reply = send(with_fitting_body(request, &method, &path)).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{method} {path}: {}", reply.text);
    }
    assert!(world.commands.lock().unwrap().iter().all(|command| command.starts_with("List")));
}

#[tokio::test]
async fn no_answer_shows_a_secret() {
    let world = world().await;
    let directory = world.store.load_directory().await.unwrap();
    let tenant = directory.tenant(world.tenant).unwrap();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut secrets = vec![TOKEN.to_owned(), PASSWORD.to_owned()];
    for user in tenant.users.values() {
        secrets.extend([hex(&user.ha1.md5), hex(&user.ha1.sha256)]);
    }
    let user = tenant.users.values().next().unwrap().id;
    let queue = world.id_of("call-queues", "Sales").await;
    let paths = operations().into_iter().filter(|(method, path)| *method == Method::GET && !path.ends_with("/events"));
    for (_, path) in paths {
        let path = path
            .replace("/users/x", &format!("/users/{user}"))
            .replace("/call-queues/x", &format!("/call-queues/{queue}"));
        let text = world.get(&path).await.text;
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{path} shows a secret");
        }
        assert!(!text.contains("ha1") && !text.contains("password"), "{path}: {text}");
    }
}

#[tokio::test]
async fn problems_say_what_to_do() {
    let world = world().await;
    for (path, status, code) in [
        ("/nothing", 404, "not_found"),
        ("/tenants/nobody/users", 404, "not_found"),
        ("/tenants/demo/users?limit=0", 400, "limit_out_of_range"),
        ("/tenants/demo/users?limit=1001", 400, "limit_out_of_range"),
        ("/tenants/demo/users?limit=x", 400, "malformed_query"),
        ("/tenants/demo/users?colour=red", 400, "malformed_query"),
        ("/tenants/demo/users?sort=colour", 400, "unknown_sort"),
        ("/tenants/demo/users?cursor=zz", 400, "malformed_cursor"),
        ("/tenants/demo/users/999", 404, "not_found"),
        ("/tenants/demo/call-queues/x", 404, "not_found"),
        ("/tenants/demo/call-records?result=lost", 400, "malformed_query"),
    ] {
        let reply = world.get(path).await;
        assert_eq!(reply.status.as_u16(), status, "{path}: {}", reply.text);
        assert_eq!(reply.content_type, "application/problem+json", "{path}");
        assert_eq!(reply.body["code"], code, "{path}: {}", reply.text);
        assert_eq!(reply.body["type"], format!("urn:trunkline:problem:{code}"));
        assert!(!reply.body["detail"].as_str().unwrap().is_empty());
    }
    let reply = world.post("/tenants/demo/reports/calls").await;
    assert_eq!((reply.status.as_u16(), &reply.body["code"]), (405, &"method_not_allowed".into()));
}

/// What somebody asks who has still to prove who they are.
const FOR_EVERYBODY: [&str; 4] = ["/sign-in", "/sign-in/invitation", "/sign-in/openid", "/sign-in/openid/callback"];

#[test]
fn only_signing_in_is_for_everybody() {
    let mut open = Vec::new();
    for (path, methods) in DESCRIPTION["paths"].as_object().unwrap() {
        for operation in methods.as_object().unwrap().values() {
            if operation["security"] == serde_json::json!([{}]) {
                open.push(path.strip_prefix("/api/v1").unwrap());
            }
        }
    }
    assert_eq!(open, FOR_EVERYBODY);
}

/// What needs no permission: whoever may ask at all may ask it, about themselves.
const OPEN: [&str; 17] = [
    "/api/v1/me",
    "/api/v1/me/password",
    "/api/v1/me/phone",
    "/api/v1/me/phone/credentials",
    "/api/v1/me/phone/people",
    "/api/v1/me/phone/queues",
    "/api/v1/me/phone/queues/{queue}/opt-in",
    "/api/v1/me/phone/queues/{queue}/opt-out",
    "/api/v1/me/recovery-codes",
    "/api/v1/me/sessions",
    "/api/v1/me/sessions/end-others",
    "/api/v1/me/sessions/{session}",
    "/api/v1/me/totp",
    "/api/v1/me/totp/confirm",
    "/api/v1/me/totp/remove",
    "/api/v1/sign-in/second-factor",
    "/api/v1/sign-out",
];

#[test]
fn every_operation_is_in_an_area() {
    for path in DESCRIPTION["paths"].as_object().unwrap().keys() {
        let is_known = server::api::areas::area(path).is_some() || OPEN.contains(&path.as_str()) || is_open(path);
        assert!(is_known, "{path} is in no area: name it in the table of areas, or nobody may call it");
    }
}

fn is_open(path: &str) -> bool {
    FOR_EVERYBODY.contains(&path.trim_start_matches("/api/v1"))
}

/// Every operation of the description, its path with `demo` and `x` for what is in braces.
fn operations() -> Vec<(Method, String)> {
    described_operations().into_iter().map(|(method, _, path)| (method, path)).collect()
}

/// Every operation, its path below the base as it is described, and with `demo` and `x` for what is in braces.
pub(super) fn described_operations() -> Vec<(Method, String, String)> {
    let mut operations = Vec::new();
    for (described, methods) in DESCRIPTION["paths"].as_object().unwrap() {
        let (path, below) = (as_called(described), described.strip_prefix("/api/v1").unwrap());
        for method in methods.as_object().unwrap().keys() {
            operations.push((method.to_uppercase().parse().unwrap(), below.to_owned(), path.clone()));
        }
    }
    operations
}

/// A described path with `demo` and `x` for what is in braces.
fn as_called(described: &str) -> String {
    let path = described.strip_prefix("/api/v1").unwrap().replace("{tenant}", "demo");
    path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect::<Vec<_>>().join("/")
}

pub(super) fn with_fitting_body(
    request: reqwest::RequestBuilder,
    method: &Method,
    path: &str,
) -> reqwest::RequestBuilder {
    let schedule = serde_json::json!({ "name": "Hours", "rule": { "type": "fixed", "ranges": [] } });
    if path.contains("/audio-files") && *method == Method::POST {
        return request.query(&[("file_name", "x.wav")]).body("x");
    }
    if path.ends_with("/documents") && *method == Method::POST {
        return request.query(&[("kind", "bill"), ("file_name", "x.pdf")]).body("%PDF-1.7");
    }
    if path.ends_with("/users/import") {
        return request.header("Content-Type", "text/csv").body("extension\n104\n");
    }
    if path.ends_with("/import") {
        return request.header("Content-Type", "text/csv").body("number\n+12065550142\n");
    }
    if let Some(example) = example_of(method, path) {
        return request.json(&example);
    }
    if *method == Method::PUT || (*method == Method::POST && path.ends_with("/schedules")) {
        return request.json(if path.contains("/schedules") { &schedule } else { &Value::Null });
    }
    request
}

/// The example of an operation's body, if its description has one.
fn example_of(method: &Method, path: &str) -> Option<Value> {
    let paths = DESCRIPTION["paths"].as_object().unwrap();
    let (_, methods) = paths.iter().find(|(described, _)| as_called(described) == path)?;
    let body = &methods[method.as_str().to_lowercase()]["requestBody"]["content"]["application/json"]["schema"];
    let schema = body["$ref"].as_str()?.strip_prefix('#')?;
    DESCRIPTION.pointer(schema)?.get("example").cloned()
}
