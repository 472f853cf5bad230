//! What a call's record will say, collected while it lives.

use std::time::Instant;

use jiff::Timestamp;
use media::quality::Quality;
use phone::apps::mailbox::Via;
use phone::id::{CallId, TenantId};
use phone::numbers::stir::Checked;
use phone::record::segment::{Onward, Pass, QueueResult, Segment};
use phone::record::{
    AttemptResult, CallRecord, CallResult, Direction, EndedBy, LegQuality, LegRecord, PathStep, SigningOutcome, Step,
    TrunkAttempt,
};

use crate::clock::Clock;
use crate::keeping::KeptRecord;
use crate::leg::{Leg, Origin};
use crate::limits;
use crate::party::Party;
use crate::refusal::Refusal;

/// A record in the making.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) direction: Direction,
    pub(crate) from: String,
    pub(crate) from_name: Option<String>,
    pub(crate) to: String,
    pub(crate) began_at: Instant,
    pub(crate) answered: Option<Answered>,
    legs: Vec<LegRecord>,
    path: Vec<PathStep>,
    /// Trunks that were tried; the last one may be under way.
    attempts: Vec<TrunkAttempt>,
    attempt_began_at: Option<Instant>,
    segments: Vec<Segment>,
    /// The rules that decided where the call goes first.
    pub(crate) decisions: Vec<String>,
    /// What was found of the signature of the caller's number.
    pub(crate) signature: Option<Checked>,
    /// The app that has the call, or had it last.
    segment: Option<usize>,
    ended: Option<Ended>,
}

/// The first answer of an agent, a person or the far end.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    pub(crate) at: Instant,
    pub(crate) by: Party,
}

/// How a call ended.
#[derive(Clone, Debug)]
pub(crate) struct End {
    pub(crate) by: EndedBy,
    pub(crate) why: Why,
}

/// Why a call ended.
#[derive(Clone, Debug)]
pub(crate) enum Why {
    /// The caller gave up before anybody answered.
    Abandoned,
    /// A bug of ours.
    Failed(Refusal),
    /// One side hung up after the answer.
    Hangup,
    /// The caller left a message in a mailbox.
    LeftMessage,
    /// Nobody could be reached.
    Refused(Refusal),
    /// Ended from outside: silence, an expired session, an administrator.
    Stopped(Refusal),
    /// An app came to its end.
    Treated,
}

#[derive(Debug)]
struct Ended {
    at: Instant,
    end: End,
}

impl Draft {
    pub(crate) fn new(direction: Direction, from: &Party, to: String, began_at: Instant) -> Self {
        Self {
            direction,
            from: from.number.clone(),
            from_name: from.name.clone(),
            to,
            began_at,
            answered: None,
            legs: Vec::new(),
            path: Vec::new(),
            attempts: Vec::new(),
            attempt_began_at: None,
            segments: Vec::new(),
            decisions: Vec::new(),
            signature: None,
            segment: None,
            ended: None,
        }
    }

    /// What is said so far of a call that nobody has answered.
    pub(crate) fn keep(&self, clock: &Clock) -> KeptRecord {
        KeptRecord {
            direction: self.direction,
            from: self.from.clone(),
            from_name: self.from_name.clone(),
            to: self.to.clone(),
            began_at: clock.wall(self.began_at),
            legs: self.legs.clone(),
            path: self.path.clone(),
            segments: self.segments.clone(),
            decisions: self.decisions.clone(),
            signature: self.signature.clone(),
        }
    }

    /// Goes on with what was said in another process; the app that was entered last has the call.
    pub(crate) fn resume(kept: KeptRecord, clock: &Clock, now: Instant) -> Self {
        Self {
            direction: kept.direction,
            from: kept.from,
            from_name: kept.from_name,
            to: kept.to,
            began_at: clock.instant(now, kept.began_at),
            answered: None,
            legs: kept.legs,
            path: kept.path,
            attempts: Vec::new(),
            attempt_began_at: None,
            segment: kept.segments.len().checked_sub(1),
            segments: kept.segments,
            decisions: kept.decisions,
            signature: kept.signature,
            ended: None,
        }
    }

    /// Only the first answer counts.
    pub(crate) fn note_answer(&mut self, now: Instant, by: &Party) {
        if self.answered.is_none() {
            self.answered = Some(Answered { at: now, by: by.clone() });
        }
    }

