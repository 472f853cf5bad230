//! What of a balance one of several servers may spend: a part that the others leave to it, so that what all of them
//! promise is never more than there is. Design, section 8.
//!
//! A server is told of less at once, and the others see it one look later, when what its calls took before is booked. It is
//! told of more only where the others leave it. So a newcomer waits for them to give way, and nobody spends twice.

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
