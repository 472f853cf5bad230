//! An auto attendant of an export.

use serde_json::{Map, Value};

use super::fields::{Fields, NoteKind};
use super::targets::{Made, Said};
use crate::apps::attendant::scope::DialScope;
use crate::apps::attendant::{
    Action, Association, AssociationKind, CallFlow, DirectorySearch, Key, Menu, MenuOption, NameSuffix, Settings,
};
use crate::apps::delegation::Authorized;
use crate::apps::prompt::Prompt;
use crate::id::{AttendantId, GroupId};
use crate::limits::PHRASES_MAX;
use crate::numbers::schedule::{iana_name, time_zone};

/// Seconds that callers may take to choose.
const WAIT_SECS: u32 = 5;

const ACTIONS: &[(u64, &str)] =
    &[(0, "TransferCallToOperator"), (1, "DisconnectCall"), (2, "TransferCallToTarget"), (3, "Announcement")];
const KEYS: &[(u64, &str)] = &[
    (0, "Tone0"),
    (1, "Tone1"),
    (2, "Tone2"),
    (3, "Tone3"),
    (4, "Tone4"),
    (5, "Tone5"),
    (6, "Tone6"),
    (7, "Tone7"),
    (8, "Tone8"),
    (9, "Tone9"),
    (10, "ToneStar"),
    (11, "TonePound"),
    (100, "Automatic"),
];
const ASSOCIATIONS: &[(u64, &str)] = &[(0, "AfterHours"), (1, "Holiday")];
const SEARCHES: &[(u64, &str)] = &[(0, "None"), (1, "ByName"), (2, "ByExtension")];
const SUFFIXES: &[(u64, &str)] = &[(0, "None"), (1, "Office"), (2, "Department")];

/// What says nothing of how an attendant works.
const ABOUT_IT: &[&str] =
    &["ApplicationInstances", "DialByNameResourceId", "Identity", "Schedules", "Status", "StatusDetails", "TenantId"];

/// The attendant as it is here; none if one of its name is there already.
pub(super) fn read(map: &Map<String, Value>, made: &mut Made<'_>) -> Option<Settings> {
    let mut fields = Fields::new("auto attendant", map);
    let name = fields.text("Name").unwrap_or_default();
    fields.named(format!("auto attendant {name}"));
    let settings = if made.known.attendants.contains_key(&name.to_lowercase()) {
        fields.note(NoteKind::Present, "", "is here already and stays as it is");
        None
    } else {
        let id = fields.text("Identity").and_then(|id| made.ids.attendants.get(&id.to_lowercase()).copied());
        id.map(|id| read_new(id, name, &mut fields, made))
    };
    made.notes.append(&mut fields.notes);
    settings
}

fn read_new(id: AttendantId, name: String, fields: &mut Fields, made: &mut Made<'_>) -> Settings {
    let language = fields.text("LanguageId").unwrap_or_else(|| made.known.language.clone());
    let default_flow = fields.inner("DefaultCallFlow").map(|flow| call_flow(flow, fields, made));
    let mut flows = Vec::new();
    for (index, flow) in fields.list("CallFlows").into_iter().enumerate() {
        if let Value::Object(map) = flow {
            let inner = fields.below(&format!("CallFlows[{index}]"), map.clone());
            let id = map.get("Id").and_then(Value::as_str).unwrap_or_default().to_lowercase();
            flows.push((id, call_flow(inner, fields, made)));
        }
    }
    let settings = Settings {
        id,
        name,
        time_zone: zone(fields, made),
        default_flow: default_flow.unwrap_or_else(|| empty_flow("Default")),
        associations: associations(&flows, fields, made),
        operator: made.target(fields, "Operator", None),
        wait_secs: WAIT_SECS,
        user_name_extension: match fields.word("UserNameExtension", SUFFIXES) {
            Some("Department") => NameSuffix::Department,
            Some("Office") => NameSuffix::Office,
            _ => NameSuffix::None,
        },
        hours_override: None,
        authorized: authorized(fields, made),
        voice_input: fields.yes("VoiceResponseEnabled").unwrap_or(false),
        dial_scope: scope(fields, made),
        direct_digits: None,
        language,
    };
    fields.end(ABOUT_IT);
    without_operator(settings, fields)
}

