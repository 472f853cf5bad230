//! Where the phones of users are.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use phone::directory::Tenant;
use phone::id::{TenantId, UserId};
use phone::people::User;
use sip::bindings::{Binding, Refusal, Registrar, Settings};
use sip::endpoint::{ExtraHeader, Status};
use sip::uri::Uri;
use sip::{Connection, Request, Source, Target, Transport};

use crate::calling::dialled_of_uri;
use crate::clock::Clock;
use crate::input::Whose;
use crate::limits;
use crate::output::Change;
use crate::switch::Switch;
use crate::view;

/// An address of record.
type Key = (TenantId, UserId);

/// All bindings of this node.
#[derive(Debug)]
pub(crate) struct Registrations {
    registrar: Registrar<Key>,
}

/// A phone that can be called.
#[derive(Clone, Debug)]
pub(crate) struct Phone {
    pub(crate) uri: String,
    pub(crate) target: Target,
}

impl Default for Registrations {
    fn default() -> Self {
        let settings = Settings {
            secs_min: limits::REGISTRATION_SECS_MIN,
            secs_max: limits::REGISTRATION_SECS_MAX,
            secs_default: limits::REGISTRATION_SECS_MAX,
        };
        Self { registrar: Registrar::new(settings) }
    }
}

impl Registrations {
    /// The user's phones, the preferred first.
    pub(crate) fn phones(&self, now: Instant, tenant: TenantId, user: UserId) -> Vec<Phone> {
        let bindings = self.registrar.bindings((tenant, user)).iter().filter(|binding| binding.expires_at > now);
        let uri = |binding: &Binding| match Uri::parse(&binding.uri) {
            Ok(uri) => uri.without_headers().to_owned(),
            Err(_) => binding.uri.to_string(),
        };
        bindings.map(|binding| Phone { uri: uri(binding), target: target_of(binding) }).collect()
    }

    pub(crate) fn is_reachable(&self, tenant: TenantId, user: UserId) -> bool {
        !self.registrar.bindings((tenant, user)).is_empty()
    }

    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.registrar.next_deadline()
    }

    pub(crate) fn n_bindings(&self) -> usize {
        self.registrar.n_bindings()
    }

    /// Phones by user, then in the order in which they came.
    pub(crate) fn list(&self, tenant: TenantId, of: &Whose, clock: &Clock) -> Vec<view::Registration> {
        let mut found = Vec::new();
        let view = |user, binding: &Binding| view::Registration {
            user,
            contact: binding.uri.to_string(),
            transport: transport_name(binding.source.transport),
            remote: binding.source.remote,
            user_agent: binding.user_agent.as_deref().map(str::to_owned),
            registered_at: clock.wall(binding.registered_at),
            expires_at: clock.wall(binding.expires_at),
        };
        let mut add = |user: UserId, bindings: &[Binding]| {
            let mut phones: Vec<_> = bindings.iter().map(|binding| view(user, binding)).collect();
            phones.sort_by(|a, b| (a.registered_at, &a.contact).cmp(&(b.registered_at, &b.contact)));
            found.append(&mut phones);
        };
        match of {
            Whose::These(users) => {
                let users: BTreeSet<UserId> = users.iter().copied().collect();
                users.into_iter().for_each(|user| add(user, self.registrar.bindings((tenant, user))));
            }
            Whose::From { user: first, n_more } => {
                let mut n_after = 0;
                let rest = self.registrar.range((tenant, *first)..).take_while(|((of, _), _)| *of == tenant);
                for ((_, user), bindings) in rest {
                    if *n_more <= n_after {
                        break;
                    }
                    add(user, bindings);
                    n_after += if user == *first { 0 } else { bindings.len() };
                }
            }
        }
        found
    }
}

