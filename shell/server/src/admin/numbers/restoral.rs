//! A number that was given back is taken back by who gave it, as long as it rests.

use std::collections::BTreeSet;

use jiff::Timestamp;
use phone::numbers::number::restoral::{Recipient, Refusal, Released};
use phone::numbers::{Assignee, E164, Number};
use serde::Deserialize as _;
use serde_json::Value;
use store::{Event, EventFilter, Paging, Stored, Tx};

use crate::admin::{Access, Refused};

/// What happened to a number last is read so far back to find who had it.
const LOOKED_BACK: u64 = 100;

impl Access {
    /// Takes a number back that the organization gave, for who had it last or for nobody.
    pub async fn restore_number(&self, number: E164, recipient: Recipient) -> Result<Stored<Number>, Refused> {
        let released = self.released(number).await?;
        let named = BTreeSet::from([number]);
        let mut tx = self.change().await?;
        let last = released.last.map(|(assignee, _)| match assignee {
            Assignee::User(id) => id.to_string(),
            Assignee::ResourceAccount(id) => id.to_string(),
        });
        let mut inventory = tx.inventory(self.tenant(), &named, &last.as_deref().into_iter().collect()).await?;
        let item = tx.stock_items(&named).await?.into_iter().next().map(|(item, _)| item);
        let restored = inventory.restore(Timestamp::now(), self.tenant(), &released, item.as_ref(), recipient);
        let (back, sold) = restored.map_err(|refusal| Refused::by_rule(&refusal))?;
        let back = self.where_it_was(&tx, back).await?;
        if let Some(sold) = &sold {
            self.check_quotas(&tx, std::slice::from_ref(sold)).await?;
        }
        tx.restore_number(self.tenant(), &back).await?;
        tx.save_stock_items(&Vec::from_iter(sold)).await?;
        self.settle(tx).await?;
        self.number(number).await
    }

    /// A number as its history has it at the time when it was given back.
    async fn released(&self, number: E164) -> Result<Released, Refused> {
        let filter =
            EventFilter { noun: Some("number".to_owned()), object: Some(number.to_string()), ..EventFilter::default() };
        let newest_first = Paging { limit: LOOKED_BACK, after: None, descending: true };
        let events = self.store().events(self.tenant(), &filter, &newest_first).await?.items;
        let Some((last, earlier)) = events.split_first() else { return Err(Refused::NotFound { what: "number" }) };
        match as_number(last.before.as_ref()).filter(|_| last.action == "delete") {
            Some(number) => Ok(Released { number, last: who_had_it(earlier) }),
            None => Err(Refused::by_rule(&Refusal::NotReleased { number })),
        }
    }

    /// The number at the address where it was used, if that is still there.
    async fn where_it_was(&self, tx: &Tx, number: Number) -> Result<Number, Refused> {
        if number.address.is_none() {
            return Ok(number);
        }
        match self.check_address(tx, &number, number.address).await {
            Ok(()) => Ok(number),
            Err(Refused::NotFound { .. }) => Ok(Number { address: None, ..number }),
            Err(refused) => Err(refused),
        }
    }
}

/// Who had a number last while the organization held it, of its events the newest first.
fn who_had_it(events: &[Event]) -> Option<(Assignee, phone::numbers::number::Category)> {
    let since_it_came = events.iter().take_while(|event| event.action != "delete");
    let mut before = since_it_came.filter_map(|event| as_number(event.before.as_ref()));
    before.find_map(|number| Some((number.assignee?, number.category)))
}

fn as_number(value: Option<&Value>) -> Option<Number> {
    Number::deserialize(value?).ok()
}
