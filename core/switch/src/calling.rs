//! How a call begins: an INVITE from a trunk or from a user who proved to be one.

use std::sync::Arc;

use bytes::Bytes;
use media::LegId;
use media::sdp::{Codec, SrtpPolicy};
use phone::apps::attendant::Passage;
use phone::apps::queue::{self, OfferFailure};
use phone::directory::outbound::ANONYMOUS;
use phone::directory::{Destination, Tenant, Verdict};
use phone::id::{TenantId, TrunkId};
use phone::money::charging::Asked;
use phone::numbers::trunk::SrtpMode;
use phone::numbers::trunk::settings::{CallerNameSource, DtmfMode, EarlyMedia};
use phone::numbers::{E164, Trunk};
use phone::people::User;
use phone::record::Direction;
use sip::endpoint::{Body, Replaces, Status};
use sip::header::address::Address;
use sip::message::name::HeaderName;
use sip::{Request, Source, Transport};

use crate::call::{self, Activity, Call};
use crate::calling_back::{CallingBack, Offered};
use crate::inviting::DEFAULT_CODECS;
use crate::keeping::Kept;
use crate::leg::{Leg, Origin, Received, Terms, is_sdp};
use crate::limits;
use crate::node::Node;
use crate::output::{Change, Level};
use crate::party::{Party, Place};
use crate::pii::Pii;
use crate::record::Draft;
use crate::refusal::Refusal;
use crate::ringing::Fallback;
use crate::switch::Switch;
use crate::verifying::{Check, Verifying};

/// What an INVITE says, before it is opened.
struct Invitation {
    called: String,
    sip_call_id: String,
    body: Option<Body>,
    max_forwards: u8,
    replaces: Option<Replaces>,
}

impl Switch {
    /// A call from outside.
    pub(crate) fn begin_from_trunk(&mut self, request: Request, source: &Source, tenant: Arc<Tenant>, trunk: TrunkId) {
        let Some(settings) = tenant.trunks.get(&trunk).cloned() else { return };
        let mut invitation = Invitation::read(&request);
        // Where we are registered, calls come for the user name of the registration; To says for whom.
        if let Some(known) =
            settings.credentials.as_ref().filter(|_| settings.settings.register_expires_seconds.is_some())
            && known.user == invitation.called
            && let Some(called) = dialled_of_uri(request.to().uri())
        {
            invitation.called = called;
        }
        let party = caller_on_trunk(&tenant, &request, &settings);
        let node = &mut self.node;
        let terms = trunk_terms(&settings, node, source);
        if let Some(replaces) = invitation.replaces.clone() {
            return self.replace(request, source, tenant, invitation, &replaces, (party, terms));
        }
        let called = tenant.held_number(trunk, &invitation.called);
        let paid = called.and_then(|number| node.asked_inbound(&tenant, number, &settings, &party.number));
        let takes_turn = node.trunks.take_turn(node.now, &settings);
        let mut decisions = Vec::new();
        let called_back = called.and_then(|number| node.called_back(&tenant, number.number)).cloned();
        let start = if n_retargets(&request) > limits::RETARGETS_MAX {
            Err(Refusal::LOOP.with_rule())
        } else if invitation.body.is_none() && !settings.settings.allow_delayed_offer {
            Err(Refusal::NO_OFFER.with_rule())
        } else if let Some(user) = &called_back {
            let name = &user.display_name;
            decisions.push(format!(
                "{name} called for help with this number within the hour: who calls back reaches {name}"
            ));
            Ok(Destination::User { id: user.id })
        } else if !takes_turn || !node.trunk_has_room(&settings) {
            Err(Refusal::TRUNK_BUSY.with_rule())
        } else if called.is_some_and(|number| !node.lines.has_room(&tenant, number, Origin::Received, Some(trunk))) {
            Err(Refusal::NUMBER_BUSY.with_rule())
        } else {
            let verdict = tenant.inbound(trunk, &invitation.called, &party.number);
            decisions = verdict.reasons;
            let start = verdict.decision.map_err(Refusal::by_rule);
            let funded = node.judge_paid(tenant.profile.id, paid.as_ref());
            start.and_then(|start| funded.map(|()| start).map_err(|why| Refusal::unpaid_from_outside(&why)))
        };
        let line = called.map(|number| number.number);
        let paid = paid.filter(|_| start.is_ok());
        let is_checked = start.is_ok() && called_back.is_none();
        let check = if is_checked { Check::read(&request, &tenant, &settings, node) } else { None };
        let beginning = Beginning { party, line, paid, terms, start, decisions, check };
        self.begin(request, source, tenant, invitation, beginning);
    }

