//! A recording of a call; its sound lies in a file.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "call_recordings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: Uuid,
    pub call: Uuid,
    pub queue: Uuid,
    pub agent: Option<Uuid>,
    pub from_number: String,
    pub to_number: String,
    pub at: i64,
    pub duration_ms: i64,
    pub size_bytes: i64,
    pub expires_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
