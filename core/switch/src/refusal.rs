//! Why a call does not come about or ends: a SIP status with words, as the Reason header and the record say it.

use std::borrow::Cow;

use phone::apps::prompt::paying::PayingPrompt;
use phone::money::funding;
use phone::numbers::stir::Flaw;
use phone::record::Cause;
use sip::endpoint::{Reason, Status};

use crate::cause;

/// A refusal. The text never holds what the caller said of himself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) text: Cow<'static, str>,
    /// A rule of ours refused, not a person or a network.
    pub(crate) by_rule: bool,
    /// Nobody said it: the request could not be sent, or no final answer came in time.
    pub(crate) unheard: bool,
    /// For so long the peer takes no more of that. RFC 3261 §20.33
    pub(crate) retry_after_secs: Option<u32>,
    /// The cause of ITU-T Q.850, where it says more than the status. RFC 3326 §2
    pub(crate) q850: Option<u16>,
    /// The cause of ITU-T Q.850 that a peer told.
    pub(crate) heard_q850: Option<u16>,
    /// Tells causes of one status apart. Specification of calling, 3.8.8
    pub(crate) subcode: Option<u32>,
    /// What one of the organization's people hears of it.
    pub(crate) said: Option<PayingPrompt>,
}

impl Refusal {
    pub(crate) const fn new(status: u16, text: &'static str) -> Self {
        Self::known(status, text, None)
    }

    const fn coded(status: u16, text: &'static str, subcode: u32) -> Self {
        Self::known(status, text, Some(subcode))
    }

    const fn known(status: u16, text: &'static str, subcode: Option<u32>) -> Self {
        Self {
            status,
            text: Cow::Borrowed(text),
            by_rule: false,
            unheard: false,
            retry_after_secs: None,
            q850: None,
            heard_q850: None,
            subcode,
            said: None,
        }
    }

    const fn with_cause(status: u16, text: &'static str, q850: u16) -> Self {
        Self {
            status,
            text: Cow::Borrowed(text),
            by_rule: true,
            unheard: false,
            retry_after_secs: None,
            q850: Some(q850),
            heard_q850: None,
            subcode: None,
            said: None,
        }
    }

    pub(crate) const NO_PORTS: Self = Self::new(503, "no media port is free");
    pub(crate) const NOT_ACCEPTABLE: Self = Self::coded(488, "no common codec or encryption", cause::NO_MEDIA);
    pub(crate) const NO_ANSWER: Self = Self::new(480, "nobody answered");
    pub(crate) const NO_OFFER: Self = Self::coded(488, "the trunk has to offer sound", cause::NO_MEDIA);
    pub(crate) const NOT_REGISTERED: Self = Self::coded(480, "no phone is registered", cause::NO_PHONE);
    pub(crate) const DRAINING: Self = Self::new(503, "this node takes no new calls");
    pub(crate) const NO_TRUNK: Self = Self::new(503, "no trunk can take the call");
    pub(crate) const TRUNK_SILENT: Self = Self::coded(408, "the trunk does not answer", cause::SILENT);
    pub(crate) const TRUNK_BUSY: Self = Self::new(503, "the trunk carries as many calls as it may");
    pub(crate) const TRUNK_HURRIED: Self = Self::new(503, "the trunk began as many calls in this second as it may");
    pub(crate) const NO_ADDRESS: Self = Self::coded(503, "the trunk's name has no address", cause::NOT_CONNECTED);
    pub(crate) const NUMBER_BUSY: Self = Self::new(486, "the number carries as many calls as it may");
    /// Specification of calling, 2.12.
    pub(crate) const IN_A_CALL: Self = Self::new(486, "the person is in a call");
    pub(crate) const OWN_NUMBER_BUSY: Self = Self::new(503, "the caller's number carries as many calls as it may");
    pub(crate) const TOO_MANY_LEGS: Self = Self::new(503, "the call has too many legs");
    pub(crate) const BUG: Self = Self::new(500, "internal error");
    pub(crate) const QUEUE_BUSY: Self = Self::new(486, "the queue is full");
    /// Specification of calling, 1.3 (12).
    pub(crate) const LOOP: Self = Self::coded(482, "the call went round in a circle", cause::LOOP);
    /// Specification of numbers, 2.6.
    pub(crate) const CREDIT_EXHAUSTED: Self = Self::with_cause(402, "credit exhausted", 31);

    /// A refusal by a rule of the directory.
    pub(crate) fn by_rule(refusal: phone::directory::Refusal) -> Self {
        let subcode = Some(cause::subcode_of_rule(refusal));
        Self { subcode, ..Self::of_rule(refusal.sip_status(), refusal.to_string()) }
    }

    /// Nobody vouches for the caller's number, and the trunk wants that.
    pub(crate) fn unvouched(flaw: Flaw) -> Self {
        Self::of_rule(flaw.sip_status(), flaw.to_string())
    }

    /// Nobody would pay for a call that one of the organization's people wants to make.
    pub(crate) fn unpaid(refusal: &funding::Refusal) -> Self {
        Self { said: Some(said(refusal)), ..Self::of_rule(refusal.sip_status(), refusal.to_string()) }
    }

    /// Nobody would pay for a call from outside: who calls hears that nobody can be reached, and not why. Specification of voice
    /// apps, 2.1.
    pub(crate) fn unpaid_from_outside(refusal: &funding::Refusal) -> Self {
        Self { status: 480, q850: Some(31), said: Some(PayingPrompt::NotReachable), ..Self::unpaid(refusal) }
    }

