//! Attendants and queues: made with little said, named once, deleted when nothing leads to them.

use serde_json::{Value, json};

use super::world::{Reply, world};

const ATTENDANTS: &str = "/tenants/demo/auto-attendants";
const QUEUES: &str = "/tenants/demo/call-queues";

#[tokio::test]
async fn a_queue_is_made_with_the_defaults_of_the_specification() {
    let world = world().await;
    let bob = world.read("/tenants/demo/users/102").await["id"].clone();
    let made = world.post_json(QUEUES, &json!({ "name": "Repairs", "language": "en-US", "agents": [bob] })).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    assert_eq!(made.etag.as_deref(), Some("\"1\""));
    let shown = |field: &str| made.body[field].clone();
    assert_eq!((shown("routing"), shown("presence_based")), (json!("attendant"), json!(true)));
    assert_eq!((shown("allow_opt_out"), shown("agent_alert_seconds")), (json!(true), json!(30)));
    assert_eq!((shown("overflow_threshold"), shown("timeout_seconds")), (json!(50), json!(1200)));
    assert_eq!(shown("no_agent"), json!({ "apply_to": "all_calls", "action": null }));
    assert_eq!(world.read(&at(QUEUES, &made)).await, made.body);
    let waiting = world.post_json(QUEUES, &json!({ "name": "repairs", "language": "en-US", "agents": [bob] })).await;
    assert_eq!((waiting.status.as_u16(), code(&waiting)), (422, "name_taken"));
    let twice = world.post_json(QUEUES, &json!({ "name": "Twice", "language": "en-US", "agents": [bob, bob] })).await;
    assert_eq!((twice.status.as_u16(), &twice.body["errors"][0]["field"]), (422, &json!("agents[1]")));
}

#[tokio::test]
async fn an_attendant_is_made_and_a_call_can_be_led_to_it() {
    let world = world().await;
    let made = world.post_json(ATTENDANTS, &closed("Night")).await;
    assert_eq!((made.status.as_u16(), &made.body["wait_seconds"]), (201, &json!(5)), "{}", made.text);
    let account = json!({ "display_name": "Night", "app": { "type": "auto_attendant", "id": made.body["id"] } });
    let account = world.post_json("/tenants/demo/resource-accounts", &account).await;
    assert_eq!(account.status.as_u16(), 201, "{}", account.text);
    let again = world.post_json(ATTENDANTS, &closed("NIGHT")).await;
    assert_eq!((again.status.as_u16(), code(&again)), (422, "name_taken"));
    let events = world.read("/tenants/demo/audit").await;
    let told = events["items"].as_array().unwrap().iter().find(|event| event["noun"] == "auto_attendant").unwrap();
    assert_eq!((&told["action"], &told["after"]["name"]), (&json!("create"), &json!("Night")));
}

#[tokio::test]
async fn what_something_leads_to_is_not_deleted() {
    let world = world().await;
    let sales = format!("{QUEUES}/{}", world.id_of("call-queues", "Sales").await);
    let refused = world.delete(&sales, None).await;
    assert_eq!((refused.status.as_u16(), refused.body["code"].as_str()), (409, Some("app.in_use")));
    let detail = "Sales is used by the auto attendant Main menu, the resource account Sales";
    assert_eq!(refused.body["detail"], detail);
    assert!(refused.body["fix"].as_str().unwrap().contains("elsewhere"));

    let mut night = world.post_json(ATTENDANTS, &closed("Night")).await;
    let path = at(ATTENDANTS, &night);
    // Who leads to oneself keeps nobody from being deleted.
    let own = json!({ "type": "auto_attendant", "id": night.body["id"] });
    let again = json!({ "key": "1", "action": { "type": "transfer", "target": own } });
    night.body["default_flow"]["menu"]["options"] = json!([again]);
    assert_eq!(world.put(&path, None, &night.body).await.status.as_u16(), 200);
    let stale = world.delete(&path, Some("\"1\"")).await;
    assert_eq!((stale.status.as_u16(), stale.body["code"].as_str()), (412, Some("stale")));
    assert_eq!(world.delete(&path, None).await.status.as_u16(), 204);
    assert_eq!(world.get(&path).await.status.as_u16(), 404);
    assert_eq!(world.delete(&path, None).await.status.as_u16(), 404);
}

#[tokio::test]
async fn nobody_is_opted_out_of_a_queue_that_is_gone() {
    let world = world().await;
    let bob = world.read("/tenants/demo/users/102").await["id"].clone();
    let made = world.post_json(QUEUES, &json!({ "name": "Repairs", "language": "en-US", "agents": [bob] })).await;
    let path = at(QUEUES, &made);
    assert_eq!(world.post(&format!("{path}/agents/102/opt-out")).await.status.as_u16(), 204);
    assert_eq!(world.store.opt_outs().await.unwrap().len(), 1);
    assert_eq!(world.delete(&path, None).await.status.as_u16(), 204);
    assert_eq!(world.store.opt_outs().await.unwrap(), []);
}

