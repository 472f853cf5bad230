//! A caller is in a mailbox and leaves a message.

use std::time::{Duration, Instant};

use media::{Order, PlayId, Playlist, RecordingId};
use phone::apps::mailbox::message::{Envelope, Handling, Purpose};
use phone::apps::mailbox::visit::Origin;
use phone::apps::mailbox::{self, Deposit, Mailbox, Outcome, SystemWords, Terms};
use phone::id::{MessageId, SharedMailboxId, UserId};
use phone::record::segment::{MailboxPass, Pass};
use phone::record::{EndedBy, Step};
use sip::endpoint::Status;

use crate::call::{Activity, Call, Event, Gone};
use crate::node::Node;
use crate::output::Output;
use crate::record::Why;
use crate::refusal::Refusal;
use crate::visiting::Visiting;

/// One caller in one mailbox.
#[derive(Debug)]
pub(crate) struct Depositing {
    machine: Deposit,
    /// What the machine waits for the end of.
    play: Option<PlayId>,
    began: Began,
    /// What is being recorded.
    message: Option<MessageId>,
    /// Of the call's record.
    segment: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Began {
    No,
    Yes,
}

/// What the machine wants beside what was done at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    End,
    Stay,
    Visit,
}

impl Depositing {
    /// The caller is in a shared mailbox.
    pub(crate) fn shared(call: &mut Call, node: &mut Node, id: SharedMailboxId, words: SystemWords) -> Activity {
        let terms = call.tenant.shared_mailbox(id, words, call.draft.last_app(), node.wall_now());
        Self::enter(call, node, terms)
    }

    /// The caller is in a person's mailbox.
    pub(crate) fn person(call: &mut Call, node: &mut Node, user: UserId) -> Activity {
        let terms = call.tenant.voicemail_of(user);
        Self::enter(call, node, terms)
    }

    /// Answers the caller, if nobody did, and begins once he hears us.
    pub(crate) fn enter(call: &mut Call, node: &mut Node, terms: Option<Terms>) -> Activity {
        let Some(terms) = terms else {
            return call.give_up(node, Refusal::by_rule(phone::directory::Refusal::ServiceNotSetUp));
        };
        if let Err(refusal) = call.answer_caller(node, None) {
            return call.end(node, EndedBy::System, Why::Refused(refusal));
        }
        let id = match terms.mailbox {
            Mailbox::Person(_) => None,
            Mailbox::Shared(id) => Some(id),
        };
        let pass = MailboxPass { id, name: terms.name.clone(), result: String::new(), seconds: 0 };
        let segment = call.enter_segment(node, Pass::Mailbox(pass));
        let machine = Deposit::new(terms);
        let depositing = Box::new(Self { machine, play: None, began: Began::No, message: None, segment });
        if call.caller_hears() { depositing.begin(call, node) } else { Activity::Depositing(depositing) }
    }

    pub(crate) fn name(&self) -> &str {
        &self.machine.terms().name
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.machine.next_deadline()
    }

