//! Calls outside go the way that the settings say, and `explain` tells the same way.

use std::time::Instant;

use phone::apps::prompt::Prompt;
use phone::apps::unassigned::{UnassignedNumbers, UnassignedTarget};
use phone::directory::outbound::RoutingParts;
use phone::directory::rehearsal::{Assumed, Caller, End, Entrance, Path, Script, StepKind};
use phone::id::{CallBlockId, DialPlanId, PolicyId, TranslationRuleId, UnassignedNumbersId, VoiceRouteId};
use phone::numbers::number::Category;
use phone::numbers::routing::call_block::BlockAction;
use phone::numbers::routing::{CallBlock, DialPlan, NormalizationRule, TranslationRule, VoiceRoute};
use phone::numbers::trunk::settings::TrunkSettings;
use phone::numbers::{Assignee, E164, Number, NumberKind};
use phone::record::CallResult;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use sim::demo::{PEOPLE, SORRY, Wishes, trunk_id, user_id};
use sim::{World, check};
use uuid::Uuid;

const CARRIERS: [&str; 3] = ["trunk", "second", "third"];

/// Behind a number of a carrier the exchange of the organization has extensions. Specification of numbers, 1.0.
#[test]
fn extensions_of_one_number_are_numbers_of_their_own() {
    let mut world = World::demo();
    world.register(&["alice", "bob"]);
    for (index, extension) in [(0, "012"), (1, "13")] {
        world.change_number(["+14255550101", "+14255550102"][index], |number| number.category = Category::Alternate);
        let number = E164::parse("+12065550177").and_then(|number| number.with_extension(extension)).unwrap();
        let assignee = Some(Assignee::User(user_id(index)));
        world.add_number(Number { assignee, ..Number::new(number, NumberKind::User) });
    }
    for (called, rings) in [("+12065550177;ext=012", "alice"), ("+12065550177;ext=13", "bob")] {
        world.dial("trunk", called);
        world.run_secs(1);
        world.answer(rings);
        world.run_secs(1);
        world.hang_up("trunk");
        world.run_secs(1);
    }
    for called in ["+12065550177", "+12065550177;ext=12"] {
        world.dial("trunk", called);
        world.run_secs(1);
        assert_eq!(world.records.last().unwrap().status, Some(404), "{called}");
    }
    world.dial("alice", "+12125551234");
    world.run_secs(1);
    let invite = world.peer("trunk").invites.last().unwrap().clone();
    assert!(invite.from().uri().starts_with("sip:+12065550177;ext=012@"), "{}", invite.from().uri());
    world.answer("trunk");
    world.run_secs(1);
    world.hang_up("alice");
    world.run_until_quiet();
}

