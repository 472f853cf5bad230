//! What the provider tells of payments, in its words and in ours.

use phone::money::payment::{Told, back};
use serde_json::Value;
use uuid::Uuid;

use super::paid;

/// A word of the provider.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Our name of the payment; none of one that was not made here.
    pub payment: Option<Uuid>,
    /// None if nothing follows from it.
    pub told: Option<Told>,
    /// Money that goes back to who paid.
    pub back: Option<back::Told>,
    /// Whether it is about a page, and not about one try to pay on it, after which another may follow.
    pub is_of_page: bool,
    /// What was made to pay: the card is asked for by it.
    pub intent: Option<String>,
}

impl Event {
    /// Reads the body of a webhook.
    pub fn read(body: &[u8]) -> Option<Self> {
        let event: Value = serde_json::from_slice(body).ok()?;
        let kind = event["type"].as_str()?;
        let object = event.pointer("/data/object")?;
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
        let payment = text("/metadata/payment").or_else(|| text("/client_reference_id"));
        let payment = payment.and_then(|text| text.parse().ok());
        let failed = |error: &str| Some(Told::Failed { error: error.chars().take(200).collect() });
        let succeeded = |field| paid(object, field).map(|(amount, currency)| Told::Succeeded { amount, currency });
        let told = match kind {
            // What is paid by a bank comes days after the page was left.
            "checkout.session.completed" if text("/payment_status") != Some("paid") => None,
            "checkout.session.completed" | "checkout.session.async_payment_succeeded" => succeeded("amount_total"),
            "checkout.session.async_payment_failed" => failed("the bank did not pay"),
            "checkout.session.expired" => failed("nobody paid in time"),
            "payment_intent.succeeded" => succeeded("amount_received"),
            "payment_intent.payment_failed" => {
                failed(text("/last_payment_error/message").unwrap_or("no reason is given"))
            }
            "payment_intent.canceled" => failed("it was cancelled"),
            _ => None,
        };
        let dispute = || text("/id").unwrap_or_default().to_owned();
        let back = match kind {
            // All of it so far, however often something was given back.
            "charge.refunded" => {
                paid(object, "amount_refunded").map(|(amount, currency)| back::Told::Refunded { amount, currency })
            }
            // It is told of by either name, and again.
            "refund.failed" | "refund.updated" | "charge.refund.updated" => {
                let is_over = matches!(text("/status"), Some("failed" | "canceled"));
                paid(object, "amount").filter(|_| is_over).map(|(amount, currency)| back::Told::Failed {
                    refund: text("/id").unwrap_or_default().to_owned(),
                    amount,
                    currency,
                })
            }
            "charge.dispute.funds_withdrawn" => paid(object, "amount")
                .map(|(amount, currency)| back::Told::Withdrawn { dispute: dispute(), amount, currency }),
            "charge.dispute.funds_reinstated" => paid(object, "amount")
                .map(|(amount, currency)| back::Told::Reinstated { dispute: dispute(), amount, currency }),
            _ => None,
        };
        let is_of_page = kind.starts_with("checkout.session.");
        let is_intent = kind.starts_with("payment_intent.");
        let intent = if is_intent { text("/id") } else { text("/payment_intent") };
        Some(Self { payment, told, back, is_of_page, intent: intent.map(str::to_owned) })
    }
}
