//! Carries out what the switch wants done. Nothing here waits.

use std::collections::BTreeMap;
use std::io;
use std::mem;

use phone::apps::mailbox::visit;
use phone::apps::queue::Fact;
use phone::id::TenantId;
use phone::numbers::stir::Flaw;
use sip::{Target, Transport};
use switch::input::{QueryId, ReplyId, Told};
use switch::output::{Answer, Change, Level};
use switch::{Input, Output};
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use super::udp::UdpSocket;
use crate::kept;
use crate::media::Worker;
use crate::net::dns::Question;
use crate::net::streams::Streams;
use crate::recordings;
use crate::sip_trace::Trace;
use crate::spool::frame::Entry;
use crate::stir;
use crate::voicemail::{Intake, desk};

/// Where finished calls and facts go: must neither wait nor lose.
pub type Records = Box<dyn FnMut(Entry) + Send>;

/// Something that the switch is to be told after a restart.
#[derive(Clone, Debug)]
pub struct Memory {
    pub tenant: TenantId,
    pub fact: Fact,
}

/// Everything that the switch's outputs reach.
pub struct Hands {
    pub udp: UdpSocket,
    streams: Streams,
    workers: Vec<(Worker, Vec<media::Order>)>,
    questions: mpsc::Sender<Question>,
    records: Records,
    messages: Intake,
    desk: mpsc::Sender<desk::Question>,
    signatures: mpsc::Sender<stir::Question>,
    recordings: recordings::Intake,
    kept: kept::Intake,
    pub trace: Option<Trace>,
    changes: broadcast::Sender<Change>,
    memories: broadcast::Sender<Memory>,
    drained: watch::Sender<bool>,
    replies: BTreeMap<ReplyId, oneshot::Sender<Answer>>,
    n_replies: u64,
    failures: Vec<Input>,
}

/// What [`Hands`] is made of.
pub struct Parts {
    /// Bound by [`super::udp::bind`].
    pub udp: std::net::UdpSocket,
    pub streams: Streams,
    pub workers: Vec<Worker>,
    pub questions: mpsc::Sender<Question>,
    pub records: Records,
    pub messages: Intake,
    pub desk: mpsc::Sender<desk::Question>,
    pub signatures: mpsc::Sender<stir::Question>,
    pub recordings: recordings::Intake,
    pub kept: kept::Intake,
    pub trace: Option<Trace>,
    pub changes: broadcast::Sender<Change>,
    pub memories: broadcast::Sender<Memory>,
    pub drained: watch::Sender<bool>,
}

impl Hands {
    /// In the thread that uses it: a socket's batches can't move between threads.
    pub fn new(parts: Parts) -> io::Result<Self> {
        Ok(Self {
            udp: UdpSocket::new(parts.udp)?,
            streams: parts.streams,
            workers: parts.workers.into_iter().map(|worker| (worker, Vec::new())).collect(),
            questions: parts.questions,
            records: parts.records,
            messages: parts.messages,
            desk: parts.desk,
            signatures: parts.signatures,
            recordings: parts.recordings,
            kept: parts.kept,
            trace: parts.trace,
            changes: parts.changes,
            memories: parts.memories,
            drained: parts.drained,
            replies: BTreeMap::new(),
            n_replies: 0,
            failures: Vec::new(),
        })
    }

