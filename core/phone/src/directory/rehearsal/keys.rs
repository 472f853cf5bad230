//! What a caller presses, and when.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::limits::SCRIPT_KEYS_MAX;

/// Between two keys that are pressed one after the other.
const GAP: Duration = Duration::from_millis(300);
/// What a comma stands for, as in numbers that modems dialled.
const PAUSE: Duration = Duration::from_secs(1);

/// What a caller presses, in order. Written as text: `0` to `9`, `*` and `#` are keys; a space waits for what plays to
/// end; `,` waits for a second; `-` presses nothing until the menu has waited long enough; `!` presses the next key
/// without waiting for the end of what plays. The first key waits for the end by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Keys(Vec<Press>);

/// One thing that a caller does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Press {
    Interrupt,
    Key(char),
    Listen,
    Pause,
    Silence,
}

/// A text says nothing that could be pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoKeys {
    #[error("{0} is no key: 0 to 9, * and # are, and a space, a comma, - and !")]
    Unknown(char),
    #[error("a caller presses at most {SCRIPT_KEYS_MAX} keys")]
    TooMany,
}

/// A caller at the telephone.
#[derive(Clone, Debug)]
pub(super) struct Hand<'a> {
    ahead: &'a [Press],
    ready_at: Instant,
    listens: bool,
}

impl FromStr for Keys {
    type Err = NoKeys;

    fn from_str(text: &str) -> Result<Self, NoKeys> {
        if text.chars().nth(SCRIPT_KEYS_MAX).is_some() {
            return Err(NoKeys::TooMany);
        }
        let press = |char| match char {
            '0'..='9' | '*' | '#' => Ok(Press::Key(char)),
            ' ' => Ok(Press::Listen),
            ',' => Ok(Press::Pause),
            '-' => Ok(Press::Silence),
            '!' => Ok(Press::Interrupt),
            _ => Err(NoKeys::Unknown(char)),
        };
        text.trim().chars().map(press).collect::<Result<Vec<_>, _>>().map(Self)
    }
}

impl fmt::Display for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for press in &self.0 {
            let char = match press {
                Press::Interrupt => '!',
                Press::Key(key) => *key,
                Press::Listen => ' ',
                Press::Pause => ',',
                Press::Silence => '-',
            };
            write!(f, "{char}")?;
        }
        Ok(())
    }
}

impl TryFrom<String> for Keys {
    type Error = NoKeys;

    fn try_from(text: String) -> Result<Self, NoKeys> {
        text.parse()
    }
}

impl From<Keys> for String {
    fn from(keys: Keys) -> Self {
        keys.to_string()
    }
}

impl<'a> Hand<'a> {
    pub(super) fn new(keys: &'a Keys, now: Instant) -> Self {
        Self { ahead: &keys.0, ready_at: now, listens: true }
    }

    /// When the next key is pressed, if that waits for nothing else.
    pub(super) fn next_at(&mut self, now: Instant, is_playing: bool) -> Option<Instant> {
        loop {
            let (press, rest) = self.ahead.split_first()?;
            match press {
                Press::Interrupt => self.listens = false,
                Press::Listen => self.listens = true,
                Press::Key(_) | Press::Pause | Press::Silence if self.listens && is_playing => return None,
                Press::Pause => self.ready_at = self.ready_at.max(now) + PAUSE,
                Press::Key(_) => return Some(self.ready_at.max(now)),
                Press::Silence => return None,
            }
            self.ahead = rest;
        }
    }

    /// Presses the next key.
    pub(super) fn press(&mut self, now: Instant) -> Option<char> {
        let (Press::Key(key), rest) = self.ahead.split_first()? else { return None };
        self.ahead = rest;
        self.listens = false;
        self.ready_at = now + GAP;
        Some(*key)
    }

    /// The app has waited long enough.
    pub(super) fn was_silent(&mut self) {
        if let Some((Press::Silence, rest)) = self.ahead.split_first() {
            self.ahead = rest;
            self.listens = true;
        }
    }
}
