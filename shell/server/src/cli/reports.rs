//! Reports of what happened.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::apps;
use super::client::{Client, ClientError};
use super::nouns::{Shown, find};
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// Agents by intervals: offers, answers, time in calls and pauses.
    Agents(History),
    /// Auto attendants by intervals: callers, what they pressed, where they went.
    Attendants(History),
    /// Calls that are over, the newest first.
    Calls(CallFilter),
    /// Queues by intervals: callers, waits, service levels.
    Queues(History),
    /// Ask by the names of the data dictionary that dashboards know; the query is JSON.
    Query {
        /// A file, or - for standard input.
        file: PathBuf,
    },
    /// Show or say for how many days the facts of reports are kept.
    Retention {
        #[arg(long)]
        days: Option<u32>,
    },
}

#[derive(Debug, Args)]
pub struct CallFilter {
    /// Called from this number.
    #[arg(long)]
    from: Option<String>,
    /// Called this number.
    #[arg(long)]
    to: Option<String>,
    /// answered, abandoned, busy, failed, no_answer, refused, treated or voicemail.
    #[arg(long)]
    result: Option<String>,
    /// Started at this time or later: 2026-01-31T00:00:00Z.
    #[arg(long)]
    since: Option<String>,
    /// Started before this time.
    #[arg(long)]
    until: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 100)]
    limit: usize,
}

#[derive(Debug, Args)]
pub struct History {
    /// Calls that came from then on [default: the begin of today].
    #[arg(long)]
    since: Option<String>,
    /// Calls that came before then [default: now].
    #[arg(long)]
    until: Option<String>,
    /// Minutes of an interval: 15, 30, 60, or 1440 for days.
    #[arg(long, default_value_t = 1_440)]
    interval: u32,
    /// Whose days and hours, such as Europe/Berlin [default: the organization's].
    #[arg(long)]
    time_zone: Option<String>,
    /// Who abandons a queue within so many seconds is not counted in the abandon rate.
    #[arg(long)]
    short_abandon: Option<u32>,
    /// Only this queue, by name or id.
    #[arg(long)]
    queue: Option<String>,
    /// Only this auto attendant, by name or id.
    #[arg(long)]
    attendant: Option<String>,
    /// Only this agent, by extension or id.
    #[arg(long)]
    agent: Option<String>,
    /// The whole file that spreadsheets read, with all figures.
    #[arg(long)]
    file: bool,
}