    /// Who answered was lost before anything came of it, and the caller waits again.
    pub(crate) fn forget_answer(&mut self) {
        self.answered = None;
    }

    /// A trunk is tried from now on.
    pub(crate) fn begin_attempt(&mut self, now: Instant, attempt: TrunkAttempt) {
        if self.attempts.len() < limits::ATTEMPTS_RECORDED_MAX {
            self.attempts.push(attempt);
            self.attempt_began_at = Some(now);
        }
    }

    /// What came of the trunk that is tried; nothing, if none is.
    pub(crate) fn end_attempt(&mut self, now: Instant, result: AttemptResult, refusal: Option<&Refusal>) {
        let (Some(began_at), Some(attempt)) = (self.attempt_began_at.take(), self.attempts.last_mut()) else { return };
        let millis = now.saturating_duration_since(began_at).as_millis();
        attempt.milliseconds = u32::try_from(millis).unwrap_or(u32::MAX);
        attempt.result = result;
        attempt.status = refusal.map(|refusal| refusal.status);
        attempt.reason = refusal.map(|refusal| refusal.text.clone().into_owned());
        attempt.cause = refusal.map(Refusal::cause);
    }

    /// What came of signing the number that the trunk that is tried is shown.
    pub(crate) fn note_signing(&mut self, outcome: SigningOutcome) {
        if let Some(attempt) = self.attempts.last_mut().filter(|_| self.attempt_began_at.is_some()) {
            attempt.signing = Some(outcome);
        }
    }

    pub(crate) fn note_step(&mut self, at: Timestamp, step: Step) {
        self.path.push(PathStep { at, step });
    }

    /// The call comes to an app. Returns its segment, by which what happens there is told.
    pub(crate) fn enter(&mut self, at: Timestamp, pass: Pass) -> usize {
        let index = self.segments.len();
        if index < limits::SEGMENTS_MAX {
            self.segments.push(Segment::new(self.segment, at, pass));
            self.segment = Some(index);
        }
        index
    }

    /// The app that sent the call away has it again.
    pub(crate) fn return_to(&mut self, index: usize) {
        self.segment = Some(index).filter(|index| *index < self.segments.len());
    }

    /// A segment; none beyond the limit.
    pub(crate) fn segment_mut(&mut self, index: usize) -> Option<&mut Segment> {
        self.segments.get_mut(index)
    }

    /// Where the app that has the call sends it.
    pub(crate) fn note_onward(&mut self, onward: Option<Onward>) {
        if let Some(segment) = self.segment.and_then(|index| self.segments.get_mut(index)) {
            segment.onward = onward;
        }
    }

    /// What the call did in apps so far.
    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The attendant or queue that the call was in last.
    pub(crate) fn last_app(&self) -> Option<Via> {
        self.path.iter().rev().find_map(|step| match step.step {
            Step::Attendant { id, .. } => Some(Via::Attendant(id)),
            Step::Queue { id, .. } => Some(Via::Queue(id)),
            Step::Mailbox { .. } | Step::Recorded { .. } | Step::Supervised { .. } | Step::Transferred { .. } => None,
        })
    }

    /// Only the first end counts.
    pub(crate) fn note_end(&mut self, now: Instant, end: End) {
        if self.ended.is_none() {
            self.ended = Some(Ended { at: now, end });
        }
    }

    /// A bug outweighs whatever end was noted before.
    pub(crate) fn note_bug(&mut self, now: Instant, end: End) {
        self.ended = Some(Ended { at: now, end });
    }

    pub(crate) fn note_leg(&mut self, now: Instant, leg: &Leg, clock: &Clock) {
        if self.legs.len() >= limits::LEG_RECORDS_MAX {
            let unanswered = self.legs.iter().position(|leg| leg.answered_at.is_none());
            self.legs.remove(unanswered.unwrap_or(0));
        }
        self.legs.push(leg_record(now, leg, clock));
    }

