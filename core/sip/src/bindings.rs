//! The registrar's bindings: where the phones of each address of record are. RFC 3261 §10.3

mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::RangeBounds;
use std::time::{Duration, Instant};

use crate::Request;
use crate::bindings::wanted::Wanted;
use crate::endpoint::Status;
use crate::limits::CONTACTS_MAX;
use crate::message::name::HeaderName;
use crate::transport::{Connection, Source};
use crate::uri::Uri;

/// How long bindings last, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Shorter wishes are refused with 423 and this as Min-Expires.
    pub secs_min: u32,
    /// Longer wishes are cut to this.
    pub secs_max: u32,
    /// For those who don't say.
    pub secs_default: u32,
}

/// One phone of one address of record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The Contact URI: the Request-URI of what is sent to it.
    pub uri: Box<str>,
    /// The flow that it registered over: what is sent to it goes back there. RFC 5626 §5.3
    pub source: Source,
    /// Route values that lead to it, should a proxy have said so. RFC 3327
    pub path: Box<[Box<str>]>,
    /// Preference in thousandths.
    pub q_millis: u16,
    /// What stays the same when the phone starts anew or changes its address. RFC 5626 §4.1
    pub instance: Option<Box<str>>,
    /// Which of the instance's flows it is.
    pub reg_id: Option<u32>,
    pub user_agent: Option<Box<str>>,
    pub registered_at: Instant,
    pub expires_at: Instant,
    call_id: Box<str>,
    cseq: u32,
}

/// Why a REGISTER changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("tried to read Contacts that are malformed, too many, or a wrong use of *")]
    Malformed,
    #[error("tried to bind for less time than is allowed")]
    TooBrief,
    #[error("tried to apply a REGISTER that a later one of the same Call-ID overtook")]
    Overtaken,
}

impl Refusal {
    /// What to answer; 423 needs a Min-Expires header field as well. RFC 3261 §10.3
    pub fn status(self) -> Status {
        match self {
            Self::Malformed => Status(400),
            Self::TooBrief => Status(423),
            Self::Overtaken => Status(500),
        }
    }
}

/// All bindings, by whatever the caller names an address of record with.
#[derive(Debug)]
pub struct Registrar<K> {
    settings: Settings,
    by_key: BTreeMap<K, Vec<Binding>>,
    /// When the first binding of each key expires.
    deadlines: BTreeSet<(Instant, K)>,
    by_connection: BTreeMap<Connection, BTreeSet<K>>,
    n_bindings: usize,
}

impl<K: Ord + Copy> Registrar<K> {
    /// A registrar without bindings.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            by_key: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            by_connection: BTreeMap::new(),
            n_bindings: 0,
        }
    }

    /// Carries out a REGISTER whose sender is known to be `key`: all of it or nothing. Returns the Contact values for
    /// the 200. One without Contacts only asks.
    pub fn register(
        &mut self,
        now: Instant,
        key: K,
        request: &Request,
        source: &Source,
    ) -> Result<Vec<String>, Refusal> {
        let mut contacts = request.headers(HeaderName::Contact).peekable();
        if contacts.peek().is_none() {
            return Ok(self.contacts(now, key));
        }
        let is_star = contacts.peek() == Some(&"*");
        let wanted = if is_star {
            if contacts.count() > 1 || request.expires_secs() != Some(0) {
                return Err(Refusal::Malformed);
            }
            Vec::new()
        } else {
            contacts.map(|contact| Wanted::parse(contact, request, &self.settings)).collect::<Result<Vec<_>, _>>()?
        };
        if wanted.len() > CONTACTS_MAX {
            return Err(Refusal::Malformed);
        }
        let is_touched = |binding: &Binding| is_star || wanted.iter().any(|wanted| wanted.is_same_phone(binding));
        if self.bindings(key).iter().any(|binding| is_touched(binding) && is_overtaken(binding, request)) {
            return Err(Refusal::Overtaken);
        }
        self.change(key, |bindings| {
            bindings.retain(|binding| binding.expires_at > now && !is_touched(binding));
            let fresh = wanted.iter().filter(|wanted| wanted.secs > 0).map(|wanted| wanted.bind(now, request, source));
            bindings.extend(fresh);
            make_room(bindings);
            bindings.sort_by_key(|binding| std::cmp::Reverse((binding.q_millis, binding.registered_at)));
        });
        Ok(self.contacts(now, key))
    }

    /// The bindings of one address of record, the preferred and newest first. Call `expire` before.
    pub fn bindings(&self, key: K) -> &[Binding] {
        self.by_key.get(&key).map(Vec::as_slice).unwrap_or_default()
    }

    /// All addresses of record that have bindings.
    pub fn iter(&self) -> impl Iterator<Item = (K, &[Binding])> {
        self.by_key.iter().map(|(key, bindings)| (*key, bindings.as_slice()))
    }

    /// Addresses of record of a range that have bindings, in their order.
    pub fn range(&self, range: impl RangeBounds<K>) -> impl Iterator<Item = (K, &[Binding])> {
        self.by_key.range(range).map(|(key, bindings)| (*key, bindings.as_slice()))
    }

    /// How many bindings there are.
    pub fn n_bindings(&self) -> usize {
        self.n_bindings
    }

    /// When `expire` has something to do.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|&(at, _)| at)
    }

    /// Drops what expired. Returns whose bindings became fewer.
    pub fn expire(&mut self, now: Instant) -> Vec<K> {
        let mut affected = Vec::new();
        while let Some(&(at, key)) = self.deadlines.first() {
            if at > now {
                break;
            }
            self.change(key, |bindings| bindings.retain(|binding| binding.expires_at > now));
            affected.push(key);
        }
        affected
    }

    /// A stream is gone, and with it the way to the phones behind it. Returns whose bindings became fewer.
    pub fn drop_connection(&mut self, connection: Connection) -> Vec<K> {
        let affected = self.by_connection.remove(&connection).unwrap_or_default();
        for &key in &affected {
            self.change(key, |bindings| bindings.retain(|binding| binding.source.connection != Some(connection)));
        }
        affected.into_iter().collect()
    }

    /// Drops all bindings of one address of record. Returns whether there were any.
    pub fn remove(&mut self, key: K) -> bool {
        let had_some = self.by_key.contains_key(&key);
        self.change(key, Vec::clear);
        had_some
    }

    /// Changes the bindings of one key and what is found by them.
    fn change(&mut self, key: K, change: impl FnOnce(&mut Vec<Binding>)) {
        let mut bindings = self.by_key.remove(&key).unwrap_or_default();
        self.n_bindings -= bindings.len();
        if let Some(at) = first_expiry(&bindings) {
            self.deadlines.remove(&(at, key));
        }
        for connection in bindings.iter().filter_map(|binding| binding.source.connection) {
            if let Some(keys) = self.by_connection.get_mut(&connection) {
                keys.remove(&key);
                if keys.is_empty() {
                    self.by_connection.remove(&connection);
                }
            }
        }
        change(&mut bindings);
        self.n_bindings += bindings.len();
        if let Some(at) = first_expiry(&bindings) {
            self.deadlines.insert((at, key));
        }
        for connection in bindings.iter().filter_map(|binding| binding.source.connection) {
            self.by_connection.entry(connection).or_default().insert(key);
        }
        if !bindings.is_empty() {
            self.by_key.insert(key, bindings);
        }
    }

    /// The Contact values of a 200. RFC 3261 §10.3 step 8
    fn contacts(&self, now: Instant, key: K) -> Vec<String> {
        self.bindings(key)
            .iter()
            .filter(|binding| binding.expires_at > now)
            .map(|binding| contact(now, binding))
            .collect()
    }
}

