//! A queue's settings, as the API writes them.

use phone::apps::prompt::Prompt as PhonePrompt;
use phone::apps::queue::alert::Alerts;
use phone::apps::queue::callback::Callback as PhoneCallback;
use phone::apps::queue::{
    Announcements as PhoneAnnouncements, ExceptionAction, ExceptionPrompts as PhonePrompts, Exit as PhoneExit,
    NoAgent as PhoneNoAgent, NoAgentApplyTo as PhoneApplyTo, NoFreeAgent as PhoneNoFreeAgent, Routing as PhoneRouting,
    Settings, TimeoutPolicy as PhoneTimeoutPolicy,
};
use phone::id::{GroupId, QueueId, ResourceAccountId, UserId};
use phone::people::notice::Notice;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::alerts::QueueAlerts;
use super::hours::QueueHours;
use super::recording::QueueRecording;
use crate::admin::{Access, Refused};
use crate::api::authorized::Authorized;
use crate::api::prompts::Prompt;
use crate::api::supervision::SupervisionNotice;
use crate::api::targets::Target;

/// A call queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Repairs", "language": "en-US", "agents": [], "routing": "longest_idle" }))]
pub struct CallQueue {
    /// Only shown.
    #[serde(default)]
    pub id: Uuid,
    pub name: String,
    /// The language of its texts.
    pub language: String,
    pub greeting: Option<Prompt>,
    /// Null plays the default music.
    pub music: Option<Prompt>,
    /// People, in the order in which serial routing asks them.
    #[serde(default)]
    pub agents: Vec<Uuid>,
    /// Groups whose members are agents as well, for as long as they are members; they come after `agents`, group by
    /// group and by extension.
    #[serde(default)]
    pub groups: Vec<Uuid>,
    /// Agents to be asked first, in this order, whether they are named in `agents` or members of a group.
    #[serde(default)]
    pub order: Vec<Uuid>,
    #[serde(default = "default::routing")]
    pub routing: Routing,
    /// Whether only people who are available are asked.
    #[serde(default = "default::yes")]
    pub presence_based: bool,
    #[serde(default = "default::yes")]
    pub allow_opt_out: bool,
    /// How long an agent's phones ring.
    #[serde(default = "default::agent_alert_seconds")]
    pub agent_alert_seconds: u32,
    /// Callers waiting; the next one overflows. 0 sends everybody on at once.
    #[serde(default = "default::overflow_threshold")]
    pub overflow_threshold: u32,
    #[serde(default = "default::exception")]
    pub overflow: Exception,
    #[serde(default = "default::timeout_seconds")]
    pub timeout_seconds: u32,
    #[serde(default = "default::exception")]
    pub timeout: Exception,
    #[serde(default = "default::no_agent")]
    pub no_agent: NoAgent,
    /// What happens when all agents who are there are busy or away for too long; null lets callers wait.
    pub no_free_agent: Option<NoFreeAgent>,
    #[serde(default)]
    pub wrap_up_seconds: u32,
    /// Calls of queues that an agent may have at once, 1 to 10: who talks in fewer is offered the next one.
    #[serde(default = "default::agent_capacity")]
    pub agent_capacity: u8,
    /// Offers missed in a row after which an agent is opted out; null never does.
    pub missed_offers_max: Option<u32>,
    #[serde(default)]
    pub reset_idle_on_miss: bool,
    /// A caller's priority rises by one after each of these; null leaves it.
    pub age_step_seconds: Option<u32>,
    /// Whether callers who waited in another queue before stand where they would if they had waited here.
    #[serde(default)]
    pub keep_wait_credit: bool,
    #[serde(default)]
    pub timeout_policy: TimeoutPolicy,
    /// Whether agents are offered a caller who still hears the greeting.
    #[serde(default)]
    pub offer_during_greeting: bool,
    /// Agents of several queues are asked for that of the lowest rank first, among calls of the same priority.
    #[serde(default)]
    pub ranks: Vec<Rank>,
    /// What callers are told while they wait; null tells nothing.
    pub announcements: Option<Announcements>,
    /// How callers may ask to be called back; null offers it to nobody.
    pub callback: Option<CallbackOffer>,
    #[serde(default)]
    pub authorized: Authorized,
    /// Within this time callers are to be answered: the target of service levels in reports; null reckons none.
    pub service_level_seconds: Option<u32>,
    /// Who is told when a supervisor joins a call of this queue; null is as the organization says.
    pub supervision_notice: Option<SupervisionNotice>,
    /// How calls are recorded, from the moment in which an agent answers; null records none.
    pub recording: Option<QueueRecording>,
    /// Resource accounts whose numbers agents may call with, the usual one first: `*80` before a number, or `calls-out`.
    #[serde(default)]
    pub caller_ids: Vec<Uuid>,
    /// What somebody is told of; null tells nothing.
    #[serde(default)]
    pub alerts: Option<QueueAlerts>,
    /// When the queue takes no callers; null takes them always.
    #[serde(default)]
    pub hours: Option<QueueHours>,
}

