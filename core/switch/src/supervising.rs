//! Two parties talk, and a supervisor hears them. Specification of voice apps, 3.12.
//!
//! The two go on as any who talk: what happens between them is asked of [`Talking`] first. The supervisor stays only as
//! long as the one who is supervised does, and whatever becomes of the supervisor's phone, the two do not notice.

use std::mem;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use media::{LegId, Order, Playlist, Reach};
use phone::apps::prompt::{Playable, SystemPrompt};
use phone::apps::queue;
use phone::apps::supervision::{End, Mode, ModeFrom, Session};
use phone::id::{QueueId, UserId};
use phone::people::notice::{Sign, Told};
use phone::record::Step;
use sip::endpoint::Status;

use crate::call::{Activity, Call, Event};
use crate::helping::Desk;
use crate::leg::{Leg, QueueOffer};
use crate::limits;
use crate::node::Node;
use crate::output::{Answer, Change, Output};
use crate::refusal::Refusal;
use crate::ring::{Purpose, Ring, Standing};
use crate::talking::Talking;
use crate::view;

/// How long a supervisor's phones ring.
const RING: Duration = Duration::from_secs(30);

/// How long phones of a security desk ring: as long as somebody needs who is elsewhere in the house.
const DESK_RING: Duration = Duration::from_secs(60);
/// What they show before the caller.
const DESK_LABEL: &str = "Emergency call";

/// What is asked for a supervisor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) supervisor: UserId,
    /// Who is to be supervised; none leaves it to the call.
    pub(crate) agent: Option<UserId>,
    pub(crate) mode: Mode,
}

/// A talk with a supervisor.
#[derive(Debug)]
pub(crate) struct Supervising {
    pub(crate) talking: Talking,
    supervisor: UserId,
    /// The leg of who is supervised.
    agent: LegId,
    stage: Stage,
    from: Timestamp,
    modes: Vec<ModeFrom>,
    /// Whether those who are to know of it were told.
    is_told: bool,
}

#[derive(Debug)]
enum Stage {
    Joined(LegId),
    Ringing(Ring),
}

/// Whether a supervisor may be rung for this call, in the words of the answer.
pub(crate) fn judge(call: &Call, node: &Node, asked: Asked) -> Result<(), Answer> {
    let refused = |code, detail: &str| Err(Answer::Refused { code, detail: detail.to_owned() });
    let talking = match &call.activity {
        Activity::Talking(talking) => talking,
        Activity::Supervising(going_on) if going_on.supervisor == asked.supervisor => return Ok(()),
        Activity::Supervising(_) => return refused("supervision.taken", "another supervisor is in this call"),
        Activity::Announcing(_)
        | Activity::Attending(_)
        | Activity::CallingBack(_)
        | Activity::Depositing(_)
        | Activity::Ending { .. }
        | Activity::Placing(_)
        | Activity::Queueing(_)
        | Activity::Resuming(_)
        | Activity::Ringing(_)
        | Activity::Testing(_)
        | Activity::Transferring(_)
        | Activity::Verifying(_)
        | Activity::Visiting(_) => return refused("supervision.not_talking", "nobody talks in this call now"),
    };
    if call.legs.iter().any(|leg| !leg.is_over() && leg.party.user() == Some(asked.supervisor)) {
        return refused("supervision.own_call", "the supervisor is a party of this call");
    }
    if supervised(call, talking, asked.agent).is_none() {
        return refused("supervision.nobody", "none of those who talk is the one to be supervised");
    }
    if node.registrations.phones(node.now, call.tenant_id(), asked.supervisor).is_empty() {
        return refused("supervision.no_phone", "no phone of the supervisor is registered");
    }
    Ok(())
}