fn first_expiry(bindings: &[Binding]) -> Option<Instant> {
    bindings.iter().map(|binding| binding.expires_at).min()
}

/// A repeated REGISTER, with the same number, changes nothing and is no harm.
fn is_overtaken(binding: &Binding, request: &Request) -> bool {
    *binding.call_id == *request.call_id() && request.cseq().number < binding.cseq
}

/// A phone that comes back from another port each time, without saying that it is the same one, pushes out its own past.
fn make_room(bindings: &mut Vec<Binding>) {
    while bindings.len() > CONTACTS_MAX {
        let oldest = bindings.iter().enumerate().min_by_key(|(_, binding)| binding.registered_at);
        let Some((oldest, _)) = oldest else { break };
        bindings.remove(oldest);
    }
}

fn contact(now: Instant, binding: &Binding) -> String {
    // Rounded up, so that a binding which still holds never shows as expired.
    let left = binding.expires_at.saturating_duration_since(now).saturating_add(Duration::from_millis(999)).as_secs();
    let mut out = String::with_capacity(binding.uri.len() + 96);
    // A String takes whatever is written.
    let _ = write!(out, "<{}>;expires={left}", binding.uri);
    if binding.q_millis < 1000 {
        let _ = write!(out, ";q=0.{:03}", binding.q_millis);
    }
    if let Some(instance) = &binding.instance {
        let _ = write!(out, ";+sip.instance=\"{instance}\"");
    }
    if let Some(reg_id) = binding.reg_id {
        let _ = write!(out, ";reg-id={reg_id}");
    }
    out
}

impl Wanted<'_> {
    /// Whether this Contact renews or ends that binding. RFC 3261 §10.3 step 7, RFC 5626 §6
    fn is_same_phone(&self, binding: &Binding) -> bool {
        match (self.instance, binding.instance.as_deref()) {
            (Some(ours), Some(theirs)) => ours == theirs && self.reg_id == binding.reg_id,
            (Some(_), None) | (None, Some(_)) | (None, None) => {
                *binding.uri == *self.uri.as_str()
                    || Uri::parse(&binding.uri).is_ok_and(|bound| bound.is_equivalent(&self.uri))
            }
        }
    }

    fn bind(&self, now: Instant, request: &Request, source: &Source) -> Binding {
        Binding {
            uri: self.uri.as_str().into(),
            source: source.clone(),
            path: request.headers(HeaderName::Path).map(Box::from).collect(),
            q_millis: self.q_millis,
            instance: self.instance.map(Box::from),
            reg_id: self.reg_id,
            user_agent: request.header(HeaderName::UserAgent).map(Box::from),
            registered_at: now,
            expires_at: now + Duration::from_secs(u64::from(self.secs)),
            call_id: request.call_id().into(),
            cseq: request.cseq().number,
        }
    }
}
