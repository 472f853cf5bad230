//! What of a balance one of several servers may spend: a part that the others leave to it, so that what all of them
//! promise is never more than there is. Design, section 8.
//!
//! A server is told of less at once, and the others see it one look later, when what its calls took before is booked. It is
//! told of more only where the others leave it. So a newcomer waits for them to give way, and nobody spends twice. One that is
//! not heard of may have taken what nobody knows yet: its share stays its own until it can't come back any more.

pub mod parts;

use jiff::{SignedDuration, Timestamp};

use crate::amount::Micros;

/// What one server may spend that is not booked yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Of credits.
    pub credits: Micros,
    /// Of what may be owed.
    pub owable: Micros,
}

/// What a server is told now, and what is written down for the others to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Division {
    pub told: Share,
    pub written: Share,
}

/// Divides what there is: an equal part, or all of it where no other server is alive; never more than the others leave.
/// `own` is what this server was told before, less what is booked of its calls since.
pub fn divide(whole: Share, own: Share, others: &[Share]) -> Division {
    let part = |whole: Micros, own: Micros, others: Vec<Micros>| {
        let n_servers = i64::try_from(others.len()).unwrap_or(i64::MAX - 1).saturating_add(1);
        let free = whole.minus(others.into_iter().map(|of_other| of_other.max(Micros::ZERO)).sum());
        let told = Micros(whole.0.max(0) / n_servers).min(free).max(Micros::ZERO);
        // Until it hears of it, and its calls are booked, it may have spent what it was told before.
        (told, told.max(own))
    };
    let of = |pick: fn(&Share) -> Micros| others.iter().map(pick).collect::<Vec<_>>();
    let (credits, written_credits) = part(whole.credits, own.credits, of(|share| share.credits));
    let (owable, written_owable) = part(whole.owable, own.owable, of(|share| share.owable));
    Division { told: Share { credits, owable }, written: Share { credits: written_credits, owable: written_owable } }
}

/// A block that a call has reserved begins within ten seconds, and is booked a second later; so long, and as long again, is
/// waited.
const BOOKED_AFTER: SignedDuration = SignedDuration::from_secs(20);
/// A server that was not heard of for so long has lost its share: what it took before is booked by then, unless it was
/// cut off all the time.
pub const LOST_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// What is written down of one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Since when it was heard of without a gap.
    pub alive_since: Timestamp,
    /// Until when it goes by what it was told.
    pub alive_until: Timestamp,
    /// What the others leave to it, that is not booked.
    pub visible: Share,
    /// What it was told last, less what is booked since.
    pub told: Share,
    /// When that was last less than before, or may not have been booked.
    pub lowered_at: Timestamp,
}

impl Holding {
    /// A server that nobody has heard of.
    pub fn new(now: Timestamp) -> Self {
        let (visible, told) = (Share::default(), Share::default());
        Self { alive_since: now, alive_until: now, visible, told, lowered_at: Timestamp::UNIX_EPOCH }
    }

    /// It is heard of, and goes by what it was told until a time.
    pub fn renew(&mut self, now: Timestamp, until: Timestamp) {
        if self.alive_until < now {
            // It was cut off, or a clock has jumped: it can't tell how long the others were silent, and its calls are
            // not booked yet.
            (self.alive_since, self.lowered_at) = (now, now);
        }
        self.alive_until = until;
    }

    /// It is told anew what it may spend, and the others see what they are to leave.
    pub fn take(&mut self, now: Timestamp, until: Timestamp, whole: Share, others: &[Share]) -> Share {
        self.renew(now, until);
        // A clock may have been set back.
        self.lowered_at = self.lowered_at.min(now);
        // What it had before it was told of less may not be booked yet: then the others don't see it so soon.
        let is_fresh = now.duration_since(self.lowered_at) < BOOKED_AFTER;
        let before = if is_fresh { self.told.larger(self.visible) } else { self.told };
        let Division { told, written } = divide(whole, before, others);
        if told.credits < self.told.credits || told.owable < self.told.owable {
            self.lowered_at = now;
        }
        (self.told, self.visible) = (told, written);
        told
    }

    /// Whether its share is that of a server's which has been alive since then: both must have had the time.
    pub fn is_lost(&self, alive_since: Timestamp, now: Timestamp) -> bool {
        LOST_AFTER < now.duration_since(self.alive_until.max(alive_since))
    }

    /// What was booked of its calls is spent of its share.
    pub fn spend(&mut self, booked: Share) {
        for share in [&mut self.visible, &mut self.told] {
            share.credits = share.credits.minus(booked.credits);
            share.owable = share.owable.minus(booked.owable);
        }
    }
}

impl Share {
    fn larger(self, other: Self) -> Self {
        Self { credits: self.credits.max(other.credits), owable: self.owable.max(other.owable) }
    }
}
