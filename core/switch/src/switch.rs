//! The outermost machine: sorts inputs to calls, queues and the registrar, and contains the bugs of one call.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::mem;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use media::{LegId, Order};
use phone::Directory;
use phone::access::phone_credentials;
use phone::apps::queue;
use phone::directory::change::{Touched, TouchedTenant};
use phone::id::{CallId, QueueId, TenantId};
use phone::record::agent::AgentFact;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use sip::Connection;
use sip::digest::Ha1;
use sip::endpoint::{Effect, UsageId};

use crate::admission::Admission;
use crate::call::{self, Call};
use crate::calling_back::Offered;
use crate::deadlines::{Deadlines, Waiter};
use crate::input::{Input, PromptLibrary};
use crate::keeping::{Kept, KeptCall};
use crate::node::{Asker, Node, Work};
use crate::output::{Change, Level, Output, UtteranceHandling};
use crate::refusal::Refusal;

/// What the switch needs to know of its node.
#[derive(Clone, Debug)]
pub struct Config {
    /// Server and User-Agent value, such as `Trunkline/0.1.0`.
    pub product: String,
    /// Host and port that name us where the flow does not say it better: domains, Via before a target is known.
    pub sent_by: String,
    /// Host and port that name us to peers over TLS (`--sip-name`).
    pub tls_name: Option<String>,
    /// Written into descriptions instead of the flow's own address (`--media-address`).
    pub media_address: Option<IpAddr>,
    /// Ours when a flow's local address is unspecified: the address of the default route.
    pub route_address: IpAddr,
    pub n_workers: u16,
    /// Ours towards browsers; without one they are not served.
    pub certificate: Option<Arc<media::Certificate>>,
    /// What the passwords of phones in browsers follow from.
    pub phone_key: phone_credentials::Key,
    /// From the system's random source; each generator's seed is derived from it.
    pub seed: [u8; 32],
    /// Wall time at `started`.
    pub wall: Timestamp,
    pub started: Instant,
    pub t1: Duration,
}

/// All calls of a node.
pub struct Switch {
    pub(crate) node: Node,
    pub(crate) admission: Admission,
    /// A call is taken out while it is handled.
    pub(crate) calls: BTreeMap<CallId, Option<Box<Call>>>,
    pub(crate) deadlines: Deadlines,
    pub(crate) n_calls_total: u64,
    pub(crate) n_panics: u64,
    /// Calls of the process before that wait for ports.
    pub(crate) to_resume: VecDeque<KeptCall>,
    hands_over: bool,
    drained: Drained,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Drained {
    NotYet,
    Said,
}

/// How much was said before a call was handled.
#[derive(Clone, Copy)]
struct Mark {
    n_outputs: usize,
    n_effects: usize,
    n_backlog: usize,
}

impl Switch {
    pub fn new(config: Config) -> Self {
        let mut random = ChaCha12Rng::from_seed(config.seed);
        let nobody = Ha1 { md5: random.random(), sha256: random.random() };
        let admission = Admission::new(config.started, random.random(), nobody, config.phone_key.clone());
        Self {
            node: Node::new(config, random),
            admission,
            calls: BTreeMap::new(),
            deadlines: Deadlines::default(),
            n_calls_total: 0,
            n_panics: 0,
            to_resume: VecDeque::new(),
            hands_over: false,
            drained: Drained::NotYet,
        }
    }

