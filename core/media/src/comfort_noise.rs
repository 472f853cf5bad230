//! The noise that a peer describes while it sends no sound. RFC 3389

/// White noise of the level that a payload's first byte tells; the shape of its spectrum is not followed.
pub(crate) struct ComfortNoise {
    seed: u32,
    /// Largest sample.
    amplitude: f32,
}

impl ComfortNoise {
    /// The first byte is the level, so many dB below overload: that of a square wave of full scale. RFC 3389 §3
    pub(crate) fn new(payload: &[u8]) -> Self {
        let level = payload.first().map_or(127, |byte| byte & 0x7F);
        let rms = f32::from(i16::MAX) * 10f32.powf(-f32::from(level) / 20.0);
        // Samples that are equally likely up to an amplitude have that over the root of three as their mean power.
        Self { seed: 0x9E37_79B9, amplitude: (rms * 3f32.sqrt()).min(f32::from(i16::MAX)) }
    }

    /// The peer described its noise anew; what sounds goes on.
    pub(crate) fn change(&mut self, payload: &[u8]) {
        self.amplitude = Self::new(payload).amplitude;
    }

    /// Fills `out` with the noise that comes next.
    pub(crate) fn fill(&mut self, out: &mut [i16]) {
        for sample in out {
            self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // The upper bits of such a generator are the random ones.
            let random = f32::from((self.seed >> 16) as u16 as i16) / 32_768.0;
            *sample = (random * self.amplitude) as i16;
        }
    }
}
