//! Licenses from and to a file: who gets which and loses which. Specification of numbers, 4.1.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{PartNumber, Swap};
use crate::order::LineFault;
use crate::rule::Broken;
use crate::sheet::{self, Column, Content, Need, Row};

/// The columns of the file, with the names that administrators know.
pub const COLUMNS: &[Column] = &[
    Column { name: UPN, need: Need::Key, content: Content::Text },
    Column { name: ADD, need: Need::Optional, content: Content::Text },
    Column { name: REMOVE, need: Need::Optional, content: Content::Text },
    Column { name: LOCATION, need: Need::Optional, content: Content::Text },
];

/// Between part numbers in one cell.
pub const SEPARATOR: char = ';';

/// Who it is about.
const UPN: &str = "UPN";
/// What they get.
const ADD: &str = "AddSkus";
/// What they lose in the same moment.
const REMOVE: &str = "RemoveSkus";
/// Where they work.
const LOCATION: &str = "UsageLocation";

/// What one line wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// E-mail address, extension or id.
    pub person: String,
    /// Plans that are given directly.
    pub add: BTreeSet<PartNumber>,
    /// Plans that are taken, where no group gives them.
    pub remove: BTreeSet<PartNumber>,
    /// ISO 3166 alpha-2; none leaves the person where they are.
    pub country: Option<String>,
}

/// Why a wish is refused, beside what [`super::Refusal`] says of licenses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody has the address, the extension or the id.
    #[error("there is no person {person}")]
    PersonUnknown { person: String },
    /// Several people have the address.
    #[error("{n_people} people have the address {person}")]
    PersonAmbiguous { person: String, n_people: usize },
    /// Given and taken at once.
    #[error("{plan} is to be given and taken in the same line")]
    AddedAndRemoved { plan: PartNumber },
}

/// A line of the file with what it wants, or why it can't even be read.
pub type ReadLine = (u32, Result<Wish, LineFault>);

/// Reads a file.
pub fn read(bytes: &[u8]) -> Result<Vec<ReadLine>, sheet::Refusal> {
    let rows = sheet::read(bytes, COLUMNS)?;
    let line = |row: Result<Row, sheet::BadRow>| match row {
        Ok(row) => (row.line, read_row(&row)),
        Err(bad) => (bad.line, Err(bad.fault)),
    };
    Ok(rows.into_iter().map(line).collect())
}

impl Wish {
    /// What it wants of the person's licenses.
    pub fn swap(&self) -> Swap {
        Swap { add: self.add.clone(), remove: self.remove.clone() }
    }

    /// A refusal by the rules of licenses as the line's fault, with the column that is to blame.
    pub fn fault_of(&self, refusal: &super::Refusal) -> LineFault {
        let is_removed = matches!(refusal, super::Refusal::UnknownPlan { plan } if !self.add.contains(plan));
        let is_moved = matches!(refusal, super::Refusal::NotInCountry { .. }) && self.country.is_some();
        let column = match (is_moved, is_removed || self.add.is_empty()) {
            (true, _) => LOCATION,
            (false, true) => REMOVE,
            (false, false) => ADD,
        };
        LineFault::by_rule(Some(column), refusal)
    }
}

impl Refusal {
    /// The refusal as a line's fault, with the column that is to blame.
    pub fn fault(&self) -> LineFault {
        let column = match self {
            Self::PersonUnknown { .. } | Self::PersonAmbiguous { .. } => UPN,
            Self::AddedAndRemoved { .. } => REMOVE,
        };
        LineFault::by_rule(Some(column), self)
    }
}

fn read_row(row: &Row) -> Result<Wish, LineFault> {
    let plans = |column| -> BTreeSet<PartNumber> {
        let names = row.cell(column).unwrap_or_default().split(SEPARATOR).map(str::trim);
        names.filter(|name| !name.is_empty()).map(|name| PartNumber(name.to_owned())).collect()
    };
    let (add, remove) = (plans(ADD), plans(REMOVE));
    if let Some(plan) = add.intersection(&remove).next() {
        return Err(Refusal::AddedAndRemoved { plan: plan.clone() }.fault());
    }
    let text = |column| row.cell(column).map(str::to_owned);
    Ok(Wish { person: text(UPN).unwrap_or_default(), add, remove, country: text(LOCATION) })
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::PersonUnknown { .. } => "user.unknown",
            Self::PersonAmbiguous { .. } => "user.ambiguous",
            Self::AddedAndRemoved { .. } => "license.added_and_removed",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::PersonUnknown { .. } => {
                "write the e-mail address or the extension of somebody who is there".to_owned()
            }
            Self::PersonAmbiguous { .. } => "write the extension instead".to_owned(),
            Self::AddedAndRemoved { .. } => format!("leave it in {ADD} or in {REMOVE}"),
        }
    }

    fn is_conflict(&self) -> bool {
        false
    }
}
