//! Licenses given by groups: each rule, and the same result whatever the order of events.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use phone::id::GroupId;
use phone::people::license::sources::{self, Settled, Wanted};
use phone::people::license::{Catalogue, Enforcement, Means, PartNumber, Refusal, Seats};
use phone::rule::Broken as _;
use proptest::prelude::*;
use uuid::Uuid;

#[test]
fn a_group_gives_all_of_its_plans_or_none() {
    let both = settled(&[], &[], &[(1, &["MCOEV", "MCOPSTN1"])]);
    assert_eq!((both.held, both.failed.len()), (set(&["MCOEV", "MCOPSTN1"]), 0));
    let conflicting = settled(&["MCOPSTN2", "MCOEV"], &["MCOPSTN2", "MCOEV"], &[(1, &["MCOMEETADV", "MCOPSTN1"])]);
    assert_eq!(conflicting.held, set(&["MCOEV", "MCOPSTN2"]), "the one that could be given is not given alone");
    assert_eq!(conflicting.failed[&group(1)].code(), "license.mutually_exclusive");
    let alone = settled(&[], &[], &[(1, &["MCOPSTN1"])]);
    assert_eq!(alone.failed[&group(1)].code(), "license.dependency_missing");
    let abroad = settled(&[], &[], &[(1, &["MCOEV", "MCOPSTN_PAYG_2"])]);
    assert_eq!((abroad.held, abroad.failed[&group(1)].code()), (set(&[]), "license.country_not_allowed"));
}

#[test]
fn one_group_may_need_what_a_later_one_gives_and_the_oldest_of_two_that_exclude_each_other_gives() {
    let later = settled(&[], &[], &[(1, &["MCOPSTN1"]), (2, &["MCOEV"])]);
    assert_eq!((later.held, later.failed.len()), (set(&["MCOEV", "MCOPSTN1"]), 0));
    let two = settled(&["MCOEV", "MCOPSTN2"], &["MCOEV"], &[(2, &["MCOPSTN2"]), (1, &["MCOPSTN1"])]);
    assert_eq!(two.held, set(&["MCOEV", "MCOPSTN1"]));
    assert_eq!(two.failed.keys().copied().collect::<Vec<_>>(), [group(2)]);
}

#[test]
fn what_is_given_twice_stays_when_one_source_ends() {
    let direct_too = settled(&["MCOEV"], &["MCOEV"], &[(1, &["MCOEV"])]);
    assert_eq!(direct_too.held, set(&["MCOEV"]));
    assert_eq!(settled(&["MCOEV"], &[], &[(1, &["MCOEV"])]).held, set(&["MCOEV"]));
    assert_eq!(settled(&["MCOEV"], &["MCOEV"], &[]).held, set(&["MCOEV"]));
    assert_eq!(settled(&["MCOEV"], &[], &[]).held, set(&[]));
}

#[test]
fn who_has_a_seat_keeps_it_and_who_has_none_waits_where_licenses_are_enforced() {
    let full = BTreeMap::from([(plan("MCOEV"), Seats { bought: 1, assigned: 1 })]);
    let wanted = Wanted { by_group: BTreeMap::from([(group(1), set(&["MCOEV"]))]), ..Wanted::default() };
    let decide = |held: &[&str], enforcement| settle(&set(held), &wanted, enforcement, &full);
    assert_eq!(decide(&["MCOEV"], Enforcement::Block).held, set(&["MCOEV"]));
    let refusal = Refusal::NoSeats { plan: plan("MCOEV"), bought: 1 };
    assert_eq!(decide(&[], Enforcement::Block).failed, BTreeMap::from([(group(1), refusal)]));
    assert_eq!(decide(&[], Enforcement::Warn).held, set(&["MCOEV"]));
}

