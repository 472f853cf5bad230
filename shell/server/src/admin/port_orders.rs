//! Numbers that come from other carriers: ordered by organizations, carried out by who runs the server.

pub mod documents;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use phone::id::{CallingProfileId, PortOrderId, TenantId};
use phone::limits::PORTED_NUMBERS_MAX;
use phone::numbers::import::{Change, Held, Wish};
use phone::numbers::number::{NumberSource, Origin};
use phone::numbers::operator::{CallingProfile, OfOperator};
use phone::numbers::port::check::{Fault as PortFault, Known, faults};
use phone::numbers::port::{Details, PortNumber, PortOrder, PortState, Report};
use phone::numbers::{Assignee, E164, Number};
use phone::rule::Broken as _;
use store::{AccountPin, Actor, Expected, PortStep, Stored, Tx};

use super::operator_access::OperatorCaller;
use super::refused::Fault;
use super::{Access, Admin, Caller, Permission, Refused};

/// An order with the organization that it is of.
pub type Queued = (TenantId, Stored<PortOrder>);

/// Numbers of an order, each with who is to have it at once.
pub type Wishes = BTreeMap<E164, Option<Assignee>>;

impl Access {
    /// One order.
    pub async fn port_order(&self, id: PortOrderId) -> Result<Stored<PortOrder>, Refused> {
        let found = self.store().port_order(self.tenant(), id).await?;
        found.ok_or(Refused::NotFound { what: "port order" })
    }

    /// What keeps an order from being handed in.
    pub async fn port_faults(&self, order: &PortOrder) -> Result<Vec<PortFault>, Refused> {
        Ok(faults(order, &as_of_today(self.store().known_of_port_order(self.tenant(), order).await?)))
    }

    /// What happened to an order.
    pub async fn port_steps(&self, id: PortOrderId) -> Result<Vec<PortStep>, Refused> {
        self.port_order(id).await?;
        Ok(self.store().port_steps(self.tenant(), id).await?)
    }

