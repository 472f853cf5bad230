//! A stream, in chunks whose sizes the first byte says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sip::stream::{Frame, Framer};

fuzz_target!(|bytes: &[u8]| {
    let Some((size, stream)) = bytes.split_first() else { return };
    let whole = frames(stream, stream.len().max(1));
    let cut = frames(stream, usize::from(*size).max(1));
    // How much a broken stream holds depends on when it broke.
    assert!(
        whole.len() == cut.len()
            && whole.iter().zip(&cut).all(|pair| match pair {
                (Frame::Broken(_), Frame::Broken(_)) => true,
                (whole, cut) => whole == cut,
            })
    );
});

fn frames(stream: &[u8], size: usize) -> Vec<Frame> {
    let mut framer = Framer::new();
    let mut frames = Vec::new();
    for chunk in stream.chunks(size) {
        framer.push(chunk);
        frames.extend(std::iter::from_fn(|| framer.next_frame()));
    }
    frames
}
