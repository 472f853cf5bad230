//! Who is given a policy: a user, a group, a number or a site.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "policy_assignments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: Uuid,
    pub kind: String,
    pub policy: Uuid,
    pub user: Option<Uuid>,
    pub group: Option<Uuid>,
    pub number: Option<Uuid>,
    pub site: Option<Uuid>,
    /// Of a group, from 1 without gaps.
    pub rank: Option<i64>,
    pub at: i64,
    pub by: String,
    /// `single`, `batch` or `package`.
    pub source: String,
    /// The id of the package, or the word of one that comes with the program.
    pub package: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
