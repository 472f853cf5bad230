//! Orders to other carriers, and what happened to their numbers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use phone::id::{OperatorId, PortOrderId, TenantId};
use phone::numbers::E164;
use phone::numbers::import::Held;
use phone::numbers::operator::Operator;
use phone::numbers::operator::consent::Consent;
use phone::numbers::port::check::{Known, operator_refuses};
use phone::numbers::port::{PortOrder, PortState};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    QueryFilter as _, QueryOrder as _,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::country_profiles::profile_of;
use crate::database::Store;
use crate::documents::{Written, check, from_json, taken, to_json};
use crate::entity::{number, operator, operator_consent, port_number, port_order, port_step};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::operator_consents::consented;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::stock::unsold;
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};

/// Numbers in one statement, of four values each.
const NUMBERS_PER_STATEMENT: usize = 500;

/// What an order is called in the refusal of one of another tenant, of which no more is told.
const OF_ANOTHER: &str = "of another organization";

/// What happened to numbers of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortStep {
    pub at: Timestamp,
    /// Who did it, as the audit writes it.
    pub actor: String,
    /// One word: `created`, `changed`, `attached`, `detached`, `signed`, `submitted`, `cancelled`, or the state that was reported.
    pub what: String,
    /// The numbers that it happened to; none is all.
    pub numbers: Vec<E164>,
    pub transfer_at: Option<Timestamp>,
    /// In words: a reason, or who signed.
    pub note: Option<String>,
}

/// Whose orders are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrdersOf {
    All,
    /// Those that were handed in for the operator to carry out, of organizations whose consent is not removed.
    Operator(OperatorId),
    Tenant(TenantId),
}

/// What becomes of the PIN that is kept.
#[derive(Clone, Copy)]
pub enum AccountPin<'a> {
    Keep,
    Set(&'a str),
}

impl Store {
    /// Orders in the order of their making; perhaps of one state only.
    pub async fn port_orders(
        &self,
        of: OrdersOf,
        state: Option<PortState>,
        paging: &Paging,
    ) -> Result<Page<(TenantId, Stored<PortOrder>)>, StoreError> {
        let mut wanted = match of {
            OrdersOf::All => port_order::Entity::find(),
            OrdersOf::Operator(operator) => {
                let of_operator = port_order::Entity::find().filter(port_order::Column::Operator.eq(operator.0));
                of_operator.filter(port_order::Column::Tenant.in_subquery(consented(operator)))
            }
            OrdersOf::Tenant(tenant) => port_order::Entity::find().filter(port_order::Column::Tenant.eq(tenant.0)),
        };
        if let Some(state) = state {
            wanted = wanted.filter(port_order::Column::State.eq(state.as_str()));
        }
        let rows = paged(wanted, port_order::Column::CreatedAt, port_order::Column::Id, paging).all(&self.reader);
        let cursor = |row: &port_order::Model| Cursor { key: CursorKey::Integer(row.created_at), id: row.id };
        let page = page_of(rows.await?, paging, cursor);
        let of = |row: &port_order::Model| Ok((TenantId(row.tenant), stored(row)?));
        let items = page.items.iter().map(of).collect::<Result<Vec<_>, StoreError>>()?;
        Ok(Page { items, next: page.next })
    }

    /// One order of a tenant.
    pub async fn port_order(&self, tenant: TenantId, id: PortOrderId) -> Result<Option<Stored<PortOrder>>, StoreError> {
        find(tenant, id).one(&self.reader).await?.as_ref().map(stored).transpose()
    }

    /// Whose order it is.
    pub async fn tenant_of_port_order(&self, id: PortOrderId) -> Result<Option<TenantId>, StoreError> {
        let row = port_order::Entity::find_by_id(id.0).one(&self.reader).await?;
        Ok(row.map(|row| TenantId(row.tenant)))
    }

    /// What else is known of the numbers of an order.
    pub async fn known_of_port_order(&self, tenant: TenantId, order: &PortOrder) -> Result<Known, StoreError> {
        known_of(&self.reader, tenant, order).await
    }

    /// The PIN of the account at the losing carrier.
    pub async fn account_pin(&self, tenant: TenantId, id: PortOrderId) -> Result<Option<String>, StoreError> {
        let Some(row) = find(tenant, id).one(&self.reader).await? else { return Ok(None) };
        let Some(secret) = &row.secret else { return Ok(None) };
        let sealed = || StoreError::Sealed { what: "port order", id: row.id.to_string() };
        let opened = self.seal.open_sealed(row.id.as_bytes(), secret).ok_or_else(sealed)?;
        String::from_utf8(opened).map(Some).map_err(|_| sealed())
    }

