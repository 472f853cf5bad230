//! Segment files, and the disk that they are on.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

/// Where segments are kept. Tests give one that is full.
pub(super) trait Disk: Send + 'static {
    type Segment: Write + Send;
    /// Numbers of the segments that are there, in order.
    fn list(&self) -> io::Result<Vec<u64>>;
    fn read(&self, segment: u64) -> io::Result<Vec<u8>>;
    fn create(&self, segment: u64) -> io::Result<Self::Segment>;
    /// What was written stays after a power cut.
    fn sync(&self, segment: &Self::Segment) -> io::Result<()>;
    /// Cuts what a failed write left.
    fn cut(&self, segment: &mut Self::Segment, len: u64) -> io::Result<()>;
    fn remove(&self, segment: u64) -> io::Result<()>;
}

/// A directory of a file system.
pub(super) struct Files {
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
        let file = OpenOptions::new().create_new(true).append(true).open(self.path(segment))?;
        // The name must be there after a power cut, too.
        File::open(&self.dir)?.sync_all()?;
        Ok(file)
    }

    fn sync(&self, segment: &File) -> io::Result<()> {
        segment.sync_data()
    }

    fn cut(&self, segment: &mut File, len: u64) -> io::Result<()> {
        segment.set_len(len)
    }

    fn remove(&self, segment: u64) -> io::Result<()> {
        std::fs::remove_file(self.path(segment))
    }
}
