//! What accounts are opened with: passwords and recovery codes as hashes, secrets of second factors sealed, invitations.

use jiff::Timestamp;
use phone::access::totp::Step;
use phone::id::AccountId;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use crate::accounts::{AccountRow, of, with_roles};
use crate::api_tokens::{Scope, TokenHash};
use crate::database::Store;
use crate::entity::account::{ActiveModel, Column, Entity, Model};
use crate::entity::recovery_code;
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::seal::Seal;
use crate::tx::{Change, Tx};

/// An account with what it is opened with.
#[derive(Clone)]
pub struct Credentials {
    pub row: AccountRow,
    /// A PHC string.
    pub password: Option<String>,
    pub totp: Option<Totp>,
}

/// The secret of a second factor.
#[derive(Clone)]
pub struct Totp {
    pub secret: Vec<u8>,
    /// Whether its holder showed that an app has it. Before, it is no second factor.
    pub confirmed: bool,
    /// The last code that was taken.
    pub last: Option<Step>,
}

impl Store {
    /// Accounts that somebody may mean who signs in with this address: in one place, or anywhere. Two are enough to
    /// know that it is not clear which.
    pub async fn credentials_by_email(
        &self,
        email_key: &str,
        place: Option<Scope>,
    ) -> Result<Vec<Credentials>, StoreError> {
        let mut named = Entity::find().filter(Column::EmailKey.eq(email_key)).order_by_asc(Column::Id).limit(2);
        if let Some(place) = place {
            named = named.filter(of(place));
        }
        let rows = named.all(&self.reader).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            found.extend(self.with_credentials(row).await?);
        }
        Ok(found)
    }

    /// One account with what it is opened with.
    pub async fn credentials(&self, id: AccountId) -> Result<Option<Credentials>, StoreError> {
        match Entity::find_by_id(id.0).one(&self.reader).await? {
            Some(row) => self.with_credentials(row).await,
            None => Ok(None),
        }
    }

    /// The account that this invitation is for; none if it was taken up or is over.
    pub async fn invited(&self, invitation: &TokenHash, now: Timestamp) -> Result<Option<AccountRow>, StoreError> {
        let row = invited(invitation, now).one(&self.reader).await?;
        let rows = with_roles(&self.reader, row.into_iter().collect()).await?;
        Ok(rows.into_iter().next().map(|row| row.value))
    }

    /// How many recovery codes were not used yet.
    pub async fn n_recovery_codes(&self, id: AccountId) -> Result<u64, StoreError> {
        let of_account = recovery_code::Entity::find().filter(recovery_code::Column::Account.eq(id.0));
        Ok(of_account.count(&self.reader).await?)
    }

    async fn with_credentials(&self, row: Model) -> Result<Option<Credentials>, StoreError> {
        let (password, totp) = (row.password.clone(), totp(&self.seal, &row)?);
        let row = with_roles(&self.reader, vec![row]).await?.pop();
        Ok(row.map(|row| Credentials { row: row.value, password, totp }))
    }
}

impl Tx {
    /// The account that this invitation is for, as of this change.
    pub async fn invited(&self, invitation: &TokenHash) -> Result<Option<AccountRow>, StoreError> {
        let row = invited(invitation, self.at).one(&self.db).await?;
        let rows = with_roles(&self.db, row.into_iter().collect()).await?;
        Ok(rows.into_iter().next().map(|row| row.value))
    }

    /// Invites to set a password. The one that there was opens nothing from then on, nor do sessions.
    pub async fn invite(&mut self, id: AccountId, token: &TokenHash, until: Timestamp) -> Result<(), WriteError> {
        let row = self.account_row(id).await?;
        self.end_sessions_of(id, None).await?;
        self.note_of_account(&row, "invite", Some(json!({ "until": until }))).await?;
        let mut row: ActiveModel = row.into();
        row.password = Set(None);
        row.invitation = Set(Some(token.0.to_vec()));
        row.invited_until = Set(Some(until.as_millisecond()));
        self.write(row).await
    }

    /// Sets a password that its holder chose, and ends the invitation.
    pub async fn set_password(&mut self, id: AccountId, hash: &str, action: &'static str) -> Result<(), WriteError> {
        let row = self.account_row(id).await?;
        self.note_of_account(&row, action, None).await?;
        let mut row: ActiveModel = row.into();
        row.password = Set(Some(hash.to_owned()));
        row.invitation = Set(None);
        row.invited_until = Set(None);
        self.write(row).await
    }

    /// Whether an account may be used and this is still its password, as of this change.
    pub async fn has_password(&self, id: AccountId, hash: &str) -> Result<bool, StoreError> {
        let row = Entity::find_by_id(id.0).one(&self.db).await?;
        Ok(row.is_some_and(|row| row.enabled && row.password.as_deref() == Some(hash)))
    }

    /// Keeps the same password hashed in another way. That is no change that anybody made.
    pub async fn rehash_password(&mut self, id: AccountId, before: &str, after: &str) -> Result<(), WriteError> {
        let same = Entity::update_many().col_expr(Column::Password, sea_orm::sea_query::Expr::value(after));
        same.filter(Column::Id.eq(id.0)).filter(Column::Password.eq(before)).exec(&self.db).await?;
        Ok(())
    }

