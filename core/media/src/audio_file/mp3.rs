//! MP3, and MPEG audio layers I and II.

use nanomp3::SliceReader;

use super::{Pcm, Unreadable, check_length, mix_down};

pub(super) fn decode(bytes: &[u8]) -> Result<Pcm, Unreadable> {
    let mut reader = SliceReader::<i16>::new(bytes);
    let rate = reader.sample_rate();
    let n_channels = match reader.channels() {
        Some(nanomp3::Channels::Mono) => 1,
        Some(nanomp3::Channels::Stereo) => 2,
        None => return Err(broken("there is no sound in it")),
    };
    let mut samples = Vec::new();
    loop {
        match reader.read_frame() {
            Ok(Some(frame)) => mix_down(frame, n_channels, &mut samples),
            Ok(None) => break,
            Err(_) => return Err(broken("its format changes in the middle")),
        }
        check_length(samples.len(), rate)?;
    }
    if samples.is_empty() {
        return Err(broken("there is no sound in it"));
    }
    Ok(Pcm { samples, rate })
}

fn broken(what: &'static str) -> Unreadable {
    Unreadable::Undecodable { format: "MP3", what }
}
