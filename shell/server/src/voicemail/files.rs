//! Where messages lie: `incoming/` while they are recorded, then one folder for each organization.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use phone::apps::mailbox::message::Envelope;
use phone::id::{MessageId, TenantId};

/// The folder of all messages.
#[derive(Clone, Debug)]
pub struct Files {
    dir: PathBuf,
}

impl Files {
    /// Makes the folder if it is not there.
    pub fn open(dir: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(dir.join("incoming"))?;
        Ok(Self { dir })
    }

    /// The sound of a message that was delivered.
    pub fn sound(&self, tenant: TenantId, message: MessageId) -> PathBuf {
        self.of_tenant(tenant).join(format!("{message}.wav"))
    }

    /// All messages of an organization.
    pub fn of_tenant(&self, tenant: TenantId) -> PathBuf {
        self.dir.join(tenant.to_string())
    }

    /// The sound of a message that is being recorded.
    pub fn incoming_sound(&self, message: MessageId) -> PathBuf {
        self.dir.join("incoming").join(format!("{message}.wav"))
    }

    fn envelope(&self, message: MessageId) -> PathBuf {
        self.dir.join("incoming").join(format!("{message}.json"))
    }

    /// Notes whose message is being recorded.
    pub fn write_envelope(&self, envelope: &Envelope) -> io::Result<()> {
        fs::write(self.envelope(envelope.id), serde_json::to_vec(envelope)?)
    }

    /// Everything about the message is done.
    pub fn remove_envelope(&self, message: MessageId) -> io::Result<()> {
        fs::remove_file(self.envelope(message))
    }

    /// What an earlier process left to finish. What can't be read is no envelope.
    pub fn envelopes(&self) -> io::Result<Vec<Envelope>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(self.dir.join("incoming"))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "json")
                && let Ok(bytes) = fs::read(&path)
                && let Ok(envelope) = serde_json::from_slice(&bytes)
            {
                found.push(envelope);
            }
        }
        Ok(found)
    }

    /// Moves a synced recording to its place; from then on a power cut does not undo that.
    pub fn put_in_place(&self, envelope: &Envelope) -> io::Result<()> {
        let folder = self.of_tenant(envelope.tenant);
        fs::create_dir_all(&folder)?;
        fs::rename(self.incoming_sound(envelope.id), self.sound(envelope.tenant, envelope.id))?;
        sync_folder(&folder)
    }

    /// Removes what was recorded and its envelope.
    pub fn drop_incoming(&self, message: MessageId) {
        // What is not there needs no removal.
        let _ = fs::remove_file(self.incoming_sound(message));
        let _ = self.remove_envelope(message);
    }

    /// Removes what lies in `incoming/` and belongs to none of these messages: a crash cut its envelope off.
    pub fn drop_strays(&self, known: &BTreeSet<MessageId>) -> io::Result<()> {
        for entry in fs::read_dir(self.dir.join("incoming"))? {
            let path = entry?.path();
            let id = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok()).map(MessageId);
            if id.is_none_or(|id| !known.contains(&id)) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// Removes all sound of an organization that was deleted.
    pub fn remove_all(&self, tenant: TenantId) {
        let path = self.of_tenant(tenant);
        match fs::remove_dir_all(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(%error, path = %path.display(), "the sound of messages can't be deleted"),
        }
    }

    /// Removes the sound of a message that was deleted.
    pub fn remove_sound(&self, tenant: TenantId, message: MessageId) {
        let path = self.sound(tenant, message);
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(%error, path = %path.display(), "the sound of a message can't be deleted"),
        }
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
