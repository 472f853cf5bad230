//! What many header fields are made of: lists, parameters, tokens, quoted strings. RFC 3261 §7.3.1, §25.1

use std::borrow::Cow;

/// The values of a list, apart from each other and without blanks around them. Commas inside quotes and angle brackets
/// do not part; empty values are left out.
#[derive(Clone, Debug)]
pub struct List<'a> {
    rest: &'a str,
}

impl<'a> List<'a> {
    /// The values of one header field.
    pub fn new(value: &'a str) -> Self {
        Self { rest: value }
    }
}

impl<'a> Iterator for List<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        while !self.rest.is_empty() {
            let (value, rest) = split_outside(self.rest, b',');
            self.rest = rest.unwrap_or_default();
            let value = trim(value);
            if !value.is_empty() {
                return Some(value);
            }
        }
        None
    }
}

/// Parameters after a value: `;name=value;name`. The leading semicolon may be missing.
#[derive(Clone, Debug)]
pub struct Params<'a> {
    rest: &'a str,
}

impl<'a> Params<'a> {
    /// All parameters in `text`.
    pub fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// The value of the first parameter of that name, as written; empty if it has none.
    pub fn find(mut self, name: &str) -> Option<&'a str> {
        self.find_map(|(found, value)| found.eq_ignore_ascii_case(name).then_some(value.unwrap_or_default()))
    }
}

impl<'a> Iterator for Params<'a> {
    type Item = (&'a str, Option<&'a str>);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let (param, rest) = split_outside(self.rest, b';');
            self.rest = rest.unwrap_or_default();
            let param = trim(param);
            if !param.is_empty() {
                return Some(match split_once(param, b'=') {
                    Some((name, value)) => (trim(name), Some(trim(value))),
                    None => (param, None),
                });
            }
        }
        None
    }
}

/// Parts `text` at the first `delimiter`, which is ASCII. Nearly all texts here are so short that looking at each byte
/// is quicker than a search that is made for long ones.
pub(crate) fn split_once(text: &str, delimiter: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == delimiter)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Parts `text` at the first `delimiter` that stands neither in quotes nor in angle brackets.
pub(crate) fn split_outside(text: &str, delimiter: u8) -> (&str, Option<&str>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut is_in_brackets = false;
    let is_marked = |byte: &u8| *byte == delimiter || matches!(byte, b'"' | b'<' | b'>');
    while let Some(length) = bytes.get(at..).and_then(|rest| rest.iter().position(is_marked)) {
        at += length;
        match bytes.get(at) {
            Some(b'"') => at = end_of_quoted(bytes, at),
            Some(b'<') => is_in_brackets = true,
            Some(b'>') => is_in_brackets = false,
            Some(_) if is_in_brackets => {}
            Some(_) | None => return (text.get(..at).unwrap_or_default(), text.get(at + 1..)),
        }
        at += 1;
    }
    (text, None)
}

/// Where the quoted string that begins at `start` ends: its last quote, or the end of the text.
pub(crate) fn end_of_quoted(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The text of a quoted string, or of a token as it is.
pub fn unquote(text: &str) -> Cow<'_, str> {
    let Some(inner) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else {
        return Cow::Borrowed(text);
    };
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(char) = chars.next() {
        out.extend(if char == '\\' { chars.next() } else { Some(char) });
    }
    Cow::Owned(out)
}

/// Without blanks at both ends.
pub(crate) fn trim(text: &str) -> &str {
    let is_blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t' | b'\r' | b'\n'));
    let bytes = text.as_bytes();
    if !is_blank(bytes.first()) && !is_blank(bytes.last()) {
        return text;
    }
    let start = bytes.iter().position(|byte| !is_blank(Some(byte))).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|byte| !is_blank(Some(byte))).map_or(start, |last| last + 1);
    text.get(start..end).unwrap_or_default()
}

/// Whether the text is a token. RFC 3261 §25.1
pub(crate) fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|&byte| is_token_byte(byte))
}

/// Whether a token may hold this byte.
pub(crate) fn is_token_byte(byte: u8) -> bool {
    TOKEN_BYTES.get(usize::from(byte)).copied().unwrap_or_default()
}

const TOKEN_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "the loop ends before 256")]
        let char = byte as u8;
        table[byte] = char.is_ascii_alphanumeric()
            || matches!(char, b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~');
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_part_only_outside_quotes_and_brackets() {
        let values = List::new(r#" "a, \", b" <sip:x@y;p="1,2">;q=1 ,, <sip:a,b@c> , *"#);
        let values: Vec<_> = values.collect();
        assert_eq!(values, [r#""a, \", b" <sip:x@y;p="1,2">;q=1"#, "<sip:a,b@c>", "*"]);
        assert_eq!(List::new(" , ").count(), 0);
        assert_eq!(List::new("\"open, quote").collect::<Vec<_>>(), ["\"open, quote"]);
    }

    #[test]
    fn params_are_found_whatever_their_case_and_blanks() {
        let params = Params::new("; Tag = abc ;lr;x=\"a;b\" ;q=0.5");
        assert_eq!(params.clone().find("tag"), Some("abc"));
        assert_eq!(params.clone().find("LR"), Some(""));
        assert_eq!(params.clone().find("x").map(unquote).as_deref(), Some("a;b"));
        assert_eq!(params.clone().find("y"), None);
        assert_eq!(params.count(), 4);
    }

    #[test]
    fn blanks_go_at_both_ends_only() {
        for (text, trimmed) in
            [("", ""), (" ", ""), ("\t\r\n ", ""), ("a", "a"), (" a b\t", "a b"), ("a\n", "a"), (" é", "é")]
        {
            assert_eq!(trim(text), trimmed, "{text:?}");
        }
    }

    #[test]
    fn quoted_pairs_are_undone_once() {
        assert_eq!(unquote(r#""a\\\"b\c""#), r#"a\"bc"#);
        assert_eq!(unquote("token"), "token");
        assert_eq!(unquote("\""), "\"");
    }
}
