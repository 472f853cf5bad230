//! Why a call does not come about or ends: a SIP status with words, as the Reason header and the record say it.

use std::borrow::Cow;

use sip::endpoint::{Reason, Status};

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
}

impl Refusal {
    pub(crate) const fn new(status: u16, text: &'static str) -> Self {
        Self { status, text: Cow::Borrowed(text), by_rule: false, unheard: false, retry_after_secs: None, q850: None }
    }

    const fn with_cause(status: u16, text: &'static str, q850: u16) -> Self {
        Self {
            status,
            text: Cow::Borrowed(text),
            by_rule: true,
            unheard: false,
            retry_after_secs: None,
            q850: Some(q850),
        }
    }

    pub(crate) const NO_PORTS: Self = Self::new(503, "no media port is free");
    pub(crate) const NOT_ACCEPTABLE: Self = Self::new(488, "no common codec or encryption");
    pub(crate) const NO_ANSWER: Self = Self::new(480, "nobody answered");
    pub(crate) const NOT_REGISTERED: Self = Self::new(480, "no phone is registered");
    pub(crate) const DRAINING: Self = Self::new(503, "this node takes no new calls");
    pub(crate) const NO_TRUNK: Self = Self::new(503, "no trunk can take the call");
    pub(crate) const TRUNK_SILENT: Self = Self::new(408, "the trunk does not answer");
    pub(crate) const TRUNK_BUSY: Self = Self::new(503, "the trunk carries as many calls as it may");
    pub(crate) const TRUNK_HURRIED: Self = Self::new(503, "the trunk began as many calls in this second as it may");
    pub(crate) const NO_ADDRESS: Self = Self::new(503, "the trunk's name has no address");
    pub(crate) const NUMBER_BUSY: Self = Self::new(486, "the number carries as many calls as it may");
    /// Specification of calling, 2.12.
    pub(crate) const IN_A_CALL: Self = Self::new(486, "the person is in a call");
    pub(crate) const OWN_NUMBER_BUSY: Self = Self::new(503, "the caller's number carries as many calls as it may");
    pub(crate) const TOO_MANY_LEGS: Self = Self::new(503, "the call has too many legs");
    pub(crate) const BUG: Self = Self::new(500, "internal error");
    pub(crate) const QUEUE_BUSY: Self = Self::new(486, "the queue is full");
    /// Specification of numbers, 2.6.
    pub(crate) const CREDIT_EXHAUSTED: Self = Self::with_cause(402, "credit exhausted", 31);

    /// A refusal by a rule of the directory.
    pub(crate) fn by_rule(refusal: phone::directory::Refusal) -> Self {
        Self::of_rule(refusal.sip_status(), refusal.to_string())
    }

    /// Nobody would pay for a call that one of the organization's people wants to make.
    pub(crate) fn unpaid(refusal: &phone::money::funding::Refusal) -> Self {
        Self::of_rule(refusal.sip_status(), refusal.to_string())
    }

    /// Nobody would pay for a call from outside: who calls hears that nobody can be reached. Specification of voice apps, 2.1.
    pub(crate) fn unpaid_from_outside(refusal: &phone::money::funding::Refusal) -> Self {
        Self { status: 480, q850: Some(31), ..Self::unpaid(refusal) }
    }

    fn of_rule(status: u16, text: String) -> Self {
        Self { status, text: Cow::Owned(text), by_rule: true, unheard: false, retry_after_secs: None, q850: None }
    }

    pub(crate) fn with_rule(self) -> Self {
        Self { by_rule: true, ..self }
    }

    /// What a peer answered.
    pub(crate) fn from_peer(status: Status, reason: Option<Reason>) -> Self {
        let text = match reason {
            Some(reason) if !reason.text.is_empty() => Cow::Owned(reason.text),
            Some(_) | None => Cow::Borrowed(words(status.0)),
        };
        Self { status: status.0, text, by_rule: false, unheard: false, retry_after_secs: None, q850: None }
    }

    pub(crate) fn unheard(self) -> Self {
        Self { unheard: true, ..self }
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
