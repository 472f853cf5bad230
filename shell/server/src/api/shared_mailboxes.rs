//! Mailboxes that teams share.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::apps::mailbox::{
    AfterHours, AppGreeting as PhoneAppGreeting, Member as PhoneMember, MemberGroup, MemberRole as PhoneRole, Settings,
    Transcription as PhoneTranscription, Via,
};
use phone::id::{AttendantId, GroupId, QueueId, ScheduleId, SharedMailboxId, UserId};
use phone::limits::{MESSAGE_DAYS, MESSAGE_SECS_MIN, QUIET_SECS};
use serde::{Deserialize, Serialize};
use store::Expected;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Created, Params, Versioned, id, if_match};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use super::prompts::Prompt;
use crate::admin::{Access, Caller, Permission, Refused};

const SORT: &str = "name";

/// A mailbox that a team shares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Repairs", "language": "en-US", "emails": ["repairs@example.com"] }))]
pub struct SharedMailbox {
    /// Only shown.
    #[serde(default)]
    pub id: Uuid,
    pub name: String,
    /// Who dials it leaves a message; a member hears them.
    pub extension: Option<String>,
    /// The language of its texts, and of what the system says in it.
    pub language: String,
    #[serde(default)]
    pub members: Vec<MailboxMember>,
    /// Whose members are members, as they come and go.
    #[serde(default)]
    pub groups: Vec<MailboxGroup>,
    /// Heard before the words that ask for a message.
    pub greeting: Option<Prompt>,
    /// Heard instead while a schedule is in effect.
    pub after_hours: Option<AfterHoursGreeting>,
    /// Heard instead by who comes from these apps, at any hour.
    #[serde(default)]
    pub app_greetings: Vec<AppGreeting>,
    /// Longest message, 15 to 900.
    #[serde(default = "max_seconds")]
    pub max_seconds: u32,
    /// A shorter message is not kept.
    #[serde(default = "min_seconds")]
    pub min_seconds: u32,
    /// Silence that ends a message; 0 is never.
    #[serde(default = "silence_seconds")]
    pub silence_seconds: u32,
    #[serde(default = "retention_days")]
    pub retention_days: u32,
    #[serde(default)]
    pub transcription: Transcription,
    /// Addresses that are told of each message.
    #[serde(default)]
    pub emails: Vec<String>,
    /// Whether the members' phones show that there are messages.
    #[serde(default = "yes")]
    pub mwi_for_members: bool,
}

/// Who works with the messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailboxMember {
    /// A person.
    pub user: Uuid,
    #[serde(default)]
    pub role: MailboxRole,
}

/// A group whose members work with the messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailboxGroup {
    pub group: Uuid,
    #[serde(default)]
    pub role: MailboxRole,
}

/// What callers hear while a schedule is in effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AfterHoursGreeting {
    pub schedule: Uuid,
    pub greeting: Prompt,
}

/// What callers hear who come from an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppGreeting {
    pub app: GreetedApp,
    pub greeting: Prompt,
}

/// The app that callers come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum GreetedApp {
    AutoAttendant { id: Uuid },
    CallQueue { id: Uuid },
}

/// How far a member may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailboxRole {
    /// Hear messages, and say who works on them.
    #[default]
    Listen,
    /// Delete them, too.
    Manage,
}

/// Whether messages are written down, if the server has a speech server that can.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transcription {
    #[default]
    Off,
    On,
}

/// List shared mailboxes
#[utoipa::path(get, path = "/tenants/{tenant}/shared-mailboxes", tag = "shared-mailboxes",
    params(("tenant" = String, Path), PageParams), responses((status = 200, body = List<SharedMailbox>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<SharedMailbox>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(SORT, false)?;
    let page = access.store().documents::<Settings>(access.tenant(), &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|settings| SharedMailbox::from(&settings.value)), SORT))
}

/// Create a shared mailbox; its greeting is rendered before it is saved
#[utoipa::path(post, path = "/tenants/{tenant}/shared-mailboxes", tag = "shared-mailboxes",
    params(("tenant" = String, Path)), request_body = SharedMailbox,
    responses((status = 201, body = SharedMailbox), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<SharedMailbox>,
) -> Result<Created<SharedMailbox>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let settings = wanted.read(&access, SharedMailboxId(Uuid::now_v7())).await?;
    let version = access.save_mailbox(&settings, Expected::Absent).await?;
    let location = format!("/tenants/{}/shared-mailboxes/{}", access.tenant(), settings.id);
    Ok(Created { value: (&settings).into(), version, location })
}

/// Show a shared mailbox
#[utoipa::path(get, path = "/tenants/{tenant}/shared-mailboxes/{mailbox}", tag = "shared-mailboxes",
    params(("tenant" = String, Path), ("mailbox" = Uuid, Path)),
    responses((status = 200, body = SharedMailbox), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, mailbox)): Path<(String, String)>,
) -> Result<Versioned<SharedMailbox>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let found = access.mailbox(SharedMailboxId(id(&mailbox, "shared mailbox")?)).await?;
    Ok(Versioned { value: (&found.value).into(), version: found.version })
}

/// Change a shared mailbox; its greeting is rendered before it is saved
#[utoipa::path(put, path = "/tenants/{tenant}/shared-mailboxes/{mailbox}", tag = "shared-mailboxes",
    params(("tenant" = String, Path), ("mailbox" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    request_body = SharedMailbox, responses((status = 200, body = SharedMailbox), Refusals, WriteRefusals))]
