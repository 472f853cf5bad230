//! A call: legs, one activity, one deadline, and at the end one record.
//!
//! A call is told what happened to it as an [`Input`]. It first settles what concerns the leg alone (offers, answers,
//! times), then tells its [`Activity`] what that means as an [`Event`]. The activity answers with the next activity.

use std::mem;
use std::sync::Arc;
use std::time::Instant;

use media::sdp::Codec;
use media::{Digit, LegId, Order, PlayId, WorkerId};
use phone::apps::attendant::Passage;
use phone::apps::mailbox::visit;
use phone::apps::{Priority, Target, queue};
use phone::directory::outbound::Passing;
use phone::directory::{Destination, Tenant, Verdict};
use phone::id::{CallId, TenantId};
use phone::numbers::{Assignee, E164};
use phone::record::EndedBy;
use phone::record::segment::Pass;
use sip::endpoint::{Body, EndCause, Reason, Refer, Status};
use sip::message::name::HeaderName;

use crate::announcing::Announcing;
use crate::attending::Attending;
use crate::calling_back::CallingBack;
use crate::depositing::Depositing;
use crate::input::{PromptLibrary, QueryId, Told};
use crate::keeping::Kept;
use crate::leg::{Leg, Origin, State};
use crate::limits;
use crate::node::Node;
use crate::output::{Change, Level};
use crate::placing::Placing;
use crate::queueing::Queueing;
use crate::record::{Draft, End, Why};
use crate::refusal::Refusal;
use crate::resuming::Resuming;
use crate::ringing::{Fallback, Ringing};
use crate::supervising::{self, Supervising};
use crate::talking::Talking;
use crate::taping::{self, Tape};
use crate::testing::Testing;
use crate::transferring::{Surrender, Transferring};
use crate::verifying::Verifying;
use crate::visiting::Visiting;

/// One call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) id: CallId,
    /// The snapshot that the call began with, and its prompts.
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) prompts: Arc<PromptLibrary>,
    /// All legs are on one media thread, so that any two can be bridged; one of another call moves when it joins.
    pub(crate) worker: WorkerId,
    pub(crate) legs: Vec<Leg>,
    /// The party for whom the call goes on: the first caller, after a transfer the one transferred.
    pub(crate) caller: LegId,
    /// What the caller's phone offered, in its order; asked first of whom we ring, so that nothing is transcoded.
    pub(crate) codecs: Vec<Codec>,
    pub(crate) priority: Option<Priority>,
    /// When the caller came to the first queue of this call.
    pub(crate) waits_since: Option<Instant>,
    pub(crate) max_forwards: u8,
    /// Who transferred the call last, as phones that ring for it are told. RFC 3892
    pub(crate) referred_by: Option<String>,
    /// How the call came to the app that it is in or enters next.
    pub(crate) passage: Passage,
    pub(crate) draft: Draft,
    pub(crate) activity: Activity,
    /// What another process would know of it.
    pub(crate) kept: Kept,
}

/// What a call does at the moment. Each variant owns its state and has its file.
#[derive(Debug)]
pub(crate) enum Activity {
    Announcing(Announcing),
    Attending(Box<Attending>),
    CallingBack(Box<CallingBack>),
    Depositing(Box<Depositing>),
    /// Everybody hung up; the media thread's figures are awaited.
    Ending {
        until: Instant,
    },
    /// Phones of who asked for the call ring.
    Placing(Box<Placing>),
    Queueing(Queueing),
    /// The caller of a process before is asked whether they are there.
    Resuming(Resuming),
    Ringing(Ringing),
    Supervising(Box<Supervising>),
    Talking(Talking),
    Testing(Testing),
    Transferring(Transferring),
    /// The signature of the caller's number is looked at.
    Verifying(Box<Verifying>),
    Visiting(Box<Visiting>),
}

