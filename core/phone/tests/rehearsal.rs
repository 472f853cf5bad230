//! What would become of a call: the live machines, walked on virtual time.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::sync::Arc;
use std::time::Instant;

use phone::apps::attendant::{
    self, Action, Association, AssociationKind, CallFlow, DirectorySearch, Key, Menu, MenuOption, Outcome,
};
use phone::apps::delegation::Authorized;
use phone::apps::mailbox::{Mailbox, Personal};
use phone::apps::prompt::Prompt;
use phone::apps::queue::{self, ExceptionAction, Exit, ExitCause, NoAgent, NoAgentApplyTo, Routing};
use phone::apps::{Priority, Target};
use phone::directory::outbound::Passing;
use phone::directory::rehearsal::{Assumed, Caller, Does, End, Entrance, HangUp, Path, Script};
use phone::directory::{App, ResourceAccount, Tenant, TenantParts};
use phone::id::{AttendantId, GroupId, PolicyId, PromptKey, QueueId, ResourceAccountId, ScheduleId, TenantId, UserId};
use phone::numbers::schedule::{DateTimeRange, Rule, Schedule, TimeRange};
use phone::numbers::{Assignee, E164, Number, NumberKind};
use phone::people::tenant::Profile;
use phone::people::{Presence, User};
use phone::policies::CallingPolicies;
use phone::policies::calling::{Calling, Voicemail};
use phone::policies::effective::Rank;
use uuid::Uuid;

use crate::organization::nothing_but;

/// A Wednesday at noon in New York, and a Sunday.
const WEDNESDAY: &str = "2026-11-25T17:00:00Z";
const SUNDAY: &str = "2026-11-29T15:00:00Z";

#[test]
fn a_number_leads_through_a_menu_to_an_agent_with_the_setting_behind_each_step() {
    let path = walk(WEDNESDAY, "1", Assumed::default());
    assert_eq!(path.end, End::Person { user: user(2), queue: Some(queue_id(1)) });
    assert_eq!(
        told(&path),
        [
            "0 route: +14255550100 is assigned to a resource account",
            "0 route: the auto attendant Main menu answers",
            "0 flow: Wednesday 25 November 2026, 12:00 (America/New_York) is none of the dates of Thanksgiving and is \
             within the hours of Opening hours, so the default flow Open [default_flow]",
            "0 play: the caller hears \u{201c}Welcome.\u{201d}",
            "5 play: the caller hears \u{201c}Press 1 for sales.\u{201d}",
            "10 key: key 1 of Main menu is the queue Sales [default_flow.menu.options[0]]",
            "10 transfer: to the queue Sales",
            "10 route: the queue Sales answers",
            "10 admission: Sales takes the caller, who is the first in line [overflow_threshold]",
            "10 wait: the caller waits in Sales and hears music",
            "10 offer: Bob rings [routing]",
            "15 answer: Bob answers",
        ]
    );
}

#[test]
fn hours_and_holidays_choose_the_flow_and_say_so() {
    let closed = walk(SUNDAY, "", Assumed::default());
    let night = HangUp::Attendant(Outcome::TerminatedAutomaticSelection);
    assert_eq!(closed.end, End::HungUp { app: App::Attendant(attendant_id(1)), cause: night });
    let flow = "0 flow: Sunday 29 November 2026, 10:00 (America/New_York) is outside the hours of Opening hours, so the \
                after-hours flow Night [associations[1]]";
    assert!(told(&closed).contains(&flow.to_owned()), "{:#?}", told(&closed));
    let holiday = walk("2026-11-26T17:00:00Z", "", Assumed::default());
    let flow = "0 flow: Thursday 26 November 2026, 12:00 (America/New_York) is one of the dates of Thanksgiving, so the \
                holiday flow Closed for Thanksgiving [associations[0]]";
    assert!(told(&holiday).contains(&flow.to_owned()), "{:#?}", told(&holiday));
}

#[test]
fn silence_and_wrong_keys_lead_to_the_operator() {
    let path = walk(WEDNESDAY, "- 7", Assumed::default());
    assert_eq!(path.end, End::Person { user: user(1), queue: None });
    let told = told(&path);
    for line in [
        "15 silence: no key is pressed within 5 seconds, for the first of 3 times [wait_seconds]",
        "20 key: key 7 means nothing in Main menu, for the second of 3 times",
        "35 silence: no key is pressed within 5 seconds, for the third of 3 times [wait_seconds]",
        "35 transfer: to the operator: Alice [operator]",
    ] {
        assert!(told.contains(&line.to_owned()), "{line}: {told:#?}");
    }
}

