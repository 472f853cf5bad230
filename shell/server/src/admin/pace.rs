//! How much of long work is done in one change: as much as takes a few milliseconds here and now.

use std::time::Duration;

/// Who waits for one part hardly notices.
const AIM: Duration = Duration::from_millis(8);
/// More rows go into several statements.
pub const N_MAX: u64 = 500;

/// Learns from each part how large the next one may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    n: u64,
    n_min: u64,
}

impl Pace {
    /// People whose licenses are told again. Beginning, reading and ending a part take as long as some hundred of them.
    pub const LICENSES: Self = Self { n: 100, n_min: 100 };
    /// Lines of an order.
    pub const LINES: Self = Self { n: 50, n_min: 40 };

    /// People or lines of the next part.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// A part of so many took so long, its beginning and its end included.
    pub fn took(&mut self, n: u64, took: Duration) {
        // A last part of few is mostly beginning and end.
        if n < self.n {
            return;
        }
        let fitting = u128::from(n).saturating_mul(AIM.as_micros()) / took.as_micros().max(1);
        let fitting = u64::try_from(fitting).unwrap_or(u64::MAX);
        // One that was held up says little about the next.
        self.n = fitting.clamp(self.n / 2, self.n.saturating_mul(2)).clamp(self.n_min, N_MAX);
    }
}
