//! Orders: what was done to many lines, and how it went.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use clap::Subcommand;
use serde_json::Value;
use uuid::Uuid;

use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum OrderCommand {
    /// List orders, the newest first.
    List,
    /// Show an order with the lines that failed.
    Show { order: Uuid },
    /// List the lines of an order with what became of each.
    Lines {
        order: Uuid,
        /// done, failed or waiting.
        #[arg(long, value_parser = ["done", "failed", "waiting"])]
        state: Option<String>,
    },
    /// Take back what an order did, where nobody changed it since.
    Undo { order: Uuid },
    /// Try the lines of an order again that failed, as an order of their own.
    Retry { order: Uuid },
}

pub(super) const ORDER: &[Column] = &[
    ("Id", "/id"),
    ("Kind", "/kind"),
    ("State", "/state"),
    ("Dry run", "/dry_run"),
    ("Lines", "/total"),
    ("Done", "/done"),
    ("Failed", "/failed"),
    ("By", "/created_by"),
    ("At", "/created_at"),
];
const ERROR: &[Column] =
    &[("Line", "/line"), ("Column", "/column"), ("Code", "/code"), ("Message", "/message"), ("What to do", "/fix")];
const LINE: &[Column] = &[
    ("Line", "/line"),
    ("State", "/state"),
    ("Code", "/error/code"),
    ("Message", "/error/message"),
    ("What to do", "/error/fix"),
];
/// Between two looks at an order that is carried out.
const LOOK: Duration = Duration::from_millis(200);
/// Characters of the bar.
const BAR_WIDTH: u64 = 40;

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &OrderCommand) -> Result<Shown, ClientError> {
    let orders = format!("{tenant}/orders");
    match command {
        OrderCommand::List => Ok(Shown::Items(ORDER, client.list(&orders, &[], usize::MAX).await?)),
        OrderCommand::Show { order } => Ok(shown(client.get(&format!("{orders}/{order}")).await?)),
        OrderCommand::Lines { order, state } => {
            let query: Vec<_> = state.clone().map(|state| ("state", state)).into_iter().collect();
            Ok(Shown::Items(LINE, client.list(&format!("{orders}/{order}/lines"), &query, usize::MAX).await?))
        }
        OrderCommand::Retry { order } => {
            let again = client.post(&format!("{orders}/{order}/retry")).await?;
            follow(client, tenant, again).await
        }
        OrderCommand::Undo { order } => {
            let undo = client.post(&format!("{orders}/{order}/undo")).await?;
            follow(client, tenant, undo).await
        }
    }
}

/// Follows an order to its end and shows it. Where lines failed, so did the command.
pub(super) async fn follow(client: &Client, tenant: &str, order: Value) -> Result<Shown, ClientError> {
    let path = format!("{tenant}/orders/{}", order["id"].as_str().unwrap_or_default());
    let mut progress = Progress::default();
    let mut order = order;
    while order["finished_at"].is_null() {
        progress.show(&order);
        tokio::time::sleep(LOOK).await;
        order = client.get(&path).await?;
    }
    progress.show(&order);
    progress.end();
    if order["state"] == "succeeded" { Ok(shown(order)) } else { Ok(Shown::Failed(Box::new(shown(order)))) }
}

fn shown(order: Value) -> Shown {
    let has_errors = order["errors"].as_array().is_some_and(|errors| !errors.is_empty());
    Shown::Object(ORDER, order, if has_errors { &[("Lines that failed", "/errors", ERROR)] } else { &[] })
}

/// A bar on a terminal, plain lines elsewhere; both where they do not get into what a program reads.
#[derive(Default)]
struct Progress {
    percent: Option<u64>,
}

impl Progress {
    fn show(&mut self, order: &Value) {
        let count = |name: &str| order[name].as_u64().unwrap_or(0);
        let (total, done, failed) = (count("total").max(1), count("done"), count("failed"));
        let percent = done.saturating_add(failed).saturating_mul(100) / total;
        if self.percent.replace(percent) == Some(percent) {
            return;
        }
        let mut out = std::io::stderr().lock();
        // Nobody reads it if it can't be written.
        let _ = if out.is_terminal() {
            let filled = usize::try_from(percent.saturating_mul(BAR_WIDTH) / 100).unwrap_or(0);
            let empty = usize::try_from(BAR_WIDTH).unwrap_or(0).saturating_sub(filled);
            let (filled, empty) = ("#".repeat(filled), ".".repeat(empty));
            write!(out, "\r[{filled}{empty}] {percent:3} %, {failed} failed").and_then(|()| out.flush())
        } else {
            writeln!(out, "{done} done, {failed} failed of {total}")
        };
    }

    fn end(&self) {
        let mut out = std::io::stderr().lock();
        if out.is_terminal() {
            let _ = writeln!(out);
        }
    }
}
