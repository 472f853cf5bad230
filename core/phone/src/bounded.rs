//! Values that can't be out of bounds: whoever has read one need not check it again.

use serde::{Deserialize, Deserializer, Serialize};

/// A whole number within a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Whole<const MIN: u32, const MAX: u32>(u32);

/// A text of bounded length, without control characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Text<const MAX: usize>(String);

/// A list of bounded length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Few<T, const MAX: usize>(Vec<T>);

impl<const MIN: u32, const MAX: u32> Whole<MIN, MAX> {
    /// A default, brought into the range.
    pub const fn of(value: u32) -> Self {
        if value < MIN {
            Self(MIN)
        } else if MAX < value {
            Self(MAX)
        } else {
            Self(value)
        }
    }

    /// The number.
    pub fn value(self) -> u32 {
        self.0
    }
}

impl<const MAX: usize> Text<MAX> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Clone, const MAX: usize> Few<T, MAX> {
    /// A default; what is too much is cut off.
    pub fn of(items: &[T]) -> Self {
        Self(items.iter().take(MAX).cloned().collect())
    }
}

impl<T, const MAX: usize> Few<T, MAX> {
    /// One after the other.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T, const MAX: usize> Default for Few<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, const MIN: u32, const MAX: u32> Deserialize<'de> for Whole<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = u32::deserialize(from)?;
        let fits = (MIN..=MAX).contains(&value);
        fits.then_some(Self(value)).ok_or_else(|| serde::de::Error::custom(format!("not {MIN} to {MAX}")))
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let fits = text.chars().count() <= MAX && !text.chars().any(|char| char.is_control() && char != '\n');
        fits.then_some(Self(text)).ok_or_else(|| serde::de::Error::custom(format!("longer than {MAX}")))
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for Few<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let items = Vec::deserialize(from)?;
        let fits = items.len() <= MAX;
        fits.then_some(Self(items)).ok_or_else(|| serde::de::Error::custom(format!("more than {MAX}")))
    }
}
