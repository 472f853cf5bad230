//! Identity: who vouches for the caller's number. RFC 8224 §4

use std::borrow::Cow;

use crate::header::params::{Params, split_outside, trim, unquote};

/// The value of an Identity header field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity<'a> {
    /// The signed token, which this crate does not look into.
    pub token: &'a str,
    /// Where the signer's certificate is.
    pub info: &'a str,
    /// The kind of token; none is the plain one.
    pub ppt: Option<Cow<'a, str>>,
}

/// Reads one value.
pub fn parse(value: &str) -> Option<Identity<'_>> {
    let (token, params) = split_outside(value, b';');
    let (token, params) = (trim(token), Params::new(params?));
    let info = params.clone().find("info")?.strip_prefix('<')?.strip_suffix('>')?;
    let alg = params.clone().find("alg").map(unquote);
    let is_known = alg.is_none_or(|alg| alg.eq_ignore_ascii_case("ES256"));
    if token.is_empty() || info.is_empty() || !is_known {
        return None;
    }
    Some(Identity { token, info, ppt: params.find("ppt").map(unquote) })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can't go on fails")]
mod tests {
    use super::*;

    #[test]
    fn the_certificate_s_address_is_needed_and_the_kind_may_be_quoted() {
        let read = parse("a.b.c;info=<https://c.example/x;y.pem>;alg=ES256;ppt=\"shaken\"").unwrap();
        assert_eq!(
            (read.token, read.info, read.ppt.as_deref()),
            ("a.b.c", "https://c.example/x;y.pem", Some("shaken"))
        );
        let read = parse(" a..c ; ppt=shaken ; info=<http://x>").unwrap();
        assert_eq!((read.token, read.ppt.as_deref()), ("a..c", Some("shaken")));
        assert_eq!(parse("a.b.c;info=<https://x>").unwrap().ppt, None);
        for wrong in [
            "",
            "a.b.c",
            "a.b.c;info=https://x",
            "a.b.c;info=<>",
            ";info=<https://x>",
            "a.b.c;info=<https://x>;alg=RS256",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