/// What happens to a call.
#[derive(Debug)]
pub(crate) enum Input {
    /// Another call gave up this leg, for the transfer that `transferor`'s leg asked for.
    Adopt {
        transferor: LegId,
        leg: Box<Leg>,
    },
    HangUp,
    Media {
        leg: LegId,
        event: media::Event,
    },
    Queue {
        effect: queue::Effect,
    },
    /// The party of another leg takes the place of `leg`. RFC 3891
    Replace {
        leg: LegId,
        by: Box<Leg>,
    },
    Resolved {
        query: QueryId,
        targets: Vec<sip::Target>,
    },
    Sip {
        leg: LegId,
        event: sip::Event,
    },
    /// A supervisor is to hear this call, or to do something else in it.
    Supervise(supervising::Asked),
    /// Gives the party that talks with a leg to another call.
    Surrender(Surrender),
    /// `Surrender` came to nothing; the other call was not talking. It was ended, and had called this destination.
    Surrendered {
        transferor: LegId,
        called: Option<String>,
    },
    Timeout,
    /// The world answered what the call asked.
    Told {
        query: QueryId,
        told: Told,
    },
    /// What is recorded can't be written down any more.
    Unrecorded,
}

/// What an input means for the activity.
#[derive(Debug)]
pub(crate) enum Event {
    Adopted {
        transferor: LegId,
        leg: LegId,
    },
    /// A leg that we rang was answered, and its sound is agreed.
    Answered {
        leg: LegId,
    },
    Digit {
        leg: LegId,
        digit: Digit,
        heard: Heard,
    },
    /// A leg ended without our doing.
    Gone {
        leg: LegId,
        gone: Gone,
    },
    /// A leg was put on hold or retrieved.
    HoldChanged,
    /// A phone that calls in takes the call that rings at `leg`.
    PickedUp {
        leg: LegId,
        by: LegId,
    },
    Played {
        play: PlayId,
    },
    Queue {
        effect: queue::Effect,
    },
    /// Who is recorded said nothing for as long as allowed.
    Quiet {
        leg: LegId,
    },
    /// A leg that we rang rings.
    Rang {
        leg: LegId,
        early_media: bool,
    },
    Referred {
        leg: LegId,
        refer: Refer,
    },
    /// A leg that we rang refused or could not be reached; it is over.
    Refused {
        leg: LegId,
        refusal: Refusal,
    },
    Resolved {
        query: QueryId,
        targets: Vec<sip::Target>,
    },
    /// Who is listened to begins to speak.
    Spoke {
        leg: LegId,
    },
    /// The caller's answer to an offer in our 200 came: now it hears us.
    SoundReady {
        leg: LegId,
    },
    Surrendered {
        transferor: LegId,
        called: Option<String>,
    },
    Timeout,
    Told {
        query: QueryId,
        told: Told,
    },
}

/// How a key press reached us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// In an INFO.
    InMessage,
    /// In the sound, as RFC 4733 has it.
    InSound,
}

/// Why a leg is lost whose sound stopped [`media::limits::SILENCE_LIMIT`] ago.
pub(crate) const NO_SOUND: &str = "no sound came for too long";

/// How a leg ended without our doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Gone {
    Cancelled,
    HungUp,
    /// Found dead: no answer to a request, no sound, no refresh.
    Lost(&'static str),
}

impl Call {
    /// The one entry.
    pub(crate) fn handle(&mut self, node: &mut Node, input: Input) {
        match input {
            Input::Sip { leg, event } => self.handle_sip(node, leg, event),
            Input::Media { leg, event } => self.handle_media(node, leg, event),
            Input::Queue { effect } => self.step(node, Event::Queue { effect }),
            Input::Resolved { query, targets } => self.step(node, Event::Resolved { query, targets }),
            Input::Told { query, told } => self.step(node, Event::Told { query, told }),
            Input::HangUp => {
                let refusal = Refusal::new(480, "ended by an administrator");
                self.stop(node, EndedBy::Administrator, refusal);
            }
            Input::Timeout => self.handle_timeout(node),
            Input::Unrecorded => taping::lost(self, node),
            Input::Adopt { transferor, leg } => self.adopt(node, transferor, *leg),
            Input::Replace { leg, by } => self.replace(node, leg, *by),
            Input::Supervise(asked) => self.supervise(node, asked),
            Input::Surrender(asked) => self.surrender(node, asked),
            Input::Surrendered { transferor, called } => self.step(node, Event::Surrendered { transferor, called }),
        }
    }

