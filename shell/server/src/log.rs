//! The log: lines on standard error, written by a thread of their own, so that a full pipe stops nobody.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Lines that wait for a slow reader; what comes beyond is counted and dropped.
const LINES_WAITING_MAX: usize = 8_192;
/// After each write the thread rests for so long: a busy system's lines go out together, and a quiet one's at once.
const GATHER: Duration = Duration::from_millis(20);

/// Writes what is left when dropped.
pub struct Log {
    lines: Option<SyncSender<Line>>,
    writer: Option<JoinHandle<()>>,
}

enum Line {
    Text(Vec<u8>),
    End,
}

/// Begins logging: INFO and above, or what `RUST_LOG` says.
pub fn start() -> std::io::Result<Log> {
    let (lines, received) = sync_channel(LINES_WAITING_MAX);
    let dropped = Arc::new(AtomicU64::new(0));
    let lines_out = Lines { lines: lines.clone(), dropped: dropped.clone() };
    let writer = std::thread::Builder::new().name("log".to_owned()).spawn(move || write_all(&received, &dropped))?;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_target(false).with_writer(lines_out).init();
    log_panics();
    Ok(Log { lines: Some(lines), writer: Some(writer) })
}

impl Log {
    /// Writes what was logged so far, then ends. For ends of the process that skip destructors.
    pub fn finish(&mut self) {
        if let Some(lines) = self.lines.take() {
            // Waits for room: the last lines are the ones that matter.
            let _ = lines.send(Line::End);
        }
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.finish();
    }
}

/// A panic is a bug of ours: one ERROR line, whatever thread it is in.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let payload = panic.payload();
        let words =
            payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
        tracing::error!(thread, place, "panic: {}", words.unwrap_or("no words"));
    }));
}

#[derive(Clone)]
struct Lines {
    lines: SyncSender<Line>,
    dropped: Arc<AtomicU64>,
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self.lines.try_send(Line::Text(bytes.to_vec())) {
            Ok(()) | Err(TrySendError::Disconnected(_)) => {}
            Err(TrySendError::Full(_)) => {
                self.dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn write_all(lines: &Receiver<Line>, dropped: &AtomicU64) {
    let mut batch = Vec::new();
    while let Ok(first) = lines.recv() {
        let mut next = Some(first);
        let mut is_over = false;
        while let Some(line) = next {
            match line {
                Line::Text(text) => batch.extend_from_slice(&text),
                Line::End => is_over = true,
            }
            next = lines.try_recv().ok();
        }
        let n_dropped = dropped.swap(0, Ordering::Relaxed);
        if n_dropped != 0 {
            batch.extend_from_slice(
                format!("WARN {n_dropped} log lines were dropped: the log is not read in time\n").as_bytes(),
            );
        }
        // Nowhere to complain if standard error is gone.
        let _ = std::io::stderr().write_all(&batch);
        batch.clear();
        if is_over {
            return;
        }
        std::thread::sleep(GATHER);
    }
}
