//! A try to tell a webhook of an event.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_deliveries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub webhook: Uuid,
    pub tenant: Option<Uuid>,
    pub event: i64,
    pub kind: String,
    pub at: i64,
    /// What the receiver answered; none if it did not.
    pub status: Option<i64>,
    pub error: Option<String>,
    pub millis: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
