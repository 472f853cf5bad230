//! The world: the switch, its media threads, a network, a carrier and phones, on virtual time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use media::sdp::Direction;
use media::{Digit, Event, LegId, RecordingId};
use phone::Directory;
use phone::apps::attendant::voice::Hearing;
use phone::apps::mailbox::Waiting;
use phone::apps::mailbox::message::Handling;
use phone::apps::mailbox::visit::Ask;
use phone::apps::queue;
use phone::apps::recording::Envelope;
use phone::directory::Tenant;
use phone::directory::change::{Apps, Change, TenantChange, Touched};
use phone::id::{CallId, MessageId};
use phone::money::charge::Charge;
use phone::money::charging;
use phone::numbers::{E164, Number};
use phone::people::User;
use phone::record::CallRecord;
use phone::record::agent::AgentFact;
use phone::record::emergency::CalledForHelp;
use sip::{Source, Target, Transport};
use switch::input::{Command, PromptLibrary, QueryId, ReplyId, Told};
use switch::keeping::KeptCall;
use switch::output::{Answer, Level, UtteranceHandling};
use switch::view::Statistics;
use switch::{Input, Output, Switch};

use crate::demo::{self, Wishes};
use crate::ladder::Ladder;
use crate::media_threads::MediaThreads;
use crate::network::{Faults, Network, Packet};
use crate::notary::Notary;
use crate::peer::{Account, Peer};
use crate::real_media::Sent;
use crate::shelf::{self, Shelf};
use crate::till::Till;
use process::new_switch;

/// The address of the switch.
pub const US: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)), 5060);

/// Media threads: two, so that legs have to move.
const N_WORKERS: u16 = 2;

mod process;

/// Everything there is.
pub struct World {
    pub switch: Switch,
    pub ladder: Ladder,
    pub records: Vec<CallRecord>,
    pub emergencies: Vec<CalledForHelp>,
    /// What was new of agents.
    pub facts: Vec<AgentFact>,
    pub answers: Vec<Answer>,
    /// Recordings that began.
    pub recordings: Vec<Envelope>,
    /// What became of each message.
    pub messages: BTreeMap<MessageId, Vec<Handling>>,
    /// Calls that began, by the switch's own word.
    pub begun: BTreeSet<CallId>,
    /// Lines of level ERROR and WARN.
    pub complaints: Vec<(Level, String)>,
    pub drained: bool,
    /// What another process would know of calls.
    pub kept: BTreeMap<CallId, KeptCall>,
    /// Who signs callers' numbers, and whose signatures are looked at.
    pub notary: Notary,
    /// What is written down of queues, in order.
    remembered: Vec<queue::Fact>,
    /// There is no process: what is sent to it is lost.
    is_down: bool,
    n_processes: u64,
    peers: BTreeMap<&'static str, Peer>,
    by_address: BTreeMap<SocketAddr, &'static str>,
    network: Network,
    media: MediaThreads,
    directory: Arc<Directory>,
    prompts: Arc<PromptLibrary>,
    began: Instant,
    wall: Timestamp,
    now: Instant,
    shows: Shows,
    /// What lies in mailboxes, and what is asked of them.
    pub shelf: Shelf,
    visits: Vec<(QueryId, Ask)>,
    /// What calls are paid with, and what they cost.
    pub till: Till,
    /// What callers will be heard to say, in order; beyond, nothing is made of it.
    pub script: VecDeque<Hearing>,
    utterances: BTreeMap<RecordingId, QueryId>,
    /// Questions to the name server, and what it knows.
    asked: Vec<(QueryId, String)>,
    names: BTreeMap<&'static str, Vec<SocketAddr>>,
    /// Streams that nobody took.
    refused: Vec<Target>,
    /// Reads a real clock, for who wants to know how long the switch takes; and how long it took so far.
    pub stopwatch: Option<fn() -> Instant>,
    pub spent: Duration,
}

/// A name for which no answer ever comes.
pub const SLOW_NAME: &str = "slow.example";

/// Whether messages go into the ladder; long random worlds keep none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    Everything,
    Nothing,
}

/// What the passwords of phones in browsers follow from.
pub const PHONE_KEY: phone::access::phone_credentials::Key = phone::access::phone_credentials::Key([3; 32]);

