//! Callers who are called back: offered, taken, offered to an agent, reached or not. Specification of voice apps, 3.9.

use std::time::{Duration, Instant};

use super::callback::{self, Contact, Request, State};
use super::caller::{Asked, Callable, Caller, Heard, Place, Stage};
use super::line::Line;
use super::machine::Deadline;
use super::{Effect, Queues, Settings, Standing, Withdrawal};
use crate::apps::prompt::Playable;
use crate::id::{CallId, QueueId, UserId};

/// A caller hears the offer so long after it is open to them: late enough to have heard that they wait, and whatever the
/// length of the music.
const OFFER_AFTER: Duration = Duration::from_secs(10);
/// Who can't be asked now, because an agent rings or something else is said, is looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// A call to the caller that nothing was heard of for so long came to nothing: carriers give up long before.
const CALLING_MAX: Duration = Duration::from_secs(300);

impl Queues {
    /// Requests of a queue that wait, in their order.
    pub fn callbacks(&self, queue: QueueId) -> Vec<Request> {
        let Some(line) = self.lines.get(&queue) else { return Vec::new() };
        let request = |call: &CallId| request(*call, self.callers.get(call)?, State::Waiting);
        line.waiting.values().filter_map(request).collect()
    }

    /// Begins to look whether the caller may be asked, when the music begins.
    pub(super) fn look_for_offer(&mut self, now: Instant, call: CallId) {
        let Some(caller) = self.callers.get_mut(&call) else { return };
        let Some(callable) = caller.callable.as_mut().filter(|it| !it.is_offered && it.looks_at.is_none()) else {
            return;
        };
        let at = now + OFFER_AFTER;
        callable.looks_at = Some(at);
        self.deadlines.insert((at, Deadline::OfferCallback(call)));
    }

    /// Asks the caller, if the conditions are met and nothing else goes on.
    pub(super) fn look(&mut self, now: Instant, call: CallId, out: &mut Vec<Effect>) {
        let is_first = self.is_first(call);
        let Some(caller) = self.callers.get_mut(&call) else { return };
        let Some(settings) = &caller.settings.callback else { return };
        let Some(callable) = &mut caller.callable else { return };
        let waited = now.saturating_duration_since(caller.place.arrived);
        let has_waited = settings.after_wait_secs.is_some_and(|secs| Duration::from_secs(secs.into()) <= waited);
        let is_open = callable.is_open || has_waited && is_first;
        let is_quiet = caller.heard == Heard::Music && matches!(caller.stage, Stage::Ready);
        if is_open && is_quiet {
            callable.looks_at = None;
            callable.is_offered = true;
            let offer = Playable::Configured(settings.offer.key());
            caller.heard = Heard::Announcement;
            if let Some(at) = caller.told_at.take() {
                self.deadlines.remove(&(at, Deadline::Tell(call)));
            }
            return out.push(Effect::Announce { call, playables: vec![offer] });
        }
        let at = now + LOOK_AGAIN;
        callable.looks_at = Some(at);
        self.deadlines.insert((at, Deadline::OfferCallback(call)));
    }

    /// Whether no live call is before this one.
    fn is_first(&self, call: CallId) -> bool {
        let line = self.callers.get(&call).and_then(|caller| self.lines.get(&caller.queue));
        let first = line.and_then(|line| line.waiting.values().find(|one| !self.is_callback(**one)));
        first == Some(&call)
    }

    /// A caller pressed a key: that of the offer frees them, unless an agent rings already.
    pub(super) fn pressed(&mut self, now: Instant, call: CallId, key: char, out: &mut Vec<Effect>) {
        let Some(caller) = self.callers.get(&call) else { return };
        let Some(settings) = caller.settings.callback.as_ref().filter(|settings| settings.key == key) else { return };
        let Some(callable) = caller.callable.filter(|callable| callable.is_offered) else { return };
        if !matches!(caller.stage, Stage::Ready) {
            return;
        }
        let expires = now + Duration::from_secs(settings.expires_secs.into());
        out.push(Effect::Promise { call });
        let (queue, number) = (caller.queue, callable.contact.number);
        if self.callbacks(queue).iter().any(|other| other.contact.number == number) {
            // The place of the first request stands.
            self.remove(now, call, Withdrawal::CallLeftQueue, out);
            return;
        }
        let Some(caller) = self.callers.get_mut(&call) else { return };
        caller.asked = Some(Asked {
            contact: callable.contact,
            at: now,
            expires,
            n_attempts: 0,
            next_at: None,
            calls_until: None,
        });
        self.leave_the_line(call);
        self.deadlines.insert((expires, Deadline::CallbackExpires(call)));
        self.tell_request(call, State::Waiting, out);
    }

