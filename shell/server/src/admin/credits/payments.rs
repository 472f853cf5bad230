//! Payments: asked for, told of by the provider, confirmed by who runs the server, and made by themselves.

mod back;

use std::sync::Arc;

use jiff::Timestamp;
use phone::id::TenantId;
use phone::money::Micros;
use phone::money::ledger::EntryKind;
use phone::money::lot::Source;
use phone::money::payment::{self, AutoRecharge, Kind, Payment, Refusal, State, Told, Verdict};
use store::{Actor, Page, Paging, Store, WalletRow};
use uuid::Uuid;

use super::controls::month_of;
use super::{TopUp, book_top_up};
use crate::admin::{Access, Admin, Caller, Refused};
use crate::error::chain;
use crate::payments::event::Event;
use crate::payments::{Charged, Failed, Stripe};
use crate::public_url::PublicUrl;

/// Payments of the past that a recharge is judged by: more than a month has.
const PAST_MAX: u64 = 200;

/// A payment that is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub kind: Kind,
    pub amount: Micros,
    pub keep_card: bool,
    pub back: String,
}

impl Access {
    /// Where browsers reach the server.
    pub fn public_url(&self) -> &PublicUrl {
        &self.admin.signing.public_url
    }

    /// Payments, by when they were asked for.
    pub async fn payments(&self, paging: &Paging) -> Result<Page<Payment>, Refused> {
        Ok(self.store().payments(self.tenant(), paging).await?)
    }

    /// Asks for a payment: a page of the provider, or a word to write on a bank transfer.
    pub async fn ask_payment(&self, wanted: &Wanted) -> Result<Payment, Refused> {
        payment::check_amount(wanted.amount).map_err(|refusal| Refused::by_rule(&refusal))?;
        let wallet = self.wallet().await?.ok_or_else(super::not_set_up)?.wallet.value;
        let now = Timestamp::now();
        let mut payment = Payment::asked(Uuid::now_v7(), wanted.kind, wanted.amount, wallet.currency, now);
        payment::to_minor(payment.amount, payment.currency).map_err(|refusal| Refused::by_rule(&refusal))?;
        match wanted.kind {
            Kind::BankTransfer => payment.reference = Some(transfer_word(payment.id)),
            Kind::AutoRecharge | Kind::Card => {
                let stripe = self.admin.payments.clone().ok_or_else(|| Refused::by_rule(&Refusal::NoProvider))?;
                let customer = wallet.paying.card.as_ref().map(|card| card.customer.as_str());
                let page = stripe.page(&payment, wanted.keep_card, customer, &wanted.back).await.map_err(unreached)?;
                (payment.reference, payment.url) = (Some(page.reference), Some(page.url));
            }
        }
        let mut tx = self.change().await?;
        tx.save_payment(self.tenant(), &payment, "payment_asked").await?;
        self.settle(tx).await?;
        Ok(payment)
    }

    /// Books a bank transfer that arrived; who runs the server has seen it.
    pub async fn confirm_payment(&self, caller: &Caller, id: Uuid, amount: Option<Micros>) -> Result<Payment, Refused> {
        caller.check_sells()?;
        let mut tx = self.change().await?;
        let payment = tx.payment(self.tenant(), id).await?.ok_or(Refused::NotFound { what: "payment" })?;
        if payment.kind != Kind::BankTransfer {
            return Err(Refused::Conflict {
                code: "payment.of_provider",
                detail: "the provider tells when this payment is paid".to_owned(),
                fix: Some("wait for it, or add credit with a top-up".to_owned()),
            });
        }
        let told = Told::Succeeded { amount: amount.unwrap_or(payment.amount), currency: payment.currency };
        let payment = take(&mut tx, self.tenant(), payment, &told).await?;
        self.settle(tx).await?;
        Ok(payment)
    }
}

impl Admin {
    /// Takes what the provider tells. One that is not known here, and one that is known already, changes nothing.
    pub async fn payment_told(&self, event: &Event) -> Result<(), Refused> {
        if let Some(back) = &event.back {
            return self.payment_went_back(event, back).await;
        }
        let (Some(id), Some(told)) = (event.payment, &event.told) else { return Ok(()) };
        let Some((tenant, known)) = self.store.payment(id).await? else { return Ok(()) };
        let is_one_try = !event.is_of_page && known.kind == Kind::Card && matches!(told, Told::Failed { .. });
        if is_one_try {
            return Ok(());
        }
        let mut tx = self.store.begin(Actor::System, Timestamp::now()).await?;
        let Some(mut payment) = tx.payment(tenant, id).await? else { return Ok(()) };
        if payment.intent.is_none() {
            payment.intent.clone_from(&event.intent);
        }
        let taken = take(&mut tx, tenant, payment, told).await?;
        let taken = back::correct(&mut tx, tenant, taken).await?;
        tx.commit().await?;
        self.nudge.nudge();
        if let (Some(stripe), Some(intent), State::Succeeded) = (&self.payments, &event.intent, taken.state)
            && taken.kind == Kind::Card
            && event.is_of_page
        {
            self.keep_card(tenant, stripe, intent).await;
        }
        Ok(())
    }

    /// Keeps the provider's name of a card, if it keeps the card. Without it nothing recharges by itself, and that is told.
    async fn keep_card(&self, tenant: TenantId, stripe: &Stripe, intent: &str) {
        let kept = async {
            let card = stripe.card_of(intent).await.map_err(unreached)?;
            let Some(card) = card else { return Ok(()) };
            let mut tx = self.store.begin(Actor::System, Timestamp::now()).await?;
            let Some(row) = tx.wallet(tenant).await? else { return Ok(()) };
            let mut wallet = row.wallet.value;
            wallet.paying.card = Some(card);
            tx.save_wallet(tenant, &wallet, store::Expected::Any).await?;
            tx.commit().await?;
            Ok::<_, Refused>(())
        };
        if let Err(error) = kept.await {
            tracing::warn!(error = format!("{error:?}"), "the card of a payment could not be kept");
        }
    }
}

