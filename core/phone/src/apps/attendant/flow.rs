//! Which flow a caller meets. Specification of voice apps, 2.3.

use jiff::Timestamp;

use super::{CallFlow, Settings, Surroundings};
use crate::apps::hours::{self, Holds};

/// Where the flow of a call stands in the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    Association(usize),
    Default,
}

/// What was set to hold whatever the schedules say, a holiday in effect, then after-hours in effect, then the default.
pub(super) fn choose(settings: &Settings, surroundings: &Surroundings, at: Timestamp) -> Choice {
    let schedule = |id| surroundings.schedules.iter().find(|one| one.id == id).map(AsRef::as_ref);
    match hours::choose(settings.hours_override, &settings.times(), schedule, at, &surroundings.zone) {
        Holds::Time(index) => Choice::Association(index),
        Holds::Closed | Holds::Usual => Choice::Default,
    }
}

/// The flow that was chosen.
pub(super) fn of(settings: &Settings, choice: Choice) -> &CallFlow {
    match choice {
        Choice::Association(index) => {
            settings.associations.get(index).map_or(&settings.default_flow, |association| &association.flow)
        }
        Choice::Default => &settings.default_flow,
    }
}
