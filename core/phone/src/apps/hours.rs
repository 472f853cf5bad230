//! Which of several times holds: of the flows of an attendant, or of what closes a queue. Specification of voice apps, 2.3.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::attendant::{AssociationKind, HoursOverride, HoursState};
use crate::id::ScheduleId;
use crate::limits::{AFTER_HOURS_MAX, HOLIDAYS_MAX};
use crate::numbers::schedule::{self, Schedule};
use crate::problem::{Code, Problem};

/// A time at which something else holds than usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time {
    pub(crate) kind: AssociationKind,
    pub(crate) schedule: ScheduleId,
    pub(crate) enabled: bool,
}

/// What holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// It was closed by hand, and no time says what that means.
    Closed,
    /// The time of this index.
    Time(usize),
    Usual,
}

/// What was set to hold whatever the schedules say, a holiday in effect, then after-hours in effect, then what is usual.
pub(crate) fn choose<'a>(
    held: Option<HoursOverride>,
    times: &[Time],
    schedule: impl Fn(ScheduleId) -> Option<&'a Schedule>,
    at: Timestamp,
    zone: &TimeZone,
) -> Holds {
    if let Some(held) = held.filter(|held| held.until.is_none_or(|until| at < until)) {
        return match held.state {
            HoursState::Closed => {
                let after_hours = |one: &Time| one.kind == AssociationKind::AfterHours;
                times.iter().position(after_hours).map_or(Holds::Closed, Holds::Time)
            }
            HoursState::Open => Holds::Usual,
        };
    }
    for kind in [AssociationKind::Holiday, AssociationKind::AfterHours] {
        let enabled = || times.iter().enumerate().filter(|(_, one)| one.kind == kind && one.enabled);
        let schedules = enabled().filter_map(|(_, one)| schedule(one.schedule));
        let Some(in_effect) = schedule::latest(schedules, at, zone) else { continue };
        if let Some((index, _)) = enabled().find(|(_, one)| one.schedule == in_effect.id) {
            return Holds::Time(index);
        }
    }
    Holds::Usual
}

/// What is wrong with these times, which the settings have under `field`. Specification 1.8.
pub(crate) fn check(times: &[Time], field: &str, found: &mut Vec<Problem>) {
    let mut schedules = BTreeSet::new();
    for (index, time) in times.iter().enumerate() {
        if time.kind == AssociationKind::Holiday && !time.enabled {
            found.push(Problem::new(Code::AssociationDisabled, format!("{field}[{index}].enabled")));
        }
        if !schedules.insert(time.schedule) {
            found.push(Problem::new(Code::AssociationDuplicate, format!("{field}[{index}].schedule")));
        }
    }
    let count = |kind| times.iter().filter(|time| time.kind == kind).count();
    if count(AssociationKind::Holiday) > HOLIDAYS_MAX || count(AssociationKind::AfterHours) > AFTER_HOURS_MAX {
        found.push(Problem::new(Code::TooManyHolidays, field));
    }
}
