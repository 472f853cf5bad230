//! Decks as files: comma, semicolon or tab separated, with a header, as carriers and spreadsheets write them. RFC 4180.
//!
//! A deck is taken whole or not at all: a row that is left out would price its numbers by a shorter prefix, silently.

pub mod cell;
pub mod fault;

use std::collections::BTreeMap;

use super::{Kind, Rate, Window};
use crate::amount::Currency;
use crate::limits::{DECK_FAULTS_MAX, DECK_RATES_MAX};
use crate::money::tariff::{Increments, Price};
use crate::order::LineFault;
use crate::sheet::BadRow;

pub use fault::{FileFault, RowFault};

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    pub rates: Vec<Rate>,
    /// At most so many as a person reads; the deck is not taken if there is one.
    pub faults: Vec<BadRow>,
    pub n_faults: u32,
    /// What is allowed but seldom meant.
    pub warnings: Vec<BadRow>,
}

macro_rules! columns {
    ($($name:ident $text:literal $(| $other:literal)*;)+) => {
        /// A column that is known.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        enum Column { $($name,)+ }

        impl Column {
            fn find(header: &str) -> Option<Self> {
                match header { $($text $(| $other)* => Some(Self::$name),)+ _ => None }
            }

            fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }

        const KNOWN: &[&str] = &[$($text,)+];
    };
}

columns! {
    Prefix "prefix" | "code" | "dial_code";
    Destination "destination" | "name" | "description";
    Country "country";
    Kind "kind" | "type";
    Currency "currency";
    Price "price" | "rate" | "price_per_minute";
    ConnectionFee "connection_fee" | "setup_fee";
    Minimum "minimum" | "minimum_charge";
    Increments "increments" | "interval";
    ResellerPrice "reseller_price";
    ResellerFee "reseller_connection_fee";
    Cost "cost" | "cost_per_minute";
    CostFee "cost_connection_fee";
    Blocked "blocked";
    Days "days";
    From "from_time" | "from";
    To "to_time" | "to";
}

/// Reads a deck. Amounts may have a comma for the point where columns are not separated by commas.
pub fn read(bytes: &[u8], currency: Currency) -> Result<Sheet, FileFault> {
    let text = text_of(bytes)?;
    let header = text.lines().find(|line| !line.trim().is_empty()).ok_or(FileFault::Empty)?;
    let count = |delimiter: char| header.matches(delimiter).count();
    let delimiter = [';', '\t', ','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(u8::try_from(delimiter).unwrap_or(b','))
        .has_headers(true)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|_| FileFault::Empty)?;
    let columns = columns_of(header)?;
    let mut sheet = Sheet::default();
    let mut lines: Vec<u32> = Vec::new();
    let mut record = csv::StringRecord::new();
    // The text is UTF-8 and every count of cells is taken, so nothing is left that could fail.
    while reader.read_record(&mut record).unwrap_or(false) {
        if record.iter().all(str::is_empty) {
            continue;
        }
        if sheet.rates.len() >= DECK_RATES_MAX {
            return Err(FileFault::TooManyRates);
        }
        let line = record.position().map_or(0, |at| u32::try_from(at.line()).unwrap_or(u32::MAX));
        let row = Row { record: &record, columns: &columns, point: if delimiter == ',' { '.' } else { ',' } };
        match row.rate(currency) {
            Ok(rate) => {
                sheet.rates.push(rate);
                lines.push(line);
            }
            Err((column, fault)) => sheet.fault(line, column, &fault),
        }
    }
    if sheet.rates.is_empty() && sheet.n_faults == 0 {
        return Err(FileFault::NoRates);
    }
    sheet.check_together(&lines);
    Ok(sheet)
}

/// The same rows as a file, which [`read`] reads as they are.
pub fn write(rates: &[Rate]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // A vector takes whatever is written.
    let _ = writer.write_record(KNOWN.iter().filter(|name| **name != "currency"));
    for rate in rates {
        let _ = writer.write_record(cell::cells(rate));
    }
    writer.into_inner().unwrap_or_default()
}

struct Row<'a> {
    record: &'a csv::StringRecord,
    columns: &'a BTreeMap<Column, usize>,
    /// What stands for the point in amounts besides the point.
    point: char,
}

type Fault = (Option<Column>, RowFault);

