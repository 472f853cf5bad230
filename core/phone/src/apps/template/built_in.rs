//! Templates that come with the program. Their texts are English.

use jiff::civil::Time;
use uuid::Uuid;

use super::{Pattern, Template};
use crate::apps::attendant::{
    Action, Association, AssociationKind, CallFlow, DirectorySearch, Key, Menu, MenuOption, NameSuffix, Settings,
};
use crate::apps::delegation::Authorized;
use crate::apps::prompt::Prompt;
use crate::apps::queue::callback::{self, Callback};
use crate::apps::queue::{self, Announcements, Closure, ExceptionAction, Exit, Hours, Routing};
use crate::id::{AppTemplateId, AttendantId, PromptKey, QueueId, ScheduleId};
use crate::numbers::schedule::{Rule, Schedule, TimeRange};

const LANGUAGE: &str = "en-US";
const CLOSED: &str = "Our office is closed at the moment. Please call again on a working day between nine and five.";
const OUTSIDE_OFFICE_HOURS: ScheduleId = ScheduleId(Uuid::from_u128(1));

/// All of them. Their ids are those of no other object, and stay as they are.
pub fn built_in() -> Vec<Template> {
    let queue = |settings: queue::Settings| Pattern::Queue(Box::new(settings));
    let attendant = |settings: Settings| Pattern::Attendant(Box::new(settings));
    let all = [
        (
            "Reception",
            "People by extension or name, and a word for who calls outside of office hours",
            attendant(reception()),
        ),
        ("Announcement", "Says one thing at any time, and hangs up", attendant(announcement())),
        (
            "Help desk",
            "Whoever has been free for longest; callers hear their place, and may be called back",
            queue(help_desk()),
        ),
        (
            "Sales line",
            "Calls go round, in office hours; who waits for long hears that somebody will come",
            queue(sales_line()),
        ),
        ("Ring all", "All agents ring at once, for two minutes", queue(ring_all())),
    ];
    (1_u128..)
        .zip(all)
        .map(|(id, (name, description, pattern))| {
            Template::new(AppTemplateId(Uuid::from_u128(id)), name, description, pattern, &[outside_office_hours()])
        })
        .collect()
}

fn reception() -> Settings {
    let menu = Menu {
        prompt: text(
            "Please dial the extension of the person that you are calling, or spell the name with the keys of your phone.",
        ),
        options: Vec::new(),
        directory_search: DirectorySearch::Both,
    };
    let closed = Association {
        kind: AssociationKind::AfterHours,
        schedule: OUTSIDE_OFFICE_HOURS,
        flow: say("Closed", CLOSED),
        enabled: true,
    };
    let greeting = text("Thank you for calling.");
    Settings {
        associations: vec![closed],
        ..new_attendant(CallFlow { name: "Open".to_owned(), greeting, menu, force_listen: false })
    }
}

fn announcement() -> Settings {
    new_attendant(say("Announcement", "Thank you for calling. This number is not in use any more."))
}

fn help_desk() -> queue::Settings {
    queue::Settings {
        greeting: text("Welcome to the help desk."),
        routing: Routing::LongestIdle,
        wrap_up_secs: 30,
        missed_offers_max: Some(3),
        service_level_secs: Some(60),
        announcements: Some(Announcements { every_secs: 60, tells_place: true, tells_wait: true, comfort: Vec::new() }),
        callback: Some(Callback {
            key: '1',
            after_wait_secs: Some(120),
            waiting_min: None,
            waiting_per_agent_min: None,
            offer: prompt("If you would like to be called back, press one. You keep your place in line."),
            expires_secs: callback::EXPIRES_SECS,
            attempts_max: callback::ATTEMPTS_MAX,
            gap_secs: callback::GAP_SECS,
        }),
        ..new_queue()
    }
}

fn sales_line() -> queue::Settings {
    let exception = ExceptionAction { prompt: text(CLOSED), ..ExceptionAction::new(Exit::Disconnect) };
    let closure =
        Closure { kind: AssociationKind::AfterHours, schedule: OUTSIDE_OFFICE_HOURS, enabled: true, exception };
    let comfort = vec![prompt("Thank you for waiting. Somebody will be with you soon.")];
    queue::Settings {
        greeting: text("Thank you for calling our sales team."),
        routing: Routing::RoundRobin,
        agent_alert_secs: 20,
        service_level_secs: Some(20),
        announcements: Some(Announcements { every_secs: 45, tells_place: false, tells_wait: false, comfort }),
        hours: Some(Hours { closures: vec![closure], ..Hours::default() }),
        ..new_queue()
    }
}

fn ring_all() -> queue::Settings {
    queue::Settings { timeout_secs: 120, ..new_queue() }
}

fn outside_office_hours() -> Schedule {
    let time = |hour| Time::new(hour, 0, 0, 0).unwrap_or(Time::midnight());
    let day = || vec![TimeRange { start: time(9), end: time(17) }];
    let days = [day(), day(), day(), day(), day(), Vec::new(), Vec::new()];
    let rule = Rule::Weekly { days, complement: true };
    Schedule { id: OUTSIDE_OFFICE_HOURS, name: "Outside office hours".to_owned(), rule }
}

/// Without a zone: that of the organization becomes its own.
fn new_attendant(default_flow: CallFlow) -> Settings {
    Settings {
        id: AttendantId(Uuid::nil()),
        name: String::new(),
        language: LANGUAGE.to_owned(),
        time_zone: String::new(),
        default_flow,
        associations: Vec::new(),
        operator: None,
        wait_secs: 5,
        user_name_extension: NameSuffix::default(),
        hours_override: None,
        authorized: Authorized::default(),
        voice_input: false,
        dial_scope: Default::default(),
        direct_digits: None,
    }
}

fn new_queue() -> queue::Settings {
    queue::Settings::new(QueueId(Uuid::nil()), "", LANGUAGE)
}

fn say(name: &str, words: &str) -> CallFlow {
    let hang_up = MenuOption { key: Key::Automatic, action: Action::Disconnect, phrases: Vec::new() };
    let menu = Menu { options: vec![hang_up], ..Menu::default() };
    CallFlow { name: name.to_owned(), greeting: text(words), menu, force_listen: false }
}

/// A text that is rendered when an app is made of it.
fn prompt(words: &str) -> Prompt {
    Prompt::Text { key: PromptKey(Uuid::nil()), text: words.to_owned() }
}

fn text(words: &str) -> Option<Prompt> {
    Some(prompt(words))
}