#[test]
fn a_full_queue_and_one_without_agents_let_the_caller_go() {
    let full = walk(WEDNESDAY, "1", Assumed { n_waiting: 60, ..Assumed::default() });
    assert_eq!(full.end, hung_up(ExitCause::Overflow));
    assert!(told(&full).contains(&"10 leave: Sales is full: 50 wait, at most 50 [overflow_threshold]".to_owned()));
    let last = walk(WEDNESDAY, "1", Assumed { n_waiting: 49, agents: Does::NoAnswer, ..Assumed::default() });
    assert_eq!(last.end, hung_up(ExitCause::Timeout), "the fiftieth is taken");
    assert!(told(&last).contains(
        &"10 admission: Sales takes the caller: 49 wait, at most 50; the place is 50 [overflow_threshold]".to_owned()
    ));
    for agents in [Does::Offline, Does::OptedOut] {
        let nobody = walk(WEDNESDAY, "1", Assumed { agents, ..Assumed::default() });
        assert_eq!(nobody.end, End::Person { user: user(1), queue: None }, "{agents:?}");
        assert!(told(&nobody).contains(&"10 leave: no agent of Sales is there and opted in [no_agent]".to_owned()));
    }
    let busy = walk(WEDNESDAY, "1", Assumed { agents: Does::Busy, ..Assumed::default() });
    assert_eq!(busy.end, hung_up(ExitCause::Timeout), "busy agents are agents");
}

#[test]
fn those_who_wait_before_are_served_before() {
    let path = walk(WEDNESDAY, "1", Assumed { n_waiting: 4, ..Assumed::default() });
    assert_eq!(path.end, End::Person { user: user(2), queue: Some(queue_id(1)) });
    let last = path.steps.last().unwrap();
    // Two rounds of ringing and talking, then the agent rings again.
    assert_eq!(last.after.as_secs(), 10 + 5 + 180 + 5 + 180 + 5);
}

#[test]
fn who_does_not_answer_brings_the_caller_back_to_the_menu() {
    let busy = Assumed { each: [(user(3), Does::Busy)].into(), ..Assumed::default() };
    let path = walk(WEDNESDAY, "2 2 2", busy);
    assert_eq!(path.end, End::Person { user: user(1), queue: None }, "twice back, then the operator");
    let outside = Assumed { people: Does::NoAnswer, ..Assumed::default() };
    let script = Script { to: Entrance::Target(Target::User { id: user(3) }), ..script(WEDNESDAY, "", outside) };
    assert_eq!(rehearse(&script).end, End::Refused { code: "no_answer" });
}

#[test]
fn the_mailbox_of_who_does_not_answer_takes_the_call() {
    let mut parts = parts();
    parts.personal_mailboxes.insert(user(3), Arc::new(mailbox(3, true)));
    let tenant = Tenant::new(parts);
    for (does, secs) in [(Does::Busy, 0), (Does::NoAnswer, 30)] {
        let assumed = Assumed { people: does, ..Assumed::default() };
        let script = Script { to: Entrance::Target(Target::User { id: user(3) }), ..script(WEDNESDAY, "", assumed) };
        let path = tenant.rehearse(Instant::now(), &script);
        assert_eq!(path.end, End::Message { mailbox: Mailbox::Person(user(3)) });
        assert_eq!(path.end.words(&tenant), "the caller leaves a message in the voicemail of Carol");
        assert_eq!(
            told(&path).last().unwrap(),
            &format!("{secs} transfer: to the voicemail of Carol [voicemail.enabled]")
        );
    }
}

