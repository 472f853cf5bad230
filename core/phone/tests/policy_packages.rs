//! Packages of policies: what giving one changes for whom. Specification of calling, 4.3.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use phone::id::{GroupId, PolicyId, PolicyPackageId};
use phone::policies::effective::{Assigned, Rank};
use phone::policies::package::{BuiltIn, Giving, Outcome, check_for_groups, foresee, may_be_in_package};
use phone::policies::{Candidate, Package, PolicyType, Settings, effective};
use phone::rule::Broken as _;
use proptest::prelude::*;
use uuid::Uuid;

#[test]
fn each_package_that_comes_with_the_program_says_what_can_be_said() {
    let all = BuiltIn::all();
    let keys: BTreeSet<&str> = all.iter().map(|one| one.key).collect();
    assert_eq!(keys.len(), 7);
    for one in &all {
        assert_eq!(BuiltIn::find(one.key).as_ref(), Some(one));
        assert_eq!(BuiltIn::find(&one.name.to_uppercase()).as_ref(), Some(one));
        assert!(!one.description.is_empty() && !one.policies.is_empty(), "{}", one.key);
        let kinds: BTreeSet<PolicyType> = one.policies.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds.len(), one.policies.len(), "one of each type: {}", one.key);
        assert_eq!(check_for_groups(one.name, kinds.into_iter()), Ok(()), "groups are given it: {}", one.key);
        for (kind, settings) in &one.policies {
            let changed = Settings::factory(*kind).changed(settings);
            assert!(changed.is_ok(), "{} {kind:?}: {changed:?}", one.key);
        }
    }
    assert_eq!(BuiltIn::find("nobody"), None);
}

#[test]
fn a_package_has_a_name_of_its_own() {
    for (name, description, code) in [
        ("Night shift", "", None),
        (" ", "", Some("name.empty")),
        ("front-line WORKER", "", Some("name_taken")),
        ("frontline_worker", "", Some("name_taken")),
        (&*"x".repeat(65), "", Some("policy.name_too_long")),
        ("Night shift", &*"x".repeat(1_041), Some("policy.description_too_long")),
    ] {
        let id = PolicyPackageId(Uuid::from_u128(1));
        let package =
            Package { id, name: name.to_owned(), description: description.to_owned(), policies: BTreeMap::new() };
        assert_eq!(package.problems().first().map(|it| it.code.as_str()), code, "{name}");
    }
}

#[test]
fn what_only_people_are_given_keeps_a_package_from_groups_and_what_nobody_is_given_from_packages() {
    let refused =
        check_for_groups("Desk", [PolicyType::Calling, PolicyType::VoiceApplications].into_iter()).unwrap_err();
    assert_eq!((refused.code(), refused.is_conflict()), ("policy_package.not_for_groups", false));
    assert_eq!(refused.to_string(), "the package Desk has policies that groups are not given: voice_applications");
    let never: Vec<PolicyType> = PolicyType::ALL.iter().copied().filter(|kind| !may_be_in_package(*kind)).collect();
    assert_eq!(never, [PolicyType::NetworkRoaming]);
}

