//! Looks after what comes near its end: tells of minutes of plans, and mails what happens to credit and in queues to those who want it.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use phone::id::TenantId;
use phone::money::pool::{Period, Seconds};
use phone::money::warning;
use serde_json::Value;
use store::{Actor, Event, EventId, Store, WriteError};

use super::account::{Decks, account};
use super::controls::month_of;
use super::invoices::issue_monthly;
use super::payments::Recharger;
use crate::admin::license_notices;
use crate::admin::post::{Letter, Post};
use crate::admin::queue_alerts;
use crate::admin::reconciler::Nudge;
use crate::error::chain;

const LOOK: Duration = Duration::from_secs(30);
/// Licenses end by the day, and seats are given by people who see what is left.
const LICENSES_LOOK: SignedDuration = SignedDuration::from_hours(1);
/// Use that is booked while a look goes on is seen by the next.
const OVERLAP: SignedDuration = SignedDuration::from_secs(10);
/// Events of one organization that one look mails.
const EVENTS_MAX: u64 = 100;

/// Looks twice a minute.
pub struct Watch {
    pub store: Store,
    pub directory: std::sync::Arc<arc_swap::ArcSwap<phone::Directory>>,
    pub decks: Decks,
    pub mail: Option<Post>,
    pub recharger: Option<Recharger>,
    pub nudge: Nudge,
}

impl Watch {
    /// Runs as long as the process.
    pub async fn run(self, mut known: EventId) {
        let (mut since, mut licenses_at) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
        loop {
            let now = Timestamp::now();
            match self.look_at_pools(since, now).await {
                Ok(()) => since = now.saturating_sub(OVERLAP).unwrap_or(now),
                Err(error) => tracing::warn!(error = chain(&error), "minutes of plans can't be looked at"),
            }
            if LICENSES_LOOK <= now.duration_since(licenses_at) {
                let directory = self.directory.load_full();
                match license_notices::look(&self.store, &directory, self.mail.as_ref(), now).await {
                    Ok(_) => licenses_at = now,
                    Err(error) => tracing::warn!(error = chain(&error), "what is short of licenses is told later"),
                }
            }
            if let Some(post) = &self.mail
                && let Err(error) = queue_alerts::mail(&self.store, &self.directory.load_full(), post, known).await
            {
                tracing::warn!(error = chain(&error), "thresholds of queues are not mailed");
            }
            match self.mail_events(known).await {
                Ok(newest) => known = newest,
                Err(error) => tracing::warn!(error = chain(&error), "what happened to credit is mailed later"),
            }
            if let Some(recharger) = &self.recharger {
                match recharger.look(now).await {
                    Ok(true) => self.nudge.nudge(),
                    Ok(false) => {}
                    Err(error) => tracing::warn!(error = chain(&error), "balances can't be recharged"),
                }
            }
            if let Err(error) = issue_monthly(&self.store, now).await {
                tracing::warn!(error = chain(&error), "months can't be invoiced");
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Tells of pools of which a level is reached since the last look.
    pub async fn look_at_pools(&self, since: Timestamp, now: Timestamp) -> Result<(), WriteError> {
        let directory = self.directory.load_full();
        let tomorrow = now.saturating_add(SignedDuration::from_hours(24)).unwrap_or(now);
        let yesterday = now.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(now);
        // Wherever an organization is, its month is one of these.
        let zone = jiff::tz::TimeZone::UTC;
        let periods = [yesterday, now, tomorrow].map(|at| Period::of(at, &zone).to_string());
        for id in self.store.tenants_with_used_pools(&periods, since).await? {
            let Some(tenant) = directory.tenant(id).cloned() else { continue };
            let Some(account) = account(&self.store, &self.decks, &tenant, now).await? else { continue };
            let month = month_of(now, &account.zone);
            let period = Period::of(now, &account.zone);
            let runs_out = |used, granted| warning::pool_runs_out(Seconds { granted, used }, month, now);
            let mut tx = self.store.begin_background(Actor::System, now).await?;
            tx.tell_of_pools(id, period, &account.granted, runs_out).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Mails what happened to wallets after an event; the newest event.
    async fn mail_events(&self, known: EventId) -> Result<EventId, store::StoreError> {
        let newest = self.store.last_event().await?;
        let Some(post) = &self.mail else { return Ok(newest) };
        let (touched, _) = self.store.wallet_news(known).await?;
        let wanted: BTreeMap<TenantId, Vec<String>> = self
            .store
            .wallets()
            .await?
            .into_iter()
            .map(|(tenant, row)| (tenant, row.wallet.value.controls.mails))
            .filter(|(tenant, mails)| {
                !mails.is_empty() && touched.as_ref().is_none_or(|touched| touched.contains(tenant))
            })
            .collect();
        for (tenant, mails) in wanted {
            let name = self.directory.load().tenant(tenant).map(|tenant| tenant.profile.slug.clone());
            for event in self.store.events_after(tenant, known, EVENTS_MAX).await? {
                let Some(letter) = letter(name.as_deref().unwrap_or_default(), &event) else { continue };
                for to in &mails {
                    // The next level is told again, whatever becomes of this.
                    post.send(to, &letter, &format!("credit-{}", event.id)).await;
                }
            }
        }
        Ok(newest)
    }
}

/// What is mailed of an event; none if nothing is.
pub fn letter(organization: &str, event: &Event) -> Option<Letter> {
    if event.noun != "wallet" {
        return None;
    }
    let after = event.after.as_ref()?;
    let text = |name: &str| match &after[name] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let currency = text("currency");
    let subject = match event.action.as_str() {
        "low" => format!("The credit of {organization} is low: {} {currency}", text("balance")),
        "empty" => format!("The credit of {organization} is used up: calls that cost something are refused"),
        "recharged" => format!("The credit of {organization} was recharged with {} {currency}", text("amount")),
        "recharge_failed" => format!("The credit of {organization} could not be recharged: {}", text("error")),
        "payment_charged_back" => {
            format!("A bank took back a payment of {organization}: the balance is less by what it brought")
        }
        "payment_refund_failed" => {
            format!("What was given back of a payment of {organization} did not arrive: it is credit again")
        }
        "budget_reached" => format!(
            "{} percent of the budget {} are spent: {} of {} {currency}",
            text("percent"),
            text("budget"),
            text("spent"),
            text("limit")
        ),
        "pool_reached" => {
            let until = match text("runs_out_at") {
                at if at.is_empty() => String::new(),
                at => format!("; at this rate they are used up on {}", at.chars().take(10).collect::<String>()),
            };
            format!("{} percent of the {} minutes of {} are used{until}", text("percent"), text("bucket"), text("plan"))
        }
        _ => return None,
    };
    let body = format!("{subject}.\n\nOrganization: {organization}\nAt: {}\n\ntrunkline credit show\n", event.at);
    Some(Letter { subject, text: body })
}
