//! Numbers from a file: what a dry run says is what the order does, and it can be taken back.

use reqwest::Method;
use serde_json::{Value, json};

use super::world::{Reply, TOKEN, World, send, world};

const FILE: &str = "number,kind,trunk,assign_to\r\n\
                    +12065550140,user,demo-carrier,102\r\n\
                    +12065550141,,,Main menu\r\n\
                    +14255550101,user,,103\r\n\
                    +12065550142,,,999\r\n\
                    not a number,,,\r\n\
                    +14255550103,,,103\r\n";

#[tokio::test]
async fn a_dry_run_names_line_and_reason_and_changes_nothing() {
    let world = world().await;
    let before = numbers(&world).await;
    let dry = import(&world, "?dry_run=true", FILE, None).await;
    assert_eq!(dry.status.as_u16(), 200, "{}", dry.text);
    assert_eq!((&dry.body["state"], &dry.body["dry_run"]), (&json!("partly_failed"), &json!(true)));
    assert_eq!([&dry.body["total"], &dry.body["done"], &dry.body["failed"]], [6, 3, 3]);
    assert_eq!(
        errors(&dry.body),
        [
            (4, "assign_to".to_owned(), "number.already_assigned".to_owned()),
            (5, "assign_to".to_owned(), "number.assignee_unknown".to_owned()),
            (6, "number".to_owned(), "number.invalid".to_owned()),
        ]
    );
    assert!(dry.body["errors"].as_array().unwrap().iter().all(|error| error["fix"].is_string()), "{}", dry.text);
    assert_eq!(numbers(&world).await, before);
    assert_eq!(world.finished(&dry.body).await, dry.body);
}

#[tokio::test]
async fn a_file_is_carried_out_once_whatever_is_sent_again() {
    let world = world().await;
    let taken = import(&world, "", FILE, Some("monday")).await;
    assert!([200, 202].contains(&taken.status.as_u16()), "{}", taken.text);
    let order = world.finished(&taken.body).await;
    assert_eq!((&order["state"], &order["done"], &order["failed"]), (&json!("partly_failed"), &json!(3), &json!(3)));
    let bobs = world.read("/tenants/demo/numbers/+12065550140").await;
    assert_eq!((&bobs["assignee"]["display_name"], &bobs["state"]), (&json!("Bob Brown"), &json!("assigned")));
    assert!(bobs["trunk"].is_string());
    let menu = world.read("/tenants/demo/numbers/+12065550141").await;
    assert_eq!((&menu["kind"], &menu["assignee"]["app"]), (&json!("service_toll"), &json!("auto_attendant")));
    world.switch_has(|tenant| tenant.numbers.contains_key(&"+12065550141".to_owned().try_into().unwrap())).await;

    let same = import(&world, "", FILE, Some("monday")).await;
    assert_eq!((same.status.as_u16(), &same.body["id"]), (200, &order["id"]));
    for (query, file) in [("", "number\n+12065550149\n"), ("?dry_run=true", FILE)] {
        let other = import(&world, query, file, Some("monday")).await;
        assert_eq!((other.status.as_u16(), &other.body["code"]), (422, &json!("idempotency_key.reused")));
    }
    let before = numbers(&world).await;
    let again = import(&world, "", FILE, None).await;
    assert_ne!(again.body["id"], order["id"]);
    let again = world.finished(&again.body).await;
    assert_eq!((&again["done"], errors(&again)), (&json!(3), errors(&order)));
    assert_eq!(numbers(&world).await, before);

    let orders = world.read("/tenants/demo/number-orders").await;
    assert_eq!(orders["items"].as_array().unwrap().len(), 2);
    assert_eq!(orders["items"][0]["id"], again["id"]);
    let path = format!("/tenants/demo/orders/{}/lines?state=done", order["id"].as_str().unwrap());
    let lines = world.read(&path).await;
    let changed: Vec<_> = lines["items"].as_array().unwrap().iter().map(|line| line["result"].is_object()).collect();
    assert_eq!(changed, [true, true, false]);
}

