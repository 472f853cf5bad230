//! One attempt to reach somebody: all phones of a user at once, or the trunks to a number one after the other.

use std::time::{Duration, Instant};

use media::LegId;
use media::sdp::SrtpPolicy;
use phone::apps::queue;
use phone::directory::{External, outbound};
use phone::id::{QueueId, TrunkId, UserId};
use phone::numbers::Trunk;
use phone::numbers::trunk::TrunkTransport;
use phone::record::emergency::CalledForHelp;
use phone::record::{AttemptResult, TrunkAttempt};
use sip::Target;
use sip::endpoint::Reason;
use smallvec::SmallVec;

use crate::call::{Call, Event};
use crate::health::Miss;
use crate::helping::{number_of, policy_of};
use crate::input::QueryId;
use crate::inviting::{address_of, of_version, to_phone, to_trunk, transport_of};
use crate::leg::{Leg, Origin, QueueOffer, Sent};
use crate::limits;
use crate::node::{Asker, Node};
use crate::output::{Level, Output};
use crate::party::{Party, Place};
use crate::refusal::{Callee, Refusal, completed_elsewhere};
use crate::signing::{Signing, Waiting};

/// Legs that ring for one purpose: the first that answers wins.
#[derive(Debug)]
pub(crate) struct Ring {
    attempts: SmallVec<[Attempt; 2]>,
    trunks: Option<Trunks>,
    /// All phones are of one person, who refuses with any of them.
    is_one_person: bool,
    /// The refusal that the caller hears if nobody answers.
    refusal: Option<Refusal>,
    deadline: Instant,
}

#[derive(Debug)]
struct Attempt {
    leg: LegId,
    /// Sent again in place of this one when encryption was asked for and is not understood.
    plain: Option<Box<Sent>>,
}

/// Trunks still to try.
#[derive(Debug)]
struct Trunks {
    external: External,
    next: usize,
    /// The addresses of the trunk of this attempt are being looked up.
    query: Option<(QueryId, usize)>,
    /// Where the trunk of this attempt was asked, and may be asked yet.
    targets: Vec<Target>,
    /// How many of its addresses said nothing.
    n_silent: usize,
    /// The trunk in use said more than 100: it has the call, and no other is tried.
    heard: bool,
    /// When the trunk in use was asked.
    asked_at: Instant,
    /// The signature that it gets, if it wants one.
    signing: Signing,
}

/// Why a person's phones ring.
#[derive(Clone, Debug)]
pub(crate) enum Purpose {
    Call,
    /// A queue offers the call.
    Offer(QueueId),
    /// To hear a call of another, who is shown before the caller.
    Supervise {
        shown: Option<String>,
    },
}

/// Where a ring stands after an event.
#[derive(Debug)]
pub(crate) enum Standing {
    Answered(LegId),
    Failed(Refusal),
    Ringing,
}

impl Ring {
    /// Rings all phones of a user.
    pub(crate) fn user(
        call: &mut Call,
        node: &mut Node,
        user: UserId,
        purpose: Purpose,
        ring_for: Duration,
    ) -> Result<Self, Refusal> {
        if !call.tenant.users.contains_key(&user) {
            return Err(Refusal::by_rule(phone::directory::Refusal::NotFound));
        }
        Self::people(call, node, &[user], &purpose, ring_for)
    }

    /// Rings all phones of several people: who answers first is it.
    pub(crate) fn people(
        call: &mut Call,
        node: &mut Node,
        people: &[UserId],
        purpose: &Purpose,
        ring_for: Duration,
    ) -> Result<Self, Refusal> {
        let mut ring = Self {
            attempts: SmallVec::new(),
            trunks: None,
            is_one_person: people.len() == 1,
            refusal: None,
            deadline: node.now + ring_for,
        };
        for user in people {
            ring.ring_phones(call, node, *user, purpose);
        }
        if ring.attempts.is_empty() {
            return Err(ring.refusal.unwrap_or(Refusal::NOT_REGISTERED));
        }
        Ok(ring)
    }

