//! Telephone numbers: told to us, given to people and services, taken, blocked, given back.

pub mod import;
pub mod mailing;
pub mod removal;
pub mod restoral;
pub mod tagging;

use std::collections::BTreeSet;

use jiff::Timestamp;
use phone::access::{Area, Object};
use phone::id::{CivicAddressId, ResourceAccountId, SiteId, TenantId, TrunkId, UserId};
use phone::limits::UPLOADED_NUMBERS_MAX;
use phone::numbers::import::Change;
use phone::numbers::number::category::{Category, Lines};
use phone::numbers::number::lifecycle::{self, Candidate};
use phone::numbers::number::{NumberSource, Origin, OriginChange, tags};
use phone::numbers::upload::{Item, check_plain, expand};
use phone::numbers::{Assignee, Country, E164, Number, NumberKind};
use phone::people::license::{Capability, Enforcement};
use phone::people::pause::Pause;
use phone::rule::Broken as _;
use store::{Expected, Store, StoreError, Stored, Tx, WriteError};

use super::refused::Fault;
use super::{Access, Refused};

/// What uploaded numbers are.
#[derive(Clone, Debug)]
pub struct Upload {
    pub kind: NumberKind,
    pub source: NumberSource,
    pub trunk: Option<TrunkId>,
    pub origin: Origin,
}

/// Who is to have a number.
#[derive(Clone, Debug)]
pub enum Recipient {
    ResourceAccount(ResourceAccountId),
    /// By id or extension; as which of their lines.
    User(String, Option<Category>),
}

/// How long a number that is taken from who has it is given to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// As the organization has it.
    AsUsual,
    For(Pause),
    None,
}

/// What is to change of a number beside who has it.
#[derive(Clone, Debug, Default)]
pub struct NumberChange {
    /// What it is for.
    pub kind: Option<NumberKind>,
    pub category: Option<Category>,
    pub site: Option<Option<SiteId>>,
    pub address: Option<Option<CivicAddressId>>,
    pub origin: OriginChange,
    /// All that it is to have.
    pub tags: Option<Vec<String>>,
}

impl Access {
    /// One number.
    pub async fn number(&self, number: E164) -> Result<Stored<Number>, Refused> {
        let found = self.store().number(self.tenant(), number).await?;
        found.ok_or(Refused::NotFound { what: "number" })
    }

    /// Adds numbers, all of them or none.
    pub async fn upload_numbers(&self, items: &[Item], upload: Upload) -> Result<usize, Refused> {
        let numbers = expand(items).map_err(|refused| {
            let faults = refused.into_iter().map(|(index, refusal)| Fault {
                field: format!("numbers[{index}]"),
                code: refusal.code().to_owned(),
                message: refusal.to_string(),
            });
            nothing_added(faults.collect())
        })?;
        if upload.source != NumberSource::DirectRouting {
            check_plain(&numbers).map_err(|refusal| Refused::by_rule(&refusal))?;
        }
        upload.origin.check().map_err(|refusal| Refused::by_rule(&refusal))?;
        if let Some(trunk) = upload.trunk
            && self.store().trunk(self.tenant(), trunk).await?.is_none()
        {
            return Err(Refused::field("trunk", "trunk.unknown", "there is no such trunk"));
        }
        let mut tx = self.change().await?;
        let held = tx.held_numbers(&numbers).await?;
        if !held.is_empty() {
            return Err(nothing_added(held.iter().map(|held| self.held_already(held)).collect()));
        }
        let unsold = tx.unsold(&numbers).await?;
        if !unsold.is_empty() {
            return Err(nothing_added(unsold.iter().map(in_stock).collect()));
        }
        let new = numbers.iter().map(|number| {
            let Upload { kind, source, trunk, origin } = upload.clone();
            let after = Number { source, trunk, origin, ..Number::new(*number, kind) };
            Change { before: None, after }
        });
        let new: Vec<Change> = new.collect();
        tx.save_number_changes(self.tenant(), &new.iter().collect::<Vec<_>>()).await?;
        self.settle(tx).await?;
        Ok(numbers.len())
    }

