//! What a queue itself says to callers who wait. Specification of voice apps, 3.1.

use std::time::Duration;

/// Places that are named; who stands further back hears that there are more.
const PLACES_MAX: u8 = 20;
/// Waits that are named, in minutes, each for all that are longer than the one before.
const MINUTES: [u8; 15] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 30, 45, 60];

/// A sentence that is rendered before anybody calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Announcement {
    /// The caller will be called back.
    CallbackPromised,
    /// More callers are before this one than are counted aloud.
    FarBack,
    /// The place in line, from 1.
    Place(u8),
    /// The wait will be longer than an hour.
    WaitHours,
    /// The wait will be about so many minutes.
    WaitMinutes(u8),
}

impl Announcement {
    /// All of them, for rendering.
    pub fn all() -> impl Iterator<Item = Self> {
        let places = (1..=PLACES_MAX).map(Self::Place);
        let waits = MINUTES.into_iter().map(Self::WaitMinutes);
        [Self::CallbackPromised, Self::FarBack, Self::WaitHours].into_iter().chain(places).chain(waits)
    }

    /// What tells a place in line, from 1.
    pub fn of_place(place: usize) -> Self {
        match u8::try_from(place) {
            Ok(place @ 1..=PLACES_MAX) => Self::Place(place),
            Ok(_) | Err(_) => Self::FarBack,
        }
    }

    /// What tells a wait. It is never said to be shorter than it is.
    pub fn of_wait(wait: Duration) -> Self {
        let minutes = wait.as_secs().div_ceil(60);
        let named = MINUTES.into_iter().find(|named| minutes <= u64::from(*named));
        named.map_or(Self::WaitHours, Self::WaitMinutes)
    }

    /// What it says, in English.
    pub fn english(self) -> String {
        match self {
            Self::CallbackPromised => {
                "Thank you. You keep your place in line, and we will call you back. Goodbye.".to_owned()
            }
            Self::FarBack => format!("More than {PLACES_MAX} callers are in line before you."),
            Self::Place(1) => "You are next in line.".to_owned(),
            Self::Place(place) => format!("You are number {place} in line."),
            Self::WaitHours => "You will wait for more than one hour.".to_owned(),
            Self::WaitMinutes(1) => "You will wait for about one minute.".to_owned(),
            Self::WaitMinutes(minutes) => format!("You will wait for about {minutes} minutes."),
        }
    }
}
