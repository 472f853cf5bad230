//! A dialog: what both sides agreed on so that either can send requests to the other. RFC 3261 §12

pub mod kept;

use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use smallvec::SmallVec;

use crate::message::name::HeaderName;
use crate::transaction::rewrite;
use crate::transport::{Target, Transport};
use crate::uri::Uri;
use crate::{Request, Response};

/// State of one dialog, early or confirmed.
#[derive(Debug)]
pub struct Dialog {
    remote_tag: Box<str>,
    /// The lines From, To and Call-ID of our requests.
    head: Bytes,
    local_seq: u32,
    remote_seq: Option<u32>,
    /// The peer's Contact URI in angle brackets.
    remote_target: Box<str>,
    routes: SmallVec<[Box<str>; 1]>,
    /// The way that the dialog was set up on.
    flow: Target,
    /// The last reliable provisional response heard. RFC 3262 §4
    pub heard_rseq: Option<u32>,
    /// Whether a reliable provisional response answered our offer, or the offer in one has our answer. RFC 3262 §5
    pub has_answer: bool,
    /// RAck of the PRACK that waits for our answer to the offer in a reliable provisional response. RFC 3262 §5
    pub owed_rack: Option<Box<str>>,
    /// Whether the peer takes UPDATE. RFC 3311 §4
    pub allows_update: bool,
    /// Whether the peer knows session timers. RFC 4028
    pub supports_timer: bool,
}

/// Where a request inside a dialog goes and what it says of that. RFC 3261 §12.2.1.1
#[derive(Debug)]
pub struct Route<'a> {
    pub uri: &'a str,
    pub routes: SmallVec<[&'a str; 2]>,
}

impl Dialog {
    /// The dialog of an INVITE that came in, answered with `local_tag`. RFC 3261 §12.1.1
    pub fn from_request(request: &Request, flow: Target, local_tag: &str) -> Self {
        let head = [
            "From: ",
            request.to_value(),
            ";tag=",
            local_tag,
            "\r\nTo: ",
            request.from_value(),
            "\r\nCall-ID: ",
            request.call_id(),
            "\r\n",
        ]
        .concat();
        let mut dialog = Self {
            remote_tag: request.from().tag().unwrap_or_default().into(),
            head: Bytes::from(head),
            local_seq: 0,
            remote_seq: Some(request.cseq().number),
            // What stands for the Contact that an INVITE has to have.
            remote_target: ["<", request.from().uri(), ">"].concat().into(),
            routes: routes(request.headers(HeaderName::RecordRoute)),
            flow,
            heard_rseq: None,
            has_answer: false,
            owed_rack: None,
            allows_update: false,
            supports_timer: false,
        };
        dialog.hear_request(request);
        dialog
    }

    /// The dialog that a response makes to our INVITE, which was sent as `invite`. RFC 3261 §12.1.2
    pub fn from_response(response: &Response, invite: &[u8], cseq: u32, flow: Target) -> Self {
        let head = [
            "From: ",
            rewrite::field(invite, "From").unwrap_or_default(),
            "\r\nTo: ",
            response.to_value(),
            "\r\nCall-ID: ",
            rewrite::field(invite, "Call-ID").unwrap_or_default(),
            "\r\n",
        ]
        .concat();
        let uri = std::str::from_utf8(rewrite::request_uri(invite)).unwrap_or_default();
        let mut dialog = Self {
            remote_tag: response.to().tag().unwrap_or_default().into(),
            head: Bytes::from(head),
            local_seq: cseq,
            remote_seq: None,
            // What stands for the Contact that a 2xx has to have.
            remote_target: ["<", uri, ">"].concat().into(),
            routes: SmallVec::new(),
            flow,
            heard_rseq: None,
            has_answer: false,
            owed_rack: None,
            allows_update: false,
            supports_timer: false,
        };
        dialog.hear_response(response);
        dialog.settle_routes(response);
        dialog
    }

    /// Takes the route set from the response that confirms the dialog; it may differ from an earlier one's. RFC 3261 §13.2.2.4
    pub fn settle_routes(&mut self, response: &Response) {
        self.routes = routes(response.headers(HeaderName::RecordRoute));
        self.routes.reverse();
    }

    /// Takes the peer's Contact and abilities from a request that may refresh them. RFC 3261 §12.2.2
    pub fn hear_request(&mut self, request: &Request) {
        self.refresh_target(request.contact_uri());
        self.hear_allow(request.header(HeaderName::Allow));
        self.supports_timer = self.supports_timer || request.supports("timer");
    }

    /// Takes the peer's Contact and abilities from a response that may refresh them.
    pub fn hear_response(&mut self, response: &Response) {
        self.refresh_target(response.contact_uri());
        self.hear_allow(response.header(HeaderName::Allow));
        self.supports_timer = self.supports_timer || response.supports("timer");
    }

    fn hear_allow(&mut self, allow: Option<&str>) {
        if let Some(allow) = allow {
            self.allows_update = allow.split(',').any(|method| method.trim_ascii() == "UPDATE");
        }
    }

