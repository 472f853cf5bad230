//! Roles that organizations made, and who has which role.

use std::collections::BTreeMap;

use phone::access::{Assignment, BuiltIn, CustomRole, Grant, Grants, RoleRef, Scope};
use phone::id::{AccountId, ApiKeyId, AttendantId, GroupId, QueueId, RoleId, SiteId, TenantId};
use phone::numbers::E164;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::api_tokens::opening;
use crate::database::Store;
use crate::documents::{Written, check, taken, to_json};
use crate::entity::{role, role_assignment};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};

/// Who has roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    Account(AccountId),
    ApiKey(ApiKeyId),
}

/// Ids in one statement; SQLite takes at most 32,766.
const NAMED_MAX: usize = 1_000;

impl Store {
    /// Roles that an organization made, by name.
    pub async fn roles(&self, tenant: TenantId) -> Result<Vec<Stored<CustomRole>>, StoreError> {
        let of_tenant = role::Entity::find().filter(role::Column::Tenant.eq(tenant.0));
        Ok(of_tenant.order_by_asc(role::Column::Name).all(&self.reader).await?.iter().map(stored).collect())
    }

    /// One role that an organization made.
    pub async fn role(&self, tenant: TenantId, id: RoleId) -> Result<Option<Stored<CustomRole>>, StoreError> {
        Ok(find(tenant, id).one(&self.reader).await?.as_ref().map(stored))
    }

    /// What these assignments come to. A role that is gone gives nothing.
    pub async fn grants(&self, assignments: &[Assignment]) -> Result<Grants, StoreError> {
        grants(&self.reader, assignments).await
    }
}

impl Tx {
    /// Roles that an organization made, as of this change.
    pub async fn roles(&self, tenant: TenantId) -> Result<Vec<CustomRole>, StoreError> {
        let rows = role::Entity::find().filter(role::Column::Tenant.eq(tenant.0)).all(&self.db).await?;
        Ok(rows.iter().map(|row| stored(row).value).collect())
    }

    /// What these assignments come to, as of this change.
    pub async fn grants(&self, assignments: &[Assignment]) -> Result<Grants, StoreError> {
        grants(&self.db, assignments).await
    }

    /// How often a role is held by accounts, and by keys that open something.
    pub async fn n_holders(&self, id: RoleId) -> Result<u64, StoreError> {
        let opens = Condition::any()
            .add(role_assignment::Column::Account.is_not_null())
            .add(role_assignment::Column::ApiKey.in_subquery(opening(self.at)));
        let held = role_assignment::Entity::find().filter(role_assignment::Column::CustomRole.eq(id.0)).filter(opens);
        Ok(held.count(&self.db).await?)
    }

