//! What can be said of a queue's settings without looking at other objects. Specification of voice apps, 1.13.

use std::collections::BTreeSet;

use super::{ExceptionAction, Exit, Settings};
use crate::apps::Target;
use crate::apps::prompt::{self, Prompt};
use crate::limits::{AGENTS_MAX, NAME_CHARS_MAX, WAITING_CALLERS_MAX};
use crate::problem::{Code, Problem};

/// What is wrong with these settings.
pub fn problems(settings: &Settings) -> Vec<Problem> {
    let mut found = Vec::new();
    match settings.name.chars().count() {
        0 => found.push(Problem::new(Code::NameEmpty, "name")),
        1..=NAME_CHARS_MAX => {}
        _ => found.push(Problem::new(Code::NameTooLong, "name")),
    }
    check_prompt(settings.greeting.as_ref(), "greeting", &mut found);
    check_prompt(settings.music.as_ref(), "music", &mut found);
    agents(settings, &mut found);
    if !(5..=300).contains(&settings.agent_alert_secs) {
        found.push(Problem::new(Code::AlertOutOfRange, "agent_alert_secs"));
    }
    if settings.overflow_threshold > WAITING_CALLERS_MAX {
        found.push(Problem::new(Code::OverflowOutOfRange, "overflow_threshold"));
    }
    if settings.timeout_secs > 86_400 {
        found.push(Problem::new(Code::TimeoutOutOfRange, "timeout_secs"));
    }
    if settings.timeout_secs > 0 && settings.timeout_secs < settings.agent_alert_secs {
        found.push(Problem::new(Code::TimeoutVersusAlert, "timeout_secs"));
    }
    exception(&settings.overflow, "overflow", &mut found);
    exception(&settings.timeout, "timeout", &mut found);
    if let Some(action) = &settings.no_agent.action {
        exception(action, "no_agent.action", &mut found);
    }
    found
}

fn agents(settings: &Settings, found: &mut Vec<Problem>) {
    match settings.agents.len() {
        0 => found.push(Problem::new(Code::NoAgents, "agents")),
        1..=AGENTS_MAX => {}
        _ => found.push(Problem::new(Code::TooManyAgents, "agents")),
    }
    let mut seen = BTreeSet::new();
    for (index, agent) in settings.agents.iter().enumerate() {
        if !seen.insert(agent) {
            found.push(Problem::new(Code::AgentDuplicate, format!("agents[{index}]")));
        }
    }
}

fn exception(exception: &ExceptionAction, field: &str, found: &mut Vec<Problem>) {
    check_prompt(exception.prompt.as_ref(), &format!("{field}.prompt"), found);
    match &exception.action {
        Exit::Forward { target: Target::SharedMailbox { .. } } if exception.prompt.is_none() => {
            found.push(Problem::new(Code::SharedMailboxGreeting, format!("{field}.prompt")));
        }
        Exit::Disconnect | Exit::Forward { .. } => {}
    }
}

fn check_prompt(prompt: Option<&Prompt>, field: &str, found: &mut Vec<Problem>) {
    if let Some(code) = prompt.and_then(prompt::problem) {
        found.push(Problem::new(code, field));
    }
}
