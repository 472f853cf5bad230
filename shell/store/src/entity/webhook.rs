//! An address that is told of what happens, with how far it has been told.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhooks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is: an organization's, or an operator's.
    pub tenant: Option<Uuid>,
    pub operator: Option<Uuid>,
    pub name: String,
    pub enabled: bool,
    #[sea_orm(column_type = "Text")]
    pub document: String,
    /// What it knows messages of ours by, sealed.
    pub secret: Vec<u8>,
    /// The newest event that it was told of, or that is none of its business.
    pub told: i64,
    pub n_failed: i64,
    pub failing_since: Option<i64>,
    pub next_at: Option<i64>,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
