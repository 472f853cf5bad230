//! Sessions: somebody is signed in, in one browser, for a while.

use jiff::{SignedDuration, Timestamp};

/// Who signed in so lately is the one who did: a browser that was left open or a stolen cookie is mostly older.
const PROOF_SECS: i64 = 10 * 60;
/// To type six digits.
const SECOND_FACTOR_SECS: i64 = 5 * 60;
/// To install an app and scan a picture.
const ENROLMENT_SECS: i64 = 30 * 60;
/// A working day without a click.
const IDLE_SECS: i64 = 12 * 60 * 60;
/// A week: then everybody proves again who they are.
pub const SESSION_SECS_MAX: i64 = 7 * 24 * 60 * 60;

/// How far somebody has come with signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The password was right, the second factor is asked for: it opens nothing.
    SecondFactor,
    /// There must be a second factor and there is none yet: it opens nothing but setting one up.
    Enrolment,
    /// Signed in.
    Open,
}

impl Stage {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::SecondFactor, Self::Enrolment, Self::Open];

    /// What comes after a password that was right.
    pub fn after_password(has_second_factor: bool, is_required: bool) -> Self {
        match (has_second_factor, is_required) {
            (true, _) => Self::SecondFactor,
            (false, true) => Self::Enrolment,
            (false, false) => Self::Open,
        }
    }

    /// Its word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SecondFactor => "second_factor_needed",
            Self::Enrolment => "second_factor_setup_needed",
            Self::Open => "signed_in",
        }
    }

    /// When it ends, if nothing more is heard of it.
    pub fn ends_at(self, began_at: Timestamp, last_seen_at: Timestamp) -> Timestamp {
        let after =
            |start: Timestamp, secs| start.checked_add(SignedDuration::from_secs(secs)).unwrap_or(Timestamp::MAX);
        match self {
            Self::SecondFactor => after(began_at, SECOND_FACTOR_SECS),
            Self::Enrolment => after(began_at, ENROLMENT_SECS),
            Self::Open => after(last_seen_at, IDLE_SECS).min(after(began_at, SESSION_SECS_MAX)),
        }
    }
}

/// Whether having signed in proves who somebody is, before what opens a door for longer, where no password can.
pub fn is_proof(began_at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(began_at) <= SignedDuration::from_secs(PROOF_SECS)
}
