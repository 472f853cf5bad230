//! Limits that bound what a caller can make us hold, each with its reason.

/// Most legs of one call: an agent list of 200 rings all at once with two phones each.
pub const LEGS_PER_CALL_MAX: usize = 400;
