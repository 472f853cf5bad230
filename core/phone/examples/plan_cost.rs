//! What the way of one call outside costs, with 1,000 routes, 400 translation rules, a dial plan of 50 rules and 200,000
//! numbers: `cargo run --release -p trunkline-phone --example plan_cost`.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use phone::directory::outbound::{Dialling, Routing, RoutingParts};
use phone::directory::{Tenant, TenantParts};
use phone::id::{DialPlanId, TenantId, TranslationRuleId, TrunkId, UserId, VoiceRouteId};
use phone::numbers::routing::{DialPlan, NormalizationRule, TranslationRule, VoiceRoute};
use phone::numbers::trunk::settings::TrunkSettings;
use phone::numbers::trunk::{SrtpMode, TrunkTransport};
use phone::numbers::{Assignee, E164, Number, NumberKind, Trunk};
use phone::people::tenant::Profile;
use phone::people::{Presence, User};
use serde_json::json;
use uuid::Uuid;

const N_ROUTES: u32 = 1_000;
const N_RULES: u128 = 400;
const N_NUMBERS: u64 = 200_000;
const N_CALLS: u32 = 20_000;

fn main() {
    #![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "it measures, and tells")]
    let began = Instant::now();
    let tenant = Tenant::new(parts());
    println!("made ready in {:?}", began.elapsed());
    let user = tenant.users.values().next().map(Arc::clone);
    let Some(user) = user else { return };
    let at = Timestamp::UNIX_EPOCH;
    let mut spent: Vec<u128> = Vec::new();
    for n in 0..N_CALLS {
        let dialled = format!("+1{:03}555{:04}", 200 + n % 700, n % 10_000);
        let before = Instant::now();
        let plan = tenant.plan(&Dialling { user: &user, line: None, dialled: &dialled, at });
        black_box(plan.verdict());
        spent.push(before.elapsed().as_nanos());
    }
    spent.sort_unstable();
    let at = |part: usize| spent.get(spent.len() * part / 1_000).copied().unwrap_or(0) / 1_000;
    println!("one call: median {} µs, p99 {} µs, p99.9 {} µs", at(500), at(990), at(999));
}

fn parts() -> TenantParts {
    let person = UserId(Uuid::from_u128(1));
    let trunks: BTreeMap<TrunkId, Arc<Trunk>> =
        (1..=10).map(|id| (TrunkId(Uuid::from_u128(id)), Arc::new(trunk(id)))).collect();
    let number = |n: u64| E164::from_digits(&(14_250_000_000 + n).to_string()).ok();
    let assigned = |n: u64, number| Number {
        assignee: (n == 0).then_some(Assignee::User(person)),
        ..Number::new(number, NumberKind::User)
    };
    TenantParts {
        profile: Profile {
            id: TenantId(Uuid::from_u128(1)),
            slug: "acme".to_owned(),
            name: "Acme".to_owned(),
            sip_domain: "acme.example".to_owned(),
            time_zone: "UTC".to_owned(),
            country: "US".to_owned(),
            language: "en-US".to_owned(),
            state: Default::default(),
            supervision_notice: Default::default(),
            number_pause: None,
            number_mails: Default::default(),
            fallback_operator: None,
        },
        users: BTreeMap::from([(person, Arc::new(user(person)))]),
        numbers: (0..N_NUMBERS).filter_map(|n| Some((number(n)?, assigned(n, number(n)?)))).collect(),
        outbound_trunks: trunks.keys().copied().collect(),
        trunks,
        lent: BTreeMap::new(),
        resource_accounts: BTreeMap::new(),
        attendants: BTreeMap::new(),
        queues: BTreeMap::new(),
        schedules: BTreeMap::new(),
        groups: BTreeMap::new(),
        mailboxes: BTreeMap::new(),
        personal_mailboxes: BTreeMap::new(),
        calling: Arc::default(),
        routing: Routing::first(routing()),
        emergency_numbers: Vec::new(),
        country_profile: None,
    }
}

/// Each area code has a route of its own; behind them come routes with longer prefixes.
fn routing() -> RoutingParts {
    let trunk_of = |n: u32| TrunkId(Uuid::from_u128(u128::from(n % 10) + 1));
    let routes = (0..N_ROUTES).map(|n| VoiceRoute {
        id: VoiceRouteId(Uuid::from_u128(u128::from(n) + 1)),
        name: format!("route {n}"),
        description: None,
        priority: n + 1,
        pattern: match n < 700 {
            true => format!(r"^\+1{:03}\d{{7}}$", 200 + n),
            false => format!(r"^\+1{:03}5\d{{6}}$", 200 + n % 700),
        },
        pstn_usages: vec!["All".to_owned()],
        trunks: vec![trunk_of(n), trunk_of(n + 1)],
        caller_id: None,
    });
    let rules = (1..=N_RULES).map(|id| TranslationRule {
        id: TranslationRuleId(Uuid::from_u128(id)),
        name: format!("rule {id}"),
        description: None,
        pattern: format!(r"^\+1{:03}(\d{{7}})$", 200 + id),
        translation: "0$1".to_owned(),
    });
    let dial_rules = (0..50).map(|n| NormalizationRule {
        name: format!("rule {n}"),
        description: None,
        pattern: format!(r"^{n:02}(\d{{4}})$"),
        translation: "+1425555$1".to_owned(),
        is_internal_extension: false,
        is_final: false,
    });
    let plan = DialPlanId(Uuid::from_u128(1));
    let mut parts = RoutingParts {
        routes: routes.collect(),
        rules: rules.collect(),
        dial_plans: vec![DialPlan {
            id: plan,
            name: "Plan".to_owned(),
            description: None,
            rules: dial_rules.collect(),
        }],
        ..RoutingParts::default()
    };
    parts.policies.dial_plan.global.dial_plan = Some(plan);
    if let Ok(policy) = serde_json::from_value(json!({ "pstn_usages": ["All"] })) {
        parts.policies.voice_routing.global = policy;
    }
    parts
}

fn user(id: UserId) -> User {
    User {
        id,
        display_name: "Alice".to_owned(),
        extension: "101".to_owned(),
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

/// Each trunk has 40 rules of its own for numbers that are called.
fn trunk(id: u128) -> Trunk {
    let rules: Vec<TranslationRuleId> =
        (1..=40).map(|n| TranslationRuleId(Uuid::from_u128((id - 1) * 40 + n))).collect();
    let wanted = json!({ "outbound_called_rules": rules });
    let settings = TrunkSettings::default();
    Trunk {
        id: TrunkId(Uuid::from_u128(id)),
        name: format!("trunk {id}"),
        description: None,
        host: "192.0.2.1".to_owned(),
        port: None,
        transport: TrunkTransport::Udp,
        sources: Vec::new(),
        credentials: None,
        country: None,
        srtp: SrtpMode::Off,
        codecs: vec!["PCMA".to_owned()],
        n_calls_max: None,
        no_answer_secs: 10,
        enabled: true,
        settings: wanted.as_object().and_then(|wanted| settings.changed(wanted).ok()).unwrap_or_default(),
    }
}
