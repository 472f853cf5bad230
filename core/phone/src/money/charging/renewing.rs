//! Reserving block after block, warning, and ending in order.

use super::{Asked, Charging, Micros, PaidLeg, PoolKey, Refusal, Source, Step};
use crate::money::deck::Direction;
use crate::money::meter::{Meter, RENEW_SECS};
use crate::money::tariff::SECS_MAX;
use crate::money::wallet::{OnExhaustion, WARNINGS_SECS};

/// Parts of one call: more than sources there are, with room for pools that run out one after the other.
const ROUNDS_MAX: usize = 16;

impl Charging {
    /// So many whole seconds have passed since the answer. None if it is not paid for, or not answered.
    pub fn elapsed(&mut self, id: PaidLeg, secs: u32) -> Option<Step> {
        let (asked, mut meter) = self.meters.get(&id).cloned().filter(|(_, meter)| meter.answered_at.is_some())?;
        for _ in 0..ROUNDS_MAX {
            if secs.saturating_add(RENEW_SECS) < meter.until() {
                break;
            }
            meter.exhausted = !self.extend(&asked, &mut meter);
            // What is left is seen without what this call has just reserved.
            self.pick(id);
            self.put(id, asked.clone(), meter.clone());
            if meter.exhausted {
                break;
            }
        }
        let ends = meter.until() <= secs;
        let tells = meter.tells(secs) && !ends;
        let charge = if tells { self.charge(id, &asked, &meter, secs, false) } else { None };
        let (warn_secs, warn_at) = self.warning(&asked, &mut meter, secs);
        let next_secs = meter.next_secs(secs).min(warn_at.unwrap_or(u32::MAX));
        self.pick(id);
        self.put(id, asked, meter);
        Some(Step { charge, warn_secs: warn_secs.filter(|_| !ends), ends, next_secs })
    }

    /// Reserves the first block; who pays it.
    pub(super) fn first(&self, asked: &Asked, meter: &mut Meter) -> Result<Source, Refusal> {
        if self.extend(asked, meter) {
            return Ok(meter.source().cloned().unwrap_or(Source::Free));
        }
        Err(self.unpaid(asked, meter))
    }

    /// Reserves one block more from the source that pays now or the next that has any left.
    fn extend(&self, asked: &Asked, meter: &mut Meter) -> bool {
        if let Some(source) = meter.source().cloned()
            && self.take(asked, meter, source)
        {
            return true;
        }
        // One that has nothing is asked again later: money may come in while the call goes on.
        let mut waiting = std::mem::take(&mut meter.waiting);
        let found = waiting.iter().position(|source| self.take(asked, meter, source.clone()));
        if let Some(found) = found {
            waiting.drain(..=found);
        }
        meter.waiting = waiting;
        found.is_some() || self.go_on_in_debt(asked, meter)
    }

    fn take(&self, asked: &Asked, meter: &mut Meter, source: Source) -> bool {
        let wanted = meter.wanted(&source);
        let target = match &source {
            Source::Free | Source::NotRated => wanted.target,
            Source::Pool { pool } => self.pool_target(pool, wanted.so_far, wanted.target),
            Source::Credits | Source::Postpaid => {
                let funds = self.funds(asked, meter, &source);
                let affordable = wanted.price.affordable(wanted.increments, wanted.so_far, funds);
                // One step to a toll-free number is taken while anything at all is left: it rings before it can be known.
                // What the next source has left is not another first step.
                let is_first_step = asked.direction == Direction::TollFreeInbound && meter.until() == 0;
                if affordable <= wanted.so_far && is_first_step && funds.is_positive() {
                    wanted.increments.end_after(0)
                } else {
                    affordable.min(wanted.target)
                }
            }
            Source::Debt => self.debt_target(meter),
        };
        if target <= wanted.so_far {
            return false;
        }
        meter.extend(source, wanted, target);
        true
    }

