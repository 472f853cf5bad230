//! Reports: figures that are added up from facts, and what is told from them. Specification of voice apps, section 4.
//!
//! Figures are sums, so that those of two intervals or apps added are those of both; shares and means are told from them.

pub mod agent;
pub mod attendant;
pub mod interval;
pub mod query;
pub mod queue;
pub mod tally;

use serde::{Deserialize, Serialize};

/// From where callers came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origins {
    pub inside: u64,
    pub outside: u64,
}

impl Origins {
    /// Counts one.
    pub fn count(&mut self, is_outside: bool) {
        if is_outside {
            self.outside += 1;
        } else {
            self.inside += 1;
        }
    }

    /// Both together.
    pub fn total(self) -> u64 {
        self.inside + self.outside
    }

    fn add(&mut self, other: Self) {
        self.inside += other.inside;
        self.outside += other.outside;
    }
}

/// A share; none of nothing.
pub fn share(part: u64, whole: u64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let share = part as f64 / whole as f64;
    (whole != 0).then_some(share)
}

/// Seconds that each of `n` took on average; none of nothing.
pub fn mean_secs(ms: u64, n: u64) -> Option<f64> {
    share(ms, n).map(|mean| mean / 1_000.0)
}
