//! Licenses from and to a file: who gets which and loses which. Specification of numbers, 4.1.

use crate::sheet::{Column, Content, Need};

/// The columns of the file, with the names that administrators know.
pub const COLUMNS: &[Column] = &[
    Column { name: "UPN", need: Need::Key, content: Content::Text },
    Column { name: "AddSkus", need: Need::Optional, content: Content::Text },
    Column { name: "RemoveSkus", need: Need::Optional, content: Content::Text },
    Column { name: "UsageLocation", need: Need::Optional, content: Content::Text },
];

/// Between part numbers in one cell.
pub const SEPARATOR: char = ';';
