//! How loud sound is to the ear, and bringing all prompts to the same. After ITU-R BS.1770, for one channel.

use crate::audio_file::Pcm;

/// Loudness of every prompt, in LUFS.
pub const TARGET_LUFS: f32 = -16.0;

/// Blocks quieter than this are pauses. BS.1770-4 §5
const ABSOLUTE_GATE_LUFS: f64 = -70.0;

/// Blocks so much quieter than the rest are pauses too.
const RELATIVE_GATE: f64 = -10.0;

/// Beyond this peaks are pressed together, and none exceeds the other: -4 and -1 dBFS.
const KNEE: f32 = 20_675.0;
const PEAK: f32 = 29_204.0;

/// Noise is not made louder than by so much: 30 dB.
const GAIN_MAX: f32 = 31.6;

/// There is nothing to hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silent;

/// Brings sound to [`TARGET_LUFS`], its peaks below -1 dBFS.
pub fn normalise(pcm: &mut Pcm) -> Result<(), Silent> {
    let loudness = measure(pcm).ok_or(Silent)?;
    let gain = 10f32.powf((TARGET_LUFS - loudness) / 20.0).min(GAIN_MAX);
    for sample in &mut pcm.samples {
        *sample = limit(f32::from(*sample) * gain) as i16;
    }
    Ok(())
}

/// The gated loudness in LUFS; none for silence.
pub fn measure(pcm: &Pcm) -> Option<f32> {
    let energies = block_energies(pcm);
    let gated = |floor: f64| {
        let (n, sum) = energies
            .iter()
            .filter(|&&energy| lufs(energy) > floor)
            .fold((0u32, 0.0), |(n, sum), energy| (n + 1, sum + energy));
        (n > 0).then(|| lufs(sum / f64::from(n)))
    };
    let loud = gated(ABSOLUTE_GATE_LUFS)?;
    gated((loud + RELATIVE_GATE).max(ABSOLUTE_GATE_LUFS)).map(|loudness| loudness as f32)
}

fn lufs(energy: f64) -> f64 {
    -0.691 + 10.0 * energy.max(1e-12).log10()
}

/// Mean squares of the weighted sound in blocks of 400 ms, one each 100 ms; one block of all if it is shorter.
fn block_energies(pcm: &Pcm) -> Vec<f64> {
    let (mut shelf, mut pass) = (Filter::shelf(pcm.rate), Filter::high_pass(pcm.rate));
    let hop = (pcm.rate / 10).max(1) as usize;
    let hops: Vec<f64> = pcm
        .samples
        .chunks(hop)
        .map(|chunk| {
            let squares = chunk.iter().map(|&sample| pass.next(shelf.next(f64::from(sample) / 32_768.0)).powi(2));
            squares.sum::<f64>() / hop as f64
        })
        .collect();
    match hops.len() {
        0 => Vec::new(),
        1..4 => vec![hops.iter().sum::<f64>() / hops.len() as f64],
        _ => hops.windows(4).map(|four| four.iter().sum::<f64>() / 4.0).collect(),
    }
}

fn limit(sample: f32) -> f32 {
    let magnitude = sample.abs();
    if magnitude <= KNEE {
        return sample;
    }
    let room = PEAK - KNEE;
    (KNEE + room * ((magnitude - KNEE) / room).tanh()).copysign(sample)
}

/// A filter of second order.
struct Filter {
    b: [f64; 3],
    a: [f64; 2],
    z: [f64; 2],
}

impl Filter {
    /// The head's effect: about 4 dB more above 1.7 kHz.
    fn shelf(rate: u32) -> Self {
        let (k, q) = (tangent(1_681.974_450_955_533, rate), 0.707_175_236_955_419_6);
        let high = 10f64.powf(3.999_843_853_973_347 / 20.0);
        let band = high.powf(0.499_666_774_154_541_6);
        let a0 = 1.0 + k / q + k * k;
        Self {
            b: [(high + band * k / q + k * k) / a0, 2.0 * (k * k - high) / a0, (high - band * k / q + k * k) / a0],
            a: [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0],
            z: [0.0; 2],
        }
    }

    /// What is below 38 Hz does not count.
    fn high_pass(rate: u32) -> Self {
        let (k, q) = (tangent(38.135_470_876_024_44, rate), 0.500_327_037_323_877_3);
        let a0 = 1.0 + k / q + k * k;
        Self { b: [1.0, -2.0, 1.0], a: [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0], z: [0.0; 2] }
    }

    fn next(&mut self, x: f64) -> f64 {
        let y = self.b[0] * x + self.z[0];
        self.z = [self.b[1] * x - self.a[0] * y + self.z[1], self.b[2] * x - self.a[1] * y];
        y
    }
}

fn tangent(hz: f64, rate: u32) -> f64 {
    (std::f64::consts::PI * hz / f64::from(rate)).tan()
}
