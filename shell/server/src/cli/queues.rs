//! Call queues.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::apps::{self, File};
use super::authorized::Authorized;
use super::calls::Notice;
use super::client::{Client, ClientError};
use super::drafts::{self, DraftCommand};
use super::nouns::{Shown, find};
use super::print::Column;
use super::queue_alerts::Alerts;
use super::queue_hours::{self, HoursCommand};
use super::recordings::Recording;

#[derive(Debug, Subcommand)]
pub enum QueueCommand {
    /// List queues.
    List,
    /// Show who waits in a queue and what its agents do.
    Show {
        /// Name or id.
        queue: String,
    },
    /// Print all settings of a queue as JSON.
    Export {
        /// Name or id.
        queue: String,
    },
    /// Make a queue.
    Create {
        name: String,
        #[command(flatten)]
        settings: Settings,
    },
    /// Change a queue; what is not given stays.
    Change {
        /// Name or id.
        queue: String,
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        settings: Settings,
    },
    #[command(flatten)]
    Hours(HoursCommand),
    /// What a queue may become: saved, tested, and published when all flow tests pass.
    #[command(subcommand)]
    Draft(DraftCommand<Settings>),
    /// List what was published of a queue, the newest first.
    Versions {
        /// Name or id.
        queue: String,
    },
    /// Publish a version of a queue again.
    Revert {
        /// Name or id.
        queue: String,
        /// As `versions` lists it.
        #[arg(value_name = "VERSION")]
        number: u64,
    },
    /// Delete a queue that nothing leads to; who still waits in it is hung up on.
    Delete {
        /// Name or id.
        queue: String,
    },
    /// List callers who are to be called back, and what became of those before.
    Callbacks {
        /// Name or id.
        queue: String,
    },
    /// Let nobody call a caller back.
    CancelCallback {
        /// Name or id.
        queue: String,
        /// Id, as `callbacks` shows it.
        callback: String,
    },
    /// Show live figures of all queues: who waits, and what came of callers since midnight.
    Live,
    /// List calls that came to a queue, the latest first.
    Calls {
        /// Name or id.
        queue: String,
        /// Only those that nobody answered.
        #[arg(long)]
        missed: bool,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Mark a call of a queue as taken care of, for all to see.
    Handle {
        /// Name or id.
        queue: String,
        /// Id, as `calls` shows it.
        call: String,
    },
    /// Take that mark back.
    Reopen {
        /// Name or id.
        queue: String,
        /// Id, as `calls` shows it.
        call: String,
    },
    /// Let an agent take calls of a queue again.
    OptIn { queue: String, agent: String },
    /// Let an agent take no calls of a queue.
    OptOut { queue: String, agent: String },
    /// Let an agent take no calls of any queue for a while.
    Pause {
        /// Extension or id.
        agent: String,
        /// What who sees the queue live is told, such as Lunch.
        reason: String,
    },
    /// Let an agent who pauses take calls again.
    Resume {
        /// Extension or id.
        agent: String,
    },
    /// Let an agent take the next call before the time after the last one is over.
    EndWrapUp {
        /// Extension or id.
        agent: String,
    },
    /// Ring an agent's phones, then a number, which sees the number of the queue.
    CallOut {
        /// Name or id.
        queue: String,
        /// As the agent would dial it.
        to: String,
        /// Extension or id of the agent.
        #[arg(long = "as", value_name = "AGENT")]
        agent: String,
        /// One of the queue's numbers [default: its first].
        #[arg(long)]
        number: Option<String>,
    },
}

/// What a queue may have. What a file says comes first, then the rest.
#[derive(Debug, Args)]
pub struct Settings {
    #[command(flatten)]
    file: File,
    /// The language of its texts, such as en-US.
    #[arg(long)]
    language: Option<String>,
    /// What callers hear first; an empty text is silence.
    #[arg(long)]
    greeting: Option<String>,
    /// Extension of an agent, in the order in which serial routing asks them; once for each.
    #[arg(long = "agent")]
    agents: Vec<String>,
    /// Group whose members are agents, by name; once for each. An empty name takes agents from no group.
    #[arg(long = "group")]
    groups: Vec<String>,
    /// Extension of an agent to be asked first, named or in a group; once for each, in order.
    #[arg(long = "first")]
    order: Vec<String>,
    /// How the next agent is found.
    #[arg(long, value_parser = ["attendant", "longest_idle", "round_robin", "serial"])]
    routing: Option<String>,
    /// Whether only people who are available are asked.
    #[arg(long)]
    presence_based: Option<bool>,
    #[arg(long)]
    allow_opt_out: Option<bool>,
    /// How long an agent's phones ring, in seconds.
    #[arg(long)]
    alert: Option<u32>,
    /// Pause of an agent after a call, in seconds.
    #[arg(long)]
    wrap_up: Option<u32>,
    /// So many calls of queues may an agent have at once, 1 to 10.
    #[arg(long)]
    agent_capacity: Option<u8>,
    /// So many callers may wait; the next one goes to the overflow.
    #[arg(long)]
    waiting_max: Option<u32>,
    /// How long callers wait, in seconds.
    #[arg(long)]
    timeout_after: Option<u32>,
    /// Name or id of a resource account whose number agents may call with, with *80 before what they dial; once for
    /// each, the usual one first. An empty one has none.
    #[arg(long = "caller-id", value_name = "ACCOUNT")]
    caller_ids: Vec<String>,
    #[command(flatten)]
    exceptions: Exceptions,
    #[command(flatten)]
    line: Line,
    #[command(flatten)]
    announcements: Announcements,
    #[command(flatten)]
    callback: Callback,
    #[command(flatten)]
    alerts: Alerts,
    #[command(flatten)]
    authorized: Authorized,
    #[command(flatten)]
    notice: Notice,
    #[command(flatten)]
    recording: Recording,
}

/// How callers may ask to be called back.
#[derive(Debug, Args)]
struct Callback {
    /// The key that callers press to be called back; an empty one offers it to nobody.
    #[arg(long)]
    callback_key: Option<String>,
    /// What they hear, which says the key.
    #[arg(long)]
    callback_offer: Option<String>,
    /// Offered to the first in line who has waited for so many seconds.
    #[arg(long)]
    callback_after: Option<u32>,
    /// Offered to those who come while so many wait already.
    #[arg(long)]
    callback_waiting: Option<u32>,
    /// Offered to those who come while so many wait for each agent who is there.
    #[arg(long)]
    callback_per_agent: Option<u32>,
    /// Seconds after which nobody is called back any more.
    #[arg(long)]
    callback_expires: Option<u32>,
    /// So many times is a caller called who is not reached.
    #[arg(long)]
    callback_attempts: Option<u32>,
    /// Seconds between one attempt and the next.
    #[arg(long)]
    callback_gap: Option<u32>,
}

/// What callers are told while they wait.
#[derive(Debug, Args)]
struct Announcements {
    /// Seconds of music between one announcement and the next; 0 tells nothing.
    #[arg(long)]
    announce_every: Option<u32>,
    /// Whether callers hear their place in line.
    #[arg(long)]
    announce_position: Option<bool>,
    /// Whether callers hear how long they will wait, once that can be told.
    #[arg(long)]
    announce_wait: Option<bool>,
    /// A text to comfort them, one each time; once for each.
    #[arg(long = "comfort")]
    comfort: Vec<String>,
}

/// In which order callers reach agents.
#[derive(Debug, Args)]
struct Line {
    /// Seconds after which a caller's priority rises by one; 0 leaves it.
    #[arg(long)]
    age_step: Option<u32>,
    /// Whether callers who waited in another queue before stand where they would if they had waited here.
    #[arg(long)]
    keep_wait_credit: Option<bool>,
    /// What becomes of a caller whose time is over while an agent is alerted.
    #[arg(long, value_parser = ["strict", "finish_current_alert"])]
    timeout_policy: Option<String>,
    /// Whether agents are offered a caller who still hears the greeting.
    #[arg(long)]
    offer_during_greeting: Option<bool>,
    /// Seconds within which callers are to be answered, for service levels in reports; -1 reckons none.
    #[arg(long, allow_negative_numbers = true)]
    service_level: Option<i64>,
    /// How early an agent of several queues is asked for this one, as EXTENSION=RANK with 1 first to 9 last.
    #[arg(long = "rank")]
    ranks: Vec<String>,
}

/// What becomes of callers who reach no agent. A prompt of its own for each kind of action is set with a file.
#[derive(Debug, Args)]
struct Exceptions {
    /// A target for callers who are too many, or hangup.
    #[arg(long)]
    overflow: Option<String>,
    /// What callers who are too many hear before that.
    #[arg(long)]
    overflow_prompt: Option<String>,
    /// A target for callers who waited too long, or hangup.
    #[arg(long)]
    timeout: Option<String>,
    /// What callers who waited too long hear before that.
    #[arg(long)]
    timeout_prompt: Option<String>,
    /// A target for callers while no agent is there, hangup, or wait.
    #[arg(long)]
    no_agent: Option<String>,
    /// What callers hear before that.
    #[arg(long)]
    no_agent_prompt: Option<String>,
    /// Which calls it is for: those that wait as well, or only those that come while no agent is there.
    #[arg(long, value_parser = ["all_calls", "new_calls"])]
    no_agent_for: Option<String>,
    /// A target for callers while all agents are busy or away, hangup, or wait.
    #[arg(long)]
    no_free_agent: Option<String>,
    /// For so many seconds.
    #[arg(long)]
    no_free_agent_after: Option<u32>,
}

const QUEUE: &[Column] = &[
    ("Name", "/name"),
    ("Routing", "/routing"),
    ("Agents", "/agents"),
    ("Alert s", "/agent_alert_seconds"),
    ("Timeout s", "/timeout_seconds"),
    ("Id", "/id"),
];
const WAITING: &[Column] = &[
    ("Position", "/position"),
    ("From", "/from"),
    ("Waited s", "/waited_seconds"),
    ("Priority", "/priority"),
    ("Call", "/call"),
];
const CALLBACK: &[Column] = &[
    ("Number", "/number"),
    ("State", "/state"),
    ("Asked at", "/asked_at"),
    ("Attempts", "/attempts"),
    ("Next at", "/next_attempt_at"),
    ("Expires at", "/expires_at"),
    ("Id", "/id"),
];
const QUEUE_CALL: &[Column] = &[
    ("At", "/at"),
    ("From", "/from"),
    ("Name", "/from_name"),
    ("Waited s", "/waited_seconds"),
    ("Result", "/result"),
    ("Agent", "/agent_name"),
    ("Talk s", "/talk_seconds"),
    ("Handled by", "/handled_by"),
    ("Call", "/call"),
];
const LIVE: &[Column] = &[
    ("Queue", "/queue_name"),
    ("Waiting", "/calls_waiting"),
    ("Longest s", "/longest_wait_seconds"),
    ("Agents", "/agents"),
    ("Offered", "/total/tot_offered_calls"),
    ("Answered", "/total/tot_answered_calls"),
    ("Abandoned", "/total/tot_abandoned_calls"),
    ("Timed out", "/total/tot_timeout_calls"),
    ("ASA s", "/total/avg_speed_answer"),
    ("Service level", "/total/sl_met_negative_abandon"),
];
const AGENT: &[Column] = &[
    ("Extension", "/extension"),
    ("Name", "/display_name"),
    ("Opted in", "/opted_in"),
    ("Status", "/status"),
    ("For s", "/status_seconds"),
    ("Calls", "/calls"),
    ("Pause", "/pause_reason"),
];

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &QueueCommand) -> Result<Shown, ClientError> {
    let queues = format!("{tenant}/call-queues");
    let find_queue = async |name: &str| find(client, &queues, "queue", name).await;
    match command {
        QueueCommand::List => Ok(Shown::Items(QUEUE, client.list(&queues, &[], usize::MAX).await?)),
        QueueCommand::Show { queue } => {
            let path = find_queue(queue).await?;
            let mut shown = client.get(&path).await?;
            let live = client.get(&format!("{path}/live")).await?;
            if let Some(shown) = shown.as_object_mut() {
                shown.insert("live".to_owned(), live);
            }
            Ok(Shown::Object(QUEUE, shown, &[("Waiting", "/live/waiting", WAITING), ("Agents", "/live/agents", AGENT)]))
        }
        QueueCommand::Export { queue } => {
            let settings = client.get(&find_queue(queue).await?).await?;
            Ok(Shown::File(format!("{settings:#}\n")))
        }
        QueueCommand::Create { name, settings } => {
            let language = client.get(tenant).await?["language"].as_str().unwrap_or("en-US").to_owned();
            let mut body = json!({ "language": language, "agents": [] });
            settings.put_into(&mut body, client, tenant).await?;
            body["name"] = json!(name);
            Ok(Shown::Object(QUEUE, client.write(Method::POST, &queues, &body).await?, &[]))
        }
        QueueCommand::Change { queue, name, settings } => {
            let path = find_queue(queue).await?;
            let changed = apps::change(client, &path, async |body| {
                settings.put_into(body, client, tenant).await?;
                apps::rename(body, name.as_ref());
                Ok(())
            });
            Ok(Shown::Object(QUEUE, changed.await?, &[]))
        }
        QueueCommand::Hours(command) => {
            queue_hours::carry_out(client, tenant, &find_queue(command.queue()).await?, command).await
        }
        QueueCommand::Draft(command) => {
            let put = async |settings: &Settings, body: &mut Value| settings.put_into(body, client, tenant).await;
            drafts::carry_out(client, command, find_queue, put).await
        }
        QueueCommand::Versions { queue } => drafts::versions(client, &find_queue(queue).await?).await,
        QueueCommand::Revert { queue, number } => drafts::revert(client, &find_queue(queue).await?, *number).await,
        QueueCommand::Delete { queue } => {
            client.delete(&find_queue(queue).await?).await?;
            Ok(Shown::Words(format!("{queue} was deleted.")))
        }
        QueueCommand::Callbacks { queue } => {
            let callbacks = format!("{}/callbacks", find_queue(queue).await?);
            Ok(Shown::Items(CALLBACK, client.list(&callbacks, &[], usize::MAX).await?))
        }
        QueueCommand::Calls { queue, missed, limit } => {
            let kind = missed.then(|| ("kind", "missed".to_owned()));
            let query: Vec<_> = [("limit", limit.clamp(&1, &1_000).to_string())].into_iter().chain(kind).collect();
            let calls = client.list(&format!("{}/calls", find_queue(queue).await?), &query, *limit).await?;
            Ok(Shown::Items(QUEUE_CALL, calls))
        }
        QueueCommand::Handle { queue, call } => {
            client.post(&format!("{}/calls/{call}/handle", find_queue(queue).await?)).await?;
            Ok(Shown::Words("All see that this call was taken care of.".to_owned()))
        }
        QueueCommand::Reopen { queue, call } => {
            client.post(&format!("{}/calls/{call}/reopen", find_queue(queue).await?)).await?;
            Ok(Shown::Words("Nobody took care of this call.".to_owned()))
        }
        QueueCommand::Live => {
            let live = client.get(&format!("{tenant}/reports/live")).await?;
            Ok(Shown::Items(LIVE, live["queues"].as_array().cloned().unwrap_or_default()))
        }
        QueueCommand::CancelCallback { queue, callback } => {
            client.delete(&format!("{}/callbacks/{callback}", find_queue(queue).await?)).await?;
            Ok(Shown::Words("The caller is not called back.".to_owned()))
        }
        QueueCommand::OptIn { queue, agent } => {
            client.post(&format!("{}/agents/{agent}/opt-in", find_queue(queue).await?)).await?;
            Ok(Shown::Words("The agent takes calls of this queue.".to_owned()))
        }
        QueueCommand::OptOut { queue, agent } => {
            client.post(&format!("{}/agents/{agent}/opt-out", find_queue(queue).await?)).await?;
            Ok(Shown::Words("The agent takes no calls of this queue.".to_owned()))
        }
        QueueCommand::Pause { agent, reason } => {
            let path = format!("{queues}/agents/{agent}/pause");
            client.write(Method::PUT, &path, &json!({ "reason": reason })).await?;
            Ok(Shown::Words("The agent pauses: no queue rings their phones.".to_owned()))
        }
        QueueCommand::Resume { agent } => {
            client.delete(&format!("{queues}/agents/{agent}/pause")).await?;
            Ok(Shown::Words("The agent takes calls again.".to_owned()))
        }
        QueueCommand::EndWrapUp { agent } => {
            client.post(&format!("{queues}/agents/{agent}/end-wrap-up")).await?;
            Ok(Shown::Words("The agent takes the next call.".to_owned()))
        }
        QueueCommand::CallOut { queue, to, agent, number } => {
            let body = json!({ "agent": agent, "to": to, "number": number });
            client.write(Method::POST, &format!("{}/calls-out", find_queue(queue).await?), &body).await?;
            Ok(Shown::Words(format!("The phones of {agent} ring, then {to} is called.")))
        }
    }
}

