//! Live figures: once, or as they change.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event as Sent, KeepAlive, Sse};
use futures_util::Stream;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use phone::access::Object;
use phone::directory::Tenant;
use phone::id::{AttendantId, QueueId, TenantId};
use phone::numbers::schedule::time_zone;
use phone::reports::agent::AgentFigures as PhoneAgentFigures;
use phone::reports::attendant::AttendantFigures as PhoneAttendantFigures;
use phone::reports::interval::Interval;
use phone::reports::queue::QueueFigures as PhoneQueueFigures;
use serde::{Deserialize, Serialize};
use switch::output::Change;
use tokio::sync::broadcast::{self, error::RecvError};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::figures::{AttendantFigures, QueueFigures};
use crate::admin::delegation::When;
use crate::admin::live_figures::{Feeds, LiveFigures};
use crate::admin::reports::Reports;
use crate::admin::{Admin, Asked, Caller};
use crate::api::body::Params;
use crate::api::call_queues::AgentStatus;
use crate::api::events::Proof;
use crate::api::problem::{Problem, Refusals};

/// Figures are told not more often.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// And not more seldom: how long somebody waits grows by itself.
const TELL_AT_LEAST: Duration = Duration::from_secs(5);
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long who was signed out still hears figures.
const STILL_LET: Duration = Duration::from_secs(15);

/// Whose clocks count.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct LiveParams {
    /// Minutes of an interval: 15, 30 or 60; what fits the time zone if nothing is said.
    pub interval: Option<u32>,
    /// Whose midnight and hours count; the organization's if nothing is said.
    pub time_zone: Option<String>,
}

/// Figures as of one moment.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Live {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// When the interval began that runs.
    #[schema(value_type = String, format = DateTime)]
    pub interval_start: Timestamp,
    /// Midnight.
    #[schema(value_type = String, format = DateTime)]
    pub day_start: Timestamp,
    pub queues: Vec<LiveQueue>,
    pub attendants: Vec<LiveAttendant>,
}

/// A queue now.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LiveQueue {
    pub queue: Uuid,
    pub queue_name: String,
    pub calls_waiting: u64,
    /// Since when the one waits who waits longest.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub longest_waiting_call_enqueue_time: Option<Timestamp>,
    pub longest_wait_seconds: Option<u64>,
    /// Those who are to be called back.
    pub callbacks_waiting: u64,
    pub agents: Vec<LiveAgent>,
    /// The interval that runs.
    pub current: QueueFigures,
    /// Those since midnight that are over.
    pub summary: QueueFigures,
    /// Both together.
    pub total: QueueFigures,
}

/// An agent of a queue now.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LiveAgent {
    pub agent: Uuid,
    pub extension: Option<String>,
    pub display_name: Option<String>,
    pub status: AgentStatus,
    #[schema(value_type = String, format = DateTime)]
    pub status_since: Timestamp,
    /// Offers of this queue since midnight.
    pub tot_calls_offered: u64,
    pub tot_calls_answered: u64,
}

/// An auto attendant now.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LiveAttendant {
    pub attendant: Uuid,
    pub attendant_name: String,
    pub current: AttendantFigures,
    pub summary: AttendantFigures,
    pub total: AttendantFigures,
}

/// Show live figures of queues, their agents and auto attendants
#[utoipa::path(get, path = "/tenants/{tenant}/reports/live", tag = "reports",
    params(("tenant" = String, Path), LiveParams), responses((status = 200, body = Live), Refusals))]
pub async fn show(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<LiveParams>,
) -> Result<Json<Live>, Problem> {
    let view = View::open(&caller, &tenant, &params).await?;
    Ok(Json(view.show().await?))
}

/// Follow live figures: an event `figures` when something changed, at most one a second
#[utoipa::path(get, path = "/tenants/{tenant}/reports/live/events", tag = "reports",
    params(("tenant" = String, Path), LiveParams),
    responses((status = 200, content_type = "text/event-stream", body = String), Refusals))]
pub async fn follow(
    State(admin): State<Arc<Admin>>,
    caller: Caller,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Params(params): Params<LiveParams>,
) -> Result<Sse<impl Stream<Item = Result<Sent, Infallible>> + use<>>, Problem> {
    let view = View::open(&caller, &tenant, &params).await?;
    let changes = view.reports.access().node().changes();
    let (proof, asked) = (Proof::shown(&headers, &admin), caller.asked());
    let let_at = tokio::time::Instant::now();
    let follower = Follower { admin, proof, asked, params, let_at, view, changes, told_at: None };
    let events = futures_util::stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok(event), follower))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// What somebody sees.
struct View {
    reports: Reports,
    zone: TimeZone,
    interval: Option<Interval>,
}

impl View {
    async fn open(caller: &Caller, tenant: &str, params: &LiveParams) -> Result<Self, Problem> {
        let reports = caller.begin_reports(tenant, When::Now).await?;
        let malformed = |code, detail: &str| Problem::new(StatusCode::BAD_REQUEST, code, detail);
        let name = match &params.time_zone {
            Some(name) => name.clone(),
            None => reports.access().tenant_row().await?.value.profile.time_zone,
        };
        let zone = time_zone(&name).ok_or_else(|| malformed("unknown_time_zone", "the time zone is not known"))?;
        let interval = match params.interval.map(Interval::of_minutes) {
            Some(None | Some(Interval::Day)) => {
                return Err(malformed("unknown_interval", "a live interval is 15, 30 or 60 minutes"));
            }
            Some(Some(interval)) => Some(interval),
            None => None,
        };
        Ok(Self { reports, zone, interval })
    }

