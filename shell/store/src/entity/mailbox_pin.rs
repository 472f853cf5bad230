//! The PIN of a mailbox, sealed; the row is named by the person or the shared mailbox.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mailbox_pins")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: Uuid,
    pub secret: Vec<u8>,
    pub set_by: String,
    pub set_at: i64,
    /// Wrong ones since the right one was typed.
    pub n_wrong: i64,
    pub locked_until: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