    /// What happened to an order, the oldest first.
    pub async fn port_steps(&self, tenant: TenantId, id: PortOrderId) -> Result<Vec<PortStep>, StoreError> {
        let rows = port_step::Entity::find()
            .filter(port_step::Column::Tenant.eq(tenant.0))
            .filter(port_step::Column::PortOrder.eq(id.0))
            .order_by_asc(port_step::Column::At)
            .order_by_asc(port_step::Column::Id)
            .all(&self.reader)
            .await?;
        rows.iter().map(|row| from_json("port step", row.id, &row.document)).collect()
    }
}

impl Tx {
    /// One order as of this change.
    pub async fn port_order(&self, tenant: TenantId, id: PortOrderId) -> Result<Option<Stored<PortOrder>>, StoreError> {
        find(tenant, id).one(&self.db).await?.as_ref().map(stored).transpose()
    }

    /// What else is known of the numbers of an order, as of this change.
    pub async fn known_of_port_order(&self, tenant: TenantId, order: &PortOrder) -> Result<Known, StoreError> {
        known_of(&self.db, tenant, order).await
    }

    /// Creates or changes an order, and notes what happened.
    pub async fn save_port_order(
        &mut self,
        tenant: TenantId,
        order: &PortOrder,
        pin: AccountPin<'_>,
        step: &PortStep,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        let row = find(tenant, order.id).one(&self.db).await?;
        let before = row.as_ref().map(stored).transpose()?;
        let written = check(before.as_ref(), expected)?;
        let secret = match pin {
            AccountPin::Keep => row.and_then(|row| row.secret),
            AccountPin::Set(pin) => {
                let sealed = || StoreError::Sealed { what: "port order", id: order.id.to_string() };
                Some(self.seal.seal(order.id.0.as_bytes(), pin.as_bytes()).ok_or_else(sealed)?)
            }
        };
        let model = port_order::ActiveModel {
            id: Set(order.id.0),
            tenant: Set(tenant.0),
            name: Set(order.details.name.clone()),
            state: Set(order.state().as_str().to_owned()),
            // A draft is nobody's business.
            operator: Set(order.details.operator.filter(|_| 0 < order.n_submitted).map(|operator| operator.0)),
            document: Set(to_json("port order", order)?),
            secret: Set(secret),
            version: Set(written.version()),
            created_at: Set(written.created_at(before.as_ref(), self.at)),
            updated_at: Set(self.at.as_millisecond()),
        };
        match written {
            Written::Created => model.insert(&self.db).await,
            Written::Changed(_) => model.update(&self.db).await,
        }
        .map_err(|error| taken(error, "id"))?;
        self.save_port_numbers(tenant, order).await?;
        let step_row = port_step::ActiveModel {
            id: Set(Uuid::now_v7()),
            port_order: Set(order.id.0),
            tenant: Set(tenant.0),
            at: Set(step.at.as_millisecond()),
            document: Set(to_json("port step", step)?),
        };
        port_step::Entity::insert(step_row).exec_without_returning(&self.db).await?;
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::PortOrder,
            object: order.id.to_string(),
            action: written.action(),
            before: before.as_ref().map(|before| summary(&before.value)).as_ref(),
            after: Some(&summary(order)),
        })
        .await?;
        Ok(written.version())
    }

    /// Forgets an order.
    pub async fn delete_port_order(
        &mut self,
        tenant: TenantId,
        id: PortOrderId,
        expected: Expected,
    ) -> Result<(), WriteError> {
        let Some(before) = self.port_order(tenant, id).await? else { return Err(WriteError::NotFound) };
        check(Some(&before), expected)?;
        port_order::Entity::delete_by_id(id.0).exec(&self.db).await?;
        self.note(Change::<_, Value> {
            tenant: Some(tenant),
            noun: Noun::PortOrder,
            object: id.to_string(),
            action: "delete",
            before: Some(&summary(&before.value)),
            after: None,
        })
        .await?;
        Ok(())
    }

    async fn save_port_numbers(&mut self, tenant: TenantId, order: &PortOrder) -> Result<(), StoreError> {
        let of_order = port_number::Column::PortOrder.eq(order.id.0);
        port_number::Entity::delete_many().filter(of_order).exec(&self.db).await?;
        let rows = order.numbers.iter().map(|(digits, number)| port_number::ActiveModel {
            port_order: Set(order.id.0),
            number: Set(digits.to_string()),
            tenant: Set(tenant.0),
            state: Set(number.state.as_str().to_owned()),
        });
        let rows: Vec<_> = rows.collect();
        for part in rows.chunks(NUMBERS_PER_STATEMENT) {
            port_number::Entity::insert_many(part.to_vec()).exec_without_returning(&self.db).await?;
        }
        Ok(())
    }
}

