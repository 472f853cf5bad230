//! Takes a backup back: all of it into an empty database, or one organization beside others. All or nothing.

use std::collections::BTreeSet;
use std::io::{self, BufRead};

use jiff::Timestamp;
use phone::id::{PromptKey, TenantId};
use sea_orm::sea_query::{Alias, Expr, Query};
use sea_orm::{ActiveValue, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, SqlErr, Value};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::format::{Part, Reader, unhex};
use super::tables::{Place, Seals, Table, tables};
use super::{BackupError, Extent, Header, TenantName, check_version};
use crate::database::Store;
use crate::entity::{number, stock_number, tenant};
use crate::error::StoreError;
use crate::events::{Actor, Noun};
use crate::seal::Seal;
use crate::tx::{Change, Tx};

/// Values in one statement; SQLite takes at most 32,766, PostgreSQL 65,535.
const VALUES_MAX: usize = 5_000;
/// Numbers that a refusal names.
const NAMED_MAX: usize = 5;

/// Whether it is only tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Try,
    Restore,
}

/// What is in the way of a backup.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    #[error("this database is not empty: there are {what} in it")]
    NotEmpty { what: &'static str },
    #[error("the organization {slug} is here already")]
    TenantExists { slug: String },
    #[error("another organization is called {slug}")]
    SlugTaken { slug: String },
    #[error("the SIP domain {sip_domain} is another organization's")]
    SipDomainTaken { sip_domain: String },
    #[error("{n_numbers} of its numbers are held by other organizations: {first}")]
    NumbersTaken { n_numbers: usize, first: String },
    #[error("{n_numbers} of its numbers are not free in the number stock of this server: {first}")]
    NumbersNotInStock { n_numbers: usize, first: String },
    #[error("its {table} name something of the platform's that is not here, such as an operator")]
    Missing { table: &'static str },
    #[error("something of it is here already ({constraint})")]
    Taken { constraint: String },
}

impl Conflict {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NotEmpty { .. } => "backup.not_empty",
            Self::TenantExists { .. } => "backup.tenant_exists",
            Self::SlugTaken { .. } => "backup.slug_taken",
            Self::SipDomainTaken { .. } => "backup.sip_domain_taken",
            Self::NumbersTaken { .. } => "backup.numbers_taken",
            Self::NumbersNotInStock { .. } => "backup.numbers_not_in_stock",
            Self::Missing { .. } => "backup.missing",
            Self::Taken { .. } => "backup.taken",
        }
    }

    pub(super) fn fix(&self) -> String {
        match self {
            Self::NotEmpty { .. } => {
                "restore into a new --data-dir or an empty --database, or one organization with --tenant".to_owned()
            }
            Self::TenantExists { slug } => format!("delete it first: trunkline tenant delete {slug}"),
            Self::SlugTaken { .. } | Self::SipDomainTaken { .. } => "change or delete the other one first".to_owned(),
            Self::NumbersTaken { .. } => "release them from the others first".to_owned(),
            Self::NumbersNotInStock { .. } => "load them first: trunkline number-stock add".to_owned(),
            Self::Missing { .. } => {
                "restore everything into an empty database, or make what is missing first".to_owned()
            }
            Self::Taken { .. } => "delete what is in the way first".to_owned(),
        }
    }
}

impl From<Conflict> for BackupError {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}

/// Keeps the sound of a prompt.
pub type PromptSink<'a> = &'a mut dyn FnMut(PromptKey, &[u8]) -> io::Result<()>;

