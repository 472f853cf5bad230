//! Prices by the longest prefix, and decks as files.
#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::Timestamp;
use phone::amount::NotMoney;
use phone::id::RateDeckId;
use phone::money::deck::difference::{Difference, between};
use phone::money::deck::import::{FileFault, read, write};
use phone::money::deck::{Direction, Kind, Rate, RateDeck, RateTable, Window};
use phone::money::tariff::{Increments, Price};
use phone::money::{Currency, Micros};
use phone::numbers::E164;
use proptest::prelude::*;
use uuid::Uuid;

#[test]
fn amounts_are_read_and_shown_to_the_millionth() {
    for (text, micros, shown) in [
        ("25", 25_000_000, "25.00"),
        ("25.00", 25_000_000, "25.00"),
        ("0.0125", 12_500, "0.0125"),
        ("-0.000001", -1, "-0.000001"),
        ("0", 0, "0.00"),
        ("1000000000", 1_000_000_000_000_000, "1000000000.00"),
    ] {
        assert_eq!(Micros::parse(text), Ok(Micros(micros)), "{text}");
        assert_eq!(Micros(micros).to_string(), shown);
    }
    for text in ["", "-", ".5", "1.", "1.0000001", "1e3", "1,5", "+1", " 1", "٣", "0x1"] {
        assert_eq!(Micros::parse(text), Err(NotMoney::NotAnAmount), "{text}");
    }
    for text in ["1000000000.000001", "99999999999999999999", "-1000000001"] {
        assert_eq!(Micros::parse(text), Err(NotMoney::TooLarge), "{text}");
    }
    assert_eq!(Currency::parse("EUR").unwrap().as_str(), "EUR");
    for text in ["", "eur", "EURO", "E1R"] {
        assert_eq!(Currency::parse(text), Err(NotMoney::NotACurrency));
    }
}

#[test]
fn steps_that_have_begun_are_counted_whole() {
    for (first, next, secs, counted) in [
        (60, 60, 0, 0),
        (60, 60, 1, 60),
        (60, 60, 60, 60),
        (60, 60, 61, 120),
        (60, 6, 61, 66),
        (30, 6, 12, 30),
        (30, 6, 36, 36),
        (1, 1, 61, 61),
    ] {
        let increments = Increments { first_secs: first, next_secs: next };
        assert_eq!(increments.billed_secs(secs), counted, "{first}/{next} of {secs}");
    }
    let price = Price { per_minute: Micros(13_000), connection_fee: Micros(50_000), minimum: Micros(70_000) };
    assert_eq!(price.total(0), Micros::ZERO);
    assert_eq!(price.total(60), Micros(70_000));
    assert_eq!(price.total(120), Micros(76_000));
    // A third of a micro-unit is rounded away, two thirds up.
    let cheap = |per_minute| Price { per_minute: Micros(per_minute), ..Price::default() };
    assert_eq!(cheap(20).total(1), Micros::ZERO);
    assert_eq!(cheap(40).total(1), Micros(1));
    assert_eq!(cheap(i64::MAX).total(u32::MAX), Micros(i64::MAX));
}

#[test]
fn the_longest_prefix_prices_a_number() {
    let table = table(
        "prefix,destination,price\n1,North America,0.02\n1425,Seattle,0.01\n14255550,Office,0.005\n44,UK,0.03\n4477,UK mobile,0.1\n",
    );
    for (number, destination) in [
        ("+14255550100", Some("Office")),
        ("+14255560100", Some("Seattle")),
        ("+12125550100", Some("North America")),
        ("+447712345678", Some("UK mobile")),
        ("+441212345678", Some("UK")),
        ("+1425", Some("Seattle")),
        ("+142", Some("North America")),
        ("+44", Some("UK")),
        ("+4", None),
        ("+4930123456", None),
        ("+999999999999999", None),
    ] {
        let found = table.find(number_of(number), at("2026-11-02T12:00:00Z"));
        assert_eq!(found.map(|rate| rate.destination.as_str()), destination, "{number}");
    }
}

#[test]
fn times_of_day_have_prices_of_their_own_and_the_rest_the_other() {
    let table =
        table("prefix;price;days;from_time;to_time\n49;0,05;;;\n49;0,02;mon-thu;22:00;06:00\n49;0,01;sat+sun;;\n");
    // The table is in New York: five hours behind in winter.
    for (time, price) in [
        ("2026-11-04T17:00:00Z", "0.05"),
        // Wednesday 22:30, and Thursday 05:59.
        ("2026-11-05T03:30:00Z", "0.02"),
        ("2026-11-05T10:59:00Z", "0.02"),
        ("2026-11-05T11:00:00Z", "0.05"),
        // Saturday.
        ("2026-11-07T20:00:00Z", "0.01"),
        // Sunday 23:00 is a weekend still.
        ("2026-11-09T04:00:00Z", "0.01"),
        // Monday 05:00: no window of Sunday reaches here.
        ("2026-11-09T10:00:00Z", "0.05"),
    ] {
        let found = table.find(number_of("+4930123456"), at(time)).unwrap();
        assert_eq!(found.price.per_minute.to_string(), price, "{time}");
    }
}

