//! Set-up steps and voice readiness of an organization that lacks one thing after the other.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;

use phone::directory::readiness::{self, Known, What, checks, services};
use phone::directory::setup::{Credits, Licensing, State, steps};
use phone::directory::{ResourceAccount, Tenant, TenantParts};
use phone::id::{ResourceAccountId, TenantId, TrunkId, UserId, VoiceRouteId};
use phone::money::{Currency, Micros, wallet};
use phone::numbers::routing::VoiceRoute;
use phone::numbers::routing::route::RouteTable;
use phone::numbers::trunk::{SrtpMode, TrunkTransport};
use phone::numbers::{Assignee, E164, Number, NumberKind, Trunk};
use phone::people::license::{Capability, Enforcement, PartNumber};
use phone::people::tenant::{self, Profile};
use phone::people::{Presence, User};
use phone::policies::dial_out::UserDialOut;
use serde_json::json;
use uuid::Uuid;

use crate::organization::nothing_but;

#[test]
fn an_empty_organization_needs_no_credits_and_lacks_the_rest() {
    let none = Licensing { enforcement: Enforcement::Block, ..Licensing::default() };
    let all = steps(&Tenant::new(parts(0)), &none, None);
    let states: Vec<_> = all.iter().map(|step| (step.number, step.state)).collect();
    let lacking = |number| (number, State::Lacking);
    let expected =
        [lacking(1), lacking(2), (3, State::Done), lacking(4), lacking(5), lacking(6), (7, State::NotNeeded)];
    assert_eq!(states, expected);
    assert!(all[0].lacks[1].next.as_deref().unwrap().starts_with("trunkline user create"));
    assert!(all[1].lacks[0].next.as_deref().unwrap().starts_with("trunkline trunk create"));
    let off = Licensing { enforcement: Enforcement::Off, ..Licensing::default() };
    assert_eq!(steps(&Tenant::new(parts(0)), &off, None)[0].state, State::Done);
}

#[test]
fn credits_lack_what_keeps_calls_from_being_paid() {
    let licensing = Licensing::default();
    let credits = |state, has_outbound_deck| Credits {
        balance: Micros::units(25),
        currency: Currency::USD,
        state,
        has_outbound_deck,
        has_toll_free_deck: false,
        warnings: Vec::new(),
    };
    for (state, has_deck, lack) in [
        (wallet::State::Active, true, None),
        (wallet::State::Active, false, Some("trunkline credit set --outbound-deck NAME")),
        (wallet::State::Low, true, Some("trunkline credit top-up 25.00 --currency USD")),
        (wallet::State::Empty, true, Some("trunkline credit top-up 25.00 --currency USD")),
        (wallet::State::Frozen, true, Some("trunkline credit set --frozen false")),
    ] {
        let step = steps(&Tenant::new(parts(0)), &licensing, Some(&credits(state, has_deck))).remove(6);
        assert_eq!(step.lacks.first().and_then(|lack| lack.next.as_deref()), lack, "{state:?}");
        assert_eq!(step.detail, "the balance is 25.00 USD; 0 numbers are toll-free");
    }
}

#[test]
fn many_people_without_a_number_are_listed_in_part() {
    let licensing = Licensing { enforcement: Enforcement::Block, n_seats: 30, n_given: 25 };
    let third = &steps(&Tenant::new(parts(25)), &licensing, None)[2];
    assert_eq!(third.lacks.len(), 11);
    assert_eq!(third.lacks[10].what, "and 15 more people have no number");
    assert_eq!(third.lacks[0].next.as_deref(), Some("trunkline number assign +14255550100 --user 100"));
}

#[test]
fn readiness_names_what_is_missing_and_nothing_else() {
    let mut parts = parts(1);
    let user = parts.users.values().next().unwrap().clone();
    let known = Known { enforcement: Enforcement::Block, failures: vec!["no seats".to_owned()], ..Known::default() };
    let missing = |parts: &TenantParts, known: &Known| {
        let all = checks(&Tenant::new(parts.clone()), &user, known);
        let missing = all.iter().filter(|check| check.state == readiness::State::Missing);
        assert!(missing.clone().all(|check| check.fix.is_some()));
        missing.map(|check| check.what).collect::<Vec<_>>()
    };
    assert_eq!(missing(&parts, &known), [What::License, What::Number, What::Phone, What::RouteOut, What::Emergency]);
    let license = checks(&Tenant::new(parts.clone()), &user, &known).swap_remove(2);
    assert!(license.detail.contains("no seats"), "{}", license.detail);

    let held = [PartNumber("MCOEV".to_owned())].into();
    let known = Known { held, unlocked: [Capability::PhoneSystem].into(), n_phones: 2, ..known };
    parts.numbers.values_mut().next().unwrap().assignee = Some(Assignee::User(user.id));
    assert_eq!(missing(&parts, &known), [What::WayIn, What::RouteOut, What::Emergency]);
    parts.numbers.values_mut().next().unwrap().held_until = Some("2026-12-24T00:00:00Z".parse().unwrap());
    parts.profile.state = tenant::State::Suspended;
    let expected = [What::Organization, What::Number, What::WayIn, What::RouteOut, What::Emergency];
    assert_eq!(missing(&parts, &known), expected);
}

