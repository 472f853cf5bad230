//! Calls for help: never refused, with a number to call back and the place where the caller is, and told to who must know.

use std::time::Duration;

use phone::apps::queue::Fact;
use phone::directory::outbound::RoutingParts;
use phone::id::{CallBlockId, SiteId, VoiceRouteId};
use phone::numbers::civic_address::CivicAddress;
use phone::numbers::routing::call_block::BlockAction;
use phone::numbers::routing::{CallBlock, VoiceRoute};
use phone::numbers::trunk::settings::TrunkSettings;
use phone::numbers::{E164, Number, NumberKind};
use phone::people::Site;
use phone::record::Step;
use serde_json::{Value, json};
use sim::World;
use sim::demo::{TENANT, Wishes, account_id, trunk_id};
use sip::message::name::HeaderName;
use switch::input::Command;
use uuid::Uuid;

const SEATTLE: SiteId = SiteId(Uuid::from_u128(0x51));

#[test]
fn a_call_for_help_says_where_the_caller_is_and_the_desk_is_told() {
    let mut outside = RoutingParts { sites: vec![site()], routes: vec![help(&[1])], ..RoutingParts::default() };
    let policies = &mut outside.policies;
    policies.emergency_call_routing.global = read(&json!({
        "allow_enhanced_emergency_services": true,
        "emergency_numbers": [{ "emergency_dial_string": "911", "emergency_dial_masks": ["9911"], "pstn_usage": "Help" }],
    }));
    policies.emergency_calling.global = read(&json!({ "notification_group": ["desk@demo.test"] }));
    policies.caller_id.global = read(&json!({ "calling_id_substitute": "anonymous" }));
    policies.dial_out.global = read(&json!({ "user": "none" }));
    let trunks = vec![settings(&json!({})), settings(&json!({ "pidf_lo_supported": true }))];
    let mut world = World::with(&Wishes { outside, trunks, more_trunks: vec!["10.0.0.10"], ..Wishes::default() });
    world.add_peer("second", ([10, 0, 0, 10], 5060).into(), None);
    world.change_person(1, |bob| bob.site = Some(SEATTLE));
    world.register(&["bob"]);
    world.dial("bob", "9911");
    world.run_secs(1);
    assert!(world.peer("trunk").invites.is_empty(), "the usage of the policy leads to the second");
    let invite = world.peer("second").invites.last().unwrap().clone();
    assert!(invite.uri().starts_with("sip:911@"), "{}", invite.uri());
    assert!(invite.from().uri().starts_with("sip:+14255550102@"), "no policy hides who is to be called back");
    assert_eq!(invite.header_named("Geolocation"), Some("<cid:location@demo.test>"));
    assert_eq!(invite.header_named("Geolocation-Routing"), Some("yes"));
    let kind = invite.header(HeaderName::ContentType).unwrap();
    assert!(kind.starts_with("multipart/mixed;boundary="), "{kind}");
    let body = String::from_utf8(invite.body().to_vec()).unwrap();
    for part in [
        "Content-Type: application/sdp\r\n\r\nv=0",
        "Content-Type: application/pidf+xml\r\nContent-ID: <location@demo.test>",
        "<ca:country>US</ca:country><ca:LOC>100 Main &amp; 1st, Seattle</ca:LOC>",
        "entity=\"pres:+14255550102@demo.test\"",
    ] {
        assert!(body.contains(part), "{part} in {body}");
    }
    let told = &world.emergencies[0];
    assert_eq!((told.caller.as_str(), told.dialled.as_str(), told.number.as_str()), ("102", "9911", "911"));
    assert_eq!(told.location.as_deref(), Some("100 Main & 1st, Seattle"));
    assert_eq!(told.callback.map(|number| number.to_string()).as_deref(), Some("+14255550102"));
    assert_eq!(
        (told.trunks.as_slice(), told.notified.as_slice()),
        (["carrier-1", "carrier-0"].map(String::from).as_slice(), ["desk@demo.test".to_owned()].as_slice())
    );
    world.hang_up("bob");
    world.run_until_quiet();
    assert_eq!(world.emergencies.len(), 1);
}

