//! Looks whether thresholds of queues are reached, and whether that is over. Specification of voice apps, 4.1.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use super::alert::{Alert, AlertKind};
use super::caller::Caller;
use super::line::Line;
use super::machine::Deadline;
use super::{Effect, Queues, Withdrawal};
use crate::id::QueueId;

/// Callers of this time tell the service level, as reports show it in steps of half an hour.
const WINDOW: Duration = Duration::from_secs(1_800);
/// Fewer callers tell nothing of a level: one of them would move it by more than ten percent.
const SAMPLE_MIN: usize = 10;
/// And more are not remembered.
const SAMPLE_MAX: usize = 1_000;

/// What is watched of one queue.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch {
    /// Those that were told and are not over.
    raised: BTreeMap<AlertKind, Stands>,
    /// When callers left who had a target, and whether they were answered within it.
    outcomes: VecDeque<(Instant, bool)>,
    absent_since: Option<Instant>,
    /// When it is looked at again.
    looks_at: Option<Instant>,
}

/// An alert that was told.
#[derive(Clone, Copy, Debug)]
struct Stands {
    threshold: u64,
    /// It is not so any more, and over if that stays until then.
    calm_until: Option<Instant>,
}

/// How a figure stands to its threshold.
struct Reading {
    figure: u64,
    is_reached: bool,
    /// When that may change without anything happening.
    changes_at: Option<Instant>,
}

impl Queues {
    /// Looks at all queues that somebody watches.
    pub(super) fn look_at_alerts(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let watched: Vec<QueueId> = self.watched.iter().copied().collect();
        for queue in watched {
            if !self.look_at_queue(now, queue, out) {
                self.watched.remove(&queue);
            }
        }
    }

    /// Whether there is something left to look at.
    fn look_at_queue(&mut self, now: Instant, queue: QueueId, out: &mut Vec<Effect>) -> bool {
        let Some(line) = self.lines.get_mut(&queue) else { return false };
        let mut watch = std::mem::take(&mut line.watch);
        let before = watch.looks_at.take();
        watch.looks_at = watch.look(now, line, out);
        if before != watch.looks_at {
            self.deadlines.extend(watch.looks_at.map(|at| (at, Deadline::Alerts(queue))));
            if let Some(before) = before {
                self.deadlines.remove(&(before, Deadline::Alerts(queue)));
            }
        }
        line.watch = watch;
        line.settings.alerts.is_some()
    }

    /// A caller is gone: was that in time?
    pub(super) fn note_outcome(&mut self, now: Instant, caller: &Caller, why: Withdrawal) {
        let Some(line) = self.lines.get_mut(&caller.queue) else { return };
        let is_watched = line.settings.alerts.as_ref().is_some_and(|alerts| alerts.service_level_percent.is_some());
        let (true, None, Some(target)) = (is_watched, caller.asked, caller.settings.service_level_secs) else { return };
        let is_late = Duration::from_secs(target.into()) < now.saturating_duration_since(caller.place.arrived);
        let in_time = match why {
            Withdrawal::AnsweredElsewhere => !is_late,
            // Who gave up in time tells nothing.
            Withdrawal::CallerLeft if !is_late => return,
            Withdrawal::AlertTimePassed
            | Withdrawal::CallLeftQueue
            | Withdrawal::CallerLeft
            | Withdrawal::NotEligible => false,
        };
        let outcomes = &mut line.watch.outcomes;
        outcomes.push_back((now, in_time));
        if SAMPLE_MAX < outcomes.len() {
            outcomes.pop_front();
        }
    }
}

impl Watch {
    pub(super) fn looks_at(&self) -> Option<Instant> {
        self.looks_at
    }

    /// Those that were told and are not over.
    pub(super) fn raised(&self) -> impl Iterator<Item = AlertKind> {
        self.raised.keys().copied()
    }

    /// Tells what is new; when to look again.
    fn look(&mut self, now: Instant, line: &Line, out: &mut Vec<Effect>) -> Option<Instant> {
        let alerts = line.settings.alerts.as_ref();
        let calm = Duration::from_secs(alerts.map_or(0, |alerts| alerts.calm_secs).into());
        let mut looks = Vec::new();
        for kind in AlertKind::ALL {
            let Some(threshold) = alerts.and_then(|alerts| alerts.threshold(kind)) else {
                if let Some(stands) = self.raised.remove(&kind) {
                    out.push(told(line.alert(kind, 0, stands.threshold).over()));
                }
                continue;
            };
            let reading = self.read(now, line, kind, threshold);
            looks.extend(reading.changes_at);
            let alert = || line.alert(kind, reading.figure, threshold);
            match (reading.is_reached, self.raised.get_mut(&kind)) {
                (true, None) => {
                    self.raised.insert(kind, Stands { threshold, calm_until: None });
                    out.push(told(alert()));
                }
                (true, Some(stands)) => *stands = Stands { threshold, calm_until: None },
                (false, None) => {}
                (false, Some(stands)) => {
                    let until = *stands.calm_until.get_or_insert(now + calm);
                    if until <= now {
                        self.raised.remove(&kind);
                        out.push(told(alert().over()));
                    } else {
                        looks.push(until);
                    }
                }
            }
        }
        looks.into_iter().filter(|at| now < *at).min()
    }

    fn read(&mut self, now: Instant, line: &Line, kind: AlertKind, threshold: u64) -> Reading {
        let since = |at: Option<Instant>| {
            let figure = at.map_or(0, |at| now.saturating_duration_since(at).as_secs());
            let changes_at = at.and_then(|at| at.checked_add(Duration::from_secs(threshold)));
            Reading { figure, is_reached: changes_at.is_some_and(|reached| reached <= now), changes_at }
        };
        match kind {
            AlertKind::NoAgent => {
                self.absent_since = if line.n_present == 0 { self.absent_since.or(Some(now)) } else { None };
                since(self.absent_since)
            }
            AlertKind::ServiceLevel => self.level(now, threshold),
            AlertKind::Wait => since(line.arrivals.first().map(|(arrived, _)| *arrived)),
            AlertKind::Waiting => {
                let n_waiting = line.waiting.len().saturating_sub(line.n_callbacks);
                let figure = u64::try_from(n_waiting).unwrap_or(u64::MAX);
                Reading { figure, is_reached: threshold <= figure, changes_at: None }
            }
        }
    }

    fn level(&mut self, now: Instant, threshold: u64) -> Reading {
        while self.outcomes.front().is_some_and(|(at, _)| WINDOW <= now.saturating_duration_since(*at)) {
            self.outcomes.pop_front();
        }
        let n_callers = self.outcomes.len();
        let n_in_time = self.outcomes.iter().filter(|(_, in_time)| *in_time).count();
        let figure =
            (100 * n_in_time).checked_div(n_callers).map_or(100, |percent| u64::try_from(percent).unwrap_or(100));
        let changes_at = self.outcomes.front().and_then(|(at, _)| at.checked_add(WINDOW));
        Reading { figure, is_reached: SAMPLE_MIN <= n_callers && figure < threshold, changes_at }
    }
}

impl Line {
    fn alert(&self, kind: AlertKind, figure: u64, threshold: u64) -> Alert {
        let settings = &self.settings;
        let mails = settings.alerts.as_ref().map_or(Vec::new(), |alerts| alerts.mails.clone());
        let (queue, name) = (settings.id, settings.name.clone());
        Alert { queue, name, kind, is_raised: true, figure, threshold, mails }
    }
}

fn told(alert: Alert) -> Effect {
    Effect::Alert { alert: Box::new(alert) }
}
