//! Which flow a caller meets. Specification of voice apps, 2.3.

use jiff::Timestamp;

use super::{Association, AssociationKind, CallFlow, Settings, Surroundings};
use crate::numbers::schedule::{self, Schedule};

/// Where the flow of a call stands in the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    Association(usize),
    Default,
}

/// A holiday in effect, then after-hours in effect, then the default.
pub(super) fn choose(settings: &Settings, surroundings: &Surroundings, at: Timestamp) -> Choice {
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
