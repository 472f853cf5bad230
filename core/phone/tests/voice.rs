//! What is made of what was heard: phrases, how sure they are, and words around them.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use phone::apps::attendant::voice::{Grammar, Meaning, Reading, plain, said_digits};
use phone::id::UserId;
use uuid::Uuid;

#[test]
fn what_is_sure_is_taken_what_is_likely_asked_back_and_the_rest_dropped() {
    let grammar = menu();
    let sales = || vec![Meaning::Key('1')];
    for (confidence, expected) in [
        (1_000, Reading::Sure(sales())),
        (800, Reading::Sure(sales())),
        (799, Reading::Likely(sales())),
        (450, Reading::Likely(sales())),
        (449, Reading::NoMatch),
        (0, Reading::NoMatch),
    ] {
        assert_eq!(grammar.read("Sales.", confidence), expected, "{confidence}");
    }
}

#[test]
fn a_phrase_among_other_words_is_never_more_than_likely() {
    let grammar = menu();
    for (text, expected) in [
        ("I want sales, please", Reading::Likely(vec![Meaning::Key('1')])),
        ("opening hours of the shop", Reading::Likely(vec![Meaning::Key('3')])),
        ("wholesales", Reading::NoMatch),
        ("sales support", Reading::Likely(vec![Meaning::Key('2')])),
        ("", Reading::NoMatch),
        ("good morning", Reading::NoMatch),
    ] {
        assert_eq!(grammar.read(text, 1_000), expected, "{text}");
    }
    // Two phrases of one length, and neither is meant more than the other.
    let mut same = Grammar::default();
    same.add("red", Meaning::Key('1'));
    same.add("tan", Meaning::Key('2'));
    assert_eq!(same.read("red or tan", 1_000), Reading::NoMatch);
}

#[test]
fn people_of_one_name_are_all_meant() {
    let (ann, ben) = (Meaning::Person(UserId(Uuid::from_u128(1))), Meaning::Person(UserId(Uuid::from_u128(2))));
    let mut grammar = Grammar::default();
    for person in [ann, ben, ann] {
        grammar.add("Chris Miller", person);
    }
    assert_eq!(grammar.read("chris miller", 900), Reading::Sure(vec![ann, ben]));
    assert_eq!(grammar.phrases(), ["chris miller"]);
}

#[test]
fn words_are_compared_without_signs_and_capital_letters() {
    assert_eq!(plain("  Opening-hours, O'Neill!  "), "opening hours o'neill");
    assert_eq!(plain("MÜLLER"), "müller");
    assert_eq!(plain("?!"), "");
    let mut grammar = Grammar::default();
    grammar.add("?!", Meaning::Repeat);
    assert!(grammar.is_empty());
}

#[test]
fn a_name_is_spelled_and_an_extension_said_digit_by_digit() {
    let smith = || Meaning::Person(UserId(Uuid::from_u128(1)));
    let mut grammar = Grammar::default();
    grammar.add_spelled("Smith", smith());
    grammar.add_spelled("O", Meaning::Repeat);
    grammar.add(&said_digits("102"), Meaning::Key('1'));
    assert_eq!(grammar.phrases(), ["one zero two", "s m i t h"]);
    for text in [
        "S-M-I-T-H",
        "s m i t h",
        "S as in Sierra, M as in Mike, I, T, H",
        "s for sierra m i t h",
        "Sierra Mike India Tango Hotel",
    ] {
        assert_eq!(grammar.read(text, 900), Reading::Sure(vec![smith()]), "{text}");
    }
    for text in ["102", "one oh two", "1 0 2", "one zero two"] {
        assert_eq!(grammar.read(text, 900), Reading::Sure(vec![Meaning::Key('1')]), "{text}");
    }
    for text in ["s m i t", "103", "as in"] {
        assert_eq!(grammar.read(text, 1_000), Reading::NoMatch, "{text}");
    }
}

fn menu() -> Grammar {
    let mut grammar = Grammar::default();
    for (phrase, key) in [("sales", '1'), ("support", '2'), ("opening hours", '3')] {
        grammar.add(phrase, Meaning::Key(key));
    }
    grammar
}
