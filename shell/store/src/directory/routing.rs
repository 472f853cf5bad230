//! What decides about calls outside, as it is saved.

use std::collections::BTreeMap;

use phone::directory::outbound::RoutingParts;
use phone::id::TenantId;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::database::Store;
use crate::documents::{DocumentKind, from_json};
use crate::entity::{document, site};
use crate::error::StoreError;
use crate::sites::stored;
use crate::wanted::of_tenant;

impl Store {
    /// Of every tenant, or of one; whoever has nothing of it is not there.
    pub(super) async fn routing(&self, of: Option<TenantId>) -> Result<BTreeMap<TenantId, RoutingParts>, StoreError> {
        let mut all: BTreeMap<TenantId, RoutingParts> = BTreeMap::new();
        for (tenant, policies) in self.outside_policies(of).await? {
            all.entry(tenant).or_default().policies = policies;
        }
        let kinds = [
            DocumentKind::CallBlock,
            DocumentKind::CivicAddress,
            DocumentKind::DialPlan,
            DocumentKind::TranslationRule,
            DocumentKind::UnassignedNumbers,
            DocumentKind::VoiceRoute,
        ];
        let documents = document::Entity::find()
            .filter(of_tenant(document::Column::Tenant, of))
            .filter(document::Column::Kind.is_in(kinds.map(DocumentKind::as_str)));
        for row in documents.all(&self.reader).await? {
            let parts = all.entry(TenantId(row.tenant)).or_default();
            match kinds.into_iter().find(|kind| kind.as_str() == row.kind) {
                Some(DocumentKind::CallBlock) => {
                    parts.call_blocks.push(from_json("call block", row.id, &row.body)?);
                }
                Some(DocumentKind::CivicAddress) => {
                    parts.addresses.push(from_json("civic address", row.id, &row.body)?);
                }
                Some(DocumentKind::DialPlan) => parts.dial_plans.push(from_json("dial plan", row.id, &row.body)?),
                Some(DocumentKind::TranslationRule) => {
                    parts.rules.push(from_json("translation rule", row.id, &row.body)?);
                }
                Some(DocumentKind::UnassignedNumbers) => {
                    parts.unassigned.push(from_json("treatment of unassigned numbers", row.id, &row.body)?);
                }
                _ => parts.routes.push(from_json("voice route", row.id, &row.body)?),
            }
        }
        for row in site::Entity::find().filter(of_tenant(site::Column::Tenant, of)).all(&self.reader).await? {
            all.entry(TenantId(row.tenant)).or_default().sites.push(stored(&row).value);
        }
        Ok(all)
    }
}
