//! Calls of queues are recorded, both sides in one. Specification of voice apps, 3.13.
//!
//! The caller's leg takes both down, from the moment in which an agent answered. A recording goes on as long as the caller
//! talks with whom the queue found, or with who takes that one's place; when the call goes elsewhere it ends.

use media::{LegId, Order, Playlist};
use phone::apps::prompt::{Playable, Prompt};
use phone::apps::queue::Settings;
use phone::apps::recording::{Envelope, Need};
use phone::id::{PromptKey, RecordingId};
use phone::record::{EndedBy, Step};

use crate::announcing::Announcing;
use crate::call::{Activity, Call};
use crate::node::Node;
use crate::output::{Change, Output};
use crate::refusal::Refusal;

/// A recording that is being made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tape {
    recording: RecordingId,
    /// Who is on the left: the caller.
    leg: LegId,
    /// Who is on the right.
    other: LegId,
    need: Need,
    /// What the caller hears if it is lost and the call must not go on.
    failure: Option<PromptKey>,
}

/// Whether calls of a queue may reach an agent now: not, if they must be recorded and can't be.
pub(crate) fn may_connect(node: &Node, settings: &Settings) -> bool {
    node.can_record || settings.recording.as_ref().is_none_or(|wanted| wanted.need == Need::Wanted)
}

/// What a caller is told whom no agent may talk with.
pub(crate) const NOT_RECORDED: Refusal = Refusal::new(503, "the call must be recorded, and can't be");

/// What a caller hears whose call must be recorded and can't be.
fn failure_of(settings: &Settings) -> Option<PromptKey> {
    settings.recording.as_ref()?.failure_announcement.as_ref().map(Prompt::key)
}

/// The call reaches no agent, since it can't be recorded: the caller is told why, if the queue says so.
pub(crate) fn refuse(call: &mut Call, node: &mut Node, settings: &Settings) -> Activity {
    match failure_of(settings).filter(|_| call.answer_caller(node, None).is_ok()) {
        Some(said) => Announcing::last_word(call, node, said, NOT_RECORDED),
        None => call.give_up(node, NOT_RECORDED),
    }
}

/// The recording is lost of a call that must not go on without it: the caller is told, if the queue says so.
pub(crate) fn lost(call: &mut Call, node: &mut Node) {
    let Some(tape) = call.tape().filter(Tape::is_required) else { return };
    let Activity::Talking(talking) = &call.activity else {
        return call.stop(node, EndedBy::System, NOT_RECORDED);
    };
    let said = tape.failure.filter(|_| tape.leg == call.caller && call.is_up(call.caller));
    let Some(said) = said else { return call.stop(node, EndedBy::System, NOT_RECORDED) };
    if !talking.is_held() {
        node.order(call.worker, Order::Unbridge { leg: call.caller });
    }
    call.hang_up_leg(node, tape.other, Some(&NOT_RECORDED.reason()));
    call.activity = Announcing::last_word(call, node, said, NOT_RECORDED);
    node.changed(Change::Call { tenant: call.tenant_id(), call: call.id });
    call.sweep(node);
}

impl Tape {
    /// Begins what the queue wants, and tells both of it.
    pub(crate) fn begin(
        call: &mut Call,
        node: &mut Node,
        settings: &Settings,
        caller: LegId,
        agent: LegId,
    ) -> Option<Self> {
        let wanted = settings.recording.as_ref().filter(|_| node.can_record)?;
        let recording = node.new_recording_id();
        let envelope = Envelope {
            id: recording,
            tenant: call.tenant_id(),
            call: call.id,
            queue: settings.id,
            agent: call.leg(agent).and_then(|leg| leg.party.user()),
            from: call.draft.from.clone(),
            to: call.draft.to.clone(),
            at: node.wall_now(),
            retention_days: wanted.retention_days,
        };
        // Who writes the sound down must know of it before it comes.
        node.outputs.push(Output::Recording { envelope: Box::new(envelope) });
        let tape = Self { recording, leg: caller, other: agent, need: wanted.need, failure: failure_of(settings) };
        tape.order(call, node, None);
        call.draft.note_step(node.wall_now(), Step::Recorded { recording });
        if let Some(said) = &wanted.announcement {
            let said = Playable::Configured(said.key());
            for leg in [caller, agent] {
                let items = call.sounds(&[said], &settings.language);
                call.play(node, leg, Playlist { items, repeat: false, offset_ms: 0 });
            }
        }
        Some(tape)
    }

    /// Somebody else joins on the right, or leaves it.
    pub(crate) fn join(&self, call: &Call, node: &mut Node, third: Option<LegId>) {
        self.order(call, node, third);
    }

    /// The same recording with somebody in the place of `leg`; none if it ends without that one.
    pub(crate) fn handed_on(self, call: &Call, node: &mut Node, leg: LegId, by: LegId) -> Option<Self> {
        if leg != self.other {
            self.stop(call, node);
            return None;
        }
        let tape = Self { other: by, ..self };
        tape.order(call, node, None);
        Some(tape)
    }

    /// The recording is whole.
    pub(crate) fn stop(&self, call: &Call, node: &mut Node) {
        if call.leg(self.leg).is_some_and(|leg| !leg.is_over()) {
            node.order(call.worker, Order::StopRecording { leg: self.leg });
        }
    }

    /// Whether the call must not go on without it.
    pub(crate) fn is_required(&self) -> bool {
        self.need == Need::Required
    }

    fn order(&self, call: &Call, node: &mut Node, third: Option<LegId>) {
        let recording = media::RecordingId(self.recording.0.as_u128());
        let others = [Some(self.other), third];
        node.order(call.worker, Order::RecordBoth { leg: self.leg, others, recording });
    }
}
