//! Supervisors in calls of others.

use phone::access::{self, Action, Area, Object};
use phone::apps::supervision::Mode;
use phone::id::{CallId, UserId};
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

impl Caller {
    /// Permission to let somebody hear calls, or be heard in them, and the parts of the organization where that holds.
    pub async fn begin_supervision(&self, tenant: &str, mode: Mode) -> Result<(Access, Shown), Refused> {
        let tenant = self.find_tenant(tenant).await?;
        let shown = self.shown(permission(mode))?;
        Ok((self.access(tenant), shown))
    }
}

impl Access {
    /// Rings a supervisor's phones and lets them into a call, or changes what they do there.
    pub async fn supervise(&self, shown: &Shown, call: CallId, wanted: Supervise) -> Result<(), Refused> {
        if !shown.shows(Object::Any) {
            let queue = self.call(call).await?.queue;
            self.grants.may(permission(wanted.mode), queue.map_or(Object::Any, Object::CallQueue))?;
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
