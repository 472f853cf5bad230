//! Why a use case was not carried out.

use phone::access::{Missing, grant::MoreThanOwn};
use phone::apps::delegation::NotDelegated;
use phone::problem::{Problem, Severity};
use phone::rule::Broken;
use store::{StoreError, WriteError};
use switch::output::Answer;

use crate::error::chain;
use crate::node::Stopped;
use crate::prompts::PromptError;

/// One variant for each thing that the caller can do differently.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("{detail}")]
    Forbidden { detail: &'static str },
    /// Who asks has not got the permission.
    #[error("{detail}")]
    Missing { code: &'static str, detail: String, fix: String },
    /// Nobody proved who they are.
    #[error("{detail}")]
    NotProven { code: &'static str, detail: &'static str, fix: &'static str },
    /// Too many attempts failed before.
    #[error("too many attempts failed: this one was not looked at")]
    TooMany { secs: u64 },
    #[error("there is no such {what}")]
    NotFound { what: &'static str },
    /// Against the state that the object is in.
    #[error("{detail}")]
    Conflict { code: &'static str, detail: String, fix: Option<String> },
    #[error("it was changed since you read it")]
    Stale { current: i64 },
    /// The object would break a rule.
    #[error("{detail}")]
    Invalid { code: &'static str, detail: String, faults: Vec<Fault>, fix: Option<String> },
    /// It may work later.
    #[error("{detail}")]
    Unavailable { detail: &'static str },
    /// A bug or a broken disk; the cause is for the log, not for the caller.
    #[error("something went wrong in the server")]
    Failed { cause: String },
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub field: String,
    pub code: String,
    pub message: String,
}

impl Refused {
    /// A refusal of one field.
    pub fn field(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        let fault = Fault { field: field.into(), code: code.to_owned(), message: message.clone() };
        Self::Invalid { code, detail: message, faults: vec![fault], fix: None }
    }

    /// A rule that the request breaks.
    pub fn by_rule(broken: &impl Broken) -> Self {
        let (code, detail, fix) = (broken.code(), broken.to_string(), Some(broken.fix()));
        if broken.is_conflict() {
            Self::Conflict { code, detail, fix }
        } else {
            Self::Invalid { code, detail, faults: Vec::new(), fix }
        }
    }

    /// The problems that forbid saving; fine if there are none.
    pub fn for_problems(problems: Vec<Problem>) -> Result<(), Self> {
        let faults: Vec<Fault> = problems
            .into_iter()
            .filter(|problem| problem.code.severity() == Severity::Error)
            .map(Fault::from)
            .collect();
        match faults.first() {
            None => Ok(()),
            Some(_) => Err(Self::Invalid {
                code: "invalid_settings",
                detail: "these settings break a rule".to_owned(),
                faults,
                fix: None,
            }),
        }
    }

    /// What the switch said when it did not do as told.
    pub fn by_switch(answer: Answer, what: &'static str) -> Self {
        match answer {
            Answer::NotFound => Self::NotFound { what },
            Answer::Refused { code, detail } => Self::Conflict { code, detail, fix: None },
            Answer::Board(_)
            | Answer::Calls(_)
            | Answer::Done
            | Answer::Penalties(_)
            | Answer::Queue(_)
            | Answer::Registrations(_)
            | Answer::Statistics(_)
            | Answer::Trunks(_) => Self::Failed { cause: format!("the switch gave another answer: {answer:?}") },
        }
    }
}

impl From<Missing> for Refused {
    fn from(missing: Missing) -> Self {
        Self::Missing { code: missing.code(), detail: missing.to_string(), fix: missing.fix() }
    }
}

impl From<NotDelegated> for Refused {
    fn from(refusal: NotDelegated) -> Self {
        Self::Missing { code: refusal.code(), detail: refusal.to_string(), fix: refusal.fix() }
    }
}

impl From<MoreThanOwn> for Refused {
    fn from(more: MoreThanOwn) -> Self {
        Self::Missing { code: more.code(), detail: more.to_string(), fix: more.fix() }
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self { code: problem.code.as_str().to_owned(), message: problem.words(), field: problem.field }
    }
}

impl From<Stopped> for Refused {
    fn from(_: Stopped) -> Self {
        Self::Unavailable { detail: "the phone system is shutting down" }
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        if error.is_passing() {
            tracing::warn!(error = chain(&error), "the database does not answer");
            return Self::Unavailable {
                detail: "the database does not answer; calls go on with the settings that were read",
            };
        }
        Self::Failed { cause: chain(&error) }
    }
}

impl From<WriteError> for Refused {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::NotFound => Self::NotFound { what: "object" },
            WriteError::Stale { current } => Self::Stale { current },
            WriteError::Taken { field } => {
                let detail = format!("this {field} is taken by another object");
                Self::Conflict { code: "taken", detail, fix: None }
            }
            WriteError::Store(error) => error.into(),
        }
    }
}

impl From<PromptError> for Refused {
    fn from(error: PromptError) -> Self {
        match error.code() {
            Some(code) => Self::Invalid { code, detail: chain(&error), faults: Vec::new(), fix: error.fix() },
            None => Self::Failed { cause: chain(&error) },
        }
    }
}
