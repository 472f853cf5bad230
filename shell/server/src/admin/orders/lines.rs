//! Lines of orders: what they want, as it is kept, and what became of it.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::{OrderLine, StoreError};

/// What wants to be done, one line for each, from 1.
pub fn of_wishes<T: Serialize>(wishes: impl IntoIterator<Item = T>) -> Result<Vec<OrderLine>, StoreError> {
    let line = |(line, wish): (u32, T)| Ok(OrderLine { line, wish: Some(kept(&wish)?), outcome: None });
    (1..).zip(wishes).map(line).collect()
}

/// As it is kept.
pub fn kept<T: Serialize>(value: &T) -> Result<Value, StoreError> {
    serde_json::to_value(value).map_err(|source| StoreError::Unwritable { what: "order line", source })
}

/// What was kept; none if nothing was, or if nobody can read it any more.
pub fn read<T: DeserializeOwned>(value: Option<&Value>) -> Option<T> {
    T::deserialize(value?).ok()
}
