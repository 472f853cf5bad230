//! Wallets: how organizations pay for calls, and what their ledgers come to.
//!
//! What a wallet's row says of the ledger is what its entries come to. It is written with each entry, in one transaction,
//! so that a balance is one row away however long the ledger is.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use phone::id::{LotId, TenantId};
use phone::money::Micros;
use phone::money::ledger::{Book, Entry, Total};
use phone::money::lot::{self, Lot};
use phone::money::wallet::{State, Wallet};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ActiveValue::Unchanged, ColumnTrait as _, ConnectionTrait,
    EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use crate::database::Store;
use crate::documents::{Written, check, from_json, to_json};
use crate::entity::{credit_lot, event, ledger_entry, wallet};
use crate::error::{StoreError, WriteError};
use crate::events::{EventId, Noun};
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};

/// A wallet, and what its ledger comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct WalletRow {
    pub wallet: Stored<Wallet>,
    pub balance: Micros,
    /// As a positive amount.
    pub owed: Micros,
    /// What charges of calls took of credits, all in all.
    pub posted_credits: Micros,
    /// What charges of calls were lent, all in all.
    pub posted_owed: Micros,
}

/// How much of a charge was of which kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PostedNow {
    pub(crate) credits: Micros,
    pub(crate) owed: Micros,
}

impl Store {
    /// The wallet of an organization, if it has one.
    pub async fn wallet(&self, tenant: TenantId) -> Result<Option<WalletRow>, StoreError> {
        let row = wallet::Entity::find_by_id(tenant.0).one(&self.reader).await?;
        row.as_ref().map(shown).transpose()
    }

    /// All wallets.
    pub async fn wallets(&self) -> Result<Vec<(TenantId, WalletRow)>, StoreError> {
        let rows = wallet::Entity::find().order_by_asc(wallet::Column::Tenant).all(&self.reader).await?;
        rows.iter().map(|row| Ok((TenantId(row.tenant), shown(row)?))).collect()
    }

    /// Organizations of which something changed, after an event, that matters to what their calls may spend, and the newest
    /// event; none for all of them.
    pub async fn wallet_news(&self, after: EventId) -> Result<(Option<BTreeSet<TenantId>>, EventId), StoreError> {
        let newest = self.last_event().await?;
        let nouns = [Noun::License, Noun::RateDeck, Noun::Tenant, Noun::User, Noun::Wallet].map(Noun::as_str);
        let rows: Vec<Option<Uuid>> = event::Entity::find()
            .select_only()
            .column(event::Column::Tenant)
            .filter(event::Column::Id.gt(after))
            .filter(event::Column::Id.lte(newest))
            .filter(event::Column::Noun.is_in(nouns))
            .distinct()
            .into_tuple()
            .all(&self.reader)
            .await?;
        let of_all = rows.contains(&None);
        Ok(((!of_all).then(|| rows.into_iter().flatten().map(TenantId).collect()), newest))
    }

    /// Lots that have anything left, as they are used.
    pub async fn lots_left(&self, tenant: TenantId) -> Result<Vec<Lot>, StoreError> {
        lots_left(&self.reader, tenant).await
    }

    /// All lots, as they were bought.
    pub async fn lots(&self, tenant: TenantId, paging: &Paging) -> Result<Page<Lot>, StoreError> {
        use credit_lot::Column;
        let of_tenant = credit_lot::Entity::find().filter(Column::Tenant.eq(tenant.0));
        let rows = paged(of_tenant, Column::BoughtAt, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &credit_lot::Model| Cursor { key: CursorKey::Integer(row.bought_at), id: row.id };
        Ok(page_of(rows, paging, cursor).map(|row| lot_of(&row)))
    }
}

impl Tx {
    /// The wallet of an organization as of this change.
    pub async fn wallet(&self, tenant: TenantId) -> Result<Option<WalletRow>, StoreError> {
        let row = wallet::Entity::find_by_id(tenant.0).one(&self.db).await?;
        row.as_ref().map(shown).transpose()
    }

