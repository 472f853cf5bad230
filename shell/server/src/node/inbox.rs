//! What other threads send to the switch thread: a bounded queue, and a bell that is rung only when it sleeps.

use std::sync::Arc;

use switch::Input;
use switch::input::Command;
use switch::output::Answer;
use tokio::sync::{mpsc, oneshot};

use super::Stopped;
use crate::mailbox::Bell;

/// Messages that wait; senders beyond wait for room, which stops reading from their connections.
const WAITING_MAX: usize = 1_024;

/// One message to the switch thread.
#[derive(Debug)]
pub enum Message {
    Input(Input),
    Command {
        command: Command,
        reply: oneshot::Sender<Answer>,
    },
    /// End the thread; calls that still live are lost.
    Stop,
}

/// The sending side. Cheap to clone.
#[derive(Clone)]
pub struct Inbox {
    messages: mpsc::Sender<Message>,
    bell: Arc<Bell>,
}

/// Makes both sides.
pub fn inbox(bell: Arc<Bell>) -> (Inbox, mpsc::Receiver<Message>) {
    let (messages, received) = mpsc::channel(WAITING_MAX);
    (Inbox { messages, bell }, received)
}

impl Inbox {
    /// Waits for room, then hands the message over.
    pub async fn send(&self, message: Message) -> Result<(), Stopped> {
        self.messages.send(message).await.map_err(|_| Stopped)?;
        self.bell.ring();
        Ok(())
    }

    /// Waits for room, then hands the input over.
    pub async fn input(&self, input: Input) -> Result<(), Stopped> {
        self.send(Message::Input(input)).await
    }

    /// Waits until the receiving side is gone.
    pub async fn closed(&self) {
        self.messages.closed().await;
    }
}
