//! Organizations.

use phone::directory::profile::Contents;
use phone::id::{ResellerId, TenantId};
use phone::people::license::Enforcement;
use phone::people::tenant::Profile;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _,
    PaginatorTrait as _, QueryFilter as _,
};
use serde::{Deserialize, Serialize};

use crate::database::Store;
use crate::documents::{Written, check, from_json, taken, to_json};
use crate::entity::tenant::{ActiveModel, Column, Entity, Model};
use crate::entity::{document, number, resource_account, trunk, user};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};

/// Every table with rows of an organization, those that refer to others first.
pub const TABLES_OF_TENANT: [&str; 73] = [
    "license_watches",
    "credit_parts",
    "credit_shares",
    "invoices",
    "payments",
    "scope_spends",
    "person_spends",
    "pool_usages",
    "call_charges",
    "ledger_entries",
    "credit_lots",
    "wallets",
    "mailbox_pins",
    "mails",
    "messages",
    "license_backlog",
    "license_failures",
    "group_licenses",
    "policy_assignments",
    "policies",
    "group_members",
    "groups",
    "direct_licenses",
    "licenses",
    "subscriptions",
    "opt_outs",
    "queue_callbacks",
    "queue_clocks",
    "presences",
    "orders",
    "port_documents",
    "port_steps",
    "port_numbers",
    "port_orders",
    "port_out_steps",
    "port_outs",
    "porting_pins",
    "number_request_steps",
    "number_requests",
    "operator_consents",
    "number_tags",
    "numbers",
    "scim_resources",
    "sites",
    "number_quotas",
    "number_reservations",
    "resource_accounts",
    "trunks",
    "app_drafts",
    "flow_tests",
    "documents",
    "prompts",
    "call_facts",
    "call_recordings",
    "call_records",
    "call_segments",
    "queue_offers",
    "menu_inputs",
    "agent_facts",
    "handled_calls",
    "report_retentions",
    "webhook_deliveries",
    "webhooks",
    "role_assignments",
    "roles",
    "api_tokens",
    "events",
    "sessions",
    "recovery_codes",
    "accounts",
    "sign_in_policies",
    "openid_providers",
    "users",
];

/// An organization with what the store alone keeps of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantRow {
    pub profile: Profile,
    /// Whether a literal address in place of a SIP domain means this one.
    pub is_default: bool,
    /// Numbers that reach emergency services, and their test numbers.
    pub emergency_numbers: Vec<String>,
    /// What happens when licenses do not suffice.
    pub license_enforcement: Enforcement,
    /// Who runs it for who runs the server.
    #[serde(default)]
    pub reseller: Option<ResellerId>,
}

impl Store {
    /// Organizations in the order of their short names: all, or those of a reseller.
    pub async fn tenants(
        &self,
        of: Option<ResellerId>,
        paging: &Paging,
    ) -> Result<Page<Stored<TenantRow>>, StoreError> {
        let wanted = match of {
            Some(reseller) => Entity::find().filter(Column::Reseller.eq(reseller.0)),
            None => Entity::find(),
        };
        let rows = paged(wanted, Column::Slug, Column::Id, paging).all(&self.reader).await?;
        let rows = rows.iter().map(stored).collect::<Result<Vec<_>, _>>()?;
        let cursor = |row: &Stored<TenantRow>| Cursor {
            key: CursorKey::Text(row.value.profile.slug.clone()),
            id: row.value.profile.id.0,
        };
        Ok(page_of(rows, paging, cursor))
    }

    /// One organization.
    pub async fn tenant(&self, tenant: TenantId) -> Result<Option<Stored<TenantRow>>, StoreError> {
        Entity::find_by_id(tenant.0).one(&self.reader).await?.as_ref().map(stored).transpose()
    }

    /// The organization with this short name.
    pub async fn tenant_by_slug(&self, slug: &str) -> Result<Option<Stored<TenantRow>>, StoreError> {
        Entity::find().filter(Column::Slug.eq(slug)).one(&self.reader).await?.as_ref().map(stored).transpose()
    }

    /// Whether nothing was ever set up here.
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(Entity::find().one(&self.reader).await?.is_none())
    }
}

impl Tx {
    /// One organization as of this change.
    pub async fn tenant(&self, tenant: TenantId) -> Result<Option<Stored<TenantRow>>, StoreError> {
        Entity::find_by_id(tenant.0).one(&self.db).await?.as_ref().map(stored).transpose()
    }

    /// The organization with this short name, as of this change.
    pub async fn tenant_by_slug(&self, slug: &str) -> Result<Option<Stored<TenantRow>>, StoreError> {
        Entity::find().filter(Column::Slug.eq(slug)).one(&self.db).await?.as_ref().map(stored).transpose()
    }

    /// The organization with this SIP domain, as of this change.
    pub async fn tenant_by_domain(&self, sip_domain: &str) -> Result<Option<Stored<TenantRow>>, StoreError> {
        Entity::find().filter(Column::SipDomain.eq(sip_domain)).one(&self.db).await?.as_ref().map(stored).transpose()
    }