    /// Creates or changes how an organization pays. What its ledger comes to stays.
    pub async fn save_wallet(
        &mut self,
        tenant: TenantId,
        wanted: &Wallet,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        let before = self.wallet(tenant).await?.map(|row| row.wallet);
        let written = check(before.as_ref(), expected)?;
        let model = wallet::ActiveModel {
            tenant: Set(tenant.0),
            document: Set(to_json("wallet", wanted)?),
            version: Set(written.version()),
            created_at: Set(written.created_at(before.as_ref(), self.at)),
            updated_at: Set(self.at.as_millisecond()),
            ..Default::default()
        };
        match written {
            Written::Created => {
                let zero = || Set(0);
                let new = wallet::ActiveModel {
                    last_seq: zero(),
                    balance: zero(),
                    owed: zero(),
                    funding: zero(),
                    usage: zero(),
                    lapsed: zero(),
                    adjustments: zero(),
                    posted_credits: zero(),
                    posted_owed: zero(),
                    ..model
                };
                wallet::Entity::insert(new).exec_without_returning(&self.db).await?;
            }
            Written::Changed(_) => {
                let model = wallet::ActiveModel { tenant: Unchanged(tenant.0), ..model };
                model.update(&self.db).await?;
            }
        }
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::Wallet,
            object: tenant.to_string(),
            action: written.action(),
            before: before.as_ref().map(|before| &before.value),
            after: Some(wanted),
        })
        .await?;
        Ok(written.version())
    }

    /// What the ledger of an organization comes to, as of this change; none without a wallet.
    pub async fn book(&self, tenant: TenantId) -> Result<Option<Book>, StoreError> {
        let Some(row) = wallet::Entity::find_by_id(tenant.0).one(&self.db).await? else { return Ok(None) };
        let totals: BTreeMap<Total, Micros> = [
            (Total::Adjustments, row.adjustments),
            (Total::Expired, row.lapsed),
            (Total::Funding, row.funding),
            (Total::Owed, row.owed),
            (Total::Usage, row.usage),
        ]
        .map(|(total, micros)| (total, Micros(micros)))
        .into();
        let seq = u64::try_from(row.last_seq).unwrap_or_default();
        Ok(Some(Book::kept(lots_left(&self.db, tenant).await?, totals, seq)))
    }

    /// Writes entries, which a book decided one after the other from [`Self::book`] on, with what they come to, and tells
    /// of it in words: `funded`, `adjusted`, `expired`. The book has taken them.
    pub async fn post(
        &mut self,
        tenant: TenantId,
        book: &Book,
        entries: &[Entry],
        action: &'static str,
    ) -> Result<(), WriteError> {
        self.write_entries(tenant, book, entries, PostedNow::default()).await?;
        for entry in entries {
            let told = json!({
                "kind": entry.kind,
                "amount": moved(entry).to_string(),
                "balance": entry.balance_after.to_string(),
                "note": entry.note,
            });
            self.note_wallet(tenant, action, &told).await?;
        }
        Ok(())
    }

    pub(crate) async fn note_wallet(
        &mut self,
        tenant: TenantId,
        action: &'static str,
        told: &serde_json::Value,
    ) -> Result<(), StoreError> {
        self.note(Change::<(), _> {
            tenant: Some(tenant),
            noun: Noun::Wallet,
            object: tenant.to_string(),
            action,
            before: None,
            after: Some(told),
        })
        .await
    }

    /// Writes entries, lots and totals. Tells of a balance that became low or empty.
    pub(crate) async fn write_entries(
        &mut self,
        tenant: TenantId,
        book: &Book,
        entries: &[Entry],
        posted: PostedNow,
    ) -> Result<(), WriteError> {
        let Some(row) = wallet::Entity::find_by_id(tenant.0).one(&self.db).await? else {
            return Err(WriteError::NotFound);
        };
        let rows = entries.iter().map(|entry| self.entry_row(tenant, entry)).collect::<Result<Vec<_>, _>>()?;
        for part in rows.chunks(ENTRIES_PER_STATEMENT) {
            ledger_entry::Entity::insert_many(part.to_vec()).exec_without_returning(&self.db).await?;
        }
        self.write_lots(tenant, book, entries).await?;
        let total = |total| Set(book.total(total).0);
        let settings: Wallet = from_json("wallet", row.tenant, &row.document)?;
        let before = settings.state(Micros(row.balance));
        let model = wallet::ActiveModel {
            tenant: Unchanged(tenant.0),
            last_seq: Set(i64::try_from(book.last_seq()).unwrap_or(i64::MAX)),
            balance: Set(book.balance().0),
            owed: total(Total::Owed),
            funding: total(Total::Funding),
            usage: total(Total::Usage),
            lapsed: total(Total::Expired),
            adjustments: total(Total::Adjustments),
            posted_credits: Set(row.posted_credits.saturating_add(posted.credits.0)),
            posted_owed: Set(row.posted_owed.saturating_add(posted.owed.0)),
            ..Default::default()
        };
        model.update(&self.db).await?;
        let after = settings.state(book.balance());
        if after != before && matches!(after, State::Empty | State::Low) {
            let told = json!({ "balance": book.balance().to_string(), "currency": settings.currency });
            self.note_wallet(tenant, after.as_str(), &told).await?;
        }
        Ok(())
    }

    fn entry_row(&self, tenant: TenantId, entry: &Entry) -> Result<ledger_entry::ActiveModel, StoreError> {
        Ok(ledger_entry::ActiveModel {
            id: Set(Uuid::now_v7()),
            tenant: Set(tenant.0),
            seq: Set(i64::try_from(entry.seq).unwrap_or(i64::MAX)),
            at: Set(entry.at.as_millisecond()),
            kind: Set(entry.kind.as_str().to_owned()),
            key: Set(entry.key.clone()),
            call: Set(entry.call.map(|call| call.0)),
            actor: Set(self.actor.to_string()),
            document: Set(to_json("ledger entry", entry)?),
        })
    }

    /// Lots that these entries began or took from.
    async fn write_lots(&self, tenant: TenantId, book: &Book, entries: &[Entry]) -> Result<(), StoreError> {
        use phone::money::ledger::Account;
        let touched = entries.iter().flat_map(|entry| &entry.postings).filter_map(|posting| match posting.account {
            Account::Lot(id) => Some(id),
            Account::Adjustments | Account::Expired | Account::Funding | Account::Owed | Account::Usage => None,
        });
        let begun: BTreeMap<LotId, u64> = entries.iter().filter_map(|entry| Some((entry.lot?.id, entry.seq))).collect();
        let touched: BTreeSet<LotId> = touched.chain(begun.keys().copied()).collect();
        for lot in book.lots().iter().filter(|lot| touched.contains(&lot.id)) {
            let row = credit_lot::ActiveModel {
                id: Set(lot.id.0),
                tenant: Set(tenant.0),
                seq: begun.get(&lot.id).map_or(Set(0), |seq| Set(i64::try_from(*seq).unwrap_or(i64::MAX))),
                bought_at: Set(lot.bought_at.as_millisecond()),
                expires_at: Set(lot.expires_at.map(Timestamp::as_millisecond)),
                amount: Set(lot.amount.0),
                remaining: Set(lot.remaining.0),
                is_used_up: Set(!lot.remaining.is_positive()),
                source: Set(lot.source.as_str().to_owned()),
            };
            let columns = [credit_lot::Column::Remaining, credit_lot::Column::IsUsedUp];
            let again = OnConflict::column(credit_lot::Column::Id).update_columns(columns).to_owned();
            credit_lot::Entity::insert(row).on_conflict(again).exec_without_returning(&self.db).await?;
        }
        Ok(())
    }
}