impl Settings {
    async fn put_into(&self, body: &mut Value, client: &Client, tenant: &str) -> Result<(), ClientError> {
        if let Some(file) = &self.file.file {
            *body = apps::settings(file)?;
        }
        let given = [
            ("language", self.language.as_ref().map(|text| json!(text))),
            ("greeting", self.greeting.as_deref().map(apps::prompt)),
            ("routing", self.routing.as_ref().map(|text| json!(text))),
            ("presence_based", self.presence_based.map(|on| json!(on))),
            ("allow_opt_out", self.allow_opt_out.map(|on| json!(on))),
            ("agent_alert_seconds", self.alert.map(|secs| json!(secs))),
            ("wrap_up_seconds", self.wrap_up.map(|secs| json!(secs))),
            ("agent_capacity", self.agent_capacity.map(|n| json!(n))),
            ("overflow_threshold", self.waiting_max.map(|n| json!(n))),
            ("timeout_seconds", self.timeout_after.map(|secs| json!(secs))),
        ];
        for (field, value) in given.into_iter().filter_map(|(field, value)| Some((field, value?))) {
            body[field] = value;
        }
        let people =
            [("agents", "users", &self.agents), ("order", "users", &self.order), ("groups", "groups", &self.groups)];
        for (field, list, names) in people.into_iter().filter(|(.., names)| !names.is_empty()) {
            let mut ids = Vec::with_capacity(names.len());
            for name in names.iter().filter(|name| !name.is_empty()) {
                ids.push(client.get(&format!("{tenant}/{list}/{name}")).await?["id"].clone());
            }
            body[field] = json!(ids);
        }
        if !self.caller_ids.is_empty() {
            let mut ids = Vec::with_capacity(self.caller_ids.len());
            for name in self.caller_ids.iter().filter(|name| !name.is_empty()) {
                let path = find(client, &format!("{tenant}/resource-accounts"), "resource account", name).await?;
                ids.push(path.rsplit('/').next().unwrap_or_default().to_owned());
            }
            body["caller_ids"] = json!(ids);
        }
        self.line.put_into(body, client, tenant).await?;
        self.announcements.put_into(body);
        self.callback.put_into(body);
        self.alerts.put_into(body);
        self.authorized.put_into(body, client, tenant).await?;
        self.notice.put_into(body);
        self.recording.put_into(body);
        self.exceptions.put_into(body, client, tenant).await
    }
}

