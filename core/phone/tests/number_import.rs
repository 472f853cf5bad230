//! Numbers from a file: each rule by line and column, and the same file again changes nothing.
#![allow(clippy::unwrap_used, clippy::field_reassign_with_default, reason = "tests")]

use std::collections::BTreeMap;

use jiff::Timestamp;
use phone::id::{ResourceAccountId, SiteId, TrunkId, UserId};
use phone::numbers::import::{Held, Inventory, Person, Wish, read, undo};
use phone::numbers::number::category::{Category, Lines};
use phone::numbers::number::{NumberSource, Origin};
use phone::numbers::{Assignee, E164, Number, NumberKind};
use phone::people::license::{Capability, Enforcement};
use phone::rule::Broken as _;
use proptest::prelude::*;
use uuid::Uuid;

const ALICE: UserId = UserId(Uuid::from_u128(1));
const DAN: UserId = UserId(Uuid::from_u128(4));
const MENU: ResourceAccountId = ResourceAccountId(Uuid::from_u128(7));
const CARRIER: TrunkId = TrunkId(Uuid::from_u128(9));

#[test]
fn lines_are_read_or_named() {
    let file = "number,kind,trunk,assign_to\n+1 (206) 555-0100,user,carrier,101\n12065550100,,,\n+1206x,,,\n\
                +12065550101,mobile,,\n+12065550101,Service_Toll,,Main menu\n";
    let lines = read(file.as_bytes()).unwrap();
    let found: Vec<_> = lines
        .iter()
        .map(|(line, wish)| match wish {
            Ok(wish) => (*line, wish.number.to_string(), None),
            Err(fault) => (*line, fault.code.clone(), fault.column.as_deref()),
        })
        .collect();
    let expected = [
        (2, "+12065550100", None),
        (3, "number.duplicate", Some("number")),
        (4, "number.invalid", Some("number")),
        (5, "number.kind_unknown", Some("kind")),
        (6, "+12065550101", None),
    ]
    .map(|(line, what, column)| (line, what.to_owned(), column));
    assert_eq!(found, expected);
}

#[test]
fn category_site_and_tags_are_read_and_taken() {
    let file = "number,assign_to,category,site,tags\n12065550100,101,,Boston, Front | front |Desk\n\
                12065550101,101,Alternate,,\n12065550102,101,private,,\n12065550103,101,Second,,\n\
                12065550104,,,,a||b\n12065550105,,,Paris,\n12065550106,104,alternate,,\n";
    let lines = read(file.as_bytes()).unwrap();
    let mut inventory = inventory();
    inventory.add_person(DAN, Person { unlocked: [Capability::PhoneSystem].into(), ..person("104", "Dan", &[]) });
    let boston = SiteId(Uuid::from_u128(20));
    inventory.sites = BTreeMap::from([(boston, "boston".to_owned())]);
    let outcome = |line: &(u32, Result<Wish, phone::order::LineFault>)| match &line.1 {
        Err(fault) => Err((fault.code.clone(), fault.column.clone().unwrap())),
        Ok(wish) => match inventory.take(at(1), wish) {
            Ok(change) => Ok(change.after),
            Err(refusal) => Err((refusal.code().to_owned(), refusal.fault().column.unwrap())),
        },
    };
    let outcomes: Vec<_> = lines.iter().map(outcome).collect();
    let first = outcomes[0].as_ref().unwrap();
    assert_eq!((first.category, first.site), (Category::Primary, Some(boston)));
    assert_eq!(first.tags.iter().map(String::as_str).collect::<Vec<_>>(), ["Desk", "Front"]);
    let categories = [1, 2].map(|at: usize| outcomes[at].as_ref().unwrap().category);
    assert_eq!(categories, [Category::Alternate, Category::Private]);
    let refusals: Vec<_> = outcomes[3..].iter().map(|it| it.as_ref().unwrap_err().clone()).collect();
    let expected = [
        ("number.category_unknown", "category"),
        ("tag.malformed", "tags"),
        ("site.unknown", "site"),
        ("number.primary_required", "assign_to"),
    ];
    assert_eq!(refusals, expected.map(|(code, column)| (code.to_owned(), column.to_owned())));
}

