//! Sessions: in which browsers somebody is signed in. Of what a browser holds only a hash is kept.

use jiff::{SignedDuration, Timestamp};
use phone::access::session::{SESSION_SECS_MAX, Stage};
use phone::id::{AccountId, SessionId};
use phone::limits::SESSIONS_OF_ACCOUNT_MAX;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use crate::accounts::{AccountRow, with_roles};
use crate::api_tokens::{Scope, TokenHash};
use crate::database::{Store, Urgency};
use crate::entity::session::{ActiveModel, Column, Entity, Model};
use crate::entity::{account, user};
use crate::error::{StoreError, WriteError};
use crate::tx::{Tx, timestamp};

/// Somebody is signed in, in one browser, or about to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    pub id: SessionId,
    pub account: AccountId,
    pub stage: Stage,
    /// Where it was last used from.
    pub address: String,
    /// What the browser says it is.
    pub device: String,
    pub created_at: Timestamp,
    /// To the minute.
    pub last_seen_at: Timestamp,
}

/// A session to be kept.
pub struct NewSession<'a> {
    pub account: AccountId,
    pub hash: TokenHash,
    pub stage: Stage,
    pub address: &'a str,
    pub device: &'a str,
}

impl Session {
    /// When it ends, if nothing more is heard of it.
    pub fn ends_at(&self) -> Timestamp {
        self.stage.ends_at(self.created_at, self.last_seen_at)
    }
}

impl Store {
    /// The session of a browser that holds this, with whose it is; none if it ended, or its account or person is
    /// disabled.
    pub async fn session(&self, hash: &TokenHash, now: Timestamp) -> Result<Option<(Session, AccountRow)>, StoreError> {
        let row = Entity::find().filter(Column::Hash.eq(hash.0.to_vec())).one(&self.reader).await?;
        let Some(session) = row.and_then(|row| session(&row)).filter(|session| now < session.ends_at()) else {
            return Ok(None);
        };
        let row = account::Entity::find_by_id(session.account.0).one(&self.reader).await?;
        let row = with_roles(&self.reader, row.into_iter().collect()).await?.pop().map(|row| row.value);
        match row {
            Some(row) if self.may_be_used(&row).await? => Ok(Some((session, row))),
            Some(_) | None => Ok(None),
        }
    }

    /// Whether an account and the person or reseller whose it is may do anything.
    pub async fn may_be_used(&self, row: &AccountRow) -> Result<bool, StoreError> {
        if let Scope::Reseller(id) = row.scope {
            return Ok(row.account.enabled && self.reseller_of_use(id).await?.is_some());
        }
        let Some(person) = row.account.person else { return Ok(row.account.enabled) };
        let person = user::Entity::find_by_id(person.0).select_only().column(user::Column::Enabled);
        let is_enabled: Option<bool> = person.into_tuple().one(&self.reader).await?;
        Ok(row.account.enabled && is_enabled == Some(true))
    }

    /// Where an account is signed in, the latest first.
    pub async fn sessions_of(&self, account: AccountId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        let rows = Entity::find().filter(Column::Account.eq(account.0)).order_by_desc(Column::LastSeenAt);
        let rows = rows.all(&self.reader).await?;
        Ok(rows.iter().filter_map(session).filter(|session| now < session.ends_at()).collect())
    }

    /// Remembers that a session was used, and from where. That is no change that anybody made: no event tells of it.
    pub async fn touch_session(&self, id: SessionId, address: &str, now: Timestamp) -> Result<(), StoreError> {
        let (db, _turn) = self.begin_writing(Urgency::Foreground).await?;
        let touched = Entity::update_many()
            .col_expr(Column::LastSeenAt, Expr::value(now.as_millisecond()))
            .col_expr(Column::Address, Expr::value(address));
        touched.filter(Column::Id.eq(id.0)).exec(&db).await?;
        Ok(db.commit().await?)
    }
}

