//! Many numbers get tags and lose some: an order, line by line.

use std::collections::BTreeSet;

use phone::id::TenantId;
use phone::numbers::E164;
use phone::numbers::import::{Change, Held};
use phone::numbers::number::tags::{self, Refusal, Wish};
use phone::order::{LineFault, Order, OrderKind, Outcome};
use phone::problem::Problem;
use serde_json::Value;
use store::{RequestKey, Tx, WriteError};

use super::check_count;
use crate::admin::orders::lines::{kept, of_wishes, read};
use crate::admin::orders::{Request, unreadable};
use crate::admin::{Access, Refused};

impl Access {
    /// Takes an order to change the tags of many numbers.
    pub async fn tag_numbers(
        &self,
        numbers: &BTreeSet<E164>,
        (add, remove): (&[String], &[String]),
        key: Option<RequestKey>,
    ) -> Result<Order, Refused> {
        check_count(numbers)?;
        let refused = |problem: Problem| Refused::field(problem.field, problem.code.as_str(), problem.code.to_string());
        let add = tags::read(add.iter().map(String::as_str)).map_err(refused)?;
        let remove = tags::read(remove.iter().map(String::as_str)).map_err(refused)?;
        if add.is_empty() && remove.is_empty() {
            return Err(Refused::field("add", "tag.none", "name a tag to be added or taken away"));
        }
        let wishes = numbers.iter().map(|number| Wish { number: *number, add: add.clone(), remove: remove.clone() });
        let lines = of_wishes(wishes)?;
        self.place_order(Request { kind: OrderKind::NumberTag, dry_run: false, key, lines }).await
    }
}

/// Changes the tags of numbers.
pub(in crate::admin) async fn carry_out(
    tx: &mut Tx,
    tenant: TenantId,
    wishes: &[Option<&Value>],
) -> Result<Vec<Outcome>, WriteError> {
    let wishes: Vec<Option<Wish>> = wishes.iter().map(|wish| read(*wish)).collect();
    let numbers: BTreeSet<E164> = wishes.iter().flatten().map(|wish| wish.number).collect();
    let held = tx.inventory(tenant, &numbers, &BTreeSet::new()).await?.numbers;
    let (mut outcomes, mut changes) = (Vec::with_capacity(wishes.len()), Vec::new());
    for wish in &wishes {
        let Some(wish) = wish else {
            outcomes.push(unreadable());
            continue;
        };
        let decided = match held.get(&wish.number) {
            Some(Held::Here(number)) => number.retag(wish).map(|after| Change { before: Some(number.clone()), after }),
            Some(Held::Elsewhere | Held::Stock) | None => Err(Refusal::NotHeld { number: wish.number }),
        };
        outcomes.push(match decided {
            Ok(change) if change.is_one() => {
                let result = kept(&change)?;
                changes.push(change);
                Outcome::Done(Some(result))
            }
            Ok(_) => Outcome::Done(None),
            Err(refusal) => Outcome::Failed(LineFault::by_rule(Some("number"), &refusal)),
        });
    }
    tx.save_number_changes(tenant, &changes.iter().collect::<Vec<_>>()).await?;
    Ok(outcomes)
}
