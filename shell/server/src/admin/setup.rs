//! How far an organization is set up, and whether a person can call.

use phone::directory::readiness::{self, Check, Known};
use phone::directory::setup::{Licensing, Step, steps};
use phone::people::license::{Capability, Plan};

use super::{Access, Refused};

impl Access {
    /// All seven steps.
    pub async fn setup(&self) -> Result<Vec<Step>, Refused> {
        let mut licensing =
            Licensing { enforcement: self.tenant_row().await?.value.license_enforcement, ..Licensing::default() };
        for (plan, seats) in self.store().seats(self.tenant()).await? {
            if Plan::find(&plan).is_some_and(|plan| plan.unlocks.contains(&Capability::PhoneSystem)) {
                licensing.n_seats = licensing.n_seats.saturating_add(seats.bought);
                licensing.n_given = licensing.n_given.saturating_add(seats.assigned);
            }
        }
        Ok(steps(&*self.known_snapshot().await?, &licensing))
    }

    /// All that it takes for a person to call and be called.
    pub async fn readiness(&self, user: &str) -> Result<Vec<Check>, Refused> {
        let user = self.user(user).await?.value;
        let failures = self.store().failures_of_user(self.tenant(), user.id).await?;
        let known = Known {
            enforcement: self.tenant_row().await?.value.license_enforcement,
            held: self.store().licenses(self.tenant(), [user.id]).await?.remove(&user.id).unwrap_or_default(),
            failures: failures.into_iter().map(|failure| failure.message).collect(),
            n_phones: self.registrations().await?.iter().filter(|one| one.user == user.id).count(),
        };
        Ok(readiness::checks(&*self.known_snapshot().await?, &user, &known))
    }
}
