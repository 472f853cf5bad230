//! WAV files of 16-bit sound, as every mail program and browser plays them.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

/// Bytes before the sound.
pub const HEADER_BYTES: u64 = 44;

/// How many sides a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channels {
    Mono,
    Stereo,
}

/// The header of so many samples of one side.
pub fn header(rate: u32, n_samples: u64) -> [u8; HEADER_BYTES as usize] {
    header_of(Channels::Mono, rate, n_samples)
}

/// The header of so many samples, those of all sides counted.
pub fn header_of(channels: Channels, rate: u32, n_samples: u64) -> [u8; HEADER_BYTES as usize] {
    let n_channels: u16 = match channels {
        Channels::Mono => 1,
        Channels::Stereo => 2,
    };
    let n_block = n_channels * 2;
    let n_bytes = u32::try_from(n_samples.saturating_mul(2)).unwrap_or(u32::MAX - 36);
    let mut header = [0; HEADER_BYTES as usize];
    let parts: [(usize, &[u8]); 13] = [
        (0, b"RIFF"),
        (4, &n_bytes.saturating_add(36).to_le_bytes()),
        (8, b"WAVE"),
        (12, b"fmt "),
        (16, &16_u32.to_le_bytes()),
        (20, &1_u16.to_le_bytes()),
        (22, &n_channels.to_le_bytes()),
        (24, &rate.to_le_bytes()),
        (28, &rate.saturating_mul(n_block.into()).to_le_bytes()),
        (32, &n_block.to_le_bytes()),
        (34, &16_u16.to_le_bytes()),
        (36, b"data"),
        (40, &n_bytes.to_le_bytes()),
    ];
    for (at, bytes) in parts {
        if let Some(place) = header.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }
    header
}

/// Appends sound.
pub fn append(file: &mut File, samples: &[i16]) -> io::Result<()> {
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    file.write_all(&bytes)
}

/// The rate of a file that we began, and how many samples it holds, whatever its header says of that.
pub fn measure(file: &mut File) -> io::Result<(u32, u64)> {
    let mut header = [0; HEADER_BYTES as usize];
    file.seek(SeekFrom::Start(0))?;
    file.read_exact(&mut header)?;
    let rate = header.get(24..28).and_then(|rate| rate.try_into().ok()).map_or(0, u32::from_le_bytes);
    let n_samples = file.metadata()?.len().saturating_sub(HEADER_BYTES) / 2;
    Ok((rate, n_samples))
}

/// Cuts a file to so many samples, writes its header anew, and waits until all of it is on the disk.
pub fn finish(file: &mut File, rate: u32, n_samples: u64) -> io::Result<()> {
    finish_channels(file, Channels::Mono, rate, n_samples)
}

/// The same for a file with so many sides, whose samples are all counted.
pub fn finish_channels(file: &mut File, channels: Channels, rate: u32, n_samples: u64) -> io::Result<()> {
    file.set_len(HEADER_BYTES + n_samples * 2)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&header_of(channels, rate, n_samples))?;
    file.sync_all()
}
