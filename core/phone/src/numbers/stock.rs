//! Numbers that the platform has from its carriers and gives to tenants: free, reserved for one for some minutes, sold,
//! or resting after they came back. Specification of numbers, 1.3.3 and 5.2.

use jiff::{SignedDuration, Timestamp};

use super::number::{NumberSource, Origin};
use super::{Country, CountryProfiles, E164, Number, NumberKind};
use crate::id::{ReservationId, StockBlockId, TenantId, TrunkId};
use crate::limits::{ORDERED_NUMBERS_MAX, QUARANTINE_DAYS, RESERVATION_MINUTES, RESERVED_NUMBERS_MAX};
use crate::rule::Broken;

/// Numbers that came from a carrier together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub id: StockBlockId,
    /// Who carries their calls: the name of a trunk where a tenant has one of that name.
    pub carrier: String,
    /// ISO 3166 alpha-2.
    pub country: String,
    pub city: Option<String>,
    /// ISO 3166-2.
    pub region: Option<String>,
    /// Whether the carrier takes text messages to its numbers and from them.
    pub sms: bool,
    pub kind: NumberKind,
}

/// A number of the stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub number: E164,
    pub block: StockBlockId,
    pub kind: NumberKind,
    pub place: Place,
}

/// Where a number of the stock is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Free,
    /// Kept from all others for a while.
    Reserved {
        reservation: ReservationId,
        tenant: TenantId,
        until: Timestamp,
    },
    /// A tenant holds it.
    Sold {
        tenant: TenantId,
    },
    /// It came back: callers of its last holder should not reach the next one at once.
    Quarantined {
        until: Timestamp,
        /// Who gave it back, and may take it back, if that was noted.
        from: Option<TenantId>,
    },
}

/// Numbers that one tenant may take for some minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reservation {
    pub id: ReservationId,
    pub tenant: TenantId,
    pub expires_at: Timestamp,
    pub extended: bool,
}

/// Why something may not be done with the stock.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{number} is not free any more")]
    NotFree { number: E164 },
    #[error("{number} is no number of {country}")]
    NotOfCountry { number: E164, country: String },
    #[error("{country} is no country with telephone numbers")]
    CountryUnknown { country: String },
    #[error("{number} is of {country}, where numbers for {} are not given", kind.as_str())]
    KindNotOffered { number: E164, country: String, kind: NumberKind },
    #[error("the reservation is over")]
    Expired,
    #[error("the reservation was extended once already")]
    Extended,
    #[error("a reservation is for 1 to {RESERVED_NUMBERS_MAX} numbers")]
    CountOutOfRange,
    #[error("an order is for 1 to {ORDERED_NUMBERS_MAX} numbers")]
    OrderOutOfRange,
    #[error("calls to {number} are paid by who is called, and the wallet can pay nothing")]
    FundingRequired { number: E164 },
}

impl Block {
    /// What is said of its numbers.
    pub fn origin(&self) -> Origin {
        let Self { country, city, region, sms, .. } = self;
        Origin { country: Some(country.clone()), city: city.clone(), region: region.clone(), sms: *sms }
    }
}

impl Place {
    /// Where it is now: what was for a while ends by itself.
    pub fn at(self, now: Timestamp) -> Self {
        match self {
            Self::Reserved { until, .. } | Self::Quarantined { until, .. } if until <= now => Self::Free,
            Self::Free | Self::Reserved { .. } | Self::Sold { .. } | Self::Quarantined { .. } => self,
        }
    }
}

impl Item {
    /// The number kept for a reservation.
    pub fn reserve(&self, now: Timestamp, reservation: &Reservation) -> Result<Self, Refusal> {
        let Reservation { id, tenant, expires_at, .. } = *reservation;
        match self.place.at(now) {
            Place::Free => {
                Ok(Self { place: Place::Reserved { reservation: id, tenant, until: expires_at }, ..self.clone() })
            }
            Place::Reserved { .. } | Place::Sold { .. } | Place::Quarantined { .. } => {
                Err(Refusal::NotFree { number: self.number })
            }
        }
    }

    /// The number no longer kept for a reservation; as it is if it was not.
    pub fn let_go(&self, reservation: ReservationId) -> Self {
        match self.place {
            Place::Reserved { reservation: id, .. } if id == reservation => Self { place: Place::Free, ..self.clone() },
            Place::Free | Place::Reserved { .. } | Place::Sold { .. } | Place::Quarantined { .. } => self.clone(),
        }
    }

    /// The number sold to a tenant, and what the tenant holds from then on: one that is free, or reserved for it.
    pub fn sell(
        &self,
        now: Timestamp,
        tenant: TenantId,
        trunk: Option<TrunkId>,
        origin: &Origin,
    ) -> Result<(Self, Number), Refusal> {
        match self.place.at(now) {
            Place::Free => {}
            Place::Reserved { tenant: holder, .. } if holder == tenant => {}
            Place::Reserved { .. } | Place::Sold { .. } | Place::Quarantined { .. } => {
                return Err(Refusal::NotFree { number: self.number });
            }
        }
        let (source, origin) = (NumberSource::CallingPlan, origin.clone());
        let number = Number { source, trunk, origin, ..Number::new(self.number, self.kind) };
        Ok((Self { place: Place::Sold { tenant }, ..self.clone() }, number))
    }

