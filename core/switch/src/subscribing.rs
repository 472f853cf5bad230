//! Phones that want to be told how many messages wait. RFC 3842, RFC 6665

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use bytes::Bytes;
use phone::apps::mailbox::Waiting;
use phone::directory::Tenant;
use phone::id::{TenantId, UserId};
use phone::people::User;
use sip::endpoint::{Body, ClientId, Status, Subscription};
use sip::message::name::HeaderName;
use sip::{Request, Source};

use crate::admission::refuse;
use crate::calling::dialled_of_uri;
use crate::limits;
use crate::node::Node;
use crate::switch::Switch;

/// The body that tells it. RFC 3842 §5
pub(crate) const SUMMARY: &str = "application/simple-message-summary";
/// Shortest subscription in seconds, as Min-Expires says it: a change is told at once, so there is no need to ask often.
pub(crate) const SUBSCRIPTION_SECS_MIN: &str = "60";

const SECS_MIN: u32 = 60;

type Key = (TenantId, UserId);

/// All subscriptions of this node.
#[derive(Debug, Default)]
pub(crate) struct Subscriptions {
    by_user: BTreeMap<Key, Vec<Held>>,
    by_expiry: BTreeSet<(Instant, u64, Key)>,
    /// NOTIFYs that wait for their answers.
    asked: BTreeMap<ClientId, (Key, u64)>,
    n_made: u64,
}

#[derive(Debug)]
struct Held {
    id: u64,
    subscription: Subscription,
    expires_at: Instant,
    telling: Telling,
}

/// One NOTIFY at a time, so that the last one told is the last one heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Telling {
    Nothing,
    Now,
    /// And there is news already.
    NowAndAgain,
}

impl Subscriptions {
    /// When the next one ends.
    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.by_expiry.first().map(|(at, ..)| *at)
    }

    fn held(&mut self, key: Key, id: u64) -> Option<&mut Held> {
        self.by_user.get_mut(&key)?.iter_mut().find(|held| held.id == id)
    }

    fn remove(&mut self, key: Key, id: u64) -> Option<Held> {
        let of_user = self.by_user.get_mut(&key)?;
        let at = of_user.iter().position(|held| held.id == id)?;
        let held = of_user.remove(at);
        if of_user.is_empty() {
            self.by_user.remove(&key);
        }
        self.by_expiry.remove(&(held.expires_at, id, key));
        Some(held)
    }
}

impl Switch {
    /// Carries out a SUBSCRIBE of a user who proved to be one.
    pub(crate) fn subscribe(&mut self, request: &Request, source: &Source, tenant: &Tenant, user: &User) {
        let key = (tenant.profile.id, user.id);
        let node = &mut self.node;
        let event = request.header(HeaderName::Event).unwrap_or_default();
        let package = event.split(';').next().unwrap_or_default().trim();
        let is_own = dialled_of_uri(request.to().uri()).is_some_and(|to| to == user.extension);
        let secs = request.expires_secs().unwrap_or(limits::SUBSCRIPTION_SECS_MAX).min(limits::SUBSCRIPTION_SECS_MAX);
        if package != "message-summary" {
            return refuse(node, request, source, 489);
        }
        if !is_own || !user.enabled {
            return refuse(node, request, source, 403);
        }
        if !accepts_summaries(request) {
            return refuse(node, request, source, 406);
        }
        if (1..SECS_MIN).contains(&secs) {
            return refuse(node, request, source, 423);
        }
        if request.to().tag().is_some() {
            return node.refresh_subscription(request, source, key, secs);
        }
        node.begin_subscription(request, source, key, secs);
    }
}

impl Node {
    fn begin_subscription(&mut self, request: &Request, source: &Source, key: Key, secs: u32) {
        let accepted = self.endpoint.accept_subscription(self.now, request, source, secs, &mut self.effects);
        let Some(subscription) = accepted else { return };
        self.subscriptions.n_made += 1;
        let id = self.subscriptions.n_made;
        let expires_at = self.now + Duration::from_secs(secs.into());
        let held = Held { id, subscription, expires_at, telling: Telling::Nothing };
        let of_user = self.subscriptions.by_user.entry(key).or_default();
        let oldest = of_user.first().map(|held| held.id);
        let is_full = of_user.len() >= limits::SUBSCRIPTIONS_PER_USER_MAX;
        of_user.push(held);
        self.subscriptions.by_expiry.insert((expires_at, id, key));
        if let Some(oldest) = oldest.filter(|_| is_full) {
            self.end_subscription(key, oldest, "probation");
        }
        if secs == 0 { self.end_subscription(key, id, "timeout") } else { self.tell_subscriber(key, id) }
    }

