//! Dialogs that outlive the process: told as plain data, and taken up again by another endpoint.

use std::time::Instant;

use smallvec::SmallVec;

use crate::dialog::Dialog;
use crate::dialog::kept::KeptDialog;
use crate::endpoint::offers::Offers;
use crate::endpoint::refers::Refers;
use crate::endpoint::session::{KeptSession, Session};
use crate::endpoint::usage::{Stage, Usage};
use crate::endpoint::{Endpoint, UsageId};
use crate::transaction::key::{Ascii, Tag};
use crate::transport::Transport;

/// An answered call's dialog as plain data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptUsage {
    pub call_id: String,
    pub local_tag: String,
    /// Our Contact.
    pub contact: String,
    /// Whether we made the dialog.
    pub is_caller: bool,
    /// None if nobody refreshes it. RFC 4028
    pub session: Option<KeptSession>,
    pub dialog: KeptDialog,
}

impl Endpoint {
    /// The dialog of an answered call, for another process to go on with. None while it is not confirmed or ends, and for
    /// one over a WebSocket: only the peer could open that again.
    pub fn keep(&self, usage: UsageId) -> Option<KeptUsage> {
        let usage = self.usages.get(&usage)?;
        let [dialog] = usage.dialogs.as_slice() else { return None };
        let may = matches!(usage.stage, Stage::Established) && !usage.is_silent && usage.bye_on_ack.is_none();
        let is_reachable = !matches!(dialog.flow().transport, Transport::Ws | Transport::Wss);
        (may && is_reachable).then(|| KeptUsage {
            call_id: usage.call_id.clone().into(),
            local_tag: usage.tag.text.as_str().to_owned(),
            contact: usage.contact.clone(),
            is_caller: usage.is_caller,
            session: usage.session.keep(),
            dialog: dialog.keep(),
        })
    }

    /// Goes on with a dialog of another process, which must be gone. Offer anew at once: from that the peer learns where
    /// its sound goes now, and we whether it is still there. None if no endpoint can have kept this.
    pub fn resume(&mut self, now: Instant, kept: &KeptUsage) -> Option<UsageId> {
        let id = UsageId(self.wire.table.common.next_id());
        let text = Ascii::read(&kept.local_tag)?;
        let mut dialogs = SmallVec::new();
        dialogs.push(Dialog::resume(&kept.dialog)?);
        let usage = Usage {
            id,
            tag: Tag { id: id.0, text },
            call_id: kept.call_id.as_str().into(),
            contact: kept.contact.clone(),
            dialogs,
            stage: Stage::Established,
            offers: Offers::default(),
            session: kept.session.map_or_else(Session::default, |session| Session::resume(now, session)),
            refers: Refers::default(),
            to_acknowledge: None,
            local_body: None,
            credentials: None,
            n_challenges: 0,
            is_silent: false,
            bye_on_ack: None,
            overtaken: None,
            is_over: false,
            is_caller: kept.is_caller,
            indexed_connection: None,
            deadline: None,
        };
        self.usages.insert(id, Box::new(usage));
        self.resumed.insert(kept.local_tag.as_str().into(), id);
        self.with(now, id, &mut Vec::new(), |_, _| {});
        Some(id)
    }

    /// The usage that a tag of ours names: one made here, or by the process before.
    pub(super) fn usage_of_tag(&self, tag: &str) -> Option<UsageId> {
        let own = self.wire.table.common.namer.tag_id(tag).map(UsageId);
        own.filter(|id| self.usages.contains_key(id)).or_else(|| self.resumed.get(tag).copied())
    }
}
