//! Attendants and queues of another product's export. Specification of voice apps, 1.20.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::collections::BTreeMap;

use jiff::civil::{date, time};
use phone::apps::attendant::{Action, AssociationKind, DirectorySearch, Key, NameSuffix};
use phone::apps::import::{AccountApp, Export, Known, NotAnExport, NoteKind, Plan, plan};
use phone::apps::prompt::Prompt;
use phone::apps::queue::{Exit, NoAgentApplyTo, Routing};
use phone::apps::{Priority, Target};
use phone::id::{GroupId, PromptKey, UserId};
use phone::numbers::schedule::{DateTimeRange, Rule, TimeRange, time_zone, windows_names};
use uuid::Uuid;

const EXPORT: &str = include_str!("exports/voice_apps.json");

#[test]
fn an_export_becomes_apps_that_lead_to_each_other() {
    let plan = planned(EXPORT);
    let [main] = plan.attendants.as_slice() else { panic!("{:?}", plan.attendants) };
    let [sales] = plan.queues.as_slice() else { panic!("{:?}", plan.queues) };
    assert_eq!((main.name.as_str(), main.language.as_str()), ("Main", "en-GB"));
    assert_eq!(main.time_zone, "Europe/London");
    assert!(main.voice_input);
    assert_eq!(main.user_name_extension, NameSuffix::Office);
    assert_eq!(main.operator, Some(Target::User { id: ANN }));
    assert_eq!(main.dial_scope.excluded, [BOARD]);
    let menu = &main.default_flow.menu;
    assert_eq!(menu.directory_search, DirectorySearch::ByName);
    assert_eq!(menu.prompt.as_ref().and_then(Prompt::text), Some("Press 1 for sales."));
    let did: Vec<_> = menu.options.iter().map(|option| (option.key, &option.action)).collect();
    let queue = Target::Queue { id: sales.id, priority: Priority::try_from(2).unwrap() };
    assert_eq!(did[0], (Key::Digit('0'), &Action::Operator));
    assert_eq!(did[1], (Key::Digit('1'), &Action::Transfer { target: queue }));
    assert_eq!(menu.options[1].phrases[0].text(), Some("sales"));
    assert!(matches!(did[2], (Key::Digit('*'), Action::Announcement { .. })), "{did:?}");
    let outside = Target::External { number: "+442079460123".to_owned().try_into().unwrap() };
    assert_eq!(did[3], (Key::Digit('9'), &Action::Transfer { target: outside }));
    assert_eq!(did.len(), 4, "whose target nobody knows is not there");
    // A greeting whose audio came along, after hours and on holidays.
    let [closed, christmas] = main.associations.as_slice() else { panic!("{:?}", main.associations) };
    assert_eq!(closed.kind, AssociationKind::AfterHours);
    let greeting = Prompt::AudioFile { key: AUDIO, file_name: "closed.wav".to_owned() };
    assert_eq!(closed.flow.greeting, Some(greeting));
    assert_eq!(christmas.kind, AssociationKind::Holiday);
    assert_eq!(christmas.flow.menu.options[0].key, Key::Automatic);
    let [hours, holidays] = plan.schedules.as_slice() else { panic!("{:?}", plan.schedules) };
    assert_eq!((closed.schedule, christmas.schedule), (hours.id, holidays.id));
    let Rule::Weekly { days, complement: true } = &hours.rule else { panic!("{:?}", hours.rule) };
    let range = |from, to| TimeRange { start: time(from, 0, 0, 0), end: time(to, 0, 0, 0) };
    assert_eq!(days[0], [range(9, 12), range(13, 17)]);
    assert_eq!(days[1], [range(9, 0)], "a span of a day ends at midnight");
    assert_eq!(days[6], []);
    let day = |day| date(2026, 12, day).at(0, 0, 0, 0);
    let ranges = [
        DateTimeRange { start: day(25), end: day(27) },
        DateTimeRange { start: day(31), end: date(2027, 1, 1).at(0, 0, 0, 0) },
    ];
    assert_eq!(holidays.rule, Rule::Fixed { ranges: ranges.to_vec() });
}

#[test]
fn a_queue_of_an_export_keeps_its_agents_actions_and_prompts() {
    let plan = planned(EXPORT);
    let [sales] = plan.queues.as_slice() else { panic!("{:?}", plan.queues) };
    assert_eq!((sales.agents.as_slice(), sales.groups.as_slice()), ([ANN, BOB].as_slice(), [BOARD].as_slice()));
    assert_eq!(sales.routing, Routing::LongestIdle);
    assert_eq!((sales.agent_alert_secs, sales.overflow_threshold, sales.timeout_secs), (25, 12, 47));
    assert_eq!(sales.service_level_secs, Some(20));
    let [mailbox] = plan.mailboxes.as_slice() else { panic!("{:?}", plan.mailboxes) };
    assert_eq!((mailbox.name.as_str(), mailbox.group, mailbox.is_transcribed), ("Front desk", None, true));
    let to_mailbox = Target::SharedMailbox { id: mailbox.id, suppress_system_prompt: true };
    assert_eq!(sales.overflow.action, Exit::Forward { target: to_mailbox });
    assert_eq!(sales.overflow.said().and_then(Prompt::text), Some("All lines are busy."));
    let main = plan.attendants[0].id;
    let to_main = Target::Attendant { id: main, priority: Priority::try_from(1).unwrap() };
    assert_eq!(sales.timeout.action, Exit::Forward { target: to_main });
    assert_eq!(sales.no_agent.apply_to, NoAgentApplyTo::NewCalls);
    assert_eq!(sales.no_agent.action.as_ref().unwrap().action, Exit::Forward { target: Target::Voicemail { id: BOB } });
    let callback = sales.callback.as_ref().unwrap();
    assert_eq!((callback.key, callback.after_wait_secs, callback.waiting_min), ('1', Some(60), None));
    let [account] = plan.accounts.as_slice() else { panic!("{:?}", plan.accounts) };
    assert_eq!((account.display_name.as_str(), account.app), ("Main number", Some(AccountApp::Attendant(main))));
}

