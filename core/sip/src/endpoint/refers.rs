//! REFER either way, with the subscription that it implies. RFC 3515, 3891, 3892, 6665

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;
use smallvec::SmallVec;

use crate::endpoint::compose::Field;
use crate::endpoint::usage::{Stage, Usage};
use crate::endpoint::wire::{Answer, Turn};
use crate::endpoint::{Body, Event, Refer, Status};
use crate::header::params::Params;
use crate::header::replaces;
use crate::message::name::HeaderName;
use crate::transaction::table::Purpose;
use crate::transport::Source;
use crate::{Method, Request, Response};

/// How long the subscription of a transfer lasts: longer than any phone rings.
const SUBSCRIPTION: Duration = Duration::from_mins(5);
/// Most news of one transfer that wait for the answer to the NOTIFY before.
const NEWS_MAX: usize = 8;

/// A REFER that the application has not answered.
#[derive(Debug)]
struct Open {
    server: u64,
    cseq: u32,
    wants_no_news: bool,
    says_refer_sub: bool,
}

/// What a NOTIFY says.
#[derive(Clone, Copy, Debug)]
struct News {
    status: Status,
    /// Why it is the last, in the words of RFC 6665 §4.2.2.
    ends_for: Option<&'static str>,
}

/// Their subscription to the progress of a transfer.
#[derive(Debug)]
struct Subscription {
    event: String,
    /// How the transfer stands.
    status: Status,
    news: VecDeque<News>,
    is_notifying: bool,
    is_ending: bool,
    expires_at: Instant,
}

#[derive(Debug, Default)]
pub(crate) struct Refers {
    open: Option<Open>,
    n_received: u32,
    theirs: Option<Subscription>,
    /// How many REFERs of ours wait for news, and until when they do.
    n_ours: u32,
    ours_expire_at: Option<Instant>,
}

impl Refers {
    pub fn next_deadline(&self) -> Option<Instant> {
        let theirs = self.theirs.as_ref().filter(|theirs| !theirs.is_ending).map(|theirs| theirs.expires_at);
        [theirs, self.ours_expire_at].into_iter().flatten().min()
    }

    /// Whether one side is still told about a transfer.
    pub fn is_waiting(&self) -> bool {
        self.theirs.is_some() || self.n_ours > 0
    }

    pub fn take_server(&mut self) -> Option<u64> {
        self.open.take().map(|open| open.server)
    }
}

impl Usage {
    // ---- theirs

    pub fn handle_refer(&mut self, turn: &mut Turn<'_>, request: &Request, source: &Source) {
        if self.refers.open.is_some() {
            return turn.respond_at_once(request, source, Status(500), &[("Retry-After", "5")]);
        }
        let Some(refer) = read_refer(request) else {
            return turn.respond_at_once(request, source, Status(400), &[]);
        };
        let refer_sub = request.header(HeaderName::ReferSub);
        let Some(server) = turn.open(request, source, None, Some(self.id)) else { return };
        self.refers.open = Some(Open {
            server,
            cseq: request.cseq().number,
            wants_no_news: refer_sub.is_some_and(|value| value.trim().eq_ignore_ascii_case("false")),
            says_refer_sub: refer_sub.is_some(),
        });
        if self.is_silent {
            return self.answer_refer(turn, Status(603));
        }
        self.emit(turn, Event::Referred { usage: self.id, refer });
    }

