//! Telephone numbers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use phone::id::{
    CallingProfileId, CivicAddressId, OperatorId, PortOutId, ResourceAccountId, SiteId, TenantId, TrunkId, UserId,
};
use phone::numbers::number::{Block, Category, NumberSource, Origin, tags};
use phone::numbers::operator::OfOperator;
use phone::numbers::{Assignee, E164, Number, NumberKind};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::database::Store;
use crate::documents::{Written, check, taken};
use crate::entity::number::{ActiveModel, Column, Entity, Model};
use crate::entity::{number_tag, stock_number};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};
use crate::wanted::{NAMED_MAX, of_tenant};

/// A block without an end, in a column of times.
const FOREVER: i64 = i64::MAX;

impl Store {
    /// One number.
    pub async fn number(&self, tenant: TenantId, number: E164) -> Result<Option<Stored<Number>>, StoreError> {
        Ok(find(tenant, number).one(&self.reader).await?.as_ref().and_then(stored))
    }

    /// Numbers of all tenants that were kept for somebody until `now` or earlier.
    pub async fn numbers_held_until(&self, now: Timestamp) -> Result<Vec<(TenantId, E164)>, StoreError> {
        let over = Entity::find().filter(Column::HeldUntil.lte(now.as_millisecond())).all(&self.reader).await?;
        Ok(over.iter().filter_map(|row| Some((TenantId(row.tenant), stored(row)?.value.number))).collect())
    }

    /// Numbers of every tenant or of one, for the directory.
    pub(crate) async fn all_numbers(&self, of: Option<TenantId>) -> Result<Vec<(TenantId, Number)>, StoreError> {
        let rows = Entity::find().filter(of_tenant(Column::Tenant, of)).all(&self.reader).await?;
        Ok(rows.iter().filter_map(|row| Some((TenantId(row.tenant), stored(row)?.value))).collect())
    }

    /// The numbers of a tenant that these operators gave.
    pub(crate) async fn numbers_given_by(
        &self,
        tenant: TenantId,
        operators: &BTreeSet<OperatorId>,
    ) -> Result<Vec<Number>, StoreError> {
        if operators.is_empty() {
            return Ok(Vec::new());
        }
        let given = Column::Operator.is_in(operators.iter().map(|operator| operator.0));
        let rows = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(given).all(&self.reader).await?;
        Ok(rows.iter().filter_map(stored).map(|number| number.value).collect())
    }

    /// Which numbers these people have.
    pub async fn numbers_of_people(
        &self,
        tenant: TenantId,
        people: &[UserId],
    ) -> Result<BTreeMap<UserId, Vec<E164>>, StoreError> {
        let mut numbers: BTreeMap<UserId, Vec<E164>> = BTreeMap::new();
        for part in people.chunks(NAMED_MAX) {
            let of_people = Column::AssigneeUser.is_in(part.iter().map(|user| user.0));
            let rows: Vec<(Uuid, String)> = Entity::find()
                .select_only()
                .columns([Column::AssigneeUser, Column::Number])
                .filter(Column::Tenant.eq(tenant.0))
                .filter(of_people)
                .into_tuple()
                .all(&self.reader)
                .await?;
            for (user, number) in rows {
                if let Ok(number) = E164::parse_with_extension(&number) {
                    numbers.entry(UserId(user)).or_default().push(number);
                }
            }
        }
        // As their texts are in order, as in every list of numbers.
        numbers.values_mut().for_each(|of_one| of_one.sort_by_cached_key(ToString::to_string));
        Ok(numbers)
    }

    /// Those of these numbers that a tenant has, for the directory.
    pub(crate) async fn numbers_among(&self, tenant: TenantId, among: &[E164]) -> Result<Vec<Number>, StoreError> {
        let mut numbers = Vec::new();
        for part in among.chunks(NAMED_MAX) {
            let named = Column::Number.is_in(part.iter().map(ToString::to_string));
            let rows = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(named).all(&self.reader).await?;
            numbers.extend(rows.iter().filter_map(stored).map(|number| number.value));
        }
        Ok(numbers)
    }
}

impl Tx {
    /// One number as of this change.
    pub async fn number(&self, tenant: TenantId, number: E164) -> Result<Option<Stored<Number>>, StoreError> {
        Ok(find(tenant, number).one(&self.db).await?.as_ref().and_then(stored))
    }