#[test]
fn the_address_of_a_number_is_told_in_its_parts_before_the_site_of_its_person() {
    let address = address();
    let mut outside = RoutingParts { sites: vec![site()], addresses: vec![address.clone()], ..RoutingParts::default() };
    outside.policies.emergency_call_routing.global = read(&json!({ "allow_enhanced_emergency_services": true }));
    let trunks = vec![settings(&json!({ "pidf_lo_supported": true }))];
    let mut world = World::with(&Wishes { outside, trunks, ..Wishes::default() });
    world.change_person(1, |bob| bob.site = Some(SEATTLE));
    world.change_number("+14255550102", |number| number.address = Some(address.id));
    world.register(&["bob"]);
    world.dial("bob", "911");
    world.run_secs(1);
    let invite = world.peer("trunk").invites.last().unwrap().clone();
    let body = String::from_utf8(invite.body().to_vec()).unwrap();
    let parts = "<ca:country>US</ca:country><ca:A1>MA</ca:A1><ca:A3>Boston</ca:A3><ca:RD>Summer</ca:RD>\
                 <ca:STS>Street</ca:STS><ca:HNO>100</ca:HNO><ca:LOC>floor 7</ca:LOC><ca:NAM>A &amp; B</ca:NAM>\
                 <ca:PC>02110</ca:PC></ca:civicAddress>";
    assert!(body.contains(parts), "{body}");
    let told = world.emergencies[0].location.as_deref();
    assert_eq!(told, Some("100 Summer Street, floor 7, Boston, MA 02110, A & B"));
    world.hang_up("bob");
    world.run_until_quiet();
}

#[test]
fn a_trunk_that_can_not_take_a_location_gets_a_plain_call() {
    let mut outside = RoutingParts { sites: vec![site()], ..RoutingParts::default() };
    outside.policies.emergency_call_routing.global = read(&json!({ "allow_enhanced_emergency_services": true }));
    let mut world = World::with(&Wishes { outside, ..Wishes::default() });
    world.change_person(3, |dan| dan.site = Some(SEATTLE));
    world.register(&["dan"]);
    world.dial("dan", "911");
    world.run_secs(1);
    let invite = world.peer("trunk").invites.last().unwrap().clone();
    assert_eq!(invite.header(HeaderName::ContentType), Some("application/sdp"));
    assert_eq!(invite.header_named("Geolocation"), None);
    assert_eq!(
        world.emergencies[0].location.as_deref(),
        Some("100 Main & 1st, Seattle"),
        "the desk knows all the same"
    );
    world.hang_up("dan");
    world.run_until_quiet();
}

fn address() -> CivicAddress {
    serde_json::from_value(json!({
        "id": Uuid::from_u128(0xadd), "name": "Boston", "company_name": "A & B", "country": "US",
        "street": { "house_number": "100", "name": "Summer", "suffix": "Street" },
        "city": "Boston", "state_or_province": "MA", "postal_code": "02110", "place": "floor 7",
        "position": { "latitude_micros": 42_353_610, "longitude_micros": -71_057_380 },
        "validated": { "at": "2026-01-01T00:00:00Z", "by": "system" },
    }))
    .unwrap()
}

