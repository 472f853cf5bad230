//! What calls outside are routed by: dial plans, PSTN usages, voice routes and translation rules.

mod call_blocks;
mod civic_addresses;
mod dial_plans;
mod route_test;
mod translation_rules;
mod unassigned_numbers;
mod usages;
mod voice_routes;

use phone::problem::Problem;
use store::{Document, Expected, Stored, Tx, Version};
use uuid::Uuid;

pub use self::route_test::{RouteTest, Tracing};
use super::{Access, Refused};

/// What patterns and translations are made of.
const WRITTEN: &str = "a pattern is a regular expression without look-around and back-references; a translation has \
                       digits, +, *, #, ;ext= and groups of the pattern such as $1";

/// A kind of object of routing.
pub trait Routed: Document {
    /// In words, after "there is no such".
    const WHAT: &'static str;
    /// Most of them.
    const N_MAX: u64;
    /// What is wrong with its own fields.
    fn problems(&self) -> Vec<Problem>;
}

impl Access {
    /// An object of routing by id or name.
    pub async fn routed<D: Routed>(&self, name: &str) -> Result<Stored<D>, Refused> {
        let found = match name.parse::<Uuid>() {
            Ok(id) => self.store().document(self.tenant(), id).await?,
            Err(_) => self.store().document_named(self.tenant(), name).await?,
        };
        found.ok_or(Refused::NotFound { what: D::WHAT })
    }

    async fn routed_in<D: Routed>(&self, tx: &Tx, id: Uuid) -> Result<Stored<D>, Refused> {
        tx.document(self.tenant(), id).await?.ok_or(Refused::NotFound { what: D::WHAT })
    }

    /// Saves one that is right by itself, if its name is free and there are not too many.
    async fn save_routed<D: Routed>(&self, tx: &mut Tx, it: &D, expected: Expected) -> Result<Version, Refused> {
        Refused::for_problems(it.problems()).map_err(with_fix)?;
        let same = tx.document_named::<D>(self.tenant(), it.name()).await?;
        if same.is_some_and(|same| same.value.id() != it.id()) {
            return Err(Refused::Conflict {
                code: "name_taken",
                detail: format!("another {} is called {}", D::WHAT, it.name()),
                fix: Some("choose another name, or change that one".to_owned()),
            });
        }
        if expected == Expected::Absent && D::N_MAX <= tx.n_documents::<D>(self.tenant()).await? {
            return Err(Refused::Conflict {
                code: "too_many",
                detail: format!("an organization has at most {} of each {}", D::N_MAX, D::WHAT),
                fix: Some("delete those that nothing uses".to_owned()),
            });
        }
        Ok(tx.save_document(self.tenant(), it, expected).await?)
    }
}

fn with_fix(refused: Refused) -> Refused {
    match refused {
        Refused::Invalid { code, detail, faults, fix: None }
            if faults.iter().any(|it| it.code == "pattern.malformed" || it.code == "translation.malformed") =>
        {
            Refused::Invalid { code, detail, faults, fix: Some(WRITTEN.to_owned()) }
        }
        other => other,
    }
}
