//! Supervisors in calls of others.

use std::collections::BTreeSet;

use phone::access::{self, Action, Area, Object};
use phone::apps::supervision::Mode;
use phone::id::{CallId, QueueId, UserId};
use switch::input::Command;
use switch::output::Answer;

use super::{Access, Caller, Refused, Shown};

/// What is asked for a supervisor in a call.
#[derive(Clone, Copy, Debug)]
pub struct Supervise {
    pub supervisor: UserId,
    /// Who is to be supervised; none leaves it to the call.
    pub agent: Option<UserId>,
    pub mode: Mode,
}

/// Where somebody may supervise.
pub enum Reach {
    /// In the parts of the organization where a role lets them.
    ByRole(Shown),
    /// Themselves alone, in calls of queues that name them.
    Named { supervisor: UserId, queues: BTreeSet<QueueId> },
}

impl Caller {
    /// Permission to let somebody hear calls, or be heard in them, and where that holds: by a role, or by the voice
    /// applications policy in queues that name the person.
    pub async fn begin_supervision(&self, tenant: &str, mode: Mode) -> Result<(Access, Reach), Refused> {
        let tenant = self.find_tenant(tenant).await?;
        let refused = match self.shown(permission(mode)) {
            Ok(shown) => return Ok((self.access(tenant), Reach::ByRole(shown))),
            Err(refused) => refused,
        };
        let (supervisor, queues) = self.supervised_by_delegate(tenant, mode).await?.ok_or(refused)?;
        Ok((self.access(tenant), Reach::Named { supervisor, queues }))
    }
}

impl Access {
    /// Rings a supervisor's phones and lets them into a call, or changes what they do there.
    pub async fn supervise(&self, reach: &Reach, call: CallId, wanted: Supervise) -> Result<(), Refused> {
        match reach {
            Reach::ByRole(shown) if shown.shows(Object::Any) => {}
            Reach::ByRole(_) => {
                let queue = self.call(call).await?.queue;
                self.grants.may(permission(wanted.mode), queue.map_or(Object::Any, Object::CallQueue))?;
            }
            Reach::Named { supervisor, queues } => {
                let queue = self.call(call).await?.queue;
                if *supervisor != wanted.supervisor || !queue.is_some_and(|queue| queues.contains(&queue)) {
                    let detail = "without a role one joins calls oneself, and only those of queues that name one";
                    return Err(Refused::Forbidden { detail });
                }
            }
        }
        let (tenant, Supervise { supervisor, agent, mode }) = (self.tenant(), wanted);
        match self.node().command(Command::Supervise { tenant, call, supervisor, agent, mode }).await? {
            Answer::Done => {}
            other => return Err(Refused::by_switch(other, "call")),
        }
        let mut tx = self.change().await?;
        tx.note_supervision(tenant, call, supervisor, agent, mode).await?;
        Ok(tx.commit().await.map(|_| ())?)
    }
}

/// To listen is one permission, to be heard another.
fn permission(mode: Mode) -> access::Permission {
    let action = if mode.is_heard() { Action::Write } else { Action::Act };
    access::Permission { area: Area::CallSupervision, action }
}
