//! A phone or a carrier: a small model of what stands at the other end, with a SIP endpoint of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use media::sdp::{Codec, Direction, Negotiation, Preferences, SrtpPolicy};
use media::{PortGrant, WorkerId};
use sip::Message;
use sip::endpoint::{
    Body, Config, Credentials, Effect, Event, ExtraHeader, OutgoingInvite, OutgoingRequest, Refer, Replaces, Status,
    UsageId,
};
use sip::message::name::HeaderName;
use sip::{Endpoint, Method, Request, Response, Source, Target, Transport};

/// What a peer does without being told.
#[derive(Clone, Debug)]
pub struct Manners {
    /// Sends 180 to a call.
    pub rings: bool,
    /// Sends 183 with a session description instead.
    pub early_media: bool,
    pub refuses: Option<u16>,
    /// As a registrar it wants a password first, and grants so many seconds.
    pub grants: Option<u32>,
    /// With its refusal it says that it takes nothing for so long.
    pub retry_after: Option<u32>,
    pub answers_after: Option<Duration>,
    pub hangs_up_after: Option<Duration>,
    pub codecs: Vec<Codec>,
    pub srtp: SrtpPolicy,
    /// Sends INVITEs without an offer.
    pub delays_offer: bool,
    /// Knows keys as events in the sound. RFC 4733
    pub takes_events: bool,
    /// Offers this session interval in seconds. RFC 4028
    pub session_secs: Option<u32>,
    /// How it answers when it is told how many messages wait.
    pub notify_status: u16,
    /// Says that it knows UPDATE. RFC 3311
    pub knows_update: bool,
    /// Listens for TCP.
    pub takes_streams: bool,
    /// Wants a password of who calls.
    pub wants_proof: bool,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            rings: true,
            early_media: false,
            refuses: None,
            grants: None,
            retry_after: None,
            answers_after: None,
            hangs_up_after: None,
            codecs: vec![Codec::Pcmu, Codec::Pcma],
            srtp: SrtpPolicy::Accept,
            delays_offer: false,
            takes_events: true,
            session_secs: None,
            notify_status: 200,
            knows_update: true,
            takes_streams: true,
            wants_proof: false,
        }
    }
}

/// Who a phone is at the switch.
#[derive(Clone, Debug)]
pub struct Account {
    pub user: String,
    pub password: String,
    pub domain: String,
}

/// One call of a peer.
#[derive(Debug)]
pub struct PeerCall {
    pub usage: UsageId,
    pub outgoing: bool,
    pub answered: bool,
    /// Where this call's sound comes in, and where the switch wants ours.
    port: u16,
    remote_port: Option<u16>,
    negotiation: Negotiation,
    offer: Option<Bytes>,
    local: Option<Bytes>,
    answer_at: Option<Instant>,
    hang_up_at: Option<Instant>,
    /// How the other side knows this dialog, for Replaces.
    dialog: Option<Replaces>,
}

/// A phone or a carrier.
pub struct Peer {
    pub name: &'static str,
    /// Who called last, as the phone shows it.
    pub caller_shown: String,
    pub address: SocketAddr,
    pub transport: Transport,
    pub account: Option<Account>,
    /// User name and password that it proves in place of the account's own.
    pub login: Option<(String, String)>,
    /// The names in its certificate, over TLS.
    pub certificate: Option<Arc<[String]>>,
    pub manners: Manners,
    /// The newest last.
    pub calls: Vec<PeerCall>,
    /// Heard by nobody, hears nobody.
    pub vanished: bool,
    /// So many of its next packets are lost, and of those to it.
    pub n_lost: u32,
    pub n_missed: u32,
    /// The last status of a REGISTER.
    pub registered: Option<u16>,
    /// The Contacts that were bound as of then.
    pub bound: Vec<String>,
    /// Statuses that NOTIFY brought of a transfer.
    pub transfer_progress: Vec<u16>,
    /// What it was told of messages that wait.
    pub summaries: Vec<String>,
    /// Packets of sound that reached this peer.
    pub heard: Vec<Vec<u8>>,
    n_said: u16,
    /// What it was asked as a registrar.
    pub registrations: Vec<Request>,
    /// Requests that began a call here, the newest last; how the newest came, and its bytes.
    pub invites: Vec<Request>,
    pub invited: Option<(Transport, Bytes)>,
    /// The newest response.
    pub response: Option<Response>,
    /// How calls ended that this peer made: the final status of a refusal.
    pub refusals: Vec<u16>,
    newest_dialog: Option<Replaces>,
    endpoint: Endpoint,
    us: SocketAddr,
    effects: Vec<Effect>,
    next_port: u16,
    n_seeds: u8,
}

