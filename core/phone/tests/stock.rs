//! The stock: who gets which number, whatever happens in which order.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use phone::id::{ReservationId, ResourceAccountId, StockBlockId, TenantId};
use phone::numbers::number::{NumberSource, Origin};
use phone::numbers::pattern::Pattern;
use phone::numbers::quota::Quota;
use phone::numbers::stock::{Item, Place, Reservation, check_country, check_order};
use phone::numbers::{E164, Number, NumberKind};
use phone::people::license::{Catalogue, Enforcement, Means, PartNumber, Seats};
use phone::rule::Broken as _;
use proptest::prelude::*;
use uuid::Uuid;

#[test]
fn a_reserved_number_is_for_one_tenant_until_its_time_is_over() {
    let free = item(Place::Free);
    let first = reservation(1, at(0));
    let reserved = free.reserve(at(0), &first).unwrap();
    let second = reservation(2, at(1));
    assert_eq!(reserved.reserve(at(1), &second).unwrap_err().code(), "number.out_of_stock");
    assert_eq!(reserved.sell(at(1), tenant(2), None, &Origin::default()).unwrap_err().code(), "number.out_of_stock");
    let origin = Origin { city: Some("Seattle".to_owned()), sms: true, ..Origin::default() };
    let (sold, number) = reserved.sell(at(899), tenant(1), None, &origin).unwrap();
    assert_eq!(number.origin, origin, "who buys it knows what the carrier says of it");
    assert_eq!((sold.place, number.source), (Place::Sold { tenant: tenant(1) }, NumberSource::CallingPlan));
    assert!(reserved.sell(at(900), tenant(2), None, &Origin::default()).is_ok());
    assert!(reserved.reserve(at(900), &second).is_ok());
    assert_eq!(reserved.let_go(first.id).place, Place::Free);
    assert_eq!(reserved.let_go(second.id), reserved);
}

#[test]
fn a_reservation_is_extended_once_and_in_time() {
    let first = reservation(1, at(0));
    let longer = first.extend(at(600)).unwrap();
    assert_eq!(longer.expires_at, at(1_500));
    assert_eq!(longer.extend(at(700)).unwrap_err().code(), "reservation.extended");
    assert_eq!(first.extend(at(900)).unwrap_err().code(), "reservation.expired");
    for n_numbers in [0, 101] {
        let refused = Reservation::new(first.id, first.tenant, at(0), n_numbers).unwrap_err();
        assert_eq!(refused.code(), "reservation.count_out_of_range");
    }
    for (n_numbers, is_fine) in [(0, false), (1, true), (1_000, true), (1_001, false)] {
        assert_eq!(check_order(n_numbers).is_ok(), is_fine, "{n_numbers}");
    }
}

#[test]
fn what_comes_back_rests_for_45_days() {
    let sold = item(Place::Sold { tenant: tenant(1) });
    assert_eq!(sold.give_back(at(0), tenant(2)), sold);
    let resting = sold.give_back(at(0), tenant(1));
    let end = at(0) + SignedDuration::from_hours(45 * 24);
    assert_eq!(resting.place, Place::Quarantined { until: end, from: Some(tenant(1)) });
    assert!(resting.sell(end - SignedDuration::from_secs(1), tenant(1), None, &Origin::default()).is_err());
    assert!(resting.sell(end, tenant(2), None, &Origin::default()).is_ok());
}

#[test]
fn numbers_are_of_the_country_or_refused() {
    let numbers = |texts: &[&str]| texts.iter().map(|text| E164::parse(text).unwrap()).collect::<Vec<_>>();
    assert_eq!(check_country("US", &numbers(&["+12065550100", "+18005550100"])), Ok(()));
    let refused = check_country("US", &numbers(&["+12065550100", "+442079460000"])).unwrap_err();
    assert_eq!(refused.to_string(), "+442079460000 is no number of US");
    assert_eq!(check_country("XX", &[]).unwrap_err().code(), "country.unknown");
}

