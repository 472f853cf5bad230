//! Numbers that other carriers ask for: brought by who runs the server or by an operator, answered by the organization.

use std::collections::BTreeSet;

use jiff::Timestamp;
use phone::id::{PortOutId, TenantId};
use phone::numbers::import::Held;
use phone::numbers::port_out::pin::{PortingPin, Refusal as PinRefusal};
use phone::numbers::port_out::{OutState, PortOut, Refusal, RejectReason, Requester, Wanted, next_primary};
use phone::numbers::{Assignee, E164, Number};
use store::{Actor, Expected, PortStep, Store, StoreError, Stored, Tx, WriteError};
use uuid::Uuid;

use super::operator_access::OperatorCaller;
use super::{Access, Admin, Caller, Permission, Refused};
use crate::error::chain;
use crate::secret::Secret;

/// What another carrier asks for.
pub struct Ask {
    pub numbers: BTreeSet<E164>,
    pub pin: Secret,
    pub wanted: Wanted,
    pub answer_by: Option<Timestamp>,
}

/// What who brought a request says of its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    Cancelled,
    Ported,
}

/// A request with the organization whose numbers it is about.
pub type Asked = (TenantId, Stored<PortOut>);

impl Access {
    /// One request.
    pub async fn port_out(&self, id: PortOutId) -> Result<Stored<PortOut>, Refused> {
        let found = self.store().port_out(id).await?.filter(|(tenant, _)| *tenant == self.tenant());
        Ok(found.ok_or(Refused::NotFound { what: "port-out" })?.1)
    }

    /// Lets numbers go; all that wait, if none is named.
    pub async fn authorize_port_out(
        &self,
        id: PortOutId,
        named: &[E164],
        expected: Expected,
    ) -> Result<Stored<PortOut>, Refused> {
        self.answer_port_out(id, "authorized", None, expected, |out, now| out.authorize(now, named)).await
    }

    /// Keeps numbers; all that wait, if none is named.
    pub async fn reject_port_out(
        &self,
        id: PortOutId,
        named: &[E164],
        (reason, note): (RejectReason, Option<&str>),
        expected: Expected,
    ) -> Result<Stored<PortOut>, Refused> {
        self.answer_port_out(id, "rejected", note, expected, |out, now| out.reject(now, named, reason, note)).await
    }

    async fn answer_port_out(
        &self,
        id: PortOutId,
        what: &str,
        note: Option<&str>,
        expected: Expected,
        change: impl FnOnce(&PortOut, Timestamp) -> Result<PortOut, Refusal> + Send,
    ) -> Result<Stored<PortOut>, Refused> {
        let now = Timestamp::now();
        let mut tx = self.change().await?;
        let before = tx.port_out(self.tenant(), id).await?.ok_or(Refused::NotFound { what: "port-out" })?.value;
        let after = change(&before, now).map_err(|refusal| Refused::by_rule(&refusal))?;
        let step = PortStep { note: note.map(str::to_owned), ..step(&self.actor, now, what) };
        follow(&mut tx, self.tenant(), &before, &after, step, expected).await?;
        self.settle(tx).await?;
        self.port_out(id).await
    }
}

impl Caller {
    /// Asks for numbers in the name of another carrier.
    pub async fn ask_for_numbers(&self, asked: &Ask) -> Result<Asked, Refused> {
        let admin = self.begin_platform_change(Permission::Configure)?;
        ask(admin, &self.actor, Requester::Platform, asked).await
    }

    /// One request of any organization.
    pub async fn port_out(&self, id: PortOutId) -> Result<Asked, Refused> {
        let found = self.begin_platform()?.store.port_out(id).await?;
        found.ok_or(Refused::NotFound { what: "port-out" })
    }

    /// Says that numbers are gone, or are wanted no longer; all that can be, if none is named.
    pub async fn report_port_out(&self, id: PortOutId, named: &[E164], said: Said) -> Result<Asked, Refused> {
        let admin = self.begin_platform_change(Permission::Configure)?;
        let (tenant, _) = self.port_out(id).await?;
        report(admin, &self.actor, (tenant, id), named, said).await
    }
}

impl OperatorCaller {
    /// Asks for numbers that the operator gave, in the name of another carrier.
    pub async fn ask_for_numbers(&self, asked: &Ask) -> Result<Asked, Refused> {
        let by = Requester::Operator(self.operator.id);
        ask(&self.admin, &Actor::Operator(self.operator.id), by, asked).await
    }

