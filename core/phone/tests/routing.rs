//! Who gets a call, and why.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use phone::Directory;
use phone::apps::{Priority, Target};
use phone::directory::outbound::{Attempt, Passing, Shown};
use phone::directory::{
    App, Destination, Dialled, External, Named, Refusal, ResourceAccount, Tenant, TenantParts, Verdict,
};
use phone::id::{AttendantId, QueueId, ResourceAccountId, SharedMailboxId, TenantId, TrunkId, UserId};
use phone::numbers::routing::translation::Translated;
use phone::numbers::trunk::settings::TrunkAuth;
use phone::numbers::trunk::{SrtpMode, TrunkTransport};
use phone::numbers::{Assignee, E164, Number, NumberKind, Trunk};
use phone::people::tenant::{Profile, State};
use phone::people::{Presence, User};
use proptest::prelude::*;
use uuid::Uuid;

use crate::organization::nothing_but;

const ALICE: u128 = 101;
const BOB: u128 = 102;
/// Nobody whom a list of callers knows.
const CALLER: &str = "+12125551234";
/// Without a license.
const DAN: u128 = 104;
/// Disabled.
const EVE: u128 = 105;

#[test]
fn a_number_held_for_a_lost_license_neither_rings_nor_shows() {
    let mut parts = parts(1);
    let own = E164::parse("+14255550101").unwrap();
    parts.numbers.get_mut(&own).unwrap().held_until = Some("2026-12-24T00:00:00Z".parse().unwrap());
    let tenant = Tenant::new(parts.clone());
    let Some(Assignee::User(owner)) = parts.numbers[&own].assignee else { panic!("a person has it") };
    assert_eq!(tenant.inbound(trunk(1), "+14255550101", CALLER).decision, Err(Refusal::NotLicensed));
    assert_eq!(tenant.dial(owner, "+12065550100", Timestamp::UNIX_EPOCH).decision, Err(Refusal::LineKept));
    let extension = &parts.users[&owner].extension;
    assert_eq!(tenant.dial(owner, extension, Timestamp::UNIX_EPOCH).decision, Ok(Destination::User { id: owner }));
    assert!(tenant.dial(owner, "911", Timestamp::UNIX_EPOCH).decision.is_ok());

    let second = Number { assignee: Some(Assignee::User(owner)), held_until: None, ..parts.numbers[&own].clone() };
    let second = Number { number: E164::parse("+14255550199").unwrap(), ..second };
    parts.numbers.insert(second.number, second.clone());
    let tenant = Tenant::new(parts);
    assert_eq!(tenant.number_of_user(owner), Some(second.number));
    assert!(tenant.dial(owner, "+12065550100", Timestamp::UNIX_EPOCH).decision.is_ok());
}

#[test]
fn a_suspended_organization_calls_for_help_and_nobody_else() {
    let mut parts = parts(1);
    parts.profile.state = State::Suspended;
    let tenant = Tenant::new(parts);
    for dialled in ["102", "+14155550123", "*43"] {
        assert_eq!(
            tenant.dial(user(ALICE), dialled, Timestamp::UNIX_EPOCH).decision,
            Err(Refusal::Suspended),
            "{dialled}"
        );
    }
    assert_eq!(tenant.inbound(trunk(1), "+14255550101", CALLER).decision, Err(Refusal::Suspended));
    for person in [ALICE, DAN, EVE] {
        assert!(tenant.dial(user(person), "911", Timestamp::UNIX_EPOCH).decision.is_ok(), "{person}");
    }
}

#[test]
fn a_number_rings_whom_it_is_assigned_to() {
    let demo = demo();
    for called in ["+14255550101", "14255550101", "4255550101", "+1 (425) 555-0101", "+14255550101;ext=1"] {
        assert_eq!(
            demo.inbound(trunk(1), called, CALLER).decision,
            Ok(Destination::User { id: user(ALICE) }),
            "{called}"
        );
    }
    let inbound = |called| demo.inbound(trunk(1), called, CALLER).decision;
    let priority = Some(Priority::try_from(2).unwrap());
    assert_eq!(inbound("+14255550110"), Ok(Destination::Queue { id: queue(), priority }));
    assert_eq!(inbound("+14255550199"), Err(Refusal::NumberNotAssigned));
    assert_eq!(inbound("+14255550120"), Err(Refusal::ServiceNotSetUp));
    assert_eq!(inbound("+14255550104"), Err(Refusal::NotLicensed));
    assert_eq!(inbound("+14255550105"), Err(Refusal::Disabled));
    assert_eq!(inbound("+14255559999"), Err(Refusal::NotFound));
    assert_eq!(inbound("101"), Err(Refusal::NotFound), "extensions are not reached from outside");
    assert_eq!(inbound("911"), Err(Refusal::NotFound));
}