/// Entries in one statement, of nine values each.
const ENTRIES_PER_STATEMENT: usize = 500;

/// What the organization has more, or less, after an entry.
fn moved(entry: &Entry) -> Micros {
    use phone::money::ledger::Account;
    let has = entry.postings.iter().filter(|posting| matches!(posting.account, Account::Lot(_) | Account::Owed));
    has.map(|posting| posting.amount).sum()
}

async fn lots_left(db: &impl ConnectionTrait, tenant: TenantId) -> Result<Vec<Lot>, StoreError> {
    use credit_lot::Column;
    let rows = credit_lot::Entity::find()
        .filter(Column::Tenant.eq(tenant.0))
        .filter(Column::IsUsedUp.eq(false))
        .order_by_asc(Column::Seq)
        .all(db)
        .await?;
    Ok(rows.iter().map(lot_of).collect())
}

fn lot_of(row: &credit_lot::Model) -> Lot {
    Lot {
        id: LotId(row.id),
        bought_at: timestamp(row.bought_at),
        expires_at: row.expires_at.map(timestamp),
        amount: Micros(row.amount),
        remaining: Micros(row.remaining),
        source: lot::Source::parse(&row.source).unwrap_or(lot::Source::Adjustment),
    }
}

fn shown(row: &wallet::Model) -> Result<WalletRow, StoreError> {
    Ok(WalletRow {
        wallet: Stored {
            value: from_json("wallet", row.tenant, &row.document)?,
            version: row.version,
            created_at: timestamp(row.created_at),
            updated_at: timestamp(row.updated_at),
        },
        balance: Micros(row.balance),
        owed: Micros(row.owed).negated(),
        posted_credits: Micros(row.posted_credits),
        posted_owed: Micros(row.posted_owed),
    })
}
