//! Session border controllers: known by their certificates and the name in Contact, told causes by numbers, and kept from
//! what they must not do.

use phone::numbers::E164;
use phone::numbers::trunk::settings::TrunkSettings;
use phone::numbers::trunk::{SrtpMode, TrunkTransport};
use phone::record::Cause;
use serde_json::{Value, json};
use sim::demo::{Wishes, trunk_id};
use sim::{World, check};
use sip::endpoint::ExtraHeader;
use sip::message::name::HeaderName;

const WILDCARD: &[&str] = &["customers.carrier.example", "*.customers.carrier.example"];

#[test]
fn the_name_in_contact_tells_the_trunk_of_a_certificate() {
    for (names, contact, status) in [
        (&["sbc1.acme.example"][..], Some("sbc1.acme.example:5061"), None),
        (&["other.example", "SBC1.acme.example"][..], Some("SBC1.ACME.example:5061"), None),
        (&["*.acme.example"][..], Some("sbc1.acme.example:5061"), None),
        (&["sbc1.acme.example"][..], None, Some(403)),
        (&["*.acme.example"][..], Some("sbc2.acme.example:5061"), Some(403)),
        (&["sbc1.acme.example"][..], Some("sbc1.forger.example:5061"), Some(403)),
        // A name that the certificate does not prove.
        (&["sbc1.forger.example"][..], Some("sbc1.acme.example:5061"), Some(401)),
    ] {
        let mut world = World::with(&strict("sbc1.acme.example"));
        world.add_sbc("sbc", ([10, 0, 0, 20], 5061).into(), names, contact);
        world.register(&["bob"]);
        world.dial("sbc", "+14255550102");
        world.run_secs(1);
        let words = format!("{names:?} {contact:?}");
        assert_eq!(world.peer("bob").n_ringing(), usize::from(status.is_none()), "{words}");
        assert_eq!(world.peer("sbc").refusals.first().copied(), status, "{words}");
        if status.is_none() {
            assert_eq!(world.statistics().n_calls, 1);
            world.hang_up("sbc");
        }
        world.run_until_quiet();
        let by = world.records.last().and_then(|record| record.legs.iter().find_map(|leg| leg.trunk));
        assert_eq!(by, status.is_none().then(|| trunk_id(1)), "{words}");
    }
}

#[test]
fn one_trunk_of_an_operator_is_told_for_whom_it_calls_by_a_host_of_each_organization() {
    let derived = Wishes {
        more_trunks: vec!["customers.carrier.example"],
        trunk: |index, trunk| {
            if index == 1 {
                trunk.transport = TrunkTransport::Tls;
                trunk.settings =
                    settings(&json!({ "auth": "mutual_tls", "derived_hosts": true, "send_options": false }));
            }
        },
        ..Wishes::default()
    };
    let mut world = World::with(&derived);
    world.add_sbc("sbc", ([10, 0, 0, 20], 5061).into(), WILDCARD, Some("demo.customers.carrier.example"));
    world.name_address("customers.carrier.example", "sbc");
    world.register(&["bob"]);
    world.dial("sbc", "+14255550102");
    world.run_secs(1);
    assert_eq!(world.peer("bob").n_ringing(), 1);
    world.hang_up("sbc");
    world.run_until_quiet();
    world.peer("trunk").manners.refuses = Some(503);
    world.dial("bob", "+12065550123");
    world.run_secs(1);
    let invite = world.peer("sbc").invites.last().unwrap();
    assert_eq!(invite.uri(), "sip:+12065550123@demo.customers.carrier.example");
    world.hang_up("bob");
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn a_refusal_is_told_with_its_subcode_and_the_cause_of_the_network() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.dial("trunk", "+14255559999");
    world.run_until_quiet();
    let cause = |world: &World| world.records.last().unwrap().cause;
    assert_eq!(cause(&world), Some(Cause { subcode: Some(511_404), q850: Some(1) }));
    world.peer("trunk").manners.refuses = Some(486);
    world.dial("bob", "+12065550123");
    world.run_until_quiet();
    assert_eq!(cause(&world), Some(Cause { subcode: Some(560_486), q850: Some(17) }));
    assert_eq!(world.records.last().unwrap().attempts[0].cause, cause(&world));
    world.peer("trunk").vanished = true;
    world.dial("bob", "+12065550123");
    world.run_until_quiet();
    assert_eq!(cause(&world), Some(Cause { subcode: Some(500_001), q850: Some(102) }));
    let decisions = &world.records.last().unwrap().decisions;
    assert!(decisions.iter().any(|rule| rule.starts_with("it goes out over trunk")), "{decisions:?}");
}