    /// The caller is no live call any more, but keeps the place.
    fn leave_the_line(&mut self, call: CallId) {
        let Some(caller) = self.callers.get_mut(&call) else { return };
        let told_at = caller.told_at.take().map(|at| (at, Deadline::Tell(call)));
        let times_out = caller.times_out.take().map(|at| (at, Deadline::CallerTimesOut(call)));
        let looks_at = caller.callable.take().and_then(|callable| callable.looks_at);
        let looks_at = looks_at.map(|at| (at, Deadline::OfferCallback(call)));
        caller.tried.clear();
        let (queue, place) = (caller.queue, caller.place);
        for deadline in [told_at, times_out, looks_at].into_iter().flatten() {
            self.deadlines.remove(&deadline);
        }
        if let Some(line) = self.lines.get_mut(&queue) {
            line.n_callbacks += 1;
            line.arrivals.remove(&(place.arrived, place.number));
        }
        self.touch(queue);
    }

    /// The agent took the call back: now the caller is called.
    pub(super) fn begin_calling(&mut self, now: Instant, call: CallId, agent: UserId, out: &mut Vec<Effect>) {
        let Some(caller) = self.callers.get_mut(&call) else { return };
        let queue = caller.queue;
        if let Stage::Offered(offer) = &caller.stage {
            self.deadlines.remove(&(offer.ends, Deadline::AlertTimePassed(call)));
        }
        caller.stage = Stage::Calling;
        let until = now + CALLING_MAX;
        if let Some(asked) = &mut caller.asked {
            asked.calls_until = Some(until);
            self.deadlines.insert((until, Deadline::CallbackDue(call)));
        }
        if let Some(line) = self.lines.get_mut(&queue) {
            line.n_offered = line.n_offered.saturating_sub(1);
        }
        out.push(Effect::Connect { call, agent });
        self.begin_talk(now, agent, queue);
        self.touch(queue);
    }

    /// Caller and agent talk.
    pub(super) fn reached(&mut self, now: Instant, call: CallId, out: &mut Vec<Effect>) {
        if self.is_calling(call) {
            self.end_callback(now, call, State::Reached, out);
        }
    }

    /// The caller was not reached.
    pub(super) fn missed_caller(&mut self, now: Instant, call: CallId, out: &mut Vec<Effect>) {
        if !self.is_calling(call) {
            return;
        }
        let Some(caller) = self.callers.get_mut(&call) else { return };
        let settings = caller.settings.callback.as_ref();
        let n_max = settings.map_or(callback::ATTEMPTS_MAX, |settings| settings.attempts_max);
        let gap_secs = settings.map_or(callback::GAP_SECS, |settings| settings.gap_secs);
        let is_overdue = caller.is_overdue;
        let Some(asked) = &mut caller.asked else { return };
        if let Some(at) = asked.calls_until.take() {
            self.deadlines.remove(&(at, Deadline::CallbackDue(call)));
        }
        asked.n_attempts = asked.n_attempts.saturating_add(1);
        if is_overdue {
            return self.end_callback(now, call, State::Expired, out);
        }
        if n_max <= asked.n_attempts {
            return self.end_callback(now, call, State::Failed, out);
        }
        let at = now + Duration::from_secs(gap_secs.max(1).into());
        asked.next_at = Some(at);
        caller.stage = Stage::Resting;
        self.deadlines.insert((at, Deadline::CallbackDue(call)));
        self.tell_request(call, State::Waiting, out);
    }

    /// The time between two attempts is over, or nothing is heard of an attempt.
    pub(super) fn callback_due(&mut self, now: Instant, call: CallId, out: &mut Vec<Effect>) {
        if self.is_calling(call) {
            return self.missed_caller(now, call, out);
        }
        let Some(caller) = self.callers.get_mut(&call) else { return };
        if let Some(asked) = &mut caller.asked {
            asked.next_at = None;
        }
        if matches!(caller.stage, Stage::Resting) {
            self.ready(call);
        }
    }

