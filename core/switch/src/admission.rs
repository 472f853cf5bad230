//! Who is this, and what may he ask? Everybody who proved nothing is a stranger, and strangers are cheap: they get one
//! bounded answer, no state and no port.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use phone::access::phone_credentials::{Holder, Key, UserName};
use phone::directory::{Named, Tenant};
use phone::id::{TenantId, TrunkId};
use phone::people::User;
use sip::digest::Ha1;
use sip::digest::authorization::Authorization;
use sip::digest::challenger::{Challenger, Freshness, Verdict, strongest_for};
use sip::endpoint::{ALLOW, ExtraHeader, Status};
use sip::header::address::Address;
use sip::message::name::HeaderName;
use sip::penalty::{Penalties, Penalty, network};
use sip::{Method, Request, Source};

use crate::calling::{dialled_of_uri, is_browser};
use crate::clock::Clock;
use crate::input::Load;
use crate::limits;
use crate::node::Node;
use crate::output::Level;
use crate::recent::Recent;
use crate::subscribing::{SUBSCRIPTION_SECS_MIN, SUMMARY};
use crate::switch::Switch;
use crate::view;

/// What is known of strangers.
#[derive(Debug)]
pub(crate) struct Admission {
    challenger: Challenger,
    penalties: Penalties,
    challenges: Bucket,
    others: Bucket,
    /// Challenges that each source may still get, as of when.
    by_source: Recent<IpAddr, (f64, Instant)>,
    /// Where a password was shown lately, and whose.
    proved: Recent<SocketAddr, TenantId>,
    /// Compared with for a user who does not exist, so that it takes as long.
    nobody: Ha1,
    /// What the passwords of phones in browsers follow from.
    phone_key: Key,
    n_refused: u64,
}

/// Who sent a request.
enum Sender {
    Stranger(Welcome),
    Trunk { tenant: Arc<Tenant>, trunk: TrunkId },
    User { tenant: Arc<Tenant>, user: Arc<User> },
}

/// Who somebody says to be, and what has to be shown for it.
struct Claim {
    sender: Sender,
    ha1: Ha1,
    /// None for a password that is good until it is changed.
    expires_at: Option<Timestamp>,
}

/// What a stranger gets.
enum Welcome {
    Challenge {
        tenant: TenantId,
        freshness: Freshness,
    },
    /// No domain of ours, or he guessed too often.
    Forbid,
    /// A session border controller with a certificate of a trunk, and a Contact that does not name it.
    Misnamed,
}

/// What a method means from a certain kind of sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Duty {
    /// 200.
    Answer,
    Call,
    /// Say who you are first.
    Prove,
    Refuse(u16),
    Register,
    Subscribe,
}

/// Method by kind of sender. There is no way past this table.
struct Row {
    trunk: Duty,
    user: Duty,
    stranger: Duty,
}

fn row(method: &Method) -> Row {
    let (trunk, user) = match method {
        Method::Invite => (Duty::Call, Duty::Call),
        Method::Options => (Duty::Answer, Duty::Answer),
        Method::Register => (Duty::Refuse(405), Duty::Register),
        Method::Subscribe => (Duty::Refuse(489), Duty::Subscribe),
        Method::Publish | Method::Other(_) => (Duty::Refuse(405), Duty::Refuse(405)),
        // Served, but only within a call: 405 would deny what Allow says. RFC 3515 §2.4.2
        Method::Message => (Duty::Refuse(403), Duty::Refuse(403)),
        Method::Refer => (Duty::Refuse(403), Duty::Refuse(603)),
        Method::Ack | Method::Bye | Method::Cancel | Method::Info | Method::Notify | Method::Prack | Method::Update => {
            (Duty::Refuse(481), Duty::Refuse(481))
        }
    };
    Row { trunk, user, stranger: Duty::Prove }
}

impl Admission {
    pub(crate) fn new(now: Instant, key: [u8; 32], nobody: Ha1, phone_key: Key) -> Self {
        Self {
            challenger: Challenger::new(now, key),
            penalties: Penalties::new(),
            challenges: Bucket::new(now, limits::CHALLENGES_PER_SEC),
            others: Bucket::new(now, limits::STRANGER_ANSWERS_PER_SEC),
            by_source: Recent::new(now, refilled_after(), limits::SOURCES_MAX),
            proved: Recent::new(now, limits::PROVED_FOR, limits::SOURCES_MAX),
            nobody,
            phone_key,
            n_refused: 0,
        }
    }

