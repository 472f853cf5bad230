//! The rules across objects, by code: which settings bring each, and whether it forbids saving. Specification of voice
//! apps, 1.19 and 1.11.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::sync::Arc;

use phone::apps::attendant::{self, DirectorySearch};
use phone::apps::prompt::Prompt;
use phone::apps::queue::roster::Members;
use phone::apps::queue::{self, Exit};
use phone::apps::{Priority, Target};
use phone::directory::{App, AppProblem, Checked, Tenant};
use phone::id::{AttendantId, PromptKey, QueueId, UserId};
use phone::problem::{Code, Severity};
use uuid::Uuid;

use crate::rehearsal::parts;

const SALES: QueueId = QueueId(Uuid::from_u128(1));
const MAIN: AttendantId = AttendantId(Uuid::from_u128(1));

/// What a queue or an attendant is changed to.
enum Change {
    Attendant(fn(&mut attendant::Settings)),
    Queue(fn(&mut queue::Settings)),
}

#[test]
fn each_code_of_the_table_is_brought_by_settings() {
    use Change::{Attendant, Queue};
    use Severity::{Error, Warning};
    let table: [(&str, Severity, &str, Change); 11] = [
        ("graph.missing_target", Error, "timeout.action.target", Queue(|it| it.timeout.action = to(nobody()))),
        ("graph.cycle_without_interaction", Error, "", Queue(|it| it.timeout.action = to(sales(1)))),
        ("graph.depth", Error, "", Queue(|it| it.timeout.action = to(sales(2)))),
        (
            "external.no_outbound_right",
            Error,
            "overflow.action.target",
            Queue(|it| {
                it.overflow.action = to(Target::External { number: "+14155550123".to_owned().try_into().unwrap() });
            }),
        ),
        ("cq.no_agents", Warning, "agents", Queue(|it| it.agents.clear())),
        ("cq.timeout_vs_alert", Warning, "timeout_secs", Queue(|it| it.timeout_secs = it.agent_alert_secs - 1)),
        (
            "cq.sl_not_below_timeout",
            Warning,
            "service_level_secs",
            Queue(|it| it.service_level_secs = Some(it.timeout_secs)),
        ),
        ("operator.unreachable", Error, "operator", Attendant(|it| it.operator = Some(nobody()))),
        (
            "prompt.language_mismatch",
            Warning,
            "greeting",
            Queue(|it| it.greeting = text("Bitte warten Sie, wir sind gleich da.")),
        ),
        (
            "prompt.language_mismatch",
            Warning,
            "default_flow.greeting",
            Attendant(|it| {
                it.default_flow.greeting =
                    text("\u{414}\u{43e}\u{431}\u{440}\u{44b}\u{439} \u{434}\u{435}\u{43d}\u{44c}");
            }),
        ),
        (
            "dir.extension_collision",
            Warning,
            "inclusion_scope",
            Attendant(|it| {
                it.default_flow.menu.directory_search = DirectorySearch::ByExtension;
            }),
        ),
    ];
    let tenant = tenant();
    for (code, severity, field, change) in table {
        let found = match change {
            Attendant(change) => {
                let mut settings = attendant::Settings::clone(&tenant.attendants[&MAIN]);
                change(&mut settings);
                tenant.attendant_problems(&settings)
            }
            Queue(change) => {
                let mut settings = queue::Settings::clone(&tenant.queues[&SALES]);
                change(&mut settings);
                tenant.queue_problems(&settings, &Members::new())
            }
        };
        let found: Vec<_> =
            found.iter().map(|one| (one.code.as_str(), one.code.severity(), one.field.as_str())).collect();
        assert!(found.contains(&(code, severity, field)), "{code}: {found:?}");
    }
}

#[test]
fn what_was_fine_when_it_was_saved_is_found_when_its_target_is_gone() {
    let mut parts = parts();
    let before = Tenant::new(parts.clone()).app_problems_now();
    let by_extension = |one: &AppProblem| one.problem.code == Code::ExtensionCollision;
    assert_eq!(before.iter().filter(|one| !by_extension(one)).count(), 0, "{before:?}");
    // The operator of the attendant and the one that callers without an agent go to.
    parts.users.remove(&UserId(Uuid::from_u128(1)));
    let after = Tenant::new(parts).app_problems_now();
    let found: Vec<_> = after.iter().map(|one| (one.of, one.name.as_str(), one.problem.code)).collect();
    assert_eq!(
        found,
        [
            (Checked::App(App::Attendant(MAIN)), "Main menu", Code::OperatorUnreachable),
            (Checked::App(App::Queue(SALES)), "Sales", Code::MissingTarget),
        ]
    );
}

#[test]
fn a_text_is_told_from_its_language_by_letters_and_common_words() {
    for (language, words, is_other) in [
        ("en-US", "Welcome to Contoso. Press 1 for sales.", false),
        ("en-US", "Bonjour, vous \u{ea}tes bien chez nous, veuillez patienter.", true),
        ("en-US", "Caf\u{e9} Z\u{fc}rich", false),
        ("de-DE", "Willkommen bei Contoso. Bitte warten Sie.", false),
        ("de-DE", "Thank you for calling. Please hold the line, we are on our way.", true),
        (
            "ru-RU",
            "Contoso: \u{432}\u{44b} \u{43f}\u{43e}\u{437}\u{432}\u{43e}\u{43d}\u{438}\u{43b}\u{438} \u{43d}\u{430}\u{43c}",
            false,
        ),
        ("ru-RU", "Thank you for calling", true),
        ("ja-JP", "\u{304a}\u{96fb}\u{8a71}\u{3042}\u{308a}\u{304c}\u{3068}\u{3046}", false),
        ("el-GR", "\u{394}", false),
        // Nothing is known of its words.
        ("fi-FI", "Thank you for calling, please hold the line.", false),
    ] {
        let mut settings = queue::Settings::clone(&tenant().queues[&SALES]);
        settings.language = language.to_owned();
        settings.greeting = text(words);
        let found = tenant().queue_problems(&settings, &Members::new());
        let told = found.iter().any(|problem| problem.code == Code::LanguageMismatch);
        assert_eq!(told, is_other, "{language}: {words}");
    }
}

/// Two people share an extension, and a chain of queues leads away from Sales.
fn tenant() -> Tenant {
    let mut parts = parts();
    for id in [2, 3] {
        let user = parts.users.get_mut(&UserId(Uuid::from_u128(id))).unwrap();
        Arc::make_mut(user).aliases.phones = vec!["+12125550100 x77".to_owned()];
    }
    for id in 2..=11_u128 {
        let mut queue = queue::Settings { id: QueueId(Uuid::from_u128(id)), ..(*parts.queues[&SALES]).clone() };
        queue.name = format!("Queue {id}");
        if id < 11 {
            queue.timeout.action = to(sales(id + 1));
        }
        parts.queues.insert(queue.id, Arc::new(queue));
    }
    Tenant::new(parts)
}

fn to(target: Target) -> Exit {
    Exit::Forward { target }
}

fn sales(id: u128) -> Target {
    Target::Queue { id: QueueId(Uuid::from_u128(id)), priority: Priority::NORMAL }
}

fn nobody() -> Target {
    Target::User { id: UserId(Uuid::max()) }
}

fn text(words: &str) -> Option<Prompt> {
    Some(Prompt::Text { key: PromptKey(Uuid::from_u128(1)), text: words.to_owned() })
}
