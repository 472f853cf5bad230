//! What each country's network plays. ITU-T E.180 supplement 2.

use super::{Beat, STEADY_MS};

/// What one country plays. A single beat is continuous.
pub(super) struct Tones {
    pub(super) dial: &'static [Beat],
    pub(super) ring_back: &'static [Beat],
    pub(super) busy: &'static [Beat],
    pub(super) congestion: &'static [Beat],
}

const STEADY_400: &[Beat] = &[(&[400], STEADY_MS)];
const HALVES_400: &[Beat] = &[(&[400], 500), (&[], 500)];
const QUARTERS_400: &[Beat] = &[(&[400], 250), (&[], 250)];
const BUSY_300: &[Beat] = &[(&[425], 300), (&[], 300)];
const STEADY_425: &[Beat] = &[(&[425], STEADY_MS)];
const HALVES_425: &[Beat] = &[(&[425], 500), (&[], 500)];
const QUARTERS_425: &[Beat] = &[(&[425], 250), (&[], 250)];
const FIFTHS_425: &[Beat] = &[(&[425], 200), (&[], 200)];
const RING_1_3: &[Beat] = &[(&[425], 1_000), (&[], 3_000)];
const RING_1_4: &[Beat] = &[(&[425], 1_000), (&[], 4_000)];
const RING_1_5: &[Beat] = &[(&[425], 1_000), (&[], 5_000)];
const RING_TWICE_400_450: &[Beat] = &[(&[400, 450], 400), (&[], 200), (&[400, 450], 400), (&[], 2_000)];

/// What most of the world plays, and what E.180 recommends.
const ITU: Tones = Tones { dial: STEADY_425, ring_back: RING_1_4, busy: HALVES_425, congestion: QUARTERS_425 };

const NORTH_AMERICA: Tones = Tones {
    dial: &[(&[350, 440], STEADY_MS)],
    ring_back: &[(&[440, 480], 2_000), (&[], 4_000)],
    busy: &[(&[480, 620], 500), (&[], 500)],
    congestion: &[(&[480, 620], 250), (&[], 250)],
};