#[test]
fn the_calling_policy_decides_of_voicemail_before_the_person_does() {
    let named = PolicyId(Uuid::from_u128(5));
    let of = |allow_voicemail| Calling { allow_voicemail, ..Calling::default() };
    let group = GroupId(Uuid::from_u128(6));
    for (rule, wants, rings, end) in [
        (Voicemail::AlwaysDisabled, true, 20, End::Refused { code: "no_answer" }),
        (Voicemail::AlwaysEnabled, false, 30, End::Message { mailbox: Mailbox::Person(user(3)) }),
        (Voicemail::UserOverride, true, 20, End::Message { mailbox: Mailbox::Person(user(3)) }),
        (Voicemail::UserOverride, false, 20, End::Refused { code: "no_answer" }),
    ] {
        let everybodys = CallingPolicies { global: of(rule), ..CallingPolicies::default() };
        let named_once = || [(named, ("Desk".to_owned(), of(rule)))].into();
        let own = CallingPolicies { named: named_once(), direct: [(user(3), named)].into(), ..Default::default() };
        let of_group =
            CallingPolicies { named: named_once(), groups: vec![(group, Rank(1), named)], ..Default::default() };
        for (calling, name) in [(everybodys, "Global"), (own, "Desk"), (of_group, "Desk")] {
            let mut parts = parts();
            parts.personal_mailboxes.insert(user(3), Arc::new(mailbox(3, wants)));
            parts.groups.insert(group, Arc::new([user(3)].into()));
            let mut carol = person(3, "Carol");
            carol.ring_secs = 20;
            parts.users.insert(carol.id, Arc::new(carol));
            parts.calling = Arc::new(calling);
            let assumed = Assumed { people: Does::NoAnswer, ..Assumed::default() };
            let to = Entrance::Target(Target::User { id: user(3) });
            let path = Tenant::new(parts.clone()).rehearse(now(), &Script { to, ..script(WEDNESDAY, "", assumed) });
            assert_eq!(path.end, end, "{rule:?} {wants} {name}");
            let told = told(&path);
            assert!(
                told.contains(&format!("{rings} ring: Carol does not answer within {rings} seconds [ring_seconds]"))
            );
            let is_told = told.iter().any(|line| line.contains(&format!("the calling policy {name} ")));
            assert_eq!(is_told, rule != Voicemail::UserOverride, "{told:#?}");
            let passing = Passing { caller: None, line: None, at: jiff::Timestamp::UNIX_EPOCH };
            let at_once = Tenant::new(parts).redirect(&Target::Voicemail { id: user(3) }, &passing).decision;
            assert_eq!(at_once.is_ok(), matches!(end, End::Message { .. }));
        }
    }
}

#[test]
fn an_extension_is_typed_while_the_menu_waits() {
    let path = walk(WEDNESDAY, "3 103", Assumed::default());
    assert_eq!(path.end, End::Person { user: user(3), queue: None });
    assert!(told(&path).iter().any(|line| line.ends_with("10 is typed so far")), "{:#?}", told(&path));
}

#[test]
fn people_dial_extensions_numbers_and_tests() {
    let from = |to: &str| {
        let to = Entrance::Dialled(to.to_owned());
        let script = Script { from: Caller::Person(user(1)), to, ..script(WEDNESDAY, "", Assumed::default()) };
        rehearse(&script).end
    };
    assert_eq!(from("102"), End::Person { user: user(2), queue: None });
    assert_eq!(from("*43"), End::Echo);
    assert_eq!(from("199"), End::Refused { code: "not_found" });
    assert_eq!(from("+14155550123"), End::Refused { code: "no_trunk" });
    let unknown = Script { to: Entrance::Dialled("+14255559999".to_owned()), ..script(SUNDAY, "", Assumed::default()) };
    assert_eq!(rehearse(&unknown).end, End::Refused { code: "not_found" });
}

#[test]
fn a_circle_ends_as_it_does_for_live_calls() {
    let mut parts = parts();
    let back = |id| Target::Queue { id: queue_id(id), priority: Priority::NORMAL };
    for (from, to) in [(1, 2), (2, 1)] {
        let settings = queue::Settings {
            overflow_threshold: 0,
            overflow: ExceptionAction::new(Exit::Forward { target: back(to) }),
            ..queue(from, "Circle")
        };
        parts.queues.insert(settings.id, Arc::new(settings));
    }
    let path = Tenant::new(parts).rehearse(now(), &script(WEDNESDAY, "1", Assumed::default()));
    let End::HungUp { cause, .. } = path.end else { panic!("{:?}", path.end) };
    assert_eq!(cause, HangUp::Attendant(Outcome::OaaChainTooLong));
}