#[test]
fn a_call_goes_by_the_route_of_its_number_and_each_trunk_gets_it_as_it_wants() {
    let mut outside = RoutingParts {
        routes: vec![
            route(1, r"^\+1206\d{7}$", "Local", &[1, 0]),
            VoiceRoute { caller_id: E164::parse("+14255550100").ok(), ..route(2, r"^\+44", "World", &[2]) },
        ],
        rules: vec![rule(1, r"^\+1(\d{10})$", "$1"), rule(2, r"^\+(\d+)$", "00$1")],
        dial_plans: vec![plan(&[("Desk", r"^7(\d{3})$", "+12065550$1")])],
        ..RoutingParts::default()
    };
    outside.policies.voice_routing.global = read(&json!({ "pstn_usages": ["Local", "World"] }));
    outside.policies.dial_plan.global = read(&json!({ "dial_plan": DialPlanId(Uuid::from_u128(1)) }));
    let trunks = vec![
        TrunkSettings::default(),
        settings(&json!({ "outbound_called_rules": [rule_id(1)], "outbound_calling_rules": [rule_id(1)] })),
        settings(&json!({ "outbound_called_rules": [rule_id(2)] })),
    ];
    let mut world = with_carriers(Wishes { outside, trunks, ..Wishes::default() });
    world.peer("second").manners.refuses = Some(503);
    world.dial("bob", "7123");
    world.run_secs(1);
    world.answer("trunk");
    world.run_secs(2);
    world.hang_up("bob");
    world.run_secs(3);
    world.dial("bob", "+442079460000");
    world.run_secs(1);
    world.hang_up("bob");
    world.run_secs(3);
    world.dial("bob", "+13105550100");
    world.run_until_quiet();
    world.ladder.expect(
        "
        0.000 challenged bob 7123
        0.000  us     -> second INVITE 2065550123 sdp
        0.000  second -> us     100 INVITE
        0.000  second -> us     503 INVITE
        0.000  us     -> second ACK
        0.000  us     -> trunk  INVITE +12065550123 sdp
        0.000  trunk  -> us     100 INVITE
        0.000  trunk  -> us     180 INVITE
        0.000  us     -> bob    180 INVITE
        1.000  trunk  -> us     200 INVITE sdp
        1.000  bridge bob trunk
        1.000  us     -> trunk  ACK
        1.000  us     -> bob    200 INVITE sdp
        1.000  bob    -> us     ACK
        3.000  bob    -> us     BYE
        3.000  us     -> bob    200 BYE
        3.000  us     -> trunk  BYE
        3.000  record answered 102 -> 7123 by +12065550123 talked 2s ended by caller
        3.000  trunk  -> us     200 BYE
        6.000  challenged bob +442079460000
        6.000  us     -> third  INVITE 00442079460000 sdp
        6.000  third  -> us     100 INVITE
        6.000  third  -> us     180 INVITE
        6.000  us     -> bob    180 INVITE
        7.000  bob    -> us     CANCEL
        7.000  us     -> bob    200 CANCEL
        7.000  us     -> bob    487 INVITE
        7.000  us     -> third  CANCEL
        7.000  record abandoned 102 -> +442079460000 ended by caller
        7.000  bob    -> us     ACK
        7.000  third  -> us     200 CANCEL
        7.000  third  -> us     487 INVITE
        7.000  us     -> third  ACK
        10.000 bob    -> us     INVITE +13105550100 sdp
        10.000 us     -> bob    401 INVITE
        10.000 bob    -> us     ACK
        10.000 bob    -> us     INVITE +13105550100 sdp
        10.000 record refused 102 -> +13105550100 status 403 ended by system
        10.000 us     -> bob    100 INVITE
        10.000 us     -> bob    403 INVITE (no route leads to this number)
        10.000 bob    -> us     ACK
        ",
    );
    assert_eq!(shown(&mut world, "second"), ["4255550102"]);
    assert_eq!(shown(&mut world, "trunk"), ["+14255550102"]);
    assert_eq!(shown(&mut world, "third"), ["+14255550100"], "the route's");
    check::idle(&mut world);
}

#[test]
fn a_caller_hides_behind_a_policy_but_not_from_who_helps() {
    let mut outside = RoutingParts::default();
    outside.policies.caller_id.global = read(&json!({ "calling_id_substitute": "anonymous" }));
    let mut world = with_carriers(Wishes { outside, ..Wishes::default() });
    for dialled in ["+12065550100", "911"] {
        world.dial("bob", dialled);
        world.run_secs(1);
        world.hang_up("bob");
        world.run_until_quiet();
    }
    assert_eq!(shown(&mut world, "trunk"), ["anonymous", "+14255550102"]);
}

#[test]
fn callers_from_outside_who_go_outside_again_keep_their_number_where_a_policy_of_the_number_leads() {
    let mut outside = RoutingParts { routes: vec![route(1, r"^\+1", "Services", &[1])], ..RoutingParts::default() };
    let services = PolicyId(Uuid::from_u128(1));
    let policies = &mut outside.policies.voice_routing;
    policies.named.insert(services, ("Services".to_owned(), read(&json!({ "pstn_usages": ["Services"] }))));
    policies.numbers.insert(E164::parse("+14255550110").unwrap(), services);
    let number = E164::parse("+12065550199").unwrap();
    let timeout = phone::apps::queue::Exit::Forward { target: phone::apps::Target::External { number } };
    let wishes = Wishes { outside, timeout, timeout_secs: 5, agents: Vec::new(), ..Wishes::default() };
    let mut world = with_carriers(wishes);
    world.dial("trunk", "+14255550110");
    world.run_secs(20);
    let second = shown(&mut world, "second");
    assert_eq!((second.len(), shown(&mut world, "trunk").len()), (1, 0), "{second:?}");
    world.hang_up("trunk");
    world.run_until_quiet();
}