    /// Takes one input; what it leads to must be drained before the next.
    pub fn handle(&mut self, now: Instant, input: Input) -> Outputs<'_> {
        self.node.now = now;
        match input {
            Input::Message { source, packet } if media::stun::is_stun(&packet) => {
                self.answer_keep_alive(&source, &packet);
            }
            Input::Message { source, packet } => {
                self.node.endpoint.receive(now, &source, packet, &mut self.node.effects);
            }
            Input::ConnectionClosed { connection } => self.handle_closed(connection),
            Input::TransportFailed { target } => {
                self.node.endpoint.handle_transport_failure(now, &target, &mut self.node.effects);
                if let Some(connection) = target.connection {
                    self.drop_bindings(connection);
                }
            }
            Input::Media { event } => self.handle_media(event),
            Input::Resolved { query, targets } => match self.node.queries.remove(&query) {
                Some(Asker::Call(call)) => self.node.call_input(call, call::Input::Resolved { query, targets }),
                Some(Asker::Response(server)) => {
                    self.node.endpoint.handle_resolved(server, targets, &mut self.node.effects);
                }
                Some(Asker::Trunk(trunk)) => self.node.ask_trunk(trunk, targets),
                None => {}
            },
            Input::Told { query, told } => match self.node.queries.remove(&query) {
                Some(Asker::Call(call)) => self.node.call_input(call, call::Input::Told { query, told }),
                // Nobody else asks such questions.
                Some(Asker::Response(_) | Asker::Trunk(_)) | None => {}
            },
            Input::Directory { directory, prompts, touched } => self.install(directory, prompts, &touched),
            Input::Account { tenant, account, good_until } => self.node.install_account(tenant, account, good_until),
            Input::Command { reply, command } => self.obey(reply, command),
            Input::WallClock { wall } => self.node.set_clock(wall),
            Input::Timeout => self.handle_timeout(),
            Input::Drain => self.node.draining = true,
            Input::HandOver => (self.node.draining, self.hands_over) = (true, true),
            Input::Resume { calls } => self.to_resume.extend(calls),
            Input::Load { load } => self.node.load = load,
            Input::Recorder { works } => self.set_recorder(works),
            Input::Waiting { tenant, waiting } => self.node.take_waiting(tenant, waiting),
        }
        self.settle();
        Outputs { inner: self.node.outputs.drain(..) }
    }

    /// When `Input::Timeout` is due.
    pub fn next_deadline(&self) -> Option<Instant> {
        match (self.node.endpoint.next_deadline(), self.deadlines.first()) {
            (Some(sip), Some(ours)) => Some(sip.min(ours)),
            (sip, ours) => sip.or(ours),
        }
    }

    /// Works until nothing is left to do for this input.
    fn settle(&mut self) {
        loop {
            self.sort_effects();
            let Some(work) = self.node.backlog.pop_front() else {
                self.resume_calls();
                if self.node.backlog.is_empty() && self.node.effects.is_empty() {
                    break;
                }
                continue;
            };
            match work {
                Work::Call { call, input } => self.handle_call(call, input),
                Work::Queues { tenant, event } => self.handle_queues(tenant, event),
                Work::Sip { event } => self.handle_sip(event),
            }
        }
        let node = &mut self.node;
        let outputs = &mut node.outputs;
        node.ports.replenish(node.now, |worker, order| outputs.push(Output::Media { worker, order }));
        self.deadlines.set(Waiter::Ports, self.node.ports.next_deadline());
        self.deadlines.set(Waiter::Registrar, self.node.registrations.next_expiry());
        self.deadlines.set(Waiter::Subscriptions, self.node.subscriptions.next_expiry());
        self.deadlines.set(Waiter::Trunks, self.node.trunks.next_deadline());
        self.deadlines.set(Waiter::Paid, self.node.says_alive_at);
        if self.node.draining && self.drained == Drained::NotYet && self.is_drained() {
            self.drained = Drained::Said;
            self.leave_calls();
            self.node.outputs.push(Output::Drained);
        }
    }

    /// Nobody rings any more for those who are left to the next process.
    fn leave_calls(&mut self) {
        let calls: Vec<CallId> = self.calls.keys().copied().collect();
        for call in calls {
            self.with_call(call, |call, node| call.leave(node));
        }
        self.sort_effects();
    }

    /// Whether no call is left that ends with the process.
    fn is_drained(&self) -> bool {
        let is_kept = |call: &Option<Box<Call>>| call.as_ref().is_some_and(|call| call.kept != Kept::Nothing);
        self.calls.is_empty() || (self.hands_over && self.calls.values().all(is_kept))
    }

