//! A dialog as plain data, for a process that goes on with it.

use bytes::Bytes;

use super::Dialog;
use crate::transport::Target;

/// How far our numbers are raised in a dialog that is taken up again: by more than a process can have used since the
/// dialog was kept. Gaps are allowed, steps back are not. RFC 3261 §12.2.1.1, §12.2.2
const SEQ_GAP: u32 = 100_000;
/// Numbers have to stay below 2³¹. RFC 3261 §8.1.1.5
const SEQ_MAX: u32 = 1 << 31;

/// What both sides of a confirmed dialog know. RFC 3261 §12
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptDialog {
    pub remote_tag: String,
    /// The lines From, To and Call-ID of our requests.
    pub head: String,
    /// The number of our last request.
    pub local_seq: u32,
    /// The number of the peer's last request, if there was one.
    pub remote_seq: Option<u32>,
    /// The peer's Contact URI in angle brackets.
    pub remote_target: String,
    pub routes: Vec<String>,
    /// The way that the dialog was set up on, without a stream: those end with the process.
    pub flow: Target,
    pub allows_update: bool,
    pub supports_timer: bool,
}

impl Dialog {
    /// What another process needs to go on.
    pub fn keep(&self) -> KeptDialog {
        KeptDialog {
            remote_tag: self.remote_tag.clone().into(),
            head: String::from_utf8_lossy(&self.head).into_owned(),
            local_seq: self.local_seq,
            remote_seq: self.remote_seq,
            remote_target: self.remote_target.clone().into(),
            routes: self.routes.iter().map(|route| route.clone().into()).collect(),
            flow: Target { connection: None, ..self.flow.clone() },
            allows_update: self.allows_update,
            supports_timer: self.supports_timer,
        }
    }

    /// The dialog of another process. None if no number is left for our requests.
    pub fn resume(kept: &KeptDialog) -> Option<Self> {
        let local_seq = kept.local_seq.checked_add(SEQ_GAP).filter(|seq| *seq < SEQ_MAX)?;
        Some(Self {
            remote_tag: kept.remote_tag.as_str().into(),
            head: Bytes::copy_from_slice(kept.head.as_bytes()),
            local_seq,
            remote_seq: kept.remote_seq,
            remote_target: kept.remote_target.as_str().into(),
            routes: kept.routes.iter().map(|route| route.as_str().into()).collect(),
            flow: Target { connection: None, ..kept.flow.clone() },
            heard_rseq: None,
            has_answer: true,
            owed_rack: None,
            allows_update: kept.allows_update,
            supports_timer: kept.supports_timer,
        })
    }
}
