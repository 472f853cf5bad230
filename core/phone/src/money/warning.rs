//! What an administrator should know of before it stops calls: shown as a banner and among what setup lacks.

use jiff::{SignedDuration, Timestamp};

use super::budget::{Standing, percent};
use super::pool::{PoolKey, Seconds};
use crate::amount::Micros;

/// One thing to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The stable code in the API.
    pub code: &'static str,
    pub words: String,
    /// What to do about it.
    pub fix: String,
}

/// From how much of a budget or a pool on it is warned of, in percent.
const WARNED_PERCENT: u32 = 80;
/// What balance lasts less than this is warned of.
const LASTS_DAYS: i64 = 7;

/// When what there is will be used up, if it goes on as it went in the time up to now. None if nothing was used, or it is
/// further away than can be told.
pub fn runs_out(left: i128, used: i128, since: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let secs = i128::from(now.as_second().checked_sub(since.as_second())?);
    if used <= 0 || secs <= 0 {
        return None;
    }
    let more = i64::try_from(left.max(0).checked_mul(secs)? / used).ok()?;
    now.checked_add(SignedDuration::from_secs(more)).ok()
}

/// When a pool is used up, if it goes on as it went in its month; none if it lasts to the end of it.
pub fn pool_runs_out(seconds: Seconds, month: (Timestamp, Timestamp), now: Timestamp) -> Option<Timestamp> {
    let (begin, end) = month;
    runs_out(seconds.left().into(), seconds.used.into(), begin, now).filter(|at| *at < end)
}

/// What is to be known of budgets.
pub fn of_budgets(standings: &[Standing]) -> Vec<Warning> {
    let near = standings.iter().filter(|standing| WARNED_PERCENT <= standing.percent());
    let warned = near.map(|standing| {
        let Standing { budget, spent } = standing;
        let words =
            format!("{spent} of the budget {} of {} {} are spent", budget.name, budget.limit, budget.every.words());
        let fix = format!("trunkline credit budget set \"{}\" --limit AMOUNT", budget.name);
        Warning { code: "credits.budget_nearly_used", words, fix }
    });
    warned.collect()
}

/// What is to be known of the minutes of plans, each with when it is used up.
pub fn of_pools(pools: &[(PoolKey, Seconds, Option<Timestamp>)]) -> Vec<Warning> {
    let used = |seconds: &Seconds| percent(seconds.used.into(), seconds.granted.into());
    let near = pools.iter().filter(|(_, seconds, _)| 0 < seconds.granted && WARNED_PERCENT <= used(seconds));
    let warned = near.map(|(pool, seconds, at)| {
        let PoolKey { plan, group, bucket, .. } = pool;
        let until = at.map(|at| format!("; at this rate it is used up on {}", at.strftime("%F"))).unwrap_or_default();
        let bucket = bucket.as_str();
        let words = format!("{} percent of the {bucket} minutes of {plan} in {group} are used{until}", used(seconds));
        let fix = "give more people the plan, or add credit for what goes beyond it".to_owned();
        Warning { code: "credits.pool_nearly_used", words, fix }
    });
    warned.collect()
}

/// What is to be known of the balance, with what was spent since a time.
pub fn of_balance(balance: Micros, spent: Micros, since: Timestamp, now: Timestamp) -> Option<Warning> {
    let at = runs_out(balance.0.into(), spent.0.into(), since, now)?;
    let soon = now.checked_add(SignedDuration::from_hours(LASTS_DAYS * 24)).ok()?;
    (balance.is_positive() && at < soon).then(|| Warning {
        code: "credits.balance_runs_out",
        words: format!("at the rate of the last days the balance of {balance} lasts until {}", at.strftime("%F")),
        fix: "trunkline credit top-up AMOUNT".to_owned(),
    })
}
