//! Set-up steps and voice readiness of an organization that lacks one thing after the other.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;

use phone::directory::readiness::{self, Known, What, checks};
use phone::directory::setup::{Licensing, State, steps};
use phone::directory::{Tenant, TenantParts};
use phone::id::{TenantId, UserId};
use phone::numbers::{Assignee, E164, Number, NumberKind};
use phone::people::license::{Enforcement, PartNumber};
use phone::people::tenant::{self, Profile};
use phone::people::{Presence, User};
use uuid::Uuid;

#[test]
fn an_empty_organization_needs_no_credits_and_lacks_the_rest() {
    let none = Licensing { enforcement: Enforcement::Block, ..Licensing::default() };
    let all = steps(&Tenant::new(parts(0)), &none);
    let states: Vec<_> = all.iter().map(|step| (step.number, step.state)).collect();
    let lacking = |number| (number, State::Lacking);
    let expected =
        [lacking(1), lacking(2), (3, State::Done), lacking(4), lacking(5), lacking(6), (7, State::NotNeeded)];
    assert_eq!(states, expected);
    assert!(all[0].lacks[1].next.as_deref().unwrap().starts_with("trunkline user create"));
    assert!(all[1].lacks[0].next.as_deref().unwrap().starts_with("trunkline trunk create"));
    let off = Licensing { enforcement: Enforcement::Off, ..Licensing::default() };
    assert_eq!(steps(&Tenant::new(parts(0)), &off)[0].state, State::Done);
}

#[test]
fn many_people_without_a_number_are_listed_in_part() {
    let licensing = Licensing { enforcement: Enforcement::Block, n_seats: 30, n_given: 25 };
    let third = &steps(&Tenant::new(parts(25)), &licensing)[2];
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
    let known = Known { held, n_phones: 2, ..known };
    parts.numbers.values_mut().next().unwrap().assignee = Some(Assignee::User(user.id));
    assert_eq!(missing(&parts, &known), [What::RouteOut, What::Emergency]);
    parts.numbers.values_mut().next().unwrap().held_until = Some("2026-12-24T00:00:00Z".parse().unwrap());
    parts.profile.state = tenant::State::Suspended;
    assert_eq!(missing(&parts, &known), [What::Organization, What::Number, What::RouteOut, What::Emergency]);
}

/// So many people, and one free number.
fn parts(n_people: u128) -> TenantParts {
    let free = Number::new(E164::parse("+14255550100").unwrap(), NumberKind::User);
    TenantParts {
        profile: Profile {
            id: TenantId(Uuid::from_u128(1)),
            slug: "acme".to_owned(),
            name: "Acme".to_owned(),
            sip_domain: "acme.test".to_owned(),
            time_zone: "UTC".to_owned(),
            country: "US".to_owned(),
            language: "en-US".to_owned(),
            state: tenant::State::Active,
        },
        users: (0..n_people).map(|id| (UserId(Uuid::from_u128(id)), Arc::new(person(id)))).collect(),
        numbers: BTreeMap::from([(free.number, free)]),
        trunks: BTreeMap::new(),
        outbound_trunks: Vec::new(),
        lent: BTreeMap::new(),
        resource_accounts: BTreeMap::new(),
        attendants: BTreeMap::new(),
        queues: BTreeMap::new(),
        schedules: BTreeMap::new(),
        emergency_numbers: Vec::new(),
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
        site: None,
        country: None,
        presence: Presence::Available,
        voice_enabled: true,
        ring_secs: 30,
        enabled: true,
        ha1: Default::default(),
    }
}