/// What `explain` tells of a call is what the switch does: who is reached, which trunks are asked in which order by which
/// route, the number that each is sent, the number shown, and the cause where nobody is reached.
/// `TRUNKLINE_EXPLAINED_CALLS=10000` tries so many.
#[test]
fn what_is_explained_is_what_happens() {
    let n_calls = std::env::var("TRUNKLINE_EXPLAINED_CALLS").ok().and_then(|text| text.parse().ok()).unwrap_or(600);
    let mut n_tried = 0;
    let mut kinds = std::collections::BTreeMap::new();
    for seed in 0.. {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut world = with_carriers(wishes(&mut random));
        let manners = [None, Some(503), Some(504), Some(486), Some(404)];
        for carrier in CARRIERS {
            world.peer(carrier).manners.refuses = manners[random.random_range(0..manners.len())];
        }
        for _ in 0..25 {
            let kind = match random.random_range(0..4) {
                0 => compare_inbound(&mut world, called(&mut random), seed),
                _ => {
                    let (place, dialled) = (random.random_range(0..PEOPLE.len()), dialled(&mut random));
                    compare(&mut world, place, &dialled, seed)
                }
            };
            *kinds.entry(kind).or_insert(0) += 1;
            n_tried += 1;
        }
        if n_tried >= n_calls {
            break;
        }
    }
    for kind in ["announcement", "external", "person", "refused"] {
        assert!(kinds.get(kind).is_some_and(|n| *n > 5), "the calls differ: {kinds:?}");
    }
}

/// A person dials. Returns how it was to end.
fn compare(world: &mut World, place: usize, dialled: &str, seed: u64) -> &'static str {
    let tenant = world.tenant();
    let at = world.wall_now();
    let path = explained(world, Caller::Person(user_id(place)), dialled);
    let name = PEOPLE[place].0;
    let before = CARRIERS.map(|carrier| world.peer(carrier).invites.len());
    let (n_refusals, n_records) = (world.peer(name).refusals.len(), world.records.len());
    world.dial(name, dialled);
    world.run_secs(2);
    let words = format!("seed {seed}: {name} dials {dialled}: {path:#?}");
    let mut told = Vec::new();
    match &path.end {
        End::External { attempts, .. } => {
            let mut expected = CARRIERS.map(|_| Vec::new());
            for attempt in attempts {
                let index = usize::try_from(attempt.trunk.0.as_u128() - trunk_id(0).0.as_u128()).unwrap();
                let calling = attempt.calling.as_ref().map_or("anonymous".to_owned(), |it| it.number.clone());
                expected[index].push((attempt.called.number.clone(), calling));
                let route = attempt.route.and_then(|route| tenant.routing.book.routes.find(route));
                told.push((attempt.trunk, route.map(|route| route.name.clone())));
                let codes = &tenant.trunks[&attempt.trunk].settings.failover_response_codes;
                let refuses = world.peer(CARRIERS[index]).manners.refuses;
                if refuses.is_none_or(|status| !codes.iter().any(|code| code.value() == u32::from(status))) {
                    break;
                }
            }
            for (index, carrier) in CARRIERS.into_iter().enumerate() {
                let seen: Vec<(String, String)> =
                    world.peer(carrier).invites[before[index]..].iter().map(called_and_calling).collect();
                assert_eq!(seen, expected[index], "{carrier}: {words}");
            }
        }
        End::Refused { .. } => {
            let refusal = tenant.dial(user_id(place), dialled, at).decision.unwrap_err();
            let refusals = &world.peer(name).refusals[n_refusals..];
            assert_eq!(refusals, [refusal.sip_status()], "{words}");
            assert_eq!(CARRIERS.map(|carrier| world.peer(carrier).invites.len()), before, "{words}");
        }
        _ => assert_eq!(CARRIERS.map(|carrier| world.peer(carrier).invites.len()), before, "{words}"),
    }
    finish(world, name);
    let record = &world.records[n_records];
    let attempts: Vec<_> = record.attempts.iter().map(|it| (it.trunk, it.route.clone())).collect();
    assert_eq!(attempts, told, "as the record tells it: {words}");
    compare_causes(record, &path, &words);
    path.end.kind()
}