#[test]
fn an_organization_says_of_its_own_numbers_where_they_are_of() {
    let file = "number,country,city,region,sms,state,acquired_at\n\
                12065550100,US,Seattle,US-WA,TRUE,held,=NOW()\n12065550101,XX,,,,,\n12065550102,US,,CA-BC,,,\n\
                12065550103,,,washington,,,\n12065550104,,,,maybe,,\n12065550105,US,,,,,\n12065550100,,,,,,\n";
    let mut inventory = inventory();
    let of_plan = |origin| Number {
        source: NumberSource::CallingPlan,
        origin,
        ..Number::new(E164::parse("+12065550105").unwrap(), NumberKind::User)
    };
    let known = Origin { country: Some("US".to_owned()), ..Origin::default() };
    inventory.numbers.insert(of_plan(known.clone()).number, Held::Here(of_plan(known)));
    let mut outcome = |wish: &Result<Wish, phone::order::LineFault>| match wish {
        Err(fault) => Err((fault.code.clone(), fault.column.clone().unwrap())),
        Ok(wish) => match inventory.take(at(1), wish) {
            Ok(change) => Ok((change.after.origin.clone(), change.is_one())),
            Err(refusal) => Err((refusal.code().to_owned(), refusal.fault().column.unwrap())),
        },
    };
    let outcomes: Vec<_> = read(file.as_bytes()).unwrap().iter().map(|(_, wish)| outcome(wish)).collect();
    let refused = |code: &str, column: &str| Err((code.to_owned(), column.to_owned()));
    let text = |text: &str| Some(text.to_owned());
    let seattle = Origin { country: text("US"), city: text("Seattle"), region: text("US-WA"), sms: true };
    let of_us = Origin { country: text("US"), ..Origin::default() };
    let expected = [
        Ok((seattle, true)),
        refused("country.unknown", "country"),
        refused("number.region_malformed", "region"),
        refused("number.region_malformed", "region"),
        refused("csv.neither_true_nor_false", "sms"),
        Ok((of_us, false)),
        refused("number.duplicate", "number"),
    ];
    assert_eq!(outcomes, expected);
    let moved = Wish { city: text("Paris"), ..Wish::of(E164::parse("+12065550105").unwrap()) };
    let refusal = inventory.take(at(2), &moved).unwrap_err();
    assert_eq!((refusal.code(), refusal.is_conflict()), ("number.origin_fixed", true));
}

#[test]
fn new_numbers_are_added_and_those_that_are_there_assigned() {
    let mut inventory = inventory();
    let change = take(&mut inventory, "+12065550100", None, Some("carrier"), Some("101")).unwrap();
    assert_eq!((change.before, change.after.trunk, change.after.kind), (None, Some(CARRIER), NumberKind::User));
    assert_eq!(change.after.assignee, Some(Assignee::User(ALICE)));
    let change = take(&mut inventory, "+12065550101", None, None, Some("MAIN menu")).unwrap();
    assert_eq!(
        (change.after.kind, change.after.assignee),
        (NumberKind::ServiceToll, Some(Assignee::ResourceAccount(MENU)))
    );
    let change = take(&mut inventory, "+12065550199", None, None, Some(&ALICE.to_string())).unwrap();
    assert_eq!((change.before.unwrap().assignee, change.after.assignee), (None, Some(Assignee::User(ALICE))));
    let service = Some(NumberKind::ServiceToll);
    let change = take(&mut self::inventory(), "+12065550199", service, None, Some("Main menu")).unwrap();
    assert_eq!((change.before.unwrap().kind, change.after.kind), (NumberKind::User, NumberKind::ServiceToll));
    let again = take(&mut inventory, "+12065550199", Some(NumberKind::User), None, Some("101")).unwrap();
    assert!(!again.is_one());
    assert!(!take(&mut inventory, "+12065550199", None, None, None).unwrap().is_one());
}

