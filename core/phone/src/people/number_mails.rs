//! What people are mailed when numbers are given to them or taken: off until an organization switches it on, in the words
//! of the program or in its own. Specification of numbers, 1.3.1 and 2.2.

use serde::{Deserialize, Serialize};

use crate::limits::{MAIL_SUBJECT_CHARS_MAX, MAIL_TEXT_CHARS_MAX};

/// What an organization has people mailed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberMails {
    /// Whether who gets a number is told.
    #[serde(default)]
    pub assigned: bool,
    /// Whether who loses one is told.
    #[serde(default)]
    pub unassigned: bool,
    /// Own words for who gets one.
    #[serde(default)]
    pub assigned_words: Option<Words>,
    /// Own words for who loses one.
    #[serde(default)]
    pub unassigned_words: Option<Words>,
}

/// A mail with placeholders: [`PLACEHOLDERS`] between braces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// One line.
    pub subject: String,
    /// What follows it.
    pub text: String,
}

/// What happened to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// They got a number.
    Assigned,
    /// They lost one.
    Unassigned,
}

/// What stands for the placeholders of one mail.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Whose number it is.
    pub name: &'a str,
    /// In E.164.
    pub number: &'a str,
    /// The user name of the person's phones.
    pub extension: &'a str,
    /// The organization's name.
    pub organization: &'a str,
    /// Where phones register.
    pub sip_domain: &'a str,
    /// The server's own pages, without a slash at the end.
    pub address: &'a str,
}

/// The names of what can be put between braces.
pub const PLACEHOLDERS: [&str; 6] = ["name", "number", "extension", "organization", "sip_domain", "address"];

const ASSIGNED: (&str, &str) = (
    "Your telephone number is {number}",
    "Hello {name},\n\nyou are called at {number} from now on. Colleagues reach you at {extension}.\n\n\
     In a browser: sign in at {address}/phone.\n\
     With another phone: user name {extension}, domain {sip_domain}, and the password that you get from whoever looks \
     after the telephones of {organization}.\n",
);
const UNASSIGNED: (&str, &str) = (
    "{number} is no longer your telephone number",
    "Hello {name},\n\ncalls to {number} do not reach you any more. Colleagues reach you at {extension}.\n\n\
     Whoever looks after the telephones of {organization} can tell you more.\n",
);

impl NumberMails {
    /// Whether anybody is told anything.
    pub fn is_on(&self) -> bool {
        self.assigned || self.unassigned
    }

    /// Whether its words can be mailed.
    pub fn are_fine(&self) -> bool {
        [&self.assigned_words, &self.unassigned_words].into_iter().flatten().all(Words::are_fine)
    }

    /// What somebody is told; none if the organization does not want that.
    pub fn words(&self, happened: Happened, facts: &Facts<'_>) -> Option<Words> {
        let (is_on, own, (subject, text)) = match happened {
            Happened::Assigned => (self.assigned, &self.assigned_words, ASSIGNED),
            Happened::Unassigned => (self.unassigned, &self.unassigned_words, UNASSIGNED),
        };
        let words = own.clone().unwrap_or_else(|| Words { subject: subject.to_owned(), text: text.to_owned() });
        let filled = || Words { subject: filled(&words.subject, facts), text: filled(&words.text, facts) };
        is_on.then(filled)
    }
}

impl Words {
    fn are_fine(&self) -> bool {
        let is_line = (1..=MAIL_SUBJECT_CHARS_MAX).contains(&self.subject.trim().chars().count())
            && !self.subject.chars().any(char::is_control);
        let is_text = (1..=MAIL_TEXT_CHARS_MAX).contains(&self.text.chars().count());
        is_line && is_text && [&self.subject, &self.text].into_iter().all(|text| is_filled_by(text))
    }
}

/// Whether every brace that opens names a placeholder.
fn is_filled_by(text: &str) -> bool {
    let named = text.split('{').skip(1).map(|rest| rest.split_once('}').map(|(name, _)| name));
    named.into_iter().all(|name| name.is_some_and(|name| PLACEHOLDERS.contains(&name)))
}

/// Each piece is looked at once: a name with braces in it stays as it is.
fn filled(text: &str, facts: &Facts<'_>) -> String {
    let mut pieces = text.split('{');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once('}').unwrap_or((piece, ""));
        out.push_str(match name {
            "name" => facts.name,
            "number" => facts.number,
            "extension" => facts.extension,
            "organization" => facts.organization,
            "sip_domain" => facts.sip_domain,
            "address" => facts.address,
            _ => "",
        });
        out.push_str(rest);
    }
    out
}