/// Countries, and what they play. A modulated tone (425 Hz by 25 Hz) is written as the two frequencies that it consists
/// of.
const COUNTRIES: &[(&[&[u8; 2]], Tones)] = &[
    (&[b"US", b"CA", b"PR"], NORTH_AMERICA),
    (
        &[b"AR"],
        Tones {
            ring_back: &[(&[425], 1_000), (&[], 4_500)],
            busy: &[(&[425], 300), (&[], 200)],
            congestion: &[(&[425], 200), (&[], 300)],
            ..ITU
        },
    ),
    (
        &[b"AT"],
        Tones {
            dial: &[(&[420], STEADY_MS)],
            ring_back: &[(&[420], 1_000), (&[], 5_000)],
            busy: &[(&[420], 400), (&[], 400)],
            congestion: &[(&[420], 200), (&[], 200)],
        },
    ),
    (
        &[b"AU"],
        Tones {
            dial: &[(&[400, 450], STEADY_MS)],
            ring_back: RING_TWICE_400_450,
            busy: &[(&[425], 375), (&[], 375)],
            congestion: &[(&[425], 375), (&[], 375)],
        },
    ),
    (&[b"BE"], Tones { ring_back: RING_1_3, congestion: &[(&[425], 167), (&[], 167)], ..ITU }),
    (
        &[b"BR"],
        Tones { busy: QUARTERS_425, congestion: &[(&[425], 250), (&[], 250), (&[425], 750), (&[], 250)], ..ITU },
    ),
    (&[b"CH", b"DK", b"NO"], Tones { congestion: FIFTHS_425, ..ITU }),
    (
        &[b"CL"],
        Tones {
            dial: STEADY_400,
            ring_back: &[(&[400], 1_000), (&[], 3_000)],
            busy: HALVES_400,
            congestion: &[(&[400], 200), (&[], 200)],
        },
    ),
    (
        &[b"CN"],
        Tones {
            dial: &[(&[450], STEADY_MS)],
            ring_back: &[(&[450], 1_000), (&[], 4_000)],
            busy: &[(&[450], 350), (&[], 350)],
            congestion: &[(&[450], 700), (&[], 700)],
        },
    ),
    (
        &[b"CZ", b"SK"],
        Tones {
            dial: &[(&[425], 330), (&[], 330), (&[425], 660), (&[], 660)],
            busy: &[(&[425], 330), (&[], 330)],
            congestion: &[(&[425], 165), (&[], 165)],
            ..ITU
        },
    ),
    (&[b"DE"], Tones { busy: &[(&[425], 480), (&[], 480)], congestion: &[(&[425], 240), (&[], 240)], ..ITU }),
    (
        &[b"ES"],
        Tones {
            ring_back: &[(&[425], 1_500), (&[], 3_000)],
            busy: FIFTHS_425,
            congestion: &[(&[425], 200), (&[], 200), (&[425], 200), (&[], 200), (&[425], 200), (&[], 600)],
            ..ITU
        },
    ),
    (&[b"EE", b"FI"], Tones { busy: BUSY_300, congestion: FIFTHS_425, ..ITU }),
    (
        &[b"FR"],
        Tones {
            dial: &[(&[440], STEADY_MS)],
            ring_back: &[(&[440], 1_500), (&[], 3_500)],
            busy: &[(&[440], 500), (&[], 500)],
            congestion: &[(&[440], 250), (&[], 250)],
        },
    ),
    (
        &[b"GB"],
        Tones {
            dial: &[(&[350, 440], STEADY_MS)],
            ring_back: RING_TWICE_400_450,
            busy: &[(&[400], 375), (&[], 375)],
            congestion: &[(&[400], 400), (&[], 350), (&[400], 225), (&[], 525)],
        },
    ),
    (
        &[b"GR"],
        Tones {
            dial: &[(&[425], 200), (&[], 300), (&[425], 700), (&[], 800)],
            busy: BUSY_300,
            congestion: FIFTHS_425,
            ..ITU
        },
    ),
    (
        &[b"HK"],
        Tones { ring_back: &[(&[440, 480], 400), (&[], 200), (&[440, 480], 400), (&[], 3_000)], ..NORTH_AMERICA },
    ),
    (&[b"HU"], Tones { ring_back: &[(&[425], 1_250), (&[], 3_750)], busy: BUSY_300, congestion: BUSY_300, ..ITU }),
    (&[b"IE"], Tones { ring_back: RING_TWICE_400_450, ..ITU }),
    (
        &[b"IL"],
        Tones {
            dial: STEADY_400,
            ring_back: &[(&[400], 1_000), (&[], 3_000)],
            busy: HALVES_400,
            congestion: QUARTERS_400,
        },
    ),
    (
        &[b"IN"],
        Tones {
            dial: &[(&[375, 425], STEADY_MS)],
            ring_back: &[(&[375, 425], 400), (&[], 200), (&[375, 425], 400), (&[], 2_000)],
            busy: &[(&[400], 750), (&[], 750)],
            congestion: QUARTERS_400,
        },
    ),
    (
        &[b"IT"],
        Tones { dial: &[(&[425], 200), (&[], 200), (&[425], 600), (&[], 1_000)], congestion: FIFTHS_425, ..ITU },
    ),
    (
        &[b"JP"],
        Tones {
            dial: STEADY_400,
            ring_back: &[(&[384, 416], 1_000), (&[], 2_000)],
            busy: HALVES_400,
            congestion: HALVES_400,
        },
    ),
    (
        &[b"KR"],
        Tones {
            ring_back: &[(&[440, 480], 1_000), (&[], 2_000)],
            congestion: &[(&[480, 620], 300), (&[], 200)],
            ..NORTH_AMERICA
        },
    ),
    (&[b"LT"], Tones { busy: &[(&[425], 350), (&[], 350)], congestion: FIFTHS_425, ..ITU }),
    (&[b"MX"], Tones { busy: QUARTERS_425, ..ITU }),
    (
        &[b"MY"],
        Tones { ring_back: &[(&[425], 400), (&[], 200), (&[425], 400), (&[], 2_000)], congestion: HALVES_425, ..ITU },
    ),
    (&[b"NZ"], Tones { dial: STEADY_400, ring_back: RING_TWICE_400_450, busy: HALVES_400, congestion: QUARTERS_400 }),
    (&[b"PH"], Tones { dial: STEADY_425, ring_back: &[(&[425, 480], 1_000), (&[], 4_000)], ..NORTH_AMERICA }),
    (&[b"PL"], Tones { congestion: HALVES_425, ..ITU }),
    (&[b"PT"], Tones { ring_back: RING_1_5, congestion: FIFTHS_425, ..ITU }),
    (
        &[b"RU"],
        Tones {
            ring_back: &[(&[425], 800), (&[], 3_200)],
            busy: &[(&[425], 350), (&[], 350)],
            congestion: &[(&[425], 175), (&[], 175)],
            ..ITU
        },
    ),
    (&[b"SE"], Tones { ring_back: RING_1_5, busy: QUARTERS_425, congestion: &[(&[425], 250), (&[], 750)], ..ITU }),
    (
        &[b"SG"],
        Tones {
            ring_back: &[(&[401, 449], 400), (&[], 200), (&[401, 449], 400), (&[], 2_000)],
            busy: &[(&[425], 750), (&[], 750)],
            ..ITU
        },
    ),
    (
        &[b"TR"],
        Tones {
            dial: &[(&[450], STEADY_MS)],
            ring_back: &[(&[450], 2_000), (&[], 4_000)],
            busy: &[(&[450], 500), (&[], 500)],
            congestion: &[
                (&[450], 200),
                (&[], 200),
                (&[450], 200),
                (&[], 200),
                (&[450], 200),
                (&[], 200),
                (&[450], 600),
                (&[], 200),
            ],
        },
    ),
    (&[b"TW"], Tones { ring_back: &[(&[440, 480], 1_000), (&[], 2_000)], ..NORTH_AMERICA }),
    (
        &[b"ZA"],
        Tones {
            dial: &[(&[367, 433], STEADY_MS)],
            ring_back: &[(&[367, 433], 400), (&[], 200), (&[367, 433], 400), (&[], 2_000)],
            busy: HALVES_400,
            congestion: QUARTERS_400,
        },
    ),
];

/// What a country plays; those without a row, NL, BG and UA among them, play what the ITU recommends.
pub(super) fn tones_of(country: [u8; 2]) -> &'static Tones {
    COUNTRIES.iter().find(|(countries, _)| countries.contains(&&country)).map_or(&ITU, |(_, tones)| tones)
}