#[test]
fn the_security_desk_joins_a_call_for_help_as_the_policy_says() {
    for (mode, reach) in [("conference_muted", "neither"), ("conference_unmuted", "both")] {
        let mut world = desk(&json!({ "notification_group": ["101", "carol@demo.test"], "notification_mode": mode }));
        world.dial("bob", "911");
        world.run_secs(1);
        assert_eq!(world.peer("alice").n_ringing(), 0, "nobody is there yet whom she could hear");
        world.answer("trunk");
        world.run_secs(1);
        assert_eq!(world.peer("alice").n_ringing(), 1, "{mode}");
        assert!(
            world.peer("alice").caller_shown.contains("Emergency call: bob"),
            "{}",
            world.peer("alice").caller_shown
        );
        world.answer("alice");
        world.run_secs(5);
        let mixed = world.ladder.render().into_iter().find(|line| line.contains("mix"));
        assert!(mixed.as_ref().is_some_and(|line| line.to_lowercase().contains(reach)), "{mode}: {mixed:?}");
        world.hang_up("bob");
        world.run_until_quiet();
        let step = world.records[0].path.last().map(|step| step.step.clone());
        assert!(
            matches!(&step, Some(Step::Supervised { by, result, .. }) if by == "101" && result == "call_ended"),
            "{step:?}"
        );
        assert_eq!(world.statistics().n_calls, 0);
    }
}

#[test]
fn a_security_desk_that_does_not_come_disturbs_nobody() {
    let all = json!({ "notification_group": ["101", "103", "102"], "notification_mode": "conference_muted" });
    // One declines, and the other rings on.
    let mut world = desk(&all);
    world.peer("alice").manners.refuses = Some(603);
    world.dial("bob", "911");
    world.answer("trunk");
    world.run_secs(1);
    assert_eq!((world.peer("alice").n_ringing(), world.peer("carol").n_ringing()), (0, 1));
    assert_eq!(world.peer("bob").n_ringing(), 0, "who calls is not rung");
    world.run_secs(70);
    assert_eq!(world.peer("carol").n_ringing(), 0, "given up after a minute");
    world.hang_up("bob");
    world.run_until_quiet();
    assert!(world.records[0].talk_seconds >= 70, "the two talked on");

    // The desk leaves, and the two talk on.
    let mut world = desk(&all);
    world.dial("bob", "911");
    world.answer("trunk");
    world.run_secs(1);
    world.answer("carol");
    world.run_secs(2);
    assert_eq!(world.peer("alice").n_ringing(), 0, "one of the desk is enough");
    world.hang_up("carol");
    world.run_secs(30);
    world.hang_up("bob");
    world.run_until_quiet();
    assert!(world.records[0].talk_seconds >= 30);
}

#[test]
fn nobody_of_the_desk_is_rung_where_the_policy_does_not_say_so() {
    for policy in [
        json!({ "notification_group": ["101"] }),
        json!({ "notification_group": ["101"], "notification_mode": "notification_only" }),
        json!({ "notification_mode": "conference_muted" }),
        json!({
            "notification_group": ["101"],
            "notification_mode": "conference_muted",
            "extended_notifications": [{ "emergency_dial_string": "911" }],
        }),
    ] {
        let mut world = desk(&policy);
        world.dial("bob", "911");
        world.answer("trunk");
        world.run_secs(1);
        assert_eq!(world.peer("alice").n_ringing(), 0, "{policy}");
        world.hang_up("bob");
        world.run_until_quiet();
    }
}

#[test]
fn who_called_for_help_is_reached_by_that_number_for_an_hour_whatever_keeps_others_away() {
    let block = CallBlock {
        id: CallBlockId(Uuid::from_u128(1)),
        name: "Blocked".to_owned(),
        description: None,
        pattern: "^\\+1555".to_owned(),
        enabled: true,
        action: BlockAction::Block,
    };
    let mut world = World::with(&Wishes {
        outside: RoutingParts { call_blocks: vec![block], ..RoutingParts::default() },
        ..Wishes::default()
    });
    world.register(&["bob"]);
    let rings = |world: &mut World| {
        world.dial("trunk", "+14255550102");
        world.run_secs(1);
        let n = world.peer("bob").n_ringing();
        if n > 0 {
            world.hang_up("trunk");
        }
        world.run_until_quiet();
        n
    };
    assert_eq!(rings(&mut world), 0, "who calls is blocked");
    world.dial("bob", "911");
    world.answer("trunk");
    world.run_secs(5);
    world.hang_up("bob");
    world.run_until_quiet();
    assert_eq!(rings(&mut world), 1, "and is let in now");
    let why = world.records.last().unwrap().decisions.join("; ");
    assert!(why.contains("called for help with this number"), "{why}");
    // A process that begins is told by the audit.
    let told = world.emergencies[0].clone();
    world.restart_after(Duration::from_secs(10));
    world.register(&["bob"]);
    assert_eq!(rings(&mut world), 0, "nobody knows any more");
    let facts = vec![Fact::CalledForHelp(Box::new(told))];
    world.command(Command::Restore { tenant: TENANT, facts });
    assert_eq!(rings(&mut world), 1);
    world.run_secs(3_600);
    assert_eq!(rings(&mut world), 0, "the hour is over");
}

