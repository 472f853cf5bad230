//! Who is told that a supervisor hears their call. Specification of voice apps, 3.12.

use serde::{Deserialize, Serialize};

/// Who of a call is told when a supervisor joins it, and how. Laws differ, so each organization says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Who is told.
    pub told: Told,
    /// What they hear.
    pub sign: Sign,
}

/// Who is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// The agent alone.
    Agent,
    /// The agent and the other party.
    Both,
    /// Neither.
    #[default]
    Nobody,
}

/// What those who are told hear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// Words that the call may be monitored.
    Announcement,
    /// A short tone.
    #[default]
    Tone,
}
