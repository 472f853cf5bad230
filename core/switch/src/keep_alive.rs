//! Phones ask over UDP whether their way to us is still open, and from where we see them. RFC 5626 §3.5.2

use bytes::Bytes;
use sip::{Source, Target, Transport};

use crate::output::Output;
use crate::switch::Switch;

impl Switch {
    /// Answers a keep-alive: everybody whose phone or trunk is there, and strangers as often as other strangers. A phone
    /// that came to another address by itself is such a stranger, and registers anew when it hears so.
    pub(crate) fn answer_keep_alive(&mut self, source: &Source, packet: &[u8]) {
        let now = self.node.now;
        let is_answered = self.tenant_of_source(source).is_some() || self.admission.may_answer(now);
        let answer = media::stun::answer_keep_alive(packet, source.remote);
        if let (true, Transport::Udp, Some(answer)) = (is_answered, source.transport, answer) {
            let target = Target {
                transport: Transport::Udp,
                remote: source.remote,
                connection: None,
                server_name: None,
                local: Some(source.local),
            };
            self.node.outputs.push(Output::Transmit { target, packet: Bytes::from(answer) });
        }
    }
}
