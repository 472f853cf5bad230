//! What an app plays. Specification of voice apps, 1.7.

mod language;
pub mod paying;

use serde::{Deserialize, Serialize};

use self::language::seems_other;
use self::paying::PayingPrompt;
use super::attendant::NameSuffix;
use super::queue::Announcement;
use crate::id::{PromptKey, UserId};
use crate::limits::PROMPT_CHARS_MAX;
use crate::problem::{Code, Problem};

/// A prompt as it was configured; `key` names what was rendered from it at save.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Prompt {
    AudioFile { key: PromptKey, file_name: String },
    Text { key: PromptKey, text: String },
}

impl Prompt {
    /// What it says, if it is a text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::AudioFile { .. } => None,
            Self::Text { text, .. } => Some(text),
        }
    }

    /// What to play.
    pub fn key(&self) -> PromptKey {
        match self {
            Self::AudioFile { key, .. } | Self::Text { key, .. } => *key,
        }
    }
}

/// What the system itself says; rendered for each language at start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SystemPrompt {
    /// To those who are to know that a supervisor hears their call.
    CallMonitored,
    /// Before what was perhaps said.
    DidYouSay,
    /// One digit of an extension, 0 to 9.
    Digit(u8),
    DirectoryNotAvailable,
    EnterExtension,
    EnterName,
    EnterNameOrExtension,
    EnterPin,
    /// Before the digits of an extension.
    Extension,
    ExtensionNotFound,
    Goodbye,
    GreetingChanged,
    GreetingNotChanged,
    InvalidSelection,
    LeaveMessage,
    MailboxLocked,
    /// What somebody who hears messages can do.
    MailboxMenu,
    /// And who may record the greeting.
    MailboxMenuGreeting,
    MailboxUnavailable,
    ManyNewMessages,
    MessageDeleted,
    /// Before a name or the digits of a number.
    MessageFrom,
    MessageFromNobody,
    MessageKept,
    /// What can be done with a message that was heard.
    MessageOptions,
    MessageSaved,
    /// After a number.
    NewMessages,
    NoMessage,
    NoMoreMessages,
    NoNewMessages,
    NoSavedMessages,
    NotPossible,
    NotUnderstood,
    OneNewMessage,
    /// About money.
    Paying(PayingPrompt),
    PinWrong,
    /// Press 9 for more people.
    MoreMatches,
    NameNotFound,
    NotAvailable,
    /// The key of a person who was found, 1 to 5.
    Press(u8),
    RecordGreeting,
    SpellName,
    TooManyMatches,
    Transferring,
    YesOrNo,
    /// Before a number of things.
    YouHave,
}

impl SystemPrompt {
    /// All of them, for rendering.
    pub const ALL: [Self; 65] = [
        Self::CallMonitored,
        Self::DidYouSay,
        Self::Digit(0),
        Self::Digit(1),
        Self::Digit(2),
        Self::Digit(3),
        Self::Digit(4),
        Self::Digit(5),
        Self::Digit(6),
        Self::Digit(7),
        Self::Digit(8),
        Self::Digit(9),
        Self::DirectoryNotAvailable,
        Self::EnterExtension,
        Self::EnterName,
        Self::EnterNameOrExtension,
        Self::EnterPin,
        Self::Extension,
        Self::ExtensionNotFound,
        Self::Goodbye,
        Self::GreetingChanged,
        Self::GreetingNotChanged,
        Self::InvalidSelection,
        Self::LeaveMessage,
        Self::MailboxLocked,
        Self::MailboxMenu,
        Self::MailboxMenuGreeting,
        Self::MailboxUnavailable,
        Self::ManyNewMessages,
        Self::MessageDeleted,
        Self::MessageFrom,
        Self::MessageFromNobody,
        Self::MessageKept,
        Self::MessageOptions,
        Self::MessageSaved,
        Self::NewMessages,
        Self::NoMoreMessages,
        Self::NoNewMessages,
        Self::NoSavedMessages,
        Self::NotPossible,
        Self::NotUnderstood,
        Self::OneNewMessage,
        Self::Paying(PayingPrompt::EndsInAMinute),
        Self::Paying(PayingPrompt::EndsSoon),
        Self::Paying(PayingPrompt::NoCredit),
        Self::Paying(PayingPrompt::LimitReached),
        Self::Paying(PayingPrompt::Barred),
        Self::Paying(PayingPrompt::NotKnown),
        Self::Paying(PayingPrompt::NotReachable),
        Self::PinWrong,
        Self::RecordGreeting,
        Self::YesOrNo,
        Self::YouHave,
        Self::MoreMatches,
        Self::NameNotFound,
        Self::NoMessage,
        Self::NotAvailable,
        Self::Press(1),
        Self::Press(2),
        Self::Press(3),
        Self::Press(4),
        Self::Press(5),
        Self::SpellName,
        Self::TooManyMatches,
        Self::Transferring,
    ];

