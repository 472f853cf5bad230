//! G.711 µ-law and A-law, bit-exact with ITU-T G.191.

/// What each µ-law byte means.
pub(crate) const PCMU_TO_LINEAR: [i16; 256] = pcmu_table();
/// What each A-law byte means.
pub(crate) const PCMA_TO_LINEAR: [i16; 256] = pcma_table();

/// The µ-law byte nearest to a sample.
pub(crate) fn pcmu_from_linear(sample: i16) -> u8 {
    let magnitude = if sample < 0 { !sample } else { sample };
    let biased = ((magnitude >> 2) as u16 + 33).min(0x1fff);
    // The bias puts the highest bit at 5 or above, so that it names the segment.
    let segment = 11 - biased.leading_zeros();
    let step = (biased >> segment) & 0x0f;
    let sign = if sample < 0 { 0 } else { 0x80 };
    sign | ((8 - segment as u8) << 4) | (0x0f - step as u8)
}

/// The A-law byte nearest to a sample.
pub(crate) fn pcma_from_linear(sample: i16) -> u8 {
    let magnitude = (if sample < 0 { !sample } else { sample } >> 4) as u16;
    let code = if magnitude < 16 {
        magnitude
    } else {
        let exponent = 12 - magnitude.leading_zeros();
        (exponent as u16) << 4 | ((magnitude >> (exponent - 1)) & 0x0f)
    };
    let sign = if sample < 0 { 0 } else { 0x80 };
    (sign | code as u8) ^ 0x55
}

/// Writes the samples of `payload` to `out` and says how many.
pub(crate) fn decode(table: &[i16; 256], payload: &[u8], out: &mut [i16]) -> usize {
    for (sample, &byte) in out.iter_mut().zip(payload) {
        *sample = table[usize::from(byte)];
    }
    payload.len().min(out.len())
}

const fn pcmu_table() -> [i16; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let inverted = !byte as i32;
        let exponent = (inverted >> 4) & 7;
        let step = 8 << exponent;
        let magnitude = (0x80 << exponent) + step * (inverted & 0x0f) + step / 2 - 4 * 33;
        table[byte] = (if byte < 0x80 { -magnitude } else { magnitude }) as i16;
        byte += 1;
    }
    table
}

const fn pcma_table() -> [i16; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let code = (byte as i32 ^ 0x55) & 0x7f;
        let exponent = code >> 4;
        let mantissa = code & 0x0f;
        let magnitude = match exponent {
            0 => (mantissa << 4) + 8,
            _ => (((mantissa + 16) << 4) + 8) << (exponent - 1),
        };
        table[byte] = (if byte < 0x80 { -magnitude } else { magnitude }) as i16;
        byte += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    /// G.191's `ulaw_compress`, loop for loop.
    fn pcmu_defined(sample: i16) -> u8 {
        let mut absno = if sample < 0 { (!sample >> 2) + 33 } else { (sample >> 2) + 33 };
        absno = absno.min(0x1fff);
        let mut i = absno >> 6;
        let mut segment = 1;
        while i != 0 {
            segment += 1;
            i >>= 1;
        }
        let low = 0x0f - ((absno >> segment) & 0x0f);
        let code = ((8 - segment) << 4 | low) as u8;
        if sample >= 0 { code | 0x80 } else { code }
    }

    /// G.191's `alaw_compress`, loop for loop.
    fn pcma_defined(sample: i16) -> u8 {
        let mut ix = if sample < 0 { !sample >> 4 } else { sample >> 4 };
        if ix > 15 {
            let mut exponent = 1;
            while ix > 31 {
                ix >>= 1;
                exponent += 1;
            }
            ix = ix - 16 + (exponent << 4);
        }
        if sample >= 0 {
            ix |= 0x80;
        }
        ix as u8 ^ 0x55
    }

    #[test]
    fn every_sample_is_encoded_as_g191_defines() {
        for sample in i16::MIN..=i16::MAX {
            assert_eq!(pcmu_from_linear(sample), pcmu_defined(sample), "µ-law of {sample}");
            assert_eq!(pcma_from_linear(sample), pcma_defined(sample), "A-law of {sample}");
        }
    }

    #[test]
    fn every_byte_survives_decoding_and_encoding() {
        for byte in 0..=255u8 {
            let again = pcmu_from_linear(PCMU_TO_LINEAR[usize::from(byte)]);
            // Both zeros of µ-law are the same sample.
            assert_eq!(again, if byte == 0x7f { 0xff } else { byte });
            assert_eq!(pcma_from_linear(PCMA_TO_LINEAR[usize::from(byte)]), byte);
        }
    }

    #[test]
    fn known_values_of_the_recommendation_decode() {
        for (byte, sample) in [(0x00, -32_124), (0x80, 32_124), (0xff, 0), (0x7f, 0), (0xfe, 8)] {
            assert_eq!(PCMU_TO_LINEAR[byte], sample);
        }
        for (byte, sample) in [(0xaa, 32_256), (0x2a, -32_256), (0xd5, 8), (0x55, -8)] {
            assert_eq!(PCMA_TO_LINEAR[byte], sample);
        }
    }
}
