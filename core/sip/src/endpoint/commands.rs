//! What the application wants.

use std::time::Instant;

use crate::Request;
use crate::endpoint::compose;
use crate::endpoint::usage::Usage;
use crate::endpoint::wire::{Answer, Turn};
use crate::endpoint::{
    Body, ClientId, Effect, Endpoint, Event, ExtraHeader, OutgoingInvite, OutgoingRequest, Reason, Refer, Replaces,
    ServerId, Status, UsageId,
};
use crate::transport::Source;

impl Endpoint {
    // ---- requests outside a dialog, received

    /// Answers without keeping anything; for challenges and refusals to strangers. RFC 3261 §8.2.7
    pub fn reply_statelessly(
        &mut self,
        request: &Request,
        source: &Source,
        status: Status,
        headers: &[ExtraHeader],
        out: &mut Vec<Effect>,
    ) {
        let answer = Answer { status, fields: &[], headers, body: None };
        self.wire.respond_statelessly(request, source, &answer, out);
    }

    /// Opens a request other than INVITE; answer it with `respond`.
    pub fn open(&mut self, now: Instant, request: Request, source: &Source) -> ServerId {
        let server = self.turn(now, &mut Vec::new()).open_with_new_tag(&request, source);
        // If a copy came before the application opened the first, that one is answered, and this id is nobody's.
        ServerId(server.unwrap_or_else(|| self.wire.table.common.next_id()))
    }

    /// The final answer to an opened request.
    pub fn respond(
        &mut self,
        now: Instant,
        server: ServerId,
        status: Status,
        headers: &[ExtraHeader],
        body: Option<Body>,
        out: &mut Vec<Effect>,
    ) {
        let fields = [("Allow", super::ALLOW), ("Supported", compose::SUPPORTED), ("Accept", compose::ACCEPT)];
        let answer = Answer { status, fields: &fields, headers, body: body.as_ref() };
        self.turn(now, out).respond(server.0, &answer);
    }

    /// Opens an INVITE and sends 100. Go on with `progress`, `accept`, `refuse`.
    pub fn open_invite(&mut self, now: Instant, request: Request, source: &Source, out: &mut Vec<Effect>) -> UsageId {
        let id = UsageId(self.wire.table.common.next_id());
        let Some(usage) = Usage::open(&mut self.turn(now, out), id, &request, source) else {
            // A copy came before the application opened the first: the usage of that one stands.
            out.push(Effect::Event(Event::Cancelled { usage: id, reason: None }));
            return id;
        };
        self.usages.insert(id, Box::new(usage));
        self.with(now, id, out, |_, _| {});
        id
    }

    /// 101 to 199; reliable when the peer requires it, or supports it and there is a body. RFC 3262
    pub fn progress(
        &mut self,
        now: Instant,
        usage: UsageId,
        status: Status,
        headers: &[ExtraHeader],
        body: Option<Body>,
        out: &mut Vec<Effect>,
    ) {
        self.command(now, usage, out, |usage, turn| usage.progress(turn, status, headers, body));
    }

    /// 200, retransmitted until the ACK comes. Waits for an outstanding PRACK first, as RFC 3262 §3 wants.
    pub fn accept(
        &mut self,
        now: Instant,
        usage: UsageId,
        headers: &[ExtraHeader],
        body: Option<Body>,
        out: &mut Vec<Effect>,
    ) {
        self.command(now, usage, out, |usage, turn| usage.accept(turn, headers, body));
    }

    /// 300 to 699; the usage is gone.
    pub fn refuse(
        &mut self,
        now: Instant,
        usage: UsageId,
        status: Status,
        reason: Option<&Reason>,
        headers: &[ExtraHeader],
        out: &mut Vec<Effect>,
    ) {
        self.command(now, usage, out, |usage, turn| usage.refuse(turn, status, reason, headers));
    }

    // ---- an INVITE sent

    /// Sends an INVITE and tracks it through provisional answers, challenge, failover and several early dialogs.
    pub fn invite(&mut self, now: Instant, invite: OutgoingInvite, out: &mut Vec<Effect>) -> UsageId {
        let id = UsageId(self.wire.table.common.next_id());
        match Usage::invite(&mut self.turn(now, out), id, invite) {
            Some(usage) => {
                self.usages.insert(id, Box::new(usage));
                self.with(now, id, out, |_, _| {});
            }
            None => {
                out.push(Effect::Event(Event::Refused { usage: id, status: Status(503), reason: None, response: None }))
            }
        }
        id
    }

    /// The Call-ID of a usage's dialog.
    pub fn call_id(&self, usage: UsageId) -> Option<&str> {
        self.usages.get(&usage).map(|usage| &*usage.call_id)
    }

    /// Whether anything came to our INVITE from the target that it is at now, be it 100.
    pub fn is_heard(&self, usage: UsageId) -> bool {
        self.usages.get(&usage).is_none_or(|usage| usage.is_heard())
    }

    /// How many of its targets our INVITE did not go to yet.
    pub fn n_targets_left(&self, usage: UsageId) -> usize {
        self.usages.get(&usage).map_or(0, |usage| usage.n_targets_left())
    }

