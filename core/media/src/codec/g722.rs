//! G.722 at 64 kbit/s: two bands of ADPCM, 16 kHz in, one byte for each two samples out. Written after the ITU text.

/// The quadrature mirror filter; the other half mirrors it. G.722 table 4
const QMF: [i32; 12] = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];

/// Decision levels of the lower band's 60-level quantiser. G.722 table 6
const LOW_LEVELS: [i32; 30] = [
    0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219, 1339,
    1458, 1612, 1765, 1980, 2195, 2557, 2919,
];
/// What the lower band's six bits mean. G.722 table 9
const LOW_OUT_6: [i32; 64] = [
    -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576,
    -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040,
    -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
    4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
];
/// What the upper four of them mean to the predictor.
const LOW_OUT_4: [i32; 16] =
    [0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0];
/// How the lower band's step grows, by those four bits.
const LOW_STEP: [i32; 16] = [-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60];
/// What the upper band's two bits mean. G.722 table 10
const HIGH_OUT: [i32; 4] = [-7408, -1616, 7408, 1616];
/// How the upper band's step grows.
const HIGH_STEP: [i32; 4] = [798, -214, 798, -214];
/// 2^(i/32) in steps, for the inverse of the logarithmic step.
const INVERSE_LOG: [i32; 32] = [
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960, 3025,
    3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];

/// Sound to bytes.
pub(crate) struct Encoder {
    low: Band,
    high: Band,
    even: Delay,
    odd: Delay,
}

/// Bytes to sound.
pub(crate) struct Decoder {
    low: Band,
    high: Band,
    sum: Delay,
    difference: Delay,
}

impl Default for Encoder {
    fn default() -> Self {
        Self { low: Band::new(32), high: Band::new(8), even: Delay::default(), odd: Delay::default() }
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self { low: Band::new(32), high: Band::new(8), sum: Delay::default(), difference: Delay::default() }
    }
}

impl Encoder {
    /// Appends one byte for each pair of samples; an odd last sample is dropped.
    pub(crate) fn encode(&mut self, pcm: &[i16], out: &mut Vec<u8>) {
        out.extend(pcm.chunks_exact(2).map(|pair| self.encode_pair(pair[0], pair[1])));
    }

    fn encode_pair(&mut self, first: i16, second: i16) -> u8 {
        self.even.push(i32::from(first));
        self.odd.push(i32::from(second));
        let even = self.even.dot_forwards();
        let odd = self.odd.dot_backwards();
        // 12 bits for the filter's gain, one for the sum of two, one for 15 bits of input.
        let low = self.low.quantise_low((odd + even) >> 14);
        let high = self.high.quantise_high((odd - even) >> 14);
        self.low.adapt_low(low);
        self.high.adapt_high(high);
        (high << 6 | low) as u8
    }
}

impl Decoder {
    /// Writes two samples for each byte and says how many were written.
    pub(crate) fn decode(&mut self, payload: &[u8], out: &mut [i16]) -> usize {
        for (pair, &byte) in out.chunks_exact_mut(2).zip(payload) {
            let code = usize::from(byte);
            let low = (self.low.estimate + ((self.low.step * LOW_OUT_6[code & 63]) >> 15)).clamp(-16_384, 16_383);
            let high = (self.high.estimate + ((self.high.step * HIGH_OUT[code >> 6]) >> 15)).clamp(-16_384, 16_383);
            self.low.adapt_low(code & 63);
            self.high.adapt_high(code >> 6);
            self.sum.push(low + high);
            self.difference.push(low - high);
            pair[0] = saturate(self.difference.dot_backwards() >> 11) as i16;
            pair[1] = saturate(self.sum.dot_forwards() >> 11) as i16;
        }
        (payload.len() * 2).min(out.len() & !1)
    }
}

/// The last twelve values of one branch of the filter, kept twice so that they always lie in one piece.
#[derive(Default)]
struct Delay {
    values: [i32; 24],
    next: usize,
}

impl Delay {
    fn push(&mut self, value: i32) {
        self.values[self.next] = value;
        self.values[self.next + 12] = value;
        self.next = if self.next == 11 { 0 } else { self.next + 1 };
    }

    fn dot_forwards(&self) -> i32 {
        self.values[self.next..self.next + 12].iter().zip(QMF).map(|(value, tap)| value * tap).sum()
    }

    fn dot_backwards(&self) -> i32 {
        self.values[self.next..self.next + 12].iter().zip(QMF.iter().rev()).map(|(value, tap)| value * tap).sum()
    }
}

