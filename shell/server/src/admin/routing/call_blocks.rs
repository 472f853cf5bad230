//! Callers from outside who are not let in.

use phone::id::{CallBlockId, ResourceAccountId};
use phone::limits::CALL_BLOCKS_MAX;
use phone::numbers::routing::call_block::{self, BlockAction, Screen, Screened};
use phone::numbers::routing::{CallBlock, Expression};
use phone::problem::Problem;
use store::{Expected, Tx, Version};

use super::Routed;
use super::dial_plans::check_samples;
use crate::admin::{Access, Refused};

impl Routed for CallBlock {
    const WHAT: &'static str = "call block";
    const N_MAX: u64 = CALL_BLOCKS_MAX;

    fn problems(&self) -> Vec<Problem> {
        call_block::problems(self)
    }
}

impl Access {
    /// Makes an entry; it counts from the next call on.
    pub async fn create_call_block(&self, block: &CallBlock) -> Result<Version, Refused> {
        let mut tx = self.change().await?;
        self.check_redirection(&tx, block.action).await?;
        let version = self.save_routed(&mut tx, block, Expected::Absent).await?;
        self.settle(tx).await?;
        Ok(version)
    }

    /// Changes an entry.
    pub async fn change_call_block(
        &self,
        id: CallBlockId,
        expected: Expected,
        change: impl FnOnce(&mut CallBlock) + Send,
    ) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let mut block = self.routed_in::<CallBlock>(&tx, id.0).await?.value;
        change(&mut block);
        self.check_redirection(&tx, block.action).await?;
        self.save_routed(&mut tx, &block, expected).await?;
        self.settle(tx).await
    }

    /// Deletes an entry.
    pub async fn delete_call_block(&self, id: CallBlockId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        self.routed_in::<CallBlock>(&tx, id.0).await?;
        tx.delete_document::<CallBlock>(self.tenant(), id.0, expected).await?;
        self.settle(tx).await
    }

    /// Tells of each caller which entry decides.
    pub async fn test_callers<T>(
        &self,
        callers: &[String],
        tell: impl Fn(&str, Option<Screened<'_>>) -> T,
    ) -> Result<Vec<T>, Refused> {
        check_samples("numbers", callers.len())?;
        let blocks = self.store().all_documents::<CallBlock>(self.tenant()).await?;
        let screen = Screen::new(blocks, &|pattern| Expression::parse(pattern).ok());
        Ok(callers.iter().map(|caller| tell(caller, screen.find(caller))).collect())
    }

    async fn check_redirection(&self, tx: &Tx, action: BlockAction) -> Result<(), Refused> {
        match action {
            BlockAction::Block | BlockAction::Exempt => Ok(()),
            BlockAction::Redirect { account } => self.check_account_is_there(tx, account, "resource_account").await,
        }
    }

    /// What takes a call must be there.
    pub(super) async fn check_account_is_there(
        &self,
        tx: &Tx,
        account: ResourceAccountId,
        field: &'static str,
    ) -> Result<(), Refused> {
        match tx.resource_account(self.tenant(), account).await? {
            Some(_) => Ok(()),
            None => Err(Refused::field(field, "graph.missing_target", "there is no such resource account")),
        }
    }
}
