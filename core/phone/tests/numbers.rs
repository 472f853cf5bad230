//! The life of a number: every rule, and what holds after any history.
#![allow(clippy::unwrap_used, clippy::field_reassign_with_default, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use phone::id::{ResourceAccountId, UserId};
use phone::numbers::import::{Held, Inventory, Person};
use phone::numbers::number::category::{Category, Lines};
use phone::numbers::number::lifecycle::{Candidate, Refusal};
use phone::numbers::number::removal::{Action, Wish, ordered};
use phone::numbers::number::{Block, NumberSource, NumberState};
use phone::numbers::upload::{Item, Refusal as UploadRefusal, expand};
use phone::numbers::{Assignee, E164, Number, NumberKind};
use phone::people::license::{self, Capability, Catalogue, Enforcement, Means, PartNumber, Seats, Swap};
use phone::people::pause::Pause;
use phone::rule::Broken as _;
use proptest::prelude::*;
use uuid::Uuid;

const LICENSED: &[Capability] = &[Capability::PhoneSystem, Capability::CallingPlan];

#[test]
fn every_rule_of_assigning_has_a_code_in_its_order() {
    let plan = Number { source: NumberSource::CallingPlan, ..number(NumberKind::User) };
    let blocked = Number { block: Some(Block::Until(at(10))), ..number(NumberKind::User) };
    let taken = Number { assignee: Some(Assignee::User(user(9))), ..number(NumberKind::User) };
    let service = number(NumberKind::ServiceToll);
    let toll_free = number(NumberKind::ServiceTollFree);
    let table: &[(&Number, &[Capability], &str, usize, &str)] = &[
        (&blocked, LICENSED, "US", 0, "number.assignment_blocked"),
        (&taken, &[], "US", 0, "number.already_assigned"),
        (&service, &[], "US", 0, "number.capability_missing"),
        (&toll_free, LICENSED, "US", 0, "number.capability_missing"),
        (&plan, &[], "DE", 0, "number.lacks_license"),
        (&plan, &[Capability::PhoneSystem], "US", 0, "number.lacks_license"),
        (&plan, LICENSED, "DE", 0, "number.country_mismatch"),
        (&plan, LICENSED, "US", 9, "number.line_limit"),
    ];
    for (number, unlocked, country, n_alternate, code) in table {
        let unlocked = unlocked.iter().copied().collect();
        let lines = Lines { n_primary: usize::from(*n_alternate != 0), n_alternate: *n_alternate, n_private: 0 };
        let person = Candidate { id: user(1), display_name: "Alice", country, unlocked: &unlocked, lines };
        let refusal = number.assign_to_user(at(5), &person, None, Some("Nina"), Enforcement::Block).unwrap_err();
        assert_eq!(refusal.code(), *code, "{refusal}");
        assert!(!refusal.fix().is_empty());
    }
    let refusal = assign(&taken, 1, LICENSED).unwrap_err();
    assert_eq!(refusal.to_string(), "+12065550100 is assigned to Nina");
    assert!(refusal.is_conflict());
}

#[test]
fn an_own_number_goes_to_anybody_with_the_phone_system_and_again_to_the_same_person() {
    let own = number(NumberKind::User);
    let assigned = assign(&own, 1, &[Capability::PhoneSystem]).unwrap();
    assert_eq!((assigned.assignee, assigned.state(at(5))), (Some(Assignee::User(user(1))), NumberState::Assigned));
    assert_eq!(assign(&assigned, 1, &[]).unwrap(), assigned);
    assert_eq!(assign(&assigned, 2, LICENSED).unwrap_err().code(), "number.already_assigned");
}

#[test]
fn services_get_service_numbers_and_nothing_else() {
    let account = ResourceAccountId(Uuid::from_u128(7));
    for kind in [NumberKind::ServiceToll, NumberKind::ServiceTollFree] {
        let assigned = number(kind).assign_to_account(at(5), account, None).unwrap();
        assert_eq!(assigned.assignee, Some(Assignee::ResourceAccount(account)));
    }
    let refusal = number(NumberKind::User).assign_to_account(at(5), account, None).unwrap_err();
    assert_eq!(refusal.code(), "number.capability_missing");
}

