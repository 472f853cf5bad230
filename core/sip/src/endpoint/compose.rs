//! What we send, written once into one buffer.

use std::io::Write;
use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;

use crate::endpoint::{Body, Config, ExtraHeader, Status};
use crate::header::via::Via;
use crate::message::name::HeaderName;
use crate::transaction::fallback::{Fallback, Host};
use crate::transport::{Source, Target, Transport};
use crate::{Method, Request, uri};

/// Extensions that the endpoint knows. RFC 3261 §20.37
pub(crate) const SUPPORTED: &str = "100rel, timer, replaces, norefersub";
/// The same where provisional answers are not acknowledged.
pub(crate) const SUPPORTED_UNRELIABLE: &str = "timer, replaces, norefersub";
/// The body types that the endpoint can carry. RFC 3261 §20.1
pub(crate) const ACCEPT: &str = "application/sdp, multipart/mixed, application/dtmf-relay, message/sipfrag";

/// Room for what each message has besides its fields: start line, Via, Route, Max-Forwards, CSeq, Content-Length. What
/// is sent is kept for its copies, so that room left over is memory lost for half a minute.
const LINES_BYTES: usize = 260;

/// One header field: name and value.
pub(crate) type Field<'a> = (&'a str, &'a str);

/// A request about to be written.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    pub method: &'a str,
    pub uri: &'a str,
    pub routes: &'a [&'a str],
    /// The lines From, To and Call-ID.
    pub head: &'a [u8],
    pub cseq: u32,
    pub max_forwards: u8,
    pub product: &'a str,
    pub fields: &'a [Field<'a>],
    pub headers: &'a [ExtraHeader],
    pub body: Option<&'a Body>,
}

/// Writes a request with this Via value.
pub(crate) fn request(draft: &Draft<'_>, via: &str) -> Bytes {
    let room = LINES_BYTES + draft.uri.len() + draft.head.len() + draft.product.len();
    let mut out = Vec::with_capacity(room + tail_bytes(draft.fields, draft.headers, draft.body));
    push(&mut out, &[draft.method, " ", draft.uri, " SIP/2.0\r\nVia: ", via, "\r\n"]);
    for route in draft.routes {
        push(&mut out, &["Route: ", route, "\r\n"]);
    }
    push(&mut out, &["Max-Forwards: "]);
    number(&mut out, u32::from(draft.max_forwards));
    push(&mut out, &["\r\n"]);
    out.extend_from_slice(draft.head);
    push(&mut out, &["CSeq: "]);
    number(&mut out, draft.cseq);
    push(&mut out, &[" ", draft.method, "\r\n"]);
    finish(&mut out, draft.fields, draft.headers, draft.product, "User-Agent", draft.body);
    Bytes::from(out)
}

/// The lines From, To and Call-ID of a request that begins something.
pub(crate) fn head(from: &str, tag: &str, to: &str, call_id: &str) -> String {
    ["From: ", from, ";tag=", tag, "\r\nTo: ", to, "\r\nCall-ID: ", call_id, "\r\n"].concat()
}

/// A response about to be written; `head` is from [`reply_head`].
#[derive(Debug)]
pub(crate) struct Reply<'a> {
    pub status: Status,
    pub phrase: &'a str,
    pub head: &'a [u8],
    /// Empty for strangers.
    pub product: &'a str,
    pub fields: &'a [Field<'a>],
    pub headers: &'a [ExtraHeader],
    pub body: Option<&'a Body>,
}

/// Writes a response.
pub(crate) fn response(reply: &Reply<'_>) -> Bytes {
    let room = 80 + reply.head.len() + reply.product.len();
    let mut out = Vec::with_capacity(room + tail_bytes(reply.fields, reply.headers, reply.body));
    push(&mut out, &["SIP/2.0 "]);
    number(&mut out, u32::from(reply.status.0));
    push(&mut out, &[" ", reply.phrase, "\r\n"]);
    out.extend_from_slice(reply.head);
    finish(&mut out, reply.fields, reply.headers, reply.product, "Server", reply.body);
    Bytes::from(out)
}

