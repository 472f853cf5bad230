//! A queue as it is set up. Specification of voice apps, 1.13.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::alert::Alerts;
use super::callback::Callback;
use super::hours::Hours;
use crate::apps::delegation::Authorized;
use crate::apps::prompt::Prompt;
use crate::apps::recording::Recording;
use crate::apps::target::Target;
use crate::id::{GroupId, QueueId, ResourceAccountId, ScheduleId, UserId};
use crate::limits::AGENT_CAPACITY_MAX;
use crate::people::notice::Notice;

/// A queue as the administrator set it up. Specification 1.13.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub id: QueueId,
    pub name: String,
    pub language: String,
    pub greeting: Option<Prompt>,
    /// None plays the default music.
    pub music: Option<Prompt>,
    /// People named one by one, in list order.
    pub agents: Vec<UserId>,
    /// Groups whose members are agents as well, for as long as they are members. Specification 1.14.
    #[serde(default)]
    pub groups: Vec<GroupId>,
    /// Agents in the order in which they are to be asked, whether named or in a group; who is not here comes after.
    #[serde(default)]
    pub order: Vec<UserId>,
    pub routing: Routing,
    pub presence_based: bool,
    pub allow_opt_out: bool,
    pub agent_alert_secs: u32,
    /// Callers waiting; the next one overflows. 0 sends everybody on at once.
    pub overflow_threshold: u32,
    pub overflow: ExceptionAction,
    pub timeout_secs: u32,
    pub timeout: ExceptionAction,
    pub no_agent: NoAgent,
    /// What happens when all agents who are there are busy or away for too long; none lets callers wait. Specification 3.6.
    #[serde(default)]
    pub no_free_agent: Option<NoFreeAgent>,
    pub wrap_up_secs: u32,
    /// Calls of queues in which an agent may talk and still be offered one of this queue: fewer than these. Specification 3.2.
    #[serde(default = "one")]
    pub agent_capacity: u8,
    /// Offers missed in a row after which an agent is opted out; none never does.
    pub missed_offers_max: Option<u32>,
    pub reset_idle_on_miss: bool,
    /// A caller's priority rises by one step after each of these; none leaves it. Specification 3.3.
    #[serde(default)]
    pub age_step_secs: Option<u32>,
    /// Whether callers who waited in another queue before stand where they would if they had waited here.
    #[serde(default)]
    pub keeps_wait_credit: bool,
    #[serde(default)]
    pub timeout_policy: TimeoutPolicy,
    /// Whether agents are offered a caller who still hears the greeting.
    #[serde(default)]
    pub offers_during_greeting: bool,
    /// Which queue an agent of several is asked for first, among calls of the same priority: that of the lowest rank.
    /// Whom it does not name has [`RANK_LAST`]. Specification 3.3.
    #[serde(default)]
    pub ranks: BTreeMap<UserId, u8>,
    /// What callers are told while they wait; none tells nothing.
    #[serde(default)]
    pub announcements: Option<Announcements>,
    /// Whether callers may be called back; none offers it to nobody.
    #[serde(default)]
    pub callback: Option<Callback>,
    /// Who may change it without a role.
    #[serde(default)]
    pub authorized: Authorized,
    /// Callers are to be answered within this time, for the service level in reports; none reckons none. Specification 4.1.
    #[serde(default)]
    pub service_level_secs: Option<u32>,
    /// Who is told when a supervisor joins a call of this queue; none is as the organization says. Specification 3.12.
    #[serde(default)]
    pub supervision_notice: Option<Notice>,
    /// How calls are recorded; none records none. Specification 3.13.
    #[serde(default)]
    pub recording: Option<Recording>,
    /// Resource accounts whose numbers agents may call with, the usual one first. Specification 3.11.
    #[serde(default)]
    pub caller_ids: Vec<ResourceAccountId>,
    /// What somebody is told of; none tells nothing. Specification 4.1.
    #[serde(default)]
    pub alerts: Option<Alerts>,
    /// When it takes no callers; none takes them always. Specification 1.10.
    #[serde(default)]
    pub hours: Option<Hours>,
}

/// What callers are told while they wait. Specification 3.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcements {
    /// Music between one and the next.
    pub every_secs: u32,
    pub tells_place: bool,
    /// Only while it is known.
    pub tells_wait: bool,
    /// One each time, in turn.
    pub comfort: Vec<Prompt>,
}

fn one() -> u8 {
    1
}

/// The rank of a queue for an agent who prefers none.
pub const RANK_LAST: u8 = 9;

/// What becomes of a caller whose time is over while an agent is alerted. Specification 3.6.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeoutPolicy {
    /// The agent may still answer.
    FinishCurrentAlert,
    #[default]
    Strict,
}