#[test]
fn readiness_follows_usages_to_routes_and_trunks() {
    let mut parts = parts(1);
    let user = parts.users.values().next().unwrap().clone();
    let mut known = Known { enforcement: Enforcement::Off, n_phones: 1, ..Known::default() };
    let routing = Arc::make_mut(&mut parts.routing);
    routing.policies.voice_routing.global = serde_json::from_value(json!({ "pstn_usages": ["Local"] })).unwrap();
    let check = |parts: &TenantParts, known: &Known, what: What| {
        let all = checks(&Tenant::new(parts.clone()), &user, known);
        all.into_iter().find(|check| check.what == what).unwrap()
    };
    let no_route = check(&parts, &known, What::RouteOut);
    assert_eq!(no_route.fix.as_deref(), Some("trunkline route create NAME --usage Local --trunk TRUNK"));
    let trunk = trunk("carrier");
    Arc::make_mut(&mut parts.routing).book.routes = RouteTable::new([VoiceRoute {
        id: VoiceRouteId(Uuid::from_u128(1)),
        name: "all".to_owned(),
        description: None,
        priority: 1,
        pattern: "1".to_owned(),
        pstn_usages: vec!["local".to_owned()],
        trunks: vec![trunk.id],
        caller_id: None,
    }]);
    parts.trunks.insert(trunk.id, Arc::new(Trunk { enabled: false, ..trunk.clone() }));
    let closed = check(&parts, &known, What::RouteOut);
    assert_eq!(closed.fix.as_deref(), Some("trunkline trunk change carrier --enabled true"));
    parts.trunks.insert(trunk.id, Arc::new(trunk));
    let open = check(&parts, &known, What::RouteOut);
    assert_eq!(
        (open.state, open.detail.as_str()),
        (readiness::State::Fine, "calls go by the usages Local, over carrier")
    );

    assert_eq!(check(&parts, &known, What::Location).state, readiness::State::Advised);
    known.location = Some("100 Summer Street".to_owned());
    assert_eq!(check(&parts, &known, What::Location).state, readiness::State::Fine);
    assert_eq!(check(&parts, &known, What::Policies).state, readiness::State::Fine);
    Arc::make_mut(&mut parts.routing).policies.dial_out.global.user = UserDialOut::None;
    assert!(check(&parts, &known, What::Policies).fix.unwrap().contains("policy effective 100"));
    Arc::make_mut(&mut parts.calling).global.allow_private_calling = false;
    assert!(check(&parts, &known, What::Policies).detail.contains("calling policy"));
}

#[test]
fn readiness_of_a_service_names_what_is_missing() {
    let mut parts = parts(0);
    let account = ResourceAccount {
        id: ResourceAccountId(Uuid::from_u128(9)),
        display_name: "Reception".to_owned(),
        app: None,
        priority: Default::default(),
    };
    parts.resource_accounts.insert(account.id, account.clone());
    let block = services::Licensing { enforcement: Enforcement::Block, n_bought: Some(0), n_phone_system: 0 };
    let told = |parts: &TenantParts, licensing: &services::Licensing| {
        let all = services::checks(&Tenant::new(parts.clone()), &account, licensing);
        assert!(all.iter().all(|check| (check.state == readiness::State::Fine) == check.fix.is_none()));
        let missing = all.iter().filter(|check| check.state == readiness::State::Missing);
        missing.map(|check| check.what).collect::<Vec<_>>()
    };
    assert_eq!(told(&parts, &block), [What::License, What::App, What::RouteOut]);
    let off = services::Licensing::default();
    let number = Number {
        assignee: Some(Assignee::ResourceAccount(account.id)),
        ..Number::new(E164::parse("+14255550110").unwrap(), NumberKind::ServiceToll)
    };
    parts.numbers.insert(number.number, number);
    assert_eq!(told(&parts, &off), [What::App, What::WayIn, What::RouteOut]);
    let trunk = trunk("carrier");
    parts.outbound_trunks.push(trunk.id);
    parts.trunks.insert(trunk.id, Arc::new(trunk));
    assert_eq!(told(&parts, &off), [What::App]);
}

fn trunk(name: &str) -> Trunk {
    Trunk {
        id: TrunkId(Uuid::from_u128(5)),
        name: name.to_owned(),
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
        settings: Default::default(),
    }
}

/// So many people, and one free number.
fn parts(n_people: u128) -> TenantParts {
    let free = Number::new(E164::parse("+14255550100").unwrap(), NumberKind::User);
    TenantParts {
        users: (0..n_people).map(|id| (UserId(Uuid::from_u128(id)), Arc::new(person(id)))).collect(),
        numbers: BTreeMap::from([(free.number, free)]),
        ..nothing_but(Profile {
            id: TenantId(Uuid::from_u128(1)),
            slug: "acme".to_owned(),
            name: "Acme".to_owned(),
            sip_domain: "acme.test".to_owned(),
            time_zone: "UTC".to_owned(),
            country: "US".to_owned(),
            language: "en-US".to_owned(),
            state: tenant::State::Active,
            supervision_notice: Default::default(),
            number_pause: None,
            number_mails: Default::default(),
            fallback_operator: None,
        })
    }
}

fn person(id: u128) -> User {
    User {
        id: UserId(Uuid::from_u128(id)),
        display_name: format!("Person {id}"),
        extension: (100 + id).to_string(),
        email: None,
        department: None,
        office: None,
        aliases: Default::default(),
        site: None,
        country: None,
        presence: Presence::Available,
        voice_enabled: true,
        hidden: false,
        ring_secs: 30,
        enabled: true,
        ha1: Default::default(),
    }
}
