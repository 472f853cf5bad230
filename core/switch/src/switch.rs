//! The outermost machine.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::input::Input;
use crate::output::Output;

/// What the switch needs to know of its node.
#[derive(Clone, Debug)]
pub struct Config {
    /// Server and User-Agent value, such as `Trunkline/0.1.0`.
    pub product: String,
    /// Host and port that name us where the flow does not say it better: domains, Via before a target is known.
    pub sent_by: String,
    /// Written into descriptions instead of the flow's own address (`--media-address`).
    pub media_address: Option<IpAddr>,
    /// Ours when a flow's local address is unspecified: the address of the default route.
    pub route_address: IpAddr,
    pub n_workers: u16,
    /// From the system's random source; each generator's seed is derived from it.
    pub seed: [u8; 32],
    /// Wall time at `started`.
    pub wall: Timestamp,
    pub started: Instant,
    pub t1: Duration,
}

/// All calls of a node.
pub struct Switch {
    backlog: Vec<Output>,
}

impl Switch {
    pub fn new(config: Config) -> Self {
        let _ = config;
        Self { backlog: Vec::new() }
    }

    /// Takes one input; what it leads to must be drained before the next.
    pub fn handle(&mut self, now: Instant, input: Input) -> Outputs<'_> {
        let _ = (now, input);
        Outputs { inner: self.backlog.drain(..) }
    }

    /// When `Input::Timeout` is due.
    pub fn next_deadline(&self) -> Option<Instant> {
        None
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