impl Callback {
    fn put_into(&self, body: &mut Value) {
        if self.callback_key.as_deref() == Some("") {
            body["callback"] = Value::Null;
            return;
        }
        let given = [
            ("key", self.callback_key.as_ref().map(|key| json!(key))),
            ("offer", self.callback_offer.as_deref().map(apps::prompt)),
            ("after_wait_seconds", self.callback_after.map(|secs| json!(secs))),
            ("waiting_min", self.callback_waiting.map(|n| json!(n))),
            ("waiting_per_agent_min", self.callback_per_agent.map(|n| json!(n))),
            ("expires_seconds", self.callback_expires.map(|secs| json!(secs))),
            ("attempts_max", self.callback_attempts.map(|n| json!(n))),
            ("gap_seconds", self.callback_gap.map(|secs| json!(secs))),
        ];
        for (field, value) in given.into_iter().filter_map(|(field, value)| Some((field, value?))) {
            if body["callback"].is_null() {
                body["callback"] = json!({});
            }
            body["callback"][field] = value;
        }
    }
}

impl Announcements {
    fn put_into(&self, body: &mut Value) {
        if self.announce_every == Some(0) {
            body["announcements"] = Value::Null;
            return;
        }
        let comfort: Vec<Value> =
            self.comfort.iter().filter(|text| !text.is_empty()).map(|it| apps::prompt(it)).collect();
        let given = [
            ("every_seconds", self.announce_every.map(|secs| json!(secs))),
            ("position", self.announce_position.map(|on| json!(on))),
            ("estimated_wait", self.announce_wait.map(|on| json!(on))),
            ("comfort", (!self.comfort.is_empty()).then(|| json!(comfort))),
        ];
        for (field, value) in given.into_iter().filter_map(|(field, value)| Some((field, value?))) {
            if body["announcements"].is_null() {
                body["announcements"] = json!({});
            }
            body["announcements"][field] = value;
        }
    }
}

