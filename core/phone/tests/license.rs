//! Licenses given and taken: every rule, and what holds after any history.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::Timestamp;
use phone::amount::{Currency, Micros};
use phone::people::license::offer::{Offer, OfferKind, Price, Term};
use phone::people::license::subscription::{Commitment, Renewal, Subscription};
use phone::people::license::{
    self, Capability, Catalogue, Enforcement, Granted, Means, PartNumber, Plan, Refusal, Seats, Swap, one_more_account,
    resource_account_seats,
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
    let again = change(&set(&["MCOEV"]), &swap, Enforcement::Block, &full);
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
        assert_eq!(Catalogue::default().allows_voice(enforcement, &held), allowed, "{enforcement:?} {held:?}");
    }
}

#[test]
fn part_numbers_are_unique_and_every_need_can_be_met() {
    let catalogue = Catalogue::default();
    let unique: BTreeSet<_> = catalogue.plans().iter().map(|plan| &plan.part_number).collect();
    assert_eq!(unique.len(), catalogue.plans().len());
    let offered: BTreeSet<Capability> = catalogue.plans().iter().flat_map(|plan| plan.grant.unlocks.clone()).collect();
    assert!(catalogue.plans().iter().flat_map(|plan| &plan.grant.needs).all(|needs| offered.contains(needs)));
    for plan in catalogue.plans() {
        assert_eq!(plan.problems(), [], "{}", plan.part_number);
        assert!(Plan::is_built_in(&plan.part_number));
    }
}

