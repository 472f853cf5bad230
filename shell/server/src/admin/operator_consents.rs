//! What an organization allows operators.

use std::collections::BTreeSet;

use jiff::Timestamp;
use phone::id::OperatorId;
use phone::numbers::Country;
use phone::numbers::operator::consent::{Consent, Refusal, Status, Terms};
use phone::numbers::operator::{Asker, Operator, State};
use store::{Expected, Paging, Stored, Tx};

use super::{Access, Caller, Refused};

/// Operators of a directory: few enough to be shown at once.
const DIRECTORY_MAX: u64 = 1_000;

impl Access {
    /// Operators that the organization can choose or has chosen, with its consents.
    pub async fn operators(&self) -> Result<Vec<(Operator, Option<Stored<Consent>>)>, Refused> {
        let paging = Paging { limit: DIRECTORY_MAX, after: None, descending: false };
        let launched = self.store().operators(&[State::Launched], &paging).await?.items;
        let mut chosen = self.store().consents_of_tenant(self.tenant()).await?;
        let mut all = Vec::with_capacity(launched.len());
        for operator in launched {
            let at = chosen.iter().position(|(consent, _)| consent.value.operator == operator.value.id);
            all.push((operator.value, at.map(|at| chosen.swap_remove(at).0)));
        }
        all.extend(chosen.into_iter().map(|(consent, operator)| (operator, Some(consent))));
        all.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
        Ok(all)
    }

    /// The consent to an operator.
    pub async fn consent(&self, operator: OperatorId) -> Result<Stored<Consent>, Refused> {
        let found = self.store().consent(self.tenant(), operator).await?;
        found.ok_or(Refused::NotFound { what: "consent" })
    }

    /// Consents to an operator; again, if the last consent was removed.
    pub async fn give_consent(
        &self,
        caller: &Caller,
        operator: OperatorId,
        terms: Terms,
    ) -> Result<Stored<Consent>, Refused> {
        let asker = if caller.begin_platform().is_ok() { Asker::Owner } else { Asker::Tenant };
        let mut tx = self.change().await?;
        let found =
            tx.operator(operator).await?.filter(|found| asker == Asker::Owner || found.value.state != State::Draft);
        let found = found.ok_or(Refused::NotFound { what: "operator" })?.value;
        found.check_consent(asker).map_err(|refusal| Refused::by_rule(&refusal))?;
        Refused::for_problems(terms.problems())?;
        terms.check_countries(&found).map_err(|refusal| Refused::by_rule(&refusal))?;
        if let Some(there) = tx.consent(self.tenant(), operator).await?
            && there.value.is_open()
        {
            return Err(Refused::Conflict {
                code: "consent.exists",
                detail: format!("you have consented to {} already", found.name),
                fix: Some("change the consent that is there".to_owned()),
            });
        }
        let by = self.actor.to_string();
        let consent = Consent::new(operator, self.tenant(), terms, by, Timestamp::now());
        tx.save_consent(&consent, Expected::Any).await?;
        self.settle(tx).await?;
        self.consent(operator).await
    }

    /// Changes what the organization says, and whether the consent is active.
    pub async fn change_consent(
        &self,
        operator: OperatorId,
        expected: Expected,
        change: impl FnOnce(&mut Terms, &mut Status) + Send,
    ) -> Result<Stored<Consent>, Refused> {
        let (mut tx, operator, before) = self.begin_consent(operator).await?;
        let (mut terms, mut status) = (before.terms.clone(), before.status);
        change(&mut terms, &mut status);
        let mut consent = before.clone();
        if terms != before.terms {
            Refused::for_problems(terms.problems())?;
            let held = match before.terms.countries.is_subset(&terms.countries) {
                true => BTreeSet::new(),
                false => countries_held(&tx, &before).await?,
            };
            consent = consent.with_terms(terms, &operator, &held).map_err(|refusal| Refused::by_rule(&refusal))?;
        }
        consent = self.with_status(&tx, &consent, status, &operator).await?;
        tx.save_consent(&consent, expected).await?;
        self.settle(tx).await?;
        self.consent(operator.id).await
    }

    /// Removes the consent, when no number of the operator is left.
    pub async fn remove_consent(&self, operator: OperatorId, expected: Expected) -> Result<(), Refused> {
        let (mut tx, operator, before) = self.begin_consent(operator).await?;
        let removed = self.with_status(&tx, &before, Status::Removed, &operator).await?;
        tx.save_consent(&removed, expected).await?;
        self.settle(tx).await
    }

    async fn begin_consent(&self, operator: OperatorId) -> Result<(Tx, Operator, Consent), Refused> {
        let tx = self.change().await?;
        let consent = tx.consent(self.tenant(), operator).await?.ok_or(Refused::NotFound { what: "consent" })?;
        let operator = tx.operator(operator).await?.ok_or(Refused::NotFound { what: "operator" })?;
        Ok((tx, operator.value, consent.value))
    }

    async fn with_status(
        &self,
        tx: &Tx,
        consent: &Consent,
        status: Status,
        operator: &Operator,
    ) -> Result<Consent, Refused> {
        let n_numbers = match status {
            Status::Removed => tx.n_numbers_of_operator(self.tenant(), operator.id).await?,
            Status::Active | Status::Suspended => 0,
        };
        let changed = consent.with_status(status, &operator.name, n_numbers);
        changed.map_err(|refusal: Refusal| Refused::by_rule(&refusal))
    }
}

/// Where the operator's numbers are that the organization holds. One of no known plan is where it was consented to.
async fn countries_held(tx: &Tx, consent: &Consent) -> Result<BTreeSet<String>, Refused> {
    let numbers = tx.numbers_of_operator(consent.tenant, consent.operator).await?;
    let told = numbers.into_iter().filter_map(Country::of).map(Country::code);
    Ok(told.filter(|country| consent.terms.countries.contains(country)).collect())
}
