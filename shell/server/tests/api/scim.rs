//! Sequences of requests as directories send them. RFC 7644

mod filter;
mod patch;

use phone::access::BuiltIn;
use reqwest::Method;
use serde_json::{Value, json};
use store::Scope;

use super::world::{Reply, TOKEN, World, send, world};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PHONE: &str = "urn:ietf:params:scim:schemas:extension:phone:2.0:User";

/// Look, make, look, change, disable: as the largest directory does it, with its words in capitals.
#[tokio::test]
async fn a_directory_brings_a_person_changes_and_disables_them() {
    let world = world().await;
    let filter = "/Users?filter=userName%20eq%20%22erin%40demo.test%22";
    let none = get(&world, filter).await;
    assert_eq!((&none["totalResults"], &none["Resources"]), (&json!(0), &json!([])));
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "externalId": "e-1", "userName": "Erin@demo.test", "active": true,
        "emails": [{ "primary": true, "type": "work", "value": "erin@demo.test" }],
        "meta": { "resourceType": "User" }, "name": { "formatted": "Erin Evans", "familyName": "Evans", "givenName": "Erin" },
        "title": "Engineer", ENTERPRISE: { "department": "Sales", "manager": { "value": "nobody" }, "employeeNumber": "7" }
    });
    let made = ask(&world, Method::POST, "/Users", Some(&body)).await;
    assert_eq!((made.status.as_u16(), made.etag.as_deref()), (201, Some("W/\"1\"")), "{}", made.text);
    assert_eq!(made.content_type, "application/scim+json");
    let id = made.body["id"].as_str().unwrap().to_owned();
    assert_eq!((&made.body["displayName"], &made.body["externalId"]), (&json!("Erin Evans"), &json!("e-1")));
    assert_eq!(made.body[PHONE]["extension"], "1004", "a free one");
    let again = ask(&world, Method::POST, "/Users", Some(&body)).await;
    assert_eq!((again.status.as_u16(), &again.body["scimType"]), (409, &json!("uniqueness")), "{}", again.text);
    assert_eq!(get(&world, filter).await["Resources"][0]["id"], id.as_str());
    assert_eq!(get(&world, "/Users?filter=externalId%20eq%20%22e-1%22").await["totalResults"], 1);
    assert_eq!(world.read(&format!("/tenants/demo/users/{id}")).await["department"], "Sales");

    let path = format!("/Users/{id}");
    let operations = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [
            { "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "erin@new.test" },
            { "op": "Add", "path": format!("{ENTERPRISE}:department"), "value": "Support" },
            { "op": "Replace", "path": "name.familyName", "value": "Ewing" },
            { "op": "Add", "path": "phoneNumbers[type eq \"work\"].value", "value": "+1" },
            { "op": "Replace", "path": "active", "value": "False" }
        ]
    });
    let changed = ask(&world, Method::PATCH, &path, Some(&operations)).await;
    assert_eq!(changed.status.as_u16(), 200, "{}", changed.text);
    let erin = world.read(&format!("/tenants/demo/users/{id}")).await;
    let kept = [&erin["email"], &erin["department"], &erin["enabled"]];
    assert_eq!(kept, [&json!("erin@new.test"), &json!("Support"), &json!(false)]);
    assert_eq!(changed.body["userName"], "Erin@demo.test", "changing the address does not change the name");
    let on = json!({ "Operations": [{ "op": "replace", "value": { "active": true, "displayName": "Erin E." } }] });
    assert_eq!(ask(&world, Method::PATCH, &path, Some(&on)).await.body["active"], true);
    let erin = world.read(&format!("/tenants/demo/users/{id}")).await;
    assert_eq!((&erin["display_name"], &erin["enabled"]), (&json!("Erin E."), &json!(true)));

    let stale = world.scim(Method::PATCH, &path).bearer_auth(TOKEN).header("If-Match", "W/\"1\"").json(&on);
    assert_eq!(send(stale).await.status.as_u16(), 412);
    let actions = world.read("/tenants/demo/audit?noun=user&limit=2").await;
    assert_eq!(actions["items"][0]["actor"], "token:demo");
    assert_eq!(ask(&world, Method::DELETE, &path, None).await.status.as_u16(), 204);
    let gone = ask(&world, Method::GET, &path, None).await;
    assert_eq!((gone.status.as_u16(), &gone.body["status"]), (404, &json!("404")), "{}", gone.text);
    assert_eq!(ask(&world, Method::POST, "/Users", Some(&body)).await.status.as_u16(), 201, "the name is free again");
}

