//! The call record: one for each call, complete, written when the call ends.

pub mod agent;
pub mod emergency;
pub mod path;
pub mod segment;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::segment::Segment;
use crate::id::{AttendantId, CallId, QueueId, RecordingId, TenantId, TrunkId, UserId};
use crate::numbers::stir::{Attestation, Checked};

/// What happened in one call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    pub id: CallId,
    pub tenant: TenantId,
    pub direction: Direction,
    /// The caller as shown: E.164, extension, or a SIP address.
    pub from: String,
    pub from_name: Option<String>,
    /// What was called first.
    pub to: String,
    pub started_at: Timestamp,
    /// When an agent, a person or the far end answered; an attendant's own answer is a leg's, not this.
    pub answered_at: Option<Timestamp>,
    pub ended_at: Timestamp,
    /// Seconds between `answered_at` and `ended_at`, 0 without an answer.
    pub talk_seconds: u32,
    pub result: CallResult,
    /// SIP status that ended it before an answer, and the reason in words.
    pub status: Option<u16>,
    pub reason: Option<String>,
    /// The same as numbers, where it has some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The rules that decided where the call goes first, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<String>,
    /// What was found of the signature of the caller's number, where a trunk has that looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Checked>,
    /// Extension or number of who answered.
    pub answered_by: Option<String>,
    pub answered_by_user: Option<UserId>,
    pub ended_by: EndedBy,
    pub legs: Vec<LegRecord>,
    /// Attendants, queues and transfers on the way, in order.
    pub path: Vec<PathStep>,
    /// Trunks that were tried for calls outside, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<TrunkAttempt>,
    /// What the call did in each app, in the order in which it came there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<Segment>,
}

impl CallRecord {
    /// Seconds between an answer and the end, whole ones, and 0 without an answer. A clock that was set back in between
    /// gives 0 and not a negative time.
    pub fn talk_seconds(answered_at: Option<Timestamp>, ended_at: Timestamp) -> u32 {
        let seconds = answered_at.map_or(0, |answered_at| ended_at.duration_since(answered_at).as_secs());
        u32::try_from(seconds.max(0)).unwrap_or(u32::MAX)
    }
}

impl CallResult {
    /// The result of a call that ended before an answer, from the SIP status that ended it.
    pub fn of_status(status: u16) -> Self {
        match status {
            486 | 600 => Self::Busy,
            408 | 480 | 487 => Self::NoAnswer,
            500 | 502 | 504 | 513 => Self::Failed,
            _ => Self::Refused,
        }
    }
}

/// Where a call came from and went to, as seen from the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Inbound,
    Internal,
    Outbound,
}

/// How it came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallResult {
    /// The caller hung up before anybody answered.
    Abandoned,
    Answered,
    Busy,
    /// A bug of ours or a lost process ended it.
    Failed,
    NoAnswer,
    /// A rule refused it: not allowed, not found, no credit.
    Refused,
    /// An app came to its end: menu without choice, queue timeout.
    Treated,
    /// The caller left a message.
    Voicemail,
}

/// Who ended the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    Administrator,
    Callee,
    Caller,
    System,
}

/// One party's part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LegRecord {
    /// The caller's leg, or one that we rang.
    pub inbound: bool,
    pub party: String,
    pub user: Option<UserId>,
    pub trunk: Option<TrunkId>,
    pub sip_call_id: String,
    pub started_at: Timestamp,
    pub ringing_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
    pub ended_at: Timestamp,
    pub status: Option<u16>,
    pub codec: Option<String>,
    pub encrypted: bool,
    pub quality: Option<LegQuality>,
}

/// One trunk that was tried. Specification of calling, 3.7.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrunkAttempt {
    pub at: Timestamp,
    pub trunk: TrunkId,
    /// The trunk's name then.
    pub name: String,
    /// The route's name then; none where no route was needed.
    pub route: Option<String>,
    /// The number that the trunk was sent.
    pub called: String,
    /// The number that it was shown; none is anonymous.
    pub calling: Option<String>,
    /// How long it was tried.
    pub milliseconds: u32,
    pub result: AttemptResult,
    /// What it answered, or what that is taken for.
    pub status: Option<u16>,
    pub reason: Option<String>,
    /// The same as numbers, where it has some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// What came of signing the number that it was shown, where it wants that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing: Option<SigningOutcome>,
}

/// What came of signing a caller's number for a trunk. RFC 8224
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SigningOutcome {
    Signed(Attestation),
    /// The call went out without a signature, for this reason.
    Unsigned(String),
}

/// Why something failed, as numbers. Specification of calling, 3.8.8
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Tells causes of one status apart; 560,000 and the status where a trunk said it, another one where we did.
    pub subcode: Option<u32>,
    /// The telephone network's cause that a trunk told, else what the status stands for. ITU-T Q.850
    pub q850: Option<u16>,
}

/// What came of a trunk that was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptResult {
    Answered,
    /// It carries as many calls as it may, or began as many in this second.
    Full,
    /// The caller gave up, somebody else answered, or it was not asked, for a reason of ours.
    GivenUp,
    /// It rang for as long as it may.
    NoAnswer,
    Refused,
    /// It said nothing in time.
    Silent,
    /// Nothing could be sent there.
    Unreachable,
}

impl AttemptResult {
    /// Its word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Full => "full",
            Self::GivenUp => "given_up",
            Self::NoAnswer => "no_answer",
            Self::Refused => "refused",
            Self::Silent => "silent",
            Self::Unreachable => "unreachable",
        }
    }
}

/// Figures of a leg's sound, rounded for reports.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LegQuality {
    pub packets_received: u64,
    pub packets_sent: u64,
    pub packets_lost: u64,
    pub loss_percent: f32,
    pub jitter_ms: f32,
    pub round_trip_ms: Option<f32>,
    pub mos: Option<f32>,
}

/// A station on the way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathStep {
    pub at: Timestamp,
    pub step: Step,
}

/// What the call met.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Step {
    Attendant {
        id: AttendantId,
        name: String,
        keys: String,
        /// What was heard, each with how sure that was, or that nothing could be.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        spoken: Vec<String>,
        result: String,
    },
    /// A mailbox; `seconds` is the length of the message that was left.
    Mailbox {
        name: String,
        result: String,
        seconds: u32,
    },
    Queue {
        id: QueueId,
        name: String,
        wait_seconds: u32,
        result: String,
        offers: u32,
    },
    /// From here on both sides were recorded.
    Recorded {
        recording: RecordingId,
    },
    /// A supervisor heard the call; `by` is the supervisor's extension, `mode` the last one.
    Supervised {
        by: String,
        mode: String,
        result: String,
        seconds: u32,
    },
    Transferred {
        to: String,
        attended: bool,
    },
}