pub async fn replace(
    caller: Caller,
    Path((tenant, mailbox)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<SharedMailbox>,
) -> Result<Versioned<SharedMailbox>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let expected = if_match(&headers)?;
    let mailbox = SharedMailboxId(id(&mailbox, "shared mailbox")?);
    access.mailbox(mailbox).await?;
    let settings = wanted.read(&access, mailbox).await?;
    let version = access.save_mailbox(&settings, expected).await?;
    Ok(Versioned { value: (&settings).into(), version })
}

/// Delete a shared mailbox that nothing leads to, with all messages in it
#[utoipa::path(delete, path = "/tenants/{tenant}/shared-mailboxes/{mailbox}", tag = "shared-mailboxes",
    params(("tenant" = String, Path), ("mailbox" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, mailbox)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let mailbox = SharedMailboxId(id(&mailbox, "shared mailbox")?);
    access.delete_mailbox(mailbox, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl SharedMailbox {
    async fn read(self, access: &Access, id: SharedMailboxId) -> Result<Settings, Refused> {
        let member = |member: MailboxMember| PhoneMember { user: UserId(member.user), role: member.role.into() };
        let group = |one: MailboxGroup| MemberGroup { group: GroupId(one.group), role: one.role.into() };
        let after_hours = match self.after_hours {
            Some(AfterHoursGreeting { schedule, greeting }) => Some(AfterHours {
                schedule: ScheduleId(schedule),
                greeting: greeting.read(access, "after_hours.greeting", &self.language).await?,
            }),
            None => None,
        };
        let mut app_greetings = Vec::with_capacity(self.app_greetings.len());
        for (index, AppGreeting { app, greeting }) in self.app_greetings.into_iter().enumerate() {
            let greeting = greeting.read(access, &format!("app_greetings[{index}].greeting"), &self.language).await?;
            app_greetings.push(PhoneAppGreeting { via: app.into(), greeting });
        }
        Ok(Settings {
            id,
            name: self.name,
            extension: self.extension,
            members: self.members.into_iter().map(member).collect(),
            groups: self.groups.into_iter().map(group).collect(),
            after_hours,
            app_greetings,
            greeting: Prompt::read_some(self.greeting, access, "greeting", &self.language).await?,
            max_secs: self.max_seconds,
            min_secs: self.min_seconds,
            quiet_secs: self.silence_seconds,
            retention_days: self.retention_days,
            transcription: match self.transcription {
                Transcription::Off => PhoneTranscription::Off,
                Transcription::On => PhoneTranscription::On,
            },
            emails: self.emails,
            mwi_for_members: self.mwi_for_members,
            language: self.language,
        })
    }
}

impl From<&Settings> for SharedMailbox {
    fn from(settings: &Settings) -> Self {
        let member = |member: &PhoneMember| MailboxMember { user: member.user.0, role: member.role.into() };
        let group = |one: &MemberGroup| MailboxGroup { group: one.group.0, role: one.role.into() };
        let after_hours =
            |one: &AfterHours| AfterHoursGreeting { schedule: one.schedule.0, greeting: Prompt::from(&one.greeting) };
        let app_greeting =
            |one: &PhoneAppGreeting| AppGreeting { app: one.via.into(), greeting: Prompt::from(&one.greeting) };
        Self {
            id: settings.id.0,
            name: settings.name.clone(),
            extension: settings.extension.clone(),
            language: settings.language.clone(),
            members: settings.members.iter().map(member).collect(),
            groups: settings.groups.iter().map(group).collect(),
            greeting: settings.greeting.as_ref().map(Prompt::from),
            after_hours: settings.after_hours.as_ref().map(after_hours),
            app_greetings: settings.app_greetings.iter().map(app_greeting).collect(),
            max_seconds: settings.max_secs,
            min_seconds: settings.min_secs,
            silence_seconds: settings.quiet_secs,
            retention_days: settings.retention_days,
            transcription: match settings.transcription {
                PhoneTranscription::Off => Transcription::Off,
                PhoneTranscription::On => Transcription::On,
            },
            emails: settings.emails.clone(),
            mwi_for_members: settings.mwi_for_members,
        }
    }
}

impl From<GreetedApp> for Via {
    fn from(app: GreetedApp) -> Self {
        match app {
            GreetedApp::AutoAttendant { id } => Self::Attendant(AttendantId(id)),
            GreetedApp::CallQueue { id } => Self::Queue(QueueId(id)),
        }
    }
}

impl From<Via> for GreetedApp {
    fn from(via: Via) -> Self {
        match via {
            Via::Attendant(id) => Self::AutoAttendant { id: id.0 },
            Via::Queue(id) => Self::CallQueue { id: id.0 },
        }
    }
}

impl From<MailboxRole> for PhoneRole {
    fn from(role: MailboxRole) -> Self {
        match role {
            MailboxRole::Listen => Self::Listen,
            MailboxRole::Manage => Self::Manage,
        }
    }
}

impl From<PhoneRole> for MailboxRole {
    fn from(role: PhoneRole) -> Self {
        match role {
            PhoneRole::Listen => Self::Listen,
            PhoneRole::Manage => Self::Manage,
        }
    }
}

fn max_seconds() -> u32 {
    300
}

fn min_seconds() -> u32 {
    MESSAGE_SECS_MIN
}

fn silence_seconds() -> u32 {
    QUIET_SECS
}

fn retention_days() -> u32 {
    MESSAGE_DAYS
}

fn yes() -> bool {
    true
}
