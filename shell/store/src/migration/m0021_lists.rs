//! Every list of an organization has an index that begins with it, goes on in the order of the list, and holds what the
//! list is filtered and searched by, so that neither a page nor a search reads rows that it does not show.

use sea_orm_migration::prelude::*;
use uuid::Uuid;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// Those that others take the place of.
const SUPERSEDED: [(&str, &str); 11] = [
    ("users_by_display_name", "users"),
    ("users_by_department", "users"),
    ("users_by_site", "users"),
    ("numbers_by_tenant_number", "numbers"),
    ("numbers_by_assignee_user", "numbers"),
    ("numbers_by_site", "numbers"),
    ("numbers_by_operator", "numbers"),
    ("presences_by_tenant", "presences"),
    ("stock_numbers_by_national", "stock_numbers"),
    ("call_facts_by_tenant", "call_facts"),
    ("license_failures_by_group", "license_failures"),
];

const INDEXES: &[(&str, &str, &[&str])] = &[
    // Lists, each with what it is searched by behind its order.
    ("users_in_order", "users", &["tenant", "extension", "id", "name_key", "department", "enabled", "site"]),
    ("users_by_name", "users", &["tenant", "name_key", "id", "department", "enabled", "site"]),
    ("users_by_department", "users", &["tenant", "department", "extension", "id", "name_key", "enabled", "site"]),
    ("users_by_site", "users", &["tenant", "site", "extension", "id", "name_key", "department", "enabled"]),
    (
        "numbers_in_order",
        "numbers",
        &[
            "tenant",
            "number",
            "id",
            "kind",
            "assignee_user",
            "assignee_resource_account",
            "category",
            "site",
            "operator",
        ],
    ),
    ("numbers_by_user", "numbers", &["tenant", "assignee_user", "number", "id", "assignee_resource_account"]),
    ("numbers_by_resource_account", "numbers", &["tenant", "assignee_resource_account", "number", "id"]),
    ("numbers_by_site", "numbers", &["tenant", "site", "number", "id"]),
    ("numbers_by_kind", "numbers", &["tenant", "kind", "number", "id"]),
    ("numbers_by_operator", "numbers", &["operator", "tenant", "number", "id"]),
    ("port_orders_by_tenant_state", "port_orders", &["tenant", "state", "created_at", "id"]),
    ("port_outs_by_tenant_state", "port_outs", &["tenant", "state", "created_at", "id"]),
    ("number_requests_by_tenant_state", "number_requests", &["tenant", "state", "created_at", "id"]),
    ("events_by_noun", "events", &["tenant", "noun", "id"]),
    ("events_by_actor", "events", &["tenant", "actor", "id"]),
    ("call_records_by_answerer", "call_records", &["tenant", "answered_by_user", "started_at", "id"]),
    ("group_members_by_tenant", "group_members", &["tenant", "group", "user"]),
    ("license_failures_by_group", "license_failures", &["tenant", "group", "user"]),
    ("stock_numbers_by_national", "stock_numbers", &["country", "kind", "national", "number", "state", "until"]),
    // What is shown beside the rows of a page. Without the organization before the id SQLite takes another index that
    // begins with the organization alone, and reads all that it has.
    ("users_by_id", "users", &["tenant", "id"]),
    ("licenses_by_user", "licenses", &["tenant", "user", "plan"]),
    ("presences_by_user", "presences", &["tenant", "user"]),
    ("scim_resources_by_object", "scim_resources", &["tenant", "object"]),
    ("call_facts_by_call", "call_facts", &["tenant", "call"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut users = Table::alter();
        users.table("users").add_column(ColumnDef::new("name_key").string().not_null().default(""));
        manager.alter_table(users).await?;
        // No database turns letters other than A to Z into small ones as the program does.
        let all = Query::select().columns(["id", "display_name"]).from("users").to_owned();
        for row in manager.get_connection().query_all(&all).await? {
            let (id, name): (Uuid, String) = (row.try_get("", "id")?, row.try_get("", "display_name")?);
            let key = Query::update()
                .table("users")
                .value("name_key", name.to_lowercase())
                .and_where(Expr::col("id").eq(id))
                .to_owned();
            manager.execute(key).await?;
        }
        for (name, table) in SUPERSEDED {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        for (name, table, columns) in INDEXES {
            let mut index = Index::create();
            index.name(*name).table(*table);
            for column in *columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
