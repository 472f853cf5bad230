//! What moves money: the statement, credit that comes in, and adjustments.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use phone::id::CallId;
use phone::money::ledger::{Account, Entry, EntryKind, Posting};
use phone::money::lot::Source;
use phone::money::{Currency, Micros};
use serde::{Deserialize, Serialize};
use store::{LedgerFilter, LedgerRow};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::admin::credits::{Adjustment, TopUp};
use crate::admin::{Caller, Permission, Refused};
use crate::api::body::{Body, Params, request_key};
use crate::api::list::{List, PageParams};
use crate::api::money::Amount;
use crate::api::problem::{Problem, Refusals, WriteRefusals};

const SORT: &str = "-seq";

/// An entry of the ledger. None is ever changed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LedgerEntry {
    /// Counts the entries of the organization, from 1.
    pub seq: u64,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// adjustment, charge, expiry, grant, purchase or refund.
    pub kind: String,
    /// What the organization has more, or less.
    pub amount: Amount,
    pub balance_after: Amount,
    /// The call that took it.
    pub call: Option<Uuid>,
    pub note: Option<String>,
    /// Who made it; the system books calls.
    pub actor: Option<String>,
    /// Between which accounts money moved; they sum to zero.
    pub postings: Vec<LedgerPosting>,
}

/// One side of an entry.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LedgerPosting {
    /// adjustments, expired, funding, lot, owed or usage.
    pub account: String,
    /// Which lot.
    pub lot: Option<Uuid>,
    pub amount: Amount,
}

/// Which entries.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct LedgerParams {
    /// adjustment, charge, expiry, grant, purchase or refund.
    pub kind: Option<String>,
    pub call: Option<Uuid>,
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
}

/// Credit that comes in: a voucher's, or what was paid or is given.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "amount": "50.00", "currency": "USD", "source": "bank_transfer", "note": "invoice 1042" }))]
pub struct NewTopUp {
    /// The code of a voucher; then nothing else is said.
    pub voucher: Option<String>,
    pub amount: Option<Amount>,
    #[schema(value_type = Option<String>)]
    pub currency: Option<Currency>,
    /// bank_transfer, card or grant.
    #[schema(value_type = Option<String>)]
    pub source: Option<Source>,
    /// For the statement.
    pub note: Option<String>,
}

/// Credit that is given, or with a minus taken away.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "amount": "-5.00", "reason": "booked twice on 3 May" }))]
pub struct NewAdjustment {
    pub amount: Amount,
    pub reason: String,
}

/// List the entries of the ledger, newest first
#[utoipa::path(get, path = "/tenants/{tenant}/credits/entries", tag = "credits",
    params(("tenant" = String, Path), LedgerParams), responses((status = 200, body = List<LedgerEntry>), Refusals))]
pub async fn entries(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(wanted): Params<LedgerParams>,
) -> Result<Json<List<LedgerEntry>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let kind = wanted.kind.as_deref().map(|kind| EntryKind::parse(kind).ok_or_else(unknown_kind)).transpose()?;
    let filter = LedgerFilter { kind, call: wanted.call.map(CallId) };
    let paging = PageParams { limit: wanted.limit, cursor: wanted.cursor }.paging(SORT, true)?;
    let page = access.store().ledger(access.tenant(), &filter, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(LedgerEntry::from), SORT))
}

/// Add credit
#[utoipa::path(post, path = "/tenants/{tenant}/credits/top-up", tag = "credits",
    params(("tenant" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = NewTopUp, responses((status = 201, body = LedgerEntry), Refusals, WriteRefusals))]
pub async fn top_up(
    caller: Caller,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<NewTopUp>,
) -> Result<(StatusCode, Json<LedgerEntry>), Problem> {
    let entry = match wanted {
        NewTopUp { voucher: Some(code), amount: None, currency: None, source: None, note: None } => {
            caller.begin(&tenant, Permission::Configure).await?.redeem(&code).await?
        }
        NewTopUp { voucher: None, amount: Some(Amount(amount)), currency: Some(currency), source, note } => {
            let access = caller.begin_money(&tenant).await?;
            let source = source.unwrap_or(Source::BankTransfer);
            if !matches!(source, Source::BankTransfer | Source::Card | Source::Grant) {
                let words = "credit comes in by bank_transfer, card or grant, or by a voucher";
                return Err(Refused::field("source", "credits.source_unknown", words).into());
            }
            let key = key(&headers)?;
            access.top_up(&TopUp { amount, currency, source, note, key }).await?
        }
        NewTopUp { .. } => {
            // Whether there is such an organization at all is told first.
            caller.begin(&tenant, Permission::Configure).await?;
            let words = "say either a voucher alone, or an amount with its currency";
            return Err(Refused::field("amount", "credits.top_up_malformed", words).into());
        }
    };
    Ok((StatusCode::CREATED, Json(LedgerEntry::of(entry, None))))
}

/// Give credit, or take it away
#[utoipa::path(post, path = "/tenants/{tenant}/credits/adjust", tag = "credits",
    params(("tenant" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = NewAdjustment, responses((status = 201, body = LedgerEntry), Refusals, WriteRefusals))]
pub async fn adjust(
    caller: Caller,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<NewAdjustment>,
) -> Result<(StatusCode, Json<LedgerEntry>), Problem> {
    let access = caller.begin_money(&tenant).await?;
    let NewAdjustment { amount: Amount(amount), reason } = wanted;
    if reason.trim().is_empty() {
        return Err(Refused::field("reason", "credits.reason_empty", "a reason is needed").into());
    }
    let entry = access.adjust(&Adjustment { amount, reason, key: key(&headers)? }).await?;
    Ok((StatusCode::CREATED, Json(LedgerEntry::of(entry, None))))
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    Ok(request_key(headers, &[], &[])?.map(|key| key.key))
}

fn unknown_kind() -> Problem {
    let names: Vec<_> = EntryKind::ALL.into_iter().map(EntryKind::as_str).collect();
    Problem::new(StatusCode::BAD_REQUEST, "malformed_query", format!("kind is one of {}", names.join(", ")))
}

impl LedgerEntry {
    fn of(entry: Entry, actor: Option<String>) -> Self {
        let has = entry.postings.iter().filter(|posting| matches!(posting.account, Account::Lot(_) | Account::Owed));
        let amount: Micros = has.map(|posting| posting.amount).sum();
        Self {
            seq: entry.seq,
            at: entry.at,
            kind: entry.kind.as_str().to_owned(),
            amount: Amount(amount),
            balance_after: Amount(entry.balance_after),
            call: entry.call.map(|call| call.0),
            note: entry.note,
            actor,
            postings: entry.postings.iter().map(LedgerPosting::from).collect(),
        }
    }
}

impl From<LedgerRow> for LedgerEntry {
    fn from(row: LedgerRow) -> Self {
        Self::of(row.entry, Some(row.actor))
    }
}

impl From<&Posting> for LedgerPosting {
    fn from(posting: &Posting) -> Self {
        let (account, lot) = match posting.account {
            Account::Adjustments => ("adjustments", None),
            Account::Expired => ("expired", None),
            Account::Funding => ("funding", None),
            Account::Lot(lot) => ("lot", Some(lot.0)),
            Account::Owed => ("owed", None),
            Account::Usage => ("usage", None),
        };
        Self { account: account.to_owned(), lot, amount: Amount(posting.amount) }
    }
}
