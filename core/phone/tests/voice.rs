//! What is made of what was heard: phrases, how sure they are, and words around them.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use phone::apps::attendant::voice::{Grammar, Meaning, Reading, plain};
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

fn menu() -> Grammar {
    let mut grammar = Grammar::default();
    for (phrase, key) in [("sales", '1'), ("support", '2'), ("opening hours", '3')] {
        grammar.add(phrase, Meaning::Key(key));
    }
    grammar
}
