//! Waiting for something that another process does: asks again and again until a deadline.

use std::time::{Duration, Instant};

/// The longest that anything here may take. Far above what it takes, so that a busy machine fails nothing.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What a machine with other work may add to a time that is promised for one without.
pub const SLACK: Duration = Duration::from_secs(15);

/// How long it waits from one question to the next: many a question starts a program, which takes time from calls.
const PAUSE: std::ops::Range<Duration> = Duration::from_millis(10)..Duration::from_millis(100);

/// Asks until there is an answer; fails the test with `what` when there is none in time.
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    let mut pause = PAUSE.start;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::park_timeout(pause);
        pause = PAUSE.end.min(pause * 2);
    }
}

/// Lets time pass while sound flows: a recording needs length.
pub fn listen(length: Duration) {
    let deadline = Instant::now() + length;
    while let Some(left) = deadline.checked_duration_since(Instant::now()) {
        std::thread::park_timeout(left);
    }
}
