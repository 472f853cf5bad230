//! A caller types an extension or a name. Specification of voice apps, 2.6 and 2.7.

use std::time::{Duration, Instant};

use smallvec::SmallVec;

use super::{Attendant, Purpose, State};
use crate::apps::Target;
use crate::apps::attendant::search::Match;
use crate::apps::attendant::{DirectorySearch, Effect, InputKind, Outcome};
use crate::apps::prompt::{Playable, SystemPrompt};
use crate::id::UserId;
use crate::limits::{EXTENSION_DIGITS_MAX, MENU_MISSES_MAX, NAME_DIGITS_MAX};

/// Wait for a further digit. Specification 2.7.
const NEXT_DIGIT: Duration = Duration::from_secs(3);
/// Wait for a further digit where the first is also a key of the menu. Specification 2.6.
const KEY_OR_EXTENSION: Duration = Duration::from_secs(2);
/// So many matches are read out in pages; of more, more letters are asked for first.
const READ_OUT_MAX: usize = 20;

/// Digits of an extension or a name as they come.
#[derive(Clone, Debug)]
pub(super) struct Search {
    typed: String,
    from: SearchFrom,
    by: DirectorySearch,
    /// More letters were asked for once; a second time what is found is read out.
    asked_for_more: bool,
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
    /// Asks for an extension or a name, after `first` if there is something to say before.
    pub(super) fn begin_search(&mut self, by: DirectorySearch, first: Option<SystemPrompt>, out: &mut Vec<Effect>) {
        self.state = State::Searching(Search::new(by, SearchFrom::Option));
        self.deadline = None;
        let mut playables = SmallVec::<[Playable; 3]>::new();
        playables.extend(first.map(Playable::System));
        playables.push(Playable::System(match by {
            DirectorySearch::ByName => SystemPrompt::EnterName,
            DirectorySearch::Both => SystemPrompt::EnterNameOrExtension,
            DirectorySearch::ByExtension | DirectorySearch::None => SystemPrompt::EnterExtension,
        }));
        if self.may_spell(by) {
            playables.push(Playable::System(SystemPrompt::SpellName));
        }
        self.play(playables, out);
    }

    /// A digit in the menu that begins an extension or a name.
    pub(super) fn begin_search_with(&mut self, now: Instant, digit: char, from: SearchFrom, out: &mut Vec<Effect>) {
        self.hush(out);
        let by = self.flow().menu.directory_search;
        self.state = State::Searching(Search::new(by, from));
        self.search_digit(now, digit, out);
    }

    /// Whether a digit in the menu may begin what can be searched for there.
    pub(super) fn begins_search(&self, digit: char) -> bool {
        let mut typed = [0; 4];
        self.could_be(self.flow().menu.directory_search, digit.encode_utf8(&mut typed))
    }

    /// Whether anybody could be found whose extension or name begins like this.
    fn could_be(&self, by: DirectorySearch, typed: &str) -> bool {
        let begins_extension = || !self.extension(typed).is_none();
        let begins_name = || self.surroundings.listed.begins_name(typed);
        match by {
            DirectorySearch::ByExtension => begins_extension(),
            DirectorySearch::ByName => begins_name(),
            DirectorySearch::Both => begins_extension() || begins_name(),
            DirectorySearch::None => false,
        }
    }

    fn extension(&self, typed: &str) -> Match {
        self.surroundings.listed.by_extension(typed, self.settings.direct_digits)
    }

    pub(super) fn wait_for_digits(&mut self, now: Instant) {
        self.deadline = now.checked_add(Duration::from_secs(self.settings.wait_secs.into()));
    }

    pub(super) fn search_digit(&mut self, now: Instant, digit: char, out: &mut Vec<Effect>) {
        self.hush(out);
        let State::Searching(search) = &mut self.state else { return };
        match digit {
            '#' if search.typed.is_empty() => return self.leave_search(now, out),
            '#' => return self.search_over(now, out),
            '*' => return self.leave_search(now, out),
            _ if search.typed.len() >= search.digits_max() => return self.search_failed(now, out),
            _ => search.typed.push(digit),
        }
        let (by, typed, is_key_too) = (search.by, search.typed.clone(), search.is_key_too().is_some());
        match (self.only_extension(by, &typed), self.could_be(by, &typed)) {
            (Some(user), _) if !is_key_too => self.found(user, out),
            (Some(_), _) | (None, true) => {
                self.deadline = now.checked_add(if is_key_too { KEY_OR_EXTENSION } else { NEXT_DIGIT });
            }
            (None, false) => self.search_failed(now, out),
        }
    }

