//! Invoices: issued, listed, and as files.

use axum::Json;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use jiff::Timestamp;
use phone::money::Currency;
use phone::money::invoice::{Billing as PhoneBilling, Invoice as PhoneInvoice, Party as PhoneParty, Tax};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::admin::{Caller, Permission, Refused};
use crate::api::body::{OptionalBody, Params, id};
use crate::api::list::{List, PageParams};
use crate::api::money::Amount;
use crate::api::problem::{Problem, Refusals, WriteRefusals};
use crate::invoices::{pdf, ubl};

const SORT: &str = "-issued_at";

/// What calls of a time cost, and what of it is due.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Invoice {
    pub id: Uuid,
    pub number: String,
    /// invoice, or credit_note for a payment that was given back.
    #[serde(default)]
    #[schema(required = false)]
    pub kind: String,
    /// The payment that a credit note is for.
    pub payment: Option<Uuid>,
    #[schema(value_type = String, format = DateTime)]
    pub issued_at: Timestamp,
    /// The first day, and the last.
    pub first_day: String,
    pub last_day: String,
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    pub lines: Vec<InvoiceLine>,
    pub sum: Amount,
    pub paid_from_credit: Amount,
    pub net: Amount,
    pub taxes: Vec<InvoiceTax>,
    /// What is due.
    pub gross: Amount,
    /// What it would come to with all digits that the currency has, where that is something else: invoices have two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unrounded: Option<Amount>,
}

/// Calls to one destination.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InvoiceLine {
    pub destination: String,
    pub calls: u64,
    pub seconds: u64,
    pub amount: Amount,
}

/// What one tax comes to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InvoiceTax {
    pub name: String,
    pub percent: String,
    pub amount: Amount,
}

/// For which time; the last month, if nothing is said.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "from": "2026-10-01T00:00:00Z", "until": "2026-11-01T00:00:00Z" }))]
pub struct NewInvoice {
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// Exclusive, and past.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

/// How the organization is billed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Billing {
    /// Whether each month gets its invoice a day after it is over.
    #[serde(default)]
    pub monthly: bool,
    pub seller: InvoiceParty,
    pub buyer: InvoiceParty,
    #[serde(default)]
    pub taxes: Vec<BillingTax>,
}

/// Who sells or buys, as it stands on an invoice.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceParty {
    pub name: String,
    #[serde(default)]
    pub street: String,
    #[serde(default)]
    pub city: String,
    #[serde(default)]
    pub postal_code: String,
    /// ISO 3166 alpha-2.
    #[serde(default)]
    pub country: String,
    /// Such as DE123456789.
    #[serde(default)]
    pub tax_id: String,
}

/// A tax on what is due.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BillingTax {
    pub name: String,
    /// Such as 19 or 7.75.
    pub percent: String,
}

/// List invoices, newest first
#[utoipa::path(get, path = "/tenants/{tenant}/credits/invoices", tag = "credits",
    params(("tenant" = String, Path), PageParams), responses((status = 200, body = List<Invoice>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<Invoice>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let page = access.invoices(&page.paging(SORT, true)?).await?;
    Ok(List::of(page.map(Invoice::from), SORT))
}

/// Issue an invoice for a time that is over
#[utoipa::path(post, path = "/tenants/{tenant}/credits/invoices", tag = "credits", params(("tenant" = String, Path)),
    request_body = NewInvoice, responses((status = 201, body = Invoice), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    OptionalBody(wanted): OptionalBody<NewInvoice>,
) -> Result<(StatusCode, Json<Invoice>), Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let times = match (wanted.from, wanted.until) {
        (Some(from), Some(until)) => Some((from, until)),
        (None, None) => None,
        _ => return Err(Refused::field("from", "invoice.time_malformed", "say both, or neither").into()),
    };
    let invoice = access.issue_invoice(&caller, times).await?;
    Ok((StatusCode::CREATED, Json(invoice.into())))
}

/// Show an invoice
#[utoipa::path(get, path = "/tenants/{tenant}/credits/invoices/{invoice}", tag = "credits",
    params(("tenant" = String, Path), ("invoice" = String, Path)),
    responses((status = 200, body = Invoice), Refusals))]
pub async fn show(caller: Caller, Path((tenant, invoice)): Path<(String, String)>) -> Result<Json<Invoice>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(Json(access.invoice(id(&invoice, "invoice")?).await?.into()))
}