    /// One of the operator's requests.
    pub async fn port_out(&self, id: PortOutId) -> Result<Asked, Refused> {
        let own = Requester::Operator(self.operator.id);
        let found = self.store().port_out(id).await?.filter(|(_, found)| found.value.requested_by == own);
        found.ok_or(Refused::NotFound { what: "port-out" })
    }

    /// Says that numbers are gone, or are wanted no longer; all that can be, if none is named.
    pub async fn report_port_out(&self, id: PortOutId, named: &[E164], said: Said) -> Result<Asked, Refused> {
        let (tenant, _) = self.port_out(id).await?;
        report(&self.admin, &Actor::Operator(self.operator.id), (tenant, id), named, said).await
    }
}

async fn ask(admin: &Admin, actor: &Actor, by: Requester, asked: &Ask) -> Result<Asked, Refused> {
    let now = Timestamp::now();
    // The time to answer is told to people: without what nobody reads.
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let quoted = PortingPin::parse(asked.pin.expose()).map_err(|refusal| Refused::by_rule(&refusal))?;
    let id = PortOutId(Uuid::now_v7());
    let request = PortOut::new(id, now, by, asked.wanted.clone(), &asked.numbers, asked.answer_by)
        .map_err(|refusal| Refused::by_rule(&refusal))?;
    let mut tx = admin.store.begin(actor.clone(), now).await?;
    let (tenant, numbers) = wanted_numbers(&tx, by, &asked.numbers).await?;
    let Some((pin, status)) = tx.porting_pin(tenant).await? else {
        return Err(Refused::by_rule(&PinRefusal::NotSet));
    };
    status.tries.check(now).map_err(|refusal| Refused::by_rule(&refusal))?;
    let is_right = pin.is(&quoted);
    let tries = status.tries.after(now, is_right);
    if tries != status.tries {
        tx.save_pin_tries(tenant, tries).await?;
    }
    if !is_right {
        // What was tried is kept, or nobody would ever be locked out.
        tx.commit().await?;
        return Err(Refused::by_rule(&PinRefusal::Wrong));
    }
    for number in &numbers {
        let bound = number.begin_port_out(id).map_err(|refusal| Refused::by_rule(&refusal))?;
        tx.save_number(tenant, &bound, Expected::Any).await?;
    }
    let step = PortStep { note: Some(asked.wanted.gaining_carrier.clone()), ..step(actor, now, "requested") };
    tx.save_port_out(tenant, &request, &step, Expected::Absent).await?;
    finish(admin, tx, id).await
}

/// The numbers, and whose they are. Of numbers that may not be asked for nothing is told.
async fn wanted_numbers(tx: &Tx, by: Requester, numbers: &BTreeSet<E164>) -> Result<(TenantId, Vec<Number>), Refused> {
    let held = tx.held_numbers(numbers).await?;
    let first = numbers.iter().find(|number| held.iter().all(|(_, it)| it != *number));
    if let Some(number) = first {
        return Err(Refused::by_rule(&Refusal::NotHeld { number: *number }));
    }
    let mut found = Vec::with_capacity(numbers.len());
    let owners: BTreeSet<TenantId> = held.into_iter().map(|(tenant, _)| tenant).collect();
    for tenant in &owners {
        for held in tx.inventory(*tenant, numbers, &BTreeSet::new()).await?.numbers.into_values() {
            match held {
                Held::Here(number) if by.may_ask_for(&number) => found.push(number),
                Held::Here(number) => return Err(Refused::by_rule(&Refusal::NotHeld { number: number.number })),
                Held::Elsewhere | Held::Stock => {}
            }
        }
    }
    match (owners.first(), owners.len()) {
        (Some(tenant), 1) => Ok((*tenant, found)),
        (_, _) => Err(Refused::by_rule(&Refusal::SeveralOwners)),
    }
}

async fn report(
    admin: &Admin,
    actor: &Actor,
    (tenant, id): (TenantId, PortOutId),
    named: &[E164],
    said: Said,
) -> Result<Asked, Refused> {
    let now = Timestamp::now();
    let mut tx = admin.store.begin(actor.clone(), now).await?;
    let before = tx.port_out(tenant, id).await?.ok_or(Refused::NotFound { what: "port-out" })?.value;
    let (after, what) = match said {
        Said::Cancelled => (before.cancel(named), "cancelled"),
        Said::Ported => (before.complete(named), "ported"),
    };
    let after = after.map_err(|refusal| Refused::by_rule(&refusal))?;
    follow(&mut tx, tenant, &before, &after, step(actor, now, what), Expected::Any).await?;
    finish(admin, tx, id).await
}

async fn finish(admin: &Admin, tx: Tx, id: PortOutId) -> Result<Asked, Refused> {
    tx.commit().await?;
    admin.nudge.nudge();
    admin.store.port_out(id).await?.ok_or(Refused::NotFound { what: "port-out" })
}

