//! Payments, invoices, and what calls would have cost.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum PaymentCommand {
    /// List payments, newest first.
    List {
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Ask for a payment: by card on the provider's page, or by bank transfer with a reference.
    Ask {
        /// Such as 50.00.
        amount: String,
        #[arg(long, default_value = "card", value_parser = ["card", "bank_transfer"])]
        kind: String,
        /// Let the provider keep the card, so that the balance can recharge itself.
        #[arg(long)]
        keep_card: bool,
    },
    /// Book a bank transfer that arrived: for who runs the server.
    Confirm {
        payment: String,
        /// What arrived, if it is not what was asked for.
        #[arg(long)]
        amount: Option<String>,
    },
    /// Give a payment back, or a part of it: for who runs the server.
    Refund {
        payment: String,
        /// All that is left of it without.
        #[arg(long)]
        amount: Option<String>,
    },
    /// Take in again what was given back and did not arrive: for who runs the server.
    RefundFailed {
        payment: String,
        /// What the provider names the refund, such as re_123; needed where a card was paid with.
        #[arg(long)]
        refund: Option<String>,
        /// All that was given back without.
        #[arg(long)]
        amount: Option<String>,
    },
    /// Let the balance recharge itself from the card that was kept, or no more.
    AutoRecharge(Recharge),
}

#[derive(Debug, Args)]
pub struct Recharge {
    /// Below which balance, such as 10.00.
    #[arg(long, required_unless_present = "off")]
    trigger: Option<String>,
    #[arg(long, required_unless_present = "off")]
    amount: Option<String>,
    /// At most so much in a month.
    #[arg(long, required_unless_present = "off")]
    monthly_cap: Option<String>,
    #[arg(long)]
    off: bool,
}

#[derive(Debug, Subcommand)]
pub enum InvoiceCommand {
    /// List invoices, newest first.
    List,
    /// Issue an invoice for the last month, or for a time that is over.
    Issue {
        #[arg(long, requires = "until")]
        from: Option<String>,
        #[arg(long, requires = "from")]
        until: Option<String>,
    },
    /// Show an invoice.
    Show { invoice: String },
    /// Write an invoice for programs, as UBL.
    Ubl { invoice: String },
    /// Write an invoice as PDF into a file.
    Pdf {
        invoice: String,
        #[arg(long, value_name = "FILE")]
        out: std::path::PathBuf,
    },
    /// Say who sells and buys, which taxes there are, and whether each month gets its invoice.
    Billing(BillingArgs),
}

#[derive(Debug, Args)]
pub struct BillingArgs {
    #[arg(long)]
    seller: Option<String>,
    /// Street, postal code, city and country of the seller, with commas between them.
    #[arg(long)]
    seller_address: Option<String>,
    #[arg(long)]
    seller_tax_id: Option<String>,
    #[arg(long)]
    buyer: Option<String>,
    #[arg(long)]
    buyer_address: Option<String>,
    #[arg(long)]
    buyer_tax_id: Option<String>,
    /// Such as VAT=19; again for more.
    #[arg(long)]
    tax: Vec<String>,
    #[arg(long)]
    monthly: Option<bool>,
}

const PAYMENT: &[Column] = &[
    ("Id", "/id"),
    ("At", "/at"),
    ("Kind", "/kind"),
    ("Amount", "/amount"),
    ("Currency", "/currency"),
    ("State", "/state"),
    ("Given back", "/refunded"),
    ("Taken by a bank", "/charged_back"),
    ("Reference", "/reference"),
    ("Pay at", "/url"),
    ("Error", "/error"),
];
const INVOICE: &[Column] = &[
    ("Id", "/id"),
    ("Number", "/number"),
    ("Kind", "/kind"),
    ("From", "/first_day"),
    ("To", "/last_day"),
    ("Sum", "/sum"),
    ("From credit", "/paid_from_credit"),
    ("Due", "/gross"),
    ("Currency", "/currency"),
];
const LINE: &[Column] =
    &[("Calls to", "/destination"), ("Calls", "/calls"), ("Seconds", "/seconds"), ("Amount", "/amount")];
const TAX: &[Column] = &[("Tax", "/name"), ("Percent", "/percent"), ("Amount", "/amount")];
const PARTS: &[(&str, &str, &[Column])] = &[("Lines", "/lines", LINE), ("Taxes", "/taxes", TAX)];
const BILLING: &[Column] = &[
    ("Seller", "/settings/billing/seller/name"),
    ("Buyer", "/settings/billing/buyer/name"),
    ("Monthly", "/settings/billing/monthly"),
];
const RECHARGE: &[Column] = &[
    ("Recharges", "/settings/auto_recharge/enabled"),
    ("Below", "/settings/auto_recharge/trigger"),
    ("By", "/settings/auto_recharge/amount"),
    ("At most a month", "/settings/auto_recharge/monthly_cap"),
    ("Card kept", "/settings/has_card"),
];
const RERATED: &[Column] = &[("Before", "/before"), ("After", "/after"), ("Difference", "/difference")];
const RERATED_LINE: &[Column] = &[
    ("Destination", "/destination"),
    ("Calls", "/calls"),
    ("Without a price", "/unpriced"),
    ("Before", "/before"),
    ("After", "/after"),
    ("Difference", "/difference"),
];

