//! PINs of mailboxes. They are sealed, and no answer has them.

use jiff::Timestamp;
use phone::apps::mailbox::Mailbox;
use phone::apps::mailbox::pin::{Pin, Tries};
use phone::id::TenantId;
use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, QueryFilter as _, Select};
use serde_json::{Value, json};

use crate::database::Store;
use crate::entity::mailbox_pin::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::messages::uuid;
use crate::tx::{Change, Tx, timestamp};

/// What is told of the PIN of a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxPinStatus {
    pub set_by: String,
    pub set_at: Timestamp,
    pub tries: Tries,
}

impl Store {
    /// Whether a mailbox has a PIN, and how often a wrong one was typed.
    pub async fn mailbox_pin(
        &self,
        tenant: TenantId,
        mailbox: Mailbox,
    ) -> Result<Option<MailboxPinStatus>, StoreError> {
        Ok(find(tenant, mailbox).one(&self.reader).await?.map(|row| status(&row)))
    }
}

impl Tx {
    /// The PIN of a mailbox as of this change, to be compared.
    pub async fn mailbox_pin(&self, tenant: TenantId, mailbox: Mailbox) -> Result<Option<(Pin, Tries)>, StoreError> {
        let Some(row) = find(tenant, mailbox).one(&self.db).await? else { return Ok(None) };
        let sealed = || StoreError::Sealed { what: "mailbox PIN", id: row.id.to_string() };
        let opened = self.seal.open_sealed(row.id.as_bytes(), &row.secret).ok_or_else(sealed)?;
        let digits = String::from_utf8(opened).map_err(|_| sealed())?;
        Ok(Some((Pin::typed(digits), status(&row).tries)))
    }

    /// Sets the PIN of a mailbox; wrong ones of before are forgotten.
    pub async fn set_mailbox_pin(&mut self, tenant: TenantId, mailbox: Mailbox, pin: &Pin) -> Result<(), WriteError> {
        let id = uuid(mailbox);
        let sealed = || StoreError::Sealed { what: "mailbox PIN", id: id.to_string() };
        let model = ActiveModel {
            id: Set(id),
            tenant: Set(tenant.0),
            secret: Set(self.seal.seal(id.as_bytes(), pin.digits()).ok_or_else(sealed)?),
            set_by: Set(self.actor.to_string()),
            set_at: Set(self.at.as_millisecond()),
            n_wrong: Set(0),
            locked_until: Set(None),
        };
        let columns = [Column::Secret, Column::SetBy, Column::SetAt, Column::NWrong, Column::LockedUntil];
        let again = OnConflict::column(Column::Id).update_columns(columns).to_owned();
        Entity::insert(model).on_conflict(again).exec_without_returning(&self.db).await?;
        self.note_mailbox_pin(tenant, mailbox, "set", None).await
    }

    /// Removes the PIN of a mailbox, if there is one.
    pub async fn remove_mailbox_pin(&mut self, tenant: TenantId, mailbox: Mailbox) -> Result<(), WriteError> {
        let gone = Entity::delete_by_id(uuid(mailbox)).filter(Column::Tenant.eq(tenant.0)).exec(&self.db).await?;
        if gone.rows_affected == 0 {
            return Ok(());
        }
        self.note_mailbox_pin(tenant, mailbox, "delete", None).await
    }

    /// Notes whether a PIN that was typed is the right one.
    pub async fn save_mailbox_pin_tries(
        &mut self,
        tenant: TenantId,
        mailbox: Mailbox,
        tries: Tries,
    ) -> Result<(), WriteError> {
        let model = ActiveModel {
            id: Unchanged(uuid(mailbox)),
            n_wrong: Set(i64::from(tries.n_wrong)),
            locked_until: Set(tries.locked_until.map(Timestamp::as_millisecond)),
            tenant: NotSet,
            secret: NotSet,
            set_by: NotSet,
            set_at: NotSet,
        };
        model.update(&self.db).await?;
        let action = if tries.n_wrong == 0 { "right" } else { "wrong" };
        let after = json!({ "wrong": tries.n_wrong, "locked_until": tries.locked_until });
        self.note_mailbox_pin(tenant, mailbox, action, Some(after)).await
    }

    async fn note_mailbox_pin(
        &mut self,
        tenant: TenantId,
        mailbox: Mailbox,
        action: &'static str,
        after: Option<Value>,
    ) -> Result<(), WriteError> {
        self.note(Change::<Value, _> {
            tenant: Some(tenant),
            noun: Noun::MailboxPin,
            object: uuid(mailbox).to_string(),
            action,
            before: None,
            after: after.as_ref(),
        })
        .await?;
        Ok(())
    }
}

fn find(tenant: TenantId, mailbox: Mailbox) -> Select<Entity> {
    Entity::find_by_id(uuid(mailbox)).filter(Column::Tenant.eq(tenant.0))
}

fn status(row: &Model) -> MailboxPinStatus {
    let tries = Tries {
        n_wrong: u32::try_from(row.n_wrong).unwrap_or(u32::MAX),
        locked_until: row.locked_until.map(timestamp),
    };
    MailboxPinStatus { set_by: row.set_by.clone(), set_at: timestamp(row.set_at), tries }
}
