//! Policies. The organization's own of a type has no row until somebody changes it.

use std::collections::BTreeMap;

use phone::id::{PolicyId, TenantId};
use phone::policies::fixed::fixed;
use phone::policies::{Policy, PolicyType, Settings};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::database::Store;
use crate::documents::{Written, check, from_json, taken, to_json};
use crate::entity::policy::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};
use crate::wanted::of_tenant;

/// How a policy of a type is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyKey {
    Global,
    Id(PolicyId),
    /// Whatever its capital letters.
    Name(String),
}

impl Store {
    /// Policies of one type by name, the organization's own first.
    pub async fn policies(
        &self,
        tenant: TenantId,
        kind: PolicyType,
        paging: &Paging,
    ) -> Result<Page<Stored<Policy>>, StoreError> {
        let rows = paged(of_type(tenant, kind), Column::NameKey, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Text(row.name_key.clone()), id: row.id };
        let page = page_of(rows, paging, cursor);
        let mut page = with_fixed(tenant, kind, page, paging, |row| stored(kind, row))?;
        let items = &mut page.items;
        let is_global_missing = items.first().is_none_or(|first| first.value.id.is_some());
        if paging.after.is_none() && is_global_missing {
            items.insert(0, unchanged(kind));
        }
        Ok(page)
    }

    /// One policy.
    pub async fn policy(
        &self,
        tenant: TenantId,
        kind: PolicyType,
        key: &PolicyKey,
    ) -> Result<Option<Stored<Policy>>, StoreError> {
        find(&self.reader, tenant, kind, key).await
    }

    /// Policies with these ids, of whatever type.
    pub async fn policies_by_id(
        &self,
        tenant: TenantId,
        named: &[PolicyId],
    ) -> Result<BTreeMap<PolicyId, Policy>, StoreError> {
        let ids = named.iter().map(|id| id.0);
        let rows = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Id.is_in(ids));
        let rows = rows.all(&self.reader).await?;
        let known = rows.iter().filter_map(|row| Some((PolicyId(row.id), PolicyType::parse(&row.kind)?, row)));
        let known = known.map(|(id, kind, row)| Ok((id, stored(kind, row)?.value)));
        let mut known = known.collect::<Result<BTreeMap<_, _>, StoreError>>()?;
        // Those that come with the program have no row until somebody is given one.
        for policy in PolicyType::ALL.iter().flat_map(|kind| fixed(tenant, *kind)) {
            if let Some(id) = policy.id.filter(|id| named.contains(id)) {
                known.entry(id).or_insert(policy);
            }
        }
        Ok(known)
    }

    /// All policies of one type that were ever saved, of every tenant or of one.
    pub(crate) async fn all_policies_of_type(
        &self,
        of: Option<TenantId>,
        kind: PolicyType,
    ) -> Result<Vec<(TenantId, Policy)>, StoreError> {
        let rows = Entity::find().filter(of_tenant(Column::Tenant, of)).filter(Column::Kind.eq(kind.as_str()));
        let rows = rows.all(&self.reader).await?;
        rows.iter().map(|row| Ok((TenantId(row.tenant), stored(kind, row)?.value))).collect()
    }

    /// The organization's own policy of each type that was changed.
    pub async fn global_policies(&self, tenant: TenantId) -> Result<BTreeMap<PolicyType, Policy>, StoreError> {
        let rows = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::NameKey.eq(""));
        let rows = rows.all(&self.reader).await?;
        let known = rows.iter().filter_map(|row| Some((PolicyType::parse(&row.kind)?, row)));
        known.map(|(kind, row)| Ok((kind, stored(kind, row)?.value))).collect()
    }
}

impl Tx {
    /// One policy as of this change.
    pub async fn policy(
        &self,
        tenant: TenantId,
        kind: PolicyType,
        key: &PolicyKey,
    ) -> Result<Option<Stored<Policy>>, StoreError> {
        find(&self.db, tenant, kind, key).await
    }

    /// All policies of one type that were ever saved, as of this change.
    pub async fn all_policies(&self, tenant: TenantId, kind: PolicyType) -> Result<Vec<Policy>, StoreError> {
        let rows = of_type(tenant, kind).all(&self.db).await?;
        rows.iter().map(|row| Ok(stored(kind, row)?.value)).collect()
    }

