//! One media thread: a packet is read, the engine decides, what came out is sent. No allocation, lock or log line for
//! a packet.

use std::io;
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use media::engine::Outputs;
use media::engine::handover::Handover;
use media::limits::RTP_BYTES_MAX;
use media::{Engine, Event, Order, Piece, PortGrant, WorkerId};
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use rand::TryRng as _;

use super::Traffic;
use super::ports::{Pair, Ports, Token};
use crate::mailbox::{Bell, Mailbox};
use crate::recordings;
use crate::voicemail::Intake;

/// Sockets read before what came out is sent and the orders get their turn: a fraction of a millisecond.
const READS_PER_TURN: usize = 64;
/// Pairs bound in one turn: some fifty microseconds, which no listener hears.
const BINDS_PER_TURN: usize = 4;
const BELL: u64 = u64::MAX;

/// Everything that the thread owns.
pub struct Thread {
    pub worker: WorkerId,
    pub ports: Ports,
    pub orders: Arc<Mailbox<Order>>,
    pub events: Arc<Mailbox<Event>>,
    /// Where legs of other threads arrive, by the number of the thread that they go to.
    pub arrivals: Arc<[Arc<Mailbox<Moved>>]>,
    pub bell: Arc<Bell>,
    pub is_stopping: Arc<AtomicBool>,
    pub counters: Counters,
    pub messages: Intake,
    pub recordings: recordings::Intake,
}

/// A leg on its way from one thread to another, with its sockets.
pub struct Moved {
    handover: Handover,
    /// None for a leg that was closed.
    pair: Option<Pair>,
}

/// Counts of one turn, added up for others to read.
pub struct Counters {
    total: Arc<Traffic>,
    n_received: u64,
    n_sent: u64,
}

/// The thread while it runs.
struct Loop {
    thread: Thread,
    engine: Engine,
    epoll: Epoll,
    n_pairs_wanted: usize,
    // Kept between turns for their room.
    outputs: Outputs,
    orders: Vec<Order>,
    arrivals: Vec<Moved>,
    packet: Box<[u8]>,
}

impl Thread {
    /// Runs until told to stop.
    pub fn run(self) -> io::Result<()> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        epoll.add(self.bell.event().as_fd(), EpollEvent::new(EpollFlags::EPOLLIN, BELL))?;
        let mut seed = [0; 32];
        rand::rngs::SysRng.try_fill_bytes(&mut seed).map_err(io::Error::other)?;
        let mut running = Loop {
            engine: Engine::new(self.worker, seed),
            thread: self,
            epoll,
            n_pairs_wanted: 0,
            outputs: Outputs::default(),
            orders: Vec::new(),
            arrivals: Vec::new(),
            // One more than allowed, so that a longer packet shows.
            packet: vec![0; RTP_BYTES_MAX + 1].into_boxed_slice(),
        };
        let mut ready = [EpollEvent::empty(); READS_PER_TURN];
        while !running.thread.is_stopping.load(Ordering::Acquire) {
            running.turn(&mut ready)?;
        }
        Ok(())
    }
}

impl Loop {
    fn turn(&mut self, ready: &mut [EpollEvent]) -> io::Result<()> {
        let n = self.sleep(ready)?;
        let now = Instant::now();
        for event in ready.iter().take(n) {
            if event.data() != BELL {
                self.read(now, Token(event.data()));
            }
        }
        self.send();
        self.take_arrivals(now);
        self.take_orders(now);
        if self.n_pairs_wanted != 0 {
            self.bind();
        }
        if self.engine.next_deadline().is_some_and(|deadline| deadline <= now) {
            self.engine.handle_timeout(now, &mut self.outputs);
        }
        self.send();
        self.tell();
        self.hand_over();
        self.thread.counters.add_up();
        Ok(())
    }

    /// Waits for something to do.
    fn sleep(&mut self, ready: &mut [EpollEvent]) -> io::Result<usize> {
        self.thread.bell.fall_asleep();
        let is_busy = self.thread.orders.is_filled()
            || self.own_arrivals().is_some_and(|arrivals| arrivals.is_filled())
            || self.n_pairs_wanted != 0
            || self.thread.is_stopping.load(Ordering::Acquire);
        let timeout = if is_busy { EpollTimeout::ZERO } else { crate::mailbox::timeout(self.engine.next_deadline()) };
        let n = match self.epoll.wait(ready, timeout) {
            Ok(n) => n,
            Err(Errno::EINTR) => 0,
            Err(error) => return Err(error.into()),
        };
        self.thread.bell.wake_up();
        Ok(n)
    }

    /// Reads one packet; if there are more, the socket is ready again in the next turn.
    fn read(&mut self, now: Instant, token: Token) {
        let Some(socket) = self.thread.ports.socket(token) else { return };
        // Nothing there, or an error of an earlier packet of ours: neither matters.
        let Ok((n_bytes, from)) = socket.recv_from(&mut self.packet) else { return };
        self.thread.counters.n_received += 1;
        let Some((leg, component)) = self.thread.ports.leg(token) else { return };
        let Some(packet) = self.packet.get_mut(..n_bytes).filter(|packet| packet.len() <= RTP_BYTES_MAX) else {
            return;
        };
        self.engine.handle_packet(now, leg, component, from, packet, &mut self.outputs);
    }