impl Peer {
    pub fn new(name: &'static str, address: SocketAddr, us: SocketAddr, account: Option<Account>, seed: u8) -> Self {
        let t1 = Duration::from_millis(500);
        let config = Config {
            product: name.to_owned(),
            sent_by: address.to_string(),
            tls_name: None,
            t1,
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
        };
        Self {
            name,
            caller_shown: String::new(),
            address,
            transport: Transport::Udp,
            account,
            login: None,
            certificate: None,
            manners: Manners::default(),
            calls: Vec::new(),
            vanished: false,
            n_lost: 0,
            n_missed: 0,
            registered: None,
            bound: Vec::new(),
            transfer_progress: Vec::new(),
            summaries: Vec::new(),
            heard: Vec::new(),
            n_said: 0,
            registrations: Vec::new(),
            invites: Vec::new(),
            invited: None,
            response: None,
            refusals: Vec::new(),
            newest_dialog: None,
            endpoint: Endpoint::new(config, [seed; 32]),
            us,
            effects: Vec::new(),
            next_port: 40_000,
            n_seeds: 0,
        }
    }

    /// A session border controller: it has a certificate with these names, and calls itself so in Contact, or by its address.
    pub fn with_certificate(self, names: &[&str], contact: Option<&str>, seed: u8) -> Self {
        let t1 = Duration::from_millis(500);
        let config = Config {
            product: self.name.to_owned(),
            sent_by: self.address.to_string(),
            tls_name: contact.map(str::to_owned),
            t1,
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
        };
        Self {
            transport: Transport::Tls,
            certificate: Some(names.iter().map(|name| (*name).to_owned()).collect()),
            endpoint: Endpoint::new(config, [seed; 32]),
            ..self
        }
    }

    /// Messages to send, after whatever was done.
    pub fn take_packets(&mut self, now: Instant) -> Vec<(Target, Bytes)> {
        let mut packets = Vec::new();
        while !self.effects.is_empty() {
            for effect in std::mem::take(&mut self.effects) {
                match effect {
                    Effect::Transmit { .. } if self.n_lost > 0 => self.n_lost -= 1,
                    Effect::Transmit { target, packet } if self.manners.knows_update => packets.push((target, packet)),
                    Effect::Transmit { target, packet } => packets.push((target, without_update(&packet))),
                    Effect::Event(event) => self.handle_event(now, event),
                    // Peers speak over UDP, where nothing is looked up.
                    Effect::Resolve { .. } => {}
                }
            }
        }
        if self.vanished { Vec::new() } else { packets }
    }

    pub fn receive(&mut self, now: Instant, from: SocketAddr, transport: Transport, bytes: Bytes) {
        if self.vanished {
            return;
        }
        if self.n_missed > 0 {
            self.n_missed -= 1;
            return;
        }
        let source = Source { transport, remote: from, local: self.address, connection: None, verified_names: None };
        self.learn_dialog(&bytes);
        self.learn_invite(transport, &bytes);
        if self.hear_summary(&source, &bytes) {
            return;
        }
        self.endpoint.receive(now, &source, bytes, &mut self.effects);
    }

