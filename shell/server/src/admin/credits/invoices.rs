//! Invoices: issued for a time that is over, once for each call.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use phone::id::TenantId;
use phone::money::invoice::{Head, Invoice, Refusal, Sums};
use phone::people::tenant::Profile;
use store::{Actor, ChargeFilter, Page, Paging, Store};
use uuid::Uuid;

use super::controls::month_of;
use crate::admin::{Access, Caller, Refused};

/// Invoices that a new one is compared with: those of a hundred years.
const PAST_MAX: u64 = 1_200;
/// Calls that went past the end of a month are booked to their end before it is invoiced.
const SETTLED_HOURS: i64 = 24;

impl Access {
    /// Invoices, by when they were issued.
    pub async fn invoices(&self, paging: &Paging) -> Result<Page<Invoice>, Refused> {
        Ok(self.store().invoices(self.tenant(), paging).await?)
    }

    /// One invoice.
    pub async fn invoice(&self, id: Uuid) -> Result<Invoice, Refused> {
        self.store().invoice(self.tenant(), id).await?.ok_or(Refused::NotFound { what: "invoice" })
    }

    /// Issues an invoice for a time, or for the last month.
    pub async fn issue_invoice(
        &self,
        caller: &Caller,
        times: Option<(Timestamp, Timestamp)>,
    ) -> Result<Invoice, Refused> {
        caller.check_sells()?;
        let profile = self.tenant_row().await?.value.profile;
        let now = Timestamp::now();
        let zone = TimeZone::get(&profile.time_zone).unwrap_or(TimeZone::UTC);
        let times = times.unwrap_or_else(|| last_month(now, &zone));
        let invoice = issue(self.store(), self.tenant(), &profile, times, caller.actor.clone(), now).await?;
        self.admin.nudge.nudge();
        Ok(invoice)
    }
}

/// The month before the one that a time is in.
pub fn last_month(now: Timestamp, zone: &TimeZone) -> (Timestamp, Timestamp) {
    let (begin, _) = month_of(now, zone);
    let before = begin.to_zoned(zone.clone()).checked_sub(1.month()).map_or(begin, |before| before.timestamp());
    (before, begin)
}

/// Issues the invoices of the last month that are wanted and not there; how many.
pub async fn issue_monthly(store: &Store, now: Timestamp) -> Result<usize, Refused> {
    let mut n_issued = 0;
    for (tenant, row) in store.wallets().await? {
        if !row.wallet.value.enabled || !row.wallet.value.paying.billing.monthly {
            continue;
        }
        let Some(profile) = store.tenant(tenant).await?.map(|tenant| tenant.value.profile) else { continue };
        let zone = TimeZone::get(&profile.time_zone).unwrap_or(TimeZone::UTC);
        let times = last_month(now, &zone);
        if now.duration_since(times.1).as_hours() < SETTLED_HOURS {
            continue;
        }
        match issue(store, tenant, &profile, times, Actor::System, now).await {
            Ok(_) => n_issued += 1,
            // It is there, or there is nothing to pay.
            Err(Refused::Conflict { code: "invoice.taken" | "invoice.nothing", .. }) => {}
            Err(error) => tracing::warn!(%tenant, error = format!("{error:?}"), "a month could not be invoiced"),
        }
    }
    Ok(n_issued)
}

async fn issue(
    store: &Store,
    tenant: TenantId,
    profile: &Profile,
    (from, until): (Timestamp, Timestamp),
    actor: Actor,
    now: Timestamp,
) -> Result<Invoice, Refused> {
    let by_rule = |refusal: Refusal| Refused::by_rule(&refusal);
    if until <= from || now < until {
        return Err(by_rule(Refusal::NotOver));
    }
    let sums = sums(store, tenant, (from, until)).await?;
    let zone = TimeZone::get(&profile.time_zone).unwrap_or(TimeZone::UTC);
    let mut tx = store.begin(actor, now).await?;
    let wallet = tx.wallet(tenant).await?.ok_or_else(super::not_set_up)?.wallet.value;
    let there = tx.invoices(tenant, PAST_MAX).await?;
    if let Some(other) = there.iter().find(|other| other.is_of(from, until)) {
        return Err(by_rule(Refusal::Taken { number: other.number() }));
    }
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let last = until.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(until);
    let head = Head {
        id: Uuid::now_v7(),
        seq: tx.next_invoice().await?,
        issued_at: now,
        days: (day(from), day(last)),
        times: (from, until),
        currency: wallet.currency,
    };
    let invoice = sums.invoice(head, &wallet.paying.billing).map_err(by_rule)?;
    tx.add_invoice(tenant, &invoice).await?;
    tx.commit().await?;
    Ok(invoice)
}

async fn sums(store: &Store, tenant: TenantId, (from, until): (Timestamp, Timestamp)) -> Result<Sums, Refused> {
    let filter = ChargeFilter { since: Some(from), until: Some(until), ..Default::default() };
    let mut paging = Paging { limit: 1_000, after: None, descending: false };
    let mut sums = Sums::default();
    loop {
        let page = store.charges(tenant, &filter, &paging).await?;
        page.items.iter().for_each(|charge| sums.add(charge));
        match page.next {
            Some(next) => paging.after = Some(next),
            None => return Ok(sums),
        }
    }
}
