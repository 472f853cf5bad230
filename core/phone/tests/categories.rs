//! Primary, alternate and private numbers of a person, tags, and sites.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use phone::directory::sites::site_problems;
use phone::id::{SiteId, UserId};
use phone::numbers::number::category::{Category, Lines};
use phone::numbers::number::lifecycle::Candidate;
use phone::numbers::number::{NumberSource, tags};
use phone::numbers::{Assignee, E164, Number, NumberKind};
use phone::people::Site;
use phone::people::license::{Capability, Enforcement};
use phone::people::site::{Belongings, check_deletion};
use phone::rule::Broken as _;
use proptest::prelude::*;
use uuid::Uuid;

const ALICE: UserId = UserId(Uuid::from_u128(1));

#[test]
fn the_first_number_is_the_primary_and_the_next_are_alternates() {
    let mut numbers = Vec::new();
    for n in 0..11 {
        let wanted = (n == 5).then_some(Category::Private);
        numbers.push(assign(&numbers, n, wanted).unwrap());
    }
    assert_eq!(Lines::of(&numbers), Lines { n_primary: 1, n_alternate: 9, n_private: 1 });
    assert_eq!(numbers[0].category, Category::Primary);
    for wanted in Category::ALL {
        assert_eq!(assign(&numbers, 11, Some(wanted)).unwrap_err(), "number.line_limit");
    }
    assert_eq!(assign(&[], 0, Some(Category::Alternate)).unwrap_err(), "number.primary_required");
    assert_eq!(assign(&[], 0, Some(Category::Private)).unwrap().category, Category::Private);
}

#[test]
fn a_call_shows_the_primary_and_never_the_private_line() {
    let rank = |category, held: bool| {
        let held_until = held.then_some(jiff::Timestamp::UNIX_EPOCH);
        Number { category, held_until, ..number(0) }.shown_rank(ALICE)
    };
    assert!(rank(Category::Primary, false) < rank(Category::Alternate, false));
    assert!(rank(Category::Alternate, false) < rank(Category::Primary, true));
    assert!(rank(Category::Primary, true) < rank(Category::Alternate, true));
    assert_eq!(rank(Category::Private, false), None);
    assert_eq!(number(0).shown_rank(UserId(Uuid::from_u128(2))), None);
}

#[test]
fn only_the_primary_must_be_of_the_person_s_country() {
    let plan = Number { assignee: None, source: NumberSource::CallingPlan, ..number(0) };
    let unlocked = [Capability::PhoneSystem, Capability::CallingPlan].into();
    let candidate = |lines| Candidate { id: ALICE, display_name: "Alice", country: "DE", unlocked: &unlocked, lines };
    let assign = |person: &Candidate<'_>| {
        plan.assign_to_user(jiff::Timestamp::UNIX_EPOCH, person, None, None, Enforcement::Block)
    };
    assert_eq!(assign(&candidate(Lines::default())).unwrap_err().code(), "number.country_mismatch");
    let person = candidate(Lines { n_primary: 1, ..Lines::default() });
    let alternate = assign(&person).unwrap();
    assert_eq!(alternate.category, Category::Alternate);
    let refusal = alternate.recategorize(Category::Primary, &[alternate.clone()], &person).unwrap_err();
    assert_eq!(refusal.code(), "number.country_mismatch");
}