    fn own_arrivals(&self) -> Option<&Arc<Mailbox<Moved>>> {
        self.thread.arrivals.get(usize::from(self.thread.worker.0))
    }

    /// Takes legs of other threads. Their packets are read from the next turn on.
    fn take_arrivals(&mut self, now: Instant) {
        let mut arrivals = std::mem::take(&mut self.arrivals);
        if let Some(mailbox) = self.own_arrivals() {
            mailbox.take(&mut arrivals);
        }
        for Moved { handover, pair } in arrivals.drain(..) {
            if let Some(Err(error)) = pair.map(|pair| self.thread.ports.take_over(pair, &self.epoll)) {
                tracing::error!(%error, "the ports of a leg that moved can't be watched");
            }
            self.engine.handle_handover(now, handover, &mut self.outputs);
        }
        self.arrivals = arrivals;
    }

    fn take_orders(&mut self, now: Instant) {
        let mut orders = std::mem::take(&mut self.orders);
        self.thread.orders.take(&mut orders);
        for order in orders.drain(..) {
            match order {
                Order::WantPorts { n } => self.n_pairs_wanted += n,
                Order::Open { leg, grant, session } => {
                    self.thread.ports.open(leg, grant.rtp_port);
                    self.engine.handle_order(now, Order::Open { leg, grant, session }, &mut self.outputs);
                }
                Order::Bridge { .. }
                | Order::Close { .. }
                | Order::Echo { .. }
                | Order::Expect { .. }
                | Order::Mix { .. }
                | Order::Move { .. }
                | Order::Play { .. }
                | Order::Listen { .. }
                | Order::Record { .. }
                | Order::RecordBoth { .. }
                | Order::SendDigit { .. }
                | Order::SetSession { .. }
                | Order::Stop { .. }
                | Order::StopRecording { .. }
                | Order::Unbridge { .. } => self.engine.handle_order(now, order, &mut self.outputs),
            }
        }
        self.orders = orders;
    }

    /// Binds some of the pairs that are wanted and grants them.
    fn bind(&mut self) {
        let mut grants = Vec::with_capacity(BINDS_PER_TURN);
        for _ in 0..self.n_pairs_wanted.min(BINDS_PER_TURN) {
            let Some(rtp_port) = self.thread.ports.bind(&self.epoll) else {
                self.n_pairs_wanted = 0;
                break;
            };
            self.n_pairs_wanted -= 1;
            grants.push(PortGrant { worker: self.thread.worker, rtp_port });
        }
        let (worker, n_coming) = (self.thread.worker, self.n_pairs_wanted);
        self.outputs.events.push(Event::Granted { worker, grants, n_coming });
    }

    /// Sends what the engine wants sent.
    fn send(&mut self) {
        let Outputs { sends, bytes, .. } = &mut self.outputs;
        for send in sends.drain(..) {
            let socket = self.thread.ports.socket_of(send.leg, send.component);
            let packet = bytes.get(send.range);
            if let (Some(socket), Some(packet)) = (socket, packet) {
                // A packet that can't be sent now is too late later.
                let _ = socket.send_to(packet, send.to);
                self.thread.counters.n_sent += 1;
            }
        }
        bytes.clear();
    }

    /// Tells the switch what happened. What was sent before this had its socket still.
    fn tell(&mut self) {
        for event in &self.outputs.events {
            if let Event::Closed { leg, .. } = event {
                self.thread.ports.close(*leg);
            }
        }
        for recorded in self.outputs.recorded.drain(..) {
            match recorded.piece {
                Piece::Sound { .. } => self.thread.messages.take_down(recorded),
                Piece::Stereo { .. } => self.thread.recordings.take_down(recorded),
                // Whoever knows the recording takes it for the end.
                Piece::End => {
                    self.thread.messages.take_down(recorded.clone());
                    self.thread.recordings.take_down(recorded);
                }
            }
        }
        self.thread.events.append(&mut self.outputs.events);
    }

    /// Gives legs to other threads, after what was sent and told of them.
    fn hand_over(&mut self) {
        for handover in self.outputs.handovers.drain(..) {
            let pair = self.thread.ports.give_up(handover.leg, &self.epoll);
            match self.thread.arrivals.get(usize::from(handover.to.0)) {
                Some(mailbox) => mailbox.append(&mut vec![Moved { handover, pair }]),
                None => tracing::error!(?handover, "a leg for a media thread that is not there"),
            }
        }
    }
}

impl Counters {
    pub fn new(total: Arc<Traffic>) -> Self {
        Self { total, n_received: 0, n_sent: 0 }
    }

    fn add_up(&mut self) {
        for (count, total) in
            [(&mut self.n_received, &self.total.packets_received), (&mut self.n_sent, &self.total.packets_sent)]
        {
            if *count != 0 {
                total.fetch_add(std::mem::take(count), Ordering::Relaxed);
            }
        }
    }
}
