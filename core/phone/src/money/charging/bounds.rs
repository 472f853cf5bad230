//! What budgets, limits and rules against fraud leave of what there is.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{Asked, Charging, Micros, PaidLeg, Refusal};
use crate::limits::FRAUD_CALLS_MAX;
use crate::money::budget::{Budget, Standing};
use crate::money::charge::counted;
use crate::money::deck::{Direction, Rate};
use crate::money::fraud::{self, Seen};
use crate::money::meter::Meter;
use crate::money::scope::{Scope, Span};

impl Charging {
    /// How each budget stands that holds at a time.
    pub fn standings(&self, at: Timestamp) -> Vec<Standing> {
        let in_force = self.account.wallet.controls.budgets.iter().filter(|budget| budget.is_in_force(at));
        in_force.map(|budget| self.standing(budget, at)).collect()
    }

    fn standing(&self, budget: &Budget, at: Timestamp) -> Standing {
        let key = (budget.scope.clone(), budget.every.span(at, &self.account.zone));
        let posted = self.account.posted.scopes.get(&key).copied().unwrap_or_default();
        let before = self.base.scopes.get(&key).copied().unwrap_or(posted);
        let since = self.spent.scopes.get(&key).copied().unwrap_or_default();
        let elsewhere = self.account.elsewhere.get(&key).copied().unwrap_or_default();
        let spent = before.plus(since).plus(elsewhere).plus(self.held.of_scope(&budget.scope));
        Standing { budget: budget.clone(), spent }
    }

