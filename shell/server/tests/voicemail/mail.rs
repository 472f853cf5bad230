//! Mail that tells of messages, and a mail server that says what a test wants.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use jiff::Timestamp;
use phone::apps::mailbox::Mailbox;
use phone::apps::mailbox::mail::{Mail, State};
use phone::apps::mailbox::{Personal, Settings, Transcription};
use phone::id::SharedMailboxId;
use server::admin::post::Post;
use server::voicemail::deliverer::Deliverer;
use server::voicemail::files::Files;
use server::voicemail::mail_server::{Encryption, MailServer};
use server::voicemail::mailer::Mailer;
use server::voicemail::recorder::Whole;
use server::voicemail::waiting;
use store::{Actor, Expected, MailboxNews, Paging, Store};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::sync::Notify;
use tokio::sync::mpsc::unbounded_channel;
use uuid::Uuid;

use super::{MESSAGE, TENANT, envelope, open};

const FROM: &str = "Telephone <voicemail@demo.test>";
const SOUND: &[u8] = b"RIFF\x80\xff\x00 and what was said";

/// A mail server in a few lines: it takes everything, but says to MAIL FROM what it is told to.
pub struct Postman {
    port: u16,
    answer: Arc<Mutex<&'static str>>,
    pub letters: Arc<Mutex<Vec<String>>>,
}

impl Postman {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (answer, letters) = (Arc::new(Mutex::new("250 ok")), Arc::<Mutex<Vec<String>>>::default());
        let (says, kept) = (answer.clone(), letters.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, says.clone(), kept.clone()));
            }
        });
        Self { port, answer, letters }
    }

    /// Mail that goes to it.
    pub fn post(&self) -> Post {
        let server = MailServer::parse(&format!("smtp://127.0.0.1:{}", self.port)).unwrap();
        Post { transport: server.transport(None).unwrap(), from: FROM.parse().unwrap() }
    }

    fn say(&self, answer: &'static str) {
        *self.answer.lock().unwrap() = answer;
    }
}

async fn serve(mut stream: tokio::net::TcpStream, answer: Arc<Mutex<&'static str>>, letters: Arc<Mutex<Vec<String>>>) {
    let (read, mut write) = stream.split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 postman\r\n").await.unwrap();
    let mut letter: Option<String> = None;
    while let Ok(Some(line)) = lines.next_line().await {
        let says = match &mut letter {
            Some(text) if line == "." => {
                letters.lock().unwrap().push(std::mem::take(text));
                letter = None;
                "250 taken"
            }
            Some(text) => {
                text.push_str(&line);
                text.push('\n');
                continue;
            }
            None if line.starts_with("MAIL") => *answer.lock().unwrap(),
            None if line == "DATA" => {
                letter = Some(String::new());
                "354 go on"
            }
            None => "250 ok",
        };
        if write.write_all(format!("{says}\r\n").as_bytes()).await.is_err() {
            return;
        }
    }
}

pub struct Desk {
    pub store: Store,
    pub mailer: Mailer,
    pub postman: Postman,
    pub dir: tempfile::TempDir,
}

/// A message lies in a shared mailbox that tells `desk@demo.test`.
async fn desk() -> Desk {
    desk_of(&mailbox(), None).await
}

