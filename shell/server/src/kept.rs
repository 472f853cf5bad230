//! Calls that the next process goes on with: one file for each, written while the caller waits.
//!
//! A thread writes and removes the files; a process that is killed leaves those of the callers who waited. The next one
//! reads them at its start, and asks each caller by a new offer whether they are still there.

pub mod file;
pub mod keeper;

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use phone::id::CallId;
use switch::keeping::KeptCall;
use tokio::sync::oneshot;

use self::keeper::Keeper;
use crate::fatal::Fatal;

/// Calls that may wait for the disk: twice as many as the longest queue holds.
const WAITING_MAX: usize = 20_000;

/// What the keeper is told.
#[derive(Debug)]
pub enum Note {
    Keep(Box<KeptCall>),
    Forget(CallId),
    Close,
}

/// Takes what the switch says; never waits.
#[derive(Clone, Debug)]
pub struct Intake {
    to_keeper: SyncSender<Note>,
}

/// All of it at work.
pub struct Kept {
    pub intake: Intake,
    is_done: oneshot::Receiver<()>,
}

/// A way to a keeper.
pub fn intake() -> (Intake, Receiver<Note>) {
    let (to_keeper, notes) = sync_channel(WAITING_MAX);
    (Intake { to_keeper }, notes)
}

impl Intake {
    /// What there is of a call now.
    pub fn keep(&self, call: Box<KeptCall>) {
        self.tell(Note::Keep(call));
    }

    /// There is nothing to go on with any more.
    pub fn forget(&self, call: CallId) {
        self.tell(Note::Forget(call));
    }

    fn tell(&self, note: Note) {
        if let Err(TrySendError::Full(_)) = self.to_keeper.try_send(note) {
            // Who is forgotten too late answers the next process that they are gone.
            tracing::warn!("the disk is too slow: some callers who wait would not outlive this process");
        }
    }
}

impl Kept {
    /// Reads what the process before left, then keeps what comes.
    pub fn start(dir: PathBuf, fatal: &Fatal) -> io::Result<(Self, Vec<KeptCall>)> {
        let keeper = Keeper::open(dir)?;
        let calls = keeper.left()?;
        let (intake, notes) = intake();
        let (done, is_done) = oneshot::channel();
        fatal.spawn("kept calls", move || {
            keeper.run(&notes);
            // Nobody waits for it if the process ends in a hurry.
            let _ = done.send(());
            Ok(())
        })?;
        Ok((Self { intake, is_done }, calls))
    }

    /// Waits until everything is written that was told.
    pub async fn close(self, patience: Duration) {
        self.intake.tell(Note::Close);
        if tokio::time::timeout(patience, self.is_done).await.is_err() {
            tracing::warn!("some callers who wait could not be written down in time");
        }
    }
}
