//! Somebody hears the messages of a mailbox by phone: the PIN, the messages one after the other, what becomes of each,
//! and a greeting of the own voice. Specification of calling, 2.8, and of voice apps, 1.15.

mod machine;
mod messages;
mod words;

use std::time::Duration;

pub use machine::Visit;

use super::Mailbox;
use super::message::Step;
use super::pin::{Finding, Pin};
use crate::apps::prompt::Playable;
use crate::id::{MessageId, UserId};

/// Who visits which mailbox, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    pub mailbox: Mailbox,
    /// As records and live views show it.
    pub name: String,
    pub language: String,
    /// In whose name messages are heard and deleted.
    pub listener: UserId,
    pub origin: Origin,
    /// Whether the visitor may delete messages and record the greeting.
    pub may_manage: bool,
}

/// Where a visitor calls from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Anywhere: the PIN has to be typed, and nobody is called back at the organization's expense.
    Elsewhere,
    /// The listener's own phone: a PIN is asked for if one is set.
    OwnPhone,
}

/// A message as a visit needs to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: MessageId,
    /// The sender as shown.
    pub from: String,
    pub from_user: Option<UserId>,
}

/// What a visit asks of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Answered by `Done` or `Missing`.
    Delete { message: MessageId },
    /// Answered by `Listed`: the oldest first.
    List,
    /// Answered by `Loaded`, with the sound, or by `Missing`.
    Load { message: MessageId },
    /// Whether a PIN is set: answered by `Opened`.
    Open,
    /// Answered by `Done` or `Missing`.
    Step { message: MessageId, step: Step },
    /// Answered by `Unlocked`.
    Unlock { pin: Pin },
}

/// What the store answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Done,
    /// The store can't be reached.
    Failed,
    Listed {
        new: Vec<Entry>,
        saved: Vec<Entry>,
    },
    /// The sound of the message is there to be played.
    Loaded,
    /// The message is not there any more, or is not in a state for that.
    Missing,
    Opened {
        has_pin: bool,
    },
    Unlocked(Finding),
}

/// What happens to a visitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The call was answered and the caller hears us.
    Started,
    /// The store answered what was asked last.
    Answered(Answer),
    Digit(char),
    /// What we asked to play last came to its end.
    Played,
    /// Who records a greeting said nothing for as long as we allowed.
    Quiet,
    HungUp,
    Timeout,
}

/// What a visitor hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// The message that was loaded last.
    Message,
    Words(Playable),
}

/// What a visit wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Play these one after the other, instead of what was playing; `Played` must follow.
    Play(Vec<Said>),
    StopPlaying,
    /// Ask the store; `Answered` must follow.
    Ask(Ask),
    /// Tell the store; what it answers is not awaited.
    Tell(Ask),
    /// Take down what the visitor says as the greeting of the mailbox; tell `Quiet` after so much silence.
    Record {
        quiet_secs: u32,
    },
    StopRecording,
    /// The first `kept` of what was taken down is the greeting from now on.
    Keep {
        kept: Duration,
    },
    /// What was taken down is not wanted.
    Discard,
    /// Call who left this message, in the listener's name; the visit is over.
    CallBack(Entry),
    /// Hang up.
    End,
}

/// How it came out, for the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    CalledBack,
    /// The visitor hung up before getting in.
    HungUp,
    Listened,
    /// Too many wrong PINs were typed before.
    Locked,
    PinWrong,
    /// The messages could not be read.
    Unavailable,
}

impl Outcome {
    /// Its stable name in records.
    pub fn code(self) -> &'static str {
        match self {
            Self::CalledBack => "called_back",
            Self::HungUp => "hung_up",
            Self::Listened => "listened",
            Self::Locked => "locked",
            Self::PinWrong => "pin_wrong",
            Self::Unavailable => "unavailable",
        }
    }
}