    pub(crate) fn handle(self: Box<Self>, call: &mut Call, node: &mut Node, event: Event) -> Activity {
        match event {
            Event::Gone { leg, gone } if leg == call.caller => self.left(call, node, gone),
            Event::SoundReady { leg } if leg == call.caller && self.began == Began::No => self.begin(call, node),
            Event::Digit { leg, digit, .. } if leg == call.caller && self.began == Began::Yes => {
                self.act(call, node, mailbox::Event::Digit(char::from(digit.name())))
            }
            Event::Played { play } if self.play == Some(play) => self.act(call, node, mailbox::Event::Played),
            Event::Quiet { leg } if leg == call.caller => self.act(call, node, mailbox::Event::Quiet),
            Event::Timeout if self.machine.next_deadline().is_some_and(|at| at <= node.now) => {
                self.act(call, node, mailbox::Event::Timeout)
            }
            Event::Referred { leg, .. } => {
                call.refuse_refer(node, leg, Status(403));
                Activity::Depositing(self)
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
            | Event::Told { .. } => Activity::Depositing(self),
        }
    }

    /// The caller is gone or the call is ended from outside: what was said is delivered.
    pub(crate) fn close(&mut self, call: &mut Call, node: &mut Node) {
        self.tell(call, node, mailbox::Event::HungUp);
        self.note(call, node);
    }

    fn begin(mut self: Box<Self>, call: &mut Call, node: &mut Node) -> Activity {
        self.began = Began::Yes;
        self.act(call, node, mailbox::Event::Started)
    }

    fn act(mut self: Box<Self>, call: &mut Call, node: &mut Node, event: mailbox::Event) -> Activity {
        match self.tell(call, node, event) {
            Next::Stay => Activity::Depositing(self),
            Next::End => {
                self.note(call, node);
                let why = self.why();
                call.end(node, EndedBy::System, why)
            }
            Next::Visit => self.visit(call, node),
        }
    }

    fn left(mut self: Box<Self>, call: &mut Call, node: &mut Node, gone: Gone) -> Activity {
        self.close(call, node);
        match (self.machine.outcome(), gone) {
            (Some(Outcome::Delivered), Gone::HungUp | Gone::Cancelled) => {
                call.end(node, EndedBy::Caller, Why::LeftMessage)
            }
            (_, gone) => call.end_by_leg(node, call.caller, gone),
        }
    }

    /// The caller says that the mailbox is theirs.
    fn visit(self: Box<Self>, call: &mut Call, node: &mut Node) -> Activity {
        let access = match self.machine.terms().mailbox {
            mailbox @ Mailbox::Person(owner) => call.tenant.visit(mailbox, owner, Origin::Elsewhere),
            Mailbox::Shared(_) => None,
        };
        Visiting::enter(call, node, access)
    }

    /// Tells the machine, and does what it wants.
    fn tell(&mut self, call: &Call, node: &mut Node, event: mailbox::Event) -> Next {
        let mut effects = Vec::new();
        self.machine.handle(node.now, event, &mut effects);
        let mut next = Next::Stay;
        for effect in effects {
            match effect {
                mailbox::Effect::Play(playables) => {
                    let items = call.sounds(&playables, &self.machine.terms().language);
                    self.play = Some(call.play(node, call.caller, Playlist { items, repeat: false, offset_ms: 0 }));
                }
                mailbox::Effect::Record { quiet_secs } => self.record(call, node, quiet_secs),
                mailbox::Effect::StopRecording => node.order(call.worker, Order::StopRecording { leg: call.caller }),
                mailbox::Effect::Deliver { kept } => self.settle(node, Handling::Deliver { kept }),
                mailbox::Effect::Discard => self.settle(node, Handling::Discard),
                mailbox::Effect::Visit => next = Next::Visit,
                mailbox::Effect::End => next = Next::End,
            }
        }
        next
    }

    /// Who writes the sound down must know of the message before its sound comes.
    fn record(&mut self, call: &Call, node: &mut Node, quiet_secs: u32) {
        let message = node.new_message_id();
        let terms = self.machine.terms();
        let envelope = Envelope {
            id: message,
            tenant: call.tenant_id(),
            mailbox: terms.mailbox,
            purpose: Purpose::Message,
            call: call.id,
            from: call.draft.from.clone(),
            from_name: call.draft.from_name.clone(),
            from_user: call.leg(call.caller).and_then(|leg| leg.party.user()),
            to: call.draft.to.clone(),
            at: node.wall_now(),
            min_secs: terms.min_secs,
            retention_days: terms.retention_days,
        };
        self.play = None;
        self.message = Some(message);
        node.outputs.push(Output::Message { message, handling: Handling::Begin(Box::new(envelope)) });
        let (leg, recording) = (call.caller, RecordingId(message.0.as_u128()));
        let quiet_ms = quiet_secs.saturating_mul(1_000);
        node.order(call.worker, Order::Record { leg, recording, quiet_ms });
    }

    fn settle(&mut self, node: &mut Node, handling: Handling) {
        if let Some(message) = self.message.take() {
            node.outputs.push(Output::Message { message, handling });
        }
    }

    fn why(&self) -> Why {
        match self.machine.outcome() {
            Some(Outcome::Delivered) => Why::LeftMessage,
            Some(Outcome::HungUp | Outcome::TooShort) | None => Why::Treated,
        }
    }

    fn note(&self, call: &mut Call, node: &Node) {
        let kept: Duration = self.machine.kept();
        let result = self.machine.outcome().unwrap_or(Outcome::HungUp).code();
        let seconds = u32::try_from(kept.as_secs()).unwrap_or(u32::MAX);
        if let Some(segment) = call.draft.segment_mut(self.segment) {
            segment.ended_at = Some(node.wall_now());
            if let Pass::Mailbox(pass) = &mut segment.pass {
                result.clone_into(&mut pass.result);
                pass.seconds = seconds;
            }
        }
        let step = Step::Mailbox { name: self.machine.terms().name.clone(), result: result.to_owned(), seconds };
        call.draft.note_step(node.wall_now(), step);
    }
}
