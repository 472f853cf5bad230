//! Rights of people who are named by an attendant or a queue. Specification of voice apps, 1.17 and acceptance 21.

use std::collections::BTreeSet;

use jiff::Timestamp;
use phone::apps::Target;
use phone::apps::attendant::{
    self, Action, Association, AssociationKind, CallFlow, HoursOverride, HoursState, Key, Menu, MenuOption,
};
use phone::apps::delegation::{
    Authorized, Needed, NotDelegated, Right, grants_anything, rights_for_attendant, rights_for_queue,
};
use phone::apps::prompt::Prompt;
use phone::apps::queue::{self, ExceptionAction, Exit, NoAgent, NoAgentApplyTo, NoFreeAgent, Routing};
use phone::id::{AttendantId, GroupId, QueueId, ScheduleId, UserId};
use phone::policies::voice_apps::VoiceApplications;
use uuid::Uuid;

type Change<S> = (Right, fn(&mut S));

/// Each right with what it opens of an attendant.
const OF_ATTENDANT: &[Change<attendant::Settings>] = &[
    (Right::BusinessHoursGreeting, |it| it.default_flow.greeting = text("Hello")),
    (Right::BusinessHoursGreeting, |it| it.default_flow.force_listen = true),
    (Right::AfterHoursGreeting, |it| it.associations[0].flow.greeting = text("Hello")),
    (Right::HolidayGreeting, |it| it.associations[1].flow.greeting = text("Hello")),
    (Right::BusinessHours, |it| it.associations[0].schedule = schedule(9)),
    (Right::BusinessHours, |it| it.associations[0].enabled = false),
    (Right::BusinessHours, |it| it.hours_override = Some(HoursOverride { state: HoursState::Closed, until: None })),
    (Right::Holidays, |it| it.associations[1].schedule = schedule(9)),
    (Right::Holidays, |it| it.associations[1].enabled = false),
    (Right::TimeZone, |it| it.time_zone = "Asia/Tokyo".to_owned()),
    (Right::Language, |it| it.language = "de-DE".to_owned()),
    (Right::BusinessHoursRouting, |it| it.default_flow.menu.options[0].key = Key::Digit('9')),
    (Right::BusinessHoursRouting, |it| it.default_flow.menu.prompt = text("Press nine")),
    (Right::AfterHoursRouting, |it| it.associations[0].flow.menu.options.clear()),
    (Right::HolidayRouting, |it| it.associations[1].flow.menu.options.clear()),
];

/// The same of a queue.
const OF_QUEUE: &[Change<queue::Settings>] = &[
    (Right::QueueWelcomeGreeting, |it| it.greeting = text("Hello")),
    (Right::QueueMusicOnHold, |it| it.music = text("La la la")),
    (Right::QueueOverflowVoicemailGreeting, |it| it.overflow.prompts.shared_voicemail = text("Leave a message")),
    (Right::QueueTimeoutVoicemailGreeting, |it| it.timeout.prompts.shared_voicemail = text("Leave a message")),
    (Right::QueueNoAgentVoicemailGreeting, |it| {
        if let Some(action) = &mut it.no_agent.action {
            action.prompts.shared_voicemail = text("Leave a message");
        }
    }),
    (Right::QueueLanguage, |it| it.language = "de-DE".to_owned()),
    (Right::QueueMembership, |it| it.agents = vec![user(9)]),
    (Right::QueueMembership, |it| it.groups = vec![GroupId(Uuid::from_u128(9))]),
    (Right::QueueMembership, |it| it.ranks = [(user(1), 1)].into()),
    (Right::QueueRoutingMethod, |it| it.routing = Routing::Serial),
    (Right::QueuePresenceBasedRouting, |it| it.presence_based = false),
    (Right::QueueOptOut, |it| it.allow_opt_out = false),
    (Right::QueueOverflowRouting, |it| it.overflow_threshold = 7),
    (Right::QueueOverflowRouting, |it| it.overflow.action = Exit::Forward { target: Target::User { id: user(1) } }),
    (Right::QueueOverflowRouting, |it| it.overflow.prompts.disconnect = text("Goodbye")),
    (Right::QueueTimeoutRouting, |it| it.timeout_secs = 77),
    (Right::QueueTimeoutRouting, |it| it.timeout.prompt = text("Goodbye")),
    (Right::QueueNoAgentsRouting, |it| it.no_agent.apply_to = NoAgentApplyTo::NewCalls),
    (Right::QueueNoAgentsRouting, |it| it.no_agent.action = None),
    (Right::QueueNoAgentsRouting, |it| {
        it.no_free_agent = Some(NoFreeAgent { after_secs: 60, exception: ExceptionAction::new(Exit::Disconnect) });
    }),
];

#[test]
fn each_right_alone_opens_its_own_fields_and_no_others() {
    for (needed, change) in OF_ATTENDANT {
        let (before, mut after) = (attendant(), attendant());
        change(&mut after);
        only(*needed, &rights_for_attendant(&before, &after));
    }
    for (needed, change) in OF_QUEUE {
        let (before, mut after) = (queue(), queue());
        change(&mut after);
        only(*needed, &rights_for_queue(&before, &after));
    }
    let opened: BTreeSet<Right> =
        OF_ATTENDANT.iter().map(|(right, _)| *right).chain(OF_QUEUE.iter().map(|(right, _)| *right)).collect();
    let without: Vec<&Right> = Right::ALL.iter().filter(|right| !opened.contains(right)).collect();
    // There is one way in which agents are connected; opting agents in and out is no setting.
    assert_eq!(without, [&Right::QueueConferenceMode, &Right::QueueAgentOpt]);
}

