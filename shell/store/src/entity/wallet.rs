//! How an organization pays for calls, and what its ledger comes to.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "wallets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant: Uuid,
    #[sea_orm(column_type = "Text")]
    pub document: String,
    pub last_seq: i64,
    pub balance: i64,
    pub owed: i64,
    pub funding: i64,
    pub usage: i64,
    pub lapsed: i64,
    pub adjustments: i64,
    pub posted_credits: i64,
    pub posted_owed: i64,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
