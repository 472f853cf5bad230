//! Addresses: From, To, Contact, Route, Refer-To and the like. RFC 3261 §20.10

use std::borrow::Cow;

use crate::header::params::{Params, end_of_quoted, split_once, trim, unquote};
use crate::uri::{Scheme, Uri};

/// A display name, a URI and parameters, as they stand in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    pub(crate) display: &'a str,
    pub(crate) uri: &'a str,
    pub(crate) params: &'a str,
    pub(crate) tag: Option<&'a str>,
}

impl<'a> Address<'a> {
    /// Reads one address, with or without angle brackets.
    pub fn parse(value: &'a str) -> Option<Self> {
        let value = trim(value);
        let bytes = value.as_bytes();
        let open = match bytes.first() {
            Some(b'"') => {
                let end = end_of_quoted(bytes, 0);
                end + memchr::memchr(b'<', bytes.get(end..)?)?
            }
            _ => match memchr::memchr(b'<', bytes) {
                Some(open) => open,
                None => return Self::parse_bare(value),
            },
        };
        let display = trim(value.get(..open)?);
        let (uri, params) = split_once(value.get(open + 1..)?, b'>')?;
        Self::new(display, trim(uri), params)
    }

    /// Without brackets everything from the first semicolon belongs to the header field, not to the URI.
    fn parse_bare(value: &'a str) -> Option<Self> {
        let (uri, params) = value.split_at(value.find(';').unwrap_or(value.len()));
        let uri = trim(uri);
        // A URI with commas, question marks or blanks has to stand in brackets. RFC 3261 §20
        if uri.contains(['?', ',', '"', ' ', '>']) { None } else { Self::new("", uri, params) }
    }

    fn new(display: &'a str, uri: &'a str, params: &'a str) -> Option<Self> {
        let params = trim(params);
        if !has_scheme(uri) || !(params.is_empty() || params.starts_with(';')) {
            return None;
        }
        Some(Self { display, uri, params, tag: Params::new(params).find("tag").filter(|tag| !tag.is_empty()) })
    }

    /// The display name without its quotes.
    pub fn display(&self) -> Cow<'a, str> {
        unquote(self.display)
    }

    /// The URI as written.
    pub fn uri(&self) -> &'a str {
        self.uri
    }

    /// The URI, read.
    pub fn parsed_uri(&self) -> Option<Uri<'a>> {
        Uri::parse(self.uri).ok()
    }

    /// The tag parameter.
    pub fn tag(&self) -> Option<&'a str> {
        self.tag
    }

    /// The parameters of the header field (not of the URI).
    pub fn params(&self) -> Params<'a> {
        Params::new(self.params)
    }
}

fn has_scheme(uri: &str) -> bool {
    Scheme::of(uri).is_some() && split_once(uri, b':').is_some_and(|(_, rest)| !rest.is_empty())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can't go on fails")]
mod tests {
    use super::*;

    #[test]
    fn each_form_of_an_address_is_read() {
        let table = [
            ("\"A. \\\"B\\\" <x>\" <sip:a@b;p=1>;tag=9;x", "A. \"B\" <x>", "sip:a@b;p=1", Some("9")),
            ("Alice Smith<sip:a@b>", "Alice Smith", "sip:a@b", None),
            ("sip:a@b;tag=7", "", "sip:a@b", Some("7")),
            ("<tel:+12015550123>;Tag=1", "", "tel:+12015550123", Some("1")),
            ("\"\" < sip:a@b >", "", "sip:a@b", None),
        ];
        for (value, display, uri, tag) in table {
            let address = Address::parse(value).unwrap();
            assert_eq!((&*address.display(), address.uri(), address.tag()), (display, uri, tag), "{value}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for value in
            ["", "*", "\"open <sip:a@b>", "<sip:a@b", "<>", "sip:a@b?x=1", "<sip:a@b> x", "a@b", "sip:a, sip:b"]
        {
            assert_eq!(Address::parse(value), None, "{value}");
        }
    }
}