    /// Gives a number to a person or a service.
    pub async fn assign_number(&self, number: E164, to: &Recipient) -> Result<Stored<Number>, Refused> {
        let (tx, found) = self.begin_number(number).await?;
        let owner = self.owner_in(&tx, &found.value).await?;
        if found.value.assignee.is_none() {
            self.check_unkept(&tx, &found.value).await?;
        }
        let changed = self.assigned(&tx, &found.value, to, owner.as_deref()).await?;
        self.finish_number(tx, found, changed).await
    }

    /// A number as it is once a person or a service has it.
    pub(super) async fn assigned(
        &self,
        tx: &Tx,
        number: &Number,
        to: &Recipient,
        owner: Option<&str>,
    ) -> Result<Number, Refused> {
        let assigned = match to {
            Recipient::ResourceAccount(id) => {
                let account = tx.resource_account(self.tenant(), *id).await?;
                account.ok_or(Refused::NotFound { what: "resource account" })?;
                let assigned = number.assign_to_account(Timestamp::now(), *id, owner);
                assigned.map_err(|refusal| Refused::by_rule(&refusal))?
            }
            Recipient::User(name, category) => self.assign_to_user(tx, number, name, *category, owner).await?,
        };
        self.check_located(tx, number).await?;
        Ok(assigned)
    }

    /// Takes a number from who has it.
    pub async fn unassign_number(&self, number: E164, rest: Rest) -> Result<Stored<Number>, Refused> {
        let (tx, found) = self.begin_number(number).await?;
        let pause = self.pause_in(&tx, rest).await?;
        if let Some(Assignee::User(user)) = found.value.assignee {
            let others = tx.numbers_of_user(self.tenant(), user).await?.into_iter().map(|number| number.value);
            let others: Vec<Number> = others.filter(|other| other.number != number).collect();
            let name = self.owner_in(&tx, &found.value).await?.unwrap_or_default();
            let leaves = found.value.check_primary_leaves(&Lines::of(&others), &name);
            leaves.map_err(|refusal| Refused::by_rule(&refusal))?;
        }
        let free = found.value.unassign(Timestamp::now(), pause).map_err(|refusal| Refused::by_rule(&refusal))?;
        self.finish_number(tx, found, free).await
    }

    /// Changes what a number is for and to its person, where it belongs, and what it is found by. A number that becomes the
    /// primary makes the one that was an alternate.
    pub async fn change_number(
        &self,
        number: E164,
        expected: Expected,
        change: NumberChange,
    ) -> Result<Stored<Number>, Refused> {
        let (mut tx, found) = self.begin_number(number).await?;
        let mut changed = found.value.clone();
        if let Some(kind) = change.kind.filter(|kind| *kind != found.value.kind) {
            changed = self.of_kind(&tx, &found.value, kind).await?;
        }
        if let Some(site) = change.site {
            if let Some(site) = site {
                self.site_in(&tx, site).await?;
            }
            changed.site = site;
        }
        if let Some(address) = change.address {
            if address != found.value.address {
                self.check_address(&tx, &changed, address).await?;
            }
            changed.address = address;
        }
        let origin = change.origin.of(&changed.origin);
        changed = changed.described(origin).map_err(|refusal| Refused::by_rule(&refusal))?;
        if let Some(words) = &change.tags {
            let read = tags::read(words.iter().map(String::as_str));
            changed.tags =
                read.map_err(|problem| Refused::field(problem.field, problem.code.as_str(), problem.code.to_string()))?;
        }
        let mut all = vec![changed.clone()];
        if let Some(category) = change.category {
            let recategorized = self.recategorized(&tx, &changed, category).await?;
            if !recategorized.is_empty() {
                all = recategorized;
            }
        }
        for after in all {
            // The primary that gives way may be in a part that the caller may not change.
            self.check_beside(Area::Numbers, Object::of_number(&after))?;
            let expected = if after.number == number { expected } else { Expected::Any };
            if after.number != number || after != found.value || matches!(expected, Expected::Version(_)) {
                tx.save_number(self.tenant(), &after, expected).await?;
            }
        }
        self.settle(tx).await?;
        self.number(number).await
    }

