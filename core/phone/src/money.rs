//! Rating and the ledger. Sees records and plans only.
//!
//! A call is rated by the row of a deck that its number finds when it is answered ([`deck`], [`tariff`]), paid second by
//! second from the first source that has any left ([`pool`] of a plan, then credits, then credit that is billed later:
//! [`funding`], [`meter`]), and posted to a ledger that only grows ([`ledger`], [`lot`], [`posting`]). What a tenant's
//! live calls have reserved, and what is left for the next one, is one value: [`charging`].

pub mod budget;
pub mod charge;
pub mod charging;
pub mod deck;
pub mod fraud;
pub mod funding;
pub mod invoice;
pub mod ledger;
pub mod lost;
pub mod lot;
pub mod meter;
pub mod payment;
pub mod pool;
pub mod posting;
pub mod rerating;
pub mod scope;
pub mod share;
pub mod tariff;
pub mod wallet;
pub mod warning;

pub use crate::amount::{Currency, Micros};