    /// Takes the peer's Contact URI, if it gave one.
    pub fn refresh_target(&mut self, contact: Option<&str>) {
        let Some(contact) = contact.filter(|uri| is_sendable(uri)) else { return };
        let uri = Uri::parse(contact).map_or(contact, |uri| uri.without_headers());
        if uri != self.remote_target() {
            self.remote_target = ["<", uri, ">"].concat().into();
        }
    }

    /// The peer's tag.
    pub fn remote_tag(&self) -> &str {
        &self.remote_tag
    }

    /// The lines From, To and Call-ID of our requests.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The number for our next request.
    pub fn next_seq(&mut self) -> u32 {
        self.local_seq = self.local_seq.wrapping_add(1);
        self.local_seq
    }

    /// Whether a request of the peer comes in order; its number is kept. RFC 3261 §12.2.2
    #[must_use]
    pub fn accept_seq(&mut self, number: u32) -> bool {
        let is_new = self.remote_seq.is_none_or(|last| number > last);
        if is_new {
            self.remote_seq = Some(number);
        }
        is_new
    }

    /// Request-URI and Route values of our next request, past strict routers as well. RFC 3261 §12.2.1.1
    pub fn route(&self) -> Route<'_> {
        match self.routes.first() {
            Some(first) if !is_loose(first) => {
                let mut routes: SmallVec<[&str; 2]> = self.routes.iter().skip(1).map(|route| &**route).collect();
                routes.push(&self.remote_target);
                Route { uri: inner_uri(first), routes }
            }
            Some(_) | None => {
                Route { uri: self.remote_target(), routes: self.routes.iter().map(|route| &**route).collect() }
            }
        }
    }

    /// The peer's Contact URI.
    pub fn remote_target(&self) -> &str {
        inner_uri(&self.remote_target)
    }

    /// The way that the dialog was set up on.
    pub fn flow(&self) -> &Target {
        &self.flow
    }

    /// The stream is gone: a new one is opened for the next request.
    pub fn forget_connection(&mut self) {
        self.flow.connection = None;
    }

    /// Where our next request goes: the first route or the peer's Contact where that is an address that can be reached,
    /// and else back along the way that the dialog came, past the peer's NAT.
    pub fn next_hop(&self) -> Target {
        if self.flow.connection.is_some() {
            return self.flow.clone();
        }
        let uri = self.routes.first().map_or(self.remote_target(), |route| inner_uri(route));
        match hop(uri, &self.flow) {
            Some(target) => target,
            None => self.flow.clone(),
        }
    }
}

/// The address that a URI names, unless it is a name, out of reach, or less secure than the way that we know.
fn hop(uri: &str, flow: &Target) -> Option<Target> {
    let uri = Uri::parse(uri).ok()?;
    let ip = uri.ip()?;
    let transport = match uri.transport() {
        Some(transport) => transport,
        None if uri.is_sips() => Transport::Tls,
        None => flow.transport,
    };
    if flow.transport.is_secure() && !transport.is_secure() {
        return None;
    }
    if scope(ip) != Scope::Global && scope(ip) != scope(flow.remote.ip()) {
        return None;
    }
    let port = uri.port().unwrap_or(if transport.is_secure() { 5061 } else { 5060 });
    Some(Target {
        transport,
        remote: SocketAddr::new(ip, port),
        connection: None,
        server_name: flow.server_name.clone(),
        local: flow.local,
    })
}

#[derive(PartialEq, Eq)]
enum Scope {
    Loopback,
    Private,
    Global,
}

fn scope(ip: IpAddr) -> Scope {
    match ip {
        IpAddr::V4(ip) if ip.is_loopback() => Scope::Loopback,
        IpAddr::V4(ip) if ip.is_private() || ip.is_link_local() || is_shared(ip.octets()) => Scope::Private,
        IpAddr::V4(_) => Scope::Global,
        IpAddr::V6(ip) if ip.is_loopback() => Scope::Loopback,
        IpAddr::V6(ip) if ip.is_unique_local() || ip.is_unicast_link_local() => Scope::Private,
        IpAddr::V6(_) => Scope::Global,
    }
}

/// Carrier-grade NAT. RFC 6598
fn is_shared(octets: [u8; 4]) -> bool {
    let [first, second, ..] = octets;
    first == 100 && (64..128).contains(&second)
}

/// The URI inside `<…>`, or all of it.
fn inner_uri(value: &str) -> &str {
    let Some(start) = value.find('<') else { return value };
    let inner = value.get(start + 1..).unwrap_or_default();
    inner.split('>').next().unwrap_or_default()
}

/// Record-Route values that can be sent back.
fn routes<'a>(values: impl Iterator<Item = &'a str>) -> SmallVec<[Box<str>; 1]> {
    values.filter(|value| is_sendable(inner_uri(value)) && value.is_ascii()).map(Box::from).collect()
}

/// Whether a URI of the peer can stand in a request line.
fn is_sendable(uri: &str) -> bool {
    uri.bytes().all(|byte| byte.is_ascii_graphic()) && Uri::parse(uri).is_ok()
}

fn is_loose(route: &str) -> bool {
    inner_uri(route).split(';').skip(1).any(|param| {
        let name = param.split(['=', '?']).next().unwrap_or_default();
        name.eq_ignore_ascii_case("lr")
    })
}
