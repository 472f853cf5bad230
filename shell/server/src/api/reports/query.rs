//! Queries by the data dictionary that dashboards of voice apps know.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use phone::reports::query::{Cell, Query, Written};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::admin::delegation::When;
use crate::admin::{Caller, Permission};
use crate::api::body::Body;
use crate::api::problem::{Problem, Refusals};

/// What is asked, with the names that such queries have.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(example = json!({
    "Filters": [{ "DataModelName": "Date", "Value": "2026-03-01", "Operand": 5 }],
    "Dimensions": ["Date", "CallQueueIdentity", "CallQueueCallResult"],
    "Measurements": ["TotalCallCount", "AvgCallQueueDurationSeconds"]
}))]
pub struct DictionaryQuery {
    /// All must hold. Operands: 0 equals, 1 not, 2 contains, 3 begins with, 4 >, 5 >=, 6 <, 7 <=, 8 contains not, 9 does not begin with.
    #[serde(rename = "Filters", default)]
    #[schema(value_type = Vec<Object>)]
    filters: Vec<serde_json::Value>,
    /// Names, or objects with a `DataModelName`.
    #[serde(rename = "Dimensions", default)]
    #[schema(value_type = Vec<Object>)]
    dimensions: Vec<serde_json::Value>,
    #[serde(rename = "Measurements", default)]
    #[schema(value_type = Vec<Object>)]
    measurements: Vec<serde_json::Value>,
    /// 90,000 if nothing is said, at most 200,000.
    #[serde(rename = "LimitResultRowsCount", default)]
    limit: Option<u64>,
    /// Not looked at.
    #[serde(rename = "Parameters", default)]
    #[schema(value_type = Object)]
    _parameters: serde_json::Value,
}

/// The answer.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DictionaryAnswer {
    /// Names of the columns: dimensions, then measures.
    pub columns: Vec<String>,
    /// Texts and numbers.
    #[schema(value_type = Vec<Vec<Object>>)]
    pub rows: Vec<Vec<serde_json::Value>>,
    /// Whether there are more rows than were asked for.
    pub is_cut: bool,
}

/// Ask by the names of the data dictionary; each pass of a call through an app is a row before it is grouped
#[utoipa::path(post, path = "/tenants/{tenant}/reports/query", tag = "reports",
    params(("tenant" = String, Path)), request_body = DictionaryQuery,
    responses((status = 200, body = DictionaryAnswer), Refusals))]
pub async fn ask(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<DictionaryQuery>,
) -> Result<Json<DictionaryAnswer>, Problem> {
    // Rows name callers, and many are read: this is for those who see all and may let the server work.
    caller.begin(&tenant, Permission::Operate).await?;
    let reports = caller.begin_reports(&tenant, When::Past).await?;
    let written = serde_json::json!({
        "Filters": wanted.filters,
        "Dimensions": wanted.dimensions,
        "Measurements": wanted.measurements,
        "LimitResultRowsCount": wanted.limit,
    });
    let malformed = |code: &str, detail: String| Problem::new(StatusCode::BAD_REQUEST, code, detail);
    let written: Written =
        serde_json::from_value(written).map_err(|error| malformed("malformed_body", error.to_string()))?;
    let query = Query::read(&written).map_err(|error| {
        malformed("not_in_dictionary", error.to_string()).with_fix("the names are in the guide on reports")
    })?;
    let answer = reports.ask(&query).await?;
    let names = query.dimensions.iter().map(|dimension| dimension.name());
    let columns = names.chain(query.measures.iter().map(|measure| measure.name())).map(str::to_owned);
    let cell = |cell: Cell| match cell {
        Cell::Number(number) => serde_json::json!((number * 1_000.0).round() / 1_000.0),
        Cell::Text(text) => serde_json::Value::String(text),
    };
    let rows = answer.rows(&query).into_iter().map(|row| row.into_iter().map(cell).collect());
    Ok(Json(DictionaryAnswer { columns: columns.collect(), rows: rows.collect(), is_cut: answer.is_cut() }))
}