/// The lines that each response to `request` copies from it. RFC 3261 §8.2.6.2, RFC 3581 §4
pub(crate) fn reply_head(request: &Request, source: &Source, to_tag: Option<&str>) -> Bytes {
    let mut out = Vec::with_capacity(512);
    for (index, via) in request.headers(HeaderName::Via).enumerate() {
        push(&mut out, &["Via: "]);
        if index == 0 {
            top_via(&mut out, via, request, source)
        } else {
            push(&mut out, &[via])
        }
        push(&mut out, &["\r\n"]);
    }
    if *request.method() == Method::Invite && request.to().tag().is_none() {
        for route in request.headers(HeaderName::RecordRoute) {
            push(&mut out, &["Record-Route: ", route, "\r\n"]);
        }
    }
    let lines = [
        ("From: ", request.from_value(), None),
        ("To: ", request.to_value(), to_tag.filter(|_| request.to().tag().is_none())),
        ("Call-ID: ", request.call_id(), None),
        ("CSeq: ", request.cseq_value(), None),
    ];
    // A malformed request may lack some of them.
    for (name, value, tag) in lines.into_iter().filter(|(_, value, _)| !value.is_empty()) {
        push(&mut out, &[name, value]);
        if let Some(tag) = tag {
            push(&mut out, &[";tag=", tag]);
        }
        push(&mut out, &["\r\n"]);
    }
    Bytes::from(out)
}

/// The top Via with the address and port that it really came from.
fn top_via(out: &mut Vec<u8>, via: &str, request: &Request, source: &Source) {
    let top = request.via();
    let ip = source.remote.ip();
    let wants_port = top.wants_rport();
    let mut first = true;
    for part in via.split(';') {
        let name = part.split('=').next().unwrap_or_default().trim();
        let is_ours = name.eq_ignore_ascii_case("rport") || name.eq_ignore_ascii_case("received");
        if first || !is_ours {
            push(out, &[if first { "" } else { ";" }, part]);
        }
        first = false;
    }
    if wants_port || uri::ip(top.host()) != Some(ip) {
        push(out, &[";received="]);
        push_ip(out, ip);
    }
    if wants_port {
        push(out, &[";rport="]);
        number(out, u32::from(source.remote.port()));
    }
}

/// Where responses to a request that is kept go. RFC 3261 §18.2.2
///
/// A stranger who names another address than his own would have us write to somebody else: maddr counts only here.
pub(crate) fn kept_reply_target(request: &Request, source: &Source) -> Target {
    let mut target = reply_target(request, source);
    let maddr = || Via::maddr(request.header(HeaderName::Via)?);
    if source.transport == Transport::Udp
        && let Some(ip) = maddr()
    {
        target.remote = SocketAddr::new(ip, request.via().port().unwrap_or(5060));
    }
    target
}

/// Where responses go when the stream that brought the request is gone: to where the sender listens, at the address that
/// it has or, if nobody answers there, at what its name leads to. Nobody listens behind a WebSocket. RFC 3261 §18.2.2
pub(crate) fn fallback(request: &Request, source: &Source) -> Option<Fallback> {
    let default_port = match source.transport {
        Transport::Tcp => 5060,
        Transport::Tls => 5061,
        Transport::Udp | Transport::Ws | Transport::Wss => return None,
    };
    let via = request.via();
    let name = uri::ip(via.host()).is_none().then(|| via.host().to_owned());
    let target = Target {
        remote: SocketAddr::new(source.remote.ip(), via.port().unwrap_or(default_port)),
        connection: None,
        server_name: name.clone().filter(|_| source.transport.is_secure()),
        ..source.reply_target()
    };
    let host = name.map(|name| Host { name, port: via.port() });
    Some(Fallback::Listener { target, host })
}

/// Where responses to `request` go. RFC 3261 §18.2.2, RFC 3581 §4
pub(crate) fn reply_target(request: &Request, source: &Source) -> Target {
    let mut target = source.reply_target();
    if source.transport == Transport::Udp && !request.via().wants_rport() {
        target.remote = SocketAddr::new(source.remote.ip(), request.via().port().unwrap_or(5060));
    }
    target
}

