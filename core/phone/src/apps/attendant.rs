//! An auto attendant: greeting, menu, keys. Specification of voice apps, section 2.
//!
//! The settings are plain data; [`Attendant`] is one caller's way through them.

pub mod check;
mod flow;
mod machine;
pub mod scope;
pub mod search;
pub mod voice;

use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

pub use machine::{Attendant, Doing};
use scope::DialScope;
use search::Listing;
use voice::Hearing;

use super::delegation::Authorized;
use super::hours::Time;
use super::prompt::{Playable, Prompt};
use super::target::Target;
use crate::id::{AttendantId, ScheduleId, UserId};
use crate::numbers::schedule::Schedule;

/// An attendant as the administrator set it up. Specification 1.4.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub id: AttendantId,
    pub name: String,
    pub language: String,
    pub time_zone: String,
    pub default_flow: CallFlow,
    /// In order: holidays are looked at before after-hours whatever their order here.
    pub associations: Vec<Association>,
    pub operator: Option<Target>,
    /// Seconds to wait for a key after a prompt, 2 to 20.
    pub wait_secs: u32,
    #[serde(default)]
    pub user_name_extension: NameSuffix,
    #[serde(default)]
    pub hours_override: Option<HoursOverride>,
    /// Who may change it without a role.
    #[serde(default)]
    pub authorized: Authorized,
    /// Whether callers may speak instead of pressing keys.
    #[serde(default)]
    pub voice_input: bool,
    /// Whom callers may find.
    #[serde(default)]
    pub dial_scope: DialScope,
    /// How many last digits of a direct number reach a person like an extension; none reach nobody. Specification 1.11.
    #[serde(default)]
    pub direct_digits: Option<u8>,
}

impl Settings {
    /// All flows, the default one first.
    pub fn flows(&self) -> impl Iterator<Item = &CallFlow> {
        std::iter::once(&self.default_flow).chain(self.associations.iter().map(|association| &association.flow))
    }

    /// When its flows hold, in the order of the associations.
    pub(crate) fn times(&self) -> Vec<Time> {
        let time = |one: &Association| Time { kind: one.kind, schedule: one.schedule, enabled: one.enabled };
        self.associations.iter().map(time).collect()
    }

    /// Whether callers can search for people by name.
    pub fn searches_names(&self) -> bool {
        self.searches(|by| matches!(by, DirectorySearch::Both | DirectorySearch::ByName))
    }

    /// Whether callers can reach people by extension.
    pub fn searches_extensions(&self) -> bool {
        self.searches(|by| matches!(by, DirectorySearch::Both | DirectorySearch::ByExtension))
    }

    fn searches(&self, is_wanted: impl Fn(DirectorySearch) -> bool) -> bool {
        self.flows().any(|flow| {
            let by_option = |option: &MenuOption| match option.action {
                Action::SearchDirectory { by } => is_wanted(by),
                Action::Announcement { .. } | Action::Disconnect | Action::Operator | Action::Transfer { .. } => false,
            };
            is_wanted(flow.menu.directory_search) || flow.menu.options.iter().any(by_option)
        })
    }
}

/// A flow that applies at certain times. Specification 1.8.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Association {
    pub kind: AssociationKind,
    pub schedule: ScheduleId,
    pub flow: CallFlow,
    pub enabled: bool,
}

/// Holiday wins over after-hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssociationKind {
    AfterHours,
    Holiday,
}

/// Greeting and menu. Specification 1.5.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallFlow {
    pub name: String,
    pub greeting: Option<Prompt>,
    pub menu: Menu,
    pub force_listen: bool,
}

/// Specification 1.6.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Menu {
    pub prompt: Option<Prompt>,
    pub options: Vec<MenuOption>,
    pub directory_search: DirectorySearch,
}

/// Whether a caller may search the directory in this menu.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectorySearch {
    /// By name and by extension.
    Both,
    ByExtension,
    ByName,
    #[default]
    None,
}

/// What is said after a name, where several people have it. Specification 1.4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameSuffix {
    Department,
    #[default]
    None,
    Office,
}

/// Hours that hold whatever the schedules say. Specification 1.10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoursOverride {
    pub state: HoursState,
    /// None holds until somebody takes it back.
    pub until: Option<Timestamp>,
}

/// Open or closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoursState {
    /// The first after-hours flow; the default flow if there is none.
    Closed,
    /// The default flow.
    Open,
}

/// One option of a menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuOption {
    pub key: Key,
    pub action: Action,
    /// What callers may say instead of pressing the key; texts, rendered so that they can be asked back.
    #[serde(default)]
    pub phrases: Vec<Prompt>,
}

/// A telephone key as the menu names it: `0` to `9`, `*`, `#`; or `automatic`, which needs no caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    Automatic,
    Digit(char),
}

/// What an option does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Action {
    Announcement {
        prompt: Prompt,
    },
    Disconnect,
    Operator,
    /// Search the directory from here on.
    SearchDirectory {
        by: DirectorySearch,
    },
    Transfer {
        target: Target,
    },
}