    /// The organization that a literal address means, as of this change.
    pub async fn default_tenant(&self) -> Result<Option<Stored<TenantRow>>, StoreError> {
        Entity::find().filter(Column::IsDefault.eq(true)).one(&self.db).await?.as_ref().map(stored).transpose()
    }

    /// What an organization has, as of this change.
    pub async fn contents(&self, tenant: TenantId) -> Result<Contents, StoreError> {
        let id = tenant.0;
        Ok(Contents {
            n_users: user::Entity::find().filter(user::Column::Tenant.eq(id)).count(&self.db).await?,
            n_numbers: number::Entity::find().filter(number::Column::Tenant.eq(id)).count(&self.db).await?,
            n_trunks: trunk::Entity::find().filter(trunk::Column::Tenant.eq(id)).count(&self.db).await?,
            n_resource_accounts: resource_account::Entity::find()
                .filter(resource_account::Column::Tenant.eq(id))
                .count(&self.db)
                .await?,
            n_documents: document::Entity::find().filter(document::Column::Tenant.eq(id)).count(&self.db).await?,
        })
    }

    /// Deletes an organization with all that it has, its history and its call records among it.
    pub async fn delete_tenant(&mut self, tenant: TenantId, expected: Expected) -> Result<(), WriteError> {
        let before = Entity::find_by_id(tenant.0).one(&self.db).await?.as_ref().map(stored).transpose()?;
        let Some(before) = before else { return Err(WriteError::NotFound) };
        check(Some(&before), expected)?;
        self.take_stock_back(tenant).await?;
        for table in TABLES_OF_TENANT {
            let all = Query::delete().from_table(table).and_where(Expr::col("tenant").eq(tenant.0)).to_owned();
            self.db.execute(&all).await?;
        }
        Entity::delete_by_id(tenant.0).exec(&self.db).await?;
        self.note(Change::<_, TenantRow> {
            tenant: None,
            noun: Noun::Tenant,
            object: tenant.to_string(),
            action: "delete",
            before: Some(&before.value),
            after: None,
        })
        .await?;
        Ok(())
    }

    /// Creates or changes an organization.
    pub async fn save_tenant(&mut self, row: &TenantRow, expected: Expected) -> Result<Version, WriteError> {
        let id = row.profile.id;
        let before = Entity::find_by_id(id.0).one(&self.db).await?.as_ref().map(stored).transpose()?;
        let written = check(before.as_ref(), expected)?;
        let model = ActiveModel {
            id: Set(id.0),
            slug: Set(row.profile.slug.clone()),
            sip_domain: Set(row.profile.sip_domain.clone()),
            is_default: Set(row.is_default),
            document: Set(to_json("tenant", &row.profile)?),
            emergency_numbers: Set(to_json("tenant", &row.emergency_numbers)?),
            license_enforcement: Set(enforcement_word(row.license_enforcement).to_owned()),
            reseller: Set(row.reseller.map(|reseller| reseller.0)),
            version: Set(written.version()),
            created_at: Set(written.created_at(before.as_ref(), self.at)),
            updated_at: Set(self.at.as_millisecond()),
        };
        match written {
            Written::Created => model.insert(&self.db).await,
            Written::Changed(_) => model.update(&self.db).await,
        }
        .map_err(|error| taken(error, "slug or sip_domain"))?;
        self.note(Change {
            tenant: Some(id),
            noun: Noun::Tenant,
            object: id.to_string(),
            action: written.action(),
            before: before.as_ref().map(|before| &before.value),
            after: Some(row),
        })
        .await?;
        if written == Written::Created {
            // Who runs the server sees it among what concerns the server, also when the organization is gone.
            let (noun, object) = (Noun::Tenant, id.to_string());
            self.note(Change::<(), _> { tenant: None, noun, object, action: "create", before: None, after: Some(row) })
                .await?;
        }
        Ok(written.version())
    }
}

fn stored(row: &Model) -> Result<Stored<TenantRow>, StoreError> {
    let value = TenantRow {
        profile: from_json("tenant", row.id, &row.document)?,
        is_default: row.is_default,
        emergency_numbers: from_json("tenant", row.id, &row.emergency_numbers)?,
        license_enforcement: enforcement_of(row),
        reseller: row.reseller.map(ResellerId),
    };
    Ok(Stored {
        value,
        version: row.version,
        created_at: timestamp(row.created_at),
        updated_at: timestamp(row.updated_at),
    })
}

/// What a row says; a word that a later version wrote is the one that lets calls go on.
pub(crate) fn enforcement_of(row: &Model) -> Enforcement {
    let all = [Enforcement::Block, Enforcement::Off, Enforcement::Warn];
    all.into_iter().find(|one| enforcement_word(*one) == row.license_enforcement).unwrap_or_default()
}

fn enforcement_word(enforcement: Enforcement) -> &'static str {
    match enforcement {
        Enforcement::Block => "block",
        Enforcement::Off => "off",
        Enforcement::Warn => "warn",
    }
}
