//! Auto attendants.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::apps::{self, File};
use super::authorized::Authorized;
use super::client::{Client, ClientError};
use super::drafts::{self, DraftCommand};
use super::nouns::{Shown, find};
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum AttendantCommand {
    /// List auto attendants.
    List,
    /// Show an auto attendant and its menu.
    Show {
        /// Name or id.
        attendant: String,
    },
    /// Print all settings of an auto attendant as JSON.
    Export {
        /// Name or id.
        attendant: String,
    },
    /// Make an auto attendant.
    Create {
        name: String,
        #[command(flatten)]
        settings: Settings,
    },
    /// Change an auto attendant; what is not given stays.
    Change {
        /// Name or id.
        attendant: String,
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        settings: Settings,
    },
    /// Let callers hear something else while a schedule is in effect: outside the hours of work.
    AfterHours(Association),
    /// Let callers hear something else on holidays, which win over after hours.
    Holiday(Association),
    /// Let a schedule change nothing any more.
    NoSchedule {
        /// Name or id.
        attendant: String,
        /// Name or id.
        schedule: String,
    },
    /// Let callers hear the after-hours flow whatever the schedules say.
    Close(Override),
    /// Let callers hear the default flow whatever the schedules say.
    Open(Override),
    /// Follow the schedules again.
    FollowSchedules {
        /// Name or id.
        attendant: String,
    },
    /// What an auto attendant may become: saved, tested, and published when all flow tests pass.
    #[command(subcommand)]
    Draft(DraftCommand<Settings>),
    /// List what was published of an auto attendant, the newest first.
    Versions {
        /// Name or id.
        attendant: String,
    },
    /// Publish a version of an auto attendant again.
    Revert {
        /// Name or id.
        attendant: String,
        /// As `versions` lists it.
        #[arg(value_name = "VERSION")]
        number: u64,
    },
    /// Make attendants, queues, schedules, mailboxes and resource accounts of a file that PowerShell exported; what is here
    /// by name stays as it is. The manual has the commands that write the file.
    Import {
        file: std::path::PathBuf,
        /// Only tell what would be made, and what has no counterpart here.
        #[arg(long)]
        dry_run: bool,
    },
    /// Delete an auto attendant that nothing leads to.
    Delete {
        /// Name or id.
        attendant: String,
    },
}

/// What an attendant may have. What a file says comes first, then the rest.
#[derive(Debug, Args)]
pub struct Settings {
    #[command(flatten)]
    file: File,
    /// The language of its texts, such as en-US.
    #[arg(long)]
    language: Option<String>,
    /// Such as Europe/Berlin [default: the organization's].
    #[arg(long)]
    time_zone: Option<String>,
    #[command(flatten)]
    flow: Flow,
    /// Where callers go who make no choice, as a target.
    #[arg(long)]
    operator: Option<String>,
    /// Whether callers may say what they want: an option, a digit, a name.
    #[arg(long)]
    voice_input: Option<bool>,
    /// What is said after a name where callers choose among several people.
    #[arg(long, value_parser = ["none", "office", "department"])]
    name_extension: Option<String>,
    /// Name or id of a group whose members callers may find by name or extension; once for each. An empty one lets them
    /// find everybody.
    #[arg(long = "include-group", value_name = "GROUP")]
    include: Vec<String>,
    /// Name or id of a group whose members they may not find; once for each. An empty one keeps nobody out.
    #[arg(long = "exclude-group", value_name = "GROUP")]
    exclude: Vec<String>,
    /// How many last digits of direct numbers reach people like extensions; 0 ends that.
    #[arg(long, value_name = "COUNT")]
    direct_digits: Option<u8>,
    #[command(flatten)]
    authorized: Authorized,
}

/// What callers hear and which keys they have.
#[derive(Debug, Args)]
pub struct Flow {
    /// What callers hear first; an empty text is silence.
    #[arg(long)]
    greeting: Option<String>,
    /// What tells callers which keys there are.
    #[arg(long)]
    menu: Option<String>,
    /// What callers may search for in this menu beside its keys.
    #[arg(long, value_parser = ["none", "by_name", "by_extension", "both"])]
    search: Option<String>,
    /// A key and what it does, as in 1=queue:Sales; once for each key. A key is 0 to 9, *, # or automatic; it leads to a
    /// target, or is one of operator, names, extensions, directory (both), hangup, say:TEXT.
    #[arg(long = "key")]
    keys: Vec<String>,
    /// What callers may say instead of a key, as in "1=sales"; up to five for each key, once for each. Replaces those
    /// that the key has.
    #[arg(long = "phrase")]
    phrases: Vec<String>,
}

