//! WAV: PCM of 8 to 32 bits, float, A-law and µ-law.

use super::{Pcm, Unreadable, check_length};
use crate::codec::g711;

/// Formats of the `fmt ` chunk. The last one says that the true one stands at its end.
const PCM: u16 = 1;
const FLOAT: u16 = 3;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
const EXTENSIBLE: u16 = 0xfffe;

/// Most channels mixed down.
const CHANNELS_MAX: u16 = 8;

struct Layout {
    format: u16,
    n_channels: usize,
    rate: u32,
    bits: u16,
}

pub(super) fn decode(bytes: &[u8]) -> Result<Pcm, Unreadable> {
    let mut layout = None;
    let mut rest = bytes.get(12..).unwrap_or_default();
    while let Some((name, after)) = rest.split_first_chunk::<4>() {
        let Some((length, after)) = after.split_first_chunk::<4>() else { break };
        let length = u32::from_le_bytes(*length) as usize;
        // Programs that write to a pipe leave the length wrong; what is there counts.
        let body = after.get(..length).unwrap_or(after);
        match name {
            b"fmt " => layout = Some(read_layout(body).ok_or(broken("its format is cut off"))?),
            b"data" => {
                let layout = layout.ok_or(broken("it does not say its format"))?;
                return read_samples(&layout, body);
            }
            _ => {}
        }
        // Chunks begin at even places.
        rest = after.get(length.saturating_add(length & 1)..).unwrap_or_default();
    }
    Err(broken("there is no sound in it"))
}

fn read_layout(body: &[u8]) -> Option<Layout> {
    let word = |at: usize| Some(u16::from_le_bytes([*body.get(at)?, *body.get(at + 1)?]));
    let mut format = word(0)?;
    if format == EXTENSIBLE {
        format = word(24)?;
    }
    let rate = u32::from(word(4)?) | u32::from(word(6)?) << 16;
    Some(Layout { format, n_channels: usize::from(word(2)?), rate, bits: word(14)? })
}

fn read_samples(layout: &Layout, body: &[u8]) -> Result<Pcm, Unreadable> {
    if !(4_000..=192_000).contains(&layout.rate) {
        return Err(broken("its sample rate is none of 4 to 192 kHz"));
    }
    if layout.n_channels == 0 || layout.n_channels > usize::from(CHANNELS_MAX) {
        return Err(broken("it has no channel, or more than eight"));
    }
    let read: fn(&[u8]) -> i32 = match (layout.format, layout.bits) {
        (PCM, 8) => |b| (byte(b, 0) - 128) << 8,
        (PCM, 16) => |b| high(b, 0),
        (PCM, 24) => |b| high(b, 1),
        (PCM, 32) => |b| high(b, 2),
        (FLOAT, 32) => |b| from_float(f64::from(f32::from_le_bytes(first(b)))),
        (FLOAT, 64) => |b| from_float(f64::from_le_bytes(first(b))),
        (A_LAW, 8) => |b| i32::from(g711::PCMA_TO_LINEAR[byte(b, 0) as usize]),
        (MU_LAW, 8) => |b| i32::from(g711::PCMU_TO_LINEAR[byte(b, 0) as usize]),
        _ => return Err(broken("its samples are written in a way that we don't know")),
    };
    let width = usize::from(layout.bits / 8);
    let frame = width * layout.n_channels;
    check_length(body.len() / frame, layout.rate)?;
    let n_channels = layout.n_channels as i32;
    let mean = |frame: &[u8]| (frame.chunks_exact(width).map(read).sum::<i32>() / n_channels) as i16;
    Ok(Pcm { samples: body.chunks_exact(frame).map(mean).collect(), rate: layout.rate })
}

fn broken(what: &'static str) -> Unreadable {
    Unreadable::Undecodable { format: "WAV", what }
}

fn byte(bytes: &[u8], at: usize) -> i32 {
    i32::from(bytes.get(at).copied().unwrap_or(0))
}

/// The upper 16 bits of a little-endian number, of which `at` bytes are below them.
fn high(bytes: &[u8], at: usize) -> i32 {
    i32::from((byte(bytes, at) | byte(bytes, at + 1) << 8) as u16 as i16)
}

fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.first_chunk().copied().unwrap_or([0; N])
}

/// Not-a-number becomes 0, all else is clamped, by the rules of `as`.
fn from_float(value: f64) -> i32 {
    i32::from((value * 32_767.0) as i16)
}
