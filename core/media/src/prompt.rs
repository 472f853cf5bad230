//! A prompt: sound rendered once, kept ready in every codec, shared by every call that plays it.

use sha2::{Digest, Sha256};

use crate::codec::{Encoder, FRAME_MS};
use crate::order::PromptId;
use crate::resample::Aligned;
use crate::sdp::Codec;

/// The first bytes of a serialised prompt; the digit is the version.
const MAGIC: &[u8; 8] = b"TRNKPRM1";

/// Bytes of one frame of each codec but Opus: 64 kbit/s.
const FIXED_FRAME_BYTES: usize = 160;

/// Most frames of one prompt: an hour.
const FRAMES_MAX: usize = 60 * 60 * 1_000 / FRAME_MS as usize;

/// Sound resampled at once while rendering.
const BLOCK_SAMPLES: usize = 9_600;

const DIGEST_BYTES: usize = 16;

/// Rendered sound.
#[derive(Debug, PartialEq, Eq)]
pub struct Prompt {
    id: PromptId,
    n_frames: usize,
    g722: Vec<u8>,
    pcma: Vec<u8>,
    pcmu: Vec<u8>,
    opus: Vec<u8>,
    /// Where each Opus frame ends.
    opus_ends: Vec<u32>,
}

/// Why bytes are not a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAPrompt {
    #[error("this is not a rendered prompt, or one of another version")]
    UnknownVersion,
    #[error("the rendered prompt is damaged")]
    Damaged,
}

impl Prompt {
    /// Renders mono sound into every codec. The last frame is filled up with silence; what is longer than an hour is
    /// cut.
    pub fn render(pcm: &[i16], sample_rate: u32) -> Self {
        Self::render_laps(pcm, sample_rate, 1, &Codec::ALL)
    }

    /// Renders mono sound for one leg, which hears it once: into its codec only, since Opus takes a second for a minute.
    pub fn render_for(codec: Codec, pcm: &[i16], sample_rate: u32) -> Self {
        Self::render_laps(pcm, sample_rate, 1, &[codec])
    }

    /// Renders sound that is to be repeated without a seam: each codec has heard it once when what is kept begins.
    pub fn render_loop(pcm: &[i16], sample_rate: u32) -> Self {
        Self::render_laps(pcm, sample_rate, 2, &Codec::ALL)
    }

    /// The name of what a prompt is rendered from.
    pub fn id_of(pcm: &[i16], sample_rate: u32) -> PromptId {
        let mut hasher = Sha256::new();
        hasher.update(sample_rate.to_le_bytes());
        let mut bytes = [0; 1_024];
        for block in pcm.chunks(bytes.len() / 2) {
            for (two, sample) in bytes.chunks_exact_mut(2).zip(block) {
                two.copy_from_slice(&sample.to_le_bytes());
            }
            hasher.update(bytes.get(..block.len() * 2).unwrap_or_default());
        }
        PromptId(shorten(hasher))
    }

    /// As [`Self::render`], with the sound `n_laps` times and the last lap kept.
    fn render_laps(pcm: &[i16], sample_rate: u32, n_laps: usize, codecs: &[Codec]) -> Self {
        let per_frame = (sample_rate / 1_000 * FRAME_MS).max(1) as usize;
        let pcm = pcm.get(..pcm.len().min(FRAMES_MAX * per_frame)).unwrap_or_default();
        let n_frames =
            (pcm.len() as u64 * u64::from(1_000 / FRAME_MS)).div_ceil(u64::from(sample_rate.max(1))) as usize;
        let mut made = Self {
            id: Self::id_of(pcm, sample_rate),
            n_frames,
            g722: Vec::new(),
            pcma: Vec::new(),
            pcmu: Vec::new(),
            opus: Vec::new(),
            opus_ends: Vec::new(),
        };
        for codec in codecs {
            made.encode(*codec, pcm, sample_rate, n_laps);
        }
        made
    }

