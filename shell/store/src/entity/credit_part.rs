//! What of minutes of a plan, or of a budget, one server may use.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credit_parts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub node: Uuid,
    /// What is shared, as JSON.
    #[sea_orm(primary_key, auto_increment = false)]
    pub part: String,
    /// What the others leave to it, that is not booked.
    pub visible: i64,
    /// What it was told last, less what is booked since.
    pub told: i64,
    /// When that was last less than before.
    pub lowered_at: i64,
    /// What was booked of its calls.
    pub posted: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
