//! What we need to know of a certificate that TLS has verified: the names in it, and until when it is valid. RFC 5280

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const SEQUENCE: u8 = 0x30;
const OID: u8 = 0x06;
const OCTET_STRING: u8 = 0x04;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// `[0]`, the version.
const VERSION: u8 = 0xa0;
/// `[3]`, the extensions.
const EXTENSIONS: u8 = 0xa3;
/// `[2]` in a general name: a DNS name.
const DNS_NAME: u8 = 0x82;
/// 2.5.29.17
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];

/// The parts of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// DNS names, in lower case.
    pub names: Vec<String>,
    pub not_after: Timestamp,
}

impl Certificate {
    /// Reads DER; none if it is not a certificate.
    pub fn read(der: &[u8]) -> Option<Self> {
        let certificate = Reader(der).expect(SEQUENCE)?;
        let mut body = Reader(Reader(certificate).expect(SEQUENCE)?);
        body.skip_if(VERSION);
        // Serial number, signature algorithm, issuer.
        for _ in 0..3 {
            body.next()?;
        }
        let mut validity = Reader(body.expect(SEQUENCE)?);
        validity.next()?;
        let not_after = time(validity.next()?)?;
        let mut names = Vec::new();
        while let Some((tag, content)) = body.next() {
            if tag == EXTENSIONS {
                names = alternative_names(content).unwrap_or_default();
            }
        }
        Some(Self { names, not_after })
    }
}

fn alternative_names(extensions: &[u8]) -> Option<Vec<String>> {
    let mut extensions = Reader(Reader(extensions).expect(SEQUENCE)?);
    while let Some((SEQUENCE, extension)) = extensions.next() {
        let mut parts = Reader(extension);
        if parts.expect(OID)? != SUBJECT_ALT_NAME {
            continue;
        }
        // A boolean may say that the extension is critical.
        let value = loop {
            let (tag, content) = parts.next()?;
            if tag == OCTET_STRING {
                break content;
            }
        };
        let mut all = Reader(Reader(value).expect(SEQUENCE)?);
        let mut names = Vec::new();
        while let Some((tag, name)) = all.next() {
            if tag == DNS_NAME {
                names.extend(std::str::from_utf8(name).map(str::to_ascii_lowercase));
            }
        }
        return Some(names);
    }
    None
}

fn time((tag, content): (u8, &[u8])) -> Option<Timestamp> {
    let text = std::str::from_utf8(content).ok()?;
    let text = match tag {
        // Two digits of the year stand for 1950 to 2049.
        UTC_TIME if text.get(..2)? < "50" => format!("20{text}"),
        UTC_TIME => format!("19{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let civil = DateTime::strptime("%Y%m%d%H%M%SZ", &text).ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// Reads one element after the other; whatever is wrong ends it.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            // Four bytes of length are more than any certificate has.
            let n = usize::from(first & 0x7f);
            let (length, rest) = rest.split_at_checked(n).filter(|_| (1..=4).contains(&n))?;
            (length.iter().try_fold(0_usize, |sum, &byte| sum.checked_mul(256)?.checked_add(byte.into()))?, rest)
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    fn expect(&mut self, wanted: u8) -> Option<&'a [u8]> {
        self.next().filter(|(tag, _)| *tag == wanted).map(|(_, content)| content)
    }

    fn skip_if(&mut self, unwanted: u8) {
        if self.0.first() == Some(&unwanted) {
            self.next();
        }
    }
}
