//! Attendants, queues and what belongs to them, from an export of another product.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use phone::apps::import::Note;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::body::Params;
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::app_imports::{Item, Run, State};
use crate::admin::{Caller, Permission};

/// An export with some audio in it.
pub const FILE_BYTES_MAX: usize = 128 * 1024 * 1024;

/// What became of an export.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AppImport {
    pub dry_run: bool,
    /// What was made, or would be.
    pub items: Vec<ImportedItem>,
    /// What has no counterpart here or means something else, line by line.
    pub notes: Vec<ImportNote>,
}

/// An object of an import.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportedItem {
    /// `schedule`, `shared_mailbox`, `resource_account`, `call_queue` or `auto_attendant`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub name: String,
    /// Of what was made; a dry run makes others.
    pub id: Uuid,
    pub state: ImportState,
    /// Why it was not made, or not whole.
    pub why: Option<String>,
}

/// What became of an object.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    Failed,
    Made,
    /// Without what leads elsewhere.
    MadeInPart,
    Planned,
}

/// Something to know about an import.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportNote {
    /// Such as `auto attendant Main`.
    pub object: String,
    /// The field of the export, such as `DefaultCallFlow.Menu.MenuOptions[2].CallTarget.Id`; empty for the whole object.
    pub field: String,
    /// `changed` means the same and is written otherwise, `left_out` has no counterpart, `present` was here and stays.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub words: String,
}

/// How an export is taken in.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AppImportParams {
    /// Whether only what would be made is told.
    #[serde(default)]
    pub dry_run: bool,
}

/// Make attendants, queues, schedules, mailboxes and resource accounts of an export in the JSON of PowerShell; what is here by name stays
#[utoipa::path(post, path = "/tenants/{tenant}/auto-attendants/import", tag = "auto-attendants",
    params(("tenant" = String, Path), AppImportParams),
    request_body(content = String, content_type = "application/json"),
    responses((status = 200, body = AppImport), Refusals, WriteRefusals))]
pub async fn import(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<AppImportParams>,
    file: Bytes,
) -> Result<Json<AppImport>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let run = if params.dry_run { Run::Dry } else { Run::Wet };
    let imported = access.import_apps(&file, run).await?;
    Ok(Json(AppImport {
        dry_run: params.dry_run,
        items: imported.items.into_iter().map(ImportedItem::from).collect(),
        notes: imported.notes.into_iter().map(ImportNote::from).collect(),
    }))
}

impl From<Item> for ImportedItem {
    fn from(item: Item) -> Self {
        let state = match item.state {
            State::Failed => ImportState::Failed,
            State::Made => ImportState::Made,
            State::MadeInPart => ImportState::MadeInPart,
            State::Planned => ImportState::Planned,
        };
        Self { kind: item.kind, name: item.name, id: item.id, state, why: item.why }
    }
}

impl From<Note> for ImportNote {
    fn from(note: Note) -> Self {
        Self { object: note.object, field: note.field, kind: note.kind.code(), words: note.words }
    }
}
