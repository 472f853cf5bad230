//! Policies: their settings, who may be given one, and which holds. Specification of calling, 4.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use phone::id::{GroupId, PolicyId};
use phone::numbers::E164;
use phone::policies::assignment::{check_assignment, check_deletion, place_group};
use phone::policies::effective::{Assigned, Effective, Rank};
use phone::policies::types::HolderKind;
use phone::policies::{Candidate, Policy, PolicyRefusal, PolicyType, Settings, effective};
use phone::rule::Broken as _;
use phone::setting::SettingFault;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use uuid::Uuid;

#[test]
fn every_type_says_what_it_takes_and_its_first_values_are_among_them() {
    let mut words = BTreeSet::new();
    for kind in PolicyType::ALL {
        assert!(words.insert(kind.as_str()));
        assert_eq!(PolicyType::parse(&kind.as_str().replace('_', "-")), Some(*kind));
        let first = Settings::factory(*kind);
        let shown = first.to_value();
        let names: BTreeSet<&str> = kind.settings().iter().map(|setting| setting.name).collect();
        let keys: BTreeSet<&str> = shown.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, keys);
        assert!(kind.settings().iter().all(|setting| !setting.about.is_empty() && !setting.about.starts_with(' ')));
        assert_eq!(Settings::read(*kind, shown.clone()).unwrap(), first);
        assert_eq!(Settings::read(*kind, json!({ "of_a_later_version": 1 })).unwrap(), first);
        assert_eq!(first.changed(shown.as_object().unwrap()), Ok(first.clone()), "{kind:?}");
    }
    assert_eq!(words.len(), 18);
    assert_eq!(PolicyType::Calling.settings().len(), 37);
}

/// Specification of calling, 4.4: all of it.
#[test]
fn each_setting_of_calls_has_its_first_value() {
    let first = Settings::factory(PolicyType::Calling).to_value();
    let expected = json!({
        "allow_private_calling": true,
        "allow_call_forwarding_to_user": true,
        "allow_call_forwarding_to_phone": true,
        "allow_voicemail": "user_override",
        "inbound_pstn_call_routing_treatment": "regular_incoming",
        "inbound_federated_call_routing_treatment": "regular_incoming",
        "allow_call_groups": true,
        "allow_delegation": true,
        "prevent_toll_bypass": false,
        "music_on_hold_enabled_type": "enabled",
        "busy_on_busy_enabled_type": "disabled",
        "allow_web_pstn_calling": true,
        "enable_web_pstn_media_bypass": false,
        "allow_cloud_recording_for_calls": false,
        "call_recording_expiration_days": 60,
        "allow_transcription_for_calling": false,
        "live_captions_enabled_type_for_calling": "disabled_user_override",
        "auto_answer_enabled_type": "disabled",
        "spam_filtering_enabled_type": "enabled",
        "allow_sip_devices_calling": false,
        "allow_call_redirect": "disabled",
        "popout_for_incoming_pstn_calls": "disabled",
        "popout_app_path_for_incoming_pstn_calls": null,
        "copilot": "enabled",
        "explicit_recording_consent": "disabled",
        "recording_and_transcription_audio_notification": "disabled",
        "enable_recording_and_transcription_custom_message": false,
        "recording_and_transcription_custom_message_identifier": null,
        "real_time_text": "enabled",
        "ai_interpreter": "enabled",
        "voice_simulation_in_interpreter": "disabled",
        "report_call": "enabled",
        "voice_phishing_detection": "banner_and_audio",
        "prevent_compliance_recording": "none",
        "enable_spend_limits": false,
        "calling_spend_user_limit": null,
        "allow_meeting_knowledge_generation": true,
    });
    assert_eq!(first, expected);
}

/// What is said to be followed is there, and of each type whose name says that calls follow it something is.
#[test]
fn only_settings_that_are_there_are_said_to_be_followed() {
    let followed = |kind: &PolicyType| kind.settings().iter().filter(|it| kind.is_followed(it.name)).count();
    let counts: Vec<(&str, usize)> = PolicyType::ALL.iter().map(|kind| (kind.as_str(), followed(kind))).collect();
    let expected = [
        ("call_hold", 1),
        ("call_park", 0),
        ("caller_id", 4),
        ("calling", 6),
        ("dial_out", 6),
        ("dial_plan", 1),
        ("emergency_call_routing", 2),
        ("emergency_calling", 3),
        ("enhanced_encryption", 0),
        ("ip_phone", 0),
        ("media_connectivity", 0),
        ("mobility", 0),
        ("network_roaming", 0),
        ("recording", 0),
        ("shared_calling", 2),
        ("voice_applications", 32),
        ("voice_routing", 3),
        ("voicemail", 4),
    ];
    assert_eq!(counts, expected, "calls follow something else now: say so in `is_followed`, and here");
}