    fn learn_invite(&mut self, transport: Transport, bytes: &Bytes) {
        let Ok(Message::Request(request)) = Message::parse(bytes.clone()) else { return };
        let is_first = self.invites.last().is_none_or(|last| last.call_id() != request.call_id());
        if *request.method() == Method::Invite && request.to().tag().is_none() && is_first {
            self.invites.push(request);
            self.invited = Some((transport, bytes.clone()));
        }
    }

    /// A NOTIFY that tells how many messages wait: it is answered whatever the endpoint knows of subscriptions.
    fn hear_summary(&mut self, source: &Source, bytes: &Bytes) -> bool {
        let Ok(Message::Request(request)) = Message::parse(bytes.clone()) else { return false };
        let is_summary = request.content_type() == Some("application/simple-message-summary");
        if is_summary {
            self.summaries.push(String::from_utf8_lossy(request.body()).into_owned());
            let (status, effects) = (self.manners.notify_status, &mut self.effects);
            self.endpoint.reply_statelessly(&request, source, Status(status), &[], effects);
        }
        is_summary
    }

    /// Asks to be told how many messages wait.
    pub fn subscribe(&mut self, now: Instant, package: &str, secs: u32) {
        let Some(account) = self.account.clone() else { return };
        let aor = format!("sip:{}@{}", account.user, account.domain);
        let header = |name: &str, value: String| ExtraHeader { name: name.to_owned(), value };
        let request = OutgoingRequest {
            method: Method::Subscribe,
            uri: aor.clone(),
            from: format!("<{aor}>"),
            to: format!("<{aor}>"),
            contact_user: Some(account.user.clone()),
            targets: vec![self.target()],
            headers: vec![header("Event", package.to_owned()), header("Expires", secs.to_string())],
            body: None,
            credentials: self.credentials(),
        };
        self.endpoint.request(now, request, &mut self.effects);
    }

    /// An early dialog has a name too, and a hasty person transfers to it.
    fn learn_dialog(&mut self, bytes: &Bytes) {
        let Ok(Message::Response(response)) = Message::parse(bytes.clone()) else { return };
        if response.cseq().method == Method::Invite && response.to().tag().is_some() {
            self.newest_dialog = Some(dialog_of(&response));
        }
        self.response = Some(response);
    }

    pub fn next_deadline(&self) -> Option<Instant> {
        let own = self.calls.iter().flat_map(|call| [call.answer_at, call.hang_up_at]).flatten();
        own.chain(self.endpoint.next_deadline()).min()
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        self.endpoint.handle_timeout(now, &mut self.effects);
        let due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        let answers: Vec<UsageId> =
            self.calls.iter().filter(|call| due(call.answer_at)).map(|call| call.usage).collect();
        for usage in answers {
            self.answer_call(now, usage);
        }
        let hang_ups: Vec<UsageId> =
            self.calls.iter().filter(|call| due(call.hang_up_at)).map(|call| call.usage).collect();
        for usage in hang_ups {
            self.end(now, usage);
        }
    }

    pub fn census(&self) -> sip::endpoint::Census {
        self.endpoint.census()
    }

    /// Calls that ring here.
    pub fn n_ringing(&self) -> usize {
        self.calls.iter().filter(|call| !call.outgoing && !call.answered).count()
    }

    fn credentials(&self) -> Option<Credentials> {
        let account = self.account.as_ref()?;
        let own = (account.user.clone(), account.password.clone());
        let (user, password) = self.login.clone().unwrap_or(own);
        Some(Credentials { realm: None, user, password })
    }

    // ---- what a person does

    pub fn register(&mut self, now: Instant, expires_secs: u32) {
        let Some(account) = self.account.clone() else { return };
        let aor = format!("<sip:{}@{}>", account.user, account.domain);
        let request = OutgoingRequest {
            method: Method::Register,
            uri: format!("sip:{}", account.domain),
            from: aor.clone(),
            to: aor,
            contact_user: Some(account.user.clone()),
            targets: vec![self.target()],
            headers: vec![ExtraHeader { name: "Expires".to_owned(), value: expires_secs.to_string() }],
            body: None,
            credentials: self.credentials(),
        };
        self.endpoint.request(now, request, &mut self.effects);
    }