    /// When `Input::Timeout` is due.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let of_activity = match &self.activity {
            Activity::Announcing(announcing) => Some(announcing.deadline()),
            Activity::Attending(attending) => attending.next_deadline(),
            Activity::CallingBack(calling) => calling.next_deadline(),
            Activity::Depositing(depositing) => depositing.next_deadline(),
            Activity::Ending { until } => Some(*until),
            Activity::Placing(placing) => placing.next_deadline(),
            Activity::Queueing(queueing) => queueing.next_deadline(),
            Activity::Ringing(ringing) => ringing.next_deadline(),
            Activity::Supervising(supervising) => supervising.next_deadline(),
            // The endpoint keeps the time.
            Activity::Resuming(_) | Activity::Talking(_) => None,
            Activity::Testing(testing) => Some(testing.deadline()),
            Activity::Transferring(transferring) => transferring.next_deadline(),
            Activity::Verifying(verifying) => Some(verifying.deadline()),
            Activity::Visiting(visiting) => visiting.next_deadline(),
        };
        let of_legs = self.legs.iter().filter(|leg| !leg.is_over()).filter_map(|leg| leg.leaves_at);
        let of_paid = self.legs.iter().filter_map(Leg::pays_at);
        of_legs.chain(of_paid).chain(of_activity).min()
    }

    /// Whether nothing is awaited any more and the record can be written.
    pub(crate) fn is_finished(&self) -> bool {
        matches!(self.activity, Activity::Ending { .. }) && self.legs.is_empty()
    }

    pub(crate) fn is_ending(&self) -> bool {
        matches!(self.activity, Activity::Ending { .. })
    }

    pub(crate) fn tenant_id(&self) -> TenantId {
        self.tenant.profile.id
    }

    // ---- what an input means

    /// Lets the activity act. What it becomes may be something else.
    pub(crate) fn step(&mut self, node: &mut Node, event: Event) {
        let before = mem::discriminant(&self.activity);
        let activity = mem::replace(&mut self.activity, Activity::Ending { until: node.now });
        self.activity = match activity {
            Activity::Announcing(announcing) => announcing.handle(self, node, event),
            Activity::Attending(attending) => attending.handle(self, node, event),
            Activity::CallingBack(calling) => calling.handle(self, node, event),
            Activity::Depositing(depositing) => depositing.handle(self, node, event),
            Activity::Ending { until } => self.ending(node, until, &event),
            Activity::Placing(placing) => placing.handle(self, node, event),
            Activity::Queueing(queueing) => queueing.handle(self, node, event),
            Activity::Resuming(resuming) => resuming.handle(self, node, event),
            Activity::Ringing(ringing) => ringing.handle(self, node, event),
            Activity::Supervising(supervising) => supervising.handle(self, node, event),
            Activity::Talking(talking) => talking.handle(self, node, event),
            Activity::Testing(testing) => testing.handle(self, node, &event),
            Activity::Transferring(transferring) => transferring.handle(self, node, event),
            Activity::Verifying(verifying) => verifying.handle(self, node, event),
            Activity::Visiting(visiting) => visiting.handle(self, node, event),
        };
        if mem::discriminant(&self.activity) != before {
            node.changed(Change::Call { tenant: self.tenant_id(), call: self.id });
        }
        self.sweep(node);
    }

    fn handle_timeout(&mut self, node: &mut Node) {
        for leg in &mut self.legs {
            if leg.leaves_at.is_some_and(|at| at <= node.now) {
                leg.hang_up(node, None, None);
            }
        }
        if self.look_at_paid_legs(node) {
            self.step(node, Event::Timeout);
        }
    }

    fn handle_sip(&mut self, node: &mut Node, id: LegId, event: sip::Event) {
        let Some(leg) = self.leg_mut(id).filter(|leg| !leg.is_over()) else { return };
        let meaning = match event {
            // Where early sound is not wanted, the caller hears that it rings.
            sip::Event::Progressed { body, .. } => progressed(node, leg, body.filter(|_| leg.takes_early_sound)),
            sip::Event::Answered { body, response, .. } => {
                response.call_id().clone_into(&mut leg.history.sip_call_id);
                answered(node, leg, body)
            }
            sip::Event::Refused { status, reason, response, .. } => {
                leg.history.status = Some(status.0);
                leg.end(node);
                let refusal = Refusal::from_peer(status, reason);
                let refusal = match response {
                    Some(response) => Refusal { retry_after_secs: retry_after(&response), ..refusal },
                    None => refusal.unheard(),
                };
                Some(Event::Refused { leg: id, refusal })
            }
            sip::Event::Cancelled { .. } => {
                leg.history.status = Some(487);
                leg.end(node);
                Some(Event::Gone { leg: id, gone: Gone::Cancelled })
            }
            sip::Event::Acknowledged { body, .. } => acknowledged(node, leg, body),
            sip::Event::ProvisionallyAcknowledged { body, .. } => {
                if let Some(body) = body {
                    leg.answer_prack(node, &body);
                }
                None
            }
            sip::Event::Reoffered { body, .. } => {
                let held = leg.holds();
                leg.answer_reoffer(node, body.as_ref());
                let meaning = (leg.holds() != held).then_some(Event::HoldChanged);
                if self.kept == Kept::Current {
                    self.kept = Kept::Stale;
                }
                meaning
            }
            sip::Event::Referred { refer, .. } => Some(Event::Referred { leg: id, refer }),
            sip::Event::Informed { body, .. } => {
                let kind = str::from_utf8(&body.content_type).unwrap_or_default();
                media::dtmf::from_info(kind, &body.bytes).map(|digit| Event::Digit {
                    leg: id,
                    digit,
                    heard: Heard::InMessage,
                })
            }
            sip::Event::Ended { cause, .. } => {
                leg.end(node);
                Some(Event::Gone { leg: id, gone: Gone::from(cause) })
            }
            sip::Event::ReofferAnswered { status, body, .. } => reoffered(node, leg, status, body),
            sip::Event::ReferProgressed { .. } => None,
            // Each INVITE of ours carries an offer, and these are for no call.
            sip::Event::OfferedEarly { .. } | sip::Event::Requested { .. } | sip::Event::Responded { .. } => None,
        };
        if let Some(event) = meaning {
            self.step(node, event);
        }
    }

    fn handle_media(&mut self, node: &mut Node, id: LegId, event: media::Event) {
        let Some(leg) = self.leg_mut(id) else { return };
        if let media::Event::Closed { quality, .. } = event {
            leg.close(node, quality);
            return self.sweep(node);
        }
        if leg.is_over() {
            return;
        }
        let meaning = match event {
            media::Event::Digit { digit, .. } => Event::Digit { leg: id, digit, heard: Heard::InSound },
            media::Event::Played { play, .. } => Event::Played { play },
            media::Event::Quiet { .. } => Event::Quiet { leg: id },
            media::Event::Spoke { .. } => Event::Spoke { leg: id },
            media::Event::Silent { .. } => {
                leg.hang_up(node, None, Some(&Refusal::new(480, NO_SOUND).reason()));
                Event::Gone { leg: id, gone: Gone::Lost(NO_SOUND) }
            }
            media::Event::Closed { .. } | media::Event::Granted { .. } => return,
        };
        self.step(node, meaning);
    }

    // ---- legs

    pub(crate) fn leg(&self, id: LegId) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.id == id)
    }

    pub(crate) fn leg_mut(&mut self, id: LegId) -> Option<&mut Leg> {
        self.legs.iter_mut().find(|leg| leg.id == id)
    }

    /// Whether the leg is there and answered.
    pub(crate) fn is_up(&self, id: LegId) -> bool {
        self.leg(id).is_some_and(Leg::is_answered)
    }

    /// The recording that is being made of those who talk.
    pub(crate) fn tape(&self) -> Option<Tape> {
        match &self.activity {
            Activity::Supervising(supervising) => supervising.talking.tape,
            Activity::Talking(talking) => talking.tape,
            Activity::Transferring(transferring) => transferring.tape(),
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
            | Activity::Verifying(_)
            | Activity::Visiting(_) => None,
        }
    }

    pub(crate) fn hang_up_leg(&mut self, node: &mut Node, id: LegId, reason: Option<&Reason>) {
        if let Some(leg) = self.leg_mut(id) {
            leg.hang_up(node, None, reason);
        }
    }

    /// Moves closed legs into the record.
    pub(crate) fn sweep(&mut self, node: &Node) {
        if self.legs.iter().any(Leg::is_closed) {
            let draft = &mut self.draft;
            self.legs.retain(|leg| {
                if leg.is_closed() {
                    draft.note_leg(node.now, leg, &node.clock);
                }
                !leg.is_closed()
            });
        }
    }

    /// Answers the caller, if that was not done. `prefer` is the codec of the leg that it will talk with.
    pub(crate) fn answer_caller(&mut self, node: &mut Node, prefer: Option<Codec>) -> Result<(), Refusal> {
        let id = self.caller;
        match self.leg_mut(id) {
            Some(leg) if !leg.is_over() => leg.accept(node, prefer),
            Some(_) | None => Ok(()),
        }
    }

    /// Whether the caller hears us: answered, and its sound agreed.
    pub(crate) fn caller_hears(&self) -> bool {
        self.leg(self.caller).is_some_and(|leg| leg.is_answered() && leg.session().is_some())
    }

    pub(crate) fn bridge(&self, node: &mut Node, a: LegId, b: LegId) {
        node.order(self.worker, Order::Bridge { a, b });
    }

    // ---- where the call goes

    /// Where an app's target leads; what goes outside shows who called.
    pub(crate) fn redirect(&self, node: &Node, target: &Target) -> Verdict {
        let caller = self.leg(self.caller);
        let passing = Passing {
            caller: caller.filter(|leg| leg.party.trunk().is_some()).map(|leg| leg.party.number.as_str()),
            line: caller.and_then(Leg::line),
            at: node.wall_now(),
        };
        self.tenant.redirect(target, &passing)
    }

    /// Goes to a destination; if nobody is reached there, `fallback` says what then.
    pub(crate) fn enter(&mut self, node: &mut Node, destination: Destination, fallback: Fallback) -> Activity {
        match destination {
            Destination::Attendant { id, priority } => {
                self.priority = self.priority.or(priority);
                Attending::enter(self, node, id)
            }
            Destination::Queue { id, priority } => {
                self.priority = self.priority.or(priority);
                Queueing::enter(self, node, id)
            }
            Destination::SharedMailbox { id, words } => Depositing::shared(self, node, id, words),
            Destination::User { id } => Ringing::user(self, node, id, fallback),
            Destination::Visit { mailbox, listener } => {
                let access = self.tenant.visit(mailbox, listener, visit::Origin::OwnPhone);
                Visiting::enter(self, node, access)
            }
            Destination::Voicemail { id } => Depositing::person(self, node, id),
            Destination::External(external) => Ringing::outside(self, node, *external, fallback),
            Destination::Announcement { prompt } => Announcing::once(self, node, prompt),
            Destination::AudioTest => Testing::tone(self, node),
            Destination::Echo => Testing::echo(self, node),
        }
    }

    /// Tells the record that the call comes to an app; the first of a call knows by which resource account.
    pub(crate) fn enter_segment(&mut self, node: &Node, pass: Pass) -> usize {
        let index = self.draft.enter(node.wall_now(), pass);
        if index == 0 {
            let number =
                E164::parse_with_extension(&self.draft.to).ok().and_then(|number| self.tenant.numbers.get(&number));
            let account = match number.and_then(|number| number.assignee) {
                Some(Assignee::ResourceAccount(account)) => Some(account),
                Some(Assignee::User(_)) | None => None,
            };
            if let Some(segment) = self.draft.segment_mut(index) {
                segment.account = account;
            }
        }
        index
    }

    /// Counts a queue that the call enters. False beyond the limit, where two apps send a call to each other for ever.
    pub(crate) fn enter_queue(&mut self) -> bool {
        self.passage.depth = self.passage.depth.saturating_add(1);
        self.passage.depth <= phone::limits::APP_DEPTH_MAX
    }

    /// Nobody can be reached: refuses a caller who was not answered; tells one who was, and hangs up.
    pub(crate) fn give_up(&mut self, node: &mut Node, refusal: Refusal) -> Activity {
        if let Some(said) = self.hears_why(node, &refusal) {
            return Announcing::unpaid(self, node, said, refusal);
        }
        if self.is_up(self.caller) {
            return Announcing::not_available(self, node, refusal);
        }
        self.end(node, EndedBy::System, Why::Refused(refusal))
    }

    /// Ends the call: every leg that is left hangs up.
    pub(crate) fn end(&mut self, node: &mut Node, by: EndedBy, why: Why) -> Activity {
        let refusal = match &why {
            Why::Failed(refusal) | Why::Refused(refusal) | Why::Stopped(refusal) => Some(refusal),
            Why::Abandoned | Why::Hangup | Why::LeftMessage | Why::Treated => None,
        };
        let reason = refusal.map(Refusal::reason);
        for leg in &mut self.legs {
            leg.hang_up(node, refusal, reason.as_ref());
        }
        self.draft.note_end(node.now, End { by, why });
        Activity::Ending { until: node.now + limits::CLOSING_MAX }
    }

    /// The party at `leg` ended the call after it was answered, or the caller gave it up before.
    pub(crate) fn end_by_leg(&mut self, node: &mut Node, leg: LegId, gone: Gone) -> Activity {
        let by = match self.leg(leg) {
            Some(leg) if leg.origin == Origin::Received => EndedBy::Caller,
            Some(_) | None => EndedBy::Callee,
        };
        match gone {
            Gone::Lost(why) => self.end(node, EndedBy::System, Why::Stopped(Refusal::new(480, why))),
            Gone::Cancelled => self.end(node, by, Why::Abandoned),
            Gone::HungUp if self.draft.answered.is_none() => self.end(node, by, Why::Abandoned),
            Gone::HungUp => self.end(node, by, Why::Hangup),
        }
    }

    /// Ends the call whatever it does.
    pub(crate) fn stop(&mut self, node: &mut Node, by: EndedBy, refusal: Refusal) {
        if matches!(self.activity, Activity::Ending { .. }) {
            return;
        }
        match mem::replace(&mut self.activity, Activity::Ending { until: node.now }) {
            Activity::CallingBack(calling) => calling.stop(self, node),
            Activity::Attending(mut attending) => attending.close(self, node),
            Activity::Depositing(mut depositing) => depositing.close(self, node),
            Activity::Visiting(mut visiting) => visiting.close(self, node),
            Activity::Queueing(_) => node.queue_event(self.tenant_id(), queue::Event::Leave { call: self.id }),
            Activity::Supervising(supervising) => drop(supervising.dismiss(self, node)),
            Activity::Announcing(_)
            | Activity::Ending { .. }
            | Activity::Placing(_)
            | Activity::Resuming(_)
            | Activity::Ringing(_)
            | Activity::Talking(_)
            | Activity::Testing(_)
            | Activity::Transferring(_)
            | Activity::Verifying(_) => {}
        }
        self.activity = self.end(node, by, Why::Stopped(refusal));
        node.changed(Change::Call { tenant: self.tenant_id(), call: self.id });
        self.sweep(node);
    }

    /// Ends the call after a bug of ours, of which any part may be in pieces.
    pub(crate) fn fail(&mut self, node: &mut Node) {
        for leg in &mut self.legs {
            leg.hang_up(node, Some(&Refusal::BUG), Some(&Refusal::BUG.reason()));
        }
        self.draft.note_bug(node.now, End { by: EndedBy::System, why: Why::Failed(Refusal::BUG) });
        self.activity = Activity::Ending { until: node.now + limits::CLOSING_MAX };
        self.sweep(node);
    }

    fn ending(&mut self, node: &mut Node, until: Instant, event: &Event) -> Activity {
        if matches!(event, Event::Timeout) && until <= node.now {
            node.log(Level::Warn, "a media thread did not close a leg in time", Some(self.id), String::new());
            for leg in &mut self.legs {
                leg.give_up_closing(node);
            }
        }
        Activity::Ending { until }
    }
}