/// An invoice as PDF
#[utoipa::path(get, path = "/tenants/{tenant}/credits/invoices/{invoice}/pdf", tag = "credits",
    params(("tenant" = String, Path), ("invoice" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), Refusals))]
pub async fn as_pdf(
    caller: Caller,
    Path((tenant, invoice)): Path<(String, String)>,
) -> Result<impl IntoResponse, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let invoice = access.invoice(id(&invoice, "invoice")?).await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], pdf::pdf(&invoice)))
}

/// An invoice for programs, as UBL 2.1
#[utoipa::path(get, path = "/tenants/{tenant}/credits/invoices/{invoice}/ubl", tag = "credits",
    params(("tenant" = String, Path), ("invoice" = String, Path)),
    responses((status = 200, body = String, content_type = "application/xml"), Refusals))]
pub async fn as_ubl(
    caller: Caller,
    Path((tenant, invoice)): Path<(String, String)>,
) -> Result<impl IntoResponse, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let invoice = access.invoice(id(&invoice, "invoice")?).await?;
    Ok(([(header::CONTENT_TYPE, "application/xml")], ubl::xml(&invoice)))
}

impl From<PhoneInvoice> for Invoice {
    fn from(invoice: PhoneInvoice) -> Self {
        let (number, sum) = (invoice.number(), invoice.sum());
        let lines = invoice.lines.into_iter().map(|line| InvoiceLine {
            destination: line.words,
            calls: line.n_calls,
            seconds: line.secs,
            amount: Amount(line.amount),
        });
        let taxes = invoice.taxes.into_iter().map(|line| InvoiceTax {
            percent: line.tax.percent(),
            name: line.tax.name,
            amount: Amount(line.amount),
        });
        Self {
            id: invoice.id,
            number,
            kind: if invoice.credits.is_some() { "credit_note" } else { "invoice" }.to_owned(),
            payment: invoice.credits.map(|credited| credited.payment),
            issued_at: invoice.issued_at,
            first_day: invoice.first_day.to_string(),
            last_day: invoice.last_day.to_string(),
            currency: invoice.currency,
            lines: lines.collect(),
            sum: Amount(sum),
            paid_from_credit: Amount(invoice.paid_from_credit),
            net: Amount(invoice.net),
            taxes: taxes.collect(),
            gross: Amount(invoice.gross),
            unrounded: invoice.unrounded.map(Amount),
        }
    }
}

impl Billing {
    /// Reads what is wanted.
    pub fn read(&self) -> Result<PhoneBilling, Refused> {
        let malformed = || Refused::field("billing.taxes", "invoice.tax_malformed", "percent is 19 or 7.75");
        let mut taxes = Vec::new();
        for BillingTax { name, percent } in &self.taxes {
            // A percentage has the form of an amount with two digits at most.
            let parts = phone::money::Micros::parse(percent).map_err(|_| malformed())?;
            let hundredths = parts.0 / 10_000;
            if parts.0 % 10_000 != 0 {
                return Err(malformed());
            }
            let basis_points = u32::try_from(hundredths).map_err(|_| malformed())?;
            taxes.push(Tax { name: name.clone(), basis_points });
        }
        let party = |party: &InvoiceParty| PhoneParty {
            name: party.name.clone(),
            street: party.street.clone(),
            city: party.city.clone(),
            postal_code: party.postal_code.clone(),
            country: party.country.clone(),
            tax_id: party.tax_id.clone(),
        };
        Ok(PhoneBilling { monthly: self.monthly, seller: party(&self.seller), buyer: party(&self.buyer), taxes })
    }

    /// Shows how it is; none if nobody has said.
    pub fn of(billing: PhoneBilling) -> Option<Self> {
        if billing == PhoneBilling::default() {
            return None;
        }
        let party = |party: PhoneParty| InvoiceParty {
            name: party.name,
            street: party.street,
            city: party.city,
            postal_code: party.postal_code,
            country: party.country,
            tax_id: party.tax_id,
        };
        let taxes = billing.taxes.into_iter().map(|tax| BillingTax { percent: tax.percent(), name: tax.name });
        Some(Self {
            monthly: billing.monthly,
            taxes: taxes.collect(),
            seller: party(billing.seller),
            buyer: party(billing.buyer),
        })
    }
}
