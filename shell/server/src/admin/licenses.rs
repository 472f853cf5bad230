//! Licenses: seats bought, given and taken.

use std::collections::{BTreeMap, BTreeSet};

use phone::id::UserId;
use phone::people::license::{self, Capability, Enforcement, PartNumber, Plan, Refusal, Seats, Swap, catalogue};
use phone::rule::Broken as _;
use store::{Expected, Version};

use super::group_licenses::NO_SEATS;
use super::refused::Fault;
use super::{Access, Refused};

/// People in one request: as many as an import has lines, and few enough that other writers do not wait long.
const PEOPLE_MAX: usize = 10_000;

/// A plan with its seats.
pub struct Subscribed {
    pub plan: &'static Plan,
    pub seats: Seats,
}

/// What a change of licenses came to.
pub struct Assigned {
    pub people: Vec<(UserId, BTreeSet<PartNumber>)>,
    /// In words: what would have been refused if licenses were enforced.
    pub warnings: Vec<String>,
}

impl Access {
    /// Plans of which the organization has seats, or somebody a license.
    pub async fn subscriptions(&self) -> Result<Vec<Subscribed>, Refused> {
        let mut seats = self.store().seats(self.tenant()).await?;
        let accounts = catalogue::RESOURCE_ACCOUNT.part_number();
        let bought = self.store().subscription(self.tenant(), &accounts).await?.map(|row| row.value);
        let bought = license::resource_account_seats(bought, phone_system_licenses(&seats));
        let assigned = u32::try_from(self.store().n_resource_accounts(self.tenant()).await?).unwrap_or(u32::MAX);
        seats.insert(accounts, Seats { bought, assigned });
        let of_plan = |plan: &'static Plan| {
            let seats = seats.get(&plan.part_number()).copied()?;
            (seats != Seats::default()).then_some(Subscribed { plan, seats })
        };
        Ok(catalogue::PLANS.iter().filter_map(of_plan).collect())
    }

    /// Sets how many seats of a plan the organization has.
    pub async fn save_seats(
        &self,
        plan: &str,
        seats: u32,
        expected: Expected,
    ) -> Result<(Subscribed, Version), Refused> {
        let part_number = PartNumber(plan.to_owned());
        let plan = Plan::find(&part_number).ok_or(Refused::NotFound { what: "license plan" })?;
        let mut tx = self.change().await?;
        let enforcement = self.tenant_in(&tx).await?.license_enforcement;
        let assigned = tx.seats(self.tenant()).await?.get(&part_number).copied().unwrap_or_default().assigned;
        if enforcement == Enforcement::Block && seats < assigned {
            return Err(Refused::Conflict {
                code: "license.seats_in_use",
                detail: format!("{assigned} people hold {part_number}"),
                fix: Some("take the license away from some of them first".to_owned()),
            });
        }
        let version = tx.save_subscription(self.tenant(), &part_number, seats, expected).await?;
        tx.queue_failed(self.tenant(), Some(NO_SEATS)).await?;
        self.settle(tx).await?;
        self.settle_licenses().await?;
        // Who waited for a seat may have one now.
        let seats = self.store().seats(self.tenant()).await?.get(&part_number).copied().unwrap_or_default();
        Ok((Subscribed { plan, seats }, version))
    }

    /// Gives and takes licenses, for all of these people or, if a rule forbids it for one, for none.
    pub async fn change_licenses(&self, people: &[String], swap: &Swap) -> Result<Assigned, Refused> {
        if PEOPLE_MAX < people.len() {
            let words = format!("at most {PEOPLE_MAX} people in one request");
            return Err(Refused::field("users", "too_many_items", words));
        }
        let mut tx = self.change().await?;
        let tenant = self.tenant_in(&tx).await?;
        let mut seats = tx.seats(self.tenant()).await?;
        let mut outcome = Assigned { people: Vec::with_capacity(people.len()), warnings: Vec::new() };
        let mut broken = Vec::new();
        let mut has_freed = false;
        for (index, name) in people.iter().enumerate() {
            let user = match self.user_in(&tx, name).await {
                Ok(user) => user.value,
                Err(Refused::NotFound { .. }) => {
                    broken.push(Broken::Unknown { index });
                    continue;
                }
                Err(other) => return Err(other),
            };
            let held = tx.licenses_of(self.tenant(), user.id).await?;
            let country = user.country.as_deref().unwrap_or(&tenant.profile.country);
            let mut wanted = tx.wanted_licenses(self.tenant(), user.id).await?;
            let given: BTreeSet<PartNumber> =
                wanted.by_group.values().flatten().filter(|plan| held.contains(*plan)).cloned().collect();
            let taken = Swap { remove: swap.remove.difference(&given).cloned().collect(), ..swap.clone() };
            match license::change(&held, &taken, country, tenant.license_enforcement, &seats) {
                Ok(granted) => {
                    wanted.direct.retain(|plan| !swap.remove.contains(plan));
                    wanted.direct.extend(swap.add.iter().cloned());
                    tx.save_direct_licenses(self.tenant(), user.id, &wanted.direct).await?;
                    tx.save_licenses(self.tenant(), user.id, &granted.held).await?;
                    self.follow_licenses(&mut tx, user.id).await?;
                    // Who is in no group that gives any has what was decided here.
                    if !wanted.by_group.is_empty() {
                        self.settle_person(&mut tx, user.id).await?;
                    }
                    let after = tx.licenses_of(self.tenant(), user.id).await?;
                    count(&mut seats, &held, &after);
                    has_freed |= held.difference(&after).next().is_some();
                    let kept = swap.remove.intersection(&given).filter(|plan| after.contains(*plan));
                    let name = &user.display_name;
                    outcome.warnings.extend(kept.map(|plan| format!("{name}: {plan} stays, a group gives it")));
                    outcome.people.push((user.id, after));
                    outcome.warnings.extend(granted.warnings.iter().map(|it| format!("{}: {it}", user.display_name)));
                }
                Err(refusal) => broken.push(Broken::Rule { index, refusal }),
            }
        }
        refuse_all(people.len(), &broken)?;
        if has_freed {
            tx.queue_failed(self.tenant(), Some(NO_SEATS)).await?;
        }
        self.settle(tx).await?;
        self.settle_licenses().await?;
        Ok(outcome)
    }
}

