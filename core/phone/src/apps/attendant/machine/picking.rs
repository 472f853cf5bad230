//! A caller is told who was found: one person, who is called unless the caller says no, or several to choose from.
//! Specification of voice apps, 2.6.

use std::time::Instant;

use super::{Attendant, State};
use crate::apps::attendant::{DirectorySearch, Effect, InputKind, Outcome};
use crate::apps::prompt::{Playable, SystemPrompt};
use crate::id::UserId;
use crate::limits::MENU_MISSES_MAX;

/// People of one page: as many as a caller keeps in mind.
const PAGE: usize = 5;
/// The key that leads to the next page.
const MORE: char = '9';

/// People of whom the caller chooses one.
#[derive(Clone, Debug)]
pub(super) struct Pick {
    people: Vec<UserId>,
    /// Where the page begins.
    begin: usize,
    by: DirectorySearch,
}

impl Attendant {
    /// Says whom the call goes to; `*` and `#` lead back to the search.
    pub(super) fn confirm(&mut self, user: UserId, out: &mut Vec<Effect>) {
        let by = self.searched_by();
        self.state = State::Confirming { user, by };
        self.deadline = None;
        self.play([self.name_of(user), Playable::System(SystemPrompt::Transferring)], out);
    }

    pub(super) fn confirm_digit(&mut self, digit: char, out: &mut Vec<Effect>) {
        let State::Confirming { user, by } = self.state else { return };
        match digit {
            '*' | '#' => self.begin_search(by, None, out),
            _ => self.found(user, out),
        }
    }

    pub(super) fn confirmed(&mut self, out: &mut Vec<Effect>) {
        if let State::Confirming { user, .. } = self.state {
            self.found(user, out);
        }
    }

    /// Lets the caller choose.
    pub(super) fn offer_choice(&mut self, people: Vec<UserId>, out: &mut Vec<Effect>) {
        let by = self.searched_by();
        self.state = State::Picking(Pick { people, begin: 0, by });
        self.read_page(None, out);
    }

    /// Reads the page out, after `first` if there is something to say before.
    fn read_page(&mut self, first: Option<SystemPrompt>, out: &mut Vec<Effect>) {
        let State::Picking(pick) = &self.state else { return };
        let mut playables: Vec<Playable> = first.map(Playable::System).into_iter().collect();
        for (key, user) in (1..).zip(pick.page()) {
            playables.push(self.name_of(*user));
            playables.push(Playable::System(SystemPrompt::Press(key)));
        }
        if pick.has_more() {
            playables.push(Playable::System(SystemPrompt::MoreMatches));
        }
        self.deadline = None;
        self.play(playables, out);
    }

    pub(super) fn pick_digit(&mut self, digit: char, out: &mut Vec<Effect>) {
        self.hush(out);
        let State::Picking(pick) = &mut self.state else { return };
        let by = pick.by;
        let place = digit.to_digit(10).and_then(|digit| usize::try_from(digit).ok()?.checked_sub(1));
        let chosen = place.and_then(|place| pick.page().get(place).copied());
        match (digit, chosen) {
            ('*', _) => self.read_page(None, out),
            ('#', _) => self.begin_search(by, None, out),
            (MORE, _) if pick.has_more() => {
                pick.begin = pick.begin.saturating_add(PAGE);
                self.read_page(None, out);
            }
            (_, Some(user)) => self.found(user, out),
            (_, None) => {
                self.note(InputKind::Invalid(digit));
                self.not_picked(Some(SystemPrompt::InvalidSelection), out);
            }
        }
    }

    /// No choice or a wrong one counts like in a menu.
    pub(super) fn not_picked(&mut self, first: Option<SystemPrompt>, out: &mut Vec<Effect>) {
        self.n_misses = self.n_misses.saturating_add(1);
        if self.n_misses >= MENU_MISSES_MAX {
            return self.safety_net(Outcome::TransferredToOperator, out);
        }
        self.read_page(first, out);
    }

    pub(super) fn page_read(&mut self, now: Instant) {
        self.wait_for_digits(now);
    }

    pub(super) fn searched_by(&self) -> DirectorySearch {
        match &self.state {
            State::Searching(search) => search.by(),
            State::Announcing
            | State::Confirming { .. }
            | State::Doubting { .. }
            | State::Ended
            | State::Farewell
            | State::Greeting
            | State::Menu
            | State::New
            | State::Picking(_)
            | State::Transferring(_)
            | State::Waiting => DirectorySearch::ByName,
        }
    }

    pub(super) fn name_of(&self, user: UserId) -> Playable {
        Playable::Name { user, suffix: self.settings.user_name_extension }
    }
}

impl Pick {
    /// Those who are read out now.
    pub(super) fn page(&self) -> &[UserId] {
        let rest = self.people.get(self.begin..).unwrap_or_default();
        &rest[..rest.len().min(PAGE)]
    }

    fn has_more(&self) -> bool {
        self.begin.saturating_add(PAGE) < self.people.len()
    }
}
