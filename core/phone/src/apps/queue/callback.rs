//! A caller who would rather be called back: the settings, the request, and whom it is open to. Specification of voice
//! apps, 3.9.

use std::time::Instant;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::apps::Priority;
use crate::apps::prompt::Prompt;
use crate::id::{CallId, QueueId};
use crate::numbers::E164;
use crate::numbers::country::Service;

/// How a queue offers to call back. At least one condition must be there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callback {
    /// What the caller presses.
    pub key: char,
    /// The first in line has waited so long.
    pub after_wait_secs: Option<u32>,
    /// So many wait already when the caller comes.
    pub waiting_min: Option<u32>,
    /// So many wait for each agent who is there when the caller comes.
    pub waiting_per_agent_min: Option<u32>,
    /// Says which key it is.
    pub offer: Prompt,
    /// After this time nobody is called back any more.
    pub expires_secs: u32,
    pub attempts_max: u32,
    /// Between one attempt and the next.
    pub gap_secs: u32,
}

/// Attempts to reach a caller, where the queue says nothing. Specification 3.9.
pub const ATTEMPTS_MAX: u32 = 2;
/// Between one and the next.
pub const GAP_SECS: u32 = 300;
/// Two hours.
pub const EXPIRES_SECS: u32 = 7_200;

/// Who is to be called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contact {
    pub number: E164,
    /// The number that the caller called, which the call back shows.
    pub shown: Option<E164>,
}

/// A caller who gave up the line and keeps the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// That of the call in which it was asked for.
    pub id: CallId,
    pub queue: QueueId,
    pub contact: Contact,
    pub priority: Priority,
    pub arrived: Instant,
    pub asked: Instant,
    pub expires: Instant,
    pub n_attempts: u32,
    /// The next attempt is not before this.
    pub next_at: Option<Instant>,
    pub state: State,
}

/// The same as it is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub id: CallId,
    pub queue: QueueId,
    pub number: E164,
    pub shown: Option<E164>,
    pub priority: Priority,
    pub arrived_at: Timestamp,
    pub asked_at: Timestamp,
    pub expires_at: Timestamp,
    pub n_attempts: u32,
    pub next_at: Option<Timestamp>,
    pub state: State,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// By an administrator, or because the queue is no more.
    Cancelled,
    Expired,
    /// The caller was not reached in any attempt.
    Failed,
    /// Caller and agent talked.
    Reached,
    Waiting,
}

/// Area codes of the North American plan that are called at other rates, or by nobody. Specification 3.9.
const AREAS_EXCLUDED: [u16; 40] = [
    242, 246, 264, 268, 284, 340, 345, 441, 473, 500, 600, 649, 658, 664, 670, 671, 684, 700, 721, 758, 767, 784, 787,
    800, 809, 811, 822, 829, 833, 844, 849, 855, 866, 868, 869, 876, 877, 888, 900, 939,
];

impl Contact {
    /// A number that may be called back: one that can be dialled, at no special rate.
    pub fn new(number: E164, shown: Option<E164>) -> Option<Self> {
        let is_dialable = match Service::of(number) {
            Service::Fixed | Service::FixedOrMobile | Service::Mobile => true,
            Service::Special | Service::TollFree | Service::Unknown => false,
        };
        (is_dialable && !is_excluded(&number.digits())).then_some(Self { number, shown })
    }
}

/// Whether digits of the North American plan are excluded: by their area code, directory assistance, or fiction.
fn is_excluded(digits: &str) -> bool {
    let Some(national) = digits.strip_prefix('1').filter(|national| national.len() == 10) else { return false };
    let area = national.get(..3).and_then(|area| area.parse::<u16>().ok());
    let is_area = area.is_some_and(|area| AREAS_EXCLUDED.contains(&area));
    let line = national.get(3..).and_then(|rest| rest.strip_prefix("555"));
    is_area || line.is_some_and(|line| line == "1212" || line.starts_with("01"))
}
