//! All queues of one tenant, as one machine. Specification of voice apps, 3.1–3.8.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::agent::Agent;
use super::callback::{self, Contact};
use super::callbacks::callable;
use super::caller::{Caller, Head, Heard, Place, Stage};
use super::line::{Line, Opt};
use super::select::select;
use super::{
    AgentState, Effect, Event, ExceptionAction, Exit, ExitCause, News, RANK_LAST, Staffed, Standing, TimeoutPolicy,
    Withdrawal,
};
use crate::apps::Priority;
use crate::apps::prompt::Playable;
use crate::id::{CallId, QueueId, UserId};

/// Phones are back so soon after a restart: within the shortest time for which most register.
pub(super) const RETURN_MAX: Duration = Duration::from_secs(300);

/// All queues of one tenant.
#[derive(Clone, Debug, Default)]
pub struct Queues {
    pub(super) lines: BTreeMap<QueueId, Line>,
    pub(super) callers: BTreeMap<CallId, Caller>,
    pub(super) agents: BTreeMap<UserId, Agent>,
    /// Callers who are next in their queues, where an agent is free for them.
    heads: BTreeSet<Head>,
    pub(super) deadlines: BTreeSet<(Instant, Deadline)>,
    /// Queues with thresholds that somebody is told of.
    pub(super) watched: BTreeSet<QueueId>,
    /// Whether any queue is preferred by any agent.
    has_ranks: bool,
    /// What of agents nobody has asked for yet.
    pub(super) news: Vec<(UserId, News)>,
    pub(super) n_joined: u64,
}

/// What is due. Of those due at once a caller's end comes first, so that nobody is rung for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Deadline {
    CallerTimesOut(CallId),
    Ages(CallId),
    Tell(CallId),
    OfferCallback(CallId),
    CallbackDue(CallId),
    CallbackExpires(CallId),
    NoAgent(QueueId),
    NoFreeAgent(QueueId),
    AlertTimePassed(CallId),
    PauseOver(UserId),
    Alerts(QueueId),
}

impl Queues {
    /// The one transition function.
    pub fn handle(&mut self, now: Instant, event: Event, out: &mut Vec<Effect>) {
        match event {
            Event::Configured { queues } => self.configure(now, queues, out),
            Event::Join { queue, call, priority, arrived, standing, contact } => {
                let priority = priority.unwrap_or(Priority::NORMAL);
                let place = Place { standing, priority, arrived, number: self.next_number() };
                self.join(now, queue, call, place, contact, out);
            }
            Event::TurnAway { queue, call, exception } => {
                out.push(Effect::Exit { call, queue, cause: ExitCause::Closed, exception });
            }
            Event::Rejoin { caller } => self.rejoin(now, caller, out),
            // Who is to be called back has hung up.
            Event::Leave { call } if self.is_callback(call) => {}
            Event::Leave { call } => {
                self.remove(now, call, Withdrawal::CallerLeft, out);
            }
            Event::Pressed { call, key } => self.pressed(now, call, key, out),
            Event::CallbackReached { call } => self.reached(now, call, out),
            Event::CallbackMissed { call } => self.missed_caller(now, call, out),
            Event::CancelCallback { queue, call } => self.cancel(now, queue, call, out),
            Event::RestoreCallback { request } => self.restore(now, request, out),
            Event::RestoreIdle { agent, since } => {
                if let Some(known) = self.agents.get_mut(&agent) {
                    known.idle_before = Some((since.min(now), now + RETURN_MAX));
                }
            }
            Event::RestoreTurn { queue, agent } => {
                if let Some(line) = self.lines.get_mut(&queue) {
                    line.answered_last = Some(agent);
                }
                self.touch(queue);
            }
            Event::Played { call } => self.greeted(now, call, out),
            Event::AgentAnswered { call, agent } => self.answered(now, call, agent, out),
            Event::AgentRefused { call, agent, .. } => self.refused(now, call, agent, out),
            Event::AgentReleased { agent, queue } => self.released(now, agent, queue),
            Event::AgentChanged { agent, state } => self.changed(now, agent, state, out),
            Event::OptIn { queue, agent } => self.opt_in(now, queue, agent),
            Event::OptOut { queue, agent } => self.opt_out(now, queue, agent, out),
            Event::Pause { agent, reason } => self.set_pause(now, agent, Some(reason), out),
            Event::Resume { agent } => self.set_pause(now, agent, None, out),
            Event::EndWrapUp { agent } => self.end_wrap_up(now, agent),
            Event::Timeout => self.timeout(now, out),
        }
        self.match_callers(now, out);
        self.look_at_alerts(now, out);
    }