impl Tx {
    /// Keeps a new session, and forgets those that are over. One that is open is told of as a sign-in.
    pub async fn begin_session(&mut self, new: NewSession<'_>) -> Result<Session, WriteError> {
        self.forget_sessions(new.account).await?;
        let of = self.account_row(new.account).await?;
        let row = ActiveModel {
            id: Set(Uuid::now_v7()),
            account: Set(new.account.0),
            tenant: Set(of.tenant),
            hash: Set(new.hash.0.to_vec()),
            stage: Set(new.stage.as_str().to_owned()),
            address: Set(new.address.to_owned()),
            device: Set(new.device.to_owned()),
            created_at: Set(self.at.as_millisecond()),
            last_seen_at: Set(self.at.as_millisecond()),
        };
        let row = row.insert(&self.db).await?;
        if new.stage == Stage::Open {
            let after = json!({ "address": new.address, "device": new.device, "session": row.id });
            self.note_of_account(&of, "sign_in", Some(after)).await?;
            let mut of: account::ActiveModel = of.into();
            of.last_signed_in_at = Set(Some(self.at.as_millisecond()));
            of.update(&self.db).await?;
        }
        session(&row).ok_or(WriteError::NotFound)
    }

    /// Ends one session of an account.
    pub async fn end_session(
        &mut self,
        account: AccountId,
        id: SessionId,
        action: &'static str,
    ) -> Result<(), WriteError> {
        let of_account = Entity::delete_many().filter(Column::Account.eq(account.0)).filter(Column::Id.eq(id.0));
        if of_account.exec(&self.db).await?.rows_affected == 0 {
            return Err(WriteError::NotFound);
        }
        let of = self.account_row(account).await?;
        Ok(self.note_of_account(&of, action, Some(json!({ "session": id }))).await?)
    }

    /// Forgets a session that goes on as another one, or as none.
    pub async fn drop_session(&mut self, hash: &TokenHash) -> Result<(), WriteError> {
        Entity::delete_many().filter(Column::Hash.eq(hash.0.to_vec())).exec(&self.db).await?;
        Ok(())
    }

    /// Ends all sessions of an account but one; how many.
    pub async fn end_sessions(&mut self, account: AccountId, but: Option<SessionId>) -> Result<u64, WriteError> {
        let n_ended = self.end_sessions_of(account, but).await?;
        if 0 < n_ended {
            let of = self.account_row(account).await?;
            self.note_of_account(&of, "end_sessions", Some(json!({ "n_ended": n_ended }))).await?;
        }
        Ok(n_ended)
    }

    pub(crate) async fn end_sessions_of(
        &mut self,
        account: AccountId,
        but: Option<SessionId>,
    ) -> Result<u64, StoreError> {
        let mut ended = Entity::delete_many().filter(Column::Account.eq(account.0));
        if let Some(but) = but {
            ended = ended.filter(Column::Id.ne(but.0));
        }
        Ok(ended.exec(&self.db).await?.rows_affected)
    }

    async fn forget_sessions(&mut self, account: AccountId) -> Result<(), StoreError> {
        let longest = SignedDuration::from_secs(SESSION_SECS_MAX);
        let over = self.at.checked_sub(longest).unwrap_or(Timestamp::MIN).as_millisecond();
        Entity::delete_many().filter(Column::LastSeenAt.lt(over)).exec(&self.db).await?;
        let of_account = || Entity::find().filter(Column::Account.eq(account.0));
        let n_most = u64::try_from(SESSIONS_OF_ACCOUNT_MAX).unwrap_or(u64::MAX);
        if n_most <= of_account().count(&self.db).await?
            && let Some(oldest) = of_account().order_by_asc(Column::LastSeenAt).one(&self.db).await?
        {
            Entity::delete_by_id(oldest.id).exec(&self.db).await?;
        }
        Ok(())
    }
}

/// A stage that a later version wrote opens nothing.
fn session(row: &Model) -> Option<Session> {
    Some(Session {
        id: SessionId(row.id),
        account: AccountId(row.account),
        stage: Stage::ALL.into_iter().find(|stage| stage.as_str() == row.stage)?,
        address: row.address.clone(),
        device: row.device.clone(),
        created_at: timestamp(row.created_at),
        last_seen_at: timestamp(row.last_seen_at),
    })
}