impl Switch {
    /// Carries out a REGISTER of a user who proved to be one. RFC 3261 §10.3
    ///
    /// Nothing is kept of the request itself: a repeated one finds its nonce count used, is challenged anew, and
    /// changes nothing.
    pub(crate) fn register(&mut self, request: &Request, source: &Source, tenant: &Tenant, user: &User) {
        let key = (tenant.profile.id, user.id);
        let is_own = dialled_of_uri(request.to().uri()).is_some_and(|to| to == user.extension);
        let node = &mut self.node;
        if !is_own || !user.enabled {
            let words = if is_own { "the account is disabled" } else { "only your own phone may be registered" };
            let reason = header("Reason", format!("SIP;cause=403;text=\"{words}\""));
            node.endpoint.reply_statelessly(request, source, Status(403), &[reason], &mut node.effects);
            return;
        }
        let n_before = node.registrations.registrar.bindings(key).len();
        let (status, headers) = match node.registrations.registrar.register(node.now, key, request, source) {
            Ok(contacts) => (Status(200), contacts.into_iter().map(|contact| header("Contact", contact)).collect()),
            Err(refusal @ Refusal::TooBrief) => {
                (refusal.status(), vec![header("Min-Expires", limits::REGISTRATION_SECS_MIN.to_string())])
            }
            Err(refusal @ (Refusal::Malformed | Refusal::Overtaken)) => (refusal.status(), Vec::new()),
        };
        node.endpoint.reply_statelessly(request, source, status, &headers, &mut node.effects);
        if node.registrations.registrar.bindings(key).len() != n_before {
            self.bindings_changed(key);
        }
    }

    /// The stream is closed, and with it the way to the phones behind it.
    pub(crate) fn drop_bindings(&mut self, connection: Connection) {
        for key in self.node.registrations.registrar.drop_connection(connection) {
            self.bindings_changed(key);
        }
    }

    pub(crate) fn expire_bindings(&mut self) {
        for key in self.node.registrations.registrar.expire(self.node.now) {
            self.bindings_changed(key);
        }
    }

    /// Users who are not in the settings any more, or were disabled, lose their phones.
    pub(crate) fn drop_unknown_bindings(&mut self) {
        let keys: BTreeSet<Key> = self.node.registrations.registrar.iter().map(|(key, _)| key).collect();
        for key in keys {
            self.drop_bindings_of_unknown(key);
        }
    }

    /// Drops the bindings of a person who is no more, or may not have any.
    pub(crate) fn drop_bindings_of_unknown(&mut self, key: Key) {
        let (tenant, user) = key;
        let there = self.node.directory.tenant(tenant).and_then(|tenant| tenant.users.get(&user));
        let is_known = there.is_some_and(|user| user.enabled);
        if !is_known && self.node.registrations.is_reachable(tenant, user) {
            self.node.registrations.registrar.remove(key);
            self.bindings_changed(key);
        }
        if !is_known {
            self.node.end_subscriptions(key);
        }
    }

    fn bindings_changed(&mut self, (tenant, user): Key) {
        self.node.agent_changed(tenant, user);
        self.node.changed(Change::Registration { tenant, user });
    }
}

/// Where a phone is called. A stream is used again; a datagram goes to the Contact's own address if that can be reached,
/// else back to where the REGISTER came from, through the NAT. RFC 5626 §5.3
fn target_of(binding: &Binding) -> Target {
    let flow = binding.source.reply_target();
    if binding.source.transport != Transport::Udp {
        return flow;
    }
    match Uri::parse(&binding.uri).ok().and_then(|uri| literal_address(&uri)) {
        Some(remote) if remote.ip() == flow.remote.ip() || !is_behind_nat(remote.ip()) => Target { remote, ..flow },
        Some(_) | None => flow,
    }
}

fn literal_address(uri: &Uri<'_>) -> Option<SocketAddr> {
    Some(SocketAddr::new(uri.ip()?, uri.port().unwrap_or(5060)))
}

/// Addresses that only mean something in their own network. RFC 1918, RFC 6598, RFC 4193
fn is_behind_nat(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            let is_shared = first == 100 && (64..128).contains(&second);
            address.is_private() || address.is_loopback() || address.is_link_local() || is_shared
        }
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
    }
}

fn transport_name(transport: Transport) -> &'static str {
    match transport {
        Transport::Tcp => "tcp",
        Transport::Tls => "tls",
        Transport::Udp => "udp",
        Transport::Ws => "ws",
        Transport::Wss => "wss",
    }
}

fn header(name: &str, value: String) -> ExtraHeader {
    ExtraHeader { name: name.to_owned(), value }
}
