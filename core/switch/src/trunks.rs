//! The trunks of all organizations as they are now: whether they can be reached, how many calls they carry, how many a
//! second began. Specification of calling, 3.1, 3.4 and 3.7.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use phone::directory::Tenant;
use phone::id::{TenantId, TrunkId};
use phone::numbers::Trunk;
use sip::endpoint::ClientId;

use crate::health::{Health, Miss, State};
use crate::limits;
use crate::node::Node;
use crate::output::{Change, Level};
use crate::recent::Recent;
use crate::refusal::Refusal;
use crate::trunk_registration::{State as Registered, TrunkRegistration};
use crate::view;

/// What is known of each trunk.
#[derive(Debug)]
pub(crate) struct Trunks {
    by_id: BTreeMap<TrunkId, Watched>,
    of_tenant: BTreeMap<TenantId, BTreeSet<TrunkId>>,
    by_time: BTreeSet<(Instant, TrunkId)>,
    /// What was asked and waits for an answer.
    pub(crate) asked: BTreeMap<ClientId, (TrunkId, Question)>,
    /// Addresses at which calls waited in vain lately, and when.
    silent: Recent<SocketAddr, Instant>,
}

#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) trunk: Arc<Trunk>,
    /// Who asks: the domain of the first that has it.
    pub(crate) domain: String,
    /// Those that have it; an operator's trunk is lent to many.
    tenants: BTreeSet<TenantId>,
    pub(crate) health: Health,
    pub(crate) registration: Option<TrunkRegistration>,
    /// Where we are registered: calls may come from there.
    pub(crate) registrar: Option<IpAddr>,
    /// What is to be asked once the addresses of its name are known.
    pub(crate) pending: Vec<Question>,
    due_at: Option<Instant>,
    n_legs: u32,
    /// When the second began in which so many calls did.
    second: (Instant, u32),
    warned_at: Option<Instant>,
}

/// What a trunk is asked outside of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// Whether it is there.
    Options,
    /// To send us calls for so many seconds; 0 is not to any more.
    Register { secs: u32 },
}

/// From this part of its calls on a trunk is nearly full. Specification of calling, 3.1.
const NEARLY_FULL_PERCENT: u64 = 90;
/// A trunk that is nearly full is warned of no more often than this.
const WARN_EVERY: Duration = Duration::from_secs(300);