    /// Whose extension this is, if nothing else could begin like this.
    fn only_extension(&self, by: DirectorySearch, typed: &str) -> Option<UserId> {
        let may_be_name = match by {
            DirectorySearch::ByExtension => false,
            DirectorySearch::ByName | DirectorySearch::None => return None,
            DirectorySearch::Both => self.surroundings.listed.begins_name(typed),
        };
        let found = self.extension(typed);
        match found.people.as_slice() {
            [user] if !may_be_name && !found.may_go_on => Some(*user),
            _ => None,
        }
    }

    /// `#` or the pause after the last digit: what is typed is all.
    pub(super) fn search_over(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let State::Searching(search) = &self.state else { return };
        if let Some(option) = search.is_key_too() {
            return self.take_option(now, option, out);
        }
        let (by, may_ask) = (search.by, !search.asked_for_more);
        let typed = search.typed.clone();
        let extension = match by {
            DirectorySearch::ByName | DirectorySearch::None => Default::default(),
            DirectorySearch::ByExtension | DirectorySearch::Both => self.extension(&typed).people,
        };
        let names = match by {
            DirectorySearch::ByName | DirectorySearch::Both => self.surroundings.listed.by_name(&typed),
            DirectorySearch::ByExtension | DirectorySearch::None => Vec::new(),
        };
        let mut people = extension.to_vec();
        people.extend(names.into_iter().filter(|user| !extension.contains(user)));
        match people.as_slice() {
            [] => self.search_failed(now, out),
            // A full extension of one person needs no question.
            [user] if extension.contains(user) => self.found(*user, out),
            [user] => self.confirm(*user, out),
            [..] if READ_OUT_MAX < people.len() && may_ask => self.ask_for_more(out),
            [..] => self.offer_choice(people, out),
        }
    }

    fn ask_for_more(&mut self, out: &mut Vec<Effect>) {
        let State::Searching(search) = &mut self.state else { return };
        search.asked_for_more = true;
        self.deadline = None;
        self.play([Playable::System(SystemPrompt::TooManyMatches)], out);
    }

    fn leave_search(&mut self, now: Instant, out: &mut Vec<Effect>) {
        self.n_misses = 0;
        self.enter_menu(now, None, out);
    }

    pub(super) fn found(&mut self, user: UserId, out: &mut Vec<Effect>) {
        self.note(if self.is_said { InputKind::SaidPerson } else { InputKind::Person });
        self.n_misses = 0;
        self.transfer(Target::User { id: user }, Outcome::TransferredToUser, Purpose::Chosen, out);
    }

    /// Counts like a wrong key. Who came by an option is asked again, not sent to the menu.
    fn search_failed(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let State::Searching(search) = &self.state else { return };
        let has_typed = !search.typed.is_empty();
        let not_found = match search.by {
            DirectorySearch::ByExtension | DirectorySearch::None => SystemPrompt::ExtensionNotFound,
            DirectorySearch::Both | DirectorySearch::ByName => SystemPrompt::NameNotFound,
        };
        self.note(if has_typed { InputKind::NotFound } else { InputKind::Silence });
        self.search_again(now, has_typed.then_some(not_found), out);
    }

    /// Asks for another extension or name, after this.
    pub(super) fn search_again(&mut self, now: Instant, first: Option<SystemPrompt>, out: &mut Vec<Effect>) {
        let State::Searching(search) = &self.state else { return };
        let (by, from) = (search.by, search.from);
        if from != SearchFrom::Option {
            return self.miss(now, first, out);
        }
        self.n_misses = self.n_misses.saturating_add(1);
        if self.n_misses >= MENU_MISSES_MAX {
            return self.safety_net(Outcome::TransferredToOperator, out);
        }
        self.begin_search(by, first, out);
    }
}

impl Search {
    fn new(by: DirectorySearch, from: SearchFrom) -> Self {
        Self { typed: String::new(), from, by, asked_for_more: false }
    }

    pub(super) fn typed(&self) -> &str {
        &self.typed
    }

    pub(super) fn by(&self) -> DirectorySearch {
        self.by
    }

    fn digits_max(&self) -> usize {
        match self.by {
            DirectorySearch::ByExtension | DirectorySearch::None => EXTENSION_DIGITS_MAX,
            DirectorySearch::Both | DirectorySearch::ByName => NAME_DIGITS_MAX,
        }
    }

    /// The option that the only digit so far is the key of.
    fn is_key_too(&self) -> Option<usize> {
        match self.from {
            SearchFrom::MenuOrOption(option) if self.typed.len() <= 1 => Some(option),
            SearchFrom::Menu | SearchFrom::MenuOrOption(_) | SearchFrom::Option => None,
        }
    }
}
