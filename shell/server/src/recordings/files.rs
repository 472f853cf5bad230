//! Where recordings lie: `incoming/` while they are made, then one folder for each organization.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

use phone::apps::recording::Envelope;
use phone::id::{RecordingId, TenantId};

/// The folder of all recordings.
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

    /// The sound of a recording that is whole.
    pub fn sound(&self, tenant: TenantId, recording: RecordingId) -> PathBuf {
        self.of_tenant(tenant).join(format!("{recording}.wav"))
    }

    fn of_tenant(&self, tenant: TenantId) -> PathBuf {
        self.dir.join(tenant.to_string())
    }

    /// The sound of a recording that is being made.
    pub fn incoming_sound(&self, recording: RecordingId) -> PathBuf {
        self.dir.join("incoming").join(format!("{recording}.wav"))
    }

    fn envelope(&self, recording: RecordingId) -> PathBuf {
        self.dir.join("incoming").join(format!("{recording}.json"))
    }

    /// Tries whether anything can be written.
    pub fn probe(&self) -> io::Result<()> {
        let path = self.dir.join("incoming").join("probe");
        fs::write(&path, [0; 4_096])?;
        fs::remove_file(path)
    }

    /// Notes whose recording is being made.
    pub fn write_envelope(&self, envelope: &Envelope) -> io::Result<()> {
        fs::write(self.envelope(envelope.id), serde_json::to_vec(envelope)?)
    }

    /// Everything about the recording is done.
    pub fn remove_envelope(&self, recording: RecordingId) -> io::Result<()> {
        fs::remove_file(self.envelope(recording))
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
        File::open(folder)?.sync_all()
    }

    /// Removes what was recorded and its envelope.
    pub fn drop_incoming(&self, recording: RecordingId) {
        // What is not there needs no removal.
        let _ = fs::remove_file(self.incoming_sound(recording));
        let _ = self.remove_envelope(recording);
    }

    /// Removes what lies in `incoming/` and belongs to none of these recordings.
    pub fn drop_strays(&self, known: &BTreeSet<RecordingId>) -> io::Result<()> {
        for entry in fs::read_dir(self.dir.join("incoming"))? {
            let path = entry?.path();
            let id = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok()).map(RecordingId);
            if id.is_none_or(|id| !known.contains(&id)) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// Removes all recordings of an organization that was deleted.
    pub fn remove_all(&self, tenant: TenantId) {
        let path = self.of_tenant(tenant);
        gone(fs::remove_dir_all(&path), &path);
    }

    /// Removes the sound of a recording that was deleted.
    pub fn remove_sound(&self, tenant: TenantId, recording: RecordingId) {
        let path = self.sound(tenant, recording);
        gone(fs::remove_file(&path), &path);
    }
}

fn gone(removed: io::Result<()>, path: &std::path::Path) {
    match removed {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => tracing::warn!(%error, path = %path.display(), "the sound of recordings can't be deleted"),
    }
}
