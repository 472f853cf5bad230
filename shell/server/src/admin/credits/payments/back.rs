//! Payments that go back to who paid: given back from here or at the provider, or taken back by a bank.

use jiff::Timestamp;
use phone::id::{LotId, TenantId};
use phone::money::Micros;
use phone::money::invoice::{Credited, Head, How, credit_note};
use phone::money::ledger::{EntryKind, NewLot, Occasion};
use phone::money::payment::back::{Correction, Told, Why};
use phone::money::payment::{Kind, Payment, Refusal, to_minor};
use store::{Actor, Tx};
use uuid::Uuid;

use super::{source, unreached};
use crate::admin::credits::{apply, ledger_key, not_set_up};
use crate::admin::{Access, Admin, Caller, Refused};
use crate::payments::event::Event;

impl Access {
    /// Gives a payment back, or a part of it: at the provider, or, of a bank transfer, by whoever runs the server.
    pub async fn refund_payment(&self, caller: &Caller, id: Uuid, amount: Option<Micros>) -> Result<Payment, Refused> {
        caller.check_sells()?;
        let by_rule = |refusal: Refusal| Refused::by_rule(&refusal);
        let known = self.store().payment(id).await?.filter(|(tenant, _)| *tenant == self.tenant());
        let (_, payment) = known.ok_or(Refused::NotFound { what: "payment" })?;
        let left = payment.left();
        let amount = amount.unwrap_or(left);
        if left < amount || !amount.is_positive() {
            return Err(by_rule(Refusal::NotSoMuch { left }));
        }
        to_minor(amount, payment.currency).map_err(by_rule)?;
        match payment.kind {
            Kind::BankTransfer => {}
            Kind::AutoRecharge | Kind::Card => {
                let stripe = self.admin.payments.as_ref().ok_or_else(|| by_rule(Refusal::NoProvider))?;
                let intent = payment.intent.as_deref().ok_or_else(|| by_rule(Refusal::NoIntent))?;
                stripe.refund(&payment, intent, amount).await.map_err(unreached)?;
            }
        }
        // The provider may have told of it meanwhile: what counts is how much went back in all.
        let told = Told::Refunded { amount: payment.back.refunded.plus(amount), currency: payment.currency };
        let mut tx = self.change().await?;
        let payment = tx.payment(self.tenant(), id).await?.ok_or(Refused::NotFound { what: "payment" })?;
        let payment = take(&mut tx, self.tenant(), payment, &told).await?;
        self.settle(tx).await?;
        Ok(payment)
    }

    /// What was given back of a payment did not arrive: it is the organization's again. `refund` is what the provider names it;
    /// what it tells of the same refund changes nothing more.
    pub async fn refund_failed(
        &self,
        caller: &Caller,
        id: Uuid,
        (amount, refund): (Option<Micros>, Option<String>),
    ) -> Result<Payment, Refused> {
        caller.check_sells()?;
        let mut tx = self.change().await?;
        let payment = tx.payment(self.tenant(), id).await?.ok_or(Refused::NotFound { what: "payment" })?;
        let refund = match (refund, payment.kind) {
            (Some(name), _) => name,
            (None, Kind::BankTransfer) => format!("by hand {}", payment.back.n_entries),
            (None, Kind::AutoRecharge | Kind::Card) => {
                let words = "name the refund as the provider does, such as re_123: so it is not booked again when it tells of it";
                return Err(Refused::field("refund", "payment.refund_not_named", words));
            }
        };
        if payment.back.failed.contains_key(&refund) {
            return Ok(payment);
        }
        let given_back = payment.given_back();
        let amount = amount.unwrap_or(given_back);
        if given_back < amount || !amount.is_positive() {
            return Err(Refused::by_rule(&Refusal::NotGivenBack { given_back }));
        }
        let told = Told::Failed { refund, amount, currency: payment.currency };
        let payment = take(&mut tx, self.tenant(), payment, &told).await?;
        self.settle(tx).await?;
        Ok(payment)
    }
}

