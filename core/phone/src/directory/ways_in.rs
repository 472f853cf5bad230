//! Whose a call is that comes in: told by the domain that it is for, or by the address that it comes from and the number
//! that it is for.
//!
//! An operator's trunk is here once, however many organizations it is lent to; whose a call over it is tells the index of
//! the numbers that operators gave.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use rpds::RedBlackTreeSetSync;
use smallvec::SmallVec;
use uuid::Uuid;

use super::change::Change;
use super::{Directory, Tenant};
use crate::id::{TenantId, TrunkId};
use crate::numbers::number::NumberSource;
use crate::numbers::operator::Reach;
use crate::numbers::trunk::settings::{TrunkAuth, TrunkProfile};
use crate::numbers::{Country, E164, Number, Trunk};

/// What tells whose a call is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct WaysIn {
    /// By SIP domain in lower case.
    by_domain: BTreeMap<Box<str>, TenantId>,
    /// Trunks that are known by their certificates, by host in lower case.
    by_host: BTreeMap<Box<str>, Vec<(TenantId, TrunkId)>>,
    /// By source address; port 0 stands for any.
    by_source: BTreeMap<(IpAddr, u16), Sources>,
    borrowers: BTreeMap<TrunkId, Borrowers>,
}

/// The trunks at one address, almost always one.
#[derive(Clone, Debug, Default, PartialEq)]
struct Sources {
    /// Of organizations: a carrier may serve several from one address.
    own: SmallVec<[(TenantId, TrunkId); 1]>,
    /// Of operators.
    lent: SmallVec<[TrunkId; 1]>,
}

/// Whom a certificate stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// It has the name of a trunk whose Contact must have that name too, and has not.
    Misnamed,
    /// No trunk has any of its names.
    Nobody,
    Trunk(TenantId, TrunkId),
}

/// Who has a trunk of an operator.
#[derive(Clone, Debug, PartialEq)]
struct Borrowers {
    /// How the operator writes numbers without `+`.
    country: Option<Country>,
    first: TenantId,
    /// Whether it is lent to the first alone.
    is_only: bool,
    /// Those that let it reach all of their numbers.
    reached_wholly: Vec<TenantId>,
}

/// Whose the numbers are that operators gave. Shares what did not change, as a tenant does.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct OperatorNumbers(RedBlackTreeSetSync<(E164, TenantId)>);

impl Directory {
    /// The trunk that calls from this address come from. Where several tenants share a carrier's address, the first;
    /// [`Self::trunk_for`] tells them apart by the called number.
    pub fn trunk_at(&self, source: SocketAddr) -> Option<(TenantId, TrunkId)> {
        self.first_of(self.ways_in.sources_at(source)?)
    }

    /// The trunk that a call from this address to `called` came in on: of the tenants that share the address, the one
    /// that holds the number.
    pub fn trunk_for(&self, source: SocketAddr, called: &str) -> Option<(TenantId, TrunkId)> {
        let sources = self.ways_in.sources_at(source)?;
        if let ([only], []) = (sources.own.as_slice(), sources.lent.as_slice()) {
            return Some(*only);
        }
        let own = sources.own.iter().find(|(tenant, trunk)| self.is_for(*tenant, *trunk, called)).copied();
        let lent = || sources.lent.iter().find_map(|trunk| Some((self.borrower_called(*trunk, called)?, *trunk)));
        own.or_else(lent).or_else(|| self.first_of(sources))
    }