    /// Does one thing, or queues it until `flush`.
    pub fn carry_out(&mut self, output: Output) {
        if let Some(trace) = &self.trace {
            match &output {
                Output::Transmit { target, packet } => trace.sent(target, packet),
                Output::Record { record } => trace.over(record),
                _ => {}
            }
        }
        match output {
            Output::Transmit { target, packet } if target.transport == Transport::Udp => {
                self.udp.push(target.remote, target.local.map(|local| local.ip()), packet);
            }
            Output::Transmit { target, packet } => {
                if self.streams.send(&target, packet).is_err() {
                    self.failures.push(Input::TransportFailed { target });
                }
            }
            Output::Media { worker, order } => match self.workers.get_mut(usize::from(worker.0)) {
                Some((_, orders)) => orders.push(order),
                None => tracing::error!(worker = worker.0, "an order for a media thread that is not there"),
            },
            Output::Resolve { query, host, port, transport, secure } => {
                self.ask(Question { query, host, port, transport, secure });
            }
            Output::Remember { tenant, fact } => {
                // While the process starts nobody listens yet, and nothing has happened.
                let _ = self.memories.send(Memory { tenant, fact });
            }
            Output::AgentFact { fact } => (self.records)(Entry::Agent(fact)),
            Output::Charge { charge } => (self.records)(Entry::Charge(charge)),
            Output::Alive { at } => (self.records)(Entry::Alive(at)),
            Output::Record { record } => (self.records)(Entry::Record(record)),
            Output::Mailbox { query, question } => {
                if self.desk.try_send((query, question)).is_err() {
                    self.failures.push(unanswered(query));
                }
            }
            Output::Sign { query, order } => self.put(query, stir::Question::Sign(query, order)),
            Output::Verify { query, passport } => self.put(query, stir::Question::Verify(query, passport)),
            Output::Utterance { recording, handling } => self.messages.handle_utterance(recording, handling),
            Output::Message { message, handling } => self.messages.handle(message, handling),
            Output::Recording { envelope } => self.recordings.begin(envelope),
            Output::Keep { call } => self.kept.keep(call),
            Output::Forget { call } => self.kept.forget(call),
            Output::Reply { reply, answer } => {
                if let Some(asker) = self.replies.remove(&reply) {
                    // Who asked may have left meanwhile.
                    let _ = asker.send(answer);
                }
            }
            Output::Changed { change } => {
                // Nobody may be looking.
                let _ = self.changes.send(change);
            }
            Output::Log { level, message, call, detail } => log(level, message, call, &detail),
            Output::Drained => {
                self.drained.send_replace(true);
            }
        }
    }

    /// Names who waits for an answer.
    pub fn expect_reply(&mut self, asker: oneshot::Sender<Answer>) -> ReplyId {
        self.n_replies = self.n_replies.wrapping_add(1);
        let reply = ReplyId(self.n_replies);
        self.replies.insert(reply, asker);
        reply
    }

    /// Sends what is queued.
    pub fn flush(&mut self) {
        self.udp.flush();
        for (worker, orders) in &mut self.workers {
            worker.order(orders);
        }
    }

    pub fn has_failures(&self) -> bool {
        !self.failures.is_empty()
    }

    /// What could not be done since the last time, as the switch should hear it.
    pub fn take_failures(&mut self) -> Vec<Input> {
        mem::take(&mut self.failures)
    }

    /// Asks for a signature, or whether one is right.
    fn put(&mut self, query: QueryId, question: stir::Question) {
        if let Err(refused) = self.signatures.try_send(question) {
            let told = match refused.into_inner() {
                stir::Question::Sign(..) => Told::Signed { outcome: Err("too many calls want a signature".to_owned()) },
                stir::Question::Verify(..) => Told::Verified { outcome: Err(Flaw::CertificateAway) },
            };
            self.failures.push(Input::Told { query, told });
        }
    }

    fn ask(&mut self, question: Question) {
        let query = question.query;
        if self.questions.try_send(question).is_err() {
            self.failures.push(unresolved(query));
        }
    }
}

/// No addresses: what too many questions at once get.
fn unresolved(query: QueryId) -> Input {
    Input::Resolved { query, targets: Vec::<Target>::new() }
}

/// What somebody in a mailbox is told when too many ask at once.
fn unanswered(query: QueryId) -> Input {
    Input::Told { query, told: Told::Mailbox { answer: visit::Answer::Failed, sound: None } }
}

fn log(level: Level, message: &'static str, call: Option<phone::id::CallId>, detail: &str) {
    let call = call.map(tracing::field::debug);
    match level {
        Level::Debug => tracing::debug!(call, detail, "{message}"),
        Level::Error => tracing::error!(call, detail, "{message}"),
        Level::Info => tracing::info!(call, detail, "{message}"),
        Level::Warn => tracing::warn!(call, detail, "{message}"),
    }
}
