//! Live figures of queues, attendants and agents: the interval that runs, and those of today before it.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use phone::id::{AttendantId, QueueId, UserId};
use phone::reports::agent::AgentFigures;
use phone::reports::attendant::AttendantFigures;
use phone::reports::interval::Interval;
use phone::reports::queue::QueueFigures;

use super::Refused;
use super::reports::Reports;
use crate::board::Figures;

/// Figures as of one moment, by the clocks of a time zone.
pub struct LiveFigures {
    pub figures: Arc<Figures>,
    pub interval: Interval,
    pub interval_began: Timestamp,
    pub day_began: Timestamp,
}

/// Figures of the interval that runs, and of those since midnight that are over.
#[derive(Clone, Debug, Default)]
pub struct Feeds<F> {
    pub current: F,
    pub summary: F,
}

impl Reports {
    /// Figures of all; what the caller may see of them is for who shows them.
    pub async fn live(&self, zone: &TimeZone, interval: Option<Interval>) -> Result<LiveFigures, Refused> {
        let access = self.access();
        let figures = access.admin.board.figures(access.tenant()).await?;
        let interval = interval.unwrap_or_else(|| Interval::of_zone(zone, figures.at));
        let (interval_began, day_began) = (interval.begin(zone, figures.at), Interval::Day.begin(zone, figures.at));
        Ok(LiveFigures { figures, interval, interval_began, day_began })
    }
}

impl LiveFigures {
    pub fn queue(&self, queue: QueueId) -> Feeds<QueueFigures> {
        let slots = self.figures.tally.queues.iter().filter(|((_, id), _)| *id == queue);
        self.feeds(slots.map(|((at, _), figures)| (*at, figures)), QueueFigures::add)
    }

    pub fn attendant(&self, attendant: AttendantId) -> Feeds<AttendantFigures> {
        let slots = self.figures.tally.attendants.iter().filter(|((_, id), _)| *id == attendant);
        self.feeds(slots.map(|((at, _), figures)| (*at, figures)), AttendantFigures::add)
    }

    /// Of offers of one queue.
    pub fn agent(&self, agent: UserId, queue: QueueId) -> Feeds<AgentFigures> {
        let slots = self.figures.tally.agents.iter().filter(|((_, id), _)| *id == (agent, queue));
        self.feeds(slots.map(|((at, _), figures)| (*at, figures)), AgentFigures::add)
    }

    fn feeds<'a, F: Default + 'a>(
        &self,
        slots: impl Iterator<Item = (Timestamp, &'a F)>,
        add: impl Fn(&mut F, &F),
    ) -> Feeds<F> {
        let mut feeds: Feeds<F> = Feeds { current: F::default(), summary: F::default() };
        for (at, figures) in slots.filter(|(at, _)| self.day_began <= *at) {
            add(if self.interval_began <= at { &mut feeds.current } else { &mut feeds.summary }, figures);
        }
        feeds
    }
}