impl Trunks {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            by_id: BTreeMap::new(),
            of_tenant: BTreeMap::new(),
            by_time: BTreeSet::new(),
            asked: BTreeMap::new(),
            silent: Recent::new(now, limits::SILENT_FOR, limits::SILENT_REMEMBERED_MAX),
        }
    }

    /// A call waited at this address in vain.
    pub(crate) fn note_silent(&mut self, now: Instant, address: SocketAddr) {
        self.silent.set(now, address, now);
    }

    /// Whether a call waited there in vain a moment ago.
    pub(crate) fn is_silent(&self, now: Instant, address: SocketAddr) -> bool {
        self.silent.get(&address).is_some_and(|at| now.saturating_duration_since(at) < limits::SILENT_FOR)
    }

    /// When the next trunk is asked.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes over what the snapshot says of a tenant's trunks; nothing, if it is gone.
    fn configure(&mut self, now: Instant, id: TenantId, tenant: Option<&Tenant>) {
        let there: BTreeSet<TrunkId> = tenant.iter().flat_map(|tenant| tenant.trunks.keys().copied()).collect();
        let before = self.of_tenant.insert(id, there.clone()).unwrap_or_default();
        for trunk in before.difference(&there) {
            let Some(watched) = self.by_id.get_mut(trunk) else { continue };
            watched.tenants.remove(&id);
            if watched.tenants.is_empty() {
                self.schedule(*trunk, None);
                self.by_id.remove(trunk);
            }
        }
        let Some(tenant) = tenant else {
            self.of_tenant.remove(&id);
            return;
        };
        for trunk in tenant.trunks.values() {
            let is_asked = trunk.settings.send_options && trunk.enabled;
            let watched = self.by_id.entry(trunk.id).or_insert_with(|| Watched {
                trunk: trunk.clone(),
                domain: tenant.profile.sip_domain.clone(),
                tenants: BTreeSet::new(),
                health: Health::new(now, is_asked),
                registration: None,
                registrar: None,
                pending: Vec::new(),
                due_at: None,
                n_legs: 0,
                second: (now, 0),
                warned_at: None,
            });
            watched.tenants.insert(id);
            // One that is somewhere else now is another one.
            let is_moved = (&watched.trunk.host, watched.trunk.port, watched.trunk.transport)
                != (&trunk.host, trunk.port, trunk.transport);
            if is_moved {
                watched.health = Health::new(now, is_asked);
            }
            let wanted = trunk.settings.register_expires_seconds.filter(|_| trunk.enabled).map(|secs| secs.value());
            let had = watched.trunk.settings.register_expires_seconds.map(|secs| secs.value());
            let is_other = is_moved || wanted != had || watched.trunk.credentials != trunk.credentials;
            match (wanted, &watched.registration) {
                (Some(secs), known) if known.is_none() || is_other => {
                    watched.registration = Some(TrunkRegistration::new(now, secs));
                }
                (None, Some(_)) => {
                    watched.registration = None;
                    watched.registrar = None;
                    watched.pending.push(Question::Register { secs: 0 });
                }
                (Some(_) | None, _) => {}
            }
            watched.trunk = trunk.clone();
            watched.health.set_asked(now, is_asked);
            self.reschedule(now, trunk.id);
        }
    }

    /// The trunk is looked at when the first of what is to be asked is due.
    pub(crate) fn reschedule(&mut self, now: Instant, id: TrunkId) {
        let Some(watched) = self.by_id.get(&id) else { return };
        let registers_at = watched.registration.as_ref().and_then(TrunkRegistration::next_deadline);
        let pending = (!watched.pending.is_empty()).then_some(now);
        let at = [watched.health.next_deadline(), registers_at, pending].into_iter().flatten().min();
        self.schedule(id, at);
    }

    /// Takes a trunk that is to be looked at.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<TrunkId> {
        let (at, id) = *self.by_time.first()?;
        if now < at {
            return None;
        }
        self.schedule(id, None);
        Some(id)
    }

    pub(crate) fn is_of(&self, tenant: TenantId, id: TrunkId) -> bool {
        self.by_id.get(&id).is_some_and(|watched| watched.tenants.contains(&tenant))
    }

    pub(crate) fn watched(&mut self, id: TrunkId) -> Option<&mut Watched> {
        self.by_id.get_mut(&id)
    }

    /// The trunk of a tenant at whose address we are registered.
    pub(crate) fn registered_at(&self, address: IpAddr) -> Option<(TenantId, TrunkId)> {
        let at = |watched: &Watched| watched.registrar == Some(address) && watched.registration.is_some();
        let found = self.by_id.iter().find(|(_, watched)| at(watched));
        found.and_then(|(id, watched)| Some((*watched.tenants.first()?, *id)))
    }

    fn schedule(&mut self, id: TrunkId, at: Option<Instant>) {
        let Some(watched) = self.by_id.get_mut(&id) else { return };
        let before = std::mem::replace(&mut watched.due_at, at);
        if before == at {
            return;
        }
        if let Some(before) = before {
            self.by_time.remove(&(before, id));
        }
        if let Some(at) = at {
            self.by_time.insert((at, id));
        }
    }

    /// Whether a trunk is tried after others.
    pub(crate) fn is_weak(&self, now: Instant, trunk: TrunkId) -> bool {
        self.by_id.get(&trunk).is_some_and(|watched| watched.health.is_weak(now))
    }

    /// Whether a trunk takes one more call, which then counts as one that began.
    pub(crate) fn take_turn(&mut self, now: Instant, trunk: &Trunk) -> bool {
        let Some(n_max) = trunk.settings.calls_per_second_max else { return true };
        let Some(watched) = self.by_id.get_mut(&trunk.id) else { return true };
        if watched.second.0 + Duration::from_secs(1) <= now {
            watched.second = (now, 0);
        }
        let has_room = watched.second.1 < n_max.value();
        if has_room {
            watched.second.1 = watched.second.1.saturating_add(1);
        }
        has_room
    }

    /// How many calls a trunk carries.
    pub(crate) fn n_legs(&self, trunk: TrunkId) -> u32 {
        self.by_id.get(&trunk).map_or(0, |watched| watched.n_legs)
    }

    pub(crate) fn n_down(&self, now: Instant) -> usize {
        self.by_id.values().filter(|watched| watched.health.is_weak(now)).count()
    }
}

impl Node {
    /// Takes over what the snapshot says of a tenant's trunks.
    pub(crate) fn configure_trunks(&mut self, id: TenantId) {
        let there = self.directory.tenant(id).cloned();
        self.trunks.configure(self.now, id, there.as_deref());
    }

    /// Something came from a trunk.
    pub(crate) fn trunk_heard(&mut self, id: TrunkId) {
        let now = self.now;
        let is_new = self.trunks.by_id.get_mut(&id).is_some_and(|watched| watched.health.handle_heard(now));
        if is_new {
            self.tell_of_trunk(id);
        }
    }

    /// A call over a trunk came to nothing that it said.
    pub(crate) fn trunk_lost_call(&mut self, id: TrunkId, miss: Miss) {
        let now = self.now;
        let is_new = self.trunks.by_id.get_mut(&id).is_some_and(|watched| watched.health.handle_call_lost(now, miss));
        if is_new {
            self.tell_of_trunk(id);
        }
    }

