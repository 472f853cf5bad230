//! The way of a call outside: dial plans, usages, routes, trunks and translations, against tables and against a small
//! reference model with random rules.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use phone::directory::outbound::{Book, Dialling, Held, Outcome, Plan, Skip, Unroutable};
use phone::directory::{Destination, Refusal, Tenant, TenantParts};
use phone::id::{DialPlanId, TenantId, TranslationRuleId, TrunkId, UserId, VoiceRouteId};
use phone::numbers::number::{Category, NumberSource};
use phone::numbers::routing::dial_plan::Normalizer;
use phone::numbers::routing::route::{RouteTable, UsageSeen};
use phone::numbers::routing::translation::{Translated, translate};
use phone::numbers::routing::{DialPlan, NormalizationRule, TranslationRule, VoiceRoute};
use phone::numbers::trunk::settings::{NumberFormat, TrunkSettings};
use phone::numbers::trunk::{SrtpMode, TrunkTransport};
use phone::numbers::{Assignee, E164, Number, NumberKind, Trunk};
use phone::people::tenant::Profile;
use phone::people::{Presence, User};
use phone::policies::calling::Calling;
use phone::policies::dial_out::{DialOut, UserDialOut};
use phone::policies::emergency::{EmergencyCallRouting, SharedCalling};
use phone::policies::outside::CallerId;
use phone::policies::routing::VoiceRouting;
use phone::rule::Broken as _;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::organization::nothing_but;

const OWN: &str = "+14255550101";

/// The worked example of the specification of calling, 3.5.
#[test]
fn the_first_usage_with_a_route_decides_and_its_routes_go_by_priority() {
    let (tenant, held, book) = (tenant(), held(&["US-NW", "US-Rest"]), example());
    let plan = planned(&tenant, &dialling(&tenant, "+14255550199"), &held, &book);
    assert_eq!((tried(&plan), &plan.outcome), (vec![1, 2, 3], &Outcome::Outside));
    assert_eq!(plan.selection.usages, [("US-NW", UsageSeen::Decides), ("US-Rest", UsageSeen::NotLookedAt)]);
    let plan = planned(&tenant, &dialling(&tenant, "+13105550100"), &held, &book);
    assert_eq!(tried(&plan), [4]);
    assert_eq!(plan.selection.usages[0], ("US-NW", UsageSeen::NoRouteMatches));
    assert_eq!(plan.attempts[0].called, as_is("+13105550100"));
    assert_eq!(plan.attempts[0].calling, Some(as_is(OWN)));

    let mut falls = held.clone();
    falls.voice_routing.fallthrough = true;
    let plan = planned(&tenant, &dialling(&tenant, "+14255550199"), &falls, &book);
    assert_eq!(tried(&plan), [1, 2, 3, 4]);
    assert_eq!(plan.selection.usages[1], ("US-Rest", UsageSeen::Follows));
}

#[test]
fn without_usages_calls_go_as_they_always_did() {
    let (tenant, held, book) = (tenant(), Given::default(), example());
    for dialled in ["+12065550100", "206-555-0100", "011442079460000", "102", "911", "*43", "12", "+14255550102", "x"] {
        let caller = dialling(&tenant, dialled);
        let plan = planned(&tenant, &caller, &held, &book);
        let verdict = tenant.dial(caller.user.id, dialled, Timestamp::UNIX_EPOCH);
        match verdict.decision {
            Ok(Destination::External(external)) => {
                assert_eq!(plan.attempts, external.attempts, "{dialled}");
                let outcome = if external.emergency { Outcome::Emergency } else { Outcome::Outside };
                assert_eq!(plan.outcome, outcome, "{dialled}");
            }
            Ok(inside) => assert_eq!(plan.outcome, Outcome::Inside(inside), "{dialled}"),
            Err(_) => assert!(matches!(plan.outcome, Outcome::Refused(_)), "{dialled}: {:?}", plan.outcome),
        }
    }
}