    /// Creates or changes a role.
    pub async fn save_role(
        &mut self,
        tenant: TenantId,
        wanted: &CustomRole,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        let before = find(tenant, wanted.id).one(&self.db).await?.as_ref().map(stored);
        let written = check(before.as_ref(), expected)?;
        let model = role::ActiveModel {
            id: Set(wanted.id.0),
            tenant: Set(tenant.0),
            name: Set(wanted.name.clone()),
            description: Set(wanted.description.clone()),
            permissions: Set(to_json("role", &wanted.permissions)?),
            version: Set(written.version()),
            created_at: Set(written.created_at(before.as_ref(), self.at)),
            updated_at: Set(self.at.as_millisecond()),
        };
        match written {
            Written::Created => model.insert(&self.db).await,
            Written::Changed(_) => model.update(&self.db).await,
        }
        .map_err(|error| taken(error, "name"))?;
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::Role,
            object: wanted.id.to_string(),
            action: written.action(),
            before: before.as_ref().map(|before| &before.value),
            after: Some(wanted),
        })
        .await?;
        Ok(written.version())
    }

    /// Deletes a role that nobody has but keys that expired, which nobody sees or revokes.
    pub async fn delete_role(&mut self, tenant: TenantId, id: RoleId, expected: Expected) -> Result<(), WriteError> {
        let before = find(tenant, id).one(&self.db).await?.as_ref().map(stored);
        let Some(before) = before else { return Err(WriteError::NotFound) };
        check(Some(&before), expected)?;
        role_assignment::Entity::delete_many()
            .filter(role_assignment::Column::CustomRole.eq(id.0))
            .filter(role_assignment::Column::ApiKey.not_in_subquery(opening(self.at)))
            .exec(&self.db)
            .await?;
        role::Entity::delete_by_id(id.0).exec(&self.db).await?;
        self.note(Change::<_, CustomRole> {
            tenant: Some(tenant),
            noun: Noun::Role,
            object: id.to_string(),
            action: "delete",
            before: Some(&before.value),
            after: None,
        })
        .await?;
        Ok(())
    }

    /// Gives a holder these roles and no others.
    pub(crate) async fn set_assignments(
        &mut self,
        tenant: Option<TenantId>,
        holder: Holder,
        assignments: &[Assignment],
    ) -> Result<(), WriteError> {
        role_assignment::Entity::delete_many().filter(holder.column().eq(holder.id())).exec(&self.db).await?;
        let (account, api_key) = match holder {
            Holder::Account(id) => (Some(id.0), None),
            Holder::ApiKey(id) => (None, Some(id.0)),
        };
        let rows: Vec<_> = assignments
            .iter()
            .map(|assignment| {
                let (role, custom_role) = match assignment.role {
                    RoleRef::BuiltIn(role) => (Some(role.as_str().to_owned()), None),
                    RoleRef::Custom(id) => (None, Some(id.0)),
                };
                let Parts { word, object, first, last } = parts(&assignment.scope);
                role_assignment::ActiveModel {
                    id: Set(Uuid::now_v7()),
                    tenant: Set(tenant.map(|tenant| tenant.0)),
                    api_key: Set(api_key),
                    account: Set(account),
                    role: Set(role),
                    custom_role: Set(custom_role),
                    scope: Set(word.to_owned()),
                    object: Set(object),
                    first: Set(first),
                    last: Set(last),
                }
            })
            .collect();
        if !rows.is_empty() {
            role_assignment::Entity::insert_many(rows).exec(&self.db).await?;
        }
        Ok(())
    }
}

impl Holder {
    fn column(self) -> role_assignment::Column {
        match self {
            Self::Account(_) => role_assignment::Column::Account,
            Self::ApiKey(_) => role_assignment::Column::ApiKey,
        }
    }

    fn id(self) -> Uuid {
        match self {
            Self::Account(id) => id.0,
            Self::ApiKey(id) => id.0,
        }
    }
}

/// The roles of many holders of one kind, by the holder's id.
pub(crate) async fn assignments_of(
    db: &impl ConnectionTrait,
    holders: &[Holder],
) -> Result<BTreeMap<Uuid, Vec<Assignment>>, StoreError> {
    let mut found: BTreeMap<Uuid, Vec<Assignment>> = BTreeMap::new();
    let Some(column) = holders.first().map(|holder| holder.column()) else { return Ok(found) };
    for part in holders.chunks(NAMED_MAX) {
        let of_holders = column.is_in(part.iter().map(|holder| holder.id()));
        let rows = role_assignment::Entity::find().filter(of_holders).order_by_asc(role_assignment::Column::Id);
        for row in rows.all(db).await? {
            if let Some((id, assignment)) = row.account.or(row.api_key).zip(assignment(&row)) {
                found.entry(id).or_default().push(assignment);
            }
        }
    }
    Ok(found)
}

/// As the audit shows it.
pub(crate) fn shown(assignments: &[Assignment]) -> Vec<Value> {
    let shown = |assignment: &Assignment| {
        let role = match assignment.role {
            RoleRef::BuiltIn(role) => role.as_str().to_owned(),
            RoleRef::Custom(id) => id.to_string(),
        };
        let Parts { word, object, first, last } = parts(&assignment.scope);
        let scope = match (object, first, last) {
            (Some(id), ..) => json!({ "type": word, "id": id }),
            (None, Some(first), Some(last)) => json!({ "type": word, "first": first, "last": last }),
            (None, Some(named), None) => json!({ "type": word, word: named }),
            (None, None, _) => json!({ "type": word }),
        };
        json!({ "role": role, "scope": scope })
    };
    assignments.iter().map(shown).collect()
}

