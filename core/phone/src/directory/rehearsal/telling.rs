//! What an attendant did, told from what it was doing before and after.

use super::walk::Walk;
use super::{Setting, StepKind};
use crate::apps::attendant::{Attendant, Doing, Effect, Event, Key, Outcome};
use crate::limits::MENU_MISSES_MAX;

/// An attendant before something happened.
pub(super) struct Told {
    doing: Doing,
    n_misses: u8,
}

impl Told {
    pub(super) fn of(machine: &Attendant) -> Self {
        Self { doing: machine.doing(), n_misses: machine.n_misses() }
    }
}

impl Walk<'_> {
    /// Takes down what came of an event.
    pub(super) fn tell_of(&mut self, machine: &Attendant, before: &Told, event: &Event, effects: &[Effect]) {
        match event {
            Event::Started { .. } => self.tell_flow(machine, effects),
            Event::Digit(key) => self.tell_key(machine, before, *key),
            Event::Timeout => self.tell_timeout(machine, before, effects),
            Event::TransferFailed => {
                self.tell(StepKind::Transfer, None, "nobody is reached there, so the caller comes back".to_owned());
            }
            Event::Played | Event::HungUp | Event::Spoke | Event::Heard(_) => {}
        }
        for effect in effects {
            match effect {
                Effect::Play(playables) => {
                    let words = self.words_of_sounds(machine, playables);
                    self.tell(StepKind::Play, None, words);
                }
                Effect::End { outcome } => {
                    let words = words_of_end(*outcome);
                    self.tell(StepKind::End, Some(setting(machine, field_of_end(*outcome))), words.to_owned());
                }
                Effect::Listen { .. } | Effect::StopListening | Effect::StopPlaying | Effect::Transfer { .. } => {}
            }
        }
    }

    fn tell_flow(&mut self, machine: &Attendant, effects: &[Effect]) {
        if matches!(effects, [Effect::End { outcome: Outcome::OaaChainTooLong }]) {
            return;
        }
        let field = match machine.association() {
            Some(index) => format!("associations[{index}]"),
            None => "default_flow".to_owned(),
        };
        let words = self.words_of_flow(machine);
        self.tell(StepKind::Flow, Some(setting(machine, &field)), words);
    }

    fn tell_key(&mut self, machine: &Attendant, before: &Told, key: char) {
        let flow = machine.flow();
        let option = flow.menu.options.iter().position(|option| option.key == Key::Digit(key));
        let (field, words) = match (&before.doing, option) {
            (Doing::Searching { typed }, _) => (None, words_of_typed(typed, key)),
            (Doing::Greeting | Doing::Menu | Doing::Announcing, _)
                if flow.force_listen && self.is_ignored(machine, before) =>
            {
                let words = format!("key {key} is not heard: callers of {} listen to the end", flow.name);
                (Some(format!("{}.force_listen", field_of_flow(machine))), words)
            }
            (Doing::Greeting | Doing::Menu | Doing::Announcing, Some(index)) => {
                let (field, name) = (field_of_flow(machine), &machine.settings().name);
                let what = self.words_of_action(&flow.menu.options[index].action, machine);
                let words = match machine.doing() {
                    Doing::Searching { typed } if !typed.is_empty() => {
                        format!(
                            "key {key} of {name} is {what}, but may begin a name or an extension as well: more is awaited"
                        )
                    }
                    Doing::Announcing
                    | Doing::Greeting
                    | Doing::Menu
                    | Doing::New
                    | Doing::Over
                    | Doing::Picking { .. }
                    | Doing::Searching { .. } => format!("key {key} of {name} is {what}"),
                };
                (Some(format!("{field}.menu.options[{index}]")), words)
            }
            (Doing::Greeting | Doing::Menu | Doing::Announcing, None) => {
                (None, self.words_of_other_key(machine, before, key))
            }
            (Doing::Picking { .. }, _) => (None, words_of_picked(machine, key)),
            (Doing::New, _) => (None, format!("key {key} is kept for the menu")),
            (Doing::Over, _) => (None, format!("key {key} comes too late")),
        };
        self.tell(StepKind::Key, field.map(|field| setting(machine, &field)), words);
    }

    /// Whether nothing at all came of a key.
    fn is_ignored(&self, machine: &Attendant, before: &Told) -> bool {
        machine.doing() == before.doing && machine.n_misses() == before.n_misses
    }

    fn words_of_other_key(&self, machine: &Attendant, before: &Told, key: char) -> String {
        let name = &machine.settings().name;
        match (machine.doing(), key) {
            (Doing::Searching { .. }, _) => format!("key {key} of {name} begins a name or an extension"),
            (_, '*') => "* repeats the menu".to_owned(),
            (Doing::Over, '#') => "# leads back to the menu before".to_owned(),
            (_, '#') => "# begins the menu again".to_owned(),
            _ => format!("key {key} means nothing in {name}{}", count(machine, before)),
        }
    }

    fn tell_timeout(&mut self, machine: &Attendant, before: &Told, effects: &[Effect]) {
        if matches!(effects, [Effect::End { .. }]) && machine.n_misses() == before.n_misses {
            return;
        }
        let wait = machine.settings().wait_secs;
        let (field, words) = match &before.doing {
            Doing::Searching { typed } if typed.is_empty() => {
                ("wait_seconds", format!("nothing is pressed within {wait} seconds{}", count(machine, before)))
            }
            Doing::Searching { typed } => {
                ("wait_seconds", format!("no further digit comes: {typed} is all{}", count(machine, before)))
            }
            Doing::Announcing | Doing::Greeting | Doing::Menu | Doing::New | Doing::Over | Doing::Picking { .. } => {
                ("wait_seconds", format!("no key is pressed within {wait} seconds{}", count(machine, before)))
            }
        };
        self.tell(StepKind::Silence, Some(setting(machine, field)), words);
    }

    /// The setting that a transfer follows from, if it does not follow from a key.
    pub(super) fn setting_of_transfer(&self, machine: &Attendant, outcome: Outcome) -> Option<Setting> {
        match outcome {
            Outcome::TransferredToOperator | Outcome::FailoverToOperator => Some(setting(machine, "operator")),
            Outcome::OaaChainTooLong
            | Outcome::OaaSessionTooLong
            | Outcome::ServiceTerminated
            | Outcome::TerminatedAutomaticSelection
            | Outcome::TerminatedNoOperator
            | Outcome::TerminatedTransferFailed
            | Outcome::TransferInProgress
            | Outcome::TransferredExternal
            | Outcome::TransferredToCq
            | Outcome::TransferredToSelf
            | Outcome::TransferredToSharedVoicemail
            | Outcome::TransferredToUser
            | Outcome::UserTerminated => None,
        }
    }
}

