//! What can't be saved, by code. Specification of voice apps, 1.4–1.19.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::sync::Arc;

use phone::apps::attendant::{
    self, Action, Association, AssociationKind, CallFlow, DirectorySearch, Key, Menu, MenuOption,
};
use phone::apps::delegation::Authorized;
use phone::apps::mailbox::{self, Member, MemberRole, Transcription};
use phone::apps::prompt::Prompt;
use phone::apps::queue::roster::Members;
use phone::apps::queue::{self, Exit, Routing};
use phone::apps::{Priority, Target};
use phone::directory::accounts::{account_problems, uses_of_account};
use phone::directory::{App, ResourceAccount, Tenant, TenantParts};
use phone::id::{AttendantId, PromptKey, QueueId, ResourceAccountId, ScheduleId, SharedMailboxId, TenantId, UserId};
use phone::numbers::schedule::{DateTimeRange, Rule, Schedule};
use phone::people::tenant::Profile;
use phone::people::{Presence, User};
use phone::problem::{Code, Severity};
use uuid::Uuid;

use crate::organization::nothing_but;

#[test]
fn a_sound_attendant_and_queue_have_no_problems() {
    assert_eq!(attendant_codes(&attendant(1)), []);
    assert_eq!(queue_codes(&queue(1)), []);
}

#[test]
fn attendants_are_refused_for_their_own_faults() {
    let broken = |change: fn(&mut attendant::Settings)| {
        let mut settings = attendant(1);
        change(&mut settings);
        attendant_codes(&settings)
    };
    assert_eq!(broken(|it| it.name.clear()), [Code::NameEmpty]);
    assert_eq!(broken(|it| it.name = "x".repeat(257)), [Code::NameTooLong]);
    assert_eq!(broken(|it| it.time_zone = "Mars/Base".to_owned()), [Code::TimeZoneUnknown]);
    assert_eq!(broken(|it| it.wait_secs = 1), [Code::WaitOutOfRange]);
    let options = |options: &[(Key, Action)]| {
        let options = options
            .iter()
            .map(|(key, action)| MenuOption { key: *key, action: action.clone(), phrases: Vec::new() })
            .collect();
        let mut settings = attendant(1);
        settings.default_flow.menu.options = options;
        attendant_codes(&settings)
    };
    let hang_up = || Action::Disconnect;
    assert_eq!(options(&[]), [Code::MenuEmpty]);
    assert_eq!(Code::MenuEmpty.severity(), Severity::Warning);
    assert_eq!(options(&[(Key::Digit('1'), hang_up()), (Key::Digit('1'), hang_up())]), [Code::DuplicateKey]);
    assert_eq!(options(&[(Key::Automatic, hang_up()), (Key::Digit('1'), hang_up())]), [Code::AutomaticNotAlone]);
    assert_eq!(options(&[(Key::Digit('A'), hang_up())]), [Code::KeyUnknown]);
    assert_eq!(options(&[(Key::Digit('1'), Action::Operator)]), [Code::OperatorMissing]);
    assert_eq!(options(&[(Key::Digit('1'), Action::Announcement { prompt: text("") })]), [Code::PromptEmpty]);
    let long = Action::Announcement { prompt: text(&"x".repeat(5_001)) };
    assert_eq!(options(&[(Key::Digit('1'), long)]), [Code::PromptTooLong]);
}

#[test]
fn targets_must_exist_and_be_callable() {
    let to = |target: Target| {
        let mut settings = attendant(1);
        settings.default_flow.menu.options[0].action = Action::Transfer { target };
        attendant_codes(&settings)
    };
    assert_eq!(to(Target::User { id: user(1) }), []);
    assert_eq!(to(Target::User { id: user(2) }), [Code::TargetNotVoiceEnabled]);
    assert_eq!(to(Target::User { id: user(3) }), [Code::MissingTarget]);
    assert_eq!(to(Target::External { number: "+14155550123".to_owned().try_into().unwrap() }), [Code::NoOutboundRight]);
    assert_eq!(to(to_queue(9)), [Code::MissingTarget]);
    assert_eq!(to(to_attendant(1)), [], "its own menu, by a key");
    let settings = attendant::Settings { operator: Some(Target::User { id: user(3) }), ..attendant(1) };
    assert_eq!(attendant_codes(&settings), [Code::OperatorUnreachable]);
    let mut settings = attendant(2);
    settings.name = "ATTENDANT 1".to_owned();
    let tenant = tenant([attendant(1)], []);
    assert_eq!(codes(tenant.attendant_problems(&settings)), [Code::NameTaken]);
}