#[tokio::test]
async fn an_import_is_taken_back_where_nobody_changed_it_since() {
    let world = world().await;
    let before = numbers(&world).await;
    let order = import(&world, "", FILE, None).await.body;
    let order = world.finished(&order).await;
    let undo = format!("/tenants/demo/orders/{}/undo", order["id"].as_str().unwrap());
    let blocked = world.post("/tenants/demo/numbers/+12065550141/unassign").await;
    assert_eq!(blocked.status.as_u16(), 200, "{}", blocked.text);
    let back = world.post(&undo).await;
    let back = world.finished(&back.body).await;
    assert_eq!((&back["kind"], &back["state"]), (&json!("number_import_undo"), &json!("partly_failed")));
    assert_eq!(
        (&back["undoes"], errors(&back)),
        (&order["id"], vec![(3, "number".to_owned(), "order.changed_since".to_owned())])
    );
    assert_eq!(world.get("/tenants/demo/numbers/+12065550140").await.status.as_u16(), 404);
    assert_eq!(world.delete("/tenants/demo/numbers/+12065550141", None).await.status.as_u16(), 204);
    assert_eq!(numbers(&world).await, before);
    let twice = world.post(&undo).await;
    assert_eq!((twice.status.as_u16(), &twice.body["code"]), (409, &json!("order.undone")));
    let history = world.read("/tenants/demo/numbers/+12065550140/history").await;
    let actions: Vec<_> = history["items"].as_array().unwrap().iter().map(|event| &event["action"]).collect();
    assert_eq!(actions, ["delete", "update", "create"]);
}

#[tokio::test]
async fn a_faulty_file_is_no_order() {
    let world = world().await;
    for (file, code) in [
        ("", "csv.empty"),
        ("number,color\n+1,red\n", "csv.unknown_column"),
        ("kind\nuser\n", "csv.missing_column"),
        ("number\n", "csv.no_rows"),
    ] {
        let refused = import(&world, "", file, None).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!(code)), "{}", refused.text);
        assert!(refused.body["fix"].is_string());
    }
    let latin = world.request(Method::POST, "/tenants/demo/numbers/import").bearer_auth(TOKEN);
    let refused = send(latin.body(b"number,assign_to\n+1,Zo\xeb\n".to_vec())).await;
    assert_eq!(refused.body["code"], "csv.not_utf8", "{}", refused.text);
    for (n_lines, code) in [(10_001, "csv.too_many_rows"), (1_000_000, "csv.too_large")] {
        let lines: String = (0..n_lines).map(|n| format!("+1206{n:07}\n")).collect();
        for list in ["numbers", "users"] {
            let post = world.request(Method::POST, &format!("/tenants/demo/{list}/import")).bearer_auth(TOKEN);
            let header = if list == "numbers" { "number\n" } else { "extension\n" };
            let refused = send(post.body(format!("{header}{lines}"))).await;
            assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!(code)), "{}", refused.text);
            assert!(refused.body["fix"].as_str().unwrap().contains("10000"), "{}", refused.text);
        }
    }
    assert_eq!(world.read("/tenants/demo/orders").await["items"], json!([]));
}

#[tokio::test]
async fn what_is_exported_is_imported_without_a_change() {
    let world = world().await;
    let order = import(&world, "", FILE, None).await.body;
    world.finished(&order).await;
    world.switch_has(|tenant| tenant.numbers.contains_key(&"+12065550141".to_owned().try_into().unwrap())).await;
    let file = world.get("/tenants/demo/numbers/export").await;
    assert!(
        file.content_type.starts_with("text/csv")
            && file.text.contains("+12065550140,user,demo-carrier,102,alternate,,,,,,false,direct_routing,assigned,20")
    );
    let before = numbers(&world).await;
    let order = import(&world, "", &file.text, None).await.body;
    let order = world.finished(&order).await;
    assert_eq!((&order["state"], &order["total"]), (&json!("succeeded"), &json!(before.len())), "{order}");
    assert_eq!(numbers(&world).await, before);
    let undo = world.post(&format!("/tenants/demo/orders/{}/undo", order["id"].as_str().unwrap())).await;
    assert_eq!((undo.status.as_u16(), &undo.body["code"]), (409, &json!("order.nothing_done")));
}

async fn import(world: &World, query: &str, file: &str, key: Option<&str>) -> Reply {
    let post = world.request(Method::POST, &format!("/tenants/demo/numbers/import{query}")).bearer_auth(TOKEN);
    let post = post.header("Content-Type", "text/csv").body(file.to_owned());
    send(match key {
        Some(key) => post.header("Idempotency-Key", key),
        None => post,
    })
    .await
}

async fn numbers(world: &World) -> Vec<Value> {
    let list = world.read("/tenants/demo/numbers?limit=1000").await;
    let mut numbers = list["items"].as_array().unwrap().clone();
    // Names come from the switch's snapshot, which is a moment behind.
    for number in &mut numbers {
        number["assignee"] = number["assignee"]["id"].clone();
    }
    numbers
}

