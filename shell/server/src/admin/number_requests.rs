//! Numbers that an organization asks an operator for: quoted and given by the operator, accepted by the organization.

use std::collections::BTreeSet;

use jiff::Timestamp;
use phone::id::{NumberRequestId, OperatorId, TenantId};
use phone::numbers::NumberKind;
use phone::numbers::operator::request::{NumberRequest, Quote, Refusal, Wanted};
use phone::numbers::operator::upload::Action;
use phone::numbers::upload::read;
use phone::order::{Order, OrderKind};
use store::{Actor, Expected, PortStep, RequestKey, Stored, Tx};
use uuid::Uuid;

use super::operator_access::OperatorCaller;
use super::operator_numbers::Line;
use super::port_outs::step;
use super::{Access, Refused, orders};

/// A request with the organization that asks.
pub type Asking = (TenantId, Stored<NumberRequest>);

impl Access {
    /// One request.
    pub async fn number_request(&self, id: NumberRequestId) -> Result<Stored<NumberRequest>, Refused> {
        let found = self.store().number_request(id).await?.filter(|(tenant, _)| *tenant == self.tenant());
        Ok(found.ok_or(Refused::NotFound { what: "number request" })?.1)
    }

    /// Asks an operator for numbers that the organization consented to.
    pub async fn request_numbers(
        &self,
        operator: OperatorId,
        wanted: Wanted,
    ) -> Result<Stored<NumberRequest>, Refused> {
        let now = Timestamp::now();
        let mut tx = self.change().await?;
        let no_consent = || Refused::field("operator", "consent.missing", "there is no consent to such an operator");
        let consent = tx.consent(self.tenant(), operator).await?.ok_or_else(no_consent)?.value;
        consent.check_upload().map_err(|refusal| Refused::by_rule(&refusal))?;
        if !consent.terms.countries.contains(&wanted.country) {
            let words = format!("there is no consent for {}", wanted.country);
            return Err(Refused::field("country", "number.country_not_consented", words));
        }
        let request = NumberRequest::new(NumberRequestId(Uuid::now_v7()), operator, wanted);
        let request = request.map_err(|refusal| Refused::by_rule(&refusal))?;
        let step = PortStep { note: request.wanted.note.clone(), ..step(&self.actor, now, "requested") };
        tx.save_number_request(self.tenant(), &request, &step, Expected::Absent).await?;
        tx.commit().await?;
        self.number_request(request.id).await
    }

    /// Takes the operator's quote.
    pub async fn accept_quote(
        &self,
        id: NumberRequestId,
        expected: Expected,
    ) -> Result<Stored<NumberRequest>, Refused> {
        self.change_number_request(id, "accepted", expected, |request, now| request.accept(now)).await
    }

    /// Gives the request up; what was given stays.
    pub async fn cancel_number_request(
        &self,
        id: NumberRequestId,
        expected: Expected,
    ) -> Result<Stored<NumberRequest>, Refused> {
        self.change_number_request(id, "cancelled", expected, |request, _| request.cancel()).await
    }

    async fn change_number_request(
        &self,
        id: NumberRequestId,
        what: &str,
        expected: Expected,
        change: impl FnOnce(&NumberRequest, Timestamp) -> Result<NumberRequest, Refusal> + Send,
    ) -> Result<Stored<NumberRequest>, Refused> {
        let now = Timestamp::now();
        let mut tx = self.change().await?;
        let found = tx.number_request(self.tenant(), id).await?;
        let before = found.ok_or(Refused::NotFound { what: "number request" })?.value;
        let after = change(&before, now).map_err(|refusal| Refused::by_rule(&refusal))?;
        tx.save_number_request(self.tenant(), &after, &step(&self.actor, now, what), expected).await?;
        tx.commit().await?;
        self.number_request(id).await
    }
}

impl OperatorCaller {
    /// One of the requests that organizations made of the operator.
    pub async fn number_request(&self, id: NumberRequestId) -> Result<Asking, Refused> {
        let none = || Refused::NotFound { what: "number request" };
        let found = self.store().number_request(id).await?;
        let (tenant, found) = found.filter(|(_, found)| found.value.operator == self.operator.id).ok_or_else(none)?;
        if self.has_consent(tenant).await? { Ok((tenant, found)) } else { Err(none()) }
    }

