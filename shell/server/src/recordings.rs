//! Recordings of calls on their way from the media threads into the list of those that are kept.
//!
//! As messages do, the sound of a recording goes into a file beside an envelope that says whose it is; when it is whole, it
//! is moved to its place, then its row is written, and last the envelope removed. So what a killed process left is finished
//! by the next one. Beside that the switch is told when nothing can be written, since some calls must be recorded.

pub mod filer;
pub mod files;
pub mod keeper;
pub mod recorder;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use media::Recorded;
use phone::apps::recording::Envelope;
use store::Store;
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch;

use self::filer::Filer;
use self::files::Files;
use self::recorder::Recorder;
use crate::fatal::Fatal;
use crate::node;

/// Pieces of sound that may wait for the disk: half a second of both sides each, 32 KB. Beyond, what is said is lost.
const PIECES_WAITING_MAX: usize = 4_000;

/// Takes what the switch says of recordings and what the media threads hear; any thread may hold a clone, and none waits.
#[derive(Clone)]
pub struct Intake {
    to_recorder: Sender<Note>,
    n_waiting: Arc<AtomicUsize>,
}

/// All of it at work.
pub struct Recordings {
    pub intake: Intake,
    pub files: Files,
    /// Whether recordings can be written.
    works: watch::Receiver<bool>,
    filer: tokio::task::JoinHandle<()>,
}

/// What the recorder is told.
#[derive(Debug)]
pub enum Note {
    Begin(Box<Envelope>),
    Recorded(Recorded),
    /// Pieces were lost because the disk is too slow.
    Lost,
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
    /// A recording begins; its sound will come.
    pub fn begin(&self, envelope: Box<Envelope>) {
        // The recorder ends after everybody who tells it anything.
        let _ = self.to_recorder.send(Note::Begin(envelope));
    }

    /// A piece of a recording.
    pub fn take_down(&self, recorded: Recorded) {
        let is_sound = recorded.piece.is_sound();
        if is_sound && self.n_waiting.fetch_add(1, Ordering::Relaxed) >= PIECES_WAITING_MAX {
            self.n_waiting.fetch_sub(1, Ordering::Relaxed);
            let _ = self.to_recorder.send(Note::Lost);
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

impl Recordings {
    /// Finishes what an earlier process left, then takes new recordings.
    pub fn start(dir: PathBuf, store: &Store, fatal: &Fatal) -> std::io::Result<Self> {
        let files = Files::open(dir)?;
        let (intake, notes) = intake();
        let (to_filer, whole) = unbounded_channel();
        let (works_now, works) = watch::channel(true);
        let recorder = Recorder::new(files.clone(), to_filer, works_now);
        fatal.spawn("recordings", move || {
            recorder.recover()?;
            recorder.run(&notes)
        })?;
        let filer = tokio::spawn(Filer { store: store.clone(), files: files.clone() }.run(whole));
        tokio::spawn(keeper::keep(store.clone(), files.clone()));
        Ok(Self { intake, files, works, filer })
    }

    /// Tells the switch whenever recordings can't be written, and when they can again.
    pub fn tell(&self, node: node::Handle) {
        let mut works = self.works.clone();
        tokio::spawn(async move {
            while works.changed().await.is_ok() {
                let works_now = *works.borrow_and_update();
                if node.recorder(works_now).await.is_err() {
                    return;
                }
            }
        });
    }

    /// Waits until every recording is listed, if the database works; otherwise the next process goes on.
    pub async fn close(self, patience: Duration) {
        self.intake.close();
        if tokio::time::timeout(patience, self.filer).await.is_err() {
            tracing::warn!("recordings wait on the disk: the database did not take them in time");
        }
    }
}
