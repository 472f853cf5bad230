//! Mails that tell of messages, kept until they are sent or given up.

use jiff::Timestamp;
use phone::apps::mailbox::mail::{Mail, State};
use phone::id::{MessageId, TenantId};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::database::Store;
use crate::entity::mail::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Tx, timestamp};

impl Store {
    /// Mails of an organization, by when they were written.
    pub async fn mails(
        &self,
        tenant: TenantId,
        state: Option<State>,
        paging: &Paging,
    ) -> Result<Page<Mail>, StoreError> {
        let mut wanted = Condition::all().add(Column::Tenant.eq(tenant.0));
        if let Some(state) = state {
            wanted = wanted.add(Column::State.eq(state.as_str()));
        }
        let rows = paged(Entity::find().filter(wanted), Column::At, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Integer(row.at), id: row.id };
        Ok(page_of(rows, paging, cursor).map(mail))
    }

    /// Mails that are to be tried now, the longest due first, with whose they are.
    pub async fn due_mails(&self, now: Timestamp, limit: u64) -> Result<Vec<(TenantId, Mail)>, StoreError> {
        let due = Entity::find().filter(Column::DueAt.lte(now.as_millisecond()));
        let rows = due.order_by_asc(Column::DueAt).limit(limit).all(&self.reader).await?;
        Ok(rows.into_iter().map(|row| (TenantId(row.tenant), mail(row))).collect())
    }
}

impl Tx {
    /// Keeps a new mail.
    pub async fn add_mail(&mut self, tenant: TenantId, mail: &Mail) -> Result<(), WriteError> {
        let row = ActiveModel { tenant: Set(tenant.0), message: Set(mail.message.0), ..state_of(mail) };
        row.insert(&self.db).await?;
        Ok(())
    }

    /// One mail as of this change.
    pub async fn mail(&self, tenant: TenantId, id: Uuid) -> Result<Option<Mail>, StoreError> {
        let found = Entity::find_by_id(id).filter(Column::Tenant.eq(tenant.0)).one(&self.db).await?;
        Ok(found.map(mail))
    }

    /// Lets the mails about a message go that were not tried yet; whether there are any.
    pub(crate) async fn release_mails(&mut self, message: MessageId) -> Result<bool, WriteError> {
        let due = ActiveModel { due_at: Set(Some(self.at.as_millisecond())), ..Default::default() };
        let held = Condition::all()
            .add(Column::Message.eq(message.0))
            .add(Column::State.eq(State::Waiting.as_str()))
            .add(Column::NTries.eq(0));
        let released = Entity::update_many().set(due).filter(held).exec(&self.db).await?;
        Ok(released.rows_affected > 0)
    }

    /// Notes how far a mail is; nothing if it went with its message.
    pub async fn note_mail(&mut self, mail: &Mail) -> Result<(), WriteError> {
        let row = state_of(mail);
        Entity::update_many().set(row).filter(Column::Id.eq(mail.id)).exec(&self.db).await?;
        Ok(())
    }
}

fn state_of(mail: &Mail) -> ActiveModel {
    ActiveModel {
        id: Set(mail.id),
        to_address: Set(mail.to.clone()),
        state: Set(mail.state.as_str().to_owned()),
        n_tries: Set(mail.n_tries.into()),
        at: Set(mail.at.as_millisecond()),
        due_at: Set(mail.due_at.map(Timestamp::as_millisecond)),
        error: Set(mail.error.clone()),
        ..Default::default()
    }
}

fn mail(row: Model) -> Mail {
    Mail {
        id: row.id,
        message: MessageId(row.message),
        to: row.to_address,
        // Written by a later version: nobody tries it here.
        state: State::parse(&row.state).unwrap_or(State::Failed),
        n_tries: u32::try_from(row.n_tries).unwrap_or(u32::MAX),
        at: timestamp(row.at),
        due_at: row.due_at.map(timestamp),
        error: row.error,
    }
}
