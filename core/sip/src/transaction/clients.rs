//! The client transactions of an endpoint.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;
use smallvec::SmallVec;

use super::key::{Ascii, Branch};
use super::table::{Common, Owner, User, transmit};
use super::{Class, Due, Heard, InviteClient, OtherClient, Path, rewrite};
use crate::endpoint::Effect;
use crate::transport::{Connection, Source, Target};
use crate::{Method, Response};

#[derive(Debug)]
enum Machine {
    Invite(InviteClient),
    Other(OtherClient),
}

/// An ACK that answers each copy of one 2xx.
#[derive(Debug)]
struct SentAck {
    to_tag: Box<str>,
    target: Target,
    packet: Bytes,
}

#[derive(Debug)]
struct Client {
    machine: Machine,
    branch: Ascii<39>,
    user: User,
    target: Target,
    /// The request; the ACK once an INVITE was refused.
    request: Bytes,
    acks: SmallVec<[SentAck; 1]>,
    is_upgraded: bool,
    deadline: Option<Instant>,
}

impl Client {
    fn next_deadline(&self) -> Option<Instant> {
        match &self.machine {
            Machine::Invite(machine) => machine.next_deadline(),
            Machine::Other(machine) => machine.next_deadline(),
        }
    }

    fn is_waiting(&self) -> bool {
        match &self.machine {
            Machine::Invite(machine) => machine.is_waiting(),
            Machine::Other(machine) => machine.is_waiting(),
        }
    }
}

/// A request to send.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub branch: Branch,
    pub user: User,
    pub target: Target,
    pub request: Bytes,
    /// It goes by TCP only because it is large. RFC 3261 §18.1.1
    pub is_upgraded: bool,
}

/// A response for the user of a transaction.
#[derive(Debug)]
pub(crate) struct Received {
    pub id: u64,
    pub user: User,
    pub request: Bytes,
    pub target: Target,
}

/// Why no answer will come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    TimedOut,
    Transport,
}

/// A request that gets no answer.
#[derive(Debug)]
pub(crate) struct Lost {
    pub id: u64,
    pub user: User,
    pub request: Bytes,
    pub target: Target,
    pub is_upgraded: bool,
    pub loss: Loss,
}

#[derive(Debug, Default)]
pub(crate) struct Clients {
    all: BTreeMap<u64, Client>,
    /// Those that wait for a final response, by the address that they wait for.
    waiting: BTreeSet<(SocketAddr, u64)>,
}

impl Clients {
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Sends a request and waits for its answer.
    pub fn send(
        &mut self,
        now: Instant,
        common: &mut Common,
        method: &Method,
        outgoing: Outgoing,
        out: &mut Vec<Effect>,
    ) {
        let Outgoing { branch, user, target, request, is_upgraded } = outgoing;
        let path = Path::from(target.transport);
        let machine = if *method == Method::Invite {
            Machine::Invite(InviteClient::start(now, &common.times, path))
        } else {
            Machine::Other(OtherClient::start(now, &common.times, path))
        };
        transmit(&target, &request, out);
        self.waiting.insert((target.remote, branch.id));
        let acks = SmallVec::new();
        let mut client =
            Client { machine, branch: branch.text, user, target, request, acks, is_upgraded, deadline: None };
        let at = client.next_deadline();
        common.timers.set(Owner::Client(branch.id), &mut client.deadline, at);
        self.all.insert(branch.id, client);
    }

    /// Sends the CANCEL of the INVITE `id`, if it has a provisional response and no final one.
    pub fn cancel(&mut self, now: Instant, common: &mut Common, id: u64, reason: Option<&str>, out: &mut Vec<Effect>) {
        let Some(invite) = self.all.get(&id) else { return };
        if !matches!(&invite.machine, Machine::Invite(machine) if machine.is_proceeding()) {
            return;
        }
        let outgoing = Outgoing {
            branch: Branch { id: id | 1, text: invite.branch },
            user: User::Nobody,
            target: invite.target.clone(),
            request: rewrite::cancel(&invite.request, reason),
            is_upgraded: false,
        };
        self.send(now, common, &Method::Cancel, outgoing, out);
    }

    /// Whether a CANCEL of the INVITE `id` may be sent now.
    pub fn is_proceeding(&self, id: u64) -> bool {
        self.all.get(&id).is_some_and(|client| match &client.machine {
            Machine::Invite(machine) => machine.is_proceeding(),
            Machine::Other(_) => false,
        })
    }