#[test]
fn a_trunk_in_another_country_presents_numbers_in_its_own_way() {
    let mut parts = parts(1);
    let number = E164::parse("+4930123456").unwrap();
    parts.numbers.insert(number, assigned("+4930123456", Some(Assignee::User(user(BOB)))));
    let mut german = trunk_named(2, 5090);
    german.country = Some("DE".to_owned());
    parts.trunks.insert(german.id, Arc::new(german));
    let tenant = Tenant::new(parts);
    for called in ["+4930123456", "4930123456", "030123456", "004930123456"] {
        assert_eq!(
            tenant.inbound(trunk(2), called, CALLER).decision,
            Ok(Destination::User { id: user(BOB) }),
            "{called}"
        );
    }
    assert_eq!(tenant.inbound(trunk(1), "030123456", CALLER).decision, Err(Refusal::NotFound));
}

#[test]
fn people_dial_extensions_tests_own_numbers_and_numbers_outside() {
    let demo = demo();
    let dial = |dialled| demo.dial(user(ALICE), dialled, Timestamp::UNIX_EPOCH).decision;
    assert_eq!(dial("102"), Ok(Destination::User { id: user(BOB) }));
    assert_eq!(dial("*43"), Ok(Destination::Echo));
    assert_eq!(dial("*42"), Ok(Destination::AudioTest));
    for own in ["+14255550102", "14255550102", "4255550102", "(425) 555-0102"] {
        assert_eq!(dial(own), Ok(Destination::User { id: user(BOB) }), "{own}");
    }
    for (dialled, number) in [
        ("+14155550123", "+14155550123"),
        ("14155550123", "+14155550123"),
        ("4155550123", "+14155550123"),
        ("011442079460000", "+442079460000"),
        ("00442079460000", "+442079460000"),
        ("+442079460000", "+442079460000"),
        // Whether a full number is one is for the carrier to say.
        ("+1415555", "+1415555"),
    ] {
        assert_eq!(dial(dialled), Ok(outside(number, Some("+14255550101"))), "{dialled}");
    }
    assert_eq!(dial("199"), Err(Refusal::NotFound));
    assert_eq!(dial("105"), Err(Refusal::Disabled));
    for nonsense in ["", "+", "*99", "alice", "5550123", "1415555012345678901234567890"] {
        assert!(
            matches!(dial(nonsense), Err(Refusal::NotANumber | Refusal::NotDialable | Refusal::NotFound)),
            "{nonsense}"
        );
    }
}

#[test]
fn without_a_license_people_call_inside_only() {
    let demo = demo();
    let dial = |dialled| demo.dial(user(DAN), dialled, Timestamp::UNIX_EPOCH).decision;
    assert_eq!(dial("101"), Ok(Destination::User { id: user(ALICE) }));
    assert_eq!(dial("+14255550101"), Ok(Destination::User { id: user(ALICE) }));
    assert_eq!(dial("+14155550123"), Err(Refusal::NotLicensed));
    assert_eq!(demo.dial(user(ALICE), "104", Timestamp::UNIX_EPOCH).decision, Ok(Destination::User { id: user(DAN) }));
    assert_eq!(demo.dial(user(EVE), "101", Timestamp::UNIX_EPOCH).decision, Err(Refusal::Disabled));
    assert_eq!(demo.dial(user(999), "101", Timestamp::UNIX_EPOCH).decision, Err(Refusal::NotFound));
}

