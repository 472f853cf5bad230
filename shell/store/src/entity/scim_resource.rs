//! What a directory elsewhere calls a person or a group.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "scim_resources")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub object: Uuid,
    pub tenant: Uuid,
    pub kind: String,
    /// A person's `userName`.
    pub name: Option<String>,
    /// The same in small letters: no two people have it.
    pub name_key: Option<String>,
    pub external_id: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