async fn grants(db: &impl ConnectionTrait, assignments: &[Assignment]) -> Result<Grants, StoreError> {
    let custom: Vec<Uuid> = assignments
        .iter()
        .filter_map(|assignment| match assignment.role {
            RoleRef::BuiltIn(_) => None,
            RoleRef::Custom(id) => Some(id.0),
        })
        .collect();
    let rows = match custom.as_slice() {
        [] => Vec::new(),
        ids => role::Entity::find().filter(role::Column::Id.is_in(ids.iter().copied())).all(db).await?,
    };
    let roles: BTreeMap<RoleId, CustomRole> = rows.iter().map(|row| (RoleId(row.id), stored(row).value)).collect();
    let granted = assignments.iter().filter_map(|assignment| {
        let permissions = match assignment.role {
            RoleRef::BuiltIn(role) => role.permissions(),
            RoleRef::Custom(id) => roles.get(&id)?.permissions.clone(),
        };
        Some(Grant { permissions, scope: assignment.scope.clone() })
    });
    Ok(Grants(granted.collect()))
}

/// A scope as its row has it.
struct Parts {
    word: &'static str,
    object: Option<Uuid>,
    /// The first number of a range; a tag or a country.
    first: Option<String>,
    last: Option<String>,
}

fn parts(scope: &Scope) -> Parts {
    let whole = |word| Parts { word, object: None, first: None, last: None };
    let one = |word, id| Parts { object: Some(id), ..whole(word) };
    let named = |word, name: &String| Parts { first: Some(name.clone()), ..whole(word) };
    match scope {
        Scope::Tenant => whole("tenant"),
        Scope::AutoAttendant(id) => one("auto_attendant", id.0),
        Scope::CallQueue(id) => one("call_queue", id.0),
        Scope::Country(code) => named("country", code),
        Scope::Group(id) => one("group", id.0),
        Scope::NumberRange { first, last } => {
            Parts { first: Some(first.to_string()), last: Some(last.to_string()), ..whole("number_range") }
        }
        Scope::Site(id) => one("site", id.0),
        Scope::Tag(tag) => named("tag", tag),
    }
}

/// What a later version wrote gives nothing.
fn assignment(row: &role_assignment::Model) -> Option<Assignment> {
    let role = match (&row.role, row.custom_role) {
        (Some(name), _) => RoleRef::BuiltIn(BuiltIn::find(name)?),
        (None, id) => RoleRef::Custom(RoleId(id?)),
    };
    let scope = match row.scope.as_str() {
        "tenant" => Scope::Tenant,
        "auto_attendant" => Scope::AutoAttendant(AttendantId(row.object?)),
        "call_queue" => Scope::CallQueue(QueueId(row.object?)),
        "group" => Scope::Group(GroupId(row.object?)),
        "site" => Scope::Site(SiteId(row.object?)),
        "country" => Scope::country(row.first.as_deref()?).ok()?,
        "tag" => Scope::tag(row.first.as_deref()?).ok()?,
        "number_range" => {
            let number = |text: &Option<String>| E164::parse(text.as_deref()?).ok();
            Scope::numbers(number(&row.first)?, number(&row.last)?).ok()?
        }
        _ => return None,
    };
    Some(Assignment { role, scope })
}

fn find(tenant: TenantId, id: RoleId) -> sea_orm::Select<role::Entity> {
    role::Entity::find_by_id(id.0).filter(role::Column::Tenant.eq(tenant.0))
}

/// Permissions that a later version wrote are none of this one.
fn stored(row: &role::Model) -> Stored<CustomRole> {
    let words: Vec<String> = serde_json::from_str(&row.permissions).unwrap_or_default();
    let value = CustomRole {
        id: RoleId(row.id),
        name: row.name.clone(),
        description: row.description.clone(),
        permissions: words.iter().filter_map(|word| word.parse().ok()).collect(),
    };
    Stored { value, version: row.version, created_at: timestamp(row.created_at), updated_at: timestamp(row.updated_at) }
}