    /// Gives up before the answer: CANCEL once a provisional came. `Refused` follows; should a 2xx cross it, the
    /// endpoint sends ACK and BYE by itself and `Refused` with 487 follows all the same.
    pub fn cancel(&mut self, now: Instant, usage: UsageId, reason: Option<&Reason>, out: &mut Vec<Effect>) {
        self.command(now, usage, out, |usage, turn| usage.cancel(turn, reason));
    }

    /// PRACK with the answer to `OfferedEarly`; without one the peer will give up.
    pub fn answer_early_offer(&mut self, now: Instant, usage: UsageId, body: Option<Body>, out: &mut Vec<Effect>) {
        self.command(now, usage, out, |usage, turn| usage.answer_early_offer(turn, body));
    }

    /// ACK to a 2xx; `body` is the answer if the 2xx carried the offer. Repeated for each retransmitted 2xx.
    pub fn acknowledge(&mut self, now: Instant, usage: UsageId, body: Option<Body>, out: &mut Vec<Effect>) {
        self.command(now, usage, out, |usage, turn| usage.acknowledge(turn, body.as_ref()));
    }

    // ---- inside a dialog

    /// A new offer by re-INVITE, or by UPDATE where the dialog is early; `None` asks the peer for an offer. On glare
    /// (491) the endpoint tries again as RFC 3261 §14.1 says. One at a time: a second waits for the first.
    pub fn reoffer(&mut self, now: Instant, usage: UsageId, body: Option<Body>, out: &mut Vec<Effect>) {
        self.command(now, usage, out, |usage, turn| usage.reoffer(turn, body));
    }

    /// The answer to `Reoffered`.
    pub fn answer_reoffer(
        &mut self,
        now: Instant,
        usage: UsageId,
        status: Status,
        body: Option<Body>,
        out: &mut Vec<Effect>,
    ) {
        self.command(now, usage, out, |usage, turn| usage.answer_reoffer(turn, status, body));
    }

    /// The answer in the 200 to a PRACK that carried an offer.
    pub fn answer_prack(&mut self, now: Instant, usage: UsageId, body: Option<Body>, out: &mut Vec<Effect>) {
        self.command(now, usage, out, |usage, turn| usage.answer_prack(turn, body));
    }

    /// 202 or a refusal to `Referred`.
    pub fn answer_refer(&mut self, now: Instant, usage: UsageId, status: Status, out: &mut Vec<Effect>) {
        self.command(now, usage, out, |usage, turn| usage.answer_refer(turn, status));
    }

    /// NOTIFY with the progress of a transfer that the peer asked for; a final status ends the subscription. It goes
    /// on after the peer's BYE: whoever transfers a call and leaves it is still told.
    pub fn notify_refer(&mut self, now: Instant, usage: UsageId, status: Status, out: &mut Vec<Effect>) {
        self.with(now, usage, out, |usage, turn| usage.notify_refer(turn, status));
    }

    /// REFER: asks the peer to call `refer.uri` instead of us. `ReferProgressed` follows. RFC 3515
    pub fn refer(&mut self, now: Instant, usage: UsageId, refer: &Refer, out: &mut Vec<Effect>) {
        self.command(now, usage, out, |usage, turn| usage.refer(turn, refer));
    }

    /// INFO with a body, such as `application/dtmf-relay`.
    pub fn info(&mut self, now: Instant, usage: UsageId, body: Body, out: &mut Vec<Effect>) {
        self.command(now, usage, out, |usage, turn| usage.info(turn, &body));
    }

    /// Ends the dialog. Whatever state it is in, the peer gets what ends it: BYE, CANCEL, or BYE once the ACK came.
    /// The usage is gone for the application at once; no `Ended` follows.
    pub fn bye(&mut self, now: Instant, usage: UsageId, reason: Option<&Reason>, out: &mut Vec<Effect>) {
        self.command(now, usage, out, |usage, turn| usage.bye(turn, reason));
    }

    /// The usage that a Replaces header names, if it is one of ours. RFC 3891 §3
    ///
    /// One that we received and did not answer yet is found too: its own phone may name it in a REFER. An INVITE must
    /// not replace it; that is for the application to see.
    pub fn find(&self, replaces: &Replaces) -> Option<UsageId> {
        let id = self.usage_of_tag(&replaces.to_tag)?;
        self.usages.get(&id).filter(|usage| usage.is_replaced_by(replaces)).map(|_| id)
    }

    /// Sends a request other than INVITE outside any dialog (OPTIONS, REGISTER, NOTIFY, MESSAGE).
    pub fn request(&mut self, now: Instant, request: OutgoingRequest, out: &mut Vec<Effect>) -> ClientId {
        self.send_outside(now, request, out)
    }

    /// A command for a usage that the application has not let go of.
    fn command(
        &mut self,
        now: Instant,
        id: UsageId,
        out: &mut Vec<Effect>,
        act: impl FnOnce(&mut Usage, &mut Turn<'_>),
    ) {
        if self.usages.get(&id).is_some_and(|usage| !usage.is_silent) {
            self.with(now, id, out, act);
        }
    }
}
