//! Where rendered prompts came from. The sound itself lies in files, named by the same key.

use phone::id::{PromptKey, TenantId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde::{Deserialize, Serialize};

use crate::database::Store;
use crate::entity::prompt::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Tx, timestamp};

/// What a prompt was rendered from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromptKind {
    AudioFile,
    Text,
}

/// A prompt of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptMeta {
    pub key: PromptKey,
    pub kind: PromptKind,
    /// The file's name, or the text.
    pub name: String,
    pub language: String,
    pub duration_ms: u64,
    pub size_bytes: u64,
    pub created_at: jiff::Timestamp,
}

impl Store {
    /// Prompts of one kind by name.
    pub async fn prompts(
        &self,
        tenant: TenantId,
        kind: PromptKind,
        paging: &Paging,
    ) -> Result<Page<PromptMeta>, StoreError> {
        let of_kind = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Kind.eq(word(kind)));
        let rows = paged(of_kind, Column::Name, Column::Key, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Text(row.name.clone()), id: row.key };
        Ok(page_of(rows, paging, cursor).map(|row| meta(&row)))
    }

    /// One prompt.
    pub async fn prompt(&self, tenant: TenantId, key: PromptKey) -> Result<Option<PromptMeta>, StoreError> {
        Ok(Entity::find_by_id((tenant.0, key.0)).one(&self.reader).await?.as_ref().map(meta))
    }
}

impl Tx {
    /// Notes a prompt; the same content again changes nothing.
    pub async fn save_prompt(&mut self, tenant: TenantId, prompt: &PromptMeta) -> Result<(), WriteError> {
        let row = ActiveModel {
            tenant: Set(tenant.0),
            key: Set(prompt.key.0),
            kind: Set(word(prompt.kind).to_owned()),
            name: Set(prompt.name.clone()),
            language: Set(prompt.language.clone()),
            duration_ms: Set(i64::try_from(prompt.duration_ms).unwrap_or(i64::MAX)),
            size_bytes: Set(i64::try_from(prompt.size_bytes).unwrap_or(i64::MAX)),
            created_at: Set(self.at.as_millisecond()),
        };
        let same = OnConflict::columns([Column::Tenant, Column::Key]).do_nothing().to_owned();
        let n_rows = Entity::insert(row).on_conflict(same).exec_without_returning(&self.db).await?;
        if n_rows == 0 || prompt.kind == PromptKind::Text {
            return Ok(());
        }
        self.note(Change::<PromptMeta, _> {
            tenant: Some(tenant),
            noun: Noun::AudioFile,
            object: prompt.key.to_string(),
            action: "create",
            before: None,
            after: Some(prompt),
        })
        .await?;
        Ok(())
    }
}

fn word(kind: PromptKind) -> &'static str {
    match kind {
        PromptKind::AudioFile => "audio_file",
        PromptKind::Text => "text",
    }
}

fn meta(row: &Model) -> PromptMeta {
    PromptMeta {
        key: PromptKey(row.key),
        kind: if row.kind == word(PromptKind::Text) { PromptKind::Text } else { PromptKind::AudioFile },
        name: row.name.clone(),
        language: row.language.clone(),
        duration_ms: u64::try_from(row.duration_ms).unwrap_or(0),
        size_bytes: u64::try_from(row.size_bytes).unwrap_or(0),
        created_at: timestamp(row.created_at),
    }
}