impl World {
    /// The demo organization, without faults.
    pub fn demo() -> Self {
        Self::new(&Wishes::default(), 1, Faults::default(), Shows::Everything)
    }

    /// The demo organization where these phones are registered and bob has talked with somebody outside for so long.
    /// The ladder shows only what comes then.
    pub fn talking(phones: &[&str], secs: u64) -> Self {
        let mut world = Self::demo();
        world.register(phones);
        world.dial("trunk", "+14255550102");
        world.answer("bob");
        world.run_secs(secs);
        world.ladder.clear();
        world
    }

    /// The demo organization with other settings.
    pub fn with(wishes: &Wishes) -> Self {
        Self::new(wishes, 1, Faults::default(), Shows::Everything)
    }

    /// With the real media engine, so that peers hear what is said.
    pub fn with_sound(wishes: &Wishes) -> Self {
        Self::empty(wishes, 1, Faults::default(), Shows::Everything, MediaThreads::with_sound(N_WORKERS)).begin()
    }

    pub fn new(wishes: &Wishes, seed: u64, faults: Faults, shows: Shows) -> Self {
        Self::empty(wishes, seed, faults, shows, MediaThreads::without_sound(N_WORKERS)).begin()
    }

    /// With other settings, at another time.
    pub fn at(wall: &str, wishes: &Wishes) -> Self {
        let mut world =
            Self::empty(wishes, 1, Faults::default(), Shows::Everything, MediaThreads::without_sound(N_WORKERS));
        world.wall = wall.parse().unwrap_or_else(|_| panic!("{wall} is a time"));
        world.switch = new_switch(1, world.wall, world.began);
        world.begin()
    }

    fn begin(mut self) -> Self {
        self.add_peers();
        self.install();
        self
    }

    fn empty(wishes: &Wishes, seed: u64, faults: Faults, shows: Shows, media: MediaThreads) -> Self {
        #[expect(clippy::disallowed_methods, reason = "virtual time needs a first instant")]
        let began = Instant::now();
        let wall: Timestamp = "2026-03-02T15:00:00Z".parse().unwrap_or(Timestamp::UNIX_EPOCH);
        let switch = new_switch(seed, wall, began);
        Self {
            switch,
            ladder: Ladder::default(),
            records: Vec::new(),
            emergencies: Vec::new(),
            facts: Vec::new(),
            answers: Vec::new(),
            recordings: Vec::new(),
            messages: BTreeMap::new(),
            begun: BTreeSet::new(),
            complaints: Vec::new(),
            drained: false,
            kept: BTreeMap::new(),
            notary: Notary::default(),
            remembered: Vec::new(),
            is_down: false,
            n_processes: seed,
            peers: BTreeMap::new(),
            by_address: BTreeMap::new(),
            network: Network::new(faults, seed),
            media,
            directory: demo::directory(wishes),
            prompts: demo::prompts(),
            began,
            wall,
            now: began,
            shows,
            shelf: Shelf::default(),
            visits: Vec::new(),
            till: Till::default(),
            script: VecDeque::new(),
            utterances: BTreeMap::new(),
            asked: Vec::new(),
            names: BTreeMap::new(),
            refused: Vec::new(),
            stopwatch: None,
            spent: Duration::ZERO,
        }
    }

    fn add_peers(&mut self) {
        self.add_peer("trunk", SocketAddr::from(([10, 0, 0, 9], 5060)), None);
        for (index, (name, extension)) in (1u8..).zip(demo::PEOPLE) {
            let account = Account {
                user: extension.to_owned(),
                password: demo::PASSWORD.to_owned(),
                domain: demo::DOMAIN.to_owned(),
            };
            self.add_peer(name, SocketAddr::from(([10, 0, 1, index], 5060)), Some(account));
        }
    }

    /// Adds a phone or a carrier.
    pub fn add_peer(&mut self, name: &'static str, address: SocketAddr, account: Option<Account>) {
        let seed = u8::try_from(self.peers.len()).unwrap_or(0) + 1;
        self.by_address.insert(address, name);
        self.peers.insert(name, Peer::new(name, address, US, account, seed));
    }

