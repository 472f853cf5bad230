//! The mail that tells of a message.

use jiff::tz::TimeZone;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use phone::apps::mailbox::mail::Mail;
use phone::apps::mailbox::message::Message;
use phone::apps::mailbox::transcript::Transcript;

/// What is attached at most. In base64 it grows by a third, and many servers take 25 MB.
pub const ATTACHED_BYTES_MAX: u64 = 15_000_000;

/// What a letter is written from.
pub struct Letter<'a> {
    pub mail: &'a Mail,
    pub message: &'a Message,
    /// The name of the mailbox.
    pub mailbox: &'a str,
    pub zone: &'a TimeZone,
    pub from: &'a Mailbox,
    /// None if it is too much, or not here.
    pub sound: Option<Vec<u8>>,
}

/// It can't be written: a wrong address.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    #[error("{0} is no address that mail can be sent to")]
    Address(String),
    #[error("the mail can't be written")]
    Unwritable(#[from] lettre::error::Error),
}

impl Letter<'_> {
    /// The whole mail. Specification of calling, 2.8 (10).
    pub fn write(self) -> Result<lettre::Message, LetterError> {
        let Self { mail, message, mailbox, zone, from, sound } = self;
        let address = mail.to.parse().map_err(|_| LetterError::Address(mail.to.clone()))?;
        let caller = match &message.from_name {
            Some(name) => format!("{name} ({})", message.from),
            None => message.from.clone(),
        };
        let at = message.at.to_zoned(zone.clone()).strftime("%A, %d %B %Y, %H:%M").to_string();
        let seconds = message.duration_ms.div_ceil(1_000);
        let length = format!("{}:{:02}", seconds / 60, seconds % 60);
        let where_it_is = match sound {
            Some(_) => "The message is attached.",
            None => "The message is too long to be attached; it lies in the mailbox.",
        };
        let says = match &message.transcript {
            Transcript::Written { text } if text.is_empty() => "Nobody could make out what it says.\n\n".to_owned(),
            Transcript::Written { text } => format!("It says, as a program understood it:\n\n{text}\n\n"),
            Transcript::NotWanted | Transcript::Awaited { .. } | Transcript::Failed { .. } => String::new(),
        };
        let text = format!(
            "{mailbox} has a message.\n\nFrom: {caller}\nCalled: {}\nAt: {at}\nLength: {length}\n\n{says}{where_it_is}\n",
            message.to
        );
        let text = SinglePart::plain(text);
        let parts = match sound {
            Some(sound) => {
                let name = format!("message-{}.wav", message.at.strftime("%Y%m%d-%H%M%S"));
                let wav = ContentType::parse("audio/wav").unwrap_or(ContentType::TEXT_PLAIN);
                MultiPart::mixed().singlepart(text).singlepart(Attachment::new(name).body(sound, wav))
            }
            None => MultiPart::mixed().singlepart(text),
        };
        let domain = from.email.domain();
        let mut letter = lettre::Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, address))
            .subject(format!("Voice message from {caller}, {length}"))
            // The same at each try, so that one that arrived twice is known to be one.
            .message_id(Some(format!("<{}@{domain}>", mail.id)))
            .multipart(parts)?;
        for (name, value) in [("Content-Class", "Voice-CA"), ("Auto-Submitted", "auto-generated")] {
            if let Ok(name) = HeaderName::new_from_ascii(name.to_owned()) {
                letter.headers_mut().insert_raw(HeaderValue::new(name, value.to_owned()));
            }
        }
        Ok(letter)
    }
}
