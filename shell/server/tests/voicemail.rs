//! Messages from the media threads to their mailboxes, through crashes.

mod desk;
pub mod mail;
mod transcripts;

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use media::{Piece, Recorded, RecordingId};
use phone::apps::mailbox::Mailbox;
use phone::apps::mailbox::message::{Envelope, Handling};
use phone::id::{CallId, MessageId, SharedMailboxId, TenantId};
use phone::people::tenant::Profile;
use server::fatal::fatal;
use server::voicemail::Voicemail;
use server::voicemail::files::Files;
use server::voicemail::recorder::{Recorder, Whole};
use store::{Actor, Expected, MessageFilter, Open, Paging, Store, TenantRow};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use uuid::Uuid;

pub const TENANT: TenantId = TenantId(Uuid::from_u128(1));
pub const MESSAGE: MessageId = MessageId(Uuid::from_u128(7));
const PATIENCE: Duration = Duration::from_secs(20);

struct Desk {
    dir: tempfile::TempDir,
    files: Files,
    recorder: Recorder,
    whole: UnboundedReceiver<Whole>,
    now: Instant,
}

impl Desk {
    fn new() -> Self {
        Self::with(tempfile::tempdir().unwrap())
    }

    fn with(dir: tempfile::TempDir) -> Self {
        let files = Files::open(dir.path().to_owned()).unwrap();
        let (to_deliverer, whole) = unbounded_channel();
        let recorder = Recorder::new(files.clone(), to_deliverer, unbounded_channel().0);
        Self { dir, files, recorder, whole, now: Instant::now() }
    }

    /// The process was killed; another begins.
    fn killed(self) -> Self {
        let Self { dir, recorder, .. } = self;
        drop(recorder);
        let desk = Self::with(dir);
        desk.recorder.recover().unwrap();
        desk
    }

    fn begin(&mut self) {
        self.handle(Handling::Begin(Box::new(envelope())));
    }

    fn handle(&mut self, handling: Handling) {
        self.recorder.handle(self.now, MESSAGE, handling);
    }

    fn sound(&mut self, samples: Vec<i16>, rate: u32) {
        self.piece(Piece::Sound { samples, rate });
    }

    fn piece(&mut self, piece: Piece) {
        let recording = RecordingId(MESSAGE.0.as_u128());
        self.recorder.take_down(self.now, Recorded { recording, piece });
    }

    fn n_incoming(&self) -> usize {
        std::fs::read_dir(self.dir.path().join("incoming")).unwrap().count()
    }

    fn in_place(&self) -> Option<Vec<u8>> {
        std::fs::read(self.files.sound(TENANT, MESSAGE)).ok()
    }
}

#[test]
fn a_message_is_whole_when_both_halves_of_its_end_came_in_any_order() {
    for end_first in [true, false] {
        let mut desk = Desk::new();
        desk.begin();
        for n in 0..10 {
            desk.sound(vec![n; 4_000], 8_000);
        }
        let deliver = Handling::Deliver { kept: Duration::from_secs(3) };
        if end_first {
            desk.piece(Piece::End);
            assert!(desk.whole.try_recv().is_err());
            desk.handle(deliver);
        } else {
            desk.handle(deliver);
            assert!(desk.whole.try_recv().is_err());
            desk.piece(Piece::End);
        }
        let whole = desk.whole.try_recv().unwrap();
        assert_eq!((whole.duration_ms, whole.size_bytes), (3_000, 48_044));
        let wav = media::audio_file::decode(&desk.in_place().unwrap()).unwrap();
        assert_eq!((wav.rate, wav.samples.len(), wav.samples[4_000]), (8_000, 24_000, 1));
        assert_eq!(desk.n_incoming(), 1, "its envelope stays until its row is there");
    }
}

#[test]
fn what_is_discarded_or_has_no_sound_leaves_nothing() {
    let mut desk = Desk::new();
    desk.begin();
    desk.sound(vec![1; 40_000], 8_000);
    desk.piece(Piece::End);
    desk.handle(Handling::Discard);
    assert_eq!((desk.n_incoming(), desk.in_place()), (0, None));
    desk.begin();
    desk.piece(Piece::End);
    desk.handle(Handling::Deliver { kept: Duration::from_secs(3) });
    assert_eq!((desk.n_incoming(), desk.in_place()), (0, None));
    assert!(desk.whole.try_recv().is_err());
}

#[test]
fn wide_sound_is_kept_at_16_khz_and_another_codec_changes_nothing_of_that() {
    let mut desk = Desk::new();
    desk.begin();
    desk.sound(vec![0; 24_000], 48_000);
    desk.sound(vec![0; 4_000], 8_000);
    desk.sound(vec![0; 16_000], 16_000);
    desk.piece(Piece::End);
    desk.handle(Handling::Deliver { kept: Duration::from_secs(9) });
    let wav = desk.in_place().unwrap();
    assert_eq!(u32::from_le_bytes(wav[24..28].try_into().unwrap()), 16_000);
    assert_eq!(desk.whole.try_recv().unwrap().duration_ms, 2_000);
}