/// How callers may ask to be called back. At least one of the three conditions is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallbackOffer {
    /// What the caller presses: 0 to 9, * or #.
    pub key: char,
    /// Offered to the first in line who has waited so long.
    pub after_wait_seconds: Option<u32>,
    /// Offered to those who come while so many wait already.
    pub waiting_min: Option<u32>,
    /// Offered to those who come while so many wait for each agent who is there.
    pub waiting_per_agent_min: Option<u32>,
    /// Says which key it is.
    pub offer: Prompt,
    /// After this time nobody is called back any more.
    #[serde(default = "default::callback_expires_seconds")]
    pub expires_seconds: u32,
    #[serde(default = "default::callback_attempts")]
    pub attempts_max: u32,
    /// Between one attempt and the next.
    #[serde(default = "default::callback_gap_seconds")]
    pub gap_seconds: u32,
}

/// What callers are told while they wait; the music goes on where it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Announcements {
    /// Music between one and the next.
    #[serde(default = "default::announcement_seconds")]
    pub every_seconds: u32,
    /// Whether they hear their place in line.
    #[serde(default)]
    pub position: bool,
    /// Whether they hear how long they will wait, once that can be told.
    #[serde(default)]
    pub estimated_wait: bool,
    /// One each time, in turn.
    #[serde(default)]
    pub comfort: Vec<Prompt>,
}

/// How much an agent prefers this queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rank {
    pub agent: Uuid,
    /// 1 first to 9 last, which who is not named has.
    pub rank: u8,
}

/// What becomes of a caller whose time is over while an agent is alerted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeoutPolicy {
    /// The agent may still answer.
    FinishCurrentAlert,
    #[default]
    Strict,
}

/// How the next agent is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Routing {
    /// All at once.
    Attendant,
    LongestIdle,
    RoundRobin,
    Serial,
}

/// What happens to a caller who leaves the queue without an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// What is said before the action, unless `prompts` has one for its kind.
    pub prompt: Option<Prompt>,
    #[serde(default, skip_serializing_if = "ExceptionPrompts::is_empty")]
    pub prompts: ExceptionPrompts,
    pub action: Exit,
    /// Whether the priority of the target replaces the one that the call got first.
    #[serde(default)]
    pub override_priority: bool,
    /// Whether a key of the caller ends the prompt.
    #[serde(default)]
    pub skippable: bool,
}

/// What is said before an action, by what the action is. Those for other actions are kept for when it changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExceptionPrompts {
    pub disconnect: Option<Prompt>,
    pub redirect_person: Option<Prompt>,
    /// To an attendant, a queue or a resource account.
    pub redirect_voice_app: Option<Prompt>,
    /// To a number outside.
    pub redirect_phone: Option<Prompt>,
    /// To a person's mailbox.
    pub redirect_voicemail: Option<Prompt>,
    pub shared_voicemail: Option<Prompt>,
}

/// Where such a caller goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "type", deny_unknown_fields)]
pub enum Exit {
    Disconnect,
    Forward { target: Target },
}

/// What happens when no agent is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoAgent {
    pub apply_to: ApplyTo,
    /// Null lets callers wait.
    pub action: Option<Exception>,
}

/// What happens when nobody who is there can take a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoFreeAgent {
    /// Who talks can take the next call; who says to be busy or away can't.
    pub after_seconds: u32,
    pub exception: Exception,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApplyTo {
    AllCalls,
    NewCalls,
}

