//! The file: lines of JSON, and the bytes of each prompt after the line that names it. The last line has a checksum of
//! all that is before it, so that what was cut off or changed is noticed.

use std::io::{BufRead, Read as _, Write};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{BackupError, Extent, Header};

/// The longest line: one row, whose documents are far smaller.
const LINE_BYTES_MAX: u64 = 64 << 20;
/// The largest prompt; uploads are smaller.
const PROMPT_BYTES_MAX: u64 = 1 << 30;

/// Something in a backup.
pub(super) enum Part {
    /// What follows are rows of this table.
    Table {
        name: String,
        columns: Vec<String>,
    },
    Row(Vec<Value>),
    Prompt {
        key: Uuid,
        bytes: Vec<u8>,
    },
}

/// A line that is not a row.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Line {
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    columns: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<End>,
}

#[derive(Serialize, Deserialize)]
struct End {
    rows: u64,
    prompts: u64,
    sha256: String,
}

pub(super) struct Writer<W: Write> {
    out: W,
    digest: Sha256,
    extent: Extent,
}

impl<W: Write> Writer<W> {
    pub(super) fn begin(out: W, header: &Header) -> Result<Self, BackupError> {
        let mut writer = Self { out, digest: Sha256::new(), extent: Extent::default() };
        writer.line(header)?;
        Ok(writer)
    }

    pub(super) fn table(&mut self, name: &str, columns: &[&'static str]) -> Result<(), BackupError> {
        let columns = columns.iter().map(|name| (*name).to_owned()).collect();
        self.line(&Line { table: Some(name.to_owned()), columns, ..Line::default() })
    }

    pub(super) fn row(&mut self, cells: &[Value]) -> Result<(), BackupError> {
        self.extent.n_rows += 1;
        self.line(&cells)
    }

    pub(super) fn prompt(&mut self, key: Uuid, bytes: &[u8]) -> Result<(), BackupError> {
        self.extent.n_prompts += 1;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.line(&Line { prompt: Some(key), size: Some(size), ..Line::default() })?;
        self.bytes(bytes)?;
        self.bytes(b"\n")
    }

    pub(super) fn extent(&self) -> Extent {
        self.extent
    }

    pub(super) fn finish(mut self) -> Result<Extent, BackupError> {
        let sha256 = hex(&self.digest.clone().finalize());
        let end = End { rows: self.extent.n_rows, prompts: self.extent.n_prompts, sha256 };
        self.line(&Line { end: Some(end), ..Line::default() })?;
        self.out.flush()?;
        Ok(self.extent)
    }

    fn line<T: Serialize>(&mut self, value: &T) -> Result<(), BackupError> {
        let mut text = serde_json::to_vec(value).map_err(std::io::Error::from)?;
        text.push(b'\n');
        self.bytes(&text)
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), BackupError> {
        self.digest.update(bytes);
        Ok(self.out.write_all(bytes)?)
    }
}

pub(super) struct Reader<R: BufRead> {
    file: R,
    digest: Sha256,
    extent: Extent,
    n_lines: u64,
}

impl<R: BufRead> Reader<R> {
    pub(super) fn begin(file: R) -> Result<(Header, Self), BackupError> {
        let mut reader = Self { file, digest: Sha256::new(), extent: Extent::default(), n_lines: 0 };
        let line = reader.line().map_err(|_| BackupError::Stranger)?;
        // What a later format has in its header is not known: its number and program are.
        let value: Value = serde_json::from_slice(&line).map_err(|_| BackupError::Stranger)?;
        let format = value["trunkline_backup"].as_u64().ok_or(BackupError::Stranger)?;
        if format != u64::from(super::FORMAT) {
            return Err(BackupError::Newer { program: value["program"].as_str().unwrap_or("unknown").to_owned() });
        }
        let header = serde_json::from_value(value).map_err(|error| reader.damaged(error.to_string()))?;
        reader.digest.update(&line);
        Ok((header, reader))
    }

    /// The next part; none at the end, where the checksum is right.
    pub(super) fn next(&mut self) -> Result<Option<Part>, BackupError> {
        let line = self.line()?;
        if line.starts_with(b"[") {
            self.digest.update(&line);
            self.extent.n_rows += 1;
            let cells = serde_json::from_slice(&line).map_err(|error| self.damaged(error.to_string()))?;
            return Ok(Some(Part::Row(cells)));
        }
        let found: Line = serde_json::from_slice(&line).map_err(|error| self.damaged(error.to_string()))?;
        if let Some(end) = found.end {
            return self.end(&end).map(|()| None);
        }
        self.digest.update(&line);
        match (found.table, found.prompt, found.size) {
            (Some(name), None, None) => Ok(Some(Part::Table { name, columns: found.columns })),
            (None, Some(key), Some(size)) if size <= PROMPT_BYTES_MAX => {
                self.extent.n_prompts += 1;
                Ok(Some(Part::Prompt { key, bytes: self.prompt(size)? }))
            }
            _ => Err(self.damaged("a line that says nothing")),
        }
    }

    pub(super) fn extent(&self) -> Extent {
        self.extent
    }

    pub(super) fn damaged(&self, what: impl std::fmt::Display) -> BackupError {
        BackupError::Damaged { what: format!("line {}: {what}", self.n_lines) }
    }

    fn end(&mut self, end: &End) -> Result<(), BackupError> {
        if hex(&self.digest.clone().finalize()) != end.sha256 {
            return Err(BackupError::Damaged { what: "its checksum is another".to_owned() });
        }
        if (end.rows, end.prompts) != (self.extent.n_rows, self.extent.n_prompts) {
            return Err(BackupError::Damaged { what: "its end counts otherwise".to_owned() });
        }
        match self.file.fill_buf()?.is_empty() {
            true => Ok(()),
            false => Err(BackupError::Damaged { what: "there is more after its end".to_owned() }),
        }
    }

    fn prompt(&mut self, size: u64) -> Result<Vec<u8>, BackupError> {
        let mut bytes = Vec::new();
        // One more: the end of the line.
        let n_read = self.file.by_ref().take(size.saturating_add(1)).read_to_end(&mut bytes)?;
        if u64::try_from(n_read).ok() != size.checked_add(1) || bytes.last() != Some(&b'\n') {
            return Err(self.damaged("the sound of a prompt is cut off"));
        }
        self.digest.update(&bytes);
        bytes.pop();
        Ok(bytes)
    }

    /// A line with its end.
    fn line(&mut self) -> Result<Vec<u8>, BackupError> {
        let mut line = Vec::new();
        self.n_lines += 1;
        self.file.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line)?;
        match line.last() {
            Some(b'\n') => Ok(line),
            Some(_) | None => Err(self.damaged("it is cut off here")),
        }
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok().filter(|_| pair.len() == 2)).collect()
}
