//! Hiding lost frames of the codecs that can't do it themselves: the last pitch period again, fading.

/// Half the shortest and the longest pitch looked for, as divisors of the rate: 66 to 400 Hz.
const PITCH_HZ_MIN: usize = 66;
const PITCH_HZ_MAX: usize = 400;

/// Full loudness for so long, then a fade of the length below, as in G.711 appendix I.
const HOLD_MS: usize = 20;
const FADE_MS: usize = 60;

/// Length of the soft seam between invented and real sound.
const SEAM_MS: usize = 4;

/// Remembers what was heard, and goes on with it while packets are missing.
pub struct Concealer {
    /// The last sound heard or invented, oldest first; three of the longest pitch periods.
    history: Vec<i16>,
    /// Room for the end of the history, copied once when a gap begins.
    period: Vec<i16>,
    rate: usize,
    /// How many samples of the gap were invented so far; none outside of a gap.
    invented: Option<usize>,
}

impl Concealer {
    /// For sound at `sample_rate`.
    pub fn new(sample_rate: u32) -> Self {
        let rate = sample_rate as usize;
        let longest = rate / PITCH_HZ_MIN;
        Self { history: vec![0; longest * 3], period: Vec::with_capacity(longest), rate, invented: None }
    }

    /// Takes real sound; softens its start after a gap.
    pub fn hear(&mut self, pcm: &mut [i16]) {
        if let Some(invented) = self.invented.take() {
            let seam = (self.rate * SEAM_MS / 1_000).min(pcm.len());
            for (i, sample) in pcm.iter_mut().take(seam).enumerate() {
                let old = f32::from(self.next_sample(invented + i));
                let part = (i + 1) as f32 / (seam + 1) as f32;
                *sample = (old + (f32::from(*sample) - old) * part) as i16;
            }
        }
        self.remember(pcm);
    }

    /// Fills `out` with invented sound.
    pub fn conceal(&mut self, out: &mut [i16]) {
        let begun = match self.invented {
            Some(n) => n,
            None => {
                self.find_period();
                0
            }
        };
        for (i, sample) in out.iter_mut().enumerate() {
            *sample = self.next_sample(begun + i);
        }
        self.invented = Some(begun.saturating_add(out.len()).min(self.rate * 10));
        self.remember(out);
    }

    fn next_sample(&self, position: usize) -> i16 {
        let hold = self.rate * HOLD_MS / 1_000;
        let fade = self.rate * FADE_MS / 1_000;
        let faded = position.saturating_sub(hold);
        if faded >= fade || self.period.is_empty() {
            return 0;
        }
        let gain = 1.0 - faded as f32 / fade as f32;
        let sample = self.period.get(position % self.period.len()).copied().unwrap_or(0);
        (f32::from(sample) * gain) as i16
    }

    fn remember(&mut self, pcm: &[i16]) {
        let n = self.history.len();
        if let Some(tail) = pcm.len().checked_sub(n).and_then(|from| pcm.get(from..)) {
            self.history.copy_from_slice(tail);
        } else {
            self.history.copy_within(pcm.len().., 0);
            if let Some(end) = self.history.get_mut(n - pcm.len()..) {
                end.copy_from_slice(pcm);
            }
        }
    }

    /// Takes the last pitch period out of the history, its end blended with what came before its start, so that it
    /// repeats without a click.
    fn find_period(&mut self) {
        let lag = self.best_lag();
        let n = self.history.len();
        self.period.clear();
        self.period.extend_from_slice(self.history.get(n - lag..).unwrap_or_default());
        let seam = lag / 4;
        let before = self.history.get(n - lag - seam..n - lag).unwrap_or_default();
        for (i, (sample, &earlier)) in self.period.iter_mut().skip(lag - seam).zip(before).enumerate() {
            let part = (i + 1) as f32 / (seam + 1) as f32;
            *sample = (f32::from(*sample) * (1.0 - part) + f32::from(earlier) * part) as i16;
        }
    }

    /// The lag at which the end of the history is most like what was before it. Every second sample and lag will do
    /// at 16 kHz, the seam hides the rest.
    fn best_lag(&self) -> usize {
        let n = self.history.len();
        let (shortest, longest) = (self.rate / PITCH_HZ_MAX, self.rate / PITCH_HZ_MIN);
        let stride = (self.rate / 8_000).max(1);
        let window = longest;
        let end = self.history.get(n - window..).unwrap_or_default();
        let mut best = (longest, f32::MIN);
        for lag in (shortest..=longest).step_by(stride) {
            let earlier = self.history.get(n - window - lag..n - lag).unwrap_or_default();
            let (mut product, mut energy) = (0.0f32, 1.0f32);
            for (a, b) in end.iter().zip(earlier).step_by(stride) {
                let (a, b) = (f32::from(*a), f32::from(*b));
                product += a * b;
                energy += b * b;
            }
            let likeness = product / energy.sqrt();
            if likeness > best.1 {
                best = (lag, likeness);
            }
        }
        best.0
    }
}
