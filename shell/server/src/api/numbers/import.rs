//! Numbers as files: in and out with the same columns.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::http::HeaderMap;
use jiff::Timestamp;
use phone::directory::Tenant;
use phone::id::SiteId;
use phone::numbers::import::COLUMNS;
use phone::numbers::number::tags::SEPARATOR;
use phone::numbers::{Assignee, Number};
use phone::sheet::neutral;
use store::Stored;

use crate::admin::{Caller, Permission, Refused};
use crate::api::body::{Params, request_key};
use crate::api::csv_file::{CsvFile, ImportParams, SentTable};
use crate::api::orders::{Order, Placed, placed};
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// Add and assign numbers from a file with the columns number, kind, trunk, assign_to, category, site, tags, country, city, region and sms, of which only the first is needed; what else an export tells is read past
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
    SentTable(file): SentTable,
) -> Result<Placed, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let key = request_key(&headers, &["numbers/import", params.word()], &file)?;
    placed(&access, access.import_numbers(&file, params.dry_run, key).await?).await
}

/// Give all numbers as a file that can be imported
#[utoipa::path(get, path = "/tenants/{tenant}/numbers/export", tag = "numbers", params(("tenant" = String, Path)),
    responses((status = 200, body = String, content_type = "text/csv"), Refusals))]
pub async fn export(caller: Caller, Path(tenant): Path<String>) -> Result<CsvFile, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let numbers = access.all_numbers().await?;
    let sites = access.store().site_names(access.tenant()).await.map_err(Refused::from)?;
    let tenant = access.snapshot();
    CsvFile::write("numbers.csv", COLUMNS, numbers.iter().map(|number| row(tenant.as_deref(), &sites, number)))
}

fn row(tenant: Option<&Tenant>, sites: &BTreeMap<SiteId, String>, stored: &Stored<Number>) -> [String; 15] {
    let number = &stored.value;
    let category = match number.assignee {
        Some(Assignee::User(_)) => number.category.as_str().to_owned(),
        Some(Assignee::ResourceAccount(_)) | None => String::new(),
    };
    let site = number.site.and_then(|site| sites.get(&site)).map(|name| neutral(name)).unwrap_or_default();
    let text = |said: &Option<String>| neutral(said.as_deref().unwrap_or_default());
    let tags: Vec<&str> = number.tags.iter().map(String::as_str).collect();
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
    [
        number.number.to_string(),
        number.kind.as_str().to_owned(),
        trunk.unwrap_or_default(),
        assign_to.unwrap_or_default(),
        category,
        site,
        neutral(&tags.join(&SEPARATOR.to_string())),
        text(&number.origin.country),
        text(&number.origin.city),
        text(&number.origin.region),
        number.origin.sms.to_string(),
        number.source.as_str().to_owned(),
        number.state(Timestamp::now()).as_str().to_owned(),
        stored.created_at.to_string(),
        number.assigned_at.map(|at| at.to_string()).unwrap_or_default(),
    ]
}
