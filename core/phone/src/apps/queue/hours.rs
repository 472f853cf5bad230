//! When a queue takes callers, and what becomes of those who come while it does not. Specification of voice apps, 1.10.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{ExceptionAction, Exit};
use crate::apps::attendant::{AssociationKind, HoursOverride};
use crate::apps::hours::{Holds, Time, choose};
use crate::id::ScheduleId;
use crate::numbers::schedule::Schedule;

/// The hours and holidays of a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// IANA name of the zone that the schedules are read in; none is that of the organization.
    pub time_zone: Option<String>,
    /// In order: holidays are looked at before after-hours whatever their order here.
    pub closures: Vec<Closure>,
    /// What holds whatever the schedules say.
    #[serde(default)]
    pub hours_override: Option<HoursOverride>,
}

/// What becomes of callers who come while a schedule is in effect. Who waits already stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    pub kind: AssociationKind,
    pub schedule: ScheduleId,
    pub enabled: bool,
    pub exception: ExceptionAction,
}

/// A queue takes no callers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The closure that holds; none if the queue was closed by hand and has none for after hours.
    pub closure: Option<usize>,
    pub exception: ExceptionAction,
}

impl Hours {
    /// Whether the queue is closed at a time; `schedule` knows those of the organization.
    pub fn closed<'a>(
        &self,
        schedule: impl Fn(ScheduleId) -> Option<&'a Schedule>,
        at: Timestamp,
        zone: &TimeZone,
    ) -> Option<Closed> {
        let closure = match choose(self.hours_override, &self.times(), schedule, at, zone) {
            Holds::Closed => None,
            Holds::Time(index) => Some(index),
            Holds::Usual => return None,
        };
        let exception = closure.and_then(|index| self.closures.get(index)).map(|closure| closure.exception.clone());
        Some(Closed { closure, exception: exception.unwrap_or_else(|| ExceptionAction::new(Exit::Disconnect)) })
    }

    pub(crate) fn times(&self) -> Vec<Time> {
        let time = |one: &Closure| Time { kind: one.kind, schedule: one.schedule, enabled: one.enabled };
        self.closures.iter().map(time).collect()
    }
}
