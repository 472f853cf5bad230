//! Which messages go first when more come than can be handled.

use phone::id::TenantId;
use sip::Source;

use crate::switch::Switch;

/// How urgent a message is, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Of a call that is up, from somebody known; or a call for help.
    Live,
    /// A new call of somebody known.
    Call,
    /// Anything else of somebody known.
    Known,
    /// From a stranger, but it may belong to a call, or has a password to show.
    Promising,
    /// A stranger's first word.
    Stranger,
}

impl Urgency {
    /// All, the most urgent first.
    pub const ALL: [Self; 5] = [Self::Live, Self::Call, Self::Known, Self::Promising, Self::Stranger];
}

impl Switch {
    /// How urgent a message is. A look at a few header lines, so that a flood can be sorted as fast as it comes.
    pub fn urgency(&self, source: &Source, packet: &[u8]) -> Urgency {
        let kind = Kind::of(packet);
        match (self.tenant_of_source(source), kind) {
            (Some(_), Kind::Live) => Urgency::Live,
            (Some(tenant), Kind::Call { dialled }) if self.is_for_help(tenant, dialled) => Urgency::Live,
            (Some(_), Kind::Call { .. }) => Urgency::Call,
            (Some(_), Kind::Proof | Kind::Other) => Urgency::Known,
            (None, Kind::Live | Kind::Proof) => Urgency::Promising,
            (None, Kind::Call { .. } | Kind::Other) => Urgency::Stranger,
        }
    }

    /// Whose trunk or phone is at this address, as far as is known without asking for a password.
    pub(crate) fn tenant_of_source(&self, source: &Source) -> Option<TenantId> {
        let trunk = self.node.directory.trunk_at(source.remote).map(|(tenant, _)| tenant);
        trunk.or_else(|| self.admission.proved(source.remote))
    }

    fn is_for_help(&self, tenant: TenantId, dialled: &[u8]) -> bool {
        let dialled = std::str::from_utf8(dialled).unwrap_or_default();
        self.node.directory.tenant(tenant).is_some_and(|tenant| tenant.is_emergency(dialled))
    }
}

/// What a message is at first sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind<'a> {
    /// A response, or a request in a dialog or to cancel one that begins.
    Live,
    Call {
        dialled: &'a [u8],
    },
    /// A request with credentials.
    Proof,
    Other,
}

/// Header lines looked at; what we look for stands among the first in every message that a phone makes.
const LINES_MAX: usize = 32;

impl<'a> Kind<'a> {
    fn of(packet: &'a [u8]) -> Self {
        if packet.starts_with(b"SIP/2.0 ") || packet.starts_with(b"CANCEL ") || packet.starts_with(b"ACK ") {
            return Self::Live;
        }
        let mut lines = packet.split(|byte| *byte == b'\n').take(LINES_MAX).take_while(|line| 1 < line.len());
        let first = lines.next().unwrap_or_default();
        let mut has_proof = false;
        for line in lines {
            if is_named(line, b"to", b't') && has_tag(line) {
                return Self::Live;
            }
            has_proof |= is_named(line, b"authorization", b'\0') || is_named(line, b"proxy-authorization", b'\0');
        }
        match first.strip_prefix(b"INVITE sip:") {
            // With a password it goes with what it proves: whoever has one is soon known.
            Some(_) if has_proof => Self::Proof,
            Some(uri) => Self::Call { dialled: uri.split(|byte| *byte == b'@').next().unwrap_or_default() },
            None if has_proof => Self::Proof,
            None => Self::Other,
        }
    }
}

/// Whether a header line has this name or its one-letter form.
fn is_named(line: &[u8], name: &[u8], short: u8) -> bool {
    let Some(colon) = line.iter().position(|byte| *byte == b':') else { return false };
    let written = line.get(..colon).unwrap_or_default().trim_ascii_end();
    written.eq_ignore_ascii_case(name)
        || (written.len() == 1 && written.first().map(u8::to_ascii_lowercase) == Some(short))
}

fn has_tag(line: &[u8]) -> bool {
    line.windows(5).any(|part| part.eq_ignore_ascii_case(b";tag="))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(first: &str, lines: &str) -> Vec<u8> {
        format!("{first} SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n{lines}\r\n").into()
    }

    #[test]
    fn what_a_message_is_shows_at_first_sight() {
        for (first, lines, kind) in [
            ("INVITE sip:911@b", "To: <sip:911@b>\r\n", Kind::Call { dialled: b"911" }),
            ("INVITE sip:911@b", "To: <sip:911@b>;tag=2\r\n", Kind::Live),
            ("INVITE sip:911@b", "t: <sip:911@b> ;TAG=2\r\n", Kind::Live),
            ("INVITE sip:911@b", "To: <sip:911@b>\r\nauthorization: Digest x\r\n", Kind::Proof),
            ("REGISTER sip:b", "To : <sip:a@b>\r\n", Kind::Other),
            ("REGISTER sip:b", "To: <sip:a@b>\r\nAuthorization: Digest x\r\n", Kind::Proof),
            ("BYE sip:a@b", "To: <sip:a@b>;tag=2\r\n", Kind::Live),
            ("CANCEL sip:a@b", "To: <sip:a@b>\r\n", Kind::Live),
            ("OPTIONS sip:b", "To: <sip:b>\r\nToken: ;tag=2\r\n", Kind::Other),
        ] {
            assert_eq!(Kind::of(&request(first, lines)), kind, "{first} {lines}");
        }
        assert_eq!(Kind::of(b"SIP/2.0 200 OK\r\n\r\n"), Kind::Live);
        // The body says nothing of the message.
        assert_eq!(Kind::of(b"OPTIONS sip:b SIP/2.0\r\n\r\nTo: x;tag=1\r\n"), Kind::Other);
        for noise in [&b""[..], b"\r\n", b":", b"INVITE sip:", &[0xff; 100]] {
            let _ = Kind::of(noise);
        }
    }
}
