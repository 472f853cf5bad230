//! What is in a backup: every table, those first that others refer to, and how a row of it becomes text and a row again.

use phone::id::TenantId;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{
    ColumnTrait as _, ColumnType, EntityTrait, IdenStatic as _, Iterable as _, PrimaryKeyToColumn as _, QueryResult,
    Value,
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::BackupError;
use super::format::{hex, unhex};
use crate::entity;
use crate::error::StoreError;
use crate::seal::Seal;

/// Columns of bytes that are sealed for the `id` of their row. All others are copied as they are.
const SEALED: [(&str, &str); 8] = [
    ("accounts", "totp"),
    ("mailbox_pins", "secret"),
    ("openid_providers", "secret"),
    ("port_orders", "secret"),
    ("porting_pins", "secret"),
    ("trunks", "secret"),
    ("users", "secret"),
    ("webhooks", "secret"),
];

/// Whose the rows of a table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The organization's in the column `tenant`, if there is one.
    Tenant,
    /// The table of organizations.
    Tenants,
    /// That of the row in another table that this column names.
    Child { column: &'static str, parent: &'static str },
    /// Numbers of the platform's, which an organization may hold.
    Stock,
    /// The platform's.
    Platform,
}

/// A table.
pub struct Table {
    pub name: &'static str,
    pub place: Place,
    pub columns: Vec<Column>,
    key: Vec<&'static str>,
}

/// A column of a table.
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Boolean,
    Bytes,
    Integer,
    Sealed,
    Text,
    Uuid,
}

/// Opens what is sealed and seals it for another place.
pub struct Seals<'a> {
    pub from: &'a Seal,
    pub to: &'a Seal,
}

