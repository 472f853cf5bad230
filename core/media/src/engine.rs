//! All legs of one media thread, behind one door.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::leg::outgoing::Outgoing;
use crate::leg::player::{Player, Tones};
use crate::leg::{self, Coupling, Leg, Surroundings};
use crate::order::{Event, LegId, Order, WorkerId};

mod agenda;

use agenda::Agenda;

/// Which of a leg's two sockets: RTP on the even port, RTCP on the odd one above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Component {
    Rtcp,
    Rtp,
}

/// What the engine wants done. Reused from call to call, so that a packet costs no allocation.
#[derive(Debug, Default)]
pub struct Outputs {
    /// One entry for each packet to send; `range` points into `bytes`.
    pub sends: Vec<Send>,
    pub bytes: Vec<u8>,
    pub events: Vec<Event>,
}

impl Outputs {
    /// Makes room for the next round, keeping the memory.
    pub fn clear(&mut self) {
        self.sends.clear();
        self.bytes.clear();
        self.events.clear();
    }
}

/// One packet to send from a leg's own port.
#[derive(Clone, Debug)]
pub struct Send {
    pub leg: LegId,
    pub component: Component,
    pub to: SocketAddr,
    pub range: std::ops::Range<usize>,
}

/// The legs of one media thread: relays between bridged legs, plays prompts and tones, hears digits, keeps quality.
///
/// It binds nothing. The thread answers [`Order::WantPorts`] itself, by [`Event::Granted`]; it binds a pair before it
/// grants it. [`Order::Open`] ties a granted pair to a leg: from then on packets of that pair go to
/// [`Engine::handle_packet`]. With [`Event::Closed`] they no longer do, and the switch may hand the pair out again.
pub struct Engine {
    worker: WorkerId,
    random: ChaCha20Rng,
    /// Our canonical name in reports: it tells peers nothing. RFC 7022
    name: [u8; 8],
    /// The first instant seen.
    started: Option<Instant>,
    index: BTreeMap<LegId, u32>,
    legs: Vec<Option<Box<Leg>>>,
    free: Vec<u32>,
    agenda: Agenda,
    tones: Tones,
}

impl Engine {
    /// `seed` must come from the system's random source: SSRCs and first sequence numbers are made from it.
    pub fn new(worker: WorkerId, seed: [u8; 32]) -> Self {
        let mut random = ChaCha20Rng::from_seed(seed);
        let name = std::array::from_fn(|_| b'a' + (random.next_u32() % 26) as u8);
        Self {
            worker,
            random,
            name,
            started: None,
            index: BTreeMap::new(),
            legs: Vec::new(),
            free: Vec::new(),
            agenda: Agenda::default(),
            tones: Tones::new(),
        }
    }

    /// Which thread's engine this is.
    pub fn worker(&self) -> WorkerId {
        self.worker
    }

    /// How many legs are open.
    pub fn n_legs(&self) -> usize {
        self.index.len()
    }

    /// Carries out one order. Orders about legs that are not open are ignored: the leg closed while they were under way.
    pub fn handle_order(&mut self, now: Instant, order: Order, out: &mut Outputs) {
        let tick = tick_after(*self.started.get_or_insert(now), now);
        match order {
            Order::Bridge { a, b } => self.bridge(a, b),
            Order::Close { leg } => self.close(now, leg, out),
            Order::Echo { leg } => {
                self.uncouple(leg);
                self.with(leg, |leg| {
                    leg.stop();
                    leg.couple(Coupling::Itself);
                });
            }
            Order::Open { leg, grant, session } => {
                if self.index.contains_key(&leg) {
                    return;
                }
                let random = &mut self.random;
                let first_sequence = random.next_u32() as u16;
                let outgoing = Outgoing::new(random.next_u32(), first_sequence, random.next_u32());
                self.insert(Leg::new(leg, grant, outgoing));
                if let Some(session) = session {
                    self.handle_order(now, Order::SetSession { leg, session }, out);
                }
            }
            Order::Play { leg, play, list } => self.with(leg, |leg| leg.play(tick, Player::new(play, list))),
            Order::SendDigit { leg, digit, duration_ms } => {
                self.with(leg, |leg| leg.send_digit(tick, digit, duration_ms));
            }
            Order::SetSession { leg, session } => {
                let chance = self.random.next_u32();
                self.with(leg, |leg| leg.set_session(now, session, chance));
            }
            Order::Stop { leg } => self.with(leg, Leg::stop),
            Order::Unbridge { leg } => self.uncouple(leg),
            Order::WantPorts { .. } => {}
        }
    }

