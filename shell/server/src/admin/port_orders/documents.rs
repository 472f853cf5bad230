//! Papers of orders to other carriers: attached by organizations, read by them and by who carries the order out.

use jiff::Timestamp;
use phone::id::{PortDocumentId, PortOrderId, TenantId};
use phone::numbers::port::PortOrder;
use phone::numbers::port::document::{DocumentKind, PortDocument};
use store::{AccountPin, Expected, Store};
use uuid::Uuid;

use crate::admin::operator_access::OperatorCaller;
use crate::admin::{Access, Caller, Refused};

/// A paper with what is in it.
pub type Paper = (PortDocument, Vec<u8>);

impl Access {
    /// Attaches a file to an order that waits for the organization.
    pub async fn attach_port_document(
        &self,
        order: PortOrderId,
        kind: DocumentKind,
        name: &str,
        content: &[u8],
    ) -> Result<PortDocument, Refused> {
        let id = PortDocumentId(Uuid::now_v7());
        let document = PortDocument::read(Timestamp::now(), id, kind, name, content);
        let document = document.map_err(|refusal| Refused::by_rule(&refusal))?;
        let (mut tx, found) = self.begin_port_order(order).await?;
        let attached = found.attach(document.clone()).map_err(|refusal| Refused::by_rule(&refusal))?;
        tx.add_port_document(self.tenant(), order, id, content).await?;
        let step = self.step("attached", Some(document.name.clone()));
        self.finish_port_order(tx, &attached, AccountPin::Keep, step, Expected::Any).await?;
        Ok(document)
    }

    /// Takes a file out of an order that waits for the organization.
    pub async fn detach_port_document(&self, order: PortOrderId, id: PortDocumentId) -> Result<(), Refused> {
        let (mut tx, found) = self.begin_port_order(order).await?;
        let name = document(&found, id)?.name.clone();
        let without = found.detach(id).map_err(|refusal| Refused::by_rule(&refusal))?;
        tx.delete_port_document(self.tenant(), id).await?;
        let step = self.step("detached", Some(name));
        self.finish_port_order(tx, &without, AccountPin::Keep, step, Expected::Any).await?;
        Ok(())
    }

    /// A file of an order.
    pub async fn port_document(&self, order: PortOrderId, id: PortDocumentId) -> Result<Paper, Refused> {
        let found = self.port_order(order).await?.value;
        paper(self.store(), self.tenant(), &found, id).await
    }
}

impl Caller {
    /// A file of an order of any organization, for who runs the server.
    pub async fn queued_port_document(&self, order: PortOrderId, id: PortDocumentId) -> Result<Paper, Refused> {
        let (tenant, found) = self.queued_port_order(order).await?;
        paper(self.store(), tenant, &found.value, id).await
    }
}

impl OperatorCaller {
    /// A file of an order that the operator carries out.
    pub async fn port_request_document(&self, order: PortOrderId, id: PortDocumentId) -> Result<Paper, Refused> {
        let (tenant, found) = self.port_request(order).await?;
        paper(self.store(), tenant, &found.value, id).await
    }
}

async fn paper(store: &Store, tenant: TenantId, order: &PortOrder, id: PortDocumentId) -> Result<Paper, Refused> {
    let document = document(order, id)?;
    let content = store.port_document(tenant, order.id, id).await?;
    Ok((document.clone(), content.ok_or(Refused::NotFound { what: "document" })?))
}

fn document(order: &PortOrder, id: PortDocumentId) -> Result<&PortDocument, Refused> {
    order.documents.iter().find(|document| document.id == id).ok_or(Refused::NotFound { what: "document" })
}