    /// Requests of strangers that got no more than a refusal or a challenge.
    pub(crate) fn n_refused_total(&self) -> u64 {
        self.n_refused
    }

    /// Whose phone showed a password from this address lately.
    pub(crate) fn proved(&self, remote: SocketAddr) -> Option<TenantId> {
        self.proved.get(&remote)
    }

    /// Whether one more stranger is answered with something that is no challenge.
    pub(crate) fn may_answer(&mut self, now: Instant) -> bool {
        self.others.take(now)
    }

    /// Whether one more challenge goes to this address.
    fn may_challenge(&mut self, now: Instant, address: IpAddr) -> bool {
        if self.challenges_left(now, address) < 1.0 || !self.challenges.take(now) {
            return false;
        }
        self.credit(now, address, -1.0);
        true
    }

    fn credit(&mut self, now: Instant, address: IpAddr, n: f64) {
        let left = (self.challenges_left(now, address) + n).min(f64::from(limits::CHALLENGES_PER_SOURCE_MAX));
        self.by_source.set(now, network(address), (left, now));
    }

    fn challenges_left(&self, now: Instant, address: IpAddr) -> f64 {
        let n_max = f64::from(limits::CHALLENGES_PER_SOURCE_MAX);
        let Some((left, as_of)) = self.by_source.get(&network(address)) else { return n_max };
        let elapsed = now.saturating_duration_since(as_of).as_secs_f64();
        (left + elapsed * f64::from(limits::CHALLENGES_PER_SOURCE_PER_SEC)).min(n_max)
    }

    /// What is held against whom.
    pub(crate) fn penalties(&self, now: Instant, clock: &Clock) -> Vec<view::Penalty> {
        let shown = |(address, penalty): (IpAddr, &Penalty)| view::Penalty {
            address,
            n_failures: penalty.n_failures,
            last_failure_at: clock.wall(penalty.last_failure),
            refused_until: (now < penalty.refused_until).then(|| clock.wall(penalty.refused_until)),
        };
        self.penalties.list().map(shown).collect()
    }

    /// Holds nothing against this address any more. Returns whether there was something.
    pub(crate) fn release(&mut self, address: IpAddr) -> bool {
        self.penalties.release(address)
    }

    /// Whether the sender proves to be a user of this tenant.
    fn prove(
        &mut self,
        (now, wall): (Instant, Timestamp),
        request: &Request,
        source: &Source,
        tenant: &Arc<Tenant>,
    ) -> Sender {
        let (remote, address) = (source.remote, source.remote.ip());
        let challenge = |freshness| Sender::Stranger(Welcome::Challenge { tenant: tenant.profile.id, freshness });
        let Some(credentials) = Authorization::find(request, &tenant.profile.sip_domain) else {
            return challenge(Freshness::First);
        };
        if !self.penalties.allowed(now, address) {
            return Sender::Stranger(Welcome::Forbid);
        }
        let claim = self.claim(tenant, &credentials.user, source);
        let ha1 = claim.as_ref().map_or(&self.nobody, |claim| &claim.ha1);
        let verdict = self.challenger.verify(now, request, address, &credentials, ha1);
        match (verdict, claim) {
            // Right, but too old: whoever slept over it shall not be taken for a thief.
            (Verdict::Accepted, Some(claim)) if claim.expires_at.is_some_and(|at| at <= wall) => {
                challenge(Freshness::First)
            }
            (Verdict::Accepted, Some(claim)) => {
                self.penalties.succeeded(now, address);
                self.credit(now, address, 1.0);
                if matches!(claim.sender, Sender::User { .. }) {
                    self.proved.set(now, remote, tenant.profile.id);
                }
                claim.sender
            }
            (Verdict::Stale | Verdict::Replayed, Some(_)) => challenge(Freshness::Stale),
            (Verdict::Wrong, _) | (_, None) => {
                self.penalties.failed(now, address);
                challenge(Freshness::First)
            }
        }
    }

