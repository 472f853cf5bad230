//! Phones that are registered.

use phone::id::UserId;
use switch::input::{Command, Whose};
use switch::output::Answer;
use switch::view;

use super::{Access, Refused};

impl Access {
    /// Registrations of these people, by person, then in the order in which they came.
    pub async fn registrations_of(&self, users: Vec<UserId>) -> Result<Vec<view::Registration>, Refused> {
        self.registrations(Whose::These(users)).await
    }

    /// The same of anybody.
    pub async fn registrations(&self, of: Whose) -> Result<Vec<view::Registration>, Refused> {
        match self.node().command(Command::ListRegistrations { tenant: self.tenant(), of }).await? {
            Answer::Registrations(registrations) => Ok(registrations),
            other => Err(Refused::by_switch(other, "registration")),
        }
    }
}