/// Somebody outside calls over the first carrier.
fn compare_inbound(world: &mut World, called: String, seed: u64) -> &'static str {
    let path = explained(world, Caller::Outside(E164::parse("+15550100").ok()), &called);
    let words = format!("seed {seed}: {called} is called: {path:#?}");
    let (n_refusals, n_records) = (world.peer("trunk").refusals.len(), world.records.len());
    world.dial("trunk", &called);
    world.run_secs(1);
    let rings: Vec<usize> = (0..PEOPLE.len()).filter(|place| world.peer(PEOPLE[*place].0).n_ringing() > 0).collect();
    let status = world.peer("trunk").refusals.get(n_refusals).copied();
    // An announcement may be over already.
    let is_over = world.records.get(n_records).is_some_and(|record| record.result == CallResult::Treated);
    let is_taken = is_over || world.peer("trunk").calls.last().is_some_and(|call| call.answered);
    finish(world, "trunk");
    let record = &world.records[n_records];
    if record.decisions.iter().any(|rule| rule.contains(" called for help with this number ")) {
        // Within an hour of that they are reached whatever the settings say, and these are all that is explained.
        assert_eq!(rings.len(), 1, "{words}");
        return "called_back";
    }
    match &path.end {
        End::Person { user, queue: None } if path.steps.iter().all(|step| step.kind != StepKind::Flow) => {
            let place = (0..PEOPLE.len()).find(|place| user_id(*place) == *user).unwrap();
            assert_eq!(rings, [place], "{words}");
        }
        End::Refused { code } => {
            assert_eq!(status, Some(if *code == "caller_blocked" { 403 } else { 404 }), "{words}");
            assert!(rings.is_empty(), "{words}");
        }
        _ => assert!(is_taken, "{words}"),
    }
    compare_causes(record, &path, &words);
    path.end.kind()
}

/// What decided, in the same words, and why nobody was reached.
fn compare_causes(record: &phone::record::CallRecord, path: &Path, words: &str) {
    let told: Vec<&str> = path.steps.iter().map(|step| step.words.as_str()).collect();
    for rule in &record.decisions {
        assert!(told.contains(&rule.as_str()), "{rule}: {words}");
    }
    if let End::Refused { code } = &path.end {
        let subcode = record.cause.and_then(|cause| cause.subcode);
        assert!(subcode.is_some() && record.reason.is_some(), "{code}: {words}");
    }
}

fn explained(world: &World, from: Caller, dialled: &str) -> Path {
    let to = Entrance::Dialled(dialled.to_owned());
    let assumed = Assumed::default();
    let script = Script { from, to, at: world.wall_now(), keys: "".parse().unwrap(), assumed };
    #[expect(clippy::disallowed_methods, reason = "virtual time needs a first instant")]
    world.tenant().rehearse(Instant::now(), &script)
}

fn finish(world: &mut World, name: &str) {
    if !world.peer(name).calls.is_empty() {
        world.hang_up(name);
    }
    world.run_until_quiet();
    for peer in PEOPLE.map(|(name, _)| name).into_iter().chain(CARRIERS) {
        world.peer(peer).invites.clear();
    }
}

fn called(random: &mut ChaCha8Rng) -> String {
    let all = ["+14255550101", "14255550102", "4255550103", "+14255550100", "+14255550195", "+14255559999", "123"];
    all[random.random_range(0..all.len())].to_owned()
}

