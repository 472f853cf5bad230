//! A wallet: how an organization pays for calls, and what is done when it can't. Specification of numbers, 1.7.2, 2.6, 5.9.

use serde::{Deserialize, Serialize};

use super::budget::Budget;
use super::fraud;
use super::invoice::Billing;
use super::payment::{AutoRecharge, Card};
use crate::amount::{Currency, Micros};

/// How an organization pays. What it has is in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wallet {
    /// Whether calls are paid for at all; otherwise everything is free and nothing is refused for money.
    #[serde(default = "yes")]
    pub enabled: bool,
    pub currency: Currency,
    pub mode: Mode,
    /// How far calls may be billed later.
    #[serde(default)]
    pub credit_limit: Micros,
    /// Nothing is paid from it until somebody lifts this; calls for help and inside go on.
    #[serde(default)]
    pub frozen: bool,
    #[serde(default)]
    pub coverage: Coverage,
    #[serde(default)]
    pub pools: PoolRules,
    #[serde(default)]
    pub on_exhaustion: OnExhaustion,
    /// Part of the balance that only calls to toll-free numbers may use.
    #[serde(default)]
    pub toll_free_reserve: Micros,
    /// Calls that can't be priced, because there is no deck for them.
    #[serde(default)]
    pub unrated: Unrated,
    /// What one person may spend in a month, beyond the minutes of plans.
    #[serde(default)]
    pub person_limit: Option<Micros>,
    /// Nobody may call at more than this for a minute.
    #[serde(default)]
    pub per_minute_max: Option<Micros>,
    /// Below this it is told that the balance is low.
    #[serde(default)]
    pub low_balance: Option<Micros>,
    /// How long credit lasts that is bought from now on; for ever without a number.
    #[serde(default)]
    pub credit_months: Option<u32>,
    /// The deck that prices calls to numbers outside, by name.
    #[serde(default)]
    pub outbound_deck: Option<String>,
    /// The deck that prices calls to toll-free numbers, by name.
    #[serde(default)]
    pub toll_free_deck: Option<String>,
    #[serde(default)]
    pub controls: Controls,
    #[serde(default)]
    pub paying: Paying,
}

/// How money comes in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paying {
    #[serde(default)]
    pub auto_recharge: Option<AutoRecharge>,
    /// The card that is charged without anybody there.
    #[serde(default)]
    pub card: Option<Card>,
    #[serde(default)]
    pub billing: Billing,
}

/// What holds spending in bounds, and who hears of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Controls {
    #[serde(default)]
    pub budgets: Vec<Budget>,
    #[serde(default)]
    pub fraud_rules: Vec<fraud::Rule>,
    /// No call may cost more than this.
    #[serde(default)]
    pub per_call_max: Option<Micros>,
    #[serde(default)]
    pub on_outage: OnOutage,
    /// How who talks is told that a call ends because nothing is left.
    #[serde(default)]
    pub warning: Warning,
    /// What somebody hears whose call nobody pays for.
    #[serde(default)]
    pub refusal: Explanation,
    /// What somebody from outside hears who calls a toll-free number that nobody pays for.
    #[serde(default)]
    pub toll_free_refusal: Explanation,
    /// Addresses that are told when credit is low, or a budget or the minutes of a plan are nearly used up.
    #[serde(default)]
    pub mails: Vec<String>,
}

/// What becomes of calls while the ledger is away. Specification of numbers, 5.9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnOutage {
    /// They go on by what was told last, and are booked when it is back.
    #[default]
    Open,
    /// After a few minutes none is begun, and those that go on are ended in order.
    Closed,
}

/// How who talks is warned. Specification of numbers, 2.6.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// A voice says when it ends, and why.
    Announcement,
    Off,
    /// Two tones.
    #[default]
    Tone,
}

/// What somebody hears whose call nobody pays for. Specification of numbers, 2.6.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Explanation {
    /// What the phone makes of a refusal.
    Off,
    /// A voice says why, before the refusal.
    #[default]
    Spoken,
}

/// When it is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// What was paid in before.
    Prepaid,
    /// What was paid in before, then up to a limit what is billed later.
    PrepaidThenPostpaid,
    /// As [`Self::PrepaidThenPostpaid`], and nothing has to be paid in.
    Postpaid,
}

/// Whose calls the wallet pays for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    #[default]
    Everybody,
    /// Those who hold the license of credits.
    Licensed,
}

/// How minutes of plans are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolRules {
    /// The last seconds of a pool are used although a whole step is not left.
    pub use_partial: bool,
    pub dual: Dual,
}

/// How the domestic and the international minutes of one plan go together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dual {
    #[default]
    Independent,
    /// When one is used up, so is the other.
    FirstReached,
}

/// What becomes of a call when nothing is left to pay it with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "action")]
pub enum OnExhaustion {
    /// Who talks is warned a minute and a quarter of one before it ends.
    #[default]
    WarnAndHangup,
    /// It goes on for a while and is owed.
    FinishCall {
        secs_max: u32,
        debt_max: Micros,
    },
    HangupNow,
}

/// What becomes of a call that can't be priced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unrated {
    /// It is free, and marked so.
    #[default]
    Free,
    Refused,
}

/// How a wallet stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Active,
    Empty,
    Frozen,
    Low,
}

/// Seconds before its end at which a call is warned. Specification of numbers, 2.6.
pub const WARNINGS_SECS: [u32; 2] = [60, 15];

impl Wallet {
    /// One that pays what was paid in before, with the defaults.
    pub fn prepaid(currency: Currency) -> Self {
        Self {
            enabled: true,
            currency,
            mode: Mode::Prepaid,
            credit_limit: Micros::ZERO,
            frozen: false,
            coverage: Coverage::Everybody,
            pools: PoolRules::default(),
            on_exhaustion: OnExhaustion::WarnAndHangup,
            toll_free_reserve: Micros::ZERO,
            unrated: Unrated::Free,
            person_limit: None,
            per_minute_max: None,
            low_balance: None,
            credit_months: None,
            outbound_deck: None,
            toll_free_deck: None,
            controls: Controls::default(),
            paying: Paying::default(),
        }
    }

    /// How it stands with this balance, which is below nothing where something is owed.
    pub fn state(&self, balance: Micros) -> State {
        let available = balance.plus(self.postpaid_limit());
        if self.frozen {
            State::Frozen
        } else if !available.is_positive() {
            State::Empty
        } else if self.low_balance.is_some_and(|low| balance < low) {
            State::Low
        } else {
            State::Active
        }
    }

    /// How much may be owed.
    pub fn postpaid_limit(&self) -> Micros {
        match self.mode {
            Mode::Prepaid => Micros::ZERO,
            Mode::PrepaidThenPostpaid | Mode::Postpaid => self.credit_limit,
        }
    }
}

impl Default for PoolRules {
    fn default() -> Self {
        Self { use_partial: true, dual: Dual::Independent }
    }
}

impl Mode {
    /// The stable name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prepaid => "prepaid",
            Self::PrepaidThenPostpaid => "prepaid_then_postpaid",
            Self::Postpaid => "postpaid",
        }
    }
}

impl State {
    /// The stable name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Empty => "empty",
            Self::Frozen => "frozen",
            Self::Low => "low",
        }
    }
}

fn yes() -> bool {
    true
}
