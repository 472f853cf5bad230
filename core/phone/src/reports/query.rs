//! Queries by the names of the data dictionary that dashboards of voice apps know. Specification of voice apps, 4.3.
//!
//! A row is one pass of a call through one app, so that each hop of a chain is there.

mod dimension;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

pub use dimension::{Dimension, Names, Passed};

use super::share;
use crate::id::CallId;
use crate::record::segment::Pass;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    pub filters: Vec<Filter>,
    pub dimensions: Vec<Dimension>,
    pub measures: Vec<Measure>,
    /// Rows of the answer.
    pub n_rows_max: usize,
}

/// The same as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Written {
    pub filters: Vec<WrittenFilter>,
    pub dimensions: Vec<WrittenName>,
    pub measurements: Vec<WrittenName>,
    pub limit_result_rows_count: Option<usize>,
}

/// A filter as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct WrittenFilter {
    pub data_model_name: String,
    pub value: serde_json::Value,
    #[serde(default)]
    pub operand: u8,
}

/// A name alone, or in an object.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum WrittenName {
    Alone(String),
    Named {
        #[serde(rename = "DataModelName")]
        name: String,
    },
}

/// Rows that an answer has where nothing is said.
pub const ROWS_DEFAULT: usize = 90_000;
/// And at most.
pub const ROWS_MAX: usize = 200_000;

/// Something is not in the dictionary.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotKnown {
    #[error("{0} is no dimension of the dictionary")]
    Dimension(String),
    #[error("{0} is no measure of the dictionary")]
    Measure(String),
    #[error("{0} is no operand: 0 equals, 1 not, 2 contains, 3 begins, 4 to 7 compare, 8 contains not, 9 begins not")]
    Operand(u8),
    #[error("an answer has 1 to {ROWS_MAX} rows")]
    Rows,
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    pub dimension: Dimension,
    pub value: String,
    pub operand: Operand,
}

/// How a value is compared; texts without regard to capital letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    Equals,
    NotEquals,
    Contains,
    BeginsWith,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    NotContains,
    NotBeginsWith,
}

/// A figure that is reckoned over rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    AvgAutoAttendantChainDurationSeconds,
    AvgCallDuration,
    AvgCallQueueDurationSeconds,
    PstnTotalMinutes,
    TotalAudioStreamDuration,
    TotalCallCount,
}

/// A cell of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Number(f64),
    Text(String),
}

/// Rows that are being put together.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    groups: BTreeMap<Vec<String>, Sums>,
    is_cut: bool,
}

#[derive(Clone, Debug, Default)]
struct Sums {
    calls: BTreeSet<CallId>,
    call_secs: u64,
    audio_secs: u64,
    pstn_secs: u64,
    queue_ms: u64,
    n_queues: u64,
    attendant_ms: u64,
    n_attendants: u64,
}

impl Query {
    /// Reads what is written, against the dictionary.
    pub fn read(written: &Written) -> Result<Self, NotKnown> {
        let dimension = |name: &str| Dimension::parse(name).ok_or_else(|| NotKnown::Dimension(name.to_owned()));
        let filters = written.filters.iter().map(|filter| {
            Ok(Filter {
                dimension: dimension(&filter.data_model_name)?,
                value: filter.value.as_str().map_or_else(|| filter.value.to_string(), str::to_owned),
                operand: Operand::of(filter.operand).ok_or(NotKnown::Operand(filter.operand))?,
            })
        });
        let measure = |name: &str| Measure::parse(name).ok_or_else(|| NotKnown::Measure(name.to_owned()));
        let n_rows_max = written.limit_result_rows_count.unwrap_or(ROWS_DEFAULT);
        if !(1..=ROWS_MAX).contains(&n_rows_max) {
            return Err(NotKnown::Rows);
        }
        Ok(Self {
            filters: filters.collect::<Result<_, _>>()?,
            dimensions: written.dimensions.iter().map(|it| dimension(it.name())).collect::<Result<_, _>>()?,
            measures: written.measurements.iter().map(|it| measure(it.name())).collect::<Result<_, _>>()?,
            n_rows_max,
        })
    }
}

impl WrittenName {
    fn name(&self) -> &str {
        match self {
            Self::Alone(name) | Self::Named { name } => name,
        }
    }
}

impl Filter {
    /// Whether a row is wanted.
    pub fn fits(&self, passed: &Passed<'_>, names: &dyn Names) -> bool {
        let (value, wanted) = (self.dimension.value(passed, names).to_lowercase(), self.value.to_lowercase());
        let order = match (value.parse::<f64>(), wanted.parse::<f64>()) {
            (Ok(value), Ok(wanted)) => value.partial_cmp(&wanted).unwrap_or(Ordering::Equal),
            (_, _) => value.cmp(&wanted),
        };
        match self.operand {
            Operand::Equals => order.is_eq(),
            Operand::NotEquals => order.is_ne(),
            Operand::Contains => value.contains(&wanted),
            Operand::BeginsWith => value.starts_with(&wanted),
            Operand::Greater => order.is_gt(),
            Operand::GreaterOrEqual => order.is_ge(),
            Operand::Less => order.is_lt(),
            Operand::LessOrEqual => order.is_le(),
            Operand::NotContains => !value.contains(&wanted),
            Operand::NotBeginsWith => !value.starts_with(&wanted),
        }
    }
}

