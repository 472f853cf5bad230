//! Figures of an attendant. Specification of voice apps, 4.1 and 4.2.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Origins, mean_secs, share};
use crate::apps::attendant::{InputKind, Outcome};
use crate::record::segment::{OnwardBy, OnwardTo, Pass, Segment};

/// Sums over calls that passed an attendant in some time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttendantFigures {
    /// Each call once, however often it passed.
    pub callers: Origins,
    /// Each pass.
    pub calls: Origins,
    /// What callers did, by its name: the key of an option, or a word.
    pub inputs: BTreeMap<String, u64>,
    /// What callers did, all of it.
    pub actions: u64,
    /// Where callers chose to go, and where they were sent without a choice.
    pub chosen: BTreeMap<OnwardTo, u64>,
    pub sent: BTreeMap<OnwardTo, u64>,
    /// Callers who left without doing anything.
    pub abandoned: u64,
    /// Hung up on without a choice of the caller.
    pub disconnected: u64,
    pub lasted_ms: u64,
    /// By the code of the result.
    pub results: BTreeMap<String, u64>,
}

impl AttendantFigures {
    /// Counts a pass. `is_first` says that the call has not passed this attendant before.
    pub fn count(&mut self, segment: &Segment, is_outside: bool, is_first: bool, now: Timestamp) {
        let Pass::Attendant(pass) = &segment.pass else { return };
        self.calls.count(is_outside);
        if is_first {
            self.callers.count(is_outside);
        }
        let mut actions = 0;
        for input in &pass.inputs {
            *self.inputs.entry(input.kind.code()).or_default() += 1;
            actions += u64::from(input.kind.is_action());
        }
        self.actions += actions;
        self.lasted_ms += u64::try_from(segment.lasted_ms(now)).unwrap_or(0);
        if let Some(onward) = &segment.onward {
            let sums = match onward.by {
                OnwardBy::Caller => &mut self.chosen,
                OnwardBy::System => &mut self.sent,
            };
            *sums.entry(onward.to).or_default() += 1;
        }
        if segment.ended_at.is_some() {
            let result = pass.result.map_or("unknown", Outcome::code);
            *self.results.entry(result.to_owned()).or_default() += 1;
            self.abandoned += u64::from(actions == 0 && pass.result == Some(Outcome::UserTerminated));
            self.disconnected += u64::from(is_disconnected(pass.result));
        }
    }

    /// Adds what came later.
    pub fn add(&mut self, later: &Self) {
        self.callers.add(later.callers);
        self.calls.add(later.calls);
        add_all(&mut self.inputs, &later.inputs);
        self.actions += later.actions;
        add_all(&mut self.chosen, &later.chosen);
        add_all(&mut self.sent, &later.sent);
        self.abandoned += later.abandoned;
        self.disconnected += later.disconnected;
        self.lasted_ms += later.lasted_ms;
        add_all(&mut self.results, &later.results);
    }

    /// Seconds in the attendant.
    pub fn mean_secs(&self) -> Option<f64> {
        mean_secs(self.lasted_ms, self.calls.total())
    }

    /// What a caller did on average.
    pub fn mean_actions(&self) -> Option<f64> {
        share(self.actions, self.calls.total())
    }

    /// How often an option was chosen.
    pub fn n_chosen(&self, key: char) -> u64 {
        let n = |kind: InputKind| self.inputs.get(&kind.code()).copied().unwrap_or(0);
        n(InputKind::Key(key)) + n(InputKind::Said(key))
    }
}

/// Whether an attendant hung up without the caller having asked for it.
pub fn is_disconnected(result: Option<Outcome>) -> bool {
    match result {
        Some(
            Outcome::OaaChainTooLong
            | Outcome::OaaSessionTooLong
            | Outcome::TerminatedAutomaticSelection
            | Outcome::TerminatedNoOperator
            | Outcome::TerminatedTransferFailed,
        ) => true,
        Some(
            Outcome::FailoverToOperator
            | Outcome::ServiceTerminated
            | Outcome::TransferInProgress
            | Outcome::TransferredExternal
            | Outcome::TransferredToCq
            | Outcome::TransferredToOperator
            | Outcome::TransferredToSelf
            | Outcome::TransferredToSharedVoicemail
            | Outcome::TransferredToUser
            | Outcome::UserTerminated,
        )
        | None => false,
    }
}

fn add_all<K: Ord + Clone>(sums: &mut BTreeMap<K, u64>, more: &BTreeMap<K, u64>) {
    for (key, n) in more {
        *sums.entry(key.clone()).or_default() += n;
    }
}
