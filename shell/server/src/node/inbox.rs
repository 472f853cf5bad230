//! What other threads send to the switch thread: a bounded queue, and a bell that is rung only when it sleeps.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::sys::eventfd::{EfdFlags, EventFd};
use switch::Input;
use switch::input::Command;
use switch::output::Answer;
use tokio::sync::{mpsc, oneshot};

use super::Stopped;

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

/// Wakes a thread that sleeps in `epoll_wait`; costs one atomic operation when it doesn't.
pub struct Bell {
    event: EventFd,
    is_asleep: AtomicBool,
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
}

impl Bell {
    pub fn new() -> std::io::Result<Self> {
        let event = EventFd::from_flags(EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC)?;
        Ok(Self { event, is_asleep: AtomicBool::new(false) })
    }

    /// What the sleeper waits on.
    pub fn event(&self) -> &EventFd {
        &self.event
    }

    /// Call after handing something over.
    pub fn ring(&self) {
        if self.is_asleep.swap(false, Ordering::AcqRel) {
            // It fails only when the counter is full, that is, when the sleeper wakes anyway.
            let _ = self.event.write(1);
        }
    }

    /// Call before the last look at what was handed over: what comes after that look rings.
    pub fn fall_asleep(&self) {
        self.is_asleep.swap(true, Ordering::AcqRel);
    }

    /// Call after sleeping.
    pub fn wake_up(&self) {
        // Whoever took the mark has rung, or is about to: then the next sleep is a short one.
        if !self.is_asleep.swap(false, Ordering::AcqRel) {
            let _ = self.event.read();
        }
    }
}
