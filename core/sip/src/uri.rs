//! URIs: sip, sips, tel and whatever else names somebody. RFC 3261 §19.1, RFC 3966

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::header::params::{Params, split_once};
use crate::transport::Transport;

/// What kind of URI it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Sip,
    Sips,
    Tel,
    Other,
}

impl Scheme {
    /// The scheme of a URI that is not read yet; none where there is no scheme.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let (scheme, _) = split_once(text, b':')?;
        let is_scheme = scheme.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
            && scheme.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'-' | b'.'));
        let known = [("sip", Self::Sip), ("sips", Self::Sips), ("tel", Self::Tel)];
        let found = known.into_iter().find(|(name, _)| scheme.eq_ignore_ascii_case(name));
        is_scheme.then(|| found.map_or(Self::Other, |(_, scheme)| scheme))
    }
}

/// Why a text is no URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UriError {
    #[error("tried to read a URI without a scheme")]
    SchemeMissing,
    #[error("tried to read a URI with a character or escape that is not allowed there")]
    BadCharacter,
    #[error("tried to read a URI whose host or port is wrong")]
    BadHost,
}

/// A URI, as parts of the text that it was read from.
#[derive(Clone, Copy, Debug)]
pub struct Uri<'a> {
    text: &'a str,
    scheme: Scheme,
    user: Option<&'a str>,
    password: Option<&'a str>,
    host: &'a str,
    port: Option<u16>,
    params: &'a str,
    headers: &'a str,
}

impl<'a> Uri<'a> {
    /// Reads a URI. Those of an unknown scheme are kept whole.
    pub fn parse(text: &'a str) -> Result<Self, UriError> {
        let scheme = Scheme::of(text).ok_or(UriError::SchemeMissing)?;
        let rest = split_once(text, b':').map(|(_, rest)| rest).filter(|rest| !rest.is_empty());
        let rest = rest.ok_or(UriError::SchemeMissing)?;
        if !is_visible(rest) {
            return Err(UriError::BadCharacter);
        }
        match scheme {
            Scheme::Sip | Scheme::Sips => Self::parse_sip(text, scheme, rest),
            Scheme::Tel => {
                let (number, params) = split_at_any(rest, b";");
                Ok(Self { user: Some(number), params, ..Self::opaque(text, Scheme::Tel) })
            }
            Scheme::Other => Ok(Self::opaque(text, Scheme::Other)),
        }
    }

    fn opaque(text: &'a str, scheme: Scheme) -> Self {
        Self { text, scheme, user: None, password: None, host: "", port: None, params: "", headers: "" }
    }

    /// Text that was found to be no URI, for those who need one all the same.
    pub(crate) fn unreadable(text: &'a str) -> Self {
        Self::opaque(text, Scheme::Other)
    }

    fn parse_sip(text: &'a str, scheme: Scheme, rest: &'a str) -> Result<Self, UriError> {
        if !has_good_escapes(rest) {
            return Err(UriError::BadCharacter);
        }
        // An unescaped @ stands only after the user, who may hold semicolons and question marks.
        let (userinfo, rest) = match split_once(rest, b'@') {
            Some((userinfo, rest)) => (Some(userinfo), rest),
            None => (None, rest),
        };
        let (user, password) = match userinfo.map(|userinfo| split_once(userinfo, b':')) {
            Some(Some((user, password))) => (Some(user), Some(password)),
            Some(None) => (userinfo, None),
            None => (None, None),
        };
        if user.is_some_and(str::is_empty) || rest.bytes().any(|byte| byte == b'@') {
            return Err(UriError::BadCharacter);
        }
        let (host_port, rest) = split_at_any(rest, b";?");
        let (params, headers) = split_at_any(rest, b"?");
        let (host, port) = split_host_port(host_port).ok_or(UriError::BadHost)?;
        let headers = headers.strip_prefix('?').unwrap_or_default();
        Ok(Self { text, scheme, user, password, host, port, params, headers })
    }