/// One band's adaptive predictor and step. Names follow G.722 §3.6: six zeros (`b`), two poles (`a`).
struct Band {
    estimate: i32,
    zeros_estimate: i32,
    step: i32,
    log_step: i32,
    /// The last six differences, newest first.
    d: [i32; 6],
    b: [i32; 6],
    /// The last two outputs of the predictor, and of its zeros alone.
    r: [i32; 2],
    p: [i32; 2],
    a: [i32; 2],
}

impl Band {
    fn new(step: i32) -> Self {
        Self {
            estimate: 0,
            zeros_estimate: 0,
            step,
            log_step: 0,
            d: [0; 6],
            b: [0; 6],
            r: [0; 2],
            p: [0; 2],
            a: [0; 2],
        }
    }

    fn quantise_low(&self, input: i32) -> usize {
        let error = saturate(input - self.estimate);
        let magnitude = if error < 0 { -(error + 1) } else { error };
        // The levels rise, so that the number at or below the magnitude is found by halving.
        let level = LOW_LEVELS[1..].partition_point(|level| (level * self.step) >> 12 <= magnitude) + 1;
        if error >= 0 {
            62 - level
        } else if level < 3 {
            64 - level
        } else {
            34 - level
        }
    }

    fn quantise_high(&self, input: i32) -> usize {
        let error = saturate(input - self.estimate);
        let magnitude = if error < 0 { -(error + 1) } else { error };
        let outer = magnitude >= (564 * self.step) >> 12;
        match (error < 0, outer) {
            (true, true) => 0,
            (true, false) => 1,
            (false, true) => 2,
            (false, false) => 3,
        }
    }

    fn adapt_low(&mut self, code: usize) {
        let code = code >> 2;
        let difference = (self.step * LOW_OUT_4[code]) >> 15;
        self.log_step = (((self.log_step * 127) >> 7) + LOW_STEP[code]).clamp(0, 18_432);
        self.step = step_of(self.log_step, 8);
        self.predict(difference);
    }

    fn adapt_high(&mut self, code: usize) {
        let difference = (self.step * HIGH_OUT[code]) >> 15;
        self.log_step = (((self.log_step * 127) >> 7) + HIGH_STEP[code]).clamp(0, 22_528);
        self.step = step_of(self.log_step, 10);
        self.predict(difference);
    }

    /// Learns from the difference that was sent, and estimates the next sample. G.722 block 4
    fn predict(&mut self, difference: i32) {
        let output = saturate(self.estimate + difference);
        let partial = saturate(self.zeros_estimate + difference);
        let same = |other: i32| (partial < 0) == (other < 0);

        let slope = saturate(self.a[0] << 2);
        let slope = if same(self.p[0]) { (-slope).min(32_767) } else { slope };
        let lean = if same(self.p[1]) { 128 } else { -128 };
        let a2 = ((slope >> 7) + lean + ((self.a[1] * 32_512) >> 15)).clamp(-12_288, 12_288);
        let lean = if same(self.p[0]) { 192 } else { -192 };
        let bound = saturate(15_360 - a2);
        let a1 = saturate(lean + ((self.a[0] * 32_640) >> 15)).clamp(-bound, bound);

        let pull = if difference == 0 { 0 } else { 128 };
        for (b, &d) in self.b.iter_mut().zip(&self.d) {
            let signed = if (d < 0) == (difference < 0) { pull } else { -pull };
            *b = saturate(signed + ((*b * 32_640) >> 15));
        }
        self.d = [difference, self.d[0], self.d[1], self.d[2], self.d[3], self.d[4]];
        self.r = [output, self.r[0]];
        self.p = [partial, self.p[0]];
        self.a = [a1, a2];

        let poles = saturate(((a1 * saturate(self.r[0] * 2)) >> 15) + ((a2 * saturate(self.r[1] * 2)) >> 15));
        let zeros = self.b.iter().zip(&self.d).map(|(b, &d)| (*b * saturate(d * 2)) >> 15).sum();
        self.zeros_estimate = saturate(zeros);
        self.estimate = saturate(poles + self.zeros_estimate);
    }
}

fn step_of(log_step: i32, shift: i32) -> i32 {
    let mantissa = INVERSE_LOG[(log_step >> 6 & 31) as usize];
    let exponent = shift - (log_step >> 11);
    (if exponent < 0 { mantissa << -exponent } else { mantissa >> exponent }) << 2
}

fn saturate(value: i32) -> i32 {
    value.clamp(-32_768, 32_767)
}
