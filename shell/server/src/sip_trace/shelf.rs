//! Ladders on the disk: appended to files one after the other, of which the oldest go when all are too large.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use phone::id::CallId;
use serde::Deserialize;

use super::ladder::Ladder;

/// Files that all together have: when the oldest goes, so much goes.
const FILES: u64 = 16;
const EXTENSION: &str = "ladders";

/// Where ladders lie.
pub struct Shelf {
    dir: PathBuf,
    bytes_max: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    places: HashMap<CallId, Place>,
    /// What each file has, by its number.
    files: BTreeMap<u64, Written>,
    open: Option<(u64, File)>,
}

#[derive(Clone, Copy)]
struct Place {
    file: u64,
    offset: u64,
    n_bytes: usize,
}

#[derive(Default)]
struct Written {
    n_bytes: u64,
    calls: Vec<CallId>,
}

/// The beginning of a line.
#[derive(Deserialize)]
struct Beginning {
    call: CallId,
}

impl Shelf {
    /// Finds what is there. The directory is made if it is not.
    pub fn open(dir: PathBuf, bytes_max: u64) -> io::Result<Self> {
        fs::create_dir_all(&dir)?;
        let mut state = State::default();
        for entry in fs::read_dir(&dir)? {
            let path = entry?.path();
            let number = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
            if let (Some(number), true) = (number, path.extension().is_some_and(|found| found == EXTENSION)) {
                state.read(number, &path)?;
            }
        }
        let shelf = Self { dir, bytes_max, state: Mutex::new(state) };
        shelf.drop_oldest(&mut shelf.state());
        Ok(shelf)
    }

    /// Keeps a ladder.
    pub fn append(&self, ladder: &Ladder) -> io::Result<()> {
        let mut line = serde_json::to_vec(ladder)?;
        line.push(b'\n');
        let mut state = self.state();
        let state = &mut *state;
        let newest = state.files.last_key_value().map(|(number, written)| (*number, written.n_bytes));
        let number = match (newest, &state.open) {
            (Some((number, n_bytes)), Some(_)) if n_bytes < self.bytes_max / FILES => number,
            // What a crash cut off is left alone.
            (Some((number, _)), _) => number.saturating_add(1),
            (None, _) => 1,
        };
        if state.open.as_ref().is_none_or(|(open, _)| *open != number) {
            let file = OpenOptions::new().create(true).append(true).open(self.path(number))?;
            state.open = Some((number, file));
        }
        let Some((_, file)) = &mut state.open else { return Ok(()) };
        file.write_all(&line)?;
        let written = state.files.entry(number).or_default();
        state.places.insert(ladder.call, Place { file: number, offset: written.n_bytes, n_bytes: line.len() });
        written.calls.push(ladder.call);
        written.n_bytes = written.n_bytes.saturating_add(line.len() as u64);
        self.drop_oldest(state);
        Ok(())
    }

    /// The ladder of a call, if it is there.
    pub fn read(&self, call: CallId) -> io::Result<Option<Ladder>> {
        let Some(place) = self.state().places.get(&call).copied() else { return Ok(None) };
        let mut file = match File::open(self.path(place.file)) {
            // It went a moment ago.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        file.seek(SeekFrom::Start(place.offset))?;
        let mut line = vec![0; place.n_bytes];
        file.read_exact(&mut line)?;
        Ok(serde_json::from_slice(&line).ok())
    }

    fn drop_oldest(&self, state: &mut State) {
        let total = |state: &State| state.files.values().map(|written| written.n_bytes).sum::<u64>();
        while 1 < state.files.len() && self.bytes_max < total(state) {
            let Some((number, gone)) = state.files.pop_first() else { return };
            for call in gone.calls {
                if state.places.get(&call).is_some_and(|place| place.file == number) {
                    state.places.remove(&call);
                }
            }
            if let Err(error) = fs::remove_file(self.path(number)) {
                tracing::warn!(%error, "an old file of ladders can't be removed");
            }
        }
    }

    fn path(&self, number: u64) -> PathBuf {
        self.dir.join(format!("{number:08}.{EXTENSION}"))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Finds the ladders in a file. A last line that was cut off by a crash ends it.
    fn read(&mut self, number: u64, path: &Path) -> io::Result<()> {
        let mut reader = BufReader::new(File::open(path)?);
        let written = self.files.entry(number).or_default();
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line)? != 0 {
            if line.ends_with(b"\n")
                && let Ok(Beginning { call }) = serde_json::from_slice(&line)
            {
                self.places.insert(call, Place { file: number, offset: written.n_bytes, n_bytes: line.len() });
                written.calls.push(call);
            }
            written.n_bytes = written.n_bytes.saturating_add(line.len() as u64);
            line.clear();
        }
        Ok(())
    }
}
