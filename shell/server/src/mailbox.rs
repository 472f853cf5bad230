//! Hand-over between threads: a bell that is rung only when the other side sleeps, and a box that is emptied whole.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use nix::sys::epoll::EpollTimeout;
use nix::sys::eventfd::{EfdFlags, EventFd};

/// Wakes a thread that sleeps in `epoll_wait`; costs one atomic operation when it doesn't.
pub struct Bell {
    event: EventFd,
    is_asleep: AtomicBool,
}

impl Bell {
    pub fn new() -> std::io::Result<Self> {
        let event = EventFd::from_flags(EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC)?;
        Ok(Self { event, is_asleep: AtomicBool::new(false) })
    }

    /// What the sleeper waits on.
    pub fn event(&self) -> &EventFd {
        &self.event
    }

    /// Call after handing something over.
    pub fn ring(&self) {
        if self.is_asleep.swap(false, Ordering::AcqRel) {
            // It fails only when the counter is full, that is, when the sleeper wakes anyway.
            let _ = self.event.write(1);
        }
    }

    /// Call before the last look at what was handed over: what comes after that look rings.
    pub fn fall_asleep(&self) {
        self.is_asleep.swap(true, Ordering::AcqRel);
    }

    /// Call after sleeping.
    pub fn wake_up(&self) {
        // Whoever took the mark has rung, or is about to: then the next sleep is a short one.
        if !self.is_asleep.swap(false, Ordering::AcqRel) {
            let _ = self.event.read();
        }
    }
}

/// A box that many threads fill and one empties. What goes in is bounded by what it answers to.
pub struct Mailbox<T> {
    items: Mutex<Vec<T>>,
    is_filled: AtomicBool,
    bell: Arc<Bell>,
}

impl<T> Mailbox<T> {
    /// `bell` wakes the one who empties it.
    pub fn new(bell: Arc<Bell>) -> Self {
        Self { items: Mutex::new(Vec::new()), is_filled: AtomicBool::new(false), bell }
    }

    /// Moves all of `items` into the box.
    pub fn append(&self, items: &mut Vec<T>) {
        if items.is_empty() {
            return;
        }
        let mut inside = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        inside.append(items);
        self.is_filled.store(true, Ordering::Release);
        drop(inside);
        self.bell.ring();
    }

    /// Takes everything out, in order. `into` must be empty; its room is used next.
    pub fn take(&self, into: &mut Vec<T>) {
        if self.is_filled() {
            let mut inside = self.items.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::swap(&mut *inside, into);
            self.is_filled.store(false, Ordering::Release);
        }
    }

    pub fn is_filled(&self) -> bool {
        self.is_filled.load(Ordering::Acquire)
    }
}

/// How long to sleep until `deadline`. Rounded up to the next millisecond: waking before the deadline would spin.
pub fn timeout(deadline: Option<Instant>) -> EpollTimeout {
    let Some(deadline) = deadline else { return EpollTimeout::NONE };
    let left = deadline.saturating_duration_since(Instant::now());
    let millis = left.as_nanos().div_ceil(1_000_000);
    EpollTimeout::try_from(u32::try_from(millis).unwrap_or(u32::MAX).min(3_600_000)).unwrap_or(EpollTimeout::ZERO)
}
