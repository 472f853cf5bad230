//! Callers' numbers that are signed, and calls whose signatures are looked at. RFC 8224, RFC 8588

use std::time::Duration;

use phone::apps::Target;
use phone::apps::queue::Exit;
use phone::directory::outbound::RoutingParts;
use phone::numbers::E164;
use phone::numbers::number::NumberSource;
use phone::numbers::stir::passport::{Claims, Passport};
use phone::numbers::stir::{Attestation, Flaw, Signer};
use phone::numbers::trunk::settings::TrunkSettings;
use phone::record::{CallRecord, CallResult, SigningOutcome};
use serde_json::{Value, json};
use sim::World;
use sim::demo::{TENANT, Wishes};
use sim::notary::{CERTIFICATE, NAME, ORIGIN, UNTRUSTED, sealed};
use sip::endpoint::ExtraHeader;
use sip::header::identity;
use sip::message::name::HeaderName;

const OUTSIDE: &str = "+12125551234";
/// Who calls over the carrier of the demo, as its From says.
const CALLER: &str = "+15550100";
const BOB: &str = "+14255550102";

#[test]
fn a_call_goes_out_with_the_signature_of_the_number_that_it_shows() {
    let mut world = World::with(&signing(json!({ "stir_shaken": "sign" })));
    world.change_number(BOB, |number| number.source = NumberSource::CallingPlan);
    world.register(&["bob"]);
    world.dial("bob", OUTSIDE);
    world.run_secs(1);
    let passport = passport(&mut world, "trunk").expect("it is signed");
    assert_eq!(passport.attestation, Attestation::Full);
    assert_eq!((&*passport.caller, &*passport.called), ("14255550102", &["12125551234".to_owned()][..]));
    assert_eq!(passport.origid, Some(TENANT.0), "whom it can be traced back to");
    assert_eq!(passport.fits(BOB, OUTSIDE, world.wall_now()), Ok(()));
    world.hang_up("bob");
    world.run_until_quiet();
    assert_eq!(outcome(&world), Some(SigningOutcome::Signed(Attestation::Full)));
    let told = &world.records[0].decisions;
    assert!(told.iter().any(|why| why.contains("signed with A")), "{told:?}");
}

#[test]
fn the_number_and_the_certificate_decide_how_far_it_is_vouched_for() {
    for (signer, expected) in [(Signer::Platform, Attestation::Partial), (Signer::Organization, Attestation::Full)] {
        let mut world = World::with(&signing(json!({ "stir_shaken": "both" })));
        world.notary.signer = Some(signer);
        world.register(&["bob"]);
        world.dial("bob", OUTSIDE);
        world.run_secs(1);
        assert_eq!(
            passport(&mut world, "trunk").map(|it| it.attestation),
            Some(expected),
            "a number that was uploaded"
        );
        world.hang_up("bob");
        world.run_until_quiet();
    }
}

#[test]
fn who_is_sent_on_from_outside_is_never_vouched_for_as_ours() {
    let number = E164::parse("+12065550199").unwrap();
    for (shows, told, expected) in [
        // A stranger, and one who shows a number of ours.
        (CALLER, json!({}), ("15550100", Attestation::Gateway)),
        (BOB, json!({}), ("14255550102", Attestation::Gateway)),
        // Where the trunk is told the number that was called, that is what is vouched for.
        (CALLER, json!({ "forward_pai": true }), ("14255550110", Attestation::Partial)),
    ] {
        let mut settings = json!({ "stir_shaken": "sign" });
        settings.as_object_mut().unwrap().extend(told.as_object().unwrap().clone());
        let wishes = Wishes {
            timeout: Exit::Forward { target: Target::External { number } },
            timeout_secs: 5,
            agents: Vec::new(),
            ..signing(settings)
        };
        let mut world = World::with(&wishes);
        let asserted = header("P-Asserted-Identity", &format!("<sip:{shows}@carrier.example>"));
        world.act("trunk", |peer, now| peer.dial_with(now, "+14255550110", vec![asserted]));
        world.run(Duration::from_secs(20));
        let passport = passport(&mut world, "trunk").expect("it is signed");
        assert_eq!((&*passport.caller, passport.attestation), expected);
        world.hang_up("trunk");
        world.run_until_quiet();
    }
}

