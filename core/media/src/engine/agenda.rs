//! Which leg is due next: a heap whose entries know their place, so that a leg's time is changed where it lies.

use std::time::Instant;

/// No place in the heap.
const NOWHERE: u32 = u32::MAX;

/// At most one time for each slot. The root is the earliest.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    heap: Vec<(Instant, u32)>,
    places: Vec<u32>,
}

impl Agenda {
    pub(super) fn first(&self) -> Option<(Instant, u32)> {
        self.heap.first().copied()
    }

    /// Sets, moves or removes the slot's time.
    pub(super) fn set(&mut self, slot: u32, at: Option<Instant>) {
        let index = slot as usize;
        if index >= self.places.len() {
            self.places.resize(index + 1, NOWHERE);
        }
        let place = self.places[index];
        match (place, at) {
            (NOWHERE, None) => {}
            (NOWHERE, Some(at)) => {
                self.heap.push((at, slot));
                self.rise(self.heap.len() - 1);
            }
            (place, Some(at)) => {
                let place = place as usize;
                let earlier = at < self.heap[place].0;
                self.heap[place].0 = at;
                if earlier { self.rise(place) } else { self.sink(place) }
            }
            (place, None) => {
                let place = place as usize;
                self.places[index] = NOWHERE;
                let last = self.heap.len() - 1;
                self.heap.swap_remove(place);
                if place < last {
                    let moved = self.heap[place].1 as usize;
                    self.places[moved] = place as u32;
                    self.rise(place);
                    self.sink(self.places[moved] as usize);
                }
            }
        }
    }

    fn rise(&mut self, mut place: usize) {
        let entry = self.heap[place];
        while place > 0 {
            let parent = (place - 1) / 4;
            if self.heap[parent].0 <= entry.0 {
                break;
            }
            self.put(place, self.heap[parent]);
            place = parent;
        }
        self.put(place, entry);
    }

    fn sink(&mut self, mut place: usize) {
        let entry = self.heap[place];
        loop {
            let children = place * 4 + 1..(place * 4 + 5).min(self.heap.len());
            let Some(least) = children.min_by_key(|child| self.heap[*child].0) else { break };
            if self.heap[least].0 >= entry.0 {
                break;
            }
            self.put(place, self.heap[least]);
            place = least;
        }
        self.put(place, entry);
    }

    fn put(&mut self, place: usize, entry: (Instant, u32)) {
        self.heap[place] = entry;
        self.places[entry.1 as usize] = place as u32;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_first_is_always_the_earliest(steps in proptest::collection::vec((0u32..40, proptest::option::of(0u64..1_000)), 1..400)) {
            #[expect(clippy::disallowed_methods, reason = "a test needs a first instant")]
            let start = Instant::now();
            let mut agenda = Agenda::default();
            let mut model = BTreeMap::new();
            for (slot, at) in steps {
                let at = at.map(|ms| start + Duration::from_millis(ms));
                agenda.set(slot, at);
                match at {
                    Some(at) => { model.insert(slot, at); }
                    None => { model.remove(&slot); }
                }
                let earliest = model.values().min().copied();
                prop_assert_eq!(agenda.first().map(|(at, _)| at), earliest);
                if let Some((at, slot)) = agenda.first() {
                    prop_assert_eq!(model.get(&slot).copied(), Some(at));
                }
            }
        }
    }
}
