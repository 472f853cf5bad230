//! Numbers that are signed: what a token says, whom it is for, and what a trunk's setting makes of it.

use jiff::Timestamp;
use phone::id::{CallingProfileId, OperatorId};
use phone::numbers::E164;
use phone::numbers::number::NumberSource;
use phone::numbers::operator::OfOperator;
use phone::numbers::stir::authority::{Entry, covers};
use phone::numbers::stir::passport::{Claims, Passport, identity};
use phone::numbers::stir::{Attestation, Checked, Flaw, Signer, Treatment, Verstat, Whose};
use phone::numbers::trunk::settings::StirShakenAction;
use proptest::prelude::*;
use uuid::Uuid;

/// The example of RFC 8588 §5 and appendix: header and claims, as they are encoded there.
const HEADER: &str = "eyJhbGciOiJFUzI1NiIsInBwdCI6InNoYWtlbiIsInR5cCI6InBhc3Nwb3J0IiwieDV1IjoiaHR0cHM6Ly9jZXJ0LmV4YW1wbGUub3JnL3Bhc3Nwb3J0LmNlciJ9";
const WHERE: &str = "https://cert.example.org/passport.cer";

fn claims() -> Claims {
    Claims {
        attestation: Attestation::Full,
        caller: E164::parse("+12155551212").unwrap(),
        called: "12155551213".to_owned(),
        at: Timestamp::from_second(1_443_208_345).unwrap(),
        origid: Uuid::parse_str("123e4567-e89b-12d3-a456-426655440000").unwrap(),
    }
}

#[test]
fn what_is_signed_is_written_as_the_standard_writes_it() {
    let input = claims().signing_input(WHERE);
    let (header, _) = input.split_once('.').unwrap();
    assert_eq!(header, HEADER);
    let value = identity(&input, &[7; 64], WHERE);
    let (token, params) = value.split_once(';').unwrap();
    assert_eq!(params, format!("info=<{WHERE}>;alg=ES256;ppt=\"shaken\""));
    let read = Passport::read(token, WHERE).unwrap();
    assert_eq!(read.signing_input, input);
    assert_eq!(read.signature, [7; 64]);
    assert_eq!(
        (read.attestation, &*read.caller, &*read.called),
        (Attestation::Full, "12155551212", &["12155551213".to_owned()][..])
    );
    assert_eq!(read.origid, Some(claims().origid));
    // RFC 8588 §4: these claims, in this order.
    let expected = r#"{"attest":"A","dest":{"tn":["12155551213"]},"iat":1443208345,"orig":{"tn":"12155551212"},"origid":"123e4567-e89b-12d3-a456-426655440000"}"#;
    let again = Passport::read(&signed(expected), WHERE).unwrap();
    assert_eq!(again.signing_input, input);
}

/// Header and these claims, encoded independently of the code under test.
fn signed(claims: &str) -> String {
    format!("{HEADER}.{}.AAAA", base64url(claims.as_bytes()))
}

fn base64url(bytes: &[u8]) -> String {
    let letters: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['-', '_']).collect();
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |place| byte >> place & 1)).collect();
    let sextet = |chunk: &[u8]| (0..6).fold(0, |sum, at| sum * 2 + usize::from(chunk.get(at).copied().unwrap_or(0)));
    bits.chunks(6).map(|chunk| letters[sextet(chunk)]).collect()
}

