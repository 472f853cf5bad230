//! What every refusal of an administrator's request says, beside its words.

/// A rule that a request breaks.
pub trait Broken: std::fmt::Display {
    /// The stable code in the API.
    fn code(&self) -> &'static str;

    /// What to do about it, for a person.
    fn fix(&self) -> String;

    /// Whether the state of things forbids it, which may change, rather than the request itself.
    fn is_conflict(&self) -> bool;
}
