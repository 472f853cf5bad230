//! The way of a visitor: PIN, list, menu, messages, greeting, farewell.

use std::mem;
use std::time::{Duration, Instant};

use super::{Access, Answer, Ask, Effect, Entry, Event, Origin, Outcome, Said};
use crate::apps::mailbox::pin::{Finding, Pin};
use crate::apps::prompt::{Playable, SystemPrompt};
use crate::limits::{
    MAILBOX_PIN_DIGITS_MAX, MAILBOX_PIN_TRIES_PER_CALL, RECORDED_GREETING_QUIET_SECS, RECORDED_GREETING_SECS_MAX,
    VISIT_ANSWER_SECS, VISIT_PLAY_SECS, VISIT_SILENT_MAX, VISIT_WAIT_SECS,
};

/// Seconds between two digits of a PIN after which it is complete.
const DIGIT_SECS: u64 = 4;

/// A shorter greeting is a slip of the finger.
const GREETING_MIN: Duration = Duration::from_secs(1);

/// One visitor in one mailbox.
#[derive(Clone, Debug)]
pub struct Visit {
    pub(super) access: Access,
    pub(super) state: State,
    /// When the state ends by itself.
    deadline: Option<Instant>,
    sound: Sound,
    /// What is to be said before anything else.
    pub(super) pending: Vec<Said>,
    digits: String,
    /// PINs that were wrong in this call.
    n_wrong: u32,
    /// How often the choice was said and nothing was pressed.
    n_silent: u32,
    pub(super) new: Vec<Entry>,
    pub(super) saved: Vec<Entry>,
    /// The messages that are gone through, and where in them.
    pub(super) list: List,
    pub(super) at: usize,
    pub(super) outcome: Option<Outcome>,
}

/// Which messages are gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    New,
    Saved,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    New,
    Asking(Asked),
    Pin,
    Menu,
    /// A message plays, or what can be done with it is said.
    Message(Part),
    /// What to do and the tone are heard.
    BeforeGreeting,
    Greeting {
        since: Instant,
    },
    Farewell,
    Ended,
}

/// Whether the visitor hears anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sound {
    None,
    Playing,
}

/// What an answer is awaited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Deleting,
    Listing,
    Loading,
    Opening,
    Saving,
    Unlocking,
}

/// How far a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Itself,
    Options,
}

impl Visit {
    /// A visitor who is about to enter.
    pub fn new(access: Access) -> Self {
        Self {
            access,
            state: State::New,
            deadline: None,
            sound: Sound::None,
            pending: Vec::new(),
            digits: String::new(),
            n_wrong: 0,
            n_silent: 0,
            new: Vec::new(),
            saved: Vec::new(),
            list: List::New,
            at: 0,
            outcome: None,
        }
    }

    /// The one transition function.
    pub fn handle(&mut self, now: Instant, event: Event, out: &mut Vec<Effect>) {
        match event {
            Event::Started if self.state == State::New => self.ask(now, Ask::Open, Asked::Opening, out),
            Event::Answered(answer) => {
                if let State::Asking(asked) = self.state {
                    self.answered(now, asked, answer, out);
                }
            }
            Event::Digit(key) => self.pressed(now, key, out),
            Event::Played => self.played(now, out),
            Event::Quiet => {
                if let State::Greeting { since } = self.state {
                    let quiet = Duration::from_secs(RECORDED_GREETING_QUIET_SECS.into());
                    self.finish_greeting(now, now.saturating_duration_since(since).saturating_sub(quiet), out);
                }
            }
            Event::HungUp => self.left(out),
            Event::Timeout => self.timed_out(now, out),
            Event::Started => {}
        }
    }

