//! A caller speaks instead of pressing keys. Keys work always as well. Specification of voice apps, 2.5 and 2.6.

use std::time::{Duration, Instant};

use super::{Attendant, State};
use crate::apps::attendant::voice::{DIGITS, Grammar, Hearing, Meaning, Reading, said_digits};
use crate::apps::attendant::{Action, DirectorySearch, Effect, InputKind, Key, MenuOption};
use crate::apps::prompt::{Playable, SystemPrompt};
use crate::limits::{SPOKEN_RECORDED_MAX, SPOKEN_SECS_MAX, VOICE_NAMES_MAX};

/// Whether somebody listens, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ear {
    Closed,
    /// Nobody can make words of sound: keys go on.
    Deaf,
    Open(Scope),
}

/// What may be said in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Menu,
    Names,
    Page,
    YesOrNo,
}

impl Attendant {
    /// Listens for what may be said now, or to nothing.
    pub(super) fn attune(&mut self, out: &mut Vec<Effect>) {
        let wanted = self.scope();
        match (self.ear, wanted) {
            (Ear::Deaf, _) | (Ear::Closed, None) => {}
            (Ear::Open(scope), Some(wanted)) if scope == wanted => {}
            (Ear::Open(_) | Ear::Closed, wanted) => {
                if self.ear != Ear::Closed {
                    // Before what leads elsewhere: nobody listens to who is on the way.
                    out.insert(0, Effect::StopListening);
                }
                self.ear = Ear::Closed;
                let Some(scope) = wanted else { return };
                let grammar = self.grammar(scope);
                if !grammar.is_empty() {
                    self.ear = Ear::Open(scope);
                    out.push(Effect::Listen { phrases: grammar.phrases() });
                }
            }
        }
    }

    /// The caller begins to say something: nobody talks over that.
    pub(super) fn spoke(&mut self, now: Instant, out: &mut Vec<Effect>) {
        if !matches!(self.ear, Ear::Open(_)) {
            return;
        }
        self.hush(out);
        if matches!(self.state, State::Menu) {
            self.state = State::Waiting;
        }
        self.deadline = now.checked_add(Duration::from_secs(SPOKEN_SECS_MAX));
    }

    /// What the caller said, or that nobody can tell.
    pub(super) fn heard(&mut self, now: Instant, hearing: Hearing, out: &mut Vec<Effect>) {
        let Ear::Open(scope) = self.ear else { return };
        self.ear = Ear::Closed;
        let reading = match hearing {
            Hearing::Unavailable => {
                self.ear = Ear::Deaf;
                self.note_spoken("unavailable".to_owned());
                return self.wait_on(now);
            }
            Hearing::Nothing => Reading::NoMatch,
            Hearing::Heard { text, confidence } => {
                self.note_spoken(format!("{text} {}.{:02}", confidence / 1_000, confidence % 1_000 / 10));
                self.grammar(scope).read(&text, confidence)
            }
        };
        self.is_said = true;
        if reading == Reading::NoMatch {
            self.note(InputKind::NotUnderstood);
        }
        match (scope, reading) {
            (Scope::Names, Reading::NoMatch) => self.search_again(now, Some(SystemPrompt::NotUnderstood), out),
            (_, Reading::NoMatch) => self.miss(now, Some(SystemPrompt::NotUnderstood), out),
            (Scope::YesOrNo, Reading::Sure(meanings) | Reading::Likely(meanings)) => {
                let yes = meanings.contains(&Meaning::Key('1'));
                self.resolve_doubt(now, if yes { '1' } else { '2' }, out);
            }
            (_, Reading::Sure(meanings)) => self.obey(now, scope, &meanings, out),
            (_, Reading::Likely(meanings)) => self.doubt(now, scope, meanings, out),
        }
    }

    /// What was said in the menu or on a page, for the record.
    pub fn spoken(&self) -> &[String] {
        &self.spoken
    }

    /// The caller was asked whether something was said: 1 is yes.
    pub(super) fn resolve_doubt(&mut self, now: Instant, digit: char, out: &mut Vec<Effect>) {
        self.hush(out);
        let State::Doubting { scope, meanings } = &self.state else { return };
        let (scope, meanings) = (*scope, meanings.clone());
        match digit {
            '1' => self.obey(now, scope, &meanings, out),
            _ => self.miss(now, None, out),
        }
    }