#[test]
fn what_is_no_token_of_this_kind_is_malformed() {
    let good = claims().signing_input(WHERE);
    let (header, body) = good.split_once('.').unwrap();
    let with_header = |header: &str| format!("{}.{body}.AAAA", base64url(header.as_bytes()));
    for token in [
        String::new(),
        "..".to_owned(),
        // The compact form, which SHAKEN has not.
        format!("{header}..AAAA"),
        "..AAAA".to_owned(),
        format!("{good}.A"),
        format!("{good}.A+=="),
        with_header(r#"{"alg":"none","ppt":"shaken","typ":"passport","x5u":"https://cert.example.org/passport.cer"}"#),
        with_header(r#"{"alg":"ES256","ppt":"div","typ":"passport","x5u":"https://cert.example.org/passport.cer"}"#),
        with_header(
            r#"{"alg":"ES256","ppt":"shaken","typ":"passport","x5u":"https://elsewhere.example/passport.cer"}"#,
        ),
        with_header(
            r#"{"alg":"ES256","crit":["x"],"ppt":"shaken","typ":"passport","x5u":"https://cert.example.org/passport.cer"}"#,
        ),
        signed(r#"{"attest":"D","dest":{"tn":["1"]},"iat":1,"orig":{"tn":"2"}}"#),
        signed(r#"{"attest":"A","dest":{"tn":[1]},"iat":1,"orig":{"tn":"2"}}"#),
        signed(r#"{"attest":"A","dest":{"tn":["1"]},"orig":{"tn":"2"}}"#),
        signed("[]"),
        signed("nothing"),
        "a".repeat(9_000),
    ] {
        assert_eq!(Passport::read(&token, WHERE), Err(Flaw::Malformed), "{token}");
    }
}

proptest! {
    #[test]
    fn whatever_stands_in_a_token_is_read_or_malformed(token in "[ -~]{0,200}", at in 0_usize..400, byte: u8) {
        prop_assert_eq!(Passport::read(&token, WHERE).map(drop), Err(Flaw::Malformed));
        let mut damaged = format!("{}.AAAA", claims().signing_input(WHERE)).into_bytes();
        if let Some(place) = damaged.get_mut(at) {
            *place = byte;
        }
        let _ = Passport::read(&String::from_utf8_lossy(&damaged), WHERE);
    }
}

#[test]
fn a_token_is_for_one_call_and_one_minute() {
    let token = format!("{}.AAAA", claims().signing_input(WHERE));
    let read = Passport::read(&token, WHERE).unwrap();
    let (caller, called, at) = ("+12155551212", "+12155551213", claims().at);
    let later = |secs: i64| Timestamp::from_second(at.as_second() + secs).unwrap();
    assert_eq!(read.fits(caller, called, at), Ok(()));
    assert_eq!(read.fits("12155551212", "12155551213", later(60)), Ok(()));
    assert_eq!(read.fits(caller, called, later(-60)), Ok(()));
    assert_eq!(read.fits(caller, called, later(61)), Err(Flaw::Stale));
    assert_eq!(read.fits(caller, called, later(-61)), Err(Flaw::Stale));
    assert_eq!(read.fits("+12155551214", called, at), Err(Flaw::OtherCaller));
    assert_eq!(read.fits("anonymous", called, at), Err(Flaw::OtherCaller));
    assert_eq!(read.fits(caller, "+12155551214", at), Err(Flaw::OtherCalled));
}

#[test]
fn whose_number_it_is_decides_how_far_it_is_vouched_for() {
    let operator = NumberSource::Operator(OfOperator {
        id: OperatorId(Uuid::from_u128(1)),
        profile: CallingProfileId(Uuid::from_u128(2)),
        may_change_location: false,
    });
    for (whose, own, platform) in [
        (Whose::held(NumberSource::CallingPlan), "A", "A"),
        (Whose::held(operator), "A", "A"),
        (Whose::held(NumberSource::DirectRouting), "A", "B"),
        (Whose::Unknown, "B", "B"),
        (Whose::Callers, "C", "C"),
    ] {
        assert_eq!(whose.attestation(Signer::Organization).as_str(), own, "{whose:?}");
        assert_eq!(whose.attestation(Signer::Platform).as_str(), platform, "{whose:?}");
    }
    for letter in ["A", "B", "C"] {
        assert_eq!(Attestation::parse(letter).map(Attestation::as_str), Some(letter));
    }
    assert_eq!(Attestation::parse("a"), None);
}

#[test]
fn each_flaw_has_its_status_and_each_setting_its_treatment() {
    use Treatment::{Admit, Label, Refuse};
    for (flaw, status, verstat) in [
        (Flaw::Missing, 428, Verstat::NotValidated),
        (Flaw::NoNumber, 428, Verstat::NotValidated),
        (Flaw::CertificateAway, 436, Verstat::NotValidated),
        (Flaw::NoAuthority, 437, Verstat::NotValidated),
        (Flaw::CertificateUntrusted, 437, Verstat::Failed),
        (Flaw::NotItsNumber, 437, Verstat::Failed),
        (Flaw::Malformed, 438, Verstat::Failed),
        (Flaw::OtherCaller, 438, Verstat::Failed),
        (Flaw::OtherCalled, 438, Verstat::Failed),
        (Flaw::Forged, 438, Verstat::Failed),
        (Flaw::Stale, 403, Verstat::Failed),
    ] {
        assert_eq!((flaw.sip_status(), flaw.verstat()), (status, verstat), "{flaw:?}");
        assert_eq!(serde_json::to_value(flaw).unwrap(), flaw.as_str());
        let checked = Checked::flawed(flaw);
        let is_wrong = verstat == Verstat::Failed;
        assert_eq!(StirShakenAction::Record.treat(&checked), Admit);
        assert_eq!(StirShakenAction::Tag.treat(&checked), if is_wrong { Label } else { Admit });
        assert_eq!(StirShakenAction::Refuse.treat(&checked), if is_wrong { Refuse(flaw) } else { Admit });
        assert_eq!(StirShakenAction::Require.treat(&checked), Refuse(flaw));
    }
    let right =
        Checked { attestation: Some(Attestation::Gateway), signer: Some("SHAKEN 4321".into()), ..Checked::default() };
    assert_eq!(right.verstat().as_str(), "TN-Validation-Passed");
    assert_eq!(StirShakenAction::Require.treat(&right), Admit);
    assert_eq!(right.words(), "the caller's number is signed with attestation C by SHAKEN 4321");
}

#[test]
fn a_certificate_is_for_the_numbers_of_its_list() {
    let range = Entry::Range { first: "12155551200".into(), count: 100 };
    for (entries, number, is_covered) in [
        (vec![], "12155551212", true),
        (vec![Entry::Provider("4321".into())], "12155551212", true),
        (vec![Entry::Provider(String::new())], "12155551212", false),
        (vec![Entry::One("+12155551212".into())], "12155551212", true),
        (vec![Entry::One("12155551211".into())], "12155551212", false),
        (vec![range.clone()], "12155551200", true),
        (vec![range.clone()], "12155551299", true),
        (vec![range.clone()], "12155551300", false),
        (vec![range.clone()], "12155551199", false),
        (vec![range.clone()], "121555512", false),
        (vec![range, Entry::One("911".into())], "911", true),
    ] {
        assert_eq!(covers(&entries, number), is_covered, "{entries:?} {number}");
    }
}
