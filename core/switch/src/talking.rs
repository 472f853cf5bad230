//! Two parties talk. Either may hold, press keys, transfer the other, and hang up.

use std::time::Duration;

use media::{Digit, LegId, Order};
use phone::apps::prompt::Playable;
use phone::apps::queue::Settings;
use phone::directory::Destination;
use sip::endpoint::{Body, Refer, Status};

use crate::call::{Activity, Call, Event, Gone, Heard, NO_SOUND};
use crate::leg::Leg;
use crate::limits;
use crate::node::Node;
use crate::party::Place;
use crate::queueing::Queueing;
use crate::taping::Tape;
use crate::transferring::{self, Transferring};

/// How long a key that came in a message sounds at the other end. RFC 4733 §2.5.2.3 wants 40 ms at least.
const DIGIT_MS: u32 = 160;

/// Two legs that hear each other, unless one holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Talking {
    pub(crate) a: LegId,
    pub(crate) b: LegId,
    held: Held,
    /// What is recorded of the two.
    pub(crate) tape: Option<Tape>,
}

/// Who wants to hear nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Held {
    by_a: bool,
    by_b: bool,
}

/// Puts the caller first in line again if an agent whom a queue offered the call was lost right after the answer.
fn lost_agent(call: &mut Call, node: &mut Node, leg: LegId, gone: &Gone) -> Option<Activity> {
    let agent = call.leg(leg)?;
    let queue = agent.offer.filter(|offer| offer.connected)?.queue;
    let answered_at = agent.history.answered_at?;
    let is_lost = match gone {
        Gone::Lost(why) => {
            let noticed_after = if *why == NO_SOUND { media::limits::SILENCE_LIMIT } else { Duration::ZERO };
            let talked = node.now.saturating_duration_since(answered_at + noticed_after);
            talked <= limits::AGENT_LOST_MAX && call.is_up(call.caller)
        }
        Gone::Cancelled | Gone::HungUp => false,
    };
    if is_lost { Queueing::take_back(call, node, queue) } else { None }
}

impl Talking {
    /// Couples the two.
    pub(crate) fn begin(call: &Call, node: &mut Node, a: LegId, b: LegId) -> Activity {
        Self::begin_taped(call, node, a, b, None)
    }

    /// Couples the two, of whom a recording goes on.
    pub(crate) fn begin_taped(call: &Call, node: &mut Node, a: LegId, b: LegId, tape: Option<Tape>) -> Activity {
        call.bridge(node, a, b);
        let mut talking = Self { a, b, held: Held::default(), tape };
        talking.follow_hold(call, node);
        Activity::Talking(talking)
    }

    /// Couples the two who talked before.
    pub(crate) fn go_on(&self, call: &Call, node: &mut Node) -> Activity {
        Self::begin_taped(call, node, self.a, self.b, self.tape)
    }

    /// Begins the recording that a queue wants of those who now talk, if they do.
    pub(crate) fn taped(
        activity: Activity,
        call: &mut Call,
        node: &mut Node,
        settings: &Settings,
        [caller, agent]: [LegId; 2],
    ) -> Activity {
        if let Activity::Talking(mut talking) = activity {
            talking.tape = Tape::begin(call, node, settings, caller, agent);
            return Activity::Talking(talking);
        }
        activity
    }

    /// The recording ends before the talk does.
    pub(crate) fn stop_tape(&self, call: &Call, node: &mut Node) {
        if let Some(tape) = self.tape {
            tape.stop(call, node);
        }
    }

    pub(crate) fn is_held(&self) -> bool {
        self.held != Held::default()
    }

    /// The party that talks with `leg`.
    pub(crate) fn other(&self, leg: LegId) -> Option<LegId> {
        match leg {
            _ if leg == self.a => Some(self.b),
            _ if leg == self.b => Some(self.a),
            _ => None,
        }
    }

    pub(crate) fn handle(mut self, call: &mut Call, node: &mut Node, event: Event) -> Activity {
        match event {
            Event::Gone { leg, gone } if self.other(leg).is_some() => {
                let Some(waits) = lost_agent(call, node, leg, &gone) else { return call.end_by_leg(node, leg, gone) };
                self.stop_tape(call, node);
                waits
            }
            Event::HoldChanged => {
                self.follow_hold(call, node);
                Activity::Talking(self)
            }
            Event::Digit { leg, digit, heard } => {
                self.pass_digit(call, node, leg, digit, heard);
                Activity::Talking(self)
            }
            Event::Referred { leg, refer } => self.referred(call, node, leg, &refer),
            Event::Adopted { transferor, leg } => self.adopted(call, node, transferor, leg),
            Event::Surrendered { transferor, called } => match called {
                Some(called) => self.transfer_blind(call, node, transferor, &called),
                None => {
                    call.notify_refer(node, transferor, Status(481));
                    Activity::Talking(self)
                }
            },
            Event::Answered { .. }
            | Event::Gone { .. }
            | Event::PickedUp { .. }
            | Event::Played { .. }
            | Event::Queue { .. }
            | Event::Quiet { .. }
            | Event::Rang { .. }
            | Event::Refused { .. }
            | Event::Resolved { .. }
            | Event::SoundReady { .. }
            | Event::Spoke { .. }
            | Event::Timeout
            | Event::Told { .. } => Activity::Talking(self),
        }
    }