/// A setting of an attendant.
pub(super) fn setting(machine: &Attendant, field: &str) -> Setting {
    let settings = machine.settings();
    Setting { noun: "auto_attendant", id: settings.id.0, name: settings.name.clone(), field: field.to_owned() }
}

fn field_of_flow(machine: &Attendant) -> String {
    match machine.association() {
        Some(index) => format!("associations[{index}].flow"),
        None => "default_flow".to_owned(),
    }
}

/// Which of the tries it was, if it was one.
fn count(machine: &Attendant, before: &Told) -> String {
    match machine.n_misses() {
        now if now == before.n_misses => String::new(),
        now => format!(", for the {} of {MENU_MISSES_MAX} times", ordinal(now)),
    }
}

fn ordinal(count: u8) -> String {
    match count {
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        more => format!("{more}th"),
    }
}

fn words_of_typed(typed: &str, key: char) -> String {
    match key {
        '#' if typed.is_empty() => "# leaves the search".to_owned(),
        '#' => format!("# ends what is typed: {typed}"),
        '*' => "* leaves the search".to_owned(),
        _ => format!("{typed}{key} is typed so far"),
    }
}

/// What a key did to a caller who was told whom the search found.
fn words_of_picked(machine: &Attendant, key: char) -> String {
    match (machine.doing(), key) {
        (Doing::Searching { .. }, _) => format!("{key} searches again"),
        (Doing::Picking { .. }, _) => format!("key {key} has what was found read out"),
        (_, _) => format!("key {key} chooses"),
    }
}

fn words_of_end(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::OaaChainTooLong => "too many attendants and queues follow each other without a choice: it hangs up",
        Outcome::OaaSessionTooLong => "half an hour in attendants is over: it hangs up",
        Outcome::ServiceTerminated => "it hangs up, as the key says",
        Outcome::TerminatedAutomaticSelection => "it hangs up by itself, without a choice of the caller",
        Outcome::TerminatedNoOperator => "nothing was chosen and there is no operator: it hangs up",
        Outcome::TerminatedTransferFailed => "nobody was reached: it hangs up",
        Outcome::FailoverToOperator
        | Outcome::TransferInProgress
        | Outcome::TransferredExternal
        | Outcome::TransferredToCq
        | Outcome::TransferredToOperator
        | Outcome::TransferredToSelf
        | Outcome::TransferredToSharedVoicemail
        | Outcome::TransferredToUser
        | Outcome::UserTerminated => "the call is over",
    }
}

fn field_of_end(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::TerminatedNoOperator | Outcome::TerminatedTransferFailed => "operator",
        Outcome::FailoverToOperator
        | Outcome::OaaChainTooLong
        | Outcome::OaaSessionTooLong
        | Outcome::ServiceTerminated
        | Outcome::TerminatedAutomaticSelection
        | Outcome::TransferInProgress
        | Outcome::TransferredExternal
        | Outcome::TransferredToCq
        | Outcome::TransferredToOperator
        | Outcome::TransferredToSelf
        | Outcome::TransferredToSharedVoicemail
        | Outcome::TransferredToUser
        | Outcome::UserTerminated => "default_flow",
    }
}
