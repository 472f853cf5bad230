//! Use cases of operators, through their own interface. An operator reaches its own things, and organizations that
//! consented to it; all others are not there.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use phone::id::{CallingProfileId, OperatorId, OrderId, TenantId, TrunkId};
use phone::limits::OPERATOR_DOCUMENTS_MAX;
use phone::numbers::Trunk;
use phone::numbers::operator::consent::{Consent, Relationship};
use phone::numbers::operator::{CallingProfile, Operator};
use phone::numbers::trunk::check;
use phone::order::Order;
use store::{Actor, Expected, OperatorDocument, Store, Stored, TokenHash, Tx, Version, WriteError};
use uuid::Uuid;

use super::{Admin, Refused};
use crate::secret::{Secret, random_secret};

/// How long a token lasts: short enough that one that leaked is soon worth nothing.
pub const TOKEN_SECS: i64 = 3_600;

/// An operator that asks.
pub struct OperatorCaller {
    pub(super) admin: Arc<Admin>,
    pub operator: Operator,
}

/// Permission of an operator to act in one organization.
pub struct OperatorAccess {
    pub(super) admin: Arc<Admin>,
    pub(super) operator: OperatorId,
    pub(super) tenant: TenantId,
}

impl Admin {
    /// A token for a program that proved itself; none if it did not, or its operator's interface is closed.
    pub async fn operator_token(self: &Arc<Self>, client: Uuid, secret: &Secret) -> Result<Option<Secret>, Refused> {
        let Some(client) = self.store.operator_client(client, &TokenHash::of(secret.expose())).await? else {
            return Ok(None);
        };
        let operator = self.store.operator(client.operator).await?;
        if !operator.is_some_and(|operator| operator.value.state.may_connect()) {
            return Ok(None);
        }
        let (token, now) = (random_secret(), Timestamp::now());
        let expires_at = now.checked_add(SignedDuration::from_secs(TOKEN_SECS)).unwrap_or(Timestamp::MAX);
        let mut tx = self.store.begin(Actor::Operator(client.operator), now).await?;
        match tx.create_operator_token(&client, &TokenHash::of(token.expose()), expires_at).await {
            // It was revoked meanwhile.
            Err(WriteError::NotFound) => return Ok(None),
            made => made?,
        }
        tx.commit().await?;
        Ok(Some(token))
    }

    /// The operator whose program has this token; none if nobody has.
    pub async fn operator_caller(self: &Arc<Self>, token: &str) -> Result<Option<OperatorCaller>, Refused> {
        let Some(id) = self.store.operator_of_token(&TokenHash::of(token), Timestamp::now()).await? else {
            return Ok(None);
        };
        let operator = self.store.operator(id).await?.map(|operator| operator.value);
        let operator = operator.filter(|operator| operator.state.may_connect());
        Ok(operator.map(|operator| OperatorCaller { admin: self.clone(), operator }))
    }
}

impl OperatorCaller {
    pub fn store(&self) -> &Store {
        &self.admin.store
    }

    /// Permission to act in an organization that consented, by its short name or id.
    pub async fn begin(&self, tenant: &str) -> Result<OperatorAccess, Refused> {
        let found = match tenant.parse::<Uuid>() {
            Ok(id) => self.admin.store.tenant(TenantId(id)).await?,
            Err(_) => self.admin.store.tenant_by_slug(tenant).await?,
        };
        let no_tenant = || Refused::NotFound { what: "tenant" };
        let tenant = found.ok_or_else(no_tenant)?.value.profile.id;
        let consent = self.store().consent(tenant, self.operator.id).await?;
        consent.filter(|consent| consent.value.is_open()).ok_or_else(no_tenant)?;
        Ok(OperatorAccess { admin: self.admin.clone(), operator: self.operator.id, tenant })
    }

    /// The consent of an organization, whatever its status.
    pub async fn consent(&self, tenant: TenantId) -> Result<Stored<Consent>, Refused> {
        let found = self.store().consent(tenant, self.operator.id).await?;
        found.ok_or(Refused::NotFound { what: "consent" })
    }

    /// Whether an organization's consent is not removed: what it asked for before is no longer shown then.
    pub(super) async fn has_consent(&self, tenant: TenantId) -> Result<bool, Refused> {
        let consent = self.store().consent(tenant, self.operator.id).await?;
        Ok(consent.is_some_and(|consent| consent.value.is_open()))
    }