impl CallQueue {
    pub(super) async fn read(self, access: &Access, id: QueueId) -> Result<Settings, Refused> {
        let language = self.language;
        let no_agent = match self.no_agent.action {
            Some(action) => Some(action.read(access, "no_agent.action", &language).await?),
            None => None,
        };
        Ok(Settings {
            id,
            name: self.name,
            greeting: Prompt::read_some(self.greeting, access, "greeting", &language).await?,
            music: Prompt::read_some(self.music, access, "music", &language).await?,
            agents: self.agents.into_iter().map(UserId).collect(),
            groups: self.groups.into_iter().map(GroupId).collect(),
            order: self.order.into_iter().map(UserId).collect(),
            routing: self.routing.into(),
            presence_based: self.presence_based,
            allow_opt_out: self.allow_opt_out,
            agent_alert_secs: self.agent_alert_seconds,
            overflow_threshold: self.overflow_threshold,
            overflow: self.overflow.read(access, "overflow", &language).await?,
            timeout_secs: self.timeout_seconds,
            timeout: self.timeout.read(access, "timeout", &language).await?,
            no_agent: PhoneNoAgent {
                apply_to: match self.no_agent.apply_to {
                    ApplyTo::AllCalls => PhoneApplyTo::AllCalls,
                    ApplyTo::NewCalls => PhoneApplyTo::NewCalls,
                },
                action: no_agent,
            },
            no_free_agent: match self.no_free_agent {
                Some(no_free) => Some(PhoneNoFreeAgent {
                    after_secs: no_free.after_seconds,
                    exception: no_free.exception.read(access, "no_free_agent.exception", &language).await?,
                }),
                None => None,
            },
            wrap_up_secs: self.wrap_up_seconds,
            agent_capacity: self.agent_capacity,
            missed_offers_max: self.missed_offers_max,
            reset_idle_on_miss: self.reset_idle_on_miss,
            age_step_secs: self.age_step_seconds,
            keeps_wait_credit: self.keep_wait_credit,
            timeout_policy: match self.timeout_policy {
                TimeoutPolicy::FinishCurrentAlert => PhoneTimeoutPolicy::FinishCurrentAlert,
                TimeoutPolicy::Strict => PhoneTimeoutPolicy::Strict,
            },
            offers_during_greeting: self.offer_during_greeting,
            callback: match self.callback {
                Some(callback) => Some(callback.read(access, &language).await?),
                None => None,
            },
            announcements: match self.announcements {
                Some(told) => Some(told.read(access, &language).await?),
                None => None,
            },
            service_level_secs: self.service_level_seconds,
            ranks: self.ranks.into_iter().map(|rank| (UserId(rank.agent), rank.rank)).collect(),
            authorized: self.authorized.into(),
            supervision_notice: self.supervision_notice.map(Notice::from),
            caller_ids: self.caller_ids.into_iter().map(ResourceAccountId).collect(),
            recording: match self.recording {
                Some(recording) => Some(recording.read(access, &language).await?),
                None => None,
            },
            alerts: self.alerts.map(Alerts::from),
            hours: match self.hours {
                Some(hours) => Some(hours.read(access, &language).await?),
                None => None,
            },
            language,
        })
    }
}

impl CallbackOffer {
    async fn read(self, access: &Access, language: &str) -> Result<PhoneCallback, Refused> {
        Ok(PhoneCallback {
            key: self.key,
            after_wait_secs: self.after_wait_seconds,
            waiting_min: self.waiting_min,
            waiting_per_agent_min: self.waiting_per_agent_min,
            offer: self.offer.read(access, "callback.offer", language).await?,
            expires_secs: self.expires_seconds,
            attempts_max: self.attempts_max,
            gap_secs: self.gap_seconds,
        })
    }
}

impl From<&PhoneCallback> for CallbackOffer {
    fn from(callback: &PhoneCallback) -> Self {
        Self {
            key: callback.key,
            after_wait_seconds: callback.after_wait_secs,
            waiting_min: callback.waiting_min,
            waiting_per_agent_min: callback.waiting_per_agent_min,
            offer: (&callback.offer).into(),
            expires_seconds: callback.expires_secs,
            attempts_max: callback.attempts_max,
            gap_seconds: callback.gap_secs,
        }
    }
}