impl Operand {
    /// The operand of a number of the dictionary.
    pub fn of(number: u8) -> Option<Self> {
        const ALL: [Operand; 10] = [
            Operand::Equals,
            Operand::NotEquals,
            Operand::Contains,
            Operand::BeginsWith,
            Operand::Greater,
            Operand::GreaterOrEqual,
            Operand::Less,
            Operand::LessOrEqual,
            Operand::NotContains,
            Operand::NotBeginsWith,
        ];
        ALL.get(usize::from(number)).copied()
    }
}

impl Measure {
    const ALL: [Self; 6] = [
        Self::AvgAutoAttendantChainDurationSeconds,
        Self::AvgCallDuration,
        Self::AvgCallQueueDurationSeconds,
        Self::PstnTotalMinutes,
        Self::TotalAudioStreamDuration,
        Self::TotalCallCount,
    ];

    /// Its name in the dictionary.
    pub fn name(self) -> &'static str {
        match self {
            Self::AvgAutoAttendantChainDurationSeconds => "AvgAutoAttendantChainDurationSeconds",
            Self::AvgCallDuration => "AvgCallDuration",
            Self::AvgCallQueueDurationSeconds => "AvgCallQueueDurationSeconds",
            Self::PstnTotalMinutes => "PSTNTotalMinutes",
            Self::TotalAudioStreamDuration => "TotalAudioStreamDuration",
            Self::TotalCallCount => "TotalCallCount",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.name().eq_ignore_ascii_case(name))
    }

    fn of(self, sums: &Sums) -> f64 {
        let n_calls = u64::try_from(sums.calls.len()).unwrap_or(u64::MAX);
        let mean = |sum, n| share(sum, n).unwrap_or(0.0);
        match self {
            Self::AvgAutoAttendantChainDurationSeconds => mean(sums.attendant_ms, sums.n_attendants) / 1_000.0,
            Self::AvgCallDuration => mean(sums.call_secs, n_calls),
            Self::AvgCallQueueDurationSeconds => mean(sums.queue_ms, sums.n_queues) / 1_000.0,
            Self::PstnTotalMinutes => mean(sums.pstn_secs, 60),
            Self::TotalAudioStreamDuration => mean(sums.audio_secs, 1),
            Self::TotalCallCount => mean(n_calls, 1),
        }
    }
}

impl Answer {
    /// Takes a row, if it is wanted.
    pub fn take(&mut self, query: &Query, passed: &Passed<'_>, names: &dyn Names) {
        if !query.filters.iter().all(|filter| filter.fits(passed, names)) {
            return;
        }
        let key: Vec<String> = query.dimensions.iter().map(|dimension| dimension.value(passed, names)).collect();
        if query.n_rows_max <= self.groups.len() && !self.groups.contains_key(&key) {
            self.is_cut = true;
            return;
        }
        self.groups.entry(key).or_default().take(passed);
    }

    /// Whether there were more rows than were asked for.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The rows: dimensions, then measures, in the order in which they were asked for.
    pub fn rows(&self, query: &Query) -> Vec<Vec<Cell>> {
        let row = |(key, sums): (&Vec<String>, &Sums)| {
            let dimensions = key.iter().cloned().map(Cell::Text);
            dimensions.chain(query.measures.iter().map(|measure| Cell::Number(measure.of(sums)))).collect()
        };
        self.groups.iter().map(row).collect()
    }
}

impl Sums {
    fn take(&mut self, passed: &Passed<'_>) {
        let record = passed.record;
        if self.calls.insert(record.id) {
            let secs = u64::try_from(record.ended_at.duration_since(record.started_at).as_secs()).unwrap_or(0);
            self.call_secs += secs;
            self.audio_secs += u64::from(record.talk_seconds);
            if passed.is_outside() {
                self.pstn_secs += secs;
            }
        }
        let Some(segment) = passed.segment() else { return };
        let ms = u64::try_from(segment.lasted_ms(record.ended_at)).unwrap_or(0);
        match &segment.pass {
            Pass::Attendant(_) => {
                self.attendant_ms += ms;
                self.n_attendants += 1;
            }
            Pass::Queue(_) => {
                self.queue_ms += ms;
                self.n_queues += 1;
            }
            Pass::Callback(_) | Pass::Mailbox(_) => {}
        }
    }
}