    /// The whole URI as written.
    pub fn as_str(&self) -> &'a str {
        self.text
    }

    /// The URI without the header fields that it carries: they have no place in a request line. RFC 3261 §19.1.1
    pub fn without_headers(&self) -> &'a str {
        let bare = self.text.strip_suffix(self.headers).unwrap_or(self.text);
        bare.strip_suffix('?').unwrap_or(bare)
    }

    /// The kind of URI.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Whether every hop has to be secure.
    pub fn is_sips(&self) -> bool {
        self.scheme == Scheme::Sips
    }

    /// The user part as written; the number of a tel URI.
    pub fn user(&self) -> Option<&'a str> {
        self.user
    }

    /// The user part with its escapes undone, once.
    pub fn user_unescaped(&self) -> Option<Cow<'a, str>> {
        self.user.map(unescape)
    }

    /// The host; an IPv6 address is in brackets. Empty unless sip or sips.
    pub fn host(&self) -> &'a str {
        self.host
    }

    /// The host, if it is an address and no name.
    pub fn ip(&self) -> Option<IpAddr> {
        ip(self.host)
    }

    /// The port, if it is named.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// All parameters.
    pub fn params(&self) -> Params<'a> {
        Params::new(self.params)
    }

    /// The value of a parameter as written; empty if it has none.
    pub fn param(&self, name: &str) -> Option<&'a str> {
        self.params().find(name)
    }

    /// Whether it names a loose router. RFC 3261 §16.12
    pub fn is_loose(&self) -> bool {
        self.param("lr").is_some()
    }

    /// The transport that the URI asks for, if we know it. Under sips each is the one that is secure.
    pub fn transport(&self) -> Option<Transport> {
        let transport = Transport::from_name(self.param("transport")?)?;
        Some(match (transport, self.is_sips()) {
            (Transport::Tcp, true) => Transport::Tls,
            (Transport::Ws, true) => Transport::Wss,
            (transport, _) => transport,
        })
    }

    /// The header fields that the URI carries, as written.
    pub fn headers(&self) -> impl Iterator<Item = (&'a str, &'a str)> + Clone {
        self.headers.split('&').filter_map(|field| field.split_once('='))
    }

    /// Whether both name the same resource. RFC 3261 §19.1.4
    pub fn is_equivalent(&self, other: &Uri<'_>) -> bool {
        match (self.scheme, other.scheme) {
            (Scheme::Sip, Scheme::Sip) | (Scheme::Sips, Scheme::Sips) => {
                same_text(self.user, other.user)
                    && same_text(self.password, other.password)
                    && same_host(self.host, other.host)
                    && self.port == other.port
                    && same_params(self, other)
                    && same_headers(self, other)
            }
            (Scheme::Tel, Scheme::Tel) => {
                same_number(self.user, other.user) && same_tel_params(self, other) && same_tel_params(other, self)
            }
            (a, b) => a == b && self.text == other.text,
        }
    }
}

fn same_text(a: Option<&str>, b: Option<&str>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a == b || unescape(a) == unescape(b),
        (a, b) => a == b,
    }
}

/// Host names without case, IPv6 addresses by value.
fn same_host(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || ipv6(a).is_some_and(|a| Some(a) == ipv6(b))
}

/// Parameters that both have must agree; these four must agree even where one has none.
fn same_params(a: &Uri<'_>, b: &Uri<'_>) -> bool {
    let agree = |name| match (a.param(name), b.param(name)) {
        (Some(a), Some(b)) => unescape(a).eq_ignore_ascii_case(&unescape(b)),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    ["user", "ttl", "method", "maddr", "transport"].into_iter().all(agree)
        && a.params().all(|(name, _)| b.param(name).is_none() || agree(name))
}

/// Each header field of one is in the other.
fn same_headers(a: &Uri<'_>, b: &Uri<'_>) -> bool {
    let holds = |whole: &Uri<'_>, (name, value): (&str, &str)| {
        whole.headers().any(|(n, v)| n.eq_ignore_ascii_case(name) && unescape(v) == unescape(value))
    };
    a.headers().count() == b.headers().count() && a.headers().all(|field| holds(b, field))
}

fn same_number(a: Option<&str>, b: Option<&str>) -> bool {
    let digits = |text: &str| -> String {
        text.chars().filter(|c| !matches!(c, '-' | '.' | '(' | ')')).map(|c| c.to_ascii_lowercase()).collect()
    };
    a.map(digits) == b.map(digits)
}

/// Each parameter of one is in the other. Of a parameter that was given twice, the first counts in both.
fn same_tel_params(a: &Uri<'_>, b: &Uri<'_>) -> bool {
    let agree = |name| a.param(name).zip(b.param(name)).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b));
    a.params().all(|(name, _)| agree(name))
}

/// Undoes %HH once. What is not UTF-8 then is shown with replacement characters.
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        match (first, tail) {
            (b'%', [high, low, tail @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.push((hex(*high) << 4) | hex(*low));
                rest = tail;
            }
            (byte, tail) => {
                out.push(*byte);
                rest = tail;
            }
        }
    }
    Cow::Owned(String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        b'A'..=b'F' => digit - b'A' + 10,
        _ => 0,
    }
}