/// The Via value of a request of ours.
pub(crate) fn via(transport: Transport, local: Option<SocketAddr>, sent_by: &str, branch: &str) -> String {
    let mut out = Vec::with_capacity(110);
    push(&mut out, &["SIP/2.0/", transport.via_name(), " "]);
    push_host(&mut out, local, sent_by);
    push(&mut out, &[";branch=", branch, ";rport"]);
    String::from_utf8(out).unwrap_or_default()
}

/// Our Contact value. TLS is named by `sips` only where the dialog has to be secure to its end.
pub(crate) fn contact(user: &str, target: &Target, config: &Config, is_secure: bool) -> String {
    let mut out = Vec::with_capacity(80);
    push(&mut out, &[if is_secure { "<sips:" } else { "<sip:" }, user, if user.is_empty() { "" } else { "@" }]);
    match (&config.tls_name, target.transport) {
        (Some(name), Transport::Tls) => push(&mut out, &[name.as_str()]),
        (Some(_) | None, _) => push_host(&mut out, target.local, &config.sent_by),
    }
    let transport = match (target.transport, is_secure) {
        (Transport::Udp, _) | (Transport::Tls, true) => "",
        (Transport::Tcp, _) => ";transport=tcp",
        (Transport::Tls, false) => ";transport=tls",
        (Transport::Ws | Transport::Wss, _) => ";transport=ws",
    };
    push(&mut out, &[transport, ">"]);
    String::from_utf8(out).unwrap_or_default()
}

fn push_host(out: &mut Vec<u8>, local: Option<SocketAddr>, sent_by: &str) {
    match local {
        Some(local) if !local.ip().is_unspecified() => {
            let is_bare = local.is_ipv4();
            push(out, &[if is_bare { "" } else { "[" }]);
            push_ip(out, local.ip());
            push(out, &[if is_bare { ":" } else { "]:" }]);
            number(out, u32::from(local.port()));
        }
        Some(_) | None => push(out, &[sent_by]),
    }
}

/// Like `Display`, in a tenth of the time for the usual kind.
fn push_ip(out: &mut Vec<u8>, ip: IpAddr) {
    match ip {
        IpAddr::V4(ip) => {
            for (index, octet) in ip.octets().into_iter().enumerate() {
                push(out, &[if index == 0 { "" } else { "." }]);
                number(out, u32::from(octet));
            }
        }
        // A Vec takes whatever is written.
        IpAddr::V6(ip) => drop(write!(out, "{ip}")),
    }
}

/// Whether a name or value may be written as it is.
pub(crate) fn is_clean(text: &str) -> bool {
    !text.bytes().any(|byte| matches!(byte, b'\r' | b'\n' | 0))
}

/// How long fields, headers and body come out.
fn tail_bytes(fields: &[Field<'_>], headers: &[ExtraHeader], body: Option<&Body>) -> usize {
    let fields: usize = fields.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    let headers: usize = headers.iter().map(|header| header.name.len() + header.value.len() + 4).sum();
    fields + headers + body.map_or(0, |body| body.bytes.len() + body.content_type.len() + 24)
}

fn finish(
    out: &mut Vec<u8>,
    fields: &[Field<'_>],
    headers: &[ExtraHeader],
    product: &str,
    product_field: &str,
    body: Option<&Body>,
) {
    for (name, value) in fields {
        push(out, &[name, ": ", value, "\r\n"]);
    }
    for header in headers.iter().filter(|header| is_clean(&header.name) && is_clean(&header.value)) {
        push(out, &[&header.name, ": ", &header.value, "\r\n"]);
    }
    if !product.is_empty() {
        push(out, &[product_field, ": ", product, "\r\n"]);
    }
    match body {
        Some(body) => {
            push(out, &["Content-Type: "]);
            out.extend_from_slice(&body.content_type);
            push(out, &["\r\nContent-Length: "]);
            number(out, u32::try_from(body.bytes.len()).unwrap_or(u32::MAX));
            push(out, &["\r\n\r\n"]);
            out.extend_from_slice(&body.bytes);
        }
        None => push(out, &["Content-Length: 0\r\n\r\n"]),
    }
}

fn push(out: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
}

fn number(out: &mut Vec<u8>, value: u32) {
    let mut digits = [0_u8; 10];
    let mut start = digits.len();
    let mut rest = value;
    loop {
        start -= 1;
        // A digit is below 10 and always fits.
        digits[start] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}
