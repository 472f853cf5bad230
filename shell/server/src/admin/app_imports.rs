//! Attendants, queues, schedules and resource accounts from an export of the product that many come from. What to make
//! of it is decided whole before anything is made; then each object is made as if an administrator had.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use phone::access::{Area, Object};
use phone::apps::import::steps::prompts_of_attendant;
use phone::apps::import::{AccountApp, Export, Known, NewAccount, NewMailbox, Note, NoteKind, Plan, plan};
use phone::apps::mailbox::{self, MemberGroup, MemberRole, Transcription};
use phone::apps::prompt::Prompt;
use phone::apps::{Priority, attendant, queue};
use phone::directory::{App, ResourceAccount};
use phone::limits::{MESSAGE_DAYS, MESSAGE_SECS_MIN, QUIET_SECS};
use phone::numbers::schedule::Schedule;
use store::Expected;
use uuid::Uuid;

use super::{Access, Refused};
use crate::prompts::key_of_file;

/// Longest message in a mailbox that is made. Specification of voice apps, 1.15.
const MESSAGE_SECS_MAX: u32 = 300;

/// What is made beside attendants.
const AREAS: [Area; 5] = [Area::AudioFiles, Area::CallQueues, Area::ResourceAccounts, Area::Schedules, Area::Voicemail];

/// Whether anything is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// Only what would be made is told.
    Dry,
    Wet,
}

/// What became of an export.
pub struct Imported {
    pub items: Vec<Item>,
    pub notes: Vec<Note>,
}

/// One object.
pub struct Item {
    /// As the API calls its kind.
    pub kind: &'static str,
    pub name: String,
    pub id: Uuid,
    pub state: State,
    /// Why it was not made, or not whole.
    pub why: Option<String>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Planned,
    Made,
    /// Without what leads elsewhere.
    MadeInPart,
    Failed,
}

impl Access {
    /// Makes what an export has and is not here yet, by name.
    pub async fn import_apps(&self, file: &[u8], run: Run) -> Result<Imported, Refused> {
        for area in AREAS {
            self.check_beside(area, Object::Any)?;
        }
        let export = Export::read(file).map_err(|why| Refused::Invalid {
            code: "app_import.malformed",
            detail: why.to_string(),
            faults: Vec::new(),
            fix: Some("export it again with ConvertTo-Json -Depth 12".to_owned()),
        })?;
        let mut notes = Vec::new();
        let audio = self.import_audio(&export, run, &mut notes).await?;
        let known = self.known_for_import(audio).await?;
        let mut plan = plan(&export, &known, &mut Uuid::now_v7);
        notes.append(&mut plan.notes);
        let items = match run {
            Run::Dry => planned(&plan),
            Run::Wet => self.make(plan).await,
        };
        Ok(Imported { items, notes })
    }

    /// The audio files that came along, by id and by file name.
    async fn import_audio(
        &self,
        export: &Export,
        run: Run,
        notes: &mut Vec<Note>,
    ) -> Result<BTreeMap<String, (phone::id::PromptKey, String)>, Refused> {
        let mut audio = BTreeMap::new();
        for file in export.audio_files() {
            let mut unusable = |words: String| {
                let (object, field) = (format!("audio file {}", file.file_name), "Content".to_owned());
                notes.push(Note { object, field, kind: NoteKind::LeftOut, words });
            };
            let Ok(bytes) = BASE64_STANDARD.decode(file.content.trim()) else {
                unusable("is no Base64".to_owned());
                continue;
            };
            let key = match run {
                Run::Dry => key_of_file(&bytes),
                Run::Wet => match self.add_audio_file(&file.file_name, bytes).await {
                    Ok(meta) => meta.key,
                    Err(Refused::Invalid { detail, .. }) => {
                        unusable(detail);
                        continue;
                    }
                    Err(other) => return Err(other),
                },
            };
            for name in [&file.id, &file.file_name] {
                audio.insert(name.to_lowercase(), (key, file.file_name.clone()));
            }
        }
        Ok(audio)
    }