impl Announcements {
    async fn read(self, access: &Access, language: &str) -> Result<PhoneAnnouncements, Refused> {
        let mut comfort = Vec::with_capacity(self.comfort.len());
        for (index, prompt) in self.comfort.into_iter().enumerate() {
            comfort.push(prompt.read(access, &format!("announcements.comfort[{index}]"), language).await?);
        }
        Ok(PhoneAnnouncements {
            every_secs: self.every_seconds,
            tells_place: self.position,
            tells_wait: self.estimated_wait,
            comfort,
        })
    }
}

impl From<&PhoneAnnouncements> for Announcements {
    fn from(told: &PhoneAnnouncements) -> Self {
        Self {
            every_seconds: told.every_secs,
            position: told.tells_place,
            estimated_wait: told.tells_wait,
            comfort: told.comfort.iter().map(Prompt::from).collect(),
        }
    }
}

impl Exception {
    pub(super) async fn read(self, access: &Access, field: &str, language: &str) -> Result<ExceptionAction, Refused> {
        let action = match self.action {
            Exit::Disconnect => PhoneExit::Disconnect,
            Exit::Forward { target } => PhoneExit::Forward { target: target.read(&format!("{field}.action.target"))? },
        };
        let prompt = Prompt::read_some(self.prompt, access, &format!("{field}.prompt"), language).await?;
        Ok(ExceptionAction {
            prompt,
            prompts: self.prompts.read(access, field, language).await?,
            action,
            overrides_priority: self.override_priority,
            is_skippable: self.skippable,
        })
    }
}

impl ExceptionPrompts {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    async fn read(self, access: &Access, field: &str, language: &str) -> Result<PhonePrompts, Refused> {
        let read = async |prompt, kind: &str| {
            Prompt::read_some(prompt, access, &format!("{field}.prompts.{kind}"), language).await
        };
        Ok(PhonePrompts {
            disconnect: read(self.disconnect, "disconnect").await?,
            redirect_person: read(self.redirect_person, "redirect_person").await?,
            redirect_voice_app: read(self.redirect_voice_app, "redirect_voice_app").await?,
            redirect_phone: read(self.redirect_phone, "redirect_phone").await?,
            redirect_voicemail: read(self.redirect_voicemail, "redirect_voicemail").await?,
            shared_voicemail: read(self.shared_voicemail, "shared_voicemail").await?,
        })
    }
}

impl From<&PhonePrompts> for ExceptionPrompts {
    fn from(prompts: &PhonePrompts) -> Self {
        let shown = |prompt: &Option<PhonePrompt>| prompt.as_ref().map(Prompt::from);
        Self {
            disconnect: shown(&prompts.disconnect),
            redirect_person: shown(&prompts.redirect_person),
            redirect_voice_app: shown(&prompts.redirect_voice_app),
            redirect_phone: shown(&prompts.redirect_phone),
            redirect_voicemail: shown(&prompts.redirect_voicemail),
            shared_voicemail: shown(&prompts.shared_voicemail),
        }
    }
}

