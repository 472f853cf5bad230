//! All legs of one media thread, behind one door.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::leg::outgoing::Outgoing;
use crate::leg::player::{Player, Tones};
use crate::leg::{self, Coupling, Identity, Leg};
use crate::order::{Event, LegId, Order, Recorded, WorkerId};

mod agenda;
pub mod handover;
mod mixing;

use agenda::Agenda;
use handover::{Expected, Handover};

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
    /// Pieces of recordings, to be written down elsewhere.
    pub recorded: Vec<Recorded>,
    /// Legs that go to other threads now: each must reach the engine that it names, after what is sent and told of it.
    pub handovers: Vec<Handover>,
}

impl Outputs {
    /// Makes room for the next round, keeping the memory.
    pub fn clear(&mut self) {
        self.sends.clear();
        self.bytes.clear();
        self.events.clear();
        self.recorded.clear();
        self.handovers.clear();
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
/// A [`Handover`] takes the pair along to another thread's engine.
pub struct Engine {
    worker: WorkerId,
    random: ChaCha20Rng,
    /// Our canonical name in reports of the legs opened here.
    name: [u8; 8],
    /// The first instant seen.
    started: Option<Instant>,
    index: BTreeMap<LegId, u32>,
    legs: Vec<Option<Box<Leg>>>,
    free: Vec<u32>,
    agenda: Agenda,
    expected: Expected,
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
            expected: Expected::default(),
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
    /// Orders about legs that are expected wait for them.
    pub fn handle_order(&mut self, now: Instant, order: Order, out: &mut Outputs) {
        if let Some(order) = self.expected.hold(order) {
            self.carry_out(now, order, out);
        }
    }

    /// Takes a leg that another engine handed over: its packets go to [`Engine::handle_packet`] from now on. Then does
    /// what was ordered of it meanwhile.
    pub fn handle_handover(&mut self, now: Instant, handover: Handover, out: &mut Outputs) {
        if let Some(mut leg) = handover.state {
            leg.grant.worker = self.worker;
            self.insert(leg);
            self.with(handover.leg, |_| {});
        }
        for order in self.expected.arrive(handover.leg) {
            self.handle_order(now, order, out);
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
        if speaker.is_secured() && leg::is_securing(packet) {
            speaker.receive_securing(now, from, packet, out);
            let at = speaker.next_at();
            self.agenda.set(slot, at);
            return;
        }
        if leg::is_report(component, packet) {
            speaker.receive_report(now, from, packet);
            return;
        }
        let Some(heard) = speaker.receive(now, from, packet) else { return };
        if let Some(digit) = heard.digit {
            out.events.push(Event::Digit { leg, digit });
        }
        speaker.take_down(now, &heard, packet);
        let listener = match speaker.coupling {
            Coupling::Nobody => None,
            Coupling::Itself => Some(slot),
            Coupling::Leg(other) => Some(other),
        };
        if !speaker.listeners.is_empty() {
            self.tell_listeners(now, slot, &heard, packet);
        }
        let Some(listener) = listener else { return };
        if let Some(Some(leg)) = self.legs.get_mut(listener as usize) {
            let had = leg.next_at();
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
        while let Some((at, slot)) = self.agenda.first() {
            if at > now {
                break;
            }
            let Some(Some(leg)) = self.legs.get_mut(slot as usize) else {
                self.agenda.set(slot, None);
                continue;
            };
            let chance = if leg.reports_at_or_before(now) { self.random.next_u32() } else { 0 };
            leg.handle_timeout(now, chance, &mut self.tones, out);
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
    fn carry_out(&mut self, now: Instant, order: Order, out: &mut Outputs) {
        let started = *self.started.get_or_insert(now);
        let tick = tick_after(started, now);
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
                let identity = Identity { started, name: self.name };
                self.insert(Box::new(Leg::new(leg, grant, identity, outgoing)));
                if let Some(session) = session {
                    self.carry_out(now, Order::SetSession { leg, session }, out);
                }
            }
            Order::Expect { leg } => self.expected.expect(leg),
            Order::Mix { a, b, by, reach } => self.mix(tick, [a, b], by, reach),
            Order::Move { leg, to } => {
                let state = self.remove(leg);
                out.handovers.push(Handover { leg, to, state });
            }
            Order::Play { leg, play, list } => self.with(leg, |leg| leg.play(tick, Player::new(play, list))),
            Order::Record { leg, recording, quiet_ms } => {
                if let Some((_, leg)) = self.leg_mut(leg) {
                    leg.stop_recording(out);
                }
                self.with(leg, |leg| leg.record(tick, recording, quiet_ms));
            }
            Order::RecordBoth { leg, others, recording } => self.tape(tick, leg, others, recording, out),
            Order::Listen { leg, recording, quiet_ms } => {
                if let Some((_, leg)) = self.leg_mut(leg) {
                    leg.stop_recording(out);
                }
                self.with(leg, |leg| leg.listen(tick, recording, quiet_ms));
            }
            Order::StopRecording { leg } => {
                self.hear_for_tape(leg, &[]);
                if let Some((_, leg)) = self.leg_mut(leg) {
                    leg.stop_recording(out);
                    leg.stop_taping(out);
                }
            }
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

    fn insert(&mut self, leg: Box<Leg>) {
        let id = leg.id;
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                self.legs.push(None);
                u32::try_from(self.legs.len() - 1).unwrap_or(u32::MAX)
            }
        };
        if let Some(place) = self.legs.get_mut(slot as usize) {
            *place = Some(leg);
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
        self.unmix(leg);
        let Some((_, leg)) = self.leg_mut(leg) else { return };
        let coupling = std::mem::replace(&mut leg.coupling, Coupling::Nobody);
        if coupling == Coupling::Nobody {
            return;
        }
        leg.hear_nobody();
        if let Coupling::Leg(other) = coupling
            && let Some(Some(other)) = self.legs.get_mut(other as usize)
        {
            other.coupling = Coupling::Nobody;
            other.hear_nobody();
            let other = other.id;
            self.unmix(other);
        }
    }

    fn close(&mut self, now: Instant, leg: LegId, out: &mut Outputs) {
        if let Some(leg) = self.remove(leg) {
            leg.close(now, out);
        }
    }

    /// Takes the leg out; who was coupled with it hears nobody.
    fn remove(&mut self, leg: LegId) -> Option<Box<Leg>> {
        self.uncouple(leg);
        self.untape(leg);
        let slot = self.index.remove(&leg)?;
        self.agenda.set(slot, None);
        self.free.push(slot);
        self.legs.get_mut(slot as usize)?.take()
    }
}

/// The whole millisecond that comes next, so that legs share wake-ups and are still spread over the 20 ms.
fn tick_after(started: Instant, now: Instant) -> Instant {
    let elapsed = now.saturating_duration_since(started).as_micros() as u64;
    started + Duration::from_millis(elapsed.div_ceil(1_000))
}
