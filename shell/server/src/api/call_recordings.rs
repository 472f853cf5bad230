//! Recordings of calls.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use phone::apps::recording::Kept;
use phone::directory::Tenant;
use phone::id::{CallId, QueueId, RecordingId};
use serde::{Deserialize, Serialize};
use store::RecordingFilter;
use tokio::io::AsyncReadExt as _;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::body::{Params, id};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Caller, Permission, Refused};

const SORT: &str = "-began_at";
/// A file is sent in pieces of this size.
const PIECE_BYTES: usize = 65_536;

/// A recording of a call: the caller on the left, the agent on the right.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CallRecording {
    pub id: Uuid,
    /// The call, as its record has it.
    pub call: Uuid,
    pub queue: Uuid,
    /// Null if the queue is gone.
    pub queue_name: Option<String>,
    /// Who answered.
    pub agent: Option<Uuid>,
    pub agent_name: Option<String>,
    /// The caller as shown.
    pub from: String,
    /// What was called first.
    pub to: String,
    #[schema(value_type = String, format = DateTime)]
    pub began_at: Timestamp,
    pub duration_seconds: u64,
    pub size_bytes: u64,
    /// When it will be deleted.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// Which recordings.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RecordingParams {
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    pub queue: Option<Uuid>,
    /// Answered by this person: id or extension.
    pub agent: Option<String>,
    pub call: Option<Uuid>,
    /// Began at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Began before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

/// List recordings of calls, the newest first
#[utoipa::path(get, path = "/tenants/{tenant}/call-recordings", tag = "call-recordings",
    params(("tenant" = String, Path), RecordingParams),
    responses((status = 200, body = List<CallRecording>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<RecordingParams>,
) -> Result<Json<List<CallRecording>>, Problem> {
    let recordings = caller.begin_recordings(&tenant, Permission::View).await?;
    let paging = PageParams { limit: params.limit, cursor: params.cursor }.paging(SORT, true)?;
    let agent = match &params.agent {
        Some(name) => Some(recordings.access().user(name).await?.value.id),
        None => None,
    };
    let call = params.call.map(CallId);
    let filter = RecordingFilter { queues: None, agent, call, since: params.since, until: params.until };
    let page = recordings.list(params.queue.map(QueueId), filter, &paging).await?;
    let snapshot = recordings.access().snapshot();
    Ok(List::of(page.map(|kept| CallRecording::new(&kept, snapshot.as_deref())), SORT))
}

/// Show a recording of a call
#[utoipa::path(get, path = "/tenants/{tenant}/call-recordings/{recording}", tag = "call-recordings",
    params(("tenant" = String, Path), ("recording" = Uuid, Path)),
    responses((status = 200, body = CallRecording), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, recording)): Path<(String, String)>,
) -> Result<Json<CallRecording>, Problem> {
    let recordings = caller.begin_recordings(&tenant, Permission::View).await?;
    let found = recordings.recording(RecordingId(id(&recording, "recording")?)).await?;
    Ok(Json(CallRecording::new(&found, recordings.access().snapshot().as_deref())))
}

/// Hear a recording of a call: a WAV file. It needs `call_recordings.act`, and the audit keeps who heard it
#[utoipa::path(get, path = "/tenants/{tenant}/call-recordings/{recording}/audio", tag = "call-recordings",
    params(("tenant" = String, Path), ("recording" = Uuid, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "audio/wav"), Refusals))]
pub async fn audio(caller: Caller, Path((tenant, recording)): Path<(String, String)>) -> Result<Response, Problem> {
    let recordings = caller.begin_recordings(&tenant, Permission::Operate).await?;
    let recording = RecordingId(id(&recording, "recording")?);
    let path = recordings.hear(recording).await?;
    let gone = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Problem::new(StatusCode::NOT_FOUND, "audio_gone", "the sound of this recording is not on this server")
        }
        _ => Refused::Failed { cause: error.to_string() }.into(),
    };
    // An hour is 230 MB: it is not held in memory.
    let file = tokio::fs::File::open(path).await.map_err(gone)?;
    let length = file.metadata().await.map_err(gone)?.len();
    let sound = futures_util::stream::try_unfold(file, |mut file: tokio::fs::File| async move {
        let mut piece = vec![0; PIECE_BYTES];
        let n = file.read(&mut piece).await?;
        piece.truncate(n);
        Ok::<_, std::io::Error>((n > 0).then_some((Bytes::from(piece), file)))
    });
    let headers = [
        (header::CONTENT_TYPE, "audio/wav".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{recording}.wav\"")),
    ];
    Ok((headers, Body::from_stream(sound)).into_response())
}

/// Delete a recording of a call
#[utoipa::path(delete, path = "/tenants/{tenant}/call-recordings/{recording}", tag = "call-recordings",
    params(("tenant" = String, Path), ("recording" = Uuid, Path)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(caller: Caller, Path((tenant, recording)): Path<(String, String)>) -> Result<StatusCode, Problem> {
    let recordings = caller.begin_recordings(&tenant, Permission::Configure).await?;
    recordings.delete(RecordingId(id(&recording, "recording")?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl CallRecording {
    fn new(kept: &Kept, tenant: Option<&Tenant>) -> Self {
        let agent = kept.agent.and_then(|agent| tenant?.users.get(&agent));
        Self {
            id: kept.id.0,
            call: kept.call.0,
            queue: kept.queue.0,
            queue_name: tenant.and_then(|tenant| Some(tenant.queues.get(&kept.queue)?.name.clone())),
            agent: kept.agent.map(|agent| agent.0),
            agent_name: agent.map(|agent| agent.display_name.clone()),
            from: kept.from.clone(),
            to: kept.to.clone(),
            began_at: kept.at,
            duration_seconds: kept.duration_ms.div_ceil(1_000),
            size_bytes: kept.size_bytes,
            expires_at: kept.expires_at,
        }
    }
}
