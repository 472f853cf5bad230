//! Who is at the other end of a leg, and how he is shown to others.

use phone::id::{TrunkId, UserId};
use sip::endpoint::ExtraHeader;

use crate::limits;

/// One party of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Extension, E.164 number or the user part of a SIP address.
    pub number: String,
    pub name: Option<String>,
    pub place: Place,
}

/// Where a party is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Trunk(TrunkId),
    User(UserId),
}

impl Party {
    pub(crate) fn user(&self) -> Option<UserId> {
        match self.place {
            Place::User(user) => Some(user),
            Place::Trunk(_) => None,
        }
    }

    pub(crate) fn trunk(&self) -> Option<TrunkId> {
        match self.place {
            Place::Trunk(trunk) => Some(trunk),
            Place::User(_) => None,
        }
    }

    /// The name, or the number if there is none.
    pub(crate) fn shown(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.number)
    }

    /// With something before the name.
    pub(crate) fn labelled(&self, label: Option<&str>) -> Self {
        let name = label.map(|label| format!("{label}: {}", self.shown()));
        Self { number: self.number.clone(), name: name.or_else(|| self.name.clone()), place: self.place }
    }

    /// As a name-addr in `domain`.
    pub(crate) fn address(&self, domain: &str) -> String {
        name_addr(self.name.as_deref(), &self.number, domain)
    }

    /// The identity that a trusted peer may show. RFC 3325 §9.1
    pub(crate) fn asserted(&self, domain: &str) -> ExtraHeader {
        ExtraHeader { name: "P-Asserted-Identity".to_owned(), value: self.address(domain) }
    }
}

/// `"name" <sip:user@domain>`, with everything escaped that the grammar does not allow. RFC 3261 §25.1
pub(crate) fn name_addr(name: Option<&str>, user: &str, domain: &str) -> String {
    let mut text = String::with_capacity(user.len() + domain.len() + 12 + name.map_or(0, |name| name.len() + 3));
    if let Some(name) = name {
        text.push('"');
        for letter in name.chars().filter(|letter| !letter.is_control()).take(limits::DISPLAY_NAME_MAX) {
            if matches!(letter, '"' | '\\') {
                text.push('\\');
            }
            text.push(letter);
        }
        text.push_str("\" ");
    }
    text.push('<');
    push_sip_uri(&mut text, user, domain);
    text.push('>');
    text
}

/// `sip:user@domain`.
pub(crate) fn sip_uri(user: &str, domain: &str) -> String {
    let mut text = String::with_capacity(user.len() + domain.len() + 5);
    push_sip_uri(&mut text, user, domain);
    text
}

fn push_sip_uri(text: &mut String, user: &str, domain: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    text.push_str("sip:");
    for byte in user.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from(HEX.get(usize::from(nibble)).copied().unwrap_or(b'0')));
            }
        }
    }
    text.push('@');
    text.push_str(domain);
}
