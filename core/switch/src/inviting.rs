//! What the INVITE to a phone or a trunk says: who calls, whom, with which codecs, and where it goes.

use media::sdp::{Codec, SrtpPolicy};
use phone::directory::External;
use phone::directory::outbound::{ANONYMOUS, Attempt};
use phone::numbers::Trunk;
use phone::numbers::trunk::settings::{
    DtmfMode, EarlyMedia, IpVersion, Prack, PrivacyPolicy, SessionTimer, TrunkSettings,
};
use phone::numbers::trunk::{SrtpMode, TrunkTransport};
use phone::policies::Holder;
use sip::endpoint::{Credentials, ExtraHeader, OutgoingInvite};
use sip::{Target, Transport};

use crate::call::Call;
use crate::calling::is_browser;
use crate::leg::{QueueOffer, Sent, Terms};
use crate::limits;
use crate::location;
use crate::node::Node;
use crate::party::{self, Party, Place};
use crate::registering::Phone;

/// `label` is shown before the caller's name: whose call it is, or what it is about.
pub(crate) fn to_phone(
    call: &Call,
    node: &Node,
    party: Party,
    phone: Phone,
    offer: Option<QueueOffer>,
    label: Option<&str>,
) -> Sent {
    let domain = &call.tenant.profile.sip_domain;
    let caller = call.leg(call.caller).map(|caller| seen_by(call, &party, &caller.party));
    let (from, asserted) = match caller.map(|caller| caller.labelled(label)) {
        Some(caller) => (caller.address(domain), Some(caller.asserted(domain))),
        // Who is to be called back is not there yet, and shown all the same.
        None => (party::name_addr(call.draft.from_name.as_deref(), &call.draft.to, domain), None),
    };
    let referred_by = call.referred_by.clone();
    let referred_by = referred_by.map(|value| ExtraHeader { name: "Referred-By".to_owned(), value });
    let secure = phone.target.transport.is_secure();
    let of_caller = || call.leg(call.caller).filter(|caller| caller.party.trunk().is_some());
    let checked = call.draft.signature.as_ref().filter(|_| of_caller().is_some());
    let verstat = checked
        .map(|checked| ExtraHeader { name: "X-Verstat".to_owned(), value: checked.verstat().as_str().to_owned() });
    Sent {
        call: call.id,
        tenant: call.tenant_id(),
        worker: call.worker,
        terms: Terms {
            codecs: order_codecs(&call.codecs, DEFAULT_CODECS),
            srtp: if secure { SrtpPolicy::Required } else { SrtpPolicy::Accept },
            address: node.media_address(&phone.target),
            signalled_from: Some(phone.target.remote.ip()),
            webrtc: is_browser(phone.target.transport),
            events: true,
        },
        srtp_preferred: true,
        offer,
        takes_early_sound: true,
        line: None,
        location: None,
        paid: None,
        invite: OutgoingInvite {
            uri: phone.uri,
            from,
            to: party.address(domain),
            contact_user: party.number.clone(),
            targets: vec![phone.target],
            body: None,
            headers: asserted.into_iter().chain(referred_by).chain(verstat).collect(),
            credentials: None,
            max_forwards: call.max_forwards,
            session_secs: Some(limits::SESSION_SECS),
            offers_reliable: true,
        },
        party,
    }
}

/// A caller as a person's phone shows them: nobody from outside, where the person's caller ID policy says so.
fn seen_by(call: &Call, callee: &Party, caller: &Party) -> Party {
    let (tenant, user) = (&call.tenant, callee.user());
    let holder = Holder { user, number: user.and_then(|user| tenant.number_of_user(user)), site: None };
    let is_hidden = caller.trunk().is_some()
        && tenant.routing.policies.caller_id.of(holder, &tenant.groups).1.block_incoming_pstn_caller_id;
    match is_hidden {
        true => Party { number: ANONYMOUS.to_owned(), name: None, place: caller.place },
        false => caller.clone(),
    }
}

