//! Accounts that people sign in with: who they are and what they may do. What they prove it with is kept apart.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use phone::access::{Account, Assignment};
use phone::id::{AccountId, TenantId, UserId};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait,
    EntityTrait as _, QueryFilter as _, QuerySelect as _,
};
use serde_json::{Value, json};

use crate::api_tokens::Scope;
use crate::database::Store;
use crate::documents::{Written, check, taken};
use crate::entity::account::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::roles::{Holder, assignments_of, shown};
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};
use crate::wanted::NAMED_MAX;

/// An account with what the store knows of it, and nothing that opens it.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountRow {
    pub account: Account,
    pub scope: Scope,
    /// What its holder may do.
    pub assignments: Vec<Assignment>,
    pub has_password: bool,
    pub has_second_factor: bool,
    /// Whether its holder signs in elsewhere, too.
    pub has_openid: bool,
    /// Whether the provider there made it, and says what it may do.
    pub follows_openid: bool,
    /// None if no invitation can be taken up.
    pub invited_until: Option<Timestamp>,
    pub last_signed_in_at: Option<Timestamp>,
}

impl Store {
    /// Accounts of one organization, or of the server, in the order of their addresses.
    pub async fn accounts(&self, scope: Scope, paging: &Paging) -> Result<Page<Stored<AccountRow>>, StoreError> {
        let rows = paged(Entity::find().filter(of(scope)), Column::EmailKey, Column::Id, paging);
        let rows = rows.all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Text(row.email_key.clone()), id: row.id };
        let Page { items, next } = page_of(rows, paging, cursor);
        Ok(Page { items: with_roles(&self.reader, items).await?, next })
    }

    /// One account.
    pub async fn account(&self, scope: Scope, id: AccountId) -> Result<Option<Stored<AccountRow>>, StoreError> {
        let row = Entity::find_by_id(id.0).filter(of(scope)).one(&self.reader).await?;
        Ok(with_roles(&self.reader, row.into_iter().collect()).await?.pop())
    }

    /// Whose accounts have these addresses, by what they are found by.
    pub async fn account_names(
        &self,
        scope: Scope,
        keys: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let (keys, mut names) = (keys.iter().collect::<Vec<_>>(), BTreeMap::new());
        for part in keys.chunks(NAMED_MAX) {
            let named = Column::EmailKey.is_in(part.iter().map(|key| key.as_str()));
            let found = Entity::find().select_only().columns([Column::EmailKey, Column::Name]);
            let found = found.filter(of(scope)).filter(named).into_tuple::<(String, String)>();
            names.extend(found.all(&self.reader).await?);
        }
        Ok(names)
    }

    /// The account with this address.
    pub async fn account_by_email(
        &self,
        scope: Scope,
        email_key: &str,
    ) -> Result<Option<Stored<AccountRow>>, StoreError> {
        let row = Entity::find().filter(of(scope)).filter(Column::EmailKey.eq(email_key)).one(&self.reader).await?;
        Ok(with_roles(&self.reader, row.into_iter().collect()).await?.pop())
    }

    /// Whether there is an account of the server.
    pub async fn has_platform_account(&self) -> Result<bool, StoreError> {
        Ok(Entity::find().filter(of(Scope::Platform)).one(&self.reader).await?.is_some())
    }
}

impl Tx {
    /// One account as of this change.
    pub async fn account(&self, scope: Scope, id: AccountId) -> Result<Option<Stored<AccountRow>>, StoreError> {
        let row = Entity::find_by_id(id.0).filter(of(scope)).one(&self.db).await?;
        Ok(with_roles(&self.db, row.into_iter().collect()).await?.pop())
    }

    /// The account with this address, as of this change.
    pub async fn account_by_email(
        &self,
        scope: Scope,
        email_key: &str,
    ) -> Result<Option<Stored<AccountRow>>, StoreError> {
        let row = Entity::find().filter(of(scope)).filter(Column::EmailKey.eq(email_key)).one(&self.db).await?;
        Ok(with_roles(&self.db, row.into_iter().collect()).await?.pop())
    }

    /// Creates an account or changes it, with the roles that it has. One that is disabled is signed out everywhere.
    pub async fn save_account(
        &mut self,
        scope: Scope,
        account: &Account,
        assignments: &[Assignment],
        expected: Expected,
    ) -> Result<Version, WriteError> {
        let before = self.account(scope, account.id).await?;
        let written = check(before.as_ref(), expected)?;
        let model = ActiveModel {
            id: Set(account.id.0),
            tenant: Set(scope.tenant().map(|tenant| tenant.0)),
            reseller: Set(scope.reseller().map(|reseller| reseller.0)),
            person: Set(account.person.map(|person| person.0)),
            email: Set(account.email.clone()),
            email_key: Set(account.email_key()),
            name: Set(account.name.clone()),
            enabled: Set(account.enabled),
            totp_confirmed: if written == Written::Created { Set(false) } else { NotSet },
            version: Set(written.version()),
            created_at: Set(written.created_at(before.as_ref(), self.at)),
            updated_at: Set(self.at.as_millisecond()),
            ..Default::default()
        };
        match written {
            Written::Created => model.insert(&self.db).await,
            Written::Changed(_) => model.update(&self.db).await,
        }
        .map_err(|error| taken(error, "email"))?;
        self.set_assignments(scope.tenant(), Holder::Account(account.id), assignments).await?;
        if !account.enabled {
            self.end_sessions_of(account.id, None).await?;
        }
        let after = noted(account, assignments);
        self.note(Change {
            tenant: scope.tenant(),
            noun: Noun::Account,
            object: account.id.to_string(),
            action: written.action(),
            before: before.map(|before| noted(&before.value.account, &before.value.assignments)).as_ref(),
            after: Some(&after),
        })
        .await?;
        Ok(written.version())
    }

