//! An attendant, a queue, a schedule, or what calls outside are routed by: nested settings that nothing joins into.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "documents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: Uuid,
    pub kind: String,
    pub name: String,
    /// In small letters; empty until a document that is older than this column is saved again.
    pub name_key: String,
    /// Of kinds that have an order, from 1; 0 for the others.
    pub place: i64,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