#[test]
fn a_recording_that_a_crash_cut_off_is_a_message_if_it_is_long_enough() {
    for (n_pieces, is_kept) in [(3, false), (4, true), (20, true)] {
        let mut desk = Desk::new();
        desk.begin();
        for _ in 0..n_pieces {
            desk.sound(vec![1; 4_000], 8_000);
        }
        let mut desk = desk.killed();
        let whole = desk.whole.try_recv().ok().map(|whole| (whole.envelope, whole.duration_ms));
        assert_eq!(whole, is_kept.then(|| (envelope(), n_pieces * 500)));
        assert_eq!(desk.in_place().is_some(), is_kept);
        assert_eq!(desk.n_incoming(), usize::from(is_kept));
    }
}

#[test]
fn a_crash_between_the_file_and_the_row_is_made_good() {
    let mut desk = Desk::new();
    desk.begin();
    desk.sound(vec![1; 40_000], 8_000);
    desk.piece(Piece::End);
    desk.handle(Handling::Deliver { kept: Duration::from_secs(5) });
    let mut desk = desk.killed();
    assert_eq!(desk.whole.try_recv().unwrap().duration_ms, 5_000);
}

#[test]
fn an_envelope_without_sound_is_dropped_at_the_next_start() {
    let mut desk = Desk::new();
    desk.begin();
    let mut desk = desk.killed();
    assert!(desk.whole.try_recv().is_err());
    assert_eq!(desk.n_incoming(), 0);
}

#[test]
fn an_envelope_that_was_cut_off_and_its_sound_are_dropped() {
    let mut desk = Desk::new();
    desk.begin();
    desk.sound(vec![1; 40_000], 8_000);
    let path = desk.dir.path().join("incoming").join(format!("{MESSAGE}.json"));
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let mut desk = desk.killed();
    assert!(desk.whole.try_recv().is_err());
    assert_eq!((desk.n_incoming(), desk.in_place()), (0, None));
}

#[test]
fn what_the_switch_forgot_is_delivered_all_the_same() {
    let mut desk = Desk::new();
    desk.begin();
    desk.sound(vec![1; 40_000], 8_000);
    desk.piece(Piece::End);
    desk.recorder.finish_late(desk.now + Duration::from_secs(9));
    assert!(desk.whole.try_recv().is_err());
    desk.recorder.finish_late(desk.now + Duration::from_secs(10));
    assert_eq!(desk.whole.try_recv().unwrap().duration_ms, 5_000);
}

#[test]
fn sound_of_nothing_that_began_is_not_written_down() {
    let mut desk = Desk::new();
    desk.sound(vec![1; 4_000], 8_000);
    desk.piece(Piece::End);
    assert_eq!(desk.n_incoming(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_reaches_its_mailbox_once_whatever_comes_twice() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let voicemail_dir = dir.path().join("voicemail");
    for _ in 0..2 {
        // The second time everything of it is there already, as after a crash before the envelope was removed.
        let voicemail = Voicemail::start(voicemail_dir.clone(), &store, None, None, &fatal().0).unwrap();
        let (intake, files) = (voicemail.intake.clone(), voicemail.files.clone());
        let recording = RecordingId(MESSAGE.0.as_u128());
        intake.handle(MESSAGE, Handling::Begin(Box::new(envelope())));
        for _ in 0..8 {
            let piece = Piece::Sound { samples: vec![5; 4_000], rate: 8_000 };
            intake.take_down(Recorded { recording, piece });
        }
        intake.handle(MESSAGE, Handling::Deliver { kept: Duration::from_secs(4) });
        intake.take_down(Recorded { recording, piece: Piece::End });
        voicemail.close(PATIENCE).await;
        let paging = Paging { limit: 10, after: None, descending: true };
        let messages = store.messages(TENANT, &MessageFilter::default(), &paging).await.unwrap();
        let lengths: Vec<u64> = messages.items.iter().map(|message| message.value.duration_ms).collect();
        assert_eq!(lengths, [4_000]);
        assert!(files.sound(TENANT, MESSAGE).exists());
        assert_eq!(std::fs::read_dir(voicemail_dir.join("incoming")).unwrap().count(), 0);
    }
}

pub async fn open(dir: &Path) -> Store {
    let url = format!("sqlite://{}", dir.join("trunkline.db").display());
    let store = Store::open(&Open { url, key_file: dir.join("secrets.key") }).await.unwrap();
    let profile = Profile {
        id: TENANT,
        slug: "demo".to_owned(),
        name: "Demo".to_owned(),
        sip_domain: "demo.test".to_owned(),
        time_zone: "UTC".to_owned(),
        country: "US".to_owned(),
        language: "en-US".to_owned(),
        state: Default::default(),
        supervision_notice: Default::default(),
        number_pause: None,
        number_mails: Default::default(),
        fallback_operator: None,
    };
    let row = TenantRow {
        profile,
        is_default: true,
        emergency_numbers: Vec::new(),
        license_enforcement: Default::default(),
        reseller: None,
    };
    let mut tx = store.begin(Actor::System, Timestamp::now()).await.unwrap();
    tx.save_tenant(&row, Expected::Absent).await.unwrap();
    tx.commit().await.unwrap();
    store
}

pub fn envelope() -> Envelope {
    Envelope {
        id: MESSAGE,
        tenant: TENANT,
        mailbox: Mailbox::Shared(SharedMailboxId(Uuid::from_u128(3))),
        purpose: Default::default(),
        call: CallId(Uuid::from_u128(4)),
        from: "+14155550123".to_owned(),
        from_name: None,
        from_user: None,
        to: "100".to_owned(),
        at: "2026-03-02T15:00:00Z".parse().unwrap(),
        min_secs: 2,
        // Its time must not be over while a test goes on.
        retention_days: 3_650,
    }
}