/// All tables. A row refers only to rows of tables before its own.
pub fn tables() -> Vec<Table> {
    vec![
        table(entity::tenant::Entity, Place::Tenants),
        table(entity::reseller::Entity, Place::Platform),
        table(entity::operator::Entity, Place::Platform),
        table(entity::operator_client::Entity, Place::Platform),
        table(entity::operator_token::Entity, Place::Platform),
        table(entity::operator_document::Entity, Place::Platform),
        table(entity::operator_consent::Entity, Place::Tenant),
        table(entity::stock_block::Entity, Place::Platform),
        table(entity::stock_number::Entity, Place::Stock),
        table(entity::site::Entity, Place::Tenant),
        table(entity::user::Entity, Place::Tenant),
        table(entity::event::Entity, Place::Tenant),
        table(entity::api_token::Entity, Place::Tenant),
        table(entity::role::Entity, Place::Tenant),
        table(entity::account::Entity, Place::Tenant),
        table(entity::session::Entity, Place::Tenant),
        table(entity::recovery_code::Entity, Place::Tenant),
        table(entity::sign_in_policy::Entity, Place::Tenant),
        table(entity::openid_provider::Entity, Place::Tenant),
        table(entity::role_assignment::Entity, Place::Tenant),
        table(entity::call_record::Entity, Place::Tenant),
        table(entity::call_segment::Entity, Place::Tenant),
        table(entity::queue_offer::Entity, Place::Tenant),
        table(entity::menu_input::Entity, Place::Tenant),
        table(entity::agent_fact::Entity, Place::Tenant),
        table(entity::handled_call::Entity, Place::Tenant),
        table(entity::report_retention::Entity, Place::Tenant),
        table(entity::call_fact::Entity, Place::Tenant),
        table(entity::call_recording::Entity, Place::Tenant),
        table(entity::webhook::Entity, Place::Tenant),
        table(entity::webhook_delivery::Entity, Place::Tenant),
        table(entity::message::Entity, Place::Tenant),
        table(entity::mail::Entity, Place::Tenant),
        table(entity::prompt::Entity, Place::Tenant),
        table(entity::document::Entity, Place::Tenant),
        table(entity::mailbox_pin::Entity, Place::Tenant),
        table(entity::app_draft::Entity, Place::Tenant),
        table(entity::flow_test::Entity, Place::Tenant),
        table(entity::trunk::Entity, Place::Tenant),
        table(entity::resource_account::Entity, Place::Tenant),
        table(entity::number_reservation::Entity, Place::Tenant),
        table(entity::number_quota::Entity, Place::Tenant),
        table(entity::number::Entity, Place::Tenant),
        table(entity::number_tag::Entity, Place::Tenant),
        table(entity::port_order::Entity, Place::Tenant),
        table(entity::port_number::Entity, Place::Tenant),
        table(entity::port_step::Entity, Place::Tenant),
        table(entity::port_document::Entity, Place::Tenant),
        table(entity::porting_pin::Entity, Place::Tenant),
        table(entity::port_out::Entity, Place::Tenant),
        table(entity::port_out_step::Entity, Place::Tenant),
        table(entity::number_request::Entity, Place::Tenant),
        table(entity::number_request_step::Entity, Place::Tenant),
        table(entity::order::Entity, Place::Tenant),
        table(entity::order_line::Entity, Place::Child { column: "order_id", parent: "orders" }),
        table(entity::presence::Entity, Place::Tenant),
        table(entity::opt_out::Entity, Place::Tenant),
        table(entity::queue_callback::Entity, Place::Tenant),
        table(entity::queue_clock::Entity, Place::Tenant),
        table(entity::license_plan::Entity, Place::Platform),
        table(entity::country_profile::Entity, Place::Platform),
        table(entity::subscription::Entity, Place::Tenant),
        table(entity::license::Entity, Place::Tenant),
        table(entity::direct_license::Entity, Place::Tenant),
        table(entity::group::Entity, Place::Tenant),
        table(entity::group_member::Entity, Place::Tenant),
        table(entity::group_license::Entity, Place::Tenant),
        table(entity::policy::Entity, Place::Tenant),
        table(entity::policy_assignment::Entity, Place::Tenant),
        table(entity::scim_resource::Entity, Place::Tenant),
        table(entity::license_failure::Entity, Place::Tenant),
        table(entity::license_backlog::Entity, Place::Tenant),
        table(entity::license_watch::Entity, Place::Tenant),
        table(entity::rate_deck::Entity, Place::Platform),
        table(entity::rate_deck_part::Entity, Place::Platform),
        table(entity::credit_voucher::Entity, Place::Platform),
        table(entity::wallet::Entity, Place::Tenant),
        table(entity::credit_lot::Entity, Place::Tenant),
        table(entity::ledger_entry::Entity, Place::Tenant),
        table(entity::call_charge::Entity, Place::Tenant),
        table(entity::pool_usage::Entity, Place::Tenant),
        table(entity::person_spend::Entity, Place::Tenant),
        table(entity::scope_spend::Entity, Place::Tenant),
        table(entity::credit_share::Entity, Place::Tenant),
        table(entity::credit_part::Entity, Place::Tenant),
        table(entity::payment::Entity, Place::Tenant),
        table(entity::invoice::Entity, Place::Tenant),
    ]
}

fn table<E: EntityTrait>(entity: E, place: Place) -> Table {
    let name = entity.table_name();
    let columns = E::Column::iter().map(|column| {
        let column_name = column.as_str();
        let kind = match column.def().get_column_type() {
            _ if SEALED.contains(&(name, column_name)) => Kind::Sealed,
            ColumnType::Uuid => Kind::Uuid,
            ColumnType::Boolean => Kind::Boolean,
            ColumnType::BigInteger => Kind::Integer,
            ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob => Kind::Bytes,
            // A test holds that nothing else is left.
            _ => Kind::Text,
        };
        Column { name: column_name, kind }
    });
    let key = E::PrimaryKey::iter().map(|key| key.into_column().as_str());
    Table { name, place, columns: columns.collect(), key: key.collect() }
}

