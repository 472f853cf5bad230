//! A caller waits in a queue while agents are offered the call.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use media::{LegId, PlayId, Playlist};
use phone::apps::prompt::Playable;
use phone::apps::queue::callback::Contact;
use phone::apps::queue::{self, ExitCause, OfferFailure, Rejoining, Settings, Standing, Withdrawal};
use phone::id::{QueueId, UserId};
use phone::numbers::E164;
use phone::record::segment::{OfferResult, Pass, QueuePass, QueueResult};
use phone::record::{EndedBy, Step};
use sip::endpoint::{Reason, Status};

use crate::announcing::Announcing;
use crate::attending::key_of;
use crate::call::{Activity, Call, Event};
use crate::keeping::KeptWait;
use crate::limits;
use crate::node::Node;
use crate::output::Change;
use crate::record::Why;
use crate::refusal::{Refusal, completed_elsewhere};
use crate::ring::{self, Purpose, Ring};
use crate::ringing;
use crate::talking::Talking;
use crate::taping;

/// The queue itself says when an offer ends; an offer that it forgot ends by itself this much later.
pub(crate) const OFFER_SLACK: Duration = Duration::from_secs(30);

/// One caller in one queue.
#[derive(Debug)]
pub(crate) struct Queueing {
    settings: Arc<Settings>,
    /// What the place in line is counted from.
    arrived: Instant,
    standing: Standing,
    joined_at: Instant,
    offers: BTreeMap<UserId, Offer>,
    n_offers: u32,
    /// Of the call's record.
    segment: usize,
    /// The greeting or an announcement, whose end the queue waits for.
    said: Option<PlayId>,
    music: Music,
}

/// How much of the music the caller has heard, to go on where it was.
#[derive(Debug, Default)]
struct Music {
    heard: Duration,
    since: Option<Instant>,
}

#[derive(Debug)]
enum Offer {
    /// The agent's phone answered; the queue has the word.
    Answered(LegId),
    Ringing(Ring),
}

impl Queueing {
    /// Joins the queue; the caller is answered when there is something to hear.
    pub(crate) fn enter(call: &mut Call, node: &mut Node, id: QueueId) -> Activity {
        let Some(settings) = call.tenant.queues.get(&id).cloned() else {
            return call.give_up(node, Refusal::by_rule(phone::directory::Refusal::ServiceNotSetUp));
        };
        if !taping::may_connect(node, &settings) {
            return taping::refuse(call, node, &settings);
        }
        if !call.enter_queue() {
            return call.end(node, EndedBy::System, Why::Treated);
        }
        let waits_since = *call.waits_since.get_or_insert(node.now);
        let arrived = if settings.keeps_wait_credit { waits_since } else { node.now };
        Activity::Queueing(Self::join(call, node, settings, arrived, Standing::New))
    }

    /// The agent's phone was lost right after the answer: the caller is the first in line again. Specification of voice
    /// apps, 3.10.
    pub(crate) fn take_back(call: &mut Call, node: &mut Node, id: QueueId) -> Option<Activity> {
        let settings = call.tenant.queues.get(&id).cloned()?;
        call.draft.forget_answer();
        Some(Activity::Queueing(Self::join(call, node, settings, node.now, Standing::Returned)))
    }

    fn join(call: &mut Call, node: &mut Node, settings: Arc<Settings>, arrived: Instant, standing: Standing) -> Self {
        let queue = settings.id;
        let contact = settings.callback.as_ref().and_then(|_| contact(call));
        let closed = call.tenant.closed(&settings, node.wall_now()).filter(|_| standing == Standing::New);
        let event = match closed {
            Some(closed) => queue::Event::TurnAway { queue, call: call.id, exception: Box::new(closed.exception) },
            None => queue::Event::Join { queue, call: call.id, priority: call.priority, arrived, standing, contact },
        };
        node.queue_event(call.tenant_id(), event);
        node.changed(Change::Queue { tenant: call.tenant_id(), queue });
        let pass = QueuePass::new(queue, settings.name.clone(), settings.service_level_secs);
        let segment = call.enter_segment(node, Pass::Queue(pass));
        Self {
            settings,
            arrived,
            standing,
            joined_at: node.now,
            offers: BTreeMap::new(),
            n_offers: 0,
            segment,
            said: None,
            music: Music::default(),
        }
    }