impl Store {
    /// Takes everything back into an empty database, or one organization beside others: the only one of the backup, or
    /// the one called `slug`. The backup must have been verified.
    pub async fn restore(
        &self,
        file: impl BufRead,
        slug: Option<&str>,
        effect: Effect,
        now: Timestamp,
        keep_prompt: PromptSink<'_>,
        progress: &mut dyn FnMut(&str, u64),
    ) -> Result<(Option<TenantName>, Extent), BackupError> {
        let (header, mut reader) = Reader::begin(file)?;
        check_version(&header)?;
        let key = unhex(&header.key).and_then(|key| Seal::of(&key));
        let key = key.ok_or_else(|| BackupError::Damaged { what: "its key is none".to_owned() })?;
        let tx = self.begin(Actor::System, now).await?;
        let mut restoring = Restoring {
            tx,
            seals: Seals { from: &key, to: &self.seal },
            wanted: Wanted::of(&header, slug)?,
            table: None,
            waiting: Vec::new(),
            parents: BTreeSet::new(),
            prompts: BTreeSet::new(),
            sold: BTreeSet::new(),
            numbers: BTreeSet::new(),
            extent: Extent::default(),
        };
        if matches!(restoring.wanted, Wanted::All) {
            restoring.check_empty().await?;
        }
        while let Some(part) = reader.next()? {
            match part {
                Part::Table { name, columns } => restoring.begin_table(&name, &columns).await?,
                Part::Row(cells) => restoring.row(cells, progress).await?,
                Part::Prompt { key, bytes } => {
                    if restoring.prompts.contains(&key) {
                        if effect == Effect::Restore {
                            keep_prompt(PromptKey(key), &bytes)?;
                        }
                        restoring.extent.n_prompts += 1;
                        progress("prompts", restoring.extent.n_prompts);
                    }
                }
            }
        }
        restoring.end(effect).await
    }
}

/// What of a backup is wanted.
enum Wanted {
    All,
    /// Known by its short name until its row comes, which is the first.
    Named(String),
    One(TenantName),
}

impl Wanted {
    fn of(header: &Header, slug: Option<&str>) -> Result<Self, BackupError> {
        match (&header.tenant, slug) {
            (None, None) => Ok(Self::All),
            (None, Some(slug)) => Ok(Self::Named(slug.to_owned())),
            (Some(only), Some(slug)) if slug != only.slug && slug != only.id.to_string() => {
                Err(BackupError::NoSuchTenant { slug: slug.to_owned() })
            }
            (Some(only), _) => Ok(Self::One(only.clone())),
        }
    }
}

struct Restoring<'a> {
    tx: Tx,
    seals: Seals<'a>,
    wanted: Wanted,
    table: Option<Table>,
    /// Rows of the table that are yet to be written.
    waiting: Vec<Vec<Value>>,
    /// Rows of the organization that others are children of.
    parents: BTreeSet<String>,
    prompts: BTreeSet<Uuid>,
    /// Numbers that the organization had from the stock, and all that it had.
    sold: BTreeSet<String>,
    numbers: BTreeSet<String>,
    extent: Extent,
}

