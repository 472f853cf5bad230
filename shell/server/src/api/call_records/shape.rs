//! A call record, as the API writes it.

use jiff::Timestamp;
use phone::numbers::stir::Checked;
use phone::record::{
    CallRecord as PhoneRecord, CallResult as PhoneResult, Cause as PhoneCause, Direction, EndedBy as PhoneEndedBy,
    LegRecord, PathStep, SigningOutcome, Step, TrunkAttempt,
};
use serde::{Deserialize, Serialize};
use store::CallFact;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::credits::charges::Charge;

/// What happened in one call.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CallRecord {
    pub id: Uuid,
    pub direction: CallDirection,
    pub from: String,
    pub from_name: Option<String>,
    pub to: String,
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When a person or the far end answered.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    pub ended_at: Timestamp,
    pub talk_seconds: u32,
    pub result: CallResult,
    /// SIP status that ended it before an answer.
    pub status: Option<u16>,
    pub reason: Option<String>,
    /// The same as numbers, where it has some.
    #[serde(default)]
    pub cause: Option<RecordCause>,
    /// The rules that decided where the call goes first, in the words of `explain`.
    #[serde(default)]
    pub decisions: Vec<String>,
    /// What was found of the signature of the caller's number (STIR/SHAKEN); null where no trunk has that looked at.
    #[serde(default)]
    pub signature: Option<RecordSignature>,
    /// Extension or number of who answered.
    pub answered_by: Option<String>,
    pub answered_by_user: Option<Uuid>,
    pub ended_by: EndedBy,
    pub legs: Vec<RecordLeg>,
    /// Attendants, queues and transfers on the way.
    pub path: Vec<RecordStep>,
    /// Trunks that were tried for calls outside, in order.
    pub attempts: Vec<RecordAttempt>,
    /// What the operator that carried it says of it.
    pub operator: Option<OperatorFacts>,
    /// What its legs cost, those that are paid for.
    #[serde(default)]
    pub charges: Vec<Charge>,
}

/// A trunk that was tried.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RecordAttempt {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub trunk: Uuid,
    /// The trunk's name then.
    pub trunk_name: String,
    /// Null where no route was needed.
    pub route: Option<String>,
    /// The number that the trunk was sent.
    pub called: String,
    /// The number that it was shown; null is anonymous.
    pub calling: Option<String>,
    /// How long it was tried.
    pub milliseconds: u32,
    /// answered, full, given_up, no_answer, refused, silent or unreachable.
    pub result: String,
    /// What it answered, or what that is taken for.
    pub status: Option<u16>,
    pub reason: Option<String>,
    /// The same as numbers, where it has some.
    #[serde(default)]
    pub cause: Option<RecordCause>,
    /// A, B or C: how far the number that it was shown was vouched for; null if it was not signed.
    #[serde(default)]
    pub attestation: Option<String>,
    /// Why the number was not signed, where the trunk wants that.
    #[serde(default)]
    pub unsigned: Option<String>,
}

/// What was found of the signature of the caller's number. RFC 8224
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordSignature {
    /// TN-Validation-Passed, TN-Validation-Failed or No-TN-Validation.
    pub verstat: String,
    /// certificate_away, certificate_untrusted, forged, malformed, missing, no_authority, no_number, not_its_number,
    /// other_called, other_caller or stale; null if the signature is right.
    pub flaw: Option<String>,
    /// The same in words.
    pub detail: String,
    /// A, B or C, as the signature says, whether it is right or not.
    pub attestation: Option<String>,
    /// By which the signer traces the call back.
    pub origid: Option<Uuid>,
    /// The name in the signer's certificate, if the signature is right.
    pub signer: Option<String>,
}

/// Why something failed, as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordCause {
    /// Tells causes of one status apart; 560000 and the status where a trunk said it, another one where the server did.
    pub subcode: Option<u32>,
    /// The telephone network's cause (ITU-T Q.850) that a trunk told, else what the status stands for.
    pub q850: Option<u16>,
}

