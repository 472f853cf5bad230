//! Whether a trunk can be saved, as far as the trunk alone tells.

use std::net::IpAddr;

use super::settings::{BypassMode, IpVersion, TrunkAuth, TrunkProfile};
use super::{SrtpMode, Trunk, TrunkTransport};
use crate::limits::{NAME_CHARS_MAX, ROUTING_DESCRIPTION_CHARS_MAX, TRUNK_NO_ANSWER_SECS_MAX, TRUNK_SOURCES_MAX};
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
    let too_long = |text: &str| ROUTING_DESCRIPTION_CHARS_MAX < text.chars().count();
    if trunk.description.as_deref().is_some_and(too_long) {
        found.push(Problem::new(Code::PolicyDescriptionTooLong, "description"));
    }
    found.extend(problems_of_settings(trunk));
    found
}

/// Rules between settings. Specification of calling, 3.1.
fn problems_of_settings(trunk: &Trunk) -> Vec<Problem> {
    let settings = &trunk.settings;
    let mut found = Vec::new();
    let mut rule = |holds: bool, name: &str, words: &str| {
        if !holds {
            found.push(Problem::because(Code::TrunkSettingsConflict, format!("settings.{name}"), words));
        }
    };
    let (is_tls, has_credentials) = (trunk.transport == TrunkTransport::Tls, trunk.credentials.is_some());
    let holds = settings.profile != TrunkProfile::Strict || is_tls && trunk.srtp == SrtpMode::Required;
    rule(holds, "profile", "the strict profile needs transport tls and srtp required");
    let holds = settings.profile != TrunkProfile::Registering || settings.register_expires_seconds.is_some();
    rule(holds, "profile", "who registers needs register_expires_seconds");
    let holds = settings.register_expires_seconds.is_none() || has_credentials;
    rule(holds, "register_expires_seconds", "registering needs credentials");
    let holds = settings.auth != TrunkAuth::MutualTls || is_tls;
    rule(holds, "auth", "a certificate is seen with transport tls only");
    let holds =
        !settings.derived_hosts || settings.auth == TrunkAuth::MutualTls && trunk.host.parse::<IpAddr>().is_err();
    rule(holds, "derived_hosts", "hosts below the trunk's own need auth mutual_tls and a host that is a name");
    let holds = settings.auth != TrunkAuth::Digest || has_credentials;
    rule(holds, "auth", "digest needs credentials");
    let holds = settings.bypass_mode == BypassMode::None || settings.media_bypass;
    rule(holds, "bypass_mode", "a bypass mode needs media_bypass");
    let holds = settings.ip_version != IpVersion::Ipv6 || !settings.media_bypass;
    rule(holds, "ip_version", "IPv6 does not go with media_bypass");
    rule(settings.proxy_trunk != Some(trunk.id), "proxy_trunk", "a trunk is not reached through itself");
    let holds = !settings.location_based_routing || settings.site.is_some();
    rule(holds, "location_based_routing", "location-based routing needs the site where the trunk stands");
    let holds = match (settings.maintenance_from, settings.maintenance_until) {
        (Some(from), Some(until)) => from < until,
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    rule(holds, "maintenance_until", "maintenance has a beginning and a later end");
    let codes: Vec<u32> = settings.failover_response_codes.iter().map(|code| code.value()).collect();
    let is_new = |(index, code): (usize, &u32)| codes.iter().take(index).all(|earlier| earlier != code);
    rule(codes.iter().enumerate().all(is_new), "failover_response_codes", "a code is in the list once");
    for (name, rules) in settings.rule_lists() {
        let ids: Vec<_> = rules.iter().collect();
        let holds = ids.iter().enumerate().all(|(index, id)| ids.iter().take(index).all(|earlier| earlier != id));
        rule(holds, name, "a rule is in a list once");
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
