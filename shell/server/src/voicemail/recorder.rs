//! The thread that writes messages down.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use media::resample::Resampler;
use media::{Piece, Recorded, RecordingId};
use phone::apps::mailbox::message::{Envelope, Handling, Purpose};
use phone::id::MessageId;
use tokio::sync::mpsc::UnboundedSender;
use uuid::Uuid;

use super::files::Files;
use super::utterances::{Spoken, Utterances};
use super::{Note, Notes, wav};

/// Sound is kept at this rate at most: what a voice has above 8 kHz nobody misses in a message.
const RATE_MAX: u32 = 16_000;

/// How long a recording waits for the other half of its end: the media thread's last piece, or what the switch makes of
/// it. Only a bug lets it wait for long.
const PATIENCE: Duration = Duration::from_secs(10);

/// A message whose sound is in its place; its row is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    pub envelope: Envelope,
    pub duration_ms: u64,
    pub size_bytes: u64,
}

/// Writes messages down, and gives on those that are whole.
pub struct Recorder {
    files: Files,
    whole: UnboundedSender<Whole>,
    open: BTreeMap<MessageId, Open>,
    /// What callers in menus say right now.
    utterances: Utterances,
}

/// A message that is being recorded.
struct Open {
    envelope: Envelope,
    sound: Option<Sound>,
    is_broken: bool,
    verdict: Option<Verdict>,
    has_ended: bool,
    /// When the first half of its end came.
    ending_since: Option<Instant>,
}

/// The file of a message, from its first sound on.
struct Sound {
    file: File,
    rate: u32,
    n_samples: u64,
    resampler: Option<(u32, Resampler)>,
    resampled: Vec<i16>,
}

#[derive(Clone, Copy)]
enum Verdict {
    Deliver(Duration),
    Discard,
}

impl Recorder {
    pub fn new(files: Files, whole: UnboundedSender<Whole>, spoken: UnboundedSender<Spoken>) -> Self {
        Self { files, whole, open: BTreeMap::new(), utterances: Utterances::new(spoken) }
    }

    /// Finishes what an earlier process left.
    pub fn recover(&self) -> io::Result<()> {
        let envelopes = self.files.envelopes()?;
        self.files.drop_strays(&envelopes.iter().map(|envelope| envelope.id).collect())?;
        for envelope in envelopes {
            if let Err(error) = self.recover_one(&envelope) {
                tracing::warn!(%error, message = %envelope.id, "a message of before the restart can't be finished");
            }
        }
        Ok(())
    }

