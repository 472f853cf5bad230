//! Porting PINs of organizations. They are sealed, and no answer has them.

use jiff::Timestamp;
use phone::id::TenantId;
use phone::numbers::port_out::pin::{PortingPin, Tries};
use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _};
use serde_json::{Value, json};

use crate::database::Store;
use crate::entity::porting_pin::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::tx::{Change, Tx, timestamp};

/// What is told of a porting PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinStatus {
    pub set_by: String,
    pub set_at: Timestamp,
    pub tries: Tries,
}

impl Store {
    /// Whether an organization has a porting PIN, and how often a wrong one was quoted.
    pub async fn porting_pin(&self, tenant: TenantId) -> Result<Option<PinStatus>, StoreError> {
        Ok(Entity::find_by_id(tenant.0).one(&self.reader).await?.map(|row| status(&row)))
    }
}

impl Tx {
    /// The porting PIN of an organization as of this change, to be compared.
    pub async fn porting_pin(&self, tenant: TenantId) -> Result<Option<(PortingPin, PinStatus)>, StoreError> {
        let Some(row) = Entity::find_by_id(tenant.0).one(&self.db).await? else { return Ok(None) };
        let sealed = || StoreError::Sealed { what: "porting PIN", id: tenant.to_string() };
        let opened = self.seal.open_sealed(tenant.0.as_bytes(), &row.secret).ok_or_else(sealed)?;
        let text = String::from_utf8(opened).map_err(|_| sealed())?;
        Ok(Some((PortingPin::parse(&text).map_err(|_| sealed())?, status(&row))))
    }

    /// Sets the porting PIN; wrong ones of before are forgotten.
    pub async fn set_porting_pin(&mut self, tenant: TenantId, pin: &PortingPin) -> Result<(), WriteError> {
        let sealed = || StoreError::Sealed { what: "porting PIN", id: tenant.to_string() };
        let model = ActiveModel {
            id: Set(tenant.0),
            tenant: Set(tenant.0),
            secret: Set(self.seal.seal(tenant.0.as_bytes(), pin.digits()).ok_or_else(sealed)?),
            set_by: Set(self.actor.to_string()),
            set_at: Set(self.at.as_millisecond()),
            n_wrong: Set(0),
            locked_until: Set(None),
        };
        let columns = [Column::Secret, Column::SetBy, Column::SetAt, Column::NWrong, Column::LockedUntil];
        let again = OnConflict::column(Column::Id).update_columns(columns).to_owned();
        Entity::insert(model).on_conflict(again).exec_without_returning(&self.db).await?;
        self.note_pin(tenant, "set", None).await
    }

    /// Notes whether a quoted PIN was right.
    pub async fn save_pin_tries(&mut self, tenant: TenantId, tries: Tries) -> Result<(), WriteError> {
        let model = ActiveModel {
            id: Unchanged(tenant.0),
            n_wrong: Set(i64::from(tries.n_wrong)),
            locked_until: Set(tries.locked_until.map(Timestamp::as_millisecond)),
            tenant: NotSet,
            secret: NotSet,
            set_by: NotSet,
            set_at: NotSet,
        };
        model.update(&self.db).await?;
        let action = if tries.n_wrong == 0 { "right" } else { "wrong" };
        self.note_pin(tenant, action, Some(json!({ "wrong": tries.n_wrong, "locked_until": tries.locked_until }))).await
    }

    async fn note_pin(
        &mut self,
        tenant: TenantId,
        action: &'static str,
        after: Option<Value>,
    ) -> Result<(), WriteError> {
        let noun = Noun::PortingPin;
        let object = tenant.to_string();
        self.note(Change::<Value, _> {
            tenant: Some(tenant),
            noun,
            object,
            action,
            before: None,
            after: after.as_ref(),
        })
        .await?;
        Ok(())
    }
}

fn status(row: &Model) -> PinStatus {
    let tries = Tries {
        n_wrong: u32::try_from(row.n_wrong).unwrap_or(u32::MAX),
        locked_until: row.locked_until.map(timestamp),
    };
    PinStatus { set_by: row.set_by.clone(), set_at: timestamp(row.set_at), tries }
}
