//! What it takes to call and be called: the matrix of licenses, numbers and policies, and the order of the rules for calls
//! outside. Specification of numbers, 2.3 and 2.4.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use phone::apps::mailbox::Personal;
use phone::apps::queue;
use phone::directory::outbound::{Dialling, Outcome, Routing, RoutingParts};
use phone::directory::{App, Destination, ResourceAccount, Tenant, TenantParts};
use phone::id::{PolicyId, QueueId, ResourceAccountId, TenantId, TrunkId, UserId, VoiceRouteId};
use phone::numbers::number::{Category, NumberSource};
use phone::numbers::routing::VoiceRoute;
use phone::numbers::trunk::{SrtpMode, TrunkTransport};
use phone::numbers::{Assignee, E164, Number, NumberKind, Trunk};
use phone::people::license::{Catalogue, Enforcement, PartNumber};
use phone::people::tenant::{Profile, State};
use phone::people::{Presence, User};
use phone::policies::calling::{Calling, PstnTreatment};
use phone::policies::dial_out::{DialOut, UserDialOut};
use phone::policies::{CallingPolicies, OutsidePolicies};
use serde_json::json;
use uuid::Uuid;

use crate::organization::nothing_but;

const ALICE: u128 = 101;
const BOB: u128 = 102;
const OWN: &str = "+14255550101";
const PRIVATE: &str = "+14255550109";
const STRANGERS: &str = "+14255550102";
const SERVICE: &str = "+14255550110";
const DOMESTIC: &str = "+12065550123";
const CANADIAN: &str = "+14165550123";
const ABROAD: &str = "+442079460000";

/// What Alice has and may; Bob has everything.
#[derive(Clone)]
struct Case {
    enforcement: Enforcement,
    licenses: &'static [&'static str],
    /// Whose number she has, if any.
    source: Option<NumberSource>,
    calling: Calling,
    dial_out: UserDialOut,
    has_route: bool,
    has_mailbox: bool,
    state: State,
}