/// Hours that are set by hand.
#[derive(Debug, Args)]
pub struct Override {
    /// Name or id.
    attendant: String,
    /// Until then, such as 2026-12-24T18:00:00Z [default: until the schedules are followed again].
    #[arg(long)]
    until: Option<String>,
}

/// What callers hear while a schedule is in effect.
#[derive(Debug, Args)]
pub struct Association {
    /// Name or id.
    attendant: String,
    /// Name or id.
    schedule: String,
    #[command(flatten)]
    flow: Flow,
}

const ATTENDANT: &[Column] =
    &[("Name", "/name"), ("Language", "/language"), ("Time zone", "/time_zone"), ("Id", "/id")];
const OVERRIDE: &[Column] =
    &[("Name", "/name"), ("Set to be", "/hours_override/state"), ("Until", "/hours_override/until")];
const OPTION: &[Column] = &[("Key", "/key"), ("Action", "/action/type"), ("Target", "/action/target/type")];
const ASSOCIATION: &[Column] = &[("When", "/type"), ("Schedule", "/schedule"), ("Greeting", "/flow/greeting/text")];
const ASSOCIATIONS: &[(&str, &str, &[Column])] = &[("Schedules", "/associations", ASSOCIATION)];
const MENU: &[(&str, &str, &[Column])] = &[("Menu", "/default_flow/menu/options", OPTION)];
const IMPORT: &[Column] = &[("Dry run", "/dry_run")];
const IMPORTED: &[(&str, &str, &[Column])] = &[
    ("Objects", "/items", &[("Kind", "/type"), ("Name", "/name"), ("State", "/state"), ("Why", "/why")]),
    ("To know", "/notes", &[("Object", "/object"), ("Field", "/field"), ("Kind", "/type"), ("What", "/words")]),
];
const PHRASES: &str = "KEY=WORDS, where KEY is one of the menu's, as in \"1=sales\"";
const ACTIONS: &str =
    "KEY=ACTION, where ACTION is operator, names, extensions, directory, hangup, say:TEXT or a target";

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &AttendantCommand) -> Result<Shown, ClientError> {
    let attendants = format!("{tenant}/auto-attendants");
    let find_attendant = async |name: &str| find(client, &attendants, "attendant", name).await;
    match command {
        AttendantCommand::List => Ok(Shown::Items(ATTENDANT, client.list(&attendants, &[], usize::MAX).await?)),
        AttendantCommand::Show { attendant } => {
            Ok(Shown::Object(ATTENDANT, client.get(&find_attendant(attendant).await?).await?, MENU))
        }
        AttendantCommand::Export { attendant } => {
            let settings = client.get(&find_attendant(attendant).await?).await?;
            Ok(Shown::File(format!("{settings:#}\n")))
        }
        AttendantCommand::Create { name, settings } => {
            let profile = client.get(tenant).await?;
            let mut body = json!({
                "language": profile["language"].as_str().unwrap_or("en-US"),
                "time_zone": profile["time_zone"],
                "default_flow": { "name": "Default", "menu": { "options": [] } },
            });
            settings.put_into(&mut body, client, tenant).await?;
            body["name"] = json!(name);
            let made = client.write(Method::POST, &attendants, &body).await?;
            Ok(Shown::Object(ATTENDANT, made, MENU))
        }
        AttendantCommand::Change { attendant, name, settings } => {
            let path = find_attendant(attendant).await?;
            let changed = apps::change(client, &path, async |body| {
                settings.put_into(body, client, tenant).await?;
                apps::rename(body, name.as_ref());
                Ok(())
            });
            Ok(Shown::Object(ATTENDANT, changed.await?, MENU))
        }
        AttendantCommand::AfterHours(wanted) => {
            let path = find_attendant(&wanted.attendant).await?;
            Ok(Shown::Object(ATTENDANT, wanted.put("after_hours", &path, client, tenant).await?, ASSOCIATIONS))
        }
        AttendantCommand::Holiday(wanted) => {
            let path = find_attendant(&wanted.attendant).await?;
            Ok(Shown::Object(ATTENDANT, wanted.put("holiday", &path, client, tenant).await?, ASSOCIATIONS))
        }
        AttendantCommand::NoSchedule { attendant, schedule } => {
            let path = find_attendant(attendant).await?;
            let schedule = apps::schedule(client, tenant, schedule).await?;
            let changed = apps::change(client, &path, async |body| {
                if let Some(associations) = body["associations"].as_array_mut() {
                    associations.retain(|association| association["schedule"] != schedule);
                }
                Ok(())
            });
            Ok(Shown::Object(ATTENDANT, changed.await?, ASSOCIATIONS))
        }
        AttendantCommand::Close(wanted) => {
            let held = json!({ "state": "closed", "until": wanted.until });
            override_hours(client, &find_attendant(&wanted.attendant).await?, held).await
        }
        AttendantCommand::Open(wanted) => {
            let held = json!({ "state": "open", "until": wanted.until });
            override_hours(client, &find_attendant(&wanted.attendant).await?, held).await
        }
        AttendantCommand::FollowSchedules { attendant } => {
            override_hours(client, &find_attendant(attendant).await?, Value::Null).await
        }
        AttendantCommand::Draft(command) => {
            let put = async |settings: &Settings, body: &mut Value| settings.put_into(body, client, tenant).await;
            drafts::carry_out(client, command, find_attendant, put).await
        }
        AttendantCommand::Versions { attendant } => drafts::versions(client, &find_attendant(attendant).await?).await,
        AttendantCommand::Revert { attendant, number } => {
            drafts::revert(client, &find_attendant(attendant).await?, *number).await
        }
        AttendantCommand::Import { file, dry_run } => {
            let unreadable = |source| ClientError::Unreadable { path: file.clone(), source };
            let export = std::fs::read(file).map_err(unreadable)?;
            let query = [("dry_run", dry_run.to_string())];
            let path = format!("{attendants}/import");
            let report = client.send_file(&path, &query, "application/json", export).await?;
            let is_failed = |item: &Value| matches!(item["state"].as_str(), Some("failed" | "made_in_part"));
            let has_failed = report["items"].as_array().is_some_and(|items| items.iter().any(is_failed));
            let shown = Shown::Object(IMPORT, report, IMPORTED);
            Ok(if has_failed { Shown::Failed(Box::new(shown)) } else { shown })
        }
        AttendantCommand::Delete { attendant } => {
            client.delete(&find_attendant(attendant).await?).await?;
            Ok(Shown::Words(format!("{attendant} was deleted.")))
        }
    }
}