impl Line {
    async fn put_into(&self, body: &mut Value, client: &Client, tenant: &str) -> Result<(), ClientError> {
        let given = [
            ("age_step_seconds", self.age_step.map(|secs| if secs == 0 { Value::Null } else { json!(secs) })),
            ("keep_wait_credit", self.keep_wait_credit.map(|on| json!(on))),
            ("timeout_policy", self.timeout_policy.as_ref().map(|policy| json!(policy))),
            ("offer_during_greeting", self.offer_during_greeting.map(|on| json!(on))),
            ("service_level_seconds", self.service_level.map(|secs| if secs < 0 { Value::Null } else { json!(secs) })),
        ];
        for (field, value) in given.into_iter().filter_map(|(field, value)| Some((field, value?))) {
            body[field] = value;
        }
        if self.ranks.is_empty() {
            return Ok(());
        }
        let mut ranks = Vec::with_capacity(self.ranks.len());
        for words in &self.ranks {
            let expected = "EXTENSION=RANK, such as 102=1";
            let unknown = || ClientError::Malformed { what: "rank", text: words.clone(), expected };
            let (extension, rank) = words.split_once('=').ok_or_else(unknown)?;
            let rank: u8 = rank.parse().map_err(|_| unknown())?;
            let agent = client.get(&format!("{tenant}/users/{extension}")).await?["id"].clone();
            ranks.push(json!({ "agent": agent, "rank": rank }));
        }
        body["ranks"] = json!(ranks);
        Ok(())
    }
}

