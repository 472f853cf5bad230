//! The thread that writes segments.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use phone::money::lost::Moment;
use tokio::sync::mpsc;

use super::Status;
use super::frame::{self, Entry};
use super::segment::{Disk, SyncWork};

/// Records that go to the disk with one sync, and to the database with one transaction.
pub(super) const BATCH_MAX: usize = 500;
/// A full segment is about a thousand calls: little to read again after a crash.
const SEGMENT_BYTES_MAX: u64 = 1024 * 1024;
/// Records kept in memory while the disk takes or syncs nothing: about 300 MB, and hours of a busy system.
pub const HELD_MAX: usize = 200_000;
pub(super) const DISK_RETRY_SECS: u64 = 1;
/// After each group the thread rests for so long, so that many records share one sync where many calls end. A record
/// that ends the rest of a quiet moment is written at once.
const GATHER: Duration = Duration::from_millis(10);
const DISK_WORDS: &str = "call records can't be written to the disk, they wait in memory";

/// What the thread is told.
pub enum Message {
    Entry(Entry),
    /// So many records of a segment are in the database.
    Stored {
        segment: u64,
        n: u64,
    },
    /// What was given to the syncing thread is safe, or is not.
    Synced(std::io::Result<()>),
    /// No more records will come.
    Close,
}

/// Entries that are on the disk.
#[derive(Debug, Default)]
pub struct Batch {
    pub entries: Vec<Entry>,
    /// Where they are, and how many there.
    pub segments: Vec<(u64, u64)>,
}

/// What the thread knows.
pub struct Writer<D: Disk> {
    disk: D,
    status: Arc<Status>,
    /// None after closing: that ends the inserter when it has done all.
    batches: Option<mpsc::Sender<Batch>>,
    pub held: Vec<Entry>,
    /// Written, so that a killed process loses nothing, but not synced yet.
    unsynced: VecDeque<Group>,
    /// So many of them, the first ones, are being synced.
    n_syncing: usize,
    current: Option<Current<D::Segment>>,
    next_segment: u64,
    /// Records of each segment that are on their way to the database.
    pending: BTreeMap<u64, u64>,
    /// Segments to be read again, because an earlier process left them or the database was too slow to take their
    /// records at once; with the number of records that this process wrote and did not send.
    pub unread: BTreeMap<u64, u64>,
    buffer: Vec<u8>,
    /// When this process, or the one that it reads what is left of, said last that it lives.
    alive: Option<Moment>,
    /// Something was lost: what is said of being alive is not after all that was told any more.
    has_lost: bool,
}

/// Records that were written to one segment and not synced yet.
struct Group {
    segment: u64,
    pub entries: Vec<Entry>,
    sync: Option<SyncWork>,
}

struct Current<S> {
    number: u64,
    file: S,
    len: u64,
}

impl Batch {
    pub(super) fn join(&mut self, more: Self) {
        self.entries.extend(more.entries);
        self.segments.extend(more.segments);
    }
}

impl<D: Disk> Writer<D> {
    pub fn new(disk: D, status: Arc<Status>, batches: mpsc::Sender<Batch>) -> std::io::Result<Self> {
        let left = disk.list()?;
        status.unread.store(as_u64(left.len()), Ordering::Relaxed);
        let next_segment = left.last().map_or(1, |last| last.saturating_add(1));
        Ok(Self {
            disk,
            status,
            batches: Some(batches),
            held: Vec::new(),
            unsynced: VecDeque::new(),
            n_syncing: 0,
            current: None,
            next_segment,
            pending: BTreeMap::new(),
            unread: left.into_iter().map(|segment| (segment, 0)).collect(),
            buffer: Vec::new(),
            alive: None,
            has_lost: false,
        })
    }

    /// Runs until `Close` came, the disk has every record and the database what the disk has. What takes the disk's
    /// time goes to `syncing`.
    pub(super) fn run(&mut self, messages: &Receiver<Message>, syncing: &Sender<Vec<SyncWork>>) {
        self.read_again();
        self.write_held();
        while self.receive(messages) {
            self.write_held();
            self.sync_by(syncing);
            self.read_again();
            self.write_held();
            std::thread::sleep(GATHER);
        }
        self.finish(messages, syncing);
    }