    /// When `Timeout` is due.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// Offers the best waiting call over all queues, until no caller is left for whom an agent is free. 3.3, 3.5.
    fn match_callers(&mut self, now: Instant, out: &mut Vec<Effect>) {
        while let Some(Head { queue, place, .. }) = self.heads.pop_first() {
            if let Some(line) = self.lines.get_mut(&queue) {
                line.head = None;
                // Whatever becomes of the offer, this caller is not next any more.
                line.ready.remove(&place);
            }
            self.offer(now, queue, place, out);
            self.touch(queue);
        }
    }

    /// The rank that a queue has for the agents who would be asked for this caller.
    fn rank(&self, line: &Line, place: Place) -> u8 {
        let caller = line.waiting.get(&place).and_then(|call| self.callers.get(call));
        let nobody = BTreeSet::new();
        let tried = caller.map_or(&nobody, |caller| &caller.tried);
        let mut agents = select(line.settings.routing, line.free_agents(), tried);
        if agents.is_empty() {
            agents = select(line.settings.routing, line.free_agents(), &nobody);
        }
        let rank = |agent: &UserId| line.settings.ranks.get(agent).copied().unwrap_or(RANK_LAST);
        agents.iter().map(rank).min().unwrap_or(RANK_LAST)
    }

    fn join(
        &mut self,
        now: Instant,
        queue: QueueId,
        call: CallId,
        place: Place,
        contact: Option<Contact>,
        out: &mut Vec<Effect>,
    ) {
        if self.callers.contains_key(&call) {
            return;
        }
        let Some(line) = self.lines.get(&queue) else {
            return out.push(gone(call, queue));
        };
        let settings = line.settings.clone();
        let is_new = place.standing == Standing::New;
        let n_waiting = line.waiting.len().saturating_sub(line.n_callbacks);
        if is_new && n_waiting >= usize::try_from(settings.overflow_threshold).unwrap_or(usize::MAX) {
            let exception = settings.overflow.clone();
            return out.push(Effect::Exit { call, queue, cause: ExitCause::Overflow, exception: Box::new(exception) });
        }
        if let (true, 0, Some(exception)) = (is_new, line.n_present, &settings.no_agent.action) {
            let exception = exception.clone();
            return out.push(Effect::Exit { call, queue, cause: ExitCause::NoAgent, exception: Box::new(exception) });
        }
        self.line_up(now, queue, call, place, now, contact);
        let greeting = settings.greeting.as_ref().map(|greeting| Playable::Configured(greeting.key()));
        let offers_at_once = settings.offers_during_greeting && settings.timeout_secs != 0;
        if self.lines.get(&queue).is_some_and(|line| !is_new || line.settings.no_free_agent.is_some()) {
            self.watch_presence(now, queue);
        }
        match greeting {
            Some(prompt) if is_new => {
                out.push(Effect::PlayGreeting { call, prompt });
                if offers_at_once {
                    self.ready(call);
                }
            }
            Some(_) | None => self.greeted(now, call, out),
        }
    }

    /// Puts a caller into the line, whose time limit counts from `since`. The queue must be there.
    pub(super) fn line_up(
        &mut self,
        now: Instant,
        queue: QueueId,
        call: CallId,
        place: Place,
        since: Instant,
        contact: Option<Contact>,
    ) {
        let Some(line) = self.lines.get_mut(&queue) else { return };
        let settings = line.settings.clone();
        let callable = callable(&settings, line, contact);
        let (place, ages) = age(now, place, settings.age_step_secs);
        line.waiting.insert(place, call);
        line.arrivals.insert((place.arrived, place.number));
        let times_out = match settings.timeout_secs {
            // Zero lets the greeting end first.
            0 => None,
            secs => since.checked_add(Duration::from_secs(secs.into())),
        };
        self.deadlines.extend(times_out.map(|at| (at, Deadline::CallerTimesOut(call))));
        self.deadlines.extend(ages.map(|at| (at, Deadline::Ages(call))));
        let caller = Caller { times_out, ages, callable, ..Caller::new(queue, place, settings) };
        self.callers.insert(call, caller);
    }