/// How the next agent is found. Specification 3.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Routing {
    Attendant,
    LongestIdle,
    RoundRobin,
    Serial,
}

/// What happens to a call that leaves a queue without an agent. Specification 3.8.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionAction {
    /// Said before the action, unless there is a prompt for its kind.
    pub prompt: Option<Prompt>,
    /// Prompts by what the action is; those for other actions wait for the day when it is another.
    #[serde(default)]
    pub prompts: ExceptionPrompts,
    pub action: Exit,
    /// Whether the target's priority replaces the one that the call has got on its way. Specification 3.1.
    #[serde(default)]
    pub overrides_priority: bool,
    /// Whether a key of the caller ends the prompt.
    #[serde(default)]
    pub is_skippable: bool,
}

/// What is said before an action, by what the action is. Specification 3.8.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
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

/// The action itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Exit {
    /// Busy before the answer, otherwise hang up.
    Disconnect,
    Forward {
        target: Target,
    },
}

/// What happens when nobody is logged in. Specification 3.7.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoAgent {
    pub apply_to: NoAgentApplyTo,
    /// None keeps queueing.
    pub action: Option<ExceptionAction>,
}

/// What happens when nobody who is there can take a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoFreeAgent {
    /// Who talks can take the next call; who says to be busy or away can't.
    pub after_secs: u32,
    pub exception: ExceptionAction,
}

/// Which calls the no-agent action takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoAgentApplyTo {
    AllCalls,
    NewCalls,
}

impl Settings {
    /// A queue of which nothing is said but its name. Specification 1.13.
    pub fn new(id: QueueId, name: impl Into<String>, language: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            language: language.into(),
            greeting: None,
            music: None,
            agents: Vec::new(),
            groups: Vec::new(),
            order: Vec::new(),
            routing: Routing::Attendant,
            presence_based: true,
            allow_opt_out: true,
            agent_alert_secs: 30,
            overflow_threshold: 50,
            overflow: ExceptionAction::new(Exit::Disconnect),
            timeout_secs: 1_200,
            timeout: ExceptionAction::new(Exit::Disconnect),
            no_agent: NoAgent { apply_to: NoAgentApplyTo::AllCalls, action: None },
            no_free_agent: None,
            wrap_up_secs: 0,
            agent_capacity: one(),
            missed_offers_max: None,
            reset_idle_on_miss: false,
            age_step_secs: None,
            keeps_wait_credit: false,
            timeout_policy: TimeoutPolicy::Strict,
            offers_during_greeting: false,
            ranks: BTreeMap::new(),
            announcements: None,
            callback: None,
            authorized: Authorized::default(),
            service_level_secs: None,
            supervision_notice: None,
            recording: None,
            caller_ids: Vec::new(),
            alerts: None,
            hours: None,
        }
    }

    /// Calls of queues that an agent may have at once, within what a queue can count.
    pub(crate) fn capacity(&self) -> u8 {
        self.agent_capacity.clamp(1, AGENT_CAPACITY_MAX)
    }

    /// Whether its hours are told from this schedule.
    pub fn uses_schedule(&self, schedule: ScheduleId) -> bool {
        self.hours.iter().flat_map(|hours| &hours.closures).any(|closure| closure.schedule == schedule)
    }

    /// All exceptions with their fields.
    pub fn exceptions(&self) -> impl Iterator<Item = (Cow<'static, str>, &ExceptionAction)> {
        let always = [("overflow", &self.overflow), ("timeout", &self.timeout)];
        let no_free = self.no_free_agent.as_ref().map(|no_free| ("no_free_agent.exception", &no_free.exception));
        let no_agent = self.no_agent.action.as_ref().map(|action| ("no_agent.action", action));
        let named = always.into_iter().chain(no_agent).chain(no_free);
        let closures = self
            .hours
            .iter()
            .flat_map(|hours| &hours.closures)
            .enumerate()
            .map(|(index, closure)| (Cow::Owned(format!("hours.closures[{index}].exception")), &closure.exception));
        named.map(|(field, exception)| (Cow::Borrowed(field), exception)).chain(closures)
    }

    /// All exceptions, to be changed.
    pub fn exceptions_mut(&mut self) -> impl Iterator<Item = &mut ExceptionAction> {
        let no_free = self.no_free_agent.as_mut().map(|no_free| &mut no_free.exception);
        let closures = self.hours.iter_mut().flat_map(|hours| &mut hours.closures).map(|one| &mut one.exception);
        let always = [&mut self.overflow, &mut self.timeout].into_iter();
        always.chain(self.no_agent.action.as_mut()).chain(no_free).chain(closures)
    }

    /// Everything that it may play, to be rendered anew.
    pub fn prompts_mut(&mut self) -> Vec<&mut Prompt> {
        let Self { greeting, music, overflow, timeout, no_agent, no_free_agent, .. } = self;
        let Self { announcements, callback, recording, hours, .. } = self;
        let mut found: Vec<&mut Prompt> = greeting.iter_mut().chain(music).collect();
        found.extend(announcements.iter_mut().flat_map(|told| &mut told.comfort));
        found.extend(callback.iter_mut().map(|callback| &mut callback.offer));
        if let Some(recording) = recording {
            found.extend(recording.announcement.iter_mut().chain(&mut recording.failure_announcement));
        }
        let no_free = no_free_agent.as_mut().map(|no_free| &mut no_free.exception);
        let closures = hours.iter_mut().flat_map(|hours| &mut hours.closures).map(|one| &mut one.exception);
        let exceptions = [overflow, timeout].into_iter().chain(no_agent.action.as_mut()).chain(no_free).chain(closures);
        found.extend(exceptions.flat_map(ExceptionAction::prompts_mut));
        found
    }

    /// Everything that it may play, for rendering.
    pub fn prompts(&self) -> impl Iterator<Item = &Prompt> {
        self.named_prompts().into_iter().map(|(_, prompt)| prompt)
    }

    /// Everything that it may play, with its fields.
    pub fn named_prompts(&self) -> Vec<(String, &Prompt)> {
        let (callback, recording) = (self.callback.as_ref(), self.recording.as_ref());
        let single = [
            ("greeting", self.greeting.as_ref()),
            ("music", self.music.as_ref()),
            ("callback.offer", callback.map(|callback| &callback.offer)),
            ("recording.announcement", recording.and_then(|recording| recording.announcement.as_ref())),
            ("recording.failure_announcement", recording.and_then(|recording| recording.failure_announcement.as_ref())),
        ];
        let single = single.into_iter().filter_map(|(field, prompt)| Some((field.to_owned(), prompt?)));
        let comfort = self.announcements.iter().flat_map(|told| &told.comfort).enumerate();
        let comfort = comfort.map(|(index, prompt)| (format!("announcements.comfort[{index}]"), prompt));
        let exits = self.exceptions().flat_map(|(field, exception)| {
            exception.all_prompts().map(move |(name, prompt)| (format!("{field}.{name}"), prompt))
        });
        single.chain(comfort).chain(exits).collect()
    }
}

