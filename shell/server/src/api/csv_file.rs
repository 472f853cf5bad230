//! Files that spreadsheets read and write: how one is imported, and one as an answer.

use axum::http::header;
use axum::response::{IntoResponse, Response};
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
