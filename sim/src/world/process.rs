//! The process that the switch lives in: how it begins, and how another one goes on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use phone::apps::queue;
use switch::input::Command;
use switch::keeping::KeptCall;
use switch::{Config, Input, Switch};

use super::{N_WORKERS, PHONE_KEY, US, World};
use crate::demo;

impl World {
    /// The same, and the next process goes on with who waits.
    pub fn hand_over(&mut self) {
        self.tell(Input::HandOver);
        self.run(Duration::ZERO);
    }

    /// The process is killed, and so long after it another one begins with what was written down.
    pub fn restart_after(&mut self, span: Duration) {
        self.kill();
        self.run(span);
        self.begin_process();
        self.go_on();
    }

    /// The process is killed: nothing of it moves any more.
    pub fn kill(&mut self) {
        self.n_processes += 1;
        self.switch = new_switch(self.n_processes, self.wall_now(), self.now);
        self.media = self.media.anew(N_WORKERS);
        self.is_down = true;
    }

    /// Whether it was killed, and no other has begun.
    pub fn is_down(&self) -> bool {
        self.is_down
    }

    /// Another one begins; no call reaches it before it goes on.
    pub fn begin_process(&mut self) {
        self.is_down = false;
        self.drained = false;
        self.utterances.clear();
        self.ladder.forget_legs();
        self.switch = new_switch(self.n_processes, self.wall_now(), self.now);
        self.install();
    }

    /// The new process goes on with what was written down.
    pub fn go_on(&mut self) {
        let facts = std::mem::take(&mut self.remembered);
        let mut calls: Vec<KeptCall> = std::mem::take(&mut self.kept).into_values().collect();
        // As the files are read: in no order of ours.
        calls.reverse();
        self.kept = calls.iter().map(|call| (call.id, call.clone())).collect();
        self.remembered.clone_from(&facts);
        self.command(Command::Restore { tenant: demo::TENANT, facts: newest(facts) });
        self.tell(Input::Resume { calls });
        self.run(Duration::ZERO);
    }
}

pub(super) fn new_switch(seed: u64, wall: Timestamp, started: Instant) -> Switch {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    Switch::new(Config {
        product: "Trunkline/test".to_owned(),
        sent_by: US.to_string(),
        tls_name: None,
        media_address: None,
        route_address: US.ip(),
        n_workers: N_WORKERS,
        // Nobody here shakes hands, so that any bytes will do.
        certificate: media::Certificate::new(vec![1], vec![2]).map(Arc::new),
        phone_key: PHONE_KEY,
        seed: bytes,
        wall,
        started,
        t1: Duration::from_millis(500),
    })
}

/// Of each request to be called back what was written down last, as a table has it; of other facts all.
fn newest(facts: Vec<queue::Fact>) -> Vec<queue::Fact> {
    let mut callbacks = BTreeMap::new();
    let mut others = Vec::new();
    for fact in facts {
        match fact {
            queue::Fact::Callback(kept) => drop(callbacks.insert(kept.id, kept)),
            other => others.push(other),
        }
    }
    others.into_iter().chain(callbacks.into_values().map(queue::Fact::Callback)).collect()
}
