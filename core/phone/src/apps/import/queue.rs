//! A call queue of an export.

use serde_json::{Map, Value};

use super::attendant::authorized;
use super::fields::{Fields, NoteKind};
use super::targets::{Made, Said};
use crate::apps::prompt::Prompt;
use crate::apps::queue::callback::{ATTEMPTS_MAX, Callback, EXPIRES_SECS, GAP_SECS};
use crate::apps::queue::{ExceptionAction, ExceptionPrompts, Exit, NoAgent, NoAgentApplyTo, Routing, Settings};
use crate::apps::{Priority, Target};
use crate::id::{PromptKey, QueueId};

/// The original counts a queue's timeout in these.
const TIMEOUT_STEP_SECS: u32 = 15;

const ROUTINGS: &[(u64, &str)] = &[(0, "Attendant"), (1, "Serial"), (2, "RoundRobin"), (3, "LongestIdle")];
const OVERFLOW: &[(u64, &str)] = &[(0, "DisconnectWithBusy"), (1, "Forward"), (2, "Voicemail"), (3, "SharedVoicemail")];
const TIMEOUT: &[(u64, &str)] = &[(0, "Disconnect"), (1, "Forward"), (2, "Voicemail"), (3, "SharedVoicemail")];
const NO_AGENT: &[(u64, &str)] =
    &[(0, "Queue"), (1, "Disconnect"), (2, "Forward"), (3, "Voicemail"), (4, "SharedVoicemail")];
const APPLY_TO: &[(u64, &str)] = &[(0, "AllCalls"), (1, "NewCalls")];
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
];

/// What says nothing of how a queue works, or is always so here.
const ABOUT_IT: &[&str] = &[
    "AgentsCapped",
    "AgentsInSyncWithDistributionLists",
    "ApplicationInstances",
    "ConferenceMode",
    "Description",
    "DistributionListsLastExpanded",
    "Identity",
    "MusicOnHoldFileDownloadUri",
    "MusicOnHoldResourceId",
    "OboResourceAccounts",
    "OverflowActionTargetId",
    "Statistics",
    "TenantId",
    "TimeoutActionTargetId",
    "NoAgentActionTargetId",
    "UseDefaultMusicOnHold",
    "WelcomeMusicFileDownloadUri",
];

/// The queue as it is here; none if one of its name is there already.
pub(super) fn read(map: &Map<String, Value>, made: &mut Made<'_>) -> Option<Settings> {
    let mut fields = Fields::new("call queue", map);
    let name = fields.text("Name").unwrap_or_default();
    fields.named(format!("call queue {name}"));
    let settings = if made.known.queues.contains_key(&name.to_lowercase()) {
        fields.note(NoteKind::Present, "", "is here already and stays as it is");
        None
    } else {
        let id = fields.text("Identity").and_then(|id| made.ids.queues.get(&id.to_lowercase()).copied());
        id.map(|id| read_new(id, name, &mut fields, made))
    };
    made.notes.append(&mut fields.notes);
    settings
}

fn read_new(id: QueueId, name: String, fields: &mut Fields, made: &mut Made<'_>) -> Settings {
    let language = fields.text("LanguageId").unwrap_or_else(|| made.known.language.clone());
    let mut settings = Settings::new(id, name, language);
    settings.greeting = sound(
        fields,
        made,
        "WelcomeTextToSpeechPrompt",
        &["WelcomeMusicAudioFileId", "WelcomeMusicResourceId"],
        "WelcomeMusicFileName",
    );
    settings.music =
        sound(fields, made, "", &["MusicOnHoldAudioFileId", "MusicOnHoldResourceId"], "MusicOnHoldFileName");
    agents(&mut settings, fields, made);
    settings.routing = match fields.word("RoutingMethod", ROUTINGS) {
        Some("LongestIdle") => Routing::LongestIdle,
        Some("RoundRobin") => Routing::RoundRobin,
        Some("Serial") => Routing::Serial,
        _ => Routing::Attendant,
    };
    settings.presence_based =
        fields.yes("PresenceBasedRouting").or_else(|| fields.yes("PresenceAwareRouting")).unwrap_or(true);
    settings.allow_opt_out = fields.yes("AllowOptOut").unwrap_or(true);
    settings.agent_alert_secs = fields.count("AgentAlertTime").unwrap_or(settings.agent_alert_secs);
    settings.overflow_threshold = fields.count("OverflowThreshold").unwrap_or(settings.overflow_threshold);
    settings.timeout_secs = timeout(fields).unwrap_or(settings.timeout_secs);
    settings.overflow = exception("Overflow", OVERFLOW, fields, made).unwrap_or(settings.overflow);
    settings.timeout = exception("Timeout", TIMEOUT, fields, made).unwrap_or(settings.timeout);
    settings.no_agent = NoAgent {
        apply_to: match fields.word("NoAgentApplyTo", APPLY_TO) {
            Some("NewCalls") => NoAgentApplyTo::NewCalls,
            _ => NoAgentApplyTo::AllCalls,
        },
        action: exception("NoAgent", NO_AGENT, fields, made),
    };
    settings.service_level_secs = fields.count("ServiceLevelThresholdResponseTimeInSecond").filter(|secs| 0 < *secs);
    settings.callback = callback(fields, made);
    settings.authorized = authorized(fields, made);
    for id in fields.ids("OboResourceAccountIds") {
        match made.account(&id) {
            Some(account) => settings.caller_ids.push(account),
            None => fields.left_out("OboResourceAccountIds", format!("there is no resource account {id} here")),
        }
    }
    fields.end(ABOUT_IT);
    settings
}