/// The same, with these settings, where something writes messages down or nothing does.
pub async fn desk_of(mailbox: &Settings, transcripts: Option<Arc<Notify>>) -> Desk {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let mut tx = store.begin(Actor::System, Timestamp::now()).await.unwrap();
    tx.save_document(TENANT, mailbox, Expected::Absent).await.unwrap();
    tx.commit().await.unwrap();
    let files = Files::open(dir.path().join("voicemail")).unwrap();
    std::fs::create_dir_all(files.of_tenant(TENANT)).unwrap();
    std::fs::write(files.sound(TENANT, MESSAGE), SOUND).unwrap();
    let postman = Postman::start().await;
    let server = MailServer::parse(&format!("smtp://127.0.0.1:{}", postman.port)).unwrap();
    let (bell, (to_deliverer, whole)) = (Arc::new(Notify::new()), unbounded_channel());
    to_deliverer.send(Whole { envelope: envelope(), duration_ms: 63_000, size_bytes: 1_000 }).unwrap();
    drop(to_deliverer);
    Deliverer {
        store: store.clone(),
        files: files.clone(),
        mail: Some(bell.clone()),
        transcripts,
        greetings: unbounded_channel().0,
    }
    .run(whole)
    .await;
    let from = FROM.parse().unwrap();
    let mailer = Mailer { store: store.clone(), files, transport: server.transport(None).unwrap(), from, bell };
    Desk { store, mailer, postman, dir }
}

pub fn mailbox() -> Settings {
    Settings {
        id: SharedMailboxId(Uuid::from_u128(3)),
        name: "Front desk".to_owned(),
        extension: None,
        groups: Vec::new(),
        after_hours: None,
        app_greetings: Vec::new(),
        language: "en-US".to_owned(),
        members: Vec::new(),
        greeting: None,
        max_secs: 300,
        min_secs: 2,
        quiet_secs: 10,
        retention_days: 90,
        transcription: Transcription::Off,
        emails: vec!["desk@demo.test".to_owned()],
        mwi_for_members: true,
    }
}

impl Desk {
    pub async fn mail(&self) -> Mail {
        let paging = Paging { limit: 10, after: None, descending: true };
        self.store.mails(TENANT, None, &paging).await.unwrap().items.remove(0)
    }
}

#[tokio::test]
async fn who_is_told_gets_the_sound() {
    let desk = desk().await;
    assert_eq!(desk.mail().await.state, State::Waiting);
    assert_eq!(desk.mailer.send_due(Timestamp::now()).await.unwrap(), 1);
    let mail = desk.mail().await;
    assert_eq!((mail.state, mail.n_tries, mail.error), (State::Sent, 1, None));
    assert_eq!(desk.mailer.send_due(Timestamp::now()).await.unwrap(), 0, "once is enough");
    let letters = desk.postman.letters.lock().unwrap().clone();
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    for part in [
        "From: Telephone <voicemail@demo.test>",
        "To: desk@demo.test",
        "Subject: Voice message from +14155550123, 1:03",
        "Content-Class: Voice-CA",
        "Auto-Submitted: auto-generated",
        "Content-Type: audio/wav",
        "message-20260302-150000.wav",
        "The mailbox Front desk has a message.",
        "Monday, 02 March 2026, 15:00",
        &base64::engine::general_purpose::STANDARD.encode(SOUND),
    ] {
        assert!(letter.contains(part), "{part} is missing in {letter}");
    }
}

