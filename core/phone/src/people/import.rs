//! People from a file: made where the extension is new, changed where it is known. The same file again changes nothing,
//! and a column or a cell that is empty clears nothing. Passwords are never in a file: phones get theirs afterwards.

use serde::{Deserialize, Serialize};

use super::{Presence, User};
use crate::id::UserId;
use crate::order::LineFault;
use crate::people::user::Ha1;
use crate::problem::Problem;
use crate::rule::Broken;
use crate::sheet::{self, Column, Content, Need, Row};

/// The columns of the file, which an export has as well.
pub const COLUMNS: &[Column] = &[
    Column { name: "extension", need: Need::Key, content: Content::Text },
    Column { name: "display_name", need: Need::Optional, content: Content::Text },
    Column { name: "email", need: Need::Optional, content: Content::Text },
    Column { name: "department", need: Need::Optional, content: Content::Text },
    Column { name: "office", need: Need::Optional, content: Content::Text },
    Column { name: "site", need: Need::Optional, content: Content::Text },
    Column { name: "country", need: Need::Optional, content: Content::Text },
    Column { name: "groups", need: Need::Optional, content: Content::Text },
    Column { name: "hidden", need: Need::Optional, content: Content::Text },
];

/// Between the names of groups in one cell.
pub const GROUP_SEPARATOR: char = '|';

/// Five rings, after which a caller would rather leave a message.
pub const RING_SECS_DEFAULT: u32 = 20;

/// What one line wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    pub extension: String,
    pub display_name: Option<String>,
    pub email: Option<String>,
    pub department: Option<String>,
    pub office: Option<String>,
    pub country: Option<String>,
    /// Name or id.
    #[serde(default)]
    pub site: Option<String>,
    /// Names of groups that the person joins; none is left.
    pub groups: Vec<String>,
    /// Whether callers who search by name or extension don't find the person.
    #[serde(default)]
    pub hidden: Option<bool>,
}

/// Why a wish is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{extension} is new here, and has no display_name")]
    NameMissing { extension: String },
    #[error("there is no group {name}")]
    GroupUnknown { name: String },
    #[error("there is no site {name}")]
    SiteUnknown { name: String },
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
    /// The person as the wish wants them: who is there, changed, or a new one with this id.
    pub fn person(&self, there: Option<&User>, new: UserId) -> Result<User, Refusal> {
        let mut user = match (there, &self.display_name) {
            (Some(there), _) => there.clone(),
            (None, Some(name)) => new_person(new, &self.extension, name),
            (None, None) => return Err(Refusal::NameMissing { extension: self.extension.clone() }),
        };
        if let Some(name) = &self.display_name {
            user.display_name.clone_from(name);
        }
        let fields = [
            (&self.email, &mut user.email),
            (&self.department, &mut user.department),
            (&self.office, &mut user.office),
            (&self.country, &mut user.country),
        ];
        for (wanted, field) in fields {
            if wanted.is_some() {
                field.clone_from(wanted);
            }
        }
        user.hidden = self.hidden.unwrap_or(user.hidden);
        Ok(user)
    }
}

impl Refusal {
    /// The refusal as a line's fault, with the column that is to blame.
    pub fn fault(&self) -> LineFault {
        let column = match self {
            Self::NameMissing { .. } => "display_name",
            Self::GroupUnknown { .. } => "groups",
            Self::SiteUnknown { .. } => "site",
        };
        LineFault::by_rule(Some(column), self)
    }
}

/// What is wrong with the person that a line wants.
pub fn fault_of(problem: &Problem) -> LineFault {
    LineFault {
        column: Some(problem.field.clone()),
        code: problem.code.as_str().to_owned(),
        message: problem.code.to_string(),
        fix: "correct the cell and send the line again".to_owned(),
    }
}

fn read_row(row: &Row) -> Result<Wish, LineFault> {
    let text = |column| row.cell(column).map(str::to_owned);
    let groups = row.cell("groups").unwrap_or_default().split(GROUP_SEPARATOR).map(str::trim);
    let hidden = row.cell("hidden").map(sheet::yes_or_no).transpose().map_err(|refusal| refusal.fault("hidden"))?;
    Ok(Wish {
        extension: text("extension").unwrap_or_default(),
        display_name: text("display_name"),
        email: text("email"),
        department: text("department"),
        office: text("office"),
        country: text("country"),
        site: text("site"),
        groups: groups.filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        hidden,
    })
}

/// A person of whom nothing more is known.
pub fn new_person(id: UserId, extension: &str, display_name: &str) -> User {
    User {
        id,
        display_name: display_name.to_owned(),
        extension: extension.to_owned(),
        email: None,
        department: None,
        office: None,
        aliases: Default::default(),
        site: None,
        country: None,
        presence: Presence::default(),
        // What the licenses come to, of which there are none yet.
        voice_enabled: false,
        hidden: false,
        ring_secs: RING_SECS_DEFAULT,
        enabled: true,
        ha1: Ha1::default(),
    }
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NameMissing { .. } => "name.empty",
            Self::GroupUnknown { .. } => "group.unknown",
            Self::SiteUnknown { .. } => "site.unknown",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::NameMissing { .. } => "fill display_name, or correct the extension".to_owned(),
            Self::SiteUnknown { .. } => "make the site first, or correct the cell".to_owned(),
            Self::GroupUnknown { .. } => {
                format!("make the group first; several names are separated by {GROUP_SEPARATOR}")
            }
        }
    }

    fn is_conflict(&self) -> bool {
        false
    }
}