fn progressed(node: &mut Node, leg: &mut Leg, body: Option<Body>) -> Option<Event> {
    leg.state = State::Ringing;
    leg.history.rang_at.get_or_insert(node.now);
    let early_media = match body {
        Some(body) if crate::leg::is_sdp(&body) => leg.take_answer(node, Some(&body)).is_ok(),
        Some(_) | None => false,
    };
    Some(Event::Rang { leg: leg.id, early_media })
}

/// Seconds, without the comment and parameters that may follow. RFC 3261 §20.33
fn retry_after(response: &sip::Response) -> Option<u32> {
    let value = response.header(HeaderName::RetryAfter)?.trim();
    let end = value.find(|char: char| !char.is_ascii_digit()).unwrap_or(value.len());
    value.get(..end)?.parse().ok()
}

/// A 2xx to our INVITE is acknowledged whatever it says; one whose description can't be used ends with BYE.
fn answered(node: &mut Node, leg: &mut Leg, body: Option<Body>) -> Option<Event> {
    node.endpoint.acknowledge(node.now, leg.usage, None, &mut node.effects);
    leg.state = State::Answered;
    leg.history.answered_at = Some(node.now);
    leg.history.status = Some(200);
    leg.begin_paying(node);
    match leg.take_answer(node, body.as_ref()) {
        Ok(()) => Some(Event::Answered { leg: leg.id }),
        Err(refusal) => {
            leg.hang_up(node, None, Some(&refusal.reason()));
            Some(Event::Refused { leg: leg.id, refusal })
        }
    }
}

