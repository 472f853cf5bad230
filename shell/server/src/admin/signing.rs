//! Who asks: the holder of a key, or somebody who signed in.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use phone::access::Grants;
use phone::access::attempts::{Attempts, Suspect};
use store::{AccountRow, Actor, ApiToken, Scope, Session, TokenHash};
use uuid::Uuid;

use super::{Admin, Asked, Caller, Refused};
use crate::error::chain;
use crate::net::outward::Reach;
use crate::openid::Providers;
use crate::passwords::{Cost, Passwords};
use crate::public_url::PublicUrl;

/// When a key or session was last used is known to the minute: more would be a write for each request.
const TOUCH_SECS: i64 = 60;
/// Keys and sessions whose last use is remembered; beyond, the database is asked what it knows.
const TOUCHED_MAX: usize = 10_000;

/// What is known and remembered of those who ask, as long as the process lives.
pub struct Signing {
    touched: Mutex<BTreeMap<Uuid, Timestamp>>,
    attempts: Mutex<Attempts>,
    pub passwords: Passwords,
    /// Where browsers reach the server.
    pub public_url: PublicUrl,
    /// Reverse proxies, whose word on who asks is taken.
    pub proxies: Vec<IpAddr>,
    pub providers: Providers,
    /// How far providers that organizations and resellers set may make this server go.
    pub reach: Reach,
    pub figures: Arc<SignInFigures>,
}

/// How often people signed in since the start.
#[derive(Debug, Default)]
pub struct SignInFigures {
    pub succeeded: AtomicU64,
    pub failed: AtomicU64,
    /// Without being looked at, because too many failed before.
    pub refused: AtomicU64,
}

/// Where somebody asks from.
#[derive(Clone, Debug)]
pub struct Asker {
    pub address: IpAddr,
    /// What the browser says it is.
    pub device: String,
}

impl Signing {
    pub fn new(cost: Cost, public_url: PublicUrl, proxies: Vec<IpAddr>, reach: Reach) -> Self {
        Self {
            touched: Mutex::default(),
            attempts: Mutex::default(),
            passwords: Passwords::new(cost),
            public_url,
            proxies,
            providers: Providers::default(),
            reach,
            figures: Arc::default(),
        }
    }

    /// How far a provider may make this server go. Who runs the server sets its own, and on a server that is tried out on
    /// one machine everybody's is there.
    pub fn reach_of_provider(&self, scope: Scope) -> Reach {
        match scope {
            Scope::Platform => Reach::Everywhere,
            Scope::Reseller(_) | Scope::Tenant(_) if self.public_url.is_loopback() => Reach::Everywhere,
            Scope::Reseller(_) | Scope::Tenant(_) => self.reach,
        }
    }

    /// Counts an attempt to prove something, as failed until it is known to be good; refused if too many failed.
    pub(super) fn begin_attempt(&self, now: Timestamp, suspects: &[Suspect]) -> Result<(), Refused> {
        let begun = self.attempts.lock().unwrap_or_else(PoisonError::into_inner).begin(now, suspects);
        begun.map_err(|until| {
            self.figures.refused.fetch_add(1, Ordering::Relaxed);
            Refused::TooMany { secs: until.duration_since(now).as_secs().max(1).unsigned_abs() }
        })
    }

    pub(super) fn note_success(&self, suspects: &[Suspect]) {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner).succeeded(suspects);
    }

    /// The attempt was not looked at, since too many were.
    pub(super) fn note_withdrawal(&self, suspects: &[Suspect]) {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner).withdrawn(suspects);
    }

    /// Whether it is a minute or more since this was used.
    fn is_to_be_touched(&self, id: Uuid, known: Option<Timestamp>, now: Timestamp) -> bool {
        let is_fresh = |at: Option<Timestamp>| at.is_some_and(|at| now.as_second() - at.as_second() < TOUCH_SECS);
        if is_fresh(known) {
            return false;
        }
        let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        if is_fresh(touched.get(&id).copied()) {
            return false;
        }
        if TOUCHED_MAX <= touched.len() {
            touched.clear();
        }
        touched.insert(id, now);
        true
    }
}