impl ExceptionAction {
    /// An action about which nothing is said.
    pub fn new(action: Exit) -> Self {
        Self {
            prompt: None,
            prompts: ExceptionPrompts::default(),
            action,
            overrides_priority: false,
            is_skippable: false,
        }
    }

    /// What the caller hears before the action.
    pub fn said(&self) -> Option<&Prompt> {
        let prompts = &self.prompts;
        let of_kind = match &self.action {
            Exit::Disconnect => &prompts.disconnect,
            Exit::Forward { target } => match target {
                Target::Attendant { .. } | Target::Queue { .. } | Target::ResourceAccount { .. } => {
                    &prompts.redirect_voice_app
                }
                Target::External { .. } => &prompts.redirect_phone,
                Target::SharedMailbox { .. } => &prompts.shared_voicemail,
                Target::User { .. } => &prompts.redirect_person,
                Target::Voicemail { .. } => &prompts.redirect_voicemail,
            },
        };
        of_kind.as_ref().or(self.prompt.as_ref())
    }

    /// All its prompts, to be rendered anew.
    fn prompts_mut(&mut self) -> impl Iterator<Item = &mut Prompt> {
        let prompts = &mut self.prompts;
        let all = [
            &mut self.prompt,
            &mut prompts.disconnect,
            &mut prompts.redirect_person,
            &mut prompts.redirect_voice_app,
            &mut prompts.redirect_phone,
            &mut prompts.redirect_voicemail,
            &mut prompts.shared_voicemail,
        ];
        all.into_iter().flatten()
    }

    /// All its prompts with their fields.
    pub fn all_prompts(&self) -> impl Iterator<Item = (&'static str, &Prompt)> {
        let prompts = &self.prompts;
        let all = [
            ("prompt", &self.prompt),
            ("prompts.disconnect", &prompts.disconnect),
            ("prompts.redirect_person", &prompts.redirect_person),
            ("prompts.redirect_voice_app", &prompts.redirect_voice_app),
            ("prompts.redirect_phone", &prompts.redirect_phone),
            ("prompts.redirect_voicemail", &prompts.redirect_voicemail),
            ("prompts.shared_voicemail", &prompts.shared_voicemail),
        ];
        all.into_iter().filter_map(|(field, prompt)| Some((field, prompt.as_ref()?)))
    }
}