    /// Gives a number to nobody for a while.
    pub async fn block_number(&self, number: E164, pause: Pause) -> Result<Stored<Number>, Refused> {
        let (tx, found) = self.begin_number(number).await?;
        let owner = self.owner_in(&tx, &found.value).await?;
        let blocked = found.value.block(Timestamp::now(), owner.as_deref(), pause);
        let blocked = blocked.map_err(|refusal| Refused::by_rule(&refusal))?;
        self.finish_number(tx, found, blocked).await
    }

    /// Ends a block.
    pub async fn unblock_number(&self, number: E164) -> Result<Stored<Number>, Refused> {
        let (tx, found) = self.begin_number(number).await?;
        let free = found.value.unblock();
        self.finish_number(tx, found, free).await
    }

    /// Gives a number back that nobody has. One of the platform's rests before another gets it.
    pub async fn release_number(&self, number: E164, expected: Expected) -> Result<(), Refused> {
        let (mut tx, found) = self.begin_number(number).await?;
        let owner = self.owner_in(&tx, &found.value).await?;
        found.value.check_release(owner.as_deref()).map_err(|refusal| Refused::by_rule(&refusal))?;
        self.check_unkept(&tx, &found.value).await?;
        self.release_in(&mut tx, number, expected).await?;
        self.settle(tx).await
    }

    /// Gives a number back that nobody has, within a change.
    pub(super) async fn release_in(&self, tx: &mut Tx, number: E164, expected: Expected) -> Result<(), Refused> {
        tx.delete_number(self.tenant(), number, expected).await?;
        let items = tx.stock_items(&BTreeSet::from([number])).await?.into_iter();
        let resting: Vec<_> = items.map(|(item, _)| item.give_back(Timestamp::now(), self.tenant())).collect();
        tx.save_stock_items(&resting).await?;
        Ok(())
    }

    /// How long a number is given to nobody that is taken now.
    pub(super) async fn pause_in(&self, tx: &Tx, rest: Rest) -> Result<Option<Pause>, Refused> {
        Ok(match rest {
            Rest::AsUsual => self.tenant_in(tx).await?.profile.number_pause,
            Rest::For(pause) => Some(pause),
            Rest::None => None,
        })
    }

    /// No policy keeps the number for emergency services to call back.
    async fn check_unkept(&self, tx: &Tx, number: &Number) -> Result<(), Refused> {
        let kept = tx.kept_numbers(self.tenant()).await?;
        let checked = number.check_unkept(kept.get(&number.number).map(String::as_str));
        checked.map_err(|refusal| Refused::by_rule(&refusal))
    }

    /// A number for something else: one of the platform's within the quota of that.
    async fn of_kind(&self, tx: &Tx, number: &Number, kind: NumberKind) -> Result<Number, Refused> {
        let owner = self.owner_in(tx, number).await?;
        self.check_unkept(tx, number).await?;
        let changed = number.change_kind(kind, owner.as_deref()).map_err(|refusal| Refused::by_rule(&refusal))?;
        if number.source == NumberSource::CallingPlan {
            self.check_quota(tx, kind, 1).await?;
        }
        Ok(changed)
    }

    /// Keeps the numbers of a person whose licenses no longer suffice, and gives them back when they do. Those that are kept
    /// from now on.
    pub(super) async fn follow_licenses(&self, tx: &mut Tx, user: UserId) -> Result<Vec<E164>, Refused> {
        Ok(follow_licenses(tx, self.tenant(), user, Timestamp::now()).await?)
    }

