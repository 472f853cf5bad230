//! Sites, departments, and what numbers are to people.

use serde_json::{Value, json};

use super::world::{World, world};

const SITES: &str = "/tenants/demo/sites";

#[tokio::test]
async fn a_site_is_made_used_and_only_deleted_when_nothing_belongs_to_it() {
    let world = world().await;
    let body = json!({ "name": " Boston ", "country": "US", "time_zone": "America/New_York" });
    let made = world.post_json(SITES, &body).await;
    assert_eq!((made.status.as_u16(), &made.body["name"]), (201, &json!("Boston")), "{}", made.text);
    let again = world.post_json(SITES, &json!({ "name": "boston", "time_zone": "Mars/Olympus" })).await;
    let codes: Vec<_> = again.body["errors"].as_array().unwrap().iter().map(|it| &it["code"]).collect();
    assert_eq!(codes, ["name_taken", "time_zone.unknown"]);

    let id = made.body["id"].as_str().unwrap();
    let moved = world.patch("/tenants/demo/users/101", None, &json!({ "site": "BOSTON" })).await;
    assert_eq!(moved.body["site"], json!({ "id": id, "name": "Boston" }), "{}", moved.text);
    let unknown = world.patch("/tenants/demo/users/101", None, &json!({ "site": "Paris" })).await;
    assert_eq!((unknown.status.as_u16(), &unknown.body["code"]), (422, &json!("site.unknown")));
    let new = json!({ "display_name": "Erin Evans", "extension": "105", "site": id });
    assert_eq!(world.post_json("/tenants/demo/users", &new).await.body["site"]["name"], "Boston");
    let number = world.patch("/tenants/demo/numbers/+14255550101", None, &json!({ "site": "Boston" })).await;
    assert_eq!(number.body["site"]["name"], "Boston", "{}", number.text);

    assert_eq!(names(&world, "/tenants/demo/users?site=boston", "extension").await, ["101", "105"]);
    assert_eq!(names(&world, "/tenants/demo/numbers?site=boston", "number").await, ["+14255550101"]);

    let path = format!("{SITES}/Boston");
    let used = world.delete(&path, None).await;
    assert_eq!((used.status.as_u16(), &used.body["code"]), (409, &json!("site.in_use")));
    let detail = used.body["detail"].as_str().unwrap();
    assert!(detail.contains("Alice Adams, Erin Evans, +14255550101"), "{detail}");
    for path in ["/tenants/demo/users/101", "/tenants/demo/users/105", "/tenants/demo/numbers/+14255550101"] {
        assert_eq!(world.patch(path, None, &json!({ "site": null })).await.body["site"], json!(null));
    }
    let changed = world.patch(&path, Some("\"1\""), &json!({ "name": "Cambridge", "country": null })).await;
    assert_eq!((changed.etag.as_deref(), &changed.body["country"]), (Some("\"2\""), &json!(null)));
    assert_eq!(world.delete(&format!("{SITES}/{id}"), Some("\"1\"")).await.status.as_u16(), 412);
    assert_eq!(world.delete(&format!("{SITES}/cambridge"), Some("\"2\"")).await.status.as_u16(), 204);
    let audit = world.read("/tenants/demo/audit?noun=site").await;
    let actions: Vec<_> = audit["items"].as_array().unwrap().iter().map(|event| &event["action"]).collect();
    assert_eq!(actions, ["delete", "update", "create"]);
}

#[tokio::test]
async fn a_department_is_renamed_for_all_of_its_people() {
    let world = world().await;
    for (user, department) in [("101", "Sales"), ("102", "Sales"), ("103", "Care"), ("104", "sales")] {
        world.patch(&format!("/tenants/demo/users/{user}"), None, &json!({ "department": department })).await;
    }
    let rename = async |body: Value| world.post_json("/tenants/demo/departments/rename", &body).await;
    let taken = rename(json!({ "from": "Sales", "to": "Care" })).await;
    assert_eq!((taken.status.as_u16(), &taken.body["code"]), (409, &json!("department.exists")));
    assert_eq!(rename(json!({ "from": "Nobody", "to": "Care" })).await.status.as_u16(), 404);
    assert_eq!(rename(json!({ "from": "Sales", "to": " " })).await.body["code"], "name.length");
    let before = world.get("/tenants/demo/users/101").await;
    let merged = rename(json!({ "from": "Sales", "to": "Care", "merge": true })).await;
    assert_eq!(merged.body, json!({ "name": "Care", "people": 3 }), "{}", merged.text);

    let after = world.get("/tenants/demo/users/101").await;
    assert_eq!(after.body["department"], "Care");
    assert_ne!(before.etag, after.etag, "whoever read it before must read it again");
    let list = world.read("/tenants/demo/departments").await;
    assert_eq!(list["items"], json!([{ "name": "Care", "people": 3 }, { "name": "sales", "people": 1 }]));
    let first = world.read("/tenants/demo/departments?limit=1").await;
    let next = first["next_cursor"].as_str().unwrap();
    let rest = world.read(&format!("/tenants/demo/departments?limit=1&cursor={next}")).await;
    assert_eq!((&rest["items"][0]["name"], &rest["next_cursor"]), (&json!("sales"), &json!(null)));
    assert_eq!(names(&world, "/tenants/demo/users?department=Care", "extension").await, ["101", "102", "103"]);
    let event = &world.read("/tenants/demo/audit?noun=user&limit=1").await["items"][0];
    assert_eq!((&event["before"]["department"], &event["after"]["department"]), (&json!("Sales"), &json!("Care")));
    world
        .switch_has(|tenant| tenant.users.values().filter(|it| it.department.as_deref() == Some("Care")).count() == 3)
        .await;
}

