//! Settings from texts; none where a text is not what it should be.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::secret::Secret;

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

pub fn smtp(text: &str) -> Option<Secret> {
    let rest = text.strip_prefix("smtp://").or_else(|| text.strip_prefix("smtps://"))?;
    let host = rest.rsplit('@').next()?;
    (!host.is_empty()).then(|| Secret::new(text.to_owned()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        let secs = |text| duration(text).map(|time| time.as_secs());
        assert_eq!(secs("90"), Some(90));
        assert_eq!(secs("90s"), Some(90));
        assert_eq!(secs("10m"), Some(600));
        assert_eq!(secs("1 h"), Some(3_600));
        for wrong in ["", "s", "-1", "1d", "1.5h", "99999999999999999999"] {
            assert_eq!(secs(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_port_range_holds_at_least_one_pair() {
        assert_eq!(ports("20000-39999"), Some(20_000..=39_999));
        assert_eq!(ports("2000-2001"), Some(2_000..=2_001));
        for wrong in ["2001-2002", "3000-2000", "80-90", "2000", "2000-70000", "65535-65535", "a-b"] {
            assert_eq!(ports(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_address_in_a_description_is_one_that_packets_can_be_sent_to() {
        assert!(ip("203.0.113.7").is_some());
        assert!(ip("0.0.0.0").is_none());
    }
}