#[test]
fn what_is_over_goes_where_licenses_are_enforced_and_is_wanted_still() {
    let (catalogue, over) = (Catalogue::default(), set(&["MCOEV", "MCOPSTN1"]));
    let seats = BTreeMap::from([(plan("MCOEV"), Seats { bought: 9, assigned: 1 })]);
    let by_group = BTreeMap::from([(group(1), set(&["MCOMEETADV"])), (group(2), set(&["MCOPSTN1"]))]);
    let wanted = Wanted { direct: set(&["MCOEV"]), by_group };
    let held = set(&["MCOEV", "MCOMEETADV", "MCOPSTN1"]);
    let settle = |enforcement| {
        let means = Means { catalogue: &catalogue, enforcement, seats: &seats, over: &over };
        sources::settle(&held, &wanted, "US", &means)
    };
    let settled = settle(Enforcement::Block);
    assert_eq!(settled.held, set(&["MCOMEETADV"]));
    // What is missing first is told: the phone system went with its plan.
    assert_eq!(settled.failed[&group(2)].code(), "license.dependency_missing");
    assert_eq!(settle(Enforcement::Warn).held, held);
    assert_eq!(Refusal::Over { plan: plan("MCOEV") }.code(), "license.over");
}

/// One event of a history.
#[derive(Clone, Debug)]
enum Event {
    Join(usize, u128),
    Leave(usize, u128),
    Plans(u128, usize),
    Direct(usize, usize),
}

const N_PEOPLE: usize = 5;
const N_GROUPS: u128 = 4;
const OF_GROUPS: [&[&str]; 6] =
    [&[], &["MCOEV"], &["MCOEV", "MCOPSTN1"], &["MCOPSTN2"], &["MCOMEETADV", "MCOPSTN1"], &["MCOTEAMS_ESSENTIALS"]];
const DIRECT: [&[&str]; 4] = [&[], &["MCOEV"], &["MCOMEETADV"], &["MCOEV", "MCOPSTN1"]];

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        3 => (0..N_PEOPLE, 1..=N_GROUPS).prop_map(|(who, group)| Event::Join(who, group)),
        1 => (0..N_PEOPLE, 1..=N_GROUPS).prop_map(|(who, group)| Event::Leave(who, group)),
        2 => (1..=N_GROUPS, 0..OF_GROUPS.len()).prop_map(|(group, plans)| Event::Plans(group, plans)),
        1 => (0..N_PEOPLE, 0..DIRECT.len()).prop_map(|(who, plans)| Event::Direct(who, plans)),
    ];
    prop::collection::vec(event, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever is done in whatever order, with work on it in between or only at the end: the same is held and the
    /// same fails.
    #[test]
    fn any_order_of_events_comes_to_the_same(events in events(), order in any::<prop::sample::Index>(), pauses in any::<u64>()) {
        let mut one = World::new(1_000);
        for (index, event) in events.iter().enumerate() {
            one.apply(event);
            if pauses >> (index % 64) & 1 == 1 {
                one.work();
            }
        }
        one.work();
        // The same intent, told in another order: what came of the events, rotated.
        let mut told = one.intent();
        let by = order.index(told.len().max(1));
        let by = by.min(told.len());
        told.rotate_left(by);
        let mut other = World::new(1_000);
        for event in &told {
            other.apply(event);
            other.work();
        }
        prop_assert_eq!(one.outcome(), other.outcome());
    }

    /// Where seats are short: never more than were bought, none idle while somebody waits for nothing else, nobody
    /// loses one to another, and with enough seats it comes to the same as if there had always been enough.
    #[test]
    fn short_seats_are_all_used_and_more_of_them_end_the_wait(events in events(), n_seats in 0_u32..4) {
        let mut short = World::new(n_seats);
        let mut ample = World::new(1_000);
        for event in events.iter().filter(|event| !matches!(event, Event::Direct(..))) {
            let before: Vec<_> = short.held.clone();
            short.apply(event);
            short.work();
            ample.apply(event);
            ample.work();
            for (plan, seats) in short.seats() {
                prop_assert!(seats.assigned <= seats.bought, "{plan}");
            }
            if let Event::Join(who, _) = event
                && before[*who].is_subset(&short.held[*who])
            {
                for (other, held) in before.iter().enumerate().filter(|(other, _)| other != who) {
                    prop_assert!(held.is_subset(&short.held[other]));
                }
            }
            for who in 0..N_PEOPLE {
                let again = short.decide(who);
                prop_assert_eq!(&again.held, &short.held[who], "a seat is idle while somebody waits for it");
            }
        }
        short.bought = 1_000;
        short.work();
        prop_assert_eq!(short.outcome(), ample.outcome());
    }
}

/// People, groups and seats, as a server keeps them.
struct World {
    bought: u32,
    wanted: Vec<(BTreeSet<PartNumber>, BTreeSet<u128>)>,
    plans: BTreeMap<u128, BTreeSet<PartNumber>>,
    held: Vec<BTreeSet<PartNumber>>,
    failed: Vec<BTreeMap<GroupId, &'static str>>,
}

