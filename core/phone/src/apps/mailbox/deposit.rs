//! One caller leaves a message: greeting, tone, recording, the end. Specification of calling, 2.8.

use std::time::{Duration, Instant};

use super::{Effect, Event, Mailbox, Outcome, Terms};
use crate::apps::prompt::{Playable, SystemPrompt};
use crate::limits::GREETING_SECS_MAX;

/// Ends the greeting, and the message.
const END_KEY: char = '#';

/// Lets the owner of a mailbox hear the messages from any phone.
const VISIT_KEY: char = '*';

/// What is kept of the silence that ended a message.
const TAIL: Duration = Duration::from_millis(500);

/// One caller in one mailbox.
#[derive(Clone, Debug)]
pub struct Deposit {
    terms: Terms,
    state: State,
    /// When the state ends by itself.
    deadline: Option<Instant>,
    outcome: Option<Outcome>,
    /// Length of what was delivered.
    kept: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    New,
    Greeting,
    Tone,
    Recording { since: Instant },
    Farewell,
    Ended,
}

impl Deposit {
    /// A caller who is about to enter.
    pub fn new(terms: Terms) -> Self {
        Self { terms, state: State::New, deadline: None, outcome: None, kept: Duration::ZERO }
    }

    /// The one transition function.
    pub fn handle(&mut self, now: Instant, event: Event, out: &mut Vec<Effect>) {
        match (event, self.state) {
            (Event::Started, State::New) => self.greet(now, out),
            (Event::Digit(VISIT_KEY), State::Greeting) if matches!(self.terms.mailbox, Mailbox::Person(_)) => {
                self.state = State::Ended;
                out.push(Effect::Visit);
            }
            (Event::Played | Event::Digit(END_KEY) | Event::Timeout, State::Greeting) => self.sound_tone(now, out),
            (Event::Played | Event::Timeout, State::Tone) => self.record(now, out),
            (Event::Digit(END_KEY) | Event::Timeout, State::Recording { since }) => {
                self.finish(now.saturating_duration_since(since), out);
                self.say_farewell(now, out);
            }
            (Event::Quiet, State::Recording { since }) => {
                let quiet = Duration::from_secs(self.terms.quiet_secs.into());
                let spoken = now.saturating_duration_since(since).saturating_sub(quiet);
                // Silence alone is no message, however long.
                self.finish(if spoken.is_zero() { spoken } else { spoken + TAIL }, out);
                self.say_farewell(now, out);
            }
            (Event::Played | Event::Timeout, State::Farewell) => {
                self.state = State::Ended;
                out.push(Effect::End);
            }
            (Event::HungUp, State::Recording { since }) => {
                self.finish(now.saturating_duration_since(since), out);
                self.state = State::Ended;
            }
            (Event::HungUp, _) => {
                self.outcome.get_or_insert(Outcome::HungUp);
                self.state = State::Ended;
            }
            (Event::Started | Event::Digit(_) | Event::Played | Event::Quiet | Event::Timeout, _) => {}
        }
    }

    /// When `Timeout` is due.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.deadline.filter(|_| self.state != State::Ended)
    }

    /// What this caller meets.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// How it came out; none as long as it goes on.
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome
    }

    /// Length of the message that was delivered; zero if none was.
    pub fn kept(&self) -> Duration {
        self.kept
    }

    fn greet(&mut self, now: Instant, out: &mut Vec<Effect>) {
        if self.terms.greeting.is_empty() {
            return self.sound_tone(now, out);
        }
        self.enter(State::Greeting, now, Duration::from_secs(GREETING_SECS_MAX));
        out.push(Effect::Play(self.terms.greeting.clone()));
    }

    fn sound_tone(&mut self, now: Instant, out: &mut Vec<Effect>) {
        self.enter(State::Tone, now, Duration::from_secs(2));
        out.push(Effect::Play(vec![Playable::Beep]));
    }

    fn record(&mut self, now: Instant, out: &mut Vec<Effect>) {
        self.enter(State::Recording { since: now }, now, Duration::from_secs(self.terms.max_secs.into()));
        out.push(Effect::Record { quiet_secs: self.terms.quiet_secs });
    }

    fn finish(&mut self, spoken: Duration, out: &mut Vec<Effect>) {
        out.push(Effect::StopRecording);
        if spoken.is_zero() || spoken < Duration::from_secs(self.terms.min_secs.into()) {
            self.outcome = Some(Outcome::TooShort);
            return out.push(Effect::Discard);
        }
        self.outcome = Some(Outcome::Delivered);
        self.kept = spoken;
        out.push(Effect::Deliver { kept: spoken });
    }

    fn say_farewell(&mut self, now: Instant, out: &mut Vec<Effect>) {
        self.enter(State::Farewell, now, Duration::from_secs(30));
        let words = match self.outcome {
            Some(Outcome::Delivered) => SystemPrompt::MessageSaved,
            Some(Outcome::HungUp | Outcome::TooShort) | None => SystemPrompt::NoMessage,
        };
        out.push(Effect::Play(vec![Playable::System(words)]));
    }

    fn enter(&mut self, state: State, now: Instant, longest: Duration) {
        self.state = state;
        self.deadline = Some(now + longest);
    }
}
