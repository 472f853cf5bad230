//! What attendants and queues have in common.

use phone::apps::{attendant, queue};
use phone::directory::App;
use phone::directory::app_uses::uses_of_app;
use phone::problem::{Code, Problem};
use store::{Document, Tx};

use super::{Access, Refused};

impl Access {
    /// Refuses if another app of the same kind has got the name since the settings were checked.
    pub(super) async fn name_is_free<D: Document>(&self, tx: &Tx, settings: &D) -> Result<(), Refused> {
        let same = tx.document_named::<D>(self.tenant(), settings.name()).await?;
        let is_taken = same.is_some_and(|same| same.value.id() != settings.id());
        Refused::for_problems(is_taken.then(|| Problem::new(Code::NameTaken, "name")).into_iter().collect())
    }

    /// Refuses if an attendant, a queue or a resource account leads to the app of this name.
    pub(super) async fn nothing_leads_to(&self, tx: &Tx, app: App, name: &str) -> Result<(), Refused> {
        let attendants = tx.documents::<attendant::Settings>(self.tenant()).await?;
        let queues = tx.documents::<queue::Settings>(self.tenant()).await?;
        let accounts = tx.resource_accounts(self.tenant()).await?;
        let uses = uses_of_app(app, &attendants, &queues, &accounts);
        if uses.is_empty() {
            return Ok(());
        }
        Err(Refused::Conflict {
            code: "app.in_use",
            detail: format!("{name} is used by {}", uses.join(", ")),
            fix: Some("let them lead elsewhere first".to_owned()),
        })
    }
}
