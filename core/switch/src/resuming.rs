//! A caller of the process before is there again, or gone meanwhile: the answer to our offer tells.

use std::sync::Arc;

use phone::apps::attendant::Passage;
use phone::record::segment::QueueResult;
use sip::endpoint::Status;

use crate::call::{Activity, Call, Event};
use crate::keeping::{Kept, KeptCall, KeptWait};
use crate::leg::Leg;
use crate::node::Node;
use crate::output::{Change, Level, Output};
use crate::queueing::{Queueing, pass_mut};
use crate::record::Draft;
use crate::switch::Switch;

/// The caller is asked to talk with us from now on.
#[derive(Debug)]
pub(crate) struct Resuming {
    wait: KeptWait,
}

impl Switch {
    /// Takes up calls of the process before, as long as there are ports for them; the rest when there are more.
    pub(crate) fn resume_calls(&mut self) {
        while let Some(kept) = self.to_resume.front() {
            let Some(tenant) = self.node.directory.tenant(kept.tenant).cloned() else {
                let call = kept.id;
                self.to_resume.pop_front();
                self.node.outputs.push(Output::Forget { call });
                continue;
            };
            let worker = self.node.choose_worker(kept.tenant, [kept.leg.party.user(), None]);
            if !self.node.ports.has_free(worker) {
                return;
            }
            let Some(kept) = self.to_resume.pop_front() else { return };
            if self.calls.contains_key(&kept.id) {
                continue;
            }
            let mut again = Box::new(kept.clone());
            let KeptCall { id, wait, leg, record, .. } = kept;
            let node = &mut self.node;
            let (codec, max_forwards) = (leg.codec, leg.max_forwards);
            let Some(leg) = Leg::resume(node, (id, tenant.profile.id), worker, leg) else {
                node.log(Level::Warn, "what was kept of a call can't be read", Some(id), String::new());
                node.outputs.push(Output::Forget { call: id });
                continue;
            };
            node.log(Level::Info, "a call of the process before is taken up", Some(id), String::new());
            // A process that is killed before the answer comes must not use a number twice.
            if let (Some(usage), Some(origin)) = (node.endpoint.keep(leg.usage), leg.sdp_origin()) {
                (again.leg.usage, again.leg.origin) = (usage, origin);
                node.outputs.push(Output::Keep { call: again });
            }
            let call = Call {
                id,
                prompts: Arc::clone(&node.prompts),
                worker,
                caller: leg.id,
                legs: vec![leg],
                codecs: vec![codec],
                priority: wait.priority,
                waits_since: wait.waits_since.map(|at| node.clock.instant(node.now, at)),
                max_forwards,
                referred_by: None,
                passage: Passage { depth: wait.depth, ..Passage::default() },
                draft: Draft::resume(record, &node.clock, node.now),
                activity: Activity::Resuming(Resuming { wait }),
                kept: Kept::Stale,
                tenant,
            };
            node.changed(Change::Call { tenant: call.tenant_id(), call: id });
            self.add_call(Box::new(call));
            self.with_call(id, |_, _| {});
        }
    }
}

impl Resuming {
    pub(crate) fn name<'a>(&self, call: &'a Call) -> &'a str {
        call.tenant.queues.get(&self.wait.queue).map_or("", |queue| &queue.name)
    }

    pub(crate) fn handle(self, call: &mut Call, node: &mut Node, event: Event) -> Activity {
        match event {
            Event::SoundReady { leg } if leg == call.caller => {
                // Music may be ready by now that was not when the process began.
                call.prompts = Arc::clone(&node.prompts);
                return Queueing::rejoin(call, node, &self.wait);
            }
            Event::Gone { leg, gone } if leg == call.caller => {
                let now = node.wall_now();
                if let Some(segment) = call.draft.segment_mut(self.wait.segment) {
                    segment.ended_at = Some(now);
                }
                if let Some(pass) = pass_mut(call, self.wait.segment) {
                    pass.result = QueueResult::Abandoned;
                }
                return call.end_by_leg(node, leg, gone);
            }
            Event::Referred { leg, .. } => call.refuse_refer(node, leg, Status(403)),
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
            | Event::Told { .. } => {}
        }
        Activity::Resuming(self)
    }
}