#[test]
fn a_call_that_was_sent_on_too_often_goes_round_in_a_circle() {
    for (n_retargets, status) in [(5, None), (6, Some(482))] {
        let mut world = World::demo();
        world.register(&["bob"]);
        let header = |_| ExtraHeader {
            name: "Diversion".to_owned(),
            value: "<sip:+12065550111@10.0.0.9>;reason=unconditional".to_owned(),
        };
        let headers = (0..n_retargets).map(header).collect();
        world.act("trunk", |peer, now| peer.dial_with(now, "+14255550102", headers));
        world.run_secs(1);
        assert_eq!(world.peer("bob").n_ringing(), usize::from(status.is_none()), "{n_retargets}");
        assert_eq!(world.peer("trunk").refusals.first().copied(), status, "{n_retargets}");
        if status.is_none() {
            world.hang_up("trunk");
        }
        world.run_until_quiet();
        check::idle(&mut world);
    }
}

#[test]
fn a_trunk_may_not_send_a_call_to_a_number_that_costs_something() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.dial("trunk", "+14255550102");
    world.answer("bob");
    world.run_secs(1);
    world.act("trunk", |peer, now| peer.refer(now, 0, "+19005550100"));
    world.run_secs(2);
    assert!(world.peer("trunk").invites.is_empty(), "nobody calls there");
    assert_eq!(world.statistics().n_calls, 1, "they talk on");
    world.hang_up("bob");
    world.run_until_quiet();
    check::idle(&mut world);
}

#[test]
fn settings_of_a_trunk_decide_what_its_invite_asks_for() {
    for (set, supported, require, session) in [
        (json!({}), "100rel, timer, replaces, norefersub", None, true),
        (json!({ "prack": "off", "session_timer": "off" }), "timer, replaces, norefersub", None, false),
        (
            json!({ "prack": "required", "session_timer": "require" }),
            "100rel, timer, replaces, norefersub",
            Some("100rel, timer"),
            true,
        ),
    ] {
        let mut world = World::with(&Wishes { trunks: vec![settings(&set)], ..Wishes::default() });
        world.register(&["bob"]);
        world.dial("bob", "+12065550123");
        world.run_secs(1);
        let invite = world.peer("trunk").invites.last().unwrap().clone();
        assert_eq!(invite.header(HeaderName::Supported), Some(supported), "{set}");
        assert_eq!(invite.header(HeaderName::Require), require, "{set}");
        assert_eq!(invite.header(HeaderName::SessionExpires).is_some(), session, "{set}");
        world.hang_up("bob");
        world.run_until_quiet();
        check::idle(&mut world);
    }
}

#[test]
fn keys_travel_by_info_and_early_sound_is_not_heard_where_a_trunk_wants_it_so() {
    let set = json!({ "dtmf": "info", "early_media": "off", "allow_delayed_offer": false });
    let mut world = World::with(&Wishes { trunks: vec![settings(&set)], ..Wishes::default() });
    world.register(&["bob"]);
    world.peer("trunk").manners.early_media = true;
    world.dial("bob", "+12065550123");
    world.run_secs(1);
    let invite = world.peer("trunk").invites.last().unwrap().clone();
    let offer = String::from_utf8_lossy(invite.body()).into_owned();
    assert!(!offer.contains("telephone-event"), "{offer}");
    let ladder = world.ladder.render().join("\n");
    assert!(ladder.contains("-> bob 180 INVITE") && !ladder.contains("-> bob 183 INVITE"), "{ladder}");
    world.hang_up("bob");
    world.run_until_quiet();
    world.peer("trunk").manners.delays_offer = true;
    world.dial("trunk", "+14255550102");
    world.run_until_quiet();
    assert_eq!(world.peer("trunk").refusals.last(), Some(&488));
    check::idle(&mut world);
}

#[test]
fn the_number_of_a_caller_is_the_same_in_a_record_as_in_what_decided() {
    let mut world = World::demo();
    world.register(&["bob"]);
    world.dial("trunk", "+14255550102");
    world.answer("bob");
    world.run_secs(1);
    world.hang_up("bob");
    world.run_until_quiet();
    let record = world.records.last().unwrap();
    assert!(E164::parse(&record.from).is_ok());
    assert_eq!(record.decisions, ["+14255550102 is assigned to bob", "the phones of bob ring"]);
    assert!(record.legs.iter().all(|leg| !leg.sip_call_id.is_empty()), "a ladder finds all of them");
}

/// The second trunk is a border controller with this name, held to all rules.
fn strict(host: &'static str) -> Wishes {
    Wishes {
        more_trunks: vec![host],
        trunk: |index, trunk| {
            if index == 1 {
                trunk.transport = TrunkTransport::Tls;
                trunk.srtp = SrtpMode::Preferred;
                trunk.settings = settings(&json!({ "profile": "strict", "auth": "mutual_tls", "send_options": false }));
            }
        },
        ..Wishes::default()
    }
}

fn settings(value: &Value) -> TrunkSettings {
    TrunkSettings::default().changed(value.as_object().unwrap()).unwrap()
}
