//! Whom the ids of an export mean here.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::fields::{Fields, Note, NoteKind, id_of};
use super::{AccountApp, Export, Known, NewAccount, NewMailbox, schedule};
use crate::apps::prompt::Prompt;
use crate::apps::{Priority, Target};
use crate::id::{AttendantId, GroupId, PromptKey, QueueId, ResourceAccountId, ScheduleId, SharedMailboxId, UserId};
use crate::numbers::E164;
use crate::numbers::schedule::Schedule;

/// What the ids of an export mean here.
#[derive(Debug, Default)]
pub(super) struct Ids {
    pub(super) attendants: BTreeMap<String, AttendantId>,
    pub(super) queues: BTreeMap<String, QueueId>,
    pub(super) schedules: BTreeMap<String, ScheduleId>,
    accounts: BTreeMap<String, ResourceAccountId>,
    people: BTreeMap<String, UserId>,
    /// With the name that they had.
    groups: BTreeMap<String, (String, Option<GroupId>)>,
    mailboxes: BTreeMap<String, SharedMailboxId>,
}

/// What is made so far.
pub(super) struct Made<'a> {
    pub(super) known: &'a Known,
    pub(super) ids: Ids,
    new_id: &'a mut dyn FnMut() -> Uuid,
    pub(super) schedules: Vec<Schedule>,
    pub(super) mailboxes: Vec<NewMailbox>,
    accounts: Vec<NewAccount>,
    pub(super) notes: Vec<Note>,
}

/// Kinds of targets, as numbers of attendants' and of queues' targets.
const KINDS: &[(u64, &str)] = &[
    (0, "User"),
    (1, "OrganizationalAutoAttendant"),
    (2, "HuntGroup"),
    (3, "ApplicationEndpoint"),
    (4, "ExternalPstn"),
    (4, "Phone"),
    (5, "SharedVoicemail"),
    (5, "MailBox"),
    (6, "ConfigurationEndpoint"),
];

impl<'a> Made<'a> {
    pub(super) fn new(export: &Export, known: &'a Known, new_id: &'a mut dyn FnMut() -> Uuid) -> Self {
        let mut made = Self {
            known,
            ids: Ids::default(),
            new_id,
            schedules: Vec::new(),
            mailboxes: Vec::new(),
            accounts: Vec::new(),
            notes: Vec::new(),
        };
        for user in &export.users {
            made.learn_user(user);
        }
        for group in &export.groups {
            let name = text(group, &["DisplayName", "Name"]).unwrap_or_default();
            if let Some(id) = object_id(group) {
                let here = known.groups.get(&name.to_lowercase()).or_else(|| known.groups.get(&id));
                made.ids.groups.insert(id, (name, here.copied()));
            }
        }
        made.learn_instances(export);
        for attendant in &export.attendants {
            let there = there(&known.attendants, attendant);
            let id = there.unwrap_or_else(|| AttendantId((made.new_id)()));
            made.ids.attendants.extend(object_id(attendant).map(|foreign| (foreign, id)));
            made.lead(attendant, AccountApp::Attendant(id));
        }
        for queue in &export.queues {
            let there = there(&known.queues, queue);
            let id = there.unwrap_or_else(|| QueueId((made.new_id)()));
            made.ids.queues.extend(object_id(queue).map(|foreign| (foreign, id)));
            made.lead(queue, AccountApp::Queue(id));
        }
        made
    }

    fn learn_user(&mut self, user: &Map<String, Value>) {
        let Some(id) = object_id(user) else { return };
        let named = ["UserPrincipalName", "Mail", "WindowsEmailAddress", "SipAddress"];
        let addresses = named.iter().filter_map(|field| user.get(*field)?.as_str());
        let addresses = addresses.map(|address| address.trim_start_matches("sip:").to_lowercase());
        let found = addresses.chain([id.clone()]).find_map(|name| self.known.people.get(&name).copied());
        self.ids.people.extend(found.map(|found| (id, found)));
    }

    fn learn_instances(&mut self, export: &Export) {
        for instance in &export.instances {
            let Some(foreign) = object_id(instance) else { continue };
            let name = text(instance, &["DisplayName", "UserPrincipalName"]).unwrap_or_else(|| foreign.clone());
            let object = format!("resource account {name}");
            if let Some(there) = self.known.accounts.get(&name.to_lowercase()) {
                self.note(&object, NoteKind::Present, "", "is here already and stays as it is");
                self.ids.accounts.insert(foreign, *there);
                continue;
            }
            let id = ResourceAccountId((self.new_id)());
            self.ids.accounts.insert(foreign, id);
            if let Some(number) = text(instance, &["PhoneNumber"]) {
                let words = format!("{number} is assigned to it when the number is here: trunkline number assign");
                self.note(&object, NoteKind::LeftOut, "PhoneNumber", &words);
            }
            self.accounts.push(NewAccount { id, display_name: name, app: None });
        }
    }

