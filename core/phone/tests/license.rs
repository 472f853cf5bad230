//! Licenses given and taken: every rule, and what holds after any history.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use phone::people::license::{
    Capability, Enforcement, Granted, PartNumber, Plan, Refusal, Seats, Swap, catalogue, change, one_more_account,
    resource_account_seats, unlocked,
};
use phone::rule::Broken as _;
use proptest::prelude::*;

#[test]
fn every_rule_has_a_refusal_with_a_code_and_a_fix() {
    let table: &[(&[&str], &[&str], &[&str], &str)] = &[
        (&[], &["MCOEV2"], &[], "license.unknown_plan"),
        (&[], &[], &["MCOEV2"], "license.unknown_plan"),
        (&[], &["MCOEV_VIRTUALUSER"], &[], "license.holder_not_allowed"),
        (&["MCOEV"], &["MCOPSTN_PAYG_2"], &[], "license.country_not_allowed"),
        (&["MCOEV", "MCOPSTN1"], &["MCOPSTN2"], &[], "license.mutually_exclusive"),
        (&["MCOEV", "MCOPSTN1"], &["MCOTEAMS_ESSENTIALS"], &[], "license.mutually_exclusive"),
        (&[], &["MCOPSTN1"], &[], "license.dependency_missing"),
        (&["MCOEV", "MCOPSTN1"], &[], &["MCOEV"], "license.dependency_missing"),
        (&["MCOEV"], &["MCOPSTN6"], &[], "license.no_seats"),
    ];
    for (held, add, remove, code) in table {
        let refusal = us(held, add, remove, Enforcement::Block).unwrap_err();
        assert_eq!(refusal.code(), *code, "{held:?} + {add:?} - {remove:?}: {refusal}");
        assert!(!refusal.fix().is_empty());
        assert_eq!(refusal.is_conflict(), *code == "license.no_seats");
    }
}

#[test]
fn what_goes_and_what_comes_are_one_change() {
    let swapped = us(&["MCOEV", "MCOPSTN1"], &["MCOTEAMS_ESSENTIALS"], &["MCOEV", "MCOPSTN1"], Enforcement::Block);
    assert_eq!(swapped.unwrap().held, set(&["MCOTEAMS_ESSENTIALS"]));
    let together = us(&[], &["MCOEV", "MCOPSTN1"], &[], Enforcement::Block);
    assert_eq!(together.unwrap().held, set(&["MCOEV", "MCOPSTN1"]));
}

#[test]
fn the_same_again_changes_nothing_and_takes_no_seat() {
    let full = BTreeMap::from([(plan("MCOEV"), Seats { bought: 1, assigned: 1 })]);
    let swap = Swap { add: set(&["MCOEV"]), remove: set(&["MCOPSTN1"]) };
    let again = change(&set(&["MCOEV"]), &swap, "US", Enforcement::Block, &full);
    assert_eq!(again, Ok(Granted { held: set(&["MCOEV"]), warnings: Vec::new() }));
}

#[test]
fn one_more_resource_account_is_free_bought_or_refused() {
    let full = Seats { bought: resource_account_seats(None, 19), assigned: 26 };
    let refusal = Refusal::NoMoreAccounts { allowed: 26 };
    assert_eq!(one_more_account(full, Enforcement::Block), Err(refusal.clone()));
    assert_eq!(one_more_account(full, Enforcement::Warn), Ok(Some(refusal)));
    assert_eq!(one_more_account(full, Enforcement::Off), Ok(None));
    let with_one_more_license = Seats { bought: resource_account_seats(None, 20), ..full };
    assert_eq!(one_more_account(with_one_more_license, Enforcement::Block), Ok(None));
    let bought = Seats { bought: resource_account_seats(Some(5), 600), assigned: 5 };
    assert_eq!(one_more_account(bought, Enforcement::Block).unwrap_err().code(), "license.no_seats");
}

#[test]
fn seats_are_refused_warned_of_or_not_looked_at() {
    let full = Refusal::NoSeats { plan: plan("MCOPSTN6"), bought: 0 };
    assert_eq!(us(&["MCOEV"], &["MCOPSTN6"], &[], Enforcement::Block), Err(full.clone()));
    assert_eq!(us(&["MCOEV"], &["MCOPSTN6"], &[], Enforcement::Warn).unwrap().warnings, [full]);
    assert_eq!(us(&["MCOEV"], &["MCOPSTN6"], &[], Enforcement::Off).unwrap().warnings, []);
}

#[test]
fn only_where_licenses_are_enforced_do_they_decide_about_calls() {
    for (enforcement, held, allowed) in [
        (Enforcement::Block, set(&[]), false),
        (Enforcement::Block, set(&["MCOMEETADV"]), false),
        (Enforcement::Block, set(&["MCOEV"]), true),
        (Enforcement::Block, set(&["MCOTEAMS_ESSENTIALS"]), true),
        (Enforcement::Warn, set(&[]), true),
        (Enforcement::Off, set(&[]), true),
    ] {
        assert_eq!(enforcement.allows_voice(&held), allowed, "{enforcement:?} {held:?}");
    }
}

#[test]
fn part_numbers_are_unique_and_every_need_can_be_met() {
    let unique: BTreeSet<_> = catalogue::PLANS.iter().map(|plan| plan.part_number).collect();
    assert_eq!(unique.len(), catalogue::PLANS.len());
    let offered: BTreeSet<Capability> = catalogue::PLANS.iter().flat_map(|plan| plan.unlocks).copied().collect();
    assert!(catalogue::PLANS.iter().flat_map(|plan| plan.needs).all(|needs| offered.contains(needs)));
}

