//! Departments: what people say of themselves, changed for all who say the same.

use phone::limits::NAME_CHARS_MAX;

use super::{Access, Refused};

/// What happens if there is a department of the new name already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    Forbid,
    Allow,
}

impl Access {
    /// Gives a department another name, or moves its people to one that is there. How many people it has then.
    pub async fn rename_department(&self, from: &str, to: &str, merge: Merge) -> Result<u64, Refused> {
        let to = to.trim();
        if !(1..=NAME_CHARS_MAX).contains(&to.chars().count()) {
            let words = format!("a department has 1 to {NAME_CHARS_MAX} characters");
            return Err(Refused::field("to", "name.length", words));
        }
        let mut tx = self.change().await?;
        let n_moving = tx.n_people_of_department(self.tenant(), from).await?;
        if n_moving == 0 {
            return Err(Refused::NotFound { what: "department" });
        }
        if from == to {
            return Ok(n_moving);
        }
        let n_there = tx.n_people_of_department(self.tenant(), to).await?;
        if 0 < n_there && merge == Merge::Forbid {
            return Err(Refused::Conflict {
                code: "department.exists",
                detail: format!("there is a department {to} with {n_there} people already"),
                fix: Some("say `merge` to move them together, or choose another name".to_owned()),
            });
        }
        tx.rename_department(self.tenant(), from, to).await?;
        self.settle(tx).await?;
        Ok(n_moving.saturating_add(n_there))
    }
}