#[test]
fn a_block_ends_by_itself_and_is_not_made_twice() {
    let free = assign(&number(NumberKind::User), 1, LICENSED).unwrap().unassign(at(5), Some(Pause::Days(30))).unwrap();
    assert_eq!((free.assignee, free.state(at(5))), (None, NumberState::Blocked));
    assert_eq!(free.block(at(6), None, Pause::Forever).unwrap_err().code(), "number.block_exists");
    let later = at(5) + SignedDuration::from_hours(30 * 24);
    assert_eq!((free.state(later), free.unblock().state(at(6))), (NumberState::Unassigned, NumberState::Unassigned));
    let forever = free.block(later, None, Pause::Forever).unwrap();
    assert_eq!(forever.state(Timestamp::MAX), NumberState::Blocked);
    for days in [0, 366] {
        assert_eq!(
            free.unblock().block(at(6), None, Pause::Days(days)).unwrap_err().code(),
            "number.days_out_of_range"
        );
    }
    assert_eq!(free.unassign(at(6), None).unwrap_err().code(), "number.not_assigned");
}

#[test]
fn a_lost_license_keeps_the_number_for_thirty_days_and_a_new_one_brings_it_back() {
    let assigned = assign(&number(NumberKind::User), 1, LICENSED).unwrap();
    let none = BTreeSet::new();
    let held = assigned.after_licenses(at(5), &none, Enforcement::Block);
    let end = at(5) + SignedDuration::from_hours(30 * 24);
    assert_eq!((held.held_until, held.assignee, held.state(at(6))), (Some(end), assigned.assignee, NumberState::Held));
    assert_eq!(held.after_licenses(at(99), &none, Enforcement::Block), held);
    let phone = BTreeSet::from([Capability::PhoneSystem]);
    assert_eq!(held.after_licenses(at(99), &phone, Enforcement::Block), assigned);
    assert_eq!(assigned.after_licenses(at(5), &none, Enforcement::Warn), assigned);
    let plan = Number { source: NumberSource::CallingPlan, ..assigned.clone() };
    assert_eq!(plan.after_licenses(at(5), &phone, Enforcement::Block).held_until, Some(end));
}

#[test]
fn what_a_number_is_for_changes_while_nobody_has_it() {
    let own = number(NumberKind::User);
    let service = own.change_kind(NumberKind::ServiceToll, None).unwrap();
    assert_eq!(
        (service.kind, service.change_kind(NumberKind::User, None).unwrap()),
        (NumberKind::ServiceToll, own.clone())
    );
    assert_eq!(own.change_kind(NumberKind::User, None).unwrap(), own);
    let given = NumberSource::Operator(phone::numbers::operator::OfOperator {
        id: phone::id::OperatorId(Uuid::from_u128(8)),
        profile: phone::id::CallingProfileId(Uuid::from_u128(9)),
        may_change_location: true,
    });
    let leaving = Number { port_out: Some(phone::id::PortOutId(Uuid::from_u128(7))), ..own.clone() };
    for (number, wanted, code, is_conflict) in [
        (assign(&own, 1, LICENSED).unwrap(), NumberKind::ServiceToll, "number.in_use", true),
        (number(NumberKind::ServiceTollFree), NumberKind::ServiceToll, "number.kind_fixed", false),
        (own.clone(), NumberKind::ServiceTollFree, "number.kind_fixed", false),
        (Number { source: given, ..own.clone() }, NumberKind::ServiceToll, "number.kind_fixed", false),
        (leaving, NumberKind::ServiceToll, "number.port_in_progress", true),
    ] {
        let refusal = number.change_kind(wanted, Some("Nina")).unwrap_err();
        assert_eq!((refusal.code(), refusal.is_conflict()), (code, is_conflict), "{refusal}");
        assert!(!refusal.fix().is_empty());
    }
}

