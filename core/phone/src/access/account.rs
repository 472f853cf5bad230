//! Accounts: what a person signs in with. An account is the server's or of one organization, and may belong to a person
//! of that organization.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{AccountId, UserId};
use crate::limits::{EMAIL_CHARS_MAX, NAME_CHARS_MAX};
use crate::rule::Broken;

/// How long an invitation may be taken up, in seconds: a week, with a weekend in it.
pub const INVITATION_SECS: i64 = 7 * 24 * 60 * 60;

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What its holder signs in with; unique where the account is, whatever its capital letters.
    pub email: String,
    /// Whose it is.
    pub name: String,
    /// The person of the organization whose it is.
    pub person: Option<UserId>,
    /// Whether it may be used.
    pub enabled: bool,
}

/// What holds for everybody who signs in somewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInPolicy {
    /// A password alone opens nothing: who has no second factor is asked to set one up first.
    pub second_factor_required: bool,
}

/// What is wrong with an account that is about to be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountFault {
    /// The address is none.
    #[error("an e-mail address has a name, @ and a domain, and at most {EMAIL_CHARS_MAX} characters")]
    Email,
    /// The name is empty or too long.
    #[error("a name has 1 to {NAME_CHARS_MAX} characters")]
    Name,
}

impl Account {
    /// What it is found by.
    pub fn email_key(&self) -> String {
        email_key(&self.email)
    }

    /// What is wrong with it.
    pub fn fault(&self) -> Option<AccountFault> {
        let is_name = (1..=NAME_CHARS_MAX).contains(&self.name.trim().chars().count());
        match (is_email(&self.email), is_name) {
            (false, _) => Some(AccountFault::Email),
            (true, false) => Some(AccountFault::Name),
            (true, true) => None,
        }
    }
}

impl AccountFault {
    /// The field that is wrong.
    pub fn field(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Name => "name",
        }
    }
}

impl Broken for AccountFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Email => "email.malformed",
            Self::Name => "name.malformed",
        }
    }

    fn fix(&self) -> String {
        "write it as it stands on a business card".to_owned()
    }

    fn is_conflict(&self) -> bool {
        false
    }
}

/// What an address is found by: capital letters tell nobody apart.
pub fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

/// When an invitation made now is over.
pub fn invitation_ends_at(now: Timestamp) -> Timestamp {
    now.checked_add(jiff::SignedDuration::from_secs(INVITATION_SECS)).unwrap_or(Timestamp::MAX)
}

/// Whether mail could go there: no more is known before somebody sends some.
fn is_email(text: &str) -> bool {
    let is_printable = !text.chars().any(|letter| letter.is_whitespace() || letter.is_control());
    let parts = text.rsplit_once('@');
    let is_whole = parts.is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty() && !name.contains('@'));
    is_printable && is_whole && text.chars().count() <= EMAIL_CHARS_MAX
}