#[test]
fn each_country_reaches_its_own_services() {
    let table: &[(&str, &[&str], &[&str])] = &[
        ("AR", &["911", "100", "101", "107"], &["114"]),
        ("AT", &["112", "122", "133", "144"], &["911", "118"]),
        ("AU", &["000", "112"], &["911", "111", "131444"]),
        ("BE", &["112", "100", "101"], &["911"]),
        ("BR", &["190", "192", "193"], &["100", "188"]),
        ("CA", &["911"], &["411", "811"]),
        ("CH", &["112", "117", "118", "144"], &["911", "1811"]),
        ("CN", &["110", "119", "120"], &["114", "12315"]),
        ("CZ", &["112", "150", "155", "158"], &["911"]),
        ("DE", &["112", "110"], &["911", "115", "1100"]),
        ("DK", &["112"], &["911", "114"]),
        ("ES", &["112", "061", "062", "080", "091", "092"], &["911", "060"]),
        ("FI", &["112"], &["911"]),
        ("FR", &["112", "15", "17", "18", "114"], &["911", "3939"]),
        ("GB", &["999", "112"], &["911", "101", "111", "123"]),
        ("HR", &["112", "192", "193", "194"], &["911"]),
        ("HU", &["112", "104", "105", "107"], &["911"]),
        ("IE", &["999", "112"], &["911"]),
        ("IN", &["112", "100", "101", "102", "108"], &["139"]),
        ("IT", &["112", "113", "115", "118"], &["911", "187"]),
        ("JP", &["110", "118", "119"], &["104", "117", "911"]),
        ("KR", &["112", "119"], &["114", "911"]),
        ("MX", &["911"], &["040"]),
        ("NL", &["112"], &["911", "144"]),
        ("NO", &["110", "112", "113"], &["911"]),
        ("NZ", &["111"], &["911", "018"]),
        ("PE", &["105", "106", "116"], &["103"]),
        ("PL", &["112", "997", "998", "999"], &["911"]),
        ("PT", &["112"], &["911"]),
        ("RU", &["112", "101", "102", "103"], &["911"]),
        ("SE", &["112"], &["911", "11414"]),
        ("SG", &["999", "995"], &["911", "100"]),
        ("SI", &["112", "113"], &["911"]),
        ("TH", &["191", "199", "1669"], &["1133"]),
        ("TR", &["112", "155"], &["911", "182"]),
        ("US", &["911", "933"], &["411", "311", "211"]),
        ("ZA", &["112", "10111", "10177"], &["911"]),
        ("", &["112", "911"], &["999"]),
    ];
    for (country, reached, others) in table {
        let mut parts = parts(1);
        parts.profile.country = (*country).to_owned();
        let tenant = Tenant::new(parts);
        for number in *reached {
            let Ok(Destination::External(external)) = tenant.dial(user(ALICE), number, Timestamp::UNIX_EPOCH).decision
            else {
                panic!("{country}: {number} was refused")
            };
            assert!(external.emergency, "{country}: {number}");
        }
        for number in *others {
            assert!(!tenant.is_emergency(number), "{country}: {number} is no emergency number");
        }
    }
}

#[test]
fn emergency_calls_go_out_whoever_calls() {
    let demo = demo();
    for caller in [ALICE, BOB, DAN, EVE] {
        for dialled in ["911", "112", "933"] {
            let Ok(Destination::External(external)) = demo.dial(user(caller), dialled, Timestamp::UNIX_EPOCH).decision
            else {
                panic!("{dialled} was refused")
            };
            assert!(external.emergency);
            assert_eq!(external.number, Dialled::Short(dialled.to_owned()));
            assert_eq!(trunks(&external), [trunk(1)]);
        }
    }
    let mut unrouted = parts(1);
    unrouted.outbound_trunks.clear();
    let taken = User { extension: "911".to_owned(), ..User::clone(&unrouted.users[&user(BOB)]) };
    unrouted.users.insert(user(BOB), Arc::new(taken));
    let verdict = Tenant::new(unrouted).dial(user(ALICE), "911", Timestamp::UNIX_EPOCH);
    assert!(matches!(verdict.decision, Ok(Destination::External(external)) if trunks(&external) == [trunk(1)]));
}

#[test]
fn disabled_trunks_are_not_used() {
    let mut parts = parts(1);
    let mut first = trunk_named(1, 5090);
    first.enabled = false;
    parts.trunks.insert(first.id, Arc::new(first));
    let second = trunk_named(2, 5091);
    parts.trunks.insert(second.id, Arc::new(second));
    parts.outbound_trunks = vec![trunk(1), trunk(2), trunk(3)];
    let both = Tenant::new(parts.clone());
    let Ok(Destination::External(external)) = both.dial(user(ALICE), "+14155550123", Timestamp::UNIX_EPOCH).decision
    else {
        panic!()
    };
    assert_eq!(trunks(&external), [trunk(2)]);
    parts.outbound_trunks = vec![trunk(1)];
    assert_eq!(
        Tenant::new(parts).dial(user(ALICE), "+14155550123", Timestamp::UNIX_EPOCH).decision,
        Err(Refusal::NoTrunk)
    );
}

