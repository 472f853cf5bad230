//! What a call did in an app: what reports add up. The whole of it is in the call's record.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "call_segments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub call: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    pub tenant: Uuid,
    pub kind: String,
    pub app: Uuid,
    pub started_at: i64,
    pub lasted_ms: i64,
    pub result: String,
    pub is_outside: bool,
    pub is_first: bool,
    pub agent: Option<Uuid>,
    pub talk_ms: i64,
    pub target_ms: Option<i64>,
    pub n_actions: i64,
    pub n_presented: i64,
    pub onward: Option<String>,
    pub is_chosen: bool,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