    /// Adds a session border controller that speaks over TLS: the names in its certificate, and what it calls itself.
    pub fn add_sbc(&mut self, name: &'static str, address: SocketAddr, names: &[&str], contact: Option<&str>) {
        let seed = u8::try_from(self.peers.len()).unwrap_or(0) + 1;
        self.by_address.insert(address, name);
        self.peers.insert(name, Peer::new(name, address, US, None, seed).with_certificate(names, contact, seed));
    }

    /// Hands the settings to the switch.
    pub fn install(&mut self) {
        let (directory, prompts) = (Arc::clone(&self.directory), Arc::clone(&self.prompts));
        self.tell(Input::Directory { directory, prompts, touched: Touched::Everything });
    }

    /// Changes the settings as a server does: the next snapshot is made from the one before.
    pub fn change(&mut self, wishes: &Wishes) {
        let wanted = demo::directory(wishes);
        let Some(tenant) = wanted.tenant(demo::TENANT) else { return };
        let apps = Apps {
            trunks: tenant.trunks.clone(),
            outbound_trunks: tenant.outbound_trunks.clone(),
            lent: tenant.lent.clone(),
            attendants: tenant.attendants.clone(),
            queues: tenant.queues.clone(),
            schedules: tenant.schedules.clone(),
            groups: tenant.groups.clone(),
            mailboxes: tenant.mailboxes.clone(),
            personal_mailboxes: tenant.personal_mailboxes.clone(),
            calling: tenant.calling.clone(),
        };
        let routing = Some(tenant.routing.clone());
        self.change_parts(TenantChange { apps: Some(apps), routing, ..TenantChange::default() });
    }

    /// Changes the person at `index` of [`demo::PEOPLE`].
    pub fn change_person(&mut self, index: usize, change: impl FnOnce(&mut User)) {
        let id = demo::user_id(index);
        let there = self.directory.tenant(demo::TENANT).and_then(|tenant| tenant.users.get(&id));
        let Some(mut user) = there.cloned() else { return };
        change(Arc::make_mut(&mut user));
        self.change_parts(TenantChange { users: [(id, Some(user))].into(), ..TenantChange::default() });
    }

    /// Changes a number of the demo, as an administrator does.
    pub fn change_number(&mut self, number: &str, change: impl FnOnce(&mut Number)) {
        let Ok(id) = E164::parse(number) else { return };
        let there = self.directory.tenant(demo::TENANT).and_then(|tenant| tenant.numbers.get(&id));
        let Some(mut number) = there.cloned() else { return };
        change(&mut number);
        self.change_parts(TenantChange { numbers: [(id, Some(number))].into(), ..TenantChange::default() });
    }

    /// Gives the demo a number.
    pub fn add_number(&mut self, number: Number) {
        self.change_parts(TenantChange { numbers: [(number.number, Some(number))].into(), ..TenantChange::default() });
    }

    fn change_parts(&mut self, change: TenantChange) {
        let changes = BTreeMap::from([(demo::TENANT, Change::Parts(change))]);
        let (directory, touched) = self.directory.with(changes, Some(demo::TENANT));
        self.directory = Arc::new(directory);
        let (directory, prompts) = (Arc::clone(&self.directory), Arc::clone(&self.prompts));
        self.tell(Input::Directory { directory, prompts, touched });
    }

    /// The organization as the switch knows it.
    pub fn tenant(&self) -> Arc<Tenant> {
        self.directory.tenant(demo::TENANT).cloned().unwrap_or_else(|| panic!("the organization is there"))
    }

    /// The wall's time.
    pub fn wall_now(&self) -> Timestamp {
        self.wall + SignedDuration::try_from(self.elapsed()).unwrap_or_default()
    }

    // ---- making something happen

    /// A peer, to look at or to change its manners.
    pub fn peer(&mut self, name: &str) -> &mut Peer {
        self.peers.get_mut(name).unwrap_or_else(|| panic!("nobody is called {name}"))
    }

    pub fn peers(&self) -> impl Iterator<Item = &Peer> {
        self.peers.values()
    }

    /// Lets a peer act now, and what it sends go out.
    pub fn act(&mut self, name: &str, act: impl FnOnce(&mut Peer, Instant)) {
        let now = self.now;
        act(self.peer(name), now);
        self.flush(name);
        self.run(Duration::ZERO);
    }