/// Options that lead to an operator whom nobody named hang up there; they can't be saved here.
fn without_operator(mut settings: Settings, fields: &mut Fields) -> Settings {
    if settings.operator.is_some() {
        return settings;
    }
    let flows = std::iter::once(&mut settings.default_flow)
        .chain(settings.associations.iter_mut().map(|association| &mut association.flow));
    for flow in flows {
        let before = flow.menu.options.len();
        flow.menu.options.retain(|option| option.action != Action::Operator);
        if flow.menu.options.len() < before {
            fields.left_out(&flow.name, "an option leads to the operator, but there is none");
        }
    }
    settings
}

fn zone(fields: &mut Fields, made: &Made<'_>) -> String {
    let Some(name) = fields.text("TimeZoneId") else { return made.known.time_zone.clone() };
    match iana_name(&name) {
        Some(iana) => {
            fields.note(NoteKind::Changed, "TimeZoneId", format!("{name} is {iana} here"));
            iana.to_owned()
        }
        None if time_zone(&name).is_some() => name,
        None => {
            fields.left_out("TimeZoneId", format!("{name} is no known time zone: the organization's is taken"));
            made.known.time_zone.clone()
        }
    }
}

fn call_flow(mut fields: Fields, outer: &mut Fields, made: &mut Made<'_>) -> CallFlow {
    let name = fields.text("Name").unwrap_or_else(|| "Flow".to_owned());
    let flow = CallFlow {
        greeting: prompts("Greetings", &mut fields, made),
        menu: fields.inner("Menu").map(|inner| menu(inner, &mut fields, made)).unwrap_or_default(),
        force_listen: fields.yes("ForceListenMenuEnabled").unwrap_or(false),
        name,
    };
    fields.end(&["Id"]);
    outer.join(fields);
    flow
}

fn menu(mut fields: Fields, outer: &mut Fields, made: &mut Made<'_>) -> Menu {
    let prompt = prompts("Prompts", &mut fields, made);
    let mut options = Vec::new();
    for (index, item) in fields.list("MenuOptions").into_iter().enumerate() {
        if let Value::Object(map) = item {
            let inner = fields.below(&format!("MenuOptions[{index}]"), map);
            options.extend(option(inner, &mut fields, made));
        }
    }
    let by_name = fields.yes("DialByNameEnabled").unwrap_or(false);
    let directory_search = match (fields.word("DirectorySearchMethod", SEARCHES), by_name) {
        (Some("ByName"), _) => DirectorySearch::ByName,
        (Some("ByExtension"), _) => DirectorySearch::ByExtension,
        (_, true) => DirectorySearch::ByName,
        (_, false) => DirectorySearch::None,
    };
    fields.end(&["Name"]);
    outer.join(fields);
    Menu { prompt, options, directory_search }
}

fn option(mut fields: Fields, outer: &mut Fields, made: &mut Made<'_>) -> Option<MenuOption> {
    let key = match fields.word("DtmfResponse", KEYS) {
        Some("Automatic") => Some(Key::Automatic),
        Some("ToneStar") => Some(Key::Digit('*')),
        Some("TonePound") => Some(Key::Digit('#')),
        Some(tone) => tone.chars().last().map(Key::Digit),
        None => None,
    };
    let action = match fields.word("Action", ACTIONS) {
        Some("TransferCallToOperator") => Some(Action::Operator),
        Some("DisconnectCall") => Some(Action::Disconnect),
        Some("TransferCallToTarget") => {
            made.target(&mut fields, "CallTarget", None).map(|target| Action::Transfer { target })
        }
        Some(_) => one_prompt("Prompt", &mut fields, made).map(|prompt| Action::Announcement { prompt }),
        None => None,
    };
    let phrases = fields.list("VoiceResponses");
    let phrases = phrases.iter().filter_map(Value::as_str).filter(|words| !words.trim().is_empty());
    let phrases = phrases
        .take(PHRASES_MAX)
        .map(|words| Prompt::Text { key: crate::id::PromptKey(uuid::Uuid::nil()), text: words.trim().to_owned() });
    let made_option = match (key, action) {
        (Some(key), Some(action)) => Some(MenuOption { key, action, phrases: phrases.collect() }),
        _ => {
            fields.left_out("", "the option does nothing here, and is not made");
            None
        }
    };
    // A target of another action is kept there, and means nothing.
    fields.end(&["CallTarget", "Prompt"]);
    outer.join(fields);
    made_option
}

