//! Numbers as files: in and out with the same columns.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use phone::numbers::import::COLUMNS;
use phone::numbers::{Assignee, Number};
use phone::sheet::neutral;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::admin::{Access, Caller, Permission, Refused};
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

/// Add and assign numbers from a file with the columns number, kind, trunk and assign_to, of which only the first is needed
#[utoipa::path(post, path = "/tenants/{tenant}/numbers/import", tag = "numbers",
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
    let key = request_key(&headers, &["numbers/import", what], &file)?;
    placed(&access, access.import_numbers(&file, params.dry_run, key).await?).await
}

/// Give all numbers as a file that can be imported
#[utoipa::path(get, path = "/tenants/{tenant}/numbers/export", tag = "numbers", params(("tenant" = String, Path)),
    responses((status = 200, body = String, content_type = "text/csv"), Refusals))]
pub async fn export(caller: Caller, Path(tenant): Path<String>) -> Result<impl IntoResponse, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let file = written(&access, &access.all_numbers().await?).map_err(|cause| Refused::Failed { cause })?;
    let name = "attachment; filename=\"numbers.csv\"";
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, name)], file))
}

fn written(access: &Access, numbers: &[Number]) -> Result<Vec<u8>, String> {
    let tenant = access.snapshot();
    let tenant = tenant.as_ref();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS.iter().map(|column| column.name)).map_err(|error| error.to_string())?;
    for number in numbers {
        let trunk = number.trunk.map(|id| {
            let known = tenant.and_then(|tenant| tenant.trunks.get(&id));
            known.map_or_else(|| id.to_string(), |trunk| neutral(&trunk.name))
        });
        let assign_to = number.assignee.map(|assignee| match assignee {
            Assignee::User(id) => {
                let known = tenant.and_then(|tenant| tenant.users.get(&id));
                known.map_or_else(|| id.to_string(), |user| user.extension.clone())
            }
            // Names of resource accounts may be the same.
            Assignee::ResourceAccount(id) => id.to_string(),
        });
        let row = [
            number.number.to_string(),
            number.kind.as_str().to_owned(),
            trunk.unwrap_or_default(),
            assign_to.unwrap_or_default(),
        ];
        writer.write_record(row).map_err(|error| error.to_string())?;
    }
    writer.into_inner().map_err(|error| error.to_string())
}