#[test]
fn a_caller_who_hangs_up_is_where_they_hung_up() {
    let early = walk(WEDNESDAY, "1", Assumed { hang_up_secs: Some(7), ..Assumed::default() });
    assert_eq!(early.end, End::CallerHungUp { app: Some(App::Attendant(attendant_id(1))) });
    let later = Assumed { hang_up_secs: Some(30), agents: Does::NoAnswer, ..Assumed::default() };
    assert_eq!(walk(WEDNESDAY, "1", later).end, End::CallerHungUp { app: Some(App::Queue(queue_id(1))) });
}

#[test]
fn keys_are_read_as_they_are_written() {
    for text in ["", "1", "1 22#", "!1,,2", "- - 5*"] {
        assert_eq!(text.parse::<phone::directory::rehearsal::Keys>().unwrap().to_string(), text);
    }
    assert!("1x".parse::<phone::directory::rehearsal::Keys>().is_err());
    assert!("1".repeat(1_000).parse::<phone::directory::rehearsal::Keys>().is_err());
    // Without waiting the key counts in the greeting.
    let path = walk(WEDNESDAY, "!1", Assumed::default());
    assert_eq!(path.steps.last().unwrap().after.as_secs(), 5);
}

fn walk(at: &str, keys: &str, assumed: Assumed) -> Path {
    rehearse(&script(at, keys, assumed))
}

fn script(at: &str, keys: &str, assumed: Assumed) -> Script {
    Script {
        from: Caller::Outside(None),
        to: Entrance::Dialled("+14255550100".to_owned()),
        at: at.parse().unwrap(),
        keys: keys.parse().unwrap(),
        assumed,
    }
}

fn rehearse(script: &Script) -> Path {
    let tenant = Tenant::new(parts());
    let path = tenant.rehearse(now(), script);
    assert_eq!(path, tenant.rehearse(now(), script), "the same again");
    path
}

#[expect(clippy::disallowed_methods, reason = "a test needs a first instant")]
fn now() -> Instant {
    Instant::now()
}

fn told(path: &Path) -> Vec<String> {
    let line = |step: &phone::directory::rehearsal::Step| {
        let setting = step.setting.as_ref().map_or(String::new(), |setting| format!(" [{}]", setting.field));
        format!("{} {}: {}{setting}", step.after.as_secs(), step.kind.as_str(), step.words)
    };
    path.steps.iter().map(line).collect()
}

fn hung_up(cause: ExitCause) -> End {
    End::HungUp { app: App::Queue(queue_id(1)), cause: HangUp::Queue(cause) }
}

fn mailbox(id: u128, enabled: bool) -> Personal {
    Personal { enabled, ..Personal::new(user(id)) }
}

pub fn parts() -> TenantParts {
    let main = main_menu();
    let account = ResourceAccountId(Uuid::from_u128(1));
    let number = E164::parse("+14255550100").unwrap();
    let schedules = [thanksgiving(), opening_hours()];
    TenantParts {
        users: [(1, "Alice"), (2, "Bob"), (3, "Carol")].map(|(id, name)| (user(id), Arc::new(person(id, name)))).into(),
        numbers: [(number, service_number(number, account))].into(),
        resource_accounts: [(
            account,
            ResourceAccount {
                id: account,
                display_name: "Main menu".to_owned(),
                app: Some(App::Attendant(main.id)),
                priority: Priority::NORMAL,
            },
        )]
        .into(),
        attendants: [(main.id, Arc::new(main))].into(),
        queues: [(queue_id(1), Arc::new(queue(1, "Sales")))].into(),
        schedules: schedules.map(|schedule| (schedule.id, Arc::new(schedule))).into(),
        personal_mailboxes: [1, 2, 3].map(|id| (user(id), Arc::new(mailbox(id, false)))).into(),
        ..nothing_but(Profile {
            id: TenantId(Uuid::from_u128(1)),
            slug: "t".to_owned(),
            name: "T".to_owned(),
            sip_domain: "t.test".to_owned(),
            time_zone: "America/New_York".to_owned(),
            country: "US".to_owned(),
            language: "en-US".to_owned(),
            state: Default::default(),
            supervision_notice: Default::default(),
            number_pause: None,
            number_mails: Default::default(),
            fallback_operator: None,
        })
    }
}

fn service_number(number: E164, account: ResourceAccountId) -> Number {
    Number { assignee: Some(Assignee::ResourceAccount(account)), ..Number::new(number, NumberKind::ServiceToll) }
}