#[test]
fn first_values_are_those_of_the_specification() {
    for (kind, name, value) in [
        (PolicyType::Calling, "allow_private_calling", json!(true)),
        (PolicyType::Calling, "allow_voicemail", json!("user_override")),
        (PolicyType::Calling, "busy_on_busy_enabled_type", json!("disabled")),
        (PolicyType::Calling, "allow_cloud_recording_for_calls", json!(false)),
        (PolicyType::Calling, "call_recording_expiration_days", json!(60)),
        (PolicyType::Calling, "voice_phishing_detection", json!("banner_and_audio")),
        (PolicyType::CallerId, "calling_id_substitute", json!("line_uri")),
        (PolicyType::CallPark, "allow_call_park", json!(false)),
        (PolicyType::CallPark, "pickup_range_start", json!(10)),
        (PolicyType::CallPark, "pickup_range_end", json!(99)),
        (PolicyType::CallPark, "park_timeout_seconds", json!(300)),
        (PolicyType::Voicemail, "maximum_recording_seconds", json!(300)),
        (PolicyType::Voicemail, "enable_transcription", json!(true)),
        (PolicyType::Mobility, "mobile_dialer_preference", json!("app")),
        (PolicyType::DialOut, "user", json!("international_and_domestic")),
        (PolicyType::EmergencyCalling, "external_location_lookup_mode", json!("disabled")),
        (PolicyType::NetworkRoaming, "media_bit_rate_kb", json!(50_000)),
        (PolicyType::VoiceApplications, "queue_agent_monitor_mode", json!("disabled")),
        (PolicyType::MediaConnectivity, "direct_connection", json!("enabled")),
        (PolicyType::EnhancedEncryption, "calling_end_to_end_encryption", json!("disabled")),
    ] {
        assert_eq!(Settings::factory(kind).to_value()[name], value, "{kind:?} {name}");
    }
}