    async fn known_for_import(
        &self,
        audio: BTreeMap<String, (phone::id::PromptKey, String)>,
    ) -> Result<Known, Refused> {
        let (store, tenant) = (self.store(), self.tenant());
        let profile = self.tenant_row().await?.value.profile;
        let mut known = Known { audio, language: profile.language, time_zone: profile.time_zone, ..Known::default() };
        let snapshot = self.known_snapshot().await?;
        for user in snapshot.users.values() {
            let email = user.email.as_ref().map(|email| email.to_lowercase());
            known.people.extend(email.into_iter().chain([user.extension.clone()]).map(|name| (name, user.id)));
        }
        let groups = store.group_names(tenant).await?;
        known.groups = groups.into_iter().map(|(id, name)| (name.to_lowercase(), id)).collect();
        let attendants = store.all_documents::<attendant::Settings>(tenant).await?;
        known.attendants = attendants.into_iter().map(|one| (one.name.to_lowercase(), one.id)).collect();
        let queues = store.all_documents::<queue::Settings>(tenant).await?;
        known.queues = queues.into_iter().map(|one| (one.name.to_lowercase(), one.id)).collect();
        let schedules = store.all_documents::<Schedule>(tenant).await?;
        known.schedules = schedules.into_iter().map(|one| (one.name.to_lowercase(), one.id)).collect();
        let mailboxes = store.all_documents::<mailbox::Settings>(tenant).await?;
        known.mailboxes = mailboxes.into_iter().map(|one| (one.name.to_lowercase(), one.id)).collect();
        let accounts = snapshot.resource_accounts.values();
        known.accounts = accounts.map(|one| (one.display_name.to_lowercase(), one.id)).collect();
        Ok(known)
    }

    async fn make(&self, mut plan: Plan) -> Vec<Item> {
        let mut items = Vec::new();
        for schedule in &plan.schedules {
            let made = self.save_schedule(schedule, Expected::Absent).await.map(drop);
            items.push(item("schedule", &schedule.name, schedule.id.0, made));
        }
        let language = self.tenant_row().await.map(|row| row.value.profile.language).unwrap_or_default();
        for wanted in &plan.mailboxes {
            let made = self.save_mailbox(&new_mailbox(wanted, &language), Expected::Absent).await.map(drop);
            items.push(item("shared_mailbox", &wanted.name, wanted.id.0, made));
        }
        let accounts = std::mem::take(&mut plan.accounts);
        for wanted in &accounts {
            let made = self.create_resource_account(&new_account(wanted)).await.map(drop);
            items.push(item("resource_account", &wanted.display_name, wanted.id.0, made));
        }
        plan.accounts = accounts;
        let (mut queues, mut attendants) = (plan.queues.clone(), plan.attendants.clone());
        for queue in &mut queues {
            let made = self.make_queue(&plan, queue).await;
            items.push(item("call_queue", &queue.name, queue.id.0, made));
        }
        for attendant in &mut attendants {
            let made = self.make_attendant(&plan, attendant).await;
            items.push(item("auto_attendant", &attendant.name, attendant.id.0, made));
        }
        for account in &plan.accounts {
            let made = self.lead(account).await;
            partly(&mut items, account.id.0, made);
        }
        for queue in queues.iter().filter(|queue| plan.first_of_queue(queue) != **queue) {
            let made = self.save_queue(queue, Expected::Any).await.map(drop);
            partly(&mut items, queue.id.0, made);
        }
        for attendant in attendants.iter().filter(|one| plan.first_of_attendant(one) != **one) {
            let made = self.save_attendant(attendant, Expected::Any).await.map(drop);
            partly(&mut items, attendant.id.0, made);
        }
        items
    }

    async fn make_queue(&self, plan: &Plan, queue: &mut queue::Settings) -> Result<(), Refused> {
        let language = queue.language.clone();
        for prompt in queue.prompts_mut() {
            self.render_imported(prompt, &language).await?;
        }
        self.save_queue(&plan.first_of_queue(queue), Expected::Absent).await.map(drop)
    }

