//! Orders: work on many lines. A dry run is answered at once; what changes something is carried out in the background,
//! part by part, so that nobody else waits for it.

pub mod backlog;
pub mod lines;

use jiff::Timestamp;
use phone::access::{Area, Object};
use phone::id::{OrderId, TenantId};
use phone::order::{LineFault, Order, OrderKind, Outcome, Refusal};
use store::{Actor, OrderLine, RequestKey, Tx, WriteError};
use uuid::Uuid;

use super::{Access, Refused, licenses, numbers, operator_numbers, stock, users};

/// What is to be done.
pub struct Request {
    pub kind: OrderKind,
    pub dry_run: bool,
    /// How the client calls this request, if it may send it again.
    pub key: Option<RequestKey>,
    /// Those that can't even be read have their outcome already.
    pub lines: Vec<OrderLine>,
}

impl Access {
    /// One order.
    pub async fn order(&self, id: OrderId) -> Result<Order, Refused> {
        self.store().order(self.tenant(), id).await?.ok_or(Refused::NotFound { what: "order" })
    }

    /// Takes an order. The same request with the same key gets the same order.
    pub async fn place_order(&self, request: Request) -> Result<Order, Refused> {
        let mut tx = self.change().await?;
        if let Some(known) = self.order_of_request(&tx, request.key.as_ref()).await? {
            return Ok(known);
        }
        let order = self.create_order(&mut tx, request, None).await?;
        tx.commit().await?;
        self.admin.backlog.nudge();
        Ok(order)
    }

    /// Takes back what an order did, where nobody changed it since.
    pub async fn undo_order(&self, id: OrderId, key: Option<RequestKey>) -> Result<Order, Refused> {
        let mut tx = self.change().await?;
        if let Some(known) = self.order_of_request(&tx, key.as_ref()).await? {
            return Ok(known);
        }
        let undone = tx.order(self.tenant(), id).await?.ok_or(Refused::NotFound { what: "order" })?;
        let kind = undone.undo().map_err(|refusal| Refused::by_rule(&refusal))?;
        let lines: Vec<OrderLine> = tx.done_lines(id).await?.into_iter().filter_map(taken_back).collect();
        if lines.is_empty() {
            return Err(Refused::by_rule(&Refusal::NothingDone));
        }
        let request = Request { kind, dry_run: false, key, lines };
        let order = self.create_order(&mut tx, request, Some(id)).await?;
        tx.save_order(self.tenant(), &Order { undone_by: Some(order.id), ..undone }).await?;
        tx.commit().await?;
        self.admin.backlog.nudge();
        Ok(order)
    }

    /// Tries the lines of an order again that failed, as an order of their own.
    pub async fn retry_order(&self, id: OrderId, key: Option<RequestKey>) -> Result<Order, Refused> {
        let mut tx = self.change().await?;
        if let Some(known) = self.order_of_request(&tx, key.as_ref()).await? {
            return Ok(known);
        }
        let order = tx.order(self.tenant(), id).await?.ok_or(Refused::NotFound { what: "order" })?;
        // Who may see to orders may not thereby do what the orders do.
        let area = match (order.kind, order.kind.is_about_numbers()) {
            (OrderKind::LicenseImport, _) => Area::Licenses,
            (_, true) => Area::Numbers,
            (_, false) => Area::Users,
        };
        self.check_beside(area, Object::Any)?;
        order.check_retry_of_tenant().map_err(|refusal| Refused::by_rule(&refusal))?;
        let lines = lines_again(&tx, id).await?;
        let request = Request { kind: order.kind, dry_run: false, key, lines };
        let again = self.create_order(&mut tx, request, None).await?;
        tx.commit().await?;
        self.admin.backlog.nudge();
        self.admin.nudge.nudge();
        Ok(again)
    }

    pub(super) async fn order_of_request(&self, tx: &Tx, key: Option<&RequestKey>) -> Result<Option<Order>, Refused> {
        order_of_request(tx, self.tenant(), key).await
    }

    pub(super) async fn create_order(
        &self,
        tx: &mut Tx,
        request: Request,
        undoes: Option<OrderId>,
    ) -> Result<Order, Refused> {
        create(tx, self.tenant(), &self.actor, request, undoes).await
    }
}

/// The lines of an order that failed and can be tried again.
pub(super) async fn lines_again(tx: &Tx, id: OrderId) -> Result<Vec<OrderLine>, Refused> {
    let failed = tx.failed_lines(id).await?.into_iter().filter(|line| line.wish.is_some());
    let again: Vec<OrderLine> = failed.map(|line| OrderLine { outcome: None, ..line }).collect();
    if again.is_empty() { Err(Refused::by_rule(&Refusal::NothingFailed)) } else { Ok(again) }
}

