//! What an agent does over all queues, for reports: intervals that do not overlap. Specification of voice apps, 4.4.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::Queues;
use super::agent::Agent;
use crate::id::{QueueId, UserId};
use crate::people::Presence;

/// What an agent does. While phones ring for an offer an agent is still available; the offer tells how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    Available,
    /// Logged in, and by their presence not to be asked.
    Away,
    InOtherCall,
    InQueueCall,
    Offline,
    /// Takes calls of no queue.
    OptedOut,
    /// Takes no calls for a while, for a reason.
    Paused,
    WrapUp,
}

impl Activity {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Available,
        Self::Away,
        Self::InOtherCall,
        Self::InQueueCall,
        Self::Offline,
        Self::OptedOut,
        Self::Paused,
        Self::WrapUp,
    ];

    /// Its stable name, as serialization writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Away => "away",
            Self::InOtherCall => "in_other_call",
            Self::InQueueCall => "in_queue_call",
            Self::Offline => "offline",
            Self::OptedOut => "opted_out",
            Self::Paused => "paused",
            Self::WrapUp => "wrap_up",
        }
    }
}

/// Something new of an agent that reports need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "news")]
pub enum News {
    /// Does this from now on.
    Does {
        #[serde(flatten)]
        does: Does,
        /// What the agent did until now; none after a restart.
        after: Option<After>,
    },
    /// Takes calls of the queue again.
    OptedIn { queue: QueueId },
    /// Takes no calls of the queue.
    OptedOut { queue: QueueId },
}

/// What an agent does; `queue` is the one that a call or its wrap-up is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Does {
    pub activity: Activity,
    pub queue: Option<QueueId>,
}

/// What an agent did, and for how many milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct After {
    pub did: Does,
    pub lasted_ms: u64,
}

impl Queues {
    /// What was new of agents since this was asked last.
    pub fn take_news(&mut self) -> Vec<(UserId, News)> {
        std::mem::take(&mut self.news)
    }

    /// Takes note of what an agent does, if that is new.
    pub(super) fn notice_activity(&mut self, now: Instant, agent: UserId) {
        let Some(known) = self.agents.get(&agent) else { return };
        let is_in = |queue: &QueueId| {
            let member = self.lines.get(queue).and_then(|line| line.members.get(&agent));
            member.is_some_and(|member| member.opted_in)
        };
        let does = known.activity(known.queues.iter().any(is_in));
        if known.does.map(|(does, _)| does) == Some(does) {
            return;
        }
        let Some(known) = self.agents.get_mut(&agent) else { return };
        let after = known.does.map(|(did, since)| {
            let lasted_ms = now.saturating_duration_since(since).as_millis();
            After { did, lasted_ms: u64::try_from(lasted_ms).unwrap_or(u64::MAX) }
        });
        known.does = Some((does, now));
        self.news.push((agent, News::Does { does, after }));
    }
}

impl Agent {
    fn activity(&self, is_opted_in: bool) -> Does {
        match (self.talks.first(), self.wraps_up) {
            (Some(talk), _) => return Does { activity: Activity::InQueueCall, queue: Some(talk.queue) },
            // Who wrapped up and answers another call is rung again only after the pause.
            (None, Some(queue)) => return Does { activity: Activity::WrapUp, queue: Some(queue) },
            (None, None) => {}
        }
        let is_here = self.state.reachable && !self.queues.is_empty() && self.state.presence != Presence::Offline;
        let is_available = self.state.presence == Presence::Available;
        let activity = match (self.state.in_other_call, is_opted_in, is_available) {
            _ if !is_here => Activity::Offline,
            (true, ..) => Activity::InOtherCall,
            (false, ..) if self.pause.is_some() => Activity::Paused,
            (false, false, _) => Activity::OptedOut,
            (false, true, true) => Activity::Available,
            (false, true, false) => Activity::Away,
        };
        Does { activity, queue: None }
    }
}
