//! What an administrator asks of the live system, and the answers.

use media::sdp::Codec;
use phone::apps::queue;
use phone::id::{CallId, QueueId, TenantId, UserId};
use phone::money::charging::Charging;
use phone::record::Direction;

use crate::call::{self, Activity, Call};
use crate::input::{Command, ReplyId};
use crate::keeping::Kept;
use crate::leg::{Leg, Origin, State};
use crate::node::Node;
use crate::output::{Answer, Change, Output};
use crate::supervising::{self, Asked};
use crate::switch::Switch;
use crate::talking::Talking;
use crate::view;

impl Switch {
    pub(crate) fn obey(&mut self, reply: ReplyId, command: Command) {
        let answer = self.answer(command);
        self.node.outputs.push(Output::Reply { reply, answer });
    }

    fn answer(&mut self, command: Command) -> Answer {
        match command {
            Command::HangUp { tenant, call } => match self.calls.get(&call).and_then(Option::as_ref) {
                Some(known) if known.tenant_id() == tenant && !known.is_ending() => {
                    self.node.call_input(call, call::Input::HangUp);
                    Answer::Done
                }
                Some(_) | None => Answer::NotFound,
            },
            Command::ListCalls { tenant } => Answer::Calls(self.list_calls(tenant)),
            Command::ListPenalties => Answer::Penalties(self.admission.penalties(self.node.now, &self.node.clock)),
            Command::ListRegistrations { tenant, of } => {
                Answer::Registrations(self.node.registrations.list(tenant, &of, &self.node.clock))
            }
            Command::AskTrunk { tenant, trunk } => match self.node.ask_trunk_now(tenant, trunk) {
                true => Answer::Done,
                false => Answer::NotFound,
            },
            Command::ListTrunks { tenant } => Answer::Trunks(self.node.list_trunks(tenant)),
            Command::OptIn { tenant, queue, agent } => {
                self.opt(tenant, queue, agent, queue::Event::OptIn { queue, agent })
            }
            Command::OptOut { tenant, queue, agent } => {
                self.opt(tenant, queue, agent, queue::Event::OptOut { queue, agent })
            }
            Command::Pause { tenant, agent, reason } => {
                self.tell_agent(tenant, agent, queue::Event::Pause { agent, reason })
            }
            Command::Resume { tenant, agent } => self.tell_agent(tenant, agent, queue::Event::Resume { agent }),
            Command::EndWrapUp { tenant, agent } => self.tell_agent(tenant, agent, queue::Event::EndWrapUp { agent }),
            Command::PlaceCall { tenant, user, dialled, line } => self.place_call(tenant, user, &dialled, line),
            Command::ReleasePenalty { address } => {
                if self.admission.release(address) {
                    Answer::Done
                } else {
                    Answer::NotFound
                }
            }
            Command::Restore { tenant, facts } => {
                for fact in facts {
                    let event = match fact {
                        queue::Fact::AnsweredLast { queue, agent } => queue::Event::RestoreTurn { queue, agent },
                        queue::Fact::CallEnded { agent, at } => {
                            queue::Event::RestoreIdle { agent, since: self.node.clock.instant(self.node.now, at) }
                        }
                        queue::Fact::Callback(kept) => {
                            queue::Event::RestoreCallback { request: self.node.clock.recall(self.node.now, &kept) }
                        }
                        queue::Fact::OptedOut { queue, agent } => queue::Event::OptOut { queue, agent },
                        queue::Fact::Paused { agent, reason } => queue::Event::Pause { agent, reason },
                        // That is over.
                        queue::Fact::CalledForHelp(call) => {
                            self.node.recall_help(tenant, &call);
                            continue;
                        }
                        queue::Fact::Alert(_) | queue::Fact::Supervised(_) => continue,
                    };
                    self.node.queue_event(tenant, event);
                }
                Answer::Done
            }
            Command::CancelCallback { tenant, queue, request } => {
                let live = self.node.lives.get(&tenant);
                if !live.is_some_and(|live| live.queues.callbacks(queue).iter().any(|one| one.id == request)) {
                    return Answer::NotFound;
                }
                self.node.queue_event(tenant, queue::Event::CancelCallback { queue, call: request });
                Answer::Done
            }
            Command::SetPresence { tenant, user, presence } => {
                let there = self.node.directory.tenant(tenant);
                if there.is_none_or(|tenant| !tenant.users.contains_key(&user)) {
                    return Answer::NotFound;
                }
                self.node.set_presence(tenant, user, presence);
                Answer::Done
            }
            Command::ShowBoard { tenant } => Answer::Board(self.show_board(tenant)),
            Command::ShowQueue { tenant, queue } => match self.show_queue(tenant, queue) {
                Some(queue) => Answer::Queue(queue),
                None => Answer::NotFound,
            },
            Command::Statistics => Answer::Statistics(self.statistics()),
            Command::Supervise { tenant, call, supervisor, agent, mode } => {
                self.supervise(tenant, call, Asked { supervisor, agent, mode })
            }
        }
    }

