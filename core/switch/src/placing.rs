//! A call that somebody asked for without a phone in the hand: their own phones ring first, then who they call.

use std::sync::Arc;
use std::time::{Duration, Instant};

use media::LegId;
use phone::apps::attendant::Passage;
use phone::directory::Destination;
use phone::id::{TenantId, UserId};
use phone::numbers::E164;
use phone::record::{Direction, EndedBy};
use sip::endpoint::Status;

use crate::call::{Activity, Call, Event};
use crate::keeping::Kept;
use crate::limits;
use crate::node::Node;
use crate::output::{Answer, Change, Level};
use crate::party::{Party, Place};
use crate::pii::Pii;
use crate::record::{Draft, Why};
use crate::ring::{Purpose, Ring, Standing};
use crate::ringing::Fallback;
use crate::switch::Switch;

/// The phones of who asked ring.
#[derive(Debug)]
pub(crate) struct Placing {
    ring: Ring,
    destination: Destination,
}

impl Switch {
    /// Rings a person's phones, and then whom they want to call, as if they had dialled it.
    pub(crate) fn place_call(&mut self, tenant: TenantId, user: UserId, dialled: &str, line: Option<E164>) -> Answer {
        let node = &mut self.node;
        let there = node.directory.tenant(tenant).cloned();
        let Some((there, person)) = there.and_then(|there| Some((there.clone(), there.users.get(&user)?.clone())))
        else {
            return Answer::NotFound;
        };
        if node.draining {
            return refused("shutting_down", "the phone system takes no new calls any more");
        }
        let verdict = match line {
            Some(line) => there.dial_with(user, dialled, Some(line), node.wall_now()),
            None => node.dial(&there, user, dialled),
        };
        let destination = match verdict.decision {
            Ok(destination) => destination,
            Err(refusal) => return refused(refusal.code(), &verdict.reasons.join("; ")),
        };
        let id = node.new_call_id();
        let from = Party { number: person.extension.clone(), name: None, place: Place::User(user) };
        let direction = match destination {
            Destination::External(_) => Direction::Outbound,
            Destination::Attendant { .. }
            | Destination::Announcement { .. }
            | Destination::AudioTest
            | Destination::Echo
            | Destination::Queue { .. }
            | Destination::SharedMailbox { .. }
            | Destination::User { .. }
            | Destination::Visit { .. }
            | Destination::Voicemail { .. } => Direction::Internal,
        };
        let draft = Draft::new(direction, &from, dialled.to_owned(), node.now);
        let detail = format!("from={} to={}", Pii(&draft.from), Pii(&draft.to));
        node.log(Level::Info, "call begins", Some(id), detail);
        let call = Call {
            id,
            tenant: there,
            prompts: Arc::clone(&node.prompts),
            worker: node.choose_worker(tenant, [Some(user), None]),
            // Nobody yet: the first who answers.
            caller: LegId(0),
            legs: Vec::new(),
            codecs: Vec::new(),
            priority: None,
            waits_since: None,
            max_forwards: limits::MAX_FORWARDS,
            referred_by: None,
            passage: Passage::default(),
            draft,
            activity: Activity::Ending { until: node.now },
            kept: Kept::Nothing,
        };
        node.changed(Change::Call { tenant, call: id });
        self.add_call(Box::new(call));
        self.with_call(id, |call, node| {
            call.activity = Placing::begin(call, node, user, destination);
            call.sweep(node);
        });
        Answer::Done
    }
}

impl Placing {
    fn begin(call: &mut Call, node: &mut Node, user: UserId, destination: Destination) -> Activity {
        let ring_for = Duration::from_secs(call.tenant.ring_secs(user).unwrap_or(30).into());
        match Ring::user(call, node, user, Purpose::Call, ring_for) {
            Ok(ring) => Activity::Placing(Box::new(Self { ring, destination })),
            Err(refusal) => call.end(node, EndedBy::System, Why::Refused(refusal)),
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        Some(self.ring.deadline())
    }

    pub(crate) fn handle(mut self: Box<Self>, call: &mut Call, node: &mut Node, event: Event) -> Activity {
        match &event {
            Event::Referred { leg, .. } => call.refuse_refer(node, *leg, Status(403)),
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
            Standing::Ringing => Activity::Placing(self),
            Standing::Failed(refusal) => call.end(node, EndedBy::System, Why::Refused(refusal)),
            Standing::Answered(leg) => {
                call.caller = leg;
                call.codecs = call.leg(leg).and_then(crate::leg::Leg::codec).into_iter().collect();
                call.enter(node, self.destination, Fallback::GiveUp)
            }
        }
    }
}

fn refused(code: &'static str, detail: &str) -> Answer {
    Answer::Refused { code, detail: detail.to_owned() }
}
