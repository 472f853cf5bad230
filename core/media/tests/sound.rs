//! Sound goes through the codecs, resamplers, prompts and files, and is still the same sound.
#![allow(clippy::unwrap_used, reason = "a test may fail by panic")]

use media::audio_file::{self, Pcm, Unreadable};
use media::codec::{DECODED_SAMPLES_MAX, Decoder, Encoder};
use media::prompt::{NotAPrompt, Prompt};
use media::resample::{Aligned, Resampler};
use media::sdp::Codec;
use media::transcode::Transcoder;

#[test]
fn every_pair_of_codecs_carries_a_tone() {
    for from in Codec::ALL {
        for to in Codec::ALL {
            for hz in [440.0, 1_000.0] {
                let sent = tone(hz, 8_000.0, from.sample_rate(), 1_000);
                let heard = through(from, to, &sent, |_| false);
                let what = format!("{from:?} to {to:?} at {hz} Hz");
                let steady = &heard[heard.len() / 2..];
                let level = 20.0 * (amplitude(steady, hz, to.sample_rate()) / 8_000.0).log10();
                assert!(level.abs() < 1.0, "{what}: {level:.2} dB");
                assert!(
                    noise_db(steady, hz, to.sample_rate()) < -20.0,
                    "{what}: {:.1} dB of noise",
                    noise_db(steady, hz, to.sample_rate())
                );
                let onset = heard.iter().position(|sample| sample.unsigned_abs() > 2_000).unwrap();
                let late_ms = onset as u32 * 1_000 / to.sample_rate();
                assert!(late_ms <= 30, "{what}: {late_ms} ms late");
            }
        }
    }
}

#[test]
fn a_packet_in_twenty_lost_leaves_no_gap() {
    for from in Codec::ALL {
        let sent = tone(440.0, 8_000.0, from.sample_rate(), 4_000);
        let heard = through(from, Codec::Pcmu, &sent, |i| i % 20 == 13);
        let (mut quiet, mut longest) = (0, 0);
        for sample in &heard[800..] {
            quiet = if sample.unsigned_abs() < 400 { quiet + 1 } else { 0 };
            longest = longest.max(quiet);
        }
        assert!(longest < 60 * 8, "{from:?}: {} ms of silence", longest / 8);
    }
}

#[test]
fn opus_says_a_second_time_what_was_lost() {
    let voice: Vec<i16> = (0..48_000 * 2)
        .map(|i| {
            let seconds = f64::from(i) / 48_000.0;
            let phase = std::f64::consts::TAU * (150.0 * seconds - 9.0 * (seconds * 5.0).cos());
            let sum: f64 = (1..20).map(|k| (phase * f64::from(k)).sin() / f64::from(k)).sum();
            (sum * 5_000.0 * (seconds * 11.0).sin().abs()) as i16
        })
        .collect();
    let mut encoder = Encoder::new(Codec::Opus);
    let payload = |frame: &[i16]| {
        let mut payload = Vec::new();
        encoder.encode(frame, &mut payload);
        payload
    };
    let payloads: Vec<Vec<u8>> = voice.chunks_exact(960).map(payload).collect();
    let play = |lose: &dyn Fn(&mut Decoder, usize, &mut [i16])| {
        let (mut decoder, mut heard) = (Decoder::new(Codec::Opus), Vec::new());
        for (i, payload) in payloads.iter().enumerate() {
            let mut pcm = [0; 960];
            match i % 6 {
                5 => lose(&mut decoder, i, &mut pcm),
                _ => assert_eq!(decoder.decode(payload, &mut pcm), 960),
            }
            heard.extend(pcm);
        }
        heard
    };
    let whole = play(&|decoder, i, pcm| assert_eq!(decoder.decode(&payloads[i], pcm), 960));
    let error = |heard: &[i16]| {
        let squares = whole.iter().zip(heard).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2));
        10.0 * squares.sum::<f64>().log10()
    };
    let invented = error(&play(&|decoder, _, pcm| decoder.conceal(pcm)));
    let said_again = error(&play(&|decoder, i, pcm| match payloads.get(i + 1) {
        Some(next) => decoder.recover(next, pcm),
        None => decoder.conceal(pcm),
    }));
    assert!(said_again < invented - 3.0, "{said_again:.1} dB against {invented:.1} dB");
}