#[tokio::test]
async fn a_person_has_a_primary_alternates_and_a_private_line() {
    let world = world().await;
    let numbers = json!({ "numbers": [{ "first": "+12065550150", "last": "+12065550152" }], "kind": "user" });
    assert_eq!(world.post_json("/tenants/demo/numbers", &numbers).await.status.as_u16(), 201);
    let assign = async |number: &str, category: Value| {
        let body = json!({ "type": "user", "id": "101", "category": category });
        let path = format!("/tenants/demo/numbers/+120655501{number}/assign");
        let reply = world.post_json(&path, &body).await;
        (reply.status.as_u16(), reply.body["category"].clone(), reply.body["code"].clone())
    };
    assert_eq!(assign("50", json!(null)).await.1, "alternate", "Alice has a number already");
    assert_eq!(assign("51", json!("private")).await.1, "private");
    assert_eq!(assign("52", json!("private")).await, (422, json!(null), json!("number.line_limit")));
    assert_eq!(assign("51", json!("alternate")).await, (409, json!(null), json!("number.other_category")));

    let primary = "/tenants/demo/numbers/+14255550101";
    let unassigned = world.post(&format!("{primary}/unassign")).await;
    assert_eq!((unassigned.status.as_u16(), &unassigned.body["code"]), (409, &json!("number.primary_required")));
    let changed =
        world.patch("/tenants/demo/numbers/+12065550150", Some("\"2\""), &json!({ "category": "primary" })).await;
    assert_eq!((changed.status.as_u16(), &changed.body["category"]), (200, &json!("primary")), "{}", changed.text);
    assert_eq!(world.read(primary).await["category"], "alternate");
    let alice = world.read("/tenants/demo/users/101").await["id"].as_str().unwrap().parse().unwrap();
    let shown = phone::numbers::E164::parse("+12065550150").unwrap();
    world.switch_has(|tenant| tenant.number_of_user(phone::id::UserId(alice)) == Some(shown)).await;
    assert_eq!(world.post(&format!("{primary}/unassign")).await.status.as_u16(), 200);
    let list = "/tenants/demo/numbers?category=private";
    assert_eq!(names(&world, list, "number").await, ["+12065550151"]);
    assert_eq!(world.read("/tenants/demo/numbers/+12065550152").await["category"], json!(null));
}

#[tokio::test]
async fn numbers_are_found_by_tag_and_keep_them_in_a_file() {
    let world = world().await;
    let path = "/tenants/demo/numbers/+14255550101";
    let tagged = world.patch(path, None, &json!({ "tags": ["VIP", "vip", "Front desk"] })).await;
    assert_eq!(tagged.body["tags"], json!(["Front desk", "VIP"]), "{}", tagged.text);
    let bad = world.patch(path, None, &json!({ "tags": ["a|b"] })).await;
    assert_eq!((bad.status.as_u16(), &bad.body["code"]), (422, &json!("tag.malformed")));
    assert_eq!(names(&world, "/tenants/demo/numbers?tag=FRONT%20desk", "number").await, ["+14255550101"]);

    let file = world.get("/tenants/demo/numbers/export").await.text;
    assert!(file.starts_with("number,kind,trunk,assign_to,category,site,tags,country,city,region,sms,"), "{file}");
    assert!(file.contains(",101,primary,,Front desk|VIP,,,,false,"), "{file}");
    let request = world.request(reqwest::Method::POST, "/tenants/demo/numbers/import");
    let request = request.bearer_auth(super::world::TOKEN).header("Content-Type", "text/csv").body(file);
    let order = world.finished(&super::world::send(request).await.body).await;
    assert_eq!((&order["state"], &order["failed"]), (&json!("succeeded"), &json!(0)), "{order}");

    let cleared = world.patch(path, None, &json!({ "tags": [] })).await;
    assert_eq!(cleared.body["tags"], json!([]));
    assert_eq!(names(&world, "/tenants/demo/numbers?tag=vip", "number").await, Vec::<String>::new());
}

async fn names(world: &World, path: &str, field: &str) -> Vec<String> {
    let list = world.read(path).await;
    list["items"].as_array().unwrap().iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
}