    pub fn register(&mut self, names: &[&str]) {
        for name in names {
            self.act(name, |peer, now| peer.register(now, 3600));
        }
    }

    pub fn dial(&mut self, name: &str, number: &str) {
        self.act(name, |peer, now| peer.dial(now, number));
    }

    pub fn answer(&mut self, name: &str) {
        self.act(name, Peer::answer);
    }

    pub fn refuse(&mut self, name: &str, status: u16) {
        self.act(name, |peer, now| peer.refuse(now, status));
    }

    pub fn hang_up(&mut self, name: &str) {
        self.act(name, Peer::hang_up);
    }

    pub fn hold(&mut self, name: &str) {
        self.act(name, |peer, now| peer.reoffer(now, Direction::SendOnly));
    }

    pub fn retrieve(&mut self, name: &str) {
        self.act(name, |peer, now| peer.reoffer(now, Direction::SendAndReceive));
    }

    /// The party at a leg presses a key in its sound.
    pub fn press(&mut self, name: &str, key: char) {
        let leg = self.ladder.leg_of(name).unwrap_or_else(|| panic!("{name} has no leg"));
        self.press_leg(leg, key);
    }

    pub fn press_leg(&mut self, leg: LegId, key: char) {
        let digit = Digit::from_name(&key.to_string()).unwrap_or_else(|| panic!("{key} is no key"));
        self.tell(Input::Media { event: Event::Digit { leg, digit } });
        self.run(Duration::ZERO);
    }

    /// The media thread hears nothing of a leg's peer for too long.
    pub fn fall_silent(&mut self, name: &str) {
        let leg = self.ladder.leg_of(name).unwrap_or_else(|| panic!("{name} has no leg"));
        self.tell(Input::Media { event: Event::Silent { leg } });
        self.run(Duration::ZERO);
    }

    /// A party begins to speak.
    pub fn begin_to_speak(&mut self, name: &str) {
        let leg = self.ladder.leg_of(name).unwrap_or_else(|| panic!("{name} has no leg"));
        let recording = *self.utterances.keys().last().unwrap_or_else(|| panic!("nobody listens"));
        self.media_says(Event::Spoke { leg, recording });
    }

    /// A party has said something, and the recognizer what the script says.
    pub fn stop_speaking(&mut self, name: &str) {
        let leg = self.ladder.leg_of(name).unwrap_or_else(|| panic!("{name} has no leg"));
        let (recording, query) = self.utterances.pop_last().unwrap_or_else(|| panic!("nobody listens"));
        self.media_says(Event::Quiet { leg, recording });
        if let Some(hearing) = self.script.pop_front() {
            self.tell(Input::Told { query, told: Told::Heard { hearing } });
            self.run(Duration::ZERO);
        }
    }

    /// So many messages wait for the person at `index` of [`demo::PEOPLE`].
    pub fn messages_wait(&mut self, index: usize, new: u32, old: u32) {
        let waiting = BTreeMap::from([(demo::user_id(index), Waiting { new, old })]);
        self.tell(Input::Waiting { tenant: demo::TENANT, waiting });
        self.run(Duration::ZERO);
    }

    /// A media thread has something to tell.
    pub fn media_says(&mut self, event: Event) {
        self.tell(Input::Media { event });
        self.run(Duration::ZERO);
    }

    pub fn command(&mut self, command: Command) -> Answer {
        self.answers.clear();
        self.tell(Input::Command { reply: ReplyId(1), command });
        self.run(Duration::ZERO);
        self.answers.pop().unwrap_or_else(|| panic!("a command is always answered"))
    }

    /// What was told of costs reaches the ledger, and the switch is told what is left.
    pub fn settle(&mut self) {
        self.till.settle();
        self.pay();
    }

    /// The switch is told what may be spent.
    pub fn pay(&mut self) {
        self.fund(self.till.account(self.wall_now()), None);
    }

    /// The switch is told what may be spent, by a ledger that promises it for so long.
    pub fn fund(&mut self, account: charging::Account, good_for: Option<Duration>) {
        let good_until = good_for.map(|span| self.now + span);
        self.tell(Input::Account { tenant: demo::TENANT, account: Some(Box::new(account)), good_until });
    }