#[test]
fn many_numbers_are_taken_the_primary_last_and_those_that_a_policy_keeps_stay() {
    let (alice, menu) = (user(1), ResourceAccountId(Uuid::from_u128(7)));
    let of = |last: u32, kind, assignee, category| Number {
        assignee,
        category,
        ..Number::new(E164::parse(&format!("+1206555010{last}")).unwrap(), kind)
    };
    let hers = Some(Assignee::User(alice));
    let numbers = [
        of(0, NumberKind::User, hers, Category::Primary),
        of(1, NumberKind::User, hers, Category::Alternate),
        of(2, NumberKind::User, hers, Category::Private),
        of(3, NumberKind::ServiceToll, Some(Assignee::ResourceAccount(menu)), Category::Primary),
        of(4, NumberKind::User, None, Category::Primary),
        of(5, NumberKind::User, None, Category::Primary),
    ];
    let mut inventory = Inventory::default();
    inventory.numbers = numbers.iter().map(|number| (number.number, Held::Here(number.clone()))).collect();
    inventory.kept = [(numbers[5].number, "Lobby".to_owned())].into();
    inventory.accounts = [(menu, "Main menu".to_owned())].into();
    let lines = Lines { n_primary: 1, n_alternate: 1, n_private: 1 };
    let unlocked = LICENSED.iter().copied().collect();
    inventory.add_person(
        alice,
        Person { extension: "101".to_owned(), display_name: "Alice".to_owned(), country: None, unlocked, lines },
    );
    let stranger = E164::parse("+12065550199").unwrap();
    let wanted: Vec<E164> = numbers.iter().map(|number| number.number).chain([stranger]).collect();
    let in_order = ordered(&wanted, &inventory);
    assert!(in_order.iter().position(|it| *it == wanted[0]) > in_order.iter().position(|it| *it == wanted[1]));

    let code = |inventory: &mut Inventory, number: E164, action| match inventory.remove(at(5), &Wish { number, action })
    {
        Ok(_) => "done",
        Err(refusal) => {
            assert!(!refusal.fix().is_empty());
            refusal.code()
        }
    };
    let released: Vec<_> = wanted.iter().map(|it| code(&mut inventory.clone(), *it, Action::Release)).collect();
    let in_use = "number.in_use";
    assert_eq!(released, [in_use, in_use, in_use, in_use, "done", "number.in_use_by_policy", "number.not_found"]);
    let take = Action::Unassign { pause: Some(Pause::Days(30)) };
    assert_eq!(code(&mut inventory.clone(), wanted[0], take), "number.primary_required");
    let taken: Vec<_> = in_order.iter().map(|it| (*it, code(&mut inventory, *it, take))).collect();
    for (number, code) in taken {
        let had = numbers.iter().any(|it| it.number == number && it.assignee.is_some());
        let nobodys = if number == stranger { "number.not_found" } else { "number.not_assigned" };
        assert_eq!(code, if had { "done" } else { nobodys }, "{number}");
    }
    let Held::Here(after) = &inventory.numbers[&wanted[0]] else { panic!("it is here") };
    assert_eq!((after.assignee, after.state(at(6))), (None, NumberState::Blocked));
}

