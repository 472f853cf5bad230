//! People are mailed when they get or lose a number, once their organization wants that.

use std::sync::Arc;

use arc_swap::ArcSwap;
use serde_json::json;
use server::admin::numbers::mailing::Mailing;

use super::world::world;
use crate::voicemail::mail::Postman;

const TENANT: &str = "/tenants/demo";

#[tokio::test]
async fn who_gets_a_number_is_mailed_how_to_use_it_where_the_organization_wants_that() {
    let world = world().await;
    let postman = Postman::start().await;
    let known = world.store.last_event().await.unwrap();
    let mail_after = async |known| {
        let directory = Arc::new(ArcSwap::from_pointee(world.store.load_directory().await.unwrap()));
        let address = "https://pbx.demo.test/".to_owned();
        Mailing { store: world.store.clone(), directory, post: postman.post(), address }
            .mail_after(known)
            .await
            .unwrap()
    };
    let wrong = json!({ "number_mails": { "assigned": true, "assigned_words": { "subject": "{pin}", "text": "x" } } });
    let refused = world.patch(TENANT, None, &wrong).await;
    assert_eq!(refused.body["errors"][0]["code"], "number_mails.words_malformed", "{}", refused.text);
    world.patch("/tenants/demo/users/104", None, &json!({ "email": "dan@demo.test" })).await;
    let numbers = json!({ "numbers": ["+12065550140", "+12065550141"], "kind": "user" });
    assert_eq!(world.post_json("/tenants/demo/numbers", &numbers).await.status.as_u16(), 201);
    let license = json!({ "users": ["104"], "plans": ["MCOEV"] });
    assert!(world.post_json("/tenants/demo/licenses/assign", &license).await.status.is_success());
    let to = json!({ "type": "user", "id": "104" });
    assert_eq!(world.post_json("/tenants/demo/numbers/+12065550140/assign", &to).await.status.as_u16(), 200);
    let known = mail_after(known).await;
    assert_eq!(postman.letters.lock().unwrap().len(), 0, "nobody wants it yet");

    let own = json!({ "subject": "{number} is not yours any more", "text": "Sorry, {name}." });
    let wanted = json!({ "number_mails": { "assigned": true, "unassigned": true, "unassigned_words": own } });
    let said = world.patch(TENANT, None, &wanted).await;
    assert_eq!(said.body["number_mails"]["unassigned_words"], own, "{}", said.text);
    assert_eq!(world.post_json("/tenants/demo/numbers/+12065550141/assign", &to).await.status.as_u16(), 200);
    let taken = world.post("/tenants/demo/numbers/+12065550141/unassign").await;
    assert_eq!(taken.status.as_u16(), 200, "{}", taken.text);
    let known = mail_after(known).await;
    let letters = std::mem::take(&mut *postman.letters.lock().unwrap());
    assert_eq!(letters.len(), 2, "{letters:?}");
    for part in ["To: dan@demo.test", "Subject: Your telephone number is +12065550141", "https://pbx.demo.test/phone"] {
        assert!(letters[0].contains(part), "{part}: {}", letters[0]);
    }
    assert!(letters[1].contains("Subject: +12065550141 is not yours any more"), "{}", letters[1]);
    assert_eq!(mail_after(known).await, known);
    assert_eq!(postman.letters.lock().unwrap().len(), 0, "each is told once");
}