#[test]
fn what_no_right_is_for_needs_a_role_whatever_the_policy() {
    let changes: [fn(&mut queue::Settings); 5] = [
        |it| it.name = "Other".to_owned(),
        |it| it.authorized.users = BTreeSet::new(),
        |it| it.wrap_up_secs = 77,
        |it| it.agent_alert_secs = 77,
        |it| it.hours = Some(queue::Hours::default()),
    ];
    for change in changes {
        let mut after = queue();
        change(&mut after);
        let refused = rights_for_queue(&queue(), &after).check(&everything());
        assert!(matches!(refused, Err(NotDelegated::Beyond { .. })), "{refused:?}");
    }
    let mut after = attendant();
    after.operator = Some(Target::User { id: user(1) });
    let refused = rights_for_attendant(&attendant(), &after).check(&everything());
    assert_eq!(refused, Err(NotDelegated::Beyond { field: "operator" }));
}

#[test]
fn several_changes_need_all_their_rights() {
    let mut after = queue();
    after.greeting = text("Hello");
    after.routing = Routing::Serial;
    let needed = rights_for_queue(&queue(), &after);
    assert_eq!(needed.rights, [Right::QueueWelcomeGreeting, Right::QueueRoutingMethod].into());
    let half = VoiceApplications { allow_queue_welcome_greeting_change: true, ..VoiceApplications::default() };
    assert_eq!(needed.check(&half), Err(NotDelegated::Missing { right: Right::QueueRoutingMethod }));
    assert_eq!(needed.check(&everything()), Ok(()));
    assert_eq!(rights_for_queue(&queue(), &queue()), Needed::default());
}

#[test]
fn a_holiday_that_is_added_needs_holidays_greeting_and_routing() {
    let mut after = attendant();
    after.associations.push(association(AssociationKind::Holiday, 3));
    let needed = rights_for_attendant(&attendant(), &after);
    assert_eq!(needed.rights, [Right::HolidayGreeting, Right::Holidays, Right::HolidayRouting].into());
}

#[test]
fn a_person_is_named_alone_or_by_a_group() {
    let group = GroupId(Uuid::from_u128(5));
    let authorized = Authorized { users: [user(1)].into(), groups: [group].into() };
    assert!(authorized.names(user(1), &BTreeSet::new()));
    assert!(authorized.names(user(2), &[group].into()));
    assert!(!authorized.names(user(2), &[GroupId(Uuid::from_u128(6))].into()));
    assert!(!grants_anything(&VoiceApplications::default()));
    // A policy with nothing but reports grants something: who has it sees the apps that name them.
    let reports = phone::policies::voice_apps::RealTimeMetrics::All;
    assert!(grants_anything(&VoiceApplications {
        real_time_call_queue_metrics: reports,
        ..VoiceApplications::default()
    }));
}

fn only(right: Right, needed: &Needed) {
    assert_eq!(*needed, Needed::of(right));
    assert_eq!(needed.check(&everything_but(right)), Err(NotDelegated::Missing { right }));
    assert_eq!(needed.check(&nothing_but(right)), Ok(()));
}

fn everything() -> VoiceApplications {
    policy(|_| true)
}

fn everything_but(right: Right) -> VoiceApplications {
    policy(|one| one != right)
}

fn nothing_but(right: Right) -> VoiceApplications {
    policy(|one| one == right)
}

/// A policy that is made from the names of its settings, as an administrator makes one.
fn policy(grants: impl Fn(Right) -> bool) -> VoiceApplications {
    let mut settings = serde_json::to_value(VoiceApplications::default()).unwrap_or_default();
    for right in Right::ALL {
        settings[right.setting()] = grants(*right).into();
    }
    serde_json::from_value(settings).unwrap_or_default()
}

fn attendant() -> attendant::Settings {
    attendant::Settings {
        id: AttendantId(Uuid::from_u128(1)),
        name: "Main".to_owned(),
        language: "en-US".to_owned(),
        time_zone: "Europe/Paris".to_owned(),
        default_flow: flow(),
        associations: vec![association(AssociationKind::AfterHours, 1), association(AssociationKind::Holiday, 2)],
        operator: None,
        wait_secs: 5,
        user_name_extension: attendant::NameSuffix::None,
        hours_override: Some(HoursOverride { state: HoursState::Open, until: Some(Timestamp::UNIX_EPOCH) }),
        authorized: Authorized::default(),
        voice_input: false,
        dial_scope: Default::default(),
        direct_digits: None,
    }
}

fn association(kind: AssociationKind, n: u128) -> Association {
    Association { kind, schedule: schedule(n), flow: flow(), enabled: true }
}

fn flow() -> CallFlow {
    let option = MenuOption { key: Key::Digit('1'), action: Action::Disconnect, phrases: Vec::new() };
    let menu = Menu { options: vec![option], ..Menu::default() };
    CallFlow { name: "Flow".to_owned(), greeting: None, menu, force_listen: false }
}

fn queue() -> queue::Settings {
    let action = Some(ExceptionAction::new(Exit::Disconnect));
    queue::Settings {
        no_agent: NoAgent { apply_to: NoAgentApplyTo::AllCalls, action },
        authorized: Authorized { users: [user(1)].into(), groups: BTreeSet::new() },
        ..queue::Settings::new(QueueId(Uuid::from_u128(1)), "Sales", "en-US")
    }
}

fn text(words: &str) -> Option<Prompt> {
    Some(Prompt::Text { text: words.to_owned(), key: phone::id::PromptKey(Uuid::from_u128(7)) })
}

fn schedule(n: u128) -> ScheduleId {
    ScheduleId(Uuid::from_u128(n))
}

fn user(n: u128) -> UserId {
    UserId(Uuid::from_u128(n))
}