/// The ACK to our 200: with an answer if we had offered.
fn acknowledged(node: &mut Node, leg: &mut Leg, body: Option<Body>) -> Option<Event> {
    if !leg.awaits_answer() {
        return None;
    }
    match leg.take_answer(node, body.as_ref()) {
        Ok(()) => Some(Event::SoundReady { leg: leg.id }),
        Err(refusal) => {
            leg.hang_up(node, None, Some(&refusal.reason()));
            Some(Event::Gone { leg: leg.id, gone: Gone::Lost("no usable session description came") })
        }
    }
}

/// The answer to an offer of ours that took the leg up again. Sessions are refreshed without one.
fn reoffered(node: &mut Node, leg: &mut Leg, status: Status, body: Option<Body>) -> Option<Event> {
    if !leg.awaits_answer() {
        return None;
    }
    let taken = match status.0 {
        ..300 => leg.take_answer(node, body.as_ref()),
        _ => Err(Refusal::from_peer(status, None)),
    };
    match taken {
        Ok(()) => Some(Event::SoundReady { leg: leg.id }),
        Err(refusal) => {
            leg.hang_up(node, None, Some(&refusal.reason()));
            Some(Event::Gone { leg: leg.id, gone: Gone::Lost("the peer did not take the call up again") })
        }
    }
}

impl From<EndCause> for Gone {
    fn from(cause: EndCause) -> Self {
        match cause {
            EndCause::Bye { .. } => Self::HungUp,
            EndCause::Unreachable => Self::Lost("the peer does not answer any more"),
            EndCause::SessionExpired => Self::Lost("the session was not refreshed in time"),
            EndCause::AckMissing => Self::Lost("the answer was never acknowledged"),
        }
    }
}