impl Supervising {
    /// Rings the supervisor's phones; the two who talk notice nothing.
    fn begin(call: &mut Call, node: &mut Node, talking: Talking, asked: Asked) -> Activity {
        let Some(agent) = supervised(call, &talking, asked.agent) else { return Activity::Talking(talking) };
        let shown = call.leg(agent).map(|leg| leg.party.shown().to_owned());
        match Ring::user(call, node, asked.supervisor, Purpose::Supervise { shown }, RING) {
            Ok(ring) => {
                let now = node.wall_now();
                let supervising = Self {
                    talking,
                    supervisor: asked.supervisor,
                    agent,
                    stage: Stage::Ringing(ring),
                    from: now,
                    modes: vec![ModeFrom { mode: asked.mode, at: now }],
                    is_told: false,
                };
                Activity::Supervising(Box::new(supervising))
            }
            Err(_) => Activity::Talking(talking),
        }
    }

    /// Rings the security desk for a call for help; whether anybody comes, the two who talk go on, and no sign disturbs
    /// them. Specification of numbers, 2.8.4
    pub(crate) fn desk(call: &mut Call, node: &mut Node, talking: Talking, desk: &Desk) -> Activity {
        let first = desk.people.first().zip(supervised(call, &talking, None));
        let Some((supervisor, agent)) = first else { return Activity::Talking(talking) };
        let purpose = Purpose::Supervise { shown: Some(DESK_LABEL.to_owned()) };
        match Ring::people(call, node, &desk.people, &purpose, DESK_RING) {
            Ok(ring) => {
                let now = node.wall_now();
                Activity::Supervising(Box::new(Self {
                    talking,
                    supervisor: *supervisor,
                    agent,
                    stage: Stage::Ringing(ring),
                    from: now,
                    modes: vec![ModeFrom { mode: desk.mode, at: now }],
                    is_told: true,
                }))
            }
            Err(_) => Activity::Talking(talking),
        }
    }

    fn mode(&self) -> Mode {
        self.modes.last().map_or(Mode::Listen, |last| last.mode)
    }

