//! Budgets, rules against fraud, and what is warned of.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use phone::id::UserId;
use phone::limits::{BUDGETS_MAX, FRAUD_RULES_MAX};
use phone::money::Micros;
use phone::money::budget::{Budget, Refusal, Standing};
use phone::money::fraud::{Rule, Seen, Trial};
use phone::money::pool::{PoolKey, Seconds};
use phone::money::scope::Scope;
use phone::money::wallet::Wallet;
use phone::money::warning::{self, Warning};
use store::{Expected, UsageBy};

use super::account::seen;
use crate::admin::{Access, Caller, Refused};

/// A rule is tried on so many days before now.
const TRIAL_DAYS: i64 = 30;
/// Calls that a trial looks at.
const TRIAL_CALLS_MAX: usize = 200_000;
/// Refused calls that a trial names.
const TRIAL_SHOWN_MAX: usize = 50;
/// Spending that a forecast goes by.
const FORECAST_DAYS: i64 = 14;

/// A rule tried on calls of the past.
pub struct Tried {
    pub since: Timestamp,
    pub until: Timestamp,
    pub trial: Trial,
    /// The first calls that it would have refused, each with why.
    pub refused: Vec<(Seen, String)>,
}

/// Minutes of a plan, and when they are used up if it goes on so.
pub struct PoolLeft {
    pub pool: PoolKey,
    pub seconds: Seconds,
    pub runs_out_at: Option<Timestamp>,
}

impl Access {
    /// Every budget that holds, with how it stands. Live calls are in it as far as they are booked.
    pub async fn budgets(&self) -> Result<Vec<Standing>, Refused> {
        let now = Timestamp::now();
        if let Some(charging) = self.charging().await? {
            return Ok(charging.standings(now));
        }
        let budgets = self.controls().await?.0;
        Ok(budgets.into_iter().map(|budget| Standing { budget, spent: Micros::ZERO }).collect())
    }

    /// The rules against fraud.
    pub async fn fraud_rules(&self) -> Result<Vec<Rule>, Refused> {
        Ok(self.controls().await?.1)
    }

    async fn controls(&self) -> Result<(Vec<Budget>, Vec<Rule>), Refused> {
        let controls = self.wallet().await?.map(|row| row.wallet.value.controls).unwrap_or_default();
        Ok((controls.budgets, controls.fraud_rules))
    }

    /// Makes a budget, or puts it in the place of the one with its name.
    pub async fn put_budget(
        &self,
        caller: &Caller,
        expected: Expected,
        mut budget: Budget,
    ) -> Result<Standing, Refused> {
        budget.by_seller = caller.check_sells().is_ok();
        budget.check().map_err(|refusal| Refused::by_rule(&refusal))?;
        let name = budget.name.clone();
        let wanted = budget.clone();
        self.change_controls(caller, expected, move |wallet, sells| {
            place(&mut wallet.controls.budgets, wanted, BUDGETS_MAX, sells)
        })
        .await?;
        let standing = self.budgets().await?.into_iter().find(|standing| standing.budget.name == name);
        Ok(standing.unwrap_or(Standing { budget, spent: Micros::ZERO }))
    }

    /// Ends a budget.
    pub async fn delete_budget(&self, caller: &Caller, expected: Expected, name: &str) -> Result<(), Refused> {
        let name = name.to_owned();
        self.change_controls(caller, expected, move |wallet, sells| remove(&mut wallet.controls.budgets, &name, sells))
            .await
    }

    /// Makes a rule against fraud, or puts it in the place of the one with its name.
    pub async fn put_fraud_rule(&self, caller: &Caller, expected: Expected, mut rule: Rule) -> Result<Rule, Refused> {
        rule.by_seller = caller.check_sells().is_ok();
        rule.check().map_err(|refusal| Refused::by_rule(&refusal))?;
        let wanted = rule.clone();
        self.change_controls(caller, expected, move |wallet, sells| {
            place(&mut wallet.controls.fraud_rules, wanted, FRAUD_RULES_MAX, sells)
        })
        .await?;
        Ok(rule)
    }

    /// Takes a rule back: the next call is not stopped by it any more.
    pub async fn delete_fraud_rule(&self, caller: &Caller, expected: Expected, name: &str) -> Result<(), Refused> {
        let name = name.to_owned();
        self.change_controls(caller, expected, move |wallet, sells| {
            remove(&mut wallet.controls.fraud_rules, &name, sells)
        })
        .await
    }

    /// What a rule would have done with the calls of the last thirty days. Nothing changes.
    pub async fn try_fraud_rule(&self, rule: &Rule) -> Result<Tried, Refused> {
        rule.check().map_err(|refusal| Refused::by_rule(&refusal))?;
        let until = Timestamp::now();
        let since = until.saturating_sub(SignedDuration::from_hours(24 * TRIAL_DAYS)).unwrap_or(until);
        let mut calls = seen(self.store(), self.tenant(), (since, until), None, TRIAL_CALLS_MAX).await?;
        calls.reverse();
        let trial = rule.trial(&calls, TRIAL_SHOWN_MAX);
        let named = trial.refused.iter().filter_map(|(index, why)| Some((calls.get(*index)?.clone(), why.clone())));
        Ok(Tried { since, until, refused: named.collect(), trial })
    }

    async fn change_controls(
        &self,
        caller: &Caller,
        expected: Expected,
        change: impl FnOnce(&mut Wallet, bool) -> Result<(), Refused> + Send,
    ) -> Result<(), Refused> {
        if self.wallet().await?.is_none() {
            return Err(super::not_set_up());
        }
        let sells = caller.check_sells().is_ok();
        self.change_wallet_if(expected, |wallet| change(wallet, sells)).await?;
        Ok(())
    }