/// Who holds the numbers of an order, and which other orders they are in.
async fn known_of(db: &impl ConnectionTrait, tenant: TenantId, order: &PortOrder) -> Result<Known, StoreError> {
    let numbers: BTreeSet<E164> = order.numbers.keys().copied().collect();
    let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    let over = [PortState::Completed, PortState::Cancelled].map(PortState::as_str);
    // Anybody can draft an order for anybody's number: what another tenant has not handed in keeps nobody from it.
    let counts = Condition::any()
        .add(port_number::Column::Tenant.eq(tenant.0))
        .add(port_number::Column::State.ne(PortState::Draft.as_str()));
    let profile = profile_of(db, &order.details.country).await?;
    let mut known = Known { profile: Some(profile), ..Known::default() };
    for part in texts.chunks(NUMBERS_PER_STATEMENT) {
        for row in number::Entity::find().filter(number::Column::Number.is_in(part)).all(db).await? {
            let Some(found) = crate::numbers::stored(&row).map(|found| found.value) else { continue };
            let place = |found| if row.tenant == tenant.0 { Held::Here(found) } else { Held::Elsewhere };
            known.held.insert(found.number, place(found));
        }
        let rows = port_number::Entity::find()
            .filter(port_number::Column::Number.is_in(part))
            .filter(port_number::Column::PortOrder.ne(order.id.0))
            .filter(port_number::Column::State.is_not_in(over))
            .filter(counts.clone())
            .all(db)
            .await?;
        let ids: BTreeSet<Uuid> = rows.iter().filter(|row| row.tenant == tenant.0).map(|row| row.port_order).collect();
        let own = port_order::Entity::find().filter(port_order::Column::Id.is_in(ids)).all(db).await?;
        for row in &rows {
            let Ok(number) = E164::parse(&row.number) else { continue };
            let name = own.iter().find(|order| order.id == row.port_order).map(|order| order.name.clone());
            known.in_other_orders.insert(number, name.unwrap_or_else(|| OF_ANOTHER.to_owned()));
        }
    }
    for number in unsold(db, &numbers).await? {
        known.held.entry(number).or_insert(Held::Stock);
    }
    if let Some(operator) = order.details.operator {
        known.operator_refuses = refused_by(db, tenant, operator, &order.details.country).await?;
    }
    Ok(known)
}

/// Why an operator can't bring numbers of a country to a tenant.
async fn refused_by(
    db: &impl ConnectionTrait,
    tenant: TenantId,
    operator: OperatorId,
    country: &str,
) -> Result<Option<String>, StoreError> {
    let consents = operator_consent::Entity::find().filter(operator_consent::Column::Tenant.eq(tenant.0));
    let consent = consents.filter(operator_consent::Column::Operator.eq(operator.0)).one(db).await?;
    let found = operator::Entity::find_by_id(operator.0).one(db).await?;
    let Some((operator, consent)) = found.zip(consent) else { return Ok(operator_refuses(None, country)) };
    let operator: Operator = from_json("operator", operator.id, &operator.document)?;
    let consent: Consent = from_json("consent", consent.id, &consent.document)?;
    Ok(operator_refuses(Some((&operator, &consent)), country))
}

/// What the audit keeps: its timeline has the numbers.
fn summary(order: &PortOrder) -> Value {
    let mut n_numbers: BTreeMap<&str, u32> = BTreeMap::new();
    for number in order.numbers.values() {
        let count = n_numbers.entry(number.state.as_str()).or_default();
        *count = count.saturating_add(1);
    }
    let signed_by = order.signature.as_ref().map(|signature| &signature.signed_by);
    json!({
        "details": order.details, "state": order.state(), "numbers": n_numbers, "submitted": order.n_submitted,
        "signed_by": signed_by,
    })
}

fn find(tenant: TenantId, id: PortOrderId) -> sea_orm::Select<port_order::Entity> {
    port_order::Entity::find_by_id(id.0).filter(port_order::Column::Tenant.eq(tenant.0))
}

fn stored(row: &port_order::Model) -> Result<Stored<PortOrder>, StoreError> {
    Ok(Stored {
        value: from_json("port order", row.id, &row.document)?,
        version: row.version,
        created_at: timestamp(row.created_at),
        updated_at: timestamp(row.updated_at),
    })
}
