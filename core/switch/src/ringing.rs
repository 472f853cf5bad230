//! Somebody is being called for the caller, who waits, unanswered or with a ring-back tone.

use std::time::{Duration, Instant};

use media::LegId;
use phone::directory::External;
use phone::id::UserId;
use phone::policies::calling::BusyOnBusy;
use sip::endpoint::Status;

use crate::attending::Attending;
use crate::call::{Activity, Call, Event};
use crate::depositing::Depositing;
use crate::helping::{Desk, desk_of};
use crate::leg::Leg;
use crate::node::Node;
use crate::refusal::{Refusal, completed_elsewhere};
use crate::ring::{Purpose, Ring, Standing};
use crate::supervising::Supervising;
use crate::talking::Talking;

/// A caller waits until somebody answers.
#[derive(Debug)]
pub(crate) struct Ringing {
    ring: Ring,
    /// Whose mailbox takes the call if nobody answers.
    callee: Option<UserId>,
    fallback: Fallback,
    /// The leg whose early media the caller hears.
    early: Option<LegId>,
    /// Who takes part in a call for help.
    desk: Option<Desk>,
}

/// Who takes the caller when nobody answers.
#[derive(Debug)]
pub(crate) enum Fallback {
    /// The attendant that the caller came from.
    Attendant(Box<Attending>),
    /// Nobody: the caller is refused, or told and hung up.
    GiveUp,
}

impl Ringing {
    /// Rings a user's phones, unless the user is in a call and the calling policy keeps others out meanwhile.
    pub(crate) fn user(call: &mut Call, node: &mut Node, user: UserId, fallback: Fallback) -> Activity {
        let is_in_call = node.lives.get(&call.tenant_id()).is_some_and(|live| live.worker_of(user).is_some());
        match (is_in_call, call.tenant.busy_on_busy(user)) {
            (true, BusyOnBusy::Enabled) => return not_taken(call, node, None, fallback, Refusal::IN_A_CALL),
            (true, BusyOnBusy::Unanswered) => return not_taken(call, node, Some(user), fallback, Refusal::IN_A_CALL),
            (true, BusyOnBusy::Disabled | BusyOnBusy::UserOverride) | (false, _) => {}
        }
        let ring_for = call.tenant.ring_secs(user).unwrap_or(30);
        let ring = Ring::user(call, node, user, Purpose::Call, Duration::from_secs(u64::from(ring_for)));
        Self::begin(call, node, ring, Some(user), fallback)
    }

    /// Calls a number outside.
    pub(crate) fn outside(call: &mut Call, node: &mut Node, external: External, fallback: Fallback) -> Activity {
        let desk = desk_of(call, &external);
        let ring = Ring::outside(call, node, external);
        let mut activity = Self::begin(call, node, ring, None, fallback);
        if let Activity::Ringing(ringing) = &mut activity {
            ringing.desk = desk;
        }
        activity
    }

    fn begin(
        call: &mut Call,
        node: &mut Node,
        ring: Result<Ring, Refusal>,
        callee: Option<UserId>,
        fallback: Fallback,
    ) -> Activity {
        match ring {
            Ok(ring) => {
                if call.is_up(call.caller) {
                    call.play_ring_back(node, call.caller);
                }
                Activity::Ringing(Self { ring, callee, fallback, early: None, desk: None })
            }
            Err(refusal) => not_taken(call, node, callee, fallback, refusal),
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        Some(self.ring.deadline())
    }

    pub(crate) fn handle(mut self, call: &mut Call, node: &mut Node, event: Event) -> Activity {
        match &event {
            Event::Gone { leg, gone } if *leg == call.caller => return call.end_by_leg(node, *leg, gone.clone()),
            Event::PickedUp { leg, by } => return self.picked_up(call, node, *leg, *by),
            Event::Referred { leg, .. } => call.refuse_refer(node, *leg, Status(403)),
            Event::Adopted { .. }
            | Event::Answered { .. }
            | Event::Digit { .. }
            | Event::Gone { .. }
            | Event::HoldChanged
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
                Activity::Ringing(self)
            }
            Standing::Answered(leg) => match (answered(call, node, leg), self.desk) {
                (Activity::Talking(talking), Some(desk)) => Supervising::desk(call, node, talking, &desk),
                (activity, _) => activity,
            },
            Standing::Failed(refusal) => not_taken(call, node, self.callee, self.fallback, refusal),
        }
    }

    /// The phone that rang rings no more; who called in for it takes the call.
    fn picked_up(mut self, call: &mut Call, node: &mut Node, leg: LegId, by: LegId) -> Activity {
        if !self.ring.has(leg) {
            call.hang_up_leg(node, by, None);
            return Activity::Ringing(self);
        }
        self.ring.stop(call, node, &completed_elsewhere());
        answered(call, node, by)
    }

    fn rang(&mut self, call: &mut Call, node: &mut Node, leg: LegId, early_media: bool) {
        let codec = call.leg(leg).and_then(Leg::codec);
        let caller_id = call.caller;
        // A trunk that played something and then failed is silent now; the next one may be heard.
        self.early = self.early.filter(|early| call.leg(*early).is_some_and(|early| !early.is_over()));
        let Some(caller) = call.leg_mut(caller_id) else { return };
        if !early_media || self.early.is_some() {
            caller.ring(node, Status(180));
            return;
        }
        // A caller whose offer can't be answered now can't be answered later either; the answer will say so.
        match caller.ring_with_sound(node, codec) {
            Ok(true) => {
                self.early = Some(leg);
                call.bridge(node, caller_id, leg);
            }
            Ok(false) | Err(_) => caller.ring(node, Status(180)),
        }
    }
}

/// Nobody took the call: the callee's mailbox does, if there is one. Specification of calling, 1.3 (10).
fn not_taken(
    call: &mut Call,
    node: &mut Node,
    callee: Option<UserId>,
    fallback: Fallback,
    refusal: Refusal,
) -> Activity {
    let mailbox = callee.filter(|_| refusal.is_of_a_person()).and_then(|callee| call.tenant.voicemail_of(callee));
    match mailbox {
        Some(terms) => Depositing::enter(call, node, Some(terms)),
        None => fallback.take(call, node, refusal),
    }
}

impl Fallback {
    fn take(self, call: &mut Call, node: &mut Node, refusal: Refusal) -> Activity {
        match self {
            Self::Attendant(attending) => attending.take_back(call, node),
            Self::GiveUp => call.give_up(node, refusal),
        }
    }
}

/// Somebody answered: so is the caller, in the same codec where that can be.
pub(crate) fn answered(call: &mut Call, node: &mut Node, leg: LegId) -> Activity {
    let Some(answering) = call.leg(leg) else {
        return call.give_up(node, Refusal::BUG);
    };
    let (codec, party) = (answering.codec(), answering.party.clone());
    if let Err(refusal) = call.answer_caller(node, codec) {
        return call.end(node, phone::record::EndedBy::System, crate::record::Why::Refused(refusal));
    }
    call.draft.note_answer(node.now, &party);
    Talking::begin(call, node, call.caller, leg)
}
