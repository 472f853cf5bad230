//! Limits that bound every list, loop and wait, each with its reason.

/// Most attendants and queues that one call may pass without a caller's choice, and the deepest static nesting.
/// Specification of voice apps, 1.19.
pub const APP_DEPTH_MAX: usize = 10;

/// Longest dialled text that is looked at: 15 digits, an international prefix of up to 5, and separators between all
/// of them.
pub const DIALLED_BYTES_MAX: usize = 40;
