//! From bytes to a message. RFC 3261 §7, §25

use std::sync::Arc;

use bytes::Bytes;
use smallvec::SmallVec;

use crate::Method;
use crate::endpoint::Status;
use crate::header::address::Address;
use crate::header::params::{is_token, is_token_byte, split_once, split_outside, trim};
use crate::header::via::Via;
use crate::limits::{HEADER_BYTES_MAX, HEADER_FIELDS_MAX, MESSAGE_BYTES_MAX, VIAS_MAX};
use crate::message::head::{AddressSpans, CSeq, Field, Head, Span, ViaSpans};
use crate::message::name::HeaderName;
use crate::message::{Message, ParseError, Request, Response};
use crate::uri::Uri;

const BAD_REQUEST: Status = Status(400);
const NOT_IMPLEMENTED: Status = Status(501);
const VERSION_NOT_SUPPORTED: Status = Status(505);
const MESSAGE_TOO_LARGE: Status = Status(513);

/// The first thing that is wrong with a message, and what to answer.
type Flaw = (&'static str, Status);

/// Reads a message.
pub(super) fn message(packet: &Bytes) -> Result<Message, ParseError> {
    if packet.len() > MESSAGE_BYTES_MAX {
        // What is allowed of it tells whom to say so.
        let flaw = Some(("more bytes than are allowed", MESSAGE_TOO_LARGE));
        return read(&packet.slice(..MESSAGE_BYTES_MAX), flaw);
    }
    read(packet, None)
}

fn read(packet: &Bytes, flaw: Option<Flaw>) -> Result<Message, ParseError> {
    let blank = packet.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let bytes = packet.get(blank..).unwrap_or_default();
    let mut scan = scan(bytes);
    let rest = blank + scan.body_start;
    let text = match std::str::from_utf8(bytes.get(..scan.head_end).unwrap_or_default()) {
        Ok(text) if !scan.has_folds => Box::from(text),
        _ => {
            let plain = plain(bytes.get(..scan.body_start).unwrap_or_default());
            scan = self::scan(plain.as_bytes());
            plain.into_boxed_str()
        }
    };
    if text.len() > MESSAGE_BYTES_MAX {
        return Err(ParseError { what: "more bytes than are allowed", status: MESSAGE_TOO_LARGE, answerable: None });
    }
    let Scan { start_line, fields, flaw: flaw_of_lines, .. } = scan;
    let found = Found::new(&fields);
    let mut draft = Draft { text: &text, flaw: flaw.or(flaw_of_lines) };
    let start = draft.start_line(start_line);
    let via = draft.via(&found);
    let from = draft.address(found.from, "no From that can be read");
    let to = draft.address(found.to, "no To that can be read");
    let call_id = draft.call_id(found.call_id);
    let cseq = draft.cseq(found.cseq, &start);
    let max_forwards = draft.max_forwards(found.max_forwards);
    let body = draft.body(packet, rest, &fields, found.content_length);
    draft.repeats(&found);
    let flaw = draft.flaw;
    let start_span = match &start {
        Start::Request { uri, .. } => *uri,
        Start::Response { phrase, .. } => *phrase,
        Start::Unreadable => Span::default(),
    };
    let head = Head { text, fields, start: start_span, via, from, to, call_id, cseq, max_forwards, body };
    finish(start, head, flaw, &found)
}

fn finish(start: Start, head: Head, flaw: Option<Flaw>, found: &Found) -> Result<Message, ParseError> {
    let head = Arc::new(head);
    match (start, flaw) {
        (Start::Request { method, .. }, None) => Ok(Message::Request(Request { head, method })),
        (Start::Response { status, .. }, None) => Ok(Message::Response(Response { head, status })),
        (Start::Request { method, .. }, Some((what, status))) => {
            let is_answerable = found.is_answerable() && method != Method::Ack;
            Err(ParseError { what, status, answerable: is_answerable.then_some(Request { head, method }) })
        }
        (Start::Response { .. } | Start::Unreadable, flaw) => {
            let (what, status) = flaw.unwrap_or(("no start line", BAD_REQUEST));
            Err(ParseError { what, status, answerable: None })
        }
    }
}

/// The lines of a head.
struct Scan {
    start_line: Span,
    fields: SmallVec<[Field; 24]>,
    /// Where the last header field ends, and where the body begins.
    head_end: usize,
    body_start: usize,
    has_folds: bool,
    flaw: Option<Flaw>,
}

fn scan(bytes: &[u8]) -> Scan {
    let mut scan = Scan {
        start_line: Span::default(),
        fields: SmallVec::new(),
        head_end: bytes.len(),
        body_start: bytes.len(),
        has_folds: false,
        flaw: None,
    };
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(length) = line_length(rest, &mut scan.flaw) else {
            scan.flaw = scan.flaw.or(Some(("no empty line after the header fields", BAD_REQUEST)));
            return scan;
        };
        let line = rest.get(..length).unwrap_or_default();
        let end = at + length;
        if at == 0 {
            scan.start_line = Span::new(0, end);
        } else {
            match line.first() {
                None => {
                    scan.head_end = at;
                    scan.body_start = end + 2;
                    return scan;
                }
                Some(b' ' | b'\t') => scan.has_folds = true,
                Some(_) => field(line, at, &mut scan),
            }
        }
        at = end + 2;
    }
}

