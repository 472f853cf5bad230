//! The PIN of a mailbox: who types it on a phone hears the messages. Specification of voice apps, 1.15.

use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq as _;

use crate::limits::{MAILBOX_PIN_DIGITS_MAX, MAILBOX_PIN_DIGITS_MIN, MAILBOX_PIN_LOCK_MINUTES, MAILBOX_PIN_TRIES_MAX};
use crate::rule::Broken;

/// Some digits. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(String);

/// How often a wrong PIN was typed since the right one was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    pub n_wrong: u32,
    /// Until then no PIN is looked at.
    pub locked_until: Option<Timestamp>,
}

/// What was found of a PIN that somebody typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Too many were wrong: none is looked at.
    Locked,
    Right,
    /// Or there is no PIN at all.
    Wrong,
}

/// Why a PIN is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("this PIN is the first that anybody would try")]
    Guessable,
    #[error("a PIN has {MAILBOX_PIN_DIGITS_MIN} to {MAILBOX_PIN_DIGITS_MAX} digits")]
    Malformed,
}

impl Pin {
    /// Whatever was typed.
    pub fn typed(digits: String) -> Self {
        Self(digits)
    }

    /// Reads a PIN that is to be set: not one digit again and again, and not digits in a row.
    pub fn parse_new(text: &str) -> Result<Self, Refusal> {
        let is_long_enough = (MAILBOX_PIN_DIGITS_MIN..=MAILBOX_PIN_DIGITS_MAX).contains(&text.len());
        if !is_long_enough || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Refusal::Malformed);
        }
        // From one digit to the next: the same, one more, or one less, and nine goes on with nought.
        let goes_by = |step| text.as_bytes().array_windows().all(|[one, next]| (next + 10 - one) % 10 == step);
        let is_row = [0, 1, 9].into_iter().any(goes_by);
        if is_row { Err(Refusal::Guessable) } else { Ok(Self(text.to_owned())) }
    }

    /// Whether it is the same, found out in the same time whatever differs, but for the length.
    pub fn is(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }

    /// The digits, to be sealed.
    pub fn digits(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pin(..)")
    }
}

impl Tries {
    /// Looks at a PIN that was typed; none is kept if none was set, and a typed one is wrong then.
    pub fn look(self, now: Timestamp, kept: Option<&Pin>, typed: &Pin) -> (Finding, Self) {
        if self.locked_until.is_some_and(|until| now < until) {
            return (Finding::Locked, self);
        }
        if kept.is_some_and(|kept| kept.is(typed)) {
            return (Finding::Right, Self::default());
        }
        let n_wrong = self.n_wrong.saturating_add(1);
        let is_enough = n_wrong.is_multiple_of(MAILBOX_PIN_TRIES_MAX);
        let until = now.checked_add(SignedDuration::from_mins(MAILBOX_PIN_LOCK_MINUTES)).ok();
        (Finding::Wrong, Self { n_wrong, locked_until: until.filter(|_| is_enough) })
    }
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Guessable => "mailbox_pin.guessable",
            Self::Malformed => "mailbox_pin.malformed",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::Guessable => "choose digits without a pattern".to_owned(),
            Self::Malformed => format!("give {MAILBOX_PIN_DIGITS_MIN} to {MAILBOX_PIN_DIGITS_MAX} digits"),
        }
    }

    fn is_conflict(&self) -> bool {
        match self {
            Self::Guessable | Self::Malformed => false,
        }
    }
}
