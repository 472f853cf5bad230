#![allow(clippy::unwrap_used, reason = "tests")]

use phone::limits::{EXPRESSION_CHARS_MAX, TRANSLATION_CHARS_MAX};
use phone::numbers::routing::expression::{Expression, Translation};

#[test]
fn faults_are_told_with_their_place() {
    for (pattern, at, words) in [
        ("", 1, "not empty"),
        ("^(\\d{4}$", 2, "unclosed group"),
        ("^[0-9$", 2, "unclosed character class"),
        ("\\d**?+(", 7, "unclosed group"),
        ("*1", 1, "repetition operator missing expression"),
        ("^\\+1(?=206)", 5, "look-around"),
        ("^(\\d)\\1$", 6, "backreferences"),
        ("^\\+1\u{200b}206", 5, "U+200B"),
        ("^\u{ff11}", 2, "U+FF11"),
        ("(?:(?:\\d{1000}){1000}){1000}", 1, "too much memory"),
        ("\\d{5,2}", 3, "invalid repetition count range"),
    ] {
        let fault = Expression::parse(pattern).unwrap_err();
        assert!(fault.what.contains(words), "{pattern}: {fault}");
        assert_eq!(fault.at, at, "{pattern}: {fault}");
    }
    let long = Expression::parse(&"1".repeat(EXPRESSION_CHARS_MAX + 1)).unwrap_err();
    assert_eq!(long.at, EXPRESSION_CHARS_MAX + 1);
    let deep = format!("{}1{}", "(".repeat(500), ")".repeat(500));
    assert!(Expression::parse(&deep).is_err());
}

#[test]
fn a_match_is_translated_and_what_is_around_it_stays() {
    for (pattern, translation, text, expected) in [
        (r"^(\d{11})$", "+$1", "14255550100", Some("+14255550100")),
        (r"^(\d{11})$", "+$1", "4255550100", None),
        (r"^9?(\d{4})$", "+12025550$1", "91234", Some("+120255501234")),
        (r"^9?(\d{4})$", "+12025550$1", "1234", Some("+120255501234")),
        (r"^0$", "+12025550100", "0", Some("+12025550100")),
        (r"(\d{2})", "$1$1", "1234", Some("121234")),
        (r"^(\d)(\d)$", "$2$1", "12", Some("21")),
        (r"^(\d)$", "+1${1}0", "5", Some("+150")),
        (r"^(\d)$", "$10", "5", Some("50")),
        (r"^(\d+)(?:\*(\d+))?$", "+$1;ext=$2", "1425*12", Some("+1425;ext=12")),
        (r"^(\d+)(?:\*(\d+))?$", "+$1;ext=$2", "1425", Some("+1425;ext=")),
        (r"^(\d+)$", "0$0", "12", Some("012")),
        (r"^\+33(\d{9})$", "0$1", "+33123456789", Some("0123456789")),
    ] {
        let expression = Expression::parse(pattern).unwrap();
        let translation = Translation::parse(translation, expression.n_groups()).unwrap();
        assert_eq!(expression.rewrite(text, &translation).as_deref(), expected, "{pattern} on {text}");
    }
}

#[test]
fn a_translation_names_only_what_is_there_and_can_be_dialled() {
    for (text, n_groups, at) in
        [("+$2", 1, 2), ("$", 1, 1), ("+1 $1", 1, 3), ("${1", 1, 1), ("$x", 1, 1), ("1\r\n", 0, 2), (";exx=1", 0, 1)]
    {
        let fault = Translation::parse(text, n_groups).unwrap_err();
        assert_eq!(fault.at, at, "{text}: {fault}");
    }
    assert!(Translation::parse("", 0).is_ok(), "a number may be cut off");
    assert!(Translation::parse(&"1".repeat(TRANSLATION_CHARS_MAX + 1), 0).is_err());
}
