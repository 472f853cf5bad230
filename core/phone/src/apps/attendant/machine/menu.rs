//! The menu: what its keys mean, and what happens without any. Specification of voice apps, 2.4, 2.5.

use std::time::{Duration, Instant};

use smallvec::SmallVec;

use super::searching::SearchFrom;
use super::{Attendant, Purpose, State};
use crate::apps::Target;
use crate::apps::attendant::{Action, DirectorySearch, Effect, InputKind, Key, Outcome};
use crate::apps::prompt::{Playable, SystemPrompt};
use crate::limits::MENU_MISSES_MAX;

impl Attendant {
    /// Plays the menu, after `first` if there is something to say before it. Keys that came early count at once.
    pub(super) fn enter_menu(&mut self, now: Instant, first: Option<SystemPrompt>, out: &mut Vec<Effect>) {
        if let Some(action) = self.automatic() {
            return self.act_automatically(action, first, out);
        }
        let menu = &self.flow().menu;
        if menu.options.is_empty() && menu.directory_search == DirectorySearch::None {
            return self.safety_net(Outcome::FailoverToOperator, out);
        }
        if self.flow().force_listen {
            self.ahead.clear();
        }
        self.state = State::Menu;
        self.deadline = None;
        if !self.ahead.is_empty() {
            for digit in std::mem::take(&mut self.ahead) {
                match self.state {
                    State::Announcing | State::Menu | State::Waiting => self.choose(now, digit, out),
                    State::Searching(_) => self.search_digit(now, digit, out),
                    State::Picking(_) => self.pick_digit(digit, out),
                    State::Confirming { .. } => self.confirm_digit(digit, out),
                    State::Doubting { .. } => self.resolve_doubt(now, digit, out),
                    State::Ended | State::Farewell | State::Greeting | State::New | State::Transferring(_) => {}
                }
            }
            return;
        }
        let prompt = self.flow().menu.prompt.as_ref().map(|prompt| Playable::Configured(prompt.key()));
        let mut playables = SmallVec::<[Playable; 2]>::new();
        playables.extend(first.map(Playable::System));
        playables.extend(prompt);
        if playables.is_empty() {
            self.hush(out);
            return self.wait(now);
        }
        self.play(playables, out);
    }

    pub(super) fn wait(&mut self, now: Instant) {
        self.state = State::Waiting;
        self.deadline = now.checked_add(Duration::from_secs(self.settings.wait_secs.into()));
    }

    /// What a key means in the menu. Specification 2.5.
    pub(super) fn choose(&mut self, now: Instant, digit: char, out: &mut Vec<Effect>) {
        let menu = &self.flow().menu;
        let option = menu.options.iter().position(|option| option.key == Key::Digit(digit));
        match option {
            _ if self.begins_search(digit) => {
                let from = option.map_or(SearchFrom::Menu, SearchFrom::MenuOrOption);
                self.begin_search_with(now, digit, from, out);
            }
            Some(option) => self.take_option(now, option, out),
            None if digit == '*' => {
                self.note(InputKind::Repeat);
                self.n_misses = 0;
                self.enter_menu(now, None, out);
            }
            None if digit == '#' => self.back(now, out),
            None => {
                self.note(InputKind::Invalid(digit));
                self.miss(now, Some(SystemPrompt::InvalidSelection), out);
            }
        }
    }

    pub(super) fn take_option(&mut self, now: Instant, option: usize, out: &mut Vec<Effect>) {
        let Some(option) = self.flow().menu.options.get(option) else { return };
        let (key, action) = (option.key, option.action.clone());
        if let Key::Digit(digit) = key {
            self.note(if self.is_said { InputKind::Said(digit) } else { InputKind::Key(digit) });
        }
        self.n_misses = 0;
        self.act(now, action, out);
    }

    /// To the menu that led here, or to this one again.
    pub(super) fn back(&mut self, now: Instant, out: &mut Vec<Effect>) {
        self.note(InputKind::Back);
        self.n_misses = 0;
        match self.passage.previous {
            Some(id) => {
                let target = Target::Attendant { id, priority: crate::apps::Priority::NORMAL };
                self.transfer(target, Outcome::TransferInProgress, Purpose::Back, out);
            }
            None => self.enter_menu(now, None, out),
        }
    }

    fn act(&mut self, now: Instant, action: Action, out: &mut Vec<Effect>) {
        match action {
            Action::Announcement { prompt } => {
                self.state = State::Announcing;
                self.deadline = None;
                self.play([Playable::Configured(prompt.key())], out);
            }
            Action::Disconnect => self.end(Outcome::ServiceTerminated, out),
            Action::Operator => self.call_operator(Purpose::Chosen, out),
            Action::SearchDirectory { by: DirectorySearch::None } => {
                self.enter_menu(now, Some(SystemPrompt::DirectoryNotAvailable), out);
            }
            Action::SearchDirectory { by } => self.begin_search(by, None, out),
            Action::Transfer { target } => {
                let outcome = self.outcome_of(&target);
                self.transfer(target, outcome, Purpose::Chosen, out);
            }
        }
    }

    /// An action in place of a menu: nothing may lead back here by itself.
    fn act_automatically(&mut self, action: Action, first: Option<SystemPrompt>, out: &mut Vec<Effect>) {
        match action {
            Action::Announcement { prompt } => {
                self.state = State::Farewell;
                self.deadline = None;
                self.play([Playable::Configured(prompt.key())], out);
            }
            Action::Disconnect => self.end(Outcome::TerminatedAutomaticSelection, out),
            Action::Operator => self.call_operator(Purpose::Automatic, out),
            Action::SearchDirectory { by: DirectorySearch::None } => {
                self.safety_net(Outcome::FailoverToOperator, out);
            }
            Action::SearchDirectory { by } => self.begin_search(by, first, out),
            Action::Transfer { target } => {
                let outcome = self.outcome_of(&target);
                self.transfer(target, outcome, Purpose::Automatic, out);
            }
        }
    }

    /// No choice or a wrong one: the menu again, up to three times in a row.
    pub(super) fn miss(&mut self, now: Instant, first: Option<SystemPrompt>, out: &mut Vec<Effect>) {
        self.n_misses = self.n_misses.saturating_add(1);
        if self.n_misses >= MENU_MISSES_MAX {
            return self.safety_net(Outcome::TransferredToOperator, out);
        }
        self.enter_menu(now, first, out);
    }
}
