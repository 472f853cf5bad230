//! Payments: money that somebody is asked for, and what becomes of it; and when a balance fills itself up. Specification
//! of numbers, 1.7.2.

pub mod back;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::back::Back;
use crate::amount::{Currency, Micros};
use crate::rule::Broken;

/// One payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    pub id: Uuid,
    pub kind: Kind,
    pub amount: Micros,
    pub currency: Currency,
    pub state: State,
    /// What the provider names it by, once it knows of it.
    pub reference: Option<String>,
    /// Where somebody pays it.
    pub url: Option<String>,
    /// Why it failed, in the provider's words.
    pub error: Option<String>,
    pub at: Timestamp,
    /// When its state was told last.
    pub told_at: Timestamp,
    /// What the provider names what was paid with: money goes back by it.
    #[serde(default)]
    pub intent: Option<String>,
    /// What came in, where that is not what was asked for.
    #[serde(default)]
    pub booked: Option<Micros>,
    #[serde(default)]
    pub back: Back,
}

/// How it is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// By whom the balance fell to a limit: with a card that was kept.
    AutoRecharge,
    /// Booked when who runs the server sees it on the account.
    BankTransfer,
    /// On the provider's page.
    Card,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Failed,
    Pending,
    Succeeded,
}

/// What a provider tells of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    Succeeded { amount: Micros, currency: Currency },
    Failed { error: String },
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was known, or comes too late to matter.
    Nothing,
    /// So much is booked.
    Book {
        amount: Micros,
    },
    Failed,
}

/// Why a payment is not asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("payments by card are not set up here")]
    NoProvider,
    #[error("{currency} has no such small amounts")]
    TooFine { currency: Currency },
    #[error("an amount is from {AMOUNT_MIN} to {AMOUNT_MAX}")]
    OutOfRange,
    #[error("a recharge is at least what triggers it, and at most what may be recharged in a month")]
    Recharge,
    #[error("no card was kept that could be charged")]
    NoCard,
    #[error("the balance recharges itself")]
    AutoRechargeStillOn,
    #[error("{left} of the payment can go back")]
    NotSoMuch { left: Micros },
    #[error("{given_back} of the payment was given back")]
    NotGivenBack { given_back: Micros },
    #[error("the provider's name of what was paid with is not known")]
    NoIntent,
}

/// Filling up by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutoRecharge {
    #[serde(default)]
    pub enabled: bool,
    /// It is done when the balance is below this.
    pub trigger: Micros,
    pub amount: Micros,
    /// At most so much in a month.
    pub monthly_cap: Micros,
}

/// A card that a provider keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// What the provider names who pays, and how.
    pub customer: String,
    pub method: String,
}

/// Least and most that is asked for at once.
pub const AMOUNT_MIN: Micros = Micros::units(1);
pub const AMOUNT_MAX: Micros = Micros::units(100_000);

/// After a recharge that failed, the next is tried so much later; after the last one it waits for an administrator.
/// Specification of numbers, 1.7.2.
const RETRY_SECS: [i64; 3] = [15 * 60, 2 * 60 * 60, 24 * 60 * 60];
/// A payment that nobody hears of any more holds up the next one for so long.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);

impl Payment {
    /// One that is asked for.
    pub fn asked(id: Uuid, kind: Kind, amount: Micros, currency: Currency, at: Timestamp) -> Self {
        Self {
            id,
            kind,
            amount,
            currency,
            state: State::Pending,
            reference: None,
            url: None,
            error: None,
            at,
            told_at: at,
            intent: None,
            booked: None,
            back: Back::default(),
        }
    }

    /// Takes what a provider tells, in whatever order and however often it comes. Money that came in is booked even after
    /// the payment was thought to have failed; it is never booked twice, and never taken back by a word that comes late.
    pub fn take(&mut self, now: Timestamp, told: &Told) -> Verdict {
        match (self.state, told) {
            (State::Succeeded, _) => Verdict::Nothing,
            (_, Told::Succeeded { currency, .. }) if *currency != self.currency => {
                self.error = Some(format!("it was paid in {currency}"));
                (self.state, self.told_at) = (State::Failed, now);
                Verdict::Failed
            }
            (_, Told::Succeeded { amount, .. }) => {
                (self.state, self.error, self.told_at) = (State::Succeeded, None, now);
                self.booked = Some(*amount).filter(|amount| *amount != self.amount);
                Verdict::Book { amount: *amount }
            }
            (State::Failed, Told::Failed { .. }) => Verdict::Nothing,
            (State::Pending, Told::Failed { error }) => {
                (self.state, self.error, self.told_at) = (State::Failed, Some(error.clone()), now);
                Verdict::Failed
            }
        }
    }
}