    /// A change, and the number that it is about.
    async fn begin_number(&self, number: E164) -> Result<(Tx, Stored<Number>), Refused> {
        let tx = self.change().await?;
        let found = tx.number(self.tenant(), number).await?;
        Ok((tx, found.ok_or(Refused::NotFound { what: "number" })?))
    }

    /// Makes the change, if it is one.
    async fn finish_number(
        &self,
        mut tx: Tx,
        found: Stored<Number>,
        changed: Number,
    ) -> Result<Stored<Number>, Refused> {
        if changed != found.value {
            tx.save_number(self.tenant(), &changed, Expected::Version(found.version)).await?;
            self.settle(tx).await?;
        }
        self.number(changed.number).await
    }

    /// Whether the number is used at an address, where its country wants one before somebody has it.
    async fn check_located(&self, tx: &Tx, number: &Number) -> Result<(), Refused> {
        let Some(country) = Country::of(number.number).map(Country::code).filter(|_| number.assignee.is_none()) else {
            return Ok(());
        };
        let rule = tx.country_profile(&country).await?.location_required;
        number.check_located(rule, &country).map_err(|refusal| Refused::by_rule(&refusal))
    }

    async fn assign_to_user(
        &self,
        tx: &Tx,
        number: &Number,
        name: &str,
        category: Option<Category>,
        owner: Option<&str>,
    ) -> Result<Number, Refused> {
        let tenant = self.tenant_in(tx).await?;
        let user = self.user_in(tx, name).await?.value;
        let licenses = tx.licenses_of(self.tenant(), user.id).await?;
        let numbers = tx.numbers_of_user(self.tenant(), user.id).await?;
        let person = Candidate {
            id: user.id,
            display_name: &user.display_name,
            country: user.country.as_deref().unwrap_or(&tenant.profile.country),
            unlocked: &tx.catalogue().await?.unlocked(&licenses),
            lines: Lines::of(numbers.iter().map(|number| &number.value)),
        };
        let assigned = number.assign_to_user(Timestamp::now(), &person, category, owner, tenant.license_enforcement);
        assigned.map_err(|refusal| Refused::by_rule(&refusal))
    }

    /// The numbers that change when this one becomes another of its person's lines.
    async fn recategorized(&self, tx: &Tx, number: &Number, category: Category) -> Result<Vec<Number>, Refused> {
        let tenant = self.tenant_in(tx).await?;
        let Some(Assignee::User(id)) = number.assignee else {
            let refusal = lifecycle::Refusal::NotOfPerson { number: number.number };
            return Err(Refused::by_rule(&refusal));
        };
        let user = self.user_in(tx, &id.to_string()).await?.value;
        let numbers = tx.numbers_of_user(self.tenant(), id).await?.into_iter();
        let numbers: Vec<Number> = numbers.map(|number| number.value).collect();
        let person = Candidate {
            id,
            display_name: &user.display_name,
            country: user.country.as_deref().unwrap_or(&tenant.profile.country),
            // What is held already needs no license to be another line.
            unlocked: &BTreeSet::new(),
            lines: Lines::of(&numbers),
        };
        number.recategorize(category, &numbers, &person).map_err(|refusal| Refused::by_rule(&refusal))
    }

    /// The name of who has a number.
    async fn owner_in(&self, tx: &Tx, number: &Number) -> Result<Option<String>, Refused> {
        Ok(match number.assignee {
            Some(Assignee::User(id)) => {
                let user = tx.user(self.tenant(), id).await?;
                Some(user.map_or_else(|| format!("the person {id}"), |user| user.value.display_name))
            }
            Some(Assignee::ResourceAccount(id)) => {
                let account = tx.resource_account(self.tenant(), id).await?;
                Some(account.map_or_else(|| format!("the service {id}"), |account| account.value.display_name))
            }
            None => None,
        })
    }