#[test]
fn a_long_loss_fades_to_silence() {
    for codec in [Codec::G722, Codec::Pcma, Codec::Pcmu] {
        let (mut encoder, mut decoder) = (Encoder::new(codec), Decoder::new(codec));
        let (mut payload, mut pcm) = (Vec::new(), vec![0; DECODED_SAMPLES_MAX]);
        for frame in tone(300.0, 8_000.0, codec.sample_rate(), 200).chunks(codec.samples_per_frame()) {
            payload.clear();
            encoder.encode(frame, &mut payload);
            decoder.decode(&payload, &mut pcm);
        }
        let frame = &mut pcm[..codec.samples_per_frame()];
        decoder.conceal(frame);
        assert!(frame.iter().any(|sample| sample.unsigned_abs() > 6_000), "{codec:?} conceals at full level");
        for _ in 0..5 {
            decoder.conceal(frame);
        }
        assert!(frame.iter().all(|&sample| sample == 0), "{codec:?} is silent after 120 ms");
    }
}

#[test]
fn g722_keeps_wideband_sound() {
    for hz in [300.0, 1_000.0, 3_400.0, 6_000.0] {
        let sent = tone(hz, 10_000.0, 16_000, 500);
        let heard = through(Codec::G722, Codec::G722, &sent, |_| false);
        let noise = noise_db(&heard[heard.len() / 2..], hz, 16_000);
        assert!(noise < -20.0, "{hz} Hz: {noise:.1} dB");
    }
}

#[test]
fn g722_is_bit_exact_with_another_implementation() {
    let mut random = 1u32;
    let mut noise = |_: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 16) as i16
    };
    let mut sound: Vec<i16> = (0..16_000).map(&mut noise).collect();
    sound.extend(tone(440.0, 20_000.0, 16_000, 500));
    sound.extend((0..16_000).map(|i| (i32::from(noise(i)) * (i as i32 % 2_000) / 4_000) as i16));
    let mut ours = Vec::new();
    Encoder::new(Codec::G722).encode(&sound, &mut ours);
    let theirs = sipx_audio::g722::Encoder::new().encode(&sound);
    assert!(ours == theirs, "encoded alike");
    let mut decoder = Decoder::new(Codec::G722);
    let mut pcm = vec![0; sound.len()];
    assert_eq!(decoder.decode(&ours, &mut pcm), sound.len());
    assert!(pcm == sipx_audio::g722::Decoder::new().decode(&theirs), "decoded alike");
}

#[test]
fn what_would_alias_is_filtered_out() {
    for (from, to, hz) in [(16_000, 8_000, 5_000.0), (48_000, 8_000, 5_500.0), (48_000, 16_000, 11_000.0)] {
        let heard = resample_all(&tone(hz, 10_000.0, from, 500), from, to);
        let middle = &heard[heard.len() / 4..heard.len() * 3 / 4];
        let level = 20.0 * (rms(middle) / 7_071.0).max(1e-9).log10();
        assert!(level < -55.0, "{hz} Hz from {from} to {to}: {level:.1} dB");
    }
}

#[test]
fn images_are_filtered_out_and_the_level_stays() {
    for (from, to) in [
        (8_000, 16_000),
        (8_000, 48_000),
        (16_000, 48_000),
        (44_100, 8_000),
        (22_050, 16_000),
        (44_100, 48_000),
        (11_025, 48_000),
    ] {
        let heard = resample_all(&tone(1_000.0, 10_000.0, from, 1_000), from, to);
        assert_eq!(heard.len() as u32, to);
        let middle = &heard[heard.len() / 4..heard.len() * 3 / 4];
        let level = amplitude(middle, 1_000.0, to);
        assert!((level - 10_000.0).abs() < 100.0, "{from} to {to}: {level}");
        assert!(noise_db(middle, 1_000.0, to) < -55.0, "{from} to {to}: {:.1} dB", noise_db(middle, 1_000.0, to));
    }
}

#[test]
fn frames_stay_frames_between_telephone_rates() {
    for from in [8_000u32, 16_000, 48_000] {
        for to in [8_000u32, 16_000, 48_000] {
            let mut resampler = Resampler::new(from, to);
            for _ in 0..50 {
                let mut out = Vec::new();
                resampler.resample(&vec![1_000; from as usize / 50], &mut out);
                assert_eq!(out.len(), to as usize / 50);
            }
        }
    }
}

