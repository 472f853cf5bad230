//! A caller is in an auto attendant.

use std::time::Instant;

use media::{Order, PlayId, Playlist, RecordingId};
use phone::apps::Target;
use phone::apps::attendant::{self, Attendant, Outcome};
use phone::directory::Destination;
use phone::id::AttendantId;
use phone::record::segment::{AttendantPass, Input, Onward, OnwardBy, OnwardTo, Pass};
use phone::record::{EndedBy, Step};
use sip::endpoint::Status;

use crate::call::{Activity, Call, Event, Gone};
use crate::input::{QueryId, Told};
use crate::limits::SPOKEN_QUIET_MS;
use crate::node::{Asker, Node};
use crate::output::{Output, UtteranceHandling};
use crate::record::Why;
use crate::refusal::Refusal;
use crate::ringing::Fallback;

/// One caller in one attendant.
#[derive(Debug)]
pub(crate) struct Attending {
    machine: Attendant,
    /// What the machine waits for the end of.
    play: Option<PlayId>,
    began: Began,
    /// Of the call's record.
    segment: usize,
    ear: Option<Listening>,
}

/// What is listened to.
#[derive(Clone, Copy, Debug)]
struct Listening {
    recording: RecordingId,
    query: QueryId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Began {
    No,
    Yes,
}

impl Attending {
    /// Answers the caller, if nobody did, and begins once he hears us.
    pub(crate) fn enter(call: &mut Call, node: &mut Node, id: AttendantId) -> Activity {
        let Some(machine) = call.tenant.attendant(id, call.passage) else {
            return call.give_up(node, Refusal::by_rule(phone::directory::Refusal::ServiceNotSetUp));
        };
        if let Err(refusal) = call.answer_caller(node, None) {
            return call.end(node, EndedBy::System, Why::Refused(refusal));
        }
        let name = machine.settings().name.clone();
        let pass = AttendantPass { id, name, flow: String::new(), result: None, inputs: Vec::new() };
        let segment = call.enter_segment(node, Pass::Attendant(pass));
        let attending = Box::new(Self { machine, play: None, began: Began::No, segment, ear: None });
        if call.caller_hears() { attending.begin(call, node) } else { Activity::Attending(attending) }
    }

    /// The target of a transfer could not be reached; the caller is back.
    pub(crate) fn take_back(self: Box<Self>, call: &mut Call, node: &mut Node) -> Activity {
        call.draft.return_to(self.segment);
        self.act(call, node, attendant::Event::TransferFailed)
    }

    pub(crate) fn name(&self) -> &str {
        &self.machine.settings().name
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.machine.next_deadline()
    }

