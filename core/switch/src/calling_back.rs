//! A caller who gave up the line is called back: an agent first, then the caller. Specification of voice apps, 3.9.

use std::time::{Duration, Instant};

use media::LegId;
use phone::apps::queue::callback::Contact;
use phone::apps::queue::{self, OfferFailure, Withdrawal};
use phone::directory::Destination;
use phone::directory::outbound::Passing;
use phone::id::{CallId, QueueId, UserId};
use phone::record::segment::{OfferResult, Pass, QueuePass, QueueResult};
use phone::record::{EndedBy, Step};
use sip::endpoint::Status;

use crate::announcing::Announcing;
use crate::call::{Activity, Call, Event, Gone};
use crate::node::Node;
use crate::queueing::{OFFER_SLACK, failure, pass_mut, refused_offer, withdrawn, withdrawn_offer};
use crate::record::Why;
use crate::refusal::{Refusal, completed_elsewhere};
use crate::ring::{Purpose, Ring, Standing};
use crate::talking::Talking;

/// An attempt is a call of its own, and begins as one.
const SEGMENT: usize = 0;

/// One attempt.
#[derive(Debug)]
pub(crate) struct CallingBack {
    pub(crate) offer: Offered,
    stage: Stage,
}

/// What the queue wants of this call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offered {
    /// The request, which has the id of the call in which it was made.
    pub(crate) request: CallId,
    pub(crate) queue: QueueId,
    pub(crate) agent: UserId,
    pub(crate) contact: Contact,
}

#[derive(Debug)]
enum Stage {
    /// The agent's phones ring.
    Agent(Ring),
    /// One was answered; the queue has the word.
    Answered(LegId),
    /// The caller's phone rings, and the agent listens.
    Caller(Ring),
}

impl CallingBack {
    /// Rings the agent.
    pub(crate) fn begin(call: &mut Call, node: &mut Node, offer: Offered) -> Activity {
        if let Some(queue) = call.tenant.queues.get(&offer.queue).cloned() {
            let mut pass = QueuePass::new(queue.id, queue.name.clone(), queue.service_level_secs);
            pass.offer(node.wall_now(), offer.agent, queue.routing, 1);
            call.enter_segment(node, Pass::Callback(pass));
        }
        let alert_secs = call.tenant.queues.get(&offer.queue).map_or(0, |queue| queue.agent_alert_secs);
        let ring_for = Duration::from_secs(alert_secs.into()) + OFFER_SLACK;
        match Ring::user(call, node, offer.agent, Purpose::Offer(offer.queue), ring_for) {
            Ok(ring) => Activity::CallingBack(Box::new(Self { offer, stage: Stage::Agent(ring) })),
            Err(refusal) => refused(call, node, offer, refusal),
        }
    }

    pub(crate) fn name(&self, call: &Call) -> String {
        call.tenant.queues.get(&self.offer.queue).map_or(String::new(), |queue| queue.name.clone())
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        match &self.stage {
            Stage::Agent(ring) | Stage::Caller(ring) => Some(ring.deadline()),
            Stage::Answered(_) => None,
        }
    }