/// Takes what is told of a payment into the database, and the ledger.
async fn take(tx: &mut store::Tx, tenant: TenantId, mut payment: Payment, told: &Told) -> Result<Payment, Refused> {
    let is_recharge = payment.kind == Kind::AutoRecharge;
    match payment.take(tx.at(), told) {
        Verdict::Nothing => {}
        Verdict::Failed => {
            let action = if is_recharge { "recharge_failed" } else { "payment_failed" };
            tx.save_payment(tenant, &payment, action).await?;
        }
        Verdict::Book { amount } => {
            let wanted = TopUp {
                amount,
                currency: payment.currency,
                source: source(payment.kind),
                note: payment.reference.as_ref().map(|reference| format!("payment {reference}")),
                key: Some(payment.id.to_string()),
            };
            book_top_up(tx, tenant, &wanted, EntryKind::Purchase, "payment").await?;
            let action = if is_recharge { "recharged" } else { "payment_received" };
            tx.save_payment(tenant, &payment, action).await?;
        }
    }
    Ok(payment)
}

/// Where its credit comes from.
fn source(kind: Kind) -> Source {
    match kind {
        Kind::AutoRecharge => Source::AutoRecharge,
        Kind::BankTransfer => Source::BankTransfer,
        Kind::Card => Source::Card,
    }
}

/// Recharges balances that fell below their limits.
pub struct Recharger {
    pub store: Store,
    pub stripe: Arc<Stripe>,
}

impl Recharger {
    /// Looks at all balances once; whether anything was asked for.
    pub async fn look(&self, now: Timestamp) -> Result<bool, Refused> {
        let mut is_any = false;
        for (tenant, row) in self.store.wallets().await? {
            if !row.wallet.value.enabled {
                continue;
            }
            match self.look_at(tenant, &row, now).await {
                Ok(is_asked) => is_any |= is_asked,
                Err(error) => tracing::warn!(error = format!("{error:?}"), "a balance could not be recharged"),
            }
        }
        Ok(is_any)
    }

    async fn look_at(&self, tenant: TenantId, row: &WalletRow, now: Timestamp) -> Result<bool, Refused> {
        let wallet = &row.wallet.value;
        let (Some(recharge), Some(card)) = (&wallet.paying.auto_recharge, &wallet.paying.card) else {
            return Ok(false);
        };
        if !recharge.enabled || recharge.trigger <= row.balance {
            return Ok(false);
        }
        let Some(payment) = self.begun(tenant, recharge, row, now).await? else { return Ok(false) };
        match self.stripe.charge(&payment, card).await {
            Ok(Charged::Told { reference, told }) => {
                let mut tx = self.store.begin_background(Actor::System, now).await?;
                let payment = Payment { intent: reference.clone(), reference, ..payment };
                take(&mut tx, tenant, payment, &told).await?;
                tx.commit().await?;
            }
            Ok(Charged::Later { reference }) => {
                let mut tx = self.store.begin_background(Actor::System, now).await?;
                let payment = Payment { intent: Some(reference.clone()), reference: Some(reference), ..payment };
                tx.save_payment(tenant, &payment, "recharge_asked").await?;
                tx.commit().await?;
            }
            // Whether it was charged is not known: the same charge is asked for again, and is one.
            Err(error) => tracing::warn!(error = chain(&error), "a card could not be charged now"),
        }
        Ok(true)
    }

    /// A payment to charge: one that is due, kept before anybody is charged, or one whose charge nobody heard of.
    async fn begun(
        &self,
        tenant: TenantId,
        recharge: &AutoRecharge,
        row: &WalletRow,
        now: Timestamp,
    ) -> Result<Option<Payment>, Refused> {
        let mut tx = self.store.begin_background(Actor::System, now).await?;
        let past = tx.payments(tenant, PAST_MAX).await?;
        let unheard = past.iter().find(|payment| {
            payment.kind == Kind::AutoRecharge && payment.state == State::Pending && payment.reference.is_none()
        });
        if let Some(payment) = unheard {
            return Ok(Some(payment.clone()));
        }
        let (month, _) = month_of(now, &jiff::tz::TimeZone::UTC);
        let balance = tx.wallet(tenant).await?.map_or(row.balance, |row| row.balance);
        if !recharge.is_due(now, balance, &past, month) {
            return Ok(None);
        }
        let (kind, currency) = (Kind::AutoRecharge, row.wallet.value.currency);
        let payment = Payment::asked(Uuid::now_v7(), kind, recharge.amount, currency, now);
        tx.save_payment(tenant, &payment, "recharge_asked").await?;
        tx.commit().await?;
        Ok(Some(payment))
    }
}

/// What is written on a transfer, so that it is known on the account.
fn transfer_word(id: Uuid) -> String {
    let hex = id.simple().to_string().to_uppercase();
    format!("TL-{}", hex.chars().rev().take(10).collect::<Vec<_>>().into_iter().rev().collect::<String>())
}

fn unreached(error: Failed) -> Refused {
    match error {
        Failed::Amount(refusal) => Refused::by_rule(&refusal),
        other => Refused::Conflict {
            code: "payment.provider_failed",
            detail: chain(&other),
            fix: Some("try again later, or pay by bank transfer".to_owned()),
        },
    }
}
