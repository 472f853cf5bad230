//! Papers that are attached to orders to other carriers.

use phone::id::{PortDocumentId, PortOrderId, TenantId};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::database::Store;
use crate::entity::port_document::{ActiveModel, Column, Entity};
use crate::error::{StoreError, WriteError};
use crate::tx::Tx;

impl Store {
    /// What a paper of an order has in it.
    pub async fn port_document(
        &self,
        tenant: TenantId,
        order: PortOrderId,
        id: PortDocumentId,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let of_order =
            Entity::find_by_id(id.0).filter(Column::Tenant.eq(tenant.0)).filter(Column::PortOrder.eq(order.0));
        Ok(of_order.one(&self.reader).await?.map(|row| row.content))
    }
}

impl Tx {
    /// Keeps what a paper of an order has in it.
    pub async fn add_port_document(
        &mut self,
        tenant: TenantId,
        order: PortOrderId,
        id: PortDocumentId,
        content: &[u8],
    ) -> Result<(), WriteError> {
        let row = ActiveModel {
            id: Set(id.0),
            port_order: Set(order.0),
            tenant: Set(tenant.0),
            content: Set(content.to_vec()),
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// Forgets it.
    pub async fn delete_port_document(&mut self, tenant: TenantId, id: PortDocumentId) -> Result<(), WriteError> {
        Entity::delete_many().filter(Column::Id.eq(id.0)).filter(Column::Tenant.eq(tenant.0)).exec(&self.db).await?;
        Ok(())
    }
}