    fn sort_effects(&mut self) {
        let node = &mut self.node;
        let mut effects = mem::take(&mut node.effects);
        for effect in effects.drain(..) {
            match effect {
                Effect::Transmit { target, packet } => node.outputs.push(Output::Transmit { target, packet }),
                Effect::Event(event) => node.backlog.push_back(Work::Sip { event }),
                Effect::Resolve { server, host, port, transport } => {
                    let query = node.new_query(Asker::Response(server));
                    let (transport, secure) = (Some(transport), transport.is_secure());
                    node.outputs.push(Output::Resolve { query, host, port, transport, secure });
                }
            }
        }
        node.effects = effects;
    }

    fn handle_sip(&mut self, event: sip::Event) {
        if let sip::Event::Requested { request, source } = event {
            return self.admit(request, source);
        }
        if let sip::Event::Responded { client, status, response } = event {
            if !self.node.trunk_answered(client, status, response.as_ref()) {
                self.node.subscriber_answered(client, status);
            }
            return;
        }
        let Some((call, leg)) = usage_of(&event).and_then(|usage| self.node.usages.get(&usage).copied()) else {
            return;
        };
        self.handle_call(call, call::Input::Sip { leg, event });
    }

    fn handle_media(&mut self, event: media::Event) {
        let (leg, event) = match event {
            media::Event::Closed { leg, grant, .. } => {
                self.node.ports.release(grant);
                (leg, event)
            }
            media::Event::Granted { worker, grants, n_coming } => {
                return self.node.ports.add(self.node.now, worker, grants, n_coming);
            }
            media::Event::Digit { leg, .. }
            | media::Event::Played { leg, .. }
            | media::Event::Quiet { leg, .. }
            | media::Event::Spoke { leg, .. }
            | media::Event::Silent { leg } => (leg, event),
        };
        if let Some(call) = self.node.legs.get(&leg).copied() {
            self.node.call_input(call, call::Input::Media { leg, event });
        }
    }

    fn handle_queues(&mut self, tenant: TenantId, event: queue::Event) {
        let Some(live) = self.node.lives.get_mut(&tenant) else { return };
        let mut effects = Vec::new();
        let ended = if let queue::Event::AgentReleased { agent, .. } = &event { Some(*agent) } else { None };
        live.queues.handle(self.node.now, event, &mut effects);
        let news = live.queues.take_news();
        let connected = effects.iter().filter_map(|effect| {
            let queue::Effect::Connect { agent, .. } = effect else { return None };
            Some(queue::Fact::AnsweredLast { queue: live.queues.turn_of(*agent)?, agent: *agent })
        });
        let at = self.node.clock.wall(self.node.now);
        let ended = ended.map(|agent| queue::Fact::CallEnded { agent, at });
        self.node.outputs.extend(connected.chain(ended).map(|fact| Output::Remember { tenant, fact }));
        self.deadlines.set(Waiter::Queues(tenant), live.queues.next_deadline());
        for (agent, news) in news {
            let fact = Box::new(AgentFact { id: self.node.new_fact_id(), tenant, agent, at, news });
            self.node.outputs.push(Output::AgentFact { fact });
        }
        for effect in effects {
            match addressee(&effect) {
                Addressee::Call(id) if self.node.calling_back.contains_key(&id) => {
                    if let Some(call) = self.node.calling_back.get(&id).copied() {
                        self.node.call_input(call, call::Input::Queue { effect });
                    }
                }
                Addressee::Call(call) if self.calls.contains_key(&call) => {
                    self.node.call_input(call, call::Input::Queue { effect });
                }
                // The call ended in the same turn; the queue hears of it again, which harms nobody.
                Addressee::Call(call) => self.node.queue_event(tenant, queue::Event::Leave { call }),
                Addressee::NewCall(offered) => self.begin_callback(tenant, offered),
                Addressee::Memory { queue, fact } => {
                    self.node.changed(Change::Queue { tenant, queue });
                    self.node.outputs.push(Output::Remember { tenant, fact });
                }
                Addressee::Request(request) => {
                    let queue = request.queue;
                    self.node.changed(Change::Queue { tenant, queue });
                    let fact = queue::Fact::Callback(self.node.clock.keep(&request));
                    self.node.outputs.push(Output::Remember { tenant, fact });
                }
            }
        }
    }

