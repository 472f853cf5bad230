//! Licenses: seats bought, given and taken.

pub mod import;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use phone::id::UserId;
use phone::limits::HELD_DAYS;
use phone::numbers::E164;
use phone::people::User;
use phone::people::license::subscription::Renewal;
use phone::people::license::{
    self, Capability, Catalogue, Enforcement, Means, PartNumber, Plan, Refusal, Seats, Subscription, Swap,
};
use phone::rule::Broken as _;
use store::{Expected, LicenseChange, Licensee, TenantRow, Tx, Version, WriteError};
use uuid::Uuid;

use super::group_licenses::{NO_SEATS, settle_people};
use super::numbers::kept_or_given_back;
use super::refused::Fault;
use super::{Access, Refused};

/// People in one request, all of whom get theirs or none: few enough that other writers wait less than a tenth of a second.
const PEOPLE_MAX: usize = 1_000;
/// People who are read and written at once.
const TOGETHER: usize = 200;

/// A plan with its seats.
pub struct Subscribed {
    pub plan: Plan,
    pub seats: Seats,
    /// What was bought of it; none if nothing was.
    pub bought: Option<Subscription>,
    /// When it was asked.
    pub at: Timestamp,
}

/// What an organization is to have of a plan.
pub struct SeatWish {
    pub seats: u32,
    /// What is not given stays, or is as the plan is sold.
    pub ends_at: Option<Timestamp>,
    pub renewal: Option<Renewal>,
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
        let (catalogue, mut all_bought) =
            (self.store().catalogue().await?, self.store().subscriptions(self.tenant()).await?);
        let accounts = PartNumber::of_resource_accounts();
        let bought = all_bought.get(&accounts).map(|bought| bought.seats);
        let bought = license::resource_account_seats(bought, phone_system_licenses(&catalogue, &seats));
        let assigned = u32::try_from(self.store().n_resource_accounts(self.tenant()).await?).unwrap_or(u32::MAX);
        seats.insert(accounts, Seats { bought, assigned });
        let at = Timestamp::now();
        let of_plan = |plan: &Plan| {
            let seats = seats.get(&plan.part_number).copied()?;
            let bought = all_bought.remove(&plan.part_number);
            (seats != Seats::default()).then(|| Subscribed { plan: plan.clone(), seats, bought, at })
        };
        Ok(catalogue.plans().iter().filter_map(of_plan).collect())
    }

    /// Where the organization is, and those of its people who are nowhere else.
    pub async fn country(&self) -> Result<String, Refused> {
        Ok(self.tenant_row().await?.value.profile.country)
    }

    /// Everybody with what they are given directly, by extension.
    pub async fn direct_licenses(&self) -> Result<Vec<(User, BTreeSet<PartNumber>)>, Refused> {
        let mut given = self.store().direct_licenses(self.tenant()).await?;
        let people = self.all_users().await?.into_iter();
        let with_licenses = |(user, _): (User, Vec<String>)| {
            let given = given.remove(&user.id).unwrap_or_default();
            (user, given)
        };
        Ok(people.map(with_licenses).collect())
    }

    /// Sets how many seats of a plan the organization has.
    pub async fn save_seats(
        &self,
        plan: &str,
        wanted: &SeatWish,
        expected: Expected,
    ) -> Result<(Subscribed, Version), Refused> {
        let part_number = PartNumber(plan.to_owned());
        let (mut tx, seats) = (self.change().await?, wanted.seats);
        let plan = tx.catalogue().await?.find(&part_number).cloned();
        let plan = plan.ok_or(Refused::NotFound { what: "license plan" })?;
        let enforcement = self.tenant_in(&tx).await?.license_enforcement;
        let assigned = tx.seats(self.tenant()).await?.get(&part_number).copied().unwrap_or_default().assigned;
        if enforcement == Enforcement::Block && seats < assigned {
            return Err(Refused::Conflict {
                code: "license.seats_in_use",
                detail: format!("{assigned} people hold {part_number}"),
                fix: Some("take the license away from some of them first".to_owned()),
            });
        }
        let before = tx.subscription(self.tenant(), &part_number).await?;
        let n_before = before.as_ref().map_or(0, |before| before.seats);
        plan.check_seats(n_before, seats).map_err(|refusal| Refused::by_rule(&refusal))?;
        let bought = match &before {
            Some(before) => before.with_seats(seats, &plan.offer, tx.at()),
            None => Subscription::bought(seats, &plan.offer, tx.at()),
        };
        let bought = bought.with_end(wanted.ends_at, wanted.renewal, &plan.offer, tx.at());
        let version = tx.save_subscription(self.tenant(), &part_number, &bought, expected).await?;
        tx.queue_failed(self.tenant(), Some(NO_SEATS)).await?;
        let was_over = before.is_some_and(|before| before.is_over(tx.at()));
        if was_over != bought.is_over(tx.at()) {
            tx.queue_failed(self.tenant(), None).await?;
            tx.queue_of_plans(self.tenant(), &[part_number.clone()].into()).await?;
        }
        self.settle(tx).await?;
        self.settle_licenses().await?;
        // Who waited for a seat may have one now.
        let seats = self.store().seats(self.tenant()).await?.get(&part_number).copied().unwrap_or_default();
        Ok((Subscribed { plan, seats, bought: Some(bought), at: Timestamp::now() }, version))
    }

    /// Gives and takes licenses, for all of these people or, if a rule forbids it for one, for none.
    /// A dry run makes the same decisions and writes none of them.
    pub async fn change_licenses(&self, people: &[String], swap: &Swap, dry_run: bool) -> Result<Assigned, Refused> {
        if PEOPLE_MAX < people.len() {
            return Err(too_many(people.len()));
        }
        let mut tx = self.change().await?;
        let tenant = self.tenant_in(&tx).await?;
        let decided = self.decide_licenses(&tx, &tenant, people, swap).await?;
        let has_groups = |one: &&Decided| one.in_groups;
        // Who is in no group that gives any has what was decided here.
        let in_groups: BTreeSet<UserId> = decided.iter().filter(has_groups).map(|one| one.user).collect();
        let mut kept_now = BTreeMap::new();
        for some in decided.chunks(TOGETHER) {
            kept_now.append(&mut write_licenses(&mut tx, &tenant, some).await?);
        }
        let mut held = BTreeMap::new();
        if !in_groups.is_empty() {
            settle_people(&mut tx, self.tenant(), &in_groups).await?;
            let in_groups: Vec<UserId> = in_groups.into_iter().collect();
            for some in in_groups.chunks(TOGETHER) {
                held.append(&mut tx.licensees(self.tenant(), some).await?);
            }
        }
        let (mut outcome, mut has_freed) = (Assigned { people: Vec::new(), warnings: Vec::new() }, false);
        for one in decided {
            let after = held.remove(&one.user).map_or(one.granted, |now| now.held);
            has_freed |= one.before.difference(&after).next().is_some();
            let kept = swap.remove.intersection(&one.given_by_groups).filter(|plan| after.contains(*plan));
            let name = &one.display_name;
            let kept_now = kept_now.remove(&one.user).unwrap_or_default();
            outcome.warnings.extend(kept_now.into_iter().map(|number| kept_words(name, number)));
            outcome.warnings.extend(kept.map(|plan| format!("{name}: {plan} stays, a group gives it")));
            outcome.warnings.extend(one.warnings);
            outcome.people.push((one.user, after));
        }
        if dry_run {
            // The change is dropped with the transaction.
            return Ok(outcome);
        }
        if has_freed {
            tx.queue_failed(self.tenant(), Some(NO_SEATS)).await?;
        }
        self.settle(tx).await?;
        self.settle_licenses().await?;
        Ok(outcome)
    }

    /// What each of these people is to hold; whom the request names twice is here once.
    async fn decide_licenses(
        &self,
        tx: &Tx,
        tenant: &TenantRow,
        people: &[String],
        swap: &Swap,
    ) -> Result<Vec<Decided>, Refused> {
        let mut licensees = BTreeMap::new();
        let named = self.who_is_named(tx, people).await?;
        let ids: Vec<UserId> = named.values().copied().collect::<BTreeSet<_>>().into_iter().collect();
        for some in ids.chunks(TOGETHER) {
            licensees.append(&mut tx.licensees(self.tenant(), some).await?);
        }
        let mut licensing = tx.licensing(self.tenant(), tenant.license_enforcement).await?;
        let (mut decided, mut broken, mut seen) = (Vec::with_capacity(people.len()), Vec::new(), BTreeSet::new());
        for (index, name) in people.iter().enumerate() {
            let Some(user) = named.get(name.as_str()) else {
                broken.push(Broken::Unknown { index });
                continue;
            };
            let Some(licensee) = licensees.get(user).filter(|_| seen.insert(*user)) else { continue };
            match decide(*user, licensee, swap, tenant, &licensing.means()) {
                Ok(one) => {
                    count(&mut licensing.seats, &one.before, &one.granted);
                    decided.push(one);
                }
                Err(refusal) => broken.push(Broken::Rule { index, refusal }),
            }
        }
        refuse_all(people.len(), &broken)?;
        Ok(decided)
    }

    /// Who is meant by ids or extensions; who is not there is not here.
    async fn who_is_named<'a>(&self, tx: &Tx, names: &'a [String]) -> Result<BTreeMap<&'a str, UserId>, Refused> {
        let (mut ids, mut extensions) = (BTreeMap::new(), Vec::new());
        for name in names {
            match name.parse::<Uuid>() {
                Ok(id) => drop(ids.insert(name.as_str(), UserId(id))),
                Err(_) => extensions.push(name.as_str()),
            }
        }
        let there = tx.people_among(self.tenant(), &ids.values().copied().collect()).await?;
        let by_extension = tx.people_by_extension(self.tenant(), &extensions).await?;
        let mut named: BTreeMap<&str, UserId> = ids;
        named.retain(|_, id| there.contains(id));
        named.extend(extensions.into_iter().filter_map(|name| Some((name, *by_extension.get(name)?))));
        Ok(named)
    }
}