    /// The accounts that an app names lead to it.
    fn lead(&mut self, app: &Map<String, Value>, leads_to: AccountApp) {
        let named = app.get("ApplicationInstances").cloned().map(super::list_of).unwrap_or_default();
        let app_name = text(app, &["Name"]).unwrap_or_default();
        for foreign in named.iter().filter_map(id_of) {
            let Some(id) = self.ids.accounts.get(&foreign).copied() else {
                let id = ResourceAccountId((self.new_id)());
                let object = format!("resource account {app_name}");
                let words =
                    "the export does not have the account itself: it is named as what it leads to, and has no number";
                self.note(&object, NoteKind::Changed, "ApplicationInstances", words);
                self.ids.accounts.insert(foreign, id);
                self.accounts.push(NewAccount { id, display_name: app_name.clone(), app: Some(leads_to) });
                continue;
            };
            for account in self.accounts.iter_mut().filter(|account| account.id == id) {
                account.app = Some(leads_to);
            }
        }
    }

    pub(super) fn accounts(&mut self) -> Vec<NewAccount> {
        std::mem::take(&mut self.accounts)
    }

    /// All schedules, those of the export and those that only attendants have in them, each once.
    pub(super) fn schedules(&mut self, export: &Export) {
        let inside = export.attendants.iter().flat_map(|one| one.get("Schedules").cloned().map(super::list_of));
        let inside = inside.flatten().filter_map(|schedule| match schedule {
            Value::Object(map) => Some(map),
            Value::Array(_) | Value::Bool(_) | Value::Null | Value::Number(_) | Value::String(_) => None,
        });
        for map in export.schedules.iter().cloned().chain(inside) {
            let Some(foreign) = object_id(&map) else { continue };
            if self.ids.schedules.contains_key(&foreign) {
                continue;
            }
            let mut fields = Fields::new("schedule", &map);
            let name = fields.text("Name").unwrap_or_else(|| foreign.clone());
            fields.named(format!("schedule {name}"));
            if let Some(there) = self.known.schedules.get(&name.to_lowercase()) {
                fields.note(NoteKind::Present, "", "is here already and stays as it is");
                self.ids.schedules.insert(foreign, *there);
            } else if let Some(rule) = schedule::read(&mut fields) {
                let id = ScheduleId((self.new_id)());
                self.ids.schedules.insert(foreign, id);
                self.schedules.push(Schedule { id, name, rule });
            }
            self.notes.append(&mut fields.notes);
        }
    }

    pub(super) fn note(&mut self, object: &str, kind: NoteKind, field: &str, words: &str) {
        self.notes.push(Note { object: object.to_owned(), field: field.to_owned(), kind, words: words.to_owned() });
    }

    /// Somebody with an id or an address.
    pub(super) fn person(&self, id: &str) -> Option<UserId> {
        let name = id.trim_start_matches("sip:").to_lowercase();
        self.ids.people.get(&name).or_else(|| self.known.people.get(&name)).copied()
    }

    pub(super) fn group(&self, id: &str) -> Option<GroupId> {
        let of_export = self.ids.groups.get(id).and_then(|(_, group)| *group);
        of_export.or_else(|| self.known.groups.get(id).copied())
    }

    pub(super) fn account(&self, id: &str) -> Option<ResourceAccountId> {
        self.ids.accounts.get(id).copied()
    }

    /// The mailbox of a group, made if there is none.
    fn mailbox(&mut self, group: &str, is_transcribed: bool) -> SharedMailboxId {
        let (name, here) = match self.ids.groups.get(group) {
            Some((name, here)) if !name.is_empty() => (name.clone(), *here),
            Some((_, here)) => (group.to_owned(), *here),
            None => (group.to_owned(), self.known.groups.get(group).copied()),
        };
        let there = self.known.mailboxes.get(&name.to_lowercase()).or_else(|| self.ids.mailboxes.get(group));
        if let Some(there) = there {
            for made in self.mailboxes.iter_mut().filter(|made| made.id == *there) {
                made.is_transcribed |= is_transcribed;
            }
            return *there;
        }
        let id = SharedMailboxId((self.new_id)());
        self.ids.mailboxes.insert(group.to_owned(), id);
        let object = format!("shared mailbox {name}");
        if here.is_none() {
            let words = "there is no such group here: the mailbox has no members until somebody adds them";
            self.note(&object, NoteKind::LeftOut, "members", words);
        }
        self.mailboxes.push(NewMailbox { id, name, group: here, is_transcribed });
        id
    }