#[test]
fn ranges_and_single_numbers_are_read_or_refused_by_item() {
    let range = |first: &str, last: &str| Item::Range { first: first.to_owned(), last: last.to_owned() };
    let one = |number: &str| Item::One(number.to_owned());
    let numbers = expand(&[range("+1 206 555 0198", "+1 206 555 0201"), one("44 20 7946 0000")]).unwrap();
    let expected = ["+12065550198", "+12065550199", "+12065550200", "+12065550201", "+442079460000"];
    assert_eq!(numbers.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);

    let refused =
        expand(&[one("tel:+1"), one("+12065550100"), range("+2", "+1"), range("+99", "+100"), one("12065550100")]);
    let codes: Vec<_> = refused.unwrap_err().iter().map(|(index, refusal)| (*index, refusal.code())).collect();
    let expected =
        [(0, "number.invalid"), (2, "number.range_backwards"), (3, "number.range_backwards"), (4, "number.duplicate")];
    assert_eq!(codes, expected);
    assert_eq!(expand(&[range("+12065550000", "+12065559999")]).unwrap().len(), 10_000);
    let too_many = expand(&[range("+12065550000", "+12065560000")]);
    assert_eq!(too_many, Err(vec![(0, UploadRefusal::TooMany)]));
    let endless = expand(&[range("+100000000000000", "+999999999999999")]);
    assert_eq!(endless, Err(vec![(0, UploadRefusal::TooMany)]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Invariant 8: whatever a person's licenses become, in one request or in several, the number stays theirs; it is there
    /// again as soon as they suffice, and only held meanwhile. One request that leaves them sufficient is never noticed.
    #[test]
    fn no_change_of_licenses_drops_a_number(
        changes in prop::collection::vec((any::<u32>(), any::<u32>()), 1..12),
        of_plan in any::<bool>(),
    ) {
        let source = if of_plan { NumberSource::CallingPlan } else { NumberSource::DirectRouting };
        let (catalogue, over) = (Catalogue::default(), BTreeSet::new());
        let all = catalogue.plans().iter().map(|plan| plan.part_number.clone());
        let seats: BTreeMap<_, _> = all.map(|plan| (plan, Seats { bought: 9, assigned: 0 })).collect();
        let means = Means { catalogue: &catalogue, enforcement: Enforcement::Block, seats: &seats, over: &over };
        let picked = |bits: u32| {
            let plans = catalogue.plans().iter().enumerate().filter(|(index, _)| bits >> index & 1 == 1);
            plans.map(|(_, plan)| plan.part_number.clone()).collect()
        };
        let mut held: BTreeSet<PartNumber> = ["MCOEV", "MCOPSTN1"].map(|plan| PartNumber(plan.to_owned())).into();
        let mut number = assign(&Number { source, ..number(NumberKind::User) }, 1, LICENSED).unwrap();
        let (mut now, mut since) = (at(0), None);
        for (add, remove) in changes {
            now += SignedDuration::from_hours(24);
            let swap = Swap { add: picked(add & add.rotate_left(5) & add.rotate_left(11)), remove: picked(remove) };
            if let Ok(granted) = license::change(&held, &swap, "US", &means) {
                held = granted.held;
            }
            let next = number.after_licenses(now, &catalogue.unlocked(&held), Enforcement::Block);
            let suffices = source.needs().iter().all(|needs| catalogue.unlocked(&held).contains(needs));
            since = if suffices { None } else { since.or(Some(now)) };
            prop_assert_eq!(next.assignee, number.assignee);
            prop_assert_eq!(next.category, number.category);
            let until = since.map(|since: Timestamp| since + SignedDuration::from_hours(30 * 24));
            prop_assert_eq!(next.held_until, until, "it is held from the first moment on, and not a day longer");
            number = next;
        }
    }

    /// Whatever was done with a number in whatever order: it has one owner at most, a blocked one has none, only
    /// what somebody has is held, and an assigned one can't be given back.
    #[test]
    fn after_any_history_a_number_is_in_one_state(done in prop::collection::vec((0_u8..8, 0_u128..3, 0_i64..400), 1..100)) {
        let mut number = number(NumberKind::User);
        let mut now = at(0);
        for (what, who, days) in done {
            now += SignedDuration::from_hours(days);
            let unlocked: BTreeSet<_> = if who == 0 { BTreeSet::new() } else { LICENSED.iter().copied().collect() };
            let days = u32::try_from(days).unwrap();
            let owner = number.assignee;
            let next = match what {
                0..=2 => assign_at(&number, now, who, &unlocked),
                3 => number.unassign(now, None),
                4 => number.unassign(now, Some(Pause::Days(days))),
                5 => number.block(now, Some("Nina"), Pause::Days(days)),
                6 => Ok(number.unblock()),
                _ if owner.is_some() => Ok(number.after_licenses(now, &unlocked, Enforcement::Block)),
                _ => continue,
            };
            let Ok(next) = next else { continue };
            prop_assert!(owner.is_none() || next.assignee.is_none() || next.assignee == owner);
            prop_assert!(!(next.is_blocked(now) && next.assignee.is_some()));
            prop_assert!(next.held_until.is_none() || next.assignee.is_some());
            prop_assert_eq!(next.check_release(Some("Nina")).is_err(), next.assignee.is_some());
            number = next;
        }
    }
}

fn assign(number: &Number, who: u128, unlocked: &[Capability]) -> Result<Number, Refusal> {
    assign_at(number, at(5), who, &unlocked.iter().copied().collect())
}

fn assign_at(number: &Number, now: Timestamp, who: u128, unlocked: &BTreeSet<Capability>) -> Result<Number, Refusal> {
    let lines = Lines::default();
    let person = Candidate { id: user(who), display_name: "Alice", country: "US", unlocked, lines };
    number.assign_to_user(now, &person, None, Some("Nina"), Enforcement::Block)
}

fn number(kind: NumberKind) -> Number {
    Number::new(E164::parse("+12065550100").unwrap(), kind)
}

fn user(id: u128) -> UserId {
    UserId(Uuid::from_u128(id))
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

proptest! {
    /// As a database compares the text.
    #[test]
    fn a_number_contains_what_its_form_contains(digits in "[1-9][0-9]{0,14}", part in "\\+?[0-9]{0,4}") {
        let number = E164::from_digits(&digits).unwrap();
        prop_assert_eq!(number.contains(&part), number.to_string().contains(&part));
    }
}