#[test]
fn a_call_that_can_t_be_signed_goes_out_all_the_same() {
    let hidden = json!({ "calling_id_substitute": "anonymous" });
    for (policy, has_certificate, is_silent, after_ms, why) in [
        (json!({}), false, false, 0, "there is no certificate"),
        (json!({}), true, true, 500, "no signature was made in time"),
        (hidden, true, false, 0, "no number is shown that could be signed"),
    ] {
        let mut wishes = signing(json!({ "stir_shaken": "sign" }));
        wishes.outside.policies.caller_id.global = serde_json::from_value(policy).unwrap();
        let mut world = World::with(&wishes);
        world.notary.is_silent = is_silent;
        if !has_certificate {
            world.notary.signer = None;
        }
        world.register(&["bob"]);
        world.dial("bob", OUTSIDE);
        if after_ms > 0 {
            world.run(Duration::from_millis(after_ms - 1));
            assert!(world.peer("trunk").invites.is_empty(), "{why}");
            world.run(Duration::from_millis(1));
        }
        assert_eq!(world.peer("trunk").n_ringing(), 1, "{why}");
        assert!(passport(&mut world, "trunk").is_none(), "{why}");
        world.hang_up("bob");
        world.run_until_quiet();
        assert_eq!(outcome(&world), Some(SigningOutcome::Unsigned(why.to_owned())));
    }
}

#[test]
fn a_trunk_that_does_not_want_it_gets_no_signature_and_nobody_is_asked_for_one() {
    for settings in [json!({}), json!({ "stir_shaken": "verify" })] {
        let mut world = World::with(&signing(settings));
        world.register(&["bob"]);
        world.dial("bob", OUTSIDE);
        world.run_secs(1);
        assert!(passport(&mut world, "trunk").is_none());
        let asked = world.ladder.render().into_iter().find(|line| line.contains("sign "));
        assert_eq!(asked, None);
        world.hang_up("bob");
        world.run_until_quiet();
        assert_eq!(outcome(&world), None);
    }
}

#[test]
fn each_trunk_gets_a_signature_of_its_own_and_who_gives_up_meanwhile_leaves_nothing() {
    let signs = settings(&json!({ "stir_shaken": "sign", "send_options": false }));
    let wishes = Wishes { more_trunks: vec!["10.0.0.10"], trunks: vec![signs.clone(), signs], ..Wishes::default() };
    let mut world = World::with(&wishes);
    world.add_peer("second", ([10, 0, 0, 10], 5060).into(), None);
    world.peer("trunk").manners.refuses = Some(503);
    world.register(&["bob"]);
    world.dial("bob", OUTSIDE);
    world.run_secs(1);
    assert_eq!(world.peer("second").n_ringing(), 1);
    assert!(passport(&mut world, "trunk").is_some() && passport(&mut world, "second").is_some());
    world.hang_up("bob");
    world.run_until_quiet();
    let signed = |it: &phone::record::TrunkAttempt| it.signing == Some(SigningOutcome::Signed(Attestation::Partial));
    assert!(world.records[0].attempts.iter().all(signed), "{:?}", world.records[0].attempts);

    world.notary.is_silent = true;
    world.dial("bob", OUTSIDE);
    world.run(Duration::from_millis(100));
    world.hang_up("bob");
    world.run_until_quiet();
    assert_eq!(world.records[1].result, CallResult::Abandoned);
    assert_eq!(world.peer("trunk").invites.len(), 1, "the trunk never heard of it");
}

#[test]
fn a_call_with_a_right_signature_rings_and_its_record_tells_who_vouches() {
    for action in ["record", "tag", "refuse", "require"] {
        let mut world = World::with(&checking(action));
        world.register(&["bob"]);
        let claims = claims(&world);
        call_with(&mut world, Some(sealed(&claims, CERTIFICATE)));
        assert_eq!(world.peer("bob").n_ringing(), 1, "{action}");
        let invite = world.peer("bob").invites.last().unwrap().clone();
        assert_eq!(extra(&invite, "X-Verstat"), Some("TN-Validation-Passed"), "{action}");
        assert!(!world.peer("bob").caller_shown.contains("Spam"));
        let record = end(&mut world);
        let checked = record.signature.expect("it was looked at");
        assert_eq!((checked.flaw, checked.attestation), (None, Some(Attestation::Full)));
        assert_eq!((checked.origid, checked.signer.as_deref()), (Some(ORIGIN), Some(NAME)));
        let words = format!("the caller's number is signed with attestation A by {NAME}");
        assert!(record.decisions.contains(&words), "{:?}", record.decisions);
    }
}