    /// How many policies of one type there are.
    pub async fn n_policies(&self, tenant: TenantId, kind: PolicyType) -> Result<u64, StoreError> {
        Ok(of_type(tenant, kind).count(&self.db).await?)
    }

    /// Creates or changes a policy. The organization's own is there as version 0 before it is ever saved.
    pub async fn save_policy(
        &mut self,
        tenant: TenantId,
        policy: &Policy,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        let kind = policy.kind();
        let row = of_type(tenant, kind).filter(match policy.id {
            Some(id) => Column::Id.eq(id.0),
            None => Column::NameKey.eq(""),
        });
        let row = row.one(&self.db).await?;
        let before = row.as_ref().map(|row| stored(kind, row)).transpose()?;
        let is_first = row.is_none() && policy.id.is_none() && expected == Expected::Version(0);
        let written = if is_first { Written::Created } else { check(before.as_ref(), expected)? };
        let id = row.as_ref().map(|row| row.id).or(policy.id.map(|id| id.0)).unwrap_or_else(Uuid::now_v7);
        let model = ActiveModel {
            id: Set(id),
            tenant: Set(tenant.0),
            kind: Set(kind.as_str().to_owned()),
            name: Set(policy.name.clone()),
            name_key: Set(policy.name_key()),
            description: Set(policy.description.clone()),
            settings: Set(to_json("policy", &policy.settings.to_value())?),
            version: Set(written.version()),
            created_at: Set(written.created_at(before.as_ref(), self.at)),
            updated_at: Set(self.at.as_millisecond()),
        };
        match written {
            Written::Created => model.insert(&self.db).await,
            Written::Changed(_) => model.update(&self.db).await,
        }
        .map_err(|error| taken(error, "name"))?;
        let (before, after) = (before.map(|before| told(&before.value)), told(policy));
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::Policy,
            object: object(policy),
            action: written.action(),
            before: before.as_ref(),
            after: Some(&after),
        })
        .await?;
        Ok(written.version())
    }

    /// Keeps a policy that comes with the program as one of the organization's, so that it can be assigned.
    pub async fn keep_fixed_policy(&mut self, tenant: TenantId, policy: &Policy) -> Result<(), WriteError> {
        let Some(id) = policy.id else { return Ok(()) };
        if Entity::find_by_id(id.0).one(&self.db).await?.is_some() {
            return Ok(());
        }
        let at = self.at.as_millisecond();
        let model = ActiveModel {
            id: Set(id.0),
            tenant: Set(tenant.0),
            kind: Set(policy.kind().as_str().to_owned()),
            name: Set(policy.name.clone()),
            name_key: Set(policy.name_key()),
            description: Set(policy.description.clone()),
            settings: Set(to_json("policy", &policy.settings.to_value())?),
            version: Set(1),
            created_at: Set(at),
            updated_at: Set(at),
        };
        model.insert(&self.db).await.map_err(|error| taken(error, "name"))?;
        Ok(())
    }

    /// Deletes a policy that nobody is given.
    pub async fn delete_policy(
        &mut self,
        tenant: TenantId,
        before: &Stored<Policy>,
        expected: Expected,
    ) -> Result<(), WriteError> {
        check(Some(before), expected)?;
        let Some(id) = before.value.id else { return Err(WriteError::NotFound) };
        Entity::delete_by_id(id.0).filter(Column::Tenant.eq(tenant.0)).exec(&self.db).await?;
        self.note(Change::<_, Value> {
            tenant: Some(tenant),
            noun: Noun::Policy,
            object: object(&before.value),
            action: "delete",
            before: Some(&told(&before.value)),
            after: None,
        })
        .await?;
        Ok(())
    }
}

/// What a policy is called in the audit.
pub(crate) fn object(policy: &Policy) -> String {
    policy.id.map_or_else(|| format!("{}/global", policy.kind().as_str()), |id| id.to_string())
}

fn told(policy: &Policy) -> Value {
    json!({ "type": policy.kind().as_str(), "name": policy.name, "description": policy.description,
        "settings": policy.settings.to_value() })
}

