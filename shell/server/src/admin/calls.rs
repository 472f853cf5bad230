//! Live calls.

use phone::id::CallId;
use switch::input::Command;
use switch::output::Answer;
use switch::view;

use super::{Access, Refused};
use crate::error::chain;
use crate::sip_trace::ladder::Ladder;

impl Access {
    /// Calls that are going on, the oldest first.
    pub async fn calls(&self) -> Result<Vec<view::Call>, Refused> {
        match self.node().command(Command::ListCalls { tenant: self.tenant() }).await? {
            Answer::Calls(mut calls) => {
                calls.sort_by_key(|call| (call.started_at, call.id));
                Ok(calls)
            }
            other => Err(Refused::by_switch(other, "call")),
        }
    }

    /// One call that is going on.
    pub async fn call(&self, id: CallId) -> Result<view::Call, Refused> {
        let found = self.calls().await?.into_iter().find(|call| call.id == id);
        found.ok_or(Refused::NotFound { what: "call" })
    }

    /// What was said by SIP in a call that is over.
    pub async fn ladder(&self, call: CallId) -> Result<Ladder, Refused> {
        let missing = Refused::NotFound { what: "ladder of this call: it is not kept, or not any more" };
        let Some(trace) = self.node().trace().cloned() else { return Err(missing) };
        let tenant = self.tenant();
        let read = tokio::task::spawn_blocking(move || trace.ladder(tenant, call)).await;
        let failed = |error: &dyn std::error::Error| Refused::Failed { cause: chain(error) };
        read.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?.ok_or(missing)
    }

    /// Ends a call.
    pub async fn hang_up(&self, call: CallId) -> Result<(), Refused> {
        match self.node().command(Command::HangUp { tenant: self.tenant(), call }).await? {
            Answer::Done => Ok(()),
            other => Err(Refused::by_switch(other, "call")),
        }
    }
}
