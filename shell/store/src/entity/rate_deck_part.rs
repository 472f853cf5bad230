//! Rows of a rate deck.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rate_deck_parts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub deck: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub part: i64,
    #[sea_orm(column_type = "Text")]
    pub content: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