#[test]
fn targets_lead_to_destinations_or_are_refused() {
    let demo = demo();
    let redirect = |target: &Target| demo.redirect(target, &PASSING).decision;
    let priority = Priority::try_from(1).unwrap();
    let account = Target::ResourceAccount { id: ResourceAccountId(Uuid::from_u128(1)), priority };
    assert_eq!(redirect(&account), Ok(Destination::Queue { id: queue(), priority: Some(priority) }));
    assert_eq!(redirect(&Target::User { id: user(BOB) }), Ok(Destination::User { id: user(BOB) }));
    assert_eq!(redirect(&Target::User { id: user(DAN) }), Err(Refusal::NotLicensed));
    assert_eq!(redirect(&Target::User { id: user(EVE) }), Err(Refusal::Disabled));
    assert_eq!(redirect(&Target::User { id: user(9) }), Err(Refusal::NotFound));
    let number = |digits| Target::External { number: E164::parse(digits).unwrap() };
    assert_eq!(redirect(&number("+14155550123")), Ok(outside("+14155550123", None)));
    assert_eq!(redirect(&number("+14255550102")), Ok(Destination::User { id: user(BOB) }));
    let attendant = Target::Attendant { id: AttendantId(Uuid::from_u128(5)), priority };
    assert_eq!(redirect(&attendant), Err(Refusal::ServiceNotSetUp));
    let id = SharedMailboxId(Uuid::from_u128(5));
    let mailbox = Target::SharedMailbox { id, suppress_system_prompt: false };
    assert_eq!(redirect(&mailbox), Err(Refusal::ServiceNotSetUp));
}

#[test]
fn a_directory_finds_tenants_and_trunks() {
    let tenants = [Arc::new(demo()), Arc::new(Tenant::new(parts(2)))];
    let directory = Directory::new(tenants, Some(TenantId(Uuid::from_u128(1))));
    let slug = |host: &str| directory.tenant_of_domain(host).map(|tenant| tenant.profile.slug.clone());
    assert_eq!(slug("t1.test").as_deref(), Some("t1"));
    assert_eq!(slug("T2.Test").as_deref(), Some("t2"));
    assert_eq!(slug("127.0.0.1").as_deref(), Some("t1"));
    assert_eq!(slug("[::1]").as_deref(), Some("t1"));
    assert_eq!(slug("elsewhere.test"), None);

    let at = |source: &str| directory.trunk_at(source.parse().unwrap());
    let first = Some((TenantId(Uuid::from_u128(1)), trunk(1)));
    assert_eq!(at("127.0.0.1:5090"), first);
    assert_eq!(at("[::ffff:127.0.0.1]:5090"), first);
    assert_eq!(at("127.0.0.1:5061"), None);
    assert_eq!(at("192.0.2.1:1234"), first, "port 0 stands for any");

    // Both tenants' carrier calls from the same address: the called number tells them apart.
    let for_number = |called| directory.trunk_for("127.0.0.1:5090".parse().unwrap(), called).map(|(tenant, _)| tenant);
    assert_eq!(for_number("+14255550101"), Some(TenantId(Uuid::from_u128(1))));
    assert_eq!(for_number("+14265550101"), Some(TenantId(Uuid::from_u128(2))));
    assert_eq!(for_number("+14275550101"), Some(TenantId(Uuid::from_u128(1))));
}

#[test]
fn callers_numbers_become_e164_where_that_can_be_told() {
    let demo = demo();
    for written in ["+442079460000", "442079460000", "011442079460000"] {
        assert_eq!(demo.caller_number(written), E164::parse("+442079460000").ok(), "{written}");
    }
    assert_eq!(demo.caller_number("4155550123"), E164::parse("+14155550123").ok());
    assert_eq!(demo.caller_number("anonymous"), None);
    assert_eq!(demo.caller_number("101"), None);
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9*#+]{0,18}",
        "\\PC{0,50}",
        (1..3u8, 95..130u16).prop_map(|(tenant, last)| format!("+14{}55550{last}", tenant + 1)),
        (100..106u16).prop_map(|extension| extension.to_string()),
        prop::sample::select(vec!["911", "112", "933", "*42", "*43", "+49"]).prop_map(str::to_owned),
    ]
}