    /// What it says, in English.
    pub fn english(self) -> &'static str {
        match self {
            Self::CallMonitored => "This call may be monitored.",
            Self::DidYouSay => "Did you say",
            Self::Digit(digit) => DIGITS.get(usize::from(digit)).copied().unwrap_or_default(),
            Self::DirectoryNotAvailable => "The directory is not available.",
            Self::EnterExtension => "Please enter the extension.",
            Self::EnterName => {
                "Please enter the name with the letters of the keys, zero for a space, then press pound."
            }
            Self::EnterNameOrExtension => "Please enter the name or the extension, then press pound.",
            Self::EnterPin => "Please enter your PIN, then press pound.",
            Self::Extension => "Extension",
            Self::ExtensionNotFound => "That extension was not found.",
            Self::Goodbye => "Goodbye.",
            Self::GreetingChanged => "Your greeting was changed.",
            Self::GreetingNotChanged => "Your greeting was not changed.",
            Self::InvalidSelection => "That is not a valid selection.",
            Self::LeaveMessage => "Please leave a message after the tone.",
            Self::MailboxLocked => "This mailbox is locked for a while. Goodbye.",
            Self::MailboxMenu => {
                "For new messages, press 1. For saved messages, press 2. To hear this again, press star. To finish, press pound."
            }
            Self::MailboxMenuGreeting => "To record your greeting, press zero.",
            Self::MailboxUnavailable => "Your messages can't be read right now. Please try again later. Goodbye.",
            Self::ManyNewMessages => "You have more than nine new messages.",
            Self::MessageDeleted => "The message was deleted.",
            Self::MessageFrom => "Message from",
            Self::MessageFromNobody => "Message from an unknown caller.",
            Self::MessageKept => "The message was saved.",
            Self::MessageOptions => {
                "To hear it again, press 1. For the next message, press 2. To delete it, press 7. To call back, press 8. \
                 To save it, press 9. For the menu, press star."
            }
            Self::MessageSaved => "Your message was saved.",
            Self::NewMessages => "new messages.",
            Self::NoMoreMessages => "There are no more messages.",
            Self::NoNewMessages => "You have no new messages.",
            Self::NoSavedMessages => "You have no saved messages.",
            Self::NotPossible => "That is not possible.",
            Self::NotUnderstood => "Sorry, that was not understood.",
            Self::OneNewMessage => "You have one new message.",
            Self::Paying(said) => said.words("en"),
            Self::PinWrong => "That PIN is wrong.",
            Self::RecordGreeting => "Please record your greeting after the tone, then press pound.",
            Self::NoMessage => "No message was recorded.",
            Self::MoreMatches => "For more, press 9.",
            Self::NameNotFound => "Nobody was found with that name.",
            Self::NotAvailable => "The person is not available.",
            Self::Press(1) => "Press 1.",
            Self::Press(2) => "Press 2.",
            Self::Press(3) => "Press 3.",
            Self::Press(4) => "Press 4.",
            Self::Press(_) => "Press 5.",
            Self::SpellName => "You can also spell the name, letter by letter.",
            Self::TooManyMatches => "There are many. Please enter more letters, then press pound.",
            Self::Transferring => "Transferring your call.",
            Self::YesOrNo => "For yes, press 1 or say yes. For no, press 2 or say no.",
            Self::YouHave => "You have",
        }
    }
}

/// Any of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Playable {
    Announcement(Announcement),
    /// One short tone: speak now.
    Beep,
    Configured(PromptKey),
    /// Default music on hold.
    HoldMusic,
    /// A person's name, with what tells apart people of one name.
    Name {
        user: UserId,
        suffix: NameSuffix,
    },
    System(SystemPrompt),
}

const DIGITS: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/// What is wrong with a prompt that is read in a language; `field` is where the settings have it.
pub fn check(prompt: Option<&Prompt>, language: &str, field: impl FnOnce() -> String, found: &mut Vec<Problem>) {
    let Some(prompt) = prompt else { return };
    let is_other = || prompt.text().is_some_and(|text| seems_other(text, language));
    let code = problem(prompt).or_else(|| is_other().then_some(Code::LanguageMismatch));
    found.extend(code.map(|code| Problem::new(code, field())));
}

/// What is wrong with a prompt in any language, if anything.
pub fn problem(prompt: &Prompt) -> Option<Code> {
    match prompt {
        Prompt::AudioFile { .. } => None,
        Prompt::Text { text, .. } if text.trim().is_empty() => Some(Code::PromptEmpty),
        Prompt::Text { text, .. } if text.chars().count() > PROMPT_CHARS_MAX => Some(Code::PromptTooLong),
        Prompt::Text { .. } => None,
    }
}