/// The length of the first line without its CR LF. A CR or LF that stands alone is no line end, but a flaw.
fn line_length(bytes: &[u8], flaw: &mut Option<Flaw>) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + memchr::memchr2(b'\r', b'\n', bytes.get(from..)?)?;
        if bytes.get(at..at + 2) == Some(b"\r\n") {
            return Some(at);
        }
        *flaw = flaw.or(Some(("a CR or LF that stands alone", BAD_REQUEST)));
        from = at + 1;
    }
}

/// Takes one header field.
fn field(line: &[u8], at: usize, scan: &mut Scan) {
    let name_length = line.iter().take_while(|&&byte| is_token_byte(byte)).count();
    let after = line.get(name_length..).unwrap_or_default();
    let blanks = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    if name_length == 0 || after.get(blanks) != Some(&b':') {
        scan.flaw = scan.flaw.or(Some(("a line that is no header field", BAD_REQUEST)));
        return;
    }
    if scan.fields.len() >= HEADER_FIELDS_MAX {
        scan.flaw = scan.flaw.or(Some(("more header fields than are allowed", MESSAGE_TOO_LARGE)));
        return;
    }
    if line.len() > HEADER_BYTES_MAX {
        scan.flaw = scan.flaw.or(Some(("a longer header field than is allowed", MESSAGE_TOO_LARGE)));
        return;
    }
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let mut start = name_length + blanks + 1;
    let mut end = line.len();
    while start < end && line.get(start).is_some_and(is_blank) {
        start += 1;
    }
    while start < end && line.get(end - 1).is_some_and(is_blank) {
        end -= 1;
    }
    scan.fields.push(Field {
        name: HeaderName::from_bytes(line.get(..name_length).unwrap_or_default()),
        name_span: Span::new(at, at + name_length),
        value: Span::new(at + start, at + end),
    });
}

/// The head with each folded line made one, and as text: what is not UTF-8 was most likely meant as Latin-1.
fn plain(head: &[u8]) -> String {
    let mut bytes = head.to_vec();
    for at in memchr::memmem::find_iter(head, b"\r\n") {
        if matches!(head.get(at + 2), Some(b' ' | b'\t'))
            && at > 0
            && let Some(fold) = bytes.get_mut(at..at + 2)
        {
            fold.fill(b' ');
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|error| error.as_bytes().iter().map(|&byte| char::from(byte)).collect())
}

/// The header fields that every message needs, and whether one is there that may not be there twice.
#[derive(Default)]
struct Found {
    via: Option<Span>,
    n_vias: usize,
    from: Option<Span>,
    to: Option<Span>,
    call_id: Option<Span>,
    cseq: Option<Span>,
    max_forwards: Option<Span>,
    content_length: Option<Span>,
    has_repeats: bool,
}

impl Found {
    #[expect(clippy::wildcard_enum_match_arm, reason = "of some fifty names these few matter here")]
    fn new(fields: &[Field]) -> Self {
        let mut found = Self::default();
        for field in fields {
            let slot = match field.name {
                HeaderName::Via => {
                    found.n_vias += 1;
                    found.via = found.via.or(Some(field.value));
                    continue;
                }
                HeaderName::From => &mut found.from,
                HeaderName::To => &mut found.to,
                HeaderName::CallId => &mut found.call_id,
                HeaderName::CSeq => &mut found.cseq,
                HeaderName::MaxForwards => &mut found.max_forwards,
                HeaderName::ContentLength => {
                    found.content_length = found.content_length.or(Some(field.value));
                    continue;
                }
                _ => continue,
            };
            found.has_repeats |= slot.is_some();
            *slot = slot.or(Some(field.value));
        }
        found
    }

    /// Whether the sender could tell what an answer is for. What else is missing is missing in the answer, too.
    fn is_answerable(&self) -> bool {
        self.via.is_some() && self.cseq.is_some()
    }
}

enum Start {
    Request { method: Method, uri: Span },
    Response { status: Status, phrase: Span },
    Unreadable,
}

/// Decodes what every layer needs, and remembers the first flaw.
struct Draft<'a> {
    text: &'a str,
    flaw: Option<Flaw>,
}