    /// Deletes an account, with its sessions and all that opened it.
    pub async fn delete_account(&mut self, scope: Scope, id: AccountId, expected: Expected) -> Result<(), WriteError> {
        let before = self.account(scope, id).await?;
        let Some(before) = before else { return Err(WriteError::NotFound) };
        check(Some(&before), expected)?;
        // Sessions, recovery codes and roles refer to it and go with it.
        Entity::delete_by_id(id.0).exec(&self.db).await?;
        self.note(Change::<_, ()> {
            tenant: scope.tenant(),
            noun: Noun::Account,
            object: id.to_string(),
            action: "delete",
            before: Some(&noted(&before.value.account, &before.value.assignments)),
            after: None,
        })
        .await?;
        Ok(())
    }

    /// Deletes the accounts of a person who is deleted.
    pub(crate) async fn delete_accounts_of(&mut self, tenant: TenantId, person: UserId) -> Result<(), WriteError> {
        for row in Entity::find().filter(Column::Person.eq(person.0)).all(&self.db).await? {
            self.delete_account(Scope::Tenant(tenant), AccountId(row.id), Expected::Any).await?;
        }
        Ok(())
    }

    /// The accounts that a person signs in with.
    pub async fn accounts_of_person(&self, person: UserId) -> Result<Vec<AccountRow>, StoreError> {
        let rows = Entity::find().filter(Column::Person.eq(person.0)).all(&self.db).await?;
        Ok(with_roles(&self.db, rows).await?.into_iter().map(|row| row.value).collect())
    }

    /// Signs a person out everywhere who is disabled.
    pub(crate) async fn sign_out_person(&mut self, person: UserId) -> Result<(), StoreError> {
        for row in Entity::find().filter(Column::Person.eq(person.0)).all(&self.db).await? {
            self.end_sessions_of(AccountId(row.id), None).await?;
        }
        Ok(())
    }

    /// Notes something that happened to an account.
    pub(crate) async fn note_of_account(
        &mut self,
        row: &Model,
        action: &'static str,
        after: Option<Value>,
    ) -> Result<(), StoreError> {
        self.note(Change::<Value, _> {
            tenant: row.tenant.map(TenantId),
            noun: Noun::Account,
            object: row.id.to_string(),
            action,
            before: None,
            after: after.as_ref(),
        })
        .await
    }
}

/// Accounts with what they may do.
pub(crate) async fn with_roles(
    db: &impl ConnectionTrait,
    rows: Vec<Model>,
) -> Result<Vec<Stored<AccountRow>>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Holder> = rows.iter().map(|row| Holder::Account(AccountId(row.id))).collect();
    let mut assignments = assignments_of(db, &ids).await?;
    Ok(rows.into_iter().map(|row| stored(&row, assignments.remove(&row.id).unwrap_or_default())).collect())
}

pub(crate) fn stored(row: &Model, assignments: Vec<Assignment>) -> Stored<AccountRow> {
    let value = AccountRow {
        account: Account {
            id: AccountId(row.id),
            email: row.email.clone(),
            name: row.name.clone(),
            person: row.person.map(UserId),
            enabled: row.enabled,
        },
        scope: Scope::of_row(row.tenant, row.reseller),
        assignments,
        has_password: row.password.is_some(),
        has_second_factor: row.totp_confirmed,
        has_openid: row.openid_subject.is_some(),
        follows_openid: row.openid_follows.unwrap_or(false),
        invited_until: row.invited_until.map(timestamp),
        last_signed_in_at: row.last_signed_in_at.map(timestamp),
    };
    Stored { value, version: row.version, created_at: timestamp(row.created_at), updated_at: timestamp(row.updated_at) }
}

pub(crate) fn of(scope: Scope) -> Condition {
    match scope {
        Scope::Platform => Condition::all().add(Column::Tenant.is_null()).add(Column::Reseller.is_null()),
        Scope::Reseller(reseller) => Condition::all().add(Column::Reseller.eq(reseller.0)),
        Scope::Tenant(tenant) => Condition::all().add(Column::Tenant.eq(tenant.0)),
    }
}

fn noted(account: &Account, assignments: &[Assignment]) -> Value {
    json!({
        "id": account.id,
        "email": account.email,
        "name": account.name,
        "person": account.person,
        "enabled": account.enabled,
        "roles": shown(assignments),
    })
}