    /// A call from a user's phone. Who he says he is does not matter; who he proved to be does.
    pub(crate) fn begin_from_user(&mut self, request: Request, source: &Source, tenant: Arc<Tenant>, user: &User) {
        let invitation = Invitation::read(&request);
        let party = Party {
            number: user.extension.clone(),
            name: Some(user.display_name.clone()),
            place: Place::User(user.id),
        };
        let terms = Terms {
            codecs: DEFAULT_CODECS.to_vec(),
            srtp: SrtpPolicy::Accept,
            address: self.node.media_address(&source.reply_target()),
            signalled_from: Some(source.remote.ip()),
            webrtc: is_browser(source.transport),
            events: true,
        };
        if let Some(replaces) = &invitation.replaces {
            let replaces = replaces.clone();
            return self.replace(request, source, tenant, invitation, &replaces, (party, terms));
        }
        let Verdict { decision, reasons: decisions } = self.node.dial(&tenant, user.id, &invitation.called);
        let start = decision.map_err(Refusal::by_rule);
        let beginning = Beginning { party, line: None, paid: None, terms, start, decisions, check: None };
        self.begin(request, source, tenant, invitation, beginning);
    }

    /// A call that a queue wants: an agent is rung, who then calls the caller back.
    pub(crate) fn begin_callback(&mut self, tenant: TenantId, offered: Offered) {
        let node = &mut self.node;
        let there = node.directory.tenant(tenant).cloned().filter(|_| !node.draining);
        let Some(there) = there else {
            let Offered { request, agent, .. } = offered;
            let why = OfferFailure::Unreachable;
            return node.queue_event(tenant, queue::Event::AgentRefused { call: request, agent, why });
        };
        let id = node.new_call_id();
        let from = Party {
            number: offered.contact.shown.map_or("anonymous".to_owned(), |number| number.to_string()),
            name: there.queues.get(&offered.queue).map(|queue| queue.name.clone()),
            place: Place::User(offered.agent),
        };
        let draft = Draft::new(Direction::Outbound, &from, offered.contact.number.to_string(), node.now);
        let detail = format!("from={} to={}", Pii(&draft.from), Pii(&draft.to));
        node.log(Level::Info, "call begins", Some(id), detail);
        let call = Call {
            id,
            tenant: there,
            prompts: Arc::clone(&node.prompts),
            worker: node.choose_worker(tenant, [Some(offered.agent), None]),
            // Nobody yet: the first who answers.
            caller: LegId(0),
            legs: Vec::new(),
            codecs: Vec::new(),
            priority: None,
            waits_since: None,
            max_forwards: limits::MAX_FORWARDS,
            referred_by: None,
            passage: Passage::default(),
            draft,
            activity: Activity::Ending { until: node.now },
            kept: Kept::Nothing,
        };
        node.calling_back.insert(offered.request, id);
        node.changed(Change::Call { tenant, call: id });
        self.add_call(Box::new(call));
        self.with_call(id, |call, node| {
            call.activity = CallingBack::begin(call, node, offered);
            call.sweep(node);
        });
    }