    /// Goes through the sound block by block: an hour of it exists once only.
    fn encode(&mut self, codec: Codec, pcm: &[i16], sample_rate: u32, n_laps: usize) {
        let mut encoder = Encoder::new(codec);
        let mut resampler = Aligned::new(sample_rate, codec.sample_rate());
        let per_frame = codec.samples_per_frame();
        let (n_warm, n_frames) = (self.n_frames * n_laps.saturating_sub(1), self.n_frames * n_laps);
        let wanted = (pcm.len() * n_laps) as u64 * u64::from(codec.sample_rate()) / u64::from(sample_rate.max(1));
        let mut bytes = Vec::with_capacity(self.n_frames * FIXED_FRAME_BYTES);
        let mut ends = Vec::new();
        let (mut waiting, mut n_encoded) = (Vec::new(), 0);
        let mut encode_whole = |waiting: &mut Vec<i16>| {
            let mut n_done = 0;
            for frame in waiting.chunks_exact(per_frame).take(n_frames - n_encoded) {
                if n_encoded <= n_warm {
                    bytes.clear();
                }
                encoder.encode(frame, &mut bytes);
                if n_encoded >= n_warm {
                    ends.push(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
                }
                n_encoded += 1;
                n_done += per_frame;
            }
            waiting.drain(..n_done);
            n_encoded
        };
        for block in (0..n_laps).flat_map(|_| pcm.chunks(BLOCK_SAMPLES)) {
            resampler.resample(block, &mut waiting);
            encode_whole(&mut waiting);
        }
        resampler.finish(&mut waiting);
        let n_encoded = encode_whole(&mut waiting);
        // What the filter adds beyond the sound's end is silence, as is the rest of the last frame.
        let n_sound = usize::try_from(wanted).unwrap_or(0).saturating_sub(n_encoded * per_frame);
        waiting.truncate(n_sound);
        waiting.resize((n_frames - n_encoded) * per_frame, 0);
        encode_whole(&mut waiting);
        match codec {
            Codec::G722 => self.g722 = bytes,
            Codec::Opus => (self.opus, self.opus_ends) = (bytes, ends),
            Codec::Pcma => self.pcma = bytes,
            Codec::Pcmu => self.pcmu = bytes,
        }
    }

    /// The name of what this was rendered from.
    pub fn id(&self) -> PromptId {
        self.id
    }

    /// Number of 20 ms frames.
    pub fn n_frames(&self) -> usize {
        self.n_frames
    }

    /// Length in milliseconds, whole frames.
    pub fn duration_ms(&self) -> u64 {
        self.n_frames as u64 * u64::from(FRAME_MS)
    }

    /// The payload of the 20 ms frame `index`; none past the end.
    pub fn frame(&self, codec: Codec, index: usize) -> Option<&[u8]> {
        let fixed = |bytes: &'_ [u8]| -> Option<std::ops::Range<usize>> {
            let start = index.checked_mul(FIXED_FRAME_BYTES)?;
            (start + FIXED_FRAME_BYTES <= bytes.len()).then(|| start..start + FIXED_FRAME_BYTES)
        };
        match codec {
            Codec::G722 => self.g722.get(fixed(&self.g722)?),
            Codec::Pcma => self.pcma.get(fixed(&self.pcma)?),
            Codec::Pcmu => self.pcmu.get(fixed(&self.pcmu)?),
            Codec::Opus => {
                let end = *self.opus_ends.get(index)? as usize;
                let start =
                    index.checked_sub(1).and_then(|before| self.opus_ends.get(before)).map_or(0, |&at| at as usize);
                self.opus.get(start..end)
            }
        }
    }

    /// For keeping on a disk; [`Self::from_bytes`] reads it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.n_frames * FIXED_FRAME_BYTES * 4 + 64);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&self.id.0);
        out.extend_from_slice(&(self.n_frames as u32).to_le_bytes());
        for part in [&self.g722, &self.pcma, &self.pcmu] {
            out.extend_from_slice(part);
        }
        for end in &self.opus_ends {
            out.extend_from_slice(&end.to_le_bytes());
        }
        out.extend_from_slice(&self.opus);
        let digest: [u8; DIGEST_BYTES] = shorten(Sha256::new_with_prefix(&out));
        out.extend_from_slice(&digest);
        out
    }

    /// Reads what [`Self::to_bytes`] wrote, and checks all of it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotAPrompt> {
        if !bytes.starts_with(MAGIC) {
            return Err(NotAPrompt::UnknownVersion);
        }
        Self::read(bytes).ok_or(NotAPrompt::Damaged)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (body, digest) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST_BYTES)?)?;
        if shorten::<DIGEST_BYTES>(Sha256::new_with_prefix(body)) != digest {
            return None;
        }
        let rest = body.get(MAGIC.len()..)?;
        let (id, rest) = rest.split_first_chunk::<16>()?;
        let (n_frames, rest) = rest.split_first_chunk::<4>()?;
        let n_frames = u32::from_le_bytes(*n_frames) as usize;
        if n_frames > FRAMES_MAX {
            return None;
        }
        let (g722, rest) = rest.split_at_checked(n_frames * FIXED_FRAME_BYTES)?;
        let (pcma, rest) = rest.split_at_checked(n_frames * FIXED_FRAME_BYTES)?;
        let (pcmu, rest) = rest.split_at_checked(n_frames * FIXED_FRAME_BYTES)?;
        let (ends, opus) = rest.split_at_checked(n_frames * 4)?;
        let opus_ends: Vec<u32> = ends.as_chunks::<4>().0.iter().map(|end| u32::from_le_bytes(*end)).collect();
        if !opus_ends.is_sorted() || opus_ends.last().map_or(0, |&end| end as usize) != opus.len() {
            return None;
        }
        Some(Self {
            id: PromptId(*id),
            n_frames,
            g722: g722.to_vec(),
            pcma: pcma.to_vec(),
            pcmu: pcmu.to_vec(),
            opus: opus.to_vec(),
            opus_ends,
        })
    }
}

/// The first bytes of a digest.
fn shorten<const N: usize>(hasher: Sha256) -> [u8; N] {
    let digest = hasher.finalize();
    std::array::from_fn(|i| digest.get(i).copied().unwrap_or(0))
}
