//! What answers in the demo organization: a menu and two queues.

use phone::apps::attendant::{self, Action, CallFlow, DirectorySearch, Key, Menu, MenuOption};
use phone::apps::delegation::Authorized;
use phone::apps::mailbox::{self, Member, MemberRole, Transcription};
use phone::apps::prompt::Prompt;
use phone::apps::queue::{self, ExceptionAction, Exit, Routing};
use phone::apps::{Priority, Target};
use phone::directory::{App, ResourceAccount};
use phone::id::{AttendantId, QueueId, SharedMailboxId, UserId};
use phone::limits::{MESSAGE_DAYS, MESSAGE_SECS_MIN, QUIET_SECS};

use super::people::{account_id, user_id};
use super::{LANGUAGE, id};
use crate::prompts::key_of_text;

const GREETING: &str = "Thank you for calling the Trunkline demo.";
const MENU: &str = "For sales, press 1. For support, press 2. To dial by name, press 3. To dial an extension, press 4. \
                    To hear about this demo, press 5. To leave a message, press 9. For the operator, press 0.";
const ANNOUNCEMENT: &str = "This is the demo organization of Trunkline, an open phone system. \
                            Everything that you hear was set up in a browser.";
const LEAVE_MESSAGE: &str = "Nobody could take your call in time.";

pub(super) fn main_menu() -> attendant::Settings {
    let option = |digit, action| MenuOption { key: Key::Digit(digit), action, phrases: Vec::new() };
    let queue = |id| Action::Transfer { target: Target::Queue { id, priority: Priority::NORMAL } };
    let options = vec![
        option('0', Action::Operator),
        option('1', queue(queue_id("Sales"))),
        option('2', queue(queue_id("Support"))),
        option('3', Action::SearchDirectory { by: DirectorySearch::ByName }),
        option('4', Action::SearchDirectory { by: DirectorySearch::ByExtension }),
        option('5', Action::Announcement { prompt: text(ANNOUNCEMENT) }),
        option('9', Action::Transfer { target: to_mailbox() }),
    ];
    attendant::Settings {
        id: menu_id(),
        name: "Main menu".to_owned(),
        language: LANGUAGE.to_owned(),
        time_zone: "America/New_York".to_owned(),
        default_flow: CallFlow {
            name: "Default".to_owned(),
            greeting: Some(text(GREETING)),
            menu: Menu { prompt: Some(text(MENU)), options, directory_search: DirectorySearch::None },
            force_listen: false,
        },
        associations: Vec::new(),
        operator: Some(Target::User { id: user_id("101") }),
        wait_secs: 5,
        user_name_extension: Default::default(),
        hours_override: None,
        authorized: Authorized::default(),
        voice_input: false,
        dial_scope: Default::default(),
        direct_digits: None,
    }
}

pub(super) fn sales() -> queue::Settings {
    queue("Sales", Routing::LongestIdle, vec![user_id("102"), user_id("103")])
}

pub(super) fn support() -> queue::Settings {
    queue("Support", Routing::Attendant, vec![user_id("101"), user_id("102"), user_id("103")])
}

pub(super) fn resource_accounts() -> Vec<ResourceAccount> {
    let account = |name: &str, app| ResourceAccount {
        id: account_id(name),
        display_name: name.to_owned(),
        app: Some(app),
        priority: Priority::NORMAL,
    };
    vec![
        account("Main menu", App::Attendant(menu_id())),
        account("Sales", App::Queue(queue_id("Sales"))),
        account("Support", App::Queue(queue_id("Support"))),
    ]
}

fn queue(name: &str, routing: Routing, agents: Vec<UserId>) -> queue::Settings {
    let to_mailbox = Exit::Forward { target: to_mailbox() };
    queue::Settings {
        agents,
        routing,
        agent_alert_secs: 20,
        timeout_secs: 60,
        timeout: ExceptionAction { prompt: Some(text(LEAVE_MESSAGE)), ..ExceptionAction::new(to_mailbox) },
        ..queue::Settings::new(queue_id(name), name, LANGUAGE)
    }
}

pub(super) fn mailbox() -> mailbox::Settings {
    let member = |extension| Member { user: user_id(extension), role: MemberRole::Manage };
    mailbox::Settings {
        id: mailbox_id(),
        name: "Front desk".to_owned(),
        extension: None,
        language: LANGUAGE.to_owned(),
        members: ["101", "102", "103"].map(member).to_vec(),
        greeting: None,
        groups: Vec::new(),
        after_hours: None,
        app_greetings: Vec::new(),
        max_secs: 300,
        min_secs: MESSAGE_SECS_MIN,
        quiet_secs: QUIET_SECS,
        retention_days: MESSAGE_DAYS,
        transcription: Transcription::Off,
        emails: Vec::new(),
        mwi_for_members: true,
    }
}

fn to_mailbox() -> Target {
    Target::SharedMailbox { id: mailbox_id(), suppress_system_prompt: false }
}

fn text(text: &str) -> Prompt {
    Prompt::Text { key: key_of_text(LANGUAGE, text), text: text.to_owned() }
}

fn menu_id() -> AttendantId {
    AttendantId(id("attendant Main menu"))
}

fn queue_id(name: &str) -> QueueId {
    QueueId(id(&format!("queue {name}")))
}

fn mailbox_id() -> SharedMailboxId {
    SharedMailboxId(id("shared mailbox"))
}
