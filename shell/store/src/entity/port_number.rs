//! A number of an order to another carrier, to find orders by it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "port_numbers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub port_order: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: String,
    pub tenant: Uuid,
    pub state: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
