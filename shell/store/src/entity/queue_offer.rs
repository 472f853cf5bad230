//! An agent whose phones rang for a caller of a queue.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "queue_offers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub call: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub tenant: Uuid,
    pub queue: Uuid,
    pub agent: Uuid,
    pub started_at: i64,
    pub rang_ms: i64,
    pub result: String,
    pub talk_ms: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
