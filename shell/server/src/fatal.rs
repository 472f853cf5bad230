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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    #[test]
    fn a_panic_and_an_error_are_told_and_a_good_end_is_not() {
        let (fatal, mut heard) = super::fatal();
        fatal.spawn("fine", || Ok(())).unwrap();
        fatal.spawn("bad", || Err(std::io::Error::other("no socket"))).unwrap();
        assert_eq!(heard.blocking_recv().unwrap(), "the thread bad failed: no socket");
        fatal.spawn("worse", || panic!("a bug")).unwrap();
        assert_eq!(heard.blocking_recv().unwrap(), "the thread worse panicked");
        drop(fatal);
        assert!(heard.blocking_recv().is_none());
    }
}