/// What one trunk is asked, with the numbers as it gets them.
pub(crate) fn to_trunk(
    call: &Call,
    node: &Node,
    trunk: &Trunk,
    external: &External,
    attempt: &Attempt,
    targets: Vec<Target>,
) -> Sent {
    let number = attempt.called.number.clone();
    let Identity { from, mut headers, contact_user } = identity(call, trunk, external, attempt);
    // An operator's trunk carries calls of many: it is told of which, and what to call this one when it speaks of it.
    if call.tenant.lent.contains_key(&trunk.id) {
        let header = |name: &str, value: String| ExtraHeader { name: name.to_owned(), value };
        headers.push(header("X-Tenant-Id", call.tenant_id().to_string()));
        headers.push(header("X-Platform-Call-Id", call.id.to_string()));
    }
    headers.extend(required(&trunk.settings));
    let domain = &call.tenant.profile.sip_domain;
    let location = external.location.as_ref().filter(|_| trunk.settings.pidf_lo_supported).map(|location| {
        headers.extend(location::headers(domain));
        let entity = format!("pres:{contact_user}@{domain}");
        (location::document(location, &entity), domain.clone())
    });
    let host = host_told(call, trunk);
    let address = targets.first().map_or(node.config.route_address, |target| node.media_address(target));
    let codecs: Vec<Codec> = trunk.codecs.iter().filter_map(|name| Codec::from_name(name)).collect();
    Sent {
        call: call.id,
        tenant: call.tenant_id(),
        worker: call.worker,
        terms: Terms {
            codecs: order_codecs(&call.codecs, if codecs.is_empty() { DEFAULT_CODECS } else { &codecs }),
            srtp: match trunk.srtp {
                SrtpMode::Off => SrtpPolicy::Off,
                SrtpMode::Preferred | SrtpMode::Required => SrtpPolicy::Required,
            },
            address,
            signalled_from: targets.first().map(|target| target.remote.ip()),
            webrtc: false,
            events: trunk.settings.dtmf != DtmfMode::Info,
        },
        srtp_preferred: trunk.srtp == SrtpMode::Preferred,
        offer: None,
        takes_early_sound: trunk.settings.early_media != EarlyMedia::Off,
        line: external.caller_id,
        location,
        paid: node.asked_outbound(&call.tenant, trunk, external),
        invite: OutgoingInvite {
            uri: party::sip_uri(&number, &host),
            from,
            to: party::name_addr(None, &number, &host),
            contact_user,
            targets,
            body: None,
            headers,
            credentials: trunk.credentials.as_ref().map(|known| Credentials {
                realm: known.realm.clone(),
                user: known.user.clone(),
                password: known.password.clone(),
            }),
            max_forwards: call.max_forwards,
            session_secs: (trunk.settings.session_timer != SessionTimer::Off).then_some(limits::SESSION_SECS),
            offers_reliable: trunk.settings.prack != Prack::Off,
        },
        party: Party { number, name: None, place: Place::Trunk(trunk.id) },
    }
}

/// Extensions without which the trunk is not called. RFC 3262 §4, RFC 4028 §7.1
fn required(settings: &TrunkSettings) -> Option<ExtraHeader> {
    let prack = (settings.prack == Prack::Required).then_some("100rel");
    let timer = (settings.session_timer == SessionTimer::Require).then_some("timer");
    let tags: Vec<&str> = prack.into_iter().chain(timer).collect();
    (!tags.is_empty()).then(|| ExtraHeader { name: "Require".to_owned(), value: tags.join(", ") })
}

/// The host and port that a trunk is called by for this organization.
fn host_told(call: &Call, trunk: &Trunk) -> String {
    match trunk.settings.derived_hosts {
        true => {
            let host = trunk.host_of(&call.tenant.profile.slug);
            trunk.port.map_or_else(|| host.clone(), |port| format!("{host}:{port}"))
        }
        false => host_and_port(trunk),
    }
}

/// Who calls, as a trunk is told.
struct Identity {
    from: String,
    headers: Vec<ExtraHeader>,
    contact_user: String,
}

