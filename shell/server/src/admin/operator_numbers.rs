//! What operators do with their numbers: orders of the organization that holds them, carried out as every other order.

use std::collections::BTreeSet;

use jiff::Timestamp;
use phone::id::{OperatorId, OrderId, TenantId};
use phone::limits::UPLOADED_NUMBERS_MAX;
use phone::numbers::E164;
use phone::numbers::operator::CallingProfile;
use phone::numbers::operator::upload::{Action, Desk, Effect, Refusal, Wish};
use phone::numbers::upload::{Refusal as ReadRefusal, read};
use phone::order::{LineFault, Order, OrderKind, Outcome};
use serde_json::Value;
use store::{Actor, Expected, OrderLine, RequestKey, StoreError, Tx, WriteError};

use super::operator_access::{OperatorAccess, OperatorCaller};
use super::orders::lines::{self, kept};
use super::orders::{self, Request, unreadable};
use super::{Admin, Refused};

/// What one line of a request says.
pub struct Line {
    pub number: String,
    pub action: Action,
    pub ticket: Option<String>,
}

impl OperatorAccess {
    /// Takes an order about numbers.
    pub async fn order_numbers(
        &self,
        kind: OrderKind,
        lines: Vec<Line>,
        key: Option<RequestKey>,
    ) -> Result<Order, Refused> {
        if !(1..=UPLOADED_NUMBERS_MAX).contains(&lines.len()) {
            let words = format!("an order is for 1 to {UPLOADED_NUMBERS_MAX} numbers");
            return Err(Refused::field("items", "number.too_many_items", words));
        }
        let mut seen = BTreeSet::new();
        let read = lines.into_iter().enumerate().map(|(index, line)| self.line(index, line, &mut seen));
        let lines = read.collect::<Result<Vec<_>, _>>()?;
        place(&self.admin, self.tenant, self.operator, kind, lines, key).await
    }

    pub(super) fn line(&self, index: usize, line: Line, seen: &mut BTreeSet<E164>) -> Result<OrderLine, Refused> {
        let Line { number, action, ticket } = line;
        let place = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        let failed = |fault| OrderLine { line: place, wish: None, outcome: Some(Outcome::Failed(fault)) };
        let number = match read(&number) {
            Ok(number) => number,
            Err(refusal) => return Ok(failed(LineFault::by_rule(Some("number"), &refusal as &ReadRefusal))),
        };
        if !seen.insert(number) {
            return Ok(failed(Refusal::Twice { number }.fault()));
        }
        let wish = Wish { operator: self.operator, number, action, ticket };
        if let Err(refusal) = wish.check_ticket() {
            return Ok(failed(LineFault::by_rule(Some("ticket"), &refusal)));
        }
        Ok(OrderLine { line: place, wish: Some(kept(&wish)?), outcome: None })
    }
}

impl OperatorCaller {
    /// Tries the lines of an order again that failed, as an order of their own.
    pub async fn retry_order(&self, id: OrderId, key: Option<RequestKey>) -> Result<(TenantId, Order), Refused> {
        let (tenant, order) = self.order(id).await?;
        let tenant = self.begin(&tenant.to_string()).await?.tenant();
        order.check_retry().map_err(|refusal| Refused::by_rule(&refusal))?;
        let again = orders::lines_again(&self.change().await?, id).await?;
        Ok((tenant, place(&self.admin, tenant, self.operator.id, order.kind, again, key).await?))
    }
}

async fn place(
    admin: &Admin,
    tenant: TenantId,
    operator: OperatorId,
    kind: OrderKind,
    lines: Vec<OrderLine>,
    key: Option<RequestKey>,
) -> Result<Order, Refused> {
    let by = Actor::Operator(operator);
    // An operator and the organization may call their requests the same.
    let key = key.map(|key| RequestKey { key: format!("{by} {}", key.key), digest: key.digest });
    let mut tx = admin.store.begin(by.clone(), Timestamp::now()).await?;
    if let Some(known) = orders::order_of_request(&tx, tenant, key.as_ref()).await? {
        return Ok(known);
    }
    let order = orders::create(&mut tx, tenant, &by, Request { kind, dry_run: false, key, lines }, None).await?;
    tx.commit().await?;
    admin.backlog.nudge();
    Ok(order)
}

/// Does what an operator wants with numbers. What it may do is asked at each part anew.
pub(super) async fn carry_out(
    tx: &mut Tx,
    tenant: TenantId,
    wishes: &[Option<&Value>],
    now: Timestamp,
) -> Result<Vec<Outcome>, WriteError> {
    let wishes: Vec<Option<Wish>> = wishes.iter().map(|wish| lines::read(*wish)).collect();
    let numbers: BTreeSet<E164> = wishes.iter().flatten().map(|wish| wish.number).collect();
    let operator = wishes.iter().flatten().map(|wish| wish.operator).next();
    let mut desk = match operator {
        Some(operator) => desk(tx, tenant, operator, &numbers).await?,
        None => None,
    };
    let (mut outcomes, mut changes, mut gone) = (Vec::with_capacity(wishes.len()), Vec::new(), Vec::new());
    for wish in &wishes {
        let Some((desk, wish)) = desk.as_mut().zip(wish.as_ref()) else {
            outcomes.push(unreadable());
            continue;
        };
        outcomes.push(match desk.take(now, wish) {
            Ok(Effect::Nothing) => Outcome::Done(None),
            Ok(Effect::Save(change)) => {
                let result = kept(&change)?;
                changes.push(change);
                Outcome::Done(Some(result))
            }
            Ok(Effect::Delete(number)) => {
                gone.push(number.number);
                Outcome::Done(Some(kept(&number)?))
            }
            Err(refusal) => Outcome::Failed(refusal.fault()),
        });
    }
    tx.save_number_changes(tenant, &changes.iter().collect::<Vec<_>>()).await?;
    for number in gone {
        tx.delete_number(tenant, number, Expected::Any).await?;
    }
    Ok(outcomes)
}

/// None where the operator or the consent is not there any more.
async fn desk(
    tx: &Tx,
    tenant: TenantId,
    operator: OperatorId,
    numbers: &BTreeSet<E164>,
) -> Result<Option<Desk>, StoreError> {
    let found = tx.operator(operator).await?.zip(tx.consent(tenant, operator).await?);
    let Some((found, consent)) = found else { return Ok(None) };
    let profiles = tx.operator_documents::<CallingProfile>(operator).await?;
    let inventory = tx.inventory(tenant, numbers, &BTreeSet::new()).await?;
    Ok(Some(Desk {
        operator: found.value,
        consent: consent.value,
        profiles: profiles.iter().map(|profile| profile.id).collect(),
        numbers: inventory.numbers,
    }))
}
