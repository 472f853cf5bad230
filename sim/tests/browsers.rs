//! Phones in browsers, as far as signalling goes: how they are called, and what they prove.

use jiff::Timestamp;
use phone::access::phone_credentials::UserName;
use phone::id::TrunkId;
use sim::peer::Account;
use sim::world::PHONE_KEY;
use sim::{World, check, demo};
use sip::Transport;
use uuid::Uuid;

/// The world begins at 15:00 on this day.
const TONIGHT: &str = "2026-03-02T23:00:00Z";

/// The demo's first trunk.
const CARRIER: TrunkId = TrunkId(Uuid::from_u128(0x21));

fn login(name: &str, extension: Option<&str>) -> (String, String) {
    let until: Timestamp = TONIGHT.parse().unwrap();
    let user = format!("{name}.{}", until.as_second());
    let secret = extension.map(|extension| sim::peer::ha1(extension, demo::DOMAIN, demo::PASSWORD));
    let password = UserName::read(&user).unwrap().password(&PHONE_KEY, demo::TENANT, secret.as_ref());
    (user, password)
}

#[test]
fn a_browser_registers_for_hours_and_only_over_a_websocket() {
    let mut world = World::demo();
    world.peer("bob").login = Some(login("102", Some("102")));
    world.register(&["bob"]);
    assert_eq!(world.peer("bob").registered, Some(401), "over UDP it is nobody's name");
    world.peer("bob").transport = Transport::Ws;
    world.register(&["bob"]);
    assert_eq!(world.peer("bob").registered, Some(200));
    // Bob's name does not open Carol's phone.
    world.peer("carol").transport = Transport::Ws;
    world.peer("carol").login = Some(login("102", Some("102")));
    world.register(&["carol"]);
    assert_eq!(world.peer("carol").registered, Some(403));
    world.peer("carol").login = Some(login("103", Some("102")));
    world.register(&["carol"]);
    assert_eq!(world.peer("carol").registered, Some(401));
}

#[test]
fn who_slept_until_they_ran_out_is_challenged_and_not_punished() {
    let mut world = World::demo();
    world.peer("bob").transport = Transport::Ws;
    world.peer("bob").login = Some(login("102", Some("102")));
    world.register(&["bob"]);
    assert_eq!(world.peer("bob").registered, Some(200));
    world.run_secs(8 * 3600);
    for _ in 0..20 {
        world.register(&["bob"]);
        assert_eq!(world.peer("bob").registered, Some(401));
    }
    world.peer("bob").login = None;
    world.register(&["bob"]);
    assert_eq!(world.peer("bob").registered, Some(200), "nothing is held against the address");
}

#[test]
fn a_phone_over_a_websocket_that_is_no_browser_is_called_again_without_webrtc() {
    let mut world = World::demo();
    world.peer("bob").transport = Transport::Ws;
    world.register(&["bob"]);
    world.ladder.clear();
    world.dial("trunk", "+14255550102");
    world.run_secs(1);
    world.answer("bob");
    world.run_secs(2);
    world.ladder.expect(
        "
        0.000   trunk -> us     INVITE +14255550102 sdp
        0.000   us    -> trunk  100 INVITE
        0.000   us    -> bob    INVITE 102 sdp
        0.000   bob   -> us     100 INVITE
        0.000   bob   -> us     180 INVITE
        0.000   us    -> trunk  180 INVITE
        1.000   bob   -> us     488 INVITE
        1.000   us    -> bob    ACK
        1.000   us    -> bob    INVITE 102 sdp
        1.000   bob   -> us     100 INVITE
        1.000   bob   -> us     180 INVITE
        ",
    );
    world.answer("bob");
    world.run_secs(2);
    world.hang_up("trunk");
    world.run_until_quiet();
    check::idle(&mut world);
    assert_eq!(world.records.len(), 1);
}

#[test]
fn somebody_outside_calls_from_a_browser_and_registers_nothing() {
    let mut world = World::demo();
    world.register(&["alice", "bob"]);
    let account = Account { user: "+15550177".to_owned(), password: String::new(), domain: demo::DOMAIN.to_owned() };
    world.add_peer("outside", ([203, 0, 113, 40], 5060).into(), Some(account));
    world.peer("outside").transport = Transport::Ws;
    world.peer("outside").login = Some(login(&format!("outside-{}", CARRIER.0), None));
    world.register(&["outside"]);
    assert_eq!(world.peer("outside").registered, Some(405));
    world.dial("outside", "+14255550102");
    world.run_secs(1);
    world.answer("bob");
    world.run_secs(2);
    world.hang_up("outside");
    world.run_until_quiet();
    check::idle(&mut world);
    let [record] = world.records.as_slice() else { panic!("one call, one record") };
    assert_eq!((record.from.as_str(), record.answered_at.is_some()), ("+15550177", true), "{record:?}");
    // A trunk that is not there opens nothing.
    world.peer("outside").login = Some(login(&format!("outside-{}", Uuid::from_u128(0xBAD)), None));
    world.dial("outside", "+14255550102");
    world.run_until_quiet();
    assert_eq!(world.records.len(), 1);
}