    /// The number given back by who held it; as it is if it was another.
    pub fn give_back(&self, now: Timestamp, tenant: TenantId) -> Self {
        match self.place {
            Place::Sold { tenant: holder } if holder == tenant => {
                let rest = SignedDuration::from_hours(i64::from(QUARANTINE_DAYS) * 24);
                let until = now.checked_add(rest).unwrap_or(Timestamp::MAX);
                Self { place: Place::Quarantined { until, from: Some(tenant) }, ..self.clone() }
            }
            Place::Free | Place::Reserved { .. } | Place::Sold { .. } | Place::Quarantined { .. } => self.clone(),
        }
    }
}

impl Reservation {
    /// A reservation that begins now.
    pub fn new(id: ReservationId, tenant: TenantId, now: Timestamp, n_numbers: usize) -> Result<Self, Refusal> {
        if (1..=RESERVED_NUMBERS_MAX).contains(&n_numbers) {
            Ok(Self { id, tenant, expires_at: in_minutes(now), extended: false })
        } else {
            Err(Refusal::CountOutOfRange)
        }
    }

    /// The reservation for as long again, from now on; once.
    pub fn extend(&self, now: Timestamp) -> Result<Self, Refusal> {
        self.check_live(now)?;
        match self.extended {
            true => Err(Refusal::Extended),
            false => Ok(Self { expires_at: in_minutes(now), extended: true, ..*self }),
        }
    }

    /// Whether its numbers are still kept.
    pub fn check_live(&self, now: Timestamp) -> Result<(), Refusal> {
        if now < self.expires_at { Ok(()) } else { Err(Refusal::Expired) }
    }
}

/// Whether so many numbers can be ordered at once.
pub fn check_order(n_numbers: usize) -> Result<(), Refusal> {
    if (1..=ORDERED_NUMBERS_MAX).contains(&n_numbers) { Ok(()) } else { Err(Refusal::OrderOutOfRange) }
}

/// Whether these can be numbers of a country.
pub fn check_country<'a>(country: &str, numbers: impl IntoIterator<Item = &'a E164>) -> Result<(), Refusal> {
    let known = Country::parse(country).and_then(Country::calling_code);
    let code = known.ok_or_else(|| Refusal::CountryUnknown { country: country.chars().take(10).collect() })?;
    let stranger = numbers.into_iter().find(|number| !number.digits().starts_with(&code));
    match stranger {
        Some(number) => Err(Refusal::NotOfCountry { number: *number, country: country.to_owned() }),
        None => Ok(()),
    }
}

/// Whether numbers of this kind are given in the country that the number is of.
pub fn check_offered(item: &Item, block: &Block, profiles: &CountryProfiles) -> Result<(), Refusal> {
    let (number, kind, country) = (item.number, item.kind, block.country.clone());
    match profiles.of(&country).number_kinds.contains(&kind) {
        true => Ok(()),
        false => Err(Refusal::KindNotOffered { number, country, kind }),
    }
}

fn in_minutes(now: Timestamp) -> Timestamp {
    now.checked_add(SignedDuration::from_mins(RESERVATION_MINUTES)).unwrap_or(Timestamp::MAX)
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFree { .. } => "number.out_of_stock",
            Self::NotOfCountry { .. } => "number.country_mismatch",
            Self::CountryUnknown { .. } => "country.unknown",
            Self::KindNotOffered { .. } => "number.kind_not_offered",
            Self::Expired => "reservation.expired",
            Self::Extended => "reservation.extended",
            Self::CountOutOfRange => "reservation.count_out_of_range",
            Self::OrderOutOfRange => "number_order.count_out_of_range",
            Self::FundingRequired { .. } => "number.funding_required",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::NotFree { .. } => "search again and choose another one".to_owned(),
            Self::NotOfCountry { .. } => "correct the number or the country".to_owned(),
            Self::CountryUnknown { .. } => "write the two capital letters of ISO 3166".to_owned(),
            Self::KindNotOffered { .. } => {
                "choose a number of another kind, or ask who runs the server to change the country's profile".to_owned()
            }
            Self::Expired => "search and reserve again".to_owned(),
            Self::Extended => "order the numbers, or let them go and reserve again".to_owned(),
            Self::CountOutOfRange => format!("name 1 to {RESERVED_NUMBERS_MAX} numbers"),
            Self::FundingRequired { .. } => {
                "top up the credits first, or switch paying for calls off (trunkline credit)".to_owned()
            }
            Self::OrderOutOfRange => format!("name 1 to {ORDERED_NUMBERS_MAX} numbers, and the rest in another order"),
        }
    }

    fn is_conflict(&self) -> bool {
        match self {
            Self::NotFree { .. } | Self::Expired | Self::Extended | Self::FundingRequired { .. } => true,
            Self::NotOfCountry { .. }
            | Self::CountryUnknown { .. }
            | Self::KindNotOffered { .. }
            | Self::CountOutOfRange
            | Self::OrderOutOfRange => false,
        }
    }
}