/// Specification of numbers, 1.1.2 and 2.5: scripts and exports name plans by these, and minutes are of plans that can be
/// bought.
#[test]
fn the_known_part_numbers_are_offered_with_what_they_unlock() {
    use Capability::{AudioConferencing, CallingPlan, CommunicationCredits, Mobile, PhoneSystem, ResourceAccount};
    let catalogue = Catalogue::default();
    for (part_number, unlocks) in [
        ("MCOEV", &[PhoneSystem][..]),
        ("TEAMS_PHONE_STANDARD_FLW_NEW", &[PhoneSystem]),
        ("MCOCAP", &[PhoneSystem]),
        ("Microsoft_Teams_Rooms_Pro", &[PhoneSystem]),
        ("ENTERPRISEPREMIUM", &[AudioConferencing, PhoneSystem]),
        ("ENTERPRISEPREMIUM_NOPSTNCONF", &[PhoneSystem]),
        ("MCOTEAMS_ESSENTIALS", &[CallingPlan, PhoneSystem]),
        ("Microsoft_Teams_Rooms_Basic", &[]),
        ("ENTERPRISEPACK", &[]),
        ("STANDARDPACK", &[]),
        ("O365_BUSINESS_ESSENTIALS", &[]),
        ("O365_BUSINESS_PREMIUM", &[]),
        ("SPB", &[]),
        ("MCOEV_VIRTUALUSER", &[ResourceAccount]),
        ("PHONESYSTEM_VIRTUALUSER", &[ResourceAccount]),
        ("TRUNKLINE_MOBILE", &[Mobile]),
        ("MCOMEETADD", &[AudioConferencing]),
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
        let plan = catalogue.find(&plan(part_number)).unwrap_or_else(|| panic!("{part_number} is not offered"));
        assert!(plan.grant.unlocks.iter().eq(unlocks), "{part_number}");
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

#[test]
fn terms_of_a_plan_that_do_not_fit_are_named() {
    let price = |amount| Some(Price { amount: Micros(amount), currency: Currency::USD });
    let offer = |kind, price, trial_days| Offer { price, trial_days, ..Offer::new(kind) };
    for (offer, codes) in [
        (offer(OfferKind::Paid, price(8_000_000), None), vec![]),
        (offer(OfferKind::Trial, None, Some(30)), vec![]),
        (offer(OfferKind::Trial, price(1), None), vec!["license_plan.price_of_free", "license_plan.trial_days"]),
        (offer(OfferKind::Free, None, Some(30)), vec!["license_plan.trial_days"]),
        (offer(OfferKind::AddOn, price(-1), None), vec!["license_plan.price_negative"]),
    ] {
        let found: Vec<_> = offer.problems().iter().map(|problem| problem.code.as_str()).collect();
        assert_eq!(found, codes, "{offer:?}");
    }
}

#[test]
fn a_plan_that_somebody_has_keeps_what_it_unlocks_and_one_that_is_withdrawn_gets_no_more_seats() {
    let catalogue = Catalogue::default();
    let before = catalogue.find(&plan("MCOEV")).unwrap();
    let mut after = Plan { name: "Telephony".to_owned(), ..before.clone() };
    after.offer.is_open = false;
    assert_eq!(before.check_change(&after, 3), Ok(()));
    assert_eq!(
        (after.check_seats(5, 5), after.check_seats(5, 6).unwrap_err().code()),
        (Ok(()), "license_plan.withdrawn")
    );
    after.grant.unlocks.insert(Capability::Mobile);
    assert_eq!(before.check_change(&after, 1).unwrap_err().code(), "license_plan.grant_in_use");
    assert_eq!(before.check_change(&after, 0), Ok(()));
    let changed = Catalogue::with([after.clone()]);
    assert_eq!((changed.find(&plan("MCOEV")), changed.plans().len()), (Some(&after), catalogue.plans().len()));
}

#[test]
fn terms_end_on_their_day_and_go_on_where_they_renew() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let bought = at("2026-01-31T12:00:00Z");
    let paid = |term| Offer { term, ..Offer::new(OfferKind::Paid) };
    let end = |offer: &Offer, now| Subscription::bought(5, offer, bought).commitment.map(|it| it.end(now));
    assert_eq!(end(&paid(Term::Monthly), bought), Some(at("2026-02-28T12:00:00Z")));
    assert_eq!(end(&paid(Term::Monthly), at("2026-02-28T12:00:00Z")), Some(at("2026-03-28T12:00:00Z")));
    assert_eq!(end(&paid(Term::Annual), at("2046-01-30T00:00:00Z")), Some(at("2046-01-31T12:00:00Z")));
    assert_eq!(end(&Offer::new(OfferKind::Free), bought), None);
    let trial = Offer { trial_days: Some(30), ..Offer::new(OfferKind::Trial) };
    let trial = Subscription::bought(5, &trial, bought);
    assert_eq!((trial.is_over(at("2026-03-02T11:59:59Z")), trial.is_over(at("2026-03-02T12:00:00Z"))), (false, true));
    let ends = Commitment { term: Term::Monthly, first_end: bought, renewal: Renewal::Renews };
    assert!(!ends.is_over(Timestamp::MAX) && !Subscription::open(5).is_over(Timestamp::MAX));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever was asked of whom and in which order: no more seats are taken than were bought, and what each person
    /// holds goes together.
    #[test]
    fn after_any_history_seats_and_needs_hold(
        asked in prop::collection::vec((0_usize..5, any::<u32>(), any::<u32>()), 1..30),
        bought in prop::collection::vec(0_u32..4, Catalogue::default().plans().len()),
    ) {
        let (catalogue, mut people) = (&*CATALOGUE, vec![BTreeSet::new(); 5]);
        for (person, add, remove) in asked {
            let seats = counted(&people, &bought);
            let swap = Swap { add: picked(add & add.rotate_left(3) & add.rotate_left(7)), remove: picked(remove) };
            let before = people[person].clone();
            match change(&before, &swap, Enforcement::Block, &seats) {
                Ok(granted) => people[person] = granted.held,
                Err(_) => prop_assert_eq!(&people[person], &before),
            }
            for Seats { bought, assigned } in counted(&people, &bought).into_values() {
                prop_assert!(assigned <= bought);
            }
            for held in &people {
                let unlocked = catalogue.unlocked(held);
                let plans = || held.iter().filter_map(|plan| catalogue.find(plan));
                prop_assert!(plans().flat_map(|plan| &plan.grant.needs).all(|needs| unlocked.contains(needs)));
                let n_calling = plans().filter(|plan| plan.grant.unlocks.contains(&Capability::CallingPlan)).count();
                prop_assert!(n_calling <= 1);
            }
        }
    }
}

/// Asks for a person in the United States, where ten seats of everything but `MCOPSTN6` were bought.
fn us(held: &[&str], add: &[&str], remove: &[&str], enforcement: Enforcement) -> Result<Granted, Refusal> {
    let plans = part_numbers().into_iter().filter(|part| part.0 != "MCOPSTN6");
    let seats = plans.map(|plan| (plan, Seats { bought: 10, assigned: 3 })).collect();
    change(&set(held), &Swap { add: set(add), remove: set(remove) }, enforcement, &seats)
}

fn change(
    held: &BTreeSet<PartNumber>,
    swap: &Swap,
    enforcement: Enforcement,
    seats: &BTreeMap<PartNumber, Seats>,
) -> Result<Granted, Refusal> {
    let over = BTreeSet::new();
    license::change(held, swap, "US", &Means { catalogue: &CATALOGUE, enforcement, seats, over: &over })
}

/// Made once: what is random asks a hundred thousand times.
static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::default);

fn part_numbers() -> Vec<PartNumber> {
    CATALOGUE.plans().iter().map(|plan| plan.part_number.clone()).collect()
}

fn counted(people: &[BTreeSet<PartNumber>], bought: &[u32]) -> BTreeMap<PartNumber, Seats> {
    let plans = part_numbers().into_iter().zip(bought);
    plans
        .map(|(plan, bought)| {
            let assigned = u32::try_from(people.iter().filter(|held| held.contains(&plan)).count()).unwrap();
            (plan, Seats { bought: *bought, assigned })
        })
        .collect()
}

/// The plans whose bits are set.
fn picked(bits: u32) -> BTreeSet<PartNumber> {
    let plans = part_numbers().into_iter().enumerate().filter(|(index, _)| bits >> index & 1 == 1);
    plans.map(|(_, plan)| plan).collect()
}

fn set(plans: &[&str]) -> BTreeSet<PartNumber> {
    plans.iter().map(|name| plan(name)).collect()
}

fn plan(name: &str) -> PartNumber {
    PartNumber(name.to_owned())
}
