//! Messages one after the other, and what a visitor does with each.

use std::time::Instant;

use super::machine::{Asked, List, Part, State, Visit};
use super::words::sender;
use super::{Ask, Effect, Entry, Origin, Outcome, Said};
use crate::apps::mailbox::Mailbox;
use crate::apps::mailbox::message::Step;
use crate::apps::prompt::{Playable, SystemPrompt};
use crate::limits::VISIT_PLAY_SECS;

impl Visit {
    pub(super) fn begin_list(&mut self, now: Instant, list: List, out: &mut Vec<Effect>) {
        (self.list, self.at) = (list, 0);
        if self.messages().is_empty() {
            self.pend(match list {
                List::New => SystemPrompt::NoNewMessages,
                List::Saved => SystemPrompt::NoSavedMessages,
            });
            return self.offer_menu(now, out);
        }
        self.load_message(now, out);
    }

    pub(super) fn handle_message_key(&mut self, now: Instant, key: char, out: &mut Vec<Effect>) {
        let Some(entry) = self.message().cloned() else { return self.back_to_menu(now, out) };
        let message = entry.id;
        match key {
            '1' => self.play_message(now, out),
            '2' | '#' => self.next_message(now, out),
            '7' if self.access.may_manage => self.ask(now, Ask::Delete { message }, Asked::Deleting, out),
            '8' if self.access.origin == Origin::OwnPhone && is_reachable(&entry) => {
                self.outcome = Some(Outcome::CalledBack);
                self.state = State::Ended;
                out.push(Effect::CallBack(entry));
            }
            '9' => self.ask(now, Ask::Step { message, step: Step::Finish }, Asked::Saving, out),
            '*' => self.back_to_menu(now, out),
            _ => {
                self.pend(SystemPrompt::InvalidSelection);
                self.offer_options(now, out);
            }
        }
    }

    /// Plays the message that is there, from its beginning.
    pub(super) fn play_message(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let Some(entry) = self.message() else { return self.back_to_menu(now, out) };
        let sender = sender(entry);
        self.enter(State::Message(Part::Itself), now, VISIT_PLAY_SECS);
        self.play_all(sender.into_iter().map(Said::Words).chain([Said::Message]), out);
    }

    pub(super) fn offer_options(&mut self, now: Instant, out: &mut Vec<Effect>) {
        self.enter(State::Message(Part::Options), now, VISIT_PLAY_SECS);
        self.play(&[Playable::System(SystemPrompt::MessageOptions)], out);
    }

    /// Who hears a message of the own mailbox to its end knows it. In a team's mailbox it is new until somebody says
    /// that it is done, for others have not heard it.
    pub(super) fn note_heard(&mut self, out: &mut Vec<Effect>) {
        if let (Mailbox::Person(_), List::New, Some(message)) = (self.access.mailbox, self.list, self.message()) {
            out.push(Effect::Tell(Ask::Step { message: message.id, step: Step::Finish }));
        }
    }

    pub(super) fn next_message(&mut self, now: Instant, out: &mut Vec<Effect>) {
        self.at = self.at.saturating_add(1);
        self.go_on(now, out);
    }

    /// The message is not there any more: the next takes its place.
    pub(super) fn drop_message(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let at = self.at;
        let messages = match self.list {
            List::New => &mut self.new,
            List::Saved => &mut self.saved,
        };
        if at < messages.len() {
            messages.remove(at);
        }
        self.go_on(now, out);
    }

    fn go_on(&mut self, now: Instant, out: &mut Vec<Effect>) {
        if self.message().is_some() {
            return self.load_message(now, out);
        }
        self.pend(SystemPrompt::NoMoreMessages);
        self.back_to_menu(now, out);
    }

    /// By way of the list, which others may have changed meanwhile.
    fn back_to_menu(&mut self, now: Instant, out: &mut Vec<Effect>) {
        self.ask(now, Ask::List, Asked::Listing, out);
    }

    fn load_message(&mut self, now: Instant, out: &mut Vec<Effect>) {
        if let Some(message) = self.message().map(|entry| entry.id) {
            self.ask(now, Ask::Load { message }, Asked::Loading, out);
        }
    }

    fn messages(&self) -> &[Entry] {
        match self.list {
            List::New => &self.new,
            List::Saved => &self.saved,
        }
    }

    fn message(&self) -> Option<&Entry> {
        self.messages().get(self.at)
    }
}

fn is_reachable(entry: &Entry) -> bool {
    entry.from_user.is_some() || entry.from.bytes().any(|byte| byte.is_ascii_digit())
}
