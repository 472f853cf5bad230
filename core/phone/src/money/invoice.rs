//! Invoices: what calls of a time cost, what of it was paid from credit, and what is due with its tax. Specification of
//! numbers, 5.2.
//!
//! An invoice is made once and never changed. Its lines are in whole coins and add up; what rounding moves between them is
//! less than one coin each. Where a currency has a thousand coins, amounts are in tens of them: EN 16931 knows two digits, and
//! so what it would be without is stated beside.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::charge::Charge;
use super::funding::Source;
use super::payment::coin;
use crate::amount::{Currency, Micros};
use crate::rule::Broken;

/// How an organization is billed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Billing {
    /// Whether each month gets its invoice when it is over.
    #[serde(default)]
    pub monthly: bool,
    pub seller: Party,
    pub buyer: Party,
    #[serde(default)]
    pub taxes: Vec<Tax>,
}

/// Who sells or buys, as it stands on an invoice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    pub name: String,
    #[serde(default)]
    pub street: String,
    #[serde(default)]
    pub city: String,
    #[serde(default)]
    pub postal_code: String,
    /// ISO 3166 alpha-2.
    #[serde(default)]
    pub country: String,
    /// Such as `DE123456789`.
    #[serde(default)]
    pub tax_id: String,
}

/// A tax on what is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tax {
    /// Such as `VAT`.
    pub name: String,
    /// Hundredths of a percent: 1,900 is 19 %.
    pub basis_points: u32,
}

/// An invoice, as it was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    pub id: Uuid,
    /// Counts on without a gap.
    pub seq: u64,
    pub issued_at: Timestamp,
    /// The first day, and the last.
    pub first_day: Date,
    pub last_day: Date,
    /// The same as times; the second is exclusive.
    pub from: Timestamp,
    pub until: Timestamp,
    pub currency: Currency,
    pub seller: Party,
    pub buyer: Party,
    pub lines: Vec<Line>,
    /// What of the lines was paid from credit or by nobody else.
    pub paid_from_credit: Micros,
    pub taxes: Vec<TaxLine>,
    /// Lines less what was paid from credit.
    pub net: Micros,
    /// What is due.
    pub gross: Micros,
    /// What it would come to with all digits that the currency has, where that is something else.
    #[serde(default)]
    pub unrounded: Option<Micros>,
    /// It is a credit note for this, and no invoice.
    #[serde(default)]
    pub credits: Option<Credited>,
}

/// A payment that went back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credited {
    pub payment: Uuid,
    /// When it was asked for.
    pub paid_on: Date,
    #[serde(default)]
    pub how: How,
}

/// How a payment went back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    #[default]
    GivenBack,
    /// For who paid, who did not want it.
    TakenByBank,
}

impl How {
    /// As it stands on paper.
    pub fn words(self) -> &'static str {
        match self {
            Self::GivenBack => "Given back",
            Self::TakenByBank => "Taken back by the bank",
        }
    }
}

/// Calls to one destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub words: String,
    pub n_calls: u64,
    pub secs: u64,
    pub amount: Micros,
}

/// What one tax comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxLine {
    pub tax: Tax,
    pub on: Micros,
    pub amount: Micros,
}

/// Calls as they are added up.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    by_destination: BTreeMap<String, (u64, u64, Micros)>,
    from_credit: Micros,
}

/// Why there is no invoice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the time is not over yet, or ends before it begins")]
    NotOver,
    #[error("the invoice {number} has a part of this time already")]
    Taken { number: String },
    #[error("nothing was spent in this time")]
    Nothing,
    #[error("seller and buyer have no names")]
    NoParties,
    #[error("a tax has a name and is at most 100 percent; there are at most {TAXES_MAX}")]
    Tax,
}

/// Taxes of one invoice: those of a city, a state and a country.
pub const TAXES_MAX: usize = 5;
/// What of parties is written at most, in letters.
const PARTY_CHARS_MAX: usize = 120;

