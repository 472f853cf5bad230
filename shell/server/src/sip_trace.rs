//! Every SIP message passes by here: it is kept as part of the ladder of its call, and told to a Homer, where that is
//! wanted.
//!
//! Nothing here holds up the switch: what does not fit is dropped and counted. What is kept is bounded, in memory and on
//! the disk, and has neither keys of sound nor answers to challenges in it.

pub mod dialogs;
pub mod hep;
pub mod ladder;
pub mod masking;
pub mod shelf;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use jiff::Timestamp;
use phone::id::{CallId, TenantId};
use phone::record::CallRecord;
use sip::{Source, Target, Transport};

use self::dialogs::Dialogs;
use self::hep::{Collector, Hep};
use self::ladder::{Ladder, Rung};
use self::shelf::Shelf;
use crate::error::chain;

/// Messages that wait for the thread: a second of thousands of calls.
const WAITING_MAX: usize = 65_536;
/// A record is written when the last leg is over; what its peers say last comes a little later.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// Messages that come within this time are taken together.
const GATHER: Duration = Duration::from_millis(10);
/// Calls whose ladders are written in a second; of more, nobody could look at all, and calls need the processor.
const WRITTEN_PER_SECOND_MAX: u32 = 400;

/// What is to be done with messages.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Where ladders are kept, and how many bytes of them; none keeps no ladders.
    pub ladders: Option<(PathBuf, u64)>,
    pub hep: Option<Collector>,
}

/// Takes what passes by. Clones lead to the same place.
#[derive(Clone)]
pub struct Trace {
    told: SyncSender<Told>,
    shelf: Option<Arc<Shelf>>,
    n_dropped: Arc<AtomicU64>,
    n_unwritten: Arc<AtomicU64>,
}

/// A message that came or went.
#[derive(Clone, Debug)]
pub struct Seen {
    pub at: Timestamp,
    pub is_sent: bool,
    pub transport: Transport,
    pub remote: SocketAddr,
    /// Ours, as far as it is known.
    pub local: Option<SocketAddr>,
    pub packet: Bytes,
}

enum Told {
    Message(Seen),
    Over(Over),
}

/// A call that is over, with the dialogs of its legs.
struct Over {
    call: CallId,
    tenant: TenantId,
    sip_call_ids: Vec<String>,
}

impl Trace {
    /// Starts the thread; none if nothing is wanted.
    pub fn start(wanted: Wanted) -> std::io::Result<Option<Self>> {
        if wanted.ladders.is_none() && wanted.hep.is_none() {
            return Ok(None);
        }
        let shelf = match wanted.ladders {
            Some((dir, bytes_max)) => Some(Arc::new(Shelf::open(dir, bytes_max)?)),
            None => None,
        };
        let (told, messages) = sync_channel(WAITING_MAX);
        let n_unwritten = Arc::<AtomicU64>::default();
        let keeper = Keeper {
            n_unwritten: Arc::clone(&n_unwritten),
            shelf: shelf.clone(),
            hep: wanted.hep.map(Hep::new),
            dialogs: Dialogs::default(),
            over: VecDeque::new(),
            second: Instant::now(),
            n_written: 0,
        };
        thread::Builder::new().name("ladders".to_owned()).spawn(move || keeper.run(&messages))?;
        Ok(Some(Self { told, shelf, n_dropped: Arc::default(), n_unwritten }))
    }

    pub fn received(&self, source: &Source, packet: &Bytes) {
        self.tell(Told::Message(Seen {
            at: Timestamp::now(),
            is_sent: false,
            transport: source.transport,
            remote: source.remote,
            local: Some(source.local),
            packet: packet.clone(),
        }));
    }

    pub fn sent(&self, target: &Target, packet: &Bytes) {
        self.tell(Told::Message(Seen {
            at: Timestamp::now(),
            is_sent: true,
            transport: target.transport,
            remote: target.remote,
            local: target.local,
            packet: packet.clone(),
        }));
    }