    fn budgets_of<'a>(&'a self, asked: &'a Asked) -> impl Iterator<Item = &'a Budget> + 'a {
        let of_call = |scope: &Scope| match scope {
            Scope::Everybody => true,
            Scope::Person(user) => asked.user == Some(*user),
            Scope::Account(_) | Scope::Department(_) | Scope::Site(_) | Scope::Tag(_) => asked.scopes.contains(scope),
        };
        let budgets = self.account.wallet.controls.budgets.iter();
        budgets.filter(move |budget| budget.is_in_force(asked.at) && of_call(&budget.scope))
    }

    /// What of budgets is counted of a call: each once, however many budgets are about the same.
    pub(super) fn budget_keys(&self, asked: &Asked) -> BTreeSet<(Scope, Span)> {
        if self.account.wallet.controls.budgets.is_empty() {
            return BTreeSet::new();
        }
        let of_budgets: BTreeSet<&Scope> =
            self.account.wallet.controls.budgets.iter().map(|budget| &budget.scope).collect();
        let scopes = counted(asked.user, &asked.scopes).filter(|scope| of_budgets.contains(scope));
        let spans = Span::all(asked.at, &self.account.zone);
        scopes.flat_map(|scope| spans.map(|span| (scope.clone(), span))).collect()
    }

    /// The budget of a call that has the least left.
    fn tightest(&self, asked: &Asked) -> Option<Standing> {
        let standings = self.budgets_of(asked).filter(|budget| budget.blocks);
        standings.map(|budget| self.standing(budget, asked.at)).min_by_key(Standing::left)
    }

    /// What else bounds the next block of a call than what there is; none if nothing does.
    pub(super) fn bound(&self, asked: &Asked, meter: &Meter) -> Option<Micros> {
        let of_budgets = self.tightest(asked).map(|standing| standing.left());
        let of_call = self.account.wallet.controls.per_call_max.map(|max| max.minus(meter.reserved_in_all()));
        [of_budgets, of_call].into_iter().flatten().min()
    }

    /// What is left of budgets that are set apart, and not for this call.
    pub(super) fn set_apart_for_others(&self, asked: &Asked) -> Micros {
        let budgets = self.account.wallet.controls.budgets.iter();
        let of_others = budgets.filter(|budget| budget.set_apart && budget.is_in_force(asked.at));
        let of_others = of_others.filter(|budget| !self.budgets_of(asked).any(|own| own.name == budget.name));
        of_others.map(|budget| self.standing(budget, asked.at).left()).sum()
    }

    /// Whether the ledger is away when the next block of a call begins, and may not be gone by any more.
    pub(super) fn is_ledger_away(&self, asked: &Asked, meter: &Meter) -> bool {
        let begins = match meter.began_at {
            Some(at) => at.saturating_add(SignedDuration::from_secs(meter.until().into())).unwrap_or(at),
            None => asked.at,
        };
        self.account.good_until.is_some_and(|until| until < begins)
    }

    /// Why nobody pays the first block.
    pub(super) fn unpaid(&self, asked: &Asked, meter: &Meter) -> Refusal {
        if self.is_ledger_away(asked, meter) {
            return Refusal::LedgerAway;
        }
        let step = |rate: &Rate| rate.price.total(rate.increments.billed_secs(1));
        let least = meter.rate().map(step).unwrap_or_default();
        let one_second = meter.rate().map(|rate| rate.price.total(1)).unwrap_or_default();
        let has_money = self.credits_left().plus(self.postpaid_left()).is_positive();
        if !has_money || (self.credits_left() < one_second && self.postpaid_left() < one_second) {
            return Refusal::NoCredit;
        }
        let budget = self.tightest(asked).filter(|standing| standing.left() < least);
        let limit = self.account.wallet.person_limit.filter(|_| self.person_left(asked).is_some());
        let of_call = self.account.wallet.controls.per_call_max.filter(|max| *max < least);
        match (budget, of_call, limit) {
            (Some(Standing { budget, .. }), _, _) => {
                Refusal::BudgetReached { budget: budget.name, limit: budget.limit, every: budget.every.words() }
            }
            (None, Some(_), _) => {
                let per_minute = meter.rate().map(|rate| rate.price.per_minute).unwrap_or_default();
                Refusal::TooExpensive { per_minute }
            }
            (None, None, Some(limit)) => Refusal::SpendLimitReached { limit },
            (None, None, None) => Refusal::NoCredit,
        }
    }

    /// Whether no rule against fraud stops a call. Calls from outside are nobody's doing here.
    pub(super) fn judge(&self, asked: &Asked, rate: Option<&Rate>) -> Result<(), Refusal> {
        let rules = || self.account.wallet.controls.fraud_rules.iter().filter(|rule| rule.enabled);
        if asked.direction != Direction::Outbound || rules().next().is_none() {
            return Ok(());
        }
        let call = Seen::asked(asked.at, asked.user, asked.number, rate);
        match rules().find_map(|rule| rule.judge(&call, self.before())) {
            Some(fraud::Hit { rule, why }) => Err(Refusal::Fraud { rule, why }),
            None => Ok(()),
        }
    }

    /// Calls of the last day with what they cost, own ones and those of other servers, the newest first.
    fn before(&self) -> impl Iterator<Item = (&Seen, Micros)> {
        let mut own = self.recent.iter().rev().map(|(id, seen)| (seen, self.cost(*id, seen))).peekable();
        let mut others = self.account.others.calls.iter().map(|seen| (seen, seen.amount)).peekable();
        std::iter::from_fn(move || match (own.peek(), others.peek()) {
            (Some((own, _)), Some((other, _))) if own.at < other.at => others.next(),
            (None, _) => others.next(),
            (Some(_), _) => own.next(),
        })
    }

    /// What a call cost, or has reserved so far.
    fn cost(&self, id: Option<PaidLeg>, seen: &Seen) -> Micros {
        let live = id.and_then(|id| self.meters.get(&id)).map(|(_, meter)| meter.reserved_in_all());
        live.unwrap_or(seen.amount)
    }

    /// Keeps a call in sight for a day.
    pub(super) fn see(&mut self, id: PaidLeg, asked: &Asked, rate: Option<&Rate>) {
        if asked.direction != Direction::Outbound {
            return;
        }
        let day = SignedDuration::from_secs(fraud::SECS_MAX.into());
        let since = asked.at.saturating_sub(day).unwrap_or(Timestamp::MIN);
        while FRAUD_CALLS_MAX <= self.recent.len() || self.recent.front().is_some_and(|(_, seen)| seen.at < since) {
            self.recent.pop_front();
        }
        self.recent.push_back((Some(id), Seen::asked(asked.at, asked.user, asked.number, rate)));
    }

    /// What a call has come to.
    pub(super) fn see_cost(&mut self, id: PaidLeg, amount: Micros) {
        if let Some((_, seen)) = self.recent.iter_mut().rev().find(|(of, _)| *of == Some(id)) {
            seen.amount = amount;
        }
    }
}
