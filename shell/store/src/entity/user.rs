//! A person; the digest secret is sealed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: Uuid,
    pub extension: String,
    pub display_name: String,
    pub department: Option<String>,
    pub enabled: bool,
    pub site: Option<Uuid>,
    /// The name in small letters: people are sorted and searched by it.
    pub name_key: String,
    /// The e-mail address in small letters.
    pub email_key: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub document: String,
    pub secret: Vec<u8>,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