    /// What this name would be if its password were shown; none for a name of nobody.
    fn claim(&self, tenant: &Arc<Tenant>, name: &str, source: &Source) -> Option<Claim> {
        let of_user = |user: &Arc<User>| Sender::User { tenant: Arc::clone(tenant), user: Arc::clone(user) };
        if let Some(user) = tenant.user_by_extension(name) {
            let ha1 = Ha1 { md5: user.ha1.md5, sha256: user.ha1.sha256 };
            return Some(Claim { sender: of_user(user), ha1, expires_at: None });
        }
        // An extension is digits that a person has; a carrier that proves itself so has a name of its own.
        let trunk = tenant.trunk_by_user(name);
        if let Some((trunk, known)) = trunk.and_then(|trunk| Some((trunk, trunk.credentials.as_ref()?))) {
            let sender = Sender::Trunk { tenant: Arc::clone(tenant), trunk: trunk.id };
            let ha1 = Ha1::new(&known.user, &tenant.profile.sip_domain, &known.password);
            return Some(Claim { sender, ha1, expires_at: None });
        }
        let read = UserName::read(name).filter(|_| is_browser(source.transport))?;
        let (sender, secret) = match &read.holder {
            Holder::Person(extension) => {
                let user = tenant.user_by_extension(extension)?;
                (of_user(user), Some(&user.ha1))
            }
            Holder::Outside(trunk) => {
                let trunk = tenant.trunks.get(trunk).filter(|trunk| trunk.enabled)?.id;
                (Sender::Trunk { tenant: Arc::clone(tenant), trunk }, None)
            }
        };
        let password = read.password(&self.phone_key, tenant.profile.id, secret);
        let ha1 = Ha1::new(name, &tenant.profile.sip_domain, &password);
        Some(Claim { sender, ha1, expires_at: Some(read.expires_at) })
    }
}

impl Switch {
    /// Takes a request outside any dialog.
    pub(crate) fn admit(&mut self, request: Request, source: Source) {
        let sender = self.recognize(&request, &source);
        let row = row(request.method());
        if self.is_too_much(&request, &sender) {
            return self.send_away(&request, &source);
        }
        match sender {
            Sender::Stranger(welcome) => {
                debug_assert_eq!(row.stranger, Duty::Prove, "strangers prove who they are, whatever they ask");
                self.answer_stranger(&request, &source, &welcome);
            }
            Sender::Trunk { tenant, trunk } => match row.trunk {
                Duty::Call => self.begin_from_trunk(request, &source, tenant, trunk),
                Duty::Answer => self.answer_options(request, &source),
                Duty::Refuse(status) => refuse(&mut self.node, &request, &source, status),
                Duty::Prove | Duty::Register | Duty::Subscribe => refuse(&mut self.node, &request, &source, 403),
            },
            Sender::User { tenant, user } => match row.user {
                Duty::Call => self.begin_from_user(request, &source, tenant, &user),
                Duty::Answer => self.answer_options(request, &source),
                Duty::Register => self.register(&request, &source, &tenant, &user),
                Duty::Subscribe => self.subscribe(&request, &source, &tenant, &user),
                Duty::Refuse(status) => refuse(&mut self.node, &request, &source, status),
                Duty::Prove => refuse(&mut self.node, &request, &source, 403),
            },
        }
    }

    /// A trunk by its certificate or address, or because we are registered there; a trunk or user by a password, everybody else is a stranger. A phone may stand at a trunk's
    /// address, so whoever registers must prove it.
    fn recognize(&mut self, request: &Request, source: &Source) -> Sender {
        let directory = Arc::clone(&self.node.directory);
        if *request.method() != Method::Register {
            let called = dialled_of_uri(request.uri()).unwrap_or_default();
            let names = source.verified_names.as_deref().unwrap_or_default();
            let by_name = match directory.trunk_named(names, host_of_peer(request).as_deref(), &called) {
                Named::Trunk(tenant, trunk) => Some((tenant, trunk)),
                Named::Misnamed => return Sender::Stranger(Welcome::Misnamed),
                Named::Nobody => None,
            };
            let trunk = by_name.or_else(|| directory.trunk_for(source.remote, &called));
            let trunk = trunk.or_else(|| self.node.trunks.registered_at(source.remote.ip()));
            if let Some((tenant, trunk)) = trunk.and_then(|(id, trunk)| Some((directory.tenant(id)?, trunk))) {
                return Sender::Trunk { tenant: Arc::clone(tenant), trunk };
            }
        }
        match directory.tenant_of_domain(request.parsed_uri().host()) {
            Some(tenant) => {
                let now = (self.node.now, self.node.wall_now());
                self.admission.prove(now, request, source, tenant)
            }
            None => Sender::Stranger(Welcome::Forbid),
        }
    }

