//! Messages that are written down, and mails that wait for that.

use std::sync::Arc;

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use phone::apps::mailbox::transcript::Transcript;
use phone::apps::mailbox::{Mailbox, Settings, Transcription};
use phone::id::{PolicyId, UserId};
use phone::policies::call::Voicemail as VoicemailPolicy;
use phone::policies::{Policy, Settings as PolicySettings};
use server::recognition::Recognition;
use server::voicemail::transcriber::{Transcriber, wanted};
use store::{Actor, Expected};
use tokio::sync::Notify;
use uuid::Uuid;

use super::mail::{Desk, desk_of, mailbox};
use super::{MESSAGE, TENANT, open};
use crate::recognition::speech_server;

async fn desk() -> Desk {
    desk_of(&Settings { transcription: Transcription::On, ..mailbox() }, Some(Arc::default())).await
}

async fn transcriber(desk: &Desk, answer: &'static str, status: StatusCode) -> Transcriber {
    Transcriber {
        store: desk.store.clone(),
        files: desk.mailer.files.clone(),
        recognition: Recognition::with(Some(speech_server(answer, status).await), None),
        bell: Arc::new(Notify::new()),
        mail: Some(desk.mailer.bell.clone()),
    }
}

impl Desk {
    async fn transcript(&self) -> Transcript {
        self.store.message(TENANT, MESSAGE).await.unwrap().unwrap().value.transcript
    }

    fn letter(&self) -> String {
        self.postman.letters.lock().unwrap().concat()
    }
}

#[tokio::test]
async fn a_message_is_written_down_and_the_mail_that_waited_for_it_says_it() {
    let desk = desk().await;
    assert_eq!(desk.transcript().await, Transcript::Awaited { language: "en-US".to_owned() });
    assert_eq!(desk.mailer.send_due(Timestamp::now()).await.unwrap(), 0, "the mail waits");
    let writer = transcriber(&desk, "{\"text\":\" Please call me back. \"}", StatusCode::OK).await;
    assert_eq!(writer.write_awaited(Timestamp::now()).await.unwrap(), 1);
    let text = "Please call me back.".to_owned();
    assert_eq!(desk.transcript().await, Transcript::Written { text });
    assert_eq!(writer.write_awaited(Timestamp::now()).await.unwrap(), 0, "once is enough");
    assert_eq!(desk.mailer.send_due(Timestamp::now()).await.unwrap(), 1);
    let letter = desk.letter();
    assert!(
        letter.contains("It says, as a program understood it:") && letter.contains("Please call me back."),
        "{letter}"
    );
}

#[tokio::test]
async fn a_mail_waits_for_a_server_that_fails_no_longer_than_a_moment() {
    let desk = desk().await;
    let writer = transcriber(&desk, "away", StatusCode::BAD_GATEWAY).await;
    let left_at = desk.store.message(TENANT, MESSAGE).await.unwrap().unwrap().value.at;
    assert_eq!(writer.write_awaited(left_at + SignedDuration::from_secs(599)).await.unwrap(), 0);
    assert_eq!(desk.transcript().await.as_str(), "awaited");
    let later = Timestamp::now() + SignedDuration::from_secs(151);
    assert_eq!(desk.mailer.send_due(later).await.unwrap(), 1);
    assert!(!desk.letter().contains("It says"), "{}", desk.letter());
    assert_eq!(writer.write_awaited(left_at + SignedDuration::from_secs(601)).await.unwrap(), 1);
    let Transcript::Failed { why } = desk.transcript().await else { panic!("{:?}", desk.transcript().await) };
    assert!(why.contains("502"), "{why}");
    // A mail that went is not sent once more.
    assert_eq!(desk.mailer.send_due(later).await.unwrap(), 0);
}

#[tokio::test]
async fn nothing_of_what_a_message_says_is_in_the_change_that_tells_of_it() {
    let desk = desk().await;
    let writer = transcriber(&desk, "{\"text\":\"A secret.\"}", StatusCode::OK).await;
    writer.write_awaited(Timestamp::now()).await.unwrap();
    let told = desk.store.events_after(TENANT, 0, 100).await.unwrap();
    let told = format!("{told:?}");
    assert!(told.contains("transcribe") && !told.contains("secret"), "{told}");
}

#[tokio::test]
async fn a_mailbox_or_a_policy_says_whether_messages_are_written_down() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let off = mailbox();
    let person = Mailbox::Person(UserId(Uuid::from_u128(9)));
    let mut tx = store.begin(Actor::System, Timestamp::now()).await.unwrap();
    tx.save_document(TENANT, &off, Expected::Absent).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(wanted(&store, TENANT, Mailbox::Shared(off.id)).await.unwrap(), Transcript::NotWanted);
    let awaited = Transcript::Awaited { language: "en-US".to_owned() };
    assert_eq!(wanted(&store, TENANT, person).await.unwrap(), awaited);
    let settings = PolicySettings::Voicemail(VoicemailPolicy { enable_transcription: false, ..Default::default() });
    let global = Policy { id: None::<PolicyId>, name: "Global".to_owned(), description: None, settings };
    let mut tx = store.begin(Actor::System, Timestamp::now()).await.unwrap();
    tx.save_policy(TENANT, &global, Expected::Absent).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(wanted(&store, TENANT, person).await.unwrap(), Transcript::NotWanted);
}