#[test]
fn each_rule_has_a_code_and_a_column() {
    let user = Some(NumberKind::User);
    for (number, kind, trunk, assign_to, code, column) in [
        ("+12065550196", None, None, None, "number.in_stock", "number"),
        ("+12065550197", None, None, None, "number.owned_by_another_tenant", "number"),
        ("+12065550198", Some(NumberKind::ServiceToll), None, None, "number.other_kind", "kind"),
        ("+12065550199", Some(NumberKind::ServiceTollFree), None, None, "number.kind_fixed", "kind"),
        ("+12065550195", user, None, None, "number.in_use", "kind"),
        ("+12065550194", None, None, Some("101"), "number.in_use_by_policy", "assign_to"),
        ("+12065550100", None, Some("nobody"), None, "trunk.unknown", "trunk"),
        ("+12065550198", None, Some("carrier"), None, "number.trunk_fixed", "trunk"),
        ("+12065550100", None, None, Some("999"), "number.assignee_unknown", "assign_to"),
        ("+12065550100", None, None, Some("twin"), "number.assignee_ambiguous", "assign_to"),
        ("+12065550100", user, None, Some("Main menu"), "number.capability_missing", "assign_to"),
        ("+12065550100", None, None, Some("104"), "number.lacks_license", "assign_to"),
        ("+12065550198", None, None, Some("Main menu"), "number.already_assigned", "assign_to"),
    ] {
        let refusal = take(&mut inventory(), number, kind, trunk, assign_to).unwrap_err();
        let fault = refusal.fault();
        assert_eq!((fault.code.as_str(), fault.column.as_deref()), (code, Some(column)), "{}", fault.message);
        assert!(!fault.fix.is_empty());
    }
    let mut inventory = inventory();
    for n in 0..10 {
        take(&mut inventory, &format!("+120655502{n:02}"), None, None, Some("101")).unwrap();
    }
    let refusal = take(&mut inventory, "+12065550300", None, None, Some("101")).unwrap_err();
    assert_eq!(refusal.code(), "number.line_limit");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Any lines: a second pass changes nothing, and taking back everything leads to what was before.
    #[test]
    fn an_import_is_idempotent_and_can_be_taken_back(lines in prop::collection::vec((0_u8..6, 0_usize..4, 0_usize..5), 1..40)) {
        let mut inventory = inventory();
        // A file names a number once.
        let mut named = std::collections::BTreeSet::new();
        let lines: Vec<_> = lines.into_iter().filter(|(n, _, _)| named.insert(*n)).collect();
        let before = inventory.numbers.clone();
        let wish = |(n, kind, to): (u8, usize, usize)| Wish {
            number: E164::parse(&format!("+1206555019{}", n + 4)).unwrap(),
            kind: [None, None, Some(NumberKind::User), Some(NumberKind::ServiceToll)][kind],
            assign_to: [None, Some("101"), Some("104"), Some("Main menu"), Some("999")][to].map(str::to_owned),
            ..bare(E164::parse("+12065550190").unwrap())
        };
        let taken: Vec<_> = lines.iter().map(|line| inventory.take(at(1), &wish(*line))).collect();
        for (line, first) in lines.iter().zip(&taken) {
            let again = inventory.take(at(2), &wish(*line));
            prop_assert!(first.is_err() || again.is_err() || !again.unwrap().is_one());
        }
        for change in taken.into_iter().rev().flatten() {
            let number = change.after.number;
            let Some(Held::Here(there)) = inventory.numbers.get(&number) else { panic!("it is here") };
            match undo(&change, Some(there)).unwrap() {
                Some(back) => inventory.numbers.insert(number, Held::Here(back)),
                None => inventory.numbers.remove(&number),
            };
            prop_assert!(!change.is_one() || undo(&change, None).is_err());
        }
        prop_assert_eq!(inventory.numbers, before);
    }
}

fn take(
    inventory: &mut Inventory,
    number: &str,
    kind: Option<NumberKind>,
    trunk: Option<&str>,
    assign_to: Option<&str>,
) -> Result<phone::numbers::import::Change, phone::numbers::import::Refusal> {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let number = E164::parse(number).unwrap();
    inventory.take(at(1), &Wish { kind, trunk: text(trunk), assign_to: text(assign_to), ..bare(number) })
}

fn person(extension: &str, name: &str, unlocked: &[Capability]) -> Person {
    Person {
        extension: extension.to_owned(),
        display_name: name.to_owned(),
        country: None,
        unlocked: unlocked.iter().copied().collect(),
        lines: Lines::default(),
    }
}

fn bare(number: E164) -> Wish {
    Wish::of(number)
}

/// Free numbers ending in 99, one of the platform's with Alice in 98, another organization's in 97.
fn inventory() -> Inventory {
    let number = |text: &str| Number::new(E164::parse(text).unwrap(), NumberKind::User);
    let of_plan =
        Number { source: NumberSource::CallingPlan, assignee: Some(Assignee::User(ALICE)), ..number("+12065550198") };
    let menus = Number {
        assignee: Some(Assignee::ResourceAccount(MENU)),
        kind: NumberKind::ServiceToll,
        ..number("+12065550195")
    };
    let held = [
        ("+12065550194", Held::Here(number("+12065550194"))),
        ("+12065550195", Held::Here(menus)),
        ("+12065550196", Held::Stock),
        ("+12065550197", Held::Elsewhere),
        ("+12065550198", Held::Here(of_plan)),
        ("+12065550199", Held::Here(number("+12065550199"))),
    ];
    let twin = |id| (ResourceAccountId(Uuid::from_u128(id)), "Twin".to_owned());
    let mut inventory = Inventory::default();
    inventory.enforcement = Enforcement::Block;
    inventory.country = "US".to_owned();
    inventory.numbers = held.map(|(text, held)| (E164::parse(text).unwrap(), held)).into();
    inventory.accounts = BTreeMap::from([(MENU, "Main menu".to_owned()), twin(11), twin(12)]);
    inventory.kept = BTreeMap::from([(E164::parse("+12065550194").unwrap(), "Lobby".to_owned())]);
    inventory.trunks = BTreeMap::from([(CARRIER, "Carrier".to_owned())]);
    inventory.add_person(ALICE, person("101", "Alice", &[Capability::PhoneSystem]));
    inventory.add_person(DAN, person("104", "Dan", &[]));
    inventory
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}
