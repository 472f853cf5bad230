//! Changing the rate of sound: a polyphase filter for any two rates, streaming, without allocation once it is made.

/// Zero crossings of the filter on each side. More would cut sharper and delay longer; with these the delay is
/// 1.5 ms at 8 kHz and what would alias is 60 dB down.
const ZERO_CROSSINGS: f64 = 12.0;

/// Where the passband ends, as a part of the lower of both Nyquist rates; the rest is the filter's slope.
const CUTOFF: f64 = 0.9;

/// Shape of the Kaiser window: about 70 dB of stop band.
const KAISER_BETA: f64 = 7.0;

/// Sound at one rate in, sound at another out.
pub struct Resampler {
    /// For each output phase its taps in the order of the samples, all phases one after the other.
    taps: Vec<f32>,
    n_taps: usize,
    /// The rates, without their common factor.
    up: usize,
    down: usize,
    /// Where the next output lies after the newest sample consumed, in units of 1/`up` sample.
    phase: usize,
    /// The last `n_taps - 1` samples, then room for one block of input.
    window: Vec<f32>,
}

impl Resampler {
    /// Between two rates in Hz, neither of them 0.
    pub fn new(from: u32, to: u32) -> Self {
        let (from, to) = (from.max(1), to.max(1));
        let common = greatest_common_divisor(from, to);
        let (up, down) = ((to / common) as usize, (from / common) as usize);
        if up == down {
            return Self { taps: Vec::new(), n_taps: 1, up, down, phase: 0, window: Vec::new() };
        }
        // Widths in input samples; going down, the filter is as much wider as the band is narrower.
        let band = (f64::from(to) / f64::from(from)).min(1.0);
        let half = (ZERO_CROSSINGS / band).ceil();
        let n_taps = half as usize * 2;
        let mut taps = Vec::with_capacity(n_taps * up);
        for phase in 0..up {
            let centre = half - 1.0 + phase as f64 / up as f64;
            let start = taps.len();
            taps.extend((0..n_taps).map(|tap| filter(tap as f64 - centre, half, band * CUTOFF) as f32));
            normalise(taps.get_mut(start..).unwrap_or_default());
        }
        let window = Vec::with_capacity(n_taps + 960);
        let mut made = Self { taps, n_taps, up, down, phase: 0, window };
        made.window.resize(n_taps - 1, 0.0);
        made
    }

    /// Appends what `pcm` becomes to `out`. Frames of 20 ms become frames of 20 ms between 8, 16 and 48 kHz.
    pub fn resample(&mut self, pcm: &[i16], out: &mut Vec<i16>) {
        if self.up == self.down {
            out.extend_from_slice(pcm);
            return;
        }
        self.window.extend(pcm.iter().map(|&sample| f32::from(sample)));
        let n_ready = self.window.len() + 1 - self.n_taps;
        let end = n_ready * self.up;
        let mut position = self.phase;
        while position < end {
            let (first, phase) = (position / self.up, position % self.up);
            let taps = self.taps.get(phase * self.n_taps..(phase + 1) * self.n_taps).unwrap_or_default();
            let samples = self.window.get(first..first + self.n_taps).unwrap_or_default();
            out.push(dot(taps, samples).round_ties_even() as i16);
            position += self.down;
        }
        self.phase = position - end;
        self.window.copy_within(n_ready.., 0);
        self.window.truncate(self.n_taps - 1);
    }

    /// By how many input samples the output is late.
    pub fn delay_samples(&self) -> usize {
        self.n_taps / 2
    }
}

/// All of a file's sound at another rate, without the filter's delay, block by block.
pub struct Aligned {
    resampler: Resampler,
    /// How much of the output is still to be dropped: the delay.
    skip: usize,
}

impl Aligned {
    /// Between two rates in Hz, neither of them 0.
    pub fn new(from: u32, to: u32) -> Self {
        let resampler = Resampler::new(from, to);
        let skip = resampler.delay_samples() * to as usize / from.max(1) as usize;
        Self { resampler, skip }
    }

    /// Appends what `pcm` becomes to `out`.
    pub fn resample(&mut self, pcm: &[i16], out: &mut Vec<i16>) {
        for block in pcm.chunks(960) {
            let start = out.len();
            self.resampler.resample(block, out);
            let dropped = self.skip.min(out.len() - start);
            self.skip -= dropped;
            out.drain(start..start + dropped);
        }
    }

    /// Appends what the filter still holds, and perhaps a little silence.
    pub fn finish(&mut self, out: &mut Vec<i16>) {
        self.resample(&vec![0; self.resampler.delay_samples() + 1], out);
    }
}

/// Eight sums side by side, which the compiler turns into vector instructions.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let (a8, a_rest) = a.as_chunks::<8>();
    let (b8, b_rest) = b.as_chunks::<8>();
    for (a, b) in a8.iter().zip(b8) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}

/// A sinc under a Kaiser window, `at` samples from its centre.
fn filter(at: f64, half: f64, cutoff: f64) -> f64 {
    let x = std::f64::consts::PI * at * cutoff;
    let sinc = if x.abs() < 1e-9 { 1.0 } else { x.sin() / x };
    let edge = 1.0 - (at / half).powi(2);
    if edge < 0.0 { 0.0 } else { cutoff * sinc * bessel(KAISER_BETA * edge.sqrt()) / bessel(KAISER_BETA) }
}

/// Makes the taps of one phase let constant sound through unchanged.
fn normalise(taps: &mut [f32]) {
    let sum: f32 = taps.iter().sum();
    for tap in taps {
        *tap /= sum;
    }
}

/// The modified Bessel function of the first kind and order 0.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..40 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}