#[test]
fn prompts_sound_alike_in_every_codec_and_survive_the_disk() {
    let prompt = Prompt::render(&tone(440.0, 8_000.0, 44_100, 990), 44_100);
    assert_eq!((prompt.n_frames(), prompt.duration_ms()), (50, 1_000));
    for codec in Codec::ALL {
        let mut decoder = Decoder::new(codec);
        let (mut heard, mut pcm) = (Vec::new(), vec![0; DECODED_SAMPLES_MAX]);
        for i in 0..50 {
            let n = decoder.decode(prompt.frame(codec, i).unwrap(), &mut pcm);
            assert_eq!(n, codec.samples_per_frame());
            heard.extend_from_slice(&pcm[..n]);
        }
        assert_eq!(prompt.frame(codec, 50), None);
        let level = amplitude(&heard[heard.len() / 4..heard.len() / 4 * 3], 440.0, codec.sample_rate());
        assert!((level - 8_000.0).abs() < 800.0, "{codec:?}: {level}");
    }
    let bytes = prompt.to_bytes();
    assert_eq!(Prompt::from_bytes(&bytes).unwrap(), prompt);
    for at in (0..bytes.len()).step_by(97) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 4;
        assert!(Prompt::from_bytes(&damaged).is_err());
    }
    assert_eq!(Prompt::from_bytes(&bytes[..bytes.len() - 1]), Err(NotAPrompt::Damaged));
    assert_eq!(Prompt::from_bytes(b"RIFF"), Err(NotAPrompt::UnknownVersion));
}

#[test]
fn wav_files_of_all_kinds_are_read() {
    let sound = tone(440.0, 8_000.0, 16_000, 500);
    let le = |write: &dyn Fn(i16) -> Vec<u8>| sound.iter().flat_map(|&sample| write(sample)).collect::<Vec<u8>>();
    let cases: Vec<(&str, u16, u16, u16, Vec<u8>)> = vec![
        ("8 bit", 1, 1, 8, le(&|s| vec![((s >> 8) + 128) as u8])),
        ("16 bit", 1, 1, 16, le(&|s| s.to_le_bytes().to_vec())),
        ("24 bit", 1, 1, 24, le(&|s| (i32::from(s) << 8).to_le_bytes()[..3].to_vec())),
        ("32 bit", 1, 1, 32, le(&|s| (i32::from(s) << 16).to_le_bytes().to_vec())),
        ("float", 3, 1, 32, le(&|s| (f32::from(s) / 32_768.0).to_le_bytes().to_vec())),
        ("double", 3, 1, 64, le(&|s| (f64::from(s) / 32_768.0).to_le_bytes().to_vec())),
        ("stereo", 1, 2, 16, le(&|s| [s.to_le_bytes(), s.to_le_bytes()].concat())),
    ];
    for (name, format, n_channels, bits, data) in cases {
        let pcm = audio_file::decode(&wav(format, n_channels, 16_000, bits, &data)).unwrap();
        assert_eq!((pcm.rate, pcm.samples.len()), (16_000, sound.len()), "{name}");
        let level = amplitude(&pcm.samples, 440.0, 16_000);
        assert!((level - 8_000.0).abs() < 150.0, "{name}: {level}");
    }
    for (format, codec) in [(6, Codec::Pcma), (7, Codec::Pcmu)] {
        let mut data = Vec::new();
        Encoder::new(codec).encode(&sound, &mut data);
        let pcm = audio_file::decode(&wav(format, 1, 16_000, 8, &data)).unwrap();
        assert!((amplitude(&pcm.samples, 440.0, 16_000) - 8_000.0).abs() < 150.0);
    }
}

#[test]
fn ogg_opus_is_read_and_trimmed() {
    let file = ogg_opus(&tone(440.0, 8_000.0, 48_000, 1_000), 40_000);
    let pcm = audio_file::decode(&file).unwrap();
    assert_eq!((pcm.rate, pcm.samples.len()), (48_000, 40_000 - 312));
    assert!((amplitude(&pcm.samples[10_000..30_000], 440.0, 48_000) - 8_000.0).abs() < 800.0);
}

#[test]
fn mp3_is_read_and_mixed_down() {
    let pcm = audio_file::decode(include_bytes!("files/tone_440.mp3")).unwrap();
    assert_eq!(pcm.rate, 44_100);
    assert!((21_000..24_000).contains(&pcm.samples.len()), "{}", pcm.samples.len());
    assert!(noise_db(&pcm.samples[4_410..17_640], 440.0, 44_100) < -30.0);
}

