//! Invoices as files: for people, and for their programs.

pub mod pdf;
pub mod ubl;

use phone::money::Micros;

/// An amount as it stands on paper: two digits after the point, three where something is stated before it was rounded.
pub fn written(amount: Micros) -> String {
    amount.to_string()
}
