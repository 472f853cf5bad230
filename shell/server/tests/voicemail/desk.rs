//! What people who hear messages by phone are answered, and the greetings that they record.

use std::sync::Arc;

use jiff::Timestamp;
use media::sdp::Codec;
use phone::apps::mailbox::message::{Envelope, Purpose, Status, Step};
use phone::apps::mailbox::pin::{Finding, Pin};
use phone::apps::mailbox::visit::{Answer, Ask};
use phone::apps::mailbox::{Mailbox, Personal};
use phone::apps::prompt::Prompt;
use phone::id::{MessageId, TenantId, UserId};
use server::admin::reconciler::Nudge;
use server::node::Handle;
use server::prompts::Prompts;
use server::speech::Speech;
use server::voicemail::desk::Desk;
use server::voicemail::files::Files;
use server::voicemail::greeter::Greeter;
use server::voicemail::recorder::Whole;
use server::voicemail::wav;
use store::{Actor, Store};
use switch::input::Told;
use switch::output::MailboxQuestion;
use tokio::sync::mpsc::unbounded_channel;
use uuid::Uuid;

use super::{TENANT, envelope, open};

const OWNER: UserId = UserId(Uuid::from_u128(0x21));
const OWN: Mailbox = Mailbox::Person(OWNER);

struct World {
    _dir: tempfile::TempDir,
    store: Store,
    files: Files,
    desk: Desk,
}

async fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let files = Files::open(dir.path().join("voicemail")).unwrap();
    let (node, _, _) = Handle::without_a_thread();
    let desk = Desk { store: store.clone(), files: files.clone(), node };
    World { _dir: dir, store, files, desk }
}

impl World {
    async fn leave(&self, id: u128, mailbox: Mailbox) -> MessageId {
        let envelope = Envelope { id: MessageId(Uuid::from_u128(id)), mailbox, ..envelope() };
        let mut tx = self.store.begin(Actor::System, Timestamp::now()).await.unwrap();
        tx.deliver_message(TENANT, &envelope.delivered(1_000, 16_044)).await.unwrap();
        tx.commit().await.unwrap();
        self.write_sound(&envelope);
        envelope.id
    }

    fn write_sound(&self, envelope: &Envelope) {
        std::fs::create_dir_all(self.files.of_tenant(TENANT)).unwrap();
        let samples = (0..8_000_i16).map(|at| if at % 20 < 10 { 3_000 } else { -3_000 });
        let sound = samples.flat_map(i16::to_le_bytes);
        let bytes: Vec<u8> = wav::header(8_000, 8_000).into_iter().chain(sound).collect();
        std::fs::write(self.files.sound(TENANT, envelope.id), bytes).unwrap();
    }

    async fn ask(&self, ask: Ask) -> Answer {
        self.ask_in(TENANT, OWN, ask).await.0
    }

    async fn ask_in(&self, tenant: TenantId, mailbox: Mailbox, ask: Ask) -> (Answer, Option<u64>) {
        let question = MailboxQuestion { tenant, mailbox, listener: OWNER, codec: Codec::Pcma, ask };
        let Told::Mailbox { answer, sound } = self.desk.tell(&question).await else { panic!("of a mailbox") };
        (answer, sound.map(|sound| sound.duration_ms()))
    }