    fn ring_phones(&mut self, call: &mut Call, node: &mut Node, user: UserId, purpose: &Purpose) {
        let Some(person) = call.tenant.users.get(&user).cloned() else { return };
        let phones = node.registrations.phones(node.now, call.tenant_id(), user);
        let party = Party {
            number: person.extension.clone(),
            name: Some(person.display_name.clone()),
            place: Place::User(user),
        };
        let (offer, label) = match purpose {
            Purpose::Call => (None, None),
            Purpose::Offer(queue) => {
                let name = call.tenant.queues.get(queue).map(|queue| queue.name.clone());
                (Some(QueueOffer { queue: *queue, connected: false }), name)
            }
            Purpose::Supervise { shown } => (None, shown.clone()),
        };
        for phone in phones.into_iter().take(limits::PHONES_PER_USER_MAX) {
            let sent = to_phone(call, node, party.clone(), phone, offer, label.as_deref());
            if let Err(refusal) = self.send(call, node, sent) {
                self.note(refusal);
            }
        }
    }

    /// Calls a number outside over the first trunk that takes the call.
    pub(crate) fn outside(call: &mut Call, node: &mut Node, mut external: External) -> Result<Self, Refusal> {
        let own = external.caller_id.and_then(|number| call.tenant.numbers.get(&number));
        let over = external.attempts.first().map(|attempt| attempt.trunk);
        let has_room = own.is_none_or(|number| node.lines.has_room(&call.tenant, number, Origin::Sent, over));
        if !has_room && !external.emergency {
            return Err(Refusal::OWN_NUMBER_BUSY.with_rule());
        }
        if external.emergency {
            tell_of_emergency(call, node, &external);
        }
        external.weakest_last(|trunk| node.trunks.is_weak(node.now, trunk));
        let trunks = Trunks {
            external,
            next: 0,
            query: None,
            targets: Vec::new(),
            n_silent: 0,
            heard: false,
            asked_at: node.now,
            signing: Signing::default(),
        };
        let mut ring = Self {
            attempts: SmallVec::new(),
            trunks: Some(trunks),
            is_one_person: true,
            refusal: None,
            deadline: node.now,
        };
        if ring.try_next_trunk(call, node) {
            return Ok(ring);
        }
        Err(ring.refusal.unwrap_or(Refusal::NO_TRUNK))
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Whether the leg belongs to this ring.
    pub(crate) fn has(&self, leg: LegId) -> bool {
        self.attempts.iter().any(|attempt| attempt.leg == leg)
    }

    /// Takes an event of the call; one that concerns others changes nothing.
    pub(crate) fn handle(&mut self, call: &mut Call, node: &mut Node, event: &Event) -> Standing {
        match event {
            Event::Rang { leg, .. } if self.has(*leg) => {
                if let Some(trunks) = &mut self.trunks
                    && !trunks.heard
                {
                    trunks.heard = true;
                    self.deadline = node.now + limits::RING_OUTSIDE_MAX;
                    if let Some(trunk) = trunks.current() {
                        node.trunk_heard(trunk);
                    }
                }
                Standing::Ringing
            }
            Event::Answered { leg } if self.has(*leg) => {
                self.attempts.retain(|attempt| attempt.leg != *leg);
                if let Some(trunk) = self.trunks.as_ref().and_then(Trunks::current) {
                    node.trunk_heard(trunk);
                    call.draft.end_attempt(node.now, AttemptResult::Answered, None);
                }
                self.stop(call, node, &completed_elsewhere());
                Standing::Answered(*leg)
            }
            Event::Refused { leg, refusal } if self.has(*leg) => self.refused(call, node, *leg, refusal.clone()),
            Event::Gone { leg, .. } if self.has(*leg) => {
                self.refused(call, node, *leg, Refusal::new(480, "the phone hung up"))
            }
            Event::Resolved { query, targets } => self.resolved(call, node, *query, targets),
            Event::Told { query, told } => {
                let waiting = self.trunks.as_mut().and_then(|trunks| trunks.signing.handle(call, *query, told));
                waiting.map_or(Standing::Ringing, |waiting| self.go_on(call, node, waiting))
            }
            Event::Timeout if self.deadline <= node.now => self.timed_out(call, node),
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
            | Event::Referred { .. }
            | Event::Refused { .. }
            | Event::SoundReady { .. }
            | Event::Spoke { .. }
            | Event::Surrendered { .. }
            | Event::Timeout => Standing::Ringing,
        }
    }

    /// Nobody is needed any more.
    pub(crate) fn stop(&mut self, call: &mut Call, node: &mut Node, reason: &Reason) {
        for attempt in self.attempts.drain(..) {
            call.hang_up_leg(node, attempt.leg, Some(reason));
        }
        if let Some(trunks) = &mut self.trunks {
            if let Some((query, _)) = trunks.query.take() {
                node.queries.remove(&query);
            }
            trunks.signing.stop(node);
            call.draft.end_attempt(node.now, AttemptResult::GivenUp, None);
        }
    }

    fn refused(&mut self, call: &mut Call, node: &mut Node, leg: LegId, refusal: Refusal) -> Standing {
        let Some(index) = self.attempts.iter().position(|attempt| attempt.leg == leg) else {
            return Standing::Ringing;
        };
        let attempt = self.attempts.remove(index);
        if let (Some(plain), 415 | 488 | 606) = (attempt.plain, refusal.status) {
            match self.send(call, node, *plain) {
                Ok(()) => return Standing::Ringing,
                Err(refusal) => self.note(refusal),
            }
        }
        // The person refused, not one phone of his. RFC 3261 §16.7 (5)
        if self.trunks.is_none() && self.is_one_person && matches!(refusal.status, 600 | 603 | 607) {
            self.stop(call, node, &refusal.reason());
        }
        let refusal = if self.trunks.is_some() { refusal.of_trunk() } else { refusal };
        let next_may_help = refusal.unheard || self.fails_over_on(call, refusal.status);
        if let Some(trunk) = self.trunks.as_ref().and_then(Trunks::current) {
            let (result, miss) = match (refusal.unheard, refusal.status) {
                (true, 408) => (AttemptResult::Silent, Some(Miss::Silent)),
                (true, _) => (AttemptResult::Unreachable, Some(Miss::Unreachable)),
                (false, _) => (AttemptResult::Refused, None),
            };
            call.draft.end_attempt(node.now, result, Some(&refusal));
            match miss {
                Some(miss) => node.trunk_lost_call(trunk, miss),
                None => {
                    node.trunk_heard(trunk);
                    node.trunk_refused(trunk, &refusal);
                }
            }
        }
        self.note(refusal);
        let heard = self.trunks.as_ref().is_none_or(|trunks| trunks.heard);
        if !heard && next_may_help && self.try_next_trunk(call, node) {
            return Standing::Ringing;
        }
        self.standing()
    }

    fn timed_out(&mut self, call: &mut Call, node: &mut Node) -> Standing {
        if let Some(waiting) = self.trunks.as_mut().and_then(|trunks| trunks.signing.give_up(call, node)) {
            return self.go_on(call, node, waiting);
        }
        let Some(trunks) = &self.trunks else {
            self.stop(call, node, &Refusal::NO_ANSWER.reason());
            self.note(Refusal::NO_ANSWER);
            return self.standing();
        };
        let is_trying = self.is_trying(call, node);
        let latest = trunks.asked_at + limits::TRYING_OUTSIDE_MAX;
        // It has the call, and what it does with it takes its time.
        if is_trying && !trunks.heard && node.now < latest {
            self.deadline = latest;
            return Standing::Ringing;
        }
        let (refusal, result, miss) = match (trunks.heard, is_trying, trunks.query) {
            (true, ..) => (Refusal::NO_ANSWER, AttemptResult::NoAnswer, None),
            (false, true, _) => (Refusal::TRUNK_SILENT, AttemptResult::Silent, None),
            (false, false, Some(_)) => (Refusal::NO_ADDRESS, AttemptResult::Unreachable, Some(Miss::Unreachable)),
            (false, false, None) => (Refusal::TRUNK_SILENT, AttemptResult::Silent, Some(Miss::Silent)),
        };
        let (heard, current) = (trunks.heard, trunks.current());
        if !heard && !is_trying && self.try_next_address(call, node) {
            return Standing::Ringing;
        }
        call.draft.end_attempt(node.now, result, Some(&refusal));
        if let (Some(miss), Some(trunk)) = (miss, current) {
            node.trunk_lost_call(trunk, miss);
        }
        self.stop(call, node, &refusal.reason());
        self.note(refusal);
        if !heard && self.try_next_trunk(call, node) {
            return Standing::Ringing;
        }
        self.standing()
    }

    /// Whether the trunk in use said 100.
    fn is_trying(&self, call: &Call, node: &Node) -> bool {
        let usages = self.attempts.iter().filter_map(|attempt| call.usage_of(attempt.leg));
        { usages }.any(|usage| node.endpoint.is_heard(usage))
    }

    fn resolved(&mut self, call: &mut Call, node: &mut Node, query: QueryId, targets: &[Target]) -> Standing {
        let Some(trunks) = &mut self.trunks else { return Standing::Ringing };
        let Some((_, place)) = trunks.query.take_if(|(asked, _)| *asked == query) else { return Standing::Ringing };
        if !self.call_trunk(call, node, place, targets.to_vec()) && !self.try_next_trunk(call, node) {
            return self.standing();
        }
        Standing::Ringing
    }

    /// The signature for a trunk is there, or won't come.
    fn go_on(&mut self, call: &mut Call, node: &mut Node, waiting: Waiting) -> Standing {
        let Waiting { place, targets, .. } = waiting;
        if !self.call_trunk(call, node, place, targets) && !self.try_next_trunk(call, node) {
            return self.standing();
        }
        Standing::Ringing
    }

    fn standing(&mut self) -> Standing {
        let waits = self.trunks.as_ref().is_some_and(|trunks| trunks.query.is_some() || trunks.signing.waits());
        if !self.attempts.is_empty() || waits {
            return Standing::Ringing;
        }
        let callee = if self.trunks.is_some() { Callee::Trunk } else { Callee::Phone };
        Standing::Failed(self.refusal.take().unwrap_or(Refusal::NO_ANSWER).for_caller(callee))
    }

    fn note(&mut self, refusal: Refusal) {
        let better = self.refusal.as_ref().is_none_or(|known| refusal.outranks(known));
        if better {
            self.refusal = Some(refusal);
        }
    }

    fn send(&mut self, call: &mut Call, node: &mut Node, sent: Sent) -> Result<(), Refusal> {
        if call.legs.len() >= limits::LEGS_PER_CALL_MAX {
            return Err(Refusal::TOO_MANY_LEGS);
        }
        let plain = match sent.terms.srtp {
            // A phone over WebSocket that is no browser after all.
            _ if sent.terms.webrtc => {
                let mut other = Box::new(sent.clone());
                other.terms.webrtc = false;
                Some(other)
            }
            SrtpPolicy::Required if sent.srtp_preferred => {
                let mut plain = Box::new(sent.clone());
                plain.terms.srtp = SrtpPolicy::Accept;
                Some(plain)
            }
            SrtpPolicy::Required | SrtpPolicy::Accept | SrtpPolicy::Off => None,
        };
        let leg = Leg::send(node, sent)?;
        self.attempts.push(Attempt { leg: leg.id, plain });
        call.legs.push(leg);
        Ok(())
    }

    // ---- trunks

    /// Whether the trunk in use is left for the next one when it refuses so. Specification of calling, 3.7.
    fn fails_over_on(&self, call: &Call, status: u16) -> bool {
        let Some(trunks) = &self.trunks else { return false };
        let trunk = trunks.current().and_then(|trunk| call.tenant.trunks.get(&trunk));
        trunk.is_some_and(|trunk| {
            trunk.settings.failover_response_codes.iter().any(|code| code.value() == u32::from(status))
        })
    }

    /// False when no trunk is left; the reason is noted.
    fn try_next_trunk(&mut self, call: &mut Call, node: &mut Node) -> bool {
        loop {
            let Some(trunks) = &mut self.trunks else { return false };
            let place = trunks.next;
            let Some(id) = trunks.external.attempts.get(place).map(|attempt| attempt.trunk) else { return false };
            trunks.next += 1;
            trunks.targets.clear();
            trunks.n_silent = 0;
            let is_emergency = trunks.external.emergency;
            let Some(trunk) = call.tenant.trunks.get(&id).filter(|trunk| trunk.enabled).cloned() else { continue };
            if let Some(attempt) = trunks.external.attempts.get(place) {
                let attempt = attempt_record(call, node, &trunk, attempt);
                call.draft.begin_attempt(node.now, attempt);
            }
            let has_room = node.trunk_has_room(&trunk);
            if !is_emergency && (!has_room || !node.trunks.take_turn(node.now, &trunk)) {
                let refusal = if has_room { Refusal::TRUNK_HURRIED } else { Refusal::TRUNK_BUSY };
                call.draft.end_attempt(node.now, AttemptResult::Full, Some(&refusal));
                self.note(refusal);
                continue;
            }
            match address_of(&trunk) {
                Some(target) => {
                    if self.call_trunk(call, node, place, vec![target]) {
                        return true;
                    }
                }
                None => {
                    let query = node.new_query(Asker::Call(call.id));
                    let Some(trunks) = &mut self.trunks else { return false };
                    trunks.query = Some((query, place));
                    self.deadline = node.now + limits::RESOLVE_MAX;
                    node.outputs.push(Output::Resolve {
                        query,
                        host: trunk.host.clone(),
                        port: trunk.port,
                        transport: Some(transport_of(&trunk)),
                        secure: trunk.transport == TrunkTransport::Tls,
                    });
                    return true;
                }
            }
        }
    }

    /// The address in use says nothing: the next one of the same trunk, if it has more. RFC 3263 §4.3
    fn try_next_address(&mut self, call: &mut Call, node: &mut Node) -> bool {
        let usage = self.attempts.first().and_then(|attempt| call.usage_of(attempt.leg));
        let n_left = usage.map_or(0, |usage| node.endpoint.n_targets_left(usage));
        let Some(trunks) = &mut self.trunks else { return false };
        let (Some(at), Some(place)) = (trunks.targets.len().checked_sub(n_left), trunks.next.checked_sub(1)) else {
            return false;
        };
        let left = trunks.targets.split_off(at);
        if let Some(silent) = trunks.targets.last() {
            node.trunks.note_silent(node.now, silent.remote);
        }
        trunks.n_silent += 1;
        if left.is_empty() || trunks.n_silent >= limits::SILENT_ADDRESSES_MAX {
            return false;
        }
        for attempt in self.attempts.drain(..) {
            call.hang_up_leg(node, attempt.leg, Some(&Refusal::TRUNK_SILENT.reason()));
        }
        self.call_trunk(call, node, place, left)
    }

    fn call_trunk(&mut self, call: &mut Call, node: &mut Node, place: usize, targets: Vec<Target>) -> bool {
        let Some(trunks) = &mut self.trunks else { return false };
        let Some(attempt) = trunks.external.attempts.get(place) else { return false };
        let Some(trunk) = call.tenant.trunks.get(&attempt.trunk).cloned() else { return false };
        if targets.is_empty() {
            call.draft.end_attempt(node.now, AttemptResult::Unreachable, Some(&Refusal::NO_ADDRESS));
            node.trunk_lost_call(trunk.id, Miss::Unreachable);
            self.note(Refusal::NO_ADDRESS);
            return false;
        }
        let mut targets = of_version(&trunk, targets);
        if trunk.settings.stir_shaken.signs()
            && trunks.signing.begin(call, node, &trunks.external, (place, attempt), &targets)
        {
            self.deadline = node.now + limits::SIGN_MAX;
            return true;
        }
        targets.sort_by_key(|target| node.trunks.is_silent(node.now, target.remote));
        let has_more = targets.len() > 1 && trunks.n_silent + 1 < limits::SILENT_ADDRESSES_MAX;
        let mut sent = to_trunk(call, node, &trunk, &trunks.external, attempt, targets.clone());
        sent.invite.headers.extend(trunks.signing.header(place));
        trunks.targets = targets;
        trunks.asked_at = node.now;
        // With more to try each gets half the time: who is there says so at once, and another trunk may be waiting.
        let patience = Duration::from_secs(u64::from(trunk.no_answer_secs.max(1)));
        self.deadline = node.now + if has_more { patience / 2 } else { patience };
        match self.send(call, node, sent) {
            Ok(()) => true,
            Err(refusal) => {
                call.draft.end_attempt(node.now, AttemptResult::GivenUp, Some(&refusal));
                self.note(refusal);
                false
            }
        }
    }
}

impl Trunks {
    /// The trunk in use.
    fn current(&self) -> Option<TrunkId> {
        let place = self.next.checked_sub(1)?;
        self.external.attempts.get(place).map(|attempt| attempt.trunk)
    }
}

/// The security desk and the audit are told, whether the call gets through or not. Specification of numbers, 2.8.4.
fn tell_of_emergency(call: &Call, node: &mut Node, external: &External) {
    let tenant = call.tenant_id();
    let (policy, number) = (policy_of(call, external), number_of(external));
    let of_trunk = |attempt: &outbound::Attempt| call.tenant.trunks.get(&attempt.trunk).map(|it| it.name.clone());
    let fact = CalledForHelp {
        call: call.id,
        at: node.wall_now(),
        caller: call.draft.from.clone(),
        caller_name: call.draft.from_name.clone(),
        dialled: call.draft.to.clone(),
        callback: external.caller_id,
        location: external.location.as_ref().map(|location| location.address.clone()),
        trunks: external.attempts.iter().filter_map(of_trunk).collect(),
        notified: policy.notified_of(&number).iter().map(|who| who.as_str().to_owned()).collect(),
        number,
    };
    node.log(Level::Warn, "somebody calls for help", Some(call.id), String::new());
    let user = call.leg(call.caller).and_then(|leg| leg.party.user());
    if let Some((number, user)) = external.caller_id.zip(user) {
        let now = node.now;
        node.expect_callback(&call.tenant, number, user, now);
    }
    node.outputs.push(Output::Remember { tenant, fact: queue::Fact::CalledForHelp(Box::new(fact)) });
}

fn attempt_record(call: &Call, node: &Node, trunk: &Trunk, attempt: &outbound::Attempt) -> TrunkAttempt {
    let route = attempt.route.and_then(|route| call.tenant.routing.book.routes.find(route));
    TrunkAttempt {
        at: node.wall_now(),
        trunk: trunk.id,
        name: trunk.name.clone(),
        route: route.map(|route| route.name.clone()),
        called: attempt.called.number.clone(),
        calling: attempt.calling.as_ref().map(|calling| calling.number.clone()),
        milliseconds: 0,
        // Until it is known: whoever hangs up meanwhile gave it up.
        result: AttemptResult::GivenUp,
        status: None,
        reason: None,
        cause: None,
        signing: None,
    }
}