#[test]
fn wrong_and_missing_signatures_are_treated_as_the_trunk_s_setting_says() {
    let stranger = E164::parse("+12065550000").unwrap();
    for (flaw, status) in [
        (Flaw::Missing, 428),
        (Flaw::Malformed, 438),
        (Flaw::OtherCaller, 438),
        (Flaw::OtherCalled, 438),
        (Flaw::Stale, 403),
        (Flaw::Forged, 438),
        (Flaw::CertificateUntrusted, 437),
        (Flaw::CertificateAway, 436),
    ] {
        for action in ["record", "tag", "refuse", "require"] {
            let mut world = World::with(&checking(action));
            world.register(&["bob"]);
            let right = claims(&world);
            let header = match flaw {
                Flaw::Missing => None,
                Flaw::Malformed => Some("abc.def.ghi;info=<https://x.example>;ppt=shaken".to_owned()),
                Flaw::OtherCaller => Some(sealed(&Claims { caller: stranger, ..right }, CERTIFICATE)),
                Flaw::OtherCalled => Some(sealed(&Claims { called: stranger.digits(), ..right }, CERTIFICATE)),
                Flaw::Stale => {
                    let at = right.at - jiff::SignedDuration::from_secs(61);
                    Some(sealed(&Claims { at, ..right }, CERTIFICATE))
                }
                // The token of another call under the seal of this one.
                Flaw::Forged => {
                    let (seal, other) = (sealed(&right, CERTIFICATE), Claims { origid: TENANT.0, ..right });
                    let (token, params) = seal.split_once(';').unwrap();
                    let signature = token.rsplit_once('.').unwrap().1;
                    Some(format!("{}.{}A;{params}", other.signing_input(CERTIFICATE), &signature[1..]))
                }
                Flaw::CertificateUntrusted => Some(sealed(&right, UNTRUSTED)),
                Flaw::CertificateAway => Some(sealed(&right, "https://gone.example/x.pem")),
                Flaw::NoAuthority | Flaw::NoNumber | Flaw::NotItsNumber => unreachable!("not in the list"),
            };
            call_with(&mut world, header);
            let is_wrong = !matches!(flaw, Flaw::Missing | Flaw::CertificateAway);
            let is_refused = action == "require" || action == "refuse" && is_wrong;
            let words = format!("{flaw:?} {action}");
            assert_eq!(world.peer("bob").n_ringing(), usize::from(!is_refused), "{words}");
            assert_eq!(world.peer("trunk").refusals.last().copied(), is_refused.then_some(status), "{words}");
            let shown = world.peer("bob").caller_shown.contains("Spam likely: +15550100");
            assert_eq!(shown, action == "tag" && is_wrong, "{words}");
            let record = end(&mut world);
            assert_eq!(record.signature.as_ref().and_then(|it| it.flaw), Some(flaw), "{words}");
            assert_eq!(record.result == CallResult::Refused, is_refused, "{words}");
            assert_eq!(record.from_name.is_some(), shown, "{words}: the history says so too");
            assert!(record.decisions.contains(&flaw.to_string()), "{words}");
        }
    }
}

#[test]
fn a_caller_waits_no_longer_than_three_seconds_for_a_certificate() {
    for (action, status) in [("tag", None), ("refuse", None), ("require", Some(436))] {
        let mut world = World::with(&checking(action));
        world.notary.is_silent = true;
        world.register(&["bob"]);
        let claims = claims(&world);
        call_with(&mut world, Some(sealed(&claims, CERTIFICATE)));
        assert_eq!(world.peer("bob").n_ringing(), 0, "{action}: it is not known yet");
        world.run(Duration::from_millis(2_500));
        assert_eq!(world.peer("trunk").refusals.last().copied(), status, "{action}");
        assert_eq!(world.peer("bob").n_ringing(), usize::from(status.is_none()), "{action}");
        let record = end(&mut world);
        assert_eq!(record.signature.and_then(|it| it.flaw), Some(Flaw::CertificateAway));
    }
}

