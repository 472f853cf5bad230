//! Who takes back what, of numbers that were given back.
#![allow(clippy::unwrap_used, clippy::field_reassign_with_default, reason = "tests")]

use jiff::Timestamp;
use phone::id::{ReservationId, SiteId, StockBlockId, TenantId, TrunkId, UserId};
use phone::numbers::import::{Held, Inventory, Person};
use phone::numbers::number::category::Lines;
use phone::numbers::number::restoral::{Recipient, Released};
use phone::numbers::number::{Block, Category, NumberSource};
use phone::numbers::stock::{Item, Place};
use phone::numbers::{Assignee, E164, Number, NumberKind};
use phone::people::license::{Capability, Enforcement};
use phone::rule::Broken as _;
use uuid::Uuid;

const OURS: TenantId = TenantId(Uuid::from_u128(1));
const THEIRS: TenantId = TenantId(Uuid::from_u128(2));
const ALICE: UserId = UserId(Uuid::from_u128(101));
const SITE: SiteId = SiteId(Uuid::from_u128(20));

#[test]
fn a_number_that_rests_goes_back_to_who_gave_it_and_to_nobody_else() {
    let resting = |from| Place::Quarantined { until: at(100), from };
    let reserved = Place::Reserved { reservation: ReservationId(Uuid::nil()), tenant: THEIRS, until: at(100) };
    let (plan, own) = (NumberSource::CallingPlan, NumberSource::DirectRouting);
    let table = [
        (plan, None, Some(resting(Some(OURS))), 10, Ok(true)),
        (plan, None, Some(resting(Some(THEIRS))), 10, Err("number.taken_since")),
        (plan, None, Some(resting(None)), 10, Err("number.taken_since")),
        (plan, None, Some(resting(Some(OURS))), 100, Err("number.rest_over")),
        (plan, None, Some(reserved), 10, Err("number.taken_since")),
        (plan, None, Some(Place::Sold { tenant: THEIRS }), 10, Err("number.taken_since")),
        (plan, None, None, 10, Err("number.went_back")),
        (plan, Some(Held::Elsewhere), Some(Place::Sold { tenant: THEIRS }), 10, Err("number.taken_since")),
        (plan, Some(Held::Here(number(plan))), None, 10, Err("number.not_released")),
        (own, None, None, 10, Ok(false)),
        (own, Some(Held::Elsewhere), None, 10, Err("number.taken_since")),
        (own, None, Some(Place::Free), 10, Err("number.taken_since")),
    ];
    for (source, held, place, now, expected) in table {
        let item = place.map(|place| Item {
            number: number(source).number,
            block: StockBlockId(Uuid::nil()),
            kind: NumberKind::User,
            place,
        });
        let mut inventory = inventory();
        inventory.numbers.extend(held.clone().map(|held| (number(source).number, held)));
        let restored = inventory.restore(at(now), OURS, &released(source), item.as_ref(), Recipient::Last);
        let outcome = restored.as_ref().map(|(back, sold)| {
            assert_eq!((back.assignee, back.category), (Some(Assignee::User(ALICE)), Category::Alternate));
            assert!(back.tags.contains("Desk") && back.site == Some(SITE) && back.trunk.is_none(), "{back:?}");
            assert!(sold.iter().all(|item| item.place == Place::Sold { tenant: OURS }));
            sold.is_some()
        });
        assert_eq!(outcome.map_err(|refusal| refusal.code()), expected, "{source:?} {held:?} {place:?} {now}");
    }
}

#[test]
fn who_had_it_gets_it_by_the_rules_for_everybody_or_nobody_does() {
    let back = |inventory: &mut Inventory, to| {
        let restored = inventory.restore(at(10), OURS, &released(NumberSource::DirectRouting), None, to);
        restored.map(|(back, _)| back).map_err(|refusal| (refusal.code(), refusal.fix().contains("unassigned")))
    };
    let mut gone = Inventory::default();
    assert_eq!(back(&mut gone, Recipient::Last), Err(("number.assignee_gone", true)));
    let nobodys = back(&mut gone, Recipient::Nobody).unwrap();
    assert_eq!((nobodys.assignee, nobodys.block), (None, Some(Block::Forever)), "as it was when it was given back");
    let mut unlicensed = inventory();
    unlicensed.enforcement = Enforcement::Block;
    unlicensed.add_person(ALICE, Person { unlocked: [].into(), ..alice() });
    assert_eq!(back(&mut unlicensed, Recipient::Last), Err(("number.lacks_license", true)));
    let mut alone = inventory();
    alone.add_person(ALICE, Person { lines: Lines::default(), ..alice() });
    assert_eq!(back(&mut alone, Recipient::Last), Err(("number.primary_required", true)));
}

#[test]
fn of_many_each_comes_back_to_who_had_it_or_to_nobody_with_the_reason() {
    let own = released(NumberSource::DirectRouting);
    let whose = |inventory: &mut Inventory| {
        let taken = inventory.restore_one_of_many(at(10), OURS, &own, None).unwrap();
        (taken.restored.0.assignee, taken.unassigned.map(|why| why.code()))
    };
    assert_eq!(whose(&mut inventory()), (Some(Assignee::User(ALICE)), None));
    assert_eq!(whose(&mut Inventory::default()), (None, Some("number.assignee_gone")));
    let mut alone = inventory();
    alone.add_person(ALICE, Person { lines: Lines::default(), ..alice() });
    assert_eq!(whose(&mut alone), (None, Some("number.primary_required")));
    let mut taken = inventory();
    taken.numbers.insert(own.number.number, Held::Elsewhere);
    let refusal = taken.restore_one_of_many(at(10), OURS, &own, None).unwrap_err();
    assert_eq!(refusal.code(), "number.taken_since", "what somebody else has stays theirs");
}

fn number(source: NumberSource) -> Number {
    Number {
        source,
        trunk: Some(TrunkId(Uuid::from_u128(9))),
        site: Some(SITE),
        tags: ["Desk".to_owned()].into(),
        block: Some(Block::Forever),
        ..Number::new(E164::parse("+12065550100").unwrap(), NumberKind::User)
    }
}

fn released(source: NumberSource) -> Released {
    Released { number: number(source), last: Some((Assignee::User(ALICE), Category::Alternate)) }
}

/// With Alice, who has a primary number, and the site, but without the trunk.
fn inventory() -> Inventory {
    let mut inventory = Inventory::default();
    inventory.country = "US".to_owned();
    inventory.sites.insert(SITE, "Boston".to_owned());
    inventory.add_person(ALICE, alice());
    inventory
}

fn alice() -> Person {
    Person {
        extension: "101".to_owned(),
        display_name: "Alice".to_owned(),
        country: None,
        unlocked: [Capability::PhoneSystem, Capability::CallingPlan].into(),
        lines: Lines { n_primary: 1, ..Lines::default() },
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}