    /// The caller of the process before is there again, and stands where they stood.
    pub(crate) fn rejoin(call: &mut Call, node: &mut Node, wait: &KeptWait) -> Activity {
        let (queue, segment) = (wait.queue, wait.segment);
        let at = node.wall_now();
        if let Some(pass) = pass_mut(call, segment) {
            pass.end_offers(at, OfferResult::Cancelled);
        }
        let Some(settings) = call.tenant.queues.get(&queue).cloned() else {
            return call.give_up(node, Refusal::by_rule(phone::directory::Refusal::ServiceNotSetUp));
        };
        let contact = settings.callback.as_ref().and_then(|_| contact(call));
        let arrived = node.clock.instant(node.now, wait.arrived_at);
        let joined = node.clock.instant(node.now, wait.joined_at);
        let KeptWait { standing, priority, n_offers, .. } = *wait;
        let caller = Rejoining { queue, call: call.id, priority, standing, arrived, joined, contact };
        node.queue_event(call.tenant_id(), queue::Event::Rejoin { caller });
        node.changed(Change::Queue { tenant: call.tenant_id(), queue });
        Activity::Queueing(Self {
            settings,
            arrived,
            standing,
            joined_at: joined,
            offers: BTreeMap::new(),
            n_offers,
            segment,
            said: None,
            music: Music::default(),
        })
    }

    /// What another process has to know of the wait.
    pub(crate) fn keep(&self, call: &Call, node: &Node) -> KeptWait {
        KeptWait {
            queue: self.settings.id,
            segment: self.segment,
            priority: call.priority,
            standing: self.standing,
            arrived_at: node.clock.wall(self.arrived),
            joined_at: node.clock.wall(self.joined_at),
            waits_since: call.waits_since.map(|at| node.clock.wall(at)),
            depth: call.passage.depth,
            n_offers: self.n_offers,
        }
    }

    /// The process ends, and the next one goes on with the caller: agents' phones stop ringing.
    pub(crate) fn leave(&mut self, call: &mut Call, node: &mut Node) {
        self.drop_offers(call, node, &withdrawn(Withdrawal::CallLeftQueue));
    }

    pub(crate) fn name(&self) -> &str {
        &self.settings.name
    }