    /// Makes a draft; it may lack whatever is not known yet.
    pub async fn create_port_order(&self, order: &PortOrder, pin: Option<&str>) -> Result<(), Refused> {
        let order = PortOrder { has_account_pin: pin.is_some(), ..order.clone() };
        check_draft(&order.details, order.numbers.len())?;
        let mut tx = self.change().await?;
        let step = self.step("created", None);
        tx.save_port_order(self.tenant(), &order, kept(pin), &step, Expected::Absent).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Changes an order that waits for the organization.
    pub async fn change_port_order(
        &self,
        id: PortOrderId,
        expected: Expected,
        details: Details,
        numbers: Wishes,
        pin: Option<&str>,
    ) -> Result<Stored<PortOrder>, Refused> {
        check_draft(&details, numbers.len())?;
        let (tx, order) = self.begin_port_order(id).await?;
        let mut changed = order.edit(details, numbers).map_err(|refusal| Refused::by_rule(&refusal))?;
        changed.has_account_pin |= pin.is_some();
        self.finish_port_order(tx, &changed, kept(pin), self.step("changed", None), expected).await
    }

    /// Signs the letter of authorization.
    pub async fn sign_port_order(&self, id: PortOrderId, signed_by: &str) -> Result<Stored<PortOrder>, Refused> {
        let (tx, order) = self.begin_port_order(id).await?;
        let signed = order.sign(Timestamp::now(), signed_by).map_err(|refusal| Refused::by_rule(&refusal))?;
        let step = self.step("signed", Some(signed_by.trim().to_owned()));
        self.finish_port_order(tx, &signed, AccountPin::Keep, step, Expected::Any).await
    }

    /// Hands an order in, or a supplement to it, if nothing speaks against it.
    pub async fn submit_port_order(&self, id: PortOrderId, expected: Expected) -> Result<Stored<PortOrder>, Refused> {
        let (tx, order) = self.begin_port_order(id).await?;
        let submitted = order.submit().map_err(|refusal| Refused::by_rule(&refusal))?;
        let found = faults(&order, &as_of_today(tx.known_of_port_order(self.tenant(), &order).await?));
        if !found.is_empty() {
            return Err(Refused::Invalid {
                code: "port_order.faulty",
                detail: "the order would be refused as it is".to_owned(),
                faults: found.iter().map(fault).collect(),
                fix: found.first().map(phone::rule::Broken::fix),
            });
        }
        self.finish_port_order(tx, &submitted, AccountPin::Keep, self.step("submitted", None), expected).await
    }

    /// Gives an order up; what has come stays.
    pub async fn cancel_port_order(&self, id: PortOrderId, expected: Expected) -> Result<Stored<PortOrder>, Refused> {
        let (tx, order) = self.begin_port_order(id).await?;
        let cancelled = order.cancel().map_err(|refusal| Refused::by_rule(&refusal))?;
        self.finish_port_order(tx, &cancelled, AccountPin::Keep, self.step("cancelled", None), expected).await
    }

    /// Forgets an order that nobody works on.
    pub async fn delete_port_order(&self, id: PortOrderId, expected: Expected) -> Result<(), Refused> {
        let (mut tx, order) = self.begin_port_order(id).await?;
        order.check_delete().map_err(|refusal| Refused::by_rule(&refusal))?;
        tx.delete_port_order(self.tenant(), id, expected).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn begin_port_order(&self, id: PortOrderId) -> Result<(Tx, PortOrder), Refused> {
        let tx = self.change().await?;
        let found = tx.port_order(self.tenant(), id).await?.ok_or(Refused::NotFound { what: "port order" })?;
        Ok((tx, found.value))
    }

    async fn finish_port_order(
        &self,
        mut tx: Tx,
        order: &PortOrder,
        pin: AccountPin<'_>,
        step: PortStep,
        expected: Expected,
    ) -> Result<Stored<PortOrder>, Refused> {
        tx.save_port_order(self.tenant(), order, pin, &step, expected).await?;
        tx.commit().await?;
        self.port_order(order.id).await
    }

    fn step(&self, what: &str, note: Option<String>) -> PortStep {
        let actor = self.actor.to_string();
        step(actor, what, note)
    }
}

impl Caller {
    /// Whose order it is: for who runs the server.
    async fn tenant_of_port_order(&self, id: PortOrderId) -> Result<TenantId, Refused> {
        let found = self.begin_platform()?.store.tenant_of_port_order(id).await?;
        found.ok_or(Refused::NotFound { what: "port order" })
    }

    /// One order of any organization.
    pub async fn queued_port_order(&self, id: PortOrderId) -> Result<Queued, Refused> {
        let tenant = self.tenant_of_port_order(id).await?;
        let found = self.store().port_order(tenant, id).await?;
        Ok((tenant, found.ok_or(Refused::NotFound { what: "port order" })?))
    }

    /// The PIN of the account at the losing carrier, for who carries the order out.
    pub async fn port_account_pin(&self, id: PortOrderId) -> Result<Option<String>, Refused> {
        let admin = self.begin_platform_change(Permission::Configure)?;
        let tenant = self.tenant_of_port_order(id).await?;
        Ok(admin.store.account_pin(tenant, id).await?)
    }

    /// Says where numbers of an order are; all that are not over, if none is named. Those that have come are the
    /// organization's in the same moment.
    pub async fn report_port(&self, id: PortOrderId, named: &[E164], report: &Report) -> Result<Queued, Refused> {
        let admin = self.begin_platform_change(Permission::Configure)?;
        let tenant = self.tenant_of_port_order(id).await?;
        carry_on(admin, &self.actor, (tenant, id), named, report).await
    }
}

impl OperatorCaller {
    /// One of the orders that were handed in for the operator to carry out.
    pub async fn port_request(&self, id: PortOrderId) -> Result<Queued, Refused> {
        let none = || Refused::NotFound { what: "port request" };
        let tenant = self.store().tenant_of_port_order(id).await?.ok_or_else(none)?;
        let is_own = |order: &PortOrder| order.details.operator == Some(self.operator.id) && 0 < order.n_submitted;
        let found = self.store().port_order(tenant, id).await?.filter(|found| is_own(&found.value));
        if !self.has_consent(tenant).await? {
            return Err(none());
        }
        Ok((tenant, found.ok_or_else(none)?))
    }

    /// The PIN of the account at the losing carrier, for an order that the operator carries out.
    pub async fn port_request_pin(&self, id: PortOrderId) -> Result<Option<String>, Refused> {
        let (tenant, _) = self.port_request(id).await?;
        Ok(self.store().account_pin(tenant, id).await?)
    }

    /// Says where numbers of an order are that the operator carries out.
    pub async fn report_port(&self, id: PortOrderId, named: &[E164], report: &Report) -> Result<Queued, Refused> {
        let (tenant, _) = self.port_request(id).await?;
        carry_on(&self.admin, &Actor::Operator(self.operator.id), (tenant, id), named, report).await
    }
}

async fn carry_on(
    admin: &Admin,
    actor: &Actor,
    (tenant, id): (TenantId, PortOrderId),
    named: &[E164],
    report: &Report,
) -> Result<Queued, Refused> {
    let now = Timestamp::now();
    let mut tx = admin.store.begin(actor.clone(), now).await?;
    let before = tx.port_order(tenant, id).await?.ok_or(Refused::NotFound { what: "port order" })?;
    let after = before.value.report(now, named, report).map_err(|refusal| Refused::by_rule(&refusal))?;
    let moved: Vec<E164> = changed(&before.value, &after);
    let mut note = report.reason.clone();
    if report.state == PortState::Completed {
        let source = source(&tx, &after, report.profile).await?;
        note = land(&mut tx, tenant, (&after, source), &moved, now).await?.or(note);
    }
    let step = step(actor.to_string(), report.state.as_str(), note);
    let step = PortStep { numbers: moved, transfer_at: report.transfer_at, ..step };
    tx.save_port_order(tenant, &after, AccountPin::Keep, &step, Expected::Version(before.version)).await?;
    tx.commit().await?;
    admin.nudge.nudge();
    let found = admin.store.port_order(tenant, id).await?;
    Ok((tenant, found.ok_or(Refused::NotFound { what: "port order" })?))
}

/// Whose numbers they are when they have come: the operator's that brought them, in one of its calling profiles.
async fn source(tx: &Tx, order: &PortOrder, profile: Option<CallingProfileId>) -> Result<NumberSource, Refused> {
    let Some(operator) = order.details.operator else { return Ok(NumberSource::CallingPlan) };
    let known = tx.operator_documents::<CallingProfile>(operator).await?;
    match profile.filter(|profile| known.iter().any(|it| it.id == *profile)) {
        Some(profile) => Ok(NumberSource::Operator(OfOperator { id: operator, profile, may_change_location: true })),
        None => {
            let words = "numbers that an operator brings need one of its calling profiles";
            Err(Refused::field("calling_profile", "calling_profile.unknown", words))
        }
    }
}

/// Makes numbers that have come the organization's, and gives each to who is to have it. Who can't have it leaves it
/// free, for it has come all the same; then, in words, why.
async fn land(
    tx: &mut Tx,
    tenant: TenantId,
    (order, source): (&PortOrder, NumberSource),
    numbers: &[E164],
    now: Timestamp,
) -> Result<Option<String>, Refused> {
    let wanted: BTreeSet<E164> = numbers.iter().copied().collect();
    let assignee = |number: &E164| order.numbers.get(number).and_then(|it| it.assign_to).map(name_of);
    let names: BTreeMap<E164, String> = wanted.iter().filter_map(|it| Some((*it, assignee(it)?))).collect();
    let texts: BTreeSet<&str> = names.values().map(String::as_str).collect();
    let mut inventory = tx.inventory(tenant, &wanted, &texts).await?;
    if let Some(number) = wanted.iter().find(|number| inventory.numbers.contains_key(number)) {
        return Err(Refused::Conflict {
            code: "number.duplicate",
            detail: format!("{number} is on this server already"),
            fix: Some("have it given back first, then report again".to_owned()),
        });
    }
    let (mut changes, mut words) = (Vec::with_capacity(wanted.len()), Vec::new());
    for number in &wanted {
        let kind = order.details.usage;
        let origin = Origin { country: Some(order.details.country.clone()), ..Origin::default() };
        let come = Number { source, origin, ..Number::new(*number, kind) };
        inventory.numbers.insert(*number, Held::Here(come.clone()));
        let after = match names.get(number) {
            None => come,
            Some(name) => {
                let wish = Wish { assign_to: Some(name.clone()), ..Wish::of(*number) };
                match inventory.take(now, &wish) {
                    Ok(change) => change.after,
                    Err(refusal) => {
                        words.push(format!("{number} came and is assigned to nobody: {refusal}"));
                        come
                    }
                }
            }
        };
        changes.push(Change { before: None, after });
    }
    tx.save_number_changes(tenant, &changes.iter().collect::<Vec<_>>()).await?;
    Ok((!words.is_empty()).then(|| words.join("; ")))
}

fn changed(before: &PortOrder, after: &PortOrder) -> Vec<E164> {
    let is_other = |(number, it): &(&E164, &PortNumber)| before.numbers.get(*number) != Some(*it);
    after.numbers.iter().filter(is_other).map(|(number, _)| *number).collect()
}

fn name_of(assignee: Assignee) -> String {
    match assignee {
        Assignee::ResourceAccount(id) => id.to_string(),
        Assignee::User(id) => id.to_string(),
    }
}

fn step(actor: String, what: &str, note: Option<String>) -> PortStep {
    let at = Timestamp::now();
    PortStep { at, actor, what: what.to_owned(), numbers: Vec::new(), transfer_at: None, note }
}

/// What is known, with the day from which carriers' days are counted.
fn as_of_today(known: Known) -> Known {
    Known { today: Some(Timestamp::now().to_zoned(TimeZone::UTC).date()), ..known }
}

fn kept(pin: Option<&str>) -> AccountPin<'_> {
    pin.map_or(AccountPin::Keep, AccountPin::Set)
}

/// A draft may lack anything but what it is found by; it is no larger than an order.
fn check_draft(details: &Details, n_numbers: usize) -> Result<(), Refused> {
    if details.name.trim().is_empty() {
        return Err(Refused::field("name", "name.empty", "a name is needed"));
    }
    if PORTED_NUMBERS_MAX < n_numbers {
        return Err(Refused::by_rule(&PortFault::CountOutOfRange));
    }
    Ok(())
}

fn fault(found: &PortFault) -> Fault {
    Fault { field: found.field(), code: found.code().to_owned(), message: format!("{found}; {}", found.fix()) }
}
