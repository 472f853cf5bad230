//! What people are told of their numbers.

use phone::id::{ResourceAccountId, UserId};
use phone::numbers::number::told::told;
use phone::numbers::{Assignee, E164, Number, NumberKind};
use phone::people::number_mails::{Facts, Happened, NumberMails, Words};
use uuid::Uuid;

#[test]
fn who_gets_and_who_loses_a_number_is_told_and_nobody_else() {
    let [alice, bob] = [1, 2].map(|id| UserId(Uuid::from_u128(id)));
    let of = |assignee| Number {
        assignee,
        ..Number::new(E164::parse("+12065550100").unwrap_or_else(|_| panic!("a number")), NumberKind::User)
    };
    let (nobodys, menus) = (of(None), of(Some(Assignee::ResourceAccount(ResourceAccountId(Uuid::nil())))));
    let (alices, bobs) = (of(Some(Assignee::User(alice))), of(Some(Assignee::User(bob))));
    let table = [
        (None, Some(&alices), vec![(alice, Happened::Assigned)]),
        (Some(&nobodys), Some(&alices), vec![(alice, Happened::Assigned)]),
        (Some(&alices), Some(&bobs), vec![(alice, Happened::Unassigned), (bob, Happened::Assigned)]),
        (Some(&alices), None, vec![(alice, Happened::Unassigned)]),
        (Some(&alices), Some(&alices), Vec::new()),
        (Some(&nobodys), Some(&menus), Vec::new()),
        (Some(&nobodys), None, Vec::new()),
    ];
    for (before, after, expected) in table {
        assert_eq!(told(before, after), expected, "{before:?} {after:?}");
    }
}

#[test]
fn words_are_filled_once_and_off_until_somebody_wants_them() {
    let facts = Facts {
        name: "Bob {number}",
        number: "+12065550100",
        extension: "102",
        organization: "Demo",
        sip_domain: "demo.test",
        address: "https://pbx.demo.test",
    };
    let off = NumberMails::default();
    assert!(!off.is_on() && off.words(Happened::Assigned, &facts).is_none());
    let on = NumberMails { assigned: true, ..NumberMails::default() };
    let words = on.words(Happened::Assigned, &facts).map(|words| (words.subject, words.text)).unwrap_or_default();
    assert_eq!(words.0, "Your telephone number is +12065550100");
    for part in ["Bob {number}", "https://pbx.demo.test/phone", "user name 102", "domain demo.test", "of Demo"] {
        assert!(words.1.contains(part), "{part}: {}", words.1);
    }
    assert!(on.words(Happened::Unassigned, &facts).is_none());

    let own = |subject: &str, text: &str| NumberMails {
        unassigned_words: Some(Words { subject: subject.to_owned(), text: text.to_owned() }),
        ..NumberMails { unassigned: true, ..NumberMails::default() }
    };
    let words = own("{name}", "{sip_domain}: {extension}").words(Happened::Unassigned, &facts);
    let filled = Words { subject: "Bob {number}".to_owned(), text: "demo.test: 102".to_owned() };
    assert_eq!(words, Some(filled));
    let long = "x".repeat(201);
    for (subject, text, is_fine) in [
        ("Bye", "{name}!", true),
        ("", "text", false),
        ("two\nlines", "text", false),
        (&long, "text", false),
        ("Bye", "", false),
        ("Bye", "{password}", false),
        ("Bye {name", "text", false),
        ("Bye", "}", true),
    ] {
        assert_eq!(own(subject, text).are_fine(), is_fine, "{subject:?} {text:?}");
    }
}
