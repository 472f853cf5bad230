//! From where a person has licenses: given directly, and by groups. Specification of numbers, 1.1.3.
//!
//! What a person holds is told from what is wanted as a whole, never from what was done last: so it comes to the same
//! whatever the order of events. Only where seats are short, who has one keeps it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Capability, Enforcement, PartNumber, Plan, Refusal, Seats, check_holder, unlocked};
use crate::id::GroupId;

/// What is wanted for one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub direct: BTreeSet<PartNumber>,
    /// The plans of each group that the person is in.
    pub by_group: BTreeMap<GroupId, BTreeSet<PartNumber>>,
}

/// What it comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    pub held: BTreeSet<PartNumber>,
    /// Groups that can't give this person their plans, all of them or none.
    pub failed: BTreeMap<GroupId, Refusal>,
}

/// Decides what a person holds who held `held` before. Of groups that exclude each other the oldest one gives.
pub fn settle(
    held: &BTreeSet<PartNumber>,
    wanted: &Wanted,
    country: &str,
    enforcement: Enforcement,
    seats: &BTreeMap<PartNumber, Seats>,
) -> Settled {
    let mut after = wanted.direct.clone();
    let mut waiting = wanted.by_group.clone();
    loop {
        let mut failed = BTreeMap::new();
        let mut given = None;
        for (group, plans) in &waiting {
            match check_group(&after, plans, country)
                .and_then(|()| check_seats(held, &after, plans, enforcement, seats))
            {
                Ok(()) => {
                    given = Some(*group);
                    break;
                }
                Err(refusal) => {
                    failed.insert(*group, refusal);
                }
            }
        }
        // What one group gives may be what another one needs: those that failed are tried again.
        match given.and_then(|group| waiting.remove(&group)) {
            Some(plans) => after.extend(plans),
            None => return Settled { held: after, failed },
        }
    }
}

/// Whether a group's plans go with what the person has besides.
fn check_group(besides: &BTreeSet<PartNumber>, plans: &BTreeSet<PartNumber>, country: &str) -> Result<(), Refusal> {
    let together: BTreeSet<PartNumber> = besides.union(plans).cloned().collect();
    let unlocked = unlocked(&together);
    for part_number in plans {
        let plan = Plan::find(part_number).ok_or_else(|| Refusal::UnknownPlan { plan: part_number.clone() })?;
        check_holder(plan, country)?;
        let others = together.iter().filter(|other| *other != part_number).filter_map(Plan::find);
        if let Some(other) = others.into_iter().find(|other| excludes(plan, other) || excludes(other, plan)) {
            return Err(Refusal::Exclusive { plan: part_number.clone(), other: other.part_number() });
        }
        if let Some(needs) = plan.needs.iter().find(|needs| !unlocked.contains(needs)) {
            return Err(Refusal::Dependency { plan: part_number.clone(), needs: *needs });
        }
    }
    Ok(())
}

fn excludes(plan: &Plan, other: &Plan) -> bool {
    other.unlocks.iter().any(|capability: &Capability| plan.excludes.contains(capability))
}

fn check_seats(
    held: &BTreeSet<PartNumber>,
    after: &BTreeSet<PartNumber>,
    plans: &BTreeSet<PartNumber>,
    enforcement: Enforcement,
    seats: &BTreeMap<PartNumber, Seats>,
) -> Result<(), Refusal> {
    match enforcement {
        Enforcement::Off | Enforcement::Warn => return Ok(()),
        Enforcement::Block => {}
    }
    for plan in plans.iter().filter(|plan| !held.contains(*plan) && !after.contains(*plan)) {
        let Seats { bought, assigned } = seats.get(plan).copied().unwrap_or_default();
        if bought <= assigned {
            return Err(Refusal::NoSeats { plan: plan.clone(), bought });
        }
    }
    Ok(())
}