    /// When `Timeout` is due.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.deadline.filter(|_| self.state != State::Ended)
    }

    /// Whose messages are heard, and by whom.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// How it came out; none as long as it goes on.
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome
    }

    // ---- the store answers

    fn answered(&mut self, now: Instant, asked: Asked, answer: Answer, out: &mut Vec<Effect>) {
        match (asked, answer) {
            (Asked::Opening, Answer::Opened { has_pin }) => match self.access.origin {
                Origin::OwnPhone if !has_pin => self.ask(now, Ask::List, Asked::Listing, out),
                Origin::OwnPhone | Origin::Elsewhere => self.ask_for_pin(now, out),
            },
            (Asked::Unlocking, Answer::Unlocked(finding)) => self.unlocked(now, finding, out),
            (Asked::Listing, Answer::Listed { new, saved }) => {
                self.outcome = Some(Outcome::Listened);
                self.say_how_many(new.len());
                (self.new, self.saved) = (new, saved);
                self.offer_menu(now, out);
            }
            (Asked::Loading, Answer::Loaded) => self.play_message(now, out),
            // Somebody else was faster.
            (Asked::Loading, Answer::Missing) => self.drop_message(now, out),
            (Asked::Deleting, Answer::Done) => {
                self.pend(SystemPrompt::MessageDeleted);
                self.drop_message(now, out);
            }
            (Asked::Saving, Answer::Done) => {
                self.pend(SystemPrompt::MessageKept);
                self.next_message(now, out);
            }
            (Asked::Deleting | Asked::Saving, Answer::Failed | Answer::Missing) => {
                self.pend(SystemPrompt::NotPossible);
                self.offer_options(now, out);
            }
            (_, Answer::Failed) => {
                self.outcome = Some(Outcome::Unavailable);
                self.say_farewell(now, SystemPrompt::MailboxUnavailable, out);
            }
            // No answer to what was asked: the right one comes, or the deadline.
            (
                _,
                Answer::Done
                | Answer::Listed { .. }
                | Answer::Loaded
                | Answer::Missing
                | Answer::Opened { .. }
                | Answer::Unlocked(_),
            ) => {}
        }
    }

    fn unlocked(&mut self, now: Instant, finding: Finding, out: &mut Vec<Effect>) {
        match finding {
            Finding::Right => self.ask(now, Ask::List, Asked::Listing, out),
            Finding::Locked => {
                self.outcome = Some(Outcome::Locked);
                self.say_farewell(now, SystemPrompt::MailboxLocked, out);
            }
            Finding::Wrong => {
                self.n_wrong = self.n_wrong.saturating_add(1);
                self.pend(SystemPrompt::PinWrong);
                if self.n_wrong < MAILBOX_PIN_TRIES_PER_CALL {
                    return self.ask_for_pin(now, out);
                }
                self.outcome = Some(Outcome::PinWrong);
                self.say_farewell(now, SystemPrompt::Goodbye, out);
            }
        }
    }

    // ---- the visitor acts

    fn pressed(&mut self, now: Instant, key: char, out: &mut Vec<Effect>) {
        self.n_silent = 0;
        match self.state {
            State::Pin => self.type_pin(now, key, out),
            State::Menu => self.choose(now, key, out),
            State::Message(_) => self.handle_message_key(now, key, out),
            State::Greeting { since } => match key {
                '#' => self.finish_greeting(now, now.saturating_duration_since(since), out),
                '*' => self.finish_greeting(now, Duration::ZERO, out),
                _ => {}
            },
            // The tone is close; only who does not want it any more says so.
            State::BeforeGreeting if key == '*' => self.ask(now, Ask::List, Asked::Listing, out),
            State::New | State::Asking(_) | State::BeforeGreeting | State::Farewell | State::Ended => {}
        }
    }

    fn type_pin(&mut self, now: Instant, key: char, out: &mut Vec<Effect>) {
        match key {
            '0'..='9' => {
                self.stop_playing(out);
                self.digits.push(key);
                self.deadline = Some(now + Duration::from_secs(DIGIT_SECS));
                if self.digits.len() == MAILBOX_PIN_DIGITS_MAX {
                    self.try_pin(now, out);
                }
            }
            '#' if !self.digits.is_empty() => self.try_pin(now, out),
            '*' => self.ask_for_pin(now, out),
            _ => {}
        }
    }

    fn choose(&mut self, now: Instant, key: char, out: &mut Vec<Effect>) {
        match key {
            '1' => self.begin_list(now, List::New, out),
            '2' => self.begin_list(now, List::Saved, out),
            '0' if self.access.may_manage => {
                self.enter(State::BeforeGreeting, now, VISIT_PLAY_SECS);
                self.play(&[Playable::System(SystemPrompt::RecordGreeting), Playable::Beep], out);
            }
            '*' => self.offer_menu(now, out),
            '#' => self.say_farewell(now, SystemPrompt::Goodbye, out),
            _ => {
                self.pend(SystemPrompt::InvalidSelection);
                self.offer_menu(now, out);
            }
        }
    }

    fn played(&mut self, now: Instant, out: &mut Vec<Effect>) {
        self.sound = Sound::None;
        match self.state {
            State::Pin | State::Menu | State::Message(Part::Options) => {
                self.deadline = Some(now + Duration::from_secs(VISIT_WAIT_SECS));
            }
            State::Message(Part::Itself) => {
                self.note_heard(out);
                self.offer_options(now, out);
            }
            State::BeforeGreeting => {
                self.enter(State::Greeting { since: now }, now, RECORDED_GREETING_SECS_MAX);
                out.push(Effect::Record { quiet_secs: RECORDED_GREETING_QUIET_SECS });
            }
            State::Farewell => {
                self.state = State::Ended;
                out.push(Effect::End);
            }
            State::New | State::Asking(_) | State::Greeting { .. } | State::Ended => {}
        }
    }

    fn timed_out(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let state = self.state;
        match state {
            State::Pin if !self.digits.is_empty() => self.try_pin(now, out),
            State::Pin if self.is_patient() => self.ask_for_pin(now, out),
            State::Menu if self.is_patient() => self.offer_menu(now, out),
            State::Message(Part::Options) if self.is_patient() => self.offer_options(now, out),
            State::Pin | State::Menu | State::Message(Part::Options) => {
                self.say_farewell(now, SystemPrompt::Goodbye, out);
            }
            State::Greeting { since } => {
                self.finish_greeting(now, now.saturating_duration_since(since), out);
            }
            State::Asking(_) => {
                self.outcome = Some(Outcome::Unavailable);
                self.say_farewell(now, SystemPrompt::MailboxUnavailable, out);
            }
            // What plays is longer than anything that we have, or its end was never told.
            State::Message(Part::Itself) | State::BeforeGreeting | State::Farewell => self.played(now, out),
            State::New | State::Ended => {}
        }
    }

    fn left(&mut self, out: &mut Vec<Effect>) {
        if let State::Greeting { .. } = self.state {
            out.extend([Effect::StopRecording, Effect::Discard]);
        }
        self.outcome.get_or_insert(Outcome::HungUp);
        self.state = State::Ended;
    }

    /// Whether the choice is said again to somebody who pressed nothing.
    fn is_patient(&mut self) -> bool {
        self.n_silent = self.n_silent.saturating_add(1);
        self.n_silent < VISIT_SILENT_MAX
    }

    // ---- parts of the way

    pub(super) fn ask(&mut self, now: Instant, ask: Ask, asked: Asked, out: &mut Vec<Effect>) {
        self.enter(State::Asking(asked), now, VISIT_ANSWER_SECS);
        self.stop_playing(out);
        out.push(Effect::Ask(ask));
    }

    fn ask_for_pin(&mut self, now: Instant, out: &mut Vec<Effect>) {
        self.digits.clear();
        self.enter(State::Pin, now, VISIT_PLAY_SECS);
        self.play(&[Playable::System(SystemPrompt::EnterPin)], out);
    }

    fn try_pin(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let pin = Pin::typed(mem::take(&mut self.digits));
        self.ask(now, Ask::Unlock { pin }, Asked::Unlocking, out);
    }

    pub(super) fn offer_menu(&mut self, now: Instant, out: &mut Vec<Effect>) {
        self.enter(State::Menu, now, VISIT_PLAY_SECS);
        let own = self.access.may_manage.then_some(Playable::System(SystemPrompt::MailboxMenuGreeting));
        let mut words = vec![Playable::System(SystemPrompt::MailboxMenu)];
        words.extend(own);
        self.play(&words, out);
    }

    fn finish_greeting(&mut self, now: Instant, spoken: Duration, out: &mut Vec<Effect>) {
        out.push(Effect::StopRecording);
        if spoken < GREETING_MIN {
            out.push(Effect::Discard);
            self.pend(SystemPrompt::GreetingNotChanged);
        } else {
            out.push(Effect::Keep { kept: spoken });
            self.pend(SystemPrompt::GreetingChanged);
        }
        self.offer_menu(now, out);
    }

    pub(super) fn say_farewell(&mut self, now: Instant, words: SystemPrompt, out: &mut Vec<Effect>) {
        self.enter(State::Farewell, now, VISIT_WAIT_SECS);
        self.play(&[Playable::System(words)], out);
    }

    /// To be said before what is said next.
    pub(super) fn pend(&mut self, words: SystemPrompt) {
        self.pending.push(Said::Words(Playable::System(words)));
    }

    /// Says what is pending, and then this.
    pub(super) fn play(&mut self, words: &[Playable], out: &mut Vec<Effect>) {
        self.play_all(words.iter().copied().map(Said::Words), out);
    }

    pub(super) fn play_all(&mut self, said: impl IntoIterator<Item = Said>, out: &mut Vec<Effect>) {
        let mut all = mem::take(&mut self.pending);
        all.extend(said);
        self.sound = Sound::Playing;
        out.push(Effect::Play(all));
    }

    /// Silence, if there is any sound.
    fn stop_playing(&mut self, out: &mut Vec<Effect>) {
        if mem::replace(&mut self.sound, Sound::None) == Sound::Playing {
            out.push(Effect::StopPlaying);
        }
    }

    pub(super) fn enter(&mut self, state: State, now: Instant, secs: u64) {
        self.state = state;
        self.deadline = Some(now + Duration::from_secs(secs));
    }
}
