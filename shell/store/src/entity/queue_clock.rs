//! Where a queue's round robin goes on (the subject is the queue), or since when an agent is idle (it is the agent).

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "queue_clocks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: Uuid,
    pub tenant: Uuid,
    /// Who answered last; none for an agent's own clock.
    pub agent: Option<Uuid>,
    pub at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