    /// Those of these numbers that some tenant holds, with the tenant.
    pub async fn held_numbers(&self, numbers: &BTreeSet<E164>) -> Result<Vec<(TenantId, E164)>, StoreError> {
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let mut held = Vec::new();
        for part in numbers.chunks(NAMED_MAX) {
            let rows = Entity::find().filter(Column::Number.is_in(part)).all(&self.db).await?;
            held.extend(rows.iter().filter_map(|row| Some((TenantId(row.tenant), stored(row)?.value.number))));
        }
        Ok(held)
    }

    /// Deletes a number.
    pub async fn delete_number(
        &mut self,
        tenant: TenantId,
        number: E164,
        expected: Expected,
    ) -> Result<(), WriteError> {
        self.end_number(tenant, number, expected, "delete").await
    }

    /// Deletes a number that is with another carrier, also from the stock that it came from.
    pub async fn port_number_out(&mut self, tenant: TenantId, number: E164) -> Result<(), WriteError> {
        self.end_number(tenant, number, Expected::Any, "ported_out").await?;
        stock_number::Entity::delete_by_id(number.to_string()).exec(&self.db).await?;
        Ok(())
    }

    async fn end_number(
        &mut self,
        tenant: TenantId,
        number: E164,
        expected: Expected,
        action: &'static str,
    ) -> Result<(), WriteError> {
        let row = find(tenant, number).one(&self.db).await?;
        let before = row.as_ref().and_then(stored);
        let (Some(row), Some(before)) = (row, before) else { return Err(WriteError::NotFound) };
        check(Some(&before), expected)?;
        self.untag(&[number]).await?;
        Entity::delete_by_id(row.id).exec(&self.db).await?;
        self.note(Change::<_, Number> {
            tenant: Some(tenant),
            noun: Noun::Number,
            object: number.to_string(),
            action,
            before: Some(&before.value),
            after: None,
        })
        .await?;
        Ok(())
    }

    /// The numbers of an operator that a tenant holds, as of this change.
    pub async fn numbers_of_operator(&self, tenant: TenantId, operator: OperatorId) -> Result<Vec<E164>, StoreError> {
        let of_tenant = Entity::find().filter(Column::Tenant.eq(tenant.0));
        let of_operator = of_tenant.filter(Column::Operator.eq(operator.0)).select_only().column(Column::Number);
        let numbers: Vec<String> = of_operator.into_tuple().all(&self.db).await?;
        Ok(numbers.iter().filter_map(|number| E164::parse_with_extension(number).ok()).collect())
    }

    /// How many numbers of an operator a tenant holds, as of this change.
    pub async fn n_numbers_of_operator(&self, tenant: TenantId, operator: OperatorId) -> Result<u64, StoreError> {
        let of_tenant = Entity::find().filter(Column::Tenant.eq(tenant.0));
        Ok(of_tenant.filter(Column::Operator.eq(operator.0)).count(&self.db).await?)
    }

    /// How many numbers, of whatever tenant, have a calling profile of an operator.
    pub async fn n_numbers_of_profile(
        &self,
        operator: OperatorId,
        profile: CallingProfileId,
    ) -> Result<u64, StoreError> {
        let of_operator = Entity::find().filter(Column::Operator.eq(operator.0));
        Ok(of_operator.filter(Column::CallingProfile.eq(profile.0)).count(&self.db).await?)
    }