    /// What may be reserved of money.
    fn funds(&self, asked: &Asked, meter: &Meter, source: &Source) -> Micros {
        if self.is_ledger_away(asked, meter) {
            return Micros::ZERO;
        }
        let left = match source {
            Source::Postpaid | Source::Debt => self.may_be_owed(),
            Source::Credits | Source::Pool { .. } | Source::Free | Source::NotRated => {
                let kept = match asked.direction {
                    Direction::Outbound => self.account.wallet.toll_free_reserve,
                    Direction::TollFreeInbound => Micros::ZERO,
                };
                self.credits_left().minus(kept).minus(self.set_apart_for_others(asked))
            }
        };
        let left = match self.bound(asked, meter) {
            Some(bound) => left.min(bound),
            None => left,
        };
        match self.person_left(asked) {
            Some(of_person) if asked.direction == Direction::Outbound => left.min(of_person),
            Some(_) | None => left,
        }
    }

    fn pool_target(&self, pool: &PoolKey, so_far: u32, target: u32) -> u32 {
        let left = self.pool_left(pool);
        let step = u64::from(target - so_far);
        if step <= left {
            return target;
        }
        // Steps were begun whole before: the last seconds are a part of one.
        let partial = u32::try_from(left).unwrap_or_default();
        if self.account.wallet.pools.use_partial { so_far + partial } else { so_far }
    }

    /// A call may go on to its end and be owed.
    fn go_on_in_debt(&self, asked: &Asked, meter: &mut Meter) -> bool {
        let is_talking = meter.answered_at.is_some() && meter.rate().is_some();
        match self.account.wallet.on_exhaustion {
            OnExhaustion::FinishCall { .. } if is_talking => self.take(asked, meter, Source::Debt),
            OnExhaustion::FinishCall { .. } | OnExhaustion::HangupNow | OnExhaustion::WarnAndHangup => false,
        }
    }

    /// Up to where a call may go on without anything left, counted from when that began.
    fn debt_target(&self, meter: &Meter) -> u32 {
        let wanted = meter.wanted(&Source::Debt);
        match self.account.wallet.on_exhaustion {
            OnExhaustion::FinishCall { secs_max, debt_max } => {
                let left = debt_max.minus(wanted.price.total(wanted.so_far));
                let affordable = wanted.price.affordable(wanted.increments, wanted.so_far, left);
                wanted.target.min(affordable).min(secs_max)
            }
            OnExhaustion::HangupNow | OnExhaustion::WarnAndHangup => 0,
        }
    }

    /// Whether to warn now, and when to look again for it.
    fn warning(&self, asked: &Asked, meter: &mut Meter, secs: u32) -> (Option<u32>, Option<u32>) {
        if self.account.wallet.on_exhaustion == OnExhaustion::HangupNow {
            return (None, None);
        }
        let reach = self.reach(asked, meter);
        let left = reach.saturating_sub(secs);
        let is_due = |at: &u32| left <= *at;
        let n_due = WARNINGS_SECS.iter().filter(|at| is_due(at)).count();
        let warns = meter.n_warned < n_due;
        // Money that came in takes the warning back.
        meter.n_warned = n_due;
        let next = WARNINGS_SECS.get(n_due).map(|at| reach.saturating_sub(*at)).filter(|_| reach < SECS_MAX);
        (warns.then_some(left), next.filter(|at| secs < *at))
    }

    /// Up to which second there is something to pay with, if no other call takes it.
    fn reach(&self, asked: &Asked, meter: &Meter) -> u32 {
        let mut reach = meter.until();
        let in_debt = meter.source() == Some(&Source::Debt);
        for source in meter.source().into_iter().chain(&meter.waiting) {
            let wanted = meter.wanted(source);
            let more = match source {
                Source::Free | Source::NotRated => return SECS_MAX,
                Source::Pool { pool } => u32::try_from(self.pool_left(pool)).unwrap_or(SECS_MAX),
                Source::Credits | Source::Postpaid => {
                    let funds = self.funds(asked, meter, source);
                    wanted.price.affordable(wanted.increments, wanted.so_far, funds).saturating_sub(wanted.so_far)
                }
                Source::Debt => 0,
            };
            reach = reach.saturating_add(more).min(SECS_MAX);
        }
        match self.account.wallet.on_exhaustion {
            OnExhaustion::FinishCall { secs_max, .. } if meter.rate().is_some() => {
                let begun = if in_debt { meter.wanted(&Source::Debt).so_far } else { 0 };
                reach.saturating_add(secs_max.saturating_sub(begun))
            }
            OnExhaustion::FinishCall { .. } | OnExhaustion::HangupNow | OnExhaustion::WarnAndHangup => reach,
        }
    }
}
