//! Which of a person's lines a number is. Specification of numbers, 1.3.1 and 2.2.

use serde::{Deserialize, Serialize};

use super::lifecycle::{Candidate, Refusal};
use super::{Assignee, Number};
use crate::id::UserId;
use crate::limits::ALTERNATE_NUMBERS_MAX;

/// Which of a person's lines a number is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// The one that the person's calls show.
    #[default]
    Primary,
    /// Rings the person as well.
    Alternate,
    /// Rings the person; no call shows it.
    Private,
}

/// How many lines of each kind a person has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    pub n_primary: usize,
    pub n_alternate: usize,
    pub n_private: usize,
}

impl Category {
    /// Every category.
    pub const ALL: [Self; 3] = [Self::Primary, Self::Alternate, Self::Private];

    /// Its word in rows and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Alternate => "alternate",
            Self::Private => "private",
        }
    }

    /// How many of them one person may have.
    pub fn n_max(self) -> usize {
        match self {
            Self::Primary | Self::Private => 1,
            Self::Alternate => ALTERNATE_NUMBERS_MAX,
        }
    }
}

impl Lines {
    /// What these numbers of one person come to.
    pub fn of<'a>(numbers: impl IntoIterator<Item = &'a Number>) -> Self {
        let mut lines = Self::default();
        for number in numbers {
            lines.add(number.category, 1);
        }
        lines
    }

    /// Counts more lines of a category.
    pub fn add(&mut self, category: Category, n_more: usize) {
        let count = match category {
            Category::Primary => &mut self.n_primary,
            Category::Alternate => &mut self.n_alternate,
            Category::Private => &mut self.n_private,
        };
        *count = count.saturating_add(n_more);
    }

    /// One of a category less.
    pub fn without(mut self, category: Category) -> Self {
        let count = match category {
            Category::Primary => &mut self.n_primary,
            Category::Alternate => &mut self.n_alternate,
            Category::Private => &mut self.n_private,
        };
        *count = count.saturating_sub(1);
        self
    }

    /// How many of a category there are.
    pub fn n(&self, category: Category) -> usize {
        match category {
            Category::Primary => self.n_primary,
            Category::Alternate => self.n_alternate,
            Category::Private => self.n_private,
        }
    }

    /// What one more number is if nobody says: the first is the primary.
    pub fn next(&self) -> Category {
        if self.n_primary == 0 { Category::Primary } else { Category::Alternate }
    }

    /// Whether there is room for one more of a category.
    pub fn check_room(&self, category: Category, name: &str) -> Result<(), Refusal> {
        if category.n_max() <= self.n(category) {
            return Err(Refusal::LineLimit { name: name.to_owned(), category });
        }
        if category == Category::Alternate && self.n_primary == 0 {
            return Err(Refusal::PrimaryMissing { name: name.to_owned() });
        }
        Ok(())
    }
}

impl Number {
    /// How soon a call of this person shows the number, least first; none if no call does: the primary before the
    /// others, and one that is only kept if there is no other. The private line is for calls to the person only.
    pub fn shown_rank(&self, user: UserId) -> Option<u8> {
        if self.assignee != Some(Assignee::User(user)) {
            return None;
        }
        match (self.category, self.held_until.is_some()) {
            (Category::Primary, false) => Some(0),
            (Category::Alternate, false) => Some(1),
            (Category::Primary, true) => Some(2),
            (Category::Alternate, true) => Some(3),
            (Category::Private, _) => None,
        }
    }

    /// Makes the number another of its person's lines; `of_person` are all that they have. What changes: the number,
    /// and the primary that becomes an alternate in its place.
    pub fn recategorize(
        &self,
        wanted: Category,
        of_person: &[Self],
        person: &Candidate<'_>,
    ) -> Result<Vec<Self>, Refusal> {
        if self.assignee != Some(Assignee::User(person.id)) {
            return Err(Refusal::NotOfPerson { number: self.number });
        }
        if self.category == wanted {
            return Ok(Vec::new());
        }
        let others: Vec<&Self> = of_person.iter().filter(|other| other.number != self.number).collect();
        let lines = Lines::of(others.iter().copied());
        let mut changed = vec![Self { category: wanted, ..self.clone() }];
        match wanted {
            Category::Primary => {
                self.check_country(person)?;
                if let Some(before) = others.iter().find(|other| other.category == Category::Primary) {
                    // It makes room for the old one only if it was an alternate itself.
                    if self.category != Category::Alternate {
                        lines.check_room(Category::Alternate, person.display_name)?;
                    }
                    changed.push(Self { category: Category::Alternate, ..(*before).clone() });
                }
            }
            Category::Alternate => lines.check_room(wanted, person.display_name)?,
            Category::Private => {
                lines.check_room(wanted, person.display_name)?;
                self.check_primary_leaves(&lines, person.display_name)?;
            }
        }
        Ok(changed)
    }

    /// Whether the number may leave its person, who keeps `others`: alternates need a primary.
    pub fn check_primary_leaves(&self, others: &Lines, name: &str) -> Result<(), Refusal> {
        if self.category == Category::Primary && 0 < others.n_alternate {
            let (number, name) = (self.number, name.to_owned());
            return Err(Refusal::PrimaryRequired { number, name, n_alternate: others.n_alternate });
        }
        Ok(())
    }
}
