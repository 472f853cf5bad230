//! Locks: settings that no policy of an organization may exceed, set by it, by its reseller or by who runs the server.

use phone::id::PolicyLockId;
use phone::policies::lock::{Bounds, LockLevel, check_hold};
use phone::policies::{Lock, Locks, PolicyType};
use phone::setting::SettingFault;
use store::{Expected, Scope, Stored, Tx};
use uuid::Uuid;

use crate::admin::refused::Fault;
use crate::admin::{Access, Caller, Refused};

/// A lock that somebody wants.
pub struct NewLock {
    pub kind: PolicyType,
    pub setting: String,
    pub bounds: Bounds,
    pub reason: Option<String>,
}

/// What is to change of a lock. What is absent stays.
#[derive(Default)]
pub struct LockChange {
    pub bounds: Option<Bounds>,
    pub reason: Option<Option<String>>,
}

impl Caller {
    /// Where the caller stands above an organization, or in it.
    pub fn lock_level(&self) -> LockLevel {
        match self.scope {
            Scope::Platform => LockLevel::Platform,
            Scope::Reseller(_) => LockLevel::Reseller,
            Scope::Tenant(_) => LockLevel::Organization,
        }
    }
}

impl Access {
    /// What binds the policies of the organization.
    pub async fn locks(&self) -> Result<Locks, Refused> {
        Ok(Locks::new(self.store().all_documents::<Lock>(self.tenant()).await?))
    }

    /// The same as of a change.
    pub(super) async fn locks_in(&self, tx: &Tx) -> Result<Locks, Refused> {
        Ok(Locks::new(tx.documents::<Lock>(self.tenant()).await?))
    }

    /// One lock.
    pub async fn policy_lock(&self, id: PolicyLockId) -> Result<Stored<Lock>, Refused> {
        let found = self.store().document::<Lock>(self.tenant(), id.0).await?;
        found.ok_or(Refused::NotFound { what: "lock" })
    }

    /// Locks a setting. No policy is changed: what calls follow is within the lock from then on.
    pub async fn lock_policies(&self, level: LockLevel, wanted: NewLock) -> Result<Stored<Lock>, Refused> {
        let NewLock { kind, setting, bounds, reason } = wanted;
        let id = PolicyLockId(Uuid::now_v7());
        let mut tx = self.change().await?;
        self.save_lock(&mut tx, &Lock { id, kind, setting, level, bounds, reason }, Expected::Absent).await?;
        self.settle(tx).await?;
        self.policy_lock(id).await
    }

    /// Changes a lock of the caller's level or of one below.
    pub async fn change_policy_lock(
        &self,
        by: LockLevel,
        id: PolicyLockId,
        expected: Expected,
        wanted: LockChange,
    ) -> Result<Stored<Lock>, Refused> {
        let mut tx = self.change().await?;
        let before = self.lock_in(&tx, by, id).await?;
        let lock = Lock {
            bounds: wanted.bounds.unwrap_or(before.bounds),
            reason: wanted.reason.unwrap_or(before.reason),
            ..before
        };
        self.save_lock(&mut tx, &lock, expected).await?;
        self.settle(tx).await?;
        self.policy_lock(id).await
    }

    /// Undoes a lock of the caller's level or of one below: policies hold as they say.
    pub async fn unlock_policies(&self, by: LockLevel, id: PolicyLockId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        self.lock_in(&tx, by, id).await?;
        tx.delete_document::<Lock>(self.tenant(), id.0, expected).await?;
        self.settle(tx).await
    }

    async fn lock_in(&self, tx: &Tx, by: LockLevel, id: PolicyLockId) -> Result<Lock, Refused> {
        let found = tx.document::<Lock>(self.tenant(), id.0).await?;
        let lock = found.ok_or(Refused::NotFound { what: "lock" })?.value;
        check_hold(&lock, by).map_err(|refusal| Refused::by_rule(&refusal))?;
        Ok(lock)
    }

    async fn save_lock(&self, tx: &mut Tx, lock: &Lock, expected: Expected) -> Result<(), Refused> {
        let faults = lock.faults();
        if let Some(SettingFault { code, .. }) = faults.first() {
            return Err(Refused::Invalid {
                code,
                detail: "this lock breaks a rule".to_owned(),
                faults: faults.into_iter().map(Fault::from).collect(),
                fix: Some(format!("`trunkline policy types {}` tells what each setting takes", lock.kind.as_str())),
            });
        }
        self.locks_in(tx).await?.check_new(lock).map_err(|refusal| Refused::by_rule(&refusal))?;
        tx.save_document(self.tenant(), lock, expected).await?;
        Ok(())
    }
}