    fn begin(
        &mut self,
        request: Request,
        source: &Source,
        tenant: Arc<Tenant>,
        invitation: Invitation,
        beginning: Beginning,
    ) {
        let Beginning { party, line, paid, terms, start, decisions, check } = beginning;
        let node = &mut self.node;
        let start = if node.draining { Err(Refusal::DRAINING.with_rule()) } else { start };
        let (offer, codecs, start) = match invitation.offer() {
            Ok(offer) => {
                let codecs = offer.as_ref().map(|offer| media::sdp::offered_codecs(offer)).unwrap_or_default();
                (offer, codecs, start)
            }
            Err(refusal) => (None, Vec::new(), start.and(Err(refusal))),
        };
        let id = node.new_call_id();
        let callee = start
            .as_ref()
            .ok()
            .and_then(|destination| if let Destination::User { id } = destination { Some(*id) } else { None });
        let worker = node.choose_worker(tenant.profile.id, [party.user(), callee]);
        let usage = node.endpoint.open_invite(node.now, request, source, &mut node.effects);
        let mut draft = Draft::new(direction(&party, &start), &party, invitation.called, node.now);
        draft.decisions = decisions;
        let detail = format!("from={} to={}", Pii(&draft.from), Pii(&draft.to));
        node.log(Level::Info, "call begins", Some(id), detail);
        let tenant_id = tenant.profile.id;
        let by = party.trunk().and_then(|trunk| tenant.trunks.get(&trunk));
        let takes_early_sound = by.is_none_or(|trunk| trunk.settings.early_media != EarlyMedia::Off);
        let leg = Leg::receive(
            node,
            Received {
                call: id,
                tenant: tenant_id,
                usage,
                party,
                line,
                paid,
                worker,
                terms,
                sip_call_id: invitation.sip_call_id,
                offer,
                takes_early_sound,
            },
        );
        let call = Call {
            id,
            tenant,
            prompts: Arc::clone(&node.prompts),
            worker,
            caller: leg.id,
            legs: vec![leg],
            codecs,
            priority: None,
            waits_since: None,
            max_forwards: invitation.max_forwards,
            referred_by: None,
            passage: Passage::default(),
            draft,
            activity: Activity::Ending { until: node.now },
            kept: Kept::Nothing,
        };
        node.changed(Change::Call { tenant: tenant_id, call: id });
        self.add_call(Box::new(call));
        self.with_call(id, |call, node| call.begin(node, start, check));
    }

    /// An INVITE that takes the place of a leg of ours. RFC 3891 §3
    fn replace(
        &mut self,
        request: Request,
        source: &Source,
        tenant: Arc<Tenant>,
        invitation: Invitation,
        replaces: &Replaces,
        (party, terms): (Party, Terms),
    ) {
        let node = &mut self.node;
        let named = node.endpoint.find(replaces).and_then(|usage| node.usages.get(&usage).copied());
        let call = named.and_then(|(id, leg)| Some((self.calls.get(&id)?.as_ref()?, leg)));
        // A trunk takes the place of its own calls only. Specification of calling, 3.3
        let may = |call: &Call, leg| {
            let replaced = call.leg(leg).map(|leg| leg.party.place);
            party.trunk().is_none_or(|trunk| replaced == Some(Place::Trunk(trunk)))
        };
        let found = call.filter(|(call, leg)| call.tenant_id() == tenant.profile.id && may(call, *leg));
        let found = found.map(|(call, leg)| (call.id, call.worker, leg));
        let usage = node.endpoint.open_invite(node.now, request, source, &mut node.effects);
        let (Some((call, worker, leg)), Ok(offer)) = (found, invitation.offer()) else {
            let refusal = Refusal::new(481, "the call to replace is not there");
            let reason = refusal.reason();
            node.endpoint.refuse(node.now, usage, Status(481), Some(&reason), &[], &mut node.effects);
            return;
        };
        let received = Received {
            call,
            tenant: tenant.profile.id,
            usage,
            party,
            line: None,
            paid: None,
            worker,
            terms,
            sip_call_id: invitation.sip_call_id,
            offer,
            takes_early_sound: true,
        };
        let by = Box::new(Leg::receive(node, received));
        node.call_input(call, call::Input::Replace { leg, by });
    }
}

/// What is known of a new call besides its INVITE.
struct Beginning {
    party: Party,
    /// The number of ours that was called from outside.
    line: Option<E164>,
    /// How it is paid for, if it is.
    paid: Option<Asked>,
    terms: Terms,
    start: Result<Destination, Refusal>,
    /// The rules behind that, one sentence each.
    decisions: Vec<String>,
    /// The signature of the caller's number, where that is looked at.
    check: Option<Check>,
}

impl Call {
    /// The first activity.
    fn begin(&mut self, node: &mut Node, start: Result<Destination, Refusal>, check: Option<Check>) {
        self.activity = match (start, check) {
            (Ok(destination), Some(check)) => Verifying::begin(self, node, destination, check),
            (Ok(destination), None) => self.enter(node, destination, Fallback::GiveUp),
            (Err(refusal), _) => self.give_up(node, refusal),
        };
        self.sweep(node);
    }
}

impl Invitation {
    fn read(request: &Request) -> Self {
        let body = (!request.body().is_empty()).then(|| Body {
            content_type: Bytes::copy_from_slice(request.content_type().unwrap_or_default().as_bytes()),
            bytes: request.body().clone(),
        });
        Self {
            called: dialled_of_uri(request.uri()).unwrap_or_default(),
            sip_call_id: request.call_id().to_owned(),
            body,
            max_forwards: request.max_forwards().unwrap_or(limits::MAX_FORWARDS).saturating_sub(1),
            replaces: request.replaces(),
        }
    }