    /// Minutes of plans in this month, how much of each is used, and when each is used up if it goes on so.
    pub async fn pools_left(&self) -> Result<Vec<PoolLeft>, Refused> {
        let now = Timestamp::now();
        let zone = TimeZone::get(&self.known_snapshot().await?.profile.time_zone).unwrap_or(TimeZone::UTC);
        let month = month_of(now, &zone);
        let pools = self.pools().await?.into_iter().map(|(pool, seconds)| {
            let runs_out_at = warning::pool_runs_out(seconds, month, now);
            PoolLeft { pool, seconds, runs_out_at }
        });
        Ok(pools.collect())
    }

    /// When the balance is used up, if it goes on as in the last days.
    pub async fn balance_runs_out(&self, balance: Micros) -> Result<Option<Timestamp>, Refused> {
        let (spent, since, now) = self.spent_lately().await?;
        Ok(warning::runs_out(balance.0.into(), spent.0.into(), since, now))
    }

    async fn spent_lately(&self) -> Result<(Micros, Timestamp, Timestamp), Refused> {
        let now = Timestamp::now();
        let since = now.saturating_sub(SignedDuration::from_hours(24 * FORECAST_DAYS)).unwrap_or(now);
        let usage = self.store().usage(self.tenant(), UsageBy::Direction, (since, now)).await?;
        Ok((usage.iter().map(|line| line.amount).sum(), since, now))
    }

    /// What an administrator should know of before it stops calls.
    pub async fn credit_warnings(&self) -> Result<Vec<Warning>, Refused> {
        let Some(row) = self.wallet().await?.filter(|row| row.wallet.value.enabled) else { return Ok(Vec::new()) };
        let (spent, since, now) = self.spent_lately().await?;
        let mut warnings: Vec<Warning> = warning::of_balance(row.balance, spent, since, now).into_iter().collect();
        warnings.extend(warning::of_budgets(&self.budgets().await?));
        let pools = self.pools_left().await?.into_iter().map(|left| (left.pool, left.seconds, left.runs_out_at));
        warnings.extend(warning::of_pools(&pools.collect::<Vec<_>>()));
        Ok(warnings)
    }

    /// Whose spending a text means: `person:101`, `site:Lyon`, `account:NAME`, by name or id.
    pub async fn scope_named(&self, text: &str) -> Result<Scope, Refused> {
        let malformed = || {
            let words = "everybody, department:NAME, person:EXTENSION, site:NAME, account:NAME or tag:WORD";
            Refused::field("scope", "credits.scope_malformed", words)
        };
        match text.split_once(':') {
            Some(("person", name)) => Ok(Scope::Person(self.user(name).await?.value.id)),
            Some(("site", name)) => Ok(Scope::Site(self.site_for(name).await?)),
            Some(("account", name)) => match Scope::parse(text) {
                Some(scope) => Ok(scope),
                None => {
                    let tenant = self.known_snapshot().await?;
                    let account = tenant.resource_accounts.values().find(|account| account.display_name == name);
                    account
                        .map(|account| Scope::Account(account.id))
                        .ok_or(Refused::NotFound { what: "resource account" })
                }
            },
            _ => Scope::parse(text).ok_or_else(malformed),
        }
    }

    /// People by extension or id.
    pub async fn people_named(&self, names: &[String]) -> Result<BTreeSet<UserId>, Refused> {
        let mut people = BTreeSet::new();
        for name in names {
            people.insert(self.user(name).await?.value.id);
        }
        Ok(people)
    }
}

/// The month of a time: where it begins, and where the next one does.
pub fn month_of(now: Timestamp, zone: &TimeZone) -> (Timestamp, Timestamp) {
    let first = now.to_zoned(zone.clone()).first_of_month().and_then(|day| day.start_of_day());
    let Ok(first) = first else { return (now, now) };
    let next = first.checked_add(1.month()).map_or(now, |next| next.timestamp());
    (first.timestamp(), next)
}

/// What has a name, and may be the seller's.
trait Named {
    fn name(&self) -> &str;
    fn is_of_seller(&self) -> bool;
}

impl Named for Budget {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_of_seller(&self) -> bool {
        self.by_seller
    }
}

impl Named for Rule {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_of_seller(&self) -> bool {
        self.by_seller
    }
}

fn place<T: Named>(list: &mut Vec<T>, wanted: T, max: usize, sells: bool) -> Result<(), Refused> {
    let n_there = list.len();
    match list.iter_mut().find(|one| one.name() == wanted.name()) {
        Some(one) if one.is_of_seller() && !sells => Err(of_seller(one.name())),
        Some(one) => {
            *one = wanted;
            Ok(())
        }
        None if max <= n_there => Err(Refused::by_rule(&Refusal::TooMany { max })),
        None => {
            list.push(wanted);
            list.sort_by(|a, b| a.name().cmp(b.name()));
            Ok(())
        }
    }
}

fn remove<T: Named>(list: &mut Vec<T>, name: &str, sells: bool) -> Result<(), Refused> {
    match list.iter().position(|one| one.name() == name) {
        Some(index) if list.get(index).is_some_and(Named::is_of_seller) && !sells => Err(of_seller(name)),
        Some(index) => {
            list.remove(index);
            Ok(())
        }
        None => Err(Refused::NotFound { what: "budget or rule" }),
    }
}

fn of_seller(name: &str) -> Refused {
    Refused::by_rule(&Refusal::OfSeller { name: name.to_owned() })
}
