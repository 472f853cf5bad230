//! Rate decks: what calls to which numbers cost, by the longest prefix. Specification of numbers, 1.7.2.
//!
//! A deck is a version that never changes: what is imported is a new one, valid from a time on. A call keeps the row
//! that it found when it was answered.

pub mod difference;
pub mod import;
pub mod table;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use self::table::PrefixTable;
use super::tariff::{Increments, Price};
use crate::amount::Currency;
use crate::id::RateDeckId;
use crate::numbers::E164;

/// Which calls a deck prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To numbers outside, by the number called.
    Outbound,
    /// From outside to a toll-free number, by the toll-free number.
    TollFreeInbound,
}

/// What is known of a deck besides its rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateDeck {
    pub id: RateDeckId,
    /// Shared by the versions of one deck.
    pub name: String,
    /// Grows by one with each import of this name.
    pub version: u32,
    pub direction: Direction,
    pub currency: Currency,
    pub valid_from: Timestamp,
    /// None while no later version ends it.
    pub valid_to: Option<Timestamp>,
    /// IANA name; where the times of day of its rows are.
    pub time_zone: String,
    pub n_rates: u32,
}

/// What a destination is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Fixed,
    Mobile,
    Premium,
    Satellite,
    SharedCost,
    TollFree,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// The first digits of the numbers that it prices, without `+`: 1 to 15.
    pub prefix: String,
    /// As people know it: `Germany mobile`.
    pub destination: String,
    /// ISO 3166 alpha-2.
    pub country: Option<String>,
    pub kind: Kind,
    pub increments: Increments,
    /// What the organization pays.
    pub price: Price,
    /// What whoever sells to it pays, if somebody does.
    pub reseller: Option<Price>,
    /// What the carrier takes.
    pub cost: Option<Price>,
    /// Nobody may call these numbers.
    pub blocked: bool,
    /// When it holds; always without one.
    pub window: Option<Window>,
}

/// Days of the week and a time of day. One that ends before it begins goes past midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Monday is the lowest of seven bits.
    pub days: u8,
    /// Minutes after midnight.
    pub from_minute: u16,
    /// Minutes after midnight, exclusive; 1,440 is midnight.
    pub to_minute: u16,
}

/// A deck with its rows, ready to be asked; cheap to ask, never changed.
#[derive(Debug)]
pub struct RateTable {
    pub deck: RateDeck,
    zone: TimeZone,
    rates: Vec<Rate>,
    table: PrefixTable,
}

impl RateTable {
    /// Prepares a deck. Rows of the same prefix are told apart by their windows; among several that hold at a time the
    /// first is taken, those with a window before those without.
    pub fn new(deck: RateDeck, mut rates: Vec<Rate>) -> Self {
        let window = |rate: &Rate| rate.window.map(|window| (window.days, window.from_minute, window.to_minute));
        rates.sort_by(|a, b| {
            (&a.prefix, a.window.is_none(), window(a)).cmp(&(&b.prefix, b.window.is_none(), window(b)))
        });
        let table = PrefixTable::new(rates.iter().map(|rate| rate.prefix.as_str()));
        let zone = TimeZone::get(&deck.time_zone).unwrap_or(TimeZone::UTC);
        Self { deck, zone, rates, table }
    }

    /// What a call to this number costs that is answered at this time.
    pub fn find(&self, number: E164, at: Timestamp) -> Option<&Rate> {
        self.table.find(number).find_map(|rows| {
            let rows = self.rates.get(rows)?;
            rows.iter().find(|rate| rate.window.is_none_or(|window| window.holds(at, &self.zone)))
        })
    }

    /// Its rows, by prefix.
    pub fn rates(&self) -> &[Rate] {
        &self.rates
    }

    /// Whether it prices calls that are answered at this time.
    pub fn is_valid(&self, at: Timestamp) -> bool {
        self.deck.valid_from <= at && self.deck.valid_to.is_none_or(|until| at < until)
    }
}

impl Window {
    /// Whether a time is in it.
    pub fn holds(&self, at: Timestamp, zone: &TimeZone) -> bool {
        let local = at.to_zoned(zone.clone());
        let minute = u16::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).unwrap_or_default();
        let day = |offset: i8| (local.weekday().to_monday_zero_offset() + offset).rem_euclid(7);
        let is_on = |day: i8| self.days >> day & 1 == 1;
        if self.from_minute < self.to_minute {
            return is_on(day(0)) && (self.from_minute..self.to_minute).contains(&minute);
        }
        // It began today, or yesterday and goes on past midnight.
        (is_on(day(0)) && self.from_minute <= minute) || (is_on(day(-1)) && minute < self.to_minute)
    }
}

impl Direction {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Outbound, Self::TollFreeInbound];

    /// The stable name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Outbound => "outbound",
            Self::TollFreeInbound => "toll_free_inbound",
        }
    }

    /// Reads the stable name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|direction| direction.as_str() == text)
    }
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Fixed, Self::Mobile, Self::Premium, Self::Satellite, Self::SharedCost, Self::TollFree];

    /// The stable name in the API and in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Mobile => "mobile",
            Self::Premium => "premium",
            Self::Satellite => "satellite",
            Self::SharedCost => "shared_cost",
            Self::TollFree => "toll_free",
        }
    }

    /// Reads the stable name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