    fn handle_timeout(&mut self) {
        if self.node.endpoint.next_deadline().is_some_and(|at| at <= self.node.now) {
            self.node.endpoint.handle_timeout(self.node.now, &mut self.node.effects);
        }
        while let Some(waiter) = self.deadlines.take_due(self.node.now) {
            match waiter {
                Waiter::Call(call) => self.node.call_input(call, call::Input::Timeout),
                Waiter::Queues(tenant) => self.node.queue_event(tenant, queue::Event::Timeout),
                Waiter::Registrar => self.expire_bindings(),
                Waiter::Subscriptions => self.node.expire_subscriptions(),
                Waiter::Trunks => self.node.ask_trunks(),
                Waiter::Paid => self.node.say_alive(),
                Waiter::Ports => {}
            }
        }
    }

    fn handle_closed(&mut self, connection: Connection) {
        self.node.endpoint.handle_closed(self.node.now, connection, &mut self.node.effects);
        self.drop_bindings(connection);
    }

    /// New settings. Calls keep what they began with; agents, opt-in and presence are live.
    fn install(&mut self, directory: Arc<Directory>, prompts: Arc<PromptLibrary>, touched: &Touched) {
        self.node.directory = directory;
        self.node.prompts = prompts;
        match touched {
            Touched::Everything => {
                let known = self.node.directory.tenants().keys().chain(self.node.lives.keys());
                let tenants: BTreeSet<TenantId> = known.copied().collect();
                for tenant in tenants {
                    self.node.configure(tenant);
                }
                self.drop_unknown_bindings();
            }
            Touched::Tenants(tenants) => {
                for (tenant, touched) in tenants {
                    self.install_tenant(*tenant, touched);
                }
            }
        }
    }

    fn install_tenant(&mut self, tenant: TenantId, touched: &TouchedTenant) {
        match touched {
            TouchedTenant::Whole => {
                self.node.configure(tenant);
                self.drop_unknown_bindings();
            }
            TouchedTenant::Parts { apps, users } => {
                if *apps {
                    self.node.configure(tenant);
                }
                for user in users {
                    self.node.take_presence(tenant, *user);
                    self.drop_bindings_of_unknown((tenant, *user));
                }
            }
        }
    }

    /// Calls that must be recorded end when they can't be any more.
    fn set_recorder(&mut self, works: bool) {
        self.node.can_record = works;
        if !works {
            let calls: Vec<CallId> = self.calls.keys().copied().collect();
            for call in calls {
                self.node.call_input(call, call::Input::Unrecorded);
            }
        }
    }

    // ---- one call at a time

    pub(crate) fn add_call(&mut self, call: Box<Call>) {
        let id = call.id;
        self.n_calls_total += 1;
        self.calls.insert(id, Some(call));
    }

    fn handle_call(&mut self, id: CallId, input: call::Input) {
        if !self.calls.contains_key(&id) {
            return self.handle_orphan(input);
        }
        self.with_call(id, |call, node| call.handle(node, input));
    }

    /// An input for a call that is not there any more. Only a leg that it was to take over must not be lost.
    fn handle_orphan(&mut self, input: call::Input) {
        let mut leg = match input {
            call::Input::Adopt { leg, .. } | call::Input::Replace { by: leg, .. } => leg,
            call::Input::HangUp
            | call::Input::Media { .. }
            | call::Input::Queue { .. }
            | call::Input::Resolved { .. }
            | call::Input::Sip { .. }
            | call::Input::Supervise(_)
            | call::Input::Surrender(_)
            | call::Input::Surrendered { .. }
            | call::Input::Timeout
            | call::Input::Told { .. }
            | call::Input::Unrecorded => return,
        };
        let refusal = Refusal::new(481, "the call is over");
        leg.hang_up(&mut self.node, Some(&refusal), Some(&refusal.reason()));
    }

