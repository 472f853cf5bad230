//! All client and server transactions of an endpoint: matching, retransmission and their ends.

use std::time::Instant;

use bytes::Bytes;

use super::key::Namer;
use super::{Times, clients::Clients, servers::Servers};
use crate::endpoint::{ClientId, Effect, UsageId};
use crate::timer::Timers;
use crate::transport::Target;

/// Who waits for a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    Client(u64),
    Server(u64),
    Usage(UsageId),
}

/// Who sent a request of ours, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum User {
    Usage(UsageId, Purpose),
    Outside(ClientId),
    /// The endpoint tidies up after itself; nobody waits for the answer.
    Nobody,
}

/// What a usage wants of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The first INVITE.
    Invite,
    /// An offer, or the wish for one, from the application.
    Reoffer,
    /// A refresh of the session. RFC 4028
    Refresh,
    Prack,
    Refer,
    Notify,
    /// Whatever only shows by its answer whether the dialog is still alive.
    Other,
    /// The last request of a dialog.
    Bye,
}

/// What the tables share.
#[derive(Debug)]
pub(crate) struct Common {
    pub times: Times,
    pub namer: Namer,
    pub timers: Timers<Owner>,
    next_id: u64,
}

impl Common {
    /// An id that was never used before. Even, so that a CANCEL can be named after its INVITE.
    pub fn next_id(&mut self) -> u64 {
        self.next_id += 2;
        self.next_id
    }
}

/// Both tables.
#[derive(Debug)]
pub(crate) struct Table {
    pub common: Common,
    pub clients: Clients,
    pub servers: Servers,
}

impl Table {
    pub fn new(times: Times, seed: [u8; 32]) -> Self {
        Self {
            common: Common { times, namer: Namer::new(seed), timers: Timers::default(), next_id: 0 },
            clients: Clients::default(),
            servers: Servers::default(),
        }
    }

    /// How many transactions there are.
    pub fn len(&self) -> usize {
        self.clients.len() + self.servers.len()
    }

    /// Sets the deadline of a usage, kept in `slot`.
    pub fn set_usage_deadline(&mut self, usage: UsageId, slot: &mut Option<Instant>, at: Option<Instant>) {
        self.common.timers.set(Owner::Usage(usage), slot, at);
    }
}

pub(crate) fn transmit(target: &Target, packet: &Bytes, out: &mut Vec<Effect>) {
    out.push(Effect::Transmit { target: target.clone(), packet: packet.clone() });
}