impl Billing {
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), Refusal> {
        let fits = |party: &Party| {
            let texts = [&party.name, &party.street, &party.city, &party.postal_code, &party.country, &party.tax_id];
            !party.name.trim().is_empty()
                && texts
                    .iter()
                    .all(|text| text.chars().count() <= PARTY_CHARS_MAX && !text.chars().any(char::is_control))
        };
        if !fits(&self.seller) || !fits(&self.buyer) {
            return Err(Refusal::NoParties);
        }
        let is_tax = |tax: &Tax| !tax.name.is_empty() && tax.name.len() <= 40 && tax.basis_points <= 10_000;
        if TAXES_MAX < self.taxes.len() || !self.taxes.iter().all(is_tax) { Err(Refusal::Tax) } else { Ok(()) }
    }
}

impl Sums {
    /// Adds what a call cost.
    pub fn add(&mut self, charge: &Charge) {
        let amount = charge.amount();
        if amount == Micros::ZERO {
            return;
        }
        let words = charge.destination.clone().unwrap_or_else(|| "Other calls".to_owned());
        let (n_calls, secs, sum) = self.by_destination.entry(words).or_default();
        *n_calls = n_calls.saturating_add(1);
        *secs = secs.saturating_add(charge.secs.into());
        *sum = sum.plus(amount);
        let of_credit = charge.segments.iter().filter(|segment| segment.source == Source::Credits);
        self.from_credit = self.from_credit.plus(of_credit.map(|segment| segment.amount).sum());
    }

    /// The invoice.
    pub fn invoice(self, head: Head, billing: &Billing) -> Result<Invoice, Refusal> {
        billing.check()?;
        if self.by_destination.is_empty() {
            return Err(Refusal::Nothing);
        }
        let currency = head.currency;
        let coin = coin_on_paper(currency);
        let exact: Vec<Micros> = self.by_destination.values().map(|(_, _, amount)| *amount).collect();
        let rounded = apportioned(&exact, coin);
        let lines = self.by_destination.into_iter().zip(&rounded);
        let lines: Vec<Line> =
            lines.map(|((words, (n_calls, secs, _)), amount)| Line { words, n_calls, secs, amount: *amount }).collect();
        let sum: Micros = rounded.iter().copied().sum();
        let paid_from_credit = to_coins(self.from_credit, coin).min(sum);
        let net = sum.minus(paid_from_credit);
        let taxes: Vec<TaxLine> = billing.taxes.iter().map(|tax| tax.on(net, coin)).collect();
        let gross = net.plus(taxes.iter().map(|line| line.amount).sum());
        let unrounded = unrounded(currency, gross, |coin| {
            let net = to_coins(exact.iter().copied().sum(), coin).minus(to_coins(self.from_credit, coin));
            net.plus(billing.taxes.iter().map(|tax| tax.on(net, coin).amount).sum())
        });
        Ok(Invoice { paid_from_credit, taxes, net, gross, unrounded, ..head.document(billing, lines) })
    }
}

/// The credit note for what went back of a payment. What is paid in is not taxed, and so is not what goes back.
pub fn credit_note(head: Head, billing: &Billing, credited: Credited, amount: Micros) -> Result<Invoice, Refusal> {
    billing.check()?;
    let words = format!("Credit paid in on {}, {}", credited.paid_on, credited.how.words().to_lowercase());
    let rounded = to_coins(amount, coin_on_paper(head.currency));
    let unrounded = unrounded(head.currency, rounded, |coin| to_coins(amount, coin));
    let lines = vec![Line { words, n_calls: 0, secs: 0, amount: rounded }];
    Ok(Invoice { net: rounded, gross: rounded, unrounded, credits: Some(credited), ..head.document(billing, lines) })
}

/// The smallest amount that stands on paper: a coin, and never less than a hundredth. EN 16931, BR-DEC
fn coin_on_paper(currency: Currency) -> i64 {
    const HUNDREDTH: i64 = 10_000;
    coin(currency).max(HUNDREDTH)
}

/// What something comes to in the smallest coins, where paper has larger ones and says something else.
fn unrounded(currency: Currency, on_paper: Micros, in_coins: impl FnOnce(i64) -> Micros) -> Option<Micros> {
    let coin = coin(currency);
    (coin < coin_on_paper(currency)).then(|| in_coins(coin)).filter(|exact| *exact != on_paper)
}

