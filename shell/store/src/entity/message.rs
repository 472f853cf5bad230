//! A message in a mailbox; its sound lies in a file.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: Uuid,
    /// `person` or `shared`.
    pub mailbox_kind: String,
    /// The person or the shared mailbox.
    pub mailbox: Uuid,
    pub call: Uuid,
    pub from_number: String,
    pub from_name: Option<String>,
    pub from_user: Option<Uuid>,
    pub to_number: String,
    pub at: i64,
    pub duration_ms: i64,
    pub size_bytes: i64,
    pub status: String,
    pub claimed_by: Option<String>,
    pub expires_at: i64,
    pub transcript_state: String,
    /// While it is awaited.
    pub transcript_language: Option<String>,
    /// What the message says, or why nobody could write it down.
    pub transcript: Option<String>,
    pub version: i64,
    pub updated_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
