//! Calls of one organization never reach anything of another, whatever organizations there are.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use phone::Directory;
use phone::directory::{App, Destination, ResourceAccount, Tenant, TenantParts, Verdict};
use phone::id::{AttendantId, ResourceAccountId, TenantId, TrunkId, UserId};
use phone::numbers::trunk::{SrtpMode, TrunkTransport};
use phone::numbers::{Assignee, E164, Number, NumberKind, Trunk};
use phone::people::tenant::Profile;
use phone::people::{Presence, User};
use proptest::prelude::*;
use uuid::Uuid;

use crate::organization::nothing_but;

/// An organization in the making: its people's last digits, its numbers' last digits with who has each, and the ports of
/// its carriers, which it shares with others.
#[derive(Clone, Debug)]
struct Seed {
    people: Vec<u8>,
    numbers: BTreeMap<u8, u8>,
    carriers: Vec<u16>,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_call_stays_in_the_organization_of_its_trunk_or_its_caller(
        seeds in prop::collection::vec(seed(), 2..5),
        called in 0_u8..20,
        dialled in dialled(),
        port in 5060_u16..5063,
    ) {
        let tenants: Vec<_> = seeds.iter().enumerate().map(|(n, seed)| Arc::new(Tenant::new(parts(n, &seeds, seed)))).collect();
        let directory = Directory::new(tenants.iter().cloned(), None);
        let holder = tenants.iter().position(|tenant| tenant.numbers.contains_key(&number(called)));
        let source = format!("192.0.2.1:{port}").parse().unwrap();
        if let Some((tenant, trunk)) = directory.trunk_for(source, &number(called).to_string()) {
            let tenant = directory.tenant(tenant).unwrap();
            prop_assert!(tenant.trunks.contains_key(&trunk));
            let verdict = tenant.inbound(trunk, &number(called).to_string(), "+12125551234");
            prop_assert!(is_within(tenant, &verdict), "{verdict:?}");
            if verdict.decision.is_ok() {
                prop_assert!(Arc::ptr_eq(tenant, &tenants[holder.unwrap()]), "only who holds a number is called at it");
            }
        }
        for tenant in &tenants {
            for caller in tenants.iter().flat_map(|tenant| tenant.users.keys()) {
                let verdict = tenant.dial(*caller, &dialled, Timestamp::UNIX_EPOCH);
                prop_assert!(is_within(tenant, &verdict), "{verdict:?}");
                prop_assert!(tenant.users.contains_key(caller) || verdict.decision.is_err(), "a stranger dials");
            }
            for trunk in tenants.iter().flat_map(|tenant| tenant.trunks.keys()) {
                prop_assert!(is_within(tenant, &tenant.inbound(*trunk, &dialled, "+12125551234")));
            }
        }
    }
}

fn is_within(tenant: &Tenant, verdict: &Verdict) -> bool {
    match &verdict.decision {
        Ok(Destination::User { id }) => tenant.users.contains_key(id),
        Ok(Destination::Attendant { id, .. }) => tenant.attendants.contains_key(id),
        Ok(Destination::Queue { id, .. }) => tenant.queues.contains_key(id),
        Ok(Destination::External(external)) => {
            external.caller_id.is_none_or(|number| tenant.numbers.contains_key(&number))
                && external.attempts.iter().all(|attempt| tenant.trunks.contains_key(&attempt.trunk))
        }
        Ok(Destination::SharedMailbox { id, .. }) => tenant.mailboxes.contains_key(id),
        Ok(Destination::Visit { listener, .. }) => tenant.users.contains_key(listener),
        Ok(Destination::Voicemail { id }) => tenant.users.contains_key(id),
        Ok(Destination::Announcement { .. } | Destination::AudioTest | Destination::Echo) | Err(_) => true,
    }
}

