//! What the store of messages answers to people who hear them by phone: one mailbox for all, as tests fill it.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use media::prompt::Prompt;
use media::sdp::Codec;
use phone::apps::mailbox::message::Step;
use phone::apps::mailbox::pin::{Pin, Tries};
use phone::apps::mailbox::visit::{Answer, Ask, Entry};
use phone::id::{MessageId, UserId};
use switch::input::Told;
use uuid::Uuid;

/// The messages, and how the store behaves.
#[derive(Debug, Default)]
pub struct Shelf {
    pub pin: Option<Pin>,
    pub tries: Tries,
    pub new: Vec<Entry>,
    pub saved: Vec<Entry>,
    pub manners: Manners,
}

/// How the store answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manners {
    #[default]
    AtOnce,
    /// It can't be reached.
    Fails,
    /// No answer ever comes.
    Hangs,
}

impl Shelf {
    /// A message from a number, or from a person.
    pub fn add(&mut self, id: u128, from: &str, from_user: Option<UserId>) {
        self.new.push(Entry { id: MessageId(Uuid::from_u128(id)), from: from.to_owned(), from_user });
    }

    /// What is answered; nothing, if the store hangs.
    pub fn answer(&mut self, wall: Timestamp, ask: &Ask) -> Option<Told> {
        let mut sound = None;
        let answer = match (self.manners, ask) {
            (Manners::Hangs, _) => return None,
            (Manners::Fails, _) => Answer::Failed,
            (Manners::AtOnce, Ask::Open) => Answer::Opened { has_pin: self.pin.is_some() },
            (Manners::AtOnce, Ask::Unlock { pin }) => {
                let (finding, tries) = self.tries.look(wall, self.pin.as_ref(), pin);
                self.tries = tries;
                Answer::Unlocked(finding)
            }
            (Manners::AtOnce, Ask::List) => Answer::Listed { new: self.new.clone(), saved: self.saved.clone() },
            (Manners::AtOnce, Ask::Load { message }) if self.has(*message) => {
                sound = Some(message_sound());
                Answer::Loaded
            }
            (Manners::AtOnce, Ask::Step { message, step: Step::Finish }) if self.has(*message) => {
                let at = self.new.iter().position(|entry| entry.id == *message);
                self.saved.extend(at.map(|at| self.new.remove(at)));
                Answer::Done
            }
            (Manners::AtOnce, Ask::Delete { message }) if self.has(*message) => {
                self.new.retain(|entry| entry.id != *message);
                self.saved.retain(|entry| entry.id != *message);
                Answer::Done
            }
            (Manners::AtOnce, Ask::Load { .. } | Ask::Step { .. } | Ask::Delete { .. }) => Answer::Missing,
        };
        Some(Told::Mailbox { answer, sound })
    }

    fn has(&self, message: MessageId) -> bool {
        self.new.iter().chain(&self.saved).any(|entry| entry.id == message)
    }
}

/// What a question looks like in a ladder.
pub fn in_words(ask: &Ask) -> String {
    let short = |message: &MessageId| message.0.as_u128();
    match ask {
        Ask::Delete { message } => format!("ask delete {}", short(message)),
        Ask::List => "ask list".to_owned(),
        Ask::Load { message } => format!("ask load {}", short(message)),
        Ask::Open => "ask open".to_owned(),
        Ask::Step { message, step } => format!("ask {} {}", step.as_str(), short(message)),
        Ask::Unlock { .. } => "ask unlock".to_owned(),
    }
}

/// Three seconds of somebody.
fn message_sound() -> Arc<Prompt> {
    static SOUND: OnceLock<Arc<Prompt>> = OnceLock::new();
    SOUND.get_or_init(|| Arc::new(Prompt::render_for(Codec::Pcmu, &[2_000; 24_000], 8_000))).clone()
}
