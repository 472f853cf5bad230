//! A leg: one dialog, its sound and the party at its other end.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use media::quality::Quality;
use media::sdp::{Codec, Direction, Negotiation, Preferences, SrtpPolicy};
use media::{LegId, Order, PortGrant, Session, WorkerId};
use phone::id::{CallId, QueueId, TenantId};
use phone::money::charging::Asked;
use phone::numbers::E164;
use sip::endpoint::{Body, ExtraHeader, Reason, Status, UsageId};

use crate::inviting::{DEFAULT_CODECS, order_codecs};
use crate::keeping::KeptLeg;
use crate::location;
use crate::node::Node;
use crate::party::{Party, Place};
use crate::paying::Paying;
use crate::refusal::Refusal;

/// One leg of a call. When it is over it stays until the media thread's last word, for the record.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) id: LegId,
    pub(crate) tenant: TenantId,
    pub(crate) usage: UsageId,
    pub(crate) origin: Origin,
    pub(crate) party: Party,
    /// The number of ours that a trunk's call came in for or shows.
    line: Option<E164>,
    pub(crate) worker: WorkerId,
    pub(crate) state: State,
    /// Set for an agent whom a queue offered the call.
    pub(crate) offer: Option<QueueOffer>,
    /// When we hang up a leg that is needed no more, if its peer has not done so.
    pub(crate) leaves_at: Option<Instant>,
    pub(crate) history: History,
    /// Whether sound is heard before the answer.
    pub(crate) takes_early_sound: bool,
    /// Set while somebody pays for it.
    pub(crate) paying: Option<Paying>,
    terms: Terms,
    exchange: Exchange,
    sound: Option<Sound>,
}

/// Who sent the INVITE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Received,
    Sent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    Trying,
    Ringing,
    Answered,
    Over,
}

/// The queue that offered the call to this leg's agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct QueueOffer {
    pub(crate) queue: QueueId,
    pub(crate) connected: bool,
}

/// When what happened, for the record.
#[derive(Clone, Debug)]
pub(crate) struct History {
    pub(crate) sip_call_id: String,
    pub(crate) began_at: Instant,
    pub(crate) rang_at: Option<Instant>,
    pub(crate) answered_at: Option<Instant>,
    pub(crate) ended_at: Option<Instant>,
    pub(crate) status: Option<u16>,
    pub(crate) quality: Option<Quality>,
    pub(crate) encrypted: bool,
    pub(crate) codec: Option<Codec>,
}

/// What a leg may negotiate.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) codecs: Vec<Codec>,
    pub(crate) srtp: SrtpPolicy,
    /// Ours, where the peer sends its sound.
    pub(crate) address: IpAddr,
    /// Where the peer's signalling comes from, to tell a NAT.
    pub(crate) signalled_from: Option<IpAddr>,
    /// Whether what we offer is for a browser.
    pub(crate) webrtc: bool,
    /// Whether keys may travel as events in the sound; else by INFO.
    pub(crate) events: bool,
}

/// Where offer and answer stand. RFC 3264
#[derive(Clone, Debug)]
enum Exchange {
    /// The peer wants our offer.
    Asked,
    /// The peer's offer waits for our answer.
    Offered(Bytes),
    /// We offered and wait for the answer.
    Offering,
    Settled,
}

#[derive(Debug)]
struct Sound {
    negotiation: Negotiation,
    /// Our description that is in force or offered.
    local: Bytes,
    /// The peer's description that was read last, to know a repeated one.
    remote: Bytes,
}

/// How a received INVITE's leg begins.
pub(crate) struct Received {
    pub(crate) call: CallId,
    pub(crate) tenant: TenantId,
    pub(crate) usage: UsageId,
    pub(crate) party: Party,
    pub(crate) line: Option<E164>,
    /// How it is paid for, if it is.
    pub(crate) paid: Option<Asked>,
    pub(crate) worker: WorkerId,
    pub(crate) terms: Terms,
    pub(crate) sip_call_id: String,
    pub(crate) offer: Option<Bytes>,
    /// Whether the caller may hear something before the answer.
    pub(crate) takes_early_sound: bool,
}