/// The order that the same request made before.
pub(super) async fn order_of_request(
    tx: &Tx,
    tenant: TenantId,
    key: Option<&RequestKey>,
) -> Result<Option<Order>, Refused> {
    let Some(key) = key else { return Ok(None) };
    match tx.order_of_request(tenant, &key.key).await? {
        Some((order, known)) if known == *key => Ok(Some(order)),
        Some(_) => Err(Refused::Invalid {
            code: "idempotency_key.reused",
            detail: "another request had this Idempotency-Key".to_owned(),
            faults: Vec::new(),
            fix: Some("give each request a key of its own; the same one only to send it again".to_owned()),
        }),
        None => Ok(None),
    }
}

/// Keeps an order; a short one is carried out with it.
pub(super) async fn create(
    tx: &mut Tx,
    tenant: TenantId,
    by: &Actor,
    request: Request,
    undoes: Option<OrderId>,
) -> Result<Order, Refused> {
    let Request { kind, dry_run, key, mut lines } = request;
    let now = Timestamp::now();
    let n_total = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    let new = Order::new(OrderId(Uuid::now_v7()), kind, by.to_string(), now, n_total);
    let mut order = Order { dry_run, undoes, ..new };
    if dry_run || kind.is_short() {
        answer(tx, tenant, &order, &mut lines, now).await?;
    }
    let answered: Vec<&Outcome> = lines.iter().filter_map(|line| line.outcome.as_ref()).collect();
    if !answered.is_empty() {
        order = order.after(now, answered);
    }
    tx.create_order(tenant, &order, key.as_ref(), &lines).await?;
    // As it will be read from now on: times are kept in milliseconds.
    Ok(tx.order(tenant, order.id).await?.unwrap_or(order))
}

/// Does what the lines want that have no outcome, or says what would be done, and gives each its outcome. A line that
/// is refused leaves nothing in the change.
pub async fn answer(
    tx: &mut Tx,
    tenant: TenantId,
    order: &Order,
    lines: &mut [OrderLine],
    now: Timestamp,
) -> Result<(), WriteError> {
    let mut waiting: Vec<&mut OrderLine> = lines.iter_mut().filter(|line| line.outcome.is_none()).collect();
    let wishes: Vec<Option<&serde_json::Value>> = waiting.iter().map(|line| line.wish.as_ref()).collect();
    let outcomes = match order.kind {
        OrderKind::LicenseImport => licenses::import::carry_out(tx, tenant, order, &wishes).await?,
        OrderKind::NumberImport => numbers::import::carry_out(tx, tenant, order, &wishes, now).await?,
        OrderKind::NumberImportUndo => numbers::import::take_back(tx, tenant, &wishes, now).await?,
        OrderKind::NumberOrder => stock::carry_out(tx, tenant, &wishes, now).await?,
        OrderKind::NumberRelease | OrderKind::NumberUnassign => {
            numbers::removal::carry_out(tx, tenant, order, &wishes, now).await?
        }
        OrderKind::NumberTag => numbers::tagging::carry_out(tx, tenant, &wishes).await?,
        OrderKind::OperatorFulfil
        | OrderKind::OperatorRelease
        | OrderKind::OperatorUnassign
        | OrderKind::OperatorUpdate
        | OrderKind::OperatorUpload => operator_numbers::carry_out(tx, tenant, &wishes, now).await?,
        OrderKind::UserImport => users::import::carry_out(tx, tenant, order, &wishes, now).await?,
    };
    for (line, outcome) in waiting.iter_mut().zip(outcomes) {
        line.outcome = Some(outcome);
    }
    Ok(())
}

/// The outcome of a line that a later version wrote.
pub(super) fn unreadable() -> Outcome {
    Outcome::Failed(LineFault {
        column: None,
        code: "order.line_unreadable".to_owned(),
        message: "this version of the server does not know what the line wants".to_owned(),
        fix: "send the line again".to_owned(),
    })
}

/// The line that takes back a line that was carried out; none if that changed nothing.
fn taken_back(line: OrderLine) -> Option<OrderLine> {
    match line.outcome {
        Some(Outcome::Done(Some(result))) => Some(OrderLine { line: line.line, wish: Some(result), outcome: None }),
        Some(Outcome::Done(None) | Outcome::Failed(_)) | None => None,
    }
}
