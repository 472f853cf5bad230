//! Printing what was asked for: tables for people, JSON and CSV for programs.

use std::io::Write;

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{ContentArrangement, Table};
use serde_json::Value;

/// How to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Output {
    Csv,
    Json,
    #[default]
    Table,
}

/// A column: its title, and where in an item it is.
pub type Column = (&'static str, &'static str);

/// Prints a list.
pub fn items(out: &mut impl Write, output: Output, columns: &[Column], items: &[Value]) -> std::io::Result<()> {
    match output {
        Output::Csv => csv(out, columns, items),
        Output::Json => json(out, &Value::Array(items.to_vec())),
        Output::Table => table(out, columns, items),
    }
}

/// Prints one object.
pub fn object(out: &mut impl Write, output: Output, columns: &[Column], object: &Value) -> std::io::Result<()> {
    match output {
        Output::Json => json(out, object),
        Output::Csv => csv(out, columns, std::slice::from_ref(object)),
        Output::Table => {
            let width = columns.iter().map(|(title, _)| title.len()).max().unwrap_or(0);
            for (title, pointer) in columns {
                writeln!(out, "{title:width$}  {}", text(object, pointer))?;
            }
            Ok(())
        }
    }
}

fn json(out: &mut impl Write, value: &Value) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

fn csv(out: &mut impl Write, columns: &[Column], items: &[Value]) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(columns.iter().map(|(_, pointer)| pointer.trim_start_matches('/').replace('/', "_")))?;
    for item in items {
        writer.write_record(columns.iter().map(|(_, pointer)| text(item, pointer)))?;
    }
    writer.flush()
}

fn table(out: &mut impl Write, columns: &[Column], items: &[Value]) -> std::io::Result<()> {
    if items.is_empty() {
        return writeln!(out, "Nothing to show.");
    }
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(columns.iter().map(|(title, _)| *title));
    for item in items {
        table.add_row(columns.iter().map(|(_, pointer)| text(item, pointer)));
    }
    writeln!(out, "{table}")
}

/// A field as one cell.
fn text(item: &Value, pointer: &str) -> String {
    match item.pointer(pointer) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(true)) => "yes".to_owned(),
        Some(Value::Bool(false)) => "no".to_owned(),
        Some(Value::Array(values)) if values.iter().all(|value| value.is_string() || value.is_number()) => {
            let words = values.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            words.collect::<Vec<_>>().join(", ")
        }
        Some(Value::Array(values)) => values.len().to_string(),
        Some(other @ (Value::Number(_) | Value::Object(_))) => other.to_string(),
    }
}