#[test]
fn holidays_have_their_own_dates_and_cannot_be_switched_off() {
    let mut settings = attendant(1);
    let holiday = |id: u128| Association {
        kind: AssociationKind::Holiday,
        schedule: ScheduleId(Uuid::from_u128(id)),
        flow: attendant(1).default_flow,
        enabled: true,
    };
    settings.associations = vec![holiday(1), holiday(2)];
    assert_eq!(attendant_codes(&settings), [Code::HolidayDuplicateDate]);
    settings.associations = vec![holiday(1), holiday(1)];
    assert!(attendant_codes(&settings).contains(&Code::AssociationDuplicate));
    settings.associations = vec![holiday(3)];
    settings.associations[0].enabled = false;
    assert_eq!(attendant_codes(&settings), [Code::AssociationDisabled, Code::MissingTarget]);
}

#[test]
fn queues_are_refused_for_their_faults() {
    let broken = |change: fn(&mut queue::Settings)| {
        let mut settings = queue(1);
        change(&mut settings);
        queue_codes(&settings)
    };
    assert_eq!(broken(|it| it.agents.clear()), [Code::NoAgents]);
    assert_eq!(broken(|it| it.agents = vec![user(1), user(1)]), [Code::AgentDuplicate]);
    assert_eq!(broken(|it| it.agents = vec![user(2)]), [Code::AgentNotVoiceEnabled]);
    assert_eq!(broken(|it| it.agent_alert_secs = 4), [Code::AlertOutOfRange]);
    assert_eq!(broken(|it| it.overflow_threshold = 10_001), [Code::OverflowOutOfRange]);
    assert_eq!(broken(|it| it.timeout_secs = 86_401), [Code::TimeoutOutOfRange]);
    assert_eq!(broken(|it| it.timeout_secs = 19), [Code::TimeoutVersusAlert]);
    let id = SharedMailboxId(Uuid::from_u128(1));
    let mailbox = Target::SharedMailbox { id, suppress_system_prompt: false };
    let mut settings = queue(1);
    settings.timeout.action = Exit::Forward { target: mailbox };
    assert_eq!(queue_codes(&settings), [Code::SharedMailboxGreeting]);
    settings.timeout.prompt = Some(text("leave a message"));
    assert_eq!(queue_codes(&settings), []);
    let id = SharedMailboxId(Uuid::from_u128(2));
    settings.timeout.action = Exit::Forward { target: Target::SharedMailbox { id, suppress_system_prompt: false } };
    assert_eq!(queue_codes(&settings), [Code::MissingTarget]);
}

#[test]
fn a_mailbox_that_breaks_a_rule_is_not_saved() {
    let broken = |change: &dyn Fn(&mut mailbox::Settings)| {
        let mut settings = mailbox(2);
        change(&mut settings);
        codes(tenant([], []).mailbox_problems(&settings, &Default::default()))
    };
    assert_eq!(broken(&|_| {}), []);
    assert_eq!(broken(&|it| it.name = " ".to_owned()), [Code::NameEmpty]);
    assert_eq!(broken(&|it| it.name = "MAILBOX 1".to_owned()), [Code::NameTaken]);
    for (low, high) in [(14, 901), (0, 10_000)] {
        assert_eq!(broken(&|it| it.max_secs = low), [Code::MailboxOutOfRange]);
        assert_eq!(broken(&|it| it.max_secs = high), [Code::MailboxOutOfRange]);
    }
    assert_eq!(broken(&|it| it.min_secs = 61), [Code::MailboxOutOfRange]);
    assert_eq!(broken(&|it| it.quiet_secs = 61), [Code::MailboxOutOfRange]);
    assert_eq!(broken(&|it| it.retention_days = 0), [Code::MailboxOutOfRange]);
    assert_eq!(broken(&|it| it.members.push(it.members[0].clone())), [Code::MailboxDuplicate]);
    assert_eq!(broken(&|it| it.members[0].user = user(9)), [Code::MissingTarget]);
    assert_eq!(broken(&|it| it.emails = vec!["nobody".to_owned()]), [Code::EmailMalformed]);
    let twice = || vec!["a@demo.test".to_owned(), "A@demo.test".to_owned()];
    assert_eq!(broken(&|it| it.emails = twice()), [Code::MailboxDuplicate]);
}