    /// Who else has a number is nobody's business.
    fn held_already(&self, (tenant, number): &(TenantId, E164)) -> Fault {
        let (code, message) = if *tenant == self.tenant() {
            ("number.duplicate", format!("{number} is one of your numbers already"))
        } else {
            ("number.owned_by_another_tenant", format!("{number} belongs to another organization on this server"))
        };
        Fault { field: "numbers".to_owned(), code: code.to_owned(), message }
    }
}

/// Frees the numbers whose holders did not get the license back in time.
pub async fn free_held_numbers(store: &Store, now: Timestamp) -> Result<usize, WriteError> {
    let mut n_freed = 0;
    for (tenant, number) in store.numbers_held_until(now).await? {
        let mut tx = store.begin(store::Actor::System, now).await?;
        let Some(Stored { value: Number { assignee: Some(Assignee::User(user)), .. }, .. }) =
            tx.number(tenant, number).await?
        else {
            continue;
        };
        follow_licenses(&mut tx, tenant, user, now).await?;
        let still_held = tx.number(tenant, number).await?.filter(|found| found.value.held_until.is_some());
        let pause = tx.tenant(tenant).await?.and_then(|row| row.value.profile.number_pause);
        if let Some(Stored { value, version, .. }) = still_held
            && let Ok(free) = value.unassign(now, pause)
        {
            tx.save_number(tenant, &free, Expected::Version(version)).await?;
            n_freed += 1;
        }
        tx.commit().await?;
    }
    Ok(n_freed)
}

/// Keeps the numbers of a person whose licenses no longer suffice, and gives them back when they do. Those that are kept
/// from now on.
pub(super) async fn follow_licenses(
    tx: &mut Tx,
    tenant: TenantId,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<E164>, WriteError> {
    let enforcement = enforcement(tx, tenant).await?;
    let held = tx.licenses_of(tenant, user).await?;
    let numbers = tx.numbers_of_user(tenant, user).await?;
    let unlocked = tx.catalogue().await?.unlocked(&held);
    let changes: Vec<Change> = kept_or_given_back(numbers, unlocked, enforcement, now).collect();
    tx.save_number_changes(tenant, &changes.iter().collect::<Vec<_>>()).await?;
    let kept = changes.iter().filter(|change| change.after.held_until.is_some());
    Ok(kept.map(|change| change.after.number).collect())
}

/// What becomes of numbers of a person whose licenses are known to unlock this, where anything does.
pub(super) fn kept_or_given_back(
    numbers: Vec<Stored<Number>>,
    unlocked: BTreeSet<Capability>,
    enforcement: Enforcement,
    now: Timestamp,
) -> impl Iterator<Item = Change> + use<> {
    let changes = numbers.into_iter().map(move |number| {
        let after = number.value.after_licenses(now, &unlocked, enforcement);
        Change { before: Some(number.value), after }
    });
    changes.filter(Change::is_one)
}

async fn enforcement(tx: &Tx, tenant: TenantId) -> Result<Enforcement, StoreError> {
    Ok(tx.tenant(tenant).await?.map(|row| row.value.license_enforcement).unwrap_or_default())
}

/// Whether so many numbers fit into an order.
fn check_count(numbers: &BTreeSet<E164>) -> Result<(), Refused> {
    if (1..=UPLOADED_NUMBERS_MAX).contains(&numbers.len()) {
        return Ok(());
    }
    let words = format!("an order is for 1 to {UPLOADED_NUMBERS_MAX} numbers");
    Err(Refused::field("numbers", "number.too_many_items", words))
}

fn in_stock(number: &E164) -> Fault {
    let message = format!("{number} is in the stock of who runs the server; order it there");
    Fault { field: "numbers".to_owned(), code: "number.in_stock".to_owned(), message }
}

fn nothing_added(faults: Vec<Fault>) -> Refused {
    let fix = "leave these out or correct them, and send the rest again";
    Refused::Invalid {
        code: "numbers.refused",
        detail: format!("{} of the numbers can't be added; nothing was added", faults.len()),
        faults,
        fix: Some(fix.to_owned()),
    }
}
