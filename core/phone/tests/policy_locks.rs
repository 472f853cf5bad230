//! Locks: what no policy of an organization may exceed. Specification of calling, 4.2.
#![allow(clippy::unwrap_used, reason = "tests")]

use phone::id::PolicyLockId;
use phone::policies::lock::{Bounds, Lock, LockLevel, Locks, check_hold};
use phone::policies::{PolicyType, Settings};
use phone::rule::Broken as _;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use LockLevel::{Organization, Platform, Reseller};

#[test]
fn what_exceeds_a_lock_is_brought_within_it_and_told() {
    for (locks, says, holds, by) in [
        (vec![values(Platform, "allow_delegation", json!([false]))], json!(true), json!(false), Some(Platform)),
        (vec![values(Platform, "allow_delegation", json!([false]))], json!(false), json!(false), None),
        (vec![values(Reseller, "allow_delegation", json!([false, true]))], json!(true), json!(true), None),
    ] {
        let settings = Settings::factory(PolicyType::Calling);
        let settings = settings.changed(json!({ "allow_delegation": says }).as_object().unwrap()).unwrap();
        let (within, limited) = Locks::new(locks).limit(settings);
        assert_eq!(within.to_value()["allow_delegation"], holds);
        assert_eq!(limited.first().map(|it| it.level), by);
        assert!(limited.iter().all(|it| it.says == says && it.holds == holds && !it.reason.is_empty()));
    }
    for (said, range, holds) in [(json!(600), (30, 300), 300), (json!(30), (60, 300), 60), (json!(120), (60, 300), 120)]
    {
        let settings = Settings::factory(PolicyType::CallPark);
        let settings = settings.changed(json!({ "park_timeout_seconds": said }).as_object().unwrap()).unwrap();
        let lock = lock(PolicyType::CallPark, "park_timeout_seconds", Platform, range.into());
        let (within, limited) = Locks::new(vec![lock]).limit(settings);
        assert_eq!(within.to_value()["park_timeout_seconds"], holds);
        assert_eq!(limited.len(), usize::from(said != holds));
    }
}

#[test]
fn what_has_no_end_is_as_long_as_a_lock_allows() {
    let days = "call_recording_expiration_days";
    let forever = Settings::factory(PolicyType::Calling).changed(json!({ days: null }).as_object().unwrap()).unwrap();
    let locks = Locks::new(vec![lock(PolicyType::Calling, days, Reseller, (1, 90).into())]);
    assert_eq!(locks.limit(forever).0.to_value()[days], 90);
}

#[test]
fn locks_of_other_types_and_settings_change_nothing() {
    let locks = Locks::new(vec![
        values(Platform, "allow_delegation", json!([false])),
        lock(PolicyType::Calling, "of_a_later_version", Platform, Bounds::Values(vec![json!(1)])),
    ]);
    let park = Settings::factory(PolicyType::CallPark);
    assert_eq!(locks.limit(park.clone()), (park, Vec::new()));
    let (calling, limited) = locks.limit(Settings::factory(PolicyType::Calling));
    let mut expected = Settings::factory(PolicyType::Calling).to_value();
    expected["allow_delegation"] = json!(false);
    assert_eq!((calling.to_value(), limited.len()), (expected, 1));
}

#[test]
fn who_is_above_has_the_last_word() {
    let voicemail = "allow_voicemail";
    let locks = Locks::new(vec![
        values(Platform, voicemail, json!(["always_disabled"])),
        values(Organization, voicemail, json!(["always_enabled", "always_disabled"])),
    ]);
    let (within, limited) = locks.limit(Settings::factory(PolicyType::Calling));
    assert_eq!(within.to_value()[voicemail], "always_disabled");
    let [limited] = limited.as_slice() else { panic!("{limited:?}") };
    assert_eq!(
        (&limited.says, limited.level),
        (&json!("user_override"), Platform),
        "what the policy says, not what lay between"
    );
}

#[test]
fn a_policy_may_not_say_what_is_locked_but_keeps_what_it_said_before() {
    let locks = Locks::new(vec![
        values(Organization, "allow_delegation", json!([true])),
        values(Platform, "allow_voicemail", json!(["always_disabled"])),
    ]);
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let settings = Settings::factory(PolicyType::Calling);
    let check = |names: &[&str]| locks.check(&settings, named(names).iter());
    assert_eq!(check(&["allow_delegation"]), Ok(()));
    assert_eq!(check(&["copilot"]), Ok(()), "it says what is locked, as it did before");
    let refusal = check(&["allow_delegation", "allow_voicemail"]).unwrap_err();
    assert_eq!((refusal.code(), refusal.is_conflict()), ("policy.setting_locked", true));
    let words =
        "who runs the server lets allow_voicemail be \"always_disabled\" only, and \"user_override\" is none of that";
    assert_eq!(refusal.to_string(), words);
    assert!(refusal.fix().contains("ask who runs the server"), "{}", refusal.fix());
}

#[test]
fn a_lock_is_held_by_who_set_it_and_by_who_is_above() {
    for (level, by, code) in [
        (Organization, Organization, None),
        (Organization, Reseller, None),
        (Organization, Platform, None),
        (Reseller, Organization, Some("policy_lock.from_above")),
        (Reseller, Reseller, None),
        (Reseller, Platform, None),
        (Platform, Organization, Some("policy_lock.from_above")),
        (Platform, Reseller, Some("policy_lock.from_above")),
        (Platform, Platform, None),
    ] {
        let refused = check_hold(&values(level, "copilot", json!(["disabled"])), by).err();
        assert_eq!(refused.map(|it| it.code()), code, "{level:?} by {by:?}");
    }
}