#[test]
fn circles_and_long_chains_without_a_choice_are_refused() {
    let chain = |length: u128| tenant([], (2..=length).map(|id| forwarding(id, id + 1)).chain([queue(length + 1)]));
    assert_eq!(codes(chain(9).queue_problems(&forwarding(1, 2), &Members::new())), []);
    assert_eq!(codes(chain(10).queue_problems(&forwarding(1, 2), &Members::new())), [Code::Depth]);
    let middle =
        tenant([], (1..=11).map(|id| if id == 6 { queue(6) } else { forwarding(id, id + 1) }).chain([queue(12)]));
    assert_eq!(
        codes(middle.queue_problems(&forwarding(6, 7), &Members::new())),
        [Code::Depth],
        "chains before it count as well"
    );
    assert_eq!(queue_codes(&forwarding(1, 1)), [Code::CycleWithoutInteraction]);

    let mut direct = attendant(1);
    let action = Action::Transfer { target: to_queue(1) };
    direct.default_flow.menu.options =
        vec![MenuOption { key: Key::Automatic, action: action.clone(), phrases: Vec::new() }];
    let mut back = queue(1);
    back.timeout.action = Exit::Forward { target: to_attendant(1) };
    let circle = tenant([], [back]);
    assert_eq!(codes(circle.attendant_problems(&direct)), [Code::CycleWithoutInteraction]);
    direct.default_flow.menu.options[0].key = Key::Digit('1');
    assert_eq!(codes(circle.attendant_problems(&direct)), [], "the caller chooses");
}

fn codes(problems: Vec<phone::problem::Problem>) -> Vec<Code> {
    problems.into_iter().map(|problem| problem.code).collect()
}

fn attendant_codes(settings: &attendant::Settings) -> Vec<Code> {
    codes(tenant([], []).attendant_problems(settings))
}

fn queue_codes(settings: &queue::Settings) -> Vec<Code> {
    codes(tenant([], []).queue_problems(settings, &Members::new()))
}

fn attendant(id: u128) -> attendant::Settings {
    let options = vec![MenuOption { key: Key::Digit('1'), action: Action::Disconnect, phrases: Vec::new() }];
    let menu = Menu { prompt: None, options, directory_search: DirectorySearch::None };
    attendant::Settings {
        id: AttendantId(Uuid::from_u128(id)),
        name: format!("attendant {id}"),
        language: "en-US".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        default_flow: CallFlow { name: "default".to_owned(), greeting: None, menu, force_listen: false },
        associations: Vec::new(),
        operator: None,
        wait_secs: 5,
        user_name_extension: Default::default(),
        hours_override: None,
        authorized: Authorized::default(),
        voice_input: false,
        dial_scope: Default::default(),
        direct_digits: None,
    }
}

fn queue(id: u128) -> queue::Settings {
    queue::Settings {
        agents: vec![user(1)],
        routing: Routing::Serial,
        agent_alert_secs: 20,
        timeout_secs: 60,
        reset_idle_on_miss: true,
        ..queue::Settings::new(QueueId(Uuid::from_u128(id)), format!("queue {id}"), "en-US")
    }
}

fn forwarding(id: u128, to: u128) -> queue::Settings {
    let mut settings = queue(id);
    settings.overflow.action = Exit::Forward { target: to_queue(to) };
    settings
}

