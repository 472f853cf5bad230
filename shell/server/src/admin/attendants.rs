//! Auto attendants.

use phone::apps::attendant::Settings;
use phone::id::AttendantId;
use store::{Expected, Stored, Version};

use super::{Access, Refused};

impl Access {
    /// One attendant.
    pub async fn attendant(&self, id: AttendantId) -> Result<Stored<Settings>, Refused> {
        let found = self.store().document(self.tenant(), id.0).await?;
        found.ok_or(Refused::NotFound { what: "auto attendant" })
    }

    /// Changes an attendant. Its prompts are rendered already.
    pub async fn save_attendant(&self, settings: &Settings, expected: Expected) -> Result<Version, Refused> {
        Refused::for_problems(self.known_snapshot().await?.attendant_problems(settings))?;
        let mut tx = self.change().await?;
        let version = tx.save_document(self.tenant(), settings, expected).await?;
        self.settle(tx).await?;
        Ok(version)
    }
}
