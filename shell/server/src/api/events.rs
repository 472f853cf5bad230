//! What happens, as it happens: server-sent events.
//!
//! Changes of settings come from the event table and carry its ids: a stream that broke goes on after `Last-Event-ID`
//! without a gap. Changes of calls, queues and registrations say only what to read again; they carry no id.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{Event as Sent, KeepAlive, Sse};
use futures_util::Stream;
use jiff::Timestamp;
use phone::access::session::Stage;
use phone::access::{Area, Object};
use serde_json::json;
use store::{Event, EventId, TokenHash};
use switch::output::Change;
use tokio::sync::broadcast::{self, error::RecvError};

use super::audit::AuditEvent;
use super::browser;
use super::problem::{Problem, Refusals};
use crate::admin::{Access, Admin, Asked, Caller, Permission, Refused, Subject};
use crate::error::chain;
use crate::secret::Secret;

/// Events read from the table at once.
const EVENTS_PER_READ: u64 = 100;
/// A proxy closes a connection that is silent for a minute.
const KEEP_ALIVE_SECS: u64 = 15;
/// How late a change by another process may be seen.
const LOOK_SECS: u64 = 5;
/// How long who was signed out still hears that calls change. Changes of settings are never sent without a look.
const STILL_LET_SECS: i64 = 15;

/// Follow changes
#[utoipa::path(get, path = "/tenants/{tenant}/events", tag = "events",
    params(("tenant" = String, Path), ("Last-Event-ID" = Option<i64>, Header)),
    responses((status = 200, content_type = "text/event-stream", body = String), Refusals))]
pub async fn stream(
    State(admin): State<Arc<Admin>>,
    caller: Caller,
    Path(tenant): Path<String>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Sent, Infallible>> + use<>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let last = match headers.get("last-event-id") {
        Some(id) => id.to_str().ok().and_then(|id| id.parse().ok()).ok_or_else(malformed)?,
        None => access.store().last_event().await.map_err(Refused::from)?,
    };
    let live = access.node().changes();
    let proof = Proof::shown(&headers, &admin);
    let follower = Follower { admin, proof, let_at: Timestamp::now(), access, last, live, ready: VecDeque::new() };
    let events = futures_util::stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok(event), follower))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(KEEP_ALIVE_SECS))))
}

/// What a stream was opened with. It may be worth nothing long before the stream ends.
pub(super) enum Proof {
    Key(Secret),
    Session(TokenHash),
}

impl Proof {
    pub(super) fn shown(headers: &HeaderMap, admin: &Admin) -> Option<Self> {
        let Some(value) = headers.get(header::AUTHORIZATION) else {
            let held = browser::held(&admin.signing.public_url, headers)?;
            return Some(Self::Session(TokenHash::of(held.expose())));
        };
        let (_, token) = value.to_str().ok()?.split_once(' ')?;
        Some(Self::Key(Secret::new(token.trim().to_owned())))
    }

    /// Who it still opens something for; nobody, if it is worth nothing any more.
    pub(super) async fn caller(&self, admin: &Arc<Admin>, asked: Asked) -> Result<Option<Caller>, Refused> {
        match self {
            Self::Key(token) => admin.caller(token.expose(), asked).await,
            Self::Session(hash) => {
                let found = admin.store.session(hash, Timestamp::now()).await?;
                match found.filter(|(session, _)| session.stage == Stage::Open) {
                    Some((_, row)) => admin.caller_of_account(row, asked).await,
                    None => Ok(None),
                }
            }
        }
    }
}

/// One who follows.
struct Follower {
    admin: Arc<Admin>,
    proof: Option<Proof>,
    /// When it was last seen that they may.
    let_at: Timestamp,
    access: Access,
    last: EventId,
    live: broadcast::Receiver<Change>,
    ready: VecDeque<Sent>,
}

impl Follower {
    /// The next event; none when the server ends, or who follows may no more.
    async fn next(&mut self) -> Option<Sent> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            self.read_table().await;
            let is_due = STILL_LET_SECS <= Timestamp::now().duration_since(self.let_at).as_secs();
            if is_due || !self.ready.is_empty() {
                if !self.is_still_let().await {
                    return None;
                }
                self.let_at = Timestamp::now();
            }
            if !self.ready.is_empty() {
                continue;
            }
            match tokio::time::timeout(Duration::from_secs(LOOK_SECS), self.live.recv()).await {
                Ok(Ok(change)) => self.ready.extend(live_event(&self.access, &change)),
                // So many changes that some were missed: everything is to be read again.
                Ok(Err(RecvError::Lagged(_))) => self.ready.push_back(Sent::default().event("resync").data("{}")),
                Ok(Err(RecvError::Closed)) => return None,
                Err(_) => {}
            }
        }
    }

    /// Whether what the stream was opened with would still open it.
    async fn is_still_let(&self) -> bool {
        // While the database does not answer the stream waits, as its reading does.
        self.opened_again()
            .await
            .unwrap_or_else(|refused| matches!(refused, Refused::Failed { .. } | Refused::Unavailable { .. }))
    }

    async fn opened_again(&self) -> Result<bool, Refused> {
        let asked = Asked { area: Area::Audit, subject: Subject::Named(Object::Any) };
        let caller = match &self.proof {
            Some(proof) => proof.caller(&self.admin, asked).await?,
            None => None,
        };
        let Some(caller) = caller else { return Ok(false) };
        caller.begin(&self.access.tenant().to_string(), Permission::View).await?;
        Ok(true)
    }

    async fn read_table(&mut self) {
        let (store, tenant) = (self.access.store(), self.access.tenant());
        match store.events_after(tenant, self.last, EVENTS_PER_READ).await {
            Ok(events) => {
                self.last = events.last().map_or(self.last, |event| event.id);
                self.ready.extend(events.into_iter().filter_map(table_event));
            }
            Err(error) => tracing::warn!(error = chain(&error), "events can't be read, the stream waits"),
        }
    }
}

fn table_event(event: Event) -> Option<Sent> {
    let id = event.id;
    let data = serde_json::to_string(&AuditEvent::from(event)).ok()?;
    Some(Sent::default().id(id.to_string()).event("change").data(data))
}

/// What changed in this tenant; nothing of others.
fn live_event(access: &Access, change: &Change) -> Option<Sent> {
    let (tenant, kind, data) = match change {
        Change::Call { tenant, call } => (tenant, "call", json!({ "id": call })),
        Change::Queue { tenant, queue } => (tenant, "call_queue", json!({ "id": queue })),
        Change::Registration { tenant, user } => (tenant, "device", json!({ "user": user })),
        Change::Trunk { tenant, trunk } => (tenant, "trunk", json!({ "id": trunk })),
    };
    (*tenant == access.tenant()).then(|| Sent::default().event(kind).data(data.to_string()))
}

fn malformed() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "malformed_last_event_id",
        "Last-Event-ID is the id of an event of this stream",
    )
}