impl AutoRecharge {
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), Refusal> {
        check_amount(self.amount)?;
        let fits = Micros::ZERO <= self.trigger && self.trigger <= self.amount && self.amount <= self.monthly_cap;
        if fits { Ok(()) } else { Err(Refusal::Recharge) }
    }

    /// Whether to recharge now, given the payments of this kind, the newest first, and where the month began.
    pub fn is_due(&self, now: Timestamp, balance: Micros, payments: &[Payment], month: Timestamp) -> bool {
        if !self.enabled || self.trigger <= balance {
            return false;
        }
        // A card whose charges a bank took back is not charged again by itself.
        if payments.iter().any(Payment::is_disputed) {
            return false;
        }
        let own = || payments.iter().filter(|payment| payment.kind == Kind::AutoRecharge);
        let is_open =
            |payment: &Payment| payment.state == State::Pending && now.duration_since(payment.told_at) < FORGOTTEN;
        if own().any(is_open) {
            return false;
        }
        let paid = own().filter(|payment| payment.state == State::Succeeded && month <= payment.at);
        let paid: Micros = paid.map(|payment| payment.amount).sum();
        if self.monthly_cap < paid.plus(self.amount) {
            return false;
        }
        let failed: Vec<&Payment> = own().take_while(|payment| payment.state != State::Succeeded).collect();
        match (failed.len(), failed.first()) {
            (0, _) | (_, None) => true,
            (n_failed, Some(last)) => RETRY_SECS
                .get(n_failed - 1)
                .is_some_and(|secs| SignedDuration::from_secs(*secs) <= now.duration_since(last.told_at)),
        }
    }

    /// Whether the last failure was the last try: it waits for an administrator.
    pub fn is_paused(payments: &[Payment]) -> bool {
        let own = payments.iter().filter(|payment| payment.kind == Kind::AutoRecharge);
        RETRY_SECS.len() < own.take_while(|payment| payment.state == State::Failed).count()
    }
}

/// Whether so much can be asked for at once.
pub fn check_amount(amount: Micros) -> Result<(), Refusal> {
    if (AMOUNT_MIN..=AMOUNT_MAX).contains(&amount) { Ok(()) } else { Err(Refusal::OutOfRange) }
}

/// An amount in the smallest coin of its currency, as card providers count. ISO 4217
pub fn to_minor(amount: Micros, currency: Currency) -> Result<i64, Refusal> {
    let coin = coin(currency);
    if amount.0 % coin == 0 { Ok(amount.0 / coin) } else { Err(Refusal::TooFine { currency }) }
}

/// An amount from the smallest coins of its currency; none beyond the type.
pub fn from_minor(coins: i64, currency: Currency) -> Option<Micros> {
    coins.checked_mul(coin(currency)).map(Micros)
}

/// The smallest coin, in micro-units.
pub(super) fn coin(currency: Currency) -> i64 {
    const WHOLE: [&str; 16] = [
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
    ];
    match currency.as_str() {
        code if WHOLE.contains(&code) => 1_000_000,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 1_000,
        _ => 10_000,
    }
}

impl Kind {
    /// The stable name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AutoRecharge => "auto_recharge",
            Self::BankTransfer => "bank_transfer",
            Self::Card => "card",
        }
    }
}

impl State {
    /// The stable name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
        }
    }
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NoProvider => "payment.no_provider",
            Self::TooFine { .. } => "payment.too_fine",
            Self::OutOfRange => "payment.amount_out_of_range",
            Self::Recharge => "payment.recharge_malformed",
            Self::NoCard => "payment.no_card",
            Self::AutoRechargeStillOn => "payment.auto_recharge_still_on",
            Self::NotSoMuch { .. } => "payment.not_so_much",
            Self::NotGivenBack { .. } => "payment.not_given_back",
            Self::NoIntent => "payment.no_intent",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::NoProvider => "have who runs the server set stripe_key, or pay by bank transfer or voucher",
            Self::TooFine { .. } => "leave out the digits beyond the smallest coin",
            Self::OutOfRange => "ask for another amount",
            Self::Recharge => "trigger <= amount <= monthly cap",
            Self::NoCard => "pay once by card with the card kept: trunkline credit payment ask AMOUNT --keep-card",
            Self::NotSoMuch { .. } => "give back at most that",
            Self::NotGivenBack { .. } => "of more than that nothing can come again",
            Self::NoIntent => "give it back at the provider: what it tells is booked here",
            Self::AutoRechargeStillOn => "switch it off first, or the balance never falls to what is billed later",
        }
        .to_owned()
    }

    fn is_conflict(&self) -> bool {
        match self {
            Self::NoProvider
            | Self::NoCard
            | Self::AutoRechargeStillOn
            | Self::NotSoMuch { .. }
            | Self::NotGivenBack { .. }
            | Self::NoIntent => true,
            Self::TooFine { .. } | Self::OutOfRange | Self::Recharge => false,
        }
    }
}
