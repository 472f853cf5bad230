//! Whom callers of an attendant may find. Specification of voice apps, 1.11 and 2.6.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::collections::BTreeSet;
use std::sync::Arc;

use phone::apps::attendant::scope::{DialScope, Eligible};
use phone::apps::attendant::search::{Listed, Listing, Match};
use phone::apps::queue::roster::Members;
use phone::id::{GroupId, UserId};
use phone::numbers::E164;
use phone::people::user::aliases::extension_of;
use uuid::Uuid;

#[test]
fn callers_find_whom_the_scope_lets_them_find() {
    let (sales, board, gone) = (group(1), group(2), group(3));
    let members: Members =
        [(sales, set([user(101), user(102)])), (board, set([user(102), user(103)]))].into_iter().collect();
    let all = people(&[(101, "Ann"), (102, "Bob"), (103, "Carol"), (1035, "Dan")]);
    let found = |scope: DialScope| -> Vec<UserId> { all.within(Eligible::new(&scope, &members)).people().collect() };
    let everybody = [101, 102, 103, 1035].map(user);
    assert_eq!(found(DialScope::default()), everybody);
    assert_eq!(found(DialScope { included: Some(vec![sales]), excluded: Vec::new() }), [101, 102].map(user));
    assert_eq!(found(DialScope { included: None, excluded: vec![board] }), [101, 1035].map(user));
    assert_eq!(found(DialScope { included: Some(vec![sales, board]), excluded: vec![board] }), [101].map(user));
    assert_eq!(found(DialScope { included: Some(vec![gone]), excluded: Vec::new() }), []);
    assert_eq!(found(DialScope { included: None, excluded: vec![gone] }), everybody);

    let scope = DialScope { included: None, excluded: vec![group(4)] };
    let members: Members = [(group(4), set([user(1035)]))].into_iter().collect();
    let listed = all.within(Eligible::new(&scope, &members));
    let exact = Match { people: [user(103)].into_iter().collect(), may_go_on: false };
    assert_eq!(listed.by_extension("103", None), exact, "nobody whom callers find has a longer one");
    assert!(listed.by_extension("1035", None).is_none());
    let named = people(&[(1, "Amos Marcus"), (2, "Amos Marble")]);
    let members: Members = [(group(4), set([user(2)]))].into_iter().collect();
    let named = named.within(Eligible::new(&scope, &members));
    assert_eq!(named.by_name("2667"), [user(1)]);
    assert!(!named.begins_name("62725"), "Marble is not found");
    assert_eq!(named.people().collect::<Vec<_>>(), [user(1)]);
}

#[test]
fn extensions_of_other_numbers_and_last_digits_of_direct_ones_come_after_own_extensions() {
    let mut listing = Listing::default();
    let with = |extension: &str, id, more: &[&str]| {
        let more_extensions = more.iter().map(|one| (*one).to_owned()).collect();
        Listed { more_extensions, ..Listed::new(extension, user(id), "Ann") }
    };
    let ann = with("101", 1, &["205", "300"]);
    for listed in [ann.clone(), with("102", 2, &["205"]), with("300", 3, &[])] {
        listing.insert_mut(listed);
    }
    let number = |text: &str| E164::parse(text).unwrap();
    for (text, id) in [("+14255550107", 1), ("+12065550107", 1), ("+14255550102", 2), ("+14255550198", 9)] {
        listing.insert_number_mut(number(text), user(id));
    }
    let found = |listing: &Listing, typed: &str, digits| -> (Vec<UserId>, bool) {
        let found = listing.by_extension(typed, digits);
        (found.people.to_vec(), found.may_go_on)
    };
    // Two people share what their other numbers end in; the own extension 300 goes before somebody's other number.
    assert_eq!(found(&listing, "205", None), ([1, 2].map(user).to_vec(), false));
    assert_eq!(found(&listing, "300", None), (vec![user(3)], false));
    assert_eq!(found(&listing, "20", None), (vec![], true));
    assert_eq!(found(&listing, "0107", None), (vec![], false));
    // The last four digits of a direct number; whose number ends in 0198 is not listed.
    assert_eq!(found(&listing, "0107", Some(4)), (vec![user(1)], false));
    assert_eq!(found(&listing, "010", Some(4)), (vec![], true));
    assert_eq!(found(&listing, "0198", Some(4)), (vec![], false));
    assert_eq!(found(&listing, "102", Some(3)), (vec![user(2)], false));
    listing.remove_number_mut(number("+14255550107"), user(1));
    listing.remove_number_mut(number("+12065550107"), user(1));
    listing.remove_mut(&ann);
    assert_eq!(found(&listing, "0107", Some(4)), (vec![], false));
    assert_eq!(found(&listing, "205", None), (vec![user(2)], false));
}

#[test]
fn an_extension_is_read_out_of_a_number_as_people_write_it() {
    for (text, expected) in [
        ("x205", Some("205")),
        ("+14255550100x205", Some("205")),
        ("+14255550100;ext=205", Some("205")),
        ("+14255550100+ext=205", Some("205")),
        ("tel:+14255550100;ext=205", Some("205")),
        ("(425) 555-0100 Ext. 205", Some("205")),
        ("425-555-0100 extension 205", Some("205")),
        ("+14255550100", None),
        ("205", None),
        ("max205", None),
        ("x", None),
        ("x12345678901", None),
        ("х205", None),
        ("", None),
    ] {
        assert_eq!(extension_of(text), expected, "{text}");
    }
}

#[test]
fn short_and_long_forms_of_first_names_and_nicknames_find_a_person() {
    let mut listing = people(&[(1, "Robert Brown"), (2, "Chan, Elizabeth"), (3, "Bob Dole"), (4, "Ann Robert")]);
    let called = Listed { nicknames: vec!["Ace".to_owned()], ..Listed::new("5", user(5), "Aaron Field") };
    listing.insert_mut(called.clone());
    // Bob, also of Robert, but not of whose family name it is; Bob Brown; Robert, also of Bob.
    assert_eq!(listing.by_name("262"), [3, 1].map(user));
    assert_eq!(listing.by_name("262027696"), [user(1)]);
    assert_eq!(listing.by_name("762378"), [4, 3, 1].map(user));
    assert_eq!(listing.by_name("549"), [user(2)], "Liz");
    assert_eq!(listing.by_name("2230343"), [user(5)], "Ace Fie");
    listing.remove_mut(&called);
    assert!(listing.by_name("2230343").is_empty());
}

fn group(id: u128) -> GroupId {
    GroupId(Uuid::from_u128(id))
}

fn set<const N: usize>(users: [UserId; N]) -> Arc<BTreeSet<UserId>> {
    Arc::new(users.into_iter().collect())
}

fn people(names: &[(u128, &str)]) -> Listing {
    let listed = |(id, name): &(u128, &str)| Listed::new(id.to_string(), user(*id), *name);
    names.iter().map(listed).collect()
}

fn user(id: u128) -> UserId {
    UserId(Uuid::from_u128(id))
}
