//! Whose turn it is to write. Knows no clock and wakes nobody: who has the turn and who waits is all there is to it.

use std::collections::VecDeque;
use std::time::Duration;

/// So many who are waited for go before one in the background that waits, so that its work ends under any load.
pub const PASSED_MAX: u32 = 50;
/// Work in the background that meets others writes a seventh of the time: most writes then meet nothing of it, neither its
/// turn nor what it leaves for others to read.
const RESTS: u32 = 6;
/// Who wrote so long ago is likely to write again soon.
pub const RECENT: Duration = Duration::from_secs(1);

/// Whether somebody waits for a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    Background,
    Foreground,
}

/// Writers, one of which may write.
#[derive(Debug)]
pub struct Turns<W> {
    is_taken: bool,
    foreground: VecDeque<W>,
    background: VecDeque<W>,
    /// Who went before those in the background since one of them waits.
    n_passed: u32,
}

impl<W> Default for Turns<W> {
    fn default() -> Self {
        Self { is_taken: false, foreground: VecDeque::new(), background: VecDeque::new(), n_passed: 0 }
    }
}

impl<W> Turns<W> {
    /// Takes the turn, if nobody has it.
    pub fn take(&mut self) -> bool {
        !std::mem::replace(&mut self.is_taken, true)
    }

    /// Waits for the turn that somebody else has.
    pub fn wait(&mut self, urgency: Urgency, writer: W) {
        match urgency {
            Urgency::Background => self.background.push_back(writer),
            Urgency::Foreground => self.foreground.push_back(writer),
        }
    }

    /// Ends a turn; who has the next one.
    pub fn pass(&mut self) -> Option<W> {
        let is_due = self.foreground.is_empty() || PASSED_MAX <= self.n_passed;
        let next = match self.background.pop_front_if(|_| is_due) {
            Some(next) => {
                self.n_passed = 0;
                Some(next)
            }
            None => {
                self.n_passed = if self.background.is_empty() { 0 } else { self.n_passed.saturating_add(1) };
                self.foreground.pop_front()
            }
        };
        self.is_taken = next.is_some();
        next
    }
}

/// How long those in the background let be, after one of them wrote for `wrote`. `others` is how long ago somebody else
/// last wanted to write.
pub fn rest(wrote: Duration, others: Option<Duration>) -> Duration {
    match others {
        Some(ago) if ago < RECENT => wrote.saturating_mul(RESTS),
        Some(_) | None => Duration::ZERO,
    }
}