    async fn make_attendant(&self, plan: &Plan, attendant: &mut attendant::Settings) -> Result<(), Refused> {
        let language = attendant.language.clone();
        for prompt in prompts_of_attendant(attendant) {
            self.render_imported(prompt, &language).await?;
        }
        self.save_attendant(&plan.first_of_attendant(attendant), Expected::Absent).await.map(drop)
    }

    pub(super) async fn render_imported(&self, prompt: &mut Prompt, language: &str) -> Result<(), Refused> {
        match prompt {
            Prompt::AudioFile { key, .. } => drop(self.prompts().file(*key).await?),
            Prompt::Text { key, text } => *key = self.prompts().text(language, text).await?.0,
        }
        Ok(())
    }

    /// The account leads to its app, now that both are there.
    async fn lead(&self, account: &NewAccount) -> Result<(), Refused> {
        let Some(app) = account.app else { return Ok(()) };
        let app = match app {
            AccountApp::Attendant(id) => App::Attendant(id),
            AccountApp::Queue(id) => App::Queue(id),
        };
        let change = |there: &mut ResourceAccount| there.app = Some(app);
        self.change_resource_account(account.id, Expected::Any, change).await.map(drop)
    }
}

fn planned(plan: &Plan) -> Vec<Item> {
    let schedules = plan.schedules.iter().map(|one| ("schedule", &one.name, one.id.0));
    let mailboxes = plan.mailboxes.iter().map(|one| ("shared_mailbox", &one.name, one.id.0));
    let accounts = plan.accounts.iter().map(|one| ("resource_account", &one.display_name, one.id.0));
    let queues = plan.queues.iter().map(|one| ("call_queue", &one.name, one.id.0));
    let attendants = plan.attendants.iter().map(|one| ("auto_attendant", &one.name, one.id.0));
    let all = schedules.chain(mailboxes).chain(accounts).chain(queues).chain(attendants);
    all.map(|(kind, name, id)| Item { kind, name: name.clone(), id, state: State::Planned, why: None }).collect()
}

fn item(kind: &'static str, name: &str, id: Uuid, made: Result<(), Refused>) -> Item {
    let (state, why) = match made {
        Ok(()) => (State::Made, None),
        Err(refused) => (State::Failed, Some(words(&refused))),
    };
    Item { kind, name: name.to_owned(), id, state, why }
}

/// What was made lacks what the second step was to add.
fn partly(items: &mut [Item], id: Uuid, second: Result<(), Refused>) {
    let Err(refused) = second else { return };
    for item in items.iter_mut().filter(|item| item.id == id && item.state == State::Made) {
        item.state = State::MadeInPart;
        item.why = Some(words(&refused));
    }
}

/// A refusal with the fields that it is about.
fn words(refused: &Refused) -> String {
    match refused {
        Refused::Invalid { detail, faults, .. } if !faults.is_empty() => {
            let faults = faults.iter().map(|fault| format!("{}: {}", fault.field, fault.message));
            format!("{detail}: {}", faults.collect::<Vec<_>>().join("; "))
        }
        other => other.to_string(),
    }
}

fn new_mailbox(wanted: &NewMailbox, language: &str) -> mailbox::Settings {
    mailbox::Settings {
        id: wanted.id,
        name: wanted.name.clone(),
        extension: None,
        language: language.to_owned(),
        members: Vec::new(),
        groups: wanted.group.map(|group| MemberGroup { group, role: MemberRole::Manage }).into_iter().collect(),
        greeting: None,
        after_hours: None,
        app_greetings: Vec::new(),
        max_secs: MESSAGE_SECS_MAX,
        min_secs: MESSAGE_SECS_MIN,
        quiet_secs: QUIET_SECS,
        retention_days: MESSAGE_DAYS,
        transcription: if wanted.is_transcribed { Transcription::On } else { Transcription::Off },
        emails: Vec::new(),
        mwi_for_members: true,
    }
}

fn new_account(wanted: &NewAccount) -> ResourceAccount {
    ResourceAccount { id: wanted.id, display_name: wanted.display_name.clone(), app: None, priority: Priority::NORMAL }
}
