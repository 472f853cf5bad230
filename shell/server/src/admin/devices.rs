//! Phones that are registered.

use switch::input::Command;
use switch::output::Answer;
use switch::view;

use super::{Access, Refused};

impl Access {
    /// Registrations by user, then in the order in which they came.
    pub async fn registrations(&self) -> Result<Vec<view::Registration>, Refused> {
        match self.node().command(Command::ListRegistrations { tenant: self.tenant() }).await? {
            Answer::Registrations(mut registrations) => {
                registrations
                    .sort_by(|a, b| (a.user, a.registered_at, &a.contact).cmp(&(b.user, b.registered_at, &b.contact)));
                Ok(registrations)
            }
            other => Err(Refused::by_switch(other, "registration")),
        }
    }
}
