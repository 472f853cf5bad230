//! What we need to know of a certificate that somebody has verified: the names in it, for which telephone numbers it is,
//! and until when it is valid. RFC 5280, RFC 8226

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use phone::numbers::stir::authority::Entry;

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

/// 1.3.6.1.5.5.7.1.26, for which telephone numbers it is. RFC 8226 §9
const TN_AUTH_LIST: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x1a];
/// 2.5.4.3
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// Kinds of text that names are written in and that are UTF-8 as well.
const UTF8_STRING: u8 = 0x0c;
const PRINTABLE_STRING: u8 = 0x13;
const IA5_STRING: u8 = 0x16;
const INTEGER: u8 = 0x02;
const SET: u8 = 0x31;

/// The parts of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// DNS names, in lower case.
    pub names: Vec<String>,
    /// The name of whose it is.
    pub common_name: Option<String>,
    /// The telephone numbers that it is for; empty where it does not say.
    pub numbers: Vec<Entry>,
    pub not_after: Timestamp,
}

impl Certificate {
    /// Reads DER; none if it is not a certificate, or what it says of numbers can't be read.
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
        let common_name = common_name(body.expect(SEQUENCE)?);
        let (mut names, mut numbers) = (Vec::new(), Vec::new());
        while let Some((tag, content)) = body.next() {
            if tag == EXTENSIONS {
                names = extension(content, SUBJECT_ALT_NAME).and_then(alternative_names).unwrap_or_default();
                numbers = match extension(content, TN_AUTH_LIST) {
                    Some(list) => telephone_numbers(list)?,
                    None => Vec::new(),
                };
            }
        }
        Some(Self { names, common_name, numbers, not_after })
    }
}

/// The value of the extension with this name.
fn extension<'a>(extensions: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    let mut extensions = Reader(Reader(extensions).expect(SEQUENCE)?);
    while let Some((SEQUENCE, extension)) = extensions.next() {
        let mut parts = Reader(extension);
        if parts.expect(OID)? != wanted {
            continue;
        }
        // A boolean may say that the extension is critical.
        loop {
            let (tag, content) = parts.next()?;
            if tag == OCTET_STRING {
                return Some(content);
            }
        }
    }
    None
}

fn alternative_names(value: &[u8]) -> Option<Vec<String>> {
    let mut all = Reader(Reader(value).expect(SEQUENCE)?);
    let mut names = Vec::new();
    while let Some((tag, name)) = all.next() {
        if tag == DNS_NAME {
            names.extend(std::str::from_utf8(name).map(str::to_ascii_lowercase));
        }
    }
    Some(names)
}

/// The common name among the parts of a name.
fn common_name(name: &[u8]) -> Option<String> {
    let mut parts = Reader(name);
    while let Some(part) = parts.expect(SET) {
        let mut pair = Reader(Reader(part).expect(SEQUENCE)?);
        if pair.expect(OID)? == COMMON_NAME {
            let (tag, text) = pair.next()?;
            let is_text = matches!(tag, UTF8_STRING | PRINTABLE_STRING | IA5_STRING);
            return std::str::from_utf8(text).ok().filter(|_| is_text).map(str::to_owned);
        }
    }
    None
}

/// RFC 8226 §9: one after the other, each in the brackets of its kind.
fn telephone_numbers(value: &[u8]) -> Option<Vec<Entry>> {
    let text = |content: &[u8]| {
        let text = Reader(content).expect(IA5_STRING)?;
        std::str::from_utf8(text).ok().map(str::to_owned)
    };
    let mut list = Reader(Reader(value).expect(SEQUENCE)?);
    let mut entries = Vec::new();
    while !list.0.is_empty() {
        entries.push(match list.next()? {
            (0xa0, code) => Entry::Provider(text(code)?),
            (0xa1, range) => {
                let mut range = Reader(Reader(range).expect(SEQUENCE)?);
                let first = std::str::from_utf8(range.expect(IA5_STRING)?).ok()?.to_owned();
                let count = range.expect(INTEGER)?.iter();
                let count = { count }.try_fold(0_u64, |sum, &byte| sum.checked_mul(256)?.checked_add(byte.into()))?;
                Entry::Range { first, count }
            }
            (0xa2, number) => Entry::One(text(number)?),
            _ => return None,
        });
    }
    Some(entries).filter(|entries| !entries.is_empty())
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
