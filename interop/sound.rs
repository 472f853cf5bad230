//! Sound, measured: where in a recording a tone is, and where it is missing.

use std::path::Path;

/// Mono samples and their rate.
pub struct Recording {
    pub samples: Vec<i16>,
    pub rate: u32,
}

/// What is left of a tone's share of the energy where three are mixed.
const MIXED: f64 = 0.15;
/// One piece of a recording, in milliseconds.
const PIECE_MS: usize = 20;

impl Recording {
    /// Milliseconds of the recording in which `frequency` is clearly there.
    pub fn tone_ms(&self, frequency: u32) -> usize {
        self.pieces(frequency).iter().filter(|heard| **heard).count() * PIECE_MS
    }

    /// Milliseconds of the recording in which `frequency` is there, alone or beside others.
    pub fn share_ms(&self, frequency: u32) -> usize {
        let pieces = self.samples.chunks_exact(self.piece());
        pieces.filter(|piece| share(piece, frequency, self.rate) > MIXED).count() * PIECE_MS
    }

    /// The longest silence in milliseconds between the first and the last time that the tone is there.
    pub fn longest_gap_ms(&self, frequency: u32) -> usize {
        let pieces = self.pieces(frequency);
        let Some(first) = pieces.iter().position(|heard| *heard) else { return usize::MAX };
        let last = pieces.iter().rposition(|heard| *heard).unwrap_or(first);
        let (mut gap, mut longest) = (0, 0);
        for heard in &pieces[first..=last] {
            gap = if *heard { 0 } else { gap + 1 };
            longest = longest.max(gap);
        }
        longest * PIECE_MS
    }

    /// Milliseconds with any sound in them.
    pub fn loud_ms(&self) -> usize {
        self.samples.chunks(self.piece()).filter(|piece| rms(piece) > 200.0).count() * PIECE_MS
    }

    fn piece(&self) -> usize {
        self.rate as usize * PIECE_MS / 1_000
    }

    fn pieces(&self, frequency: u32) -> Vec<bool> {
        let length = self.piece();
        self.samples.chunks_exact(length).map(|piece| has_tone(piece, frequency, self.rate)).collect()
    }
}

/// Writes a tone at half scale.
pub fn write_tone(path: &Path, frequency: u32, rate: u32, channels: u16, seconds: u32) {
    let spec =
        hound::WavSpec { channels, sample_rate: rate, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    for index in 0..rate * seconds {
        let angle = std::f64::consts::TAU * f64::from(frequency) * f64::from(index) / f64::from(rate);
        for _ in 0..channels {
            writer.write_sample((angle.sin() * 12_000.0) as i16).unwrap();
        }
    }
    writer.finalize().unwrap();
}

/// What baresip's `sndfile` filter recorded of the other side, in order of time.
pub fn recordings(folder: &Path) -> Vec<Recording> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with("-dec.wav"))
        .collect();
    paths.sort();
    paths.iter().map(|path| recording(path)).collect()
}

/// Whether every recording was closed, which writes its length.
pub fn are_complete(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).filter(|path| path.to_string_lossy().ends_with("-dec.wav")).all(|path| {
        let bytes = std::fs::metadata(&path).map_or(0, |metadata| metadata.len());
        let spec = hound::WavReader::open(&path).map(|reader| (u64::from(reader.len()), reader.spec()));
        spec.is_ok_and(|(n_samples, spec)| {
            n_samples > 0 && n_samples * u64::from(spec.bits_per_sample / 8) + 44 <= bytes
        })
    })
}

/// One recording; its left side, if it has two.
pub fn recording(path: &Path) -> Recording {
    sides(path).remove(0)
}

/// Each side of a recording.
pub fn sides(path: &Path) -> Vec<Recording> {
    let mut reader = hound::WavReader::open(path).unwrap();
    let spec = reader.spec();
    let channels = usize::from(spec.channels);
    let samples: Vec<i16> = reader.samples::<i16>().filter_map(Result::ok).collect();
    let side = |side| samples.chunks_exact(channels).map(|frame| frame[side]).collect();
    (0..channels).map(|channel| Recording { samples: side(channel), rate: spec.sample_rate }).collect()
}

/// Writes words as a phone says them, after a silence, and then is silent.
pub fn write_words(path: &Path, words: &str, before_secs: u32) {
    let said = path.with_extension("said.wav");
    let spoke = std::process::Command::new("flite").args(["-voice", "slt", "-t", words, "-o"]).arg(&said).status();
    assert!(spoke.expect("flite is installed").success(), "flite speaks");
    let words = recording(&said);
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: words.rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    let silence = |secs: u32| std::iter::repeat_n(0, (words.rate * secs) as usize);
    for sample in silence(before_secs).chain(words.samples.iter().copied()).chain(silence(90)) {
        writer.write_sample(sample).unwrap();
    }
    writer.finalize().unwrap();
}

/// Whether most of the energy is at `frequency`, and there is energy.
fn has_tone(piece: &[i16], frequency: u32, rate: u32) -> bool {
    share(piece, frequency, rate) > 0.6
}

/// How much of the energy is at `frequency` (Goertzel); none where there is next to none.
fn share(piece: &[i16], frequency: u32, rate: u32) -> f64 {
    let power: f64 = piece.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    if power / (piece.len() as f64) < 200.0_f64.powi(2) {
        return 0.0;
    }
    let omega = std::f64::consts::TAU * f64::from(frequency) / f64::from(rate);
    let coefficient = 2.0 * omega.cos();
    let (mut before, mut before_that) = (0.0, 0.0);
    for sample in piece {
        let value = f64::from(*sample) + coefficient * before - before_that;
        before_that = before;
        before = value;
    }
    let at_frequency = before.powi(2) + before_that.powi(2) - coefficient * before * before_that;
    at_frequency / (power * piece.len() as f64 / 2.0)
}

fn rms(piece: &[i16]) -> f64 {
    (piece.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / piece.len().max(1) as f64).sqrt()
}
