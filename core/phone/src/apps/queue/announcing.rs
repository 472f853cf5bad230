//! What callers are told while they wait: their place, how long it will take, and that they are not forgotten.
//! Specification of voice apps, 3.1.

use std::time::{Duration, Instant};

use super::caller::Heard;
use super::machine::Deadline;
use super::{Announcement, Effect, Queues};
use crate::apps::prompt::Playable;
use crate::id::{CallId, QueueId};

/// How much the last call counts for the time that calls take: one in eight, as round trips are smoothed. RFC 6298 2.
const SMOOTHING: u32 = 8;

impl Queues {
    /// Counts the time to the next announcement, from the moment that music plays.
    pub(super) fn tell_later(&mut self, now: Instant, call: CallId) {
        let Some(caller) = self.callers.get_mut(&call) else { return };
        let every_secs = caller.settings.announcements.as_ref().map(|told| told.every_secs.max(1));
        caller.told_at = every_secs.and_then(|secs| now.checked_add(Duration::from_secs(secs.into())));
        self.deadlines.extend(caller.told_at.map(|at| (at, Deadline::Tell(call))));
    }

    /// It is time for an announcement. If there is nothing to say, the music goes on.
    pub(super) fn tell(&mut self, now: Instant, call: CallId, out: &mut Vec<Effect>) {
        let playables = self.announcements(call);
        let Some(caller) = self.callers.get_mut(&call) else { return };
        caller.told_at = None;
        caller.n_told = caller.n_told.wrapping_add(1);
        if playables.is_empty() {
            return self.tell_later(now, call);
        }
        caller.heard = Heard::Announcement;
        out.push(Effect::Announce { call, playables });
    }

    fn announcements(&self, call: CallId) -> Vec<Playable> {
        let Some(caller) = self.callers.get(&call) else { return Vec::new() };
        let Some(told) = &caller.settings.announcements else { return Vec::new() };
        let Some(line) = self.lines.get(&caller.queue) else { return Vec::new() };
        let place = line.waiting.range(..=caller.place).count();
        let comfort = usize::try_from(caller.n_told).unwrap_or(0).checked_rem(told.comfort.len());
        let comfort = comfort.and_then(|index| told.comfort.get(index)).map(|it| Playable::Configured(it.key()));
        let wait = line.estimated_wait(place).map(Announcement::of_wait);
        let place = told.tells_place.then_some(Announcement::of_place(place));
        let wait = wait.filter(|_| told.tells_wait);
        place.into_iter().chain(wait).map(Playable::Announcement).chain(comfort).collect()
    }

    /// Takes note of how long a call of a queue took its agent.
    pub(super) fn note_talked(&mut self, now: Instant, queue: QueueId, since: Instant) {
        let Some(line) = self.lines.get_mut(&queue) else { return };
        let wrap_up = Duration::from_secs(line.settings.wrap_up_secs.into());
        let took = now.saturating_duration_since(since) + wrap_up;
        line.mean_call = Some(match line.mean_call {
            Some(mean) => mean / SMOOTHING * (SMOOTHING - 1) + took / SMOOTHING,
            None => took,
        });
    }
}
