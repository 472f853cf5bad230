//! Tables that people import: comma or semicolon separated, with a header, as spreadsheets write them. RFC 4180.
//!
//! A fault of the whole file refuses it; a fault of a row is that row's alone, named by line and column.

use std::collections::{BTreeMap, BTreeSet};

use crate::limits::{CELL_CHARS_MAX, IMPORTED_ROWS_MAX};
use crate::order::LineFault;
use crate::rule::Broken;

/// A column that an import knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// As in the header.
    pub name: &'static str,
    pub need: Need,
    pub content: Content,
}

/// Whether a cell must be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Optional,
    Required,
    /// Required, and different in each row.
    Key,
}

/// What cells hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Telephone numbers, which begin with `+`.
    Number,
    /// What an export tells and an import reads past.
    Told,
    /// Words. What a spreadsheet would take for a formula is refused, since somebody else opens the export.
    Text,
}

/// One row, by column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it begins in the file; the header is usually line 1.
    pub line: u32,
    cells: BTreeMap<&'static str, String>,
}

/// A row that can't be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    pub line: u32,
    pub fault: LineFault,
}

/// Why a file can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("line {line} is not UTF-8")]
    NotUtf8 { line: u32 },
    #[error("the file has no header and no rows")]
    Empty,
    #[error("the file has a header but no rows")]
    NoRows,
    #[error("there is no column named {name}")]
    UnknownColumn { name: String, known: String },
    #[error("the column {name} is there twice")]
    ColumnTwice { name: &'static str },
    #[error("the column {name} is missing")]
    MissingColumn { name: &'static str },
    #[error("the file has more than {IMPORTED_ROWS_MAX} rows")]
    TooManyRows,
}

/// Why a row can't be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowRefusal {
    #[error("the row has {n_cells} cells, the header has {n_columns}")]
    CellCount { n_cells: usize, n_columns: usize },
    #[error("{column} is empty")]
    Missing { column: &'static str },
    #[error("{column} begins like a formula")]
    Formula { column: &'static str },
    #[error("{column} has a line break or another control character in it, or is longer than {CELL_CHARS_MAX}")]
    Malformed { column: &'static str },
    #[error("{column} is {value}, as in line {first}")]
    Duplicate { column: &'static str, value: String, first: u32 },
}

/// A cell that is to be `true` or `false` and is something else.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{written} is neither true nor false")]
pub struct NeitherYesNorNo {
    written: String,
}

impl NeitherYesNorNo {
    /// The refusal as a line's fault.
    pub fn fault(&self, column: &str) -> LineFault {
        LineFault::by_rule(Some(column), self)
    }
}

/// Reads a file with a header. Columns may be in any order; a name that is not known is refused, so that a typo loses
/// nothing silently.
pub fn read(bytes: &[u8], columns: &[Column]) -> Result<Vec<Result<Row, BadRow>>, Refusal> {
    let text = decode(bytes)?;
    let mut records = records(text)?.into_iter();
    let header = records.next().ok_or(Refusal::Empty)?;
    let header = read_header(&header.cells, columns)?;
    let mut keys = BTreeMap::new();
    let rows: Vec<_> = records.map(|record| read_row(record, &header, &mut keys)).collect();
    if rows.is_empty() { Err(Refusal::NoRows) } else { Ok(rows) }
}

/// What a cell says that is `true` or `false`, in whatever letters.
pub fn yes_or_no(cell: &str) -> Result<bool, NeitherYesNorNo> {
    match cell.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(NeitherYesNorNo { written: cell.chars().take(10).collect() }),
    }
}

/// A text as a cell that no spreadsheet takes for a formula; [`read`] takes the mark away again.
pub fn neutral(text: &str) -> String {
    if looks_like_formula(text) { format!("'{text}") } else { text.to_owned() }
}

impl Row {
    /// What a cell says; none if it is empty or its column is not there.
    pub fn cell(&self, column: &str) -> Option<&str> {
        self.cells.get(column).map(String::as_str)
    }
}

struct Record {
    line: u32,
    cells: Vec<String>,
}

fn decode(bytes: &[u8]) -> Result<&str, Refusal> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        Refusal::NotUtf8 { line: 1_u32.saturating_add(n_breaks(good)) }
    })?;
    // UTF-16 of plain letters is also UTF-8, with a zero beside each.
    match text.find('\0') {
        Some(at) => Err(Refusal::NotUtf8 { line: 1_u32.saturating_add(n_breaks(text[..at].as_bytes())) }),
        None => Ok(text),
    }
}

