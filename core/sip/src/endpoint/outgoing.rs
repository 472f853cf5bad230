//! An INVITE that we sent: provisional answers, challenge, failover, forks, CANCEL and its races.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use smallvec::SmallVec;

use crate::dialog::Dialog;
use crate::endpoint::compose::{self, Draft, Field};
use crate::endpoint::offers::Offers;
use crate::endpoint::refers::Refers;
use crate::endpoint::session::Session;
use crate::endpoint::usage::{self, Stage, ToAcknowledge, Usage, body_of_response, parse_reason, reason_value};
use crate::endpoint::wire::{Again, Turn};
use crate::endpoint::{Body, Event, OutgoingInvite, Reason, Status, UsageId};
use crate::message::name::HeaderName;
use crate::transaction::clients::{Loss, Lost, Received};
use crate::transaction::rewrite;
use crate::transaction::table::{Purpose, User};
use crate::transport::Target;
use crate::{Method, Response};

/// How long an INVITE may stay without a final answer after the last sign of progress. RFC 3261 §16.6, timer C
const PROGRESS_WAIT: Duration = Duration::from_mins(3);
/// Most early dialogs of one INVITE: a fork to more phones than this is not a person's.
const EARLY_DIALOGS_MAX: usize = 16;

/// What is kept of our INVITE until its final answer.
#[derive(Debug)]
pub(crate) struct Outgoing {
    /// Where else to try.
    targets: VecDeque<Target>,
    transaction: u64,
    cseq: u32,
    contact_user: String,
    has_offer: bool,
    /// Timer C, or how long a cancelled INVITE may stay unanswered.
    give_up_at: Option<Instant>,
    cancel: Option<Cancel>,
    has_raised_interval: bool,
    /// The cancellation is ours, for want of progress.
    has_timed_out: bool,
}

/// The wish to end the INVITE.
#[derive(Debug)]
struct Cancel {
    reason: Option<String>,
    /// CANCEL waits for a provisional response. RFC 3261 §9.1
    is_sent: bool,
}

impl Outgoing {
    pub fn next_deadline(&self) -> Option<Instant> {
        self.give_up_at
    }

    /// What the application hears of an INVITE that was cancelled.
    fn cancelled_status(&self) -> Status {
        if self.has_timed_out { Status(408) } else { Status(487) }
    }
}

/// What a provisional response is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum News {
    /// A copy, or out of its order.
    Old,
    Progress,
    /// It carries the offer that our INVITE asked for.
    Offer,
}

/// What happens to an INVITE that was refused or lost.
enum Next {
    /// Try the next target.
    Target(Target),
    Give(Status),
}

