//! Why a group can't give a person its plans.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "license_failures")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub group: Uuid,
    pub tenant: Uuid,
    pub code: String,
    pub message: String,
    pub fix: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