    /// Tells apart who came in the same instant.
    pub(super) fn next_number(&mut self) -> u64 {
        let number = self.n_joined;
        self.n_joined = self.n_joined.wrapping_add(1);
        number
    }

    /// What the caller heard is over: music, and offers from now on.
    pub(super) fn greeted(&mut self, now: Instant, call: CallId, out: &mut Vec<Effect>) {
        let Some(caller) = self.callers.get_mut(&call) else { return };
        if caller.heard == Heard::Music {
            return;
        }
        if caller.heard == Heard::Greeting && caller.settings.timeout_secs == 0 {
            let exception = caller.settings.timeout.clone();
            return self.exit(now, call, ExitCause::Timeout, exception, out);
        }
        caller.heard = Heard::Music;
        let music = &caller.settings.music;
        let music = music.as_ref().map_or(Playable::HoldMusic, |music| Playable::Configured(music.key()));
        out.push(Effect::PlayMusic { call, music });
        if matches!(caller.stage, Stage::Greeting) {
            self.ready(call);
        }
        self.tell_later(now, call);
        self.look_for_offer(now, call);
    }

    /// From now on agents are offered this caller.
    pub(super) fn ready(&mut self, call: CallId) {
        let Some(caller) = self.callers.get_mut(&call) else { return };
        caller.stage = Stage::Ready;
        let (queue, place) = (caller.queue, caller.place);
        if let Some(line) = self.lines.get_mut(&queue) {
            line.ready.insert(place);
        }
        self.touch(queue);
    }

    fn changed(&mut self, now: Instant, agent: UserId, state: AgentState, out: &mut Vec<Effect>) {
        let known = self.agents.entry(agent).or_default();
        if state.is_available() && !known.state.is_available() {
            let before = known.idle_before.take().filter(|(_, until)| now <= *until);
            known.idle_since = Some(before.map_or(now, |(since, _)| since));
        }
        known.state = state;
        self.update_lines(now, agent);
        self.withdraw_if_unfit(now, agent, out);
    }

    fn opt_in(&mut self, now: Instant, queue: QueueId, agent: UserId) {
        let Some(line) = self.lines.get_mut(&queue) else { return };
        if !line.opt(agent, Opt::In) {
            return;
        }
        if let Some(member) = line.members.get_mut(&agent) {
            member.idle_from = Some(now);
            member.n_missed = 0;
        }
        self.news.push((agent, News::OptedIn { queue }));
        self.update_lines(now, agent);
    }

    fn opt_out(&mut self, now: Instant, queue: QueueId, agent: UserId, out: &mut Vec<Effect>) {
        let Some(line) = self.lines.get_mut(&queue) else { return };
        if line.opt(agent, Opt::Out) {
            self.news.push((agent, News::OptedOut { queue }));
            self.update_lines(now, agent);
            self.withdraw_if_unfit(now, agent, out);
        }
    }

