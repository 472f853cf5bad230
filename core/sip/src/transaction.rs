//! The four transactions of RFC 3261 §17 with the corrections of RFC 6026 and RFC 4320, and their table.
//!
//! A machine decides when to send again, what to pass up and when it is over; it holds no message.
//! The table keeps the messages, matches what comes in and carries out what the machines say.

use std::time::Duration;

pub mod client_invite;
pub mod client_other;
pub(crate) mod clients;
pub(crate) mod fallback;
pub(crate) mod index;
pub mod key;
pub(crate) mod rewrite;
pub mod server_invite;
pub mod server_other;
pub(crate) mod servers;
pub(crate) mod table;

pub use client_invite::InviteClient;
pub use client_other::OtherClient;
pub use server_invite::InviteServer;
pub use server_other::OtherServer;

/// The three base times. RFC 3261 §17.1.1.1, §17.1.2.2
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// Estimate of the round trip; first retransmission interval.
    pub t1: Duration,
    /// Longest retransmission interval of what is not an INVITE, and of a 2xx.
    pub t2: Duration,
    /// How long a message may stay in the network.
    pub t4: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self { t1: Duration::from_millis(500), t2: Duration::from_secs(4), t4: Duration::from_secs(5) }
    }
}

impl Times {
    /// 64*T1: timers B, F, H, J, L, M and the wait for ACK and PRACK.
    pub fn give_up(&self) -> Duration {
        self.t1 * 64
    }

    /// The next retransmission interval: doubled, but no longer than T2.
    pub fn backoff(&self, interval: Duration) -> Duration {
        (interval * 2).min(self.t2)
    }
}

/// Whether the transport retransmits by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    Reliable,
    Unreliable,
}

impl From<crate::Transport> for Path {
    fn from(transport: crate::Transport) -> Self {
        if transport.is_reliable() { Self::Reliable } else { Self::Unreliable }
    }
}

/// What a status code is to a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// 100 to 199.
    Provisional,
    /// 200 to 299.
    Success,
    /// 300 to 699.
    Failure,
}

impl From<crate::Status> for Class {
    fn from(status: crate::Status) -> Self {
        match status.0 {
            ..200 => Self::Provisional,
            200..300 => Self::Success,
            300.. => Self::Failure,
        }
    }
}

/// What a client transaction does with a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Pass it to the user of the transaction.
    Pass,
    /// The first final refusal of an INVITE: acknowledge it and pass it.
    AckAndPass,
    /// A refusal heard before: acknowledge it again, no more.
    AckAgain,
    /// Nothing new.
    Drop,
}

/// What a transaction does at its deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Not yet.
    Wait,
    /// Send the last message again.
    SendAgain,
    /// The peer did not answer in time; the transaction is over.
    TimedOut,
    /// Over, as it should be.
    Done,
}

/// What a server transaction does with a request that matches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Send the last response again, if there was one.
    SendAgain,
    /// Nothing.
    Absorb,
}
