//! What happens, as it happens: server-sent events.
//!
//! Changes of settings come from the event table and carry its ids: a stream that broke goes on after `Last-Event-ID`
//! without a gap. Changes of calls, queues and registrations say only what to read again; they carry no id.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event as Sent, KeepAlive, Sse};
use futures_util::Stream;
use serde_json::json;
use store::{Event, EventId};
use switch::output::Change;
use tokio::sync::broadcast::{self, error::RecvError};

use super::audit::AuditEvent;
use super::problem::{Problem, Refusals};
use crate::admin::{Access, Caller, Permission, Refused};
use crate::error::chain;

/// Events read from the table at once.
const EVENTS_PER_READ: u64 = 100;
/// A proxy closes a connection that is silent for a minute.
const KEEP_ALIVE_SECS: u64 = 15;
/// How late a change by another process may be seen.
const LOOK_SECS: u64 = 5;

/// Follow changes
#[utoipa::path(get, path = "/tenants/{tenant}/events", tag = "events",
    params(("tenant" = String, Path), ("Last-Event-ID" = Option<i64>, Header)),
    responses((status = 200, content_type = "text/event-stream", body = String), Refusals))]
pub async fn stream(
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
    let follower = Follower { access, last, live, ready: VecDeque::new() };
    let events = futures_util::stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok(event), follower))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(KEEP_ALIVE_SECS))))
}

/// One who follows.
struct Follower {
    access: Access,
    last: EventId,
    live: broadcast::Receiver<Change>,
    ready: VecDeque<Sent>,
}

impl Follower {
    /// The next event; none when the server ends.
    async fn next(&mut self) -> Option<Sent> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            self.read_table().await;
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
