//! The server transactions of an endpoint.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;

use super::fallback::{Fallback, Host, Next};
use super::index::Index;
use super::table::{Common, Owner, transmit};
use super::{Class, Due, InviteServer, OtherServer, Path, Repeat};
use crate::Method;
use crate::endpoint::{Effect, ServerId, UsageId};
use crate::transport::{Connection, Target};

#[derive(Debug)]
enum Machine {
    Invite(InviteServer),
    Other(OtherServer),
}

#[derive(Debug)]
struct Server {
    machine: Machine,
    key: u64,
    /// Names the same request on another path. RFC 3261 §8.2.2.2
    merge_key: Option<u64>,
    target: Target,
    /// Where responses go once nothing reaches `target`.
    fallback: Option<Box<Fallback>>,
    /// The last response, for copies of the request.
    response: Option<Bytes>,
    /// The lines that each response copies from the request; gone with the final one.
    head: Bytes,
    usage: Option<UsageId>,
    deadline: Option<Instant>,
}

impl Server {
    fn next_deadline(&self) -> Option<Instant> {
        match &self.machine {
            Machine::Invite(machine) => machine.next_deadline(),
            Machine::Other(machine) => machine.next_deadline(),
        }
    }

    fn is_open(&self) -> bool {
        match &self.machine {
            Machine::Invite(machine) => machine.is_proceeding(),
            Machine::Other(machine) => machine.is_trying(),
        }
    }
}

/// A request to keep.
#[derive(Debug)]
pub(crate) struct Opening {
    pub method: Method,
    pub key: u64,
    pub merge_key: Option<u64>,
    pub target: Target,
    pub fallback: Option<Box<Fallback>>,
    pub head: Bytes,
    pub usage: Option<UsageId>,
}

#[derive(Debug, Default)]
pub(crate) struct Servers {
    all: BTreeMap<u64, Server>,
    by_key: Index,
    by_merge_key: Index,
    by_connection: BTreeSet<(Connection, u64)>,
    /// Those whose stream is gone, by where their responses go now, while there is another way.
    by_remote: BTreeSet<(SocketAddr, u64)>,
}

impl Servers {
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Takes a request that belongs to a transaction: a copy, or the ACK to a refusal. Returns whether it did.
    pub fn handle_repeat(
        &mut self,
        now: Instant,
        common: &mut Common,
        key: u64,
        method: &Method,
        out: &mut Vec<Effect>,
    ) -> bool {
        let Some(id) = self.by_key.get(key) else { return false };
        let Some(server) = self.all.get_mut(&id) else { return false };
        if *method == Method::Ack {
            let Machine::Invite(machine) = &mut server.machine else { return false };
            let was_accepted = machine.is_accepted();
            machine.handle_ack(now, &common.times);
            self.sync(now, common, id);
            return !was_accepted;
        }
        let repeat = match &server.machine {
            Machine::Invite(machine) => machine.handle_repeat(),
            Machine::Other(machine) => machine.handle_repeat(),
        };
        if let (Repeat::SendAgain, Some(response)) = (repeat, &server.response) {
            transmit(&server.target, response, out);
        }
        true
    }

    /// The transaction that has this key.
    pub fn find(&self, key: u64) -> Option<u64> {
        self.by_key.get(key)
    }

    /// Whether the same request came on another path and is not over.
    pub fn is_merged(&self, merge_key: u64) -> bool {
        self.by_merge_key.get(merge_key).is_some()
    }

    /// Whether this request, or the same on another path, is kept already.
    pub fn is_open(&self, key: u64, merge_key: Option<u64>) -> bool {
        self.by_key.get(key).is_some() || merge_key.is_some_and(|merge_key| self.is_merged(merge_key))
    }

    /// Keeps a request until it is answered.
    pub fn open(&mut self, now: Instant, common: &mut Common, opening: Opening) -> u64 {
        let Opening { method, key, merge_key, target, fallback, head, usage } = opening;
        let id = common.next_id();
        let path = Path::from(target.transport);
        let machine = if method == Method::Invite {
            Machine::Invite(InviteServer::start(path))
        } else {
            Machine::Other(OtherServer::start(now, &common.times, path))
        };
        self.by_key.insert(key, id);
        if let Some(merge_key) = merge_key {
            self.by_merge_key.insert(merge_key, id);
        }
        if let Some(connection) = target.connection {
            self.by_connection.insert((connection, id));
        }
        let mut server =
            Server { machine, key, merge_key, target, fallback, response: None, head, usage, deadline: None };
        let at = server.next_deadline();
        common.timers.set(Owner::Server(id), &mut server.deadline, at);
        self.all.insert(id, server);
        id
    }

    /// The lines that a response copies from the request, as long as there was no final one.
    pub fn head(&self, id: u64) -> Option<Bytes> {
        self.all.get(&id).filter(|server| server.is_open()).map(|server| server.head.clone())
    }

    /// The usage that the request belongs to.
    pub fn usage(&self, id: u64) -> Option<UsageId> {
        self.all.get(&id)?.usage
    }

    /// Where responses go.
    pub fn target(&self, id: u64) -> Option<&Target> {
        self.all.get(&id).map(|server| &server.target)
    }