    /// The trunk of a peer whose certificate has these names, which TLS verified. `contact` is the host in its Contact: a
    /// name there that the certificate has tells the trunk, and with it the organization; else the called number tells
    /// those at one certificate apart, save trunks that are held to the rules for session border controllers.
    /// A wildcard stands for one label. Specification of calling, 1.2, 3.2 and 3.3; RFC 5922 §7.2
    pub fn trunk_named(&self, names: &[String], contact: Option<&str>, called: &str) -> Named {
        let names: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        let contact = contact.map(str::to_ascii_lowercase);
        let by_host = &self.ways_in.by_host;
        let of_called = |trunks: &mut dyn Iterator<Item = (TenantId, TrunkId)>| {
            let mut first = None;
            for (tenant, trunk) in trunks {
                if self.is_for(tenant, trunk, called) {
                    return Some((tenant, trunk));
                }
                first = first.or(Some((tenant, trunk)));
            }
            first
        };
        if let Some(contact) = contact.filter(|contact| names.iter().any(|name| covers(name, contact)))
            && let Some(found) = by_host.get(contact.as_str()).and_then(|all| of_called(&mut all.iter().copied()))
        {
            return Named::Trunk(found.0, found.1);
        }
        // Few trunks are known by name, and one is asked for at each new call only once.
        let is_meant = |host: &str| names.iter().any(|name| covers(name, host));
        let all = by_host.iter().filter(|(host, _)| is_meant(host)).flat_map(|(_, trunks)| trunks).copied();
        let mut is_misnamed = false;
        let lenient = all.filter(|(tenant, trunk)| {
            let trunk = self.tenant(*tenant).and_then(|tenant| tenant.trunks.get(trunk));
            let is_strict = trunk.is_some_and(|trunk| trunk.settings.profile == TrunkProfile::Strict);
            is_misnamed |= is_strict;
            !is_strict
        });
        match of_called(&mut lenient.collect::<Vec<_>>().into_iter()) {
            Some((tenant, trunk)) => Named::Trunk(tenant, trunk),
            None if is_misnamed => Named::Misnamed,
            None => Named::Nobody,
        }
    }

    fn first_of(&self, sources: &Sources) -> Option<(TenantId, TrunkId)> {
        let lent = || sources.lent.iter().find_map(|trunk| Some((self.ways_in.borrowers.get(trunk)?.first, *trunk)));
        sources.own.first().copied().or_else(lent)
    }

    /// The organization that a call over an operator's trunk is for.
    fn borrower_called(&self, trunk: TrunkId, called: &str) -> Option<TenantId> {
        let borrowers = self.ways_in.borrowers.get(&trunk)?;
        if borrowers.is_only {
            return Some(borrowers.first);
        }
        let bare = called.strip_prefix('+').unwrap_or(called);
        let exactly = E164::from_digits(bare).ok();
        let in_country = || borrowers.country?.read_presented(called).ok();
        let holder = |number| self.operator_numbers.holders(number).find(|it| self.is_for(*it, trunk, called));
        let given = exactly.and_then(holder).or_else(|| in_country().and_then(holder));
        given.or_else(|| borrowers.reached_wholly.iter().find(|it| self.is_for(**it, trunk, called)).copied())
    }

    fn is_for(&self, tenant: TenantId, trunk: TrunkId, called: &str) -> bool {
        self.tenant(tenant).is_some_and(|tenant| {
            let has_it = tenant.trunks.contains_key(&trunk);
            has_it && tenant.held_number(trunk, called).is_some_and(|number| tenant.lets_in(trunk, number))
        })
    }
}

/// Whether a name in a certificate, in lower case, stands for a host. RFC 5922 §7.2
fn covers(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(domain) => host.split_once('.').is_some_and(|(label, rest)| !label.is_empty() && rest == domain),
        None => host == name,
    }
}

