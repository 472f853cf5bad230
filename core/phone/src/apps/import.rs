//! Attendants, queues, schedules and resource accounts as PowerShell exports them from the product that many come from.
//! Specification of voice apps, 1.20.
//!
//! Reading is pure: what is there comes in with [`Known`], what is to be made goes out as a [`Plan`] with a note on each
//! thing that has no counterpart or means something else here. Whoever carries the plan out renders the prompts.

mod attendant;
mod fields;
mod queue;
mod schedule;
pub mod steps;
mod targets;

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use uuid::Uuid;

use self::fields::list_of;
pub use self::fields::{Note, NoteKind};
use self::targets::Made;
use super::{attendant as attendants, queue as queues};
use crate::id::{AttendantId, GroupId, PromptKey, QueueId, ResourceAccountId, ScheduleId, SharedMailboxId, UserId};
use crate::numbers::schedule::Schedule;

/// What is there already, by what an export names it.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// By e-mail address in small letters, by extension, and by id at the directory that brought them.
    pub people: BTreeMap<String, UserId>,
    /// By name in small letters, and by id at the directory that brought them.
    pub groups: BTreeMap<String, GroupId>,
    /// By name in small letters.
    pub attendants: BTreeMap<String, AttendantId>,
    /// By name in small letters.
    pub queues: BTreeMap<String, QueueId>,
    /// By name in small letters.
    pub schedules: BTreeMap<String, ScheduleId>,
    /// By name in small letters.
    pub mailboxes: BTreeMap<String, SharedMailboxId>,
    /// By display name in small letters.
    pub accounts: BTreeMap<String, ResourceAccountId>,
    /// Audio files that came with the export, by their ids there.
    pub audio: BTreeMap<String, (PromptKey, String)>,
    /// For what says none.
    pub language: String,
    /// For what says none, as an IANA name.
    pub time_zone: String,
}

/// What is to be made, in this order, and what is to be said about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    pub schedules: Vec<Schedule>,
    pub mailboxes: Vec<NewMailbox>,
    pub queues: Vec<queues::Settings>,
    pub attendants: Vec<attendants::Settings>,
    pub accounts: Vec<NewAccount>,
    pub notes: Vec<Note>,
}

/// A mailbox for the group that an export sends messages to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMailbox {
    pub id: SharedMailboxId,
    pub name: String,
    /// Whose members hear the messages; none if there is no such group here.
    pub group: Option<GroupId>,
    pub is_transcribed: bool,
}

/// A resource account, and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccount {
    pub id: ResourceAccountId,
    pub display_name: String,
    pub app: Option<AccountApp>,
}

/// What an account leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountApp {
    Attendant(AttendantId),
    Queue(QueueId),
}

/// Why a file is no export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnExport {
    #[error("the file is no text in UTF-8 or UTF-16")]
    NotText,
    #[error("the file is not JSON: line {line}, column {column}")]
    NotJson { line: usize, column: usize },
    #[error("the file has no attendants, queues or schedules in it")]
    Empty,
}

/// An export, sorted by kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Export {
    attendants: Vec<Map<String, Value>>,
    queues: Vec<Map<String, Value>>,
    schedules: Vec<Map<String, Value>>,
    instances: Vec<Map<String, Value>>,
    users: Vec<Map<String, Value>>,
    groups: Vec<Map<String, Value>>,
    audio: Vec<Map<String, Value>>,
}

/// An audio file of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioFile {
    pub id: String,
    pub file_name: String,
    /// In Base64.
    pub content: String,
}