impl Usage {
    /// Sends a new INVITE.
    pub fn invite(turn: &mut Turn<'_>, id: UsageId, invite: OutgoingInvite) -> Option<Self> {
        let mut targets: VecDeque<Target> = invite.targets.into();
        let target = targets.pop_front()?;
        let tag = turn.wire.table.common.namer.tag(id.0);
        let call_id = turn.wire.table.common.namer.token();
        let head = compose::head(&invite.from, tag.text.as_str(), &invite.to, call_id.as_str());
        let contact =
            compose::contact(&invite.contact_user, &target, &turn.wire.config, invite.uri.starts_with("sips:"));
        let interval = invite.session_secs.map(|secs| secs.to_string());
        let mut fields: SmallVec<[Field<'_>; 8]> = SmallVec::new();
        fields.push(("Contact", &contact));
        fields.push(("Allow", super::ALLOW));
        let supported = if invite.offers_reliable { compose::SUPPORTED } else { compose::SUPPORTED_UNRELIABLE };
        fields.push(("Supported", supported));
        if let Some(interval) = &interval {
            fields.push(("Session-Expires", interval));
            fields.push(("Min-SE", super::session::MIN_SE_TEXT));
        }
        let product = turn.wire.config.product.clone();
        let cseq = 1;
        let draft = Draft {
            method: "INVITE",
            uri: &invite.uri,
            routes: &[],
            head: head.as_bytes(),
            cseq,
            max_forwards: invite.max_forwards,
            product: &product,
            fields: &fields,
            headers: &invite.headers,
            body: invite.body.as_ref(),
        };
        let transaction = turn.send(User::Usage(id, Purpose::Invite), &Method::Invite, target, &draft);
        drop(fields);
        let outgoing = Outgoing {
            targets,
            transaction,
            cseq,
            contact_user: invite.contact_user,
            has_offer: invite.body.is_some(),
            give_up_at: None,
            cancel: None,
            has_raised_interval: false,
            has_timed_out: false,
        };
        Some(Self {
            id,
            tag,
            call_id: call_id.as_str().into(),
            contact,
            dialogs: SmallVec::new(),
            stage: Stage::Outgoing(Box::new(outgoing)),
            offers: Offers::default(),
            session: Session::wish(invite.session_secs),
            refers: Refers::default(),
            to_acknowledge: None,
            local_body: invite.body,
            credentials: invite.credentials.map(Box::new),
            n_challenges: 0,
            is_silent: false,
            bye_on_ack: None,
            overtaken: None,
            is_over: false,
            is_caller: true,
            indexed_connection: None,
            deadline: None,
        })
    }

    /// Whether our offer got its answer by a reliable provisional response of the latest dialog, so that either side
    /// may make the next one.
    pub fn has_answer(&self) -> bool {
        self.dialogs.last().is_some_and(|dialog| dialog.has_answer)
    }

    /// Gives up; CANCEL goes once a provisional response came.
    pub fn cancel(&mut self, turn: &mut Turn<'_>, reason: Option<&Reason>) {
        let Stage::Outgoing(outgoing) = &mut self.stage else { return };
        if outgoing.cancel.is_some() {
            return;
        }
        outgoing.targets.clear();
        outgoing.cancel = Some(Cancel { reason: reason.map(reason_value), is_sent: false });
        self.cancel_if_possible(turn);
    }

    fn cancel_if_possible(&mut self, turn: &mut Turn<'_>) {
        let Stage::Outgoing(outgoing) = &mut self.stage else { return };
        let Some(cancel) = outgoing.cancel.as_mut().filter(|cancel| !cancel.is_sent) else { return };
        if turn.send_cancel(outgoing.transaction, cancel.reason.as_deref()) {
            cancel.is_sent = true;
            outgoing.give_up_at = Some(turn.now + turn.wire.table.common.times.give_up());
        }
    }

    /// No progress for too long, or no answer to the CANCEL.
    pub fn outgoing_due(&mut self, turn: &mut Turn<'_>) {
        let Stage::Outgoing(outgoing) = &mut self.stage else { return };
        if outgoing.give_up_at.is_none_or(|at| at > turn.now) {
            return;
        }
        if outgoing.cancel.is_none() {
            // Nobody asked for it: the application hears 408 in the end, not 487.
            self.cancel(turn, None);
            if let Stage::Outgoing(outgoing) = &mut self.stage {
                outgoing.has_timed_out = true;
            }
            return;
        }
        let (transaction, status) = (outgoing.transaction, outgoing.cancelled_status());
        let table = &mut turn.wire.table;
        table.clients.remove(&mut table.common, transaction);
        self.refused(turn, status, None);
    }

    /// A response to the first INVITE, whatever became of the usage since.
    pub fn handle_invite_response(&mut self, turn: &mut Turn<'_>, received: &Received, response: &Response) {
        let status = response.status();
        match status.0 {
            ..200 => self.handle_provisional(turn, received, response),
            200..300 => self.handle_success(turn, received, response),
            300.. => self.handle_refusal(turn, received, response),
        }
    }

    /// Whether anything came to our INVITE from its target.
    pub fn is_heard(&self) -> bool {
        match &self.stage {
            Stage::Outgoing(outgoing) => outgoing.give_up_at.is_some(),
            Stage::Established | Stage::Incoming(_) | Stage::Leaving | Stage::Reporting => true,
        }
    }

    /// How many targets are left for our INVITE.
    pub fn n_targets_left(&self) -> usize {
        match &self.stage {
            Stage::Outgoing(outgoing) => outgoing.targets.len(),
            Stage::Established | Stage::Incoming(_) | Stage::Leaving | Stage::Reporting => 0,
        }
    }

    fn handle_provisional(&mut self, turn: &mut Turn<'_>, received: &Received, response: &Response) {
        let Stage::Outgoing(outgoing) = &mut self.stage else { return };
        let status = response.status();
        let is_progress = status.0 > 100;
        if outgoing.cancel.is_none() && (is_progress || outgoing.give_up_at.is_none()) {
            outgoing.give_up_at = Some(turn.now + PROGRESS_WAIT);
        }
        self.cancel_if_possible(turn);
        if !is_progress {
            return;
        }
        let mut news = News::Progress;
        if let Some(tag) = response.to().tag() {
            let Some(index) = self.early_dialog(tag, received, response) else { return };
            news = self.acknowledge_provisional(turn, index, response);
        }
        let Stage::Outgoing(outgoing) = &self.stage else { return };
        let is_cancelled = outgoing.cancel.is_some();
        match (news, body_of_response(response)) {
            (News::Old, _) => {}
            // The PRACK goes all the same, but nobody is left to answer the offer.
            (News::Offer, Some(_)) if is_cancelled || self.is_silent => self.answer_early_offer(turn, None),
            (News::Offer, Some(body)) => self.emit(turn, Event::OfferedEarly { usage: self.id, status, body }),
            (News::Offer | News::Progress, _) if is_cancelled => {}
            (News::Offer | News::Progress, body) => {
                self.emit(turn, Event::Progressed { usage: self.id, status, body });
            }
        }
    }

    /// The early dialog that a response belongs to, made if it is new; it becomes the latest.
    fn early_dialog(&mut self, tag: &str, received: &Received, response: &Response) -> Option<usize> {
        let Stage::Outgoing(outgoing) = &self.stage else { return None };
        let cseq = outgoing.cseq;
        match self.dialogs.iter().position(|dialog| dialog.remote_tag() == tag) {
            Some(index) => {
                let mut dialog = self.dialogs.remove(index);
                dialog.hear_response(response);
                self.dialogs.push(dialog);
            }
            None if self.dialogs.len() >= EARLY_DIALOGS_MAX => return None,
            None => {
                self.dialogs.push(Dialog::from_response(response, &received.request, cseq, received.target.clone()))
            }
        }
        self.dialogs.len().checked_sub(1)
    }

    /// Sends PRACK for a reliable provisional response, unless it has to carry an answer. RFC 3262 §4, §5
    fn acknowledge_provisional(&mut self, turn: &mut Turn<'_>, index: usize, response: &Response) -> News {
        let rseq = response.header(HeaderName::RSeq).and_then(|value| value.trim().parse::<u32>().ok());
        let Some(rseq) = rseq.filter(|_| response.requires("100rel")) else { return News::Progress };
        let (Stage::Outgoing(outgoing), Some(dialog)) = (&self.stage, self.dialogs.get_mut(index)) else {
            return News::Old;
        };
        // The next one waits for the PRACK to this.
        let is_in_order = dialog.heard_rseq.is_none_or(|last| last.checked_add(1) == Some(rseq));
        if !is_in_order || dialog.owed_rack.is_some() {
            return News::Old;
        }
        dialog.heard_rseq = Some(rseq);
        let rack = format!("{rseq} {} INVITE", outgoing.cseq);
        let has_body = !response.body().is_empty();
        if has_body && !outgoing.has_offer && !dialog.has_answer {
            dialog.owed_rack = Some(rack.into());
            return News::Offer;
        }
        dialog.has_answer |= has_body;
        self.send_in(turn, index, Purpose::Prack, &Method::Prack, &[("RAck", &rack)], None);
        News::Progress
    }

    /// The PRACK with our answer to the offer in the latest early dialog. RFC 3262 §5
    pub fn answer_early_offer(&mut self, turn: &mut Turn<'_>, body: Option<Body>) {
        let Some(latest) = self.dialogs.len().checked_sub(1) else { return };
        let Some(dialog) = self.dialogs.get_mut(latest) else { return };
        let Some(rack) = dialog.owed_rack.take() else { return };
        dialog.has_answer = body.is_some();
        self.send_in(turn, latest, Purpose::Prack, &Method::Prack, &[("RAck", &rack)], body.as_ref());
        if body.is_some() {
            self.local_body = body;
        }
        self.go_on(turn);
    }

    fn handle_success(&mut self, turn: &mut Turn<'_>, received: &Received, response: &Response) {
        let tag = response.to().tag().unwrap_or_default();
        let Stage::Outgoing(outgoing) = &mut self.stage else {
            // A second phone answered, or the same 2xx came before the application acknowledged it.
            if self.dialogs.iter().all(|dialog| dialog.remote_tag() != tag) {
                usage::dismiss(turn, received, response);
            }
            return;
        };
        let cseq = outgoing.cseq;
        let cancelled = outgoing.cancel.is_some().then(|| outgoing.cancelled_status());
        let dialog = match self.dialogs.iter().position(|dialog| dialog.remote_tag() == tag) {
            Some(index) => {
                let mut dialog = self.dialogs.remove(index);
                dialog.hear_response(response);
                dialog.settle_routes(response);
                dialog
            }
            None => Dialog::from_response(response, &received.request, cseq, received.target.clone()),
        };
        let has_answer = dialog.has_answer;
        self.dialogs.clear();
        self.dialogs.push(dialog);
        self.stage = Stage::Established;
        let authorization = self.authorization_of(received);
        self.to_acknowledge = Some(ToAcknowledge { invite: received.id, cseq, authorization });
        if let Some(status) = cancelled {
            self.emit(turn, Event::Refused { usage: self.id, status, reason: None, response: None });
            return self.say_bye(turn, None);
        }
        self.n_challenges = 0;
        self.session.begin_as_client(turn.now, response);
        let body = if has_answer { None } else { body_of_response(response) };
        self.emit(turn, Event::Answered { usage: self.id, body, response: response.clone() });
    }

    fn handle_refusal(&mut self, turn: &mut Turn<'_>, received: &Received, response: &Response) {
        let Stage::Outgoing(outgoing) = &self.stage else { return };
        let status = response.status();
        if outgoing.cancel.is_some() {
            return self.refused(turn, outgoing.cancelled_status(), Some(response));
        }
        if matches!(status.0, 401 | 407)
            && let Some((name, value)) = self.credentials_for(turn, received, response)
        {
            return self.invite_again(turn, received, &[(name, &value)]);
        }
        if status.0 == 422
            && let Some(secs) = super::session::min_se(response)
            && self.raise_interval(secs)
        {
            let interval = secs.to_string();
            let fields = [("Session-Expires", interval.as_str()), ("Min-SE", interval.as_str())];
            return self.invite_again(turn, received, &fields);
        }
        let next = if status.0 == 503 { self.next_target(status) } else { Next::Give(status) };
        match next {
            Next::Target(target) => self.invite_elsewhere(turn, &received.request, &target, false),
            Next::Give(status) => self.refused(turn, status, Some(response)),
        }
    }

    /// Takes a longer session interval, once.
    fn raise_interval(&mut self, secs: u32) -> bool {
        let Stage::Outgoing(outgoing) = &mut self.stage else { return false };
        !std::mem::replace(&mut outgoing.has_raised_interval, true) && self.session.raise(secs)
    }

    pub fn handle_invite_lost(&mut self, turn: &mut Turn<'_>, lost: &Lost) {
        let Stage::Outgoing(outgoing) = &self.stage else { return };
        if outgoing.cancel.is_some() {
            return self.refused(turn, outgoing.cancelled_status(), None);
        }
        if lost.is_upgraded && lost.loss == Loss::Transport {
            let target = Target { transport: crate::Transport::Udp, connection: None, ..lost.target.clone() };
            return self.invite_elsewhere(turn, &lost.request, &target, true);
        }
        let status = match lost.loss {
            Loss::TimedOut => Status(408),
            Loss::Transport => Status(503),
        };
        match self.next_target(status) {
            Next::Target(target) => self.invite_elsewhere(turn, &lost.request, &target, false),
            Next::Give(status) => self.refused(turn, status, None),
        }
    }

    fn next_target(&mut self, status: Status) -> Next {
        let Stage::Outgoing(outgoing) = &mut self.stage else { return Next::Give(status) };
        outgoing.targets.pop_front().map_or(Next::Give(status), Next::Target)
    }

    /// The same INVITE with some fields changed, to the same target.
    fn invite_again(&mut self, turn: &mut Turn<'_>, received: &Received, fields: &[Field<'_>]) {
        let Stage::Outgoing(outgoing) = &mut self.stage else { return };
        outgoing.cseq = outgoing.cseq.wrapping_add(1);
        outgoing.give_up_at = None;
        self.dialogs.clear();
        let again = Again {
            user: User::Usage(self.id, Purpose::Invite),
            method: &Method::Invite,
            target: &received.target,
            request: &received.request,
            cseq: Some(outgoing.cseq),
            fields,
            is_tcp_refused: false,
        };
        outgoing.transaction = turn.send_again(&again);
    }

    /// The same INVITE to another target. RFC 3263 §4.3
    fn invite_elsewhere(&mut self, turn: &mut Turn<'_>, request: &bytes::Bytes, target: &Target, is_tcp_refused: bool) {
        let Stage::Outgoing(outgoing) = &mut self.stage else { return };
        outgoing.give_up_at = None;
        self.dialogs.clear();
        let is_secure = rewrite::request_uri(request).starts_with(b"sips:");
        self.contact = compose::contact(&outgoing.contact_user, target, &turn.wire.config, is_secure);
        let again = Again {
            user: User::Usage(self.id, Purpose::Invite),
            method: &Method::Invite,
            target,
            request,
            cseq: None,
            fields: &[("Contact", &self.contact)],
            is_tcp_refused,
        };
        outgoing.transaction = turn.send_again(&again);
    }

    /// The final refusal: the usage is gone.
    fn refused(&mut self, turn: &mut Turn<'_>, status: Status, response: Option<&Response>) {
        self.is_over = true;
        let reason = response.and_then(|response| response.header(HeaderName::Reason)).and_then(parse_reason);
        self.emit(turn, Event::Refused { usage: self.id, status, reason, response: response.cloned() });
    }
}