/// What an operator says of a call.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OperatorFacts {
    pub operator: Uuid,
    /// How long it was for the operator.
    pub duration_seconds: Option<u32>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered_at: Option<Timestamp>,
    /// What it wants for it, in millionths of the currency.
    pub price_micros: Option<i64>,
    /// ISO 4217.
    pub currency: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallDirection {
    Inbound,
    Internal,
    Outbound,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallResult {
    /// The caller hung up before anybody answered.
    Abandoned,
    Answered,
    Busy,
    Failed,
    NoAnswer,
    /// A rule refused it.
    Refused,
    /// An attendant or a queue came to its end.
    Treated,
    /// The caller left a message.
    Voicemail,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    Administrator,
    Callee,
    Caller,
    System,
}

/// One party's part.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RecordLeg {
    pub inbound: bool,
    pub party: String,
    pub user: Option<Uuid>,
    pub trunk: Option<Uuid>,
    pub sip_call_id: String,
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ringing_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    pub ended_at: Timestamp,
    pub status: Option<u16>,
    pub codec: Option<String>,
    pub encrypted: bool,
    pub quality: Option<LegQuality>,
}

/// How good the sound was.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LegQuality {
    pub packets_received: u64,
    pub packets_sent: u64,
    pub packets_lost: u64,
    pub loss_percent: f32,
    pub jitter_ms: f32,
    pub round_trip_ms: Option<f32>,
    /// Mean opinion score, 1.0 to 4.5.
    pub mos: Option<f32>,
}

/// A station on the way.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RecordStep {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    #[serde(flatten)]
    pub step: StepShape,
}

/// What the call met.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum StepShape {
    AutoAttendant {
        id: Uuid,
        name: String,
        keys: String,
        /// What was heard, each with how sure that was; `unavailable` where nobody could make words of it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        spoken: Vec<String>,
        result: String,
    },
    CallQueue {
        id: Uuid,
        name: String,
        wait_seconds: u32,
        result: String,
        offers: u32,
    },
    /// A mailbox; `seconds` is the length of the message that was left.
    Mailbox {
        name: String,
        result: String,
        seconds: u32,
    },
    /// From here on both sides were recorded; the recording may be deleted since.
    Recorded {
        recording: Uuid,
    },
    /// A supervisor heard the call: `by` is the extension, `mode` what the supervisor did last.
    Supervised {
        by: String,
        mode: String,
        /// `supervisor_left`, `call_ended`, `took_over` or `not_answered`.
        result: String,
        seconds: u32,
    },
    Transferred {
        to: String,
        attended: bool,
    },
}

impl From<CallFact> for OperatorFacts {
    fn from(fact: CallFact) -> Self {
        let CallFact { operator, duration_seconds, answered_at, price_micros, currency } = fact;
        Self { operator: operator.0, duration_seconds, answered_at, price_micros, currency }
    }
}

impl From<PhoneRecord> for CallRecord {
    fn from(record: PhoneRecord) -> Self {
        Self {
            id: record.id.0,
            direction: match record.direction {
                Direction::Inbound => CallDirection::Inbound,
                Direction::Internal => CallDirection::Internal,
                Direction::Outbound => CallDirection::Outbound,
            },
            from: record.from,
            from_name: record.from_name,
            to: record.to,
            started_at: record.started_at,
            answered_at: record.answered_at,
            ended_at: record.ended_at,
            talk_seconds: record.talk_seconds,
            result: record.result.into(),
            status: record.status,
            reason: record.reason,
            cause: record.cause.map(RecordCause::from),
            decisions: record.decisions,
            signature: record.signature.map(RecordSignature::from),
            answered_by: record.answered_by,
            answered_by_user: record.answered_by_user.map(|user| user.0),
            ended_by: match record.ended_by {
                PhoneEndedBy::Administrator => EndedBy::Administrator,
                PhoneEndedBy::Callee => EndedBy::Callee,
                PhoneEndedBy::Caller => EndedBy::Caller,
                PhoneEndedBy::System => EndedBy::System,
            },
            legs: record.legs.into_iter().map(RecordLeg::from).collect(),
            path: record.path.into_iter().map(RecordStep::from).collect(),
            attempts: record.attempts.into_iter().map(RecordAttempt::from).collect(),
            operator: None,
            charges: Vec::new(),
        }
    }
}

impl From<Checked> for RecordSignature {
    fn from(checked: Checked) -> Self {
        Self {
            verstat: checked.verstat().as_str().to_owned(),
            detail: checked.words(),
            flaw: checked.flaw.map(|flaw| flaw.as_str().to_owned()),
            attestation: checked.attestation.map(|attestation| attestation.as_str().to_owned()),
            origid: checked.origid,
            signer: checked.signer,
        }
    }
}

