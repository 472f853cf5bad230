//! A number of the stock.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_numbers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: String,
    pub block: Uuid,
    pub country: String,
    pub kind: String,
    /// Without the calling code.
    pub national: String,
    /// `free`, `reserved`, `sold` or `quarantined`; the second and last end at `until`.
    pub state: String,
    /// The tenant that holds it or has it reserved.
    pub holder: Option<Uuid>,
    pub reservation: Option<Uuid>,
    pub until: Option<i64>,
    /// The tenant that gave back what rests.
    pub former: Option<Uuid>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