#[test]
fn a_dial_plan_makes_numbers_of_digits_before_the_country_does() {
    let rules = [
        ("inside", r"^8(\d{3})$", "$1", false, true),
        ("ext", r"^9?(\d{4})$", "+12025550$1", false, false),
        ("operator", "^0$", "+12025550100", false, false),
        ("site code", r"^6222(\d{4})$", "425555$1", false, false),
        ("raw", r"^7(\d+)$", "$1", true, false),
        ("again", r"^50$", "91234", false, false),
    ];
    let held = Given { normalizer: plan_of(&rules).compile(), ..Given::default() };
    let (tenant, book) = (tenant(), Book::default());
    for (dialled, result, rule) in [
        ("91234", "+120255501234", Some("ext")),
        ("0", "+12025550100", Some("operator")),
        ("62220199", "+14255550199", Some("site code")),
        ("731234", "31234", Some("raw")),
        ("8102", "102", Some("inside")),
        ("50", "+120255501234", Some("ext")),
        ("206 555 0100", "+12065550100", None),
        ("+1 (206) 555-0100", "+12065550100", None),
    ] {
        let plan = planned(&tenant, &dialling(&tenant, dialled), &held, &book);
        let normalized = plan.normalized.unwrap_or_else(|| panic!("{dialled}"));
        assert_eq!(normalized.result, result, "{dialled}");
        assert_eq!(normalized.rule().map(|rule| rule.name.as_str()), rule, "{dialled}");
    }
    let inside = planned(&tenant, &dialling(&tenant, "8102"), &held, &book);
    assert_eq!(inside.outcome, Outcome::Inside(Destination::User { id: person(102) }));
    let tried = held.normalizer.tried(&held.normalizer.normalize("0", |_| None).unwrap());
    assert_eq!(tried.iter().map(|it| it.result.is_some()).collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn each_trunk_gets_numbers_as_it_wants_them() {
    let mut parts = parts();
    let rule = |id: u128, pattern: &str, translation: &str| TranslationRule {
        id: TranslationRuleId(Uuid::from_u128(id)),
        name: format!("rule {id}"),
        description: None,
        pattern: pattern.to_owned(),
        translation: translation.to_owned(),
    };
    let rules = [rule(1, r"^\+1(\d{10})$", "$1"), rule(2, r"^\+1425555\d{4}$", "+14255550000"), rule(3, r"^\+1", "9")];
    let translators = rules.iter().map(|rule| (rule.id, rule.compile().unwrap())).collect();
    let ids: Vec<String> = rules.iter().map(|rule| rule.id.to_string()).collect();
    let settings = json!({ "outbound_called_rules": [ids[0], ids[2]], "outbound_calling_rules": [ids[1]] });
    configure(&mut parts, 1, &settings);
    configure(&mut parts, 2, &json!({ "number_format": "e164" }));
    configure(&mut parts, 3, &json!({ "number_format": "national" }));
    let tenant = Tenant::new(parts);
    let book = Book { translators, ..example() };
    let held = held(&["US-NW"]);
    let plan = planned(&tenant, &dialling(&tenant, "+14255550199"), &held, &book);
    let called: Vec<&str> = plan.attempts.iter().map(|attempt| attempt.called.number.as_str()).collect();
    assert_eq!(called, ["4255550199", "14255550199", "4255550199"]);
    assert_eq!(plan.attempts[0].called.by, Some(rules[0].id), "the first that matches, and only it");
    assert_eq!(plan.attempts[0].calling.as_ref().unwrap().number, "+14255550000");
    assert_eq!(plan.attempts[1].calling, Some(as_is(OWN)));
    let long = rule(4, r"^(\+\d+)$", &"$1".repeat(10)).compile().unwrap();
    assert_eq!(translate("+14255550199", [&long]), None);
}

#[test]
fn a_trunk_that_can_not_take_calls_is_left_out_with_its_reason() {
    let mut parts = parts();
    Arc::make_mut(parts.trunks.get_mut(&trunk(1)).unwrap()).enabled = false;
    let until: Timestamp = "2026-12-24T06:00:00Z".parse().unwrap();
    let settings = json!({ "maintenance_from": "2026-12-24T00:00:00Z", "maintenance_until": "2026-12-24T06:00:00Z" });
    configure(&mut parts, 2, &settings);
    let tenant = Tenant::new(parts);
    let (held, book) = (held(&["US-NW"]), example());
    let at = |at: &str| Dialling { at: at.parse().unwrap(), ..dialling(&tenant, "+14255550199") };
    let night = planned(&tenant, &at("2026-12-24T03:00:00Z"), &held, &book);
    assert_eq!(tried(&night), [3]);
    let skipped: Vec<Skip> = night.skipped.iter().map(|it| it.why).collect();
    assert_eq!(skipped, [Skip::Disabled, Skip::Maintenance(until), Skip::Again]);
    let morning = planned(&tenant, &at("2026-12-24T06:00:00Z"), &held, &book);
    assert_eq!(tried(&morning), [2, 3]);
}

#[test]
fn each_refusal_has_its_code_and_a_fix() {
    let tenant = tenant();
    let book = example();
    let routed = held(&["US-NW"]);
    let with = |change: &dyn Fn(&mut Given)| {
        let mut held = routed.clone();
        change(&mut held);
        held
    };
    let no_calls = with(&|held| held.calling.allow_private_calling = false);
    let no_outside = with(&|held| held.dial_out.user = UserDialOut::None);
    let domestic = with(&|held| held.dial_out.user = UserDialOut::Domestic);
    let denied = with(&|held| held.dial_out = class(json!({ "denied_patterns": ["^\\+1425"] })));
    let denies_abroad = with(&|held| held.dial_out = class(json!({ "allowed_countries": ["US"] })));
    for (held, dialled, code) in [
        (&denied, "+14255550199", "dial_out_denied"),
        (&denied, "425 555 0199", "dial_out_denied"),
        (&denies_abroad, "+442079460000", "dial_out_denied"),
        (&denies_abroad, "011442079460000", "dial_out_denied"),
        (&routed, "+13105550100", "no_route"),
        (&routed, "12", "not_found"),
        (&routed, "1234567", "not_a_number"),
        (&routed, "callto:x", "not_dialable"),
        (&no_calls, "+14255550199", "calling_off"),
        (&no_outside, "+14255550199", "dial_out_off"),
        (&domestic, "+442079460000", "domestic_only"),
    ] {
        let plan = planned(&tenant, &dialling(&tenant, dialled), held, &book);
        let Outcome::Refused(why) = &plan.outcome else { panic!("{dialled}: {:?}", plan.outcome) };
        assert_eq!(why.code(), code);
        assert!(!why.fix().is_empty() && plan.attempts.is_empty() && !plan.reasons.is_empty());
        let help = planned(&tenant, &dialling(&tenant, "911"), held, &book);
        assert_eq!(help.outcome, Outcome::Emergency, "no policy keeps anybody from calling for help");
    }
    assert_eq!(planned(&tenant, &dialling(&tenant, "+14255550199"), &domestic, &book).outcome, Outcome::Outside);
    let hotline = json!({ "user": "none", "allowed_patterns": ["^\\+14255550199$"] });
    let hotline = with(&|held| held.dial_out = class(hotline.clone()));
    let allowed = planned(&tenant, &dialling(&tenant, "+14255550199"), &hotline, &book);
    assert_eq!(allowed.outcome, Outcome::Outside);
    let words = "the dial-out policy lets numbers like ^\\+14255550199$ be called".to_owned();
    assert!(allowed.reasons.contains(&words), "{:?}", allowed.reasons);
    for (line, code) in [("+14255550102", "line_not_theirs"), ("+14255550109", "line_private")] {
        let asked = Dialling { line: Some(E164::parse(line).unwrap()), ..dialling(&tenant, "+14255550199") };
        let Outcome::Refused(why) = planned(&tenant, &asked, &routed, &book).outcome else { panic!("{line}") };
        assert_eq!(why.code(), code);
    }
    let dan = Dialling { user: &tenant.users[&person(104)], ..dialling(&tenant, "+14255550199") };
    let plan = planned(&tenant, &dan, &routed, &book);
    assert!(matches!(plan.outcome, Outcome::Refused(Unroutable::NotLicensed { .. })));
    let nobody = planned(&tenant, &dialling(&tenant, "+14255550108"), &routed, &book);
    assert_eq!(nobody.outcome, Outcome::Refused(Unroutable::Inside(Refusal::NumberNotAssigned)));
}

#[test]
fn the_carrier_of_a_number_takes_what_no_route_matches() {
    let mut parts = parts();
    let own = parts.numbers.get_mut(&E164::parse(OWN).unwrap()).unwrap();
    (own.source, own.trunk) = (NumberSource::CallingPlan, Some(trunk(5)));
    let tenant = Tenant::new(parts);
    let (mut held, book) = (held(&["US-NW"]), example());
    assert_eq!(tried(&planned(&tenant, &dialling(&tenant, "+13105550100"), &held, &book)), [5]);
    assert_eq!(tried(&planned(&tenant, &dialling(&tenant, "+14255550199"), &held, &book)), [1, 2, 3]);
    held.voice_routing.carrier_backup = true;
    assert_eq!(tried(&planned(&tenant, &dialling(&tenant, "+14255550199"), &held, &book)), [1, 2, 3, 5]);
}

#[test]
fn a_call_for_help_goes_by_its_own_usage_and_then_by_any_trunk() {
    let tenant = tenant();
    let mut book = example();
    let mut help = route(9, 9, r"^\d{3}$", &["Help"], &[4]);
    help.caller_id = Some(E164::parse("+14255550108").unwrap());
    book.routes = RouteTable::new(example_routes().into_iter().chain([help]));
    let numbers = json!({ "emergency_numbers": [
        { "emergency_dial_string": "911", "emergency_dial_masks": ["9911", "112"], "pstn_usage": "help" }] });
    let held = Given { emergency: serde_json::from_value(numbers).unwrap(), ..Given::default() };
    for dialled in ["911", "9911", "112"] {
        let plan = planned(&tenant, &dialling(&tenant, dialled), &held, &book);
        assert_eq!((tried(&plan)[0], plan.attempts[0].called.number.as_str()), (4, "911"), "{dialled}");
        assert_eq!(plan.attempts[0].calling, Some(as_is(OWN)), "always the caller's own number");
        assert_eq!(plan.attempts.len(), tenant.trunks.len(), "then all others");
    }
}

#[test]
fn settings_of_a_trunk_are_read_by_name_and_what_is_wrong_is_told() {
    let settings = TrunkSettings::default();
    assert_eq!(settings.failover_response_codes.iter().map(|it| it.value()).collect::<Vec<_>>(), [408, 503, 504]);
    let wanted = json!({ "number_format": "national", "failover_response_codes": [500], "site": null });
    let changed = settings.changed(wanted.as_object().unwrap()).unwrap();
    assert_eq!(changed.number_format, NumberFormat::National);
    let back = changed.changed(json!({ "number_format": null }).as_object().unwrap()).unwrap();
    assert_eq!(back.number_format, NumberFormat::E164Plus);
    let wrong = json!({ "colour": 1, "media_byp": true, "dtmf": "morse", "failover_response_codes": [200] });
    let faults = settings.changed(wanted_of(&wrong)).unwrap_err();
    let told: Vec<_> = faults.iter().map(|fault| (fault.field.as_str(), fault.code)).collect();
    assert_eq!(
        told,
        [
            ("settings.colour", "trunk.setting_unknown"),
            ("settings.dtmf", "trunk.setting_malformed"),
            ("settings.failover_response_codes", "trunk.setting_malformed"),
            ("settings.media_byp", "trunk.setting_unknown"),
        ]
    );
    assert!(faults[3].message.contains("did you mean media_bypass"), "{}", faults[3].message);
}

/// A rule that leaves digits as they are is no way around a policy.
#[test]
fn calls_within_the_country_stay_there_whatever_a_rule_leaves() {
    let rules = [("as it is", r"^9(.*)$", "$1", true, false), ("line", r"^8(\d+)$", "9$1", false, true)];
    let anything = RouteTable::new([route(1, 1, ".*", &["All"], &[1])]);
    let (tenant, book) = (tenant(), Book { routes: anything, ..Book::default() });
    let mut held = held(&["All"]);
    held.normalizer = plan_of(&rules).compile();
    held.dial_out.user = UserDialOut::Domestic;
    for (dialled, leaves) in [
        ("9011442079460000", false),
        ("900442079460000", false),
        ("8011442079460000", false),
        ("9442079460000", false),
        ("9411", true),
        ("92065550100", true),
        ("912065550100", true),
        ("2065550100", true),
        ("011442079460000", false),
        // Another country with the same code.
        ("96045550100", false),
    ] {
        let outcome = planned(&tenant, &dialling(&tenant, dialled), &held, &book).outcome;
        let expected = if leaves { "outside" } else { "domestic_only" };
        let found = match &outcome {
            Outcome::Outside => "outside",
            Outcome::Refused(why) => why.code(),
            Outcome::Emergency | Outcome::Inside(_) => "inside",
        };
        assert_eq!(found, expected, "{dialled}: {outcome:?}");
    }
}

proptest! {
    /// Whatever a plan cuts off and puts before, and whether its rules are final or give extensions: a number abroad with
    /// a prefix that leads there does not leave.
    #[test]
    fn no_rule_leads_abroad_who_may_call_within_the_country_only(
        abroad in prop::sample::select(vec!["442079460000", "4930123456", "33142685300", "81332345678", "5511987654321"]),
        access in "[2-9]{0,2}",
        prefix in prop::sample::select(vec!["+", "00", "011", "9011", "900"]),
        is_final in any::<bool>(),
        is_extension in any::<bool>(),
        is_cut in any::<bool>(),
    ) {
        let (pattern, with) = match is_cut {
            true => (format!("^{access}5(.*)$"), "$1".to_owned()),
            false => (format!("^{access}5{}(.*)$", prefix.trim_start_matches('+')), format!("{prefix}$1")),
        };
        let anything = RouteTable::new([route(1, 1, ".*", &["All"], &[1])]);
        let (tenant, book) = (tenant(), Book { routes: anything, ..Book::default() });
        let mut held = held(&["All"]);
        held.normalizer = plan_of(&[("rule", &pattern, &with, is_final, is_extension)]).compile();
        held.dial_out.user = UserDialOut::Domestic;
        let dialled = format!("{access}5{}{abroad}", prefix.trim_start_matches('+'));
        let outcome = planned(&tenant, &dialling(&tenant, &dialled), &held, &book).outcome;
        let is_refused = matches!(outcome, Outcome::Refused(Unroutable::DomesticOnly { .. }));
        prop_assert!(is_refused, "{} by {} -> {}: {:?}", dialled, pattern, with, outcome);
    }

    /// Rules of the form `^PREFIX(\d{n})$ -> WITH$1`, against what string functions make of them.
    #[test]
    fn normalization_is_what_the_reference_model_says(
        rules in vec(("[0-9]{0,2}", 1..4_usize, "[+]?[0-9]{0,3}", any::<bool>()), 0..6),
        dialled in vec("[0-9]{1,5}", 1..20),
    ) {
        let written: Vec<(String, String, bool)> = rules
            .iter()
            .map(|(prefix, n, with, is_final)| (format!(r"^{prefix}(\d{{{n}}})$"), format!("{with}${{1}}"), *is_final))
            .collect();
        let named: Vec<(String, &(String, String, bool))> =
            written.iter().enumerate().map(|(index, rule)| (format!("r{index}"), rule)).collect();
        let plan = plan_of(
            &named
                .iter()
                .map(|(name, (pattern, with, is_final))| (name.as_str(), pattern.as_str(), with.as_str(), *is_final, false))
                .collect::<Vec<_>>(),
        );
        prop_assert!(phone::numbers::routing::dial_plan::problems(&plan).is_empty());
        let normalizer = plan.compile();
        for digits in dialled {
            let mut expected = digits.clone();
            for _ in 0..2 {
                let fits = |(prefix, n, ..): &&(String, usize, String, bool)| {
                    expected.strip_prefix(prefix.as_str()).is_some_and(|rest| rest.len() == *n && !rest.starts_with('+'))
                };
                let Some((prefix, _, with, is_final)) = rules.iter().find(fits) else { break };
                expected = format!("{with}{}", &expected[prefix.len()..]);
                if *is_final || expected.starts_with('+') {
                    break;
                }
            }
            let normalized = normalizer.normalize(&digits, |_| None);
            prop_assert_eq!(normalized.map(|it| it.result), Some(expected), "{} by {:?}", digits, rules);
        }
    }

    /// Routes with prefixes as patterns, against loops over lists.
    #[test]
    fn routes_are_chosen_as_the_reference_model_says(
        routes in vec((1..30_u32, "[0-9]{1,3}", vec(0..4_usize, 0..3), vec(1..6_u128, 0..4)), 0..10),
        policy in vec(0..4_usize, 0..4),
        fallthrough in any::<bool>(),
        disabled in vec(any::<bool>(), 5),
        numbers in vec("[1-9][0-9]{6}", 1..10),
    ) {
        let names = ["A", "B", "C", "D"];
        let mut policy = policy;
        let mut seen = std::collections::BTreeSet::new();
        policy.retain(|usage| seen.insert(*usage));
        let made: Vec<VoiceRoute> = routes
            .iter()
            .enumerate()
            .map(|(index, (priority, prefix, usages, trunks))| {
                let usages: Vec<&str> = usages.iter().map(|usage| names[*usage]).collect();
                route(index as u128 + 1, *priority, &format!(r"^\+{prefix}"), &usages, trunks)
            })
            .collect();
        let book = Book { routes: RouteTable::new(made.clone()), ..Book::default() };
        let mut parts = parts();
        for (index, is_disabled) in disabled.iter().enumerate() {
            Arc::make_mut(parts.trunks.get_mut(&trunk(index as u128 + 1)).unwrap()).enabled = !is_disabled;
        }
        let tenant = Tenant::new(parts);
        let usages: Vec<&str> = policy.iter().map(|usage| names[*usage]).collect();
        let mut held = held(&usages);
        held.voice_routing.fallthrough = fallthrough;
        for number in numbers {
            let number = format!("+{number}");
            let mut expected: Vec<u128> = Vec::new();
            for usage in &usages {
                let mut matching: Vec<&VoiceRoute> = made
                    .iter()
                    .filter(|route| route.pstn_usages.iter().any(|own| own == usage))
                    .filter(|route| number.starts_with(&route.pattern[2..]))
                    .collect();
                matching.sort_by_key(|route| (route.priority, route.id));
                for trunk in matching.iter().flat_map(|route| &route.trunks) {
                    let index = trunk.0.as_u128();
                    if !disabled[index as usize - 1] && !expected.contains(&index) {
                        expected.push(index);
                    }
                }
                if !matching.is_empty() && !fallthrough {
                    break;
                }
            }
            if usages.is_empty() {
                continue;
            }
            let plan = planned(&tenant, &dialling(&tenant, &number), &held, &book);
            prop_assert_eq!(tried(&plan), expected.clone(), "{}", number);
            let is_refused = matches!(plan.outcome, Outcome::Refused(_));
            prop_assert_eq!(is_refused, expected.is_empty(), "{:?}", plan.outcome);
        }
    }
}

fn wanted_of(value: &Value) -> &serde_json::Map<String, Value> {
    value.as_object().unwrap()
}

fn configure(parts: &mut TenantParts, id: u128, settings: &Value) {
    let there = Arc::make_mut(parts.trunks.get_mut(&trunk(id)).unwrap());
    there.settings = there.settings.changed(wanted_of(settings)).unwrap();
}

fn as_is(number: &str) -> Translated {
    Translated { number: number.to_owned(), by: None }
}

fn tried(plan: &Plan<'_>) -> Vec<u128> {
    plan.attempts.iter().map(|attempt| attempt.trunk.0.as_u128()).collect()
}

fn example_routes() -> Vec<VoiceRoute> {
    vec![
        route(3, 3, r"^\+1\d{10}$", &["US-Rest"], &[4]),
        route(1, 1, r"^\+1(425|206)\d{7}$", &["US-NW"], &[1, 2]),
        route(2, 2, r"^\+1(425|206)\d{7}$", &["us-nw"], &[3, 1]),
    ]
}

fn example() -> Book {
    Book { routes: RouteTable::new(example_routes()), translators: BTreeMap::new() }
}

fn route(id: u128, priority: u32, pattern: &str, usages: &[&str], trunks: &[u128]) -> VoiceRoute {
    VoiceRoute {
        id: VoiceRouteId(Uuid::from_u128(id)),
        name: format!("route {id}"),
        description: None,
        priority,
        pattern: pattern.to_owned(),
        pstn_usages: usages.iter().map(|usage| (*usage).to_owned()).collect(),
        trunks: trunks.iter().map(|id| trunk(*id)).collect(),
        caller_id: None,
    }
}

fn plan_of(rules: &[(&str, &str, &str, bool, bool)]) -> DialPlan {
    let rule = |(name, pattern, translation, is_final, is_internal_extension): &(&str, &str, &str, bool, bool)| {
        NormalizationRule {
            name: (*name).to_owned(),
            description: None,
            pattern: (*pattern).to_owned(),
            translation: (*translation).to_owned(),
            is_internal_extension: *is_internal_extension,
            is_final: *is_final,
        }
    };
    DialPlan {
        id: DialPlanId(Uuid::from_u128(1)),
        name: "Plan".to_owned(),
        description: None,
        rules: rules.iter().map(rule).collect(),
    }
}

/// The settings that hold.
#[derive(Clone, Default)]
struct Given {
    normalizer: Normalizer,
    calling: Calling,
    caller_id: CallerId,
    dial_out: DialOut,
    emergency: EmergencyCallRouting,
    shared_calling: SharedCalling,
    voice_routing: VoiceRouting,
}

fn planned<'a>(tenant: &Tenant, dialling: &Dialling<'_>, given: &'a Given, book: &'a Book) -> Plan<'a> {
    let held = Held {
        normalizer: &given.normalizer,
        calling: &given.calling,
        caller_id: &given.caller_id,
        dial_out: &given.dial_out,
        emergency: &given.emergency,
        shared_calling: &given.shared_calling,
        voice_routing: &given.voice_routing,
    };
    tenant.plan_by(dialling, held, book)
}