    fn supervise(&mut self, tenant: TenantId, call: CallId, asked: Asked) -> Answer {
        let known = self.calls.get(&call).and_then(Option::as_deref);
        let Some(known) = known.filter(|known| known.tenant_id() == tenant && !known.is_ending()) else {
            return Answer::NotFound;
        };
        if let Err(refused) = supervising::judge(known, &self.node, asked) {
            return refused;
        }
        self.node.call_input(call, call::Input::Supervise(asked));
        Answer::Done
    }

    /// Something of an agent that concerns all queues; there must be one that the agent is in.
    fn tell_agent(&mut self, tenant: TenantId, agent: UserId, event: queue::Event) -> Answer {
        let there = self.node.directory.tenant(tenant);
        let queues: Vec<QueueId> = there.map_or(Vec::new(), |tenant| {
            tenant.queues.keys().copied().filter(|queue| tenant.roster(*queue).contains(&agent)).collect()
        });
        if queues.is_empty() {
            return Answer::NotFound;
        }
        self.node.queue_event(tenant, event);
        for queue in queues {
            self.node.changed(Change::Queue { tenant, queue });
        }
        Answer::Done
    }

    fn opt(&mut self, tenant: TenantId, queue: QueueId, agent: UserId, event: queue::Event) -> Answer {
        let there = self.node.directory.tenant(tenant).filter(|tenant| tenant.roster(queue).contains(&agent));
        let Some(settings) = there.and_then(|tenant| tenant.queues.get(&queue)) else {
            return Answer::NotFound;
        };
        if !settings.allow_opt_out && matches!(event, queue::Event::OptOut { .. }) {
            return Answer::Refused {
                code: "opt_out_not_allowed",
                detail: "this queue does not let its agents opt out".to_owned(),
            };
        }
        self.node.queue_event(tenant, event);
        self.node.changed(Change::Queue { tenant, queue });
        Answer::Done
    }

    fn show_queue(&self, tenant: TenantId, queue: QueueId) -> Option<view::Queue> {
        let known = self.node.directory.tenant(tenant).is_some_and(|tenant| tenant.queues.contains_key(&queue));
        let live = self.node.lives.get(&tenant).filter(|_| known)?;
        Some(view::Queue {
            waiting: live.queues.waiting(self.node.now, queue),
            agents: live.queues.agents(self.node.now, queue),
            n_callbacks: live.queues.callbacks(queue).len(),
            alerts: live.queues.alerts(queue),
        })
    }

    fn show_board(&self, tenant: TenantId) -> view::Board {
        let calls = self.calls.values().filter_map(Option::as_deref).filter(|call| call.tenant_id() == tenant);
        let passing = calls.filter(|call| !call.draft.segments().is_empty()).map(|call| view::BoardCall {
            id: call.id,
            is_outside: call.draft.direction == Direction::Inbound,
            segments: call.draft.segments().to_vec(),
        });
        let known = self.node.directory.tenant(tenant);
        let queues = known.into_iter().flat_map(|tenant| tenant.queues.keys().copied());
        let queues = queues.filter_map(|queue| Some((queue, self.show_queue(tenant, queue)?)));
        view::Board { calls: passing.collect(), queues: queues.collect() }
    }

    fn list_calls(&self, tenant: TenantId) -> Vec<view::Call> {
        let calls = self.calls.values().filter_map(Option::as_deref);
        calls
            .filter(|call| call.tenant_id() == tenant && !call.is_ending())
            .map(|call| view_call(call, &self.node))
            .collect()
    }