    /// The offer, if there is one; a body that is none is refused.
    fn offer(&self) -> Result<Option<Bytes>, Refusal> {
        match &self.body {
            None => Ok(None),
            Some(body) if is_sdp(body) => Ok(Some(body.bytes.clone())),
            Some(_) => Err(Refusal::new(415, "only application/sdp is understood")),
        }
    }
}

fn direction(party: &Party, start: &Result<Destination, Refusal>) -> Direction {
    match (party.place, start) {
        (Place::Trunk(_), _) => Direction::Inbound,
        (Place::User(_), Ok(Destination::External(_))) => Direction::Outbound,
        (Place::User(_), _) => Direction::Internal,
    }
}

/// How often the call was sent on before it came here, as far as it tells. RFC 7044, RFC 5806
fn n_retargets(request: &Request) -> usize {
    let history = request.headers(HeaderName::HistoryInfo).count();
    history.max(request.headers(HeaderName::Diversion).count())
}

/// A carrier's word for who calls: the asserted identity before From, and nobody who wants to hide. RFC 3325 §9.1, RFC 3323
fn caller_on_trunk(tenant: &Tenant, request: &Request, trunk: &Trunk) -> Party {
    let place = Place::Trunk(trunk.id);
    let asserted = request.header(HeaderName::PAssertedIdentity).and_then(Address::parse);
    let privacy = request.headers(HeaderName::Privacy).flat_map(|value| value.split([';', ',']));
    let hides = { privacy }.any(|word| matches!(word.trim().to_ascii_lowercase().as_str(), "id" | "user" | "header"));
    if hides {
        return Party { number: ANONYMOUS.to_owned(), name: None, place };
    }
    let from = request.from();
    let name = match trunk.settings.caller_name_source {
        CallerNameSource::Display => {
            let of_from = from.display();
            let of_asserted = || asserted.as_ref().map(Address::display).unwrap_or_default();
            if of_from.is_empty() { of_asserted().into_owned() } else { of_from.into_owned() }
        }
        CallerNameSource::AssertedIdentity => asserted.as_ref().map(Address::display).unwrap_or_default().into_owned(),
        CallerNameSource::None => String::new(),
    };
    let caller = asserted.unwrap_or(from);
    let user = dialled_of_uri(caller.uri()).unwrap_or_default();
    let number = if user.is_empty() { ANONYMOUS.to_owned() } else { tenant.caller_on(trunk.id, &user) };
    Party { number, name: (!name.is_empty()).then_some(name), place }
}

fn trunk_terms(trunk: &Trunk, node: &Node, source: &Source) -> Terms {
    let codecs: Vec<Codec> = trunk.codecs.iter().filter_map(|name| Codec::from_name(name)).collect();
    Terms {
        codecs: if codecs.is_empty() { DEFAULT_CODECS.to_vec() } else { codecs },
        srtp: match trunk.srtp {
            SrtpMode::Off if is_browser(source.transport) => SrtpPolicy::Accept,
            SrtpMode::Off => SrtpPolicy::Off,
            SrtpMode::Preferred => SrtpPolicy::Accept,
            SrtpMode::Required => SrtpPolicy::Required,
        },
        address: node.media_address(&source.reply_target()),
        signalled_from: Some(source.remote.ip()),
        webrtc: is_browser(source.transport),
        events: trunk.settings.dtmf != DtmfMode::Info,
    }
}

/// Whether who speaks SIP over this is a browser: nothing else does. RFC 7118
pub(crate) fn is_browser(transport: Transport) -> bool {
    match transport {
        Transport::Ws | Transport::Wss => true,
        Transport::Tcp | Transport::Tls | Transport::Udp => false,
    }
}

/// The user part of a SIP URI or the number of a tel URI with its extension, unescaped. RFC 3966 §5.3
pub(crate) fn dialled_of_uri(uri: &str) -> Option<String> {
    let uri = sip::uri::Uri::parse(uri).ok()?;
    let user = uri.user_unescaped().map(std::borrow::Cow::into_owned).filter(|user| !user.is_empty())?;
    // In a SIP URI it is part of the user.
    Some(match uri.param("ext").filter(|_| uri.scheme() == sip::uri::Scheme::Tel) {
        Some(extension) => format!("{user};ext={extension}"),
        None => user,
    })
}
