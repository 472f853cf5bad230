//! What a visitor is told of messages.

use super::machine::Visit;
use super::{Entry, Said};
use crate::apps::attendant::NameSuffix;
use crate::apps::prompt::{Playable, SystemPrompt};
use crate::limits::SENDER_DIGITS_MAX;

impl Visit {
    /// How many new messages there are, before anything else is said.
    pub(super) fn say_how_many(&mut self, n_new: usize) {
        let words = match u8::try_from(n_new) {
            Ok(0) => vec![SystemPrompt::NoNewMessages],
            Ok(1) => vec![SystemPrompt::OneNewMessage],
            Ok(n @ 2..=9) => vec![SystemPrompt::YouHave, SystemPrompt::Digit(n), SystemPrompt::NewMessages],
            Ok(_) | Err(_) => vec![SystemPrompt::ManyNewMessages],
        };
        self.pending.extend(words.into_iter().map(|prompt| Said::Words(Playable::System(prompt))));
    }
}

/// Who left a message.
pub(super) fn sender(entry: &Entry) -> Vec<Playable> {
    if let Some(user) = entry.from_user {
        return vec![Playable::System(SystemPrompt::MessageFrom), Playable::Name { user, suffix: NameSuffix::None }];
    }
    let digits = entry.from.bytes().filter(u8::is_ascii_digit).take(SENDER_DIGITS_MAX);
    let digits: Vec<Playable> = digits.map(|digit| Playable::System(SystemPrompt::Digit(digit - b'0'))).collect();
    if digits.is_empty() {
        return vec![Playable::System(SystemPrompt::MessageFromNobody)];
    }
    std::iter::once(Playable::System(SystemPrompt::MessageFrom)).chain(digits).collect()
}
