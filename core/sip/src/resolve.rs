//! Where to send: from a host's name to addresses in order. RFC 3263
//!
//! [`Resolution`] asks one question at a time and never waits: whoever holds it asks the DNS and brings the answer.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::limits::{RESOLVE_QUESTIONS_MAX, RESOLVE_TARGETS_MAX};
use crate::transport::{Target, Transport};
use crate::uri::Uri;

/// Whom to reach, and what the URI says about how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    pub host: String,
    pub port: Option<u16>,
    pub transport: Option<Transport>,
    /// The URI is sips: each hop has to be secure.
    pub is_secure: bool,
}

impl Wish {
    /// The wish that a sip or sips URI is; none for others, since only a dial plan can place those. RFC 3263 §4
    pub fn from_uri(uri: &Uri<'_>) -> Option<Self> {
        let host = uri.param("maddr").filter(|maddr| !maddr.is_empty()).unwrap_or(uri.host());
        (!host.is_empty()).then(|| Self {
            host: host.to_owned(),
            port: uri.port(),
            transport: uri.transport(),
            is_secure: uri.is_sips(),
        })
    }
}

/// What to ask the DNS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    Naptr(String),
    Srv(String),
    /// Both A and AAAA, in the order in which they shall be tried.
    Addresses(String),
}

/// What the DNS said; empty where there is nothing, or no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Naptr(Vec<Naptr>),
    Srv(Vec<Srv>),
    Addresses(Vec<IpAddr>),
}

/// A NAPTR record, as far as it matters here. RFC 3403
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naptr {
    pub order: u16,
    pub preference: u16,
    /// Such as `SIP+D2U`.
    pub service: String,
    pub replacement: String,
}

/// An SRV record. RFC 2782
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Srv {
    pub priority: u16,
    pub weight: u16,
    pub port: u16,
    pub target: String,
}

/// A host to find the addresses of.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hop {
    host: String,
    port: u16,
    transport: Transport,
}

#[derive(Debug)]
enum Stage {
    Naptr,
    Srv { waiting: VecDeque<(Transport, String)> },
    Addresses { waiting: VecDeque<Hop> },
    Done,
}

/// One resolution under way.
#[derive(Debug)]
pub struct Resolution {
    wish: Wish,
    /// The transports that we have, the preferred first.
    transports: Vec<Transport>,
    random: ChaCha8Rng,
    stage: Stage,
    hops: Vec<Hop>,
    targets: Vec<Target>,
    /// Transports of which the host says that it does not serve them. RFC 2782
    denied: Vec<Transport>,
    n_questions: usize,
}

impl Resolution {
    /// Begins. A numeric host is done at once. `seed` decides among SRV records of the same priority.
    pub fn new(wish: Wish, transports: &[Transport], seed: u64) -> Self {
        let mut this = Self {
            wish,
            transports: transports.to_vec(),
            random: ChaCha8Rng::seed_from_u64(seed),
            stage: Stage::Done,
            hops: Vec::new(),
            targets: Vec::new(),
            denied: Vec::new(),
            n_questions: 0,
        };
        this.begin();
        this
    }

    /// What to ask now; none when it is done.
    pub fn question(&self) -> Option<Question> {
        match &self.stage {
            _ if self.n_questions >= RESOLVE_QUESTIONS_MAX || self.targets.len() >= RESOLVE_TARGETS_MAX => None,
            Stage::Naptr => Some(Question::Naptr(self.wish.host.clone())),
            Stage::Srv { waiting } => waiting.front().map(|(_, name)| Question::Srv(name.clone())),
            Stage::Addresses { waiting } => waiting.front().map(|hop| Question::Addresses(hop.host.clone())),
            Stage::Done => None,
        }
    }

    /// The answer to the last question. One of another kind counts as nothing found.
    pub fn handle_answer(&mut self, answer: Answer) {
        self.n_questions += 1;
        match (&mut self.stage, answer) {
            (Stage::Naptr, Answer::Naptr(records)) => self.take_naptr(records),
            (Stage::Naptr, _) => self.take_naptr(Vec::new()),
            (Stage::Srv { waiting }, answer) => {
                let Some((transport, _)) = waiting.pop_front() else { return };
                let is_last = waiting.is_empty();
                if let Answer::Srv(records) = answer {
                    self.take_srv(transport, records);
                }
                if is_last {
                    self.ask_addresses();
                }
            }
            (Stage::Addresses { waiting }, answer) => {
                let Some(hop) = waiting.pop_front() else { return };
                if let Answer::Addresses(addresses) = answer {
                    for address in addresses {
                        self.push_target(address, &hop);
                    }
                }
            }
            (Stage::Done, _) => {}
        }
    }

    /// Where to send, in order; whole once there is no question left, and empty if nothing was found.
    pub fn into_targets(self) -> Vec<Target> {
        self.targets
    }

