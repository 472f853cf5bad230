//! One caller's way through an attendant. Specification of voice apps, 2.3–2.5, 2.7–2.9.

mod hearing;
mod menu;
mod picking;
mod searching;
mod transferring;
mod view;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use smallvec::SmallVec;

use hearing::{Ear, Scope};
use picking::Pick;
use searching::Search;
pub use view::Doing;

use super::flow::{self, Choice};
use super::voice::Meaning;
use super::{
    Action, CallFlow, DirectorySearch, Effect, Event, Input, InputKind, Key, Outcome, Passage, Settings, Surroundings,
};
use crate::apps::prompt::Playable;
use crate::id::UserId;
use crate::limits::{APP_DEPTH_MAX, ATTENDANT_SESSION_SECS_MAX, KEYS_AHEAD_MAX, KEYS_RECORDED_MAX};

/// One caller in one attendant.
#[derive(Clone, Debug)]
pub struct Attendant {
    settings: Arc<Settings>,
    surroundings: Arc<Surroundings>,
    passage: Passage,
    choice: Choice,
    state: State,
    /// When the state ends by itself.
    deadline: Option<Instant>,
    session_ends: Option<Instant>,
    playing: bool,
    /// Menus heard in a row without a valid choice.
    n_misses: u8,
    n_failed_transfers: u8,
    /// Keys that came before the menu.
    ahead: SmallVec<[char; KEYS_AHEAD_MAX]>,
    keys: String,
    /// What the caller did so far, and when we heard of it last.
    inputs: Vec<Input>,
    heard: Option<Instant>,
    ear: Ear,
    spoken: Vec<String>,
    /// Whether what is about to be done was said and not pressed.
    is_said: bool,
    outcome: Option<Outcome>,
}

#[derive(Clone, Debug)]
enum State {
    /// An announcement plays; the menu comes next.
    Announcing,
    /// The only person who was found is about to be called.
    Confirming {
        user: UserId,
        by: DirectorySearch,
    },
    /// The caller is asked whether this was said.
    Doubting {
        scope: Scope,
        meanings: Vec<Meaning>,
    },
    Ended,
    /// An announcement plays that needed no choice; the call ends after it.
    Farewell,
    Greeting,
    /// The menu's prompt plays.
    Menu,
    New,
    /// One of several is to be chosen.
    Picking(Pick),
    Searching(Search),
    Transferring(Purpose),
    /// The menu's prompt is over; a key is awaited.
    Waiting,
}

/// Why a call is transferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// Without the caller's doing; a failure can't lead back to a menu.
    Automatic,
    /// To the menu that the caller came from.
    Back,
    Chosen,
    /// To the operator, because nothing else worked.
    SafetyNet,
}

impl Attendant {
    /// A caller who comes by `passage`. `surroundings` fit the settings.
    pub fn new(settings: Arc<Settings>, surroundings: Arc<Surroundings>, passage: Passage) -> Self {
        Self {
            settings,
            surroundings,
            passage,
            choice: Choice::Default,
            state: State::New,
            deadline: None,
            session_ends: None,
            playing: false,
            n_misses: 0,
            n_failed_transfers: 0,
            ahead: SmallVec::new(),
            keys: String::new(),
            inputs: Vec::new(),
            heard: None,
            ear: Ear::Closed,
            spoken: Vec::new(),
            is_said: false,
            outcome: None,
        }
    }

    /// The one transition function.
    pub fn handle(&mut self, now: Instant, event: Event, out: &mut Vec<Effect>) {
        self.heard = Some(now);
        match event {
            Event::Started { wall } => self.start(now, wall, out),
            Event::Digit(digit) => self.digit(now, digit, out),
            Event::Spoke => self.spoke(now, out),
            Event::Heard(hearing) => self.heard(now, hearing, out),
            Event::Played => self.played(now, out),
            Event::TransferFailed => self.transfer_failed(now, out),
            Event::HungUp => self.hung_up(),
            Event::Timeout => self.timeout(now, out),
        }
        self.attune(out);
    }

    /// When `Timeout` is due.
    pub fn next_deadline(&self) -> Option<Instant> {
        match self.state {
            State::Ended | State::New | State::Transferring(_) => None,
            State::Announcing
            | State::Confirming { .. }
            | State::Doubting { .. }
            | State::Farewell
            | State::Greeting
            | State::Menu
            | State::Picking(_)
            | State::Searching(_)
            | State::Waiting => self.deadline.into_iter().chain(self.session_ends).min(),
        }
    }

    /// Keys pressed so far, for the record.
    pub fn keys(&self) -> &str {
        &self.keys
    }

    /// What the caller did so far, for reports.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Whether the caller chose where the call is being transferred to.
    pub fn was_chosen(&self) -> bool {
        matches!(self.state, State::Transferring(Purpose::Back | Purpose::Chosen))
    }

    /// The settings that this caller meets.
    pub fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    /// The flow that this caller meets.
    pub fn flow(&self) -> &CallFlow {
        flow::of(&self.settings, self.choice)
    }