    /// The wall's time is set by so much, and the switch hears of it.
    pub fn set_clock(&mut self, by: SignedDuration) {
        self.wall += by;
        self.tell(Input::WallClock { wall: self.wall_now() });
    }

    /// No new calls from now on.
    pub fn drain(&mut self) {
        self.tell(Input::Drain);
    }

    /// Whether calls come faster than they can be begun.
    pub fn load(&mut self, load: switch::input::Load) {
        self.tell(Input::Load { load });
    }

    pub fn statistics(&mut self) -> Statistics {
        let Answer::Statistics(statistics) = self.command(Command::Statistics) else {
            panic!("statistics answer the question for statistics");
        };
        statistics
    }

    pub fn set_faults(&mut self, faults: Faults) {
        self.network.set_faults(faults);
    }

    /// Sends raw bytes to the switch from an address where nobody listens.
    pub fn send_raw(&mut self, from: SocketAddr, bytes: impl Into<bytes::Bytes>) {
        let packet = Packet { from, to: US, transport: Transport::Udp, bytes: bytes.into() };
        self.network.send(self.now, packet);
        self.run(Duration::ZERO);
    }

    /// Sends a message as it is written from a peer's address; its lines end with LF.
    pub fn send_as(&mut self, name: &str, text: &str) {
        let from = self.peer(name).address;
        self.send_raw(from, text.replace('\n', "\r\n"));
    }

    // ---- time