#[test]
fn a_wrong_setting_is_refused_with_what_would_be_right() {
    let id = Uuid::from_u128(7);
    for (kind, wanted, field, code, words) in [
        (PolicyType::Calling, json!({ "colour": 1 }), "colour", "policy.setting_unknown", "no setting colour"),
        (
            PolicyType::Calling,
            json!({ "voicemail": 1 }),
            "voicemail",
            "policy.setting_unknown",
            "did you mean allow_voicemail?",
        ),
        (
            PolicyType::Calling,
            json!({ "allow_voicemail": "never" }),
            "allow_voicemail",
            "policy.setting_malformed",
            "always_disabled",
        ),
        (
            PolicyType::Calling,
            json!({ "allow_delegation": "yes" }),
            "allow_delegation",
            "policy.setting_malformed",
            "true or false",
        ),
        (
            PolicyType::Calling,
            json!({ "call_recording_expiration_days": 0 }),
            "call_recording_expiration_days",
            "policy.setting_malformed",
            "1 to 99999, or null",
        ),
        (
            PolicyType::Calling,
            json!({ "popout_for_incoming_pstn_calls": "enabled" }),
            "popout_app_path_for_incoming_pstn_calls",
            "policy.popout_path_missing",
            "address",
        ),
        (
            PolicyType::Calling,
            json!({ "popout_app_path_for_incoming_pstn_calls": "http://x" }),
            "popout_app_path_for_incoming_pstn_calls",
            "policy.setting_malformed",
            "https://",
        ),
        (
            PolicyType::Calling,
            json!({ "enable_spend_limits": true }),
            "calling_spend_user_limit",
            "policy.spend_limit_missing",
            "amount",
        ),
        (PolicyType::CallPark, json!({ "pickup_range_start": 99 }), "pickup_range_end", "policy.park_range", "before"),
        (
            PolicyType::CallPark,
            json!({ "park_timeout_seconds": 29 }),
            "park_timeout_seconds",
            "policy.setting_malformed",
            "30 to 7200",
        ),
        (
            PolicyType::CallerId,
            json!({ "calling_id_substitute": "resource" }),
            "resource_account",
            "policy.resource_account_missing",
            "needs",
        ),
        (
            PolicyType::CallerId,
            json!({ "company_name": "x".repeat(201) }),
            "company_name",
            "policy.setting_malformed",
            "200",
        ),
        (
            PolicyType::Voicemail,
            json!({ "primary_system_prompt_language": "en-US" }),
            "secondary_system_prompt_language",
            "policy.prompt_languages",
            "two different",
        ),
        (
            PolicyType::Voicemail,
            json!({ "primary_system_prompt_language": "English" }),
            "primary_system_prompt_language",
            "policy.setting_malformed",
            "en-US",
        ),
        (
            PolicyType::EmergencyCalling,
            json!({ "notification_dial_out_number": "+14255550100" }),
            "notification_mode",
            "policy.conference_needed",
            "conference",
        ),
        (
            PolicyType::EmergencyCalling,
            json!({ "extended_notifications": [{ "emergency_dial_string": "933" }, { "emergency_dial_string": "933" }] }),
            "extended_notifications",
            "policy.dial_string_duplicate",
            "one",
        ),
        (
            PolicyType::EmergencyCallRouting,
            json!({ "emergency_numbers": [
            { "emergency_dial_string": "911", "emergency_dial_masks": ["9911"], "pstn_usage": "x" },
            { "emergency_dial_string": "9911", "pstn_usage": "x" }] }),
            "emergency_numbers",
            "policy.dial_string_duplicate",
            "once",
        ),
        (
            PolicyType::EmergencyCallRouting,
            json!({ "emergency_numbers": [{ "emergency_dial_string": "+911", "pstn_usage": "x" }] }),
            "emergency_numbers",
            "policy.setting_malformed",
            "1 to 10 digits",
        ),
        (
            PolicyType::SharedCalling,
            json!({ "emergency_numbers": ["+14255550100"] }),
            "resource_account",
            "policy.resource_account_missing",
            "name it",
        ),
        (
            PolicyType::SharedCalling,
            json!({ "resource_account": id, "emergency_numbers": ["+14255550100", "+14255550100"] }),
            "emergency_numbers",
            "policy.callback_duplicate",
            "once",
        ),
    ] {
        let faults = changed(kind, &wanted).unwrap_err();
        let fault = faults.first().unwrap();
        assert_eq!((fault.field.as_str(), fault.code), (format!("settings.{field}").as_str(), code), "{wanted}");
        assert!(fault.message.contains(words), "{wanted}: {}", fault.message);
    }
    let both = changed(PolicyType::CallPark, &json!({ "allow_call_park": 1, "pickup_range_end": "x" }));
    assert_eq!(both.unwrap_err().len(), 2, "every fault is told at once");
}

#[test]
fn null_is_the_first_value_where_it_is_none_itself() {
    let long = changed(PolicyType::CallPark, &json!({ "park_timeout_seconds": 600 })).unwrap();
    assert_eq!(long.to_value()["park_timeout_seconds"], 600);
    let back = long.changed(&map(&json!({ "park_timeout_seconds": null }))).unwrap();
    assert_eq!(back, Settings::factory(PolicyType::CallPark));
    let forever = changed(PolicyType::Calling, &json!({ "call_recording_expiration_days": null })).unwrap();
    assert_eq!(forever.to_value()["call_recording_expiration_days"], Value::Null);
}

