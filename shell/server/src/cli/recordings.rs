//! Recordings of calls.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use uuid::Uuid;

use super::apps;
use super::client::{Client, ClientError};
use super::nouns::{Shown, find};
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum RecordingCommand {
    /// List recordings, the newest first.
    List {
        /// Name or id of a queue [default: all].
        #[arg(long)]
        queue: Option<String>,
        /// Extension or id of who answered.
        #[arg(long)]
        agent: Option<String>,
        /// Of this call.
        #[arg(long)]
        call: Option<Uuid>,
        /// Began at this time or later: 2026-01-31T00:00:00Z.
        #[arg(long)]
        since: Option<String>,
        /// Began before this time.
        #[arg(long)]
        until: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Show a recording.
    Show { recording: Uuid },
    /// Save a recording as a WAV file, the caller on the left and the agent on the right; the audit keeps that you did.
    Save { recording: Uuid, file: PathBuf },
    /// Delete a recording.
    Delete { recording: Uuid },
}

/// How a queue's calls are recorded.
#[derive(Debug, Args)]
pub struct Recording {
    /// Whether calls are recorded; where it is required, calls that can't be recorded reach no agent.
    #[arg(long, value_parser = ["off", "on", "required"])]
    record: Option<String>,
    /// What caller and agent hear when they are joined; an empty text says nothing.
    #[arg(long)]
    record_announcement: Option<String>,
    /// What callers hear whose call must be recorded and can't be; an empty text says that nobody is available.
    #[arg(long)]
    record_failure: Option<String>,
    /// Days for which recordings are kept.
    #[arg(long)]
    record_days: Option<u32>,
}

const RECORDING: &[Column] = &[
    ("Began at", "/began_at"),
    ("Queue", "/queue_name"),
    ("Agent", "/agent_name"),
    ("From", "/from"),
    ("To", "/to"),
    ("Seconds", "/duration_seconds"),
    ("Until", "/expires_at"),
    ("Call", "/call"),
    ("Id", "/id"),
];

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &RecordingCommand) -> Result<Shown, ClientError> {
    let recordings = format!("{tenant}/call-recordings");
    match command {
        RecordingCommand::List { queue, agent, call, since, until, limit } => {
            let mut query: Vec<(&str, String)> = Vec::new();
            if let Some(queue) = queue {
                let path = find(client, &format!("{tenant}/call-queues"), "queue", queue).await?;
                query.push(("queue", path.rsplit('/').next().unwrap_or_default().to_owned()));
            }
            let given = [("agent", agent), ("since", since), ("until", until)];
            query.extend(given.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))));
            query.extend(call.iter().map(|call| ("call", call.to_string())));
            Ok(Shown::Items(RECORDING, client.list(&recordings, &query, *limit).await?))
        }
        RecordingCommand::Show { recording } => {
            Ok(Shown::Object(RECORDING, client.get(&format!("{recordings}/{recording}")).await?, &[]))
        }
        RecordingCommand::Save { recording, file } => {
            let sound = client.bytes(&format!("{recordings}/{recording}/audio")).await?;
            std::fs::write(file, sound).map_err(|source| ClientError::Unwritable { path: file.clone(), source })?;
            Ok(Shown::Words(format!("The recording was saved as {}.", file.display())))
        }
        RecordingCommand::Delete { recording } => {
            client.delete(&format!("{recordings}/{recording}")).await?;
            Ok(Shown::Words("The recording was deleted.".to_owned()))
        }
    }
}

impl Recording {
    pub(super) fn put_into(&self, body: &mut Value) {
        if self.record.as_deref() == Some("off") {
            body["recording"] = Value::Null;
            return;
        }
        let given = [
            ("required", self.record.as_ref().map(|word| json!(word == "required"))),
            ("announcement", self.record_announcement.as_deref().map(apps::prompt)),
            ("failure_announcement", self.record_failure.as_deref().map(apps::prompt)),
            ("retention_days", self.record_days.map(|days| json!(days))),
        ];
        for (field, value) in given.into_iter().filter_map(|(field, value)| Some((field, value?))) {
            if body["recording"].is_null() {
                body["recording"] = json!({});
            }
            body["recording"][field] = value;
        }
    }
}