#[test]
fn who_gives_up_while_a_certificate_is_fetched_leaves_nothing() {
    let mut world = World::with(&checking("require"));
    world.notary.is_silent = true;
    world.register(&["bob"]);
    let claims = claims(&world);
    call_with(&mut world, Some(sealed(&claims, CERTIFICATE)));
    let record = end(&mut world);
    assert_eq!(record.result, CallResult::Abandoned);
    assert_eq!(world.peer("bob").invites.len(), 0);
    assert_eq!(world.statistics().n_calls, 0);
}

#[test]
fn a_trunk_that_does_not_want_it_takes_any_call_and_nobody_looks() {
    let mut world = World::with(&signing(json!({ "stir_shaken": "sign", "stir_shaken_action": "require" })));
    world.register(&["bob"]);
    call_with(&mut world, Some("nonsense".to_owned()));
    assert_eq!(world.peer("bob").n_ringing(), 1);
    let invite = world.peer("bob").invites.last().unwrap().clone();
    assert_eq!(extra(&invite, "X-Verstat"), None);
    assert_eq!(end(&mut world).signature, None);
}

#[test]
fn a_caller_who_hides_is_looked_at_and_stays_hidden() {
    let mut world = World::with(&checking("require"));
    world.register(&["bob"]);
    let signed = sealed(&claims(&world), CERTIFICATE);
    let headers = vec![header("Identity", &signed), header("Privacy", "id")];
    world.act("trunk", |peer, now| peer.dial_with(now, BOB, headers));
    world.run_secs(1);
    assert_eq!(world.peer("bob").n_ringing(), 1);
    assert!(world.peer("bob").caller_shown.contains("anonymous"));
    assert_eq!(end(&mut world).from, "anonymous");
}

fn signing(first: Value) -> Wishes {
    Wishes { trunks: vec![settings(&first)], outside: RoutingParts::default(), ..Wishes::default() }
}

fn checking(action: &str) -> Wishes {
    signing(json!({ "stir_shaken": "verify", "stir_shaken_action": action }))
}

fn settings(value: &Value) -> TrunkSettings {
    TrunkSettings::default().changed(value.as_object().unwrap()).unwrap()
}

fn claims(world: &World) -> Claims {
    Claims {
        attestation: Attestation::Full,
        caller: E164::parse(CALLER).unwrap(),
        called: "14255550102".to_owned(),
        at: world.wall_now(),
        origid: ORIGIN,
    }
}

/// The carrier calls bob.
fn call_with(world: &mut World, identity: Option<String>) {
    let headers = identity.iter().map(|value| header("Identity", value)).collect();
    world.act("trunk", |peer, now| peer.dial_with(now, BOB, headers));
    world.run_secs(1);
}

fn end(world: &mut World) -> CallRecord {
    if world.records.is_empty() && world.peer("trunk").refusals.is_empty() {
        world.hang_up("trunk");
    }
    world.run_until_quiet();
    world.records.last().expect("there is a record").clone()
}

fn header(name: &str, value: &str) -> ExtraHeader {
    ExtraHeader { name: name.to_owned(), value: value.to_owned() }
}

/// A header field that nobody but a test reads.
fn extra<'a>(request: &'a sip::Request, name: &str) -> Option<&'a str> {
    request.header_named(name)
}

/// The signature that a trunk got last.
fn passport(world: &mut World, name: &str) -> Option<Passport> {
    let invite = world.peer(name).invites.last()?.clone();
    let read = identity::parse(invite.header(HeaderName::Identity)?).expect("the header field can be read");
    assert_eq!(read.ppt.as_deref(), Some("shaken"));
    Some(Passport::read(read.token, read.info).expect("the token can be read"))
}

fn outcome(world: &World) -> Option<SigningOutcome> {
    world.records.last()?.attempts.first()?.signing.clone()
}