/// How a leg that we ring begins.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) call: CallId,
    pub(crate) tenant: TenantId,
    pub(crate) party: Party,
    pub(crate) line: Option<E164>,
    /// How it is paid for, if it is.
    pub(crate) paid: Option<Asked>,
    pub(crate) worker: WorkerId,
    pub(crate) terms: Terms,
    /// Whether plain sound will do for a peer that does not understand the encryption asked for.
    pub(crate) srtp_preferred: bool,
    pub(crate) offer: Option<QueueOffer>,
    /// Whether sound is heard before the answer.
    pub(crate) takes_early_sound: bool,
    /// Goes into the body beside the session description, with the domain that names it.
    pub(crate) location: Option<(Bytes, String)>,
    /// The body is filled in from the terms.
    pub(crate) invite: sip::endpoint::OutgoingInvite,
}

impl Leg {
    /// The leg of an INVITE that was opened.
    pub(crate) fn receive(node: &mut Node, begin: Received) -> Self {
        let id = node.new_leg_id();
        node.usages.insert(begin.usage, (begin.call, id));
        node.legs.insert(id, begin.call);
        match begin.party.place {
            Place::User(user) => node.begin_user_call(begin.tenant, user, begin.worker),
            Place::Trunk(trunk) => node.enter_trunk(trunk),
        }
        if let Some(line) = begin.line {
            node.lines.enter(begin.tenant, line, Origin::Received);
        }
        // What can't be paid for was refused before its leg began.
        let paying = node.reserve(begin.tenant, (begin.call, id), begin.paid).unwrap_or_default();
        Self {
            id,
            tenant: begin.tenant,
            usage: begin.usage,
            origin: Origin::Received,
            party: begin.party,
            line: begin.line,
            worker: begin.worker,
            state: State::Trying,
            offer: None,
            leaves_at: None,
            takes_early_sound: begin.takes_early_sound,
            history: History::begin(node.now, begin.sip_call_id),
            paying,
            terms: begin.terms,
            exchange: begin.offer.map_or(Exchange::Asked, Exchange::Offered),
            sound: None,
        }
    }

    /// Sends an INVITE with an offer.
    pub(crate) fn send(node: &mut Node, begin: Sent) -> Result<Self, Refusal> {
        let id = node.new_leg_id();
        let paying = node.reserve(begin.tenant, (begin.call, id), begin.paid)?;
        let Some(grant) = node.ports.take(begin.worker) else {
            node.void(begin.tenant, paying);
            return Err(Refusal::NO_PORTS);
        };
        let mut negotiation = begin.terms.negotiation(node, grant);
        let local = Bytes::from(negotiation.offer(Direction::SendAndReceive));
        node.order(begin.worker, Order::Open { leg: id, grant, session: None });
        let mut invite = begin.invite;
        invite.body = Some(match &begin.location {
            Some((location, domain)) => location::with_location(&local, location, domain),
            None => sdp_body(local.clone()),
        });
        let usage = node.endpoint.invite(node.now, invite, &mut node.effects);
        let sip_call_id = node.endpoint.call_id(usage).unwrap_or_default().to_owned();
        node.usages.insert(usage, (begin.call, id));
        node.legs.insert(id, begin.call);
        match (begin.party.place, begin.offer) {
            (Place::User(user), None) => node.begin_user_call(begin.tenant, user, begin.worker),
            (Place::User(_), Some(_)) => {}
            (Place::Trunk(trunk), _) => node.enter_trunk(trunk),
        }
        if let Some(line) = begin.line {
            node.lines.enter(begin.tenant, line, Origin::Sent);
        }
        Ok(Self {
            id,
            tenant: begin.tenant,
            usage,
            origin: Origin::Sent,
            party: begin.party,
            line: begin.line,
            worker: begin.worker,
            state: State::Trying,
            offer: begin.offer,
            leaves_at: None,
            takes_early_sound: begin.takes_early_sound,
            history: History::begin(node.now, sip_call_id),
            paying,
            terms: begin.terms,
            exchange: Exchange::Offering,
            sound: Some(Sound { negotiation, local, remote: Bytes::new() }),
        })
    }