    async fn show(&self) -> Result<Live, Problem> {
        let live = self.reports.live(&self.zone, self.interval).await?;
        let tenant = self.reports.access().snapshot();
        let queues = tenant.iter().flat_map(|tenant| tenant.queues.values().map(|queue| (queue.id, &queue.name)));
        let queues = queues
            .filter(|(id, _)| self.reports.shows(Object::CallQueue(*id)))
            .map(|(id, name)| queue(tenant.as_deref(), &live, &self.reports, id, name));
        let attendants = tenant
            .iter()
            .flat_map(|tenant| tenant.attendants.values().map(|attendant| (attendant.id, &attendant.name)));
        let attendants = attendants
            .filter(|(id, _)| self.reports.shows(Object::AutoAttendant(*id)))
            .map(|(id, name)| attendant(&live, id, name));
        Ok(Live {
            at: live.figures.at,
            interval_start: live.interval_began,
            day_start: live.day_began,
            queues: queues.collect(),
            attendants: attendants.collect(),
        })
    }
}

/// One who follows.
struct Follower {
    admin: Arc<Admin>,
    proof: Option<Proof>,
    asked: Asked,
    params: LiveParams,
    let_at: tokio::time::Instant,
    view: View,
    changes: broadcast::Receiver<Change>,
    told_at: Option<tokio::time::Instant>,
}

impl Follower {
    /// The next event; none when the server ends, or who follows may no more.
    async fn next(&mut self) -> Option<Sent> {
        if let Some(told_at) = self.told_at {
            self.changed(told_at).await?;
        }
        if STILL_LET <= self.let_at.elapsed() {
            let tenant = self.view.reports.access().tenant().to_string();
            let caller = self.proof.as_ref()?.caller(&self.admin, self.asked.clone()).await.ok()??;
            self.view = View::open(&caller, &tenant, &self.params).await.ok()?;
            self.let_at = tokio::time::Instant::now();
        }
        let figures = self.view.show().await.ok()?;
        self.told_at = Some(tokio::time::Instant::now());
        Some(Sent::default().event("figures").data(serde_json::to_string(&figures).ok()?))
    }

    /// Waits until something changed, for a second at least and five at most. None when the server ends.
    async fn changed(&mut self, told_at: tokio::time::Instant) -> Option<()> {
        let own = self.view.reports.access().tenant();
        let latest = told_at + TELL_AT_LEAST;
        loop {
            match tokio::time::timeout_at(latest, self.changes.recv()).await {
                Ok(Ok(change)) if !is_of(&change, own) => {}
                Ok(Err(RecvError::Closed)) => return None,
                Ok(Ok(_) | Err(RecvError::Lagged(_))) | Err(_) => break,
            }
        }
        tokio::time::sleep_until(told_at + TELL_EVERY).await;
        // What changed meanwhile is told with it.
        self.changes = self.changes.resubscribe();
        Some(())
    }
}

fn is_of(change: &Change, own: TenantId) -> bool {
    match change {
        Change::Call { tenant, .. }
        | Change::Queue { tenant, .. }
        | Change::Registration { tenant, .. }
        | Change::Trunk { tenant, .. } => *tenant == own,
    }
}

fn queue(tenant: Option<&Tenant>, live: &LiveFigures, reports: &Reports, id: QueueId, name: &str) -> LiveQueue {
    let Feeds { current, summary } = live.queue(id);
    let mut total: PhoneQueueFigures = summary.clone();
    total.add(&current);
    let now = live.figures.live.queues.get(&id);
    let longest = now.into_iter().flat_map(|queue| &queue.waiting).map(|waiting| waiting.waited).max();
    let agents = now.into_iter().flat_map(|queue| &queue.agents);
    let agents = agents.filter(|agent| reports.shows_agent_of(id, agent.agent));
    let n = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    LiveQueue {
        queue: id.0,
        queue_name: name.to_owned(),
        calls_waiting: n(now.map_or(0, |queue| queue.waiting.len())),
        longest_waiting_call_enqueue_time: longest.map(|waited| before(live.figures.at, waited)),
        longest_wait_seconds: longest.map(|waited| waited.as_secs()),
        callbacks_waiting: n(now.map_or(0, |queue| queue.n_callbacks)),
        agents: agents.map(|agent| self::agent(tenant, live, id, agent)).collect(),
        current: (&current).into(),
        summary: (&summary).into(),
        total: (&total).into(),
    }
}

fn agent(
    tenant: Option<&Tenant>,
    live: &LiveFigures,
    queue: QueueId,
    agent: &phone::apps::queue::AgentView,
) -> LiveAgent {
    let Feeds { current, summary } = live.agent(agent.agent, queue);
    let mut total: PhoneAgentFigures = summary;
    total.add(&current);
    let user = tenant.and_then(|tenant| tenant.users.get(&agent.agent));
    LiveAgent {
        agent: agent.agent.0,
        extension: user.map(|user| user.extension.clone()),
        display_name: user.map(|user| user.display_name.clone()),
        status: agent.status.into(),
        status_since: before(live.figures.at, agent.since),
        tot_calls_offered: total.offered,
        tot_calls_answered: total.answered,
    }
}

fn attendant(live: &LiveFigures, id: AttendantId, name: &str) -> LiveAttendant {
    let Feeds { current, summary } = live.attendant(id);
    let mut total: PhoneAttendantFigures = summary.clone();
    total.add(&current);
    LiveAttendant {
        attendant: id.0,
        attendant_name: name.to_owned(),
        current: (&current).into(),
        summary: (&summary).into(),
        total: (&total).into(),
    }
}

fn before(at: Timestamp, ago: Duration) -> Timestamp {
    at.saturating_sub(SignedDuration::try_from(ago).unwrap_or(SignedDuration::MAX)).unwrap_or(at)
}