fn timeout(fields: &mut Fields) -> Option<u32> {
    let secs = fields.count("TimeoutThreshold")?;
    if !secs.is_multiple_of(TIMEOUT_STEP_SECS) {
        // To the nearest step, as the original shows and keeps it.
        let shown = secs.saturating_add(TIMEOUT_STEP_SECS / 2) / TIMEOUT_STEP_SECS * TIMEOUT_STEP_SECS;
        let words =
            format!("{secs} seconds were shown and kept as {shown} there; here callers wait {secs} to the second");
        fields.note(NoteKind::Changed, "TimeoutThreshold", words);
    }
    Some(secs)
}

fn agents(settings: &mut Settings, fields: &mut Fields, made: &Made<'_>) {
    let listed = fields.list("Agents");
    let groups = fields.ids("DistributionLists");
    let mut named = fields.ids("Users");
    if named.is_empty() && groups.is_empty() {
        named = listed.iter().filter_map(super::fields::id_of).collect();
    }
    for id in named {
        match made.person(&id) {
            Some(user) if settings.agents.contains(&user) => {}
            Some(user) => settings.agents.push(user),
            None => fields.left_out("Users", format!("nobody here is known as {id}")),
        }
    }
    for id in groups {
        match made.group(&id) {
            Some(group) => settings.groups.push(group),
            None => fields.left_out("DistributionLists", format!("there is no group {id} here")),
        }
    }
    let is_out = |agent: &&Value| agent.get("OptIn") == Some(&Value::Bool(false));
    for id in listed.iter().filter(is_out).filter_map(super::fields::id_of) {
        if made.person(&id).is_some_and(|user| settings.agents.contains(&user)) {
            fields.note(
                NoteKind::Changed,
                "Agents",
                format!("{id} took no calls there, and does here until opting out"),
            );
        }
    }
}