impl<'a> Draft<'a> {
    fn slice(&self, span: Span) -> &'a str {
        self.text.get(usize::from(span.start)..usize::from(span.end)).unwrap_or_default()
    }

    fn flawed(&mut self, what: &'static str, status: Status) {
        self.flaw = self.flaw.or(Some((what, status)));
    }

    fn start_line(&mut self, span: Span) -> Start {
        let line = self.slice(span);
        if line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("SIP/")) {
            return match status_line(line) {
                Some((status, phrase)) => Start::Response { status, phrase: Span::of(self.text, phrase) },
                None => {
                    self.flawed("no status line that can be read", BAD_REQUEST);
                    Start::Unreadable
                }
            };
        }
        let Some((method, rest)) = split_once(line, b' ').filter(|(method, _)| is_token(method.as_bytes())) else {
            self.flawed("no start line", BAD_REQUEST);
            return Start::Unreadable;
        };
        let method = Method::from_bytes(method.as_bytes());
        let (uri, version) = match rest.bytes().rposition(|byte| byte == b' ') {
            Some(at) => (rest.get(..at).unwrap_or_default(), rest.get(at + 1..).unwrap_or_default()),
            None => (rest, ""),
        };
        let uri_span = Span::of(self.text, uri);
        let is_uri = Uri::parse(uri).is_ok();
        let is_version = version.eq_ignore_ascii_case("SIP/2.0");
        let is_other_version = is_uri && version.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("SIP/"));
        if is_other_version && !is_version {
            self.flawed("another version of SIP", VERSION_NOT_SUPPORTED);
        } else if !is_version || !is_uri {
            self.flawed("no request line that can be read", BAD_REQUEST);
        }
        Start::Request { method, uri: uri_span }
    }

    fn via(&mut self, found: &Found) -> ViaSpans {
        let value = found.via.map(|span| self.slice(span)).unwrap_or_default();
        let top = trim(split_outside(value, b',').0);
        if value.as_bytes().windows(2).any(|two| two == b";;") || value.ends_with([';', ',']) {
            self.flawed("a Via with empty parts", BAD_REQUEST);
        }
        let Some((via, version)) = Via::parse_any_version(top) else {
            self.flawed("no Via that can be read", BAD_REQUEST);
            return ViaSpans::default();
        };
        if version != "2.0" {
            self.flawed("a Via of another version of SIP", VERSION_NOT_SUPPORTED);
        }
        let text = self.text;
        let span = |part: &str| Span::of(text, part);
        if found.n_vias > VIAS_MAX {
            self.flawed("more Vias than are allowed", BAD_REQUEST);
        }
        ViaSpans {
            protocol: span(via.protocol),
            host: span(via.host),
            port: via.port,
            branch: via.branch.map(span),
            received: via.received.map(span),
            rport: via.rport,
        }
    }

    fn address(&mut self, span: Option<Span>, what: &'static str) -> AddressSpans {
        let value = span.unwrap_or_default();
        let Some(address) = Address::parse(self.slice(value)) else {
            self.flawed(what, BAD_REQUEST);
            return AddressSpans { value, ..AddressSpans::default() };
        };
        let text = self.text;
        let span = |part: &str| Span::of(text, part);
        AddressSpans {
            value,
            display: span(address.display),
            uri: span(address.uri),
            params: span(address.params),
            tag: address.tag.map(span),
        }
    }

    fn call_id(&mut self, span: Option<Span>) -> Span {
        let span = span.unwrap_or_default();
        let value = self.slice(span);
        if value.is_empty() || value.bytes().any(|byte| matches!(byte, b' ' | b'\t' | b',')) {
            self.flawed("no Call-ID that can be read", BAD_REQUEST);
        }
        span
    }

    fn cseq(&mut self, span: Option<Span>, start: &Start) -> CSeq {
        let value = self.slice(span.unwrap_or_default());
        let end = value.bytes().position(|byte| matches!(byte, b' ' | b'\t')).unwrap_or(value.len());
        let (number, method) = value.split_at_checked(end).unwrap_or((value, ""));
        let number = digits(number);
        let method = trim(method);
        let is_flawed = number.is_none() || !is_token(method.as_bytes());
        let cseq = CSeq { number: number.unwrap_or_default(), method: Method::from_bytes(method.as_bytes()) };
        if is_flawed {
            self.flawed("no CSeq that can be read", BAD_REQUEST);
        }
        if let Start::Request { method, .. } = start
            && *method != cseq.method
        {
            // A method of tomorrow may mean something by it. RFC 4475 §3.1.2.18
            let status = if matches!(method, Method::Other(_)) { NOT_IMPLEMENTED } else { BAD_REQUEST };
            self.flawed("a CSeq for another method", status);
        }
        cseq
    }

    fn max_forwards(&mut self, span: Option<Span>) -> Option<u8> {
        let max_forwards = digits(self.slice(span?)).and_then(|number| u8::try_from(number).ok());
        if max_forwards.is_none() {
            self.flawed("no Max-Forwards that can be read", BAD_REQUEST);
        }
        max_forwards
    }

    /// The body: what Content-Length says, or all that is left.
    fn body(&mut self, packet: &Bytes, start: usize, fields: &[Field], length: Option<Span>) -> Bytes {
        let available = packet.len().saturating_sub(start);
        let Some(first) = length else { return slice(packet, start, available) };
        let value = self.slice(first);
        let length = digits(value).and_then(|length| usize::try_from(length).ok());
        let is_one = fields
            .iter()
            .filter(|field| field.name == HeaderName::ContentLength)
            .all(|field| self.slice(field.value) == value);
        match length {
            Some(length) if is_one && length <= available => slice(packet, start, length),
            Some(_) if !is_one => {
                self.flawed("Content-Lengths that differ", BAD_REQUEST);
                Bytes::new()
            }
            Some(length) if length > MESSAGE_BYTES_MAX => {
                self.flawed("a Content-Length that is more than is allowed", MESSAGE_TOO_LARGE);
                Bytes::new()
            }
            Some(_) => {
                self.flawed("a Content-Length that is more than there is", BAD_REQUEST);
                Bytes::new()
            }
            None => {
                self.flawed("no Content-Length that can be read", BAD_REQUEST);
                Bytes::new()
            }
        }
    }

    fn repeats(&mut self, found: &Found) {
        if found.has_repeats {
            self.flawed("a header field twice that may be there once", BAD_REQUEST);
        }
    }
}

/// Part of a packet. An empty part does not hold the packet.
fn slice(packet: &Bytes, start: usize, length: usize) -> Bytes {
    if length == 0 { Bytes::new() } else { packet.slice(start..start + length) }
}

/// Status code and reason phrase of `SIP/2.0 200 OK`.
fn status_line(line: &str) -> Option<(Status, &str)> {
    let (version, rest) = split_once(line, b' ')?;
    let (code, phrase) = split_once(rest, b' ').unwrap_or((rest, rest.get(rest.len()..)?));
    let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
    let code: u16 = code.parse().ok().filter(|code| is_code && (100..700).contains(code))?;
    version.eq_ignore_ascii_case("SIP/2.0").then_some((Status(code), phrase))
}

/// A number of digits only.
fn digits(text: &str) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}