    /// What a trunk refuses a call with may say that it takes none for a while. RFC 3261 §21.5.4
    pub(crate) fn trunk_refused(&mut self, id: TrunkId, refusal: &Refusal) {
        let now = self.now;
        if let (503, Some(secs), Some(watched)) =
            (refusal.status, refusal.retry_after_secs, self.trunks.by_id.get_mut(&id))
        {
            watched.health.rest(now, secs);
            self.tell_of_trunk(id);
        }
    }

    pub(crate) fn tell_of_trunk(&mut self, id: TrunkId) {
        let Some(watched) = self.trunks.by_id.get(&id) else { return };
        let (level, words) = match watched.health.state {
            State::Active if watched.health.is_weak(self.now) => (Level::Info, "a trunk takes no calls for a while"),
            State::Active | State::Probing => (Level::Info, "a trunk can be reached"),
            State::Silent => (Level::Warn, "a trunk does not answer; others are tried before it"),
            State::Unreachable => (Level::Warn, "a trunk can't be reached; others are tried before it"),
        };
        let detail = format!("trunk={}", watched.trunk.name);
        self.log(level, words, None, detail);
        self.changed_trunk(id);
    }

    /// Tells live views of a trunk.
    pub(crate) fn changed_trunk(&mut self, id: TrunkId) {
        let tenants = self.trunks.by_id.get(&id).map(|watched| watched.tenants.clone()).unwrap_or_default();
        for tenant in tenants {
            self.changed(Change::Trunk { tenant, trunk: id });
        }
    }

    pub(crate) fn trunk_has_room(&self, trunk: &Trunk) -> bool {
        !trunk.settings.hard_cap || trunk.n_calls_max.is_none_or(|n_max| self.trunks.n_legs(trunk.id) < n_max)
    }

    pub(crate) fn enter_trunk(&mut self, id: TrunkId) {
        let now = self.now;
        let Some(watched) = self.trunks.by_id.get_mut(&id) else { return };
        watched.n_legs = watched.n_legs.saturating_add(1);
        let Some(n_max) = watched.trunk.n_calls_max else { return };
        let is_nearly_full = u64::from(n_max) * NEARLY_FULL_PERCENT <= u64::from(watched.n_legs) * 100;
        let is_told = watched.warned_at.is_some_and(|at| now < at + WARN_EVERY);
        if is_nearly_full && !is_told {
            watched.warned_at = Some(now);
            let detail = format!("trunk={} calls={} of={n_max}", watched.trunk.name, watched.n_legs);
            self.log(Level::Warn, "a trunk carries nearly as many calls as it may", None, detail);
        }
    }

    pub(crate) fn leave_trunk(&mut self, id: TrunkId) {
        let Some(watched) = self.trunks.by_id.get_mut(&id) else { return };
        watched.n_legs = watched.n_legs.saturating_sub(1);
        if watched.n_legs == 0 && !watched.trunk.enabled {
            let detail = format!("trunk={}", watched.trunk.name);
            self.log(Level::Info, "a trunk that is disabled carries no calls any more", None, detail);
            self.changed_trunk(id);
        }
    }

    /// The trunks of a tenant as they are now.
    pub(crate) fn list_trunks(&self, tenant: TenantId) -> Vec<view::Trunk> {
        let shown = |(id, watched): (TrunkId, &Watched)| {
            let health = &watched.health;
            view::Trunk {
                id,
                state: match (watched.trunk.enabled, health.is_asked(), health.state) {
                    (false, ..) if watched.n_legs > 0 => view::TrunkState::Draining,
                    (false, ..) => view::TrunkState::Drained,
                    (true, false, _) => view::TrunkState::Unwatched,
                    (true, true, State::Probing) => view::TrunkState::Probing,
                    (true, true, State::Active) => view::TrunkState::Active,
                    (true, true, State::Silent) => view::TrunkState::Demoted,
                    (true, true, State::Unreachable) => view::TrunkState::Unreachable,
                },
                since: self.clock.wall(health.since),
                heard_at: health.heard_at.map(|at| self.clock.wall(at)),
                registered: watched.registration.as_ref().map(|registration| match registration.state {
                    Registered::Trying => view::Registered::Trying,
                    Registered::Registered { until } => view::Registered::Until(self.clock.wall(until)),
                    Registered::Failed(status) => view::Registered::Failed(status),
                }),
                rests_until: health.rests_until.filter(|until| self.now < *until).map(|at| self.clock.wall(at)),
                is_tried_last: health.is_weak(self.now),
                n_calls: watched.n_legs,
                n_calls_max: watched.trunk.n_calls_max,
            }
        };
        let ids = self.trunks.of_tenant.get(&tenant).into_iter().flatten();
        ids.filter_map(|id| Some((*id, self.trunks.by_id.get(id)?))).map(shown).collect()
    }
}
