//! Ogg/Opus. RFC 7845

use std::io::Cursor;

use ogg::Packet;
use ogg::reading::{OggReadError, PacketReader};

use super::{Pcm, Unreadable, check_length};
use crate::codec::opus::payload_samples;

/// Opus always decodes to this rate.
const RATE: u32 = 48_000;

/// Most samples of one packet, per channel.
const PACKET_SAMPLES_MAX: usize = 5_760;

/// The identification header. RFC 7845 §5.1
struct Head {
    channels: ropus::Channels,
    n_channels: usize,
    pre_skip: usize,
    gain: f32,
}

/// The packets of a file's first stream, after its head.
struct Stream<'a> {
    reader: PacketReader<Cursor<&'a [u8]>>,
    serial: u32,
    is_over: bool,
}

pub(super) fn decode(bytes: &[u8]) -> Result<Pcm, Unreadable> {
    // The packets say how long they sound: days in a small file are refused before anything is decoded.
    let n_samples = measure(bytes)?;
    let (head, mut stream) = Stream::open(bytes)?;
    let mut decoder = ropus::Decoder::new(RATE, head.channels).map_err(|_| broken("it can't be decoded"))?;
    let mut samples: Vec<i16> = Vec::with_capacity(n_samples);
    let mut block = vec![0i16; PACKET_SAMPLES_MAX * head.n_channels];
    while let Some(packet) = stream.next()? {
        let n = decoder
            .decode(&packet.data, &mut block, ropus::DecodeMode::Normal)
            .map_err(|_| broken("a part of its sound is damaged"))?;
        let decoded = block.get(..n * head.n_channels).unwrap_or_default();
        super::mix_down(decoded, head.n_channels, &mut samples);
        if packet.last_in_stream() {
            // The end position counts from before the pre-skip; the last packet may be longer than the sound.
            let end = usize::try_from(packet.absgp_page()).unwrap_or(usize::MAX);
            samples.truncate(end.max(head.pre_skip));
        }
    }
    samples.drain(..head.pre_skip.min(samples.len()));
    if samples.is_empty() {
        return Err(broken("there is no sound in it"));
    }
    if (head.gain - 1.0).abs() > f32::EPSILON {
        for sample in &mut samples {
            *sample = (f32::from(*sample) * head.gain) as i16;
        }
    }
    Ok(Pcm { samples, rate: RATE })
}

/// How many samples the file's packets claim.
fn measure(bytes: &[u8]) -> Result<usize, Unreadable> {
    let (_, mut stream) = Stream::open(bytes)?;
    let mut n_samples = 0;
    while let Some(packet) = stream.next()? {
        match payload_samples(&packet.data) {
            // The decoder would take an empty packet for a lost one, and invent the longest sound there is.
            0 => return Err(broken("a part of its sound is damaged")),
            n => n_samples += n,
        }
        check_length(n_samples, RATE)?;
    }
    Ok(n_samples)
}

impl<'a> Stream<'a> {
    fn open(bytes: &'a [u8]) -> Result<(Head, Self), Unreadable> {
        let mut reader = PacketReader::new(Cursor::new(bytes));
        let first = reader.read_packet().map_err(damaged)?.ok_or(broken("it is empty"))?;
        let head = read_head(&first.data)?;
        let mut stream = Self { reader, serial: first.stream_serial(), is_over: false };
        // Tags follow the head. RFC 7845 §5.2
        stream.next()?;
        Ok((head, stream))
    }

    fn next(&mut self) -> Result<Option<Packet>, Unreadable> {
        while !self.is_over
            && let Some(packet) = self.reader.read_packet().map_err(damaged)?
        {
            if packet.stream_serial() == self.serial {
                self.is_over = packet.last_in_stream();
                return Ok(Some(packet));
            }
        }
        Ok(None)
    }
}

fn read_head(data: &[u8]) -> Result<Head, Unreadable> {
    let Some((magic, rest)) = data.split_first_chunk::<8>() else { return Err(broken("it does not hold Opus")) };
    if magic != b"OpusHead" {
        return Err(broken("it does not hold Opus"));
    }
    let Some(&[version, n_channels, skip_low, skip_high, _, _, _, _, gain_low, gain_high, family]) =
        rest.first_chunk::<11>()
    else {
        return Err(broken("its head is cut off"));
    };
    let channels = match (version >> 4, family, n_channels) {
        (0, 0, 1) => ropus::Channels::Mono,
        (0, 0, 2) => ropus::Channels::Stereo,
        _ => return Err(broken("it has more than two channels or an unknown version")),
    };
    let gain_db = f32::from(i16::from_le_bytes([gain_low, gain_high])) / 256.0;
    Ok(Head {
        channels,
        n_channels: usize::from(n_channels),
        pre_skip: usize::from(u16::from_le_bytes([skip_low, skip_high])),
        gain: 10f32.powf(gain_db / 20.0),
    })
}

fn broken(what: &'static str) -> Unreadable {
    Unreadable::Undecodable { format: "Ogg", what }
}

fn damaged(_: OggReadError) -> Unreadable {
    broken("its pages are damaged")
}