    pub(crate) fn handle(mut self: Box<Self>, call: &mut Call, node: &mut Node, event: Event) -> Activity {
        match event {
            Event::Queue { effect } => return self.obey(call, node, effect),
            Event::Referred { leg, .. } => call.refuse_refer(node, leg, Status(403)),
            Event::Gone { leg, gone } if self.listens(call, leg) => return self.agent_gone(call, node, leg, gone),
            Event::Adopted { .. }
            | Event::Answered { .. }
            | Event::Digit { .. }
            | Event::Gone { .. }
            | Event::HoldChanged
            | Event::PickedUp { .. }
            | Event::Played { .. }
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
        match &mut self.stage {
            Stage::Agent(ring) => match ring.handle(call, node, &event) {
                Standing::Ringing => {}
                Standing::Answered(leg) => {
                    self.stage = Stage::Answered(leg);
                    let Offered { request, agent, .. } = self.offer;
                    end_offer(call, node, agent, OfferResult::Answered);
                    node.queue_event(call.tenant_id(), queue::Event::AgentAnswered { call: request, agent });
                }
                Standing::Failed(refusal) => return refused(call, node, self.offer, refusal),
            },
            Stage::Caller(ring) => match ring.handle(call, node, &event) {
                Standing::Ringing => {}
                Standing::Answered(leg) => return self.reached(call, node, leg),
                Standing::Failed(refusal) => return self.missed(call, node, refusal),
            },
            Stage::Answered(_) => {}
        }
        Activity::CallingBack(self)
    }

    /// The call is ended from outside.
    pub(crate) fn stop(&self, call: &Call, node: &mut Node) {
        let Offered { request, agent, .. } = self.offer;
        let event = match &self.stage {
            Stage::Agent(_) => queue::Event::AgentRefused { call: request, agent, why: OfferFailure::Unreachable },
            Stage::Answered(_) | Stage::Caller(_) => queue::Event::CallbackMissed { call: request },
        };
        node.queue_event(call.tenant_id(), event);
    }

    /// Whether the leg is the agent's, who waits for the caller.
    fn listens(&self, call: &Call, leg: LegId) -> bool {
        match &self.stage {
            Stage::Agent(_) => false,
            Stage::Answered(answered) => *answered == leg,
            Stage::Caller(_) => call.caller == leg,
        }
    }

    fn obey(self: Box<Self>, call: &mut Call, node: &mut Node, effect: queue::Effect) -> Activity {
        match effect {
            queue::Effect::Connect { .. } => return self.call_caller(call, node),
            queue::Effect::Withdraw { why, .. } => return self.withdraw(call, node, why),
            queue::Effect::TooLate { .. } => return self.withdraw(call, node, Withdrawal::AnsweredElsewhere),
            // These are for those who wait in a live call.
            queue::Effect::Alert { .. }
            | queue::Effect::Announce { .. }
            | queue::Effect::Callback { .. }
            | queue::Effect::Exit { .. }
            | queue::Effect::Offer { .. }
            | queue::Effect::OfferCallback { .. }
            | queue::Effect::OptedOut { .. }
            | queue::Effect::PlayGreeting { .. }
            | queue::Effect::PlayMusic { .. }
            | queue::Effect::Promise { .. } => {}
        }
        Activity::CallingBack(self)
    }

    fn withdraw(mut self: Box<Self>, call: &mut Call, node: &mut Node, why: Withdrawal) -> Activity {
        let reason = match why {
            Withdrawal::AnsweredElsewhere => completed_elsewhere(),
            Withdrawal::AlertTimePassed
            | Withdrawal::CallLeftQueue
            | Withdrawal::CallerLeft
            | Withdrawal::NotEligible => withdrawn(why),
        };
        end_offer(call, node, self.offer.agent, withdrawn_offer(why));
        match &mut self.stage {
            Stage::Agent(ring) | Stage::Caller(ring) => ring.stop(call, node, &reason),
            Stage::Answered(leg) => call.hang_up_leg(node, *leg, Some(&reason)),
        }
        note(call, node, self.offer.queue, "callback_withdrawn", QueueResult::Failed);
        call.end(node, EndedBy::System, Why::Refused(Refusal::NO_ANSWER))
    }

    /// The agent is there: the caller is called, with the number that they called.
    fn call_caller(mut self: Box<Self>, call: &mut Call, node: &mut Node) -> Activity {
        let Stage::Answered(leg) = self.stage else { return Activity::CallingBack(self) };
        if let Some(offer) = call.leg_mut(leg).and_then(|leg| leg.offer.as_mut()) {
            offer.connected = true;
        }
        call.caller = leg;
        if !call.is_up(leg) {
            let Offered { request, queue, agent, .. } = self.offer;
            node.queue_event(call.tenant_id(), queue::Event::AgentReleased { agent, queue });
            node.queue_event(call.tenant_id(), queue::Event::CallbackMissed { call: request });
            return call.end(node, EndedBy::Callee, Why::Abandoned);
        }
        let Contact { number, shown } = self.offer.contact;
        let passing = Passing { caller: None, line: shown, at: node.wall_now() };
        let ring = match call.tenant.call_outside(number, &passing).decision {
            Ok(Destination::External(external)) => Ring::outside(call, node, *external),
            Ok(
                Destination::Attendant { .. }
                | Destination::Announcement { .. }
                | Destination::AudioTest
                | Destination::Echo
                | Destination::Queue { .. }
                | Destination::SharedMailbox { .. }
                | Destination::User { .. }
                | Destination::Visit { .. }
                | Destination::Voicemail { .. },
            ) => Err(Refusal::NO_TRUNK),
            Err(refusal) => Err(Refusal::by_rule(refusal)),
        };
        match ring {
            Ok(ring) => {
                call.play_ring_back(node, leg);
                self.stage = Stage::Caller(ring);
                Activity::CallingBack(self)
            }
            Err(refusal) => self.missed(call, node, refusal),
        }
    }

    fn reached(self: Box<Self>, call: &mut Call, node: &mut Node, leg: LegId) -> Activity {
        node.queue_event(call.tenant_id(), queue::Event::CallbackReached { call: self.offer.request });
        if let Some(pass) = pass_mut(call, SEGMENT) {
            pass.agent = Some(self.offer.agent);
        }
        note(call, node, self.offer.queue, "callback_reached", QueueResult::Answered);
        if let Some(party) = call.leg(call.caller).map(|agent| agent.party.clone()) {
            call.draft.note_answer(node.now, &party);
        }
        let talks = Talking::begin(call, node, call.caller, leg);
        match call.tenant.queues.get(&self.offer.queue).cloned() {
            Some(settings) => {
                let agent = call.caller;
                Talking::taped(talks, call, node, &settings, [leg, agent])
            }
            None => talks,
        }
    }

    /// The agent hears that nobody is there.
    fn missed(self: Box<Self>, call: &mut Call, node: &mut Node, refusal: Refusal) -> Activity {
        node.queue_event(call.tenant_id(), queue::Event::CallbackMissed { call: self.offer.request });
        note(call, node, self.offer.queue, "callback_missed", QueueResult::Failed);
        Announcing::not_available(call, node, refusal)
    }

    fn agent_gone(mut self: Box<Self>, call: &mut Call, node: &mut Node, leg: LegId, gone: Gone) -> Activity {
        match &mut self.stage {
            Stage::Caller(ring) => ring.stop(call, node, &Refusal::new(487, "the agent hung up").reason()),
            // The queue is about to say what it wants, and hears of it then.
            Stage::Agent(_) | Stage::Answered(_) => return Activity::CallingBack(self),
        }
        node.queue_event(call.tenant_id(), queue::Event::CallbackMissed { call: self.offer.request });
        note(call, node, self.offer.queue, "callback_missed", QueueResult::Failed);
        call.end_by_leg(node, leg, gone)
    }
}

/// The agent did not take it.
fn refused(call: &mut Call, node: &mut Node, offer: Offered, refusal: Refusal) -> Activity {
    let Offered { request, queue, agent, .. } = offer;
    let why = failure(&refusal);
    node.queue_event(call.tenant_id(), queue::Event::AgentRefused { call: request, agent, why });
    end_offer(call, node, agent, refused_offer(why));
    note(call, node, queue, "callback_refused", QueueResult::Failed);
    call.end(node, EndedBy::Callee, Why::Refused(refusal))
}

fn end_offer(call: &mut Call, node: &Node, agent: UserId, result: OfferResult) {
    if let Some(pass) = pass_mut(call, SEGMENT) {
        pass.end_offer(node.wall_now(), agent, result);
    }
}

fn note(call: &mut Call, node: &Node, id: QueueId, result: &str, became: QueueResult) {
    if let Some(segment) = call.draft.segment_mut(SEGMENT) {
        segment.ended_at = Some(node.wall_now());
        if let Some(pass) = segment.queue_pass_mut() {
            pass.result = became;
        }
    }
    let name = call.tenant.queues.get(&id).map_or(String::new(), |queue| queue.name.clone());
    let waited = node.now.saturating_duration_since(call.draft.began_at).as_secs();
    let step = Step::Queue {
        id,
        name,
        wait_seconds: u32::try_from(waited).unwrap_or(u32::MAX),
        result: result.to_owned(),
        offers: 1,
    };
    call.draft.note_step(node.wall_now(), step);
}
