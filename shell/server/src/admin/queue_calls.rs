//! The calls of a queue, for those who may see the queue and for its agents.

use phone::id::{CallId, QueueId};
use store::Scope;

use super::{Access, Caller, Permission, Refused};

impl Caller {
    /// Permission to work with the calls of a queue: by a role, or as one of its agents.
    pub async fn begin_queue_calls(
        &self,
        tenant: &str,
        queue: impl FnOnce() -> Result<QueueId, Refused>,
        permission: Permission,
    ) -> Result<(Access, QueueId), Refused> {
        let tenant = self.find_tenant(tenant).await?;
        let access = self.access(tenant);
        let may = self.check(permission);
        let person = self.person.filter(|_| self.scope == Scope::Tenant(tenant));
        if person.is_none() {
            self.check(permission)?;
        }
        let queue = queue()?;
        if let Err(missing) = may {
            let works_there = |person| access.snapshot().is_some_and(|tenant| tenant.roster(queue).contains(&person));
            if !person.is_some_and(works_there) {
                return Err(missing);
            }
        }
        access.queue(queue).await?;
        Ok((access, queue))
    }
}

impl Access {
    /// Somebody took care of a call of a queue.
    pub async fn handle_queue_call(&self, queue: QueueId, call: CallId) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        if !tx.has_queue_call(self.tenant(), queue, call).await? {
            return Err(Refused::NotFound { what: "call of this queue" });
        }
        tx.mark_handled(self.tenant(), queue, call, &self.actor.to_string()).await?;
        Ok(tx.commit().await.map(drop)?)
    }

    /// Nobody took care of it after all.
    pub async fn reopen_queue_call(&self, queue: QueueId, call: CallId) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        if !tx.has_queue_call(self.tenant(), queue, call).await? {
            return Err(Refused::NotFound { what: "call of this queue" });
        }
        tx.unmark_handled(self.tenant(), queue, call).await?;
        Ok(tx.commit().await.map(drop)?)
    }
}