fn class(settings: serde_json::Value) -> DialOut {
    serde_json::from_value(settings).unwrap()
}

fn held(usages: &[&str]) -> Given {
    Given { voice_routing: serde_json::from_value(json!({ "pstn_usages": usages })).unwrap(), ..Given::default() }
}

fn dialling<'a>(tenant: &'a Tenant, dialled: &'a str) -> Dialling<'a> {
    let at = Timestamp::UNIX_EPOCH;
    Dialling { user: &tenant.users[&person(101)], line: None, dialled, at }
}

fn tenant() -> Tenant {
    Tenant::new(parts())
}

fn parts() -> TenantParts {
    let user = |extension: u128, voice_enabled: bool| User {
        id: person(extension),
        display_name: format!("Person {extension}"),
        extension: extension.to_string(),
        email: None,
        department: None,
        office: None,
        aliases: Default::default(),
        site: None,
        country: None,
        presence: Presence::Available,
        voice_enabled,
        hidden: false,
        ring_secs: 30,
        enabled: true,
        ha1: Default::default(),
    };
    let number = |number: &str, owner: Option<u128>, category| Number {
        assignee: owner.map(|owner| Assignee::User(person(owner))),
        category,
        ..Number::new(E164::parse(number).unwrap(), NumberKind::User)
    };
    let numbers = [
        number(OWN, Some(101), Category::Primary),
        number("+14255550102", Some(102), Category::Primary),
        number("+14255550108", None, Category::Primary),
        number("+14255550109", Some(101), Category::Private),
    ];
    let trunks = (1..=5).map(|id| (trunk(id), Arc::new(trunk_named(id)))).collect();
    TenantParts {
        users: [user(101, true), user(102, true), user(104, false)]
            .into_iter()
            .map(|it| (it.id, Arc::new(it)))
            .collect(),
        numbers: numbers.into_iter().map(|it| (it.number, it)).collect(),
        trunks,
        outbound_trunks: vec![trunk(2), trunk(1)],
        ..nothing_but(Profile {
            id: TenantId(Uuid::from_u128(1)),
            slug: "demo".to_owned(),
            name: "Demo".to_owned(),
            sip_domain: "demo.test".to_owned(),
            time_zone: "America/New_York".to_owned(),
            country: "US".to_owned(),
            language: "en-US".to_owned(),
            state: Default::default(),
            supervision_notice: Default::default(),
            number_pause: None,
            number_mails: Default::default(),
            fallback_operator: None,
        })
    }
}

fn trunk_named(id: u128) -> Trunk {
    Trunk {
        id: trunk(id),
        name: format!("trunk {id}"),
        description: None,
        host: "127.0.0.1".to_owned(),
        port: None,
        transport: TrunkTransport::Udp,
        sources: Vec::new(),
        credentials: None,
        country: None,
        srtp: SrtpMode::Off,
        codecs: vec!["PCMA".to_owned()],
        n_calls_max: None,
        no_answer_secs: 5,
        enabled: true,
        settings: TrunkSettings::default(),
    }
}

fn person(id: u128) -> UserId {
    UserId(Uuid::from_u128(id))
}

fn trunk(id: u128) -> TrunkId {
    TrunkId(Uuid::from_u128(id))
}
