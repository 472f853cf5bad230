//! From where a person has licenses: given directly, and by groups. Specification of numbers, 1.1.3.
//!
//! What a person holds is told from what is wanted as a whole, never from what was done last: so it comes to the same
//! whatever the order of events. Only where seats are short, who has one keeps it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Catalogue, Enforcement, Means, PartNumber, Refusal, check_holder};
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

/// Decides what a person holds who held `held` before. Of groups that exclude each other the oldest one gives. What is
/// given directly stays wanted while its time is over, so that it is there again as soon as it is bought again.
pub fn settle(held: &BTreeSet<PartNumber>, wanted: &Wanted, country: &str, means: &Means) -> Settled {
    let mut after = match means.enforcement {
        Enforcement::Off | Enforcement::Warn => wanted.direct.clone(),
        Enforcement::Block => wanted.direct.difference(means.over).cloned().collect(),
    };
    let mut waiting = wanted.by_group.clone();
    loop {
        let mut failed = BTreeMap::new();
        let mut given = None;
        for (group, plans) in &waiting {
            match check_group(&after, plans, country, means.catalogue)
                .and_then(|()| check_seats(held, &after, plans, means))
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
fn check_group(
    besides: &BTreeSet<PartNumber>,
    plans: &BTreeSet<PartNumber>,
    country: &str,
    catalogue: &Catalogue,
) -> Result<(), Refusal> {
    let together: BTreeSet<PartNumber> = besides.union(plans).cloned().collect();
    let unlocked = catalogue.unlocked(&together);
    for part_number in plans {
        let plan = catalogue.find(part_number).ok_or_else(|| Refusal::UnknownPlan { plan: part_number.clone() })?;
        check_holder(plan, country)?;
        let others = together.iter().filter(|other| *other != part_number);
        let mut others = others.filter_map(|other| catalogue.find(other));
        if let Some(other) = others.find(|other| plan.excludes(other) || other.excludes(plan)) {
            return Err(Refusal::Exclusive { plan: part_number.clone(), other: other.part_number.clone() });
        }
        if let Some(needs) = plan.grant.needs.iter().find(|needs| !unlocked.contains(needs)) {
            return Err(Refusal::Dependency { plan: part_number.clone(), needs: *needs });
        }
    }
    Ok(())
}

fn check_seats(
    held: &BTreeSet<PartNumber>,
    after: &BTreeSet<PartNumber>,
    plans: &BTreeSet<PartNumber>,
    means: &Means,
) -> Result<(), Refusal> {
    match means.enforcement {
        Enforcement::Off | Enforcement::Warn => return Ok(()),
        Enforcement::Block => {}
    }
    // Who has a seat keeps it, as long as there is anything to have.
    let has = |plan: &&PartNumber| (held.contains(*plan) || after.contains(*plan)) && !means.over.contains(*plan);
    match plans.iter().filter(|plan| !has(plan)).find_map(|plan| means.lacks(plan)) {
        Some(refusal) => Err(refusal),
        None => Ok(()),
    }
}