    /// Registers what these header fields say, and no Contact but theirs.
    pub fn register_as(&mut self, now: Instant, headers: Vec<ExtraHeader>) {
        let (from, domain) = self.identity();
        let request = OutgoingRequest {
            method: Method::Register,
            uri: format!("sip:{domain}"),
            to: from.clone(),
            from,
            contact_user: None,
            targets: vec![self.target()],
            headers,
            body: None,
            credentials: self.credentials(),
        };
        self.endpoint.request(now, request, &mut self.effects);
    }

    /// Sends a request outside any dialog, with or without credentials.
    pub fn request(&mut self, now: Instant, method: Method, to: &str) {
        self.request_with(now, method, to, Vec::new());
    }

    /// Asks for a transfer of no call.
    pub fn refer_outside(&mut self, now: Instant, to: &str) {
        let refer_to = ExtraHeader { name: "Refer-To".to_owned(), value: format!("<sip:{to}@{}>", self.identity().1) };
        self.request_with(now, Method::Refer, to, vec![refer_to]);
    }

    fn request_with(&mut self, now: Instant, method: Method, to: &str, headers: Vec<ExtraHeader>) {
        let (from, domain) = self.identity();
        let request = OutgoingRequest {
            method,
            uri: format!("sip:{to}@{domain}"),
            from,
            to: format!("<sip:{to}@{domain}>"),
            contact_user: None,
            targets: vec![self.target()],
            headers,
            body: None,
            credentials: self.credentials(),
        };
        self.endpoint.request(now, request, &mut self.effects);
    }

    /// Calls a number.
    pub fn dial(&mut self, now: Instant, number: &str) {
        self.dial_with(now, number, Vec::new());
    }

    /// Calls with further headers, such as Replaces.
    pub fn dial_with(&mut self, now: Instant, number: &str, headers: Vec<ExtraHeader>) {
        let (from, domain) = self.identity();
        let port = self.next_port;
        let mut negotiation = self.new_negotiation();
        let local = (!self.manners.delays_offer).then(|| Bytes::from(negotiation.offer(Direction::SendAndReceive)));
        let invite = OutgoingInvite {
            uri: format!("sip:{number}@{domain}"),
            from,
            to: format!("<sip:{number}@{domain}>"),
            contact_user: self.name.to_owned(),
            targets: vec![self.target()],
            body: local.clone().map(|local| sdp_body(local, &self.manners)),
            headers,
            credentials: self.credentials(),
            max_forwards: 70,
            session_secs: self.manners.session_secs,
            offers_reliable: true,
        };
        let usage = self.endpoint.invite(now, invite, &mut self.effects);
        self.calls.push(PeerCall {
            usage,
            outgoing: true,
            answered: false,
            port,
            remote_port: None,
            negotiation,
            offer: None,
            local,
            answer_at: None,
            hang_up_at: None,
            dialog: None,
        });
    }

    /// Answers the newest call that rings.
    pub fn answer(&mut self, now: Instant) {
        let ringing = self.calls.iter().rev().find(|call| !call.outgoing && !call.answered).map(|call| call.usage);
        let usage = ringing.unwrap_or_else(|| panic!("no call rings at {}", self.name));
        self.answer_call(now, usage);
    }

    /// Refuses the newest call that rings.
    pub fn refuse(&mut self, now: Instant, status: u16) {
        let index = self.calls.iter().rposition(|call| !call.outgoing && !call.answered);
        let call = self.calls.remove(index.unwrap_or_else(|| panic!("no call rings at {}", self.name)));
        self.endpoint.refuse(now, call.usage, Status(status), None, &[], &mut self.effects);
    }

    /// Hangs up the newest call, whatever its state.
    pub fn hang_up(&mut self, now: Instant) {
        let usage = self.newest().usage;
        self.end(now, usage);
    }