impl From<&Settings> for CallQueue {
    fn from(settings: &Settings) -> Self {
        Self {
            id: settings.id.0,
            name: settings.name.clone(),
            language: settings.language.clone(),
            greeting: settings.greeting.as_ref().map(Prompt::from),
            music: settings.music.as_ref().map(Prompt::from),
            agents: settings.agents.iter().map(|agent| agent.0).collect(),
            groups: settings.groups.iter().map(|group| group.0).collect(),
            order: settings.order.iter().map(|agent| agent.0).collect(),
            routing: settings.routing.into(),
            presence_based: settings.presence_based,
            allow_opt_out: settings.allow_opt_out,
            agent_alert_seconds: settings.agent_alert_secs,
            overflow_threshold: settings.overflow_threshold,
            overflow: (&settings.overflow).into(),
            timeout_seconds: settings.timeout_secs,
            timeout: (&settings.timeout).into(),
            no_agent: NoAgent {
                apply_to: match settings.no_agent.apply_to {
                    PhoneApplyTo::AllCalls => ApplyTo::AllCalls,
                    PhoneApplyTo::NewCalls => ApplyTo::NewCalls,
                },
                action: settings.no_agent.action.as_ref().map(Exception::from),
            },
            no_free_agent: settings.no_free_agent.as_ref().map(|no_free| NoFreeAgent {
                after_seconds: no_free.after_secs,
                exception: (&no_free.exception).into(),
            }),
            wrap_up_seconds: settings.wrap_up_secs,
            agent_capacity: settings.agent_capacity,
            missed_offers_max: settings.missed_offers_max,
            reset_idle_on_miss: settings.reset_idle_on_miss,
            age_step_seconds: settings.age_step_secs,
            keep_wait_credit: settings.keeps_wait_credit,
            timeout_policy: match settings.timeout_policy {
                PhoneTimeoutPolicy::FinishCurrentAlert => TimeoutPolicy::FinishCurrentAlert,
                PhoneTimeoutPolicy::Strict => TimeoutPolicy::Strict,
            },
            offer_during_greeting: settings.offers_during_greeting,
            callback: settings.callback.as_ref().map(CallbackOffer::from),
            service_level_seconds: settings.service_level_secs,
            supervision_notice: settings.supervision_notice.map(SupervisionNotice::from),
            recording: settings.recording.as_ref().map(QueueRecording::from),
            caller_ids: settings.caller_ids.iter().map(|account| account.0).collect(),
            alerts: settings.alerts.as_ref().map(QueueAlerts::from),
            hours: settings.hours.as_ref().map(QueueHours::from),
            announcements: settings.announcements.as_ref().map(Announcements::from),
            ranks: settings.ranks.iter().map(|(agent, rank)| Rank { agent: agent.0, rank: *rank }).collect(),
            authorized: (&settings.authorized).into(),
        }
    }
}

impl From<&ExceptionAction> for Exception {
    fn from(exception: &ExceptionAction) -> Self {
        let action = match &exception.action {
            PhoneExit::Disconnect => Exit::Disconnect,
            PhoneExit::Forward { target } => Exit::Forward { target: target.into() },
        };
        Self {
            prompt: exception.prompt.as_ref().map(Prompt::from),
            prompts: (&exception.prompts).into(),
            action,
            override_priority: exception.overrides_priority,
            skippable: exception.is_skippable,
        }
    }
}

impl From<PhoneRouting> for Routing {
    fn from(routing: PhoneRouting) -> Self {
        match routing {
            PhoneRouting::Attendant => Self::Attendant,
            PhoneRouting::LongestIdle => Self::LongestIdle,
            PhoneRouting::RoundRobin => Self::RoundRobin,
            PhoneRouting::Serial => Self::Serial,
        }
    }
}

impl From<Routing> for PhoneRouting {
    fn from(routing: Routing) -> Self {
        match routing {
            Routing::Attendant => Self::Attendant,
            Routing::LongestIdle => Self::LongestIdle,
            Routing::RoundRobin => Self::RoundRobin,
            Routing::Serial => Self::Serial,
        }
    }
}

/// What a queue has that says nothing of it. Specification of voice apps, 1.13.
mod default {
    use phone::apps::queue::callback;

    use super::{ApplyTo, Exception, ExceptionPrompts, Exit, NoAgent, Routing};

    pub fn routing() -> Routing {
        Routing::Attendant
    }

    pub fn yes() -> bool {
        true
    }

    pub fn agent_capacity() -> u8 {
        1
    }

    pub fn agent_alert_seconds() -> u32 {
        30
    }

    pub fn callback_expires_seconds() -> u32 {
        callback::EXPIRES_SECS
    }

    pub fn callback_attempts() -> u32 {
        callback::ATTEMPTS_MAX
    }

    pub fn callback_gap_seconds() -> u32 {
        callback::GAP_SECS
    }

    pub fn announcement_seconds() -> u32 {
        60
    }

    pub fn overflow_threshold() -> u32 {
        50
    }

    pub fn timeout_seconds() -> u32 {
        1200
    }

    pub fn exception() -> Exception {
        Exception {
            prompt: None,
            prompts: ExceptionPrompts::default(),
            action: Exit::Disconnect,
            override_priority: false,
            skippable: false,
        }
    }

    pub fn no_agent() -> NoAgent {
        NoAgent { apply_to: ApplyTo::AllCalls, action: None }
    }
}
