//! A caller in a queue: the queues' own machine, with those who wait before and the agents as they are assumed.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use uuid::Uuid;

use super::walk::{Fallback, Place, Walk};
use super::words::words_of_prompt;
use super::{Does, End, HangUp, Setting, StepKind};
use crate::apps::attendant::Outcome;
use crate::apps::queue::roster::Staffed;
use crate::apps::queue::{
    AgentState, Effect, Event, ExceptionAction, Exit, ExitCause, OfferFailure, Queues, Settings, Standing, Withdrawal,
};
use crate::directory::{App, Refusal};
use crate::id::{CallId, QueueId, UserId};
use crate::limits::APP_DEPTH_MAX;
use crate::people::Presence;

/// The caller of the script, after everybody who came before.
const OURS: CallId = CallId(Uuid::max());

/// One queue as it is assumed to be.
struct Line {
    settings: Arc<Settings>,
    /// In the order in which they are asked.
    agents: Arc<[UserId]>,
    queues: Queues,
    /// What happens next, in the order of time.
    agenda: BTreeSet<(Instant, Due)>,
    joined_at: Instant,
}

/// What somebody does by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Answer(CallId, UserId),
    Decline(CallId, UserId),
    Heard(CallId),
    Release(UserId),
}

impl Walk<'_> {
    /// Joins a queue and waits until it lets the caller go.
    pub(super) fn join(&mut self, id: QueueId) -> Place {
        let Some(settings) = self.tenant.queues.get(&id).cloned() else {
            return self.give_up(Refusal::ServiceNotSetUp.code());
        };
        self.passage.depth = self.passage.depth.saturating_add(1);
        if self.passage.depth > APP_DEPTH_MAX {
            let words = format!("more than {APP_DEPTH_MAX} attendants and queues follow each other: it hangs up");
            self.tell(StepKind::End, None, words);
            let cause = HangUp::Attendant(Outcome::OaaChainTooLong);
            return Place::Over(End::HungUp { app: App::Queue(id), cause });
        }
        let mut line = Line {
            settings,
            agents: self.tenant.roster(id).into(),
            queues: Queues::default(),
            agenda: BTreeSet::new(),
            joined_at: self.now,
        };
        let mut effects = self.populate(&mut line);
        self.admit(&mut line, &mut effects);
        self.wait(line, effects)
    }

    /// The agents, and those who wait before. Nobody is offered anything yet: as long as agents are busy.
    fn populate(&mut self, line: &mut Line) -> Vec<Effect> {
        let (now, id) = (self.now, line.settings.id);
        let mut effects = Vec::new();
        let staffed = Staffed { settings: line.settings.clone(), agents: line.agents.clone() };
        let queues = [(id, staffed)].into();
        line.queues.handle(now, Event::Configured { queues }, &mut effects);
        for agent in line.agents.iter() {
            let busy = AgentState { reachable: true, presence: Presence::Available, in_other_call: true };
            line.queues.handle(now, Event::AgentChanged { agent: *agent, state: busy }, &mut effects);
        }
        let n_waiting = self.script.assumed.n_waiting(id).min(line.settings.overflow_threshold);
        for number in 0..n_waiting {
            let call = CallId(Uuid::from_u128(number.into()));
            // Those who wait came while the queue was open.
            let join = self.joining(id, call);
            line.queues.handle(now, join, &mut effects);
        }
        for agent in line.agents.clone().iter().copied() {
            match self.script.assumed.agent(agent) {
                Does::Offline => {
                    let gone = AgentState { reachable: false, presence: Presence::Offline, in_other_call: false };
                    line.queues.handle(now, Event::AgentChanged { agent, state: gone }, &mut effects);
                }
                Does::OptedOut => line.queues.handle(now, Event::OptOut { queue: id, agent }, &mut effects),
                Does::Answers | Does::Away | Does::Busy | Does::Declines | Does::NoAnswer => {}
            }
        }
        effects
    }

    /// A caller comes. Nobody can be called back here, so that the walk is that of a caller who waits.
    fn joining(&self, queue: QueueId, call: CallId) -> Event {
        let (priority, arrived) = (self.priority, self.now);
        Event::Join { queue, call, priority, arrived, standing: Standing::New, contact: None }
    }

    /// The caller joins, then the agents are free who are.
    fn admit(&mut self, line: &mut Line, effects: &mut Vec<Effect>) {
        let (now, id) = (self.now, line.settings.id);
        let n_before = line.queues.n_waiting(id);
        let comes = match self.tenant.closed(&line.settings, self.wall()) {
            Some(closed) => Event::TurnAway { queue: id, call: OURS, exception: Box::new(closed.exception) },
            None => self.joining(id, OURS),
        };
        line.queues.handle(now, comes, effects);
        let waiting = line.queues.waiting(now, id);
        if let Some(ours) = waiting.iter().find(|waiting| waiting.call == OURS) {
            let settings = &line.settings;
            let words = match n_before {
                0 => format!("{} takes the caller, who is the first in line", settings.name),
                _ => format!(
                    "{} takes the caller: {n_before} wait, at most {}; the place is {}",
                    settings.name, settings.overflow_threshold, ours.position
                ),
            };
            self.tell(StepKind::Admission, Some(setting(settings, "overflow_threshold")), words);
        }
        for agent in line.agents.clone().iter().copied() {
            let presence = match self.script.assumed.agent(agent) {
                Does::Answers | Does::Declines | Does::NoAnswer => Presence::Available,
                Does::Away => Presence::Away,
                Does::Busy | Does::Offline | Does::OptedOut => continue,
            };
            let free = AgentState { reachable: true, presence, in_other_call: false };
            line.queues.handle(now, Event::AgentChanged { agent, state: free }, effects);
        }
    }

    fn wait(&mut self, mut line: Line, mut effects: Vec<Effect>) -> Place {
        loop {
            for effect in std::mem::take(&mut effects) {
                if let Some(place) = self.obey(&mut line, effect) {
                    return place;
                }
            }
            let next = line.agenda.first().map(|(at, _)| *at);
            let at = [next, line.queues.next_deadline(), self.hangs_up_at()].into_iter().flatten().min();
            let queue = line.settings.id;
            let Some(at) = at.filter(|_| !self.is_endless()) else {
                self.tell(StepKind::Wait, None, format!("the caller still waits in {}", line.settings.name));
                return Place::Over(End::Waiting { queue: Some(queue) });
            };
            self.now = at.max(self.now);
            if self.hangs_up_at() == Some(at) {
                return Place::Over(End::CallerHungUp { app: Some(App::Queue(queue)) });
            }
            let event = match line.agenda.first().copied().filter(|(due_at, _)| *due_at == at) {
                None => Event::Timeout,
                Some(due) => {
                    line.agenda.remove(&due);
                    match due.1 {
                        Due::Answer(call, agent) => Event::AgentAnswered { call, agent },
                        Due::Decline(call, agent) => Event::AgentRefused { call, agent, why: OfferFailure::Declined },
                        Due::Heard(call) => Event::Played { call },
                        Due::Release(agent) => Event::AgentReleased { agent, queue },
                    }
                }
            };
            line.queues.handle(self.now, event, &mut effects);
        }
    }

    /// Does what the queue wants; where the call goes if it leaves.
    fn obey(&mut self, line: &mut Line, effect: Effect) -> Option<Place> {
        match effect {
            Effect::PlayGreeting { call, .. } => {
                if call == OURS
                    && let Some(greeting) = &line.settings.greeting
                {
                    let words = format!("the caller hears {}", words_of_prompt(greeting));
                    self.tell(StepKind::Play, Some(setting(&line.settings, "greeting")), words);
                }
                // Those who came before have heard it.
                let at = if call == OURS { self.after_prompts(1) } else { self.now };
                line.agenda.insert((at, Due::Heard(call)));
            }
            Effect::Announce { call, playables } => {
                if call == OURS {
                    let told = &line.settings;
                    let words = self.words_of_all(&playables, |key| told.prompts().find(|prompt| prompt.key() == key));
                    self.tell(StepKind::Play, Some(setting(&line.settings, "announcements")), words);
                }
                let n_prompts = if call == OURS { playables.len() } else { 0 };
                line.agenda.insert((self.after_prompts(n_prompts), Due::Heard(call)));
            }
            Effect::PlayMusic { call: OURS, .. } => {
                self.tell(StepKind::Wait, None, format!("the caller waits in {} and hears music", line.settings.name));
            }
            Effect::Offer { call, agent } => self.offer(line, call, agent),
            Effect::Withdraw { call, agent, why } => {
                line.agenda.retain(|(_, due)| !matches!(due, Due::Answer(of, by) | Due::Decline(of, by) if (*of, *by) == (call, agent)));
                if call == OURS && why == Withdrawal::AlertTimePassed {
                    let secs = line.settings.agent_alert_secs;
                    let words = format!("{} does not answer within {secs} seconds", self.name_of_person(agent));
                    self.tell(StepKind::Offer, Some(setting(&line.settings, "agent_alert_seconds")), words);
                }
            }
            Effect::Connect { call: OURS, agent } => {
                self.tell(StepKind::Answer, None, format!("{} answers", self.name_of_person(agent)));
                return Some(Place::Over(End::Person { user: agent, queue: Some(line.settings.id) }));
            }
            Effect::Connect { agent, .. } => {
                line.agenda.insert((self.later(self.script.assumed.talk_secs.into()), Due::Release(agent)));
            }
            Effect::Exit { call: OURS, cause, exception, .. } => return Some(self.leave(line, cause, *exception)),
            Effect::OptedOut { agent, .. } => {
                let words = format!("{} missed too many calls and is opted out", self.name_of_person(agent));
                self.tell(StepKind::Offer, Some(setting(&line.settings, "missed_offers_max")), words);
            }
            // Nobody is told of a call that does not happen.
            Effect::Alert { .. }
            | Effect::Callback { .. }
            | Effect::Exit { .. }
            | Effect::OfferCallback { .. }
            | Effect::PlayMusic { .. }
            | Effect::Promise { .. }
            | Effect::TooLate { .. } => {}
        }
        None
    }

    fn offer(&mut self, line: &mut Line, call: CallId, agent: UserId) {
        if call == OURS {
            let words = format!("{} rings", self.name_of_person(agent));
            self.tell(StepKind::Offer, Some(setting(&line.settings, "routing")), words);
        }
        match self.script.assumed.agent(agent) {
            Does::Declines => {
                line.agenda.insert((self.later(1), Due::Decline(call, agent)));
            }
            Does::Answers | Does::Away => {
                let at = self.later(self.script.assumed.answer_secs.into());
                line.agenda.insert((at, Due::Answer(call, agent)));
            }
            Does::Busy | Does::NoAnswer | Does::Offline | Does::OptedOut => {}
        }
    }

    /// Specification 3.8.
    fn leave(&mut self, line: &Line, cause: ExitCause, exception: ExceptionAction) -> Place {
        let settings = &line.settings;
        let n_waiting = line.queues.n_waiting(settings.id);
        let (field, why) = match cause {
            ExitCause::Closed => ("hours", self.words_of_closed(settings)),
            ExitCause::Overflow => (
                "overflow_threshold",
                format!("{} is full: {n_waiting} wait, at most {}", settings.name, settings.overflow_threshold),
            ),
            ExitCause::NoAgent => ("no_agent", format!("no agent of {} is there and opted in", settings.name)),
            ExitCause::Timeout => {
                let waited = self.now.saturating_duration_since(line.joined_at).as_secs();
                ("timeout_seconds", format!("nobody took the call in {}, after {waited} seconds", settings.name))
            }
        };
        self.tell(StepKind::Leave, Some(setting(settings, field)), why);
        let closure = || self.tenant.closed(settings, self.wall()).and_then(|closed| closed.closure);
        let action: Cow<'_, str> = match cause {
            ExitCause::Closed => closure()
                .map_or("hours.hours_override".into(), |index| format!("hours.closures[{index}].exception").into()),
            ExitCause::Overflow => "overflow".into(),
            ExitCause::NoAgent => "no_agent.action".into(),
            ExitCause::Timeout => "timeout".into(),
        };
        if let Some(prompt) = exception.said() {
            let words = format!("the caller hears {}", words_of_prompt(prompt));
            self.tell(StepKind::Play, Some(setting(settings, &action)), words);
            self.now = self.after_prompts(1);
        }
        match exception.action {
            Exit::Disconnect => {
                self.tell(StepKind::End, Some(setting(settings, &action)), format!("{} hangs up", settings.name));
                Place::Over(End::HungUp { app: App::Queue(settings.id), cause: HangUp::Queue(cause) })
            }
            Exit::Forward { target } => {
                let words = format!("to {}", self.name_of(&target));
                self.tell(StepKind::Transfer, Some(setting(settings, &action)), words);
                let verdict = self.redirect(&target);
                match self.hear(verdict) {
                    Ok(destination) => Place::Entering(destination, Fallback::GiveUp),
                    Err(refusal) => self.give_up(refusal.code()),
                }
            }
        }
    }

    fn name_of_person(&self, user: UserId) -> String {
        self.tenant.users.get(&user).map_or("somebody who is gone".to_owned(), |user| user.display_name.clone())
    }
}

fn setting(settings: &Settings, field: &str) -> Setting {
    Setting { noun: "call_queue", id: settings.id.0, name: settings.name.clone(), field: field.to_owned() }
}
