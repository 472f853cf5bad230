//! Audio files for prompts and music.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use phone::id::PromptKey;
use serde::{Deserialize, Serialize};
use store::{PromptKind, PromptMeta};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::body::{Params, id};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Caller, Permission, Refused};

const SORT: &str = "name";

/// A file that was uploaded and rendered.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AudioFile {
    /// Made from the content: the same file again is the same audio file.
    pub id: Uuid,
    pub name: String,
    pub duration_ms: u64,
    pub size_bytes: u64,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: jiff::Timestamp,
}

/// How it is called.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct UploadParams {
    pub file_name: String,
}

/// List audio files
#[utoipa::path(get, path = "/tenants/{tenant}/audio-files", tag = "audio-files",
    params(("tenant" = String, Path), PageParams), responses((status = 200, body = List<AudioFile>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<AudioFile>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(SORT, false)?;
    let page = access.store().prompts(access.tenant(), PromptKind::AudioFile, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(AudioFile::from), SORT))
}

/// Upload an audio file: WAV, MP3 or Ogg/Opus, others where ffmpeg is installed
#[utoipa::path(post, path = "/tenants/{tenant}/audio-files", tag = "audio-files",
    params(("tenant" = String, Path), UploadParams),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = AudioFile), Refusals, WriteRefusals))]
pub async fn upload(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<UploadParams>,
    bytes: Bytes,
) -> Result<(StatusCode, Json<AudioFile>), Problem> {
    let access = caller.begin_sound(&tenant).await?;
    let meta = access.add_audio_file(&params.file_name, bytes.into()).await?;
    Ok((StatusCode::CREATED, Json(meta.into())))
}

/// Show an audio file
#[utoipa::path(get, path = "/tenants/{tenant}/audio-files/{file}", tag = "audio-files",
    params(("tenant" = String, Path), ("file" = Uuid, Path)),
    responses((status = 200, body = AudioFile), Refusals))]
pub async fn show(caller: Caller, Path((tenant, file)): Path<(String, String)>) -> Result<Json<AudioFile>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(Json(access.audio_file(PromptKey(id(&file, "audio file")?)).await?.into()))
}

impl From<PromptMeta> for AudioFile {
    fn from(meta: PromptMeta) -> Self {
        Self {
            id: meta.key.0,
            name: meta.name,
            duration_ms: meta.duration_ms,
            size_bytes: meta.size_bytes,
            created_at: meta.created_at,
        }
    }
}
