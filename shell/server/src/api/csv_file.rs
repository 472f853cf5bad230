//! Files that spreadsheets read and write: how one is imported, and one as an answer.

use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use phone::limits::IMPORTED_ROWS_MAX;
use phone::sheet::Column;
use serde::Deserialize;
use utoipa::IntoParams;

use super::problem::Problem;
use crate::admin::Refused;

/// How a file is imported.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ImportParams {
    /// Only say what would be done: the answer is the finished order.
    #[serde(default)]
    pub dry_run: bool,
}

impl ImportParams {
    /// What is wanted, in a word.
    pub fn word(&self) -> &'static str {
        if self.dry_run { "dry run" } else { "run" }
    }
}

/// A table that is sent.
pub struct SentTable(pub Vec<u8>);

impl<S: Send + Sync> FromRequest<S> for SentTable {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let mut pieces = request.into_body().into_data_stream();
        let (mut table, mut n_bytes) = (Vec::new(), 0_usize);
        // What is too long is read on for a while: who still sends does not hear the answer.
        while n_bytes <= BYTES_READ_MAX
            && let Some(piece) = pieces.next().await
        {
            let piece = piece.map_err(|error| {
                Problem::new(StatusCode::BAD_REQUEST, "body_unreadable", format!("the file did not come: {error}"))
            })?;
            n_bytes = n_bytes.saturating_add(piece.len());
            if n_bytes <= TABLE_BYTES_MAX {
                table.extend_from_slice(&piece);
            }
        }
        if n_bytes <= TABLE_BYTES_MAX {
            return Ok(Self(table));
        }
        let fix = format!("send at most {IMPORTED_ROWS_MAX} rows in one file, and the rest in others");
        Err(Refused::Invalid {
            code: "csv.too_large",
            detail: format!("the file has more than {TABLE_BYTES_MAX} bytes; nothing was changed"),
            faults: Vec::new(),
            fix: Some(fix),
        }
        .into())
    }
}

/// Most rows with cells that say something: 600 bytes for each.
const TABLE_BYTES_MAX: usize = 6 * 1024 * 1024;
/// A million lines.
const BYTES_READ_MAX: usize = 64 * 1024 * 1024;

/// A file to be saved under a name.
pub struct CsvFile {
    name: &'static str,
    bytes: Vec<u8>,
}

impl CsvFile {
    /// Writes a header and rows of as many cells.
    pub fn write<const N: usize>(
        name: &'static str,
        columns: &[Column],
        rows: impl Iterator<Item = [String; N]>,
    ) -> Result<Self, Problem> {
        let failed = |error: &dyn std::error::Error| Refused::Failed { cause: error.to_string() };
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(columns.iter().map(|column| column.name)).map_err(|error| failed(&error))?;
        for row in rows {
            writer.write_record(row).map_err(|error| failed(&error))?;
        }
        let bytes = writer.into_inner().map_err(|error| failed(&error))?;
        Ok(Self { name, bytes })
    }
}

impl CsvFile {
    /// The same where the columns are found out by the rows. Each row has as many cells.
    pub fn write_rows(
        name: &'static str,
        columns: &[String],
        rows: impl Iterator<Item = Vec<String>>,
    ) -> Result<Self, Problem> {
        let failed = |error: &dyn std::error::Error| Refused::Failed { cause: error.to_string() };
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(columns).map_err(|error| failed(&error))?;
        for row in rows {
            writer.write_record(row).map_err(|error| failed(&error))?;
        }
        let bytes = writer.into_inner().map_err(|error| failed(&error))?;
        Ok(Self { name, bytes })
    }
}

impl IntoResponse for CsvFile {
    fn into_response(self) -> Response {
        let disposition = format!("attachment; filename=\"{}\"", self.name);
        let headers =
            [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
        (headers, self.bytes).into_response()
    }
}
