//! What requests and responses share.

use bytes::Bytes;
use smallvec::SmallVec;

use crate::Method;
use crate::endpoint::Replaces;
use crate::header::address::Address;
use crate::header::params::List;
use crate::header::replaces;
use crate::header::via::{Rport, Via};
use crate::message::name::HeaderName;

/// A part of the head's text; empty at 0 where there is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub start: u16,
    pub end: u16,
}

impl Span {
    /// Offsets are below the message limit, which fits.
    pub fn new(start: usize, end: usize) -> Self {
        let offset = |at| u16::try_from(at).unwrap_or(u16::MAX);
        Self { start: offset(start), end: offset(end) }
    }

    /// Where `part`, a slice of `whole`, is.
    pub fn of(whole: &str, part: &str) -> Self {
        let start = part.as_ptr().addr().wrapping_sub(whole.as_ptr().addr());
        Self::new(start, start.saturating_add(part.len()))
    }
}

/// One header field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub name: HeaderName,
    pub name_span: Span,
    pub value: Span,
}

/// Where the parts of the top Via are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ViaSpans {
    pub protocol: Span,
    pub host: Span,
    pub port: Option<u16>,
    pub branch: Option<Span>,
    pub received: Option<Span>,
    pub rport: Rport,
}

/// Where the parts of From or To are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AddressSpans {
    pub value: Span,
    pub display: Span,
    pub uri: Span,
    pub params: Span,
    pub tag: Option<Span>,
}

/// CSeq. RFC 3261 §20.16
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CSeq {
    pub number: u32,
    pub method: Method,
}

/// Header fields and body of a message.
pub struct Head {
    pub(crate) text: Box<str>,
    pub(crate) fields: SmallVec<[Field; 24]>,
    /// The Request-URI or the reason phrase.
    pub(crate) start: Span,
    pub(crate) via: ViaSpans,
    pub(crate) from: AddressSpans,
    pub(crate) to: AddressSpans,
    pub(crate) call_id: Span,
    pub(crate) cseq: CSeq,
    pub(crate) max_forwards: Option<u8>,
    pub(crate) body: Bytes,
}

impl Head {
    /// The top Via.
    pub fn via(&self) -> Via<'_> {
        let via = &self.via;
        Via {
            protocol: self.text(via.protocol),
            host: self.text(via.host),
            port: via.port,
            branch: via.branch.map(|span| self.text(span)),
            received: via.received.map(|span| self.text(span)),
            rport: via.rport,
        }
    }

    /// All values of Via that can be read, the top one first.
    pub fn vias(&self) -> impl Iterator<Item = Via<'_>> {
        self.headers(HeaderName::Via).filter_map(Via::parse)
    }

    /// From.
    pub fn from(&self) -> Address<'_> {
        self.address(&self.from)
    }

    /// The value of From as written.
    pub fn from_value(&self) -> &str {
        self.text(self.from.value)
    }

    /// To.
    pub fn to(&self) -> Address<'_> {
        self.address(&self.to)
    }

    /// The value of To as written.
    pub fn to_value(&self) -> &str {
        self.text(self.to.value)
    }

    /// Call-ID.
    pub fn call_id(&self) -> &str {
        self.text(self.call_id)
    }

    /// CSeq.
    pub fn cseq(&self) -> &CSeq {
        &self.cseq
    }

    /// The value of CSeq as written. An answer to a malformed request repeats it, whatever it is.
    pub fn cseq_value(&self) -> &str {
        self.header(HeaderName::CSeq).unwrap_or_default()
    }

    /// Max-Forwards; some old peers send none.
    pub fn max_forwards(&self) -> Option<u8> {
        self.max_forwards
    }

    /// The value of the first header field of that name, as written; a list is not parted.
    pub fn header(&self, name: HeaderName) -> Option<&str> {
        self.fields.iter().find(|field| field.name == name).map(|field| self.text(field.value))
    }

    /// All values of that name, in order; lists are parted where the name has lists.
    pub fn headers(&self, name: HeaderName) -> impl Iterator<Item = &str> {
        let is_list = name.is_list();
        self.fields.iter().filter(move |field| field.name == name).flat_map(move |field| {
            let value = self.text(field.value);
            let (list, whole) = if is_list { (List::new(value), None) } else { (List::new(""), Some(value)) };
            list.chain(whole)
        })
    }

    /// The first value of a header field that [`HeaderName`] does not know.
    pub fn header_named(&self, name: &str) -> Option<&str> {
        self.fields().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// All header fields: name and value as written.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|field| (self.text(field.name_span), self.text(field.value)))
    }

    /// All Contacts that are addresses.
    pub fn contacts(&self) -> impl Iterator<Item = Address<'_>> {
        self.headers(HeaderName::Contact).filter_map(Address::parse)
    }

    /// The URI of the first Contact.
    pub fn contact_uri(&self) -> Option<&str> {
        self.contacts().next().map(|contact| contact.uri)
    }

    /// Whether Supported lists this option tag. RFC 3261 §20.37
    pub fn supports(&self, option: &str) -> bool {
        self.headers(HeaderName::Supported).any(|tag| tag.eq_ignore_ascii_case(option))
    }

    /// Whether Require lists this option tag. RFC 3261 §20.32
    pub fn requires(&self, option: &str) -> bool {
        self.headers(HeaderName::Require).any(|tag| tag.eq_ignore_ascii_case(option))
    }

    /// Content-Type.
    pub fn content_type(&self) -> Option<&str> {
        self.header(HeaderName::ContentType)
    }

    /// Expires in seconds; one that is no number, or too large, counts as none. RFC 3261 §20.19
    pub fn expires_secs(&self) -> Option<u32> {
        self.header(HeaderName::Expires)?.parse().ok()
    }

    /// The dialog that Replaces names. RFC 3891
    pub fn replaces(&self) -> Option<Replaces> {
        self.header(HeaderName::Replaces).and_then(replaces::parse)
    }

    /// Refer-To. RFC 3515
    pub fn refer_to(&self) -> Option<Address<'_>> {
        self.header(HeaderName::ReferTo).and_then(Address::parse)
    }

    /// The body.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    pub(crate) fn text(&self, span: Span) -> &str {
        self.text.get(usize::from(span.start)..usize::from(span.end)).unwrap_or_default()
    }

    fn address(&self, spans: &AddressSpans) -> Address<'_> {
        Address {
            display: self.text(spans.display),
            uri: self.text(spans.uri),
            params: self.text(spans.params),
            tag: spans.tag.map(|span| self.text(span)),
        }
    }
}