pub(super) async fn payments(client: &Client, credits: &str, command: &PaymentCommand) -> Result<Shown, ClientError> {
    let payments = format!("{credits}/payments");
    match command {
        PaymentCommand::List { limit } => Ok(Shown::Items(PAYMENT, client.list(&payments, &[], *limit).await?)),
        PaymentCommand::Ask { amount, kind, keep_card } => {
            let body = json!({ "kind": kind, "amount": amount, "keep_card": keep_card });
            Ok(Shown::Object(PAYMENT, client.write(Method::POST, &payments, &body).await?, &[]))
        }
        PaymentCommand::Confirm { payment, amount } => {
            let path = format!("{payments}/{payment}/confirm");
            Ok(Shown::Object(PAYMENT, client.write(Method::POST, &path, &json!({ "amount": amount })).await?, &[]))
        }
        PaymentCommand::Refund { payment, amount } => {
            let path = format!("{payments}/{payment}/refund");
            Ok(Shown::Object(PAYMENT, client.write(Method::POST, &path, &json!({ "amount": amount })).await?, &[]))
        }
        PaymentCommand::RefundFailed { payment, refund, amount } => {
            let path = format!("{payments}/{payment}/refund-failed");
            let body = json!({ "refund": refund, "amount": amount });
            Ok(Shown::Object(PAYMENT, client.write(Method::POST, &path, &body).await?, &[]))
        }
        PaymentCommand::AutoRecharge(Recharge { trigger, amount, monthly_cap, off }) => {
            let wanted = match off {
                true => Value::Null,
                false => json!({ "enabled": true, "trigger": trigger, "amount": amount, "monthly_cap": monthly_cap }),
            };
            let changed = client.write(Method::PATCH, credits, &json!({ "auto_recharge": wanted })).await?;
            Ok(Shown::Object(RECHARGE, changed, &[]))
        }
    }
}

pub(super) async fn invoices(client: &Client, credits: &str, command: &InvoiceCommand) -> Result<Shown, ClientError> {
    let invoices = format!("{credits}/invoices");
    match command {
        InvoiceCommand::List => Ok(Shown::Items(INVOICE, client.list(&invoices, &[], usize::MAX).await?)),
        InvoiceCommand::Issue { from, until } => {
            let body = json!({ "from": from, "until": until });
            Ok(Shown::Object(INVOICE, client.write(Method::POST, &invoices, &body).await?, PARTS))
        }
        InvoiceCommand::Show { invoice } => {
            Ok(Shown::Object(INVOICE, client.get(&format!("{invoices}/{invoice}")).await?, PARTS))
        }
        InvoiceCommand::Ubl { invoice } => Ok(Shown::File(client.text(&format!("{invoices}/{invoice}/ubl")).await?)),
        InvoiceCommand::Pdf { invoice, out } => {
            let bytes = client.bytes(&format!("{invoices}/{invoice}/pdf")).await?;
            match std::fs::write(out, bytes) {
                Ok(()) => Ok(Shown::Words(format!("wrote {}", out.display()))),
                Err(error) => {
                    let words = format!("could not write {}: {error}", out.display());
                    Ok(Shown::Failed(Box::new(Shown::Words(words))))
                }
            }
        }
        InvoiceCommand::Billing(wanted) => {
            let before = client.get(credits).await?["settings"]["billing"].clone();
            let changed = client.write(Method::PATCH, credits, &json!({ "billing": wanted.over(&before) })).await?;
            Ok(Shown::Object(BILLING, changed, &[]))
        }
    }
}

/// What calls would have cost by another deck.
pub(super) async fn rerate(
    client: &Client,
    credits: &str,
    deck: &str,
    (since, until): (&Option<String>, &Option<String>),
) -> Result<Shown, ClientError> {
    let body = json!({ "deck": deck, "since": since, "until": until });
    let rerated = client.write(Method::POST, &format!("{credits}/rerate"), &body).await?;
    Ok(Shown::Object(RERATED, rerated, &[("By destination", "/lines", RERATED_LINE)]))
}

impl BillingArgs {
    /// What was there, with what is given in its place.
    fn over(&self, before: &Value) -> Value {
        let party = |name: &str, own: &Option<String>, address: &Option<String>, tax_id: &Option<String>| {
            let mut party: Map<String, Value> = before[name].as_object().cloned().unwrap_or_default();
            if let Some(own) = own {
                party.insert("name".to_owned(), json!(own));
            }
            if let Some(address) = address {
                let parts = address.split(',').map(str::trim);
                for (field, part) in ["street", "postal_code", "city", "country"].into_iter().zip(parts) {
                    party.insert(field.to_owned(), json!(part));
                }
            }
            if let Some(tax_id) = tax_id {
                party.insert("tax_id".to_owned(), json!(tax_id));
            }
            party.entry("name").or_insert_with(|| json!(""));
            Value::Object(party)
        };
        let taxes: Vec<Value> = self
            .tax
            .iter()
            .map(|tax| {
                let (name, percent) = tax.split_once('=').unwrap_or((tax, ""));
                json!({ "name": name, "percent": percent })
            })
            .collect();
        let known_taxes = before["taxes"].clone();
        let monthly = self.monthly.or(before["monthly"].as_bool()).unwrap_or(false);
        json!({
            "monthly": monthly,
            "seller": party("seller", &self.seller, &self.seller_address, &self.seller_tax_id),
            "buyer": party("buyer", &self.buyer, &self.buyer_address, &self.buyer_tax_id),
            "taxes": if self.tax.is_empty() && known_taxes.is_array() { known_taxes } else { Value::Array(taxes) },
        })
    }
}