    /// Where a callable entity leads here; none, with a note, if that is not known.
    pub(super) fn target(&mut self, outer: &mut Fields, field: &str, priority: Option<Priority>) -> Option<Target> {
        let mut entity = outer.inner(field)?;
        let found = self.entity(&mut entity, priority);
        entity.end(&["AdditionalType"]);
        outer.join(entity);
        found
    }

    fn entity(&mut self, entity: &mut Fields, priority: Option<Priority>) -> Option<Target> {
        let id = entity.text("Id")?;
        let kind = entity.word("Type", KINDS);
        let own = entity.count("CallPriority").and_then(|value| Priority::try_from(u8::try_from(value).ok()?).ok());
        let priority = own.or(priority).unwrap_or_default();
        let is_transcribed = entity.yes("EnableTranscription").unwrap_or(false);
        let suppress = entity.yes("EnableSharedVoicemailSystemPromptSuppression").unwrap_or(false);
        let lower = id.to_lowercase();
        if let Some(number) = number_of(&id) {
            return Some(Target::External { number });
        }
        let found = match kind {
            Some("SharedVoicemail" | "MailBox") => Some(Target::SharedMailbox {
                id: self.mailbox(&lower, is_transcribed),
                suppress_system_prompt: suppress,
            }),
            _ => self.app_or_person(&lower, priority),
        };
        if found.is_none() {
            entity.left_out("Id", format!("nobody and nothing here is known as {id}"));
        }
        found
    }

    /// Ids are unique over all kinds, so that the kind, which is written in several ways, need not be known.
    fn app_or_person(&self, id: &str, priority: Priority) -> Option<Target> {
        let attendant = self.ids.attendants.get(id).map(|id| Target::Attendant { id: *id, priority });
        let queue = || self.ids.queues.get(id).map(|id| Target::Queue { id: *id, priority });
        let account = || self.ids.accounts.get(id).map(|id| Target::ResourceAccount { id: *id, priority });
        let person = || self.person(id).map(|id| Target::User { id });
        attendant.or_else(queue).or_else(account).or_else(person)
    }

    /// A text or a file; none, with a note, if the file did not come along.
    pub(super) fn prompt(&self, fields: &mut Fields, field: &str, said: Said) -> Option<Prompt> {
        let text = said.text.map(|text| Prompt::Text { key: PromptKey(Uuid::nil()), text });
        let Some(file) = said.audio else { return text };
        let name = said.file_name.unwrap_or_else(|| file.clone());
        match self.known.audio.get(&file) {
            Some((key, name)) => Some(Prompt::AudioFile { key: *key, file_name: name.clone() }),
            None => {
                let words = format!(
                    "the audio file {name} is not in the export: add it under AudioFiles, or upload it and set it here"
                );
                fields.left_out(field, words);
                text
            }
        }
    }
}

/// What a prompt of an export has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) text: Option<String>,
    /// Its id.
    pub(super) audio: Option<String>,
    pub(super) file_name: Option<String>,
}

/// A number in any of the forms in which an export has it.
pub(super) fn number_of(text: &str) -> Option<E164> {
    let number = text.strip_prefix("tel:").unwrap_or(text);
    let number = number.split(';').next().unwrap_or(number);
    E164::parse(number).ok()
}

fn there<T: Copy>(known: &BTreeMap<String, T>, object: &Map<String, Value>) -> Option<T> {
    known.get(&text(object, &["Name"])?.to_lowercase()).copied()
}

fn object_id(object: &Map<String, Value>) -> Option<String> {
    ["Identity", "Id", "ObjectId"].iter().find_map(|field| id_of(object.get(*field)?))
}

fn text(object: &Map<String, Value>, fields: &[&str]) -> Option<String> {
    let found = fields.iter().find_map(|field| object.get(*field)?.as_str().filter(|text| !text.trim().is_empty()));
    found.map(|text| text.trim().to_owned())
}