    /// The record, once everything is known.
    pub(crate) fn finish(self, id: CallId, tenant: TenantId, now: Instant, clock: &Clock) -> CallRecord {
        let ended =
            self.ended.unwrap_or(Ended { at: now, end: End { by: EndedBy::System, why: Why::Failed(Refusal::BUG) } });
        let (by, answered_at) = match self.answered {
            Some(answered) => (Some(answered.by), Some(answered.at)),
            None => (None, None),
        };
        let talked = answered_at.map_or(0, |at| ended.at.saturating_duration_since(at).as_secs());
        let mut legs = self.legs;
        legs.sort_by_key(|leg| leg.started_at);
        let mut segments = self.segments;
        let over_at = clock.wall(ended.at);
        for segment in &mut segments {
            segment.end(over_at);
            note_parting(segment, &legs, over_at);
        }
        let refusal = ended.end.why.refusal();
        CallRecord {
            id,
            tenant,
            direction: self.direction,
            from: self.from,
            from_name: self.from_name,
            to: self.to,
            started_at: clock.wall(self.began_at),
            answered_at: answered_at.map(|at| clock.wall(at)),
            ended_at: clock.wall(ended.at),
            talk_seconds: u32::try_from(talked).unwrap_or(u32::MAX),
            result: ended.end.why.result(answered_at.is_some()),
            status: if answered_at.is_some() { None } else { refusal.map(|refusal| refusal.status) },
            reason: refusal.map(|refusal| refusal.text.clone().into_owned()),
            cause: refusal.map(Refusal::cause),
            decisions: self.decisions,
            signature: self.signature,
            answered_by_user: by.as_ref().and_then(Party::user),
            answered_by: by.map(|by| by.number),
            ended_by: ended.end.by,
            legs,
            path: self.path,
            attempts: self.attempts,
            segments,
        }
    }
}

impl Why {
    fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Failed(refusal) | Self::Refused(refusal) | Self::Stopped(refusal) => Some(refusal),
            Self::Abandoned | Self::Hangup | Self::LeftMessage | Self::Treated => None,
        }
    }

    fn result(&self, answered: bool) -> CallResult {
        match self {
            Self::Failed(_) => CallResult::Failed,
            _ if answered => CallResult::Answered,
            Self::Abandoned => CallResult::Abandoned,
            Self::LeftMessage => CallResult::Voicemail,
            Self::Refused(refusal) if refusal.by_rule => CallResult::Refused,
            Self::Refused(refusal) | Self::Stopped(refusal) => match refusal.status {
                486 | 600 => CallResult::Busy,
                _ => CallResult::NoAnswer,
            },
            Self::Hangup | Self::Treated => CallResult::Treated,
        }
    }
}

/// When the agent who answered hung up, or passed the caller on.
fn note_parting(segment: &mut Segment, legs: &[LegRecord], over_at: Timestamp) {
    let Some(left_at) = segment.ended_at else { return };
    let Some(pass) = segment.queue_pass_mut().filter(|pass| pass.result == QueueResult::Answered) else { return };
    let talked = |leg: &&LegRecord| {
        leg.user == pass.agent && leg.answered_at.is_some_and(|at| at <= left_at) && left_at <= leg.ended_at
    };
    pass.talked_until = Some(legs.iter().rev().find(talked).map_or(over_at, |leg| leg.ended_at));
}

/// A leg that goes on in another call ends here now.
fn leg_record(now: Instant, leg: &Leg, clock: &Clock) -> LegRecord {
    let history = &leg.history;
    LegRecord {
        inbound: leg.origin == Origin::Received,
        party: leg.party.number.clone(),
        user: leg.party.user(),
        trunk: leg.party.trunk(),
        sip_call_id: history.sip_call_id.clone(),
        started_at: clock.wall(history.began_at),
        ringing_at: history.rang_at.map(|at| clock.wall(at)),
        answered_at: history.answered_at.map(|at| clock.wall(at)),
        ended_at: clock.wall(history.ended_at.unwrap_or(now)),
        status: history.status,
        codec: history.codec.map(|codec| codec.name().to_owned()),
        encrypted: history.encrypted,
        quality: history.quality.as_ref().map(leg_quality),
    }
}

fn leg_quality(quality: &Quality) -> LegQuality {
    #[expect(clippy::cast_precision_loss, reason = "a percentage for people")]
    let percent = |part: u64, whole: u64| if whole == 0 { 0.0 } else { 100.0 * part as f32 / whole as f32 };
    LegQuality {
        packets_received: quality.packets_received,
        packets_sent: quality.packets_sent,
        packets_lost: quality.packets_lost,
        loss_percent: percent(quality.packets_lost, quality.packets_lost.saturating_add(quality.packets_received)),
        jitter_ms: quality.jitter_ms,
        round_trip_ms: quality.round_trip_ms,
        mos: quality.mos,
    }
}
