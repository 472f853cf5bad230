//! What holds in countries: loaded by who runs the server, followed by calls, numbers, addresses and ports.

use phone::access::BuiltIn;
use reqwest::Method;
use serde_json::{Value, json};
use store::Scope;

use super::world::{Reply, TOKEN, World, send, world};

const FILE: &str = "country = \"US\"\nname = \"United States\"\nemergency_numbers = [\"911\", \"112\", \"988\"]\n";

#[tokio::test]
async fn a_file_takes_the_place_of_what_the_program_says_until_it_goes() {
    let world = world().await;
    let list = world.read("/country-profiles").await;
    let states = list["items"].as_array().unwrap().iter().find(|it| it["id"] == "US").unwrap();
    assert_eq!((&states["emergency_numbers"], &states["loaded"]), (&json!(["911", "112", "933"]), &json!(false)));
    assert!(states["plans"].as_array().unwrap().contains(&json!("MCOEV")), "{states}");
    let own = world.get("/country-profiles/US/file").await.text;
    assert!(own.contains("emergency_numbers = [\"911\""), "{own}");

    let dry = load(&world, "US", "?dry_run=true", FILE).await;
    assert_eq!((dry.status.as_u16(), &dry.body["emergency_numbers"][2]), (200, &json!("988")), "{}", dry.text);
    assert_eq!(world.read("/country-profiles/US").await["loaded"], false);
    let loaded = load(&world, "US", "", FILE).await;
    assert_eq!((loaded.status.as_u16(), &loaded.body["loaded"]), (200, &json!(true)), "{}", loaded.text);
    world.switch_has(|tenant| tenant.country_profile().is_emergency("988")).await;
    let demo = world.read("/tenants/demo").await;
    assert_eq!(demo["emergency_numbers"], json!(["911", "112", "988", "933"]), "933 is the organization's own");
    assert_eq!(world.get("/country-profiles/US/file").await.text, FILE);
    let audit = world.read("/audit?noun=country_profile").await;
    assert_eq!(audit["items"][0]["object"], "US", "{audit}");
    let taken = json!({ "extension": "988", "display_name": "Erin" });
    let taken = world.post_json("/tenants/demo/users", &taken).await;
    assert_eq!((taken.status.as_u16(), &taken.body["errors"][0]["code"]), (422, &json!("extension.emergency")));

    assert_eq!(world.delete("/country-profiles/US", None).await.status.as_u16(), 204);
    world.switch_has(|tenant| !tenant.country_profile().is_emergency("988")).await;
    assert_eq!(world.delete("/country-profiles/US", None).await.status.as_u16(), 404);
}

#[tokio::test]
async fn a_file_with_faults_is_refused_with_each_line_and_nothing_changes() {
    let world = world().await;
    let faulty = format!("{FILE}number_kinds = [\"fax\"]\nport_lead_days = 900\n");
    let refused = load(&world, "US", "", &faulty).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!("country_profile.faulty")));
    let errors: Vec<_> =
        refused.body["errors"].as_array().unwrap().iter().map(|it| (&it["field"], &it["code"])).collect();
    let (kinds, days) = (json!("number_kinds"), json!("port_lead_days"));
    let (unknown, too_many) = (json!("country_profile.word_unknown"), json!("country_profile.days_out_of_range"));
    assert_eq!(errors, [(&kinds, &unknown), (&days, &too_many)]);
    assert!(refused.body["errors"][0]["message"].as_str().unwrap().starts_with("line 4: "), "{}", refused.text);
    let other = load(&world, "DE", "", FILE).await;
    assert_eq!(other.body["errors"][0]["code"], "country_profile.other_country", "{}", other.text);
    assert_eq!(load(&world, "XX", "", FILE).await.status.as_u16(), 404);
    let shadow = load(&world, "US", "", &FILE.replace("988", "101")).await;
    assert_eq!((shadow.status.as_u16(), &shadow.body["code"]), (409, &json!("extension.emergency")), "{}", shadow.text);
    world.add_token("customer", Scope::Tenant(world.tenant), BuiltIn::Administrator).await;
    let put = world.request(Method::PUT, "/country-profiles/US").bearer_auth("customer").body(FILE);
    assert_eq!(send(put).await.status.as_u16(), 403);
    assert_eq!(world.read("/country-profiles/US").await["loaded"], false);
}

