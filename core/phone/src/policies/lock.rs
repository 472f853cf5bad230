//! Locks: settings that no policy of an organization may exceed, whoever makes it. They are set by the organization
//! itself, by its reseller or by who runs the server; each undoes its own and those below it. Specification of calling,
//! 4.2.
//!
//! A lock changes no policy. What calls follow is the policy within its locks, so that a policy made before the lock, or
//! brought along from elsewhere, obeys it as well, and is as it was when the lock goes.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::types::{PolicyType, Settings};
use crate::id::PolicyLockId;
use crate::limits::{POLICY_LOCK_REASON_CHARS_MAX, POLICY_LOCK_VALUES_MAX};
use crate::rule::Broken;
use crate::setting::{Form, Setting, SettingFault};

/// Who set a lock, the lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockLevel {
    /// Whoever administers the organization.
    Organization,
    /// The reseller whose organization it is.
    Reseller,
    /// Who runs the server.
    Platform,
}

/// What a setting may be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bounds {
    /// One of these; the first is in place of any other.
    Values(Vec<Value>),
    /// A whole number from one to the other; the nearer end is in place of any other.
    Range { min: u32, max: u32 },
}

/// A setting that no policy of an organization may exceed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lock {
    /// Its id.
    pub id: PolicyLockId,
    /// Of which type.
    pub kind: PolicyType,
    /// Which setting.
    pub setting: String,
    /// Who set it.
    pub level: LockLevel,
    /// What the setting may be.
    pub bounds: Bounds,
    /// Why, for who is refused.
    pub reason: Option<String>,
}

/// All locks of one organization.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Locks(Vec<Lock>);

/// A setting that is not what its policy says.
#[derive(Clone, Debug, PartialEq)]
pub struct Limited {
    /// The setting.
    pub setting: String,
    /// What the policy says.
    pub says: Value,
    /// What holds instead.
    pub holds: Value,
    /// Who locked it.
    pub level: LockLevel,
    /// Why, in words.
    pub reason: String,
}

/// Why a policy is not saved, or a lock not set.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LockRefusal {
    #[error("{} of {} policies is locked by {} already", setting, kind.as_str(), level.words())]
    AlreadyLocked { kind: PolicyType, setting: String, level: LockLevel },
    #[error("{} locked {} of {} policies", level.words(), setting, kind.as_str())]
    FromAbove { kind: PolicyType, setting: String, level: LockLevel },
    #[error("{reason}, and {wanted} is none of that")]
    Locked { setting: String, wanted: Value, reason: String, level: LockLevel },
}

impl LockLevel {
    /// Its word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Reseller => "reseller",
            Self::Platform => "platform",
        }
    }

    /// Who that is.
    pub fn words(self) -> &'static str {
        match self {
            Self::Organization => "the organization",
            Self::Reseller => "the reseller",
            Self::Platform => "who runs the server",
        }
    }
}

impl Bounds {
    /// Whether a setting may be this.
    pub fn allows(&self, value: &Value) -> bool {
        match self {
            Self::Values(values) => values.contains(value),
            Self::Range { min, max } => whole(value).is_some_and(|value| (*min..=*max).contains(&value)),
        }
    }

    /// What is in place of a value that is not allowed. What is none has no end, and so is nearest to the greatest.
    fn nearest(&self, value: &Value) -> Value {
        match self {
            Self::Values(values) => values.first().cloned().unwrap_or_default(),
            Self::Range { min, max } => whole(value).map_or(*max, |value| value.clamp(*min, *max)).into(),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Values(values) => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                values.join(" or ")
            }
            Self::Range { min, max } => format!("from {min} to {max}"),
        }
    }
}

impl From<(u32, u32)> for Bounds {
    fn from((min, max): (u32, u32)) -> Self {
        Self::Range { min, max }
    }
}

impl Lock {
    /// Who allows what of which setting, in words.
    pub fn words(&self) -> String {
        let why = self.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
        format!("{} lets {} be {} only{why}", self.level.words(), self.setting, self.bounds.words())
    }

    /// What it is called among locks of its organization: there is one for a setting and a level.
    pub fn name(&self) -> String {
        format!("{}/{}/{}", self.kind.as_str(), self.setting, self.level.as_str())
    }

    /// What is wrong with it by itself.
    pub fn faults(&self) -> Vec<SettingFault> {
        let fault = |field: &str, code, message: String| SettingFault { field: field.to_owned(), code, message };
        let kind = self.kind;
        let Some(setting) = kind.settings().iter().find(|it| it.name == self.setting) else {
            let words = format!("a {} policy has no setting {}", kind.as_str(), self.setting);
            return vec![fault("setting", "policy.setting_unknown", words)];
        };
        let mut found = Vec::new();
        if let Some(message) = bounds_fault(setting, &self.bounds) {
            found.push(fault("bounds", "policy_lock.bounds", message));
        }
        if self.reason.as_ref().is_some_and(|reason| POLICY_LOCK_REASON_CHARS_MAX < reason.chars().count()) {
            let words = format!("a reason has at most {POLICY_LOCK_REASON_CHARS_MAX} characters");
            found.push(fault("reason", "text_too_long", words));
        }
        found
    }
}