    /// A call is over: its ladder is written.
    pub fn over(&self, record: &CallRecord) {
        if self.shelf.is_some() {
            let ids = record.legs.iter().map(|leg| leg.sip_call_id.clone()).filter(|id| !id.is_empty());
            let sip_call_ids = ids.collect();
            self.tell(Told::Over(Over { call: record.id, tenant: record.tenant, sip_call_ids }));
        }
    }

    /// The ladder of a call of this organization; none if it is not kept, or not any more.
    pub fn ladder(&self, tenant: TenantId, call: CallId) -> std::io::Result<Option<Ladder>> {
        let Some(shelf) = &self.shelf else { return Ok(None) };
        Ok(shelf.read(call)?.filter(|ladder| ladder.tenant == tenant))
    }

    /// Messages that nobody took in time.
    pub fn n_dropped(&self) -> u64 {
        self.n_dropped.load(Ordering::Relaxed)
    }

    /// Calls of which no ladder was written, since too many ended at once.
    pub fn n_unwritten(&self) -> u64 {
        self.n_unwritten.load(Ordering::Relaxed)
    }

    fn tell(&self, told: Told) {
        // A message begins with a method or SIP; what keeps a way open does not.
        if let Told::Message(seen) = &told
            && !seen.packet.first().is_some_and(u8::is_ascii_uppercase)
        {
            return;
        }
        if self.told.try_send(told).is_err() {
            self.n_dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The thread.
struct Keeper {
    shelf: Option<Arc<Shelf>>,
    hep: Option<Hep>,
    dialogs: Dialogs,
    /// Calls whose last words are waited for.
    over: VecDeque<(Instant, Over)>,
    /// When the second began in which so many ladders were written.
    second: Instant,
    n_written: u32,
    n_unwritten: Arc<AtomicU64>,
}

impl Keeper {
    fn run(mut self, messages: &Receiver<Told>) {
        loop {
            let told = match self.over.front() {
                Some((due, _)) => messages.recv_timeout(due.saturating_duration_since(Instant::now())),
                None => messages.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match told {
                Ok(told) => {
                    self.take(told);
                    // To wake this thread costs the switch more than a message does.
                    thread::sleep(GATHER);
                    messages.try_iter().for_each(|told| self.take(told));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            while self.over.front().is_some_and(|(due, _)| *due <= Instant::now()) {
                self.write_next();
            }
        }
        while !self.over.is_empty() {
            self.write_next();
        }
    }

    fn take(&mut self, told: Told) {
        match told {
            Told::Message(seen) => self.take_message(seen),
            Told::Over(over) => self.over.push_back((Instant::now() + LAST_WORDS, over)),
        }
    }

    fn take_message(&mut self, seen: Seen) {
        if let Some(hep) = &mut self.hep {
            hep.tell(&seen);
        }
        if self.shelf.is_some() {
            self.dialogs.take(seen);
        }
    }

    fn write_next(&mut self) {
        let (Some((_, over)), Some(shelf)) = (self.over.pop_front(), &self.shelf) else { return };
        let mut messages = Vec::new();
        for id in &over.sip_call_ids {
            messages.extend(self.dialogs.remove(id).into_iter().map(|seen| (id, seen)));
        }
        if Duration::from_secs(1) <= self.second.elapsed() {
            (self.second, self.n_written) = (Instant::now(), 0);
        }
        if WRITTEN_PER_SECOND_MAX <= self.n_written {
            self.n_unwritten.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.n_written = self.n_written.saturating_add(1);
        let rungs = messages.iter().map(|(id, seen)| Rung::new(seen, id)).collect();
        let ladder = Ladder::new(over.call, over.tenant, rungs);
        if let Err(error) = shelf.append(&ladder) {
            tracing::warn!(error = chain(&error), "the ladder of a call can't be written");
        }
    }
}