    /// Goes on with the caller's leg of a process before: offers anew, and the answer makes its sound. None if what was kept
    /// can't be read, or there is no port.
    pub(crate) fn resume(
        node: &mut Node,
        (call, tenant): (CallId, TenantId),
        worker: WorkerId,
        kept: KeptLeg,
    ) -> Option<Self> {
        let grant = node.ports.take(worker)?;
        let Some(usage) = node.endpoint.resume(node.now, &kept.usage) else {
            node.ports.release(grant);
            return None;
        };
        let id = node.new_leg_id();
        node.usages.insert(usage, (call, id));
        node.legs.insert(id, call);
        match kept.party.place {
            Place::User(user) => node.begin_user_call(tenant, user, worker),
            Place::Trunk(trunk) => node.enter_trunk(trunk),
        }
        if let Some(line) = kept.line {
            node.lines.enter(tenant, line, Origin::Received);
        }
        let flow = &kept.usage.dialog.flow;
        let terms = Terms {
            codecs: order_codecs(&[kept.codec], DEFAULT_CODECS),
            srtp: if kept.is_encrypted { SrtpPolicy::Required } else { SrtpPolicy::Off },
            address: node.media_address(flow),
            signalled_from: Some(flow.remote.ip()),
            webrtc: false,
            events: kept.takes_events,
        };
        let mut negotiation = terms.negotiation(node, grant);
        negotiation.go_on_from(kept.origin);
        let local = Bytes::from(negotiation.offer(Direction::SendAndReceive));
        node.order(worker, Order::Open { leg: id, grant, session: None });
        node.endpoint.reoffer(node.now, usage, Some(sdp_body(local.clone())), &mut node.effects);
        let answered_at = node.clock.instant(node.now, kept.answered_at);
        let history = History {
            answered_at: Some(answered_at),
            status: Some(200),
            ..History::begin(answered_at, kept.usage.call_id)
        };
        Some(Self {
            id,
            tenant,
            usage,
            origin: Origin::Received,
            party: kept.party,
            line: kept.line,
            worker,
            state: State::Answered,
            offer: None,
            leaves_at: None,
            takes_early_sound: true,
            history,
            paying: None,
            terms,
            exchange: Exchange::Offering,
            sound: Some(Sound { negotiation, local, remote: Bytes::new() }),
        })
    }

    /// What another process needs to go on with an answered caller. None for one who pays: what was reserved ends with this
    /// process.
    pub(crate) fn keep(&self, node: &Node, max_forwards: u8) -> Option<KeptLeg> {
        let sound = self.sound.as_ref()?;
        let session = sound.negotiation.session()?;
        let may = self.origin == Origin::Received && self.is_answered() && self.paying.is_none();
        let usage = node.endpoint.keep(self.usage).filter(|_| may)?;
        Some(KeptLeg {
            party: self.party.clone(),
            line: self.line,
            answered_at: node.clock.wall(self.history.answered_at?),
            codec: session.codec(),
            is_encrypted: session.is_encrypted(),
            takes_events: self.terms.events,
            origin: sound.negotiation.origin(),
            max_forwards,
            usage,
        })
    }

    /// Names our last description.
    pub(crate) fn sdp_origin(&self) -> Option<(u64, u64)> {
        self.sound.as_ref().map(|sound| sound.negotiation.origin())
    }

    /// The number of ours that a trunk's call came in for or shows.
    pub(crate) fn line(&self) -> Option<E164> {
        self.line
    }

    pub(crate) fn is_over(&self) -> bool {
        self.state == State::Over
    }

    pub(crate) fn is_answered(&self) -> bool {
        self.state == State::Answered
    }

    /// Over, and the media thread said its last word (or never had a first one).
    pub(crate) fn is_closed(&self) -> bool {
        self.is_over() && self.sound.is_none()
    }

    pub(crate) fn session(&self) -> Option<&Session> {
        self.sound.as_ref().and_then(|sound| sound.negotiation.session())
    }

