//! Recordings of calls from the media threads into their place, through crashes and full disks.

use std::path::Path;

use jiff::Timestamp;
use media::{Piece, Recorded};
use phone::apps::recording::Envelope;
use phone::id::{CallId, QueueId, RecordingId, TenantId};
use server::recordings::files::Files;
use server::recordings::recorder::{Recorder, Whole};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::watch;
use uuid::Uuid;

const TENANT: TenantId = TenantId(Uuid::from_u128(1));
const RECORDING: RecordingId = RecordingId(Uuid::from_u128(9));

struct Desk {
    dir: tempfile::TempDir,
    files: Files,
    recorder: Recorder,
    whole: UnboundedReceiver<Whole>,
    works: watch::Receiver<bool>,
}

impl Desk {
    fn new() -> Self {
        Self::with(tempfile::tempdir().unwrap())
    }

    fn with(dir: tempfile::TempDir) -> Self {
        let files = Files::open(dir.path().to_owned()).unwrap();
        let (to_filer, whole) = unbounded_channel();
        let (works_now, works) = watch::channel(true);
        Self { dir, files: files.clone(), recorder: Recorder::new(files, to_filer, works_now), whole, works }
    }

    /// The process was killed; another begins.
    fn killed(self) -> Self {
        let Self { dir, recorder, .. } = self;
        drop(recorder);
        let desk = Self::with(dir);
        desk.recorder.recover().unwrap();
        desk
    }

    fn piece(&mut self, piece: Piece) {
        let recording = media::RecordingId(RECORDING.0.as_u128());
        self.recorder.take_down(Recorded { recording, piece });
    }

    /// Half a second of both sides.
    fn sound(&mut self, left: i16, right: i16) {
        let samples = (0..16_000).map(|at| if at % 2 == 0 { left } else { right }).collect();
        self.piece(Piece::Stereo { samples, rate: 16_000 });
    }

    fn n_incoming(&self) -> usize {
        std::fs::read_dir(incoming(self.dir.path())).unwrap().count()
    }

    /// Left and right of the file in its place.
    fn in_place(&self) -> Option<(Vec<i16>, Vec<i16>)> {
        let bytes = std::fs::read(self.files.sound(TENANT, RECORDING)).ok()?;
        let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        assert_eq!((&bytes[..4], &bytes[8..16], &bytes[36..40]), (&b"RIFF"[..], &b"WAVEfmt "[..], &b"data"[..]));
        assert_eq!(u16::from_le_bytes(bytes[22..24].try_into().unwrap()), 2, "two sides");
        assert_eq!((number(24), number(28)), (16_000, 64_000), "samples and bytes of a second");
        assert_eq!(u16::from_le_bytes(bytes[32..34].try_into().unwrap()), 4, "bytes of both sides");
        assert_eq!((number(4) as usize, number(40) as usize), (bytes.len() - 8, bytes.len() - 44));
        let samples: Vec<i16> =
            bytes[44..].chunks_exact(2).map(|pair| i16::from_le_bytes(pair.try_into().unwrap())).collect();
        Some((samples.iter().step_by(2).copied().collect(), samples.iter().skip(1).step_by(2).copied().collect()))
    }
}

#[test]
fn a_recording_has_the_caller_on_the_left_and_the_agent_on_the_right() {
    let mut desk = Desk::new();
    desk.recorder.begin(envelope());
    for _ in 0..4 {
        desk.sound(1_000, -7);
    }
    assert!(desk.whole.try_recv().is_err());
    desk.piece(Piece::End);
    let whole = desk.whole.try_recv().unwrap();
    assert_eq!((whole.duration_ms, whole.size_bytes), (2_000, 128_044));
    let (left, right) = desk.in_place().unwrap();
    assert_eq!((left.len(), right.len()), (32_000, 32_000));
    assert!(left.iter().all(|sample| *sample == 1_000) && right.iter().all(|sample| *sample == -7));
    assert_eq!(desk.n_incoming(), 1, "its envelope stays until its row is there");
}

#[test]
fn what_was_said_before_the_process_was_killed_is_kept() {
    let mut desk = Desk::new();
    desk.recorder.begin(envelope());
    for _ in 0..3 {
        desk.sound(5, 6);
    }
    // The last write was cut off in the middle of a sample.
    let path = incoming(desk.dir.path()).join(format!("{RECORDING}.wav"));
    let length = std::fs::metadata(&path).unwrap().len();
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(length - 3).unwrap();
    let mut desk = desk.killed();
    let whole = desk.whole.try_recv().unwrap();
    assert_eq!((whole.duration_ms, &whole.envelope), (1_499, &envelope()));
    let (left, right) = desk.in_place().unwrap();
    assert_eq!((left.len(), right.len()), (23_999, 23_999));
    // Killed again before its row was written, it is told of again.
    let mut desk = desk.killed();
    assert_eq!(desk.whole.try_recv().unwrap().duration_ms, 1_499);
}

#[test]
fn what_has_no_sound_and_what_nobody_knows_leaves_nothing() {
    let mut desk = Desk::new();
    desk.sound(1, 1);
    desk.piece(Piece::End);
    desk.recorder.begin(envelope());
    desk.piece(Piece::Sound { samples: vec![1; 4_000], rate: 8_000 });
    desk.piece(Piece::End);
    assert_eq!((desk.n_incoming(), desk.in_place().is_none()), (0, true));
    desk.recorder.begin(envelope());
    std::fs::write(incoming(desk.dir.path()).join("stray.wav"), b"x").unwrap();
    let mut desk = desk.killed();
    assert_eq!((desk.n_incoming(), desk.whole.try_recv().is_err()), (0, true));
    assert!(*desk.works.borrow());
}

#[test]
fn that_nothing_can_be_written_is_told_and_that_it_can_be_again() {
    let mut desk = Desk::new();
    // A folder where the file should be.
    let path = incoming(desk.dir.path()).join(format!("{RECORDING}.wav"));
    std::fs::create_dir(&path).unwrap();
    desk.recorder.begin(envelope());
    assert!(*desk.works.borrow());
    desk.sound(1, 1);
    assert!(!*desk.works.borrow());
    std::fs::remove_dir(path).unwrap();
    desk.recorder.probe();
    assert!(*desk.works.borrow());
    // The folder itself is gone.
    std::fs::remove_dir_all(incoming(desk.dir.path())).unwrap();
    desk.recorder.begin(envelope());
    assert!(!*desk.works.borrow());
    desk.recorder.probe();
    assert!(!*desk.works.borrow());
}

fn incoming(dir: &Path) -> std::path::PathBuf {
    dir.join("incoming")
}

fn envelope() -> Envelope {
    Envelope {
        id: RECORDING,
        tenant: TENANT,
        call: CallId(Uuid::from_u128(2)),
        queue: QueueId(Uuid::from_u128(3)),
        agent: None,
        from: "+14155550001".to_owned(),
        to: "+14255550110".to_owned(),
        at: Timestamp::UNIX_EPOCH,
        retention_days: 90,
    }
}