    /// The queue keeps the time; only an offer that it forgot has a deadline here.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let deadline = |offer: &Offer| match offer {
            Offer::Ringing(ring) => Some(ring.deadline()),
            Offer::Answered(_) => None,
        };
        self.offers.values().filter_map(deadline).min()
    }

    pub(crate) fn handle(mut self, call: &mut Call, node: &mut Node, event: Event) -> Activity {
        match event {
            Event::Gone { leg, gone } if leg == call.caller => {
                node.queue_event(call.tenant_id(), queue::Event::Leave { call: call.id });
                self.note(call, node, "abandoned", QueueResult::Abandoned);
                call.end_by_leg(node, leg, gone)
            }
            Event::Queue { effect } => self.obey(call, node, effect),
            Event::Played { play } if self.said == Some(play) => {
                self.said = None;
                node.queue_event(call.tenant_id(), queue::Event::Played { call: call.id });
                Activity::Queueing(self)
            }
            Event::Digit { leg, digit, .. } if leg == call.caller && self.settings.callback.is_some() => {
                if let Some(key) = key_of(digit) {
                    node.queue_event(call.tenant_id(), queue::Event::Pressed { call: call.id, key });
                }
                Activity::Queueing(self)
            }
            Event::Referred { leg, .. } => {
                call.refuse_refer(node, leg, Status(403));
                Activity::Queueing(self)
            }
            Event::Answered { .. }
            | Event::Gone { .. }
            | Event::Rang { .. }
            | Event::Refused { .. }
            | Event::Resolved { .. }
            | Event::Timeout
            | Event::Told { .. } => {
                self.tell_offers(call, node, &event);
                Activity::Queueing(self)
            }
            Event::Adopted { .. }
            | Event::Digit { .. }
            | Event::HoldChanged
            | Event::PickedUp { .. }
            | Event::Played { .. }
            | Event::Quiet { .. }
            | Event::SoundReady { .. }
            | Event::Spoke { .. }
            | Event::Surrendered { .. } => Activity::Queueing(self),
        }
    }

    /// What the agents' phones did, told to the queue.
    fn tell_offers(&mut self, call: &mut Call, node: &mut Node, event: &Event) {
        let mut failed = Vec::new();
        for (agent, offer) in &mut self.offers {
            let stands = match offer {
                Offer::Ringing(ring) => ring.handle(call, node, event),
                Offer::Answered(leg) if is_gone(event, *leg) => ring::Standing::Failed(Refusal::NO_ANSWER),
                Offer::Answered(_) => ring::Standing::Ringing,
            };
            match stands {
                ring::Standing::Ringing => {}
                ring::Standing::Answered(leg) => {
                    *offer = Offer::Answered(leg);
                    node.queue_event(call.tenant_id(), queue::Event::AgentAnswered { call: call.id, agent: *agent });
                }
                ring::Standing::Failed(refusal) => failed.push((*agent, refusal)),
            }
        }
        for (agent, refusal) in failed {
            self.offers.remove(&agent);
            let why = failure(&refusal);
            self.end_offer(call, node, agent, refused_offer(why));
            node.queue_event(call.tenant_id(), queue::Event::AgentRefused { call: call.id, agent, why });
        }
    }

    /// Does what the queue wants of this call.
    fn obey(mut self, call: &mut Call, node: &mut Node, effect: queue::Effect) -> Activity {
        match effect {
            queue::Effect::PlayGreeting { prompt, .. } => {
                if let Err(refusal) = call.answer_caller(node, None) {
                    return self.refuse(call, node, refusal);
                }
                self.say(call, node, &[prompt]);
            }
            queue::Effect::Announce { playables, .. } => {
                self.music.pause(node.now);
                self.say(call, node, &playables);
            }
            queue::Effect::PlayMusic { music, .. } => {
                if let Err(refusal) = call.answer_caller(node, None) {
                    return self.refuse(call, node, refusal);
                }
                self.play_music(call, node, music);
            }
            queue::Effect::Offer { agent, .. } => self.offer(call, node, agent),
            queue::Effect::Withdraw { agent, why, .. } => {
                if let Some(offer) = self.offers.remove(&agent) {
                    self.end_offer(call, node, agent, withdrawn_offer(why));
                    drop_offer(call, node, offer, &withdrawn(why));
                }
            }
            queue::Effect::TooLate { agent, .. } => {
                if let Some(offer) = self.offers.remove(&agent) {
                    self.end_offer(call, node, agent, OfferResult::TakenElsewhere);
                    drop_offer(call, node, offer, &completed_elsewhere());
                }
            }
            queue::Effect::Connect { agent, .. } => return self.connect(call, node, agent),
            queue::Effect::Exit { cause, exception, .. } => {
                self.drop_offers(call, node, &withdrawn(Withdrawal::CallLeftQueue));
                self.note(call, node, exit_word(cause), exit_result(cause));
                return Announcing::exit(call, node, &self.settings.language, cause, exception);
            }
            queue::Effect::Promise { .. } => {
                self.note(call, node, "callback", QueueResult::Callback);
                return Announcing::promise(call, node, &self.settings.language);
            }
            queue::Effect::Alert { .. }
            | queue::Effect::Callback { .. }
            | queue::Effect::OfferCallback { .. }
            | queue::Effect::OptedOut { .. } => {}
        }
        Activity::Queueing(self)
    }

    fn say(&mut self, call: &Call, node: &mut Node, playables: &[Playable]) {
        let items = call.sounds(playables, &self.settings.language);
        self.said = Some(call.play(node, call.caller, Playlist { items, repeat: false, offset_ms: 0 }));
    }

    fn play_music(&mut self, call: &Call, node: &mut Node, music: Playable) {
        let offset_ms = u64::try_from(self.music.go_on(node.now).as_millis()).unwrap_or(0);
        let items = call.sounds(&[music], &self.settings.language);
        call.play(node, call.caller, Playlist { items, repeat: true, offset_ms });
    }

    fn offer(&mut self, call: &mut Call, node: &mut Node, agent: UserId) {
        let ring_for = Duration::from_secs(u64::from(self.settings.agent_alert_secs)) + OFFER_SLACK;
        match Ring::user(call, node, agent, Purpose::Offer(self.settings.id), ring_for) {
            Ok(ring) => {
                self.n_offers = self.n_offers.saturating_add(1);
                let (at, method) = (node.wall_now(), self.settings.routing);
                if let Some(pass) = pass_mut(call, self.segment) {
                    pass.offer(at, agent, method, limits::OFFERS_RECORDED_MAX);
                }
                node.changed(Change::Queue { tenant: call.tenant_id(), queue: self.settings.id });
                self.offers.insert(agent, Offer::Ringing(ring));
            }
            Err(refusal) => {
                let (at, why) = (node.wall_now(), failure(&refusal));
                if let Some(pass) = pass_mut(call, self.segment) {
                    pass.offer(at, agent, self.settings.routing, limits::OFFERS_RECORDED_MAX);
                    pass.end_offer(at, agent, refused_offer(why));
                }
                node.queue_event(call.tenant_id(), queue::Event::AgentRefused { call: call.id, agent, why });
            }
        }
    }

    fn connect(mut self, call: &mut Call, node: &mut Node, agent: UserId) -> Activity {
        let Some(Offer::Answered(leg)) = self.offers.remove(&agent) else {
            let queue = self.settings.id;
            node.queue_event(call.tenant_id(), queue::Event::AgentReleased { agent, queue });
            return Activity::Queueing(self);
        };
        self.end_offer(call, node, agent, OfferResult::Answered);
        if let Some(pass) = pass_mut(call, self.segment) {
            pass.agent = Some(agent);
            pass.end_offers(node.wall_now(), OfferResult::TakenElsewhere);
        }
        self.drop_offers(call, node, &completed_elsewhere());
        if let Some(offer) = call.leg_mut(leg).and_then(|leg| leg.offer.as_mut()) {
            offer.connected = true;
        }
        if !taping::may_connect(node, &self.settings) {
            call.hang_up_leg(node, leg, Some(&taping::NOT_RECORDED.reason()));
            self.note(call, node, "not_recorded", QueueResult::Failed);
            return taping::refuse(call, node, &self.settings);
        }
        self.note(call, node, "answered", QueueResult::Answered);
        let talks = ringing::answered(call, node, leg);
        let caller = call.caller;
        Talking::taped(talks, call, node, &self.settings, [caller, leg])
    }

    /// The caller can't be answered: there is no port, or no common codec.
    fn refuse(mut self, call: &mut Call, node: &mut Node, refusal: Refusal) -> Activity {
        node.queue_event(call.tenant_id(), queue::Event::Leave { call: call.id });
        self.drop_offers(call, node, &refusal.reason());
        self.note(call, node, "refused", QueueResult::Failed);
        call.end(node, EndedBy::System, Why::Refused(refusal))
    }

    fn drop_offers(&mut self, call: &mut Call, node: &mut Node, reason: &Reason) {
        for (_, offer) in std::mem::take(&mut self.offers) {
            drop_offer(call, node, offer, reason);
        }
    }

    fn end_offer(&self, call: &mut Call, node: &Node, agent: UserId, result: OfferResult) {
        if let Some(pass) = pass_mut(call, self.segment) {
            pass.end_offer(node.wall_now(), agent, result);
        }
    }

    /// Notes how the caller left the queue.
    fn note(&self, call: &mut Call, node: &mut Node, result: &str, became: QueueResult) {
        let now = node.wall_now();
        if let Some(segment) = call.draft.segment_mut(self.segment) {
            segment.ended_at = Some(now);
            if let Some(pass) = segment.queue_pass_mut() {
                pass.result = became;
                pass.end_offers(now, OfferResult::Cancelled);
            }
        }
        node.changed(Change::Queue { tenant: call.tenant_id(), queue: self.settings.id });
        let waited = node.now.saturating_duration_since(self.joined_at).as_secs();
        let step = Step::Queue {
            id: self.settings.id,
            name: self.settings.name.clone(),
            wait_seconds: u32::try_from(waited).unwrap_or(u32::MAX),
            result: result.to_owned(),
            offers: self.n_offers,
        };
        call.draft.note_step(node.wall_now(), step);
    }
}