#[test]
fn the_most_specific_assignment_holds_whole_and_the_others_are_told_in_order() {
    let number = E164::parse("+14255550101").unwrap();
    let all = Assigned {
        site: Some(policy(1)),
        number: Some((number, policy(2))),
        direct: Some(policy(3)),
        groups: vec![(group(9), Rank(2), policy(5)), (group(8), Rank(1), policy(4))],
    };
    let order = [
        Candidate::Site(policy(1)),
        Candidate::Number(number, policy(2)),
        Candidate::Direct(policy(3)),
        Candidate::Group(group(8), Rank(1), policy(4)),
        Candidate::Group(group(9), Rank(2), policy(5)),
        Candidate::Global,
    ];
    let whole = effective(PolicyType::EmergencyCalling, &all);
    assert_eq!((whole.winner, whole.losers.as_slice()), (order[0], &order[1..]));
    let of_no_site = effective(PolicyType::Calling, &all);
    assert_eq!((of_no_site.winner, of_no_site.losers.as_slice()), (order[1], &order[2..]));
    let nothing = effective(PolicyType::Calling, &Assigned::default());
    assert_eq!(nothing, Effective { winner: Candidate::Global, losers: Vec::new() });
    let tie = vec![(group(9), Rank(1), policy(5)), (group(8), Rank(1), policy(4))];
    let tied = effective(PolicyType::Calling, &Assigned { groups: tie, ..Assigned::default() });
    assert_eq!(tied.winner, Candidate::Group(group(8), Rank(1), policy(4)), "the same, however they were read");
}

#[test]
fn a_group_takes_the_place_that_it_is_given_and_places_have_no_gaps() {
    let (a, b, c) = (group(1), group(2), group(3));
    for (ranked, moved, wanted, then) in [
        (vec![], a, None, vec![a]),
        (vec![a, b], c, None, vec![a, b, c]),
        (vec![a, b], c, Some(1), vec![c, a, b]),
        (vec![a, b], c, Some(2), vec![a, c, b]),
        (vec![a, b], c, Some(99), vec![a, b, c]),
        (vec![a, b], c, Some(0), vec![c, a, b]),
        (vec![a, b, c], c, Some(1), vec![c, a, b]),
        (vec![a, b, c], a, Some(3), vec![b, c, a]),
        (vec![a, b, c], a, None, vec![b, c, a]),
        (vec![a, b, c], b, Some(2), vec![a, b, c]),
    ] {
        assert_eq!(place_group(PolicyType::Calling, &ranked, moved, wanted).unwrap(), then, "{wanted:?}");
    }
    let many: Vec<GroupId> = (0..1_000).map(group).collect();
    assert!(place_group(PolicyType::Calling, &many, group(0), Some(5)).is_ok(), "moving one adds none");
    let refused = place_group(PolicyType::Calling, &many, group(1_000), None).unwrap_err();
    assert_eq!(refused.code(), "policy.too_many_groups");
}

#[test]
fn each_type_is_assigned_to_whom_the_specification_says() {
    use HolderKind::{Group, Number, User};
    for (kind, holder, code) in [
        (PolicyType::Calling, User, None),
        (PolicyType::Calling, Group, None),
        (PolicyType::Calling, Number, Some("policy.not_for_holder")),
        (PolicyType::CallerId, Number, None),
        (PolicyType::EmergencyCallRouting, Group, Some("policy.not_for_holder")),
        (PolicyType::EmergencyCallRouting, Number, None),
        (PolicyType::VoiceApplications, Group, Some("policy.not_for_holder")),
        (PolicyType::NetworkRoaming, User, Some("policy.not_for_holder")),
        (PolicyType::NetworkRoaming, Group, Some("policy.not_for_holder")),
    ] {
        let refused = check_assignment(&named(kind, "Some"), holder).err();
        assert_eq!(refused.as_ref().map(|it| it.code()), code, "{kind:?} to {holder:?}");
        assert!(refused.is_none_or(|it| !it.fix().is_empty()));
    }
    let global = check_assignment(&Policy::global(PolicyType::Calling), User).unwrap_err();
    assert_eq!(global, PolicyRefusal::GlobalNotAssigned);
}

#[test]
fn a_policy_that_somebody_has_stays_and_so_does_the_organizations_own() {
    let some = named(PolicyType::Calling, "Some");
    assert_eq!(check_deletion(&some, 0, &[]), Ok(()));
    let refused = check_deletion(&some, 3, &["Alice Adams".to_owned(), "Sales".to_owned()]).unwrap_err();
    assert_eq!(refused.to_string(), "Some is assigned to Alice Adams, Sales and 1 more");
    assert!(refused.is_conflict());
    let global = check_deletion(&Policy::global(PolicyType::Calling), 0, &[]).unwrap_err();
    assert_eq!(global, PolicyRefusal::GlobalStays);
}