#[tokio::test]
async fn a_server_that_cannot_take_it_now_is_asked_later_and_one_that_never_will_is_not() {
    let desk = desk().await;
    let now = Timestamp::now();
    desk.postman.say("451 come back later");
    assert_eq!(desk.mailer.send_due(now).await.unwrap(), 1);
    let mail = desk.mail().await;
    assert_eq!((mail.state, mail.n_tries), (State::Waiting, 1));
    assert!(mail.error.as_deref().unwrap().contains("come back later"), "{:?}", mail.error);
    assert_eq!(desk.mailer.send_due(now).await.unwrap(), 0, "not at once");
    desk.postman.say("550 nobody of that name");
    let later = mail.due_at.unwrap();
    assert_eq!(desk.mailer.send_due(later).await.unwrap(), 1);
    let mail = desk.mail().await;
    assert_eq!((mail.state, mail.n_tries, mail.due_at), (State::Failed, 2, None));
    assert!(desk.postman.letters.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_mail_outlives_its_process_and_a_server_that_is_away() {
    let Desk { store, mailer, dir, .. } = desk().await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let away = MailServer::parse(&format!("smtp://127.0.0.1:{nobody}")).unwrap();
    let mailer = Mailer { transport: away.transport(None).unwrap(), ..mailer };
    assert_eq!(mailer.send_due(Timestamp::now()).await.unwrap(), 1);
    store.close().await.unwrap();
    let url = format!("sqlite://{}", dir.path().join("trunkline.db").display());
    let store = Store::open(&store::Open { url, key_file: dir.path().join("secrets.key") }).await.unwrap();
    let later = Timestamp::now() + jiff::SignedDuration::from_secs(61);
    let due = store.due_mails(later, 10).await.unwrap();
    assert_eq!(due.len(), 1, "{due:?}");
    assert_eq!(due[0].1.n_tries, 1);
}

#[tokio::test]
async fn nobody_is_told_who_does_not_want_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let user = phone::id::UserId(Uuid::from_u128(9));
    let mut tx = store.begin(Actor::System, Timestamp::now()).await.unwrap();
    tx.save_document(TENANT, &Personal { email: false, ..Personal::new(user) }, Expected::Absent).await.unwrap();
    tx.commit().await.unwrap();
    let files = Files::open(dir.path().join("voicemail")).unwrap();
    let (to_deliverer, whole) = unbounded_channel();
    let mut envelope = envelope();
    envelope.mailbox = Mailbox::Person(user);
    to_deliverer.send(Whole { envelope, duration_ms: 3_000, size_bytes: 1_000 }).unwrap();
    drop(to_deliverer);
    Deliverer {
        store: store.clone(),
        files,
        mail: Some(Arc::default()),
        transcripts: None,
        greetings: unbounded_channel().0,
    }
    .run(whole)
    .await;
    assert!(store.due_mails(Timestamp::now(), 10).await.unwrap().is_empty());
    // The person's phone shows it all the same.
    let news = MailboxNews { mailboxes: [Mailbox::Person(user)].into(), ..MailboxNews::default() };
    let told = waiting::of_people(&store, TENANT, news).await.unwrap();
    assert_eq!((told[&user].new, told[&user].old), (1, 0));
    let known = store.last_event().await.unwrap() - 1;
    let news = store.mailboxes_with_news(known).await.unwrap();
    assert_eq!(news[&TENANT].mailboxes, [Mailbox::Person(user)].into());
    assert_eq!(store.all_message_counts().await.unwrap().len(), 1);
}

#[test]
fn a_mail_server_is_reached_encrypted_unless_it_is_here_or_somebody_says_so() {
    let read = |text: &str| MailServer::parse(text).map(|server| (server.host, server.port, server.encryption));
    let mail = |port, encryption| Some(("mail.test".to_owned(), port, encryption));
    assert_eq!(read("smtp://mail.test"), mail(587, Encryption::Required));
    assert_eq!(read("smtp://a:b@mail.test:25"), mail(25, Encryption::Required));
    assert_eq!(read("smtps://mail.test"), mail(465, Encryption::FromTheStart));
    assert_eq!(read("smtp://mail.test?tls=if-offered"), mail(587, Encryption::IfOffered));
    assert_eq!(read("smtp://mail.test?tls=never"), mail(587, Encryption::Never));
    for here in ["localhost", "127.0.0.1"] {
        let expected = Some((here.to_owned(), 2525, Encryption::Never));
        assert_eq!(read(&format!("smtp://{here}:2525")), expected);
    }
    for wrong in ["", "mail.test", "http://mail.test", "smtp://", "smtp://mail.test?tls=maybe", "smtps://x?tls=never"] {
        assert_eq!(read(wrong), None, "{wrong}");
    }
    let from = |text: &str| MailServer::parse(text).unwrap().default_from();
    assert_eq!(from("smtp://pbx%40demo.test:p%3Aw@mail.test"), "pbx@demo.test");
    assert_eq!(from("smtp://pbx:pw@mail.test"), "voicemail@mail.test");
    assert!(!format!("{:?}", MailServer::parse("smtp://a:secret@mail.test")).contains("secret"));
}