    pub(super) fn callback_expired(&mut self, now: Instant, call: CallId, out: &mut Vec<Effect>) {
        if !self.is_calling(call) {
            return self.end_callback(now, call, State::Expired, out);
        }
        // The attempt may still succeed.
        if let Some(caller) = self.callers.get_mut(&call) {
            caller.is_overdue = true;
        }
    }

    /// Nobody is to call back any more. An attempt under way goes on.
    pub(super) fn cancel(&mut self, now: Instant, queue: QueueId, call: CallId, out: &mut Vec<Effect>) {
        if self.callers.get(&call).is_some_and(|caller| caller.queue == queue && caller.asked.is_some()) {
            self.end_callback(now, call, State::Cancelled, out);
        }
    }

    /// Takes up a request of the time before a restart. One that expired meanwhile ends.
    pub(super) fn restore(&mut self, now: Instant, request: Request, out: &mut Vec<Effect>) {
        let Request { id: call, queue, contact, priority, arrived, asked, expires, n_attempts, next_at, .. } = request;
        if self.callers.contains_key(&call) || request.state != State::Waiting {
            return;
        }
        let place = Place { standing: Standing::New, priority, arrived, number: self.next_number() };
        let Some(line) = self.lines.get_mut(&queue) else {
            return out.push(Effect::Callback { request: Request { state: State::Cancelled, ..request } });
        };
        line.waiting.insert(place, call);
        line.n_callbacks += 1;
        let next_at = next_at.filter(|at| now < *at);
        let asked = Asked { contact, at: asked, expires, n_attempts, next_at, calls_until: None };
        let mut caller = Caller::new(queue, place, line.settings.clone());
        caller.heard = Heard::Music;
        caller.stage = Stage::Resting;
        caller.asked = Some(asked);
        self.callers.insert(call, caller);
        self.deadlines.insert((expires, Deadline::CallbackExpires(call)));
        match next_at {
            Some(at) => _ = self.deadlines.insert((at, Deadline::CallbackDue(call))),
            None => self.ready(call),
        }
    }

    /// Whether a call of this id is one to be called back.
    pub(super) fn is_callback(&self, call: CallId) -> bool {
        self.callers.get(&call).is_some_and(|caller| caller.asked.is_some())
    }

    fn is_calling(&self, call: CallId) -> bool {
        self.callers.get(&call).is_some_and(|caller| matches!(caller.stage, Stage::Calling))
    }

    pub(super) fn end_callback(&mut self, now: Instant, call: CallId, state: State, out: &mut Vec<Effect>) {
        let Some(caller) = self.remove(now, call, Withdrawal::CallLeftQueue, out) else { return };
        out.extend(request(call, &caller, state).map(|request| Effect::Callback { request }));
    }

    fn tell_request(&self, call: CallId, state: State, out: &mut Vec<Effect>) {
        let told = self.callers.get(&call).and_then(|caller| request(call, caller, state));
        out.extend(told.map(|request| Effect::Callback { request }));
    }
}

/// Whether a caller who comes may be offered a call back, and by what has waited already. Specification 3.9.
pub(super) fn callable(settings: &Settings, line: &Line, contact: Option<Contact>) -> Option<Callable> {
    let (callback, contact) = (settings.callback.as_ref()?, contact?);
    let n_waiting = line.waiting.len().saturating_sub(line.n_callbacks);
    let at_least =
        |min: u32, n_agents: usize| usize::try_from(min).is_ok_and(|min| min.saturating_mul(n_agents) <= n_waiting);
    let is_long = callback.waiting_min.is_some_and(|min| at_least(min, 1));
    let is_busy = callback.waiting_per_agent_min.is_some_and(|min| at_least(min, line.n_present));
    Some(Callable { contact, is_open: is_long || is_busy, is_offered: false, looks_at: None })
}

fn request(id: CallId, caller: &Caller, state: State) -> Option<Request> {
    let asked = caller.asked?;
    Some(Request {
        id,
        queue: caller.queue,
        contact: asked.contact,
        priority: caller.place.priority,
        arrived: caller.place.arrived,
        asked: asked.at,
        expires: asked.expires,
        n_attempts: asked.n_attempts,
        next_at: asked.next_at,
        state,
    })
}
