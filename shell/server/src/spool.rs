//! Call records on their way to the database: first to a file beside it, so that neither a slow database nor a killed
//! process loses one.
//!
//! A thread appends records to a segment as they come: from then on a killed process loses none. Another syncs it, which
//! takes as long as the disk wants: from then on a power cut loses none. What is synced goes to the database in batches;
//! when all of a segment is there, the segment is removed. After a crash the segments are read again: the database knows
//! each record by its call and keeps it once. While the disk takes nothing, records wait in memory, the alarm in
//! [`Status`] is up, and writing is tried again and again.

pub mod frame;
pub mod segment;
pub mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use phone::money::charge::Charge;
use phone::money::lost::Moment;
use phone::record::CallRecord;
use phone::record::agent::AgentFact;
use store::Store;
use tokio::sync::mpsc;

use self::frame::Entry;
use self::segment::{Disk, Files};
use self::writer::{Message, Writer};

/// Batches on their way to the database; more wait on the disk's side.
const BATCHES_IN_FLIGHT: usize = 32;
/// After each transaction the next one waits for so long, so that it takes many records where many calls end.
const GATHER: Duration = Duration::from_millis(100);
/// Records of one transaction: what ends in half a second of a busy node, and a fraction of a second's work.
const RECORDS_PER_TRANSACTION_MAX: usize = 2_000;
/// How long the database is given between two tries.
const DATABASE_RETRY_SECS: [u64; 4] = [1, 2, 5, 15];

/// Takes records; any thread may hold a clone.
#[derive(Clone)]
pub struct Intake {
    to_writer: Sender<Message>,
    status: Arc<Status>,
}

/// The spool at work.
pub struct Spool {
    writer: std::thread::JoinHandle<()>,
    inserter: tokio::task::JoinHandle<()>,
    to_writer: Sender<Message>,
}

/// How the spool does, for health and metrics.
#[derive(Debug, Default)]
pub struct Status {
    /// Records in memory that are not on the disk yet.
    pub held: AtomicU64,
    /// Records on the disk that are not in the database yet.
    waiting: AtomicU64,
    /// Segments of an earlier process that were not read yet, or are to be read again.
    pub unread: AtomicU64,
    /// When the process that left them said last that it lives.
    left_alive: Mutex<Option<Moment>>,
    /// Records in the database since the start.
    stored: AtomicU64,
    /// Records given up because memory was full too.
    lost: AtomicU64,
    disk_alarm: AtomicBool,
    database_alarm: AtomicBool,
    alarm_words: Mutex<String>,
}

/// [`Status`] at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    pub held: u64,
    pub waiting: u64,
    pub stored: u64,
    pub lost: u64,
    /// What is wrong, in words; none if nothing is.
    pub alarm: Option<String>,
}

/// The spool can't begin.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    #[error("could not use the spool directory {}", path.display())]
    Directory { path: PathBuf, source: std::io::Error },
}

impl Intake {
    /// Hands a record over; never waits.
    pub fn push(&self, record: Box<CallRecord>) {
        self.push_entry(Entry::Record(record));
    }

    /// Hands anything over; never waits.
    pub fn push_entry(&self, entry: Entry) {
        self.status.held.fetch_add(1, Ordering::Relaxed);
        // The writer ends only after every intake is gone.
        let _ = self.to_writer.send(Message::Entry(entry));
    }
}

impl Spool {
    /// Reads what an earlier process left, then takes new records.
    pub fn start(dir: &Path, store: Store) -> Result<(Self, Intake, Arc<Status>), SpoolError> {
        let directory = |source| SpoolError::Directory { path: dir.to_owned(), source };
        std::fs::create_dir_all(dir).map_err(directory)?;
        Self::start_on(Files::new(dir.to_owned()), store).map_err(directory)
    }

    fn start_on<D: Disk>(disk: D, store: Store) -> std::io::Result<(Self, Intake, Arc<Status>)> {
        let status = Arc::new(Status::default());
        let (to_writer, messages) = channel();
        let (batches, to_database) = mpsc::channel(BATCHES_IN_FLIGHT);
        let writer = Writer::new(disk, status.clone(), batches)?;
        let writer = run_writer(writer, messages, to_writer.clone())?;
        let inserter = tokio::spawn(insert_all(store, to_database, to_writer.clone(), status.clone()));
        let intake = Intake { to_writer: to_writer.clone(), status: status.clone() };
        Ok((Self { writer, inserter, to_writer }, intake, status))
    }

    /// Waits until every record is on the disk and, if the database works, in the database.
    pub async fn close(self, patience: Duration) {
        let _ = self.to_writer.send(Message::Close);
        if tokio::time::timeout(patience, self.inserter).await.is_err() {
            tracing::warn!("call records stay in the spool: the database did not take them in time");
            return;
        }
        // What it has yet to do is to remove what the database has.
        let writer = tokio::task::spawn_blocking(|| self.writer.join());
        if let Ok(Ok(Err(_))) = tokio::time::timeout(patience, writer).await {
            tracing::error!("the spool's thread panicked");
        }
    }
}

impl Status {
    /// Whether anything is on its way to the database.
    pub fn is_busy(&self) -> bool {
        let of_earlier = self.unread.load(Ordering::Relaxed);
        0 < of_earlier + self.held.load(Ordering::Relaxed) + self.waiting.load(Ordering::Relaxed)
    }