const CALLS: &[Column] = &[
    ("Started", "/started_at"),
    ("From", "/from"),
    ("To", "/to"),
    ("Result", "/result"),
    ("Answered by", "/answered_by"),
    ("Wait s", "/wait_seconds"),
    ("Talk s", "/talk_seconds"),
    ("Queue", "/queue"),
];
const QUEUES: &[Column] = &[
    ("Start", "/start"),
    ("Queue", "/queue_name"),
    ("Offered", "/tot_offered_calls"),
    ("Answered", "/tot_answered_calls"),
    ("Abandoned", "/tot_abandoned_calls"),
    ("Timed out", "/tot_timeout_calls"),
    ("No agent", "/tot_noagent_calls"),
    ("Overflowed", "/tot_overflowed_calls"),
    ("Closed", "/tot_closed_calls"),
    ("ASA s", "/avg_speed_answer"),
    ("AHT s", "/avg_handle_time"),
    ("Abandon rate", "/abandon_rate"),
    ("Target s", "/sl_target"),
    ("Service level", "/sl_met_negative_abandon"),
];
const ATTENDANTS: &[Column] = &[
    ("Start", "/start"),
    ("Attendant", "/attendant_name"),
    ("Callers", "/tot_callers"),
    ("Calls", "/tot_calls"),
    ("Operator", "/tot_op_calls"),
    ("Apps", "/tot_app_calls"),
    ("Outside", "/tot_extn_calls"),
    ("People", "/tot_psrn_calls"),
    ("Mailboxes", "/tot_vm_calls"),
    ("Abandoned", "/tot_abandoned_calls"),
    ("Mean s", "/avg_call_time"),
    ("Pressed", "/inputs"),
];
const RETENTION: &[Column] = &[("Days", "/days")];
const AGENTS: &[Column] = &[
    ("Start", "/start"),
    ("Agent", "/display_name"),
    ("Offered", "/tot_calls_offered"),
    ("Answered", "/tot_calls_answered"),
    ("Declined", "/tot_calls_declined"),
    ("Missed", "/tot_calls_no_answer"),
    ("Talk s", "/talk_seconds"),
    ("Wrap-up s", "/wrap_up_seconds"),
    ("AHT s", "/avg_handle_time"),
    ("Logged in s", "/logged_in_seconds"),
    ("Paused s", "/paused_seconds"),
    ("Occupancy", "/occupancy"),
];

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &ReportCommand) -> Result<Shown, ClientError> {
    match command {
        ReportCommand::Agents(history) => over_time(client, tenant, "agents", AGENTS, history).await,
        ReportCommand::Attendants(history) => over_time(client, tenant, "attendants", ATTENDANTS, history).await,
        ReportCommand::Calls(filter) => calls(client, tenant, filter).await,
        ReportCommand::Query { file } => {
            let answer = client.write(Method::POST, &format!("{tenant}/reports/query"), &apps::settings(file)?).await?;
            Ok(Shown::File(format!("{answer:#}\n")))
        }
        ReportCommand::Retention { days } => {
            let path = format!("{tenant}/reports/retention");
            let kept = match days {
                Some(days) => client.write(Method::PUT, &path, &json!({ "days": days })).await?,
                None => client.get(&path).await?,
            };
            Ok(Shown::Object(RETENTION, kept, &[]))
        }
        ReportCommand::Queues(history) => over_time(client, tenant, "queues", QUEUES, history).await,
    }
}

async fn calls(client: &Client, tenant: &str, filter: &CallFilter) -> Result<Shown, ClientError> {
    let given = [
        ("from", &filter.from),
        ("to", &filter.to),
        ("result", &filter.result),
        ("since", &filter.since),
        ("until", &filter.until),
    ];
    let mut query: Vec<_> = given.iter().filter_map(|(name, value)| Some((*name, (*value).clone()?))).collect();
    query.push(("limit", filter.limit.clamp(1, 1_000).to_string()));
    Ok(Shown::Items(CALLS, client.list(&format!("{tenant}/reports/calls"), &query, filter.limit).await?))
}

async fn over_time(
    client: &Client,
    tenant: &str,
    what: &str,
    columns: &'static [Column],
    history: &History,
) -> Result<Shown, ClientError> {
    let queue = id_of(client, tenant, ("call-queues", "queue"), history.queue.as_deref()).await?;
    let attendant = id_of(client, tenant, ("auto-attendants", "attendant"), history.attendant.as_deref()).await?;
    let given = [
        ("since", history.since.clone()),
        ("until", history.until.clone()),
        ("interval", Some(history.interval.to_string())),
        ("time_zone", history.time_zone.clone()),
        ("short_abandon_seconds", history.short_abandon.map(|secs| secs.to_string())),
        ("queue", queue),
        ("attendant", attendant),
        ("agent", history.agent.clone()),
    ];
    let query: Vec<_> = given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let path = format!("{tenant}/reports/{what}");
    if history.file {
        return Ok(Shown::File(client.text_with(&format!("{path}/export"), &query).await?));
    }
    let items: Vec<Value> = client.list(&path, &query, usize::MAX).await?;
    Ok(Shown::Items(columns, items))
}

/// The id of an object that is given by name or id.
async fn id_of(
    client: &Client,
    tenant: &str,
    (list, what): (&str, &'static str),
    name: Option<&str>,
) -> Result<Option<String>, ClientError> {
    let Some(name) = name else { return Ok(None) };
    let path = find(client, &format!("{tenant}/{list}"), what, name).await?;
    Ok(path.rsplit('/').next().map(str::to_owned))
}