#[test]
fn files_that_are_no_sound_are_refused_in_plain_words() {
    assert_eq!(audio_file::decode(b""), Err(Unreadable::UnknownFormat));
    assert_eq!(audio_file::decode(b"<html>no sound here</html>"), Err(Unreadable::UnknownFormat));
    assert_eq!(audio_file::decode(&vec![0; 5_000_001]), Err(Unreadable::TooLarge));
    assert!(matches!(audio_file::decode(b"RIFF\0\0\0\0WAVEfmt "), Err(Unreadable::Undecodable { format: "WAV", .. })));
    assert!(matches!(audio_file::decode(&wav(0x55, 1, 8_000, 8, &[0; 100])), Err(Unreadable::Undecodable { .. })));
    assert_eq!(audio_file::decode_prompt(&wav(1, 1, 8_000, 16, &[0; 16_000])), Err(Unreadable::Silent));
    let long = wav(7, 1, 4_000, 8, &[0; 4_900_000]);
    assert!(audio_file::decode(&long).is_ok(), "20 minutes are allowed");
}

#[test]
fn prompts_are_made_equally_loud() {
    for amplitude in [300.0, 3_000.0, 30_000.0] {
        let mut pcm = Pcm { samples: tone(997.0, amplitude, 48_000, 2_000), rate: 48_000 };
        media::loudness::normalise(&mut pcm).unwrap();
        let loudness = media::loudness::measure(&pcm).unwrap();
        assert!((loudness + 16.0).abs() < 1.0, "{amplitude}: {loudness}");
        assert!(pcm.samples.iter().all(|sample| sample.unsigned_abs() <= 29_205));
    }
    // BS.1770: a full-scale sine of 997 Hz in one channel measures -3.01 LUFS.
    let full = Pcm { samples: tone(997.0, 32_767.0, 48_000, 2_000), rate: 48_000 };
    assert!((media::loudness::measure(&full).unwrap() + 3.01).abs() < 0.1);
}

#[test]
fn hold_music_loops_without_a_click() {
    let music = media::hold_music::hold_music();
    let n = music.samples.len();
    assert_eq!(n as u32, 32 * music.rate);
    let largest = music.samples.windows(2).map(|two| (two[0] - two[1]).unsigned_abs()).max().unwrap();
    assert!((music.samples[n - 1] - music.samples[0]).unsigned_abs() <= largest);
    for second in music.samples.chunks(music.rate as usize) {
        assert!(rms(second) > 300.0, "it never pauses");
    }
}

