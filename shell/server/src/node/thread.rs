//! The switch thread: takes a batch of whatever came, lets the switch decide, carries out, and sleeps.

use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use sip::{Source, Target, Transport};
use switch::input::Load;
use switch::{Input, Switch};
use tokio::sync::mpsc;

use super::arrivals::{Arrival, Arrivals, Dropped};
use super::hands::Hands;
use super::inbox::Message;
use super::udp::Incoming;
use crate::mailbox::{self, Bell, Mailbox};

/// Messages of other threads handled before the sockets get their turn again.
const MESSAGES_PER_TURN: usize = 64;
/// How far the epoch may drift from the system's clock, which is looked at only when there is something to do.
const WALL_CLOCK_EVERY: Duration = Duration::from_secs(60);
/// Batches of datagrams read in one turn: so fast are they sorted and dropped that a flood does not fill the socket.
const BATCHES_PER_TURN: usize = 32;
/// Work on what is not of a call that is up before the socket is looked at again.
const TURN_MAX: Duration = Duration::from_millis(5);
const SOCKET: u64 = 0;
const BELL: u64 = 1;

/// Everything that the thread owns.
pub struct Thread {
    pub switch: Switch,
    pub hands: Hands,
    pub messages: mpsc::Receiver<Message>,
    pub media_events: Arc<Mailbox<media::Event>>,
    pub bell: Arc<Bell>,
    pub dropped: Arc<Dropped>,
}

/// The thread while it runs.
struct Loop {
    thread: Thread,
    epoll: Epoll,
    wall_clock_due: Instant,
    writable_wanted: bool,
    is_stopping: bool,
    arrivals: Arrivals,
    load: Load,
    // Kept between turns for their room.
    datagrams: Vec<Incoming>,
    media_events: Vec<media::Event>,
    unreachable: Vec<SocketAddr>,
}

impl Thread {
    /// Runs until told to stop.
    pub fn run(self) -> io::Result<()> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        epoll.add(self.hands.udp.socket(), EpollEvent::new(EpollFlags::EPOLLIN, SOCKET))?;
        epoll.add(self.bell.event().as_fd(), EpollEvent::new(EpollFlags::EPOLLIN, BELL))?;
        let mut running = Loop {
            thread: self,
            epoll,
            wall_clock_due: Instant::now() + WALL_CLOCK_EVERY,
            writable_wanted: false,
            is_stopping: false,
            arrivals: Arrivals::default(),
            load: Load::Fine,
            datagrams: Vec::new(),
            media_events: Vec::new(),
            unreachable: Vec::new(),
        };
        while !running.is_stopping {
            running.turn()?;
        }
        Ok(())
    }
}

impl Loop {
    fn turn(&mut self) -> io::Result<()> {
        let readiness = self.sleep()?;
        let now = Instant::now();
        self.correct_wall_clock(now);
        if readiness.contains(EpollFlags::EPOLLERR) {
            self.take_errors(now);
        }
        if readiness.contains(EpollFlags::EPOLLIN) {
            self.take_datagrams(now);
        }
        self.work_off(now);
        self.take_media_events(now);
        self.take_messages(now);
        if self.thread.switch.next_deadline().is_some_and(|deadline| deadline <= now) {
            self.handle(now, Input::Timeout);
        }
        self.fail_targets(now);
        self.thread.hands.flush();
        self.want_writable()
    }

    /// Waits for something to do. Returns what the socket is ready for.
    fn sleep(&mut self) -> io::Result<EpollFlags> {
        self.thread.bell.fall_asleep();
        let is_busy = !self.arrivals.is_empty()
            || !self.thread.messages.is_empty()
            || self.thread.media_events.is_filled()
            || self.thread.hands.has_failures();
        let timeout = if is_busy { EpollTimeout::ZERO } else { mailbox::timeout(self.thread.switch.next_deadline()) };
        let mut events = [EpollEvent::empty(); 2];
        let n = match self.epoll.wait(&mut events, timeout) {
            Ok(n) => n,
            Err(Errno::EINTR) => 0,
            Err(error) => return Err(error.into()),
        };
        self.thread.bell.wake_up();
        let socket = events.iter().take(n).find(|event| event.data() == SOCKET);
        Ok(socket.map_or(EpollFlags::empty(), EpollEvent::events))
    }

