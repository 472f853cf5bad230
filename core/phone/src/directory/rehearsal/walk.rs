//! The walk of a call from app to app, as live calls take it. Specification of voice apps, 2.8 and 3.8.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::keys::Hand;
use super::telling::Told;
use super::{Caller, End, Entrance, HangUp, Path, Script, Setting, Step, StepKind};
use crate::apps::attendant::{Attendant, Effect, Event, Outcome, Passage};
use crate::apps::mailbox::Mailbox;
use crate::apps::{Priority, Target};
use crate::directory::outbound::{ANONYMOUS, Passing};
use crate::directory::{App, Destination, Refusal, Tenant, Verdict};
use crate::id::{AttendantId, TrunkId};
use crate::limits::{REHEARSAL_EVENTS_MAX, REHEARSAL_SECS_MAX, REHEARSAL_STEPS_MAX};
use crate::numbers::E164;

/// One call on its way.
pub(super) struct Walk<'a> {
    pub(super) tenant: &'a Tenant,
    pub(super) script: &'a Script,
    pub(super) began: Instant,
    pub(super) now: Instant,
    pub(super) hand: Hand<'a>,
    pub(super) passage: Passage,
    pub(super) priority: Option<Priority>,
    /// The number of the organization that was called from outside.
    line: Option<E164>,
    steps: Vec<Step>,
    n_events: u32,
}

/// Where the call is.
pub(super) enum Place {
    /// With an attendant, which hears of something.
    Attending(Box<Attendant>, Event),
    /// On its way there.
    Entering(Destination, Fallback),
    Over(End),
}

/// Who takes the caller when nobody answers.
pub(super) enum Fallback {
    Attendant(Box<Attendant>),
    GiveUp,
}

/// What comes next to a caller in an attendant.
enum Next {
    HangUp,
    Key,
    Played,
    Timeout,
}

impl<'a> Walk<'a> {
    pub(super) fn new(tenant: &'a Tenant, now: Instant, script: &'a Script) -> Self {
        Self {
            tenant,
            script,
            began: now,
            now,
            hand: Hand::new(&script.keys, now),
            passage: Passage::default(),
            priority: None,
            line: None,
            steps: Vec::new(),
            n_events: 0,
        }
    }

    pub(super) fn run(mut self) -> Path {
        let mut place = self.arrive();
        loop {
            place = match place {
                Place::Attending(machine, event) => self.attend(machine, event),
                Place::Entering(destination, fallback) => self.enter(destination, fallback),
                Place::Over(end) => return Path { steps: self.steps, end },
            };
        }
    }

    fn arrive(&mut self) -> Place {
        let verdict = match (&self.script.to, self.script.from) {
            (Entrance::Target(target), _) => self.redirect(target),
            (Entrance::Dialled(dialled), Caller::Person(user)) => self.tenant.dial(user, dialled, self.wall()),
            (Entrance::Dialled(dialled), Caller::Outside(_)) => {
                // No trunk has the nil id: then the number is read as the organization's country writes it.
                let nobodys = TrunkId(Uuid::nil());
                let held = self.tenant.held_number(nobodys, dialled);
                self.line = held.map(|number| number.number);
                let trunk = held.and_then(|number| number.trunk);
                let caller = self.caller().unwrap_or_default();
                self.tenant.inbound(trunk.unwrap_or(nobodys), dialled, &caller)
            }
        };
        match self.hear(verdict) {
            Ok(destination) => Place::Entering(destination, Fallback::GiveUp),
            Err(refusal) => self.give_up(refusal.code()),
        }
    }

    /// Where an app's target leads, as live calls ask.
    pub(super) fn redirect(&self, target: &Target) -> Verdict {
        let caller = self.caller();
        let passing = Passing { caller: caller.as_deref(), line: self.line, at: self.wall() };
        self.tenant.redirect(target, &passing)
    }

    /// Who calls from outside.
    fn caller(&self) -> Option<String> {
        match self.script.from {
            Caller::Outside(Some(number)) => Some(number.to_string()),
            Caller::Outside(None) => Some(ANONYMOUS.to_owned()),
            Caller::Person(_) => None,
        }
    }

    /// Takes down the reasons of a verdict.
    pub(super) fn hear(&mut self, verdict: Verdict) -> Result<Destination, Refusal> {
        for reason in verdict.reasons {
            self.tell(StepKind::Route, None, reason);
        }
        verdict.decision
    }

    fn enter(&mut self, destination: Destination, fallback: Fallback) -> Place {
        match destination {
            Destination::Attendant { id, priority } => {
                self.priority = self.priority.or(priority);
                self.let_in(id)
            }
            Destination::Queue { id, priority } => {
                self.priority = self.priority.or(priority);
                self.join(id)
            }
            Destination::SharedMailbox { id, .. } => Place::Over(End::Message { mailbox: Mailbox::Shared(id) }),
            Destination::User { id } => self.ring(id, fallback),
            Destination::Visit { mailbox, .. } => Place::Over(End::Visit { mailbox }),
            Destination::Voicemail { id } => Place::Over(End::Message { mailbox: Mailbox::Person(id) }),
            Destination::External(external) => self.call_outside(*external, fallback),
            Destination::Announcement { .. } => Place::Over(End::Announcement),
            Destination::AudioTest => Place::Over(End::AudioTest),
            Destination::Echo => Place::Over(End::Echo),
        }
    }