    /// Takes one packet that reached `leg`'s port. Relaying allocates nothing, save by encryption. `packet` may be changed in place.
    pub fn handle_packet(
        &mut self,
        now: Instant,
        leg: LegId,
        component: Component,
        from: SocketAddr,
        packet: &mut [u8],
        out: &mut Outputs,
    ) {
        let started = *self.started.get_or_insert(now);
        let Some(slot) = self.index.get(&leg).copied() else { return };
        let Some(Some(speaker)) = self.legs.get_mut(slot as usize) else { return };
        if leg::is_report(component, packet) {
            speaker.receive_report(now, started, from, packet);
            return;
        }
        let Some(heard) = speaker.receive(now, started, from, packet) else { return };
        if let Some(digit) = heard.digit {
            out.events.push(Event::Digit { leg, digit });
        }
        let (listener, had) = match speaker.coupling {
            Coupling::Nobody => return,
            Coupling::Itself => (slot, speaker.next_at()),
            Coupling::Leg(other) => match self.legs.get(other as usize) {
                Some(Some(other_leg)) => (other, other_leg.next_at()),
                _ => return,
            },
        };
        if let Some(Some(leg)) = self.legs.get_mut(listener as usize) {
            leg.relay(now, tick_after(started, now), &heard, packet, out);
            // Relaying sets no time; the first packet to transcode does.
            if leg.next_at() != had {
                let at = leg.next_at();
                self.agenda.set(listener, at);
            }
        }
    }

    /// Does what is due: the next 20 ms of prompts and mixes, RTCP reports, silence checks.
    pub fn handle_timeout(&mut self, now: Instant, out: &mut Outputs) {
        let started = *self.started.get_or_insert(now);
        while let Some((at, slot)) = self.agenda.first() {
            if at > now {
                break;
            }
            let Some(Some(leg)) = self.legs.get_mut(slot as usize) else {
                self.agenda.set(slot, None);
                continue;
            };
            let mut around = Surroundings { started, name: &self.name, tones: &mut self.tones };
            let chance = if leg.reports_at_or_before(now) { self.random.next_u32() } else { 0 };
            leg.handle_timeout(now, chance, &mut around, out);
            let next = leg.next_at();
            self.agenda.set(slot, next);
        }
    }

    /// When `handle_timeout` has something to do; none when no leg is open.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.agenda.first().map(|(at, _)| at)
    }
}

impl Engine {
    fn insert(&mut self, leg: Leg) {
        let id = leg.id;
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                self.legs.push(None);
                u32::try_from(self.legs.len() - 1).unwrap_or(u32::MAX)
            }
        };
        if let Some(place) = self.legs.get_mut(slot as usize) {
            *place = Some(Box::new(leg));
            self.index.insert(id, slot);
        }
    }

    fn leg_mut(&mut self, leg: LegId) -> Option<(u32, &mut Leg)> {
        let slot = *self.index.get(&leg)?;
        Some((slot, self.legs.get_mut(slot as usize)?.as_deref_mut()?))
    }

    fn with(&mut self, leg: LegId, act: impl FnOnce(&mut Leg)) {
        if let Some((slot, leg)) = self.leg_mut(leg) {
            act(leg);
            let at = leg.next_at();
            self.agenda.set(slot, at);
        }
    }

    fn bridge(&mut self, a: LegId, b: LegId) {
        if a == b || !self.index.contains_key(&a) || !self.index.contains_key(&b) {
            return;
        }
        let slots = [a, b].map(|leg| {
            self.uncouple(leg);
            self.index.get(&leg).copied()
        });
        for (leg, other) in [(a, slots[1]), (b, slots[0])] {
            self.with(leg, |leg| {
                leg.stop();
                leg.couple(other.map_or(Coupling::Nobody, Coupling::Leg));
            });
        }
    }

    fn uncouple(&mut self, leg: LegId) {
        let Some((_, leg)) = self.leg_mut(leg) else { return };
        let coupling = std::mem::replace(&mut leg.coupling, Coupling::Nobody);
        leg.hear_nobody();
        if let Coupling::Leg(other) = coupling
            && let Some(Some(other)) = self.legs.get_mut(other as usize)
        {
            other.coupling = Coupling::Nobody;
            other.hear_nobody();
        }
    }

    fn close(&mut self, now: Instant, leg: LegId, out: &mut Outputs) {
        self.uncouple(leg);
        let started = *self.started.get_or_insert(now);
        let Some(slot) = self.index.remove(&leg) else { return };
        self.agenda.set(slot, None);
        self.free.push(slot);
        if let Some(leg) = self.legs.get_mut(slot as usize).and_then(Option::take) {
            leg.close(now, &Surroundings { started, name: &self.name, tones: &mut self.tones }, out);
        }
    }
}

/// The whole millisecond that comes next, so that legs share wake-ups and are still spread over the 20 ms.
fn tick_after(started: Instant, now: Instant) -> Instant {
    let elapsed = now.saturating_duration_since(started).as_micros() as u64;
    started + Duration::from_millis(elapsed.div_ceil(1_000))
}
