//! Opus (RFC 6716) mono at 48 kHz, by way of `ropus`.

use ropus::{Application, Bitrate, Channels, DecodeMode, InbandFec, Signal};

/// Bits per second: speech is transparent for telephone ears with two thirds of it, the rest says it a second time.
const BITS_PER_SECOND: u32 = 32_000;

/// Of 0 to 10. Above this the time grows much faster than the quality of speech.
const COMPLEXITY: u8 = 3;

/// The loss to prepare for, in percent. With less the encoder keeps its bits for the treble and says nothing twice.
const LOSS_PERCENT: u8 = 10;

/// One 20 ms frame at 48 kHz.
const FRAME_SAMPLES: usize = 960;

/// Most samples that a packet may hold: 120 ms. RFC 6716 §3.2.5
const PACKET_SAMPLES_MAX: usize = 5_760;

/// A packet that says: nothing to hear. One SILK frame without contents, which every decoder takes as a pause.
const NOTHING: [u8; 1] = [0x08];

pub(crate) struct Encoder(Option<ropus::Encoder>);

pub(crate) struct Decoder(Option<ropus::Decoder>);

impl Encoder {
    pub(crate) fn new() -> Self {
        let encoder = ropus::Encoder::builder(48_000, Channels::Mono, Application::Voip)
            .bitrate(Bitrate::Bits(BITS_PER_SECOND))
            .complexity(COMPLEXITY)
            .signal(Signal::Voice)
            .inband_fec(InbandFec::Enabled)
            .packet_loss_perc(LOSS_PERCENT)
            .build();
        debug_assert!(encoder.is_ok());
        Self(encoder.ok())
    }

    pub(crate) fn encode(&mut self, pcm: &[i16], out: &mut Vec<u8>) {
        let start = out.len();
        out.resize(start + super::ENCODED_BYTES_MAX, 0);
        let room = out.get_mut(start..).unwrap_or_default();
        match self.0.as_mut().map(|encoder| encoder.encode(pcm, room)) {
            Some(Ok(n)) => out.truncate(start + n),
            Some(Err(_)) | None => {
                out.truncate(start);
                out.extend_from_slice(&NOTHING);
            }
        }
    }
}

impl Decoder {
    pub(crate) fn new() -> Self {
        let decoder = ropus::Decoder::new(48_000, Channels::Mono);
        debug_assert!(decoder.is_ok());
        Self(decoder.ok())
    }

    pub(crate) fn decode(&mut self, payload: &[u8], out: &mut [i16]) -> usize {
        // An empty packet means "lost" to the library, and would fill all of `out`.
        let decoded = match self.0.as_mut() {
            Some(decoder) if !payload.is_empty() => decoder.decode(payload, out, DecodeMode::Normal).ok(),
            Some(_) | None => None,
        };
        decoded.unwrap_or_else(|| {
            let n = FRAME_SAMPLES.min(out.len());
            self.conceal(out.get_mut(..n).unwrap_or_default());
            n
        })
    }

    /// Fills `out` with the sound before `next`, which `next` repeats at a lower quality if its sender chose to. RFC 6716
    /// §2.1.7
    pub(crate) fn recover(&mut self, next: &[u8], out: &mut [i16]) {
        let decoded = match self.0.as_mut() {
            Some(decoder) if !next.is_empty() => decoder.decode(next, out, DecodeMode::Fec).ok(),
            Some(_) | None => None,
        };
        if decoded != Some(out.len()) {
            self.conceal(out);
        }
    }

    pub(crate) fn conceal(&mut self, out: &mut [i16]) {
        for part in out.chunks_mut(FRAME_SAMPLES) {
            let decoded = self.0.as_mut().map(|decoder| decoder.decode(&[], part, DecodeMode::Normal));
            if !matches!(decoded, Some(Ok(_))) {
                part.fill(0);
            }
        }
    }
}

/// Joins as many of the first frames as are alike into one packet, and says how many. Each is a packet of one frame
/// that ends at its place of `ends`. RFC 6716 §3.2.5
pub(crate) fn join(frames: &[u8], ends: &[usize], out: &mut Vec<u8>) -> usize {
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let frame = |(start, end): (usize, &usize)| frames.get(start..*end).unwrap_or_default();
    let frames = starts.zip(ends).map(frame);
    let Some((&toc, first)) = frames.clone().next().and_then(|frame| frame.split_first()) else {
        return ends.len().min(1);
    };
    let alike = |frame: &&[u8]| frame.first() == Some(&toc);
    let n = if toc & 3 == 0 { frames.clone().take_while(alike).count() } else { 1 };
    if n == 1 {
        out.push(toc);
        out.extend_from_slice(first);
        return 1;
    }
    // A count, and each length but the last.
    out.extend([toc | 3, 0x80 | n as u8]);
    for frame in frames.clone().take(n - 1) {
        let length = frame.len() - 1;
        match u8::try_from(length) {
            Ok(short @ ..252) => out.push(short),
            _ => out.extend([252 | (length & 3) as u8, ((length - (252 | length & 3)) / 4) as u8]),
        }
    }
    for frame in frames.take(n) {
        out.extend_from_slice(frame.get(1..).unwrap_or_default());
    }
    n
}

/// How long a packet sounds, from its table of contents. RFC 6716 §3.1
pub(crate) fn payload_ms(payload: &[u8]) -> u32 {
    u32::try_from(payload_samples(payload) / 48).unwrap_or(0)
}

/// How many samples at 48 kHz a packet holds; 0 if its table of contents is broken. RFC 6716 §3.1
pub(crate) fn payload_samples(payload: &[u8]) -> usize {
    let Some(&toc) = payload.first() else { return 0 };
    let config = toc >> 3;
    let frame = match config {
        0..=11 => [480, 960, 1_920, 2_880][usize::from(config & 3)],
        12..=15 => [480, 960][usize::from(config & 1)],
        _ => [120, 240, 480, 960][usize::from(config & 3)],
    };
    let n_frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => payload.get(1).map_or(0, |count| usize::from(count & 63)),
    };
    let samples = frame * n_frames;
    if samples <= PACKET_SAMPLES_MAX { samples } else { 0 }
}
