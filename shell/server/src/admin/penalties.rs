//! Addresses that are refused because wrong passwords came from there.

use std::net::IpAddr;

use switch::input::Command;
use switch::output::Answer;
use switch::view;

use super::{Caller, Permission, Refused};

impl Caller {
    /// What is held against whom, by address.
    pub async fn penalties(&self) -> Result<Vec<view::Penalty>, Refused> {
        match self.begin_platform()?.node.command(Command::ListPenalties).await? {
            Answer::Penalties(penalties) => Ok(penalties),
            other => Err(Refused::by_switch(other, "penalty")),
        }
    }

    /// Listens to an address again.
    pub async fn release_penalty(&self, address: &str) -> Result<(), Refused> {
        let admin = self.begin_platform_change(Permission::Operate)?;
        let address: IpAddr = address.parse().map_err(|_| Refused::NotFound { what: "penalty" })?;
        match admin.node.command(Command::ReleasePenalty { address }).await? {
            Answer::Done => Ok(()),
            other => Err(Refused::by_switch(other, "penalty")),
        }
    }
}