    /// Another mode for a supervisor who is there or on the way.
    fn change(mut self: Box<Self>, call: &mut Call, node: &mut Node, mode: Mode) -> Activity {
        if mode != self.mode() && self.modes.len() < limits::SUPERVISION_MODES_MAX {
            self.modes.push(ModeFrom { mode, at: node.wall_now() });
        } else if let Some(last) = self.modes.last_mut() {
            last.mode = mode;
        }
        match self.stage {
            Stage::Ringing(_) => Activity::Supervising(self),
            Stage::Joined(leg) if mode == Mode::TakeOver => self.take_over(call, node, leg),
            Stage::Joined(_) => {
                self.mix(call, node);
                Activity::Supervising(self)
            }
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        match &self.stage {
            Stage::Joined(_) => None,
            Stage::Ringing(ring) => Some(ring.deadline()),
        }
    }

    pub(crate) fn handle(mut self: Box<Self>, call: &mut Call, node: &mut Node, event: Event) -> Activity {
        match &mut self.stage {
            Stage::Ringing(ring) => match ring.handle(call, node, &event) {
                Standing::Ringing => {}
                Standing::Answered(leg) => return self.join(call, node, leg),
                Standing::Failed(_) => {
                    self.note(call, node, End::NotAnswered);
                    return Activity::Talking(self.talking);
                }
            },
            Stage::Joined(leg) => {
                let leg = *leg;
                if is_of(&event, leg) {
                    return self.of_supervisor(call, node, &event, leg);
                }
            }
        }
        let after = self.talking.clone().handle(call, node, event);
        if let Activity::Talking(talking) = &after
            && talking.other(self.agent).is_some()
            && call.is_up(self.agent)
        {
            if *talking != self.talking {
                self.talking = talking.clone();
                self.mix(call, node);
            }
            return Activity::Supervising(self);
        }
        self.dismiss(call, node);
        after
    }

    /// The supervisor is needed no more. Returns those who talk.
    pub(crate) fn dismiss(mut self: Box<Self>, call: &mut Call, node: &mut Node) -> Talking {
        let reason = Refusal::new(487, "the supervised call is over").reason();
        let end = match &mut self.stage {
            Stage::Joined(leg) => {
                call.hang_up_leg(node, *leg, Some(&reason));
                End::CallEnded
            }
            Stage::Ringing(ring) => {
                ring.stop(call, node, &reason);
                End::NotAnswered
            }
        };
        self.note(call, node, end);
        self.talking
    }

    pub(crate) fn view(&self, call: &Call) -> view::Supervision {
        let (agent, _) = self.subject(call);
        view::Supervision {
            supervisor: self.supervisor,
            agent,
            mode: self.mode(),
            joined: match self.stage {
                Stage::Joined(_) => true,
                Stage::Ringing(_) => false,
            },
            since: self.from,
        }
    }

    fn join(mut self: Box<Self>, call: &mut Call, node: &mut Node, leg: LegId) -> Activity {
        let (mode, now) = (self.mode(), node.wall_now());
        self.stage = Stage::Joined(leg);
        // Of several who were rung, the one who came.
        self.supervisor = call.leg(leg).and_then(|leg| leg.party.user()).unwrap_or(self.supervisor);
        self.from = now;
        self.modes = vec![ModeFrom { mode, at: now }];
        node.changed(Change::Call { tenant: call.tenant_id(), call: call.id });
        if mode == Mode::TakeOver {
            return self.take_over(call, node, leg);
        }
        self.mix(call, node);
        Activity::Supervising(self)
    }

    /// What the supervisor's own phone does.
    fn of_supervisor(self: Box<Self>, call: &mut Call, node: &mut Node, event: &Event, leg: LegId) -> Activity {
        if let Event::Gone { .. } = event {
            self.note(call, node, End::SupervisorLeft);
            node.changed(Change::Call { tenant: call.tenant_id(), call: call.id });
            return Activity::Talking(self.talking);
        }
        if let Event::Referred { .. } = event {
            call.refuse_refer(node, leg, Status(403));
        }
        Activity::Supervising(self)
    }

    /// Lets the supervisor hear the two, and be heard as the mode says. While one of the two holds, the supervisor hears
    /// what the other does: music.
    fn mix(&mut self, call: &Call, node: &mut Node) {
        let (Stage::Joined(by), Some(other)) = (&self.stage, self.talking.other(self.agent)) else { return };
        let by = *by;
        if self.talking.is_held() {
            return call.play_hold_music(node, by);
        }
        let reach = match self.mode() {
            Mode::Listen | Mode::TakeOver => Reach::Neither,
            Mode::Whisper => Reach::First,
            Mode::Barge => Reach::Both,
        };
        node.order(call.worker, Order::Mix { a: self.agent, b: other, by, reach });
        if let Some(tape) = self.talking.tape {
            // What both hear is recorded.
            tape.join(call, node, (self.mode() == Mode::Barge).then_some(by));
        }
        if !mem::replace(&mut self.is_told, true) {
            self.tell(call, node, other);
        }
    }

    /// Those who are to know of the supervisor hear it.
    fn tell(&self, call: &Call, node: &mut Node, other: LegId) {
        let (_, queue) = self.subject(call);
        let notice = call.tenant.supervision_notice(queue);
        let legs: &[LegId] = match notice.told {
            Told::Agent => &[self.agent],
            Told::Both => &[self.agent, other],
            Told::Nobody => &[],
        };
        let said = match notice.sign {
            Sign::Announcement => Playable::System(SystemPrompt::CallMonitored),
            Sign::Tone => Playable::Beep,
        };
        for leg in legs {
            let items = call.sounds(&[said], &call.tenant.profile.language);
            call.play(node, *leg, Playlist { items, repeat: false, offset_ms: 0 });
        }
    }

    /// The agent leaves, and the supervisor talks in the agent's place.
    fn take_over(self: Box<Self>, call: &mut Call, node: &mut Node, leg: LegId) -> Activity {
        let Some(other) = self.talking.other(self.agent) else {
            return Activity::Talking(self.dismiss(call, node));
        };
        self.note(call, node, End::TookOver);
        let tape = self.talking.tape.and_then(|tape| tape.handed_on(call, node, self.agent, leg));
        let reason = Refusal::new(480, "a supervisor took the call over").reason();
        call.hang_up_leg(node, self.agent, Some(&reason));
        if call.caller == self.agent {
            call.caller = leg;
        }
        let (a, b) = if self.talking.a == self.agent { (leg, other) } else { (other, leg) };
        Talking::begin_taped(call, node, a, b, tape)
    }

    /// Who is supervised, and the queue that offered them the call.
    fn subject(&self, call: &Call) -> (Option<UserId>, Option<QueueId>) {
        let leg = call.leg(self.agent);
        (leg.and_then(|leg| leg.party.user()), leg.and_then(queue_of))
    }

    /// For the record and the audit.
    fn note(&self, call: &mut Call, node: &mut Node, end: End) {
        let (agent, queue) = self.subject(call);
        let (tenant, until) = (call.tenant_id(), node.wall_now());
        let session = Session {
            call: call.id,
            supervisor: self.supervisor,
            agent,
            queue,
            from: self.from,
            until,
            modes: self.modes.clone(),
            end,
        };
        let by = call.tenant.users.get(&self.supervisor).map_or(String::new(), |user| user.extension.clone());
        let seconds = u32::try_from(until.duration_since(self.from).as_secs().max(0)).unwrap_or(u32::MAX);
        let mode = self.mode().as_str().to_owned();
        call.draft.note_step(until, Step::Supervised { by, mode, result: end.as_str().to_owned(), seconds });
        node.outputs.push(Output::Remember { tenant, fact: queue::Fact::Supervised(Box::new(session)) });
    }
}

impl Call {
    /// A supervisor comes, or does something else from now on.
    pub(crate) fn supervise(&mut self, node: &mut Node, asked: Asked) {
        if judge(self, node, asked).is_err() {
            return;
        }
        if let Activity::Talking(talking) = &self.activity {
            let talking = talking.clone();
            self.activity = Supervising::begin(self, node, talking, asked);
        } else if let Activity::Supervising(_) = &self.activity
            && let Activity::Supervising(going_on) =
                mem::replace(&mut self.activity, Activity::Ending { until: node.now })
        {
            self.activity = going_on.change(self, node, asked.mode);
        }
        node.changed(Change::Call { tenant: self.tenant_id(), call: self.id });
        self.sweep(node);
    }

