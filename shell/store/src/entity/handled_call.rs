//! A call of a queue that somebody took care of.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "handled_calls")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub call: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub queue: Uuid,
    pub tenant: Uuid,
    pub handled_by: String,
    pub handled_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
