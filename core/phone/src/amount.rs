//! Amounts of money: whole millionths of a currency, never a fraction. Specification of numbers, 1.0.

use serde::{Deserialize, Serialize};

/// Millionths of a currency's unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Micros(pub i64);

/// A currency by its code of ISO 4217.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// Why a text is not an amount or a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotMoney {
    #[error("an amount is digits with at most six after a point, such as 25.00")]
    NotAnAmount,
    #[error("an amount is at most 1,000,000,000")]
    TooLarge,
    #[error("a currency is three capital letters, such as USD")]
    NotACurrency,
}

/// Micro-units of one unit.
const UNIT: i64 = 1_000_000;
/// Digits after the point.
const DECIMALS: usize = 6;

impl Micros {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest amount that can be written: a billion units. Nine thousand of them still fit the type.
    pub const MAX: Self = Self(1_000_000_000 * UNIT);

    /// Whole units.
    pub const fn units(units: i32) -> Self {
        // An i32 times a million fits an i64.
        Self(units as i64 * UNIT)
    }

    /// Reads `25`, `25.00`, `-0.000001`; no exponent, no separators, at most six digits after the point.
    pub fn parse(text: &str) -> Result<Self, NotMoney> {
        let (sign, rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, fraction) = match rest.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return Err(NotMoney::NotAnAmount),
            None => (rest, ""),
        };
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || DECIMALS < fraction.len() || !are_digits(whole) || !are_digits(fraction) {
            return Err(NotMoney::NotAnAmount);
        }
        let whole: i64 = whole.parse().map_err(|_| NotMoney::TooLarge)?;
        let fraction: i64 = format!("{fraction:0<DECIMALS$}").parse().map_err(|_| NotMoney::NotAnAmount)?;
        let micros = whole.checked_mul(UNIT).and_then(|micros| micros.checked_add(fraction));
        match micros {
            Some(micros) if micros <= Self::MAX.0 => Ok(Self(sign * micros)),
            Some(_) | None => Err(NotMoney::TooLarge),
        }
    }

    /// The sum; none beyond the type.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The sum, or the type's end.
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, or the type's end.
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The other sign.
    pub fn negated(self) -> Self {
        Self(self.0.saturating_neg())
    }

    /// Whether it is more than nothing.
    pub fn is_positive(self) -> bool {
        0 < self.0
    }
}

impl std::iter::Sum for Micros {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Self::plus)
    }
}

/// At least two digits after the point, more where they say something.
impl std::fmt::Display for Micros {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let micros = self.0.unsigned_abs();
        let unit = UNIT.unsigned_abs();
        let fraction = format!("{:06}", micros % unit);
        let shown = fraction.trim_end_matches('0');
        write!(f, "{sign}{}.{shown:0<2}", micros / unit)
    }
}

impl Currency {
    /// US dollars.
    pub const USD: Self = Self(*b"USD");

    /// Reads three capital letters.
    pub fn parse(code: &str) -> Result<Self, NotMoney> {
        let bytes: [u8; 3] = code.as_bytes().try_into().map_err(|_| NotMoney::NotACurrency)?;
        if bytes.iter().all(u8::is_ascii_uppercase) { Ok(Self(bytes)) } else { Err(NotMoney::NotACurrency) }
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        // Made of ASCII letters only.
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Debug for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Currency {
    type Error = NotMoney;

    fn try_from(code: String) -> Result<Self, NotMoney> {
        Self::parse(&code)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}
