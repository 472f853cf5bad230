//! The music that callers hear when nobody chose another: quiet broken chords, made by this code and free of rights.

use crate::audio_file::Pcm;

/// The piece's rate; its highest partials lie below 4 kHz.
const RATE: u32 = 16_000;

/// Notes per bar, and the length of one in samples: 250 ms.
const NOTES_PER_BAR: usize = 8;
const NOTE: usize = RATE as usize / 4;

/// How long a note rings on, in samples; beyond the end of the piece it rings into its beginning.
const RING: usize = RATE as usize * 2;

/// Four chords of four notes as MIDI numbers (A minor ninth, F major seventh, C major, G added sixth), each two bars.
const CHORDS: [[u8; 4]; 8] = [
    [57, 64, 67, 71],
    [53, 60, 64, 69],
    [48, 60, 64, 67],
    [55, 59, 62, 64],
    [57, 60, 64, 71],
    [50, 57, 60, 65],
    [53, 60, 65, 69],
    [55, 62, 65, 69],
];

/// The orders in which a bar goes through its chord.
const PATTERNS: [[usize; NOTES_PER_BAR]; 2] = [[0, 1, 2, 3, 2, 3, 1, 2], [0, 2, 1, 3, 2, 1, 3, 2]];

/// Half a minute of music that repeats without a seam.
pub fn hold_music() -> Pcm {
    let n_bars = CHORDS.len() * PATTERNS.len();
    let mut sum = vec![0.0f32; n_bars * NOTES_PER_BAR * NOTE];
    for bar in 0..n_bars {
        let chord = CHORDS[bar / PATTERNS.len()];
        let pattern = PATTERNS[bar % PATTERNS.len()];
        for (place, &voice) in pattern.iter().enumerate() {
            let loudness = if place == 0 { 1.0 } else { 0.6 };
            add_note(&mut sum, (bar * NOTES_PER_BAR + place) * NOTE, chord[voice], loudness);
        }
    }
    let peak = sum.iter().fold(1e-9f32, |peak, value| peak.max(value.abs()));
    // A quarter of full scale: music under a call must not startle.
    let samples = sum.iter().map(|value| (value / peak * 8_000.0) as i16).collect();
    Pcm { samples, rate: RATE }
}

/// A plucked string: three partials, the higher ones fading sooner, with a soft start and end.
fn add_note(sum: &mut [f32], start: usize, midi: u8, loudness: f32) {
    let hz = 440.0 * 2f32.powf((f32::from(midi) - 69.0) / 12.0);
    let n = sum.len();
    for i in 0..RING {
        let seconds = i as f32 / RATE as f32;
        let rise = (i as f32 / 160.0).min(1.0);
        let fall = ((RING - i) as f32 / 800.0).min(1.0);
        let partials: f32 = [(1.0f32, 1.0f32, 2.5f32), (2.0, 0.35, 4.0), (3.0, 0.12, 6.0)]
            .iter()
            .map(|(times, part, decay)| {
                part * (-decay * seconds).exp() * (std::f32::consts::TAU * hz * times * seconds).sin()
            })
            .sum();
        sum[(start + i) % n] += partials * rise * fall * loudness;
    }
}
