//! Transfers by a phone: blind to a number, attended to a party of another call. RFC 3515, 3891, 5589.

use std::time::{Duration, Instant};

use media::LegId;
use phone::directory::Destination;
use phone::id::CallId;
use phone::record::{EndedBy, Step};
use sip::endpoint::{Status, UsageId};

use crate::call::{Activity, Call, Event, Input};
use crate::leg::{Leg, Origin, State};
use crate::limits;
use crate::node::Node;
use crate::party::Place;
use crate::record::{End, Why};
use crate::refusal::{Refusal, completed_elsewhere};
use crate::ring::{Purpose, Ring, Standing};
use crate::ringing::{self, Fallback};
use crate::talking::Talking;
use crate::taping::Tape;

/// One party waits while its new party rings; the one who transferred may still be there.
#[derive(Debug)]
pub(crate) struct Transferring {
    ring: Ring,
    transferor: LegId,
    /// The transferor's dialog: he hears how it went even if he hung up meanwhile.
    told: Option<UsageId>,
    /// Who talked before, to go back to if the transfer fails.
    before: Talking,
    early: Option<LegId>,
}

impl Transferring {
    /// Sends `transferee` to a destination. What an app answers at once is done at once.
    pub(crate) fn begin(
        call: &mut Call,
        node: &mut Node,
        before: Talking,
        transferor: LegId,
        transferee: LegId,
        dialled: String,
        destination: Destination,
    ) -> Activity {
        let told = call.usage_of(transferor);
        let domain = call.tenant.profile.sip_domain.clone();
        call.referred_by = call.leg(transferor).map(|leg| leg.party.address(&domain));
        call.caller = transferee;
        call.codecs = call.leg(transferee).and_then(Leg::codec).into_iter().collect();
        let step = Step::Transferred { to: dialled, attended: false };
        call.draft.note_step(node.wall_now(), step);
        let ring = match destination {
            Destination::User { id } => {
                let ring_for = call.tenant.ring_secs(id).unwrap_or(30);
                Ring::user(call, node, id, Purpose::Call, Duration::from_secs(u64::from(ring_for)))
            }
            Destination::External(external) => Ring::outside(call, node, *external),
            Destination::Attendant { .. }
            | Destination::Announcement { .. }
            | Destination::AudioTest
            | Destination::Echo
            | Destination::Queue { .. }
            | Destination::SharedMailbox { .. }
            | Destination::Visit { .. }
            | Destination::Voicemail { .. } => {
                before.stop_tape(call, node);
                call.dismiss(node, transferor);
                return call.enter(node, destination, Fallback::GiveUp);
            }
        };
        match ring {
            Ok(ring) => {
                call.play_ring_back(node, transferee);
                Activity::Transferring(Self { ring, transferor, told, before, early: None })
            }
            Err(refusal) => fail(call, node, transferor, told, &before, refusal),
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        Some(self.ring.deadline())
    }

    /// The recording of those who talked before goes on until somebody else answers.
    pub(crate) fn tape(&self) -> Option<Tape> {
        self.before.tape
    }

    pub(crate) fn handle(mut self, call: &mut Call, node: &mut Node, event: Event) -> Activity {
        match &event {
            Event::Gone { leg, gone } if *leg == call.caller => {
                tell(node, self.told, Status(487));
                return call.end_by_leg(node, *leg, gone.clone());
            }
            Event::Referred { leg, .. } => call.refuse_refer(node, *leg, Status(491)),
            Event::Adopted { .. }
            | Event::Answered { .. }
            | Event::Digit { .. }
            | Event::Gone { .. }
            | Event::HoldChanged
            | Event::PickedUp { .. }
            | Event::Played { .. }
            | Event::Queue { .. }
            | Event::Quiet { .. }
            | Event::Rang { .. }
            | Event::Refused { .. }
            | Event::Resolved { .. }
            | Event::SoundReady { .. }
            | Event::Spoke { .. }
            | Event::Surrendered { .. }
            | Event::Timeout
            | Event::Told { .. } => {}
        }
        match self.ring.handle(call, node, &event) {
            Standing::Ringing => {
                if let Event::Rang { leg, early_media, .. } = event {
                    self.rang(call, node, leg, early_media);
                }
                Activity::Transferring(self)
            }
            Standing::Answered(leg) => {
                self.before.stop_tape(call, node);
                tell(node, self.told, Status(200));
                call.expect_farewell(node, self.transferor);
                ringing::answered(call, node, leg)
            }
            Standing::Failed(refusal) => fail(call, node, self.transferor, self.told, &self.before, refusal),
        }
    }

    fn rang(&mut self, call: &mut Call, node: &mut Node, leg: LegId, early_media: bool) {
        tell(node, self.told, Status(180));
        if early_media && self.early.is_none() {
            self.early = Some(leg);
            call.bridge(node, call.caller, leg);
        }
    }
}

/// Back to the one who transferred, if he is still there.
fn fail(
    call: &mut Call,
    node: &mut Node,
    transferor: LegId,
    told: Option<UsageId>,
    before: &Talking,
    refusal: Refusal,
) -> Activity {
    tell(node, told, refusal.status());
    if !call.is_up(transferor) {
        return call.give_up(node, refusal);
    }
    before.go_on(call, node)
}

/// News for who asked for a transfer.
fn tell(node: &mut Node, told: Option<UsageId>, status: Status) {
    if let Some(usage) = told {
        node.endpoint.notify_refer(node.now, usage, status, &mut node.effects);
    }
}

/// Where a Refer-To leads, judged as if the transferor dialled it.
pub(crate) fn judge(call: &Call, node: &Node, transferor: LegId, uri: &str) -> Result<(String, Destination), Refusal> {
    let dialled =
        crate::calling::dialled_of_uri(uri).ok_or_else(|| Refusal::by_rule(phone::directory::Refusal::NotANumber))?;
    let destination = judge_dialled(call, node, transferor, &dialled)?;
    Ok((dialled, destination))
}

pub(crate) fn judge_dialled(
    call: &Call,
    node: &Node,
    transferor: LegId,
    dialled: &str,
) -> Result<Destination, Refusal> {
    match call.leg(transferor).map(|leg| leg.party.place) {
        Some(Place::User(user)) => call.tenant.dial(user, dialled, node.wall_now()).decision.map_err(Refusal::by_rule),
        Some(Place::Trunk(_)) | None => Err(Refusal::new(403, "a trunk may not transfer").with_rule()),
    }
}

/// Asks the call in which the transferor is `leg` for the party that he talks with there.
pub(crate) fn ask_to_surrender(call: &Call, node: &mut Node, transferor: LegId, other: CallId, leg: LegId) {
    let Some(user) = call.leg(transferor).and_then(|leg| leg.party.user()) else { return };
    node.call_input(other, Input::Surrender(Surrender { leg, user, transferor, to: call.id }));
}

impl Call {
    /// Gives the party that talks with `leg` to call `to`, and ends. A call that nobody answered yet ends too, and the
    /// other call goes where this one went. Only who is a party himself may ask.
    pub(crate) fn surrender(&mut self, node: &mut Node, asked: Surrender) {
        let Surrender { leg, user, transferor, to } = asked;
        let is_his = self.leg(leg).is_some_and(|leg| leg.party.user() == Some(user) && !leg.is_over());
        let other = self.talks_with(leg);
        let waits = is_his && other.is_none() && self.caller == leg;
        let answer = match other.filter(|_| is_his) {
            Some(other) => self.part_with(node, other, to).map(|leg| Input::Adopt { transferor, leg: Box::new(leg) }),
            None if waits => {
                let called = Some(self.draft.to.clone());
                self.stop(node, EndedBy::Caller, Refusal::new(487, "transferred"));
                Some(Input::Surrendered { transferor, called })
            }
            None => None,
        };
        node.call_input(to, answer.unwrap_or(Input::Surrendered { transferor, called: None }));
    }