    /// Lets time pass, and does whatever falls due.
    pub fn run(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(at) = self.next_deadline().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.step();
        }
        self.now = end;
    }

    pub fn run_secs(&mut self, secs: u64) {
        self.run(Duration::from_secs(secs));
    }

    /// Since the beginning.
    pub fn elapsed(&self) -> Duration {
        self.now - self.began
    }

    /// Runs until nothing is left to do but waiting for registrations to expire.
    pub fn run_until_quiet(&mut self) {
        self.run_secs(120);
    }

    fn next_deadline(&self) -> Option<Instant> {
        let peers = self.peers.values().filter_map(Peer::next_deadline);
        let others = [self.network.next_arrival(), self.switch.next_deadline(), self.media.next_deadline()];
        peers.chain(others.into_iter().flatten()).min()
    }

    fn step(&mut self) {
        let now = self.now;
        while let Some(packet) = self.network.receive(now) {
            self.deliver(packet);
        }
        if self.switch.next_deadline().is_some_and(|at| at <= now) {
            self.tell(Input::Timeout);
        }
        let mut events = Vec::new();
        let sent = self.media.handle_timeout(now, &mut events);
        self.deliver_sound(sent);
        for event in events {
            self.tell(Input::Media { event });
        }
        let due: Vec<&'static str> = self
            .peers
            .values()
            .filter(|peer| peer.next_deadline().is_some_and(|at| at <= now))
            .map(|peer| peer.name)
            .collect();
        for name in due {
            self.peer(name).handle_timeout(now);
            self.flush(name);
        }
    }

    // ---- between the parts

    fn deliver(&mut self, packet: Packet) {
        let Packet { from, to, transport, bytes } = packet;
        if to == US && self.is_down {
            return;
        }
        if to == US {
            let name = self.by_address.get(&from).copied().unwrap_or("stranger");
            let verified_names = self.peers.get(name).and_then(|peer| peer.certificate.clone());
            let source = Source { transport, remote: from, local: US, connection: None, verified_names };
            if self.shows == Shows::Everything {
                self.ladder.note_message(self.elapsed(), name, "us", &bytes);
            }
            self.tell(Input::Message { source, packet: bytes });
            return;
        }
        let Some(name) = self.by_address.get(&to).copied() else { return };
        let now = self.now;
        self.peer(name).receive(now, from, transport, bytes);
        self.flush(name);
    }

    fn flush(&mut self, name: &str) {
        let now = self.now;
        let peer = self.peer(name);
        let (from, packets) = (peer.address, peer.take_packets(now));
        for (target, bytes) in packets {
            self.network.send(now, Packet { from, to: target.remote, transport: target.transport, bytes });
        }
    }

    fn tell(&mut self, input: Input) {
        let started = self.stopwatch.map(|read| read());
        let outputs: Vec<Output> = self.switch.handle(self.now, input).collect();
        if let (Some(read), Some(started)) = (self.stopwatch, started) {
            self.spent += read() - started;
        }
        let mut events = Vec::new();
        for output in outputs {
            self.carry_out(output, &mut events);
        }
        for event in events {
            self.tell(Input::Media { event });
        }
        for target in std::mem::take(&mut self.refused) {
            self.tell(Input::TransportFailed { target });
        }
        self.answer_names();
        self.answer_visits();
        for (query, told) in self.notary.take_answers() {
            self.tell(Input::Told { query, told });
        }
    }

    fn carry_out(&mut self, output: Output, events: &mut Vec<Event>) {
        let at = self.elapsed();
        match output {
            Output::Transmit { target, packet } => {
                let peer = self.by_address.get(&target.remote).and_then(|name| self.peers.get(name));
                if target.transport == Transport::Tcp && peer.is_some_and(|peer| !peer.manners.takes_streams) {
                    self.refused.push(target);
                    return;
                }
                if self.shows == Shows::Everything {
                    let name = self.by_address.get(&target.remote).copied().unwrap_or("stranger");
                    self.ladder.note_message(at, "us", name, &packet);
                }
                let packet = Packet { from: US, to: target.remote, transport: target.transport, bytes: packet };
                self.network.send(self.now, packet);
            }
            Output::Media { worker, order } => {
                if self.shows == Shows::Everything {
                    self.ladder.note_order(at, &order);
                }
                let sent = self.media.handle_order(self.now, worker, order, events);
                self.deliver_sound(sent);
            }
            Output::Record { record } => {
                if self.shows == Shows::Everything {
                    self.ladder.note_record(at, &record);
                }
                self.records.push(*record);
            }
            Output::AgentFact { fact } => self.facts.push(*fact),
            Output::Charge { charge } => {
                if self.shows == Shows::Everything {
                    self.ladder.note_text(at, charge_in_words(&charge));
                }
                self.till.take(*charge);
            }
            Output::Alive { at } => self.till.alive = Some(at),
            Output::Utterance { recording, handling } => match handling {
                UtteranceHandling::Begin { query, phrases, .. } => {
                    if self.shows == Shows::Everything {
                        self.ladder.note_text(at, format!("hear {}", phrases.join(", ")));
                    }
                    self.utterances.insert(recording, query);
                }
                UtteranceHandling::Drop => drop(self.utterances.remove(&recording)),
            },
            Output::Mailbox { query, question } => {
                if self.shows == Shows::Everything {
                    self.ladder.note_text(at, shelf::in_words(&question.ask));
                }
                self.visits.push((query, question.ask));
            }
            Output::Message { message, handling } => {
                if self.shows == Shows::Everything {
                    self.ladder.note_text(at, handling_in_words(&handling));
                }
                self.messages.entry(message).or_default().push(handling);
            }
            Output::Recording { envelope } => {
                if self.shows == Shows::Everything {
                    self.ladder.note_text(at, format!("recording begins of {}", envelope.from));
                }
                self.recordings.push(*envelope);
            }
            Output::Reply { answer, .. } => self.answers.push(answer),
            Output::Log { level, message, call, detail } => match (level, call) {
                (Level::Error | Level::Warn, _) => self.complaints.push((level, format!("{message}: {detail}"))),
                (Level::Info, Some(call)) if message == "call begins" => {
                    assert!(self.begun.insert(call), "a call began twice");
                }
                (Level::Info | Level::Debug, _) => {}
            },
            Output::Drained => self.drained = true,
            Output::Resolve { query, host, .. } => self.asked.push((query, host)),
            Output::Remember { fact: queue::Fact::CalledForHelp(call), .. } => self.emergencies.push(*call),
            Output::Remember { fact, .. } => self.remembered.push(fact),
            Output::Sign { query, order } => {
                if self.shows == Shows::Everything {
                    self.ladder.note_text(at, format!("sign {} {:?}", order.signable.number, order.signable.whose));
                }
                self.notary.sign(query, &order);
            }
            Output::Verify { query, passport } => {
                if self.shows == Shows::Everything {
                    self.ladder.note_text(at, format!("verify {} by {}", passport.caller, passport.certificate));
                }
                self.notary.verify(query, &passport);
            }
            Output::Keep { call } => drop(self.kept.insert(call.id, *call)),
            Output::Forget { call } => drop(self.kept.remove(&call)),
            Output::Changed { .. } => {}
        }
    }

    /// The store of messages answers.
    fn answer_visits(&mut self) {
        for (query, ask) in std::mem::take(&mut self.visits) {
            let wall = self.wall + SignedDuration::try_from(self.elapsed()).unwrap_or_default();
            if let Some(told) = self.shelf.answer(wall, &ask) {
                self.tell(Input::Told { query, told });
            }
        }
    }

    /// The name server answers: names that tests gave to a peer's address have one, others have none.
    fn answer_names(&mut self) {
        for (query, host) in std::mem::take(&mut self.asked) {
            let addresses = self.names.get(host.as_str()).cloned().unwrap_or_default();
            if self.shows == Shows::Everything {
                self.ladder.note_text(self.elapsed(), format!("resolve {host}"));
            }
            let target =
                |remote| Target { transport: Transport::Udp, remote, connection: None, server_name: None, local: None };
            if host != SLOW_NAME {
                self.tell(Input::Resolved { query, targets: addresses.into_iter().map(target).collect() });
            }
        }
    }

    /// Gives a name to a peer's address, after those that it has.
    pub fn name_address(&mut self, host: &'static str, name: &str) {
        let address = self.peer(name).address;
        self.names.entry(host).or_default().push(address);
    }

    /// What was recorded of both sides, left and right; for worlds with sound.
    pub fn stereo(&self) -> (Vec<i16>, Vec<i16>) {
        self.media.stereo()
    }

    /// Whether what is recorded can be written down.
    pub fn recorder(&mut self, works: bool) {
        self.tell(Input::Recorder { works });
        self.run(Duration::ZERO);
    }

    /// The media thread hears nothing of anybody any more.
    pub fn silence_all(&mut self) {
        for leg in self.open_legs() {
            self.tell(Input::Media { event: Event::Silent { leg } });
        }
    }

    pub fn open_legs(&self) -> Vec<LegId> {
        self.media.legs()
    }

    /// A peer sends a packet of sound (or anything else) to where its newest call's description says.
    pub fn send_sound(&mut self, name: &str, mut bytes: Vec<u8>) {
        let peer = self.peer(name);
        let (ip, ports) = (peer.address.ip(), peer.sound_ports());
        let Some((from, to)) = ports else { panic!("{name} has no call with sound") };
        let now = self.now;
        let mut events = Vec::new();
        let sent = self.media.handle_packet(now, to, SocketAddr::new(ip, from), &mut bytes, &mut events);
        self.deliver_sound(sent);
        for event in events {
            self.tell(Input::Media { event });
        }
        self.run(Duration::ZERO);
    }

    /// Peers say their payload each 20 ms for so long.
    pub fn talk(&mut self, names: &[&str], span: Duration) {
        for _ in 0..span.as_millis() / 20 {
            for name in names {
                let packet = self.peer(name).next_sound();
                self.send_sound(name, packet);
            }
            self.run(Duration::from_millis(20));
        }
    }

    fn deliver_sound(&mut self, sent: Vec<Sent>) {
        for Sent { to, bytes, .. } in sent {
            let heard = self.peers.values_mut().find(|peer| peer.address.ip() == to.ip());
            if let Some(peer) = heard.filter(|_| to.port().is_multiple_of(2)) {
                peer.heard.push(bytes);
            }
        }
    }

    /// Legs that the media thread has open.
    pub fn n_media_legs(&self) -> usize {
        self.open_legs().len()
    }
}

fn handling_in_words(handling: &Handling) -> String {
    match handling {
        Handling::Begin(envelope) => format!("message begins from {}", envelope.from),
        Handling::Deliver { kept } => format!("message delivered {:.3}s", kept.as_secs_f64()),
        Handling::Discard => "message discarded".to_owned(),
    }
}

/// What a telling of costs looks like on a ladder.
fn charge_in_words(charge: &Charge) -> String {
    let end = if charge.finished { " in all" } else { "" };
    format!("charged {} for {}s{end}", charge.amount(), charge.secs)
}