    /// Keeps the secret of a second factor that is still to be confirmed.
    pub async fn begin_totp(&mut self, id: AccountId, secret: &[u8]) -> Result<(), WriteError> {
        let sealed = self.seal.seal(id.0.as_bytes(), secret);
        let sealed = sealed.ok_or_else(|| StoreError::Sealed { what: "account", id: id.to_string() })?;
        let mut row: ActiveModel = self.account_row(id).await?.into();
        row.totp = Set(Some(sealed));
        row.totp_confirmed = Set(false);
        row.totp_step = Set(None);
        self.write(row).await
    }

    /// The second factor of an account, as of this change.
    pub async fn totp(&self, id: AccountId) -> Result<Option<Totp>, WriteError> {
        Ok(totp(&self.seal, &self.account_row(id).await?)?)
    }

    /// The second factor is there from now on, with these recovery codes.
    pub async fn confirm_totp(&mut self, id: AccountId, step: Step, codes: &[TokenHash]) -> Result<(), WriteError> {
        let row = self.account_row(id).await?;
        self.note_of_account(&row, "set_up_second_factor", None).await?;
        self.replace_recovery_codes(&row, codes).await?;
        let mut row: ActiveModel = row.into();
        row.totp_confirmed = Set(true);
        row.totp_step = Set(Some(step));
        self.write(row).await
    }

    /// A code was taken, and no earlier one is from now on.
    pub async fn use_totp(&mut self, id: AccountId, step: Step) -> Result<(), WriteError> {
        let mut row: ActiveModel = self.account_row(id).await?.into();
        row.totp_step = Set(Some(step));
        self.write(row).await
    }

    /// Takes the second factor away.
    pub async fn remove_totp(&mut self, id: AccountId, action: &'static str) -> Result<(), WriteError> {
        let row = self.account_row(id).await?;
        self.note_of_account(&row, action, None).await?;
        self.replace_recovery_codes(&row, &[]).await?;
        let mut row: ActiveModel = row.into();
        row.totp = Set(None);
        row.totp_confirmed = Set(false);
        row.totp_step = Set(None);
        self.write(row).await
    }

    /// Other recovery codes: those before open nothing.
    pub async fn set_recovery_codes(&mut self, id: AccountId, codes: &[TokenHash]) -> Result<(), WriteError> {
        let row = self.account_row(id).await?;
        self.note_of_account(&row, "new_recovery_codes", None).await?;
        self.replace_recovery_codes(&row, codes).await
    }

    /// Uses a recovery code up; whether there was such a one.
    pub async fn use_recovery_code(&mut self, id: AccountId, code: &TokenHash) -> Result<bool, WriteError> {
        let used = recovery_code::Entity::delete_many()
            .filter(recovery_code::Column::Account.eq(id.0))
            .filter(recovery_code::Column::Hash.eq(code.0.to_vec()))
            .exec(&self.db)
            .await?;
        if used.rows_affected == 0 {
            return Ok(false);
        }
        let row = self.account_row(id).await?;
        self.note_of_account(&row, "use_recovery_code", None).await?;
        Ok(true)
    }

    /// Tells of a sign-in that failed; of an account that is there.
    pub async fn note_failed_sign_in(
        &mut self,
        account: &AccountRow,
        address: &str,
        because: &'static str,
    ) -> Result<(), WriteError> {
        let after = json!({ "address": address, "because": because });
        self.note(Change::<(), _> {
            tenant: account.scope.tenant(),
            noun: Noun::Account,
            object: account.account.id.to_string(),
            action: "sign_in_failed",
            before: None,
            after: Some(&after),
        })
        .await?;
        Ok(())
    }

    pub(crate) async fn account_row(&self, id: AccountId) -> Result<Model, WriteError> {
        Entity::find_by_id(id.0).one(&self.db).await?.ok_or(WriteError::NotFound)
    }

    async fn write(&mut self, row: ActiveModel) -> Result<(), WriteError> {
        row.update(&self.db).await?;
        Ok(())
    }

    async fn replace_recovery_codes(&mut self, row: &Model, codes: &[TokenHash]) -> Result<(), WriteError> {
        let of_account = recovery_code::Column::Account.eq(row.id);
        recovery_code::Entity::delete_many().filter(of_account).exec(&self.db).await?;
        let rows = codes.iter().map(|code| recovery_code::ActiveModel {
            id: Set(Uuid::now_v7()),
            account: Set(row.id),
            tenant: Set(row.tenant),
            hash: Set(code.0.to_vec()),
        });
        if !codes.is_empty() {
            recovery_code::Entity::insert_many(rows).exec(&self.db).await?;
        }
        Ok(())
    }
}

fn invited(invitation: &TokenHash, now: Timestamp) -> sea_orm::Select<Entity> {
    Entity::find()
        .filter(Column::Invitation.eq(invitation.0.to_vec()))
        .filter(Column::InvitedUntil.gt(now.as_millisecond()))
        .filter(Column::Enabled.eq(true))
}

fn totp(seal: &Seal, row: &Model) -> Result<Option<Totp>, StoreError> {
    let Some(sealed) = &row.totp else { return Ok(None) };
    let secret = seal.open_sealed(row.id.as_bytes(), sealed);
    let secret = secret.ok_or_else(|| StoreError::Sealed { what: "account", id: row.id.to_string() })?;
    Ok(Some(Totp { secret, confirmed: row.totp_confirmed, last: row.totp_step }))
}