    /// Offers anew, to hold (`SendOnly`) or to talk again.
    pub fn reoffer(&mut self, now: Instant, direction: Direction) {
        let call = self.calls.last_mut().unwrap_or_else(|| panic!("a call is expected"));
        let local = Bytes::from(call.negotiation.offer(direction));
        call.local = Some(local.clone());
        self.endpoint.reoffer(now, call.usage, Some(sdp_body(local, &self.manners)), &mut self.effects);
    }

    /// Transfers call `index` (0 is the oldest) to a number.
    pub fn refer(&mut self, now: Instant, index: usize, number: &str) {
        let domain = self.identity().1;
        let refer = Refer { uri: format!("sip:{number}@{domain}"), replaces: None, referred_by: None };
        let usage = self.calls.get(index).unwrap_or_else(|| panic!("there is no call {index}")).usage;
        self.endpoint.refer(now, usage, &refer, &mut self.effects);
    }

    /// Transfers call `index` to the party of call `other`, which this peer dialled.
    pub fn refer_attended(&mut self, now: Instant, index: usize, other: usize) {
        let domain = self.identity().1;
        let known = self.calls.get(other).and_then(|call| call.dialog.clone());
        let replaces = known.or_else(|| self.newest_dialog.clone());
        let refer = Refer { uri: format!("sip:other@{domain}"), replaces, referred_by: None };
        let usage = self.calls.get(index).unwrap_or_else(|| panic!("there is no call {index}")).usage;
        self.endpoint.refer(now, usage, &refer, &mut self.effects);
    }

    /// Transfers call `index` to a party whose call is over, as the dialog that this phone heard of last names it.
    pub fn refer_to_lost(&mut self, now: Instant, index: usize) {
        self.refer_attended(now, index, usize::MAX);
    }

    /// Sends a body in INFO.
    pub fn info(&mut self, now: Instant, content_type: &'static str, body: &'static str) {
        let usage = self.newest().usage;
        let body = Body {
            content_type: Bytes::from_static(content_type.as_bytes()),
            bytes: Bytes::from_static(body.as_bytes()),
        };
        self.endpoint.info(now, usage, body, &mut self.effects);
    }

    /// The dialog of a call that this peer dialled, as the switch names it.
    pub fn dialog(&self, index: usize) -> Option<&Replaces> {
        self.calls.get(index).and_then(|call| call.dialog.as_ref())
    }

    /// The ports of the newest call's sound: ours, and that of the switch.
    pub fn sound_ports(&self) -> Option<(u16, u16)> {
        let call = self.calls.last()?;
        Some((call.port, call.remote_port?))
    }

    /// The next packet of what this peer says: its voice is its name's first letter.
    pub fn next_sound(&mut self) -> Vec<u8> {
        let voice = self.voice();
        self.rtp(0, &[voice; 160])
    }

    /// The payload byte that tells this peer's voice.
    pub fn voice(&self) -> u8 {
        self.name.as_bytes().first().copied().unwrap_or(b'?')
    }

    /// How many of the packets heard since the last question carry this voice, and how many others there were.
    pub fn take_heard(&mut self, voice: u8) -> (usize, usize) {
        let heard = std::mem::take(&mut self.heard);
        let n_voice =
            heard.iter().filter(|packet| packet.get(12..).is_some_and(|sound| sound.contains(&voice))).count();
        (n_voice, heard.len() - n_voice)
    }

    /// An RTP packet in this peer's one stream. RFC 3550 §5.1
    pub fn rtp(&mut self, payload_type: u8, payload: &[u8]) -> Vec<u8> {
        self.n_said = self.n_said.wrapping_add(1);
        let timestamp = u32::from(self.n_said) * 160;
        let mut packet = vec![0x80, payload_type];
        packet.extend(self.n_said.to_be_bytes());
        packet.extend(timestamp.to_be_bytes());
        packet.extend([0, 0, 0, self.voice()]);
        packet.extend(payload);
        packet
    }

    fn newest(&self) -> &PeerCall {
        self.calls.last().unwrap_or_else(|| panic!("{} has no call", self.name))
    }

