//! Threads that the process can't live without: when one ends with an error or a panic, the process ends.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::mpsc;

/// Tells the run loop that a thread is lost.
#[derive(Clone)]
pub struct Fatal {
    lost: mpsc::UnboundedSender<String>,
}

/// Makes both sides.
pub fn fatal() -> (Fatal, mpsc::UnboundedReceiver<String>) {
    let (lost, heard) = mpsc::unbounded_channel();
    (Fatal { lost }, heard)
}

impl Fatal {
    /// Starts a thread that must not fail.
    pub fn spawn(&self, name: &str, work: impl FnOnce() -> io::Result<()> + Send + 'static) -> io::Result<()> {
        let lost = self.lost.clone();
        let title = name.to_owned();
        std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            let words = match catch_unwind(AssertUnwindSafe(work)) {
                Ok(Ok(())) => return,
                Ok(Err(error)) => format!("the thread {title} failed: {error}"),
                // Its words were logged where it happened.
                Err(_) => format!("the thread {title} panicked"),
            };
            // Nobody listens any more when the process ends anyway.
            let _ = lost.send(words);
        })?;
        Ok(())
    }
}
