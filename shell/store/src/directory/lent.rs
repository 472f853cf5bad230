//! What operators lend to the organizations that consented. An operator's trunks are those of each of them, but carry its
//! own numbers only: they are no outbound trunks, a number leads to its operator's trunk.

use std::collections::BTreeMap;
use std::sync::Arc;

use phone::directory::change::Apps;
use phone::id::{CallingProfileId, OperatorId, TrunkId};
use phone::numbers::number::NumberSource;
use phone::numbers::operator::consent::Consent;
use phone::numbers::operator::{CallingProfile, Lent as LentTrunk, State};
use phone::numbers::{Number, Trunk};

use crate::database::Store;
use crate::error::StoreError;

/// The trunks of operators that carry calls, and where their calling profiles lead.
#[derive(Debug, Default)]
pub(super) struct Lent {
    trunks: Vec<(OperatorId, Arc<Trunk>)>,
    trunk_of: BTreeMap<CallingProfileId, TrunkId>,
}

impl Store {
    pub(super) async fn lent_by_operators(&self) -> Result<Lent, StoreError> {
        let states: BTreeMap<OperatorId, State> =
            self.all_operators().await?.into_iter().map(|operator| (operator.id, operator.state)).collect();
        let carries = |operator: &OperatorId| states.get(operator).is_some_and(|state| state.carries_calls());
        let mut trunks = Vec::new();
        for (operator, trunk) in self.all_operator_documents::<Trunk>().await? {
            if carries(&operator) {
                trunks.push((operator, Arc::new(trunk)));
            }
        }
        let profiles = self.all_operator_documents::<CallingProfile>().await?;
        let trunk_of = profiles
            .iter()
            .filter_map(|(_, profile)| Some((profile.id, trunk_of_profile(profile, &trunks)?)))
            .collect();
        Ok(Lent { trunks, trunk_of })
    }
}

impl Lent {
    /// Says on which trunk an operator's number is called; others have a trunk of their own.
    pub(super) fn lead(&self, number: &mut Number) {
        if let NumberSource::Operator(of) = number.source {
            number.trunk = self.trunk_of.get(&of.profile).copied();
        }
    }

    /// Adds the trunks that a consent lends.
    pub(super) fn lend(&self, consent: &Consent, apps: &mut Apps) {
        for (operator, trunk) in &self.trunks {
            if *operator == consent.operator {
                apps.trunks.insert(trunk.id, trunk.clone());
                let lent = LentTrunk { operator: consent.operator, reach: consent.terms.reach };
                apps.lent.insert(trunk.id, lent);
            }
        }
    }
}

/// The first trunk of a profile that calls may use.
fn trunk_of_profile(profile: &CallingProfile, trunks: &[(OperatorId, Arc<Trunk>)]) -> Option<TrunkId> {
    let is_usable = |id: &&TrunkId| trunks.iter().any(|(_, trunk)| trunk.id == **id && trunk.enabled);
    profile.trunks.iter().find(is_usable).copied()
}