#[test]
fn files_are_read_as_carriers_and_spreadsheets_write_them() {
    let expected = read(b"prefix,destination,price\n49,Germany,0.0125\n", Currency::USD).unwrap().rates;
    for text in [
        "prefix,destination,price\r\n49,Germany,0.0125\r\n",
        "\u{feff}prefix,destination,price\n49,Germany,0.0125",
        "prefix;destination;price\n49;Germany;0,0125\n",
        "prefix\tdestination\tprice\n49\tGermany\t0.0125\n",
        "\"prefix\",\"destination\",\"price\"\n\"49\",\"Germany\",\"0.0125\"\n",
        "Prefix,Destination,Price\n+49,Germany,0.012500\n",
        "price,prefix,destination\n0.0125,49,Germany\n",
        "Dial Code,Description,Rate\n49,Germany,0.0125\n",
        "prefix,destination,price,currency\n49,Germany,0.0125,usd\n",
        " prefix , destination , price \n\n 49 , Germany , 0.0125 \n,,\n",
    ] {
        let sheet = read(text.as_bytes(), Currency::USD).unwrap();
        assert_eq!((sheet.rates, sheet.n_faults), (expected.clone(), 0), "{text:?}");
    }
}

#[test]
fn a_deck_is_taken_whole_or_not_at_all() {
    let columns = "prefix,price,currency,kind,increments,country,blocked,days,from_time\n";
    for (row, code) in [
        ("abc,0.01,,,,,,,", "rate.prefix_malformed"),
        ("1234567890123456,0.01,,,,,,,", "rate.prefix_malformed"),
        (",0.01,,,,,,,", "csv.cell_missing"),
        ("49,,,,,,,,", "csv.cell_missing"),
        ("49,-0.01,,,,,,,", "rate.amount_negative"),
        ("49,0.0000001,,,,,,,", "rate.amount_malformed"),
        ("49,9999999999,,,,,,,", "rate.amount_malformed"),
        ("49,0.01,EUR,,,,,,", "rate.wrong_currency"),
        ("49,0.01,,landline,,,,,", "rate.kind_unknown"),
        ("49,0.01,,,0/60,,,,", "rate.increments_malformed"),
        ("49,0.01,,,,GERMANY,,,", "rate.country_malformed"),
        ("49,0.01,,,,,perhaps,,", "rate.blocked_malformed"),
        ("49,0.01,,,,,,someday,", "rate.days_malformed"),
        ("49,0.01,,,,,,,25:00", "rate.time_malformed"),
        ("49,0.01,,,,,,,,more", "csv.cell_count"),
        ("1,0.02,,,,,,,", "rate.prefix_twice"),
    ] {
        let sheet = read(format!("{columns}1,0.01,,,,,,,\n{row}\n").as_bytes(), Currency::USD).unwrap();
        assert_eq!(sheet.n_faults, 1, "{row}");
        assert_eq!((sheet.faults[0].line, sheet.faults[0].fault.code.as_str()), (3, code), "{row}");
        assert!(!sheet.faults[0].fault.fix.is_empty());
    }
    for (text, fault) in [
        ("", FileFault::Empty),
        ("prefix,price\n", FileFault::NoRates),
        ("prefix\n49\n", FileFault::MissingColumn { name: "price" }),
        ("prefix,price,price\n49,1,1\n", FileFault::ColumnTwice { name: "price" }),
    ] {
        assert_eq!(read(text.as_bytes(), Currency::USD), Err(fault), "{text:?}");
    }
    assert_eq!(read(b"prefix,price\n\xff,1\n", Currency::USD), Err(FileFault::NotUtf8));
    assert!(matches!(read(b"prefix,prize\n", Currency::USD), Err(FileFault::UnknownColumn { .. })));
}

#[test]
fn windows_that_overlap_are_refused_and_gaps_are_told() {
    let read =
        |rows: &str| read(format!("prefix,price,days,from_time,to_time\n{rows}").as_bytes(), Currency::USD).unwrap();
    let apart = read("49,1,mon-fri,08:00,18:00\n49,2,mon-fri,18:00,08:00\n49,3,,,\n");
    assert_eq!((apart.n_faults, apart.warnings.len()), (0, 0));
    // The night of Sunday goes into Monday.
    let overlapping = read("49,1,mon,05:00,07:00\n49,2,sun,22:00,06:00\n49,3,,,\n");
    assert_eq!(overlapping.faults[0].fault.code, "rate.prefix_twice");
    let gap = read("4,1,,,\n49,1,mon,05:00,07:00\n");
    assert_eq!((gap.n_faults, gap.warnings[0].fault.code.as_str()), (0, "rate.times_not_covered"));
}

