//! Recordings of calls: who may see, hear and delete which. A permission may be for one queue alone.

use std::path::PathBuf;

use phone::access::{self, Object};
use phone::apps::recording::Kept;
use phone::id::{QueueId, RecordingId};
use store::{Page, Paging, RecordingFilter};

use super::{Access, Caller, Permission, Refused, Shown};

/// Permission to work with recordings.
pub struct Recordings {
    access: Access,
    permission: access::Permission,
    shown: Shown,
}

impl Caller {
    /// Permission to work with recordings of an organization, or of some of its queues.
    pub async fn begin_recordings(&self, tenant: &str, permission: Permission) -> Result<Recordings, Refused> {
        let tenant = self.find_tenant(tenant).await?;
        let permission = self.asked.of(permission);
        let shown = self.shown(permission)?;
        Ok(Recordings { access: self.access(tenant), permission, shown })
    }
}

impl Recordings {
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// A page of recordings, of a queue or of all that the caller may see.
    pub async fn list(
        &self,
        queue: Option<QueueId>,
        filter: RecordingFilter,
        paging: &Paging,
    ) -> Result<Page<Kept>, Refused> {
        let queues = match (queue, self.shown.queues()) {
            (None, own) => own,
            (Some(queue), None) => Some(vec![queue]),
            (Some(queue), Some(own)) => Some(own.into_iter().filter(|known| *known == queue).collect()),
        };
        let filter = RecordingFilter { queues, ..filter };
        Ok(self.access.store().call_recordings(self.access.tenant(), &filter, paging).await?)
    }

    /// One recording.
    pub async fn recording(&self, id: RecordingId) -> Result<Kept, Refused> {
        let found = self.access.store().call_recording(self.access.tenant(), id).await?;
        let found = found.ok_or(Refused::NotFound { what: "recording" })?;
        if !self.shown.shows(Object::Any) {
            self.access.grants.may(self.permission, Object::CallQueue(found.queue))?;
        }
        Ok(found)
    }

    /// Where the sound of a recording lies; that somebody hears it is in the audit before they do.
    pub async fn hear(&self, id: RecordingId) -> Result<PathBuf, Refused> {
        let recording = self.recording(id).await?;
        let mut tx = self.access.change().await?;
        tx.note_hearing(self.access.tenant(), &recording).await?;
        tx.commit().await?;
        Ok(self.access.admin.recordings.sound(self.access.tenant(), id))
    }

    /// Deletes a recording and its sound.
    pub async fn delete(&self, id: RecordingId) -> Result<(), Refused> {
        self.recording(id).await?;
        let tenant = self.access.tenant();
        let mut tx = self.access.change().await?;
        tx.delete_recording(tenant, id).await?;
        tx.commit().await?;
        let files = self.access.admin.recordings.clone();
        // The row is gone whatever becomes of the file.
        let _ = tokio::task::spawn_blocking(move || files.remove_sound(tenant, id)).await;
        Ok(())
    }
}
