//! A number that was given back by mistake: who gave it takes it back as long as nobody else could have it. Specification
//! of numbers, 1.3.3 and 5.6.

use jiff::Timestamp;

use super::{Assignee, Category, Number, NumberSource};
use crate::id::TenantId;
use crate::numbers::E164;
use crate::numbers::import::{self, Held, Inventory, Wish};
use crate::numbers::stock::{Item, Place};
use crate::rule::Broken;

/// A number as it was when it was given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    /// Nobody had it then.
    pub number: Number,
    /// Who had it last before, and as which line.
    pub last: Option<(Assignee, Category)>,
}

/// Who is to have the number again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// Who had it last, if anybody had.
    Last,
    /// Nobody.
    Nobody,
}

/// What became of a number of many that are taken back together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    pub restored: Restored,
    /// Why who had it last has it not; it is there all the same.
    pub unassigned: Option<Refusal>,
}

/// Why a number can't be taken back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{number} was not given back by the organization")]
    NotReleased { number: E164 },
    #[error("{number} was given back, and is with somebody else by now")]
    Taken { number: E164 },
    #[error("{number} was given back so long ago that anybody may have it")]
    RestOver { number: E164 },
    #[error("{number} went back to who gave it")]
    WentBack { number: E164 },
    #[error("who had {number} is gone")]
    AssigneeGone { number: E164 },
    #[error(transparent)]
    Rule(import::Refusal),
}

/// What is to be written: the number, and where it is in the stock that it came from.
pub type Restored = (Number, Option<Item>);

impl Inventory {
    /// Takes one of many numbers back: for who had it last or, where that can't be any more, for nobody, since what is not
    /// taken back before its rest is over is gone.
    pub fn restore_one_of_many(
        &mut self,
        now: Timestamp,
        tenant: TenantId,
        released: &Released,
        item: Option<&Item>,
    ) -> Result<TakenBack, Refusal> {
        match self.restore(now, tenant, released, item, Recipient::Last) {
            Ok(restored) => Ok(TakenBack { restored, unassigned: None }),
            Err(why @ (Refusal::AssigneeGone { .. } | Refusal::Rule(_))) => {
                let restored = self.restore(now, tenant, released, item, Recipient::Nobody)?;
                Ok(TakenBack { restored, unassigned: Some(why) })
            }
            Err(
                refusal @ (Refusal::NotReleased { .. }
                | Refusal::Taken { .. }
                | Refusal::RestOver { .. }
                | Refusal::WentBack { .. }),
            ) => Err(refusal),
        }
    }

    /// Takes a number back that `tenant` gave; `item` is what the stock has of it. What it was kept for or came in on is
    /// as before, where that is still there.
    pub fn restore(
        &mut self,
        now: Timestamp,
        tenant: TenantId,
        released: &Released,
        item: Option<&Item>,
        recipient: Recipient,
    ) -> Result<Restored, Refusal> {
        let number = released.number.number;
        match self.numbers.get(&number) {
            Some(Held::Here(_)) => return Err(Refusal::NotReleased { number }),
            Some(Held::Elsewhere) => return Err(Refusal::Taken { number }),
            Some(Held::Stock) | None => {}
        }
        let sold = match (released.number.source, item) {
            (NumberSource::CallingPlan, Some(item)) => Some(sold_again(item, now, tenant)?),
            (NumberSource::DirectRouting, None) => None,
            (NumberSource::CallingPlan, None) | (NumberSource::Operator(_), _) => {
                return Err(Refusal::WentBack { number });
            }
            (NumberSource::DirectRouting, Some(_)) => return Err(Refusal::Taken { number }),
        };
        let back = Number {
            trunk: released.number.trunk.filter(|trunk| self.trunks.contains_key(trunk)),
            site: released.number.site.filter(|site| self.sites.contains_key(site)),
            ..released.number.clone()
        };
        let Some((assignee, category)) = released.last.filter(|_| recipient == Recipient::Last) else {
            return Ok((back, sold));
        };
        // What kept it from everybody was there for the time after it was taken.
        let there = self.numbers.insert(number, Held::Here(back.unblock()));
        let (id, category) = match assignee {
            Assignee::User(id) => (id.to_string(), Some(category)),
            Assignee::ResourceAccount(id) => (id.to_string(), None),
        };
        let wish = Wish { assign_to: Some(id), category, ..Wish::of(number) };
        let taken = self.take(now, &wish);
        if taken.is_err() {
            self.numbers.remove(&number);
            self.numbers.extend(there.map(|there| (number, there)));
        }
        let change = taken.map_err(|refusal| match refusal {
            import::Refusal::AssigneeUnknown { .. } => Refusal::AssigneeGone { number },
            rule => Refusal::Rule(rule),
        })?;
        Ok((change.after, sold))
    }
}

/// A number of the stock that is with its last holder again.
fn sold_again(item: &Item, now: Timestamp, tenant: TenantId) -> Result<Item, Refusal> {
    let number = item.number;
    match item.place.at(now) {
        Place::Quarantined { from, .. } if from == Some(tenant) => {
            Ok(Item { place: Place::Sold { tenant }, ..item.clone() })
        }
        Place::Free => Err(Refusal::RestOver { number }),
        Place::Quarantined { .. } | Place::Reserved { .. } | Place::Sold { .. } => Err(Refusal::Taken { number }),
    }
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotReleased { .. } => "number.not_released",
            Self::Taken { .. } => "number.taken_since",
            Self::RestOver { .. } => "number.rest_over",
            Self::WentBack { .. } => "number.went_back",
            Self::AssigneeGone { .. } => "number.assignee_gone",
            Self::Rule(refusal) => refusal.code(),
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::NotReleased { .. } => "check the number".to_owned(),
            Self::Taken { .. } => "choose another number".to_owned(),
            Self::RestOver { .. } => "order it from the stock".to_owned(),
            Self::WentBack { .. } => "ask the operator, or who runs the server, to give it again".to_owned(),
            Self::AssigneeGone { .. } => {
                "take it back for nobody (unassigned), and give it to somebody else".to_owned()
            }
            Self::Rule(refusal) => format!("{}, or take the number back for nobody (unassigned)", refusal.fix()),
        }
    }

    fn is_conflict(&self) -> bool {
        match self {
            Self::NotReleased { .. }
            | Self::Taken { .. }
            | Self::RestOver { .. }
            | Self::WentBack { .. }
            | Self::AssigneeGone { .. } => true,
            Self::Rule(refusal) => refusal.is_conflict(),
        }
    }
}