impl Music {
    fn pause(&mut self, now: Instant) {
        if let Some(since) = self.since.take() {
            self.heard += now.saturating_duration_since(since);
        }
    }

    /// Returns how much was heard before.
    fn go_on(&mut self, now: Instant) -> Duration {
        self.pause(now);
        self.since = Some(now);
        self.heard
    }
}

/// Where the caller may be called back, and with which number: a call from outside that shows its own.
fn contact(call: &Call) -> Option<Contact> {
    call.leg(call.caller)?.party.trunk()?;
    let shown =
        E164::parse_with_extension(&call.draft.to).ok().filter(|number| call.tenant.numbers.contains_key(number));
    Contact::new(E164::parse(&call.draft.from).ok()?, shown)
}

fn is_gone(event: &Event, leg: LegId) -> bool {
    if let Event::Gone { leg: gone, .. } = event { *gone == leg } else { false }
}

fn drop_offer(call: &mut Call, node: &mut Node, offer: Offer, reason: &Reason) {
    match offer {
        Offer::Ringing(mut ring) => ring.stop(call, node, reason),
        Offer::Answered(leg) => call.hang_up_leg(node, leg, Some(reason)),
    }
}

/// The pass through a queue that a segment tells of.
pub(crate) fn pass_mut(call: &mut Call, segment: usize) -> Option<&mut QueuePass> {
    call.draft.segment_mut(segment)?.queue_pass_mut()
}

