//! Money that goes back to who paid: given back, or taken back by a bank. Specification of numbers, 1.7.2 and 5.2.
//!
//! A provider tells of it late, again and in any order. So what was told is kept (how much was given back in all, and how each
//! dispute stands), and what is to be booked is the difference to what was booked before.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Payment, State};
use crate::amount::{Currency, Micros};

/// What of a payment went back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Back {
    /// What was given back, all in all, as it was told last.
    pub refunded: Micros,
    /// What of that is booked.
    pub refunded_booked: Micros,
    /// By the provider's name of each.
    pub disputes: BTreeMap<String, Dispute>,
    /// What was given back and did not arrive, by the name of each refund.
    #[serde(default)]
    pub failed: BTreeMap<String, FailedRefund>,
    /// Counts the entries that it made.
    pub n_entries: u32,
}

/// A bank took money back for who paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    pub amount: Micros,
    pub standing: Standing,
    /// What of it is booked.
    pub booked: Micros,
}

/// Money that was given back, did not arrive, and is the organization's again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedRefund {
    pub amount: Micros,
    /// What of it is booked.
    pub booked: Micros,
}

/// How far a dispute is. Nothing comes after the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Withdrawn,
    Reinstated,
}

/// What is told of money that goes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// So much was given back, all in all.
    Refunded { amount: Micros, currency: Currency },
    /// What was given back did not arrive.
    Failed { refund: String, amount: Micros, currency: Currency },
    /// A bank took it.
    Withdrawn { dispute: String, amount: Micros, currency: Currency },
    /// The bank gave it again.
    Reinstated { dispute: String, amount: Micros, currency: Currency },
}

/// What is to be booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Correction {
    pub amount: Micros,
    pub why: Why,
    /// Counts the corrections of a payment, from 1.
    pub no: u32,
}

/// Why money moves again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It was given back.
    Refund,
    /// A bank took it.
    Chargeback,
    /// A bank gave it again.
    Reinstatement,
    /// What was given back did not arrive.
    RefundFailed,
}

/// Disputes and failed refunds of one payment that are kept: of each euro at most one.
const DISPUTES_MAX: usize = 100;
/// Money that came again can go back again: so often is looked whether anything follows from what was just booked.
const ROUNDS_MAX: usize = 100;

impl Payment {
    /// What came in.
    pub fn came_in(&self) -> Micros {
        match self.state {
            State::Succeeded => self.booked.unwrap_or(self.amount),
            State::Failed | State::Pending => Micros::ZERO,
        }
    }

    /// What of it can still go back.
    pub fn left(&self) -> Micros {
        self.came_in().minus(self.given_back()).minus(self.charged_back())
    }

    /// What was given back and arrived, as far as is known.
    pub fn given_back(&self) -> Micros {
        self.back.refunded_booked.minus(self.failed())
    }

    /// What was given back and did not arrive.
    fn failed(&self) -> Micros {
        self.back.failed.values().map(|failed| failed.booked).sum()
    }

    /// What a bank took and did not give again.
    pub fn charged_back(&self) -> Micros {
        self.back.disputes.values().map(|dispute| dispute.booked).sum()
    }

    /// Whether a bank took anything of it and did not give it again.
    pub fn is_disputed(&self) -> bool {
        self.back.disputes.values().any(|dispute| dispute.standing == Standing::Withdrawn)
    }

    /// Takes what is told, in whatever order and however often. What is in another currency is not believed.
    pub fn take_back(&mut self, now: Timestamp, told: &Told) {
        let (Told::Refunded { amount, currency }
        | Told::Failed { amount, currency, .. }
        | Told::Withdrawn { amount, currency, .. }
        | Told::Reinstated { amount, currency, .. }) = told;
        if *currency != self.currency || !amount.is_positive() {
            return;
        }
        match told {
            Told::Refunded { amount, .. } => self.back.refunded = self.back.refunded.max(*amount),
            Told::Failed { refund, amount, .. } => {
                let failed = &mut self.back.failed;
                if failed.len() < DISPUTES_MAX || failed.contains_key(refund) {
                    let new = FailedRefund { amount: *amount, booked: Micros::ZERO };
                    failed.entry(refund.clone()).or_insert(new);
                }
            }
            Told::Withdrawn { dispute, amount, .. } => self.note_dispute(dispute, *amount, Standing::Withdrawn),
            Told::Reinstated { dispute, amount, .. } => self.note_dispute(dispute, *amount, Standing::Reinstated),
        }
        self.told_at = now;
    }

    fn note_dispute(&mut self, dispute: &str, amount: Micros, standing: Standing) {
        let disputes = &mut self.back.disputes;
        if !disputes.contains_key(dispute) && DISPUTES_MAX <= disputes.len() {
            return;
        }
        let new = Dispute { amount, standing, booked: Micros::ZERO };
        let known = disputes.entry(dispute.to_owned()).or_insert(new);
        known.standing = known.standing.max(standing);
    }

    /// What is to be booked now; it is taken for booked. Nothing before the payment itself is, and never more than came in.
    pub fn corrections(&mut self) -> Vec<Correction> {
        let mut wanted = Vec::new();
        for _ in 0..ROUNDS_MAX {
            let n_before = wanted.len();
            self.correct_once(&mut wanted);
            if wanted.len() == n_before {
                break;
            }
        }
        let numbered = wanted.into_iter().map(|(amount, why)| {
            self.back.n_entries = self.back.n_entries.saturating_add(1);
            Correction { amount, why, no: self.back.n_entries }
        });
        numbered.collect()
    }

    fn correct_once(&mut self, wanted: &mut Vec<(Micros, Why)>) {
        for dispute in self.back.disputes.values_mut() {
            if dispute.standing == Standing::Reinstated && dispute.booked.is_positive() {
                wanted.push((dispute.booked, Why::Reinstatement));
                dispute.booked = Micros::ZERO;
            }
        }
        let mut arrived = self.given_back();
        for failed in self.back.failed.values_mut() {
            let amount = failed.amount.minus(failed.booked).min(arrived);
            if amount.is_positive() {
                wanted.push((amount, Why::RefundFailed));
                failed.booked = failed.booked.plus(amount);
                arrived = arrived.minus(amount);
            }
        }
        let refund = self.back.refunded.minus(self.back.refunded_booked).min(self.left());
        if refund.is_positive() {
            wanted.push((refund, Why::Refund));
            self.back.refunded_booked = self.back.refunded_booked.plus(refund);
        }
        let mut left = self.left();
        for dispute in self.back.disputes.values_mut() {
            let amount = dispute.amount.minus(dispute.booked).min(left);
            if dispute.standing == Standing::Withdrawn && amount.is_positive() {
                wanted.push((amount, Why::Chargeback));
                dispute.booked = dispute.booked.plus(amount);
                left = left.minus(amount);
            }
        }
    }
}

impl Why {
    /// The stable name in events.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refund => "refund",
            Self::Chargeback => "chargeback",
            Self::Reinstatement => "reinstatement",
            Self::RefundFailed => "failed refund",
        }
    }
}