    fn part_with(&mut self, node: &mut Node, id: LegId, to: CallId) -> Option<Leg> {
        self.end_supervision(node);
        if let Some(tape) = self.tape() {
            tape.stop(self, node);
        }
        let index = self.legs.iter().position(|leg| leg.id == id)?;
        let leg = self.legs.remove(index);
        node.usages.insert(leg.usage, (to, id));
        node.legs.insert(id, to);
        self.draft.note_leg(node.now, &leg, &node.clock);
        let step = Step::Transferred { to: leg.party.number.clone(), attended: true };
        self.draft.note_step(node.wall_now(), step);
        for left in &mut self.legs {
            left.hang_up(node, None, None);
        }
        self.draft.note_end(node.now, End { by: EndedBy::Caller, why: Why::Hangup });
        self.activity = Activity::Ending { until: node.now + limits::CLOSING_MAX };
        Some(leg)
    }

    /// Takes the party that another call gave up, to this call's media thread.
    pub(crate) fn adopt(&mut self, node: &mut Node, transferor: LegId, leg: Leg) {
        let (id, worker) = (leg.id, self.worker);
        self.legs.push(leg);
        if !matches!(self.activity, Activity::Talking(_) | Activity::Supervising(_)) {
            return self.hang_up_leg(node, id, None);
        }
        if let Some(leg) = self.leg_mut(id) {
            leg.move_to(node, worker);
        }
        self.step(node, Event::Adopted { transferor, leg: id });
    }