#[test]
fn only_the_organizations_own_policy_is_called_global() {
    for (policy, code) in [
        (Policy::global(PolicyType::Calling), None),
        (named(PolicyType::Calling, "Ärzte"), None),
        (named(PolicyType::Calling, " "), Some("name.empty")),
        (named(PolicyType::Calling, "global"), Some("policy.name_reserved")),
        (named(PolicyType::Calling, &"x".repeat(65)), Some("policy.name_too_long")),
        (Policy { name: "Ours".to_owned(), ..Policy::global(PolicyType::Calling) }, Some("policy.name_reserved")),
        (
            Policy { description: Some("x".repeat(1_041)), ..named(PolicyType::Calling, "Some") },
            Some("policy.description_too_long"),
        ),
    ] {
        assert_eq!(policy.problems().first().map(|problem| problem.code.as_str()), code, "{policy:?}");
    }
}

proptest! {
    /// The reference: everything that is assigned, as numbers whose order is the precedence.
    #[test]
    fn what_holds_is_the_least_of_what_is_assigned(
        site in proptest::option::of(0..5_u128),
        number in proptest::option::of(5..10_u128),
        direct in proptest::option::of(10..15_u128),
        groups in proptest::collection::btree_map(1..50_u32, (0..9_u128, 15..20_u128), 0..6),
        is_of_sites in any::<bool>(),
    ) {
        let phone = E164::parse("+14255550101").unwrap();
        let kind = if is_of_sites { PolicyType::EmergencyCallRouting } else { PolicyType::CallerId };
        let mut assigned = Assigned {
            site: site.map(policy),
            number: number.map(|it| (phone, policy(it))),
            direct: direct.map(policy),
            groups: groups.iter().map(|(rank, (id, it))| (group(*id), Rank(*rank), policy(*it))).collect(),
        };
        assigned.groups.reverse();
        let mut reference: Vec<Option<PolicyId>> = Vec::new();
        reference.extend(site.filter(|_| is_of_sites).map(|it| Some(policy(it))));
        reference.extend(number.map(|it| Some(policy(it))));
        reference.extend(direct.map(|it| Some(policy(it))));
        reference.extend(groups.values().map(|(_, it)| Some(policy(*it))));
        reference.push(None);
        let Effective { winner, losers } = effective(kind, &assigned);
        let told: Vec<_> = std::iter::once(winner).chain(losers).map(Candidate::policy).collect();
        prop_assert_eq!(told, reference);
    }

    #[test]
    fn moving_groups_about_keeps_each_of_them_once(moves in proptest::collection::vec((0..12_u128, proptest::option::of(0..15_u32)), 0..40)) {
        let mut ranked: Vec<GroupId> = Vec::new();
        for (moved, wanted) in moves {
            let before: Vec<GroupId> = ranked.iter().copied().filter(|it| *it != group(moved)).collect();
            ranked = place_group(PolicyType::Calling, &ranked, group(moved), wanted).unwrap();
            let others: Vec<GroupId> = ranked.iter().copied().filter(|it| *it != group(moved)).collect();
            prop_assert_eq!(&others, &before, "the others keep their order");
            prop_assert_eq!(ranked.len(), before.len() + 1);
        }
    }

    #[test]
    fn no_value_makes_settings_that_cannot_be_read_again(name in "[a-z_]{1,12}", number in any::<i64>(), text in ".{0,20}", pick in any::<prop::sample::Index>()) {
        for kind in PolicyType::ALL {
            let setting = pick.get(kind.settings());
            for value in [json!(number), json!(text), json!([text]), json!({ &name: number }), json!(null), json!(true)] {
                let wanted = Map::from_iter([(setting.name.to_owned(), value)]);
                if let Ok(settings) = Settings::factory(*kind).changed(&wanted) {
                    prop_assert_eq!(Settings::read(*kind, settings.to_value()).unwrap(), settings);
                }
            }
        }
    }
}

fn changed(kind: PolicyType, wanted: &Value) -> Result<Settings, Vec<SettingFault>> {
    Settings::factory(kind).changed(&map(wanted))
}

fn map(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn named(kind: PolicyType, name: &str) -> Policy {
    Policy { id: Some(policy(1)), name: name.to_owned(), description: None, settings: Settings::factory(kind) }
}

fn policy(id: u128) -> PolicyId {
    PolicyId(Uuid::from_u128(id))
}

fn group(id: u128) -> GroupId {
    GroupId(Uuid::from_u128(id))
}
