//! The porting PIN: who quotes it may ask for an organization's numbers. Specification of numbers, 1.5.3 and 3.5.

use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq as _;

use crate::limits::{PIN_DIGITS, PIN_LOCK_MINUTES, PIN_TRIES_MAX};
use crate::rule::Broken;

/// Ten digits that only the organization and its gaining carrier know. Never printed.
#[derive(Clone)]
pub struct PortingPin([u8; PIN_DIGITS]);

/// How often a wrong PIN was quoted since the right one was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    pub n_wrong: u32,
    /// Until then no PIN is looked at.
    pub locked_until: Option<Timestamp>,
}

/// Why a PIN is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a porting PIN has {PIN_DIGITS} digits")]
    Malformed,
    #[error("this porting PIN is the first that anybody would try")]
    Guessable,
    #[error("the organization has set no porting PIN, and nothing leaves without it")]
    NotSet,
    #[error("the porting PIN is wrong")]
    Wrong,
    #[error("wrong porting PINs were quoted too often; none is looked at until {}", until.strftime("%Y-%m-%d %H:%M UTC"))]
    Locked { until: Timestamp },
}

impl PortingPin {
    /// Reads a PIN that is to be set or that was quoted.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let digits: [u8; PIN_DIGITS] = text.as_bytes().try_into().map_err(|_| Refusal::Malformed)?;
        if digits.iter().all(u8::is_ascii_digit) { Ok(Self(digits)) } else { Err(Refusal::Malformed) }
    }

    /// Whether it may be set: not one digit again and again, and not digits in a row.
    pub fn check_new(&self) -> Result<(), Refusal> {
        // From one digit to the next: the same, one more, or one less, and nine goes on with nought.
        let goes_by = |step| self.0.array_windows().all(|[one, next]| (next + 10 - one) % 10 == step);
        let is_row = [0, 1, 9].into_iter().any(goes_by);
        if is_row { Err(Refusal::Guessable) } else { Ok(()) }
    }

    /// Whether it is the same, found out in the same time whatever differs.
    pub fn is(&self, quoted: &Self) -> bool {
        self.0.ct_eq(&quoted.0).into()
    }

    /// The digits, to be sealed.
    pub fn digits(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for PortingPin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PortingPin(..)")
    }
}

impl Tries {
    /// Whether a PIN is looked at.
    pub fn check(&self, now: Timestamp) -> Result<(), Refusal> {
        match self.locked_until {
            Some(until) if now < until => Err(Refusal::Locked { until }),
            Some(_) | None => Ok(()),
        }
    }

    /// After a PIN was quoted. Each wrong one beyond those that are let pass locks longer than the one before.
    pub fn after(self, now: Timestamp, is_right: bool) -> Self {
        if is_right {
            return Self::default();
        }
        let n_wrong = self.n_wrong.saturating_add(1);
        let beyond = n_wrong.checked_sub(PIN_TRIES_MAX);
        let locked_until = beyond.and_then(|n_times| {
            // A week at most, for nobody can be kept from leaving for ever by others' guesses.
            let minutes = PIN_LOCK_MINUTES.saturating_mul(1 << n_times.min(7)).min(7 * 24 * 60);
            now.checked_add(SignedDuration::from_mins(minutes)).ok()
        });
        Self { n_wrong, locked_until }
    }
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "porting_pin.malformed",
            Self::Guessable => "porting_pin.guessable",
            Self::NotSet => "porting_pin.not_set",
            Self::Wrong => "porting_pin.wrong",
            Self::Locked { .. } => "porting_pin.locked",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::Malformed => format!("give {PIN_DIGITS} digits"),
            Self::Guessable => "choose digits without a pattern".to_owned(),
            Self::NotSet => "ask the organization to set one".to_owned(),
            Self::Wrong => "ask the gaining carrier for the PIN that the organization gave it".to_owned(),
            Self::Locked { .. } => "wait, or ask the organization to set another".to_owned(),
        }
    }

    fn is_conflict(&self) -> bool {
        match self {
            Self::NotSet | Self::Locked { .. } => true,
            Self::Malformed | Self::Guessable | Self::Wrong => false,
        }
    }
}
