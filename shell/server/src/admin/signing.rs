//! Who asks: the holder of a key.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use phone::id::ApiKeyId;
use store::{Actor, ApiToken, TokenHash};

use super::{Admin, Asked, Caller, Refused};
use crate::error::chain;

/// When a key was last used is known to the minute: more would be a write for each request.
const TOUCH_SECS: i64 = 60;
/// Keys whose last use is remembered; beyond, the database is asked what it knows.
const TOUCHED_MAX: usize = 10_000;

/// What is remembered of those who ask, as long as the process lives.
#[derive(Default)]
pub struct Signing {
    touched: Mutex<BTreeMap<ApiKeyId, Timestamp>>,
}

impl Admin {
    /// Who has this token; none if nobody has.
    pub async fn caller(self: &Arc<Self>, token: &str, asked: Asked) -> Result<Option<Caller>, Refused> {
        let now = Timestamp::now();
        let Some(key) = self.store.api_token(&TokenHash::of(token), now).await? else { return Ok(None) };
        self.note_use(&key, now);
        let grants = self.store.grants(&key.assignments).await?;
        let actor = Actor::Token(key.name);
        Ok(Some(Caller { admin: self.clone(), actor, scope: key.scope, grants, asked }))
    }

    /// Writes down that a key was used, beside the request, and not more than once a minute.
    fn note_use(self: &Arc<Self>, key: &ApiToken, now: Timestamp) {
        let is_fresh = |at: Option<Timestamp>| at.is_some_and(|at| now.as_second() - at.as_second() < TOUCH_SECS);
        if is_fresh(key.last_used_at) {
            return;
        }
        {
            let mut touched = self.signing.touched.lock().unwrap_or_else(PoisonError::into_inner);
            if is_fresh(touched.get(&key.id).copied()) {
                return;
            }
            if TOUCHED_MAX <= touched.len() {
                touched.clear();
            }
            touched.insert(key.id, now);
        }
        let (store, id) = (self.store.clone(), key.id);
        tokio::spawn(async move {
            if let Err(error) = store.touch_api_key(id, now).await {
                tracing::warn!(error = chain(&error), "when a key was used can't be written down");
            }
        });
    }
}
