//! The side that has a password and is asked to prove it. RFC 3261 §22.2, §22.3

use std::borrow::Cow;

use crate::digest::authorization::strip_scheme;
use crate::digest::{Algorithm, Input, response};
use crate::endpoint::Credentials;
use crate::header::params::{List, unquote};
use crate::message::name::HeaderName;
use crate::{Method, Response};

/// A challenge that we can answer, and how often we did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    /// As the peer named it; it gets it back the same way.
    algorithm: Option<Algorithm>,
    /// Whether the peer wants nonce counts; one of RFC 2069 does not.
    has_qop: bool,
    is_stale: bool,
    is_from_proxy: bool,
    n_answers: u32,
}

impl Challenge {
    /// The strongest challenge in a 401 or 407 that is for these credentials. RFC 8760 §2.4
    pub fn find(response: &Response, credentials: &Credentials) -> Option<Self> {
        let is_from_proxy = response.status().0 == 407;
        let name = if is_from_proxy { HeaderName::ProxyAuthenticate } else { HeaderName::WwwAuthenticate };
        // The first of the strongest: max_by_key would give the last.
        response
            .headers(name)
            .flat_map(challenges)
            .filter(|challenge| credentials.realm.as_ref().is_none_or(|realm| *realm == challenge.realm))
            .map(|challenge| Self { is_from_proxy, ..challenge })
            .reduce(|best, next| if next.strength() > best.strength() { next } else { best })
    }

    /// Whether the peer says that the password was right and only the nonce too old.
    pub fn is_stale(&self) -> bool {
        self.is_stale
    }

    /// The realm that asks.
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// The name of the header field that carries the answer.
    pub fn field_name(&self) -> &'static str {
        if self.is_from_proxy { "Proxy-Authorization" } else { "Authorization" }
    }

    /// The value of that field for one request. `cnonce` must be new and random; each answer counts up.
    pub fn answer(&mut self, method: &Method, uri: &str, credentials: &Credentials, cnonce: &str) -> String {
        self.n_answers = self.n_answers.saturating_add(1);
        let nc = format!("{:08x}", self.n_answers);
        let who = [credentials.user.as_str(), &self.realm, &credentials.password];
        let input =
            Input { nonce: &self.nonce, count: self.has_qop.then_some((&*nc, cnonce)), method: method.as_str(), uri };
        let proof = response(self.strength(), who, &input);
        let mut out = String::with_capacity(320);
        let [user, realm, nonce] = [&credentials.user, &self.realm, &self.nonce].map(|text| quotable(text));
        out.extend(["Digest username=\"", &user, "\", realm=\"", &realm, "\", nonce=\"", &nonce]);
        out.extend(["\", uri=\"", uri, "\", response=\"", proof.as_str(), "\""]);
        if let Some(algorithm) = self.algorithm {
            out.extend([", algorithm=", algorithm.as_str()]);
        }
        if let Some(opaque) = &self.opaque {
            out.extend([", opaque=\"", &quotable(opaque), "\""]);
        }
        if self.has_qop {
            out.extend([", qop=auth, nc=", &nc, ", cnonce=\"", cnonce, "\""]);
        }
        out
    }

    fn strength(&self) -> Algorithm {
        self.algorithm.unwrap_or(Algorithm::Md5)
    }

    fn read(params: &[&str]) -> Option<Self> {
        let find = |name: &str| {
            params.iter().filter_map(|param| param.split_once('=')).find_map(|(found, value)| {
                found.trim().eq_ignore_ascii_case(name).then(|| unquote(value.trim()).into_owned())
            })
        };
        let algorithm = match find("algorithm") {
            Some(name) => Some(Algorithm::from_name(Some(&name))?),
            None => None,
        };
        let qop = find("qop");
        let has_auth =
            qop.as_ref().is_none_or(|qop| qop.split(',').any(|each| each.trim().eq_ignore_ascii_case("auth")));
        has_auth.then_some(())?;
        Some(Self {
            realm: find("realm")?,
            nonce: find("nonce")?,
            opaque: find("opaque"),
            algorithm,
            has_qop: qop.is_some(),
            is_stale: find("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
            is_from_proxy: false,
            n_answers: 0,
        })
    }
}

/// The challenges of one header field: some peers put several into one. Those we can't answer are left out.
fn challenges(value: &str) -> Vec<Challenge> {
    let mut groups: Vec<Vec<&str>> = Vec::new();
    for param in List::new(value) {
        // A blank before the first equals sign parts a scheme from its first parameter.
        let name = param.split('=').next().unwrap_or_default().trim();
        match (name.contains([' ', '\t']), groups.last_mut()) {
            (true, _) | (false, None) => groups.push(strip_scheme(param).into_iter().collect()),
            (false, Some(group)) => group.push(param),
        }
    }
    groups.iter().filter_map(|group| Challenge::read(group)).collect()
}

/// The inside of a quoted string.
fn quotable(text: &str) -> Cow<'_, str> {
    let is_special = |c: char| c.is_control() || matches!(c, '"' | '\\');
    if !text.contains(is_special) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 4);
    for c in text.chars().filter(|c| !c.is_control()) {
        if is_special(c) {
            out.push('\\');
        }
        out.push(c);
    }
    Cow::Owned(out)
}