/// What stands above the lines.
#[derive(Clone, Debug)]
pub struct Head {
    pub id: Uuid,
    pub seq: u64,
    pub issued_at: Timestamp,
    pub days: (Date, Date),
    pub times: (Timestamp, Timestamp),
    pub currency: Currency,
}

impl Head {
    /// A document that has no sums yet.
    fn document(self, billing: &Billing, lines: Vec<Line>) -> Invoice {
        let Self { id, seq, issued_at, days: (first_day, last_day), times: (from, until), currency } = self;
        Invoice {
            id,
            seq,
            issued_at,
            first_day,
            last_day,
            from,
            until,
            currency,
            seller: billing.seller.clone(),
            buyer: billing.buyer.clone(),
            lines,
            paid_from_credit: Micros::ZERO,
            taxes: Vec::new(),
            net: Micros::ZERO,
            gross: Micros::ZERO,
            unrounded: None,
            credits: None,
        }
    }
}

impl Invoice {
    /// Such as `2026-000042`.
    pub fn number(&self) -> String {
        format!("{:04}-{:06}", self.first_day.year(), self.seq)
    }

    /// Whether it has a part of a time.
    pub fn is_of(&self, from: Timestamp, until: Timestamp) -> bool {
        self.credits.is_none() && self.from < until && from < self.until
    }

    /// All lines.
    pub fn sum(&self) -> Micros {
        self.lines.iter().map(|line| line.amount).sum()
    }
}

impl Tax {
    fn on(&self, net: Micros, coin: i64) -> TaxLine {
        let exact = i128::from(net.0) * i128::from(self.basis_points) / 10_000;
        let amount = to_coins(Micros(i64::try_from(exact).unwrap_or(i64::MAX)), coin);
        TaxLine { tax: self.clone(), on: net, amount }
    }

    /// Such as `19` or `7.75`.
    pub fn percent(&self) -> String {
        let (whole, part) = (self.basis_points / 100, self.basis_points % 100);
        if part == 0 { whole.to_string() } else { format!("{whole}.{part:02}").trim_end_matches('0').to_owned() }
    }
}

/// To whole coins, half of one up.
fn to_coins(amount: Micros, coin: i64) -> Micros {
    Micros(amount.plus(Micros(coin / 2)).0.div_euclid(coin).saturating_mul(coin))
}

/// Amounts in whole coins that add up to their sum in whole coins: those that lost most get what is missing.
fn apportioned(exact: &[Micros], coin: i64) -> Vec<Micros> {
    let sum = to_coins(exact.iter().copied().sum(), coin);
    let mut rounded: Vec<Micros> = exact.iter().map(|amount| Micros(amount.0.div_euclid(coin) * coin)).collect();
    let missing = sum.minus(rounded.iter().copied().sum()).0 / coin;
    let mut order: Vec<usize> = (0..exact.len()).collect();
    order.sort_by_key(|index| {
        let lost = exact.get(*index).map_or(0, |amount| amount.0.rem_euclid(coin));
        (std::cmp::Reverse(lost), *index)
    });
    for index in order.into_iter().take(usize::try_from(missing).unwrap_or_default()) {
        if let Some(amount) = rounded.get_mut(index) {
            *amount = amount.plus(Micros(coin));
        }
    }
    rounded
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotOver => "invoice.not_over",
            Self::Taken { .. } => "invoice.taken",
            Self::Nothing => "invoice.nothing",
            Self::NoParties => "invoice.no_parties",
            Self::Tax => "invoice.tax_malformed",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::NotOver => "give a time that lies in the past",
            Self::Taken { .. } => "begin where that invoice ends",
            Self::Nothing => "choose another time",
            Self::NoParties => "trunkline credit invoice billing --seller NAME --buyer NAME",
            Self::Tax => "write it as VAT=19 or VAT=7.75",
        }
        .to_owned()
    }

    fn is_conflict(&self) -> bool {
        matches!(self, Self::Taken { .. } | Self::Nothing | Self::NoParties)
    }
}
