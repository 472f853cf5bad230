//! Set-up steps and voice readiness: told from what is there, each lack with a command.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use phone::id::UserId;
use serde_json::{Value, json};
use switch::input::{Command, Whose};
use switch::output::Answer;
use switch::view::Registration;

use super::world::{Script, World, quiet, world, world_with};

#[tokio::test]
async fn a_new_organization_lacks_everything_and_each_lack_names_a_command() {
    let world = world().await;
    let acme = json!({
        "slug": "acme", "name": "Acme", "sip_domain": "acme.test", "time_zone": "UTC", "country": "DE",
        "license_enforcement": "block",
    });
    assert_eq!(world.post_json("/tenants", &acme).await.status.as_u16(), 201);
    let person = json!({ "display_name": "Ada", "extension": "10" });
    assert_eq!(world.post_json("/tenants/acme/users", &person).await.status.as_u16(), 201);
    let steps = known(&world, "acme").await;
    let states: Vec<_> = steps.iter().map(|step| step["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["lacking", "lacking", "done", "lacking", "lacking", "lacking", "not_needed"]);
    let next: Vec<_> = steps.iter().flat_map(|step| step["lacks"].as_array().unwrap()).map(|it| &it["next"]).collect();
    assert!(next.contains(&&json!("trunkline license seats MCOEV 10")), "{next:?}");
    assert!(next.contains(&&json!("trunkline license assign --plan MCOEV 10")), "{next:?}");
    assert!(next.contains(&&json!("trunkline resource-account create NAME")), "{next:?}");

    let number = json!({ "numbers": ["+493012345"], "kind": "user" });
    world.post_json("/tenants/acme/numbers", &number).await;
    world.put("/tenants/acme/licenses/MCOEV", None, &json!({ "seats": 5 })).await;
    world.post_json("/tenants/acme/licenses/assign", &json!({ "users": ["10"], "plans": ["MCOEV"] })).await;
    let third = until_third(&world).await;
    assert_eq!(third["lacks"][0]["next"], "trunkline number assign +493012345 --user 10");
    assert_eq!(world.read("/tenants/acme/setup").await["items"][0]["state"], "done");
}

#[tokio::test]
async fn what_keeps_a_person_from_calling_is_named_with_its_fix() {
    let owner = Arc::new(OnceLock::new());
    let world = world_with(with_a_phone_of(owner.clone())).await;
    let alice = world.store.user_by_extension(world.tenant, "101").await.unwrap().unwrap().value.id;
    owner.set(alice).unwrap();
    let alice = world.read("/tenants/demo/users/101/voice-readiness").await;
    let registered = alice["checks"].as_array().unwrap().iter().find(|check| check["name"] == "phone").unwrap();
    assert_eq!((&alice["ready"], &registered["state"]), (&json!(true), &json!("fine")), "{alice}");

    let dan = world.read("/tenants/demo/users/104/voice-readiness").await;
    assert_eq!(dan["ready"], false);
    let missing: Vec<_> = dan["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["state"] == "missing")
        .map(|check| (check["name"].as_str().unwrap(), check["fix"].as_str().unwrap()))
        .collect();
    assert_eq!(missing[0], ("license", "trunkline license assign --plan MCOEV 104"));
    assert_eq!(missing[1], ("number", "trunkline number upload --kind user NUMBER"));
    assert!(missing[2].0 == "phone" && missing[2].1.contains("104 in demo.test"), "{missing:?}");
    assert_eq!(missing.len(), 3);
    assert_eq!(world.get("/tenants/demo/users/999/voice-readiness").await.status.as_u16(), 404);
}

#[tokio::test]
async fn what_keeps_a_service_from_being_called_is_named_with_its_fix() {
    let world = world().await;
    let list = world.read("/tenants/demo/resource-accounts").await;
    let main = list["items"].as_array().unwrap().iter().find(|it| it["display_name"] == "Main menu").unwrap();
    let path = format!("/tenants/demo/resource-accounts/{}", main["id"].as_str().unwrap());
    let ready = world.read(&format!("{path}/voice-readiness")).await;
    assert_eq!(ready["ready"], true, "{ready}");
    assert_eq!(world.patch(&path, None, &json!({ "app": null })).await.status.as_u16(), 200);
    let unready = world.read(&format!("{path}/voice-readiness")).await;
    let app = unready["checks"].as_array().unwrap().iter().find(|check| check["name"] == "app").unwrap();
    assert_eq!((&unready["ready"], &app["state"]), (&json!(false), &json!("missing")));
    assert!(app["fix"].as_str().unwrap().starts_with("trunkline resource-account change 'Main menu'"));
    let nobody = format!("/tenants/demo/resource-accounts/{}/voice-readiness", uuid::Uuid::nil());
    assert_eq!(world.get(&nobody).await.status.as_u16(), 404);
}

#[tokio::test]
async fn an_emergency_location_is_advised_and_comes_from_the_site() {
    let world = world().await;
    let location = async || {
        let told = world.read("/tenants/demo/users/101/voice-readiness").await;
        let checks = told["checks"].as_array().unwrap().clone();
        checks.into_iter().find(|check| check["name"] == "location").unwrap()
    };
    assert_eq!(location().await["state"], "advised");
    let site = json!({ "name": "Boston", "emergency_location": "100 Summer Street" });
    assert_eq!(world.post_json("/tenants/demo/sites", &site).await.status.as_u16(), 201);
    world.patch("/tenants/demo/users/101", None, &json!({ "site": "Boston" })).await;
    let told = location().await;
    assert_eq!((&told["state"], &told["fix"]), (&json!("fine"), &Value::Null));
    assert!(told["detail"].as_str().unwrap().contains("100 Summer Street"));
}

#[tokio::test]
async fn what_is_wrong_with_apps_is_listed_though_it_was_saved() {
    let world = world().await;
    let queue = json!({ "name": "Empty", "language": "en-US", "agents": [], "timeout_seconds": 10 });
    assert_eq!(world.post_json("/tenants/demo/call-queues", &queue).await.status.as_u16(), 201, "warnings save");
    let id = world.id_of("call-queues", "Empty").await;
    let list = world.read("/tenants/demo/setup/problems").await;
    let of_queue = |it: &&Value| it["name"] == "Empty";
    let found: Vec<_> = list["items"].as_array().unwrap().iter().filter(of_queue).collect();
    let codes: Vec<_> = found.iter().map(|it| (it["code"].as_str().unwrap(), it["field"].as_str().unwrap())).collect();
    assert_eq!(codes, [("cq.no_agents", "agents"), ("cq.timeout_vs_alert", "timeout_secs")], "{list}");
    assert_eq!(
        (&found[0]["type"], &found[0]["id"], &found[0]["severity"], &found[0]["message"]),
        (&json!("call_queue"), &json!(id), &json!("warning"), &json!("the queue has no agents"))
    );
}

/// A switch that knows one phone, as soon as it is told whose.
fn with_a_phone_of(owner: Arc<OnceLock<UserId>>) -> Script {
    Box::new(move |command| match (command, owner.get()) {
        (Command::ListRegistrations { of: Whose::These(asked), .. }, Some(user)) if !asked.contains(user) => {
            Answer::Registrations(Vec::new())
        }
        (Command::ListRegistrations { .. }, Some(user)) => Answer::Registrations(vec![Registration {
            user: *user,
            contact: "sip:101@192.0.2.1".to_owned(),
            transport: "udp",
            remote: "192.0.2.1:5060".parse().unwrap(),
            user_agent: None,
            registered_at: Timestamp::UNIX_EPOCH,
            expires_at: Timestamp::UNIX_EPOCH,
        }]),
        (other, _) => quiet(other),
    })
}

/// The steps of an organization, as soon as the switch knows it with its only person.
async fn known(world: &World, slug: &str) -> Vec<Value> {
    let mut installs = world.installed.clone();
    let there = installs.wait_for(|all| {
        let tenants = all.last().into_iter().flat_map(|newest| newest.tenants().values());
        tenants.into_iter().any(|tenant| tenant.profile.slug == slug && !tenant.users.is_empty())
    });
    tokio::time::timeout(std::time::Duration::from_secs(20), there).await.unwrap().unwrap();
    let steps = loop {
        let reply = world.get(&format!("/tenants/{slug}/setup")).await;
        // The snapshot is handed out a moment after the switch has it.
        if reply.status.as_u16() == 200 && reply.text.contains("MCOEV 10\"") {
            break reply.body;
        }
    };
    steps["items"].as_array().unwrap().clone()
}

async fn until_third(world: &World) -> Value {
    let asking = async {
        loop {
            let steps = world.read("/tenants/acme/setup").await;
            if steps["items"][2]["state"] == "lacking" {
                return steps["items"][2].clone();
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), asking).await.unwrap()
}
