//! What an operator says of a call that is over: how long it was for it, and what it costs.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "call_facts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub call: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub operator: Uuid,
    pub tenant: Uuid,
    pub duration_seconds: Option<i64>,
    pub answered_at: Option<i64>,
    pub price_micros: Option<i64>,
    pub currency: Option<String>,
    pub updated_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
