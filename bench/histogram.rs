//! Durations, counted: 32 buckets for each power of two, in microseconds, so that a quantile is within 3 %.

use std::time::Duration;

const SUB: u64 = 32;

/// Counts of durations.
pub struct Histogram {
    buckets: Vec<u32>,
    n: u64,
    max_us: u64,
}

impl Histogram {
    pub fn new() -> Self {
        Self { buckets: vec![0; 1_024], n: 0, max_us: 0 }
    }

    pub fn add(&mut self, duration: Duration) {
        let us = duration.as_micros() as u64;
        let last = self.buckets.len() - 1;
        self.buckets[index(us).min(last)] += 1;
        self.n += 1;
        self.max_us = self.max_us.max(us);
    }

    /// The duration in milliseconds that `fraction` of all stay below.
    pub fn quantile_ms(&self, fraction: f64) -> f64 {
        let wanted = (fraction * self.n as f64) as u64;
        let mut seen = 0;
        for (index, count) in self.buckets.iter().enumerate() {
            seen += u64::from(*count);
            if seen > wanted {
                return value(index) as f64 / 1_000.0;
            }
        }
        self.max_us as f64 / 1_000.0
    }
}

fn index(us: u64) -> usize {
    if us < SUB {
        return us as usize;
    }
    let exponent = 63 - u64::from(us.leading_zeros());
    (((exponent - 4) << 5) | ((us >> (exponent - 5)) & (SUB - 1))) as usize
}

fn value(index: usize) -> u64 {
    let index = index as u64;
    if index < SUB {
        return index;
    }
    let exponent = (index >> 5) + 4;
    (1 << exponent) | ((index & (SUB - 1)) << (exponent - 5))
}
