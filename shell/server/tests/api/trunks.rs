//! Trunks: made, changed, deleted when no number comes in on them, and their secrets kept.

use serde_json::json;

use super::world::world;

const TRUNKS: &str = "/tenants/demo/trunks";

#[tokio::test]
async fn a_trunk_is_made_changed_and_deleted_and_its_password_never_shown() {
    let world = world().await;
    let credentials = json!({ "realm": null, "user": "acme", "password": "a-carrier-s-password" });
    let body = json!({ "name": "second", "host": "sip.carrier.example", "transport": "tls", "srtp": "required",
        "sources": ["198.51.100.7", "198.51.100.8:5061"], "credentials": credentials });
    let made = world.post_json(TRUNKS, &body).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    assert_eq!(made.body["sources"], json!(["198.51.100.7:0", "198.51.100.8:5061"]));
    assert_eq!(made.body["codecs"], json!(["PCMU", "PCMA", "G722", "opus"]));
    let path = format!("{TRUNKS}/{}", made.body["id"].as_str().unwrap());
    let knows_password = |is_user: bool| {
        move |tenant: &phone::directory::Tenant| {
            let second = tenant.trunks.values().find(|trunk| trunk.name == "second");
            second.is_some_and(|trunk| trunk.credentials.is_some() == is_user)
        }
    };
    world.switch_has(knows_password(true)).await;

    let changed = world.patch(&path, Some("\"1\""), &json!({ "enabled": false, "port": 5070 })).await;
    assert_eq!((changed.status.as_u16(), &changed.body["port"]), (200, &json!(5070)), "{}", changed.text);
    world.switch_has(|tenant| tenant.trunks.values().any(|trunk| trunk.name == "second" && !trunk.enabled)).await;
    world.switch_has(knows_password(true)).await;
    let bare = world.patch(&path, None, &json!({ "credentials": null })).await;
    assert_eq!(bare.status.as_u16(), 200, "{}", bare.text);
    world.switch_has(knows_password(false)).await;
    let audit = world.get("/tenants/demo/audit").await;
    for text in [&made.text, &changed.text, &audit.text] {
        assert!(!text.contains("a-carrier-s-password"), "{text}");
    }
    assert_eq!(world.delete(&path, Some("\"1\"")).await.status.as_u16(), 412);
    assert_eq!(world.delete(&path, Some("\"3\"")).await.status.as_u16(), 204);
    assert_eq!(world.get(&path).await.status.as_u16(), 404);
}

#[tokio::test]
async fn what_is_no_trunk_is_refused_with_every_fault() {
    let world = world().await;
    let body = json!({ "name": " ", "host": "two words", "port": 0, "country": "XX", "codecs": ["GSM"],
        "no_answer_seconds": 0, "sources": ["0.0.0.0"] });
    let refused = world.post_json(TRUNKS, &body).await;
    let codes: Vec<_> = refused.body["errors"].as_array().unwrap().iter().map(|error| error["code"].clone()).collect();
    let wanted = [
        "name.empty",
        "trunk.host_malformed",
        "trunk.port_malformed",
        "trunk.source_malformed",
        "country.unknown",
        "trunk.codec_unknown",
        "trunk.no_answer_out_of_range",
    ];
    assert_eq!(codes, wanted);
    let nowhere = json!({ "name": "x", "host": "x.example", "sources": ["carrier.example"] });
    assert_eq!(world.post_json(TRUNKS, &nowhere).await.body["errors"][0]["field"], "sources[0]");
    let same = json!({ "name": "demo-carrier", "host": "x.example" });
    assert_eq!(world.post_json(TRUNKS, &same).await.status.as_u16(), 409);
}

#[tokio::test]
async fn a_trunk_that_numbers_come_in_on_stays() {
    let world = world().await;
    let trunk = world.id_of("trunks", "demo-carrier").await;
    let numbers = json!({ "numbers": ["+14255550177"], "kind": "user", "trunk": trunk });
    assert_eq!(world.post_json("/tenants/demo/numbers", &numbers).await.status.as_u16(), 201);
    let refused = world.delete(&format!("{TRUNKS}/{trunk}"), None).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("trunk.in_use")), "{}", refused.text);
}
