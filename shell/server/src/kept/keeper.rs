//! The thread that writes calls down.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::Receiver;

use phone::id::CallId;
use switch::keeping::KeptCall;

use super::Note;
use super::file;

/// The folder of calls that are kept.
#[derive(Debug)]
pub struct Keeper {
    dir: PathBuf,
}

impl Keeper {
    /// Makes the folder if it is not there.
    pub fn open(dir: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&dir)?;
        Ok(Self { dir })
    }

    /// What the process before left, those who came first at the front. A file that can't be read is removed.
    pub fn left(&self) -> io::Result<Vec<KeptCall>> {
        let mut calls = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let path = entry?.path();
            match fs::read(&path).ok().and_then(|bytes| file::read(&bytes)) {
                Some(call) => calls.push(call),
                None => {
                    tracing::warn!(path = %path.display(), "what was kept of a call can't be read");
                    fs::remove_file(&path)?;
                }
            }
        }
        calls.sort_by_key(|call| (call.wait.arrived_at, call.id));
        Ok(calls)
    }

    /// Works until told to close. While the disk takes nothing, calls go on all the same.
    pub fn run(&self, notes: &Receiver<Note>) {
        let mut is_failing = false;
        while let Ok(note) = notes.recv() {
            let done = match note {
                Note::Keep(call) => self.keep(&call),
                Note::Forget(call) => self.forget(call),
                Note::Close => return,
            };
            match done {
                Ok(()) => is_failing = false,
                Err(error) if !is_failing => {
                    tracing::warn!(%error, "callers who wait would not outlive this process: they can't be written down");
                    is_failing = true;
                }
                Err(_) => {}
            }
        }
    }

    /// Whole or not at all: a killed process leaves no half of it. A power cut ends the calls themselves, so nothing is
    /// synced.
    fn keep(&self, call: &KeptCall) -> io::Result<()> {
        let new = self.dir.join(format!("{}.new", call.id));
        fs::write(&new, file::write(call)?)?;
        fs::rename(new, self.path(call.id))
    }

    fn forget(&self, call: CallId) -> io::Result<()> {
        match fs::remove_file(self.path(call)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }

    fn path(&self, call: CallId) -> PathBuf {
        self.dir.join(format!("{call}.json"))
    }
}