#[test]
fn there_is_one_lock_of_a_setting_and_level_and_none_from_below_goes_beyond_those_from_above() {
    let timeout = |level, from, to| lock(PolicyType::CallPark, "park_timeout_seconds", level, Bounds::from((from, to)));
    for (there, new, code) in [
        (vec![], timeout(Organization, 30, 300), None),
        (vec![timeout(Organization, 30, 60)], timeout(Organization, 30, 300), Some("policy_lock.exists")),
        (vec![timeout(Platform, 30, 300)], timeout(Organization, 60, 300), None),
        (vec![timeout(Platform, 30, 300)], timeout(Reseller, 30, 301), Some("policy.setting_locked")),
        (vec![timeout(Organization, 30, 300)], timeout(Platform, 400, 500), None),
        (
            vec![values(Reseller, "copilot", json!(["disabled"]))],
            values(Organization, "copilot", json!(["disabled", "enabled"])),
            Some("policy.setting_locked"),
        ),
        (
            vec![values(Reseller, "copilot", json!(["disabled"]))],
            values(Organization, "real_time_text", json!(["disabled"])),
            None,
        ),
    ] {
        let new = Lock { id: PolicyLockId(Uuid::from_u128(99)), ..new };
        let refused = Locks::new(there.clone()).check_new(&new).err();
        assert_eq!(refused.as_ref().map(|it| it.code()), code, "{there:?} {new:?}");
        assert!(refused.is_none_or(|it| !it.fix().is_empty()));
    }
    let same = timeout(Organization, 30, 60);
    assert_eq!(Locks::new(vec![same.clone()]).check_new(&same), Ok(()), "it is changed itself");
}

#[test]
fn a_lock_of_nothing_or_of_what_a_setting_never_is_is_refused() {
    let many: Vec<Value> = (1..=21).map(|_| json!(true)).collect();
    for (lock, code) in [
        (values(Platform, "colour", json!([1])), Some("policy.setting_unknown")),
        (values(Platform, "allow_delegation", json!([])), Some("policy_lock.bounds")),
        (values(Platform, "allow_delegation", json!(many)), Some("policy_lock.bounds")),
        (values(Platform, "allow_voicemail", json!(["never"])), Some("policy_lock.bounds")),
        (lock(PolicyType::Calling, "allow_voicemail", Platform, (1, 2).into()), Some("policy_lock.bounds")),
        (lock(PolicyType::CallPark, "park_timeout_seconds", Platform, (29, 60).into()), Some("policy_lock.bounds")),
        (lock(PolicyType::CallPark, "park_timeout_seconds", Platform, (60, 30).into()), Some("policy_lock.bounds")),
        (lock(PolicyType::CallPark, "park_timeout_seconds", Platform, (30, 7_201).into()), Some("policy_lock.bounds")),
        (lock(PolicyType::CallPark, "park_timeout_seconds", Platform, (30, 7_200).into()), None),
        (lock(PolicyType::Calling, "call_recording_expiration_days", Platform, (1, 90).into()), None),
        (
            Lock { reason: Some("x".repeat(257)), ..values(Platform, "allow_delegation", json!([true])) },
            Some("text_too_long"),
        ),
    ] {
        assert_eq!(lock.faults().first().map(|it| it.code), code, "{lock:?}");
    }
}

proptest! {
    /// Whatever is locked for whichever setting: what holds is allowed by who is highest, and what is locked for none is
    /// as the policy says.
    #[test]
    fn what_holds_is_within_the_highest_lock(
        picks in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..3_usize), 0..6),
        kind in 0..PolicyType::ALL.len(),
    ) {
        let kind = PolicyType::ALL[kind];
        let first = Settings::factory(kind);
        let mut locks: Vec<Lock> = Vec::new();
        for (setting, value, level) in picks {
            let setting = setting.get(kind.settings());
            let words = match setting.form {
                phone::setting::Form::Choice(words) => words.iter().map(|it| json!(it)).collect::<Vec<_>>(),
                phone::setting::Form::YesNo => vec![json!(true), json!(false)],
                _ => continue,
            };
            let level = [Organization, Reseller, Platform][level];
            let bounds = Bounds::Values(vec![value.get(&words).clone()]);
            let lock = Lock { bounds, ..lock(kind, setting.name, level, (0, 0).into()) };
            if locks.iter().all(|other| other.name() != lock.name()) {
                prop_assert!(lock.faults().is_empty());
                locks.push(lock);
            }
        }
        let (within, limited) = Locks::new(locks.clone()).limit(first.clone());
        let (within, says) = (within.to_value(), first.to_value());
        for setting in kind.settings() {
            let highest = locks.iter().filter(|lock| lock.setting == setting.name).max_by_key(|lock| lock.level);
            let holds = &within[setting.name];
            match highest {
                Some(lock) => prop_assert!(lock.bounds.allows(holds)),
                None => prop_assert_eq!(holds, &says[setting.name]),
            }
            let told = limited.iter().find(|it| it.setting == setting.name);
            if holds != &says[setting.name] {
                prop_assert_eq!(told.map(|it| (&it.says, &it.holds)), Some((&says[setting.name], holds)));
            }
        }
    }
}

fn values(level: LockLevel, setting: &str, values: Value) -> Lock {
    lock(PolicyType::Calling, setting, level, Bounds::Values(values.as_array().unwrap().clone()))
}

fn lock(kind: PolicyType, setting: &str, level: LockLevel, bounds: Bounds) -> Lock {
    let id = PolicyLockId(Uuid::from_u128(1));
    Lock { id, kind, setting: setting.to_owned(), level, bounds, reason: None }
}
