//! So many at once for each source, so that one source can't take what is there for all.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

/// Counts by source. Cheap to clone.
#[derive(Clone)]
pub struct Turns {
    per_source_max: usize,
    pub by_source: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A place among those of one source; free when dropped.
pub struct Turn {
    source: IpAddr,
    turns: Turns,
}

impl Turns {
    pub fn new(per_source_max: usize) -> Self {
        Self { per_source_max, by_source: Arc::default() }
    }

    /// A place, if the source has not all of its places already.
    pub fn take(&self, remote: SocketAddr) -> Option<Turn> {
        let source = source_key(remote);
        let mut by_source = self.by_source.lock().unwrap_or_else(PoisonError::into_inner);
        let n = by_source.entry(source).or_default();
        if *n >= self.per_source_max {
            return None;
        }
        *n += 1;
        Some(Turn { source, turns: self.clone() })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut by_source = self.turns.by_source.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(n) = by_source.get_mut(&self.source) {
            *n = n.saturating_sub(1);
            if *n == 0 {
                by_source.remove(&self.source);
            }
        }
    }
}

/// One household or office: an IPv4 address, or the network of an IPv6 address.
pub fn source_key(remote: SocketAddr) -> IpAddr {
    match remote.ip().to_canonical() {
        IpAddr::V4(ip) => ip.into(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}
