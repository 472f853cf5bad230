//! Card payments through a provider that speaks Stripe's protocol: its own, or one that is compatible.
//!
//! Nobody's card is ever seen here: it is typed on the provider's page, and named afterwards by the provider's words for it.

pub mod event;
pub mod signature;

use jiff::Timestamp;
use phone::money::payment::{Card, Payment, Told, from_minor, to_minor};
use phone::money::{Currency, Micros};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use self::event::Event;
use self::signature::Forged;
use crate::net::outward::{Barred, Outward, Reach};
use crate::secret::Secret;

/// Where Stripe is.
pub const STRIPE_URL: &str = "https://api.stripe.com";
/// The protocol as it was when this was written: the provider answers in it whatever comes later.
const VERSION: &str = "2024-06-20";

/// The provider.
#[derive(Debug)]
pub struct Stripe {
    url: String,
    key: Secret,
    webhook_secret: Secret,
    outward: Outward,
}

/// A page on which somebody pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What the provider names it by.
    pub reference: String,
    pub url: String,
}

/// How charging a card went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Charged {
    /// The provider knows what became of it.
    Told { reference: Option<String>, told: Told },
    /// It will be told later.
    Later { reference: String },
}

/// The provider was not reached, or did not answer as it should: whether it was paid is not known.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error(transparent)]
    Barred(#[from] Barred),
    #[error("the payment provider was not reached")]
    Unreachable(#[from] reqwest::Error),
    #[error("the payment provider answered {status}: {message}")]
    Refused { status: u16, message: String },
    #[error("the payment provider answered what nobody understands")]
    Unreadable,
    #[error(transparent)]
    Amount(#[from] phone::money::payment::Refusal),
}

impl Stripe {
    /// A provider at an address; who runs the server has chosen it, so it may be anywhere.
    pub fn new(url: &str, key: Secret, webhook_secret: Secret) -> Self {
        let url = url.trim_end_matches('/').to_owned();
        Self { url, key, webhook_secret, outward: Outward::new(Reach::Everywhere) }
    }

    /// Makes a page on which a payment is paid. The same payment again is the same page.
    pub async fn page(
        &self,
        payment: &Payment,
        keep_card: bool,
        customer: Option<&str>,
        back: &str,
    ) -> Result<Page, Failed> {
        let coins = to_minor(payment.amount, payment.currency)?.to_string();
        let (id, currency) = (payment.id.to_string(), payment.currency.to_string().to_lowercase());
        let mut form: Vec<(&str, &str)> = vec![
            ("mode", "payment"),
            ("client_reference_id", &id),
            ("metadata[payment]", &id),
            ("payment_intent_data[metadata][payment]", &id),
            ("line_items[0][quantity]", "1"),
            ("line_items[0][price_data][currency]", &currency),
            ("line_items[0][price_data][unit_amount]", &coins),
            ("line_items[0][price_data][product_data][name]", "Communications credit"),
            ("success_url", back),
            ("cancel_url", back),
        ];
        match (customer, keep_card) {
            (Some(customer), _) => form.push(("customer", customer)),
            (None, true) => form.push(("customer_creation", "always")),
            (None, false) => {}
        }
        if keep_card {
            form.push(("payment_intent_data[setup_future_usage]", "off_session"));
        }
        let (status, answer) = self.ask(Method::POST, "/v1/checkout/sessions", &id, &form).await?;
        if !status.is_success() {
            return Err(refused(status, &answer));
        }
        let text = |name: &str| answer[name].as_str().map(str::to_owned).ok_or(Failed::Unreadable);
        Ok(Page { reference: text("id")?, url: text("url")? })
    }

    /// Charges a card that was kept. The same payment again is the same charge.
    pub async fn charge(&self, payment: &Payment, card: &Card) -> Result<Charged, Failed> {
        let coins = to_minor(payment.amount, payment.currency)?.to_string();
        let (id, currency) = (payment.id.to_string(), payment.currency.to_string().to_lowercase());
        let form = [
            ("amount", coins.as_str()),
            ("currency", &currency),
            ("customer", &card.customer),
            ("payment_method", &card.method),
            ("off_session", "true"),
            ("confirm", "true"),
            ("metadata[payment]", &id),
        ];
        let (status, answer) = self.ask(Method::POST, "/v1/payment_intents", &id, &form).await?;
        // A card that is declined is an answer, with what was made of it inside.
        if status == StatusCode::PAYMENT_REQUIRED {
            let reference = answer.pointer("/error/payment_intent/id").and_then(Value::as_str).map(str::to_owned);
            return Ok(Charged::Told { reference, told: Told::Failed { error: message(&answer) } });
        }
        if !status.is_success() {
            return Err(refused(status, &answer));
        }
        let reference = answer["id"].as_str().ok_or(Failed::Unreadable)?.to_owned();
        Ok(match answer["status"].as_str() {
            Some("succeeded") => {
                let (amount, currency) = paid(&answer, "amount_received").ok_or(Failed::Unreadable)?;
                Charged::Told { reference: Some(reference), told: Told::Succeeded { amount, currency } }
            }
            Some("processing") => Charged::Later { reference },
            Some(other) => {
                let error = format!("the card needs somebody there ({other})");
                Charged::Told { reference: Some(reference), told: Told::Failed { error } }
            }
            None => return Err(Failed::Unreadable),
        })
    }

    /// The card that a payment was made with, as the provider keeps it; none if it does not.
    pub async fn card_of(&self, intent: &str) -> Result<Option<Card>, Failed> {
        let answer = self.intent(intent).await?;
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        Ok(text("customer").zip(text("payment_method")).map(|(customer, method)| Card { customer, method }))
    }

    /// Our name of the payment that was made with something; none of one that was not made here.
    pub async fn payment_of(&self, intent: &str) -> Result<Option<Uuid>, Failed> {
        let answer = self.intent(intent).await?;
        Ok(answer.pointer("/metadata/payment").and_then(Value::as_str).and_then(|text| text.parse().ok()))
    }

    /// Gives back a part of a payment. The same again, while as much was given back before, is the same refund.
    pub async fn refund(&self, payment: &Payment, intent: &str, amount: Micros) -> Result<(), Failed> {
        let coins = to_minor(amount, payment.currency)?.to_string();
        let id = payment.id.to_string();
        let key = format!("{id}:{}", payment.back.refunded.0);
        let form = [("payment_intent", intent), ("amount", &coins), ("metadata[payment]", &id)];
        let (status, answer) = self.ask(Method::POST, "/v1/refunds", &key, &form).await?;
        match (status.is_success(), answer["status"].as_str()) {
            (true, Some("failed" | "canceled")) | (false, _) => Err(refused(status, &answer)),
            (true, _) => Ok(()),
        }
    }

    /// What the provider tells, if it is the provider that tells it.
    pub fn event(&self, header: &str, body: &[u8], now: Timestamp) -> Result<Event, Forged> {
        signature::verify(self.webhook_secret.expose().as_bytes(), header, body, now)?;
        Event::read(body).ok_or(Forged::Unreadable)
    }

    async fn intent(&self, intent: &str) -> Result<Value, Failed> {
        let is_id = !intent.is_empty() && intent.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_id {
            return Err(Failed::Unreadable);
        }
        let (status, answer) = self.ask(Method::GET, &format!("/v1/payment_intents/{intent}"), "", &[]).await?;
        if status.is_success() { Ok(answer) } else { Err(refused(status, &answer)) }
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        key: &str,
        form: &[(&str, &str)],
    ) -> Result<(StatusCode, Value), Failed> {
        let mut request = self.outward.request(method, &format!("{}{path}", self.url))?;
        request = request.bearer_auth(self.key.expose()).header("stripe-version", VERSION);
        if !key.is_empty() {
            request = request.header("idempotency-key", key);
        }
        if !form.is_empty() {
            let body = serde_urlencoded::to_string(form).unwrap_or_default();
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        Ok((status, answer.json().await.unwrap_or(Value::Null)))
    }
}

/// What an object of the provider says was paid.
fn paid(object: &Value, field: &str) -> Option<(Micros, Currency)> {
    let currency = Currency::parse(&object["currency"].as_str()?.to_ascii_uppercase()).ok()?;
    Some((from_minor(object[field].as_i64()?, currency)?, currency))
}

fn message(answer: &Value) -> String {
    let text = answer.pointer("/error/message").and_then(Value::as_str).unwrap_or("no reason is given");
    text.chars().filter(|char| !char.is_control()).take(200).collect()
}

fn refused(status: StatusCode, answer: &Value) -> Failed {
    Failed::Refused { status: status.as_u16(), message: message(answer) }
}
