//! A telephone number; its row id is only for paging, it is named by the number.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "numbers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: Uuid,
    pub number: String,
    pub kind: String,
    pub assignee_user: Option<Uuid>,
    pub assignee_resource_account: Option<Uuid>,
    pub trunk: Option<Uuid>,
    pub source: String,
    /// The greatest value stands for ever.
    pub blocked_until: Option<i64>,
    pub held_until: Option<i64>,
    pub operator: Option<Uuid>,
    pub calling_profile: Option<Uuid>,
    pub may_change_location: Option<bool>,
    pub site: Option<Uuid>,
    pub address: Option<Uuid>,
    pub port_out: Option<Uuid>,
    pub category: String,
    /// A JSON list, as they are written; none is none.
    #[sea_orm(column_type = "Text", nullable)]
    pub tags: Option<String>,
    pub country: Option<String>,
    pub city: Option<String>,
    pub region: Option<String>,
    pub sms: bool,
    pub assigned_at: Option<i64>,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
