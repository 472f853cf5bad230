//! What can be said of a queue's settings without looking at other objects. Specification of voice apps, 1.13.

use std::collections::BTreeSet;

use super::alert::Alerts;
use super::callback::Callback;
use super::{Announcements, ExceptionAction, Exit, Hours, RANK_LAST, Settings};
use crate::apps::{Target, hours, prompt};
use crate::limits::{
    AGENT_CAPACITY_MAX, AGENT_GROUPS_MAX, AGENTS_MAX, COMFORTS_MAX, NAME_CHARS_MAX, WAITING_CALLERS_MAX,
};
use crate::numbers::schedule::time_zone;
use crate::people::user::check::is_email;
use crate::problem::{Code, Problem};

/// What is wrong with these settings.
pub fn problems(settings: &Settings) -> Vec<Problem> {
    let mut found = Vec::new();
    match settings.name.chars().count() {
        0 => found.push(Problem::new(Code::NameEmpty, "name")),
        1..=NAME_CHARS_MAX => {}
        _ => found.push(Problem::new(Code::NameTooLong, "name")),
    }
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
    if !(1..=AGENT_CAPACITY_MAX).contains(&settings.agent_capacity) {
        found.push(Problem::new(Code::CapacityOutOfRange, "agent_capacity"));
    }
    if settings.age_step_secs.is_some_and(|secs| !(1..=86_400).contains(&secs)) {
        found.push(Problem::new(Code::AgeStepOutOfRange, "age_step_secs"));
    }
    if settings.ranks.values().any(|rank| !(1..=RANK_LAST).contains(rank)) {
        found.push(Problem::new(Code::RankOutOfRange, "ranks"));
    }
    if settings.no_free_agent.as_ref().is_some_and(|no_free| 86_400 < no_free.after_secs) {
        found.push(Problem::new(Code::TimeoutOutOfRange, "no_free_agent.after_secs"));
    }
    if let Some(target) = settings.service_level_secs {
        if SERVICE_LEVEL_SECS_MAX < target {
            found.push(Problem::new(Code::ServiceLevelOutOfRange, "service_level_secs"));
        }
        if settings.timeout_secs <= target {
            found.push(Problem::new(Code::ServiceLevelNotBelowTimeout, "service_level_secs"));
        }
    }
    if let Some(callback) = &settings.callback {
        check_callback(callback, settings.timeout_secs, &mut found);
    }
    if let Some(told) = &settings.announcements {
        announcements(told, &mut found);
    }
    if let Some(recording) = &settings.recording {
        if !(1..=3_650).contains(&recording.retention_days) {
            found.push(Problem::new(Code::RecordingRetention, "recording.retention_days"));
        }
    }
    for (field, one) in settings.named_prompts() {
        prompt::check(Some(one), &settings.language, || field, &mut found);
    }
    for (field, action) in settings.exceptions() {
        exception(action, &field, &mut found);
    }
    if let Some(alerts) = &settings.alerts {
        check_alerts(alerts, settings.service_level_secs, &mut found);
    }
    if let Some(hours) = &settings.hours {
        check_hours(hours, &mut found);
    }
    found
}

fn agents(settings: &Settings, found: &mut Vec<Problem>) {
    if settings.agents.is_empty() && settings.groups.is_empty() {
        found.push(Problem::new(Code::NoAgents, "agents"));
    }
    for (field, n_items) in
        [("agents", settings.agents.len()), ("order", settings.order.len()), ("ranks", settings.ranks.len())]
    {
        if AGENTS_MAX < n_items {
            found.push(Problem::new(Code::TooManyAgents, field));
        }
    }
    if AGENT_GROUPS_MAX < settings.groups.len() {
        found.push(Problem::new(Code::TooManyGroups, "groups"));
    }
    once(&settings.agents, "agents", Code::AgentDuplicate, found);
    once(&settings.order, "order", Code::AgentDuplicate, found);
    once(&settings.groups, "groups", Code::GroupDuplicate, found);
}