/// Specification of numbers, 1.1.2 and 2.5: scripts and exports name plans by these, and minutes are of plans that can be
/// bought.
#[test]
fn the_known_part_numbers_are_offered_with_what_they_unlock() {
    use Capability::{AudioConferencing, CallingPlan, CommunicationCredits, PhoneSystem, ResourceAccount};
    for (part_number, unlocks) in [
        ("MCOEV", &[PhoneSystem][..]),
        ("TEAMS_PHONE_STANDARD_FLW_NEW", &[PhoneSystem]),
        ("MCOCAP", &[PhoneSystem]),
        ("Microsoft_Teams_Rooms_Pro", &[PhoneSystem]),
        ("ENTERPRISEPREMIUM", &[AudioConferencing, PhoneSystem]),
        ("ENTERPRISEPREMIUM_NOPSTNCONF", &[PhoneSystem]),
        ("MCOTEAMS_ESSENTIALS", &[CallingPlan, PhoneSystem]),
        ("MCOEV_VIRTUALUSER", &[ResourceAccount]),
        ("MCOPSTN1", &[CallingPlan]),
        ("MCOPSTN2", &[CallingPlan]),
        ("MCOPSTN5", &[CallingPlan]),
        ("MCOPSTN6", &[CallingPlan]),
        ("MCOPSTN8", &[CallingPlan]),
        ("MCOPSTN9", &[CallingPlan]),
        ("MCOPSTN_PAYG_1", &[CallingPlan]),
        ("MCOPSTN_PAYG_2", &[CallingPlan]),
        ("MCOPSTNPP", &[CommunicationCredits]),
        ("MCOMEETADV", &[AudioConferencing]),
        ("MCOMEETADD_DIALOUT_US", &[AudioConferencing]),
        ("MCOMEETACPEA", &[AudioConferencing]),
    ] {
        let plan = Plan::find(&plan(part_number)).unwrap_or_else(|| panic!("{part_number} is not offered"));
        assert_eq!(plan.unlocks, unlocks, "{part_number}");
        let has_minutes = phone::money::pool::minutes_of(part_number, "US").is_some();
        let is_calling = unlocks.contains(&CallingPlan) && !part_number.starts_with("MCOPSTN_PAYG");
        assert_eq!(has_minutes, is_calling, "{part_number} has minutes to call with, or costs from the first second");
    }
}

#[test]
fn resource_accounts_are_free_up_to_a_share_of_the_people() {
    for (bought, n_phone_system, seats) in [(None, 0, 25), (None, 9, 25), (None, 600, 85), (Some(5), 600, 5)] {
        assert_eq!(resource_account_seats(bought, n_phone_system), seats);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever was asked of whom and in which order: no more seats are taken than were bought, and what each person
    /// holds goes together.
    #[test]
    fn after_any_history_seats_and_needs_hold(
        asked in prop::collection::vec((0_usize..5, any::<u32>(), any::<u32>()), 1..30),
        bought in prop::collection::vec(0_u32..4, catalogue::PLANS.len()),
    ) {
        let mut people = vec![BTreeSet::new(); 5];
        for (person, add, remove) in asked {
            let seats = counted(&people, &bought);
            let swap = Swap { add: picked(add & add.rotate_left(3) & add.rotate_left(7)), remove: picked(remove) };
            let before = people[person].clone();
            match change(&before, &swap, "US", Enforcement::Block, &seats) {
                Ok(granted) => people[person] = granted.held,
                Err(_) => prop_assert_eq!(&people[person], &before),
            }
            for Seats { bought, assigned } in counted(&people, &bought).into_values() {
                prop_assert!(assigned <= bought);
            }
            for held in &people {
                let unlocked = unlocked(held);
                for plan in held.iter().filter_map(Plan::find) {
                    prop_assert!(plan.needs.iter().all(|needs| unlocked.contains(needs)));
                }
                let n_calling = held.iter().filter_map(Plan::find);
                let n_calling = n_calling.filter(|plan| plan.unlocks.contains(&Capability::CallingPlan)).count();
                prop_assert!(n_calling <= 1);
            }
        }
    }
}

/// Asks for a person in the United States, where ten seats of everything but `MCOPSTN6` were bought.
fn us(held: &[&str], add: &[&str], remove: &[&str], enforcement: Enforcement) -> Result<Granted, Refusal> {
    let plans = catalogue::PLANS.iter().map(Plan::part_number).filter(|part| part.0 != "MCOPSTN6");
    let seats = plans.map(|plan| (plan, Seats { bought: 10, assigned: 3 })).collect();
    change(&set(held), &Swap { add: set(add), remove: set(remove) }, "US", enforcement, &seats)
}

fn counted(people: &[BTreeSet<PartNumber>], bought: &[u32]) -> BTreeMap<PartNumber, Seats> {
    let plans = catalogue::PLANS.iter().map(Plan::part_number).zip(bought);
    plans
        .map(|(plan, bought)| {
            let assigned = u32::try_from(people.iter().filter(|held| held.contains(&plan)).count()).unwrap();
            (plan, Seats { bought: *bought, assigned })
        })
        .collect()
}

/// The plans whose bits are set.
fn picked(bits: u32) -> BTreeSet<PartNumber> {
    let plans = catalogue::PLANS.iter().enumerate().filter(|(index, _)| bits >> index & 1 == 1);
    plans.map(|(_, plan)| plan.part_number()).collect()
}

fn set(plans: &[&str]) -> BTreeSet<PartNumber> {
    plans.iter().map(|name| plan(name)).collect()
}

fn plan(name: &str) -> PartNumber {
    PartNumber(name.to_owned())
}