fn of_type(tenant: TenantId, kind: PolicyType) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Kind.eq(kind.as_str()))
}

async fn find(
    db: &impl ConnectionTrait,
    tenant: TenantId,
    kind: PolicyType,
    key: &PolicyKey,
) -> Result<Option<Stored<Policy>>, StoreError> {
    let wanted = of_type(tenant, kind).filter(match key {
        PolicyKey::Global => Column::NameKey.eq(""),
        PolicyKey::Id(id) => Column::Id.eq(id.0),
        PolicyKey::Name(name) => Column::NameKey.eq(name.to_lowercase()),
    });
    match (wanted.one(db).await?, key) {
        (Some(row), _) => stored(kind, &row).map(Some),
        (None, PolicyKey::Global) => Ok(Some(unchanged(kind))),
        (None, PolicyKey::Id(id)) => {
            Ok(fixed(tenant, kind).into_iter().find(|policy| policy.id == Some(*id)).map(program))
        }
        (None, PolicyKey::Name(name)) => {
            let key = name.to_lowercase();
            Ok(fixed(tenant, kind).into_iter().find(|policy| policy.name_key() == key).map(program))
        }
    }
}

/// A page with the policies among it that come with the program and have no row.
fn with_fixed(
    tenant: TenantId,
    kind: PolicyType,
    page: Page<Model>,
    paging: &Paging,
    read: impl Fn(&Model) -> Result<Stored<Policy>, StoreError>,
) -> Result<Page<Stored<Policy>>, StoreError> {
    // The organization's own is alone with its key: whatever the id of its row, nothing of that key comes after it.
    let cursor = |policy: &Policy| Cursor {
        key: CursorKey::Text(policy.name_key()),
        id: policy.id.map_or(Uuid::max(), |id| id.0),
    };
    let key_of = |cursor: &Cursor| match &cursor.key {
        CursorKey::Text(key) => (key.clone(), cursor.id),
        CursorKey::Integer(_) => (String::new(), cursor.id),
    };
    let mut items = page.items.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let of_program = fixed(tenant, kind);
    if of_program.is_empty() {
        return Ok(Page { items, next: page.next });
    }
    let first = paging.after.as_ref().map(key_of);
    let last = page.next.as_ref().map(key_of);
    for policy in of_program.into_iter().map(program) {
        let place = key_of(&cursor(&policy.value));
        let is_here =
            first.as_ref().is_none_or(|first| *first < place) && last.as_ref().is_none_or(|last| place < *last);
        let is_there = items.iter().any(|other| other.value.name_key() == place.0);
        if is_here && !is_there {
            items.push(policy);
        }
    }
    items.sort_by_key(|policy| key_of(&cursor(&policy.value)));
    let limit = usize::try_from(paging.limit).unwrap_or(usize::MAX);
    if items.len() <= limit {
        return Ok(Page { items, next: page.next });
    }
    items.truncate(limit);
    let next = items.last().map(|last| cursor(&last.value));
    Ok(Page { items, next })
}

/// A policy that comes with the program, as it is before anybody is given it.
fn program(value: Policy) -> Stored<Policy> {
    let never = timestamp(0);
    Stored { value, version: 0, created_at: never, updated_at: never }
}

/// The organization's own before it was ever changed.
fn unchanged(kind: PolicyType) -> Stored<Policy> {
    let never = timestamp(0);
    Stored { value: Policy::global(kind), version: 0, created_at: never, updated_at: never }
}

fn stored(kind: PolicyType, row: &Model) -> Result<Stored<Policy>, StoreError> {
    let corrupt = |source| StoreError::Corrupt { what: "policy", id: row.id.to_string(), source };
    let value = Policy {
        id: (!row.name_key.is_empty()).then_some(PolicyId(row.id)),
        name: row.name.clone(),
        description: row.description.clone(),
        settings: Settings::read(kind, from_json("policy", row.id, &row.settings)?).map_err(corrupt)?,
    };
    Ok(Stored {
        value,
        version: row.version,
        created_at: timestamp(row.created_at),
        updated_at: timestamp(row.updated_at),
    })
}