#[test]
fn the_preview_says_what_changes_for_a_person_and_what_stays() {
    let new = policy(7);
    let none = Assigned::default();
    let own = Assigned { direct: Some(policy(1)), ..none.clone() };
    let same = Assigned { direct: Some(new), ..none.clone() };
    let by_group = Assigned { groups: vec![(group(1), Rank(1), policy(2))], ..none.clone() };
    let by_later_group = Assigned { groups: vec![(group(1), Rank(2), policy(2))], ..none.clone() };
    let at_site = Assigned { site: Some(policy(3)), ..none.clone() };
    let to_group = Giving::Group(group(9), Rank(1));
    let to_later_group = Giving::Group(group(9), Rank(2));
    let (direct, where_none) = (Giving::Direct, Giving::DirectWhereNone);
    let now = Candidate::Direct(new);
    for (kind, assigned, giving, before, after, outcome) in [
        (PolicyType::Calling, &none, direct, Candidate::Global, now, Outcome::Changes),
        (PolicyType::Calling, &none, where_none, Candidate::Global, now, Outcome::Changes),
        (PolicyType::Calling, &own, direct, Candidate::Direct(policy(1)), now, Outcome::Changes),
        (
            PolicyType::Calling,
            &own,
            where_none,
            Candidate::Direct(policy(1)),
            Candidate::Direct(policy(1)),
            Outcome::Kept,
        ),
        (PolicyType::Calling, &same, direct, now, now, Outcome::Same),
        (PolicyType::Calling, &same, where_none, now, now, Outcome::Same),
        (PolicyType::Calling, &by_group, direct, Candidate::Group(group(1), Rank(1), policy(2)), now, Outcome::Changes),
        (
            PolicyType::Calling,
            &none,
            to_group,
            Candidate::Global,
            Candidate::Group(group(9), Rank(1), new),
            Outcome::Changes,
        ),
        (
            PolicyType::Calling,
            &own,
            to_group,
            Candidate::Direct(policy(1)),
            Candidate::Direct(policy(1)),
            Outcome::Hidden(Candidate::Direct(policy(1))),
        ),
        (
            PolicyType::Calling,
            &by_group,
            to_later_group,
            Candidate::Group(group(1), Rank(1), policy(2)),
            Candidate::Group(group(1), Rank(1), policy(2)),
            Outcome::Hidden(Candidate::Group(group(1), Rank(1), policy(2))),
        ),
        (
            PolicyType::Calling,
            &by_later_group,
            to_group,
            Candidate::Group(group(1), Rank(2), policy(2)),
            Candidate::Group(group(9), Rank(1), new),
            Outcome::Changes,
        ),
        (
            PolicyType::EmergencyCalling,
            &at_site,
            direct,
            Candidate::Site(policy(3)),
            Candidate::Site(policy(3)),
            Outcome::Hidden(Candidate::Site(policy(3))),
        ),
    ] {
        let foreseen = foresee(kind, new, assigned, giving);
        assert_eq!(
            (foreseen.before, foreseen.after, foreseen.outcome),
            (before, after, outcome),
            "{assigned:?} {giving:?}"
        );
    }
}

proptest! {
    /// What is foreseen is what holds once it is given.
    #[test]
    fn what_is_foreseen_comes_true(
        direct in proptest::option::of(0..4_u128),
        groups in proptest::collection::btree_map(1..9_u32, (0..9_u128, 0..4_u128), 0..5),
        to_group in proptest::option::of((20..22_u128, 10..20_u32)),
        is_kept in any::<bool>(),
    ) {
        let assigned = Assigned {
            direct: direct.map(policy),
            groups: groups.iter().map(|(rank, (id, it))| (group(*id), Rank(*rank), policy(*it))).collect(),
            ..Assigned::default()
        };
        let given = policy(2);
        let mut then = assigned.clone();
        let giving = match to_group {
            Some((id, rank)) => {
                then.groups.push((group(id), Rank(rank), given));
                Giving::Group(group(id), Rank(rank))
            }
            None if is_kept => {
                then.direct = then.direct.or(Some(given));
                Giving::DirectWhereNone
            }
            None => {
                then.direct = Some(given);
                Giving::Direct
            }
        };
        let foreseen = foresee(PolicyType::Calling, given, &assigned, giving);
        prop_assert_eq!(foreseen.before, effective(PolicyType::Calling, &assigned).winner);
        prop_assert_eq!(foreseen.after, effective(PolicyType::Calling, &then).winner);
        let differs = foreseen.before.policy() != foreseen.after.policy();
        prop_assert_eq!(differs, foreseen.outcome == Outcome::Changes);
    }
}

fn policy(id: u128) -> PolicyId {
    PolicyId(Uuid::from_u128(id))
}

fn group(id: u128) -> GroupId {
    GroupId(Uuid::from_u128(id))
}
