//! Mail that is tried once: what it tells stands among the events as well.

use lettre::message::Mailbox;
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport as _, Tokio1Executor};

use crate::error::chain;

/// Where mail goes out.
#[derive(Clone)]
pub struct Post {
    pub transport: AsyncSmtpTransport<Tokio1Executor>,
    pub from: Mailbox,
}

/// What is mailed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub text: String,
}

impl Post {
    /// Sends a letter. `name` is what it is named by, so that a reader who gets it twice sees it once.
    pub async fn send(&self, to: &str, letter: &Letter, name: &str) {
        let Ok(address) = to.parse() else { return };
        let built = lettre::Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(&letter.subject)
            .message_id(Some(format!("<{name}@{}>", self.from.email.domain())))
            .body(letter.text.clone());
        match built {
            Ok(message) => {
                if let Err(error) = self.transport.send(message).await {
                    tracing::warn!(error = chain(&error), name, "a mail was not sent");
                }
            }
            Err(error) => tracing::warn!(error = chain(&error), name, "a mail can't be written"),
        }
    }
}