fn records(text: &str) -> Result<Vec<Record>, Refusal> {
    let header = text.lines().find(|line| !line.trim().is_empty()).ok_or(Refusal::Empty)?;
    let delimiter = if header.matches(';').count() > header.matches(',').count() { b';' } else { b',' };
    let bytes = text.as_bytes();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let mut records = Vec::new();
    let (mut line, mut counted) = (1_u32, 0);
    for record in reader.records() {
        // The text is UTF-8 and every count of cells is taken, so nothing is left that could fail.
        let Ok(record) = record else { continue };
        let begin = record.position().map_or(counted, |at| usize::try_from(at.byte()).unwrap_or(counted));
        let blank = bytes.get(begin..).unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let begin = begin.saturating_add(blank.count());
        line = line.saturating_add(n_breaks(bytes.get(counted..begin).unwrap_or_default()));
        counted = begin;
        if record.iter().all(str::is_empty) {
            continue;
        }
        // One is the header.
        if records.len() > IMPORTED_ROWS_MAX {
            return Err(Refusal::TooManyRows);
        }
        records.push(Record { line, cells: record.iter().map(str::to_owned).collect() });
    }
    Ok(records)
}

fn read_header(cells: &[String], columns: &[Column]) -> Result<Vec<Column>, Refusal> {
    let mut header = Vec::with_capacity(cells.len());
    let mut seen = BTreeSet::new();
    for name in cells {
        let known = columns.iter().find(|column| column.name.eq_ignore_ascii_case(name));
        let column = known.ok_or_else(|| Refusal::UnknownColumn {
            name: name.chars().take(40).collect(),
            known: columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", "),
        })?;
        if !seen.insert(column.name) {
            return Err(Refusal::ColumnTwice { name: column.name });
        }
        header.push(*column);
    }
    match columns.iter().find(|column| column.need != Need::Optional && !seen.contains(column.name)) {
        Some(column) => Err(Refusal::MissingColumn { name: column.name }),
        None => Ok(header),
    }
}