#[tokio::test]
async fn numbers_are_sold_and_given_as_the_country_says() {
    let world = world().await;
    let stock = json!({
        "carrier": "demo-carrier", "country": "US", "city": "Seattle", "region": "US-WA", "kind": "user",
        "numbers": ["+12065550100", "+12065550101"]
    });
    let stocked = world.post_json("/number-stock", &stock).await;
    assert!(stocked.status.is_success(), "{}", stocked.text);
    let order = |number: &str| json!({ "numbers": [number] });
    load(&world, "US", "", &format!("{FILE}number_kinds = [\"service_toll\"]\n")).await;
    let refused = world.post_json("/tenants/demo/number-reservations", &order("+12065550100")).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!("number.kind_not_offered")));
    let refused = world.post_json("/tenants/demo/number-orders", &order("+12065550100")).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!("number.kind_not_offered")));

    load(&world, "US", "", &format!("{FILE}location_required = \"at_assignment\"\naddress_needs = []\n")).await;
    let bought = world.post_json("/tenants/demo/number-orders", &order("+12065550100")).await;
    assert_eq!(bought.body["state"], "succeeded", "{}", bought.text);
    let path = "/tenants/demo/numbers/+12065550100";
    let to = json!({ "type": "user", "id": "103" });
    let nowhere = world.post_json(&format!("{path}/assign"), &to).await;
    assert_eq!((nowhere.status.as_u16(), &nowhere.body["code"]), (422, &json!("number.location_required")));
    let line = "number,assign_to\n+12065550100,103\n";
    let import = world.request(Method::POST, "/tenants/demo/numbers/import?dry_run=true").bearer_auth(TOKEN);
    let import = send(import.header("Content-Type", "text/csv").body(line)).await;
    assert_eq!(import.body["errors"][0]["code"], "number.location_required", "{}", import.text);

    let address =
        json!({ "name": "Seattle", "company_name": "Demo", "country": "US", "street_name": "Pine", "city": "Seattle" });
    let made = world.post_json("/tenants/demo/civic-addresses", &address).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    let id = made.body["id"].as_str().unwrap();
    let validated = world.post(&format!("/tenants/demo/civic-addresses/{id}/validate")).await;
    assert_eq!(validated.status.as_u16(), 200, "this file asks for no more than that: {}", validated.text);
    world.patch(path, None, &json!({ "address": id })).await;
    let given = world.post_json(&format!("{path}/assign"), &to).await;
    assert_eq!(given.status.as_u16(), 200, "{}", given.text);
}

async fn load(world: &World, country: &str, query: &str, file: &str) -> Reply {
    let request = world.request(Method::PUT, &format!("/country-profiles/{country}{query}")).bearer_auth(TOKEN);
    send(request.header("Content-Type", "text/plain").body(file.to_owned())).await
}

#[tokio::test]
async fn papers_for_ports_are_those_of_the_country() {
    let world = world().await;
    let needed = async |world: &World| -> Value {
        let order = json!({
            "name": "Seattle", "country": "US", "kind": "geographic", "usage": "user", "losing_carrier": "Old",
            "account_number": "1", "billing_number": "+12065550100", "organization_name": "Demo",
            "authorized_user": "Ann", "service_address": "1 Pine", "numbers": [{ "number": "+12065550100" }]
        });
        let made = world.post_json("/tenants/demo/port-orders", &order).await;
        assert_eq!(made.status.as_u16(), 201, "{}", made.text);
        made.body["needed_documents"].clone()
    };
    assert_eq!(needed(&world).await, json!([]));
    load(&world, "US", "", &format!("{FILE}port_documents = [\"bill\"]\n")).await;
    assert_eq!(needed(&world).await, json!(["bill"]));
}