fn seed() -> impl Strategy<Value = Seed> {
    let people = prop::collection::vec(0_u8..6, 1..5);
    let numbers = prop::collection::btree_map(0_u8..20, 0_u8..8, 0..8);
    let carriers = prop::collection::vec(5060_u16..5063, 1..3);
    (people, numbers, carriers).prop_map(|(people, numbers, carriers)| Seed { people, numbers, carriers })
}

fn dialled() -> impl Strategy<Value = String> {
    prop_oneof![
        (0_u8..6).prop_map(|n| format!("10{n}")),
        (0_u8..20).prop_map(|n| number(n).to_string()),
        (0_u8..20).prop_map(|n| number(n).digits()),
        Just("911".to_owned()),
        Just("+442079460000".to_owned()),
    ]
}

/// A number belongs to the first organization that wants it, as in the database.
fn parts(n: usize, all: &[Seed], seed: &Seed) -> TenantParts {
    let id = |kind: u128, one: u128| Uuid::from_u128((n as u128 + 1) << 32 | kind << 16 | one);
    let users: BTreeMap<_, _> = seed
        .people
        .iter()
        .map(|one| person(UserId(id(1, (*one).into())), *one))
        .map(|user| (user.id, Arc::new(user)))
        .collect();
    let accounts = [6_u8, 7].map(|one| ResourceAccount {
        id: ResourceAccountId(id(2, one.into())),
        display_name: "Service".to_owned(),
        // Leads nowhere: what is not there is not there in any organization.
        app: Some(App::Attendant(AttendantId(id(3, 1)))),
        priority: Default::default(),
    });
    let is_free = |last: &u8| !all.iter().take(n).any(|other| other.numbers.contains_key(last));
    let numbers = seed.numbers.iter().filter(|(last, _)| is_free(last)).map(|(last, who)| {
        let assignee = match who {
            0..6 => Assignee::User(UserId(id(1, (*who).into()))),
            _ => Assignee::ResourceAccount(ResourceAccountId(id(2, (*who).into()))),
        };
        (number(*last), Number { assignee: Some(assignee), ..Number::new(number(*last), NumberKind::User) })
    });
    let trunks: BTreeMap<_, _> =
        seed.carriers.iter().map(|port| trunk(TrunkId(id(4, (*port).into())), *port)).collect();
    TenantParts {
        users,
        numbers: numbers.collect(),
        outbound_trunks: trunks.keys().copied().collect(),
        trunks,
        resource_accounts: accounts.into_iter().map(|account| (account.id, account)).collect(),
        ..nothing_but(profile(n))
    }
}

fn number(last: u8) -> E164 {
    E164::from_digits(&format!("142555501{last:02}")).unwrap()
}

fn profile(n: usize) -> Profile {
    Profile {
        id: TenantId(Uuid::from_u128(n as u128 + 1)),
        slug: format!("t{n}"),
        name: format!("Tenant {n}"),
        sip_domain: format!("t{n}.test"),
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

fn person(id: UserId, last: u8) -> User {
    User {
        id,
        display_name: format!("Person {last}"),
        extension: format!("10{last}"),
        email: None,
        department: None,
        office: None,
        aliases: Default::default(),
        country: None,
        presence: Presence::Available,
        voice_enabled: true,
        hidden: false,
        ring_secs: 30,
        enabled: true,
        site: None,
        ha1: Default::default(),
    }
}

fn trunk(id: TrunkId, port: u16) -> (TrunkId, Arc<Trunk>) {
    let trunk = Trunk {
        id,
        name: format!("trunk {port}"),
        host: "192.0.2.1".to_owned(),
        port: Some(port),
        transport: TrunkTransport::Udp,
        sources: vec![format!("192.0.2.1:{port}").parse().unwrap()],
        credentials: None,
        country: None,
        srtp: SrtpMode::Off,
        codecs: vec!["PCMA".to_owned()],
        n_calls_max: None,
        no_answer_secs: 5,
        enabled: true,
        description: None,
        settings: Default::default(),
    };
    (id, Arc::new(trunk))
}
