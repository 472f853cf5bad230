//! People from and to a file.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::http::HeaderMap;
use phone::id::SiteId;
use phone::people::User;
use phone::people::import::{COLUMNS, GROUP_SEPARATOR};
use phone::sheet::neutral;

use crate::admin::{Caller, Permission, Refused};
use crate::api::body::{Params, request_key};
use crate::api::csv_file::{CsvFile, ImportParams, SentTable};
use crate::api::orders::{Order, Placed, placed};
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// Make and change people from a file with the columns extension, display_name, email, department, office, site, country, groups and hidden
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
    SentTable(file): SentTable,
) -> Result<Placed, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let key = request_key(&headers, &["users/import", params.word()], &file)?;
    placed(&access, access.import_users(&file, params.dry_run, key).await?).await
}

/// Give all people as a file that can be imported
#[utoipa::path(get, path = "/tenants/{tenant}/users/export", tag = "users", params(("tenant" = String, Path)),
    responses((status = 200, body = String, content_type = "text/csv"), Refusals))]
pub async fn export(caller: Caller, Path(tenant): Path<String>) -> Result<CsvFile, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let people = access.all_users().await?;
    let sites = access.store().site_names(access.tenant()).await.map_err(Refused::from)?;
    CsvFile::write("users.csv", COLUMNS, people.iter().map(|(user, groups)| row(user, groups, &sites)))
}

fn row(user: &User, groups: &[String], sites: &BTreeMap<SiteId, String>) -> [String; 9] {
    let text = |field: &Option<String>| neutral(field.as_deref().unwrap_or_default());
    [
        user.extension.clone(),
        neutral(&user.display_name),
        text(&user.email),
        text(&user.department),
        text(&user.office),
        text(&user.site.and_then(|site| sites.get(&site).cloned())),
        text(&user.country),
        neutral(&groups.join(&GROUP_SEPARATOR.to_string())),
        user.hidden.to_string(),
    ]
}