    fn statistics(&self) -> view::Statistics {
        let census = self.node.endpoint.census();
        view::Statistics {
            n_calls: self.calls.len(),
            n_legs: self.node.legs.len(),
            n_busy_numbers: self.node.lines.n_busy(),
            n_paid_legs: self.node.charging.values().map(Charging::n_live).sum(),
            n_registrations: self.node.registrations.n_bindings(),
            n_usages: census.n_usages,
            n_transactions: census.n_transactions,
            n_timers: census.n_timers + self.deadlines.len(),
            n_ports_free: self.node.ports.n_free(),
            n_ports_used: self.node.ports.n_used(),
            calls_total: self.n_calls_total,
            panics_total: self.n_panics,
            refused_strangers_total: self.admission.n_refused_total(),
            n_trunks_down: self.node.trunks.n_down(self.node.now),
        }
    }
}

fn view_call(call: &Call, node: &Node) -> view::Call {
    let (state, at) = match &call.activity {
        Activity::Announcing(_) => ("attendant", None),
        Activity::Attending(attending) => ("attendant", Some(attending.name().to_owned())),
        Activity::CallingBack(calling) => ("callback", Some(calling.name(call))),
        Activity::Depositing(depositing) => ("voicemail", Some(depositing.name().to_owned())),
        Activity::Ending { .. } => ("ended", None),
        Activity::Placing(_) => ("ringing", rung(call)),
        Activity::Queueing(queueing) => ("queue", Some(queueing.name().to_owned())),
        Activity::Resuming(resuming) => ("queue", Some(resuming.name(call).to_owned())),
        Activity::Ringing(_) => ("ringing", rung(call)),
        Activity::Supervising(supervising) => talk(call, &supervising.talking),
        Activity::Talking(talking) => talk(call, talking),
        Activity::Testing(_) => ("test", None),
        Activity::Transferring(_) => ("transferring", rung(call)),
        Activity::Verifying(_) => ("ringing", None),
        Activity::Visiting(visiting) => ("mailbox", Some(visiting.name().to_owned())),
    };
    let answered = call.draft.answered.as_ref();
    view::Call {
        id: call.id,
        tenant: call.tenant_id(),
        from: call.draft.from.clone(),
        from_name: call.draft.from_name.clone(),
        to: call.draft.to.clone(),
        started_at: node.clock.wall(call.draft.began_at),
        answered_at: answered.map(|answered| node.clock.wall(answered.at)),
        state,
        at,
        answered_by: answered.map(|answered| answered.by.number.clone()),
        queue: call.legs.iter().filter(|leg| !leg.is_over()).find_map(supervising::queue_of),
        supervision: match &call.activity {
            Activity::Supervising(supervising) => Some(supervising.view(call)),
            Activity::Announcing(_)
            | Activity::Attending(_)
            | Activity::CallingBack(_)
            | Activity::Depositing(_)
            | Activity::Ending { .. }
            | Activity::Placing(_)
            | Activity::Queueing(_)
            | Activity::Resuming(_)
            | Activity::Ringing(_)
            | Activity::Talking(_)
            | Activity::Testing(_)
            | Activity::Transferring(_)
            | Activity::Verifying(_)
            | Activity::Visiting(_) => None,
        },
        legs: call.legs.iter().filter(|leg| !leg.is_over()).map(view_leg).collect(),
        is_kept: call.kept != Kept::Nothing,
    }
}

fn talk(call: &Call, talking: &Talking) -> (&'static str, Option<String>) {
    (if talking.is_held() { "held" } else { "talking" }, name_of(call, talking.b))
}

/// Whose phone rings.
fn rung(call: &Call) -> Option<String> {
    let rings = |leg: &&Leg| leg.origin == Origin::Sent && leg.state < State::Answered;
    call.legs.iter().find(rings).map(|leg| leg.party.shown().to_owned())
}

fn name_of(call: &Call, leg: media::LegId) -> Option<String> {
    call.leg(leg).map(|leg| leg.party.shown().to_owned())
}

fn view_leg(leg: &Leg) -> view::Leg {
    view::Leg {
        party: leg.party.number.clone(),
        inbound: leg.origin == Origin::Received,
        state: match leg.state {
            State::Trying => "trying",
            State::Ringing => "ringing",
            State::Answered if leg.holds() => "held",
            State::Answered => "talking",
            State::Over => "over",
        },
        user: leg.party.user(),
        trunk: leg.party.trunk(),
        codec: leg.codec().map(Codec::name),
        encrypted: leg.history.encrypted,
    }
}