    fn correct_wall_clock(&mut self, now: Instant) {
        if self.wall_clock_due <= now {
            self.wall_clock_due = now + WALL_CLOCK_EVERY;
            self.handle(now, Input::WallClock { wall: Timestamp::now() });
        }
    }

    fn take_datagrams(&mut self, now: Instant) {
        let mut datagrams = std::mem::take(&mut self.datagrams);
        for _ in 0..BATCHES_PER_TURN {
            let may_be_more = self.thread.hands.udp.receive(&mut datagrams);
            // A few messages are handled as soon as they could be sorted.
            let is_little = !may_be_more && self.arrivals.is_empty();
            for Incoming { remote, local, packet } in datagrams.drain(..) {
                let source =
                    Source { transport: Transport::Udp, remote, local, connection: None, verified_names: None };
                if is_little {
                    self.handle(now, Input::Message { source, packet });
                    continue;
                }
                let urgency = self.thread.switch.urgency(&source, &packet);
                self.arrivals.push(urgency, Arrival { at: now, source, packet }, &self.thread.dropped);
            }
            if !may_be_more {
                break;
            }
        }
        self.datagrams = datagrams;
    }

    /// All of calls that are up, then as much of the rest as fits into a turn.
    fn work_off(&mut self, now: Instant) {
        let load = if self.arrivals.is_overloaded(now) { Load::TooHigh } else { Load::Fine };
        if load != self.load {
            match load {
                Load::TooHigh => tracing::warn!("calls come faster than they can be begun: new ones are sent away"),
                Load::Fine => tracing::warn!("over: new calls are taken again"),
            }
            self.load = load;
            self.handle(now, Input::Load { load });
        }
        while let Some(Arrival { source, packet, .. }) = self.arrivals.next_live() {
            self.handle(now, Input::Message { source, packet });
        }
        let begun = Instant::now();
        while begun.elapsed() < TURN_MAX
            && let Some(Arrival { source, packet, .. }) = self.arrivals.next()
        {
            self.handle(now, Input::Message { source, packet });
        }
    }

    /// Peers that refused what was sent to them.
    fn take_errors(&mut self, now: Instant) {
        let mut unreachable = std::mem::take(&mut self.unreachable);
        self.thread.hands.udp.take_errors(&mut unreachable);
        // One refusal for each datagram of a burst says no more than one for all.
        unreachable.sort_unstable();
        unreachable.dedup();
        for remote in unreachable.drain(..) {
            let target = Target { transport: Transport::Udp, remote, connection: None, server_name: None, local: None };
            self.handle(now, Input::TransportFailed { target });
        }
        self.unreachable = unreachable;
    }

    fn take_media_events(&mut self, now: Instant) {
        let mut events = std::mem::take(&mut self.media_events);
        self.thread.media_events.take(&mut events);
        for event in events.drain(..) {
            self.handle(now, Input::Media { event });
        }
        self.media_events = events;
    }

    fn take_messages(&mut self, now: Instant) {
        for _ in 0..MESSAGES_PER_TURN {
            match self.thread.messages.try_recv() {
                Ok(Message::Input(input)) => self.handle(now, input),
                Ok(Message::Command { command, reply }) => {
                    let reply = self.thread.hands.expect_reply(reply);
                    self.handle(now, Input::Command { reply, command });
                }
                Ok(Message::Stop) => self.is_stopping = true,
                Err(_) => return,
            }
        }
    }

    /// What could not be sent during this turn; what that leads to waits for the next.
    fn fail_targets(&mut self, now: Instant) {
        for input in self.thread.hands.take_failures() {
            self.handle(now, input);
        }
    }

    fn handle(&mut self, now: Instant, input: Input) {
        let Thread { switch, hands, .. } = &mut self.thread;
        if let (Some(trace), Input::Message { source, packet }) = (&hands.trace, &input) {
            trace.received(source, packet);
        }
        for output in switch.handle(now, input) {
            hands.carry_out(output);
        }
    }

    /// Asks to be told when a full socket can be written again.
    fn want_writable(&mut self) -> io::Result<()> {
        let is_full = self.thread.hands.udp.is_full();
        if is_full != self.writable_wanted {
            let mut wanted = EpollFlags::EPOLLIN;
            wanted.set(EpollFlags::EPOLLOUT, is_full);
            self.epoll.modify(self.thread.hands.udp.socket(), &mut EpollEvent::new(wanted, SOCKET))?;
            self.writable_wanted = is_full;
        }
        Ok(())
    }
}
