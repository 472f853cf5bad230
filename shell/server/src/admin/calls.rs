//! Live calls.

use phone::id::CallId;
use switch::input::Command;
use switch::output::Answer;
use switch::view;

use super::{Access, Refused};

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

    /// Ends a call.
    pub async fn hang_up(&self, call: CallId) -> Result<(), Refused> {
        match self.node().command(Command::HangUp { tenant: self.tenant(), call }).await? {
            Answer::Done => Ok(()),
            other => Err(Refused::by_switch(other, "call")),
        }
    }
}
