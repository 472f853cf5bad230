//! Every codec at one end with every other codec at the other end.

use std::time::Duration;

use crate::phone::{Codec, Phone, Setup};
use crate::server::Server;
use crate::wait;

const LOW: u32 = 440;
const HIGH: u32 = 880;

#[test]
fn sound_crosses_between_any_two_codecs() {
    let server = Server::start();
    let codecs = [Codec::Pcmu, Codec::Pcma, Codec::G722, Codec::Opus];
    for (index, first) in codecs.into_iter().enumerate() {
        for second in codecs.into_iter().skip(index) {
            talk(&server, first, second);
        }
    }
}

fn talk(server: &Server, first: Codec, second: Codec) {
    let mut bob = Phone::start(Setup { codec: second, ..Setup::of("102", HIGH) });
    let mut alice = Phone::start(Setup { codec: first, ..Setup::of("101", LOW) });
    server.wait_until_registered("101");
    server.wait_until_registered("102");
    alice.dial("102");
    bob.wait_for("CALL_ESTABLISHED");
    alice.wait_for("CALL_ESTABLISHED");
    wait::listen(Duration::from_secs(2));
    alice.hang_up();
    bob.wait_for("CALL_CLOSED");
    for (phone, tone) in [(bob, LOW), (alice, HIGH)] {
        let heard = phone.heard().remove(0);
        assert!(heard.tone_ms(tone) >= 1_200, "{tone} Hz for {} ms", heard.tone_ms(tone));
        assert!(heard.longest_gap_ms(tone) <= 60, "a gap of {} ms", heard.longest_gap_ms(tone));
    }
}
