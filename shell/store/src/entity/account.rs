//! What a person signs in with.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: Option<Uuid>,
    pub reseller: Option<Uuid>,
    pub person: Option<Uuid>,
    pub email: String,
    pub email_key: String,
    pub name: String,
    pub enabled: bool,
    pub password: Option<String>,
    pub totp: Option<Vec<u8>>,
    pub totp_confirmed: bool,
    pub totp_step: Option<i64>,
    pub invitation: Option<Vec<u8>>,
    pub invited_until: Option<i64>,
    pub last_signed_in_at: Option<i64>,
    pub openid_issuer: Option<String>,
    pub openid_subject: Option<String>,
    pub openid_follows: Option<bool>,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
