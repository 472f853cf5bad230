//! What people are mailed about their numbers.

use phone::people::number_mails::{NumberMails as PhoneMails, Words as PhoneWords};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What people with an e-mail address are told of their numbers. It is replaced whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "assigned": true, "assigned_words": { "subject": "{number} is yours", "text": "Hello {name}!" } }))]
pub struct NumberMails {
    /// Whether who gets a number is told.
    #[serde(default)]
    pub assigned: bool,
    /// Whether who loses one is told.
    #[serde(default)]
    pub unassigned: bool,
    /// Own words for who gets one; those of the program if there are none.
    pub assigned_words: Option<MailWords>,
    /// Own words for who loses one; those of the program if there are none.
    pub unassigned_words: Option<MailWords>,
}

/// A mail, in which `{name}`, `{number}`, `{extension}`, `{organization}`, `{sip_domain}` and `{address}` stand for what they
/// say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailWords {
    /// One line of at most 200 characters.
    pub subject: String,
    /// At most 10,000 characters.
    pub text: String,
}

impl From<NumberMails> for PhoneMails {
    fn from(mails: NumberMails) -> Self {
        let NumberMails { assigned, unassigned, assigned_words, unassigned_words } = mails;
        let words = |words: Option<MailWords>| words.map(|MailWords { subject, text }| PhoneWords { subject, text });
        Self { assigned, unassigned, assigned_words: words(assigned_words), unassigned_words: words(unassigned_words) }
    }
}

impl From<PhoneMails> for NumberMails {
    fn from(mails: PhoneMails) -> Self {
        let PhoneMails { assigned, unassigned, assigned_words, unassigned_words } = mails;
        let words = |words: Option<PhoneWords>| words.map(|PhoneWords { subject, text }| MailWords { subject, text });
        Self { assigned, unassigned, assigned_words: words(assigned_words), unassigned_words: words(unassigned_words) }
    }
}