impl Exceptions {
    async fn put_no_free_agent(&self, body: &mut Value, client: &Client, tenant: &str) -> Result<(), ClientError> {
        let no_free = &mut body["no_free_agent"];
        if self.no_free_agent.as_deref() == Some("wait") {
            *no_free = Value::Null;
            return Ok(());
        }
        if no_free.is_null() && (self.no_free_agent.is_some() || self.no_free_agent_after.is_some()) {
            *no_free =
                json!({ "after_seconds": 60, "exception": { "prompt": null, "action": { "type": "disconnect" } } });
        }
        if let Some(secs) = self.no_free_agent_after {
            no_free["after_seconds"] = json!(secs);
        }
        match &self.no_free_agent {
            Some(action) => change_exception(&mut no_free["exception"], client, tenant, Some(action), None).await,
            None => Ok(()),
        }
    }

    async fn put_into(&self, body: &mut Value, client: &Client, tenant: &str) -> Result<(), ClientError> {
        let always =
            [("overflow", &self.overflow, &self.overflow_prompt), ("timeout", &self.timeout, &self.timeout_prompt)];
        // Reading what is not given would put a null there.
        for (field, action, prompt) in always.into_iter().filter(|(_, to, says)| to.is_some() || says.is_some()) {
            change_exception(&mut body[field], client, tenant, action.as_deref(), prompt.as_deref()).await?;
        }
        self.put_no_free_agent(body, client, tenant).await?;
        if self.no_agent.is_none() && self.no_agent_prompt.is_none() && self.no_agent_for.is_none() {
            return Ok(());
        }
        if body["no_agent"].is_null() {
            body["no_agent"] = json!({ "apply_to": "all_calls", "action": null });
        }
        if let Some(calls) = &self.no_agent_for {
            body["no_agent"]["apply_to"] = json!(calls);
        }
        let (action, prompt) = (self.no_agent.as_deref(), self.no_agent_prompt.as_deref());
        match action {
            Some("wait") => body["no_agent"]["action"] = Value::Null,
            Some(_) | None => change_exception(&mut body["no_agent"]["action"], client, tenant, action, prompt).await?,
        }
        Ok(())
    }
}

/// Changes what becomes of a caller, as the API takes it; what is not given stays.
pub(super) async fn change_exception(
    exception: &mut Value,
    client: &Client,
    tenant: &str,
    action: Option<&str>,
    prompt: Option<&str>,
) -> Result<(), ClientError> {
    if exception.is_null() && (action.is_some() || prompt.is_some()) {
        *exception = json!({ "prompt": null, "action": { "type": "disconnect" } });
    }
    match action {
        None => {}
        Some("hangup") => exception["action"] = json!({ "type": "disconnect" }),
        Some(words) => {
            exception["action"] = json!({ "type": "forward", "target": apps::target(client, tenant, words).await? });
        }
    }
    if let Some(prompt) = prompt {
        exception["prompt"] = apps::prompt(prompt);
    }
    Ok(())
}
