//! Credit that was bought or given at once, and is used before what came after it. Specification of numbers, 1.7.2.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::amount::Micros;
use crate::id::LotId;

/// One lot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    pub id: LotId,
    pub bought_at: Timestamp,
    /// When what is left of it lapses; never without a time.
    pub expires_at: Option<Timestamp>,
    pub amount: Micros,
    pub remaining: Micros,
    pub source: Source,
}

/// Where credit came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Adjustment,
    AutoRecharge,
    BankTransfer,
    Card,
    Grant,
    Refund,
    Voucher,
}

impl Lot {
    /// Whether it can be used at this time.
    pub fn is_usable(&self, at: Timestamp) -> bool {
        self.remaining.is_positive() && self.expires_at.is_none_or(|until| at < until)
    }
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Adjustment,
        Self::AutoRecharge,
        Self::BankTransfer,
        Self::Card,
        Self::Grant,
        Self::Refund,
        Self::Voucher,
    ];

    /// The stable name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Adjustment => "adjustment",
            Self::AutoRecharge => "auto_recharge",
            Self::BankTransfer => "bank_transfer",
            Self::Card => "card",
            Self::Grant => "grant",
            Self::Refund => "refund",
            Self::Voucher => "voucher",
        }
    }

    /// Reads the stable name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == text)
    }
}
