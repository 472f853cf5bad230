//! How long a number that nobody has any more is given to nobody. Specification of numbers, 1.3.1 and 1.3.3.

use serde::{Deserialize, Serialize};

/// How long a number is to be given to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "days")]
pub enum Pause {
    Days(u32),
    Forever,
}
