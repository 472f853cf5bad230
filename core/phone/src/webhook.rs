//! What programs elsewhere are told of what happens here: which of it, when it is tried again, and where it may go.
//! Specification of numbers, 5.4 and 5.5.

pub mod address;
pub mod kind;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::id::WebhookId;
use crate::limits::{NAME_CHARS_MAX, URL_CHARS_MAX, WEBHOOK_DAYS, WEBHOOK_EVENTS_MAX};
use crate::problem::{Code, Problem};

/// How long after each failed try the next one is; the last one again and again. Short at first, for most receivers are
/// back after a restart; then so rare that one that is gone costs nothing.
const RETRY_SECS: [i64; 8] = [10, 30, 60, 5 * 60, 15 * 60, 60 * 60, 3 * 60 * 60, 6 * 60 * 60];

/// An address that is told of what happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    pub id: WebhookId,
    pub name: String,
    pub url: String,
    /// `number.assigned`, `number.*`, or `*`.
    pub events: BTreeSet<String>,
    pub enabled: bool,
}

/// How the last tries went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Failed tries since the last one that went well.
    pub n_failed: u32,
    pub failing_since: Option<Timestamp>,
    /// When the next try is; at once if none.
    pub next_at: Option<Timestamp>,
}

/// How a try went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Try {
    Delivered,
    Failed,
    /// The receiver wants no more. RFC 9110 §15.5.11
    Gone,
}

/// What follows from a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    GoOn(Health),
    /// It failed for too long, or wants no more: nothing is sent until somebody enables it again.
    Dead(Health),
}

impl Webhook {
    /// Whether it is told of this kind of event.
    pub fn wants(&self, kind: &str) -> bool {
        let noun = kind.split_once('.').map_or(kind, |(noun, _)| noun);
        let fits = |pattern: &String| match pattern.strip_suffix(".*") {
            Some(of_noun) => of_noun == noun,
            None => pattern == "*" || pattern == kind,
        };
        self.events.iter().any(fits)
    }

    /// What is wrong with it.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        match self.name.trim().chars().count() {
            0 => problems.push(Problem::new(Code::NameEmpty, "name")),
            1..=NAME_CHARS_MAX => {}
            _ => problems.push(Problem::new(Code::NameTooLong, "name")),
        }
        let rest = self.url.strip_prefix("https://").or_else(|| self.url.strip_prefix("http://"));
        let is_plain = self.url.chars().all(|letter| letter.is_ascii_graphic()) && !self.url.contains('@');
        let has_host = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
        if !is_plain || !has_host || URL_CHARS_MAX < self.url.len() {
            problems.push(Problem::new(Code::UrlMalformed, "url"));
        }
        if !(1..=WEBHOOK_EVENTS_MAX).contains(&self.events.len()) {
            problems.push(Problem::new(Code::WebhookEventsOutOfRange, "events"));
        }
        for (index, pattern) in self.events.iter().enumerate().take(WEBHOOK_EVENTS_MAX) {
            if !is_pattern(pattern) {
                problems.push(Problem::new(Code::WebhookEventMalformed, format!("events[{index}]")));
            }
        }
        problems
    }
}

impl Health {
    /// What follows from a try.
    pub fn after(&self, now: Timestamp, tried: Try) -> Verdict {
        let n_failed = self.n_failed.saturating_add(1);
        match tried {
            Try::Delivered => Verdict::GoOn(Self::default()),
            Try::Gone => {
                Verdict::Dead(Self { n_failed, failing_since: self.failing_since.or(Some(now)), next_at: None })
            }
            Try::Failed => {
                let since = self.failing_since.unwrap_or(now);
                let last = RETRY_SECS.last().copied().unwrap_or(60);
                let index = usize::try_from(self.n_failed).unwrap_or(usize::MAX);
                let wait = SignedDuration::from_secs(RETRY_SECS.get(index).copied().unwrap_or(last));
                let next_at = Some(now.checked_add(wait).unwrap_or(Timestamp::MAX));
                let health = Self { n_failed, failing_since: Some(since), next_at };
                let patience = SignedDuration::from_hours(24 * WEBHOOK_DAYS);
                if patience <= now.duration_since(since) { Verdict::Dead(health) } else { Verdict::GoOn(health) }
            }
        }
    }

    /// Whether it may be tried.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.next_at.is_none_or(|at| at <= now)
    }
}

fn is_pattern(text: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    match text.split_once('.') {
        Some((noun, what)) => is_word(noun) && (what == "*" || is_word(what)),
        None => text == "*",
    }
}
