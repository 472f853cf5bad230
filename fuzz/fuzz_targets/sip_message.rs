//! A datagram from a stranger, and everything that reads of it.
#![no_main]

use std::hint::black_box;

use libfuzzer_sys::fuzz_target;
use sip::Message;
use sip::message::head::Head;

fuzz_target!(|packet: &[u8]| {
    match Message::parse(packet.to_vec().into()) {
        Ok(Message::Request(request)) => {
            black_box(request.parsed_uri().user_unescaped());
            visit(&request);
        }
        Ok(Message::Response(response)) => {
            black_box(response.reason_phrase());
            visit(&response);
        }
        Err(error) => {
            if let Some(request) = &error.answerable {
                visit(request);
            }
        }
    }
});

fn visit(head: &Head) {
    black_box((head.vias().count(), head.fields().count(), head.refer_to(), head.replaces(), head.contact_uri()));
    black_box((head.from().display(), head.to().params().count(), head.cseq_value(), head.supports("timer")));
}
