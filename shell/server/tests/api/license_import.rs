//! Licenses from a file: what a dry run says is what the order does, and the same again changes nothing.

use phone::access::BuiltIn;
use reqwest::Method;
use serde_json::{Value, json};
use store::Scope;

use super::world::{Reply, TOKEN, World, send, world};

#[tokio::test]
async fn a_file_of_licenses_is_tried_carried_out_and_the_same_again_changes_nothing() {
    let world = world().await;
    let alice = world.read("/tenants/demo/users/101").await["email"].as_str().unwrap().to_uppercase();
    let file = format!(
        "UPN,AddSkus,RemoveSkus,UsageLocation\r\n\
         104,MCOEV;MCOPSTN1,,\r\n\
         {alice},,MCOEV,\r\n\
         102,MCOPSTN99,,\r\n\
         nobody@demo.test,MCOEV,,\r\n\
         103,MCOEV,,gb\r\n"
    );
    let dry = import(&world, "?dry_run=true", &file).await;
    assert_eq!((dry.status.as_u16(), &dry.body["state"]), (200, &json!("partly_failed")), "{}", dry.text);
    let expected = [
        (3, "RemoveSkus", "license.dependency_missing"),
        (4, "AddSkus", "license.unknown_plan"),
        (5, "UPN", "user.unknown"),
        (6, "UsageLocation", "country.unknown"),
    ];
    assert_eq!(errors(&dry.body), expected);
    assert!(dry.body["errors"].as_array().unwrap().iter().all(|it| it["fix"] != ""), "{}", dry.text);
    assert_eq!(held(&world, "104").await, json!([]), "a dry run gives nothing");

    let done = world.finished(&import(&world, "", &file).await.body).await;
    assert_eq!((&done["kind"], &done["done"], &done["failed"]), (&json!("license_import"), &json!(1), &json!(4)));
    assert_eq!(held(&world, "104").await, json!(["MCOEV", "MCOPSTN1"]));
    world.switch_has(|tenant| tenant.user_by_extension("104").unwrap().voice_enabled).await;

    let exported = world.get("/tenants/demo/licenses/export").await.text;
    let again = world.finished(&import(&world, "", &exported).await.body).await;
    assert_eq!((&again["state"], &again["done"]), (&json!("succeeded"), &json!(4)));
    assert!(results(&world, &again).await.iter().all(Value::is_null), "what is there already is no change");
}

#[tokio::test]
async fn a_line_moves_a_person_and_says_which_numbers_reach_nobody_from_now_on() {
    let world = world().await;
    let file = "UPN,AddSkus,RemoveSkus,UsageLocation\n103,,MCOEV;MCOPSTN1,GB\n";
    let dry = import(&world, "?dry_run=true", file).await;
    let told = results(&world, &dry.body).await[0]["warnings"].clone();
    assert!(told[0].as_str().unwrap().contains("+14255550103 reaches nobody"), "{told}");
    assert_eq!(world.read("/tenants/demo/numbers/+14255550103").await["state"], "assigned");
    let done = world.finished(&import(&world, "", file).await.body).await;
    assert_eq!(results(&world, &done).await[0]["warnings"], told, "what was said is what was done");
    let carol = world.read("/tenants/demo/users/103").await;
    assert_eq!((&carol["country"], &carol["licenses"]), (&json!("GB"), &json!([])));
    assert_eq!(world.read("/tenants/demo/numbers/+14255550103").await["state"], "held");
}

#[tokio::test]
async fn seats_go_to_the_first_lines_and_who_may_not_give_licenses_imports_none() {
    let world = world().await;
    world.add_people(&["201".to_owned(), "202".to_owned()]).await;
    world.put("/tenants/demo/licenses/MCOEV", None, &json!({ "seats": 4 })).await;
    let file = "UPN,AddSkus\n201,MCOEV\n202,MCOEV\n";
    world.add_token("viewer", Scope::Tenant(world.tenant), BuiltIn::Viewer).await;
    let refused =
        send(world.request(Method::POST, PATH).bearer_auth("viewer").header("Content-Type", "text/csv").body(file));
    assert_eq!(refused.await.status.as_u16(), 403);
    let done = world.finished(&import(&world, "", file).await.body).await;
    assert_eq!(errors(&done), [(3, "AddSkus", "license.no_seats")], "{done}");
    let full = import(&world, "", "UPN;Skus\n201;MCOEV\n").await;
    assert_eq!((full.status.as_u16(), &full.body["code"]), (422, &json!("csv.unknown_column")), "{}", full.text);

    world.put("/tenants/demo/licenses/MCOEV", None, &json!({ "seats": 5 })).await;
    let retry = world.post(&format!("/tenants/demo/orders/{}/retry", done["id"].as_str().unwrap())).await;
    let retried = world.finished(&retry.body).await;
    assert_eq!((&retried["state"], held(&world, "202").await), (&json!("succeeded"), json!(["MCOEV"])));
}

const PATH: &str = "/tenants/demo/licenses/import";

async fn import(world: &World, query: &str, file: &str) -> Reply {
    let request = world.request(Method::POST, &format!("{PATH}{query}")).bearer_auth(TOKEN);
    send(request.header("Content-Type", "text/csv").body(file.to_owned())).await
}

fn errors(order: &Value) -> Vec<(u64, &str, &str)> {
    let errors = order["errors"].as_array().unwrap().iter();
    errors
        .map(|it| (it["line"].as_u64().unwrap(), it["column"].as_str().unwrap(), it["code"].as_str().unwrap()))
        .collect()
}

async fn results(world: &World, order: &Value) -> Vec<Value> {
    let lines = world.read(&format!("/tenants/demo/orders/{}/lines", order["id"].as_str().unwrap())).await;
    lines["items"].as_array().unwrap().iter().map(|line| line["result"].clone()).collect()
}

async fn held(world: &World, extension: &str) -> Value {
    world.read(&format!("/tenants/demo/users/{extension}")).await["licenses"].clone()
}