/// Writes a request after a change, and what the change means for its numbers.
async fn follow(
    tx: &mut Tx,
    tenant: TenantId,
    before: &PortOut,
    after: &PortOut,
    step: PortStep,
    expected: Expected,
) -> Result<(), WriteError> {
    let changed = after.numbers.iter().filter(|(number, it)| before.numbers.get(*number) != Some(*it));
    let changed: Vec<(E164, OutState)> = changed.map(|(number, it)| (*number, it.state)).collect();
    for (number, state) in &changed {
        let Some(found) = tx.number(tenant, *number).await?.filter(|it| it.value.port_out == Some(after.id)) else {
            continue;
        };
        match state {
            OutState::Pending | OutState::Authorized => {}
            OutState::Rejected | OutState::Cancelled => {
                let stays = found.value.end_port_out();
                tx.save_number(tenant, &stays, Expected::Version(found.version)).await?;
            }
            OutState::Ported => leave(tx, tenant, &found.value).await?,
        }
    }
    let step = PortStep { numbers: changed.into_iter().map(|(number, _)| number).collect(), ..step };
    tx.save_port_out(tenant, after, &step, expected).await?;
    Ok(())
}

/// Takes a number from who has it, then from the organization. Another of the person's numbers becomes the primary in
/// its place.
async fn leave(tx: &mut Tx, tenant: TenantId, number: &Number) -> Result<(), WriteError> {
    if let Ok(free) = number.unassign(Timestamp::now(), None) {
        tx.save_number(tenant, &free, Expected::Any).await?;
    }
    if let Some(Assignee::User(user)) = number.assignee {
        let remaining = tx.numbers_of_user(tenant, user).await?.into_iter().map(|remaining| remaining.value);
        if let Some(primary) = next_primary(&remaining.collect::<Vec<_>>()) {
            tx.save_number(tenant, &primary, Expected::Any).await?;
        }
    }
    tx.port_number_out(tenant, number.number).await
}

/// Keeps the numbers of requests that nobody answered in time. One that can't be ended keeps no other from it.
pub async fn expire(store: &Store, now: Timestamp) -> Result<usize, StoreError> {
    let mut n_expired: usize = 0;
    loop {
        let n_before = n_expired;
        for (tenant, id) in store.overdue_port_outs(now).await? {
            match expire_one(store, now, tenant, id).await {
                Ok(is_ended) => n_expired = n_expired.saturating_add(usize::from(is_ended)),
                Err(WriteError::Store(error)) => return Err(error),
                Err(error) => tracing::warn!(error = chain(&error), request = %id, "a request for a number stays open"),
            }
        }
        if n_expired == n_before {
            return Ok(n_expired);
        }
    }
}

/// Reminds organizations of requests that they did not answer yet: an event tells webhooks and the audit.
pub async fn remind(store: &Store, now: Timestamp) -> Result<usize, WriteError> {
    let mut n_reminded: usize = 0;
    loop {
        let due = store.forgotten_port_outs(now).await?;
        if due.is_empty() {
            return Ok(n_reminded);
        }
        for (tenant, id) in due {
            let mut tx = store.begin(Actor::System, now).await?;
            let Some(before) = tx.port_out(tenant, id).await? else { continue };
            let reminded = before.value.remind(now);
            n_reminded = n_reminded.saturating_add(usize::from(reminded.is_some()));
            // One that ran out meanwhile is not to be reminded of any more.
            let after = reminded.unwrap_or_else(|| PortOut { remind_at: None, ..before.value.clone() });
            let expected = Expected::Version(before.version);
            tx.save_port_out(tenant, &after, &step(&Actor::System, now, "reminded"), expected).await?;
            tx.commit().await?;
        }
    }
}

async fn expire_one(store: &Store, now: Timestamp, tenant: TenantId, id: PortOutId) -> Result<bool, WriteError> {
    let mut tx = store.begin(Actor::System, now).await?;
    let Some(before) = tx.port_out(tenant, id).await? else { return Ok(false) };
    let Some(after) = before.value.expire(now) else { return Ok(false) };
    let step = step(&Actor::System, now, "expired");
    follow(&mut tx, tenant, &before.value, &after, step, Expected::Version(before.version)).await?;
    tx.commit().await?;
    Ok(true)
}

pub(super) fn step(actor: &Actor, at: Timestamp, what: &str) -> PortStep {
    PortStep { at, actor: actor.to_string(), what: what.to_owned(), numbers: Vec::new(), transfer_at: None, note: None }
}
