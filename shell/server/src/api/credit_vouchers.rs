//! Vouchers for credit, for who runs the server.

use axum::Json;
use axum::http::StatusCode;
use jiff::Timestamp;
use phone::money::Currency;
use serde::{Deserialize, Serialize};
use store::Voucher as Stored;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Params};
use super::list::{List, PageParams};
use super::money::Amount;
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::Caller;

const SORT: &str = "created_at";

/// A voucher for credit.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CreditVoucher {
    pub id: Uuid,
    /// Told only when it is made.
    pub code: Option<String>,
    /// The end of the code.
    pub hint: String,
    pub amount: Amount,
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// The organization that has it.
    pub redeemed_by: Option<Uuid>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub redeemed_at: Option<Timestamp>,
}

/// Vouchers to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "amount": "20.00", "currency": "USD", "count": 5 }))]
pub struct NewCreditVouchers {
    pub amount: Amount,
    #[schema(value_type = String)]
    pub currency: Currency,
    #[serde(default = "one")]
    pub count: u32,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

/// List vouchers, without their codes
#[utoipa::path(get, path = "/credit-vouchers", tag = "credit-vouchers", params(PageParams),
    responses((status = 200, body = List<CreditVoucher>), Refusals))]
pub async fn list(caller: Caller, Params(page): Params<PageParams>) -> Result<Json<List<CreditVoucher>>, Problem> {
    caller.begin_platform()?;
    let page = caller.vouchers(&page.paging(SORT, false)?).await?;
    Ok(List::of(page.map(|voucher| shown(voucher, None)), SORT))
}

/// Make vouchers; their codes are told this once
#[utoipa::path(post, path = "/credit-vouchers", tag = "credit-vouchers", request_body = NewCreditVouchers,
    responses((status = 201, body = List<CreditVoucher>), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Body(wanted): Body<NewCreditVouchers>,
) -> Result<(StatusCode, Json<List<CreditVoucher>>), Problem> {
    let NewCreditVouchers { amount, currency, count, expires_at } = wanted;
    let made = caller.create_vouchers(count, (currency, amount.0), expires_at).await?;
    let items = made.into_iter().map(|(voucher, code)| shown(voucher, Some(code))).collect();
    Ok((StatusCode::CREATED, List::whole(items)))
}

fn one() -> u32 {
    1
}

fn shown(voucher: Stored, code: Option<String>) -> CreditVoucher {
    CreditVoucher {
        id: voucher.id,
        code,
        hint: voucher.hint,
        amount: Amount(voucher.amount),
        currency: voucher.currency,
        expires_at: voucher.expires_at,
        redeemed_by: voucher.redeemed_by.map(|tenant| tenant.0),
        redeemed_at: voucher.redeemed_at,
    }
}