    /// How it came out so far, for the record.
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome
    }

    /// How the call comes to the app that it is being transferred to.
    pub fn passage(&self) -> Passage {
        let (depth, previous) = match self.state {
            State::Transferring(Purpose::Back) => (1, None),
            State::Transferring(Purpose::Chosen) => (1, Some(self.settings.id)),
            State::Transferring(Purpose::Automatic | Purpose::SafetyNet)
            | State::Announcing
            | State::Confirming { .. }
            | State::Doubting { .. }
            | State::Ended
            | State::Farewell
            | State::Greeting
            | State::Menu
            | State::New
            | State::Picking(_)
            | State::Searching(_)
            | State::Waiting => (self.passage.depth.saturating_add(1), self.passage.previous),
        };
        Passage { depth, session_began: self.passage.session_began, previous }
    }

    fn start(&mut self, now: Instant, wall: Timestamp, out: &mut Vec<Effect>) {
        if !matches!(self.state, State::New) {
            return;
        }
        if self.passage.depth >= APP_DEPTH_MAX {
            return self.end(Outcome::OaaChainTooLong, out);
        }
        let began = *self.passage.session_began.get_or_insert(now);
        self.session_ends = began.checked_add(Duration::from_secs(ATTENDANT_SESSION_SECS_MAX));
        self.choice = flow::choose(&self.settings, &self.surroundings, wall);
        self.state = State::Greeting;
        match &self.flow().greeting {
            Some(greeting) if self.ahead.is_empty() => {
                let key = greeting.key();
                self.play([Playable::Configured(key)], out);
            }
            Some(_) | None => self.enter_menu(now, None, out),
        }
    }

    fn digit(&mut self, now: Instant, digit: char, out: &mut Vec<Effect>) {
        if !matches!(digit, '0'..='9' | '*' | '#') {
            return;
        }
        if self.keys.len() < KEYS_RECORDED_MAX && !matches!(self.state, State::Ended | State::Transferring(_)) {
            self.keys.push(digit);
        }
        // Whoever agrees to what was understood has said it.
        self.is_said &= matches!(self.state, State::Confirming { .. } | State::Doubting { .. });
        let force_listen = self.flow().force_listen;
        match self.state {
            State::New => self.hold(digit),
            State::Announcing | State::Greeting | State::Menu if force_listen => {}
            State::Greeting if self.automatic().is_some() => {}
            State::Greeting => {
                self.hold(digit);
                self.enter_menu(now, None, out);
            }
            State::Announcing | State::Menu | State::Waiting => self.choose(now, digit, out),
            State::Searching(_) => self.search_digit(now, digit, out),
            State::Picking(_) => self.pick_digit(digit, out),
            State::Confirming { .. } => self.confirm_digit(digit, out),
            State::Doubting { .. } => self.resolve_doubt(now, digit, out),
            State::Ended | State::Farewell | State::Transferring(_) => {}
        }
    }

    fn note(&mut self, kind: InputKind) {
        if let Some(at) = self.heard
            && self.inputs.len() < KEYS_RECORDED_MAX
        {
            self.inputs.push(Input { at, kind });
        }
    }

    fn hold(&mut self, digit: char) {
        if self.ahead.len() < KEYS_AHEAD_MAX {
            self.ahead.push(digit);
        }
    }

    fn played(&mut self, now: Instant, out: &mut Vec<Effect>) {
        if !std::mem::take(&mut self.playing) {
            return;
        }
        match self.state {
            State::Announcing | State::Greeting => self.enter_menu(now, None, out),
            State::Farewell => self.end(Outcome::TerminatedAutomaticSelection, out),
            State::Menu => self.wait(now),
            State::Searching(_) => self.wait_for_digits(now),
            State::Picking(_) => self.page_read(now),
            State::Doubting { .. } => self.wait_for_digits(now),
            State::Confirming { .. } => self.confirmed(out),
            State::Ended | State::New | State::Transferring(_) | State::Waiting => {}
        }
    }

    fn timeout(&mut self, now: Instant, out: &mut Vec<Effect>) {
        if self.next_deadline().is_none_or(|deadline| now < deadline) {
            return;
        }
        if self.session_ends.is_some_and(|ends| ends <= now) {
            return self.end(Outcome::OaaSessionTooLong, out);
        }
        self.deadline = None;
        match self.state {
            State::Waiting => {
                self.note(InputKind::Silence);
                self.miss(now, None, out);
            }
            State::Doubting { .. } => self.miss(now, None, out),
            State::Searching(_) => self.search_over(now, out),
            State::Picking(_) => {
                self.note(InputKind::Silence);
                self.not_picked(None, out);
            }
            State::Announcing
            | State::Confirming { .. }
            | State::Ended
            | State::Farewell
            | State::Greeting
            | State::Menu
            | State::New
            | State::Transferring(_) => {}
        }
    }

    fn hung_up(&mut self) {
        if !matches!(self.state, State::Ended) && self.outcome.is_none() {
            self.outcome = Some(Outcome::UserTerminated);
        }
        self.state = State::Ended;
    }

    fn end(&mut self, outcome: Outcome, out: &mut Vec<Effect>) {
        self.state = State::Ended;
        self.deadline = None;
        self.playing = false;
        self.outcome = Some(outcome);
        out.push(Effect::End { outcome });
    }

    /// The action that needs no caller, if the flow has one.
    fn automatic(&self) -> Option<Action> {
        let option = self.flow().menu.options.iter().find(|option| option.key == Key::Automatic)?;
        Some(option.action.clone())
    }

    fn play(&mut self, playables: impl IntoIterator<Item = Playable>, out: &mut Vec<Effect>) {
        self.playing = true;
        out.push(Effect::Play(playables.into_iter().collect()));
    }

    fn hush(&mut self, out: &mut Vec<Effect>) {
        if std::mem::take(&mut self.playing) {
            out.push(Effect::StopPlaying);
        }
    }
}
