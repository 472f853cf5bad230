//! A number that was given back is taken back by who gave it, as long as it rests.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use phone::id::TenantId;
use phone::numbers::civic_address::CivicAddress;
use phone::numbers::number::restoral::{Recipient, Refusal, Released, TakenBack};
use phone::numbers::quota::{Quota, QuotaExceeded};
use phone::numbers::{Assignee, E164, Number, NumberKind};
use phone::order::{LineFault, Outcome};
use phone::rule::Broken as _;
use serde::Deserialize as _;
use serde_json::{Value, json};
use store::{Event, EventFilter, Noun, Paging, StoreError, Stored, Tx, WriteError};

use crate::admin::{Access, Refused};

/// What happened to a number last is read so far back to find who had it.
const LOOKED_BACK: u64 = 100;

/// What is left of quotas while many numbers are taken back.
#[derive(Default)]
pub(super) struct Room(BTreeMap<NumberKind, Quota>);

impl Access {
    /// Takes a number back that the organization gave, for who had it last or for nobody.
    pub async fn restore_number(&self, number: E164, recipient: Recipient) -> Result<Stored<Number>, Refused> {
        let released = self.released(number).await?;
        let named = BTreeSet::from([number]);
        let mut tx = self.change().await?;
        let last = released.last.map(|(assignee, _)| match assignee {
            Assignee::User(id) => id.to_string(),
            Assignee::ResourceAccount(id) => id.to_string(),
        });
        let mut inventory = tx.inventory(self.tenant(), &named, &last.as_deref().into_iter().collect()).await?;
        let item = tx.stock_items(&named).await?.into_iter().next().map(|(item, _)| item);
        let restored = inventory.restore(Timestamp::now(), self.tenant(), &released, item.as_ref(), recipient);
        let (back, sold) = restored.map_err(|refusal| Refused::by_rule(&refusal))?;
        let back = self.where_it_was(&tx, back).await?;
        if let Some(sold) = &sold {
            self.check_quotas(&tx, std::slice::from_ref(sold)).await?;
        }
        tx.restore_number(self.tenant(), &back).await?;
        tx.save_stock_items(&Vec::from_iter(sold)).await?;
        self.settle(tx).await?;
        self.number(number).await
    }

    /// A number as its history has it at the time when it was given back.
    async fn released(&self, number: E164) -> Result<Released, Refused> {
        let filter =
            EventFilter { noun: Some("number".to_owned()), object: Some(number.to_string()), ..EventFilter::default() };
        let newest_first = Paging { limit: LOOKED_BACK, after: None, descending: true };
        let events = self.store().events(self.tenant(), &filter, &newest_first).await?.items;
        let Some((last, earlier)) = events.split_first() else { return Err(Refused::NotFound { what: "number" }) };
        released(number, last, earlier).map_err(|refusal| Refused::by_rule(&refusal))
    }

    /// The number at the address where it was used, if that is still there.
    async fn where_it_was(&self, tx: &Tx, number: Number) -> Result<Number, Refused> {
        if number.address.is_none() {
            return Ok(number);
        }
        match self.check_address(tx, &number, number.address).await {
            Ok(()) => Ok(number),
            Err(Refused::NotFound { .. }) => Ok(Number { address: None, ..number }),
            Err(refused) => Err(refused),
        }
    }
}

/// Takes a number of an order back that gave many: for who had it last, or for nobody where that can't be any more.
pub(super) async fn take_back(
    tx: &mut Tx,
    tenant: TenantId,
    number: E164,
    room: &mut Room,
    now: Timestamp,
) -> Result<Outcome, WriteError> {
    let failed = |refusal: &Refusal| Ok(Outcome::Failed(LineFault::by_rule(None, refusal)));
    let events = tx.events_of(tenant, Noun::Number, &number.to_string(), LOOKED_BACK).await?;
    let Some((last, earlier)) = events.split_first() else { return failed(&Refusal::NotReleased { number }) };
    let released = match released(number, last, earlier) {
        Ok(released) => released,
        Err(refusal) => return failed(&refusal),
    };
    let holder = released.last.map(|(assignee, _)| match assignee {
        Assignee::User(id) => id.to_string(),
        Assignee::ResourceAccount(id) => id.to_string(),
    });
    let named = BTreeSet::from([number]);
    let mut inventory = tx.inventory(tenant, &named, &holder.as_deref().into_iter().collect()).await?;
    let item = tx.stock_items(&named).await?.into_iter().next().map(|(item, _)| item);
    let TakenBack { restored: (back, sold), unassigned } =
        match inventory.restore_one_of_many(now, tenant, &released, item.as_ref()) {
            Ok(taken) => taken,
            Err(refusal) => return failed(&refusal),
        };
    if let Some(sold) = &sold
        && let Err(refusal) = room.take(tx, tenant, sold.kind).await?
    {
        return Ok(Outcome::Failed(LineFault::by_rule(None, &refusal)));
    }
    let is_there = match back.address {
        Some(address) => tx.document::<CivicAddress>(tenant, address.0).await?.is_some(),
        None => true,
    };
    let back = if is_there { back } else { Number { address: None, ..back } };
    tx.restore_number(tenant, &back).await?;
    tx.save_stock_items(&Vec::from_iter(sold)).await?;
    let why = unassigned.map(|why| json!({ "code": why.code(), "message": why.to_string(), "fix": why.fix() }));
    Ok(Outcome::Done(Some(json!({ "number": number, "assigned": back.assignee.is_some(), "unassigned_because": why }))))
}

impl Room {
    async fn take(
        &mut self,
        tx: &Tx,
        tenant: TenantId,
        kind: NumberKind,
    ) -> Result<Result<(), QuotaExceeded>, StoreError> {
        if !self.0.contains_key(&kind) {
            let enforcement = tx.tenant(tenant).await?.map(|row| row.value.license_enforcement).unwrap_or_default();
            let (basis, licensing) = (tx.quota_basis(tenant).await?, tx.licensing(tenant, enforcement).await?);
            let n_used = basis.n_used.get(&kind).copied().unwrap_or(0);
            self.0.insert(kind, Quota::of(kind, basis.set.get(&kind).copied(), &licensing.means(), n_used));
        }
        let Some(quota) = self.0.get_mut(&kind) else { return Ok(Ok(())) };
        let checked = quota.check(1);
        quota.n_used = quota.n_used.saturating_add(u32::from(checked.is_ok()));
        Ok(checked)
    }
}

/// The number as it was when it was given back, which must be the last that happened to it.
fn released(number: E164, last: &Event, earlier: &[Event]) -> Result<Released, Refusal> {
    match as_number(last.before.as_ref()).filter(|_| last.action == "delete") {
        Some(number) => Ok(Released { number, last: who_had_it(earlier) }),
        None => Err(Refusal::NotReleased { number }),
    }
}

/// Who had a number last while the organization held it, of its events the newest first.
fn who_had_it(events: &[Event]) -> Option<(Assignee, phone::numbers::number::Category)> {
    let since_it_came = events.iter().take_while(|event| event.action != "delete");
    let mut before = since_it_came.filter_map(|event| as_number(event.before.as_ref()));
    before.find_map(|number| Some((number.assignee?, number.category)))
}

fn as_number(value: Option<&Value>) -> Option<Number> {
    Number::deserialize(value?).ok()
}
