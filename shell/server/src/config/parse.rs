//! Settings from texts; none where a text is not what it should be.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

/// Ports below are the system's.
const PORT_MIN: u16 = 1_024;

pub fn address(text: &str) -> Option<SocketAddr> {
    text.parse().ok()
}

pub fn ip(text: &str) -> Option<IpAddr> {
    text.parse().ok().filter(|ip: &IpAddr| !ip.is_unspecified())
}

/// Addresses with commas between them.
pub fn ips(text: &str) -> Option<Vec<IpAddr>> {
    text.split(',').map(|part| part.trim().parse().ok()).collect()
}

pub fn ports(text: &str) -> Option<RangeInclusive<u16>> {
    let (low, high) = text.split_once('-')?;
    let (low, high): (u16, u16) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
    // A pair begins at an even port.
    let first_even = low.checked_add(low % 2)?;
    let holds_pair = first_even.checked_add(1)? <= high;
    (PORT_MIN <= low && holds_pair).then_some(low..=high)
}

pub fn switch(text: &str) -> Option<bool> {
    match text {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" | "" => Some(false),
        _ => None,
    }
}

pub fn sender(text: &str) -> Option<lettre::message::Mailbox> {
    text.parse().ok()
}

/// Seconds, or a number with `s`, `m` or `h`.
pub fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (digits, factor) = match text.as_bytes().last()? {
        b's' => (&text[..text.len() - 1], 1),
        b'm' => (&text[..text.len() - 1], 60),
        b'h' => (&text[..text.len() - 1], 3_600),
        _ => (text, 1),
    };
    let secs: u64 = digits.trim().parse().ok()?;
    Some(Duration::from_secs(secs.checked_mul(factor)?))
}

/// Where a speech server is, without a slash at its end.
pub fn speech_url(text: &str) -> Option<String> {
    let url = reqwest::Url::parse(text).ok()?;
    let is_fine = matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none();
    is_fine.then(|| text.trim_end_matches('/').to_owned())
}

/// A name of the domain name system, no address.
pub fn host_name(text: &str) -> Option<String> {
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let is_name = text.parse::<IpAddr>().is_err() && text.len() <= 253 && text.split('.').all(is_label);
    is_name.then(|| text.to_ascii_lowercase())
}

/// MiB of something that has to have some; none is off.
pub fn mebibytes(text: &str) -> Option<Option<u64>> {
    match text {
        "off" | "0" => Some(None),
        text => text.parse().ok().filter(|mib| (16..=1_048_576).contains(mib)).map(Some),
    }
}

/// A host, or an address in brackets if it has colons, and a port.
pub fn host_and_port(text: &str) -> Option<String> {
    let (host, port) = text.rsplit_once(':')?;
    let is_bare = !host.contains(':') || host.starts_with('[') && host.ends_with(']');
    let is_port = port.parse::<u16>().is_ok_and(|port| port != 0);
    (!host.is_empty() && is_bare && is_port).then(|| text.to_owned())
}

pub fn whole(text: &str) -> Option<u32> {
    text.parse().ok()
}