#[tokio::test]
async fn people_who_were_here_before_are_found_by_address_and_put_whole() {
    let world = world().await;
    let found = get(&world, "/Users?filter=userName%20eq%20%22ALICE%40demo.test%22").await;
    assert_eq!((&found["totalResults"], &found["Resources"][0][PHONE]["extension"]), (&json!(1), &json!("101")));
    let path = format!("/Users/{}", found["Resources"][0]["id"].as_str().unwrap());
    let twice = ask(&world, Method::POST, "/Users", Some(&json!({ "userName": "Alice@demo.test" }))).await;
    assert_eq!((twice.status.as_u16(), &twice.body["scimType"]), (409, &json!("uniqueness")), "{}", twice.text);
    let mut alice = get(&world, &path).await;
    alice["externalId"] = json!("x-9");
    alice["userName"] = json!("alice.adams@demo.test");
    let put = ask(&world, Method::PUT, &path, Some(&alice)).await;
    assert_eq!(put.status.as_u16(), 200, "{}", put.text);
    assert_ne!(put.body["meta"]["version"], alice["meta"]["version"], "a new name is a new version");
    let event = &world.read("/tenants/demo/audit?noun=user&limit=1").await["items"][0];
    assert_eq!((&event["before"], &event["after"]["external_id"]), (&json!(null), &json!("x-9")));
    let user = world.read("/tenants/demo/users/101").await;
    assert_eq!((&user["display_name"], &user["office"]), (&json!("Alice Adams"), &json!("New York")));
    alice[PHONE]["extension"] = json!("199");
    let moved = ask(&world, Method::PUT, &path, Some(&alice)).await;
    assert_eq!((moved.status.as_u16(), &moved.body["scimType"]), (400, &json!("invalidValue")), "{}", moved.text);
    let bob = get(&world, "/Users?filter=userName%20eq%20%22102%22").await;
    assert_eq!(bob["totalResults"], 0, "the userName of who has an address is the address");
    let used = ask(&world, Method::DELETE, &path, None).await;
    assert_eq!(used.status.as_u16(), 409, "{}", used.text);
    assert!(used.body["detail"].as_str().unwrap().contains("named by"), "{}", used.text);
}

#[tokio::test]
async fn lists_come_in_parts_and_are_filtered() {
    let world = world().await;
    let page = get(&world, "/Users?startIndex=2&count=2").await;
    assert_eq!([&page["totalResults"], &page["startIndex"], &page["itemsPerPage"]], [4, 2, 2]);
    let names: Vec<_> = page["Resources"].as_array().unwrap().iter().map(|it| it["displayName"].clone()).collect();
    assert_eq!(names, ["Bob Brown", "Carol Chen"]);
    assert_eq!(get(&world, "/Users?count=0").await["Resources"], json!([]));
    assert_eq!(get(&world, "/Users?startIndex=-5&count=1").await["startIndex"], 1);
    let filter = "/Users?count=1&filter=displayName%20sw%20%22c%22%20or%20emails.value%20co%20%22bob%22";
    let two = get(&world, filter).await;
    assert_eq!((&two["totalResults"], &two["itemsPerPage"]), (&json!(2), &json!(1)));
    let second = get(&world, &filter.replace("count=1", "count=1&startIndex=2")).await;
    let names: Vec<_> = [&two, &second].into_iter().map(|page| &page["Resources"][0]["displayName"]).collect();
    assert_eq!(names, ["Bob Brown", "Carol Chen"]);
    let few = get(&world, "/Users?attributes=userName&count=1").await;
    assert_eq!(few["Resources"][0].as_object().unwrap().len(), 4, "{few}");
    let bad = ask(&world, Method::GET, "/Users?filter=userName%20is%20x", None).await;
    assert_eq!((bad.status.as_u16(), &bad.body["scimType"]), (400, &json!("invalidFilter")));
    for path in ["/ServiceProviderConfig", "/ResourceTypes", "/ResourceTypes/User", "/Schemas"] {
        assert!(get(&world, path).await["schemas"].is_array(), "{path}");
    }
    let nothing = ask(&world, Method::GET, "/Nothing", None).await;
    assert_eq!((nothing.status.as_u16(), &nothing.body["status"]), (404, &json!("404")));
}

