//! Queries by the data dictionary of dashboards, over the records of calls.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use phone::directory::Tenant;
use phone::id::{ResourceAccountId, UserId};
use phone::reports::query::{Answer, Dimension, Names, Operand, Passed, Query};

use super::reports::Reports;
use super::{Access, Refused};

/// Records that are read at a time.
const RECORDS_AT_ONCE: u64 = 1_000;

/// What things are called now.
struct OfTenant<'a>(Option<&'a Tenant>);

impl Names for OfTenant<'_> {
    fn person(&self, id: UserId) -> Option<String> {
        let tenant = self.0?;
        let user = tenant.users.get(&id)?;
        Some(user.email.clone().unwrap_or_else(|| format!("{}@{}", user.extension, tenant.profile.sip_domain)))
    }

    fn account(&self, id: ResourceAccountId) -> Option<String> {
        Some(self.0?.resource_accounts.get(&id)?.display_name.clone())
    }
}

impl Reports {
    /// Answers a query; for those alone who see everything.
    pub async fn ask(&self, query: &Query) -> Result<Answer, Refused> {
        let access: &Access = self.access();
        let span = span(query);
        let snapshot = access.snapshot();
        let names = OfTenant(snapshot.as_deref());
        let mut answer = Answer::default();
        let mut after = None;
        loop {
            let records = access.store().records_within(access.tenant(), span, after, RECORDS_AT_ONCE).await?;
            for record in &records {
                for index in 0..record.segments.len().max(1) {
                    answer.take(query, &Passed { record, index }, &names);
                }
            }
            let Some(last) =
                records.last().filter(|_| u64::try_from(records.len()).is_ok_and(|n| n == RECORDS_AT_ONCE))
            else {
                return Ok(answer);
            };
            after = Some((last.started_at.as_millisecond(), last.id.0));
        }
    }
}

/// The days that filters leave, so that no other records are read.
fn span(query: &Query) -> (Timestamp, Timestamp) {
    let (mut since, mut until) = (Timestamp::UNIX_EPOCH, Timestamp::MAX);
    for filter in query.filters.iter().filter(|filter| filter.dimension == Dimension::Date) {
        let day = filter.value.get(..10).and_then(|day| day.parse::<Date>().ok());
        let Some(begin) = day.and_then(|day| day.to_zoned(TimeZone::UTC).ok()) else { continue };
        let end = begin.tomorrow().map_or(Timestamp::MAX, |next| next.timestamp());
        let begin = begin.timestamp();
        match filter.operand {
            Operand::Equals => (since, until) = (since.max(begin), until.min(end)),
            Operand::Greater => since = since.max(end),
            Operand::GreaterOrEqual => since = since.max(begin),
            Operand::Less => until = until.min(begin),
            Operand::LessOrEqual => until = until.min(end),
            Operand::BeginsWith
            | Operand::Contains
            | Operand::NotBeginsWith
            | Operand::NotContains
            | Operand::NotEquals => {}
        }
    }
    (since, until)
}
