//! What all calls share: the endpoint, the stock of ports, the settings in force, and the pile of what is to be said.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use media::{LegId, Order, PlayId, WorkerId};
use phone::Directory;
use phone::apps::queue;
use phone::id::{CallId, FactId, MessageId, RecordingId, TenantId, TrunkId, UserId};
use phone::money::charging::Charging;
use phone::people::Presence;
use rand::{Rng, RngExt};
use rand_chacha::ChaCha12Rng;
use sip::Target;
use sip::endpoint::{Effect, ServerId, UsageId};

use crate::call;
use crate::callbacks::Callbacks;
use crate::clock::Clock;
use crate::input::{Load, PromptLibrary, QueryId};
use crate::lines::Lines;
use crate::live::Live;
use crate::output::{Change, Level, Output};
use crate::ports::Ports;
use crate::registering::Registrations;
use crate::subscribing::Subscriptions;
use crate::switch::Config;
use crate::trunks::Trunks;

/// Something to do before this input is done with.
#[derive(Debug)]
pub(crate) enum Work {
    Call { call: CallId, input: call::Input },
    Queues { tenant: TenantId, event: queue::Event },
    Sip { event: sip::Event },
}

/// Who waits for the addresses of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asker {
    Call(CallId),
    /// A response that could not be delivered.
    Response(ServerId),
    /// A trunk that is to be asked whether it is there.
    Trunk(TrunkId),
}

/// Everything that a call may touch besides itself.
pub(crate) struct Node {
    pub(crate) now: Instant,
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) random: ChaCha12Rng,
    pub(crate) endpoint: sip::Endpoint,
    /// What the endpoint said and nobody sorted yet.
    pub(crate) effects: Vec<Effect>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) prompts: Arc<PromptLibrary>,
    pub(crate) registrations: Registrations,
    pub(crate) subscriptions: Subscriptions,
    pub(crate) ports: Ports,
    pub(crate) lives: BTreeMap<TenantId, Live>,
    pub(crate) usages: BTreeMap<UsageId, (CallId, LegId)>,
    pub(crate) legs: BTreeMap<LegId, CallId>,
    pub(crate) queries: BTreeMap<QueryId, Asker>,
    /// The call that is under way for each request to be called back.
    pub(crate) calling_back: BTreeMap<CallId, CallId>,
    pub(crate) trunks: Trunks,
    pub(crate) lines: Lines,
    /// Who called for help with which number.
    pub(crate) callbacks: Callbacks,
    /// What organizations that pay for calls may spend.
    pub(crate) charging: BTreeMap<TenantId, Charging>,
    /// When to say that the process lives; none while no leg is paid for.
    pub(crate) says_alive_at: Option<Instant>,
    pub(crate) backlog: VecDeque<Work>,
    pub(crate) outputs: Vec<Output>,
    pub(crate) draining: bool,
    /// Whether what is recorded can be written down.
    pub(crate) can_record: bool,
    pub(crate) load: Load,
    next_leg: u64,
    next_play: u64,
    next_query: u64,
}

impl Node {
    pub(crate) fn new(config: Config, mut random: ChaCha12Rng) -> Self {
        let endpoint_config = sip::endpoint::Config {
            product: config.product.clone(),
            sent_by: config.sent_by.clone(),
            tls_name: config.tls_name.clone(),
            t1: config.t1,
            t2: config.t1 * 8,
            t4: config.t1 * 10,
        };
        let endpoint = sip::Endpoint::new(endpoint_config, random.random());
        Self {
            now: config.started,
            clock: Clock::new(config.started, config.wall),
            ports: Ports::new(config.n_workers),
            trunks: Trunks::new(config.started),
            config,
            random,
            endpoint,
            effects: Vec::new(),
            directory: Arc::default(),
            prompts: Arc::default(),
            registrations: Registrations::default(),
            subscriptions: Subscriptions::default(),
            lives: BTreeMap::new(),
            usages: BTreeMap::new(),
            legs: BTreeMap::new(),
            queries: BTreeMap::new(),
            calling_back: BTreeMap::new(),
            lines: Lines::default(),
            callbacks: Callbacks::default(),
            charging: BTreeMap::new(),
            says_alive_at: None,
            backlog: VecDeque::new(),
            outputs: Vec::new(),
            draining: false,
            can_record: true,
            load: Load::Fine,
            next_leg: 1,
            next_play: 1,
            next_query: 1,
        }
    }

    pub(crate) fn wall_now(&self) -> Timestamp {
        self.clock.wall(self.now)
    }

    pub(crate) fn seed(&mut self) -> [u8; 32] {
        let mut seed = [0; 32];
        self.random.fill_bytes(&mut seed);
        seed
    }

    /// A name for a new call that sorts by time. RFC 9562 §5.7
    pub(crate) fn new_call_id(&mut self) -> CallId {
        CallId(self.new_id())
    }

    /// A name for a new message, likewise.
    pub(crate) fn new_message_id(&mut self) -> MessageId {
        MessageId(self.new_id())
    }