/// Groups give licenses here, so that a directory gives phones by who is in them.
#[tokio::test]
async fn a_group_gives_its_licenses_to_whom_the_directory_puts_into_it() {
    let world = world().await;
    let dan = world.read("/tenants/demo/users/104").await["id"].clone();
    let alice = world.read("/tenants/demo/users/101").await["id"].clone();
    let body = json!({ "displayName": "Callers", "externalId": "g-1", "members": [{ "value": alice }] });
    let made = ask(&world, Method::POST, "/Groups", Some(&body)).await;
    assert_eq!((made.status.as_u16(), &made.body["members"][0]["value"]), (201, &alice), "{}", made.text);
    let id = made.body["id"].as_str().unwrap().to_owned();
    let twice = ask(&world, Method::POST, "/Groups", Some(&json!({ "displayName": "callers" }))).await;
    assert_eq!((twice.status.as_u16(), &twice.body["scimType"]), (409, &json!("uniqueness")), "{}", twice.text);
    let licenses = json!({ "plans": ["MCOEV"] });
    let path = format!("/tenants/demo/groups/{id}/licenses/assign");
    assert!(world.post_json(&path, &licenses).await.status.is_success());

    let path = format!("/Groups/{id}");
    let patch =
        async |operation: Value| ask(&world, Method::PATCH, &path, Some(&json!({ "Operations": [operation] }))).await;
    assert_eq!(
        patch(json!({ "op": "Add", "path": "members", "value": [{ "value": dan }] })).await.status.as_u16(),
        204
    );
    assert_eq!(world.read("/tenants/demo/users/104").await["licenses"], json!(["MCOEV"]));
    let both = get(&world, &format!("{path}?excludedAttributes=members")).await;
    assert!(both.get("members").is_none() && both["displayName"] == "Callers", "{both}");
    let seen = get(&world, &path).await["meta"]["version"].clone();
    assert_ne!(seen, made.body["meta"]["version"], "who is in it is part of its version");
    let stale = world.scim(Method::PATCH, &path).bearer_auth(TOKEN).header("If-Match", "W/\"1\"");
    let nobody = json!({ "Operations": [{ "op": "Remove", "path": "members" }] });
    assert_eq!(send(stale.json(&nobody)).await.status.as_u16(), 412);
    let remove = format!("members[value eq {dan}]");
    assert_eq!(patch(json!({ "op": "Remove", "path": remove })).await.status.as_u16(), 204);
    let alone = get(&world, &path).await;
    assert_eq!((&alone["members"][0]["value"], &alone["externalId"]), (&alice, &json!("g-1")), "the rest stays");
    assert_eq!(world.read("/tenants/demo/users/104").await["licenses"], json!([]));
    let old_words = json!({ "op": "Remove", "path": "members", "value": [{ "value": alice }] });
    assert_eq!(patch(old_words).await.status.as_u16(), 204);
    assert_eq!(get(&world, &path).await["members"], json!([]));
    let renamed = json!({ "op": "replace", "value": { "id": id, "displayName": "Phones" } });
    assert_eq!(patch(renamed).await.status.as_u16(), 204);
    let found = get(&world, "/Groups?filter=displayName%20eq%20%22phones%22").await;
    assert_eq!(found["Resources"][0]["externalId"], "g-1");
    let stranger = json!({ "op": "add", "path": "members", "value": [{ "value": uuid::Uuid::nil() }] });
    assert_eq!(patch(stranger).await.status.as_u16(), 400);
    let licensed = ask(&world, Method::DELETE, &path, None).await;
    assert_eq!(licensed.status.as_u16(), 409, "{}", licensed.text);
}

#[tokio::test]
async fn nobody_gets_in_without_a_token_of_this_organization() {
    let world = world().await;
    let other = world.token_of_other_tenant(BuiltIn::Administrator).await;
    world.add_token("viewer", Scope::Tenant(world.tenant), BuiltIn::Viewer).await;
    let body = json!({ "userName": "x@demo.test", "displayName": "X" });
    for path in ["/Users", "/Groups"] {
        for (token, get, post) in [("wrong", 401, 401), (other, 404, 404), ("viewer", 200, 403)] {
            let reading = send(world.scim(Method::GET, path).bearer_auth(token)).await;
            let writing = send(world.scim(Method::POST, path).bearer_auth(token).json(&body)).await;
            assert_eq!([reading.status.as_u16(), writing.status.as_u16()], [get, post], "{token} {path}");
            assert_eq!(writing.body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
        }
    }
    assert_eq!(send(world.scim(Method::GET, "/Schemas")).await.status.as_u16(), 401);
    let alice = world.read("/tenants/demo/users/101").await["id"].as_str().unwrap().to_owned();
    let base = world.base.strip_suffix("/api/v1").unwrap();
    for method in [Method::GET, Method::DELETE] {
        let claimed = reqwest::Client::new().request(method, format!("{base}/scim/v2/tenants/other/Users/{alice}"));
        assert_eq!(send(claimed.bearer_auth(other)).await.status.as_u16(), 404, "as one of the key's own");
    }
}

async fn get(world: &World, path: &str) -> Value {
    let reply = ask(world, Method::GET, path, None).await;
    assert_eq!(reply.status.as_u16(), 200, "{path}: {}", reply.text);
    reply.body
}

async fn ask(world: &World, method: Method, path: &str, body: Option<&Value>) -> Reply {
    let request = world.scim(method, path).bearer_auth(TOKEN);
    send(match body {
        Some(body) => request.header("Content-Type", "application/scim+json").body(body.to_string()),
        None => request,
    })
    .await
}

impl World {
    fn scim(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let base = self.base.strip_suffix("/api/v1").unwrap();
        reqwest::Client::new().request(method, format!("{base}/scim/v2/tenants/demo{path}"))
    }
}
