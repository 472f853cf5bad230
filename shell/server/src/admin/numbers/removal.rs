//! Many numbers are taken from who has them, or given back: an order, line by line.

use std::collections::BTreeSet;

use jiff::Timestamp;
use phone::id::TenantId;
use phone::numbers::E164;
use phone::numbers::number::removal::{Action, Effect, Wish, ordered};
use phone::order::{Order, OrderKind, Outcome};
use phone::rule::Broken as _;
use serde_json::Value;
use store::{Expected, RequestKey, Tx, WriteError};

use super::{Rest, check_count};
use crate::admin::orders::lines::{kept, of_wishes, read};
use crate::admin::orders::{Request, unreadable};
use crate::admin::refused::Fault;
use crate::admin::{Access, Refused};

/// What becomes of many numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    Release,
    Unassign(Rest),
}

impl Access {
    /// Takes an order about many numbers. Where numbers are to be given back, one that can't be keeps all of them: nobody
    /// wants half of a range to be gone.
    pub async fn remove_numbers(
        &self,
        numbers: &BTreeSet<E164>,
        removal: Removal,
        dry_run: bool,
        key: Option<RequestKey>,
    ) -> Result<Order, Refused> {
        check_count(numbers)?;
        let tx = self.change().await?;
        if let Some(known) = self.order_of_request(&tx, key.as_ref()).await? {
            return Ok(known);
        }
        let mut inventory = tx.inventory(self.tenant(), numbers, &BTreeSet::new()).await?;
        let numbers = ordered(numbers, &inventory);
        let (kind, action) = match removal {
            Removal::Release => (OrderKind::NumberRelease, Action::Release),
            Removal::Unassign(rest) => {
                (OrderKind::NumberUnassign, Action::Unassign { pause: self.pause_in(&tx, rest).await? })
            }
        };
        drop(tx);
        let wishes: Vec<Wish> = numbers.into_iter().map(|number| Wish { number, action }).collect();
        if removal == Removal::Release && !dry_run {
            let now = Timestamp::now();
            let refused = wishes.iter().filter_map(|wish| inventory.remove(now, wish).err());
            nothing_given_back(refused.map(|refusal| Fault {
                field: "numbers".to_owned(),
                code: refusal.code().to_owned(),
                message: refusal.to_string(),
            }))?;
        }
        self.place_order(Request { kind, dry_run, key, lines: of_wishes(wishes)? }).await
    }
}

/// Takes numbers from who has them, or gives them back; those of the platform rest before others get them.
pub(in crate::admin) async fn carry_out(
    tx: &mut Tx,
    tenant: TenantId,
    order: &Order,
    wishes: &[Option<&Value>],
    now: Timestamp,
) -> Result<Vec<Outcome>, WriteError> {
    let wishes: Vec<Option<Wish>> = wishes.iter().map(|wish| read(*wish)).collect();
    let numbers: BTreeSet<E164> = wishes.iter().flatten().map(|wish| wish.number).collect();
    let mut inventory = tx.inventory(tenant, &numbers, &BTreeSet::new()).await?;
    let (mut outcomes, mut changes, mut gone) = (Vec::with_capacity(wishes.len()), Vec::new(), BTreeSet::new());
    for wish in &wishes {
        outcomes.push(match wish.as_ref().map(|wish| inventory.remove(now, wish)) {
            Some(Ok(Effect::Save(change))) => {
                let result = kept(&change)?;
                changes.push(change);
                Outcome::Done(Some(result))
            }
            Some(Ok(Effect::Delete(number))) => {
                gone.insert(number.number);
                Outcome::Done(Some(kept(&number)?))
            }
            Some(Err(refusal)) => Outcome::Failed(refusal.fault()),
            None => unreadable(),
        });
    }
    if order.dry_run {
        return Ok(outcomes);
    }
    tx.save_number_changes(tenant, &changes.iter().collect::<Vec<_>>()).await?;
    for number in &gone {
        tx.delete_number(tenant, *number, Expected::Any).await?;
    }
    let resting: Vec<_> = tx.stock_items(&gone).await?.iter().map(|(item, _)| item.give_back(now, tenant)).collect();
    tx.save_stock_items(&resting).await?;
    Ok(outcomes)
}

fn nothing_given_back(faults: impl Iterator<Item = Fault>) -> Result<(), Refused> {
    let faults: Vec<Fault> = faults.collect();
    if faults.is_empty() {
        return Ok(());
    }
    Err(Refused::Invalid {
        code: "numbers.refused",
        detail: format!("{} of the numbers can't be given back; nothing was given back", faults.len()),
        faults,
        fix: Some("leave these out, or unassign them first, and send the rest again".to_owned()),
    })
}