#[tokio::test]
async fn what_was_changed_a_moment_ago_is_known_whatever_it_was() {
    let world = world().await;
    // A role changes nothing for calls, so nobody tells the switch of it.
    let role = json!({ "name": "People only", "permissions": ["users.read"] });
    assert_eq!(world.post_json("/tenants/demo/roles", &role).await.status.as_u16(), 201);
    let made = world.post_json(ATTENDANTS, &closed("Night")).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    let target = json!({ "type": "auto_attendant", "id": made.body["id"] });
    let mut day = closed("Day");
    day["default_flow"]["menu"]["options"] =
        json!([{ "key": "1", "action": { "type": "transfer", "target": target } }]);
    let day = world.post_json(ATTENDANTS, &day).await;
    assert_eq!(day.status.as_u16(), 201, "{}", day.text);
}

#[tokio::test]
async fn members_of_a_group_are_agents_as_long_as_they_are_members() {
    let world = world().await;
    let groups = "/tenants/demo/groups";
    let group = world.post_json(groups, &json!({ "name": "Repairs" })).await.body["id"].clone();
    let mut wanted = json!({ "name": "Repairs", "language": "en-US", "groups": [group, group] });
    let twice = world.post_json(QUEUES, &wanted).await;
    assert_eq!((twice.status.as_u16(), &twice.body["errors"][0]["field"]), (422, &json!("groups[1]")));
    wanted["groups"] = json!([group, uuid::Uuid::now_v7()]);
    let unknown = world.post_json(QUEUES, &wanted).await;
    assert_eq!((unknown.status.as_u16(), code(&unknown)), (422, "cq.group_unknown"));
    wanted["groups"] = json!([group]);
    let made = world.post_json(QUEUES, &wanted).await;
    assert_eq!((made.status.as_u16(), &made.body["groups"]), (201, &json!([group])), "{}", made.text);
    let queue = made.body["id"].as_str().unwrap().parse().map(phone::id::QueueId).unwrap();
    let roster = async |world: &super::world::World, wanted: &[&str]| {
        let mut installed = world.installed.clone();
        let is_staffed = |all: &Vec<std::sync::Arc<phone::Directory>>| {
            let tenant = all.last().unwrap().tenant(world.tenant).unwrap();
            let agents = tenant.roster(queue).iter().map(|agent| tenant.users[agent].extension.as_str());
            agents.eq(wanted.iter().copied())
        };
        let staffed = installed.wait_for(is_staffed);
        tokio::time::timeout(std::time::Duration::from_secs(5), staffed).await.expect("within 5 seconds").unwrap();
    };
    // Dan has no license, and is called by nobody.
    world.post_json(&format!("{groups}/Repairs/members/add"), &json!({ "users": ["103", "101", "104"] })).await;
    roster(&world, &["101", "103"]).await;
    let carol = world.read("/tenants/demo/users/103").await["id"].clone();
    wanted["order"] = json!([carol]);
    let ordered = world.put(&at(QUEUES, &made), None, &wanted).await;
    assert_eq!((ordered.status.as_u16(), &ordered.body["order"]), (200, &json!([carol])), "{}", ordered.text);
    roster(&world, &["103", "101"]).await;
    world.post_json(&format!("{groups}/Repairs/members/remove"), &json!({ "users": ["103"] })).await;
    roster(&world, &["101"]).await;

    let kept = world.delete(&format!("{groups}/Repairs"), None).await;
    assert_eq!((kept.status.as_u16(), code(&kept)), (409, "group.in_use"), "{}", kept.text);
    assert_eq!(world.delete(&at(QUEUES, &made), None).await.status.as_u16(), 204);
    assert_eq!(world.delete(&format!("{groups}/Repairs"), None).await.status.as_u16(), 204);
}

fn closed(name: &str) -> Value {
    let hang_up = json!({ "key": "automatic", "action": { "type": "disconnect" } });
    let flow = json!({ "name": "Closed", "menu": { "options": [hang_up] } });
    json!({ "name": name, "language": "en-US", "time_zone": "Europe/Berlin", "default_flow": flow })
}

fn at(list: &str, made: &Reply) -> String {
    format!("{list}/{}", made.body["id"].as_str().unwrap())
}

fn code(reply: &Reply) -> &str {
    reply.body["errors"][0]["code"].as_str().or(reply.body["code"].as_str()).unwrap()
}

#[tokio::test]
async fn a_scope_names_groups_that_are_there_and_that_stay() {
    let world = world().await;
    let board = world.post_json("/tenants/demo/groups", &json!({ "name": "Board" })).await.body["id"].clone();
    let mut wanted = closed("Names");
    wanted["inclusion_scope"] = json!({ "groups": [uuid::Uuid::from_u128(1)] });
    assert_eq!(world.post_json(ATTENDANTS, &wanted).await.status.as_u16(), 404);
    wanted["inclusion_scope"] = json!({ "groups": vec![board.clone(); 51] });
    let refused = world.post_json(ATTENDANTS, &wanted).await;
    assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["field"]), (422, &json!("inclusion_scope.groups")));
    wanted["inclusion_scope"] = json!(null);
    wanted["exclusion_scope"] = json!({ "groups": [board] });
    let made = world.post_json(ATTENDANTS, &wanted).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    assert_eq!(
        (&made.body["inclusion_scope"], &made.body["exclusion_scope"]),
        (&json!(null), &wanted["exclusion_scope"])
    );
    let refused = world.delete("/tenants/demo/groups/Board", None).await;
    assert_eq!((refused.status.as_u16(), code(&refused)), (409, "group.in_use"));
    assert!(refused.text.contains("the auto attendant Names") || refused.text.contains("Names"), "{}", refused.text);
}