fn wishes(random: &mut ChaCha8Rng) -> Wishes {
    let usages = ["A", "B", "C"];
    let prefixes = ["1", "1206", "1425", "44", "4420", "1310"];
    let routes = (1..=random.random_range(0..6)).map(|place| {
        let n_trunks = random.random_range(0..3);
        let mut trunks: Vec<u128> = (0..3).filter(|_| random.random_range(0..2) == 0).collect();
        let n_turned = n_trunks.min(trunks.len());
        trunks.rotate_left(n_turned);
        let prefix = prefixes[random.random_range(0..prefixes.len())];
        let caller_id = (random.random_range(0..4) == 0).then(|| E164::parse("+14255550100").unwrap());
        let usage = usages[random.random_range(0..usages.len())];
        VoiceRoute { caller_id, ..route(place, &format!(r"^\+{prefix}"), usage, &trunks) }
    });
    let routes = routes.collect();
    let rules =
        vec![rule(1, r"^\+1(\d{10})$", "$1"), rule(2, r"^\+(\d+)$", "00$1"), rule(3, r"55501(\d\d)$", "55599$1")];
    let mut outside = RoutingParts {
        routes,
        rules,
        dial_plans: vec![plan(&[("Desk", r"^7(\d{3})$", "+12065550$1"), ("Prefix", r"^9(\d{10})$", "+1$1")])],
        ..RoutingParts::default()
    };
    if random.random_range(0..3) == 0 {
        outside.call_blocks.push(blocked(if random.random_range(0..2) == 0 { r"^\+1555" } else { r"^\+1999" }));
    }
    if random.random_range(0..2) == 0 {
        let said = Prompt::Text { key: SORRY, text: "This number is no more.".to_owned() };
        outside.unassigned.push(treated(r"^\+1425555019\d$", UnassignedTarget::Announcement { prompt: said }));
        outside.unassigned.push(treated(r"^\+1310", UnassignedTarget::User { user: user_id(2) }));
    }
    let policies = &mut outside.policies;
    let named: Vec<&str> = usages.into_iter().filter(|_| random.random_range(0..2) == 0).collect();
    let falls = random.random_range(0..2) == 0;
    policies.voice_routing.global = read(&json!({ "pstn_usages": named, "fallthrough": falls }));
    let bobs = PolicyId(Uuid::from_u128(1));
    policies.voice_routing.named.insert(bobs, ("Bob".to_owned(), read(&json!({ "pstn_usages": ["B", "A"] }))));
    policies.voice_routing.direct.insert(user_id(1), bobs);
    if random.random_range(0..2) == 0 {
        policies.dial_plan.global = read(&json!({ "dial_plan": DialPlanId(Uuid::from_u128(1)) }));
    }
    let shows = ["line_uri", "line_uri", "anonymous"][random.random_range(0..3)];
    policies.caller_id.global = read(&json!({ "calling_id_substitute": shows, "company_name": "Demo" }));
    let user = ["international_and_domestic", "international_and_domestic", "domestic", "none"];
    policies.dial_out.global = read(&json!({ "user": user[random.random_range(0..user.len())] }));
    let emergency = json!({ "emergency_numbers": [
        { "emergency_dial_string": "911", "emergency_dial_masks": ["9911"], "pstn_usage": "C" }] });
    policies.emergency_call_routing.global = read(&emergency);
    let trunks = (0..3).map(|_| {
        let mut list = || (1..4).filter(|_| random.random_range(0..3) == 0).map(rule_id).collect::<Vec<_>>();
        let (called, calling) = (list(), list());
        let maintenance = random.random_range(0..5) == 0;
        let formats = ["e164_plus", "e164", "national", "raw"];
        let codes: Vec<u16> = [408, 503, 504, 404].into_iter().filter(|_| random.random_range(0..4) > 0).collect();
        settings(&json!({
            "outbound_called_rules": called,
            "outbound_calling_rules": calling,
            "number_format": formats[random.random_range(0..formats.len())],
            "failover_response_codes": codes,
            "maintenance_from": maintenance.then_some("2026-01-01T00:00:00Z"),
            "maintenance_until": maintenance.then_some("2027-01-01T00:00:00Z"),
        }))
    });
    Wishes { trunks: trunks.collect(), outside, ..Wishes::default() }
}