    pub(crate) fn codec(&self) -> Option<Codec> {
        self.session().map(Session::codec)
    }

    /// Whether the peer put us on hold: it does not want to hear us.
    pub(crate) fn holds(&self) -> bool {
        self.session().is_some_and(|session| match session.direction() {
            Direction::Inactive | Direction::ReceiveOnly => true,
            Direction::SendAndReceive | Direction::SendOnly => false,
        })
    }

    // ---- a leg that was received, before its answer

    /// 180 or another provisional answer without sound.
    pub(crate) fn ring(&mut self, node: &mut Node, status: Status) {
        if self.state == State::Trying && self.origin == Origin::Received {
            self.state = State::Ringing;
            self.history.rang_at = Some(node.now);
            node.endpoint.progress(node.now, self.usage, status, &[], None, &mut node.effects);
        }
    }

    /// 183 with our answer, so that early media can flow. False while the peer waits for an offer of ours, which goes
    /// into the 200 only.
    pub(crate) fn ring_with_sound(&mut self, node: &mut Node, prefer: Option<Codec>) -> Result<bool, Refusal> {
        if self.origin != Origin::Received || self.state > State::Ringing {
            return Ok(true);
        }
        match self.exchange {
            Exchange::Asked | Exchange::Offering => return Ok(false),
            Exchange::Offered(_) if !self.takes_early_sound => return Ok(false),
            Exchange::Settled => return Ok(true),
            Exchange::Offered(_) => {}
        }
        let body = self.describe(node, prefer)?;
        self.state = State::Ringing;
        self.history.rang_at.get_or_insert(node.now);
        node.endpoint.progress(node.now, self.usage, Status(183), &[], Some(body), &mut node.effects);
        Ok(true)
    }

    /// 200 with our description.
    pub(crate) fn accept(&mut self, node: &mut Node, prefer: Option<Codec>) -> Result<(), Refusal> {
        if self.origin != Origin::Received || self.state > State::Ringing {
            return Ok(());
        }
        let body = self.describe(node, prefer)?;
        self.state = State::Answered;
        self.history.answered_at = Some(node.now);
        self.history.status = Some(200);
        node.endpoint.accept(node.now, self.usage, &[], Some(body), &mut node.effects);
        self.begin_paying(node);
        Ok(())
    }

    /// Our description: the answer to the peer's offer, our own offer, or what we said already.
    fn describe(&mut self, node: &mut Node, prefer: Option<Codec>) -> Result<Body, Refusal> {
        if let Some(sound) = &self.sound {
            return Ok(sdp_body(sound.local.clone()));
        }
        let grant = node.ports.take(self.worker).ok_or(Refusal::NO_PORTS)?;
        let mut negotiation = self.terms.negotiation(node, grant);
        let (local, session, remote) = match &self.exchange {
            Exchange::Offered(offer) => match negotiation.answer(offer, prefer, Direction::SendAndReceive) {
                Ok((local, session)) => (Bytes::from(local), Some(session), offer.clone()),
                Err(why) => {
                    node.ports.release(grant);
                    return Err(Refusal::from(why));
                }
            },
            Exchange::Asked | Exchange::Offering | Exchange::Settled => {
                (Bytes::from(negotiation.offer(Direction::SendAndReceive)), None, Bytes::new())
            }
        };
        self.exchange = if session.is_some() { Exchange::Settled } else { Exchange::Offering };
        node.order(self.worker, Order::Open { leg: self.id, grant, session });
        self.sound = Some(Sound { negotiation, local: local.clone(), remote });
        self.note_session();
        Ok(sdp_body(local))
    }

    // ---- offers and answers at any time

    /// Reads the peer's answer, wherever it came. The same one again changes nothing; without one, what is in force stays.
    pub(crate) fn take_answer(&mut self, node: &mut Node, body: Option<&Body>) -> Result<(), Refusal> {
        let Some(sound) = &mut self.sound else { return Ok(()) };
        let Some(body) = body else {
            return if sound.negotiation.session().is_some() { Ok(()) } else { Err(Refusal::NOT_ACCEPTABLE) };
        };
        if !is_sdp(body) || sound.remote == body.bytes {
            return Ok(());
        }
        let session = sound.negotiation.accept_answer(&body.bytes)?;
        sound.remote = body.bytes.clone();
        self.exchange = Exchange::Settled;
        node.order(self.worker, Order::SetSession { leg: self.id, session });
        self.note_session();
        Ok(())
    }

