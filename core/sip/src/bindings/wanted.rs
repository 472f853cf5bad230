//! One Contact of a REGISTER: what its sender wants.

use crate::Request;
use crate::bindings::{Refusal, Settings};
use crate::header::address::Address;
use crate::uri::Uri;

/// A wish to bind a URI for some time, or for none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub uri: Uri<'a>,
    pub secs: u32,
    pub q_millis: u16,
    pub instance: Option<&'a str>,
    pub reg_id: Option<u32>,
}

impl<'a> Wanted<'a> {
    pub fn parse(contact: &'a str, request: &Request, settings: &Settings) -> Result<Self, Refusal> {
        let address = Address::parse(contact).ok_or(Refusal::Malformed)?;
        let uri = address.parsed_uri().ok_or(Refusal::Malformed)?;
        let param = |name| address.params().find(name);
        // A time that is no number counts as not given. RFC 3261 §10.2.1.1
        let asked = param("expires").map_or_else(|| request.expires_secs(), |secs| secs.parse().ok());
        let secs = asked.unwrap_or(settings.secs_default).min(settings.secs_max);
        if secs > 0 && secs < settings.secs_min {
            return Err(Refusal::TooBrief);
        }
        let instance = param("+sip.instance").map(|value| value.trim_matches('"')).filter(|value| !value.is_empty());
        Ok(Self {
            uri,
            secs,
            q_millis: param("q").and_then(q_millis).unwrap_or(1000),
            instance,
            reg_id: param("reg-id").and_then(|id| id.parse().ok()).filter(|_| instance.is_some()),
        })
    }
}

/// Thousandths of a q value. RFC 3261 §25.1
fn q_millis(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) || fraction.len() > 3 || text.is_empty() {
        return None;
    }
    let whole: u16 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let missing = 3 - u32::try_from(fraction.len()).ok()?;
    let fraction: u16 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let millis = whole.checked_mul(1000)?.checked_add(fraction * 10_u16.pow(missing))?;
    (millis <= 1000).then_some(millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_are_thousandths() {
        for (text, millis) in [("1", 1000), ("1.0", 1000), ("0.5", 500), ("0.05", 50), (".125", 125), ("0", 0)] {
            assert_eq!(q_millis(text), Some(millis), "{text}");
        }
        for text in ["", "1.1", "2", "-1", "0.1234", "x", "65536", "99999"] {
            assert_eq!(q_millis(text), None, "{text}");
        }
    }
}
