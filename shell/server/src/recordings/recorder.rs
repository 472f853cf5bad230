//! The thread that writes recordings down.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use media::{Piece, Recorded};
use phone::apps::recording::Envelope;
use phone::id::RecordingId;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use uuid::Uuid;

use super::files::Files;
use super::{Note, Notes};
use crate::voicemail::wav::{self, Channels};

/// How often to look whether what could not be written can be again.
const PROBE: Duration = Duration::from_secs(2);

/// A recording whose sound is in its place; its row is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    pub envelope: Envelope,
    pub duration_ms: u64,
    pub size_bytes: u64,
}

/// Writes recordings down, and gives on those that are whole.
pub struct Recorder {
    files: Files,
    whole: UnboundedSender<Whole>,
    works: watch::Sender<bool>,
    open: BTreeMap<RecordingId, Open>,
}

/// A recording that is being made.
struct Open {
    envelope: Envelope,
    file: Option<File>,
    rate: u32,
    is_broken: bool,
}

impl Recorder {
    /// `works` says whether recordings can be written.
    pub fn new(files: Files, whole: UnboundedSender<Whole>, works: watch::Sender<bool>) -> Self {
        Self { files, whole, works, open: BTreeMap::new() }
    }

    /// Finishes what an earlier process left.
    pub fn recover(&self) -> io::Result<()> {
        let envelopes = self.files.envelopes()?;
        self.files.drop_strays(&envelopes.iter().map(|envelope| envelope.id).collect())?;
        for envelope in envelopes {
            if let Err(error) = self.recover_one(&envelope) {
                tracing::warn!(%error, recording = %envelope.id, "a recording of before the restart can't be finished");
            }
        }
        Ok(())
    }

    /// Runs until told that nothing more will come.
    pub fn run(mut self, notes: &Notes) -> io::Result<()> {
        loop {
            match notes.receiver.recv_timeout(PROBE) {
                Ok(Note::Begin(envelope)) => self.begin(*envelope),
                Ok(Note::Recorded(recorded)) => {
                    let is_sound = recorded.piece.is_sound();
                    self.take_down(recorded);
                    if is_sound {
                        notes.done();
                    }
                }
                Ok(Note::Lost) => self.fails(),
                Ok(Note::Close) | Err(RecvTimeoutError::Disconnected) => {
                    self.finish_all();
                    return Ok(());
                }
                Err(RecvTimeoutError::Timeout) => self.probe(),
            }
        }
    }

    /// A recording begins.
    pub fn begin(&mut self, envelope: Envelope) {
        let mut open = Open { envelope, file: None, rate: 0, is_broken: false };
        if let Err(error) = self.files.write_envelope(&open.envelope) {
            tracing::warn!(%error, recording = %open.envelope.id, "a recording can't be written down");
            open.is_broken = true;
            self.fails();
        }
        self.open.insert(open.envelope.id, open);
    }

    /// A piece of sound, or its end.
    pub fn take_down(&mut self, Recorded { recording, piece }: Recorded) {
        let recording = RecordingId(Uuid::from_u128(recording.0));
        match piece {
            Piece::Stereo { samples, rate } => {
                let Some(open) = self.open.get_mut(&recording).filter(|open| !open.is_broken) else { return };
                if let Err(error) = open.write(&self.files, &samples, rate) {
                    open.is_broken = true;
                    tracing::warn!(%error, %recording, "the rest of a recording can't be written down");
                    self.fails();
                }
            }
            Piece::End => {
                if let Some(open) = self.open.remove(&recording) {
                    self.finish(open);
                }
            }
            // One side alone is a message's.
            Piece::Sound { .. } => {}
        }
    }

    /// Looks whether what could not be written can be again.
    pub fn probe(&self) {
        if !*self.works.borrow() && self.files.probe().is_ok() {
            self.works.send_replace(true);
            tracing::info!("recordings can be written again");
        }
    }

    fn fails(&self) {
        if self.works.send_replace(false) {
            tracing::warn!("recordings can't be written: calls that must be recorded are not taken");
        }
    }

    fn finish_all(&mut self) {
        for (_, open) in std::mem::take(&mut self.open) {
            self.finish(open);
        }
    }

    fn finish(&self, open: Open) {
        let Open { envelope, file, rate, .. } = open;
        let recording = envelope.id;
        let Some(file) = file else { return self.files.drop_incoming(recording) };
        if let Err(error) = self.put_in_place(envelope, file, rate) {
            // Its envelope stays: the next process tries again.
            tracing::warn!(%error, %recording, "a recording can't be put into its place");
            self.fails();
        }
    }

    fn recover_one(&self, envelope: &Envelope) -> io::Result<()> {
        if let Ok(mut file) = File::open(self.files.sound(envelope.tenant, envelope.id)) {
            let (rate, n_samples) = wav::measure(&mut file)?;
            self.give_on(envelope.clone(), rate, n_samples / 2);
            return Ok(());
        }
        match OpenOptions::new().read(true).write(true).open(self.files.incoming_sound(envelope.id)) {
            Ok(mut file) => {
                let (rate, _) = wav::measure(&mut file)?;
                self.put_in_place(envelope.clone(), file, rate)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.files.drop_incoming(envelope.id);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn put_in_place(&self, envelope: Envelope, mut file: File, rate: u32) -> io::Result<()> {
        // What a crash or a full disk cut off in the middle of two samples is left out.
        let (_, n_samples) = wav::measure(&mut file)?;
        let n_frames = n_samples / 2;
        if rate == 0 || n_frames == 0 {
            self.files.drop_incoming(envelope.id);
            return Ok(());
        }
        wav::finish_channels(&mut file, Channels::Stereo, rate, n_frames * 2)?;
        self.files.put_in_place(&envelope)?;
        self.give_on(envelope, rate, n_frames);
        Ok(())
    }

    fn give_on(&self, envelope: Envelope, rate: u32, n_frames: u64) {
        let duration_ms = n_frames.saturating_mul(1_000) / u64::from(rate.max(1));
        let whole = Whole { envelope, duration_ms, size_bytes: wav::HEADER_BYTES + n_frames * 4 };
        // Who files it ends after us; if not, the envelope tells the next process.
        let _ = self.whole.send(whole);
    }
}

impl Open {
    fn write(&mut self, files: &Files, samples: &[i16], rate: u32) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none @ None => {
                let path = files.incoming_sound(self.envelope.id);
                let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)?;
                file.write_all(&wav::header_of(Channels::Stereo, rate, 0))?;
                self.rate = rate;
                none.insert(file)
            }
        };
        wav::append(file, samples)
    }
}