impl Admin {
    /// Who has this token; none if nobody has.
    pub async fn caller(self: &Arc<Self>, token: &str, asked: Asked) -> Result<Option<Caller>, Refused> {
        let Some((key, grants)) = self.key(token).await? else { return Ok(None) };
        let Some(actor) = self.actor(key.scope, Actor::Token(key.name)).await? else { return Ok(None) };
        Ok(Some(Caller { admin: self.clone(), actor, scope: key.scope, grants, asked, account: None, person: None }))
    }

    /// The key that this token is, with what it may do; none if it opens nothing.
    pub async fn key(self: &Arc<Self>, token: &str) -> Result<Option<(ApiToken, Grants)>, Refused> {
        let now = Timestamp::now();
        let Some(key) = self.store.api_token(&TokenHash::of(token), now).await? else { return Ok(None) };
        if let Scope::Reseller(id) = key.scope
            && self.store.reseller_of_use(id).await?.is_none()
        {
            return Ok(None);
        }
        self.note_use_of_key(&key, now);
        let grants = self.store.grants(&key.assignments).await?;
        Ok(Some((key, grants)))
    }

    /// Somebody who signed in, as one who asks; none if their reseller was suspended a moment ago.
    pub async fn caller_of_account(self: &Arc<Self>, row: AccountRow, asked: Asked) -> Result<Option<Caller>, Refused> {
        let grants = self.store.grants(&row.assignments).await?;
        let (account, person) = (Some(row.account.id), row.account.person);
        let actor = self.actor(row.scope, actor_of(&row)).await?;
        Ok(actor.map(|actor| Caller { admin: self.clone(), actor, scope: row.scope, grants, asked, account, person }))
    }

    /// Who is noted for what somebody does: of a reseller, with the reseller's name. None if it is suspended.
    async fn actor(&self, scope: Scope, who: Actor) -> Result<Option<Actor>, Refused> {
        let Scope::Reseller(id) = scope else { return Ok(Some(who)) };
        let reseller = self.store.reseller_of_use(id).await?;
        Ok(reseller.map(|reseller| Actor::Reseller { slug: reseller.slug, who: Box::new(who) }))
    }

    /// The session of a browser that holds this; none if it ended.
    pub async fn session(
        self: &Arc<Self>,
        token: &str,
        asker: &Asker,
    ) -> Result<Option<(Session, AccountRow)>, Refused> {
        let now = Timestamp::now();
        let Some((session, row)) = self.store.session(&TokenHash::of(token), now).await? else { return Ok(None) };
        self.note_use_of_session(&session, asker, now);
        Ok(Some((session, row)))
    }

    /// Writes down that a key was used, beside the request, and not more than once a minute.
    fn note_use_of_key(self: &Arc<Self>, key: &ApiToken, now: Timestamp) {
        if !self.signing.is_to_be_touched(key.id.0, key.last_used_at, now) {
            return;
        }
        let (store, id) = (self.store.clone(), key.id);
        tokio::spawn(async move {
            if let Err(error) = store.touch_api_key(id, now).await {
                tracing::warn!(error = chain(&error), "when a key was used can't be written down");
            }
        });
    }

    fn note_use_of_session(self: &Arc<Self>, session: &Session, asker: &Asker, now: Timestamp) {
        if !self.signing.is_to_be_touched(session.id.0, Some(session.last_seen_at), now) {
            return;
        }
        let (store, id, address) = (self.store.clone(), session.id, asker.address.to_string());
        tokio::spawn(async move {
            if let Err(error) = store.touch_session(id, &address, now).await {
                tracing::warn!(error = chain(&error), "when a session was used can't be written down");
            }
        });
    }
}

/// Who is noted for what the holder of an account does, but for the reseller's name.
pub(super) fn actor_of(row: &AccountRow) -> Actor {
    let account = Actor::Account(row.account.email.clone());
    match row.scope {
        Scope::Platform => Actor::Platform(Box::new(account)),
        Scope::Reseller(_) | Scope::Tenant(_) => account,
    }
}