impl Restoring<'_> {
    async fn check_empty(&self) -> Result<(), BackupError> {
        for table in tables() {
            let Some(mut any) = table.select(None) else { continue };
            if self.tx.db.query_one(any.limit(1)).await?.is_some() {
                return Err(Conflict::NotEmpty { what: table.name }.into());
            }
        }
        Ok(())
    }

    async fn begin_table(&mut self, name: &str, columns: &[String]) -> Result<(), BackupError> {
        self.write_waiting().await?;
        let table = tables().into_iter().find(|table| table.name == name);
        let table = table.filter(|table| table.column_names() == columns);
        let damaged = || BackupError::Damaged { what: format!("this version has no such table {name}") };
        self.table = Some(table.ok_or_else(damaged)?);
        Ok(())
    }

    async fn row(&mut self, mut cells: Vec<Json>, progress: &mut dyn FnMut(&str, u64)) -> Result<(), BackupError> {
        let Some(table) = self.table.take() else {
            return Err(BackupError::Damaged { what: "a row before its table".to_owned() });
        };
        let text = |name: &str| Some(cells.get(table.position(name)?)?.as_str()?.to_owned());
        let is_wanted = match &self.wanted {
            // Who was signed in then may have been signed out since.
            _ if table.name == "sessions" => false,
            Wanted::All => true,
            Wanted::Named(slug) => {
                let slug = slug.clone();
                let is_it = table.place == Place::Tenants && text("slug").as_ref() == Some(&slug);
                let id = text("id").filter(|_| is_it).and_then(|id| id.parse().ok());
                if let Some(id) = id {
                    self.wanted = Wanted::One(TenantName { id: TenantId(id), slug });
                }
                is_it
            }
            Wanted::One(one) => {
                let id = Some(one.id.to_string());
                match table.place {
                    Place::Tenants => text("id") == id,
                    // Reservations end within minutes, and those of other times are of other numbers.
                    Place::Tenant => table.name != "number_reservations" && text("tenant") == id,
                    Place::Child { column, .. } => text(column).is_some_and(|parent| self.parents.contains(&parent)),
                    Place::Stock => {
                        if text("holder") == id && text("state").as_deref() == Some("sold") {
                            self.sold.extend(text("number"));
                        }
                        false
                    }
                    Place::Platform => false,
                }
            }
        };
        if is_wanted {
            match table.name {
                "orders" => self.parents.extend(text("id")),
                "prompts" => self.prompts.extend(text("key").and_then(|key| key.parse::<Uuid>().ok())),
                "numbers" => self.numbers.extend(text("number")),
                _ => {}
            }
            if table.place == Place::Tenants && matches!(self.wanted, Wanted::One(_)) {
                self.check_tenant(&table, &mut cells).await?;
            }
            self.waiting.push(table.values(&cells, &self.seals)?);
            self.extent.n_rows += 1;
            progress(table.name, self.extent.n_rows);
        }
        let is_full = VALUES_MAX <= self.waiting.len().saturating_mul(cells.len());
        self.table = Some(table);
        if is_full { self.write_waiting().await } else { Ok(()) }
    }

    /// What identifies an organization must be nobody else's. There is one default, and it stays.
    async fn check_tenant(&self, table: &Table, cells: &mut [Json]) -> Result<(), BackupError> {
        let text = |name: &str| {
            let cell = table.position(name).and_then(|index| cells.get(index)?.as_str());
            cell.unwrap_or_default().to_owned()
        };
        let (id, slug, sip_domain) = (text("id"), text("slug"), text("sip_domain"));
        let mut has_default = false;
        for row in tenant::Entity::find().all(&self.tx.db).await? {
            has_default |= row.is_default;
            if row.id.to_string() == id {
                return Err(Conflict::TenantExists { slug: row.slug }.into());
            }
            if row.slug == slug {
                return Err(Conflict::SlugTaken { slug }.into());
            }
            if row.sip_domain == sip_domain {
                return Err(Conflict::SipDomainTaken { sip_domain }.into());
            }
        }
        if let Some(cell) = table.position("is_default").and_then(|index| cells.get_mut(index)) {
            *cell = Json::Bool(!has_default);
        }
        // The reseller may be none of this server: who runs it says whose the organization is.
        if let Some(cell) = table.position("reseller").and_then(|index| cells.get_mut(index)) {
            *cell = Json::Null;
        }
        Ok(())
    }

    async fn write_waiting(&mut self) -> Result<(), BackupError> {
        let rows = std::mem::take(&mut self.waiting);
        let Some(table) = self.table.as_ref().filter(|_| !rows.is_empty()) else { return Ok(()) };
        if table.name == "numbers" && !matches!(self.wanted, Wanted::All) {
            self.check_numbers().await?;
        }
        // Events beside those of others get ids of their own, in the same order.
        let numbered = table.name == "events" && !matches!(self.wanted, Wanted::All);
        let left_out = if numbered { table.position("id") } else { None };
        let kept = |index: &usize| Some(*index) != left_out;
        let mut insert = Query::insert();
        let names = table.column_names().into_iter().enumerate().filter(|(index, _)| kept(index));
        insert.into_table(Alias::new(table.name)).columns(names.map(|(_, name)| Alias::new(name)));
        for row in rows {
            let values = row.into_iter().enumerate().filter(|(index, _)| kept(index));
            insert.values_panic(values.map(|(_, value)| Expr::val(value)));
        }
        match self.tx.db.execute(&insert).await {
            Ok(_) => Ok(()),
            Err(error) => Err(match error.sql_err() {
                Some(SqlErr::UniqueConstraintViolation(constraint)) => Conflict::Taken { constraint }.into(),
                Some(SqlErr::ForeignKeyConstraintViolation(_)) => Conflict::Missing { table: table.name }.into(),
                Some(_) | None => StoreError::Database(error).into(),
            }),
        }
    }

    /// A number is held once.
    async fn check_numbers(&self) -> Result<(), BackupError> {
        let mut taken = BTreeSet::new();
        let numbers: Vec<&String> = self.numbers.iter().collect();
        for part in numbers.chunks(VALUES_MAX) {
            let held = number::Entity::find().filter(number::Column::Number.is_in(part.iter().copied()));
            let Wanted::One(one) = &self.wanted else { continue };
            let others = held.filter(number::Column::Tenant.ne(one.id.0));
            taken.extend(others.all(&self.tx.db).await?.into_iter().map(|row| row.number));
        }
        match named(&taken) {
            None => Ok(()),
            Some(first) => Err(Conflict::NumbersTaken { n_numbers: taken.len(), first }.into()),
        }
    }

    /// Numbers that it had from the stock are taken out of that again.
    async fn take_from_stock(&mut self, one: &TenantName) -> Result<(), BackupError> {
        let mut free = BTreeSet::new();
        let sold: Vec<String> = self.sold.iter().cloned().collect();
        for part in sold.chunks(VALUES_MAX) {
            let there = stock_number::Entity::find().filter(stock_number::Column::Number.is_in(part.iter().cloned()));
            // Quarantine is there so that it may come back to who gave it up.
            let of_nobody = there.filter(stock_number::Column::Holder.is_null());
            free.extend(of_nobody.all(&self.tx.db).await?.into_iter().map(|row| row.number));
        }
        let missing: BTreeSet<String> = self.sold.difference(&free).cloned().collect();
        if let Some(first) = named(&missing) {
            return Err(Conflict::NumbersNotInStock { n_numbers: missing.len(), first }.into());
        }
        for part in sold.chunks(VALUES_MAX) {
            let now_sold = stock_number::ActiveModel {
                state: ActiveValue::Set("sold".to_owned()),
                holder: ActiveValue::Set(Some(one.id.0)),
                reservation: ActiveValue::Set(None),
                until: ActiveValue::Set(None),
                former: ActiveValue::Set(None),
                ..Default::default()
            };
            let those = stock_number::Column::Number.is_in(part.iter().cloned());
            stock_number::Entity::update_many().set(now_sold).filter(those).exec(&self.tx.db).await?;
        }
        Ok(())
    }

    async fn end(mut self, effect: Effect) -> Result<(Option<TenantName>, Extent), BackupError> {
        self.write_waiting().await?;
        let tenant = match &self.wanted {
            Wanted::All => None,
            Wanted::Named(slug) => return Err(BackupError::NoSuchTenant { slug: slug.clone() }),
            Wanted::One(one) => Some(one.clone()),
        };
        match &tenant {
            Some(one) => {
                self.take_from_stock(one).await?;
                let said = json!({ "rows": self.extent.n_rows, "prompts": self.extent.n_prompts });
                self.tx
                    .note(Change::<Json, _> {
                        tenant: Some(one.id),
                        noun: Noun::Tenant,
                        object: one.id.to_string(),
                        action: "restore",
                        before: None,
                        after: Some(&said),
                    })
                    .await?;
            }
            None => crate::database::number_events_on(&self.tx.db).await?,
        }
        if effect == Effect::Restore {
            self.tx.commit().await?;
        }
        Ok((tenant, self.extent))
    }
}

/// The first of some numbers; none if there are none.
fn named(numbers: &BTreeSet<String>) -> Option<String> {
    let first: Vec<&str> = numbers.iter().take(NAMED_MAX).map(String::as_str).collect();
    let more = if NAMED_MAX < numbers.len() { ", …" } else { "" };
    if first.is_empty() { None } else { Some(first.join(", ") + more) }
}
