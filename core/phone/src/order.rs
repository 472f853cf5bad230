//! Orders: work on many lines, carried out in the background, kept with what became of each line. Specification of
//! numbers, 1.4.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::OrderId;
use crate::rule::Broken;

/// Work on many lines, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub id: OrderId,
    pub kind: OrderKind,
    pub state: OrderState,
    /// Whether it only says what would be done.
    pub dry_run: bool,
    pub created_by: String,
    pub created_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub n_total: u32,
    /// Lines that were carried out.
    pub n_done: u32,
    pub n_failed: u32,
    /// The order that this one takes back.
    pub undoes: Option<OrderId>,
    pub undone_by: Option<OrderId>,
}

/// What an order is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    /// People are given licenses and lose some.
    LicenseImport,
    /// Numbers of an own carrier are added and assigned.
    NumberImport,
    /// An import of numbers is taken back.
    NumberImportUndo,
    /// Numbers are taken from the stock.
    NumberOrder,
    /// Numbers that nobody has are given back.
    NumberRelease,
    /// Numbers get tags and lose some.
    NumberTag,
    /// Numbers are taken from who has them.
    NumberUnassign,
    /// An operator gives numbers that the organization asked for.
    OperatorFulfil,
    /// An operator gives numbers back to itself.
    OperatorRelease,
    /// An operator takes numbers from who has them.
    OperatorUnassign,
    /// An operator changes what it says of its numbers.
    OperatorUpdate,
    /// An operator gives numbers to the organization.
    OperatorUpload,
    /// People are made and changed.
    UserImport,
}

/// How far an order is. The last three are the end of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    Queued,
    Running,
    Succeeded,
    Failed,
    PartlyFailed,
}

/// What became of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Carried out; with what the kind of order wants to know later, such as what takes it back.
    Done(Option<serde_json::Value>),
    Failed(LineFault),
}

/// Why a line was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineFault {
    /// The column that is to blame, if it is one.
    pub column: Option<String>,
    pub code: String,
    pub message: String,
    pub fix: String,
}

/// Why an order can't be taken back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the order is not finished")]
    NotFinished,
    #[error("the order was taken back already")]
    Undone,
    #[error("what this order did can't be taken back")]
    NotUndoable,
    #[error("the order changed nothing")]
    NothingDone,
    #[error("no line of the order failed that could be tried again")]
    NothingFailed,
    #[error("lines of this order can't be tried again here")]
    NotRetryable,
}

impl Order {
    /// An order that nobody has begun. Lines that can't even be read fail at once.
    pub fn new(id: OrderId, kind: OrderKind, created_by: String, now: Timestamp, n_total: u32) -> Self {
        Self {
            id,
            kind,
            state: OrderState::Queued,
            dry_run: false,
            created_by,
            created_at: now,
            finished_at: None,
            n_total,
            n_done: 0,
            n_failed: 0,
            undoes: None,
            undone_by: None,
        }
    }

    /// The order after more lines were worked on. It ends with its last line and never changes after that.
    pub fn after<'a>(&self, now: Timestamp, outcomes: impl IntoIterator<Item = &'a Outcome>) -> Self {
        if self.is_finished() {
            return self.clone();
        }
        let mut next = Self { state: OrderState::Running, ..self.clone() };
        for outcome in outcomes.into_iter().take(self.n_waiting()) {
            match outcome {
                Outcome::Done(_) => next.n_done = next.n_done.saturating_add(1),
                Outcome::Failed(_) => next.n_failed = next.n_failed.saturating_add(1),
            }
        }
        if next.n_waiting() == 0 {
            next.finished_at = Some(now);
            next.state = match (next.n_done, next.n_failed) {
                (_, 0) => OrderState::Succeeded,
                (0, _) => OrderState::Failed,
                (_, _) => OrderState::PartlyFailed,
            };
        }
        next
    }

    /// Lines that were not worked on yet.
    pub fn n_waiting(&self) -> usize {
        let n_waiting = self.n_total.saturating_sub(self.n_done).saturating_sub(self.n_failed);
        usize::try_from(n_waiting).unwrap_or(usize::MAX)
    }

    /// Whether nothing will change any more.
    pub fn is_finished(&self) -> bool {
        match self.state {
            OrderState::Queued | OrderState::Running => false,
            OrderState::Succeeded | OrderState::Failed | OrderState::PartlyFailed => true,
        }
    }

    /// Whether the lines that failed can be tried again, as an order of their own.
    pub fn check_retry(&self) -> Result<(), Refusal> {
        match (self.is_finished(), self.n_failed) {
            (false, _) => Err(Refusal::NotFinished),
            (true, _) if self.dry_run || self.kind == OrderKind::OperatorFulfil => Err(Refusal::NotRetryable),
            (true, 0) => Err(Refusal::NothingFailed),
            (true, _) => Ok(()),
        }
    }

    /// The same, for who is not an operator: what an operator wanted it tries again itself, and numbers of the stock are
    /// ordered anew, by who may order and within the quotas of then.
    pub fn check_retry_of_tenant(&self) -> Result<(), Refusal> {
        match self.kind == OrderKind::NumberOrder || self.kind.is_of_operator() {
            true => Err(Refusal::NotRetryable),
            false => self.check_retry(),
        }
    }

    /// The kind of order that takes this one back, if that can be done.
    pub fn undo(&self) -> Result<OrderKind, Refusal> {
        let undo = match self.kind {
            OrderKind::NumberImport | OrderKind::NumberRelease | OrderKind::NumberTag | OrderKind::NumberUnassign
                if !self.dry_run =>
            {
                OrderKind::NumberImportUndo
            }
            OrderKind::LicenseImport
            | OrderKind::NumberImport
            | OrderKind::NumberRelease
            | OrderKind::NumberTag
            | OrderKind::NumberUnassign
            | OrderKind::NumberImportUndo
            | OrderKind::NumberOrder
            | OrderKind::OperatorFulfil
            | OrderKind::OperatorRelease
            | OrderKind::OperatorUnassign
            | OrderKind::OperatorUpdate
            | OrderKind::OperatorUpload
            | OrderKind::UserImport => return Err(Refusal::NotUndoable),
        };
        match (self.is_finished(), self.undone_by) {
            (false, _) => Err(Refusal::NotFinished),
            (true, Some(_)) => Err(Refusal::Undone),
            (true, None) => Ok(undo),
        }
    }
}