    /// No supervisor hears this call any more; those who talk go on.
    pub(crate) fn end_supervision(&mut self, node: &mut Node) {
        if let Activity::Supervising(_) = &self.activity
            && let Activity::Supervising(going_on) =
                mem::replace(&mut self.activity, Activity::Ending { until: node.now })
        {
            self.activity = Activity::Talking(going_on.dismiss(self, node));
        }
    }
}

/// Who of those who talk is supervised: who is asked for, else the agent of a queue, else a person of the organization,
/// first the one who was called.
fn supervised(call: &Call, talking: &Talking, wanted: Option<UserId>) -> Option<LegId> {
    let parties = || [talking.b, talking.a].into_iter().filter_map(|leg| call.leg(leg));
    let found = match wanted {
        Some(user) => parties().find(|leg| leg.party.user() == Some(user)),
        None => {
            parties().find(|leg| queue_of(leg).is_some()).or_else(|| parties().find(|leg| leg.party.user().is_some()))
        }
    };
    found.map(|leg| leg.id)
}

/// The queue that offered the call to this leg's agent.
pub(crate) fn queue_of(leg: &Leg) -> Option<QueueId> {
    leg.offer.filter(|offer: &QueueOffer| offer.connected).map(|offer| offer.queue)
}

fn is_of(event: &Event, leg: LegId) -> bool {
    let of = match event {
        Event::Digit { leg, .. } | Event::Gone { leg, .. } | Event::Quiet { leg } | Event::Referred { leg, .. } => *leg,
        Event::Adopted { .. }
        | Event::Answered { .. }
        | Event::HoldChanged
        | Event::PickedUp { .. }
        | Event::Played { .. }
        | Event::Queue { .. }
        | Event::Rang { .. }
        | Event::Refused { .. }
        | Event::Resolved { .. }
        | Event::SoundReady { .. }
        | Event::Spoke { .. }
        | Event::Surrendered { .. }
        | Event::Timeout
        | Event::Told { .. } => return false,
    };
    of == leg
}