/// Host and port of `host[:port]`, if the host is a name or an address.
pub(crate) fn split_host_port(text: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = if text.starts_with('[') {
        let end = text.find(']')? + 1;
        let (host, rest) = text.split_at_checked(end)?;
        ipv6(host)?;
        (host, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
    } else {
        let (host, port) = split_once(text, b':').map_or((text, None), |(host, port)| (host, Some(port)));
        // Underscores are in no host name, but in the names of real machines.
        let is_name =
            !host.is_empty() && host.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.' | b'_'));
        if !is_name {
            return None;
        }
        (host, port)
    };
    match port {
        None => Some((host, None)),
        Some(port) if !port.is_empty() && port.bytes().all(|c| c.is_ascii_digit()) => {
            Some((host, Some(port.parse().ok()?)))
        }
        Some(_) => None,
    }
}

/// A host that is an address, as it stands in URIs and Vias.
pub(crate) fn ip(host: &str) -> Option<IpAddr> {
    ipv6(host).map(IpAddr::V6).or_else(|| host.parse().ok())
}

/// The grammar of RFC 3261 lets a third colon stand before an IPv4 address, and who follows it is understood.
/// RFC 5118 §4.10
fn ipv6(host: &str) -> Option<Ipv6Addr> {
    let text = host.strip_prefix('[')?.strip_suffix(']')?;
    let surplus = || {
        let (before, last) = text.split_once(":::")?;
        last.parse::<Ipv4Addr>().ok()?;
        [before, "::", last].concat().parse().ok()
    };
    text.parse().ok().or_else(surplus)
}

fn split_at_any<'a>(text: &'a str, delimiters: &[u8]) -> (&'a str, &'a str) {
    let end = text.bytes().position(|byte| delimiters.contains(&byte)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// No blanks, controls, quotes or angle brackets.
fn is_visible(text: &str) -> bool {
    text.bytes().all(|byte| byte > b' ' && byte != 0x7f && !matches!(byte, b'<' | b'>' | b'"'))
}

fn has_good_escapes(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'%', bytes).all(|at| {
        matches!(bytes.get(at + 1..at + 3), Some([high, low]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Uri<'_> {
        Uri::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn every_part_is_found() {
        let all =
            uri("sips:alice;day=tuesday:secret@[2001:db8::10]:5070;transport=tcp;lr?Subject=x%20y&Priority=urgent");
        assert_eq!((all.user(), all.password), (Some("alice;day=tuesday"), Some("secret")));
        assert_eq!((all.host(), all.port()), ("[2001:db8::10]", Some(5070)));
        assert_eq!((all.transport(), all.is_loose()), (Some(Transport::Tls), true));
        assert_eq!(all.headers().collect::<Vec<_>>(), [("Subject", "x%20y"), ("Priority", "urgent")]);
        let tel = uri("tel:+1-201-555-0123;phone-context=x");
        assert_eq!(
            (tel.scheme(), tel.user(), tel.param("phone-context")),
            (Scheme::Tel, Some("+1-201-555-0123"), Some("x"))
        );
        assert_eq!(uri("nobodyKnowsThisScheme:totallyopaquecontent").scheme(), Scheme::Other);
        assert_eq!(uri("sip:host").user(), None);
        assert_eq!(all.without_headers(), "sips:alice;day=tuesday:secret@[2001:db8::10]:5070;transport=tcp;lr");
        assert_eq!(uri("sip:who?@host?").without_headers(), "sip:who?@host");
    }

    #[test]
    fn escapes_are_undone_once() {
        assert_eq!(
            uri("sip:sips%3Auser%2540example.com@example.net").user_unescaped().as_deref(),
            Some("sips:user%40example.com")
        );
        assert_eq!(unescape("null-%00-null"), "null-\0-null");
        assert_eq!(unescape("%4"), "%4");
    }

    #[test]
    fn what_is_no_uri_is_refused() {
        for text in [
            "",
            "sip",
            "sip:",
            "sip:@a",
            "sip:a@",
            "sip:a@b@c",
            "sip:a b@c",
            "sip:a@b:x",
            "sip:a@b:",
            "sip:a@b:65536",
            "sip:a%4@b",
            "sip:[::1",
            "sip:[::g]",
            "<sip:a@b>",
            "1sip:a",
            "sip:a@b c",
            "sip:a@b;x=\"",
            "sip:a@exa(mple",
        ] {
            assert!(Uri::parse(text).is_err(), "{text}");
        }
    }

    /// RFC 3261 §19.1.4
    #[test]
    fn equivalence_is_that_of_the_rfc() {
        let same = [
            ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
            ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5"),
            (
                "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
            ),
            (
                "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
            ),
            ("sip:a@[2001:db8::1]", "sip:a@[2001:DB8:0::1]"),
            ("tel:+1-201-555-0123", "tel:+12015550123"),
            ("tel:+12015550123;ext=1;ext=2", "tel:+1-201-555-0123;ext=1;ext=2"),
        ];
        let differ = [
            ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"),
            ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
            ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
            ("sip:a@b", "sips:a@b"),
            ("sip:a:x@b", "sip:a@b"),
            ("tel:911;phone-context=a", "tel:911"),
        ];
        for (a, b) in same {
            assert!(uri(a).is_equivalent(&uri(b)) && uri(b).is_equivalent(&uri(a)), "{a} = {b}");
        }
        for (a, b) in differ {
            assert!(!uri(a).is_equivalent(&uri(b)) && !uri(b).is_equivalent(&uri(a)), "{a} != {b}");
        }
    }
}
