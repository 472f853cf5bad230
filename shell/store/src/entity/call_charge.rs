//! What a leg of a call has cost, as it was told last.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "call_charges")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub call: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub leg: i64,
    pub tenant: Uuid,
    pub direction: String,
    pub user: Option<Uuid>,
    pub from_number: String,
    pub to_number: String,
    pub destination: Option<String>,
    pub answered_at: i64,
    pub secs: i64,
    pub amount: i64,
    pub cost: Option<i64>,
    pub reseller: Option<i64>,
    pub is_finished: bool,
    pub updated_at: i64,
    /// The server whose call it is.
    pub node: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub document: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