/// The action of an exception with its prompts; none if the queue just goes on.
fn exception(
    prefix: &str,
    actions: &[(u64, &'static str)],
    fields: &mut Fields,
    made: &mut Made<'_>,
) -> Option<ExceptionAction> {
    let field = |rest: &str| format!("{prefix}{rest}");
    let priority = fields.count(&field("ActionCallPriority"));
    let priority = priority.and_then(|value| Priority::try_from(u8::try_from(value).ok()?).ok());
    let action = fields.word(&field("Action"), actions);
    let is_transcribed = fields.yes(&field("SharedVoicemailTranscription"));
    let is_transcribed = is_transcribed.or_else(|| fields.yes(&format!("Enable{prefix}SharedVoicemailTranscription")));
    let suppress = fields.yes(&format!("Enable{prefix}SharedVoicemailSystemPromptSuppression")).unwrap_or(false);
    let target = made.target(fields, &field("ActionTarget"), priority);
    let prompts = exception_prompts(prefix, fields, made);
    let exit = match (action?, target) {
        ("Queue", _) => return None,
        ("Disconnect" | "DisconnectWithBusy", _) => Exit::Disconnect,
        ("Voicemail", Some(Target::User { id })) => Exit::Forward { target: Target::Voicemail { id } },
        ("SharedVoicemail", Some(Target::SharedMailbox { id, .. })) => {
            for made in made.mailboxes.iter_mut().filter(|made| made.id == id) {
                made.is_transcribed |= is_transcribed.unwrap_or(false);
            }
            Exit::Forward { target: Target::SharedMailbox { id, suppress_system_prompt: suppress } }
        }
        (_, Some(target)) => Exit::Forward { target },
        (_, None) => {
            fields.left_out(&field("ActionTarget"), "leads nowhere here: callers are hung up on instead");
            Exit::Disconnect
        }
    };
    let mut made_action = ExceptionAction { prompts, ..ExceptionAction::new(exit) };
    if matches!(made_action.action, Exit::Forward { target: Target::SharedMailbox { .. } })
        && made_action.said().is_none()
    {
        fields.note(NoteKind::Changed, &field("SharedVoicemail"), "has no greeting that came along, and gets one");
        made_action.prompt = Some(text(PLEASE_LEAVE.to_owned()));
    }
    Some(made_action)
}

/// What is said where a greeting is needed and none came along.
const PLEASE_LEAVE: &str = "Nobody can take your call now.";

fn exception_prompts(prefix: &str, fields: &mut Fields, made: &Made<'_>) -> ExceptionPrompts {
    let mut of = |kind: &str| {
        let (text, file) = (format!("{prefix}{kind}TextToSpeechPrompt"), format!("{prefix}{kind}AudioFilePrompt"));
        let name = format!("{file}FileName");
        // A link to the file, which ends to be good within hours.
        fields.take(&format!("{file}FileDownloadUri"));
        sound(fields, made, &text, &[&file], &name)
    };
    ExceptionPrompts {
        disconnect: of("Disconnect"),
        redirect_person: of("RedirectPerson"),
        redirect_voice_app: of("RedirectVoiceApp"),
        redirect_phone: of("RedirectPhoneNumber"),
        redirect_voicemail: of("RedirectVoicemail"),
        shared_voicemail: of("SharedVoicemail"),
    }
}

fn callback(fields: &mut Fields, made: &Made<'_>) -> Option<Callback> {
    let is_on = fields.yes("IsCallbackEnabled").unwrap_or(false);
    let key = fields.word("CallbackRequestDtmf", KEYS);
    let after = fields.count("WaitTimeBeforeOfferingCallbackInSecond").filter(|n| 0 < *n);
    let waiting = fields.count("NumberOfCallsInQueueBeforeOfferingCallback").filter(|n| 0 < *n);
    let ratio = fields.count("CallToAgentRatioThresholdBeforeOfferingCallback").filter(|n| 0 < *n);
    let files = ["CallbackOfferAudioFilePromptResourceId"];
    let offer = sound(fields, made, "CallbackOfferTextToSpeechPrompt", &files, "CallbackOfferAudioFilePromptFileName");
    if fields.take("CallbackEmailNotificationTarget").is_some() {
        let words = "who could not be called back is told by webhook and audit here, not by mail to a group";
        fields.left_out("CallbackEmailNotificationTarget", words);
    }
    if !is_on {
        return None;
    }
    let key = match key? {
        "ToneStar" => '*',
        "TonePound" => '#',
        tone => tone.chars().last()?,
    };
    let Some(offer) = offer else {
        fields.left_out("IsCallbackEnabled", "nothing says which key asks to be called back: it is not offered");
        return None;
    };
    Some(Callback {
        key,
        after_wait_secs: after,
        waiting_min: waiting,
        waiting_per_agent_min: ratio,
        offer,
        expires_secs: EXPIRES_SECS,
        attempts_max: ATTEMPTS_MAX,
        gap_secs: GAP_SECS,
    })
}

/// A text, or the first of these ids of a file.
fn sound(fields: &mut Fields, made: &Made<'_>, text_field: &str, files: &[&str], name: &str) -> Option<Prompt> {
    let text = fields.text(text_field);
    let ids: Vec<String> = files.iter().filter_map(|field| fields.text(field)).collect();
    let said = Said { text, audio: ids.first().map(|id| id.to_lowercase()), file_name: fields.text(name) };
    // A file without an id can't be told from others.
    let said = match (&said.audio, &said.file_name) {
        (None, Some(name)) => Said { audio: Some(name.to_lowercase()), ..said },
        _ => said,
    };
    made.prompt(fields, name, said)
}

fn text(text: String) -> Prompt {
    Prompt::Text { key: PromptKey(uuid::Uuid::nil()), text }
}