/// The first of a list of prompts: there it never has more.
fn prompts(field: &str, fields: &mut Fields, made: &Made<'_>) -> Option<Prompt> {
    let mut found = None;
    for (index, item) in fields.list(field).into_iter().enumerate() {
        let Value::Object(map) = item else { continue };
        let field = format!("{field}[{index}]");
        let mut inner = fields.below(&field, map);
        match (read_prompt(&mut inner, made), found.is_some()) {
            (Some(_), true) => inner.left_out("", "only the first prompt is taken"),
            (Some(prompt), false) => found = Some(prompt),
            (None, _) => {}
        }
        fields.join(inner);
    }
    found
}

fn one_prompt(field: &str, fields: &mut Fields, made: &Made<'_>) -> Option<Prompt> {
    let mut inner = fields.inner(field)?;
    let prompt = read_prompt(&mut inner, made);
    fields.join(inner);
    prompt
}

fn read_prompt(fields: &mut Fields, made: &Made<'_>) -> Option<Prompt> {
    let active = fields.text("ActiveType");
    let text = fields.text("TextToSpeechPrompt");
    let audio = fields.inner("AudioFilePrompt");
    let (id, file_name) = match audio {
        Some(mut audio) => (audio.text("Id").map(|id| id.to_lowercase()), audio.text("FileName")),
        None => (None, None),
    };
    // Where both are there, the one that is active; a number of this field is not documented.
    let said = match active.as_deref().map(str::to_ascii_lowercase).as_deref() {
        Some("none") => Said::default(),
        Some("audiofile") => Said { audio: id, file_name, text: None },
        Some(_) | None if text.is_some() => Said { text, ..Said::default() },
        Some(_) | None => Said { audio: id, file_name, text: None },
    };
    made.prompt(fields, "AudioFilePrompt", said)
}

fn associations(flows: &[(String, CallFlow)], fields: &mut Fields, made: &Made<'_>) -> Vec<Association> {
    let mut found = Vec::new();
    for (index, item) in fields.list("CallHandlingAssociations").into_iter().enumerate() {
        let Value::Object(map) = item else { continue };
        let mut inner = fields.below(&format!("CallHandlingAssociations[{index}]"), map);
        let kind = match inner.word("Type", ASSOCIATIONS) {
            Some("Holiday") => Some(AssociationKind::Holiday),
            Some(_) => Some(AssociationKind::AfterHours),
            None => None,
        };
        let schedule = inner.text("ScheduleId").and_then(|id| made.ids.schedules.get(&id.to_lowercase()).copied());
        let flow = inner.text("CallFlowId").map(|id| id.to_lowercase());
        let flow = flow.and_then(|id| flows.iter().find(|(foreign, _)| *foreign == id)).map(|(_, flow)| flow.clone());
        let enabled = inner.yes("Enabled").unwrap_or(true) || kind == Some(AssociationKind::Holiday);
        match (kind, schedule, flow) {
            (Some(kind), Some(schedule), Some(flow)) => found.push(Association { kind, schedule, flow, enabled }),
            (_, None, _) => inner.left_out("ScheduleId", "there is no such schedule in the export"),
            (_, Some(_), _) => inner.left_out("CallFlowId", "there is no such flow"),
        }
        inner.end(&["Priority"]);
        fields.join(inner);
    }
    found
}

fn scope(fields: &mut Fields, made: &Made<'_>) -> DialScope {
    let Some(mut lookup) = fields.inner("DirectoryLookupScope") else { return DialScope::default() };
    let mut groups = |name: &str| -> Option<Vec<GroupId>> {
        let mut scope = lookup.inner(name)?;
        let mut group_scope = scope.inner("GroupScope")?;
        let mut found = Vec::new();
        for id in group_scope.ids("GroupIds") {
            match made.group(&id) {
                Some(group) => found.push(group),
                None => group_scope.left_out("GroupIds", format!("there is no group {id} here")),
            }
        }
        scope.join(group_scope);
        lookup.join(scope);
        Some(found)
    };
    let (included, excluded) = (groups("InclusionScope"), groups("ExclusionScope").unwrap_or_default());
    fields.join(lookup);
    DialScope { included, excluded }
}

pub(super) fn authorized(fields: &mut Fields, made: &Made<'_>) -> Authorized {
    let mut authorized = Authorized::default();
    for id in fields.ids("AuthorizedUsers") {
        match made.person(&id) {
            Some(user) => drop(authorized.users.insert(user)),
            None => fields.left_out("AuthorizedUsers", format!("nobody here is known as {id}")),
        }
    }
    authorized
}

fn empty_flow(name: &str) -> CallFlow {
    CallFlow { name: name.to_owned(), greeting: None, menu: Menu::default(), force_listen: false }
}