#[test]
fn patterns_fit_digits_gaps_and_words() {
    for (pattern, national, fits) in [
        ("555", "2065550100", true),
        ("556", "2065550100", false),
        ("206*", "2065550100", true),
        ("555*", "2065550100", false),
        ("*0100", "2065550100", true),
        ("206-555-01??", "2065550100", true),
        ("206555010", "2065550100", true),
        ("206555010?", "2065550100", true),
        ("206555010??", "2065550100", false),
        ("*7*7*", "2067551007", true),
        ("FLOWERS", "8003569377", true),
        ("flow*", "8003569377", false),
        ("*", "", true),
    ] {
        assert_eq!(Pattern::parse(pattern).unwrap().fits(national), fits, "{pattern} {national}");
    }
    for text in ["", "206+", "é", &"1".repeat(40)] {
        assert_eq!(Pattern::parse(text).unwrap_err().code(), "number.pattern_malformed", "{text}");
    }
}

#[test]
fn quotas_follow_their_formulas() {
    let plans = |plans: &[(&str, u32)]| -> BTreeMap<PartNumber, Seats> {
        let seats = |bought: &u32| Seats { bought: *bought, assigned: 0 };
        plans.iter().map(|(plan, bought)| (PartNumber((*plan).to_owned()), seats(bought))).collect()
    };
    use NumberKind::{ServiceToll, ServiceTollFree, User};
    for (kind, seats, n_max) in [
        (User, plans(&[("MCOPSTN1", 50)]), 65),
        (User, plans(&[("MCOPSTN2", 60), ("MCOTEAMS_ESSENTIALS", 40)]), 120),
        (User, plans(&[("MCOPSTN1", 30), ("MCOPSTN_PAYG_1", 20)]), 63),
        (User, plans(&[("MCOPSTN1", 25)]), 38),
        (User, plans(&[("MCOEV", 25)]), 10),
        (ServiceToll, plans(&[("MCOEV", 40), ("MCOMEETADV", 11)]), 20),
        (ServiceTollFree, plans(&[("MCOEV", 25)]), 5),
        (ServiceToll, plans(&[("MCOEV", 26)]), 10),
        (ServiceToll, plans(&[("MCOEV", 60_000)]), 1_500),
        (ServiceTollFree, plans(&[("MCOPSTN1", 100)]), 0),
    ] {
        let quota = quota(kind, None, Enforcement::Warn, &seats);
        assert_eq!(quota.n_max, Some(n_max), "{}", quota.formula);
        assert!(quota.formula.contains(&n_max.to_string()), "{}", quota.formula);
        assert_eq!(quota.check(n_max.saturating_sub(3)).is_ok(), true);
    }
    let quota = quota(User, Some(5), Enforcement::Block, &BTreeMap::new());
    let refused = quota.check(3).unwrap_err();
    assert_eq!((refused.code(), refused.is_conflict()), ("quota_exceeded", true));
    assert_eq!(refused.to_string(), "2 more numbers for people may be held, 3 are wanted");
    assert_eq!(self::quota(User, Some(0), Enforcement::Block, &BTreeMap::new()).n_left(), None);
    assert_eq!(self::quota(User, None, Enforcement::Off, &BTreeMap::new()).n_left(), None);
}

/// Where three numbers are held.
fn quota(kind: NumberKind, set: Option<u32>, enforcement: Enforcement, seats: &BTreeMap<PartNumber, Seats>) -> Quota {
    let (catalogue, over) = (Catalogue::default(), BTreeSet::new());
    Quota::of(kind, set, &Means { catalogue: &catalogue, enforcement, seats, over: &over }, 3)
}

const ACCOUNT: ResourceAccountId = ResourceAccountId(Uuid::from_u128(5));