    fn end(&mut self, now: Instant, usage: UsageId) {
        let Some(index) = self.calls.iter().position(|call| call.usage == usage) else { return };
        let call = self.calls.remove(index);
        match (call.outgoing, call.answered) {
            (true, false) => self.endpoint.cancel(now, usage, None, &mut self.effects),
            (false, false) => self.endpoint.refuse(now, usage, Status(603), None, &[], &mut self.effects),
            (_, true) => self.endpoint.bye(now, usage, None, &mut self.effects),
        }
    }

    fn answer_call(&mut self, now: Instant, usage: UsageId) {
        let hang_up_at = self.manners.hangs_up_after.map(|after| now + after);
        let Some(call) = self.calls.iter_mut().find(|call| call.usage == usage) else { return };
        call.answered = true;
        call.answer_at = None;
        call.hang_up_at = hang_up_at;
        let local = match (&call.local, &call.offer) {
            (Some(local), _) => local.clone(),
            (None, Some(offer)) => match call.negotiation.answer(offer, None, Direction::SendAndReceive) {
                Ok((local, _)) => Bytes::from(local),
                Err(_) => {
                    self.endpoint.refuse(now, usage, Status(488), None, &[], &mut self.effects);
                    self.calls.retain(|call| call.usage != usage);
                    return;
                }
            },
            (None, None) => Bytes::from(call.negotiation.offer(Direction::SendAndReceive)),
        };
        call.local = Some(local.clone());
        self.endpoint.accept(now, usage, &[], Some(sdp_body(local, &self.manners)), &mut self.effects);
    }

    // ---- what happens to it

    fn handle_event(&mut self, now: Instant, event: Event) {
        match event {
            Event::Requested { request, source } => self.requested(now, request, &source),
            Event::Responded { status, response, .. } => {
                self.registered = Some(status.0);
                let contacts = response.iter().flat_map(|response| response.headers(HeaderName::Contact));
                self.bound = contacts.map(str::to_owned).collect();
            }
            Event::Progressed { usage, body, .. } => self.take_answer(usage, body),
            Event::OfferedEarly { usage, body, .. } => {
                let answer = self.calls.iter_mut().find(|call| call.usage == usage).and_then(|call| {
                    let (local, _) = call.negotiation.answer(&body.bytes, None, Direction::SendAndReceive).ok()?;
                    call.local.insert(Bytes::from(local)).clone().into()
                });
                let answer = answer.map(|local| sdp_body(local, &self.manners));
                self.endpoint.answer_early_offer(now, usage, answer, &mut self.effects);
            }
            Event::Answered { usage, body, response } => {
                let dialog = dialog_of(&response);
                let hang_up_at = self.manners.hangs_up_after.map(|after| now + after);
                let mut answer = None;
                if let Some(call) = self.calls.iter_mut().find(|call| call.usage == usage) {
                    call.answered = true;
                    call.dialog = Some(dialog);
                    call.hang_up_at = hang_up_at;
                    if let (None, Some(offer)) = (&call.local, &body) {
                        let answered = call.negotiation.answer(&offer.bytes, None, Direction::SendAndReceive);
                        answer = answered.ok().map(|(local, _)| sdp_body(Bytes::from(local), &self.manners));
                    }
                }
                if answer.is_none() {
                    self.take_answer(usage, body);
                }
                self.endpoint.acknowledge(now, usage, answer, &mut self.effects);
            }
            Event::Refused { usage, status, .. } => {
                self.refusals.push(status.0);
                self.calls.retain(|call| call.usage != usage);
            }
            Event::Cancelled { usage, .. } | Event::Ended { usage, .. } => {
                self.calls.retain(|call| call.usage != usage);
            }
            Event::Acknowledged { usage, body } => self.take_answer(usage, body),
            Event::Reoffered { usage, body, .. } => self.reoffered(now, usage, body),
            Event::ReofferAnswered { usage, body, .. } => self.take_answer(usage, body),
            Event::Referred { usage, .. } => {
                self.endpoint.answer_refer(now, usage, Status(603), &mut self.effects);
            }
            Event::ReferProgressed { status, .. } => self.transfer_progress.push(status.0),
            Event::Informed { .. } | Event::ProvisionallyAcknowledged { .. } => {}
        }
    }

