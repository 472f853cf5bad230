//! Rows of reports as a file for spreadsheets: one column for each figure.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::admin::Refused;
use crate::api::csv_file::CsvFile;
use crate::api::problem::Problem;

/// What a row is about stands before its figures.
const FIRST: [&str; 8] =
    ["start", "queue", "queue_name", "attendant", "attendant_name", "agent", "extension", "display_name"];

/// Writes rows under the names of their fields; what is counted by name gets a column for each name.
pub fn write<R: Serialize>(name: &'static str, rows: &[R]) -> Result<CsvFile, Problem> {
    let failed = |error: serde_json::Error| Refused::Failed { cause: error.to_string() };
    let rows = rows.iter().map(|row| serde_json::to_value(row).map(flat)).collect::<Result<Vec<_>, _>>();
    let rows = rows.map_err(failed)?;
    let named: BTreeSet<&str> = rows.iter().flatten().map(|(column, _)| column.as_str()).collect();
    let first = FIRST.into_iter().filter(|column| *column == FIRST[0] || named.contains(column));
    let rest = named.iter().copied().filter(|column| !FIRST.contains(column));
    let columns: Vec<String> = first.chain(rest).map(str::to_owned).collect();
    let cells = rows.into_iter().map(|row| {
        let mut row: BTreeMap<String, String> = row.into_iter().collect();
        columns.iter().map(|column| row.remove(column).unwrap_or_default()).collect::<Vec<_>>()
    });
    CsvFile::write_rows(name, &columns, cells)
}

fn flat(row: Value) -> Vec<(String, String)> {
    let Value::Object(fields) = row else { return Vec::new() };
    let mut cells = Vec::new();
    for (name, value) in fields {
        match value {
            Value::Object(counts) => {
                cells.extend(counts.into_iter().map(|(key, n)| (format!("{name}.{key}"), cell(&n))));
            }
            other => cells.push((name, cell(&other))),
        }
    }
    cells
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => phone::sheet::neutral(text),
        Value::Array(_) | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}