    fn configure(&mut self, now: Instant, queues: BTreeMap<QueueId, Staffed>, out: &mut Vec<Effect>) {
        let removed: Vec<QueueId> = self.lines.keys().filter(|queue| !queues.contains_key(queue)).copied().collect();
        for queue in removed {
            for call in self.calls_of(queue) {
                match self.is_callback(call) {
                    true => self.end_callback(now, call, callback::State::Cancelled, out),
                    false => self.exit(now, call, ExitCause::NoAgent, hang_up(), out),
                }
            }
            if let Some(line) = self.lines.remove(&queue) {
                if let Some(head) = &line.head {
                    self.heads.remove(head);
                }
                let ejects_at = line.ejects_at.map(|at| (at, Deadline::NoAgent(queue)));
                let gives_up_at = line.gives_up_at.map(|at| (at, Deadline::NoFreeAgent(queue)));
                let looks_at = line.watch.looks_at().map(|at| (at, Deadline::Alerts(queue)));
                for deadline in ejects_at.into_iter().chain(gives_up_at).chain(looks_at) {
                    self.deadlines.remove(&deadline);
                }
            }
        }
        for agent in self.agents.values_mut() {
            agent.queues.clear();
        }
        self.has_ranks = queues.values().any(|staffed| !staffed.settings.ranks.is_empty());
        for (queue, staffed) in queues {
            if staffed.settings.alerts.is_some() {
                self.watched.insert(queue);
            }
            for agent in staffed.agents.iter() {
                let queues = &mut self.agents.entry(*agent).or_default().queues;
                if !queues.contains(&queue) {
                    queues.push(queue);
                }
            }
            self.lines.entry(queue).or_insert_with(|| Line::new(&staffed)).configure(staffed);
            self.touch(queue);
        }
        let agents: Vec<UserId> = self.agents.keys().copied().collect();
        for agent in agents {
            self.update_lines(now, agent);
            self.withdraw_if_unfit(now, agent, out);
        }
        let queues: Vec<QueueId> = self.lines.keys().copied().collect();
        for queue in queues {
            self.watch_presence(now, queue);
        }
    }

    fn timeout(&mut self, now: Instant, out: &mut Vec<Effect>) {
        while let Some((at, deadline)) = self.deadlines.first().copied().filter(|(at, _)| *at <= now) {
            self.deadlines.remove(&(at, deadline));
            match deadline {
                Deadline::CallerTimesOut(call) => self.times_out(now, call, out),
                Deadline::Ages(call) => self.ages(now, call),
                Deadline::Tell(call) => self.tell(now, call, out),
                Deadline::OfferCallback(call) => self.look(now, call, out),
                Deadline::CallbackDue(call) => self.callback_due(now, call, out),
                Deadline::CallbackExpires(call) => self.callback_expired(now, call, out),
                Deadline::NoAgent(queue) => self.eject(now, queue, out),
                Deadline::NoFreeAgent(queue) => self.give_up(now, queue, out),
                Deadline::AlertTimePassed(call) => self.alert_time_passed(now, call, out),
                Deadline::PauseOver(agent) => self.end_pause(now, agent),
                // They are looked at after each event.
                Deadline::Alerts(_) => {}
            }
        }
    }

    fn times_out(&mut self, now: Instant, call: CallId, out: &mut Vec<Effect>) {
        let Some(caller) = self.callers.get_mut(&call) else { return };
        caller.times_out = None;
        let may_finish = caller.settings.timeout_policy == TimeoutPolicy::FinishCurrentAlert;
        if may_finish && matches!(caller.stage, Stage::Offered(_)) {
            caller.is_overdue = true;
            return;
        }
        let exception = caller.settings.timeout.clone();
        self.exit(now, call, ExitCause::Timeout, exception, out);
    }

    /// A caller has waited for another step, and stands where callers of a higher priority do.
    fn ages(&mut self, now: Instant, call: CallId) {
        let Some(caller) = self.callers.get_mut(&call) else { return };
        let before = caller.place;
        let raised = Place { priority: before.priority.raised(1), ..before };
        let step = caller.settings.age_step_secs.filter(|_| Priority::HIGHEST < raised.priority);
        caller.place = raised;
        caller.ages = step.map(|secs| now + Duration::from_secs(secs.max(1).into()));
        self.deadlines.extend(caller.ages.map(|at| (at, Deadline::Ages(call))));
        let queue = caller.queue;
        if let Some(line) = self.lines.get_mut(&queue) {
            line.waiting.remove(&before);
            line.waiting.insert(raised, call);
            if line.ready.remove(&before) {
                line.ready.insert(raised);
            }
        }
        self.touch(queue);
    }

    pub(super) fn exit(
        &mut self,
        now: Instant,
        call: CallId,
        cause: ExitCause,
        exception: ExceptionAction,
        out: &mut Vec<Effect>,
    ) {
        if let Some(caller) = self.remove(now, call, Withdrawal::CallLeftQueue, out) {
            out.push(Effect::Exit { call, queue: caller.queue, cause, exception: Box::new(exception) });
        }
    }