    /// 202 or a refusal. News are wanted at once after a 202. RFC 3515 §2.4.4
    pub fn answer_refer(&mut self, turn: &mut Turn<'_>, status: Status) {
        let Some(open) = self.refers.open.take() else { return };
        let contact = self.contact.clone();
        let mut fields: SmallVec<[Field<'_>; 2]> = SmallVec::new();
        fields.push(("Contact", &contact));
        if open.says_refer_sub {
            fields.push(("Refer-Sub", if open.wants_no_news { "false" } else { "true" }));
        }
        turn.respond(open.server, &Answer { status, fields: &fields, headers: &[], body: None });
        if !(200..300).contains(&status.0) {
            return;
        }
        self.refers.n_received += 1;
        if open.wants_no_news {
            self.refers.theirs = None;
            return;
        }
        // The first REFER of a dialog needs no id; later ones do. RFC 3515 §2.4.6
        let event = if self.refers.n_received == 1 { "refer".to_owned() } else { format!("refer;id={}", open.cseq) };
        self.refers.theirs = Some(Subscription {
            event,
            status: Status(100),
            news: VecDeque::new(),
            is_notifying: false,
            is_ending: false,
            expires_at: turn.now + SUBSCRIPTION,
        });
        self.notify_refer(turn, Status(100));
    }

    /// News of the transfer; a final status is the last.
    pub fn notify_refer(&mut self, turn: &mut Turn<'_>, status: Status) {
        self.tell(turn, News { status, ends_for: (status.0 >= 200).then_some("noresource") });
    }

    /// The application lets go: there will be no more news than these.
    pub fn end_news(&mut self, turn: &mut Turn<'_>) {
        self.tell(turn, News { status: Status(487), ends_for: Some("noresource") });
    }

    fn tell(&mut self, turn: &mut Turn<'_>, news: News) {
        let Some(subscription) = self.refers.theirs.as_mut().filter(|subscription| !subscription.is_ending) else {
            return;
        };
        subscription.is_ending = news.ends_for.is_some();
        subscription.status = news.status;
        if subscription.news.len() >= NEWS_MAX {
            subscription.news.pop_front();
        }
        subscription.news.push_back(news);
        self.notify_next(turn);
    }

    /// SUBSCRIBE in the dialog: more time for a subscription that a REFER made, or its end. RFC 3515 §2.4.4
    pub fn handle_subscribe(&mut self, turn: &mut Turn<'_>, request: &Request, source: &Source) {
        if !is_refer(request) {
            return turn.respond_at_once(request, source, Status(489), &[("Allow-Events", "refer")]);
        }
        let event: String = request.header(HeaderName::Event).unwrap_or_default().split_whitespace().collect();
        let theirs = self.refers.theirs.as_mut().filter(|theirs| !theirs.is_ending && theirs.event == event);
        let Some(theirs) = theirs else {
            return turn.respond_at_once(request, source, Status(481), &[]);
        };
        let asked = request.expires_secs().map_or(SUBSCRIPTION, |secs| Duration::from_secs(secs.into()));
        let granted = asked.min(SUBSCRIPTION);
        theirs.expires_at = turn.now + granted;
        let news = News { status: theirs.status, ends_for: granted.is_zero().then_some("timeout") };
        let secs = granted.as_secs().to_string();
        let fields = [("Contact", self.contact.as_str()), ("Expires", &secs)];
        turn.respond_at_once(request, source, Status(200), &fields);
        self.tell(turn, news);
    }

    /// A subscription is over because its time is.
    pub fn refers_due(&mut self, turn: &mut Turn<'_>) {
        let theirs = self.refers.theirs.as_ref().filter(|theirs| theirs.expires_at <= turn.now);
        if let Some(status) = theirs.map(|theirs| theirs.status) {
            self.tell(turn, News { status, ends_for: Some("timeout") });
        }
        if self.refers.ours_expire_at.is_some_and(|at| at <= turn.now) {
            self.refers.ours_expire_at = None;
            for _ in 0..std::mem::take(&mut self.refers.n_ours) {
                self.emit(turn, Event::ReferProgressed { usage: self.id, status: Status(408), ended: true });
            }
            self.leave_if_told();
        }
    }

    fn notify_next(&mut self, turn: &mut Turn<'_>) {
        let Some(subscription) = self.refers.theirs.as_mut().filter(|subscription| !subscription.is_notifying) else {
            return;
        };
        let Some(News { status, ends_for }) = subscription.news.pop_front() else {
            if subscription.is_ending {
                self.refers.theirs = None;
            }
            return;
        };
        subscription.is_notifying = true;
        let event = subscription.event.clone();
        let contact = self.contact.clone();
        let secs_left = subscription.expires_at.saturating_duration_since(turn.now).as_secs();
        let state = match ends_for {
            Some(reason) => format!("terminated;reason={reason}"),
            None => format!("active;expires={secs_left}"),
        };
        let body = Body {
            content_type: Bytes::from_static(b"message/sipfrag;version=2.0"),
            bytes: Bytes::from(format!("SIP/2.0 {} {}\r\n", status.0, status.phrase())),
        };
        let fields = [("Contact", contact.as_str()), ("Event", &event), ("Subscription-State", &state)];
        self.send(turn, Purpose::Notify, &Method::Notify, &fields, Some(&body));
    }

    /// The final answer to a NOTIFY of ours.
    pub fn handle_notify_response(&mut self, turn: &mut Turn<'_>, status: Status) {
        match &mut self.refers.theirs {
            Some(subscription) if status.0 < 300 => subscription.is_notifying = false,
            Some(_) | None => self.refers.theirs = None,
        }
        self.notify_next(turn);
        self.leave_if_told();
    }

    /// After the call, the last news are the end.
    fn leave_if_told(&mut self) {
        if matches!(self.stage, Stage::Reporting) && !self.refers.is_waiting() {
            self.is_over = true;
        }
    }

    // ---- ours

    /// Asks the peer to call someone else.
    pub fn refer(&mut self, turn: &mut Turn<'_>, refer: &Refer) {
        let target = refer_to_value(refer);
        let contact = self.contact.clone();
        let mut fields: SmallVec<[Field<'_>; 3]> = SmallVec::new();
        fields.push(("Contact", &contact));
        fields.push(("Refer-To", &target));
        if let Some(by) = &refer.referred_by {
            fields.push(("Referred-By", by));
        }
        if self.send(turn, Purpose::Refer, &Method::Refer, &fields, None).is_some() {
            self.refers.n_ours += 1;
            self.refers.ours_expire_at = Some(turn.now + SUBSCRIPTION);
        }
    }

    fn our_refer_ended(&mut self) {
        self.refers.n_ours = self.refers.n_ours.saturating_sub(1);
        if self.refers.n_ours == 0 {
            self.refers.ours_expire_at = None;
        }
        self.leave_if_told();
    }

    pub fn handle_refer_response(&mut self, turn: &mut Turn<'_>, response: &Response) {
        let status = response.status();
        let has_no_news = response.header(HeaderName::ReferSub).is_some_and(|value| value.trim() == "false");
        if status.0 >= 300 || has_no_news {
            self.our_refer_ended();
            self.emit(turn, Event::ReferProgressed { usage: self.id, status, ended: true });
        }
    }

    /// NOTIFY for a REFER of ours.
    pub fn handle_notify(&mut self, turn: &mut Turn<'_>, request: &Request, source: &Source) {
        if !is_refer(request) {
            return turn.respond_at_once(request, source, Status(489), &[("Allow-Events", "refer")]);
        }
        if self.refers.n_ours == 0 {
            return turn.respond_at_once(request, source, Status(481), &[]);
        }
        let state = request.header(HeaderName::SubscriptionState).unwrap_or_default();
        let status = parse_sipfrag(request.body());
        let ended = state.trim_start().starts_with("terminated") || status.is_some_and(|status| status.0 >= 200);
        turn.respond_at_once(request, source, Status(200), &[]);
        if ended {
            self.our_refer_ended();
        } else if let Some(secs) = expires_of(state) {
            self.refers.ours_expire_at = Some(turn.now + SUBSCRIPTION.max(Duration::from_secs(secs.into())));
        }
        let status = status.unwrap_or(if ended { Status(500) } else { Status(100) });
        self.emit(turn, Event::ReferProgressed { usage: self.id, status, ended });
    }
}

/// Whether a NOTIFY or SUBSCRIBE is about transfers.
pub(super) fn is_refer(request: &Request) -> bool {
    let event = request.header(HeaderName::Event).unwrap_or_default();
    event.split(';').next().is_some_and(|package| package.trim() == "refer")
}

/// How long a subscription lasts yet, from Subscription-State. RFC 6665 §8.2.3
fn expires_of(state: &str) -> Option<u32> {
    Params::new(state.split_once(';')?.1).find("expires")?.parse().ok()
}

/// The status of the first line of a sipfrag. RFC 3420
fn parse_sipfrag(body: &[u8]) -> Option<Status> {
    let line = std::str::from_utf8(body.get(..12)?).ok()?;
    let code: u16 = line.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()?;
    (100..700).contains(&code).then_some(Status(code))
}

/// Reads Refer-To with its URI headers, and Referred-By. RFC 3515 §2.1, RFC 3892 §2.1
/// What a REFER asks for; none unless it names one target. RFC 3515 §2.4.2
pub(crate) fn read_refer(request: &Request) -> Option<Refer> {
    let mut values = request.headers(HeaderName::ReferTo);
    let refer = parse_refer(values.next()?, request.header(HeaderName::ReferredBy))?;
    values.next().is_none().then_some(refer)
}

fn parse_refer(refer_to: &str, referred_by: Option<&str>) -> Option<Refer> {
    let value = refer_to.trim();
    let uri = match value.split_once('<') {
        Some((_, rest)) => {
            let (uri, params) = rest.split_once('>')?;
            let params = params.trim_start();
            // One target only. RFC 3515 §2.4.1
            (params.is_empty() || params.starts_with(';')).then_some(uri)?
        }
        None => value.split(';').next()?,
    };
    let (bare, headers) = uri.split_once('?').unwrap_or((uri, ""));
    let is_uri = bare.split_once(':').is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty());
    if !is_uri || bare.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let replaces = headers.split('&').find_map(|header| {
        let (name, value) = header.split_once('=')?;
        name.eq_ignore_ascii_case("Replaces").then(|| unescape(value))
    });
    let replaces = match replaces {
        Some(value) => Some(replaces::parse(&value?)?),
        None => None,
    };
    Some(Refer { uri: bare.to_owned(), replaces, referred_by: referred_by.map(str::to_owned) })
}

/// The Refer-To value of a REFER of ours.
fn refer_to_value(refer: &Refer) -> String {
    let Some(replaces) = &refer.replaces else { return format!("<{}>", refer.uri) };
    let early = if replaces.early_only { ";early-only" } else { "" };
    let value = format!("{};to-tag={};from-tag={}{early}", replaces.call_id, replaces.to_tag, replaces.from_tag);
    format!("<{}?Replaces={}>", refer.uri, escape(&value))
}

/// Escapes what may not stand in a header of a URI. RFC 3261 §25.1, hvalue
fn escape(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 16);
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'!' | b'~' | b'*' => {
                out.push(char::from(byte))
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Undoes `escape`, once; none when what comes out is not clean text.
fn unescape(value: &str) -> Option<String> {
    let mut out = Vec::with_capacity(value.len());
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
            let (high, low) = (digit(bytes.next())?, digit(bytes.next())?);
            out.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok().filter(|text| !text.contains(char::is_control))
}