/// What an offer came to that an agent did not take.
pub(crate) fn refused_offer(why: OfferFailure) -> OfferResult {
    match why {
        OfferFailure::Busy | OfferFailure::Declined => OfferResult::Declined,
        OfferFailure::Unreachable => OfferResult::Unreachable,
    }
}

/// What an offer came to that was taken back.
pub(crate) fn withdrawn_offer(why: Withdrawal) -> OfferResult {
    match why {
        Withdrawal::AlertTimePassed => OfferResult::NoAnswer,
        Withdrawal::AnsweredElsewhere => OfferResult::TakenElsewhere,
        Withdrawal::CallLeftQueue | Withdrawal::CallerLeft | Withdrawal::NotEligible => OfferResult::Cancelled,
    }
}

/// What a refusal says of the agent.
pub(crate) fn failure(refusal: &Refusal) -> OfferFailure {
    match refusal.status {
        486 | 600 => OfferFailure::Busy,
        403 | 480 | 603 if *refusal != Refusal::NOT_REGISTERED => OfferFailure::Declined,
        _ => OfferFailure::Unreachable,
    }
}

/// Only a call that another took is not a missed one. RFC 3326 §3.1
pub(crate) fn withdrawn(why: Withdrawal) -> Reason {
    match why {
        Withdrawal::AnsweredElsewhere => completed_elsewhere(),
        Withdrawal::AlertTimePassed => Refusal::new(487, "not answered in time").reason(),
        Withdrawal::CallerLeft => Refusal::new(487, "the caller hung up").reason(),
        Withdrawal::CallLeftQueue => Refusal::new(487, "the call left the queue").reason(),
        Withdrawal::NotEligible => Refusal::new(487, "not available for this queue").reason(),
    }
}

fn exit_result(cause: ExitCause) -> QueueResult {
    match cause {
        ExitCause::Closed => QueueResult::Closed,
        ExitCause::NoAgent => QueueResult::NoAgents,
        ExitCause::Overflow => QueueResult::Overflowed,
        ExitCause::Timeout => QueueResult::TimedOut,
    }
}

fn exit_word(cause: ExitCause) -> &'static str {
    match cause {
        ExitCause::Closed => "closed",
        ExitCause::NoAgent => "no_agent",
        ExitCause::Overflow => "overflow",
        ExitCause::Timeout => "timeout",
    }
}
