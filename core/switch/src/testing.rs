//! A caller tests the line: hears himself, or a tone.

use std::time::Instant;

use media::tone::ToneKind;
use media::{Order, Playlist, Sound};
use phone::record::EndedBy;
use sip::endpoint::Status;

use crate::call::{Activity, Call, Event};
use crate::limits;
use crate::node::Node;
use crate::record::Why;
use crate::refusal::Refusal;

/// A test goes on until the caller hangs up, or long enough.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Testing {
    deadline: Instant,
}

impl Testing {
    pub(crate) fn echo(call: &mut Call, node: &mut Node) -> Activity {
        Self::begin(call, node, |call, node| node.order(call.worker, Order::Echo { leg: call.caller }))
    }

    pub(crate) fn tone(call: &mut Call, node: &mut Node) -> Activity {
        Self::begin(call, node, |call, node| {
            let items = vec![Sound::Tone(call.tone(ToneKind::Reference))];
            call.play(node, call.caller, Playlist { items, repeat: true, offset_ms: 0 });
        })
    }

    fn begin(call: &mut Call, node: &mut Node, start: impl FnOnce(&Call, &mut Node)) -> Activity {
        if let Err(refusal) = call.answer_caller(node, None) {
            return call.end(node, EndedBy::System, Why::Refused(refusal));
        }
        start(call, node);
        Activity::Testing(Self { deadline: node.now + limits::TEST_MAX })
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }

    pub(crate) fn handle(self, call: &mut Call, node: &mut Node, event: &Event) -> Activity {
        match event {
            Event::Gone { leg, .. } if *leg == call.caller => call.end(node, EndedBy::Caller, Why::Treated),
            Event::Timeout if self.deadline <= node.now => {
                call.end(node, EndedBy::System, Why::Stopped(Refusal::new(480, "the test lasted long enough")))
            }
            Event::Referred { leg, .. } => {
                call.refuse_refer(node, *leg, Status(403));
                Activity::Testing(self)
            }
            Event::Adopted { .. }
            | Event::Answered { .. }
            | Event::Digit { .. }
            | Event::Gone { .. }
            | Event::HoldChanged
            | Event::PickedUp { .. }
            | Event::Played { .. }
            | Event::Queue { .. }
            | Event::Quiet { .. }
            | Event::Rang { .. }
            | Event::Refused { .. }
            | Event::Resolved { .. }
            | Event::SoundReady { .. }
            | Event::Spoke { .. }
            | Event::Surrendered { .. }
            | Event::Timeout
            | Event::Told { .. } => Activity::Testing(self),
        }
    }
}