    /// Changes how the operator stands with an organization.
    pub async fn change_relationship(
        &self,
        tenant: TenantId,
        expected: Expected,
        to: Relationship,
        reason: Option<&str>,
    ) -> Result<Stored<Consent>, Refused> {
        let mut tx = self.change().await?;
        let found = tx.consent(tenant, self.operator.id).await?.ok_or(Refused::NotFound { what: "consent" })?;
        let changed = found.value.with_relationship(to, reason).map_err(|refusal| Refused::by_rule(&refusal))?;
        tx.save_consent(&changed, expected).await?;
        tx.commit().await?;
        self.consent(tenant).await
    }

    /// An order that the operator made, with its organization.
    pub async fn order(&self, id: OrderId) -> Result<(TenantId, Order), Refused> {
        let found = self.store().order_by(&Actor::Operator(self.operator.id), id).await?;
        found.ok_or(Refused::NotFound { what: "order" })
    }

    /// One of the operator's trunks or calling profiles.
    pub async fn document<D: OperatorDocument>(&self, id: Uuid, what: &'static str) -> Result<Stored<D>, Refused> {
        let found = self.store().operator_document(self.operator.id, id).await?;
        found.ok_or(Refused::NotFound { what })
    }

    /// Makes a trunk, or replaces it.
    pub async fn save_trunk(&self, trunk: &Trunk, expected: Expected) -> Result<Version, Refused> {
        Refused::for_problems(check::problems(trunk))?;
        let tx = self.change().await?;
        for (operator, other) in tx.documents_of_operators::<Trunk>().await? {
            let taken = trunk.sources.iter().find(|source| other.sources.contains(source));
            if let Some(source) = taken.filter(|_| operator != self.operator.id) {
                return Err(Refused::Conflict {
                    code: "trunk.source_taken",
                    detail: format!("{source} is an address of another operator's trunk"),
                    fix: Some("check the address, or ask who runs the server".to_owned()),
                });
            }
        }
        self.save(tx, trunk, expected).await
    }

    /// Makes a calling profile, or replaces it.
    pub async fn save_profile(&self, profile: &CallingProfile, expected: Expected) -> Result<Version, Refused> {
        let tx = self.change().await?;
        let trunks = tx.operator_documents::<Trunk>(self.operator.id).await?;
        let trunks: BTreeSet<TrunkId> = trunks.iter().map(|trunk| trunk.id).collect();
        Refused::for_problems(profile.problems(&trunks))?;
        self.save(tx, profile, expected).await
    }

    /// Deletes a trunk that no calling profile names.
    pub async fn delete_trunk(&self, id: TrunkId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let profiles = tx.operator_documents::<CallingProfile>(self.operator.id).await?;
        if let Some(profile) = profiles.iter().find(|profile| profile.trunks.contains(&id)) {
            return Err(Refused::Conflict {
                code: "trunk.in_use",
                detail: format!("the calling profile {} names it", profile.name),
                fix: Some("take it out of the profile first".to_owned()),
            });
        }
        tx.delete_operator_document::<Trunk>(self.operator.id, id.0, expected).await?;
        self.settle(tx).await
    }

    /// Deletes a calling profile that no number has.
    pub async fn delete_profile(&self, id: CallingProfileId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let n_numbers = tx.n_numbers_of_profile(self.operator.id, id).await?;
        if 0 < n_numbers {
            return Err(Refused::Conflict {
                code: "calling_profile.in_use",
                detail: format!("{n_numbers} numbers have it"),
                fix: Some("give them another profile first".to_owned()),
            });
        }
        tx.delete_operator_document::<CallingProfile>(self.operator.id, id.0, expected).await?;
        self.settle(tx).await
    }

    async fn save<D: OperatorDocument>(
        &self,
        mut tx: Tx,
        document: &D,
        expected: Expected,
    ) -> Result<Version, Refused> {
        if expected == Expected::Absent {
            let n_there = tx.operator_documents::<D>(self.operator.id).await?.len();
            if OPERATOR_DOCUMENTS_MAX <= n_there {
                return Err(Refused::Conflict {
                    code: "operator.too_many",
                    detail: format!("an operator has at most {OPERATOR_DOCUMENTS_MAX} trunks and as many profiles"),
                    fix: Some("change or delete one that is there".to_owned()),
                });
            }
        }
        let version = tx.save_operator_document(self.operator.id, document, expected).await?;
        self.settle(tx).await?;
        Ok(version)
    }

    pub(super) async fn change(&self) -> Result<Tx, Refused> {
        Ok(self.admin.store.begin(Actor::Operator(self.operator.id), Timestamp::now()).await?)
    }

    async fn settle(&self, tx: Tx) -> Result<(), Refused> {
        tx.commit().await?;
        self.admin.nudge.nudge();
        Ok(())
    }
}

impl OperatorAccess {
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    pub fn operator(&self) -> OperatorId {
        self.operator
    }

    pub fn store(&self) -> &Store {
        &self.admin.store
    }
}
