//! Civic addresses: where numbers are used, as emergency services are told.

use jiff::Timestamp;
use phone::id::CivicAddressId;
use phone::limits::CIVIC_ADDRESSES_MAX;
use phone::numbers::Number;
use phone::numbers::civic_address::{CivicAddress, check_removal};
use phone::problem::Problem;
use store::{Expected, Tx, Version};

use super::Routed;
use crate::admin::{Access, Refused};

impl Routed for CivicAddress {
    const WHAT: &'static str = "civic address";
    const N_MAX: u64 = CIVIC_ADDRESSES_MAX;

    fn problems(&self) -> Vec<Problem> {
        CivicAddress::problems(self)
    }
}

impl Access {
    /// Makes an address, for which nobody has vouched yet.
    pub async fn create_civic_address(&self, address: &CivicAddress) -> Result<Version, Refused> {
        let mut tx = self.change().await?;
        let version = self.save_routed(&mut tx, address, Expected::Absent).await?;
        self.settle(tx).await?;
        Ok(version)
    }

    /// Changes an address. Where numbers are used at it, it stays where it is.
    pub async fn change_civic_address(
        &self,
        id: CivicAddressId,
        expected: Expected,
        change: impl FnOnce(&mut CivicAddress) + Send,
    ) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let before = self.routed_in::<CivicAddress>(&tx, id.0).await?.value;
        let mut after = before.clone();
        change(&mut after);
        let (n_numbers, first) = tx.numbers_at(self.tenant(), id).await?;
        let used = (n_numbers, first.as_deref().unwrap_or_default());
        let after = before.changed(after, used).map_err(|refusal| Refused::by_rule(&refusal))?;
        self.save_routed(&mut tx, &after, expected).await?;
        self.settle(tx).await
    }

    /// Vouches for an address, in the name of the caller.
    pub async fn validate_civic_address(&self, id: CivicAddressId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let address = self.routed_in::<CivicAddress>(&tx, id.0).await?.value;
        let by = self.actor.to_string();
        let country = tx.country_profile(&address.country).await?;
        let validated =
            address.validate(Timestamp::now(), &by, &country.address).map_err(|refusal| Refused::by_rule(&refusal))?;
        tx.save_document_by(self.tenant(), &validated, expected, Some("validate")).await?;
        self.settle(tx).await
    }

    /// Deletes an address at which no number is used.
    pub async fn delete_civic_address(&self, id: CivicAddressId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let address = self.routed_in::<CivicAddress>(&tx, id.0).await?.value;
        let (n_numbers, first) = tx.numbers_at(self.tenant(), id).await?;
        let unused = address.check_unused((n_numbers, first.as_deref().unwrap_or_default()));
        unused.map_err(|refusal| Refused::by_rule(&refusal))?;
        tx.delete_document::<CivicAddress>(self.tenant(), id.0, expected).await?;
        self.settle(tx).await
    }

    /// The address at which a number is to be used, by id or name.
    pub async fn civic_address_for(&self, name: &str) -> Result<CivicAddressId, Refused> {
        match self.routed::<CivicAddress>(name).await {
            Ok(found) => Ok(found.value.id),
            Err(Refused::NotFound { .. }) => {
                let words = format!("there is no civic address {name}");
                Err(Refused::field("address", "civic_address.unknown", words))
            }
            Err(other) => Err(other),
        }
    }

    /// Whether a number may be used at an address, or at none, as of a change.
    pub(in crate::admin) async fn check_address(
        &self,
        tx: &Tx,
        number: &Number,
        address: Option<CivicAddressId>,
    ) -> Result<(), Refused> {
        let checked = match address {
            Some(id) => self.routed_in::<CivicAddress>(tx, id.0).await?.value.check_for(number),
            None => check_removal(number),
        };
        checked.map_err(|refusal| Refused::by_rule(&refusal))
    }
}