    /// Lets a call act, outside the table. If it panics, what it had half said is unsaid, and it ends.
    pub(crate) fn with_call(&mut self, id: CallId, act: impl FnOnce(&mut Call, &mut Node)) {
        let Some(mut call) = self.calls.get_mut(&id).and_then(Option::take) else { return };
        let node = &mut self.node;
        let mark = Mark { n_outputs: node.outputs.len(), n_effects: node.effects.len(), n_backlog: node.backlog.len() };
        let result = catch_unwind(AssertUnwindSafe(|| act(&mut call, node)));
        if let Err(panic) = result {
            self.n_panics += 1;
            contain(&mut self.node, &mut call, mark, panic.as_ref());
        }
        if call.is_finished() {
            call.tell_kept(&mut self.node);
            return self.bury(*call);
        }
        call.tell_kept(&mut self.node);
        self.deadlines.set(Waiter::Call(id), call.next_deadline());
        if let Some(slot) = self.calls.get_mut(&id) {
            *slot = Some(call);
        }
    }

    fn bury(&mut self, call: Call) {
        let (id, tenant) = (call.id, call.tenant_id());
        self.calls.remove(&id);
        self.deadlines.set(Waiter::Call(id), None);
        let node = &mut self.node;
        node.calling_back.retain(|_, call| *call != id);
        let record = Box::new(call.draft.finish(id, tenant, node.now, &node.clock));
        let detail = format!("result={:?} talked={}s", record.result, record.talk_seconds);
        node.log(Level::Info, "call ends", Some(id), detail);
        node.outputs.push(Output::Record { record });
        node.changed(Change::Call { tenant, call: id });
    }
}

/// Ends a call that met a bug of ours: BYE on each leg, ports back, one line.
fn contain(node: &mut Node, call: &mut Call, mark: Mark, panic: &(dyn Any + Send)) {
    let unsaid = node.outputs.split_off(mark.n_outputs.min(node.outputs.len()));
    node.effects.truncate(mark.n_effects);
    node.backlog.truncate(mark.n_backlog);
    let what = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let what = what.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    node.log(Level::Error, "a bug ended this call", Some(call.id), what);
    let never_opened = take_back(node, call, unsaid);
    // Whether it waited in a queue is not known any more; a queue that does not know the call does nothing.
    node.queue_event(call.tenant_id(), queue::Event::Leave { call: call.id });
    call.fail(node);
    forget_strays(node, call, &never_opened);
}

/// Undoes what was to be ordered of the media threads. Returns legs that were not opened.
fn take_back(node: &mut Node, call: &mut Call, unsaid: Vec<Output>) -> Vec<LegId> {
    let mut never_opened = Vec::new();
    for output in unsaid {
        match output {
            Output::Media { order: Order::Open { leg, grant, .. }, .. } => {
                node.ports.release(grant);
                never_opened.push(leg);
            }
            Output::Media { order: Order::Move { leg, to }, worker } => {
                node.ports.shift(to, worker);
                if let Some(leg) = call.leg_mut(leg) {
                    leg.worker = worker;
                }
            }
            Output::Mailbox { query, .. }
            | Output::Sign { query, .. }
            | Output::Verify { query, .. }
            | Output::Utterance { handling: UtteranceHandling::Begin { query, .. }, .. } => {
                node.queries.remove(&query);
            }
            Output::Utterance { handling: UtteranceHandling::Drop, .. } => {}
            // What it told of its costs is told again with all that came before it.
            Output::AgentFact { .. }
            | Output::Alive { .. }
            | Output::Changed { .. }
            | Output::Charge { .. }
            | Output::Drained
            | Output::Forget { .. }
            | Output::Keep { .. }
            | Output::Log { .. }
            | Output::Media { .. }
            | Output::Message { .. }
            | Output::Record { .. }
            | Output::Recording { .. }
            | Output::Remember { .. }
            | Output::Reply { .. }
            | Output::Resolve { .. }
            | Output::Transmit { .. } => {}
        }
    }
    for leg in &mut call.legs {
        if never_opened.contains(&leg.id) {
            leg.give_up_closing(node);
        }
    }
    never_opened
}

