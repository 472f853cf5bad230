//! Where the caller goes next, and what happens when nobody is there. Specification of voice apps, 2.8, 2.9.

use std::time::Instant;

use super::{Attendant, Purpose, State};
use crate::apps::Target;
use crate::apps::attendant::{Effect, Outcome};
use crate::apps::prompt::SystemPrompt;
use crate::limits::FAILED_TRANSFERS_MAX;

impl Attendant {
    /// The attendant's own operator, or the organization's. Specification 2.9.
    fn operator(&self) -> Option<Target> {
        let fallback = || self.surroundings.fallback_operator.map(|id| Target::User { id });
        self.settings.operator.clone().or_else(fallback)
    }

    pub(super) fn call_operator(&mut self, purpose: Purpose, out: &mut Vec<Effect>) {
        match self.operator() {
            Some(operator) => self.transfer(operator, Outcome::TransferredToOperator, purpose, out),
            None => self.end(Outcome::TerminatedNoOperator, out),
        }
    }

    pub(super) fn outcome_of(&self, target: &Target) -> Outcome {
        match target {
            Target::Attendant { id, .. } if *id == self.settings.id => Outcome::TransferredToSelf,
            Target::Attendant { .. } | Target::ResourceAccount { .. } => Outcome::TransferInProgress,
            Target::External { .. } => Outcome::TransferredExternal,
            Target::Queue { .. } => Outcome::TransferredToCq,
            Target::SharedMailbox { .. } => Outcome::TransferredToSharedVoicemail,
            Target::User { .. } | Target::Voicemail { .. } => Outcome::TransferredToUser,
        }
    }

    pub(super) fn transfer(&mut self, target: Target, outcome: Outcome, purpose: Purpose, out: &mut Vec<Effect>) {
        self.hush(out);
        self.state = State::Transferring(purpose);
        self.deadline = None;
        self.outcome = Some(outcome);
        out.push(Effect::Transfer { target, outcome });
    }

    /// Back to the menu twice, then to the operator, then the end. Specification 2.8.
    pub(super) fn transfer_failed(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let State::Transferring(purpose) = self.state else { return };
        self.outcome = None;
        self.n_failed_transfers = self.n_failed_transfers.saturating_add(1);
        let may_choose_again = self.n_failed_transfers <= FAILED_TRANSFERS_MAX;
        match purpose {
            Purpose::Back | Purpose::Chosen if may_choose_again => {
                self.enter_menu(now, Some(SystemPrompt::NotAvailable), out)
            }
            Purpose::Automatic | Purpose::Back | Purpose::Chosen if self.operator().is_some() => {
                self.safety_net(Outcome::TransferredToOperator, out);
            }
            Purpose::Automatic | Purpose::Back | Purpose::Chosen | Purpose::SafetyNet => {
                self.end(Outcome::TerminatedTransferFailed, out);
            }
        }
    }

    /// The operator, where nothing else helps. Specification 2.9.
    pub(super) fn safety_net(&mut self, outcome: Outcome, out: &mut Vec<Effect>) {
        match self.operator() {
            Some(operator) => self.transfer(operator, outcome, Purpose::SafetyNet, out),
            None => self.end(Outcome::TerminatedNoOperator, out),
        }
    }
}
