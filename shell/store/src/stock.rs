//! The stock of numbers, and what of it is kept for whom.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use phone::id::{ReservationId, StockBlockId, TenantId, TrunkId};
use phone::numbers::country::national;
use phone::numbers::pattern::{Part, Pattern};
use phone::numbers::stock::{Block, Item, Place, Reservation};
use phone::numbers::{E164, NumberKind};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    FromQueryResult, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, Select,
};
use serde_json::json;

use crate::database::Store;
use crate::documents::taken;
use crate::entity::{number_reservation, stock_block, stock_number, trunk};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::numbers::kind_of;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::text::begins_with;
use crate::tx::{Change, Tx, timestamp};

/// Numbers in one statement, of nine values each; SQLite takes at most 32,766.
const NUMBERS_PER_STATEMENT: usize = 500;

/// What a tenant looks for.
#[derive(Clone, Debug)]
pub struct StockQuery {
    /// ISO 3166 alpha-2.
    pub country: String,
    pub kind: NumberKind,
    /// First digits after the calling code.
    pub area: Option<String>,
    pub pattern: Option<Pattern>,
    pub limit: u64,
}

/// How many numbers of a block are where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StockCount {
    pub free: u32,
    pub reserved: u32,
    pub sold: u32,
    pub quarantined: u32,
}

#[derive(FromQueryResult)]
struct Counted {
    block: uuid::Uuid,
    state: String,
    n_numbers: i64,
}

impl Store {
    /// The blocks of the stock in the order in which they came, with how many of their numbers are where.
    pub async fn stock(&self, now: Timestamp, paging: &Paging) -> Result<Page<(Block, StockCount)>, StoreError> {
        let rows = paged(stock_block::Entity::find(), stock_block::Column::CreatedAt, stock_block::Column::Id, paging);
        let rows = rows.all(&self.reader).await?;
        let cursor = |row: &stock_block::Model| Cursor { key: CursorKey::Integer(row.created_at), id: row.id };
        let page = page_of(rows, paging, cursor);
        let mut counts: BTreeMap<StockBlockId, StockCount> = BTreeMap::new();
        let blocks = page.items.iter().map(|row| row.id);
        let counted = stock_number::Entity::find()
            .select_only()
            .column(stock_number::Column::Block)
            .column(stock_number::Column::State)
            .column_as(stock_number::Column::Number.count(), "n_numbers")
            .filter(stock_number::Column::Block.is_in(blocks.clone()))
            .group_by(stock_number::Column::Block)
            .group_by(stock_number::Column::State)
            .into_model::<Counted>();
        for Counted { block, state, n_numbers } in counted.all(&self.reader).await? {
            let n_numbers = u32::try_from(n_numbers).unwrap_or(u32::MAX);
            let count = counts.entry(StockBlockId(block)).or_default();
            match state.as_str() {
                FREE => count.free = n_numbers,
                RESERVED => count.reserved = n_numbers,
                SOLD => count.sold = n_numbers,
                _ => count.quarantined = n_numbers,
            }
        }
        // What was for a while and is over is free again, though its row does not say so.
        let over = stock_number::Entity::find()
            .filter(stock_number::Column::Block.is_in(blocks))
            .filter(stock_number::Column::Until.lte(now.as_millisecond()))
            .all(&self.reader)
            .await?;
        for row in over {
            let count = counts.entry(StockBlockId(row.block)).or_default();
            let place = if row.state == RESERVED { &mut count.reserved } else { &mut count.quarantined };
            *place = place.saturating_sub(1);
            count.free = count.free.saturating_add(1);
        }
        let with_count = |row: stock_block::Model| {
            let count = counts.get(&StockBlockId(row.id)).copied().unwrap_or_default();
            Some((block(&row)?, count))
        };
        Ok(Page { items: page.items.into_iter().filter_map(with_count).collect(), next: page.next })
    }