    fn finish(&mut self, messages: &Receiver<Message>, syncing: &Sender<Vec<SyncWork>>) {
        loop {
            self.write_held();
            self.sync_by(syncing);
            self.retire_current();
            self.read_again();
            if self.held.is_empty() && self.unsynced.is_empty() && self.unread.is_empty() {
                // The inserter ends when it has taken the last batch.
                self.batches = None;
                if self.pending.is_empty() {
                    return;
                }
            }
            match messages.recv_timeout(Duration::from_secs(DISK_RETRY_SECS)) {
                Ok(Message::Stored { segment, n }) => self.stored(segment, n),
                Ok(Message::Synced(result)) => self.synced(result),
                Ok(Message::Entry(entry)) => self.hold(entry),
                Ok(Message::Close) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn sync_by(&mut self, syncing: &Sender<Vec<SyncWork>>) {
        let work = self.begin_sync();
        if !work.is_empty() {
            // The thread ends after this one.
            let _ = syncing.send(work);
        }
    }

    /// What is to be synced now; nothing while something is being synced.
    pub fn begin_sync(&mut self) -> Vec<SyncWork> {
        if self.n_syncing != 0 {
            return Vec::new();
        }
        self.n_syncing = self.unsynced.len();
        self.unsynced.iter_mut().filter_map(|group| group.sync.take()).collect()
    }

    /// What was being synced is safe and goes to the database, or everything since is written again to another segment.
    pub fn synced(&mut self, result: std::io::Result<()>) {
        let n_groups = std::mem::take(&mut self.n_syncing);
        match result {
            Ok(()) => {
                self.status.set_alarm(&self.status.disk_alarm, DISK_WORDS, None);
                let groups: Vec<Group> = self.unsynced.drain(..n_groups).collect();
                for Group { segment, entries, .. } in groups {
                    self.send_or_leave(segment, entries);
                }
            }
            Err(error) => {
                self.status.set_alarm(&self.status.disk_alarm, DISK_WORDS, Some(error.to_string()));
                self.current = None;
                let groups = std::mem::take(&mut self.unsynced);
                let segments: Vec<u64> = groups.iter().map(|group| group.segment).collect();
                let mut entries: Vec<Entry> = groups.into_iter().flat_map(|group| group.entries).collect();
                self.status.waiting.fetch_sub(as_u64(entries.len()), Ordering::Relaxed);
                self.status.held.fetch_add(as_u64(entries.len()), Ordering::Relaxed);
                entries.append(&mut self.held);
                self.held = entries;
                for segment in segments {
                    self.stored(segment, 0);
                }
            }
        }
    }

    fn is_unsynced(&self, segment: u64) -> bool {
        self.unsynced.iter().any(|group| group.segment == segment)
    }

    /// Reads segments whose records did not go to the database when they were written, as fast as it takes them.
    pub fn read_again(&mut self) {
        self.read_unread();
        self.status.unread.store(as_u64(self.unread.len()), Ordering::Relaxed);
    }

    fn read_unread(&mut self) {
        while let Some((&segment, &n_unsent)) = self.unread.first_key_value() {
            if self.is_unsynced(segment) {
                // It is read when it is whole and safe; what comes meanwhile goes to another.
                self.current.take_if(|current| current.number == segment);
                return;
            }
            let Some(batches) = self.batches.clone() else { return };
            let Ok(permit) = batches.try_reserve() else { return };
            if self.current.as_ref().is_some_and(|current| current.number == segment) {
                self.current = None;
            }
            self.unread.remove(&segment);
            let contents = match self.disk.read(segment) {
                Ok(bytes) => frame::read(&bytes),
                Err(error) => {
                    tracing::warn!(segment, error = %error, "a segment of the spool can't be read, it is left alone");
                    continue;
                }
            };
            if 0 < contents.n_damaged {
                tracing::warn!(segment, n_damaged = contents.n_damaged, "records of the spool were cut or damaged");
            }
            self.keep_alive(contents.alive);
            let n = as_u64(contents.entries.len());
            *self.pending.entry(segment).or_default() += n;
            self.status.waiting.fetch_add(n.saturating_sub(n_unsent), Ordering::Relaxed);
            if n == 0 {
                self.stored(segment, 0);
            } else {
                permit.send(Batch { entries: contents.entries, segments: vec![(segment, n)] });
            }
        }
    }

    /// When an earlier process lived is written down again: what it left may be removed before anybody has asked for it.
    fn keep_alive(&mut self, left: Option<Moment>) {
        self.status.note_alive(left);
        if let Some(at) = left.filter(|at| self.alive.is_none_or(|known| known.process != at.process)) {
            self.status.held.fetch_add(1, Ordering::Relaxed);
            self.held.push(Entry::Alive(at));
        }
    }

    /// Waits for something, then takes all that is there up to a batch. False when no more records will come.
    fn receive(&mut self, messages: &Receiver<Message>) -> bool {
        let first = if self.held.is_empty() {
            messages.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            messages.recv_timeout(Duration::from_secs(DISK_RETRY_SECS))
        };
        let mut next = match first {
            Ok(message) => Some(message),
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        };
        let mut n_taken = 0;
        while let Some(message) = next {
            match message {
                Message::Entry(entry) => self.hold(entry),
                Message::Stored { segment, n } => self.stored(segment, n),
                Message::Synced(result) => self.synced(result),
                Message::Close => return false,
            }
            n_taken += 1;
            next = if n_taken < BATCH_MAX { messages.try_recv().ok() } else { None };
        }
        true
    }

    pub fn hold(&mut self, entry: Entry) {
        let n_unsynced: usize = self.unsynced.iter().map(|group| group.entries.len()).sum();
        if self.held.len() + n_unsynced < HELD_MAX {
            self.held.push(entry);
            return;
        }
        self.status.held.fetch_sub(1, Ordering::Relaxed);
        self.has_lost = true;
        if let Entry::Alive(_) = entry {
            return;
        }
        self.status.lost.fetch_add(1, Ordering::Relaxed);
        match entry {
            Entry::Alive(_) => {}
            Entry::Agent(fact) => {
                tracing::error!(agent = %fact.agent, "a fact is lost: the disk takes nothing and memory is full");
            }
            Entry::Charge(charge) => {
                tracing::error!(
                    call = %charge.id.call,
                    "what a call cost is lost: the disk takes nothing and memory is full"
                );
            }
            Entry::Record(record) => {
                tracing::error!(call = %record.id, "a call record is lost: the disk takes nothing and memory is full");
            }
        }
    }

    /// Appends what is held, group by group, until all is on the disk or the disk refuses.
    pub fn write_held(&mut self) {
        while !self.held.is_empty() {
            let n = self.held.len().min(BATCH_MAX);
            match self.append(n) {
                Ok((segment, sync)) => {
                    let mut entries: Vec<_> = self.held.drain(..n).collect();
                    // Whoever reads the segment wants to know that the process lived; nobody else does.
                    entries.retain(|entry| !matches!(entry, Entry::Alive(_)));
                    self.status.held.fetch_sub(as_u64(n), Ordering::Relaxed);
                    if !entries.is_empty() {
                        self.status.waiting.fetch_add(as_u64(entries.len()), Ordering::Relaxed);
                        self.keep_unsynced(segment, entries, sync);
                    }
                }
                Err(error) => {
                    self.status.set_alarm(&self.status.disk_alarm, DISK_WORDS, Some(error.to_string()));
                    return;
                }
            }
        }
    }

    /// Joins what waits for the same sync.
    fn keep_unsynced(&mut self, segment: u64, entries: Vec<Entry>, sync: SyncWork) {
        let n_syncing = self.n_syncing;
        match self.unsynced.iter_mut().skip(n_syncing).last().filter(|last| last.segment == segment) {
            Some(last) => {
                last.entries.extend(entries);
                last.sync = Some(sync);
            }
            None => self.unsynced.push_back(Group { segment, entries, sync: Some(sync) }),
        }
    }

    /// Sends what was just synced to the database, or leaves it on the disk for later if the database is slow.
    fn send_or_leave(&mut self, segment: u64, entries: Vec<Entry>) {
        let n = as_u64(entries.len());
        let batch = Batch { entries, segments: vec![(segment, n)] };
        let in_order = self.unread.is_empty();
        if in_order && self.batches.as_ref().is_some_and(|batches| batches.try_send(batch).is_ok()) {
            *self.pending.entry(segment).or_default() += n;
        } else {
            *self.unread.entry(segment).or_default() += n;
        }
    }

    /// Writes the first `n` records held; the segment that has them, and what makes them safe there.
    fn append(&mut self, n: usize) -> std::io::Result<(u64, SyncWork)> {
        use std::io::Write as _;
        let goes_on = self.current.as_ref().is_some_and(|current| current.len < SEGMENT_BYTES_MAX);
        self.buffer.clear();
        // The segments before may be removed.
        if let (false, Some(at)) = (goes_on, self.alive) {
            frame::write(&Entry::Alive(at), &mut self.buffer)?;
        }
        for entry in self.held.iter().take(n) {
            match entry {
                Entry::Alive(_) if self.has_lost => {}
                Entry::Alive(_) | Entry::Agent(_) | Entry::Charge(_) | Entry::Record(_) => {
                    frame::write(entry, &mut self.buffer)?;
                }
            }
        }
        let before = self.current.take();
        let full = before.as_ref().filter(|_| !goes_on).map(|full| full.number);
        let mut current = match before {
            Some(current) if goes_on => current,
            Some(_) | None => {
                let number = self.next_segment;
                let file = self.disk.create(number)?;
                self.next_segment = number.saturating_add(1);
                Current { number, file, len: 0 }
            }
        };
        let written = current.file.write_all(&self.buffer).and_then(|()| self.disk.sync(&current.file));
        match written {
            Ok(sync) => {
                let number = current.number;
                current.len += as_u64(self.buffer.len());
                self.current = Some(current);
                let said = self.held.iter().take(n).filter_map(|entry| match entry {
                    Entry::Alive(at) => Some(*at),
                    Entry::Agent(_) | Entry::Charge(_) | Entry::Record(_) => None,
                });
                self.alive = said.last().or(self.alive);
                if let Some(full) = full {
                    // What came last may have been of no interest to the database.
                    self.stored(full, 0);
                }
                Ok((number, sync))
            }
            Err(error) => {
                // What was written of this group would be read as damaged; without the cut a new segment is begun.
                if self.disk.cut(&mut current.file, current.len).is_ok() {
                    self.current = Some(current);
                }
                Err(error)
            }
        }
    }

    /// Removes a segment when all of it is in the database and it is not being written any more.
    pub fn stored(&mut self, segment: u64, n: u64) {
        let pending = self.pending.entry(segment).or_default();
        *pending = pending.saturating_sub(n);
        let is_done = *pending == 0 && !self.unread.contains_key(&segment) && !self.is_unsynced(segment);
        let in_use = |current: &Current<_>| current.number == segment && current.len < SEGMENT_BYTES_MAX;
        if is_done && !self.current.as_ref().is_some_and(in_use) {
            self.remove(segment);
        }
    }

    /// No more records go to the segment that is being written; without any on their way it is removed.
    fn retire_current(&mut self) {
        if let Some(current) = self.current.take() {
            self.stored(current.number, 0);
        }
    }

    fn remove(&mut self, segment: u64) {
        if self.current.as_ref().is_some_and(|current| current.number == segment) {
            self.current = None;
        }
        self.pending.remove(&segment);
        if let Err(error) = self.disk.remove(segment) {
            tracing::warn!(segment, error = %error, "a segment of the spool can't be removed; it is read again at the next start");
        }
    }
}

fn as_u64(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
