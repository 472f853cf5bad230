//! A media thread that does everything but sound: it grants and frees ports, and play lists come to their end.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use media::quality::Quality;
use media::{Event, LegId, Order, PlayId, PortGrant, Sound, WorkerId};

/// One media thread without sound.
#[derive(Debug)]
pub struct CheapMedia {
    worker: WorkerId,
    ports: VecDeque<u16>,
    legs: BTreeMap<LegId, Leg>,
    plays: BTreeMap<(Instant, PlayId), LegId>,
    expected: BTreeSet<LegId>,
}

#[derive(Debug)]
struct Leg {
    grant: PortGrant,
    playing: Option<(Instant, PlayId)>,
    bridged: Option<LegId>,
}

/// A leg on its way to another thread.
#[derive(Debug)]
pub struct Moved {
    pub to: WorkerId,
    leg: LegId,
    state: Leg,
}

impl CheapMedia {
    /// With these port pairs and no more.
    pub fn new(worker: WorkerId, ports: VecDeque<u16>) -> Self {
        Self { worker, ports, legs: BTreeMap::new(), plays: BTreeMap::new(), expected: BTreeSet::new() }
    }

    /// Carries out one order. Returns a leg that moves to another thread.
    pub fn handle_order(&mut self, now: Instant, order: Order, out: &mut Vec<Event>) -> Option<Moved> {
        match order {
            Order::Expect { leg } => assert!(self.expected.insert(leg), "leg {leg:?} was expected twice"),
            Order::Move { leg, to } => {
                self.unbridge(leg);
                let mut state =
                    self.legs.remove(&leg).unwrap_or_else(|| panic!("leg {leg:?} was moved but is not open"));
                if let Some(playing) = state.playing.take() {
                    self.plays.remove(&playing);
                }
                return Some(Moved { to, leg, state });
            }
            Order::WantPorts { n } => {
                let n = n.min(self.ports.len());
                let worker = self.worker;
                let grants = self.ports.drain(..n).map(|rtp_port| PortGrant { worker, rtp_port }).collect();
                out.push(Event::Granted { worker, grants, n_coming: 0 });
            }
            Order::Open { leg, grant, .. } => {
                let known = self.legs.insert(leg, Leg { grant, playing: None, bridged: None });
                assert!(known.is_none(), "leg {leg:?} was opened twice");
            }
            Order::Close { leg } => {
                self.stop(leg);
                self.unbridge(leg);
                let closed =
                    self.legs.remove(&leg).unwrap_or_else(|| panic!("leg {leg:?} was closed but never opened"));
                out.push(Event::Closed { leg, grant: closed.grant, quality: Quality::default() });
            }
            Order::Play { leg, play, list } => {
                self.stop(leg);
                self.unbridge(leg);
                let length = list.items.iter().map(sound_length).sum::<Duration>();
                let open = self.legs.get_mut(&leg).unwrap_or_else(|| panic!("played to {leg:?}, which is not open"));
                if !list.repeat {
                    open.playing = Some((now + length, play));
                    self.plays.insert((now + length, play), leg);
                }
            }
            Order::Mix { a, b, by, .. } => {
                assert!(self.legs.contains_key(&by), "{by:?} was mixed but is not open");
                self.stop(by);
                self.unbridge(by);
                if self.legs.get(&a).is_none_or(|leg| leg.bridged != Some(b)) {
                    self.handle_order(now, Order::Bridge { a, b }, out);
                }
            }
            Order::Bridge { a, b } => {
                for leg in [a, b] {
                    self.stop(leg);
                    self.unbridge(leg);
                }
                for (leg, other) in [(a, b), (b, a)] {
                    let open = self.legs.get_mut(&leg).unwrap_or_else(|| panic!("{leg:?} was bridged but is not open"));
                    open.bridged = Some(other);
                }
            }
            Order::Unbridge { leg } => self.unbridge(leg),
            Order::Stop { leg } => self.stop(leg),
            Order::Echo { leg } => self.stop(leg),
            Order::Listen { .. }
            | Order::Record { .. }
            | Order::RecordBoth { .. }
            | Order::SendDigit { .. }
            | Order::SetSession { .. }
            | Order::StopRecording { .. } => {}
        }
        None
    }

    /// Takes a leg of another thread.
    pub fn take_over(&mut self, moved: Moved) {
        let Moved { leg, mut state, .. } = moved;
        assert!(self.expected.remove(&leg), "leg {leg:?} came unexpected");
        state.grant.worker = self.worker;
        self.legs.insert(leg, state);
    }

    /// Ends what has been played to its end.
    pub fn handle_timeout(&mut self, now: Instant, out: &mut Vec<Event>) {
        while let Some(((at, play), leg)) = self.plays.first_key_value().map(|(key, leg)| (*key, *leg)) {
            if at > now {
                break;
            }
            self.plays.remove(&(at, play));
            if let Some(open) = self.legs.get_mut(&leg) {
                open.playing = None;
            }
            out.push(Event::Played { leg, play });
        }
    }

    pub fn next_deadline(&self) -> Option<Instant> {
        self.plays.first_key_value().map(|((at, _), _)| *at)
    }

    pub fn legs(&self) -> impl Iterator<Item = LegId> {
        self.legs.keys().copied()
    }

    fn stop(&mut self, leg: LegId) {
        if let Some(playing) = self.legs.get_mut(&leg).and_then(|leg| leg.playing.take()) {
            self.plays.remove(&playing);
        }
    }

    fn unbridge(&mut self, leg: LegId) {
        if let Some(other) = self.legs.get_mut(&leg).and_then(|leg| leg.bridged.take())
            && let Some(other) = self.legs.get_mut(&other)
        {
            other.bridged = None;
        }
    }
}

fn sound_length(sound: &Sound) -> Duration {
    match sound {
        Sound::Prompt(prompt) => Duration::from_millis(prompt.duration_ms()),
        Sound::Silence(millis) => Duration::from_millis(u64::from(*millis)),
        Sound::Tone(_) => Duration::from_secs(1),
    }
}