impl WaysIn {
    pub(super) fn of<'a>(tenants: impl Iterator<Item = &'a Arc<Tenant>>) -> Self {
        let mut ways = Self::default();
        for tenant in tenants {
            let id = tenant.profile.id;
            ways.by_domain.insert(tenant.profile.sip_domain.to_ascii_lowercase().into(), id);
            let lets_in = |trunk: &&Arc<Trunk>| trunk.enabled || trunk.settings.accept_inbound_when_disabled;
            for trunk in tenant.trunks.values().filter(lets_in) {
                match trunk.settings.auth {
                    TrunkAuth::Sources => {}
                    TrunkAuth::MutualTls => {
                        if trunk.settings.derived_hosts {
                            let own = trunk.host_of(&tenant.profile.slug).to_ascii_lowercase();
                            ways.by_host.entry(own.into()).or_default().push((id, trunk.id));
                        }
                        let host = trunk.host.to_ascii_lowercase().into();
                        ways.by_host.entry(host).or_default().push((id, trunk.id));
                        continue;
                    }
                    TrunkAuth::Digest => continue,
                }
                let Some(lent) = tenant.lent.get(&trunk.id) else {
                    for source in &trunk.sources {
                        ways.sources(*source).own.push((id, trunk.id));
                    }
                    continue;
                };
                if !ways.borrowers.contains_key(&trunk.id) {
                    for source in &trunk.sources {
                        ways.sources(*source).lent.push(trunk.id);
                    }
                }
                let country = trunk.country.as_deref().and_then(Country::parse);
                let new = || Borrowers { country, first: id, is_only: true, reached_wholly: Vec::new() };
                let borrowers = ways.borrowers.entry(trunk.id).or_insert_with(new);
                borrowers.is_only = borrowers.first == id;
                match lent.reach {
                    Reach::AllNumbers => borrowers.reached_wholly.push(id),
                    Reach::OwnNumbers => {}
                }
            }
        }
        ways
    }

    fn sources(&mut self, source: SocketAddr) -> &mut Sources {
        self.by_source.entry((source.ip().to_canonical(), source.port())).or_default()
    }

    /// An address with its port is more telling than the address alone.
    fn sources_at(&self, source: SocketAddr) -> Option<&Sources> {
        let ip = source.ip().to_canonical();
        self.by_source.get(&(ip, source.port())).or_else(|| self.by_source.get(&(ip, 0)))
    }

    pub(super) fn tenant_of_domain(&self, host: &str) -> Option<TenantId> {
        if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return self.by_domain.get(host.to_ascii_lowercase().as_str()).copied();
        }
        self.by_domain.get(host).copied()
    }
}

impl OperatorNumbers {
    pub(super) fn of<'a>(tenants: impl Iterator<Item = &'a Arc<Tenant>>) -> Self {
        let given = |tenant: &'a Arc<Tenant>| {
            let given = tenant.numbers.values().filter(|number| is_given(number));
            given.map(|number| (number.number, tenant.profile.id))
        };
        Self(tenants.flat_map(given).collect())
    }

    /// Takes over what becomes of a tenant, of which `before` is what was known.
    pub(super) fn update(&mut self, id: TenantId, before: Option<&Arc<Tenant>>, change: &Change) {
        let known = |number: &E164| before.and_then(|tenant| tenant.numbers.get(number));
        match change {
            Change::Gone => self.forget(id, before),
            Change::Parts(_) if before.is_none() => {}
            Change::Parts(change) => {
                for (number, after) in &change.numbers {
                    match (known(number).is_some_and(is_given), after.as_ref().is_some_and(is_given)) {
                        (false, true) => self.0.insert_mut((*number, id)),
                        (true, false) => drop(self.0.remove_mut(&(*number, id))),
                        (true, true) | (false, false) => {}
                    }
                }
            }
            Change::Whole(parts) => {
                self.forget(id, before);
                for number in parts.numbers.values().filter(|number| is_given(number)) {
                    self.0.insert_mut((number.number, id));
                }
            }
        }
    }

    fn forget(&mut self, id: TenantId, before: Option<&Arc<Tenant>>) {
        for number in before.into_iter().flat_map(|tenant| tenant.numbers.values()).filter(|number| is_given(number)) {
            self.0.remove_mut(&(number.number, id));
        }
    }

    fn holders(&self, number: E164) -> impl Iterator<Item = TenantId> + '_ {
        let first = (number, TenantId(Uuid::nil()));
        self.0.range(first..).take_while(move |(held, _)| *held == number).map(|(_, tenant)| *tenant)
    }
}

/// Whether an operator gave it.
fn is_given(number: &Number) -> bool {
    match number.source {
        NumberSource::Operator(_) => true,
        NumberSource::CallingPlan | NumberSource::DirectRouting => false,
    }
}