/// What a person is to hold.
struct Decided {
    user: UserId,
    display_name: String,
    before: BTreeSet<PartNumber>,
    granted: BTreeSet<PartNumber>,
    /// What that unlocks.
    unlocked: BTreeSet<Capability>,
    /// Of those, what does not come from groups.
    direct: BTreeSet<PartNumber>,
    given_by_groups: BTreeSet<PartNumber>,
    in_groups: bool,
    warnings: Vec<String>,
}

fn decide(
    user: UserId,
    licensee: &Licensee,
    swap: &Swap,
    tenant: &TenantRow,
    means: &Means,
) -> Result<Decided, Refusal> {
    let Licensee { display_name, country, held, wanted, .. } = licensee;
    let country = country.as_deref().unwrap_or(&tenant.profile.country);
    let by_group = wanted.by_group.values().flatten();
    let given_by_groups: BTreeSet<PartNumber> = by_group.filter(|plan| held.contains(*plan)).cloned().collect();
    let taken = Swap { remove: swap.remove.difference(&given_by_groups).cloned().collect(), ..swap.clone() };
    let granted = license::change(held, &taken, country, means)?;
    let stays = wanted.direct.iter().filter(|plan| !swap.remove.contains(*plan));
    Ok(Decided {
        user,
        display_name: display_name.clone(),
        before: held.clone(),
        direct: stays.chain(&swap.add).cloned().collect(),
        given_by_groups,
        in_groups: !wanted.by_group.is_empty(),
        warnings: granted.warnings.iter().map(|warning| format!("{display_name}: {warning}")).collect(),
        unlocked: means.catalogue.unlocked(&granted.held),
        granted: granted.held,
    })
}

