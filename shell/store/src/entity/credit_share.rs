//! What of a balance one server may spend.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credit_shares")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub node: Uuid,
    /// Since when it was heard of without a gap.
    pub alive_since: i64,
    /// Until when it goes by what it was told.
    pub alive_until: i64,
    /// What the others leave to it, that is not booked.
    pub credits: i64,
    pub owable: i64,
    /// What it was told last, less what is booked since.
    pub told_credits: i64,
    pub told_owable: i64,
    /// When that was last less than before.
    pub lowered_at: i64,
    /// What was booked of its calls since it began.
    pub posted_credits: i64,
    pub posted_owed: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