    /// Whether an answer to an offer of ours is still to come.
    pub(crate) fn awaits_answer(&self) -> bool {
        matches!(self.exchange, Exchange::Offering)
    }

    /// Answers a re-INVITE or UPDATE by this leg's own negotiation. Sessions change at once, dialogs of other legs don't.
    pub(crate) fn answer_reoffer(&mut self, node: &mut Node, body: Option<&Body>) {
        let answer = match (&mut self.sound, body) {
            (None, _) => Err(Refusal::NOT_ACCEPTABLE),
            (Some(sound), None) => {
                sound.local = Bytes::from(sound.negotiation.offer(Direction::SendAndReceive));
                self.exchange = Exchange::Offering;
                Ok((sound.local.clone(), None))
            }
            (Some(_), Some(body)) if !is_sdp(body) => Err(Refusal::new(415, "only application/sdp is understood")),
            (Some(sound), Some(body)) => {
                let prefer = sound.negotiation.session().map(Session::codec);
                match sound.negotiation.answer(&body.bytes, prefer, Direction::SendAndReceive) {
                    Ok((local, session)) => {
                        sound.local = Bytes::from(local);
                        sound.remote = body.bytes.clone();
                        Ok((sound.local.clone(), Some(session)))
                    }
                    Err(why) => Err(Refusal::from(why)),
                }
            }
        };
        let (status, body) = match answer {
            Ok((local, session)) => {
                if let Some(session) = session {
                    node.order(self.worker, Order::SetSession { leg: self.id, session });
                    self.note_session();
                }
                (Status(200), Some(sdp_body(local)))
            }
            Err(refusal) => (refusal.status(), None),
        };
        node.endpoint.answer_reoffer(node.now, self.usage, status, body, &mut node.effects);
    }

    /// Answers an offer that came in a PRACK. RFC 3262 §5
    pub(crate) fn answer_prack(&mut self, node: &mut Node, body: &Body) {
        let answer = match &mut self.sound {
            Some(sound) if is_sdp(body) => {
                let prefer = sound.negotiation.session().map(Session::codec);
                sound.negotiation.answer(&body.bytes, prefer, Direction::SendAndReceive).ok()
            }
            Some(_) | None => None,
        };
        let body = answer.map(|(local, session)| {
            let local = Bytes::from(local);
            if let Some(sound) = &mut self.sound {
                sound.local = local.clone();
            }
            node.order(self.worker, Order::SetSession { leg: self.id, session });
            sdp_body(local)
        });
        self.note_session();
        node.endpoint.answer_prack(node.now, self.usage, body, &mut node.effects);
    }

    /// Takes the sound to another media thread; what is ordered of it from now on is ordered there.
    pub(crate) fn move_to(&mut self, node: &mut Node, worker: WorkerId) {
        if worker == self.worker || self.is_over() {
            return;
        }
        if self.sound.is_some() {
            node.ports.shift(self.worker, worker);
            node.order(worker, Order::Expect { leg: self.id });
            node.order(self.worker, Order::Move { leg: self.id, to: worker });
        }
        self.worker = worker;
    }

    // ---- the end

    /// Ends the leg from our side: BYE, CANCEL, or for a caller not answered yet `refusal`'s status.
    pub(crate) fn hang_up(&mut self, node: &mut Node, refusal: Option<&Refusal>, reason: Option<&Reason>) {
        if self.is_over() {
            return;
        }
        if self.origin == Origin::Received && self.state < State::Answered {
            let refusal = refusal.cloned().unwrap_or(Refusal::NO_ANSWER);
            self.history.status = Some(refusal.status);
            let reason = refusal.reason();
            let value = || refusal.q850_reason();
            let of_network = self.party.trunk().filter(|_| reason.protocol == "SIP");
            let of_network = of_network.map(|_| ExtraHeader { name: "Reason".to_owned(), value: value() });
            let (usage, status) = (self.usage, refusal.status());
            node.endpoint.refuse(node.now, usage, status, Some(&reason), of_network.as_slice(), &mut node.effects);
        } else {
            node.endpoint.bye(node.now, self.usage, reason, &mut node.effects);
        }
        self.end(node);
    }

