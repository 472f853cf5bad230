//! Numbers that another carrier asks for.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "port_outs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: Uuid,
    /// Who brought it; none is who runs the server.
    pub operator: Option<Uuid>,
    pub state: String,
    pub answer_by: i64,
    /// None if nobody is to be reminded.
    pub remind_at: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub document: String,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