fn check_alerts(alerts: &Alerts, target: Option<u32>, found: &mut Vec<Problem>) {
    let thresholds = [
        ("waiting_min", alerts.waiting_min, 1..=WAITING_CALLERS_MAX),
        ("wait_secs", alerts.wait_secs, 1..=86_400),
        ("service_level_percent", alerts.service_level_percent.map(u32::from), 1..=100),
        ("no_agent_secs", alerts.no_agent_secs, 0..=86_400),
        ("calm_secs", Some(alerts.calm_secs), 0..=3_600),
    ];
    for (field, value, range) in thresholds {
        if value.is_some_and(|value| !range.contains(&value)) {
            found.push(Problem::new(Code::AlertThreshold, format!("alerts.{field}")));
        }
    }
    if alerts.service_level_percent.is_some() && target.is_none() {
        found.push(Problem::new(Code::AlertWithoutTarget, "alerts.service_level_percent"));
    }
    if MAILS_MAX < alerts.mails.len() {
        let words = format!("a queue mails at most {MAILS_MAX} addresses");
        found.push(Problem::because(Code::MailboxListTooLong, "alerts.mails", words));
    }
    for (index, mail) in alerts.mails.iter().enumerate() {
        if !is_email(mail) {
            found.push(Problem::new(Code::EmailMalformed, format!("alerts.mails[{index}]")));
        }
    }
}

/// Addresses that a mail goes to: as many as a shared mailbox tells.
const MAILS_MAX: usize = 20;

fn check_hours(settings: &Hours, found: &mut Vec<Problem>) {
    if settings.time_zone.as_deref().is_some_and(|name| time_zone(name).is_none()) {
        found.push(Problem::new(Code::TimeZoneUnknown, "hours.time_zone"));
    }
    hours::check(&settings.times(), "hours.closures", found);
}

fn once<T: Ord>(list: &[T], field: &str, code: Code, found: &mut Vec<Problem>) {
    let mut seen = BTreeSet::new();
    for (index, item) in list.iter().enumerate() {
        if !seen.insert(item) {
            found.push(Problem::new(code, format!("{field}[{index}]")));
        }
    }
}

fn check_callback(callback: &Callback, timeout_secs: u32, found: &mut Vec<Problem>) {
    let conditions = [callback.after_wait_secs, callback.waiting_min, callback.waiting_per_agent_min];
    if conditions.iter().all(Option::is_none) {
        found.push(Problem::new(Code::CallbackNoCondition, "callback"));
    }
    if !callback.key.is_ascii_digit() && !matches!(callback.key, '*' | '#') {
        found.push(Problem::new(Code::KeyUnknown, "callback.key"));
    }
    let is_never_offered = |secs: u32| timeout_secs <= secs.saturating_add(CALLBACK_OFFER_SECS);
    if callback.after_wait_secs.is_some_and(is_never_offered) {
        found.push(Problem::new(Code::CallbackUnreachable, "callback.after_wait_secs"));
    }
    if !(60..=86_400).contains(&callback.expires_secs) {
        found.push(Problem::new(Code::CallbackExpiry, "callback.expires_secs"));
    }
    if !(1..=10).contains(&callback.attempts_max) || 86_400 < callback.gap_secs {
        found.push(Problem::new(Code::CallbackAttempts, "callback.attempts_max"));
    }
}

/// The longest target of a service level. Specification 5.
const SERVICE_LEVEL_SECS_MAX: u32 = 2_400;
/// Seconds between the moment in which a caller may be called back and the end of the offer.
const CALLBACK_OFFER_SECS: u32 = 60;

fn announcements(told: &Announcements, found: &mut Vec<Problem>) {
    if !(10..=3_600).contains(&told.every_secs) {
        found.push(Problem::new(Code::AnnouncementPeriod, "announcements.every_secs"));
    }
    if COMFORTS_MAX < told.comfort.len() {
        found.push(Problem::new(Code::TooManyComforts, "announcements.comfort"));
    }
}

fn exception(exception: &ExceptionAction, field: &str, found: &mut Vec<Problem>) {
    match &exception.action {
        Exit::Forward { target: Target::SharedMailbox { .. } } if exception.said().is_none() => {
            found.push(Problem::new(Code::SharedMailboxGreeting, format!("{field}.prompt")));
        }
        Exit::Disconnect | Exit::Forward { .. } => {}
    }
}