fn main_menu() -> attendant::Settings {
    let option = |key, action| MenuOption { key: Key::Digit(key), action, phrases: Vec::new() };
    let options = vec![
        option('1', Action::Transfer { target: Target::Queue { id: queue_id(1), priority: Priority::NORMAL } }),
        option('2', Action::Transfer { target: Target::User { id: user(3) } }),
        option('3', Action::SearchDirectory { by: DirectorySearch::ByExtension }),
        option('5', Action::Announcement { prompt: text(5, "We are open from nine to five.") }),
        option('0', Action::Operator),
    ];
    let prompt = Some(text(2, "Press 1 for sales."));
    let menu = Menu { prompt, options, directory_search: DirectorySearch::None };
    let closed = |name: &str| CallFlow {
        name: name.to_owned(),
        greeting: Some(text(3, "We are closed.")),
        menu: Menu {
            options: vec![MenuOption { key: Key::Automatic, action: Action::Disconnect, phrases: Vec::new() }],
            ..Menu::default()
        },
        force_listen: false,
    };
    let flow_at = |kind, schedule: u128, name| Association {
        kind,
        schedule: ScheduleId(Uuid::from_u128(schedule)),
        flow: closed(name),
        enabled: true,
    };
    attendant::Settings {
        id: attendant_id(1),
        name: "Main menu".to_owned(),
        language: "en-US".to_owned(),
        time_zone: "America/New_York".to_owned(),
        default_flow: CallFlow {
            name: "Open".to_owned(),
            greeting: Some(text(1, "Welcome.")),
            menu,
            force_listen: false,
        },
        associations: vec![
            flow_at(AssociationKind::Holiday, 1, "Closed for Thanksgiving"),
            flow_at(AssociationKind::AfterHours, 2, "Night"),
        ],
        operator: Some(Target::User { id: user(1) }),
        wait_secs: 5,
        user_name_extension: Default::default(),
        hours_override: None,
        authorized: Authorized::default(),
        voice_input: false,
        dial_scope: Default::default(),
        direct_digits: None,
    }
}

fn queue(id: u128, name: &str) -> queue::Settings {
    let to_alice = ExceptionAction::new(Exit::Forward { target: Target::User { id: user(1) } });
    queue::Settings {
        agents: vec![user(2), user(3)],
        routing: Routing::Serial,
        agent_alert_secs: 20,
        no_agent: NoAgent { apply_to: NoAgentApplyTo::AllCalls, action: Some(to_alice) },
        reset_idle_on_miss: true,
        ..queue::Settings::new(queue_id(id), name, "en-US")
    }
}

fn thanksgiving() -> Schedule {
    let range = DateTimeRange { start: "2026-11-26T00:00".parse().unwrap(), end: "2026-11-27T00:00".parse().unwrap() };
    Schedule {
        id: ScheduleId(Uuid::from_u128(1)),
        name: "Thanksgiving".to_owned(),
        rule: Rule::Fixed { ranges: vec![range] },
    }
}

fn opening_hours() -> Schedule {
    let day = vec![TimeRange { start: "09:00".parse().unwrap(), end: "17:00".parse().unwrap() }];
    let days = [day.clone(), day.clone(), day.clone(), day.clone(), day, Vec::new(), Vec::new()];
    Schedule {
        id: ScheduleId(Uuid::from_u128(2)),
        name: "Opening hours".to_owned(),
        rule: Rule::Weekly { days, complement: true },
    }
}

fn person(id: u128, name: &str) -> User {
    User {
        id: user(id),
        display_name: name.to_owned(),
        extension: (100 + id).to_string(),
        email: None,
        department: None,
        office: None,
        aliases: Default::default(),
        site: None,
        country: None,
        presence: Presence::Available,
        voice_enabled: true,
        hidden: false,
        ring_secs: 30,
        enabled: true,
        ha1: Default::default(),
    }
}

fn text(key: u128, text: &str) -> Prompt {
    Prompt::Text { key: PromptKey(Uuid::from_u128(key)), text: text.to_owned() }
}

fn user(id: u128) -> UserId {
    UserId(Uuid::from_u128(id))
}

fn queue_id(id: u128) -> QueueId {
    QueueId(Uuid::from_u128(id))
}

fn attendant_id(id: u128) -> AttendantId {
    AttendantId(Uuid::from_u128(id))
}