impl Table {
    pub fn column_names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|column| column.name).collect()
    }

    /// Where a column stands.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// Its rows in the order of their keys: all, or those of one organization; none if it has none of an organization.
    pub fn select(&self, tenant: Option<TenantId>) -> Option<SelectStatement> {
        let mut select = Query::select();
        select.columns(self.column_names().into_iter().map(Alias::new)).from(Alias::new(self.name));
        for key in &self.key {
            select.order_by(Alias::new(*key), Order::Asc);
        }
        let Some(tenant) = tenant else { return Some(select) };
        match self.place {
            Place::Tenant => select.and_where(Expr::col("tenant").eq(tenant.0)),
            Place::Tenants => select.and_where(Expr::col("id").eq(tenant.0)),
            Place::Stock => select.and_where(Expr::col("holder").eq(tenant.0)),
            Place::Child { column, parent } => {
                let mut parents = Query::select();
                parents.column("id").from(Alias::new(parent)).and_where(Expr::col("tenant").eq(tenant.0));
                select.and_where(Expr::col(column).in_subquery(parents))
            }
            Place::Platform => return None,
        };
        Some(select)
    }

    /// A row as it is written into a backup.
    pub fn cells(&self, row: &QueryResult, seals: &Seals<'_>) -> Result<Vec<Json>, StoreError> {
        let owner = match self.position("id").filter(|_| self.has_sealed()) {
            Some(index) => Some(row.try_get_by_index::<Uuid>(index)?),
            None => None,
        };
        let cell = |(index, column): (usize, &Column)| {
            Ok(match column.kind {
                Kind::Boolean => row.try_get_by_index::<Option<bool>>(index)?.into(),
                Kind::Integer => row.try_get_by_index::<Option<i64>>(index)?.into(),
                Kind::Text => row.try_get_by_index::<Option<String>>(index)?.into(),
                Kind::Uuid => row.try_get_by_index::<Option<Uuid>>(index)?.map(|id| id.to_string()).into(),
                Kind::Bytes => row.try_get_by_index::<Option<Vec<u8>>>(index)?.map(|bytes| hex(&bytes)).into(),
                Kind::Sealed => match row.try_get_by_index::<Option<Vec<u8>>>(index)? {
                    Some(bytes) => hex(&self.seal_again(&bytes, owner, seals)?).into(),
                    None => Json::Null,
                },
            })
        };
        self.columns.iter().enumerate().map(cell).collect()
    }

    /// The values of a row of a backup, in the order of the columns.
    pub fn values(&self, cells: &[Json], seals: &Seals<'_>) -> Result<Vec<Value>, BackupError> {
        let damaged = || BackupError::Damaged { what: format!("a row of {} does not fit", self.name) };
        if cells.len() != self.columns.len() {
            return Err(damaged());
        }
        let owner = self.position("id").and_then(|index| cells.get(index)?.as_str()?.parse().ok());
        let value = |(column, cell): (&Column, &Json)| {
            if cell.is_null() {
                return Ok(match column.kind {
                    Kind::Boolean => Value::from(None::<bool>),
                    Kind::Integer => Value::from(None::<i64>),
                    Kind::Text => Value::from(None::<String>),
                    Kind::Uuid => Value::from(None::<Uuid>),
                    Kind::Bytes | Kind::Sealed => Value::from(None::<Vec<u8>>),
                });
            }
            let bytes = || cell.as_str().and_then(unhex);
            let value = match column.kind {
                Kind::Boolean => cell.as_bool().map(Value::from),
                Kind::Integer => cell.as_i64().map(Value::from),
                Kind::Text => cell.as_str().map(Value::from),
                Kind::Uuid => cell.as_str().and_then(|text| text.parse::<Uuid>().ok()).map(Value::from),
                Kind::Bytes => bytes().map(Value::from),
                Kind::Sealed => match bytes() {
                    Some(bytes) => Some(self.seal_again(&bytes, owner, seals)?.into()),
                    None => None,
                },
            };
            value.ok_or_else(damaged)
        };
        self.columns.iter().zip(cells).map(value).collect()
    }

    fn has_sealed(&self) -> bool {
        self.columns.iter().any(|column| column.kind == Kind::Sealed)
    }

    fn seal_again(&self, sealed: &[u8], owner: Option<Uuid>, seals: &Seals<'_>) -> Result<Vec<u8>, StoreError> {
        let owner = owner.unwrap_or_default();
        let opened = seals.from.open_sealed(owner.as_bytes(), sealed);
        let again = opened.and_then(|secret| seals.to.seal(owner.as_bytes(), &secret));
        again.ok_or_else(|| StoreError::Sealed { what: self.name, id: owner.to_string() })
    }
}
