//! Call-progress tones by country. ITU-T E.180 supplement 2.

use crate::codec::FRAME_MS;

mod countries;
pub(crate) mod rendering;

use countries::tones_of;

/// Which tone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ToneKind {
    /// One short beep: speak now.
    Beep,
    Busy,
    Congestion,
    Dial,
    /// A steady 440 Hz, for audio tests.
    Reference,
    RingBack,
    /// Three rising tones: this number can't be reached. ITU-T E.180 §8
    SpecialInformation,
}

/// A tone as a country's network plays it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tone {
    pub kind: ToneKind,
    /// ISO 3166 alpha-2, upper case; an unknown one sounds like the ITU's recommendation.
    pub country: [u8; 2],
}

/// The rate of [`Tone::pcm`].
pub const TONE_RATE: u32 = 16_000;

/// Peak of all tones but the reference: -16 dBm0, which is 19 dB below full scale.
const AMPLITUDE: f32 = 3_600.0;

/// Peak of the reference tone: -10 dBm0.
const REFERENCE_AMPLITUDE: f32 = 7_200.0;

const FRAME_SAMPLES: usize = (TONE_RATE / 1_000 * FRAME_MS) as usize;

/// Length of the soft edges of each beep, in samples: 4 ms.
const EDGE: usize = 64;

/// Continuous tones are loops of this length, in which each frequency (whole hertz) fits a whole number of times.
const STEADY_MS: u32 = 1_000;

/// Frequencies that sound together, and for how long; no frequency is silence.
type Beat = (&'static [u16], u32);

impl Tone {
    /// One turn of the tone, to be repeated: mono at [`TONE_RATE`], a whole number of 20 ms frames.
    pub fn pcm(self) -> Vec<i16> {
        let mut out = vec![0; self.n_samples()];
        self.fill(0, &mut out);
        out
    }

    /// Samples of one turn: as many periods as fill whole frames.
    fn n_samples(self) -> usize {
        let (beats, _) = self.beats();
        let period = period(beats);
        let n_periods = (1..=FRAME_SAMPLES).find(|n| (period * n).is_multiple_of(FRAME_SAMPLES));
        period * n_periods.unwrap_or(1)
    }

    /// Fills `out` with the sound from `start` on, in samples.
    fn fill(self, start: usize, out: &mut [i16]) {
        let (beats, amplitude) = self.beats();
        let period = period(beats).max(1);
        for (i, sample) in out.iter_mut().enumerate() {
            let mut at = (start + i) % period;
            let mut beats_left = beats.iter();
            *sample = loop {
                let Some(&(hz, ms)) = beats_left.next() else { break 0 };
                let n = (TONE_RATE / 1_000 * ms) as usize;
                if at < n {
                    let edge = if beats.len() > 1 { (at + 1).min(n - at).min(EDGE) as f32 / EDGE as f32 } else { 1.0 };
                    break (sum(hz, at) * amplitude * edge) as i16;
                }
                at -= n;
            };
        }
    }

    fn beats(self) -> (&'static [Beat], f32) {
        match self.kind {
            ToneKind::Beep => (&[(&[1_000], 300), (&[], 20)], AMPLITUDE),
            ToneKind::Reference => (&[(&[440], STEADY_MS)], REFERENCE_AMPLITUDE),
            ToneKind::SpecialInformation => {
                (&[(&[950], 330), (&[1_400], 330), (&[1_800], 330), (&[], 1_000)], AMPLITUDE)
            }
            ToneKind::Busy => (tones_of(self.country).busy, AMPLITUDE),
            ToneKind::Congestion => (tones_of(self.country).congestion, AMPLITUDE),
            ToneKind::Dial => (tones_of(self.country).dial, AMPLITUDE),
            ToneKind::RingBack => (tones_of(self.country).ring_back, AMPLITUDE),
        }
    }
}

/// Length of all beats, in samples.
fn period(beats: &[Beat]) -> usize {
    beats.iter().map(|(_, ms)| (TONE_RATE / 1_000 * ms) as usize).sum()
}

/// All frequencies together, as loud as one.
fn sum(hz: &[u16], at: usize) -> f32 {
    let sum: f64 = hz.iter().map(|&hz| phase(hz, at).sin()).sum();
    sum as f32 / (hz.len().max(1) as f32).sqrt()
}

fn phase(hz: u16, at: usize) -> f64 {
    std::f64::consts::TAU * ((usize::from(hz) * at) % TONE_RATE as usize) as f64 / f64::from(TONE_RATE)
}
