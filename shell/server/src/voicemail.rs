//! Messages on their way from the media threads into mailboxes, and what becomes of them there.
//!
//! One thread writes sound down as it comes, each message into a file beside an envelope that says whose it is. When the
//! message is whole, its file is synced and moved to its place; then its row is written, and last the envelope removed.
//! So after a crash each envelope that is left tells what to finish: a message is delivered or dropped, never half.

pub mod deliverer;
pub mod desk;
pub mod ears;
pub mod files;
pub mod greeter;
pub mod keeper;
pub mod letter;
pub mod mail_server;
pub mod mailer;
pub mod recorder;
pub mod transcriber;
pub mod utterances;
pub mod waiting;
pub mod wav;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use media::{Recorded, RecordingId};
use phone::apps::mailbox::message::Handling;
use phone::id::MessageId;
use store::Store;
use switch::output::UtteranceHandling;
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use self::deliverer::Deliverer;
use self::files::Files;
use self::recorder::{Recorder, Whole};
use self::utterances::Spoken;
use crate::fatal::Fatal;

/// Pieces of sound that may wait for the disk: half a second each, so five minutes of a hundred callers, below 300 MB at
/// worst. Beyond, what is said is lost, and calls go on.
const PIECES_WAITING_MAX: usize = 3_000;

/// Takes what the switch says of messages and what the media threads hear; any thread may hold a clone, and none waits.
#[derive(Clone)]
pub struct Intake {
    to_recorder: Sender<Note>,
    n_waiting: Arc<AtomicUsize>,
}

/// All of it at work.
pub struct Voicemail {
    pub intake: Intake,
    pub files: Files,
    /// Greetings that were recorded by phone, for the [`greeter::Greeter`].
    pub greetings: Option<UnboundedReceiver<Whole>>,
    /// What callers said, for [`ears::hear`].
    pub spoken: Option<UnboundedReceiver<Spoken>>,
    deliverer: tokio::task::JoinHandle<()>,
}

/// What the recorder is told.
#[derive(Debug)]
pub enum Note {
    Message { message: MessageId, handling: Handling },
    Recorded(Recorded),
    Utterance { recording: RecordingId, handling: UtteranceHandling },
    Close,
}

/// The recorder's end of an [`Intake`].
pub struct Notes {
    pub receiver: Receiver<Note>,
    n_waiting: Arc<AtomicUsize>,
}

/// A way to a recorder.
pub fn intake() -> (Intake, Notes) {
    let (to_recorder, receiver) = channel();
    let n_waiting = Arc::new(AtomicUsize::new(0));
    (Intake { to_recorder, n_waiting: n_waiting.clone() }, Notes { receiver, n_waiting })
}

impl Intake {
    /// What becomes of a message.
    pub fn handle(&self, message: MessageId, handling: Handling) {
        // The recorder ends after everybody who tells it anything.
        let _ = self.to_recorder.send(Note::Message { message, handling });
    }

    /// What becomes of something that a caller says.
    pub fn handle_utterance(&self, recording: RecordingId, handling: UtteranceHandling) {
        let _ = self.to_recorder.send(Note::Utterance { recording, handling });
    }

    /// A piece of a recording.
    pub fn take_down(&self, recorded: Recorded) {
        let is_sound = recorded.piece.is_sound();
        if is_sound && self.n_waiting.fetch_add(1, Ordering::Relaxed) >= PIECES_WAITING_MAX {
            self.n_waiting.fetch_sub(1, Ordering::Relaxed);
            return;
        }
        let _ = self.to_recorder.send(Note::Recorded(recorded));
    }

    /// Nothing more will come: the recorder finishes what it can, and ends.
    pub fn close(&self) {
        let _ = self.to_recorder.send(Note::Close);
    }
}

impl Notes {
    /// A piece of sound was written down.
    fn done(&self) {
        self.n_waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Voicemail {
    /// Finishes what an earlier process left, then takes new messages. `mail` is rung for each mail that is to be sent, and
    /// `transcripts` for each message that is to be written down.
    pub fn start(
        dir: PathBuf,
        store: &Store,
        mail: Option<Arc<Notify>>,
        transcripts: Option<Arc<Notify>>,
        fatal: &Fatal,
    ) -> std::io::Result<Self> {
        let files = Files::open(dir)?;
        let (intake, notes) = intake();
        let (to_deliverer, whole) = unbounded_channel();
        let (to_ears, spoken) = unbounded_channel();
        let recorder = Recorder::new(files.clone(), to_deliverer, to_ears);
        fatal.spawn("voicemail", move || {
            recorder.recover()?;
            recorder.run(&notes)
        })?;
        let (to_greeter, greetings) = unbounded_channel();
        let deliverer =
            Deliverer { store: store.clone(), files: files.clone(), mail, transcripts, greetings: to_greeter };
        let deliverer = tokio::spawn(deliverer.run(whole));
        tokio::spawn(keeper::keep(store.clone(), files.clone()));
        Ok(Self { intake, files, greetings: Some(greetings), spoken: Some(spoken), deliverer })
    }

    /// Waits until every message is in its mailbox, if the database works; otherwise the next process goes on.
    pub async fn close(self, patience: Duration) {
        self.intake.close();
        if tokio::time::timeout(patience, self.deliverer).await.is_err() {
            tracing::warn!("messages wait on the disk: the database did not take them in time");
        }
    }
}