    /// A name for something new of an agent, likewise.
    pub(crate) fn new_fact_id(&mut self) -> FactId {
        FactId(self.new_id())
    }

    /// A name for a new recording, likewise.
    pub(crate) fn new_recording_id(&mut self) -> RecordingId {
        RecordingId(self.new_id())
    }

    fn new_id(&mut self) -> uuid::Uuid {
        let mut tail = [0; 10];
        self.random.fill_bytes(&mut tail);
        let millis = u64::try_from(self.wall_now().as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }

    pub(crate) fn new_leg_id(&mut self) -> LegId {
        self.next_leg += 1;
        LegId(self.next_leg)
    }

    pub(crate) fn new_query(&mut self, asker: Asker) -> QueryId {
        self.next_query += 1;
        let query = QueryId(self.next_query);
        self.queries.insert(query, asker);
        query
    }

    pub(crate) fn new_play_id(&mut self) -> PlayId {
        self.next_play += 1;
        PlayId(self.next_play)
    }

    pub(crate) fn order(&mut self, worker: WorkerId, order: Order) {
        self.outputs.push(Output::Media { worker, order });
    }

    pub(crate) fn queue_event(&mut self, tenant: TenantId, event: queue::Event) {
        self.backlog.push_back(Work::Queues { tenant, event });
    }

    pub(crate) fn call_input(&mut self, call: CallId, input: call::Input) {
        self.backlog.push_back(Work::Call { call, input });
    }

    pub(crate) fn changed(&mut self, change: Change) {
        self.outputs.push(Output::Changed { change });
    }

    pub(crate) fn log(&mut self, level: Level, message: &'static str, call: Option<CallId>, detail: String) {
        self.outputs.push(Output::Log { level, message, call, detail });
    }

    /// The address of ours that a peer at `target` should send its sound to.
    pub(crate) fn media_address(&self, target: &Target) -> IpAddr {
        if let Some(address) = self.config.media_address {
            return address;
        }
        match target.local.map(|local| local.ip()) {
            Some(local) if !local.is_unspecified() => local,
            Some(_) | None if target.remote.ip().is_loopback() => target.remote.ip(),
            Some(_) | None => self.config.route_address,
        }
    }

    /// A user is in one more call that no queue offered; the queues hear of the first.
    pub(crate) fn begin_user_call(&mut self, tenant: TenantId, user: UserId, worker: WorkerId) {
        let Some(live) = self.lives.get_mut(&tenant) else { return };
        if live.begin_call(user, worker) {
            self.agent_changed(tenant, user);
        }
    }

    /// A call of a user is over; the queues hear of the last.
    pub(crate) fn end_user_call(&mut self, tenant: TenantId, user: UserId) {
        let Some(live) = self.lives.get_mut(&tenant) else { return };
        if live.end_call(user) {
            self.agent_changed(tenant, user);
        }
    }

    /// The media thread for a new call: that of another call of one of these users, else the next in turn.
    pub(crate) fn choose_worker(&mut self, tenant: TenantId, users: [Option<UserId>; 2]) -> WorkerId {
        let live = self.lives.get(&tenant);
        let known = users.into_iter().flatten().find_map(|user| live.and_then(|live| live.worker_of(user)));
        known.unwrap_or_else(|| self.ports.choose_worker())
    }

    /// Tells the queues what is known of this user now, if he is an agent.
    pub(crate) fn agent_changed(&mut self, tenant: TenantId, user: UserId) {
        let reachable = self.registrations.is_reachable(tenant, user);
        let Some(live) = self.lives.get(&tenant) else { return };
        if let Some(state) = live.agent_state(user, reachable) {
            self.queue_event(tenant, queue::Event::AgentChanged { agent: user, state });
        }
    }

    pub(crate) fn set_presence(&mut self, tenant: TenantId, user: UserId, presence: Presence) {
        if let Some(live) = self.lives.get_mut(&tenant) {
            live.set_presence(user, presence);
        }
        self.agent_changed(tenant, user);
    }

    /// Takes over what the snapshot says of one person's presence.
    pub(crate) fn take_presence(&mut self, tenant: TenantId, user: UserId) {
        let there = self.directory.tenant(tenant).and_then(|tenant| tenant.users.get(&user));
        let presence = there.map_or_else(Presence::default, |user| user.presence);
        self.set_presence(tenant, user, presence);
    }

    /// Takes over what the snapshot says of a tenant's queues and agents; nothing, if it is gone.
    pub(crate) fn configure(&mut self, tenant: TenantId) {
        self.configure_trunks(tenant);
        let Some(there) = self.directory.tenant(tenant).cloned() else {
            return self.queue_event(tenant, queue::Event::Configured { queues: BTreeMap::new() });
        };
        let agents = self.lives.entry(tenant).or_default().configure(&there);
        self.queue_event(tenant, queue::Event::Configured { queues: there.staffed_queues() });
        for agent in agents {
            self.agent_changed(tenant, agent);
        }
    }
}
