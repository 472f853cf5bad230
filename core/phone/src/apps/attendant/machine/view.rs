//! What a caller's way through an attendant looks like from outside, for whoever has to tell of it.

use super::{Attendant, State};
use crate::apps::attendant::flow::Choice;
use crate::id::UserId;

/// What an attendant does with a caller right now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doing {
    /// An announcement plays that was chosen.
    Announcing,
    Greeting,
    /// The menu's prompt plays, or a key is awaited.
    Menu,
    /// The caller was not let in yet.
    New,
    /// The call is over or with somebody else.
    Over,
    /// The caller is told who was found, these people.
    Picking {
        people: Vec<UserId>,
    },
    /// Digits of a person are awaited; these came so far.
    Searching {
        typed: String,
    },
}

impl Attendant {
    /// What goes on.
    pub fn doing(&self) -> Doing {
        match &self.state {
            State::Confirming { user, .. } => Doing::Picking { people: vec![*user] },
            State::Picking(pick) => Doing::Picking { people: pick.page().to_vec() },
            State::Announcing | State::Farewell => Doing::Announcing,
            State::Ended | State::Transferring(_) => Doing::Over,
            State::Greeting => Doing::Greeting,
            State::Doubting { .. } | State::Menu | State::Waiting => Doing::Menu,
            State::New => Doing::New,
            State::Searching(search) => Doing::Searching { typed: search.typed().to_owned() },
        }
    }

    /// Menus heard in a row without a valid choice.
    pub fn n_misses(&self) -> u8 {
        self.n_misses
    }

    /// Which of the associations chose the flow; none is the default flow.
    pub fn association(&self) -> Option<usize> {
        match self.choice {
            Choice::Association(index) => Some(index),
            Choice::Default => None,
        }
    }
}
