//! A queue as it is set up. Specification of voice apps, 1.13.

use serde::{Deserialize, Serialize};

use crate::apps::prompt::Prompt;
use crate::apps::target::Target;
use crate::id::{GroupId, QueueId, UserId};

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
    pub wrap_up_secs: u32,
    /// Offers missed in a row after which an agent is opted out; none never does.
    pub missed_offers_max: Option<u32>,
    pub reset_idle_on_miss: bool,
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
            wrap_up_secs: 0,
            missed_offers_max: None,
            reset_idle_on_miss: false,
        }
    }

    /// All exceptions with their fields.
    pub fn exceptions(&self) -> impl Iterator<Item = (&'static str, &ExceptionAction)> {
        let always = [("overflow", &self.overflow), ("timeout", &self.timeout)];
        always.into_iter().chain(self.no_agent.action.as_ref().map(|action| ("no_agent.action", action)))
    }

    /// All exceptions, to be changed.
    pub fn exceptions_mut(&mut self) -> impl Iterator<Item = &mut ExceptionAction> {
        [&mut self.overflow, &mut self.timeout].into_iter().chain(self.no_agent.action.as_mut())
    }

    /// Everything that it may play, for rendering.
    pub fn prompts(&self) -> impl Iterator<Item = &Prompt> {
        let exits = self.exceptions().flat_map(|(_, exception)| exception.all_prompts().map(|(_, prompt)| prompt));
        self.greeting.iter().chain(&self.music).chain(exits)
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