proptest! {
    #[test]
    fn verdicts_have_reasons_and_stay_within_their_tenant(text in any_text(), caller in 100..107u128) {
        let demo = demo();
        let (dialled, inbound) = (demo.dial(user(caller), &text, Timestamp::UNIX_EPOCH), demo.inbound(trunk(1), &text, CALLER));
        for verdict in [&dialled, &inbound] {
            prop_assert!(!verdict.reasons.is_empty());
            prop_assert!(verdict.reasons.iter().all(|reason| !reason.is_empty()));
            prop_assert!(is_within(&demo, verdict), "{text}: {verdict:?}");
        }
        if demo.is_emergency(&text) && demo.users.contains_key(&user(caller)) {
            prop_assert!(matches!(&dialled.decision, Ok(Destination::External(external)) if external.emergency));
        }
        prop_assert_eq!(demo.dial(user(caller), &text, Timestamp::UNIX_EPOCH), dialled, "the same question has the same answer");
    }

    #[test]
    fn the_called_number_never_leads_into_another_tenant(text in any_text(), port in prop::sample::select(vec![5090, 7])) {
        let tenants = [Arc::new(demo()), Arc::new(Tenant::new(parts(2)))];
        let directory = Directory::new(tenants, None);
        let source = format!("127.0.0.1:{port}").parse().unwrap();
        if let Some((tenant, trunk)) = directory.trunk_for(source, &text) {
            let tenant = directory.tenant(tenant).unwrap();
            prop_assert!(tenant.trunks.contains_key(&trunk));
            prop_assert!(is_within(tenant, &tenant.inbound(trunk, &text, CALLER)));
        }
    }
}

fn is_within(tenant: &Tenant, verdict: &Verdict) -> bool {
    match &verdict.decision {
        Ok(Destination::User { id }) => tenant.users.contains_key(id),
        Ok(Destination::Attendant { id, .. }) => tenant.attendants.contains_key(id),
        Ok(Destination::Queue { id, .. }) => tenant.queues.contains_key(id),
        Ok(Destination::External(external)) => {
            let own_number = external.caller_id.is_none_or(|number| tenant.numbers.contains_key(&number));
            own_number
                && !external.attempts.is_empty()
                && trunks(external).iter().all(|id| tenant.trunks.contains_key(id))
        }
        Ok(Destination::SharedMailbox { id, .. }) => tenant.mailboxes.contains_key(id),
        Ok(Destination::Visit { listener, .. }) => tenant.users.contains_key(listener),
        Ok(Destination::Voicemail { id }) => tenant.users.contains_key(id),
        Ok(Destination::Announcement { .. } | Destination::AudioTest | Destination::Echo) | Err(_) => true,
    }
}

fn demo() -> Tenant {
    Tenant::new(parts(1))
}

/// Tenant 1 holds +1 425 555 01xx, tenant 2 +1 426 555 01xx; people and services of tenant 2 have other ids.
fn parts(tenant: u128) -> TenantParts {
    let base = if tenant == 1 { 0 } else { 10_000 };
    let area = 424 + tenant;
    let users = [(ALICE, true, true), (BOB, true, true), (DAN, false, true), (EVE, true, false)];
    let users: BTreeMap<_, _> = users
        .into_iter()
        .map(|(id, voice_enabled, enabled)| {
            (user(base + id), Arc::new(person(user(base + id), &id.to_string(), voice_enabled, enabled)))
        })
        .collect();
    let account = |id| Some(Assignee::ResourceAccount(ResourceAccountId(Uuid::from_u128(base + id))));
    let someone = |id| Some(Assignee::User(user(base + id)));
    let numbers = [
        ("0101", someone(ALICE)),
        ("0102", someone(BOB)),
        ("0104", someone(DAN)),
        ("0105", someone(EVE)),
        ("0110", account(1)),
        ("0120", account(2)),
        ("0199", None),
    ];
    let numbers = numbers.map(|(last, assignee)| assigned(&format!("+1{area}555{last}"), assignee));
    let queue = QueueId(Uuid::from_u128(base + 7));
    let resource_account = |id, app| ResourceAccount {
        id: ResourceAccountId(Uuid::from_u128(base + id)),
        display_name: "Sales".to_owned(),
        app,
        priority: Priority::try_from(2).unwrap(),
    };
    let accounts = [resource_account(1, Some(App::Queue(queue))), resource_account(2, None)];
    let first = Arc::new(trunk_named(base + 1, 5090));
    TenantParts {
        users,
        numbers: numbers.into_iter().map(|number| (number.number, number)).collect(),
        outbound_trunks: vec![first.id],
        trunks: [(first.id, first)].into(),
        resource_accounts: accounts.into_iter().map(|account| (account.id, account)).collect(),
        queues: [(queue, Arc::new(sales(queue)))].into(),
        ..nothing_but(profile(tenant))
    }
}

