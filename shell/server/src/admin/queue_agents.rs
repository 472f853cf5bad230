//! What agents do beside taking calls: pauses, what comes after a call, and calls with the number of a queue.

use std::sync::Arc;

use phone::access::{self, Action, Area, Object};
use phone::directory::App;
use phone::id::{QueueId, UserId};
use phone::numbers::E164;
use switch::input::Command;
use switch::output::Answer;

use super::{Access, Caller, Permission, Refused};

/// Longest reason of a pause: what fits a line of the live view.
const REASON_CHARS_MAX: usize = 64;

impl Caller {
    /// Permission to act for an agent of any queue: by a role, or because it is oneself.
    pub async fn begin_agent(&self, tenant: &str, agent: &str) -> Result<(Access, UserId), Refused> {
        if let Some(own) = self.begin_self(tenant, agent).await? {
            return Ok(own);
        }
        let access = self.begin(tenant, Permission::Operate).await?;
        let agent = access.user(agent).await?.value.id;
        Ok((access, agent))
    }

    /// Permission to call with the number of a queue: by a role over it, or as one of its agents.
    pub async fn begin_agent_of(&self, tenant: &str, queue: QueueId, agent: &str) -> Result<(Access, UserId), Refused> {
        if let Some(own) = self.begin_self(tenant, agent).await? {
            return Ok(own);
        }
        let access = self.begin_app(tenant, Permission::Operate, App::Queue(queue)).await?;
        // Who is named by the queue may change it as far as the policy says, and does not call in the name of others.
        access
            .grants
            .may(access::Permission { area: Area::CallQueues, action: Action::Act }, Object::CallQueue(queue))?;
        let agent = access.user(agent).await?.value.id;
        Ok((access, agent))
    }
}

impl Access {
    /// An agent takes no calls of any queue for a while. Kept, so that a restart does not forget it.
    pub async fn pause(&self, agent: UserId, reason: &str) -> Result<(), Refused> {
        let reason = reason.trim();
        if !(1..=REASON_CHARS_MAX).contains(&reason.chars().count()) {
            return Err(Refused::field("reason", "pause.reason_length", "a reason has 1 to 64 characters"));
        }
        let command = Command::Pause { tenant: self.tenant(), agent, reason: Arc::from(reason) };
        self.tell_agent(command).await?;
        let mut tx = self.change().await?;
        tx.set_pause(self.tenant(), agent, Some(reason)).await?;
        Ok(tx.commit().await.map(|_| ())?)
    }

    /// An agent takes calls again.
    pub async fn resume(&self, agent: UserId) -> Result<(), Refused> {
        self.tell_agent(Command::Resume { tenant: self.tenant(), agent }).await?;
        let mut tx = self.change().await?;
        tx.set_pause(self.tenant(), agent, None).await?;
        Ok(tx.commit().await.map(|_| ())?)
    }

    /// An agent is done with what comes after a call, and takes the next one.
    pub async fn end_wrap_up(&self, agent: UserId) -> Result<(), Refused> {
        self.tell_agent(Command::EndWrapUp { tenant: self.tenant(), agent }).await
    }

    /// Rings an agent's phones, then whom they call, who sees a number of the queue.
    pub async fn call_as_queue(
        &self,
        queue: QueueId,
        agent: UserId,
        dialled: &str,
        number: Option<&str>,
    ) -> Result<(), Refused> {
        let name = self.queue(queue).await?.value.name;
        let tenant = self.known_snapshot().await?;
        if !tenant.roster(queue).contains(&agent) {
            return Err(Refused::Conflict {
                code: "queue.not_an_agent",
                detail: format!("only agents of {name} call with its number"),
                fix: Some("add the person to the agents of the queue".to_owned()),
            });
        }
        let malformed = |_| Refused::field("number", "not_a_number", "a number in E.164 form begins with +");
        let wanted = number.map(E164::parse).transpose().map_err(malformed)?;
        let line = tenant.line_of_queue(queue, wanted).ok_or_else(|| Refused::Conflict {
            code: "queue.no_caller_id",
            detail: format!("{name} has no such number to call with"),
            fix: Some("name a resource account that has a number in caller_ids of the queue".to_owned()),
        })?;
        let command =
            Command::PlaceCall { tenant: self.tenant(), user: agent, dialled: dialled.to_owned(), line: Some(line) };
        self.tell_agent(command).await
    }

    async fn tell_agent(&self, command: Command) -> Result<(), Refused> {
        match self.node().command(command).await? {
            Answer::Done => Ok(()),
            other => Err(Refused::by_switch(other, "agent of any queue")),
        }
    }
}