impl Settings {
    async fn put_into(&self, body: &mut Value, client: &Client, tenant: &str) -> Result<(), ClientError> {
        if let Some(file) = &self.file.file {
            *body = apps::settings(file)?;
        }
        let given = [
            ("language", &self.language),
            ("time_zone", &self.time_zone),
            ("user_name_extension", &self.name_extension),
        ];
        for (field, text) in given {
            if let Some(text) = text {
                body[field] = json!(text);
            }
        }
        if let Some(voice_input) = self.voice_input {
            body["voice_input"] = json!(voice_input);
        }
        if let Some(n_digits) = self.direct_digits {
            body["direct_digits"] = if n_digits == 0 { Value::Null } else { json!(n_digits) };
        }
        self.flow.put_into(&mut body["default_flow"], client, tenant).await?;
        for (field, names) in [("inclusion_scope", &self.include), ("exclusion_scope", &self.exclude)] {
            if !names.is_empty() {
                body[field] = scope(client, tenant, names).await?;
            }
        }
        if let Some(operator) = &self.operator {
            body["operator"] = apps::target(client, tenant, operator).await?;
        }
        self.authorized.put_into(body, client, tenant).await
    }
}

impl Flow {
    async fn put_into(&self, flow: &mut Value, client: &Client, tenant: &str) -> Result<(), ClientError> {
        if let Some(greeting) = &self.greeting {
            flow["greeting"] = apps::prompt(greeting);
        }
        if let Some(menu) = &self.menu {
            flow["menu"]["prompt"] = apps::prompt(menu);
        }
        if let Some(search) = &self.search {
            flow["menu"]["directory_search"] = json!(search);
        }
        if !self.keys.is_empty() {
            let mut options = Vec::with_capacity(self.keys.len());
            for key in &self.keys {
                options.push(option(client, tenant, key).await?);
            }
            flow["menu"]["options"] = json!(options);
        }
        put_phrases(flow, &self.phrases)
    }
}