    /// `by` called in with Replaces and takes the place of `leg`: a talking party, or a phone that rings. RFC 3891 §3
    pub(crate) fn replace(&mut self, node: &mut Node, leg: LegId, by: Leg) {
        let by_id = by.id;
        let may = self.legs.iter().any(|known| known.party.user() == by.party.user() && !known.is_over());
        self.legs.push(by);
        let rings = self.leg(leg).is_some_and(|leg| leg.origin == Origin::Sent && leg.state < State::Answered);
        let is_ringing = rings && matches!(self.activity, Activity::Ringing(_));
        let talks_with = self.talks_with(leg);
        match talks_with {
            Some(other) if may => self.replace_talking(node, leg, other, by_id),
            None if may && is_ringing && self.accept_leg(node, by_id, self.caller) => {
                self.step(node, Event::PickedUp { leg, by: by_id });
            }
            Some(_) | None => {
                self.refuse_leg(node, by_id, &Refusal::new(481, "the call to replace is not there"));
                self.sweep(node);
            }
        }
    }

    fn replace_talking(&mut self, node: &mut Node, leg: LegId, other: LegId, by: LegId) {
        if !self.accept_leg(node, by, other) {
            return self.refuse_leg(node, by, &Refusal::NOT_ACCEPTABLE);
        }
        self.end_supervision(node);
        let tape = self.tape().and_then(|tape| tape.handed_on(self, node, leg, by));
        self.hang_up_leg(node, leg, Some(&completed_elsewhere()));
        if self.caller == leg {
            self.caller = by;
        }
        self.activity = Talking::begin_taped(self, node, other, by, tape);
        self.sweep(node);
    }

    /// The party that talks with `leg`, if they talk.
    fn talks_with(&self, leg: LegId) -> Option<LegId> {
        match &self.activity {
            Activity::Supervising(supervising) => supervising.talking.other(leg),
            Activity::Talking(talking) => talking.other(leg),
            Activity::Announcing(_)
            | Activity::Attending(_)
            | Activity::CallingBack(_)
            | Activity::Depositing(_)
            | Activity::Ending { .. }
            | Activity::Placing(_)
            | Activity::Queueing(_)
            | Activity::Resuming(_)
            | Activity::Ringing(_)
            | Activity::Testing(_)
            | Activity::Transferring(_)
            | Activity::Verifying(_)
            | Activity::Visiting(_) => None,
        }
    }

    /// Answers a leg that called in, in the codec of the one it will talk with. False if it can't be answered.
    fn accept_leg(&mut self, node: &mut Node, id: LegId, peer: LegId) -> bool {
        let prefer = self.leg(peer).and_then(Leg::codec);
        match self.leg_mut(id).map(|leg| leg.accept(node, prefer)) {
            Some(Ok(())) => true,
            Some(Err(_)) | None => false,
        }
    }

    fn refuse_leg(&mut self, node: &mut Node, id: LegId, refusal: &Refusal) {
        if let Some(leg) = self.leg_mut(id) {
            leg.hang_up(node, Some(refusal), None);
        }
    }

    // ---- what the transferor hears of it

    pub(crate) fn accept_refer(&self, node: &mut Node, transferor: LegId) {
        if let Some(usage) = self.usage_of(transferor) {
            node.endpoint.answer_refer(node.now, usage, Status(202), &mut node.effects);
        }
    }

    pub(crate) fn refuse_refer(&self, node: &mut Node, transferor: LegId, status: Status) {
        if let Some(usage) = self.usage_of(transferor) {
            node.endpoint.answer_refer(node.now, usage, status, &mut node.effects);
        }
    }

    pub(crate) fn notify_refer(&self, node: &mut Node, transferor: LegId, status: Status) {
        tell(node, self.usage_of(transferor), status);
    }

    /// The transfer succeeded: the transferor hears of it.
    pub(crate) fn dismiss(&mut self, node: &mut Node, transferor: LegId) {
        self.notify_refer(node, transferor, Status(200));
        self.expect_farewell(node, transferor);
    }

    /// The transferor is needed no more. His phone hangs up; if not, we do.
    fn expect_farewell(&mut self, node: &Node, transferor: LegId) {
        if let Some(leg) = self.leg_mut(transferor) {
            leg.leaves_at = Some(node.now + limits::FAREWELL_MAX);
        }
    }

    pub(crate) fn note_transfer(&mut self, node: &Node, to: LegId, attended: bool) {
        if let Some(to) = self.leg(to).map(|leg| leg.party.number.clone()) {
            self.draft.note_step(node.wall_now(), Step::Transferred { to, attended });
        }
    }

    pub(crate) fn usage_of(&self, id: LegId) -> Option<UsageId> {
        self.leg(id).filter(|leg| !leg.is_over()).map(|leg| leg.usage)
    }
}

/// What a call is asked to give up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surrender {
    /// The transferor's leg in the call asked, and who he is.
    pub(crate) leg: LegId,
    pub(crate) user: phone::id::UserId,
    /// The transferor's leg in the call that asks.
    pub(crate) transferor: LegId,
    pub(crate) to: CallId,
}