    fn begin(&mut self) {
        let bare = self.wish.host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&self.wish.host);
        let plain = self.plain_transport();
        if let Ok(address) = bare.parse::<IpAddr>() {
            let hop = self.plain_hop(plain);
            self.push_target(address, &hop);
        } else if self.wish.port.is_some() {
            self.stage = Stage::Addresses { waiting: [self.plain_hop(plain)].into() };
        } else if let Some(transport) = self.wish.transport {
            self.stage = Stage::Srv { waiting: [(transport, srv_name(transport, &self.wish.host))].into() };
        } else {
            self.stage = Stage::Naptr;
        }
    }

    /// The transport where nothing says otherwise. RFC 3263 §4.1
    fn plain_transport(&self) -> Transport {
        self.wish.transport.unwrap_or(if self.wish.is_secure { Transport::Tls } else { Transport::Udp })
    }

    fn plain_hop(&self, transport: Transport) -> Hop {
        let port = self.wish.port.unwrap_or(default_port(transport));
        Hop { host: self.wish.host.clone(), port, transport }
    }

    fn is_usable(&self, transport: Transport) -> bool {
        self.transports.contains(&transport) && (transport.is_secure() || !self.wish.is_secure)
    }

    fn take_naptr(&mut self, mut records: Vec<Naptr>) {
        records.sort_by_key(|record| (record.order, record.preference));
        let mut waiting: VecDeque<(Transport, String)> = records
            .into_iter()
            .filter_map(|record| Some((naptr_transport(&record.service)?, record.replacement)))
            .filter(|(transport, name)| self.is_usable(*transport) && !name.is_empty())
            .collect();
        if waiting.is_empty() {
            let usable = self.transports.iter().filter(|&&transport| self.is_usable(transport));
            // WebSocket has no SRV names. RFC 7118 §7
            let with_names = usable.filter(|transport| !matches!(transport, Transport::Ws | Transport::Wss));
            waiting = with_names.map(|&transport| (transport, srv_name(transport, &self.wish.host))).collect();
        }
        self.stage = Stage::Srv { waiting };
        if matches!(&self.stage, Stage::Srv { waiting } if waiting.is_empty()) {
            self.ask_addresses();
        }
    }

    /// Orders records by priority, and within one at random by weight. RFC 2782
    fn take_srv(&mut self, transport: Transport, mut records: Vec<Srv>) {
        if !records.is_empty() && records.iter().all(|record| record.target == ".") {
            self.denied.push(transport);
        }
        // Weight 0 first, so that it has a small chance.
        records.retain(|record| !matches!(&*record.target, "" | "."));
        records.sort_by_key(|record| (record.priority, record.weight));
        while let Some(first) = records.first() {
            let n_same = records.iter().take_while(|record| record.priority == first.priority).count();
            let total: u64 = records.iter().take(n_same).map(|record| u64::from(record.weight)).sum();
            let mut draw = self.random.next_u64() % (total + 1);
            let mut chosen = 0;
            for (index, record) in records.iter().take(n_same).enumerate() {
                chosen = index;
                let weight = u64::from(record.weight);
                if weight >= draw {
                    break;
                }
                draw -= weight;
            }
            let record = records.remove(chosen);
            self.hops.push(Hop { host: record.target, port: record.port, transport });
        }
    }

    fn ask_addresses(&mut self) {
        let mut hops = std::mem::take(&mut self.hops);
        let plain = self.plain_transport();
        if hops.is_empty() && !self.denied.contains(&plain) {
            hops.push(self.plain_hop(plain));
        }
        self.stage = Stage::Addresses { waiting: hops.into() };
    }

    fn push_target(&mut self, address: IpAddr, hop: &Hop) {
        if self.targets.len() >= RESOLVE_TARGETS_MAX {
            return;
        }
        self.targets.push(Target {
            transport: hop.transport,
            remote: SocketAddr::new(address, hop.port),
            connection: None,
            // The certificate has to name whom we wanted, not where the DNS sent us. RFC 5922 §4
            server_name: hop.transport.is_secure().then(|| self.wish.host.clone()),
            local: None,
        });
    }
}

/// The port where none is named. RFC 3261 §19.1.2, RFC 7118 §5.3
pub fn default_port(transport: Transport) -> u16 {
    match transport {
        Transport::Udp | Transport::Tcp => 5060,
        Transport::Tls => 5061,
        Transport::Ws => 80,
        Transport::Wss => 443,
    }
}

fn srv_name(transport: Transport, host: &str) -> String {
    let service = match transport {
        Transport::Udp => "_sip._udp.",
        Transport::Tcp => "_sip._tcp.",
        Transport::Tls => "_sips._tcp.",
        Transport::Ws => "_sip._ws.",
        Transport::Wss => "_sips._ws.",
    };
    [service, host].concat()
}

fn naptr_transport(service: &str) -> Option<Transport> {
    let table = [
        ("SIP+D2U", Transport::Udp),
        ("SIP+D2T", Transport::Tcp),
        ("SIPS+D2T", Transport::Tls),
        ("SIP+D2W", Transport::Ws),
        ("SIPS+D2W", Transport::Wss),
    ];
    table.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(service)).map(|(_, transport)| transport)
}
