//! A caller types an extension. Specification of voice apps, 2.6 and 2.7.

use std::time::{Duration, Instant};

use smallvec::SmallVec;

use super::{Attendant, Purpose, State};
use crate::apps::Target;
use crate::apps::attendant::search::{self, Match};
use crate::apps::attendant::{Effect, Outcome};
use crate::apps::prompt::{Playable, SystemPrompt};
use crate::id::UserId;
use crate::limits::{EXTENSION_DIGITS_MAX, MENU_MISSES_MAX};

/// Wait for a further digit. Specification 2.7.
const NEXT_DIGIT: Duration = Duration::from_secs(3);
/// Wait for a further digit where the first is also a key of the menu. Specification 2.6.
const KEY_OR_EXTENSION: Duration = Duration::from_secs(2);

/// Digits of an extension as they come.
#[derive(Clone, Debug)]
pub(super) struct Search {
    typed: String,
    from: SearchFrom,
}

/// How the caller came to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SearchFrom {
    /// Typed right into the menu.
    Menu,
    /// Typed right into the menu, where the first digit is also the key of this option.
    MenuOrOption(usize),
    /// Asked for by an option.
    Option,
}

impl Attendant {
    /// Asks for an extension, after `first` if there is something to say before.
    pub(super) fn begin_search(&mut self, first: Option<SystemPrompt>, out: &mut Vec<Effect>) {
        self.state = State::Searching(Search { typed: String::new(), from: SearchFrom::Option });
        self.deadline = None;
        let mut playables = SmallVec::<[Playable; 2]>::new();
        playables.extend(first.map(Playable::System));
        playables.push(Playable::System(SystemPrompt::EnterExtension));
        self.play(playables, out);
    }

    /// A digit in the menu that begins an extension.
    pub(super) fn begin_search_with(&mut self, now: Instant, digit: char, from: SearchFrom, out: &mut Vec<Effect>) {
        self.hush(out);
        self.state = State::Searching(Search { typed: String::new(), from });
        self.search_digit(now, digit, out);
    }

    pub(super) fn begins_extension(&self, digit: char) -> bool {
        let mut typed = [0; 4];
        search::by_extension(&self.surroundings.listed, digit.encode_utf8(&mut typed)) != Match::None
    }

    pub(super) fn wait_for_extension(&mut self, now: Instant) {
        self.deadline = now.checked_add(Duration::from_secs(self.settings.wait_secs.into()));
    }

    pub(super) fn search_digit(&mut self, now: Instant, digit: char, out: &mut Vec<Effect>) {
        self.hush(out);
        let State::Searching(search) = &mut self.state else { return };
        match digit {
            '#' if search.typed.is_empty() => return self.leave_search(now, out),
            '#' => return self.search_over(now, out),
            '*' => return self.leave_search(now, out),
            _ if search.typed.len() >= EXTENSION_DIGITS_MAX => return self.search_failed(now, out),
            _ => search.typed.push(digit),
        }
        let is_key_too = search.is_key_too().is_some();
        match search::by_extension(&self.surroundings.listed, &search.typed) {
            Match::Exact(user) if !is_key_too => self.found(user, out),
            Match::Exact(_) | Match::ExactOrLonger(_) | Match::Prefix => {
                self.deadline = now.checked_add(if is_key_too { KEY_OR_EXTENSION } else { NEXT_DIGIT });
            }
            Match::None => self.search_failed(now, out),
        }
    }

    /// `#` or the pause after the last digit: what is typed is all.
    pub(super) fn search_over(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let State::Searching(search) = &self.state else { return };
        if let Some(option) = search.is_key_too() {
            return self.take_option(now, option, out);
        }
        match search::by_extension(&self.surroundings.listed, &search.typed) {
            Match::Exact(user) | Match::ExactOrLonger(user) => self.found(user, out),
            Match::None | Match::Prefix => self.search_failed(now, out),
        }
    }

    fn leave_search(&mut self, now: Instant, out: &mut Vec<Effect>) {
        self.n_misses = 0;
        self.enter_menu(now, None, out);
    }

    fn found(&mut self, user: UserId, out: &mut Vec<Effect>) {
        self.n_misses = 0;
        self.transfer(Target::User { id: user }, Outcome::TransferredToUser, Purpose::Chosen, out);
    }

    /// Counts like a wrong key. Who came by an option is asked for an extension again, not sent to the menu.
    fn search_failed(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let State::Searching(search) = &self.state else { return };
        let first = (!search.typed.is_empty()).then_some(SystemPrompt::ExtensionNotFound);
        if search.from != SearchFrom::Option {
            return self.miss(now, first, out);
        }
        self.n_misses = self.n_misses.saturating_add(1);
        if self.n_misses >= MENU_MISSES_MAX {
            return self.safety_net(Outcome::TransferredToOperator, out);
        }
        self.begin_search(first, out);
    }
}

impl Search {
    pub(super) fn typed(&self) -> &str {
        &self.typed
    }

    /// The option that the only digit so far is the key of.
    fn is_key_too(&self) -> Option<usize> {
        match self.from {
            SearchFrom::MenuOrOption(option) if self.typed.len() <= 1 => Some(option),
            SearchFrom::Menu | SearchFrom::MenuOrOption(_) | SearchFrom::Option => None,
        }
    }
}
