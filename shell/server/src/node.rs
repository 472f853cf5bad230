//! The node: a thread that owns the switch and the SIP sockets, and the handle that everybody else has on it.

mod inbox;

use std::sync::Arc;

use phone::Directory;
use switch::input::{Command, PromptLibrary};
use switch::output::{Answer, Change};
use tokio::sync::{broadcast, oneshot};

use self::inbox::{Inbox, Message};

/// Changes that a slow live view may lag behind before it has to read everything again.
pub const CHANGES_WAITING_MAX: usize = 1_024;

/// The switch thread has ended: the process is about to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the phone system is shutting down")]
pub struct Stopped;

/// The way to the switch thread. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    inbox: Inbox,
    changes: broadcast::Sender<Change>,
}

impl Handle {
    /// Asks something of the live system.
    pub async fn command(&self, command: Command) -> Result<Answer, Stopped> {
        let (reply, answer) = oneshot::channel();
        self.inbox.send(Message::Command { command, reply }).await?;
        answer.await.map_err(|_| Stopped)
    }

    /// Replaces all settings; calls that are under way keep theirs.
    pub async fn install(&self, directory: Arc<Directory>, prompts: Arc<PromptLibrary>) -> Result<(), Stopped> {
        self.inbox.send(Message::Input(switch::Input::Directory { directory, prompts })).await
    }

    /// What changes from now on, for live views.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }
}
