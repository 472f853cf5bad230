//! What a change of an attendant needs.

use super::{Needed, Right};
use crate::apps::attendant::{Association, AssociationKind, CallFlow, Settings};

/// What it needs to make these settings of those. Every field is named here, so that none is opened by oversight.
pub fn rights_for(before: &Settings, after: &Settings) -> Needed {
    let mut needed = Needed::default();
    let Settings {
        id,
        name,
        language,
        time_zone,
        default_flow,
        associations,
        operator,
        wait_secs,
        user_name_extension,
        hours_override,
        authorized,
        voice_input,
        dial_scope,
        direct_digits,
    } = before;
    needed.right(Right::Language, *language != after.language);
    needed.right(Right::TimeZone, *time_zone != after.time_zone);
    let (greeting, routing) = (Right::BusinessHoursGreeting, Right::BusinessHoursRouting);
    flow(&mut needed, Some(default_flow), Some(&after.default_flow), greeting, routing);
    for kind in [AssociationKind::AfterHours, AssociationKind::Holiday] {
        let of_kind = |all: &'_ [Association]| all.iter().filter(|one| one.kind == kind).cloned().collect::<Vec<_>>();
        times(&mut needed, kind, &of_kind(associations), &of_kind(&after.associations));
    }
    // Open or closed whatever the schedules say.
    needed.right(Right::BusinessHours, *hours_override != after.hours_override);
    needed.role("id", *id != after.id);
    needed.role("name", *name != after.name);
    needed.role("operator", *operator != after.operator);
    needed.role("wait_seconds", *wait_secs != after.wait_secs);
    needed.role("user_name_extension", *user_name_extension != after.user_name_extension);
    needed.role("voice_input", *voice_input != after.voice_input);
    needed.role("dial_scope", *dial_scope != after.dial_scope);
    needed.role("direct_digits", *direct_digits != after.direct_digits);
    needed.role("authorized", *authorized != after.authorized);
    needed
}

/// Flows of one kind for certain times, each compared with what stands at its place.
fn times(needed: &mut Needed, kind: AssociationKind, before: &[Association], after: &[Association]) {
    let (hours, greeting, routing) = match kind {
        AssociationKind::AfterHours => (Right::BusinessHours, Right::AfterHoursGreeting, Right::AfterHoursRouting),
        AssociationKind::Holiday => (Right::Holidays, Right::HolidayGreeting, Right::HolidayRouting),
    };
    for place in 0..before.len().max(after.len()) {
        let (was, is) = (before.get(place), after.get(place));
        let when = |one: &Association| (one.schedule, one.enabled);
        needed.right(hours, was.map(when) != is.map(when));
        flow(needed, was.map(|one| &one.flow), is.map(|one| &one.flow), greeting, routing);
    }
}

/// The greeting and whether it must be heard are one thing, the menu and where it leads the other.
fn flow(needed: &mut Needed, was: Option<&CallFlow>, is: Option<&CallFlow>, greeting: Right, routing: Right) {
    let heard = |flow: &CallFlow| (flow.greeting.clone(), flow.force_listen);
    let led = |flow: &CallFlow| (flow.name.clone(), flow.menu.clone());
    needed.right(greeting, was.map(heard) != is.map(heard));
    needed.right(routing, was.map(led) != is.map(led));
}
