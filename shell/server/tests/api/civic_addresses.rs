//! Civic addresses: made, validated, given to numbers, and told to emergency services.

use serde_json::{Value, json};

use super::world::world;

const ADDRESSES: &str = "/tenants/demo/civic-addresses";
const NUMBER: &str = "/tenants/demo/numbers/+14255550101";

pub fn boston() -> Value {
    json!({ "name": "Boston, floor 7", "company_name": "Example Inc.", "country": "US", "house_number": "100",
        "street_name": "Summer", "street_suffix": "Street", "city": "Boston", "state_or_province": "MA",
        "postal_code": "02110", "place": "floor 7", "latitude": 42.35361, "longitude": -71.05738 })
}

#[tokio::test]
async fn numbers_are_used_at_validated_addresses_that_stay_where_they_are() {
    let world = world().await;
    let mut bare = boston();
    for field in ["postal_code", "latitude", "longitude", "street_name"] {
        bare.as_object_mut().unwrap().remove(field);
    }
    let made = world.post_json(ADDRESSES, &bare).await;
    assert_eq!(
        (made.status.as_u16(), &made.body["validation_status"]),
        (201, &json!("not_validated")),
        "{}",
        made.text
    );
    let path = format!("{ADDRESSES}/{}", made.body["id"].as_str().unwrap());
    let incomplete = world.post(&format!("{path}/validate")).await;
    assert_eq!((incomplete.status.as_u16(), &incomplete.body["code"]), (422, &json!("civic_address.incomplete")));
    let lacks = "lacks street_name, postal_code (five digits, or nine with a hyphen), latitude and longitude";
    assert!(incomplete.body["detail"].as_str().unwrap().ends_with(lacks), "{}", incomplete.text);
    let used = world.patch(NUMBER, None, &json!({ "address": "boston, floor 7" })).await;
    assert_eq!((used.status.as_u16(), &used.body["code"]), (422, &json!("civic_address.not_validated")));
    let half = world.patch(&path, None, &json!({ "latitude": 42 })).await;
    assert_eq!(half.body["code"], "civic_address.position_malformed");

    let rest = json!({ "street_name": "Summer", "postal_code": "02110", "latitude": 42.35361, "longitude": -71.05738 });
    let complete = world.patch(&path, None, &rest).await;
    assert_eq!(
        complete.body["line"], "100 Summer Street, floor 7, Boston, MA 02110, Example Inc.",
        "{}",
        complete.text
    );
    let validated = world.post(&format!("{path}/validate")).await;
    assert_eq!(
        (&validated.body["validation_status"], &validated.body["latitude"]),
        (&json!("validated"), &json!(42.35361))
    );
    let used = world.patch(NUMBER, None, &json!({ "address": "boston, floor 7" })).await;
    assert_eq!(used.body["address"]["id"], made.body["id"], "{}", used.text);
    world
        .switch_has(|tenant| {
            let address = tenant.numbers.values().find_map(|number| number.address);
            address.is_some_and(|address| tenant.routing.addresses[&address].validated.is_some())
        })
        .await;
    let checks = world.read("/tenants/demo/users/101/voice-readiness").await;
    assert!(checks.to_string().contains("100 Summer Street, floor 7, Boston"), "{checks}");

    // Who is called for help must be found: nothing moves an address that numbers are used at.
    let moved = world.patch(&path, None, &json!({ "city": "Salem" })).await;
    assert_eq!((moved.status.as_u16(), &moved.body["code"]), (409, &json!("civic_address.in_use")), "{}", moved.text);
    assert_eq!(world.delete(&path, None).await.body["code"], "civic_address.in_use");
    let renamed = world.patch(&path, None, &json!({ "name": "Boston" })).await;
    assert_eq!(renamed.body["validation_status"], "validated");
    assert_eq!(world.read(NUMBER).await["address"]["id"], made.body["id"]);
    let none = json!({ "address": null });
    let needed = world.patch(NUMBER, None, &none).await;
    assert_eq!((needed.status.as_u16(), &needed.body["code"]), (422, &json!("number.address_needed")));
    let mut spare = boston();
    spare["name"] = json!("Spare");
    world.post_json(ADDRESSES, &spare).await;
    world.post(&format!("{ADDRESSES}/Spare/validate")).await;
    let moved = world.patch(NUMBER, None, &json!({ "address": "Spare" })).await;
    assert_eq!(moved.body["address"]["name"], "Spare", "{}", moved.text);
    let moved = world.patch(&path, None, &json!({ "city": "Salem" })).await;
    assert_eq!(moved.body["validation_status"], "not_validated", "{}", moved.text);
    assert_eq!(world.delete(&path, None).await.status.as_u16(), 204);
    let own = "/tenants/demo/numbers/+12065550177";
    world.post_json("/tenants/demo/numbers", &json!({ "numbers": ["+12065550177"], "kind": "user" })).await;
    assert_eq!(world.patch(own, None, &json!({ "address": "Spare" })).await.status.as_u16(), 200);
    assert_eq!(world.patch(own, None, &none).await.body["address"], json!(null));

    let mut paris = boston();
    paris["name"] = json!("Paris");
    paris["country"] = json!("FR");
    world.post_json(ADDRESSES, &paris).await;
    assert_eq!(world.post(&format!("{ADDRESSES}/Paris/validate")).await.status.as_u16(), 200);
    let abroad = world.patch(NUMBER, None, &json!({ "address": "Paris" })).await;
    assert_eq!((abroad.status.as_u16(), &abroad.body["code"]), (422, &json!("civic_address.other_country")));
    let unknown = world.patch(NUMBER, None, &json!({ "address": "Nowhere" })).await;
    assert_eq!(unknown.body["code"], "civic_address.unknown");
}