    /// When the process before this one said last that it lives, once all that it left is read.
    pub fn left_alive(&self) -> Option<Moment> {
        self.left_alive.lock().ok().and_then(|alive| *alive)
    }

    /// A segment says when a process lived; later ones say it of later.
    pub fn note_alive(&self, at: Option<Moment>) {
        if let (Some(at), Ok(mut known)) = (at, self.left_alive.lock()) {
            *known = Some(at);
        }
    }

    /// All figures.
    pub fn figures(&self) -> Figures {
        let is_up = self.disk_alarm.load(Ordering::Relaxed) || self.database_alarm.load(Ordering::Relaxed);
        let words = || self.alarm_words.lock().map(|words| words.clone()).unwrap_or_default();
        Figures {
            held: self.held.load(Ordering::Relaxed),
            waiting: self.waiting.load(Ordering::Relaxed),
            stored: self.stored.load(Ordering::Relaxed),
            lost: self.lost.load(Ordering::Relaxed),
            alarm: is_up.then(words),
        }
    }

    /// Raises or ends an alarm; logged when it changes.
    fn set_alarm(&self, alarm: &AtomicBool, what: &'static str, error: Option<String>) {
        let was_up = alarm.swap(error.is_some(), Ordering::Relaxed);
        match error {
            Some(error) => {
                if !was_up {
                    tracing::warn!(error, "{what}");
                }
                if let Ok(mut words) = self.alarm_words.lock() {
                    *words = format!("{what}: {error}");
                }
            }
            None if was_up => tracing::info!("over: {what}"),
            None => {}
        }
    }
}

fn run_writer<D: Disk>(
    mut writer: Writer<D>,
    messages: Receiver<Message>,
    to_writer: Sender<Message>,
) -> std::io::Result<std::thread::JoinHandle<()>> {
    let (syncing, work) = channel::<Vec<segment::SyncWork>>();
    std::thread::Builder::new().name("spool-sync".to_owned()).spawn(move || sync_all(&work, &to_writer))?;
    std::thread::Builder::new().name("spool".to_owned()).spawn(move || writer.run(&messages, &syncing))
}

/// Syncs what it is given, until the writer has ended.
fn sync_all(work: &Receiver<Vec<segment::SyncWork>>, to_writer: &Sender<Message>) {
    for group in work {
        let result = group.into_iter().try_for_each(|sync| sync());
        if result.is_err() {
            // It is tried again as soon as the writer knows.
            std::thread::sleep(Duration::from_secs(writer::DISK_RETRY_SECS));
        }
        let _ = to_writer.send(Message::Synced(result));
    }
}

/// Inserts batches, each until it is in the database, and tells the writer.
async fn insert_all(
    store: Store,
    mut batches: mpsc::Receiver<writer::Batch>,
    to_writer: Sender<Message>,
    status: Arc<Status>,
) {
    const WHAT: &str = "call records can't be written to the database, they wait in the spool";
    while let Some(mut batch) = batches.recv().await {
        // What came meanwhile goes along: one transaction for many records.
        while batch.entries.len() < RECORDS_PER_TRANSACTION_MAX
            && let Ok(more) = batches.try_recv()
        {
            batch.join(more);
        }
        let batch_len = batch.entries.len();
        let Parts { records, facts, charges } = Parts::of(batch.entries);
        let mut retries = DATABASE_RETRY_SECS.into_iter();
        let mut pause = 1;
        let n_new = loop {
            match store.insert_told(&records, &facts, &charges).await {
                Ok(n_new) => break n_new,
                Err(error) => status.set_alarm(&status.database_alarm, WHAT, Some(crate::error::chain(&error))),
            }
            pause = retries.next().unwrap_or(pause);
            tokio::time::sleep(Duration::from_secs(pause)).await;
        };
        status.set_alarm(&status.database_alarm, WHAT, None);
        let n = u64::try_from(batch_len).unwrap_or(0);
        status.waiting.fetch_sub(n, Ordering::Relaxed);
        // A segment that is read again holds records that are in the database already.
        status.stored.fetch_add(n_new, Ordering::Relaxed);
        for (segment, n) in batch.segments {
            // A writer that has ended needs no more news.
            let _ = to_writer.send(Message::Stored { segment, n });
        }
        let is_behind = batch_len >= RECORDS_PER_TRANSACTION_MAX;
        if !is_behind && !batches.is_closed() {
            tokio::time::sleep(GATHER).await;
        }
    }
}

/// Entries by their kind, each in the order in which they came.
#[derive(Default)]
struct Parts {
    records: Vec<CallRecord>,
    facts: Vec<AgentFact>,
    charges: Vec<Charge>,
}

impl Parts {
    fn of(entries: Vec<Entry>) -> Self {
        let mut parts = Self::default();
        for entry in entries {
            match entry {
                Entry::Agent(fact) => parts.facts.push(*fact),
                Entry::Charge(charge) => parts.charges.push(*charge),
                // The writer keeps these.
                Entry::Alive(_) => {}
                Entry::Record(record) => parts.records.push(*record),
            }
        }
        parts
    }
}