    /// Says what numbers would cost, or says it anew.
    pub async fn quote_numbers(&self, id: NumberRequestId, quote: Quote) -> Result<Asking, Refused> {
        let now = Timestamp::now();
        let note = quote.note.clone();
        self.answer_request(id, ("quoted", note), now, |request| request.quote(now, quote)).await
    }

    /// Gives no numbers, or no more.
    pub async fn reject_number_request(&self, id: NumberRequestId, reason: &str) -> Result<Asking, Refused> {
        let note = Some(reason.trim().to_owned());
        self.answer_request(id, ("rejected", note), Timestamp::now(), |request| request.reject(reason)).await
    }

    /// Gives numbers for a request: an order that is carried out at once. The rest may follow.
    pub async fn fulfil_request(
        &self,
        id: NumberRequestId,
        lines: Vec<Line>,
        key: Option<RequestKey>,
    ) -> Result<(Asking, Order), Refused> {
        let now = Timestamp::now();
        let (tenant, _) = self.number_request(id).await?;
        let access = self.begin(&tenant.to_string()).await?;
        let asked: Vec<_> = lines.iter().filter_map(|line| Some((read(&line.number).ok()?, kind_of(line)?))).collect();
        let mut seen = BTreeSet::new();
        let lines = lines.into_iter().enumerate().map(|(index, line)| access.line(index, line, &mut seen));
        let lines = lines.collect::<Result<Vec<_>, _>>()?;
        let by = Actor::Operator(self.operator.id);
        let key = key.map(|key| RequestKey { key: format!("{by} {}", key.key), digest: key.digest });
        let (mut tx, before) = self.begin_request(tenant, id).await?;
        if let Some(known) = orders::order_of_request(&tx, tenant, key.as_ref()).await? {
            return Ok((self.number_request(id).await?, known));
        }
        before.check_fulfil(&asked).map_err(|refusal| Refused::by_rule(&refusal))?;
        let wanted = orders::Request { kind: OrderKind::OperatorFulfil, dry_run: false, key, lines };
        let order = orders::create(&mut tx, tenant, &by, wanted, None).await?;
        let after = before.given(order.n_done);
        let note = Some(format!("{} of {} numbers, by the order {}", order.n_done, order.n_total, order.id));
        let numbers = asked.into_iter().map(|(number, _)| number).collect();
        let step = PortStep { numbers, note, ..step(&by, now, "fulfilled") };
        tx.save_number_request(tenant, &after, &step, Expected::Any).await?;
        tx.commit().await?;
        self.admin.nudge.nudge();
        Ok((self.number_request(id).await?, order))
    }

    async fn answer_request(
        &self,
        id: NumberRequestId,
        (what, note): (&str, Option<String>),
        now: Timestamp,
        change: impl FnOnce(&NumberRequest) -> Result<NumberRequest, Refusal> + Send,
    ) -> Result<Asking, Refused> {
        let (tenant, _) = self.number_request(id).await?;
        let (mut tx, before) = self.begin_request(tenant, id).await?;
        let after = change(&before).map_err(|refusal| Refused::by_rule(&refusal))?;
        let step = PortStep { note, ..step(&Actor::Operator(self.operator.id), now, what) };
        tx.save_number_request(tenant, &after, &step, Expected::Any).await?;
        tx.commit().await?;
        self.number_request(id).await
    }

    async fn begin_request(&self, tenant: TenantId, id: NumberRequestId) -> Result<(Tx, NumberRequest), Refused> {
        let tx = self.change().await?;
        let found = tx.number_request(tenant, id).await?.ok_or(Refused::NotFound { what: "number request" })?;
        Ok((tx, found.value))
    }
}

fn kind_of(line: &Line) -> Option<NumberKind> {
    match line.action {
        Action::Upload { kind, .. } => Some(kind),
        Action::Release | Action::Unassign | Action::Update { .. } => None,
    }
}
