//! What an attendant or a queue may become.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "app_drafts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub app: Uuid,
    pub tenant: Uuid,
    /// The version of what is published that the draft was made from.
    pub base: i64,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
