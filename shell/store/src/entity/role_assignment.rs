//! A role that a key or an account has: one of all organizations or one of its own, for a part or for all.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "role_assignments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: Option<Uuid>,
    pub api_key: Option<Uuid>,
    pub account: Option<Uuid>,
    pub role: Option<String>,
    pub custom_role: Option<Uuid>,
    pub scope: String,
    pub object: Option<Uuid>,
    pub first: Option<String>,
    pub last: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
