//! Finds what has a key that is a hash already.
//!
//! A tree of such keys is as deep as there are many, and each level is a miss of the cache; here it is one.

use smallvec::SmallVec;

/// Entries for each bucket before their number doubles.
const LOAD: usize = 2;
const BUCKETS_MIN: usize = 16;

/// From keyed hashes, which nobody can steer, to ids. A key is there once.
#[derive(Debug, Default)]
pub(crate) struct Index {
    buckets: Vec<SmallVec<[(u64, u64); LOAD]>>,
    n_entries: usize,
}

impl Index {
    pub fn get(&self, key: u64) -> Option<u64> {
        let bucket = self.buckets.get(self.place(key))?;
        bucket.iter().find(|(each, _)| *each == key).map(|&(_, id)| id)
    }

    pub fn insert(&mut self, key: u64, id: u64) {
        self.remove(key);
        if self.n_entries >= self.buckets.len() * LOAD {
            self.grow();
        }
        let place = self.place(key);
        if let Some(bucket) = self.buckets.get_mut(place) {
            bucket.push((key, id));
            self.n_entries += 1;
        }
    }

    pub fn remove(&mut self, key: u64) {
        let place = self.place(key);
        let Some(bucket) = self.buckets.get_mut(place) else { return };
        if let Some(at) = bucket.iter().position(|(each, _)| *each == key) {
            bucket.swap_remove(at);
            self.n_entries -= 1;
        }
    }

    /// The number of buckets is a power of two.
    fn place(&self, key: u64) -> usize {
        let mask = u64::try_from(self.buckets.len()).unwrap_or_default().wrapping_sub(1);
        usize::try_from(key & mask).unwrap_or_default()
    }

    fn grow(&mut self) {
        let n_buckets = (self.buckets.len() * 2).max(BUCKETS_MIN);
        let old = std::mem::replace(&mut self.buckets, vec![SmallVec::new(); n_buckets]);
        for (key, id) in old.into_iter().flatten() {
            let place = self.place(key);
            if let Some(bucket) = self.buckets.get_mut(place) {
                bucket.push((key, id));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn it_holds_what_a_tree_holds() {
        let (mut index, mut tree) = (Index::default(), BTreeMap::new());
        let mut key = 1_u64;
        for id in 0..20_000 {
            key = key.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let short = key >> 50;
            if id % 3 == 0 {
                index.remove(short);
                tree.remove(&short);
            } else {
                index.insert(short, id);
                tree.insert(short, id);
            }
            assert_eq!(index.n_entries, tree.len());
        }
        for key in 0..1 << 14 {
            assert_eq!(index.get(key), tree.get(&key).copied());
        }
    }
}