#[test]
fn each_thing_that_is_otherwise_here_is_said_on_a_line() {
    let plan = planned(EXPORT);
    let said = |object: &str, field: &str| {
        let found = plan.notes.iter().find(|note| note.object == object && note.field == field);
        found
            .map(|note| (note.kind, note.words.as_str()))
            .unwrap_or_else(|| panic!("{object} {field}: {:#?}", plan.notes))
    };
    let (main, sales) = ("auto attendant Main", "call queue Sales");
    assert_eq!(said(main, "TimeZoneId"), (NoteKind::Changed, "GMT Standard Time is Europe/London here"));
    assert_eq!(said(main, "VoiceId").0, NoteKind::LeftOut);
    let unknown = "DefaultCallFlow.Menu.MenuOptions[3]";
    assert!(said(main, &format!("{unknown}.CallTarget.Id")).1.contains("99999999"));
    assert_eq!(said(main, unknown).1, "the option does nothing here, and is not made");
    assert_eq!(
        said(sales, "TimeoutThreshold"),
        (NoteKind::Changed, "47 seconds were shown and kept as 45 there; here callers wait 47 to the second")
    );
    assert!(said(sales, "MusicOnHoldFileName").1.contains("jingle.mp3"));
    assert!(said(sales, "Users").1.contains("77777777"));
    assert_eq!(said(sales, "CallbackEmailNotificationTarget").0, NoteKind::LeftOut);
    assert_eq!(said(sales, "ShiftsTeamId").0, NoteKind::LeftOut);
    assert!(said("resource account Main number", "PhoneNumber").1.contains("+442079460100"));
    assert_eq!(said("shared mailbox Front desk", "members").0, NoteKind::LeftOut);
    // What says nothing of how it works is not said.
    assert!(!plan.notes.iter().any(|note| note.field.contains("TenantId") || note.field.contains("Display")));
}

#[test]
fn what_is_here_by_name_stays_and_is_led_to() {
    let mut known = known();
    let there = phone::id::QueueId(Uuid::from_u128(7));
    known.queues.insert("sales".to_owned(), there);
    let plan = plan(&Export::read(EXPORT.as_bytes()).unwrap(), &known, &mut ids());
    assert_eq!(plan.queues, []);
    let Action::Transfer { target } = &plan.attendants[0].default_flow.menu.options[1].action else { panic!() };
    assert!(matches!(target, Target::Queue { id, .. } if *id == there));
    assert!(plan.notes.iter().any(|note| note.kind == NoteKind::Present && note.object == "call queue Sales"));
}

#[test]
fn a_first_step_leads_only_where_something_is() {
    let plan = planned(EXPORT);
    let first = plan.first_of_attendant(&plan.attendants[0]);
    let keys: Vec<Key> = first.default_flow.menu.options.iter().map(|option| option.key).collect();
    assert_eq!(keys, [Key::Digit('0'), Key::Digit('*'), Key::Digit('9')]);
    let first = plan.first_of_queue(&plan.queues[0]);
    assert_eq!(first.timeout.action, Exit::Disconnect);
    assert_eq!(first.overflow, plan.queues[0].overflow);
}

#[test]
fn a_file_that_is_no_export_is_refused_and_one_object_or_utf_16_is_as_good() {
    assert_eq!(Export::read(b"{"), Err(NotAnExport::NotJson { line: 1, column: 1 }));
    assert_eq!(Export::read(b"[]"), Err(NotAnExport::Empty));
    assert_eq!(Export::read(&[0xff, 0xff]), Err(NotAnExport::NotText));
    let one = r#"{"Name": "Q", "Identity": "00000000-0000-0000-0000-000000000001", "RoutingMethod": 0}"#;
    let utf_16: Vec<u8> = [0xff, 0xfe].into_iter().chain(one.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [one.as_bytes(), utf_16.as_slice()] {
        let plan = plan(&Export::read(bytes).unwrap(), &known(), &mut ids());
        assert_eq!((plan.queues.len(), plan.queues[0].name.as_str()), (1, "Q"));
    }
}

#[test]
fn zones_as_windows_names_them_are_known() {
    for (windows, iana) in windows_names() {
        assert!(time_zone(iana).is_some(), "{windows}: {iana}");
    }
}

const ANN: UserId = UserId(Uuid::from_u128(0xa));
const BOB: UserId = UserId(Uuid::from_u128(0xb));
const BOARD: GroupId = GroupId(Uuid::from_u128(0xc));
const AUDIO: PromptKey = PromptKey(Uuid::from_u128(0xd));

fn known() -> Known {
    let people = [("ann@contoso.example", ANN), ("bob@contoso.example", BOB)];
    Known {
        people: people.map(|(name, id)| (name.to_owned(), id)).into_iter().collect(),
        groups: BTreeMap::from([("board".to_owned(), BOARD)]),
        audio: BTreeMap::from([("audio-1".to_owned(), (AUDIO, "closed.wav".to_owned()))]),
        language: "en-US".to_owned(),
        time_zone: "America/New_York".to_owned(),
        ..Known::default()
    }
}

fn planned(export: &str) -> Plan {
    plan(&Export::read(export.as_bytes()).unwrap(), &known(), &mut ids())
}

fn ids() -> impl FnMut() -> Uuid {
    let mut next = 0x1000;
    move || {
        next += 1;
        Uuid::from_u128(next)
    }
}
