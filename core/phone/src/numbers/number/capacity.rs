//! How many calls a number carries at once. Specification of numbers, 3.3.

use super::{Number, NumberKind};
use crate::limits::{USER_NUMBER_INBOUND_MAX, USER_NUMBER_OUTBOUND_MAX};
use crate::numbers::trunk::settings::TrunkSettings;

/// Most calls at once each way. None: as many as its trunk and organization have room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    pub inbound: Option<u32>,
    pub outbound: Option<u32>,
}

impl Number {
    /// A person's number is for one person; a service number takes hundreds of calls. The settings of the trunk that brings
    /// its calls may say otherwise: carriers differ.
    pub fn capacity(&self, carrier: Option<&TrunkSettings>) -> Capacity {
        let Some(carrier) = carrier else {
            return match self.kind {
                NumberKind::User => {
                    Capacity { inbound: Some(USER_NUMBER_INBOUND_MAX), outbound: Some(USER_NUMBER_OUTBOUND_MAX) }
                }
                NumberKind::ServiceToll | NumberKind::ServiceTollFree => Capacity { inbound: None, outbound: None },
            };
        };
        let (inbound, outbound) = match self.kind {
            NumberKind::User => (carrier.user_number_calls_in_max, carrier.user_number_calls_out_max),
            NumberKind::ServiceToll | NumberKind::ServiceTollFree => {
                (carrier.service_number_calls_in_max, carrier.service_number_calls_out_max)
            }
        };
        Capacity { inbound: inbound.map(|n_max| n_max.value()), outbound: outbound.map(|n_max| n_max.value()) }
    }
}