    /// Free numbers that fit, in their order, with their blocks.
    pub async fn search_stock(&self, now: Timestamp, query: &StockQuery) -> Result<Vec<(Item, Block)>, StoreError> {
        let mut wanted = Condition::all()
            .add(stock_number::Column::Country.eq(&query.country))
            .add(stock_number::Column::Kind.eq(query.kind.as_str()))
            .add(free_at(now));
        if let Some(area) = &query.area {
            wanted = wanted.add(begins_with(stock_number::Column::National, area));
        }
        if let Some(pattern) = &query.pattern {
            wanted = wanted.add(stock_number::Column::National.like(like(pattern)));
        }
        // Numbers of one country have one order, with the calling code and without. Those that fit are found in the index.
        let in_order = |numbers: Select<stock_number::Entity>| {
            let by_national = numbers.order_by_asc(stock_number::Column::National);
            by_national.order_by_asc(stock_number::Column::Number)
        };
        let fit = in_order(stock_number::Entity::find().filter(wanted)).limit(query.limit);
        let fit = fit.select_only().column(stock_number::Column::Number).into_query();
        let found = stock_number::Entity::find().filter(stock_number::Column::Number.in_subquery(fit));
        let rows = in_order(found).all(&self.reader).await?;
        let ids: BTreeSet<_> = rows.iter().map(|row| row.block).collect();
        let blocks = stock_block::Entity::find().filter(stock_block::Column::Id.is_in(ids)).all(&self.reader).await?;
        let blocks: BTreeMap<_, _> = blocks.iter().filter_map(|row| Some((row.id, block(row)?))).collect();
        Ok(rows.iter().filter_map(|row| Some((item(row)?, blocks.get(&row.block)?.clone()))).collect())
    }

    /// A reservation of a tenant with its numbers.
    pub async fn reservation(
        &self,
        tenant: TenantId,
        id: ReservationId,
    ) -> Result<Option<(Reservation, Vec<Item>)>, StoreError> {
        let row = number_reservation::Entity::find_by_id(id.0)
            .filter(number_reservation::Column::Tenant.eq(tenant.0))
            .one(&self.reader)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let of_it = stock_number::Entity::find().filter(stock_number::Column::Reservation.eq(id.0));
        let rows = of_it.order_by_asc(stock_number::Column::Number).all(&self.reader).await?;
        Ok(Some((reservation(&row), rows.iter().filter_map(item).collect())))
    }
}

impl Tx {
    /// Adds numbers to the stock. None of them may be there or with a tenant already.
    pub async fn add_stock(&mut self, block: &Block, numbers: &BTreeSet<E164>) -> Result<(), WriteError> {
        let model = stock_block::ActiveModel {
            id: Set(block.id.0),
            carrier: Set(block.carrier.clone()),
            country: Set(block.country.clone()),
            city: Set(block.city.clone()),
            region: Set(block.region.clone()),
            sms: Set(block.sms),
            kind: Set(block.kind.as_str().to_owned()),
            created_at: Set(self.at.as_millisecond()),
        };
        model.insert(&self.db).await.map_err(|error| taken(error, "id"))?;
        let numbers: Vec<&E164> = numbers.iter().collect();
        for part in numbers.chunks(NUMBERS_PER_STATEMENT) {
            let rows = part.iter().map(|number| {
                let item = Item { number: **number, block: block.id, kind: block.kind, place: Place::Free };
                row(&item, &block.country)
            });
            let added = stock_number::Entity::insert_many(rows).exec_without_returning(&self.db).await;
            added.map_err(|error| taken(error, "number"))?;
        }
        let after = json!({ "carrier": block.carrier, "country": block.country, "city": block.city,
            "region": block.region, "sms": block.sms, "kind": block.kind, "numbers": numbers.len() });
        self.note(Change::<serde_json::Value, _> {
            tenant: None,
            noun: Noun::NumberStock,
            object: block.id.to_string(),
            action: "create",
            before: None,
            after: Some(&after),
        })
        .await?;
        Ok(())
    }

    /// Those of these numbers that are in the stock, each with its block.
    pub async fn stock_items(&self, numbers: &BTreeSet<E164>) -> Result<Vec<(Item, Block)>, StoreError> {
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let mut found = Vec::new();
        for part in numbers.chunks(NUMBERS_PER_STATEMENT) {
            let named = stock_number::Entity::find().filter(stock_number::Column::Number.is_in(part));
            let rows = named.order_by_asc(stock_number::Column::Number).all(&self.db).await?;
            let ids: BTreeSet<_> = rows.iter().map(|row| row.block).collect();
            let blocks = stock_block::Entity::find().filter(stock_block::Column::Id.is_in(ids)).all(&self.db).await?;
            let blocks: BTreeMap<_, _> = blocks.iter().filter_map(|row| Some((row.id, block(row)?))).collect();
            let with_block = |row: &stock_number::Model| Some((item(row)?, blocks.get(&row.block).cloned()?));
            found.extend(rows.iter().filter_map(with_block));
        }
        Ok(found)
    }