#[test]
fn a_number_that_no_person_has_has_no_category() {
    let free = Number { assignee: None, ..number(0) };
    let unlocked = BTreeSet::new();
    assert_eq!(
        free.recategorize(Category::Private, &[], &alice(&unlocked)).unwrap_err().code(),
        "number.not_of_person"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever is asked in whatever order: at most one primary, nine alternates, one private, and no alternate without
    /// a primary.
    #[test]
    fn a_person_s_lines_always_follow_the_rules(steps in prop::collection::vec((0_u8..4, 0_usize..13, 0_usize..3), 0..60)) {
        let mut numbers: Vec<Number> = Vec::new();
        let unlocked = BTreeSet::new();
        for (step, n, category) in steps {
            let category = Category::ALL[category];
            let there = numbers.iter().position(|it| it.number == number(n).number);
            match (step, there) {
                (0 | 1, None) => {
                    let wanted = (step == 0).then_some(category);
                    numbers.extend(assign(&numbers, n, wanted).ok());
                }
                (2, Some(at)) => {
                    for changed in numbers[at].recategorize(category, &numbers.clone(), &alice(&unlocked)).unwrap_or_default() {
                        let at = numbers.iter().position(|it| it.number == changed.number).unwrap();
                        numbers[at] = changed;
                    }
                }
                (3, Some(at)) => {
                    let others = Lines::of(numbers.iter().filter(|it| it.number != numbers[at].number));
                    if numbers[at].check_primary_leaves(&others, "Alice").is_ok() {
                        numbers.remove(at);
                    }
                }
                _ => {}
            }
            let lines = Lines::of(&numbers);
            prop_assert!(lines.n_primary <= 1 && lines.n_alternate <= 9 && lines.n_private <= 1, "{:?}", lines);
            prop_assert!(lines.n_alternate == 0 || lines.n_primary == 1, "{:?}", lines);
        }
    }
}

#[test]
fn the_old_primary_becomes_an_alternate() {
    let first = assign(&[], 0, None).unwrap();
    let second = assign(&[first.clone()], 1, None).unwrap();
    let unlocked = BTreeSet::new();
    let changed = second.recategorize(Category::Primary, &[first.clone(), second.clone()], &alice(&unlocked)).unwrap();
    let categories: BTreeMap<E164, Category> = changed.iter().map(|it| (it.number, it.category)).collect();
    let expected = [(first.number, Category::Alternate), (second.number, Category::Primary)];
    assert_eq!(categories, expected.into());
    let refusal =
        first.recategorize(Category::Private, &[first.clone(), second.clone()], &alice(&unlocked)).unwrap_err();
    assert_eq!(refusal.to_string(), "+12065550100 is the primary number of Alice, who has 1 alternate");
}

#[test]
fn tags_differ_by_more_than_capital_letters() {
    assert_eq!(
        tags::read([" Paris ", "paris", "Front desk"]).unwrap(),
        ["Front desk", "Paris"].map(str::to_owned).into()
    );
    for bad in ["", " ", "a|b", "a\nb", &"x".repeat(51)] {
        assert_eq!(tags::read([bad]).unwrap_err().code.as_str(), "tag.malformed");
    }
    let many: Vec<String> = (0..51).map(|n| n.to_string()).collect();
    assert_eq!(tags::read(many.iter().map(String::as_str)).unwrap_err().code.as_str(), "tag.too_many");
}

#[test]
fn a_site_has_a_name_of_its_own_and_goes_when_nothing_belongs_to_it() {
    let boston = Site {
        id: SiteId(Uuid::from_u128(1)),
        name: "Boston".to_owned(),
        country: Some("US".to_owned()),
        time_zone: Some("America/New_York".to_owned()),
        emergency_location: None,
    };
    assert_eq!(site_problems(&boston, &[boston.clone()]), []);
    let bad = Site {
        id: SiteId(Uuid::from_u128(2)),
        name: "BOSTON ".to_owned(),
        country: Some("us".to_owned()),
        time_zone: Some("Mars/Olympus".to_owned()),
        emergency_location: Some("x".repeat(257)),
    };
    let codes: Vec<_> = site_problems(&bad, &[boston.clone()]).iter().map(|it| it.code.as_str()).collect();
    assert_eq!(codes, ["name_taken", "country.unknown", "time_zone.unknown", "text.too_long"]);

    assert!(check_deletion(&boston, &Belongings::default()).is_ok());
    let used = Belongings { n_people: 1, n_numbers: 20, first: vec!["Alice".to_owned(), "+1".to_owned()] };
    let refusal = check_deletion(&boston, &used).unwrap_err();
    assert_eq!(refusal.to_string(), "1 people and 20 numbers belong to Boston: Alice, +1 and 19 more");
}

fn assign(numbers: &[Number], n: usize, wanted: Option<Category>) -> Result<Number, &'static str> {
    let unlocked = [Capability::PhoneSystem].into();
    let person = Candidate { lines: Lines::of(numbers), ..alice(&unlocked) };
    let free = Number { assignee: None, ..number(n) };
    let assigned = free.assign_to_user(jiff::Timestamp::UNIX_EPOCH, &person, wanted, None, Enforcement::Block);
    assigned.map_err(|refusal| refusal.code())
}

fn alice(unlocked: &BTreeSet<Capability>) -> Candidate<'_> {
    Candidate { id: ALICE, display_name: "Alice", country: "US", unlocked, lines: Lines::default() }
}

fn number(n: usize) -> Number {
    let number = E164::parse(&format!("+120655501{n:02}")).unwrap();
    Number { assignee: Some(Assignee::User(ALICE)), ..Number::new(number, NumberKind::User) }
}
