//! A mail that tells of a message: when it is tried, and when it is given up. Specification of voice apps, 1.15.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::MessageId;

/// Seconds before each try after the first. A mail server that is away for a day loses nothing; what it refuses for
/// good is given up at once.
const PAUSES_SECS: [i64; 9] = [60, 300, 900, 3_600, 7_200, 14_400, 21_600, 28_800, 28_800];

/// A mail to one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    pub id: Uuid,
    pub message: MessageId,
    pub to: String,
    pub state: State,
    pub n_tries: u32,
    pub at: Timestamp,
    /// When it is tried next; none once nothing is left to do.
    pub due_at: Option<Timestamp>,
    /// What the last try met.
    pub error: Option<String>,
}

/// How far a mail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Failed,
    Sent,
    Waiting,
}

/// What a try met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server takes it never. RFC 5321 §4.2.1: 5yz
    Refused(String),
    Sent,
    /// The server may take it later, or was not reached.
    Later(String),
}

impl State {
    /// Its word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Sent => "sent",
            Self::Waiting => "waiting",
        }
    }

    /// The state of this word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Failed, Self::Sent, Self::Waiting].into_iter().find(|state| state.as_str() == word)
    }
}

impl Mail {
    /// A mail that is due at once.
    pub fn new(id: Uuid, message: MessageId, to: String, now: Timestamp) -> Self {
        Self { id, message, to, state: State::Waiting, n_tries: 0, at: now, due_at: Some(now), error: None }
    }

    /// The same mail, tried first at another time.
    pub fn held_until(self, due_at: Timestamp) -> Self {
        Self { due_at: Some(due_at), ..self }
    }

    /// Notes what a try met.
    pub fn tried(&mut self, now: Timestamp, outcome: Outcome) {
        let pause = usize::try_from(self.n_tries).ok().and_then(|n_tries| PAUSES_SECS.get(n_tries));
        self.n_tries = self.n_tries.saturating_add(1);
        (self.state, self.due_at, self.error) = match (outcome, pause) {
            (Outcome::Sent, _) => (State::Sent, None, None),
            (Outcome::Later(error), Some(secs)) => {
                let due_at = now.checked_add(SignedDuration::from_secs(*secs)).unwrap_or(Timestamp::MAX);
                (State::Waiting, Some(due_at), Some(error))
            }
            (Outcome::Later(error), None) | (Outcome::Refused(error), _) => (State::Failed, None, Some(error)),
        };
    }

    /// Begins anew, for who mended what was wrong.
    pub fn retry(&mut self, now: Timestamp) {
        if self.state != State::Sent {
            (self.state, self.n_tries, self.due_at) = (State::Waiting, 0, Some(now));
        }
    }
}