    fn of_rule(status: u16, text: String) -> Self {
        Self { text: Cow::Owned(text), by_rule: true, ..Self::new(status, "") }
    }

    pub(crate) fn with_rule(self) -> Self {
        Self { by_rule: true, ..self }
    }

    /// What a peer answered.
    pub(crate) fn from_peer(status: Status, reason: Option<Reason>) -> Self {
        let heard_q850 =
            reason.as_ref().filter(|reason| reason.protocol.eq_ignore_ascii_case("Q.850")).map(|reason| reason.cause);
        let text = match reason {
            Some(reason) if !reason.text.is_empty() => Cow::Owned(reason.text),
            Some(_) | None => Cow::Borrowed(words(status.0)),
        };
        Self { text, heard_q850, ..Self::new(status.0, "") }
    }

    pub(crate) fn unheard(self) -> Self {
        Self { unheard: true, ..self }
    }

    /// What a trunk answered, or that it could not be asked.
    pub(crate) fn of_trunk(self) -> Self {
        let subcode = match (self.unheard, self.status) {
            (true, 408) => cause::SILENT,
            (true, _) => cause::NOT_CONNECTED,
            (false, status) => cause::subcode_of_trunk(status),
        };
        Self { subcode: self.subcode.or(Some(subcode)), ..self }
    }

    /// As numbers, for records.
    pub(crate) fn cause(&self) -> Cause {
        Cause { subcode: self.subcode, q850: Some(self.q850_value()) }
    }

    /// As the telephone network has it, for the Reason header towards trunks: with the subcode in words.
    pub(crate) fn q850_reason(&self) -> String {
        let text = self.subcode.map_or(String::new(), |subcode| format!(";text=\"{subcode}\""));
        format!("Q.850;cause={}{text}", self.q850_value())
    }

    /// What a peer told weighs more than what the status stands for.
    fn q850_value(&self) -> u16 {
        self.heard_q850.or(self.q850).unwrap_or_else(|| cause::q850_of_status(self.status))
    }

    pub(crate) fn status(&self) -> Status {
        Status(self.status)
    }

    pub(crate) fn reason(&self) -> Reason {
        let (protocol, cause) = self.q850.map_or(("SIP", self.status), |cause| ("Q.850", cause));
        Reason { protocol: protocol.to_owned(), cause, text: self.text.clone().into_owned() }
    }

    /// Whether it says of a person that nobody answered, is busy, declined or has no phone that can be reached; all else
    /// is about the call or about us.
    pub(crate) fn is_of_a_person(&self) -> bool {
        !self.by_rule && matches!(self.status, 404 | 408 | 480 | 486 | 487 | 600 | 603)
    }

    /// Which of two refusals of phones ringing at once the caller hears: what a person did before what a phone did,
    /// busy only if all are busy, an unreachable phone last. RFC 3261 §16.7 (6).
    pub(crate) fn outranks(&self, other: &Self) -> bool {
        rank(self.status) > rank(other.status)
    }

    /// As said to a caller: what only makes sense between us and the callee's side is not passed on.
    pub(crate) fn for_caller(self, to_phone: Callee) -> Self {
        let status = match (self.status, to_phone) {
            (300..=399, _) => 480,
            (401 | 407, _) => 502,
            (408 | 430 | 481 | 487 | 491, Callee::Phone) => 480,
            (481 | 487 | 491, Callee::Trunk) => 480,
            (status, _) => status,
        };
        Self { status, ..self }
    }
}

/// What is said of it.
fn said(refusal: &funding::Refusal) -> PayingPrompt {
    match refusal {
        funding::Refusal::Blocked { .. } | funding::Refusal::Fraud { .. } | funding::Refusal::TooExpensive { .. } => {
            PayingPrompt::Barred
        }
        funding::Refusal::BudgetReached { .. } | funding::Refusal::SpendLimitReached { .. } => {
            PayingPrompt::LimitReached
        }
        funding::Refusal::Frozen | funding::Refusal::NoCredit | funding::Refusal::NoFunding => PayingPrompt::NoCredit,
        funding::Refusal::LedgerAway | funding::Refusal::NoDeck | funding::Refusal::NoRate { .. } => {
            PayingPrompt::NotKnown
        }
    }
}

/// What refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Callee {
    Phone,
    Trunk,
}

/// Reason for a leg that is not needed any more because another answered. RFC 3326 §2
pub(crate) fn completed_elsewhere() -> Reason {
    Reason { protocol: "SIP".to_owned(), cause: 200, text: "Call completed elsewhere".to_owned() }
}

fn rank(status: u16) -> u8 {
    match status {
        600..=699 => 4,
        480 => 3,
        486 => 2,
        408 | 430 | 500..=599 => 0,
        _ => 1,
    }
}

fn words(status: u16) -> &'static str {
    match status {
        403 => "forbidden",
        404 => "not found",
        408 => "no answer in time",
        480 => "nobody answered",
        486 | 600 => "busy",
        487 => "the call was given up",
        488 | 606 => "no common codec or encryption",
        503 => "service unavailable",
        603 => "declined",
        300..=399 => "the called party has moved",
        400..=499 => "the called party refused",
        500..=599 => "the called party's server failed",
        _ => "refused",
    }
}