impl Admin {
    /// Takes what the provider tells of money that went back. A dispute names only what was paid with.
    pub(super) async fn payment_went_back(&self, event: &Event, told: &Told) -> Result<(), Refused> {
        let id = match (event.payment, &event.intent, &self.payments) {
            (Some(id), _, _) => Some(id),
            (None, Some(intent), Some(stripe)) => stripe.payment_of(intent).await.map_err(unreached)?,
            (None, _, _) => None,
        };
        let Some(id) = id else { return Ok(()) };
        let Some((tenant, _)) = self.store.payment(id).await? else { return Ok(()) };
        let mut tx = self.store.begin(Actor::System, Timestamp::now()).await?;
        let Some(payment) = tx.payment(tenant, id).await? else { return Ok(()) };
        take(&mut tx, tenant, payment, told).await?;
        tx.commit().await?;
        self.nudge.nudge();
        Ok(())
    }
}

async fn take(tx: &mut Tx, tenant: TenantId, mut payment: Payment, told: &Told) -> Result<Payment, Refused> {
    let before = payment.clone();
    payment.take_back(tx.at(), told);
    if payment.back == before.back {
        return Ok(before);
    }
    let n_entries = payment.back.n_entries;
    let payment = correct(tx, tenant, payment).await?;
    if payment.back.n_entries == n_entries {
        // Something was told that is not booked yet.
        tx.save_payment(tenant, &payment, "payment_noted").await?;
    }
    Ok(payment)
}

/// Books what of a payment went back and is not booked.
pub(super) async fn correct(tx: &mut Tx, tenant: TenantId, mut payment: Payment) -> Result<Payment, Refused> {
    for correction in payment.corrections() {
        book(tx, tenant, &payment, correction).await?;
        let how = match correction.why {
            Why::Refund => Some(How::GivenBack),
            Why::Chargeback => Some(How::TakenByBank),
            Why::Reinstatement | Why::RefundFailed => None,
        };
        if let Some(how) = how {
            note_credit(tx, tenant, &payment, (correction.amount, how)).await?;
        }
        let action = match correction.why {
            Why::Refund => "payment_refunded",
            Why::Chargeback => "payment_charged_back",
            Why::Reinstatement => "payment_reinstated",
            Why::RefundFailed => "payment_refund_failed",
        };
        tx.save_payment(tenant, &payment, action).await?;
    }
    Ok(payment)
}

async fn book(tx: &mut Tx, tenant: TenantId, payment: &Payment, correction: Correction) -> Result<(), Refused> {
    let Correction { amount, why, no } = correction;
    let paid = tx.ledger_entry(tenant, &ledger_key("payment", Some(&payment.id.to_string()))).await?;
    let mut book = tx.book(tenant).await?.ok_or_else(not_set_up)?;
    let name = payment.reference.clone().unwrap_or_else(|| payment.id.to_string());
    let occasion = Occasion {
        at: tx.at(),
        key: ledger_key("payment", Some(&format!("{}:{no}", payment.id))),
        call: None,
        note: Some(format!("{} of payment {name}", why.as_str())),
    };
    let entry = match why {
        Why::Refund | Why::Chargeback => {
            book.reverse(amount, paid.and_then(|entry| entry.lot).map(|lot| lot.id), occasion)
        }
        Why::Reinstatement | Why::RefundFailed => {
            let expires_at = paid.and_then(|entry| entry.lot).and_then(|lot| lot.expires_at);
            let lot = NewLot { id: LotId(Uuid::now_v7()), expires_at, amount, source: source(payment.kind) };
            book.fund(lot, EntryKind::Reversal, occasion)
        }
    };
    let entry = entry.map_err(|refusal| Refused::by_rule(&refusal))?;
    apply(&mut book, &entry)?;
    tx.post(tenant, &book, std::slice::from_ref(&entry), "reversed").await?;
    Ok(())
}

/// Writes the credit note, where there are names to write on it.
async fn note_credit(
    tx: &mut Tx,
    tenant: TenantId,
    payment: &Payment,
    (amount, how): (Micros, How),
) -> Result<(), Refused> {
    let Some(row) = tx.wallet(tenant).await? else { return Ok(()) };
    let billing = row.wallet.value.paying.billing;
    let day = |at: Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let head = Head {
        id: Uuid::now_v7(),
        seq: tx.next_invoice().await?,
        issued_at: tx.at(),
        days: (day(tx.at()), day(tx.at())),
        times: (tx.at(), tx.at()),
        currency: payment.currency,
    };
    let credited = Credited { payment: payment.id, paid_on: day(payment.at), how };
    if let Ok(note) = credit_note(head, &billing, credited, amount) {
        tx.add_invoice(tenant, &note).await?;
    }
    Ok(())
}