    fn obey(&mut self, now: Instant, scope: Scope, meanings: &[Meaning], out: &mut Vec<Effect>) {
        let people: Vec<_> = meanings
            .iter()
            .filter_map(|meaning| match meaning {
                Meaning::Person(user) => Some(*user),
                Meaning::Key(_) | Meaning::MainMenu | Meaning::Operator | Meaning::Repeat => None,
            })
            .collect();
        match (meanings.first(), people.as_slice()) {
            (_, [user]) => self.confirm(*user, out),
            (_, [_, ..]) => self.offer_choice(people, out),
            (Some(Meaning::Repeat), []) => self.choose_spoken(now, '*', out),
            (Some(Meaning::MainMenu), []) => self.choose_spoken(now, '#', out),
            (Some(Meaning::Operator), []) => {
                let operator = |option: &MenuOption| option.action == Action::Operator;
                match self.flow().menu.options.iter().position(operator) {
                    Some(option) => self.take_option(now, option, out),
                    None => self.miss(now, Some(SystemPrompt::InvalidSelection), out),
                }
            }
            (Some(Meaning::Key(key)), []) if scope == Scope::Page => self.pick_digit(*key, out),
            (Some(Meaning::Key(key)), []) => self.choose_spoken(now, *key, out),
            (Some(Meaning::Person(_)) | None, []) => self.miss(now, Some(SystemPrompt::NotUnderstood), out),
        }
    }

    /// A key that was named is the option of it, and not the first digit of anything.
    fn choose_spoken(&mut self, now: Instant, key: char, out: &mut Vec<Effect>) {
        let position = self.flow().menu.options.iter().position(|option| option.key == Key::Digit(key));
        match position {
            Some(option) => self.take_option(now, option, out),
            None if key == '*' => {
                self.n_misses = 0;
                self.enter_menu(now, None, out);
            }
            None if key == '#' => self.back(now, out),
            None => self.miss(now, Some(SystemPrompt::InvalidSelection), out),
        }
    }

    /// Asks whether it was said.
    fn doubt(&mut self, now: Instant, scope: Scope, meanings: Vec<Meaning>, out: &mut Vec<Effect>) {
        let said = match meanings.first() {
            Some(Meaning::Key(key)) => self.name_of_key(*key),
            Some(Meaning::Person(user)) => Some(self.name_of(*user)),
            // Nothing is lost by any of these.
            Some(Meaning::MainMenu | Meaning::Operator | Meaning::Repeat) | None => None,
        };
        let Some(said) = said else { return self.obey(now, scope, &meanings, out) };
        self.state = State::Doubting { scope, meanings };
        self.deadline = None;
        self.play([Playable::System(SystemPrompt::DidYouSay), said, Playable::System(SystemPrompt::YesOrNo)], out);
    }

    fn name_of_key(&self, key: char) -> Option<Playable> {
        let option = self.flow().menu.options.iter().find(|option| option.key == Key::Digit(key));
        let phrase = option.and_then(|option| option.phrases.first()).map(|phrase| Playable::Configured(phrase.key()));
        let digit = key.to_digit(10).and_then(|digit| u8::try_from(digit).ok());
        phrase.or(digit.map(|digit| Playable::System(SystemPrompt::Digit(digit))))
    }

    fn scope(&self) -> Option<Scope> {
        if !self.settings.voice_input {
            return None;
        }
        match &self.state {
            State::Menu if self.flow().force_listen => None,
            State::Menu | State::Waiting => Some(Scope::Menu),
            State::Searching(search) if search.typed().is_empty() => Some(Scope::Names),
            State::Picking(_) => Some(Scope::Page),
            State::Doubting { .. } => Some(Scope::YesOrNo),
            State::Announcing
            | State::Confirming { .. }
            | State::Ended
            | State::Farewell
            | State::Greeting
            | State::New
            | State::Searching(_)
            | State::Transferring(_) => None,
        }
    }