    pub(crate) fn handle(self: Box<Self>, call: &mut Call, node: &mut Node, event: Event) -> Activity {
        match event {
            Event::Gone { leg, gone } if leg == call.caller => self.left(call, node, gone),
            Event::SoundReady { leg } if leg == call.caller && self.began == Began::No => self.begin(call, node),
            Event::Digit { leg, digit, .. } if leg == call.caller && self.began == Began::Yes => match key_of(digit) {
                Some(key) => self.act(call, node, attendant::Event::Digit(key)),
                None => Activity::Attending(self),
            },
            Event::Spoke { leg } if leg == call.caller => self.act(call, node, attendant::Event::Spoke),
            Event::Quiet { leg } if leg == call.caller => {
                node.order(call.worker, Order::StopRecording { leg });
                Activity::Attending(self)
            }
            Event::Told { query, told: Told::Heard { hearing } } if self.ear.is_some_and(|ear| ear.query == query) => {
                let mut attending = self;
                attending.ear = None;
                attending.act(call, node, attendant::Event::Heard(hearing))
            }
            Event::Played { play } if self.play == Some(play) => self.act(call, node, attendant::Event::Played),
            Event::Timeout if self.machine.next_deadline().is_some_and(|at| at <= node.now) => {
                self.act(call, node, attendant::Event::Timeout)
            }
            Event::Referred { leg, .. } => {
                call.refuse_refer(node, leg, Status(403));
                Activity::Attending(self)
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
            | Event::Told { .. } => Activity::Attending(self),
        }
    }

    fn begin(mut self: Box<Self>, call: &mut Call, node: &mut Node) -> Activity {
        self.began = Began::Yes;
        let wall = node.wall_now();
        self.act(call, node, attendant::Event::Started { wall })
    }

    /// Does what the machine wants, until it lets the caller go.
    fn act(mut self: Box<Self>, call: &mut Call, node: &mut Node, event: attendant::Event) -> Activity {
        let mut effects = Vec::new();
        self.machine.handle(node.now, event, &mut effects);
        for effect in effects {
            match effect {
                attendant::Effect::Play(playables) => {
                    let items = call.sounds(&playables, &self.machine.settings().language);
                    self.play = Some(call.play(node, call.caller, Playlist { items, repeat: false, offset_ms: 0 }));
                }
                attendant::Effect::StopPlaying => {
                    self.play = None;
                    node.order(call.worker, Order::Stop { leg: call.caller });
                }
                attendant::Effect::Listen { phrases } => self.listen(call, node, phrases),
                attendant::Effect::StopListening => self.stop_listening(call, node),
                attendant::Effect::Transfer { target, outcome } => {
                    return self.transfer(call, node, &target, outcome);
                }
                attendant::Effect::End { outcome } => {
                    self.note(call, node, outcome, None);
                    return call.end(node, EndedBy::System, Why::Treated);
                }
            }
        }
        Activity::Attending(self)
    }

    fn listen(&mut self, call: &Call, node: &mut Node, phrases: Vec<String>) {
        let query = node.new_query(Asker::Call(call.id));
        let recording = RecordingId(node.new_message_id().0.as_u128());
        self.ear = Some(Listening { recording, query });
        let language = self.machine.settings().language.clone();
        let handling = UtteranceHandling::Begin { query, language, phrases };
        node.outputs.push(Output::Utterance { recording, handling });
        node.order(call.worker, Order::Listen { leg: call.caller, recording, quiet_ms: SPOKEN_QUIET_MS });
    }

    fn stop_listening(&mut self, call: &Call, node: &mut Node) {
        let Some(Listening { recording, query }) = self.ear.take() else { return };
        node.queries.remove(&query);
        node.outputs.push(Output::Utterance { recording, handling: UtteranceHandling::Drop });
        node.order(call.worker, Order::StopRecording { leg: call.caller });
    }

    fn transfer(mut self: Box<Self>, call: &mut Call, node: &mut Node, target: &Target, outcome: Outcome) -> Activity {
        self.play = None;
        call.passage = self.machine.passage();
        let decision = call.redirect(node, target).decision;
        let onward = decision.as_ref().ok().map(|destination| self.onward(destination, outcome));
        match decision {
            Ok(destination @ (Destination::User { .. } | Destination::External(_))) => {
                self.note(call, node, outcome, onward);
                call.enter(node, destination, Fallback::Attendant(self))
            }
            Ok(destination) => {
                self.note(call, node, outcome, onward);
                call.enter(node, destination, Fallback::GiveUp)
            }
            Err(_) => self.act(call, node, attendant::Event::TransferFailed),
        }
    }

    fn left(mut self: Box<Self>, call: &mut Call, node: &mut Node, gone: Gone) -> Activity {
        let mut effects = Vec::new();
        self.machine.handle(node.now, attendant::Event::HungUp, &mut effects);
        self.close(call, node);
        self.note(call, node, Outcome::UserTerminated, None);
        call.end_by_leg(node, call.caller, gone)
    }

    /// The call is over or with somebody else.
    pub(crate) fn close(&mut self, call: &Call, node: &mut Node) {
        self.stop_listening(call, node);
    }

    fn onward(&self, destination: &Destination, outcome: Outcome) -> Onward {
        let to = match outcome {
            Outcome::FailoverToOperator | Outcome::TransferredToOperator => OnwardTo::Operator,
            Outcome::OaaChainTooLong
            | Outcome::OaaSessionTooLong
            | Outcome::ServiceTerminated
            | Outcome::TerminatedAutomaticSelection
            | Outcome::TerminatedNoOperator
            | Outcome::TerminatedTransferFailed
            | Outcome::TransferInProgress
            | Outcome::TransferredExternal
            | Outcome::TransferredToCq
            | Outcome::TransferredToSelf
            | Outcome::TransferredToSharedVoicemail
            | Outcome::TransferredToUser
            | Outcome::UserTerminated => onward_to(destination),
        };
        Onward { to, by: if self.machine.was_chosen() { OnwardBy::Caller } else { OnwardBy::System } }
    }

    fn note(&self, call: &mut Call, node: &Node, outcome: Outcome, onward: Option<Onward>) {
        if let Some(segment) = call.draft.segment_mut(self.segment) {
            segment.ended_at = Some(node.wall_now());
            segment.onward = onward;
            if let Pass::Attendant(pass) = &mut segment.pass {
                pass.flow.clone_from(&self.machine.flow().name);
                pass.result = Some(outcome);
                let input = |input: &attendant::Input| Input { at: node.clock.wall(input.at), kind: input.kind };
                pass.inputs = self.machine.inputs().iter().map(input).collect();
            }
        }
        let settings = self.machine.settings();
        let step = Step::Attendant {
            id: settings.id,
            name: settings.name.clone(),
            keys: self.machine.keys().to_owned(),
            spoken: self.machine.spoken().to_vec(),
            result: outcome.code().to_owned(),
        };
        call.draft.note_step(node.wall_now(), step);
    }
}

/// What a destination is, for reports.
pub(crate) fn onward_to(destination: &Destination) -> OnwardTo {
    match destination {
        Destination::Attendant { .. } => OnwardTo::Attendant,
        Destination::External(_) => OnwardTo::External,
        Destination::Queue { .. } => OnwardTo::Queue,
        Destination::SharedMailbox { .. } => OnwardTo::SharedMailbox,
        Destination::Announcement { .. } => OnwardTo::Disconnect,
        Destination::AudioTest | Destination::Echo | Destination::User { .. } => OnwardTo::User,
        Destination::Visit { .. } | Destination::Voicemail { .. } => OnwardTo::Voicemail,
    }
}

/// The key as menus name it; none for those that no menu has.
pub(crate) fn key_of(digit: media::Digit) -> Option<char> {
    match digit.name() {
        key @ (b'0'..=b'9' | b'*' | b'#') => Some(char::from(key)),
        _ => None,
    }
}