/// Three numbers of the stock and what three tenants hold of them.
struct Shop {
    stock: BTreeMap<E164, Item>,
    held: BTreeMap<TenantId, BTreeMap<E164, Number>>,
    reservations: BTreeMap<TenantId, Reservation>,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Invariants 1 and 2: after any history of reservations, purchases, assignments and releases of three tenants, a
    /// number belongs to one tenant at most, the stock knows which, and nothing that is assigned was given back.
    #[test]
    fn after_any_history_a_number_has_one_holder(done in prop::collection::vec((0_u8..7, 1_u128..4, 0_usize..3, 0_i64..2_000_000), 1..80)) {
        let mut shop = Shop::new();
        let numbers: Vec<E164> = shop.stock.keys().copied().collect();
        let mut now = at(0);
        for (what, who, which, secs) in done {
            // Most steps follow each other within a reservation, some after a quarantine.
            now += SignedDuration::from_secs(if secs % 4 == 0 { secs * 2 } else { secs % 600 });
            let before = shop.assigned();
            shop.step(now, what, tenant(who), *numbers.get(which).unwrap());
            for number in &numbers {
                let holders: Vec<_> = shop.held.iter().filter(|(_, held)| held.contains_key(number)).map(|(who, _)| *who).collect();
                prop_assert!(holders.len() <= 1);
                let sold_to = match shop.stock.get(number).unwrap().place {
                    Place::Sold { tenant } => Some(tenant),
                    Place::Free | Place::Reserved { .. } | Place::Quarantined { .. } => None,
                };
                prop_assert_eq!(sold_to, holders.first().copied());
            }
            // Only taking an assigned number from its assignee ends an assignment.
            let gone = before.difference(&shop.assigned()).count();
            prop_assert!(gone == 0 || what == 4);
        }
    }
}

impl Shop {
    fn new() -> Self {
        let numbers = (0..3).map(|n| E164::parse(&format!("+1206555010{n}")).unwrap());
        let stock = numbers.map(|number| (number, Item { number, ..item(Place::Free) })).collect();
        let held = (1..4).map(|n| (tenant(n), BTreeMap::new())).collect();
        Self { stock, held, reservations: BTreeMap::new() }
    }

    fn assigned(&self) -> BTreeSet<E164> {
        let held = self.held.values().flat_map(BTreeMap::values);
        held.filter(|number| number.assignee.is_some()).map(|number| number.number).collect()
    }

    fn step(&mut self, now: Timestamp, what: u8, who: TenantId, number: E164) {
        let item = self.stock.get_mut(&number).unwrap();
        let held = self.held.get_mut(&who).unwrap();
        match what {
            0 => {
                let id = ReservationId(Uuid::from_u128(now.as_second().unsigned_abs().into()));
                let reservation = Reservation::new(id, who, now, 1).unwrap();
                if let Ok(reserved) = item.reserve(now, &reservation) {
                    *item = reserved;
                    self.reservations.insert(who, reservation);
                }
            }
            1 | 2 => {
                if let Ok((sold, number)) = item.sell(now, who, None, &Origin::default()) {
                    *item = sold;
                    held.insert(number.number, number);
                }
            }
            3 => {
                let assigned = held.get(&number).map(|number| number.assign_to_account(now, ACCOUNT, None));
                if let Some(Ok(assigned)) = assigned {
                    held.insert(number, assigned);
                }
            }
            4 => {
                if let Some(Ok(free)) = held.get(&number).map(|number| number.unassign(now, None)) {
                    held.insert(number, free);
                }
            }
            5 => {
                if held.get(&number).is_some_and(|number| number.check_release(None).is_ok()) {
                    held.remove(&number);
                    *item = item.give_back(now, who);
                }
            }
            _ => {
                if let Some(reservation) = self.reservations.get(&who) {
                    *item = item.let_go(reservation.id);
                }
            }
        }
    }
}

fn item(place: Place) -> Item {
    let number = E164::parse("+12065550100").unwrap();
    Item { number, block: StockBlockId(Uuid::from_u128(3)), kind: NumberKind::ServiceToll, place }
}

fn reservation(who: u128, now: Timestamp) -> Reservation {
    Reservation::new(ReservationId(Uuid::from_u128(who)), tenant(who), now, 1).unwrap()
}

fn tenant(id: u128) -> TenantId {
    TenantId(Uuid::from_u128(id))
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}