impl Export {
    /// Reads a file: an object with lists by kind, or one list, as `ConvertTo-Json` writes them. Windows PowerShell writes
    /// UTF-16.
    pub fn read(bytes: &[u8]) -> Result<Self, NotAnExport> {
        let text = text_of(bytes).ok_or(NotAnExport::NotText)?;
        let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(not_json)?;
        let mut export = Self::default();
        match value {
            Value::Object(object) if kind_of(&object).is_some() => export.add(object),
            Value::Object(object) => {
                for (name, value) in object {
                    export.add_section(&name, value);
                }
            }
            Value::Array(items) => items.into_iter().for_each(|item| export.add_any(item)),
            Value::Bool(_) | Value::Null | Value::Number(_) | Value::String(_) => {}
        }
        let is_empty = export.attendants.is_empty() && export.queues.is_empty() && export.schedules.is_empty();
        if is_empty { Err(NotAnExport::Empty) } else { Ok(export) }
    }

    /// The audio files that came with it.
    pub fn audio_files(&self) -> Vec<AudioFile> {
        let text = |file: &Map<String, Value>, names: [&str; 2]| {
            names.iter().find_map(|name| file.get(*name)?.as_str()).map(str::to_owned)
        };
        let file = |file: &Map<String, Value>| {
            Some(AudioFile {
                id: text(file, ["Id", "Identity"])?,
                file_name: text(file, ["FileName", "Name"])?,
                content: text(file, ["Content", "Base64"])?,
            })
        };
        self.audio.iter().filter_map(file).collect()
    }

    fn add_section(&mut self, name: &str, value: Value) {
        let items = list_of(value).into_iter().filter_map(|item| match item {
            Value::Object(object) => Some(object),
            Value::Array(_) | Value::Bool(_) | Value::Null | Value::Number(_) | Value::String(_) => None,
        });
        let section = match name.to_ascii_lowercase().as_str() {
            "autoattendants" => &mut self.attendants,
            "callqueues" => &mut self.queues,
            "schedules" => &mut self.schedules,
            "applicationinstances" | "resourceaccounts" => &mut self.instances,
            "users" => &mut self.users,
            "groups" => &mut self.groups,
            "audiofiles" => &mut self.audio,
            _ => return items.for_each(|item| self.add(item)),
        };
        section.extend(items);
    }

    fn add_any(&mut self, value: Value) {
        if let Value::Object(object) = value {
            self.add(object);
        }
    }

    fn add(&mut self, object: Map<String, Value>) {
        match kind_of(&object) {
            Some(Kind::Attendant) => self.attendants.push(object),
            Some(Kind::Instance) => self.instances.push(object),
            Some(Kind::Queue) => self.queues.push(object),
            Some(Kind::Schedule) => self.schedules.push(object),
            None => {}
        }
    }
}

/// What an object is, by fields that only its kind has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Attendant,
    Instance,
    Queue,
    Schedule,
}

fn kind_of(object: &Map<String, Value>) -> Option<Kind> {
    let has = |field: &str| object.contains_key(field);
    match () {
        () if has("DefaultCallFlow") => Some(Kind::Attendant),
        () if has("RoutingMethod") => Some(Kind::Queue),
        () if has("WeeklyRecurrentSchedule") || has("FixedSchedule") => Some(Kind::Schedule),
        () if has("ApplicationId") => Some(Kind::Instance),
        () => None,
    }
}

/// What is to be made of an export. `new_id` makes ids that nothing has.
pub fn plan(export: &Export, known: &Known, new_id: &mut dyn FnMut() -> Uuid) -> Plan {
    let mut made = Made::new(export, known, new_id);
    made.schedules(export);
    let queues = export.queues.iter().filter_map(|queue| queue::read(queue, &mut made)).collect();
    let attendants = export.attendants.iter().filter_map(|one| attendant::read(one, &mut made)).collect();
    let accounts = made.accounts();
    Plan { queues, attendants, accounts, schedules: made.schedules, mailboxes: made.mailboxes, notes: made.notes }
}

fn text_of(bytes: &[u8]) -> Option<String> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => {
            let units: Vec<u16> = rest.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
            String::from_utf16(&units).ok()
        }
        _ => std::str::from_utf8(bytes).ok().map(str::to_owned),
    }
}

fn not_json(error: serde_json::Error) -> NotAnExport {
    NotAnExport::NotJson { line: error.line(), column: error.column() }
}