    /// Takes note that the dialog is over: closes the sound and gives back what the leg held.
    pub(crate) fn end(&mut self, node: &mut Node) {
        if self.is_over() {
            return;
        }
        self.state = State::Over;
        self.history.ended_at = Some(node.now);
        self.stop_paying(node);
        node.usages.remove(&self.usage);
        if self.sound.is_some() {
            node.order(self.worker, Order::Close { leg: self.id });
        } else {
            node.legs.remove(&self.id);
        }
        if let Some(line) = self.line {
            node.lines.leave(self.tenant, line, self.origin);
        }
        match (self.party.place, self.offer) {
            (Place::Trunk(trunk), _) => node.leave_trunk(trunk),
            (Place::User(user), None) => node.end_user_call(self.tenant, user),
            (Place::User(agent), Some(QueueOffer { queue, connected: true })) => {
                node.queue_event(self.tenant, phone::apps::queue::Event::AgentReleased { agent, queue });
            }
            (Place::User(_), Some(QueueOffer { connected: false, .. })) => {}
        }
    }

    /// The media thread's last word.
    pub(crate) fn close(&mut self, node: &mut Node, quality: Quality) {
        self.history.quality = Some(quality);
        self.sound = None;
        node.legs.remove(&self.id);
    }

    /// The media thread did not say its last word in time; its ports come back when it does.
    pub(crate) fn give_up_closing(&mut self, node: &mut Node) {
        self.sound = None;
        node.legs.remove(&self.id);
    }

    fn note_session(&mut self) {
        if let Some(session) = self.sound.as_ref().and_then(|sound| sound.negotiation.session()) {
            self.history.codec = Some(session.codec());
            self.history.encrypted = session.is_encrypted();
        }
    }
}

impl History {
    fn begin(now: Instant, sip_call_id: String) -> Self {
        Self {
            sip_call_id,
            began_at: now,
            rang_at: None,
            answered_at: None,
            ended_at: None,
            status: None,
            quality: None,
            encrypted: false,
            codec: None,
        }
    }
}

impl Terms {
    fn negotiation(&self, node: &mut Node, grant: PortGrant) -> Negotiation {
        let preferences = Preferences { codecs: self.codecs.clone(), srtp: self.srtp, address: self.address };
        let mut negotiation = Negotiation::new(preferences, grant, node.seed());
        if let Some(signalled_from) = self.signalled_from {
            negotiation.set_signalled_from(signalled_from);
        }
        if let Some(certificate) = &node.config.certificate {
            negotiation.allow_webrtc(Arc::clone(certificate));
        }
        if !self.events {
            negotiation.without_events();
        }
        if self.webrtc {
            negotiation.offer_webrtc();
        }
        negotiation
    }
}

impl From<media::sdp::Unacceptable> for Refusal {
    fn from(why: media::sdp::Unacceptable) -> Self {
        use media::sdp::Unacceptable;
        match why {
            Unacceptable::Malformed => Self::new(400, "the session description can't be read"),
            Unacceptable::NoCommonCodec => Self::new(488, "no common codec"),
            Unacceptable::EncryptionRequired => Self::new(488, "encryption is required"),
            Unacceptable::AnswerDoesNotFit => Self::new(488, "the answer does not fit the offer"),
        }
    }
}

/// Whether a body is a session description.
pub(crate) fn is_sdp(body: &Body) -> bool {
    let kind = body.content_type.split(|byte| *byte == b';').next().unwrap_or_default();
    kind.trim_ascii().eq_ignore_ascii_case(b"application/sdp")
}

fn sdp_body(bytes: Bytes) -> Body {
    Body { content_type: Bytes::from_static(b"application/sdp"), bytes }
}
