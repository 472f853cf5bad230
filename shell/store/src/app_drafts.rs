//! Drafts of attendants and queues: what they may become, at most one for each.

use phone::directory::flow_test::AppSettings;
use phone::id::TenantId;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde::Serialize;
use uuid::Uuid;

use crate::database::Store;
use crate::documents::{Written, check, from_json, taken, to_json};
use crate::entity::app_draft::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};

const WHAT: &str = "draft";

/// A draft, and the version of what is published that it was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AppDraft {
    pub settings: AppSettings,
    pub base: Version,
}

impl Store {
    /// The draft of an attendant or a queue.
    pub async fn app_draft(&self, tenant: TenantId, app: Uuid) -> Result<Option<Stored<AppDraft>>, StoreError> {
        find(tenant, app).one(&self.reader).await?.as_ref().map(stored).transpose()
    }
}

impl Tx {
    /// The draft of an attendant or a queue, as of this change.
    pub async fn app_draft(&self, tenant: TenantId, app: Uuid) -> Result<Option<Stored<AppDraft>>, StoreError> {
        find(tenant, app).one(&self.db).await?.as_ref().map(stored).transpose()
    }

    /// Creates or changes a draft.
    pub async fn save_app_draft(
        &mut self,
        tenant: TenantId,
        app: Uuid,
        draft: &AppDraft,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        let before = self.app_draft(tenant, app).await?;
        let written = check(before.as_ref(), expected)?;
        let model = ActiveModel {
            app: Set(app),
            tenant: Set(tenant.0),
            base: Set(draft.base),
            body: Set(to_json(WHAT, &draft.settings)?),
            version: Set(written.version()),
            created_at: Set(written.created_at(before.as_ref(), self.at)),
            updated_at: Set(self.at.as_millisecond()),
        };
        match written {
            Written::Created => model.insert(&self.db).await,
            Written::Changed(_) => model.update(&self.db).await,
        }
        .map_err(|error| taken(error, "id"))?;
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::AppDraft,
            object: app.to_string(),
            action: written.action(),
            before: before.as_ref().map(|before| &before.value),
            after: Some(draft),
        })
        .await?;
        Ok(written.version())
    }

    /// Forgets a draft: it was published, discarded, or its app is gone. Nothing if there is none.
    pub async fn delete_app_draft(
        &mut self,
        tenant: TenantId,
        app: Uuid,
        expected: Expected,
    ) -> Result<(), WriteError> {
        let Some(before) = self.app_draft(tenant, app).await? else { return Ok(()) };
        check(Some(&before), expected)?;
        Entity::delete_by_id(app).exec(&self.db).await?;
        self.note(Change::<_, AppDraft> {
            tenant: Some(tenant),
            noun: Noun::AppDraft,
            object: app.to_string(),
            action: "delete",
            before: Some(&before.value),
            after: None,
        })
        .await?;
        Ok(())
    }
}

fn find(tenant: TenantId, app: Uuid) -> sea_orm::Select<Entity> {
    Entity::find_by_id(app).filter(Column::Tenant.eq(tenant.0))
}

fn stored(row: &Model) -> Result<Stored<AppDraft>, StoreError> {
    let settings = from_json(WHAT, row.app, &row.body)?;
    Ok(Stored {
        value: AppDraft { settings, base: row.base },
        version: row.version,
        created_at: timestamp(row.created_at),
        updated_at: timestamp(row.updated_at),
    })
}