    fn requested(&mut self, now: Instant, request: sip::Request, source: &Source) {
        if *request.method() == Method::Register
            && let Some(secs) = self.manners.grants
        {
            let header = |name: &str, value: &str| ExtraHeader { name: name.to_owned(), value: value.to_owned() };
            let challenge = header("WWW-Authenticate", "Digest realm=\"carrier.example\", nonce=\"n1\", algorithm=MD5");
            let (status, header) = match request.header(HeaderName::Authorization) {
                Some(_) => (200, header("Expires", &secs.to_string())),
                None => (401, challenge),
            };
            self.registrations.push(request.clone());
            return self.endpoint.reply_statelessly(&request, source, Status(status), &[header], &mut self.effects);
        }
        if *request.method() != Method::Invite {
            let server = self.endpoint.open(now, request, source);
            self.endpoint.respond(now, server, Status(200), &[], None, &mut self.effects);
            return;
        }
        if self.manners.wants_proof && request.header(HeaderName::Authorization).is_none() {
            let value = "Digest realm=\"carrier.example\", nonce=\"n1\", algorithm=SHA-256, qop=\"auth\"".to_owned();
            let challenge = ExtraHeader { name: "WWW-Authenticate".to_owned(), value };
            return self.endpoint.reply_statelessly(&request, source, Status(401), &[challenge], &mut self.effects);
        }
        let offer = (!request.body().is_empty()).then(|| request.body().clone());
        request.from_value().clone_into(&mut self.caller_shown);
        let usage = self.endpoint.open_invite(now, request, source, &mut self.effects);
        if let Some(status) = self.manners.refuses {
            let header = |secs: u32| ExtraHeader { name: "Retry-After".to_owned(), value: secs.to_string() };
            let headers: Vec<ExtraHeader> = self.manners.retry_after.map(header).into_iter().collect();
            self.endpoint.refuse(now, usage, Status(status), None, &headers, &mut self.effects);
            return;
        }
        let port = self.next_port;
        let remote_port = offer.as_deref().and_then(sound_port);
        let mut negotiation = self.new_negotiation();
        let mut local = None;
        if let (true, Some(offer)) = (self.manners.early_media, &offer) {
            local =
                negotiation.answer(offer, None, Direction::SendAndReceive).ok().map(|(local, _)| Bytes::from(local));
        }
        match (&local, self.manners.rings) {
            (Some(local), _) => {
                let body = Some(sdp_body(local.clone(), &self.manners));
                self.endpoint.progress(now, usage, Status(183), &[], body, &mut self.effects);
            }
            (None, true) => self.endpoint.progress(now, usage, Status(180), &[], None, &mut self.effects),
            (None, false) => {}
        }
        self.calls.push(PeerCall {
            usage,
            outgoing: false,
            answered: false,
            port,
            remote_port,
            negotiation,
            offer,
            local,
            answer_at: self.manners.answers_after.map(|after| now + after),
            hang_up_at: None,
            dialog: None,
        });
        if self.manners.answers_after == Some(Duration::ZERO) {
            self.answer_call(now, usage);
        }
    }

    fn take_answer(&mut self, usage: UsageId, body: Option<Body>) {
        let Some(call) = self.calls.iter_mut().find(|call| call.usage == usage) else { return };
        if let (Some(body), true) = (body, call.local.is_some()) {
            call.remote_port = sound_port(&body.bytes).or(call.remote_port);
            // A repeated answer is no answer to a new offer; the negotiation says so, and that is fine.
            let _ = call.negotiation.accept_answer(&body.bytes);
        }
    }