enum Call {
    /// She dials.
    Dials(&'static str),
    /// A number is called from outside.
    In(&'static str),
}

impl Case {
    fn all() -> Self {
        Self {
            enforcement: Enforcement::Block,
            licenses: &["MCOEV", "MCOPSTN1"],
            source: Some(NumberSource::CallingPlan),
            calling: Calling::default(),
            dial_out: UserDialOut::InternationalAndDomestic,
            has_route: true,
            has_mailbox: false,
            state: State::Active,
        }
    }

    fn tenant(&self) -> Tenant {
        let held: BTreeSet<PartNumber> = self.licenses.iter().map(|plan| PartNumber((*plan).to_owned())).collect();
        let mut parts = parts(self.state);
        let alice = user(ALICE, Catalogue::default().allows_voice(self.enforcement, &held));
        parts.users.insert(alice.id, Arc::new(alice));
        if let Some(source) = self.source {
            for (number, category) in [(OWN, Category::Primary), (PRIVATE, Category::Private)] {
                let given = Number { source, category, ..number_of(number, Some(Assignee::User(person(ALICE)))) };
                let now = given.after_licenses(
                    Timestamp::UNIX_EPOCH,
                    &Catalogue::default().unlocked(&held),
                    self.enforcement,
                );
                parts.numbers.insert(now.number, now);
            }
        }
        let personal = Personal { enabled: self.has_mailbox, ..Personal::new(person(ALICE)) };
        parts.personal_mailboxes.insert(person(ALICE), Arc::new(personal));
        let mut calling = CallingPolicies::default();
        let policy = PolicyId(Uuid::from_u128(70));
        calling.named.insert(policy, ("Hers".to_owned(), self.calling.clone()));
        calling.direct.insert(person(ALICE), policy);
        parts.calling = Arc::new(calling);
        let mut policies = OutsidePolicies::default();
        policies.dial_out.global = DialOut { user: self.dial_out, ..DialOut::default() };
        policies.voice_routing.global = serde_json::from_value(json!({ "pstn_usages": ["World"] })).unwrap();
        let pattern = if self.has_route { r"^\+\d+$" } else { r"^\+999\d+$" };
        parts.routing =
            Routing::first(RoutingParts { policies, routes: vec![route(pattern)], ..RoutingParts::default() });
        Tenant::new(parts)
    }

    fn outcome(&self, call: &Call) -> String {
        let tenant = self.tenant();
        let verdict = match call {
            Call::Dials(dialled) => tenant.dial(person(ALICE), dialled, Timestamp::UNIX_EPOCH),
            Call::In(number) => tenant.inbound(trunk(), number, "+12065550199"),
        };
        assert!(!verdict.reasons.is_empty(), "each decision says why");
        match verdict.decision {
            Err(refusal) => refusal.code().to_owned(),
            Ok(Destination::External(external)) if external.emergency => "emergency".to_owned(),
            Ok(Destination::External(_)) => "outside".to_owned(),
            Ok(Destination::User { .. }) => "rings".to_owned(),
            Ok(Destination::Voicemail { .. }) => "voicemail".to_owned(),
            Ok(Destination::Queue { .. }) => "queue".to_owned(),
            Ok(other) => format!("{other:?}"),
        }
    }
}

/// Specification of numbers, 2.3: what it takes, and what happens without.
#[test]
fn who_may_call_and_be_called_is_what_the_matrix_says() {
    let all = Case::all;
    let own = || Case { source: Some(NumberSource::DirectRouting), licenses: &["MCOEV"], ..all() };
    let none = || Case { licenses: &[], source: None, ..all() };
    let no_calls = || Calling { allow_private_calling: false, ..Calling::default() };
    let treated =
        |inbound_pstn_call_routing_treatment| Calling { inbound_pstn_call_routing_treatment, ..Calling::default() };
    use Call::{Dials, In};
    let table: &[(&str, Case, Call, &str)] = &[
        ("a call inside needs no license", none(), Dials("102"), "rings"),
        ("but the master switch", Case { calling: no_calls(), ..all() }, Dials("102"), "calling_off"),
        ("also to be called", Case { calling: no_calls(), ..all() }, In(OWN), "calling_off"),
        ("a call comes in with the phone system", own(), In(OWN), "rings"),
        ("on a plan's number with a plan", all(), In(OWN), "rings"),
        ("not without the plan", Case { licenses: &["MCOEV"], ..all() }, In(OWN), "not_licensed"),
        ("not without the phone system", Case { licenses: &[], ..own() }, In(OWN), "not_licensed"),
        ("the private line is called, too", all(), In(PRIVATE), "rings"),
        ("a call goes out with the phone system", own(), Dials(DOMESTIC), "outside"),
        ("over shared routes without a number", Case { source: None, ..own() }, Dials(DOMESTIC), "outside"),
        ("not without the phone system", Case { licenses: &[], ..own() }, Dials(DOMESTIC), "not_licensed"),
        ("not on a number whose plan is gone", Case { licenses: &["MCOEV"], ..all() }, Dials(DOMESTIC), "line_kept"),
        ("abroad, if the policy says so", all(), Dials(ABROAD), "outside"),
        ("not if it says domestic", Case { dial_out: UserDialOut::Domestic, ..all() }, Dials(ABROAD), "domestic_only"),
        (
            "Canada is abroad for it",
            Case { dial_out: UserDialOut::Domestic, ..all() },
            Dials(CANADIAN),
            "domestic_only",
        ),
        ("the own country is not", Case { dial_out: UserDialOut::Domestic, ..all() }, Dials(DOMESTIC), "outside"),
        ("nowhere if it says none", Case { dial_out: UserDialOut::None, ..all() }, Dials(DOMESTIC), "dial_out_off"),
        ("not without a route", Case { has_route: false, ..own() }, Dials(DOMESTIC), "no_route"),
        ("a service answers on its number", none(), In(SERVICE), "queue"),
        ("toll-free as well", none(), In("+18005550199"), "queue"),
        ("not without an app", none(), In("+14255550111"), "service_not_set_up"),
        ("nobody's number reaches nobody", none(), In("+14255550108"), "number_not_assigned"),
        ("a strange number neither", none(), In("+14255559999"), "not_found"),
        (
            "voicemail at once",
            Case { calling: treated(PstnTreatment::Voicemail), has_mailbox: true, ..all() },
            In(OWN),
            "voicemail",
        ),
        (
            "as if unanswered",
            Case { calling: treated(PstnTreatment::Unanswered), has_mailbox: true, ..all() },
            In(OWN),
            "voicemail",
        ),
        (
            "and no further without one",
            Case { calling: treated(PstnTreatment::Voicemail), ..all() },
            In(OWN),
            "service_not_set_up",
        ),
        (
            "the person's wish is to ring",
            Case { calling: treated(PstnTreatment::UserOverride), ..all() },
            In(OWN),
            "rings",
        ),
    ];
    for (what, case, call, expected) in table {
        assert_eq!(case.outcome(call), *expected, "{what}");
        // Where licenses are not enforced, nobody is kept from anything for want of one.
        let free = Case { enforcement: Enforcement::Off, ..case.clone() }.outcome(call);
        assert!(!["not_licensed", "line_kept"].contains(&free.as_str()), "{what}: {free}");
        for emergency in ["911", "112", "933"] {
            let help = case.outcome(&Dials(emergency));
            assert_eq!(help, "emergency", "{what}: nothing keeps anybody from calling for help");
        }
    }
    let suspended = Case { state: State::Suspended, ..all() };
    assert_eq!(suspended.outcome(&Dials("911")), "emergency");
    assert_eq!(suspended.outcome(&Dials(DOMESTIC)), "suspended");
    let inside = Case { calling: treated(PstnTreatment::Voicemail), has_mailbox: true, ..all() }.tenant();
    let from_inside = inside.dial(person(BOB), "101", Timestamp::UNIX_EPOCH).decision;
    assert_eq!(from_inside, Ok(Destination::User { id: person(ALICE) }), "only calls from outside are treated");
}

/// Specification of numbers, 2.4: of several rules that forbid a call, the first one in the order is told; emergency calls
/// skip all of them.
#[test]
fn a_call_outside_passes_every_rule_in_its_order() {
    let mut n_cases = 0;
    for calls in [true, false] {
        for licenses in [&["MCOEV", "MCOPSTN1"][..], &["MCOEV"], &[]] {
            for line in [None, Some(OWN), Some(PRIVATE), Some(STRANGERS)] {
                for dial_out in [UserDialOut::InternationalAndDomestic, UserDialOut::Domestic, UserDialOut::None] {
                    for (dialled, is_domestic) in [(DOMESTIC, true), (CANADIAN, false), (ABROAD, false)] {
                        for has_route in [true, false] {
                            let calling = Calling { allow_private_calling: calls, ..Calling::default() };
                            // The first rule that forbids it.
                            let expected = match (calls, licenses.len(), line, dial_out) {
                                (false, ..) => "calling_off",
                                (true, 0, ..) => "not_licensed",
                                (true, _, Some(STRANGERS), _) => "line_not_theirs",
                                (true, _, Some(PRIVATE), _) => "line_private",
                                (true, 1, ..) => "line_kept",
                                (true, _, _, UserDialOut::None) => "dial_out_off",
                                (true, _, _, UserDialOut::Domestic) if !is_domestic => "domestic_only",
                                // The carrier of the plan's number takes what no route matches.
                                (true, ..) => "outside",
                            };
                            let case = Case { licenses, calling, dial_out, has_route, ..Case::all() };
                            let tenant = case.tenant();
                            let line = line.map(|line| E164::parse(line).unwrap());
                            let user = tenant.users[&person(ALICE)].clone();
                            let asked = |dialled| Dialling { user: &user, line, dialled, at: Timestamp::UNIX_EPOCH };
                            let outcome = match tenant.plan(&asked(dialled)).outcome {
                                Outcome::Refused(why) => why.refusal().code(),
                                Outcome::Outside => "outside",
                                other => panic!("{other:?}"),
                            };
                            assert_eq!(outcome, expected, "{licenses:?} {line:?} {dial_out:?} {dialled} {has_route}");
                            let help = tenant.plan(&asked("911"));
                            assert_eq!(help.outcome, Outcome::Emergency);
                            assert!(!help.attempts.is_empty(), "there is a way out");
                            n_cases += 1;
                        }
                    }
                }
            }
        }
    }
    assert_eq!(n_cases, 432);
}

/// Bob with his number, a service with two numbers and one that leads nowhere, a number of nobody, one trunk.
fn parts(state: State) -> TenantParts {
    let service = |id: u128, app| {
        let id = ResourceAccountId(Uuid::from_u128(id));
        (id, ResourceAccount { id, display_name: "Service".to_owned(), app, priority: Default::default() })
    };
    let sales = QueueId(Uuid::from_u128(40));
    let accounts = [service(30, Some(App::Queue(sales))), service(31, None)];
    let answers = |id: u128| Some(Assignee::ResourceAccount(ResourceAccountId(Uuid::from_u128(id))));
    let of_service = |number, kind, id| Number { kind, ..number_of(number, answers(id)) };
    let numbers = [
        number_of(STRANGERS, Some(Assignee::User(person(BOB)))),
        of_service(SERVICE, NumberKind::ServiceToll, 30),
        of_service("+18005550199", NumberKind::ServiceTollFree, 30),
        of_service("+14255550111", NumberKind::ServiceToll, 31),
        number_of("+14255550108", None),
    ];
    TenantParts {
        users: [user(BOB, true)].into_iter().map(|it| (it.id, Arc::new(it))).collect(),
        numbers: numbers.into_iter().map(|it| (it.number, it)).collect(),
        trunks: [(trunk(), Arc::new(carrier()))].into(),
        outbound_trunks: vec![trunk()],
        resource_accounts: accounts.into_iter().collect(),
        queues: [(sales, Arc::new(queue::Settings::new(sales, "Sales", "en-US")))].into(),
        emergency_numbers: ["911", "112", "933"].map(str::to_owned).into(),
        country_profile: None,
        ..nothing_but(Profile {
            id: TenantId(Uuid::from_u128(1)),
            slug: "demo".to_owned(),
            name: "Demo".to_owned(),
            sip_domain: "demo.test".to_owned(),
            time_zone: "America/New_York".to_owned(),
            country: "US".to_owned(),
            language: "en-US".to_owned(),
            state,
            supervision_notice: Default::default(),
            number_pause: None,
            number_mails: Default::default(),
            fallback_operator: None,
        })
    }
}

fn number_of(number: &str, assignee: Option<Assignee>) -> Number {
    Number { assignee, trunk: Some(trunk()), ..Number::new(E164::parse(number).unwrap(), NumberKind::User) }
}

fn user(extension: u128, voice_enabled: bool) -> User {
    let fresh = phone::people::import::new_person(person(extension), &extension.to_string(), "Somebody");
    User { voice_enabled, presence: Presence::Available, ..fresh }
}

fn route(pattern: &str) -> VoiceRoute {
    VoiceRoute {
        id: VoiceRouteId(Uuid::from_u128(60)),
        name: "World".to_owned(),
        description: None,
        priority: 1,
        pattern: pattern.to_owned(),
        pstn_usages: vec!["World".to_owned()],
        trunks: vec![trunk()],
        caller_id: None,
    }
}

fn carrier() -> Trunk {
    Trunk {
        id: trunk(),
        name: "carrier".to_owned(),
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

fn person(id: u128) -> UserId {
    UserId(Uuid::from_u128(id))
}

fn trunk() -> TrunkId {
    TrunkId(Uuid::from_u128(9))
}
