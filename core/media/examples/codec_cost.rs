//! Prints what each codec, and each way from one to another, costs for 20 ms of sound, in microseconds.

#![expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]

use std::hint::black_box;
use std::time::Instant;

use media::codec::{DECODED_SAMPLES_MAX, Decoder, Encoder};
use media::sdp::Codec;
use media::transcode::Transcoder;

const N_FRAMES: usize = 2_000;

fn main() {
    for codec in Codec::ALL {
        let frames = sound(codec);
        let mut encoder = Encoder::new(codec);
        let mut payloads: Vec<Vec<u8>> = (0..N_FRAMES).map(|_| Vec::with_capacity(500)).collect();
        let encode_us = time(|i| encoder.encode(&frames[i], &mut payloads[i]));
        let mut decoder = Decoder::new(codec);
        let mut pcm = vec![0; DECODED_SAMPLES_MAX];
        let decode_us = time(|i| {
            black_box(decoder.decode(&payloads[i], &mut pcm));
        });
        let n = codec.samples_per_frame();
        let conceal_us = time(|_| decoder.conceal(&mut pcm[..n]));
        println!("{codec:?}: encode {encode_us:.2}, decode {decode_us:.2}, conceal {conceal_us:.2}");
        for to in Codec::ALL {
            let mut transcoder = Transcoder::new(codec, to);
            let us = time(|i| {
                transcoder.transcode(&payloads[i], |payload| {
                    black_box(payload);
                });
            });
            println!("  to {to:?}: {us:.2}");
        }
    }
}

fn time(mut one: impl FnMut(usize)) -> f64 {
    let start = Instant::now();
    (0..N_FRAMES).for_each(&mut one);
    start.elapsed().as_secs_f64() * 1e6 / N_FRAMES as f64
}

/// A voice of sorts: harmonics of a wandering pitch that swell and fade, with some noise.
fn sound(codec: Codec) -> Vec<Vec<i16>> {
    let (mut phase, mut noise) = (0.0f64, 1u32);
    let rate = f64::from(codec.sample_rate());
    let mut sample = |i: usize| {
        let seconds = i as f64 / rate;
        phase += std::f64::consts::TAU * (140.0 + 40.0 * (seconds * 2.0).sin()) / rate;
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let voice: f64 = (1..12).map(|k| (phase * f64::from(k)).sin() / f64::from(k)).sum();
        let swell = (seconds * 9.0).sin().max(0.0);
        (voice * swell * 6_000.0 + f64::from(noise >> 16) / 200.0) as i16
    };
    let n = codec.samples_per_frame();
    (0..N_FRAMES).map(|frame| (0..n).map(|i| sample(frame * n + i)).collect()).collect()
}