    /// Finds whose response this is; acknowledges refusals and repeats ACKs by itself.
    pub fn handle_response(
        &mut self,
        now: Instant,
        common: &mut Common,
        response: &Response,
        source: &Source,
        out: &mut Vec<Effect>,
    ) -> Option<Received> {
        let branch = response.via().branch()?;
        let method = &response.cseq().method;
        let id = common.namer.branch_id(branch)? | u64::from(*method == Method::Cancel);
        let client = self.all.get_mut(&id)?;
        let is_of_its_method = match &client.machine {
            Machine::Invite(_) => *method == Method::Invite,
            Machine::Other(_) => rewrite::method(&client.request) == method.as_str().as_bytes(),
        };
        if client.branch.as_str() != branch || !is_of_its_method {
            return None;
        }
        let class = Class::from(response.status());
        let heard = match &mut client.machine {
            Machine::Invite(machine) => machine.handle_response(now, &common.times, class),
            Machine::Other(machine) => machine.handle_response(now, &common.times, class),
        };
        if client.target.connection.is_none() {
            client.target.connection = source.connection;
        }
        let received = match heard {
            Heard::Drop => None,
            Heard::AckAgain => {
                transmit(&client.target, &client.request, out);
                None
            }
            Heard::AckAndPass => {
                let ack = rewrite::ack(&client.request, response.to_value());
                transmit(&client.target, &ack, out);
                let request = std::mem::replace(&mut client.request, ack);
                Some(Received { id, user: client.user, request, target: client.target.clone() })
            }
            Heard::Pass => {
                let tag = response.to().tag().unwrap_or_default();
                match client.acks.iter().find(|ack| *ack.to_tag == *tag) {
                    Some(ack) => {
                        transmit(&ack.target, &ack.packet, out);
                        None
                    }
                    None => Some(Received {
                        id,
                        user: client.user,
                        request: client.request.clone(),
                        target: client.target.clone(),
                    }),
                }
            }
        };
        self.sync(now, common, id);
        received
    }

    /// Sends the ACK to a 2xx and keeps it for further copies of the 2xx.
    pub fn acknowledge(&mut self, id: u64, to_tag: &str, target: Target, packet: Bytes, out: &mut Vec<Effect>) {
        transmit(&target, &packet, out);
        if let Some(client) = self.all.get_mut(&id) {
            client.acks.push(SentAck { to_tag: to_tag.into(), target, packet });
        }
    }

    /// Does what is due for `id`.
    pub fn handle_timeout(
        &mut self,
        now: Instant,
        common: &mut Common,
        id: u64,
        out: &mut Vec<Effect>,
    ) -> Option<Lost> {
        let client = self.all.get_mut(&id)?;
        client.deadline = None;
        let due = match &mut client.machine {
            Machine::Invite(machine) => machine.handle_timeout(now),
            Machine::Other(machine) => machine.handle_timeout(now, &common.times),
        };
        match due {
            Due::SendAgain => transmit(&client.target, &client.request, out),
            Due::Wait => {}
            Due::TimedOut => return self.lose(common, id, Loss::TimedOut),
            Due::Done => {
                self.remove(common, id);
                return None;
            }
        }
        self.sync(now, common, id);
        None
    }

    /// Takes out what waits for an answer from `target`, which can't be reached.
    pub fn take_failed(&mut self, common: &mut Common, target: &Target) -> Vec<Lost> {
        let ids: Vec<u64> = self
            .waiting
            .range((target.remote, 0)..=(target.remote, u64::MAX))
            .map(|&(_, id)| id)
            .filter(|id| {
                self.all.get(id).is_some_and(|client| {
                    client.target.transport == target.transport
                        && (target.connection.is_none() || client.target.connection == target.connection)
                })
            })
            .collect();
        ids.into_iter().filter_map(|id| self.lose(common, id, Loss::Transport)).collect()
    }

    /// Takes out what waits for an answer on a stream that is gone.
    pub fn take_closed(&mut self, common: &mut Common, connection: Connection) -> Vec<Lost> {
        let ids: Vec<u64> = self
            .waiting
            .iter()
            .map(|&(_, id)| id)
            .filter(|id| self.all.get(id).is_some_and(|client| client.target.connection == Some(connection)))
            .collect();
        ids.into_iter().filter_map(|id| self.lose(common, id, Loss::Transport)).collect()
    }

    /// Forgets a transaction, whatever may still come.
    pub fn remove(&mut self, common: &mut Common, id: u64) {
        if let Some(mut client) = self.all.remove(&id) {
            self.waiting.remove(&(client.target.remote, id));
            common.timers.set(Owner::Client(id), &mut client.deadline, None);
        }
    }

    /// Whether `branch` names an INVITE of ours to `uri` that is not over: it came back to us. RFC 3261 §16.3
    pub fn is_loop(&self, common: &Common, branch: &str, uri: &str) -> bool {
        common.namer.branch_id(branch).and_then(|id| self.all.get(&id)).is_some_and(|client| {
            client.branch.as_str() == branch && rewrite::request_uri(&client.request) == uri.as_bytes()
        })
    }

    fn lose(&mut self, common: &mut Common, id: u64, loss: Loss) -> Option<Lost> {
        let mut client = self.all.remove(&id)?;
        self.waiting.remove(&(client.target.remote, id));
        common.timers.set(Owner::Client(id), &mut client.deadline, None);
        let Client { user, request, target, is_upgraded, .. } = client;
        Some(Lost { id, user, request, target, is_upgraded, loss })
    }

    /// Moves the deadline to where the machine wants it; a machine with nothing to wait for is over.
    fn sync(&mut self, now: Instant, common: &mut Common, id: u64) {
        let Some(client) = self.all.get_mut(&id) else { return };
        let at = client.next_deadline();
        if !client.is_waiting() {
            self.waiting.remove(&(client.target.remote, id));
            if at.is_none_or(|at| at <= now) {
                return self.remove(common, id);
            }
        }
        common.timers.set(Owner::Client(id), &mut client.deadline, at);
    }
}