/// Why a setting can't be bound so.
fn bounds_fault(setting: &Setting, bounds: &Bounds) -> Option<String> {
    match bounds {
        Bounds::Values(values) if values.is_empty() => Some("name at least one value that is allowed".to_owned()),
        Bounds::Values(values) if POLICY_LOCK_VALUES_MAX < values.len() => {
            Some(format!("name at most {POLICY_LOCK_VALUES_MAX} values"))
        }
        Bounds::Values(values) => {
            let wrong = values.iter().find(|value| (setting.read)(value).is_err())?;
            Some(format!("{wrong} is no value of {}, which is {}", setting.name, setting.form))
        }
        Bounds::Range { min, max } => {
            let form = if let Form::Optional(inner) = setting.form { *inner } else { setting.form };
            match form {
                Form::Whole { min: least, max: most } if least <= *min && min <= max && *max <= most => None,
                Form::Whole { min: least, max: most } => {
                    Some(format!("a range of {} is within {least} and {most}, its least first", setting.name))
                }
                Form::Choice(_)
                | Form::Entries { .. }
                | Form::HttpsUrl
                | Form::Language
                | Form::Moment
                | Form::Number
                | Form::Optional(_)
                | Form::Reference(_)
                | Form::Text { .. }
                | Form::Texts { .. }
                | Form::Wholes { .. }
                | Form::YesNo => Some(format!("{} is no number: name the values that are allowed", setting.name)),
            }
        }
    }
}

impl Locks {
    /// The organization's first, so that those from above have the last word.
    pub fn new(mut locks: Vec<Lock>) -> Self {
        locks.sort_by(|one, other| (one.level, one.name()).cmp(&(other.level, other.name())));
        Self(locks)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of one type.
    pub fn of(&self, kind: PolicyType) -> impl Iterator<Item = &Lock> {
        self.0.iter().filter(move |lock| lock.kind == kind)
    }

    /// Settings within their locks, and what is otherwise than the policy says.
    pub fn limit(&self, settings: Settings) -> (Settings, Vec<Limited>) {
        let kind = settings.kind();
        if self.of(kind).next().is_none() {
            return (settings, Vec::new());
        }
        let mut value = settings.to_value();
        let mut limited: Vec<Limited> = Vec::new();
        for lock in self.of(kind) {
            let Some(now) = value.get_mut(&lock.setting) else { continue };
            if lock.bounds.allows(now) {
                continue;
            }
            let holds = lock.bounds.nearest(now);
            let says = limited.iter().position(|it| it.setting == lock.setting).map(|at| limited.remove(at).says);
            let says = says.unwrap_or_else(|| now.clone());
            *now = holds.clone();
            let (setting, level, reason) = (lock.setting.clone(), lock.level, lock.words());
            limited.push(Limited { setting, says, holds, level, reason });
        }
        // Each value of a lock was read when it was set; a lock of a later version is not known here and changes nothing.
        match Settings::read(kind, value) {
            Ok(within) => (within, limited),
            Err(_) => (settings, Vec::new()),
        }
    }

    /// Whether settings that somebody names may be so.
    pub fn check<'a>(&self, settings: &Settings, named: impl Iterator<Item = &'a String>) -> Result<(), LockRefusal> {
        let value = settings.to_value();
        let named: Vec<&String> = named.collect();
        // Who is bound from above is told that first.
        for lock in self.0.iter().rev().filter(|lock| lock.kind == settings.kind() && named.contains(&&lock.setting)) {
            let wanted = value.get(&lock.setting).unwrap_or(&Value::Null);
            if !lock.bounds.allows(wanted) {
                let (setting, level, reason) = (lock.setting.clone(), lock.level, lock.words());
                return Err(LockRefusal::Locked { setting, wanted: wanted.clone(), reason, level });
            }
        }
        Ok(())
    }

    /// Whether this lock may be set beside the others. One from below stays within those from above, so that what it says
    /// is what holds.
    pub fn check_new(&self, lock: &Lock) -> Result<(), LockRefusal> {
        let same = self.of(lock.kind).filter(|other| other.setting == lock.setting && other.id != lock.id);
        for other in same {
            if other.level == lock.level {
                let (kind, setting, level) = (lock.kind, lock.setting.clone(), lock.level);
                return Err(LockRefusal::AlreadyLocked { kind, setting, level });
            }
            let beyond = match (&lock.bounds, lock.level < other.level) {
                (_, false) => None,
                (Bounds::Values(values), true) => values.iter().find(|value| !other.bounds.allows(value)).cloned(),
                (Bounds::Range { min, max }, true) => {
                    [*min, *max].into_iter().map(Value::from).find(|end| !other.bounds.allows(end))
                }
            };
            if let Some(wanted) = beyond {
                let (setting, level, reason) = (other.setting.clone(), other.level, other.words());
                return Err(LockRefusal::Locked { setting, wanted, reason, level });
            }
        }
        Ok(())
    }
}

/// Whether somebody of this level may change or undo a lock: their own, and those from below.
pub fn check_hold(lock: &Lock, by: LockLevel) -> Result<(), LockRefusal> {
    if lock.level <= by {
        return Ok(());
    }
    Err(LockRefusal::FromAbove { kind: lock.kind, setting: lock.setting.clone(), level: lock.level })
}

fn whole(value: &Value) -> Option<u32> {
    u32::try_from(value.as_u64()?).ok()
}

impl Broken for LockRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::AlreadyLocked { .. } => "policy_lock.exists",
            Self::FromAbove { .. } => "policy_lock.from_above",
            Self::Locked { .. } => "policy.setting_locked",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::AlreadyLocked { .. } => "change that lock, or delete it first".to_owned(),
            Self::FromAbove { level, .. } => format!("ask {} to change or delete it", level.words()),
            Self::Locked { setting, level: LockLevel::Organization, .. } => {
                format!("choose a value that is allowed, or delete the lock of {setting} first")
            }
            Self::Locked { level, .. } => {
                format!("choose a value that is allowed, or ask {} to change the lock", level.words())
            }
        }
    }

    fn is_conflict(&self) -> bool {
        true
    }
}