#[test]
fn two_versions_tell_their_difference() {
    let before = table("prefix,price\n1,0.01\n44,0.02\n49,0.03\n");
    let after = table("prefix,price\n1,0.01\n33,0.05\n49,0.04\n");
    let told: Vec<_> = between(before.rates(), after.rates())
        .into_iter()
        .map(|difference| match difference {
            Difference::Added(rate) => format!("+{}", rate.prefix),
            Difference::Changed { before, after } => {
                format!("{} {} to {}", before.prefix, before.price.per_minute, after.price.per_minute)
            }
            Difference::Removed(rate) => format!("-{}", rate.prefix),
        })
        .collect();
    assert_eq!(told, ["+33", "-44", "49 0.03 to 0.04"]);
    assert!(between(before.rates(), before.rates()).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_table_finds_what_a_walk_over_all_prefixes_finds(
        prefixes in proptest::collection::btree_set("[1-4]{1,6}", 0..40),
        numbers in proptest::collection::vec("[1-4]{1,9}", 1..40),
    ) {
        let rates: Vec<Rate> = prefixes.iter().map(|prefix| rate(prefix)).collect();
        let table = RateTable::new(deck(), rates);
        for number in &numbers {
            let walked = prefixes.iter().filter(|prefix| number.starts_with(prefix.as_str())).max_by_key(|it| it.len());
            let found = table.find(E164::from_digits(number).unwrap(), at("2026-11-02T12:00:00Z"));
            prop_assert_eq!(found.map(|rate| &rate.prefix), walked);
        }
    }

    #[test]
    fn what_is_written_is_read_again(
        prices in proptest::collection::vec((0_i64..2_000_000, 0_i64..50_000, 1_u32..60, 1_u32..60, any::<bool>()), 1..20),
    ) {
        let rates: Vec<Rate> = prices.iter().enumerate().map(|(index, (per_minute, fee, first, next, has_more))| Rate {
            prefix: (100 + index).to_string(),
            destination: format!("Place, \"{index}\""),
            country: has_more.then(|| "DE".to_owned()),
            kind: Kind::ALL[index % Kind::ALL.len()],
            increments: Increments { first_secs: *first, next_secs: *next },
            price: Price { per_minute: Micros(*per_minute), connection_fee: Micros(*fee), minimum: Micros(*fee) },
            cost: has_more.then(|| Price { per_minute: Micros(per_minute / 2), ..Price::default() }),
            reseller: has_more.then(|| Price { connection_fee: Micros(*fee), ..Price::default() }),
            blocked: *has_more,
            window: has_more.then_some(Window { days: 0b110_0001, from_minute: 1320, to_minute: 360 }),
        }).collect();
        let again = read(&write(&rates), Currency::USD).unwrap();
        prop_assert_eq!(again.n_faults, 0);
        prop_assert_eq!(again.rates, rates);
    }

    #[test]
    fn no_file_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), header in any::<bool>()) {
        let mut file = if header { b"prefix,price,days,from_time,to_time\n".to_vec() } else { Vec::new() };
        file.extend(bytes);
        if let Ok(sheet) = read(&file, Currency::USD) {
            prop_assert!(sheet.rates.len() <= file.len());
        }
    }
}

fn table(text: &str) -> RateTable {
    let sheet = read(text.as_bytes(), Currency::USD).unwrap();
    assert_eq!(sheet.n_faults, 0, "{:?}", sheet.faults);
    RateTable::new(deck(), sheet.rates)
}

fn deck() -> RateDeck {
    RateDeck {
        id: RateDeckId(Uuid::from_u128(1)),
        name: "standard".to_owned(),
        version: 1,
        direction: Direction::Outbound,
        currency: Currency::USD,
        valid_from: Timestamp::UNIX_EPOCH,
        valid_to: None,
        time_zone: "America/New_York".to_owned(),
        n_rates: 0,
    }
}

fn rate(prefix: &str) -> Rate {
    Rate {
        prefix: prefix.to_owned(),
        destination: prefix.to_owned(),
        country: None,
        kind: Kind::Fixed,
        increments: Increments::MINUTES,
        price: Price::default(),
        reseller: None,
        cost: None,
        blocked: false,
        window: None,
    }
}

fn number_of(text: &str) -> E164 {
    E164::parse(text).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}
