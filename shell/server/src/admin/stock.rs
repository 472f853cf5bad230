//! The stock: numbers that who runs the server has from carriers and gives to organizations.

use std::collections::BTreeSet;

use jiff::Timestamp;
use phone::id::{ReservationId, StockBlockId, TenantId};
use phone::money::wallet::State;
use phone::numbers::import::Change;
use phone::numbers::quota::Quota;
use phone::numbers::stock::{Block, Item, Place, Refusal, Reservation, check_country, check_offered, check_order};
use phone::numbers::upload::{self, expand};
use phone::numbers::{E164, NumberKind};
use phone::order::{LineFault, Order, OrderKind, Outcome};
use phone::rule::Broken as _;
use serde_json::{Value, json};
use store::{OrderLine, RequestKey, StockQuery, Tx, WriteError};
use uuid::Uuid;

use super::orders::Request;
use super::orders::lines::{kept, of_wishes};
use super::refused::Fault;
use super::{Access, Caller, Permission, Refused};

/// Numbers that a carrier gave.
pub struct Delivery {
    pub carrier: String,
    pub country: String,
    pub city: Option<String>,
    pub region: Option<String>,
    pub sms: bool,
    pub kind: NumberKind,
    pub items: Vec<upload::Item>,
}

/// What an organization takes from the stock.
pub enum Wanted {
    Numbers(BTreeSet<E164>),
    Reservation(ReservationId),
}

/// What happens when one of the numbers is not free any more.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shortfall {
    /// Nothing is ordered.
    Refuse,
    /// The others are ordered.
    TakeTheRest,
}

impl Caller {
    /// Adds numbers to the stock, all of them or none.
    pub async fn add_stock(&self, delivery: Delivery) -> Result<(Block, usize), Refused> {
        let admin = self.begin_platform_change(Permission::Configure)?;
        let Delivery { carrier, country, city, region, sms, kind, items } = delivery;
        let numbers = expand(&items).map_err(|refused| {
            let faults = refused.into_iter().map(|(index, refusal)| Fault {
                field: format!("numbers[{index}]"),
                code: refusal.code().to_owned(),
                message: refusal.to_string(),
            });
            nothing_added(faults.collect())
        })?;
        upload::check_plain(&numbers).map_err(|refusal| Refused::by_rule(&refusal))?;
        check_country(&country, &numbers).map_err(|refusal| Refused::by_rule(&refusal))?;
        if carrier.trim().is_empty() {
            return Err(Refused::field("carrier", "name.empty", "a name is needed"));
        }
        let block = Block { id: StockBlockId(Uuid::now_v7()), carrier, country, city, region, sms, kind };
        block.origin().check().map_err(|refusal| Refused::by_rule(&refusal))?;
        let actor = self.actor.clone();
        let mut tx = admin.store.begin(actor, Timestamp::now()).await?;
        let held = tx.held_numbers(&numbers).await?.into_iter().map(|(_, number)| number);
        let in_stock = tx.stock_items(&numbers).await?.into_iter().map(|(item, _)| item.number);
        let there: BTreeSet<E164> = held.chain(in_stock).collect();
        if !there.is_empty() {
            let fault = |number: &E164| Fault {
                field: "numbers".to_owned(),
                code: "number.duplicate".to_owned(),
                message: format!("{number} is in the stock or held by an organization already"),
            };
            return Err(nothing_added(there.iter().map(fault).collect()));
        }
        tx.add_stock(&block, &numbers).await?;
        tx.commit().await?;
        Ok((block, numbers.len()))
    }
}

impl Access {
    /// Free numbers that fit.
    pub async fn search_numbers(&self, query: &StockQuery) -> Result<Vec<(Item, Block)>, Refused> {
        check_country(&query.country, []).map_err(|refusal| Refused::by_rule(&refusal))?;
        Ok(self.store().search_stock(Timestamp::now(), query).await?)
    }

    /// Keeps numbers for the organization for a while, all of them or none.
    pub async fn reserve_numbers(&self, numbers: &BTreeSet<E164>) -> Result<(Reservation, Vec<Item>), Refused> {
        let now = Timestamp::now();
        let reservation = Reservation::new(ReservationId(Uuid::now_v7()), self.tenant(), now, numbers.len());
        let reservation = reservation.map_err(|refusal| Refused::by_rule(&refusal))?;
        let mut tx = self.change().await?;
        let found = tx.stock_items(numbers).await?;
        check_all_offered(&tx, &found).await?;
        let found: Vec<Item> = found.into_iter().map(|(item, _)| item).collect();
        let reserved = numbers.iter().map(|number| {
            let item = found.iter().find(|item| item.number == *number);
            item.ok_or(Refusal::NotFree { number: *number })?.reserve(now, &reservation)
        });
        let reserved: Vec<Item> =
            reserved.collect::<Result<_, Refusal>>().map_err(|refusal| Refused::by_rule(&refusal))?;
        self.check_quotas(&tx, &reserved).await?;
        tx.save_reservation(&reservation).await?;
        tx.save_stock_items(&reserved).await?;
        tx.commit().await?;
        self.reservation(reservation.id).await
    }

