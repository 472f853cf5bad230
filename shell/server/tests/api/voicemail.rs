//! Shared mailboxes, people's own, and the messages in them.

use axum::http::StatusCode;
use jiff::Timestamp;
use phone::access::BuiltIn;
use phone::apps::mailbox::Mailbox;
use phone::apps::mailbox::mail::{Mail, Outcome};
use phone::apps::mailbox::message::Envelope;
use phone::id::{CallId, MessageId, SharedMailboxId, UserId};
use reqwest::Method;
use serde_json::{Value, json};
use server::voicemail::files::Files;
use server::voicemail::keeper;
use store::{Actor, Scope};
use uuid::Uuid;

use super::browser::Browser;
use super::world::{Reply, World, send, world};

const MAILBOXES: &str = "/tenants/demo/shared-mailboxes";
const MESSAGES: &str = "/tenants/demo/voicemail";

/// A message of somebody outside in the demo's shared mailbox.
pub async fn message(world: &World) -> MessageId {
    let id = world.id_of("shared-mailboxes", "Front desk").await.parse().unwrap();
    leave(world, Mailbox::Shared(SharedMailboxId(id))).await
}

/// A mail about a message of the demo's shared mailbox.
pub async fn mail(world: &World) -> Uuid {
    let mail = Mail::new(Uuid::now_v7(), message(world).await, "desk@demo.test".to_owned(), Timestamp::now());
    let mut tx = world.store.begin(Actor::System, Timestamp::now()).await.unwrap();
    tx.add_mail(world.tenant, &mail).await.unwrap();
    tx.commit().await.unwrap();
    mail.id
}

