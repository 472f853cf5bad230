//! Why a deck's file, or a row of it, is not taken.

use crate::amount::{Currency, NotMoney};
use crate::limits::DECK_RATES_MAX;
use crate::rule::Broken;

/// Why a file can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    #[error("the file is not UTF-8")]
    NotUtf8,
    #[error("the file is empty")]
    Empty,
    #[error("the file has a header but no rows")]
    NoRates,
    #[error("there is no column named {name}")]
    UnknownColumn { name: String, known: String },
    #[error("the column {name} is there twice")]
    ColumnTwice { name: &'static str },
    #[error("the column {name} is missing")]
    MissingColumn { name: &'static str },
    #[error("the file has more than {DECK_RATES_MAX} rows")]
    TooManyRates,
}

/// Why a row can't be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowFault {
    #[error("the row has more cells than the header")]
    CellCount,
    #[error("the cell is empty")]
    Missing,
    #[error("a prefix is 1 to 15 digits")]
    NotAPrefix,
    #[error("{because}")]
    NotAnAmount { because: NotMoney },
    #[error("an amount is not below nothing")]
    Negative,
    #[error("the deck is in {wanted}")]
    WrongCurrency { wanted: Currency },
    #[error("a country is two letters")]
    NotACountry,
    #[error("this kind of destination is not known")]
    UnknownKind,
    #[error("the cell says neither yes nor no")]
    NotYesOrNo,
    #[error("increments are two numbers of seconds, 1 to 3600, such as 60/6")]
    NotIncrements,
    #[error("days are names such as mon-fri or sat+sun")]
    NotDays,
    #[error("a time is written as 08:00, and ends after it began")]
    NotATime,
    #[error("line {first} has the same prefix for the same time")]
    Twice { first: u32 },
    #[error("at some times no row of this prefix holds: a shorter prefix prices those calls")]
    Gap,
}

impl Broken for FileFault {
    fn code(&self) -> &'static str {
        match self {
            Self::NotUtf8 => "csv.not_utf8",
            Self::Empty => "csv.empty",
            Self::NoRates => "csv.no_rows",
            Self::UnknownColumn { .. } => "csv.unknown_column",
            Self::ColumnTwice { .. } => "csv.column_twice",
            Self::MissingColumn { .. } => "csv.missing_column",
            Self::TooManyRates => "csv.too_many_rows",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::NotUtf8 => "save it again as CSV with the encoding UTF-8".to_owned(),
            Self::Empty | Self::NoRates => "send a header and at least one row".to_owned(),
            Self::UnknownColumn { known, .. } => format!("name the columns {known}"),
            Self::ColumnTwice { .. } => "leave one of them out".to_owned(),
            Self::MissingColumn { .. } => "add it; the header is the first line".to_owned(),
            Self::TooManyRates => "leave out what a shorter prefix prices as well".to_owned(),
        }
    }

    fn is_conflict(&self) -> bool {
        false
    }
}

impl Broken for RowFault {
    fn code(&self) -> &'static str {
        match self {
            Self::CellCount => "csv.cell_count",
            Self::Missing => "csv.cell_missing",
            Self::NotAPrefix => "rate.prefix_malformed",
            Self::NotAnAmount { .. } => "rate.amount_malformed",
            Self::Negative => "rate.amount_negative",
            Self::WrongCurrency { .. } => "rate.wrong_currency",
            Self::NotACountry => "rate.country_malformed",
            Self::UnknownKind => "rate.kind_unknown",
            Self::NotYesOrNo => "rate.blocked_malformed",
            Self::NotIncrements => "rate.increments_malformed",
            Self::NotDays => "rate.days_malformed",
            Self::NotATime => "rate.time_malformed",
            Self::Twice { .. } => "rate.prefix_twice",
            Self::Gap => "rate.times_not_covered",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::CellCount => "put cells with separators in them between quotes, and close every quote",
            Self::Missing => "fill it",
            Self::NotAPrefix => "write the country's digits first, such as 4915, without 00",
            Self::NotAnAmount { .. } => "write it as 0.0125",
            Self::Negative => "write what is paid; credit is given by an adjustment, not by a price",
            Self::WrongCurrency { .. } => "import it as a deck of its own currency",
            Self::NotACountry => "write the code of ISO 3166, such as DE",
            Self::UnknownKind => "write one of fixed, mobile, premium, satellite, shared_cost and toll_free",
            Self::NotYesOrNo => "write yes or no",
            Self::NotIncrements => "write 60/60 for each minute that begins, 1/1 for each second",
            Self::NotDays => "write mon-fri, sat+sun, or nothing for all days",
            Self::NotATime => "write hours and minutes, 24:00 for the end of the day",
            Self::Twice { .. } => "leave one of the rows out, or give them times that do not overlap",
            Self::Gap => "add a row of this prefix without days and times",
        }
        .to_owned()
    }

    fn is_conflict(&self) -> bool {
        false
    }
}
