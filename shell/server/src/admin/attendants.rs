//! Auto attendants.

use phone::apps::attendant::Settings;
use phone::apps::delegation::rights_for_attendant;
use phone::directory::App;
use phone::id::AttendantId;
use store::{Expected, Stored, Tx, Version};

use super::{Access, Refused};

impl Access {
    /// One attendant.
    pub async fn attendant(&self, id: AttendantId) -> Result<Stored<Settings>, Refused> {
        let found = self.store().document(self.tenant(), id.0).await?;
        found.ok_or(Refused::NotFound { what: "auto attendant" })
    }

    /// Makes or changes an attendant. Its prompts are rendered already.
    pub async fn save_attendant(&self, settings: &Settings, expected: Expected) -> Result<Version, Refused> {
        Refused::for_problems(self.known_snapshot().await?.attendant_problems(settings))?;
        let mut tx = self.change().await?;
        if let Some(before) = tx.document::<Settings>(self.tenant(), settings.id.0).await? {
            self.check_delegated(&rights_for_attendant(&before.value, settings))?;
        }
        self.check_authorized_groups(&tx, &settings.authorized).await?;
        self.check_scope(&tx, settings).await?;
        self.name_is_free(&tx, settings).await?;
        let version = tx.save_document(self.tenant(), settings, expected).await?;
        self.settle(tx).await?;
        Ok(version)
    }

    /// Whether the groups are there whose members callers may find, or may not.
    pub(super) async fn check_scope(&self, tx: &Tx, settings: &Settings) -> Result<(), Refused> {
        for group in settings.dial_scope.groups() {
            self.group_in(tx, group).await?;
        }
        Ok(())
    }

    /// Deletes an attendant that nothing leads to. Callers who are in it stay until they leave.
    pub async fn delete_attendant(&self, id: AttendantId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let found = tx.document::<Settings>(self.tenant(), id.0).await?;
        let found = found.ok_or(Refused::NotFound { what: "auto attendant" })?.value;
        self.nothing_leads_to(&tx, App::Attendant(id), &found.name).await?;
        tx.delete_app_draft(self.tenant(), id.0, Expected::Any).await?;
        tx.delete_flow_tests(self.tenant(), id.0, false).await?;
        tx.delete_document::<Settings>(self.tenant(), id.0, expected).await?;
        self.settle(tx).await
    }
}
