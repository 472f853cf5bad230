//! People from and to a file.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use phone::people::User;
use phone::people::import::{COLUMNS, GROUP_SEPARATOR};
use phone::sheet::neutral;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::admin::{Caller, Permission, Refused};
use crate::api::body::{Params, request_key};
use crate::api::orders::{Order, Placed, placed};
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// How a file is imported.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ImportParams {
    /// Only say what would be done: the answer is the finished order.
    #[serde(default)]
    pub dry_run: bool,
}

/// Make and change people from a file with the columns extension, display_name, email, department, office, country and groups
#[utoipa::path(post, path = "/tenants/{tenant}/users/import", tag = "users",
    params(("tenant" = String, Path), ImportParams, ("Idempotency-Key" = Option<String>, Header)),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = Order, description = "A dry run, or the order of a request that was sent before"),
        (status = 202, body = Order), Refusals, WriteRefusals))]
pub async fn import(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<ImportParams>,
    headers: HeaderMap,
    file: Bytes,
) -> Result<Placed, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let what = if params.dry_run { "dry run" } else { "run" };
    let key = request_key(&headers, &["users/import", what], &file)?;
    placed(&access, access.import_users(&file, params.dry_run, key).await?).await
}

/// Give all people as a file that can be imported
#[utoipa::path(get, path = "/tenants/{tenant}/users/export", tag = "users", params(("tenant" = String, Path)),
    responses((status = 200, body = String, content_type = "text/csv"), Refusals))]
pub async fn export(caller: Caller, Path(tenant): Path<String>) -> Result<impl IntoResponse, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let file = written(&access.all_users().await?).map_err(|cause| Refused::Failed { cause })?;
    let name = "attachment; filename=\"users.csv\"";
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, name)], file))
}

fn written(users: &[(User, Vec<String>)]) -> Result<Vec<u8>, String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS.iter().map(|column| column.name)).map_err(|error| error.to_string())?;
    for (user, groups) in users {
        let text = |field: &Option<String>| neutral(field.as_deref().unwrap_or_default());
        let row = [
            user.extension.clone(),
            neutral(&user.display_name),
            text(&user.email),
            text(&user.department),
            text(&user.office),
            text(&user.country),
            neutral(&groups.join(&GROUP_SEPARATOR.to_string())),
        ];
        writer.write_record(row).map_err(|error| error.to_string())?;
    }
    writer.into_inner().map_err(|error| error.to_string())
}
