//! Port pairs: bound when they are wanted, in random order, and kept.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;

use media::LegId;
use media::engine::Component;
use nix::sys::epoll::{Epoll, EpollEvent, EpollFlags};
use nix::sys::socket::{setsockopt, sockopt};
use rand::seq::SliceRandom as _;

/// A second of sound for each direction; more would only be late.
const SOCKET_BYTES: usize = 32 * 1024;
/// Expedited forwarding, RFC 3246: what routers treat as voice.
const TRAFFIC_CLASS: i32 = 46 << 2;

/// All port pairs of one media thread.
pub struct Ports {
    address: IpAddr,
    /// Even ports not bound yet, in random order, so that nobody can guess the next.
    unbound: Vec<u16>,
    pairs_max: usize,
    /// None where a pair went to another thread.
    pairs: Vec<Option<Pair>>,
    free: Vec<usize>,
    by_port: HashMap<u16, usize>,
    by_leg: HashMap<LegId, usize>,
    was_short: bool,
}

/// A bound pair. It stays bound and watched while nobody uses it: then setting up a call costs no system call, and what
/// arrives late is thrown away before the next leg gets the port.
#[derive(Debug)]
pub struct Pair {
    /// The even port.
    port: u16,
    rtp: UdpSocket,
    rtcp: UdpSocket,
    leg: Option<LegId>,
}

/// What the poll set knows a socket by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token(pub u64);

impl Token {
    fn new(slot: usize, component: Component) -> Self {
        let odd = match component {
            Component::Rtp => 0,
            Component::Rtcp => 1,
        };
        Self(u64::try_from(slot).unwrap_or(u64::MAX / 2) * 2 + odd)
    }

    fn slot(self) -> usize {
        usize::try_from(self.0 / 2).unwrap_or(usize::MAX)
    }

    fn component(self) -> Component {
        if self.0.is_multiple_of(2) { Component::Rtp } else { Component::Rtcp }
    }
}

/// The even ports of `range` whose pair lies in it, in random order, dealt out to the threads.
pub fn shares(range: RangeInclusive<u16>, n_shares: usize) -> Vec<Vec<u16>> {
    let mut ports: Vec<u16> = range.clone().filter(|port| port % 2 == 0 && port < range.end()).collect();
    ports.shuffle(&mut rand::rng());
    let mut shares = vec![Vec::new(); n_shares];
    for (port, share) in ports.into_iter().zip((0..n_shares).cycle()) {
        if let Some(share) = shares.get_mut(share) {
            share.push(port);
        }
    }
    shares
}

/// `wanted` if it is an address of this machine; otherwise, behind a translating router, any address.
pub fn usable_address(wanted: IpAddr) -> IpAddr {
    match UdpSocket::bind(SocketAddr::new(wanted, 0)) {
        Ok(_) => wanted,
        Err(_) if wanted.is_ipv6() => IpAddr::V6(std::net::Ipv6Addr::UNSPECIFIED),
        Err(_) => IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED),
    }
}

impl Ports {
    pub fn new(address: IpAddr, unbound: Vec<u16>, pairs_max: usize) -> Self {
        Self {
            address,
            unbound,
            pairs_max,
            pairs: Vec::new(),
            free: Vec::new(),
            by_port: HashMap::new(),
            by_leg: HashMap::new(),
            was_short: false,
        }
    }

    /// Binds one more pair and has it watched. None if there is none left, which is logged once.
    pub fn bind(&mut self, epoll: &Epoll) -> Option<u16> {
        while self.by_port.len() < self.pairs_max
            && let Some(port) = self.unbound.pop()
        {
            match self.bind_pair(port, epoll) {
                Ok(()) => return Some(port),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                Err(error) => {
                    self.unbound.insert(0, port);
                    return self.run_short(&error.to_string());
                }
            }
        }
        self.run_short("all are in use; widen --media-ports or raise the limit of open files")
    }

    /// The leg on `token`'s port, if a leg has it.
    pub fn leg(&self, token: Token) -> Option<(LegId, Component)> {
        Some((self.pair(token.slot())?.leg?, token.component()))
    }

    /// The socket of `token`.
    pub fn socket(&self, token: Token) -> Option<&UdpSocket> {
        self.pair(token.slot()).map(|pair| pair.socket(token.component()))
    }

    /// The socket that `leg` sends from.
    pub fn socket_of(&self, leg: LegId, component: Component) -> Option<&UdpSocket> {
        let slot = *self.by_leg.get(&leg)?;
        self.pair(slot).map(|pair| pair.socket(component))
    }

