//! What holds in countries: the files of the program, what is wrong with one, and what follows from it.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use phone::numbers::country_profile::{LocationRequired, built_in_countries, built_in_file};
use phone::numbers::number::NumberSource;
use phone::numbers::port::PortKind;
use phone::numbers::port::document::DocumentKind;
use phone::numbers::{CountryProfile, CountryProfiles, E164, Number, NumberKind};
use phone::rule::Broken as _;

const LEAST: &str = "country = \"DE\"\nname = \"Germany\"\nemergency_numbers = [\"112\"]\n";

#[test]
fn every_file_of_the_program_is_read_and_is_about_its_country() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/countries");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .map(|name| name.strip_suffix(".toml").unwrap().to_uppercase())
        .collect();
    let known: BTreeSet<String> = built_in_countries().map(str::to_owned).collect();
    assert_eq!(known, files, "a file that can't be read or that is not in the list is not there");
    for code in &known {
        let profile = CountryProfile::read(built_in_file(code).unwrap()).unwrap();
        assert_eq!(profile.country, *code);
        assert_eq!(*CountryProfile::built_in(code), profile);
    }
    let states = CountryProfile::built_in("US");
    assert_eq!(states.emergency_numbers, ["911", "112", "933"]);
    assert!(states.port.documents.is_empty(), "the letter is signed here");
    assert_eq!(CountryProfile::built_in("DE").emergency_numbers, ["112", "110"]);
}

#[test]
fn a_country_of_which_nobody_said_anything_has_what_mobile_networks_know() {
    let unlisted = CountryProfile::built_in("FO");
    assert_eq!(unlisted.emergency_numbers, ["112", "911"]);
    assert_eq!(unlisted.port.documents, [DocumentKind::Bill, DocumentKind::LetterOfAuthorization]);
    assert_eq!(built_in_file("FO"), None);
    let least = CountryProfile::read(LEAST).unwrap();
    let as_unlisted = CountryProfile {
        country: "DE".to_owned(),
        name: "Germany".to_owned(),
        emergency_numbers: vec!["112".to_owned()],
        ..CountryProfile::unlisted("DE")
    };
    assert_eq!(least, as_unlisted, "what is not said is as where nobody said anything");
}

#[test]
fn what_was_loaded_takes_the_place_of_what_the_program_says() {
    let file = LEAST.replace("\"112\"", "\"112\", \"115\"")
        + "number_kinds = [\"user\"]\nport_kinds = [\"geographic\"]\nport_documents = []\nport_lead_days = 14\n\
           location_required = \"at_assignment\"\nsources = [\"the regulator's list\"]\n";
    let profiles = CountryProfiles::with([CountryProfile::read(&file).unwrap()]);
    let germany = profiles.of("DE");
    assert!(germany.is_emergency("115") && !germany.is_emergency("110"));
    assert_eq!(germany.number_kinds, [NumberKind::User].into());
    assert_eq!((&germany.port.kinds, germany.port.lead_days), (&[PortKind::Geographic].into(), 14));
    assert_eq!(germany.location_required, LocationRequired::AtAssignment);
    assert_eq!(profiles.of("AT"), CountryProfile::built_in("AT"));
    assert_eq!(profiles.all().len(), built_in_countries().count(), "it is no country more");
}

#[test]
fn each_fault_has_its_line_its_code_and_what_to_do() {
    let table: &[(&str, &str, &[(Option<usize>, &str)])] = &[
        ("is no TOML", "country = \"DE\nname = 1", &[(Some(1), "country_profile.unreadable")]),
        ("has a setting that is not known", "colour = \"red\"\n", &[(Some(4), "country_profile.unreadable")]),
        ("has a setting of another type", "port_lead_days = \"soon\"\n", &[(Some(4), "country_profile.unreadable")]),
        ("names a kind that is none", "number_kinds = [\"fax\"]\n", &[(Some(4), "country_profile.word_unknown")]),
        ("names a kind twice", "port_kinds = [\"mobile\", \"mobile\"]\n", &[(Some(4), "country_profile.word_twice")]),
        (
            "has a pattern that nobody is told in words",
            "\npostal_code_pattern = '[0-9]{5}'\n",
            &[(Some(5), "country_profile.form_missing")],
        ),
        (
            "has words without a pattern",
            "postal_code_form = \"five digits\"\n",
            &[(Some(4), "country_profile.pattern_missing")],
        ),
        (
            "has a pattern that is none",
            "postal_code_form = \"five digits\"\npostal_code_pattern = '('\n",
            &[(Some(5), "country_profile.pattern_malformed")],
        ),
        (
            "has several faults, told in the order of lines",
            "port_lead_days = 1000\nlocation_required = \"always\"\n",
            &[(Some(4), "country_profile.days_out_of_range"), (Some(5), "country_profile.word_unknown")],
        ),
    ];
    for (what, more, expected) in table {
        let file = if what.contains("no TOML") { (*more).to_owned() } else { format!("{LEAST}{more}") };
        let faults = CountryProfile::read(&file).unwrap_err();
        let found: Vec<_> = faults.iter().map(|fault| (fault.line, fault.code)).collect();
        assert_eq!(found, *expected, "a file that {what}: {faults:?}");
        assert!(faults.iter().all(|fault| !fault.fix.is_empty() && !fault.message.is_empty()), "{faults:?}");
    }
    let missing = CountryProfile::read("country = \"DE\"\nname = \"Germany\"\n").unwrap_err();
    assert_eq!((missing[0].line, missing[0].code), (None, "country_profile.unreadable"));
    assert!(missing[0].message.contains("emergency_numbers"), "{missing:?}");
    let table =
        [("[]", "emergency.count"), ("[\"1\"]", "emergency.malformed"), ("[\"112\", \"112\"]", "emergency.twice")];
    for (numbers, code) in table {
        let faults = CountryProfile::read(&LEAST.replace("[\"112\"]", numbers)).unwrap_err();
        assert_eq!((faults[0].line, faults[0].field, faults[0].code), (Some(3), Some("emergency_numbers"), code));
    }
    let nowhere = CountryProfile::read(&LEAST.replace("\"DE\"", "\"XX\"")).unwrap_err();
    assert_eq!((nowhere[0].line, nowhere[0].code), (Some(1), "country.unknown"));
    assert_eq!(
        nowhere[0].words("de.toml"),
        "de.toml:1: country: XX is no country (country.unknown); write a code of ISO 3166, such as DE"
    );
    let large = format!("{LEAST}#{}\n", "x".repeat(70_000));
    assert_eq!(CountryProfile::read(&large).unwrap_err()[0].code, "country_profile.too_large");
}

#[test]
fn a_number_of_a_calling_plan_is_given_at_an_address_where_the_country_wants_one() {
    let number = |source| Number { source, ..Number::new(E164::parse("+493012345678").unwrap(), NumberKind::User) };
    let plan = number(NumberSource::CallingPlan);
    let refusal = plan.check_located(LocationRequired::AtAssignment, "DE").unwrap_err();
    assert_eq!(refusal.code(), "number.location_required");
    assert!(refusal.fix().contains("+493012345678"), "{}", refusal.fix());
    assert_eq!(plan.check_located(LocationRequired::Never, "DE"), Ok(()));
    assert_eq!(number(NumberSource::DirectRouting).check_located(LocationRequired::AtAssignment, "DE"), Ok(()));
}