fn tenant(
    attendants: impl IntoIterator<Item = attendant::Settings>,
    queues: impl IntoIterator<Item = queue::Settings>,
) -> Tenant {
    let holiday = |id: u128, ranges| {
        let id = ScheduleId(Uuid::from_u128(id));
        (id, Arc::new(Schedule { id, name: "holiday".to_owned(), rule: Rule::Fixed { ranges } }))
    };
    let christmas =
        DateTimeRange { start: "2026-12-25T00:00".parse().unwrap(), end: "2026-12-27T00:00".parse().unwrap() };
    let boxing_day = DateTimeRange { start: "2026-12-26T00:00".parse().unwrap(), ..christmas };
    Tenant::new(TenantParts {
        users: [(1, true), (2, false)]
            .map(|(id, voice_enabled)| (user(id), Arc::new(person(id, voice_enabled))))
            .into(),
        attendants: attendants.into_iter().map(|one| (one.id, Arc::new(one))).collect(),
        queues: queues.into_iter().map(|one| (one.id, Arc::new(one))).collect(),
        schedules: [holiday(1, vec![christmas]), holiday(2, vec![boxing_day])].into(),
        mailboxes: [(mailbox(1).id, Arc::new(mailbox(1)))].into(),
        ..nothing_but(Profile {
            id: TenantId(Uuid::from_u128(1)),
            slug: "t".to_owned(),
            name: "T".to_owned(),
            sip_domain: "t.test".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            country: "DE".to_owned(),
            language: "de-DE".to_owned(),
            state: Default::default(),
            supervision_notice: Default::default(),
            number_pause: None,
            number_mails: Default::default(),
            fallback_operator: None,
        })
    })
}

fn mailbox(id: u128) -> mailbox::Settings {
    mailbox::Settings {
        id: SharedMailboxId(Uuid::from_u128(id)),
        name: format!("Mailbox {id}"),
        extension: None,
        language: "de-DE".to_owned(),
        members: vec![Member { user: user(1), role: MemberRole::Manage }],
        greeting: None,
        groups: Vec::new(),
        after_hours: None,
        app_greetings: Vec::new(),
        max_secs: 300,
        min_secs: 2,
        quiet_secs: 10,
        retention_days: 90,
        transcription: Transcription::Off,
        emails: Vec::new(),
        mwi_for_members: true,
    }
}

fn person(id: u128, voice_enabled: bool) -> User {
    User {
        id: user(id),
        display_name: format!("Person {id}"),
        extension: (100 + id).to_string(),
        email: None,
        department: None,
        office: None,
        aliases: Default::default(),
        site: None,
        country: None,
        presence: Presence::Available,
        voice_enabled,
        hidden: false,
        ring_secs: 30,
        enabled: true,
        ha1: Default::default(),
    }
}

fn to_queue(id: u128) -> Target {
    Target::Queue { id: QueueId(Uuid::from_u128(id)), priority: Priority::NORMAL }
}

fn to_attendant(id: u128) -> Target {
    Target::Attendant { id: AttendantId(Uuid::from_u128(id)), priority: Priority::NORMAL }
}

fn text(text: &str) -> Prompt {
    Prompt::Text { key: PromptKey(Uuid::from_u128(1)), text: text.to_owned() }
}

fn user(id: u128) -> UserId {
    UserId(Uuid::from_u128(id))
}

#[test]
fn a_resource_account_has_its_own_name_an_app_that_exists_and_stays_where_it_is_named() {
    let account = |id: u128, name: &str, app| ResourceAccount {
        id: ResourceAccountId(Uuid::from_u128(id)),
        display_name: name.to_owned(),
        app,
        priority: Priority::NORMAL,
    };
    let app = App::Queue(QueueId(Uuid::from_u128(1)));
    let others = [account(1, "Reception", None)];
    let found = |wanted| codes(account_problems(&wanted, &others, &[app].into()));
    assert_eq!(found(account(2, "Sales", Some(app))), []);
    assert_eq!(found(account(1, "Reception", None)), [], "itself");
    assert_eq!(found(account(2, "RECEPTION", None)), [Code::NameTaken]);
    assert_eq!(found(account(2, " ", None)), [Code::NameEmpty]);
    let gone = App::Attendant(AttendantId(Uuid::from_u128(1)));
    assert_eq!(found(account(2, "Sales", Some(gone))), [Code::MissingTarget]);

    let id = ResourceAccountId(Uuid::from_u128(1));
    let mut back = queue(1);
    back.timeout.action = Exit::Forward { target: Target::ResourceAccount { id, priority: Priority::NORMAL } };
    assert_eq!(uses_of_account(id, &[attendant(1)], &[back.clone(), queue(2)]), ["the call queue queue 1"]);
    assert!(uses_of_account(ResourceAccountId(Uuid::from_u128(2)), &[attendant(1)], &[back]).is_empty());
}