    /// Gives the pair at `port` to `leg`.
    pub fn open(&mut self, leg: LegId, port: u16) {
        let slot = self.by_port.get(&port).copied();
        let Some((slot, pair)) = slot.and_then(|slot| Some((slot, self.pairs.get_mut(slot)?.as_mut()?))) else {
            tracing::error!(port, "a leg was opened on a port that was never granted");
            return;
        };
        pair.leg = Some(leg);
        self.by_leg.insert(leg, slot);
    }

    /// Takes the pair of `leg` back.
    pub fn close(&mut self, leg: LegId) {
        if let Some(Some(pair)) = self.by_leg.remove(&leg).and_then(|slot| self.pairs.get_mut(slot)) {
            pair.leg = None;
        }
    }

    /// Gives up the pair of `leg` for another thread. What its peer sends meanwhile waits in the sockets.
    pub fn give_up(&mut self, leg: LegId, epoll: &Epoll) -> Option<Pair> {
        let slot = self.by_leg.remove(&leg)?;
        let pair = self.pairs.get_mut(slot)?.take()?;
        self.by_port.remove(&pair.port);
        self.free.push(slot);
        for component in [Component::Rtp, Component::Rtcp] {
            // It fails only for a socket that was not watched.
            let _ = epoll.delete(pair.socket(component));
        }
        Some(pair)
    }

    /// Takes over a pair that another thread gave up, with its leg. It is kept even if it can't be watched.
    pub fn take_over(&mut self, pair: Pair, epoll: &Epoll) -> io::Result<()> {
        let watched = pair.watch(self.next_slot(), epoll);
        self.place(pair);
        watched
    }

    fn pair(&self, slot: usize) -> Option<&Pair> {
        self.pairs.get(slot)?.as_ref()
    }

    fn bind_pair(&mut self, port: u16, epoll: &Epoll) -> io::Result<()> {
        let rtcp_port = port.checked_add(1).ok_or(io::ErrorKind::AddrInUse)?;
        let pair = Pair { port, rtp: self.bind_one(port)?, rtcp: self.bind_one(rtcp_port)?, leg: None };
        pair.watch(self.next_slot(), epoll)?;
        self.place(pair);
        Ok(())
    }

    /// Where the next pair is placed.
    fn next_slot(&self) -> usize {
        self.free.last().copied().unwrap_or(self.pairs.len())
    }

    fn place(&mut self, pair: Pair) {
        let slot = self.next_slot();
        self.free.pop();
        self.by_port.insert(pair.port, slot);
        if let Some(leg) = pair.leg {
            self.by_leg.insert(leg, slot);
        }
        match self.pairs.get_mut(slot) {
            Some(place) => *place = Some(pair),
            None => self.pairs.push(Some(pair)),
        }
    }

    fn bind_one(&self, port: u16) -> io::Result<UdpSocket> {
        let socket = UdpSocket::bind(SocketAddr::new(self.address, port))?;
        socket.set_nonblocking(true)?;
        // Best effort, all three: sound goes on without.
        let _ = setsockopt(&socket, sockopt::RcvBuf, &SOCKET_BYTES);
        let _ = setsockopt(&socket, sockopt::SndBuf, &SOCKET_BYTES);
        let _ = match self.address {
            IpAddr::V4(_) => setsockopt(&socket, sockopt::Ipv4Tos, &TRAFFIC_CLASS),
            IpAddr::V6(_) => setsockopt(&socket, sockopt::Ipv6TClass, &TRAFFIC_CLASS),
        };
        Ok(socket)
    }

    fn run_short(&mut self, reason: &str) -> Option<u16> {
        if !std::mem::replace(&mut self.was_short, true) {
            tracing::warn!(n_bound = self.by_port.len(), reason, "no more ports for sound");
        }
        None
    }
}

impl Pair {
    fn socket(&self, component: Component) -> &UdpSocket {
        match component {
            Component::Rtp => &self.rtp,
            Component::Rtcp => &self.rtcp,
        }
    }

    fn watch(&self, slot: usize, epoll: &Epoll) -> io::Result<()> {
        for component in [Component::Rtp, Component::Rtcp] {
            let event = EpollEvent::new(EpollFlags::EPOLLIN, Token::new(slot, component).0);
            epoll.add(self.socket(component), event)?;
        }
        Ok(())
    }
}