    fn grammar(&self, scope: Scope) -> Grammar {
        let mut grammar = Grammar::default();
        match scope {
            Scope::Menu => self.add_menu(&mut grammar),
            Scope::Names => self.add_people(self.searched_by(), &mut grammar),
            Scope::Page => {
                for (digit, word) in (0..).zip(DIGITS).skip(1) {
                    grammar.add(word, Meaning::Key(char::from(b'0' + digit)));
                }
                grammar.add("repeat", Meaning::Key('*'));
                grammar.add("more", Meaning::Key('9'));
            }
            Scope::YesOrNo => {
                for (word, key) in [("yes", '1'), ("one", '1'), ("no", '2'), ("two", '2')] {
                    grammar.add(word, Meaning::Key(key));
                }
            }
        }
        grammar
    }

    fn add_menu(&self, grammar: &mut Grammar) {
        let menu = &self.flow().menu;
        for option in &menu.options {
            let Key::Digit(key) = option.key else { continue };
            for phrase in &option.phrases {
                grammar.add(phrase.text().unwrap_or_default(), Meaning::Key(key));
            }
            let word = key.to_digit(10).and_then(|digit| DIGITS.get(usize::try_from(digit).ok()?));
            if let Some(word) = word {
                grammar.add(word, Meaning::Key(key));
            }
            match (key, &option.action) {
                (_, Action::Operator) => grammar.add("operator", Meaning::Operator),
                (
                    _,
                    Action::Announcement { .. }
                    | Action::Disconnect
                    | Action::SearchDirectory { .. }
                    | Action::Transfer { .. },
                ) => {}
            }
            if key == '1' {
                grammar.add("yes", Meaning::Key(key));
            }
            if key == '2' {
                grammar.add("no", Meaning::Key(key));
            }
        }
        grammar.add("repeat", Meaning::Repeat);
        grammar.add("main menu", Meaning::MainMenu);
        self.add_people(menu.directory_search, grammar);
    }

    fn add_people(&self, by: DirectorySearch, grammar: &mut Grammar) {
        match by {
            DirectorySearch::Both => {
                self.add_names(grammar);
                self.add_extensions(grammar);
            }
            DirectorySearch::ByExtension => self.add_extensions(grammar),
            DirectorySearch::ByName => self.add_names(grammar),
            DirectorySearch::None => {}
        }
    }

    fn add_names(&self, grammar: &mut Grammar) {
        let may_spell = self.may_spell(DirectorySearch::ByName);
        for listed in self.surroundings.listed.listed().take(VOICE_NAMES_MAX) {
            let (person, name) = (Meaning::Person(listed.user), listed.name.as_str());
            grammar.add(name, person);
            let words: Vec<&str> = name.split_whitespace().collect();
            if let [first, .., last] = words.as_slice() {
                grammar.add(&format!("{last} {first}"), person);
                grammar.add(first, person);
                grammar.add(last, person);
            }
            for called in listed.called() {
                grammar.add(called, person);
                if let [_, .., last] = words.as_slice() {
                    grammar.add(&format!("{called} {last}"), person);
                }
            }
            if may_spell {
                words.iter().for_each(|word| grammar.add_spelled(word, person));
            }
        }
    }

    /// Digit by digit, as they are typed.
    fn add_extensions(&self, grammar: &mut Grammar) {
        let listed = &self.surroundings.listed;
        for digits in listed.extensions(self.settings.direct_digits).take(VOICE_NAMES_MAX) {
            for user in listed.by_extension(&digits, self.settings.direct_digits).people {
                grammar.add(&said_digits(&digits), Meaning::Person(user));
            }
        }
    }

    /// Whether a name may be spelled: where callers search for one by speech, and were not understood before.
    pub(super) fn may_spell(&self, by: DirectorySearch) -> bool {
        let by_name = matches!(by, DirectorySearch::Both | DirectorySearch::ByName);
        by_name && self.settings.voice_input && self.ear != Ear::Deaf && 0 < self.n_misses
    }

    /// Waits as long as after a prompt.
    fn wait_on(&mut self, now: Instant) {
        if !self.playing {
            self.deadline = now.checked_add(Duration::from_secs(self.settings.wait_secs.into()));
        }
    }

    fn note_spoken(&mut self, words: String) {
        if self.spoken.len() < SPOKEN_RECORDED_MAX {
            self.spoken.push(words);
        }
    }
}
