//! Authorization and Proxy-Authorization, read. RFC 7616 §3.4

use std::borrow::Cow;

use crate::Request;
use crate::digest::Algorithm;
use crate::header::params::{List, unquote};
use crate::message::name::HeaderName;

/// The credentials of a request for one realm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization<'a> {
    /// The user name, as the sender hashed it.
    pub user: Cow<'a, str>,
    pub realm: Cow<'a, str>,
    pub algorithm: Algorithm,
    pub(crate) nonce: Cow<'a, str>,
    pub(crate) uri: Cow<'a, str>,
    pub(crate) response: Cow<'a, str>,
    pub(crate) cnonce: Cow<'a, str>,
    pub(crate) nc: &'a str,
    pub(crate) is_auth: bool,
}

impl<'a> Authorization<'a> {
    /// The credentials in `request` for `realm`: the strongest, should there be several.
    pub fn find(request: &'a Request, realm: &str) -> Option<Self> {
        [HeaderName::Authorization, HeaderName::ProxyAuthorization]
            .into_iter()
            .flat_map(|name| request.headers(name))
            .filter_map(Self::parse)
            .filter(|found| found.realm == realm)
            .max_by_key(|found| found.algorithm)
    }

    /// Reads one value; none if it is no digest, or one by an algorithm that we don't ask for.
    pub fn parse(value: &'a str) -> Option<Self> {
        let rest = strip_scheme(value)?;
        let [mut user, mut realm, mut nonce, mut uri, mut response] = [const { None }; 5];
        let (mut cnonce, mut nc, mut algorithm, mut is_auth) = (Cow::Borrowed(""), "", None, false);
        for (name, value) in List::new(rest).filter_map(|param| param.split_once('=')) {
            let (name, value) = (name.trim(), value.trim());
            // Each name has its own length or first letter in practice; the order is that of common phones.
            match name.len() {
                8 if name.eq_ignore_ascii_case("username") => user = Some(unquote(value)),
                5 if name.eq_ignore_ascii_case("realm") => realm = Some(unquote(value)),
                5 if name.eq_ignore_ascii_case("nonce") => nonce = Some(unquote(value)),
                3 if name.eq_ignore_ascii_case("uri") => uri = Some(unquote(value)),
                8 if name.eq_ignore_ascii_case("response") => response = Some(unquote(value)),
                6 if name.eq_ignore_ascii_case("cnonce") => cnonce = unquote(value),
                2 if name.eq_ignore_ascii_case("nc") => nc = value.trim_matches('"'),
                3 if name.eq_ignore_ascii_case("qop") => is_auth = unquote(value).eq_ignore_ascii_case("auth"),
                9 if name.eq_ignore_ascii_case("algorithm") => algorithm = Some(value.trim_matches('"')),
                _ => {}
            }
        }
        Some(Self {
            user: user?,
            realm: realm?,
            algorithm: Algorithm::from_name(algorithm).filter(|algorithm| *algorithm != Algorithm::Sha512_256)?,
            nonce: nonce?,
            uri: uri?,
            response: response?,
            cnonce,
            nc,
            is_auth,
        })
    }
}

/// What follows `Digest`.
pub(crate) fn strip_scheme(value: &str) -> Option<&str> {
    let (scheme, rest) = value.trim_start().split_once([' ', '\t'])?;
    scheme.eq_ignore_ascii_case("Digest").then_some(rest)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can't go on fails")]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_in_any_order_and_quoting() {
        let value = "Digest realm=\"a, b\", username=\"a\\\"l\", uri=\"sip:x@y;p=1\",nonce=n , qop=\"auth\", NC=0000000a,\
            cnonce=\"c,d\", response=\"00\", algorithm=\"sha-256\", opaque=\"\"";
        let found = Authorization::parse(value).unwrap();
        assert_eq!((&*found.user, &*found.realm, &*found.uri), ("a\"l", "a, b", "sip:x@y;p=1"));
        assert_eq!((found.nc, &*found.cnonce, found.is_auth), ("0000000a", "c,d", true));
        assert_eq!(found.algorithm, Algorithm::Sha256);
    }

    #[test]
    fn what_we_do_not_know_is_left_out() {
        for value in [
            "Basic QWxhZGRpbg==",
            "Digest",
            "Digest username=\"a\"",
            "Digest username=\"a\", realm=\"r\", nonce=\"n\", uri=\"u\", response=\"x\", algorithm=MD5-sess",
        ] {
            assert_eq!(Authorization::parse(value), None, "{value}");
        }
    }
}
