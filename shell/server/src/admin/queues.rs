//! Call queues: settings, who waits, who takes calls.

use phone::apps::delegation::rights_for_queue;
use phone::apps::queue::Settings;
use phone::apps::queue::roster::Members;
use phone::directory::App;
use phone::id::{CallId, QueueId, UserId};
use store::{Expected, OptOut, Stored, Tx, Version};
use switch::input::Command;
use switch::output::Answer;
use switch::view;

use super::{Access, Refused};

impl Access {
    /// One queue.
    pub async fn queue(&self, id: QueueId) -> Result<Stored<Settings>, Refused> {
        let found = self.store().document(self.tenant(), id.0).await?;
        found.ok_or(Refused::NotFound { what: "call queue" })
    }

    /// A queue as it stands: who waits, and what its agents do.
    pub async fn queue_live(&self, id: QueueId) -> Result<view::Queue, Refused> {
        match self.node().command(Command::ShowQueue { tenant: self.tenant(), queue: id }).await? {
            Answer::Queue(queue) => Ok(queue),
            other => Err(Refused::by_switch(other, "call queue")),
        }
    }

    /// Makes or changes a queue. Its prompts are rendered already.
    pub async fn save_queue(&self, settings: &Settings, expected: Expected) -> Result<Version, Refused> {
        let members = self.members_for(settings).await?;
        Refused::for_problems(self.known_snapshot().await?.queue_problems(settings, &members))?;
        let mut tx = self.change().await?;
        if let Some(before) = tx.document::<Settings>(self.tenant(), settings.id.0).await? {
            self.check_delegated(&rights_for_queue(&before.value, settings))?;
        }
        let version = self.write_queue(&mut tx, settings, expected, None).await?;
        self.settle(tx).await?;
        Ok(version)
    }

    /// Who is in the groups that a queue names.
    pub(super) async fn members_for(&self, settings: &Settings) -> Result<Members, Refused> {
        let groups = settings.groups.iter().copied().collect();
        Ok(self.store().members_of_groups(self.tenant(), &groups).await?)
    }

    /// Writes settings that were found right. `action` is what the audit calls it, if not what it is by itself.
    pub(super) async fn write_queue(
        &self,
        tx: &mut Tx,
        settings: &Settings,
        expected: Expected,
        action: Option<&'static str>,
    ) -> Result<Version, Refused> {
        for group in &settings.groups {
            // It may have been deleted since.
            self.group_in(tx, *group).await?;
        }
        self.check_authorized_groups(tx, &settings.authorized).await?;
        if !settings.allow_opt_out {
            // Whoever was out is in, and stays so after a restart.
            tx.forget_opt_outs(self.tenant(), settings.id).await?;
        }
        self.name_is_free(tx, settings).await?;
        Ok(tx.save_document_by(self.tenant(), settings, expected, action).await?)
    }

    /// Deletes a queue that nothing leads to. Who still waits in it is hung up on.
    pub async fn delete_queue(&self, id: QueueId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let found = tx.document::<Settings>(self.tenant(), id.0).await?;
        let found = found.ok_or(Refused::NotFound { what: "call queue" })?.value;
        self.nothing_leads_to(&tx, App::Queue(id), &found.name).await?;
        tx.forget_opt_outs(self.tenant(), id).await?;
        tx.delete_app_draft(self.tenant(), id.0, Expected::Any).await?;
        tx.delete_flow_tests(self.tenant(), id.0, false).await?;
        tx.forget_callbacks(self.tenant(), id).await?;
        tx.delete_document::<Settings>(self.tenant(), id.0, expected).await?;
        self.settle(tx).await
    }

    /// Lets nobody call a caller back any more. That it is written down follows within moments.
    pub async fn cancel_callback(&self, queue: QueueId, request: CallId) -> Result<(), Refused> {
        self.queue(queue).await?;
        match self.node().command(Command::CancelCallback { tenant: self.tenant(), queue, request }).await? {
            Answer::Done => Ok(()),
            other => Err(Refused::by_switch(other, "caller who is to be called back")),
        }
    }

    /// An agent takes calls of a queue again. Kept, so that a restart does not forget it.
    pub async fn opt_in(&self, queue: QueueId, agent: UserId) -> Result<(), Refused> {
        let command = Command::OptIn { tenant: self.tenant(), queue, agent };
        match self.node().command(command).await? {
            Answer::Done => {}
            other => return Err(Refused::by_switch(other, "agent of this queue")),
        }
        let mut tx = self.change().await?;
        tx.opt_in(OptOut { tenant: self.tenant(), queue, agent }).await?;
        Ok(tx.commit().await.map(|_| ())?)
    }

    /// An agent takes no calls of a queue from now on.
    pub async fn opt_out(&self, queue: QueueId, agent: UserId) -> Result<(), Refused> {
        let command = Command::OptOut { tenant: self.tenant(), queue, agent };
        match self.node().command(command).await? {
            Answer::Done => {}
            other => return Err(Refused::by_switch(other, "agent of this queue")),
        }
        let mut tx = self.change().await?;
        tx.opt_out(OptOut { tenant: self.tenant(), queue, agent }).await?;
        Ok(tx.commit().await.map(|_| ())?)
    }
}
