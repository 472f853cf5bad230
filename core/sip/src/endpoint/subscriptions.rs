//! Subscriptions of peers that are about no call: SUBSCRIBE, and the NOTIFYs that follow. RFC 6665
//!
//! The application keeps them: it decides who may subscribe to what and for how long. The endpoint knows how each is
//! named and where its NOTIFYs go.

use std::collections::VecDeque;
use std::time::Instant;

use crate::dialog::Dialog;
use crate::endpoint::compose::{self, Draft, Field};
use crate::endpoint::outside::Outside;
use crate::endpoint::wire::Answer;
use crate::endpoint::{Body, ClientId, Effect, Endpoint, Status};
use crate::message::name::HeaderName;
use crate::transaction::table::User;
use crate::transport::Source;
use crate::{Method, Request};

/// A peer's subscription, as the dialog that it makes.
#[derive(Debug)]
pub struct Subscription {
    dialog: Dialog,
    call_id: Box<str>,
    tag: Box<str>,
    contact: Box<str>,
    /// The Event value, with its id if the peer gave one.
    event: Box<str>,
}

impl Subscription {
    /// Whether a SUBSCRIBE is of this subscription. RFC 6665 §4.4.1
    pub fn is_named(&self, request: &Request) -> bool {
        request.to().tag() == Some(&*self.tag)
            && request.from().tag() == Some(self.dialog.remote_tag())
            && request.call_id() == &*self.call_id
    }
}

impl Endpoint {
    /// Accepts a SUBSCRIBE with 200: for so many seconds, or 0 for a single NOTIFY. None if a copy of it was accepted
    /// before. NOTIFY must follow at once. RFC 6665 §4.2.1.2
    pub fn accept_subscription(
        &mut self,
        now: Instant,
        request: &Request,
        source: &Source,
        secs: u32,
        out: &mut Vec<Effect>,
    ) -> Option<Subscription> {
        let mut turn = self.turn(now, out);
        let tag = turn.wire.table.common.namer.token();
        let server = turn.open(request, source, Some(tag.as_str()), None)?;
        let flow = source.reply_target();
        let user = request.to().uri().split(['@', ':']).nth(1).unwrap_or_default();
        let is_secure = request.uri().starts_with("sips:");
        let contact = compose::contact(user, &flow, &turn.wire.config, is_secure);
        let expires = secs.to_string();
        let fields = [("Contact", contact.as_str()), ("Expires", &expires)];
        turn.respond(server, &Answer { status: Status(200), fields: &fields, headers: &[], body: None });
        Some(Subscription {
            dialog: Dialog::from_request(request, flow, tag.as_str()),
            call_id: request.call_id().into(),
            tag: tag.as_str().into(),
            contact: contact.into(),
            event: request.header(HeaderName::Event).unwrap_or_default().into(),
        })
    }

    /// Answers a SUBSCRIBE within its subscription: 200 with the seconds that it lasts from now on. False, with 500, if it
    /// is older than one before. RFC 3261 §12.2.2
    pub fn refresh_subscription(
        &mut self,
        now: Instant,
        subscription: &mut Subscription,
        request: &Request,
        source: &Source,
        secs: u32,
        out: &mut Vec<Effect>,
    ) -> bool {
        let mut turn = self.turn(now, out);
        if !subscription.dialog.accept_seq(request.cseq().number) {
            turn.respond_at_once(request, source, Status(500), &[]);
            return false;
        }
        subscription.dialog.hear_request(request);
        let expires = secs.to_string();
        let fields = [("Contact", &*subscription.contact), ("Expires", &expires)];
        turn.respond_at_once(request, source, Status(200), &fields);
        true
    }

    /// Tells the subscriber: `state` is the Subscription-State. `Responded` follows, with 481 if the subscription is
    /// none any more, and 408 if nobody answered.
    pub fn notify(
        &mut self,
        now: Instant,
        subscription: &mut Subscription,
        state: &str,
        body: Option<&Body>,
        out: &mut Vec<Effect>,
    ) -> ClientId {
        let id = ClientId(self.wire.table.common.next_id());
        let mut turn = self.turn(now, out);
        let cseq = subscription.dialog.next_seq();
        let product = turn.wire.config.product.clone();
        let fields: [Field<'_>; 3] =
            [("Contact", &*subscription.contact), ("Event", &*subscription.event), ("Subscription-State", state)];
        let dialog = &subscription.dialog;
        let route = dialog.route();
        let draft = Draft {
            method: "NOTIFY",
            uri: route.uri,
            routes: &route.routes,
            head: dialog.head(),
            cseq,
            max_forwards: 70,
            product: &product,
            fields: &fields,
            headers: &[],
            body,
        };
        turn.send(User::Outside(id), &Method::Notify, dialog.next_hop(), &draft);
        self.outside.insert(id, Outside::without_more(Method::Notify, VecDeque::new(), cseq));
        id
    }
}