impl<'a> Row<'a> {
    fn cell(&self, column: Column) -> Option<&'a str> {
        let index = self.columns.get(&column)?;
        self.record.get(*index).filter(|cell| !cell.is_empty())
    }

    fn read<T>(&self, column: Column, read: impl FnOnce(&str) -> Result<T, RowFault>) -> Result<Option<T>, Fault> {
        self.cell(column).map(read).transpose().map_err(|fault| (Some(column), fault))
    }

    fn rate(&self, currency: Currency) -> Result<Rate, Fault> {
        if self.record.len() > self.columns.len() {
            return Err((None, RowFault::CellCount));
        }
        self.read(Column::Currency, |text| cell::currency(text, currency))?;
        let missing = |column| (Some(column), RowFault::Missing);
        let prefix = self.read(Column::Prefix, cell::prefix)?.ok_or(missing(Column::Prefix))?;
        let blocked = self.read(Column::Blocked, cell::yes_or_no)?.unwrap_or(false);
        let price = self.price(Column::Price, Column::ConnectionFee)?;
        let price = match (price, blocked) {
            (Some(price), _) => price,
            (None, true) => Price::default(),
            (None, false) => return Err(missing(Column::Price)),
        };
        let minimum = self.read(Column::Minimum, |text| cell::amount(text, self.point))?.unwrap_or_default();
        let window = cell::window(self.cell(Column::Days), self.cell(Column::From), self.cell(Column::To));
        Ok(Rate {
            destination: self.cell(Column::Destination).unwrap_or(&prefix).to_owned(),
            prefix,
            country: self.read(Column::Country, cell::country)?,
            kind: self.read(Column::Kind, cell::kind)?.unwrap_or(Kind::Fixed),
            increments: self.read(Column::Increments, cell::increments)?.unwrap_or(Increments::MINUTES),
            price: Price { minimum, ..price },
            reseller: self.price(Column::ResellerPrice, Column::ResellerFee)?,
            cost: self.price(Column::Cost, Column::CostFee)?,
            blocked,
            window: window.map_err(|fault| (Some(Column::Days), fault))?,
        })
    }

    fn price(&self, per_minute: Column, fee: Column) -> Result<Option<Price>, Fault> {
        let amount = |text: &str| cell::amount(text, self.point);
        let (per_minute, fee) = (self.read(per_minute, amount)?, self.read(fee, amount)?);
        let price = |per_minute| Price { per_minute, connection_fee: fee.unwrap_or_default(), ..Price::default() };
        Ok(per_minute.map(price))
    }
}

impl Sheet {
    fn fault(&mut self, line: u32, column: Option<Column>, fault: &RowFault) {
        self.n_faults = self.n_faults.saturating_add(1);
        if self.faults.len() < DECK_FAULTS_MAX {
            self.faults.push(BadRow { line, fault: LineFault::by_rule(column.map(Column::name), fault) });
        }
    }

    /// Rows of one prefix must hold at different times; times that none of them holds are priced by a shorter prefix.
    fn check_together(&mut self, lines: &[u32]) {
        let mut order: Vec<usize> = (0..self.rates.len()).collect();
        order.sort_by(|a, b| self.prefix(*a).cmp(self.prefix(*b)).then(a.cmp(b)));
        let mut clashes = Vec::new();
        let mut gaps = Vec::new();
        for same in order.chunk_by(|a, b| self.prefix(*a) == self.prefix(*b)) {
            let window = |row: &usize| self.rates.get(*row).and_then(|rate| rate.window);
            let line = |row: usize| lines.get(row).copied().unwrap_or_default();
            for (place, row) in same.iter().enumerate() {
                let earlier = same.iter().take(place).find(|other| overlap(window(other), window(row)));
                if let Some(first) = earlier {
                    clashes.push((line(*row), RowFault::Twice { first: line(*first) }));
                }
            }
            if let (Some(row), true) = (same.first(), same.iter().all(|row| window(row).is_some())) {
                gaps.push((line(*row), RowFault::Gap));
            }
        }
        for (line, fault) in clashes {
            self.fault(line, Some(Column::Prefix), &fault);
        }
        for (line, fault) in gaps.into_iter().take(DECK_FAULTS_MAX) {
            let fault = LineFault::by_rule(Some(Column::Days.name()), &fault);
            self.warnings.push(BadRow { line, fault });
        }
    }

    fn prefix(&self, row: usize) -> &str {
        self.rates.get(row).map_or("", |rate| rate.prefix.as_str())
    }
}

/// Whether two rows of one prefix would hold at the same time. One without a window gives way to one with.
fn overlap(a: Option<Window>, b: Option<Window>) -> bool {
    match (a, b) {
        (None, None) => true,
        (None, Some(_)) | (Some(_), None) => false,
        (Some(a), Some(b)) => cell::minutes_of_week(a).any(|(from, to)| {
            cell::minutes_of_week(b).any(|(other_from, other_to)| from < other_to && other_from < to)
        }),
    }
}

fn text_of(bytes: &[u8]) -> Result<&str, FileFault> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = str::from_utf8(bytes).map_err(|_| FileFault::NotUtf8)?;
    if text.contains('\0') { Err(FileFault::NotUtf8) } else { Ok(text) }
}

fn columns_of(header: &csv::StringRecord) -> Result<BTreeMap<Column, usize>, FileFault> {
    let mut columns = BTreeMap::new();
    for (index, name) in header.iter().enumerate() {
        let plain = name.to_ascii_lowercase().replace([' ', '-'], "_");
        let column = Column::find(&plain).ok_or_else(|| FileFault::UnknownColumn {
            name: name.chars().take(40).collect(),
            known: KNOWN.join(", "),
        })?;
        if columns.insert(column, index).is_some() {
            return Err(FileFault::ColumnTwice { name: column.name() });
        }
    }
    for column in [Column::Prefix, Column::Price] {
        if !columns.contains_key(&column) {
            return Err(FileFault::MissingColumn { name: column.name() });
        }
    }
    Ok(columns)
}