    /// A reservation with its numbers.
    pub async fn reservation(&self, id: ReservationId) -> Result<(Reservation, Vec<Item>), Refused> {
        let found = self.store().reservation(self.tenant(), id).await?;
        found.ok_or(Refused::NotFound { what: "reservation" })
    }

    /// Keeps a reservation for as long again, once.
    pub async fn extend_reservation(&self, id: ReservationId) -> Result<(Reservation, Vec<Item>), Refused> {
        let now = Timestamp::now();
        let (mut tx, reservation) = self.begin_reservation(id).await?;
        let longer = reservation.extend(now).map_err(|refusal| Refused::by_rule(&refusal))?;
        let items = tx.items_of_reservation(id).await?;
        let kept = items.iter().map(|item| item.let_go(id).reserve(now, &longer));
        let kept: Vec<Item> = kept.collect::<Result<_, _>>().map_err(|refusal| Refused::by_rule(&refusal))?;
        tx.save_reservation(&longer).await?;
        tx.save_stock_items(&kept).await?;
        tx.commit().await?;
        self.reservation(id).await
    }

    /// Lets the numbers of a reservation go.
    pub async fn end_reservation(&self, id: ReservationId) -> Result<(), Refused> {
        let (mut tx, reservation) = self.begin_reservation(id).await?;
        let items = tx.items_of_reservation(id).await?;
        let free: Vec<Item> = items.iter().map(|item| item.let_go(id)).collect();
        tx.save_stock_items(&free).await?;
        tx.save_reservation(&Reservation { expires_at: Timestamp::now(), ..reservation }).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes numbers from the stock: those of a reservation, or such as are free.
    pub async fn order_numbers(
        &self,
        wanted: Wanted,
        shortfall: Shortfall,
        key: Option<RequestKey>,
    ) -> Result<Order, Refused> {
        let now = Timestamp::now();
        let mut tx = self.change().await?;
        if let Some(known) = self.order_of_request(&tx, key.as_ref()).await? {
            return Ok(known);
        }
        let numbers = match wanted {
            Wanted::Numbers(numbers) => {
                check_order(numbers.len()).map_err(|refusal| Refused::by_rule(&refusal))?;
                let items = tx.stock_items(&numbers).await?;
                check_all_offered(&tx, &items).await?;
                let new: Vec<Item> =
                    items.into_iter().map(|(item, _)| item).filter(|item| !self.keeps(item, now)).collect();
                self.check_quotas(&tx, &new).await?;
                numbers
            }
            Wanted::Reservation(id) => {
                let found = tx.reservation(self.tenant(), id).await?;
                let reservation = found.ok_or(Refused::NotFound { what: "reservation" })?;
                reservation.check_live(now).map_err(|refusal| Refused::by_rule(&refusal))?;
                tx.items_of_reservation(id).await?.into_iter().map(|item| item.number).collect()
            }
        };
        let lines = of_wishes(numbers.iter().map(|number| json!({ "number": number })))?;
        let order =
            self.create_order(&mut tx, Request { kind: OrderKind::NumberOrder, dry_run: false, key, lines }, None);
        let order = order.await?;
        if order.n_failed > 0 && shortfall == Shortfall::Refuse {
            return Err(nothing_ordered(&tx.failed_lines(order.id).await?));
        }
        self.settle(tx).await?;
        Ok(order)
    }

    /// How many numbers of the platform's the organization may hold, by kind.
    pub async fn number_quotas(&self) -> Result<Vec<Quota>, Refused> {
        let basis = self.store().quota_basis(self.tenant(), Timestamp::now()).await?;
        let enforcement = self.tenant_row().await?.value.license_enforcement;
        let licensing = self.store().licensing(self.tenant(), enforcement, Timestamp::now()).await?;
        let of_kind = |kind| {
            let n_used = basis.n_used.get(&kind).copied().unwrap_or(0);
            Quota::of(kind, basis.set.get(&kind).copied(), &licensing.means(), n_used)
        };
        Ok(NumberKind::ALL.into_iter().map(of_kind).collect())
    }

    /// Sets a quota, 0 for unlimited; none is what the formula says.
    pub async fn set_number_quota(&self, kind: NumberKind, n_max: Option<u32>) -> Result<Quota, Refused> {
        let mut tx = self.change().await?;
        tx.save_number_quota(self.tenant(), kind, n_max).await?;
        tx.commit().await?;
        let quotas = self.number_quotas().await?;
        quotas.into_iter().find(|quota| quota.kind == kind).ok_or(Refused::NotFound { what: "quota" })
    }

    async fn begin_reservation(&self, id: ReservationId) -> Result<(Tx, Reservation), Refused> {
        let tx = self.change().await?;
        let found = tx.reservation(self.tenant(), id).await?;
        Ok((tx, found.ok_or(Refused::NotFound { what: "reservation" })?))
    }

    fn keeps(&self, item: &Item, now: Timestamp) -> bool {
        match item.place.at(now) {
            Place::Reserved { tenant, .. } => tenant == self.tenant(),
            Place::Free | Place::Sold { .. } | Place::Quarantined { .. } => false,
        }
    }

    /// Whether the organization may hold these as well.
    pub(super) async fn check_quotas(&self, tx: &Tx, new: &[Item]) -> Result<(), Refused> {
        for kind in NumberKind::ALL {
            let n_wanted = new.iter().filter(|item| item.kind == kind).count();
            if n_wanted != 0 {
                self.check_quota(tx, kind, u32::try_from(n_wanted).unwrap_or(u32::MAX)).await?;
            }
        }
        match new.iter().find(|item| item.kind == NumberKind::ServiceTollFree) {
            Some(toll_free) => self.check_funding(tx, toll_free.number).await,
            None => Ok(()),
        }
    }

    /// Whether calls to a toll-free number could be paid for. Specification of numbers, 1.9 and 3.1.
    async fn check_funding(&self, tx: &Tx, number: E164) -> Result<(), Refused> {
        let Some(row) = tx.wallet(self.tenant()).await?.filter(|row| row.wallet.value.enabled) else { return Ok(()) };
        match row.wallet.value.state(row.balance) {
            State::Active | State::Low => Ok(()),
            State::Empty | State::Frozen => Err(Refused::by_rule(&Refusal::FundingRequired { number })),
        }
    }

    /// Whether the organization may hold so many more numbers of the platform's of a kind.
    pub(super) async fn check_quota(&self, tx: &Tx, kind: NumberKind, n_wanted: u32) -> Result<(), Refused> {
        let basis = tx.quota_basis(self.tenant()).await?;
        let enforcement = self.tenant_in(tx).await?.license_enforcement;
        let licensing = tx.licensing(self.tenant(), enforcement).await?;
        let n_used = basis.n_used.get(&kind).copied().unwrap_or(0);
        let quota = Quota::of(kind, basis.set.get(&kind).copied(), &licensing.means(), n_used);
        quota.check(n_wanted).map_err(|refusal| Refused::by_rule(&refusal))
    }
}

/// Whether each of these is of a kind that is given in its country.
async fn check_all_offered(tx: &Tx, items: &[(Item, Block)]) -> Result<(), Refused> {
    let profiles = tx.country_profiles().await?;
    let refused = items.iter().find_map(|(item, block)| check_offered(item, block, &profiles).err());
    refused.map_or(Ok(()), |refusal| Err(Refused::by_rule(&refusal)))
}

/// Sells numbers of the stock to a tenant.
pub(super) async fn carry_out(
    tx: &mut Tx,
    tenant: TenantId,
    wishes: &[Option<&Value>],
    now: Timestamp,
) -> Result<Vec<Outcome>, WriteError> {
    let number = |wish: &Option<&Value>| E164::parse(wish.as_ref()?["number"].as_str()?).ok();
    let wanted: Vec<Option<E164>> = wishes.iter().map(number).collect();
    let numbers: BTreeSet<E164> = wanted.iter().copied().flatten().collect();
    let items = tx.stock_items(&numbers).await?;
    let (mut outcomes, mut sold, mut changes) = (Vec::with_capacity(wanted.len()), Vec::new(), Vec::new());
    for number in wanted {
        let Some(number) = number else {
            outcomes.push(super::orders::unreadable());
            continue;
        };
        let found = items.iter().find(|(item, _)| item.number == number);
        let bought = match found {
            Some((item, block)) => {
                item.sell(now, tenant, tx.trunk_named(tenant, &block.carrier).await?, &block.origin())
            }
            None => Err(Refusal::NotFree { number }),
        };
        outcomes.push(match bought {
            Ok((item, number)) => {
                let change = Change { before: None, after: number };
                let result = kept(&change)?;
                sold.push(item);
                changes.push(change);
                Outcome::Done(Some(result))
            }
            Err(refusal) => Outcome::Failed(LineFault::by_rule(None, &refusal)),
        });
    }
    tx.save_stock_items(&sold).await?;
    tx.save_number_changes(tenant, &changes.iter().collect::<Vec<_>>()).await?;
    Ok(outcomes)
}

fn nothing_ordered(failed: &[OrderLine]) -> Refused {
    let faults = failed.iter().filter_map(|line| match &line.outcome {
        Some(Outcome::Failed(fault)) => Some(fault.message.clone()),
        Some(Outcome::Done(_)) | None => None,
    });
    Refused::Conflict {
        code: "number.out_of_stock",
        detail: format!("{}; nothing was ordered", faults.collect::<Vec<_>>().join(", ")),
        fix: Some("search again, or say that you take the rest".to_owned()),
    }
}

fn nothing_added(faults: Vec<Fault>) -> Refused {
    Refused::Invalid {
        code: "numbers.refused",
        detail: format!("{} of the numbers can't be added; nothing was added", faults.len()),
        faults,
        fix: Some("leave these out or correct them, and send the rest again".to_owned()),
    }
}