impl From<TrunkAttempt> for RecordAttempt {
    fn from(attempt: TrunkAttempt) -> Self {
        let (attestation, unsigned) = match attempt.signing {
            Some(SigningOutcome::Signed(attestation)) => (Some(attestation.as_str().to_owned()), None),
            Some(SigningOutcome::Unsigned(why)) => (None, Some(why)),
            None => (None, None),
        };
        Self {
            at: attempt.at,
            trunk: attempt.trunk.0,
            trunk_name: attempt.name,
            route: attempt.route,
            called: attempt.called,
            calling: attempt.calling,
            milliseconds: attempt.milliseconds,
            result: attempt.result.as_str().to_owned(),
            status: attempt.status,
            reason: attempt.reason,
            cause: attempt.cause.map(RecordCause::from),
            attestation,
            unsigned,
        }
    }
}

impl From<LegRecord> for RecordLeg {
    fn from(leg: LegRecord) -> Self {
        let quality = |quality: phone::record::LegQuality| LegQuality {
            packets_received: quality.packets_received,
            packets_sent: quality.packets_sent,
            packets_lost: quality.packets_lost,
            loss_percent: quality.loss_percent,
            jitter_ms: quality.jitter_ms,
            round_trip_ms: quality.round_trip_ms,
            mos: quality.mos,
        };
        Self {
            inbound: leg.inbound,
            party: leg.party,
            user: leg.user.map(|user| user.0),
            trunk: leg.trunk.map(|trunk| trunk.0),
            sip_call_id: leg.sip_call_id,
            started_at: leg.started_at,
            ringing_at: leg.ringing_at,
            answered_at: leg.answered_at,
            ended_at: leg.ended_at,
            status: leg.status,
            codec: leg.codec,
            encrypted: leg.encrypted,
            quality: leg.quality.map(quality),
        }
    }
}

impl From<PathStep> for RecordStep {
    fn from(step: PathStep) -> Self {
        let shape = match step.step {
            Step::Attendant { id, name, keys, spoken, result } => {
                StepShape::AutoAttendant { id: id.0, name, keys, spoken, result }
            }
            Step::Queue { id, name, wait_seconds, result, offers } => {
                StepShape::CallQueue { id: id.0, name, wait_seconds, result, offers }
            }
            Step::Mailbox { name, result, seconds } => StepShape::Mailbox { name, result, seconds },
            Step::Recorded { recording } => StepShape::Recorded { recording: recording.0 },
            Step::Supervised { by, mode, result, seconds } => StepShape::Supervised { by, mode, result, seconds },
            Step::Transferred { to, attended } => StepShape::Transferred { to, attended },
        };
        Self { at: step.at, step: shape }
    }
}

impl From<PhoneResult> for CallResult {
    fn from(result: PhoneResult) -> Self {
        match result {
            PhoneResult::Abandoned => Self::Abandoned,
            PhoneResult::Answered => Self::Answered,
            PhoneResult::Busy => Self::Busy,
            PhoneResult::Failed => Self::Failed,
            PhoneResult::NoAnswer => Self::NoAnswer,
            PhoneResult::Refused => Self::Refused,
            PhoneResult::Treated => Self::Treated,
            PhoneResult::Voicemail => Self::Voicemail,
        }
    }
}

impl From<CallResult> for PhoneResult {
    fn from(result: CallResult) -> Self {
        match result {
            CallResult::Abandoned => Self::Abandoned,
            CallResult::Answered => Self::Answered,
            CallResult::Busy => Self::Busy,
            CallResult::Failed => Self::Failed,
            CallResult::NoAnswer => Self::NoAnswer,
            CallResult::Refused => Self::Refused,
            CallResult::Treated => Self::Treated,
            CallResult::Voicemail => Self::Voicemail,
        }
    }
}

impl From<CallDirection> for Direction {
    fn from(direction: CallDirection) -> Self {
        match direction {
            CallDirection::Inbound => Self::Inbound,
            CallDirection::Internal => Self::Internal,
            CallDirection::Outbound => Self::Outbound,
        }
    }
}

impl From<PhoneCause> for RecordCause {
    fn from(cause: PhoneCause) -> Self {
        let PhoneCause { subcode, q850 } = cause;
        Self { subcode, q850 }
    }
}
