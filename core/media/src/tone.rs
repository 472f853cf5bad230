//! Call-progress tones by country. ITU-T E.180 supplement 2.

use crate::prompt::Prompt;
use crate::sdp::Codec;

/// Which tone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ToneKind {
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

/// Length of the soft edges of each beep, in samples: 4 ms.
const EDGE: usize = 64;

/// Continuous tones are loops of this length, in which each frequency (whole hertz) fits a whole number of times.
const STEADY_MS: u32 = 1_000;

/// Frequencies that sound together, and for how long; no frequency is silence.
type Beat = (&'static [u16], u32);

/// What one country plays. A single beat is continuous.
struct Tones {
    dial: &'static [Beat],
    ring_back: &'static [Beat],
    busy: &'static [Beat],
    congestion: &'static [Beat],
}

impl Tone {
    /// One turn of the tone, to be repeated: mono at [`TONE_RATE`], a whole number of 20 ms frames.
    pub fn pcm(self) -> Vec<i16> {
        let (beats, amplitude): (&[Beat], f32) = match self.kind {
            ToneKind::Reference => (&[(&[440], STEADY_MS)], REFERENCE_AMPLITUDE),
            ToneKind::SpecialInformation => {
                (&[(&[950], 330), (&[1_400], 330), (&[1_800], 330), (&[], 1_000)], AMPLITUDE)
            }
            ToneKind::Busy => (tones_of(self.country).busy, AMPLITUDE),
            ToneKind::Congestion => (tones_of(self.country).congestion, AMPLITUDE),
            ToneKind::Dial => (tones_of(self.country).dial, AMPLITUDE),
            ToneKind::RingBack => (tones_of(self.country).ring_back, AMPLITUDE),
        };
        let mut out = Vec::new();
        // Periods are whole multiples of 5 ms, so that at most four of them fill whole frames.
        while out.is_empty() || out.len() % (TONE_RATE as usize / 50) != 0 {
            for &(hz, ms) in beats {
                push_beat(hz, ms, amplitude, beats.len() > 1, &mut out);
            }
        }
        out
    }

    /// One turn of the tone in one codec, to be repeated without a seam. Takes milliseconds (for Opus up to some 100):
    /// render before it is needed, and keep it.
    pub fn render(self, codec: Codec) -> Prompt {
        Prompt::render_laps(&self.pcm(), TONE_RATE, &[codec], 2)
    }
}

fn push_beat(hz: &[u16], ms: u32, amplitude: f32, edges: bool, out: &mut Vec<i16>) {
    let n = (TONE_RATE / 1_000 * ms) as usize;
    // Two tones together are as loud as one.
    let each = amplitude / (hz.len().max(1) as f32).sqrt();
    for i in 0..n {
        let edge = if edges { (i + 1).min(n - i).min(EDGE) as f32 / EDGE as f32 } else { 1.0 };
        let sum: f64 = hz.iter().map(|&hz| phase(hz, i).sin()).sum();
        out.push((sum as f32 * each * edge) as i16);
    }
}

fn phase(hz: u16, i: usize) -> f64 {
    std::f64::consts::TAU * ((usize::from(hz) * i) % TONE_RATE as usize) as f64 / f64::from(TONE_RATE)
}

const STEADY_425: &[Beat] = &[(&[425], STEADY_MS)];
const HALVES_425: &[Beat] = &[(&[425], 500), (&[], 500)];
const QUARTERS_425: &[Beat] = &[(&[425], 250), (&[], 250)];
const FIFTHS_425: &[Beat] = &[(&[425], 200), (&[], 200)];
const RING_1_4: &[Beat] = &[(&[425], 1_000), (&[], 4_000)];
const RING_1_5: &[Beat] = &[(&[425], 1_000), (&[], 5_000)];
const RING_TWICE_400_450: &[Beat] = &[(&[400, 450], 400), (&[], 200), (&[400, 450], 400), (&[], 2_000)];

/// What most of the world plays, and what E.180 recommends.
const ITU: Tones = Tones { dial: STEADY_425, ring_back: RING_1_4, busy: HALVES_425, congestion: QUARTERS_425 };

const NORTH_AMERICA: Tones = Tones {
    dial: &[(&[350, 440], STEADY_MS)],
    ring_back: &[(&[440, 480], 2_000), (&[], 4_000)],
    busy: &[(&[480, 620], 500), (&[], 500)],
    congestion: &[(&[480, 620], 250), (&[], 250)],
};

/// A modulated tone (425 Hz by 25 Hz) is written as the two frequencies that it consists of.
fn tones_of(country: [u8; 2]) -> Tones {
    match &country {
        b"US" | b"CA" | b"PR" => NORTH_AMERICA,
        b"AT" => Tones {
            dial: &[(&[420], STEADY_MS)],
            ring_back: &[(&[420], 1_000), (&[], 5_000)],
            busy: &[(&[420], 400), (&[], 400)],
            congestion: &[(&[420], 200), (&[], 200)],
        },
        b"AU" => Tones {
            dial: &[(&[400, 450], STEADY_MS)],
            ring_back: RING_TWICE_400_450,
            busy: &[(&[425], 375), (&[], 375)],
            congestion: &[(&[425], 375), (&[], 375)],
        },
        b"BR" => {
            Tones { busy: QUARTERS_425, congestion: &[(&[425], 250), (&[], 250), (&[425], 750), (&[], 250)], ..ITU }
        }
        b"CH" | b"NO" => Tones { congestion: FIFTHS_425, ..ITU },
        b"DE" => Tones { busy: &[(&[425], 480), (&[], 480)], congestion: &[(&[425], 240), (&[], 240)], ..ITU },
        b"ES" => Tones {
            ring_back: &[(&[425], 1_500), (&[], 3_000)],
            busy: FIFTHS_425,
            congestion: &[(&[425], 200), (&[], 200), (&[425], 200), (&[], 200), (&[425], 200), (&[], 600)],
            ..ITU
        },
        b"FI" => Tones { busy: &[(&[425], 300), (&[], 300)], congestion: FIFTHS_425, ..ITU },
        b"FR" => Tones {
            dial: &[(&[440], STEADY_MS)],
            ring_back: &[(&[440], 1_500), (&[], 3_500)],
            busy: &[(&[440], 500), (&[], 500)],
            congestion: &[(&[440], 250), (&[], 250)],
        },
        b"GB" => Tones {
            dial: &[(&[350, 440], STEADY_MS)],
            ring_back: RING_TWICE_400_450,
            busy: &[(&[400], 375), (&[], 375)],
            congestion: &[(&[400], 400), (&[], 350), (&[400], 225), (&[], 525)],
        },
        b"IE" => Tones { ring_back: RING_TWICE_400_450, ..ITU },
        b"IN" => Tones {
            dial: &[(&[375, 425], STEADY_MS)],
            ring_back: &[(&[375, 425], 400), (&[], 200), (&[375, 425], 400), (&[], 2_000)],
            busy: &[(&[400], 750), (&[], 750)],
            congestion: &[(&[400], 250), (&[], 250)],
        },
        b"IT" => {
            Tones { dial: &[(&[425], 200), (&[], 200), (&[425], 600), (&[], 1_000)], congestion: FIFTHS_425, ..ITU }
        }
        b"JP" => Tones {
            dial: &[(&[400], STEADY_MS)],
            ring_back: &[(&[384, 416], 1_000), (&[], 2_000)],
            busy: &[(&[400], 500), (&[], 500)],
            congestion: &[(&[400], 500), (&[], 500)],
        },
        b"NZ" => Tones {
            dial: &[(&[400], STEADY_MS)],
            ring_back: RING_TWICE_400_450,
            busy: &[(&[400], 500), (&[], 500)],
            congestion: &[(&[400], 250), (&[], 250)],
        },
        b"PT" => Tones { ring_back: RING_1_5, congestion: FIFTHS_425, ..ITU },
        b"SE" => Tones { ring_back: RING_1_5, busy: QUARTERS_425, congestion: &[(&[425], 250), (&[], 750)], ..ITU },
        // Among them NL, BE, DK, PL and MX.
        _ => ITU,
    }
}