impl Association {
    /// Adds it, or changes the one that the schedule has.
    async fn put(&self, kind: &str, path: &str, client: &Client, tenant: &str) -> Result<Value, ClientError> {
        let schedule = apps::schedule(client, tenant, &self.schedule).await?;
        apps::change(client, path, async |body| {
            let found = body["associations"].as_array_mut().and_then(|all| {
                let at = all.iter().position(|association| association["schedule"] == schedule)?;
                Some(all.remove(at))
            });
            // Who hears nothing else is hung up on after the greeting.
            let hang_up = json!([{ "key": "automatic", "action": { "type": "disconnect" } }]);
            let mut association = found.unwrap_or_else(
                || json!({ "schedule": schedule, "flow": { "name": self.schedule, "menu": { "options": hang_up } } }),
            );
            association["type"] = json!(kind);
            association["enabled"] = json!(true);
            self.flow.put_into(&mut association["flow"], client, tenant).await?;
            if let Some(associations) = body["associations"].as_array_mut() {
                associations.push(association);
            }
            Ok(())
        })
        .await
    }
}

async fn override_hours(client: &Client, path: &str, held: Value) -> Result<Shown, ClientError> {
    let changed = apps::change(client, path, async |body| {
        body["hours_override"] = held;
        Ok(())
    });
    Ok(Shown::Object(OVERRIDE, changed.await?, &[]))
}

/// Gives options of a menu the phrases that are said for them, from `1=sales`.
fn put_phrases(flow: &mut Value, words: &[String]) -> Result<(), ClientError> {
    let mut of_keys: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for words in words {
        let unknown = || ClientError::Malformed { what: "phrase", text: words.clone(), expected: PHRASES };
        let (key, phrase) = words.split_once('=').ok_or_else(unknown)?;
        let is_there = flow["menu"]["options"].as_array().is_some_and(|all| all.iter().any(|it| it["key"] == key));
        if !is_there {
            return Err(unknown());
        }
        of_keys.entry(key).or_default().push(phrase);
    }
    let Some(options) = flow["menu"]["options"].as_array_mut() else { return Ok(()) };
    for option in options {
        let said = option["key"].as_str().and_then(|key| of_keys.remove(key));
        if let Some(said) = said {
            option["phrases"] = json!(said);
        }
    }
    Ok(())
}

/// The members of these groups; an empty name alone is no scope.
async fn scope(client: &Client, tenant: &str, names: &[String]) -> Result<Value, ClientError> {
    let mut groups = Vec::with_capacity(names.len());
    for name in names.iter().filter(|name| !name.is_empty()) {
        groups.push(client.get(&format!("{tenant}/groups/{name}")).await?["id"].clone());
    }
    Ok(if groups.is_empty() { Value::Null } else { json!({ "groups": groups }) })
}

/// An option of a menu as the API takes it, from `1=queue:Sales`.
async fn option(client: &Client, tenant: &str, words: &str) -> Result<Value, ClientError> {
    let unknown = || ClientError::Malformed { what: "key", text: words.to_owned(), expected: ACTIONS };
    let (key, action) = words.split_once('=').ok_or_else(unknown)?;
    let action = match action {
        "operator" => json!({ "type": "operator" }),
        "directory" => json!({ "type": "search_directory", "by": "both" }),
        "names" => json!({ "type": "search_directory", "by": "by_name" }),
        "extensions" => json!({ "type": "search_directory", "by": "by_extension" }),
        "hangup" => json!({ "type": "disconnect" }),
        _ => match action.strip_prefix("say:") {
            Some(text) => json!({ "type": "announcement", "prompt": apps::prompt(text) }),
            None if action.contains(':') => {
                json!({ "type": "transfer", "target": apps::target(client, tenant, action).await? })
            }
            None => return Err(unknown()),
        },
    };
    Ok(json!({ "key": key, "action": action }))
}
