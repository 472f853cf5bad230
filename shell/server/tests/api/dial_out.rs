//! The dial-out policies that come with the program, and classes of service: given, followed by calls, explained.

use phone::id::UserId;
use phone::policies::Holder;
use phone::policies::dial_out::UserDialOut;
use serde_json::{Value, json};

use super::world::{World, world};

const DIAL_OUT: &str = "/tenants/demo/policies/dial_out";

#[tokio::test]
async fn twelve_policies_are_there_are_given_as_any_and_are_never_changed() {
    let world = world().await;
    let whole = world.read(DIAL_OUT).await;
    let names = |page: &Value| -> Vec<String> {
        page["items"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    };
    let all = names(&whole);
    assert_eq!((all.len(), all[0].as_str()), (13, "Global"));
    assert_eq!(all.iter().filter(|name| name.starts_with("DialoutCPC")).count(), 12);
    let path = format!("{DIAL_OUT}/dialoutCPCandPSTNDomestic");
    let shown = world.read(&path).await;
    assert_eq!(
        (&shown["settings"]["user"], &shown["settings"]["conference"]),
        (&json!("domestic"), &json!("domestic"))
    );
    let id = shown["id"].as_str().unwrap();
    assert_eq!(world.read(&format!("{DIAL_OUT}/{id}")).await, shown);
    for refused in [
        world.patch(&path, None, &json!({ "settings": { "user": "none" } })).await,
        world.patch(&path, None, &json!({ "name": "Ours" })).await,
        world.post(&format!("{path}/reset")).await,
        world.delete(&path, None).await,
    ] {
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("policy.fixed")), "{}", refused.text);
        assert!(refused.body["fix"].as_str().unwrap().contains("your own"), "{}", refused.text);
    }
    let same = world.post_json(DIAL_OUT, &json!({ "name": "DIALOUTcpcANDpstnDOMESTIC" })).await;
    assert_eq!((same.status.as_u16(), &same.body["code"]), (409, &json!("name_taken")), "{}", same.text);

    // Given, it has a row of its own, and is where it was in the list, page by page.
    assert_eq!(world.post_json(&format!("{path}/assign"), &json!({ "users": ["101"] })).await.status.as_u16(), 204);
    assert_eq!(world.post_json(DIAL_OUT, &json!({ "name": "Dialout ours" })).await.status.as_u16(), 201);
    assert_eq!(world.post_json(DIAL_OUT, &json!({ "name": "Zone" })).await.status.as_u16(), 201);
    // The organization's own has a row as well.
    let changed =
        world.patch(&format!("{DIAL_OUT}/global"), None, &json!({ "settings": { "conference": "none" } })).await;
    assert_eq!(changed.status.as_u16(), 200, "{}", changed.text);
    let whole = names(&world.read(DIAL_OUT).await);
    assert_eq!(whole.len(), 15);
    for limit in [1, 2, 5, 14, 15] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = world.read(&format!("{DIAL_OUT}?limit={limit}{cursor}")).await;
            seen.extend(names(&page));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, whole, "{limit} at a time");
    }
    assert_eq!(world.read(&path).await["id"], id, "its id stays");
    assert_eq!(world.patch(&path, None, &json!({ "name": "Ours" })).await.body["code"], "policy.fixed");
}

#[tokio::test]
async fn calls_follow_the_policy_that_is_given_and_explain_names_it() {
    let world = world().await;
    let alice = UserId(world.id_of("users", "Alice Adams").await.parse().unwrap());
    let (seattle, london) = ("+12065550100", "+442079460000");
    for (policy, user, seattle_goes, london_goes) in [
        ("DialoutCPCandPSTNInternational", UserDialOut::InternationalAndDomestic, true, true),
        ("DialoutCPCZoneAPSTNDomestic", UserDialOut::Domestic, true, false),
        ("DialoutCPCandPSTNDisabled", UserDialOut::None, false, false),
    ] {
        let given = world.post_json(&format!("{DIAL_OUT}/{policy}/assign"), &json!({ "users": ["101"] })).await;
        assert_eq!(given.status.as_u16(), 204, "{}", given.text);
        world.switch_has(|tenant| tenant.held(Holder::person(alice)).dial_out.user == user).await;
        for (to, goes) in [(seattle, seattle_goes), (london, london_goes)] {
            let told = explained(&world, to).await;
            assert_eq!(told["end"]["type"] != "refused", goes, "{policy} {to}: {told}");
            let names = told.to_string().contains("dial-out policy");
            assert_eq!(names, !goes, "{policy} {to}: {told}");
        }
        let help = explained(&world, "911").await;
        assert_ne!(help["end"]["type"], "refused", "no policy keeps anybody from calling for help: {help}");
    }
}

#[tokio::test]
async fn a_class_of_service_of_ones_own_is_followed() {
    let world = world().await;
    let class = json!({ "name": "Lobby", "settings": { "user": "none", "allowed_patterns": ["^\\+12065550100$"] } });
    assert_eq!(world.post_json(DIAL_OUT, &class).await.status.as_u16(), 201);
    let given = world.post_json(&format!("{DIAL_OUT}/Lobby/assign"), &json!({ "users": ["101"] })).await;
    assert_eq!(given.status.as_u16(), 204, "{}", given.text);
    let alice = UserId(world.id_of("users", "Alice Adams").await.parse().unwrap());
    world.switch_has(|tenant| tenant.held(Holder::person(alice)).dial_out.user == UserDialOut::None).await;
    let told = explained(&world, "+12065550100").await;
    assert_ne!(told["end"]["type"], "refused", "{told}");
    assert!(told.to_string().contains("lets numbers like"), "{told}");
    assert_eq!(explained(&world, "+12065550101").await["end"]["type"], "refused");
    let wrong = json!({ "settings": { "denied_patterns": ["(("], "allowed_countries": ["Atlantis"] } });
    let wrong = world.patch(&format!("{DIAL_OUT}/Lobby"), None, &wrong).await;
    let fields: Vec<_> = wrong.body["errors"].as_array().unwrap().iter().map(|it| it["field"].clone()).collect();
    assert_eq!(
        (wrong.status.as_u16(), fields),
        (422, vec![json!("settings.allowed_countries"), json!("settings.denied_patterns")])
    );
    let premium = json!({ "settings": { "user": "international_and_domestic", "allow_premium_rate": false } });
    assert_eq!(world.patch(&format!("{DIAL_OUT}/Lobby"), None, &premium).await.status.as_u16(), 200);
    world.switch_has(|tenant| !tenant.held(Holder::person(alice)).dial_out.allow_premium_rate).await;
    let told = explained(&world, "+19005550123").await;
    assert!(told.to_string().contains("it denies numbers of special rates"), "{told}");
}

async fn explained(world: &World, to: &str) -> Value {
    world.post_json("/tenants/demo/explain", &json!({ "from": "101", "to": to })).await.body
}
