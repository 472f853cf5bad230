//! Somebody hears the messages of a mailbox.

use std::sync::Arc;
use std::time::Instant;

use media::prompt::Prompt;
use media::sdp::Codec;
use media::{Order, PlayId, Playlist, RecordingId, Sound};
use phone::apps::mailbox::message::{Envelope, Handling, Purpose};
use phone::apps::mailbox::visit::{Access, Answer, Ask, Effect, Entry, Event as Happening, Outcome, Said, Visit};
use phone::directory::Destination;
use phone::id::MessageId;
use phone::record::{EndedBy, Step};
use sip::endpoint::Status;

use crate::call::{Activity, Call, Event, Gone};
use crate::input::{QueryId, Told};
use crate::leg::Leg;
use crate::node::{Asker, Node};
use crate::output::{MailboxQuestion, Output};
use crate::record::Why;
use crate::refusal::Refusal;
use crate::ringing::Fallback;

/// One visitor in one mailbox.
#[derive(Debug)]
pub(crate) struct Visiting {
    machine: Visit,
    /// What the machine waits for the end of.
    play: Option<PlayId>,
    /// What the machine waits for an answer to.
    query: Option<QueryId>,
    began: Began,
    /// The message that was loaded last.
    sound: Option<Arc<Prompt>>,
    /// The greeting that is being recorded.
    greeting: Option<MessageId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Began {
    No,
    Yes,
}

/// What the machine wants beside what was done at once.
enum Next {
    CallBack(Entry),
    End,
    Stay,
}

impl Visiting {
    /// Answers the caller, if nobody did, and begins once he hears us.
    pub(crate) fn enter(call: &mut Call, node: &mut Node, access: Option<Access>) -> Activity {
        let Some(access) = access else {
            return call.give_up(node, Refusal::by_rule(phone::directory::Refusal::ServiceNotSetUp));
        };
        if let Err(refusal) = call.answer_caller(node, None) {
            return call.end(node, EndedBy::System, Why::Refused(refusal));
        }
        let visiting = Box::new(Self {
            machine: Visit::new(access),
            play: None,
            query: None,
            began: Began::No,
            sound: None,
            greeting: None,
        });
        if call.caller_hears() { visiting.begin(call, node) } else { Activity::Visiting(visiting) }
    }

    pub(crate) fn name(&self) -> &str {
        &self.machine.access().name
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.machine.next_deadline()
    }