#[tokio::test]
async fn mails_are_listed_with_what_went_wrong_and_tried_again() {
    let world = world().await;
    let id = mail(&world).await;
    let list = "/tenants/demo/mails";
    let waiting = world.read(list).await;
    assert_eq!((&waiting["items"][0]["state"], &waiting["items"][0]["tries"]), (&json!("waiting"), &json!(0)));
    let (_, mut failed) = world.store.due_mails(Timestamp::now(), 10).await.unwrap().remove(0);
    failed.tried(Timestamp::now(), Outcome::Refused("550 no such user".to_owned()));
    let mut tx = world.store.begin(Actor::System, Timestamp::now()).await.unwrap();
    tx.note_mail(&failed).await.unwrap();
    tx.commit().await.unwrap();
    let shown = world.read(&format!("{list}?state=failed")).await;
    assert_eq!(shown["items"][0]["error"], "550 no such user");
    assert!(world.store.due_mails(Timestamp::now(), 10).await.unwrap().is_empty());
    let again = world.post(&format!("{list}/{id}/retry")).await;
    assert_eq!((again.status, &again.body["state"]), (StatusCode::ACCEPTED, &json!("waiting")));
    assert_eq!(world.store.due_mails(Timestamp::now(), 10).await.unwrap().len(), 1);
    assert_eq!(world.post(&format!("{list}/{}/retry", Uuid::nil())).await.status, StatusCode::NOT_FOUND);
    // A mail goes with its message.
    let message = text(&again.body["message"]);
    assert_eq!(world.delete(&format!("{MESSAGES}/{message}"), None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.read(list).await["items"], json!([]));
}

#[tokio::test]
async fn a_mailbox_is_made_with_the_defaults_of_the_specification() {
    let world = world().await;
    let made = world.post_json(MAILBOXES, &json!({ "name": "Repairs", "language": "en-US" })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let shown = |field: &str| made.body[field].clone();
    assert_eq!((shown("max_seconds"), shown("min_seconds")), (json!(300), json!(2)));
    assert_eq!((shown("silence_seconds"), shown("retention_days")), (json!(10), json!(90)));
    assert_eq!((shown("transcription"), shown("mwi_for_members")), (json!("off"), json!(true)));
    let path = format!("{MAILBOXES}/{}", text(&made.body["id"]));
    assert_eq!(world.read(&path).await, made.body);
    let wrong = json!({ "name": "repairs", "language": "en-US", "max_seconds": 5, "emails": ["x"] });
    let wrong = world.post_json(MAILBOXES, &wrong).await;
    let fields: Vec<_> = wrong.body["errors"].as_array().unwrap().iter().map(|error| text(&error["field"])).collect();
    assert_eq!((wrong.status.as_u16(), fields), (422, vec!["max_seconds".into(), "emails[0]".into(), "name".into()]));
    let stale = world.put(&path, Some("\"7\""), &made.body).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(world.delete(&path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_mailbox_that_something_leads_to_is_not_deleted() {
    let world = world().await;
    let path = format!("{MAILBOXES}/{}", world.id_of("shared-mailboxes", "Front desk").await);
    let refused = world.delete(&path, None).await;
    assert_eq!((refused.status, text(&refused.body["code"])), (StatusCode::CONFLICT, "app.in_use".to_owned()));
    assert!(text(&refused.body["detail"]).contains("the auto attendant Main menu"), "{}", refused.text);
}

#[tokio::test]
async fn one_at_a_time_works_on_a_message() {
    let world = world().await;
    let path = format!("{MESSAGES}/{}", message(&world).await);
    let shown = world.read(&path).await;
    assert_eq!((&shown["status"], &shown["duration_seconds"]), (&json!("new"), &json!(8)), "{shown}");
    assert_eq!(shown["mailbox"]["name"], "Front desk");
    let key = async |name: &str| {
        let body = json!({ "name": name, "roles": [{ "role": "operator" }] });
        text(&world.post_json("/tenants/demo/api-keys", &body).await.body["token"])
    };
    let keys = [("bob", key("bob").await), ("carol", key("carol").await)];
    let step = async |who: &str, step: &str| {
        let (_, token) = keys.iter().find(|(name, _)| *name == who).unwrap();
        let reply = as_holder(&world, token, Method::POST, &format!("{path}/{step}")).await;
        (reply.status.as_u16(), text(&reply.body["status"]), text(&reply.body["code"]))
    };
    let fine = |status: &str| (200, status.to_owned(), String::new());
    assert_eq!(step("bob", "unclaim").await.2, "message.not_claimed");
    assert_eq!(step("bob", "claim").await, fine("claimed"));
    assert_eq!(step("bob", "claim").await, fine("claimed"));
    for taken in ["claim", "unclaim", "done"] {
        let refused = step("carol", taken).await;
        assert_eq!((refused.0, refused.2.as_str()), (409, "message.claimed"), "{taken}");
    }
    assert_eq!(step("bob", "unclaim").await, fine("new"));
    assert_eq!(step("carol", "claim").await, fine("claimed"));
    assert_eq!(step("carol", "done").await, fine("done"));
    assert_eq!(step("bob", "claim").await.2, "message.done");
    assert_eq!(step("bob", "reopen").await, fine("new"));
    let audit = world.read("/tenants/demo/audit?noun=message").await;
    let actions: Vec<_> = audit["items"].as_array().unwrap().iter().map(|event| text(&event["action"])).collect();
    assert_eq!(actions, ["reopen", "finish", "claim", "release", "claim", "create"]);
}

#[tokio::test]
async fn messages_are_listed_by_mailbox_and_status_in_pages() {
    let world = world().await;
    let first = message(&world).await;
    let second = message(&world).await;
    let bob = UserId(text(&world.read("/tenants/demo/users/102").await["id"]).parse().unwrap());
    let own = leave(&world, Mailbox::Person(bob)).await;
    world.post(&format!("{MESSAGES}/{first}/claim")).await;
    let ids = async |query: &str| {
        let list = world.read(&format!("{MESSAGES}{query}")).await;
        list["items"].as_array().unwrap().iter().map(|item| text(&item["id"])).collect::<Vec<_>>()
    };
    let front_desk = world.id_of("shared-mailboxes", "Front desk").await;
    assert_eq!(ids("").await, [own, second, first].map(|id| id.to_string()));
    assert_eq!(ids("?user=102").await, [own.to_string()]);
    assert_eq!(ids(&format!("?mailbox={front_desk}&status=new")).await, [second.to_string()]);
    assert_eq!(ids("?status=claimed").await, [first.to_string()]);
    let page = world.read(&format!("{MESSAGES}?limit=2")).await;
    let cursor = text(&page["next_cursor"]);
    assert_eq!(ids(&format!("?limit=2&cursor={cursor}")).await, [first.to_string()]);
    assert_eq!(world.get(&format!("{MESSAGES}?user=102&mailbox={front_desk}")).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn sound_is_heard_by_who_may_and_goes_with_its_message() {
    let world = world().await;
    let shared = message(&world).await;
    let bob = UserId(text(&world.read("/tenants/demo/users/102").await["id"]).parse().unwrap());
    let own = leave(&world, Mailbox::Person(bob)).await;
    let audio = |id: MessageId| format!("{MESSAGES}/{id}/audio");
    let heard = world.get(&audio(shared)).await;
    assert_eq!((heard.status, heard.text.as_str()), (StatusCode::OK, "RIFF sound"));
    for (role, of_shared, of_person) in
        [(BuiltIn::Viewer, 403, 403), (BuiltIn::Operator, 200, 403), (BuiltIn::Administrator, 200, 200)]
    {
        let token: &'static str = role.as_str();
        world.add_token(token, Scope::Tenant(world.tenant), role).await;
        let status = async |id| as_holder(&world, token, Method::GET, &audio(id)).await.status.as_u16();
        assert_eq!((status(shared).await, status(own).await), (of_shared, of_person), "{token}");
    }
    let gone = world.delete(&format!("{MESSAGES}/{shared}"), None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text);
    assert_eq!(world.get(&audio(shared)).await.status, StatusCode::NOT_FOUND);
    let files = world.message_files();
    for _ in 0..100 {
        if !files.sound(world.tenant, shared).exists() {
            break;
        }
        tokio::task::yield_now().await;
    }
    std::fs::remove_file(files.sound(world.tenant, own)).unwrap();
    let lost = world.get(&audio(own)).await;
    assert_eq!((lost.status, text(&lost.body["code"])), (StatusCode::NOT_FOUND, "audio_gone".to_owned()));
}

#[tokio::test]
async fn a_person_reaches_the_own_messages_and_those_of_the_team() {
    let world = world().await;
    let person = async |extension: &str| world.read(&format!("/tenants/demo/users/{extension}")).await["id"].clone();
    let (bob, dan) = (person("102").await, person("104").await);
    let shared = message(&world).await;
    let own = leave(&world, Mailbox::Person(UserId(text(&bob).parse().unwrap()))).await;
    let of_dan = leave(&world, Mailbox::Person(UserId(text(&dan).parse().unwrap()))).await;
    let invited =
        json!({ "email": "bob@demo.test", "name": "Bob", "roles": [{ "role": "security_desk" }], "person": bob });
    let account = world.post_json("/tenants/demo/accounts", &invited).await;
    assert_eq!(account.status, StatusCode::CREATED, "{}", account.text);
    let mut browser = Browser::new(&world);
    browser.accept(&account.body["invitation"]["link"], "four words of mine").await;
    let list = browser.get(MESSAGES).await;
    let ids: Vec<_> = list.body["items"].as_array().unwrap().iter().map(|item| text(&item["id"])).collect();
    assert_eq!(ids, [own.to_string(), shared.to_string()], "{}", list.text);
    for (id, expected) in [(own, StatusCode::OK), (shared, StatusCode::OK), (of_dan, StatusCode::NOT_FOUND)] {
        assert_eq!(browser.get(&format!("{MESSAGES}/{id}/audio")).await.status, expected, "{id}");
        assert_eq!(browser.post(&format!("{MESSAGES}/{id}/claim"), &json!({})).await.status, expected, "{id}");
    }
    assert_eq!(browser.get(&format!("{MESSAGES}?user=104")).await.status, StatusCode::NOT_FOUND);
    let gone = browser.send(Method::DELETE, &format!("{MESSAGES}/{own}"), None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text);
    // Who may see all messages hears the own ones as well.
    let own = leave(&world, Mailbox::Person(UserId(text(&bob).parse().unwrap()))).await;
    let viewer = json!({ "roles": [{ "role": "viewer" }] });
    let path = format!("/tenants/demo/accounts/{}", text(&account.body["id"]));
    assert_eq!(world.patch(&path, None, &viewer).await.status, StatusCode::OK);
    assert_eq!(browser.get(&format!("{MESSAGES}/{of_dan}")).await.status, StatusCode::OK);
    assert_eq!(browser.get(&format!("{MESSAGES}/{own}/audio")).await.status, StatusCode::OK);
    assert_eq!(browser.get(&format!("{MESSAGES}/{of_dan}/audio")).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_person_has_a_mailbox_until_somebody_switches_it_off() {
    let world = world().await;
    let path = "/tenants/demo/users/102/voicemail";
    let shown = world.get(path).await;
    assert_eq!(shown.body, json!({ "enabled": true, "greeting": null, "email": true }));
    let off = json!({ "enabled": false, "email": false });
    let changed = world.put(path, shown.etag.as_deref(), &off).await;
    assert_eq!((changed.status, &changed.body["enabled"]), (StatusCode::OK, &json!(false)), "{}", changed.text);
    assert_eq!(world.put(path, shown.etag.as_deref(), &off).await.status, StatusCode::CONFLICT);
    assert_eq!(world.put(path, changed.etag.as_deref(), &off).await.status, StatusCode::OK);
    assert_eq!(world.read(path).await["enabled"], false);
}

#[tokio::test]
async fn messages_are_deleted_when_their_time_is_over() {
    let world = world().await;
    let id = message(&world).await;
    let files = world.message_files();
    let now = Timestamp::now();
    assert_eq!(keeper::delete_expired(&world.store, &files, now).await.unwrap(), 0);
    let later = now + jiff::SignedDuration::from_hours(91 * 24);
    assert_eq!(keeper::delete_expired(&world.store, &files, later).await.unwrap(), 1);
    assert_eq!(world.get(&format!("{MESSAGES}/{id}")).await.status, StatusCode::NOT_FOUND);
    assert!(!files.sound(world.tenant, id).exists());
}

async fn leave(world: &World, mailbox: Mailbox) -> MessageId {
    let id = MessageId(Uuid::now_v7());
    let envelope = Envelope {
        id,
        tenant: world.tenant,
        mailbox,
        purpose: Default::default(),
        call: CallId(Uuid::now_v7()),
        from: "+14155550123".to_owned(),
        from_name: None,
        from_user: None,
        to: "+14255550100".to_owned(),
        at: Timestamp::now(),
        min_secs: 2,
        retention_days: 90,
    };
    let mut tx = world.store.begin(Actor::System, Timestamp::now()).await.unwrap();
    assert!(tx.deliver_message(world.tenant, &envelope.delivered(7_500, 10)).await.unwrap());
    tx.commit().await.unwrap();
    let files: Files = world.message_files();
    std::fs::create_dir_all(files.of_tenant(world.tenant)).unwrap();
    std::fs::write(files.sound(world.tenant, id), "RIFF sound").unwrap();
    id
}

async fn as_holder(world: &World, token: &str, method: Method, path: &str) -> Reply {
    send(world.request(method, path).bearer_auth(token)).await
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