impl OrderKind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::LicenseImport,
        Self::NumberImport,
        Self::NumberImportUndo,
        Self::NumberOrder,
        Self::NumberRelease,
        Self::NumberTag,
        Self::NumberUnassign,
        Self::OperatorFulfil,
        Self::OperatorRelease,
        Self::OperatorUnassign,
        Self::OperatorUpdate,
        Self::OperatorUpload,
        Self::UserImport,
    ];

    /// Its word in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LicenseImport => "license_import",
            Self::NumberImport => "number_import",
            Self::NumberImportUndo => "number_import_undo",
            Self::NumberOrder => "number_order",
            Self::NumberRelease => "number_release",
            Self::NumberTag => "number_tag",
            Self::NumberUnassign => "number_unassign",
            Self::OperatorFulfil => "operator_fulfil",
            Self::OperatorRelease => "operator_release",
            Self::OperatorUnassign => "operator_unassign",
            Self::OperatorUpdate => "operator_update",
            Self::OperatorUpload => "operator_upload",
            Self::UserImport => "user_import",
        }
    }

    /// Whether it is about telephone numbers.
    pub fn is_about_numbers(self) -> bool {
        match self {
            Self::NumberImport
            | Self::NumberImportUndo
            | Self::NumberOrder
            | Self::NumberRelease
            | Self::NumberTag
            | Self::NumberUnassign
            | Self::OperatorFulfil
            | Self::OperatorRelease
            | Self::OperatorUnassign
            | Self::OperatorUpdate
            | Self::OperatorUpload => true,
            Self::LicenseImport | Self::UserImport => false,
        }
    }

    /// Whether an operator made it.
    pub fn is_of_operator(self) -> bool {
        match self {
            Self::OperatorFulfil
            | Self::OperatorRelease
            | Self::OperatorUnassign
            | Self::OperatorUpdate
            | Self::OperatorUpload => true,
            Self::LicenseImport
            | Self::NumberImport
            | Self::NumberImportUndo
            | Self::NumberOrder
            | Self::NumberRelease
            | Self::NumberTag
            | Self::NumberUnassign
            | Self::UserImport => false,
        }
    }

    /// Whether it is so short that it is carried out while the one who made it waits.
    pub fn is_short(self) -> bool {
        match self {
            Self::LicenseImport
            | Self::NumberImport
            | Self::NumberImportUndo
            | Self::NumberRelease
            | Self::NumberTag
            | Self::NumberUnassign
            | Self::OperatorRelease
            | Self::OperatorUnassign
            | Self::OperatorUpdate
            | Self::OperatorUpload
            | Self::UserImport => false,
            Self::NumberOrder | Self::OperatorFulfil => true,
        }
    }
}

impl OrderState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Succeeded, Self::Failed, Self::PartlyFailed];

    /// Its word in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::PartlyFailed => "partly_failed",
        }
    }
}

impl LineFault {
    /// A rule that the line breaks.
    pub fn by_rule(column: Option<&str>, broken: &impl Broken) -> Self {
        Self {
            column: column.map(str::to_owned),
            code: broken.code().to_owned(),
            message: broken.to_string(),
            fix: broken.fix(),
        }
    }
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFinished => "order.not_finished",
            Self::Undone => "order.undone",
            Self::NotUndoable => "order.not_undoable",
            Self::NothingDone => "order.nothing_done",
            Self::NothingFailed => "order.nothing_failed",
            Self::NotRetryable => "order.not_retryable",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::NotFinished => "wait until it is finished",
            Self::Undone => "see the order that took it back",
            Self::NotUndoable => "change what it did by hand",
            Self::NothingDone | Self::NothingFailed => "nothing is to be done",
            Self::NotRetryable => "send what it wanted again",
        }
        .to_owned()
    }

    fn is_conflict(&self) -> bool {
        match self {
            Self::NotFinished | Self::Undone | Self::NothingDone | Self::NothingFailed => true,
            Self::NotUndoable | Self::NotRetryable => false,
        }
    }
}
