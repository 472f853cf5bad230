use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use phone::id::{CallId, TenantId};
use phone::money::lost::Moment;
use phone::record::CallRecord;
use phone::record::{CallResult, Direction, EndedBy};
use tokio::sync::mpsc;
use uuid::Uuid;

use server::spool::Status;
use server::spool::frame::{self, Entry};
use server::spool::segment::{Disk, SyncWork};
use server::spool::writer::*;

/// A disk in memory with so much room; what is not synced is lost in a power cut.
#[derive(Clone, Default)]
struct Limited(Arc<Mutex<Room>>);

#[derive(Default)]
struct Room {
    segments: BTreeMap<u64, Vec<u8>>,
    left: usize,
    is_broken: bool,
}

struct LimitedSegment(Limited, u64);

impl Write for LimitedSegment {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut room = self.0.0.lock().unwrap();
        let n = room.left.min(bytes.len());
        if n == 0 {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        room.left -= n;
        room.segments.get_mut(&self.1).unwrap().extend_from_slice(&bytes[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Disk for Limited {
    type Segment = LimitedSegment;

    fn list(&self) -> io::Result<Vec<u64>> {
        Ok(self.0.lock().unwrap().segments.keys().copied().collect())
    }

    fn read(&self, segment: u64) -> io::Result<Vec<u8>> {
        Ok(self.0.lock().unwrap().segments.get(&segment).unwrap().clone())
    }

    fn create(&self, segment: u64) -> io::Result<LimitedSegment> {
        self.0.lock().unwrap().segments.insert(segment, Vec::new());
        Ok(LimitedSegment(self.clone(), segment))
    }

    fn sync(&self, _segment: &LimitedSegment) -> io::Result<SyncWork> {
        let disk = self.clone();
        Ok(Box::new(move || if disk.0.lock().unwrap().is_broken { Err(io::Error::other("broken")) } else { Ok(()) }))
    }

    fn cut(&self, segment: &mut LimitedSegment, len: u64) -> io::Result<()> {
        let mut room = self.0.lock().unwrap();
        let len = usize::try_from(len).unwrap();
        let bytes = room.segments.get_mut(&segment.1).unwrap();
        let cut = bytes.len() - len;
        bytes.truncate(len);
        room.left += cut;
        Ok(())
    }

    fn remove(&self, segment: u64) -> io::Result<()> {
        let mut room = self.0.lock().unwrap();
        let bytes = room.segments.remove(&segment).unwrap();
        room.left += bytes.len();
        Ok(())
    }
}

#[test]
fn a_full_disk_holds_records_raises_the_alarm_and_loses_nothing() {
    let disk = Limited::default();
    let (mut writer, mut batches, status) = writer(&disk);
    disk.0.lock().unwrap().left = 100;
    for n in 0..3 {
        give(&mut writer, &status, n);
    }
    write(&mut writer);
    let figures = status.figures();
    assert_eq!((figures.held, figures.waiting), (3, 0));
    assert!(figures.alarm.is_some_and(|words| words.contains("can't be written to the disk")));
    assert!(batches.try_recv().is_err());

    give(&mut writer, &status, 3);
    disk.0.lock().unwrap().left = 1_000_000;
    write(&mut writer);
    let figures = status.figures();
    assert_eq!((figures.held, figures.waiting, figures.alarm), (0, 4, None));
    assert_eq!(ids(&batches.try_recv().unwrap()), [0, 1, 2, 3]);
    // The cut group left nothing behind.
    let bytes = disk.read(1).unwrap();
    let contents = frame::read(&bytes);
    assert_eq!((contents.entries.len(), contents.n_damaged), (4, 0));
}

#[test]
fn memory_full_too_is_counted_as_lost() {
    let disk = Limited::default();
    let (mut writer, _batches, status) = writer(&disk);
    writer.held = vec![entry(0); HELD_MAX];
    give(&mut writer, &status, 1);
    assert_eq!(status.figures().lost, 1);
}

#[test]
fn a_slow_database_leaves_records_on_the_disk_and_gets_them_later() {
    let disk = Limited::default();
    disk.0.lock().unwrap().left = 1_000_000;
    let (mut writer, mut batches, status) = writer(&disk);
    for n in 0..10 {
        give(&mut writer, &status, n);
        write(&mut writer);
    }
    // Two batches fit; the others are on the disk alone.
    assert_eq!((writer.unread.len(), status.figures().waiting), (1, 10));
    let mut seen = Vec::new();
    while let Ok(batch) = batches.try_recv() {
        seen.extend(ids(&batch));
        for (segment, n) in batch.segments {
            writer.stored(segment, n);
        }
        writer.read_again();
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen, (0..10).collect::<Vec<_>>());
    assert!(disk.list().unwrap().is_empty(), "what is in the database is removed from the disk");
}

#[test]
fn an_earlier_process_is_taken_over() {
    let disk = Limited::default();
    disk.0.lock().unwrap().left = 1_000_000;
    let (mut killed, _batches, status) = writer(&disk);
    for n in 0..3 {
        give(&mut killed, &status, n);
    }
    write(&mut killed);
    disk.0.lock().unwrap().segments.get_mut(&1).unwrap().extend_from_slice(b"000001f4 12345678 {\"id\":");
    drop(killed);

    let (mut writer, mut batches, status) = writer(&disk);
    writer.read_again();
    assert_eq!(ids(&batches.try_recv().unwrap()), [0, 1, 2]);
    assert_eq!(status.figures().waiting, 3);
    give(&mut writer, &status, 3);
    write(&mut writer);
    assert_eq!(disk.list().unwrap(), [1, 2], "a cut segment is not written to");
    writer.stored(1, 3);
    assert_eq!(disk.list().unwrap(), [2]);
}

#[test]
fn a_full_segment_is_followed_by_another() {
    let disk = Limited::default();
    disk.0.lock().unwrap().left = 100_000_000;
    let (mut writer, mut batches, status) = writer(&disk);
    let mut n = 0;
    while disk.list().unwrap().len() < 2 {
        give(&mut writer, &status, n);
        write(&mut writer);
        while let Ok(batch) = batches.try_recv() {
            for (segment, n) in batch.segments {
                writer.stored(segment, n);
            }
        }
        n += 1;
        assert!(n < 5_000);
        if !disk.list().unwrap().contains(&1) {
            return;
        }
    }
    panic!("the first segment is still there");
}

#[test]
fn a_killed_process_loses_nothing_that_the_disk_is_slow_to_sync() {
    let disk = Limited::default();
    disk.0.lock().unwrap().left = 1_000_000;
    let (mut writer, mut batches, status) = writer(&disk);
    give(&mut writer, &status, 0);
    writer.write_held();
    let slow = writer.begin_sync();
    for n in 1..4 {
        give(&mut writer, &status, n);
        writer.write_held();
        assert!(writer.begin_sync().is_empty(), "one sync at a time");
    }
    assert!(batches.try_recv().is_err(), "nothing goes to the database before it is safe");
    let bytes = disk.read(1).unwrap();
    assert_eq!(frame::read(&bytes).entries.len(), 4, "all are written");
    writer.synced(carry_out(slow));
    assert_eq!(ids(&batches.try_recv().unwrap()), [0]);
    sync(&mut writer);
    assert_eq!(ids(&batches.try_recv().unwrap()), [1, 2, 3]);
    writer.stored(1, 4);
    assert_eq!(disk.list().unwrap(), [1], "the segment goes on");
}

#[test]
fn what_can_t_be_synced_is_written_again_elsewhere() {
    let disk = Limited::default();
    disk.0.lock().unwrap().left = 1_000_000;
    let (mut writer, mut batches, status) = writer(&disk);
    disk.0.lock().unwrap().is_broken = true;
    give(&mut writer, &status, 0);
    write(&mut writer);
    give(&mut writer, &status, 1);
    let figures = status.figures();
    assert_eq!((figures.held, figures.waiting), (2, 0));
    assert!(figures.alarm.is_some() && batches.try_recv().is_err());
    assert!(disk.list().unwrap().is_empty(), "what may be damaged is not kept");
    disk.0.lock().unwrap().is_broken = false;
    write(&mut writer);
    assert_eq!(ids(&batches.try_recv().unwrap()), [0, 1]);
    let figures = status.figures();
    assert_eq!((figures.held, figures.waiting, figures.alarm), (0, 2, None));
}

#[test]
fn when_a_process_lived_last_outlives_the_segments_that_say_it() {
    let disk = Limited::default();
    disk.0.lock().unwrap().left = 100_000_000;
    let (mut killed, mut batches, status) = writer(&disk);
    let mut n = 0;
    // It goes on saying so until the first segment is full and all of it in the database.
    while disk.list().unwrap() != [2] {
        give_entry(&mut killed, &status, alive(1, n));
        if n == 0 {
            give(&mut killed, &status, n);
        }
        write(&mut killed);
        while let Ok(batch) = batches.try_recv() {
            assert_eq!(ids(&batch), [0], "the database is told of records only");
            batch.segments.iter().for_each(|(segment, n)| killed.stored(*segment, *n));
        }
        n += 1;
        assert!(n < 20_000, "a full segment is left behind");
    }
    assert_eq!((status.figures().held, status.figures().waiting), (0, 1));
    drop(killed);

    // The next one knows it, and writes it down before it removes anything; and so the one after that.
    for _ in 0..2 {
        let (mut writer, _batches, status) = self::writer(&disk);
        assert!(status.is_busy(), "something is left to be read");
        writer.read_again();
        assert_eq!(status.left_alive().map(|at| at.ns), Some(n - 1));
        write(&mut writer);
        assert!(!status.is_busy());
        assert_eq!(disk.list().unwrap().len(), 1);
    }
    // Its own is known from when it says something.
    let (mut writer, _batches, status) = self::writer(&disk);
    writer.read_again();
    give_entry(&mut writer, &status, alive(2, 5));
    write(&mut writer);
    let segment = disk.list().unwrap()[0];
    let contents = frame::read(&disk.read(segment).unwrap());
    assert_eq!(contents.alive.map(|at| at.ns), Some(5));
}

#[test]
fn nothing_is_said_of_being_alive_after_something_was_lost() {
    let disk = Limited::default();
    let (mut writer, _batches, status) = writer(&disk);
    writer.held = vec![entry(0); HELD_MAX];
    give(&mut writer, &status, 1);
    writer.held.truncate(1);
    disk.0.lock().unwrap().left = 1_000_000;
    give_entry(&mut writer, &status, alive(1, 5));
    write(&mut writer);
    let contents = frame::read(&disk.read(1).unwrap());
    assert_eq!((contents.entries.len(), contents.alive), (1, None));
}

fn alive(process: i64, ns: u64) -> Entry {
    Entry::Alive(Moment { process: Timestamp::from_second(process).unwrap(), ns })
}

fn write(writer: &mut Writer<Limited>) {
    writer.write_held();
    sync(writer);
}

fn sync(writer: &mut Writer<Limited>) {
    let work = writer.begin_sync();
    if !work.is_empty() {
        writer.synced(carry_out(work));
    }
}

fn carry_out(work: Vec<SyncWork>) -> io::Result<()> {
    work.into_iter().try_for_each(|sync| sync())
}

fn writer(disk: &Limited) -> (Writer<Limited>, mpsc::Receiver<Batch>, Arc<Status>) {
    let status = Arc::new(Status::default());
    let (sender, receiver) = mpsc::channel(2);
    (Writer::new(disk.clone(), status.clone(), sender).unwrap(), receiver, status)
}

fn give(writer: &mut Writer<Limited>, status: &Status, n: u64) {
    give_entry(writer, status, entry(n));
}

fn give_entry(writer: &mut Writer<Limited>, status: &Status, entry: Entry) {
    status.held.fetch_add(1, Ordering::Relaxed);
    writer.hold(entry);
}

fn ids(batch: &Batch) -> Vec<u64> {
    let id = |entry: &Entry| match entry {
        Entry::Record(record) => Some(record.id.0.as_u64_pair().1),
        Entry::Agent(_) | Entry::Alive(_) | Entry::Charge(_) => None,
    };
    batch.entries.iter().filter_map(id).collect()
}

fn entry(n: u64) -> Entry {
    Entry::Record(Box::new(some_record(n)))
}

pub fn some_record(n: u64) -> CallRecord {
    let at = |secs: i64| Timestamp::from_second(1_750_000_000 + secs).unwrap();
    CallRecord {
        id: CallId(Uuid::from_u64_pair(1, n)),
        tenant: TenantId(Uuid::from_u64_pair(2, 0)),
        direction: Direction::Inbound,
        from: "+14155550123".to_owned(),
        from_name: Some("Zoë \"Z\" Müller\n".to_owned()),
        to: "+14255550100".to_owned(),
        started_at: at(0),
        answered_at: Some(at(1)),
        ended_at: at(10),
        talk_seconds: 9,
        result: CallResult::Answered,
        status: None,
        reason: None,
        answered_by: Some("102".to_owned()),
        answered_by_user: None,
        ended_by: EndedBy::Caller,
        legs: Vec::new(),
        path: Vec::new(),
        cause: None,
        decisions: Vec::new(),
        signature: None,
        attempts: Vec::new(),
        segments: Vec::new(),
    }
}