/// Why a person of the request gets nothing.
enum Broken {
    Rule { index: usize, refusal: Refusal },
    Unknown { index: usize },
}

/// One person's refusal is the answer; of several, each has its line.
fn refuse_all(n_people: usize, broken: &[Broken]) -> Result<(), Refused> {
    match broken {
        [] => return Ok(()),
        [Broken::Rule { refusal, .. }] if n_people == 1 => return Err(Refused::by_rule(refusal)),
        [Broken::Unknown { .. }] if n_people == 1 => return Err(Refused::NotFound { what: "user" }),
        [..] => {}
    }
    let faults = broken.iter().map(|broken| match broken {
        Broken::Rule { index, refusal } => {
            Fault { field: format!("users[{index}]"), code: refusal.code().to_owned(), message: refusal.to_string() }
        }
        Broken::Unknown { index } => Fault {
            field: format!("users[{index}]"),
            code: "not_found".to_owned(),
            message: "there is no such user".to_owned(),
        },
    });
    let fix = broken.iter().find_map(|broken| match broken {
        Broken::Rule { refusal, .. } => Some(refusal.fix()),
        Broken::Unknown { .. } => None,
    });
    Err(Refused::Invalid {
        code: "licenses.refused",
        detail: format!("{} of {n_people} people can't have this; nothing was changed", broken.len()),
        faults: faults.collect(),
        fix,
    })
}

pub fn count(seats: &mut BTreeMap<PartNumber, Seats>, before: &BTreeSet<PartNumber>, after: &BTreeSet<PartNumber>) {
    for plan in after.difference(before) {
        let seats = seats.entry(plan.clone()).or_default();
        seats.assigned = seats.assigned.saturating_add(1);
    }
    for plan in before.difference(after) {
        let seats = seats.entry(plan.clone()).or_default();
        seats.assigned = seats.assigned.saturating_sub(1);
    }
}

pub(super) fn phone_system_licenses(seats: &BTreeMap<PartNumber, Seats>) -> u32 {
    let unlocks =
        |plan: &&PartNumber| Plan::find(plan).is_some_and(|plan| plan.unlocks.contains(&Capability::PhoneSystem));
    seats.iter().filter(|(plan, _)| unlocks(plan)).map(|(_, seats)| seats.assigned).sum()
}