/// Writes what some hundred people hold, and keeps their numbers or gives them back. Those that are kept from now on.
async fn write_licenses(
    tx: &mut Tx,
    tenant: &TenantRow,
    some: &[Decided],
) -> Result<BTreeMap<UserId, Vec<E164>>, WriteError> {
    let id = tenant.profile.id;
    let direct = some.iter().map(|one| (one.user, one.direct.clone())).collect();
    tx.replace_direct_licenses(id, &direct).await?;
    let differ = some.iter().filter(|one| one.before != one.granted);
    let changes: Vec<LicenseChange> = differ
        .map(|one| LicenseChange { user: one.user, before: one.before.clone(), after: one.granted.clone() })
        .collect();
    let users: Vec<UserId> = some.iter().map(|one| one.user).collect();
    let mut numbers = tx.numbers_of_people(id, &users).await?;
    let now = tx.at();
    let (mut follow, mut kept_now) = (Vec::new(), BTreeMap::new());
    for one in some {
        let numbers = numbers.remove(&one.user).unwrap_or_default();
        let changed: Vec<_> =
            kept_or_given_back(numbers, one.unlocked.clone(), tenant.license_enforcement, now).collect();
        let kept = changed.iter().filter(|change| change.after.held_until.is_some());
        kept_now.insert(one.user, kept.map(|change| change.after.number).collect());
        follow.extend(changed);
    }
    tx.replace_licenses(id, &changes).await?;
    tx.save_number_changes(id, &follow.iter().collect::<Vec<_>>()).await?;
    Ok(kept_now)
}

fn too_many(n_people: usize) -> Refused {
    let detail = format!("{n_people} people in one request; it has room for {PEOPLE_MAX}, so that others don't wait");
    Refused::Invalid {
        code: "licenses.too_many_people",
        faults: vec![Fault {
            field: "users".to_owned(),
            code: "too_many_items".to_owned(),
            message: format!("at most {PEOPLE_MAX} people"),
        }],
        detail,
        fix: Some(
            "let a group give the plan: its people get it in parts, and its page shows how far that is; or send several \
             requests"
                .to_owned(),
        ),
    }
}

/// Specification of numbers, 1.9: the lines that would be lost are told. Here they are kept for a while.
fn kept_words(name: &str, number: E164) -> String {
    format!(
        "{name}: {number} reaches nobody without this license, and is kept for {HELD_DAYS} days: give another license \
         until then, or assign the number to somebody else"
    )
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

pub(super) fn phone_system_licenses(catalogue: &Catalogue, seats: &BTreeMap<PartNumber, Seats>) -> u32 {
    let unlocks = |plan: &PartNumber| catalogue.unlocked([plan]).contains(&Capability::PhoneSystem);
    seats.iter().filter(|(plan, _)| unlocks(plan)).map(|(_, seats)| seats.assigned).sum()
}
