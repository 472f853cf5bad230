//! Messages of calls that are going on, by Call-ID, until their calls are over.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;

use super::Seen;

/// Messages of one dialog that are kept: an hour of holding and retrieving.
const MESSAGES_MAX: usize = 300;
/// Bytes of one dialog.
const DIALOG_BYTES_MAX: usize = 256 * 1024;
/// Bytes of all: ten thousand calls, each with two dialogs. Those that nothing was heard of for longest go.
const BYTES_MAX: usize = 128 * 1024 * 1024;

/// What was said in calls that are going on.
#[derive(Default)]
pub struct Dialogs {
    by_call_id: HashMap<Arc<str>, Dialog>,
    /// By whether something came of them, and when they were heard of last.
    by_age: BTreeMap<(bool, u64), Arc<str>>,
    n_bytes: usize,
    clock: u64,
}

struct Dialog {
    messages: Vec<Seen>,
    n_bytes: usize,
    /// Its place in the order of age.
    age: (bool, u64),
}

impl Dialogs {
    /// Keeps a message of a call as it is; all else is passed over. What it says is read when its ladder is written, if that is.
    pub fn take(&mut self, seen: Seen) {
        let Some(call_id) = call_id(&seen.packet) else { return };
        self.clock = self.clock.saturating_add(1);
        let key = match self.by_call_id.get_key_value(call_id) {
            Some((key, _)) => Arc::clone(key),
            None if seen.packet.starts_with(b"INVITE ") => Arc::from(call_id),
            None => return,
        };
        let dialog = self.by_call_id.entry(Arc::clone(&key)).or_insert_with(|| Dialog {
            messages: Vec::new(),
            n_bytes: 0,
            age: (false, 0),
        });
        self.by_age.remove(&dialog.age);
        let n_new = seen.packet.len();
        // A flood of strangers, of which nothing ever comes, must not drive out calls that talk.
        let came_of_it = dialog.age.0 || is_success(&seen.packet);
        if dialog.messages.len() < MESSAGES_MAX && dialog.n_bytes.saturating_add(n_new) <= DIALOG_BYTES_MAX {
            // By itself: as it came it may be a part of something large.
            dialog.messages.push(Seen { packet: Bytes::copy_from_slice(&seen.packet), ..seen });
            dialog.n_bytes = dialog.n_bytes.saturating_add(n_new);
            self.n_bytes = self.n_bytes.saturating_add(n_new);
        }
        dialog.age = (came_of_it, self.clock);
        self.by_age.insert(dialog.age, key);
        while BYTES_MAX < self.n_bytes {
            let Some((_, oldest)) = self.by_age.pop_first() else { break };
            self.remove(&oldest);
        }
    }

    /// Takes the messages of a dialog out.
    pub fn remove(&mut self, call_id: &str) -> Vec<Seen> {
        let Some(dialog) = self.by_call_id.remove(call_id) else { return Vec::new() };
        self.by_age.remove(&dialog.age);
        self.n_bytes = self.n_bytes.saturating_sub(dialog.n_bytes);
        dialog.messages
    }

    /// How many are kept.
    pub fn len(&self) -> usize {
        self.by_call_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_call_id.is_empty()
    }
}

/// Ringing or answered.
fn is_success(packet: &[u8]) -> bool {
    packet.starts_with(b"SIP/2.0 2") || packet.starts_with(b"SIP/2.0 18")
}

/// The value of Call-ID, found without reading the message. RFC 3261 §7.3.3: `i` is short for it.
pub fn call_id(packet: &[u8]) -> Option<&str> {
    let mut begin = 0;
    for end in memchr::memchr_iter(b'\n', packet) {
        let line = packet.get(begin..end)?;
        begin = end + 1;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return None;
        }
        // Of a message's twenty lines one or two can be it.
        if !line.first().is_some_and(|first| matches!(first, b'C' | b'c' | b'I' | b'i')) {
            continue;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = line.split_at(colon);
        let name = name.trim_ascii();
        if name.eq_ignore_ascii_case(b"call-id") || name.eq_ignore_ascii_case(b"i") {
            let value = std::str::from_utf8(value.get(1..)?).ok()?.trim();
            return (!value.is_empty()).then_some(value);
        }
    }
    None
}