    fn reoffered(&mut self, now: Instant, usage: UsageId, body: Option<Body>) {
        let Some(call) = self.calls.iter_mut().find(|call| call.usage == usage) else { return };
        let local = match &body {
            Some(offer) => match call.negotiation.answer(&offer.bytes, None, Direction::SendAndReceive) {
                Ok((local, _)) => Bytes::from(local),
                Err(_) => return self.endpoint.answer_reoffer(now, usage, Status(488), None, &mut self.effects),
            },
            None => Bytes::from(call.negotiation.offer(Direction::SendAndReceive)),
        };
        call.local = Some(local.clone());
        self.endpoint.answer_reoffer(now, usage, Status(200), Some(sdp_body(local, &self.manners)), &mut self.effects);
    }

    fn new_negotiation(&mut self) -> Negotiation {
        let grant = PortGrant { worker: WorkerId(0), rtp_port: self.next_port };
        self.next_port = if self.next_port >= 60_000 { 40_000 } else { self.next_port + 2 };
        self.n_seeds = self.n_seeds.wrapping_add(1);
        let preferences =
            Preferences { codecs: self.manners.codecs.clone(), srtp: SrtpPolicy::Accept, address: self.address.ip() };
        Negotiation::new(preferences, grant, [self.n_seeds; 32])
    }

    fn identity(&self) -> (String, String) {
        match &self.account {
            Some(account) => {
                (format!("\"{}\" <sip:{}@{}>", self.name, account.user, account.domain), account.domain.clone())
            }
            None => (format!("<sip:+15550100@{}>", self.address.ip()), self.us.to_string()),
        }
    }

    fn target(&self) -> Target {
        Target {
            transport: self.transport,
            remote: self.us,
            connection: None,
            server_name: None,
            local: Some(self.address),
        }
    }
}

/// The Replaces header field that names a dialog.
pub fn replaces_header(dialog: &Replaces) -> ExtraHeader {
    let value = format!("{};to-tag={};from-tag={}", dialog.call_id, dialog.to_tag, dialog.from_tag);
    ExtraHeader { name: HeaderName::Replaces.as_str().to_owned(), value }
}

fn sound_port(description: &[u8]) -> Option<u16> {
    let text = str::from_utf8(description).ok()?;
    text.lines().find_map(|line| line.strip_prefix("m=audio ")?.split(' ').next()?.parse().ok())
}

fn dialog_of(response: &sip::Response) -> Replaces {
    Replaces {
        call_id: response.call_id().to_owned(),
        to_tag: response.to().tag().unwrap_or_default().to_owned(),
        from_tag: response.from().tag().unwrap_or_default().to_owned(),
        early_only: false,
    }
}

/// A description without telephone events, as an old phone writes it.
fn without_events(description: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(description);
    let events: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("telephone-event"))
        .filter_map(|line| line.strip_prefix("a=rtpmap:")?.split(' ').next())
        .collect();
    let is_of_events = |line: &str| {
        let number = line.strip_prefix("a=rtpmap:").or_else(|| line.strip_prefix("a=fmtp:"));
        number.and_then(|rest| rest.split(' ').next()).is_some_and(|number| events.contains(&number))
    };
    let mut out = String::new();
    for line in text.lines().filter(|line| !is_of_events(line)) {
        let is_media = line.starts_with("m=");
        let words: Vec<&str> = line.split(' ').filter(|word| !is_media || !events.contains(word)).collect();
        out.push_str(&words.join(" "));
        out.push_str("\r\n");
    }
    out.into_bytes()
}

/// A message that does not say that its sender knows UPDATE.
fn without_update(packet: &[u8]) -> Bytes {
    String::from_utf8_lossy(packet).replace(", UPDATE", "").into()
}

fn sdp_body(description: Bytes, manners: &Manners) -> Body {
    let bytes = if manners.takes_events { description } else { without_events(&description).into() };
    Body { content_type: Bytes::from_static(b"application/sdp"), bytes }
}

/// What the switch stores of a password.
pub fn ha1(user: &str, realm: &str, password: &str) -> phone::people::user::Ha1 {
    let ha1 = sip::digest::Ha1::new(user, realm, password);
    phone::people::user::Ha1 { md5: ha1.md5, sha256: ha1.sha256 }
}
