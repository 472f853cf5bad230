//! How many calls a number carries at once. Specification of numbers, 3.3.

use super::{Number, NumberKind};
use crate::limits::{USER_NUMBER_INBOUND_MAX, USER_NUMBER_OUTBOUND_MAX};

/// Most calls at once each way. None: as many as its trunk and organization have room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    pub inbound: Option<u32>,
    pub outbound: Option<u32>,
}

impl Number {
    /// A person's number is for one person; a service number takes hundreds of calls.
    pub fn capacity(&self) -> Capacity {
        match self.kind {
            NumberKind::User => {
                Capacity { inbound: Some(USER_NUMBER_INBOUND_MAX), outbound: Some(USER_NUMBER_OUTBOUND_MAX) }
            }
            NumberKind::ServiceToll | NumberKind::ServiceTollFree => Capacity { inbound: None, outbound: None },
        }
    }
}
