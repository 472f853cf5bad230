//! Where a scenario happens. The demo's carrier has one fixed address, so each scenario has a network of its own; where
//! that can't be made, scenarios take turns, whichever process runs them.

use std::fs::File;
use std::process::Command;

use nix::fcntl::{Flock, FlockArg};
use nix::sched::{CloneFlags, unshare};

const TURN: &str = "trunkline-interop.lock";

/// A scenario's share of the machine; given back when dropped.
pub struct Place {
    _turn: Flock<File>,
    /// Whose addresses nobody else has.
    has_network: bool,
}

/// How much of the machine a scenario needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// It asserts how fast something is, or loads the machine: nothing else runs meanwhile.
    All,
    Some,
}

impl Place {
    /// Moves this thread, and what it starts from now on, to a network of its own.
    pub fn take(share: Share) -> Self {
        let has_network = unshare(CloneFlags::CLONE_NEWNET).is_ok();
        if has_network {
            furnish_network();
        }
        let lock = if has_network && share == Share::Some { FlockArg::LockShared } else { FlockArg::LockExclusive };
        let file = File::create(std::env::temp_dir().join(TURN)).unwrap();
        Self { _turn: Flock::lock(file, lock).unwrap(), has_network }
    }

    /// Gives the rest of the machine back; what is left is a network of its own, if it has one.
    pub fn let_others_in(self) -> Option<Self> {
        (!self.has_network).then_some(self)
    }
}

/// A new network's loopback is down, and baresip does not start where there is nothing else.
fn furnish_network() {
    for arguments in [
        "link set lo up",
        "link add outer type veth peer name inner",
        "address add 192.0.2.1/24 dev outer",
        "link set outer up",
        "link set inner up",
    ] {
        let status = Command::new("ip").args(arguments.split(' ')).status().expect("iproute2 is installed");
        assert!(status.success(), "a new network could not be furnished: ip {arguments}");
    }
}
