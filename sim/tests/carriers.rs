//! Carriers as they really are: they want us to register, prove themselves by a password, write numbers in their own way,
//! and are told who calls as their settings say.

use std::time::Duration;

use phone::apps::Target;
use phone::apps::queue::Exit;
use phone::directory::outbound::RoutingParts;
use phone::id::TranslationRuleId;
use phone::numbers::E164;
use phone::numbers::routing::TranslationRule;
use phone::numbers::trunk::TrunkCredentials;
use phone::numbers::trunk::settings::TrunkSettings;
use serde_json::{Value, json};
use sim::World;
use sim::demo::{TENANT, Wishes};
use sim::peer::Account;
use sip::message::name::HeaderName;
use switch::input::Command;
use switch::output::Answer;
use switch::view::Registered;
use uuid::Uuid;

const OUTSIDE: &str = "+12125551234";

#[test]
fn we_register_at_a_carrier_refresh_in_time_and_try_again_after_failures() {
    let wishes = Wishes {
        trunk: |_, trunk| {
            trunk.sources.clear();
            trunk.credentials = Some(TrunkCredentials { realm: None, user: "acme".into(), password: "secret".into() });
            trunk.settings = settings(&json!({ "register_expires_seconds": 600, "send_options": false }));
        },
        ..Wishes::default()
    };
    let mut world = World::with(&wishes);
    world.peer("trunk").manners.grants = Some(120);
    world.install();
    world.run_secs(1);
    let registrations = &world.peer("trunk").registrations;
    assert_eq!(registrations.len(), 2, "challenged, then with the password");
    let last = registrations.last().unwrap();
    assert_eq!((last.uri(), last.to().uri()), ("sip:10.0.0.9", "sip:acme@10.0.0.9"));
    assert_eq!(last.header(HeaderName::Expires), Some("600"));
    assert!(matches!(registered(&mut world), Some(Registered::Until(_))));
    world.run_secs(90);
    assert_eq!(world.peer("trunk").registrations.len(), 4, "refreshed after three quarters of what was granted");

    // A call for the user name of the registration is for whom To says.
    world.register(&["bob"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550102");
    world.run_secs(1);
    assert_eq!(world.peer("bob").n_ringing(), 1, "it comes from where we are registered");
    world.hang_up("trunk");
    world.run_secs(1);

    world.peer("trunk").vanished = true;
    world.run_secs(200);
    assert_eq!(registered(&mut world), Some(Registered::Failed(408)));
    world.peer("trunk").vanished = false;
    world.run_secs(130);
    assert!(matches!(registered(&mut world), Some(Registered::Until(_))));
    world.change(&Wishes::default());
    world.run_secs(1);
    let last = world.peer("trunk").registrations.last().unwrap().clone();
    assert_eq!(last.header(HeaderName::Expires), Some("0"), "we say that we want no calls there any more");
}

#[test]
fn a_carrier_proves_itself_by_digest_from_any_address() {
    let wishes = Wishes {
        trunk: |_, trunk| {
            trunk.credentials = Some(TrunkCredentials { realm: None, user: "carrier".into(), password: "word".into() });
            trunk.settings = settings(&json!({ "auth": "digest", "send_options": false }));
        },
        ..Wishes::default()
    };
    let mut world = World::with(&wishes);
    let account = |password: &str| Account {
        user: "carrier".to_owned(),
        password: password.to_owned(),
        domain: sim::demo::DOMAIN.to_owned(),
    };
    world.add_peer("elsewhere", ([10, 0, 7, 7], 5060).into(), Some(account("word")));
    world.add_peer("forger", ([10, 0, 7, 8], 5060).into(), Some(account("guess")));
    world.register(&["bob"]);
    world.dial("elsewhere", "+14255550102");
    world.run_secs(1);
    assert_eq!(world.peer("bob").n_ringing(), 1);
    world.hang_up("elsewhere");
    world.run_until_quiet();
    assert_eq!(world.records.len(), 1);
    for name in ["forger", "trunk"] {
        world.dial(name, "+14255550102");
        world.run_secs(1);
        assert_eq!(world.peer("bob").n_ringing(), 0, "{name}");
        world.run_until_quiet();
    }
    assert_eq!(world.records.len(), 1, "the address alone proves nothing of it any more");
}

#[test]
fn what_a_carrier_writes_is_translated_before_anything_is_looked_up() {
    let outside = RoutingParts {
        rules: vec![rule(1, r"^0(\d{3})$", "+14255550$1"), rule(2, r"^00(\d+)$", "+$1")],
        ..RoutingParts::default()
    };
    let trunks = vec![settings(&json!({
        "inbound_called_rules": [rule_id(1)],
        "inbound_calling_rules": [rule_id(2)],
    }))];
    let mut world = World::with(&Wishes { outside, trunks, ..Wishes::default() });
    world.register(&["bob"]);
    world.dial("trunk", "0102");
    world.run_secs(1);
    assert_eq!(world.peer("bob").n_ringing(), 1);
    world.hang_up("trunk");
    world.run_until_quiet();
}

#[test]
fn each_carrier_is_told_who_calls_as_its_settings_say() {
    let hidden = json!({ "calling_id_substitute": "anonymous" });
    let pai = json!({ "forward_pai": true });
    let anonymize = json!({ "forward_pai": true, "privacy_policy": "anonymize" });
    let remove = json!({ "forward_pai": true, "privacy_policy": "remove" });
    let own = "+14255550102";
    let real = "<tel:+14255550102>, <sip:+14255550102@demo.test>";
    for (policy, trunk, from, asserted, privacy) in [
        (json!({}), json!({}), own, Some("\"bob\" <sip:+14255550102@demo.test>"), None),
        (json!({}), pai.clone(), own, Some(real), Some("id")),
        (hidden.clone(), json!({}), "anonymous", None, Some("id")),
        (hidden.clone(), pai, "anonymous", Some(real), Some("id")),
        (hidden.clone(), anonymize, "anonymous", None, Some("id")),
        (hidden, remove, "anonymous", None, None),
    ] {
        let mut outside = RoutingParts::default();
        outside.policies.caller_id.global = serde_json::from_value(policy.clone()).unwrap();
        let mut world = World::with(&Wishes { outside, trunks: vec![settings(&trunk)], ..Wishes::default() });
        world.register(&["bob"]);
        world.dial("bob", OUTSIDE);
        world.run_secs(1);
        let invite = world.peer("trunk").invites.last().unwrap().clone();
        let words = format!("{policy} {trunk}: {}", invite.from_value());
        assert!(invite.from().uri().starts_with(&format!("sip:{from}@")), "{words}");
        assert_eq!(invite.header(HeaderName::PAssertedIdentity), asserted, "{words}");
        assert_eq!(invite.header(HeaderName::Privacy), privacy, "{words}");
        world.hang_up("bob");
        world.run_until_quiet();
    }
}

#[test]
fn a_carrier_is_told_by_whom_a_call_was_forwarded() {
    for tells in [false, true] {
        let number = E164::parse("+12065550199").unwrap();
        let wishes = Wishes {
            trunks: vec![settings(&json!({ "forward_call_history": tells }))],
            timeout: Exit::Forward { target: Target::External { number } },
            timeout_secs: 5,
            agents: Vec::new(),
            ..Wishes::default()
        };
        let mut world = World::with(&wishes);
        world.dial("trunk", "+14255550110");
        world.run(Duration::from_secs(20));
        let invite = world.peer("trunk").invites.last().unwrap().clone();
        let diversion = invite.header(HeaderName::Diversion).map(str::to_owned);
        let expected = "<sip:+14255550110@demo.test>;reason=unconditional".to_owned();
        assert_eq!(diversion, tells.then_some(expected));
        let history = invite.header(HeaderName::HistoryInfo).unwrap_or_default();
        assert_eq!(history.contains(";index=1.1") && history.contains("+12065550199"), tells, "{history}");
        world.hang_up("trunk");
        world.run_until_quiet();
    }
}

#[test]
fn callers_from_outside_are_hidden_from_who_must_not_see_them() {
    for hides in [false, true] {
        let mut outside = RoutingParts::default();
        outside.policies.caller_id.global =
            serde_json::from_value(json!({ "block_incoming_pstn_caller_id": hides })).unwrap();
        let mut world = World::with(&Wishes { outside, ..Wishes::default() });
        world.register(&["alice", "bob"]);
        world.dial("trunk", "+14255550102");
        world.run_secs(1);
        let shown = world.peer("bob").caller_shown.clone();
        assert_eq!(shown.contains("sip:anonymous@"), hides, "{shown}");
        world.hang_up("trunk");
        world.run_until_quiet();
        world.dial("alice", "102");
        world.run_secs(1);
        let shown = world.peer("bob").caller_shown.clone();
        assert!(shown.contains("sip:101@"), "a colleague is seen: {shown}");
        world.hang_up("alice");
        world.run_until_quiet();
    }
}

fn registered(world: &mut World) -> Option<Registered> {
    let Answer::Trunks(trunks) = world.command(Command::ListTrunks { tenant: TENANT }) else {
        panic!("trunks are listed")
    };
    trunks[0].registered
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

fn settings(value: &Value) -> TrunkSettings {
    TrunkSettings::default().changed(value.as_object().unwrap()).unwrap()
}
