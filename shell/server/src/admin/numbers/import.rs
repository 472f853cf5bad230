//! Numbers from a file.

use std::collections::BTreeSet;

use jiff::Timestamp;
use phone::id::TenantId;
use phone::numbers::import::{self, Change, Held, Wish};
use phone::numbers::{Assignee, E164, Number};
use phone::order::{Order, OrderKind, Outcome};
use serde_json::Value;
use store::{Expected, NumberFilter, OrderLine, Paging, RequestKey, StoreError, Stored, Tx, WriteError};

use super::restoral;
use crate::admin::orders::lines::{kept, read};
use crate::admin::orders::{Request, unreadable};
use crate::admin::{Access, Refused};

/// Numbers read at once for an export.
const PAGE: u64 = 1_000;

impl Access {
    /// Takes an order to add and assign the numbers of a file.
    pub async fn import_numbers(&self, file: &[u8], dry_run: bool, key: Option<RequestKey>) -> Result<Order, Refused> {
        let read = import::read(file).map_err(|refusal| Refused::by_rule(&refusal))?;
        let lines = read.into_iter().map(|(line, wish)| match wish {
            Ok(wish) => Ok(OrderLine { line, wish: Some(kept(&wish)?), outcome: None }),
            Err(fault) => Ok(OrderLine { line, wish: None, outcome: Some(Outcome::Failed(fault)) }),
        });
        let lines = lines.collect::<Result<Vec<_>, StoreError>>()?;
        self.place_order(Request { kind: OrderKind::NumberImport, dry_run, key, lines }).await
    }

    /// All numbers of the organization, in their order.
    pub async fn all_numbers(&self) -> Result<Vec<Stored<Number>>, Refused> {
        let mut numbers = Vec::new();
        let mut paging = Paging { limit: PAGE, after: None, descending: false };
        loop {
            let page = self.store().numbers(self.tenant(), &NumberFilter::default(), &paging).await?;
            numbers.extend(page.items);
            match page.next {
                Some(next) => paging.after = Some(next),
                None => return Ok(numbers),
            }
        }
    }
}

/// Adds and assigns numbers, or says what would be done.
pub(in crate::admin) async fn carry_out(
    tx: &mut Tx,
    tenant: TenantId,
    order: &Order,
    wishes: &[Option<&Value>],
    now: Timestamp,
) -> Result<Vec<Outcome>, WriteError> {
    let wishes: Vec<Option<Wish>> = wishes.iter().map(|wish| read(*wish)).collect();
    let numbers: BTreeSet<E164> = wishes.iter().flatten().map(|wish| wish.number).collect();
    let names: BTreeSet<&str> = wishes.iter().flatten().filter_map(|wish| wish.assign_to.as_deref()).collect();
    let mut inventory = tx.inventory(tenant, &numbers, &names).await?;
    let mut outcomes = Vec::with_capacity(wishes.len());
    let mut changes = Vec::new();
    for wish in &wishes {
        outcomes.push(match wish.as_ref().map(|wish| inventory.take(now, wish)) {
            Some(Ok(change)) if change.is_one() => {
                let result = kept(&change)?;
                changes.push(change);
                Outcome::Done(Some(result))
            }
            Some(Ok(_)) => Outcome::Done(None),
            Some(Err(refusal)) => Outcome::Failed(refusal.fault()),
            None => unreadable(),
        });
    }
    if !order.dry_run {
        tx.save_number_changes(tenant, &changes.iter().collect::<Vec<_>>()).await?;
    }
    Ok(outcomes)
}

/// Takes back what an import did, where nobody changed it since.
pub(in crate::admin) async fn take_back(
    tx: &mut Tx,
    tenant: TenantId,
    changes: &[Option<&Value>],
    now: Timestamp,
) -> Result<Vec<Outcome>, WriteError> {
    let (mut outcomes, mut room) = (Vec::with_capacity(changes.len()), restoral::Room::default());
    for change in changes {
        // An order that gave numbers back tells the numbers as they were, all others what they changed.
        outcomes.push(match (read::<Change>(*change), read::<Number>(*change)) {
            (Some(change), _) => take_one_back(tx, tenant, &change, now).await?,
            (None, Some(number)) => restoral::take_back(tx, tenant, number.number, &mut room, now).await?,
            (None, None) => unreadable(),
        });
    }
    Ok(outcomes)
}

async fn take_one_back(tx: &mut Tx, tenant: TenantId, change: &Change, now: Timestamp) -> Result<Outcome, WriteError> {
    let number = change.after.number;
    let there = tx.number(tenant, number).await?.map(|there| there.value);
    match import::undo(change, there.as_ref()) {
        Ok(Some(back)) if back.assignee.is_some() && change.after.assignee.is_none() => {
            return give_again(tx, tenant, &back, &change.after, now).await;
        }
        Ok(Some(back)) => {
            tx.save_number(tenant, &back, Expected::Any).await?;
        }
        Ok(None) => {
            // Nothing that somebody has is given back: it is taken first.
            if let Ok(free) = change.after.unassign(now, None) {
                tx.save_number(tenant, &free, Expected::Any).await?;
            }
            tx.delete_number(tenant, number, Expected::Any).await?;
        }
        Err(refusal) => return Ok(Outcome::Failed(refusal.fault())),
    }
    Ok(Outcome::Done(None))
}

/// Gives a number again to who had it, by the rules for everybody: who had it may be gone, or have another one by now.
async fn give_again(
    tx: &mut Tx,
    tenant: TenantId,
    back: &Number,
    there: &Number,
    now: Timestamp,
) -> Result<Outcome, WriteError> {
    let (name, category) = match back.assignee {
        Some(Assignee::User(id)) => (Some(id.to_string()), Some(back.category)),
        Some(Assignee::ResourceAccount(id)) => (Some(id.to_string()), None),
        None => (None, None),
    };
    let numbers = BTreeSet::from([back.number]);
    let mut inventory = tx.inventory(tenant, &numbers, &name.as_deref().into_iter().collect()).await?;
    // What kept it from everybody was there for the time after it was taken.
    inventory.numbers.insert(back.number, Held::Here(there.unblock()));
    let (number, assign_to) = (back.number, name);
    let wish = Wish { assign_to, category, ..Wish::of(number) };
    match inventory.take(now, &wish) {
        Ok(change) => {
            tx.save_number(tenant, &change.after, Expected::Any).await?;
            Ok(Outcome::Done(None))
        }
        Err(refusal) => Ok(Outcome::Failed(refusal.fault())),
    }
}