/// Values of key columns that were seen, in small letters, with the line of the first.
type Keys = BTreeMap<(&'static str, String), u32>;

fn read_row(record: Record, header: &[Column], keys: &mut Keys) -> Result<Row, BadRow> {
    let line = record.line;
    let (n_cells, n_columns) = (record.cells.len(), header.len());
    if n_cells != n_columns {
        return Err(bad(line, None, &RowRefusal::CellCount { n_cells, n_columns }));
    }
    let mut cells = BTreeMap::new();
    for (column, cell) in header.iter().zip(record.cells) {
        let cell = read_cell(*column, cell).map_err(|refusal| bad(line, Some(column.name), &refusal))?;
        if let Some(cell) = cell {
            cells.insert(column.name, cell);
        }
    }
    // Only a row that is fine takes its keys: one that is not shadows no other.
    for column in header.iter().filter(|column| column.need == Need::Key) {
        let Some(value) = cells.get(column.name) else { continue };
        if let Some(first) = keys.get(&(column.name, value.to_lowercase())) {
            let refusal = RowRefusal::Duplicate { column: column.name, value: value.clone(), first: *first };
            return Err(bad(line, Some(column.name), &refusal));
        }
    }
    for column in header.iter().filter(|column| column.need == Need::Key) {
        if let Some(value) = cells.get(column.name) {
            keys.insert((column.name, value.to_lowercase()), line);
        }
    }
    Ok(Row { line, cells })
}

fn read_cell(column: Column, cell: String) -> Result<Option<String>, RowRefusal> {
    let Column { name, need, content } = column;
    if content == Content::Told {
        return Ok(None);
    }
    if cell.is_empty() {
        return match need {
            Need::Optional => Ok(None),
            Need::Required | Need::Key => Err(RowRefusal::Missing { column: name }),
        };
    }
    if cell.chars().any(char::is_control) || cell.chars().count() > CELL_CHARS_MAX {
        return Err(RowRefusal::Malformed { column: name });
    }
    let neutral = cell.strip_prefix('\'').filter(|rest| looks_like_formula(rest) || content == Content::Number);
    match (content, neutral) {
        (_, Some(text)) => Ok(Some(text.to_owned())),
        (Content::Text, None) if looks_like_formula(&cell) => Err(RowRefusal::Formula { column: name }),
        (Content::Text | Content::Number | Content::Told, None) => Ok(Some(cell)),
    }
}

/// What spreadsheets compute. A telephone number is no formula.
fn looks_like_formula(text: &str) -> bool {
    let is_number = || text.strip_prefix('+').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number()
}

fn bad(line: u32, column: Option<&str>, refusal: &RowRefusal) -> BadRow {
    BadRow { line, fault: LineFault::by_rule(column, refusal) }
}

/// Lines end in LF, in CR and LF, or in CR alone.
fn n_breaks(bytes: &[u8]) -> u32 {
    let n_ends = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    let n_pairs = bytes.windows(2).filter(|pair| *pair == b"\r\n").count();
    u32::try_from(n_ends.saturating_sub(n_pairs)).unwrap_or(u32::MAX)
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } => "csv.not_utf8",
            Self::Empty => "csv.empty",
            Self::NoRows => "csv.no_rows",
            Self::UnknownColumn { .. } => "csv.unknown_column",
            Self::ColumnTwice { .. } => "csv.column_twice",
            Self::MissingColumn { .. } => "csv.missing_column",
            Self::TooManyRows => "csv.too_many_rows",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::NotUtf8 { .. } => "save it again as CSV with the encoding UTF-8".to_owned(),
            Self::Empty | Self::NoRows => "send a header and at least one row".to_owned(),
            Self::UnknownColumn { known, .. } => format!("name the columns {known}"),
            Self::ColumnTwice { .. } => "leave one of them out".to_owned(),
            Self::MissingColumn { .. } => "add it; the header is the first line".to_owned(),
            Self::TooManyRows => format!("send at most {IMPORTED_ROWS_MAX} in one file"),
        }
    }

    fn is_conflict(&self) -> bool {
        false
    }
}

impl Broken for NeitherYesNorNo {
    fn code(&self) -> &'static str {
        "csv.neither_true_nor_false"
    }

    fn fix(&self) -> String {
        "write true or false, or leave it empty".to_owned()
    }

    fn is_conflict(&self) -> bool {
        false
    }
}

impl Broken for RowRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::CellCount { .. } => "csv.cell_count",
            Self::Missing { .. } => "csv.cell_missing",
            Self::Formula { .. } => "csv.cell_formula",
            Self::Malformed { .. } => "csv.cell_malformed",
            Self::Duplicate { .. } => "csv.duplicate",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::CellCount { .. } => "put cells with separators in them between quotes, and close every quote",
            Self::Missing { .. } => "fill it",
            Self::Formula { .. } => "let it begin with another character",
            Self::Malformed { .. } => "write it shorter and on one line, and close every quote",
            Self::Duplicate { .. } => "leave one of the rows out",
        }
        .to_owned()
    }

    fn is_conflict(&self) -> bool {
        false
    }
}