    /// A stream is gone: what is answered yet goes by a new one. RFC 3261 §18.2.2
    pub fn handle_closed(&mut self, connection: Connection, out: &mut Vec<Effect>) -> Vec<u64> {
        let ids: Vec<u64> =
            self.by_connection.range((connection, 0)..=(connection, u64::MAX)).map(|&(_, id)| id).collect();
        for id in &ids {
            self.by_connection.remove(&(connection, *id));
        }
        ids.into_iter().filter(|id| self.try_next(*id, out)).collect()
    }

    /// The same, found out by a response that could not be sent: it is sent again, by the next way that there is.
    pub fn handle_failure(&mut self, target: &Target, out: &mut Vec<Effect>) {
        let ids = match target.connection {
            Some(connection) => self.handle_closed(connection, out),
            None => {
                let at = target.remote;
                let ids: Vec<u64> = self.by_remote.range((at, 0)..=(at, u64::MAX)).map(|&(_, id)| id).collect();
                let is_its =
                    |id: &u64| self.all.get(id).is_some_and(|server| server.target.transport == target.transport);
                let ids: Vec<u64> = ids.into_iter().filter(is_its).collect();
                ids.into_iter().filter(|id| self.try_next(*id, out)).collect()
            }
        };
        for id in ids {
            self.send_again(id, out);
        }
    }

    /// The addresses of the host that the sender of a request named.
    pub fn handle_resolved(&mut self, id: u64, targets: Vec<Target>, out: &mut Vec<Effect>) {
        let Some(server) = self.all.get_mut(&id) else { return };
        let local = server.target.local;
        let targets = targets.into_iter().map(|target| Target { local, ..target }).collect();
        server.fallback = Some(Box::new(Fallback::Addresses(targets)));
        if self.try_next(id, out) {
            self.send_again(id, out);
        }
    }

    /// Turns to the next way to the sender of a request. False if there is none, or none that is known yet.
    fn try_next(&mut self, id: u64, out: &mut Vec<Effect>) -> bool {
        let Some(server) = self.all.get_mut(&id) else { return false };
        self.by_remote.remove(&(server.target.remote, id));
        let (next, rest) = server.fallback.take().map_or((None, None), |fallback| fallback.advance());
        match next {
            Some(Next::Send(target)) => {
                if rest.is_some() {
                    self.by_remote.insert((target.remote, id));
                }
                server.target = target;
                server.fallback = rest.map(Box::new);
                true
            }
            Some(Next::Resolve(Host { name, port })) => {
                let transport = server.target.transport;
                out.push(Effect::Resolve { server: ServerId(id), host: name, port, transport });
                false
            }
            None => false,
        }
    }

    fn send_again(&self, id: u64, out: &mut Vec<Effect>) {
        if let Some(server) = self.all.get(&id)
            && let Some(response) = &server.response
        {
            transmit(&server.target, response, out);
        }
    }

    /// Sends a response, unless a final one went before.
    pub fn respond(
        &mut self,
        now: Instant,
        common: &mut Common,
        id: u64,
        class: Class,
        packet: Bytes,
        out: &mut Vec<Effect>,
    ) {
        let Some(server) = self.all.get_mut(&id) else { return };
        let may = match &mut server.machine {
            Machine::Invite(machine) => machine.respond(now, &common.times, class),
            Machine::Other(machine) => class != Class::Provisional && machine.respond(now, &common.times),
        };
        if !may {
            return;
        }
        transmit(&server.target, &packet, out);
        // A 2xx to an INVITE is repeated by who sent it, and by nobody once it was acknowledged.
        let is_repeated_here = class != Class::Success || matches!(server.machine, Machine::Other(_));
        server.response = is_repeated_here.then_some(packet);
        if class != Class::Provisional {
            server.head = Bytes::new();
        }
        self.sync(now, common, id);
    }

    /// Does what is due for `id`. An ACK to a refusal that never comes ends nothing: the usage is gone already. A request
    /// that the application never answered is too late now. RFC 4320 §4.1
    pub fn handle_timeout(&mut self, now: Instant, common: &mut Common, id: u64, out: &mut Vec<Effect>) {
        let Some(server) = self.all.get_mut(&id) else { return };
        server.deadline = None;
        let due = match &mut server.machine {
            Machine::Invite(machine) => machine.handle_timeout(now, &common.times),
            Machine::Other(machine) => machine.handle_timeout(now),
        };
        match due {
            Due::SendAgain => {
                if let Some(response) = &server.response {
                    transmit(&server.target, response, out);
                }
            }
            Due::Wait => {}
            Due::TimedOut | Due::Done => return self.remove(common, id),
        }
        self.sync(now, common, id);
    }

    fn sync(&mut self, now: Instant, common: &mut Common, id: u64) {
        let Some(server) = self.all.get_mut(&id) else { return };
        let at = server.next_deadline();
        if at.is_some_and(|at| at <= now) {
            return self.remove(common, id);
        }
        common.timers.set(Owner::Server(id), &mut server.deadline, at);
    }

    fn remove(&mut self, common: &mut Common, id: u64) {
        let Some(mut server) = self.all.remove(&id) else { return };
        self.by_key.remove(server.key);
        if let Some(connection) = server.target.connection {
            self.by_connection.remove(&(connection, id));
        }
        self.by_remote.remove(&(server.target.remote, id));
        if let Some(merge_key) = server.merge_key {
            self.by_merge_key.remove(merge_key);
        }
        common.timers.set(Owner::Server(id), &mut server.deadline, None);
    }
}
