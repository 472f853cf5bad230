//! Setting up, step by step.

use clap::Subcommand;
use serde_json::{Value, json};

use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::print::{Column, Output};

#[derive(Debug, Subcommand)]
pub enum SetupCommand {
    /// Show the seven steps, what each still lacks, and a command that helps.
    Status,
    /// List what is wrong with attendants, queues and shared mailboxes: errors that callers meet, and warnings.
    Problems,
}

const PROBLEM: &[Column] = &[
    ("Severity", "/severity"),
    ("Kind", "/type"),
    ("Name", "/name"),
    ("Field", "/field"),
    ("Code", "/code"),
    ("What", "/message"),
];
const STEP: &[Column] = &[
    ("Step", "/number"),
    ("Name", "/name"),
    ("State", "/state"),
    ("There is", "/detail"),
    ("Lacks", "/what"),
    ("Next", "/next"),
];

pub(super) async fn carry_out(
    client: &Client,
    tenant: &str,
    command: &SetupCommand,
    output: Output,
) -> Result<Shown, ClientError> {
    match command {
        SetupCommand::Status => {
            let steps = client.list(&format!("{tenant}/setup"), &[], usize::MAX).await?;
            let shown = match output {
                Output::Json => steps,
                Output::Csv | Output::Table => steps.iter().flat_map(rows).collect(),
            };
            Ok(Shown::Items(STEP, shown))
        }
        SetupCommand::Problems => {
            Ok(Shown::Items(PROBLEM, client.list(&format!("{tenant}/setup/problems"), &[], usize::MAX).await?))
        }
    }
}

/// A line for each thing that a step lacks, or one for the step.
fn rows(step: &Value) -> Vec<Value> {
    let mut rows: Vec<Value> = step["lacks"].as_array().cloned().unwrap_or_default();
    if rows.is_empty() {
        rows.push(json!({}));
    }
    for (index, row) in rows.iter_mut().enumerate() {
        row["number"] = step["number"].clone();
        row["name"] = step["name"].clone();
        row["state"] = step["state"].clone();
        if index == 0 {
            row["detail"] = step["detail"].clone();
        }
    }
    rows
}