fn profile(tenant: u128) -> Profile {
    Profile {
        id: TenantId(Uuid::from_u128(tenant)),
        slug: format!("t{tenant}"),
        name: format!("Tenant {tenant}"),
        sip_domain: format!("t{tenant}.test"),
        time_zone: "America/New_York".to_owned(),
        country: "US".to_owned(),
        language: "en-US".to_owned(),
        state: Default::default(),
        supervision_notice: Default::default(),
        number_pause: None,
        number_mails: Default::default(),
        fallback_operator: None,
    }
}

fn person(id: UserId, extension: &str, voice_enabled: bool, enabled: bool) -> User {
    User {
        id,
        display_name: format!("Person {extension}"),
        extension: extension.to_owned(),
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
        enabled,
        ha1: Default::default(),
    }
}

fn sales(id: QueueId) -> phone::apps::queue::Settings {
    use phone::apps::queue::{Routing, Settings};
    Settings {
        routing: Routing::Serial,
        agent_alert_secs: 20,
        timeout_secs: 60,
        reset_idle_on_miss: true,
        ..Settings::new(id, "Sales", "en-US")
    }
}

fn trunk_named(id: u128, port: u16) -> Trunk {
    Trunk {
        id: trunk(id),
        name: format!("trunk {id}"),
        host: "127.0.0.1".to_owned(),
        port: Some(port),
        transport: TrunkTransport::Udp,
        sources: vec![format!("127.0.0.1:{port}").parse().unwrap(), "192.0.2.1:0".parse().unwrap()],
        credentials: None,
        country: None,
        srtp: SrtpMode::Off,
        codecs: vec!["PCMA".to_owned()],
        n_calls_max: None,
        no_answer_secs: 5,
        enabled: true,
        description: None,
        settings: Default::default(),
    }
}

fn assigned(number: &str, assignee: Option<Assignee>) -> Number {
    Number { assignee, ..Number::new(E164::parse(number).unwrap(), NumberKind::User) }
}

fn outside(number: &str, caller_id: Option<&str>) -> Destination {
    let as_is = |number: &str| Translated { number: number.to_owned(), by: None };
    Destination::External(Box::new(External {
        number: Dialled::E164(E164::parse(number).unwrap()),
        attempts: vec![Attempt {
            trunk: trunk(1),
            route: None,
            called: as_is(number),
            calling: caller_id.map(as_is),
            signs: None,
        }],
        skipped: Vec::new(),
        caller_id: caller_id.map(|number| E164::parse(number).unwrap()),
        shown: Shown { number: caller_id.map(str::to_owned), ..Shown::default() },
        location: None,
        emergency: false,
    }))
}

/// Of an app, for a caller inside.
const PASSING: Passing<'_> = Passing { caller: None, line: None, at: Timestamp::UNIX_EPOCH };

fn trunks(external: &External) -> Vec<TrunkId> {
    external.attempts.iter().map(|attempt| attempt.trunk).collect()
}

fn user(id: u128) -> UserId {
    UserId(Uuid::from_u128(id))
}

fn trunk(id: u128) -> TrunkId {
    TrunkId(Uuid::from_u128(id))
}

fn queue() -> QueueId {
    QueueId(Uuid::from_u128(7))
}

#[test]
fn a_trunk_is_known_by_the_name_in_its_certificate() {
    let mut parts = parts(1);
    let mut by_name = trunk_named(7, 5061);
    by_name.host = "sbc1.acme.example".to_owned();
    by_name.settings.auth = TrunkAuth::MutualTls;
    parts.trunks.insert(by_name.id, Arc::new(by_name));
    let id = parts.profile.id;
    let directory = Directory::new([Arc::new(Tenant::new(parts))], None);
    let named = |name: &str| match directory.trunk_named(&[name.to_owned()], None, "+14255550101") {
        Named::Trunk(tenant, trunk) => Some((tenant, trunk)),
        Named::Misnamed | Named::Nobody => None,
    };
    for name in ["sbc1.acme.example", "SBC1.acme.EXAMPLE", "*.acme.example"] {
        assert_eq!(named(name), Some((id, trunk(7))), "{name}");
    }
    for name in ["acme.example", "*.example", "sbc2.acme.example", "*", "*.sbc1.acme.example", ""] {
        assert_eq!(named(name), None, "{name}");
    }
    assert_eq!(directory.trunk_at("127.0.0.1:5061".parse().unwrap()), None, "its address proves nothing");
}
