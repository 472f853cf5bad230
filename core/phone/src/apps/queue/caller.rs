//! A waiting caller. Specification of voice apps, 3.1 and 3.3.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use smallvec::SmallVec;

use super::callback::Contact;
use super::{Settings, Standing};
use crate::apps::Priority;
use crate::id::{QueueId, UserId};

/// One caller from acceptance to an answer or an exit.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) queue: QueueId,
    pub(super) place: Place,
    /// As of the arrival: a change of settings is for the callers after it.
    pub(super) settings: Arc<Settings>,
    pub(super) stage: Stage,
    pub(super) times_out: Option<Instant>,
    /// The priority rises.
    pub(super) ages: Option<Instant>,
    /// The time is over, but an agent who is alerted may still answer.
    pub(super) is_overdue: bool,
    pub(super) heard: Heard,
    /// The music is interrupted.
    pub(super) told_at: Option<Instant>,
    /// How often it was.
    pub(super) n_told: u32,
    pub(super) callable: Option<Callable>,
    /// There is no live call any more.
    pub(super) asked: Option<Asked>,
    /// Agents who did not take this call, until all have been tried.
    pub(super) tried: BTreeSet<UserId>,
}

/// A caller who may be called back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Callable {
    pub(super) contact: Contact,
    /// The conditions for those who come were met.
    pub(super) is_open: bool,
    pub(super) is_offered: bool,
    pub(super) looks_at: Option<Instant>,
}

/// A caller who is to be called back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) contact: Contact,
    pub(super) at: Instant,
    pub(super) expires: Instant,
    pub(super) n_attempts: u32,
    pub(super) next_at: Option<Instant>,
    /// An attempt is under way, and over by then.
    pub(super) calls_until: Option<Instant>,
}

/// What a caller hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Announcement,
    Greeting,
    Music,
}

/// What goes on with a caller.
#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// An agent calls the caller back.
    Calling,
    Greeting,
    Offered(Offer),
    Ready,
    /// The caller was not reached, and is called again later.
    Resting,
}

/// A call that rings agents.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    pub(super) agents: SmallVec<[UserId; 2]>,
    pub(super) ends: Instant,
}

/// Place in line, over all queues: who came back, then priority, then arrival. The number tells apart who came in the
/// same instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) standing: Standing,
    /// As it is now; it may rise with time.
    pub(super) priority: Priority,
    pub(super) arrived: Instant,
    pub(super) number: u64,
}

/// Who is next in a queue; of all queues the least goes first. Specification 3.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Head {
    pub(super) standing: Standing,
    pub(super) priority: Priority,
    /// Of the queue for the agents who would be asked.
    pub(super) rank: u8,
    pub(super) place: Place,
    pub(super) queue: QueueId,
}

impl Caller {
    pub(super) fn offered_to(&self) -> &[UserId] {
        match &self.stage {
            Stage::Offered(offer) => &offer.agents,
            Stage::Calling | Stage::Greeting | Stage::Ready | Stage::Resting => &[],
        }
    }

    pub(super) fn new(queue: QueueId, place: Place, settings: Arc<Settings>) -> Self {
        Self {
            queue,
            place,
            settings,
            stage: Stage::Greeting,
            times_out: None,
            ages: None,
            is_overdue: false,
            heard: Heard::Greeting,
            told_at: None,
            n_told: 0,
            callable: None,
            asked: None,
            tried: BTreeSet::new(),
        }
    }
}
