//! What would become of a call: the same machines that calls go through, on virtual time. Nothing is called.
//!
//! The walk begins where somebody dials and ends with a person, outside, or with the end of the call. What only the
//! world knows (who waits, who answers, how long a prompt is) is assumed, and said so by whoever asks.

mod ending;
mod keys;
mod queueing;
mod ringing;
mod telling;
mod walk;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::keys::{Keys, NoKeys};
use self::walk::Walk;
use super::outbound::Attempt;
use super::{App, Tenant};
use crate::apps::Target;
use crate::apps::attendant::Outcome;
use crate::apps::mailbox::Mailbox;
use crate::apps::queue::ExitCause;
use crate::id::{QueueId, TrunkId, UserId};
use crate::numbers::E164;

/// A call that is not placed.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    /// Who calls.
    pub from: Caller,
    /// What is called.
    pub to: Entrance,
    /// When the call arrives.
    pub at: Timestamp,
    /// What the caller presses on the way.
    pub keys: Keys,
    /// What is taken for granted.
    pub assumed: Assumed,
}

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caller {
    /// Somebody outside, who may hide the number.
    Outside(Option<E164>),
    /// A person of the organization.
    Person(UserId),
}

/// What is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entrance {
    /// What the caller dials.
    Dialled(String),
    /// A person, service or app itself.
    Target(Target),
}

/// What is taken for granted where only the world would know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Assumed {
    /// Callers who wait in each queue already.
    pub n_waiting: u32,
    /// Those who wait in single queues, in place of `n_waiting`.
    pub n_waiting_in: BTreeMap<QueueId, u32>,
    /// What agents do when a queue has a call for them.
    pub agents: Does,
    /// What people do whose phones ring.
    pub people: Does,
    /// What single persons do, as agents and otherwise.
    pub each: BTreeMap<UserId, Does>,
    /// What somebody outside does who is called.
    pub outside: Does,
    /// Trunks that are down: tried last.
    pub trunks_down: BTreeSet<TrunkId>,
    /// How long each prompt is, in seconds.
    pub prompt_secs: u32,
    /// How long a phone rings that is answered, in seconds.
    pub answer_secs: u32,
    /// How long agents talk with those who waited before, in seconds.
    pub talk_secs: u32,
    /// When the caller hangs up, in seconds after the beginning; none stays to the end.
    pub hang_up_secs: Option<u32>,
}

/// What somebody does who is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Does {
    #[default]
    Answers,
    /// Says to be away. Matters for queues that heed presence.
    Away,
    /// Talks with somebody else.
    Busy,
    Declines,
    NoAnswer,
    /// No phone is registered.
    Offline,
    /// Takes no calls of queues.
    OptedOut,
}

/// What became of the call.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// In order.
    pub steps: Vec<Step>,
    pub end: End,
}

/// One thing that happened, and what decided it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Since the call arrived.
    pub after: Duration,
    pub kind: StepKind,
    /// The setting that decided, if one did.
    pub setting: Option<Setting>,
    /// One sentence for a person.
    pub words: String,
}

/// A setting of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The noun of the object in the API, such as `auto_attendant`.
    pub noun: &'static str,
    pub id: Uuid,
    pub name: String,
    /// A path from the object, such as `default_flow.menu.options[2]`.
    pub field: String,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $word:literal,)+) => {
        /// What kind of thing happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum StepKind { $($(#[$doc])* $name,)+ }

        impl StepKind {
            /// Its word in the API.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

kinds! {
    /// A queue takes the caller, or does not.
    Admission "admission",
    /// Somebody answers.
    Answer "answer",
    /// The call ends.
    End "end",
    /// A call flow is chosen.
    Flow "flow",
    /// The caller presses a key.
    Key "key",
    /// A queue lets a caller go without an agent.
    Leave "leave",
    /// A queue offers the caller to agents.
    Offer "offer",
    /// The caller hears something.
    Play "play",
    /// Phones ring.
    Ring "ring",
    /// A rule says who gets the call.
    Route "route",
    /// The caller presses nothing.
    Silence "silence",
    /// The call goes on to somewhere else.
    Transfer "transfer",
    /// The caller waits.
    Wait "wait",
}

/// Where a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The caller hears an announcement for numbers that are assigned to nobody.
    Announcement,
    /// The caller hears a tone.
    AudioTest,
    /// The caller hung up, in an app or before anybody answered.
    CallerHungUp {
        app: Option<App>,
    },
    Echo,
    /// Somebody outside is called; these trunks are tried in this order.
    External {
        number: String,
        emergency: bool,
        attempts: Vec<Attempt>,
    },
    /// An app hung up.
    HungUp {
        app: App,
        cause: HangUp,
    },
    /// The caller is asked to leave a message.
    Message {
        mailbox: Mailbox,
    },
    /// A person answers, as an agent if there is a queue.
    Person {
        user: UserId,
        queue: Option<QueueId>,
    },
    /// Nobody is reached; the code is that of a refusal.
    Refused {
        code: &'static str,
    },
    /// The caller hears the messages in a mailbox.
    Visit {
        mailbox: Mailbox,
    },
    /// The call goes on for longer than is looked at.
    Waiting {
        queue: Option<QueueId>,
    },
}

/// Why an app hung up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HangUp {
    Attendant(Outcome),
    Queue(ExitCause),
}

impl Default for Assumed {
    fn default() -> Self {
        Self {
            n_waiting: 0,
            n_waiting_in: BTreeMap::new(),
            agents: Does::Answers,
            people: Does::Answers,
            each: BTreeMap::new(),
            outside: Does::Answers,
            trunks_down: BTreeSet::new(),
            prompt_secs: 5,
            answer_secs: 5,
            talk_secs: 180,
            hang_up_secs: None,
        }
    }
}

impl Assumed {
    pub(super) fn agent(&self, user: UserId) -> Does {
        self.each.get(&user).copied().unwrap_or(self.agents)
    }

    pub(super) fn person(&self, user: UserId) -> Does {
        self.each.get(&user).copied().unwrap_or(self.people)
    }

    pub(super) fn n_waiting(&self, queue: QueueId) -> u32 {
        self.n_waiting_in.get(&queue).copied().unwrap_or(self.n_waiting)
    }
}

impl Does {
    /// Every one.
    pub const ALL: [Self; 7] =
        [Self::Answers, Self::Away, Self::Busy, Self::Declines, Self::NoAnswer, Self::Offline, Self::OptedOut];

    /// Its word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Away => "away",
            Self::Busy => "busy",
            Self::Declines => "declines",
            Self::NoAnswer => "no_answer",
            Self::Offline => "offline",
            Self::OptedOut => "opted_out",
        }
    }
}

impl Tenant {
    /// What would become of a call. Two walks of the same script are the same; `now` is where virtual time begins.
    pub fn rehearse(&self, now: Instant, script: &Script) -> Path {
        Walk::new(self, now, script).run()
    }
}