    fn answer_stranger(&mut self, request: &Request, source: &Source, welcome: &Welcome) {
        self.admission.n_refused += 1;
        let node = &mut self.node;
        match welcome {
            Welcome::Challenge { tenant, freshness } => {
                if !self.admission.may_challenge(node.now, source.remote.ip()) {
                    return;
                }
                let Some(tenant) = node.directory.tenant(*tenant) else { return };
                let realm = &tenant.profile.sip_domain;
                let strongest = strongest_for(request.header(HeaderName::UserAgent));
                let challenger = &mut self.admission.challenger;
                let values = challenger.challenge(node.now, realm, source.remote.ip(), *freshness, strongest);
                let header = |value| ExtraHeader { name: "WWW-Authenticate".to_owned(), value };
                let headers: Vec<ExtraHeader> = values.into_iter().map(header).collect();
                node.endpoint.reply_statelessly(request, source, Status(401), &headers, &mut node.effects);
            }
            Welcome::Misnamed => {
                let value = "SIP;cause=403;text=\"Contact does not name the trunk of this certificate\"".to_owned();
                let header = [ExtraHeader { name: "Reason".to_owned(), value }];
                node.endpoint.reply_statelessly(request, source, Status(403), &header, &mut node.effects);
            }
            Welcome::Forbid => {
                if self.admission.others.take(node.now) {
                    refuse(node, request, source, 403);
                } else if self.admission.others.first_since_full() {
                    node.log(Level::Warn, "strangers get no more answers for now", None, String::new());
                }
            }
        }
    }

    /// New calls that do not fit, save those for help.
    fn is_too_much(&self, request: &Request, sender: &Sender) -> bool {
        if self.node.load != Load::TooHigh || *request.method() != Method::Invite {
            return false;
        }
        let dialled = dialled_of_uri(request.uri()).unwrap_or_default();
        match sender {
            Sender::Stranger(_) => false,
            Sender::Trunk { tenant, .. } => !tenant.is_emergency(&dialled),
            Sender::User { tenant, user } => !tenant.calls_for_help(user, &dialled),
        }
    }

    /// Without a call, a leg or a record: that would be more of what is too much already.
    fn send_away(&mut self, request: &Request, source: &Source) {
        let header = |name: &str, value: String| ExtraHeader { name: name.to_owned(), value };
        let headers = [
            header("Retry-After", limits::OVERLOADED_RETRY_SECS.to_string()),
            header("Reason", "SIP;cause=503;text=\"too many calls come at once\"".to_owned()),
        ];
        let node = &mut self.node;
        node.endpoint.reply_statelessly(request, source, Status(503), &headers, &mut node.effects);
    }

    fn answer_options(&mut self, request: Request, source: &Source) {
        let node = &mut self.node;
        let server = node.endpoint.open(node.now, request, source);
        node.endpoint.respond(node.now, server, Status(200), &[], None, &mut node.effects);
    }
}

pub(crate) fn refuse(node: &mut Node, request: &Request, source: &Source, status: u16) {
    let (words, header) = match status {
        403 => ("not allowed here", None),
        405 => ("this method is not served here", Some(("Allow", ALLOW))),
        481 => ("there is no such dialog or subscription", None),
        406 => ("only application/simple-message-summary is told", Some(("Accept", SUMMARY))),
        423 => ("this is too short", Some(("Min-Expires", SUBSCRIPTION_SECS_MIN))),
        489 => ("this event package is not served here", Some(("Allow-Events", "message-summary, refer"))),
        603 => ("transfers are asked for within their call", None),
        _ => ("refused", None),
    };
    let reason = ExtraHeader { name: "Reason".to_owned(), value: format!("SIP;cause={status};text=\"{words}\"") };
    let header = header.map(|(name, value)| ExtraHeader { name: name.to_owned(), value: value.to_owned() });
    let headers: Vec<ExtraHeader> = header.into_iter().chain([reason]).collect();
    node.endpoint.reply_statelessly(request, source, Status(status), &headers, &mut node.effects);
}