    /// Runs until told that nothing more will come.
    pub fn run(mut self, notes: &Notes) -> io::Result<()> {
        loop {
            match notes.receiver.recv_timeout(PATIENCE) {
                Ok(Note::Message { message, handling }) => self.handle(Instant::now(), message, handling),
                Ok(Note::Utterance { recording, handling }) => self.utterances.handle(recording, handling),
                Ok(Note::Recorded(recorded)) => {
                    let is_sound = recorded.piece.is_sound();
                    self.take_down(Instant::now(), recorded);
                    if is_sound {
                        notes.done();
                    }
                }
                Ok(Note::Close) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.finish_late(Instant::now());
        }
    }

    /// What the switch makes of a message.
    pub fn handle(&mut self, now: Instant, message: MessageId, handling: Handling) {
        let verdict = match handling {
            Handling::Begin(envelope) => return self.begin(*envelope),
            Handling::Deliver { kept } => Verdict::Deliver(kept),
            Handling::Discard => Verdict::Discard,
        };
        if let Some(open) = self.open.get_mut(&message) {
            open.verdict = Some(verdict);
            open.ending_since.get_or_insert(now);
            self.finish_if_over(message);
        }
    }

    /// A piece of sound, or its end.
    pub fn take_down(&mut self, now: Instant, Recorded { recording: RecordingId(id), piece }: Recorded) {
        let Some(piece) = self.utterances.take(RecordingId(id), piece) else { return };
        let message = MessageId(Uuid::from_u128(id));
        let Some(open) = self.open.get_mut(&message) else { return };
        match piece {
            Piece::Sound { samples, rate } => {
                if !open.is_broken
                    && let Err(error) = open.write(&self.files, &samples, rate)
                {
                    open.is_broken = true;
                    tracing::warn!(%error, %message, "the rest of a message can't be written down");
                }
            }
            // Messages have one side.
            Piece::Stereo { .. } => {}
            Piece::End => {
                open.has_ended = true;
                open.ending_since.get_or_insert(now);
                self.finish_if_over(message);
            }
        }
    }

    /// Finishes messages whose other half did not come in time: what was said is worth more than to know why.
    pub fn finish_late(&mut self, now: Instant) {
        let is_late = |open: &Open| open.ending_since.is_some_and(|since| now.duration_since(since) >= PATIENCE);
        let late: Vec<MessageId> = self.open.iter().filter(|(_, open)| is_late(open)).map(|(id, _)| *id).collect();
        for message in late {
            if let Some(open) = self.open.remove(&message) {
                self.finish(open);
            }
        }
    }

    fn begin(&mut self, envelope: Envelope) {
        let is_broken = match self.files.write_envelope(&envelope) {
            Ok(()) => false,
            Err(error) => {
                tracing::warn!(%error, message = %envelope.id, "a message can't be written down");
                true
            }
        };
        let open = Open { sound: None, is_broken, verdict: None, has_ended: false, ending_since: None, envelope };
        self.open.insert(open.envelope.id, open);
    }

    fn finish_if_over(&mut self, message: MessageId) {
        let is_over = |open: &Open| open.has_ended && open.verdict.is_some();
        if self.open.get(&message).is_some_and(is_over)
            && let Some(open) = self.open.remove(&message)
        {
            self.finish(open);
        }
    }

    fn finish(&self, open: Open) {
        let Open { envelope, sound, verdict, .. } = open;
        let kept = match verdict {
            Some(Verdict::Discard) => None,
            Some(Verdict::Deliver(kept)) => Some(kept),
            // The call ended by a bug of ours: what the caller said is kept all the same. Half a greeting nobody wants.
            None if envelope.purpose == Purpose::Message => Some(Duration::MAX),
            None => None,
        };
        let (message, is_wanted) = (envelope.id, kept.is_some());
        let delivered = match (kept, sound) {
            (Some(kept), Some(sound)) => self.put_in_place(envelope, sound.file, sound.rate, sound.n_samples, kept),
            (None, _) | (_, None) => Ok(false),
        };
        match delivered {
            Ok(true) => {}
            Ok(false) => {
                if is_wanted {
                    tracing::warn!(%message, "a message had no sound, and was dropped");
                }
                self.files.drop_incoming(message);
            }
            // Its envelope stays: the next process tries again.
            Err(error) => tracing::warn!(%error, %message, "a message can't be put into its place"),
        }
    }

    fn recover_one(&self, envelope: &Envelope) -> io::Result<()> {
        let in_place = self.files.sound(envelope.tenant, envelope.id);
        if let Ok(mut file) = File::open(in_place) {
            let (rate, n_samples) = wav::measure(&mut file)?;
            self.give_on(envelope.clone(), rate, n_samples);
            return Ok(());
        }
        if envelope.purpose == Purpose::Greeting {
            self.files.drop_incoming(envelope.id);
            return Ok(());
        }
        let incoming = OpenOptions::new().read(true).write(true).open(self.files.incoming_sound(envelope.id));
        let delivered = match incoming {
            Ok(mut file) => {
                let (rate, n_samples) = wav::measure(&mut file)?;
                self.put_in_place(envelope.clone(), file, rate, n_samples, Duration::MAX)?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(error),
        };
        if !delivered {
            self.files.drop_incoming(envelope.id);
        }
        Ok(())
    }

    /// False if there is too little of it.
    fn put_in_place(
        &self,
        envelope: Envelope,
        mut file: File,
        rate: u32,
        n_samples: u64,
        kept: Duration,
    ) -> io::Result<bool> {
        let wanted = u64::try_from(kept.as_millis()).unwrap_or(u64::MAX).saturating_mul(rate.into()) / 1_000;
        let n_samples = n_samples.min(wanted);
        // A frame more or less between two clocks does not make a message too short.
        let shortest = u64::from(envelope.min_secs) * u64::from(rate) * 9 / 10;
        if rate == 0 || n_samples == 0 || n_samples < shortest {
            return Ok(false);
        }
        wav::finish(&mut file, rate, n_samples)?;
        self.files.put_in_place(&envelope)?;
        self.give_on(envelope, rate, n_samples);
        Ok(true)
    }

    fn give_on(&self, envelope: Envelope, rate: u32, n_samples: u64) {
        let duration_ms = n_samples.saturating_mul(1_000) / u64::from(rate.max(1));
        let whole = Whole { envelope, duration_ms, size_bytes: wav::HEADER_BYTES + n_samples * 2 };
        // Who delivers ends after us; if not, the envelope tells the next process.
        let _ = self.whole.send(whole);
    }
}

impl Open {
    fn write(&mut self, files: &Files, samples: &[i16], rate: u32) -> io::Result<()> {
        let sound = match &mut self.sound {
            Some(sound) => sound,
            none @ None => none.insert(Sound::begin(files, self.envelope.id, rate)?),
        };
        sound.write(samples, rate)
    }
}

impl Sound {
    fn begin(files: &Files, message: MessageId, rate: u32) -> io::Result<Self> {
        let path = files.incoming_sound(message);
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)?;
        let rate = rate.min(RATE_MAX);
        file.write_all(&wav::header(rate, 0))?;
        Ok(Self { file, rate, n_samples: 0, resampler: None, resampled: Vec::new() })
    }

    fn write(&mut self, samples: &[i16], rate: u32) -> io::Result<()> {
        let samples = if rate == self.rate {
            samples
        } else {
            let resampler = match &mut self.resampler {
                Some((from, resampler)) if *from == rate => resampler,
                other => &mut other.insert((rate, Resampler::new(rate, self.rate))).1,
            };
            self.resampled.clear();
            resampler.resample(samples, &mut self.resampled);
            &self.resampled
        };
        wav::append(&mut self.file, samples)?;
        self.n_samples += samples.len() as u64;
        Ok(())
    }
}