    /// Who of a tenant has a number, as of this change.
    pub async fn people_with_numbers(&self, tenant: TenantId) -> Result<BTreeSet<UserId>, StoreError> {
        let of_people = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::AssigneeUser.is_not_null());
        let rows = of_people.all(&self.db).await?;
        Ok(rows.iter().filter_map(|row| row.assignee_user).map(UserId).collect())
    }

    /// The numbers assigned to a person, as of this change.
    pub async fn numbers_of_user(&self, tenant: TenantId, user: UserId) -> Result<Vec<Stored<Number>>, StoreError> {
        let of_user = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::AssigneeUser.eq(user.0));
        Ok(of_user.order_by_asc(Column::Number).all(&self.db).await?.iter().filter_map(stored).collect())
    }

    /// The numbers assigned to some hundred people, as of this change.
    pub async fn numbers_of_people(
        &self,
        tenant: TenantId,
        people: &[UserId],
    ) -> Result<BTreeMap<UserId, Vec<Stored<Number>>>, StoreError> {
        let of_tenant = Entity::find().filter(Column::Tenant.eq(tenant.0));
        let of_people = of_tenant.filter(Column::AssigneeUser.is_in(people.iter().map(|user| user.0)));
        let mut numbers: BTreeMap<UserId, Vec<Stored<Number>>> = BTreeMap::new();
        for row in in_order(of_people.all(&self.db).await?) {
            if let (Some(user), Some(number)) = (row.assignee_user, stored(&row)) {
                numbers.entry(UserId(user)).or_default().push(number);
            }
        }
        Ok(numbers)
    }

    /// How many numbers are used at a civic address, as of this change, and the first of them.
    pub async fn numbers_at(
        &self,
        tenant: TenantId,
        address: CivicAddressId,
    ) -> Result<(u64, Option<String>), StoreError> {
        let used = || Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Address.eq(address.0));
        let first = used().order_by_asc(Column::Number).one(&self.db).await?;
        Ok((used().count(&self.db).await?, first.map(|row| row.number)))
    }

    /// The numbers assigned to a resource account, as of this change.
    pub async fn numbers_of_account(
        &self,
        tenant: TenantId,
        account: ResourceAccountId,
    ) -> Result<Vec<Stored<Number>>, StoreError> {
        let of_tenant = Entity::find().filter(Column::Tenant.eq(tenant.0));
        let of_account = of_tenant.filter(Column::AssigneeResourceAccount.eq(account.0));
        Ok(of_account.order_by_asc(Column::Number).all(&self.db).await?.iter().filter_map(stored).collect())
    }

    /// Creates or changes a number. A number belongs to one tenant only.
    pub async fn save_number(
        &mut self,
        tenant: TenantId,
        number: &Number,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        self.write_number(tenant, number, expected, Written::action).await
    }

    /// Makes a number again that was given back.
    pub async fn restore_number(&mut self, tenant: TenantId, number: &Number) -> Result<Version, WriteError> {
        self.write_number(tenant, number, Expected::Absent, |_| "restore").await
    }

    async fn write_number(
        &mut self,
        tenant: TenantId,
        number: &Number,
        expected: Expected,
        action: impl Fn(Written) -> &'static str,
    ) -> Result<Version, WriteError> {
        let row = find(tenant, number.number).one(&self.db).await?;
        let before = row.as_ref().and_then(stored);
        let written = check(before.as_ref(), expected)?;
        let had_tags = before.as_ref().map(|before| &before.value.tags);
        if had_tags.is_some_and(|tags| *tags != number.tags) {
            self.untag(&[number.number]).await?;
        }
        if had_tags != Some(&number.tags) {
            self.tag(tenant, &[number]).await?;
        }
        let fresh = row_of(tenant, number, self.at);
        let model = match &row {
            Some(row) => ActiveModel {
                id: Set(row.id),
                version: Set(written.version()),
                created_at: Set(row.created_at),
                ..fresh
            },
            None => fresh,
        };
        match written {
            Written::Created => model.insert(&self.db).await,
            Written::Changed(_) => model.update(&self.db).await,
        }
        .map_err(|error| taken(error, "number"))?;
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::Number,
            object: number.number.to_string(),
            action: action(written),
            before: before.as_ref().map(|before| &before.value),
            after: Some(number),
        })
        .await?;
        Ok(written.version())
    }
}

impl Tx {
    /// Makes numbers found by their tags; none of them may have any.
    pub(crate) async fn tag(&self, tenant: TenantId, numbers: &[&Number]) -> Result<(), StoreError> {
        let tags = numbers.iter().flat_map(|number| number.tags.iter().map(|tag| (number.number, tags::key(tag))));
        let rows: Vec<_> = tags
            .map(|(number, tag)| number_tag::ActiveModel {
                number: Set(number.to_string()),
                tag: Set(tag),
                tenant: Set(tenant.0),
            })
            .collect();
        for part in rows.chunks(NAMED_MAX) {
            number_tag::Entity::insert_many(part.to_vec()).exec_without_returning(&self.db).await?;
        }
        Ok(())
    }

    /// Makes numbers found by no tags.
    pub(crate) async fn untag(&self, numbers: &[E164]) -> Result<(), StoreError> {
        for part in numbers.chunks(NAMED_MAX) {
            let of_numbers = number_tag::Column::Number.is_in(part.iter().map(ToString::to_string));
            number_tag::Entity::delete_many().filter(of_numbers).exec(&self.db).await?;
        }
        Ok(())
    }
}