impl World {
    fn new(bought: u32) -> Self {
        Self {
            bought,
            wanted: vec![Default::default(); N_PEOPLE],
            plans: BTreeMap::new(),
            held: vec![BTreeSet::new(); N_PEOPLE],
            failed: vec![BTreeMap::new(); N_PEOPLE],
        }
    }

    fn apply(&mut self, event: &Event) {
        match event {
            Event::Join(who, group) => _ = self.wanted[*who].1.insert(*group),
            Event::Leave(who, group) => _ = self.wanted[*who].1.remove(group),
            Event::Plans(group, plans) => _ = self.plans.insert(*group, set(OF_GROUPS[*plans])),
            Event::Direct(who, plans) => self.wanted[*who].0 = set(DIRECT[*plans]),
        }
    }

    /// Goes on until nothing changes: a seat that one gives back may be what another waits for.
    fn work(&mut self) {
        loop {
            let before = self.held.clone();
            for who in 0..N_PEOPLE {
                let settled = self.decide(who);
                self.failed[who] = settled.failed.iter().map(|(group, refusal)| (*group, refusal.code())).collect();
                self.held[who] = settled.held;
            }
            if self.held == before {
                return;
            }
        }
    }

    fn decide(&self, who: usize) -> Settled {
        let (direct, groups) = &self.wanted[who];
        let of_group = |id: &u128| (group(*id), self.plans.get(id).cloned().unwrap_or_default());
        let wanted = Wanted { direct: direct.clone(), by_group: groups.iter().map(of_group).collect() };
        settle(&self.held[who], &wanted, Enforcement::Block, &self.seats())
    }

    fn seats(&self) -> BTreeMap<PartNumber, Seats> {
        let mut seats: BTreeMap<PartNumber, Seats> = BTreeMap::new();
        for plan in OF_GROUPS.iter().chain(&DIRECT).flat_map(|plans| *plans) {
            seats.entry(self::plan(plan)).or_default().bought = self.bought;
        }
        for plan in self.held.iter().flatten() {
            seats.get_mut(plan).unwrap().assigned += 1;
        }
        seats
    }

    /// Events that tell the intent as it is now.
    fn intent(&self) -> Vec<Event> {
        let mut told = Vec::new();
        for (who, (direct, groups)) in self.wanted.iter().enumerate() {
            told.extend(groups.iter().map(|group| Event::Join(who, *group)));
            told.push(Event::Direct(who, DIRECT.iter().position(|plans| set(plans) == *direct).unwrap()));
        }
        let index_of = |plans: &BTreeSet<PartNumber>| OF_GROUPS.iter().position(|known| set(known) == *plans).unwrap();
        told.extend(self.plans.iter().map(|(group, plans)| Event::Plans(*group, index_of(plans))));
        told
    }

    fn outcome(&self) -> (Vec<BTreeSet<PartNumber>>, Vec<BTreeMap<GroupId, &'static str>>) {
        (self.held.clone(), self.failed.clone())
    }
}

fn settled(held: &[&str], direct: &[&str], groups: &[(u128, &[&str])]) -> Settled {
    let seats = Seats { bought: 10, assigned: 0 };
    let seats = OF_GROUPS.iter().flat_map(|plans| *plans).map(|name| (plan(name), seats)).collect();
    let by_group = groups.iter().map(|(id, plans)| (group(*id), set(plans))).collect();
    settle(&set(held), &Wanted { direct: set(direct), by_group }, Enforcement::Block, &seats)
}

/// For a person in the United States.
fn settle(
    held: &BTreeSet<PartNumber>,
    wanted: &Wanted,
    enforcement: Enforcement,
    seats: &BTreeMap<PartNumber, Seats>,
) -> Settled {
    let over = BTreeSet::new();
    sources::settle(held, wanted, "US", &Means { catalogue: &CATALOGUE, enforcement, seats, over: &over })
}

/// Made once: what is random asks a hundred thousand times.
static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::default);

fn set(plans: &[&str]) -> BTreeSet<PartNumber> {
    plans.iter().map(|name| plan(name)).collect()
}

fn plan(name: &str) -> PartNumber {
    PartNumber(name.to_owned())
}

fn group(id: u128) -> GroupId {
    GroupId(Uuid::from_u128(id))
}