    fn let_in(&mut self, id: AttendantId) -> Place {
        let Some(machine) = self.tenant.attendant(id, self.passage) else {
            return self.give_up(Refusal::ServiceNotSetUp.code());
        };
        let event = Event::Started { wall: self.wall() };
        Place::Attending(Box::new(machine), event)
    }

    /// Runs an attendant until it lets the caller go.
    fn attend(&mut self, mut machine: Box<Attendant>, mut event: Event) -> Place {
        let mut plays_until = None;
        let mut effects = Vec::new();
        loop {
            if self.is_endless() {
                return Place::Over(End::Waiting { queue: None });
            }
            let before = Told::of(&machine);
            machine.handle(self.now, event.clone(), &mut effects);
            self.tell_of(&machine, &before, &event, &effects);
            for effect in effects.drain(..) {
                match effect {
                    Effect::Play(playables) => plays_until = Some(self.after_prompts(playables.len())),
                    Effect::StopPlaying => plays_until = None,
                    // Rehearsed callers press keys.
                    Effect::Listen { .. } | Effect::StopListening => {}
                    Effect::Transfer { target, outcome } => return self.transfer(machine, &target, outcome),
                    Effect::End { outcome } => return self.hung_up(&machine, outcome),
                }
            }
            let Some((at, next)) = self.next_for(&machine, plays_until) else {
                return Place::Over(End::Waiting { queue: None });
            };
            self.now = at.max(self.now);
            event = match next {
                Next::HangUp => {
                    return Place::Over(End::CallerHungUp { app: Some(App::Attendant(machine.settings().id)) });
                }
                Next::Key => match self.hand.press(self.now) {
                    Some(key) => Event::Digit(key),
                    None => return Place::Over(End::Waiting { queue: None }),
                },
                Next::Played => {
                    plays_until = None;
                    Event::Played
                }
                Next::Timeout => {
                    self.hand.was_silent();
                    Event::Timeout
                }
            };
        }
    }

    fn next_for(&mut self, machine: &Attendant, plays_until: Option<Instant>) -> Option<(Instant, Next)> {
        let key = self.hand.next_at(self.now, plays_until.is_some());
        let all = [
            self.hangs_up_at().map(|at| (at, Next::HangUp)),
            plays_until.map(|at| (at, Next::Played)),
            key.map(|at| (at, Next::Key)),
            machine.next_deadline().map(|at| (at, Next::Timeout)),
        ];
        // The first of those that are due at the same moment.
        all.into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    fn transfer(&mut self, machine: Box<Attendant>, target: &Target, outcome: Outcome) -> Place {
        self.passage = machine.passage();
        let words = self.words_of_transfer(target, outcome);
        let setting = self.setting_of_transfer(&machine, outcome);
        self.tell(StepKind::Transfer, setting, words);
        let verdict = self.redirect(target);
        match self.hear(verdict) {
            Ok(destination @ (Destination::User { .. } | Destination::External(_))) => {
                Place::Entering(destination, Fallback::Attendant(machine))
            }
            Ok(destination) => Place::Entering(destination, Fallback::GiveUp),
            Err(_) => Place::Attending(machine, Event::TransferFailed),
        }
    }

    fn hung_up(&mut self, machine: &Attendant, outcome: Outcome) -> Place {
        let app = App::Attendant(machine.settings().id);
        Place::Over(End::HungUp { app, cause: HangUp::Attendant(outcome) })
    }

    /// Nobody can be reached, and no app takes the caller back.
    pub(super) fn give_up(&mut self, code: &'static str) -> Place {
        Place::Over(End::Refused { code })
    }

    /// Takes down what happened; what happens too often is not told again and again.
    pub(super) fn tell(&mut self, kind: StepKind, setting: Option<Setting>, words: String) {
        if self.steps.len() < REHEARSAL_STEPS_MAX {
            let after = self.now.saturating_duration_since(self.began);
            self.steps.push(Step { after, kind, setting, words });
        }
    }

    /// The wall's time.
    pub(super) fn wall(&self) -> Timestamp {
        let since = SignedDuration::try_from(self.now.saturating_duration_since(self.began)).unwrap_or_default();
        self.script.at.checked_add(since).unwrap_or(self.script.at)
    }

    /// When that many prompts are over.
    pub(super) fn after_prompts(&self, n_prompts: usize) -> Instant {
        let secs = u64::from(self.script.assumed.prompt_secs).saturating_mul(u64::try_from(n_prompts).unwrap_or(1));
        self.later(secs)
    }

    /// So many seconds from now.
    pub(super) fn later(&self, secs: u64) -> Instant {
        self.now + Duration::from_secs(secs.min(REHEARSAL_SECS_MAX))
    }

    /// Lets time pass; false if the caller hangs up before.
    pub(super) fn stays_until(&mut self, at: Instant) -> bool {
        let gone = self.hangs_up_at().filter(|gone| *gone < at);
        self.now = gone.unwrap_or(at).max(self.now);
        gone.is_none()
    }

    pub(super) fn hangs_up_at(&self) -> Option<Instant> {
        self.script.assumed.hang_up_secs.and_then(|secs| self.began.checked_add(Duration::from_secs(secs.into())))
    }

    /// Whether enough has happened.
    pub(super) fn is_endless(&mut self) -> bool {
        self.n_events = self.n_events.saturating_add(1);
        let lasts = self.now.saturating_duration_since(self.began).as_secs();
        self.n_events > REHEARSAL_EVENTS_MAX || lasts > REHEARSAL_SECS_MAX
    }
}