    /// Those of these numbers that nobody but the platform may give away.
    pub async fn unsold(&self, numbers: &BTreeSet<E164>) -> Result<Vec<E164>, StoreError> {
        unsold(&self.db, numbers).await
    }

    /// The numbers of a reservation, wherever they are now.
    pub async fn items_of_reservation(&self, id: ReservationId) -> Result<Vec<Item>, StoreError> {
        let of_it = stock_number::Entity::find().filter(stock_number::Column::Reservation.eq(id.0));
        let rows = of_it.order_by_asc(stock_number::Column::Number).all(&self.db).await?;
        Ok(rows.iter().filter_map(item).collect())
    }

    /// One reservation of a tenant as of this change.
    pub async fn reservation(&self, tenant: TenantId, id: ReservationId) -> Result<Option<Reservation>, StoreError> {
        let found = number_reservation::Entity::find_by_id(id.0);
        let row = found.filter(number_reservation::Column::Tenant.eq(tenant.0)).one(&self.db).await?;
        Ok(row.as_ref().map(reservation))
    }

    /// Keeps a reservation.
    pub async fn save_reservation(&mut self, reservation: &Reservation) -> Result<(), WriteError> {
        let model = number_reservation::ActiveModel {
            id: Set(reservation.id.0),
            tenant: Set(reservation.tenant.0),
            created_at: Set(self.at.as_millisecond()),
            expires_at: Set(reservation.expires_at.as_millisecond()),
            extended: Set(reservation.extended),
        };
        let columns = [number_reservation::Column::ExpiresAt, number_reservation::Column::Extended];
        let mut on_conflict = OnConflict::column(number_reservation::Column::Id);
        let insert =
            number_reservation::Entity::insert(model).on_conflict(on_conflict.update_columns(columns).to_owned());
        insert.exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// Writes where numbers of the stock are now.
    pub async fn save_stock_items(&mut self, items: &[Item]) -> Result<(), WriteError> {
        for item in items {
            let changed = stock_number::ActiveModel {
                block: sea_orm::ActiveValue::NotSet,
                country: sea_orm::ActiveValue::NotSet,
                kind: sea_orm::ActiveValue::NotSet,
                national: sea_orm::ActiveValue::NotSet,
                number: sea_orm::ActiveValue::Unchanged(item.number.to_string()),
                ..row(item, "")
            };
            changed.update(&self.db).await?;
        }
        Ok(())
    }

    /// Takes all numbers of the stock back from a tenant, which then rest.
    pub(crate) async fn take_stock_back(&mut self, tenant: TenantId) -> Result<(), WriteError> {
        let of_tenant = stock_number::Entity::find().filter(stock_number::Column::Holder.eq(tenant.0));
        let items: Vec<Item> = of_tenant.all(&self.db).await?.iter().filter_map(item).collect();
        let back = items.iter().map(|item| match item.place {
            Place::Reserved { reservation, .. } => item.let_go(reservation),
            Place::Free | Place::Sold { .. } | Place::Quarantined { .. } => item.give_back(self.at, tenant),
        });
        let back: Vec<Item> = back.collect();
        self.save_stock_items(&back).await
    }

    /// The tenant's trunk of this name.
    pub async fn trunk_named(&self, tenant: TenantId, name: &str) -> Result<Option<TrunkId>, StoreError> {
        let of_tenant = trunk::Entity::find().filter(trunk::Column::Tenant.eq(tenant.0));
        let row = of_tenant.filter(trunk::Column::Name.eq(name)).one(&self.db).await?;
        Ok(row.map(|row| TrunkId(row.id)))
    }
}

/// Numbers that are kept for a tenant now.
pub(crate) async fn reserved<C: ConnectionTrait>(
    db: &C,
    tenant: TenantId,
    now: Timestamp,
) -> Result<Vec<Item>, StoreError> {
    let wanted = Condition::all()
        .add(stock_number::Column::Holder.eq(tenant.0))
        .add(stock_number::Column::State.eq(RESERVED))
        .add(stock_number::Column::Until.gt(now.as_millisecond()));
    Ok(stock_number::Entity::find().filter(wanted).all(db).await?.iter().filter_map(item).collect())
}

const FREE: &str = "free";
const RESERVED: &str = "reserved";
const SOLD: &str = "sold";
const QUARANTINED: &str = "quarantined";

fn free_at(now: Timestamp) -> Condition {
    Condition::any()
        .add(stock_number::Column::State.eq(FREE))
        .add(stock_number::Column::Until.lte(now.as_millisecond()))
}

fn like(pattern: &Pattern) -> String {
    pattern
        .places()
        .map(|place| match place {
            Part::Digit(digit) => char::from(digit),
            Part::One => '_',
            Part::Any => '%',
        })
        .collect()
}

fn row(item: &Item, country: &str) -> stock_number::ActiveModel {
    let former = match item.place {
        Place::Quarantined { from, .. } => from,
        Place::Free | Place::Reserved { .. } | Place::Sold { .. } => None,
    };
    let (state, tenant, reservation, until) = match item.place {
        Place::Free => (FREE, None, None, None),
        Place::Reserved { reservation, tenant, until } => (RESERVED, Some(tenant), Some(reservation), Some(until)),
        Place::Sold { tenant } => (SOLD, Some(tenant), None, None),
        Place::Quarantined { until, .. } => (QUARANTINED, None, None, Some(until)),
    };
    stock_number::ActiveModel {
        number: Set(item.number.to_string()),
        block: Set(item.block.0),
        country: Set(country.to_owned()),
        kind: Set(item.kind.as_str().to_owned()),
        national: Set(national(item.number, country)),
        state: Set(state.to_owned()),
        holder: Set(tenant.map(|tenant| tenant.0)),
        reservation: Set(reservation.map(|reservation| reservation.0)),
        until: Set(until.map(Timestamp::as_millisecond)),
        former: Set(former.map(|tenant| tenant.0)),
    }
}

/// Those of these numbers that nobody but the platform may give away.
pub(crate) async fn unsold(db: &impl ConnectionTrait, numbers: &BTreeSet<E164>) -> Result<Vec<E164>, StoreError> {
    let is_sold = |item: &Item| match item.place {
        Place::Sold { .. } => true,
        Place::Free | Place::Reserved { .. } | Place::Quarantined { .. } => false,
    };
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    let mut found = Vec::new();
    for part in numbers.chunks(NUMBERS_PER_STATEMENT) {
        let rows = stock_number::Entity::find().filter(stock_number::Column::Number.is_in(part)).all(db).await?;
        found.extend(rows.iter().filter_map(item).filter(|item| !is_sold(item)).map(|item| item.number));
    }
    Ok(found)
}

/// A row that can't be read back was changed by hand and counts as absent.
fn item(row: &stock_number::Model) -> Option<Item> {
    let place = match (row.state.as_str(), row.holder, row.reservation, row.until) {
        (FREE, ..) => Place::Free,
        (RESERVED, Some(tenant), Some(reservation), Some(until)) => Place::Reserved {
            reservation: ReservationId(reservation),
            tenant: TenantId(tenant),
            until: timestamp(until),
        },
        (SOLD, Some(tenant), ..) => Place::Sold { tenant: TenantId(tenant) },
        (QUARANTINED, _, _, Some(until)) => {
            Place::Quarantined { until: timestamp(until), from: row.former.map(TenantId) }
        }
        _ => return None,
    };
    let (number, kind) = (E164::parse(&row.number).ok()?, kind_of(&row.kind)?);
    Some(Item { number, block: StockBlockId(row.block), kind, place })
}

fn block(row: &stock_block::Model) -> Option<Block> {
    Some(Block {
        id: StockBlockId(row.id),
        carrier: row.carrier.clone(),
        country: row.country.clone(),
        city: row.city.clone(),
        region: row.region.clone(),
        sms: row.sms,
        kind: kind_of(&row.kind)?,
    })
}

fn reservation(row: &number_reservation::Model) -> Reservation {
    Reservation {
        id: ReservationId(row.id),
        tenant: TenantId(row.tenant),
        expires_at: timestamp(row.expires_at),
        extended: row.extended,
    }
}