    /// While one holds, the other hears music; while both do, nobody hears anything.
    fn follow_hold(&mut self, call: &Call, node: &mut Node) {
        let holds = |leg| call.leg(leg).is_some_and(Leg::holds);
        let held = Held { by_a: holds(self.a), by_b: holds(self.b) };
        if held == self.held {
            return;
        }
        if self.held == Held::default() {
            node.order(call.worker, Order::Unbridge { leg: self.a });
        }
        self.held = held;
        match (held.by_a, held.by_b) {
            (false, false) => call.bridge(node, self.a, self.b),
            (true, false) => let_wait(call, node, self.b, self.a),
            (false, true) => let_wait(call, node, self.a, self.b),
            (true, true) => {
                node.order(call.worker, Order::Stop { leg: self.a });
                node.order(call.worker, Order::Stop { leg: self.b });
            }
        }
    }

    /// A key in the sound crosses in the media thread; only where one side can't do that, the other way is used.
    fn pass_digit(&self, call: &Call, node: &mut Node, from: LegId, digit: Digit, heard: Heard) {
        let Some(to) = self.other(from).and_then(|leg| call.leg(leg)) else { return };
        let takes_events = to.session().is_some_and(media::Session::takes_events);
        match (heard, takes_events) {
            (Heard::InSound, true) => {}
            (Heard::InMessage, true) => {
                let order = Order::SendDigit { leg: to.id, digit, duration_ms: DIGIT_MS };
                node.order(call.worker, order);
            }
            (Heard::InSound | Heard::InMessage, false) => {
                let (content_type, bytes) = media::dtmf::to_info(digit);
                let body = Body { content_type: content_type.into(), bytes: bytes.into() };
                node.endpoint.info(node.now, to.usage, body, &mut node.effects);
            }
        }
    }

    // ---- transfer

    fn referred(self, call: &mut Call, node: &mut Node, transferor: LegId, refer: &Refer) -> Activity {
        let may_transfer = call.leg(transferor).is_some_and(|leg| matches!(leg.party.place, Place::User(_)));
        if !may_transfer || self.other(transferor).is_none() {
            call.refuse_refer(node, transferor, Status(403));
            return Activity::Talking(self);
        }
        match &refer.replaces {
            Some(replaces) => {
                // Accepted in any case: a phone takes a 481 to mean that this dialog is gone, and hangs up.
                call.accept_refer(node, transferor);
                let named = node.endpoint.find(replaces).and_then(|usage| node.usages.get(&usage).copied());
                match named {
                    Some((other_call, leg)) if other_call != call.id => {
                        transferring::ask_to_surrender(call, node, transferor, other_call, leg);
                    }
                    Some(_) | None => call.notify_refer(node, transferor, Status(481)),
                }
                Activity::Talking(self)
            }
            None => match transferring::judge(call, node, transferor, &refer.uri) {
                Ok((dialled, destination)) => {
                    call.accept_refer(node, transferor);
                    self.transfer_to(call, node, transferor, dialled, destination)
                }
                Err(refusal) => {
                    call.refuse_refer(node, transferor, refusal.status());
                    Activity::Talking(self)
                }
            },
        }
    }

    /// A transfer to a call that nobody had answered yet: the other party calls there anew.
    fn transfer_blind(self, call: &mut Call, node: &mut Node, transferor: LegId, dialled: &str) -> Activity {
        match transferring::judge_dialled(call, node, transferor, dialled) {
            Ok(destination) => self.transfer_to(call, node, transferor, dialled.to_owned(), destination),
            Err(refusal) => {
                call.notify_refer(node, transferor, refusal.status());
                Activity::Talking(self)
            }
        }
    }

    fn transfer_to(
        self,
        call: &mut Call,
        node: &mut Node,
        transferor: LegId,
        dialled: String,
        destination: Destination,
    ) -> Activity {
        let Some(transferee) = self.other(transferor) else { return Activity::Talking(self) };
        if self.held == Held::default() {
            node.order(call.worker, Order::Unbridge { leg: self.a });
        }
        Transferring::begin(call, node, self, transferor, transferee, dialled, destination)
    }

    /// The other call gave us the party that the transferor talked with there.
    fn adopted(self, call: &mut Call, node: &mut Node, transferor: LegId, leg: LegId) -> Activity {
        let Some(transferee) = self.other(transferor) else {
            call.hang_up_leg(node, leg, None);
            return Activity::Talking(self);
        };
        call.note_transfer(node, leg, true);
        self.stop_tape(call, node);
        call.dismiss(node, transferor);
        call.caller = transferee;
        Self::begin(call, node, transferee, leg)
    }
}

/// What a party hears while the other one holds: music, or nothing where the calling policy of who holds says so.
fn let_wait(call: &Call, node: &mut Node, waiting: LegId, by: LegId) {
    let user = call.leg(by).and_then(|holder| holder.party.user());
    match user.map_or(Some(Playable::HoldMusic), |user| call.tenant.music_on_hold(user)) {
        None => node.order(call.worker, Order::Stop { leg: waiting }),
        Some(music) => call.play_music(node, waiting, music),
    }
}