#[test]
fn a_small_file_that_holds_days_is_refused() {
    // Two bytes say 48 frames of 2.5 ms; an empty packet would be taken for a lost one of 120 ms.
    for (packet, n, expected) in [(vec![0x83, 48], 40_000, Some(Unreadable::TooLong)), (Vec::new(), 1, None)] {
        let file = ogg_packets(1, &vec![packet; n]);
        assert!(file.len() < 250_000);
        let refused = audio_file::decode(&file).unwrap_err();
        assert!(expected.is_none_or(|expected| refused == expected), "{refused}");
    }
    // A length that the file does not have is not believed.
    let mut short = wav(7, 1, 8_000, 8, &[0; 800]);
    let at = short.len() - 804;
    short[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(audio_file::decode(&short).unwrap().samples.len(), 800);
    // 8 kbit/s at 24 kHz, frame after frame, is 83 minutes in 5 MB.
    let frame = [&[0xff, 0xf3, 0x14, 0xc4][..], &[0; 20]].concat();
    assert_eq!(audio_file::decode(&frame.repeat(208_000)), Err(Unreadable::TooLong));
}

fn resample_all(pcm: &[i16], from: u32, to: u32) -> Vec<i16> {
    let (mut resampler, mut heard) = (Aligned::new(from, to), Vec::new());
    resampler.resample(pcm, &mut heard);
    resampler.finish(&mut heard);
    heard.truncate(pcm.len() * to as usize / from as usize);
    heard
}

fn through(from: Codec, to: Codec, pcm: &[i16], is_lost: impl Fn(usize) -> bool) -> Vec<i16> {
    let mut encoder = Encoder::new(from);
    let mut transcoder = Transcoder::new(from, to);
    let mut decoder = Decoder::new(to);
    let (mut heard, mut payload, mut decoded) = (Vec::new(), Vec::new(), vec![0; DECODED_SAMPLES_MAX]);
    for (i, frame) in pcm.chunks_exact(from.samples_per_frame()).enumerate() {
        payload.clear();
        encoder.encode(frame, &mut payload);
        assert_eq!(from.payload_ms(&payload), 20);
        let mut n_out = 0;
        let mut hear = |out: &[u8]| {
            let n = decoder.decode(out, &mut decoded);
            heard.extend_from_slice(&decoded[..n]);
            n_out += 1;
        };
        if is_lost(i) {
            transcoder.conceal(20, &mut hear)
        } else {
            transcoder.transcode(&payload, &mut hear)
        }
        assert_eq!(n_out, 1, "20 ms in, 20 ms out");
    }
    heard
}

fn tone(hz: f64, amplitude: f64, rate: u32, ms: u32) -> Vec<i16> {
    (0..rate * ms / 1_000)
        .map(|i| ((std::f64::consts::TAU * hz * f64::from(i) / f64::from(rate)).sin() * amplitude).round() as i16)
        .collect()
}

/// The part of `hz` in the sound, by correlation over a whole number of its periods (nearly).
fn amplitude(pcm: &[i16], hz: f64, rate: u32) -> f64 {
    let (re, im) = parts(pcm, hz, rate);
    (re * re + im * im).sqrt()
}

fn parts(pcm: &[i16], hz: f64, rate: u32) -> (f64, f64) {
    let n = pcm.len() as f64;
    let (mut re, mut im) = (0.0, 0.0);
    for (i, &sample) in pcm.iter().enumerate() {
        let phase = std::f64::consts::TAU * hz * i as f64 / f64::from(rate);
        re += f64::from(sample) * phase.cos() * 2.0 / n;
        im += f64::from(sample) * phase.sin() * 2.0 / n;
    }
    (re, im)
}

/// What is left when `hz` is taken out, against it.
fn noise_db(pcm: &[i16], hz: f64, rate: u32) -> f64 {
    // A whole number of periods, lest the cut ends count as noise.
    let period = f64::from(rate) / hz;
    let n = ((pcm.len() as f64 / period / 10.0).floor() * period * 10.0).round() as usize;
    let pcm = &pcm[..n];
    let (re, im) = parts(pcm, hz, rate);
    let rest: Vec<f64> = pcm
        .iter()
        .enumerate()
        .map(|(i, &sample)| {
            let phase = std::f64::consts::TAU * hz * i as f64 / f64::from(rate);
            f64::from(sample) - re * phase.cos() - im * phase.sin()
        })
        .collect();
    let power = rest.iter().map(|value| value * value).sum::<f64>() / n as f64;
    10.0 * (power / ((re * re + im * im) / 2.0)).log10()
}

fn rms(pcm: &[i16]) -> f64 {
    (pcm.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>() / pcm.len() as f64).sqrt()
}

fn wav(format: u16, n_channels: u16, rate: u32, bits: u16, data: &[u8]) -> Vec<u8> {
    let frame = n_channels * bits / 8;
    let mut out = b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0".to_vec();
    out.extend([format.to_le_bytes(), n_channels.to_le_bytes()].concat());
    out.extend([rate.to_le_bytes(), (rate * u32::from(frame)).to_le_bytes()].concat());
    out.extend([frame.to_le_bytes(), bits.to_le_bytes()].concat());
    out.extend(b"data");
    out.extend((data.len() as u32).to_le_bytes());
    out.extend(data);
    out
}

fn ogg_opus(pcm: &[i16], end: u64) -> Vec<u8> {
    let mut encoder = Encoder::new(Codec::Opus);
    let mut packets = Vec::new();
    for frame in pcm.chunks_exact(960).take(end.div_ceil(960) as usize) {
        let mut payload = Vec::new();
        encoder.encode(frame, &mut payload);
        packets.push(payload);
    }
    ogg_packets(end, &packets)
}

/// An Ogg/Opus file of these packets, ten on a page, whose sound ends at `end`.
fn ogg_packets(end: u64, packets: &[Vec<u8>]) -> Vec<u8> {
    use ogg::writing::PacketWriteEndInfo::{EndPage, EndStream, NormalPacket};
    let mut writer = ogg::PacketWriter::new(Vec::new());
    let head = *b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0";
    writer.write_packet(head.to_vec(), 7, EndPage, 0).unwrap();
    writer.write_packet(b"OpusTags\0\0\0\0\0\0\0\0".to_vec(), 7, EndPage, 0).unwrap();
    for (i, packet) in packets.iter().enumerate() {
        let (place, at) = match i + 1 {
            n if n == packets.len() => (EndStream, end),
            n if n % 10 == 0 => (EndPage, n as u64 * 960),
            n => (NormalPacket, n as u64 * 960),
        };
        writer.write_packet(packet.clone(), 7, place, at).unwrap();
    }
    writer.into_inner()
}