/// The host by which a peer names itself: in the top Record-Route of OPTIONS, else in Contact. None for an address, which
/// names nobody. Specification of calling, 1.2 and 3.4
fn host_of_peer(request: &Request) -> Option<String> {
    let route = request.headers(HeaderName::RecordRoute).next().and_then(Address::parse);
    let route = route.filter(|_| *request.method() == Method::Options);
    let uri = route.as_ref().map(Address::uri).or_else(|| request.contact_uri())?;
    let host = sip::uri::Uri::parse(uri).ok()?.host().to_owned();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().is_err().then_some(host)
}

/// When a source that used up its challenges has them all back: then nothing needs to be kept of it.
fn refilled_after() -> Duration {
    Duration::from_secs(u64::from(limits::CHALLENGES_PER_SOURCE_MAX / limits::CHALLENGES_PER_SOURCE_PER_SEC))
}

/// So many per second, and no more than a second's worth at once.
#[derive(Debug)]
struct Bucket {
    per_sec: u32,
    tokens: f64,
    filled_at: Instant,
    ran_dry: bool,
}

impl Bucket {
    fn new(now: Instant, per_sec: u32) -> Self {
        Self { per_sec, tokens: f64::from(per_sec), filled_at: now, ran_dry: false }
    }

    fn take(&mut self, now: Instant) -> bool {
        let elapsed = now.saturating_duration_since(self.filled_at).as_secs_f64();
        self.filled_at = now;
        self.tokens = (self.tokens + elapsed * f64::from(self.per_sec)).min(f64::from(self.per_sec));
        let has_one = self.tokens >= 1.0;
        if has_one {
            self.tokens -= 1.0;
        }
        if self.tokens * 2.0 > f64::from(self.per_sec) {
            self.ran_dry = false;
        }
        has_one
    }

    /// Once for each time that it ran dry.
    fn first_since_full(&mut self) -> bool {
        !std::mem::replace(&mut self.ran_dry, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All methods of the IANA registry, and one that nobody knows.
    fn methods() -> Vec<Method> {
        vec![
            Method::Ack,
            Method::Bye,
            Method::Cancel,
            Method::Info,
            Method::Invite,
            Method::Message,
            Method::Notify,
            Method::Options,
            Method::Prack,
            Method::Publish,
            Method::Refer,
            Method::Register,
            Method::Subscribe,
            Method::Update,
            Method::Other("BREW".into()),
        ]
    }

    #[test]
    fn a_stranger_always_has_to_prove_who_he_is() {
        for method in methods() {
            assert_eq!(row(&method).stranger, Duty::Prove, "{method:?}");
        }
    }

    #[test]
    fn only_invites_begin_calls_and_only_users_register() {
        for method in methods() {
            let row = row(&method);
            assert_eq!(row.trunk == Duty::Call, method == Method::Invite, "{method:?}");
            assert_eq!(row.user == Duty::Call, method == Method::Invite, "{method:?}");
            assert_eq!(row.user == Duty::Register, method == Method::Register, "{method:?}");
            assert_ne!(row.trunk, Duty::Register, "{method:?}");
        }
    }

    #[test]
    fn what_is_allowed_is_not_refused_as_not_served() {
        for method in methods() {
            let row = row(&method);
            let is_allowed = ALLOW.split(", ").any(|allowed| allowed == method.as_str());
            for duty in [row.trunk, row.user] {
                assert!(!is_allowed || duty != Duty::Refuse(405), "{method:?}");
            }
        }
        let refer = row(&Method::Refer);
        assert_eq!((refer.trunk, refer.user), (Duty::Refuse(403), Duty::Refuse(603)));
        assert_eq!(row(&Method::Notify).user, Duty::Refuse(481), "RFC 6665 §4.1.3");
    }

    #[test]
    fn a_bucket_gives_no_more_than_a_second_s_worth() {
        #[expect(clippy::disallowed_methods, reason = "a first instant")]
        let now = Instant::now();
        let mut bucket = Bucket::new(now, 10);
        assert_eq!((0..100).filter(|_| bucket.take(now)).count(), 10);
        let later = now + std::time::Duration::from_millis(500);
        assert_eq!((0..100).filter(|_| bucket.take(later)).count(), 5);
    }
}