    async fn status(&self, id: MessageId) -> Option<Status> {
        self.store.message(TENANT, id).await.unwrap().map(|message| message.value.status)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_listed_loaded_saved_and_deleted() {
    let world = world().await;
    assert_eq!(world.ask(Ask::Open).await, Answer::Opened { has_pin: false });
    let (first, second) = (world.leave(1, OWN).await, world.leave(2, OWN).await);
    let listed = async || match world.ask(Ask::List).await {
        Answer::Listed { new, saved } => {
            let ids = |entries: Vec<phone::apps::mailbox::visit::Entry>| entries.iter().map(|it| it.id).collect();
            let (new, saved): (Vec<MessageId>, Vec<MessageId>) = (ids(new), ids(saved));
            (new, saved)
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(listed().await, (vec![first, second], vec![]));
    assert_eq!(world.ask_in(TENANT, OWN, Ask::Load { message: first }).await, (Answer::Loaded, Some(1_000)));
    assert_eq!(world.ask(Ask::Step { message: first, step: Step::Finish }).await, Answer::Done);
    assert_eq!(world.status(first).await, Some(Status::Done));
    assert_eq!(listed().await, (vec![second], vec![first]));
    assert_eq!(world.ask(Ask::Delete { message: second }).await, Answer::Done);
    assert_eq!(world.ask(Ask::Delete { message: second }).await, Answer::Missing);
    assert_eq!(world.ask(Ask::Load { message: second }).await, Answer::Missing);
    assert_eq!(listed().await, (vec![], vec![first]));
    for _ in 0..1_000 {
        if !world.files.sound(TENANT, second).exists() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("its sound is still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_another_mailbox_or_organization_is_heard_or_changed() {
    let world = world().await;
    let own = world.leave(1, OWN).await;
    let elsewhere = [(TENANT, Mailbox::Person(UserId(Uuid::from_u128(0x22)))), (TenantId(Uuid::from_u128(2)), OWN)];
    for (tenant, mailbox) in elsewhere {
        for ask in
            [Ask::Load { message: own }, Ask::Step { message: own, step: Step::Finish }, Ask::Delete { message: own }]
        {
            assert_eq!(world.ask_in(tenant, mailbox, ask).await, (Answer::Missing, None));
        }
        let none = Answer::Listed { new: Vec::new(), saved: Vec::new() };
        assert_eq!(world.ask_in(tenant, mailbox, Ask::List).await.0, none);
    }
    assert_eq!(world.status(own).await, Some(Status::New));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_mailbox_stays_locked_in_the_next_call() {
    let world = world().await;
    let typed = |digits: &str| Ask::Unlock { pin: Pin::typed(digits.to_owned()) };
    assert_eq!(world.ask(typed("4711")).await, Answer::Unlocked(Finding::Wrong), "there is none");
    let mut tx = world.store.begin(Actor::System, Timestamp::now()).await.unwrap();
    tx.set_mailbox_pin(TENANT, OWN, &Pin::parse_new("4711").unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.ask(Ask::Open).await, Answer::Opened { has_pin: true });
    for _ in 0..4 {
        assert_eq!(world.ask(typed("0000")).await, Answer::Unlocked(Finding::Wrong));
    }
    assert_eq!(world.ask(typed("4711")).await, Answer::Unlocked(Finding::Right));
    for _ in 0..5 {
        assert_eq!(world.ask(typed("0000")).await, Answer::Unlocked(Finding::Wrong));
    }
    assert_eq!(world.ask(typed("4711")).await, Answer::Unlocked(Finding::Locked));
    let status = world.store.mailbox_pin(TENANT, OWN).await.unwrap().unwrap();
    assert_eq!((status.tries.n_wrong, status.tries.locked_until.is_some()), (5, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_greeting_is_what_callers_hear_and_leaves_no_file() {
    let world = world().await;
    let dir = tempfile::tempdir().unwrap();
    let speech = Speech::with(None, None, dir.path().to_owned());
    let prompts = Arc::new(Prompts::with_speech(dir.path().to_owned(), speech));
    let (store, files) = (world.store.clone(), world.files.clone());
    let greeter = Greeter { store, files, prompts: prompts.clone(), nudge: Nudge::default() };
    let (to_greeter, whole) = unbounded_channel();
    let envelope = Envelope { mailbox: OWN, purpose: Purpose::Greeting, ..envelope() };
    world.files.write_envelope(&envelope).unwrap();
    world.write_sound(&envelope);
    to_greeter.send(Whole { envelope: envelope.clone(), duration_ms: 1_000, size_bytes: 16_044 }).unwrap();
    drop(to_greeter);
    greeter.run(whole).await;
    let own = world.store.document::<Personal>(TENANT, OWNER.0).await.unwrap().unwrap().value;
    let Some(Prompt::AudioFile { key, .. }) = own.greeting else { panic!("{own:?}") };
    assert_eq!(prompts.file(key).await.unwrap().duration_ms(), 1_000);
    assert!(!world.files.sound(TENANT, envelope.id).exists());
    assert!(world.files.envelopes().unwrap().is_empty());
}