fn errors(order: &Value) -> Vec<(u64, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let errors = order["errors"].as_array().unwrap().iter();
    errors.map(|error| (error["line"].as_u64().unwrap(), text(&error["column"]), text(&error["code"]))).collect()
}

#[tokio::test]
async fn lines_that_failed_are_tried_again_as_an_order_of_their_own() {
    let world = world().await;
    let file = "number,assign_to\n+12065550150,101\n+12065550151,777\nx,101\n";
    let request = world.request(Method::POST, "/tenants/demo/numbers/import").bearer_auth(TOKEN);
    let order = send(request.header("Content-Type", "text/csv").body(file)).await.body;
    let order = world.finished(&order).await;
    assert_eq!([&order["done"], &order["failed"]], [1, 2], "{order}");
    let retry = format!("/tenants/demo/orders/{}/retry", order["id"].as_str().unwrap());
    world.add_people(&["777".to_owned()]).await;
    let license = json!({ "users": ["777"], "plans": ["MCOEV"] });
    assert!(world.post_json("/tenants/demo/licenses/assign", &license).await.status.is_success());
    let again = world.post(&retry).await;
    assert_eq!(again.status.as_u16(), 202, "{}", again.text);
    let again = world.finished(&again.body).await;
    assert_eq!([&again["kind"], &again["state"]], ["number_import", "succeeded"], "{again}");
    assert_eq!((&again["total"], &again["done"]), (&json!(1), &json!(1)), "what can't be read is not tried again");
    assert_eq!(world.read("/tenants/demo/numbers/+12065550151").await["state"], "assigned");
    let nothing = world.post(&format!("/tenants/demo/orders/{}/retry", again["id"].as_str().unwrap())).await;
    assert_eq!((nothing.status.as_u16(), &nothing.body["code"]), (409, &json!("order.nothing_failed")));

    // Who may only see to orders does not do what they do.
    let role = json!({ "name": "Clerk", "permissions": ["orders.read", "orders.write"] });
    let role = world.post_json("/tenants/demo/roles", &role).await.body;
    let key = json!({ "name": "clerk", "roles": [{ "role": role["id"] }] });
    let key = world.post_json("/tenants/demo/api-keys", &key).await.body;
    let clerk = send(world.request(Method::POST, &retry).bearer_auth(key["token"].as_str().unwrap())).await;
    assert_eq!(clerk.status.as_u16(), 403, "{}", clerk.text);
    assert!(clerk.text.contains("numbers.write"), "{}", clerk.text);
}

#[tokio::test]
async fn many_numbers_are_tagged_and_that_is_taken_back() {
    let world = world().await;
    let tag = async |body: Value| world.post_json("/tenants/demo/numbers/tag", &body).await;
    for (body, code) in [
        (json!({ "numbers": [], "add": ["a"] }), "number.too_many_items"),
        (json!({ "numbers": ["+14255550101"] }), "tag.none"),
        (json!({ "numbers": ["x"], "add": ["a"] }), "number.invalid"),
        (json!({ "numbers": ["+14255550101"], "add": ["a|b"] }), "tag.malformed"),
    ] {
        let refused = tag(body).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!(code)), "{}", refused.text);
    }
    let first = json!({ "numbers": ["+14255550101"], "add": ["Old"] });
    world.finished(&tag(first).await.body).await;
    let body = json!({
        "numbers": [{ "first": "+14255550101", "last": "+14255550103" }, "+14255559999"], "add": ["Desk"], "remove": ["old"]
    });
    let order = world.finished(&tag(body).await.body).await;
    assert_eq!([&order["done"], &order["failed"]], [3, 1], "{order}");
    assert_eq!((&order["kind"], &order["errors"][0]["code"]), (&json!("number_tag"), &json!("number.not_found")));
    assert_eq!(world.read("/tenants/demo/numbers/+14255550101").await["tags"], json!(["Desk"]));
    let tagged = world.read("/tenants/demo/numbers?tag=desk").await;
    assert_eq!(tagged["items"].as_array().unwrap().len(), 3);
    let undo = world.post(&format!("/tenants/demo/orders/{}/undo", order["id"].as_str().unwrap())).await;
    assert_eq!(world.finished(&undo.body).await["state"], "succeeded");
    assert_eq!(world.read("/tenants/demo/numbers/+14255550101").await["tags"], json!(["Old"]));
}