/// Specification of calling, 3.8.5; RFC 3323, RFC 3325, RFC 5806, RFC 7044.
fn identity(call: &Call, trunk: &Trunk, external: &External, attempt: &Attempt) -> Identity {
    let domain = &call.tenant.profile.sip_domain;
    let settings = &trunk.settings;
    let header = |name: &str, value: String| ExtraHeader { name: name.to_owned(), value };
    let (from, contact_user) = match &attempt.calling {
        Some(calling) => {
            (party::name_addr(name_shown(call, external).as_deref(), &calling.number, domain), calling.number.clone())
        }
        None => (party::name_addr(Some("Anonymous"), ANONYMOUS, "anonymous.invalid"), ANONYMOUS.to_owned()),
    };
    let mut headers = Vec::new();
    let real = external.caller_id.filter(|_| settings.forward_pai);
    match (&attempt.calling, real, settings.privacy_policy) {
        (_, Some(line), PrivacyPolicy::Keep) | (Some(_), Some(line), _) => {
            let asserted = party::name_addr(None, &line.to_string(), domain);
            headers.push(header("P-Asserted-Identity", format!("<tel:{line}>, {asserted}")));
            headers.push(header("Privacy", "id".to_owned()));
        }
        (Some(_), None, _) => headers.push(header("P-Asserted-Identity", from.clone())),
        (None, _, PrivacyPolicy::Keep | PrivacyPolicy::Anonymize) => headers.push(header("Privacy", "id".to_owned())),
        (None, _, PrivacyPolicy::Remove) => {}
    }
    if settings.forward_call_history
        && let Some(by) = forwarded_by(call)
    {
        let uri = party::sip_uri(&by, domain);
        let onward = party::sip_uri(&attempt.called.number, &host_told(call, trunk));
        headers.push(header("Diversion", format!("<{uri}>;reason=unconditional")));
        let moved = "?Reason=SIP%3Bcause%3D302%3Btext%3D%22Moved%20Temporarily%22";
        headers.push(header("History-Info", format!("<{uri}{moved}>;index=1, <{onward}>;index=1.1")));
    }
    Identity { from, headers, contact_user }
}

/// The number that a call from outside was for, which goes outside again.
fn forwarded_by(call: &Call) -> Option<String> {
    let caller = call.leg(call.caller).filter(|caller| caller.party.trunk().is_some())?;
    Some(caller.line()?.to_string())
}

/// The name beside the number that is shown: the policy's, or that of who calls if the number is theirs.
fn name_shown(call: &Call, external: &External) -> Option<String> {
    let caller = call.leg(call.caller).map(|leg| &leg.party);
    let of_caller = caller.filter(|caller| match caller.place {
        Place::User(_) => true,
        Place::Trunk(_) => external.shown.number.as_deref() == Some(&caller.number),
    });
    external.shown.name.clone().or_else(|| of_caller?.name.clone())
}

/// What a phone is offered when nothing else says it: best sound first.
pub(crate) const DEFAULT_CODECS: &[Codec] = &[Codec::Opus, Codec::G722, Codec::Pcmu, Codec::Pcma];

/// Those allowed, the caller's first in the caller's order.
/// What is allowed, the callers' first.
pub(crate) fn order_codecs(callers: &[Codec], allowed: &[Codec]) -> Vec<Codec> {
    let mut codecs: Vec<Codec> = callers.iter().copied().filter(|codec| allowed.contains(codec)).collect();
    for codec in allowed {
        if !codecs.contains(codec) {
            codecs.push(*codec);
        }
    }
    codecs
}

/// Those addresses of a trunk that are of the version of its settings, if there is one: our descriptions name one address of
/// ours, which peers of the other version can't read.
pub(crate) fn of_version(trunk: &Trunk, mut targets: Vec<Target>) -> Vec<Target> {
    let is_of_version = |target: &Target| target.remote.is_ipv4() == (trunk.settings.ip_version == IpVersion::Ipv4);
    if targets.iter().any(is_of_version) {
        targets.retain(is_of_version);
    }
    targets
}

pub(crate) fn transport_of(trunk: &Trunk) -> Transport {
    match trunk.transport {
        TrunkTransport::Tcp => Transport::Tcp,
        TrunkTransport::Tls => Transport::Tls,
        TrunkTransport::Udp => Transport::Udp,
    }
}

/// The trunk's address, if its host is one and needs no look-up.
pub(crate) fn address_of(trunk: &Trunk) -> Option<Target> {
    let host = trunk.host.trim_start_matches('[').trim_end_matches(']');
    let ip = host.parse().ok()?;
    let transport = transport_of(trunk);
    let port = trunk.port.unwrap_or(if transport.is_secure() { 5061 } else { 5060 });
    let server_name = transport.is_secure().then(|| trunk.host.clone());
    Some(Target { transport, remote: std::net::SocketAddr::new(ip, port), connection: None, server_name, local: None })
}

pub(crate) fn host_and_port(trunk: &Trunk) -> String {
    let bare_v6 = trunk.host.contains(':') && !trunk.host.starts_with('[');
    let host = if bare_v6 { format!("[{}]", trunk.host) } else { trunk.host.clone() };
    match trunk.port {
        Some(port) => format!("{host}:{port}"),
        None => host,
    }
}
