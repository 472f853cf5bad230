//! A caller who waits in a queue, as plain data: another process can go on with the call. Specification of voice apps, 3.16.

use std::mem;

use jiff::Timestamp;
use media::sdp::Codec;
use phone::apps::Priority;
use phone::apps::queue::Standing;
use phone::id::{CallId, QueueId, TenantId};
use phone::numbers::E164;
use phone::numbers::stir::Checked;
use phone::record::segment::Segment;
use phone::record::{Direction, LegRecord, PathStep};
use sip::endpoint::KeptUsage;

use crate::call::{Activity, Call};
use crate::node::Node;
use crate::output::Output;
use crate::party::Party;

/// What is kept of a call while its caller waits.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptCall {
    pub id: CallId,
    pub tenant: TenantId,
    pub wait: KeptWait,
    pub leg: KeptLeg,
    pub record: KeptRecord,
}

/// Where the caller stands.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptWait {
    pub queue: QueueId,
    /// Of the call's record.
    pub segment: usize,
    pub priority: Option<Priority>,
    pub standing: Standing,
    /// What the place in line is counted from.
    pub arrived_at: Timestamp,
    /// What the queue's time limit is counted from.
    pub joined_at: Timestamp,
    /// When the caller came to the first queue of the call.
    pub waits_since: Option<Timestamp>,
    /// Apps passed since the caller last made a choice.
    pub depth: usize,
    pub n_offers: u32,
}

/// The caller's leg.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptLeg {
    pub party: Party,
    /// The number of ours that was called from outside.
    pub line: Option<E164>,
    pub answered_at: Timestamp,
    pub codec: Codec,
    pub is_encrypted: bool,
    /// Whether keys may travel as events in the sound.
    pub takes_events: bool,
    /// Names our description: its session and the version of the last one. RFC 3264 §8
    pub origin: (u64, u64),
    pub max_forwards: u8,
    pub usage: KeptUsage,
}

/// What the record says so far.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptRecord {
    pub direction: Direction,
    pub from: String,
    pub from_name: Option<String>,
    pub to: String,
    pub began_at: Timestamp,
    pub legs: Vec<LegRecord>,
    pub path: Vec<PathStep>,
    pub segments: Vec<Segment>,
    pub decisions: Vec<String>,
    pub signature: Option<Checked>,
}

/// How much of a call is kept outside this process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kept {
    #[default]
    Nothing,
    Current,
    /// Something of it has changed since.
    Stale,
}

impl Call {
    /// Tells what another process needs, when a caller begins to wait and whenever that changes; and when there is nothing
    /// to go on with any more.
    pub(crate) fn tell_kept(&mut self, node: &mut Node) {
        match (&self.activity, self.kept) {
            (Activity::Queueing(queueing), Kept::Nothing | Kept::Stale) => {
                if let Some(call) = self.keep(node, queueing.keep(self, node)) {
                    node.outputs.push(Output::Keep { call: Box::new(call) });
                    self.kept = Kept::Current;
                }
            }
            (Activity::Queueing(_) | Activity::Resuming(_), _) | (_, Kept::Nothing) => {}
            (_, Kept::Current | Kept::Stale) => {
                node.outputs.push(Output::Forget { call: self.id });
                self.kept = Kept::Nothing;
            }
        }
    }

    /// The process ends, and the next one goes on.
    pub(crate) fn leave(&mut self, node: &mut Node) {
        match mem::replace(&mut self.activity, Activity::Ending { until: node.now }) {
            Activity::Queueing(mut queueing) => {
                queueing.leave(self, node);
                self.activity = Activity::Queueing(queueing);
            }
            other => self.activity = other,
        }
    }

    fn keep(&self, node: &Node, wait: KeptWait) -> Option<KeptCall> {
        let leg = self.leg(self.caller)?.keep(node, self.max_forwards)?;
        let record = self.draft.keep(&node.clock);
        Some(KeptCall { id: self.id, tenant: self.tenant_id(), wait, leg, record })
    }
}