/// A number as its first row.
pub(crate) fn row_of(tenant: TenantId, number: &Number, at: Timestamp) -> ActiveModel {
    let (user, account) = match number.assignee {
        Some(Assignee::User(user)) => (Some(user.0), None),
        Some(Assignee::ResourceAccount(account)) => (None, Some(account.0)),
        None => (None, None),
    };
    let of_operator = match number.source {
        NumberSource::Operator(of) => Some(of),
        NumberSource::CallingPlan | NumberSource::DirectRouting => None,
    };
    ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant: Set(tenant.0),
        number: Set(number.number.to_string()),
        kind: Set(number.kind.as_str().to_owned()),
        assignee_user: Set(user),
        assignee_resource_account: Set(account),
        trunk: Set(number.trunk.map(|trunk| trunk.0)),
        source: Set(number.source.as_str().to_owned()),
        blocked_until: Set(number.block.map(|block| match block {
            Block::Forever => FOREVER,
            Block::Until(end) => end.as_millisecond(),
        })),
        held_until: Set(number.held_until.map(Timestamp::as_millisecond)),
        operator: Set(of_operator.map(|of| of.id.0)),
        calling_profile: Set(of_operator.map(|of| of.profile.0)),
        may_change_location: Set(of_operator.map(|of| of.may_change_location)),
        site: Set(number.site.map(|site| site.0)),
        address: Set(number.address.map(|address| address.0)),
        port_out: Set(number.port_out.map(|request| request.0)),
        category: Set(number.category.as_str().to_owned()),
        country: Set(number.origin.country.clone()),
        city: Set(number.origin.city.clone()),
        region: Set(number.origin.region.clone()),
        sms: Set(number.origin.sms),
        assigned_at: Set(number.assigned_at.map(Timestamp::as_millisecond)),
        tags: Set((!number.tags.is_empty()).then(|| serde_json::json!(number.tags).to_string())),
        version: Set(Written::Created.version()),
        created_at: Set(at.as_millisecond()),
        updated_at: Set(at.as_millisecond()),
    }
}

fn find(tenant: TenantId, number: E164) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Number.eq(number.to_string()))
}

/// For numbers of some people in the order of numbers SQLite would go through all numbers in that order.
fn in_order(mut rows: Vec<Model>) -> Vec<Model> {
    rows.sort_unstable_by(|one, other| one.number.cmp(&other.number));
    rows
}

/// Rows are written from parsed values only; one that can't be read back was changed by hand and counts as absent.
pub(crate) fn stored(row: &Model) -> Option<Stored<Number>> {
    let value = Number {
        number: E164::parse_with_extension(&row.number).ok()?,
        kind: kind_of(&row.kind)?,
        assignee: match (row.assignee_user, row.assignee_resource_account) {
            (Some(user), _) => Some(Assignee::User(UserId(user))),
            (None, Some(account)) => Some(Assignee::ResourceAccount(ResourceAccountId(account))),
            (None, None) => None,
        },
        assigned_at: row.assigned_at.map(timestamp),
        trunk: row.trunk.map(TrunkId),
        source: source_of(row)?,
        block: row.blocked_until.map(|end| if end == FOREVER { Block::Forever } else { Block::Until(timestamp(end)) }),
        held_until: row.held_until.map(timestamp),
        category: Category::ALL.into_iter().find(|category| category.as_str() == row.category)?,
        site: row.site.map(SiteId),
        address: row.address.map(CivicAddressId),
        port_out: row.port_out.map(PortOutId),
        tags: row.tags.as_deref().map(serde_json::from_str).transpose().ok()?.unwrap_or_default(),
        origin: Origin {
            country: row.country.clone(),
            city: row.city.clone(),
            region: row.region.clone(),
            sms: row.sms,
        },
    };
    Some(Stored {
        value,
        version: row.version,
        created_at: timestamp(row.created_at),
        updated_at: timestamp(row.updated_at),
    })
}

fn source_of(row: &Model) -> Option<NumberSource> {
    match (row.source.as_str(), row.operator, row.calling_profile) {
        ("calling_plan", ..) => Some(NumberSource::CallingPlan),
        ("direct_routing", ..) => Some(NumberSource::DirectRouting),
        ("operator", Some(operator), Some(profile)) => Some(NumberSource::Operator(OfOperator {
            id: OperatorId(operator),
            profile: CallingProfileId(profile),
            may_change_location: row.may_change_location.unwrap_or(false),
        })),
        _ => None,
    }
}

pub(crate) fn kind_of(word: &str) -> Option<NumberKind> {
    NumberKind::ALL.into_iter().find(|kind| kind.as_str() == word)
}