/// What happens to a caller in an attendant.
#[derive(Clone, Debug)]
pub enum Event {
    /// The call was answered and the caller hears us; `wall` chooses the flow.
    Started {
        wall: Timestamp,
    },
    Digit(char),
    /// The caller begins to say something.
    Spoke,
    /// What came of what the caller said after `Listen`.
    Heard(Hearing),
    /// What we asked to play last came to its end; an end of what was replaced or stopped is not told.
    Played,
    /// The target of a transfer could not be reached; the caller is back.
    TransferFailed,
    HungUp,
    Timeout,
}

/// What the attendant wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Play these one after the other, instead of what was playing; `Played` must follow.
    Play(Vec<Playable>),
    StopPlaying,
    /// Listen for these; tell `Spoke` and `Heard` once.
    Listen {
        phrases: Vec<String>,
    },
    /// What is said means nothing any more.
    StopListening,
    /// Ring or enter the target. On failure tell `TransferFailed`.
    Transfer {
        target: Target,
        outcome: Outcome,
    },
    /// Hang up.
    End {
        outcome: Outcome,
    },
}

/// Result codes of section 2.10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    FailoverToOperator,
    OaaChainTooLong,
    OaaSessionTooLong,
    ServiceTerminated,
    TerminatedAutomaticSelection,
    TerminatedNoOperator,
    TerminatedTransferFailed,
    TransferInProgress,
    TransferredExternal,
    TransferredToCq,
    TransferredToOperator,
    TransferredToSelf,
    TransferredToSharedVoicemail,
    TransferredToUser,
    UserTerminated,
}

impl Outcome {
    /// Its stable name in records, as serialization writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::FailoverToOperator => "failover_to_operator",
            Self::OaaChainTooLong => "oaa_chain_too_long",
            Self::OaaSessionTooLong => "oaa_session_too_long",
            Self::ServiceTerminated => "service_terminated",
            Self::TerminatedAutomaticSelection => "terminated_automatic_selection",
            Self::TerminatedNoOperator => "terminated_no_operator",
            Self::TerminatedTransferFailed => "terminated_transfer_failed",
            Self::TransferInProgress => "transfer_in_progress",
            Self::TransferredExternal => "transferred_external",
            Self::TransferredToCq => "transferred_to_cq",
            Self::TransferredToOperator => "transferred_to_operator",
            Self::TransferredToSelf => "transferred_to_self",
            Self::TransferredToSharedVoicemail => "transferred_to_shared_voicemail",
            Self::TransferredToUser => "transferred_to_user",
            Self::UserTerminated => "user_terminated",
        }
    }
}

/// What an attendant looks at beside its settings, found once for each snapshot and not for each call.
#[derive(Clone, Debug, PartialEq)]
pub struct Surroundings {
    pub zone: TimeZone,
    /// Those that the settings name.
    pub schedules: Vec<Arc<Schedule>>,
    /// Whom callers may reach by name or extension.
    pub listed: Listing,
    /// The organization's operator, for attendants that have none.
    pub fallback_operator: Option<UserId>,
}

/// Something that a caller did in an attendant, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Input {
    pub at: Instant,
    pub kind: InputKind,
}

/// What a caller did, or did not do. Specification of voice apps, 4.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "key")]
pub enum InputKind {
    /// Went back to the menu before.
    Back,
    /// A key that means nothing there.
    Invalid(char),
    /// Chose an option of the menu.
    Key(char),
    /// Nobody was found by what was typed.
    NotFound,
    /// Said what nobody understood.
    NotUnderstood,
    /// Chose a person by extension or name.
    Person,
    /// Asked to hear the menu again.
    Repeat,
    /// Chose the option of this key by saying so.
    Said(char),
    /// Chose a person by saying a name or an extension.
    SaidPerson,
    /// Pressed nothing.
    Silence,
}

impl InputKind {
    /// Whether the caller did something.
    pub fn is_action(self) -> bool {
        match self {
            Self::Back
            | Self::Invalid(_)
            | Self::Key(_)
            | Self::NotFound
            | Self::NotUnderstood
            | Self::Person
            | Self::Repeat
            | Self::Said(_)
            | Self::SaidPerson => true,
            Self::Silence => false,
        }
    }

    /// Its stable name in reports: the key itself where an option was chosen.
    pub fn code(self) -> String {
        match self {
            Self::Back => "back".to_owned(),
            Self::Invalid(_) => "invalid".to_owned(),
            Self::Key(key) => key.to_string(),
            Self::NotFound => "not_found".to_owned(),
            Self::NotUnderstood => "not_understood".to_owned(),
            Self::Person => "person".to_owned(),
            Self::Repeat => "repeat".to_owned(),
            Self::Said(key) => format!("said_{key}"),
            Self::SaidPerson => "said_person".to_owned(),
            Self::Silence => "silence".to_owned(),
        }
    }
}

/// How a call came to an attendant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passage {
    /// Apps passed since the caller last made a choice.
    pub depth: usize,
    /// When the first attendant of the chain answered.
    pub session_began: Option<Instant>,
    /// The attendant whose menu led here; `#` leads back to it.
    pub previous: Option<AttendantId>,
}
