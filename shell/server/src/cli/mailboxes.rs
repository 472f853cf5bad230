//! Mailboxes of teams and people, and the messages in them.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::apps;
use super::client::{Client, ClientError};
use super::nouns::{Shown, find};
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum MailboxCommand {
    /// List shared mailboxes.
    List,
    /// Show a shared mailbox.
    Show {
        /// Name or id.
        mailbox: String,
    },
    /// Make a shared mailbox.
    Create {
        name: String,
        #[command(flatten)]
        settings: Settings,
    },
    /// Change a shared mailbox; what is not given stays.
    Change {
        /// Name or id.
        mailbox: String,
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        settings: Settings,
    },
    /// Delete a shared mailbox that nothing leads to, with all messages in it.
    Delete {
        /// Name or id.
        mailbox: String,
    },
    /// Show or change a person's own mailbox.
    Person {
        /// Extension or id.
        user: String,
        /// Whether calls that the person does not take go to the mailbox.
        #[arg(long)]
        enabled: Option<bool>,
        /// What callers hear; an empty text is what the system says.
        #[arg(long)]
        greeting: Option<String>,
        /// Whether the person's address is told of each message.
        #[arg(long)]
        email: Option<bool>,
    },
    /// Show, set or remove the PIN with which messages are heard by phone.
    Pin {
        /// Name or id of a shared mailbox.
        #[arg(required_unless_present = "user")]
        mailbox: Option<String>,
        /// That of a person instead: extension or id.
        #[arg(long, conflicts_with = "mailbox")]
        user: Option<String>,
        /// 4 to 10 digits.
        #[arg(long)]
        set: Option<String>,
        #[arg(long, conflicts_with = "set")]
        remove: bool,
    },
    /// List messages, the newest first.
    Messages {
        /// Name or id of a shared mailbox [default: all].
        mailbox: Option<String>,
        /// Those of a person instead: extension or id.
        #[arg(long, conflicts_with = "mailbox")]
        user: Option<String>,
        #[arg(long, value_parser = ["new", "claimed", "done"])]
        status: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Show a message.
    Message { message: Uuid },
    /// Save the sound of a message as a WAV file.
    Save { message: Uuid, file: PathBuf },
    /// Say that you work on a message.
    Claim { message: Uuid },
    /// Leave a message that you work on to others.
    Unclaim { message: Uuid },
    /// Say that nothing is left to do about a message.
    Done { message: Uuid },
    /// Make a message as new, whoever works on it.
    Reopen { message: Uuid },
    /// Call who left a message: your phones ring first. Needs to be signed in as a person.
    CallBack { message: Uuid },
    /// Delete a message and its sound.
    Remove { message: Uuid },
    /// List mails that tell of messages, the newest first.
    Mails {
        #[arg(long, value_parser = ["failed", "sent", "waiting"])]
        state: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Send a mail now that was given up or waits.
    Retry { mail: Uuid },
}

/// What a shared mailbox may have.
#[derive(Debug, Args)]
pub struct Settings {
    /// The language of its texts, such as en-US.
    #[arg(long)]
    language: Option<String>,
    /// Who dials it leaves a message, and members hear them; an empty one is none.
    #[arg(long)]
    extension: Option<String>,
    /// What callers hear first; an empty text is nothing.
    #[arg(long)]
    greeting: Option<String>,
    /// Extension of a member who may hear and delete messages; once for each. Replaces those that there are.
    #[arg(long = "manager")]
    managers: Vec<String>,
    /// Extension of a member who may hear messages; once for each. Replaces those that there are.
    #[arg(long = "listener")]
    listeners: Vec<String>,
    /// Name or id of a group whose members may hear and delete messages; once for each. Replaces those that there are.
    #[arg(long = "manager-group")]
    manager_groups: Vec<String>,
    /// Name or id of a group whose members may hear messages; once for each. Replaces those that there are.
    #[arg(long = "listener-group")]
    listener_groups: Vec<String>,
    /// What callers hear instead while a schedule is in effect, as SCHEDULE=TEXT; an empty one is nothing.
    #[arg(long)]
    after_hours: Option<String>,
    /// What callers hear instead who come from an app, as queue:NAME=TEXT or attendant:NAME=TEXT; once for each, or an
    /// empty one for none. Replaces those that there are.
    #[arg(long = "app-greeting")]
    app_greetings: Vec<String>,
    /// An address that is told of each message; once for each, or an empty one for none.
    #[arg(long = "email")]
    emails: Vec<String>,
    /// Longest message, in seconds.
    #[arg(long)]
    max: Option<u32>,
    /// A shorter message is not kept, in seconds.
    #[arg(long)]
    min: Option<u32>,
    /// Silence that ends a message, in seconds; 0 is never.
    #[arg(long)]
    silence: Option<u32>,
    /// How many days messages are kept.
    #[arg(long)]
    retention_days: Option<u32>,
    /// Whether messages are written down, if the server has a speech server that can.
    #[arg(long, value_parser = ["off", "on"])]
    transcription: Option<String>,
    /// Whether the members' phones show that there are messages.
    #[arg(long)]
    mwi_for_members: Option<bool>,
}

const MAILBOX: &[Column] = &[
    ("Name", "/name"),
    ("Extension", "/extension"),
    ("Longest s", "/max_seconds"),
    ("Kept days", "/retention_days"),
    ("Told", "/emails"),
    ("Id", "/id"),
];
const MEMBERS: &[(&str, &str, &[Column])] = &[("Members", "/members", &[("Person", "/user"), ("May", "/role")])];
const PERSONAL: &[Column] = &[("Enabled", "/enabled"), ("Greeting", "/greeting/text"), ("E-mail", "/email")];
const MESSAGE: &[Column] = &[
    ("Left", "/left_at"),
    ("Mailbox", "/mailbox/name"),
    ("From", "/from"),
    ("Name", "/from_name"),
    ("Seconds", "/duration_seconds"),
    ("Status", "/status"),
    ("By", "/claimed_by"),
    ("Says", "/transcript/text"),
    ("Id", "/id"),
];

const PIN: &[Column] = &[
    ("Set", "/is_set"),
    ("At", "/set_at"),
    ("By", "/set_by"),
    ("Wrong tries", "/wrong_tries"),
    ("Locked until", "/locked_until"),
];
const MAIL: &[Column] = &[
    ("At", "/at"),
    ("To", "/to"),
    ("State", "/state"),
    ("Tries", "/tries"),
    ("Next", "/next_try_at"),
    ("Error", "/error"),
    ("Id", "/id"),
];

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &MailboxCommand) -> Result<Shown, ClientError> {
    let mailboxes = format!("{tenant}/shared-mailboxes");
    let find_mailbox = async |name: &str| find(client, &mailboxes, "shared mailbox", name).await;
    let shown = |mailbox| Ok(Shown::Object(MAILBOX, mailbox, MEMBERS));
    match command {
        MailboxCommand::List => Ok(Shown::Items(MAILBOX, client.list(&mailboxes, &[], usize::MAX).await?)),
        MailboxCommand::Show { mailbox } => shown(client.get(&find_mailbox(mailbox).await?).await?),
        MailboxCommand::Create { name, settings } => {
            let language = client.get(tenant).await?["language"].as_str().unwrap_or("en-US").to_owned();
            let mut body = json!({ "name": name, "language": language });
            settings.put_into(&mut body, client, tenant).await?;
            shown(client.write(Method::POST, &mailboxes, &body).await?)
        }
        MailboxCommand::Change { mailbox, name, settings } => {
            let path = find_mailbox(mailbox).await?;
            let changed = apps::change(client, &path, async |body| {
                settings.put_into(body, client, tenant).await?;
                apps::rename(body, name.as_ref());
                Ok(())
            });
            shown(changed.await?)
        }
        MailboxCommand::Delete { mailbox } => {
            client.delete(&find_mailbox(mailbox).await?).await?;
            Ok(Shown::Words(format!("{mailbox} was deleted.")))
        }
        MailboxCommand::Person { user, enabled, greeting, email } => {
            let path = format!("{tenant}/users/{user}/voicemail");
            if enabled.is_none() && greeting.is_none() && email.is_none() {
                return Ok(Shown::Object(PERSONAL, client.get(&path).await?, &[]));
            }
            let changed = apps::change(client, &path, async |body| {
                put(body, "enabled", enabled.as_ref());
                put(body, "email", email.as_ref());
                if let Some(greeting) = greeting {
                    body["greeting"] = apps::prompt(greeting);
                }
                Ok(())
            });
            Ok(Shown::Object(PERSONAL, changed.await?, &[]))
        }
        MailboxCommand::Pin { mailbox, user, set, remove } => {
            let path = match (mailbox, user) {
                (Some(mailbox), _) => format!("{}/pin", find_mailbox(mailbox).await?),
                (None, user) => format!("{tenant}/users/{}/voicemail/pin", user.as_deref().unwrap_or_default()),
            };
            if *remove {
                client.delete(&path).await?;
                return Ok(Shown::Words("There is no PIN any more.".to_owned()));
            }
            let status = match set {
                Some(pin) => client.write(Method::PUT, &path, &json!({ "pin": pin })).await?,
                None => client.get(&path).await?,
            };
            Ok(Shown::Object(PIN, status, &[]))
        }
        MailboxCommand::Messages { mailbox, user, status, limit } => {
            let mut query: Vec<(&str, String)> = Vec::new();
            if let Some(mailbox) = mailbox {
                let path = find_mailbox(mailbox).await?;
                query.push(("mailbox", path.rsplit('/').next().unwrap_or_default().to_owned()));
            }
            query.extend(user.iter().map(|user| ("user", user.clone())));
            query.extend(status.iter().map(|status| ("status", status.clone())));
            Ok(Shown::Items(MESSAGE, client.list(&format!("{tenant}/voicemail"), &query, *limit).await?))
        }
        MailboxCommand::Message { message } => message_at(client, tenant, *message).await,
        MailboxCommand::Save { message, file } => save(client, tenant, *message, file).await,
        MailboxCommand::Claim { message } => step(client, tenant, *message, "claim").await,
        MailboxCommand::Unclaim { message } => step(client, tenant, *message, "unclaim").await,
        MailboxCommand::Done { message } => step(client, tenant, *message, "done").await,
        MailboxCommand::Reopen { message } => step(client, tenant, *message, "reopen").await,
        MailboxCommand::CallBack { message } => {
            client.post(&format!("{tenant}/voicemail/{message}/call-back")).await?;
            Ok(Shown::Words("Your phones ring.".to_owned()))
        }
        MailboxCommand::Remove { message } => {
            client.delete(&format!("{tenant}/voicemail/{message}")).await?;
            Ok(Shown::Words("The message was deleted.".to_owned()))
        }
        MailboxCommand::Mails { state, limit } => {
            let query: Vec<_> = state.iter().map(|state| ("state", state.clone())).collect();
            Ok(Shown::Items(MAIL, client.list(&format!("{tenant}/mails"), &query, *limit).await?))
        }
        MailboxCommand::Retry { mail } => {
            Ok(Shown::Object(MAIL, client.post(&format!("{tenant}/mails/{mail}/retry")).await?, &[]))
        }
    }
}

async fn message_at(client: &Client, tenant: &str, message: Uuid) -> Result<Shown, ClientError> {
    Ok(Shown::Object(MESSAGE, client.get(&format!("{tenant}/voicemail/{message}")).await?, &[]))
}

async fn step(client: &Client, tenant: &str, message: Uuid, step: &str) -> Result<Shown, ClientError> {
    Ok(Shown::Object(MESSAGE, client.post(&format!("{tenant}/voicemail/{message}/{step}")).await?, &[]))
}

async fn save(client: &Client, tenant: &str, message: Uuid, file: &PathBuf) -> Result<Shown, ClientError> {
    let sound = client.bytes(&format!("{tenant}/voicemail/{message}/audio")).await?;
    std::fs::write(file, sound).map_err(|source| ClientError::Unwritable { path: file.clone(), source })?;
    Ok(Shown::Words(format!("The message was saved as {}.", file.display())))
}

impl Settings {
    async fn put_into(&self, body: &mut Value, client: &Client, tenant: &str) -> Result<(), ClientError> {
        put(body, "language", self.language.as_ref());
        put(body, "max_seconds", self.max.as_ref());
        put(body, "min_seconds", self.min.as_ref());
        put(body, "silence_seconds", self.silence.as_ref());
        put(body, "retention_days", self.retention_days.as_ref());
        put(body, "mwi_for_members", self.mwi_for_members.as_ref());
        put(body, "transcription", self.transcription.as_ref());
        if let Some(extension) = &self.extension {
            body["extension"] = if extension.is_empty() { Value::Null } else { extension.clone().into() };
        }
        if let Some(greeting) = &self.greeting {
            body["greeting"] = apps::prompt(greeting);
        }
        self.put_greetings(body, client, tenant).await?;
        if !self.manager_groups.is_empty() || !self.listener_groups.is_empty() {
            let mut groups = Vec::new();
            let managers = self.manager_groups.iter().map(|name| (name, "manage"));
            let listeners = self.listener_groups.iter().map(|name| (name, "listen"));
            for (name, role) in managers.chain(listeners) {
                let group = client.get(&format!("{tenant}/groups/{name}")).await?["id"].clone();
                groups.push(json!({ "group": group, "role": role }));
            }
            body["groups"] = groups.into();
        }
        if !self.emails.is_empty() {
            body["emails"] = self.emails.iter().filter(|email| !email.is_empty()).cloned().collect();
        }
        if !self.managers.is_empty() || !self.listeners.is_empty() {
            let mut members = Vec::new();
            let managers = self.managers.iter().map(|extension| (extension, "manage"));
            let listeners = self.listeners.iter().map(|extension| (extension, "listen"));
            for (extension, role) in managers.chain(listeners) {
                let user = client.get(&format!("{tenant}/users/{extension}")).await?["id"].clone();
                members.push(json!({ "user": user, "role": role }));
            }
            body["members"] = members.into();
        }
        Ok(())
    }
}

impl Settings {
    async fn put_greetings(&self, body: &mut Value, client: &Client, tenant: &str) -> Result<(), ClientError> {
        match self.after_hours.as_deref() {
            Some("") => body["after_hours"] = Value::Null,
            Some(words) => {
                let (schedule, text) = split(words)?;
                let path = find(client, &format!("{tenant}/schedules"), "schedule", schedule).await?;
                let schedule = path.rsplit('/').next().unwrap_or_default();
                body["after_hours"] = json!({ "schedule": schedule, "greeting": apps::prompt(text) });
            }
            None => {}
        }
        if self.app_greetings.is_empty() {
            return Ok(());
        }
        let mut all = Vec::new();
        for words in self.app_greetings.iter().filter(|words| !words.is_empty()) {
            let (app, text) = split(words)?;
            let target = apps::target(client, tenant, app).await?;
            let app = json!({ "type": target["type"], "id": target["id"] });
            all.push(json!({ "app": app, "greeting": apps::prompt(text) }));
        }
        body["app_greetings"] = all.into();
        Ok(())
    }
}

fn split(words: &str) -> Result<(&str, &str), ClientError> {
    let malformed = || ClientError::Malformed { what: "greeting", text: words.to_owned(), expected: "NAME=TEXT" };
    words.split_once('=').filter(|(_, text)| !text.is_empty()).ok_or_else(malformed)
}

fn put<T: Clone + Into<Value>>(body: &mut Value, field: &str, value: Option<&T>) {
    if let Some(value) = value {
        body[field] = value.clone().into();
    }
}
