//! Which flow a caller meets. Specification of voice apps, 2.3.

use jiff::Timestamp;

use super::{Association, AssociationKind, CallFlow, HoursState, Settings, Surroundings};
use crate::numbers::schedule::{self, Schedule};

/// Where the flow of a call stands in the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    Association(usize),
    Default,
}

/// What was set to hold whatever the schedules say, a holiday in effect, then after-hours in effect, then the default.
pub(super) fn choose(settings: &Settings, surroundings: &Surroundings, at: Timestamp) -> Choice {
    if let Some(held) = settings.hours_override.filter(|held| held.until.is_none_or(|until| at < until)) {
        return match held.state {
            HoursState::Closed => {
                let after_hours = |one: &Association| one.kind == AssociationKind::AfterHours;
                settings.associations.iter().position(after_hours).map_or(Choice::Default, Choice::Association)
            }
            HoursState::Open => Choice::Default,
        };
    }
    for kind in [AssociationKind::Holiday, AssociationKind::AfterHours] {
        let enabled = || settings.associations.iter().enumerate().filter(|(_, one)| one.kind == kind && one.enabled);
        let schedules = enabled().filter_map(|(_, association)| schedule_of(association, surroundings));
        let Some(in_effect) = schedule::latest(schedules, at, &surroundings.zone) else { continue };
        if let Some((index, _)) = enabled().find(|(_, association)| association.schedule == in_effect.id) {
            return Choice::Association(index);
        }
    }
    Choice::Default
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

fn schedule_of<'a>(association: &Association, surroundings: &'a Surroundings) -> Option<&'a Schedule> {
    surroundings.schedules.iter().find(|schedule| schedule.id == association.schedule).map(AsRef::as_ref)
}
