//! Payments: asked for, listed, confirmed, and told of by the provider.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State as FromState};
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use phone::money::payment::{Kind, Payment as PhonePayment};
use phone::money::{Currency, Micros};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::admin::credits::payments::Wanted;
use crate::admin::{Admin, Caller, Permission, Refused};
use crate::api::body::{Body, OptionalBody, Params, id};
use crate::api::list::{List, PageParams};
use crate::api::money::Amount;
use crate::api::problem::{Problem, Refusals, WriteRefusals};
use crate::error::chain;

const SORT: &str = "-at";

/// Money that was asked for, and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Payment {
    pub id: Uuid,
    /// card, bank_transfer or auto_recharge.
    pub kind: String,
    pub amount: Amount,
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// pending, succeeded or failed.
    pub state: String,
    /// What to write on a bank transfer, or what the provider names it by.
    pub reference: Option<String>,
    /// Where it is paid by card.
    pub url: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// What of it was given back and arrived.
    pub refunded: Option<Amount>,
    /// What of it a bank took back.
    pub charged_back: Option<Amount>,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// A payment, as it is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "kind": "bank_transfer", "amount": "50.00" }))]
pub struct NewPayment {
    pub kind: PaymentKind,
    pub amount: Amount,
    /// Let the provider keep the card, so that the balance can recharge itself.
    #[serde(default)]
    pub keep_card: bool,
    /// Where the provider's page leads afterwards; below the server's own address.
    pub return_path: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentKind {
    BankTransfer,
    Card,
}

/// What arrived of a bank transfer.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "amount": "50.00" }))]
pub struct Arrived {
    /// All of it, if nothing is said.
    pub amount: Option<Amount>,
}

/// How much is given back.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "amount": "20.00" }))]
pub struct Refund {
    /// All that is left of it, if nothing is said.
    pub amount: Option<Amount>,
}

/// What did not arrive.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "refund": "re_123", "amount": "20.00" }))]
pub struct FailedRefund {
    /// What the provider names the refund; needed where a card was paid with.
    pub refund: Option<String>,
    /// All that was given back, if nothing is said.
    pub amount: Option<Amount>,
}

/// List payments, newest first
#[utoipa::path(get, path = "/tenants/{tenant}/credits/payments", tag = "credits",
    params(("tenant" = String, Path), PageParams), responses((status = 200, body = List<Payment>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<Payment>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let page = access.payments(&page.paging(SORT, true)?).await?;
    Ok(List::of(page.map(Payment::from), SORT))
}

/// Ask for a payment
///
/// By card it is paid on the provider's page; by bank transfer with the reference, and booked when it has arrived.
#[utoipa::path(post, path = "/tenants/{tenant}/credits/payments", tag = "credits",
    params(("tenant" = String, Path)), request_body = NewPayment,
    responses((status = 201, body = Payment), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewPayment>,
) -> Result<(StatusCode, Json<Payment>), Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let path = wanted.return_path.unwrap_or_else(|| "/".to_owned());
    let is_path = path.starts_with('/') && !path.starts_with("//") && path.len() <= 200 && path.is_ascii();
    if !is_path {
        return Err(Refused::field("return_path", "payment.return_path_malformed", "a path such as /credits").into());
    }
    let wanted = Wanted {
        kind: match wanted.kind {
            PaymentKind::BankTransfer => Kind::BankTransfer,
            PaymentKind::Card => Kind::Card,
        },
        amount: wanted.amount.0,
        keep_card: wanted.keep_card,
        back: format!("{}{path}", access.public_url().as_str()),
    };
    let payment = access.ask_payment(&wanted).await?;
    Ok((StatusCode::CREATED, Json(payment.into())))
}

/// Book a bank transfer that arrived
#[utoipa::path(post, path = "/tenants/{tenant}/credits/payments/{payment}/confirm", tag = "credits",
    params(("tenant" = String, Path), ("payment" = String, Path)), request_body = Arrived,
    responses((status = 200, body = Payment), Refusals, WriteRefusals))]
pub async fn confirm(
    caller: Caller,
    Path((tenant, payment)): Path<(String, String)>,
    OptionalBody(arrived): OptionalBody<Arrived>,
) -> Result<Json<Payment>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let payment = id(&payment, "payment")?;
    let amount = arrived.amount.map(|amount| amount.0);
    Ok(Json(access.confirm_payment(&caller, payment, amount).await?.into()))
}

/// Give a payment back, or a part of it
///
/// To the card it was paid with; money of a bank transfer is sent by whoever runs the server. What was used already is owed.
#[utoipa::path(post, path = "/tenants/{tenant}/credits/payments/{payment}/refund", tag = "credits",
    params(("tenant" = String, Path), ("payment" = String, Path)), request_body = Refund,
    responses((status = 200, body = Payment), Refusals, WriteRefusals))]
pub async fn refund(
    caller: Caller,
    Path((tenant, payment)): Path<(String, String)>,
    OptionalBody(wanted): OptionalBody<Refund>,
) -> Result<Json<Payment>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let payment = id(&payment, "payment")?;
    let amount = wanted.amount.map(|amount| amount.0);
    Ok(Json(access.refund_payment(&caller, payment, amount).await?.into()))
}

/// Take in again what was given back of a payment and did not arrive
///
/// The provider tells of it by itself, where it is one that does.
#[utoipa::path(post, path = "/tenants/{tenant}/credits/payments/{payment}/refund-failed", tag = "credits",
    params(("tenant" = String, Path), ("payment" = String, Path)), request_body = FailedRefund,
    responses((status = 200, body = Payment), Refusals, WriteRefusals))]
pub async fn refund_failed(
    caller: Caller,
    Path((tenant, payment)): Path<(String, String)>,
    OptionalBody(failed): OptionalBody<FailedRefund>,
) -> Result<Json<Payment>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let payment = id(&payment, "payment")?;
    let is_name = |name: &String| !name.is_empty() && name.len() <= 100 && !name.chars().any(char::is_control);
    if !failed.refund.as_ref().is_none_or(is_name) {
        return Err(Refused::field("refund", "payment.refund_malformed", "at most 100 letters").into());
    }
    let told = (failed.amount.map(|amount| amount.0), failed.refund);
    Ok(Json(access.refund_failed(&caller, payment, told).await?.into()))
}

/// What the provider tells. It shows by a signature that it is the provider, and is told nothing.
pub async fn told(FromState(admin): FromState<Arc<Admin>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let Some(stripe) = &admin.payments else { return StatusCode::NOT_FOUND };
    let header = headers.get("stripe-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let event = match stripe.event(header, &body, Timestamp::now()) {
        Ok(event) => event,
        Err(forged) => {
            tracing::warn!(error = chain(&forged), "a word about a payment is not believed");
            return StatusCode::BAD_REQUEST;
        }
    };
    match admin.payment_told(&event).await {
        Ok(()) => StatusCode::OK,
        // The provider tells it again later.
        Err(error) => {
            tracing::warn!(error = chain(&error), "what the payment provider told could not be booked now");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

impl From<PhonePayment> for Payment {
    fn from(payment: PhonePayment) -> Self {
        let some = |amount: Micros| amount.is_positive().then_some(Amount(amount));
        let (refunded, charged_back) = (some(payment.given_back()), some(payment.charged_back()));
        Self {
            id: payment.id,
            kind: payment.kind.as_str().to_owned(),
            amount: Amount(payment.amount),
            currency: payment.currency,
            state: payment.state.as_str().to_owned(),
            reference: payment.reference,
            url: payment.url,
            refunded,
            charged_back,
            error: payment.error,
            at: payment.at,
        }
    }
}