/// Legs that the bug lost between two places: they are in the tables but in no call.
fn forget_strays(node: &mut Node, call: &Call, never_opened: &[LegId]) {
    let stray_usages: Vec<UsageId> = node
        .usages
        .iter()
        .filter(|(_, (id, leg))| *id == call.id && call.leg(*leg).is_none())
        .map(|(usage, _)| *usage)
        .collect();
    for usage in stray_usages {
        node.usages.remove(&usage);
        node.endpoint.bye(node.now, usage, Some(&Refusal::BUG.reason()), &mut node.effects);
    }
    let stray_legs: Vec<LegId> = node
        .legs
        .iter()
        .filter(|(leg, id)| **id == call.id && call.leg(**leg).is_none())
        .map(|(leg, _)| *leg)
        .collect();
    for leg in stray_legs {
        node.legs.remove(&leg);
        if !never_opened.contains(&leg) {
            node.order(call.worker, Order::Close { leg });
        }
    }
}

fn usage_of(event: &sip::Event) -> Option<UsageId> {
    match event {
        sip::Event::Requested { .. } | sip::Event::Responded { .. } => None,
        sip::Event::Progressed { usage, .. }
        | sip::Event::OfferedEarly { usage, .. }
        | sip::Event::Answered { usage, .. }
        | sip::Event::Refused { usage, .. }
        | sip::Event::Cancelled { usage, .. }
        | sip::Event::Acknowledged { usage, .. }
        | sip::Event::ProvisionallyAcknowledged { usage, .. }
        | sip::Event::Reoffered { usage, .. }
        | sip::Event::ReofferAnswered { usage, .. }
        | sip::Event::Referred { usage, .. }
        | sip::Event::Informed { usage, .. }
        | sip::Event::ReferProgressed { usage, .. }
        | sip::Event::Ended { usage, .. } => Some(*usage),
    }
}

/// Whom an effect of the queues is for.
enum Addressee {
    Call(CallId),
    /// A call that is to be made for it.
    NewCall(Offered),
    /// Nobody; it is to be known after a restart.
    Memory {
        queue: QueueId,
        fact: queue::Fact,
    },
    /// The same, of a request to be called back.
    Request(queue::callback::Request),
}

fn addressee(effect: &queue::Effect) -> Addressee {
    match *effect {
        queue::Effect::Announce { call, .. }
        | queue::Effect::Connect { call, .. }
        | queue::Effect::Exit { call, .. }
        | queue::Effect::Offer { call, .. }
        | queue::Effect::PlayGreeting { call, .. }
        | queue::Effect::PlayMusic { call, .. }
        | queue::Effect::Promise { call }
        | queue::Effect::TooLate { call, .. }
        | queue::Effect::Withdraw { call, .. } => Addressee::Call(call),
        queue::Effect::Callback { request } => Addressee::Request(request),
        queue::Effect::OfferCallback { call, queue, agent, contact } => {
            Addressee::NewCall(Offered { request: call, queue, agent, contact })
        }
        queue::Effect::OptedOut { queue, agent } => {
            Addressee::Memory { queue, fact: queue::Fact::OptedOut { queue, agent } }
        }
        queue::Effect::Alert { ref alert } => {
            Addressee::Memory { queue: alert.queue, fact: queue::Fact::Alert(alert.clone()) }
        }
    }
}

/// What one input led to, in order.
pub struct Outputs<'a> {
    inner: std::vec::Drain<'a, Output>,
}

impl Iterator for Outputs<'_> {
    type Item = Output;

    fn next(&mut self) -> Option<Output> {
        self.inner.next()
    }
}

#[cfg(test)]
mod tests;