#[test]
fn who_has_no_number_is_lent_one_that_leads_back() {
    let mut outside = RoutingParts::default();
    let lent = ["+14255550180", "+14255550181"];
    outside.policies.shared_calling.global = read(&json!({
        "resource_account": account_id(0x32),
        "emergency_numbers": lent,
    }));
    let mut world = World::with(&Wishes { outside, ..Wishes::default() });
    for number in lent {
        world.add_number(Number::new(E164::parse(number).unwrap(), NumberKind::User));
    }
    world.change_person(3, |dan| dan.voice_enabled = true);
    world.register(&["dan"]);
    let shown = |world: &mut World| {
        world.dial("dan", "911");
        world.run_secs(1);
        let from = world.peer("trunk").invites.last().unwrap().from().uri().to_owned();
        world.hang_up("dan");
        world.run_until_quiet();
        from
    };
    for _ in 0..2 {
        let from = shown(&mut world);
        assert!(from.contains("+14255550180"), "the same number for the same person: {from}");
    }
    world.dial("trunk", "+14255550180");
    world.run_secs(1);
    assert_eq!(world.peer("dan").n_ringing(), 1, "who calls back reaches who called");
    world.hang_up("trunk");
    world.run_until_quiet();
    world.dial("trunk", "+14255550181");
    world.run_secs(1);
    assert_eq!(world.peer("dan").n_ringing(), 0, "the other leads nowhere");
    world.run_until_quiet();
    world.run_secs(3_600);
    world.dial("trunk", "+14255550180");
    world.run_secs(1);
    assert_eq!(world.peer("dan").n_ringing(), 0, "nor does the first after an hour");
    world.run_until_quiet();
}

/// The demo with an emergency policy for all.
fn desk(policy: &Value) -> World {
    let mut outside = RoutingParts::default();
    outside.policies.emergency_calling.global = read(policy);
    let mut world = World::with(&Wishes { outside, ..Wishes::default() });
    world.change_person(2, |carol| carol.email = Some("Carol@demo.test".to_owned()));
    world.register(&["alice", "bob", "carol"]);
    world.ladder.clear();
    world
}

fn site() -> Site {
    Site {
        id: SEATTLE,
        name: "Seattle".to_owned(),
        country: Some("US".to_owned()),
        time_zone: None,
        emergency_location: Some("100 Main & 1st, Seattle".to_owned()),
    }
}

fn help(trunks: &[u128]) -> VoiceRoute {
    VoiceRoute {
        id: VoiceRouteId(Uuid::from_u128(1)),
        name: "Help".to_owned(),
        description: None,
        priority: 1,
        pattern: r"^\d{3}$".to_owned(),
        pstn_usages: vec!["Help".to_owned()],
        trunks: trunks.iter().map(|index| trunk_id(*index)).collect(),
        caller_id: None,
    }
}

fn read<S: serde::de::DeserializeOwned>(value: &Value) -> S {
    serde_json::from_value(value.clone()).unwrap()
}

fn settings(value: &Value) -> TrunkSettings {
    TrunkSettings::default().changed(value.as_object().unwrap()).unwrap()
}