    fn refresh_subscription(&mut self, request: &Request, source: &Source, key: Key, secs: u32) {
        let of_user = self.subscriptions.by_user.get_mut(&key);
        let named = of_user.and_then(|of_user| of_user.iter_mut().find(|held| held.subscription.is_named(request)));
        let Some(held) = named else { return refuse(self, request, source, 481) };
        let (id, before) = (held.id, held.expires_at);
        let subscription = &mut held.subscription;
        if !self.endpoint.refresh_subscription(self.now, subscription, request, source, secs, &mut self.effects) {
            return;
        }
        held.expires_at = self.now + Duration::from_secs(secs.into());
        self.subscriptions.by_expiry.remove(&(before, id, key));
        self.subscriptions.by_expiry.insert((held.expires_at, id, key));
        if secs == 0 { self.end_subscription(key, id, "timeout") } else { self.tell_subscriber(key, id) }
    }

    /// How many messages wait for these people now.
    pub(crate) fn take_waiting(&mut self, tenant: TenantId, waiting: BTreeMap<UserId, Waiting>) {
        let live = self.lives.entry(tenant).or_default();
        let mut news = Vec::new();
        for (user, waiting) in waiting {
            let before = match waiting == Waiting::default() {
                true => live.waiting.remove(&user),
                false => live.waiting.insert(user, waiting),
            };
            if before.unwrap_or_default() != waiting {
                news.push(user);
            }
        }
        for user in news {
            let key = (tenant, user);
            let ids: Vec<u64> =
                self.subscriptions.by_user.get(&key).into_iter().flatten().map(|held| held.id).collect();
            for id in ids {
                self.tell_subscriber(key, id);
            }
        }
    }

    /// Ends the subscriptions whose time is over.
    pub(crate) fn expire_subscriptions(&mut self) {
        while let Some((at, id, key)) = self.subscriptions.by_expiry.first().copied() {
            if self.now < at {
                return;
            }
            self.end_subscription(key, id, "timeout");
        }
    }

    /// Ends all subscriptions of a person who may have none any more.
    pub(crate) fn end_subscriptions(&mut self, key: Key) {
        let ids: Vec<u64> = self.subscriptions.by_user.get(&key).into_iter().flatten().map(|held| held.id).collect();
        for id in ids {
            self.end_subscription(key, id, "rejected");
        }
    }

    /// A phone answered a NOTIFY, or did not: one that knows nothing of it is told nothing more. RFC 6665 §4.2.2
    pub(crate) fn subscriber_answered(&mut self, client: ClientId, status: Status) {
        let Some((key, id)) = self.subscriptions.asked.remove(&client) else { return };
        if status.0 >= 300 && status.0 != 500 && status.0 != 503 {
            drop(self.subscriptions.remove(key, id));
            return;
        }
        let Some(held) = self.subscriptions.held(key, id) else { return };
        if std::mem::replace(&mut held.telling, Telling::Nothing) == Telling::NowAndAgain {
            self.tell_subscriber(key, id);
        }
    }

    fn tell_subscriber(&mut self, key: Key, id: u64) {
        let body = self.summary(key);
        let now = self.now;
        let Some(held) = self.subscriptions.held(key, id) else { return };
        if held.telling != Telling::Nothing {
            held.telling = Telling::NowAndAgain;
            return;
        }
        held.telling = Telling::Now;
        let secs_left = held.expires_at.saturating_duration_since(now).as_secs();
        let state = format!("active;expires={secs_left}");
        let subscription = &mut held.subscription;
        let client = self.endpoint.notify(now, subscription, &state, Some(&body), &mut self.effects);
        self.subscriptions.asked.insert(client, (key, id));
    }

    /// Says the last word; whatever the phone answers.
    fn end_subscription(&mut self, key: Key, id: u64, reason: &str) {
        let body = self.summary(key);
        let Some(mut held) = self.subscriptions.remove(key, id) else { return };
        let state = format!("terminated;reason={reason}");
        self.endpoint.notify(self.now, &mut held.subscription, &state, Some(&body), &mut self.effects);
    }

    /// RFC 3842 §5.2
    fn summary(&self, (tenant, user): Key) -> Body {
        let waiting = self.lives.get(&tenant).and_then(|live| live.waiting.get(&user)).copied().unwrap_or_default();
        let Waiting { new, old } = waiting;
        let yes_or_no = if new > 0 { "yes" } else { "no" };
        let text = format!("Messages-Waiting: {yes_or_no}\r\nVoice-Message: {new}/{old} (0/0)\r\n");
        Body { content_type: Bytes::from_static(SUMMARY.as_bytes()), bytes: Bytes::from(text) }
    }
}

/// Whether a SUBSCRIBE takes what we tell. Without Accept it takes what its package has. RFC 3842 §3.5
fn accepts_summaries(request: &Request) -> bool {
    let essence = |value: &str| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    request.header(HeaderName::Accept).is_none_or(|value| value.trim().is_empty())
        || request
            .headers(HeaderName::Accept)
            .any(|value| matches!(essence(value).as_str(), SUMMARY | "application/*" | "*/*"))
}
