//! Reading sound files that people upload: WAV, MP3 and Ogg/Opus, told apart by what is in them.

use crate::loudness;

mod mp3;
mod ogg_opus;
mod wav;

/// Largest file read; half an hour of MP3, or five minutes of telephone-quality WAV.
pub const FILE_BYTES_MAX: usize = 5_000_000;

/// Longest sound taken from a file. A small file can hold much more than its size tells.
pub const SECONDS_MAX: u64 = 60 * 60;

/// Mono sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pcm {
    pub samples: Vec<i16>,
    /// Samples per second.
    pub rate: u32,
}

/// Why a file is no sound for us.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the file is larger than 5 MB")]
    TooLarge,
    #[error("the sound is longer than 60 minutes")]
    TooLong,
    #[error("there is nothing to hear in the file")]
    Silent,
    #[error("this is a {format} file, but {what}")]
    Undecodable { format: &'static str, what: &'static str },
    #[error("this is neither WAV nor MP3 nor Ogg/Opus")]
    UnknownFormat,
}

/// Decodes a file as it is.
pub fn decode(bytes: &[u8]) -> Result<Pcm, Unreadable> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(Unreadable::TooLarge);
    }
    let pcm = if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WAVE") {
        wav::decode(bytes)?
    } else if bytes.starts_with(b"OggS") {
        ogg_opus::decode(bytes)?
    } else if bytes.starts_with(b"ID3") || nanomp3::detect(bytes) {
        mp3::decode(bytes)?
    } else {
        return Err(Unreadable::UnknownFormat);
    };
    Ok(pcm)
}

/// Decodes a file and brings it to the loudness of all our prompts.
pub fn decode_prompt(bytes: &[u8]) -> Result<Pcm, Unreadable> {
    let mut pcm = decode(bytes)?;
    loudness::normalise(&mut pcm).map_err(|loudness::Silent| Unreadable::Silent)?;
    Ok(pcm)
}

/// Whether so many samples are more than we take.
fn check_length(n_samples: usize, rate: u32) -> Result<(), Unreadable> {
    if n_samples as u64 > u64::from(rate) * SECONDS_MAX { Err(Unreadable::TooLong) } else { Ok(()) }
}

/// The mean of all channels.
fn mix_down(interleaved: &[i16], n_channels: usize, out: &mut Vec<i16>) {
    match n_channels {
        0 | 1 => out.extend_from_slice(interleaved),
        n => out.extend(
            interleaved
                .chunks_exact(n)
                .map(|frame| (frame.iter().map(|&sample| i32::from(sample)).sum::<i32>() / n as i32) as i16),
        ),
    }
}
