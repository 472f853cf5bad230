//! The dial-out policy: the twelve that come with the program, and finer classes of service. Specification of calling,
//! 4.5.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use phone::id::{PolicyId, TenantId};
use phone::numbers::E164;
use phone::policies::dial_out::{Denial, DialOut, Said};
use phone::policies::fixed::{fixed, is_fixed};
use phone::policies::{Policy, PolicyType, Settings};
use serde_json::{Value, json};
use uuid::Uuid;

#[test]
fn twelve_policies_come_with_the_program_one_for_each_way_to_call_out() {
    let tenant = TenantId(Uuid::now_v7());
    let all = fixed(tenant, PolicyType::DialOut);
    let table: Vec<(String, Value, Value)> = all
        .iter()
        .map(|policy| {
            let settings = policy.settings.to_value();
            (policy.name.clone(), settings["conference"].clone(), settings["user"].clone())
        })
        .collect();
    let expected = [
        ("DialoutCPCandPSTNDisabled", "none", "none"),
        ("DialoutCPCandPSTNDomestic", "domestic", "domestic"),
        ("DialoutCPCandPSTNInternational", "any", "international_and_domestic"),
        ("DialoutCPCDisabledPSTNDomestic", "none", "domestic"),
        ("DialoutCPCDisabledPSTNInternational", "none", "international_and_domestic"),
        ("DialoutCPCDomesticPSTNDisabled", "domestic", "none"),
        ("DialoutCPCDomesticPSTNInternational", "domestic", "international_and_domestic"),
        ("DialoutCPCInternationalPSTNDisabled", "any", "none"),
        ("DialoutCPCInternationalPSTNDomestic", "any", "domestic"),
        ("DialoutCPCZoneAPSTNDisabled", "zone_a", "none"),
        ("DialoutCPCZoneAPSTNDomestic", "zone_a", "domestic"),
        ("DialoutCPCZoneAPSTNInternational", "zone_a", "international_and_domestic"),
    ];
    let expected = expected.map(|(name, conference, user)| (name.to_owned(), json!(conference), json!(user)));
    assert_eq!(table, expected);
    let ways: BTreeSet<String> = table.iter().map(|(_, conference, user)| format!("{conference} {user}")).collect();
    assert_eq!(ways.len(), 12, "each way is there once");
}

#[test]
fn their_ids_are_the_organizations_own_and_stay_the_same() {
    let (one, other) = (TenantId(Uuid::now_v7()), TenantId(Uuid::now_v7()));
    let all = |tenant| PolicyType::ALL.iter().flat_map(move |kind| fixed(tenant, *kind)).collect::<Vec<Policy>>();
    let ids = |tenant| all(tenant).into_iter().filter_map(|policy| policy.id).collect::<BTreeSet<PolicyId>>();
    assert_eq!(ids(one).len(), 14, "twelve for dialling out, two for voicemail");
    assert_eq!(ids(one), ids(one));
    assert!(ids(one).is_disjoint(&ids(other)));
    for policy in all(one) {
        assert!(is_fixed(one, &policy) && !is_fixed(other, &policy));
        assert_eq!(policy.id.unwrap().0.get_version_num(), 8, "no id that is made is like it");
        assert_eq!(policy.problems(), []);
        let own = Policy { id: Some(PolicyId(Uuid::now_v7())), ..policy };
        assert!(!is_fixed(one, &own));
    }
    assert!(!is_fixed(one, &Policy::global(PolicyType::DialOut)));
}

#[test]
fn a_class_of_service_says_of_each_number_whether_it_is_called() {
    let premium = "+19005550123";
    let (seattle, paris, london) = ("+12065550100", "+33123456789", "+442079460000");
    let denied = |why: Denial| Said::Denied(why);
    for (settings, number, said) in [
        (json!({}), premium, Said::Nothing),
        (json!({ "denied_patterns": ["^\\+33"] }), paris, denied(Denial::Pattern("^\\+33".to_owned()))),
        (json!({ "denied_patterns": ["^\\+33"] }), london, Said::Nothing),
        (json!({ "allowed_patterns": ["^\\+33"] }), paris, Said::Allowed("^\\+33".to_owned())),
        (
            json!({ "denied_patterns": ["^\\+331"], "allowed_patterns": ["^\\+33"] }),
            paris,
            denied(Denial::Pattern("^\\+331".to_owned())),
        ),
        (json!({ "allow_premium_rate": false }), premium, denied(Denial::Premium)),
        (json!({ "allow_premium_rate": false }), seattle, Said::Nothing),
        (
            json!({ "allow_premium_rate": false, "allowed_patterns": ["^\\+1900"] }),
            premium,
            Said::Allowed("^\\+1900".to_owned()),
        ),
        (json!({ "denied_countries": ["fr"] }), paris, denied(Denial::Country("FR".to_owned()))),
        (json!({ "denied_countries": ["FR"] }), london, Said::Nothing),
        (json!({ "allowed_countries": ["US", "GB"] }), london, Said::Nothing),
        (json!({ "allowed_countries": ["US", "GB"] }), paris, denied(Denial::NoCountry)),
        (
            json!({ "allowed_countries": ["FR"], "denied_countries": ["FR"] }),
            paris,
            denied(Denial::Country("FR".to_owned())),
        ),
        (
            json!({ "allowed_countries": ["US"], "allowed_patterns": ["^\\+33123"] }),
            paris,
            Said::Allowed("^\\+33123".to_owned()),
        ),
    ] {
        let policy = class(&settings);
        assert_eq!(policy.says_of(Some(E164::parse(number).unwrap()), number), said, "{settings} {number}");
    }
    let countries = class(&json!({ "allowed_countries": ["US"] }));
    assert_eq!(countries.says_of(None, "0118001234"), denied(Denial::NoCountry), "it may lead anywhere");
    let patterns = class(&json!({ "denied_patterns": ["^0118"] }));
    assert_eq!(patterns.says_of(None, "0118001234"), denied(Denial::Pattern("^0118".to_owned())));
}

#[test]
fn patterns_and_countries_that_mean_nothing_are_refused_with_what_is_wrong() {
    for (settings, words) in [
        (json!({ "denied_patterns": ["(+"] }), "at character"),
        (json!({ "denied_patterns": ["(?=1)"] }), "at character"),
        (json!({ "allowed_countries": ["Atlantis"] }), "no country"),
        (json!({ "denied_countries": ["US", "XX"] }), "XX is no country"),
        (json!({ "denied_patterns": vec!["^1"; 51] }), "more than 50"),
    ] {
        let faults = Settings::factory(PolicyType::DialOut).changed(settings.as_object().unwrap()).unwrap_err();
        assert_eq!(faults.len(), 1, "{settings}");
        assert!(faults.iter().all(|it| it.message.contains(words)), "{settings}: {faults:?}");
    }
}

fn class(settings: &Value) -> DialOut {
    serde_json::from_value(settings.clone()).unwrap()
}
