//! Whether a trunk can be saved, as far as the trunk alone tells.

use std::net::IpAddr;

use super::Trunk;
use crate::limits::{NAME_CHARS_MAX, TRUNK_NO_ANSWER_SECS_MAX, TRUNK_SOURCES_MAX};
use crate::numbers::Country;
use crate::problem::{Code, Problem};

/// The codecs that a trunk may use, as session descriptions name them.
pub const CODECS: [&str; 4] = ["PCMU", "PCMA", "G722", "opus"];

/// Longest name of a host. RFC 1035 §2.3.4
const HOST_CHARS_MAX: usize = 253;
/// Longest part of it.
const LABEL_CHARS_MAX: usize = 63;

/// All that is wrong with the trunk's own fields.
pub fn problems(trunk: &Trunk) -> Vec<Problem> {
    let mut found = Vec::new();
    if trunk.name.trim().is_empty() {
        found.push(Problem::new(Code::NameEmpty, "name"));
    }
    if NAME_CHARS_MAX < trunk.name.chars().count() {
        found.push(Problem::new(Code::NameTooLong, "name"));
    }
    if !is_host(&trunk.host) {
        found.push(Problem::new(Code::HostMalformed, "host"));
    }
    if trunk.port == Some(0) {
        found.push(Problem::new(Code::PortMalformed, "port"));
    }
    for (index, source) in trunk.sources.iter().enumerate() {
        if source.ip().is_unspecified() || source.ip().is_multicast() {
            found.push(Problem::new(Code::SourceMalformed, format!("sources[{index}]")));
        }
    }
    if TRUNK_SOURCES_MAX < trunk.sources.len() {
        found.push(Problem::new(Code::TooManySources, "sources"));
    }
    if trunk.country.as_deref().is_some_and(|country| Country::parse(country).and_then(Country::calling_code).is_none())
    {
        found.push(Problem::new(Code::CountryUnknown, "country"));
    }
    if trunk.codecs.is_empty() {
        found.push(Problem::new(Code::CodecMissing, "codecs"));
    }
    for (index, codec) in trunk.codecs.iter().enumerate() {
        if !CODECS.contains(&codec.as_str()) {
            found.push(Problem::new(Code::CodecUnknown, format!("codecs[{index}]")));
        }
    }
    if !(1..=TRUNK_NO_ANSWER_SECS_MAX).contains(&trunk.no_answer_secs) {
        found.push(Problem::new(Code::NoAnswerOutOfRange, "no_answer_seconds"));
    }
    if trunk.credentials.as_ref().is_some_and(|credentials| credentials.user.is_empty()) {
        found.push(Problem::new(Code::NameEmpty, "credentials.user"));
    }
    found
}

/// A name of the domain name system or a literal address.
fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=LABEL_CHARS_MAX).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    text.parse::<IpAddr>().is_ok_and(|ip| !ip.is_unspecified() && !ip.is_multicast())
        || (text.len() <= HOST_CHARS_MAX && text.parse::<IpAddr>().is_err() && text.split('.').all(is_label))
}