    pub(crate) fn handle(mut self: Box<Self>, call: &mut Call, node: &mut Node, event: Event) -> Activity {
        match event {
            Event::Gone { leg, gone } if leg == call.caller => {
                self.close(call, node);
                match (self.machine.outcome(), gone) {
                    (Some(Outcome::Listened), Gone::HungUp) => call.end(node, EndedBy::Caller, Why::Hangup),
                    (_, gone) => call.end_by_leg(node, leg, gone),
                }
            }
            Event::SoundReady { leg } if leg == call.caller && self.began == Began::No => self.begin(call, node),
            Event::Digit { leg, digit, .. } if leg == call.caller && self.began == Began::Yes => {
                self.act(call, node, Happening::Digit(char::from(digit.name())))
            }
            Event::Played { play } if self.play == Some(play) => self.act(call, node, Happening::Played),
            Event::Quiet { leg } if leg == call.caller => self.act(call, node, Happening::Quiet),
            Event::Told { query, told } if self.query == Some(query) => self.hear(call, node, told),
            Event::Timeout if self.machine.next_deadline().is_some_and(|at| at <= node.now) => {
                self.act(call, node, Happening::Timeout)
            }
            Event::Referred { leg, .. } => {
                call.refuse_refer(node, leg, Status(403));
                Activity::Visiting(self)
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
            | Event::Told { .. } => Activity::Visiting(self),
        }
    }

    /// The caller is gone or the call is ended from outside.
    pub(crate) fn close(&mut self, call: &mut Call, node: &mut Node) {
        self.tell(call, node, Happening::HungUp);
        self.note(call, node);
    }

    fn begin(mut self: Box<Self>, call: &mut Call, node: &mut Node) -> Activity {
        self.began = Began::Yes;
        self.act(call, node, Happening::Started)
    }

    fn hear(mut self: Box<Self>, call: &mut Call, node: &mut Node, told: Told) -> Activity {
        let Told::Mailbox { answer, sound } = told else { return Activity::Visiting(self) };
        self.query = None;
        if answer == Answer::Loaded {
            self.sound = sound;
        }
        self.act(call, node, Happening::Answered(answer))
    }

    fn act(mut self: Box<Self>, call: &mut Call, node: &mut Node, event: Happening) -> Activity {
        match self.tell(call, node, event) {
            Next::Stay => Activity::Visiting(self),
            Next::End => {
                self.note(call, node);
                call.end(node, EndedBy::System, Why::Treated)
            }
            Next::CallBack(entry) => {
                self.note(call, node);
                self.call_back(call, node, &entry)
            }
        }
    }

    /// Tells the machine, and does what it wants.
    fn tell(&mut self, call: &Call, node: &mut Node, event: Happening) -> Next {
        let mut effects = Vec::new();
        self.machine.handle(node.now, event, &mut effects);
        let mut next = Next::Stay;
        for effect in effects {
            match effect {
                Effect::Play(said) => {
                    let items = self.sounds(call, &said);
                    self.play = Some(call.play(node, call.caller, Playlist { items, repeat: false, offset_ms: 0 }));
                }
                Effect::StopPlaying => {
                    self.play = None;
                    node.order(call.worker, Order::Stop { leg: call.caller });
                }
                Effect::Ask(ask) => self.query = Some(self.ask(call, node, ask)),
                Effect::Tell(ask) => drop(self.ask(call, node, ask)),
                Effect::Record { quiet_secs } => self.record(call, node, quiet_secs),
                Effect::StopRecording => node.order(call.worker, Order::StopRecording { leg: call.caller }),
                Effect::Keep { kept } => self.settle(node, Handling::Deliver { kept }),
                Effect::Discard => self.settle(node, Handling::Discard),
                Effect::CallBack(entry) => next = Next::CallBack(entry),
                Effect::End => next = Next::End,
            }
        }
        next
    }

    fn sounds(&self, call: &Call, said: &[Said]) -> Vec<Sound> {
        let language = &self.machine.access().language;
        let sounds = said.iter().flat_map(|said| match said {
            Said::Message => self.sound.iter().map(|sound| Sound::Prompt(Arc::clone(sound))).collect(),
            Said::Words(words) => call.sounds(&[*words], language),
        });
        sounds.collect()
    }

    fn ask(&self, call: &Call, node: &mut Node, ask: Ask) -> QueryId {
        let Access { mailbox, listener, .. } = *self.machine.access();
        let query = node.new_query(Asker::Call(call.id));
        let codec = call.leg(call.caller).and_then(Leg::codec).unwrap_or(Codec::Pcmu);
        let question = MailboxQuestion { tenant: call.tenant_id(), mailbox, listener, codec, ask };
        node.outputs.push(Output::Mailbox { query, question: Box::new(question) });
        query
    }

    /// Who writes the sound down must know what it is before it comes.
    fn record(&mut self, call: &Call, node: &mut Node, quiet_secs: u32) {
        let id = node.new_message_id();
        let envelope = Envelope {
            id,
            tenant: call.tenant_id(),
            mailbox: self.machine.access().mailbox,
            purpose: Purpose::Greeting,
            call: call.id,
            from: call.draft.from.clone(),
            from_name: call.draft.from_name.clone(),
            from_user: Some(self.machine.access().listener),
            to: call.draft.to.clone(),
            at: node.wall_now(),
            min_secs: 0,
            retention_days: 0,
        };
        self.play = None;
        self.greeting = Some(id);
        node.outputs.push(Output::Message { message: id, handling: Handling::Begin(Box::new(envelope)) });
        let (leg, recording) = (call.caller, RecordingId(id.0.as_u128()));
        node.order(call.worker, Order::Record { leg, recording, quiet_ms: quiet_secs.saturating_mul(1_000) });
    }

    fn settle(&mut self, node: &mut Node, handling: Handling) {
        if let Some(message) = self.greeting.take() {
            node.outputs.push(Output::Message { message, handling });
        }
    }

    /// Calls who left a message, as if the listener had dialled.
    fn call_back(&self, call: &mut Call, node: &mut Node, entry: &Entry) -> Activity {
        let listener = self.machine.access().listener;
        let destination = match entry.from_user.filter(|user| call.tenant.users.contains_key(user)) {
            Some(id) => Ok(Destination::User { id }),
            None => call.tenant.dial(listener, &entry.from, node.wall_now()).decision,
        };
        match destination {
            Ok(destination) => call.enter(node, destination, Fallback::GiveUp),
            Err(refusal) => call.give_up(node, Refusal::by_rule(refusal)),
        }
    }

    fn note(&self, call: &mut Call, node: &Node) {
        let step = Step::Mailbox {
            name: self.machine.access().name.clone(),
            result: self.machine.outcome().unwrap_or(Outcome::HungUp).code().to_owned(),
            seconds: 0,
        };
        call.draft.note_step(node.wall_now(), step);
    }
}
