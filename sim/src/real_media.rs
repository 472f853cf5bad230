//! A media thread with sound: the real engine, with the packets that its ports send and receive.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::Instant;

use media::engine::handover::Handover;
use media::engine::{Component, Outputs};
use media::{Engine, Event, LegId, Order, PortGrant, Recorded, WorkerId};

/// A packet that the engine sends.
#[derive(Clone, Debug)]
pub struct Sent {
    pub from_port: u16,
    pub to: SocketAddr,
    pub bytes: Vec<u8>,
}

/// One media thread.
pub struct RealMedia {
    worker: WorkerId,
    engine: Engine,
    ports: VecDeque<u16>,
    by_port: BTreeMap<u16, LegId>,
    by_leg: BTreeMap<LegId, u16>,
    out: Outputs,
    /// What was taken down.
    pub recorded: Vec<Recorded>,
}

impl RealMedia {
    pub fn new(worker: WorkerId, ports: VecDeque<u16>) -> Self {
        Self {
            worker,
            engine: Engine::new(worker, [9 + worker.0 as u8; 32]),
            ports,
            by_port: BTreeMap::new(),
            by_leg: BTreeMap::new(),
            out: Outputs::default(),
            recorded: Vec::new(),
        }
    }

    pub fn handle_order(&mut self, now: Instant, order: Order, events: &mut Vec<Event>) -> Vec<Sent> {
        match &order {
            Order::WantPorts { n } => {
                let n = (*n).min(self.ports.len());
                let worker = self.worker;
                let grants = self.ports.drain(..n).map(|rtp_port| PortGrant { worker, rtp_port }).collect();
                events.push(Event::Granted { worker, grants, n_coming: 0 });
                return Vec::new();
            }
            Order::Open { leg, grant, .. } => {
                self.by_port.insert(grant.rtp_port, *leg);
                self.by_leg.insert(*leg, grant.rtp_port);
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
            | Order::Unbridge { .. } => {}
        }
        self.engine.handle_order(now, order, &mut self.out);
        self.drain(events)
    }

    /// Legs that move to other threads, each with its port.
    pub fn take_handovers(&mut self) -> Vec<(Handover, Option<u16>)> {
        let handovers = std::mem::take(&mut self.out.handovers);
        handovers
            .into_iter()
            .map(|handover| {
                let port = self.by_leg.remove(&handover.leg);
                if let Some(port) = port {
                    self.by_port.remove(&port);
                }
                (handover, port)
            })
            .collect()
    }

    /// Takes a leg of another thread, and its port.
    pub fn handle_handover(
        &mut self,
        now: Instant,
        (handover, port): (Handover, Option<u16>),
        events: &mut Vec<Event>,
    ) -> Vec<Sent> {
        if let Some(port) = port {
            self.by_port.insert(port, handover.leg);
            self.by_leg.insert(handover.leg, port);
        }
        self.engine.handle_handover(now, handover, &mut self.out);
        self.drain(events)
    }

    /// Whether the thread has bound this port.
    pub fn has_port(&self, port: u16) -> bool {
        self.by_port.contains_key(&(port & !1))
    }

    /// Takes a packet that reached a port.
    pub fn handle_packet(
        &mut self,
        now: Instant,
        port: u16,
        from: SocketAddr,
        bytes: &mut [u8],
        events: &mut Vec<Event>,
    ) -> Vec<Sent> {
        let component = if port.is_multiple_of(2) { Component::Rtp } else { Component::Rtcp };
        if let Some(leg) = self.by_port.get(&(port & !1)) {
            self.engine.handle_packet(now, *leg, component, from, bytes, &mut self.out);
        }
        self.drain(events)
    }

    pub fn handle_timeout(&mut self, now: Instant, events: &mut Vec<Event>) -> Vec<Sent> {
        self.engine.handle_timeout(now, &mut self.out);
        self.drain(events)
    }

    pub fn next_deadline(&self) -> Option<Instant> {
        self.engine.next_deadline()
    }

    pub fn legs(&self) -> impl Iterator<Item = LegId> {
        self.by_leg.keys().copied()
    }

    fn drain(&mut self, events: &mut Vec<Event>) -> Vec<Sent> {
        let sent = self.out.sends.iter().filter_map(|send| {
            let port = *self.by_leg.get(&send.leg)?;
            let from_port = if send.component == Component::Rtp { port } else { port + 1 };
            let bytes = self.out.bytes.get(send.range.clone())?.to_vec();
            Some(Sent { from_port, to: send.to, bytes })
        });
        let sent = sent.collect();
        for event in &self.out.events {
            if let Event::Closed { leg, .. } = event
                && let Some(port) = self.by_leg.remove(leg)
            {
                self.by_port.remove(&port);
            }
        }
        events.append(&mut self.out.events);
        self.recorded.append(&mut self.out.recorded);
        self.out.sends.clear();
        self.out.bytes.clear();
        sent
    }
}
