//! Two who want the same at the same time: one gets it, the other is told why not, and nothing is there twice.

use reqwest::Method;
use serde_json::{Value, json};

use super::world::{Reply, TOKEN, World, send, world};

const FREE: &str = "+12065550142";

#[tokio::test]
async fn a_number_goes_to_one_of_two_who_assign_it() {
    let world = world().await;
    world.post_json("/tenants/demo/numbers", &json!({ "numbers": [FREE], "kind": "user" })).await;
    let assign = async |user: &str| {
        world.post_json(&format!("/tenants/demo/numbers/{FREE}/assign"), &json!({ "type": "user", "id": user })).await
    };
    let (one, other) = tokio::join!(assign("101"), assign("102"));
    let loser = loser_of(&one, &other, 409);
    assert_eq!(loser.body["code"], "number.already_assigned", "{}", loser.text);
    let owner = world.read(&format!("/tenants/demo/numbers/{FREE}")).await["assignee"]["id"].clone();
    let winner = if one.status.is_success() { &one } else { &other };
    assert_eq!(winner.body["assignee"]["id"], owner);
}

#[tokio::test]
async fn of_two_changes_by_the_same_version_one_is_stale() {
    let world = world().await;
    world.post_json("/tenants/demo/policies/calling", &json!({ "name": "Desk" })).await;
    for (path, one, other) in [
        ("/tenants/demo/users/104", json!({ "office": "Boston" }), json!({ "office": "Paris" })),
        ("/tenants/demo/numbers/+14255550101", json!({ "tags": ["a"] }), json!({ "tags": ["b"] })),
        ("/tenants/demo/policies/calling/Desk", json!({ "description": "a" }), json!({ "description": "b" })),
    ] {
        let etag = world.get(path).await.etag.unwrap();
        let change = async |body: &Value| world.patch(path, Some(&etag), body).await;
        let (first, second) = tokio::join!(change(&one), change(&other));
        let loser = loser_of(&first, &second, 412);
        assert_eq!(loser.body["code"], "stale", "{path}: {}", loser.text);
    }
}

#[tokio::test]
async fn the_last_seat_goes_to_one_of_two() {
    let world = world().await;
    world.put("/tenants/demo/licenses/MCOEV", None, &json!({ "seats": 4 })).await;
    world.add_people(&["777".to_owned()]).await;
    let give = async |user: &str| {
        world.post_json("/tenants/demo/licenses/assign", &json!({ "users": [user], "plans": ["MCOEV"] })).await
    };
    let (one, other) = tokio::join!(give("104"), give("777"));
    assert_eq!(loser_of(&one, &other, 409).body["code"], "license.no_seats");
    let licenses = world.read("/tenants/demo/licenses").await;
    let seats = licenses["items"].as_array().unwrap().iter().find(|it| it["id"] == "MCOEV").unwrap();
    assert_eq!((&seats["assigned"], &seats["available"]), (&json!(4), &json!(0)));
}

#[tokio::test]
async fn a_number_of_the_stock_goes_to_one_of_two_organizations() {
    let world = world().await;
    let stock = json!({ "carrier": "demo-carrier", "country": "US", "kind": "user", "numbers": [FREE] });
    let added = world.post_json("/number-stock", &stock).await;
    assert_eq!(added.status.as_u16(), 201, "{}", added.text);
    let theirs = world.token_of_other_tenant(phone::access::BuiltIn::Administrator).await;
    let order = async |tenant: &str, token: &str| {
        let path = format!("/tenants/{tenant}/number-orders");
        send(world.request(Method::POST, &path).bearer_auth(token).json(&json!({ "numbers": [FREE] }))).await
    };
    let (one, other) = tokio::join!(order("demo", TOKEN), order("other", theirs));
    let loser = loser_of(&one, &other, 409);
    assert_eq!(loser.body["code"], "number.out_of_stock", "{}", loser.text);
    assert!(!loser.text.contains("other") && !loser.text.contains("Demo"), "who has it is nobody's business");
    let held = async |tenant: &str, token: &str| {
        send(world.request(Method::GET, &format!("/tenants/{tenant}/numbers/{FREE}")).bearer_auth(token)).await.status
    };
    let holders = [held("demo", TOKEN).await, held("other", theirs).await];
    assert_eq!(holders.iter().filter(|status| status.is_success()).count(), 1);
}

#[tokio::test]
async fn the_same_order_sent_twice_at_once_is_one_order() {
    let world = world().await;
    let import = async || {
        let post = world.request(Method::POST, "/tenants/demo/numbers/import").bearer_auth(TOKEN);
        let post = post.header("Content-Type", "text/csv").header("Idempotency-Key", "twice");
        send(post.body(format!("number,assign_to\n{FREE},101\n"))).await
    };
    let (one, other) = tokio::join!(import(), import());
    assert!(one.status.is_success() && other.status.is_success(), "{} {}", one.text, other.text);
    assert_eq!(one.body["id"], other.body["id"]);
    assert_eq!(world.read("/tenants/demo/number-orders").await["items"].as_array().unwrap().len(), 1);
}

/// One of two has won, and the other got this status.
fn loser_of<'a>(one: &'a Reply, other: &'a Reply, status: u16) -> &'a Reply {
    let (winner, loser) = if one.status.is_success() { (one, other) } else { (other, one) };
    assert!(winner.status.is_success(), "{} and {}", one.text, other.text);
    assert_eq!(loser.status.as_u16(), status, "{}", loser.text);
    assert!(status == 412 || loser.body["fix"].is_string(), "{}", loser.text);
    loser
}

/// Whoever of a hundred comes first: the demo's numbers are assigned once each, whatever is sent at once.
#[tokio::test]
async fn a_hundred_writers_leave_nothing_twice() {
    let world: World = world().await;
    let range = json!({ "first": "+12065550100", "last": "+12065550109" });
    world.post_json("/tenants/demo/numbers", &json!({ "numbers": [range], "kind": "user" })).await;
    let act = async |n: usize| {
        let path = format!("/tenants/demo/numbers/+1206555010{}", n % 10);
        let (verb, body) = match n % 3 {
            0 => ("unassign", json!({})),
            1 => ("assign", json!({ "type": "user", "id": "101" })),
            _ => ("assign", json!({ "type": "user", "id": "102" })),
        };
        world.post_json(&format!("{path}/{verb}"), &body).await.status.as_u16()
    };
    let all = futures_util::future::join_all((0..100).map(act)).await;
    assert!(all.iter().all(|status| [200, 409, 422].contains(status)), "{all:?}");
    let mut n_seen = 0;
    for user in ["101", "102"] {
        let id = world.read(&format!("/tenants/demo/users/{user}")).await["id"].as_str().unwrap().to_owned();
        let held = world.read(&format!("/tenants/demo/numbers?user={id}")).await;
        let categories: Vec<&str> =
            held["items"].as_array().unwrap().iter().filter_map(|number| number["category"].as_str()).collect();
        assert_eq!(categories.iter().filter(|category| **category == "primary").count(), 1, "{categories:?}");
        assert!(categories.len() <= 11);
        n_seen += categories.len();
    }
    assert!(2 <= n_seen);
}
