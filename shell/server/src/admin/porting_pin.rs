//! The porting PIN of an organization: set, and never told.

use phone::numbers::port_out::pin::PortingPin;
use store::PinStatus;

use super::{Access, Refused};
use crate::secret::Secret;

impl Access {
    /// Whether there is a porting PIN, and how often a wrong one was quoted.
    pub async fn porting_pin(&self) -> Result<Option<PinStatus>, Refused> {
        Ok(self.store().porting_pin(self.tenant()).await?)
    }

    /// Sets the porting PIN, or another one.
    pub async fn set_porting_pin(&self, pin: &Secret) -> Result<Option<PinStatus>, Refused> {
        let read = PortingPin::parse(pin.expose()).and_then(|pin| pin.check_new().map(|()| pin));
        let pin = read.map_err(|refusal| Refused::by_rule(&refusal))?;
        let mut tx = self.change().await?;
        tx.set_porting_pin(self.tenant(), &pin).await?;
        tx.commit().await?;
        self.porting_pin().await
    }
}