    /// Takes a caller out of line and releases the agents who still ring.
    pub(super) fn remove(
        &mut self,
        now: Instant,
        call: CallId,
        why: Withdrawal,
        out: &mut Vec<Effect>,
    ) -> Option<Caller> {
        let caller = self.callers.remove(&call)?;
        if let Some(at) = caller.times_out {
            self.deadlines.remove(&(at, Deadline::CallerTimesOut(call)));
        }
        if let Some(at) = caller.told_at {
            self.deadlines.remove(&(at, Deadline::Tell(call)));
        }
        if let Some(at) = caller.callable.and_then(|callable| callable.looks_at) {
            self.deadlines.remove(&(at, Deadline::OfferCallback(call)));
        }
        if let Some(asked) = caller.asked {
            self.deadlines.remove(&(asked.expires, Deadline::CallbackExpires(call)));
            for at in asked.next_at.into_iter().chain(asked.calls_until) {
                self.deadlines.remove(&(at, Deadline::CallbackDue(call)));
            }
        }
        if let Some(at) = caller.ages {
            self.deadlines.remove(&(at, Deadline::Ages(call)));
        }
        if let Some(line) = self.lines.get_mut(&caller.queue) {
            line.waiting.remove(&caller.place);
            line.ready.remove(&caller.place);
            line.arrivals.remove(&(caller.place.arrived, caller.place.number));
            if caller.asked.is_some() {
                line.n_callbacks = line.n_callbacks.saturating_sub(1);
            }
        }
        if let Stage::Offered(offer) = &caller.stage {
            self.deadlines.remove(&(offer.ends, Deadline::AlertTimePassed(call)));
            if let Some(line) = self.lines.get_mut(&caller.queue) {
                line.n_offered = line.n_offered.saturating_sub(1);
            }
            for agent in &offer.agents {
                let rings = self.agents.get(agent).is_some_and(|agent| agent.rings == Some(call));
                if rings {
                    out.push(Effect::Withdraw { call, agent: *agent, why });
                    self.set_rings(now, *agent, None);
                }
            }
        }
        self.note_outcome(now, &caller, why);
        self.touch(caller.queue);
        Some(caller)
    }

    /// Keeps the list that the matcher looks at: who is next in each queue in which a caller is ready and an agent free.
    pub(super) fn touch(&mut self, queue: QueueId) {
        let head = self.lines.get(&queue).and_then(|line| {
            let place = line.next()?;
            let rank = if self.has_ranks { self.rank(line, place) } else { RANK_LAST };
            Some(Head { standing: place.standing, priority: place.priority, rank, place, queue })
        });
        let Some(line) = self.lines.get_mut(&queue) else { return };
        if line.head != head {
            let before = std::mem::replace(&mut line.head, head);
            if let Some(before) = before {
                self.heads.remove(&before);
            }
            self.heads.extend(head);
        }
    }

    pub(super) fn calls_of(&self, queue: QueueId) -> Vec<CallId> {
        self.lines.get(&queue).map_or(Vec::new(), |line| line.waiting.values().copied().collect())
    }
}

/// Raises a place for the time that the caller has waited already, and tells when it rises again. Specification 3.3.
fn age(now: Instant, place: Place, step_secs: Option<u32>) -> (Place, Option<Instant>) {
    let Some(step_secs) = step_secs.map(|secs| secs.max(1)) else { return (place, None) };
    let n_steps = now.saturating_duration_since(place.arrived).as_secs() / u64::from(step_secs);
    let n_steps = u32::try_from(n_steps).unwrap_or(u32::MAX);
    let raised = Place { priority: place.priority.raised(n_steps), ..place };
    let next = place.arrived.checked_add(Duration::from_secs(u64::from(step_secs) * (u64::from(n_steps) + 1)));
    (raised, next.filter(|_| Priority::HIGHEST < raised.priority))
}

/// A call for a queue that is not there.
pub(super) fn gone(call: CallId, queue: QueueId) -> Effect {
    Effect::Exit { call, queue, cause: ExitCause::NoAgent, exception: Box::new(hang_up()) }
}

fn hang_up() -> ExceptionAction {
    ExceptionAction::new(Exit::Disconnect)
}
