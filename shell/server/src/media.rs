//! The media threads: each owns the sockets of its legs and one engine that runs them.

pub mod certificate;
pub mod ports;
pub mod thread;

use std::io;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use media::{Event, Order, WorkerId};

use self::ports::Ports;
use self::thread::{Counters, Thread};
use crate::fatal::Fatal;
use crate::mailbox::{Bell, Mailbox};
use crate::recordings;
use crate::voicemail::Intake;

/// What the media threads need to know.
pub struct Setup {
    /// Where sockets are bound.
    pub address: IpAddr,
    pub ports: RangeInclusive<u16>,
    pub n_workers: u16,
    /// How many sockets may be open; see [`crate::limits`].
    pub sockets_max: usize,
    /// Where what is recorded goes.
    pub messages: Intake,
    /// Where recordings of both sides go.
    pub recordings: recordings::Intake,
}

/// The way to one media thread; the thread ends when it is dropped.
pub struct Worker {
    orders: Arc<Mailbox<Order>>,
    bell: Arc<Bell>,
    is_stopping: Arc<AtomicBool>,
    traffic: Arc<Traffic>,
}

/// What went through a media thread, for metrics.
#[derive(Debug, Default)]
pub struct Traffic {
    pub packets_received: AtomicU64,
    pub packets_sent: AtomicU64,
}

impl Worker {
    /// Hands all of `orders` over, in order.
    pub fn order(&self, orders: &mut Vec<Order>) {
        self.orders.append(orders);
    }

    pub fn traffic(&self) -> Arc<Traffic> {
        self.traffic.clone()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.is_stopping.store(true, Ordering::Release);
        self.bell.ring();
    }
}

/// Starts all media threads; what they have to tell goes to `events`.
pub fn start(setup: &Setup, events: &Arc<Mailbox<Event>>, fatal: &Fatal) -> io::Result<Vec<Worker>> {
    let address = ports::usable_address(setup.address);
    let n_workers = usize::from(setup.n_workers.max(1));
    let mut workers = Vec::with_capacity(n_workers);
    let shares = ports::shares(setup.ports.clone(), n_workers);
    let bells = (0..n_workers).map(|_| Bell::new().map(Arc::new)).collect::<io::Result<Vec<_>>>()?;
    let arrivals: Arc<[_]> = bells.iter().map(|bell| Arc::new(Mailbox::new(bell.clone()))).collect();
    for ((number, pairs), bell) in (0..).zip(shares).zip(bells) {
        let worker = Worker {
            orders: Arc::new(Mailbox::new(bell.clone())),
            bell: bell.clone(),
            is_stopping: Arc::default(),
            traffic: Arc::default(),
        };
        let thread = Thread {
            worker: WorkerId(number),
            ports: Ports::new(address, pairs, setup.sockets_max / n_workers / 2),
            orders: worker.orders.clone(),
            events: events.clone(),
            arrivals: arrivals.clone(),
            bell,
            is_stopping: worker.is_stopping.clone(),
            counters: Counters::new(worker.traffic.clone()),
            messages: setup.messages.clone(),
            recordings: setup.recordings.clone(),
        };
        fatal.spawn(&format!("media-{number}"), move || thread.run())?;
        workers.push(worker);
    }
    Ok(workers)
}
