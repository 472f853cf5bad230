//! What operators say of calls that are over, and how calls over their trunks do.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use phone::id::{CallId, TenantId, TrunkId};
use phone::limits::UPLOADED_NUMBERS_MAX;
use phone::numbers::Trunk;
use phone::numbers::operator::metrics::{Bucket, count};
use phone::record::CallRecord;
use store::{CallDuration, CallPrice};
use uuid::Uuid;

use super::Refused;
use super::operator_access::OperatorCaller;

/// A day of figures at most: each record of it is read.
const WINDOW_HOURS_MAX: i64 = 24;
/// Records read at once.
const RECORDS_PER_READ: u64 = 1_000;

/// How long a call was for the operator.
pub struct Duration {
    pub call: Uuid,
    pub duration_seconds: u32,
    pub answered_at: Option<Timestamp>,
}

/// What a call costs.
pub struct Price {
    pub call: Uuid,
    pub price_micros: i64,
    pub currency: String,
}

/// What was kept of what was said of calls.
pub struct Kept {
    pub n_kept: usize,
    pub refused: Vec<Unkept>,
}

/// Why what was said of a call was not kept.
pub struct Unkept {
    /// Where it stands in what was said.
    pub index: usize,
    pub call: Uuid,
    pub code: &'static str,
    pub words: &'static str,
}

impl OperatorCaller {
    /// Keeps how long calls were; of each call the last word counts.
    pub async fn keep_durations(&self, said: Vec<Duration>) -> Result<Kept, Refused> {
        let calls: Vec<Uuid> = said.iter().map(|it| it.call).collect();
        let known = self.own_calls(&calls).await?;
        let (mut durations, mut refused) = (BTreeMap::new(), Vec::new());
        for (index, it) in said.into_iter().enumerate() {
            let Some(tenant) = known.get(&it.call) else {
                refused.push(unknown(index, it.call));
                continue;
            };
            let Duration { call, duration_seconds, answered_at } = it;
            let kept = CallDuration { call: CallId(call), tenant: *tenant, duration_seconds, answered_at };
            durations.insert(call, kept);
        }
        let durations: Vec<_> = durations.into_values().collect();
        let mut tx = self.change().await?;
        tx.save_call_durations(self.operator.id, &durations).await?;
        tx.commit().await?;
        Ok(Kept { n_kept: durations.len(), refused })
    }

    /// Keeps what calls cost; of each call the last word counts.
    pub async fn keep_prices(&self, said: Vec<Price>) -> Result<Kept, Refused> {
        let calls: Vec<Uuid> = said.iter().map(|it| it.call).collect();
        let known = self.own_calls(&calls).await?;
        let (mut prices, mut refused) = (BTreeMap::new(), Vec::new());
        for (index, it) in said.into_iter().enumerate() {
            let Some(tenant) = known.get(&it.call) else {
                refused.push(unknown(index, it.call));
                continue;
            };
            if it.currency.len() != 3 || !it.currency.bytes().all(|letter| letter.is_ascii_uppercase()) {
                let words = "a currency has three capital letters";
                refused.push(Unkept { index, call: it.call, code: "currency.malformed", words });
                continue;
            }
            let Price { call, price_micros, currency } = it;
            prices.insert(call, CallPrice { call: CallId(call), tenant: *tenant, price_micros, currency });
        }
        let prices: Vec<_> = prices.into_values().collect();
        let mut tx = self.change().await?;
        tx.save_call_prices(self.operator.id, &prices).await?;
        tx.commit().await?;
        Ok(Kept { n_kept: prices.len(), refused })
    }

    /// How calls over the operator's trunks did that began within a time.
    pub async fn metrics(
        &self,
        since: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Result<BTreeMap<Timestamp, Bucket>, Refused> {
        let until = until.unwrap_or_else(Timestamp::now);
        let hours = |n_hours| SignedDuration::from_hours(n_hours);
        let since = since.unwrap_or_else(|| until.checked_sub(hours(1)).unwrap_or(Timestamp::MIN));
        if until <= since || hours(WINDOW_HOURS_MAX) < until.duration_since(since) {
            let words = format!("the end is after the begin, and at most {WINDOW_HOURS_MAX} hours after it");
            return Err(Refused::field("until", "metrics.window", words));
        }
        let trunks = self.trunk_ids().await?;
        let mut buckets = BTreeMap::new();
        // One after the other: over all of them at once, each page would be sorted out of the whole day.
        for tenant in self.store().tenants_that_consented(self.operator.id).await? {
            let mut after = None;
            loop {
                let records = self.store().records_within(tenant, (since, until), after, RECORDS_PER_READ).await?;
                for record in &records {
                    count(&mut buckets, record, &trunks);
                }
                match records.last() {
                    Some(last) => after = Some((last.started_at.as_millisecond(), last.id.0)),
                    None => break,
                }
            }
        }
        Ok(buckets)
    }

    /// Those of these calls that went over the operator's trunks, with whose they are.
    async fn own_calls(&self, calls: &[Uuid]) -> Result<BTreeMap<Uuid, TenantId>, Refused> {
        if !(1..=UPLOADED_NUMBERS_MAX).contains(&calls.len()) {
            let words = format!("a request is about 1 to {UPLOADED_NUMBERS_MAX} calls");
            return Err(Refused::field("items", "calls.too_many_items", words));
        }
        let trunks = self.trunk_ids().await?;
        let ids: Vec<CallId> = calls.iter().copied().map(CallId).collect();
        let records = self.store().calls_for_operator(self.operator.id, &ids).await?;
        let is_own =
            |record: &CallRecord| record.legs.iter().any(|leg| leg.trunk.is_some_and(|it| trunks.contains(&it)));
        Ok(records.into_iter().filter(is_own).map(|record| (record.id.0, record.tenant)).collect())
    }

    async fn trunk_ids(&self) -> Result<BTreeSet<TrunkId>, Refused> {
        let trunks = self.store().documents_of_operator::<Trunk>(self.operator.id).await?;
        Ok(trunks.into_iter().map(|trunk| trunk.id).collect())
    }
}

fn unknown(index: usize, call: Uuid) -> Unkept {
    let words = "there is no such call over your trunks, or it is not over yet";
    Unkept { index, call, code: "call.unknown", words }
}
