//! People.

use phone::id::UserId;
use phone::people::{Presence, User};
use store::Stored;
use switch::input::Command;
use switch::output::Answer;
use uuid::Uuid;

use super::{Access, Refused};

impl Access {
    /// A person by id or extension.
    pub async fn user(&self, name: &str) -> Result<Stored<User>, Refused> {
        let found = match name.parse::<Uuid>() {
            Ok(id) => self.store().user(self.tenant(), UserId(id)).await?,
            Err(_) => self.store().user_by_extension(self.tenant(), name).await?,
        };
        found.ok_or(Refused::NotFound { what: "user" })
    }

    /// Says for a person what they are available for. Kept, so that a restart does not forget it.
    pub async fn set_presence(&self, user: UserId, presence: Presence) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        tx.set_presence(self.tenant(), user, presence).await?;
        self.settle(tx).await?;
        match self.node().command(Command::SetPresence { tenant: self.tenant(), user, presence }).await? {
            Answer::Done => Ok(()),
            other => Err(Refused::by_switch(other, "user")),
        }
    }
}