fn dialled(random: &mut ChaCha8Rng) -> String {
    let fixed =
        ["911", "9911", "112", "933", "7123", "92065550100", "12", "*99", "+14255550102", "102", "411", "+14255550195"];
    match random.random_range(0..3) {
        0 => fixed[random.random_range(0..fixed.len())].to_owned(),
        1 => {
            let area = ["206", "425", "310"][random.random_range(0..3)];
            format!("{}{area}555{:04}", ["", "1", "+1"][random.random_range(0..3)], random.random_range(200..9_000))
        }
        _ => {
            let abroad = ["442079460000", "4930123456", "33142685300"][random.random_range(0..3)];
            format!("{}{abroad}", ["+", "011", "00"][random.random_range(0..3)])
        }
    }
}

fn with_carriers(wishes: Wishes) -> World {
    let mut world = World::with(&Wishes { more_trunks: vec!["10.0.0.10", "10.0.0.11"], ..wishes });
    world.add_peer("second", ([10, 0, 0, 10], 5060).into(), None);
    world.add_peer("third", ([10, 0, 0, 11], 5060).into(), None);
    world.register(&["alice", "bob", "carol", "dan"]);
    world.ladder.clear();
    world
}

/// The numbers that a carrier saw calling.
fn shown(world: &mut World, carrier: &str) -> Vec<String> {
    world.peer(carrier).invites.iter().map(|invite| called_and_calling(invite).1).collect()
}

fn called_and_calling(invite: &sip::Request) -> (String, String) {
    let user = |uri: &str| {
        sip::uri::Uri::parse(uri).ok().and_then(|uri| uri.user_unescaped().map(|user| user.into_owned())).unwrap()
    };
    (user(invite.uri()), user(invite.from().uri()))
}

fn route(place: u32, pattern: &str, usage: &str, trunks: &[u128]) -> VoiceRoute {
    VoiceRoute {
        id: VoiceRouteId(Uuid::from_u128(place.into())),
        name: format!("route {place}"),
        description: None,
        priority: place,
        pattern: pattern.to_owned(),
        pstn_usages: vec![usage.to_owned()],
        trunks: trunks.iter().map(|index| trunk_id(*index)).collect(),
        caller_id: None,
    }
}

fn rule(id: u128, pattern: &str, translation: &str) -> TranslationRule {
    TranslationRule {
        id: rule_id(id),
        name: format!("rule {id}"),
        description: None,
        pattern: pattern.to_owned(),
        translation: translation.to_owned(),
    }
}

fn rule_id(id: u128) -> TranslationRuleId {
    TranslationRuleId(Uuid::from_u128(id))
}

fn blocked(pattern: &str) -> CallBlock {
    CallBlock {
        id: CallBlockId(Uuid::from_u128(1)),
        name: "block".to_owned(),
        description: None,
        pattern: pattern.to_owned(),
        enabled: true,
        action: BlockAction::Block,
    }
}

fn treated(pattern: &str, target: UnassignedTarget) -> UnassignedNumbers {
    UnassignedNumbers {
        id: UnassignedNumbersId(Uuid::from_u128(1)),
        name: "treatment".to_owned(),
        description: None,
        pattern: pattern.to_owned(),
        priority: 1,
        target,
    }
}

fn plan(rules: &[(&str, &str, &str)]) -> DialPlan {
    let rule = |(name, pattern, translation): &(&str, &str, &str)| NormalizationRule {
        name: (*name).to_owned(),
        description: None,
        pattern: (*pattern).to_owned(),
        translation: (*translation).to_owned(),
        is_internal_extension: false,
        is_final: false,
    };
    DialPlan {
        id: DialPlanId(Uuid::from_u128(1)),
        name: "Seattle".to_owned(),
        description: None,
        rules: rules.iter().map(rule).collect(),
    }
}

fn read<S: serde::de::DeserializeOwned>(value: &Value) -> S {
    serde_json::from_value(value.clone()).unwrap()
}

fn settings(value: &Value) -> TrunkSettings {
    TrunkSettings::default().changed(value.as_object().unwrap()).unwrap()
}
