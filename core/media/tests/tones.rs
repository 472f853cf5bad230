//! Call-progress tones against what ITU-T E.180 supplement 2 lists, written as telephone engineers write them:
//! frequencies that sound together, and how long; 0 is silence.
#![allow(clippy::unwrap_used, reason = "tests")]

use media::tone::{TONE_RATE, Tone, ToneKind};

/// Country, ring-back, busy, congestion.
const TABLE: &[(&str, &str, &str, &str)] = &[
    ("AR", "425/1000,0/4500", "425/300,0/200", "425/200,0/300"),
    ("AT", "420/1000,0/5000", "420/400,0/400", "420/200,0/200"),
    ("AU", "400+450/400,0/200,400+450/400,0/2000", "425/375,0/375", "425/375,0/375"),
    ("BE", "425/1000,0/3000", "425/500,0/500", "425/167,0/167"),
    ("BR", "425/1000,0/4000", "425/250,0/250", "425/250,0/250,425/750,0/250"),
    ("CA", "440+480/2000,0/4000", "480+620/500,0/500", "480+620/250,0/250"),
    ("CH", "425/1000,0/4000", "425/500,0/500", "425/200,0/200"),
    ("CN", "450/1000,0/4000", "450/350,0/350", "450/700,0/700"),
    ("CZ", "425/1000,0/4000", "425/330,0/330", "425/165,0/165"),
    ("DE", "425/1000,0/4000", "425/480,0/480", "425/240,0/240"),
    ("DK", "425/1000,0/4000", "425/500,0/500", "425/200,0/200"),
    ("ES", "425/1500,0/3000", "425/200,0/200", "425/200,0/200,425/200,0/200,425/200,0/600"),
    ("FI", "425/1000,0/4000", "425/300,0/300", "425/200,0/200"),
    ("FR", "440/1500,0/3500", "440/500,0/500", "440/250,0/250"),
    ("GB", "400+450/400,0/200,400+450/400,0/2000", "400/375,0/375", "400/400,0/350,400/225,0/525"),
    ("GR", "425/1000,0/4000", "425/300,0/300", "425/200,0/200"),
    ("HK", "440+480/400,0/200,440+480/400,0/3000", "480+620/500,0/500", "480+620/250,0/250"),
    ("HU", "425/1250,0/3750", "425/300,0/300", "425/300,0/300"),
    ("IE", "400+450/400,0/200,400+450/400,0/2000", "425/500,0/500", "425/250,0/250"),
    ("IN", "375+425/400,0/200,375+425/400,0/2000", "400/750,0/750", "400/250,0/250"),
    ("IT", "425/1000,0/4000", "425/500,0/500", "425/200,0/200"),
    ("JP", "384+416/1000,0/2000", "400/500,0/500", "400/500,0/500"),
    ("KR", "440+480/1000,0/2000", "480+620/500,0/500", "480+620/300,0/200"),
    ("MX", "425/1000,0/4000", "425/250,0/250", "425/250,0/250"),
    ("NL", "425/1000,0/4000", "425/500,0/500", "425/250,0/250"),
    ("NO", "425/1000,0/4000", "425/500,0/500", "425/200,0/200"),
    ("NZ", "400+450/400,0/200,400+450/400,0/2000", "400/500,0/500", "400/250,0/250"),
    ("PL", "425/1000,0/4000", "425/500,0/500", "425/500,0/500"),
    ("PT", "425/1000,0/5000", "425/500,0/500", "425/200,0/200"),
    ("RU", "425/800,0/3200", "425/350,0/350", "425/175,0/175"),
    ("SE", "425/1000,0/5000", "425/250,0/250", "425/250,0/750"),
    ("SG", "401+449/400,0/200,401+449/400,0/2000", "425/750,0/750", "425/250,0/250"),
    ("TR", "450/2000,0/4000", "450/500,0/500", "450/200,0/200,450/200,0/200,450/200,0/200,450/600,0/200"),
    ("US", "440+480/2000,0/4000", "480+620/500,0/500", "480+620/250,0/250"),
    ("ZA", "367+433/400,0/200,367+433/400,0/2000", "400/500,0/500", "400/250,0/250"),
    ("XX", "425/1000,0/4000", "425/500,0/500", "425/250,0/250"),
];

/// Country and the frequencies of its steady dial tone.
const DIAL: &[(&str, &str)] =
    &[("DE", "425"), ("FR", "440"), ("GB", "350+440"), ("JP", "400"), ("US", "350+440"), ("XX", "425")];

#[test]
fn tones_are_those_that_each_country_plays() {
    for (country, ring_back, busy, congestion) in TABLE {
        let kinds = [(ToneKind::RingBack, ring_back), (ToneKind::Busy, busy), (ToneKind::Congestion, congestion)];
        for (kind, expected) in kinds {
            check(country, kind, expected);
        }
    }
    check("XX", ToneKind::SpecialInformation, "950/330,1400/330,1800/330,0/1000");
    check("XX", ToneKind::Beep, "1000/300,0/20");
    for (country, hz) in DIAL {
        let pcm = pcm(country, ToneKind::Dial);
        assert_eq!(pcm.len(), TONE_RATE as usize, "{country}: steady");
        assert!(sounds_only(&pcm, hz), "{country}: {hz} Hz");
    }
}

/// Each beat has its frequencies and no other, and the silences are silent; whole frames hold whole turns.
fn check(country: &str, kind: ToneKind, expected: &str) {
    let pcm = pcm(country, kind);
    assert!(pcm.len().is_multiple_of(TONE_RATE as usize / 50), "{country} {kind:?}: whole frames");
    let mut rest = pcm.as_slice();
    while !rest.is_empty() {
        for beat in expected.split(',') {
            let (hz, ms) = beat.split_once('/').unwrap();
            let (sound, after) = rest.split_at(TONE_RATE as usize / 1_000 * ms.parse::<usize>().unwrap());
            rest = after;
            match hz {
                "0" => assert!(sound.iter().all(|sample| *sample == 0), "{country} {kind:?}: {beat} is silence"),
                hz => assert!(sounds_only(&sound[64..sound.len() - 64], hz), "{country} {kind:?}: {beat}"),
            }
        }
    }
}

/// Whether these frequencies are the sound, each with an even part of its power.
fn sounds_only(pcm: &[i16], hz: &str) -> bool {
    let power = pcm.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / pcm.len() as f64;
    let hz: Vec<f64> = hz.split('+').map(|hz| hz.parse().unwrap()).collect();
    let parts: Vec<f64> = hz.iter().map(|hz| amplitude(pcm, *hz).powi(2) / 2.0).collect();
    let even = power / hz.len() as f64;
    // Short beats do not hold whole periods, nor are two close frequencies told apart well in them.
    parts.iter().all(|part| (part / even - 1.0).abs() < 0.25) && power > 1_000_000.0
}

fn amplitude(pcm: &[i16], hz: f64) -> f64 {
    let n = pcm.len() as f64;
    let (mut re, mut im) = (0.0, 0.0);
    for (i, &sample) in pcm.iter().enumerate() {
        let phase = std::f64::consts::TAU * hz * i as f64 / f64::from(TONE_RATE);
        re += f64::from(sample) * phase.cos() * 2.0 / n;
        im += f64::from(sample) * phase.sin() * 2.0 / n;
    }
    (re * re + im * im).sqrt()
}

fn pcm(country: &str, kind: ToneKind) -> Vec<i16> {
    let [first, second] = country.as_bytes() else { panic!("{country}") };
    Tone { kind, country: [*first, *second] }.pcm()
}
