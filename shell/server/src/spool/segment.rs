//! Segment files, and the disk that they are on.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

/// Work for a thread that may wait for the disk.
pub type SyncWork = Box<dyn FnOnce() -> io::Result<()> + Send>;

/// Where segments are kept. Tests give one that is full.
pub trait Disk: Send + 'static {
    type Segment: Write + Send;
    /// Numbers of the segments that are there, in order.
    fn list(&self) -> io::Result<Vec<u64>>;
    fn read(&self, segment: u64) -> io::Result<Vec<u8>>;
    fn create(&self, segment: u64) -> io::Result<Self::Segment>;
    /// Work after which what was written so far stays after a power cut. It takes as long as the disk wants to.
    fn sync(&self, segment: &Self::Segment) -> io::Result<SyncWork>;
    /// Cuts what a failed write left.
    fn cut(&self, segment: &mut Self::Segment, len: u64) -> io::Result<()>;
    fn remove(&self, segment: u64) -> io::Result<()>;
}

/// A directory of a file system.
pub struct Files {
    dir: PathBuf,
}

impl Files {
    pub(super) fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    fn path(&self, segment: u64) -> PathBuf {
        self.dir.join(format!("records-{segment:012}.spool"))
    }
}

impl Disk for Files {
    type Segment = File;

    fn list(&self) -> io::Result<Vec<u64>> {
        let mut segments = Vec::new();
        for entry in std::fs::read_dir(&self.dir)? {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix("records-")?.strip_suffix(".spool"));
            segments.extend(number.and_then(|number| number.parse::<u64>().ok()));
        }
        segments.sort_unstable();
        Ok(segments)
    }

    fn read(&self, segment: u64) -> io::Result<Vec<u8>> {
        std::fs::read(self.path(segment))
    }

    fn create(&self, segment: u64) -> io::Result<File> {
        OpenOptions::new().create_new(true).append(true).open(self.path(segment))
    }

    fn sync(&self, segment: &File) -> io::Result<SyncWork> {
        let (file, dir) = (segment.try_clone()?, File::open(&self.dir)?);
        // The name must be there after a power cut, too; that costs nothing when it is already.
        Ok(Box::new(move || file.sync_data().and_then(|()| dir.sync_all())))
    }

    fn cut(&self, segment: &mut File, len: u64) -> io::Result<()> {
        segment.set_len(len)
    }

    fn remove(&self, segment: u64) -> io::Result<()> {
        std::fs::remove_file(self.path(segment))
    }
}
