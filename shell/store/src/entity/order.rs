//! Work on many lines, and how far it is.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: Uuid,
    pub kind: String,
    pub state: String,
    pub dry_run: bool,
    pub created_by: String,
    pub created_at: i64,
    pub finished_at: Option<i64>,
    pub n_total: i64,
    pub n_done: i64,
    pub n_failed: i64,
    pub undoes: Option<Uuid>,
    pub undone_by: Option<Uuid>,
    /// What the client calls the request that made it, unique in the tenant.
    pub request_key: Option<String>,
    /// SHA-256 of that request.
    pub request_digest: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
