//! Legs that hear more than whom they are coupled with.
//!
//! Each side keeps its half: a speaker who listens beside its partner, a listener whom it hears. Both change together here.

use std::time::Instant;

use smallvec::SmallVec;

use super::{Engine, Outputs};
use crate::leg::{Coupling, Heard, Leg, Listener};
use crate::order::{LegId, Reach, RecordingId};

impl Engine {
    /// Lets `by` hear two legs that talk, and those of them that `reach` names hear `by`.
    pub(super) fn mix(&mut self, tick: Instant, [a, b]: [LegId; 2], by: LegId, reach: Reach) {
        let all = [a, b, by];
        if a == b || a == by || b == by || all.iter().any(|leg| !self.index.contains_key(leg)) {
            return;
        }
        if !self.are_coupled(a, b) {
            self.bridge(a, b);
        }
        if self.leg_mut(by).is_some_and(|(_, leg)| leg.coupling != Coupling::Nobody) {
            self.uncouple(by);
        }
        self.with(by, Leg::stop);
        let (for_a, for_b): (&[LegId], &[LegId]) = match reach {
            Reach::Neither => (&[], &[]),
            Reach::First => (&[b, by], &[]),
            Reach::Both => (&[b, by], &[a, by]),
        };
        for (listener, speakers) in [(by, &[a, b][..]), (a, for_a), (b, for_b)] {
            self.hear_mixed(listener, speakers);
            self.with(listener, |leg| leg.wake(tick));
        }
    }

    /// Hears nobody mixed any more, and is in nobody's mix. Who hears only one then, and talks with that one, needs none.
    pub(super) fn unmix(&mut self, leg: LegId) {
        self.hear_mixed(leg, &[]);
        let Some((_, speaker)) = self.leg_mut(leg) else { return };
        let mixed = |listener: &Listener| match listener {
            Listener::Mixed(by) => Some(*by),
            Listener::Taped(_) => None,
        };
        let listeners: SmallVec<[LegId; 2]> = speaker.listeners.iter().filter_map(mixed).collect();
        for listener in listeners {
            let Some((_, hearing)) = self.leg_mut(listener) else { continue };
            let mut rest = hearing.mixed();
            rest.retain(|speaker| *speaker != leg);
            if rest.len() < 2 && hearing.coupling != Coupling::Nobody {
                rest.clear();
            }
            self.hear_mixed(listener, &rest);
        }
    }

    /// Records both sides of a conversation.
    pub(super) fn tape(
        &mut self,
        tick: Instant,
        leg: LegId,
        others: [Option<LegId>; 2],
        recording: RecordingId,
        out: &mut Outputs,
    ) {
        let others: SmallVec<[LegId; 2]> = others.into_iter().flatten().filter(|other| *other != leg).collect();
        if let Some((_, known)) = self.leg_mut(leg)
            && known.taping_id().is_some_and(|known| known != recording)
        {
            known.stop_taping(out);
        }
        let mut speakers: SmallVec<[LegId; 4]> = SmallVec::from_slice(&others);
        speakers.push(leg);
        self.hear_for_tape(leg, &speakers);
        self.with(leg, |leg| leg.tape(tick, recording, &others));
    }

    /// These are heard for what this leg records, and nobody else.
    pub(super) fn hear_for_tape(&mut self, leg: LegId, speakers: &[LegId]) {
        let Some((_, taping)) = self.leg_mut(leg) else { return };
        let before = taping.taped();
        self.change_listeners(Listener::Taped(leg), &before, speakers);
    }

    /// Nobody is heard for what the leg records any more, and nobody hears it: it leaves.
    pub(super) fn untape(&mut self, leg: LegId) {
        self.hear_for_tape(leg, &[]);
        if let Some((_, leg)) = self.leg_mut(leg) {
            leg.listeners.clear();
        }
    }

    /// Hands a packet to those who hear it beside whom the speaker talks with.
    #[cold]
    pub(super) fn tell_listeners(&mut self, now: Instant, slot: u32, heard: &Heard, packet: &[u8]) {
        let Some(Some(speaker)) = self.legs.get_mut(slot as usize) else { return };
        let from = speaker.id;
        let listeners = std::mem::take(&mut speaker.listeners);
        for listener in &listeners {
            match *listener {
                Listener::Mixed(by) => {
                    if let Some((_, leg)) = self.leg_mut(by) {
                        leg.hear_mixed(now, from, heard, packet);
                    }
                }
                Listener::Taped(by) => {
                    if let Some((_, leg)) = self.leg_mut(by) {
                        leg.hear_taped(now, from, heard, packet);
                    }
                }
            }
        }
        if let Some(Some(speaker)) = self.legs.get_mut(slot as usize) {
            speaker.listeners = listeners;
        }
    }

    fn hear_mixed(&mut self, listener: LegId, speakers: &[LegId]) {
        let Some((_, leg)) = self.leg_mut(listener) else { return };
        let before = leg.mixed();
        leg.mix(speakers);
        self.change_listeners(Listener::Mixed(listener), &before, speakers);
    }

    fn change_listeners(&mut self, listener: Listener, before: &[LegId], now: &[LegId]) {
        for speaker in before.iter().filter(|speaker| !now.contains(speaker)) {
            if let Some((_, leg)) = self.leg_mut(*speaker) {
                leg.listeners.retain(|known| *known != listener);
            }
        }
        for speaker in now {
            if let Some((_, leg)) = self.leg_mut(*speaker)
                && !leg.listeners.contains(&listener)
            {
                leg.listeners.push(listener);
            }
        }
    }

    fn are_coupled(&mut self, a: LegId, b: LegId) -> bool {
        let Some(slot) = self.index.get(&b).copied() else { return false };
        self.leg_mut(a).is_some_and(|(_, leg)| leg.coupling == Coupling::Leg(slot))
    }
}
